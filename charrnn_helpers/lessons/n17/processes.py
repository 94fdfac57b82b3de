"""Several processes that compute together, started from a notebook."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

HEADER = """\
import datetime
import os
import sys
import time

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel

from charrnn_helpers import models
from charrnn_helpers.data import IGNORE_INDEX, Vocabulary, shift
from charrnn_helpers.longtext import Streams
from charrnn_helpers.models import CharRNN


"""
FOOTER = """

rank, world, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
torch.set_num_threads(1)
dist.init_process_group(
    "gloo",
    init_method=f"file://{folder}/meeting",
    rank=rank,
    world_size=world,
    timeout=datetime.timedelta(seconds=TIMEOUT),
)
torch.save(WORK(rank, world, *sys.argv[4:]), f"{folder}/rank{rank}.pt")
# Nobody leaves while another may still read what it was sent.
end = time.monotonic() + TIMEOUT
while time.monotonic() < end and not all(
    os.path.exists(f"{folder}/rank{other}.pt") for other in range(world)
):
    time.sleep(0.01)
dist.destroy_process_group()
"""


def run_ranks(
    work: Callable, *arguments: object, world: int = 2, timeout: float = 100
) -> list:
    """Run a function in several processes at once, each with a rank of its own.

    ``torchrun --nproc-per-node 2 script.py`` does the same for a script. Here the
    script is made of the source of the function, which so can stand in a notebook; it
    may use what HEADER imports.

    Args:
        work: takes rank and world, then the arguments; what it returns is saved by
            ``torch.save`` and read back as plain data and tensors.
        arguments: passed on as texts.
        world: how many processes.
        timeout: seconds after which all of them are stopped.

    Returns:
        What each of them returned, by rank.

    Raises:
        RuntimeError: if one of them fails or is too slow; the message has the end of
            what it printed.
    """
    end = FOOTER.replace("WORK", work.__name__).replace("TIMEOUT", f"{timeout:g}")
    threads = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    package = str(Path(__file__).resolve().parents[3])
    paths = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "script.py")
        script.write_text(HEADER + inspect.getsource(work) + end, encoding="utf-8")
        command = [sys.executable, str(script)]
        logs = [Path(folder, f"said{rank}.txt") for rank in range(world)]
        started = []
        try:
            for rank, log in enumerate(logs):
                with log.open("wb") as said:
                    started.append(
                        subprocess.Popen(
                            [*command, str(rank), str(world), folder]
                            + [str(argument) for argument in arguments],
                            env=os.environ | threads | {"PYTHONPATH": paths},
                            stdin=subprocess.DEVNULL,
                            stdout=said,
                            stderr=subprocess.STDOUT,
                        )
                    )
            _wait(started, logs, timeout)
        finally:
            for process in started:
                process.kill()
                process.wait()
        return [torch_load(Path(folder, f"rank{rank}.pt")) for rank in range(world)]


def _wait(
    started: Sequence[subprocess.Popen], logs: Sequence[Path], timeout: float
) -> None:
    """Wait until all are done; the first that fails is told, not those it leaves."""
    end = time.monotonic() + timeout
    while any(process.poll() is None for process in started):
        if time.monotonic() > end:
            raise RuntimeError(f"no answer in {timeout:g} seconds")
        if any(process.poll() for process in started):
            break
        time.sleep(0.02)
    failed = [rank for rank, process in enumerate(started) if process.poll()]
    said = {rank: logs[rank].read_text("utf-8", errors="replace") for rank in failed}
    failed.sort(key=lambda rank: "closed by peer" in said[rank])
    if failed:
        raise RuntimeError(f"rank {failed[0]} failed: {said[failed[0]][-1500:]}")


def torch_load(path: Path) -> object:
    """Read what a process has saved."""
    import torch

    return torch.load(path, weights_only=True)
