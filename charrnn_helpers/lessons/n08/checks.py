"""Exercises of notebook 08: is the patient healthy?"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers import data, models, training
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import (
    CHANGED,
    GRADIENT,
    Exercise,
    Wrong,
    short,
)
from charrnn_helpers.running import running_batch


def _drawn_ids(rng: random.Random, *shape: int, high: int = 16) -> Tensor:
    count = math.prod(shape)
    return torch.tensor([rng.randrange(high) for _ in range(count)]).view(*shape)


def _drawn_floats(rng: random.Random, *shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    return torch.randn(*shape, generator=generator)


# --- 8.1 ------------------------------------------------------------------------------

clinic_pairs = Exercise(
    number="8.1",
    name="my_pairs",
    success="the patient is healthy: each input has its target, one character on.",
    cases=[(["hello", "hi"],), (list(data.SENTENCES),)],
    drawn=lambda rng: [
        (["".join(rng.choices("abcde", k=rng.randrange(3, 9))) for _ in range(4)],)
    ],
    entries=("inputs", "targets"),
    reference=lambda texts: (
        ["".join(a for a, _ in pairwise(t)) for t in texts],
        ["".join(b for _, b in pairwise(t)) for t in texts],
    ),
    wrong=[
        Wrong(
            "Both lists are still empty: something has to go through the texts.",
            lambda texts: ([], []),
        ),
        Wrong(
            "Inputs and targets are equal, so a model only has to repeat what it "
            "reads. Which character is to be predicted at the first one?",
            lambda texts: ([t[:-1] for t in texts], [t[:-1] for t in texts]),
        ),
        Wrong(
            "The inputs still hold the last character, and nothing follows it.",
            lambda texts: (list(texts), [t[1:] for t in texts]),
        ),
        Wrong(
            "The two are swapped: the target comes after the input.",
            lambda texts: ([t[1:] for t in texts], [t[:-1] for t in texts]),
        ),
        Wrong(
            "Your targets are two characters on: that skips one.",
            lambda texts: ([t[:-1] for t in texts], [t[2:] for t in texts]),
        ),
        Wrong(
            "The last text is in, the others are not: is a new list made for each?",
            lambda texts: ([texts[-1][:-1]], [texts[-1][1:]]),
        ),
    ],
)


# --- 8.2 ------------------------------------------------------------------------------


def _rows(inputs: Tensor, targets: Tensor, seq_len: int) -> tuple[Tensor, Tensor]:
    n = len(inputs) // seq_len
    return tuple(x[: n * seq_len].view(n, seq_len) for x in (inputs, targets))


def _rolled_rows(ids: Tensor, seq_len: int) -> tuple[Tensor, Tensor]:
    inputs, _ = _rows(ids, ids, seq_len)
    return inputs, inputs.roll(-1, dims=1)


clinic_windows = Exercise(
    number="8.2",
    name="my_windows",
    success="the patient is healthy: every last target is the character that follows.",
    cases=[
        (torch.arange(10, 18), 4),
        (torch.arange(10), 4),
        (torch.arange(20, 29), 4),
    ],
    drawn=lambda rng: [(_drawn_ids(rng, 23), rng.randrange(3, 7))],
    entries=("inputs", "targets"),
    reference=lambda ids, seq_len: data.windows(ids, seq_len, remainder="drop"),
    wrong=[
        Wrong(
            "Each row is still rolled by itself: its last target is its own first "
            "input. Make the targets while the text is in one piece.",
            _rolled_rows,
        ),
        Wrong(
            "roll brings the first character of the text back behind the last. What "
            "is the target of the last character of all? There is none.",
            lambda ids, seq_len: _rows(ids, ids.roll(-1), seq_len),
        ),
        Wrong(
            "The targets equal the inputs: nothing is moved yet.",
            lambda ids, seq_len: _rows(ids[:-1], ids[:-1], seq_len),
        ),
        Wrong(
            "The targets lie one character back: the model would learn to remember, "
            "not to predict.",
            lambda ids, seq_len: _rows(ids[1:], ids[:-1], seq_len),
        ),
        Wrong(
            "The targets are two characters on.",
            lambda ids, seq_len: _rows(ids[:-2], ids[2:], seq_len),
        ),
        Wrong(
            "Inputs and targets differ in length: where the text fills the rows "
            "exactly, the last input has no target.",
            lambda ids, seq_len: _rows(ids, ids[1:], seq_len),
        ),
    ],
)


# --- 8.3 ------------------------------------------------------------------------------


def _seq_first(seed: int, V: int, H: int) -> tuple[nn.RNN, nn.Linear]:
    torch.manual_seed(seed)  # the engine restores the random state
    return nn.RNN(V, H), nn.Linear(H, V)


def _logits_cases() -> list[tuple]:
    def case(seed: int, ids: list[list[int]]) -> tuple:
        return *_seq_first(seed, 5, 4), torch.eye(5)[torch.tensor(ids)]

    return [
        case(0, [[0, 1, 2], [3, 4, 0]]),
        case(1, [[4, 1], [1, 4]]),
        case(2, [[2, 0, 1]]),  # one text
        case(3, [[3], [1], [4]]),  # one character each
        (*_seq_first(4, 3, 6), _drawn_floats(random.Random(0), 4, 20, 3)),
    ]


def _sets_batch_first(rnn: nn.RNN, output: nn.Linear, x: Tensor) -> Tensor:
    rnn.batch_first = True
    return output(rnn(x)[0])


_RESHAPE = (
    "reshape and view keep the numbers in the order in which they lie; they do not "
    "exchange two axes. The shape is right, the characters are mixed."
)

clinic_logits = Exercise(
    number="8.3",
    name="my_logits",
    success="the patient is healthy: it reads along the text, row by row.",
    cases=_logits_cases,
    drawn=lambda rng: [
        (*_seq_first(rng.randrange(999), 6, 3), _drawn_floats(rng, 4, 5, 6))
    ],
    # Row by row: a single text has no batch axis to be taken for the time.
    reference=lambda rnn, output, x: torch.stack([output(rnn(row)[0]) for row in x]),
    gradients=True,
    wrong=[
        Wrong(
            "The layer still takes the batch for the time: row 0 is its first step. "
            "The shape is right and the axis is wrong.",
            lambda rnn, output, x: output(rnn(x)[0]),
        ),
        Wrong(
            "The way in is right. On the way out, time still comes before batch.",
            lambda rnn, output, x: output(rnn(x.transpose(0, 1))[0]),
        ),
        Wrong(
            "You turn what comes out, but what goes in is still (B, T, V).",
            lambda rnn, output, x: output(rnn(x)[0].transpose(0, 1)),
        ),
        Wrong(
            _RESHAPE,
            lambda rnn, output, x: output(
                rnn(x.reshape(x.shape[1], x.shape[0], -1))[0].reshape(*x.shape[:2], -1)
            ),
        ),
        Wrong(
            _RESHAPE,
            lambda rnn, output, x: output(
                rnn(x.reshape(x.shape[1], x.shape[0], -1))[0].transpose(0, 1)
            ),
        ),
        Wrong(
            _RESHAPE,
            lambda rnn, output, x: output(
                rnn(x.transpose(0, 1))[0].reshape(*x.shape[:2], -1)
            ),
        ),
        Wrong(
            "That is the state after the last step alone (h_n): one answer per text. "
            "An answer is wanted after each character.",
            lambda rnn, output, x: output(rnn(x.transpose(0, 1))[1]),
        ),
        Wrong(
            "The numbers are right, but the layer could no longer be trained: a copy "
            "of it, a detach or a no_grad cuts it off from the gradient.",
            lambda rnn, output, x: output(
                rnn(x.transpose(0, 1))[0].transpose(0, 1)
            ).detach(),
            kind=GRADIENT,
        ),
        Wrong(
            "The layer and the texts belong to the caller and must stay as they were, "
            "`batch_first` included. Turn the axes around the call instead.",
            _sets_batch_first,
            kind=CHANGED,
        ),
    ],
)


# --- 8.4 ------------------------------------------------------------------------------


class _Patient(models.CharRNN):
    """A model whose rows keep apart, sick or healthy in other ways.

    Attributes:
        what: what is special about it, for the reply.
        mixes: whether the logits of a row depend on the text of another row.
    """

    what, mixes = "a healthy model", False

    def __init__(self, seed: int, V: int = 5) -> None:
        torch.manual_seed(seed)  # the engine restores the random state
        super().__init__(V, 4)
        self.eval()


class _TimeForBatch(_Patient):
    """batch_first forgotten."""

    what, mixes = "a model that takes the batch for the time", True

    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)
        self.rnn.batch_first = False


class _SharedState(_Patient):
    """One state for the whole batch: the mean over its rows."""

    what, mixes = "a model whose rows share one state", True

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        x, answers = data.one_hot(ids, self.vocab_size), []
        for t in range(ids.shape[1]):
            output, h_0 = self.rnn(x[:, t : t + 1], h_0)
            h_0 = h_0.mean(dim=1, keepdim=True).expand_as(h_0).contiguous()
            answers.append(self.output(output))
        return torch.cat(answers, dim=1), h_0


class _Leak(_Patient):
    """Logits into which one character of row 0 leaks.

    Args:
        seed: of the weights.
        what: where it reads and where it leaks, for the reply.
        read: the position in row 0.
        leaks: (row, step, symbol, size), of the places that move: by ``size`` times the
            id that was read.
    """

    mixes = True

    def __init__(self, seed: int, what: str, read: int, *leaks: tuple) -> None:
        super().__init__(seed)
        self.what, self.read, self.leaks = f"a model in which {what}", read, leaks

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        logits, h_n = super().forward(ids, h_0)
        for row, step, symbol, size in self.leaks:
            logits[row, step, symbol] += size * ids[0, self.read]
        return logits, h_n


class _Forgetful(_Patient):
    """Every step starts from zero."""

    what = "a model that starts every step from zero"

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        steps = [super(_Forgetful, self).forward(column) for column in ids.split(1, 1)]
        return torch.cat([step[0] for step in steps], dim=1), steps[-1][1]


class _Backwards(_Patient):
    """Reads from the end."""

    what = "a model that reads from the end"

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        answers, h_n = super().forward(ids.flip(1), h_0)
        return answers.flip(1), h_n


class _Deaf(_Patient):
    """Does not see the first character of any row."""

    what = "a model that ignores the first characters"

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        return super().forward(ids.index_fill(1, torch.tensor([0]), 0), h_0)


class _Constant(_Patient):
    """The same answer to everything."""

    what = "a model that always gives the same answer"

    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)
        nn.init.zeros_(self.output.weight)


class _MixedState(_Patient):
    """The state that it returns is a mean over the rows; the logits never see it."""

    what = "a model that mixes the rows in the state that it returns, not in the logits"

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        logits, h_n = super().forward(ids, h_0)
        return logits, h_n.mean(dim=1, keepdim=True).expand_as(h_n)


def _leaks() -> list[_Leak]:
    """Small, each in one place that a detector may leave out; some cancel in a mean."""
    every = slice(None)
    return [
        _Leak(3, "row 0's first character leaks into row 1", 0, (1, 0, every, 0.005)),
        _Leak(
            4, "row 0's last character leaks into the last row", -1, (-1, -1, -1, -1)
        ),
        _Leak(
            5,
            "row 0's third character leaks into rows 1 and 2, with opposite signs",
            2,
            (1, 2, every, 0.5),
            (2, 2, every, -0.5),
        ),
        _Leak(
            6,
            "row 0's second character leaks into two logits of the last row",
            1,
            (-1, 1, 0, 0.5),
            (-1, 1, 1, -0.5),
        ),
    ]


def _row_cases() -> list[tuple]:
    ids = torch.tensor(
        [[0, 1, 2, 3], [4, 0, 1, 1], [2, 2, 4, 3], [1, 3, 0, 4], [3, 4, 2, 0]]
    )
    healthy = (_Forgetful, _Backwards, _Deaf, _Constant, _MixedState)
    return [
        (_Patient(3), ids),
        (_TimeForBatch(3), ids),
        (_SharedState(3), ids),
        *((model, ids) for model in _leaks()),
        *((kind(3), ids) for kind in healthy),
        # Texts of which some changes make the same texts again.
        *(
            (kind(4), torch.full((3, 3), symbol))
            for symbol in (0, 4)
            for kind in (_Patient, _TimeForBatch, _SharedState)
        ),
        (_TimeForBatch(5, 2), torch.tensor([[0, 1, 0], [1, 1, 0]])),
        (_TimeForBatch(3), ids[:1]),  # no other row
    ]


def _answers(model: nn.Module, ids: Tensor) -> Tensor:
    with torch.no_grad():
        return model(ids)[0]


def _next_symbol(model: nn.Module, ids: Tensor) -> Tensor:
    return (ids + 1) % model.vocab_size


def _detector(
    where: Any = 0,
    look: Any = slice(1, None),
    change: Callable[[nn.Module, Tensor], Any] = _next_symbol,
) -> Callable[[nn.Module, Tensor], bool]:
    """Change the inputs at ``where``, and compare the logits at ``look``."""

    def answer(model: nn.Module, inputs: Tensor) -> bool:
        changed = inputs.clone()
        changed[where] = change(model, changed[where])
        difference = _answers(model, changed) - _answers(model, inputs)
        return bool((difference[look].abs() > 1e-5).any())

    return answer


def _compares_states(model: nn.Module, inputs: Tensor) -> bool:
    changed = inputs.clone()
    changed[0] = _next_symbol(model, inputs[0])
    with torch.no_grad():
        before, after = model(inputs)[1], model(changed)[1]
    return not torch.allclose(before[:, 1:], after[:, 1:], atol=1e-5)


def _in_place(model: nn.Module, inputs: Tensor) -> bool:
    before = _answers(model, inputs)[1:]
    inputs[0] = _next_symbol(model, inputs[0])
    return not torch.allclose(before, _answers(model, inputs)[1:], atol=1e-5)


def _mixes(model: _Patient, inputs: Tensor) -> bool:
    return model.mixes and len(inputs) > 1


_ALL, _OTHERS = slice(None), slice(1, None)
_ONE_ROW = "You leave rows out. A leak may reach any row but row 0."
_ONE_STEP = "You leave steps out. A leak may reach any step of the other rows."
_ONE_CHARACTER = (
    "You change one character of row 0. A leak may start at any of its characters: "
    "change them all."
)
_SAME_TEXT = (
    "Your new text can be the old one again, and then nothing moves. Which change "
    "makes another id of every id?"
)

clinic_rows = Exercise(
    number="8.4",
    name="my_rows_mix",
    success="your detector finds every model whose rows mix, and accuses no other.",
    cases=_row_cases,
    drawn=lambda rng: [
        (kind(rng.randrange(999)), _drawn_ids(rng, 4, 3, high=5))
        for kind in (_Patient, _TimeForBatch, _SharedState, _Forgetful, _Backwards)
    ],
    reference=_mixes,
    say=lambda case: f"for {case[0].what} and inputs={short(case[1])},",
    wrong=[
        Wrong(
            "Row 0 is among the rows that you compare (the first axis is that of the "
            "rows), and it may move: it was changed. So nearly every model looks sick.",
            _detector(look=_ALL),
        ),
        Wrong(
            "`[:, 0]` is the first character of every row. Row 0 is `[0]`, and the "
            "other rows must keep their texts.",
            _detector(where=(_ALL, 0)),
        ),
        Wrong(
            "You change every row, so every row may move. Only row 0 gets another "
            "text.",
            _detector(where=_ALL),
        ),
        Wrong(
            "Your detector never finds anything. Is the text of row 0 really changed, "
            "in a clone, and are both answers computed?",
            lambda model, inputs: False,
        ),
        *(
            Wrong(_ONE_ROW, _detector(look=look))
            for look in (1, slice(1, 2), -1, slice(2, None), slice(1, -1))
        ),
        *(
            Wrong(_ONE_STEP, _detector(look=(_OTHERS, step)))
            for step in (-1, 0, slice(1, None))
        ),
        *(
            Wrong(_ONE_CHARACTER, _detector(where=(0, character)))
            for character in (0, -1)
        ),
        *(
            Wrong(_SAME_TEXT, _detector(change=change))
            for change in (
                lambda model, row: 0,
                lambda model, row: 1,
                lambda model, row: model.vocab_size - 1,
                lambda model, row: row.flip(0),
                lambda model, row: row.roll(1),
            )
        ),
        Wrong(
            "Ids stay below model.vocab_size: the largest one has no successor. What "
            "does a remainder, %, make of it?",
            _detector(change=lambda model, row: row + 1),
        ),
        Wrong(
            "You compare the states that are returned. The question is about the "
            "logits, the first of the two results.",
            _compares_states,
        ),
        Wrong(
            "You look at how later characters change earlier answers. That finds "
            "models that see the future; here the question is row against row.",
            _detector(where=(_ALL, -1), look=(_ALL, slice(None, -1))),
        ),
        Wrong(
            "You change the last row and look at the first. A layer that takes the "
            "batch for the time passes row 0 on to the later rows, not back.",
            _detector(where=-1, look=slice(None, -1)),
        ),
        Wrong(
            "That asks whether the model has a memory: earlier characters against "
            "later answers of the same row.",
            _detector(where=(_ALL, 0), look=(_ALL, _OTHERS)),
        ),
        Wrong(
            "Change a copy: clone() the inputs first.",
            _in_place,
            kind=CHANGED,
        ),
        Wrong(
            "That is the other way round: True stands for rows that mix.",
            lambda model, inputs: not _mixes(model, inputs),
        ),
    ],
)


# --- 8.5 ------------------------------------------------------------------------------


def _by_hand(logits: Tensor, targets: Tensor) -> Tensor:
    log_probs = logits - logits.logsumexp(dim=-1, keepdim=True)
    return -log_probs.gather(-1, targets.unsqueeze(-1)).mean()


def _flat(function: Callable[..., Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda logits, targets: function(logits.flatten(0, 1), targets.flatten())


clinic_loss = Exercise(
    number="8.5",
    name="my_loss",
    success="the patient is healthy: the loss of a sure and right model is near 0.",
    cases=[
        (
            9 * torch.eye(3)[torch.tensor([[0, 1], [2, 2]])],
            torch.tensor([[0, 1], [2, 2]]),
        ),
        (
            _drawn_floats(random.Random(1), 2, 3, 4),
            torch.tensor([[0, 3, 1], [2, 2, 0]]),
        ),
    ],
    drawn=lambda rng: [(_drawn_floats(rng, 3, 5, 7), _drawn_ids(rng, 3, 5, high=7))],
    reference=_by_hand,
    gradients=True,
    wrong=[
        Wrong(
            "A softmax still stands before cross_entropy, which has one of its own. A "
            "perfect model could never report a loss near 0.",
            _flat(lambda s, y: F.cross_entropy(s.softmax(-1), y)),
        ),
        Wrong(
            "That is the sum over all targets: it grows with the number of characters, "
            "and every setting with it.",
            _flat(lambda s, y: F.cross_entropy(s, y, reduction="sum")),
        ),
        Wrong(
            "nll_loss takes log-probabilities, and you gave it logits.",
            _flat(F.nll_loss),
        ),
        Wrong(
            "nll_loss takes log-probabilities, and you gave it probabilities: the "
            "logarithm is missing.",
            _flat(lambda s, y: F.nll_loss(s.softmax(-1), y)),
        ),
        Wrong(
            "That is one loss per target. backward wants one number: their mean.",
            _flat(lambda s, y: F.cross_entropy(s, y, reduction="none")),
        ),
        Wrong(
            "Your softmax (or log_softmax) runs along the axis of time, not over the "
            "symbols: scores of one step compete with those of another.",
            lambda logits, targets: F.nll_loss(
                logits.log_softmax(1).flatten(0, 1), targets.flatten()
            ),
        ),
    ],
)


# --- 8.6 ------------------------------------------------------------------------------


def _model_and_batch(seed: int) -> tuple[models.CharRNN, Tensor, Tensor]:
    vocab, inputs, targets = running_batch()
    torch.manual_seed(seed)
    return models.CharRNN(len(vocab), 12), inputs, targets


def _five_steps(step: Callable[..., Any]) -> Callable[[int, float], list]:
    """Train with a learner's step: its losses, and the loss at last."""

    def run(seed: int, lr: float) -> list:
        model, inputs, targets = _model_and_batch(seed)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        losses = [step(model, optimizer, inputs, targets) for _ in range(5)]
        if any(value is None for value in losses):
            return None
        return [*losses, training.evaluate(model, inputs, targets)]

    return run


def _step_cases() -> list[tuple]:
    # The first optimizer of a process takes seconds: they are not the learner's.
    torch.optim.Adam([nn.Parameter(torch.zeros(1))])
    return [(0, 0.05)]


def _five_epochs(seed: int, lr: float) -> list[float]:
    model, inputs, targets = _model_and_batch(seed)
    history = training.fit(model, inputs, targets, epochs=5, lr=lr)
    return [*history.losses, training.evaluate(model, inputs, targets)]


def _step(
    *order: str, reduction: str = "mean", new: bool = False, tensor: bool = False
) -> Callable[[int, float], list]:
    """A step that does its parts in some order, run five times."""

    def step(model: Any, optimizer: Any, inputs: Tensor, targets: Tensor) -> Any:
        if new:
            lr = optimizer.param_groups[0]["lr"]
            optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        rows = model(inputs)[0].flatten(0, 1)
        value = F.cross_entropy(rows, targets.flatten(), reduction=reduction)
        parts = {
            "clear": optimizer.zero_grad,
            "back": value.backward,
            "step": optimizer.step,
        }
        for part in order:
            parts[part]()
        return value.detach() if tensor else value.item()

    return step


clinic_step = Exercise(
    number="8.6",
    name="my_step",
    success="the patient is healthy: each step sees the gradient of its own batch.",
    cases=_step_cases,
    drawn=lambda rng: [(rng.randrange(1, 999), 0.02)],
    say=lambda case: f"with Adam at lr={case[1]} and seed {case[0]},",
    entries=(*(f"the loss of step {n}" for n in range(1, 6)), "the loss after step 5"),
    reference=_five_epochs,
    prepare=_five_steps,
    strict=True,
    tolerance=1e-4,
    wrong=[
        Wrong(
            "The loss after the second step shows that the first gradient is still "
            "there: nothing clears it.",
            _step("back", "step"),
        ),
        Wrong(
            "The weights do not move. Is the gradient there, and not cleared, when "
            "the optimizer takes its step?",
            _step("back", "clear", "step"),
        ),
        Wrong(
            "The optimizer steps before backward: it uses old gradients, and in the "
            "first step none at all.",
            _step("step", "back"),
        ),
        Wrong(
            "That is the sum over all targets; the contract asks for the mean.",
            _step("clear", "back", "step", reduction="sum"),
        ),
        Wrong(
            "A new optimizer in each step forgets its running averages: it belongs "
            "before the loop.",
            _step("clear", "back", "step", new=True),
        ),
        Wrong(
            "Return a float: .item() takes the number out of the tensor.",
            _step("clear", "back", "step", tensor=True),
        ),
    ],
)


# --- 8.7 ------------------------------------------------------------------------------


def _masked(targets: Tensor, lengths: Tensor) -> Tensor:
    rows = [
        [value if t < length else data.IGNORE_INDEX for t, value in enumerate(row)]
        for row, length in zip(targets.tolist(), lengths.tolist(), strict=True)
    ]
    return torch.tensor(rows)


def _mask(padding: Callable[[Tensor, Tensor, Tensor], Tensor]) -> Callable[..., Tensor]:
    def answer(targets: Tensor, lengths: Tensor) -> Tensor:
        steps = torch.arange(targets.shape[1])
        where = padding(targets, steps, lengths.unsqueeze(1))
        return targets.masked_fill(where, data.IGNORE_INDEX)

    return answer


clinic_mask = Exercise(
    number="8.7",
    name="my_mask",
    success="the patient is healthy: padding is out of the loss, real spaces are in.",
    cases=[
        (torch.tensor([[5, 0, 7, 0, 0], [3, 4, 0, 6, 2]]), torch.tensor([3, 5])),
        (
            torch.tensor([[1, 0, 0, 0], [2, 3, 0, 0], [4, 0, 5, 0]]),
            torch.tensor([1, 2, 3]),
        ),
    ],
    drawn=lambda rng: [
        (_drawn_ids(rng, 4, 6), torch.tensor([rng.randrange(1, 7) for _ in range(4)]))
    ],
    reference=_masked,
    wrong=[
        Wrong(
            "You mask a symbol, not a place: the spaces inside the texts have "
            "disappeared from the loss as well.",
            _mask(lambda targets, steps, lengths: targets == 0),
        ),
        Wrong(
            "One padding target per row is left. The steps count from 0: which is the "
            "last step of a row with 3 targets?",
            _mask(lambda targets, steps, lengths: steps > lengths),
        ),
        Wrong(
            "You mask one target too many in each row: the last real one.",
            _mask(lambda targets, steps, lengths: steps >= lengths - 1),
        ),
        Wrong(
            "It is the other way round: the real targets are masked.",
            _mask(lambda targets, steps, lengths: steps < lengths),
        ),
        Wrong(
            "Every row has its own length; you use one for all.",
            _mask(
                lambda targets, steps, lengths: (steps >= lengths.max()).expand_as(
                    targets
                )
            ),
        ),
        Wrong(
            "Nothing is masked yet.",
            lambda targets, lengths: targets.clone(),
        ),
    ],
)


# --- 8.8 ------------------------------------------------------------------------------


def _counts(text: str) -> str:
    return str(len(text) % 10)


def _marks_every_seventh(text: str) -> str:
    return "-" if len(text) % 7 else "|"


def _repeats_the_third_last(text: str) -> str:
    return text[-3] if len(text) > 2 else "x"


def _reads_a_sign(text: str) -> str:
    """Spaces, a full stop, a new line, two equal letters, and a space at the end."""
    return "Stop.  All of\nyou! "[len(text) % 19]


def _answers_in_the_other_case(text: str) -> str:
    return "a" if text[:1].isupper() and not text.islower() else "A"


def _completed(
    next_character: Callable[[str], str], prompt: str, max_new_chars: int
) -> str:
    if max_new_chars == 0:
        return prompt
    text = prompt + next_character(prompt)
    return _completed(next_character, text, max_new_chars - 1)


def _completes(grow: Callable[[str, str, str], str]) -> Callable[..., str]:
    def answer(
        next_character: Callable[[str], str], prompt: str, max_new_chars: int
    ) -> str:
        text = prompt
        for _ in range(max_new_chars):
            text = grow(prompt, text, next_character(text))
        return text

    return answer


clinic_complete = Exercise(
    number="8.8",
    name="my_complete",
    success="the patient is healthy: every new character is read before the next one.",
    cases=[
        (_counts, "hi", 4),
        (_repeats_the_third_last, "abc", 5),
        (_counts, "hello", 0),
        (_marks_every_seventh, "-", 13),
        (_answers_in_the_other_case, "Oh", 2),
        (_reads_a_sign, "", 19),
        (_reads_a_sign, "Go", 250),
    ],
    drawn=lambda rng: [
        (_counts, "".join(rng.choices("abc", k=3)), rng.randrange(3, 9))
    ],
    reference=_completed,
    wrong=[
        Wrong(
            "The prompt comes back unchanged: the new character is never appended.",
            _completes(lambda prompt, text, new: text),
        ),
        Wrong(
            "Each new character replaces the text: prompt and past are lost.",
            _completes(lambda prompt, text, new: new),
        ),
        Wrong(
            "Each new character is appended to the prompt, and the one before is lost.",
            _completes(lambda prompt, text, new: prompt + new),
        ),
        Wrong(
            "The new character stands in front of the text, not behind it.",
            _completes(lambda prompt, text, new: new + text),
        ),
        Wrong(
            "Only the continuation comes back; the contract asks for the prompt too.",
            lambda f, prompt, n: _completed(f, prompt, n)[len(prompt) :],
        ),
    ],
)

summary = engine.summary_of(__name__)
