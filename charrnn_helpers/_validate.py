"""What the taught modules refuse, and the sentences in which they say so.

Every "must be …, got …" of ``data``, ``models``, ``training``, ``sampling`` and
``fast`` stands here once. What a message echoes is shortened: an input may be a book.
"""

from __future__ import annotations

import numbers
import sys
from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

Kind = TypeVar("Kind")
LARGEST_WHOLE = 2**31 - 1
LARGEST_NUMBER = sys.float_info.max


def shorten(text: str, limit: int = 60) -> str:
    """The text on one line, cut where it is longer than ``limit``."""
    text = " ".join(text[: 10 * limit].splitlines())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def shown(value: object) -> str:
    """A value as code, shortened."""
    if isinstance(value, str | bytes):  # the repr of a book would be another book
        value = value[:100]
    return shorten(repr(value))


def _or_none(optional: bool) -> str:
    return " (or None)" if optional else ""


def whole(
    name: str,
    value: object,
    low: int = 1,
    high: int = LARGEST_WHOLE,
    *,
    optional: bool = False,
    advice: str = "",
) -> int:
    """A whole number in [low, high], Python's or NumPy's, as an int; ValueError."""
    if not isinstance(value, numbers.Integral) or isinstance(value, bool):
        fits = False
    else:
        fits = low <= value <= high
    if not fits:
        to = (
            ""
            if high == LARGEST_WHOLE and not _is_above(value, high)
            else f" to {high}"
        )
        raise ValueError(
            f"{name} must be a whole number from {low}{to}{_or_none(optional)}, "
            f"got {shown(value)}{advice}"
        )
    return int(value)


def _is_above(value: object, high: int) -> bool:
    return isinstance(value, numbers.Integral) and value > high


def number(
    name: str,
    value: object,
    *,
    low: float | None = None,
    above: float | None = None,
    high: float = LARGEST_NUMBER,
    optional: bool = False,
    advice: str = "",
) -> float:
    """A real number, at least ``low`` or above ``above``, as a float; ValueError."""
    bounds = f"from {low:g}" if above is None else f"above {above:g}"
    if high < LARGEST_NUMBER:
        bounds += f" and at most {high:g}"
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    fits = real and (value >= low if above is None else value > above)
    if not (fits and value <= high):
        raise ValueError(
            f"{name} must be a number {bounds}{_or_none(optional)}, "
            f"got {shown(value)}{advice}"
        )
    return float(value)


def flag(name: str, value: object) -> bool:
    """True or False, also NumPy's; TypeError."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, got {shown(value)}")
    return bool(value)


def choice(name: str, value: object, known: Iterable[str], advice: str = "") -> str:
    """One of some names; ValueError."""
    known = tuple(known)
    if not isinstance(value, str) or value not in known:
        raise ValueError(
            f"{name} must be one of {', '.join(map(repr, known))}, "
            f"got {shown(value)}{advice}"
        )
    return value


def instance(
    name: str,
    value: object,
    kind: type[Kind],
    *,
    optional: bool = False,
    advice: str = "",
) -> Kind:
    """An object of a class; TypeError."""
    if not isinstance(value, kind) and not (optional and value is None):
        article = "an" if kind.__name__[0] in "AEIOUaeiou" else "a"
        raise TypeError(
            f"{name} must be {article} {kind.__name__}{_or_none(optional)}, "
            f"got {type(value).__name__}{advice}"
        )
    return value


def function(name: str, value: object) -> None:
    """Something that can be called, or None; TypeError."""
    if value is not None and not callable(value):
        raise TypeError(f"{name} must be a function (or None), got {shown(value)}")


def model(value: object) -> nn.Module:
    """A model; TypeError."""
    advice = "; build one first, for example CharRNN(vocab_size, hidden_size)"
    return instance("model", value, nn.Module, advice="" if value is None else advice)


def text(name: str, value: object, advice: str = "") -> str:
    """One string; TypeError."""
    if not isinstance(value, str):
        raise TypeError(
            f"{name} must be one string, got {type(value).__name__}{advice}"
        )
    return value


def texts(value: object) -> list[str]:
    """Several strings, as a list; TypeError."""
    if isinstance(value, str):
        raise TypeError(
            f"texts must be a list of strings, got one string: write [{shown(value)}]"
        )
    if not isinstance(value, Iterable):
        raise TypeError(f"texts must be a list of strings, got {type(value).__name__}")
    value = list(value)
    for i, item in enumerate(value):
        if not isinstance(item, str):
            raise TypeError(
                f"every text must be a string; texts[{i}] is {type(item).__name__}"
            )
    return value


def tensor(name: str, value: object, advice: str = "") -> Tensor:
    """A tensor; TypeError."""
    if not isinstance(value, Tensor):
        raise TypeError(f"{name} must be a tensor, got {type(value).__name__}{advice}")
    return value


def integers(value: object, name: str = "ids") -> Tensor:
    """A tensor of integers; TypeError."""
    tensor(name, value, "; vocab.encode(text) or torch.tensor(ids) makes one")
    if value.is_floating_point() or value.is_complex() or value.dtype == torch.bool:
        raise TypeError(
            f"{name} must be integers (torch.int64), got {value.dtype} of shape "
            f"{tuple(value.shape)}; torch.tensor([...]) keeps integers, "
            "torch.Tensor([...]) turns them into floats, and the models make one-hot "
            "rows themselves (notebooks/02_inputs_and_targets.ipynb)"
        )
    return value


def ids_in_range(ids: Tensor, vocab_size: int, name: str = "id") -> None:
    """Integers in [0, vocab_size); TypeError, ValueError with the first position."""
    integers(ids)
    if ids.numel() == 0:
        return
    ids = ids.long()  # in one byte, a vocab_size above 127 would wrap around
    low, high = ids.aminmax()
    if low < 0 or high >= vocab_size:
        wrong = (ids < 0) | (ids >= vocab_size)
        position = tuple(wrong.nonzero()[0].tolist())
        raise ValueError(
            f"{name} {int(ids[position])} at position {position} is outside "
            f"[0, {vocab_size}): the vocabulary has {vocab_size} symbols"
        )


def numbers_like(name: str, value: object, weight: Tensor) -> Tensor:
    """A tensor with the dtype of a weight; TypeError."""
    tensor(name, value, "; torch.from_numpy(array) makes one of a NumPy array")
    if value.dtype != weight.dtype:
        raise TypeError(
            f"{name} must have the dtype of the model, {weight.dtype}, got "
            f"{value.dtype}; convert it with {name}.to({weight.dtype})"
        )
    return value


def shape(name: str, value: Tensor, expected: tuple[int, ...], meaning: str) -> None:
    """A tensor of one shape; ValueError. ``meaning`` spells the shape in letters."""
    if tuple(value.shape) != expected:
        raise ValueError(
            f"{name} must have shape {expected}, that is {meaning}, "
            f"got {tuple(value.shape)}"
        )


def output(result: Any, ids: Tensor, vocab_size: int | None = None) -> tuple:
    """What a model returned for ids, as ``(logits, state)``; TypeError, ValueError."""
    if not (isinstance(result, tuple) and len(result) == 2):
        got = type(result).__name__
        if isinstance(result, tuple):
            got = f"a tuple of {len(result)}"
        raise TypeError(
            f"the model must return (logits, state), got {got}; let its forward "
            "return both, as CharRNN does (notebooks/04_the_rnn_model.ipynb)"
        )
    logits, state = result
    if not isinstance(logits, Tensor) or not logits.is_floating_point():
        got = getattr(logits, "dtype", type(logits).__name__)
        raise TypeError(
            f"the model's logits must be a floating-point tensor, got {got}"
        )
    if logits.ndim != ids.ndim + 1 or logits.shape[:-1] != ids.shape:
        raise ValueError(
            f"the model's logits must have the shape of the ids, {tuple(ids.shape)}, "
            f"and one axis more, V, at the end; got {tuple(logits.shape)}"
        )
    if vocab_size is not None:
        same_size(logits.shape[-1], vocab_size)
    return logits, state


def same_size(scored: int, vocab_size: int) -> None:
    """A model and a vocabulary of one size; ValueError."""
    if scored != vocab_size:
        raise ValueError(
            f"the model scores {scored} symbols and the vocabulary has {vocab_size}: "
            "they do not belong together"
        )
