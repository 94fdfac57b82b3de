"""The figures of notebook 11: what the gates of one unit do, and an equal race."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from charrnn_helpers.plotting.curves import draw_lines
from charrnn_helpers.plotting.palette import SIGNED, WIDTH, ink_on
from charrnn_helpers.plotting.tools import (
    new_figure,
    number_text,
    set_title,
    to_array,
    visible_symbols,
)

NAMES = {
    "f": "forget gate f",
    "i": "input gate i",
    "g": "candidate g",
    "c": "cell state c",
    "o": "output gate o",
    "h": "hidden state h",
    "z": "update gate z",
    "r": "reset gate r",
    "n": "candidate n",
}
EQUAL_TIME = Path(__file__).with_name("equal_time.json")


def draw_gates(traced: Mapping[str, object], *, text: str, title: str) -> Figure:
    """Draw gates and states of one unit over a text, one row each, 0 in white.

    Args:
        traced: what to draw, by the names of ``NAMES`` in the order of the rows → T
            numbers; gates in [0, 1].
        text: the T characters.
        title: the takeaway.
    """
    rows = {name: to_array(values, name, 1) for name, values in traced.items()}
    T, count = len(text), len(rows)
    fig = new_figure(WIDTH, 0.36 * count + 1.0)
    axes = fig.subplots(count, 1)
    for ax, (name, values) in zip(axes, rows.items(), strict=True):
        limit = max(1.0, float(np.abs(values).max()))
        image = ax.imshow(
            values[None], cmap=SIGNED, vmin=-limit, vmax=limit, aspect="auto"
        )
        ax.spines[:].set_visible(False)
        ax.set_yticks([0], [NAMES[name]])
        ax.set_xticks([])
        ax.tick_params(length=0)
        for t, value in enumerate(values):
            ink = ink_on(image.cmap(image.norm(value)))
            shown = number_text(value, 1)
            ax.text(t, 0, shown, ha="center", va="center", color=ink, fontsize=8.5)
    axes[-1].set_xticks(range(T), visible_symbols(text), fontsize=12)
    axes[-1].set_xlabel("Character that is read")
    set_title(axes[0], title)
    return fig


def equal_time() -> dict:
    """Read what ``make comparison`` measured: marks, trials and runs."""
    return json.loads(EQUAL_TIME.read_text(encoding="utf-8"))


def draw_equal_time(measured: Mapping, *, title: str, models: Sequence[str]) -> Figure:
    """Draw the held-out loss against CPU seconds, the mean over the seeds.

    Args:
        measured: what :func:`equal_time` returns.
        title: the takeaway.
        models: which ones, such as "RNN".
    """
    curves = {
        name: np.mean(
            [
                r["losses"]
                for key, r in measured["runs"].items()
                if key.split()[0] == name
            ],
            axis=0,
        )
        / math.log(2)
        for name in models
    }
    return draw_lines(
        measured["marks"],
        curves,
        xlabel="CPU seconds of training",
        ylabel="Loss (bits per character)",
        log_x=True,
        markers=True,
        title=title,
        ylim=(2.6, None),
    )
