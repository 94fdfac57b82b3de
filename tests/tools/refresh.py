"""Run notebooks again, in place, and normalise them: what `make refresh` does.

Twice in a row gives no difference, so that a diff shows what a change of code changed
and nothing else: no timestamps, no versions, no random identifiers.
"""

import argparse
import copy
import json
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from anatomy import (
    CODE_DIGEST,
    FIGURE_DATA,
    VOLATILE,
    code_digest,
    is_volatile,
    load,
    navigation_line,
    with_contents,
)
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from kernel_environment import prepare
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
CELL_TIMEOUT = 120  # seconds, as in the tests
KERNELSPEC = {
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "name": "python3",
}
FAILURES = (CellExecutionError, CellTimeoutError, DeadKernelError, OSError)
CELL_METADATA = {"tags", "jupyter", "slideshow", "mystnb", "nbgrader", "editable"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class ThisPython(AsyncKernelManager):
    """Starts kernels in the Python that runs this file, whatever kernels are known."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The specification that would otherwise be looked up by name."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "--log-level=ERROR"]
        argv += ["-f", "{connection_file}"]
        return KernelSpec(argv=argv, language="python", display_name="Python 3")


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Return a copy of the notebook, run from top to bottom with `folder` as cwd."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC})
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_manager_class=ThisPython,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    return notebook


def join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring outputs of one stream: where they are cut is chance."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if output.output_type == "stream" and last and last.get("name") == output.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def widget_views(notebook: NotebookNode) -> list[NotebookNode]:
    """The widget views among the outputs, from top to bottom."""
    return [
        output.data[WIDGET_VIEW]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if WIDGET_VIEW in output.get("data", {})
    ]


def normalise_widgets(notebook: NotebookNode) -> None:
    """Number the widget views in the order of the outputs: their names are random.

    The state of the widgets is not stored: without a kernel it shows nothing.
    """
    for number, view in enumerate(widget_views(notebook)):
        view.model_id = f"{number:032x}"


def normalise(notebook: NotebookNode) -> None:
    """Remove from an executed notebook what another run would write differently."""
    normalise_widgets(notebook)
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells):
        cell.id = f"c{number:02d}"
        cell.metadata = nbformat.from_dict(
            {k: v for k, v in cell.metadata.items() if k in CELL_METADATA and v}
        )
        if is_volatile(cell):
            cell.metadata[CODE_DIGEST] = code_digest(notebook.cells, number)
        if cell.cell_type == "code":
            cell.outputs = join_streams(cell.outputs)
        else:
            cell.source = cell.source.strip("\n")


def skeleton(outputs: list[NotebookNode]) -> str:
    """What outputs say besides their numbers and their pictures."""
    kept = []
    for output in copy.deepcopy(outputs):
        output.pop("execution_count", None)
        for mime in output.get("data", {}):
            if mime == WIDGET_VIEW or (
                mime == "text/html" and FIGURE_DATA in output.data
            ):
                output.data[mime] = ""
        kept.append(output)
    text = re.sub(r"-?\d+(\.\d+)?(e[-+]?\d+)?", "0", json.dumps(kept, sort_keys=True))
    return re.sub(r"\s+", "", text)


def keep_volatile(notebook: NotebookNode, before: NotebookNode) -> None:
    """Keep the committed outputs of volatile cells that only their numbers changed.

    A time is never the same twice. Where the code of a volatile cell, and of those
    above it, is what it was, and it prints the same words, a new time would be a diff
    that says nothing. The same holds for the picture of a figure shown as volatile.
    """
    known = {
        cell.metadata[CODE_DIGEST]: cell.outputs
        for cell in before.cells
        if CODE_DIGEST in cell.metadata
    }
    for cell in notebook.cells:
        if not is_volatile(cell) or cell.metadata[CODE_DIGEST] not in known:
            continue
        outputs = join_streams(known[cell.metadata[CODE_DIGEST]])
        said = skeleton if VOLATILE in cell.metadata.get("tags", []) else words
        if said(outputs) == said(cell.outputs):
            cell.outputs = outputs


def words(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs of a cell without their pictures."""
    kept = copy.deepcopy(outputs)
    for output in kept:
        if FIGURE_DATA in output.get("data", {}):
            output.data.pop("text/html", None)
    return kept


def write_navigation(folder: Path) -> None:
    """Write the lines that lead from notebook to notebook, from what is there.

    These are the second and the last cell of each, and the tables in the first one.
    """
    pages = load(folder)
    for page in pages:
        path = folder / f"{page.stem}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        before = nbformat.writes(notebook)
        for index in (1, -1):
            notebook.cells[index].source = navigation_line(page)
        if page.is_start:
            for cell in notebook.cells:
                if cell.cell_type == "markdown":
                    cell.source = with_contents(cell.source, pages)
        if nbformat.writes(notebook) != before:
            nbformat.write(notebook, path)


def refreshed(path: Path, *, fresh: bool = False) -> str:
    """Return the text of the notebook at `path`, executed and normalised."""
    before = nbformat.read(path, as_version=4)
    after = execute(before, path.parent)
    normalise(after)
    if not fresh:
        keep_volatile(after, before)
    nbformat.validate(after)
    for number, cell in enumerate(after.cells):
        if any(output.get("name") == "stderr" for output in cell.get("outputs", [])):
            print(f"{path.name}: cell {number} writes to stderr; the tests refuse it.")
    return nbformat.writes(after) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Refresh the notebooks named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks; default: all")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail on a difference"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="also replace the volatile outputs"
    )
    options = parser.parse_args(arguments)
    prepare()
    paths = [path.resolve() for path in options.paths] or sorted(
        NOTEBOOKS.glob("*.ipynb")
    )
    if not options.paths and not options.check:
        write_navigation(NOTEBOOKS)
    bad = []
    for path in paths:
        print(f"{path.name} ...", end=" ", flush=True)
        started = time.perf_counter()
        try:
            text = refreshed(path, fresh=options.fresh)
        except (
            CellExecutionError,
            CellTimeoutError,
            DeadKernelError,
            OSError,
        ) as error:
            print("failed", flush=True)
            print(str(error).strip(), file=sys.stderr)
            bad.append(path)
            continue
        changed = text != path.read_text(encoding="utf-8")
        seconds = time.perf_counter() - started
        print(f"{'changed' if changed else 'same'} ({seconds:.1f} s)")
        if changed and options.check:
            bad.append(path)
        elif changed:
            temporary = path.with_suffix(".tmp")
            temporary.write_text(text, encoding="utf-8", newline="\n")
            os.replace(temporary, path)
    if bad:
        names = ", ".join(path.name for path in bad)
        print(f"Not refreshed or not up to date: {names}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
