"""The lab of notebook 05, worked by mouse and keyboard."""

from __future__ import annotations

import torch
from playwright.sync_api import expect

from charrnn_helpers.running import running_model

BEFORE = """\
lab.step.value = 4
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def expects(text, changes=None):
    """What the lab has to say after reading a text, by ``nn.RNN``."""
    model, vocab, *_ = running_model()
    with torch.no_grad():
        _, h = model(vocab.encode(text[:-1]))
        for unit, number in (changes or {}).items():
            h[0, unit] = number
        probs = model(vocab.encode(text[-1]), h)[0][-1].softmax(dim=-1)
    best = int(probs.argmax())
    return f"expects {vocab.itos[best].replace(' ', '␣')} with {probs[best]:.2f}"


def work(lab):
    said = lab.box.locator(".charrnn-said")

    def number(key):
        return lab.box.locator(f'[data-pick="{key}"]')

    # A cell went to step 4, the second l. A click on a character goes to the first.
    lab.expect_text(f"Step 4 reads l after hel and {expects('hell')}")
    number("s3").click()
    lab.expect_text(f"Step 3 reads l after he and {expects('hel')}.")
    lab.expect_text("what comes from the input is equal, the state is not.")

    # The numbers of the second l, one after the other: the first l becomes the second.
    number("o0").hover()
    expect(said).to_have_text("Unit 0 before step 4: 0.98. Click: step 3 gets it.")
    number("o0").click()
    one = expects("hel", {0: 0.98})
    lab.expect_text(f"With unit 0 at 0.98 (it was −0.94) it {one}")
    number("o8").click()
    both = expects("hel", {0: 0.98, 8: -0.63})
    lab.expect_text(f"unit 8 at −0.63 (it was 0.89) it {both}")
    assert "expects o" in both

    # Arrow keys walk through the state; Enter chooses a unit, the slider moves it.
    number("u8").focus()
    lab.page.keyboard.press("ArrowUp")
    expect(said).to_contain_text("Unit 7 before step 3: 0.21.")
    lab.page.keyboard.press("Enter")
    lab.expect_text("Unit of h_prev7Its number0.21")
    slider = lab.slider("Its number")
    slider.focus()
    lab.page.keyboard.press("ArrowLeft")
    lab.expect_text("unit 7 at 0.20 (it was 0.21)")
    lab.drag(slider, 30)
    lab.button("Put back").click()
    expect(lab.box).not_to_contain_text("With unit")

    # What is pointed at lights up along its row, in every column.
    number("u3").hover()
    expect(lab.box.locator(".charrnn-linked")).to_have_count(10)

    # The slider of the units and that of the steps, by keyboard.
    unit = lab.slider("Unit of h_prev")
    unit.focus()
    lab.page.keyboard.press("Home")
    step = lab.slider("Step")
    step.focus()
    lab.page.keyboard.press("Home")
    lab.expect_text("Step 1 reads h from zeros and expects o with 0.51.")
    lab.expect_text("No other step reads this letter.")

    # Another text, and a wrong one.
    text = lab.control("Your text")
    text.fill("i am fine")
    lab.expect_text("Step 1 reads i from zeros")
    step.focus()
    for _ in range(8):
        lab.page.keyboard.press("ArrowRight")
    lab.expect_text(f"Step 9 reads e after i␣am␣fin and {expects('i am fine')}")
    text.fill("")
    lab.expect_text("Your text is too short")
    expect(lab.box.locator(".charrnn-stale")).to_have_count(1)
    text.fill("hello")
    number("s3").click()
    number("o0").click()
    number("o8").click()
    lab.expect_text(f"unit 8 at −0.63 (it was 0.89) it {both}")
