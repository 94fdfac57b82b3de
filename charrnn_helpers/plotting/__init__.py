"""The figures of the series: their look, and the numbers that they stand on.

The ``draw_…`` functions take plain data (lists, NumPy arrays, PyTorch tensors, texts),
draw on ``ax`` or on a figure of their own, and return the figure. ``show`` displays it
together with its alternative text and its rounded data; the data is what the
regression run compares, because pictures differ from machine to machine.

Here is what several lessons draw; what one lesson draws stands in its room. Of every
drawing, ``title`` is the takeaway (None: a sentence of its own, or none), ``ax`` the
axes to draw on (None: a new figure), and the figure is returned.
"""

from charrnn_helpers.plotting.cards import draw_card
from charrnn_helpers.plotting.curves import (
    draw_bars,
    draw_ladder,
    draw_lines,
    draw_loss,
)
from charrnn_helpers.plotting.grids import draw_matrix, draw_padding
from charrnn_helpers.plotting.palette import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    PURPLE,
    VERMILLION,
    style,
)
from charrnn_helpers.plotting.showing import figure_data, png_bytes, show

__all__ = [
    "BLACK",
    "BLUE",
    "GREEN",
    "GREY",
    "PURPLE",
    "VERMILLION",
    "draw_bars",
    "draw_card",
    "draw_ladder",
    "draw_lines",
    "draw_loss",
    "draw_matrix",
    "draw_padding",
    "figure_data",
    "png_bytes",
    "show",
    "style",
]
