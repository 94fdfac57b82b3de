"""The environment check and the set-up of the notebooks."""

import gc
import importlib.metadata
import io
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
import torch

import charrnn_helpers
from charrnn_helpers import environment

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def versions(monkeypatch):
    """Give the test the say over which version of a package is installed."""
    installed = dict(environment.FLOORS)

    def version(name):
        if installed[name] is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return installed[name]

    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.setattr(environment, "_check_helpers", lambda: (True, "helpers", ""))
    monkeypatch.setattr(environment, "_free_memory", lambda: 4.0)
    return installed


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT
    )


def failures(capsys):
    lines = capsys.readouterr().out.splitlines()
    return [line for line in lines if line.startswith("✗")]


def test_everything_is_in_place_here(capsys):
    assert environment.check() is True
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "Everything is in place."
    assert all(line.startswith("✓ ") for line in lines[:-1])
    assert len(lines) == 1 + len(environment.FLOORS) + 4 + 1


def test_the_floors_are_the_pins():
    pins = dict(
        re.findall(
            r"^([\w-]+)==([\w.]+)",
            (ROOT / "requirements.txt").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    assert {name: pins[name] for name in environment.FLOORS} == environment.FLOORS


@pytest.mark.parametrize("name", environment.FLOORS)
def test_a_missing_package_gets_its_remedy(name, versions, capsys):
    versions[name] = None
    assert environment.check() is False
    (line,) = failures(capsys)
    assert line.startswith(f"✗ {name} is not installed")
    assert "python -m pip install -r requirements.txt" in line


@pytest.mark.parametrize(
    ("version", "passes"),
    [
        ("2.13.0", True),
        ("2.13", True),
        ("2.13.0+cpu", True),
        ("2.14.0rc1", True),
        ("10.0", True),
        ("2.12.9", False),
        ("2.9.1", False),
        ("1.99", False),
        ("unknown", False),
    ],
)
def test_versions_are_compared_number_by_number(version, passes, versions, capsys):
    versions["torch"] = version
    assert environment.check() is passes
    lines = failures(capsys)
    assert len(lines) == (not passes)
    if not passes:
        assert f"torch {version} (at least 2.13.0): too old" in lines[0]


def test_an_old_python_is_named(versions, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    assert environment.check() is False
    (line,) = failures(capsys)
    assert line.startswith("✗ Python 3.10.4 (3.11, 3.12 or 3.13): the series runs on")


@pytest.mark.parametrize(
    ("version", "passes"), [((3, 11, 0), True), ((3, 13, 9), True), ((3, 14, 0), False)]
)
def test_a_python_that_is_too_new_is_named(versions, monkeypatch, version, passes):
    monkeypatch.setattr(sys, "version_info", (*version, "final", 0))
    assert environment.check() is passes


def test_the_project_names_the_same_pythons():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (low, high) = re.findall(r'^requires-python = ">=3\.(\d+),<3\.(\d+)"$', text, re.M)[
        0
    ]
    assert (3, int(low)) == environment.PYTHON_FLOOR
    assert (3, int(high) - 1) == environment.PYTHON_CEILING


def test_two_failures_are_counted(versions, capsys):
    versions["torch"] = versions["nbval"] = None
    assert environment.check() is False
    output = capsys.readouterr().out
    assert output.count("✗ ") == 2
    assert output.splitlines()[-1].startswith("2 requirements are not met.")


def test_a_folder_that_cannot_be_written_to(versions, monkeypatch, capsys):
    def refuse(**kind):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(environment.tempfile, "TemporaryFile", refuse)
    assert environment.check() is True
    lines = capsys.readouterr().out.splitlines()
    (line,) = [line for line in lines if line.startswith("! ")]
    assert "cannot be written to (Permission denied): the notebooks run, but" in line
    assert lines[-1] == "Everything that is needed is in place. Mind the line marked !."


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_the_marks_are_those_that_the_output_can_show(versions, monkeypatch, encoding):
    versions["nbval"] = None
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    assert environment.check() is False
    sys.stdout.flush()
    good, bad = ("✓", "✗") if encoding == "utf-8" else ("ok", "NO")
    *lines, last = written.getvalue().decode(encoding).splitlines()
    assert {line.split()[0] for line in lines} == {good, bad}
    assert last.endswith(f"marked {bad}, then restart the kernel.")


@pytest.mark.parametrize("variable", ["HOME", "MPLCONFIGDIR"])
@pytest.mark.skipif(os.name != "posix", reason="the folders are those of POSIX")
def test_a_home_that_cannot_be_written_to_gives_no_warning(tmp_path, variable):
    blocked = tmp_path / "file"
    blocked.write_text("")  # a folder cannot be made in it, not even by root
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    }
    code = (
        "import charrnn_helpers, matplotlib\n"
        "matplotlib.get_configdir(), matplotlib.get_cachedir()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT,
        env=kept | {variable: str(blocked / "home")},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_little_memory_and_unknown_memory(versions, monkeypatch, capsys):
    monkeypatch.setattr(environment, "_free_memory", lambda: 0.25)
    assert environment.check() is False
    assert "0.2 GiB of free memory (at least 1): close" in failures(capsys)[0]
    monkeypatch.setattr(environment, "_free_memory", lambda: None)
    assert environment.check() is True
    assert "Memory: not known" in capsys.readouterr().out


def test_helpers_that_cannot_be_loaded(versions, monkeypatch, capsys):
    monkeypatch.undo()
    real = environment.importlib.import_module

    def broken(name):
        if name == "charrnn_helpers.models":
            raise ImportError("no torch")
        return real(name)

    monkeypatch.setattr(environment.importlib, "import_module", broken)
    assert environment.check() is False
    (line,) = failures(capsys)
    assert "charrnn_helpers cannot load models (ImportError)" in line


def test_the_check_runs_without_torch():
    done = run(
        "import sys; sys.modules['torch'] = None\n"
        "from charrnn_helpers.environment import check\n"
        "print(check())"
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "✗ charrnn_helpers cannot load data" in done.stdout
    assert done.stdout.splitlines()[-1] == "False"


def test_the_set_up_without_torch_says_what_to_do():
    done = run(
        "import sys; sys.modules['torch'] = None\n"
        "from charrnn_helpers.environment import setup_notebook\n"
        "setup_notebook()"
    )
    assert "'torch' is not installed: run `python -m pip install" in done.stderr


def test_importing_loads_nothing_heavy():
    done = run(
        "import sys, charrnn_helpers, charrnn_helpers.environment\n"
        "print(sorted({'torch', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_the_version_is_that_of_the_project():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (version,) = re.findall(r'^version = "(.+)"$', text, re.MULTILINE)
    assert charrnn_helpers.__version__ == version


@pytest.fixture
def _leave_no_trace():
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    threads = torch.get_num_threads()
    with mpl.rc_context():
        yield
    random.setstate(states[0])
    np.random.set_state(states[1])
    torch.set_rng_state(states[2])
    torch.set_num_threads(threads)


def drawn():
    return random.random(), np.random.rand(), torch.rand(1).item()


@pytest.mark.usefixtures("_leave_no_trace")
def test_setup_seeds_all_three_generators(capsys):
    environment.setup_notebook(seed=7)
    first = drawn()
    second = drawn()
    environment.setup_notebook(seed=7)
    assert drawn() == first
    environment.setup_notebook(seed=8)
    third = drawn()
    for values in (second, third):
        assert all(a != b for a, b in zip(first, values, strict=True))
    assert first[2] == torch.rand(1, generator=torch.Generator().manual_seed(7)).item()
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("_leave_no_trace")
def test_what_the_reader_makes_is_not_frozen_by_a_second_setup():
    environment.setup_notebook()
    frozen = gc.get_freeze_count()
    circle = []
    circle.append(circle)
    environment.setup_notebook()
    assert gc.get_freeze_count() == frozen > 0


@pytest.mark.usefixtures("_leave_no_trace")
def test_setup_leaves_one_thread_and_the_style():
    torch.set_num_threads(2)
    mpl.rcParams["axes.spines.top"] = True
    environment.setup_notebook()
    assert torch.get_num_threads() == 1
    assert mpl.rcParams["axes.spines.top"] is False


@pytest.mark.usefixtures("_leave_no_trace")
@pytest.mark.parametrize("seed", [0, 2**32 - 1, np.int64(3)])
def test_seeds_that_are_taken(seed):
    environment.setup_notebook(seed)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seeds_out_of_range(seed):
    with pytest.raises(ValueError, match=rf"seed must be in \[0, 2\*\*32\).*{seed}"):
        environment.setup_notebook(seed)


@pytest.mark.parametrize("seed", [0.5, "0", None, True])
def test_seeds_that_are_no_whole_numbers(seed):
    with pytest.raises(TypeError, match="seed must be a whole number such as 0, not"):
        environment.setup_notebook(seed)
