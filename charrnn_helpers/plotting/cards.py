"""The evaluation card of a model as one figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from charrnn_helpers.plotting.curves import draw_lines
from charrnn_helpers.plotting.palette import GREY
from charrnn_helpers.plotting.tools import WIDTH, new_figure, set_title, spelled

if TYPE_CHECKING:
    from charrnn_helpers.evaluation import Card

COLUMNS, ROWS = 42, 18
"""Characters and lines of a sample that are shown."""


def draw_card(card: Card, *, title: str | None = None) -> Figure:
    """Draw an evaluation card.

    Args:
        card: from :func:`charrnn_helpers.evaluation.card`.

    Returns:
        The bits per character by protocol, with the tables as dotted lines; beside
        them size, cost and novelty; below, how each sample begins.
    """
    fig = new_figure(WIDTH, 6.4)
    samples = len(card.samples)
    grid = fig.add_gridspec(2, 1, height_ratios=(3, 2.5))
    top = grid[0].subgridspec(1, 2, width_ratios=(3, 1.55))
    curve, facts = fig.add_subplot(top[0]), fig.add_subplot(top[1])
    _draw_bits(curve, card)
    set_title(curve, title, "One model, as many figures as protocols")
    facts.axis("off")
    text = "\n\n".join(f"{name}\n   {value}" for name, value in _facts(card).items())
    facts.text(0.22, 1, text, va="top", fontsize=10, transform=facts.transAxes)
    below = grid[1].subgridspec(1, max(samples, 1))
    for number, (temperature, sample) in enumerate(card.samples.items()):
        ax = fig.add_subplot(below[number])
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(visible=True, color=GREY)
        ax.set_title(f"temperature {temperature:g}", fontsize=10, loc="left")
        ax.text(
            0.02,
            0.97,
            _beginning(sample),
            va="top",
            fontsize=7.5,
            family=["DejaVu Sans Mono"],
            transform=ax.transAxes,
            clip_on=True,
        )
    return fig


def _draw_bits(ax, card: Card) -> None:
    names = ["never" if every is None else str(every) for every in card.bits]
    values = list(card.bits.values())
    rungs = {f"table, {order} back": bits for order, bits in card.tables.items()}
    draw_lines(
        range(len(names)),
        values,
        xlabel="State reset after … characters",
        ylabel="Bits per character",
        rungs=rungs,
        markers=True,
        ylim=(0, 1.15 * max([*values, *card.tables.values()])),
        ax=ax,
    )
    ax.set_xticks(range(len(names)), names)
    for place, bits in enumerate(values):
        ax.annotate(
            f"{bits:.2f}",
            (place, bits),
            xytext=(0, 8),
            textcoords="offset points",
            ha="center",
            fontweight="bold",
            path_effects=[withStroke(linewidth=3, foreground="white")],  # over a rung
        )


def _facts(card: Card) -> dict[str, str]:
    """What stands beside the curve, by its name."""
    found = {"Parameters": f"{card.parameters:,}"}
    if card.seconds is not None:
        found["Trained for"] = f"{card.seconds:,.0f} s"
    if card.read is not None:
        found["Has read"] = f"{card.read:,} characters"
    found["Measured on"] = f"{card.measured:,} unseen characters"
    longest = card.copied.longest
    found["Longest copied run"] = f"{len(longest)} characters"
    return found


def _beginning(sample: str) -> str:
    """The first lines of a sample; a long one is broken where its box ends."""
    lines = [
        line[start : start + COLUMNS]
        for line in sample.splitlines()
        for start in range(0, max(len(line), 1), COLUMNS)
    ]
    return "\n".join(map(spelled, lines[:ROWS]))
