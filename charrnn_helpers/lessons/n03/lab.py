"""The lab of notebook 03: a text as one-hot rows, and the rows of W that it picks."""

from __future__ import annotations

import ipywidgets as widgets
import torch
from torch import Tensor

from charrnn_helpers import data
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab, check_text

THREE_SENTENCES = "of the three sentences"
YOUR_TEXT = "of your text"

LONGEST = 60
"""Characters that the lab draws: X is as wide as the vocabulary."""


def vocabulary_of(text: str, vocabulary: str) -> data.Vocabulary:
    """The vocabulary that a choice of the lab stands for."""
    texts = data.SENTENCES if vocabulary == THREE_SENTENCES else [text]
    return data.Vocabulary.from_texts(texts)


def weight_matrix(vocab_size: int, columns: int) -> Tensor:
    """The matrix W of the lab, shape (V, columns), the same for the same sizes."""
    generator = torch.Generator().manual_seed(0)
    return 2 * torch.rand(vocab_size, columns, generator=generator) - 1


def draw_one_hot(typed: str, vocabulary: str, row: int, columns: int) -> Drawing:
    """Draw X, W and X @ W, with one row of W picked.

    Args:
        typed: the reader's text.
        vocabulary: THREE_SENTENCES or YOUR_TEXT.
        row: the picked row of W.
        columns: columns of W.

    Raises:
        ValueError: if the text is empty, too long or holds an unknown character, or
            if W has no such row.
    """
    check_text(typed, "Your text", maximum=LONGEST)
    vocab = vocabulary_of(typed, vocabulary)
    size = len(vocab)
    try:
        ids = vocab.encode(typed)  # (T,)
    except ValueError as error:
        raise ValueError(
            f"{error}. Type other characters, or choose the vocabulary {YOUR_TEXT}."
        ) from error
    if not 0 <= row < size:
        raise ValueError(
            f"W has {size} {_plural('row', size)}, one for each symbol, and the last "
            f"is row {size - 1}. Choose a smaller row than {row}."
        )
    X = data.one_hot(ids, size)  # (T, V)
    W = weight_matrix(size, columns).requires_grad_()  # (V, columns)
    product = X @ W  # (T, columns)
    product.sum().backward()
    equal = (product == W[row]).all(dim=-1).nonzero().flatten().tolist()
    return Drawing(
        _said(vocab, X, row, equal, W.grad[row]),
        _picture(vocab, typed, X, W.detach(), product.detach(), row, equal),
    )


def _said(
    vocab: data.Vocabulary, X: Tensor, row: int, equal: list[int], gradient: Tensor
) -> str:
    symbol = f"<b>{pictures.visible(vocab.itos[row])}</b>"
    steps, size = X.shape
    if equal:
        places = ", ".join(map(str, equal))
        count = f"{len(equal)} {_plural('time', len(equal))}"
        picked = (
            f"Row {row} of W belongs to {symbol}. The product holds it {count}, at "
            f"{_plural('row', len(equal))} {places}."
        )
    else:
        picked = (
            f"Row {row} of W belongs to {symbol}. No row of X picks it: {symbol} does "
            "not occur in the text."
        )
    sizes = (
        f"X has {steps} {_plural('row', steps)} of {size} numbers, {int(X.sum())} of "
        f"{X.numel():,} are 1. As float32 it takes {X.numel() * X.element_size():,} "
        f"bytes, the ids as int64 {8 * steps:,}."
    )
    learns = (
        "Sum up the product: the gradient of that sum is "
        f"{gradient[0].item():.0f} in each entry of row {row}."
    )
    return pictures.sentence(sizes) + pictures.sentence(f"{picked} {learns}")


def _picture(
    vocab: data.Vocabulary,
    text: str,
    X: Tensor,
    W: Tensor,
    product: Tensor,
    row: int,
    equal: list[int],
) -> str:
    cell = pictures.Cell
    labels = [f"{t}\u00a0{symbol}" for t, symbol in enumerate(text)]
    hits = set(equal)
    ones = [
        [
            # Only the ones are coloured; a zero is a number too, and stands there.
            cell("1", 1.0, strong=t in hits) if v else cell("0")
            for v in line
        ]
        for t, line in enumerate(X.tolist())
    ]
    weights = [
        [cell(f"{v:.2f}", v, strong=r == row) for v in line]
        for r, line in enumerate(W.tolist())
    ]
    results = [
        [cell(f"{v:.2f}", v, strong=t in hits) for v in line]
        for t, line in enumerate(product.tolist())
    ]
    grids = (
        pictures.grid(
            ones,
            caption=f"X, one-hot rows: {tuple(X.shape)}",
            row_labels=labels,
            column_labels=vocab.itos,
        ),
        pictures.grid(
            weights,
            caption=f"times W: {tuple(W.shape)}",
            row_labels=[f"{r}\u00a0{symbol}" for r, symbol in enumerate(vocab.itos)],
            signed=True,
            limit=1.0,
        ),
        pictures.grid(
            results,
            caption=f"= rows of W: {tuple(product.shape)}",
            row_labels=labels,
            signed=True,
            limit=1.0,
        ),
    )
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start;'
        f'background:#fff">{"".join(grids)}</div>'
    )


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def one_hot_lab() -> Lab:
    """A lab: type a text, see its one-hot rows, and pick a row of a weight matrix.

    Controls: ``typed``, ``vocabulary``, ``row``, ``columns``.
    """
    typed = widgets.Text("hello", description="Your text", continuous_update=True)
    vocabulary = widgets.Dropdown(
        options=[THREE_SENTENCES, YOUR_TEXT],
        value=THREE_SENTENCES,
        description="Vocabulary",
    )
    row = widgets.IntSlider(8, min=0, max=15, description="Row of W")
    columns = widgets.IntSlider(4, min=1, max=8, description="Columns of W")

    def fit_slider(_change: object) -> None:
        # Runs before the lab redraws. A slider needs two positions at least.
        if typed.value:
            size = len(vocabulary_of(typed.value, vocabulary.value))
            row.max = max(size - 1, 1)

    for control in (typed, vocabulary):
        control.observe(fit_slider, names="value")
    return Lab(
        "One-hot rows, times a matrix",
        {"typed": typed, "vocabulary": vocabulary, "row": row, "columns": columns},
        draw_one_hot,
        rows=[["typed", "vocabulary"], ["row", "columns"]],
    )
