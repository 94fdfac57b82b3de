"""The lab of notebook 12, worked by mouse and keyboard."""

from __future__ import annotations

import torch
from playwright.sync_api import expect

from charrnn_helpers import corpus
from charrnn_helpers.lessons.n12 import lab as lab_12

BEFORE = """\
lab.unit.value = 34
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""

ENGLISH = '"""the weights of a layer are drawn at random"""\n'
CODE = "y = self.layer(x, size=3)\n"


def mean(text, unit, stretch):
    """The mean of a unit over a stretch of a text, by ``nn.LSTM``."""
    model, vocab = corpus.trained()
    before = corpus.load().validation[lab_12.BEFORE]
    with torch.no_grad():
        rows = torch.nn.functional.one_hot(vocab.encode(before + text), len(vocab))
        states, _ = model.rnn(rows.float())
    return lab_12._number(states[len(before) :, unit][stretch].mean().item())


def work(lab):
    said = lab.box.locator(".charrnn-said")

    def part(key):
        return lab.box.locator(f'[data-pick="{key}"]')

    # A cell chose unit 34. The slider goes to 35 by keyboard.
    lab.expect_text("Unit 34 of the trained network")
    slider = lab.slider("Unit")
    slider.focus()
    lab.page.keyboard.press("ArrowRight")
    lab.expect_text("Unit 35 of the trained network")

    # Text of one's own: English in quotes, then code.
    field = lab.control("Your code")
    field.fill(ENGLISH + CODE)
    inside = slice(0, len(ENGLISH) - 1)
    lab.expect_text(f"mean {mean(ENGLISH + CODE, 35, inside)} at the 48 characters")

    # Without its quotes the unit stays low: it does not follow them.
    lab.control("Rub the marks out").check()
    rubbed = (ENGLISH + CODE).replace('"', " ")
    lab.expect_text("without its marks")
    lab.expect_text(f"mean {mean(rubbed, 35, inside)} at the 48 characters")
    assert all(
        float(mean(text, 35, inside).replace("−", "-")) < -0.3
        for text in (ENGLISH + CODE, rubbed)
    )
    lab.control("Rub the marks out").uncheck()

    # Search by label: the bracket unit, which does follow its mark.
    lab.control("Search units for").select_option("bracket")
    lab.expect_text("Unit 168 of the trained network: mean −")
    part("c3").hover()
    expect(said).to_contain_text("unit 168 is")

    # The untrained network, and a unit of it that looks as good on this text.
    lab.button("untrained").click()
    lab.expect_text("Unit 69 of the untrained network")
    text = ENGLISH + CODE
    best = lab_12.rivals(text, text, "untrained", "bracket")[1]
    part(f"u{best[0]}").click()
    lab.expect_text(f"Unit {best[0]} of the untrained network")
    part(f"u{best[0]}").focus()
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("Enter")
    lab.expect_text(f"Unit {best[1]} of the untrained network")

    # A character goes to the unit that stands out there; arrows walk along the text.
    part("c3").focus()
    lab.page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("“h”")
    lab.page.keyboard.press("Enter")
    lab.expect_text("of the untrained network")

    # Wrong input keeps the last picture.
    field.fill("é")
    lab.expect_text("printable ASCII")
    expect(lab.box.locator(".charrnn-stale")).to_have_count(1)
    field.fill(lab_12.EXAMPLE)
    lab.button("trained").first.click()
    lab.control("Search units for").select_option("string")
    lab.expect_text("Unit 35 of the trained network")
