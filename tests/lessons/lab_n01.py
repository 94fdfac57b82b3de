"""The lab of notebook 01, worked by mouse and keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

from charrnn_helpers import data

BEFORE = """\
lab.sentences.value = "hi\\nhi \\nhello"
lab.symbol.value = "padding symbol"
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def padding_said(texts: list[str]) -> str:
    """What the lab has to say about some texts, computed apart from it."""
    padded = data.pad(texts)
    cells = sum(map(len, padded))
    found = cells - sum(map(len, texts))
    verb = "is" if found == 1 else "are"
    return (
        f"{cells} cells, of which {found} {verb} padding ({100 * found / cells:.1f}%)"
    )


def choose(lab, *strokes: str) -> None:
    """Press some keys, slowly enough for a drop-down to open and close."""
    for stroke in strokes:
        lab.page.keyboard.press(stroke)
        lab.page.wait_for_timeout(300)


def work(lab):
    sentences = lab.control("Sentences, one a line:")
    side, symbol = lab.control("Padding on the:"), lab.control("Pad with:")

    # A cell has typed three sentences and chosen the symbol.
    expect(sentences).to_have_value("hi\nhi \nhello")
    lab.expect_text(padding_said(["hi", "hi ", "hello"]))
    lab.expect_text("Each padded cell holds the padding symbol")

    # Typing, key by key: Enter begins a new sentence.
    sentences.fill("")
    lab.expect_text("There is no sentence yet: type at least one character.")
    expect(lab.box.locator(".charrnn-stale")).to_have_count(1)
    sentences.click()
    lab.page.keyboard.type("tea")
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.type("coffee")
    lab.expect_text(padding_said(["tea", "coffee"]))
    lab.expect_text("10 characters to predict, of which 3 are padding")
    rows = lab.box.locator("table tr")
    expect(rows.nth(1)).to_have_text("row 0tea···")
    expect(rows.nth(2)).to_have_text("row 1coffee")

    # By keyboard: Tab leads to the side. A closed drop-down leaves the arrows to the
    # notebook, an open one takes them.
    lab.page.keyboard.press("Tab")
    expect(side).to_be_focused()
    choose(lab, "Space", "ArrowDown", "Enter")
    expect(side).to_have_value("left")
    expect(rows.nth(1)).to_have_text("row 0···tea")
    lab.page.keyboard.press("Tab")
    expect(symbol).to_be_focused()
    choose(lab, "Space", "ArrowUp", "Enter")
    expect(symbol).to_have_value("space")
    expect(rows.nth(1)).to_have_text("row 0␣␣␣tea")
    lab.expect_text("A space of padding has the id of every other space")

    # By mouse and by choice: back again.
    symbol.select_option("padding symbol")
    expect(rows.nth(1)).to_have_text("row 0···tea")
    side.select_option("right")
    expect(rows.nth(1)).to_have_text("row 0tea···")

    # Text that looks like HTML stays text.
    symbol.select_option("space")
    sentences.fill("<b>x</b>\na & b")
    lab.expect_text(padding_said(["<b>x</b>", "a & b"]))
    expect(rows.nth(1)).to_have_text("row 0<b>x</b>")
    expect(rows.nth(2)).to_have_text("row 1a␣&␣b␣␣␣")
    assert lab.box.locator("td b").count() == 0

    # Too much of it.
    sentences.fill("a\n" * 13)
    lab.expect_text("These are 13 sentences; this lab draws up to 12")

    sentences.fill("hi\nhi \nhello how are you\ni am fine")
    lab.expect_text("Rows 0 and 1 are now the same, though their sentences differ")
