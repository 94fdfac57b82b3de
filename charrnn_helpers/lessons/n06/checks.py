"""Exercises of notebook 06: training."""

from __future__ import annotations

import functools
import io
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers import data, models
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import (
    TYPE,
    VALUES,
    Exercise,
    Kind,
    Question,
    Wrong,
    describe,
    fixed_and_drawn,
)


def _example() -> tuple[int, Tensor, Tensor]:
    """V, inputs and targets; new at each call, since an answer may write into them."""
    texts = data.pad(data.SENTENCES)
    vocab = data.Vocabulary.from_texts(texts)
    return len(vocab), *data.shift(data.encode_batch(vocab, texts))


def _fresh(seed: int, hidden_size: int = 12) -> models.CharRNN:
    torch.manual_seed(seed)  # the engine restores the random state
    return models.CharRNN(_example()[0], hidden_size).double()


def _mean_loss(model: nn.Module) -> Tensor:
    _, inputs, targets = _example()
    return F.cross_entropy(model(inputs)[0].flatten(0, 1), targets.flatten())


# --- 6.1 ------------------------------------------------------------------------------

_STEP = (
    "logits, _ = model(inputs)",
    "loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())",
    "loss.backward()",
    "optimizer.step()",
)
_ADAM = "optimizer = torch.optim.Adam(model.parameters(), lr=0.02)"
_LOOP = "for epoch in range(100):"


def _program(before: Sequence[str], inside: Sequence[str]) -> tuple[str, ...]:
    return (_ADAM, *before, _LOOP, *(f"    {line}" for line in inside))


_CLEAR = "optimizer.zero_grad()"
_SOFT = "scores = logits.softmax(dim=-1)"
_LOSS_OF_SCORES = "loss = F.cross_entropy(scores.flatten(0, 1), targets.flatten())"
_COPY = "loss = F.cross_entropy(logits.flatten(0, 1), inputs.flatten())"

PROGRAMS = {
    "A": _program([_CLEAR], _STEP),
    "B": _program([], [_STEP[0], _SOFT, _LOSS_OF_SCORES, _CLEAR, *_STEP[2:]]),
    "C": _program([], [_CLEAR, _STEP[0], _COPY, *_STEP[2:]]),
}
"""The three programs of exercise 6.1, line by line; the notebook shows the same."""

_CURED = {
    # The line that is wrong, and what stands in its place; None takes it away, and
    # the text after it goes to the end of the loop.
    "A": (2, None, f"    {_CLEAR}"),
    "B": (4, "    scores = logits", None),
    "C": (5, f"    {_STEP[1]}", None),
}


def _final(lines: Sequence[str]) -> float:
    """Run a program on the three sentences; the true loss that it reaches."""
    _, inputs, targets = _example()
    space = {"torch": torch, "F": F, "inputs": inputs, "targets": targets}
    space["model"] = _fresh(0)
    exec("\n".join(lines), space)
    with torch.no_grad():
        return _mean_loss(space["model"]).item()


@functools.cache
def _wrong_lines() -> tuple[int, ...]:
    """The lines whose cure takes each program below the bigram rung."""
    _, inputs, targets = _example()
    bigram = data.bigram_loss(inputs, targets)
    found = []
    for name, lines in PROGRAMS.items():
        number, instead, last = _CURED[name]
        cured = [*lines[: number - 1], *filter(None, [instead]), *lines[number:]]
        cured += filter(None, [last])
        if not _final(cured) < bigram < _final(lines):
            raise AssertionError(f"program {name} is not cured by line {number}")
        found.append(number)
    return tuple(found)


def _says(place: int, *numbers: int) -> Callable[[Any], bool]:
    """Whether an answer of three names one of these lines for one program."""
    return lambda answer: len(answer) == 3 and answer[place] in numbers


wrong_lines = Question(
    number="6.1",
    name="my_wrong_lines",
    success="three silent bugs found, each by the loss that it leads to.",
    expected=_wrong_lines,
    wrong=[
        Wrong(
            "You count from 0; the lines are numbered from 1.",
            (1, 3, 4),
        ),
        Wrong(
            "One number for each program: three in all, as (a, b, c).",
            2,
            lambda answer: not isinstance(answer, (tuple, list)) or len(answer) != 3,
        ),
        Wrong(
            "Program A: line 6 is right: every step needs its own gradients. What "
            "else is in them from the second step on?",
            (6, 4, 5),
            _says(0, 6),
        ),
        Wrong(
            "Program A: that line stands where section 6.3 has it, and it worked "
            "there. The loss falls and then hangs above the bigram rung: where have "
            "you seen that before?",
            (1, 4, 5),
            _says(0, 1, 3, 4, 5, 7),
        ),
        Wrong(
            "Program B: line 5 does what it should with what it is given. What is it "
            "given, and what does it want?",
            (2, 5, 5),
            _says(1, 5),
        ),
        Wrong(
            "Program B clears, goes back and steps in a good order. Look at what is "
            "compared with the targets.",
            (2, 6, 5),
            _says(1, 1, 2, 3, 6, 7, 8),
        ),
        Wrong(
            "Program C: gradients may be cleared anywhere between a step and the next "
            "backward, so line 3 is right.",
            (2, 4, 3),
            _says(2, 3),
        ),
        Wrong(
            "Program C reports a loss below the floor, which no honest loss can reach. "
            "What is the model asked to say?",
            (2, 4, 6),
            _says(2, 1, 2, 4, 6, 7),
        ),
    ],
)


# --- 6.2 ------------------------------------------------------------------------------


def _lengths(rng: random.Random, rows: int, longest: int) -> Tensor:
    return torch.tensor([rng.randrange(1, longest + 1) for _ in range(rows)])


def _drawn(rng: random.Random, *shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    return 3 * torch.rand(*shape, generator=generator)


def _masked(choose: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Tensor]:
    """The mean over the places that ``choose`` picks from steps and lengths."""

    def answer(losses: Tensor, lengths: Tensor) -> Tensor:
        steps = torch.arange(losses.shape[1])
        return losses[choose(steps, lengths.unsqueeze(1))].mean()

    return answer


def _row_means(losses: Tensor, lengths: Tensor) -> list[Tensor]:
    pairs = zip(losses, lengths.tolist(), strict=True)
    return [row[:length].mean() for row, length in pairs]


counted_loss = Exercise(
    number="6.2",
    name="my_mean_loss",
    success="every character that counts has the same weight, and padding has none.",
    **fixed_and_drawn(
        lambda rng: [
            (torch.tensor([[2.0, 4.0, 9.0], [6.0, 0.5, 0.25]]), torch.tensor([3, 1])),
            (
                torch.tensor([[1.0, 3.0], [5.0, 8.0], [2.0, 4.0]]),
                torch.tensor([1, 2, 1]),
            ),
            (_drawn(rng, 4, 6), torch.tensor([2, *_lengths(rng, 2, 6).tolist(), 5])),
        ]
    ),
    reference=lambda losses, lengths: torch.cat(
        [row[:n] for row, n in zip(losses, lengths.tolist(), strict=True)]
    ).mean(),
    wrong=[
        Wrong(
            "That is the mean over all of them, padding included.",
            lambda losses, lengths: losses.mean(),
        ),
        Wrong(
            "The padding is out of the sum, but still in the number that you divide "
            "by: how many targets count?",
            lambda losses, lengths: (
                torch.stack(
                    [
                        row[:n].sum()
                        for row, n in zip(losses, lengths.tolist(), strict=True)
                    ]
                ).sum()
                / losses.numel()
            ),
        ),
        Wrong(
            "You average each row, and then the rows. So a character of a short text "
            "weighs more than one of a long text.",
            lambda losses, lengths: torch.stack(_row_means(losses, lengths)).mean(),
        ),
        Wrong(
            "One padded place a row is still in. Steps count from 0: which is the "
            "last step of a row with 3 targets?",
            _masked(lambda steps, lengths: steps <= lengths),
        ),
        Wrong(
            "One target that counts is missing in each row: the last.",
            _masked(lambda steps, lengths: steps < (lengths - 1).clamp(min=1)),
        ),
        Wrong(
            "That is the mean over the padding. It is the other part that counts.",
            _masked(lambda steps, lengths: steps >= lengths),
        ),
        Wrong(
            "That is a sum; divide it by the number of targets that count.",
            lambda losses, lengths: (
                torch.stack(_row_means(losses, lengths)) @ lengths.float()
            ),
        ),
        Wrong(
            "That is one mean a row. The loss is one number for the whole batch.",
            lambda losses, lengths: torch.stack(_row_means(losses, lengths)),
        ),
    ],
)


# --- 6.3 ------------------------------------------------------------------------------

_OPTIMIZERS = {"Adam": torch.optim.Adam, "SGD": torch.optim.SGD}


def _four_steps(step: Callable[..., Any]) -> Callable[..., Any]:
    """Train with a learner's step: the losses that it returned, and one at the end."""

    def run(seed: int, optimizer: str, lr: float, max_norm: float) -> Any:
        _, inputs, targets = _example()
        model = _fresh(seed)
        rule = _OPTIMIZERS[optimizer](model.parameters(), lr=lr)
        values = [step(model, rule, inputs, targets, max_norm) for _ in range(4)]
        if any(value is None for value in values):
            return None
        with torch.no_grad():
            return [*values, _mean_loss(model).item()]

    return run


def _by_pytorch(seed: int, optimizer: str, lr: float, max_norm: float) -> list[float]:
    model = _fresh(seed)
    rule = _OPTIMIZERS[optimizer](model.parameters(), lr=lr)
    values = []
    for _ in range(5):
        loss = _mean_loss(model)
        values.append(loss.item())
        rule.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        rule.step()
    return values


def _clip(grads: list[Tensor], max_norm: float) -> None:
    norm = math.sqrt(sum(float(g.square().sum()) for g in grads))
    for g in grads:
        g *= min(1.0, max_norm / norm)


def _clip_each(grads: list[Tensor], max_norm: float) -> None:
    for g in grads:
        g *= min(1.0, max_norm / float(g.norm()))


def _clip_numbers(grads: list[Tensor], max_norm: float) -> None:
    for g in grads:
        g.clamp_(-max_norm, max_norm)


def _clip_always(grads: list[Tensor], max_norm: float) -> None:
    norm = math.sqrt(sum(float(g.square().sum()) for g in grads))
    for g in grads:
        g *= max_norm / norm


def _clip_summed(grads: list[Tensor], max_norm: float) -> None:
    norm = sum(float(g.norm()) for g in grads)
    for g in grads:
        g *= min(1.0, max_norm / norm)


def _clip_squared(grads: list[Tensor], max_norm: float) -> None:
    norm = sum(float(g.square().sum()) for g in grads)
    for g in grads:
        g *= min(1.0, max_norm / norm)


def _step_of(
    *order: str,
    clip: Callable[[list[Tensor], float], None] = _clip,
    tensor: bool = False,
) -> Callable[..., Any]:
    """A step that does its parts in some order."""

    def step(
        model: nn.Module, optimizer: Any, inputs: Tensor, targets: Tensor, limit: float
    ) -> Any:
        loss = F.cross_entropy(model(inputs)[0].flatten(0, 1), targets.flatten())
        parts = {
            "clear": optimizer.zero_grad,
            "back": loss.backward,
            "clip": lambda: clip([p.grad for p in model.parameters()], limit),
            "step": optimizer.step,
        }
        for part in order:
            parts[part]()
        return loss.detach() if tensor else loss.item()

    return step


_RIGHT_ORDER = ("clear", "back", "clip", "step")

clipped_step = Exercise(
    number="6.3",
    name="my_clipped_step",
    success="four movements in order, and no step longer than the limit allows.",
    **fixed_and_drawn(
        lambda rng: [
            (0, "SGD", 2.0, 0.2),
            (1, "SGD", 1.0, 50.0),
            (rng.randrange(2, 999), "Adam", 0.05, 0.3),
        ]
    ),
    reference=_by_pytorch,
    prepare=_four_steps,
    strict=True,
    tolerance=1e-4,
    forbidden={"clip_grad_norm_": "this time by hand: norm, factor, product."},
    wrong=[
        Wrong(
            "The weights move as if nothing were clipped. Is the gradient scaled "
            "between backward and the step, and in place?",
            _step_of("clear", "back", "step"),
        ),
        Wrong(
            "From the second step on, the gradients of the step before are still "
            "there: nothing clears them.",
            _step_of("back", "clip", "step"),
        ),
        Wrong(
            "The weights never move. Are the gradients still there when the optimizer "
            "takes its step?",
            _step_of("back", "clear", "step"),
        ),
        Wrong(
            "You give each tensor its own norm and its own factor. Then the direction "
            "changes: the norm is that of all gradients taken as one vector.",
            _step_of(*_RIGHT_ORDER, clip=_clip_each),
        ),
        Wrong(
            "You limit each number for itself. That bends the gradient towards a "
            "corner; one factor for all of them keeps its direction.",
            _step_of(*_RIGHT_ORDER, clip=_clip_numbers),
        ),
        Wrong(
            "Your factor also makes short gradients longer. Clipping leaves those "
            "alone that are within the limit.",
            _step_of(*_RIGHT_ORDER, clip=_clip_always),
        ),
        Wrong(
            "The norms of the parts do not add up to the norm of the whole: the "
            "squares do (Pythagoras).",
            _step_of(*_RIGHT_ORDER, clip=_clip_summed),
        ),
        Wrong(
            "The square root is missing: that is the square of the norm.",
            _step_of(*_RIGHT_ORDER, clip=_clip_squared),
        ),
        Wrong(
            "Return the loss as a float: .item() takes the number out of the tensor.",
            _step_of(*_RIGHT_ORDER, tensor=True),
        ),
    ],
)

# --- 6.4 ------------------------------------------------------------------------------

_TARGET, _EPOCHS = 0.25, 100


@functools.lru_cache(maxsize=64)
def worst_of_three(lr: float) -> float:
    """The largest last loss of seeds 0, 1, 2 after 100 epochs of SGD."""
    finals = []
    for seed in range(3):
        model = _fresh(seed)
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        for _ in range(_EPOCHS):
            loss = _mean_loss(model)
            if not torch.isfinite(loss):
                return math.inf
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        finals.append(loss.item())
    return max(finals)


def _judge_rate(answer: Any, target: float) -> tuple[Kind, str] | None:
    if isinstance(answer, Tensor) and answer.ndim == 0:
        answer = answer.item()
    number = isinstance(answer, (int, float, np.number)) and not isinstance(
        answer, bool
    )
    if not number or not math.isfinite(answer):
        return TYPE, f"{describe(answer)} is not a number that can be a learning rate"
    if not 0 < answer <= 1e6:
        return VALUES, f"{answer:g} cannot be a learning rate here"
    worst = worst_of_three(float(answer))
    if worst < target:
        return None
    return VALUES, (
        f"with {answer:g}, the worst of three seeds ends at {worst:.3f}, not below "
        f"{target}"
    )


def _between(low: float, high: float) -> Callable[[Any], bool]:
    return lambda answer: low <= float(answer) < high


learning_rate = Question(
    number="6.4",
    name="my_lr",
    success="all three seeds end below 0.25 with it.",
    expected=lambda: _TARGET,
    accept=_judge_rate,
    wrong=[
        Wrong(
            "With a negative rate the weights climb, and with 0 they stay. Take a "
            "number above 0.",
            0,
            lambda answer: float(answer) <= 0,
        ),
        Wrong(
            "That size suits Adam. SGD moves a weight by lr times its gradient, and "
            "the gradients here are well below 1.",
            0.01,
            _between(0, 0.09),
        ),
        Wrong(
            "The loss falls steadily with it, and slowly: 100 epochs are not enough. "
            "Which way do you go?",
            0.5,
            _between(0.09, 1),
        ),
        Wrong(
            "Some seeds do well with it, others are thrown out of the valley. A rate "
            "is only as good as its worst seed. Which way do you go?",
            2.9,
            _between(1, 3),
        ),
        Wrong(
            "The loss jumps about: each step leaps over the valley. Divide by ten, "
            "then search between the two.",
            10,
            lambda answer: float(answer) >= 3,
        ),
    ],
)


# --- 6.5 ------------------------------------------------------------------------------


def _continued(resume: Callable[..., Any]) -> Callable[[int, float], list[float]]:
    """Stop a run, put it into a file, let a learner go on from the file."""

    def run(seed: int, lr: float) -> Any:
        model, optimizer = _trained(seed, lr)
        file = io.BytesIO()
        content = {
            "vocab_size": model.vocab_size,
            "hidden_size": model.hidden_size,
            "weights": model.state_dict(),
            "optimizer": optimizer.state_dict(),
        }
        torch.save(content, file)
        file.seek(0)
        torch.manual_seed(seed + 1)  # another day
        resumed = resume(torch.load(file, weights_only=True))
        if resumed is None:
            return None
        return _losses(*resumed)

    return run


def _trained(seed: int, lr: float) -> tuple[models.CharRNN, torch.optim.Adam]:
    torch.manual_seed(seed)
    model = models.CharRNN(_example()[0], 8)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    _losses(model, optimizer, 10)
    return model, optimizer


def _losses(model: nn.Module, optimizer: Any, epochs: int = 5) -> list[float]:
    values = []
    for _ in range(epochs):
        loss = _mean_loss(model)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        values.append(loss.item())
    return values


def _resumed(
    *, weights: bool = True, rate: bool = True, state: bool = True, same: bool = True
) -> Callable[[dict[str, Any]], tuple[nn.Module, Any]]:
    def resume(content: dict[str, Any]) -> tuple[nn.Module, Any]:
        model = models.CharRNN(content["vocab_size"], content["hidden_size"])
        other = models.CharRNN(content["vocab_size"], content["hidden_size"])
        if weights:
            model.load_state_dict(content["weights"])
        optimizer = torch.optim.Adam((model if same else other).parameters())
        if state:
            optimizer.load_state_dict(content["optimizer"])
        elif rate:
            (group,) = content["optimizer"]["param_groups"]
            optimizer = torch.optim.Adam(model.parameters(), lr=group["lr"])
        return model, optimizer

    return resume


resume = Exercise(
    number="6.5",
    name="my_resume",
    success="the run goes on as if it had never been stopped.",
    **fixed_and_drawn(
        lambda rng: [(0, 0.02), (1, 0.05), (rng.randrange(2, 999), 0.03)]
    ),
    reference=lambda seed, lr: _losses(*_trained(seed, lr)),
    prepare=_continued,
    wrong=[
        Wrong(
            "The first loss is right and the later ones are not: the optimizer starts "
            "with empty averages. They are in the content, too.",
            _resumed(state=False),
        ),
        Wrong(
            "The first loss is right, then it hardly falls: your optimizer is a new "
            "one, with empty averages and Adam's own default rate of 0.001.",
            _resumed(state=False, rate=False),
        ),
        Wrong(
            "The model starts from new random weights: nothing has put the saved ones "
            "into it.",
            _resumed(weights=False),
        ),
        Wrong(
            "Weights and averages are new: only the sizes come from the content.",
            _resumed(weights=False, state=False, rate=False),
        ),
        Wrong(
            "The loss stands still: your optimizer holds the parameters of another "
            "model than the one that you return.",
            _resumed(same=False),
        ),
    ],
)

summary = engine.summary_of(__name__)
