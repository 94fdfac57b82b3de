"""The lab of notebook 13, worked by mouse and keyboard."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from playwright.sync_api import expect

from charrnn_helpers import corpus
from charrnn_helpers.evaluation import NGram
from charrnn_helpers.lessons.n13 import lab as lab_13

BEFORE = """\
lab.order.value = 4
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""

LINE = "    frobnicator = self.frobnicator"


def costs(line: str, order: int) -> list[str]:
    """The bits of a line by LSTM, table and mixture, by another way."""
    model, vocab = corpus.trained()
    text = corpus.load()
    whole = vocab.encode(text.validation[lab_13.BEFORE] + line)
    with torch.no_grad():
        logits, _ = model(whole[:-1].unsqueeze(0))
    of_model = F.cross_entropy(logits[0].double(), whole[1:], reduction="none")
    table = NGram(len(vocab), order).fit(vocab.encode(text.train))
    both = [nats[-len(line) :] for nats in (of_model, table.losses(whole))]
    mixed = -((-both[0]).exp() / 2 + (-both[1]).exp() / 2).log()
    return [f"{nats.sum().item() / math.log(2):.0f}" for nats in (*both, mixed)]


def work(lab):
    said = lab.box.locator(".charrnn-said")

    def part(key):
        return lab.box.locator(f'[data-pick="{key}"]')

    def expect_costs(line, order):
        lstm, table, mixed = costs(line, order)
        lab.expect_text(f"cost the LSTM {lstm} bits, the table {table}, and half and")
        lab.expect_text(f"half and half {mixed}")
        return int(lstm), int(table), int(mixed)

    # A cell has set four characters. The slider goes to five by keyboard.
    lab.expect_text("table, 4 back")
    slider = lab.slider("The table looks back")
    slider.focus()
    lab.page.keyboard.press("ArrowRight")
    lab.expect_text("table, 5 back")
    lstm, table, mixed = expect_costs(lab_13.EXAMPLE, 5)
    assert mixed < min(lstm, table)  # surprised by different characters
    lab.expect_text("less than either")

    # A line of one's own.
    field = lab.control("Your line")
    field.fill(LINE)
    expect_costs(LINE, 5)

    # Point at a character, then click: what both expected there.
    part("m4").hover()
    expect(said).to_contain_text("“f” costs")
    part("t4").click()
    lab.expect_text("all that the table sees")
    lab.expect_text("what came")

    # The arrows walk along a row; Enter picks, in the row of the mixture, too.
    part("h4").focus()
    lab.page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("half and half: “r” costs")
    lab.page.keyboard.press("Enter")
    lab.expect_text("all that the table sees")

    # Eight characters back, and the table has other surprises.
    slider.focus()
    for _ in range(3):
        lab.page.keyboard.press("ArrowRight")
    lab.expect_text("table, 8 back")
    expect_costs(LINE, 8)

    # Wrong input keeps the last picture.
    field.fill("é")
    lab.expect_text("printable ASCII")
    expect(lab.box.locator(".charrnn-stale")).to_have_count(1)
    field.fill(lab_13.EXAMPLE)
    expect_costs(lab_13.EXAMPLE, 8)
