"""Symptoms of the loss, of the optimizer and of one training step."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers.diagnosis.case import (
    Case,
    Finding,
    Step,
    answer_of,
    are_probabilities,
    copy_of,
    some_of,
)

FAR_FROM_UNIFORM = 1.0
"""Nats above ln V from which a model counts as worse than guessing."""

HEAVY_DECAY = 1.0
"""Weight decay above this is a slip: 0.01 to 0.1 is usual."""

CALLS = 16
"""How many calls of a step may accumulate gradients before the optimizer moves."""


# --- the loss ------------------------------------------------------------------------


def _loss_function(case: Case) -> Iterator[Finding]:
    """Try the loss on answers made up for it: it must do what a cross-entropy does."""
    if case.loss_fn is None or are_probabilities(case.logits):
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


def _far_from_uniform(case: Case) -> Iterator[Finding]:
    loss = case.cross_entropy(case.logits)
    uniform = math.log(case.vocab_size)
    if loss > uniform + FAR_FROM_UNIFORM:
        yield Finding(
            "a loss far above ln V",
            f"The loss is {loss:.2f} nats per character; a uniform guess costs "
            f"ln {case.vocab_size} = {uniform:.2f}, and an untrained model starts "
            "near it. Look for weights that start too large, a training that "
            "diverged, or a vocabulary that is not the model's.",
            "notebook 04, section 4.6",
        )


# --- the optimizer -------------------------------------------------------------------


def _other_parameters(case: Case) -> Iterator[Finding]:
    model, optimizer = case.original, case.optimizer
    if optimizer is None:
        return
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    trainable = {name: p for name, p in model.named_parameters() if p.requires_grad}
    missing = [name for name, p in trainable.items() if id(p) not in held]
    if missing:
        yield Finding(
            "an optimizer over other parameters",
            f"The optimizer does not hold {len(missing)} of the model's "
            f"{len(trainable)} parameter tensors ({some_of(missing)}): its steps leave "
            "them as they are. Build the optimizer from model.parameters(), after the "
            "model, and again whenever you build a new model.",
            "notebook 06, section 6.3",
        )


def _nothing_to_train(case: Case) -> Iterator[Finding]:
    parameters = list(case.original.parameters())
    frozen = [p for p in parameters if not p.requires_grad]
    if frozen and len(frozen) == len(parameters):
        yield Finding(
            "nothing to train",
            f"All {len(frozen)} parameter tensors have requires_grad=False: no step "
            "can change them. Call model.requires_grad_().",
            "notebook 06, section 6.3",
        )


def _settings(case: Case) -> Iterator[Finding]:
    """Values that no training wants."""
    if case.optimizer is None:
        return
    groups = case.optimizer.param_groups
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


EXPLAIN_STANDSTILL = {
    "nothing to train",
    "an optimizer over other parameters",
    "a learning rate of zero",
    "a loss without a gradient",
}


def _one_step(case: Case, known: set[str]) -> Iterator[Finding]:
    """Make a step on copies: the weights must move, and not far away."""
    step = case.step or _usual_step(case, known)
    if step is None:
        return
    model, calls, end = _stepped(case, step, *_pair(case))
    start, uniform = float(case.cross_entropy(case.logits)), math.log(case.vocab_size)
    told = f"The loss of this batch is {start:.2f} before a step"
    if not _differs(list(case.original.parameters()), model):
        if start > 0.1 and not known & EXPLAIN_STANDSTILL:
            yield Finding(
                "a step that changes nothing",
                f"{told}, and {calls} steps have moved no weight. Is backward called, "
                "and no zero_grad between it and the optimizer's step?",
                "notebook 06, section 6.3",
            )
    elif not end <= 2 * max(start, uniform) + FAR_FROM_UNIFORM:
        yield Finding(
            "a step that is too long",
            f"{told} and {end:.3g} after it; a uniform guess costs "
            f"ln {case.vocab_size} = {uniform:.2f}. Make the learning rate ten times "
            "smaller, and again.",
            "notebook 06, section 6.5",
        )


def _uphill(case: Case, known: set[str]) -> Iterator[Finding]:
    """Compare a step with the gradient, far from the end of the training."""
    step = case.step or _usual_step(case, known)
    start = float(case.cross_entropy(case.logits))
    explained = {"an optimizer that climbs", "a loss that is turned round"}
    if step is None or start < math.log(case.vocab_size) / 2 or known & explained:
        return
    model, optimizer = _pair(case)
    if optimizer is not None:
        optimizer.state.clear()  # momentum would carry on where the training has been
    model, _, end = _stepped(case, step, model, optimizer)
    copied = copy.deepcopy(case.model)
    logits, weights = answer_of(copied, case.inputs), list(copied.parameters())
    if not logits.requires_grad:
        return
    loss = case.cross_entropy(logits)
    grads = _flat(torch.autograd.grad(loss, weights, allow_unused=True), weights)
    pairs = zip(model.parameters(), case.original.parameters(), strict=True)
    way = _flat([after.detach() - before.detach() for after, before in pairs], weights)
    cosine = float(F.cosine_similarity(way, grads, dim=0))
    if cosine > 0.3 and end > start:
        yield Finding(
            "a step uphill",
            f"The loss of this batch is {start:.3f} before a step and {end:.3f} after "
            f"it, and the step goes along the gradient (cosine {cosine:.2f}), not "
            "against it. Look for a sign in the loss or in the update.",
            "notebook 06, section 6.3",
        )


def _stepped(
    case: Case, step: Step, model: nn.Module, optimizer: Any
) -> tuple[nn.Module, int, float]:
    """The model after its first step, the calls that it took, and its loss."""
    before, calls = list(case.original.parameters()), 0
    while calls < CALLS and not _differs(before, model):
        _take(case, step, model, optimizer)
        calls += 1
    with torch.no_grad():
        end = float(case.cross_entropy(answer_of(copy_of(model), case.inputs)))
    return model, calls, end


def _usual_step(case: Case, known: set[str]) -> Step | None:
    """The step that optimizer and loss_fn stand for; None where there is none."""
    optimizer = case.optimizer
    if optimizer is None or isinstance(optimizer, torch.optim.LBFGS):
        return None
    if known & {"nothing to train", "a loss without a gradient"}:
        return None

    def step(model: nn.Module, optimizer: Any, inputs: Tensor, targets: Tensor) -> None:
        optimizer.zero_grad()
        loss = case.loss(answer_of(model, inputs), targets).mean()
        if loss.requires_grad:
            loss.backward()
            optimizer.step()

    return step


def _leftover_gradients(case: Case, known: set[str]) -> Iterator[Finding]:
    """Make a step, then the next one with its gradients and without: no difference."""
    if case.step is None or "nothing to train" in known:
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


# --- taking a step -------------------------------------------------------------------


def _pair(case: Case) -> tuple[nn.Module, Any]:
    """Copies of model and optimizer that belong together, without gradients."""
    try:
        model, optimizer = copy.deepcopy((case.original, case.optimizer))
    except Exception as error:
        raise ValueError(
            f"the optimizer cannot be copied ({type(error).__name__}: {error})"
        ) from error
    model.zero_grad()
    return model, optimizer


def _take(case: Case, step: Step, model: nn.Module, optimizer: Any) -> None:
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
    return any(not torch.equal(old.detach(), p.detach()) for old, p in pairs)


def _flat(grads: Any, parameters: Any) -> Tensor:
    """All of them in one vector; zeros where there is none."""
    pairs = zip(grads, parameters, strict=True)
    parts = [torch.zeros_like(p) if g is None else g.to_dense() for g, p in pairs]
    return torch.cat([part.detach().double().flatten() for part in parts])


OF_LOSSES = (
    *(_loss_function, _far_from_uniform),
    *(_nothing_to_train, _other_parameters, _settings),
)
OF_STEPS = (_one_step, _uphill, _leftover_gradients)
"""They also look at the names of what was found before them."""
