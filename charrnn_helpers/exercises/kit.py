"""What the checks of two or more lessons share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from charrnn_helpers.exercises.engine import TYPE, VALUES, Kind, Wrong, describe


def hints(answers: Mapping[str, Iterable[Any]]) -> list[Wrong]:
    """Hint → the wrong answers that it belongs to, as ``wrong`` of an exercise."""
    return [Wrong(hint, one) for hint, some in answers.items() for one in some]


def letters(answer: Any) -> set[str] | None:
    """The letters a to f of an answer such as "bd", or None if it is no such text."""
    if isinstance(answer, (list, tuple, set, frozenset)) and all(
        isinstance(some, str) for some in answer
    ):
        answer = "".join(sorted(answer))
    if not isinstance(answer, str):
        return None
    found = set(answer.lower().replace("and", "")) - set(" \n,;./+&()")
    return found if found <= set("abcdef") else None


def accept_letters(answer: Any, expected: str) -> tuple[Kind, str] | None:
    """``accept`` of a question that is answered by letters, in any order."""
    found = letters(answer)
    if found is None:
        return TYPE, (
            'the answer must be a string of letters from a to f, such as "bd", not '
            f"{describe(answer)}"
        )
    if found != set(expected):
        return VALUES, f'"{"".join(sorted(found))}" is not right'
    return None


def has(letter: str) -> Callable[[Any], bool]:
    """Whether an answer has a letter."""
    return lambda answer: letter in (letters(answer) or ())


def lacks(letter: str) -> Callable[[Any], bool]:
    """Whether an answer of letters is without one."""
    return lambda answer: letters(answer) is not None and not has(letter)(answer)
