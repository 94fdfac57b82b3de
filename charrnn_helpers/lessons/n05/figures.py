"""The figures of notebook 05: one step of a cell, and every step of a text."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from charrnn_helpers.plotting.palette import (
    BLACK,
    PALE_GREY,
    SIGNED,
    VERMILLION,
    WIDTH,
    ink_on,
)
from charrnn_helpers.plotting.showing import MEASURED
from charrnn_helpers.plotting.tools import (
    canvas,
    new_figure,
    number_text,
    set_title,
    to_array,
    visible_symbols,
)

COLUMNS = {
    "x_t": (0.45, "", "", "$x_t$"),
    "from_input": (1.2, "→", "$W_{ih}$, $b_{ih}$", "from_input"),
    "h_prev": (0.8, "+", "", "$h_{t-1}$"),
    "from_state": (1.2, "→", "$W_{hh}$, $b_{hh}$", "from_state"),
    "sum": (0.8, "=", "", "sum"),
    "h_t": (1.0, "→", "tanh", "$h_t$"),
    "logits": (1.4, "→", "$W_{ho}$, $b_o$", "logits"),
    "probs": (1.15, "→", "softmax", "probs"),
}
"""A quantity → the gap before it, a sign and words in the gap, and what it is called"""

PANELS = {
    "x_t": "$x_t$: what is read",
    "h_prev": "$h_{t-1}$: state before",
    "h_t": "$h_t$: state after",
    "from_input": "from_input",
    "from_state": "from_state",
    "probs": "probabilities",
}

OF_SYMBOLS = ("x_t", "logits", "probs")


def _limit(name: str, parts: Mapping[str, np.ndarray]) -> float:
    """The strongest colour: states have one scale, the numbers of the sum another."""
    if name in ("x_t", "probs", "h_prev", "h_t"):
        return 1.0
    alike = ("logits",) if name == "logits" else ("from_input", "from_state", "sum")
    return max(1.0, *(abs(parts[other]).max() for other in alike if other in parts))


def draw_step(
    parts: Mapping[str, object], *, vocabulary: Sequence[str], title: str
) -> Figure:
    """Draw one step of the cell as columns of numbers with the operations between them.

    Args:
        parts: the eight names of ``COLUMNS`` → numbers, (V,) or (H,).
        vocabulary: the V symbols.
        title: the takeaway.
    """
    numbers = {name: to_array(parts[name], name, 1) for name in COLUMNS}
    known = visible_symbols(vocabulary)
    rows = max(map(len, numbers.values()))
    row, wide, middle, x = 0.34, 1.0, rows / 2, 0.0
    fig, ax = canvas(None, rows * row + 1.05)
    ax.axis("off")
    place = {"ha": "center", "va": "center"}
    for name, (gap, sign, words, heading) in COLUMNS.items():
        values = numbers[name]
        top = middle - len(values) / 2
        between = x + gap / 2 - (0.16 if name == "logits" else 0)
        ax.text(between, middle, sign, fontsize=17, **place)
        ax.text(between, middle - 0.3 / row, words, fontsize=9, **place)
        x += gap
        if name in ("x_t", "h_prev"):  # the two products, each on its own ground
            left, more = (0.45, 1.9) if name == "x_t" else (0.25, 1.7)
            corner, size = (x - left, -0.35), (2 * wide + more, rows + 0.78 / row)
            ground = Rectangle(corner, *size, fc=PALE_GREY, ec="none", zorder=-1)
            ax.add_patch(ground)
        limit = _limit(name, numbers)
        image = ax.imshow(
            values[:, None],
            extent=(x, x + wide, top + len(values), top),
            cmap=SIGNED,
            vmin=-limit,
            vmax=limit,
            aspect="auto",
        )
        frame = (x, top), wide, len(values)
        ax.add_patch(Rectangle(*frame, fill=False, ec="#555555", lw=0.8))
        inks = image.cmap(image.norm(values))
        for at, value in enumerate(values):
            text = number_text(value, 0 if name == "x_t" else 2)
            spot = x + wide / 2, top + at + 0.5
            ink = ink_on(inks[at, :3])
            ax.text(*spot, text, fontsize=9.5, color=ink, gid=MEASURED, **place)
            if name in OF_SYMBOLS:
                side = x + wide + 0.2 if name == "probs" else x - 0.2
                ax.text(side, spot[1], known[at], fontsize=9.5, **place)
        kind = "V" if name in OF_SYMBOLS else "H"
        below = f"{heading}\n({kind} = {len(values)})"
        spot = x + wide / 2, top + len(values) + 0.08 / row
        ax.text(*spot, below, ha="center", va="top", fontsize=9.5, linespacing=1.25)
        x += wide
    best = (x - wide, top + int(values.argmax()))  # of the last column, probs
    ax.add_patch(Rectangle(best, wide, 1, fill=False, ec=VERMILLION, lw=2))
    ax.set_xlim(-0.05, x + 0.4)
    ax.set_ylim(rows + 0.55 / row, -0.4)
    set_title(ax, title, title)
    return fig


def draw_steps(
    parts: Mapping[str, object],
    *,
    text: str,
    vocabulary: Sequence[str],
    marked: Sequence[int],
    title: str,
) -> Figure:
    """Draw all steps of a text: one panel for each quantity, one row per character.

    Args:
        parts: the six names of ``PANELS`` → numbers, (T, V) or (T, H).
        text: the T characters.
        vocabulary: the V symbols.
        marked: the steps that are compared; they get a frame.
        title: the takeaway.
    """
    numbers = {name: to_array(parts[name], name, 2) for name in PANELS}
    known = visible_symbols(vocabulary)
    fig = new_figure(WIDTH, 4.4)
    grid = fig.subplots(2, 3)
    for ax, (name, heading) in zip(grid.flat, PANELS.items(), strict=True):
        values = numbers[name]
        limit = _limit(name, numbers)
        image = ax.imshow(values, cmap=SIGNED, vmin=-limit, vmax=limit, aspect="auto")
        count = values.shape[1]
        symbols = name in OF_SYMBOLS
        labels = known if symbols else [str(unit) for unit in range(count)]
        ax.set_xticks(range(count), labels, fontsize=8)
        ax.set_yticks(range(len(text)), visible_symbols(text), fontsize=10)
        ax.tick_params(length=0, pad=2)
        ax.spines[:].set_visible(False)
        ax.set_title(heading, loc="left", fontsize=10.5, pad=4)
        ax.set_xlabel("symbol" if symbols else "hidden unit", fontsize=9)
        bar = fig.colorbar(image, ax=ax, pad=0.02, aspect=16)
        bar.outline.set_visible(False)
        bar.ax.tick_params(labelsize=8, length=2)
        for step in marked:
            frame = (-0.5, step - 0.5), count, 1
            ax.add_patch(Rectangle(*frame, fill=False, ec=BLACK, lw=1.6, clip_on=False))
    fig.suptitle(title, x=0.01, ha="left", fontsize=12)
    return fig
