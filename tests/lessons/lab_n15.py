"""The lab of notebook 15, worked by mouse and keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

BEFORE = """\
lab.origin.value = 0
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


WINDOW = {"width": 1262, "height": 1000}
"""With the file browser open, a lab is 830 px wide in it."""


def work(lab):
    lab.page.set_viewport_size(WINDOW)
    said = lab.box.locator(".charrnn-said")

    def part(key, nth=0):
        return lab.box.locator(f'[data-pick="{key}"]').nth(nth)

    # A cell has moved the origin to New Year: one day ahead, the line knows much.
    lab.expect_text("Made before 1 January, 1 day ahead (1 January)")
    lab.expect_text("29% less than climatology")

    # By keyboard a week on, and a click into the strip of the year: July.
    origin = lab.slider("Day of the year, from 0")
    origin.focus()
    for _ in range(6):
        lab.page.keyboard.press("ArrowRight")
    lab.expect_text("Made before 7 January")
    part("o182").hover()
    expect(said).to_contain_text("Forecast made before 2 July")
    part("o182").click()
    lab.expect_text("Made before 2 July")

    # The insight: the columns of the table, by mouse and keyboard, to day 4 …
    part("d2", 3).hover()
    expect(said).to_contain_text("2 ahead: 77% of 359 days inside the interval")
    part("d2").click()
    lab.expect_text("2 days ahead (3 July)")
    lab.expect_text("errs by 2.67 °C, 12% less than climatology")
    part("d2").focus()
    for _ in range(2):
        lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("Enter")
    lab.expect_text("4 days ahead (5 July)")
    lab.expect_text("errs by 2.90 °C, 4% less than climatology")
    size = lab.box.bounding_box()
    assert size["width"] <= 830 and size["height"] <= 700, size
    lab.screenshot("15_forecast_picked")

    # … and the interval that is asked for, by keyboard: wider, and it holds more.
    level = lab.slider("Interval (%)")
    level.focus()
    for _ in range(3):
        lab.page.keyboard.press("ArrowRight")
    lab.expect_text("Its interval of 95 %")

    # The slider of the year, by mouse, to its end.
    lab.drag(origin, 600)
    lab.expect_text("Made before 25 December")

    # From there back into the heat of July, by a click.
    part("o182").click()
    lab.expect_text("Made before 2 July, 4 days ahead")
