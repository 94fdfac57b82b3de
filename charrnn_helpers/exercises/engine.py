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

import contextlib
import copy
import math
import random
import re
import sys
import textwrap
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from charrnn_helpers.exercises.comparing import (
    CHANGED,
    ERROR,
    GRADIENT,
    NOT_DONE,
    PASSED,
    SHAPE,
    SHORT_CUT,
    TOO_SLOW,
    TYPE,
    VALUES,
    Kind,
    as_returned,
    difference,
    find,
    plain,
    same,
    same_run,
    value_difference,
)
from charrnn_helpers.exercises.reading import (
    argument_names,
    describe_error,
    earlier_run,
    has_placeholder,
    is_raised_stub,
    is_stub,
    learners_frames,
    names_used,
)
from charrnn_helpers.exercises.running import (
    Run,
    gradients_of,
    leaves_of,
    own_settings,
    run,
)
from charrnn_helpers.exercises.saying import describe, one_line, short, show_arguments

__all__ = [  # what the authors of checks import
    "CHANGED",
    "ERROR",
    "GRADIENT",
    "NOT_DONE",
    "PASSED",
    "SHAPE",
    "SHORT_CUT",
    "TOO_SLOW",
    "TYPE",
    "VALUES",
    "Exercise",
    "Kind",
    "Question",
    "Verdict",
    "Wrong",
    "describe",
    "difference",
    "exercises_of",
    "same",
    "short",
    "summary_of",
]

TIME_LIMIT = 3.0
"""Seconds of computing that a learner's function may take in one check."""

WIDTH = 100
"""Columns of a printed reply; a longer one is broken between words."""


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
        names = argument_names((answer, self.reference), case)
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
            if is_raised_stub(one.error):
                return NOT_DONE, ""
            if self.prepare is not None and not any(learners_frames(one.error)):
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
            found = find(
                one.result, expected, self.tolerance, self.entries, self.strict
            )
            if found is not None:
                kind, path, verb, text = found
                if self.say is None:
                    return kind, f"{call} {as_returned(path, verb, text)}"
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
        leaves = list(leaves_of(theirs.arguments, names))
        wanted = gradients_of(theirs.result, [leaf for _, leaf in leaves])
        own_leaves = [tensor for _, tensor in leaves_of(mine.arguments, names)]
        try:
            got = gradients_of(mine.result, own_leaves)
        except RuntimeError as error:
            if "inplace" not in str(error):
                raise
            return (
                "no gradient can be computed: a number that it needs was overwritten, "
                "as `h[i] = …` does. Make a new tensor instead"
            )
        for (name, _), a, b in zip(leaves, got, wanted, strict=True):
            if b is None or not b.any():
                continue
            if a is None or not a.any():
                return (
                    f"no gradient flows back to `{name}`: is there a detach, a no_grad "
                    "or a .data on the way?"
                )
            near = max(self.tolerance, 1e-4) * (1 + float(b.abs().max()))
            different = find(a, b, near)
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
                if not same_run(mine, theirs, self.tolerance):
                    break
            else:
                return wrong.hint
        return next((w.hint for w in self.wrong if w.kind == kind), None)


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
        if has_placeholder(answer):
            return _not_done(self)
        answer, expected = plain(answer), plain(self.expected())
        if self.accept is not None:
            different = self.accept(answer, expected)
        else:
            different = value_difference(answer, expected, self.tolerance, self.entries)
        if different is None:
            return Verdict(PASSED, f"✓ Exercise {self.number}: {self.success}")
        kind, text = different
        for wrong in self.wrong:
            if wrong.matches is not None:
                with contextlib.suppress(Exception):
                    if wrong.matches(answer):
                        return _wrong(self.number, kind, text, wrong.hint)
            elif value_difference(answer, wrong.answer, self.tolerance) is None:
                return _wrong(self.number, kind, text, wrong.hint)
        return _wrong(self.number, kind, text)


_tally: dict[str, Verdict] = {}


def report(number: str, verdict: Verdict) -> None:
    """Print a verdict and remember it for the summary of its notebook.

    What was solved once stays solved, whatever is tried afterwards.
    """
    if number not in _tally or not _tally[number].passed:
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
        with own_settings():
            verdict = check()
    except Exception as error:
        verdict = _wrong(
            exercise.number,
            TYPE,
            f"your answer could not be checked ({type(error).__name__}: "
            f"{one_line(str(error), 100)}). Compare its type with the one that the "
            "exercise asks for",
        )
    note = ""
    with contextlib.suppress(Exception):
        note = earlier_run(exercise.name, answer)
    if not note:
        return verdict
    start, _, rest = verdict.message.partition(": ")
    rest = rest[:1].upper() + rest[1:]
    return Verdict(verdict.kind, f"{start}: {note} {rest}", verdict.hint)
