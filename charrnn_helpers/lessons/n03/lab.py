"""The lab of notebook 03: a 1 picks a row of W; an id stretches the only row of w."""

from __future__ import annotations

import ipywidgets as widgets
import torch
from torch import Tensor

from charrnn_helpers import data
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab, check_text
from charrnn_helpers.lab.pictures import Cell

LONGEST = 8
"""Characters of the text, and symbols of the vocabulary: the picture is as large."""


def weight_matrix(vocab_size: int) -> Tensor:
    """The matrix W of notebook 03, shape (V, 3)."""
    generator = torch.Generator().manual_seed(9)
    return torch.randint(-9, 10, (vocab_size, 3), generator=generator) / 10


NUMBER_WEIGHTS = torch.tensor([[0.15, -0.05, 0.1]])
"""What an id is multiplied by, shape (1, 3): the w of notebook 03."""


def draw_one_hot(typed: str, vocabulary: str, backwards: bool) -> Drawing:
    """Draw X @ W, and under it ids @ w, the same text as numbers.

    Args:
        typed: the reader's text.
        vocabulary: a text whose characters are the vocabulary.
        backwards: count the ids from the other end; each symbol keeps its row of W.

    Raises:
        ValueError: if a text is empty or too long, or a character is unknown.
    """
    check_text(typed, "Your text", maximum=LONGEST)
    check_text(vocabulary, "The text of the vocabulary")
    vocab = data.Vocabulary.from_texts([vocabulary])
    size = len(vocab)
    if size > LONGEST:
        raise ValueError(
            f"The vocabulary would have {size} symbols; this lab draws up to {LONGEST}."
        )
    try:
        ids = vocab.encode(typed)  # (T,)
    except ValueError as error:
        raise ValueError(f"{error}. Or add it to the vocabulary.") from error
    W, symbols = weight_matrix(size), vocab.itos  # (V, 3)
    if backwards:
        ids, W, symbols = size - 1 - ids, W.flip(0), symbols[::-1]
    X = data.one_hot(ids, size)  # (T, V)
    said = (
        f"X has {pictures.counted(len(ids), 'row')} of "
        f"{pictures.counted(size, 'number')}; {int(X.sum())} of {X.numel()} are 1. It "
        f"takes {X.nbytes} bytes, the ids {ids.nbytes}."
    )
    if backwards:
        said += " Each symbol has taken its row of W along to its new number."
    lines = _one_hot_line(typed, ids, symbols, X, W) + _number_line(typed, ids, symbols)
    picture = (
        '<div style="display:grid;grid-template-columns:repeat(5,auto);gap:4px 10px;'
        f'justify-content:start;background:#fff;color:#000">{lines}</div>'
    )
    return Drawing(pictures.sentence(said), picture)


def _one_hot_line(typed, ids: Tensor, symbols, X: Tensor, W: Tensor) -> str:
    places = [(ids == i).nonzero().flatten().tolist() for i in range(len(symbols))]
    says = [
        f"{_seen(symbols[i])} has id {i}: its 1 takes row {i} of W as it is, and "
        f"each 0 leaves a row out. As a number it is {i} times w."
        for i in range(len(symbols))
    ]
    ones = [
        [
            Cell("1", 1.0, link=f"p{t}", say=says[i]) if v else Cell("0")
            for i, v in enumerate(line)
        ]
        for t, line in enumerate(X.tolist())
    ]
    weights = [
        _cells(
            W[i], " ".join([f"r{i}", *[f"p{t}" for t in at]]), _of_row(i, at, symbols)
        )
        for i, at in enumerate(places)
    ]
    product = [
        _cells(
            row,
            f"p{t}",
            f"Row {t} of X @ W is row {i} of W: what "
            f"{_seen(symbols[i])} says, and nobody else.",
        )
        for t, (i, row) in enumerate(zip(ids.tolist(), X @ W, strict=True))
    ]
    return _line(
        pictures.grid(
            ones,
            caption=f"X {tuple(X.shape)}",
            row_labels=list(typed),
            column_labels=symbols,
            limit=1.0,
        ),
        _signed(weights, f"W {tuple(W.shape)}", _numbered(symbols)),
        _signed(product, f"X @ W {len(typed), 3}", list(typed)),
    )


def _of_row(i: int, at: list[int], symbols) -> str:
    owner = f"Row {i} of W belongs to {_seen(symbols[i])}. "
    if not at:
        return owner + "No 1 picks it: in this text it is not read, and learns nothing."
    where = ", ".join(map(str, at))
    return owner + (
        f"{pictures.counted(len(at), 'place')} of the text "
        f"{'picks' if len(at) == 1 else 'pick'} it: {where}. Sum up X @ W, and its "
        f"gradient is {len(at)}."
    )


def _number_line(typed, ids: Tensor, symbols) -> str:
    numbers = [
        [
            Cell(
                str(i),
                link=f"p{t}",
                say=f"{_seen(symbols[i])} as a number: {i} times the only row.",
            )
        ]
        for t, i in enumerate(ids.tolist())
    ]
    w = NUMBER_WEIGHTS
    every = " ".join(f"p{t}" for t in range(len(ids)))
    shared = "One row of weights for all symbols: an id can stretch it, no more."
    product = [
        _cells(row, f"p{t}", _stretched(i, symbols))
        for t, (i, row) in enumerate(zip(ids.tolist(), ids[:, None] * w, strict=True))
    ]
    return _line(
        pictures.grid(numbers, caption=f"ids {len(typed), 1}", row_labels=list(typed)),
        _signed([_cells(w[0], every, shared)], "w (1, 3)", [""]),
        _signed(product, f"ids @ w {len(typed), 3}", list(typed)),
    )


def _stretched(i: int, symbols) -> str:
    symbol = _seen(symbols[i])
    if i == 0:
        return f"0 times w: whatever the weights are, {symbol} says nothing."
    if i == 1:
        return f"1 times w: {symbol} says w itself."
    return (
        f"{i} times w: whatever the weights are, {symbol} says {i} times what "
        f"{_seen(symbols[1])} says."
    )


def _cells(numbers: Tensor, link: str, say: str) -> list[Cell]:
    return [Cell(f"{v + 0.0:.2f}", v, link=link, say=say) for v in numbers.tolist()]


def _signed(rows, caption: str, labels) -> str:
    return pictures.grid(
        rows, caption=caption, row_labels=labels, signed=True, limit=1.0
    )


def _line(left: str, middle: str, right: str) -> str:
    sign = '<b style="align-self:center;font:18px monospace">'
    return f"{left}{sign}@</b>{middle}{sign}=</b>{right}"


def _numbered(symbols) -> list[str]:
    return [f"{i}\N{NO-BREAK SPACE}{symbol}" for i, symbol in enumerate(symbols)]


def _seen(symbol: str) -> str:
    return "␣" if symbol == " " else symbol


def one_hot_lab() -> Lab:
    """A lab: point at a 1, at a row of W or at an id, and see what it takes part in.

    Controls: ``typed``, ``vocabulary``, ``backwards``.
    """
    return Lab(
        "A 1 picks a row; a number stretches the only one",
        {
            "typed": widgets.Text("hello", description="Your text"),
            "vocabulary": widgets.Text("hello you", description="Vocabulary of"),
            "backwards": widgets.Checkbox(
                False, description="Number the symbols backwards", indent=False
            ),
        },
        draw_one_hot,
        rows=[["typed", "vocabulary"], ["backwards"]],
    )
