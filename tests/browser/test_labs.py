"""Every lab in a real JupyterLab: what all labs promise, then its lesson's own script.

The notebooks with a lab are found, not listed. What one of them needs of its own, a
function `work(lab)` that plays the lab by mouse and keyboard, is in
`tests/lessons/lab_nNN.py`. Whole notebooks are nbval's work: here only the title, the
set-up and the lab are run.
"""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = '<img src="x" onerror="window.hostile = 1">&amp;'
LONG = "x" * 10_000


def lab_name(notebook: NotebookNode) -> str | None:
    """The name of the lab that a notebook opens, such as ``"one_hot"``."""
    code = "\n".join(c.source for c in notebook.cells if c.cell_type == "code")
    found = re.search(r"\b(\w+)_lab\(", code)
    return found[1] if found else None


def names(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """The names that a statement binds in its cell, and those that it reads."""
    bound, read, own = set(), set(), set()  # own: variables of its loops, arguments
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                read.add(name)
            case ast.Name(id=name):
                bound.add(name)
            case ast.AugAssign(target=ast.Name(id=name)):
                read.add(name)
            case ast.alias(name=name, asname=asname):
                bound.add(asname or name.split(".")[0])
            case ast.For(target=target) | ast.comprehension(target=target):
                own |= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
            case ast.arg(arg=name):
                own.add(name)
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        bound = {statement.name}
    return bound, read - own


def only_the_lab(notebook: NotebookNode) -> NotebookNode:
    """The title, the set-up and the lab of a notebook, and what the lab needs.

    The cells above the lab are gone through from the last to the first: one stays if it
    binds a name that the cells kept so far read.
    """
    cells = notebook.cells
    headings = [
        i
        for i, cell in enumerate(cells)
        if cell.cell_type == "markdown" and cell.source.startswith("## ")
    ]
    start = next(i for i in headings if cells[i].source.startswith("## Try it"))
    end = min((i for i in headings if i > start), default=len(cells))
    kept: list[NotebookNode] = []
    missing: set[str] = set()
    for i in reversed(range(end)):
        source = cells[i].source
        if cells[i].cell_type != "code":
            continue
        try:
            statements = [names(s) for s in ast.parse(source).body]
        except SyntaxError:  # a cell that shows one
            continue
        bound = set().union(*(bound for bound, _ in statements))
        if i >= start or "setup_notebook(" in source or bound & missing:
            kept.insert(0, new_code_cell(source))
            for bound, read in reversed(statements):
                missing = (missing - bound) | read
    return new_notebook(
        cells=[new_markdown_cell(cells[0].source), *kept],
        metadata={"kernelspec": notebook.metadata.kernelspec},
    )


def script(number: str) -> ModuleType:
    """The file of a lesson that works its lab.

    Its function ``work(lab)`` does; code in ``BEFORE``, if there is any, is run in a
    cell of its own before.
    """
    file = f"tests/lessons/lab_n{number}.py"
    if not (ROOT / file).is_file():
        pytest.fail(
            f"Notebook {number} has a lab that nobody has worked: write {file} with a "
            "function work(lab) that plays it by mouse and keyboard and asserts what a "
            "learner is to see there (lab_n03.py is an example)."
        )
    return importlib.import_module(f"tests.lessons.lab_n{number}")


NOTEBOOKS = {
    path: nbformat.read(path, as_version=4)
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
}
LABS = [path for path, notebook in NOTEBOOKS.items() if lab_name(notebook)]


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_lab(lab, path):
    number, notebook = path.stem[:2], NOTEBOOKS[path]
    module = script(number)
    page = only_the_lab(notebook)
    if before := getattr(module, "BEFORE", ""):  # an empty cell gets no number
        page.cells.append(new_code_cell(before))
    nbformat.write(page, lab.server.root / f"lab_{path.name}")
    lab.open(f"lab_{path.name}")
    lab.run_all()
    assert not lab.output_errors()

    module.work(lab)
    lab.screenshot(f"{number}_{lab_name(notebook)}")
    assert not lab.output_errors()
    assert not lab.accessibility_findings()

    for field in lab.text_fields():
        kept = field.input_value()
        lab.expect_answer(field, HOSTILE)
        expect(lab.box.locator('img[src="x"]')).to_have_count(0)
        assert lab.page.evaluate("() => window.hostile") is None
        lab.expect_answer(field, LONG)
        lab.expect_text("10,000 characters")
        assert not lab.accessibility_findings()
        lab.expect_answer(field, kept)
    assert not lab.output_errors()


def test_a_lab_without_a_script_is_told_which_file_to_write():
    with pytest.raises(pytest.fail.Exception, match=r"write tests/lessons/lab_n99\.py"):
        script("99")


def test_only_the_lab_keeps_what_the_lab_needs():
    sources = [
        "import math\nsetup_notebook()",
        "V = 16",
        "V = 3 + math.pi\nunused = V",
        "i = train()",
        "1 +",
    ]
    use = "for i in range(2):\n    print(i, V)"
    cells = [new_markdown_cell("# 03 · Title"), *map(new_code_cell, sources)]
    cells += [new_markdown_cell("## Try it: a lab"), new_code_cell(use)]
    cells += [new_markdown_cell("## Break it"), new_code_cell("1 / 0")]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python"}}
    kept = only_the_lab(new_notebook(cells=cells, metadata=metadata)).cells
    assert [cell.source for cell in kept] == [
        "# 03 · Title",
        sources[0],
        sources[2],
        use,
    ]
