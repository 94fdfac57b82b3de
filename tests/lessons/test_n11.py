"""Notebook 11: the lab's unit trained again, its arithmetic, figures and claims."""

from __future__ import annotations

import math

import pytest
import torch

from charrnn_helpers import data, names, training
from charrnn_helpers.lessons.n11 import checks, figures
from charrnn_helpers.lessons.n11 import lab as room
from charrnn_helpers.models import CharLSTM, trace
from charrnn_helpers.plotting.showing import figure_data, png_bytes


def test_the_unit_of_the_lab_is_the_one_that_the_notebook_trains():
    vocab = data.Vocabulary("\nabcdefghijklmnopqrstuvwxyz")
    train, validation, _ = names.split()
    ids = vocab.encode("\n".join(train) + "\n")
    count = (len(ids) - 1) // 48
    x, y = (ids[k : k + count * 48].view(count, 48) for k in (0, 1))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = CharLSTM(27, 24).double()
        generator = torch.Generator().manual_seed(0)
        options = {"epochs": 12, "lr": 0.01, "batch_size": 16, "max_norm": 1.0}
        training.fit(model, x, y, generator=generator, **options)
    read = vocab.encode("\n".join(validation[:100]) + "\n")
    forget, ends = trace(model, read)["f"][0], read == 0
    unit = int((forget[~ends].mean(0) - forget[ends].mean(0)).argmax())
    found = trace(model, vocab.encode(room.BEFORE + room.TEXT))
    start = len(room.BEFORE)
    for name in "gfio":
        values = found[name][0, start:, unit].tolist()
        assert values == pytest.approx(room.UNIT[name], abs=0.006), name
    assert float(found["c"][0, start - 1, unit]) == pytest.approx(1.4, abs=0.006)


def test_the_lab_computes_what_pytorch_does():
    numbers = room.run_cell(room.TRAINED, {})
    c = torch.tensor(room.UNIT["c"][0], dtype=torch.float64)
    for t in range(room.STEPS):
        f, i, g, o = (
            torch.tensor(room.UNIT[k][t], dtype=torch.float64) for k in "figo"
        )
        c = f * c + i * g
        assert numbers["c"][t + 1] == pytest.approx(float(c))
        assert numbers["h"][t] == pytest.approx(float(o * c.tanh()))


def solved():
    lab = room.gates_lab()
    for key in ("fa", "fa", "ia", "oa", "i2", "o7", "f8"):
        lab.picture.pick(key)
    return lab


def test_the_task_can_be_solved_by_seven_clicks_and_spoiled_by_one():
    lab = room.gates_lab()
    assert lab.said.count("✗") == 3
    assert "leave 3 % of it" in lab.said
    lab = solved()
    assert lab.said.count("✓") == 3
    assert "Held as long as f is 1 and i is 0" in lab.said
    for key, broken in (("f5", 1), ("i6", 2), ("o8", 0), ("i9", 1), ("o3", 1)):
        lab = solved()
        lab.picture.pick(key)
        assert (lab.said.count("✗") > 0) == (broken > 0), key


def test_the_slider_moves_what_was_picked_and_back_undoes_it():
    lab = solved()
    before = lab.said
    lab.picture.pick("f5")
    lab.value.value = 0.9
    assert "leave 90 % of it" in lab.said
    lab.picture.pick("f5")
    assert lab.said == before
    lab.mode.value = room.TRAINED
    assert "step 8 leaves 6 % of 0.89" in lab.said
    lab.picture.pick("f8")
    assert "step 8 leaves 100 % of 0.89" in lab.said
    assert "left to itself the cell has −0.79" in lab.said
    lab.back.click()
    assert "left to itself" not in lab.said
    lab.value.value = 0.3  # nothing is picked: nothing moves
    assert lab.dials.value == ""


def test_a_dial_that_does_not_exist_gets_a_sentence():
    lab = room.gates_lab()
    for text in ("x3:1", "f11:1", "f0:1", "f3", "f3:2", "f3:nan", "<b>"):
        lab.dials.value = text
        assert "✗" in lab.said and lab.picture.stale, text


def test_the_gates_are_drawn_with_their_numbers():
    traced = {"f": [0.1, 0.9], "g": [-0.5, 0.5], "c": [1.5, -2.0]}
    fig = figures.draw_gates(traced, text="a\n", title="A takeaway")
    assert len(fig.axes) == 3
    shown = figure_data(fig)
    assert "forget gate f" in str(shown) and "−2.0" in str(shown)
    assert png_bytes(fig)


def test_the_measured_comparison_is_complete_and_drawn():
    measured = figures.equal_time()
    assert len(measured["runs"]) == 9
    for name in ("RNN", "GRU", "LSTM"):
        rates = {
            float(key.split()[1]): loss
            for key, loss in measured["trials"].items()
            if key.split()[0] == name
        }
        best = min(rates, key=rates.get)
        assert min(rates) < best < max(rates)  # not at the end of the list
        runs = [r for key, r in measured["runs"].items() if key.split()[0] == name]
        assert len(runs) == 3
        assert all(run["lr"] == best for run in runs)
        assert all(len(run["losses"]) == len(measured["marks"]) for run in runs)
    models = ["RNN", "GRU", "LSTM"]
    assert png_bytes(figures.draw_equal_time(measured, title="x", models=models))


@pytest.mark.parametrize(("T", "share"), [(1, 0.5), (20, 0.5), (1000, 0.5), (7, 0.1)])
def test_the_bias_of_exercise_2_does_what_is_asked(T, share):
    bias = checks.forget_bias.reference(T, share)
    assert (1 / (1 + math.exp(-bias))) ** T == pytest.approx(share)


def test_the_rewritten_weights_of_exercise_3_give_the_other_librarys_state():
    torch.manual_seed(0)
    H, V = 4, 3
    W, U, b, d = (
        torch.randn(12, V),
        torch.randn(12, H),
        torch.randn(12),
        torch.randn(12),
    )
    x, h = torch.randn(2, V), torch.randn(2, H)
    (z_x, r_x, n_x), (z_h, r_h, n_h) = (
        (v @ w.T + bias).chunk(3, 1) for v, w, bias in ((x, W, b), (h, U, d))
    )
    z, r = (z_x + z_h).sigmoid(), (r_x + r_h).sigmoid()
    theirs = z * (n_x + r * n_h).tanh() + (1 - z) * h
    cell = torch.nn.GRUCell(V, H)
    with torch.no_grad():
        for mine, stored in zip(cell.parameters(), (W, U, b, d), strict=True):
            mine.copy_(checks.convert.reference(stored))
        torch.testing.assert_close(cell(x, h), theirs)
