"""Say values in a sentence: short, with their type, with the digits that matter."""

from __future__ import annotations

import itertools
import math
import types
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth"),
    *("sixth", "seventh", "eighth", "ninth", "tenth"),
)


def entry_name(i: int, entries: Sequence[str] = ()) -> str:
    """What a part of a result is called: by its name, or by its place."""
    if i < len(entries):
        return f"`{entries[i]}`" if entries[i].isidentifier() else entries[i]
    return f"the {_ORDINALS[i]} value" if i < 10 else f"value number {i + 1}"


def listed(texts: list[str]) -> str:
    """Texts joined with commas and "and"."""
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def describe(value: Any) -> str:
    """A value with its type: ``a list of 3``, ``the float 3.0``."""
    if isinstance(value, Tensor):
        return f"a tensor, {value.dtype} of shape {tuple(value.shape)}"
    if isinstance(value, np.ndarray):
        return f"a NumPy array, {value.dtype} of shape {value.shape}"
    if isinstance(value, (list, tuple, dict, set)):
        return f"{article(value)} of {len(value)}"
    if isinstance(value, (types.FunctionType, types.MethodType, types.LambdaType)):
        return f"the function {getattr(value, '__name__', '?')} itself"
    if isinstance(value, str):
        return f"the string {short(value)}"
    if isinstance(value, (bool, type(None))):
        return str(value)
    if isinstance(value, (int, float)):
        return f"the {type(value).__name__} {short(value)}"
    return f"an object of type {type(value).__name__}"


def show_arguments(arguments: tuple, names: Sequence[str] = ()) -> str:
    """The arguments of a call, by name where there is one."""
    limit = 70 if len(arguments) < 3 else 45
    named = itertools.zip_longest(names[: len(arguments)], arguments, fillvalue="")
    shown = [f"{n}={short(a, limit)}" if n else short(a, limit) for n, a in named]
    return ", ".join(shown) or "no arguments"


def short(value: Any, limit: int = 70) -> str:
    """A value on one line; tensors as nested lists, long ones by shape."""
    try:
        if isinstance(value, (Tensor, np.ndarray)):
            if math.prod(value.shape) <= 24:
                text = short(value.tolist(), limit + 1)
                if len(text) <= limit:
                    return text
            return describe(value)
        if isinstance(value, (float, np.floating)):
            text = repr(float(value))
            return text if len(text) <= 8 else _digits(float(value), 4)
        if type(value) in (list, tuple) and len(value) <= 40:
            inner = ", ".join(short(entry, limit) for entry in value)
            comma = "," * (len(value) == 1)
            text = f"[{inner}]" if type(value) is list else f"({inner}{comma})"
            return one_line(text, limit)
        if isinstance(value, torch.nn.Module):
            return _with_article(type(value).__name__)
        if isinstance(value, torch.Generator):
            return "a generator"
        if callable(value):
            return f"the function {getattr(value, '__name__', '?')}"
        return one_line(repr(value), limit)
    except Exception:
        return f"an object of type {type(value).__name__}"


def _with_article(name: str) -> str:
    """The name of a class with a or an, as it is spoken: an RNN, a Linear."""
    spelled = name[:2].isupper() and name[0] in "FHLMNRSX"
    return f"{'an' if spelled or name[0] in 'AEIOaeio' else 'a'} {name}"


def _digits(value: float, digits: int) -> str:
    text = f"{value:.{digits}g}"
    return text if set(text) & set(".enf") else f"{text}.0"


def two_numbers(got: Any, expected: Any) -> tuple[str, str]:
    """Two different numbers, with as many digits as tell them apart."""
    if isinstance(got, float) and isinstance(expected, float):
        for digits in range(4, 18):
            texts = _digits(got, digits), _digits(expected, digits)
            if texts[0] != texts[1]:
                return texts
    return short(got), short(expected)


def two_strings(got: str, expected: str) -> str:
    """Two different strings; of long ones the part where they differ."""
    lengths = ("", "")
    if len(got) != len(expected):
        lengths = f" ({counted(len(got), 'character')})", f" ({len(expected)})"
    at = next(
        (i for i, (a, b) in enumerate(zip(got, expected, strict=False)) if a != b),
        min(len(got), len(expected)),
    )
    if max(len(got), len(expected)) <= 60:
        return f"{short(got)}{lengths[0]}, not {short(expected)}{lengths[1]}"
    parts = (short(text[max(at - 10, 0) : at + 30]) for text in (got, expected))
    mine, theirs = parts
    return f"…{mine}…{lengths[0]}, not …{theirs}…{lengths[1]}, around character {at}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 value, 2 values."""
    return f"{number} {noun}{'s' * (number != 1)}"


def one_line(text: str, limit: int) -> str:
    """A text without line breaks, cut where it is too long."""
    text = " ".join(text.split()) if "\n" in text else text
    return text if len(text) <= limit else text[: limit - 1] + "…"


def article(value: Any) -> str:
    """The kind of a value, in words: a whole number."""
    names = {
        int: "a whole number",
        float: "a number",
        str: "a string",
        bool: "True or False",
        list: "a list",
        tuple: "a tuple",
        dict: "a dictionary",
        set: "a set",
    }
    return names.get(type(value), f"an object of type {type(value).__name__}")
