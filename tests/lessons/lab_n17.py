"""The lab of notebook 17, worked by mouse and keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

BEFORE = """\
lab.batch_size.value = 64
lab.batch_size.value = 32
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def work(lab):
    said = lab.box.locator(".charrnn-said")

    def way(name, number=0):
        return lab.box.locator(f'[data-pick="{name}"]').nth(number)

    def move(slider, key, times):
        lab.slider(slider).focus()
        for _ in range(times):
            lab.page.keyboard.press(key)

    # At the sizes of the lesson: operations against arithmetic, and the way matters.
    lab.expect_text("its longest part is operations; by hand 1.9 times")
    lab.expect_text("Which way you choose matters: 2.1 to 1")

    # A bar by the mouse, a point of the roofline by the keyboard.
    way("step by step").click()
    lab.expect_text("3,336 operations")
    way("step by step", 1).focus()
    lab.page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("nn.RNN: 5.2 flops per byte")
    lab.page.keyboard.press("Enter")
    lab.expect_text("1,273 operations")

    # One row: only operations are left. Many rows: arithmetic, and any way will do.
    move("B, rows", "ArrowLeft", 5)
    lab.expect_text("by hand 12 times, and its longest part is operations")
    move("B, rows", "ArrowRight", 9)
    lab.expect_text("Which way you choose hardly matters: 1.26 to 1")

    # The characters change nothing but the length of it all.
    move("T, characters", "ArrowRight", 2)
    lab.expect_text("Which way you choose hardly matters: 1.26 to 1")

    # A graphics card waits for operations until the network is large.
    move("T, characters", "ArrowLeft", 2)
    lab.box.locator("select").select_option("a graphics card")
    lab.expect_text("its longest part is operations")
    move("H, units", "ArrowRight", 4)
    lab.expect_text("its longest part is arithmetic; by hand")
