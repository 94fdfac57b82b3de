"""The lab of notebook 16, worked by mouse and keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

BEFORE = """\
lab.picture.pick("f20")
lab.back.click()
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def work(lab):
    said = lab.box.locator(".charrnn-said")

    def frame(t):
        return lab.box.locator(f'[data-pick="f{t}"]')

    # One path has little of the probability, all alignments have nearly all of it.
    lab.expect_text("says five two three. This one path has the probability 7.4")
    lab.expect_text("all alignments of that text together have 89.")

    # By the mouse: another path, the same text; the path loses, the text does not.
    frame(5).click()
    lab.expect_text("You have changed 1 frame: another path, the same text.")
    lab.expect_text("all alignments of that text together have 89.")
    lab.box.get_by_role("button", name="Put back").click()
    frame(6).click()
    frame(6).hover()
    expect(said).to_contain_text("Frame 6:")
    lab.box.get_by_role("button", name="Put back").click()

    # By the keyboard: the blank between the two e of three.
    lab.box.locator("select").select_option("three")
    lab.expect_text("all alignments of that text together have 94.")
    frame(6).focus()
    lab.page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("Frame 7: blank")
    lab.page.keyboard.press("Enter")
    lab.expect_text("says thre.")
    lab.expect_text("the text has changed")
    lab.page.keyboard.press("Space")
    lab.page.keyboard.press("Space")  # all three symbols in turn: as it was
    expect(lab.box).not_to_contain_text("You have changed", timeout=20_000)
    lab.expect_text("says three.")

    # The beam finds what the likeliest path has lost, as soon as it has read enough.
    lab.box.locator("select").select_option("three eight")
    lab.expect_text("says threeight.")
    lab.expect_text("the likeliest text is three␣eight.")
    lab.expect_text("After frame 24")
    slider = lab.slider("Read up to frame")
    slider.focus()
    for _ in range(12):
        lab.page.keyboard.press("ArrowLeft")
    lab.expect_text("After frame 12")
