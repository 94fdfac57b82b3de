"""The checks of notebook 09: the way back, a gradient check, a cut, a backward pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from charrnn_helpers.data import IGNORE_INDEX, one_hot
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import Exercise
from charrnn_helpers.exercises.kit import hints
from charrnn_helpers.gradients import numerical_gradient
from charrnn_helpers.models import CharRNN

_BY_HAND = {
    name: "write the way back yourself; autograd is what it is compared with."
    for name in ("autograd", "backward", "grad", "requires_grad_", "vjp", "vmap")
}


def _normal(seed: int, *shapes: tuple[int, ...]) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [
        torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes
    ]


# --- 9.1 ------------------------------------------------------------------------------


def _with_targets(targets: list[list[int]], vocab_size: int, scale: float = 1) -> tuple:
    ids = torch.tensor(targets)
    (logits,) = _normal(vocab_size, (*ids.shape, vocab_size))
    return scale * logits, ids


def _of_logits(
    divisor: Callable[[Tensor, Tensor], Any] = lambda y, z: (y != IGNORE_INDEX).sum(),
    counts: Callable[[Tensor], Tensor] = lambda y: y != IGNORE_INDEX,
    probabilities: Callable[[Tensor], Tensor] = lambda z: z.softmax(dim=-1),
    sign: float = 1,
    row: Callable[[Tensor], Tensor] = lambda y: y.clamp(min=0),
    widen: Callable[[Tensor], Tensor] = lambda counted: counted.unsqueeze(-1),
) -> Callable[[Tensor, Tensor], Tensor]:
    """The formula, with one part of it exchanged."""

    def answer(logits: Tensor, targets: Tensor) -> Tensor:
        y = F.one_hot(row(targets), logits.shape[-1])
        difference = sign * (probabilities(logits) - y)
        return difference * widen(counts(targets)) / divisor(targets, logits)

    return answer


def _by_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    with torch.enable_grad():
        z = logits.detach().clone().requires_grad_()
        loss = F.cross_entropy(z.flatten(0, 1), targets.flatten())
        return torch.autograd.grad(loss, z)[0]


def _minus_only_counted(logits: Tensor, targets: Tensor) -> Tensor:
    """The one-hot row left out where nothing counts, and the probabilities not."""
    counted = (targets != IGNORE_INDEX).unsqueeze(-1)
    y = F.one_hot(targets.clamp(min=0), logits.shape[-1]) * counted
    return (logits.softmax(dim=-1) - y) / counted.sum()


into_logits = Exercise(
    number="9.1",
    name="my_into_logits",
    success="p − y where a target counts, zero where none does.",
    cases=lambda: [
        _with_targets([[0, 2, -100], [1, -100, -100]], 4),
        _with_targets([[-100, 0, 0, 3, 4]], 5, 3),  # the target 0 counts
        _with_targets([[1, 0], [2, 2], [0, 1]], 3),  # nothing to leave out
        _with_targets([[-100, -100], [-100, 6], [-100, -100]], 7),  # one counts
        _with_targets([[0, -100], [0, 1]], 2, 200),  # very sure
    ],
    drawn=lambda rng: [
        _with_targets(
            [[rng.choice([-100, 0, 1, 5]) for _ in range(4)] + [2] for _ in range(3)], 6
        )
    ],
    reference=_by_cross_entropy,
    forbidden=_BY_HAND,
    tolerance=1e-9,
    wrong=hints(
        {
            "The mean is taken over the targets that count; you divide by the number "
            "of all of them.": [_of_logits(lambda y, z: y.numel())],
            "What does not count still has a gradient in your answer: its "
            "probabilities. It costs nothing, whatever the logits are.": [
                _minus_only_counted,
                lambda z, y: (
                    _minus_only_counted(z, y) * (y != IGNORE_INDEX).sum() / y.numel()
                ),
                _of_logits(counts=torch.ones_like),
                _of_logits(lambda y, z: y.numel(), torch.ones_like),
            ],
            "That is the gradient of the sum of the losses. The mean divides by the "
            "number of targets that count.": [_of_logits(lambda y, z: 1)],
            "You divide by the number of texts. The mean is over all targets that "
            "count.": [_of_logits(lambda y, z: len(y))],
            "You divide by the number of steps. The mean is over all targets that "
            "count, in all texts.": [_of_logits(lambda y, z: y.shape[1])],
            "You divide by V as well. Each prediction has one loss, however many "
            "symbols there are.": [
                _of_logits(lambda y, z: (y != IGNORE_INDEX).sum() * z.shape[-1]),
                _of_logits(lambda y, z: z.numel()),
            ],
            "Each text has a mean of its own in your answer. There is one mean, over "
            "the whole batch.": [
                _of_logits(
                    lambda y, z: (y != IGNORE_INDEX).sum(dim=1)[:, None, None].clamp(1)
                ),
                _of_logits(lambda y, z: (y != IGNORE_INDEX).sum(dim=1)[:, None, None]),
                _of_logits(
                    lambda y, z: (
                        len(y)
                        * (y != IGNORE_INDEX).sum(dim=1)[:, None, None].clamp(min=1)
                    )
                ),
            ],
            "The sign: the target's logit must rise to lower the loss, so its gradient "
            "is negative.": [_of_logits(sign=-1)],
            "The symbol with id 0 is a character like any other: only −100 is left "
            "out.": [_of_logits(counts=lambda y: y > 0)],
            "The formula needs probabilities, not logits: softmax first.": [
                _of_logits(probabilities=lambda z: z)
            ],
            "The softmax runs along the last axis, over the symbols: dim=-1.": [
                _of_logits(probabilities=lambda z: z.softmax(dim=1)),
                _of_logits(probabilities=lambda z: z.softmax(dim=0)),
            ],
            "log_softmax gives ln p. The slope of the loss is p − y.": [
                _of_logits(probabilities=lambda z: z.log_softmax(dim=-1))
            ],
            "The one-hot row of the target is missing: p − y.": [
                lambda logits, targets: (
                    logits.softmax(dim=-1)
                    * (targets != IGNORE_INDEX).unsqueeze(-1)
                    / (targets != IGNORE_INDEX).sum()
                )
            ],
            "You wiped out what counts and left what does not.": [
                _of_logits(counts=lambda y: y == IGNORE_INDEX)
            ],
            "−100 has no one-hot row. Put a harmless id in its place first, and wipe "
            "its gradient out afterwards.": [
                _of_logits(row=lambda y: y),
                lambda logits, targets: (
                    (logits.softmax(dim=-1) - one_hot(targets, logits.shape[-1]))
                    / targets.numel()
                ),
            ],
            "A mask of shape (B, T) does not meet (B, T, V): it lacks an axis at the "
            "end. `unsqueeze(-1)` adds it.": [
                lambda logits, targets: logits * (targets != IGNORE_INDEX),
                _of_logits(widen=lambda counted: counted),
            ],
        }
    ),
)

# --- 9.2 ------------------------------------------------------------------------------

SIGMOID: Callable[[Tensor], Tensor] = lambda h: h * (1 - h)  # noqa: E731


def _states(B: int, T: int, H: int, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    from_loss, sums, W_hh = _normal(seed, (B, T, H), (B, T, H), (H, H))
    return from_loss, sums.sigmoid(), W_hh


def _way(
    slope: Callable[[Tensor], Tensor] = SIGMOID,
    back: Callable[[Tensor], Tensor] = lambda W: W,
    at: int = 0,
    carry: float = 1,
    start: Callable[[Tensor, Tensor], Tensor] = lambda carried, d_sum: carried,
    on: Callable[..., Tensor] = lambda carried, d_h, d_sum: d_sum,
    brackets: bool = True,
    whole: bool = True,
) -> Callable[..., Any]:
    """The way back through a layer, with one part of it exchanged."""

    def answer(from_loss: Tensor, states: Tensor, W_hh: Tensor) -> Any:
        T = states.shape[1]
        d_sums, carried = torch.empty_like(states), torch.zeros_like(states[:, 0])
        for t in reversed(range(T)):
            d_h = from_loss[:, t] + carry * carried
            factor = slope(states[:, max(0, t + at)])
            own = from_loss[:, t]
            d_sums[:, t] = d_h * factor if brackets else own + carried * factor
            carried = on(carried, d_h, d_sums[:, t]) @ back(W_hh)
        d_h_0 = start(carried, d_sums[:, 0])
        return (d_sums, d_h_0) if whole else d_sums

    return answer


def _forwards(from_loss: Tensor, states: Tensor, W_hh: Tensor) -> tuple:
    d_sums, carried = torch.empty_like(states), torch.zeros_like(states[:, 0])
    for t in range(states.shape[1]):
        d_sums[:, t] = (from_loss[:, t] + carried) * SIGMOID(states[:, t])
        carried = d_sums[:, t] @ W_hh
    return d_sums, carried


def _by_autograd(from_loss: Tensor, states: Tensor, W_hh: Tensor) -> tuple:
    """By autograd: with inputs that give these states from a state of halves."""
    with torch.enable_grad():
        h_0 = torch.full_like(states[:, 0], 0.5).requires_grad_()
        before = torch.cat([h_0.detach().unsqueeze(1), states[:, :-1]], dim=1)
        from_inputs = (states.logit() - before @ W_hh.T).requires_grad_()
        h, total = h_0, 0.0
        for t in range(states.shape[1]):
            h = torch.sigmoid(from_inputs[:, t] + h @ W_hh.T)
            total = total + (h * from_loss[:, t]).sum()
        return torch.autograd.grad(total, (from_inputs, h_0))


way_back = Exercise(
    number="9.2",
    name="my_way_back",
    success="another slope, the same way; and h_0 hears what the first step carries.",
    cases=lambda: [_states(2, 3, 4), _states(3, 1, 2, 1), _states(1, 7, 3, 2)],
    drawn=lambda rng: [_states(2, rng.randrange(2, 6), 3, rng.randrange(10**6))],
    reference=_by_autograd,
    forbidden=_BY_HAND,
    tolerance=1e-9,
    entries=("d_sums", "d_h_0"),
    wrong=hints(
        {
            "1 − h² is the slope of tanh. The sigmoid has h (1 − h).": [
                _way(lambda h: 1 - h * h),
                _way(lambda h: 1 - h * h, start=lambda carried, _: carried * 0),
                _way(lambda h: 1 - h * h, start=lambda carried, d_sum: d_sum),
            ],
            "What comes from the state's own loss passes the sigmoid, too: brackets "
            "around from_loss and carried, then the slope.": [_way(brackets=False)],
            "There is no slope in your answer: between a state and its sum lies the "
            "sigmoid.": [_way(torch.ones_like)],
            "The states are sigmoids already: no second sigmoid in the slope.": [
                _way(lambda h: SIGMOID(h.sigmoid()))
            ],
            "The slope is h (1 − h); one of its factors is missing.": [
                _way(lambda h: 1 - h),
                _way(lambda h: h),
            ],
            "The slope is taken at the state before. What came out of this step's "
            "sigmoid is the state of this step.": [_way(at=-1)],
            "The gradient goes back through W_hh itself: forward it was W_hh.T.": [
                _way(back=lambda W: W.T)
            ],
            "Nothing is carried from a step to the one before it.": [_way(carry=0)],
            "You go forwards. What a state hears from the step after is known only "
            "when that step is done: begin at the last one.": [_forwards],
            "h_0 is the state before the first step: one more W_hh lies between its "
            "sum and h_0.": [_way(start=lambda carried, d_sum: d_sum)],
            "What is carried lacks the slope: d_sums goes through W_hh, not d_h.": [
                _way(on=lambda carried, d_h, d_sum: d_h)
            ],
            "h_0 comes out of no sigmoid here, so it has no slope of its own.": [
                _way(start=lambda carried, d_sum: carried * 0.25),
                lambda d, h, W: _way(
                    start=lambda carried, d_sum: carried * SIGMOID(h[:, 0])
                )(d, h, W),
            ],
            "h_0 has no loss of its own, but the first step carries something to it.": [
                _way(start=lambda carried, d_sum: torch.zeros_like(carried)),
                lambda d, h, W: _way(start=lambda carried, d_sum: d[:, 0])(d, h, W),
                lambda d, h, W: _way(start=lambda carried, d_sum: d[:, 0] + carried)(
                    d, h, W
                ),
            ],
            "That is what the first state hears. h_0 is one step further back: through "
            "the slope, and through W_hh.": [
                lambda d, h, W: _way(
                    start=lambda carried, d_sum: d_sum / SIGMOID(h[:, 0])
                )(d, h, W)
            ],
            "h_0 has one row for each text: shape (B, H), no sum over the texts.": [
                _way(start=lambda carried, d_sum: carried.sum(dim=0))
            ],
            "Two results are asked for: d_sums and d_h_0.": [_way(whole=False)],
            "The right results in the wrong order: first d_sums, then d_h_0.": [
                lambda *case: _way()(*case)[::-1]
            ],
        }
    ),
)

# --- 9.3 ------------------------------------------------------------------------------

LOSSES: dict[str, Callable[[Tensor], Tensor]] = {
    "(x ** 2).sum()": lambda x: (x**2).sum(),
    "(10 * x ** 3).sum()": lambda x: (10 * x**3).sum(),
    "100 + x.exp().sum()": lambda x: 100 + x.exp().sum(),
    "torch.tanh(x @ x.T).sum()": lambda x: torch.tanh(x @ x.T).sum(),
}
"""How the case is spelled → the loss."""


def _case(loss: str, m: int, n: int, changes: Sequence[tuple]) -> tuple:
    """A loss, x, its gradient with something added at (row, column)."""
    (x,) = _normal(10 * m + n, (m, n))
    with torch.enable_grad():
        leaf = x.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(LOSSES[loss](leaf), leaf)
    for row, column, by in changes:
        gradient[row, column] += gradient[row, column] if by == "twice" else by
    return loss, x, gradient


def _handed(answer: Callable[..., Any]) -> Callable[..., Any]:
    """Hand the learner's function a loss that reads its x, and look at x afterwards."""

    def run(loss: str, before: Tensor, gradient: Tensor) -> Any:
        x = before.clone()  # what becomes of it is said below, not by the engine

        def loss_of() -> float:
            return LOSSES[loss](x).item()

        loss_of.__qualname__ = "loss_of"  # the name that the learner knows
        found = answer(loss_of, x, gradient)
        if found is None:
            return None
        return found, torch.equal(x, before)

    return run


def _right_suspects(loss: str, x: Tensor, gradient: Tensor) -> tuple:
    _, _, truth = _case(loss, *x.shape, [])
    wrong = (gradient - truth).abs() > 1e-3
    return [tuple(at) for at in wrong.nonzero().tolist()], True


def _accused(
    eps: float = 1e-5,
    measure: Callable[..., Tensor] = numerical_gradient,
    off: Callable[[Tensor, Tensor], Tensor] = lambda a, b: (a - b).abs() > 1e-3,
    told: Callable[[list], Any] = lambda found: found,
) -> Callable[..., Any]:
    """A right answer, with one part of it exchanged."""

    def answer(loss_of: Callable, x: Tensor, gradient: Tensor) -> Any:
        wrong = off(measure(loss_of, x, eps), gradient)
        return told([tuple(at) for at in wrong.nonzero().tolist()])

    return answer


def _told_as(form: Callable[[Tensor], Any]) -> Callable[..., Any]:
    """A right answer in another form than a list of pairs."""
    return lambda loss_of, x, gradient: form(
        (numerical_gradient(loss_of, x, 1e-5) - gradient).abs() > 1e-3
    )


def _nudged(
    put_back: bool, one_sided: bool, half: bool = False
) -> Callable[..., Tensor]:
    def measure(loss_of: Callable, x: Tensor, eps: float) -> Tensor:
        found = torch.zeros_like(x)
        for row in range(x.shape[0]):
            for column in range(x.shape[1]):
                before = x[row, column].item()
                below = loss_of()
                if not one_sided:
                    x[row, column] = before - eps
                    below = loss_of()
                x[row, column] = before + eps
                rise = (loss_of() - below) / eps
                found[row, column] = rise if one_sided or half else rise / 2
                if put_back:
                    x[row, column] = before
        return found

    return measure


def _one_base(loss_of: Callable, x: Tensor, eps: float) -> Tensor:
    """One loss to start from; each nudge stays."""
    base, found = loss_of(), torch.zeros_like(x)
    for row in range(x.shape[0]):
        for column in range(x.shape[1]):
            x[row, column] += eps
            found[row, column] = (loss_of() - base) / eps
    return found


def _added_back(loss_of: Callable, x: Tensor, eps: float) -> Tensor:
    """The old number made again by adding, which leaves a rounding error."""
    found = torch.zeros_like(x)
    for row in range(x.shape[0]):
        for column in range(x.shape[1]):
            x[row, column] += eps
            above = loss_of()
            x[row, column] -= 2 * eps
            found[row, column] = (above - loss_of()) / (2 * eps)
            x[row, column] += eps
    return found


suspects = Exercise(
    number="9.3",
    name="my_suspects",
    success="two runs for each entry, and no formula.",
    cases=lambda: [
        _case("(x ** 2).sum()", 2, 3, [(0, 1, "twice"), (1, 2, 0.5)]),
        _case("(x ** 2).sum()", 3, 2, []),
        _case("(10 * x ** 3).sum()", 2, 4, [(0, 3, -0.01), (1, 0, 0.004)]),
        _case("100 + x.exp().sum()", 1, 3, [(0, 1, 0.002), (0, 2, 0.0005)]),
        _case("torch.tanh(x @ x.T).sum()", 3, 3, [(2, 0, -2.0), (0, 2, 2.0)]),
        _case("(10 * x ** 3).sum()", 4, 1, [(0, 0, -0.002), (3, 0, 0.002)]),
    ],
    drawn=lambda rng: [
        _case("(10 * x ** 3).sum()", 3, 4, [(rng.randrange(3), rng.randrange(4), 0.1)])
    ],
    reference=_right_suspects,
    prepare=_handed,
    say=lambda case: f"with the loss {case[0]} and x of shape {tuple(case[1].shape)},",
    entries=("the list of positions", "whether x is exactly as it was"),
    wrong=hints(
        {
            "x is no longer what it was: after each nudge, write the old number back, "
            "exactly.": [
                _accused(measure=_nudged(put_back=False, one_sided=False)),
                _accused(measure=_nudged(put_back=False, one_sided=True)),
                *(_accused(eps, _one_base) for eps in (1e-4, 1e-5, 1e-6)),
                *(_accused(eps, _added_back) for eps in (1e-4, 1e-5, 1e-6)),
            ],
            "A chord to one side only is off in proportion to ε, one to both sides to "
            "ε². Move each entry both ways.": [
                _accused(1e-4, _nudged(put_back=True, one_sided=True)),
                _accused(1e-3, _nudged(put_back=True, one_sided=True)),
                _accused(1e-2, _nudged(put_back=True, one_sided=True)),
            ],
            "Entries are accused that are right: with so large an ε the chord is off "
            "by more than 0.001 where the loss bends.": [
                _accused(0.1),
                _accused(0.05),
                _accused(0.01),
            ],
            "Entries are accused that are right, or spared that are wrong: with so "
            "small an ε the two losses differ by rounding only.": [
                _accused(1e-12),
                _accused(1e-13),
                _accused(1e-14),
            ],
            "Divide by 2ε: the two points lie that far apart.": [
                _accused(measure=_nudged(True, one_sided=False, half=True))
            ],
            "An entry may be too small as well as too large: compare the absolute "
            "difference.": [
                _accused(off=lambda a, b: a - b > 1e-3),
                _accused(off=lambda a, b: b - a > 1e-3),
            ],
            "You accuse every entry, so look at how you measure. Does x itself move, "
            "and not a copy? Is the old number kept as a number, x[i, j].item()? Do "
            "you divide by as far as x has moved? And ask for a distance: two floats "
            "are hardly ever equal.": [_accused(off=lambda a, b: a != b)],
            "You accuse what is right.": [
                _accused(off=lambda a, b: (a - b).abs() <= 1e-3)
            ],
            "Off by more than 0.001 is asked for; you allow another distance.": [
                _accused(off=lambda a, b: (a - b).abs() > 1e-2),
                _accused(off=lambda a, b: (a - b).abs() > 1e-4),
                _accused(off=lambda a, b: ~torch.isclose(a, b)),
                _accused(off=lambda a, b: (a - b).abs() / b.abs() > 1e-3),
            ],
            "The largest error alone is not enough: all positions are asked for.": [
                _accused(told=lambda found: found[:1])
            ],
            "The number of wrong entries is not asked for, but where they are.": [
                _accused(told=len)
            ],
            "A position is a pair (row, column), not a number along the flattened "
            "matrix.": [
                lambda loss_of, x, gradient: (
                    ((numerical_gradient(loss_of, x, 1e-5) - gradient).abs() > 1e-3)
                    .flatten()
                    .nonzero()
                    .flatten()
                    .tolist()
                )
            ],
            "Rows and columns count from 0.": [
                _accused(told=lambda found: [(a + 1, b + 1) for a, b in found])
            ],
            "Row first, then column.": [
                _accused(told=lambda found: [(b, a) for a, b in found])
            ],
            "The positions are right. List them row by row, from the top.": [
                _accused(told=lambda found: found[::-1]),
                _accused(told=lambda found: sorted(found, key=lambda at: at[::-1])),
            ],
            "A list of pairs is asked for: nonzero() finds the positions in a table of "
            "True and False, and tolist() makes lists of a tensor.": [
                _told_as(lambda wrong: wrong),
                _told_as(lambda wrong: wrong.nonzero()),
                _told_as(lambda wrong: torch.where(wrong)),
            ],
        }
    ),
)

# --- 9.4 ------------------------------------------------------------------------------


def _pieces(marks: list[str], layers: int, seed: int, rule: str, lr: float) -> tuple:
    """In the mark "10" the first row of the batch begins a new text."""
    generator = torch.Generator().manual_seed(seed)
    pieces = []
    for n, mark in enumerate(marks):
        ids = torch.randint(5, (len(mark), 4 + n % 2), generator=generator)
        new = torch.tensor([one == "1" for one in mark])
        pieces.append((ids[:, :-1].clone(), ids[:, 1:].clone(), new))
    return layers, seed, rule, lr, pieces


def _trained(answer: Callable[..., Any]) -> Callable[..., Any]:
    """Train a new model with the learner's loop; a loss afterwards tells the rest."""

    def run(layers: int, seed: int, rule: str, lr: float, pieces: list) -> Any:
        torch.manual_seed(seed)  # the engine restores the random state
        model = CharRNN(5, 4, layers).double()
        for parameter in model.parameters():
            parameter.data *= 2
            parameter.grad = torch.full_like(parameter, 0.3)  # of an earlier run
        optimizer = getattr(torch.optim, rule)(model.parameters(), lr=lr)
        losses = answer(model, optimizer, pieces)
        if losses is None:
            return None
        inputs, targets, _ = pieces[0]
        with torch.no_grad():
            return losses, _loss(model(inputs)[0], targets).item()

    return run


def _loss(logits: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def _cut_and_reset(h: Tensor | None, new: Tensor) -> Tensor | None:
    if h is None:
        return None
    h = h.detach().clone()
    h[:, new] = 0.0
    return h


def _reset_in(index: Callable[[Tensor], Any]) -> Callable[..., Any]:
    def state(h: Tensor | None, new: Tensor) -> Tensor | None:
        if h is not None:
            h = h.detach().clone()
            h[index(new)] = 0.0
        return h

    return state


def _reset_uncut(h: Tensor | None, new: Tensor) -> Tensor | None:
    return None if h is None else h * (~new).view(1, -1, 1)


def _loop(
    state: Callable[..., Any] = _cut_and_reset,
    clear: bool = True,
    step: bool = True,
    retain: bool = False,
    loss_of: Callable[[Tensor, Tensor], Tensor] = _loss,
    after: bool = False,
    late: bool = False,
    told: Callable[[Tensor], Any] = lambda loss: loss.item(),
    all_told: Callable[[list], Any] = lambda losses: losses,
) -> Callable[..., Any]:
    """The loop over the pieces, with one part of it exchanged."""

    def answer(model: CharRNN, optimizer: Any, pieces: list) -> Any:
        h, losses = None, []
        for inputs, targets, new in pieces:
            before = state(h, new)
            logits, h = model(inputs, before)
            if late:
                h = _cut_and_reset(h, new)
            loss = loss_of(logits, targets)
            if clear:
                optimizer.zero_grad()
            loss.backward(retain_graph=retain)
            if step:
                optimizer.step()
            if after:
                loss = loss_of(model(inputs, before)[0], targets)
            losses.append(told(loss))
        return all_told(losses)

    return answer


training = Exercise(
    number="9.4",
    name="my_training",
    success="the state goes on, the gradient stops, and new texts start from zeros.",
    cases=lambda: [
        _pieces(["111", "000", "010", "001", "111", "100"], 1, 0, "SGD", 0.5),
        _pieces(["11", "01", "00", "10", "11", "00"], 2, 1, "Adam", 0.05),
        _pieces(["1", "0", "0", "1", "0"], 1, 2, "SGD", 1.0),
    ],
    drawn=lambda rng: [
        _pieces(["111", "010", "000", "101"], 2, rng.randrange(10**6), "SGD", 0.5)
    ],
    reference=_trained(_loop()),
    prepare=_trained,
    say=lambda case: (
        f"with num_layers={case[0]}, torch.optim.{case[2]} and the marks "
        f"{[new.int().tolist() for *_, new in case[4]]},"
    ),
    entries=("the list of losses", "the loss on the first piece afterwards"),
    tolerance=1e-8,
    strict=True,
    wrong=hints(
        {
            "If the message says 'a second time' or 'inplace', the state still leads "
            "into the piece before: detach h first of all. If it says 'target size', "
            "cross_entropy wants texts and steps flattened, (N, V) and (N,).": [
                _loop(_reset_uncut),
                _loop(lambda h, new: h),
                _loop(_reset_uncut, retain=True),
                _loop(loss_of=F.cross_entropy),
            ],
            "If the message speaks of None: before the first piece h is None, and "
            "there is nothing to cut or to reset.": [
                _loop(lambda h, new: h.detach()),  # AttributeError
                _loop(lambda h, new: h[:, new]),  # TypeError
            ],
            "The marks are (B,), h is (num_layers, B, H): give the marks an axis at "
            "the end.": [
                _loop(lambda h, new: None if h is None else h.detach() * ~new)
            ],
            "Every piece starts from zeros. Where a text goes on, its state goes "
            "on, too: detach it, and pass it.": [_loop(lambda h, new: None)],
            "No row is ever reset: a new text starts from the state of the old one.": [
                _loop(lambda h, new: None if h is None else h.detach())
            ],
            "As soon as one row begins a new text, you reset all of them.": [
                _loop(lambda h, new: None if h is None or new.any() else h.detach())
            ],
            "The marks belong to the piece that they come with: reset before the model "
            "reads it.": [
                _loop(late=True),
                _loop(lambda h, new: h, late=True),
            ],
            "You reset only when all rows begin a new text.": [
                _loop(lambda h, new: None if h is None or new.all() else h.detach())
            ],
            "You reset the rows that go on, and carry those that begin.": [
                _loop(_reset_in(lambda new: (slice(None), ~new)))
            ],
            "The first axis of h is the layers. The texts lie on the second.": [
                _loop(_reset_in(lambda new: new))
            ],
            "You reset one layer only.": [
                _loop(_reset_in(lambda new: (0, new))),
                _loop(_reset_in(lambda new: (-1, new))),
            ],
            "Nothing clears the gradients of the step before.": [_loop(clear=False)],
            "The weights never move: where optimizer.step() stands, if it does, there "
            "is no gradient. First zero_grad, then backward, then step.": [
                _loop(step=False)
            ],
            "That is the loss after the step. The loss that the step was made for "
            "is asked for.": [_loop(after=True)],
            "Return floats: .item() takes the number out of the tensor.": [
                _loop(told=lambda loss: loss),
                _loop(told=lambda loss: loss.detach()),
            ],
            "One loss for each piece is asked for, in a list.": [
                _loop(all_told=lambda losses: losses[-1]),
                _loop(all_told=lambda losses: sum(losses) / len(losses)),
                _loop(all_told=sum),
            ],
            "The sum of the losses makes steps that grow with the piece: take the "
            "mean.": [
                _loop(
                    loss_of=lambda z, y: F.cross_entropy(
                        z.flatten(0, 1), y.flatten(), reduction="sum"
                    )
                )
            ],
            "All predictions of a piece count, not the last ones only.": [
                _loop(loss_of=lambda z, y: F.cross_entropy(z[:, -1], y[:, -1]))
            ],
            "cross_entropy makes the softmax itself: give it the logits.": [
                _loop(loss_of=lambda z, y: _loss(z.softmax(dim=-1), y))
            ],
        }
    ),
)

# --- 9.5 ------------------------------------------------------------------------------


def _leaky(
    direct: Callable[[float], float] = lambda keep: keep,
    inner: Callable[[float], float] = lambda keep: 1 - keep,
    forward_inner: Callable[[float], float] = lambda keep: 1 - keep,
    slope_of: str = "inner",
    back: Callable[[Tensor], Tensor] = lambda W: W,
    multiplied: str = "previous",
    carried_on: bool = True,
    swapped: bool = False,
    returned: Callable[..., Any] = lambda *three: (*three, None),
    into_start: Callable[[Tensor], Tensor] = lambda carried: carried,
    past: Callable[..., Tensor] = lambda d_h, d_sum, carried, own: d_h,
    twice: bool = False,
    step: Callable[..., tuple[Tensor, Tensor]] | None = None,
) -> type:
    """A leaky layer with its own backward, one part of it exchanged."""

    class Leaky(torch.autograd.Function):
        @staticmethod
        def forward(ctx, from_inputs, h_0, W_hh, keep):
            values, states, h_t = [], [], h_0
            one, two = (
                (forward_inner(keep), keep) if swapped else (keep, forward_inner(keep))
            )
            for from_input in from_inputs:
                if step is None:
                    value = torch.tanh(from_input + h_t @ W_hh.T)
                    h_t = one * h_t + two * value
                else:
                    value, h_t = step(from_input, h_t, W_hh, keep)
                values.append(value)
                states.append(h_t)
            values, states = torch.stack(values), torch.stack(states)
            ctx.save_for_backward(values, states, h_0, W_hh)
            ctx.keep = 1 - keep if swapped else keep
            return states

        @staticmethod
        def backward(ctx, d_states):
            values, states, h_0, W_hh = ctx.saved_tensors
            previous = torch.cat([h_0.unsqueeze(0), states[:-1]])
            at = {"inner": values, "states": states, "previous": previous}
            slopes = 1 - at[slope_of] ** 2 if slope_of else torch.ones_like(states)
            d_sums, carried = torch.zeros_like(states), torch.zeros_like(h_0)
            for t in reversed(range(len(states))):
                d_h = d_states[t] + (carried if carried_on else 0)
                d_sums[t] = d_h * inner(ctx.keep) * slopes[t]
                straight = past(d_h, d_sums[t], carried, d_states[t])
                through = d_sums[t] * (1 - ctx.keep) if twice else d_sums[t]
                carried = straight * direct(ctx.keep) + through @ back(W_hh)
            d_W_hh = d_sums.flatten(0, 1).T @ at[multiplied].flatten(0, 1)
            return returned(d_sums, into_start(carried), d_W_hh)

    return Leaky


def _applied(answer: Any) -> Callable[..., Any]:
    """Apply a Function, and ask for its gradients."""

    def run(T: int, B: int, H: int, keep: float) -> Any:
        *inputs, upstream = _normal(T, (T, B, H), (B, H), (H, H), (T, B, H))
        before = [one.clone() for one in inputs]
        inputs = [one.requires_grad_() for one in inputs]
        if answer is not _ByAutograd and not _is_function(answer):
            return "a layer without a backward of its own"
        states = answer.apply(*inputs, keep)
        if states is None:
            return None
        if not all(map(torch.equal, inputs, before)):
            return "a layer that changes what it is given"
        if not isinstance(states, Tensor) or states.shape != upstream.shape:
            return [states, None, None, None]  # without a way back
        if not torch.allclose(states, _ByAutograd.apply(*before, keep)):
            return [states.detach(), None, None, None]  # first the way forward
        found = torch.autograd.grad(states, inputs, upstream, allow_unused=True)
        return [states.detach(), *found]

    return run


def _is_function(answer: Any) -> bool:
    base = torch.autograd.Function
    return isinstance(answer, type) and issubclass(answer, base) and answer is not base


class _ByAutograd:
    """The layer as a loop that autograd records."""

    @staticmethod
    def apply(from_inputs: Tensor, h_0: Tensor, W_hh: Tensor, keep: float) -> Tensor:
        h_t, states = h_0, []
        for from_input in from_inputs:
            h_t = keep * h_t + (1 - keep) * torch.tanh(from_input + h_t @ W_hh.T)
            states.append(h_t)
        return torch.stack(states)


class _NoFunction(_ByAutograd):
    """Right numbers, by autograd."""


class _Spoiling(torch.autograd.Function):
    """The sums written over the inputs."""

    @staticmethod
    def forward(ctx, from_inputs, h_0, W_hh, keep):
        return from_inputs.mul_(2).clone()


class _Saving(torch.autograd.Function):
    """A float among the tensors that are saved."""

    @staticmethod
    def forward(ctx, from_inputs, h_0, W_hh, keep):
        ctx.save_for_backward(h_0, W_hh, keep)
        return from_inputs.clone()


def _squashed(total: Tensor) -> tuple[Tensor, Tensor]:
    return torch.tanh(total), torch.tanh(total)


def _with_W_turned(x: Tensor, h: Tensor, W: Tensor, keep: float) -> tuple:
    value = torch.tanh(x + h @ W)
    return value, keep * h + (1 - keep) * value


leaky = Exercise(
    number="9.5",
    name="MyLeaky",
    success="two paths back from each state, and both are followed.",
    cases=[(3, 2, 4, 0.25), (1, 3, 2, 0.5), (6, 1, 3, 0.9), (4, 2, 2, 0.0)],
    drawn=lambda rng: [(rng.randrange(2, 6), 2, 3, round(rng.random() * 0.9, 2))],
    reference=_applied(_ByAutograd),
    prepare=_applied,
    say=lambda case: "with T, B, H = {}, {}, {} and keep={:g},".format(*case),
    entries=(
        "the tensor of states",
        "the gradient of from_inputs",
        "the gradient of h_0",
        "the gradient of W_hh",
    ),
    tolerance=1e-9,
    forbidden={
        name: "write the way back yourself." for name in ("grad", "vjp", "enable_grad")
    },
    wrong=hints(
        {
            "One of the two paths is missing: keep of each state goes to the next one "
            "past the tanh, and its gradient comes back the same way.": [
                _leaky(direct=lambda keep: 0.0)
            ],
            "keep of d_h goes past the tanh: of all that the state hears, from its own "
            "loss and from the step after, before any slope.": [
                _leaky(past=lambda d_h, d_sum, carried, own: d_sum),
                _leaky(past=lambda d_h, d_sum, carried, own: carried),
                _leaky(past=lambda d_h, d_sum, carried, own: own),
            ],
            "The direct path passes on keep of the gradient, not all of it.": [
                _leaky(direct=lambda keep: 1.0)
            ],
            "The factors are exchanged: keep belongs to the direct path, 1 − keep to "
            "the one through tanh.": [
                _leaky(direct=lambda keep: 1 - keep, inner=lambda keep: keep),
                _leaky(direct=lambda keep: 1 - keep),
                _leaky(inner=lambda keep: keep),
            ],
            "Forward, keep belongs to the old state, and 1 − keep to the tanh.": [
                _leaky(swapped=True)
            ],
            "Forward, the tanh has the factor 1 − keep.": [
                _leaky(forward_inner=lambda keep: 1.0),
                _leaky(forward_inner=lambda keep: 1.0, inner=lambda keep: 1.0),
            ],
            "Forward, keep of the old state goes past the tanh and is added "
            "afterwards.": [
                _leaky(step=lambda x, h, W, keep: _squashed(x + h @ W.T)),
                _leaky(
                    step=lambda x, h, W, keep: _squashed(
                        keep * h + (1 - keep) * (x + h @ W.T)
                    )
                ),
            ],
            "Forward, the state is multiplied by W_hh.T.": [
                _leaky(step=_with_W_turned)
            ],
            "forward changes what it is given: clone() from_inputs before you write "
            "into it.": [_Spoiling],
            "If the message speaks of save_for_backward: it takes tensors only. A "
            "float becomes an attribute, ctx.keep = keep.": [_Saving],
            "On the path through tanh the factor 1 − keep is missing.": [
                _leaky(inner=lambda keep: 1.0)
            ],
            "On the path through tanh the factor 1 − keep comes in twice.": [
                _leaky(twice=True)
            ],
            "The slope of tanh is taken at h_t. But h_t is a mixture here: what came "
            "out of the tanh has to be kept apart.": [_leaky(slope_of="states")],
            "The slope of tanh is taken at the state before.": [
                _leaky(slope_of="previous")
            ],
            "The slope of tanh is missing: 1 − tanh².": [_leaky(slope_of="")],
            "The gradient goes back through W_hh itself: forward it was W_hh.T.": [
                _leaky(back=lambda W: W.T)
            ],
            "W_hh multiplied the state before, from h_0 on.": [
                _leaky(multiplied="states"),
                _leaky(multiplied="inner"),
            ],
            "Nothing is carried from a step to the one before it.": [
                _leaky(carried_on=False)
            ],
            "backward returns one gradient for each argument of forward, in their "
            "order and shapes, and None for keep: four values.": [
                _leaky(returned=lambda *three: three),
                _leaky(returned=lambda *three: three[0]),
                _leaky(returned=lambda a, b, c: (a, c, b, None)),
                _leaky(returned=lambda a, b, c: (None, a, b, c)),
            ],
            "The gradient of W_hh is turned over: rows belong to the sums.": [
                _leaky(returned=lambda a, b, c: (a, b, c.T, None))
            ],
            "MyLeaky must be a torch.autograd.Function, with its own backward.": [
                _NoFunction
            ],
            "h_0 has a gradient too: what is carried out of the first step.": [
                _leaky(into_start=torch.zeros_like),
                _leaky(returned=lambda a, b, c: (a, None, c, None)),
            ],
        }
    ),
)

summary = engine.summary_of(__name__)
