"""The figures of notebook 09: the way back, and the errors of a numerical gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from charrnn_helpers.plotting import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    VERMILLION,
    draw_lines,
)
from charrnn_helpers.plotting.diagrams import blank_canvas, draw_arrow, draw_box
from charrnn_helpers.plotting.tools import set_title


def draw_way_back(ax: Axes | None = None) -> Figure:
    """Draw the last three steps: what a state hears, and what the weights get."""
    fig, ax = blank_canvas(ax, 9, 4.3, (-1.9, 11.1), (-0.75, 5.3))
    steps = {4: 0.4, 5: 4.4, 6: 8.4}
    for t, x in steps.items():
        draw_box(ax, x, 4.6, f"loss {t}", face="white", edge=BLUE)
        draw_box(ax, x, 2.4, f"h_{t}", face="white", edge=BLACK)
        draw_box(ax, x, 0.1, "W_hh", face="white", edge=GREEN, dashed=True)
        draw_arrow(ax, (x, 4.25), (x, 2.75), color=BLUE, width=2)
        draw_arrow(ax, (x, 2.05), (x, 0.45), color=GREEN, width=2)
        ax.text(
            x + 0.15, 1.3, "· (1 − h²) · h_prev", color=GREEN, fontsize=10, va="center"
        )
        ax.text(x + 0.15, 3.6, "from_loss", color=BLUE, fontsize=10, va="center")
    for t, x in list(steps.items())[1:]:
        draw_arrow(ax, (x - 3.4, 2.62), (x - 0.6, 2.62), color=GREY)
        draw_arrow(ax, (x - 0.6, 2.2), (x - 3.4, 2.2), color=VERMILLION, width=2)
        ax.text(
            x - 2,
            2.02,
            "carried:",
            color=VERMILLION,
            fontsize=10,
            ha="center",
            va="top",
        )
        ax.text(
            x - 2,
            1.68,
            f"· (1 − h_{t}²), · W_hh",
            color=VERMILLION,
            fontsize=10,
            ha="center",
            va="top",
        )
    draw_arrow(ax, (-1.8, 2.62), (-0.2, 2.62), color=GREY)
    draw_arrow(ax, (-0.2, 2.2), (-1.8, 2.2), color=VERMILLION, width=2)
    ax.text(
        10.9,
        2.4,
        "nothing\ncomes after",
        color=VERMILLION,
        fontsize=10,
        ha="right",
        va="center",
    )
    ax.text(
        4.4,
        -0.5,
        "one matrix: what arrives at all steps adds up",
        color=GREEN,
        fontsize=10,
        ha="center",
    )
    set_title(ax, "Each state hears from its own loss and from the step after")
    return fig


def draw_errors(
    powers: Sequence[int],
    errors: Mapping[str, Sequence[float]],
    *,
    ax: Axes | None = None,
) -> Figure:
    """Draw the error of a numerical gradient against how far each weight is moved.

    Args:
        powers: of ten, for each ε.
        errors: name of the dtype → the relative error at each ε.
    """
    return draw_lines(
        [10.0**power for power in powers],
        {
            name: [min(max(e, 1e-12), 10.0) for e in some]
            for name, some in errors.items()
        },
        xlabel="How far each weight is moved, ε",
        ylabel="Relative error",
        log_x=True,
        log_y=True,
        markers=True,
        title="Too far is crooked, too near is noise",
        ax=ax,
    )
