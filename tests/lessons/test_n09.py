"""What is notebook 09's own: its lab, without a front end, and its figure."""

from __future__ import annotations

import copy

import pytest
import torch
import torch.nn.functional as F

from charrnn_helpers import gradients
from charrnn_helpers.lessons.n09 import figures
from charrnn_helpers.lessons.n09 import lab as lab_09
from charrnn_helpers.running import running_model
from tests.tools.figures import assert_legible

TEXTS = ["am fine", "hello", "how"]


def model_and_ids(text):
    model, vocab, *_ = running_model(lab_09.EPOCHS)
    return copy.deepcopy(model).double(), vocab.encode(text)


@pytest.mark.parametrize("text", TEXTS)
def test_all_paths_add_up_to_the_gradient_of_autograd(text):
    model, ids = model_and_ids(text)
    logits, _ = model(ids[:-1])
    loss = F.cross_entropy(logits, ids[1:])
    (truth,) = torch.autograd.grad(loss, model.rnn.weight_hh_l0)
    found = lab_09.paths(text).gradient
    torch.testing.assert_close(found, truth, rtol=0, atol=1e-12)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("back", range(6))
def test_short_paths_add_up_to_the_truncated_gradient(text, back):
    model, ids = model_and_ids(text)
    batch = ids[None, :-1], ids[None, 1:]
    _, truth = gradients.bptt(model, *batch, max_lag=back)
    found = lab_09.paths(text, back).gradient
    expected = truth["rnn.weight_hh_l0"]
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("bug", lab_09.BUGS)
def test_a_bug_is_the_one_of_the_notebook(bug):
    """The loop of *Break it*, on the same states."""
    states, from_loss, W_hh = lab_09.forward("am fine")
    slopes = 1 - (states[:-1] if bug == "slope" else states[1:]) ** 2
    carried, total = torch.zeros_like(states[0]), torch.zeros_like(W_hh)
    for t in reversed(range(len(from_loss))):
        d_sum = (from_loss[t] + carried) * slopes[t]
        carried = d_sum @ (W_hh.T if bug == "transposed" else W_hh)
        if bug == "carried":
            carried = torch.zeros_like(carried)
        part = torch.outer(d_sum, states[t + 1 if bug == "late" else t])
        total = part if bug == "overwritten" else total + part
    found = lab_09.paths("am fine", bugs=frozenset([bug])).gradient
    torch.testing.assert_close(found, total, rtol=0, atol=1e-12)
    truth = lab_09.paths("am fine").gradient
    assert lab_09.cosine(found, truth) < 0.9


def test_no_step_back_is_nothing_carried():
    lab = lab_09.paths_lab()
    lab.back.value = 0
    short = lab.said
    lab.back.value, lab.carried.value = 5, True
    assert lab.said == short and "6 of 21 paths" in short


def test_a_path_that_is_picked_is_shown_alone():
    lab = lab_09.paths_lab()
    assert "21 of 21 paths are followed. They add up" in lab.said
    assert "Cosine 1.000 with the true gradient" in lab.said
    lab.picture.pick("6-2")
    arriving = lab_09.paths("am fine").arriving
    way = " → ".join(f"{arriving[5, t].norm():.3f}" for t in range(5, 0, -1))
    assert lab.said.endswith(f"Loss 6 alone, going back to step 2: {way}.")
    lab.picture.pick("6-2")
    assert "alone" not in lab.said
    lab.picture.pick("6-2")
    lab.typed.value = "hel"
    assert "alone" not in lab.said and not lab.picture.stale


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Your text is too short: type at least 3 characters."),
        ("hello you", "this lab draws up to 7"),
        ("hel!", "unknown character '!' at position 3"),
        ("<b>", "unknown character '<' at position 0"),
    ],
)
def test_wrong_input_gets_a_sentence(text, sentence):
    lab = lab_09.paths_lab()
    lab.typed.value = text
    assert lab.said.startswith("✗ ") and sentence in lab.said
    assert "<b>" not in lab.text.value and lab.picture.stale


def test_the_way_back_is_legible():
    assert_legible(figures.draw_way_back())
