"""Texts as rows of cells, and matrices."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from charrnn_helpers.plotting.palette import (
    BLUE,
    FAINT,
    PALE_BLUE,
    POSITIVE,
    SIGNED,
    WIDTH,
    ink_on,
)
from charrnn_helpers.plotting.showing import DECORATION, MEASURED
from charrnn_helpers.plotting.tools import (
    canvas,
    number_text,
    set_title,
    to_array,
    visible_symbols,
)


def cell_canvas(
    ax: Axes | None, rows: float, columns: float, *, largest=0.42, side=0.9, highest=9.0
) -> tuple[Figure, Axes, float]:
    """Return figure, axes and font size for a grid of square cells."""
    if ax is None:
        cell = min(largest, (WIDTH - side) / columns, highest / rows)
        width = max(6.0, columns * cell + side)
        fig, ax = canvas(None, rows * cell + 0.75, width)
    else:
        fig = ax.get_figure(root=True)
        box = ax.get_window_extent()
        cell = min(box.width / columns, box.height / rows) / fig.dpi
    ax.set_aspect("equal")
    ax.set_xlim(-0.5, columns - 0.5)
    ax.set_ylim(rows - 0.5, -0.5)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(length=0)
    return fig, ax, float(np.clip(cell * 72 * 0.52, 5.0, 14.0))


def draw_cells(
    ax: Axes, places, symbols, size: float, *, face, edge, ink="black", hatch=None
) -> None:
    """Draw square cells at (column, row) places with a symbol in each."""
    if not places:
        return
    square = 0.46 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    corners = np.array(places, dtype=float)[:, None, :] + square
    ax.add_collection(
        PolyCollection(
            corners,
            facecolor=face,
            edgecolor=edge,
            linewidth=0.9,
            hatch=hatch,
            gid=DECORATION,
        ),
        autolim=False,
    )
    for (x, y), symbol in zip(places, symbols, strict=True):
        longest = max(2, len(symbol.replace("\\", "")))
        ax.text(
            x,
            y,
            symbol,
            ha="center",
            va="center_baseline",
            color=ink,
            fontsize=size * min(1.0, 2.6 / longest),
            family=["DejaVu Sans"],
            bbox={"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none"}
            if hatch
            else None,
        )


def draw_padding(
    texts: Sequence,
    lengths: Sequence[int],
    *,
    side: str = "right",
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw padded texts as a grid of cells; padded cells are hatched and grey.

    Args:
        texts: B texts, or lists of symbols, of equal length T, padding included.
        lengths: (B,): how many cells of each text are not padding.
        side: on which side the padding stands, ``"right"`` or ``"left"``.
        title: the takeaway; by default the share of padded cells.

    Raises:
        ValueError: if the texts are not equally long, or a length does not fit.
    """
    rows = [visible_symbols(text) for text in texts]
    lengths = [int(length) for length in lengths]
    if not rows or not rows[0]:
        raise ValueError("texts is empty: there is nothing to draw.")
    columns = len(rows[0])
    if any(len(row) != columns for row in rows):
        raise ValueError(
            "The texts must be padded to one length; theirs are "
            f"{[len(row) for row in rows]}."
        )
    if len(lengths) != len(rows) or not all(0 <= n <= columns for n in lengths):
        raise ValueError(
            f"lengths must hold one number from 0 to {columns} for each of the "
            f"{len(rows)} texts, not {lengths}."
        )
    if side not in ("right", "left"):
        raise ValueError(f"side must be 'right' or 'left', not {side!r}.")
    fig, ax, size = cell_canvas(ax, len(rows), columns)
    real, padded = [], []
    for y, length in enumerate(lengths):
        for x in range(columns):
            is_real = x < length if side == "right" else x >= columns - length
            (real if is_real else padded).append((x, y))
    draw_cells(ax, real, [rows[y][x] for x, y in real], size, face=PALE_BLUE, edge=BLUE)
    draw_cells(
        ax,
        padded,
        [rows[y][x] for x, y in padded],
        size,
        face="white",
        edge="#9A9A9A",
        ink="#6B6B6B",
        hatch="////",
    )
    ax.set_yticks(range(len(rows)), [f"text {number}" for number in range(len(rows))])
    number_ticks(ax, columns, "Position")
    cells = len(rows) * columns
    share = f"{len(padded)} of {cells} cells are padding ({len(padded) / cells:.0%})"
    set_title(
        ax, title, f"{share}: the hatched ones" if padded else "No cell is padding"
    )
    return fig


def number_ticks(ax: Axes, columns: int, label: str) -> None:
    """Number the columns below, each or every fifth."""
    every = 1 if columns <= 24 else 5
    ax.set_xticks(range(0, columns, every), [str(n) for n in range(0, columns, every)])
    ax.tick_params(axis="x", labelsize=9)
    ax.set_xlabel(label)


def grid_lines(ax: Axes, height: int, width: int) -> None:
    """Draw thin lines between the cells of a matrix."""
    ax.hlines(
        np.arange(height + 1) - 0.5, -0.5, width - 0.5, FAINT, lw=0.7, gid=DECORATION
    )
    ax.vlines(
        np.arange(width + 1) - 0.5, -0.5, height - 0.5, FAINT, lw=0.7, gid=DECORATION
    )


def matrix_labels(array, row_labels, column_labels):
    """Return the labels of the rows and of the columns, None where there are none."""
    labels = []
    for given, count, kind in zip(
        (row_labels, column_labels), array.shape, ("row", "column"), strict=True
    ):
        names = None if given is None else visible_symbols(given)
        if names is not None and len(names) != count:
            raise ValueError(
                f"The array's shape is {array.shape}, but there are "
                f"{len(names)} {kind} labels for {count} {kind}s."
            )
        labels.append(names)
    return labels


def label_matrix(ax: Axes, rows, columns, size: float, room: float = 1e9) -> None:
    """Name rows and columns; of rows closer than the letters are high, every n-th."""
    size = float(np.clip(size, 6, 10))
    every = max(1, math.ceil(size / room))
    for axis, names, step in ((ax.yaxis, rows, every), (ax.xaxis, columns, 1)):
        if names is not None:
            axis.set_ticks(range(0, len(names), step), names[::step], fontsize=size)
    if columns is not None and max(map(len, columns)) > 3:
        ax.tick_params(axis="x", rotation=90)
    ax.tick_params(length=0)


def draw_matrix(
    array,
    *,
    row_labels=None,
    column_labels=None,
    row_axis: str = "",
    column_axis: str = "",
    signed: bool | None = None,
    limits: tuple[float, float] | None = None,
    numbers: bool | str = "auto",
    decimals: int = 2,
    colorbar: bool = True,
    label: str = "",
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw a matrix as a heatmap, with its numbers in the cells where they fit.

    Args:
        array: shape (rows, columns), finite.
        row_labels: one character or name a row, or None for row numbers.
        column_labels: one character or name a column, or None for column numbers.
        row_axis: what the rows are.
        column_axis: what the columns are.
        signed: True for two colours around 0 with symmetric limits, False for one
            scale, None to look for a negative value.
        limits: the ends of the colour scale; by default those of the values (from 0 if
            none is negative).
        numbers: True, False, or ``"auto"``: where the cells are large enough.
        decimals: how many decimals the numbers have.
        colorbar: True for a colour scale beside the matrix.
        label: the quantity and its unit, written along the colour scale.

    Raises:
        ValueError: if labels do not fit the shape or a value is not finite.
    """
    array = to_array(array, "array", 2)
    if not np.isfinite(array).all():
        raise ValueError("array holds a value that is not finite (nan or inf).")
    rows, columns = matrix_labels(array, row_labels, column_labels)
    height, width = array.shape
    inches = min(0.5, (WIDTH - 2.0) / width)
    cell_height = float(min(4.6 / height, 0.42, max(inches, 0.28)))
    if ax is None:
        fig_width = float(np.clip(width * inches + 2.0, 5.0, WIDTH))
        fig, ax = canvas(None, height * cell_height + 1.1, fig_width)
    else:
        fig = ax.get_figure(root=True)
        box = ax.get_window_extent()
        inches = box.width / fig.dpi / width
        cell_height = box.height / fig.dpi / height
    signed = bool(array.min() < 0) if signed is None else signed
    low, high = _limits(array, signed, limits)
    image = ax.imshow(
        array,
        cmap=SIGNED if signed else POSITIVE,
        vmin=low,
        vmax=high,
        aspect="auto",
        interpolation="nearest",
    )
    longest = max(len(number_text(value, decimals)) for value in array.ravel())
    size = min(72 * inches / (0.68 * longest), 72 * cell_height * 0.55, 10)
    if numbers is True or (numbers == "auto" and size >= 6 and array.size <= 400):
        _write_numbers(ax, image, array, decimals, max(size, 5))
    label_size = min(10, 72 * cell_height * 0.8)
    room = 72 * cell_height
    label_matrix(ax, rows, columns, min(label_size, 72 * inches * 1.2), room)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set(xlabel=column_axis, ylabel=row_axis)
    if colorbar:
        bar = fig.colorbar(image, ax=ax, label=label, pad=0.02, aspect=14)
        bar.outline.set_visible(False)
        bar.ax.tick_params(labelsize=9)
    set_title(ax, title)
    return fig


def _limits(array, signed: bool, limits) -> tuple[float, float]:
    if limits is not None:
        low, high = map(float, limits)
        if not low < high:
            raise ValueError(f"limits must be a smaller and a larger number: {limits}.")
        return low, high
    if signed:
        top = float(np.abs(array).max()) or 1.0
        return -top, top
    low, high = min(0.0, float(array.min())), float(array.max())
    return (low, high) if low < high else (low, low + 1.0)


def _write_numbers(ax: Axes, image, array, decimals: int, size: float) -> None:
    colors = image.cmap(image.norm(array))
    for row in range(array.shape[0]):
        for column in range(array.shape[1]):
            ax.text(
                column,
                row,
                number_text(array[row, column], decimals),
                ha="center",
                va="center",
                fontsize=size,
                color=ink_on(colors[row, column, :3]),
                gid=MEASURED,
            )
