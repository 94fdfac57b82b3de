"""The lab of notebook 00, worked by mouse and keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

from charrnn_helpers.lessons.n00 import lab as _00_finish

BEFORE = """\
lab.prompt.value = "h"
lab.length.value = 16
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def work(lab):
    # A cell has typed "h" and asked for 16 characters.
    lab.expect_text("“h” becomes “how␣are␣you␣doing”, one of the three sentences.")
    lab.expect_text("At character 1, where it was least sure, it wrote “o” with a")
    lab.expect_text("of 0.51; its second choice was “e” with 0.41.")

    # A click on a later character: there is nothing to choose any more. Keys go back.
    tiles = lab.box.get_by_role("button")
    tiles.nth(1).click()
    lab.expect_text("At character 2 it wrote “w” with a probability of 0.82")
    expect(lab.box.get_by_role("caption")).to_contain_text("at character 2")
    lab.page.keyboard.press("ArrowLeft")
    expect(lab.box.locator(".charrnn-said")).to_contain_text("Character 1: click")
    lab.page.keyboard.press("Enter")
    lab.expect_text("of 0.51; its second choice was “e” with 0.41.")
    expect(lab.box.get_by_role("caption")).to_contain_text("at character 1")
    lab.page.keyboard.press("Enter")  # let go again: the least sure one is shown
    lab.expect_text("At character 1, where it was least sure,")

    # Type, character by character.
    prompt = lab.control("Your prompt")
    prompt.fill("")
    lab.expect_text("Your prompt is too short: type at least 1 character.")
    expect(lab.box.locator(".charrnn-stale")).to_have_count(1)
    prompt.press_sequentially("hel")
    text = _00_finish.finish("hel", 100, 16).text.replace(" ", "␣")
    lab.expect_text(f"“hel” becomes “{text}”")
    prompt.press_sequentially("lo")

    # The length: by keyboard and mouse.
    length = lab.slider("New characters")
    length.focus()
    for _ in range(4):
        length.press("ArrowLeft")
    lab.expect_text("“hello” becomes “hello␣how␣are␣you”, one of the three sentences.")
    done = _00_finish.finish("hello", 100, 12)
    lab.expect_text(f"a probability of {done.sure.mean():.2f} on average")
    shown = lab.text()
    for sure in done.sure.tolist():
        assert f"{sure:.2f}" in shown
    lab.drag(length, -600)
    lab.expect_text("The model wrote 1 character,")
    length.focus()
    for _ in range(11):
        length.press("ArrowRight")
    lab.expect_text("The model wrote 12 characters,")

    # The epochs: by mouse and by keyboard.
    epochs = lab.slider("Epochs of training")
    lab.drag(epochs, -600)
    text = _00_finish.finish("hello", 0, 12).text.replace(" ", "␣")
    lab.expect_text(f"becomes “{text}”, none of the three sentences.")
    epochs.focus()
    epochs.press("ArrowRight")
    done = _00_finish.finish("hello", 10, 12)
    lab.expect_text(f"a probability of {done.sure.mean():.2f} on average")
    lab.drag(epochs, 600)

    # Wrong input.
    prompt.fill("hello!")
    lab.expect_text("The model has never seen “!”, character 6 of your prompt")

    prompt.fill("hello i am")
    lab.expect_text("“hello i am” becomes".replace(" i", "␣i").replace(" am", "␣am"))
    prompt.fill("hello")
    lab.expect_text("“hello” becomes “hello␣how␣are␣you”")
