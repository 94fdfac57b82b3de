"""What is notebook 04's own: its lab, without a front end, and its figures."""

from __future__ import annotations

import html
import itertools
import math
import re

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from charrnn_helpers import data, models
from charrnn_helpers.lessons.n04 import checks, figures
from charrnn_helpers.lessons.n04 import lab as lab_04
from charrnn_helpers.lessons.n04.lab import INPUTS, RIGHT
from tests.tools.exercises import NOTEBOOKS
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
    (ax,) = figures.draw_network(characters="hello", layers=2).axes
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("$W_{ho}$") == 5
    for name in ("$W_{ih}^{(1)}$", "$W_{hh}^{(2)}$"):
        assert texts.count(name) == 5
    assert [text for text in texts if text.startswith("target")] == [
        f"target “{character}”" for character in "ello"
    ]
    dashed = [p for p in ax.patches if p.get_linestyle() not in ("-", "solid")]
    assert len(dashed) == 2 * (1 + 4 + 1 + 1)  # loop, steps, last, zero state
    with pytest.raises(ValueError, match="steps must be from 1 to 8"):
        figures.draw_network(steps=9)
    with pytest.raises(ValueError, match="layers must be from 1 to 3, not 0"):
        figures.draw_network(layers=0)


EXTREMES = {
    "network": lambda: figures.draw_network(),
    "network, long": lambda: figures.draw_network(characters="hello how"),
    "network, short": lambda: figures.draw_network(steps=1),
    "network, high": lambda: figures.draw_network(characters="hello", layers=3),
    "feed-forward": lambda: figures.draw_feedforward(),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_the_figure_is_legible(name):
    assert_legible(EXTREMES[name]())


# --- exercise 4.4 ---


def test_the_notebook_shows_the_program_that_is_checked():
    text = (NOTEBOOKS / "04_the_rnn_model.ipynb").read_text(encoding="utf-8")
    for number, line in enumerate(checks.PROGRAM.splitlines(), start=1):
        assert re.search(rf'"{number}  {re.escape(line)}\\n"', text), line


def test_the_program_does_what_the_exercise_says():
    vocab = data.Vocabulary.from_texts(data.SENTENCES)
    for seed in range(5):
        torch.manual_seed(seed)
        space = {"data": data, "nn": nn, "F": F, "vocab": vocab}
        exec(checks.PROGRAM, space)
        assert tuple(space["h_n"].shape) == (1, 16, 12)
        assert abs(space["loss"].item() - math.log(16)) < 0.2


def test_one_repair_only_keeps_the_texts_apart():
    assert checks._line_that_helps() == 3


# --- exercises 4.1, 4.3 and 4.5 ---


def test_the_two_shapes_are_those_of_pytorch():
    rnn = nn.RNN(10, 7, num_layers=3, batch_first=True)
    shapes = tuple(tuple(t.shape) for t in rnn(torch.zeros(4, 9, 10)))
    assert shapes == checks.rnn_shapes.expected()


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
