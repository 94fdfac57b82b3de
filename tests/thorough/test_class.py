"""A class of twenty: as many kernels on this machine at once, each with a notebook."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbclient import NotebookClient
from refresh import ThisPython

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
LEARNERS = 20
LIMIT = 900  # seconds for all of them; two busy cores needed 90

pytestmark = pytest.mark.thorough


def memory(client: NotebookClient) -> tuple[int, int]:
    """The bytes a kernel has now: all, and its share of what it shares with others."""
    try:
        info = psutil.Process(client.km.provisioner.pid).memory_full_info()
    except (AttributeError, psutil.Error, ValueError):  # not yet there, or gone
        return 0, 0
    return info.rss, getattr(info, "pss", info.rss)  # pss: Linux only


async def hold_class(clients: list[NotebookClient]) -> tuple[list[int], int]:
    """Run all notebooks; return the peak of each kernel and that of them all."""
    peaks, together = [0] * len(clients), 0
    lesson = asyncio.gather(*(client.async_execute() for client in clients))
    while not lesson.done():
        now = [memory(client) for client in clients]
        peaks = [max(peak, rss) for peak, (rss, _) in zip(peaks, now, strict=True)]
        together = max(together, sum(pss for _, pss in now))
        await asyncio.wait([lesson], timeout=1)
    await lesson  # raises what a cell raised
    return peaks, together


def test_twenty_kernels_at_once():
    path = next(NOTEBOOKS.glob("04_*.ipynb"))
    clients = [
        NotebookClient(
            nbformat.read(path, as_version=4),
            timeout=LIMIT,
            startup_timeout=LIMIT,
            kernel_manager_class=ThisPython,
            resources={"metadata": {"path": str(NOTEBOOKS)}},
        )
        for _ in range(LEARNERS)
    ]
    started = time.perf_counter()
    peaks, together = asyncio.run(asyncio.wait_for(hold_class(clients), LIMIT))
    took = time.perf_counter() - started
    print(
        f"\n{LEARNERS} kernels ran {path.name} in {took:.0f} s; the largest took "
        f"{max(peaks) / 1e6:.0f} MB, all of them together {together / 1e9:.1f} GB."
    )
    assert min(peaks) > 0
    for client in clients:
        for cell in client.nb.cells:
            if cell.cell_type == "code":
                assert cell.execution_count
                assert not [o for o in cell.outputs if o.get("name") == "stderr"]
