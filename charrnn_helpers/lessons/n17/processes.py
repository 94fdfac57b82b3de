"""Several processes that compute together, started from a notebook."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HEADER = """\
import datetime
import sys

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
        started = [
            subprocess.Popen(
                [*command, str(rank), str(world), folder, *map(str, arguments)],
                env=os.environ | threads | {"PYTHONPATH": paths},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for rank in range(world)
        ]
        try:
            for rank, process in enumerate(started):
                said, _ = process.communicate(timeout=timeout)
                if process.returncode != 0:
                    raise RuntimeError(f"rank {rank} failed: {said[-1500:]}")
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(f"no answer in {timeout:g} seconds") from error
        finally:
            for process in started:
                process.kill()
                process.communicate()
        return [torch_load(Path(folder, f"rank{rank}.pt")) for rank in range(world)]


def torch_load(path: Path) -> object:
    """Read what a process has saved."""
    import torch

    return torch.load(path, weights_only=True)
