"""The colours and line styles of the series, for figures and labs alike."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_rgb

# Okabe and Ito's colours, those that keep a contrast of 3:1 on white as lines.
BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
BLACK = "#000000"
GREY = "#767676"

# Washes of the same colours, for the inside of boxes under black text.
PALE_BLUE = "#E6F1F9"
PALE_VERMILLION = "#FBE6D6"
PALE_GREY = "#F0F0F0"
DARK_VERMILLION = "#A84A00"  # for letters, which need a contrast of 4.5:1
FAINT = "#DDDDDD"

_DASHES = "--"
_LONG_DASHES = (0, (8, 2.5))
_DASH_DOT_DOT = (0, (5, 1.5, 1, 1.5, 1, 1.5))

# What has a fixed meaning has a fixed look; the line style repeats the colour.
_LOOKS = {
    "training": (BLUE, "-"),
    "validation": (VERMILLION, _DASHES),
    "RNN": (BLACK, "-"),
    "GRU": (GREEN, "-."),
    "LSTM": (PURPLE, _LONG_DASHES),
}
CYCLE = (
    (BLUE, "-"),
    (VERMILLION, _DASHES),
    (GREEN, "-."),
    (BLACK, _DASH_DOT_DOT),
    (PURPLE, _LONG_DASHES),
)
_MARKERS = "osD^v"
HATCHES = ("", "///", "...", "xxx", "\\\\\\")

# Colour maps of matrices, in figures and labs alike: values of both signs, and others.
SIGNED = "PuOr"
POSITIVE = "cividis"

WIDTH = 9.0  # inches: 900 pixels at 100 dpi


def style() -> None:
    """Set Matplotlib's defaults to the look of the series.

    ``charrnn_helpers.environment.setup_notebook`` calls it. Calling it twice changes
    nothing more.
    """
    mpl.rcParams.update(
        {
            "figure.dpi": 100,
            "savefig.dpi": 100,
            "figure.figsize": (WIDTH, 3.6),
            "figure.constrained_layout.use": True,
            "font.family": ["DejaVu Sans"],
            "font.size": 11,
            "axes.titlesize": 12,
            "axes.titlelocation": "left",
            "axes.titlepad": 9,
            "axes.labelsize": 11,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.linewidth": 0.8,
            "axes.prop_cycle": mpl.cycler(
                color=[color for color, _ in CYCLE],
                linestyle=[line_style for _, line_style in CYCLE],
            ),
            "lines.linewidth": 1.8,
            "lines.markersize": 5,
            "xtick.labelsize": 10,
            "ytick.labelsize": 10,
            "legend.fontsize": 10,
            "legend.frameon": False,
            "legend.handlelength": 2.8,
            "hatch.linewidth": 0.7,
            "image.cmap": POSITIVE,
        }
    )


def _contrast(color, other) -> float:
    """Return the contrast of two colours by the formula of WCAG 2, from 1 to 21."""

    def luminance(any_color):
        rgb = np.array(to_rgb(any_color))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    light, dark = sorted((luminance(color), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(background) -> str:
    """Return black or white, whichever is easier to read on the background."""
    return max(("black", "white"), key=lambda ink: _contrast(ink, background))


def looks_of(labels: Sequence[str]) -> list[tuple]:
    """Return a colour, a line style and a marker for each label, none of them twice."""
    taken = {_LOOKS[label] for label in labels if label in _LOOKS}
    free = [look for look in CYCLE if look not in taken]
    looks, turn = [], 0
    for number, label in enumerate(labels):
        if label in _LOOKS:
            color, line_style = _LOOKS[label]
        else:
            color, line_style = free[turn % len(free)]
            if turn >= len(free):  # a second round: the same colours, other styles
                shift = turn // len(free)
                line_style = CYCLE[(turn + shift) % len(CYCLE)][1]
            turn += 1
        looks.append((color, line_style, _MARKERS[number % len(_MARKERS)]))
    return looks
