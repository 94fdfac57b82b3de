"""Take the exercises of a notebook apart: set-up, stub, check, solution."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@dataclass(frozen=True)
class NotebookExercise:
    """One exercise as it stands in a notebook; each field is source code."""

    number: str
    stars: str
    set_up: str
    stub: str
    check: str
    hint: str
    solution: str


def notebook_exercises(path: Path) -> list[NotebookExercise]:
    """The exercises of one notebook, in order.

    An exercise is a Markdown cell ``### Exercise 3.1 ★ · …``, a code cell with the
    stub, a code cell with the check, and two Markdown cells with a fold each: Hint, and
    Solution, which holds one fenced block. (In one cell, a double click that opens the
    one for editing would show the other.)
    """
    cells = nbformat.read(path, as_version=4).cells
    code = [c.source for c in cells if c.cell_type == "code"]
    found = []
    for i, cell in enumerate(cells):
        heading = re.match(r"### Exercise (\d+\.\d+) (★{1,3}) · \S", cell.source)
        if cell.cell_type != "markdown" or not heading:
            continue
        group = cells[i + 1 : i + 5]
        kinds = [c.cell_type for c in group]
        assert kinds == ["code", "code", "markdown", "markdown"], (
            f"{path.name}, exercise {heading[1]}: expected stub, check, hint and "
            f"solution, found {kinds}"
        )
        stub, check, hint_cell, solution_cell = (c.source for c in group)
        hint = re.search(
            r"<details><summary>Hint</summary>\n(.*?)\n</details>", hint_cell, re.S
        )
        solution = re.search(
            r"<details><summary>Solution</summary>.*?```python\n(.*?)```.*?</details>",
            solution_cell,
            re.S,
        )
        assert hint and solution, f"{path.name}, exercise {heading[1]}: folds"
        found.append(
            NotebookExercise(
                heading[1], heading[2], code[0], stub, check, hint[1], solution[1]
            )
        )
    return found


def all_exercises() -> list[NotebookExercise]:
    """The exercises of every notebook, in order."""
    paths = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    return [exercise for path in paths for exercise in notebook_exercises(path)]


def printed(*sources: str) -> str:
    """Run some cells in one fresh namespace and return what the last one prints."""
    space: dict = {"__name__": "__main__"}
    output = io.StringIO()
    for source in sources:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(source, "<cell>", "exec"), space)
    return output.getvalue()
