"""The checks on a catalogue of answers: wrong ones are refused, right ones pass.

The catalogues ``tests/answers/n01.py`` and so on are written from the text of the
exercises alone, without a look at the checks. ``HINTS`` in one of them says, for some
wrong answers, what the reply has to say.
"""

import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
from exercises import all_exercises, printed

EXERCISES = {exercise.number: exercise for exercise in all_exercises()}


def cases() -> Iterator:
    """Mark, exercise, source and hint of every answer."""
    for path in sorted(Path(__file__).with_name("answers").glob("n*.py")):
        catalogue = runpy.run_path(path)
        hints = {(number, name): h for number, name, h in catalogue.get("HINTS", [])}
        for kind, mark in (("WRONG", "✗"), ("RIGHT", "✓")):
            for number, answers in catalogue[kind].items():
                for name, source in answers.items():
                    hint = hints.pop((number, name), "")
                    id_ = f"{number} {mark} {name}"
                    yield pytest.param(mark, EXERCISES[number], source, hint, id=id_)
        assert not hints, f"{path.name}: no answers of these names: {list(hints)}"


# What warns in a notebook is no error there.
pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.parametrize("mark, exercise, source, hint", list(cases())),
]


def reply(exercise, source):
    """What the check says to an answer."""
    return printed(exercise.set_up, source, exercise.check)


def test_the_check_tells_right_from_wrong(mark, exercise, source, hint):
    said = reply(exercise, source)
    assert said.startswith(mark), said
    assert hint in " ".join(said.split()), said


@pytest.mark.thorough
def test_the_reply_is_the_same_each_time(mark, exercise, source, hint):
    replies = {reply(exercise, source) for _ in range(5)}
    assert len(replies) == 1 and replies.pop().startswith(mark), replies
