"""Make the student's edition of the series: what `make handout` does.

It holds the notebooks without their outputs, solutions and answers, and all that
installing and running them needs; build/handout.zip is the same folder in one file.
"""

import argparse
import ast
import re
import shutil
from pathlib import Path

import nbformat
from anatomy import CODE_DIGEST
from exercises import notebook_exercises
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
FILES = (
    "LICENSE",
    "constraints.txt",
    "pyproject.toml",
    "requirements.txt",
    "runtime.txt",
)
# What running leaves behind, and what is the teacher's.
LEFT_OUT = shutil.ignore_patterns(
    "__pycache__", ".ipynb_checkpoints", "*.ipynb", "discussion.md"
)
FOLD = re.compile(
    r"<details>\s*<summary>((?:Answer|Solution|Diagnosis)[^<]*)</summary>.*?"
    r"</details>\n*",
    re.DOTALL,
)
ANSWER = """<details><summary>{}</summary>

Your teacher has the answer.

</details>

"""


def without_answers(source: str) -> str:
    """A Markdown text whose solutions are gone and whose answers the teacher has."""
    return FOLD.sub(
        lambda fold: "" if fold[1].startswith("Solution") else ANSWER.format(fold[1]),
        source + "\n",
    ).strip("\n")


def handed_out(path: Path) -> NotebookNode:
    """The student's edition of the notebook at `path`.

    Raises:
        SystemExit: if an exercise is filled in already.
    """
    for exercise in notebook_exercises(path):
        nodes = ast.walk(ast.parse(exercise.stub))
        if not any(getattr(node, "value", None) is Ellipsis for node in nodes):
            raise SystemExit(
                f"{path.name}: exercise {exercise.number} is solved, so that students "
                "would get its solution. Put the ... back."
            )
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop(CODE_DIGEST, None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = without_answers(cell.source)
    notebook.cells = [cell for cell in notebook.cells if cell.source]
    return notebook


def copy_companions(folder: Path) -> None:
    """Put what the notebooks show and read, images and data, beside their copies.

    These are folders. A single file among the notebooks is somebody's own.
    """
    folder.mkdir(parents=True)
    for path in NOTEBOOKS.iterdir():
        if path.is_dir() and not path.name.startswith("."):
            shutil.copytree(path, folder / path.name, ignore=LEFT_OUT)


def write(folder: Path) -> Path:
    """Write the student's edition into `folder`, and return the zip file beside it."""
    shutil.rmtree(folder, ignore_errors=True)
    copy_companions(folder / "notebooks")
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        nbformat.write(handed_out(path), folder / "notebooks" / path.name)
    package = "charrnn_helpers"
    shutil.copytree(ROOT / package, folder / package, ignore=LEFT_OUT)
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    shutil.copy(Path(__file__).with_suffix(".md"), folder / "README.md")
    return Path(shutil.make_archive(str(folder), "zip", folder.parent, folder.name))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", nargs="?", type=Path, default=ROOT / "build" / "handout"
    )
    print(f"Written: {write(parser.parse_args().folder.resolve())}")
