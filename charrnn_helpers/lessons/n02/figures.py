"""The figures of notebook 02: the shift, the examples of a text, and the ladder."""

import math
from collections.abc import Mapping

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from charrnn_helpers.plotting.grids import cell_canvas, draw_cells, number_ticks
from charrnn_helpers.plotting.palette import (
    BLACK,
    BLUE,
    DARK_VERMILLION,
    FAINT,
    GREY,
    PALE_BLUE,
    PALE_VERMILLION,
    VERMILLION,
)
from charrnn_helpers.plotting.showing import DECORATION, MEASURED
from charrnn_helpers.plotting.tools import (
    canvas,
    check_two_characters,
    set_title,
    visible_symbols,
)


def draw_shift(text: str) -> Figure:
    """Draw a text's inputs over its targets, with an arrow from each to its target.

    Args:
        text: T + 1 characters, at least 2.

    Raises:
        ValueError: if the text has fewer than 2 characters.
    """
    symbols = visible_symbols(text)
    steps = len(symbols) - 1
    check_two_characters(symbols)
    fig, ax, size = cell_canvas(None, 2.9, steps, side=1.1)
    for row, face, edge, letters in (
        (0.0, PALE_BLUE, BLUE, symbols[:-1]),
        (1.9, PALE_VERMILLION, VERMILLION, symbols[1:]),
    ):
        places = [(t, row) for t in range(steps)]
        draw_cells(ax, places, letters, size, face=face, edge=edge)
    look = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 0, "shrinkB": 0}
    look["mutation_scale"] = min(11, size)
    for t in range(steps):
        ax.annotate("", (t, 1.42), (t, 0.48), arrowprops=look)
    ax.set_yticks([0, 1.9], ["inputs", "targets"])
    number_ticks(ax, steps, "Step t")
    set_title(ax, "Each input is paired with the character that follows it")
    return fig


def draw_prefixes(text: str) -> Figure:
    """Draw every example of a text as a staircase: the prefix, and what comes next.

    Args:
        text: T + 1 characters, at least 2.

    Raises:
        ValueError: if the text has fewer than 2 characters.
    """
    symbols = visible_symbols(text)
    steps = len(symbols) - 1
    check_two_characters(symbols)
    fig, ax, size = cell_canvas(None, steps, steps + 1, largest=0.34)
    prefix = [(x, y) for y in range(steps) for x in range(y + 1)]
    letters = [symbols[x] for x, _ in prefix]
    draw_cells(ax, prefix, letters, size, face=PALE_BLUE, edge=BLUE)
    # The answers stand apart from their prefixes by a thick frame as well.
    places = [(y + 1, y) for y in range(steps)]
    draw_cells(ax, places, symbols[1:], size, face=PALE_VERMILLION, edge=VERMILLION)
    for x, y in places:
        corner = (x - 0.46, y - 0.46)
        ax.add_patch(Rectangle(corner, 0.92, 0.92, fill=False, ec=VERMILLION, lw=1.8))
    ax.set_yticks(range(steps))
    ax.set_ylabel("Step t")
    ax.set_xticks([])
    set_title(
        ax,
        f"{steps + 1} characters hold {steps} examples: a prefix, then the one that "
        "follows",
    )
    return fig


SEES = {
    "uniform": "knows nothing",
    "unigram": "knows how often each character comes",
    "bigram": "also sees the current character",
    "floor": "remembers everything",
}


def draw_ladder(rungs: Mapping[str, float]) -> Figure:
    """Draw the rungs at their heights, each with its loss and what it knows.

    Args:
        rungs: loss by name, the names of SEES; the bracket spans bigram and floor.
    """
    fig, ax = canvas(None, 4.9)
    top = max(rungs.values()) + 0.35
    for rail in (0.0, 1.0):
        ax.plot([rail, rail], [0, top], "-", color=BLACK, linewidth=5, gid=DECORATION)
    ax.axhspan(-0.14, 0, color=FAINT, gid=DECORATION)
    for name, loss in rungs.items():
        style = ":" if name == "floor" else "-"
        ax.plot([0, 1], [loss, loss], color=BLUE, linewidth=4, linestyle=style)
        ax.text(-0.08, loss, name, ha="right", va="center", fontweight="bold")
        choices = f"{loss:.4f} nats, like {math.exp(loss):.1f} choices"
        up = 0.12 if name == "floor" else 0  # above the ground
        ax.text(1.1, loss + 0.1 + up, choices, va="center", gid=MEASURED)
        ax.text(1.1, loss - 0.1 + up, SEES[name], va="center", color=GREY)
    high, low = rungs["bigram"] - 0.03, rungs["floor"] + 0.03
    arrow = {"arrowstyle": "<->", "color": VERMILLION, "linewidth": 2}
    ax.annotate("", (0.5, low), (0.5, high), arrowprops=arrow)
    ax.text(1.1, 0.54, "what memory is worth", color=DARK_VERMILLION, va="center")
    ax.set_xlim(-0.6, 2.9)
    ax.set_ylim(-0.14, top)
    ax.set_xticks([])
    ax.set_ylabel("Loss (nats per character)")
    for side in ("right", "top", "bottom"):
        ax.spines[side].set_visible(False)
    ax.grid(False)
    set_title(ax, "Below the bigram rung, memory is the only way down")
    return fig
