"""The exercises' checks: stubs, solutions, wrong answers, hostile answers, mutants."""

from __future__ import annotations

import ast
import dataclasses
import re
import sys
import types
from pathlib import Path

import nbformat
import pytest
import torch

from charrnn_helpers.exercises import engine
from tests.tools import mutate, rooms
from tests.tools.exercises import NOTEBOOKS, all_exercises, printed

IN_NOTEBOOKS = {exercise.number: exercise for exercise in all_exercises()}
EXERCISES = rooms.exercises()

by_number = pytest.mark.parametrize("number", sorted(IN_NOTEBOOKS))


def test_notebooks_and_checks_have_the_same_exercises():
    assert sorted(IN_NOTEBOOKS) == sorted(EXERCISES)


@pytest.mark.parametrize("notebook", [n for n in rooms.modules("checks") if n != "08"])
def test_each_core_notebook_has_three_to_five_exercises(notebook):
    stars = [
        e.stars
        for n, e in IN_NOTEBOOKS.items()
        if int(n.split(".")[0]) == int(notebook)
    ]
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


def shape(exercise):
    """What decides how the engine treats an exercise."""
    if isinstance(exercise, engine.Question):
        return type(exercise.expected()), exercise.accept is None
    return exercise.prepare is None, exercise.compare is None, exercise.gradients


# One exercise of each shape proves the engine; the others are tried in make thorough.
OF_EACH_SHAPE = {shape(e): number for number, e in reversed(EXERCISES.items())}


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(
            n, marks=() if n in OF_EACH_SHAPE.values() else pytest.mark.thorough
        )
        for n in sorted(EXERCISES)
    ],
)
@pytest.mark.parametrize("answer", HOSTILE, ids=lambda a: type(a).__name__)
def test_a_check_survives_anything(number, answer, capsys):
    exercise = EXERCISES[number]
    if isinstance(exercise, engine.Exercise):
        exercise = dataclasses.replace(exercise, time_limit=0.3)
        right = False
    else:
        right = exercise.verdict(answer).passed
        if right:
            assert answer is not _loops
    exercise(answer)
    text = capsys.readouterr().out
    assert all(len(line) <= engine.WIDTH for line in text.splitlines())
    assert text[0] in "○✗" or right


@pytest.mark.thorough
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


DOUBLE = engine.Exercise(
    number="9.1",
    name="double",
    success="it doubles.",
    cases=[([1, 2],)],
    reference=lambda numbers: [2 * n for n in numbers],
)


def test_the_summary_counts(capsys, monkeypatch):
    room = types.ModuleType("a_room")
    room.double = DOUBLE
    monkeypatch.setitem(sys.modules, "a_room", room)
    monkeypatch.setattr(engine, "_tally", {})
    summary = engine.summary_of("a_room")
    summary()
    DOUBLE(lambda numbers: [2 * n for n in numbers])
    summary()
    out = capsys.readouterr().out
    assert "0 of 1 exercises solved: 9.1 ○" in out
    assert "1 of 1 exercises solved: 9.1 ✓" in out


@pytest.mark.parametrize("notebook", rooms.modules("checks"))
def test_each_notebook_has_a_quiz_of_three_questions_and_a_summary(notebook):
    path = next(NOTEBOOKS.glob(f"{notebook}_*.ipynb"))
    cells = nbformat.read(path, as_version=4).cells
    sources = [cell.source for cell in cells]
    assert "checks.summary()" in sources
    start = next(i for i, text in enumerate(sources) if text.startswith("## Quiz"))
    quiz = "\n".join(sources[start:]).split("## What you have shown")[0]
    assert len(re.findall(r"<summary>Answer", quiz)) == 3
    assert all(f"- {choice})" in quiz for choice in "abc")


@pytest.mark.parametrize("notebook", rooms.modules("lab"))
def test_a_lab_stands_in_its_notebook_and_is_driven_there(notebook):
    path = next(NOTEBOOKS.glob(f"{notebook}_*.ipynb"))
    cells = nbformat.read(path, as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    # What a cell shows of the lab, it shows with another: the reader's stays as it is.
    assert re.findall(r"^(\w+) = \w+_lab\(\)", code, re.M) == ["lab", "second"]
    assert "print(second.said)" in code and not re.search(r"\blab\.", code)
    assert any("## Try it" in cell.source for cell in cells)
    assert (Path(__file__).parent / "lessons" / f"lab_n{notebook}.py").is_file()
