"""The checks of notebook 06: a pencil, padding, clipping, choosing, going on."""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers import models
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import (
    TYPE,
    VALUES,
    Exercise,
    Kind,
    Question,
    Wrong,
    describe,
)
from charrnn_helpers.exercises.kit import hints


def _small_batch(vocab_size: int) -> tuple[Tensor, Tensor]:
    """Inputs and targets, (3, 5) each; new ones, as an answer may change them."""
    generator = torch.Generator().manual_seed(vocab_size)
    ids = torch.randint(vocab_size, (3, 6), generator=generator)
    return ids[:, :-1].clone(), ids[:, 1:].clone()


def _mean(logits: Tensor, targets: Tensor, reduction: str = "mean") -> Tensor:
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction=reduction)


def _loss(model: nn.Module, inputs: Tensor, targets: Tensor) -> Tensor:
    return _mean(model(inputs)[0], targets)


# --- 6.1 ------------------------------------------------------------------------------

_W = 0.8
_H_1 = math.tanh(0.6)
_H_2 = math.tanh(_W * _H_1)
_H_3 = math.tanh(_W * _H_2)
_T_1, _T_2, _T_3 = (1 - h**2 for h in (_H_1, _H_2, _H_3))  # slopes of tanh
_SQUARE = 2 * (_H_3 - 1)
_LAST = _SQUARE * _T_3  # what all paths have in common
_OF_U = _LAST * _W * _T_2 * _W * _T_1
_LATE, _EARLY = _LAST * _H_2, _LAST * _W * _T_2 * _H_1  # the two paths of w
_OF_W = _LATE + _EARLY


_MISTAKES: dict[str, list[tuple[float | None, float | None]]] = {
    "The right numbers in the wrong order: u comes first.": [(_OF_W, _OF_U)],
    "The sign: h_3 lies below 1, and growing weights bring it nearer. Does the loss "
    "rise or fall then?": [(-_OF_U, -_OF_W), (-_OF_U, None), (None, -_OF_W)],
    "The slope of the square is 2 (h_3 − 1).": [
        (factor * _OF_U, factor * _OF_W) for factor in (0.5, (_H_3 - 1) / 2)
    ],
    "The slope of tanh is missing, in each step: 1 − h².": [
        (_SQUARE * _W**2, _SQUARE * (_H_2 + _W * _H_1))
    ],
    "The slope of tanh is 1 − h², with a square.": [
        (
            _SQUARE * (1 - _H_3) * (1 - _H_2) * (1 - _H_1) * _W**2,
            _SQUARE * (1 - _H_3) * (_H_2 + _W * (1 - _H_2) * _H_1),
        )
    ],
    "The last tanh has a slope, too: every path goes through h_3.": [
        (_OF_U / _T_3, _OF_W / _T_3)
    ],
    "That is one of the two paths of w. It is used in step 3 and in step 2, and both "
    "change the loss.": [(None, _LATE), (None, _EARLY)],
    "The two paths of w add up: no product, no mean.": [
        (None, _LATE * _EARLY),
        (None, _OF_W / 2),
    ],
    "w has two paths. In step 1 it multiplies the state before, which is 0.": [
        (None, _OF_W + _OF_U)
    ],
    "The earlier path of w leads from h_2 into step 3, and that arrow has the slope "
    "w.": [(None, _LATE + _EARLY / _W)],
    "The earlier path of w goes through the tanh of step 2, whose slope is missing.": [
        (None, _LATE + _EARLY / _T_2)
    ],
    "The earlier path of w begins at the sum of step 2. The tanh of step 1 is not on "
    "it.": [(None, _LATE + _EARLY * _T_1)],
    "What does w multiply? In step 3 it is h_2, in step 2 h_1.": [
        (None, _LAST * (_H_1 + _W * _T_2 * _H_2))
    ],
    "From step 1 to step 3 the path of u crosses w twice.": [
        (_OF_U / _W, None),
        (_OF_U / _W**2, None),
    ],
    "The path of u goes through three tanh: three slopes.": [
        (_OF_U / slope, None) for slope in (_T_1, _T_2, _T_3)
    ],
    "In steps 2 and 3 the input is 0: a change of u makes no difference there. One "
    "path is left.": [
        (_LAST * (1 + _W * _T_2) + _OF_U, None),
        (_LAST, None),
        (0.0, None),
    ],
}
"""Hint → wrong pairs of gradients; None stands for any number."""


def _mistake(hint: str, u: float | None, w: float | None) -> Wrong:
    return Wrong(
        hint,
        (_OF_U if u is None else u, _OF_W if w is None else w),
        lambda answer: all(
            wanted is None or abs(given - wanted) < 0.01
            for given, wanted in zip(answer, (u, w), strict=True)
        ),
    )


gradients = Question(
    number="6.1",
    name="my_gradients",
    success="along each path the slopes multiply, and the paths add up.",
    expected=lambda: (_OF_U, _OF_W),
    entries=("the gradient with respect to u", "the gradient with respect to w"),
    tolerance=0.015,  # for a pencil and two decimals
    wrong=[
        Wrong(
            "Two numbers are asked for, as a pair: first u, then w.",
            _OF_U,
            lambda answer: not isinstance(answer, (tuple, list)) or len(answer) != 2,
        ),
        Wrong(
            "Give numbers, not texts.",
            ("-0.47", "-0.95"),
            lambda answer: any(isinstance(part, str) for part in answer),
        ),
        *(_mistake(hint, *pair) for hint, some in _MISTAKES.items() for pair in some),
    ],
)


# --- 6.2 ------------------------------------------------------------------------------


def _losses(rows: list[list[float]], lengths: list[int]) -> tuple[Tensor, Tensor]:
    return torch.tensor(rows), torch.tensor(lengths)


def _drawn_losses(rng: random.Random) -> tuple[Tensor, Tensor]:
    rows = [[3 * rng.random() for _ in range(6)] for _ in range(4)]
    return _losses(rows, [2, rng.randrange(1, 7), rng.randrange(1, 7), 5])


def _masked(choose: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Tensor]:
    """The mean over the places that ``choose`` picks from steps and lengths."""

    def answer(losses: Tensor, lengths: Tensor) -> Tensor:
        steps = torch.arange(losses.shape[1])
        return losses[choose(steps, lengths.unsqueeze(1))].mean()

    return answer


def _parts(losses: Tensor, lengths: Tensor) -> list[Tensor]:
    """What counts, row by row."""
    pairs = zip(losses, lengths.tolist(), strict=True)
    return [row[:length] for row, length in pairs]


def _sum(losses: Tensor, lengths: Tensor) -> Tensor:
    return torch.cat(_parts(losses, lengths)).sum()


def _row_means(losses: Tensor, lengths: Tensor) -> Tensor:
    return torch.stack([part.mean() for part in _parts(losses, lengths)])


def _but_zeros(losses: Tensor) -> Tensor:
    return losses[losses != 0].mean()


counted_loss = Exercise(
    number="6.2",
    name="my_mean_loss",
    success="every character that counts has the same weight, and padding has none.",
    cases=lambda: [
        _losses([[2.0, 4.0, 9.0], [6.0, 0.5, 0.25]], [3, 1]),
        _losses([[1.0, 3.0], [5.0, 8.0], [2.0, 4.0]], [1, 2, 1]),
        _losses([[0.0, 3.0, 3.0, 7.0], [3.0, 0.0, 5.0, 0.0]], [3, 2]),  # equal, zero
        _losses([[1.0, 2.0, 30.0], [12.0, 5.0, 4.0]], [3, 3]),  # no padding, large
        _losses([[1.0, 2.0, 4.0, 8.0]], [3]),  # a batch of one
    ],
    drawn=lambda rng: [_drawn_losses(rng)],
    reference=lambda losses, lengths: torch.cat(_parts(losses, lengths)).mean(),
    wrong=hints(
        {
            "That is the mean over all of them, padding included.": [
                lambda losses, lengths: losses.mean()
            ],
            "The padding is out of the sum, but still in the number that you divide "
            "by: how many targets count?": [
                lambda losses, lengths: _sum(losses, lengths) / losses.numel(),
                lambda losses, lengths: (
                    _sum(losses, lengths) / (len(losses) * lengths.max())
                ),
            ],
            "You divide the sum by the number of texts. How many targets count in all "
            "of them together?": [
                lambda losses, lengths: _sum(losses, lengths) / len(losses)
            ],
            "You average each row, and then the rows. So a character of a short text "
            "weighs more than one of a long text.": [
                lambda losses, lengths: _row_means(losses, lengths).mean()
            ],
            "One padded place is still in, in each row that has padding. Steps count "
            "from 0: which is the last step of a row with 3 targets?": [
                _masked(lambda steps, lengths: steps <= lengths)
            ],
            "One target that counts is missing in each row: the last. Steps count "
            "from 0.": [_masked(lambda steps, lengths: steps < lengths - 1)],
            "That is the mean over the padding. It is the other part that counts.": [
                _masked(lambda steps, lengths: steps >= lengths)
            ],
            "You cut all rows at the same step. Each row has a length of its own.": [
                lambda losses, lengths: losses[:, : lengths.min()].mean(),
                lambda losses, lengths: losses[:, : lengths.max()].mean(),
                lambda losses, lengths: losses[:, : lengths[0]].mean(),
            ],
            "The lengths say what counts, not the losses: a target that the model is "
            "sure of has a loss of zero and counts, and padding has losses, too.": [
                lambda losses, lengths: _but_zeros(losses),
                lambda losses, lengths: _but_zeros(
                    torch.cat(_parts(losses, lengths)),
                ),
            ],
            "Your comparison sets step t against row t. Give lengths the shape (B, 1), "
            "and each row is compared with all T steps.": [
                lambda losses, lengths: losses[
                    torch.arange(losses.shape[1]) < lengths
                ].mean()
            ],
            "The table of what counts must have the shape of losses: number the steps, "
            "and losses has T of them.": [
                lambda losses, lengths: losses[
                    torch.arange(len(losses)) < lengths.unsqueeze(1)
                ].mean()
            ],
            "That is a sum; divide it by the number of targets that count.": [_sum],
            "That is one mean for each row. The loss is one number for the whole "
            "batch.": [_row_means],
            "The number is right, but no tensor any more: leave out .item().": [
                lambda losses, lengths: torch.cat(_parts(losses, lengths)).mean().item()
            ],
        }
    ),
)


# --- 6.3 ------------------------------------------------------------------------------

_OPTIMIZERS = {"Adam": torch.optim.Adam, "SGD": torch.optim.SGD}


def _started(seed: int, optimizer: str, lr: float) -> tuple[nn.Module, Any]:
    """A model of 7 characters with large gradients, some of them left from before."""
    torch.manual_seed(seed)  # the engine restores the random state
    model = models.CharRNN(7, 4).double()
    with torch.no_grad():
        model.output.weight *= 4
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, 0.1)
    return model, _OPTIMIZERS[optimizer](model.parameters(), lr=lr)


def _four_steps(step: Callable[..., Any]) -> Callable[..., Any]:
    """Train with a learner's step: the losses that it returned, and one at the end."""

    def run(seed: int, optimizer: str, lr: float, max_norm: float) -> Any:
        model, rule = _started(seed, optimizer, lr)
        values = [step(model, rule, *_small_batch(7), max_norm) for _ in range(4)]
        if any(value is None for value in values):
            return None
        with torch.no_grad():
            return [*values, _loss(model, *_small_batch(7)).item()]

    return run


def _by_pytorch(seed: int, optimizer: str, lr: float, max_norm: float) -> list[float]:
    model, rule = _started(seed, optimizer, lr)
    values = []
    for _ in range(5):
        loss = _loss(model, *_small_batch(7))
        values.append(loss.item())
        rule.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        rule.step()
    return values


def _whole(grads: list[Tensor]) -> Tensor:
    return torch.cat([g.flatten() for g in grads])


def _scaled(
    norm: Callable[[list[Tensor]], Any] = lambda grads: _whole(grads).norm(),
    factor: Callable[[float, float], float] = lambda limit, norm: min(1, limit / norm),
) -> Callable[[list[Tensor], float], None]:
    """Clipping by one factor, made of a norm of all gradients."""

    def clip(grads: list[Tensor], limit: float) -> None:
        whole = float(norm(grads))
        for g in grads:
            g *= factor(limit, whole)

    return clip


def _clip_each(grads: list[Tensor], limit: float) -> None:
    for g in grads:
        g *= min(1, limit / float(g.norm()))


def _clip_numbers(grads: list[Tensor], limit: float) -> None:
    for g in grads:
        g.clamp_(-limit, limit)


_RIGHT_ORDER = ("clear", "back", "clip", "step")


def _step_of(
    *order: str,
    clip: Callable[[list[Tensor], float], None] = _scaled(),  # noqa: B008
    loss_of: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda z, _, y: _mean(z, y),
    after: bool = False,
    tensor: bool = False,
) -> Callable[..., Any]:
    """A step that does its parts in some order, with something exchanged."""

    def step(
        model: nn.Module, optimizer: Any, inputs: Tensor, targets: Tensor, limit: float
    ) -> Any:
        loss = loss_of(model(inputs)[0], inputs, targets)
        parts = {
            "clear": optimizer.zero_grad,
            "back": loss.backward,
            "clip": lambda: clip([p.grad for p in model.parameters()], limit),
            "step": optimizer.step,
        }
        for part in order or _RIGHT_ORDER:
            parts[part]()
        if after:
            loss = loss_of(model(inputs)[0], inputs, targets)
        return loss.detach() if tensor else loss.item()

    return step


clipped_step = Exercise(
    number="6.3",
    name="my_clipped_step",
    success="four movements in order, and no step longer than the limit allows.",
    cases=[
        (0, "SGD", 0.5, 0.2),  # gradients from 1 to 2, far above the limit
        (1, "SGD", 0.3, 50.0),  # far below it
        (3, "SGD", 0.5, 0.6),  # from 0.6 to 1, a little above it
        (2, "Adam", 0.05, 0.3),  # which forgives a wrong length
    ],
    drawn=lambda rng: [(rng.randrange(100, 999), "Adam", 0.05, 0.3)],
    reference=_by_pytorch,
    prepare=_four_steps,
    say=lambda case: "with torch.optim.{}, lr={:g}, max_norm={:g},".format(*case[1:]),
    entries=(
        *(f"the loss returned by step {n}" for n in range(1, 5)),
        "the loss after step 4",
    ),
    strict=True,
    forbidden={"clip_grad_norm_": "this time by hand: norm, factor, product."},
    wrong=hints(
        {
            "The weights move as if nothing were clipped. Is the gradient scaled "
            "between backward and the step, and in place?": [
                _step_of("clear", "back", "step")
            ],
            "Nothing clears the gradients: those of the step before are still there, "
            "and the new ones are added to them.": [_step_of("back", "clip", "step")],
            "You clear at the end. What if somebody has called backward before your "
            "first step?": [_step_of("back", "clip", "step", "clear")],
            "The weights never move. Does optimizer.step() run, and are the gradients "
            "still there when it does?": [
                _step_of("back", "clear", "step"),
                _step_of("clear", "back", "clip"),
            ],
            "The optimizer takes two steps on one gradient.": [
                _step_of("clear", "back", "clip", "step", "step")
            ],
            "You give each tensor its own norm and its own factor. Then the direction "
            "changes: the norm is that of all gradients taken as one vector.": [
                _step_of(clip=_clip_each)
            ],
            "You limit each number for itself. That bends the gradient towards a "
            "corner; one factor for all of them keeps its direction.": [
                _step_of(clip=_clip_numbers)
            ],
            "Your factor also makes short gradients longer. Clipping leaves those "
            "alone that are within the limit.": [
                _step_of(clip=_scaled(factor=lambda limit, norm: limit / norm))
            ],
            "Long gradients stay long, and short ones become longer. Which of the two "
            "does a limit speak of?": [
                _step_of(clip=_scaled(factor=lambda limit, norm: max(1, limit / norm)))
            ],
            "Your factor is upside down. The norm times the factor has to be "
            "max_norm.": [
                _step_of(clip=_scaled(factor=lambda limit, norm: min(1, norm / limit))),
                _step_of(clip=_scaled(factor=lambda limit, norm: norm / limit)),
            ],
            "You clip to a norm of 1, whatever max_norm is.": [
                _step_of(clip=_scaled(factor=lambda limit, norm: min(1, 1 / norm)))
            ],
            "The norms of the parts do not add up to the norm of the whole: the "
            "squares do (Pythagoras).": [
                _step_of(clip=_scaled(lambda gs: sum(g.norm() for g in gs)))
            ],
            "The norm of the whole is more than that of its longest part: the squares "
            "of all parts add up (Pythagoras).": [
                _step_of(clip=_scaled(lambda gs: max(g.norm() for g in gs)))
            ],
            "The square root is missing: that is the square of the norm.": [
                _step_of(clip=_scaled(lambda gs: _whole(gs).square().sum()))
            ],
            "You take the root of the mean of the squares. The norm is the root of "
            "their sum, however many there are.": [
                _step_of(clip=_scaled(lambda gs: _whole(gs).square().mean().sqrt()))
            ],
            "You add up absolute values. The norm is the length of the vector: the "
            "root of the sum of squares.": [
                _step_of(clip=_scaled(lambda gs: _whole(gs).abs().sum()))
            ],
            "You take the largest gradient for the norm. The norm is the length of the "
            "whole vector.": [
                _step_of(clip=_scaled(lambda gs: _whole(gs).abs().max()))
            ],
            "Does cross_entropy get what it wants? (N, V) and (N,) do, with N the "
            "number of all predictions; (B, T, V) and (B, T) do not.": [
                _step_of(loss_of=lambda z, _, y: F.cross_entropy(z, y))
            ],
            "A model returns two things, logits and state, and you use them as one: "
            "logits, _ = model(inputs).": [
                lambda model, optimizer, inputs, targets, limit: _mean(
                    model(inputs), targets
                )
            ],
            "cross_entropy wants logits: it makes the softmax itself.": [
                _step_of(loss_of=lambda z, _, y: _mean(z.softmax(dim=-1), y))
            ],
            "That is the sum of the losses. The mean is asked for.": [
                _step_of(loss_of=lambda z, _, y: _mean(z, y, "sum"))
            ],
            "targets are one place further on than inputs already: no second shift.": [
                _step_of(loss_of=lambda z, _, y: _mean(z[:, :-1], y[:, 1:]))
            ],
            "You compare with the inputs. What should the model have said?": [
                _step_of(loss_of=lambda z, x, _: _mean(z, x))
            ],
            "Only the last step of each text is in your loss. All predictions count.": [
                _step_of(loss_of=lambda z, _, y: F.cross_entropy(z[:, -1], y[:, -1]))
            ],
            "The weights move as they should, but you return the loss after the step. "
            "The loss before it is asked for.": [_step_of(after=True)],
            "Return the loss as a float: .item() takes the number out of the tensor.": [
                _step_of(tensor=True)
            ],
        }
    ),
)


# --- 6.4 ------------------------------------------------------------------------------

_TABLE = {  # run: training, validation and test loss
    "A": (2.31, 2.33, 2.34),
    "B": (2.05, 2.14, 2.16),
    "C": (1.93, 2.10, 2.15),
    "D": (1.61, 2.29, 2.27),
    "E": (1.97, 2.12, 2.12),
    "F": (1.32, 2.58, 2.61),
}
_OF_OTHERS = [loss for run, row in _TABLE.items() if run != "C" for loss in row]


def _choice_says(place: int, *values: str | float) -> Callable[[Any], bool]:
    """Whether an entry of an answer is one of these."""
    return lambda answer: answer[place] in values


def _is_no_triple(answer: Any) -> bool:
    return not isinstance(answer, (tuple, list)) or len(answer) != 3


def _kinds(answer: Any) -> list[bool]:
    return [isinstance(part, str) for part in answer]


choice = Question(
    number="6.4",
    name="my_choice",
    success="chosen on validation, reported on test.",
    expected=lambda: ("C", 2.15, "A"),
    entries=("the run to keep", "the loss to report", "the run with too small a model"),
    wrong=[
        Wrong(
            "Three answers are asked for, as a tuple: a run, a loss, a run.",
            "C",
            _is_no_triple,
        ),
        Wrong(
            'The runs are texts of one capital letter, such as "B", and the loss is a '
            "number, such as 2.05.",
            ("c", "2.15", "a"),
            lambda answer: (
                _kinds(answer) != [True, False, True]
                or not {answer[0], answer[2]} <= set(_TABLE)
            ),
        ),
        Wrong(
            "E has the lowest test loss. But whoever chooses by the test set has no "
            "loss left that nothing was chosen by. What was the validation set for?",
            ("E", 2.12, "A"),
            _choice_says(0, "E"),
        ),
        Wrong(
            "F has the lowest training loss: it knows its own names best. Which set "
            "tells how it does on others?",
            ("F", 2.61, "A"),
            _choice_says(0, "F"),
        ),
        Wrong(
            "That run is not the best by the set that is there to choose by.",
            ("B", 2.16, "A"),
            _choice_says(0, "A", "B", "D"),
        ),
        Wrong(
            "2.1 is the loss that C was chosen by, so luck is in it: of six runs you "
            "took the one where it was lowest. Which loss of C had no part in that?",
            ("C", 2.10, "A"),
            _choice_says(1, 2.10),
        ),
        Wrong(
            "1.93 is what C costs on the names that it was trained on. Others cost "
            "more.",
            ("C", 1.93, "A"),
            _choice_says(1, 1.93),
        ),
        Wrong(
            "That loss belongs to another run than the one that you keep.",
            ("C", 2.12, "A"),
            _choice_says(1, *_OF_OTHERS),
        ),
        Wrong(
            "Report a loss as it stands in the table, of the run that you keep.",
            ("C", 2.125, "A"),
            lambda answer: answer[1] != 2.15,
        ),
        Wrong(
            "That run has a low training loss and a high validation loss: it has "
            "learned its names by heart, which takes a model that is large enough. "
            "What does one look like that cannot even learn its own names?",
            ("C", 2.15, "F"),
            _choice_says(2, "D", "F"),
        ),
        Wrong(
            "One run is worse than that one on training and on validation, and by "
            "nearly the same amount. Look at its hidden size.",
            ("C", 2.15, "B"),
            _choice_says(2, "B", "C", "E"),
        ),
    ],
)


# --- 6.5 ------------------------------------------------------------------------------

_EPOCHS_BEFORE, _EPOCHS_AFTER = 10, 5


def _train(model: nn.Module, optimizer: Any, epochs: int) -> list[float]:
    losses = []
    for _ in range(epochs):
        loss = _loss(model, *_small_batch(model.vocab_size))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _stopped(vocab_size: int, hidden_size: int, lr: float) -> tuple[dict, list[float]]:
    """What the file of a stopped run holds, and the losses had it not been stopped."""
    torch.manual_seed(0)
    model = models.CharRNN(vocab_size, hidden_size)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    _train(model, optimizer, _EPOCHS_BEFORE)
    content = {
        "vocab_size": vocab_size,
        "hidden_size": hidden_size,
        "weights": copy.deepcopy(model.state_dict()),
        "optimizer": copy.deepcopy(optimizer.state_dict()),
    }
    return content, _train(model, optimizer, _EPOCHS_AFTER)


def _continued(resume: Callable[..., Any]) -> Callable[..., Any]:
    """Go on with what the answer makes of a content: the losses, or what is wrong."""

    def run(content: dict, losses: list[float]) -> Any:
        torch.manual_seed(1)  # another day
        result = resume(content)
        if result is None:
            return None
        parts = result if isinstance(result, (list, tuple)) else [result]
        kinds = models.CharRNN, torch.optim.Adam
        if len(parts) != 2 or not all(map(isinstance, parts, kinds)):
            return " and ".join(_kind(part) for part in parts)
        # A copy, as an optimizer may go on with the very tensors of the content.
        model, optimizer = copy.deepcopy(tuple(parts))
        if not all(parameter.requires_grad for parameter in model.parameters()):
            return "a CharRNN whose weights are frozen"
        if model.output.weight.dtype != torch.float32:
            return f"a CharRNN whose weights are {model.output.weight.dtype}"
        return _train(model, optimizer, len(losses))

    return run


def _kind(value: Any) -> str:
    known = isinstance(value, (models.CharRNN, torch.optim.Optimizer))
    return type(value).__name__ if known else describe(value)


def _compare_losses(
    case: tuple, result: Any, expected: list[float]
) -> tuple[Kind, str] | None:
    if isinstance(result, str):
        return TYPE, f"returned {result}; a float32 CharRNN and its Adam are asked for"
    for n, (got, wanted) in enumerate(zip(result, expected, strict=True), start=1):
        if not abs(got - wanted) <= 1e-5:
            return VALUES, (
                f"returned a pair with which epoch {n} after the break has "
                f"the loss {got:.6f}, not {wanted:.6f}"
            )
    return None


def _resumed(
    *,
    weights: bool = True,
    state: bool = True,
    lr: Callable[[float], float | None] = lambda saved: None,
    same: bool = True,
    optimizer_of: Callable[..., Any] = torch.optim.Adam,
    give: Callable[..., Any] = lambda model, optimizer: (model, optimizer),
) -> Callable[[dict[str, Any]], Any]:
    """The answer with something exchanged; ``lr`` sets a rate at the end."""

    def resume(content: dict[str, Any]) -> Any:
        model = models.CharRNN(content["vocab_size"], content["hidden_size"])
        other = models.CharRNN(content["vocab_size"], content["hidden_size"])
        if weights:
            model.load_state_dict(content["weights"])
        optimizer = optimizer_of((model if same else other).parameters())
        if state:
            optimizer.load_state_dict(content["optimizer"])
        (group,) = content["optimizer"]["param_groups"]
        rate = lr(group["lr"])
        if rate is not None:
            optimizer.param_groups[0]["lr"] = rate
        return give(model, optimizer)

    return resume


def _with_the_report(model: nn.Module, optimizer: Any) -> tuple[Any, Any]:
    return model.load_state_dict(model.state_dict()), optimizer


def _of_the_report(_: Any) -> Any:
    report, _ = _with_the_report(nn.Linear(1, 1), None)
    return torch.optim.Adam(report.parameters())  # AttributeError


resume = Exercise(
    number="6.5",
    name="my_resume",
    success="the run goes on as if it had never been stopped.",
    cases=lambda: [_stopped(9, 5, 0.02), _stopped(5, 8, 0.05)],
    reference=lambda content, losses: losses,
    prepare=_continued,
    compare=_compare_losses,
    say=lambda case: (
        "after {} epochs with lr={:g}, vocab_size={vocab_size}, "
        "hidden_size={hidden_size},".format(
            _EPOCHS_BEFORE, case[0]["optimizer"]["param_groups"][0]["lr"], **case[0]
        )
    ),
    wrong=hints(
        {
            "The first loss is right and the later ones are not: the optimizer starts "
            "with empty averages. They are in the content, too.": [
                _resumed(state=False, lr=lambda saved: saved)
            ],
            "The first loss is right, then it hardly falls: your optimizer is a new "
            "one, with empty averages and Adam's own default rate of 0.001.": [
                _resumed(state=False)
            ],
            "The first loss is right. Your optimizer is a new one, with empty averages "
            "and a rate of your choice. What does the content hold?": [
                _resumed(state=False, lr=lambda saved: 0.01),
                _resumed(state=False, lr=lambda saved: 0.005),
                _resumed(state=False, lr=lambda saved: 0.02),
            ],
            "The averages are right, and the rate is not: it was in the optimizer's "
            "state, and you have put another one over it.": [
                _resumed(lr=lambda saved: 0.001),
                _resumed(lr=lambda saved: 0.01),
            ],
            "The model starts from new random weights: nothing has put the saved ones "
            "into it.": [_resumed(weights=False)],
            "Weights and averages are new: only the sizes come from the content.": [
                _resumed(weights=False, state=False)
            ],
            "The loss stands still: your optimizer holds the parameters of another "
            "model than the one that you return.": [_resumed(same=False)],
            "load_state_dict changes the model in place, and returns a report on the "
            "keys: no `model =` in front of it.": [
                _resumed(optimizer_of=_of_the_report),
                _resumed(give=_with_the_report),
            ],
            "The two are in the wrong order: the model comes first.": [
                _resumed(give=lambda model, optimizer: (optimizer, model))
            ],
            "Return both, as a pair: the model and its optimizer.": [
                _resumed(give=lambda model, optimizer: model),
                _resumed(give=lambda model, optimizer: optimizer),
                _resumed(give=lambda model, optimizer: (model, None)),
            ],
            "That is the optimizer's state, a dictionary. It has to get back into an "
            "optimizer.": [
                _resumed(give=lambda model, optimizer: (model, optimizer.state_dict()))
            ],
            "The run was one with Adam; only an Adam knows what to do with its "
            "averages.": [_resumed(optimizer_of=torch.optim.SGD)],
        }
    ),
)

summary = engine.summary_of(__name__)
