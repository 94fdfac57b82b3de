"""The pictures of the labs in a real JupyterLab: pointed at, picked, reached by key."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

LAB = """\
import ipywidgets as widgets
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab

def draw(size, picked):
    if size == 5:
        raise ValueError("Five is too many: choose fewer.")
    rows = [
        [
            pictures.Cell(
                f"{r}{c}", strong=picked == f"{r}{c}", pick=f"{r}{c}",
                link=f"r{r} c{c}", say=f"Row {r}, column {c}.",
            )
            for c in range(size)
        ]
        for r in range(2)
    ]
    bars = pictures.bars(
        ["a", "b"], {"share": [0.2, 0.8]}, caption="Bars",
        touches=[pictures.touch(link=f"r{r}") for r in range(2)],
    )
    grid = pictures.grid(rows, caption="Grid")
    return Drawing(f"picked {picked or 'nothing'}", grid + bars)

size = widgets.IntSlider(3, min=1, max=5, description="Size")
lab = Lab("Touch", {"size": size}, draw, picked="")
lab
"""


@pytest.fixture
def page(lab):
    notebook = new_notebook(
        cells=[new_code_cell(LAB), new_code_cell("lab.picture.pick('01')")],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, lab.server.root / "touch.ipynb")
    lab.open("touch.ipynb")
    lab.run_all()
    return lab


def test_touch(page):
    box, keyboard = page.box, page.page.keyboard
    said, linked = box.locator(".charrnn-said"), box.locator(".charrnn-linked")
    page.expect_text("picked 01")  # by a cell

    # By mouse: pointing frames what belongs together, a click picks and lets go.
    box.get_by_role("button", name="12", exact=True).hover()
    expect(said).to_have_text("Row 1, column 2.")
    expect(linked).to_have_text(
        ["02", "10", "11", "12", "b 0.800"], use_inner_text=True
    )
    box.get_by_role("button", name="12", exact=True).click()
    page.expect_text("picked 12")
    pressed = box.locator("[aria-pressed=true]")
    expect(pressed).to_have_text(["12"])
    box.get_by_role("button", name="12", exact=True).click()
    page.expect_text("picked nothing")

    # The keyboard goes on from there; a mouse that rests on the picture is not in its
    # way when the picture is drawn anew.
    box.get_by_role("button", name="12", exact=True).click()
    page.expect_text("picked 12")
    keyboard.press("ArrowLeft")
    page.page.wait_for_timeout(500)
    expect(said).to_have_text("Row 1, column 1.")
    keyboard.press("ArrowRight")
    keyboard.press("Enter")
    page.expect_text("picked nothing")
    page.page.mouse.move(0, 0)
    expect(linked).to_have_count(0)

    # By keyboard: one stop of Tab for the grid, arrows inside, Enter and Space pick.
    page.slider("Size").focus()
    keyboard.press("ArrowLeft")
    expect(box.get_by_role("button")).to_have_count(4)
    keyboard.press("Tab")
    while box.locator("button:focus").count() == 0:
        keyboard.press("Tab")
    expect(said).to_have_text("Row 0, column 0.")
    keyboard.press("ArrowRight")
    expect(said).to_have_text("Row 0, column 1.")
    keyboard.press("ArrowDown")
    expect(said).to_have_text("Row 1, column 1.")
    keyboard.press("Enter")
    page.expect_text("picked 11")
    expect(box.locator("button:focus")).to_have_text("11")  # the focus stays
    keyboard.press("ArrowUp")
    keyboard.press("Space")
    page.expect_text("picked 01")
    keyboard.press("Tab")  # to the bars
    expect(linked).to_have_text(["00", "01", "a 0.200"], use_inner_text=True)
    keyboard.press("Tab")
    expect(linked).to_have_count(0)
    assert not page.accessibility_findings()

    # The last good picture stays on wrong input.
    page.slider("Size").focus()
    keyboard.press("End")
    page.expect_text("Five is too many")
    expect(box.get_by_role("button")).not_to_have_count(0)
    expect(box.locator(".charrnn-stale")).to_have_count(1)
    keyboard.press("ArrowLeft")
    expect(box.get_by_role("button")).to_have_count(8)
    expect(box.locator(".charrnn-stale")).to_have_count(0)
    assert not page.output_errors()


def test_after_a_restart_of_the_kernel_the_lab_says_what_to_do(page):
    page.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
        ".restart()"
    )
    page.page.wait_for_function(
        """() => {
          const lab = document.querySelector('.charrnn-lab');
          return getComputedStyle(lab, '::after').content.includes('run');
        }"""
    )
