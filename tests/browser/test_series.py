"""The series in a real JupyterLab: first page, links, a run of every notebook."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(p.name for p in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.thorough
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_run_all_goes_through(lab, name):
    lab.open(name)
    lab.run_all()
    assert not lab.output_errors()
    assert not lab.accessibility_findings()


def test_make_lab_opens_the_first_notebook():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    opened = re.search(r"^NOTEBOOK = notebooks/(.+)$", makefile, re.MULTILINE)
    assert opened[1] == NOTEBOOKS[0] == "00_start_here.ipynb"
    assert re.search(r"jupyterlab.* \$\(NOTEBOOK\)", makefile)


def test_a_click_leads_from_notebook_to_notebook(lab):
    lab.open("00_start_here.ipynb")
    shown = lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    for link, heading in (
        ("01 · Text and padding", "01 · Text and padding"),
        ("02 · Inputs and targets", "02 · Inputs and targets"),
        ("Contents", "00 · Start here"),
    ):
        shown.get_by_role("link", name=link).first.click()
        title = shown.get_by_role("heading", level=1).filter(has_text=heading)
        expect(title).to_be_visible(timeout=60_000)
        lab.wait_for_kernel()


def test_an_error_of_the_page_would_be_seen(lab):
    lab.page.goto("about:blank")
    lab.page.evaluate("() => { setTimeout(() => { throw Error('late'); }, 20); }")
    lab.page.evaluate("() => { Promise.reject(Error('refused')); }")
    seen = lab.errors_so_far()
    lab.errors.clear()
    assert sorted(error.removeprefix("Error: ") for error in seen) == [
        "late",
        "refused",
    ]
