"""The figures of notebook 04: a recurrent network and a feed-forward one."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

from charrnn_helpers.plotting.diagrams import blank_canvas, draw_arrow, draw_box
from charrnn_helpers.plotting.palette import (
    BLACK,
    BLUE,
    DARK_VERMILLION,
    GREY,
    PALE_BLUE,
    PALE_GREY,
    PALE_VERMILLION,
    VERMILLION,
    WIDTH,
)
from charrnn_helpers.plotting.tools import (
    check_two_characters,
    set_title,
    visible_symbols,
)


def draw_network(
    *,
    steps: int = 4,
    characters: str | None = None,
    layers: int = 1,
    title: str | None = None,
) -> Figure:
    """Draw a recurrent network folded, and the same network unrolled over its steps.

    Args:
        steps: how many steps to unroll, 1 to 8; ``characters`` sets it if given.
        characters: a text of T + 1 characters: the inputs of the T steps and, above
            the logits, their targets.
        layers: how many recurrent layers to stack, 1 to 3.

    Raises:
        ValueError: if ``steps`` or ``layers`` is outside its range.
    """
    symbols = None
    if characters is not None:
        symbols = visible_symbols(characters)
        check_two_characters(symbols)
        steps = len(symbols) - 1
    if not 1 <= steps <= 8:
        raise ValueError(
            f"steps must be from 1 to 8 to be legible, not {steps}; with characters, "
            "pass 2 to 9 of them."
        )
    if not 1 <= layers <= 3:
        raise ValueError(f"layers must be from 1 to 3, not {layers}.")
    rise, stride = 1.45, 2.15
    if steps > 5:
        stride = 1.85
    top = rise * (layers + 1)
    left = 5.45  # the centre of the first unrolled step
    right = left + stride * (steps - 1) + 1.75
    low, high = (-1.05 if symbols else -0.75), top + (1.15 if symbols else 0.85)
    span = right + 0.75
    width = min(WIDTH, 0.72 * span)
    fig, ax = blank_canvas(
        None, width, width * (high - low) / span + 0.35, (-0.75, right), (low, high)
    )
    scale = float(np.clip(width / span * 1.36, 0.66, 1.0))
    draw = _Network(ax, scale, rise, layers)
    draw.column(0.0, "t", first=True)
    for layer in range(1, layers + 1):
        draw.loop(0.0, layer * rise, layer)
    heading = {"fontsize": 11 * scale, "fontweight": "bold", "ha": "center"}
    ax.text(0, high - 0.25, "folded", **heading)
    middle = left + stride * (steps - 1) / 2
    unrolled = "unrolled: the same weights at every step" if steps > 2 else "unrolled"
    ax.text(middle, high - 0.25, unrolled, **heading)
    ax.text(2.6, top / 2 + 0.3, "unroll", ha="center", fontsize=10 * scale)
    draw_arrow(ax, (2.2, top / 2), (3.0, top / 2), color=GREY, width=2.4)
    for layer in range(1, layers + 1):
        draw.initial(left - 1.75, layer * rise, layer)
    for t in range(steps):
        x = left + stride * t
        draw.column(x, str(t + 1))
        for layer in range(1, layers + 1):
            begin = x - (1.75 - 0.33 if t == 0 else stride - 0.55)
            draw.recurrent(begin, x - 0.55, layer * rise, layer)
            if t == steps - 1:
                draw.last(x + 0.55, layer * rise, layer)
        if symbols:
            note = {"ha": "center", "va": "center", "fontsize": 11 * scale}
            ax.text(x, -0.66, f"“{symbols[t]}”", **note, color=BLUE)
            ax.text(
                x,
                top + 0.55,
                f"target “{symbols[t + 1]}”",
                **note,
                color=DARK_VERMILLION,
            )
    set_title(ax, title)
    return fig


class _Network:
    """The parts of the network diagram, all at one scale."""

    def __init__(self, ax: Axes, scale: float, rise: float, layers: int):
        self.ax, self.scale, self.rise, self.layers = ax, scale, rise, layers

    def name(self, symbol: str, index: str, layer: int) -> str:
        upper = f"^{{({layer})}}" if self.layers > 1 else ""
        return f"${symbol}_{{{index}}}{upper}$"

    def weight(self, x, y, symbol, index, layer=1, **place) -> None:
        place = {"ha": "left", "va": "center"} | place
        name = self.name(symbol, index, layer if index != "ho" else 0)
        if index == "ho":
            name = f"${symbol}_{{ho}}$"
        self.ax.text(x, y, name, fontsize=10.5 * self.scale, color="#333333", **place)

    def column(self, x: float, step: str, first: bool = False) -> None:
        """Draw input, states and logits of one step, with the arrows between them."""
        ax, size = self.ax, 12 * self.scale
        boxes = [(f"$x_{{{step}}}$", PALE_GREY, "#555555")]
        boxes += [
            (self.name("h", step, layer), PALE_BLUE, BLUE)
            for layer in range(1, self.layers + 1)
        ]
        boxes += [(f"logits$_{{{step}}}$", PALE_VERMILLION, VERMILLION)]
        for level, (text, face, edge) in enumerate(boxes):
            y = level * self.rise
            draw_box(ax, x, y, text, face=face, edge=edge, size=size)
            if level:
                draw_arrow(ax, (x, y - self.rise + 0.31), (x, y - 0.31))
                output = level == self.layers + 1
                self.weight(
                    x + 0.1, y - self.rise / 2, "W", "ho" if output else "ih", level
                )

    def loop(self, x: float, y: float, layer: int) -> None:
        """Draw the recurrent connection of the folded network."""
        corners = [(0.55, 0.17), (1.45, 0.62), (1.45, -0.62), (0.55, -0.17)]
        curve = Path(
            [(x + right, y + up) for right, up in corners],
            [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
        )
        self.ax.add_patch(
            FancyArrowPatch(
                path=curve,
                arrowstyle="-|>",
                mutation_scale=12,
                color=BLACK,
                linewidth=1.4,
                linestyle=(0, (4, 2)),
            )
        )
        self.weight(x + 1.32, y, "W", "hh", layer)

    def initial(self, x: float, y: float, layer: int) -> None:
        """Draw the zero state before the first step."""
        draw_box(
            self.ax,
            x,
            y,
            self.name("h", "0", layer),
            face="white",
            edge=GREY,
            width=0.66,
            dashed=True,
            size=11 * self.scale,
        )
        self.ax.text(
            x, y - 0.47, "zeros", ha="center", va="center", fontsize=9 * self.scale
        )

    def recurrent(self, begin: float, end: float, y: float, layer: int) -> None:
        draw_arrow(self.ax, (begin, y), (end, y), dashed=True)
        self.weight(
            (begin + end) / 2 - 0.04,
            y + 0.1,
            "W",
            "hh",
            layer,
            ha="center",
            va="bottom",
        )

    def last(self, x: float, y: float, layer: int) -> None:
        draw_arrow(self.ax, (x, y), (x + 0.5, y), dashed=True)
        name = "$h_n$" if self.layers == 1 else f"$h_n$[{layer - 1}]"
        self.ax.text(
            x + 0.56, y, name, ha="left", va="center", fontsize=11 * self.scale
        )


def draw_feedforward(*, title: str | None = None, ax: Axes | None = None) -> Figure:
    """Draw a feed-forward network beside a recurrent one: what is new is dashed."""
    fig, ax = blank_canvas(ax, 7.0, 4.0, (-2.9, 6.6), (-0.75, 3.95))
    draw = _Network(ax, 1.0, 1.45, 1)
    heading = {"fontsize": 11, "fontweight": "bold", "ha": "center"}
    for x, name, what in (
        (0.0, "feed-forward", "sees one character"),
        (4.2, "recurrent", "sees it and its own past"),
    ):
        draw.column(x, "t")
        ax.text(x, 3.68, name, **heading)
        ax.text(x, -0.62, what, fontsize=10, ha="center", color="#444444")
    draw.loop(4.2, 1.45, 1)
    for y, text in (
        (0.0, "input layer"),
        (1.45, "hidden layer"),
        (2.9, "output layer"),
    ):
        ax.text(-0.75, y, text, fontsize=10, ha="right", va="center", color="#444444")
    ax.text(
        5.05,
        1.02,
        "recurrent\nconnection",
        fontsize=10,
        ha="left",
        va="top",
        color="#444444",
    )
    set_title(ax, title)
    return fig
