"""Notebook 10: the lab's two journeys, its figures, and its reach is the package's."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
import torch
from torch import nn

from charrnn_helpers import gradients, names
from charrnn_helpers.lessons.n10 import figures, lab
from charrnn_helpers.models import CharRNN
from tests.tools.exercises import NOTEBOOKS


def built() -> dict:
    """What the notebook's cells define before its first training, and ``reach``."""
    path = NOTEBOOKS / "10_vanishing_and_exploding_gradients.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    space: dict = {}
    for source in code:
        if "setup_notebook(" in source or source.startswith(
            ("LETTERS,", "def question", "def reach", "def curve")
        ):
            exec(source, space)
    return space


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_the_reach_of_the_notebook_is_the_one_that_is_imported(kind):
    space = built()
    torch.manual_seed(1)
    model = space["Reader"](kind(7, 5, batch_first=True)).double()
    ids = torch.randint(7, (12,))
    ours, theirs = space["reach"](model, ids), gradients.reach(model, ids)
    torch.testing.assert_close(ours["h"], theirs["h"], rtol=1e-12, atol=0)


def test_a_curve_begins_at_lag_0_and_its_factor_is_the_one_per_step():
    space = built()
    torch.manual_seed(0)
    model, text = CharRNN(7, 5).double(), torch.randint(7, (50,))
    shares = space["curve"](model, [text])
    norms = gradients.reach(model, text)["h"]
    assert shares[0] == 1 and len(shares) == 49
    torch.testing.assert_close(shares.flip(0) * norms[-1], norms.detach())
    assert space["factor"](0.9 ** torch.arange(45.0)) == pytest.approx(0.9, rel=1e-5)


# --- the lab -------------------------------------------------------------------------


def by_torch(cell, radius, forget_bias):
    """Both journeys with the layers of PyTorch: the oracle of the lab."""
    x = lab._texts()
    layer = lab._layer(cell == "LSTM")
    lstm = nn.LSTM(x.shape[-1], lab.UNITS).double()
    rnn = nn.RNN(
        x.shape[-1], lab.UNITS, nonlinearity="relu" if "ReLU" in cell else "tanh"
    ).double()
    mine = lstm if cell == "LSTM" else rnn
    mine.load_state_dict(layer.state_dict())
    with torch.no_grad():
        if cell == "LSTM":
            mine.bias_ih_l0[lab.UNITS : 2 * lab.UNITS] = forget_bias
            mine.bias_hh_l0[lab.UNITS : 2 * lab.UNITS] = 0
        else:
            mine.weight_hh_l0 *= radius
    states, state = [], None
    for x_t in x:
        _, state = mine(x_t.unsqueeze(0), state)
        states.append(state)
    h = [s[0] if isinstance(s, tuple) else s for s in states]
    signs = torch.tensor([1.0, -1.0]).double().repeat(lab.UNITS // 2)
    found = torch.autograd.grad((h[-1][0, 0] * signs).sum(), h)
    difference = torch.stack([(s[0, 1] - s[0, 0]).detach() for s in h])
    gradient = torch.stack([d[0, 0] for d in found])
    return difference / difference[0].norm(), gradient / gradient[-1].norm()


@pytest.mark.parametrize(
    ("cell", "radius", "bias"),
    [
        ("RNN, tanh", 1.2, 0.0),
        ("RNN, ReLU", 1.5, 0.0),
        ("LSTM", 1.0, 3.0),
        ("LSTM", 2.0, -1.0),
    ],
)
def test_both_journeys_are_those_of_pytorch(cell, radius, bias):
    result = lab.run(radius, cell, bias)
    for mine, theirs in zip(result, by_torch(cell, radius, bias), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-6, atol=1e-12)


def test_the_dials_do_what_the_lesson_says():
    factors = [lab.run(r, "RNN, tanh", 0.0).factor() for r in (0.6, 0.8, 1, 1.2, 2)]
    assert factors == sorted(factors) and factors[0] < 0.6 and factors[-1] > 1.1
    assert lab.run(2.0, "RNN, sigmoid", 0.0).factor() < 0.5  # a quarter of 2
    assert lab.run(1.5, "RNN, ReLU", 0.0).factor() > 1.1
    biases = [lab.run(1.0, "LSTM", b).factor() for b in (-2.0, 0.0, 1.0, 3.0, 6.0)]
    assert biases == sorted(biases) and biases[1] < 0.7 and 0.95 < biases[3] < 1.02
    assert lab.run(0.5, "LSTM", 1.0).factor() == lab.run(2.0, "LSTM", 1.0).factor()


@pytest.mark.parametrize("cell", lab.CELLS)
@pytest.mark.parametrize("at", [(0.5, -2.0), (2.0, 6.0)])
def test_it_draws_at_the_ends_of_its_dials(cell, at):
    drawing = lab.draw_reach(at[0], cell, at[1], picked="100")
    assert cell in drawing.text and "nan" not in drawing.text + drawing.picture
    assert drawing.picture.count("data-pick") == 2 * lab.STEPS // lab.EVERY
    assert drawing.picture.count('aria-pressed="true"') == 2  # in both strips
    assert "Step 100: " in drawing.text
    assert len(drawing.picture) < 150_000


def test_the_verdicts():
    said = [lab.verdict(share).split(".")[0] for share in (1e-9, 1e-4, 0.5, 10, 1e3)]
    assert [s.split(":")[0] for s in said] == [
        *("It vanishes", "It dies slowly", "It survives", "It survives", "It explodes")
    ]


def test_the_two_texts_differ_in_their_first_character():
    texts = lab._texts().argmax(dim=-1)  # (STEPS, 2)
    assert (texts[:, 0] != texts[:, 1]).tolist() == [True] + 99 * [False]
    read = names.vocabulary().decode(texts[:, 0])
    assert read.startswith(names.split()[0][0])


# --- the figures ---------------------------------------------------------------------


def test_the_disc_holds_the_eigenvalues_in_an_order_of_their_own():
    torch.manual_seed(0)
    found = torch.linalg.eigvals(torch.randn(20, 20).double())
    one = figures.draw_disc(found, 0.577)
    other = figures.draw_disc(found.flip(0), 0.577)
    points = [fig.axes[0].collections[0].get_offsets().data for fig in (one, other)]
    np.testing.assert_array_equal(*points)
    assert np.hypot(*points[0].T).max() == pytest.approx(float(found.abs().max()))


def test_the_cliff_shows_where_the_walks_went():
    walks = {"clipped": [(1.2, 0.0), (1.1, 0.0)], "not": [(1.2, 0.0), (-50.0, 3.0)]}
    losses = torch.logspace(-6, 9, 12).view(3, 4)
    fig = figures.draw_cliff([0.8, 0.9, 1.0, 1.3], [-0.3, 0, 0.3], losses, walks)
    ax = fig.axes[0]
    assert ax.get_xlim() == (0.8, 1.3) and ax.get_ylim() == (-0.3, 0.3)
    assert [line.get_label() for line in ax.get_lines()] == list(walks)
    height = np.asarray(ax.collections[0].get_array())
    assert height.min() == -3 and height.max() == 3


# --- the exercises -------------------------------------------------------------------


def test_the_table_of_exercise_10_1_is_the_one_that_is_shown():
    path = NOTEBOOKS / "10_vanishing_and_exploding_gradients.ipynb"
    text = path.read_text(encoding="utf-8")
    rows = re.findall(r"\| (?:10|30) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", text)
    at_10, at_30 = ([float(share) for share in row] for row in rows)
    factors = [(y / x) ** (1 / 20) for x, y in zip(at_10, at_30, strict=True)]
    lag = 10 + math.ceil(math.log(1e-6 / at_10[0]) / math.log(factors[0]))
    *numbers, explodes = built()["checks"].reading.expected()
    assert numbers == pytest.approx((factors[0], lag, factors[1]))
    assert explodes == "".join(n for n, f in zip("ABC", factors, strict=True) if f > 1)
    # By the height at lag 30 one would say the opposite.
    assert [share > 1 for share in at_30[1:]] == [f < 1 for f in factors[1:]]
