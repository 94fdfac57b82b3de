"""The lab of notebook 05: the cell, one character at a time, with every number."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import ipywidgets as widgets
import torch
from torch import Tensor

from charrnn_helpers import data
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab, check_text
from charrnn_helpers.models import ACTIVATIONS, ScratchRNN
from charrnn_helpers.training import evaluate, fit

HIDDEN_SIZE = 12
TRAINED, UNTRAINED = "trained", "untrained"

EPOCHS = {"tanh": 100, "relu": 100, "sigmoid": 300}
"""How long each activation trains: the sigmoid takes longer to learn the same."""

LONGEST = 40
"""Characters that the lab draws."""

_PAD = "\N{NO-BREAK SPACE}"  # a space would be shown as ␣


@dataclass(frozen=True)
class Steps:
    """Every number of the cell while it reads a text.

    Attributes:
        x: one-hot rows, (T, V).
        h_prev: the states before each step, (T, H).
        from_input: ``x_t @ W_ih.T + b_ih``, (T, H).
        from_state: ``h_prev @ W_hh.T + b_hh``, (T, H).
        pre: the sums of the two, (T, H).
        h: the states after each step, (T, H).
        logits: ``h_t @ W_ho.T + b_o``, (T, V).
        probs: their softmax, (T, V).
    """

    x: Tensor
    h_prev: Tensor
    from_input: Tensor
    from_state: Tensor
    pre: Tensor
    h: Tensor
    logits: Tensor
    probs: Tensor


@functools.cache
def vocabulary() -> data.Vocabulary:
    """The vocabulary of the three sentences."""
    return data.Vocabulary.from_texts(data.SENTENCES)


@functools.cache
def model_of(activation: str, weights: str) -> tuple[ScratchRNN, float]:
    """A model of the lab and its loss on the three sentences, in nats per character.

    The untrained weights are those of ``torch.manual_seed(0)``, the same for every
    activation. The numbers are float64, so that they come out alike on any machine.
    The global random state of torch is neither read nor moved.
    """
    vocab = vocabulary()
    inputs, targets = data.shift(data.encode_batch(vocab, data.pad(data.SENTENCES)))
    with torch.device("meta"):  # sizes only: no numbers are drawn
        empty = ScratchRNN(len(vocab), HIDDEN_SIZE, nonlinearity=activation)
    model = empty.to_empty(device="cpu")
    generator = torch.Generator().manual_seed(0)
    bound = 1 / math.sqrt(HIDDEN_SIZE)
    with torch.no_grad():
        for weight in (*model.cells.parameters(), model.W_ho, model.b_o):
            weight.uniform_(-bound, bound, generator=generator)
    model = model.double()
    if weights == TRAINED:
        fit(model, inputs, targets, epochs=EPOCHS[activation], lr=0.01)
    return model.requires_grad_(False), evaluate(model, inputs, targets)


@functools.lru_cache(maxsize=64)
def step_through(text: str, activation: str, weights: str) -> Steps:
    """Read a text from the zero state and keep every number.

    Raises:
        ValueError: if a character is not in the vocabulary.
    """
    model, _ = model_of(activation, weights)
    cell = model.cells[0]
    x = data.one_hot(vocabulary().encode(text), model.vocab_size).double()  # (T, V)
    from_input = x @ cell.W_ih.T + cell.b_ih  # (T, H)
    h = x.new_zeros(HIDDEN_SIZE)
    rows = []
    for row in from_input:
        from_state = h @ cell.W_hh.T + cell.b_hh  # (H,)
        h_t = ACTIVATIONS[activation](row + from_state)  # (H,)
        rows.append((h, from_state, row + from_state, h_t))
        h = h_t
    h_prev, from_state, pre, states = map(torch.stack, zip(*rows, strict=True))
    logits = states @ model.W_ho.T + model.b_o  # (T, V)
    return Steps(
        x, h_prev, from_input, from_state, pre, states, logits, logits.softmax(-1)
    )


def draw_cell(typed: str, step: int, activation: str, weights: str) -> Drawing:
    """Draw one step of the cell.

    Args:
        typed: the text to read.
        step: which step, counted from 1.
        activation: "tanh", "relu" or "sigmoid".
        weights: TRAINED or UNTRAINED.

    Raises:
        ValueError: if the text is empty, too long or holds an unknown character, or
            if it has no such step.
    """
    check_text(typed, "Your text", maximum=LONGEST)
    vocab = vocabulary()
    try:
        vocab.encode(typed)
    except ValueError as error:
        raise ValueError(
            f"{error}. The model knows the characters of the three sentences only."
        ) from error
    if not 1 <= step <= len(typed):
        characters = "character" if len(typed) == 1 else "characters"
        raise ValueError(
            f"Your text has {len(typed)} {characters}, and one step for each. Choose "
            f"a smaller step than {step}."
        )
    steps = step_through(typed, activation, weights)
    return Drawing(
        _said(typed, step - 1, activation, weights, steps),
        _picture(typed, step - 1, activation, steps),
    )


def _said(text: str, t: int, activation: str, weights: str, steps: Steps) -> str:
    vocab = vocabulary()
    best = int(steps.probs[t].argmax())
    before = (
        f"from the state that <b>{pictures.visible(text[:t])}</b> has left"
        if t
        else "from a state of zeros"
    )
    reads = (
        f"Step {t + 1} of {len(text)} reads <b>{pictures.visible(text[t])}</b> "
        f"{before}. "
        f"It expects <b>{pictures.visible(vocab.itos[best])}</b> with probability "
        f"{steps.probs[t, best]:.2f}"
    )
    if t + 1 < len(text):
        following = int(vocab.encode(text[t + 1]))
        reads += (
            f". The next character is <b>{pictures.visible(text[t + 1])}</b> and gets "
            f"{steps.probs[t, following]:.2f}"
        )
    unit = int(steps.from_state[t].abs().argmax())
    example = (
        f"Unit {unit}: {_number(steps.from_input[t, unit])} from the input and "
        f"{_number(steps.from_state[t, unit])} from the state make "
        f"{_number(steps.pre[t, unit])}; {activation} makes "
        f"{_number(steps.h[t, unit])} of it."
    )
    earlier = text.rfind(text[t], 0, t)
    if earlier >= 0:
        apart = (steps.h[t] - steps.h[earlier]).abs().max()
        example += (
            f" Step {earlier + 1} read the same letter: what comes from the input is "
            f"equal, and h_t differs by up to {apart:.2f}."
        )
    _, loss = model_of(activation, weights)
    trained = (
        f"{EPOCHS[activation]} epochs of training" if weights == TRAINED else UNTRAINED
    )
    model = f"This model: {activation}, {trained}, loss {loss:.2f} nats per character."
    return "".join(map(pictures.sentence, (f"{reads}.", example, model)))


def _picture(text: str, t: int, activation: str, steps: Steps) -> str:
    cell = pictures.Cell
    vocab = vocabulary()
    expected = [vocab.itos[i] for i in steps.probs.argmax(dim=-1).tolist()]
    strip = [
        [cell(c, strong=i == t) for i, c in enumerate(text)],
        [
            cell(c, strong=i == t) if i <= t else cell(hatched=True)
            for i, c in enumerate(expected)
        ],
    ]
    state_limit = max(1.0, steps.h.abs().max().item())
    sum_limit = max(
        part.abs().max().item()
        for part in (steps.from_input, steps.from_state, steps.pre)
    )
    units = (
        ("h_prev", steps.h_prev, state_limit),
        ("x_t W_ihᵀ + b_ih", steps.from_input, sum_limit),
        ("h_prev W_hhᵀ + b_hh", steps.from_state, sum_limit),
        ("sum of the two", steps.pre, sum_limit),
        (f"h_t = {activation}(sum)", steps.h, state_limit),
    )
    logit_limit = steps.logits.abs().max().item()
    return "".join(
        (
            pictures.grid(
                strip,
                caption="Step by step",
                row_labels=["reads", "expects"],
                column_labels=[str(i + 1) for i in range(len(text))],
            ),
            pictures.grid(
                [[cell("1", 1.0) if v else cell("0") for v in steps.x[t].tolist()]],
                caption=f"In: the one-hot row of the character, {len(vocab)} numbers",
                row_labels=["x_t"],
                column_labels=vocab.itos,
                signed=True,
            ),
            pictures.grid(
                [_row(values[t], limit) for _, values, limit in units],
                caption=f"In the cell: {HIDDEN_SIZE} hidden units, one a column "
                "(purple: negative, orange: positive; states and sums have a colour "
                "scale each, the same for all steps; every number is rounded)",
                row_labels=[name.replace(" ", _PAD) for name, _, _ in units],
                column_labels=[str(i) for i in range(HIDDEN_SIZE)],
                signed=True,
                limit=1.0,
            ),
            pictures.grid(
                [_row(steps.logits[t], logit_limit), _row(steps.probs[t], 1.0)],
                caption="Out: a score and a probability for each possible next "
                "character",
                row_labels=["logits", "probabilities"],
                column_labels=vocab.itos,
                signed=True,
                limit=1.0,
            ),
        )
    )


def _row(values: Tensor, limit: float) -> list[pictures.Cell]:
    return [pictures.Cell(_number(v), v / limit) for v in values.tolist()]


def _number(value: float | Tensor) -> str:
    """Two decimals; no minus in front of a zero."""
    return f"{round(float(value), 2) + 0.0:.2f}"


def cell_lab() -> Lab:
    """A lab: take the cell through a text, one character at a time.

    Controls: ``typed``, ``step``, ``activation``, ``weights``; and two buttons,
    ``lab.back`` and ``lab.forward``.
    """
    typed = widgets.Text("hello", description="Your text", continuous_update=True)
    step = widgets.IntSlider(1, min=1, max=5, description="Step")
    # Buttons, because a closed drop-down leaves the arrow keys to the notebook.
    activation = widgets.ToggleButtons(options=list(EPOCHS), description="Activation")
    weights = widgets.ToggleButtons(options=[TRAINED, UNTRAINED], description="Weights")
    back = widgets.Button(description="Back", tooltip="One character back")
    forward = widgets.Button(description="Forward", tooltip="One character forward")

    def fit_slider(_change: object) -> None:
        # Runs before the lab redraws. A slider needs two positions at least.
        if 0 < len(typed.value) <= LONGEST:
            step.max = max(len(typed.value), 2)

    def go(by: int) -> None:
        last = min(max(len(typed.value), 1), step.max)
        step.value = min(max(step.value + by, 1), last)

    typed.observe(fit_slider, names="value")
    back.on_click(lambda _button: go(-1))
    forward.on_click(lambda _button: go(1))
    lab = Lab(
        "The cell, one character at a time",
        {"typed": typed, "step": step, "activation": activation, "weights": weights},
        draw_cell,
        rows=[["typed", "step"], ["activation"], ["weights"]],
        extra=[widgets.HBox([back, forward], layout=widgets.Layout(margin="10px 0"))],
    )
    lab.back, lab.forward = back, forward
    return lab
