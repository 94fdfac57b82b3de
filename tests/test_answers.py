"""The checks on a catalogue of answers: wrong ones are refused, right ones pass.

The catalogues ``tests/answers/n01.py`` and so on are written from the text of the
exercises alone, without a look at the checks.
"""

import runpy
from pathlib import Path

import pytest
from exercises import all_exercises, printed

EXERCISES = {exercise.number: exercise for exercise in all_exercises()}
CASES = [
    pytest.param(mark, EXERCISES[number], source, id=f"{number} {mark} {name}")
    for path in sorted(Path(__file__).with_name("answers").glob("n*.py"))
    for kind, mark in (("WRONG", "✗"), ("RIGHT", "✓"))
    for number, answers in runpy.run_path(path)[kind].items()
    for name, source in answers.items()
]
# What warns in a notebook is no error there.
pytestmark = [
    pytest.mark.filterwarnings("default"),
    pytest.mark.parametrize("mark, exercise, source", CASES),
]


def reply(exercise, source):
    """What the check says to an answer."""
    return printed(exercise.set_up, source, exercise.check)


def test_the_check_tells_right_from_wrong(mark, exercise, source):
    said = reply(exercise, source)
    assert said.startswith(mark), said


@pytest.mark.thorough
def test_the_reply_is_the_same_each_time(mark, exercise, source):
    replies = {reply(exercise, source) for _ in range(5)}
    assert len(replies) == 1 and replies.pop().startswith(mark), replies
