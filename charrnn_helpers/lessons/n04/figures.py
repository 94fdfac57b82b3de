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
    new_figure,
    set_title,
    visible_symbols,
)

RISE, STRIDE, FIRST = 1.45, 2.15, 5.45  # between layers, between steps; the first step
TOP, SCALE = 2 * RISE, 0.85


def draw_network(characters: str) -> Figure:
    """Draw a recurrent network folded, and the same network unrolled over four steps.

    Args:
        characters: a text of five characters: the inputs of the steps and, above the
            logits, their targets.
    """
    symbols = visible_symbols(characters)
    steps, low, high = len(symbols) - 1, -1.05, TOP + 1.15
    last = FIRST + STRIDE * (steps - 1)
    span = last + 2.5
    fig, ax = blank_canvas(
        *(None, WIDTH, WIDTH * (high - low) / span + 0.35),
        *((-0.75, span - 0.75), (low, high)),
    )

    def write(x: float, y: float, text: str, size: float = 10.5, **look) -> None:
        look = {"ha": "center", "va": "center"} | look
        ax.text(x, y, text, fontsize=size * SCALE, **look)

    _column(ax, write, 0.0, "t")
    _loop(ax, write)
    heading = {"size": 11, "fontweight": "bold"}
    write(0, high - 0.25, "folded", **heading)
    where = (FIRST + last) / 2, high - 0.25
    write(*where, "unrolled: the same weights at every step", **heading)
    write(2.6, RISE + 0.3, "unroll", 10)
    draw_arrow(ax, (2.2, RISE), (3.0, RISE), color=GREY, width=2.4)
    look = {"face": "white", "edge": GREY, "width": 0.66, "dashed": True}
    draw_box(ax, FIRST - 1.75, RISE, "$h_{0}$", size=11 * SCALE, **look)
    write(FIRST - 1.75, RISE - 0.47, "zeros", 9)
    for t in range(steps):
        x = FIRST + STRIDE * t
        _column(ax, write, x, str(t + 1))
        begin = x - (1.75 - 0.33 if t == 0 else STRIDE - 0.55)
        draw_arrow(ax, (begin, RISE), (x - 0.55, RISE), dashed=True)
        write((begin + x - 0.55) / 2 - 0.04, RISE + 0.1, "$W_{hh}$", va="bottom")
        write(x, -0.66, f"“{symbols[t]}”", 11, color=BLUE)
        target = f"target “{symbols[t + 1]}”"
        write(x, TOP + 0.55, target, 11, color=DARK_VERMILLION)
    draw_arrow(ax, (last + 0.55, RISE), (last + 1.05, RISE), dashed=True)
    write(last + 1.11, RISE, "$h_n$", 11, ha="left")
    return fig


def _column(ax: Axes, write, x: float, step: str) -> None:
    """Draw input, state and logits of one step, with the arrows between them."""
    boxes = (
        (f"$x_{{{step}}}$", PALE_GREY, "#555555"),
        (f"$h_{{{step}}}$", PALE_BLUE, BLUE),
        (f"logits$_{{{step}}}$", PALE_VERMILLION, VERMILLION),
    )
    for level, (text, face, edge) in enumerate(boxes):
        draw_box(ax, x, level * RISE, text, face=face, edge=edge, size=12 * SCALE)
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
    look = {"color": BLACK, "linewidth": 1.4, "linestyle": (0, (4, 2))}
    ax.add_patch(
        FancyArrowPatch(path=curve, arrowstyle="-|>", mutation_scale=12, **look)
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
    frame = {"facecolor": "none", "edgecolor": VERMILLION, "lw": 2.4}
    legend = [
        Patch(facecolor=PALE_BLUE, edgecolor=BLUE, label="the logits depend on it"),
        Patch(label="the logits asked about", **frame),
    ]
    fig.legend(handles=legend, loc="outside lower center", ncols=2)
    return fig
