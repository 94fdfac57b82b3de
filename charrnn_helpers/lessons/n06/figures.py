"""The figure of notebook 06: a network of one number, two steps, every slope."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from charrnn_helpers.plotting import BLACK, BLUE, GREEN, VERMILLION
from charrnn_helpers.plotting.diagrams import blank_canvas, draw_arrow, draw_box
from charrnn_helpers.plotting.tools import set_title


def draw_two_steps(
    u: float, w: float, x: tuple[float, float], *, ax: Axes | None = None
) -> Figure:
    """Draw the two steps, the loss (h_2 − 1)², and the slope of every link.

    Args:
        u: input weight.
        w: recurrent weight; the state before the first step is 0.
        x: the two inputs.
    """
    a_1 = u * x[0]
    h_1 = math.tanh(a_1)
    a_2 = u * x[1] + w * h_1
    h_2 = math.tanh(a_2)
    fig, ax = blank_canvas(ax, 9, 3.4, (-0.3, 11.7), (-0.5, 3.9))
    places = {
        "sum 1": (0.9, 2.6, a_1, BLACK),
        "h_1": (3.4, 2.6, h_1, BLACK),
        "sum 2": (5.9, 2.6, a_2, BLACK),
        "h_2": (8.4, 2.6, h_2, BLACK),
        "loss": (10.9, 2.6, (h_2 - 1) ** 2, VERMILLION),
        "u": (2.6, 0.2, u, BLUE),
        "w": (7.0, 0.2, w, GREEN),
    }
    for name, (left, low, value, color) in places.items():
        text = f"{name}\n{value:.3g}" if name in "uw" else f"{name}\n{value:.3f}"
        draw_box(ax, left, low, text, face="white", edge=color, height=0.95)
    last = f"2 (h_2 − 1)\n= −{2 * (1 - h_2):.3f}"
    links = [
        ("u", "sum 1", f"x_1 = {x[0]:g}", BLUE, (-0.75, -0.1)),
        ("u", "sum 2", f"x_2 = {x[1]:g}", BLUE, (-0.65, 0.25)),
        ("w", "sum 2", f"h_1 = {h_1:.3f}", GREEN, (0.9, 0.1)),
        ("sum 1", "h_1", f"1 − h_1²\n= {1 - h_1**2:.3f}", BLACK, (0, 0.55)),
        ("h_1", "sum 2", f"w\n= {w:g}", BLACK, (0, 0.55)),
        ("sum 2", "h_2", f"1 − h_2²\n= {1 - h_2**2:.3f}", BLACK, (0, 0.55)),
        ("h_2", "loss", last, VERMILLION, (0, 0.55)),
    ]
    for start, end, slope, color, (dx, dy) in links:
        (x_0, y_0), (x_1, y_1) = places[start][:2], places[end][:2]
        if y_0 == y_1:
            tail, head = (x_0 + 0.55, y_0), (x_1 - 0.55, y_1)
        else:
            tail, head = (x_0, y_0 + 0.48), (x_1 - 0.25 * (x_1 > x_0), y_1 - 0.48)
        draw_arrow(ax, tail, head, color=color)
        middle = ((tail[0] + head[0]) / 2 + dx, (tail[1] + head[1]) / 2 + dy)
        ax.text(*middle, slope, ha="center", va="center", fontsize=10, color=color)
    set_title(ax, "Each arrow multiplies a change by its slope")
    return fig
