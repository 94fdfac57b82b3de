"""The checks of notebook 15: leaks, a rival, walk-forward, a copy, futures."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.comparing import difference
from charrnn_helpers.exercises.engine import (
    VALUES,
    Exercise,
    Kind,
    Question,
    Wrong,
)
from charrnn_helpers.exercises.kit import (
    accept_letters,
    has,
    hints,
    lacks,
    letters,
)

# --- 15.1 which of them leak ----------------------------------------------------------


leaks = Question(
    number="15.1",
    name="leaks",
    success="nothing of the test year was known when it began.",
    expected=lambda: "acdf",
    accept=accept_letters,
    wrong=[
        Wrong(
            "A string of letters is asked for.",
            3,
            matches=lambda answer: not letters(answer),
        ),
        Wrong(
            "b: mean and spread come from the training years, and are known before the "
            "test year begins. That they are applied to it reveals nothing.",
            "abcdf",
            matches=has("b"),
        ),
        Wrong(
            "e: when a day is forecast, the fourteen days before it are over, whatever "
            "year they lie in.",
            "acdef",
            matches=has("e"),
        ),
        Wrong(
            "One more leaks: what is a climatology worth that already contains the "
            "year it is judged by?",
            "cdf",
            matches=lacks("a"),
        ),
        Wrong(
            "One more leaks: a line between two neighbours needs the day that comes "
            "after.",
            "adf",
            matches=lacks("c"),
        ),
        Wrong(
            "One more leaks: neighbouring windows share all numbers but one. Where do "
            "the neighbours of a test window lie?",
            "acf",
            matches=lacks("d"),
        ),
        Wrong(
            "One more leaks: a choice is part of the training. By which numbers was it "
            "made?",
            "acd",
            matches=lacks("f"),
        ),
    ],
)

# --- 15.2 as a week ago ---------------------------------------------------------------


def _series(length: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(length, generator=generator, dtype=torch.float64).cumsum(0)


def _seasonal(place: Callable[[int, int, int], int]) -> Callable[..., Tensor]:
    """The numbers at the places that a function of h, period and length gives."""

    def answer(series: Tensor, period: int, ahead: int) -> Tensor:
        n = len(series)
        return torch.stack([series[place(h, period, n)] for h in range(ahead)])

    return answer


def _tiled(series: Tensor, period: int, ahead: int) -> Tensor:
    return series[-period:].repeat(-(-ahead // period))[:ahead]


_counted = torch.arange(1.0, 7.0, dtype=torch.float64)

seasonal = Exercise(
    number="15.2",
    name="my_seasonal",
    success="a rival in one line, and every forecast is from the past.",
    cases=lambda: [
        (_counted, 3, 2),
        (_counted, 3, 3),
        (_counted, 3, 8),
        (_counted, 1, 3),
        (_counted, 6, 4),
        (_counted, 4, 9),
        (_series(30, 0), 7, 16),
        (_series(8, 1), 7, 1),
    ],
    drawn=lambda rng: [
        (_series(40, rng.randrange(1000)), rng.randrange(2, 9), rng.randrange(1, 20))
    ],
    reference=_tiled,
    wrong=hints(
        {
            "That is the last value for every day: as yesterday. Asked for is the last "
            "value at the same place of the period.": [
                _seasonal(lambda h, p, n: n - 1),
            ],
            "Your first `period` forecasts are right. After them, begin again with the "
            "same period: nothing newer is known.": [
                lambda series, period, ahead: series[-period:][:ahead],
                _seasonal(lambda h, p, n: min(n - p + h, n - 1)),
                _seasonal(lambda h, p, n: (n - p + h) % n),
            ],
            "One place off: the first forecast is `period` days after the number that "
            "it repeats.": [
                _seasonal(lambda h, p, n: n - p + (h + 1) % p),
                _seasonal(lambda h, p, n: n - p + (h - 1) % p),
                _seasonal(lambda h, p, n: n - 1 - p + h % p),
            ],
            "Those are the first days of the series. What is known best is the last "
            "period.": [
                _seasonal(lambda h, p, n: h % p),
                _seasonal(lambda h, p, n: h % n),
                _seasonal(lambda h, p, n: (n + h) % p),
            ],
            "The last period, in its own order: you have turned it round.": [
                _seasonal(lambda h, p, n: n - 1 - h % p),
                _seasonal(lambda h, p, n: n - p - h),
                lambda series, period, ahead: _tiled(
                    series.flip(0)[:period], period, ahead
                ),
            ],
            "Those are the last `ahead` numbers. `period` says how far back each "
            "forecast looks.": [
                lambda series, period, ahead: series[-ahead:],
            ],
            "One mean for all days is another rival. Asked for is the last value at "
            "the same place of the period.": [
                lambda series, period, ahead: series[-period:].mean().expand(ahead),
                lambda series, period, ahead: series.mean().expand(ahead),
            ],
            "Return exactly `ahead` numbers.": [
                lambda series, period, ahead: series[-period:],
                lambda series, period, ahead: series[-period:].repeat(
                    -(-ahead // period)
                ),
                lambda series, period, ahead: series[-period:].repeat(
                    ahead // period + 1
                ),
                lambda series, period, ahead: series[-period:].repeat(ahead),
            ],
            "`ahead // period` counts whole periods. What is left of the last one has "
            "to be forecast, too.": [
                lambda series, period, ahead: series[-period:].repeat(ahead // period),
                lambda series, period, ahead: series[-period:].repeat(ahead // period)[
                    :ahead
                ],
            ],
            "Your slice ends at `-period + ahead`, which is 0, the beginning, once "
            "`ahead` equals `period`; and beyond it nothing is known.": [
                lambda series, period, ahead: series[-period : -period + ahead],
            ],
            "`//` says which period a day is in. Its place in the period is the "
            "remainder.": [
                lambda series, period, ahead: series[-period:][
                    torch.arange(ahead) // period
                ],
            ],
            "You go back one more period with each day ahead. The days of one period "
            "stand side by side at the end of the series.": [
                _seasonal(lambda h, p, n: n - p * (h + 1)),
            ],
            "Each number of the period comes once before the first comes again: "
            "`repeat` repeats the whole, `repeat_interleave` each number.": [
                lambda series, period, ahead: series[-period:].repeat_interleave(
                    -(-ahead // period)
                )[:ahead],
                lambda series, period, ahead: series[-period:].repeat_interleave(ahead)[
                    :ahead
                ],
            ],
            "That is the period before the last: newer numbers are known.": [
                _seasonal(lambda h, p, n: n - 2 * p + h % p if n >= 2 * p else h % p),
                lambda series, period, ahead: series[-2 * period :][
                    torch.arange(ahead) % period
                ],
            ],
            "Those are places. What is the series there?": [
                lambda series, period, ahead: torch.arange(ahead) % period,
            ],
            "`ahead` and `period` have changed places.": [
                lambda series, period, ahead: series[-ahead:][
                    torch.arange(period) % ahead
                ],
            ],
            "One number for each of the next `ahead` days is asked for.": [
                lambda series, period, ahead: series[-period],
                lambda series, period, ahead: series[-period:][(ahead - 1) % period],
                lambda series, period, ahead: series[-period:].repeat(ahead, 1),
            ],
            "Only the forecasts are asked for, not the series before them.": [
                lambda series, period, ahead: torch.cat(
                    [series, _tiled(series, period, ahead)]
                ),
            ],
        }
    ),
)

# --- 15.3 walk forward ----------------------------------------------------------------


def _folds(
    learn: Callable[[int, int, int, int], int] = lambda s, past, ahead, size: (
        s - past - ahead + 1
    ),
    judge: Callable[[int, int, int, int], int] = lambda s, past, ahead, size: (
        size - ahead + 1
    ),
    end: Callable[[int, int], int] = lambda n, size: n - size + 1,
    step: Callable[[int], int] = lambda size: size,
) -> Callable[..., list[tuple[int, int]]]:
    def answer(
        n: int, past: int, ahead: int, first: int, size: int
    ) -> list[tuple[int, int]]:
        return [
            (learn(s, past, ahead, size), judge(s, past, ahead, size))
            for s in range(first, end(n, size), step(size))
        ]

    return answer


def _sliding(n: int, past: int, ahead: int, first: int, size: int) -> list:
    """As many training windows each time: the part that is learned from moves on."""
    right = _folds()(n, past, ahead, first, size)
    return [(right[0][0], judged) for _, judged in right]


def _ragged(n: int, past: int, ahead: int, first: int, size: int) -> list:
    """With a last part that is shorter than the others."""
    return [
        (s - past - ahead + 1, min(size, n - s) - ahead + 1)
        for s in range(first, n - ahead + 1, size)
    ]


def _compare_parts(
    case: tuple, got: Any, expected: list[tuple[int, int]]
) -> tuple[Kind, str] | None:
    """What is wrong, with the counts by name; forms are compared as everywhere."""
    wrong = difference(got, expected, 0)
    if wrong is None or wrong[0] != VALUES:
        return wrong
    for part, (pair, right) in enumerate(zip(got, expected, strict=True), start=1):
        for count, so_many, name in zip(pair, right, ("training", "test"), strict=True):
            if count != so_many:
                return VALUES, (
                    f"returned {count} {name} windows for part {part}, not {so_many}"
                )
    return wrong


def _draw_folds(rng: random.Random) -> list[tuple]:
    past, ahead = rng.randrange(1, 9), rng.randrange(1, 5)
    first, size = past + ahead + rng.randrange(20), ahead + rng.randrange(9)
    return [(first + size + rng.randrange(60), past, ahead, first, size)]


walk_forward = Exercise(
    number="15.3",
    name="my_walk_forward",
    success="each part is judged by what was known before it began.",
    cases=[
        (20, 3, 2, 10, 5),
        (30, 3, 1, 10, 10),
        (24, 4, 3, 12, 5),
        (1461, 14, 7, 731, 365),
        (12, 1, 1, 11, 1),
        (22, 2, 4, 6, 4),
        (21, 3, 2, 10, 5),
        (23, 3, 2, 10, 5),
    ],
    drawn=_draw_folds,
    reference=_folds(),
    compare=_compare_parts,
    wrong=hints(
        {
            "The targets of a training window have to lie before the part that is "
            "judged, all `ahead` of them: otherwise it learns what it is asked.": [
                _folds(learn=lambda s, past, ahead, size: s - past),
                _folds(learn=lambda s, past, ahead, size: s - past + 1),
                _folds(learn=lambda s, past, ahead, size: s),
                _folds(
                    learn=lambda s, past, ahead, size: s - past,
                    judge=lambda s, past, ahead, size: size,
                ),
            ],
            "Your training windows reach to the end of the part that is judged. They "
            "have to end before it begins.": [
                _folds(learn=lambda s, past, ahead, size: s + size - past - ahead + 1),
            ],
            "Your test windows come from the whole series up to the end of the part. "
            "Their targets lie in the part alone.": [
                _folds(judge=lambda s, past, ahead, size: s + size - past - ahead + 1),
                _folds(judge=lambda s, past, ahead, size: s + size - ahead + 1),
            ],
            "What a test window reads may lie before the part, so only its `ahead` "
            "targets count: how many stretches of `ahead` numbers lie in `size`?": [
                _folds(judge=lambda s, past, ahead, size: size - past + 1),
                _folds(judge=lambda s, past, ahead, size: size + past - ahead + 1),
                _folds(judge=lambda s, past, ahead, size: size // (past + ahead)),
            ],
            "The parts begin at `first`: what lies before it is no part.": [
                lambda n, past, ahead, first, size: [
                    (s - past - ahead + 1, size - ahead + 1)
                    for s in range(first, first + n // size * size, size)
                ],
            ],
            "Count the windows of a series of 5 numbers with past = 3 and ahead = 1: "
            "there are two. One more, or one less, at each end.": [
                _folds(learn=lambda s, past, ahead, size: s - past - ahead),
                _folds(judge=lambda s, past, ahead, size: size - ahead),
                _folds(
                    learn=lambda s, past, ahead, size: s - past - ahead,
                    judge=lambda s, past, ahead, size: size - ahead,
                ),
                _folds(learn=lambda s, past, ahead, size: s - past - ahead + 2),
                _folds(judge=lambda s, past, ahead, size: size - ahead + 2),
            ],
            "A test window may read the days before the part that is judged: they are "
            "over. Only its targets have to lie in the part.": [
                _folds(
                    judge=lambda s, past, ahead, size: max(size - past - ahead + 1, 0)
                ),
                _folds(judge=lambda s, past, ahead, size: size - past - ahead + 1),
            ],
            "All `ahead` targets of a test window have to lie in the part that is "
            "judged.": [
                _folds(judge=lambda s, past, ahead, size: size),
            ],
            "After each part, the numbers of that part are over, and may be learned "
            "from.": [_sliding],
            "A part that is judged has `size` numbers: one that would reach beyond the "
            "end is left out, and one that ends with the series is not.": [
                _folds(end=lambda n, size: n),
                _ragged,
                _folds(end=lambda n, size: n - size),
            ],
            "The next part begins where this one ends.": [
                _folds(step=lambda size: 1),
                lambda n, past, ahead, first, size: _folds(step=lambda size: ahead)(
                    n, past, ahead, first, size
                ),
            ],
            "The first part that is judged begins at place `first`.": [
                lambda n, past, ahead, first, size: _folds()(n, past, ahead, 0, size),
                lambda *case: _folds()(*case)[1:],
            ],
            "In the order of time: the first part first.": [
                lambda *case: _folds()(*case)[::-1],
            ],
            "A pair for each part is asked for, in a list.": [
                lambda *case: [k for pair in _folds()(*case) for k in pair],
                lambda *case: [pair[0] for pair in _folds()(*case)],
                lambda *case: [pair[1] for pair in _folds()(*case)],
                lambda *case: _folds()(*case)[0],
                lambda *case: len(_folds()(*case)),
                lambda *case: tuple(
                    [pair[k] for pair in _folds()(*case)] for k in (0, 1)
                ),
            ],
            "Windows overlap: each begins one step after the last.": [
                _folds(learn=lambda s, past, ahead, size: s // (past + ahead)),
                _folds(judge=lambda s, past, ahead, size: size // ahead),
            ],
            "A training window has `past` + `ahead` numbers: how often does one fit "
            "into the numbers before the part?": [
                _folds(learn=lambda s, past, ahead, size: s - ahead + 1),
            ],
            "What comes before the part is all of it, from the first number on, not "
            "the part before alone.": [
                _folds(learn=lambda s, past, ahead, size: size - past - ahead + 1),
            ],
            "Each pair: training windows first, test windows second.": [
                lambda *case: [(b, a) for a, b in _folds()(*case)],
            ],
            "Every part is asked for, not the last or the first alone.": [
                lambda *case: _folds()(*case)[:1],
                lambda *case: _folds()(*case)[-1:],
            ],
            "Windows are counted, not numbers of the series.": [
                _folds(
                    learn=lambda s, past, ahead, size: s,
                    judge=lambda s, past, ahead, size: size,
                ),
            ],
        }
    ),
)

# --- 15.4 a copy ----------------------------------------------------------------------


def _correlation(a: Tensor, b: Tensor) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / (a.norm() * b.norm()))


def _lag(
    change: Callable[[Tensor], Tensor] = torch.diff,
    score: Callable[[Tensor, Tensor], float] = _correlation,
    ahead: bool = False,
) -> Callable[..., int]:
    def answer(forecast: Tensor, truth: Tensor, most: int) -> int:
        f, t = change(forecast), change(truth)
        if ahead:
            f, t = t, f
        found = [score(f[k:], t[: len(t) - k]) for k in range(most + 1)]
        return max(range(most + 1), key=found.__getitem__)

    return answer


def _scores(forecast: Tensor, truth: Tensor, most: int) -> list[float]:
    f, t = forecast.diff(), truth.diff()
    return [_correlation(f[k:], t[: len(t) - k]) for k in range(most + 1)]


def _lag_from_1(forecast: Tensor, truth: Tensor, most: int) -> int:
    scores = _scores(forecast, truth, most)
    return max(range(1, most + 1), key=scores.__getitem__)


def _lag_unshifted(forecast: Tensor, truth: Tensor, most: int) -> int:
    f, t = forecast.diff(), truth.diff()
    scores = [_correlation(f[k:], t[k:]) for k in range(most + 1)]
    return max(range(most + 1), key=scores.__getitem__)


def _first_above(bound: float) -> Callable[[Tensor, Tensor, int], int]:
    def answer(forecast: Tensor, truth: Tensor, most: int) -> int:
        scores = _scores(forecast, truth, most)
        return next((k for k, r in enumerate(scores) if r > bound), 0)

    return answer


def _lag_rolled(forecast: Tensor, truth: Tensor, most: int) -> int:
    f, t = forecast.diff(), truth.diff()
    scores = [_correlation(f, t.roll(k)) for k in range(most + 1)]
    return max(range(most + 1), key=scores.__getitem__)


def _lag_cut_from_the_end(forecast: Tensor, truth: Tensor, most: int) -> int:
    f, t = forecast.diff(), truth.diff()
    pairs = [torch.stack([f[k:], t[:-k]]) for k in range(most + 1)]
    return int(torch.stack([torch.corrcoef(pair)[0, 1] for pair in pairs]).argmax())


def _copy(seed: int, lag: int, noise: float, *, size: float = 1.0, sign: int = 0):
    """A walk, and a forecast that repeats it after `lag` days.

    With ``sign`` it also repeats the change of that many days ago, turned round.
    """
    generator = torch.Generator().manual_seed(seed)
    change = torch.randn(400, generator=generator, dtype=torch.float64)
    truth = change.cumsum(0)
    error = torch.randn(400, generator=generator, dtype=torch.float64)
    follows = change.roll(lag) * size
    if sign:
        follows = follows - 1.6 * size * change.roll(sign)
    forecast = follows.cumsum(0) + noise * error + 50
    return forecast[20:], truth[20:], 5


def _mixed(seed: int, *, weights: dict[int, float], noise: float):
    """A forecast that repeats the changes of several days, with these weights."""
    generator = torch.Generator().manual_seed(seed)
    change = torch.randn(400, generator=generator, dtype=torch.float64)
    error = torch.randn(400, generator=generator, dtype=torch.float64)
    follows = torch.stack([w * change.roll(k) for k, w in weights.items()]).sum(0)
    forecast = follows.cumsum(0) + noise * error + 50
    return forecast[20:], change.cumsum(0)[20:], 5


def _last_day(seed: int, lag: int, jump: float, moves: tuple, size: float = 1.0):
    """A copy; on the last day the truth jumps.

    ``moves`` are the first and the last change of the forecast.
    """
    forecast, truth, most = _copy(seed, lag, 0.1, size=size)
    forecast, truth = forecast.clone(), truth.clone()
    truth[-1] = truth[-2] + jump
    forecast[0] = forecast[1] - moves[0]
    forecast[-1] = forecast[-2] + moves[1]
    return forecast, truth, most


def _rare_jumps(seed: int) -> tuple[Tensor, Tensor, int]:
    """Small steps that agree in sign after a day, and jumps repeated after three."""
    generator = torch.Generator().manual_seed(seed)
    change = torch.randn(400, generator=generator, dtype=torch.float64)
    change[::13] *= 15
    follows = change.roll(1).sign() + change.roll(3) * (change.roll(3).abs() > 5)
    return follows.cumsum(0)[20:], change.cumsum(0)[20:], 5


_short = torch.tensor([1.0, 3, 2, 6, 5, 9, 7, 8], dtype=torch.float64)


copied = Exercise(
    number="15.4",
    name="my_lag",
    success="0 would be a forecast; 1 is yesterday in new clothes.",
    cases=lambda: [
        (torch.cat([_short[1:2], _short[:-1]]), _short, 2),
        (_short, _short, 2),
        _copy(0, 1, 0.1),
        _copy(1, 0, 0.1),
        _copy(2, 3, 0.1),
        _copy(3, 1, 0.02, size=0.05),
        _copy(4, 2, 0.1, sign=4),
        _copy(5, 5, 0.1),
        _copy(6, 0, 0.1, size=0.3),
        _copy(7, 1, 0.2, size=5.0),
        (*_copy(8, 1, 0.1)[:2], 1),
        (*_copy(9, 3, 0.1)[:2], 2),
        _mixed(10, weights={1: 1, 2: 1.4, 3: 1}, noise=0.1),
        _mixed(11, weights={2: 1}, noise=2),
        _last_day(12, 1, jump=300, moves=(-1, 3)),
        _last_day(15, 3, jump=300, moves=(9, 0)),
        _last_day(13, 0, jump=-400, moves=(-1, -120), size=0.3),
        _rare_jumps(14),
    ],
    drawn=lambda rng: [_copy(rng.randrange(10_000), rng.randrange(6), 0.1)],
    reference=_lag(),
    wrong=hints(
        {
            "You compare the values. Two curves that wander look alike at every lag: "
            "compare their changes.": [
                _lag(change=lambda x: x),
                _lag(change=lambda x: x - x.mean()),
                _lag(
                    change=lambda x: x,
                    score=lambda a, b: -float((a - b).square().mean()),
                ),
                _lag(
                    change=lambda x: x, score=lambda a, b: -float((a - b).abs().mean())
                ),
            ],
            "You look for changes of the truth that come *after* those of the "
            "forecast. A copy comes late: pair its changes with earlier ones.": [
                _lag(ahead=True),
            ],
            "The highest correlation is asked for. A strong negative one is no copy.": [
                _lag(score=lambda a, b: abs(_correlation(a, b))),
            ],
            "That is the lag with the lowest correlation.": [
                _lag(score=lambda a, b: -_correlation(a, b)),
            ],
            "Try the lag 0 and the lag `most`, too.": [
                lambda forecast, truth, most: max(1, _lag()(forecast, truth, most)),
                _lag_from_1,
                lambda forecast, truth, most: _lag()(forecast, truth, max(most - 1, 0)),
            ],
            "The lag is asked for, a whole number, not the correlation.": [
                lambda forecast, truth, most: _correlation(
                    forecast.diff()[1:], truth.diff()[:-1]
                ),
                lambda forecast, truth, most: max(
                    _correlation(forecast.diff()[k:], truth.diff()[: -k or None])
                    for k in range(most + 1)
                ),
            ],
            "One lag is asked for, an int: the one with the highest correlation.": [
                lambda forecast, truth, most: _scores(forecast, truth, most),
                lambda forecast, truth, most: dict(
                    enumerate(_scores(forecast, truth, most))
                ),
                lambda forecast, truth, most: str(_lag()(forecast, truth, most)),
            ],
            "Not the first correlation that is high enough: the highest of all.": [
                _first_above(0.0),
                _first_above(0.5),
            ],
            "A product or a distance depends on how large the changes are. A forecast "
            "that moves a third as far is a copy, too: correlate.": [
                _lag(score=lambda a, b: float(a @ b)),
                _lag(score=lambda a, b: float((a * b).mean())),
                _lag(score=lambda a, b: -float((a - b).square().mean())),
                _lag(score=lambda a, b: -float((a - b).abs().mean())),
            ],
            "Agreeing signs say nothing of how far. Use the changes as they are.": [
                _lag(score=lambda a, b: float((a.sign() == b.sign()).double().mean())),
            ],
            "One `diff()` gives the changes. Take no changes of changes.": [
                _lag(change=lambda x: x.diff().diff()),
            ],
            "Changes have a sign: a rise that answers a fall is no copy.": [
                _lag(change=lambda x: x.diff().abs()),
            ],
            "`roll` brings the last changes round to the front, where they meet days "
            "that came long before. Cut instead.": [_lag_rolled],
            "For k = 0, `t[:-k]` is `t[:0]`, which is empty.": [_lag_cut_from_the_end],
            "Both series have to be cut: `f[k:]` with the first `len(t) - k` of `t`.": [
                lambda forecast, truth, most: 0,
                _lag_unshifted,
            ],
            "Lags count from 0: no lag at all.": [
                lambda forecast, truth, most: _lag()(forecast, truth, most) + 1,
                lambda forecast, truth, most: _lag()(forecast, truth, most) - 1,
            ],
            "The lag is another one for each pair of series: compute it.": [
                lambda forecast, truth, most: 1,
                lambda forecast, truth, most: most,
            ],
        }
    ),
)

# --- 15.5 futures ---------------------------------------------------------------------

_LEVELS = (0.1, 0.5, 0.9)


def as_yesterday(x: Tensor) -> Tensor:
    """Reads windows of any length."""
    return x[:, -1:]


def weighted_sum(x: Tensor) -> Tensor:
    """Reads windows of at least two numbers, shape (B, P); forecasts (B, 1)."""
    return 1.2 * x[:, -1:] - 0.6 * x[:, -2:-1]


def reads_four(x: Tensor) -> Tensor:
    """Reads windows of exactly four numbers."""
    weights = torch.tensor([[0.1], [-0.2], [0.3], [0.7]], dtype=x.dtype)
    return x @ weights


def with_a_bend(x: Tensor) -> Tensor:
    """Reads windows of exactly three numbers; the rule has a bend."""
    return 0.8 * x[:, 2:3] * x[:, 0:1].sign() + 0.1


def _futures(
    error: Callable[[Tensor, int], Tensor] = lambda errors, h: errors[:, h : h + 1],
    read: Callable[[Tensor, int], Tensor] = lambda x, past: x[:, -past:],
    after: Callable[[Tensor, Tensor], Tensor] = lambda x, errors: x,
    dim: int = 0,
    levels: tuple[float, ...] = _LEVELS,
) -> Callable[..., Tensor]:
    def answer(
        one_step: Callable[[Tensor], Tensor], window: Tensor, errors: Tensor
    ) -> Tensor:
        count, ahead = errors.shape
        x = window.expand(count, -1)
        for h in range(ahead):
            new = one_step(read(x, len(window))) + error(errors, h)
            x = torch.cat([x, new], dim=1)
        found = after(x[:, len(window) :], errors)
        return torch.quantile(found, torch.tensor(levels).to(found), dim=dim)

    return answer


def _no_error(errors: Tensor, h: int) -> Tensor:
    return torch.zeros_like(errors[:, :1])


def _case(
    one_step: Callable[[Tensor], Tensor], past: int, count: int, ahead: int, seed: int
) -> tuple:
    generator = torch.Generator().manual_seed(seed)
    window = torch.randn(past, generator=generator, dtype=torch.float64)
    errors = torch.randn(count, ahead, generator=generator, dtype=torch.float64)
    return one_step, window, errors


_known = torch.tensor([7.0, 2.0], dtype=torch.float64)
_few = torch.tensor([[0.0, 1], [4, 0], [-1, 2]], dtype=torch.float64)


futures = Exercise(
    number="15.5",
    name="my_interval",
    success="an interval for any one-step forecaster, without another training.",
    cases=lambda: [
        (as_yesterday, _known.clone(), _few.clone()),
        _case(weighted_sum, 2, 40, 1, 0),
        _case(weighted_sum, 2, 40, 5, 1),
        _case(reads_four, 4, 60, 6, 2),
        _case(with_a_bend, 3, 50, 4, 3),
        _case(reads_four, 4, 4, 4, 4),
        _case(weighted_sum, 6, 31, 3, 5),
    ],
    drawn=lambda rng: [
        _case(with_a_bend, 3, 30, rng.randrange(2, 7), rng.randrange(9999))
    ],
    reference=_futures(),
    wrong=hints(
        {
            "An error that is added at the end does not live on in the later steps. "
            "Each number must have its error before it is read.": [
                _futures(_no_error, after=lambda x, errors: x + errors),
                _futures(_no_error, after=lambda x, errors: x + errors.cumsum(dim=1)),
            ],
            "All your futures are the same: the errors are not used.": [
                _futures(_no_error),
            ],
            "Each step has its own error: column h of `errors` belongs to step h.": [
                _futures(lambda errors, h: errors[:, :1]),
                _futures(lambda errors, h: errors[:, -1:]),
                _futures(
                    lambda errors, h: errors[:, errors.shape[1] - 1 - h].unsqueeze(1)
                ),
                _futures(lambda errors, h: errors[:, h : h + 1].mean().expand(1, 1)),
                _futures(lambda errors, h: errors.mean(dim=1, keepdim=True)),
            ],
            "The forecaster reads as many numbers as `window` has: hand it the last "
            "ones, the new ones among them.": [
                _futures(read=lambda x, past: x),
                _futures(read=lambda x, past: x[:, :past]),
            ],
            "`errors[:, h]` has shape (count,), and added to the forecasts, shape "
            "(count, 1), it gives (count, count). Keep the axis: "
            "`errors[:, h : h + 1]`.": [
                _futures(lambda errors, h: errors[:, h]),
            ],
            "Row by row, `errors` holds the futures: the errors of step h are its "
            "column h.": [
                _futures(lambda errors, h: errors[h]),
            ],
            "The errors come one by one: each step gets its own, not the sum of those "
            "so far, which the forecaster has read already.": [
                _futures(lambda errors, h: errors.cumsum(dim=1)[:, h : h + 1]),
            ],
            "Only your first step has an error. Each step has its own: column h of "
            "`errors` belongs to step h.": [
                _futures(lambda errors, h: errors[:, h : h + 1] * (h == 0)),
            ],
            "Take the errors as they come, each with its future: neither sorted nor "
            "centred.": [
                _futures(lambda errors, h: errors.sort(dim=0).values[:, h : h + 1]),
                _futures(lambda errors, h: (errors - errors.mean(0))[:, h : h + 1]),
            ],
            "The quantiles of the errors are not those of the futures: let all the "
            "futures run first, then take quantiles of what they came to.": [
                lambda *case: _quantiles_first(*case),
            ],
            "`quantile` draws a line between the two values next to the place, and the "
            "median of an even number of futures lies between two: use it as it is.": [
                lambda *case: _three(*case, lambda paths: paths.median(dim=0).values),
                lambda *case: _three(*case, None, interpolation="nearest"),
                lambda *case: _three(*case, None, interpolation="lower"),
            ],
            "A quantile over all futures, for each step: futures are axis 0.": [
                _futures(dim=1),
            ],
            "Three rows: the quantiles 0.1, 0.5 and 0.9, in this order.": [
                lambda *case: _extremes(_paths(*case)),
                _futures(levels=(0.1, 0.9)),
                _futures(levels=(0.9, 0.5, 0.1)),
                _futures(levels=(0.05, 0.5, 0.95)),
                _futures(levels=(0.25, 0.5, 0.75)),
                _futures(levels=(0.8,)),
                _futures(levels=(0.2, 0.5, 0.8)),
            ],
            "Steps are columns, quantiles are rows: shape (3, ahead).": [
                lambda *case: _futures()(*case).T,
            ],
            "The error is added to the forecast, once.": [
                _futures(lambda errors, h: -errors[:, h : h + 1]),
                _futures(lambda errors, h: 2 * errors[:, h : h + 1]),
            ],
            "Quantiles of the futures are asked for, not the futures themselves.": [
                lambda one_step, window, errors: _paths(one_step, window, errors),
            ],
            "The mean and a spread suit a bell curve; asked for are quantiles of the "
            "futures as they are.": [
                lambda *case: _bell(_paths(*case)),
                lambda *case: _three(*case, lambda paths: paths.mean(dim=0)),
            ],
            "The quantiles of every step are asked for, not of the last alone.": [
                lambda *case: _futures()(*case)[:, -1:],
                lambda *case: _futures()(*case)[:, -1],
            ],
            "The forecasts are asked for, not the numbers of the window.": [
                lambda one_step, window, errors: torch.cat(
                    [
                        window.expand(3, -1),
                        _futures()(one_step, window, errors),
                    ],
                    dim=1,
                ),
            ],
        }
    ),
)


def _paths(one_step: Any, window: Tensor, errors: Tensor) -> Tensor:
    x = window.expand(len(errors), -1)
    for h in range(errors.shape[1]):
        new = one_step(x[:, -len(window) :]) + errors[:, h : h + 1]
        x = torch.cat([x, new], dim=1)
    return x[:, len(window) :]


def _three(
    one_step: Any,
    window: Tensor,
    errors: Tensor,
    middle: Any,
    interpolation: str = "linear",
) -> Tensor:
    """The quantiles, with another number in the middle, or taken in another way."""
    paths = _paths(one_step, window, errors)
    low, half, high = (
        torch.quantile(paths, q, dim=0, interpolation=interpolation) for q in _LEVELS
    )
    return torch.stack([low, middle(paths) if middle else half, high])


def _quantiles_first(one_step: Any, window: Tensor, errors: Tensor) -> Tensor:
    """Three futures, each with a quantile of the errors at every step."""
    levels = torch.tensor(_LEVELS, dtype=errors.dtype)
    return _paths(one_step, window, torch.quantile(errors, levels, dim=0))


def _extremes(paths: Tensor) -> Tensor:
    return torch.stack([paths.amin(0), paths.median(dim=0).values, paths.amax(0)])


def _bell(paths: Tensor) -> Tensor:
    middle, spread = paths.mean(dim=0), 1.2816 * paths.std(dim=0)
    return torch.stack([middle - spread, middle, middle + spread])


summary = engine.summary_of(__name__)
