"""What is notebook 05's own: its lab, without a front end, and its figures."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

from charrnn_helpers import plotting
from charrnn_helpers.lessons.n05 import checks, figures
from charrnn_helpers.lessons.n05 import lab as lab_05
from charrnn_helpers.running import running_model
from tests.tools.figures import SYMBOLS, assert_legible

# --- the lab ---


def by_pytorch(text, changes):
    """The probabilities after a text; ``changes`` to the state before its last step."""
    model, vocab, *_ = running_model()
    with torch.no_grad():
        h = torch.zeros(1, 12)
        if len(text) > 1:
            _, h = model(vocab.encode(text[:-1]))
        for unit, number in changes.items():
            h[0, unit] = number
        logits, _ = model(vocab.encode(text[-1]), h)
    return logits[-1].softmax(dim=-1)


def shown(lab, name):
    """The numbers of one column of the picture: those of the chosen step."""
    left = lab_05.COLUMNS[name][0]
    wide = lab_05.WIDER if name == "probs" else lab_05.WIDE
    found = re.findall(
        rf'<text x="{left + wide / 2:.1f}" y="[^"]*" text-anchor="middle" '
        r"[^>]*>([−\d.]+)</text>",
        lab.picture.value,
    )
    return torch.tensor([float(number.replace("−", "-")) for number in found])


@pytest.mark.parametrize("text", ["hello", "i am fine"])
def test_every_step_is_that_of_pytorch(text):
    model, vocab, *_ = running_model()
    lab = lab_05.cell_lab()
    lab.typed.value = text
    with torch.no_grad():
        states, _ = model.rnn(nn.functional.one_hot(vocab.encode(text), 16).float())
    before = torch.cat([torch.zeros(1, 12), states[:-1]])
    for t in range(len(text)):
        lab.step.value = t + 1
        wanted = {
            "h_prev": before[t],
            "h_t": states[t],
            "sum": states[t].atanh(),
            "probs": by_pytorch(text[: t + 1], {}),
        }
        for name, numbers in wanted.items():
            atol = 0.02 if name == "sum" else 0.0051  # atanh near 1
            torch.testing.assert_close(shown(lab, name), numbers, rtol=0, atol=atol)
        total = shown(lab, "from_state") + shown(lab, "from_input")
        torch.testing.assert_close(shown(lab, "sum"), total, rtol=0, atol=0.0151)


def test_two_numbers_of_the_state_turn_the_first_l_into_the_second():
    lab = lab_05.cell_lab()
    assert "Step 3 reads l after he and expects l with 0.91. Step 4" in lab.said
    lab.picture.pick("o0")
    assert "With unit 0 at 0.98 (it was −0.94) it expects" in lab.said
    lab.picture.pick("o8")
    probs = by_pytorch("hel", {0: 0.98, 8: -0.63})
    assert running_model()[1].itos[int(probs.argmax())] == "o"
    assert f"it expects o with {probs.max():.2f}." in lab.said
    torch.testing.assert_close(shown(lab, "probs"), probs, rtol=0, atol=0.0051)
    lab.back.click()
    assert "With unit" not in lab.said and not lab.changed.value


def test_the_slider_holds_the_number_of_its_unit():
    lab = lab_05.cell_lab()
    assert (lab.unit.value, lab.value.value) == (0, -0.94)
    lab.picture.pick("u3")
    assert (lab.unit.value, lab.value.value) == (3, 0.93) and not lab.changed.value
    lab.value.value = -0.5
    assert lab.changed.value == "3:-0.50" and shown(lab, "h_prev")[3] == -0.5
    lab.unit.value = 4
    assert lab.value.value == -0.58 and lab.changed.value == "3:-0.50"
    lab.unit.value = 3
    assert lab.value.value == -0.5
    lab.picture.pick("s4")
    assert lab.step.value == 4 and not lab.changed.value and lab.value.value == -0.07


@pytest.mark.parametrize(
    ("text", "t", "other"), [("hello", 2, 3), ("hello", 3, 2), ("hello", 0, None)]
)
def test_the_step_beside_reads_the_same_letter(text, t, other):
    assert lab_05.twin(text, t) == other


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"typed": ""}, "Your text is too short: type at least 1 character."),
        ({"typed": "h" * 21}, "this lab draws up to 20"),
        ({"typed": "x" * 10_000}, "Your text has 10,000 characters"),
        ({"typed": "hello!"}, "unknown character '!' at position 5"),
        ({"typed": "<b>"}, "unknown character '<' at position 0"),
        ({"typed": "h", "step": 2}, "Your text has 1 character, and one step"),
    ],
)
def test_wrong_input_gets_a_sentence(changes, sentence):
    lab = lab_05.cell_lab()
    for name, value in changes.items():
        getattr(lab, name).value = value
    assert lab.said.startswith("✗ ") and sentence in lab.said
    assert "<b>" not in lab.text.value and lab.picture.stale
    lab.picture.pick("u2")
    lab.value.value = 0.5
    lab.picture.pick("s1")
    lab.typed.value = "hello"
    assert not lab.picture.stale and not lab.said.startswith("✗")


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
            with torch.set_grad_enabled(oddity != "a"):
                product = h @ W_hh.T
            h = torch.tanh(x_t @ W_ih.T + b_ih + product + b_hh)
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


def parts_of(size, hidden, steps=None):
    """Numbers as large as they come, for one step or for several."""
    generator = torch.Generator().manual_seed(0)
    lead = () if steps is None else (steps,)
    of_units = ("from_input", "h_prev", "from_state", "sum", "h_t")
    parts = {
        name: 4 * torch.randn(*lead, hidden, generator=generator) for name in of_units
    }
    parts["logits"] = 4 * torch.randn(*lead, size, generator=generator)
    ids = torch.zeros(lead, dtype=torch.int64)
    parts["x_t"] = nn.functional.one_hot(ids, size)
    return parts | {"probs": parts["logits"].softmax(dim=-1)}


@pytest.mark.parametrize(
    ("size", "hidden", "symbols"), [(4, 3, "ehlo"), (16, 12, SYMBOLS), (2, 1, "ab")]
)
def test_one_step_shows_every_number(size, hidden, symbols):
    parts = parts_of(size, hidden)
    fig = figures.draw_step(parts, vocabulary=symbols, title="One step")
    images = [image.get_array().ravel() for image in fig.axes[0].get_images()]
    for image, name in zip(images, figures.COLUMNS, strict=True):
        assert image.tolist() == pytest.approx(parts[name].tolist())
    assert_legible(fig)


def test_all_steps_have_one_row_per_character():
    parts = parts_of(16, 12, steps=5)
    fig = figures.draw_steps(
        parts, text="hello", vocabulary=SYMBOLS, marked=(2, 3), title="Five steps"
    )
    panels = plotting.figure_data(fig)["axes"]
    assert [panel["images"][0]["shape"] for panel in panels[:6]] == [
        list(parts[name].shape) for name in figures.PANELS
    ]
    assert all(panel["yticks"] == list("hello") for panel in panels[:6])
    assert_legible(fig)
