"""What is notebook 03's own: its lab, without a front end, figures and the fit."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from matplotlib.colors import to_hex

from charrnn_helpers import data
from charrnn_helpers.lab import pictures
from charrnn_helpers.lessons.n03 import checks, figures
from charrnn_helpers.lessons.n03 import lab as lab_03
from charrnn_helpers.lessons.n03.predictor import best_fit
from tests.tools.figures import ALPHABET, assert_legible

HELLO = "hello you"


def tables(picture: str) -> list[list[list[tuple[str, set[str]]]]]:
    """Of each table the rows of cells: text and link words."""
    return [
        [
            [(text, set(link.split())) for link, text in cells]
            for line in re.findall(r"<tr>(.*?)</tr>", table)
            if (
                cells := re.findall(r'<td(?: data-link="([^"]*)")?[^>]*>([^<]+)<', line)
            )
        ]
        for table in re.findall(r"<table.*?</table>", picture, re.S)
    ]


def numbers(table) -> torch.Tensor:
    return torch.tensor([[float(text) for text, _ in line] for line in table])


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("text", ["hello", "y", "you hello"[:8]])
def test_the_tables_are_those_of_pytorch(text, backwards):
    drawn = lab_03.draw_one_hot(text, HELLO, backwards)
    X, W, product, ids, w, stretched = map(numbers, tables(drawn.picture))
    symbols = sorted(set(HELLO), reverse=backwards)
    expected = torch.tensor([symbols.index(c) for c in text])
    torch.testing.assert_close(X, F.one_hot(expected, 7).float())
    torch.testing.assert_close(product, F.embedding(expected, W))
    torch.testing.assert_close(ids[:, 0], expected.float())
    torch.testing.assert_close(stretched, ids @ w)


def test_the_numbering_changes_everything_but_the_product():
    pictures_ = [lab_03.draw_one_hot("hello", HELLO, b).picture for b in (False, True)]
    forwards, backwards = (list(map(numbers, tables(p))) for p in pictures_)
    same = [torch.equal(a, b) for a, b in zip(forwards, backwards, strict=True)]
    assert same == [False, False, True, False, True, False]


def test_a_one_is_linked_with_its_row_of_w_and_of_the_product():
    X, W, product, ids, w, stretched = tables(
        lab_03.draw_one_hot("hello", HELLO, False).picture
    )
    for t, i in enumerate([2, 1, 3, 3, 4]):
        (link,) = [link for text, link in X[t] if text == "1"]
        rows = [r for r in range(7) if all(link & other for _, other in W[r])]
        assert rows == [i]
        for table in (product, ids, stretched):
            at = [n for n, line in enumerate(table) if all(link & o for _, o in line)]
            assert at == [t]
        assert all(link & other for _, other in w[0])
    unread = [r for r in range(7) if not any(W[r][0][1] & p[0][1] for p in product)]
    assert unread == [0, 5, 6]


def test_the_colours_of_w_are_those_of_the_figure():
    W = lab_03.weight_matrix(7)
    X = torch.eye(7)[[2, 1, 3, 3, 4]]
    fig = figures.draw_look_up(X, W, "hello", " ehlouy", marked="l", title="")
    image = fig.axes[1].images[0]
    for row, line in enumerate(W.tolist()):
        for column, value in enumerate(line):
            drawn = to_hex(image.cmap(image.norm(image.get_array()[row, column])))
            shown = pictures.colours(value, 1.0, True)[0]
            steps = [int(c[k : k + 2], 16) for k in (1, 3, 5) for c in (drawn, shown)]
            assert all(abs(a - b) <= 6 for a, b in zip(*[iter(steps)] * 2, strict=True))
    assert to_hex(fig.axes[0].images[0].cmap(1.0)) == pictures.colours(1, 1, False)[0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"typed": ""}, "Your text is too short: type at least 1 character."),
        ({"typed": "h" * 9}, "this lab draws up to 8"),
        ({"typed": "hello!"}, "unknown character '!' at position 5"),
        ({"vocabulary": "abcdefghi"}, "The vocabulary would have 9 symbols"),
        ({"vocabulary": ""}, "The text of the vocabulary is too short"),
    ],
)
def test_wrong_input_gets_a_sentence(changes, sentence):
    lab = lab_03.one_hot_lab()
    for name, value in changes.items():
        getattr(lab, name).value = value
    assert lab.said.startswith("✗ ") and sentence in lab.said
    assert lab.picture.stale and lab.picture.value


def test_typed_text_is_escaped():
    drawn = lab_03.draw_one_hot("<b>&", "<b>&", False)
    assert "<b>&" not in drawn.picture and "&lt;" in drawn.picture


# --- the figures and the fit ---


def test_the_look_up_draws_x_w_and_the_product():
    X = torch.eye(4)[[1, 0, 2, 2, 3]]
    W = torch.linspace(-1, 1, 12).view(4, 3)
    fig = figures.draw_look_up(X, W, "hello", "ehlo", marked="l", title="t")
    drawn = [torch.tensor(ax.images[0].get_array().data) for ax in fig.axes]
    for found, expected in zip(drawn, (X, W, W[[1, 0, 2, 2, 3]]), strict=True):
        torch.testing.assert_close(found, expected.double())
    framed = [[p.get_xy() for p in ax.patches] for ax in fig.axes]
    assert framed[0] == [(1.5, 1.5), (1.5, 2.5)] and framed[1] == [(-0.5, 1.5)]
    with pytest.raises(ValueError, match=r"0 and 1 only, not 0\.5"):
        figures.draw_look_up(X / 2, W, "hello", "ehlo", marked="l", title="")


def test_the_figures_are_legible():
    symbols = ALPHABET[:16]
    W = np.random.default_rng(0).uniform(-1, 1, (8, 3))
    X = np.eye(8)
    assert_legible(
        figures.draw_look_up(
            X, W, symbols[:8], symbols[:8], marked=symbols[3], title="T"
        )
    )
    table = np.full((16, 16), 1 / 16)
    assert_legible(figures.draw_tables({"a": table, "b": table}, symbols, symbols))


def test_the_best_fit_is_a_closed_form_where_there_is_one():
    ids, targets = torch.tensor([0, 0, 0, 1, 1]), torch.tensor([2, 2, 1, 0, 1])
    bigram = data.bigram_loss(ids, targets)
    assert best_fit(torch.eye(2)[ids], targets, 3)[1] == pytest.approx(bigram, abs=1e-4)
    blind, loss = best_fit(torch.zeros(5, 1), targets, 3)
    assert loss == pytest.approx(data.unigram_loss(targets), abs=1e-6)
    shares = blind(torch.zeros(1, 1)).softmax(dim=-1)
    torch.testing.assert_close(
        shares, torch.tensor([[0.2, 0.4, 0.4]]).double(), atol=1e-5, rtol=0
    )


# --- the exercises ---


def test_the_logit_is_that_of_the_straight_line():
    line = np.polyfit([6.0, 8.0], [4.0, -1.0], deg=1)
    assert np.polyval(line, 11.0) == pytest.approx(checks.straight_line.expected())


def test_a_forbidden_function_is_known_under_another_name():
    space = {}
    exec("from torch.nn.functional import one_hot as hot", space)
    exec("def my_one_hot(ids, vocab_size): return hot(ids, vocab_size).float()", space)
    said = checks.one_hot.verdict(space["my_one_hot"]).message
    assert "my_one_hot uses one_hot: write the rule itself" in said
