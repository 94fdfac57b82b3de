"""The figures of notebook 15: forecasts with their intervals, and what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from charrnn_helpers.plotting.curves import draw_lines
from charrnn_helpers.plotting.palette import BLACK, BLUE, GREY, PALE_BLUE
from charrnn_helpers.plotting.tools import canvas, set_title, to_array


def draw_series(
    lines: Mapping[str, object],
    title: str,
    *,
    start: int = 0,
    xlabel: str = "Step",
    ylabel: str = "Value",
    ax: Axes | None = None,
    **look,
) -> Figure:
    """Draw one or several series over the same places.

    Args:
        lines: name → numbers, all of the same length.
        title: the takeaway.
        start: the place of the first number.
        xlabel: the quantity along the series, with its unit.
        ylabel: the other one.
        look: as of :func:`charrnn_helpers.plotting.draw_lines`.
    """
    places = range(start, start + len(next(iter(lines.values()))))
    labels = {"xlabel": xlabel, "ylabel": ylabel, "title": title}
    fig = draw_lines(places, lines, **labels, **look, ax=ax)
    for drawn in (ax or fig.axes[0]).get_lines():
        if drawn.get_label() == "floor":
            drawn.set(color=GREY, linestyle=":", linewidth=3)
    if len(lines) > 1:
        (ax or fig.axes[0]).legend(loc="best")  # with the look of the floor
    return fig


def draw_fans(
    series,
    origins: Sequence[int],
    quantiles,
    *,
    title: str,
    ax: Axes | None = None,
) -> Figure:
    """Draw a series, and from some of its places a forecast as a fan.

    Args:
        series: shape (N,).
        origins: where each forecast begins: the place of the first number forecast.
        quantiles: low, middle and high of each, shape (len(origins), ahead, 3).
        title: the takeaway.
    """
    values = to_array(series, "series", 1)
    fans = to_array(quantiles, "quantiles", 3)
    fig, ax = canvas(ax, 3.6)
    ax.plot(values, color=BLACK, linewidth=1.2, label="what came")
    for number, (origin, fan) in enumerate(zip(origins, fans, strict=True)):
        place = np.arange(origin, origin + len(fan))
        low, middle, high = fan.T
        first = number == 0  # one entry each in the legend
        ax.fill_between(
            place,
            low,
            high,
            facecolor=PALE_BLUE,
            edgecolor=BLUE,
            linewidth=0.6,
            label="interval" if first else None,
        )
        ax.plot(
            place,
            middle,
            color=BLUE,
            linestyle="--",
            label="middle of the forecast" if first else "_middle",
        )
        ax.axvline(origin - 0.5, color=GREY, linestyle=":", linewidth=1)
    ax.set(xlabel="Step", ylabel="Value")
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
    set_title(ax, title)
    return fig
