"""The training loop, the loss on held data, and models that survive the process."""

from __future__ import annotations

import copy
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers import _files, _validate
from charrnn_helpers.data import IGNORE_INDEX, Vocabulary
from charrnn_helpers.models import (
    CharGRU,
    CharLSTM,
    CharRNN,
    ScratchGRU,
    ScratchLSTM,
    ScratchRNN,
    evaluation_mode,
)

FORMAT_VERSION = 1
LARGEST_FILE = 2**30
"""Bytes; a model of this series has some thousands."""

_LARGEST_LR = 1e37  # Adam multiplies it by ten, and float32 ends at 3.4e38

# What a file may name: each class with the hyper-parameters that build it.
_SIZES = ("vocab_size", "hidden_size", "num_layers")
_MODELS: dict[str, tuple[type[nn.Module], tuple[str, ...]]] = {
    "CharRNN": (CharRNN, (*_SIZES, "nonlinearity")),
    "ScratchRNN": (ScratchRNN, (*_SIZES, "nonlinearity")),
    "CharLSTM": (CharLSTM, _SIZES),
    "ScratchLSTM": (ScratchLSTM, _SIZES),
    "CharGRU": (CharGRU, _SIZES),
    "ScratchGRU": (ScratchGRU, _SIZES),
}


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
    validation: list[float] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def best_epoch(self) -> int | None:
        """The epoch of the lowest validation loss, from 1; None without any."""
        if not self.validation:
            return None
        return self.validation.index(min(self.validation)) + 1


class TrainingDivergedError(ArithmeticError):
    """The loss or its gradient is no longer a finite number.

    Attributes:
        history: the :class:`History` of the epochs before.
    """

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history

    def __reduce__(self) -> tuple:
        """Both arguments, so that the error survives the way to another process."""
        return type(self), (str(self), self.history)


def fit(
    model: nn.Module,
    inputs: Tensor,
    targets: Tensor,
    *,
    epochs: int,
    lr: float | None = None,
    optimizer: torch.optim.Optimizer | None = None,
    batch_size: int | None = None,
    max_norm: float | None = None,
    validation: tuple[Tensor, Tensor] | None = None,
    patience: int | None = None,
    ignore_index: int = IGNORE_INDEX,
    generator: torch.Generator | None = None,
    progress: bool = False,
    callback: Callable[[int, History], object] | None = None,
) -> History:
    """Train a model with Adam on the mean cross-entropy of its next characters.

    Interrupting the run (the stop button, Ctrl-C) keeps what the model has learned so
    far and returns the history of the epochs that were completed.

    With ``lr``, each call starts a new Adam, whose averages begin at zero: two calls
    are not one call for longer. To go on where a call ended, make the optimizer
    yourself and pass it to both.

    Args:
        model: maps ids (B, T) to ``(logits (B, T, V), state)``; trained in place, each
            epoch in training mode whatever the callback does, and left in it. A call
            that fails before its first step leaves the model as it was.
        inputs: int64, shape (N, T).
        targets: int64, shape (N, T): the character after each input.
        epochs: passes over the data, at least 1.
        lr: learning rate of a new Adam, above 0 and at most 1e37. Give this or
            ``optimizer``.
        optimizer: takes the steps; it must hold parameters of the model.
        batch_size: rows in a step; None takes all of them in every step, in order.
            With a number, each epoch draws a new order, and the last batch may be
            smaller: no row is left out.
        max_norm: scale the gradients down where their norm exceeds this; None does
            not.
        validation: inputs and targets that are only measured, after each epoch.
        patience: stop when this many epochs in a row have brought no new lowest
            validation loss; None does not. However the run ends, the model then has
            the weights of its best epoch.
        ignore_index: targets that do not count.
        generator: draws the order of the rows; None takes torch's global one.
        progress: show a progress bar over the epochs.
        callback: called as ``callback(epoch, history)`` after each epoch; epochs
            count from 1.

    Returns:
        The :class:`History` of this run.

    Raises:
        TypeError: if an argument is of another type (inputs and targets must be
            integer tensors), or the model returns something else than logits and a
            state.
        ValueError: if the shapes of inputs, targets or logits do not fit, if no target
            counts or one is outside [0, V), if a number is out of its range, if both
            or neither of ``lr`` and ``optimizer`` are given, if ``patience`` comes
            without ``validation``, or if there is nothing to train (frozen weights,
            ``torch.no_grad()``, detached logits).
        TrainingDivergedError: if a loss or its gradient is not finite; it says at
            which epoch and what to try, and carries the history.

    Built in: notebooks/06_training.ipynb, section 6.7.
    """
    modes = [(m, m.training) for m in _validate.model(model).modules()]
    history, steps, best = History(), 0, None
    start = time.perf_counter()
    try:
        targets = _check_pair(inputs, targets, ignore_index)
        epochs = _validate.whole("epochs", epochs)
        if batch_size is not None:
            batch_size = _validate.whole("batch_size", batch_size, optional=True)
        limit = float("inf")
        if max_norm is not None:
            limit = _validate.number(
                "max_norm", max_norm, above=0, high=limit, optional=True
            )
        _check_validation(validation, patience, ignore_index)
        _validate.instance("generator", generator, torch.Generator, optional=True)
        _validate.flag("progress", progress)
        _validate.function("callback", callback)
        parameters = list(model.parameters())
        _check_trainable(parameters, lr, optimizer)
        if optimizer is None:
            optimizer = _adam(parameters, float(lr))
        for epoch in _epochs(epochs, progress):
            model.train()  # a callback may have called eval()
            total, count, norms = 0.0, 0, []
            for rows in _batches(len(inputs), batch_size, generator):
                batch_inputs, batch_targets = inputs[rows], targets[rows]
                counted = int((batch_targets != ignore_index).sum())
                if counted == 0:
                    continue  # its mean loss would be 0 / 0
                logits, _ = _validate.output(model(batch_inputs), batch_inputs)
                if steps == 0:
                    for answers in (targets, *(validation or ())[1:]):
                        _check_targets(answers, logits.shape[-1], ignore_index)
                    _check_attached(logits)
                loss = _cross_entropy(logits, batch_targets, ignore_index)
                optimizer.zero_grad()
                loss.backward()
                norm = nn.utils.clip_grad_norm_(parameters, limit).item()
                value = loss.item()
                # One step with such gradients would make every weight nan.
                if not (math.isfinite(value) and math.isfinite(norm)):
                    rate = optimizer.param_groups[0]["lr"]
                    raise TrainingDivergedError(
                        f"the loss is {value} and the norm of its gradients {norm} in "
                        f"epoch {epoch}. Start from a fresh model, and try a smaller "
                        f"lr (it is {rate}), or max_norm=1.0 to clip the gradients",
                        history,
                    )
                steps += 1
                optimizer.step()
                norms.append(norm)
                total += value * counted
                count += counted
            history.losses.append(total / count)
            history.grad_norms.append(sum(norms) / len(norms))
            if validation is not None:
                value = evaluate(model, *validation, ignore_index=ignore_index)
                history.validation.append(value)
                if patience is not None and history.best_epoch == epoch:
                    best = copy.deepcopy(model.state_dict())
            history.seconds = time.perf_counter() - start
            if callback is not None:
                callback(epoch, history)
            if patience is not None and epoch - history.best_epoch >= patience:
                break
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        if best is not None:
            model.load_state_dict(best)
        if steps or history.interrupted:
            model.train()
        else:
            for module, mode in modes:
                module.training = mode
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
        model: maps ids (B, T) to ``(logits (B, T, V), state)``. It is evaluated in
            evaluation mode and left in the mode that it had.
        inputs: int64, shape (N, T).
        targets: int64, shape (N, T).
        ignore_index: targets that do not count.
        batch_size: rows computed at once; None takes all of them. The result is the
            same up to rounding.

    Returns:
        The mean cross-entropy over all targets that count, in nats per character.

    Raises:
        TypeError: if an argument is of another type (inputs and targets must be
            integer tensors), or the model returns something else than logits and a
            state.
        ValueError: if the shapes of inputs, targets or logits do not fit, if no target
            counts or one is outside [0, V), or if ``batch_size`` is below 1.

    Built in: notebooks/06_training.ipynb, section 6.5.
    """
    _validate.model(model)
    targets = _check_pair(inputs, targets, ignore_index)
    size = len(inputs)
    if batch_size is not None:
        size = _validate.whole("batch_size", batch_size, optional=True)
    total = 0.0
    with evaluation_mode(model):
        for batch_inputs, batch_targets in zip(
            inputs.split(size), targets.split(size), strict=True
        ):
            logits, _ = _validate.output(model(batch_inputs), batch_inputs)
            _check_targets(batch_targets, logits.shape[-1], ignore_index)
            losses = _cross_entropy(logits, batch_targets, ignore_index, "sum")
            total += losses.item()
    return total / int((targets != ignore_index).sum())


def save(path: str | os.PathLike[str], model: nn.Module, vocab: Vocabulary) -> None:
    """Write a model to a file: weights, hyper-parameters and vocabulary together.

    What is accepted comes back: before the file gets its name, its content is loaded
    and compared with the model.

    The file is complete or not there: it is written under another name in the same
    folder and then renamed, so that a crash leaves the former file as it was. What a
    crash leaves behind is removed by a later save to the same path.

    Args:
        path: the file; an existing one is replaced and keeps its permissions. Where it
            is a symbolic link, the file that the link leads to is.
        model: one of the classes of ``charrnn_helpers.models``, with the layers that
            it was built with.
        vocab: the vocabulary that its ids come from.

    Raises:
        TypeError: if the model is of another class, ``vocab`` is no Vocabulary, or
            ``path`` no path.
        ValueError: if the model and the vocabulary have different sizes, or if the
            model has been changed in a way that the file cannot hold (other layers,
            another size, further parameters, hooks); the message names the difference.
        FileNotFoundError: if the folder does not exist.

    Built in: notebooks/06_training.ipynb, section 6.9.
    """
    _files.check_path(path)
    name = type(model).__name__
    if name not in _MODELS or _MODELS[name][0] is not type(model):
        raise TypeError(
            f"save knows {', '.join(_MODELS)}, got {name}; for a model of your own "
            "save its state_dict() with torch.save"
        )
    _validate.instance("vocab", vocab, Vocabulary)
    _validate.same_size(model.vocab_size, len(vocab))
    folder = Path(path).parent
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {str(folder)!r} to save into")
    path = Path(os.path.realpath(path))
    if path.exists():
        _files.check_regular(path)
    content = {
        "version": FORMAT_VERSION,
        "model": name,
        "hyperparameters": {k: getattr(model, k, None) for k in _MODELS[name][1]},
        "vocabulary": {
            "characters": vocab.characters,
            "pad": vocab.pad,
            "end": vocab.end,
        },
        "state_dict": model.state_dict(),
    }
    content["hyperparameters"] = _check_as_built(model, content)
    whole = _files.pack(content)
    if len(whole) > LARGEST_FILE:
        raise ValueError(
            f"the model takes {len(whole):,} bytes, and load reads {LARGEST_FILE:,} at "
            "the most; save its state_dict() with torch.save"
        )
    _check_answers(model, _restore(_unpack(whole, "the file")))
    _files.replace(path, whole)


def load(path: str | os.PathLike[str]) -> tuple[nn.Module, Vocabulary]:
    """Read a model that :func:`save` wrote. Nothing in the file is executed.

    Args:
        path: the file.

    Returns:
        The model, in evaluation mode, on the CPU, in the dtype it was saved in; and
        its vocabulary.

    Raises:
        TypeError: if ``path`` is no path.
        FileNotFoundError: if there is no such file.
        ValueError: if the file is damaged, was not written by :func:`save`, or by a
            newer version of it, or if there is a folder or a pipe instead; the message
            says which.

    Built in: notebooks/06_training.ipynb, section 6.9.
    """
    _files.check_path(path)
    _files.check_regular(path)  # reading a pipe would wait for ever
    shown, size = repr(str(path)), os.path.getsize(path)
    if size > LARGEST_FILE:
        raise ValueError(
            f"{shown} has {size:,} bytes; no file that "
            f"charrnn_helpers.training.save wrote has more than {LARGEST_FILE:,}"
        )
    content = _unpack(Path(path).read_bytes(), shown)
    try:
        model, vocab = _restore(content)
    except Exception as error:
        raise ValueError(
            f"{shown} is damaged: its parts do not fit together "
            f"({_validate.shorten(str(error), 200)})"
        ) from error
    return model, vocab


def _unpack(whole: bytes, shown: str) -> dict:
    """The content of a file, after all the checks of its outside."""
    return _files.unpack(whole, shown, "charrnn_helpers.training.save", FORMAT_VERSION)


def _restore(content: dict) -> tuple[nn.Module, Vocabulary]:
    """Model and vocabulary of a file; whatever error the parts lead to."""
    vocab = Vocabulary(**content["vocabulary"])
    model = _build(content)
    model.load_state_dict(content["state_dict"], assign=True)
    _validate.same_size(model.vocab_size, len(vocab))
    return model.eval(), vocab


def _build(content: dict) -> nn.Module:
    """The model that a file describes, its weights without memory."""
    sizes, state = content["hyperparameters"], content["state_dict"]
    if sizes.get("num_layers", 1) > len(state):  # building them could take for ever
        raise ValueError(
            f"num_layers is {_validate.shown(sizes['num_layers'])}, and there are "
            f"{len(state)} weights"
        )
    with torch.device("meta"):  # sizes only: no memory, no random numbers
        return _MODELS[content["model"]][0](**sizes)


def _check_as_built(model: nn.Module, content: dict) -> dict:
    """Refuse a model that differs from what its hyper-parameters build.

    Returns:
        The hyper-parameters as the constructor keeps them: Python's own numbers.
    """
    try:
        twin = _build(content)
    except Exception as error:
        raise ValueError(f"the model cannot be saved: {error}") from error
    found = _difference(model, twin)
    if found:
        raise ValueError(
            f"the model cannot be saved: {found}, and load would give back "
            f"{content['model']}({twin.extra_repr()}) as it is built; save its "
            "state_dict() with torch.save"
        )
    return {key: getattr(twin, key) for key in content["hyperparameters"]}


def _difference(model: nn.Module, twin: nn.Module) -> str | None:
    """The first thing by which two models differ, weights apart, or None."""
    parts, others = (dict(m.named_modules()) for m in (model, twin))
    for name in [*parts, *others]:
        label = f"its part {name!r}" if name else "the model"
        if name not in others or name not in parts:
            return f"{label} is {'new' if name in parts else 'missing'}"
        part, other = parts[name], others[name]
        if type(part) is not type(other):
            kinds = type(part).__name__, type(other).__name__
            return f"{label} is {kinds[0]}, not {kinds[1]}"
        hooks = [
            key for key in vars(part) if key.endswith("_hooks") and vars(part)[key]
        ]
        if hooks or "forward" in vars(part):
            return f"{label} has a hook or a forward method of its own"
        for key in vars(part).keys() & vars(other).keys() - {"training"}:
            mine, built = vars(part)[key], vars(other)[key]
            if isinstance(built, bool | int | float | str) and mine != built:
                return f"{key} of {label} is {_validate.shown(mine)}, not {built!r}"
    shapes = [
        {k: tuple(v.shape) for k, v in m.state_dict().items()} for m in (model, twin)
    ]
    for key in [*shapes[0], *shapes[1]]:
        mine, built = (s.get(key, "missing") for s in shapes)
        if mine != built:
            return f"the shape of {key} is {mine}, not {built}"
    return None


@torch.no_grad()
def _check_answers(model: nn.Module, restored: tuple[nn.Module, Vocabulary]) -> None:
    """The last look before a file gets its name: the same weights and answers?"""
    twin, vocab = restored
    saved = twin.state_dict()
    for name, value in model.state_dict().items():
        if not torch.equal(value.cpu().nan_to_num(), saved[name].nan_to_num()):
            raise ValueError(f"the model cannot be saved: {name} does not come back")
    ids = torch.arange(min(len(vocab), 32))  # (T,)
    device = next(model.parameters()).device
    with evaluation_mode(model):
        mine, theirs = model(ids.to(device))[0], twin.to(device)(ids.to(device))[0]
    if not torch.allclose(mine, theirs, rtol=1e-3, atol=1e-4, equal_nan=True):
        raise ValueError(
            "the model cannot be saved: loaded again, it gives other logits. Has a "
            "method of its class been replaced?"
        )


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


def _adam(parameters: list[nn.Parameter], lr: float) -> torch.optim.Adam:
    """A new Adam, made where no interruption can leave PyTorch half imported.

    The first optimizer of a process imports ``torch._dynamo``, 800 modules, which
    takes a second or two. Stopped half-way, no optimizer could be made again until
    the kernel is restarted. So a signal that arrives meanwhile is delivered afterwards.
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is None  # a handler that is not Python's
    ):
        return torch.optim.Adam(parameters, lr=lr)
    arrived = []
    handler = signal.signal(signal.SIGINT, lambda *signal: arrived.append(signal))
    try:
        return torch.optim.Adam(parameters, lr=lr)
    finally:
        signal.signal(signal.SIGINT, handler)
        if arrived:
            signal.raise_signal(signal.SIGINT)


def _check_pair(inputs: Tensor, targets: Tensor, ignore_index: int) -> Tensor:
    """The targets as int64: in a smaller type, ``ignore_index`` is another number."""
    _validate.integers(inputs, "inputs")
    targets = _validate.integers(targets, "targets").long()
    _validate.whole("ignore_index", ignore_index, -_validate.LARGEST_WHOLE)
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


def _check_validation(
    validation: tuple[Tensor, Tensor] | None, patience: int | None, ignore_index: int
) -> None:
    if validation is not None:
        if not isinstance(validation, tuple | list) or len(validation) != 2:
            raise TypeError(
                "validation must be a pair (inputs, targets), got "
                f"{type(validation).__name__}"
            )
        _check_pair(*validation, ignore_index)
    if patience is not None:
        _validate.whole("patience", patience, optional=True)
        if validation is None:
            raise ValueError(
                "patience needs validation=(inputs, targets): what is it to wait for?"
            )


def _check_targets(targets: Tensor, vocab_size: int, ignore_index: int) -> None:
    known = targets.masked_fill(targets == ignore_index, 0)
    _validate.ids_in_range(known, vocab_size, "target")


def _check_trainable(
    parameters: list[nn.Parameter],
    lr: float | None,
    optimizer: torch.optim.Optimizer | None,
) -> None:
    if (lr is None) == (optimizer is None):
        given = "neither" if lr is None else "both"
        raise ValueError(
            f"fit takes lr or optimizer, got {given}: lr=0.01 makes a new Adam, "
            "optimizer=... goes on with one of yours"
        )
    if lr is not None:
        _validate.number("lr", lr, above=0, high=_LARGEST_LR)
    if not any(p.requires_grad for p in parameters):
        raise ValueError(
            "the model has no parameter to train: none, or all of them are frozen; "
            "thaw them with model.requires_grad_(True)"
        )
    if optimizer is not None:
        _validate.instance("optimizer", optimizer, torch.optim.Optimizer)
        held = {id(p) for group in optimizer.param_groups for p in group["params"]}
        if held.isdisjoint(map(id, parameters)):
            raise ValueError(
                "optimizer must hold parameters of the model, got one that holds none "
                "of them: make it from model.parameters() of this very model"
            )
    if not torch.is_grad_enabled():
        raise ValueError(
            "fit needs gradients, and is called under torch.no_grad(): call it outside"
        )


def _check_attached(logits: Tensor) -> None:
    if not logits.requires_grad:
        raise ValueError(
            "the model's logits do not depend on its weights: does its forward use "
            "detach(), torch.no_grad() or numbers instead of tensors?"
        )
