"""What is notebook 04's own: its lab, without a front end, and its figures."""

from __future__ import annotations

import html
import itertools
import re

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from charrnn_helpers import models
from charrnn_helpers.lessons.n04 import checks, figures
from charrnn_helpers.lessons.n04 import lab as lab_04
from charrnn_helpers.lessons.n04.lab import INPUTS, RIGHT
from tests.tools.figures import assert_legible

WRONG = [label for label in INPUTS if label != RIGHT]
SIZES = [(3, 5, 12, 2, True), (1, 1, 1, 1, False), (8, 20, 40, 4, False)]


def draw(B=3, T=5, H=12, layers=2, batch_first=True, given=RIGHT):
    return lab_04.draw_shapes(B, T, H, layers, batch_first, given)


def plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def boxes(picture: str) -> dict[str, str]:
    """The caption of each box: name → shape, with the names of its axes."""
    found = re.findall(r'line-height:1.35">([^<]*)<br><b>([^<]*)</b>([^<]*)<', picture)
    return {name: shape + rest for name, shape, rest in found}


@pytest.mark.parametrize("sizes", SIZES)
def test_shapes_and_parameters_are_those_of_pytorch(sizes):
    B, T, H, layers, batch_first = sizes
    drawn = draw(*sizes)
    shown = boxes(drawn.picture)
    rnn = nn.RNN(16, H, layers, batch_first=batch_first)
    for name, parameter in rnn.named_parameters():
        assert shown[name].startswith(str(tuple(parameter.shape))), name
    lead = (B, T) if batch_first else (T, B)
    letters = "B, T" if batch_first else "T, B"
    assert shown["input"] == f"{(*lead, 16)} = ({letters}, V)"
    assert shown["output"] == f"{(*lead, H)} = ({letters}, H)"
    assert shown["h_n"] == f"{(layers, B, H)} = (layers, B, H)"
    assert shown["h_0, not given: zeros"] == shown["h_n"]
    assert len(shown) == 4 + 4 * layers
    # CharRNN adds an output layer of V·H + V parameters.
    model = models.CharRNN(16, H, layers)
    total = sum(p.numel() for p in model.parameters()) - 16 * H - 16
    assert f" = {total:,}, with V = 16 and H = {H}." in plain(drawn.text)


@pytest.mark.parametrize("layers", [1, 2, 4])
def test_the_formula_gives_its_number(layers):
    said = plain(draw(H=7, layers=layers).text)
    formula, total = re.search(r"Parameters: (.*) = ([\d,]+), with", said).groups()
    value = eval(formula.replace("·", "*"), {"H": 7, "V": 16})
    assert value == int(total.replace(",", ""))


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("label", WRONG)
def test_each_wrong_input_is_run_and_explained(label, batch_first):
    drawn = draw(given=label, batch_first=batch_first)
    said = plain(drawn.text)
    sizes = lab_04.Sizes(3, 5, 12, 2, batch_first)
    rnn = nn.RNN(16, 12, 2, batch_first=batch_first)
    try:
        _, h_n = rnn(*INPUTS[label].make(sizes))
    except (RuntimeError, ValueError) as error:
        assert f"PyTorch says: {type(error).__name__}: {error}" in said
        assert f"What it means: {INPUTS[label].meaning}" in said
        assert "output" not in boxes(drawn.picture)
    else:
        assert label == "axes B and T exchanged"
        assert f"h_n {tuple(h_n.shape)}" in said and h_n.shape[1] == 5
        assert f"No error, and wrong: {INPUTS[label].silent}" in said
    assert "Parameters:" not in said


@pytest.mark.parametrize(
    ("label", "sizes"),
    [
        ("h_0 with the texts first", {"B": 2, "layers": 2}),
        ("h_0 with the texts first", {"B": 1, "layers": 1, "batch_first": False}),
        ("ids as float32", {"T": 16}),
    ],
)
def test_a_wrong_input_that_fits_by_chance_is_called_wrong(label, sizes):
    said = plain(draw(given=label, **sizes).text)
    assert "PyTorch says" not in said
    assert f"No error, and wrong: {INPUTS[label].silent}" in said


@pytest.mark.parametrize("label", list(INPUTS))
def test_every_input_at_every_corner_of_the_controls(label):
    for B in (1, 4, 8):
        for T in (1, 16, 20):
            for layers in (1, 4):
                for batch_first in (True, False):
                    said = plain(draw(B, T, 3, layers, batch_first, label).text)
                    explained = "What it means: " in said or "and wrong: " in said
                    assert explained == (label != RIGHT), said


@pytest.mark.parametrize("hidden_size", [0, -3, 513, 10**9])
def test_a_wrong_hidden_size_gets_a_sentence(hidden_size):
    lab = lab_04.shapes_lab()
    lab.hidden_size.value = hidden_size
    assert lab.said == (
        f"✗ A hidden state of {hidden_size:,} numbers cannot be drawn: choose a "
        "hidden size from 1 to 512."
    )
    assert lab.picture.stale and lab.picture.value
    lab.hidden_size.value = 12
    assert lab.picture.value


def test_messages_are_escaped():
    result = lab_04.run(lab_04.Sizes(3, 5, 12, 2, True), WRONG[0])
    hostile = lab_04.Result(result.rnn, result.given, (), ValueError("<b> & <script>"))
    said = lab_04._said(lab_04.Sizes(3, 5, 12, 2, True), WRONG[1], hostile)
    assert "&lt;b&gt; &amp; &lt;script&gt;" in said


def test_a_larger_axis_makes_a_larger_box():
    def width(H):
        svg = re.search(
            r'<svg width="(\d+)"[^>]*>(?:(?!<svg).)*?h_n', draw(H=H).picture
        )
        return int(svg[1])

    assert width(1) < width(12) < width(512)


# --- the figures ---


def test_network_names_what_pytorch_names():
    fig = figures.draw_network("hello")
    texts = [text.get_text() for text in fig.axes[0].texts]
    for name in ("$W_{ih}$", "$W_{hh}$", "$W_{ho}$"):
        assert texts.count(name) == 5
    assert [text for text in texts if text.startswith("target")] == [
        f"target “{character}”" for character in "ello"
    ]
    assert_legible(fig)


def test_the_figure_says_which_texts_are_read():
    reads = {"right": [[0, 0, 0], [1, 1, 0]], "wrong": [[0, 1, 0], [0, 1, 0]]}
    fig = figures.draw_reading(["abcd", "efgh"], reads, asked=(1, 1))
    assert [ax.get_title("left") for ax in fig.axes] == [
        "right: reads 2 characters, of text 1",
        "wrong: reads 2 characters, of texts 0 and 1",
    ]
    for ax in fig.axes:
        (frame,) = (patch for patch in ax.patches if not patch.get_fill())
        assert (frame.get_x() + 0.46, frame.get_y() + 0.46) == (1, 1)
    assert len(fig.legends[0].get_texts()) == 2
    assert_legible(fig)


# --- the exercises ---


def test_the_two_shapes_are_those_of_pytorch():
    rnn = nn.RNN(10, 7, num_layers=3, batch_first=True)
    shapes = tuple(tuple(t.shape) for t in rnn(torch.zeros(4, 9, 10)))
    assert shapes == checks.rnn_shapes.expected()


@pytest.mark.parametrize("letter, itself", [(2, 4), (2, 3), (1, 3), (0.5, 3), (2, 0)])
def test_what_unit_1_remembers_is_what_nn_rnn_computes(letter, itself):
    """Every text by PyTorch's own layer, where the check takes all at once."""
    W_hh = torch.tensor([[0.0, 0.0], [letter, itself]], dtype=torch.float64)
    rnn = nn.RNN(2, 2, bias=False, dtype=torch.float64)
    fine = True
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(torch.tensor([[2.0, -2.0], [0.0, 0.0]]))
        rnn.weight_hh_l0.copy_(W_hh)
        for length in range(2, 8):
            for ids in itertools.product((0, 1), repeat=length):
                _, h_n = rnn(F.one_hot(torch.tensor(ids), 2).double())
                fine &= (h_n[0, 1] * (1, -1)[ids[0]]).item() > 0.5
    assert checks.first_letter.verdict(W_hh).passed == fine


@pytest.mark.parametrize(("V", "H"), [(1, 1), (2, 40), (16, 12), (65, 119)])
def test_the_count_is_that_of_the_model(V, H):
    model = models.CharRNN(V, H)
    assert checks._count(V, H) == sum(p.numel() for p in model.parameters())


MEMORY_CASES = checks.memory_test.cases()


@pytest.mark.parametrize(
    "case", range(len(MEMORY_CASES)), ids=lambda i: MEMORY_CASES[i][0].said
)
@torch.no_grad()
def test_what_is_said_of_a_probe_is_true_whatever_is_changed(case):
    """The truth of each probe, by trying every other first character and text."""
    model, ids = MEMORY_CASES[case]
    before, _ = model(ids)
    V, T = before.shape[-1], ids.shape[1]
    remembers, reads_across = set(), set()
    for b, symbol in itertools.product(range(len(ids)), range(V)):
        if symbol != ids[b, 0]:
            changed = ids.clone()
            changed[b, 0] = symbol
            moved = model(changed)[0] != before
            remembers.add(moved[b, 1:].any().item())
    for text in itertools.product(range(V), repeat=T):
        changed = ids.clone()
        changed[0] = torch.tensor(text)
        if (changed[0] != ids[0]).all():
            moved = model(changed)[0] != before
            reads_across.add(moved[1:].any().item())
    assert (remembers, reads_across) == ({model.truth[0]}, {model.truth[1]})


def test_a_memory_may_also_be_sought_in_one_text_or_with_a_tolerance():
    def one_text(model, ids):
        before, V = model(ids)[0], model(ids)[0].shape[-1]
        first, text = ids.clone(), ids.clone()
        first[-1, 0] = (first[-1, 0] + 1) % V
        text[0] = (text[0] + V - 1) % V
        later = model(first)[0][-1:, 1:]
        return (
            not torch.allclose(later, before[-1:, 1:]),
            not torch.allclose(model(text)[0][1:], before[1:]),
        )

    assert checks.memory_test.verdict(one_text).passed
