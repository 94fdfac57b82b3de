"""The figure of notebook 07: the distribution at each step."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from charrnn_helpers.plotting.grids import draw_matrix
from charrnn_helpers.plotting.palette import VERMILLION
from charrnn_helpers.plotting.showing import MEASURED
from charrnn_helpers.plotting.tools import to_array


def draw_distributions(
    probs,
    characters,
    vocabulary,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw the distribution at each step over the text that was generated from it.

    A column is a step, a row a symbol of the vocabulary. The character that was
    generated is framed, and its probability stands above the column.

    Args:
        probs: shape (T, V): the probabilities at each step.
        characters: the T characters that were generated.
        vocabulary: the V symbols, or a vocabulary.

    Raises:
        ValueError: if the shapes do not fit or a character is not in the vocabulary.
    """
    probs = to_array(probs, "probs", 2)
    known = [str(symbol) for symbol in getattr(vocabulary, "itos", vocabulary)]
    steps, size = probs.shape
    if len(characters) != steps or len(known) != size:
        raise ValueError(
            f"probs has shape {probs.shape}, so it needs {steps} characters and {size} "
            f"symbols; there are {len(characters)} and {len(known)}."
        )
    for character in characters:
        if character not in known:
            raise ValueError(f"{character!r} is not in the vocabulary {known}.")
    fig = draw_matrix(
        probs.T,
        row_labels=known,
        column_labels=characters,
        row_axis="Vocabulary",
        column_axis="Generated text",
        signed=False,
        limits=(0, 1),
        numbers=False,
        label="Probability",
        title=title,
        ax=ax,
    )
    ax = fig.axes[0] if ax is None else ax
    wide = ax.get_window_extent().width / fig.dpi * 72 / steps
    for step, character in enumerate(characters):
        row = known.index(character)
        ax.add_patch(
            Rectangle(
                (step - 0.5, row - 0.5),
                1,
                1,
                fill=False,
                edgecolor=VERMILLION,
                linewidth=2,
                clip_on=False,
            )
        )
        ax.text(
            step,
            -0.62,
            f"{probs[step, row]:.0%}",
            ha="center",
            va="bottom",
            rotation=0 if wide > 26 else 90,
            fontsize=float(np.clip(wide * 0.62, 6, 8.5)),
            gid=MEASURED,
        )
    if ax.get_title(loc="left"):
        pad = 22 if wide > 26 else 30
        ax.set_title(ax.get_title(loc="left"), loc="left", pad=pad)
    return fig
