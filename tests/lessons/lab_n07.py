"""The lab of notebook 07, worked by mouse and keyboard."""

from __future__ import annotations

import torch
from playwright.sync_api import expect

from charrnn_helpers.running import running_model
from charrnn_helpers.sampling import sample

BEFORE = """\
lab.temperature.value = 1.2
lab.top_p.value = 0.95
lab.length.value = 22
lab.seed.value = 394
lab.look.value = 5
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def text_of(prompt: str, length: int, seed: int, **controls: float) -> str:
    """What the lab has to show, by the helper."""
    model, vocab, *_ = running_model()
    generator = torch.Generator().manual_seed(seed)
    text = sample(model, vocab, prompt, length, generator=generator, **controls)
    return text.replace(" ", "␣")


def work(lab):
    # A cell has set τ = 1.2, top-p 0.95, 22 characters, seed 394.
    lab.expect_text("“h” becomes “hellomhow␣are␣you␣doing”.")
    lab.expect_text("the largest is 4.12, at character 5, “m”.")
    lab.expect_text("among 8 symbols of 16")

    # The prompt, typed.
    prompt = lab.control("Prompt")
    prompt.fill("")
    lab.expect_text("Your prompt is too short: type at least 1 character.")
    expect(lab.box.locator(".charrnn-stale")).to_have_count(1)
    prompt.press_sequentially("how")
    state = {"temperature": 1.2, "top_p": 0.95}
    lab.expect_text(f"“how” becomes “{text_of('how', 22, 394, **state)}”")

    # The seed: typed, by the button, and out of range.
    seed = lab.control("Seed")
    seed.fill("3")
    lab.expect_text(f"“how” becomes “{text_of('how', 22, 3, **state)}”")
    lab.button("Another seed").click()
    lab.expect_text(f"“how” becomes “{text_of('how', 22, 4, **state)}”")
    lab.button("Another seed").press("Enter")
    lab.expect_text(f"“how” becomes “{text_of('how', 22, 5, **state)}”")
    for other in range(6, 11):
        lab.expect_text(f"seed {other}")
        lab.expect_text(text_of("how", 22, other, **state))
    seed.fill("-5")
    lab.expect_text("The seed is a whole number from 0 to 999,999; it is -5.")
    seed.fill("394")
    lab.expect_text(f"“how” becomes “{text_of('how', 22, 394, **state)}”")

    # Temperature: to the end by mouse (greedy), then by keyboard.
    temperature = lab.slider("Temperature")
    lab.drag(temperature, -600)
    lab.expect_text(f"“how” becomes “{text_of('how', 22, 394, temperature=0)}”")
    lab.expect_text("among 1 symbol of 16")
    temperature.focus()
    for _ in range(20):
        temperature.press("ArrowRight")
    state = {"temperature": 2.0, "top_p": 0.95}
    lab.expect_text(f"“how” becomes “{text_of('how', 22, 394, **state)}”")

    # Top-k: by keyboard and mouse.
    top_k = lab.slider("Top-k")
    top_k.focus()
    top_k.press("Home")
    lab.expect_text("among 1 symbol of 16")
    top_k.press("ArrowRight")
    state["top_k"] = 2
    lab.expect_text(f"“how” becomes “{text_of('how', 22, 394, **state)}”")
    lab.drag(top_k, 600)

    # Top-p: by keyboard and mouse.
    top_p = lab.slider("Top-p")
    top_p.focus()
    top_p.press("Home")
    lab.expect_text("among 1 symbol of 16")
    lab.drag(top_p, 600)
    lab.expect_text("among 16 symbols of 16")
    state = {"temperature": 2.0}
    lab.expect_text(f"“how” becomes “{text_of('how', 22, 394, **state)}”")

    # Length and the character to look at, which follows it.
    length, look = lab.slider("New characters"), lab.slider("Look at character")
    look.focus()
    look.press("ArrowRight")
    lab.expect_text("Character 6 is")
    lab.drag(look, 600)
    lab.expect_text("Character 22 is")
    length.focus()
    length.press("Home")
    lab.expect_text("Mean surprise of the 2 new characters:")
    lab.expect_text("Character 2 is")
    lab.drag(length, 700)
    lab.expect_text("Mean surprise of the 60 new characters:")
    lab.drag(look, 600)
    lab.expect_text("Character 60 is")

    # Wrong input.
    prompt.fill("hello!")
    lab.expect_text("The model has never seen “!”, character 6 of your prompt")
    prompt.fill(("hello how are you " * 4)[:60])
    lab.expect_text("Mean surprise of the 60 new characters:")

    # The picture of the README: an accident at temperature 1.2, and its two sides.
    prompt.fill("h")
    for handle, steps in (
        (temperature, 12),
        (top_k, 15),
        (top_p, 18),
        (length, 20),
        (look, 4),
    ):
        handle.focus()
        handle.press("Home")
        for _ in range(steps):
            handle.press("ArrowRight")
    lab.expect_text("“h” becomes “hellomhow␣are␣you␣doing”.")
    lab.expect_text("Character 5 is “m”. The model gave it 0.016")
    lab.expect_text("among 8 symbols of 16")
