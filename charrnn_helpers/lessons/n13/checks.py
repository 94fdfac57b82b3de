"""The checks of notebook 13: reports, a mixture, any batch, overlapping windows."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import Exercise, Question, Wrong
from charrnn_helpers.exercises.kit import hints
from charrnn_helpers.models import CharGRU, CharLSTM, CharRNN

# --- 13.1: reports --------------------------------------------------------------------


def _entry(place: int, *values: Any) -> Callable[[Any], bool]:
    return lambda answer: answer[place] in values


def _is_no_triple(answer: Any) -> bool:
    return not isinstance(answer, (tuple, list)) or len(answer) != 3


def _letters(others: Any) -> set:
    """The reports of the last entry, however they are listed."""
    if isinstance(others, str):
        others = re.sub(r"[\s,;]", "", others)
    return set(others) if isinstance(others, (str, list, tuple, set)) else {others}


def _is_odd(answer: Any) -> bool:
    best, bits, others = answer
    if isinstance(bits, (str, bool)) or not isinstance(bits, (int, float)):
        return True
    return best not in tuple("ABCDEF") or not _letters(others) <= set("ABCDEF")


def _accept(answer: Any, expected: Any) -> tuple | None:
    """The letters in any order; the bits to two decimals."""
    if _is_no_triple(answer) or _is_odd(answer):
        return engine.VALUES, f"you gave {engine.describe(answer)}"
    best, bits, others = answer
    if best != expected[0]:
        return engine.VALUES, "the first entry is not the best comparable report."
    if _letters(others) != set(expected[2]):
        return engine.VALUES, "the last entry does not hold the right reports."
    if not abs(bits - expected[1]) < 0.0051:  # nor is NaN near
        return engine.VALUES, f"{bits} is not its figure in bits per character."
    return None


_ASIDE = "Look at text and protocol of each row: which differ from those of A? "

reports = Question(
    number="13.1",
    name="my_reading",
    success="one unit, one text, one protocol: now they can be compared.",
    expected=lambda: ("C", 1.28 / math.log(2), "BDE"),
    accept=_accept,
    wrong=[
        Wrong(
            "Three entries are asked for, as a tuple: a letter, a number, letters.",
            "C",
            _is_no_triple,
        ),
        Wrong(
            'Best report, its figure, the others, as in ("A", 1.90, "EF"): '
            "letters are capitals in quotation marks, the figure is a number.",
            ("c", "1.85", "bde"),
            _is_odd,
        ),
        Wrong(
            "The lowest number of all is in other units: convert nats and perplexity "
            "into bits first, and leave out what has another text or protocol.",
            ("D", 1.45, "BE"),
            _entry(0, "D"),
        ),
        Wrong(
            "E was measured on the files that it was trained on: that says how well it "
            "remembers them.",
            ("E", 1.51, "BD"),
            _entry(0, "E"),
        ),
        Wrong(
            "B never resets its state: part of its lead belongs to the protocol.",
            ("B", 1.72, "DE"),
            _entry(0, "B"),
        ),
        Wrong(
            "A perplexity of 3.65 is a choice among 3.65 equally likely characters: "
            "log2 of it, in bits. Another report is lower.",
            ("F", 1.87, "BDE"),
            _entry(0, "F"),
        ),
        Wrong(
            "A is in bits already; of those that can be compared with it, two are in "
            "other units. Convert them.",
            ("A", 1.90, "BDE"),
            _entry(0, "A"),
        ),
        Wrong(
            "C has another unit than A, and the same text and protocol: it can be "
            "compared, once it is converted. That goes for F, too.",
            ("C", 1.85, "BDEF"),
            lambda answer: bool(_letters(answer[2]) & set("CF")),
        ),
        Wrong(
            "A is what the others are compared with: it does not belong in the list.",
            ("C", 1.85, "ABDE"),
            lambda answer: "A" in _letters(answer[2]),
        ),
        Wrong(
            _ASIDE + "There are three.",
            ("C", 1.85, "BD"),
            lambda answer: _letters(answer[2]) != set("BDE"),
        ),
        Wrong(
            "1.28 is in nats. A bit is ln 2 = 0.693 nats: there are more bits than "
            "nats.",
            ("C", 1.28, "BDE"),
            lambda answer: abs(answer[1] - 1.28) < 0.006,
        ),
        Wrong(
            "Divide by ln 2, do not multiply: a bit is less than a nat, so it takes "
            "more of them.",
            ("C", 0.89, "BDE"),
            lambda answer: abs(answer[1] - 1.28 * math.log(2)) < 0.006,
        ),
        Wrong(
            "From nats to bits: divide by ln 2 = 0.693. A logarithm of the loss, or e "
            "to its power, is something else.",
            ("C", 3.60, "BDE"),
            lambda answer: any(
                abs(answer[1] - value) < 0.011
                for value in (math.exp(1.28), 2**1.28, math.log2(1.28), 1.28 / 2)
            ),
        ),
        Wrong(
            "That is the figure of F; the report that you named is C.",
            ("C", 1.87, "BDE"),
            lambda answer: abs(answer[1] - math.log2(3.65)) < 0.006,
        ),
        Wrong(
            "Nearly. Divide by ln 2, and round to two decimals.",
            ("C", 1.9, "BDE"),
            lambda answer: abs(answer[1] - 1.28 / math.log(2)) < 0.06,
        ),
    ],
)


# --- 13.2: a mixture ------------------------------------------------------------------


def _nats(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


_PAIRS = [
    (_nats(0.1, 2.0, 3.0), _nats(1.0, 0.5, 4.0), 0.5),
    (_nats(0.1, 2.0, 3.0), _nats(1.0, 0.5, 4.0), 0.8),
    (_nats(0.2, 5.0), _nats(0.9, 0.4), 0.0),
    (_nats(0.2, 5.0), _nats(0.9, 0.4), 1.0),
    (_nats(12.0, 0.01, 0.7, 1.1), _nats(0.3, 9.0, 0.7, 2.2), 0.25),
    (_nats(1.5), _nats(0.25), 0.3),
]


def _drawn_pairs(rng: random.Random) -> list[tuple]:
    n = rng.randrange(2, 30)
    a, b = ([rng.uniform(0.01, 6) for _ in range(n)] for _ in "ab")
    return [(_nats(*a), _nats(*b), rng.uniform(0.1, 0.9))]


def _mixed(a: Tensor, b: Tensor, share: float) -> Tensor:
    """The mixture's nats for each character."""
    return -(share * (-a).exp() + (1 - share) * (-b).exp()).log()


def _bits(nats: Tensor) -> float:
    return nats.mean().item() / math.log(2)


mixture = Exercise(
    number="13.2",
    name="my_mixture",
    success="probabilities are mixed, surprises are not.",
    cases=_PAIRS,
    drawn=_drawn_pairs,
    reference=lambda of_model, of_table, share: _bits(
        _mixed(of_model, of_table, share)
    ),
    strict=True,
    wrong=hints(
        {
            "You mix the losses. A mixture has one probability for each character, and "
            "that is the mean of two probabilities: turn nats into probabilities "
            "first.": [
                lambda a, b, s: _bits(s * a + (1 - s) * b),
                lambda a, b, s: (s * a + (1 - s) * b).mean().item(),
                lambda a, b, s: s * _bits(a) + (1 - s) * _bits(b),
                lambda a, b, s: _bits((a + b) / 2),
            ],
            "That is in nats: divide by ln 2.": [
                lambda a, b, s: _mixed(a, b, s).mean().item(),
            ],
            "From nats to bits, divide by ln 2: a bit is less than a nat.": [
                lambda a, b, s: _mixed(a, b, s).mean().item() * math.log(2),
                lambda a, b, s: _mixed(a, b, s).mean().item() * 2,
                lambda a, b, s: _mixed(a, b, s).mean().item() / 2,
            ],
            "The shares are exchanged: share is the model's, the table gets the "
            "rest.": [
                lambda a, b, s: _bits(_mixed(b, a, s)),
                lambda a, b, s: _mixed(b, a, s).mean().item(),
            ],
            "share is not in use: with 0.8 the model counts for 0.8.": [
                lambda a, b, s: _bits(_mixed(a, b, 0.5)),
            ],
            "First −log for each character, then the mean: you take the logarithm of "
            "the mean probability.": [
                lambda a, b, s: -math.log2((-_mixed(a, b, s)).exp().mean().item()),
                lambda a, b, s: -math.log((-_mixed(a, b, s)).exp().mean().item()),
            ],
            "Bits are −log₂ p: the sign is missing.": [
                lambda a, b, s: -_bits(_mixed(a, b, s)),
                lambda a, b, s: -_mixed(a, b, s).mean().item(),
            ],
            "You use the nats as if they were probabilities. p is e to the power of "
            "−nats.": [
                lambda a, b, s: -(s * a + (1 - s) * b).log2().mean().item(),
                lambda a, b, s: -(s * a + (1 - s) * b).log().mean().item(),
            ],
            "p is e to the power of −nats: the minus is missing.": [
                lambda a, b, s: -(s * a.exp() + (1 - s) * b.exp()).log2().mean().item(),
                lambda a, b, s: (s * a.exp() + (1 - s) * b.exp()).log2().mean().item(),
            ],
            "Nats belong to e, bits to 2: p is e to the power of −nats.": [
                lambda a, b, s: -(s * 2**-a + (1 - s) * 2**-b).log2().mean().item(),
                lambda a, b, s: _bits(_mixed(a / math.log(2), b / math.log(2), s)),
            ],
            "The mean over the characters is asked for, not the sum.": [
                lambda a, b, s: _mixed(a, b, s).sum().item() / math.log(2),
            ],
            "One number is asked for: the mean over the characters.": [
                lambda a, b, s: _mixed(a, b, s) / math.log(2),
            ],
            "Whichever was less surprised cannot be known before the character has "
            "come: that is no mixture.": [
                lambda a, b, s: _bits(torch.minimum(a, b)),
                lambda a, b, s: min(_bits(a), _bits(b)),
            ],
            "The two are added, so their probabilities no longer have the sum 1: mix "
            "them with share and 1 − share.": [
                lambda a, b, s: -((-a).exp() + (-b).exp()).log2().mean().item(),
                lambda a, b, s: -(s * (-a).exp() + (-b).exp()).log2().mean().item(),
                lambda a, b, s: (
                    _bits(_mixed(a, b, 0.5) - math.log(2 * s)) if s else math.inf
                ),
            ],
            "The two shares, share and 1 − share, have the sum 1 already: there is "
            "nothing to halve.": [lambda a, b, s: _bits(_mixed(a, b, s)) + 1],
            "The probabilities are there already, −nats taken to e's power, each of "
            "the character that came: softmax compares characters of different "
            "places.": [
                lambda a, b, s: _bits(
                    -(s * (-a).softmax(0) + (1 - s) * (-b).softmax(0)).log()
                ),
            ],
            "Return a number of Python: .item() takes it out of the tensor.": [
                lambda a, b, s: _mixed(a, b, s).mean() / math.log(2),
            ],
            "The table has no part in your answer.": [lambda a, b, s: _bits(a)],
            "The model has no part in your answer.": [lambda a, b, s: _bits(b)],
        }
    ),
)


# --- 13.3: any batch ------------------------------------------------------------------

_BATCHES = [
    (torch.arange(26), 3, 4, 0),
    (torch.arange(26), 3, 4, 1),
    (torch.arange(26), 3, 4, 2),  # the second epoch begins
    (torch.arange(26), 3, 4, 5),
    (torch.arange(100, 123), 2, 4, 2),  # the last batch of an epoch is short
    (torch.arange(100, 123), 2, 4, 3),
    (torch.arange(100, 123), 2, 4, 8),
    (torch.arange(9), 1, 3, 7),
    (torch.arange(24), 3, 4, 1),  # the rows would hold one more, without a target
    (torch.arange(50), 4, 5, 14),  # 2.4 batches are three
    (torch.arange(50) % 7, 4, 20, 3),  # an epoch of one batch
    (torch.arange(40) % 4, 2, 4, 1),  # looks like the first one
]


def _drawn_batches(rng: random.Random) -> list[tuple]:
    rows, steps = rng.randrange(1, 6), rng.randrange(1, 9)
    return [(torch.arange(rng.randrange(40, 90)), rows, steps, rng.randrange(60))]


def _batch(
    ids: Tensor,
    batch_size: int,
    seq_len: int,
    number: int,
    *,
    per_epoch: Callable[[int, int], int] = lambda steps, T: -(-steps // T),
    wrap: bool = True,
    fresh: Callable[[int, int], bool] = lambda number, epoch: number % epoch == 0,
    late: bool = False,
    steps_of: Callable[[int, int], int] = lambda n, B: (n - 1) // B,
) -> tuple[Tensor, Tensor, bool]:
    """By one row after another."""
    steps = steps_of(len(ids), batch_size)
    epoch = per_epoch(steps, seq_len)
    at = number % epoch if wrap else number
    x, y = [], []
    for row in range(batch_size):
        whole = ids[row * steps : (row + 1) * steps]
        after = ids[row * steps + 1 : (row + 1) * steps + 1]
        if late:  # each row shifted by itself, its first symbol at its end
            after = whole.roll(-1)
        piece = slice(at * seq_len, (at + 1) * seq_len)
        x.append(whole[piece])
        y.append(after[piece])
    return torch.stack(x), torch.stack(y), fresh(number, epoch)


def _in_a_row(
    ids: Tensor, batch_size: int, seq_len: int, number: int
) -> tuple[Tensor, Tensor, bool]:
    """Windows one after the other: row b does not go on where it ended."""
    size = batch_size * seq_len
    epoch = max((len(ids) - 1) // size, 1)
    start = number % epoch * size
    x, y = ids[start : start + size], ids[start + 1 : start + 1 + size]
    return x.view(-1, seq_len), y.view(-1, seq_len), number % epoch == 0


def _rows(ids: Tensor, batch_size: int) -> tuple[Tensor, Tensor, int]:
    steps = (len(ids) - 1) // batch_size
    x, y = (t[: steps * batch_size].view(batch_size, -1) for t in (ids, ids[1:]))
    return x, y, steps


def _all_batches(ids: Tensor, batch_size: int, seq_len: int, number: int) -> list:
    x, y, _ = _rows(ids, batch_size)
    return list(zip(x.split(seq_len, 1), y.split(seq_len, 1), strict=True))


def _by_characters(ids: Tensor, batch_size: int, seq_len: int, number: int) -> tuple:
    x, y, steps = _rows(ids, batch_size)
    start = number * seq_len % steps
    piece = slice(start, start + seq_len)
    return x[:, piece], y[:, piece], start == 0


def _padded(ids: Tensor, batch_size: int, seq_len: int, number: int) -> tuple:
    x, y, reset = _batch(ids, batch_size, seq_len, number)
    missing = (0, seq_len - x.shape[1])
    return F.pad(x, missing), F.pad(y, missing), reset


def _moved_back(ids: Tensor, batch_size: int, seq_len: int, number: int) -> tuple:
    x, y, steps = _rows(ids, batch_size)
    place = number % -(-steps // seq_len)
    start = min(place * seq_len, steps - seq_len)
    piece = slice(start, start + seq_len)
    return x[:, piece], y[:, piece], place == 0


def _cut_first(ids: Tensor, batch_size: int, seq_len: int, number: int) -> tuple:
    steps = len(ids) // batch_size
    rows = ids[: steps * batch_size].view(batch_size, steps)
    place = number % -(-(steps - 1) // seq_len)
    piece = slice(place * seq_len, (place + 1) * seq_len)
    return rows[:, :-1][:, piece], rows[:, 1:][:, piece], place == 0


def _shifted_twice(ids: Tensor, batch_size: int, seq_len: int, number: int) -> tuple:
    x, y, steps = _rows(ids, batch_size)
    place = number % -(-steps // seq_len)
    start = place * seq_len
    late = slice(start + 1, start + seq_len + 1)
    return x[:, start : start + seq_len], y[:, late], place == 0


def _batch_with(**how: Any) -> Callable:
    return lambda ids, batch_size, seq_len, number: _batch(
        ids, batch_size, seq_len, number, **how
    )


def _only(pick: Callable[[tuple], Any]) -> Callable:
    return lambda *case: pick(_batch(*case))


batch = Exercise(
    number="13.3",
    name="my_batch",
    success="any batch of any epoch, and the state reset where the rows begin again.",
    cases=_BATCHES,
    drawn=_drawn_batches,
    reference=_batch,
    entries=("inputs", "targets", "reset"),
    wrong=hints(
        {
            "After the last batch of an epoch the rows begin again: count the batches "
            "of an epoch, and take the remainder.": [
                _batch_with(wrap=False),
                _batch_with(wrap=False, fresh=lambda number, epoch: number == 0),
                lambda *case: (*_all_batches(*case)[case[3]], case[3] == 0),
            ],
            "An epoch is a whole number of batches, the last one short. Count batches, "
            "then multiply: characters modulo the steps of a row end elsewhere.": [
                _by_characters
            ],
            "The state is reset at the start of every epoch, not of the first one "
            "only.": [_batch_with(fresh=lambda number, epoch: number == 0)],
            "The state is carried within an epoch: a reset in every batch forgets what "
            "came before.": [_batch_with(fresh=lambda number, epoch: True)],
            "Without a reset the second epoch begins with the states that belong to "
            "the ends of the rows.": [_batch_with(fresh=lambda number, epoch: False)],
            "reset is True at the first batch of an epoch, not at the last one.": [
                _batch_with(fresh=lambda number, epoch: (number + 1) % epoch == 0)
            ],
            "reset is True where the rows begin again, and False elsewhere: yours is "
            "the other way round.": [
                _batch_with(fresh=lambda number, epoch: number % epoch != 0)
            ],
            "The last batch of an epoch may have fewer columns. Round the number of "
            "batches up, not down.": [
                _batch_with(per_epoch=lambda steps, T: max(steps // T, 1)),
                _batch_with(per_epoch=lambda steps, T: max(round(steps / T), 1)),
            ],
            "The last batch of an epoch has fewer columns: neither padding nor "
            "characters of the batch before fill it.": [_padded, _moved_back],
            "The number of batches is the steps of a row divided by seq_len, rounded "
            "up: where the division leaves no rest, you have one too many.": [
                _batch_with(per_epoch=lambda steps, T: steps // T + 1),
            ],
            "These are pieces in a row. In a stream, row 0 of a batch goes on where "
            "row 0 of the batch before ended.": [_in_a_row],
            "The target of a row's last input is the first input of the next row: "
            "shift the whole text first, then cut it.": [
                _batch_with(late=True),
                _cut_first,
            ],
            "targets is shifted already: take the same columns of both.": [
                _shifted_twice
            ],
            "The last character of the text has no next one: a row has (N − 1) // "
            "batch_size steps.": [
                _batch_with(steps_of=lambda n, B: n // B),
            ],
            "inputs and targets are exchanged.": [
                _only(lambda found: (found[1], found[0], found[2]))
            ],
            "The targets are the inputs: shift them by one character.": [
                _only(lambda found: (found[0], found[0], found[2]))
            ],
            "Three things are asked for: inputs, targets, and whether to reset.": [
                _only(lambda found: found[:2]),
                _only(lambda found: (found[:2], found[2])),
            ],
            "The axes are exchanged: shape (batch_size, T) is asked for.": [
                _only(lambda found: (found[0].T, found[1].T, found[2]))
            ],
            "Batches are counted from 0.": [
                lambda ids, B, T, number: _batch(ids, B, T, max(number - 1, 0)),
                lambda ids, B, T, number: _batch(ids, B, T, number + 1),
            ],
            "Two batches may look alike: number says where an epoch begins, not the "
            "text.": [
                lambda *case: _batch(
                    *case,
                    fresh=lambda number, epoch: torch.equal(
                        _batch(*case)[0], _batch(*case[:3], 0)[0]
                    ),
                )
            ],
            "reset is True or False, not a number.": [
                _batch_with(fresh=lambda number, epoch: number % epoch),
                _batch_with(fresh=lambda number, epoch: int(number % epoch == 0)),
            ],
        }
    ),
)


# --- 13.4: overlapping windows --------------------------------------------------------


def _net(kind: type, seed: int, vocab_size: int, hidden_size: int) -> torch.nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = kind(vocab_size, hidden_size)
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=1.2)
    return model.eval()


def _text_of(seed: int, vocab_size: int, length: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(vocab_size, (length,), generator=generator)


def _windows() -> list[tuple]:
    return [
        (_net(kind, seed, V, H), _text_of(seed, V, n), window, stride)
        for seed, (kind, V, H, n, window, stride) in enumerate(
            (
                (CharRNN, 5, 4, 13, 6, 3),  # 12 targets, no rest
                (CharLSTM, 7, 3, 25, 8, 3),  # the last window is cut off
                (CharGRU, 6, 5, 30, 10, 10),  # no overlap: plain resets
                (CharLSTM, 9, 4, 20, 7, 1),
                (CharRNN, 5, 4, 8, 30, 5),  # the text fits into one window
                (CharGRU, 4, 3, 41, 12, 5),
                (CharLSTM, 8, 5, 2, 4, 2),  # one target
            )
        )
    ]


def _drawn_windows(rng: random.Random) -> list[tuple]:
    V, H, window = rng.randrange(3, 9), rng.randrange(2, 6), rng.randrange(2, 12)
    model = _net(rng.choice((CharRNN, CharGRU, CharLSTM)), rng.randrange(999), V, H)
    text = _text_of(rng.randrange(999), V, rng.randrange(20, 50))
    return [(model, text, window, rng.randrange(1, window + 1))]


@torch.no_grad()
def _sliding(
    model: torch.nn.Module,
    ids: Tensor,
    window: int,
    stride: int,
    *,
    counts: Callable[[Tensor, int, int], Tensor] = lambda nats, start, done: nats[
        done - start :
    ],
    stop_early: bool = False,
    divide: Callable[[int, int], int] = lambda targets, counted: targets,
    unit: float = math.log(2),
    carry: bool = False,
) -> float:
    """Window after window; of each, what no earlier one has counted."""
    total, counted, done, start, state = 0.0, 0, 0, 0, None
    targets = len(ids) - 1
    while done < targets:
        end = min(start + window, targets)
        if stop_early and start and start + window > targets:
            break
        logits, state = model(ids[start:end], state if carry else None)
        nats = F.cross_entropy(logits, ids[start + 1 : end + 1], reduction="none")
        part = counts(nats, start, done)
        total, counted = total + part.sum().item(), counted + len(part)
        done, start = end, start + stride
    return total / max(divide(targets, counted), 1) / unit


def _every_window(
    combine: Callable[[list[float]], float], *, tail: bool = True, whole: bool = True
) -> Callable:
    """Window after window to the end, then one number for each character."""

    @torch.no_grad()
    def bits(model: torch.nn.Module, ids: Tensor, window: int, stride: int) -> float:
        x, y = ids[:-1], ids[1:]
        found: list[list[float]] = [[] for _ in y]
        for start in range(0, len(x) if tail else len(x) - window + 1, stride):
            logits, _ = model(x[start : start + window])
            nats = F.cross_entropy(
                logits, y[start : start + window], reduction="none"
            ).tolist()
            for place, value in enumerate(nats, start):
                found[place].append(value)
        counted = [combine(nats) for nats in found if nats]
        count = len(x) if whole else max(len(counted), 1)
        return sum(counted) / count / math.log(2)

    return bits


@torch.no_grad()
def _to_the_end(
    model: torch.nn.Module,
    ids: Tensor,
    window: int,
    stride: int,
    *,
    first: bool = True,
    shorter: int = 0,
) -> float:
    """The last stride of each window, of windows that begin up to the text's end."""
    x, y, total = ids[:-1], ids[1:], 0.0
    for start in range(0, len(x), stride):
        end = min(start + window - shorter, len(x))
        if end <= start:
            continue
        logits, _ = model(x[start:end])
        nats = F.cross_entropy(logits, y[start:end], reduction="none")
        total += (nats[-stride:] if start or not first else nats).sum().item()
    return total / len(x) / math.log(2)


def _late_part(*, tail: bool) -> Callable:
    """Of each window, the first one too, what lies beyond window - stride."""

    @torch.no_grad()
    def bits(model: torch.nn.Module, ids: Tensor, window: int, stride: int) -> float:
        x, y, total, count = ids[:-1], ids[1:], 0.0, 0
        for start in range(0, len(x) if tail else len(x) - window + 1, stride):
            logits, _ = model(x[start : start + window])
            nats = F.cross_entropy(logits, y[start : start + window], reduction="none")
            total += nats[window - stride :].sum().item()
            count += len(nats[window - stride :])
        return total / max(count, 1) / math.log(2)

    return bits


@torch.no_grad()
def _full_last(model: torch.nn.Module, ids: Tensor, window: int, stride: int) -> float:
    """The last window moved back until it is full."""
    x, y, total, done, start = ids[:-1], ids[1:], 0.0, 0, 0
    while done < len(x):
        begin = max(min(start, len(x) - window), 0)
        logits, _ = model(x[begin : begin + window])
        nats = F.cross_entropy(logits, y[begin : begin + window], reduction="none")
        total += nats[done - begin :].sum().item()
        done, start = begin + len(nats), start + stride
    return total / len(x) / math.log(2)


@torch.no_grad()
def _only_new(model: torch.nn.Module, ids: Tensor, window: int, stride: int) -> float:
    """Windows that begin where the one before ended its predictions."""
    x, y, total, done, start = ids[:-1], ids[1:], 0.0, 0, 0
    while done < len(x):
        end = min(start + window, len(x))
        logits, _ = model(x[done:end])
        total += F.cross_entropy(logits, y[done:end], reduction="sum").item()
        done, start = end, start + stride
    return total / len(x) / math.log(2)


def _sliding_with(**how: Any) -> Callable:
    return lambda model, ids, window, stride: _sliding(
        model, ids, window, stride, **how
    )


@torch.no_grad()
def _whole_pass(model: torch.nn.Module, ids: Tensor, window: int, stride: int) -> float:
    return F.cross_entropy(model(ids[:-1])[0], ids[1:]).item() / math.log(2)


def _mean_of_windows(model: torch.nn.Module, ids: Tensor, window: int, stride: int):
    found, done, start = [], 0, 0
    while done < len(ids) - 1:
        end = min(start + window, len(ids) - 1)
        with torch.no_grad():
            logits, _ = model(ids[start:end])
        nats = F.cross_entropy(logits, ids[start + 1 : end + 1], reduction="none")
        found.append(nats[done - start :].mean().item())
        done, start = end, start + stride
    return sum(found) / len(found) / math.log(2)


sliding = Exercise(
    number="13.4",
    name="my_sliding_bits",
    success="each character counts once, and sees as far back as it may.",
    cases=_windows,
    drawn=_drawn_windows,
    reference=_sliding,
    tolerance=1e-4,
    strict=True,
    wrong=hints(
        {
            "Where windows overlap, a character must count once: in a later window "
            "only those count that no earlier one has counted.": [
                _sliding_with(
                    counts=lambda nats, start, done: nats,
                    divide=lambda targets, counted: counted,
                ),
                _sliding_with(counts=lambda nats, start, done: nats),
            ],
            "The first window counts whole: nobody else counts its beginning.": [
                lambda model, ids, window, stride: _sliding(
                    model,
                    ids,
                    window,
                    stride,
                    counts=lambda nats, start, done: nats[max(done - start, 0) :][
                        -stride:
                    ],
                    divide=lambda targets, counted: counted,
                ),
                lambda model, ids, window, stride: _sliding(
                    model,
                    ids,
                    window,
                    stride,
                    counts=lambda nats, start, done: nats[-stride:],
                    divide=lambda targets, counted: counted,
                ),
                _late_part(tail=True),
                _late_part(tail=False),
            ],
            "Windows that begin near the end are short, and all of what they predict "
            "has been counted: stop at the window that reaches the end.": [
                _to_the_end,
                lambda *case: _to_the_end(*case, first=False),
            ],
            "Of two windows the first one that predicts a character counts, since it "
            "began further back; that is neither the last one, nor a mean, nor the "
            "better of both. (The last one comes to windows as long as stride.)": [
                _every_window(lambda nats: nats[-1]),
                _every_window(lambda nats: sum(nats) / len(nats)),
                _every_window(min),
                lambda model, ids, window, stride: _sliding(model, ids, stride, stride),
            ],
            "The last window, too, begins stride after the one before: it is shorter, "
            "not moved back.": [_full_last],
            "Each window reads all its characters, those already counted too: without "
            "them, its state knows nothing.": [_only_new],
            "Bits are −log₂ p: the sign is missing.": [
                _sliding_with(unit=-math.log(2))
            ],
            "The end of the text is missing: the last window may be cut off, and its "
            "new characters count.": [
                _sliding_with(stop_early=True),
                _sliding_with(stop_early=True, divide=lambda targets, counted: counted),
                _every_window(lambda nats: nats[0], tail=False),
                _every_window(lambda nats: nats[0], tail=False, whole=False),
            ],
            "That is in nats: divide by ln 2.": [_sliding_with(unit=1.0)],
            "From nats to bits, divide by ln 2: do not multiply.": [
                _sliding_with(unit=1 / math.log(2))
            ],
            "The mean is taken over len(ids) − 1 characters: the first one is not "
            "predicted.": [_sliding_with(divide=lambda targets, counted: targets + 1)],
            "The mean over the characters is asked for, not the sum.": [
                _sliding_with(divide=lambda targets, counted: 1)
            ],
            "Each window begins from a state of zeros. If you carry the state, the "
            "overlap is read twice.": [_sliding_with(carry=True)],
            "You read the text in one pass: then the state is never reset, and there "
            "are no windows.": [_whole_pass],
            "The windows stand side by side: each begins stride characters after the "
            "one before.": [
                lambda model, ids, window, stride: _sliding(model, ids, window, window)
            ],
            "A mean of the windows' means gives a short last window the weight of a "
            "long one: add up all nats, then divide once.": [_mean_of_windows],
            "A window predicts as many characters as it reads; yours is one shorter.": [
                lambda model, ids, window, stride: _sliding(
                    model, ids, max(window - 1, 1), min(stride, max(window - 1, 1))
                ),
                lambda *case: _to_the_end(*case, shorter=1),
            ],
            "Return a number of Python: .item() takes it out of the tensor.": [
                lambda *case: torch.tensor(_sliding(*case))
            ],
        }
    ),
)

summary = engine.summary_of(__name__)
