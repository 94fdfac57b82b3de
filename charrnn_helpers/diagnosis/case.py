"""What the examinations of ``diagnosis`` share: a case, and ways to run it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers.data import IGNORE_INDEX

LossFunction = Callable[[Tensor, Tensor], Tensor]
Step = Callable[[nn.Module, Any, Tensor, Tensor], object]


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
class Case:
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
        """How many symbols the model scores, V."""
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
        if are_probabilities(self.logits):
            logits = logits.clamp_min(1e-12).log()
        return F.cross_entropy(logits.flatten(0, 1), self.targets.flatten())


# --- running the model ---------------------------------------------------------------


def copy_of(model: nn.Module) -> nn.Module:
    """A copy in evaluation mode, all of whose weights take gradients."""
    try:
        copied = copy.deepcopy(model)
    except Exception as error:
        raise ValueError(
            f"the model cannot be copied ({type(error).__name__}). Does it keep a "
            "hidden state as an attribute, such as self.h? Return the state instead "
            "(notebooks/05_the_cell_from_scratch.ipynb, section 5.2)"
        ) from error
    for p in copied.parameters():
        if p.is_floating_point():
            p.requires_grad_()
    return copied.eval()


def answer_of(model: nn.Module, inputs: Tensor) -> Tensor:
    """The logits of a model, (B, T, V)."""
    return run_model(model, inputs)[0]


def run_model(
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


def distance_moved(case: Case, places: Tensor) -> Tensor:
    """How far the logits move when the inputs at some places change: shape (B, T)."""
    seen = case.inputs.unique()
    if len(seen) > 1:  # the next id that the model has been shown to take
        at = torch.searchsorted(seen, case.inputs.contiguous())
        others = seen[(at + 1) % len(seen)]
    else:
        others = (case.inputs + 1) % case.vocab_size
    with torch.no_grad():
        changed = torch.where(places, others, case.inputs)
        answer = answer_of(copy.deepcopy(case.model), changed)
        return (answer - case.logits).abs().amax(dim=-1)


def tolerance_of(case: Case) -> float:
    """What rounding may move: the same row can be summed in another order."""
    return 1e-4 * max(1.0, float(case.logits.abs().max()))


def are_probabilities(rows: Tensor) -> bool:
    """Whether no entry is negative and each row sums to 1."""
    sums = rows.sum(dim=-1)
    near = torch.allclose(sums, torch.ones_like(sums), atol=1e-4)
    return near and bool((rows >= 0).all())


def some_of(names: list[str]) -> str:
    """The first three names, for a sentence."""
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
