"""Find the rooms of the lessons, and what is in them."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

from charrnn_helpers import lessons
from charrnn_helpers.exercises.engine import Exercise, Question, exercises_of

FOLDER = Path(lessons.__path__[0])


def modules(name: str) -> dict[str, ModuleType]:
    """The modules of one name, such as "lab", by the number of their lesson."""
    return {
        path.parent.name[1:]: importlib.import_module(
            f"charrnn_helpers.lessons.{path.parent.name}.{name}"
        )
        for path in sorted(FOLDER.glob(f"n[0-9][0-9]/{name}.py"))
    }


def exercises() -> dict[str, Exercise | Question]:
    """Every exercise that has a check, by its number."""
    return {
        exercise.number: exercise
        for module in modules("checks").values()
        for exercise in exercises_of(module)
    }
