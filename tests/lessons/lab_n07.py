"""The lab of notebook 07, worked by mouse and keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from charrnn_helpers.lessons.n07 import lab as desk

BEFORE = """\
lab.temperature.value = 0.3
lab.seed.value = 1
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""

ALL = {"temperature": 1.0, "top_k": 27, "top_p": 1.0}


def sentence(prompt: str = "", **changes: float) -> str:
    """What the lab has to say of the 100 names."""
    kinds = [desk.kind_of(name) for name in desk.draw_names(prompt, **ALL | changes)]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in desk.LOOKS) + ";"


def work(lab):
    # A cell has set τ = 0.3 and the second seed: a quarter of the names is copied.
    lab.expect_text("Seed 1 drew “angele”: copied.")
    lab.expect_text(sentence(temperature=0.3))

    # Heat: at the other end hardly one is.
    temperature = lab.slider("Temperature")
    lab.drag(temperature, 600)
    lab.expect_text(sentence(temperature=3.0))
    hot = desk.draw_names("", **ALL | {"temperature": 3.0})
    assert sum(desk.kind_of(name) == desk.COPIED for name in hot) < 3
    temperature.focus()
    for _ in range(20):
        temperature.press("ArrowLeft")
    lab.expect_text(sentence())

    # A click on a name puts it on the desk; the arrow keys lead to its neighbours.
    names = lab.box.locator('[data-group="names"] button')
    expect(names).to_have_count(100)
    names.nth(4).click()
    lab.expect_text(f"Seed 4 drew “{desk.draw_names('', **ALL)[4]}”")
    lab.page.keyboard.press("ArrowDown")
    said = lab.box.locator(".charrnn-said")
    expect(said).to_contain_text(f"Seed 14: “{desk.draw_names('', **ALL)[14]}”")
    lab.page.keyboard.press("Enter")
    lab.expect_text(f"Seed 14 drew “{desk.draw_names('', **ALL)[14]}”")
    seed = lab.slider("Seed")
    seed.focus()
    seed.press("Home")
    lab.expect_text("Seed 0 drew “lesha”: copied.")

    # The insight: the same cut keeps many symbols at one letter and few at another.
    top_p = lab.slider("Top-p")
    top_p.focus()
    for _ in range(4):
        top_p.press("ArrowLeft")
    lab.expect_text(sentence(top_p=0.8))
    tiles = lab.box.locator('[data-group="tiles"] button')
    tiles.nth(0).click()
    expect(tiles.nth(0)).to_have_attribute("aria-pressed", "true")
    kept = kept_by(lab)
    lab.page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("click, or press Enter, to see how it was drawn")
    lab.page.keyboard.press("Enter")
    expect(tiles.nth(1)).to_have_attribute("aria-pressed", "true")
    assert kept > 10 > kept_by(lab)
    expect(lab.box.locator("path[data-cut]")).to_have_count(1)

    # A row of the bars says its four numbers.
    lab.box.locator("svg g[data-say]").first.hover()
    expect(said).to_contain_text(re.compile(r"model 0\.\d+, ÷ τ = 1\.0 0\.\d+"))

    # Top-k cuts at the same place everywhere.
    top_p.press("End")
    top_k = lab.slider("Top-k")
    top_k.focus()
    top_k.press("Home")
    for _ in range(4):
        top_k.press("ArrowRight")
    lab.expect_text(sentence(top_k=5))
    assert kept_by(lab) == 5
    tiles.nth(0).click()
    expect(tiles.nth(0)).to_have_attribute("aria-pressed", "true")
    assert kept_by(lab) == 5
    top_k.press("End")
    lab.expect_text(sentence())

    # The beginning: letters that the model knows, and others.
    prompt = lab.control("Beginning")
    prompt.press_sequentially("isab")
    lab.expect_text(sentence("isab"))
    prompt.fill("Isab")
    lab.expect_text("The model has never seen “I”: it knows the small letters a to z.")
    expect(lab.box.locator(".charrnn-stale")).to_have_count(1)
    prompt.fill("")

    # The picture of the README: a name in the making, cut at p = 0.8.
    temperature.focus()
    temperature.press("ArrowLeft")
    top_p.focus()
    for _ in range(4):
        top_p.press("ArrowLeft")
    lab.expect_text(sentence(temperature=0.9, top_p=0.8))
    tiles.nth(2).click()
    expect(tiles.nth(2)).to_have_attribute("aria-pressed", "true")


def kept_by(lab) -> int:
    """Symbols that stay in the last column of the bars."""
    shown = lab.box.locator("svg text", has_text="of 27 stay").last
    return int(shown.text_content().split()[0])
