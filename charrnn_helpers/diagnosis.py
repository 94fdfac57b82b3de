"""Look for the bugs that raise no error: ``diagnose(model, inputs, targets)``.

Notebook 08 meets many of them. One small function here looks for one symptom; each
works on a copy of the model, so that the model, its gradients and its optimizer stay
as they were. A symptom is an experiment with a yes or a no, not a guess: what cannot be
told from a healthy run is not reported.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers.data import IGNORE_INDEX

LossFunction = Callable[[Tensor, Tensor], Tensor]
Step = Callable[[nn.Module, Any, Tensor, Tensor], object]

FAR_FROM_UNIFORM = 1.0
"""Nats above ln V from which a model counts as worse than guessing."""

PADDING_SHARE = 0.5
"""Share of the targets from which padding dominates the loss."""

BY_CHANCE = 0.001
"""Probability below which an agreement is no coincidence."""

ENOUGH_ANSWERS = 8
"""How many answers must stay as they were before that counts as evidence."""

SATURATED = 0.95
"""Share of hidden numbers at ±1 from which the layer counts as saturated."""

HEAVY_DECAY = 1.0
"""Weight decay above this is a slip: 0.01 to 0.1 is usual."""

CALLS = 16
"""How many calls of a step may accumulate gradients before the optimizer moves."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        name: what it is, in a few words; always the same for the same bug.
        sentence: the evidence with its numbers, then what to do.
        lesson: where it is explained, such as "notebook 06, section 6.4".
    """

    name: str
    sentence: str
    lesson: str

    def __str__(self) -> str:
        return f"{self.sentence} ({self.lesson})"


@dataclass(frozen=True)
class _Case:
    """What the examinations share; ``model`` is a copy in evaluation mode.

    Each examination runs a copy of that copy: a model that keeps a state between two
    calls then answers all of them from the same one.
    """

    model: nn.Module
    original: nn.Module  # the learner's own: never run, only copied
    inputs: Tensor  # (B, T), int64
    targets: Tensor  # (B, T), int64
    logits: Tensor  # (B, T, V)
    state: Tensor | None  # the hidden state that the model returns, if it does
    loss_fn: LossFunction | None
    optimizer: torch.optim.Optimizer | None
    step: Step | None

    @property
    def counted(self) -> Tensor:
        """Which targets count: bool, shape (B, T)."""
        return self.targets != IGNORE_INDEX

    @property
    def vocab_size(self) -> int:
        return self.logits.shape[-1]

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """The loss that the training uses, of logits (B, T, V) and targets (B, T)."""
        loss_fn = self.loss_fn or F.cross_entropy
        try:
            loss = loss_fn(logits.flatten(0, 1), targets.flatten())
        except Exception as error:
            raise ValueError(
                f"loss_fn(logits, targets) raised {type(error).__name__}: {error}. "
                "That bug is loud: mend it first"
            ) from error
        if not isinstance(loss, Tensor):
            raise TypeError(
                f"loss_fn must return a tensor, got {type(loss).__name__}; backward "
                "needs it as it is, without .item()"
            )
        return loss.to(logits.dtype)

    def cross_entropy(self, logits: Tensor) -> Tensor:
        """The true loss of the batch, in nats, for logits (B, T, V) of this model."""
        if _are_probabilities(self.logits):
            logits = logits.clamp_min(1e-12).log()
        return F.cross_entropy(logits.flatten(0, 1), self.targets.flatten())


def diagnose(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    *,
    optimizer: torch.optim.Optimizer | None = None,
    loss_fn: LossFunction | None = None,
    step: Step | None = None,
) -> list[Finding]:
    """Look for bugs that raise no error and spoil the training.

    Model, gradients, optimizer and the global random state stay as they were. Call it
    before training, and again when a training disappoints.

    Args:
        model: maps ids (B, T) to ``(logits (B, T, V), state)`` or to the logits alone;
            logits of shape (B * T, V) are taken as (B, T, V), as the loss takes them.
        inputs: the ids of a batch, an integer tensor of shape (B, T).
        targets: the targets of the same batch, shape (B, T); those that are
            ``IGNORE_INDEX`` do not count.
        optimizer: the one that trains the model; None leaves out what concerns it.
        loss_fn: the loss of the training, called with logits (B * T, V) and targets
            (B * T,), as ``F.cross_entropy`` (the default) is.
        step: one training step of yours, called as ``step(model, optimizer, inputs,
            targets)``, with copies of the first two; what it returns is ignored. Only
            the step itself tells whether gradients are cleared. A step that
            accumulates gradients over several calls is fine.

    Returns:
        The findings, each with its evidence and its lesson; none for a healthy model.
        They concern the data (float targets, shift, padding, nothing to learn), the
        model (rows mixed, future seen, no memory, dead or saturated state, ids taken
        for numbers, logits squeezed, gradients cut off), the loss, the optimizer, and
        one training step.

    Raises:
        TypeError: if the model is no module, inputs or targets are no tensors of ids,
            loss_fn or step cannot be called, the optimizer is none, or the loss is no
            tensor.
        ValueError: if the shapes do not fit, an id is out of range, no target counts,
            the model cannot be run or copied, the loss cannot be computed, or the step
            fails or trains another model than the copy that it was given. Such bugs
            are loud: mend them first.
    """
    _check_arguments(model, inputs, targets, optimizer, loss_fn, step)
    devices = range(torch.cuda.device_count())  # manual_seed seeds them all
    with torch.random.fork_rng(devices=devices):
        findings = list(_float_targets(targets))
        if findings and not torch.equal(targets, targets.round()):
            return findings  # such numbers name no characters: nothing to compare
        copied, inputs = _copy(model), inputs.long()
        with torch.no_grad():
            logits, state = _run(copy.deepcopy(copied), inputs)
        case = _Case(
            copied,
            model,
            inputs,
            targets.long(),
            logits,
            state,
            loss_fn,
            optimizer,
            step,
        )
        _check_ids(case)
        for look in (_shift, _padding, _nothing_to_learn, _not_finite):
            findings += look(case)
        if not logits.isfinite().all():
            return findings
        with torch.enable_grad():
            for look in (_random_answers, _mixed_rows, _future, _influence, _saturated):
                findings += look(case)
            for look in (_ids_as_numbers, _extra_symbols, _probabilities, _squeezed):
                findings += look(case)
            findings += _cut_gradient(case)
            findings += _loss_function(case)
            findings += _far_from_uniform(case)
            findings += _nothing_to_train(model)
            if optimizer is not None:
                findings += _other_parameters(model, optimizer)
                findings += _settings(optimizer)
            known = {finding.name for finding in findings}
            findings += _one_step(case, known)
            findings += _leftover_gradients(case)
    return findings


# --- the data ------------------------------------------------------------------------


def _float_targets(targets: Tensor) -> Iterator[Finding]:
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


def _shift(case: _Case) -> Iterator[Finding]:
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
            "notebook 02, section 2.4",
        )


def _agreement(case: _Case, by: int) -> tuple[int, int]:
    """At how many places a target is the input ``by`` steps on, and of how many."""
    T = case.inputs.shape[1]
    at = torch.arange(T, device=case.inputs.device)
    at = at[(at + by >= 0) & (at + by < T)]
    # A filled-up input at the end of a row has a target that does not count.
    real = case.counted[:, at] & case.counted[:, at + by]
    same = case.targets[:, at] == case.inputs[:, at + by]
    return int((same & real).sum()), int(real.sum())


def _wrapped(case: _Case) -> bool:
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


def _padding(case: _Case) -> Iterator[Finding]:
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


def _counts_in_loss(case: _Case, places: Tensor) -> bool:
    """Whether the loss function looks at those targets at all."""
    if case.loss_fn is None:
        return True
    other = case.logits.masked_fill(places.unsqueeze(-1), 0.0)  # (B, T, V)
    return not torch.allclose(
        case.loss(case.logits, case.targets), case.loss(other, case.targets)
    )


def _nothing_to_learn(case: _Case) -> Iterator[Finding]:
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


def _not_finite(case: _Case) -> Iterator[Finding]:
    bad = int((~case.logits.isfinite()).sum())
    if bad:
        yield Finding(
            "logits that are not finite",
            f"{bad} of {case.logits.numel()} logits are nan or infinite: the training "
            "has diverged. Start from a fresh model with a smaller learning rate, or "
            "clip the gradients.",
            "notebook 06, section 6.7",
        )


def _mixed_rows(case: _Case) -> Iterator[Finding]:
    """Change one row: no other row may notice."""
    for changed in {0, len(case.inputs) - 1}:
        others = torch.arange(len(case.inputs), device=case.inputs.device) != changed
        if not others.any():
            return
        rows = (~others).unsqueeze(1).expand_as(case.inputs)
        moved = _moved(case, rows)[others]  # (B - 1, T)
        if moved.max() > _tolerance(case):
            yield Finding(
                "a wrong batch axis",
                f"Changing the text of row {changed} alone moved the logits of the "
                f"other rows by up to {moved.max():.2g}: the rows of a batch must not "
                "know of each other. Look for batch_first=True, and for a view or "
                "reshape in place of a transpose.",
                "notebook 04, section 4.3",
            )
            return


def _future(case: _Case) -> Iterator[Finding]:
    """Change the last character of each row: no earlier answer may notice."""
    T = case.inputs.shape[1]
    if T < 2:
        return
    last = torch.arange(T, device=case.inputs.device).expand_as(case.inputs) == T - 1
    moved = _moved(case, last)[:, :-1]  # (B, T - 1)
    if moved.max() > _tolerance(case):
        yield Finding(
            "a look into the future",
            "Changing the last character of each row moved the logits of earlier "
            f"steps by up to {moved.max():.2g}: an answer must not depend on what "
            "comes after it. Look for a wrong axis, or a bidirectional layer.",
            "notebook 04, section 4.3",
        )


def _random_answers(case: _Case) -> Iterator[Finding]:
    with torch.no_grad():
        again = _run(copy.deepcopy(case.model), case.inputs, seed=1)[0]
    moved = float((again - case.logits).abs().max())
    if moved > _tolerance(case):
        yield Finding(
            "random answers in evaluation mode",
            f"After model.eval(), the same inputs gave logits that differ by up to "
            f"{moved:.2g} between two calls. F.dropout needs training=self.training; "
            "nn.Dropout knows by itself.",
            "notebook 08, section 8.5",
        )


def _influence(case: _Case) -> Iterator[Finding]:
    """Change characters: the answers that may depend on them must notice."""
    B, T = case.inputs.shape
    at = torch.arange(T, device=case.inputs.device).expand_as(case.inputs)
    if B * T < ENOUGH_ANSWERS:
        return
    everything = _moved(case, at >= 0)  # (B, T)
    if everything.max() == 0:
        yield from _constant(case)
        return
    if B * (T - 1) >= ENOUGH_ANSWERS and _moved(case, at > 0).max() == 0:
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
    moved = _moved(case, at % 2 == 0)[:, 1::2]  # (B, T // 2)
    if moved.max() == 0:
        yield Finding(
            "no memory",
            "Changing every second character moved none of the "
            f"{moved.numel()} answers in between: the hidden state does not reach "
            "the next step. Make the zero state once, before the loop over the steps, "
            "and look for a wrong batch axis.",
            "notebook 05, Break it",
        )


def _constant(case: _Case) -> Iterator[Finding]:
    """Say why no answer depends on any character, where it can be seen."""
    zero = [n for n, p in case.model.named_parameters() if p.ndim > 1 and not p.any()]
    why = "Look for an output that is made from something else than the state."
    if zero:
        why = (
            f"{len(zero)} weight matrices are zero throughout ({_some(zero)}), and "
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
        "notebook 05, section 5.5",
    )


def _saturated(case: _Case) -> Iterator[Finding]:
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


def _ids_as_numbers(case: _Case) -> Iterator[Finding]:
    """Feed ids in between: one-hot rows and embeddings refuse, or round them."""
    ids = case.inputs.to(case.logits.dtype)
    moved = []
    for by in (0.001, 0.01):
        try:
            with torch.no_grad():
                answer = _run(copy.deepcopy(case.model), ids + by)[0]
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
            "notebook 03, section 3.1",
        )


def _extra_symbols(case: _Case) -> Iterator[Finding]:
    told = getattr(case.original, "vocab_size", None)
    if type(told) is int and told != case.vocab_size:
        yield Finding(
            "another number of logits than symbols",
            f"The model scores {case.vocab_size} symbols, and its vocab_size is "
            f"{told}. Give the output layer out_features=vocab_size.",
            "notebook 04, section 4.5",
        )


def _probabilities(case: _Case) -> Iterator[Finding]:
    """Rows that are no scores but a distribution already.

    Log-probabilities are all right: their softmax gives the probabilities back.
    """
    if case.vocab_size < 2 or not _are_probabilities(case.logits):
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


def _are_probabilities(rows: Tensor) -> bool:
    sums = rows.sum(dim=-1)
    near = torch.allclose(sums, torch.ones_like(sums), atol=1e-4)
    return near and bool((rows >= 0).all())


SHAPES_ONLY = (
    *("View", "UnsafeView", "ReshapeAlias", "Transpose", "Permute", "T", "Squeeze"),
    *("Unsqueeze", "Stack", "Cat", "Slice", "Select", "Index", "Clone", "Expand"),
    *("Split", "Unbind", "ToCopy", "Alias"),
)
"""Operations of the autograd graph that leave the numbers as they are."""

BOUNDS = {"Relu": (0.0, math.inf), "Tanh": (-1.0, 1.0), "Sigmoid": (0.0, 1.0)}


def _squeezed(case: _Case) -> Iterator[Finding]:
    """See in the autograd graph whether the last operation is an activation."""
    node = _run(copy.deepcopy(case.model), case.inputs)[0].grad_fn
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


def _cut_gradient(case: _Case) -> Iterator[Finding]:
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
        f"tensors ({_some([n for n, _, _ in wrong])}). Look for detach, no_grad, .data "
        "or .item() between the input and the logits.",
        "notebook 05, section 5.8",
    )


def _slopes(case: _Case) -> Iterator[tuple[str, float | None, float]]:
    """Name, measured slope (None where it agrees) and slope by autograd, of each."""
    model, exact = copy.deepcopy(case.model).double(), True
    try:
        _answer(copy.deepcopy(model), case.inputs)
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
        return (_answer(copy.deepcopy(model), case.inputs) * mix).sum()

    told = dict.fromkeys(parameters)
    copied = copy.deepcopy(model)
    value = (_answer(copied, case.inputs) * mix).sum()
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


# --- the loss ------------------------------------------------------------------------


def _loss_function(case: _Case) -> Iterator[Finding]:
    """Try the loss on answers made up for it: it must do what a cross-entropy does."""
    if case.loss_fn is None or _are_probabilities(case.logits):
        return
    used = case.loss(case.logits, case.targets)
    count, T = int(case.counted.sum()), case.inputs.shape[1]
    used_for = case.logits.numel()
    logarithms = torch.allclose(
        case.logits.logsumexp(-1), torch.zeros(()).to(case.logits), atol=1e-4
    )
    torch.manual_seed(0)
    drawn = 2 * torch.randn_like(case.logits)
    if logarithms:
        drawn = drawn.log_softmax(-1)  # what the model returns
    value, rows, ids = case.loss(drawn, case.targets), drawn.flatten(0, 1), case.targets
    mean = F.cross_entropy(rows, ids.flatten())

    def same(other: Tensor) -> bool:
        equal = torch.isclose(value, other, rtol=1e-4).all()
        return bool(equal and not torch.isclose(other, mean, rtol=1e-4))

    uniform = torch.zeros_like(case.logits) - logarithms * math.log(case.vocab_size)
    uniform.requires_grad_()
    loss = case.loss(uniform, case.targets)
    slope = torch.zeros_like(uniform)
    if loss.requires_grad:
        (found,) = torch.autograd.grad(loss.sum(), uniform, allow_unused=True)
        slope = slope if found is None else found
    looks = (slope != 0).any(-1)  # (B, T): which answers the loss looks at
    own = slope.gather(-1, ids.clamp_min(0).unsqueeze(-1)).squeeze(-1)[case.counted]
    shifted = case.loss(drawn + torch.randn_like(drawn[..., :1]), case.targets)

    name = "a wrong loss function"
    if used.ndim > 0:
        text = (
            f"The loss function returns {used.numel()} numbers and backward wants "
            "one: take their mean."
        )
    elif not used.isfinite():
        name = "a loss that is not finite"
        text = (
            f"The loss function returns {used:g} for {used_for} finite logits. Do its "
            "targets count, and does it take log of 0?"
        )
    elif not looks.any():
        name = "a loss without a gradient"
        text = (
            f"The loss is {used:.2f}, and its gradient is 0 for each of the {used_for} "
            "logits: training cannot change anything. Look for detach, no_grad or "
            "argmax in the loss function."
        )
    elif own.sum() > 0:
        name = "a loss that is turned round"
        text = (
            f"The loss is {used:.2f}, and it rises as the right characters get higher "
            "scores: training makes the model worse. Look for a sign."
        )
    elif T > 2 and looks.any(0).sum() == 1 and case.counted.any(0).all():
        name = "a loss of one step only"
        text = (
            f"Of {count} targets that count, the loss looks at {int(looks.sum())}, all "
            f"at step {int(looks.any(0).nonzero()[0]) + 1} of {T}: the other answers "
            "are never trained. Use all steps, logits.flatten(0, 1) and "
            "targets.flatten()."
        )
    elif count > 1 and same(count * mean):
        text = (
            f"The loss function returns the sum over {count} targets, {used:.2f} "
            f"(their mean is {used / count:.2f}): learning rate and clipping then "
            'depend on how many there are. Use reduction="mean".'
        )
    elif same(F.cross_entropy(rows.softmax(-1), ids.flatten())):
        certain = math.log1p((case.vocab_size - 1) / math.e)
        text = (
            "The loss function applies softmax before cross_entropy, which has one of "
            "its own: for answers that are right and certain it returns "
            f"{certain:.2f}, not 0. Hand over the logits."
        )
    elif same(F.nll_loss(rows, ids.flatten())):
        text = (
            "The loss function is nll_loss, which takes log-probabilities and was "
            f"given logits: it returns {used:.2f}. Use cross_entropy."
        )
    elif not logarithms and not torch.isclose(shifted, value, rtol=0.01, atol=1e-3):
        text = (
            "Adding one number to all logits of a row leaves its probabilities as "
            f"they are, and took the loss of a trial from {value:.4g} to "
            f"{shifted:.4g}: it is no cross-entropy of each row. Look for a wrong axis "
            "or another kind of loss, such as mse_loss."
        )
    else:
        return
    yield Finding(name, text, "notebook 06, section 6.2")


def _far_from_uniform(case: _Case) -> Iterator[Finding]:
    loss = case.cross_entropy(case.logits)
    uniform = math.log(case.vocab_size)
    if loss > uniform + FAR_FROM_UNIFORM:
        yield Finding(
            "a loss far above ln V",
            f"The loss is {loss:.2f} nats per character; a uniform guess costs "
            f"ln {case.vocab_size} = {uniform:.2f}, and an untrained model starts "
            "near it. Look for weights that start too large, a training that "
            "diverged, or a vocabulary that is not the model's.",
            "notebook 04, section 4.7",
        )


# --- the optimizer -------------------------------------------------------------------


def _other_parameters(
    model: nn.Module, optimizer: torch.optim.Optimizer
) -> Iterator[Finding]:
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    trainable = {name: p for name, p in model.named_parameters() if p.requires_grad}
    missing = [name for name, p in trainable.items() if id(p) not in held]
    if missing:
        yield Finding(
            "an optimizer over other parameters",
            f"The optimizer does not hold {len(missing)} of the model's "
            f"{len(trainable)} parameter tensors ({_some(missing)}): its steps leave "
            "them as they are. Build the optimizer from model.parameters(), after the "
            "model, and again whenever you build a new model.",
            "notebook 06, section 6.3",
        )


def _nothing_to_train(model: nn.Module) -> Iterator[Finding]:
    frozen = [p for p in model.parameters() if not p.requires_grad]
    if frozen and len(frozen) == len(list(model.parameters())):
        yield Finding(
            "nothing to train",
            f"All {len(frozen)} parameter tensors have requires_grad=False: no step "
            "can change them. Call model.requires_grad_().",
            "notebook 06, section 6.3",
        )


def _settings(optimizer: torch.optim.Optimizer) -> Iterator[Finding]:
    """Values that no training wants."""
    groups = optimizer.param_groups
    decay = max(float(group.get("weight_decay", 0)) for group in groups)
    if all(float(group.get("lr", 1)) == 0 for group in groups):
        yield Finding(
            "a learning rate of zero",
            f"lr is 0 in all {len(groups)} parameter groups: the weights stay as they "
            "are. Set it, or look at the scheduler.",
            "notebook 06, section 6.5",
        )
    if any(group.get("maximize") for group in groups):
        yield Finding(
            "an optimizer that climbs",
            "The optimizer has maximize=True: each step raises the loss. Leave it out.",
            "notebook 06, section 6.3",
        )
    if decay > HEAVY_DECAY:
        yield Finding(
            "a weight decay that is too heavy",
            f"The weight decay is {decay:g}, where 0.01 to 0.1 is usual: it pulls the "
            "weights to 0 faster than the loss can push them. Make it smaller.",
            "notebook 06, section 6.5",
        )


def _one_step(case: _Case, known: set[str]) -> Iterator[Finding]:
    """Make a step on copies: the weights must move, and not uphill or far away."""
    model, optimizer = _pair(case)
    step = case.step or _usual_step(case, known)
    if step is None:
        return
    if optimizer is not None:
        optimizer.state.clear()  # momentum would carry on where the training has been
    before = [p.detach().clone() for p in model.parameters()]
    calls = 0
    while calls < CALLS and not _differs(before, model):
        _take(case, step, model, optimizer)
        calls += 1
    after = [p.detach() for p in model.parameters()]
    evaluated = _copy(model)
    with torch.no_grad():
        start = float(case.cross_entropy(case.logits))
        end = float(case.cross_entropy(_answer(evaluated, case.inputs)))
    explained = {
        "nothing to train",
        "an optimizer over other parameters",
        "a learning rate of zero",
        "a loss without a gradient",
    }
    uniform = math.log(case.vocab_size)
    told = f"The loss of this batch is {start:.2f} before a step"
    lesson = "notebook 06, section 6.3"
    if not _differs(before, model):
        if start > 0.1 and not known & explained:
            yield Finding(
                "a step that changes nothing",
                f"{told}, and {calls} steps have moved none of the {len(after)} "
                "parameter tensors. Is backward called, and no zero_grad between it "
                "and the optimizer's step?",
                lesson,
            )
    elif not end <= max(start, uniform) + FAR_FROM_UNIFORM:
        yield Finding(
            "a step that is too long",
            f"{told} and {end:.3g} after it; a uniform guess costs "
            f"ln {case.vocab_size} = {uniform:.2f}. Make the learning rate "
            "ten times smaller, and again.",
            "notebook 06, section 6.5",
        )
    elif start > uniform / 2 and not known & {
        "an optimizer that climbs",
        "a loss that is turned round",
    }:
        logits = _answer(copied := copy.deepcopy(case.model), case.inputs)
        if not logits.requires_grad:
            return
        weights = list(copied.parameters())
        grads = torch.autograd.grad(
            case.cross_entropy(logits), weights, allow_unused=True
        )
        way = _flat([b - a for a, b in zip(before, after, strict=True)], weights)
        uphill = float(F.cosine_similarity(way, _flat(grads, weights), dim=0))
        if uphill > 0.3 and end > start:
            yield Finding(
                "a step uphill",
                f"{told} and {end:.2f} after it, and the step goes along the gradient "
                f"(cosine {uphill:.2f}), not against it. Look for a sign in the loss "
                "or in the update.",
                lesson,
            )


def _usual_step(case: _Case, known: set[str]) -> Step | None:
    """The step that optimizer and loss_fn stand for; None where there is none."""
    optimizer = case.optimizer
    if optimizer is None or isinstance(optimizer, torch.optim.LBFGS):
        return None
    if known & {"nothing to train", "a loss without a gradient"}:
        return None

    def step(model: nn.Module, optimizer: Any, inputs: Tensor, targets: Tensor) -> None:
        optimizer.zero_grad()
        loss = case.loss(_answer(model, inputs), targets).mean()
        if loss.requires_grad:
            loss.backward()
            optimizer.step()

    return step


def _leftover_gradients(case: _Case) -> Iterator[Finding]:
    """Make a step, then the next one with its gradients and without: no difference."""
    if case.step is None:
        return
    model, optimizer = _pair(case)
    for _ in range(CALLS):
        weights = [p.detach().clone() for p in model.parameters()]
        _take(case, case.step, model, optimizer)
        if _differs(weights, model):
            break  # now, at the latest, the gradients have been used
    else:
        return
    left = [None if p.grad is None else p.grad.clone() for p in model.parameters()]
    used = []
    for leftovers in (left, [None] * len(left)):
        m, o = copy.deepcopy((model, optimizer))
        for p, grad in zip(m.parameters(), leftovers, strict=True):
            p.grad = None if grad is None else grad.clone()
        taken: list[Tensor] = []

        def look(_: Any, args: tuple, kwargs: dict, m=m, taken=taken) -> None:
            if not args and not kwargs and not taken:  # a closure clears by itself
                taken.append(_flat([p.grad for p in m.parameters()], m.parameters()))

        if o is not None:
            o.register_step_pre_hook(look)
        _take(case, case.step, m, o)
        last = _flat([p.grad for p in m.parameters()], m.parameters())
        used.append(taken[0] if taken else last)
    both, alone = used
    extra = float((both - alone).norm())
    if extra > 1e-3 * float(torch.maximum(both.norm(), alone.norm())):
        yield Finding(
            "gradients never cleared",
            f"The step was made twice. The gradient of the second has norm "
            f"{both.norm():.3g}, and {alone.norm():.3g} if .grad is emptied before: "
            "the rest comes from the first. Call optimizer.zero_grad() in each step, "
            "before backward().",
            "notebook 06, section 6.4",
        )


def _pair(case: _Case) -> tuple[nn.Module, Any]:
    """Copies of model and optimizer that belong together, without gradients."""
    try:
        model, optimizer = copy.deepcopy((case.original, case.optimizer))
    except Exception as error:
        raise ValueError(
            f"the optimizer cannot be copied ({type(error).__name__}: {error})"
        ) from error
    model.zero_grad()
    return model, optimizer


def _take(case: _Case, step: Step, model: nn.Module, optimizer: Any) -> None:
    """Call a step on copies, and see that it leaves the learner's model alone."""
    torch.manual_seed(0)
    own = list(case.original.parameters())
    kept = [(p.detach().clone(), p.grad, _copied(p.grad)) for p in own]
    try:
        step(model, optimizer, case.inputs, case.targets)
    except Exception as error:
        raise ValueError(
            f"step(model, optimizer, inputs, targets) raised {type(error).__name__}: "
            f"{error}. That bug is loud: mend it first"
        ) from error
    strange = False
    for p, (value, grad, numbers) in zip(own, kept, strict=True):
        moved = not torch.equal(p.detach(), value)
        touched = p.grad is not grad or (
            grad is not None and not torch.equal(grad, numbers)
        )
        if moved or touched:
            strange = True
            p.data.copy_(value)
            p.grad = numbers
    if strange:
        raise ValueError(
            "step(model, optimizer, inputs, targets) trains another model than the one "
            "that it is given: use its arguments, no global names"
        )


def _copied(tensor: Tensor | None) -> Tensor | None:
    return None if tensor is None else tensor.clone()


def _differs(weights: list[Tensor], model: nn.Module) -> bool:
    pairs = zip(weights, model.parameters(), strict=True)
    return any(not torch.equal(old, p.detach()) for old, p in pairs)


def _flat(grads: Any, parameters: Any) -> Tensor:
    """All of them in one vector; zeros where there is none."""
    pairs = zip(grads, parameters, strict=True)
    parts = [torch.zeros_like(p) if g is None else g.to_dense() for g, p in pairs]
    return torch.cat([part.detach().double().flatten() for part in parts])


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


# --- running the model ---------------------------------------------------------------


def _copy(model: nn.Module) -> nn.Module:
    try:
        copied = copy.deepcopy(model)
    except Exception as error:
        raise ValueError(
            f"the model cannot be copied ({type(error).__name__}). Does it keep a "
            "hidden state as an attribute, such as self.h? Return the state instead, "
            "or detach it (notebooks/05_the_cell_from_scratch.ipynb)"
        ) from error
    for p in copied.parameters():
        if p.is_floating_point():
            p.requires_grad_()
    return copied.eval()


def _answer(model: nn.Module, inputs: Tensor) -> Tensor:
    return _run(model, inputs)[0]


def _run(
    model: nn.Module, inputs: Tensor, *, seed: int = 0
) -> tuple[Tensor, Tensor | None]:
    """The logits as (B, T, V), in the order in which the loss reads them, and h_n."""
    torch.manual_seed(seed)  # the caller restores the random state
    try:
        output = model(inputs)
    except Exception as error:
        raise ValueError(
            f"model(inputs) raised {type(error).__name__}: {error}. That bug is loud: "
            "mend it first"
        ) from error
    logits, *rest = output if isinstance(output, tuple) and output else (output,)
    if not isinstance(logits, Tensor) or not logits.is_floating_point():
        raise TypeError(
            "the model must return logits, a floating-point tensor, or a tuple that "
            f"begins with them; got {type(logits).__name__}"
        )
    B, T = inputs.shape
    if logits.ndim < 2 or logits.numel() != B * T * logits.shape[-1]:
        raise ValueError(
            f"for inputs of shape {(B, T)} the model must return logits of shape "
            f"{(B, T, 'V')}, one row for each target; got {tuple(logits.shape)}"
        )
    state = rest[0] if rest else None
    if isinstance(state, tuple) and state:
        state = state[0]  # of an LSTM: h_n, and not c_n
    if not isinstance(state, Tensor) or not state.is_floating_point():
        state = None
    return logits.reshape(B, T, logits.shape[-1]), state


def _moved(case: _Case, places: Tensor) -> Tensor:
    """How far the logits move when the inputs at some places change: shape (B, T)."""
    seen = case.inputs.unique()
    if len(seen) > 1:  # the next id that the model has been shown to take
        at = torch.searchsorted(seen, case.inputs.contiguous())
        others = seen[(at + 1) % len(seen)]
    else:
        others = (case.inputs + 1) % case.vocab_size
    with torch.no_grad():
        changed = torch.where(places, others, case.inputs)
        answer = _answer(copy.deepcopy(case.model), changed)
        return (answer - case.logits).abs().amax(dim=-1)


def _tolerance(case: _Case) -> float:
    """What rounding may move: the same row can be summed in another order."""
    return 1e-4 * max(1.0, float(case.logits.abs().max()))


# --- what cannot be examined ---------------------------------------------------------


def _check_arguments(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    optimizer: object,
    loss_fn: object,
    step: object,
) -> None:
    if optimizer is not None and not isinstance(optimizer, torch.optim.Optimizer):
        raise TypeError(
            f"optimizer must be a torch.optim.Optimizer, got {type(optimizer).__name__}"
        )
    for name, value in (("loss_fn", loss_fn), ("step", step)):
        if value is not None and not callable(value):
            raise TypeError(f"{name} must be callable, got {type(value).__name__}")
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be an nn.Module, got {type(model).__name__}")
    for name, value in (("inputs", inputs), ("targets", targets)):
        if not isinstance(value, Tensor):
            raise TypeError(f"{name} must be a tensor, got {type(value).__name__}")
        if value.dtype == torch.bool or value.is_complex():
            raise TypeError(f"{name} must be ids, got {value.dtype}")
    if inputs.is_floating_point():
        raise TypeError(
            f"inputs must be ids, an integer tensor of shape (B, T), got "
            f"{inputs.dtype} of shape {tuple(inputs.shape)}; the model makes one-hot "
            "rows itself (notebooks/04_the_rnn_model.ipynb)"
        )
    if inputs.ndim != 2 or inputs.shape != targets.shape or inputs.numel() == 0:
        raise ValueError(
            "inputs and targets must both have shape (B, T), at least one row and one "
            f"step, got {tuple(inputs.shape)} and {tuple(targets.shape)}; for one text "
            "add an axis, ids.unsqueeze(0)"
        )


def _check_ids(case: _Case) -> None:
    real = case.targets[case.counted]
    if real.numel() == 0:
        raise ValueError(f"no target counts: all of them are {IGNORE_INDEX}")
    low, high = int(real.min()), int(real.max())
    if low < 0 or high >= case.vocab_size:
        raise ValueError(
            f"the targets reach from {low} to {high}, and the model scores the ids 0 "
            f"to {case.vocab_size - 1}; mark targets that do not count with "
            f"IGNORE_INDEX = {IGNORE_INDEX}"
        )
