"""Look for the bugs that raise no error: ``diagnose(model, inputs, targets)``.

Notebook 08 meets many of them. In ``of_models``, ``of_gates`` and ``of_training``, one
small function looks for one symptom; each works on a copy of the model, so that the
model, its gradients and its optimizer stay as they were. A symptom is an experiment
with a yes or a no: what cannot be told from a healthy run is not reported.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from charrnn_helpers.data import IGNORE_INDEX
from charrnn_helpers.diagnosis import of_gates, of_models, of_training
from charrnn_helpers.diagnosis.case import (
    Case,
    Finding,
    LossFunction,
    Step,
    copy_of,
    run_model,
)

__all__ = ["Finding", "diagnose"]

MODELS = (*of_models.OF_MODELS, of_gates.saturated_gates)


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
        model (rows mixed, future seen, no memory, dead or saturated state, saturated
        gates, ids taken for numbers, logits squeezed, gradients cut off or lost on
        their way), the loss, the optimizer, and one training step.

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
        findings = list(of_models.float_targets(targets))
        if findings and not torch.equal(targets, targets.round()):
            return findings  # such numbers name no characters: nothing to compare
        copied, inputs = copy_of(model), inputs.long()
        with torch.no_grad():
            logits, state = run_model(copy.deepcopy(copied), inputs)
        case = Case(
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
        for look in of_models.OF_DATA:
            findings += look(case)
        if not logits.isfinite().all():
            return findings
        with torch.enable_grad():
            for look in (*MODELS, *of_training.OF_LOSSES):
                findings += look(case)
            for look in of_training.OF_STEPS:
                findings += look(case, {finding.name for finding in findings})
    return findings


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


def _check_ids(case: Case) -> None:
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
