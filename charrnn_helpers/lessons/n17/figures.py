"""The figures of notebook 17: the roofline, and the distance from the limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from charrnn_helpers.plotting.palette import BLACK, BLUE, GREY, VERMILLION
from charrnn_helpers.plotting.tools import canvas, set_title


def draw_roofline(
    rate: float,
    bandwidth: float,
    points: Mapping[str, Sequence[tuple[float, float]]],
    *,
    labels: Sequence[object],
    title: str,
) -> Figure:
    """Draw measured products under the two limits of a machine.

    Args:
        rate: flops per second of a large product.
        bandwidth: bytes per second of a large copy.
        points: name → (flops per byte, flops per second) of each product.
        labels: what stands at each point, such as the number of rows.
        title: the takeaway.
    """
    fig, ax = canvas(None, 4.0)
    corner = rate / bandwidth
    low, high = 0.3, 200.0
    ax.plot(
        [low, corner, high],
        [low * bandwidth / 1e9, rate / 1e9, rate / 1e9],
        color=GREY,
        linestyle=":",
        linewidth=2,
        label="roofline: bandwidth × intensity, then the rate",
    )
    looks = ((BLUE, "o"), (VERMILLION, "^"), (BLACK, "s"))
    for (name, places), (colour, marker) in zip(points.items(), looks, strict=False):
        x, y = [p[0] for p in places], [p[1] / 1e9 for p in places]
        ax.plot(x, y, color=colour, marker=marker, linewidth=0.8, label=name)
        for at, height, label in zip(x, y, labels, strict=True):
            ax.annotate(
                str(label),
                (at, height),
                xytext=(5, -11),
                textcoords="offset points",
                fontsize=8,
                color=colour,
            )
    ax.set(xscale="log", yscale="log", xlim=(low, high))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("Arithmetic intensity (flops per byte)")
    ax.set_ylabel("Gflop per second")
    ax.legend(loc="lower right", title="small numbers: rows B")
    set_title(ax, title)
    return fig
