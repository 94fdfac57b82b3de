"""The lab of notebook 17: three parts of a step's time, and which of them binds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import ipywidgets as widgets

from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab
from charrnn_helpers.plotting.palette import BLACK, BLUE, GREEN, GREY, VERMILLION

V = 65
"""Characters of the vocabulary, as in the notebook."""


class Machine(NamedTuple):
    """What a machine can do in a second, and the seconds for an operation.

    Attributes:
        peak: flops, in one large product.
        rate: flops, in the products of a step.
        bandwidth: bytes.
        operation: what an operation costs before it computes anything, in seconds.
    """

    peak: float
    rate: float
    bandwidth: float
    operation: float


CORE, CARD = "one processor core", "a graphics card"
MACHINES = {
    # The peak is measured; the others are what fits the times in MEASURED best.
    CORE: Machine(105e9, 80e9, 60e9, 1.6e-6),
    # Round figures of a data sheet. Python has to issue the operations all the same.
    CARD: Machine(60e12, 60e12, 3e12, 1.6e-6),
}
SIZES = {
    "hidden_size": (16, 32, 64, 128, 256, 512, 1024, 2048, 4096),
    "batch_size": (1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
    "seq_len": (8, 16, 32, 64, 128, 256),
}


class Way(NamedTuple):
    """A way to the gradients, as the notebook's ledger counts it at V = 65.

    Attributes:
        operations: how many for each step of the text, and how many besides.
        one_hot: whether it multiplies one-hot rows by W_ih.
        moved: bytes for each number in all states, for each character, for each step
            and number of W_hh, for each step and unit, for each unit.
    """

    operations: tuple[int, int]
    one_hot: bool
    moved: tuple[int, int, int, int, int]


WAYS = {
    "step by step": Way((52, 8), True, (112, 4452, 24, 2900, 0)),
    "nn.RNN": Way((19, 57), True, (136, 4988, 24, 20, 2880)),
    "hoisted": Way((16, 54), True, (116, 4728, 24, 0, 2904)),
    "Recurrence": Way((12, 56), False, (136, 3688, 8, 0, 2904)),
    "by hand": Way((7, 46), False, (116, 4272, 8, 0, 2888)),
}
PARTS = {"arithmetic": BLUE, "bytes": VERMILLION, "operations": GREEN}
PATTERNS = {"arithmetic": "", "bytes": "6 3", "operations": "2 2"}

MEASURED = {
    (128, 32, 64): (11.9, 8.0, 6.9, 7.1, 5.5),
    (128, 1, 64): (5.5, 2.1, 1.9, 1.2, 1.0),
    (128, 256, 64): (44.6, 45.4, 45.5, 43.3, 38.7),
    (32, 32, 64): (6.3, 3.0, 2.7, 2.0, 1.7),
    (512, 32, 64): (51.8, 48.4, 48.3, 42.4, 42.0),
    (512, 128, 32): (85.1, 85.2, 85.6, 80.9, 78.8),
}
"""(H, B, T) → milliseconds of the five ways, measured once on one AMD EPYC core."""


def needed(hidden_size: int, batch_size: int, seq_len: int) -> int:
    """The flops of the formula of section 17.1."""
    return 6 * batch_size * seq_len * hidden_size * (hidden_size + V)


def counts(
    way: Way, hidden_size: int, batch_size: int, seq_len: int
) -> tuple[int, int, int]:
    """Flops, bytes and operations of a step."""
    H, B, T = hidden_size, batch_size, seq_len
    flops = needed(H, B, T) + (4 * B * T * V * H if way.one_hot else 0)
    amounts = B * T * H, B * T, T * H * H, T * H, H
    moved = sum(n * a for n, a in zip(way.moved, amounts, strict=True))
    return flops, moved, way.operations[0] * T + way.operations[1]


def parts_of(machine: Machine, counted: Sequence[int]) -> dict[str, float]:
    """Seconds of the three parts."""
    flops, moved, operations = counted
    return {
        "arithmetic": flops / machine.rate,
        "bytes": moved / machine.bandwidth,
        "operations": operations * machine.operation,
    }


def draw_limits(
    machine: str, hidden_size: int, batch_size: int, seq_len: int, picked: str
) -> Drawing:
    """Draw the five ways as bars of three parts, and as points under the roofline."""
    rates = MACHINES[machine]
    sizes = hidden_size, batch_size, seq_len
    counted = {name: counts(way, *sizes) for name, way in WAYS.items()}
    times = {name: parts_of(rates, found) for name, found in counted.items()}
    limit = needed(*sizes) / rates.peak
    return Drawing(
        _said(times, limit, picked, counted),
        f'<div style="background:#fff;color:#000">{_bars(times, limit, picked)}'
        f"{_roofline(rates, counted, times, picked)}</div>",
    )


def _said(
    times: dict[str, dict[str, float]],
    limit: float,
    picked: str,
    counted: dict[str, tuple[int, int, int]],
) -> str:
    total = {name: sum(parts.values()) for name, parts in times.items()}
    slow, quick = total["step by step"], total["by hand"]
    text = (
        f"The limit is {_time(limit)} here. <b>Step by step</b> takes "
        f"{_multiple(slow / limit)} times that, and its longest part is "
        f"<b>{_longest(times['step by step'])};</b> <b>by hand</b> "
        f"{_multiple(quick / limit)} times, and its longest part is "
        f"<b>{_longest(times['by hand'])}.</b> "
    )
    if slow > 1.5 * quick:
        text += f"Which way you choose matters: {slow / quick:.1f} to 1."
    else:
        text += f"Which way you choose hardly matters: {slow / quick:.2f} to 1."
    if picked in counted:
        flops, moved, operations = counted[picked]
        shares = ", ".join(
            f"{part} {seconds / total[picked]:.0%}"
            for part, seconds in times[picked].items()
        )
        text += (
            f"<br><b>{pictures.plain(picked)}:</b> {_amount(flops)}flops, "
            f"{_amount(moved)}bytes ({flops / moved:.1f} flops per byte), "
            f"{operations:,} operations; {_time(total[picked])}: {shares}."
        )
    return pictures.sentence(text)


def _multiple(number: float) -> str:
    return f"{number:.1f}" if number < 10 else f"{number:,.0f}"


def _longest(parts: dict[str, float]) -> str:
    return max(parts, key=lambda part: parts[part])


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"


def _amount(number: float) -> str:
    for name, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.3g} {name}"
    return f"{number:.0f} "


def _bars(times: dict[str, dict[str, float]], limit: float, picked: str) -> str:
    """One bar for each way, cut into the three parts; the limit as a line."""
    width, left, height, top = 700, 130, 30, 40
    longest = max(sum(parts.values()) for parts in times.values())
    scale = (width - left - 90) / longest
    bottom = top + height * len(times)
    out = [
        f'<svg role="group" aria-label="Time of a step in three parts, for five ways" '
        f'width="{width}" height="{bottom + 6}" style="font:13px sans-serif">'
    ]
    x = left
    for part, colour in PARTS.items():
        out.append(
            f'<rect x="{x}" y="4" width="22" height="13" {_fill(part, colour)}/>'
            f'<text x="{x + 28}" y="15">{part}</text>'
        )
        x += 125
    out.append(
        f'<path d="M{x + 6} 4v13" stroke="{BLACK}" stroke-width="2" '
        f'stroke-dasharray="3 3"/><text x="{x + 14}" y="15">the limit</text>'
    )
    for row, (name, parts) in enumerate(times.items()):
        y, x = top + row * height, float(left)
        total = sum(parts.values())
        say = f"{name}, {_time(total)}: " + ", ".join(
            f"{part} {_time(seconds)}" for part, seconds in parts.items()
        )
        touched = pictures.touch(
            name, name.replace(" ", "_"), say, pressed=name == picked
        )
        weight = "bold" if name == picked else "normal"
        out.append(
            f'<g role="button" aria-label="{pictures.plain(say)}"{touched}>'
            f'<rect x="0" y="{y - 2}" width="{width}" height="{height - 2}" '
            'fill="#fff" fill-opacity="0"/>'
            f'<text x="{left - 8}" y="{y + 16}" text-anchor="end" '
            f'font-weight="{weight}">{row + 1} · {pictures.plain(name)}</text>'
        )
        for part, seconds in parts.items():
            wide = seconds * scale
            out.append(
                f'<rect x="{x:.1f}" y="{y + 1}" width="{max(wide, 0.5):.1f}" '
                f'height="{height - 8}" {_fill(part, PARTS[part])}/>'
            )
            x += wide
        out.append(f'<text x="{x + 6:.1f}" y="{y + 16}">{_time(total)}</text></g>')
    at = left + limit * scale
    out.append(
        f'<path d="M{at:.1f} {top - 6}V{bottom}" stroke="{BLACK}" stroke-width="2" '
        'stroke-dasharray="3 3"/></svg>'
    )
    return "".join(out)


def _fill(part: str, colour: str) -> str:
    """Told apart by colour and by the line around it."""
    dashes = PATTERNS[part]
    opacity = {"arithmetic": 0.95, "bytes": 0.55, "operations": 0.25}[part]
    return (
        f'fill="{colour}" fill-opacity="{opacity}" stroke="{colour}" '
        f'stroke-width="1.5" stroke-dasharray="{dashes}"'
    )


def _roofline(
    machine: Machine,
    counted: dict[str, tuple[int, int, int]],
    times: dict[str, dict[str, float]],
    picked: str,
) -> str:
    """Flops per second against flops per byte: each way under the two limits."""
    width, height, left, top, bottom = 700, 230, 66, 16, 36
    corner = machine.peak / machine.bandwidth
    low, high = min(0.3, corner / 10), max(100.0, corner * 4)
    ceiling, floor = machine.peak * 2, machine.peak / 3000

    def at(intensity: float, rate: float) -> tuple[float, float]:
        across = math.log(max(intensity, low) / low) / math.log(high / low)
        up = math.log(max(rate, floor) / floor) / math.log(ceiling / floor)
        return (
            left + (width - left - 14) * min(across, 1.0),
            height - bottom - (height - bottom - top) * min(up, 1.0),
        )

    corners = [at(low, low * machine.bandwidth), at(corner, machine.peak)]
    corners.append(at(high, machine.peak))
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    end, base = width - 14, height - bottom
    out = [
        '<svg role="group" aria-label="Roofline: flops per second against flops per '
        f'byte, with a point for each way" width="{width}" height="{height}" '
        'style="font:12px sans-serif">'
        f'<path d="M{left} {top}V{base}H{end}" fill="none" stroke="{BLACK}"/>'
        f'<polyline points="{line}" fill="none" stroke="{GREY}" stroke-width="2"/>'
        f'<text x="{end}" y="{corners[2][1] - 6:.1f}" text-anchor="end">'
        f"rate: {_amount(machine.peak)}flop/s</text>"
        f'<text x="{(left + end) / 2}" y="{height - 4}" text-anchor="middle">'
        "Arithmetic intensity of the whole step (flops per byte)</text>"
        f'<text transform="translate(14 {(top + base) / 2}) rotate(-90)" '
        'text-anchor="middle">Flops per second</text>'
    ]
    for power in range(-1, 6):
        if low <= 10.0**power <= high:
            x, _ = at(10.0**power, floor)
            out.append(
                f'<text x="{x:.1f}" y="{base + 15}" text-anchor="middle">'
                f"{10.0**power:g}</text>"
            )
    for power in range(6, 15):
        if floor <= 10.0**power <= ceiling:
            _, y = at(low, 10.0**power)
            out.append(
                f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">'
                f"{_amount(10.0**power)}</text>"
            )
    spots = {
        name: at(flops / moved, flops / sum(times[name].values()))
        for name, (flops, moved, _) in counted.items()
    }
    tags = _spread({name: x for name, (x, _) in spots.items()}, left + 12, end - 12)
    row = max(y for _, y in spots.values()) + 30
    if row > base - 12:
        row = min(y for _, y in spots.values()) - 30
    for number, (name, (flops, moved, _)) in enumerate(counted.items(), start=1):
        total = sum(times[name].values())
        (x, y), tag = spots[name], tags[name]
        _, roof = at(
            flops / moved, min(machine.peak, machine.bandwidth * flops / moved)
        )
        say = (
            f"{name}: {flops / moved:.1f} flops per byte, {_amount(flops / total)}"
            f"flop/s, {flops / total / machine.peak:.1%} of the rate"
        )
        touched = pictures.touch(
            name, name.replace(" ", "_"), say, pressed=name == picked
        )
        fill = BLUE if name == picked else "#fff"
        ink = "#fff" if name == picked else BLACK
        out.append(
            f'<g role="button" aria-label="{pictures.plain(say)}"{touched}>'
            f'<path d="M{x:.1f} {roof:.1f}V{y:.1f}" stroke="{GREY}" '
            'stroke-dasharray="2 3"/>'
            f'<path d="M{x:.1f} {y:.1f}L{tag:.1f} {row:.1f}" stroke="{BLUE}"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{BLUE}"/>'
            f'<circle cx="{tag:.1f}" cy="{row:.1f}" r="9" fill="{fill}" '
            f'stroke="{BLUE}" stroke-width="2"/>'
            f'<text x="{tag:.1f}" y="{row + 4:.1f}" text-anchor="middle" '
            f'fill="{ink}">{number}</text></g>'
        )
    out.append("</svg>")
    return "".join(out)


def _spread(places: dict[str, float], low: float, high: float) -> dict[str, float]:
    """Where tags go that stand near their places and do not touch each other."""
    found: dict[str, float] = {}
    last = -math.inf
    for name in sorted(places, key=lambda name: places[name]):
        last = found[name] = max(places[name], last + 22)
    shift = sum(found[name] - places[name] for name in places) / len(places)
    shift = max(shift, max(found.values()) - high)
    shift = min(shift, min(found.values()) - low)
    return {name: x - shift for name, x in found.items()}


def limits_lab() -> Lab:
    """A lab: sizes and machine as controls; which part of the time is the longest?

    Controls: ``machine``, ``hidden_size``, ``batch_size``, ``seq_len``; a pick is the
    name of a way.
    """
    names = {"hidden_size": "H, units", "batch_size": "B, rows"}
    names["seq_len"] = "T, characters"
    sliders = {
        name: widgets.SelectionSlider(
            options=sizes,
            value={"hidden_size": 128, "batch_size": 32, "seq_len": 64}[name],
            description=names[name],
            layout=widgets.Layout(width="255px"),
        )
        for name, sizes in SIZES.items()
    }
    machine = widgets.Dropdown(
        options=list(MACHINES),
        description="Machine",
        layout=widgets.Layout(width="max-content"),
    )
    return Lab(
        "Which limit binds?",
        {"machine": machine, **sliders},
        draw_limits,
        rows=[["machine"], list(sliders)],
        picked="",
    )
