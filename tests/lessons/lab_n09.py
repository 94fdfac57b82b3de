"""The lab of notebook 09, worked by mouse and keyboard."""

from __future__ import annotations

import itertools

import torch
import torch.nn.functional as F
from playwright.sync_api import expect

from charrnn_helpers.running import running_model

BEFORE = """\
lab.back.value = 2
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def gradients_of_each_loss(text):
    """What each state hears from each loss alone, by autograd: (loss, state) → norm."""
    model, vocab, *_ = running_model(60)
    ids, h, states = vocab.encode(text), None, []
    losses = []
    for read, target in itertools.pairwise(ids):
        logits, h = model(read.view(1), h)
        h.retain_grad()
        states.append(h)
        losses.append(F.cross_entropy(logits, target.view(1)) / (len(ids) - 1))
    found = {}
    for s in range(1, len(states)):
        norms = torch.autograd.grad(losses[s], states[:s], retain_graph=True)
        found |= {(s + 1, t + 1): f"{g.norm():.3f}" for t, g in enumerate(norms)}
    return found


def work(lab):
    said = lab.box.locator(".charrnn-said")

    def path(key):
        return lab.box.locator(f'[data-pick="{key}"]')

    # A cell went to two steps back. All paths add up to the gradient.
    lab.expect_text("15 of 21 paths are followed.")
    slider = lab.slider("Steps followed back")
    slider.focus()
    lab.page.keyboard.press("End")
    lab.expect_text("21 of 21 paths are followed.")
    lab.expect_text(
        "Cosine 1.000 with the true gradient of all of W_hh, and 1.00 of its"
    )

    # A path that is pointed at lights up: its cell, one loss, and four steps back.
    path("6-2").hover()
    expect(said).to_contain_text("From loss 6, entering at step 2: adds")
    expect(lab.box.locator(".charrnn-linked")).to_have_count(6)
    path("6-2").click()
    lab.expect_text("Loss 6 alone, going back to step 2:")
    norms = gradients_of_each_loss("am fine")
    lab.expect_text(" → ".join(norms[6, t] for t in (5, 4, 3, 2)) + ".")
    expect(lab.box.locator("svg path[marker-end]")).to_have_count(5)
    path("6-2").click()
    expect(lab.box).not_to_contain_text("alone")

    # The keyboard walks through the grid; Enter picks.
    path("6-2").focus()
    lab.page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("From loss 6, entering at step 3")
    lab.page.keyboard.press("ArrowUp")
    expect(said).to_contain_text("From loss 5, entering at step 3")
    lab.page.keyboard.press("Enter")
    lab.expect_text("going back to step 3: ")
    lab.expect_text(f"{norms[5, 4]} → {norms[5, 3]}.")
    lab.page.keyboard.press("Enter")

    # A shorter way back takes paths away; so does a bug, or it spoils their numbers.
    slider.focus()
    for left in (20, 18, 15, 11, 6):
        lab.page.keyboard.press("ArrowLeft")
        lab.expect_text(f"{left} of 21 paths are followed")
    short = lab.box.locator("p").nth(1).inner_text()
    lab.page.keyboard.press("End")
    carried = lab.control("carried: nothing carried back")
    carried.check()
    lab.expect_text("6 of 21 paths are followed")
    assert lab.box.locator("p").nth(1).inner_text() == short
    carried.uncheck()
    transposed = lab.control("transposed: W_hh.T, not W_hh")
    transposed.focus()
    lab.page.keyboard.press("Space")
    lab.expect_text("21 of 21 paths are followed, 10 of them with a wrong number")
    lab.page.keyboard.press("Space")
    overwritten = lab.control("overwritten, not added up")
    overwritten.check()
    lab.expect_text("They add up to 0.0000")
    lab.expect_text("Cosine 0.000 with the true gradient")
    overwritten.uncheck()

    # Another text, and a wrong one.
    text = lab.control("Your text")
    text.fill("hel")
    lab.expect_text("3 of 3 paths are followed")
    text.fill("hello you")
    lab.expect_text("this lab draws up to 7")
    expect(lab.box.locator(".charrnn-stale")).to_have_count(1)
    text.fill("am fine")
    slider.focus()
    for _ in range(3):
        lab.page.keyboard.press("ArrowLeft")
    path("6-4").click()
    lab.expect_text("15 of 21 paths are followed")
