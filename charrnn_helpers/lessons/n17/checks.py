"""The checks of notebook 17: a limit, padding, pairs, checkpoints, ranks."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from charrnn_helpers.data import IGNORE_INDEX
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import (
    TYPE,
    VALUES,
    Exercise,
    Kind,
    Question,
    Wrong,
    describe,
    difference,
)
from charrnn_helpers.exercises.kit import hints

# --- 17.1 the limit of a product ------------------------------------------------------


def _flops(B: int, H: int) -> float:
    return 2 * B * H**2


def _moved(B: int, H: int, size: int) -> float:
    return size * (2 * B * H + H**2)


def _limit_with(
    flops: Callable[[int, int], float] = _flops,
    moved: Callable[[int, int, int], float] = _moved,
    together: Callable[[float, float], float] = max,
    reason: Callable[[float, float], str] = lambda c, m: (
        "rate" if c >= m else "bandwidth"
    ),
) -> Callable[..., tuple[float, str]]:
    def answer(rate, bandwidth, batch_size, hidden_size, size):
        computing = flops(batch_size, hidden_size) / rate
        moving = moved(batch_size, hidden_size, size) / bandwidth
        return together(computing, moving), reason(computing, moving)

    return answer


def _intensity_alone(rate, bandwidth, batch_size, hidden_size, size):
    intensity = _flops(batch_size, hidden_size) / _moved(batch_size, hidden_size, size)
    attained = min(rate, bandwidth * intensity)
    binds = "rate" if bandwidth * intensity >= rate else "bandwidth"
    return attained, binds


limit = Exercise(
    number="17.1",
    name="my_limit",
    success="few rows wait for numbers, many rows compute.",
    cases=[
        (1000.0, 100.0, 1, 4, 4),
        (1000.0, 100.0, 50, 4, 4),
        (1e11, 4e10, 1, 2048, 4),
        (1e11, 4e10, 128, 2048, 4),
        (1e11, 4e10, 32, 128, 4),
        (1e11, 4e10, 6, 512, 4),
        (1e11, 4e10, 6, 512, 2),
        (1e11, 4e10, 2, 512, 2),
        (5e11, 4e10, 64, 512, 2),
        (32.0, 96.0, 1, 4, 4),  # a tie
        (2.0, 1e9, 3, 1, 2),
    ],
    drawn=lambda rng: [
        (1e9 * rng.randint(1, 99), 1e9 * rng.randint(1, 99), rng.randint(1, 99), 64, 4)
    ],
    reference=_limit_with(),
    entries=("seconds", "reason"),
    tolerance=1e-12,
    compare=lambda case, result, expected: _same_limit(result, expected),
    wrong=hints(
        {
            "Computing and moving go on at the same time: the slower of the two "
            "decides, not their sum.": [_limit_with(together=lambda c, m: c + m)],
            "The product is done when the slower of the two is done, not the "
            "quicker.": [_limit_with(together=min)],
            "The seconds are right. The reason is the one that takes longer.": [
                _limit_with(reason=lambda c, m: "bandwidth" if c >= m else "rate")
            ],
            'The seconds are right. At a tie the reason is "rate".': [
                _limit_with(reason=lambda c, m: "rate" if c > m else "bandwidth")
            ],
            "Each entry of the result is a sum of H products: a multiplication and an "
            "addition for each, so 2 · B · H · H flops.": [
                _limit_with(flops=lambda B, H: B * H**2),
                _limit_with(flops=lambda B, H: 2 * B * H),
                _limit_with(flops=lambda B, H: 2 * H**2),
                _limit_with(flops=lambda B, H: B * H),
                _limit_with(flops=lambda B, H: 4 * B * H**2),
                _limit_with(flops=lambda B, H: 2 * B**2 * H),
                _limit_with(flops=lambda B, H: 6 * B * H**2),
                _limit_with(flops=lambda B, H: B * H * (2 * H - 1)),
            ],
            "The states are moved, too: B · H numbers are read, and as many sums are "
            "written.": [
                _limit_with(moved=lambda B, H, size: size * H**2),
                _limit_with(moved=lambda B, H, size: size * (B * H + H**2)),
            ],
            "The matrix is moved, too: H · H numbers.": [
                _limit_with(moved=lambda B, H, size: size * 2 * B * H)
            ],
            "The matrix is read once, not once for each row: that is why many rows "
            "pay.": [
                _limit_with(moved=lambda B, H, size: size * B * (2 * H + H**2)),
                _limit_with(moved=lambda B, H, size: size * (2 * B * H + B * H**2)),
            ],
            "The matrix is only read: it is moved once.": [
                _limit_with(moved=lambda B, H, size: size * 2 * (B * H + H**2)),
                _limit_with(moved=lambda B, H, size: size * (B * H + 2 * H**2)),
            ],
            "A number has `size` bytes, and the bandwidth counts bytes.": [
                _limit_with(moved=lambda B, H, size: 2 * B * H + H**2),
                _limit_with(moved=lambda B, H, size: size / 8 * (2 * B * H + H**2)),
                _limit_with(moved=lambda B, H, size: 8 * size * (2 * B * H + H**2)),
                _limit_with(moved=lambda B, H, size: 2 * B * H + size * H**2),
                _limit_with(moved=lambda B, H, size: 2 * B * H * size + H**2),
            ],
            "`size` belongs to the bytes. A flop is a flop, however many bytes its "
            "numbers have.": [
                lambda rate, bandwidth, B, H, size: _limit_with(
                    flops=lambda B, H: 2 * B * H**2 * size
                )(rate, bandwidth, B, H, size)
            ],
            "`size` is given: with bfloat16 a number has 2 bytes, not 4.": [
                _limit_with(moved=lambda B, H, size: 4 * (2 * B * H + H**2))
            ],
            "That is the rate that is reached, in flops per second. How many seconds "
            "do the flops take at it?": [_intensity_alone],
            "Flops are divided by flops per second, bytes by bytes per second.": [
                lambda rate, bandwidth, *sizes: _limit_with()(bandwidth, rate, *sizes),
                lambda rate, bandwidth, B, H, size: (
                    max(_flops(B, H) / bandwidth, _moved(B, H, size) / rate),
                    "rate"
                    if _flops(B, H) / bandwidth >= _moved(B, H, size) / rate
                    else "bandwidth",
                ),
            ],
            "There are two limits, and the larger time of the two counts.": [
                _limit_with(together=lambda c, m: c),
                _limit_with(together=lambda c, m: m),
                _limit_with(together=lambda c, m: (c + m) / 2),
            ],
            "Return both, the seconds and the reason.": [
                lambda *case: _limit_with()(*case)[0],
                lambda *case: _limit_with()(*case)[1],
            ],
            "The seconds come first, then the reason.": [
                lambda *case: _limit_with()(*case)[::-1]
            ],
        }
    ),
)


def _same_limit(result: Any, expected: tuple) -> tuple[Kind, str] | None:
    """Compare seconds by their ratio: they may be tiny."""
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        return TYPE, f"returned {describe(result)}, not a pair (seconds, reason)"
    seconds, reason = result
    if isinstance(seconds, str):
        return TYPE, f"returned {describe(seconds)} for seconds, not a number"
    try:
        seconds = float(seconds)
    except (TypeError, ValueError):
        return TYPE, f"returned {describe(seconds)} for seconds, not a number"
    if abs(seconds - expected[0]) > 1e-6 * expected[0]:
        return VALUES, f"returned seconds of {seconds:.6g}, not {expected[0]:.6g}"
    if reason != expected[1]:
        return VALUES, f"returned {describe(reason)} for reason, not {expected[1]!r}"
    return None


# --- 17.2 no flop for padding ---------------------------------------------------------


class _Products(TorchDispatchMode):
    """Counts the flops of matrix products."""

    def __init__(self) -> None:
        super().__init__()
        self.flops = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        result = operation(*args, **(kwargs or {}))
        name = operation.overloadpacket.__name__
        tensors = [a for a in args if isinstance(a, Tensor)]
        if name in ("mm", "addmm", "addmm_", "bmm", "baddbmm", "mv", "addmv", "dot"):
            a, b = tensors[-2:]
            self.flops += 2 * a.numel() * (b.shape[-1] if b.ndim > 1 else 1)
        elif name in ("mul", "mul_") and len(tensors) == 2 and result.ndim > 2:
            self.flops += result.numel() * 2  # a product spelled out
        return result


def _counting(function: Callable) -> Callable:
    def probe(rows, W_hh, ids, lengths):
        counter = _Products()
        with counter:
            states = function(rows, W_hh, ids, lengths)
        return states, counter.flops

    return probe


def _padded_case(lengths: list[int], T: int, seed: int, V: int = 5, H: int = 3):
    generator = torch.Generator().manual_seed(seed)
    rows, W_hh = (torch.randn(n, H, generator=generator).double() for n in (V, H))
    ids = torch.randint(V, (T, len(lengths)), generator=generator)
    return rows, W_hh, ids, lengths


def _states_with(
    going: Callable[[int, int], bool] = lambda length, t: length > t,
    start: Callable[[Tensor], Tensor] = torch.zeros_like,
    product: Callable[[Tensor, Tensor], Tensor] = lambda h, W: h @ W.T,
    outer: Callable[[Tensor], Tensor] = torch.tanh,
    rest: float | None = 0.0,
) -> Callable[..., Tensor]:
    def answer(rows, W_hh, ids, lengths):
        states = torch.zeros(*ids.shape, len(W_hh), dtype=rows.dtype)
        h = start(states[0])
        for t in range(len(ids)):
            n = sum(going(length, t) for length in lengths)
            if n == 0:
                break
            if rest is None:
                states[t] = h
                states[t, :n] = outer(rows[ids[t, :n]] + product(h[:n], W_hh))
                h = states[t]
            else:
                h = outer(rows[ids[t, :n]] + product(h[:n], W_hh))
                states[t, :n] = h
        return states

    return answer


def _all_rows(mask: bool) -> Callable[..., Tensor]:
    def answer(rows, W_hh, ids, lengths):
        h, states = torch.zeros(ids.shape[1], len(W_hh), dtype=rows.dtype), []
        for row in ids:
            h = torch.tanh(rows[row] + h @ W_hh.T)
            states.append(h)
        states = torch.stack(states)
        if mask:
            steps = torch.arange(len(ids)).unsqueeze(1)
            states[steps >= torch.tensor(lengths)] = 0
        return states

    return answer


def _sums_carried(rows, W_hh, ids, lengths):
    states = torch.zeros(*ids.shape, len(W_hh), dtype=rows.dtype)
    a = states[0]
    for t in range(len(ids)):
        n = sum(length > t for length in lengths)
        a = rows[ids[t, :n]] + a[:n] @ W_hh.T
        states[t, :n] = a.tanh()
    return states


def _one_hot(rows, W_hh, ids, lengths):
    states = torch.zeros(*ids.shape, len(W_hh), dtype=rows.dtype)
    h = states[0]
    for t in range(len(ids)):
        n = sum(length > t for length in lengths)
        x = F.one_hot(ids[t, :n], len(rows)).to(rows.dtype)
        h = torch.tanh(x @ rows + h[:n] @ W_hh.T)
        states[t, :n] = h
    return states


def _text_by_text(rows, W_hh, ids, lengths):
    """Right, and no flop too many: but as many small products as characters."""
    states = torch.zeros(*ids.shape, len(W_hh), dtype=rows.dtype)
    for b, length in enumerate(lengths):
        h = states.new_zeros(len(W_hh))
        for t in range(length):
            h = torch.tanh(rows[ids[t, b]] + W_hh @ h)
            states[t, b] = h
    return states


def _judge_states(case: tuple, result: Any, expected: Any) -> tuple[Kind, str] | None:
    states, flops = result
    if states is None:
        return TYPE, "returned None. Does it end in return?"
    found = difference(states, expected[0], 1e-9)
    if found is not None:
        return found
    T, B = case[2].shape
    H, wanted = len(case[1]), sum(case[3])
    if flops > 2 * H * H * wanted:
        return VALUES, (
            f"returned the right states, but made {flops:,} flops in products; the "
            f"{wanted} characters need {2 * H * H * wanted:,}, and all {T * B} cells "
            f"{2 * H * H * T * B:,}"
        )
    return None


states = Exercise(
    number="17.2",
    name="my_states",
    success="every flop is for a character.",
    cases=lambda: [
        _padded_case([4, 2, 1], 4, 0),
        _padded_case([3, 3, 3, 3], 3, 1),
        _padded_case([6, 5, 5, 2, 1], 6, 2, V=7, H=4),
        _padded_case([3, 1], 5, 3),
        _padded_case([2], 2, 4, H=6),
        _padded_case([1, 1], 1, 5),
    ],
    drawn=lambda rng: [
        _padded_case(
            sorted((rng.randint(1, 7) for _ in range(4)), reverse=True),
            7,
            rng.randrange(1000),
        )
    ],
    reference=lambda *case: (_states_with()(*case), 0),
    prepare=_counting,
    compare=_judge_states,
    say=lambda case: f"for T, B = {tuple(case[2].shape)} and lengths={case[3]},",
    wrong=hints(
        {
            "The states are right, and padding still has its products: leave the "
            "finished rows out before you multiply.": [_all_rows(mask=True)],
            "Where there is padding the states are to be 0, and no product is to be "
            "made: leave the finished rows out.": [_all_rows(mask=False)],
            "A text of length n goes on at the steps 0 to n − 1: at step t those with "
            "a length above t.": [
                _states_with(going=lambda length, t: length >= t),
                _states_with(going=lambda length, t: length > t + 1),
            ],
            "That is one length for all. At each step another number of texts goes "
            "on.": [
                lambda rows, W_hh, ids, lengths: _states_with()(
                    rows, W_hh, ids, [min(lengths)] * len(lengths)
                )
            ],
            "PyTorch stores W_hh so that the product is h @ W_hh.T.": [
                _states_with(product=lambda h, W: h @ W)
            ],
            "The sum goes through a tanh.": [_states_with(outer=lambda a: a)],
            "The state that is carried on is that after the tanh.": [_sums_carried],
            "`rows` is a table: look its rows up, no product is needed.": [_one_hot],
            "The first state before anything is read is zero.": [
                _states_with(start=torch.ones_like)
            ],
            "Each step needs the state before it.": [
                _states_with(product=lambda h, W: 0 * h)
            ],
            "A finished text has zeros, not its last state again.": [
                lambda rows, W_hh, ids, lengths: _held(rows, W_hh, ids, lengths)
            ],
            "Time comes first: states have the shape (T, B, H).": [
                lambda *case: _states_with()(*case).transpose(0, 1)
            ],
            "All states are asked for, not the last ones.": [
                lambda *case: _states_with()(*case)[-1]
            ],
        }
    ),
)


def _held(rows: Tensor, W_hh: Tensor, ids: Tensor, lengths: list[int]) -> Tensor:
    states = _states_with()(rows, W_hh, ids, lengths)
    for b, length in enumerate(lengths):
        states[length:, b] = states[length - 1, b]
    return states


# --- 17.3 pairs, block by block -------------------------------------------------------


class _Reader:
    """Reads from an array, and refuses to read too much."""

    def __init__(self, ids: np.ndarray, block: int) -> None:
        self.ids, self.block = ids, block

    def __call__(self, start: int, stop: int) -> np.ndarray:
        if stop - start > self.block:
            raise ValueError(
                f"read({start}, {stop}) asks for {stop - start} ids, and block is "
                f"{self.block}"
            )
        if start < 0 or stop > len(self.ids):
            raise ValueError(
                f"read({start}, {stop}) is outside of the text of {len(self.ids)} ids"
            )
        return self.ids[start:stop].copy()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reader) and np.array_equal(self.ids, other.ids)

    __hash__ = None


def _pairs_case(ids: Any, V: int, block: int) -> tuple:
    ids = np.asarray(ids, dtype=np.uint8)
    return _Reader(ids, block), len(ids), V, block


def _random_ids(n: int, V: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, V, n)


def _pairs_with(
    starts: Callable[[int, int], range] = lambda n, k: range(0, n - 1, k - 1),
    widen: bool = True,
    turned: bool = False,
    add: bool = True,
    lag: int = 1,
    dtype: type = np.int64,
) -> Callable[..., np.ndarray]:
    def answer(read, length, vocab_size, block):
        counts = np.zeros((vocab_size, vocab_size), dtype=dtype)
        for start in starts(length, block):
            ids = read(start, min(start + block, length))
            if widen:
                ids = ids.astype(np.int64)
            a, b = ids[:-lag], ids[lag:]
            if not widen:
                flat = a * np.uint8(vocab_size % 256) + b  # wraps around
                counts += np.bincount(flat, minlength=vocab_size**2)[
                    : vocab_size**2
                ].reshape(vocab_size, vocab_size)
            elif add:
                np.add.at(counts, (b, a) if turned else (a, b), 1)
            else:
                counts[a, b] += 1
        return counts

    return answer


def _only_full(n: int, k: int) -> range:
    return range(0, n - k + 1, k - 1)


ENOUGH = 50_000
"""Ids of a text that does not fit into memory, in a check."""


def _in_little_memory(function: Callable) -> Callable:
    """Counts, and whether most of a long text was in memory at once."""

    def probe(read, length, vocab_size, block):
        if length < ENOUGH:
            return function(read, length, vocab_size, block), False
        running = tracemalloc.is_tracing()
        if not running:
            tracemalloc.start()
        try:
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            counts = function(read, length, vocab_size, block)
            peak = tracemalloc.get_traced_memory()[1] - before
        finally:
            if not running:
                tracemalloc.stop()
        return counts, peak > 0.8 * length

    return probe


def _kept(read, length, vocab_size, block):
    """All blocks at once: the whole text in memory."""
    starts = range(0, length, block)
    ids = np.concatenate([read(s, min(s + block, length)) for s in starts])
    counts = np.zeros((vocab_size, vocab_size), dtype=np.int64)
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
    return counts


def _by_hand_pairs(read, length, vocab_size, block):
    counts = np.zeros((vocab_size, vocab_size), dtype=np.int64)
    last = None
    for start in range(length):
        current = int(read(start, start + 1)[0])
        if last is not None:
            counts[last, current] += 1
        last = current
    return counts


pairs = Exercise(
    number="17.3",
    name="my_pairs",
    success="each pair once, however long the text is.",
    cases=lambda: [
        _pairs_case([0, 1, 1, 2, 0, 1], 3, 6),
        _pairs_case([0, 1, 1, 2, 0, 1], 3, 3),
        _pairs_case([0, 0, 0, 0, 0, 1], 2, 2),
        _pairs_case([4, 3, 2, 1, 0], 6, 100),
        _pairs_case(_random_ids(1000, 16, 0), 16, 64),
        _pairs_case(_random_ids(300, 200, 1), 200, 50),
        _pairs_case([1], 2, 4),
        _pairs_case([0] * 600 + [1], 2, 1000),
        _pairs_case(_random_ids(129, 5, 2), 5, 33),
        _pairs_case(_random_ids(ENOUGH, 4, 3), 4, 200),
    ],
    drawn=lambda rng: [
        _pairs_case(
            _random_ids(rng.randint(20, 90), 7, rng.randrange(1000)),
            7,
            rng.randint(2, 30),
        )
    ],
    reference=lambda *case: (_by_hand_pairs(*case), False),
    prepare=_in_little_memory,
    say=lambda case: f"for {case[1]} ids, vocab_size={case[2]} and block={case[3]},",
    compare=lambda *judged: _judge_pairs(*judged),
    wrong=hints(
        {
            "The last id of a block and the first of the next are a pair, too.": [
                _pairs_with(starts=lambda n, k: range(0, n, k)),
                _pairs_with(starts=lambda n, k: range(0, n - 1, k)),
            ],
            "The blocks overlap by more than one id: some pairs are counted twice.": [
                _pairs_with(starts=lambda n, k: range(0, n - 1, max(k - 2, 1))),
                _pairs_with(starts=lambda n, k: range(0, n - 1)),
                _pairs_with(starts=lambda n, k: range(0, n - 1, max(k // 2, 1))),
            ],
            "What is left at the end, shorter than a block, counts as well.": [
                _pairs_with(starts=_only_full)
            ],
            "Only the first block has been counted.": [
                _pairs_with(starts=lambda n, k: range(0, 1))
            ],
            "uint8 ends at 255 and begins again at 0: widen the ids before you "
            "compute with them.": [_pairs_with(widen=False)],
            "`counts[a, b] += 1` adds 1 once for each place, however often the pair "
            "occurs in the block: `np.add.at` counts all.": [_pairs_with(add=False)],
            "Row a, column b: the table is turned over.": [_pairs_with(turned=True)],
            "A pair is an id and the next one.": [_pairs_with(lag=2)],
            "A pair a, b is not the pair b, a: count one entry for each.": [
                lambda *case: _pairs_with()(*case) + _pairs_with()(*case).T
            ],
            "Counts are asked for, not shares.": [
                lambda *case: _pairs_with()(*case) / max(case[1] - 1, 1)
            ],
            "A small integer type overflows: count in int64.": [
                _pairs_with(dtype=np.uint8)
            ],
            "A block longer than `block` does not fit into memory.": [
                lambda read, length, V, block: (
                    np.zeros((V, V), np.int64)
                    + 0 * int(read(0, length)[0])
                    + _pairs_with()(read, length, V, block)
                )
            ],
            "Count each block, then let it go: all blocks together are the text.": [
                _kept
            ],
            "A read that goes past the end: the last block is shorter.": [
                lambda read, length, V, block: (
                    [read(s, s + block) for s in range(0, length - 1, block - 1)]
                    and _pairs_with()(read, length, V, block)
                )
            ],
        }
    ),
)


def _judge_pairs(case: tuple, result: Any, expected: Any) -> tuple[Kind, str] | None:
    counts, whole = result
    found = _same_counts(counts, expected[0])
    if found is None and whole:
        return VALUES, (
            f"counted right, but held as much in memory as the whole text, {case[1]:,} "
            "bytes"
        )
    return found


def _same_counts(result: Any, expected: np.ndarray) -> tuple[Kind, str] | None:
    if isinstance(result, Tensor):
        result = result.numpy()
    if not isinstance(result, np.ndarray):
        return TYPE, f"returned {describe(result)}, not an array of counts"
    if result.shape != expected.shape:
        return VALUES, f"returned the shape {result.shape}, not {expected.shape}"
    if np.issubdtype(result.dtype, np.inexact) and (result % 1).any():
        return VALUES, "returned fractions, not counts"
    if result.dtype != expected.dtype:
        return TYPE, f"returned counts of the type {result.dtype}, not int64"
    if int(result.sum()) != int(expected.sum()):
        return VALUES, f"counted {int(result.sum())} pairs, not {int(expected.sum())}"
    if (result != expected).any():
        a, b = np.argwhere(result != expected)[0].tolist()
        return VALUES, (
            f"counted the pair ({a}, {b}) {int(result[a, b])} times, not "
            f"{int(expected[a, b])} times"
        )
    return None


# --- 17.4 what has to be saved --------------------------------------------------------

_PARTS = {
    "W": "weights",
    "O": "optimizer",
    "S": "state",
    "P": "place",
    "R": "random numbers",
}
_RUNS = "abc"


def _letters(answer: Any) -> list[set[str]] | None:
    """Three sets of letters, or None if the answer has another form."""
    if isinstance(answer, dict):
        answer = [answer.get(run) for run in _RUNS]
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        return None
    found = []
    for one in answer:
        if isinstance(one, (list, tuple, set)) and all(isinstance(s, str) for s in one):
            one = "".join(sorted(one))
        if not isinstance(one, str):
            return None
        letters = set(one.upper()) - set(" ,;./+·&")
        if not letters <= set(_PARTS):
            return None
        found.append(letters)
    return found


def _accept_parts(answer: Any, expected: list[str]) -> tuple[Kind, str] | None:
    found = _letters(answer)
    if found is None:
        return TYPE, (
            "the answer must be three strings of the letters W, O, S, P and R, such as "
            f'"WS", "W", "WP", not {describe(answer)}'
        )
    for run, mine, right in zip(_RUNS, found, expected, strict=True):
        if mine != set(right):
            written = "".join(letter for letter in _PARTS if letter in mine)
            return VALUES, f'run {run} does not go on as before with "{written}"'
    return None


def _part(run: str, letter: str, there: bool) -> Callable[[Any], bool]:
    """Whether an answer has a letter in its first run that is wrong."""

    def matches(answer: Any) -> bool:
        found = _letters(answer)
        if found is None:
            return False
        for name, mine, right in zip(_RUNS, found, ("WP", "WOSP", "WOR"), strict=True):
            if mine != set(right):
                return name == run and (letter in mine) is there
        return False

    return matches


saved = Question(
    number="17.4",
    name="parts",
    success="a part has to be kept if the next step reads it.",
    expected=lambda: ["WP", "WOSP", "WOR"],
    accept=_accept_parts,
    wrong=[
        Wrong(
            "Three strings are asked for, one for each run.",
            3,
            matches=lambda answer: _letters(answer) is None,
        ),
        Wrong(
            "a: the weights are what all the steps have made. Without them the run "
            "begins again.",
            ("P", "WOSP", "WOR"),
            matches=_part("a", "W", False),
        ),
        Wrong(
            "a: plain SGD computes its step from the gradient and a fixed rate. What "
            "would it have to remember?",
            ("WOP", "WOSP", "WOR"),
            matches=_part("a", "O", True),
        ),
        Wrong(
            "a: every window begins from zeros. Which state would be read?",
            ("WSP", "WOSP", "WOR"),
            matches=_part("a", "S", True),
        ),
        Wrong(
            "a: nothing is drawn in this run: no dropout, and the windows come in "
            "order.",
            ("WPR", "WOSP", "WOR"),
            matches=_part("a", "R", True),
        ),
        Wrong(
            "a: the windows come one after the other. Which is the next?",
            ("W", "WOSP", "WOR"),
            matches=_part("a", "P", False),
        ),
        Wrong(
            "b: the weights are what all the steps have made.",
            ("WP", "OSP", "WOR"),
            matches=_part("b", "W", False),
        ),
        Wrong(
            "b: Adam keeps averages of the gradients, and counts its steps.",
            ("WP", "WSP", "WOR"),
            matches=_part("b", "O", False),
        ),
        Wrong(
            "b: the rows go on from the state that the last piece left.",
            ("WP", "WOP", "WOR"),
            matches=_part("b", "S", False),
        ),
        Wrong(
            "b: at which step of the streams does the next piece begin?",
            ("WP", "WOS", "WOR"),
            matches=_part("b", "P", False),
        ),
        Wrong(
            "b: nothing is drawn after the start: there is no dropout, and the pieces "
            "come in order.",
            ("WP", "WOSPR", "WOR"),
            matches=_part("b", "R", True),
        ),
        Wrong(
            "c: the weights are what all the steps have made.",
            ("WP", "WOSP", "OR"),
            matches=_part("c", "W", False),
        ),
        Wrong(
            "c: Adam keeps averages of the gradients, and counts its steps.",
            ("WP", "WOSP", "WR"),
            matches=_part("c", "O", False),
        ),
        Wrong(
            "c: each window begins from zeros. Which state would be read?",
            ("WP", "WOSP", "WOSR"),
            matches=_part("c", "S", True),
        ),
        Wrong(
            "c: the next window does not follow on the last: where does its place "
            "come from?",
            ("WP", "WOSP", "WOPR"),
            matches=_part("c", "P", True),
        ),
        Wrong(
            "c: what decides where the next window lies, and which states dropout "
            "sets to 0?",
            ("WP", "WOSP", "WO"),
            matches=_part("c", "R", False),
        ),
    ],
)

# --- 17.5 the loss of a rank ----------------------------------------------------------


def _rank_case(
    lengths: list[list[int]],
    seed: int,
    T: int = 4,
    V: int = 3,
    same: bool = False,
    scale: float = 1.0,
) -> tuple:
    """Logits, targets and weights of all ranks; lengths of the rows by rank."""
    generator = torch.Generator().manual_seed(seed)
    ranks = []
    for rows in lengths:
        shape = len(rows), T
        logits = torch.randn(*shape, V, generator=generator).double()
        targets = torch.randint(V, shape, generator=generator)
        for row, length in enumerate(rows):
            targets[row, length:] = IGNORE_INDEX
        weights = torch.rand(len(rows), generator=generator).double() + 0.5
        weights = weights * scale
        ranks.append((logits, targets, torch.ones_like(weights) if same else weights))
    return (ranks,)


def _on_all_ranks(function: Callable) -> Callable:
    """What DistributedDataParallel makes of the loss of a rank: averaged gradients.

    The ranks run one after the other, twice: first to see what each hands to the
    all-reduce, then with the sums of that.
    """

    def probe(ranks):
        world, handed = len(ranks), []
        numbers: list[Any] = []
        for logits, targets, weights in ranks:
            mine: list[Tensor] = []

            def note(tensor, mine=mine):
                if not isinstance(tensor, Tensor):
                    numbers.append(tensor)
                mine.append(torch.as_tensor(tensor).detach().double().clone())
                return torch.as_tensor(tensor).detach().clone()

            function(logits.clone(), targets.clone(), weights.clone(), world, note)
            handed.append(mine)
        if numbers:
            return "number", numbers[0]
        calls = {len(mine) for mine in handed}
        if len(calls) > 1:
            return "calls", sorted(calls)
        sums = [torch.stack(list(same)).sum(0) for same in zip(*handed, strict=True)]
        gradients = []
        for logits, targets, weights in ranks:
            leaf, rest = logits.clone().requires_grad_(), iter(sums)

            def add_up(tensor, rest=rest):
                return next(rest).to(torch.as_tensor(tensor).dtype).clone()

            loss = function(leaf, targets.clone(), weights.clone(), world, add_up)
            if not isinstance(loss, Tensor):
                return "type", loss
            if loss.shape != ():
                return "shape", tuple(loss.shape)
            if not loss.requires_grad:
                return "cut", None
            loss.backward()
            gradients.append(leaf.grad / world)
        return "gradients", gradients

    return probe


def _rank_loss_with(
    divide: Callable[..., Any] = lambda counted, w, add_up: add_up(
        (counted * w.unsqueeze(1)).sum()
    ),
    times: Callable[[int], float] = lambda world: world,
    weigh: Callable[[Tensor, Tensor], Tensor] = lambda losses, w: (
        losses * w.unsqueeze(1)
    ),
    counts: Callable[[Tensor], Tensor] = lambda targets: targets != IGNORE_INDEX,
) -> Callable[..., Tensor]:
    def answer(logits, targets, weights, world, add_up):
        losses = F.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), reduction="none"
        ).view_as(targets)
        total = divide(counts(targets), weights, add_up)
        return weigh(losses, weights).sum() * times(world) / total

    return answer


def _in_one_process(ranks: list[tuple[Tensor, ...]]) -> list[Tensor]:
    """The share of each rank in the gradient of the weighted mean over everything."""
    total, leaves, losses = 0.0, [], []
    for logits, targets, weights in ranks:
        leaves.append(logits.clone().requires_grad_())
        for row, ids, weight in zip(leaves[-1], targets, weights, strict=True):
            there = ids >= 0
            total += float(weight) * int(there.sum())
            picked = row[there].log_softmax(-1).gather(1, ids[there].unsqueeze(1))
            losses.append(-weight * picked.sum())
    (torch.stack(losses).sum() / total).backward()
    return [leaf.grad for leaf in leaves]


def _plain_mean(logits, targets, weights, world, add_up):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def _plain_mean_times_world(logits, targets, weights, world, add_up):
    return world * F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def _stays_away(logits, targets, weights, world, add_up):
    if (targets == IGNORE_INDEX).all():
        return logits.sum() * 0.0
    return _rank_loss_with()(logits, targets, weights, world, add_up)


def _judge_ranks(case: tuple, result: Any, expected: Any) -> tuple[Kind, str] | None:
    what, found = result
    if what == "calls":
        return VALUES, (
            f"called add_up {' or '.join(map(str, found))} times, depending on the "
            "rank: in an all-reduce every rank takes part, or the others wait for ever"
        )
    if what == "number":
        return TYPE, (
            f"gave add_up {describe(found)}, and processes exchange tensors: leave the "
            "sum a tensor"
        )
    if what == "type":
        return TYPE, f"returned {describe(found)}, not a tensor"
    if what == "shape":
        return TYPE, f"returned a tensor of shape {found}, not one number"
    if what == "cut":
        return VALUES, "returned a loss without a way back to the logits"
    for rank, (mine, right) in enumerate(zip(found, expected[1], strict=True)):
        if not mine.isfinite().all():
            return VALUES, f"gives rank {rank} a gradient that is not a number"
        gap = (mine - right).abs().max().item()
        size = right.abs().max().item()
        if gap > 1e-12 + 1e-6 * size:
            return VALUES, (
                f"gives rank {rank} gradients that differ from those of one process "
                f"by up to {gap:.2g}, where the largest is {size:.2g}"
            )
    return None


rank_loss = Exercise(
    number="17.5",
    name="my_loss",
    success="a thousand ranks make the gradient of one.",
    cases=lambda: [
        _rank_case([[4, 1], [2, 1]], 0),
        _rank_case([[4, 4], [4, 4]], 1),
        _rank_case([[4, 3], [0, 0]], 2),
        _rank_case([[4, 2, 1], [3], [1, 1]], 3),
        _rank_case([[4, 1], [2, 1]], 4, same=True),
        _rank_case([[2, 4]], 5),
        _rank_case([[6, 2], [5, 1]], 6, T=6, V=2),
        _rank_case([[3, 1], [2, 1]], 7, scale=0.01),
    ],
    drawn=lambda rng: [
        _rank_case(
            [[rng.randint(0, 4), rng.randint(1, 4)] for _ in range(rng.randint(2, 4))],
            rng.randrange(1000),
        )
    ],
    reference=lambda ranks: ("gradients", _in_one_process(ranks)),
    prepare=_on_all_ranks,
    compare=_judge_ranks,
    say=lambda case: (
        f"on {len(case[0])} {'rank' if len(case[0]) == 1 else 'ranks'} with "
        f"{', '.join(str(int((y >= 0).sum())) for _, y, _ in case[0])} counted "
        "characters"
    ),
    wrong=hints(
        {
            "That is the mean over this rank: a mean of means, as in Break it.": [
                _plain_mean,
                _rank_loss_with(
                    divide=lambda c, w, add_up: (c * w.unsqueeze(1)).sum(),
                    times=lambda world: 1,
                ),
                _rank_loss_with(divide=lambda c, w, add_up: (c * w.unsqueeze(1)).sum()),
                _plain_mean_times_world,
                _rank_loss_with(
                    divide=lambda c, w, add_up: c.sum(),
                    times=lambda world: 1,
                ),
            ],
            "The gradients are averaged over the ranks, and you want their sum: what "
            "makes good for the division by `world`?": [
                _rank_loss_with(times=lambda world: 1)
            ],
            "The average divides by `world` once; you do it again. Multiply.": [
                _rank_loss_with(times=lambda world: 1 / world)
            ],
            "The average divides by `world` once: multiply by it once.": [
                _rank_loss_with(times=lambda world: world**2)
            ],
            "Add the losses of the rank up, and divide by what all ranks count: a mean "
            "divides by the cells of this rank as well.": [
                lambda *case: _rank_loss_with()(*case) / case[1].numel()
            ],
            "The weights are in the losses, but not in what you divide by.": [
                _rank_loss_with(divide=lambda c, w, add_up: add_up(c.sum())),
            ],
            "The weights are in what you divide by, but not in the losses.": [
                _rank_loss_with(weigh=lambda losses, w: losses)
            ],
            "The rows have weights: each loss is multiplied by that of its row.": [
                _rank_loss_with(
                    weigh=lambda losses, w: losses,
                    divide=lambda c, w, add_up: add_up(c.sum()),
                )
            ],
            "Targets of −100 do not count in what you divide by, either.": [
                _rank_loss_with(counts=lambda targets: torch.ones_like(targets)),
                _rank_loss_with(
                    divide=lambda c, w, add_up: add_up(torch.tensor(float(c.numel())))
                ),
                _rank_loss_with(
                    divide=lambda c, w, add_up: c.numel(), times=lambda world: 1
                ),
                _rank_loss_with(divide=lambda c, w, add_up: c.numel()),
            ],
            "A sum of weights may be below 1: divide by it as it is.": [
                _rank_loss_with(
                    divide=lambda c, w, add_up: add_up(
                        (c * w.unsqueeze(1)).sum()
                    ).clamp(min=1)
                )
            ],
            "Weights are no whole numbers: leave their sum as it is.": [
                _rank_loss_with(
                    divide=lambda c, w, add_up: add_up(
                        (c * w.unsqueeze(1)).sum().long()
                    )
                )
            ],
            "The weighted mean divides by the sum of the weights of all counted "
            "characters, not of the rows.": [
                _rank_loss_with(divide=lambda c, w, add_up: add_up(w.sum()))
            ],
            "Every rank has to take part in the all-reduce, also one with nothing to "
            "count.": [_stays_away],
            "One number is asked for: add the losses up.": [
                lambda logits, targets, weights, world, add_up: (
                    F.cross_entropy(
                        logits.flatten(0, 1), targets.flatten(), reduction="none"
                    )
                    * world
                    / add_up(((targets >= 0) * weights.unsqueeze(1)).sum())
                )
            ],
            "The loss has to stay a tensor with its way back: no item(), no detach, "
            "no add_up.": [
                lambda *case: _rank_loss_with()(*case).detach(),
                lambda *case: _rank_loss_with()(*case).item(),
            ],
        }
    ),
)

summary = engine.summary_of(__name__)
