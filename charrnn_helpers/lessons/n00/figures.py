"""The figure of notebook 00: the map of the series."""

import json
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from charrnn_helpers.plotting.diagrams import blank_canvas, draw_arrow
from charrnn_helpers.plotting.palette import BLUE, GREY, PALE_BLUE, WIDTH
from charrnn_helpers.plotting.tools import set_title

PARTS = {
    "Part I · The model, step by step": range(9),
    "Part II · Why it works, and where it fails": range(9, 13),
    "Part III · Real sequences": range(13, 100),
}
"""The parts of the series, each with the numbers of its notebooks."""


def titles(folder: str | Path = ".") -> dict[str, str]:
    """The notebooks of a folder: number, such as "03", and title without it."""
    found = {}
    for path in sorted(Path(folder).glob("[0-9][0-9]_*.ipynb")):
        first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]
        heading = "".join(first).splitlines()[0]
        number, _, name = heading.removeprefix("# ").partition(" · ")
        found[number] = name
    return found


def draw_series_map(
    notebooks: Mapping[str, str] | None = None, *, title: str | None = None
) -> Figure:
    """Draw the map of the series: its parts, and the notebooks that there are.

    Args:
        notebooks: title by number, such as ``{"03": "One-hot encoding"}``; None takes
            those of the present folder.

    Raises:
        ValueError: if there is no notebook, or a key is not a number of two digits.
    """
    notebooks = titles() if notebooks is None else notebooks
    wrong = [key for key in notebooks if not re.fullmatch(r"\d\d", key)]
    if wrong or not notebooks:
        raise ValueError(
            "notebooks must map numbers such as '03' to titles, got "
            f"{wrong[0] if wrong else 'none'!r}"
        )
    per_row, stride, rise = 5, 2.0, 0.98
    lines: list[tuple[str, list]] = []
    for part, numbers in PARTS.items():
        row = [pair for pair in sorted(notebooks.items()) if int(pair[0]) in numbers]
        lines.append((part if row else f"{part} (planned)", row[:per_row]))
        for begin in range(per_row, len(row), per_row):
            lines.append(("", row[begin : begin + per_row]))
    height = sum((rise if row else 0) + (0.62 if part else 0) for part, row in lines)
    fig, ax = blank_canvas(
        None,
        WIDTH,
        0.3 + (height - 0.22) * 0.88,
        (-0.05, per_row * stride - 0.1),
        (-height + 0.32, 0),
    )
    y = 0.0
    for part, row in lines:
        if part:
            y -= 0.4 if y else 0.18
            ax.text(0.02, y, part, fontsize=12, fontweight="bold", va="center")
            y -= 0.22
        if row:
            _map_row(ax, row, y - 0.38, stride)
            y -= rise
    set_title(ax, title)
    return fig


def _map_row(ax, notebooks, y, stride) -> None:
    width, height = stride - 0.32, 0.76
    for place, (number, name) in enumerate(notebooks):
        x = place * stride + width / 2
        ax.add_patch(
            FancyBboxPatch(
                (x - width / 2, y - height / 2),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=0.1",
                facecolor=PALE_BLUE,
                edgecolor=BLUE,
                linewidth=1.5,
            )
        )
        ax.text(
            x - width / 2 + 0.1,
            y + height / 2 - 0.17,
            number,
            fontsize=9,
            fontweight="bold",
            color=BLUE,
            va="center",
        )
        ax.text(
            x - width / 2 + 0.1,
            y - 0.1,
            textwrap.fill(name, 19),
            fontsize=9,
            va="center",
            linespacing=1.1,
        )
        if place < len(notebooks) - 1:
            draw_arrow(
                ax,
                (x + width / 2 + 0.03, y),
                (x + stride - width / 2 - 0.03, y),
                color=GREY,
            )
