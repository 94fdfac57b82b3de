"""What is notebook 03's own: its lab, without a front end, and its figures."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from charrnn_helpers import data, plotting
from charrnn_helpers.lessons.n03 import checks, figures
from charrnn_helpers.lessons.n03 import lab as lab_03
from charrnn_helpers.lessons.n03.lab import THREE_SENTENCES, YOUR_TEXT
from tests.tools.figures import ALPHABET, assert_legible

VOCAB = data.Vocabulary.from_texts(data.SENTENCES)


def tables(picture: str) -> list[list[list[str]]]:
    """The cells' texts of each table."""
    return [
        [
            re.findall(r"<td[^>]*>([^<]*)</td>", line)
            for line in re.findall(r"<tr>(.*?)</tr>", table)
            if "min-width" in line
        ]
        for table in re.findall(r"<table.*?</table>", picture, re.S)
    ]


def strong_rows(picture: str, table: int) -> list[int]:
    """The rows of a table that hold a cell with a thick border."""
    lines = re.findall(r"<table.*?</table>", picture, re.S)[table]
    lines = [line for line in re.findall(r"<tr>(.*?)</tr>", lines) if "min-w" in line]
    return [i for i, line in enumerate(lines) if "3px solid" in line]


@pytest.mark.parametrize("text", ["hello", "i", "how are you doing"])
@pytest.mark.parametrize("columns", [1, 4, 8])
def test_the_tables_are_those_of_pytorch(text, columns):
    drawn = lab_03.draw_one_hot(text, THREE_SENTENCES, 3, columns)
    ones, weights, product = tables(drawn.picture)
    ids = torch.tensor([sorted(set("".join(data.SENTENCES))).index(c) for c in text])
    oracle = F.one_hot(ids, 16)
    assert [[int(v) for v in line] for line in ones] == oracle.tolist()
    W = lab_03.weight_matrix(16, columns)
    rows = F.embedding(ids, W)
    for shown, expected in ((weights, W), (product, rows)):
        numbers = torch.tensor([[float(v) for v in line] for line in shown])
        torch.testing.assert_close(numbers, expected, rtol=0, atol=0.0051)


@pytest.mark.parametrize("row", range(16))
def test_the_picked_row_is_where_its_symbol_is(row):
    text = "how are you doing"
    symbol = VOCAB.itos[row]
    places = [t for t, c in enumerate(text) if c == symbol]
    drawn = lab_03.draw_one_hot(text, THREE_SENTENCES, row, 4)
    assert strong_rows(drawn.picture, 0) == places
    assert strong_rows(drawn.picture, 1) == [row]
    assert strong_rows(drawn.picture, 2) == places
    assert f"of that sum is {text.count(symbol)} in each entry" in drawn.text
    if places:
        word = "row" if len(places) == 1 else "rows"
        assert f"at {word} {', '.join(map(str, places))}." in drawn.text
    else:
        assert "does not occur in the text" in drawn.text


def test_sizes_and_bytes_are_those_of_the_tensors():
    said = lab_03.draw_one_hot("hello", THREE_SENTENCES, 0, 4).text
    rows = F.one_hot(VOCAB.encode("hello"), 16).float()
    assert "5 rows of 16 numbers, 5 of 80 are 1" in said
    assert f"takes {rows.numel() * rows.element_size()} bytes" in said
    assert "int64 40." in said


def test_your_own_vocabulary_changes_width_and_rows():
    drawn = lab_03.draw_one_hot("zebra", YOUR_TEXT, 4, 2)
    ones, weights, _ = tables(drawn.picture)
    assert len(ones) == len(ones[0]) == len(weights) == 5
    assert "belongs to <b>z</b>" in drawn.text
    assert strong_rows(drawn.picture, 2) == [0]


def test_typed_text_is_escaped():
    drawn = lab_03.draw_one_hot("<script>&\"'", YOUR_TEXT, 2, 4)
    for shown in (drawn.text, drawn.picture):
        assert "<script" not in shown
        assert "&<" not in shown
    assert "&lt;" in drawn.picture and "&amp;" in drawn.picture
    with pytest.raises(ValueError, match="'<' at position 0"):
        lab_03.draw_one_hot("<b>", THREE_SENTENCES, 2, 4)
    lab = lab_03.one_hot_lab()
    lab.typed.value = "<b>"
    assert "'<'" in lab.said and "<b>" not in lab.text.value


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"typed": ""}, "Your text is too short: type at least 1 character."),
        ({"typed": "x" * 10_000}, "Your text has 10,000 characters"),
        ({"typed": "h" * 61}, "this lab draws up to 60"),
        ({"typed": "hello!"}, "unknown character '!' at position 5"),
        ({"typed": "aaa", "vocabulary": YOUR_TEXT}, "W has 1 row"),
    ],
)
def test_wrong_input_gets_a_sentence(changes, sentence):
    lab = lab_03.one_hot_lab()
    for name, value in changes.items():
        getattr(lab, name).value = value
    if "vocabulary" in changes:
        lab.row.value = 1
    assert lab.said.startswith("✗ ") and sentence in lab.said
    assert lab.picture.stale and lab.picture.value
    lab.typed.value, lab.row.value = "hello", 0
    assert not lab.picture.stale and not lab.said.startswith("✗")


def test_the_slider_has_one_position_a_symbol():
    lab = lab_03.one_hot_lab()
    assert lab.row.max == 15
    lab.row.value = 15
    lab.vocabulary.value = YOUR_TEXT
    assert lab.row.max == 3 == lab.row.value
    assert "Row 3 of W belongs to o" in lab.said
    lab.typed.value = "hello you"
    assert lab.row.max == len(set("hello you")) - 1
    lab.vocabulary.value = THREE_SENTENCES
    assert lab.row.max == 15


# --- the figures ---


def test_one_hot_draws_the_matrix():
    matrix = torch.eye(4)[[1, 0, 2, 2, 3]]
    fig = figures.draw_one_hot(matrix, "hello", "ehlo")
    (panel,) = plotting.figure_data(fig)["axes"]
    assert panel["images"][0]["values"] == matrix.int().tolist()
    assert panel["yticks"] == list("hello")
    assert panel["xticks"] == list("ehlo")
    with pytest.raises(ValueError, match=r"0 and 1 only, not 0\.5"):
        figures.draw_one_hot(matrix / 2, "hello", "ehlo")
    with pytest.raises(ValueError, match="4 row labels for 5 rows"):
        figures.draw_one_hot(matrix, "hell", "ehlo")


EXTREMES = {
    "one-hot": lambda: figures.draw_one_hot(np.eye(27), ALPHABET, ALPHABET),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_the_figure_is_legible(name):
    assert_legible(EXTREMES[name]())


# --- the exercises ---


def test_the_score_is_that_of_the_straight_line():
    line = np.polyfit([6.0, 8.0], [4.0, -1.0], deg=1)
    assert np.polyval(line, 11.0) == pytest.approx(checks.straight_line.expected())


def test_a_forbidden_function_is_known_under_another_name():
    space = {}
    exec("from torch.nn.functional import one_hot as hot", space)
    exec("def my_one_hot(ids, vocab_size): return hot(ids, vocab_size).float()", space)
    said = checks.one_hot.verdict(space["my_one_hot"]).message
    assert "my_one_hot uses one_hot: write the rule itself" in said
