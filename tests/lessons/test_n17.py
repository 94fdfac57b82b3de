"""Notebook 17: what the lab counts and claims, its ranks, figures and twins."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from charrnn_helpers import fast, longtext
from charrnn_helpers.lessons.n17 import figures, processes
from charrnn_helpers.lessons.n17 import lab as room
from charrnn_helpers.plotting.showing import figure_data, png_bytes

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "17_faster_and_larger.ipynb"


def from_notebook(*marks: str) -> dict:
    """The names that the notebook's cells with these words define."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    names: dict = {}
    for mark in ("setup_notebook(seed", *marks):
        exec(next(source for source in sources if mark in source), names)
    return names


@pytest.fixture(scope="module")
def taught():
    marks = ("def ways_on", "def race", "class Ledger", "def run_forward", "def bptt")
    return from_notebook(*marks, "class Streams")


def nbytes(value: object) -> int:
    if isinstance(value, torch.Tensor):
        return value.numel() * value.element_size()
    if isinstance(value, (tuple, list)):
        return sum(map(nbytes, value))
    return 0


def ledger_of(taught: dict, name: str, sizes: tuple[int, int, int]):
    """Flops, bytes and operations of a way, as they are counted while it runs."""

    class Ledger(taught["Ledger"]):
        moved = 0

        def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
            result = super().__torch_dispatch__(operation, types, args, kwargs)
            name = operation.overloadpacket.__name__
            if not operation.is_view and name not in ("detach", "_unsafe_view"):
                self.moved += nbytes(args) + nbytes(result)
            return result

    H, B, T = sizes
    model = taught["CharRNN"](room.V, H)
    taught["losses"] = taught["known_ways"](model)
    if name == "by hand":
        x, y = taught["shift"](torch.randint(room.V, (B, T + 1)))

        def way():
            taught["bptt"](model, x, y)

    else:
        way = taught["ways_on"](B, T)[name]
    way()  # so that there are gradients to add to
    with Ledger() as ledger:
        way()
    return ledger.flops, ledger.moved, ledger.count.total()


@pytest.mark.parametrize("name", room.WAYS)
def test_the_lab_counts_what_a_ledger_counts(taught, name):
    for sizes in ((64, 16, 20), (96, 8, 40), (128, 32, 12)):
        found = ledger_of(taught, name, sizes)
        counted = room.counts(room.WAYS[name], *sizes)
        assert counted[2] == found[2]
        assert counted[0] == pytest.approx(found[0], rel=0.05)  # the first step
        assert counted[1] == pytest.approx(found[1], rel=0.05)


def test_its_three_parts_add_up_to_what_was_measured():
    machine, errors = room.MACHINES[room.CORE], []
    for sizes, measured in room.MEASURED.items():
        for way, milliseconds in zip(room.WAYS.values(), measured, strict=True):
            parts = room.parts_of(machine, room.counts(way, *sizes))
            errors.append(1000 * sum(parts.values()) / milliseconds)
    assert len(errors) == 30
    assert min(errors) > 0.75 and max(errors) < 1.35
    assert np.exp(np.abs(np.log(errors)).mean()) < 1.15  # on average


def test_which_limit_binds():
    lab = room.limits_lab()
    assert "its longest part is operations; by hand" in lab.said
    assert lab.said.count("its longest part is arithmetic") == 1
    assert "choose matters: 2.1 to 1" in lab.said
    before = lab.said
    lab.batch_size.value = 1
    assert lab.said.count("its longest part is operations") == 2
    lab.batch_size.value = 512
    assert lab.said.count("its longest part is arithmetic") == 2
    assert "hardly matters: 1.26 to 1" in lab.said
    lab.batch_size.value, lab.machine.value = 32, room.CARD
    assert "Step by step takes 1,062 times" in lab.said
    assert lab.said.count("its longest part is operations") == 2
    lab.machine.value = room.CORE
    assert lab.said == before


def test_the_characters_change_no_share():
    machine = room.MACHINES[room.CORE]
    for way in room.WAYS.values():
        shares = []
        for T in (64, 256):
            parts = room.parts_of(machine, room.counts(way, 128, 32, T))
            shares.append([part / sum(parts.values()) for part in parts.values()])
        assert shares[0] == pytest.approx(shares[1], abs=0.03)


def test_the_numbers_on_the_roofline_do_not_touch_each_other():
    for machine in room.MACHINES:
        for sizes in ((16, 1, 8), (128, 32, 64), (2048, 512, 64), (4096, 512, 256)):
            picture = room.draw_limits(machine, *sizes, "").picture
            tags = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="9"', picture)
            xs = sorted(float(x) for x, _ in tags)
            assert len(xs) == 5 and min(np.diff(xs)) > 19
            assert xs[0] > 66 and xs[-1] < 690
            assert all(16 < float(y) < 190 for _, y in tags)


def test_a_pick_tells_the_numbers_of_a_way():
    lab = room.limits_lab()
    assert "494 operations" not in lab.said
    lab.picture.pick("by hand")
    assert "494 operations" in lab.said and 'aria-pressed="true"' in lab.picture.value
    lab.picture.pick("by hand")
    assert "494 operations" not in lab.said


def test_the_notebook_and_the_modules_have_the_same_functions(taught):
    torch.manual_seed(0)
    model = taught["CharRNN"](7, 5)
    x, y = taught["shift"](torch.randint(7, (3, 9)))
    for dtype in (None, torch.bfloat16):
        mine, theirs = (
            f(model, x, y, dtype=dtype) for f in (taught["bptt"], fast.bptt)
        )
        assert torch.equal(mine[0], theirs[0])
        for name, gradient in theirs[1].items():
            torch.testing.assert_close(mine[1][name], gradient)
    ids = np.arange(100, dtype=np.uint8)
    for rank in (0, 1):
        mine, theirs = (
            kind(ids, 4, 5, rank=rank, world=2).piece(10)
            for kind in (taught["Streams"], longtext.Streams)
        )
        assert all(map(torch.equal, mine, theirs))


def failing(rank, world):
    if rank == 1:
        raise ValueError("this rank has no rows")
    return torch.ones(1)


def leaving(rank, world):
    if rank == 1:
        raise ValueError("this rank has no rows")
    dist.all_reduce(torch.ones(1))  # noqa: F821 (the script has it)


def chatting(rank, world):
    print("a line of many " * 20_000)
    return torch.full((1,), float(rank))


def hanging(rank, world):
    import time

    time.sleep(60)


def test_a_rank_that_fails_or_hangs_is_told_and_stopped():
    with pytest.raises(RuntimeError, match=r"(?s)rank 1 failed.*no rows"):
        processes.run_ranks(failing, timeout=60)
    with pytest.raises(RuntimeError, match=r"(?s)^rank 1 failed.*no rows"):
        processes.run_ranks(leaving, timeout=60)  # rank 0 waits for it, and fails, too
    with pytest.raises(RuntimeError, match=r"no answer in 0\.1 seconds"):
        processes.run_ranks(hanging, timeout=0.1)


def test_ranks_may_print_as_much_as_they_like():
    assert torch.cat(processes.run_ranks(chatting, timeout=60)).tolist() == [0, 1]


def test_the_roofline_is_drawn_with_its_labels():
    points = {"H = 8": [(0.5, 1e9), (5.0, 9e9)]}
    fig = figures.draw_roofline(1e10, 2e9, points, labels=(1, 32), title="A takeaway")
    assert "flops per byte" in str(figure_data(fig, volatile=True))
    assert png_bytes(fig)
