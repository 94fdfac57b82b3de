"""The lab of notebook 02, worked by mouse and keyboard."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

from playwright.sync_api import expect

from charrnn_helpers import data

PAIRS = Counter(p for text in data.pad(data.SENTENCES) for p in pairwise(text))


BEFORE = """\
for step in (0, 6):
    lab.step.value = step
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def example(sentence: str, step: int) -> str:
    """What the lab has to say first, computed apart from it."""
    prefix, target = (
        text.replace(" ", "␣") for text in (sentence[: step + 1], sentence[step + 1])
    )
    return (
        f"Step {step}, example {step + 1} of {len(sentence) - 1}: after the prefix "
        f"“{prefix}” comes the target “{target}”."
    )


def share(current: str, target: str) -> float:
    """How often the target follows the current character, in the three sentences."""
    return PAIRS[current, target] / sum(
        n for (x, _), n in PAIRS.items() if x == current
    )


def work(lab):
    sentence, handle = lab.control("Your sentence:"), lab.slider("Step t:")
    hello = data.SENTENCES[0]

    # A cell has moved the slider to step 6.
    lab.expect_text(example(hello, 6))
    lab.expect_text(f"would guess “o” (probability {share('h', 'o'):.3f}): right")

    # By keyboard.
    handle.focus()
    lab.page.keyboard.press("Home")
    lab.expect_text(example(hello, 0))
    e = share("h", "e")
    lab.expect_text(f"to the target it gives {e:.3f}, a surprise of {-math.log(e):.3f}")
    expect(lab.box.locator("table").first.locator("tr").nth(1)).to_have_text("read✓")
    for step in (1, 2, 3):
        lab.page.keyboard.press("ArrowRight")
        lab.expect_text(example(hello, step))
    lab.expect_text("would guess “l” or “o” (probability 0.500 each)")
    expect(lab.box.locator("table").first.locator("tr").nth(1)).to_have_text("read✓✓✓✓")
    expect(lab.box.locator("table").last).to_contain_text("▶ o")
    lab.page.keyboard.press("End")
    lab.expect_text(example(hello, 15))

    # By mouse: all the way to the left.
    lab.drag(handle, -700)
    lab.expect_text(example(hello, 0))
    lab.drag(handle, 60)
    expect(lab.box).not_to_contain_text(example(hello, 0))

    # A sentence of one's own, key by key; the slider ends where it ends.
    sentence.fill("")
    lab.expect_text("Your sentence is too short: type at least 2 characters.")
    sentence.click()
    lab.page.keyboard.type("i am hello")
    lab.expect_text("of 9: after")
    handle.focus()
    lab.page.keyboard.press("End")
    lab.expect_text(example("i am hello", 8))
    lab.page.keyboard.press("Home")
    lab.expect_text(example("i am hello", 0))

    # What the bigram has never seen, and text that looks like HTML.
    sentence.fill("zoo<b>&")
    lab.expect_text("A bigram sees only “z”, which nothing follows")
    handle.focus()
    lab.page.keyboard.press("ArrowRight")
    lab.expect_text(example("zoo<b>&", 1))
    lab.expect_text("it has never seen “o” there and gives it probability 0")
    lab.page.keyboard.press("End")
    lab.expect_text(example("zoo<b>&", 5))
    assert lab.box.locator("td b").count() == 0

    sentence.fill("how are you, i am fine")
    lab.expect_text("of 21: after")
    handle.focus()
    lab.page.keyboard.press("Home")
    for _ in range(3):
        lab.page.keyboard.press("ArrowRight")
    lab.expect_text(example("how are you, i am fine", 3))
