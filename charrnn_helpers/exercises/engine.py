"""What all exercise checks share: run an answer safely, compare it, say one sentence.

An :class:`Exercise` runs the learner's function on several inputs, some of them drawn
afresh in each call, and compares what it returns with an independent reference. Where
an answer is wrong, it looks for the misconception behind it: the exercise lists the
usual wrong answers as functions, and the one that behaves like the learner's names the
hint. A check prints one line and never raises.
"""

from __future__ import annotations

import contextlib
import copy
import ctypes
import dis
import io
import itertools
import linecache
import math
import random
import sys
import threading
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

TIME_LIMIT = 5.0
"""Seconds that one call of a learner's function may take."""

Kind = str
NOT_DONE, ERROR, TYPE, SHAPE, VALUES, SHORT_CUT, TOO_SLOW, CHANGED, PASSED = (
    "not done",
    "error",
    "type",
    "shape",
    "values",
    "short cut",
    "too slow",
    "changed",
    "passed",
)


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes:
        kind: one of the kinds of this module: not done, error, type, shape, values,
            short cut, too slow, changed, passed.
        message: the one line that is printed.
        hint: the hint of the misconception that was recognised, or None.
    """

    kind: Kind
    message: str
    hint: str | None = None

    @property
    def passed(self) -> bool:
        """Whether the answer is right."""
        return self.kind == PASSED


@dataclass(frozen=True)
class Wrong:
    """A usual wrong answer.

    Attributes:
        hint: the sentence for the learner who gave it: what they did, and what to
            think about; it does not give the solution away.
        answer: the wrong answer itself: a function, which behaves as the learner's
            does, or a value; a value may also be matched by ``matches``.
        matches: for values: says whether the learner's value is this wrong answer.
    """

    hint: str
    answer: Any = None
    matches: Callable[[Any], bool] | None = None


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One exercise whose answer is a function; calling it checks an answer.

    Attributes:
        number: such as "1.2": notebook and position.
        name: what the stub is called, such as "my_pad".
        success: the sentence after ✓.
        cases: from a random generator to a list of argument tuples; the first ones are
            fixed, small and readable, the rest drawn.
        reference: the right answer, written independently of the solution; it is
            called with the same arguments.
        wrong: the usual wrong answers, each with its hint.
        forbidden: names that the answer must not use, each with the reason.
        tolerance: largest absolute difference of floating-point results.
        compare: replaces the comparison of a result with the reference's, where the
            two need not be equal: takes (arguments, result, reference's result) and
            returns None or (kind, what is wrong).
        prepare: turns the learner's object into the function to call, for answers
            that are classes (such as ``lambda cls: lambda *a: run(cls, *a)``).
        time_limit: seconds for one call.
    """

    number: str
    name: str
    success: str
    cases: Callable[[random.Random], Sequence[tuple]]
    reference: Callable[..., Any]
    wrong: Sequence[Wrong]
    forbidden: Mapping[str, str] = field(default_factory=dict)
    tolerance: float = 1e-5
    compare: Callable[[tuple, Any, Any], tuple[Kind, str] | None] | None = None
    prepare: Callable[[Any], Callable[..., Any]] | None = None
    time_limit: float = TIME_LIMIT

    def __call__(self, answer: Any, *, seed: int | None = None) -> None:
        """Check an answer and print the verdict; ``seed`` repeats a drawn case."""
        report(self.number, self.verdict(answer, seed=seed))

    def verdict(self, answer: Any, *, seed: int | None = None) -> Verdict:
        """Check an answer; what :meth:`__call__` prints, as a :class:`Verdict`."""
        return _guarded(self.number, lambda: self._verdict(answer, seed))

    def _verdict(self, answer: Any, seed: int | None) -> Verdict:
        if is_stub(answer):
            return self._not_done()
        if not callable(answer):
            return self._wrong(
                TYPE,
                f"{self.name} is {describe(answer)}; it must be a function. Did you "
                "assign to its name, or call it already?",
            )
        for used, reason in self.forbidden.items():
            if used in names_used(answer):
                return self._wrong(SHORT_CUT, f"{self.name} uses {used}: {reason}")

        if seed is None:  # not from the generator that the reader may have seeded
            seed = random.SystemRandom().randrange(1_000_000)
        cases = list(self.cases(random.Random(seed)))
        fixed = list(self.cases(random.Random(seed + 1)))
        runs: list[Run] = []
        for case in cases:
            runs.append(self._run(answer, case))
            if runs[-1].timed_out:
                break  # the other cases would take as long
        for i, (case, run) in enumerate(zip(cases, runs, strict=False)):
            complaint = self._complaint(case, run)
            if complaint is None:
                continue
            kind, text = complaint
            if kind == NOT_DONE:
                return self._not_done()
            drawn = i >= len(fixed) or not same(case, fixed[i])
            note = f" (a drawn case: repeat it with seed={seed})" if drawn else ""
            hint = self._hint(cases, runs, kind)
            return self._wrong(kind, text + note, hint)
        return Verdict(PASSED, f"✓ Exercise {self.number}: {self.success}")

    def _run(self, answer: Any, case: tuple) -> Run:
        function = answer if self.prepare is None else self.prepare(answer)
        return run(function, case, self.time_limit)

    def _complaint(self, case: tuple, run: Run) -> tuple[Kind, str] | None:
        call = f"for {show_arguments(case)} your function"
        if run.timed_out:
            return TOO_SLOW, (
                f"{call} did not finish within {self.time_limit:g} seconds. Does every "
                "loop in it end?"
            )
        if run.error is not None:
            if isinstance(run.error, NotImplementedError):
                return NOT_DONE, ""
            return ERROR, f"{call} raised {describe_error(run)}"
        expected = self.reference(*copy.deepcopy(case))
        if run.result is None and expected is not None:
            printed = " It printed something: printing is not returning." * run.printed
            return TYPE, f"{call} returned None.{printed} Does it end in return?"
        if self.compare is not None:
            different = self.compare(case, run.result, expected)
        else:
            different = difference(run.result, expected, self.tolerance)
        if different is not None:
            return different[0], f"{call} {different[1]}"
        if not same(run.arguments, case):
            return CHANGED, (
                f"{call} returned the right result, but changed its argument: work on "
                "a copy, so that the caller's data stay as they were"
            )
        return None

    def _hint(self, cases: list[tuple], runs: list[Run], kind: Kind) -> str | None:
        """The hint of the wrong answer that behaves as the learner's does."""
        if kind in (TOO_SLOW, CHANGED):
            for wrong in self.wrong:
                if getattr(wrong.answer, "kind", None) == kind:
                    return wrong.hint
            return None
        for wrong in self.wrong:
            if not callable(wrong.answer):
                continue
            theirs = (self._run(wrong.answer, case) for case in cases[: len(runs)])
            pairs = zip(runs, theirs, strict=True)
            if all(_same_run(a, b, self.tolerance) for a, b in pairs):
                return wrong.hint
        return None

    def _not_done(self) -> Verdict:
        return Verdict(
            NOT_DONE,
            f"○ Exercise {self.number} is not done yet: "
            f"replace the ... in {self.name}.",
        )

    def _wrong(self, kind: Kind, text: str, hint: str | None = None) -> Verdict:
        return _wrong(self.number, kind, text, hint)


@dataclass(frozen=True, kw_only=True)
class Question:
    """One exercise whose answer is a value: a shape, a number, a word, a line.

    Attributes:
        number: such as "4.1".
        name: what the stub is called, such as "shape_of_output".
        success: the sentence after ✓.
        expected: computes the right value (by a run, not from memory).
        wrong: the usual wrong answers, each with its hint.
        accept: replaces the comparison: takes (answer, expected) and returns None or
            (kind, what is wrong).
        tolerance: largest absolute difference of floating-point values.
    """

    number: str
    name: str
    success: str
    expected: Callable[[], Any]
    wrong: Sequence[Wrong]
    accept: Callable[[Any, Any], tuple[Kind, str] | None] | None = None
    tolerance: float = 1e-5

    def __call__(self, answer: Any) -> None:
        """Check an answer and print the verdict."""
        report(self.number, self.verdict(answer))

    def verdict(self, answer: Any) -> Verdict:
        """Check an answer; what :meth:`__call__` prints, as a :class:`Verdict`."""
        return _guarded(self.number, lambda: self._verdict(answer))

    def _verdict(self, answer: Any) -> Verdict:
        if _has_placeholder(answer):
            return Verdict(
                NOT_DONE,
                f"○ Exercise {self.number} is not done yet: replace the ... in "
                f"{self.name}.",
            )
        answer = list(answer) if isinstance(answer, torch.Size) else answer
        expected = self.expected()
        if self.accept is not None:
            different = self.accept(answer, expected)
        else:
            different = _value_difference(answer, expected, self.tolerance)
        if different is None:
            return Verdict(PASSED, f"✓ Exercise {self.number}: {self.success}")
        kind, text = different
        for wrong in self.wrong:
            if wrong.matches is not None:
                with contextlib.suppress(Exception):
                    if wrong.matches(answer):
                        return _wrong(self.number, kind, text, wrong.hint)
            elif _value_difference(answer, wrong.answer, self.tolerance) is None:
                return _wrong(self.number, kind, text, wrong.hint)
        return _wrong(self.number, kind, text)


# --- the tally -----------------------------------------------------------------------

_tally: dict[str, Verdict] = {}


def report(number: str, verdict: Verdict) -> None:
    """Print a verdict and remember it for the summary of its notebook."""
    _tally[number] = verdict
    print(verdict.message)


def tally(numbers: Sequence[str]) -> str:
    """How the exercises of a notebook stand, as a text of a few lines."""
    marks = {NOT_DONE: "○", PASSED: "✓"}
    found = [_tally.get(number) for number in numbers]
    solved = sum(v is not None and v.passed for v in found)
    line = " · ".join(
        f"{n} {'○' if v is None else marks.get(v.kind, '✗')}"
        for n, v in zip(numbers, found, strict=True)
    )
    end = "All solved." if solved == len(numbers) else "✓ solved  ✗ not yet  ○ to do"
    return f"{solved} of {len(numbers)} exercises solved: {line}\n{end}"


def exercises_of(module: types.ModuleType) -> tuple[Exercise | Question, ...]:
    """The exercises that a room's checks define, in the order of their numbers."""
    found = [e for e in vars(module).values() if isinstance(e, (Exercise, Question))]
    return tuple(sorted(found, key=lambda e: [int(n) for n in e.number.split(".")]))


def summary_of(name: str) -> Callable[[], None]:
    """What a room calls ``summary``: prints how its exercises stand in this session.

    Args:
        name: the room's ``__name__``.
    """

    def summary() -> None:
        """Print how the exercises of this notebook stand in this session."""
        print(tally([e.number for e in exercises_of(sys.modules[name])]))

    return summary


# --- running somebody else's function ------------------------------------------------


@dataclass(frozen=True)
class Run:
    """One call: what it returned or raised, and what it did on the way."""

    result: Any = None
    error: BaseException | None = None
    timed_out: bool = False
    printed: bool = False
    arguments: tuple = ()


class _Stop(BaseException):
    """Raised inside a learner's function that runs for too long."""


def run(function: Callable[..., Any], arguments: tuple, seconds: float) -> Run:
    """Call a function on a copy of the arguments, for a limited time.

    The call has a thread of its own, which works on every system; a thread that does
    not end is told to by an exception, and left alone where that does not help.
    """
    given = copy.deepcopy(arguments)
    done: dict[str, Any] = {}

    def target() -> None:
        try:
            done["result"] = function(*given)
        except BaseException as error:
            done["error"] = error

    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        thread = threading.Thread(target=target, daemon=True)
        thread.start()
        try:
            thread.join(seconds)
        finally:
            timed_out = thread.is_alive()
            for _ in range(20):
                if not thread.is_alive():
                    break
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread.ident), ctypes.py_object(_Stop)
                )
                thread.join(0.05)
    error = None if timed_out else done.get("error")
    return Run(
        done.get("result"), error, timed_out, bool(output.getvalue().strip()), given
    )


def is_stub(answer: Any) -> bool:
    """Whether an answer still is the stub: ``...``, or code that leads to one."""
    if answer is Ellipsis or answer is None:
        return True
    if isinstance(answer, type):
        return any(map(is_stub, _methods(answer)))
    code = getattr(answer, "__code__", None)
    if code is None:
        return False
    steps = [
        step
        for step in dis.get_instructions(code)
        if step.opname not in ("RESUME", "NOP", "COPY_FREE_VARS", "MAKE_CELL", "CACHE")
    ]
    if all(s.opname in ("LOAD_CONST", "RETURN_VALUE", "RETURN_CONST") for s in steps):
        returned = [s.argval for s in steps if s.opname != "RETURN_VALUE"]
        if all(value is None or value is Ellipsis for value in returned):
            return True
    for step, after in itertools.pairwise(steps):
        if step.opname == "LOAD_CONST" and step.argval is Ellipsis:
            # ids[..., 1:] loads an Ellipsis too, but does not store or return it.
            if after.opname.startswith(("STORE_FAST", "STORE_NAME", "STORE_ATTR")):
                return True
            if after.opname in ("RETURN_VALUE", "POP_TOP"):
                return True
    return any(s.opname == "RETURN_CONST" and s.argval is Ellipsis for s in steps)


def _methods(cls: type) -> list[types.FunctionType]:
    return [m for m in vars(cls).values() if isinstance(m, types.FunctionType)]


def names_used(answer: Any) -> set[str]:
    """Every global and attribute name in an answer's code, and in its helpers' code."""
    if isinstance(answer, type):
        members = _methods(answer)
    else:
        members = [answer] if hasattr(answer, "__code__") else []
    names: set[str] = set()
    seen: set[types.CodeType] = set()
    waiting = [(m.__code__, m.__globals__) for m in members]
    while waiting:
        code, space = waiting.pop()
        if code in seen:
            continue
        seen.add(code)
        names.update(code.co_names)
        waiting += [(c, space) for c in code.co_consts if isinstance(c, types.CodeType)]
        for name in code.co_names:
            helper = space.get(name)
            own = isinstance(helper, types.FunctionType) and (
                helper.__module__ == space.get("__name__")
            )
            if own:
                waiting.append((helper.__code__, helper.__globals__))
    return names


# --- comparing -----------------------------------------------------------------------


def difference(got: Any, expected: Any, tolerance: float) -> tuple[Kind, str] | None:
    """None where a result is right, else the kind of the first thing that is wrong."""
    if isinstance(expected, (Tensor, np.ndarray)):
        return _array_difference(got, expected, tolerance)
    if isinstance(expected, (list, tuple)):
        return _sequence_difference(got, expected, tolerance)
    if isinstance(expected, bool) or not isinstance(expected, (int, float)):
        if type(got) is not type(expected):
            return TYPE, f"returned {describe(got)}, not {_article(expected)}"
        if isinstance(expected, dict):
            return _dict_difference(got, expected, tolerance)
        if got != expected:
            extra = ""
            if isinstance(expected, str) and len(got) != len(expected):
                extra = f": {len(got)} characters, not {len(expected)}"
            return VALUES, f"returned {short(got)}{extra}"
        return None
    if isinstance(got, bool) or not isinstance(got, (int, float, np.number)):
        return TYPE, f"returned {describe(got)}, not a number"
    if isinstance(expected, int) and not isinstance(got, (int, np.integer)):
        return TYPE, f"returned {short(got)}, not a whole number (int)"
    if not _close(float(got), float(expected), tolerance):
        return VALUES, f"returned {_number(got)}"
    return None


def _array_difference(
    got: Any, expected: Tensor | np.ndarray, tolerance: float
) -> tuple[Kind, str] | None:
    wanted = "a tensor" if isinstance(expected, Tensor) else "a NumPy array"
    if type(got) is not type(expected) and not (
        isinstance(got, Tensor) and isinstance(expected, Tensor)
    ):
        return TYPE, f"returned {describe(got)}, not {wanted}"
    if got.dtype != expected.dtype:
        return TYPE, f"returned {got.dtype}, not {expected.dtype}"
    if tuple(got.shape) != tuple(expected.shape):
        return SHAPE, (
            f"returned shape {tuple(got.shape)}, not {tuple(expected.shape)}"
        )
    a = got.detach().cpu().numpy() if isinstance(got, Tensor) else got
    b = expected.detach().cpu().numpy() if isinstance(expected, Tensor) else expected
    with np.errstate(all="ignore"):
        near = (a == b) | ((a != a) & (b != b))
        if a.dtype.kind in "fc":
            near |= np.abs(a - b) <= tolerance
    if near.all():
        return None
    position = tuple(int(i) for i in np.argwhere(~near)[0])
    at = f"[{', '.join(map(str, position))}]" if position else ""
    return VALUES, (
        f"returned {_number(a[position])} at {at or 'its only entry'}, not "
        f"{_number(b[position])}"
    )


def _sequence_difference(
    got: Any, expected: list | tuple, tolerance: float
) -> tuple[Kind, str] | None:
    if not isinstance(got, (list, tuple)):
        return TYPE, f"returned {describe(got)}, not {_article(expected)}"
    if isinstance(expected, list) and not isinstance(got, list):
        return TYPE, f"returned {describe(got)}, not a list"
    if len(got) != len(expected):
        return SHAPE, f"returned {len(got)} entries, not {len(expected)}"
    for i, (a, b) in enumerate(zip(got, expected, strict=True)):
        different = difference(a, b, tolerance)
        if different is not None:
            kind, text = different
            return kind, f"{text}, in entry {i} of the result"
    return None


def _dict_difference(
    got: dict, expected: dict, tolerance: float
) -> tuple[Kind, str] | None:
    for key in expected:
        if key not in got:
            return VALUES, f"returned a dictionary without the key {short(key)}"
        different = difference(got[key], expected[key], tolerance)
        if different is not None:
            return different[0], f"{different[1]}, under the key {short(key)}"
    for key in got:
        if key not in expected:
            return VALUES, f"returned a dictionary with the extra key {short(key)}"
    return None


def _value_difference(
    answer: Any, expected: Any, tolerance: float
) -> tuple[Kind, str] | None:
    """As :func:`difference`, for values: a list may stand for a tuple."""
    if isinstance(expected, (list, tuple)) and isinstance(answer, (list, tuple)):
        if len(answer) != len(expected):
            return SHAPE, (
                f"{short(tuple(answer))} has {len(answer)} entries, not {len(expected)}"
            )
        if all(
            _value_difference(a, b, tolerance) is None
            for a, b in zip(answer, expected, strict=True)
        ):
            return None
        return VALUES, f"{short(tuple(answer))} is not it"
    if isinstance(answer, Tensor) and answer.ndim == 0:
        answer = answer.item()
    if isinstance(expected, str) and isinstance(answer, str):
        alike = answer.strip().casefold() == expected.strip().casefold()
        return None if alike else (VALUES, f"{short(answer)} is not it")
    different = difference(answer, expected, tolerance)
    if different is None:
        return None
    kind = different[0]
    if kind == TYPE:
        return kind, f"{describe(answer)} is not {_article(expected)}"
    return kind, f"{short(answer)} is not it"


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
        return a.training == b.training and same(dict(mine), dict(theirs))
    if isinstance(a, (str, int, float, bool, type(None))):
        return type(a) is type(b) and a == b
    return type(a) is type(b)  # functions and other objects: nothing to compare


def _same_run(a: Run, b: Run, tolerance: float) -> bool:
    if a.timed_out or b.timed_out:
        return a.timed_out and b.timed_out
    if a.error is not None or b.error is not None:
        return type(a.error) is type(b.error)
    if a.result is None or b.result is None:
        return a.result is b.result
    with contextlib.suppress(Exception):
        return difference(a.result, b.result, tolerance) is None
    return False


def _close(a: float, b: float, tolerance: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= tolerance


# --- saying it -----------------------------------------------------------------------


def describe(value: Any) -> str:
    """A value with its type: ``a list of 3``, ``torch.float32 of shape (2, 3)``."""
    if isinstance(value, Tensor):
        return f"a tensor, {value.dtype} of shape {tuple(value.shape)}"
    if isinstance(value, np.ndarray):
        return f"a NumPy array, {value.dtype} of shape {value.shape}"
    if isinstance(value, (list, tuple, dict, set)):
        return f"{_article(value)} of {len(value)}"
    if isinstance(value, (types.FunctionType, types.MethodType, types.LambdaType)):
        return f"the function {getattr(value, '__name__', '?')} itself"
    if isinstance(value, (str, int, float, bool, type(None))):
        return f"{short(value)} ({type(value).__name__})"
    return f"an object of type {type(value).__name__}"


def describe_error(run: Run) -> str:
    """An error with the deepest line of the learner's that led to it."""
    error = run.error
    text = f"{type(error).__name__}: {_one_line(str(error), 160)}"
    lines = list(_learners_lines(error))
    return f'{text}, in your line "{lines[-1]}"' if lines else text


def _learners_lines(error: BaseException) -> Iterator[str]:
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        module = trace.tb_frame.f_globals.get("__name__", "")
        ours = module.startswith("charrnn_helpers") or "site-packages" in name
        line = linecache.getline(name, trace.tb_lineno).strip()
        if line and not ours and "torch" not in module.split("."):
            yield line
        trace = trace.tb_next


def show_arguments(arguments: tuple) -> str:
    """The arguments of a call, short enough for one line."""
    return ", ".join(short(argument) for argument in arguments) or "no arguments"


def short(value: Any, limit: int = 70) -> str:
    """A value on one line; tensors as nested lists, long ones by shape."""
    try:
        if isinstance(value, (Tensor, np.ndarray)):
            if value.size if isinstance(value, np.ndarray) else value.numel() <= 12:
                text = _one_line(str(value.tolist()), limit + 50)
                if len(text) <= limit:
                    return text
            return describe(value)
        if isinstance(value, float):
            return _number(value)
        if isinstance(value, torch.nn.Module):
            return f"a {type(value).__name__}"
        if isinstance(value, torch.Generator):
            return "a generator"
        if callable(value):
            return f"the function {getattr(value, '__name__', '?')}"
        return _one_line(repr(value), limit)
    except Exception:
        return f"an object of type {type(value).__name__}"


def _number(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.4g}"
    return str(value)


def _one_line(text: str, limit: int) -> str:
    text = " ".join(text.split()) if "\n" in text else text
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _article(value: Any) -> str:
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


def _has_placeholder(answer: Any) -> bool:
    if isinstance(answer, (list, tuple)):
        return any(map(_has_placeholder, answer))
    return answer is Ellipsis or answer is None


def _wrong(number: str, kind: Kind, text: str, hint: str | None = None) -> Verdict:
    end = "" if text.endswith((".", "?", "!")) else "."
    tail = f" {hint}" if hint else ""
    return Verdict(kind, f"✗ Exercise {number}: {text}{end}{tail}", hint)


def _guarded(number: str, check: Callable[[], Verdict]) -> Verdict:
    """A check never raises: what it cannot make sense of is a wrong answer."""
    try:
        with torch.random.fork_rng(devices=[]):
            return check()
    except Exception as error:
        return _wrong(
            number,
            TYPE,
            f"your answer could not be checked ({type(error).__name__}: "
            f"{_one_line(str(error), 100)}). Compare its type with the one that the "
            "exercise asks for",
        )
