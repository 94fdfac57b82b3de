"""The training loop, the loss on held data, and models that survive the process."""

from __future__ import annotations

import contextlib
import hashlib
import io
import math
import os
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers.data import IGNORE_INDEX, Vocabulary, _check_integer
from charrnn_helpers.models import CharRNN, ScratchRNN

FORMAT_VERSION = 1
_DIGEST_SIZE = hashlib.sha256().digest_size

_MODELS: dict[str, type[nn.Module]] = {"CharRNN": CharRNN, "ScratchRNN": ScratchRNN}


@dataclass
class History:
    """What a training run measured.

    Attributes:
        losses: one number an epoch: the mean over its targets of the loss that each
            had when its batch was computed, in nats per character.
        grad_norms: one number an epoch: the mean over its steps of the norm of all
            gradients together, before clipping.
        seconds: wall-clock time of the run.
        interrupted: whether ``KeyboardInterrupt`` ended it early.
    """

    losses: list[float] = field(default_factory=list)
    grad_norms: list[float] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False


class TrainingDivergedError(ArithmeticError):
    """The loss or its gradient is no longer a finite number.

    Attributes:
        history: the :class:`History` of the epochs before.
    """

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


def fit(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    *,
    epochs: int,
    lr: float,
    batch_size: int | None = None,
    max_norm: float | None = None,
    ignore_index: int = IGNORE_INDEX,
    generator: torch.Generator | None = None,
    progress: bool = False,
    callback: Callable[[int, History], object] | None = None,
) -> History:
    """Train a model with Adam on the mean cross-entropy of its next characters.

    Interrupting the run (the stop button, Ctrl-C) keeps what the model has learned so
    far and returns the history of the epochs that were completed.

    Args:
        model: maps ids (B, T) to ``(logits (B, T, V), h_n)``; trained in place, each
            epoch in training mode whatever the callback does, and left in it.
        inputs: int64, shape (N, T).
        targets: int64, shape (N, T): the character after each input.
        epochs: passes over the data, at least 1.
        lr: learning rate of Adam, above 0 and at most 1e37.
        batch_size: rows in a step; None takes all of them in every step, in order.
            With a number, each epoch draws a new order, and the last batch may be
            smaller: no row is left out.
        max_norm: scale the gradients down where their norm exceeds this; None does
            not.
        ignore_index: targets that do not count.
        generator: draws the order of the rows; None takes torch's global one.
        progress: show a progress bar over the epochs.
        callback: called as ``callback(epoch, history)`` after each epoch; epochs
            count from 1.

    Returns:
        The :class:`History` of this run.

    Raises:
        TypeError: if inputs or targets are not integer tensors.
        ValueError: if their shapes differ or are not (N, T), if no target counts, or
            if a number is out of its range.
        TrainingDivergedError: if a loss or its gradient is not finite; it says at
            which epoch and what to try, and carries the history.

    Built in: notebooks/06_training.ipynb, section 6.3.
    """
    targets = _check_pair(inputs, targets, ignore_index)
    _check_at_least_one(epochs, "epochs")
    if batch_size is not None:
        _check_at_least_one(batch_size, "batch_size")
    if not lr > 0:
        raise ValueError(f"lr must be above 0, got {lr}")
    if lr > 1e37:  # Adam multiplies it by ten, and float32 ends at 3.4e38
        raise ValueError(f"lr must be at most 1e37, got {lr}")
    if max_norm is not None and not max_norm > 0:
        raise ValueError(f"max_norm must be above 0 (or None), got {max_norm}")

    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    parameters = list(model.parameters())
    limit = float("inf") if max_norm is None else max_norm
    history = History()
    start = time.perf_counter()
    try:
        for epoch in _epochs(epochs, progress):
            model.train()  # a callback may have called eval()
            total, count, norms = 0.0, 0, []
            for rows in _batches(len(inputs), batch_size, generator):
                batch_inputs, batch_targets = inputs[rows], targets[rows]
                counted = int((batch_targets != ignore_index).sum())
                if counted == 0:
                    continue  # its mean loss would be 0 / 0
                logits, _ = model(batch_inputs)
                loss = _cross_entropy(logits, batch_targets, ignore_index)
                optimizer.zero_grad()
                loss.backward()
                norm = nn.utils.clip_grad_norm_(parameters, limit).item()
                value = loss.item()
                # One step with such gradients would make every weight nan.
                if not (math.isfinite(value) and math.isfinite(norm)):
                    raise TrainingDivergedError(
                        f"the loss is {value} and the norm of its gradients {norm} in "
                        f"epoch {epoch}. Start from a fresh model, and try a smaller "
                        f"lr (it is {lr}), or max_norm=1.0 to clip the gradients",
                        history,
                    )
                optimizer.step()
                norms.append(norm)
                total += value * counted
                count += counted
            history.losses.append(total / count)
            history.grad_norms.append(sum(norms) / len(norms))
            history.seconds = time.perf_counter() - start
            if callback is not None:
                callback(epoch, history)
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        model.train()
    history.seconds = time.perf_counter() - start
    return history


@torch.no_grad()
def evaluate(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    *,
    ignore_index: int = IGNORE_INDEX,
    batch_size: int | None = None,
) -> float:
    """Measure the loss of a model, without touching it.

    Args:
        model: maps ids (B, T) to ``(logits (B, T, V), h_n)``. It is evaluated in
            evaluation mode and left in the mode that it had.
        inputs: int64, shape (N, T).
        targets: int64, shape (N, T).
        ignore_index: targets that do not count.
        batch_size: rows computed at once; None takes all of them. The result is the
            same up to rounding.

    Returns:
        The mean cross-entropy over all targets that count, in nats per character.

    Raises:
        TypeError: if inputs or targets are not integer tensors.
        ValueError: if their shapes differ or are not (N, T), if no target counts, or
            if ``batch_size`` is below 1.

    Built in: notebooks/06_training.ipynb, section 6.3.
    """
    targets = _check_pair(inputs, targets, ignore_index)
    if batch_size is not None:
        _check_at_least_one(batch_size, "batch_size")
    size = batch_size or len(inputs)
    total = 0.0
    with evaluation_mode(model):
        for batch_inputs, batch_targets in zip(
            inputs.split(size), targets.split(size), strict=True
        ):
            logits, _ = model(batch_inputs)
            losses = _cross_entropy(logits, batch_targets, ignore_index, "sum")
            total += losses.item()
    return total / int((targets != ignore_index).sum())


@contextlib.contextmanager
def evaluation_mode(model: nn.Module) -> Iterator[None]:
    """Put a model in evaluation mode, and afterwards each module back in its own."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def save(path: str | os.PathLike[str], model: nn.Module, vocab: Vocabulary) -> None:
    """Write a model to a file: weights, hyper-parameters and vocabulary together.

    The file is complete or not there: it is written under another name in the same
    folder and then renamed, so that a crash leaves the former file as it was.

    Args:
        path: the file; an existing one is replaced. Where it is a symbolic link, the
            file that the link leads to is.
        model: a ``CharRNN`` or a ``ScratchRNN``.
        vocab: the vocabulary that its ids come from.

    Raises:
        TypeError: if the model is of another class, or ``vocab`` is no Vocabulary.
        ValueError: if the model and the vocabulary have different sizes.
        FileNotFoundError: if the folder does not exist.

    Built in: notebooks/06_training.ipynb, section 6.10.
    """
    name = type(model).__name__
    if _MODELS.get(name) is not type(model):
        raise TypeError(
            f"save knows {' and '.join(_MODELS)}, got {name}; for a model of your own "
            "save its state_dict() with torch.save"
        )
    if not isinstance(vocab, Vocabulary):
        raise TypeError(f"vocab must be a Vocabulary, got {type(vocab).__name__}")
    if len(vocab) != model.vocab_size:
        raise ValueError(
            f"the vocabulary has {len(vocab)} symbols and the model {model.vocab_size}:"
            " they do not belong together"
        )
    folder = Path(path).parent
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {str(folder)!r} to save into")
    path = Path(os.path.realpath(path))
    content = {
        "version": FORMAT_VERSION,
        "model": name,
        "hyperparameters": {
            "vocab_size": model.vocab_size,
            "hidden_size": model.hidden_size,
            "num_layers": model.num_layers,
            "nonlinearity": model.nonlinearity,
        },
        "vocabulary": {
            "characters": vocab.characters,
            "pad": vocab.pad,
            "end": vocab.end,
        },
        "state_dict": model.state_dict(),
    }
    buffer = io.BytesIO()
    torch.save(content, buffer)
    # Not tempfile: its files are readable by their owner only, also once renamed.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(temporary, "xb") as file:
            file.write(buffer.getvalue())
            # torch.load reads a changed weight without a word: the digest tells.
            file.write(hashlib.sha256(buffer.getvalue()).digest())
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def load(path: str | os.PathLike[str]) -> tuple[nn.Module, Vocabulary]:
    """Read a model that :func:`save` wrote. Nothing in the file is executed.

    Args:
        path: the file.

    Returns:
        The model, in evaluation mode, on the CPU, in the dtype it was saved in; and
        its vocabulary.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is damaged, was not written by :func:`save`, or by a
            newer version of it; the message says which.

    Built in: notebooks/06_training.ipynb, section 6.10.
    """
    shown = repr(str(path))
    whole = Path(path).read_bytes()
    written, digest = whole[:-_DIGEST_SIZE], whole[-_DIGEST_SIZE:]
    if hashlib.sha256(written).digest() != digest:
        raise ValueError(
            f"{shown} cannot be read: it is damaged, incomplete, or no file that "
            "charrnn_helpers.training.save wrote. Save the model again, or take a "
            "backup; a file of torch.save is read with torch.load"
        )
    try:
        content = torch.load(io.BytesIO(written), map_location="cpu", weights_only=True)
        version = content["version"]
    except Exception as error:  # a forged file can fail in any way
        raise ValueError(
            f"{shown} was not written by charrnn_helpers.training.save; nothing in it "
            "has been executed"
        ) from error
    if version != FORMAT_VERSION:
        raise ValueError(
            f"{shown} has format version {version}, and this charrnn_helpers reads "
            f"version {FORMAT_VERSION}: update charrnn_helpers"
        )
    try:
        vocab = Vocabulary(**content["vocabulary"])
        with torch.device("meta"):  # sizes only: no memory, no random numbers
            model = _MODELS[content["model"]](**content["hyperparameters"])
        model.load_state_dict(content["state_dict"], assign=True)
        if len(vocab) != model.vocab_size:
            raise ValueError("vocabulary and model differ in size")
    except Exception as error:
        raise ValueError(
            f"{shown} is damaged: its parts do not fit together ({error})"
        ) from error
    return model.eval(), vocab


def _epochs(epochs: int, progress: bool) -> Iterator[int]:
    numbers = range(1, epochs + 1)
    if not progress:
        return iter(numbers)
    from tqdm.auto import tqdm

    return iter(tqdm(numbers, desc="epochs"))


def _batches(
    n: int, batch_size: int | None, generator: torch.Generator | None
) -> Iterator[Tensor | slice]:
    """The rows of each step of one epoch."""
    if batch_size is None:
        yield slice(None)
    else:
        yield from torch.randperm(n, generator=generator).split(batch_size)


def _cross_entropy(
    logits: Tensor, targets: Tensor, ignore_index: int, reduction: str = "mean"
) -> Tensor:
    return F.cross_entropy(
        logits.flatten(0, -2),  # (B * T, V)
        targets.flatten(),  # (B * T,)
        ignore_index=ignore_index,
        reduction=reduction,
    )


def _check_pair(inputs: Tensor, targets: Tensor, ignore_index: int) -> Tensor:
    """The targets as int64: in a smaller type, ``ignore_index`` is another number."""
    _check_integer(inputs)
    _check_integer(targets)
    targets = targets.long()
    if inputs.ndim != 2 or inputs.shape != targets.shape:
        raise ValueError(
            "inputs and targets must both have shape (N, T), got "
            f"{tuple(inputs.shape)} and {tuple(targets.shape)}; for one text add an "
            "axis, ids.unsqueeze(0), and make both with shift(ids)"
        )
    if not (targets != ignore_index).any():
        raise ValueError(
            f"there is no target to learn: all {targets.numel()} of them are "
            f"ignore_index={ignore_index}"
        )
    return targets


def _check_at_least_one(value: int, name: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be a whole number from 1, got {value!r}")
