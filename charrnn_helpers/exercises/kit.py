"""What the checks of two or more lessons share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from charrnn_helpers.exercises.engine import Wrong


def hints(answers: Mapping[str, Iterable[Any]]) -> list[Wrong]:
    """Hint → the wrong answers that it belongs to, as ``wrong`` of an exercise."""
    return [Wrong(hint, one) for hint, some in answers.items() for one in some]
