"""The environment check and the set-up cell of the notebooks.

This module loads nothing beyond the standard library when it is imported, so that the
check also runs where PyTorch or NumPy are missing.
"""

import atexit
import gc
import importlib
import importlib.metadata
import operator
import os
import random
import re
import shutil
import sys
import tempfile
from pathlib import Path

PYTHON_FLOOR, PYTHON_CEILING = (3, 11), (3, 13)

# The pins of requirements.txt; a test compares the two.
FLOORS = {
    "torch": "2.13.0",
    "numpy": "2.4.6",
    "matplotlib": "3.11.2",
    "jupyterlab": "4.6.6",
    "ipywidgets": "8.1.9",
    "nbval": "0.11.0",
}

# Less than this, and a few kernels side by side start to swap.
MEMORY_FLOOR = 1.0  # GiB

_INSTALL = "run `python -m pip install -r requirements.txt` in the series' folder"


def check() -> bool:
    """Print one line a requirement of the series, with the remedy where one fails.

    The lines start with ``✓`` or ``✗``; ``!`` is a warning, which stops nobody. Where
    the output cannot show these marks, they are ``ok`` and ``NO``. A package passes at
    the version that ``requirements.txt`` pins, or at a newer one.

    Returns:
        True if every requirement is met, with warnings or without.
    """
    lines = [
        _check_python(),
        *(_check_package(name, floor) for name, floor in FLOORS.items()),
        _check_helpers(),
        _check_folder(),
        _check_cores(),
        _check_memory(),
    ]
    marks = _marks()
    for passed, finding, remedy in lines:
        print(f"{marks[passed]} {finding}" + ("" if passed else f": {remedy}"))
    failed = sum(passed is False for passed, _, _ in lines)
    if failed:
        noun = "requirement is" if failed == 1 else "requirements are"
        print(
            f"{failed} {noun} not met. Follow the line"
            f"{'' if failed == 1 else 's'} marked {marks[False]}, then restart the "
            "kernel."
        )
    elif any(passed is None for passed, _, _ in lines):
        print("Everything that is needed is in place. Mind the line marked !.")
    else:
        print("Everything is in place.")
    return failed == 0


def setup_notebook(seed: int = 0) -> None:
    """Make a notebook repeatable: seeds, one thread, the look of the figures.

    It seeds the generators of ``random``, NumPy and PyTorch, limits PyTorch to one
    thread, and sets the style of the figures. It prints nothing.

    One thread, because the matrices of this series are too small to share out: handing
    a piece to a second thread and waiting for it takes longer than multiplying it. In a
    classroom, where many kernels share one machine, the waiting threads also take the
    cores away from the kernels that have work to do. And sums that are always added in
    the same order come out the same on the next run.

    Args:
        seed: a whole number in [0, 2**32), the range that all three generators take.

    Raises:
        TypeError: if ``seed`` is not a whole number.
        ValueError: if ``seed`` is outside [0, 2**32).
        ModuleNotFoundError: if NumPy, PyTorch or Matplotlib is not installed; the
            message says what to run.
    """
    seed = _valid_seed(seed)
    try:
        import numpy as np
        import torch

        from charrnn_helpers import plotting
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"The package {error.name!r} is not installed: {_INSTALL}, "
            "then restart the kernel.",
            name=error.name,
        ) from error
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    plotting.style()
    # What the imports made stays: the garbage collector need not look through it again
    # and again while a model trains, which took a tenth of the time.
    if gc.get_freeze_count() == 0:  # once: later there are objects of the reader's too
        gc.collect()
        gc.freeze()


def _valid_seed(seed) -> int:
    if isinstance(seed, bool):
        raise TypeError(
            f"seed must be a whole number such as 0, not {seed!r} (a truth value)."
        )
    try:
        number = operator.index(seed)
    except TypeError:
        raise TypeError(
            f"seed must be a whole number such as 0, not {repr(seed)[:60]} "
            f"({type(seed).__name__})."
        ) from None
    if not 0 <= number < 2**32:
        raise ValueError(
            f"seed must be in [0, 2**32), the range that random, NumPy and PyTorch "
            f"all take; {_shown(number)} is not. Use a number such as 0."
        )
    return number


def _shown(number: int) -> str:
    """A number, which may have more digits than Python likes to print."""
    return str(number) if abs(number) < 10**60 else "one of more than 60 digits"


Requirement = tuple[bool | None, str, str]
"""Whether a requirement is met (None: a warning), what was found, and the remedy."""


def _marks() -> dict[bool | None, str]:
    """The marks of the lines, in what the output can encode."""
    try:
        "✓✗".encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return {True: "ok", None: "! ", False: "NO"}
    return {True: "✓", None: "!", False: "✗"}


def prepare_matplotlib() -> None:
    """Give Matplotlib a folder of its own where it cannot write to the user's.

    Otherwise it makes one itself, with a warning that would stand in the outputs. It
    must be called before Matplotlib is imported; importing this package does so.
    """
    if "matplotlib" in sys.modules:
        return
    home = Path(os.path.expanduser("~"))
    folders = [Path(os.environ.get("MPLCONFIGDIR") or home / ".matplotlib")]
    if sys.platform.startswith(("linux", "freebsd")) and not os.environ.get(
        "MPLCONFIGDIR"
    ):
        folders = [
            Path(os.environ.get(variable) or home / default) / "matplotlib"
            for variable, default in (
                ("XDG_CONFIG_HOME", ".config"),
                ("XDG_CACHE_HOME", ".cache"),
            )
        ]
    if not all(map(_is_writable, folders)):
        folder = tempfile.mkdtemp(prefix="matplotlib-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["MPLCONFIGDIR"] = folder


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK) and folder.is_dir()


def _check_python() -> Requirement:
    version = ".".join(map(str, sys.version_info[:3]))
    (major, low), (_, high) = PYTHON_FLOOR, PYTHON_CEILING
    names = [f"{major}.{minor}" for minor in range(low, high + 1)]
    known = f"{', '.join(names[:-1])} or {names[-1]}"
    return (
        PYTHON_FLOOR <= tuple(sys.version_info[:2]) <= PYTHON_CEILING,
        f"Python {version} ({known})",
        f"the series runs on Python {known}; install one of them and make a new "
        "environment with it",
    )


def _check_package(name: str, floor: str) -> Requirement:
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        version = None
    if version is None:
        return False, f"{name} is not installed (at least {floor})", _INSTALL
    return (
        _release(version) >= _release(floor),
        f"{name} {version} (at least {floor})",
        f"too old: {_INSTALL}",
    )


def _release(version: str) -> tuple[int, ...]:
    """Return the numbers of a version: ``2.13.0+cpu`` is (2, 13, 0)."""
    match = re.match(r"v?(\d+(?:\.\d+)*)", version)
    numbers = [int(part) for part in match[1].split(".")] if match else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _check_helpers() -> Requirement:
    broken = []
    for name in ("data", "models", "training", "sampling", "plotting"):
        try:
            importlib.import_module(f"charrnn_helpers.{name}")
        except Exception as error:
            # Whatever a half-installed PyTorch raises here, the check goes on.
            broken.append(f"{name} ({type(error).__name__})")
    if broken:
        return (
            False,
            f"charrnn_helpers cannot load {', '.join(broken)}",
            "put the lines above right first; if they are, " + _INSTALL,
        )
    return True, "charrnn_helpers loads", ""


def _check_folder() -> Requirement:
    try:
        with tempfile.TemporaryFile(dir=Path.cwd()) as file:
            file.write(b"x")
    except OSError as error:
        return (
            None,
            f"The notebook's folder cannot be written to ({error.strerror or error})",
            "the notebooks run, but neither they nor your answers can be saved; copy "
            "the series to a folder of your own, and free some disk space there",
        )
    return True, "The notebook's folder can be written to", ""


def _check_cores() -> Requirement:
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    noun = "core" if cores == 1 else "cores"
    return True, f"{cores} processor {noun} (one is used)", ""


def _check_memory() -> Requirement:
    free = _free_memory()
    if free is None:
        return True, "Memory: not known on this system", ""
    return (
        free >= MEMORY_FLOOR,
        f"{free:.1f} GiB of free memory (at least {MEMORY_FLOOR:g})",
        "close other programs, or shut down kernels that you no longer use "
        "(in JupyterLab: Kernel, Shut Down All Kernels)",
    )


def _free_memory() -> float | None:
    """Return the memory that programs can still have, in GiB; None if unknown."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return None
    match = re.search(r"^MemAvailable:\s+(\d+) kB", text, re.MULTILINE)
    return int(match[1]) / 2**20 if match else None
