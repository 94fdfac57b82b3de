"""The figure of notebook 03: a text as a one-hot matrix."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from charrnn_helpers.plotting.grids import (
    cell_canvas,
    grid_lines,
    label_matrix,
    matrix_labels,
)
from charrnn_helpers.plotting.palette import BLUE
from charrnn_helpers.plotting.showing import DECORATION
from charrnn_helpers.plotting.tools import set_title, to_array


def draw_one_hot(
    matrix,
    row_labels,
    column_labels,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw a one-hot matrix: a filled cell with a 1, pale cells with a 0.

    Args:
        matrix: shape (T, V), holding 0 and 1 only.
        row_labels: the T characters of the text.
        column_labels: the V symbols of the vocabulary.

    Raises:
        ValueError: if the labels do not fit, or a value is neither 0 nor 1.
    """
    matrix = to_array(matrix, "matrix", 2)
    if not np.isin(matrix, (0, 1)).all():
        wrong = matrix[~np.isin(matrix, (0, 1))][0]
        raise ValueError(
            f"A one-hot matrix holds 0 and 1 only, not {wrong:g}. "
            "For other values, use draw_matrix."
        )
    rows, columns = matrix_labels(matrix, row_labels, column_labels)
    height, width = matrix.shape
    fig, ax, size = cell_canvas(ax, height, width, largest=0.34, side=1.2, highest=7.0)
    image = ax.imshow(matrix, cmap=ListedColormap(["white", BLUE]), vmin=0, vmax=1)
    image.set_zorder(0)
    grid_lines(ax, height, width)
    # Digits as markers: hundreds of texts would take half a second.
    for digit, ink, scale in ((0, "#8A8A8A", 0.30), (1, "white", 0.34)):
        at_row, at_column = np.nonzero(matrix == digit)
        ax.scatter(
            at_column,
            at_row,
            s=(size * scale * 2) ** 2,
            marker=f"$\\mathrm{{{digit}}}$",
            color=ink,
            linewidth=0.4 if digit else 0,
            gid=DECORATION,
        )
    label_matrix(ax, rows, columns, size)
    ax.set_xlabel("Vocabulary")
    ax.set_ylabel("Text")
    set_title(ax, title)
    return fig
