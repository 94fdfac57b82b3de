"""The lab of notebook 01, worked by mouse and keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

from charrnn_helpers import data
from charrnn_helpers.lessons.n01.lab import TEXTS

BEFORE = 'lab.texts.value = "tea\\ncoffee"'
"""What a reader may have run in a cell before: it drives the lab on the page."""


def waste(texts: list[str], batch_size: int) -> str:
    """What the lab has to say about texts in this order, computed apart from it."""
    groups = [texts[i : i + batch_size] for i in range(0, len(texts), batch_size)]
    cells = sum(len(text) for group in groups for text in data.pad(group))
    empty = cells - sum(map(len, texts))
    return f"{empty} cells of padding, {empty / cells:.0%} of all {cells}"


def choose(lab, *strokes: str) -> None:
    """Press some keys, slowly enough for a drop-down to open and close."""
    for stroke in strokes:
        lab.page.keyboard.press(stroke)
        lab.page.wait_for_timeout(300)


def work(lab):
    texts, size = lab.control("Texts, one a line:"), lab.slider("Texts per batch:")
    order, side = lab.control("Order:"), lab.control("Padding:")
    said = lab.box.locator(".charrnn-said")
    linked = lab.box.locator(".charrnn-linked")
    shown = [*TEXTS]

    # A cell has typed two texts. Nothing to read is answered, and the picture stays.
    lab.expect_text(waste(["tea", "coffee"], 2))
    texts.fill("")
    lab.expect_text("There is no text yet: type at least one character.")
    expect(lab.box.locator(".charrnn-stale")).to_have_count(1)
    texts.click()
    lab.page.keyboard.type(TEXTS[0])
    for text in TEXTS[1:]:
        lab.page.keyboard.press("Enter")
        lab.page.keyboard.type(text)
    lab.expect_text(waste(shown, 2))

    # The side that the padding stands on saves no cell. (By keyboard: a closed
    # drop-down leaves the arrows to the notebook, an open one takes them.)
    side.focus()
    choose(lab, "Space", "ArrowDown", "Enter")
    expect(side).to_have_value("on the left")
    lab.expect_text(waste(shown, 2))

    # The order does: a click on its bar takes it, and so does Enter.
    bars = lab.box.get_by_role("button")
    bars.filter(has_text="sorted by length").click()
    expect(order).to_have_value("sorted")
    lab.expect_text(waste(sorted(shown, key=len), 2))
    lab.page.keyboard.press("ArrowUp")
    expect(said).to_have_text("Take them in buckets.")
    lab.page.keyboard.press("Enter")
    expect(order).to_have_value("in buckets")
    buckets = [*sorted(shown[:4], key=len), *sorted(shown[4:], key=len)]
    lab.expect_text(waste(buckets, 2))
    order.select_option("as typed")
    lab.expect_text(waste(shown, 2))

    # Point at a text: its row in the batches is framed with it, and says what it pays.
    row = lab.box.get_by_label("Text 4 is in batch 2")
    row.hover()
    expect(said).to_contain_text("whose longest text has 17 characters: 2 characters")
    expect(said).to_contain_text("15 cells of padding.")
    expect(linked).to_have_count(2)
    lab.box.get_by_label("Text 1", exact=True).hover()
    expect(linked).to_have_count(2)
    row.focus()
    lab.page.keyboard.press("ArrowUp")
    expect(said).to_contain_text("Text 3 is in batch 2")
    lab.page.keyboard.press("ArrowUp")
    expect(said).to_contain_text("Text 2 is in batch 1")
    assert lab.box.locator("[data-cells='15']").count() == 2  # hi, and fine

    # In one batch no order helps.
    lab.drag(size, 600)
    lab.expect_text("All texts are in one batch: no order makes it narrower.")
    size.focus()
    for _ in range(8):
        size.press("ArrowLeft")
    lab.expect_text(waste(shown, 2))

    # Text that looks like HTML stays text; too much of it is answered.
    texts.fill("<b>x</b>\na & b")
    lab.expect_text(waste(["<b>x</b>", "a & b"], 2))
    assert lab.box.locator("svg b").count() == 0
    texts.fill("a\n" * 11)
    lab.expect_text("These are 11 texts; this lab draws up to 10")
    texts.fill("\n".join(TEXTS))
    lab.expect_text(waste(shown, 2))
