"""Samples for the tests of figures, and what every figure is held to."""

import itertools
import struct

import matplotlib as mpl
import numpy as np

from charrnn_helpers import plotting
from charrnn_helpers.plotting.showing import settle

SENTENCES = ("hello how are you", "i am fine", "how are you doing")
SYMBOLS = sorted(set("".join(SENTENCES)))
ALPHABET = "abcdefghijklmnopqrstuvwxyz "
LONG = "the quick brown fox jumps over lazy dogs"


def rng():
    """A generator, always the same."""
    return np.random.default_rng(1)


def softmax(values):
    """Rows of probabilities."""
    exponents = np.exp(values - values.max(axis=-1, keepdims=True))
    return exponents / exponents.sum(axis=-1, keepdims=True)


def boxes_of_texts(fig):
    """Return what is written, and where, of everything that must not overlap."""
    fig.draw_without_rendering()  # puts the labels of the axes where they belong
    renderer = fig.canvas.get_renderer()
    boxes = []
    for ax in fig.axes:
        ticks = []
        for axis in (ax.xaxis, ax.yaxis) if ax.axison else ():
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if low <= tick.get_loc() <= high:
                    ticks.append(tick.label1)
        titles = [ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label]
        for text in [*ax.texts, *titles, *ticks]:
            if text.get_text().strip() and text.get_visible():
                box = mpl.text.Text.get_window_extent(text, renderer)
                boxes.append((text.get_text(), box.padded(-0.6)))
    return boxes


def assert_legible(fig, largest=40_000):
    """No texts overlap, and the picture fits a notebook."""
    with mpl.rc_context():
        plotting.style()
        settle(fig)
        overlaps = [
            (one, other)
            for (one, a), (other, b) in itertools.combinations(boxes_of_texts(fig), 2)
            if a.overlaps(b)
        ]
        assert not overlaps
        png = plotting.png_bytes(fig)
    width, height = struct.unpack(">II", png[16:24])
    assert width <= 930
    assert height <= 1000
    assert len(png) < largest
