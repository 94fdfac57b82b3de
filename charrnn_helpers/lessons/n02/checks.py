"""Exercises of notebook 02: shapes, reading a loss, memory by counting, the floor."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

from charrnn_helpers import data
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.comparing import value_difference
from charrnn_helpers.exercises.engine import (
    TYPE,
    VALUES,
    Exercise,
    Kind,
    Question,
    Wrong,
)


def _part(right: Sequence, entry: int, hint: str, values: list) -> Wrong:
    """A hint for each answer with one of these values in that place."""

    def matches(answer: Sequence) -> bool:
        found = (value_difference(answer[entry], v, 1e-3) is None for v in values)
        return len(answer) == len(right) and any(found)

    return Wrong(hint, (*right[:entry], values[0], *right[entry + 1 :]), matches)


def _not_so_many(right: Sequence, hint: str) -> Wrong:
    """A hint for each answer with too few or too many parts."""
    several = (list, tuple)
    return Wrong(
        hint, right[:2], lambda a: isinstance(a, several) and len(a) != len(right)
    )


# --- 2.1 ------------------------------------------------------------------------------


_PREDICTED = ((3, 5), torch.int64, 15, 10)
_gives = partial(_part, _PREDICTED)

shift_prediction = Question(
    number="2.1",
    name="prediction",
    success="15 targets, and 10 of them are examples from a text.",
    expected=lambda: _PREDICTED,
    entries=(
        "the shape",
        "the dtype",
        "the number of targets",
        "the number of characters among them",
    ),
    wrong=[
        Wrong(
            "The shape is one of the four things: put it in brackets of its own.",
            (3, 5, torch.int64, 15, 10),
        ),
        _not_so_many(
            _PREDICTED,
            "Four things are asked for: after shape and dtype come the number of "
            "targets, and how many of them are characters of their text.",
        ),
        _gives(
            0,
            "That is the shape before the shift. How many targets has a text of six "
            "characters?",
            [(3, 6)],
        ),
        _gives(0, "The batch comes first: one row per text.", [(5, 3), (6, 3)]),
        _gives(
            0,
            "That would be the shift along the wrong axis, from one text to the next.",
            [(2, 6), (2, 5)],
        ),
        _gives(
            0,
            "The longest text decides how many columns there are; the rest is padding.",
            [(3, 2), (3, 3), (3, 4)],
        ),
        _gives(
            0,
            "A target is one id, and ids has one axis for the texts and one for their "
            "characters. Which of them does the shift make shorter?",
            [(3, 5, 10), (15,), (1, 12)],
        ),
        _gives(
            1,
            "A target selects a character, and the shift does not touch the dtype of "
            "the ids.",
            [torch.float32, torch.float64, float],
        ),
        _gives(
            1,
            "Write the dtype as PyTorch does, such as torch.float32, without quotes.",
            ["int64", "torch.int64", "long"],
        ),
        _gives(
            1,
            "It is a whole number, but in PyTorch these come in several widths, and "
            "ids have the one that torch.tensor([1, 2]) gets.",
            [int, torch.int32],
        ),
        Wrong(
            "The last two are the other way round: first all targets, then those that "
            "are a character of their text.",
            ((3, 5), torch.int64, 10, 15),
            lambda a: tuple(a[2:]) == (10, 15),
        ),
        _gives(
            2,
            "There are as many targets as the shape has places, padding and all.",
            [18, 10, 12, 13],
        ),
        _gives(
            3,
            "You count every character of the three texts. The first one of each is "
            "given: it is never a target.",
            [13],
        ),
        _gives(
            3,
            "In the last place you count padding. Only a target that is a character of "
            "its text counts there.",
            [15, 18, 5],
        ),
        _gives(
            3,
            "You leave out the first character of each text and the last one. Is the "
            "last one not the target of the one before it?",
            [7],
        ),
    ],
)


# --- 2.2 ------------------------------------------------------------------------------


_READINGS = (math.log(10 / 3), 2 * math.log(2), 2.0)
_reads = partial(_part, _READINGS)

readings = Question(
    number="2.2",
    name="readings",
    success="p is 3/10, a bit is ln 2 nats, and surprises are averaged before exp.",
    expected=lambda: _READINGS,
    entries=("the loss of 1", "the loss of 2", "the perplexity of 3"),
    tolerance=1e-3,
    wrong=[
        _not_so_many(
            _READINGS, "Three numbers are asked for: a loss, a loss and a perplexity."
        ),
        _reads(
            0, "That is the probability of the target. The loss is −ln of it.", [0.3]
        ),
        _reads(0, "A loss is never negative: it is −ln p.", [math.log(0.3)]),
        _reads(
            0,
            "You take the logits for probabilities. Softmax first takes e to the power "
            "of each, and divides by the sum.",
            [
                -math.log(math.log(3)),
                math.log(math.log(18) / math.log(3)),
                math.log(6),
                math.log(3) / math.log(18),
                -math.log(3),
            ],
        ),
        _reads(
            0, "e to the power of 0 is 1, not 0: it counts in the sum.", [math.log(3)]
        ),
        _reads(
            0,
            "That is the loss if another one of the three were the target.",
            [math.log(10 / 6), math.log(10)],
        ),
        _reads(
            0,
            "In the first place you give bits or powers of ten: math.log is the "
            "logarithm of a nat.",
            [math.log2(10 / 3), math.log10(10 / 3)],
        ),
        _reads(0, "That is the perplexity, e to the power of the loss.", [10 / 3]),
        _reads(
            1,
            "Wrong way round: a nat is more than a bit. One bit is an even choice of "
            "two, and costs ln 2 = 0.69 nats.",
            [2 / math.log(2)],
        ),
        _reads(1, "Two bits are the surprise of p = 1/4. What is that in nats?", [2.0]),
        _reads(
            1,
            "That is a number of choices, not a loss: take its logarithm.",
            [4.0, math.exp(2)],
        ),
        _reads(1, "ln 2 is one bit, and two are asked for.", [math.log(2)]),
        _reads(
            2,
            "Perplexity is not the mean of the choices, 1 and 4. Take the mean of the "
            "surprises, and then exp of it.",
            [2.5, 3.0],
        ),
        _reads(
            2,
            "That is the loss, in nats or in bits; the perplexity is exp of the nats.",
            [math.log(2), 1.0],
        ),
        _reads(
            2,
            "That is the perplexity of the hard half alone. The other places cost "
            "nothing, and count in the mean.",
            [4.0],
        ),
        _reads(
            2,
            "You take half of the probability of 1/4, or of the choices. Start with "
            "the surprise at each of the two kinds of places.",
            [8.0, 0.5, 5 / 8, 1.6, math.exp(2)],
        ),
        Wrong(
            "Rounded to few digits, or not quite: type the expression.",
            (1.2, 1.4, 2.0),
            lambda a: all(abs(x - y) < 0.06 for x, y in zip(a, _READINGS, strict=True)),
        ),
    ],
)


# --- 2.3 ------------------------------------------------------------------------------


Answer = Callable[[Tensor, Tensor], float]


def _sees(context: Callable[[list[int], int], Hashable]) -> Answer:
    """The loss of a predictor that sees, at step t of a row, such a context."""

    def answer(inputs: Tensor, targets: Tensor) -> float:
        found = [context(row, t) for row in inputs.tolist() for t in range(len(row))]
        return data.conditional_entropy(found, targets.flatten().tolist())

    return answer


def _pair(row: list[int], t: int) -> tuple:
    return row[t - 1] if t else None, row[t]


def _around(row: list[int], t: int) -> tuple:
    return row[t - 1], row[t]


def _table(inputs: Tensor, targets: Tensor) -> float:
    """Cross-entropy of the counted table, by PyTorch: the reference."""
    contexts = [pair for row in inputs.tolist() for pair in pairwise([None, *row])]
    numbers = {pair: i for i, pair in enumerate(dict.fromkeys(contexts))}
    x, y = torch.tensor([numbers[c] for c in contexts]), targets.flatten()
    counts = torch.zeros(len(numbers), int(y.max()) + 1, dtype=torch.float64)
    counts.index_put_((x, y), torch.ones(1).double(), accumulate=True)
    return F.cross_entropy(counts.log()[x], y).item()


def _in_one_row(context: Callable) -> Answer:
    return lambda x, y: _sees(context)(x.flatten()[None], y[None])


def _without_first(inputs: Tensor, targets: Tensor) -> float:
    contexts = [pair for row in inputs.tolist() for pair in pairwise(row)]
    return data.conditional_entropy(contexts, targets[:, 1:].flatten().tolist())


def _rows_apart(inputs: Tensor, targets: Tensor) -> float:
    losses = [_table(x[None], y[None]) for x, y in zip(inputs, targets, strict=True)]
    return sum(losses) / len(losses)


_TRIGRAMS: dict[str, list[Answer]] = {
    "That is the bigram's loss: it does not look at the character before.": [
        _sees(lambda row, t: row[t])
    ],
    "That is the loss of who remembers the whole row: the trigram sees two "
    "characters.": [_sees(lambda row, t: tuple(row[: t + 1]))],
    "You look three characters back. A trigram is three with the target: it sees "
    "two.": [_sees(lambda row, t: tuple(row[max(0, t - 2) : t + 1]))],
    "You see what stands before the current character, and not that one itself.": [
        _sees(lambda row, t: row[t - 1] if t else None),
        _sees(lambda row, t: tuple(row[max(0, t - 2) : t])),
    ],
    "At the first place of a row your context is the last character of another row. "
    "Each row begins on its own.": [_in_one_row(_pair), _in_one_row(_around)],
    "You let the predictor see the target that it is to predict. It sees the current "
    "input, and the input before.": [lambda inputs, targets: 0.0],
    "A list cannot be a key of a dictionary: make a tuple of it.": [
        _sees(lambda row, t: row[max(0, t - 1) : t + 1])
    ],
    "You read down the columns. A row is one text.": [
        lambda inputs, targets: _table(inputs.T, targets.T)
    ],
    "That is the unigram's loss: it sees nothing.": [_sees(lambda row, t: 0)],
    "At the first place you reach around to the end of the row: an index of −1 is the "
    "last entry, in Python.": [_sees(_around)],
    "At the first place your predictor sees nothing. It sees the character there, and "
    "that the row begins.": [_sees(lambda row, t: tuple(row[t - 1 : t + 1]))],
    "At the first place you put in a character that may also be a real one, such as "
    "id 0. That the row begins there is a context of its own.": [
        _sees(lambda row, t: (row[t - 1] if t else 0, row[t])),
        _sees(lambda row, t: (row[max(0, t - 1)], row[t])),
    ],
    "The targets of the first places are missing. They count: there the predictor sees "
    "one character, and that the row begins.": [_without_first],
    "You count each row apart, and take the mean. One table serves all rows.": [
        _rows_apart
    ],
    "Two different pairs become one context in your code. Keep each of them as a "
    "tuple: its order counts, and 1, 12 is not 11, 2.": [
        _sees(lambda row, t: frozenset(_pair(row, t))),
        _sees(lambda row, t: "".join(map(str, _pair(row, t)))),
        _sees(lambda row, t: 10 * (row[t - 1] if t else -1) + row[t]),
        _sees(lambda row, t: (row[t - 1] if t else -1) + row[t]),
    ],
    "That is in bits. A loss of this series is in nats.": [
        lambda x, y: _table(x, y) / math.log(2)
    ],
    "You add the surprises up; the loss is their mean.": [
        lambda x, y: _table(x, y) * y.numel()
    ],
    "That is the perplexity.": [lambda x, y: math.exp(_table(x, y))],
    "A loss is never negative: look at the sign.": [lambda x, y: -_table(x, y)],
}


def _batch(*texts: str) -> tuple[Tensor, Tensor]:
    vocab = data.Vocabulary.from_texts(texts)
    return data.shift(data.encode_batch(vocab, texts))


def _drawn(rng: random.Random) -> tuple[Tensor, Tensor]:
    return data.shift(torch.tensor([rng.choices(range(3), k=9) for _ in range(4)]))


trigram = Exercise(
    number="2.3",
    name="my_trigram_loss",
    success="on the three sentences that is 0.1373, below the bigram's 0.8551.",
    cases=lambda: [
        _batch("abab", "cbcb"),
        _batch("aab", "aac", "baa"),  # the first place is a context of its own
        _batch("abcab", "bbcaa", "cabca", "abcbb"),
        _batch("ab", "ac", "ab"),  # one target in each row
        _batch("hihohihahihi"),
        _batch(*data.pad(data.SENTENCES)),
        (  # pairs that are one where two ids are glued together: 1, 12 and 11, 2
            torch.tensor([[1, 12], [2, 2], [11, 2], [1, 18], [0, 30]]),
            torch.tensor([[12, 5], [2, 6], [2, 7], [18, 8], [30, 9]]),
        ),
    ],
    drawn=lambda rng: [_drawn(rng)],
    reference=_table,
    forbidden={"prefix_loss": "the trigram sees two characters, not the whole prefix."},
    wrong=[
        Wrong(hint, answer) for hint, given in _TRIGRAMS.items() for answer in given
    ],
)


# --- 2.4 ------------------------------------------------------------------------------


def _with_memory(texts: Sequence[str], memory: int) -> float:
    """The lowest loss of who sees the last characters of a text, as in the lab."""
    places = [(text, t) for text in texts for t in range(1, len(text))]
    contexts = [text[max(0, t - memory) : t] for text, t in places]
    return data.conditional_entropy(contexts, [text[t] for text, t in places])


def _needed(texts: Sequence[str]) -> int:
    """How much memory reaches the floor."""
    longest = max(map(len, texts))
    floor = _with_memory(texts, longest) + 1e-9
    return next(k for k in range(longest + 1) if _with_memory(texts, k) <= floor)


def _judge(answer: object, expected: object) -> tuple[Kind, str] | None:
    """Whether four characters of memory are what the texts take."""
    pair = isinstance(answer, (list, tuple)) and len(answer) == 2
    if not pair or not all(isinstance(text, str) for text in answer):
        return TYPE, "two texts are asked for, as (first, second)"
    lengths = [len(text) for text in answer]
    if lengths[0] != lengths[1]:
        return VALUES, (
            f"the texts have {lengths[0]} and {lengths[1]} characters: make them "
            "equally long, so that no padding comes in"
        )
    if not 2 <= lengths[0] <= 200:
        return VALUES, "each text needs 2 to 200 characters"
    needed = _needed(answer)
    if needed == 4:
        return None
    losses = [_with_memory(answer, k) for k in (3, 4, lengths[0])]
    return VALUES, (
        f"your texts need {needed}, not 4: a memory of 3 costs {losses[0]:.4f}, of 4 "
        f"{losses[1]:.4f}, and of everything {losses[2]:.4f} nats per character"
    )


def _takes(hint: str, example: tuple[str, str], *counts: int) -> Wrong:
    """A hint for texts that need so much memory."""

    def matches(answer: Sequence[str]) -> bool:
        proper = _judge(answer, None)
        fits = proper is not None and proper[1].startswith("your texts need")
        return fits and _needed(answer) in counts

    return Wrong(hint, example, matches)


two_texts = Question(
    number="2.4",
    name="two_texts",
    success="three characters leave a place open, and the fourth decides.",
    expected=lambda: ("bring", "drink"),
    accept=_judge,
    wrong=[
        _takes(
            "Nothing is open that memory could close: one character reaches the floor, "
            "or none.",
            ("abcd", "abcd"),
            0,
            1,
        ),
        _takes(
            "A shorter memory reaches the floor. Both texts must hold the same three "
            "characters in a row, followed by two different ones.",
            ("sing", "hint"),
            2,
            3,
        ),
        _takes(
            "The texts share more than three characters before the place that is open. "
            "Bring what tells them apart nearer.",
            ("a thing", "b think"),
            *range(5, 200),
        ),
    ],
)


# --- 2.5 ------------------------------------------------------------------------------


_SPACE = 2 * math.log(3 / 2) + math.log(3)
_THIRD = 2 * math.log(2)
_SUM = _SPACE + _THIRD
_LINE_AND_FLOOR = (5.0, _SUM / 18)  # 5.0: the two may come as an array
_floor = partial(_part, _LINE_AND_FLOOR, 1)

line_and_floor = Question(
    number="2.5",
    name="line_and_floor",
    success="the last target of each row wrapped around, which hid an open question.",
    expected=lambda: _LINE_AND_FLOOR,
    entries=("the line", "the floor"),
    tolerance=5e-5,
    wrong=[
        Wrong(
            "The floor is right. The line is another one: decode inputs and targets of "
            "one row, in your head or in a new cell, and read them.",
            (4, _SUM / 18),
            lambda a: a[0] in (1, 2, 3, 4, 6) and abs(a[1] - _SUM / 18) < 5e-4,
        ),
        Wrong(
            "That line does what it should. Decode inputs and targets of one row, in "
            "your head or in a new cell, and read them.",
            (4, 1.0),
            lambda a: a[0] in (1, 2, 3, 4, 6),
        ),
        Wrong(
            "The line comes first, the floor second.",
            (_SUM / 18, 5),
            lambda a: a[1] == 5,
        ),
        _floor(
            "That is the floor of the program with the bug. Which question does the "
            "bug hide?",
            [_SPACE / 18],
        ),
        _floor(
            "That is the choice between t and p alone. What is open after the space?",
            [_THIRD / 18],
        ),
        _floor("The sum is right. Divide it by the number of targets.", [_SUM]),
        _floor(
            "You divide by the characters; the first of each row is given, and no "
            "target.",
            [_SUM / 21],
        ),
        _floor(
            "The sum is right. Divide it by all targets of all three texts: those that "
            "can be known from their prefix count, with a surprise of 0.",
            [_SUM / 5, _SUM / 15, _SUM / 6, _SUM / 3],
        ),
        _floor(
            "After the space the choice is not even: c comes twice, d once.",
            [
                4 * math.log(2) / 18,
                5 * math.log(2) / 18,
                (3 * math.log(3) + _THIRD) / 18,
                (2 * math.log(3) + _THIRD) / 18,
            ],
        ),
        _floor(
            "A question is asked in each text that comes to it. How many texts come to "
            "the space, how many to the third letter after ca? Add up a surprise for "
            "each of them, not the mean.",
            [
                math.log(6) / 18,
                (math.log(3 / 2) + math.log(3) + _THIRD) / 18,
                (_SPACE + math.log(2)) / 18,
                (_SPACE + 3 * math.log(2)) / 18,
                _SPACE / 3 / 18,
                (_SPACE / 3 + math.log(2)) / 18,
                (_SPACE / 3 + _THIRD) / 18,
            ],
        ),
        _floor(
            "That is the floor in bits, or by log10: math.log is the logarithm of a "
            "nat.",
            [_SUM / 18 / math.log(2), _SUM / 18 / math.log(10)],
        ),
        _floor("A surprise is never negative: look at the sign.", [-_SUM / 18]),
        _floor(
            "That is the perplexity, e to the power of the floor.",
            [math.exp(_SUM / 18)],
        ),
        _floor(
            "A floor of 0 says that every target can be known from its prefix. Is that "
            "so after the ca?",
            [0.0],
        ),
        Wrong(
            "That is the floor, rounded to few digits. Give the expression.",
            (5, 0.183),
            lambda a: a[0] == 5 and abs(a[1] - _SUM / 18) < 5e-3,
        ),
    ],
)


summary = engine.summary_of(__name__)
