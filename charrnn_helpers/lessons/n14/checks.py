"""The checks of notebook 14: a bound, precision, both ends, a state held still."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import SHAPE, Exercise, Question, Wrong

# --- 14.1: the bound of another language ----------------------------------------------


def _bound(forms: Callable[[int, int], bool] = lambda n1, n2: n1 == 0) -> float:
    """The best accuracy of a bag, over words ±1 and negations 0 or 1."""
    bags: dict[tuple, list[int]] = {}
    for first in (1, -1):
        for second in (1, -1):
            for n1 in (0, 1):
                for n2 in (0, 1):
                    if forms(n1, n2):
                        bag = (first + second, n1 + n2)
                        verdict = second * (-1) ** n2
                        bags.setdefault(bag, []).append(verdict)
    rows = sum(map(len, bags.values()))
    return sum(max(b.count(1), b.count(-1)) for b in bags.values()) / rows


bound = Question(
    number="14.1",
    name="my_bound",
    success="where `not` has one place only, its bag says more.",
    expected=_bound,
    wrong=[
        Wrong(
            "That is the bound of section 14.7, where either phrase may have a `not`. "
            "Here a bag with `not` tells where it stands.",
            5 / 8,
        ),
        Wrong(
            "A coin in every bag is too low. Which bags give the verdict away?",
            0.5,
        ),
        Wrong(
            "1 would need every bag to give the verdict away. Take a good and a bad "
            "word: does the bag tell which of them came last?",
            1.0,
        ),
        Wrong(
            "Half of the reviews have a bag that gives the verdict away. On the others "
            "a model may still toss a coin: that is right now and then.",
            0.375,
            matches=lambda x: abs(x - 0.25) < 1e-9 or abs(x - 0.375) < 1e-9,
        ),
        Wrong(
            "Accuracy is a fraction from 0 to 1, not a percentage.",
            75,
            matches=lambda x: x > 1,
        ),
    ],
)


# --- 14.2: precision ------------------------------------------------------------------


def _ids(*values: int) -> Tensor:
    return torch.tensor(values)


_ANSWERS = [
    (_ids(0, 0, 0, 1, 1, 2), _ids(0, 0, 1, 1, 2, 2), 3),
    (_ids(0, 1, 2, 2), _ids(0, 1, 1, 1), 3),  # class 2 is never the answer
    (_ids(0, 0, 1), _ids(0, 2, 2), 3),  # a class that never occurs is the answer
    (_ids(1, 1, 1, 0, 3, 3), _ids(1, 1, 0, 0, 1, 3), 5),  # 2 and 4 occur nowhere
    (_ids(1), _ids(1), 2),
]


def _drawn_answers(rng: random.Random) -> list[tuple]:
    size, classes = rng.randrange(5, 30), rng.randrange(2, 6)
    draw = [[rng.randrange(classes) for _ in range(size)] for _ in range(2)]
    return [(torch.tensor(draw[0]), torch.tensor(draw[1]), classes)]


def _table(truth: Tensor, guess: Tensor, classes: int) -> Tensor:
    """The confusion matrix, rows true."""
    return (truth * classes + guess).bincount(minlength=classes**2).view(classes, -1)


def _precision(truth: Tensor, guess: Tensor, num_classes: int) -> Tensor:
    table = _table(truth, guess, num_classes)
    return table.diagonal() / table.sum(dim=0).clamp(min=1)


def _recall(truth: Tensor, guess: Tensor, num_classes: int) -> Tensor:
    return _precision(guess, truth, num_classes)


def _unguarded(truth: Tensor, guess: Tensor, num_classes: int) -> Tensor:
    table = _table(truth, guess, num_classes)
    return table.diagonal() / table.sum(dim=0)


def _counted_once(truth: Tensor, guess: Tensor, num_classes: int) -> Tensor:
    table = _table(truth, guess, num_classes).clamp(max=1)
    return table.diagonal() / table.sum(dim=0).clamp(min=1)


def _as_float32(answer: Callable) -> Callable:
    """The answer, whose result may be of any floating type, a list or an array."""

    def prepared(truth: Tensor, guess: Tensor, num_classes: int) -> Any:
        found = answer(truth, guess, num_classes)
        if isinstance(found, list | tuple) and found:
            found = torch.stack([torch.as_tensor(one) for one in found])
        if isinstance(found, np.ndarray):
            found = torch.as_tensor(found)
        is_floating = isinstance(found, Tensor) and found.is_floating_point()
        return found.float() if is_floating else found

    return prepared


_RECALL = (
    "That is the recall: it divides by how often a class is *true*. Precision divides "
    "by how often it is the *answer*."
)
_NEVER = (
    "A class that is never the answer divides by 0 and gives nan; its precision is to "
    "be 0."
)

precision = Exercise(
    number="14.2",
    name="my_precision",
    success="you can say of each answer how far it is to be trusted.",
    cases=_ANSWERS,
    drawn=_drawn_answers,
    reference=_precision,
    prepare=_as_float32,
    wrong=[
        Wrong(_RECALL, _recall),
        Wrong(_RECALL, lambda t, g, c: _unguarded(g, t, c)),
        Wrong(_NEVER, _unguarded),
        Wrong(
            _NEVER + " Not 1: nobody has seen it right.",
            lambda t, g, c: _unguarded(t, g, c).nan_to_num(1.0),
        ),
        Wrong(
            "That is the accuracy, one number for all classes together.",
            lambda t, g, c: (t == g).double().mean(),
        ),
        Wrong(
            "Divide by how often the class is the answer, not by the number of all "
            "sequences.",
            lambda t, g, c: _table(t, g, c).diagonal() / len(t),
        ),
        Wrong(
            "Those are counts. Precision is a fraction of the answers.",
            lambda t, g, c: _table(t, g, c).diagonal(),
        ),
        Wrong(
            "Those are counts. Precision is a fraction of the answers.",
            lambda t, g, c: _table(t, g, c).diagonal().float(),
        ),
        Wrong(
            "Those are counts of the answers. What fraction of them was right?",
            lambda t, g, c: _table(t, g, c).sum(dim=0).float(),
        ),
        Wrong(
            "Each pair is counted once, however often it occurs: "
            "`confusion[truth, guess] += 1` does not add up. Count one pair at a time.",
            _counted_once,
        ),
        Wrong(
            "One number for each of the `num_classes` classes is asked for, in their "
            "order, whether or not it is ever the answer.",
            lambda t, g, c: _precision(t, g, c)[g.unique()],
            kind=SHAPE,
        ),
    ],
)


# --- 14.3: both ends ------------------------------------------------------------------


def _states(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(shape, generator=generator)


def _both_cases() -> list[tuple]:
    g = torch.Generator().manual_seed(0)
    return [
        (_states(g, 3, 5, 4), torch.tensor([5, 2, 3])),
        (_states(g, 2, 4, 6), torch.tensor([1, 4])),
        (_states(g, 1, 3, 2), torch.tensor([2])),
        (_states(g, 4, 4, 4), torch.tensor([1, 2, 3, 4])),  # B = T = 2H
        (_states(g, 3, 7, 4), torch.tensor([2, 5, 4])),  # nobody fills the rectangle
    ]


def _drawn_both(rng: random.Random) -> list[tuple]:
    g = torch.Generator().manual_seed(rng.randrange(2**31))
    rows, steps, half = (rng.randrange(1, 6) for _ in range(3))
    lengths = [rng.randrange(1, steps + 1) for _ in range(rows)]
    return [(_states(g, rows, steps, 2 * half), torch.tensor(lengths))]


def _ends(
    states: Tensor,
    lengths: Tensor,
    forward: str = "end",
    backward: str = "start",
    *,
    swap: bool = False,
) -> Tensor:
    rows, half = torch.arange(len(states)), states.shape[-1] // 2
    column = {
        "end": lengths - 1,
        "start": torch.zeros_like(lengths),
        "last": torch.full_like(lengths, states.shape[1] - 1),
        "after": lengths.clamp(max=states.shape[1] - 1),
        "mirrored": states.shape[1] - lengths,
    }
    ahead, back = (half, 0) if swap else (0, half)
    return torch.cat(
        [
            states[rows, column[forward], ahead : ahead + half],
            states[rows, column[backward], back : back + half],
        ],
        dim=-1,
    )


def _ends_like(**kind: Any) -> Callable:
    return lambda states, lengths: _ends(states, lengths, **kind)


_ONE_FRAME = (
    "At the true end the backward half has read one step only. At which step has it "
    "read them all?"
)
_AT_END = (
    "`[:, -1]` is padding in the short rows. The forward half ends at lengths - 1."
)

both_ends = Exercise(
    number="14.3",
    name="my_both_ends",
    success="each half is read where it has seen everything.",
    cases=_both_cases,
    drawn=_drawn_both,
    reference=_ends,
    gradients=True,
    wrong=[
        Wrong(
            "That is the whole state at the true end, where the backward half has read "
            "one step only. At which step has it read them all? (H is half of the last "
            "axis.)",
            _ends_like(backward="end"),
        ),
        Wrong(
            "The states stand in the order of the steps, in the backward half, too. At "
            "which step has it read them all?",
            _ends_like(backward="mirrored"),
        ),
        Wrong(_AT_END + " " + _ONE_FRAME, _ends_like(forward="last", backward="last")),
        Wrong(_AT_END, _ends_like(forward="last")),
        Wrong(_AT_END + " " + _ONE_FRAME, _ends_like(forward="last", backward="end")),
        Wrong(
            "The backward half begins at the true end and goes to step 0; `[:, -1]` "
            "is padding in the short rows.",
            _ends_like(backward="last"),
        ),
        Wrong(
            "Each row has an end of its own: pair the number of each row with its "
            "`lengths - 1`.",
            lambda s, n: torch.cat(
                [s[:, n.max() - 1].chunk(2, dim=-1)[0], s[:, 0].chunk(2, dim=-1)[1]],
                dim=-1,
            ),
        ),
        Wrong(
            "Steps are counted from 0: the last real one is lengths - 1, and a row "
            "that fills the rectangle has no step `lengths`.",
            lambda s, n: torch.cat(
                [
                    s[torch.arange(len(s)), n, : s.shape[-1] // 2],
                    s[:, 0, s.shape[-1] // 2 :],
                ],
                dim=-1,
            ),
        ),
        Wrong(
            "At step 0 the forward half has read one step only.",
            _ends_like(forward="start"),
        ),
        Wrong(
            "You have it the wrong way round: the forward half has read everything at "
            "the true end, the backward half at step 0.",
            _ends_like(forward="start", backward="end"),
        ),
        Wrong(
            "The first H numbers of each state are the forward half, the last H the "
            "backward half.",
            _ends_like(swap=True),
        ),
        Wrong(
            "Steps are counted from 0: the last real one is lengths - 1.",
            _ends_like(forward="after"),
        ),
        Wrong(
            "The forward half comes first in the result.",
            lambda s, n: _ends(s, n).roll(s.shape[-1] // 2, dims=-1),
        ),
        Wrong(
            "The result has 2H numbers for each row: H of the forward half, then H of "
            "the backward half, joined along the last axis.",
            lambda s, n: torch.cat(_ends(s, n).chunk(2, dim=-1)),
            kind=SHAPE,
        ),
    ],
)


# --- 14.4: a state that stands still --------------------------------------------------


def _cell(sizes: tuple[int, int], seed: int) -> nn.RNNCell:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.RNNCell(*sizes)


def _still_cases() -> list[tuple]:
    g = torch.Generator().manual_seed(1)
    found = []
    for seed, (rows, steps, lengths) in enumerate(
        [
            (3, 4, (4, 2, 3)),
            (2, 5, (1, 5)),
            (1, 3, (2,)),
            (4, 6, (3, 1, 2, 5)),  # nobody fills the rectangle
            (3, 3, (1, 2, 3)),
        ]
    ):
        x = torch.randn(rows, steps, 2, generator=g)
        found.append((_cell((2, 5), seed), x, torch.tensor(lengths)))  # padding: noise
    return found


def _still(cell: nn.RNNCell, x: Tensor, lengths: Tensor) -> Tensor:
    """Each row by itself, to its end."""
    ends = []
    for row, length in zip(x, lengths.tolist(), strict=True):
        h = torch.zeros(1, cell.hidden_size, dtype=x.dtype)
        for x_t in row[:length]:
            h = cell(x_t.unsqueeze(0), h)
        ends.append(h[0])
    return torch.stack(ends)


def _loop(keep: str) -> Callable:
    """A loop over all columns, wrong in one way."""

    def answer(cell: nn.RNNCell, x: Tensor, lengths: Tensor) -> Tensor:
        h = torch.zeros(len(x), cell.hidden_size, dtype=x.dtype)
        for t in range(x.shape[1]):
            new = cell(x[:, t], h)
            going = (t < lengths).unsqueeze(1)
            if keep == "zero":
                h = torch.where(going, new, 0.0)
            elif keep == "late":
                h = torch.where((t <= lengths).unsqueeze(1), new, h)
            elif keep == "early":
                h = torch.where((t < lengths - 1).unsqueeze(1), new, h)
            elif keep == "turned":
                h = torch.where(going, h, new)
            elif keep == "input":
                h = cell(x[:, t] * going, h)
            elif keep == "axis":
                h = torch.where(t < lengths, new, h)
            elif keep == "shortest":
                h = new if t < lengths.min() else h
            elif keep == "detached":
                h = torch.where(going, new, h.detach())
            else:
                h = new
        return h

    return answer


still = Exercise(
    number="14.4",
    name="my_still_state",
    success="the state stands still on padding: that is what a packed sequence does.",
    cases=_still_cases,
    reference=_still,
    gradients=True,
    wrong=[
        Wrong(
            "Your state goes on moving after the end of the short rows. Where a row is "
            "over, keep the old state.",
            _loop("none"),
        ),
        Wrong(
            "Zeros as input are no pause: the cell still multiplies the state and adds "
            "its biases. Keep the old state instead.",
            _loop("input"),
        ),
        Wrong(
            "Where a row is over, its state is to stay as it was, not to become 0.",
            _loop("zero"),
        ),
        Wrong("One step too many: step t is real where t < lengths.", _loop("late")),
        Wrong("One step too few: step t is real where t < lengths.", _loop("early")),
        Wrong(
            "You keep the old state where the row goes on, and the new one where it is "
            "over: turn the two round.",
            _loop("turned"),
        ),
        Wrong(
            "Each row has an end of its own; yours all end with the shortest.",
            _loop("shortest"),
        ),
        Wrong(
            "`t < lengths` has one truth value per row, shape (B,): too many for an "
            "`if`, and beside (B, H) it must be (B, 1).",
            _loop("axis"),
        ),
        Wrong(
            "The states are right, but a network could not be trained through them.",
            _loop("detached"),
        ),
        Wrong(
            "The state of each row at its end is asked for, (B, H).",
            lambda cell, x, lengths: _still(cell, x, lengths).unsqueeze(0),
            kind=SHAPE,
        ),
    ],
)

summary = engine.summary_of(__name__)
