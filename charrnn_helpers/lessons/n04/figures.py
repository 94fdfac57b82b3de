"""The figures of notebook 04: a recurrent network, and what a prediction depends on."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Patch, Rectangle
from matplotlib.path import Path

from charrnn_helpers.plotting.diagrams import blank_canvas, draw_arrow, draw_box
from charrnn_helpers.plotting.grids import cell_canvas, draw_cells
from charrnn_helpers.plotting.palette import (
    BLACK,
    BLUE,
    DARK_VERMILLION,
    FAINT,
    GREY,
    PALE_BLUE,
    PALE_GREY,
    PALE_VERMILLION,
    VERMILLION,
    WIDTH,
)
from charrnn_helpers.plotting.tools import (
    check_two_characters,
    new_figure,
    set_title,
    visible_symbols,
)

RISE, STRIDE, FIRST = 1.45, 2.15, 5.45  # between layers, between steps; the first step


def draw_network(characters: str) -> Figure:
    """Draw a recurrent network folded, and the same network unrolled over its steps.

    Args:
        characters: a text of T + 1 characters, T at most 5: the inputs of the T steps
            and, above the logits, their targets.
    """
    symbols = visible_symbols(characters)
    check_two_characters(symbols)
    steps, top = len(symbols) - 1, 2 * RISE
    right, low, high = FIRST + STRIDE * (steps - 1) + 1.75, -1.05, top + 1.15
    span = right + 0.75
    width = min(WIDTH, 0.72 * span)
    fig, ax = blank_canvas(
        None, width, width * (high - low) / span + 0.35, (-0.75, right), (low, high)
    )
    scale = float(np.clip(width / span * 1.36, 0.66, 1.0))

    def write(x: float, y: float, text: str, size: float = 10.5, **look) -> None:
        look = {"ha": "center", "va": "center"} | look
        ax.text(x, y, text, fontsize=size * scale, **look)

    _column(ax, write, 0.0, "t", scale)
    _loop(ax, write)
    heading = {"size": 11, "fontweight": "bold"}
    write(0, high - 0.25, "folded", **heading)
    middle = FIRST + STRIDE * (steps - 1) / 2
    write(middle, high - 0.25, "unrolled: the same weights at every step", **heading)
    write(2.6, top / 2 + 0.3, "unroll", 10)
    draw_arrow(ax, (2.2, top / 2), (3.0, top / 2), color=GREY, width=2.4)
    look = {"face": "white", "edge": GREY, "width": 0.66, "dashed": True}
    draw_box(ax, FIRST - 1.75, RISE, "$h_{0}$", size=11 * scale, **look)
    write(FIRST - 1.75, RISE - 0.47, "zeros", 9)
    for t in range(steps):
        x = FIRST + STRIDE * t
        _column(ax, write, x, str(t + 1), scale)
        begin = x - (1.75 - 0.33 if t == 0 else STRIDE - 0.55)
        draw_arrow(ax, (begin, RISE), (x - 0.55, RISE), dashed=True)
        write((begin + x - 0.55) / 2 - 0.04, RISE + 0.1, "$W_{hh}$", va="bottom")
        write(x, -0.66, f"“{symbols[t]}”", 11, color=BLUE)
        target = f"target “{symbols[t + 1]}”"
        write(x, top + 0.55, target, 11, color=DARK_VERMILLION)
    draw_arrow(ax, (x + 0.55, RISE), (x + 1.05, RISE), dashed=True)
    write(x + 1.11, RISE, "$h_n$", 11, ha="left")
    return fig


def _column(ax: Axes, write, x: float, step: str, scale: float) -> None:
    """Draw input, state and logits of one step, with the arrows between them."""
    boxes = (
        (f"$x_{{{step}}}$", PALE_GREY, "#555555"),
        (f"$h_{{{step}}}$", PALE_BLUE, BLUE),
        (f"logits$_{{{step}}}$", PALE_VERMILLION, VERMILLION),
    )
    for level, (text, face, edge) in enumerate(boxes):
        draw_box(ax, x, level * RISE, text, face=face, edge=edge, size=12 * scale)
    for level, name in enumerate(("$W_{ih}$", "$W_{ho}$")):
        draw_arrow(ax, (x, level * RISE + 0.31), (x, (level + 1) * RISE - 0.31))
        write(x + 0.1, (level + 0.5) * RISE, name, ha="left")


def _loop(ax: Axes, write) -> None:
    """Draw the recurrent connection of the folded network."""
    corners = [(0.55, 0.17), (1.45, 0.62), (1.45, -0.62), (0.55, -0.17)]
    curve = Path(
        [(right, RISE + up) for right, up in corners],
        [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
    )
    ax.add_patch(
        FancyArrowPatch(
            path=curve,
            arrowstyle="-|>",
            mutation_scale=12,
            color=BLACK,
            linewidth=1.4,
            linestyle=(0, (4, 2)),
        )
    )
    write(1.32, RISE, "$W_{hh}$", ha="left")


def draw_reading(
    texts: Sequence[str], reads: Mapping[str, object], asked: tuple[int, int]
) -> Figure:
    """Draw, for each model, the characters that one of its predictions depends on.

    Args:
        texts: the padded texts, one more character in each than there are steps.
        reads: the name of a model → (B, T), 1 where the prediction depends on it.
        asked: text and step of the prediction.
    """
    fig = new_figure(7.2, 0.45 + 1.85 * len(reads))
    axes = np.atleast_1d(fig.subplots(len(reads)))
    for ax, (name, read) in zip(axes, reads.items(), strict=True):
        depends = np.asarray(read, dtype=bool)
        B, T = depends.shape
        _, _, size = cell_canvas(ax, B, T)
        for found, face in ((False, "white"), (True, PALE_BLUE)):
            places = [(int(t), int(b)) for b, t in np.argwhere(depends == found)]
            symbols = [visible_symbols(texts[b])[t] for t, b in places]
            edge = BLUE if found else FAINT
            draw_cells(ax, places, symbols, size, face=face, edge=edge)
        b, t = asked
        look = {"fill": False, "edgecolor": VERMILLION, "linewidth": 2.6}
        ax.add_patch(Rectangle((t - 0.46, b - 0.46), 0.92, 0.92, zorder=3, **look))
        ax.set_xticks(range(T), range(T), fontsize=9)
        ax.set_yticks(range(B), [f"text {b}" for b in range(B)], fontsize=10)
        rows = [str(row) for row in range(B) if depends[row].any()]
        those = f"text{'s' * (len(rows) > 1)} {' and '.join(rows)}"
        set_title(ax, f"{name}: reads {depends.sum()} characters, of {those}")
    axes[-1].set_xlabel("Step")
    legend = [
        Patch(facecolor=PALE_BLUE, edgecolor=BLUE, label="the logits depend on it"),
        Patch(
            facecolor="none",
            edgecolor=VERMILLION,
            lw=2.4,
            label="the logits asked about",
        ),
    ]
    fig.legend(handles=legend, loc="outside lower center", ncols=2)
    return fig
