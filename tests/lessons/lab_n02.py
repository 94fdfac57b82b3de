"""The lab of notebook 02, worked by mouse and keyboard."""

from __future__ import annotations

import math
from collections import Counter

from playwright.sync_api import expect

from charrnn_helpers import data

ROWS = data.pad(data.SENTENCES)

BEFORE = "lab.memory.value = 5"
"""What a reader may have run in a cell before: it drives the lab on the page."""


def counted(memory: int) -> tuple[float, int]:
    """The loss with that memory, and how many places are open, computed here."""
    asked = [
        (row[max(0, t - memory) : t], row[t]) for row in ROWS for t in range(1, 17)
    ]
    seen, pairs = Counter(context for context, _ in asked), Counter(asked)
    surprises = [math.log(seen[c] / pairs[c, y]) for c, y in asked]
    return sum(surprises) / 48, sum(s > 0 for s in surprises)


def work(lab):
    slider = lab.slider("Characters of memory k:")
    said = lab.box.locator(".charrnn-said")
    linked = lab.box.locator(".charrnn-linked")
    seen = lab.box.locator("rect.seen")

    def expect_rung(memory: int) -> None:
        loss, still = counted(memory)
        lab.expect_text(f"{loss:.4f} nats per character and {still} of 48 places open.")

    # A cell has given it five characters: it stands on the floor.
    expect_rung(5)
    lab.expect_text("This is the floor: more memory closes no place.")

    # By keyboard, from nothing to the floor: three characters reach it.
    slider.focus()
    lab.page.keyboard.press("Home")
    expect_rung(0)
    lab.expect_text("the predictor sees nothing")
    for memory in (1, 2):
        lab.page.keyboard.press("ArrowRight")
        expect_rung(memory)
        expect(lab.box).not_to_contain_text("This is the floor")
    lab.page.keyboard.press("ArrowRight")
    expect_rung(3)
    lab.expect_text("This is the floor")

    # By mouse, back to the bigram: the three h are one question to it.
    lab.drag(slider, -700)
    expect_rung(0)
    slider.focus()
    lab.page.keyboard.press("ArrowRight")
    expect_rung(1)
    places = lab.box.locator("[data-pick]")
    expect(places).to_have_count(48)
    places.nth(0).hover()
    expect(said).to_have_text("Text 0, step 0: after “h” came “o” 2 of 3, “e” 1 of 3.")
    expect(linked).to_have_count(3)

    # Click the later h: two characters tell it from the first.
    places.nth(6).click()
    lab.expect_text("step 6 of text 0, the predictor sees “h” and gives the true “o”")
    expect(seen).to_have_attribute("data-cells", "1")
    slider.focus()
    lab.page.keyboard.press("ArrowRight")
    lab.expect_text("sees “␣h” and gives the true “o” the probability 1.000")
    expect(seen).to_have_attribute("data-cells", "2")

    # By keyboard, from place to place: what the first h leaves open, stays open.
    places.nth(6).focus()
    expect(linked).to_have_count(1)
    for _ in range(6):
        lab.page.keyboard.press("ArrowLeft")
    expect(said).to_contain_text("Text 0, step 0: after “h” came")
    lab.page.keyboard.press("Enter")
    lab.expect_text("sees “h”, with which the row begins, and gives the true “e” the")
    slider.focus()
    lab.page.keyboard.press("End")
    lab.expect_text("with which the row begins, and gives the true “e” the probability")
    lab.expect_text("0.500: a surprise of 0.693 nats.")
    places.nth(0).focus()
    lab.page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("Text 1, step 0: after “i” came")
    lab.page.keyboard.press("ArrowDown")
    expect(linked).to_have_count(2)  # the two that no memory tells apart

    # Let the place go: then nothing is asked. A rung says what it costs.
    places.nth(0).click()
    lab.expect_text("Click a place to ask about it.")
    lab.box.get_by_label("uniform").hover()
    expect(said).to_have_text("uniform: 2.7726 nats, like 16.0 choices")
    places.nth(6).click()
    slider.focus()
    lab.page.keyboard.press("Home")
    for memory in (1, 2):
        lab.page.keyboard.press("ArrowRight")
        expect_rung(memory)
    expect(seen).to_have_attribute("data-cells", "2")
    assert lab.box.bounding_box()["height"] <= 700
    assert lab.box.locator("svg[role=group]").bounding_box()["width"] <= 810
