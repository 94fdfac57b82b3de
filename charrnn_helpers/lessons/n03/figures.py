"""The figures of notebook 03: a product that looks rows up, and tables learned."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from charrnn_helpers.plotting.grids import draw_matrix, grid_lines, matrix_labels
from charrnn_helpers.plotting.palette import POSITIVE, VERMILLION
from charrnn_helpers.plotting.showing import DECORATION
from charrnn_helpers.plotting.tools import new_figure, to_array


def draw_look_up(
    X, W, text: Sequence[str], symbols: Sequence[str], *, marked: str, title: str
) -> Figure:
    """Draw X, W and X @ W in a line, and frame what belongs to one symbol.

    Args:
        X: one-hot rows, shape (T, V), holding 0 and 1 only.
        W: shape (V, H), with values from −1 to 1.
        text: the T characters.
        symbols: the V symbols of the vocabulary.
        marked: the symbol whose ones, row of W and rows of the product are framed.
        title: the takeaway.

    Raises:
        ValueError: if a value of X is neither 0 nor 1, or the labels do not fit.
    """
    X, W = to_array(X, "X", 2), to_array(W, "W", 2)
    if not np.isin(X, (0, 1)).all():
        wrong = X[~np.isin(X, (0, 1))][0]
        raise ValueError(f"A one-hot matrix holds 0 and 1 only, not {wrong:g}.")
    rows, columns = matrix_labels(X, text, symbols)
    steps, size = X.shape
    width = W.shape[1]
    cells, numbers, high, gap, top = 0.42 * size, 0.62 * width, 0.34, 0.6, 0.75
    fig = new_figure(cells + 2 * numbers + 3 * gap, size * high + top + 0.35)
    fig.set_layout_engine("none")  # every row of the three is equally high
    places = [
        (0.6 * gap, cells, steps),
        (1.6 * gap + cells, numbers, size),
        (2.6 * gap + cells + numbers, numbers, steps),
    ]
    left, middle, right = (
        _panel(fig, x, top, wide, tall * high) for x, wide, tall in places
    )
    yellow = ListedColormap(["white", colormaps[POSITIVE](1.0)])
    left.imshow(X, cmap=yellow, vmin=0, vmax=1, aspect="auto")
    grid_lines(left, steps, size)
    for (row, column), value in np.ndenumerate(X):
        left.text(column, row, f"{value:g}", ha="center", va="center", gid=DECORATION)
    left.set_yticks(range(steps), rows)
    left.set_xticks(range(size), columns)
    for ax, matrix, labels in ((middle, W, symbols), (right, X @ W, text)):
        draw_matrix(
            matrix,
            row_labels=labels,
            limits=(-1 / 0.84, 1 / 0.84),  # the colours of the lab, where 1 is paler
            signed=True,
            decimals=1,
            colorbar=False,
            ax=ax,
        )
    at = [t for t, symbol in enumerate(text) if symbol == marked]
    row = list(symbols).index(marked)
    for t in at:
        _frame(left, t, row, 1)
        _frame(right, t, 0, width)
    _frame(middle, row, 0, width)
    panels = (("X", left, X), ("@   W", middle, W), ("=   X @ W", right, X @ W))
    for name, ax, matrix in panels:
        ax.set_title(f"{name}   {matrix.shape}", loc="left")
        ax.tick_params(length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
    fig.suptitle(title, ha="left", x=0.02, fontsize=12)
    return fig


def _panel(fig: Figure, x: float, top: float, wide: float, tall: float) -> Axes:
    """Axes at a place in inches, from the left and from the top."""
    width, height = fig.get_size_inches()
    box = (x / width, 1 - (top + tall) / height, wide / width, tall / height)
    return fig.add_axes(box)


def _frame(ax: Axes, row: int, column: int, columns: int) -> None:
    corner = (column - 0.5, row - 0.5)
    ax.add_patch(
        Rectangle(
            corner,
            columns,
            1,
            fill=False,
            edgecolor=VERMILLION,
            linewidth=3,
            zorder=5,
            clip_on=False,
        )
    )


def draw_tables(
    tables: Mapping[str, object],
    row_labels: Sequence[str],
    column_labels: Sequence[str],
) -> Figure:
    """Draw tables of probabilities side by side: current symbol down, next across.

    Args:
        tables: two, title → probabilities of shape (rows, columns).
        row_labels: the current symbols.
        column_labels: the next symbols.
    """
    fig = new_figure(9.0, 3.9)
    panels = fig.subplots(1, len(tables), width_ratios=(1, 1.14))
    for ax, (title, table), last in zip(
        panels, tables.items(), (False, True), strict=True
    ):
        draw_matrix(
            table,
            row_labels=row_labels,
            column_labels=column_labels,
            row_axis="" if last else "current symbol",
            column_axis="next symbol",
            limits=(0, 1),
            numbers=False,
            colorbar=last,
            label="probability",
            title=title,
            ax=ax,
        )
    return fig
