"""What holds for the whole test run, unit tests and notebooks alike."""

from collections import Counter, defaultdict
from functools import partial

import pytest
from anatomy import FIGURE_DATA
from kernel_environment import prepare

prepare()  # before anything imports torch, and so that every kernel inherits it

OUTPUT_TIMEOUT = 60  # seconds; nbval waits 5, too few on a busy machine
SHOWN = 10
_seconds: dict[str, float] = defaultdict(float)
_failed_notebooks: set[str] = set()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give each notebook cell more time, and compare a figure by its data alone.

    The time is that between the end of a cell and its output. The picture of a figure
    stands in HTML, which nbval would compare to the letter.
    """
    if not hasattr(item, "output_timeout"):
        return
    item.output_timeout = OUTPUT_TIMEOUT
    if any(FIGURE_DATA in output.get("data", {}) for output in item.cell.outputs):
        skipped = (*item.parent.skip_compare, "text/html")
        item.compare_outputs = partial(item.compare_outputs, skip_compare=skipped)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Where processes share the work, begin with what takes longest.

    A file stays with one process: the browser first, then the notebooks, then the unit
    tests, those files first that have most of them.
    """
    if not hasattr(config, "workerinput"):
        return
    sizes = Counter(item.path for item in items)
    items.sort(
        key=lambda item: (
            item.path.name != "test_labs.py",
            item.path.suffix != ".ipynb",
            -sizes[item.path],
            item.path,  # keeps the items of a file together
        )
    )


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up the time of each test, and of each notebook over its cells."""
    file = report.nodeid.split("::")[0]
    is_notebook = file.endswith(".ipynb")
    _seconds[file if is_notebook else report.nodeid] += report.duration
    if is_notebook and report.failed:
        _failed_notebooks.add(file)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the slowest notebooks and tests, and what to do about a difference."""
    slowest = sorted(_seconds.items(), key=lambda pair: -pair[1])[:SHOWN]
    if len(slowest) > 1:
        terminalreporter.section(f"slowest {len(slowest)} notebooks or tests")
        for name, seconds in slowest:
            terminalreporter.write_line(f"{seconds:7.2f} s  {name}")
    reasons = {
        str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", [])
    }
    for reason in sorted(reasons):
        terminalreporter.write_line(f"Left out: {reason.removeprefix('Skipped: ')}")
    for name in sorted(_failed_notebooks):
        terminalreporter.write_line(
            f"{name}: an output differs or a cell fails. If the change is intended, "
            "run make refresh, read the difference, and commit it."
        )
