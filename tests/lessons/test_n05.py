"""What is notebook 05's own: its lab, without a front end, and its figures."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from charrnn_helpers import data, plotting, training
from charrnn_helpers.lessons.n05 import checks, figures
from charrnn_helpers.lessons.n05 import lab as lab_05
from charrnn_helpers.lessons.n05.lab import TRAINED, UNTRAINED
from charrnn_helpers.models import CharRNN
from tests.tools.figures import ALPHABET, SYMBOLS, assert_legible, rng, softmax

CHARACTERS = sorted(set("".join(data.SENTENCES)))
ACTIVATIONS = ("tanh", "relu", "sigmoid")
WEIGHTS = (TRAINED, UNTRAINED)


def tables(picture: str) -> list[dict[str, list[str]]]:
    """The rows of each table: label → the texts of its cells."""
    found = []
    for table in re.findall(r"<table.*?</table>", picture, re.S):
        rows = {}
        for line in re.findall(r"<tr>(.*?)</tr>", table):
            label = re.search(r'scope="row"[^>]*>([^<]*)<', line)
            if label:
                cells = re.findall(r"<td[^>]*>([^<]*)</td>", line)
                name = html.unescape(label[1]).replace("\N{NO-BREAK SPACE}", " ")
                rows[name] = [html.unescape(cell) for cell in cells]
        found.append(rows)
    return found


def numbers(cells: list[str]) -> torch.Tensor:
    return torch.tensor([float(cell) for cell in cells], dtype=torch.float64)


def said(drawing) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", "", drawing.text))
    return " ".join(text.split())


def by_pytorch(text: str, activation: str, weights: str) -> list[dict]:
    """Every step, by PyTorch's own cell where it has one."""
    model, _ = lab_05.model_of(activation, weights)
    own = model.cells[0]
    if activation == "sigmoid":
        # PyTorch has no such cell; the logistic function through its tanh.
        def step(x_t, h):
            pre = F.linear(x_t, own.W_ih, own.b_ih) + F.linear(h, own.W_hh, own.b_hh)
            return 0.5 + 0.5 * torch.tanh(pre / 2)

    else:
        step = nn.RNNCell(16, 12, nonlinearity=activation, dtype=torch.float64)
        named = [own.W_ih, own.W_hh, own.b_ih, own.b_hh]
        step.load_state_dict(dict(zip(step.state_dict(), named, strict=True)))
    ids = torch.tensor([CHARACTERS.index(c) for c in text])
    h, steps = torch.zeros(12, dtype=torch.float64), []
    for x_t in F.one_hot(ids, 16).double():
        h_prev, h = h, step(x_t, h).detach()
        logits = F.linear(h, model.W_ho, model.b_o)
        steps.append(
            {
                "x_t": x_t,
                "h_prev": h_prev,
                "x_t W_ihᵀ + b_ih": F.linear(x_t, own.W_ih, own.b_ih),
                "h_prev W_hhᵀ + b_hh": F.linear(h_prev, own.W_hh, own.b_hh),
                f"h_t = {activation}(sum)": h,
                "logits": logits,
                "probabilities": logits.softmax(dim=-1),
            }
        )
    return steps


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("text", ["hello", "i am fine"])
def test_every_number_is_that_of_pytorch(text, activation, weights):
    expected = by_pytorch(text, activation, weights)
    for t, wanted in enumerate(expected):
        drawn = lab_05.draw_cell(text, t + 1, activation, weights)
        strip, *parts = tables(drawn.picture)
        shown = {name: cells for part in parts for name, cells in part.items()}
        pre = wanted["x_t W_ihᵀ + b_ih"] + wanted["h_prev W_hhᵀ + b_hh"]
        wanted = {**wanted, "sum of the two": pre}
        assert set(shown) == set(wanted)
        for name, row in wanted.items():
            torch.testing.assert_close(
                numbers(shown[name]), row, rtol=0, atol=0.00501, msg=name
            )
        assert strip["reads"] == list(text.replace(" ", "␣"))
        best = [CHARACTERS[int(e["probabilities"].argmax())] for e in expected]
        seen = "".join(best[: t + 1]).replace(" ", "␣")
        assert strip["expects"] == [*seen, *[""] * (len(text) - t - 1)]


def test_the_untrained_weights_are_those_of_seed_zero():
    torch.manual_seed(0)
    theirs = CharRNN(16, 12)
    for activation in ACTIVATIONS:
        mine, _ = lab_05.model_of(activation, UNTRAINED)
        for own, other in zip(
            (*mine.cells.parameters(), mine.W_ho, mine.b_o),
            theirs.parameters(),
            strict=True,
        ):
            torch.testing.assert_close(own, other.double(), rtol=0, atol=1e-7)


def test_the_trained_tanh_model_is_the_running_model():
    vocab = data.Vocabulary.from_texts(data.SENTENCES)
    ids = data.encode_batch(vocab, data.pad(data.SENTENCES))
    inputs, targets = data.shift(ids)
    torch.manual_seed(0)
    theirs = CharRNN(16, 12).double()
    training.fit(theirs, inputs, targets, epochs=100, lr=0.01)
    mine, loss = lab_05.model_of("tanh", TRAINED)
    with torch.no_grad():
        logits = theirs(inputs)[0]
        torch.testing.assert_close(mine(inputs)[0], logits, rtol=0, atol=1e-6)
    oracle = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    assert loss == pytest.approx(oracle.item(), abs=1e-6)
    assert f"loss {oracle:.2f} nats" in said(lab_05.draw_cell("h", 1, "tanh", TRAINED))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_training_has_taught_each_activation_below_the_bigram_rung(activation):
    vocab = data.Vocabulary.from_texts(data.SENTENCES)
    ids = data.encode_batch(vocab, data.pad(data.SENTENCES))
    bigram = data.bigram_loss(*data.shift(ids))
    assert lab_05.model_of(activation, TRAINED)[1] < bigram / 3
    assert lab_05.model_of(activation, UNTRAINED)[1] > 2.5


def test_the_sentence_compares_with_the_same_letter_before():
    first, second = (by_pytorch("hello", "tanh", TRAINED)[t] for t in (2, 3))
    apart = (first["h_t = tanh(sum)"] - second["h_t = tanh(sum)"]).abs().max()
    third, fourth = (
        said(lab_05.draw_cell("hello", s, "tanh", TRAINED)) for s in (3, 4)
    )
    assert "Step 3 of 5 reads l from the state that he has left" in third
    assert "read the same letter" not in third
    assert "Step 3 read the same letter: what comes" in fourth
    assert f"h_t differs by up to {apart:.2f}." in fourth
    best = second["probabilities"]
    assert f"expects o with probability {best[CHARACTERS.index('o')]:.2f}" in fourth
    assert "from a state of zeros" in said(
        lab_05.draw_cell("hello", 1, "tanh", TRAINED)
    )


def test_the_unit_of_the_sentence_is_the_one_that_the_state_moves_most():
    wanted = by_pytorch("hello", "relu", TRAINED)[4]
    pull = wanted["h_prev W_hhᵀ + b_hh"]
    unit = int(pull.abs().argmax())
    text = said(lab_05.draw_cell("hello", 5, "relu", TRAINED))
    assert f"Unit {unit}: " in text
    assert f"and {pull[unit]:.2f} from the state" in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"typed": ""}, "Your text is too short: type at least 1 character."),
        ({"typed": "h" * 41}, "this lab draws up to 40"),
        ({"typed": "x" * 10_000}, "Your text has 10,000 characters"),
        ({"typed": "hello!"}, "unknown character '!' at position 5"),
        ({"typed": "<b>"}, "unknown character '<' at position 0"),
        ({"typed": "&"}, "unknown character '&'"),
        ({"typed": "h", "step": 2}, "Your text has 1 character, and one step"),
    ],
)
def test_wrong_input_gets_a_sentence(changes, sentence):
    lab = lab_05.cell_lab()
    for name, value in changes.items():
        getattr(lab, name).value = value
    assert lab.said.startswith("✗ ") and sentence in lab.said
    assert "<b>" not in lab.text.value
    assert lab.picture.stale and lab.picture.value
    lab.typed.value, lab.step.value = "hello", 1
    assert not lab.picture.stale and not lab.said.startswith("✗")


@pytest.mark.parametrize("step", [0, -1, 6])
def test_a_step_that_is_not_there_is_refused(step):
    with pytest.raises(ValueError, match="Your text has 5 characters"):
        lab_05.draw_cell("hello", step, "tanh", TRAINED)


def test_the_buttons_walk_and_stop_at_the_ends():
    lab = lab_05.cell_lab()
    lab.back.click()
    assert lab.step.value == 1
    for wanted in (2, 3, 4, 5, 5):
        lab.forward.click()
        assert lab.step.value == wanted
        assert f"Step {wanted} of 5 reads {'hello'[wanted - 1]}" in lab.said
    lab.back.click()
    assert lab.step.value == 4
    lab.typed.value = "h"
    lab.step.value = 1
    lab.forward.click()
    assert lab.step.value == 1
    lab.typed.value = ""
    lab.forward.click()
    assert lab.said.startswith("✗ ")


def test_the_slider_has_one_position_a_character():
    lab = lab_05.cell_lab()
    lab.step.value = 5
    lab.typed.value = "i am"
    assert lab.step.max == lab.step.value == 4
    assert "Step 4 of 4 reads m" in lab.said
    lab.typed.value = "how are you doing"
    assert lab.step.max == 17


def test_equal_states_look_equal_and_other_models_differ():
    lab = lab_05.cell_lab()
    first = lab.picture.value
    seen = {first}
    for activation in ACTIVATIONS[1:]:
        lab.activation.value = activation
        seen.add(lab.picture.value)
    lab.weights.value = UNTRAINED
    seen.add(lab.picture.value)
    assert len(seen) == 4
    lab.activation.value, lab.weights.value = "tanh", TRAINED
    assert lab.picture.value == first


def test_no_random_state_is_moved_and_nothing_is_trained_twice():
    lab_05.model_of.cache_clear()
    lab_05.step_through.cache_clear()
    torch.manual_seed(0)
    before = torch.get_rng_state()
    lab = lab_05.cell_lab()
    lab.activation.value = "relu"
    assert torch.equal(before, torch.get_rng_state())
    misses = lab_05.model_of.cache_info().misses
    lab.activation.value = "tanh"
    lab_05.cell_lab()
    assert lab_05.model_of.cache_info().misses == misses


# --- the exercises ---


def logits_and_gradients(oddity, x, h_0, weights):
    """Of a loop with an oddity of exercise 5.3; without one, of PyTorch's layer."""
    copies = list(weights)
    if oddity == "b":
        copies[1] = copies[1].T
    elif oddity == "c":
        copies[2:4] = reversed(copies[2:4])
    elif oddity == "d":
        copies[3] = torch.zeros_like(copies[3])
    own = [w.clone().requires_grad_() for w in (*copies, h_0)]
    W_ih, W_hh, b_ih, b_hh, W_ho, start = own
    if oddity is None:
        rnn = nn.RNN(4, 3, batch_first=True, dtype=torch.float64)
        named = dict(zip(rnn.state_dict(), own, strict=False))
        states, _ = torch.func.functional_call(rnn, named, (x, start[None]))
    else:
        h, loop = start * (oddity != "e"), []
        for x_t in x.unbind(dim=1):
            h = h.detach() if oddity == "a" else h
            h = torch.tanh(x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
            loop.append(h)
        states = torch.stack(loop, dim=1)
    logits = states @ W_ho.T
    grads = torch.autograd.grad(
        logits.square().sum(), own, allow_unused=True, materialize_grads=True
    )
    return logits, grads


def test_what_a_proof_catches_is_what_the_exercise_says():
    generator = torch.Generator().manual_seed(0)
    shapes = (2, 5, 4), (2, 3), (3, 4), (3, 3), (3,), (3,), (4, 3)
    x, h_0, *weights = (
        torch.randn(*shape, generator=generator, dtype=torch.float64)
        for shape in shapes
    )
    logits, grads = logits_and_gradients(None, x, h_0, weights)
    found = {odd: logits_and_gradients(odd, x, h_0, weights) for odd in "abcde"}
    same = [odd for odd, (there, _) in found.items() if torch.allclose(there, logits)]
    both = [odd for odd in same if all(map(torch.allclose, found[odd][1], grads))]
    answer = "".join(same), "".join(both)
    assert checks.what_a_proof_catches.expected() == answer


# --- the figures ---


def cell_step(size, hidden, rng, character="h", scale=1.0):
    a, b = scale * rng.normal(size=(2, hidden))
    logits = scale * 2 * rng.normal(size=size)
    return figures.CellStep(
        x_t=np.eye(size)[rng.integers(size)],
        h_prev=np.tanh(rng.normal(size=hidden)),
        from_input=a,
        from_state=b,
        pre=a + b,
        h_t=np.tanh(a + b),
        logits=logits,
        probs=softmax(logits),
        character=character,
    )


def test_cell_step_holds_every_number():
    step = cell_step(4, 3, np.random.default_rng(0))
    fig = figures.draw_cell_step(step, vocabulary="ehlo")
    images = fig.axes[0].get_images()
    drawn = [image.get_array().ravel().tolist() for image in images]
    assert drawn == [
        getattr(step, name).tolist()
        for name in (
            "x_t",
            "from_input",
            "h_prev",
            "from_state",
            "pre",
            "h_t",
            "logits",
            "probs",
        )
    ]
    assert len(plotting.figure_data(fig)["axes"][0]["images"]) == 8
    assert fig.axes[0].get_title(loc="left").startswith("Reads “h”, then expects “")
    mapping = vars(step)
    same = figures.draw_cell_step(mapping, vocabulary="ehlo")
    assert plotting.figure_data(same) == plotting.figure_data(fig)


def test_cell_steps_has_a_row_a_character():
    rng = np.random.default_rng(0)
    steps = [cell_step(4, 3, rng, character) for character in "hello"]
    fig = figures.draw_cell_steps(steps, vocabulary="ehlo", title="Five steps")
    panels = plotting.figure_data(fig)["axes"]
    assert len(panels) == 8
    assert all(panel["yticks"] == list("hello") for panel in panels)
    assert panels[-1]["images"][0]["shape"] == [5, 4]
    with pytest.raises(ValueError, match="nothing to draw"):
        figures.draw_cell_steps([], vocabulary="ehlo")
    with pytest.raises(ValueError, match="vocabulary 3 symbols"):
        figures.draw_cell_steps(steps, vocabulary="ehl")
    steps[0].logits = np.zeros(3)
    with pytest.raises(ValueError, match="equally long"):
        figures.draw_cell_steps(steps, vocabulary="ehlo")


EXTREMES = {
    "cell": lambda: figures.draw_cell_step(
        cell_step(16, 12, rng(), scale=4), vocabulary=SYMBOLS
    ),
    "cell, large": lambda: figures.draw_cell_step(
        cell_step(27, 16, rng(), scale=4), vocabulary=ALPHABET
    ),
    "cell, small": lambda: figures.draw_cell_step(
        cell_step(2, 1, rng()), vocabulary="ab"
    ),
    "cells": lambda: figures.draw_cell_steps(
        [cell_step(16, 12, rng(), character) for character in "hello"],
        vocabulary=SYMBOLS,
    ),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_the_figure_is_legible(name):
    assert_legible(EXTREMES[name]())
