"""The lab of notebook 10, worked by mouse and keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

BEFORE = """\
lab.radius.value = 0.8
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def work(lab):
    said = lab.box.locator(".charrnn-said")

    def step(number, strip=0):
        return lab.box.locator(f'[data-pick="{number}"]').nth(strip)

    # A cell has set the radius to 0.8: nothing of the gradient reaches step 1.
    lab.expect_text("RNN, tanh, radius 0.80.")
    lab.expect_text("It vanishes")

    # By keyboard to 1.0: it dies slowly; a little above, it survives.
    radius = lab.slider("Spectral radius")
    radius.focus()
    for _ in range(4):
        lab.page.keyboard.press("ArrowRight")
    lab.expect_text("RNN, tanh, radius 1.00. After 100 steps 2e-05 of the difference")
    lab.expect_text("a factor of 0.89 per step. It dies slowly.")
    for _ in range(4):
        lab.page.keyboard.press("ArrowRight")
    lab.expect_text("radius 1.20.")
    lab.expect_text("0.97 per step. It survives.")

    # A step lights up in both strips; a click tells of it, and marks the curves.
    step(50).hover()
    expect(said).to_contain_text("Step 50:")
    assert lab.box.locator(".charrnn-linked").count() >= 2
    step(50).click()
    lab.expect_text("It survives. Step 50:")
    lab.expect_text("step 50")
    size = lab.box.bounding_box()
    assert size["height"] <= 700, size
    lab.screenshot("10_reach_picked")
    # By keyboard: the arrows walk along the lower strip, Enter picks.
    step(50, strip=1).focus()
    lab.page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("Step 52:")
    lab.page.keyboard.press("Enter")
    lab.expect_text("It survives. Step 52:")

    # Far to the right it explodes, by mouse.
    lab.drag(radius, 400)
    lab.expect_text("radius 2.00.")
    lab.expect_text("It explodes.")

    # No radius saves a sigmoid.
    cell = lab.control("Cell and activation")
    cell.select_option("RNN, sigmoid")
    lab.expect_text("RNN, sigmoid, radius 2.00.")
    lab.expect_text("It vanishes")

    # An LSTM has the forget bias for a dial.
    cell.select_option("LSTM")
    lab.expect_text("forget bias 0, so f is near 0.50")
    lab.expect_text("0.63 per step. It vanishes")
    bias = lab.slider("Forget bias")
    bias.focus()
    for _ in range(6):
        lab.page.keyboard.press("ArrowRight")
    lab.expect_text("forget bias 3, so f is near 0.95")
    lab.expect_text("0.97 per step. It survives.")
