"""Notebook 01: the lab against the helper's and PyTorch's padding; the exercises."""

from __future__ import annotations

import random
import re

import nbformat
import pytest
import torch

from charrnn_helpers import data
from charrnn_helpers.lessons.n01 import checks, lab
from charrnn_helpers.lessons.n01.processes import in_new_process
from tests.tools.exercises import NOTEBOOKS


def drawn_texts(rng: random.Random) -> list[str]:
    return [
        "".join(rng.choices("abc de", k=rng.randint(1, 20)))
        for _ in range(rng.randint(1, 8))
    ]


@pytest.mark.parametrize("order", lab.ORDERS)
@pytest.mark.parametrize("batch_size", [1, 2, 3, 10])
def test_the_waste_is_what_the_tensors_hold(batch_size, order):
    rng = random.Random(batch_size)
    for _ in range(10):
        texts = drawn_texts(rng)
        lengths = [len(text) for text in texts]
        batches = lab.batches_of(lengths, batch_size, order)
        taken = [n for batch in batches for n in batch.numbers]
        assert sorted(taken) == list(range(len(texts)))
        assert all(len(batch.numbers) == batch_size for batch in batches[:-1])
        vocab = data.Vocabulary.from_texts(texts, pad=True)
        tensors = [
            data.encode_batch(vocab, [texts[n] for n in batch.numbers])
            for batch in batches
        ]
        assert lab.cells_of(batches) == sum(ids.numel() for ids in tensors)
        empty = sum(int((ids == vocab.pad_id).sum()) for ids in tensors)
        drawing = lab.draw("\n".join(texts), batch_size, order, "right")
        assert f"{empty} cell" in drawing.text
        padded = map(int, re.findall(r'data-cells="(\d+)"', drawing.picture))
        assert sum(padded) == empty


def test_orders_differ_as_their_names_say():
    lengths = [9, 1, 8, 2, 7, 3, 6]

    def found(order: str) -> list[list[int]]:
        return [
            [lengths[n] for n in batch.numbers]
            for batch in lab.batches_of(lengths, 2, order)
        ]

    assert found("as typed") == [[9, 1], [8, 2], [7, 3], [6]]
    assert found("sorted") == [[1, 2], [3, 6], [7, 8], [9]]
    assert found("in buckets") == [[1, 2], [8, 9], [3, 6], [7]]


def test_the_side_changes_the_picture_and_no_number():
    right, left = (lab.draw("a\nbbb", 2, "sorted", side) for side in ("right", "left"))
    assert right.text == left.text and right.picture != left.picture


def test_a_row_says_what_its_text_pays():
    picture = lab.draw("hi\nhello\nyou", 2, "sorted", "right").picture
    assert (
        "Text 1 is in batch 1, whose longest text has 3 characters: 2 characters and "
        "1 cell of padding." in picture
    )
    assert picture.count('data-link="t0"') == 2


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ("", "no text yet"),
        ("\n\r\n\n", "no text yet"),
        ("a" * 10_000, f"Text 1 has 10,000 characters; this lab draws up to {40}"),
        ("ok\n" + "a" * 41, "Text 2 has 41 characters"),
        ("a\n" * 11, "These are 11 texts; this lab draws up to 10"),
    ],
)
def test_wrong_input_is_answered_by_a_sentence(texts, said):
    with pytest.raises(ValueError, match=said):
        lab.draw(texts, 2, "as typed", "right")
    shown = lab.padding_lab()
    shown.texts.value = texts
    assert said in shown.said
    assert shown.picture.stale
    shown.texts.value = "fine again"
    assert "1 text in 1 batch: 10 characters and 0 cells" in shown.said


def test_a_bar_that_is_picked_sets_the_order():
    shown = lab.padding_lab()
    for name in reversed(lab.ORDERS):
        shown.picture.pick(name)
        assert shown.order.value == name
        assert f'data-pick="{name}"' in shown.picture.value


# --- the page ---


def rows_of_idioms() -> list[tuple[str, str, str]]:
    """What stands in the tables of idioms: what is written, an example, its result."""
    path = NOTEBOOKS / "01_text_and_padding.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    tables = "\n".join(c.source for c in cells if "| you write |" in c.source)
    return re.findall(r"^\| (.*?) \| .* \| `(.*?)` → `(.*)` \|$", tables, re.MULTILINE)


@pytest.mark.parametrize("idiom, example, result", rows_of_idioms())
def test_an_idiom_does_what_the_table_says(idiom, example, result):
    names = {"torch": torch, "x": torch.tensor([[1, 2, 3], [4, 5, 6]])}
    got, wanted = eval(example, names), eval(result, names)
    got = got.tolist() if isinstance(got, torch.Tensor) else got
    assert got == wanted


def test_the_table_of_idioms_is_read_whole():
    assert len(rows_of_idioms()) == 25


def test_two_processes_order_a_set_differently_and_a_sorted_one_alike():
    letters = "''.join(set('hello how are you, Zoë'))"
    orders = {in_new_process(letters, seed) for seed in range(1, 6)}
    assert len(orders) > 1 and len({"".join(sorted(order)) for order in orders}) == 1


# --- the exercises ---


def test_rows_and_share_are_named():
    said = checks.fit_texts.verdict(lambda texts, length: (["  hi"] * 3, 0.25)).message
    assert "the second value of `rows` is '  hi', not 'ello'" in said
    said = checks.fit_texts.verdict(
        lambda texts, length: ([t[-length:].rjust(length) for t in texts], 0.3)
    ).message
    assert "`share` is 0.3, not 0.25" in said
