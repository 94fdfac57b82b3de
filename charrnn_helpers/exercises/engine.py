"""Run an answer safely, compare it with a reference, and say what is wrong.

A guide for who writes an exercise. A function is checked by an :class:`Exercise`, a
value by a :class:`Question`::

    budget = Exercise(
        number="4.3",
        name="my_hidden_size",  # what the stub is called
        success="the model fits the budget.",  # after ✓
        cases=[(16, 568), (16, 567)],  # or a function without arguments
        drawn=lambda rng: [(rng.randrange(3, 80), 900)],  # optional
        reference=lambda vocab_size, budget: ...,
        wrong=[Wrong("A model that needs the budget exactly still fits.", too_small)],
    )

* ``cases`` are fixed and decide: what tells a usual wrong answer from a right one
  belongs here, small and readable cases first. ``drawn`` cases run only where all
  fixed ones pass, so the reply to an answer is the same each time.
* A ``Wrong`` names a misconception: a hint, and a function that behaves as the
  learner's does *in every case* (the same results, or the same type of error). The
  first that does gives the hint. There may be any number of them, and two may share a
  hint. ``Wrong(hint, kind=CHANGED)`` speaks for every answer that fails in that way.
* A message is: hint, then evidence. Arguments are named after the parameters of the
  learner's function or else of ``reference``; the parts of a tuple or list after
  ``entries=("inputs", "targets")``. A name that is no identifier is used as it
  stands, such as "the loss of step 2". Without ``entries``: "the second value".
* ``prepare`` and ``compare`` probe what a result does not show. A probe's arguments and
  results are not the learner's: ``say=lambda case: f"with {case[1]}, seed {case[0]},"``
  describes the case instead, and the message goes on "the loss of step 2 is 1.5, not
  1.4". ``compare`` returns None or (kind, text), where the text goes on after "your
  function", such as "returned 3, not 4"; :func:`difference` makes such pairs.
* ``gradients=True`` also compares the gradients in the floating-point arguments, and in
  the parameters of modules among them, as far as the reference uses them: write it
  without ``no_grad``, ``.data`` and ``copy_``.
* Numbers may come as NumPy numbers, fractions, or tensors of one number;
  ``strict=True`` refuses such tensors. A tuple may stand for a list, a bool never for a
  number.
* During a check the default dtype is float32, gradients are on, and functions of torch,
  NumPy and random that a cell has replaced are back; the random state is put back.
* ``summary = summary_of(__name__)`` at the end of a module makes its summary.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import ctypes
import dis
import inspect
import io
import itertools
import linecache
import math
import random
import re
import sys
import sysconfig
import textwrap
import threading
import time
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

TIME_LIMIT = 3.0
"""Seconds of computing that a learner's function may take in one check."""
WIDTH = 100
"""Columns of a printed reply; a longer one is broken between words."""

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


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes:
        kind: one of the kinds of this module: not done, error, type, shape, values,
            gradient, short cut, too slow, changed, passed.
        message: what is printed, on one line of any length.
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
        kind: for functions: the hint is for every answer with a verdict of this kind
            (such as CHANGED or TOO_SLOW) that no other wrong answer explains.
    """

    hint: str
    answer: Any = None
    matches: Callable[[Any], bool] | None = None
    kind: Kind | None = None


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One exercise whose answer is a function; calling it checks an answer.

    Attributes:
        number: such as "1.2": notebook and position.
        name: what the stub is called, such as "my_pad".
        success: the sentence after ✓.
        cases: the fixed argument tuples, or a function that makes them afresh.
        drawn: from a random generator to more argument tuples.
        reference: the right answer, written independently of the solution; it is
            called with the same arguments.
        wrong: the usual wrong answers, each with its hint.
        forbidden: names that the answer must not use, each with the reason.
        entries: what the parts of a tuple or list that is returned are called.
        tolerance: largest absolute difference of floating-point results.
        strict: whether a tensor of one number is refused where a number is asked for.
        gradients: whether gradients in the arguments are compared, too.
        compare: replaces the comparison of a result with the reference's, where the
            two need not be equal: takes (arguments, result, reference's result) and
            returns None or (kind, what is wrong).
        prepare: turns the learner's object into the function to call, for answers
            that are classes (such as ``lambda cls: lambda *a: run(cls, *a)``) and for
            probes.
        say: describes a case in the learner's terms, where ``prepare`` hides it.
        time_limit: seconds of computing for all cases together.
    """

    number: str
    name: str
    success: str
    cases: Callable[[], Sequence[tuple]] | Sequence[tuple]
    reference: Callable[..., Any]
    wrong: Sequence[Wrong] = ()
    drawn: Callable[[random.Random], Sequence[tuple]] | None = None
    forbidden: Mapping[str, str] = field(default_factory=dict)
    entries: Sequence[str] = ()
    tolerance: float = 1e-5
    strict: bool = False
    gradients: bool = False
    compare: Callable[[tuple, Any, Any], tuple[Kind, str] | None] | None = None
    prepare: Callable[[Any], Callable[..., Any]] | None = None
    say: Callable[[tuple], str] | None = None
    time_limit: float = TIME_LIMIT

    def __call__(self, answer: Any, *, seed: int | None = None) -> None:
        """Check an answer and print the verdict; ``seed`` repeats a drawn case."""
        report(self.number, self.verdict(answer, seed=seed))

    def verdict(self, answer: Any, *, seed: int | None = None) -> Verdict:
        """Check an answer; what :meth:`__call__` prints, as a :class:`Verdict`."""
        return _guarded(self, answer, lambda: self._verdict(answer, seed))

    def _verdict(self, answer: Any, seed: int | None) -> Verdict:
        if is_stub(answer):
            return _not_done(self)
        if not callable(answer):
            text = (
                f"{self.name} is {describe(answer)}; it must be a function. Did you "
                "assign to its name, or call it already?"
            )
            return _wrong(self.number, TYPE, text)
        used = names_used(answer)
        for name, reason in self.forbidden.items():
            if name in used:
                text = f"{self.name} uses {name}: {reason}"
                return _wrong(self.number, SHORT_CUT, text)

        cases = list(self.cases() if callable(self.cases) else self.cases)
        runs = self._runs(answer, cases, self.time_limit)
        found = self._first_complaint(answer, cases, runs)
        note = ""
        if found is None and self.drawn is not None:
            # Not from the generator that the reader may have seeded.
            seed = random.SystemRandom().randrange(10**6) if seed is None else seed
            drawn = list(self.drawn(random.Random(seed)))
            left = self.time_limit - sum(r.seconds for r in runs)
            more = self._runs(answer, drawn, left)
            found = self._first_complaint(answer, drawn, more)
            cases, runs = cases + drawn, runs + more
            note = f" (a drawn case: repeat it with seed={seed})"
        if found is None:
            return Verdict(PASSED, f"✓ Exercise {self.number}: {self.success}")
        kind, text = found
        if kind == NOT_DONE:
            return _not_done(self)
        hint = self._hint(cases, runs, kind)
        return _wrong(self.number, kind, text + note, hint)

    def _runs(self, answer: Any, cases: list[tuple], seconds: float) -> list[Run]:
        """One run for each case, up to the one during which the time is over."""
        function = answer if self.prepare is None else self.prepare(answer)
        runs: list[Run] = []
        for case in cases:
            runs.append(run(function, case, seconds))
            seconds -= runs[-1].seconds
            if runs[-1].timed_out:
                break
        return runs

    def _first_complaint(
        self, answer: Any, cases: list[tuple], runs: list[Run]
    ) -> tuple[Kind, str] | None:
        for case, one in zip(cases, runs, strict=False):
            complaint = self._complaint(answer, case, one)
            if complaint is not None:
                return complaint
        return None

    def _complaint(self, answer: Any, case: tuple, one: Run) -> tuple[Kind, str] | None:
        names = _argument_names((answer, self.reference), case)
        if self.say is not None:
            where = self.say(case)
        else:
            where = f"for {show_arguments(case, names)}"
        call = f"{where} your function"
        if one.timed_out:
            return TOO_SLOW, (
                f"{call} has not finished: {self.time_limit:g} seconds of computing "
                "are over. Does every loop in it end?"
            )
        if one.error is not None:
            if _is_raised_stub(one.error):
                return NOT_DONE, ""
            if self.prepare is not None and not any(_learners_frames(one.error)):
                error = describe_error(one.error)
                inside = "charrnn_helpers" in error  # names that nobody has seen
                return ERROR, (
                    f"{call} cannot be called as the exercise calls it, or what it "
                    f"returned cannot be used{'' if inside else f': {error}'}"
                )
            return ERROR, f"{call} raised {describe_error(one.error)}"
        expected = self.reference(*copy.deepcopy(case))
        if one.result is None and expected is not None:
            printed = " It printed something: printing is not returning." * one.printed
            return TYPE, f"{call} returned None.{printed} Does it end in return?"
        if self.compare is not None:
            different = self.compare(case, one.result, expected)
            if different is not None:
                return different[0], f"{call} {different[1]}"
        else:
            found = _find(
                one.result, expected, self.tolerance, self.entries, self.strict
            )
            if found is not None:
                kind, path, verb, text = found
                if self.say is None:
                    return kind, f"{call} {_as_returned(path, verb, text)}"
                return kind, f"{where} {path or 'the result'} {verb} {text}"
        if not same(one.arguments, case):
            return CHANGED, (
                f"{call} returned the right result, but changed its argument: work on "
                "a copy, so that the caller's data stay as they were"
            )
        if self.gradients:
            wrong = self._wrong_gradient(answer, case, names)
            if wrong is not None:
                return GRADIENT, f"{call} returned the right result, but {wrong}"
        return None

    def _wrong_gradient(self, answer: Any, case: tuple, names: list[str]) -> str | None:
        """What is wrong with the gradients that flow back through the answer."""
        function = answer if self.prepare is None else self.prepare(answer)
        mine = run(function, case, self.time_limit, gradients=True)
        theirs = run(self.reference, case, math.inf, gradients=True)
        if mine.error is not None:
            return f"not where gradients are wanted: {describe_error(mine.error)}"
        leaves = list(_leaves(theirs.arguments, names))
        wanted = _gradients(theirs.result, [leaf for _, leaf in leaves])
        got = _gradients(mine.result, [t for _, t in _leaves(mine.arguments, names)])
        for (name, _), a, b in zip(leaves, got, wanted, strict=True):
            if b is None or not b.any():
                continue
            if a is None or not a.any():
                return (
                    f"no gradient flows back to `{name}`: is there a detach, a no_grad "
                    "or a .data on the way?"
                )
            near = max(self.tolerance, 1e-4) * (1 + float(b.abs().max()))
            different = _find(a, b, near)
            if different is not None:
                return f"the gradient in `{name}` has {different[3]}"
        return None

    def _hint(self, cases: list[tuple], runs: list[Run], kind: Kind) -> str | None:
        """The hint of the wrong answer that behaves as the learner's does."""
        for wrong in self.wrong:
            if not callable(wrong.answer) or kind in (TOO_SLOW, CHANGED):
                continue
            function = wrong.answer
            if self.prepare is not None:
                function = self.prepare(function)
            left = self.time_limit
            for case, mine in zip(cases, runs, strict=False):
                theirs = run(function, case, left)
                left -= theirs.seconds
                if not _same_run(mine, theirs, self.tolerance):
                    break
            else:
                return wrong.hint
        return next((w.hint for w in self.wrong if w.kind == kind), None)


def fixed_and_drawn(
    make: Callable[[random.Random], Sequence[tuple]],
) -> dict[str, Callable[..., Sequence[tuple]]]:
    """``cases`` and ``drawn`` of one function: those of seed 0 are the fixed ones."""

    def fixed() -> Sequence[tuple]:
        return make(random.Random(0))

    def drawn(rng: random.Random) -> Sequence[tuple]:
        pairs = itertools.zip_longest(make(rng), fixed())
        return [case for case, known in pairs if not same(case, known)]

    return {"cases": fixed, "drawn": drawn}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One exercise whose answer is a value: a shape, a number, a word, a line.

    A value may also come as a NumPy number, a tensor, an array or a fraction; ``wrong``
    and ``accept`` see plain Python values. The reply says which part is wrong, and
    never the right value.

    Attributes:
        number: such as "4.1".
        name: what the stub is called, such as "shape_of_output".
        success: the sentence after ✓.
        expected: computes the right value (by a run, not from memory); a set where
            the order does not matter.
        wrong: the usual wrong answers, each with its hint.
        accept: replaces the comparison: takes (answer, expected) and returns None or
            (kind, what is wrong).
        entries: what the parts of a tuple or list are called.
        tolerance: largest absolute difference of floating-point values.
    """

    number: str
    name: str
    success: str
    expected: Callable[[], Any]
    wrong: Sequence[Wrong] = ()
    accept: Callable[[Any, Any], tuple[Kind, str] | None] | None = None
    entries: Sequence[str] = ()
    tolerance: float = 1e-5

    def __call__(self, answer: Any) -> None:
        """Check an answer and print the verdict."""
        report(self.number, self.verdict(answer))

    def verdict(self, answer: Any) -> Verdict:
        """Check an answer; what :meth:`__call__` prints, as a :class:`Verdict`."""
        return _guarded(self, answer, lambda: self._verdict(answer))

    def _verdict(self, answer: Any) -> Verdict:
        if _has_placeholder(answer):
            return _not_done(self)
        answer, expected = _plain(answer), _plain(self.expected())
        if self.accept is not None:
            different = self.accept(answer, expected)
        else:
            different = _value_difference(
                answer, expected, self.tolerance, self.entries
            )
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
    # Spaces that count, in "'hi   '", do not end a line.
    text = re.sub(r"(?<=[ ']) | (?=[ '])", "\0", verdict.message)
    lines = textwrap.wrap(
        text,
        WIDTH,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    print("\n".join(lines).replace("\0", " "))


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
    """The exercises that are attributes of a module, in order of their numbers."""
    found = {e.number: e for e in vars(module).values() if _is_exercise(e)}
    return tuple(sorted(found.values(), key=lambda e: [*map(int, e.number.split("."))]))


def _is_exercise(value: Any) -> bool:
    return isinstance(value, (Exercise, Question))


def summary_of(module_name: str) -> Callable[[], None]:
    """A function that prints how the exercises of a module stand in this session."""

    def summary() -> None:
        """Print how the exercises of this notebook stand in this session."""
        print(tally([e.number for e in exercises_of(sys.modules[module_name])]))

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
    seconds: float = 0.0


class _Stop(BaseException):
    """Raised inside a learner's function that runs for too long."""


def run(
    function: Callable[..., Any],
    arguments: tuple,
    seconds: float,
    *,
    gradients: bool = False,
) -> Run:
    """Call a function on a copy of the arguments, for a limited time.

    The call has a thread of its own, which works on every system; a thread that does
    not end is told to by an exception, and left alone where that does not help. The
    seconds are those that the thread computes, so that a busy machine is no reason to
    refuse an answer; one that only waits gets six times as many.
    """
    given = copy.deepcopy(arguments)
    if gradients:
        for _, leaf in _leaves(given, [""] * len(given)):
            leaf.requires_grad_()
    done: dict[str, Any] = {}

    def target() -> None:
        # Asked for here: of a thread that has ended, the answer would be a crash.
        with contextlib.suppress(AttributeError, OSError):  # Windows, macOS
            done["clock"] = time.pthread_getcpuclockid(threading.get_ident())
        try:
            done["result"] = function(*given)
        except BaseException as error:
            done["error"] = error
        done["seconds"] = time.thread_time()

    start, start_of_process = time.monotonic(), time.process_time()

    def computed() -> float:
        with contextlib.suppress(KeyError, OSError):
            return time.clock_gettime(done["clock"])
        return time.process_time() - start_of_process

    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        thread = threading.Thread(target=target, daemon=True)
        thread.start()
        try:
            thread.join(min(0.02, max(seconds, 0)))
            while thread.is_alive() and computed() < seconds:
                if time.monotonic() - start > 6 * seconds:
                    break
                thread.join(0.02)
        finally:
            timed_out = thread.is_alive()
            for _ in range(20):
                if not thread.is_alive():
                    break
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread.ident), ctypes.py_object(_Stop)
                )
                thread.join(0.05)
            _undo(_replaced())  # what the answer itself has replaced
    return Run(
        done.get("result"),
        None if timed_out else done.get("error"),
        timed_out,
        bool(output.getvalue().strip()),
        given,
        seconds if timed_out else done.get("seconds", 0.0),
    )


_OWNERS = (torch, F, torch.nn, torch.optim, Tensor, np, np.random, random, math)
_ORIGINALS = [dict(vars(owner)) for owner in _OWNERS]
_MISSING = object()


def _replaced() -> list[tuple[Any, str, Any, Any]]:
    """(owner, name, what is there, what was there) of each function replaced since."""
    found = []
    for owner, originals in zip(_OWNERS, _ORIGINALS, strict=True):
        now = vars(owner)
        for name, original in originals.items():
            if callable(original) and name[0] != "_":
                there = now.get(name, _MISSING)
                if there is not original:
                    found.append((owner, name, there, original))
    # Tensor inherits most of its methods: a patched one is a new attribute.
    for name in vars(Tensor).keys() - _ORIGINALS[_OWNERS.index(Tensor)].keys():
        if name[0] != "_" and hasattr(torch._C.TensorBase, name):
            found.append((Tensor, name, vars(Tensor)[name], _MISSING))
    return found


def _undo(replaced: list[tuple[Any, str, Any, Any]]) -> None:
    for owner, name, _, original in replaced:
        _put(owner, name, original)


def _put(owner: Any, name: str, value: Any) -> None:
    if value is _MISSING:
        delattr(owner, name)
    else:
        setattr(owner, name, value)


@contextlib.contextmanager
def _own_settings() -> Iterator[None]:
    """Undo, for as long as a check takes, what cells may have set or replaced."""
    replaced = _replaced()
    _undo(replaced)
    generator = torch.default_generator
    states = generator.get_state(), random.getstate(), np.random.get_state()
    dtype = torch.get_default_dtype()
    deterministic = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    try:
        torch.set_default_dtype(torch.float32)
        torch.use_deterministic_algorithms(False)
        generator.manual_seed(0)
        random.seed(0)
        np.random.seed(0)
        modes = torch.inference_mode(False), torch.enable_grad(), torch.device("cpu")
        with modes[0], modes[1], modes[2]:
            yield
    finally:
        _undo(_replaced())
        torch.set_default_dtype(dtype)
        torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
        generator.set_state(states[0])
        random.setstate(states[1])
        np.random.set_state(states[2])
        for owner, name, there, _ in replaced:
            _put(owner, name, there)


def _leaves(value: Any, names: Sequence[str]) -> Iterator[tuple[str, Tensor]]:
    """The floating-point tensors among some arguments, parameters of modules, too."""
    for name, part in zip(names, value, strict=True):
        if isinstance(part, Tensor) and part.is_floating_point():
            yield name, part
        elif isinstance(part, torch.nn.Module):
            for parameter, tensor in part.named_parameters():
                yield f"{name}.{parameter}", tensor
        elif isinstance(part, (list, tuple)):
            yield from _leaves(part, [f"{name}[{i}]" for i in range(len(part))])


def _gradients(result: Any, leaves: list[Tensor]) -> list[Tensor | None]:
    """The gradients of a fixed random projection of all tensors in a result."""
    generator = torch.Generator().manual_seed(0)
    total = torch.zeros(())
    for _, out in _leaves([result], [""]):
        total = total + (out * torch.randn(out.shape, generator=generator)).sum()
    if not total.requires_grad or not leaves:
        return [None] * len(leaves)
    return list(torch.autograd.grad(total, leaves, allow_unused=True))


# --- reading somebody else's function ------------------------------------------------


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


def _is_raised_stub(error: BaseException) -> bool:
    """Whether this is ``raise NotImplementedError`` in the learner's own code."""
    if not isinstance(error, NotImplementedError) or error.__traceback__ is None:
        return False
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    if not _is_learners(trace.tb_frame):
        return False
    # PyTorch's own, raised in C++, ends in the same frame: in a call, not in a raise.
    steps = dis.get_instructions(trace.tb_frame.f_code)
    return any(
        s.offset == trace.tb_lasti and s.opname == "RAISE_VARARGS" for s in steps
    )


_LIBRARIES = (sysconfig.get_path("stdlib"), "site-packages", "<frozen")


def _is_learners(frame: types.FrameType) -> bool:
    module = str(frame.f_globals.get("__name__", ""))
    if module.split(".")[0] == "charrnn_helpers":
        return False
    return not any(library in frame.f_code.co_filename for library in _LIBRARIES)


def _learners_frames(error: BaseException) -> Iterator[types.TracebackType]:
    trace = error.__traceback__
    while trace is not None:
        if _is_learners(trace.tb_frame):
            yield trace
        trace = trace.tb_next


def _argument_names(functions: tuple, arguments: tuple) -> list[str]:
    """The parameters' names, of the first function that takes these arguments."""
    for function in functions:
        try:
            signature = inspect.signature(function)
            signature.bind(*arguments)
        except (TypeError, ValueError):
            continue
        names = [
            p.name
            for p in signature.parameters.values()
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
        if len(names) >= len(arguments):  # *args has no names to give
            return names[: len(arguments)]
    return [""] * len(arguments)


def _earlier_run(name: str, answer: Any) -> str:
    """A note where the last cell that defines ``name`` is not the one being judged.

    Only IPython's history can tell. Where a cell is run without being stored there, as
    by nbval, there is nothing to say.
    """
    if "IPython" not in sys.modules:
        return ""
    shell = sys.modules["IPython"].get_ipython()
    cells = [] if shell is None else list(shell.user_ns.get("In", ()))
    word = re.escape(name)
    definition = rf"^(?:def|class) {word}\b|^{word}\s*(?::[^=\n]*)?=(?!=)"
    defines = re.compile(definition, re.M)
    cell = next((c for c in reversed(cells) if defines.search(c)), None)
    if cell is None:
        return ""
    judged = f"This judges the `{name}` of an earlier run: the cell was changed since"
    try:
        with warnings.catch_warnings(action="ignore"):
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            compile(cell, "<cell>", "exec", flags=flags, dont_inherit=True)
    except (SyntaxError, ValueError):
        return f"{judged}, and its last run stopped with a SyntaxError."
    code = getattr(answer, "__code__", None)
    if code is None or code.co_name != name:
        return ""
    source = "".join(linecache.getlines(code.co_filename)).strip()
    known = source in [c.strip() for c in cells]
    if known and source != cell.strip() and re.search(rf"^def {word}\b", cell, re.M):
        return f"{judged}, and its last run stopped before it defined {name}."
    return ""


# --- comparing -----------------------------------------------------------------------

_Found = tuple[Kind, str, str, str]
"""Kind, the part of the result ("" for all of it), "is" or "has", and what."""


def difference(
    got: Any, expected: Any, tolerance: float, entries: Sequence[str] = ()
) -> tuple[Kind, str] | None:
    """None where a result is right, else the kind of the first thing that is wrong.

    The text goes on after "your function".
    """
    found = _find(got, expected, tolerance, entries)
    return None if found is None else (found[0], _as_returned(*found[1:]))


def _as_returned(path: str, verb: str, text: str) -> str:
    if path:
        return f"returned a result in which {path} {verb} {text}"
    return f"returned {text}"


def _find(
    got: Any,
    expected: Any,
    tolerance: float,
    entries: Sequence[str] = (),
    strict: bool = False,
) -> _Found | None:
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
        return VALUES, "", "is", _two_strings(got, expected)
    return VALUES, "", "is", f"{short(got)}, not {short(expected)}"


def _find_in_number(got: Any, expected: float, tolerance: float) -> _Found | None:
    if isinstance(got, bool) or not isinstance(got, (int, float)):
        return TYPE, "", "is", f"{describe(got)}, not {describe(expected)}"
    if isinstance(expected, int) and isinstance(got, float):
        return TYPE, "", "is", f"{describe(got)}, not {describe(expected)}"
    if _close(got, expected, tolerance):
        return None
    return VALUES, "", "is", "{}, not {}".format(*_two_numbers(got, expected))


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
    mine, theirs = _two_numbers(a[position].item(), b[position].item())
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
        return SHAPE, "", "has", f"{_count(len(got), 'value')}, not {len(expected)}"
    for i, (a, b) in enumerate(zip(got, expected, strict=True)):
        found = _find(a, b, tolerance, (), strict)
        if found is not None:
            return _inside(_entry(i, entries), found)
    return None


def _find_in_dict(
    got: dict, expected: dict, tolerance: float, strict: bool
) -> _Found | None:
    for key in expected:
        if key not in got:
            return VALUES, "", "is", f"a dictionary without the key {short(key)}"
        found = _find(got[key], expected[key], tolerance, (), strict)
        if found is not None:
            return _inside(f"the value of {short(key)}", found)
    for key in got:
        if key not in expected:
            return VALUES, "", "is", f"a dictionary with the extra key {short(key)}"
    return None


def _inside(name: str, found: _Found) -> _Found:
    kind, path, verb, text = found
    return kind, f"{path} of {name}" if path else name, verb, text


_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth"),
    *("sixth", "seventh", "eighth", "ninth", "tenth"),
)


def _entry(i: int, entries: Sequence[str] = ()) -> str:
    if i < len(entries):
        return f"`{entries[i]}`" if entries[i].isidentifier() else entries[i]
    return f"the {_ORDINALS[i]} value" if i < 10 else f"value number {i + 1}"


def _one(value: Any) -> Any:
    """A single number, Boolean or string in Python's own type, whatever it came as."""
    if isinstance(value, (Tensor, np.ndarray)) and math.prod(value.shape) == 1:
        return value.item()
    return _plain(value) if isinstance(value, (np.generic, Fraction)) else value


def _plain(value: Any) -> Any:
    """A value in Python's own types: tensors and arrays as numbers or nested lists."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    if isinstance(value, (Tensor, np.ndarray)) and math.prod(value.shape) <= 1000:
        return value.item() if value.ndim == 0 else value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):  # torch.Size, too
        return (list if isinstance(value, list) else tuple)(map(_plain, value))
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    return value


def _value_difference(
    answer: Any, expected: Any, tolerance: float, entries: Sequence[str] = ()
) -> tuple[Kind, str] | None:
    """As :func:`difference`, for values; it does not give the right one away."""
    asked = f"{_article(expected)} is asked for"
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
                f"you gave {_count(len(answer), 'value')}, {short(answer)}, and "
                f"{len(expected)} {'is' if len(expected) == 1 else 'are'} asked for"
            )
        wrong = [
            i
            for i, (a, b) in enumerate(zip(answer, expected, strict=True))
            if _value_difference(a, b, tolerance) is not None
        ]
        if not wrong:
            return None
        names = [_entry(i, entries) for i in wrong]
        given = [short(answer[i], 40) for i in wrong]
        verb = "is" if len(wrong) == 1 else "are"
        return VALUES, f"{_listed(names)} {verb} not right: you gave {_listed(given)}"
    if isinstance(expected, str) and isinstance(answer, str):
        if answer.strip().casefold() == expected.strip().casefold():
            return None
        return VALUES, f"you gave {short(answer)}, which is not right"
    found = _find(answer, expected, tolerance)
    if isinstance(answer, list) and len(answer) == 1 and found is not None:
        return _value_difference(answer[0], expected, tolerance)  # tensor([3])
    if found is None:
        return None
    if found[0] == TYPE:
        return TYPE, f"you gave {describe(answer)}, and {asked}"
    return found[0], f"you gave {short(answer)}, which is not right; {asked}"


def _listed(texts: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


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


def _same_run(a: Run, b: Run, tolerance: float) -> bool:
    if a.timed_out or b.timed_out:
        return a.timed_out and b.timed_out
    if a.error is not None or b.error is not None:
        return type(a.error) is type(b.error)
    if a.result is None or b.result is None:
        return a.result is b.result
    with contextlib.suppress(Exception):
        return _find(a.result, b.result, tolerance, (), True) is None
    return False


def _close(a: float, b: float, tolerance: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= tolerance


# --- saying it -----------------------------------------------------------------------


def describe(value: Any) -> str:
    """A value with its type: ``a list of 3``, ``the float 3.0``."""
    if isinstance(value, Tensor):
        return f"a tensor, {value.dtype} of shape {tuple(value.shape)}"
    if isinstance(value, np.ndarray):
        return f"a NumPy array, {value.dtype} of shape {value.shape}"
    if isinstance(value, (list, tuple, dict, set)):
        return f"{_article(value)} of {len(value)}"
    if isinstance(value, (types.FunctionType, types.MethodType, types.LambdaType)):
        return f"the function {getattr(value, '__name__', '?')} itself"
    if isinstance(value, str):
        return f"the string {short(value)}"
    if isinstance(value, (bool, type(None))):
        return str(value)
    if isinstance(value, (int, float)):
        return f"the {type(value).__name__} {short(value)}"
    return f"an object of type {type(value).__name__}"


def describe_error(error: BaseException) -> str:
    """An error with the deepest line of the learner's that led to it."""
    text = f"{type(error).__name__}: {_one_line(str(error), 160)}"
    lines = [
        linecache.getline(trace.tb_frame.f_code.co_filename, trace.tb_lineno).strip()
        for trace in _learners_frames(error)
    ]
    lines = [line for line in lines if line]
    return f'{text}, in your line "{lines[-1]}"' if lines else text


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
            return _one_line(text, limit)
        if isinstance(value, torch.nn.Module):
            return f"a {type(value).__name__}"
        if isinstance(value, torch.Generator):
            return "a generator"
        if callable(value):
            return f"the function {getattr(value, '__name__', '?')}"
        return _one_line(repr(value), limit)
    except Exception:
        return f"an object of type {type(value).__name__}"


def _digits(value: float, digits: int) -> str:
    text = f"{value:.{digits}g}"
    return text if set(text) & set(".enf") else f"{text}.0"


def _two_numbers(got: Any, expected: Any) -> tuple[str, str]:
    """Two different numbers, with as many digits as tell them apart."""
    if isinstance(got, float) and isinstance(expected, float):
        for digits in range(4, 18):
            texts = _digits(got, digits), _digits(expected, digits)
            if texts[0] != texts[1]:
                return texts
    return short(got), short(expected)


def _two_strings(got: str, expected: str) -> str:
    lengths = ("", "")
    if len(got) != len(expected):
        lengths = f" ({_count(len(got), 'character')})", f" ({len(expected)})"
    at = next(
        (i for i, (a, b) in enumerate(zip(got, expected, strict=False)) if a != b),
        min(len(got), len(expected)),
    )
    if max(len(got), len(expected)) <= 60:
        return f"{short(got)}{lengths[0]}, not {short(expected)}{lengths[1]}"
    parts = (short(text[max(at - 10, 0) : at + 30]) for text in (got, expected))
    mine, theirs = parts
    return f"…{mine}…{lengths[0]}, not …{theirs}…{lengths[1]}, around character {at}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


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
    if isinstance(answer, (list, tuple)):  # where None is an answer, if a wrong one
        return any(a is not None and _has_placeholder(a) for a in answer)
    return answer is Ellipsis or answer is None


def _not_done(exercise: Exercise | Question) -> Verdict:
    return Verdict(
        NOT_DONE,
        f"○ Exercise {exercise.number} is not done yet: replace the ... in "
        f"{exercise.name}.",
    )


def _wrong(number: str, kind: Kind, text: str, hint: str | None = None) -> Verdict:
    end = "" if text.endswith((".", "?", "!")) else "."
    if hint:
        text = f"{hint} {text[:1].upper()}{text[1:]}"
    return Verdict(kind, f"✗ Exercise {number}: {text}{end}", hint)


def _guarded(
    exercise: Exercise | Question, answer: Any, check: Callable[[], Verdict]
) -> Verdict:
    """A check never raises: what it cannot make sense of is a wrong answer."""
    try:
        with _own_settings():
            verdict = check()
    except Exception as error:
        verdict = _wrong(
            exercise.number,
            TYPE,
            f"your answer could not be checked ({type(error).__name__}: "
            f"{_one_line(str(error), 100)}). Compare its type with the one that the "
            "exercise asks for",
        )
    note = ""
    with contextlib.suppress(Exception):
        note = _earlier_run(exercise.name, answer)
    if not note:
        return verdict
    start, _, rest = verdict.message.partition(": ")
    rest = rest[:1].upper() + rest[1:]
    return Verdict(verdict.kind, f"{start}: {note} {rest}", verdict.hint)
