"""Look for the bugs that raise no error: ``diagnose(model, inputs, targets)``.

Notebook 08 meets each of them. One small function here looks for one symptom; each
works on a copy of the model, so that the model, its gradients and its optimizer stay
as they were.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers.data import IGNORE_INDEX

LossFunction = Callable[[Tensor, Tensor], Tensor]

FAR_FROM_UNIFORM = 1.0
"""Nats above ln V from which a model counts as worse than guessing."""

PADDING_SHARE = 0.5
"""Share of the targets from which padding dominates the loss."""

LEFTOVER = 2.0
"""How many times the gradient of any single row may be found in ``.grad``."""

LEFTOVER_UNTOLD = 3.0
"""The same where the weights before the last step are not known."""

ROWS_EXAMINED = 32
"""Rows whose gradients are computed one by one, at the most."""

BY_CHANCE = 0.001
"""Probability below which an agreement is no coincidence."""

ENOUGH_ANSWERS = 8
"""How many answers must stay as they were before a model counts as without memory."""


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
    inputs: Tensor  # (B, T), int64
    targets: Tensor  # (B, T), int64
    logits: Tensor  # (B, T, V)
    loss_fn: LossFunction | None
    optimizer: torch.optim.Optimizer | None

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


def diagnose(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    *,
    optimizer: torch.optim.Optimizer | None = None,
    loss_fn: LossFunction | None = None,
) -> list[Finding]:
    """Look for bugs that raise no error and spoil the training.

    Model, gradients, optimizer and the global random state stay as they were. Call it
    once before training, and once after a few steps, before the gradients are cleared
    again: gradients that nobody clears show only then.

    Args:
        model: maps ids (B, T) to ``(logits (B, T, V), state)`` or to the logits alone;
            logits of shape (B * T, V) are taken as (B, T, V), as the loss takes them.
        inputs: the ids of a batch, an integer tensor of shape (B, T).
        targets: the targets of the same batch, shape (B, T); those that are
            ``IGNORE_INDEX`` do not count.
        optimizer: the one that trains the model; None leaves out what concerns it.
        loss_fn: the loss of the training, called with logits (B * T, V) and targets
            (B * T,), as ``F.cross_entropy`` (the default) is.

    Returns:
        The findings, each with its evidence and its lesson; none for a healthy model.
        Found are: float targets; a shift that is not one; padding that dominates the
        loss; logits that are not finite; rows of the batch, or later characters, that
        change an answer (a wrong batch axis); no memory; probabilities in place of
        logits; a wrong loss function; a loss far above ln V; an optimizer that holds
        other parameters; gradients that are never cleared.

    Raises:
        TypeError: if the model is no module, inputs or targets are no tensors of ids,
            or the loss is no tensor.
        ValueError: if the shapes do not fit, an id is out of range, no target counts,
            the model cannot be run or copied, or the loss cannot be computed. Such
            bugs are loud: mend them first.
    """
    _check_tensors(model, inputs, targets)
    devices = range(torch.cuda.device_count())  # manual_seed seeds them all
    with torch.random.fork_rng(devices=devices):
        findings = list(_float_targets(targets))
        if findings and not torch.equal(targets, targets.round()):
            return findings  # such numbers name no characters: nothing to compare
        copied, inputs = _copy(model), inputs.long()
        case = _Case(
            copied,
            inputs,
            targets.long(),
            _logits(copied, inputs).detach(),
            loss_fn,
            optimizer,
        )
        _check_ids(case)
        for look in (_shift, _padding, _not_finite):
            findings += look(case)
        if not case.logits.isfinite().all():
            return findings
        for look in (_mixed_rows, _future, _no_memory, _probabilities, _loss_function):
            findings += look(case)
        findings += _far_from_uniform(case)
        if optimizer is not None:
            findings += _other_parameters(model, optimizer)
        findings += _leftover_gradients(model, case)
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


def _no_memory(case: _Case) -> Iterator[Finding]:
    """Change every second character: the steps between must notice."""
    B, T = case.inputs.shape
    if B * (T // 2) < ENOUGH_ANSWERS:
        return
    even = torch.arange(T, device=case.inputs.device).expand_as(case.inputs) % 2 == 0
    all_moved = _moved(case, even)  # (B, T)
    moved = all_moved[:, 1::2]  # (B, T // 2)
    # Where nothing moves at all, a small ReLU layer may have drawn dead units only.
    if moved.max() == 0 < all_moved.max():
        yield Finding(
            "no memory",
            "Changing every second character moved none of the "
            f"{moved.numel()} answers in between: the hidden state does not reach "
            "the next step. Make the zero state once, before the loop over the steps, "
            "and look for a wrong batch axis.",
            "notebook 05, Break it",
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


# --- the loss ------------------------------------------------------------------------


def _loss_function(case: _Case) -> Iterator[Finding]:
    """Recognise what a wrong loss function computes, by its value."""
    if case.loss_fn is None or _are_probabilities(case.logits):
        return
    used = case.loss(case.logits, case.targets)
    rows, ids = case.logits.flatten(0, 1), case.targets.flatten()
    count = int(case.counted.sum())
    mean = F.cross_entropy(rows, ids)
    if used.ndim > 0:
        text = (
            f"The loss function returns {used.numel()} numbers and backward wants "
            "one: take their mean."
        )
    elif count > 1 and torch.isclose(used, count * mean, rtol=1e-3):
        text = (
            f"The loss function returns {used:.2f}, the sum over {count} targets "
            f"(their mean is {mean:.2f}): learning rate and clipping then depend on "
            'how many there are. Use reduction="mean".'
        )
    elif torch.isclose(used, F.cross_entropy(rows.softmax(-1), ids), rtol=1e-3):
        text = (
            f"The loss function returns {used:.2f} where the cross-entropy of the "
            f"logits is {mean:.2f}: it applies softmax before cross_entropy, which "
            "has one of its own. Hand over the logits."
        )
    elif torch.isclose(used, F.nll_loss(rows, ids), rtol=1e-3):
        text = (
            f"The loss function returns {used:.2f} where the cross-entropy is "
            f"{mean:.2f}: nll_loss takes log-probabilities and was given logits. Use "
            "cross_entropy."
        )
    else:
        return
    if not torch.isclose(used, mean, rtol=1e-3).all():
        yield Finding("a wrong loss function", text, "notebook 06, section 6.2")


def _far_from_uniform(case: _Case) -> Iterator[Finding]:
    rows = case.logits.flatten(0, 1)
    if _are_probabilities(case.logits):
        rows = rows.clamp_min(1e-12).log()
    loss = F.cross_entropy(rows, case.targets.flatten())
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
        names = ", ".join(missing[:3]) + (", …" if len(missing) > 3 else "")
        yield Finding(
            "an optimizer over other parameters",
            f"The optimizer does not hold {len(missing)} of the model's "
            f"{len(trainable)} parameter tensors ({names}): its steps leave them as "
            "they are. Build the optimizer from model.parameters(), after the model, "
            "and again whenever you build a new model.",
            "notebook 06, section 6.3",
        )


def _leftover_gradients(model: nn.Module, case: _Case) -> Iterator[Finding]:
    """Compare ``.grad`` with what one batch can produce.

    After a step, ``.grad`` is the gradient of the mean loss of the last batch: an
    average over its rows, which is never longer than the longest gradient of a single
    row. A sum over many steps is. The rows are measured at the present weights and,
    where the optimizer's state tells them, at the weights before its last step, where
    the gradient comes from; a margin (``LEFTOVER``) covers a batch that was another
    one, a wider one (``LEFTOVER_UNTOLD``) also weights that are not known. A gradient
    that points exactly as the fresh one does is one of a loss that is scaled, by
    clipping or by a sum, and is let pass.
    """
    if not any(p.grad is not None for p in model.parameters()):
        return
    present = _flat([p.grad for p in model.parameters()], model)
    size = float(present.norm())
    if not math.isfinite(size) or size == 0:
        return
    longest = 0.0
    before = _weights_before(model, case.optimizer)
    for weights in (None, before):
        if weights is not None:
            for p, value in zip(case.model.parameters(), weights, strict=True):
                p.data.copy_(value)
        elif longest:
            continue  # the optimizer tells nothing
        fresh = _gradient(case, slice(None))
        if F.cosine_similarity(present, fresh, dim=0) > 0.999:
            return
        step = math.ceil(len(case.inputs) / ROWS_EXAMINED)
        for row in range(0, len(case.inputs), step):
            if case.counted[row].any():
                try:
                    norm = _gradient(case, slice(row, row + 1)).norm()
                except ValueError:
                    return  # the model keeps the state of a whole batch
                longest = max(longest, float(norm))
    if size > (LEFTOVER if before is not None else LEFTOVER_UNTOLD) * longest:
        yield Finding(
            "gradients never cleared",
            f"The gradients in .grad have norm {size:.3g}, and no row of this batch "
            f"produces one above {longest:.3g}: they are the sum of many steps. Call "
            "optimizer.zero_grad() in each step, before backward().",
            "notebook 06, section 6.4",
        )


def _gradient(case: _Case, rows: slice) -> Tensor:
    """The gradient of the loss of some rows, of all parameters in one vector."""
    model = copy.deepcopy(case.model)
    parameters = list(model.parameters())
    with torch.enable_grad():
        logits = _answer(model, case.inputs[rows])
        loss = case.loss(logits, case.targets[rows]).mean()
        grads = torch.autograd.grad(loss, parameters, allow_unused=True)
    return _flat(list(grads), case.model)


def _flat(grads: list[Tensor | None], model: nn.Module) -> Tensor:
    pairs = zip(grads, model.parameters(), strict=True)
    parts = [torch.zeros_like(p) if g is None else g.to_dense() for g, p in pairs]
    return torch.cat([part.detach().double().flatten() for part in parts])


@torch.no_grad()
def _weights_before(
    model: nn.Module, optimizer: torch.optim.Optimizer | None
) -> list[Tensor] | None:
    """The weights before the optimizer's last step; None where it does not tell."""
    if type(optimizer) not in (torch.optim.Adam, torch.optim.SGD):
        return None
    groups = {id(p): g for g in optimizer.param_groups for p in g["params"]}
    weights = []
    for p in model.parameters():
        group, state = groups.get(id(p)), optimizer.state.get(p, {})
        if group is None or p.grad is None:
            weights.append(p)
        elif "exp_avg" in state:
            steps = float(state["step"])
            beta1, beta2 = group["betas"]
            mean = state["exp_avg"] / (1 - beta1**steps)
            root = (state["exp_avg_sq"] / (1 - beta2**steps)).sqrt()
            weights.append(p + group["lr"] * mean / (root + group["eps"]))
        elif isinstance(optimizer, torch.optim.SGD):
            move = state.get("momentum_buffer")
            weights.append(p + group["lr"] * (p.grad if move is None else move))
        else:
            weights.append(p)
    return weights


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


def _logits(model: nn.Module, inputs: Tensor) -> Tensor:
    """What a copy of the model answers; the model stays as it was."""
    return _answer(copy.deepcopy(model), inputs)


def _answer(model: nn.Module, inputs: Tensor) -> Tensor:
    """The model's answer, as (B, T, V), in the order in which the loss reads it."""
    torch.manual_seed(0)  # the caller restores the random state
    try:
        output = model(inputs)
    except Exception as error:
        raise ValueError(
            f"model(inputs) raised {type(error).__name__}: {error}. That bug is loud: "
            "mend it first"
        ) from error
    logits = output[0] if isinstance(output, tuple) else output
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
    return logits.reshape(B, T, logits.shape[-1])


def _moved(case: _Case, places: Tensor) -> Tensor:
    """How far the logits move when the inputs at some places change: shape (B, T)."""
    changed = torch.where(places, (case.inputs + 1) % case.vocab_size, case.inputs)
    with torch.no_grad():
        return (_logits(case.model, changed) - case.logits).abs().amax(dim=-1)


def _tolerance(case: _Case) -> float:
    """What rounding may move: the same row can be summed in another order."""
    return 1e-4 * max(1.0, float(case.logits.abs().max()))


# --- what cannot be examined ---------------------------------------------------------


def _check_tensors(model: nn.Module, inputs: Tensor, targets: Tensor) -> None:
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
