"""What every drawing needs: arrays, canvases, titles, characters that can be seen."""

import textwrap
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from charrnn_helpers.plotting.palette import WIDTH


def to_array(values, name: str, ndim: int) -> np.ndarray:
    """Return numbers as a float64 array of ``ndim`` dimensions."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must hold numbers only: {error}") from None
    if array.ndim != ndim:
        raise ValueError(
            f"{name} must have {ndim} dimension{'s' if ndim > 1 else ''}, "
            f"but its shape is {array.shape}."
        )
    if array.size == 0:
        raise ValueError(f"{name} is empty: its shape is {array.shape}.")
    return array


def new_figure(width: float, height: float) -> Figure:
    """Return a figure of that many inches, which pyplot does not know."""
    fig = Figure(figsize=(width, height), dpi=100, layout="constrained")
    FigureCanvasAgg(fig)
    return fig


def canvas(ax: Axes | None, height: float, width: float = WIDTH) -> tuple[Figure, Axes]:
    """Return the figure and the axes to draw on."""
    if ax is None:
        fig = new_figure(width, height)
        return fig, fig.add_subplot()
    return ax.get_figure(root=True), ax


def set_title(ax: Axes, title: str | None, default: str = "") -> None:
    """Set a title that is wrapped to the width of its panel."""
    title = default if title is None else title
    if not title:
        return
    columns = ax.get_subplotspec().get_gridspec().ncols if ax.get_subplotspec() else 1
    inches = ax.get_figure(root=True).get_figwidth() / columns
    size = mpl.rcParams["axes.titlesize"]
    points = font_manager.FontProperties(size=size).get_size_in_points()
    wide = max(12, int(inches * 72 / (0.55 * points)))
    ax.set_title(textwrap.fill(title, wide), loc="left")


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    path = font_manager.findfont(font_manager.FontProperties(family="DejaVu Sans"))
    return font_manager.get_font(path).get_char_index(ord(character)) != 0


_VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥", "\r": "␍", "": "∅", "$": "\\$"}


def visible_symbol(character: str) -> str:
    """Return a character as it can be seen in a figure: a space as ``␣``."""
    character = str(character)
    if character in _VISIBLE:
        return _VISIBLE[character]
    if len(character) == 1:
        if unicodedata.combining(character) and _has_glyph(character):
            return "◌" + character
        if not character.isprintable() or not _has_glyph(character):
            return f"{ord(character):X}"
        return character
    return "".join(
        part if part.isprintable() and _has_glyph(part) else f"{ord(part):X}"
        for part in character
    ).replace("$", "\\$")


def visible_symbols(characters) -> list[str]:
    """Return the labels of a text, of a list of symbols, or of a vocabulary."""
    characters = getattr(characters, "itos", characters)
    return [visible_symbol(character) for character in characters]


def spelled(text: str) -> str:
    """Return a text for use in a title: visible, and never read as mathematics."""
    return "".join(visible_symbol(c) if c != " " else c for c in text)


def number_text(value: float, decimals: int = 2) -> str:
    """Return a number with a proper minus sign, and none before zero."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "−")


def loss_text(value: float) -> str:
    """Return a loss with as many digits as it takes to tell small ones apart."""
    return number_text(
        value, 2 if abs(value) >= 0.995 else 3 if abs(value) >= 0.0995 else 4
    )


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> np.ndarray:
    """Move ascending positions as little as possible to keep them ``gap`` apart."""
    count = len(wanted)
    gap = min(gap, (high - low) / max(count - 1, 1))
    free = np.asarray(wanted, dtype=float) - gap * np.arange(count)
    blocks: list[list[float]] = []
    for value in free:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, m), (b, n) = blocks[-2], blocks[-1]
            blocks[-2:] = [[(a * m + b * n) / (m + n), m + n]]
    even = np.concatenate([np.full(int(n), value) for value, n in blocks])
    return np.clip(even, low, high - gap * (count - 1)) + gap * np.arange(count)


def check_two_characters(symbols: Sequence[str]) -> None:
    """Refuse a text that holds no pair of input and target."""
    if len(symbols) < 2:
        raise ValueError(
            "A text needs at least 2 characters, one to read and one to predict; "
            f"this one has {len(symbols)}."
        )
