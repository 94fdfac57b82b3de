"""The figures of notebook 10: shares of a gradient, eigenvalues, and a cliff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from charrnn_helpers.plotting import BLACK, BLUE, GREY, VERMILLION, draw_lines
from charrnn_helpers.plotting.tools import canvas, set_title, to_array


def draw_shares(
    shares: Mapping[str, object], title: str, *, ax: Axes | None = None
) -> Figure:
    """Draw what is left of a gradient at lag 0, 1, 2, …, on a logarithmic axis.

    Args:
        shares: name → shares, all of the same length.
        title: the takeaway.
    """
    return draw_lines(
        range(len(next(iter(shares.values())))),
        shares,
        xlabel="Lag (steps back from the loss)",
        ylabel="Share of the gradient",
        log_y=True,
        title=title,
        ax=ax,
    )


def draw_disc(eigenvalues, radius: float, *, ax: Axes | None = None) -> Figure:
    """Draw the eigenvalues of a matrix as points, and the circle that they fill.

    Args:
        eigenvalues: complex, shape (H,).
        radius: of the circle to compare with.
    """
    points = np.asarray(eigenvalues)  # in an order that every machine agrees on
    points = points[np.lexsort((points.imag, np.abs(points).round(6)))]
    fig, ax = canvas(ax, 4.4, 5.6)
    ax.scatter(points.real, points.imag, s=9, color=BLUE, label="eigenvalues of W_hh")
    turn = np.linspace(0, 2 * np.pi, 200)
    for size, color, style, label in (
        (radius, VERMILLION, "--", f"radius {radius:.3f}"),
        (1.0, GREY, ":", "radius 1"),
    ):
        x, y = size * np.cos(turn), size * np.sin(turn)
        ax.plot(x, y, color=color, linestyle=style, label=label)
    ax.set_aspect("equal")
    ax.set(xlabel="real part", ylabel="imaginary part")
    ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0))
    set_title(ax, "The eigenvalues fill a disc, far inside radius 1")
    return fig


def draw_cliff(
    gains,
    shifts,
    losses,
    walks: Mapping[str, Sequence[tuple[float, float]]],
    *,
    ax: Axes | None = None,
) -> Figure:
    """Draw a loss over two parameters, and walks over it.

    Args:
        gains: along x, shape (N,).
        shifts: along y, shape (M,).
        losses: above 0, shape (M, N).
        walks: name → places (gain, shift), from the first to the last.
    """
    height = np.log10(np.clip(to_array(losses, "losses", 2), 1e-3, 1e3))
    fig, ax = canvas(ax, 4.0)
    steps = colormaps["cividis"].resampled(12)  # one colour for half a decade
    mesh = ax.pcolormesh(gains, shifts, height, cmap=steps, vmin=-3, vmax=3)
    bar = fig.colorbar(mesh, ax=ax, label="Loss (nats), cut off at both ends")
    bar.set_ticks([-2, -1, 0, 1, 2], labels=["0.01", "0.1", "1", "10", "100"])
    for (name, places), (color, style, marker) in zip(
        walks.items(), ((BLACK, "-", "o"), (VERMILLION, "--", "s")), strict=False
    ):
        x, y = zip(*places, strict=True)
        look = {"color": color, "linestyle": style, "marker": marker}
        ax.plot(x, y, label=name, markeredgecolor="white", markersize=7, **look)
    ax.set(xlim=(gains[0], gains[-1]), ylim=(shifts[0], shifts[-1]))
    ax.set(xlabel="gain: what W_hh is multiplied by", ylabel="shift of the biases")
    ax.legend(loc="lower left", frameon=True, facecolor="white", framealpha=1)
    set_title(ax, "A valley beside a wall")
    return fig
