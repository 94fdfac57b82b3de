"""Notebook 01: the lab against the helper's and PyTorch's padding; the exercises."""

from __future__ import annotations

import random
import re

import nbformat
import pytest
import torch
from torch.nn.utils.rnn import pack_sequence

from charrnn_helpers import data
from charrnn_helpers.lab.base import MAX_CHARACTERS
from charrnn_helpers.lessons.n01 import checks, lab
from charrnn_helpers.lessons.n01.processes import in_new_process
from tests.tools.exercises import NOTEBOOKS


def cells_of(picture: str) -> list[list[tuple[str, bool]]]:
    """The grid in a picture: what stands in each cell, and whether it is striped."""
    rows = re.findall(r"<tr>(.*?)</tr>", picture, re.S)
    found = [re.findall(r"<td style=\"([^\"]*)\">(.*?)</td>", row) for row in rows]
    return [
        [(text, "repeating-linear-gradient" in style) for style, text in row]
        for row in found
        if row
    ]


def drawn_texts(rng: random.Random) -> list[str]:
    return [
        "".join(rng.choices("abc de", k=rng.randint(1, 20)))
        for _ in range(rng.randint(1, 8))
    ]


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("seed", range(10))
def test_the_rows_are_the_helpers_padding(seed, side):
    texts = drawn_texts(random.Random(seed))
    rows = lab.padded_rows(texts, side, " ")
    assert ["".join(c for c, _ in row) for row in rows] == data.pad(texts, side=side)
    for text, row in zip(texts, rows, strict=True):
        assert sum(padded for _, padded in row) == len(row) - len(text)


@pytest.mark.parametrize("seed", range(10))
def test_cells_and_share_against_packed_sequences(seed):
    texts = drawn_texts(random.Random(seed))
    vocab = data.Vocabulary.from_texts(texts, pad=True)
    batch = data.encode_batch(vocab, texts)
    packed = pack_sequence([vocab.encode(t) for t in texts], enforce_sorted=False)
    padded = batch.numel() - packed.data.numel()
    said = lab.draw("\n".join(texts), "right", "padding symbol").text
    (rows, columns), (cells, found, share), (targets, hollow) = (
        re.search(r"(\d+) rows? of (\d+) columns?", said).groups(),
        re.search(
            r"(\d+) cells?, of which (\d+) (?:is|are) padding \((.*?)%", said
        ).groups(),
        re.search(r"(\d+) characters? to predict, of which (\d+)", said).groups(),
    )
    assert (int(rows), int(columns)) == tuple(batch.shape)
    assert (int(cells), int(found)) == (batch.numel(), padded)
    assert float(share) == pytest.approx(100 * padded / batch.numel(), abs=0.051)
    _, y = data.shift(batch) if batch.shape[1] > 1 else (None, batch[:, 1:])
    assert (int(targets), int(hollow)) == (y.numel(), int((y == vocab.pad_id).sum()))


def test_padding_on_the_left_is_one_target_fewer():
    for side, hollow in (("right", 8), ("left", 7)):
        text = lab.draw("\n".join(data.SENTENCES), side, "space").text
        assert f"48 characters to predict, of which {hollow} are padding" in text


def test_the_grid_shows_each_cell_once_and_stripes_the_padding():
    rows = cells_of(lab.draw("hi\na b", "left", "padding symbol").picture)
    assert rows[-2:] == [
        [("·", True), ("h", False), ("i", False)],
        [("a", False), ("␣", False), ("b", False)],
    ]
    rows = cells_of(lab.draw("hi\na b", "right", "space").picture)
    assert rows[-2] == [("h", False), ("i", False), ("␣", True)]


def test_confusable_rows_are_named_only_for_spaces():
    text = "hi\nhi \nhello"
    assert "Rows 0 and 1 are now the same" in lab.draw(text, "right", "space").text
    assert "the same" not in lab.draw(text, "right", "padding symbol").text
    assert "the same" not in lab.draw(text, "left", "space").text
    assert "the same" not in lab.draw("hi\nhi\nhello", "right", "space").text


def test_equal_lengths_need_no_padding_and_one_cell_reads_well():
    assert "All sentences are equally long" in lab.draw("ab\ncd", "left", "space").text
    text = lab.draw("a", "right", "space").text
    assert "1 row of 1 column: 1 cell, of which 0 are padding (0.0%)" in text
    assert "0 characters to predict" in text


@pytest.mark.parametrize("symbol", ["space", "padding symbol"])
def test_typed_text_is_escaped(symbol):
    drawing = lab.draw("<script>alert(1)</script>\na & b", "right", symbol)
    for part in (drawing.text, drawing.picture):
        assert "<script" not in part
    assert ("&lt;", False) in cells_of(drawing.picture)[-2]
    assert ("&amp;", False) in cells_of(drawing.picture)[-1]


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        ("", "no sentence yet"),
        ("\n\r\n\n", "no sentence yet"),
        ("a" * 10_000, f"Sentence 1 has 10,000 characters; this lab draws up to {200}"),
        ("ok\n" + "a" * (MAX_CHARACTERS + 1), "Sentence 2 has 201 characters"),
        ("a\n" * 13, "These are 13 sentences; this lab draws up to 12"),
    ],
)
def test_wrong_input_is_answered_by_a_sentence(sentences, said):
    with pytest.raises(ValueError, match=said):
        lab.draw(sentences, "right", "space")
    shown = lab.padding_lab()
    shown.sentences.value = sentences
    assert said in shown.said
    assert shown.picture.stale
    shown.sentences.value = "fine again"
    assert "1 row of 10 columns" in shown.said


def test_every_control_redraws_and_has_a_description():
    shown = lab.padding_lab()
    assert all(control.description for control in shown.controls.values())
    for name, value in (
        ("side", "left"),
        ("symbol", "padding symbol"),
        ("sentences", "one\nthree"),
    ):
        picture, redraws = shown.picture.value, shown.redraws
        getattr(shown, name).value = value
        assert shown.picture.value != picture
        assert shown.redraws == redraws + 1


# --- the page ---


def rows_of_idioms() -> list[tuple[str, str, str]]:
    """What stands in the table of idioms: what is written, an example, its result."""
    path = NOTEBOOKS / "01_text_and_padding.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    (table,) = (c.source for c in cells if "| you write |" in c.source)
    return re.findall(r"^\| (.*?) \| .* \| `(.*?)` → `(.*)` \|$", table, re.MULTILINE)


@pytest.mark.parametrize("idiom, example, result", rows_of_idioms())
def test_an_idiom_does_what_the_table_says(idiom, example, result):
    names = {"torch": torch, "x": torch.tensor([[1, 2, 3], [4, 5, 6]])}
    got, wanted = eval(example, names), eval(result, names)
    got = got.tolist() if isinstance(got, torch.Tensor) else got
    assert got == wanted


def test_the_table_of_idioms_is_read_whole():
    assert len(rows_of_idioms()) == 22


def test_two_processes_order_a_set_differently_and_a_sorted_one_alike():
    letters = "''.join(set('hello how are you, Zoë'))"
    orders = {in_new_process(letters, seed) for seed in range(1, 6)}
    assert len(orders) > 1 and len({"".join(sorted(order)) for order in orders}) == 1


# --- the exercises ---


def translating(message, error=ValueError):
    """An answer to exercise 1.2 that is right but for its error."""

    def my_translate(ids, old, new):
        itos, stoi = sorted(set("".join(old))), sorted(set("".join(new)))
        text = [itos[i] for i in ids]
        for position, c in enumerate(text):
            if c not in stoi:
                raise error(message.format(c=c, i=position, j=position + 1))
        return torch.tensor([stoi.index(c) for c in text], dtype=torch.int64)

    return my_translate


def test_a_message_may_say_more_than_it_must():
    answer = translating("{c!r} is unknown (position {i} of 99)")
    assert checks.translate.verdict(answer).passed


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (translating("{c} at {j}"), "You count the positions from 1."),
        (translating("{c} at {i}", KeyError), "Your message says what is needed."),
        (translating("{c}", KeyError), "A bare look-up stops with a KeyError."),
        (translating("{c}", IndexError), None),
    ],
)
def test_an_error_is_read_for_what_it_names(answer, hint):
    verdict = checks.translate.verdict(answer)
    assert not verdict.passed
    assert verdict.hint is None if hint is None else verdict.hint.startswith(hint)
    assert "(the text 'hello!')" in verdict.message


def test_rows_and_share_are_named():
    said = checks.fit_texts.verdict(lambda texts, length: (["  hi"] * 3, 0.25)).message
    assert "the second value of `rows` is '  hi', not 'ello'" in said
    said = checks.fit_texts.verdict(
        lambda texts, length: ([t[-length:].rjust(length) for t in texts], 0.3)
    ).message
    assert "`share` is 0.3, not 0.25" in said
