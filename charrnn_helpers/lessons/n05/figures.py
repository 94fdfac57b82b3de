"""The figures of notebook 05: one step of a cell, and every step of a text."""

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from charrnn_helpers.plotting.palette import (
    PALE_GREY,
    POSITIVE,
    SIGNED,
    VERMILLION,
    WIDTH,
    ink_on,
)
from charrnn_helpers.plotting.showing import MEASURED
from charrnn_helpers.plotting.tools import (
    canvas,
    new_figure,
    number_text,
    set_title,
    to_array,
    visible_symbol,
    visible_symbols,
)


@dataclass
class CellStep:
    """Every number of one step of the cell, each an array of one dimension.

    Attributes:
        x_t: (V,): the one-hot row of the character that is read.
        h_prev: (H,): the state before the step.
        from_input: (H,): ``x_t @ W_ih.T + b_ih``.
        from_state: (H,): ``h_prev @ W_hh.T + b_hh``.
        pre: (H,): the sum of the two.
        h_t: (H,): the activation of the sum, the state after the step.
        logits: (V,): ``h_t @ W_ho.T + b_o``.
        probs: (V,): the softmax of the logits.
        character: the character that is read, for the title.
    """

    x_t: object
    h_prev: object
    from_input: object
    from_state: object
    pre: object
    h_t: object
    logits: object
    probs: object
    character: str | None = None

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the eight arrays by name, with their shapes checked.

        Raises:
            ValueError: if an array is not one-dimensional, or not as long as the
                others of its kind.
        """
        arrays = {
            field.name: to_array(getattr(self, field.name), field.name, 1)
            for field in fields(self)
            if field.name != "character"
        }
        for names in (
            ("x_t", "logits", "probs"),
            ("h_prev", "from_input", "from_state", "pre", "h_t"),
        ):
            sizes = {name: len(arrays[name]) for name in names}
            if len(set(sizes.values())) > 1:
                raise ValueError(f"These must be equally long: {sizes}.")
        return arrays


_CAPTIONS = {
    "x_t": "$x_t$",
    "h_prev": "$h_{t-1}$",
    "from_input": "from $x_t$",
    "from_state": "from $h_{t-1}$",
    "pre": "sum",
    "h_t": "$h_t$",
    "logits": "logits",
    "probs": "probs",
}


def _cell_steps(steps, vocabulary) -> tuple[list[dict], list[str], list[str | None]]:
    checked = [CellStep(**s) if isinstance(s, Mapping) else s for s in steps]
    if not checked:
        raise ValueError("steps is empty: there is nothing to draw.")
    arrays = [step.arrays() for step in checked]
    known = visible_symbols(vocabulary)
    for numbers in arrays:
        if len(numbers["x_t"]) != len(known):
            raise ValueError(
                f"x_t has {len(numbers['x_t'])} values, but the vocabulary "
                f"{len(known)} symbols."
            )
    return arrays, known, [step.character for step in checked]


def _cell_scale(name: str, everything: Sequence[dict]) -> tuple[str, float, float]:
    """Return colour map and limits of one quantity, the same for all steps."""
    if name in ("x_t", "probs"):
        return POSITIVE, 0.0, 1.0
    alike = {
        "h_prev": ("h_prev", "h_t"),
        "h_t": ("h_prev", "h_t"),
        "logits": ("logits",),
    }.get(name, ("from_input", "from_state", "pre"))
    top = max(
        float(np.abs(step[other]).max()) for step in everything for other in alike
    )
    return SIGNED, -max(top, 1.0), max(top, 1.0)


def draw_cell_step(
    step, *, vocabulary, activation: str = "tanh", title: str | None = None
) -> Figure:
    """Draw one step of the cell as columns of numbers with the operations between them.

    Args:
        step: a ``CellStep``, or a mapping with its names.
        vocabulary: the V symbols, or a vocabulary.
        activation: the name of the non-linearity, written over its arrow.
        title: the takeaway; by default the character that is read and the most
            probable next one.

    Raises:
        ValueError: if the shapes do not fit each other.
    """
    (numbers,), known, (character,) = _cell_steps([step], vocabulary)
    hidden, size = len(numbers["h_t"]), len(known)
    rows = max(hidden, size)
    row = float(np.clip(4.2 / rows, 0.17, 0.34))
    fig, ax = canvas(None, rows * row + 1.05)
    ax.axis("off")
    # What stands before each column: a sign, and over it the operation in words.
    gaps = {
        "x_t": (0.45, "", ""),
        "from_input": (1.2, "→", "$W_{ih}$, $b_{ih}$"),
        "h_prev": (0.8, "+", ""),
        "from_state": (1.2, "→", "$W_{hh}$, $b_{hh}$"),
        "pre": (0.8, "=", ""),
        "h_t": (1.0, "→", activation),
        "logits": (1.4, "→", "$W_{ho}$, $b_o$"),
        "probs": (1.15, "→", "softmax"),
    }
    wide = 1.0
    x, middle = 0.0, rows / 2
    font = float(np.clip(row * 72 * 0.52, 6.0, 9.5))
    for name, (gap, sign, words) in gaps.items():
        place = {"ha": "center", "va": "center"}
        between = x + gap / 2 - (0.16 if name == "logits" else 0)
        ax.text(between, middle, sign, fontsize=17, **place)
        ax.text(between, middle - 0.3 / row, words, fontsize=9, **place)
        x += gap
        if name in ("x_t", "h_prev"):
            # The two products, each on a ground of its own.
            ax.add_patch(
                Rectangle(
                    (x - (0.45 if name == "x_t" else 0.25), -0.35),
                    2 * wide + (1.9 if name == "x_t" else 1.7),
                    rows + 0.78 / row,
                    facecolor=PALE_GREY,
                    edgecolor="none",
                    zorder=-1,
                )
            )
        _number_column(
            ax,
            numbers[name],
            x,
            middle,
            wide,
            _cell_scale(name, [numbers]),
            2 if name != "x_t" else 0,
            font,
        )
        count = len(numbers[name])
        letter = "V" if name in ("x_t", "logits", "probs") else "H"
        ax.text(
            x + wide / 2,
            middle + count / 2 + 0.08 / row,
            f"{_CAPTIONS[name]}\n({letter} = {count})",
            ha="center",
            va="top",
            fontsize=9.5,
            linespacing=1.25,
        )
        if name in ("x_t", "logits", "probs"):
            at = x + wide + 0.1 if name == "probs" else x - 0.1
            for index, symbol in enumerate(known):
                ax.text(
                    at,
                    middle - count / 2 + index + 0.5,
                    symbol,
                    ha="left" if name == "probs" else "right",
                    va="center",
                    fontsize=font,
                )
        x += wide
    best = int(np.argmax(numbers["probs"]))
    ax.add_patch(
        Rectangle(
            (x - wide, middle - size / 2 + best),
            wide,
            1,
            fill=False,
            ec=VERMILLION,
            lw=2,
        )
    )
    ax.set_xlim(-0.05, x + 0.4)
    ax.set_ylim(rows + 0.55 / row, -0.4)
    reads = (
        f"Reads “{visible_symbol(character)}”, then expects" if character else "Expects"
    )
    set_title(
        ax,
        title,
        f"{reads} “{known[best]}” with probability {numbers['probs'][best]:.2f}",
    )
    if title is None:
        ax.set_gid(MEASURED)  # the title prints a number that the images hold
    return fig


def _number_column(ax, values, x, middle, wide, scale, decimals, font) -> None:
    cmap, low, high = scale
    top = middle - len(values) / 2
    image = ax.imshow(
        values[:, None],
        extent=(x, x + wide, top + len(values), top),
        cmap=cmap,
        vmin=low,
        vmax=high,
        aspect="auto",
        interpolation="nearest",
    )
    colors = image.cmap(image.norm(values))
    for row, value in enumerate(values):
        ax.text(
            x + wide / 2,
            top + row + 0.5,
            number_text(value, decimals),
            ha="center",
            va="center",
            fontsize=font,
            color=ink_on(colors[row, :3]),
            gid=MEASURED,
        )
    ax.add_patch(
        Rectangle((x, top), wide, len(values), fill=False, edgecolor="#555555", lw=0.8)
    )


def draw_cell_steps(
    steps, *, vocabulary, activation: str = "tanh", title: str | None = None
) -> Figure:
    """Draw several steps of the cell: a panel a quantity, a row a character.

    Args:
        steps: T times a ``CellStep``, or a mapping with its names.
        vocabulary: the V symbols, or a vocabulary.
        activation: the name of the non-linearity.

    Raises:
        ValueError: if the shapes do not fit each other.
    """
    arrays, known, characters = _cell_steps(steps, vocabulary)
    rows = len(arrays)
    labels = [
        visible_symbol(character) if character else str(number)
        for number, character in enumerate(characters)
    ]
    panels = {
        "x_t": "$x_t$: one-hot input",
        "from_input": "from $x_t$",
        "h_prev": "$h_{t-1}$: state before",
        "from_state": "from $h_{t-1}$",
        "pre": "sum of the two",
        "h_t": f"$h_t$: {activation} of the sum",
        "logits": "logits",
        "probs": "probabilities",
    }
    height = float(np.clip(rows * 0.24, 0.9, 6)) + 0.85
    fig = new_figure(WIDTH, 2 * height + 0.35)
    grid = fig.subplots(2, 4)
    for ax, (name, heading) in zip(grid.flat, panels.items(), strict=True):
        values = np.stack([step[name] for step in arrays])
        cmap, low, high = _cell_scale(name, arrays)
        image = ax.imshow(
            values,
            cmap=cmap,
            vmin=low,
            vmax=high,
            aspect="auto",
            interpolation="nearest",
        )
        of_symbols = name in ("x_t", "logits", "probs")
        count = values.shape[1]
        columns = known if of_symbols else [str(unit) for unit in range(count)]
        every = (1 if count <= 20 else 2) if of_symbols else math.ceil(count / 8)
        ax.set_xticks(range(0, count, every), columns[::every], fontsize=8)
        ax.set_yticks(range(rows), labels, fontsize=9)
        ax.tick_params(length=0, pad=2)
        for spine in ax.spines.values():
            spine.set_visible(False)
        ax.set_title(heading, loc="left", fontsize=10, pad=4)
        ax.set_xlabel("symbol" if of_symbols else "hidden unit", fontsize=8.5)
        bar = fig.colorbar(image, ax=ax, pad=0.02, aspect=16)
        bar.outline.set_visible(False)
        bar.ax.tick_params(labelsize=7, length=2)
        if name == "probs":
            for row, best in enumerate(values.argmax(axis=1)):
                ax.add_patch(
                    Rectangle(
                        (best - 0.5, row - 0.5), 1, 1, fill=False, ec=VERMILLION, lw=1.8
                    )
                )
    if title:
        fig.suptitle(textwrap.fill(title, 95), x=0.01, ha="left", fontsize=12)
    return fig
