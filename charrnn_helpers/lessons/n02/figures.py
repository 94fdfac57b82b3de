"""The figures of notebook 02: the shift, and the examples that a text holds."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from charrnn_helpers.plotting.grids import cell_canvas, draw_cells, number_ticks
from charrnn_helpers.plotting.palette import (
    BLACK,
    BLUE,
    DARK_VERMILLION,
    GREY,
    PALE_BLUE,
    PALE_VERMILLION,
    VERMILLION,
)
from charrnn_helpers.plotting.tools import (
    check_two_characters,
    set_title,
    visible_symbols,
)


def draw_shift(
    text: str,
    *,
    highlight: int | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw a text's inputs over its targets, with an arrow from each to its target.

    Args:
        text: T + 1 characters, at least 2; inputs are the first T, targets the last T.
        highlight: the step in [0, T) to stress with filled cells and a thick arrow.

    Raises:
        ValueError: if the text has fewer than 2 characters or ``highlight`` is outside.
    """
    symbols = visible_symbols(text)
    steps = len(symbols) - 1
    check_two_characters(symbols)
    if highlight is not None and not 0 <= highlight < steps:
        raise ValueError(f"highlight must be in [0, {steps}), not {highlight}.")
    fig, ax, size = cell_canvas(ax, 2.9, steps, side=1.1)
    for row, face, edge, dark, letters in (
        (0.0, PALE_BLUE, BLUE, BLUE, symbols[:-1]),
        (1.9, PALE_VERMILLION, VERMILLION, DARK_VERMILLION, symbols[1:]),
    ):
        plain = [t for t in range(steps) if t != highlight]
        draw_cells(
            ax,
            [(t, row) for t in plain],
            [letters[t] for t in plain],
            size,
            face=face,
            edge=edge,
        )
        if highlight is not None:
            draw_cells(
                ax,
                [(highlight, row)],
                [letters[highlight]],
                size,
                face=dark,
                edge="black",
                ink="white",
            )
    for t in range(steps):
        ax.annotate(
            "",
            (t, 1.42),
            (t, 0.48),
            arrowprops={
                "arrowstyle": "-|>",
                "color": BLACK if t == highlight else GREY,
                "linewidth": 2.2 if t == highlight else 1.0,
                "mutation_scale": min(11, size),
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
    ax.set_yticks([0, 1.9], ["inputs", "targets"])
    number_ticks(ax, steps, "Step t")
    set_title(ax, title, "Each input is paired with the character that follows it")
    return fig


def draw_prefixes(
    text: str,
    *,
    targets: str | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw every example of a text as a staircase: the prefix, and what comes next.

    Args:
        text: T + 1 characters, at least 2; with ``targets``, the T inputs.
        targets: the T targets, if they are not the text moved on by one.
        title: the takeaway; by default the number of examples.

    Raises:
        ValueError: if the text is too short, or ``targets`` is not as long as it.
    """
    symbols = visible_symbols(text)
    if targets is None:
        check_two_characters(symbols)
        symbols, answers = symbols[:-1], symbols[1:]
    else:
        answers = visible_symbols(targets)
        if not symbols or len(answers) != len(symbols):
            raise ValueError(
                f"text has {len(symbols)} characters and targets {len(answers)}; "
                "each input needs one target."
            )
    steps = len(symbols)
    fig, ax, size = cell_canvas(ax, steps, steps + 1, largest=0.34)
    prefix = [(x, y) for y in range(steps) for x in range(y + 1)]
    draw_cells(
        ax, prefix, [symbols[x] for x, _ in prefix], size, face=PALE_BLUE, edge=BLUE
    )
    # The answers stand apart from their prefixes by a thick frame as well.
    places = [(y + 1, y) for y in range(steps)]
    draw_cells(ax, places, answers, size, face=PALE_VERMILLION, edge=VERMILLION)
    for x, y in places:
        ax.add_patch(
            Rectangle(
                (x - 0.46, y - 0.46), 0.92, 0.92, fill=False, ec=VERMILLION, lw=1.8
            )
        )
    every = 1 if steps <= 24 else 5
    ax.set_yticks(range(0, steps, every), [str(t) for t in range(0, steps, every)])
    ax.set_ylabel("Step t")
    ax.set_xticks([])
    examples = "1 example" if steps == 1 else f"{steps} examples"
    set_title(
        ax,
        title,
        f"{steps + 1} characters hold {examples}: a prefix, then the one that follows",
    )
    return fig
