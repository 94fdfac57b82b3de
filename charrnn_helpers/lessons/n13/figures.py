"""The figure of notebook 13 that no other draws: the table, order by order."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from charrnn_helpers.plotting import draw_lines


def draw_orders(bits: Sequence[float], *, lstm: float, title: str) -> Figure:
    """Draw the bits per character of a table by its order, beside an LSTM's.

    Args:
        bits: of order 0, 1 and so on.
        lstm: those of the LSTM.
    """
    return draw_lines(
        range(len(bits)),
        bits,
        xlabel="Characters that the table looks back",
        ylabel="Bits per character",
        rungs={"LSTM, never reset": lstm},
        markers=True,
        title=title,
    )
