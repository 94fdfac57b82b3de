"""The lab of notebook 04, worked by mouse and keyboard."""

from __future__ import annotations

import torch
from torch import nn

BEFORE = """\
lab.given.value = "h_0 with the texts first"
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def parameters(hidden_size: int, num_layers: int) -> str:
    rnn = nn.RNN(16, hidden_size, num_layers)
    return f"= {sum(p.numel() for p in rnn.parameters()):,}, with V = 16"


def work(lab):
    # A cell has chosen a wrong input.
    lab.expect_text("PyTorch says: RuntimeError: Expected hidden size (2, 3, 12)")

    # By keyboard: a closed drop-down leaves the arrows to the notebook, an open one
    # takes them.
    given = lab.control("Input")
    given.focus()
    for stroke in ("Space", "Home", "Enter"):
        lab.page.keyboard.press(stroke)
    lab.expect_text("It returns output (3, 5, 12) and h_n (2, 3, 12).")
    lab.expect_text(parameters(12, 2))

    # Sizes, one by one: by keyboard, then by mouse.
    texts, steps = lab.slider("Texts B"), lab.slider("Steps T")
    texts.focus()
    texts.press("ArrowRight")
    lab.expect_text("It returns output (4, 5, 12) and h_n (2, 4, 12).")
    lab.drag(texts, -400)
    lab.expect_text("It returns output (1, 5, 12) and h_n (2, 1, 12).")
    texts.focus()
    texts.press("ArrowRight")
    steps.focus()
    steps.press("ArrowRight")
    lab.expect_text("It returns output (2, 6, 12)")
    lab.drag(steps, 400)
    lab.expect_text("It returns output (2, 20, 12)")
    layers = lab.slider("Layers")
    layers.focus()
    layers.press("ArrowRight")
    lab.expect_text("h_n (3, 2, 12).")
    lab.expect_text("weight_hh_l2")
    lab.expect_text(parameters(12, 3))
    lab.drag(layers, -400)
    lab.expect_text("h_n (1, 2, 12).")
    assert "weight_hh_l1" not in lab.text()
    hidden = lab.control("Hidden size H")
    hidden.fill("40")
    hidden.press("Tab")
    lab.expect_text("It returns output (2, 20, 40) and h_n (1, 2, 40).")
    lab.expect_text(parameters(40, 1))
    for wrong in ("0", "-5", "100000"):
        hidden.fill(wrong)
        hidden.press("Tab")
        lab.expect_text(f"A hidden state of {int(wrong):,} numbers cannot be drawn")
    hidden.fill("12")
    hidden.press("Tab")
    lab.expect_text(parameters(12, 1))

    # batch_first, by keyboard and by mouse.
    batch_first = lab.control("batch_first")
    batch_first.focus()
    batch_first.press("Space")
    lab.expect_text("It returns output (20, 2, 12) and h_n (1, 2, 12).")
    lab.expect_text("(20, 2, 16) = (T, B, V)")
    batch_first.click()
    lab.expect_text("(2, 20, 16) = (B, T, V)")

    # Every wrong input: PyTorch's message or the silence, and what it means.
    labels = given.locator("option").all_inner_texts()
    assert len(labels) == 12
    for label in labels[1:]:
        given.select_option(label)
        said = "No error, and wrong:" if "exchanged" in label else "PyTorch says: "
        lab.expect_text(said)
    given.select_option("one-hot rows as float64")
    try:
        nn.RNN(16, 12, batch_first=True)(torch.zeros(2, 20, 16, dtype=torch.float64))
    except (RuntimeError, ValueError) as error:
        lab.expect_text(str(error))

    layers.focus()
    layers.press("ArrowRight")
    given.select_option("axes B and T exchanged")
    lab.expect_text("It returns output (20, 2, 12) and h_n (2, 20, 12).")
    lab.screenshot("04_shapes_wrong")
    given.select_option("right: one-hot rows")
    lab.drag(steps, -400)
    for _ in range(4):
        steps.press("ArrowRight")
    texts.focus()
    texts.press("ArrowRight")
    lab.expect_text("It returns output (3, 5, 12) and h_n (2, 3, 12).")
