"""Boxes and arrows."""

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from charrnn_helpers.plotting.palette import BLACK
from charrnn_helpers.plotting.tools import canvas


def blank_canvas(ax: Axes | None, width: float, height: float, x_span, y_span):
    """Return a figure and axes without any frame, one unit as long in x as in y."""
    fig, ax = canvas(ax, height, width)
    ax.set_xlim(*x_span)
    ax.set_ylim(*y_span)
    ax.set_aspect("equal")
    ax.axis("off")
    return fig, ax


def draw_box(
    ax, x, y, text, *, face, edge, width=1.1, height=0.62, dashed=False, size=11, **kind
) -> None:
    """Draw a rounded box with a text, its centre at (x, y)."""
    ax.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor=face,
            edgecolor=edge,
            linewidth=1.4,
            linestyle="--" if dashed else "-",
        )
    )
    ax.text(x, y, text, ha="center", va="center", fontsize=size, **kind)


def draw_arrow(
    ax, start, end, *, color=BLACK, dashed=False, bend=0.0, width=1.4
) -> None:
    """Draw an arrow between two points."""
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=12,
            shrinkA=0,
            shrinkB=0,
            color=color,
            linewidth=width,
            linestyle=(0, (4, 2)) if dashed else "-",
            connectionstyle=f"arc3,rad={bend}",
        )
    )
