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
from tests.tools.figures import assert_legible

SIZES = [(3, 5, 12, 2), (1, 1, 1, 1), (6, 16, 64, 3), (4, 4, 7, 1)]


def plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def shown(picture: str) -> dict[str, list[tuple[int, ...]]]:
    """The shapes in the picture: name → shapes, in order."""
    found: dict[str, list[tuple[int, ...]]] = {}
    for name, inside in re.findall(r"<code>(\w+)</code> \((.*?)\)</span>", picture):
        lengths = tuple(map(int, re.findall(r"<b>(\d+)</b>", inside)))
        found.setdefault(name, []).append(lengths)
    return found


def yellow(picture: str) -> set[str]:
    """The characters that are drawn as read, by text and step."""
    cells = re.findall(r'<td style="([^"]*)"><button[^>]*data-pick="([^"]*)"', picture)
    return {key for style, key in cells if "background:#fff;" not in style}


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("sizes", SIZES)
def test_the_shapes_are_those_of_pytorch(sizes, batch_first):
    B, T, H, layers = sizes
    found = shown(lab_04.draw_shapes(*sizes, batch_first).picture)
    rnn = nn.RNN(16, H, layers, batch_first=batch_first)
    states, h_n = rnn(torch.zeros(B, T, 16))
    assert found["states"] == [tuple(states.shape)]
    assert found["h_n"] == found["h_0"] == [tuple(h_n.shape)]
    assert found["ids"] == [(B, T)] and found["logits"] == [(B, T, 16)]
    parts = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    for part in parts:
        named = [p for name, p in rnn.named_parameters() if name.startswith(part)]
        assert found[part] == [tuple(p.shape) for p in named]


def test_an_axis_is_named_by_what_it_means():
    """Lengths that are all different belong to one letter each, right or wrong."""
    for batch_first in (True, False):
        picture = lab_04.draw_shapes(3, 5, 12, 2, batch_first).picture
        chips = re.findall(r'data-link="axis-(\w+)"[^>]*>[^<]*<b>(\d+)<', picture)
        lengths = {"B": "3", "T": "5", "V": "16", "H": "12", "layers": "2"}
        assert len(chips) == 32 and all(lengths[a] == n for a, n in chips)
        assert ("✗ T" in picture) == (not batch_first)


@pytest.mark.parametrize("batch_first", [True, False])
def test_what_is_yellow_is_what_moves_the_logits(batch_first):
    """By changing one character after the other, where the lab takes gradients."""
    B, T, at = 4, 6, (2, 3)
    drawn = lab_04.draw_shapes(B, T, 12, 1, batch_first, "2,3")
    torch.manual_seed(0)
    model = models.CharRNN(16, 12).double()
    model.rnn.batch_first = batch_first
    ids = torch.stack([lab_04.VOCAB.encode(text[:T]) for text in lab_04.TEXTS[:B]])
    moved = set()
    with torch.no_grad():
        before = model(ids)[0][at]
        for b, t in itertools.product(range(B), range(T)):
            changed = ids.clone()
            changed[b, t] = (ids[b, t] + 1) % 16
            if not torch.equal(model(changed)[0][at], before):
                moved.add(f"{b},{t}")
    assert yellow(drawn.picture) == moved
    assert f"on {len(moved) - 1} characters" in plain(drawn.text)


def test_the_bug_shows_in_the_state_unless_there_are_as_many_texts_as_steps():
    lab = lab_04.shapes_lab()
    lab.batch_first.value = False
    assert "The shape of h_n tells: 5 states for 3 texts." in lab.said
    lab.seq_len.value = 3
    assert "As many texts as steps: even h_n, (1, 3, 12), looks right." in lab.said


def test_a_pick_outside_of_a_smaller_batch_is_let_go():
    lab = lab_04.shapes_lab()
    lab.picture.pick("2,4")
    assert "text 2, step 4, depend on it and on 4 characters before it" in lab.said
    lab.batch_size.value = 1
    assert "text 0, step 4" in lab.said
    lab.seq_len.value = 1
    assert "depend on it and on nothing else." in lab.said


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
