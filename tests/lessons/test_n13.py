"""What is notebook 13's own: its figures, its counts, its lab without a front end."""

from __future__ import annotations

import json
import math
import re
import time
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from charrnn_helpers import corpus, evaluation, longrun
from charrnn_helpers.data import Vocabulary
from charrnn_helpers.lessons.n13 import figures, writing
from charrnn_helpers.lessons.n13 import lab as lab_13

(NOTEBOOK,) = (Path(__file__).parents[2] / "notebooks").glob("13_*.ipynb")
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def code_of(name: str) -> dict:
    """The namespace of the cell that defines a function or class, run by itself."""
    names = {"torch": torch, "F": F, "math": math, "V": 96}
    names |= {"np": evaluation.np}
    for cell in CELLS:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and re.search(
            rf"^(def|class) ({name}|grams|Table)\b", source, re.MULTILINE
        ):
            exec(source.partition("\nbits = ")[0], names)
    return names


# --- the committed model ---


def test_the_figures_of_the_committed_model_are_those_of_a_fresh_measurement():
    model, vocab = corpus.trained()
    text = corpus.load().validation
    printed = "\n".join(
        "".join(output.get("text", ""))
        for cell in CELLS
        for output in cell.get("outputs", [])
    )
    bits = corpus.stream_loss(model, text) / math.log(2)
    assert f"{bits:.3f}" == "1.752" and f"streams: {bits:.3f}" in printed
    assert "(1.752 bits)" in corpus.trained.__doc__
    ids = vocab.encode(text)
    for every in (8, 64, 512):
        bits = evaluation.bits_per_character(model, ids, reset_every=every)
        found = re.search(rf"reset every +{every}: (\d\.\d\d),", printed)
        assert found[1] == f"{bits:.2f}"


# --- what the notebook builds is what the package has ---


def test_the_notebooks_table_is_that_of_the_package():
    vocab, text = corpus.vocabulary(), corpus.load()
    train, held = vocab.encode(text.train[:60_000]), vocab.encode(text.validation[:999])
    mine, other = code_of("NGram")["NGram"](6, weight=3.0), None
    mine.fit(train)
    other = evaluation.NGram(96, 6, weight=3.0).fit(train)
    for order in (0, 3, 6, None):
        expected = other.losses(held, order=order)
        assert torch.equal(mine.losses(held, order=order), expected)


@pytest.mark.parametrize("name", ["streams", "rate", "copied"])
def test_the_notebooks_functions_are_those_of_the_package(name):
    built = code_of(name)[name]
    if name == "streams":
        ids = torch.arange(103)
        both = zip(built(ids, 4, 7), corpus.streams(ids, 4, 7), strict=True)
        assert all(
            torch.equal(a, b) for x, y in both for a, b in zip(x, y, strict=True)
        )
    elif name == "rate":
        for share in (0, 0.01, 0.05, 0.3, 1):
            assert built(share, 0.02) == longrun.rate(share, 0.02)
    else:
        some, source = "abcde fgh abcdx", "xxabcde fg, abcd!"
        assert built(some, source, least=3) == evaluation.copied(some, source, least=3)


# --- a shorter table, a card with its cost ---


def test_a_table_of_a_lower_order_is_the_one_that_was_counted_so():
    ids = torch.arange(400) ** 2 % 7
    whole = evaluation.NGram(9, 4).fit(ids)
    for order in range(5):
        alone = evaluation.NGram(9, order).fit(ids)
        assert torch.equal(alone.losses(ids), whole.losses(ids, order=order))
        assert torch.equal(alone.probs(ids[:9]), whole.probs(ids[:9], order=order))
    for order in (-1, 5, 1.5):
        with pytest.raises((TypeError, ValueError), match="order"):
            whole.losses(ids, order=order)


# --- what is written ---


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("cut\nx = 1\nfor i in x:\n\n  not python at all\n)\ncut", 0.5),
        ("cut\n'\\d'\ncut", 1.0),  # an odd string warns nobody
        ("cut\n\ncut", 0.0),
        ("", 0.0),
    ],
)
def test_lines_are_python_or_not(text, share):
    assert writing.python(text) == share


@pytest.mark.parametrize(
    ("text", "share"),
    [("f(a[0])", 1.0), ("f(a[0)", 0.0), (")(", 0.0), ("(]())", 4 / 5), ("abc", 0.0)],
)
def test_brackets_have_their_partner(text, share):
    assert writing.closed(text) == share


def test_a_table_writes_what_it_has_counted():
    vocab = Vocabulary("ab")
    table = evaluation.NGram(2, 2, weight=1e-9).fit(vocab.encode("ab" * 50))
    assert writing.by_table(table, vocab, "ab", 6) == "ababab"
    model, vocab = corpus.trained()
    one, two = (writing.by_model(model, vocab, "def f(", 9) for _ in "12")
    assert one == two and len(one) == 9


def test_the_ladder_of_orders_has_a_point_for_each():
    fig = figures.draw_orders([4.0, 3.0, 2.0], lstm=1.5, title="a title")
    assert list(fig.axes[0].lines[0].get_xdata()) == [0, 1, 2]


# --- the lab ---


def test_the_lab_measures_what_the_package_measures():
    line = lab_13.EXAMPLE
    bits = lab_13.bits_of(line, 5)
    vocab, before = corpus.vocabulary(), corpus.load().validation[lab_13.BEFORE]
    ids = vocab.encode(before + line)
    of_table = lab_13.table().losses(ids, order=5)[-len(line) :] / math.log(2)
    assert torch.allclose(bits["t"], of_table)
    model, _ = corpus.trained()
    with torch.no_grad():
        logits, _ = model(ids[:-1])
    nats = F.cross_entropy(logits, ids[1:], reduction="none")[-len(line) :].double()
    assert torch.allclose(bits["m"], nats / math.log(2), atol=1e-3)
    p = (2 ** -bits["m"] + 2 ** -bits["t"]) / 2
    assert torch.allclose(bits["h"], -p.log2())
    assert bits["h"].sum() < min(bits["m"].sum(), bits["t"].sum())


def test_both_go_on_with_their_likeliest_character():
    line = "        raise ValueError"
    by_model, by_table = lab_13.by_model(line), lab_13.by_table(line, 5)
    assert by_model.more[0] == by_table.more[0] == "("
    assert len(by_model.more) == len(by_table.more) == lab_13.ADDED
    after = corpus.vocabulary().encode(line)
    first = lab_13.table().probs(after, order=5)
    assert by_table.more[0] == corpus.vocabulary().itos[first.argmax()]


def test_the_lab_answers_in_time_and_keeps_its_picture():
    lab = lab_13.surprise_lab()
    lab.typed.value = "x"
    began = time.process_time()
    lab.typed.value = "    def frobnicate(self, x=(1, [2])): pass # odd"
    assert time.process_time() - began < 0.5  # on any machine; 50 ms on this one
    before = lab.picture.value
    for typed, says in (("", "too short"), ("é", "printable"), ("x" * 49, "49")):
        lab.typed.value = typed
        assert says in lab.said and lab.picture.value == before
    lab.typed.value = "x = y"
    lab.picture.pick("t4")
    assert "all that the table sees" in lab.picture.value
    lab.typed.value = "x"  # what was picked is no longer there
    assert "all that the table sees" not in lab.picture.value
    lab.order.value = 0
    lab.picture.pick("m0")
    lab.picture.pick("m0")
    assert "1 character " in lab.said
