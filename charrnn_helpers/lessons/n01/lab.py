"""The lab of notebook 01: type texts, and see what their batches waste."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ipywidgets as widgets

from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab, check_text
from charrnn_helpers.plotting.palette import BLACK, BLUE, PALE_BLUE

TEXTS = (
    "hello how are you",
    "i am fine",
    "how are you doing",
    "hi",
    "fine",
    "good morning to you",
    "yes",
    "and you",
)
"""What stands in the lab at first: neighbours of very different length."""

MOST, LONGEST = 10, 40
"""Texts that the lab draws, and characters of each."""

ORDERS = {
    "as typed": "as typed",
    "in buckets": "sorted in buckets of two batches",
    "sorted": "sorted by length",
}
SIDES = {"right": "on the right", "left": "on the left"}

ROW, GAP, GREY = 22, 8, "#595959"


@dataclass(frozen=True)
class Batch:
    """Some texts, by their number from 0, with the width of their rectangle."""

    numbers: Sequence[int]
    width: int


def batches_of(lengths: Sequence[int], batch_size: int, order: str) -> list[Batch]:
    """Cut texts into batches.

    Args:
        lengths: characters of each text, in the order in which they were typed.
        batch_size: texts of a batch; the last one may have fewer.
        order: one of ORDERS. A bucket holds the texts of two batches.
    """
    numbers = list(range(len(lengths)))
    bucket = {"as typed": 1, "in buckets": 2 * batch_size, "sorted": len(lengths)}
    step = bucket[order]
    numbers = [
        number
        for i in range(0, len(numbers), step)
        for number in sorted(numbers[i : i + step], key=lambda n: lengths[n])
    ]
    groups = [numbers[i : i + batch_size] for i in range(0, len(numbers), batch_size)]
    return [Batch(group, max(lengths[n] for n in group)) for group in groups]


def cells_of(batches: Sequence[Batch]) -> int:
    """The cells of all rectangles together, padding included."""
    return sum(len(batch.numbers) * batch.width for batch in batches)


def read(texts: str) -> list[str]:
    """The texts, one a line.

    Raises:
        ValueError: if there is none, there are too many, or one is too long.
    """
    lines = [line.rstrip("\r") for line in texts.split("\n")]
    lines = [line for line in lines if line]
    if not lines:
        raise ValueError("There is no text yet: type at least one character.")
    for number, line in enumerate(lines, start=1):
        check_text(line, f"Text {number}", maximum=LONGEST)
    if len(lines) > MOST:
        raise ValueError(
            f"These are {len(lines):,} texts; this lab draws up to {MOST}. Remove "
            "some lines."
        )
    return lines


def draw(texts: str, batch_size: int, order: str, side: str) -> Drawing:
    """Draw the batches that some texts make, and what each order would waste.

    Args:
        texts: one a line; lines without a character are left out.
        batch_size: how many go into a batch.
        order: in which order they are taken, one of ORDERS.
        side: where the padding stands, one of SIDES.

    Raises:
        ValueError: as :func:`read`.
    """
    lines = read(texts)
    lengths = [len(line) for line in lines]
    found = {name: batches_of(lengths, batch_size, name) for name in ORDERS}
    bars = _bars(found, order, sum(lengths))
    rows = _rows(lines, found[order], side)
    return Drawing(_said(found[order], sum(lengths)), bars + rows)


def _said(batches: list[Batch], real: int) -> str:
    cells = cells_of(batches)
    empty = cells - real
    said = (
        f"{pictures.counted(sum(len(b.numbers) for b in batches), 'text')} in "
        f"{len(batches)} batch{'es' * (len(batches) > 1)}: "
        f"{pictures.counted(real, 'character')} and <b>"
        f"{pictures.counted(empty, 'cell')} of padding, {empty / cells:.0%}</b> of "
        f"all {cells}."
    )
    if len(batches) == 1 and empty:
        said += " All texts are in one batch: no order makes it narrower."
    return pictures.sentence(said)


def _bars(found: dict[str, list[Batch]], order: str, real: int) -> str:
    """One bar for each order: characters, and behind them the padding."""
    left, unit = 230, 380 / max(map(cells_of, found.values()))
    out = []
    for i, (name, batches) in enumerate(found.items()):
        y, cells = 4 + 26 * i, cells_of(batches)
        empty, chosen = cells - real, name == order
        label = f"{empty} padded, {empty / cells:.0%}"
        width, filled = round(unit * cells, 1), round(unit * real, 1)
        weight = "bold" if chosen else "normal"
        touched = pictures.touch(name, "", f"Take them {name}.", pressed=chosen)
        out.append(
            f'<g role="button" aria-label="{ORDERS[name]}: {label}"{touched} '
            f'font-weight="{weight}">'
            f'<rect x="0" y="{y - 2}" width="800" height="24" fill="#fff"/>'
            f'<text x="{left - 10}" y="{y + 15}" text-anchor="end">'
            f"{'▶ ' if chosen else ''}{ORDERS[name]}</text>"
            f'<rect x="{left}" y="{y}" width="{width}" height="20" fill="#fff" '
            f'stroke="{GREY}"/>'
            f'<path d="{_strokes(left + filled, y, width - filled)}" stroke="{GREY}"/>'
            f'<rect x="{left}" y="{y}" width="{filled}" height="20" fill="{BLUE}"/>'
            f'<text x="{left + width + 10}" y="{y + 15}">{label}</text></g>'
        )
    if filled > 110:
        out.append(f'<text x="{left + 8}" y="19" fill="#fff">{real} characters</text>')
    return _svg("What each order wastes", 84, out)


def _strokes(x: float, y: float, width: float) -> str:
    """Slanted lines over a strip of 20 pixels in height."""
    at = range(0, int(width) - 8, 8)
    return "".join(f"M{x + d:.1f} {y + 20}l8 -20" for d in at)


def _rows(lines: Sequence[str], batches: Sequence[Batch], side: str) -> str:
    """On the left the texts as they were typed, on the right their batches."""
    left = 250
    size = min(18.0, (800 - left) / max(batch.width for batch in batches))
    out = [
        f'<text x="0" y="12" fill="{GREY}">as typed</text>',
        f'<text x="{left}" y="12" fill="{GREY}">in batches</text>',
    ]
    says, y = {}, 20.0
    for b, batch in enumerate(batches, start=1):
        for n in batch.numbers:
            empty = batch.width - len(lines[n])
            says[n] = (
                f"Text {n + 1} is in batch {b}, whose longest text has "
                f"{pictures.counted(batch.width, 'character')}: "
                f"{pictures.counted(len(lines[n]), 'character')} and "
                f"{pictures.counted(empty, 'cell')} of padding."
            )
            out.append(_number(n, left - 22, y))
            out += _cells(lines[n], batch.width, side, left, y, size)
            out.append(_frame(left, y, batch.width * size, n, says[n], says[n]))
            y += ROW
        y += GAP
    for n, line in enumerate(lines):
        at, shown = 20 + ROW * n, line if len(line) <= 27 else line[:26] + "…"
        out.append(_number(n, 0, at))
        out.append(
            f'<text x="22" y="{at + 15}" font-family="monospace">'
            f"{pictures.visible(shown)}</text>"
        )
        out.append(_frame(0, at, 222, n, f"Text {n + 1}", says[n]))
    return _svg("The texts as typed, and their batches", max(y, 30 + ROW * n), out)


def _number(n: int, x: float, y: float) -> str:
    return f'<text x="{x + 2}" y="{y + 15}" fill="{GREY}">{n + 1}</text>'


def _frame(x: float, y: float, width: float, n: int, name: str, say: str) -> str:
    """What is pointed at: the row of a text, here and in the other column."""
    return (
        f'<rect role="img" aria-label="{pictures.plain(name)}" x="{x}" y="{y}" '
        f'width="{width:.1f}" height="20" fill="transparent"'
        f"{pictures.touch(None, f't{n}', say)}/>"
    )


def _cells(
    text: str, width: int, side: str, left: float, y: float, size: float
) -> list[str]:
    """The cells of one row: the characters, and the padding if there is any."""
    empty = width - len(text)
    begin = left + (empty if side == "left" else 0) * size
    padding = left if side == "left" else left + len(text) * size
    box = "M{:.1f} {}h{:.1f}v20h-{:.1f}z"
    real = "".join(
        box.format(begin + i * size, y, size, size) for i in range(len(text))
    )
    at = [padding + i * size for i in range(empty)]
    blank = "".join(box.format(x, y, size, size) for x in at)
    slants = "".join(f"M{x:.1f} {y + 20}l{size:.1f} -20" for x in at)
    middles = " ".join(f"{begin + (i + 0.5) * size:.1f}" for i in range(len(text)))
    return [
        f'<path d="{real}" fill="{PALE_BLUE}" stroke="{BLUE}"/>',
        f'<path class="padding" data-cells="{empty}" d="{blank}{slants}" '
        f'fill="none" stroke="#9a9a9a"/>',
        f'<text x="{middles}" y="{y + 15}" text-anchor="middle" '
        f'font-family="monospace">{pictures.visible(text)}</text>',
    ]


def _svg(label: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg role="group" aria-label="{label}" width="800" height="{height:.0f}" '
        f'style="display:block;background:#fff;font:13px sans-serif;fill:{BLACK}">'
        f"{''.join(parts)}</svg>"
    )


def padding_lab() -> Lab:
    """Type texts; see their batches, and what each way of making them wastes.

    A click on a bar takes the texts in its order. Controls: ``texts`` (one a line),
    ``batch_size``, ``order`` and ``side``.
    """
    controls = {
        "texts": widgets.Textarea(
            value="\n".join(TEXTS),
            description="Texts, one a line:",
            rows=5,
            continuous_update=True,
            layout=widgets.Layout(width="560px"),
        ),
        "batch_size": widgets.IntSlider(
            2,
            min=1,
            max=MOST,
            description="Texts per batch:",
            layout=widgets.Layout(width="290px"),
        ),
        "order": widgets.Dropdown(
            options=list(ORDERS),
            description="Order:",
            layout=widgets.Layout(width="170px"),
        ),
        "side": widgets.Dropdown(
            options=[(label, name) for name, label in SIDES.items()],
            description="Padding:",
            layout=widgets.Layout(width="210px"),
        ),
    }
    return Lab(
        "Padding: from texts to rectangles",
        controls,
        draw,
        rows=[["texts"], ["batch_size", "order", "side"]],
        on_pick=lambda lab, name: setattr(lab.order, "value", name),
    )
