"""The checks of notebook 10: three curves, a radius, the way back, a time per unit."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import Exercise, Question, Wrong
from charrnn_helpers.exercises.kit import hints

# --- 10.1 -----------------------------------------------------------------------------

_A = (0.00023 / 0.02) ** (1 / 20)
_B = (0.077 / 0.002) ** (1 / 20)
_LAG = 55
_EXPLODES = "B"  # C has more left at lag 30, and falls

_MISREAD: dict[str, list[tuple[float | None, float | None, float | None]]] = {
    "Turned round: what is left at lag 30, divided by what is left at lag 10.": [
        (1 / _A, None, None),
        (None, None, 1 / _B),
    ],
    "A and B are exchanged.": [(_B, None, _A)],
    "That is the factor of twenty steps together. Twenty equal factors make it: take "
    "the 20th root.": [
        (0.0115, None, None),
        (None, None, 38.5),
    ],
    "A share of the total, divided evenly: but the steps multiply, they do not add up. "
    "The 20th root, not a 20th.": [
        (0.0115 / 20, None, None),
        (None, None, 38.5 / 20),
        ((0.02 - 0.00023) / 20, None, None),
        (None, None, (0.077 - 0.002) / 20),
        (1 - (0.02 - 0.00023) / 20, None, None),
    ],
    "From lag 10 to lag 30 there are 20 steps: which root did you take?": [
        (0.0115 ** (1 / n), None, None) for n in (10, 19, 21, 30)
    ]
    + [(None, None, 38.5 ** (1 / n)) for n in (10, 19, 21, 30)],
    "Two lags twenty steps apart, so the 20th root, not the square root.": [
        (0.0115**0.5, None, None),
        (None, None, 38.5**0.5),
    ],
    "You begin at lag 0, and the first ten steps do not lie on the line. Use lag 10 "
    "and lag 30.": [
        (0.00023 ** (1 / 30), None, None),
        (0.02 ** (1 / 10), None, None),
        (None, None, 0.077 ** (1 / 30)),
        (None, None, 0.002 ** (1 / 10)),
    ],
    "That is the logarithm of the factor: math.exp turns it back.": [
        (math.log(_A), None, None),
        (math.log10(_A), None, None),
        (None, None, math.log(_B)),
        (None, None, math.log10(_B)),
    ],
    "The lag is counted from the loss: the steps after lag 10, and those ten.": [
        (None, 45, None),
        (None, 44, None),
    ],
    "The line begins at lag 10, where 0.02 is left, not at lag 0 with 1.": [
        (None, 62, None),
        (None, 61, None),
    ],
    "The line begins at 0.02, not at 1.": [(None, 72, None), (None, 71, None)],
    "One step off: at that lag more than 10⁻⁶ is left, or it was below before.": [
        (None, 54, None),
        (None, 56, None),
        (None, 53, None),
    ],
    "That is where it falls below 10⁻⁷: one zero too many.": [(None, 65, None)],
    "The lag is counted from the loss: the steps after lag 30, and those thirty.": [
        (None, 25, None),
        (None, 24, None),
    ],
    "That is what one step takes away, or adds. The factor is what is left after it.": [
        (1 - _A, None, None),
        (None, None, _B - 1),
    ],
    "A factor, not a percentage: 50 % is 0.5.": [
        (100 * _A, None, None),
        (None, None, 100 * _B),
    ],
    "The twenty steps begin at lag 10, with 0.02 in A and 0.002 in B, not with 1.": [
        (0.00023 ** (1 / 20), None, None),
        (None, None, 0.077 ** (1 / 20)),
    ],
    "A lag is a whole number of steps: the first one that is below.": [
        (None, 54.4, None)
    ],
    "The right numbers in another order: A, the lag, B.": [(_A, _B, _LAG)],
}


def _misreading(hint: str, *wanted: float | None) -> Wrong:
    truth = (_A, _LAG, _B)
    return Wrong(
        hint,
        (
            *(t if w is None else w for t, w in zip(truth, wanted, strict=True)),
            _EXPLODES,
        ),
        lambda answer: all(
            w is None or abs(given - w) < 0.005 * max(1.0, abs(w) / 2)
            for given, w in zip(answer[:3], wanted, strict=True)
        ),
    )


def _exploding(answer: Any) -> str:
    """The letters of the networks that are said to explode."""
    return answer[3].strip().upper()


reading = Question(
    number="10.1",
    name="my_reading",
    success="one factor per step, and its side of 1 decides, not the height.",
    expected=lambda: (_A, float(_LAG), _B, _EXPLODES),  # 55.0 will do, too
    entries=(
        "the factor per step of A",
        "the lag",
        "the factor per step of B",
        "the last answer",
    ),
    tolerance=0.006,
    wrong=[
        Wrong(
            "Four answers are asked for, as a tuple: the factor of A, the lag, the "
            "factor of B, and the letters of those that explode.",
            (_A, _LAG, _B),
            lambda answer: not isinstance(answer, (tuple, list)) or len(answer) != 4,
        ),
        Wrong(
            "The first three are numbers, not texts.",
            ("0.80", "55", "1.20", _EXPLODES),
            lambda answer: any(isinstance(part, str) for part in answer[:3]),
        ),
        *(_misreading(hint, *row) for hint, some in _MISREAD.items() for row in some),
        Wrong(
            "The last answer is a text of capital letters: of those networks whose "
            "gradient explodes.",
            (_A, _LAG, _B, ["explodes"]),
            lambda answer: (
                not isinstance(answer[3], str)
                or not set(_exploding(answer)) <= {*"ABC"}
            ),
        ),
        Wrong(
            "Of A less is left at every lag: that is vanishing.",
            (_A, _LAG, _B, "AB"),
            lambda answer: "A" in _exploding(answer),
        ),
        Wrong(
            "C lies high, but which way does it go from lag 10 to lag 30? Follow its "
            "line to lag 100.",
            (_A, _LAG, _B, "BC"),
            lambda answer: "C" in _exploding(answer),
        ),
        Wrong(
            "B lies low, but which way does it go from lag 10 to lag 30? Follow its "
            "line to lag 100.",
            (_A, _LAG, _B, ""),
            lambda answer: "B" not in _exploding(answer),
        ),
    ],
)


# --- 10.2 -----------------------------------------------------------------------------


def _matrix(*rows: list[float]) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


def _random_matrix(seed: int, size: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(size, size, generator=generator, dtype=torch.float64)


def _radius(W: Tensor) -> Tensor:
    return torch.linalg.eigvals(W).abs().max()


def _over(size_of: Callable[[Tensor], Any]) -> Callable[[Tensor, float], Tensor]:
    """W times the radius, divided by some size of W."""
    return lambda W, radius: W * (radius / size_of(W))


def _eigen(W: Tensor) -> Tensor:
    return torch.linalg.eigvals(W)


def _orthogonal(W: Tensor, radius: float) -> Tensor:
    return torch.linalg.qr(W).Q * radius


def _on_a_circle(W: Tensor, radius: float) -> Tensor:
    values, vectors = torch.linalg.eig(W)
    values = radius * values / values.abs()
    return (vectors @ torch.diag(values) @ torch.linalg.inv(vectors)).real


scale = Exercise(
    number="10.2",
    name="my_scale",
    success="every eigenvalue shrinks or grows alike, and the largest is the radius.",
    cases=lambda: [
        (_matrix([2.0, 0.0], [0.0, 1.0]), 1.0),
        (_matrix([1.0, 5.0], [0.0, 0.5]), 0.9),  # a large singular value
        (_matrix([0.0, -2.0], [2.0, 0.0]), 1.2),  # ±2i: real parts of 0
        (_matrix([-3.0, 1.0], [0.0, 1.0]), 0.5),  # the largest one is negative
        (_random_matrix(0, 6), 1.5),
        (0.01 * _random_matrix(1, 5), 2.0),
        (_matrix([0.25]), 4.0),
    ],
    drawn=lambda rng: [(_random_matrix(rng.randrange(10**6), 7), 0.5 + rng.random())],
    reference=lambda W, radius: W * radius / _radius(W),
    wrong=hints(
        {
            "You multiply by the radius that is wanted. W has one already: which "
            "number takes it from there to here?": [lambda W, radius: W * radius],
            "The largest singular value says how much one product can stretch. The "
            "spectral radius is about the eigenvalues.": [
                _over(lambda W: torch.linalg.svdvals(W)[0]),
                _over(lambda W: torch.linalg.svdvals(W)[-1]),
            ],
            "An eigenvalue is a complex number, and its size counts, not its real "
            "part: .abs().": [
                _over(lambda W: _eigen(W).real.max()),
                _over(lambda W: _eigen(W).real.abs().max()),
                _over(lambda W: _eigen(W).imag.abs().max()),
            ],
            "W is divided by the eigenvalue itself, a complex number. Its size is what "
            "counts: .abs().": [
                _over(lambda W: _eigen(W)[_eigen(W).abs().argmax()]),
                _over(lambda W: _eigen(W)[0]),
            ],
            "Each eigenvalue keeps its share: only the largest is to have the size "
            "that is wanted. One number for the whole of W.": [_on_a_circle],
            "The eigenvalues of W.T @ W are squares of singular values. Those of W "
            "itself are asked for.": [_over(lambda W: _eigen(W.T @ W).abs().max())],
            "Not every matrix is a new one of nn.RNN: W has a radius of its own, not "
            "0.577.": [lambda W, radius: W * radius * 3**0.5],
            "Complex numbers have no order, so none is the largest: take their sizes "
            "first, .abs().": [_over(lambda W: _eigen(W).max())],
            "The largest size counts, not that of any eigenvalue, and no mean.": [
                _over(lambda W: _eigen(W).abs()[0]),
                _over(lambda W: _eigen(W).abs()[-1]),
                _over(lambda W: _eigen(W).abs().mean()),
                _over(lambda W: _eigen(W).abs().min()),
                _over(lambda W: _eigen(W).abs().sum()),
                _over(lambda W: _eigen(W).sum().abs()),
                _over(lambda W: _eigen(W).abs().median()),
            ],
            "eigvalsh is for symmetric matrices: it reads one half of W only.": [
                _over(lambda W: torch.linalg.eigvalsh(W).abs().max()),
                _over(lambda W: torch.linalg.eigvalsh(W).max()),
            ],
            "That is a size of the entries of W. Its spectral radius is the size of "
            "its largest eigenvalue.": [
                _over(lambda W: W.norm()),
                _over(lambda W: W.abs().max()),
                _over(lambda W: W.abs().sum(dim=1).max()),
                _over(lambda W: W.abs().sum(dim=0).max()),
                _over(lambda W: W.diagonal().abs().max()),
                _over(lambda W: W.trace()),
                _over(lambda W: torch.linalg.det(W)),
                _over(lambda W: W.std()),
            ],
            "A factor takes one radius to the other, not a difference: divide.": [
                lambda W, radius: W * (radius - _radius(W)),
                lambda W, radius: W * (_radius(W) - radius),
            ],
            "Upside down: a W with too large a radius must be made smaller.": [
                lambda W, radius: W * (_radius(W) / radius),
            ],
            "Now the radius is 1 whatever is asked for.": [
                lambda W, radius: W / _radius(W),
            ],
            "The radius that is wanted belongs above, that of W below.": [
                lambda W, radius: W / (radius * _radius(W)),
                lambda W, radius: W / radius,
            ],
            "One product with a number is enough, and it changes every eigenvalue by "
            "that number itself: no root, no square.": [
                lambda W, radius: W * (radius / _radius(W)) ** 0.5,
                lambda W, radius: W * (radius / _radius(W)) ** 2,
                lambda W, radius: W * radius / _radius(W) ** 2,
            ],
            "That is another matrix. Keep W, and multiply it by one number.": [
                _orthogonal,
                lambda W, radius: torch.eye(len(W), dtype=W.dtype) * radius,
                lambda W, radius: W - _radius(W) + radius,
                lambda W, radius: W + (radius - _radius(W)) * torch.eye(len(W)).to(W),
                lambda W, radius: W.T * radius / _radius(W),
                lambda W, radius: W.clamp(-radius, radius),
            ],
            "That is the number. Return the matrix: W times it.": [
                lambda W, radius: radius / _radius(W)
            ],
            "A radius of W that is small enough already is to be raised, too.": [
                lambda W, radius: W * (radius / _radius(W)).clamp(max=1.0)
            ],
        }
    ),
)


# --- 10.3 -----------------------------------------------------------------------------

SLOPES: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": lambda h: 1 - h**2,
    "sigmoid": lambda h: h * (1 - h),
    "relu": lambda h: (h > 0).double(),
}

Case = tuple[Tensor, Tensor, Tensor, str]


def _case(activation: str, steps: int, units: int, seed: int) -> Case:
    """States of a network that has really run, and a gradient in the last."""
    generator = torch.Generator().manual_seed(seed)

    def drawn(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    apply = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu}
    W_hh, h, states = drawn(units, units), torch.zeros(units).double(), []
    for _ in range(steps):
        h = apply[activation](drawn(units) + W_hh @ h * 0.7)
        states.append(h)
    return drawn(units), torch.stack(states), W_hh, activation


def _walk(
    slopes: dict[str, Callable[[Tensor], Tensor]] | None = None,
    *,
    turn: bool = False,
    shift: int = 0,
    flip: bool = True,
    late: bool = False,
    size: Callable[[Tensor], Tensor] = lambda d: d,
) -> Callable[..., Tensor]:
    """The way back, with something exchanged."""

    def answer(d_last: Tensor, states: Tensor, W_hh: Tensor, activation: str) -> Tensor:
        d_h, found = d_last, []
        matrix = W_hh.T if turn else W_hh
        for t in reversed(range(len(states))):
            found.append(size(d_h))
            slope = (slopes or SLOPES)[activation](states[max(t - shift, 0)])
            d_h = (d_h @ matrix) * slope if late else (d_h * slope) @ matrix
        return torch.stack(found[::-1] if flip else found)

    return answer


def _all(slope: Callable[[Tensor], Tensor]) -> dict[str, Callable[[Tensor], Tensor]]:
    return dict.fromkeys(SLOPES, slope)


def _one_step_more(d_last: Tensor, states: Tensor, W_hh: Tensor, name: str) -> Tensor:
    """Each gradient one step too far back."""
    first = (d_last * SLOPES[name](states[-1])) @ W_hh
    longer = torch.cat([states[:1], states[:-1]])
    return _walk()(first, longer, W_hh, name)


def _by_index(d_last: Tensor, states: Tensor, W_hh: Tensor, name: str) -> Tensor:
    """Without the first step."""
    return _walk()(d_last, states, W_hh, name)[1:]


def _from_the_last(d_last: Tensor, states: Tensor, W_hh: Tensor, name: str) -> Tensor:
    """Each gradient from d_last by one step."""
    found = [(d_last * SLOPES[name](h)) @ W_hh for h in states[1:]]
    return torch.stack([*found, d_last])


def _and_before_the_first(
    d_last: Tensor, states: Tensor, W_hh: Tensor, name: str
) -> Tensor:
    """A step back from the first state as well."""
    longer = torch.cat([states[:1], states])
    return _walk()(d_last, longer, W_hh, name)


def _from_the_second(*, flip: bool) -> Callable[..., Tensor]:
    """Forwards through all states but the first."""

    def answer(d_last: Tensor, states: Tensor, W_hh: Tensor, name: str) -> Tensor:
        turned = torch.cat([states[:1], states[1:].flip(0)])
        return _walk(flip=flip)(d_last, turned, W_hh, name)

    return answer


def _mean_of(slope: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    return lambda h: slope(h).mean()


def _off_at_zero(h: Tensor) -> Tensor:
    return (h >= 0).double()


way_back = Exercise(
    number="10.3",
    name="my_way_back",
    success="a slope and a matrix for each step, whatever the activation.",
    cases=lambda: [
        _case("tanh", 4, 3, 0),
        _case("sigmoid", 5, 2, 1),
        _case("relu", 5, 6, 9),
        _case("tanh", 1, 4, 3),  # no step to take
        _case("sigmoid", 7, 7, 4),  # as many steps as units
    ],
    drawn=lambda rng: [_case(rng.choice(list(SLOPES)), 6, 4, rng.randrange(10**6))],
    reference=_walk(),
    tolerance=1e-9,
    wrong=hints(
        {
            "A tensor of shape (T, H) is asked for: torch.stack makes one of a list.": [
                lambda *case: list(_walk()(*case)),
                lambda *case: _walk()(*case).tolist(),
            ],
            "Each step back has two parts: the slope, and W_hh, which you leave out.": [
                lambda d, states, W_hh, name: _walk()(
                    d, states, torch.eye(len(W_hh)).to(W_hh), name
                )
            ],
            "You go through the states forwards. The way back begins at the last.": [
                lambda d, states, *rest: _walk(flip=False)(d, states.flip(0), *rest),
                lambda d, states, *rest: _walk()(d, states.flip(0), *rest),
                _from_the_second(flip=True),
                _from_the_second(flip=False),
            ],
            "Every step starts from d_last again. Go on from what the step before has "
            "left.": [_from_the_last],
            "No slope is multiplied in: between two states lies an activation.": [
                _walk(_all(torch.ones_like))
            ],
            "The slope of tanh for every activation: the other two have their own.": [
                _walk(_all(SLOPES["tanh"]))
            ],
            "The slope of the sigmoid for every activation: the other two have their "
            "own.": [_walk(_all(SLOPES["sigmoid"]))],
            "The slope of tanh is 1 − h², from its own output h.": [
                _walk(SLOPES | {"tanh": slope})
                for slope in (
                    lambda h: 1 - h,
                    lambda h: 1 - torch.tanh(h) ** 2,
                    lambda h: 1 + h**2,
                    lambda h: h**2,
                )
            ],
            "The states are outputs of the sigmoid already: h (1 − h), no second "
            "sigmoid.": [
                _walk(
                    SLOPES
                    | {"sigmoid": lambda h: torch.sigmoid(h) * (1 - torch.sigmoid(h))}
                ),
            ],
            "The slope of the sigmoid is h (1 − h).": [
                _walk(SLOPES | {"sigmoid": slope})
                for slope in (
                    lambda h: 1 - h,
                    lambda h: 1 - h**2,
                    lambda h: h * (1 - h**2),
                    lambda h: 0.25 * torch.ones_like(h),
                )
            ],
            "The slope of ReLU is 1 where h is above 0, and 0 elsewhere. A unit that "
            "is off has h = 0 exactly.": [
                _walk(SLOPES | {"relu": slope})
                for slope in (
                    _off_at_zero,
                    lambda h: h,
                    torch.ones_like,
                    lambda h: (h == 0).double(),
                )
            ],
            "On the way back W_hh stands as it is: d @ W_hh. With .T it is forwards.": [
                _walk(turn=True)
            ],
            "The slope belongs to the step that you leave: that of the later state, "
            "not of the one that you go to.": [_walk(shift=1)],
            "So the gradient goes from sum to sum (09). From state to state it takes "
            "first the slope, that of the state that you leave, and then W_hh.": [
                _walk(late=True, shift=1)
            ],
            "First the slope, then W_hh: the way back is the way forward in reverse, "
            "and the activation came last.": [_walk(late=True)],
            "The right numbers in the reverse order: that of the first step comes "
            "first.": [_walk(flip=False)],
            "Every row is one step too far back: that of the last state is d_last "
            "itself.": [_one_step_more],
            "One is missing: T states, T rows.": [_by_index],
            "One too many: T states, T rows, and the last is d_last itself.": [
                lambda d, *rest: torch.cat([_walk()(d, *rest), d[None]]),
                _and_before_the_first,
            ],
            "Each unit has a slope of its own: entry by entry, no mean.": [
                _walk({name: _mean_of(slope) for name, slope in SLOPES.items()})
            ],
            "A sign: each slope is positive, or 0 where ReLU is off.": [
                _walk(SLOPES | {"tanh": lambda h: h**2 - 1}),
                _walk(SLOPES | {"sigmoid": lambda h: h * (h - 1)}),
                _walk(_all(lambda h: -torch.ones_like(h))),
            ],
            "Those are the norms. This time the gradients themselves: (T, H).": [
                _walk(size=lambda d: d.norm())
            ],
        }
    ),
)


# --- 10.4 -----------------------------------------------------------------------------

QUARTERS = ("input", "forget", "candidate", "output")


def _lstm(units: int, layers: int, seed: int) -> nn.LSTM:
    torch.manual_seed(seed)  # the engine restores the random state
    return nn.LSTM(3, units, num_layers=layers)


def _times(units: int, layers: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 1.1 + 40 * torch.rand(layers, units, generator=generator)


def _found(lstm: nn.LSTM) -> list[Tensor]:
    """All weights, and four sums of biases of each layer."""
    sums = []
    for k in range(lstm.num_layers):
        both = getattr(lstm, f"bias_ih_l{k}") + getattr(lstm, f"bias_hh_l{k}")
        sums += both.detach().chunk(4)
    names = [name for name, _ in lstm.named_parameters() if name.startswith("weight")]
    return [torch.cat([getattr(lstm, n).detach().flatten() for n in names]), *sums]


def _set(function: Callable[[nn.LSTM, Tensor], Any]) -> Callable[..., list[Tensor]]:
    """What the biases of an LSTM are after a learner's function."""

    def run(units: int, layers: int, seed: int) -> list[Tensor]:
        lstm = _lstm(units, layers, seed)
        function(lstm, _times(units, layers, seed))
        return _found(lstm)

    return run


def _right(units: int, layers: int, seed: int) -> list[Tensor]:
    found = _found(_lstm(units, layers, seed))
    for k, times in enumerate(_times(units, layers, seed)):
        found[4 * k + 1 : 4 * k + 3] = [-torch.log(times), torch.log(times)]
    return found


def _chrono(
    forget: Callable[[Tensor], Tensor] = torch.log,
    opposite: Callable[[Tensor], Tensor] = lambda u: -torch.log(u),
    *,
    quarters: tuple[int, int] = (0, 1),
    other: bool = True,
    layers: slice = slice(None),
    vector: str = "ih",
    row: int | None = None,
) -> Callable[[nn.LSTM, Tensor], None]:
    """The right thing, with something exchanged."""

    def answer(lstm: nn.LSTM, times: Tensor) -> None:
        H = lstm.hidden_size
        for k in range(lstm.num_layers)[layers]:
            u = times[k if row is None else row]
            mine = getattr(lstm, f"bias_{vector}_l{k}").data
            its = getattr(lstm, f"bias_{'hh' if vector == 'ih' else 'ih'}_l{k}").data
            for quarter, value in zip(quarters, (opposite, forget), strict=True):
                part = slice(quarter * H, (quarter + 1) * H)
                mine[part] = value(u)
                if other:
                    its[part] = 0

    return answer


def _twice(lstm: nn.LSTM, times: Tensor) -> None:
    _chrono(other=False)(lstm, times)
    _chrono(other=False, vector="hh")(lstm, times)


def _on_copies(lstm: nn.LSTM, times: Tensor) -> None:
    _chrono()(copy.deepcopy(lstm), times)


def _forget_only(lstm: nn.LSTM, times: Tensor) -> None:
    H = lstm.hidden_size
    for k in range(lstm.num_layers):
        getattr(lstm, f"bias_ih_l{k}").data[H : 2 * H] = times[k].log()
        getattr(lstm, f"bias_hh_l{k}").data[H : 2 * H] = 0


def _input_only(lstm: nn.LSTM, times: Tensor) -> None:
    H = lstm.hidden_size
    for k in range(lstm.num_layers):
        getattr(lstm, f"bias_ih_l{k}").data[:H] = -times[k].log()
        getattr(lstm, f"bias_hh_l{k}").data[:H] = 0


def _recorded(lstm: nn.LSTM, times: Tensor) -> None:
    lstm.bias_ih_l0[0] = times[0, 0]


def _units(
    count: Callable[[nn.LSTM, Tensor], int],
) -> Callable[[nn.LSTM, Tensor], None]:
    """The right thing, with another number for H."""

    def answer(lstm: nn.LSTM, times: Tensor) -> None:
        H = count(lstm, times)
        for k in range(lstm.num_layers):
            mine = getattr(lstm, f"bias_ih_l{k}").data
            mine[:H], mine[H : 2 * H] = -times[k].log(), times[k].log()
            getattr(lstm, f"bias_hh_l{k}").data[: 2 * H] = 0

    return answer


def _all_times(lstm: nn.LSTM, times: Tensor) -> None:
    H = lstm.hidden_size
    for k in range(lstm.num_layers):
        mine = getattr(lstm, f"bias_ih_l{k}").data
        mine[:H], mine[H : 2 * H] = -times.log(), times.log()
        getattr(lstm, f"bias_hh_l{k}").data[: 2 * H] = 0


def _half_cleared(quarter: int) -> Callable[[nn.LSTM, Tensor], None]:
    """The other vector is set to zero in one of the two quarters."""

    def answer(lstm: nn.LSTM, times: Tensor) -> None:
        _chrono(other=False)(lstm, times)
        for k in range(lstm.num_layers):
            getattr(lstm, f"bias_hh_l{k}").data.chunk(4)[quarter].zero_()

    return answer


def _one_number(lstm: nn.LSTM, times: Tensor) -> None:
    math.log(times[0])


def _one_layer_too_many(lstm: nn.LSTM, times: Tensor) -> None:
    getattr(lstm, f"bias_ih_l{lstm.num_layers}")


def _also(value: float, what: str) -> Callable[[nn.LSTM, Tensor], None]:
    """The right thing, and something else too."""

    def answer(lstm: nn.LSTM, times: Tensor) -> None:
        for name, parameter in lstm.named_parameters():
            if name.startswith(what):
                parameter.data.fill_(value)
        _chrono()(lstm, times)

    return answer


def _everything_of_hh(lstm: nn.LSTM, times: Tensor) -> None:
    for k in range(lstm.num_layers):
        getattr(lstm, f"bias_hh_l{k}").data.zero_()
    _chrono()(lstm, times)


def _zero_quarter(quarter: int) -> Callable[[nn.LSTM, Tensor], None]:
    """The right thing, and a quarter of one vector set to zero."""

    def answer(lstm: nn.LSTM, times: Tensor) -> None:
        _chrono()(lstm, times)
        for k in range(lstm.num_layers):
            getattr(lstm, f"bias_ih_l{k}").data.chunk(4)[quarter].zero_()

    return answer


def _added(lstm: nn.LSTM, times: Tensor) -> None:
    H = lstm.hidden_size
    for k in range(lstm.num_layers):
        getattr(lstm, f"bias_ih_l{k}").data[:H] -= times[k].log()
        getattr(lstm, f"bias_ih_l{k}").data[H : 2 * H] += times[k].log()


_log10, _log2 = torch.log10, torch.log2

chrono = Exercise(
    number="10.4",
    name="my_chrono",
    success="each unit forgets at its own pace, and takes in no faster than that.",
    # The last one has as many units as the lesson: its H is right there alone.
    cases=[(2, 1, 0), (5, 3, 1), (4, 2, 2), (3, 2, 5), (2, 2, 6), (32, 1, 7)],
    drawn=lambda rng: [(rng.randrange(2, 9), 2, rng.randrange(10**6))],
    reference=_right,
    prepare=_set,
    say=lambda case: f"with {case[0]} units and num_layers={case[1]},",
    entries=[
        "the long vector of all weights",
        *(
            f"the sum of the two biases of the {gate} quarter, layer {k},"
            for k in range(3)
            for gate in QUARTERS
        ),
    ],
    wrong=hints(
        {
            "Nothing has changed. Do you write into the biases in place, through "
            ".data[...], or into a copy?": [_on_copies],
            "The other of the two biases is still there, and is added: what must it "
            "be where yours holds the value?": [
                _chrono(other=False),
                _chrono(other=False, vector="hh"),
                _half_cleared(0),
                _half_cleared(1),
            ],
            "Both vectors hold the whole value, so the sum is twice that.": [_twice],
            "You add to what was there at random. The sum is to be ln u itself.": [
                _added
            ],
            "Only the first layer is set: bias_ih_l1 belongs to the second.": [
                _chrono(layers=slice(0, 1)),
            ],
            "Only the last layer is set.": [_chrono(layers=slice(-1, None))],
            "The first layer is left out.": [_chrono(layers=slice(1, None))],
            "Every layer gets the times of the first: row k of times is for layer k.": [
                _chrono(row=0)
            ],
            "Every layer gets the times of the last: row k of times is for layer k.": [
                _chrono(row=-1)
            ],
            "A sum of two halves is asked for: with half the value in one vector, the "
            "other half belongs into the other.": [
                _chrono(lambda u: torch.log(u) / 2, lambda u: -torch.log(u) / 2)
            ],
            "Every unit has a time of its own: no mean.": [
                _chrono(lambda u: u.mean().log(), lambda u: -u.mean().log())
            ],
            "The input gate is set. The forget gate gets ln u.": [_input_only],
            "H is the number of units of a layer, lstm.hidden_size: a quarter has as "
            "many entries.": [
                _units(lambda lstm, times: len(times)),
                _units(lambda lstm, times: lstm.input_size),
            ],
            "H is the 32 of the notebook. An LSTM that you are given has its own: "
            "lstm.hidden_size.": [_units(lambda lstm, times: 32)],
            "times has one row for each layer: row k is for layer k.": [_all_times],
            "math.log takes a single number. For a tensor: torch.log.": [_one_number],
            "A bias cannot be written into while gradients are recorded: through "
            ".data, or under torch.no_grad().": [_recorded],
            "There is no bias of that name. They are bias_ih_l0 and bias_hh_l0, then "
            "_l1 and so on, for as many layers as there are.": [_one_layer_too_many],
            "The forget gate is set. The input gate gets −ln u.": [_forget_only],
            "Turned round: to keep for long, the forget gate (second quarter) gets +ln "
            "u and stands open, the input gate (first quarter) −ln u.": [
                _chrono(quarters=(1, 0))
            ],
            "Another quarter: the order is input, forget, candidate, output.": [
                _chrono(quarters=pair) for pair in ((0, 2), (0, 3), (3, 1), (2, 1))
            ],
            "The signs: +ln u for the forget gate, −ln u for the input gate.": [
                _chrono(torch.log, torch.log),
                _chrono(lambda u: -torch.log(u)),
            ],
            "The input gate gets −ln u, the opposite of the forget gate's.": [
                _chrono(opposite=lambda u: 0 * u),
                _chrono(opposite=lambda u: -u),
                _chrono(opposite=lambda u: 1 / torch.log(u)),
            ],
            "The natural logarithm: torch.log.": [
                _chrono(_log10, lambda u: -_log10(u)),
                _chrono(_log2, lambda u: -_log2(u)),
            ],
            "The bias is ln u, not u: the sigmoid of u would be 1 for all of them.": [
                _chrono(lambda u: u, lambda u: -u)
            ],
            "ln u, not ln (u − 1) or ln (u + 1): 1 − f is then 1 / (1 + u).": [
                _chrono(lambda u: (u - 1).log(), lambda u: -(u - 1).log()),
                _chrono(lambda u: (u + 1).log(), lambda u: -(u + 1).log()),
            ],
            "That is the gate itself. Its bias goes through a sigmoid first.": [
                _chrono(lambda u: u / (1 + u), lambda u: 1 / (1 + u)),
                _chrono(lambda u: 1 - 1 / u, lambda u: 1 / u),
                _chrono(lambda u: 1 / u, lambda u: -1 / u),
            ],
            "The candidate and output quarters are to stay as they are: set half of "
            "the vector only.": [
                _also(0.0, "bias"),
                _everything_of_hh,
                _zero_quarter(2),
                _zero_quarter(3),
            ],
            "The weights are to stay as they are.": [_also(0.0, "weight")],
        }
    ),
)


summary = engine.summary_of(__name__)
