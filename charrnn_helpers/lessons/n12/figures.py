"""The figures of notebook 12: a text coloured by a unit, the path of the state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from charrnn_helpers.plotting.curves import draw_bars
from charrnn_helpers.plotting.grids import cell_canvas, draw_matrix
from charrnn_helpers.plotting.palette import BLUE, FAINT, GREY, SIGNED, VERMILLION
from charrnn_helpers.plotting.palette import ink_on as ink
from charrnn_helpers.plotting.showing import DECORATION
from charrnn_helpers.plotting.tools import (
    WIDTH,
    new_figure,
    set_title,
    to_array,
    visible_symbol,
)


def draw_text(text: str, values, *, title: str = "", label: str = "") -> Figure:
    """Draw a text line by line, each character on the colour of its number.

    Args:
        text: N characters; a newline ends its line.
        values: N numbers in [-1, 1].
        label: what the numbers are, written along the colour scale.
    """
    values = to_array(values, "values", 1)
    lines = text.splitlines(keepends=True)
    wide = max(map(len, lines))
    grid = np.full((len(lines), wide), np.nan)
    fig, ax, _ = cell_canvas(None, 1.7 * len(lines) + 1, wide, side=0.2)
    fig.set_figheight(0.42 * len(lines) + 1.3)
    ax.set_aspect("auto")
    ax.set_ylim(len(lines) - 0.5, -0.5)
    place = 0
    for row, line in enumerate(lines):
        grid[row, : len(line)] = values[place : place + len(line)]
        place += len(line)
    image = ax.imshow(grid, cmap=SIGNED, vmin=-1, vmax=1, aspect="auto")
    colours = image.cmap(image.norm(grid))
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            symbol = visible_symbol(character)
            ax.text(
                column,
                row,
                symbol,
                ha="center",
                va="center_baseline",
                fontsize=10,
                family=["DejaVu Sans Mono"],
                color=GREY if character in " \n" else ink(colours[row, column, :3]),
                gid=DECORATION,
            )
    ax.set(xticks=[], yticks=[])
    bar = fig.colorbar(
        image, ax=ax, orientation="horizontal", label=label, shrink=0.4, aspect=26
    )
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=9)
    set_title(ax, title)
    return fig


def draw_units(text: str, states, units: Sequence[int]) -> Figure:
    """Draw some units over a text, as a heat map.

    Args:
        text: N characters.
        states: shape (N, K), in [-1, 1].
        units: the numbers of the K units.
    """
    return draw_matrix(
        to_array(states, "states", 2).T,
        row_labels=[str(unit) for unit in units],
        column_labels=list(text),
        row_axis="the units that move most",
        limits=(-1, 1),
        numbers=False,
        label="h",
        title="Each character moves many units at once",
    )


def draw_path(text: str, points, *, shares: Sequence[float], title: str) -> Figure:
    """Draw where the state is after each character, and the way it goes.

    Args:
        text: N characters.
        points: shape (N, 2).
        shares: what fraction of the state's variance each axis shows.
    """
    points = to_array(points, "points", 2)
    fig = new_figure(WIDTH, 5.2)
    ax = fig.add_subplot()
    ax.plot(*points.T, color=FAINT, linewidth=1.2)
    ax.scatter(*points.T, s=5, color=GREY)
    for number, (character, (x, y)) in enumerate(zip(text, points, strict=True)):
        first = number < len(text) / 2
        ax.text(
            x,
            y,
            visible_symbol(character),
            ha="center",
            va="center",
            fontsize=15,
            family=["DejaVu Sans Mono"],
            color=BLUE if first else VERMILLION,
            fontweight="normal" if first else "bold",
            gid=DECORATION,
        )
    for color, half in ((BLUE, "first half of the text"), (VERMILLION, "second half")):
        ax.scatter([], [], s=60, marker="s", color=color, label=half)
    ax.legend(loc="lower left", frameon=False)
    ax.set_xlabel(f"First direction ({shares[0]:.0%} of the variance)")
    ax.set_ylabel(f"Second direction ({shares[1]:.0%})")
    set_title(ax, title)
    return fig


def draw_damage(damage: Mapping[str, tuple[float, float]], *, title: str) -> Figure:
    """Draw what taking a unit away adds to the loss, inside its label and outside.

    Args:
        damage: name → nats per character inside, and outside.
    """
    inside, outside = zip(*damage.values(), strict=True)
    return draw_bars(
        list(damage),
        {"inside the label": inside, "outside": outside},
        ylabel="Added loss (nats per character)",
        title=title,
    )
