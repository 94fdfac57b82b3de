"""The checks of notebook 11: dials, a bias, a convention, peepholes, fair claims."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import (
    TYPE,
    Exercise,
    Kind,
    Question,
    Wrong,
    describe,
)
from charrnn_helpers.exercises.kit import (
    accept_letters,
    has,
    hints,
    lacks,
    letters,
)

# --- 11.1 the dials -------------------------------------------------------------------

_OFFERED = (0.4, 0.9, -0.7, 0.3, -0.5, 0.8, -0.9, 0.6, 0.5, 0.7)
_LEFT = 0.25  # what an earlier text has left in the cell
_LISTS = ("f", "i", "o")


def _dials(answer: Any) -> list[list[float]] | str:
    """The three lists, or what is wrong with their form."""
    if isinstance(answer, (Tensor, np.ndarray)):
        answer = answer.tolist()
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        return f"returned {describe(answer)}, not three lists (f, i, o)"
    lists = []
    for name, some in zip(_LISTS, answer, strict=True):
        if isinstance(some, Tensor):
            some = some.tolist()
        try:
            some = list(some)
            if any(isinstance(number, str) for number in some):
                return f"returned text for {name}, not a list of numbers"
            numbers = [float(number) for number in some]
        except (TypeError, ValueError):
            return f"returned {describe(some)} for {name}, not a list of numbers"
        if len(numbers) != 10:
            return f"returned {len(numbers)} numbers for {name}, not 10"
        if not all(number in (0.0, 1.0) for number in numbers):
            return f"returned numbers in {name} that are neither 0 nor 1"
        lists.append(numbers)
    return lists


def _judge(case: tuple, result: Any, _expected: Any) -> tuple[Kind, str] | None:
    """Run the cell with the dials of an answer."""
    write, show, erase = case
    lists = _dials(result)
    if isinstance(lists, str):
        return TYPE, lists
    c, value = _LEFT, _OFFERED[write - 1]
    for t, (f, i, o) in enumerate(zip(*lists, strict=True), start=1):
        before, c = c, f * c + i * _OFFERED[t - 1]
        h = o * math.tanh(c)
        wanted = value if write <= t < erase else 0.0 if t >= erase else c
        if abs(c - wanted) > 1e-9:
            text = f"leaves c = {c:.2f} after step {t}, not {wanted:.2f}"
            if t == write:
                if i == 0:
                    return "not written", f"{text}: at step {t} the input gate is shut"
                return "added", f"{text}: {before:.2f} was still in the cell"
            if t < erase:
                if i == 1:
                    return "let in", f"{text}: i is 1 at step {t}"
                return "lost", f"{text}: f is 0 at step {t}"
            if t == erase and f == 1:
                return "not erased", f"{text}: f is 1 at step {t}"
            return "filled again", f"{text}: i is 1 at step {t}"
        if (t == show) != (abs(h) > 1e-9):
            if t == show:
                return "not shown", f"gives h = 0 at step {t}, where it is to be seen"
            return "shown", f"gives h = {h:.2f} at step {t}, where it is to be 0"
    return None


def _right_dials(write: int, show: int, erase: int) -> tuple[list[int], ...]:
    steps = range(1, 11)
    f = [int(t not in (write, erase)) for t in steps]
    return f, [int(t == write) for t in steps], [int(t == show) for t in steps]


def _dials_with(**changed: Callable[..., bool]) -> Callable[..., tuple]:
    """The right dials, but for the lists that a function of step and case replaces."""

    def answer(write: int, show: int, erase: int) -> tuple:
        lists = dict(zip(_LISTS, _right_dials(write, show, erase), strict=True))
        for name, rule in changed.items():
            lists[name] = [int(rule(t, write, erase)) for t in range(1, 11)]
        return tuple(lists.values())

    return answer


def _in_order(first: int, second: int, third: int) -> Callable[..., tuple]:
    """The right dials, returned in another order."""

    def answer(write: int, show: int, erase: int) -> tuple:
        lists = _right_dials(write, show, erase)
        return lists[first], lists[second], lists[third]

    return answer


dials = Exercise(
    number="11.1",
    name="my_dials",
    success="written, held, shown and erased: four things, three gates.",
    cases=[(2, 6, 8), (1, 1, 2), (4, 9, 10), (3, 4, 9), (1, 9, 10), (5, 5, 6)],
    drawn=lambda rng: [tuple(sorted(rng.sample(range(1, 11), 3)))],
    reference=_right_dials,
    compare=_judge,
    wrong=[
        *hints(
            {
                "Look at the order of the three lists that you return: f, i, o.": [
                    _in_order(1, 0, 2),
                    _in_order(0, 2, 1),
                    _in_order(2, 1, 0),
                    _in_order(1, 2, 0),
                    _in_order(2, 0, 1),
                ]
            }
        ),
        Wrong(
            "Something from before was in the cell, and you have added to it. Where a "
            "new value is written, the old one has to go: which gate does that?",
            _dials_with(f=lambda t, write, erase: t != erase),
            kind="added",
        ),
        Wrong(
            "Erasing is the work of the forget gate, and at 0 it erases: an open "
            "forget gate keeps.",
            _dials_with(f=lambda t, write, erase: t != write),
            kind="not erased",
        ),
        Wrong(
            "After step `erase` the cell is to stay empty: nothing may be let in.",
            _dials_with(i=lambda t, write, erase: t in (write, erase)),
            kind="filled again",
        ),
        Wrong(
            "While a value is held, every candidate has to stay outside: close the "
            "input gate.",
            _dials_with(i=lambda t, write, erase: write <= t < erase),
            kind="let in",
        ),
        Wrong(
            "A forget gate of 0 erases. It has to be 1 in every step in which the "
            "value is kept.",
            _dials_with(f=lambda t, write, erase: False),
            kind="lost",
        ),
        Wrong(
            "Nothing is written: which gate lets the candidate in? Steps count from 1, "
            "and the places of a list from 0.",
            _dials_with(i=lambda t, write, erase: False),
            kind="not written",
        ),
        Wrong(
            "The output gate has to be 1 at step `show`. Steps count from 1, and the "
            "places of a list from 0.",
            _dials_with(o=lambda t, write, erase: False),
            kind="not shown",
        ),
        Wrong(
            "h is what the output gate lets out. It is to be seen at step `show` "
            "alone, and what an earlier text has left is not to be seen at all.",
            _dials_with(o=lambda t, write, erase: True),
            kind="shown",
        ),
        Wrong(
            "Return three lists, (f, i, o), of ten numbers each.",
            lambda write, show, erase: _right_dials(write, show, erase)[:2],
            kind=TYPE,
        ),
    ],
)

# --- 11.2 the bias --------------------------------------------------------------------


def _logit(f: float) -> float:
    return math.log(f / (1 - f))


def _rate(T: int, share: float) -> float:
    return share ** (1 / T)


forget_bias = Exercise(
    number="11.2",
    name="my_forget_bias",
    success="the bias grows with the logarithm of the time to bridge.",
    cases=[
        (20, 0.5),
        (1, 0.5),
        (1, 0.9),
        (100, 0.1),
        (30, 0.9),
        (3, 0.01),
        (1000, 0.5),
    ],
    drawn=lambda rng: [(rng.randrange(2, 60), 0.05 + 0.9 * rng.random())],
    reference=lambda T, share: _logit(_rate(T, share)),
    wrong=hints(
        {
            "That is the forget gate f itself. Which sum has this sigmoid? Solve "
            "f = 1 / (1 + e^−b) for b.": [_rate],
            "The value is multiplied by f in each of T steps: f to the power T is the "
            "share, not f.": [lambda T, share: _logit(share)],
            "T factors of f make f to the power T. So take the T-th root, not a T-th "
            "part.": [
                lambda T, share: _logit(share / T),
                lambda T, share: _logit(share) / T,
                lambda T, share: _logit(1 - (1 - share) / T),
            ],
            "The sign: f above a half needs a positive bias.": [
                lambda T, share: -_logit(_rate(T, share))
            ],
            "That is the sum shared out over the two vectors. The sum itself is asked "
            "for.": [lambda T, share: _logit(_rate(T, share)) / 2],
            "Share is what is left, not what is lost.": [
                lambda T, share: _logit(_rate(T, 1 - share))
            ],
            "That is the logarithm of f. The inverse of the sigmoid is ln(f / (1 − "
            "f)).": [
                lambda T, share: math.log(_rate(T, share)),
                lambda T, share: math.log(share) / T,
            ],
            "That is the logarithm of 1 / (1 − f); the inverse of the sigmoid is "
            "ln(f / (1 − f)).": [lambda T, share: -math.log(1 - _rate(T, share))],
            "What is left to take is the logarithm: the inverse of the sigmoid is "
            "ln(f / (1 − f)).": [
                lambda T, share: _rate(T, share) / (1 - _rate(T, share))
            ],
            "e⁻ᵇ asks for the natural logarithm, `math.log`.": [
                lambda T, share: _logit(_rate(T, share)) / math.log(10),
                lambda T, share: _logit(_rate(T, share)) / math.log(2),
            ],
            "One number is asked for, the sum: not one for each vector.": [
                lambda T, share: (_logit(_rate(T, share)) / 2,) * 2,
                lambda T, share: (_logit(_rate(T, share)), 0.0),
                lambda T, share: (_logit(_rate(T, share)), 0),
            ],
            "The inverse of the sigmoid, not the sigmoid once more.": [
                lambda T, share: 1 / (1 + math.exp(-_rate(T, share)))
            ],
            "The root is 1/T: you have raised the share to the power T.": [
                lambda T, share: _logit(share**T)
            ],
            "That is the chrono start, which does not ask for a share: with it about "
            "37 % is left after T steps.": [
                lambda T, share: math.log(T),
                lambda T, share: math.log(max(T - 1, 1)),
                lambda T, share: math.log(T - 1),
            ],
            "That is nearly right where f is near 1. Exactly: which f has `share` as "
            "its power T, and which b has this f?": [
                lambda T, share: math.log(-T / math.log(share))
            ],
            "One step too many or too few: the value is multiplied T times.": [
                lambda T, share: _logit(_rate(T + 1, share)),
                lambda T, share: _logit(_rate(max(T - 1, 1), share)),
                lambda T, share: _logit(_rate(T - 1, share)),
            ],
        }
    ),
)

# --- 11.3 another convention ----------------------------------------------------------


def _parts(
    change: Callable[..., Any], cut: int = 0, join: int = 0
) -> Callable[[Tensor], Tensor]:
    def answer(stored: Tensor) -> Tensor:
        z, r, n = stored.chunk(3, dim=cut)
        return torch.cat(change(z, r, n), dim=join)

    return answer


def _bias_differs(change: Callable[..., Any]) -> Callable[[Tensor], Tensor]:
    """Right for matrices; a bias is changed by a function of its parts."""

    def answer(stored: Tensor) -> Tensor:
        z, r, n = stored.chunk(3)
        return torch.cat(change(z, r, n) if stored.dim() == 1 else [r, -z, n])

    return answer


def _stored(rows: int, columns: int | None, seed: int) -> tuple[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    shape = (3 * rows,) if columns is None else (3 * rows, columns)
    return (torch.randn(shape, generator=generator),)


convert = Exercise(
    number="11.3",
    name="my_convert",
    success="the same numbers in another order, with another sign.",
    cases=lambda: [
        (torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),),  # H = 1, V = 2
        _stored(2, 3, 0),
        _stored(2, 6, 1),
        _stored(4, 4, 2),
        _stored(3, None, 3),
        _stored(1, None, 4),
    ],
    drawn=lambda rng: [_stored(rng.randrange(2, 6), 5, rng.randrange(1000))],
    reference=lambda stored: torch.cat(
        [
            stored[len(stored) // 3 : 2 * len(stored) // 3],
            -stored[: len(stored) // 3],
            stored[2 * len(stored) // 3 :],
        ]
    ),
    wrong=hints(
        {
            "The order is right. But their z replaces where PyTorch's keeps: what must "
            "become of the sum inside its sigmoid?": [
                _parts(lambda z, r, n: (r, z, n))
            ],
            "The sign of z is changed, and the order is still theirs.": [
                _parts(lambda z, r, n: (-z, r, n))
            ],
            "The sign belongs to z. In what is stored, z is the first part.": [
                _parts(lambda z, r, n: (-r, z, n)),
                _parts(lambda z, r, n: (z, -r, n)),
            ],
            "Nothing has changed.": [lambda stored: stored.clone()],
            "The gate z becomes 1 − z; the weights are inside its sigmoid, and "
            "1 − σ(a) is σ(−a).": [
                _parts(lambda z, r, n: (r, 1 - z, n)),
                _parts(lambda z, r, n: (1 - z, r, n)),
                _parts(lambda z, r, n: (r, 1 / z, n)),
                _parts(lambda z, r, n: (r, z.sigmoid(), n)),
                _parts(lambda z, r, n: (r, (-z).sigmoid(), n)),
                _parts(lambda z, r, n: (r, 1 - z.sigmoid(), n)),
                _bias_differs(lambda z, r, n: [r, 1 - z, n]),
            ],
            "A bias has the three parts, too, and needs the same changes as a "
            "matrix.": [
                _bias_differs(lambda z, r, n: [z, r, n]),
                _bias_differs(lambda z, r, n: [r, z, n]),
                _bias_differs(lambda z, r, n: [-z, r, n]),
            ],
            "z and r change places as whole blocks of rows, and n stays where it is.": [
                lambda stored: stored.roll(len(stored) // 3, 0),
                lambda stored: stored.roll(-(len(stored) // 3), 0),
                lambda stored: stored.flip(0),
            ],
            "One tensor is asked for, of the same shape: join the three parts.": [
                lambda stored: [
                    stored.chunk(3)[1],
                    -stored.chunk(3)[0],
                    stored.chunk(3)[2],
                ],
                lambda stored: (
                    stored.chunk(3)[1],
                    -stored.chunk(3)[0],
                    stored.chunk(3)[2],
                ),
                lambda stored: -stored.chunk(3)[0],
            ],
            "Only z changes its sign.": [
                _parts(lambda z, r, n: (-r, -z, n)),
                _parts(lambda z, r, n: (-r, -z, -n)),
                _parts(lambda z, r, n: (r, -z, -n)),
                lambda stored: -stored,
            ],
            "PyTorch's order is r, z, n: z comes second.": [
                _parts(lambda z, r, n: (r, n, -z)),
                _parts(lambda z, r, n: (n, r, -z)),
                _parts(lambda z, r, n: (n, -z, r)),
                _parts(lambda z, r, n: (-z, n, r)),
            ],
            "The parts lie one under the other: they are cut and joined along axis 0, "
            "which a bias has, too.": [
                _parts(lambda z, r, n: (r, -z, n), cut=1, join=1),
                _parts(lambda z, r, n: (r, -z, n), cut=-1, join=-1),
                _parts(lambda z, r, n: (r, -z, n), join=1),
                _parts(lambda z, r, n: (r, -z, n), join=-1),
            ],
            "Join the parts with cat: stack makes a new axis.": [
                lambda stored: torch.stack(
                    [stored.chunk(3)[1], -stored.chunk(3)[0], stored.chunk(3)[2]]
                )
            ],
        }
    ),
)

# --- 11.4 peepholes -------------------------------------------------------------------


def _peephole_case(seed: int, B: int = 3, V: int = 4, H: int = 2) -> tuple:
    g = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=g, dtype=torch.float64)

    states = draw(B, H), draw(B, H)
    weights = draw(4 * H, V), draw(4 * H, H), draw(4 * H), 2 * draw(3, H)
    return draw(B, V), *states, *weights


def _peephole(
    to_i: Callable[..., Any] = lambda a, p, c, new: a + p[0] * c,
    to_f: Callable[..., Any] = lambda a, p, c, new: a + p[1] * c,
    to_o: Callable[..., Any] = lambda a, p, c, new: a + p[2] * new,
    to_g: Callable[..., Any] = lambda a, p, c, new: a,
    result: Callable[..., Any] = lambda o, c: (o * c.tanh(), c),
) -> Callable[..., Any]:
    """One step, each gate's sum changed by a function of its own."""

    def step(
        x_t: Tensor, h_prev: Tensor, c_prev: Tensor, W_ih, W_hh, b, p
    ) -> tuple[Tensor, Tensor]:
        i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
        i = to_i(i, p, c_prev, None).sigmoid()
        f = to_f(f, p, c_prev, None).sigmoid()
        g = to_g(g, p, c_prev, None).tanh()
        c_t = f * c_prev + i * g
        return result(to_o(o, p, c_prev, c_t).sigmoid(), c_t)

    return step


def _cell_with(
    candidate: Callable[..., Any] = torch.tanh,
    new: Callable[..., Any] = lambda i, f, g, c: f * c + i * g,
    bias: int = 1,
    seen: Callable[..., Any] = lambda h, c: c,
) -> Callable[..., Any]:
    """One step whose peepholes are right, but for what they look at."""

    def step(x_t, h_prev, c_prev, W_ih, W_hh, b, p) -> tuple[Tensor, Tensor]:
        sums = x_t @ W_ih.T + h_prev @ W_hh.T + bias * b
        i, f, g, o = sums.chunk(4, dim=-1)
        i = (i + p[0] * seen(h_prev, c_prev)).sigmoid()
        f = (f + p[1] * seen(h_prev, c_prev)).sigmoid()
        c_t = new(i, f, candidate(g), c_prev)
        return (o + p[2] * c_t).sigmoid() * c_t.tanh(), c_t

    return step


def _renewed_first(x_t, h_prev, c_prev, W_ih, W_hh, b, p) -> tuple[Tensor, Tensor]:
    """All three gates set again after a first renewal of the cell state."""
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    c_t = f.sigmoid() * c_prev + i.sigmoid() * g.tanh()
    i, f = (i + p[0] * c_t).sigmoid(), (f + p[1] * c_t).sigmoid()
    o = (o + p[2] * c_t).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    return o * c_t.tanh(), c_t


def _outside(x_t, h_prev, c_prev, W_ih, W_hh, b, p) -> tuple[Tensor, Tensor]:
    """The peepholes added to the gates, outside the sigmoid."""
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i, f = i.sigmoid() + p[0] * c_prev, f.sigmoid() + p[1] * c_prev
    c_t = f * c_prev + i * g.tanh()
    return (o.sigmoid() + p[2] * c_t) * c_t.tanh(), c_t


def _other_order(order: str) -> Callable[..., Any]:
    def step(x_t, h_prev, c_prev, W_ih, W_hh, b, p) -> tuple[Tensor, Tensor]:
        parts = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
        named = dict(zip(order, parts, strict=True))
        i = (named["i"] + p[0] * c_prev).sigmoid()
        f = (named["f"] + p[1] * c_prev).sigmoid()
        c_t = f * c_prev + i * named["g"].tanh()
        return (named["o"] + p[2] * c_t).sigmoid() * c_t.tanh(), c_t

    return step


def _cut(
    product: Callable[..., Tensor] = lambda x, W: x @ W.T, axis: int = -1
) -> Callable[..., Any]:
    """One step, with other products or parts that are cut along another axis."""

    def step(x_t, h_prev, c_prev, W_ih, W_hh, b, p) -> tuple[Tensor, Tensor]:
        sums = product(x_t, W_ih) + product(h_prev, W_hh) + b
        i, f, g, o = sums.chunk(4, dim=axis)
        i, f = (i + p[0] * c_prev).sigmoid(), (f + p[1] * c_prev).sigmoid()
        c_t = f * c_prev + i * g.tanh()
        return (o + p[2] * c_t).sigmoid() * c_t.tanh(), c_t

    return step


def _unseen(a: Tensor, p: Tensor, c: Tensor, new: Tensor) -> Tensor:
    return a


peephole = Exercise(
    number="11.4",
    name="my_peephole_step",
    success="two gates look at the old cell state, one at the new one.",
    cases=lambda: [
        _peephole_case(0),
        _peephole_case(1, B=1, V=3, H=5),
        _peephole_case(2, B=4, V=2, H=3),
    ],
    drawn=lambda rng: [_peephole_case(rng.randrange(1000), B=2)],
    reference=_peephole(),
    entries=("h_t", "c_t"),
    say=lambda case: (
        f"for B={len(case[0])}, V={case[0].shape[1]}, H={case[1].shape[1]},"
    ),
    gradients=True,
    tolerance=1e-7,
    wrong=hints(
        {
            "The output gate is set after the cell state has been renewed: it sees "
            "c_t, not c_prev.": [_peephole(to_o=lambda a, p, c, new: a + p[2] * c)],
            "No gate looks at the cell state yet: p is not used.": [
                _peephole(to_i=_unseen, to_f=_unseen, to_o=_unseen)
            ],
            "The output gate has a peephole, too: the third row of p.": [
                _peephole(to_o=_unseen)
            ],
            "The input and the forget gate have peepholes, too: they see c_prev.": [
                _peephole(to_i=_unseen, to_f=_unseen),
                _peephole(to_i=_unseen),
                _peephole(to_f=_unseen),
            ],
            "The rows of p belong to i, f and o, in this order.": [
                _peephole(
                    to_i=lambda a, p, c, new: a + p[1] * c,
                    to_f=lambda a, p, c, new: a + p[0] * c,
                ),
                _peephole(
                    to_i=lambda a, p, c, new: a + p[0] * c,
                    to_f=lambda a, p, c, new: a + p[2] * c,
                    to_o=lambda a, p, c, new: a + p[1] * new,
                ),
                _peephole(
                    to_i=lambda a, p, c, new: a + p[1] * c,
                    to_f=lambda a, p, c, new: a + p[2] * c,
                    to_o=lambda a, p, c, new: a + p[0] * new,
                ),
            ],
            "p is a weight: it multiplies the cell state, and the product is added to "
            "the sum.": [
                _peephole(
                    to_i=lambda a, p, c, new: a + p[0],
                    to_f=lambda a, p, c, new: a + p[1],
                    to_o=lambda a, p, c, new: a + p[2],
                ),
                _peephole(
                    to_i=lambda a, p, c, new: a * p[0] * c,
                    to_f=lambda a, p, c, new: a * p[1] * c,
                    to_o=lambda a, p, c, new: a * p[2] * new,
                ),
            ],
            "Each gate has a row of p of its own.": [
                _peephole(
                    to_f=lambda a, p, c, new: a + p[0] * c,
                    to_o=lambda a, p, c, new: a + p[0] * new,
                )
            ],
            "A peephole looks at the cell state c, not at h.": [
                _cell_with(seen=lambda h, c: h)
            ],
            "The input and the forget gate are set before the cell state is renewed: "
            "they see c_prev.": [_renewed_first],
            "One sigmoid for each gate, after the peephole has been added.": [
                _peephole(
                    to_i=lambda a, p, c, new: a.sigmoid() + p[0] * c,
                    to_f=lambda a, p, c, new: a.sigmoid() + p[1] * c,
                    to_o=lambda a, p, c, new: a.sigmoid() + p[2] * new,
                )
            ],
            "The candidate goes through a tanh.": [
                _cell_with(candidate=lambda g: g),
                _cell_with(candidate=torch.sigmoid),
            ],
            "f multiplies the old cell state, i the candidate.": [
                _cell_with(new=lambda i, f, g, c: i * c + f * g)
            ],
            "The input gate is a gate of its own: 1 − f does not stand for it.": [
                _cell_with(new=lambda i, f, g, c: f * c + (1 - f) * g)
            ],
            "b is added to the sums, once.": [_cell_with(bias=0), _cell_with(bias=2)],
            "The candidate is no gate: it has no peephole.": [
                _peephole(to_g=lambda a, p, c, new: a + p[0] * c),
                _peephole(to_g=lambda a, p, c, new: a + p[1] * c),
                _peephole(to_g=lambda a, p, c, new: a + p[2] * c),
            ],
            "The peephole belongs inside the sigmoid, or the gate leaves 0 to 1.": [
                _outside
            ],
            "The peephole sees the cell state as it is, without tanh.": [
                _peephole(to_o=lambda a, p, c, new: a + p[2] * new.tanh()),
                _peephole(
                    to_i=lambda a, p, c, new: a + p[0] * c.tanh(),
                    to_f=lambda a, p, c, new: a + p[1] * c.tanh(),
                    to_o=lambda a, p, c, new: a + p[2] * new.tanh(),
                ),
            ],
            "Each unit sees its own cell state through one weight: multiply entry by "
            "entry.": [
                _peephole(
                    to_i=lambda a, p, c, new: a + (p[0] * c).sum(-1, keepdim=True),
                    to_f=lambda a, p, c, new: a + (p[1] * c).sum(-1, keepdim=True),
                    to_o=lambda a, p, c, new: a + (p[2] * new).sum(-1, keepdim=True),
                ),
                _peephole(
                    to_i=lambda a, p, c, new: a + c @ p[0],
                    to_f=lambda a, p, c, new: a + c @ p[1],
                    to_o=lambda a, p, c, new: a + new @ p[2],
                ),
            ],
            "The sums are (B, 4H): the four parts lie side by side, along the last "
            "axis.": [_cut(axis=0)],
            "Do the shapes fit? W_ih is (4H, V), so the product is x_t @ W_ih.T.": [
                _cut(product=torch.matmul)
            ],
            "h_t is the output gate times the tanh of c_t.": [
                _peephole(result=lambda o, c: (o * c, c)),
                _peephole(result=lambda o, c: ((o * c).tanh(), c)),
                _peephole(result=lambda o, c: (c.tanh(), c)),
            ],
            "Return h_t first, then c_t.": [
                _peephole(result=lambda o, c: (c, o * c.tanh()))
            ],
            "Return both states, as a pair.": [
                _peephole(result=lambda o, c: o * c.tanh()),
                _peephole(result=lambda o, c: c),
            ],
            "The four parts come in PyTorch's order: i, f, g, o.": [
                _other_order("ifog"),
                _other_order("figo"),
                _other_order("fiog"),
                _other_order("igfo"),
                _other_order("oifg"),
            ],
        }
    ),
)

# --- 11.5 who may say so --------------------------------------------------------------


supported = Question(
    number="11.5",
    name="supported",
    success="a claim is as good as what was held equal.",
    expected=lambda: "ae",
    accept=accept_letters,
    wrong=[
        Wrong(
            "A string of letters is asked for.",
            3,
            matches=lambda answer: letters(answer) is None,
        ),
        Wrong(
            "b: with 64 units each, how many parameters has the LSTM's layer for each "
            "of the RNN's?",
            "abe",
            matches=has("b"),
        ),
        Wrong(
            "c: for whom was the learning rate chosen? The other one may need another.",
            "ace",
            matches=has("c"),
        ),
        Wrong(
            "d: look at the two ranges. Would three other seeds give the same order?",
            "ade",
            matches=has("d"),
        ),
        Wrong(
            "f: the best of ten draws is compared with the mean of three. Who draws "
            "more often gets a better best one.",
            "aef",
            matches=has("f"),
        ),
        Wrong(
            "Some of them hold: look for a fair comparison and a claim no larger.",
            "",
            matches=lambda answer: letters(answer) == set(),
        ),
        Wrong(
            "One more holds: it claims no more than was measured, on this machine and "
            "within this time.",
            "a",
            matches=lacks("e"),
        ),
        Wrong(
            "One more holds: go through what has to be equal, one by one.",
            "e",
            matches=lacks("a"),
        ),
    ],
)

summary = engine.summary_of(__name__)
