"""The checks of notebook 06: silent bugs, masks, clipping, choosing, going on."""

from __future__ import annotations

import copy
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


def _loss(model: nn.Module, inputs: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(model(inputs)[0].flatten(0, 1), targets.flatten())


# --- 6.1 ------------------------------------------------------------------------------


def _says(place: int, *numbers: int) -> Callable[[Any], bool]:
    """Whether an answer of three names one of these lines for one program."""
    return lambda answer: len(answer) == 3 and answer[place] in numbers


wrong_lines = Question(
    number="6.1",
    name="my_wrong_lines",
    success="three silent bugs found, each by the loss that it leads to.",
    expected=lambda: (2, 4, 5),  # proved by runs in tests/lessons/test_n06.py
    entries=("the line of A", "the line of B", "the line of C"),
    wrong=[
        Wrong("You count from 0; the lines are numbered from 1.", (1, 3, 4)),
        Wrong(
            "One number for each program: three in all, as (a, b, c).",
            2,
            lambda answer: not isinstance(answer, (tuple, list)) or len(answer) != 3,
        ),
        Wrong(
            "Give whole numbers, not texts.",
            ("2", "4", "5"),
            lambda answer: any(isinstance(line, str) for line in answer),
        ),
        Wrong(
            "The right lines, in another order: A comes first, then B, then C.",
            (5, 4, 2),
            lambda answer: sorted(answer) == [2, 4, 5],
        ),
        Wrong(
            "Program A: line 6 is right: every step needs its own gradients. What "
            "else is in them from the second step on?",
            (6, 4, 5),
            _says(0, 6),
        ),
        Wrong(
            "Program A: that line stands where section 6.2 has it, and it worked "
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


def _scaled(
    norm: Callable[[Tensor], Tensor | float] = torch.linalg.vector_norm,
    factor: Callable[[float, float], float] = lambda limit, norm: min(1, limit / norm),
) -> Callable[[list[Tensor], float], None]:
    """Clipping by one factor, made of a norm of all gradients as one vector."""

    def clip(grads: list[Tensor], limit: float) -> None:
        whole = float(norm(torch.cat([g.flatten() for g in grads])))
        for g in grads:
            g *= factor(limit, whole)

    return clip


def _scaled_by(total: Callable[[list[float]], float]) -> Callable[..., None]:
    """Clipping by one factor, made of the norms of the tensors."""

    def clip(grads: list[Tensor], limit: float) -> None:
        whole = total([float(g.norm()) for g in grads])
        for g in grads:
            g *= min(1, limit / whole)

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
    loss_of: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda logits, _, targets: (
        F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    ),
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
            "squares do (Pythagoras).": [_step_of(clip=_scaled_by(sum))],
            "The norm of the whole is more than that of its longest part: the squares "
            "of all parts add up (Pythagoras).": [_step_of(clip=_scaled_by(max))],
            "The square root is missing: that is the square of the norm.": [
                _step_of(clip=_scaled(lambda g: g.square().sum()))
            ],
            "You take the root of the mean of the squares. The norm is the root of "
            "their sum, however many there are.": [
                _step_of(clip=_scaled(lambda g: g.square().mean().sqrt()))
            ],
            "You add up absolute values. The norm is the length of the vector: the "
            "root of the sum of squares.": [
                _step_of(clip=_scaled(lambda g: g.abs().sum()))
            ],
            "You take the largest gradient for the norm. The norm is the length of the "
            "whole vector.": [_step_of(clip=_scaled(lambda g: g.abs().max()))],
            "Does cross_entropy get what it wants? (N, V) and (N,) do, with N the "
            "number of all predictions; (B, T, V) and (B, T) do not.": [
                _step_of(
                    loss_of=lambda logits, _, targets: F.cross_entropy(logits, targets)
                )
            ],
            "cross_entropy wants logits: it makes the softmax itself.": [
                _step_of(
                    loss_of=lambda logits, _, targets: F.cross_entropy(
                        logits.softmax(dim=-1).flatten(0, 1), targets.flatten()
                    )
                )
            ],
            "That is the sum of the losses. The mean is asked for.": [
                _step_of(
                    loss_of=lambda logits, _, targets: F.cross_entropy(
                        logits.flatten(0, 1), targets.flatten(), reduction="sum"
                    )
                )
            ],
            "You compare with the inputs. What should the model have said?": [
                _step_of(
                    loss_of=lambda logits, inputs, _: F.cross_entropy(
                        logits.flatten(0, 1), inputs.flatten()
                    )
                )
            ],
            "Only the last step of each text is in your loss. All predictions count.": [
                _step_of(
                    loss_of=lambda logits, _, targets: F.cross_entropy(
                        logits[:, -1], targets[:, -1]
                    )
                )
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
                _resumed(state=False, lr=lambda saved: 0.01)
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
