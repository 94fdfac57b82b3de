"""The lab of notebook 03, worked by mouse and keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import expect

BEFORE = """\
lab.typed.value = "hello hello"
lab.row.value = 8
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def numbers(text: str) -> list[str]:
    return re.findall(r"-?\d\.\d\d", text)


def work(lab):
    # A cell has typed "hello hello", row 8.
    lab.expect_text("X has 11 rows of 16 numbers, 11 of 176 are 1.")
    lab.expect_text("The product holds it 4 times, at rows 2, 3, 8, 9.")

    # A text, typed: three tables, one row a character, each a row of W.
    field = lab.control("Your text")
    field.fill("")
    lab.expect_text("Your text is too short: type at least 1 character.")
    expect(lab.box.locator(".charrnn-stale")).to_have_count(1)
    field.press_sequentially("hello")
    lab.expect_text("X has 5 rows of 16 numbers, 5 of 80 are 1.")
    tables = lab.box.locator("table")
    expect(tables).to_have_count(3)
    weights = tables.nth(1).locator("tr").all_inner_texts()
    product = tables.nth(2).locator("tr").all_inner_texts()
    ids = [" adefghilmnoruwy".index(symbol) for symbol in "hello"]
    assert [numbers(line) for line in product] == [numbers(weights[i]) for i in ids]
    lab.expect_text("The product holds it 2 times, at rows 2, 3.")

    # The picked row: by keyboard, then by mouse.
    row = lab.slider("Row of W")
    row.focus()
    for _ in range(3):
        row.press("ArrowRight")
    lab.expect_text("Row 11 of W belongs to o. The product holds it 1 time, at row 4.")
    lab.expect_text("the gradient of that sum is 1 in each entry of row 11.")
    lab.drag(row, -600)
    lab.expect_text("Row 0 of W belongs to ␣.")
    lab.expect_text("does not occur in the text")
    lab.expect_text("the gradient of that sum is 0 in each entry of row 0.")

    # Columns of W: by keyboard and mouse.
    columns = lab.slider("Columns of W")
    columns.focus()
    columns.press("ArrowLeft")
    lab.expect_text("= rows of W: (5, 3)")
    lab.drag(columns, 600)
    lab.expect_text("= rows of W: (5, 8)")
    assert len(numbers(tables.nth(2).inner_text())) == 40

    # Wrong input, and the other vocabulary as the way out.
    field.press("End")
    field.press_sequentially("!")
    lab.expect_text("unknown character '!' at position 5")
    lab.control("Vocabulary").select_option("of your text")
    lab.expect_text("X has 6 rows of 5 numbers, 6 of 30 are 1.")
    row.focus()
    row.press("End")
    lab.expect_text("Row 4 of W belongs to o.")
    # By keyboard: a closed drop-down leaves the arrows to the notebook, an open one
    # takes them.
    vocabulary = lab.control("Vocabulary")
    for key, text in (("ArrowUp", "unknown character"), ("ArrowDown", "6 of 30")):
        vocabulary.focus()
        for stroke in ("Space", key, "Enter"):
            lab.page.keyboard.press(stroke)
        lab.expect_text(text)

    field.fill("<script>alert(1)</script>&amp;")
    lab.expect_text("X has 30 rows")
    assert "<script>" not in lab.box.inner_html()
    field.fill("how are you doing, my little friend? i am fine, thank you!!!")
    lab.expect_text("X has 60 rows")

    field.fill("hello")
    lab.control("Vocabulary").select_option("of the three sentences")
    columns.focus()
    columns.press("Home")
    for _ in range(3):
        columns.press("ArrowRight")
    lab.expect_text("= rows of W: (5, 4)")
    row.focus()
    row.press("Home")
    for _ in range(8):
        row.press("ArrowRight")
    lab.expect_text("The product holds it 2 times, at rows 2, 3.")
