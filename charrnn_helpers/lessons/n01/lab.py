"""The lab of notebook 01: type sentences, and see what padding makes of them."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as widgets

from charrnn_helpers.data import SENTENCES
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import MAX_CHARACTERS, Drawing, Lab, check_text

MAX_SENTENCES = 12
"""Most sentences that the lab draws."""

PAD_SIGN = "·"
"""How a padding symbol is drawn."""


def padding_lab() -> Lab:
    """Type sentences; see their batch as a grid, and what the padding costs.

    Returns:
        A lab with the controls ``sentences`` (one a line), ``side`` (right or left)
        and ``symbol`` (space or padding symbol).
    """
    controls = {
        "sentences": widgets.Textarea(
            value="\n".join(SENTENCES),
            description="Sentences, one a line:",
            rows=5,
            continuous_update=True,
            layout=widgets.Layout(width="560px"),
        ),
        "side": widgets.Dropdown(
            options=["right", "left"], value="right", description="Padding on the:"
        ),
        "symbol": widgets.Dropdown(
            options=["space", "padding symbol"], value="space", description="Pad with:"
        ),
    }
    return Lab(
        "Padding: from sentences to a rectangle",
        controls,
        draw,
        rows=[["sentences"], ["side", "symbol"]],
    )


def draw(sentences: str, side: str, symbol: str) -> Drawing:
    """Draw the batch that some sentences make.

    Args:
        sentences: one a line; lines without a character are left out.
        side: where the padding goes, "right" or "left".
        symbol: what it consists of, "space" or "padding symbol".

    Returns:
        The padded cells and their share in words, and the grid.

    Raises:
        ValueError: if there is no sentence, there are more than MAX_SENTENCES, or one
            has more than MAX_CHARACTERS.
    """
    texts = read(sentences)
    rows = padded_rows(texts, side, " " if symbol == "space" else None)
    cells = len(rows) * len(rows[0])
    filled = cells - sum(map(len, texts))
    targets, hollow = targets_and_padding(rows)
    parts = [
        f"{_count(len(rows), 'row')} of {_count(len(rows[0]), 'column')}: "
        f"{_count(cells, 'cell')}, of which {filled} "
        f"{'is' if filled == 1 else 'are'} padding ({filled / cells:.1%}).",
        f"{_count(targets, 'character')} to predict, of which {hollow} "
        f"{'is' if hollow == 1 else 'are'} padding.",
    ]
    if not filled:
        parts.append("All sentences are equally long: nothing has to be filled up.")
    elif symbol != "space":
        parts.append(
            f"Each padded cell holds the padding symbol (drawn as {PAD_SIGN}), which "
            "no sentence contains: the loss can leave it out."
        )
    elif hollow:
        parts.append(
            "A space of padding has the id of every other space, so the loss counts "
            "it like any character."
        )
    for a, b in confused(texts, rows):
        parts.append(
            f"Rows {a} and {b} are now the same, though their sentences differ: "
            "padding with spaces cannot be told from a space that was typed."
        )
    grid = pictures.grid(
        [
            [
                pictures.Cell(PAD_SIGN if c is None else c, hatched=is_padding)
                for c, is_padding in row
            ]
            for row in rows
        ],
        caption="The batch; the striped cells are padding, and ␣ is a space.",
        row_labels=[f"row\u00a0{i}" for i in range(len(rows))],
        column_labels=[str(t) for t in range(len(rows[0]))],
    )
    return Drawing(pictures.sentence(" ".join(map(pictures.plain, parts))), grid)


def read(sentences: str) -> list[str]:
    """The sentences in a text, one a line.

    Raises:
        ValueError: if there is none, there are too many, or one is too long.
    """
    texts = [line.rstrip("\r") for line in sentences.split("\n")]
    texts = [text for text in texts if text]
    if not texts:
        raise ValueError("There is no sentence yet: type at least one character.")
    for number, text in enumerate(texts, start=1):
        check_text(text, f"Sentence {number}")
    if len(texts) > MAX_SENTENCES:
        raise ValueError(
            f"These are {len(texts):,} sentences; this lab draws up to "
            f"{MAX_SENTENCES} of up to {MAX_CHARACTERS} characters. Remove some lines."
        )
    return texts


def padded_rows(
    texts: Sequence[str], side: str, value: str | None
) -> list[list[tuple[str | None, bool]]]:
    """Pad texts to one length.

    Args:
        texts: at least one.
        side: where the padding goes, "right" or "left".
        value: what the padded cells hold; None stands for a padding symbol.

    Returns:
        For each text its cells: (what stands there, whether it is padding).
    """
    longest = max(map(len, texts))
    rows = []
    for text in texts:
        real = [(character, False) for character in text]
        padding = [(value, True)] * (longest - len(text))
        rows.append(real + padding if side == "right" else padding + real)
    return rows


def targets_and_padding(
    rows: Sequence[Sequence[tuple[str | None, bool]]],
) -> tuple[int, int]:
    """How many characters are to be predicted, and how many of them are padding."""
    targets = [is_padding for row in rows for _, is_padding in row[1:]]
    return len(targets), sum(targets)


def confused(
    texts: Sequence[str], rows: Sequence[Sequence[tuple[str | None, bool]]]
) -> list[tuple[int, int]]:
    """Pairs of rows that hold the same symbols though their texts differ."""
    first: dict[tuple[str | None, ...], int] = {}
    pairs = []
    for i, row in enumerate(rows):
        j = first.setdefault(tuple(symbol for symbol, _ in row), i)
        if texts[i] != texts[j]:
            pairs.append((j, i))
    return pairs


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
