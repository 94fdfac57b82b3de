"""The lab of notebook 11, worked by mouse and keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

BEFORE = """\
lab.picture.pick("o1")
lab.back.click()
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def work(lab):
    said = lab.box.locator(".charrnn-said")

    def dial(key):
        return lab.box.locator(f'[data-pick="{key}"]')

    # A fresh cell, every gate at 0.5: the value is nearly gone, and always seen.
    lab.expect_text(
        "Step 2 writes 0.45, and the forget gates of steps 3 to 7 leave 3 %"
    )
    lab.expect_text("✗ c is 0.90 after step 7 · ✗ seen at step 7 alone · ✗ empty after")

    # Rows by the mouse: forget gates shut, then open; input and output gates shut.
    dial("fa").click()
    lab.expect_text("leave 0 % of it")
    dial("fa").click()
    lab.expect_text("leave 100 % of it")
    dial("ia").click()
    lab.expect_text("Step 2 writes 0.00")
    dial("oa").click()
    lab.expect_text("It is seen at no step.")

    # Single gates by the keyboard: write at 2, show at 7, erase at 8.
    dial("i1").focus()
    lab.page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("input gate i of step 2: 0.00. Click: all or nothing.")
    lab.page.keyboard.press("Enter")
    lab.expect_text("Step 2 writes 0.90")
    dial("o7").focus()
    lab.page.keyboard.press("Space")
    lab.expect_text("✓ seen at step 7 alone")
    dial("f8").click()
    lab.expect_text("✓ c is 0.90 after step 7 · ✓ seen at step 7 alone · ✓ empty after")
    lab.expect_text("Held as long as f is 1 and i is 0, and seen only where o is open.")

    # One forget gate a little closed, by the slider.
    dial("f5").click()
    slider = lab.slider("The chosen gate")
    slider.focus()
    for _ in range(2):
        lab.page.keyboard.press("ArrowRight")
    lab.expect_text("leave 10 % of it")

    # The trained cell forgets where a name ends.
    lab.box.locator("select").select_option("a trained cell that reads names")
    lab.expect_text("step 8 leaves 6 % of 0.89")
    dial("f8").click()
    lab.expect_text("step 8 leaves 100 % of 0.89")
    lab.expect_text("left to itself the cell has −0.79")
