"""The lab of notebook 03, worked by mouse and keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

BEFORE = """\
lab.typed.value = "yell"
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""

X, W, PRODUCT, IDS, SMALL_W, STRETCHED = range(6)


def linked(lab) -> list[list[str]]:
    """What is lit up, in each of the six tables: the texts of its cells."""
    return lab.box.locator("table").evaluate_all(
        "all => all.map(t => [...t.querySelectorAll('td.charrnn-linked')]"
        ".map(e => e.innerText))"
    )


def row(lab, table: int, number: int) -> list[str]:
    lines = lab.box.locator("table").nth(table).locator("tr:has(th[scope=row])")
    return lines.nth(number).locator("td[data-link]").all_inner_texts()


def work(lab):
    # A cell has typed "yell".
    lab.expect_text("X has 4 rows of 7 numbers; 4 of 28 are 1.")
    said = lab.box.locator(".charrnn-said")
    field = lab.control("Your text")
    field.fill("hello")
    lab.expect_text("X has 5 rows of 7 numbers; 5 of 35 are 1.")
    tables = lab.box.locator("table")
    expect(tables).to_have_count(6)

    # The mouse on a 1: its row of W, and what comes out, are the same numbers.
    ones = tables.nth(X).locator("[data-link]")
    assert ones.count() == 5
    for t, i in enumerate([2, 1, 3, 3, 4]):
        ones.nth(t).hover()
        lit = linked(lab)
        assert lit[X] == ["1"]
        assert lit[W] == lit[PRODUCT] == row(lab, W, i) == row(lab, PRODUCT, t)
        assert lit[IDS] == [str(i)] and lit[SMALL_W] == ["0.15", "-0.05", "0.10"]
    ones.nth(2).hover()
    expect(said).to_contain_text("l has id 3: its 1 takes row 3 of W as it is")

    # By keyboard, from 1 to 1; the second l takes the same row.
    lab.page.mouse.move(0, 0)
    ones.nth(2).focus()
    lit = linked(lab)
    lab.page.keyboard.press("ArrowDown")
    assert ones.nth(3).evaluate("e => e === document.activeElement")
    assert linked(lab)[W] == lit[W] == row(lab, PRODUCT, 3)

    # The other way round: row l of W is picked by two ones, row y by none.
    weights = tables.nth(W).locator("[data-link]")
    weights.nth(3 * 3).hover()
    lit = linked(lab)
    assert lit[X] == ["1", "1"] and lit[PRODUCT] == 2 * lit[W] and len(lit[W]) == 3
    expect(said).to_contain_text("2 places of the text pick it: 2, 3.")
    weights.nth(3 * 6).focus()
    lit = linked(lab)
    assert len(lit[W]) == 3 and not any(lit[:W] + lit[PRODUCT:])
    expect(said).to_contain_text("No 1 picks it")

    # As numbers: all share one row of weights, and o says four times what e says.
    tables.nth(STRETCHED).locator("[data-link]").last.hover()
    expect(said).to_contain_text("o says 4 times what e says")
    tables.nth(SMALL_W).locator("[data-link]").first.focus()
    expect(said).to_contain_text("One row of weights for all symbols")
    assert linked(lab)[IDS] == ["2", "1", "3", "3", "4"]

    # Another numbering: the product stays, the other one does not.
    before = [tables.nth(n).inner_text() for n in range(6)]
    backwards = lab.control("Number the symbols backwards")
    backwards.click()
    lab.expect_text("Each symbol has taken its row of W along")
    after = [tables.nth(n).inner_text() for n in range(6)]
    assert [a == b for a, b in zip(before, after, strict=True)] == [
        *(False, False, True, False, True, False)
    ]
    backwards.focus()
    backwards.press("Space")
    expect(lab.box).not_to_contain_text("along")

    # Wrong input, and its way out: a character more in the vocabulary.
    field.press("End")
    field.press_sequentially("!")
    lab.expect_text("unknown character '!' at position 5")
    expect(lab.box.locator(".charrnn-stale")).to_have_count(1)
    vocabulary = lab.control("Vocabulary of")
    vocabulary.fill("hello you!")
    lab.expect_text("X has 6 rows of 8 numbers; 6 of 48 are 1.")
    field.fill("hello yo")
    lab.expect_text("X has 8 rows of 8 numbers; 8 of 64 are 1.")
    size = lab.box.bounding_box()
    assert size["height"] <= 700, size
    tops = [tables.nth(n).bounding_box()["y"] for n in range(6)]
    assert max(tops[:3]) - min(tops[:3]) < 2 and max(tops[3:]) - min(tops[3:]) < 2
    right = tables.nth(PRODUCT).bounding_box()
    assert right["x"] + right["width"] <= size["x"] + 820
    lab.screenshot("03_one_hot_large")

    field.fill("hello")
    vocabulary.fill("hello you")
    lab.expect_text("X has 5 rows of 7 numbers; 5 of 35 are 1.")
    lab.page.mouse.move(0, 0)
    tables.nth(X).locator("[data-link]").nth(3).focus()  # for the picture of the pages
