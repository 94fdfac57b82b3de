"""The figures of notebook 14: where rows end, what padding does, who is mistaken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from charrnn_helpers.lessons.n14 import languages
from charrnn_helpers.plotting.curves import draw_lines
from charrnn_helpers.plotting.grids import draw_matrix, draw_padding


def draw_ends(lengths: Sequence[int]) -> Figure:
    """Draw padded utterances: E where each ends, ? what the last column holds instead.

    Args:
        lengths: the frames of each utterance.
    """
    width = max(lengths)
    rows = [
        ("·" * (n - 1) + "E" + "0" * (width - n))[: width - 1]
        + ("E" if n == width else "?")
        for n in lengths
    ]
    fig = draw_padding(
        rows, lengths, title="E: the true end; ?: what the last column holds instead"
    )
    (ax,) = fig.axes
    ax.set_yticks(range(len(rows)), [f"{n} frames" for n in lengths])
    ax.set_xlabel("Column")
    return fig


def draw_wear(accuracies: Mapping[str, Sequence[float]], majority: float) -> Figure:
    """Draw the accuracy of networks that are read too late.

    Args:
        accuracies: name → accuracy after 0, 1, 2, … steps of padding.
        majority: the baseline.
    """
    steps = range(max(map(len, accuracies.values())))
    fig = draw_lines(
        list(steps),
        accuracies,
        xlabel="Steps of padding after the last frame",
        ylabel="Accuracy",
        rungs={"majority": majority},
        title="Padding wears the answer away",
        ylim=(0, 1),
    )
    fig.axes[0].set_xticks(steps[::5])
    return fig


def draw_confusion(confusion: object) -> Figure:
    """Draw a confusion matrix of the eleven languages.

    Args:
        confusion: shape (11, 11), rows true, columns answered.
    """
    return draw_matrix(
        confusion,
        row_labels=languages.NAMES,
        column_labels=languages.NAMES,
        row_axis="True language",
        column_axis="Answer of the GRU",
        decimals=0,
        label="held-out names",
        title="Neighbours are mistaken for one another",
    )
