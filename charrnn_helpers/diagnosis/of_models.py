"""Symptoms of the data and of the model, each found by an experiment of its own."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from charrnn_helpers.data import IGNORE_INDEX
from charrnn_helpers.diagnosis.case import (
    Case,
    Finding,
    answer_of,
    are_probabilities,
    distance_moved,
    run_model,
    some_of,
    tolerance_of,
)

PADDING_SHARE = 0.5
"""Share of the targets from which padding dominates the loss."""

BY_CHANCE = 0.001
"""Probability below which an agreement is no coincidence."""

ENOUGH_ANSWERS = 8
"""How many answers must stay as they were before that counts as evidence."""

SATURATED = 0.95
"""Share of hidden numbers at ±1 from which the layer counts as saturated."""

A_FEW_STEPS = 6
"""Within so many steps no healthy network loses its whole gradient."""

LOST = 1e-6
"""Share of a gradient below which float32 hardly notices it beside the rest."""


# --- the data ------------------------------------------------------------------------


def float_targets(targets: Tensor) -> Iterator[Finding]:
    """Targets that are no whole numbers, or are stored as floats."""
    if targets.is_floating_point():
        broken = int((targets != targets.round()).sum())
        extra = f", and {broken} of them are no whole numbers" if broken else ""
        yield Finding(
            "float targets",
            f"The {targets.numel()} targets are {targets.dtype}{extra}, and a target "
            "is the number of a character: make them with torch.tensor(..., "
            "dtype=torch.long), not with torch.Tensor(...).",
            "notebook 02, section 2.3",
        )


def _shift(case: Case) -> Iterator[Finding]:
    """Each target must be the input of the next step."""
    right, places = _agreement(case, 1)
    if places == 0:
        return
    if right < places:
        found = "the targets are no shifted inputs at all"
        for by, what in (
            (0, "each target is the input of the same step"),
            (2, "each target is the input two steps on"),
            (-1, "each target is the input of the step before"),
            (3, "each target is the input three steps on"),
        ):
            same, all_places = _agreement(case, by)
            if same == all_places > 0:
                found = f"{what} ({same} of {all_places})"
                break
        yield Finding(
            "a shift that is not one",
            f"Only {right} of {places} targets are the next input; {found}. Make both "
            "from the same ids: ids[:, :-1] and ids[:, 1:].",
            "notebook 02, section 2.1",
        )
    elif _wrapped(case):
        yield Finding(
            "a target that wraps around",
            f"In all {len(case.inputs)} rows the last target is the first input of "
            "the row, as roll makes it: shift first, then cut, so that the last target "
            "is the character that follows.",
            "aside A3, section A3.1",
        )


def _agreement(case: Case, by: int) -> tuple[int, int]:
    """At how many places a target is the input ``by`` steps on, and of how many."""
    T = case.inputs.shape[1]
    at = torch.arange(T, device=case.inputs.device)
    at = at[(at + by >= 0) & (at + by < T)]
    # A filled-up input at the end of a row has a target that does not count.
    real = case.counted[:, at] & case.counted[:, at + by]
    same = case.targets[:, at] == case.inputs[:, at + by]
    return int((same & real).sum()), int(real.sum())


def _wrapped(case: Case) -> bool:
    """Whether every last target is the first input of its row, and not by chance."""
    inputs, targets = case.inputs, case.targets
    if not torch.equal(targets[:, -1], inputs[:, 0]):
        return False
    frequency = inputs.flatten().bincount() / inputs.numel()
    inside = set(zip(*_pairs(inputs[:, :-1], targets[:, :-1]), strict=True))
    last = set(zip(*_pairs(inputs[:, -1], targets[:, -1]), strict=True))
    # In a periodic text the wrapped targets are right: the next row begins with them,
    # or the pairs occur inside the rows as well.
    periodic = torch.equal(targets[:-1, -1], inputs[1:, 0]) or last <= inside
    return float(frequency[inputs[:, 0]].prod()) < BY_CHANCE and not periodic


def _pairs(inputs: Tensor, targets: Tensor) -> tuple[list[int], list[int]]:
    return inputs.flatten().tolist(), targets.flatten().tolist()


def _padding(case: Case) -> Iterator[Finding]:
    """One symbol that fills the ends (or the beginnings) of the rows."""
    sides = (_filled(case.targets), _filled(case.targets.flip(1)).flip(1))
    filled = max(sides, key=lambda side: int(side.sum()))  # (B, T)
    count, total = int(filled.sum()), int(case.counted.sum())
    if count < PADDING_SHARE * total or not _counts_in_loss(case, filled):
        return
    frequency = float((case.targets == case.targets[filled][0]).sum()) / total
    if frequency**count > BY_CHANCE:
        return  # in a short text of few symbols, such an end can be an accident
    losses = F.cross_entropy(
        case.logits.flatten(0, 1), case.targets.flatten(), reduction="none"
    ).view_as(case.targets)
    rest = case.counted & ~filled
    apart = f"its loss is {losses[filled].mean():.2f}"
    if rest.any():
        apart += f", that of the other targets {losses[rest].mean():.2f}"
    yield Finding(
        "padding that dominates the loss",
        f"{count} of {total} targets ({count / total:.0%}) are padding: {apart}, and "
        "the mean hides it. Set the targets of the padding to IGNORE_INDEX, and keep "
        "an end-of-text symbol so that the model learns to stop.",
        "notebook 06, section 6.8",
    )


def _filled(targets: Tensor) -> Tensor:
    """Where the runs of padding at the ends of the rows stand: bool, shape (B, T).

    The symbol is the one that most rows end in, twice or more.
    """
    if targets.shape[1] < 2:
        return torch.zeros_like(targets, dtype=torch.bool)
    last = targets[:, -1]
    twice = (last == targets[:, -2]) & (last != IGNORE_INDEX)
    if not twice.any():
        return torch.zeros_like(targets, dtype=torch.bool)
    symbol = last[twice].mode().values
    is_symbol = (targets == symbol).flip(1)
    return is_symbol.cumprod(dim=1).bool().flip(1)


def _counts_in_loss(case: Case, places: Tensor) -> bool:
    """Whether the loss function looks at those targets at all."""
    if case.loss_fn is None:
        return True
    other = case.logits.masked_fill(places.unsqueeze(-1), 0.0)  # (B, T, V)
    return not torch.allclose(
        case.loss(case.logits, case.targets), case.loss(other, case.targets)
    )


def _nothing_to_learn(case: Case) -> Iterator[Finding]:
    """A single symbol, or one row over and over."""
    real, (B, T) = case.targets[case.counted], case.inputs.shape
    if len(real) >= ENOUGH_ANSWERS and (real == real[0]).all():
        yield Finding(
            "nothing to learn",
            f"All {len(real)} targets that count are the id {int(real[0])}: a constant "
            "answer is right, and no memory is needed. Decode a row, and look at how "
            "the text was read.",
            "notebook 02, section 2.1",
        )
        return
    first = case.inputs[0]
    same = bool(
        (case.inputs == first).all() and (case.targets == case.targets[0]).all()
    )
    chained = torch.equal(case.targets[:-1, -1], case.inputs[1:, 0])  # a periodic text
    frequency = case.inputs.flatten().bincount() / case.inputs.numel()
    chance = float(frequency[first].double().prod()) ** (B - 1)
    if B > 1 and same and not chained and chance < BY_CHANCE:
        yield Finding(
            "one row, many times",
            f"All {B} rows of the batch are the same {T} characters: a batch of one "
            "costs less and teaches as much. Look for expand or repeat, or an index "
            "that is not used.",
            "notebook 06, section 6.6",
        )


# --- the model -----------------------------------------------------------------------


def _not_finite(case: Case) -> Iterator[Finding]:
    bad = int((~case.logits.isfinite()).sum())
    if bad:
        yield Finding(
            "logits that are not finite",
            f"{bad} of {case.logits.numel()} logits are nan or infinite: the training "
            "has diverged. Start from a fresh model with a smaller learning rate, or "
            "clip the gradients.",
            "notebook 06, section 6.7",
        )


def _mixed_rows(case: Case) -> Iterator[Finding]:
    """Change one row: no other row may notice."""
    for changed in {0, len(case.inputs) - 1}:
        others = torch.arange(len(case.inputs), device=case.inputs.device) != changed
        if not others.any():
            return
        rows = (~others).unsqueeze(1).expand_as(case.inputs)
        moved = distance_moved(case, rows)[others]  # (B - 1, T)
        if moved.max() > tolerance_of(case):
            yield Finding(
                "a wrong batch axis",
                f"Changing the text of row {changed} alone moved the logits of the "
                f"other rows by up to {moved.max():.2g}: the rows of a batch must not "
                "know of each other. Look for batch_first=True, and for a view or "
                "reshape in place of a transpose.",
                "notebook 04, section 4.3",
            )
            return


def _future(case: Case) -> Iterator[Finding]:
    """Change the last character of each row: no earlier answer may notice."""
    T = case.inputs.shape[1]
    if T < 2:
        return
    last = torch.arange(T, device=case.inputs.device).expand_as(case.inputs) == T - 1
    moved = distance_moved(case, last)[:, :-1]  # (B, T - 1)
    if moved.max() > tolerance_of(case):
        yield Finding(
            "a look into the future",
            "Changing the last character of each row moved the logits of earlier "
            f"steps by up to {moved.max():.2g}: an answer must not depend on what "
            "comes after it. Look for a wrong axis, or a bidirectional layer.",
            "notebook 04, section 4.3",
        )


def _random_answers(case: Case) -> Iterator[Finding]:
    with torch.no_grad():
        again = run_model(copy.deepcopy(case.model), case.inputs, seed=1)[0]
    moved = float((again - case.logits).abs().max())
    if moved > tolerance_of(case):
        yield Finding(
            "random answers in evaluation mode",
            f"After model.eval(), the same inputs gave logits that differ by up to "
            f"{moved:.2g} between two calls. F.dropout needs training=self.training; "
            "nn.Dropout knows by itself.",
            "notebook 08, section 8.4",
        )


def _influence(case: Case) -> Iterator[Finding]:
    """Change characters: the answers that may depend on them must notice."""
    B, T = case.inputs.shape
    at = torch.arange(T, device=case.inputs.device).expand_as(case.inputs)
    if B * T < ENOUGH_ANSWERS:
        return
    everything = distance_moved(case, at >= 0)  # (B, T)
    if everything.max() == 0:
        yield from _constant(case)
        return
    if B * (T - 1) >= ENOUGH_ANSWERS and distance_moved(case, at > 0).max() == 0:
        yield Finding(
            "only the first character is read",
            f"Changing all {B * (T - 1)} characters after the first of each row moved "
            "no answer. Each step must read its own character: look for x[:, 0] or a "
            "loop that never uses its index.",
            "notebook 04, section 4.2",
        )
        return
    if B * (T // 2) < ENOUGH_ANSWERS:
        return
    moved = distance_moved(case, at % 2 == 0)[:, 1::2]  # (B, T // 2)
    if moved.max() == 0:
        yield Finding(
            "no memory",
            "Changing every second character moved none of the "
            f"{moved.numel()} answers in between: the hidden state does not reach "
            "the next step. Make the zero state once, before the loop over the steps, "
            "and look for a wrong batch axis.",
            "notebook 05, Break it",
        )


def _constant(case: Case) -> Iterator[Finding]:
    """Say why no answer depends on any character, where it can be seen."""
    zero = [n for n, p in case.model.named_parameters() if p.ndim > 1 and not p.any()]
    why = "Look for an output that is made from something else than the state."
    if zero:
        why = (
            f"{len(zero)} weight matrices are zero throughout ({some_of(zero)}), and "
            "then all units stay alike: start from small random numbers."
        )
    elif case.state is not None and not case.state.any():
        why = (
            f"All {case.state.numel()} numbers of the hidden state are 0: a dead ReLU, "
            "which no gradient can wake. Start from smaller weights and a zero bias, "
            "with a smaller learning rate, or use tanh."
        )
    yield Finding(
        "answers that never change",
        f"Changing all {case.inputs.numel()} characters moved no logit at all. {why}",
        "notebook 05, section 5.2",
    )


def _saturated(case: Case) -> Iterator[Finding]:
    if case.state is None or case.state.numel() < ENOUGH_ANSWERS:
        return
    size = case.state.abs()
    share = float((size > 0.999).double().mean())
    if size.max() <= 1 and share > SATURATED:
        yield Finding(
            "a saturated state",
            f"{share:.0%} of the {size.numel()} numbers in the final hidden state are "
            "beyond ±0.999, where the slope of tanh is below 0.002: hardly any "
            "gradient comes through. Start from smaller weights, and feed one-hot rows "
            "or an embedding.",
            "notebook 04, section 4.4",
        )


def _ids_as_numbers(case: Case) -> Iterator[Finding]:
    """Feed ids in between: one-hot rows and embeddings refuse, or round them."""
    ids = case.inputs.to(case.logits.dtype)
    moved = []
    for by in (0.001, 0.01):
        try:
            with torch.no_grad():
                answer = run_model(copy.deepcopy(case.model), ids + by)[0]
        except Exception:
            return  # as it should be
        moved.append(float((answer - case.logits).abs().max()))
    # Ids that are compared with 0 … V - 1 jump at once; numbers move in proportion.
    if 0 < 3 * moved[0] < moved[1] < 30 * moved[0]:
        yield Finding(
            "ids taken for numbers",
            f"The model reads an id moved on by 0.01 as readily as the id itself: the "
            f"logits follow, by up to {moved[1]:.2g}. So neighbours in the alphabet "
            "count as alike, and large ids saturate the layer. Feed one-hot rows or an "
            "embedding.",
            "notebook 03, section 3.3",
        )


def _extra_symbols(case: Case) -> Iterator[Finding]:
    told = getattr(case.original, "vocab_size", None)
    if type(told) is int and told != case.vocab_size:
        yield Finding(
            "another number of logits than symbols",
            f"The model scores {case.vocab_size} symbols, and its vocab_size is "
            f"{told}. Give the output layer out_features=vocab_size.",
            "notebook 04, section 4.5",
        )


def _probabilities(case: Case) -> Iterator[Finding]:
    """Rows that are no scores but a distribution already.

    Log-probabilities are all right: their softmax gives the probabilities back.
    """
    if case.vocab_size < 2 or not are_probabilities(case.logits):
        return
    true = F.nll_loss(
        case.logits.clamp_min(1e-12).log().flatten(0, 1), case.targets.flatten()
    )
    if case.loss_fn is not None:
        used = case.loss(case.logits, case.targets)
        if used.ndim == 0 and torch.isclose(used, true, rtol=1e-3):
            return  # a loss that expects probabilities
    reported = F.cross_entropy(case.logits.flatten(0, 1), case.targets.flatten())
    yield Finding(
        "probabilities in place of logits",
        f"All {case.counted.numel()} rows of the model's output are probabilities: "
        "none is negative, each sums to 1. cross_entropy applies a softmax of its own "
        f"and reports {reported:.2f} where the true loss is {true:.2f}: return the "
        "logits, and keep softmax for sampling.",
        "notebook 06, Break it",
    )


SHAPES_ONLY = (
    *("View", "UnsafeView", "ReshapeAlias", "Transpose", "Permute", "T", "Squeeze"),
    *("Unsqueeze", "Stack", "Cat", "Slice", "Select", "Index", "Clone", "Expand"),
    *("Split", "Unbind", "ToCopy", "Alias"),
)
"""Operations of the autograd graph that leave the numbers as they are."""

BOUNDS = {"Relu": (0.0, math.inf), "Tanh": (-1.0, 1.0), "Sigmoid": (0.0, 1.0)}


def _squeezed(case: Case) -> Iterator[Finding]:
    """See in the autograd graph whether the last operation is an activation."""
    node = run_model(copy.deepcopy(case.model), case.inputs)[0].grad_fn
    while node is not None and _operation(node) in SHAPES_ONLY:
        node = node.next_functions[0][0] if node.next_functions else None
    name = _operation(node)
    if name.startswith("Clamp") or name == "Hardtanh":
        low, high = (
            getattr(node, f"_saved_{end}", getattr(node, f"_saved_{end}_val", None))
            for end in ("min", "max")
        )
        numbers = all(isinstance(x, (int, float)) for x in (low, high))
        low, high = (low, high) if numbers else (-math.inf, math.inf)
    elif name in BOUNDS:
        low, high = BOUNDS[name]
    else:
        return
    lowest = math.log1p((case.vocab_size - 1) * math.exp(low - high))
    if name != "Relu" and lowest < 0.01:
        return  # a wide clamp is a brake that is hardly ever used
    at_zero = float((case.logits == 0).double().mean())
    evidence = (
        f"none of the {case.logits.numel()} logits is negative, and {at_zero:.0%} are "
        "exactly 0, where no gradient comes through"
        if name == "Relu"
        else f"they can only lie between {low:g} and {high:g}, so that the loss cannot "
        f"fall below {lowest:.2f} nats, however right the model is"
    )
    yield Finding(
        "an activation on the logits",
        f"The last operation on the logits is {name.lower().rstrip('minax')}: "
        f"{evidence}. Return the output of the linear layer as it is."
        if name.startswith("Clamp")
        else f"The last operation on the logits is {name.lower()}: {evidence}. Return "
        "the output of the linear layer as it is.",
        "notebook 06, section 6.2",
    )


def _operation(node: Any) -> str:
    return "" if node is None else node.name().partition("Backward")[0]


def _cut_gradient(case: Case) -> Iterator[Finding]:
    """Compare each gradient of autograd with the slope that it stands for.

    A detach changes no answer, only the gradient: the two then disagree. What is
    measured is a random sum of the logits, whose gradient does not vanish at the end
    of a training.
    """
    wrong, total = [], 0
    for name, slope, told in _slopes(case):
        total += 1
        if slope is not None:
            wrong.append((name, slope, told))
    if not wrong:
        return
    name, slope, told = max(wrong, key=lambda found: abs(found[1] - found[2]))
    yield Finding(
        "a gradient that is cut off",
        f"Moving {name} a little moves the logits at a rate of {slope:.3g}, and its "
        f"gradient says {told:.3g}; so it is for {len(wrong)} of {total} parameter "
        f"tensors ({some_of([n for n, _, _ in wrong])}). Look for detach, no_grad, "
        ".data or .item() between the input and the logits.",
        "notebook 05, Check it against PyTorch",
    )


def _slopes(case: Case) -> Iterator[tuple[str, float | None, float]]:
    """Name, measured slope (None where it agrees) and slope by autograd, of each."""
    model, exact = copy.deepcopy(case.model).double(), True
    try:
        answer_of(copy.deepcopy(model), case.inputs)
    except (TypeError, ValueError):  # it makes float32 numbers itself
        model, exact = copy.deepcopy(case.model), False
    eps, rounding = (1e-5, 1e-15) if exact else (1e-2, 1e-6)
    floor = 10 * rounding * max(1.0, float(case.logits.abs().max())) / eps
    torch.manual_seed(0)
    parameters = {n: p for n, p in model.named_parameters() if p.is_floating_point()}
    noise = {n: torch.randn_like(p) for n, p in parameters.items()}
    for n, p in parameters.items():  # away from where a ReLU has its kink
        p.data += 1e-3 * p.detach().abs().mean() * noise[n]
    mix = torch.randn_like(case.logits) / math.sqrt(case.logits.numel())

    def mixed() -> Tensor:
        return (answer_of(copy.deepcopy(model), case.inputs) * mix).sum()

    told = dict.fromkeys(parameters)
    copied = copy.deepcopy(model)
    value = (answer_of(copied, case.inputs) * mix).sum()
    if value.requires_grad:
        wanted = [dict(copied.named_parameters())[n] for n in parameters]
        grads = torch.autograd.grad(value, wanted, allow_unused=True)
        told = dict(zip(parameters, grads, strict=True))
    for n, p in parameters.items():
        grad = torch.zeros_like(p) if told[n] is None else told[n].to_dense()
        way = F.normalize(grad.flatten(), dim=0) + F.normalize(
            noise[n].flatten(), dim=0
        )
        way, start = F.normalize(way, dim=0).view_as(p), p.detach().clone()
        rates = []
        with torch.no_grad():
            for by in (eps, eps / 2):
                p.data = start + by * way
                ahead = mixed()
                p.data = start - by * way
                rates.append(float(ahead - mixed()) / (2 * by))
            p.data = start
        by_autograd, (rough, slope) = float((grad * way).sum()), rates
        apart = abs(slope - by_autograd)
        # Two steps that agree with each other measure a slope, and no kink or noise.
        clear = apart > 0.05 * max(abs(slope), abs(by_autograd)) + floor
        agree = abs(slope - rough) < 0.1 * apart
        yield n, slope if clear and agree else None, by_autograd


def _lost_gradient(case: Case) -> Iterator[Finding]:
    """Follow the gradient of the last answers back through the states.

    That it dies some time is normal: text hardly asks for more. It is a disease where
    it dies within a few steps, or on the way from the only targets to a text that
    stands far before them. A trained network may keep what it has read in a resting
    place, from which no gradient comes, too: so it must also have forgotten.
    """
    T = case.inputs.shape[1]
    late = int(case.counted.any(dim=0).nonzero()[0])  # the first step with a target
    lag = T - 1 if late >= 2 * A_FEW_STEPS else A_FEW_STEPS
    if T < 2 * A_FEW_STEPS or (way := _way_back(case)) is None:
        return
    left = float(way[T - 1 - lag] / way[-1])
    if not left < LOST:
        return
    at = torch.arange(T, device=case.inputs.device).expand_as(case.inputs)
    moved = distance_moved(case, at < T - lag)[:, -1]  # (B,)
    if moved.max() > tolerance_of(case):
        return
    one_step = left ** (1 / max(lag - 1, 1))
    yield Finding(
        "a gradient that does not pass the step",
        f"On its way back from the last answers the gradient shrinks by a factor of "
        f"{one_step:.2f} per step: {left:.0e} of it is left at lag {lag}, and "
        "changing the characters before moves no answer, so nothing can be learned "
        "from them. Start W_hh with nn.init.orthogonal_; in an LSTM raise the bias of "
        "the forget gate.",
        "notebook 10, section 10.5",
    )


def _way_back(case: Case) -> Tensor | None:
    """The norm of the gradient of the last answers in the state after each step.

    Of T steps the last one is left out. None: the model cannot be run step by step.
    """
    model, state, states = copy.deepcopy(case.model).double(), None, []
    try:
        for ids in case.inputs.split(1, dim=1):
            logits, state = model(ids, state)
            states.append(state if isinstance(state, tuple) else (state,))
        logits = logits.reshape(len(case.inputs), -1)
        if (logits - case.logits[:, -1]).abs().max() > tolerance_of(case):
            return None  # step by step it is another model
        torch.manual_seed(0)
        mix = (logits * torch.randn_like(logits)).sum()
        earlier = [part for step in states[:-1] for part in step]
        found = torch.autograd.grad(mix, earlier, allow_unused=True)
    except Exception:
        return None
    squares = torch.stack(
        [logits.new_zeros(()) if g is None else g.square().sum() for g in found]
    )
    norms = squares.view(len(states) - 1, -1).sum(dim=1).sqrt()
    return norms if norms[-1] > 0 else None


OF_DATA = (_shift, _padding, _nothing_to_learn, _not_finite)
OF_MODELS = (
    *(_random_answers, _mixed_rows, _future, _influence, _saturated),
    *(_ids_as_numbers, _extra_symbols, _probabilities, _squeezed, _cut_gradient),
    _lost_gradient,
)
