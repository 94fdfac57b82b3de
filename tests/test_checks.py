"""The exercises' checks: stubs, solutions, wrong answers, hostile answers, mutants."""

from __future__ import annotations

import ast
import dataclasses
import random
import re
import time
from pathlib import Path

import nbformat
import pytest
import torch

from charrnn_helpers import checks
from charrnn_helpers.checks import _engine
from tests.tools import mutate
from tests.tools.exercises import NOTEBOOKS, all_exercises, printed

IN_NOTEBOOKS = {exercise.number: exercise for exercise in all_exercises()}
EXERCISES = {exercise.number: exercise for exercise in checks.EXERCISES}
FUNCTIONS = [e for e in checks.EXERCISES if isinstance(e, checks.Exercise)]

by_number = pytest.mark.parametrize("number", sorted(IN_NOTEBOOKS))


def test_notebooks_and_checks_have_the_same_exercises():
    assert sorted(IN_NOTEBOOKS) == sorted(EXERCISES)
    assert len(EXERCISES) == len(checks.EXERCISES), "a number stands twice"


@pytest.mark.parametrize("notebook", [f"{n:02d}" for n in range(1, 8)])
def test_each_core_notebook_has_three_to_five_exercises(notebook):
    stars = [e.stars for n, e in IN_NOTEBOOKS.items() if n[0] == str(int(notebook))]
    assert 3 <= len(stars) <= 5
    assert "★" in stars and "★★★" in stars


@by_number
def test_the_stub_is_not_done_yet(number):
    exercise = IN_NOTEBOOKS[number]
    text = printed(exercise.set_up, exercise.stub, exercise.check)
    assert text.startswith(f"○ Exercise {number} is not done yet"), text
    assert text.count("\n") == 1


@by_number
def test_the_solution_passes_alone_in_a_fresh_namespace(number):
    exercise = IN_NOTEBOOKS[number]
    for _ in range(3):  # the drawn cases differ each time
        text = printed(exercise.set_up, exercise.solution, exercise.check)
        assert text.startswith(f"✓ Exercise {number}: "), text
        assert text.count("\n") == 1


@by_number
def test_each_usual_wrong_answer_meets_its_own_hint(number):
    exercise = EXERCISES[number]
    assert len(exercise.wrong) >= 4
    hints = [wrong.hint for wrong in exercise.wrong]
    assert len(set(hints)) == len(hints)
    for wrong in exercise.wrong:
        verdict = exercise.verdict(wrong.answer)
        assert not verdict.passed, wrong.hint
        assert verdict.hint == wrong.hint, verdict.message
        assert verdict.message.startswith(f"✗ Exercise {number}: ")
        assert "\n" not in verdict.message


def _returns_itself(*arguments):
    return _returns_itself


def _returns_nan(*arguments):
    return torch.tensor(float("nan"))


def _loops(*arguments):
    while True:
        pass


def _prints(*arguments):
    print("here I am")


def _exits(*arguments):
    raise SystemExit


def _changes_arguments(*arguments):
    for argument in arguments:
        if isinstance(argument, list):
            argument.clear()
        elif isinstance(argument, torch.Tensor):
            argument.zero_()
    return 0


class _Spiteful:
    def __eq__(self, other):
        raise RuntimeError("no")

    __hash__ = None

    def __repr__(self):
        raise RuntimeError("no")

    def __len__(self):
        raise RuntimeError("no")


def _returns_a_spiteful_object(*arguments):
    return _Spiteful()


HOSTILE = [
    _returns_itself,
    _returns_nan,
    _loops,
    _prints,
    _exits,
    _changes_arguments,
    _returns_a_spiteful_object,
    lambda: 0,
    7,
    "text",
    [..., 3],
    float("nan"),
    torch.zeros(3),
    _Spiteful(),
    object,
]


@pytest.mark.parametrize("number", sorted(EXERCISES))
@pytest.mark.parametrize("answer", HOSTILE, ids=lambda a: type(a).__name__)
def test_a_check_survives_anything(number, answer, capsys):
    exercise = EXERCISES[number]
    if isinstance(exercise, checks.Exercise):
        exercise = dataclasses.replace(exercise, time_limit=0.3)
        right = False
    else:
        right = exercise.verdict(answer).passed
        if right:
            assert answer is not _loops
    exercise(answer)
    text = capsys.readouterr().out
    assert text.count("\n") == 1
    assert text[0] in "○✗" or right


@pytest.mark.parametrize("number", sorted(IN_NOTEBOOKS))
def test_no_mutant_of_the_solution_is_let_through(number):
    left = mutate.survivors(IN_NOTEBOOKS[number])
    new = [m for m in left if (number, m[0]) not in mutate.EQUIVALENT]
    assert not new, "\n\n".join(program for _, program in new)


def test_every_mutant_called_equivalent_still_exists():
    for number, line in mutate.EQUIVALENT:
        made = [found for found, _ in mutate.mutants(IN_NOTEBOOKS[number].solution)]
        assert line in made, (number, line)


@by_number
def test_a_check_cell_is_one_call_on_the_name_of_the_stub(number):
    exercise = IN_NOTEBOOKS[number]
    call = ast.parse(exercise.check).body[-1].value
    assert ast.unparse(call.args[0]) == EXERCISES[number].name
    assert re.search(rf"\b{EXERCISES[number].name}\b", exercise.stub)
    assert "..." in exercise.stub


# --- the engine ----------------------------------------------------------------------

DOUBLE = checks.Exercise(
    number="9.1",
    name="double",
    success="it doubles.",
    cases=lambda rng: [([1, 2],), ([rng.randrange(100) for _ in range(5)],)],
    reference=lambda numbers: [2 * n for n in numbers],
    wrong=[_engine.Wrong("You squared.", lambda numbers: [n * n for n in numbers])],
    forbidden={"repeat": "write the loop."},
)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda numbers: ..., _engine.NOT_DONE),
        (lambda numbers: [2 * n for n in numbers], _engine.PASSED),
        (lambda numbers: [n * n for n in numbers], _engine.VALUES),
        (lambda numbers: numbers[9], _engine.ERROR),
        (lambda numbers: numbers[1:], _engine.SHAPE),
        (lambda numbers: torch.tensor(numbers), _engine.TYPE),
        (lambda numbers: [2.0 * n for n in numbers], _engine.TYPE),
        (lambda numbers: numbers.repeat, _engine.SHORT_CUT),
        (_loops, _engine.TOO_SLOW),
    ],
)
def test_the_engine_tells_the_ways_to_be_wrong_apart(answer, kind):
    exercise = dataclasses.replace(DOUBLE, time_limit=0.3)
    assert exercise.verdict(answer).kind == kind


def test_the_engine_names_the_learners_own_line_and_the_seed():
    def fails(numbers):
        return numbers["one"]

    message = DOUBLE.verdict(fails).message
    assert 'in your line "return numbers["one"]"' in message

    def right_on_the_fixed_case(numbers):
        return [2, 4] if numbers == [1, 2] else []

    message = DOUBLE.verdict(right_on_the_fixed_case, seed=41).message
    assert "repeat it with seed=41" in message
    assert message == DOUBLE.verdict(right_on_the_fixed_case, seed=41).message


def test_the_engine_notices_changed_arguments():
    def doubles_in_place(numbers):
        for i, n in enumerate(numbers):
            numbers[i] = 2 * n
        return list(numbers)

    assert DOUBLE.verdict(doubles_in_place).kind == _engine.CHANGED


def test_the_engine_does_not_move_the_global_random_state():
    exercise = dataclasses.replace(
        DOUBLE, reference=lambda numbers: [float(torch.rand(1))] and [1]
    )
    torch.manual_seed(0)
    first = torch.rand(1)
    torch.manual_seed(0)
    state = random.getstate()
    exercise.verdict(lambda numbers: [1])
    assert torch.equal(first, torch.rand(1))
    assert random.getstate() == state


def test_an_answer_that_fails_first_and_hangs_then_gets_its_verdict():
    """Of the cases after a time-out there is nothing to compare a wrong answer with."""

    def hangs(numbers):
        if numbers == [1, 2]:
            raise KeyError("not this one")
        _loops(numbers)

    exercise = dataclasses.replace(
        DOUBLE,
        cases=lambda rng: [([1, 2],), ([3],), ([4],)],
        wrong=[_engine.Wrong("It hangs.", hangs)],
        time_limit=0.2,
    )
    verdict = exercise.verdict(hangs)
    assert verdict.kind == _engine.ERROR
    assert "KeyError" in verdict.message and verdict.hint == "It hangs."


def test_a_loop_without_end_costs_one_time_limit():
    start = time.perf_counter()
    dataclasses.replace(DOUBLE, time_limit=0.3).verdict(_loops)
    assert time.perf_counter() - start < 5


def test_ids_dot_dot_dot_is_no_placeholder():
    def drop_last(ids):
        return ids[..., :-1]

    def unfinished(ids):
        h = ...
        return h

    assert not _engine.is_stub(drop_last)
    assert _engine.is_stub(unfinished)


def test_the_summary_counts(capsys, monkeypatch):
    monkeypatch.setattr(_engine, "_tally", {})
    monkeypatch.setattr(checks, "EXERCISES", (DOUBLE,))
    checks.summary("09")
    DOUBLE(lambda numbers: [2 * n for n in numbers])
    checks.summary("09")
    out = capsys.readouterr().out
    assert "0 of 1 exercises solved: 9.1 ○" in out
    assert "1 of 1 exercises solved: 9.1 ✓" in out
    with pytest.raises(ValueError, match="'12' has no exercises"):
        checks.summary("12")


@pytest.mark.parametrize("notebook", [f"{n:02d}" for n in range(1, 9)])
def test_each_notebook_has_a_quiz_of_three_questions_and_a_summary(notebook):
    path = next(NOTEBOOKS.glob(f"{notebook}_*.ipynb"))
    cells = nbformat.read(path, as_version=4).cells
    sources = [cell.source for cell in cells]
    assert f'checks.summary("{notebook}")' in sources
    start = next(i for i, text in enumerate(sources) if text.startswith("## Quiz"))
    quiz = "\n".join(sources[start:]).split("## What you have shown")[0]
    assert len(re.findall(r"<summary>Answer", quiz)) == 3
    assert all(f"- {choice})" in quiz for choice in "abc")


@pytest.mark.parametrize("notebook", [f"{n:02d}" for n in range(8)])
def test_each_core_notebook_has_one_lab_that_a_browser_test_works(notebook):
    path = next(NOTEBOOKS.glob(f"{notebook}_*.ipynb"))
    cells = nbformat.read(path, as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert len(re.findall(r"= widgets\.\w+_lab\(\)", code)) == 1
    assert "print(lab.said)" in code
    assert any("## Try it" in cell.source for cell in cells)
    assert (Path(__file__).parent / "lessons" / f"lab_n{notebook}.py").is_file()
