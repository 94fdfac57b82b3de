"""Make the teacher's copy of the series: what `make key` does.

Into build/key go the notebooks with every exercise solved and run, and for each lesson
a page: minutes, the usual wrong answers with their hints, and questions for discussion.
"""

import argparse
import re
import shutil
import sys
from pathlib import Path

import nbformat
import rooms
from anatomy import Page, load, prose
from exercises import notebook_exercises
from handout import NOTEBOOKS, ROOT, copy_companions
from kernel_environment import prepare
from nbformat import NotebookNode
from refresh import FAILURES, execute, normalise

STATED = re.compile(r"\*\*Time\*\*: about (\d+) minutes")
EXERCISE = re.compile(r"### Exercise (\d+\.\d+) (★+) · (.+)")
MINUTES = {"★": 5, "★★": 10, "★★★": 20}
ESTIMATE = (
    "Estimates: the notebook states the minutes of reading; they are shared out among "
    "its sections by their words. An exercise has "
    + ", ".join(f"{minutes} for {stars}" for stars, minutes in MINUTES.items())
    + "."
)


def solved(path: Path) -> tuple[NotebookNode, list[str]]:
    """The notebook at `path`, solved and run, and what its checks did not accept."""
    exercises = notebook_exercises(path)
    solutions = {exercise.stub: exercise.solution for exercise in exercises}
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source in solutions:
            cell.source = solutions[cell.source].rstrip()
    notebook = execute(notebook, path.parent)
    normalise(notebook)
    said = {
        cell.source: "".join(output.get("text", "") for output in cell.outputs)
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
    return notebook, [
        f"{path.name}: {said[exercise.check].strip() or exercise.number + ' is silent'}"
        for exercise in exercises
        if not said[exercise.check].startswith(f"✓ Exercise {exercise.number}: ")
    ]


def shared_out(total: int, weights: list[int]) -> list[int]:
    """Whole numbers in proportion to the weights, whose sum is the total."""
    exact = [total * weight / sum(weights) for weight in weights]
    shares = [int(number) for number in exact]
    by_rest = sorted(range(len(exact)), key=lambda i: shares[i] - exact[i])
    for i in by_rest[: total - sum(shares)]:
        shares[i] += 1
    return shares


def exercise_headings(page: Page) -> list[tuple[str, str, str]]:
    """Number, stars and title of each exercise of a notebook."""
    return [
        heading.groups()
        for _, cell in page.of_type("markdown")
        for heading in EXERCISE.finditer(cell["source"])
    ]


def timetable(page: Page) -> list[tuple[str, int]]:
    """The sections of a notebook that are read, each with its minutes."""
    stated = next(filter(None, (STATED.search(c["source"]) for c in page.cells)))
    sections = [pair for pair in page.sections if pair[0] != "Exercises"]
    words = [len(prose(cells).split()) for _, cells in sections]
    return list(
        zip(
            (name for name, _ in sections),
            shared_out(int(stated[1]), words),
            strict=True,
        )
    )


def shown(answer: object) -> str:
    """A wrong answer in front of its hint, where it is a value and no function."""
    return "" if answer is None or callable(answer) else f"`{answer!r}`: "


def teachers_page(page: Page) -> str:
    """The teacher's page of one lesson, as Markdown."""
    sections = timetable(page)
    headings = exercise_headings(page)
    reading = sum(minutes for _, minutes in sections)
    practice = sum(MINUTES[stars] for _, stars, _ in headings)
    lines = [
        f"# {page.titles[page.stem]}: the teacher's page",
        f"{reading} minutes for the lesson, {practice} for its exercises. {ESTIMATE}",
        "## Minutes",
        "| section | minutes |\n|---|---:|\n"
        + "\n".join(f"| {name} | {minutes} |" for name, minutes in sections),
    ]
    if headings:
        lines += [
            "## Exercises",
            "Under each: the usual wrong answers that its check recognises, by the "
            "hint that it gives; where an answer is a value, it comes before the hint.",
        ]
    known = rooms.exercises()
    for number, stars, title in headings:
        lines.append(f"### {number} {stars} · {title} ({MINUTES[stars]} minutes)")
        lines.append(
            "\n".join(
                f"- {shown(wrong.answer)}{wrong.hint}" for wrong in known[number].wrong
            )
        )
    discussion = rooms.FOLDER / f"n{page.stem[:2]}" / "discussion.md"
    if discussion.is_file():
        lines += ["## For discussion", discussion.read_text(encoding="utf-8").strip()]
    return "\n\n".join(lines) + "\n"


def write(folder: Path, stems: list[str]) -> list[str]:
    """Write notebooks and pages into `folder`; return what went wrong."""
    shutil.rmtree(folder, ignore_errors=True)
    copy_companions(folder)
    faults = []
    for page in load(NOTEBOOKS):
        if stems and page.stem not in stems:
            continue
        if not page.is_aside:
            text = teachers_page(page)
            (folder / f"{page.stem}.md").write_text(text, encoding="utf-8")
        path = NOTEBOOKS / f"{page.stem}.ipynb"
        print(f"{path.name} ...", flush=True)
        try:
            notebook, refused = solved(path)
        except FAILURES as error:
            faults.append(f"{path.name}: {error}")
            continue
        nbformat.write(notebook, folder / path.name)
        faults += refused
    return faults


def main(arguments: list[str] | None = None) -> int:
    """Make the key of the notebooks named on the command line, or of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stems", nargs="*", help="such as 03_one_hot_encoding")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "key")
    options = parser.parse_args(arguments)
    prepare()
    faults = write(options.folder, options.stems)
    for fault in faults:
        print(fault, file=sys.stderr)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
