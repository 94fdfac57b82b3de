"""Exercises of notebook 08: suspicions, detectors, and code that is to be mended."""

from __future__ import annotations

import itertools
import random
import weakref
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers import data, models, names, training
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import (
    CHANGED,
    GRADIENT,
    SHAPE,
    VALUES,
    Exercise,
    Question,
    Wrong,
    short,
)


def _drawn_ids(rng: random.Random, *shape: int, high: int = 16) -> Tensor:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    return torch.randint(high, shape, generator=generator)


def _drawn_floats(rng: random.Random, *shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    return torch.randn(*shape, generator=generator)


# --- 8.1 ------------------------------------------------------------------------------

CHARTS = "ABCDE"


def _five(answer: Any) -> bool:
    return isinstance(answer, (tuple, list)) and len(answer) == 5


def _of(chart: str, *causes: int) -> Callable[[Any], bool]:
    """Whether an answer gives a chart one of these causes."""
    place = CHARTS.index(chart)
    return lambda answer: _five(answer) and answer[place] in causes


def _instead(chart: str, cause: int) -> tuple[int, ...]:
    right = [5, 4, 2, 6, 3]
    right[CHARTS.index(chart)] = cause
    return tuple(right)


suspicions = Question(
    number="8.1",
    name="my_suspicions",
    success="five diagnoses from a place on the ladder, before any code was read.",
    expected=lambda: (5, 4, 2, 6, 3),  # the runs: tests/lessons/test_n08.py
    entries=tuple(f"the suspicion for {chart}" for chart in CHARTS),
    wrong=[
        Wrong(
            "Five numbers from 1 to 7, one for each chart: (a, b, c, d, e).",
            5,
            lambda answer: (
                not _five(answer)
                or not all(type(cause) is int and 1 <= cause <= 7 for cause in answer)
            ),
        ),
        Wrong(
            "The right five, in another order: A comes first, then B, to E.",
            (3, 6, 2, 4, 5),
            lambda answer: (
                sorted(answer) == [2, 3, 4, 5, 6]
                and sum(a == b for a, b in zip(answer, (5, 4, 2, 6, 3), strict=True))
                < 2
            ),
        ),
        Wrong(
            "A: zero weights still learn something, the output bias, so that the loss "
            "falls; and they start at exactly ln 28. Which cause leaves every digit as "
            "it is?",
            _instead("A", 4),
            _of("A", 4),
        ),
        Wrong(
            "A: weights that move change the loss, in some digit. Here they do not "
            "move at all.",
            _instead("A", 1),
            _of("A", 1, 2, 3, 6, 7),
        ),
        Wrong(
            "B: 2.84 is the rung without any context. A model without memory would "
            "still see the character that it has just read. What sees not even that?",
            _instead("B", 2),
            _of("B", 2),
        ),
        Wrong(
            "B: it stops on a rung, at any learning rate. Which model can only learn "
            "how frequent each letter is?",
            _instead("B", 1),
            _of("B", 1, 3, 5, 6, 7),
        ),
        Wrong(
            "C: a model that stops on the rung of one letter sees one letter, and "
            "nothing before it. What takes the rest away?",
            _instead("C", 1),
            _of("C", 1, 3, 4, 5, 6, 7),
        ),
        Wrong(
            "D: names that it has never seen cannot be known by heart, and their loss "
            "is 0.005 as well.",
            _instead("D", 7),
            _of("D", 7),
        ),
        Wrong(
            "D: 0.005 is far below what the best model reaches. Where could it get the "
            "answers from?",
            _instead("D", 3),
            _of("D", 1, 2, 3, 4, 5),
        ),
        Wrong(
            "E: nothing was trained since yesterday, so no cause that concerns "
            "training can act. And 5.5 is worse than guessing.",
            _instead("E", 1),
            _of("E", 1, 2, 4, 5, 6, 7),
        ),
    ],
)


# --- 8.2 ------------------------------------------------------------------------------


def _perplexity(losses: Tensor, counts: Tensor) -> float:
    each = losses.repeat_interleave(counts)  # every target with the loss of its batch
    return each.mean().exp().item()


perplexity = Exercise(
    number="8.2",
    name="my_perplexity",
    success="the mean comes first: a uniform guess among 28 has a perplexity of 28.",
    cases=[
        (torch.tensor([0.0, 4.0]), torch.tensor([1, 1])),
        (torch.tensor([1.0, 3.0]), torch.tensor([9, 1])),
        (torch.tensor([2.0, 2.5, 0.5]), torch.tensor([3, 40, 7])),
        (torch.tensor([3.3322]), torch.tensor([5])),
    ],
    drawn=lambda rng: [
        (3 * torch.rand(4), torch.tensor([rng.randrange(1, 50) for _ in range(4)]))
    ],
    reference=_perplexity,
    tolerance=1e-3,
    wrong=[
        Wrong(
            "That is the mean of the powers, as before. One batch with a loss of 4 "
            "then outweighs all others: first the mean of the losses, then the power.",
            lambda losses, counts: (counts / counts.sum() * losses.exp()).sum(),
        ),
        Wrong(
            "Mean first is right. But a batch with more targets must count for more "
            "(patient 13).",
            lambda losses, counts: losses.mean().exp(),
        ),
        Wrong(
            "The power comes first, and each batch counts the same: two things to "
            "mend.",
            lambda losses, counts: losses.exp().mean(),
        ),
        Wrong(
            "That is the mean loss, in nats. Perplexity is e to the power of it.",
            lambda losses, counts: (counts / counts.sum() * losses).sum(),
        ),
        Wrong(
            "The losses are in nats, so the base of the power is e, not 2.",
            lambda losses, counts: 2 ** (counts / counts.sum() * losses).sum(),
        ),
        Wrong(
            "You multiply by the counts and divide by the number of batches. Divide "
            "by the number of targets.",
            lambda losses, counts: (counts * losses).mean().exp(),
        ),
        Wrong(
            "You add up all losses and divide by nothing: the mean is missing.",
            lambda losses, counts: (counts * losses).sum().exp(),
        ),
        Wrong(
            "Return one number, shape (), not one for each batch.",
            lambda losses, counts: losses.exp(),
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

logits = Exercise(
    number="8.3",
    name="my_logits",
    success="the layer reads along the text, and can still be trained.",
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
    """A model that looks back only, sick or healthy in other ways.

    Attributes:
        what: what is special about it, for the reply.
        ahead: whether a logit depends on a later character.
    """

    what, ahead = "a healthy model", False

    def __init__(self, seed: int, V: int = 5) -> None:
        torch.manual_seed(seed)  # the engine restores the random state
        super().__init__(V, 4)
        self.eval()


class _TimeForBatch(_Patient):
    what = "a model that takes the batch for the time"

    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)
        self.rnn.batch_first = False


class _SharedState(_Patient):
    """One state for the whole batch: the mean over its rows."""

    what = "a model whose rows share one state"

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        x, answers = data.one_hot(ids, self.vocab_size), []
        for t in range(ids.shape[1]):
            output, h_0 = self.rnn(x[:, t : t + 1], h_0)
            h_0 = h_0.mean(dim=1, keepdim=True).expand_as(h_0).contiguous()
            answers.append(self.output(output))
        return torch.cat(answers, dim=1), h_0


class _Forgetful(_Patient):
    what = "a model that starts every step from zero"

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        steps = [super(_Forgetful, self).forward(column) for column in ids.split(1, 1)]
        return torch.cat([step[0] for step in steps], dim=1), steps[-1][1]


class _Constant(_Patient):
    what = "a model that always gives the same answer"

    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)
        nn.init.zeros_(self.output.weight)


class _ReturnsTheEnd(_Patient):
    """The state is the last one, as always; nobody earlier reads it."""

    what = "a model whose state, not its logits, depends on the last character"


class _Backwards(_Patient):
    what, ahead = "a model that reads from the end", True

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        answers, h_n = super().forward(ids.flip(1), h_0)
        return answers.flip(1), h_n


class _BothWays(_Patient):
    what, ahead = "a model that reads in both directions", True

    def __init__(self, *sizes: int) -> None:
        super().__init__(*sizes)
        self.rnn = nn.RNN(self.vocab_size, 4, batch_first=True, bidirectional=True)
        self.output = nn.Linear(8, self.vocab_size)


class _Next(_Patient):
    """Reads each character one step too early."""

    what, ahead = "a model that sees the next character at each step", True

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        return super().forward(torch.cat([ids[:, 1:], ids[:, -1:]], dim=1), h_0)


class _Leak(_Patient):
    """Logits into which one character of a row leaks.

    Args:
        seed: of the weights.
        what: where it reads and where it leaks, for the reply.
        read: (row, step) of the character.
        leak: (row, step) of the logits that move, or (row, step, symbol).
        size: by how much, for each number in the id.
    """

    def __init__(self, seed: int, what: str, read: tuple, leak: tuple, size: float):
        super().__init__(seed)
        self.what, self.read, self.leak, self.size = what, read, leak, size
        self.ahead = read[1] > leak[1]

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        logits, h_n = super().forward(ids, h_0)
        logits[self.leak] += self.size * ids[self.read]
        return logits, h_n


def _leaks() -> list[_Leak]:
    """Small ones, each at one place that a detector may leave out."""
    return [
        _Leak(3, "a model in which step 2 sees step 3, row 0", (0, 3), (0, 2), 1),
        _Leak(4, "a model in which step 0 sees step 1, row 1", (1, 1), (1, 0), 0.01),
        _Leak(5, "a model in which step 1 sees step 2, last row", (2, 2), (2, 1), -1),
        _Leak(6, "a model in which step 0 sees step 4, row 1", (1, 4), (1, 0), 0.5),
        _Leak(8, "a model in which step 3 sees step 4, row 0", (0, 4), (0, 3, 0), 1),
        _Leak(7, "a model in which step 3 sees step 0 twice", (1, 0), (1, 3), 1),
    ]


def _ahead_cases() -> list[tuple]:
    ids = torch.tensor([[0, 1, 2, 3, 1], [4, 0, 1, 1, 4], [2, 2, 4, 3, 0]])
    kinds = (_Patient, _Backwards, _BothWays, _Next)
    healthy = (_TimeForBatch, _SharedState, _Forgetful, _Constant, _ReturnsTheEnd)
    return [
        *((kind(3), ids) for kind in kinds),
        *((model, ids) for model in _leaks()),
        *((kind(3), ids) for kind in healthy),
        # Texts of which some changes make the same texts again.
        *(
            (kind(4), torch.full((2, 4), symbol))
            for symbol in (0, 4)
            for kind in (_Patient, _Next)
        ),
        (_Next(4), torch.zeros(1, 4, dtype=torch.long)),
        (_BothWays(5, 2), torch.tensor([[0, 1, 0]])),
        (_BothWays(3), ids[:, :1]),  # nothing comes later
    ]


def _answers(model: nn.Module, ids: Tensor) -> Tensor:
    with torch.no_grad():
        return model(ids)[0]


def _next_symbol(model: nn.Module, ids: Tensor) -> Tensor:
    return (ids + 1) % model.vocab_size


def _detector(
    steps: Callable[[int], Any] = lambda T: range(1, T),
    where: Callable[[int], Any] = lambda t: (slice(None), slice(t, None)),
    look: Callable[[int], Any] = lambda t: (slice(None), slice(None, t)),
    change: Callable[[nn.Module, Tensor], Any] = _next_symbol,
) -> Callable[[nn.Module, Tensor], bool]:
    """For some steps t, change the ids at ``where(t)`` and compare at ``look(t)``."""

    def answer(model: nn.Module, ids: Tensor) -> bool:
        before = _answers(model, ids)
        for t in steps(ids.shape[1]):
            changed = ids.clone()
            changed[where(t)] = change(model, changed[where(t)])
            difference = _answers(model, changed) - before
            if bool((difference[look(t)].abs() > 1e-5).any()):
                return True
        return False

    return answer


def _in_place(model: nn.Module, ids: Tensor) -> bool:
    before = _answers(model, ids)
    ids[:, -1] = _next_symbol(model, ids[:, -1])
    return not torch.allclose(before[:, :-1], _answers(model, ids)[:, :-1], atol=1e-5)


def _looks_ahead(model: _Patient, ids: Tensor) -> bool:
    return model.ahead and ids.shape[1] > 1


_ALL = slice(None)
_ONE_STEP = (
    "You try one place. A model that looks ahead at another place only, from step 2 to "
    "step 3, say, is not found. Which steps t are there to try?"
)
_SAME_TEXT = (
    "Your new text can be the old one again, and then nothing moves. Which change "
    "makes another id of every id?"
)
_ONE_ROW = "You leave rows out. A model may look ahead in a single row, and in any."

sees_ahead = Exercise(
    number="8.4",
    name="my_sees_ahead",
    success="your detector finds every look ahead, and accuses no other model.",
    cases=_ahead_cases,
    drawn=lambda rng: [
        (kind(rng.randrange(999)), _drawn_ids(rng, 3, 5, high=5))
        for kind in (_Patient, _BothWays, _Next, _TimeForBatch, _Forgetful)
    ],
    reference=_looks_ahead,
    say=lambda case: f"for {case[0].what} and ids={short(case[1])},",
    time_limit=6.0,
    wrong=[
        Wrong(
            "Your detector never finds anything. Are the ids really changed, in a "
            "clone, and are both answers computed?",
            lambda model, ids: False,
        ),
        Wrong(
            "Your detector accuses every model. An answer may depend on its own "
            "character and on earlier ones; and a returned state is no answer.",
            lambda model, ids: True,
        ),
        Wrong(
            "Something moved that may move. Compare only what is *before* the change, "
            "and start every change from a new clone of the ids.",
            _detector(look=lambda t: _ALL),
        ),
        *(
            Wrong(_ONE_STEP, _detector(steps=steps))
            for steps in (lambda T: [T - 1], lambda T: [1], lambda T: [T // 2])
        ),
        Wrong(
            "You leave out the look from step 0 to step 1: begin with t = 1.",
            _detector(steps=lambda T: range(2, T)),
        ),
        Wrong(
            "You leave out the look from the last step but one to the last: "
            "range(1, T) ends with T - 1.",
            _detector(steps=lambda T: range(1, T - 1)),
        ),
        *(
            Wrong(_ONE_ROW, _detector(look=lambda t, row=row: (row, slice(None, t))))
            for row in (0, -1)
        ),
        *(
            Wrong(_SAME_TEXT, _detector(change=change))
            for change in (
                lambda model, part: 0,
                lambda model, part: model.vocab_size - 1,
                lambda model, part: part.flip(-1),
            )
        ),
        Wrong(
            "Ids stay below V: the largest one has no successor. What does a "
            "remainder, %, make of it?",
            _detector(change=lambda model, part: part + 1),
        ),
        Wrong(
            "You change one row and look at the others: that finds rows that mix. "
            "Here the question is later against earlier.",
            _detector(
                steps=lambda T: [0],
                where=lambda t: 0,
                look=lambda t: slice(1, None),
            ),
        ),
        Wrong("Change a copy: clone() the ids first.", _in_place, kind=CHANGED),
        Wrong(
            "That is the other way round: True stands for a model that looks ahead.",
            lambda model, ids: not _looks_ahead(model, ids),
        ),
    ],
)


# --- 8.5 ------------------------------------------------------------------------------

_GREEDY_VOCAB = data.Vocabulary("aehilow ")


def _strong(seed: int) -> models.CharRNN:
    """A model whose answers depend on the whole text: large weights."""
    torch.manual_seed(seed)
    model = models.CharRNN(len(_GREEDY_VOCAB), 8)
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(4)
    return model.eval()


def _completed(
    model: nn.Module, vocab: data.Vocabulary, prompt: str, max_new_chars: int
) -> str:
    if max_new_chars == 0:
        return prompt
    best = _answers(model, vocab.encode(prompt).unsqueeze(0))[0, -1].argmax()
    text = prompt + vocab.decode(best.unsqueeze(0))
    return _completed(model, vocab, text, max_new_chars - 1)


def _completes(
    feed: Callable[[str, str], str],
    *,
    carry: bool,
    grow: Callable[[str, str], str] = lambda text, new: text + new,
    more: int = 0,
) -> Callable[..., str]:
    """Greedy completion; ``feed`` takes the prompt and the text so far."""

    def answer(
        model: nn.Module, vocab: data.Vocabulary, prompt: str, max_new_chars: int
    ) -> str:
        text, h = prompt, None
        with torch.no_grad():
            for _ in range(max_new_chars + more):
                logits, state = model(vocab.encode(feed(prompt, text)), h)
                h = state if carry else None
                text = grow(text, vocab.itos[int(logits[-1].argmax())])
        return text

    return answer


complete = Exercise(
    number="8.5",
    name="my_complete",
    success="every character is read once for each answer, and in its turn.",
    cases=lambda: [
        (_strong(3), _GREEDY_VOCAB, "hello", 1),
        (_strong(3), _GREEDY_VOCAB, "hello", 12),
        (_strong(5), _GREEDY_VOCAB, "how", 15),
        (_strong(6), _GREEDY_VOCAB, "a", 9),
        (_strong(8), _GREEDY_VOCAB, "  hi ", 0),
    ],
    drawn=lambda rng: [
        (
            _strong(rng.randrange(999)),
            _GREEDY_VOCAB,
            "".join(rng.choices(_GREEDY_VOCAB.characters, k=4)),
            rng.randrange(5, 20),
        )
    ],
    reference=_completed,
    say=lambda case: f"for the prompt {case[2]!r} and {case[3]} new characters,",
    wrong=[
        Wrong(
            "The text is still read a second time by a state that has read it already. "
            "Either the whole text and no state, or the state and what is new.",
            _completes(lambda prompt, text: text, carry=True),
        ),
        Wrong(
            "You feed the last character alone, to a state of zeros: all that stands "
            "before it is forgotten.",
            _completes(lambda prompt, text: text[-1], carry=False),
        ),
        Wrong(
            "The state never gets to read the prompt but for its last character: the "
            "first call needs the whole of it.",
            _completes(lambda prompt, text: text[-1], carry=True),
        ),
        Wrong(
            "It is always the prompt that is read: the new characters never come in.",
            _completes(lambda prompt, text: prompt, carry=False),
        ),
        Wrong(
            "Only the continuation comes back; the contract asks for the prompt too.",
            lambda model, vocab, prompt, n: _completed(model, vocab, prompt, n)[
                len(prompt) :
            ],
        ),
        Wrong(
            "One character too many.",
            _completes(lambda prompt, text: text, carry=False, more=1),
        ),
        Wrong(
            "One character too few.",
            _completes(lambda prompt, text: text, carry=False, more=-1),
        ),
        Wrong(
            "The prompt comes back unchanged: the new character is never appended.",
            _completes(
                lambda prompt, text: text, carry=False, grow=lambda text, new: text
            ),
        ),
        Wrong(
            "The new character stands in front of the text, not behind it.",
            _completes(
                lambda prompt, text: text,
                carry=False,
                grow=lambda text, new: new + text,
            ),
        ),
    ],
)


# --- 8.6 ------------------------------------------------------------------------------


def _windows(ids: list[int], size: int) -> Tensor:
    return torch.tensor([ids[i : i + size] for i in range(len(ids) - size + 1)])


def _split(ids: Tensor, seq_len: int, held_out: int) -> tuple[Tensor, Tensor]:
    border, all_ids = len(ids) - held_out, ids.tolist()
    return _windows(all_ids[:border], seq_len), _windows(all_ids[border:], seq_len)


def _cut_rows(at: Callable[[int, int], int]) -> Callable[..., tuple[Tensor, Tensor]]:
    """Split the windows, not the text, at a row."""

    def answer(ids: Tensor, seq_len: int, held_out: int) -> tuple[Tensor, Tensor]:
        rows = ids.unfold(0, seq_len, 1)
        border = len(rows) - at(held_out, seq_len)
        return rows[:border], rows[border:]

    return answer


def _both(
    make: Callable[[Tensor, int], Tensor],
) -> Callable[..., tuple[Tensor, Tensor]]:
    """Split the text first, then make rows of each part."""
    return lambda ids, seq_len, held_out: (
        make(ids[:-held_out], seq_len),
        make(ids[-held_out:], seq_len),
    )


_BORDER = (
    "Split the text before it is cut: the border belongs between two characters, not "
    "between two windows. Windows stay in the order of the text, n − seq_len + 1 of "
    "them in n characters."
)

split = Exercise(
    number="8.6",
    name="my_split",
    success="no character is in both parts, so validation measures something new.",
    cases=[
        (torch.arange(10), 3, 4),
        (torch.arange(20, 32), 4, 5),
        (torch.tensor([5, 0, 5, 0, 5, 1, 1, 5]), 2, 3),
        (torch.arange(9), 3, 3),  # one window is held out
        (torch.arange(8), 4, 4),
    ],
    drawn=lambda rng: [
        (_drawn_ids(rng, 25), rng.randrange(2, 6), rng.randrange(6, 12))
    ],
    entries=("train", "validation"),
    reference=_split,
    wrong=[
        Wrong(
            "Neither part may be shuffled; and where windows are split and not the "
            "text, windows on both sides of the border share characters.",
            _cut_rows(lambda held_out, seq_len: held_out),
        ),
        Wrong(
            "The right number of validation windows, but the last training windows "
            "reach across the border: split the text first, then cut windows.",
            _cut_rows(lambda held_out, seq_len: held_out - seq_len + 1),
        ),
        Wrong(
            "Your windows do not overlap: they begin at every seq_len-th character. "
            "They shall begin at each character.",
            _both(lambda ids, size: ids.unfold(0, size, size)),
        ),
        Wrong(
            "Your windows are one character too long.",
            _both(lambda ids, size: _windows(ids.tolist(), size + 1)),
        ),
        Wrong(
            "One window is missing at the end of each part: how many places of a "
            "window of 3 are there in 4 characters?",
            _both(lambda ids, size: ids.unfold(0, size, 1)[:-1]),
        ),
        Wrong(
            "The two parts are exchanged: train comes first.",
            lambda *case: _split(*case)[::-1],
        ),
        Wrong(
            "The first characters are put aside. Put the last ones aside.",
            lambda ids, seq_len, held_out: (
                ids[held_out:].unfold(0, seq_len, 1),
                ids[:held_out].unfold(0, seq_len, 1),
            ),
        ),
        Wrong(
            "`held_out` counts the characters that are put aside, and you keep that "
            "many for training.",
            lambda ids, seq_len, held_out: (
                ids[:held_out].unfold(0, seq_len, 1),
                ids[held_out:].unfold(0, seq_len, 1),
            ),
        ),
        Wrong(
            "One window is still on both sides, in part: the character at the border "
            "is in both.",
            lambda ids, seq_len, held_out: (
                ids[: len(ids) - held_out + 1].unfold(0, seq_len, 1),
                ids[-held_out:].unfold(0, seq_len, 1),
            ),
        ),
        Wrong(
            "The windows of the training part overlap the others: all windows of the "
            "whole text are in it.",
            lambda ids, seq_len, held_out: (
                ids.unfold(0, seq_len, 1),
                ids[-held_out:].unfold(0, seq_len, 1),
            ),
        ),
        Wrong(
            _BORDER,
            lambda ids, *sizes: _cut_rows(lambda held_out, _: held_out)(
                ids + 1, *sizes
            ),
            kind=VALUES,
        ),
        Wrong(_BORDER, _both(lambda ids, size: ids), kind=SHAPE),
    ],
)


# --- 8.7 ------------------------------------------------------------------------------


def _uneven(seed: int, B: int) -> tuple[models.CharRNN, Tensor, Tensor]:
    """A model, and a batch in which the rows have very different numbers of targets."""
    torch.manual_seed(seed)
    model = models.CharRNN(5, 4).double()
    inputs = torch.randint(5, (B, 6))
    targets = torch.randint(5, (B, 6))
    for row, count in zip(range(B), itertools.cycle((6, 1, 0, 2, 5))):
        targets[row, count:] = data.IGNORE_INDEX
    return model, inputs, targets


class _Kept:
    """A tensor that a graph keeps for its backward pass."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor


class StillKept(MemoryError):
    """The memory is full of earlier pieces; its name stands in the reply."""


class _Narrow(nn.Module):
    """A model that refuses more rows than its memory holds.

    It also refuses to run while the graphs of two earlier pieces are kept. (One may
    be: that of a piece without targets, which takes no part in ``backward``.)
    """

    def __init__(self, model: nn.Module, most: int) -> None:
        super().__init__()
        self.model, self.most = model, most
        self.graphs: list[weakref.WeakSet[_Kept]] = []

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        if ids.ndim != 2 or len(ids) > self.most:
            raise MemoryError(f"{len(ids)} rows at once, and piece is {self.most}")
        if sum(len(graph) > 0 for graph in self.graphs) > 1:
            raise StillKept("earlier pieces wait for `backward` and are kept")
        self.graphs.append(graph := weakref.WeakSet())

        def keep(tensor: Tensor) -> _Kept:
            graph.add(kept := _Kept(tensor))
            return kept

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda kept: kept.tensor):
            return self.model(ids, h_0)


def _run_step(step: Callable[..., Any]) -> Callable[..., Any]:
    """Take two steps: the losses, and the weights after them."""

    def run(seed: int, B: int, piece: int) -> Any:
        model, inputs, targets = _uneven(seed, B)
        narrow = _Narrow(model, piece)
        optimizer = torch.optim.SGD(narrow.parameters(), lr=0.5)
        losses = [step(narrow, optimizer, inputs, targets, piece) for _ in range(2)]
        if any(loss is None for loss in losses):
            return None
        weights = torch.cat([p.detach().flatten() for p in model.parameters()])
        return [*losses, weights]

    return run


def _whole_step(seed: int, B: int, piece: int) -> list:
    """The same two steps on the whole batch at once."""
    model, inputs, targets = _uneven(seed, B)
    optimizer, losses = torch.optim.SGD(model.parameters(), lr=0.5), []
    for _ in range(2):
        rows = model(inputs)[0].flatten(0, 1)
        loss = F.cross_entropy(rows, targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return [*losses, torch.cat([p.detach().flatten() for p in model.parameters()])]


def _in_pieces(
    share: Callable[[Tensor, Tensor, int], float],
    *,
    reduction: str = "sum",
    clear: str = "before",
    step_in_loop: bool = False,
    report: str = "sum",
) -> Callable[..., Any]:
    """A step in pieces; ``share`` is the factor of a piece's loss, before backward."""

    def step(
        model: Any, optimizer: Any, inputs: Tensor, targets: Tensor, piece: int
    ) -> Any:
        total, last = 0.0, None
        pieces = list(zip(inputs.split(piece), targets.split(piece), strict=True))
        if clear == "before":
            optimizer.zero_grad()
        for x, y in pieces:
            rows = model(x)[0].flatten(0, 1)
            loss = F.cross_entropy(rows, y.flatten(), reduction=reduction)
            if clear == "inside":
                optimizer.zero_grad()
            loss = loss * share(y, targets, len(pieces))
            loss.backward()
            total, last = total + loss.item(), loss
            if step_in_loop:
                optimizer.step()
        if not step_in_loop:
            optimizer.step()
        return {"sum": total, "last": last.item(), "tensor": last.detach()}[report]

    return step


def _late_step(
    model: Any, optimizer: Any, inputs: Tensor, targets: Tensor, piece: int
) -> float:
    """A step with one ``backward``, after the last piece."""
    optimizer.zero_grad()
    losses = [
        F.cross_entropy(model(x)[0].flatten(0, 1), y.flatten(), reduction="sum")
        for x, y in zip(inputs.split(piece), targets.split(piece), strict=True)
    ]
    loss = torch.stack(losses).sum() / _counted(targets)
    loss.backward()
    optimizer.step()
    return loss.item()


def _counted(targets: Tensor) -> int:
    return int((targets != data.IGNORE_INDEX).sum())


def _per_target(y: Tensor, targets: Tensor, pieces: int) -> float:
    return 1 / _counted(targets)


def _per_entry(y: Tensor, targets: Tensor, pieces: int) -> float:
    return 1 / targets.numel()


pieces = Exercise(
    number="8.7",
    name="my_step",
    success="a batch in pieces takes the very step that it takes as a whole.",
    cases=[(0, 4, 4), (1, 5, 2), (2, 5, 1), (3, 7, 3)],
    drawn=lambda rng: [(rng.randrange(999), 6, rng.randrange(1, 6))],
    say=lambda case: f"with {case[1]} rows in pieces of {case[2]}, seed {case[0]},",
    entries=("the loss of step 1", "the loss of step 2", "the weights after step 2"),
    reference=_whole_step,
    prepare=_run_step,
    strict=True,
    tolerance=1e-6,
    wrong=[
        Wrong(
            "The gradients of the means are added up, as before, so that more pieces "
            "make a longer step. (And a piece in which no target counts has no mean.)",
            _in_pieces(lambda *_: 1.0, reduction="mean", report="last"),
        ),
        Wrong(
            "The gradients of the means are added up, as before, so that more pieces "
            "make a longer step. (And a piece in which no target counts has no mean.)",
            _in_pieces(lambda *_: 1.0, reduction="mean"),
        ),
        Wrong(
            "That is the mean of the pieces' means: a target in a piece with few of "
            "them counts for more (patient 13).",
            _in_pieces(lambda y, targets, n: 1 / n, reduction="mean"),
        ),
        Wrong(
            "That is the mean of the pieces' means: a target in a piece with few of "
            "them counts for more (patient 13).",
            _in_pieces(lambda y, targets, n: 1 / n, reduction="mean", report="last"),
        ),
        Wrong(
            "The weights of the means are right. But a piece in which no target counts "
            "has no mean: its loss is nan, not 0. Which reduction gives 0?",
            _in_pieces(
                lambda y, targets, n: _counted(y) / _counted(targets), reduction="mean"
            ),
        ),
        Wrong(
            "The losses are weighted by rows. Rows have different numbers of targets.",
            _in_pieces(lambda y, targets, n: len(y) / len(targets), reduction="mean"),
        ),
        Wrong(
            "You add up and divide by nothing: the step is as many times too long as "
            "there are targets.",
            _in_pieces(lambda *_: 1.0),
        ),
        Wrong(
            "You divide by all entries of the batch, those of IGNORE_INDEX included. "
            "Divide by the targets that count.",
            _in_pieces(_per_entry),
        ),
        Wrong(
            "Each piece wipes out the gradients of the one before: clear once, before "
            "the loop.",
            _in_pieces(_per_target, clear="inside"),
        ),
        Wrong(
            "Nothing clears the gradients: the second step still has those of the "
            "first.",
            _in_pieces(_per_target, clear="never"),
        ),
        Wrong(
            "The optimizer steps after each piece. All pieces together make one step.",
            _in_pieces(_per_target, step_in_loop=True),
        ),
        Wrong(
            "The weights are right. What you return is the loss of the last piece "
            "alone.",
            _in_pieces(_per_target, report="last"),
        ),
        Wrong(
            "More than `piece` rows went through the model at once: they do not fit "
            "into its memory.",
            lambda model, optimizer, inputs, targets, piece: _late_step(
                model, optimizer, inputs, targets, len(inputs)
            ),
        ),
        Wrong(
            "One `backward` after the loop gives the right gradients, but until then "
            "every piece stays in memory, as the whole batch would. Call it piece by "
            "piece.",
            _late_step,
        ),
    ],
)


# --- 8.8 ------------------------------------------------------------------------------

_KNOWN = ["anna", "hannah", "ann", "bob", "bobby", "cleo", "theo", "otto"]
_HELD = ["hanna", "ottob", "leo"]
_PROGRAMS = [
    (_KNOWN, _HELD, 0),
    (["maria", "marion", "mario", "ron", "iona"], ["moira", "roman", "dora"], 1),
    (["dodo", "dada", "didi"], ["dada", "dodo"], 2),  # better in each epoch
]


def _run_program(program: Callable[..., Any]) -> Callable[..., Any]:
    """Run a program; its number, and the true held-out loss of its model."""

    def run(known: list[str], held: list[str], seed: int) -> Any:
        result = program(list(known), list(held), seed)
        if result is None:
            return None
        model, best = result
        vocab = _shared(known, held)
        return [best, training.evaluate(model, *names.batch(vocab, held))]

    return run


def _shared(known: list[str], held: list[str]) -> data.Vocabulary:
    return data.Vocabulary.from_texts([*known, *held], pad=True, end=True)


def _right_program(known: list[str], held: list[str], seed: int) -> list[float]:
    vocab = _shared(known, held)
    torch.manual_seed(seed)
    model = models.CharRNN(len(vocab), 16)
    pair = names.batch(vocab, held)
    settings = {"epochs": 30, "lr": 0.05, "validation": pair, "patience": 30}
    history = training.fit(model, *names.batch(vocab, known), **settings)
    return [min(history.validation), training.evaluate(model, *pair)]


def _program(
    *,
    own: bool = False,
    compare: str = "held",
    live: bool = False,
    extra: bool = False,
    last: bool = False,
    report: str = "held",
    clear: bool = True,
    swap: bool = False,
    alphabet: bool = False,
) -> Callable[..., Any]:
    """The program with some of its faults, or with others.

    Args:
        own: the held names go through a vocabulary of their own.
        compare: which two numbers decide: "held", "train" (each with its own best), or
            "sick" (the training loss with the best held-out loss).
        live: the weights are kept without a copy.
        extra: the held names are trained on as well.
        last: the last epoch's weights are returned.
        report: "held" for the best held-out loss, "train" for the training loss.
        clear: whether the gradients are cleared.
        swap: trains on the held names, and holds out the known ones.
        alphabet: uses the vocabulary of all names, with letters that do not occur.
    """

    def program(known: list[str], held: list[str], seed: int) -> Any:
        vocab = names.vocabulary() if alphabet else _shared(known, held)
        if swap:
            known, held = held, known
        x, y = names.batch(vocab, [*known, *held] if extra else known)
        its = data.Vocabulary.from_texts(held, pad=True, end=True) if own else vocab
        pair = names.batch(its, held)
        torch.manual_seed(seed)
        model = models.CharRNN(len(vocab), 16)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
        best, reported, kept = float("inf"), float("inf"), {}
        for _ in range(30):
            loss = F.cross_entropy(model(x)[0].flatten(0, 1), y.flatten())
            loss.backward()
            optimizer.step()
            if clear:
                optimizer.zero_grad()
            held_loss = training.evaluate(model, *pair)
            value = held_loss if compare == "held" else loss.item()
            if value < best:
                best = loss.item() if compare == "train" else held_loss
                reported = loss.item() if report == "train" else held_loss
                weights = model.state_dict()
                kept = weights if live else {n: w.clone() for n, w in weights.items()}
        if not last:
            model.load_state_dict(kept)
        return model, reported

    return program


_VOCABULARY = (
    "The held names still go through a vocabulary of their own, where the same id is "
    "another letter than the model has learned. Decode a row with `vocab`."
)
_LIVE = (
    "`best` is right, and the model does not have that loss: its weights went on after "
    "they were kept. state_dict() holds the live ones: what makes a copy?"
)
_DECIDES = (
    "The training loss still decides, or is compared with a held-out one. The best "
    "epoch is the one with the lowest held-out loss: compare like with like."
)

program = Exercise(
    number="8.8",
    name="my_program",
    success="three faults found in a program of twenty lines, and no fourth one made.",
    cases=_PROGRAMS,
    drawn=lambda rng: [(_KNOWN, rng.sample(_HELD, 2), rng.randrange(99))],
    say=lambda case: f"for held={case[1]} and seed={case[2]},",
    entries=("best", "the held-out loss of the model that you return"),
    reference=_right_program,
    prepare=_run_program,
    strict=True,
    tolerance=1e-4,
    time_limit=9.0,
    wrong=[
        *(
            Wrong(_VOCABULARY, _program(own=True, compare=compare, live=live))
            for compare in ("held", "train", "sick")
            for live in (False, True)
        ),
        Wrong(_LIVE, _program(live=True)),
        Wrong(_LIVE, _program(last=True)),
        *(
            Wrong(_DECIDES, _program(compare=compare, live=live, report=report))
            for compare in ("train", "sick")
            for live in (False, True)
            for report in ("held", "train")
        ),
        Wrong(
            "The right epoch, the right weights; but what you return is the training "
            "loss.",
            _program(report="train"),
        ),
        Wrong(
            "You train on the held names as well: then they are no longer held out.",
            _program(extra=True),
        ),
        Wrong(
            "Clearing after the step was no fault, and now nothing clears the "
            "gradients.",
            _program(clear=False),
        ),
        Wrong(
            "The vocabulary is another one. Leave that of `known + held`: its size "
            "decides which weights are drawn.",
            _program(alphabet=True),
        ),
        Wrong(
            "You train on the held names, and hold out the known ones.",
            _program(swap=True),
        ),
    ],
)

summary = engine.summary_of(__name__)
