"""Small pictures for the labs, as HTML tables and inline SVG.

A lab redraws while a slider is dragged, and a figure of matplotlib takes longer than
that. These pictures take about a millisecond, are read by a screen reader, and carry
the same colours as the figures. Every text is escaped here and nowhere else.
"""

from __future__ import annotations

import functools
import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib import colormaps

from charrnn_helpers.plotting.palette import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    POSITIVE,
    PURPLE,
    SIGNED,
    VERMILLION,
)

LINES = ((BLUE, ""), (VERMILLION, "7 4"), (GREEN, "2 3"), (PURPLE, "9 3 2 3"))
"""Colour and dashes of the first, second, … line: never told apart by colour alone."""

_HATCH = "repeating-linear-gradient(45deg,#ffffff 0 4px,#d9d9d9 4px 7px)"  # padding


def visible(text: str) -> str:
    """A text as the reader should see it, escaped: each space as ␣."""
    return html.escape(text.replace(" ", "␣").replace("\n", "↵"))


def plain(text: object) -> str:
    """A text, escaped."""
    return html.escape(str(text))


def counted(count: int, word: str) -> str:
    """A number with its word: 1 symbol, 2 symbols."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def sentence(text: str) -> str:
    """A paragraph of what the lab found; ``text`` is HTML already."""
    return f'<p style="margin:4px 0;line-height:1.5">{text}</p>'


def problem(text: str) -> str:
    """What was wrong with the input, and what to do; ``text`` is plain text."""
    return (
        '<p role="alert" style="margin:4px 0;padding:4px 8px;line-height:1.5;'
        f'color:#000;background:#fff3e8;border-left:4px solid {VERMILLION}">'
        f"✗ {plain(text)}</p>"
    )


# A caption may be wider than its table; the last column takes what it adds.
_FILLER = '<td style="width:99%"></td>'
_CAPTION = (
    "text-align:left;font:13px sans-serif;color:#000;padding-bottom:4px;"
    "width:max-content;max-width:48em"
)


@dataclass(frozen=True)
class Cell:
    """One cell of a grid.

    Attributes:
        text: what stands in it, plain text; a space is shown as ␣.
        value: a number that colours it, or None.
        hatched: drawn with stripes (a padded cell).
        strong: drawn with a thick border (the chosen one).
        pick: the key that Python learns when the cell is picked, or None.
        link: words that the cell shares with others; together they are framed.
        say: what stands under the picture while the cell is pointed at, plain text.
    """

    text: str = ""
    value: float | None = None
    hatched: bool = False
    strong: bool = False
    pick: str | None = None
    link: str = ""
    say: str = ""


def grid(
    rows: Sequence[Sequence[Cell]],
    *,
    caption: str,
    row_labels: Sequence[str] | None = None,
    column_labels: Sequence[str] | None = None,
    signed: bool = False,
    limit: float | None = None,
) -> str:
    """A table of cells.

    Args:
        rows: the cells, all rows of the same length.
        caption: what the table shows, in words; shown above it.
        row_labels: one label a row; a space is shown as ␣.
        column_labels: one label a column.
        signed: colour values from purple (negative) over white to orange (positive),
            else from dark blue (0) to yellow.
        limit: the value of the strongest colour; None takes the largest there is.

    Returns:
        HTML.
    """
    values = [abs(c.value) for row in rows for c in row if c.value is not None]
    limit = limit or max(values, default=1.0) or 1.0
    out = [
        '<div style="overflow-x:auto;background:#fff;color:#000;padding:4px">'
        '<table style="border-collapse:collapse;font:13px/1.2 monospace">'
        f'<caption style="{_CAPTION}">{plain(caption)}</caption>'
    ]
    if column_labels is not None:
        corner = "<td></td>" * (row_labels is not None)
        heads = "".join(
            f'<th scope="col" style="padding:2px 5px;color:#000">{visible(label)}</th>'
            for label in column_labels
        )
        out.append(f"<tr>{corner}{heads}{_FILLER}</tr>")
    for i, row in enumerate(rows):
        head = ""
        if row_labels is not None:
            head = (
                '<th scope="row" style="padding:2px 8px 2px 2px;text-align:right;'
                f'color:#000;white-space:pre">{visible(row_labels[i])}</th>'
            )
        cells = "".join(_cell(cell, limit, signed) for cell in row)
        out.append(f"<tr>{head}{cells}</tr>")
    out.append("</table></div>")
    return "".join(out)


def _cell(cell: Cell, limit: float, signed: bool) -> str:
    background, ink = "#fff", "#000"
    if cell.hatched:
        background = _HATCH
    elif cell.value is not None:
        background, ink = colours(cell.value, limit, signed)
    border = f"3px solid {BLACK}" if cell.strong else "1px solid #bbb"
    touched = touch(cell.pick, cell.link, cell.say, pressed=cell.strong)
    look = f"background:{background};color:{ink}"
    if cell.pick is None:
        return (
            f'<td{touched} style="border:{border};padding:2px 5px;text-align:center;'
            f'min-width:1.1em;height:1.3em;{look}">{visible(cell.text)}</td>'
        )
    return (
        f'<td style="border:{border};padding:0;{look}"><button type="button"{touched} '
        'style="width:100%;border:0;padding:2px 5px;text-align:center;min-width:2em;'
        f'min-height:1.6em;{look}">{visible(cell.text)}</button></td>'
    )


@dataclass(frozen=True)
class Tile:
    """One character of a text.

    Attributes:
        text: the character, plain text; a space is shown as ␣.
        note: the number under it.
        value: a number that colours it from white to dark orange, or None.
        given: drawn with a dashed border (the reader's own character).
        strong: drawn with a thick border (the chosen one).
        pick, link, say: as of a :class:`Cell`.
    """

    text: str
    note: str = ""
    value: float | None = None
    given: bool = False
    strong: bool = False
    pick: str | None = None
    link: str = ""
    say: str = ""


def touch(
    pick: str | None = None, link: str = "", say: str = "", *, pressed: bool = False
) -> str:
    """The attributes that make a part of a picture touchable, escaped.

    Args:
        pick: the key that Python learns when the part is picked, or None.
        link: words that the part shares with others; together they are framed.
        say: what stands under the picture while the part is pointed at, plain text.
        pressed: whether the part is the one that is picked.

    Returns:
        HTML attributes, each with a space before it; empty if there are none.
    """
    found = {"data-pick": pick, "data-link": link or None, "data-say": say or None}
    if pick is not None:
        found["aria-pressed"] = "true" if pressed else "false"
    return "".join(
        f' {name}="{plain(value)}"'
        for name, value in found.items()
        if value is not None
    )


def tiles(
    characters: Sequence[Tile],
    *,
    caption: str,
    limit: float,
    scale: Mapping[str, float] | None = None,
) -> str:
    """A text as a row of tiles that wraps, each with its number.

    Args:
        characters: the tiles.
        caption: what colours and numbers mean, in words; shown above them.
        limit: the value of the darkest colour.
        scale: label → value of the coloured samples after the caption.

    Returns:
        HTML.
    """
    samples = "".join(
        f'<span style="padding:1px 7px;border:1px solid #bbb;background:{background};'
        f'color:{ink}">{plain(label)}</span>'
        for label, value in (scale or {}).items()
        for background, ink in (colours(value, limit, True),)
    )
    row = "".join(_tile(tile, limit) for tile in characters)
    return (
        '<div style="background:#fff;color:#000;padding:4px">'
        '<div style="display:flex;flex-wrap:wrap;gap:8px;align-items:center;'
        f'font:13px sans-serif;padding-bottom:6px"><span>{plain(caption)}</span>'
        f'<span style="display:inline-flex">{samples}</span></div>'
        '<div data-group="tiles" style="display:flex;flex-wrap:wrap;gap:2px">'
        f"{row}</div></div>"
    )


def _tile(tile: Tile, limit: float) -> str:
    background, ink = "#f2f2f2" if tile.given else "#ffffff", "#000000"
    if tile.value is not None:
        background, ink = colours(tile.value, limit, True)
    border = f"1px dashed {BLACK}" if tile.given else "1px solid #bbb"
    outline = f";outline:3px solid {BLACK};outline-offset:-1px" if tile.strong else ""
    touched = touch(tile.pick, tile.link, tile.say, pressed=tile.strong)
    element = "span" if tile.pick is None else "button"
    return (
        f'<{element}{touched} style="display:inline-block;min-width:31px;padding:2px '
        f"1px;text-align:center;border:{border}{outline};background:{background};"
        f'color:{ink}"><span style="display:block;font:bold 19px/1.2 monospace">'
        f'{visible(tile.text)}</span><span style="display:block;font:12px/1.2 '
        f'sans-serif">{plain(tile.note)}</span></{element}>'
    )


@functools.lru_cache(maxsize=8192)
def colours(value: float, limit: float, signed: bool) -> tuple[str, str]:
    """Background and text colour of a value; the text stays readable on it."""
    if not math.isfinite(value):
        return "#ffffff", "#000000"
    share = min(1.0, abs(value) / limit)
    if signed:
        position = 0.5 + 0.42 * math.copysign(share, value)
        red, green, blue, _ = colormaps[SIGNED](position)
    else:
        red, green, blue, _ = colormaps[POSITIVE](share)
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (red, green, blue)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    ink = "#000000" if luminance > 0.18 else "#ffffff"
    return "#" + "".join(f"{round(255 * c):02x}" for c in (red, green, blue)), ink


def bars(
    labels: Sequence[str],
    series: Mapping[str, Sequence[float]],
    *,
    caption: str,
    marked: Sequence[int] = (),
    touches: Sequence[str] = (),
) -> str:
    """Probabilities as horizontal bars with their numbers.

    Args:
        labels: one label a row; a space is shown as ␣.
        series: name → one value in [0, 1] a row; the second and later ones are striped.
        caption: what the bars show, in words.
        marked: rows that are set off by an arrow.
        touches: what :func:`touch` gives for each row; none: nothing to touch.

    Returns:
        HTML.
    """
    heads = "".join(
        f'<th scope="col" style="text-align:left;padding:0 12px;'
        'white-space:nowrap;color:#000">'
        f"{plain(name)}</th>"
        for name in series
    )
    out = [
        '<div style="background:#fff;color:#000;padding:4px;overflow-x:auto">'
        '<table style="border-collapse:collapse;font:13px/1.15 monospace">'
        f'<caption style="{_CAPTION}">{plain(caption)}</caption>'
        f"<tr><td></td>{heads}{_FILLER}</tr>"
    ]
    for i, label in enumerate(labels):
        arrow = "▶ " if i in marked else ""
        cells = []
        for (colour, _), values in zip(LINES * 3, series.values(), strict=False):
            width = round(160 * min(1.0, max(0.0, values[i])), 1)
            cells.append(
                '<td style="padding:1px 12px;white-space:nowrap">'
                f'<span style="display:inline-block;height:0.9em;width:{width}px;'
                f'background:{colour}"></span> {values[i]:.3f}</td>'
            )
        touched = touches[i] if touches else ""
        out.append(
            f'<tr{touched}><th scope="row" style="text-align:right;padding:1px 4px;'
            'white-space:nowrap;color:#000">'
            f"{arrow}{visible(label)}</th>{''.join(cells)}</tr>"
        )
    out.append("</table></div>")
    return "".join(out)


def chart(
    series: Mapping[str, Sequence[float]],
    *,
    description: str,
    x_label: str,
    y_label: str,
    rungs: Mapping[str, float] | None = None,
    x_max: float | None = None,
    log: bool = False,
    height: int = 260,
    marks: Mapping[int, tuple[str, str]] | None = None,
    points: Sequence[tuple[int, float, str]] = (),
) -> str:
    """Lines over 1, 2, 3, …, with dotted lines for the rungs of the ladder.

    Args:
        series: name → values; infinite and NaN ones are left out.
        description: the alternative text, with what the lines show.
        x_label: with its unit.
        y_label: with its unit.
        rungs: name → height of a dotted grey line. Values far above the highest are
            drawn at the top edge.
        x_max: where the axis ends; None takes the longest series.
        log: logarithmic vertical axis.
        height: of the picture, in pixels.
        marks: place along x → label and :func:`touch` attributes of an upright line.
        points: place, value and attributes of each dot on a line.

    Returns:
        HTML with one inline SVG.
    """
    width, left, right, top, bottom = 620, 56, 130, 12, 40
    role = "group" if marks or points else "img"  # an img has no parts to reach
    rungs = dict(rungs or {})
    shown = [v for values in series.values() for v in values if math.isfinite(v)]
    shown = [v for v in shown + list(rungs.values()) if not log or v > 0] or [1.0]
    low, high = (min(shown), max(shown)) if log else (0.0, max(shown))
    if rungs:  # a run that explodes leaves the picture at the top
        high = min(high, (500 if log else 3) * max(rungs.values()))
    high = high * 1.05 if high > low else low + 1
    low = low * 0.9 if log else low
    x_max = x_max or max(map(len, series.values()), default=1) or 1

    def at_y(value: float) -> float:
        value = min(max(value, low), high)
        share = (
            math.log(value / low) / math.log(high / low)
            if log
            else (value - low) / (high - low)
        )
        return top + (height - top - bottom) * (1 - share)

    def at_x(n: float) -> float:
        return left + (width - left - right) * n / x_max

    out = [
        '<div style="background:#fff;padding:4px;overflow-x:auto">'
        f'<svg role="{role}" aria-label="{plain(description)}" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}" '
        'style="font:12px sans-serif;background:#fff">'
    ]
    floor, end = height - bottom, width - right
    out.append(f'<path d="M{left} {top}V{floor}H{end}" fill="none" stroke="{BLACK}"/>')
    for tick in _ticks(low, high, log):
        y = at_y(tick)
        out.append(
            f'<path d="M{left - 4} {y:.1f}H{left}" stroke="{BLACK}"/>'
            f'<text x="{left - 7}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>'
        )
    for tick in _ticks(0, x_max, False):
        out.append(
            f'<text x="{at_x(tick):.1f}" y="{floor + 15}" text-anchor="middle">'
            f"{tick:g}</text>"
        )
    out.append(
        f'<text x="{(left + end) / 2}" y="{height - 6}" text-anchor="middle">'
        f"{plain(x_label)}</text>"
        f'<text transform="translate(13 {(top + floor) / 2}) rotate(-90)" '
        f'text-anchor="middle">{plain(y_label)}</text>'
    )
    labels = [(at_y(value), f"{name} {value:.3g}") for name, value in rungs.items()]
    for y, _ in labels:
        out.append(
            f'<path d="M{left} {y:.1f}H{end}" stroke="{GREY}" stroke-dasharray="2 3"/>'
        )
    for y, text in _spread(labels, 13, top, floor):
        out.append(f'<text x="{end + 5}" y="{y + 4:.1f}">{plain(text)}</text>')
    for k, ((name, values), (colour, dashes)) in enumerate(
        zip(series.items(), LINES * 3, strict=False)
    ):
        line = [
            f"{at_x(n):.1f},{at_y(value):.1f}"
            for n, value in _thin(values)
            if math.isfinite(value)
        ]
        out.append(
            f'<polyline points="{" ".join(line)}" fill="none" stroke="{colour}" '
            f'stroke-width="2" stroke-dasharray="{dashes}"/>'
        )
        if len(series) > 1:
            y = top + 12 + 15 * k
            out.append(
                f'<rect x="{end - 122}" y="{y - 12}" width="122" height="15" '
                'fill="#fff"/>'
                f'<path d="M{end - 118} {y - 4}h26" stroke="{colour}" '
                f'stroke-width="2" stroke-dasharray="{dashes}"/>'
                f'<text x="{end - 88}" y="{y}">{plain(name)}</text>'
            )
    for n, (label, touched) in (marks or {}).items():
        x = at_x(n)
        out.append(
            f'<g role="img" aria-label="{plain(label)}"{touched}>'
            f'<path d="M{x:.1f} {floor}V{top}" stroke="{GREEN}" stroke-width="2"/>'
            f'<path d="M{x:.1f} {top}v9l11 -4.5z" fill="{GREEN}"/>'
            f'<text x="{x + 14:.1f}" y="{top + 9}">{plain(label)}</text>'
            f'<rect x="{x - 6:.1f}" y="{top}" width="18" height="{floor - top}" '
            'fill="#fff" fill-opacity="0"/></g>'
        )
    for n, value, touched in points:
        at = f'cx="{at_x(n):.1f}" cy="{at_y(value):.1f}"'
        fill = BLUE if 'aria-pressed="true"' in touched else "#fff"
        out.append(
            f"<g{touched}>"
            f'<circle {at} r="12" fill="#fff" fill-opacity="0" stroke="none"/>'
            f'<circle {at} r="5" fill="{fill}" stroke="{BLUE}" stroke-width="2"/></g>'
        )
    out.append("</svg></div>")
    return "".join(out)


def _thin(values: Sequence[float], limit: int = 300) -> list[tuple[int, float]]:
    """Number from 1 and value of at most ``limit`` points, the last among them."""
    step = max(1, math.ceil(len(values) / limit))
    kept = [(n, v) for n, v in enumerate(values, start=1) if n % step == 1 % step]
    return (
        kept if len(values) % step == 1 % step else [*kept, (len(values), values[-1])]
    )


def _ticks(low: float, high: float, log: bool) -> list[float]:
    if log:
        first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
        every = 1 + max(0, last - first) // 6
        return [10.0**k for k in range(first, last + 1, every)] or [low, high]
    raw = (high - low) / 4
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * m for m in (1, 2, 5, 10) if size * m >= raw)
    return [
        round(k * step, 10)
        for k in range(math.ceil(low / step), math.floor(high / step) + 1)
    ]


def _spread(
    labels: list[tuple[float, str]], gap: float, top: float, bottom: float
) -> list[tuple[float, str]]:
    """Move labels apart so that none overlaps another."""
    placed: list[tuple[float, str]] = []
    y_before = -math.inf
    for y, text in sorted(labels):
        y_before = max(y, y_before + gap, top)
        placed.append((y_before, text))
    excess = placed[-1][0] - bottom if placed else 0
    if excess > 0:
        y_after = math.inf
        for i in reversed(range(len(placed))):
            y_after = min(placed[i][0], y_after - gap, bottom)
            placed[i] = (y_after, placed[i][1])
    return placed
