"""Compare what came with what was expected."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import torch
from torch import Tensor

from charrnn_helpers.exercises.running import Run
from charrnn_helpers.exercises.saying import (
    article,
    counted,
    describe,
    entry_name,
    listed,
    short,
    two_numbers,
    two_strings,
)

Kind = str


NOT_DONE, ERROR, TYPE, SHAPE, VALUES, GRADIENT, SHORT_CUT, TOO_SLOW, CHANGED, PASSED = (
    "not done",
    "error",
    "type",
    "shape",
    "values",
    "gradient",
    "short cut",
    "too slow",
    "changed",
    "passed",
)


_Found = tuple[Kind, str, str, str]
"""Kind, the part of the result ("" for all of it), "is" or "has", and what."""


def difference(
    got: Any, expected: Any, tolerance: float, entries: Sequence[str] = ()
) -> tuple[Kind, str] | None:
    """None where a result is right, else the kind of the first thing that is wrong.

    The text goes on after "your function".
    """
    found = find(got, expected, tolerance, entries)
    return None if found is None else (found[0], as_returned(*found[1:]))


def as_returned(path: str, verb: str, text: str) -> str:
    """What was found, as it goes on after "your function"."""
    if path:
        return f"returned a result in which {path} {verb} {text}"
    return f"returned {text}"


def find(
    got: Any,
    expected: Any,
    tolerance: float,
    entries: Sequence[str] = (),
    strict: bool = False,
) -> _Found | None:
    """None where a result is right, else what is wrong with its first wrong part."""
    if isinstance(expected, (Tensor, np.ndarray)):
        return _find_in_array(got, expected, tolerance)
    if isinstance(expected, (list, tuple)):
        return _find_in_sequence(got, expected, tolerance, entries, strict)
    if not (strict and isinstance(got, (Tensor, np.ndarray))):
        got = _one(got)
    if isinstance(expected, (int, float)) and not isinstance(expected, bool):
        return _find_in_number(got, expected, tolerance)
    if type(got) is not type(expected):
        return TYPE, "", "is", f"{describe(got)}, not {describe(expected)}"
    if isinstance(expected, dict):
        return _find_in_dict(got, expected, tolerance, strict)
    if got == expected:
        return None
    if isinstance(expected, str):
        return VALUES, "", "is", two_strings(got, expected)
    return VALUES, "", "is", f"{short(got)}, not {short(expected)}"


def _find_in_number(got: Any, expected: float, tolerance: float) -> _Found | None:
    if isinstance(got, bool) or not isinstance(got, (int, float)):
        return TYPE, "", "is", f"{describe(got)}, not {describe(expected)}"
    if isinstance(expected, int) and isinstance(got, float):
        return TYPE, "", "is", f"{describe(got)}, not {describe(expected)}"
    if _close(got, expected, tolerance):
        return None
    return VALUES, "", "is", "{}, not {}".format(*two_numbers(got, expected))


def _find_in_array(
    got: Any, expected: Tensor | np.ndarray, tolerance: float
) -> _Found | None:
    kind = Tensor if isinstance(expected, Tensor) else np.ndarray
    if not isinstance(got, kind):
        return TYPE, "", "is", f"{describe(got)}, not {describe(expected)}"
    if got.dtype != expected.dtype:
        return TYPE, "", "has", f"dtype {got.dtype}, not {expected.dtype}"
    if tuple(got.shape) != tuple(expected.shape):
        text = f"shape {tuple(got.shape)}, not {tuple(expected.shape)}"
        return SHAPE, "", "has", text
    a = got.detach().cpu().numpy() if isinstance(got, Tensor) else got
    b = expected.detach().cpu().numpy() if isinstance(expected, Tensor) else expected
    with np.errstate(all="ignore"):
        near = (a == b) | ((a != a) & (b != b))
        if a.dtype.kind in "fc":
            near |= np.abs(a - b) <= tolerance
    if near.all():
        return None
    position = tuple(int(i) for i in np.argwhere(~near)[0])
    mine, theirs = two_numbers(a[position].item(), b[position].item())
    if not position:
        return VALUES, "", "is", f"{mine}, not {theirs}"
    return VALUES, "", "has", f"{mine} at {list(position)}, not {theirs}"


def _find_in_sequence(
    got: Any,
    expected: list | tuple,
    tolerance: float,
    entries: Sequence[str],
    strict: bool,
) -> _Found | None:
    if not isinstance(got, (list, tuple)):
        return TYPE, "", "is", f"{describe(got)}, not {describe(expected)}"
    if len(got) != len(expected):
        return SHAPE, "", "has", f"{counted(len(got), 'value')}, not {len(expected)}"
    for i, (a, b) in enumerate(zip(got, expected, strict=True)):
        found = find(a, b, tolerance, (), strict)
        if found is not None:
            return _inside(entry_name(i, entries), found)
    return None


def _find_in_dict(
    got: dict, expected: dict, tolerance: float, strict: bool
) -> _Found | None:
    for key in expected:
        if key not in got:
            return VALUES, "", "is", f"a dictionary without the key {short(key)}"
        found = find(got[key], expected[key], tolerance, (), strict)
        if found is not None:
            return _inside(f"the value of {short(key)}", found)
    for key in got:
        if key not in expected:
            return VALUES, "", "is", f"a dictionary with the extra key {short(key)}"
    return None


def _inside(name: str, found: _Found) -> _Found:
    kind, path, verb, text = found
    return kind, f"{path} of {name}" if path else name, verb, text


def _one(value: Any) -> Any:
    """A single number, Boolean or string in Python's own type, whatever it came as."""
    if isinstance(value, (Tensor, np.ndarray)) and math.prod(value.shape) == 1:
        return value.item()
    return plain(value) if isinstance(value, (np.generic, Fraction)) else value


def plain(value: Any) -> Any:
    """A value in Python's own types: tensors and arrays as numbers or nested lists."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    if isinstance(value, (Tensor, np.ndarray)) and math.prod(value.shape) <= 1000:
        return value.item() if value.ndim == 0 else value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):  # torch.Size, too
        return (list if isinstance(value, list) else tuple)(map(plain, value))
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    return value


def value_difference(
    answer: Any, expected: Any, tolerance: float, entries: Sequence[str] = ()
) -> tuple[Kind, str] | None:
    """As :func:`difference`, for values; it does not give the right one away."""
    asked = f"{article(expected)} is asked for"
    if isinstance(expected, (set, frozenset)):
        if not isinstance(answer, (set, frozenset, list, tuple)):
            return TYPE, f"you gave {describe(answer)}, and {asked}"
        extra = [a for a in answer if a not in expected]
        if extra:
            return VALUES, f"{short(extra[0])} does not belong to the answer"
        missing = len(set(answer)) < len(expected)
        return (VALUES, "something is missing from the answer") if missing else None
    if isinstance(expected, (list, tuple)):
        if not isinstance(answer, (list, tuple)):
            return TYPE, f"you gave {describe(answer)}, and {asked}"
        if len(answer) != len(expected):
            return SHAPE, (
                f"you gave {counted(len(answer), 'value')}, {short(answer)}, and "
                f"{len(expected)} {'is' if len(expected) == 1 else 'are'} asked for"
            )
        wrong = [
            i
            for i, (a, b) in enumerate(zip(answer, expected, strict=True))
            if value_difference(a, b, tolerance) is not None
        ]
        if not wrong:
            return None
        names = [entry_name(i, entries) for i in wrong]
        given = [short(answer[i], 40) for i in wrong]
        verb = "is" if len(wrong) == 1 else "are"
        return VALUES, f"{listed(names)} {verb} not right: you gave {listed(given)}"
    if isinstance(expected, str) and isinstance(answer, str):
        if answer.strip().casefold() == expected.strip().casefold():
            return None
        return VALUES, f"you gave {short(answer)}, which is not right"
    found = find(answer, expected, tolerance)
    if isinstance(answer, list) and len(answer) == 1 and found is not None:
        return value_difference(answer[0], expected, tolerance)  # tensor([3])
    if found is None:
        return None
    if found[0] == TYPE:
        return TYPE, f"you gave {describe(answer)}, and {asked}"
    return found[0], f"you gave {short(answer)}, which is not right"


def same(a: Any, b: Any) -> bool:
    """Whether two arguments are equal, tensors and nested lists included."""
    if isinstance(a, torch.Generator) or isinstance(b, torch.Generator):
        return type(a) is type(b)  # drawing from a generator is what it is for
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        alike = isinstance(a, Tensor) and isinstance(b, Tensor) and a.dtype == b.dtype
        return alike and a.shape == b.shape and bool(torch.equal(a, b))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return type(a) is type(b) and a.dtype == b.dtype and np.array_equal(a, b)
    if isinstance(a, (list, tuple)) and type(a) is type(b):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, torch.nn.Module) and type(a) is type(b):
        mine, theirs = a.state_dict(), b.state_dict()
        alike = a.training == b.training and repr(a) == repr(b)  # batch_first, too
        return alike and same(dict(mine), dict(theirs))
    if isinstance(a, (str, int, float, bool, type(None))):
        return type(a) is type(b) and a == b
    return type(a) is type(b)  # functions and other objects: nothing to compare


def same_run(a: Run, b: Run, tolerance: float) -> bool:
    """Whether two calls ended alike: the same result, or the same type of error."""
    if a.timed_out or b.timed_out:
        return a.timed_out and b.timed_out
    if a.error is not None or b.error is not None:
        return type(a.error) is type(b.error)
    if a.result is None or b.result is None:
        return a.result is b.result
    with contextlib.suppress(Exception):
        return find(a.result, b.result, tolerance, (), True) is None
    return False


def _close(a: float, b: float, tolerance: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= tolerance
