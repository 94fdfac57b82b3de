"""The figure of notebook 07: copies, finds and the loss against the temperature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from charrnn_helpers.plotting.curves import draw_lines
from charrnn_helpers.plotting.tools import WIDTH, new_figure


def draw_temperatures(
    temperatures: Sequence[float],
    fractions: Mapping[str, Sequence[float]],
    losses: Sequence[float],
) -> Figure:
    """Draw what fraction of the drawn names is known, and the loss, on one axis.

    Args:
        temperatures: N temperatures.
        fractions: N fractions of the drawn names for each kind.
        losses: N validation losses, in nats per symbol.
    """
    fig = new_figure(WIDTH, 4.6)
    above, below = fig.subplots(2, 1, sharex=True)
    draw_lines(
        temperatures,
        fractions,
        xlabel="",
        ylabel="Fraction of names",
        markers=True,
        title="The hotter, the fewer copies",
        ax=above,
    )
    draw_lines(
        temperatures,
        {"validation": losses},
        xlabel="Temperature",
        ylabel="Nats per symbol",
        markers=True,
        ylim=(min(losses) - 0.2, max(losses) + 0.2),
        title="The loss on held-out names is lowest near τ = 1",
        ax=below,
    )
    return fig
