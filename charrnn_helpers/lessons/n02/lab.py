"""The lab of notebook 02: how far back must a predictor look?"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import ipywidgets as widgets

from charrnn_helpers.data import SENTENCES, conditional_entropy, pad, uniform_loss
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab
from charrnn_helpers.plotting.palette import BLACK, BLUE, DARK_VERMILLION, GREY

ROWS = pad(SENTENCES)
PLACES = [(r, t) for r in range(len(ROWS)) for t in range(len(ROWS[0]) - 1)]
"""Row and step of each target."""

MOST = 5
"""The longest memory that the slider offers."""

LEFT, SIDE = 272, 31  # where the rows begin, and how wide a cell is


@dataclass(frozen=True)
class Place:
    """A target, the context that a predictor sees, and what came after it anywhere."""

    context: str
    answers: Counter[str]
    target: str

    @property
    def p(self) -> float:
        """What the best predictor gives to the target: its share."""
        return self.answers[self.target] / self.answers.total()

    @property
    def surprise(self) -> float:
        """What that costs, in nats."""
        return math.log(1 / self.p)


def context(row: str, step: int, memory: int) -> str:
    """The last ``memory`` characters up to a step; fewer where the row begins there."""
    return row[max(0, step + 1 - memory) : step + 1]


@functools.cache
def places(memory: int) -> dict[tuple[int, int], Place]:
    """All targets by row and step, for a predictor with that memory."""
    after: dict[str, Counter[str]] = {}
    found = {}
    for r, t in PLACES:
        seen, target = context(ROWS[r], t, memory), ROWS[r][t + 1]
        answers = after.setdefault(seen, Counter())  # shared by equal contexts
        answers[target] += 1
        found[r, t] = Place(seen, answers, target)
    return found


@functools.cache
def loss(memory: int) -> float:
    """What the best predictor with that memory pays, in nats per character."""
    found = places(memory).values()
    return conditional_entropy([p.context for p in found], [p.target for p in found])


FLOOR = loss(len(ROWS[0]))


def draw(memory: int, picked: str = "") -> Drawing:
    """Draw the ladder, the open places, and what follows one context.

    Args:
        memory: how many characters of its row the predictor sees, 0 to MOST.
        picked: "row,step" of the place to ask about, or empty.
    """
    at = None
    if picked:
        r, t = map(int, picked.split(","))
        at = (r, t)
    svg = [*_ladder(memory), *_rows(memory, at), *_answers(memory, at)]
    picture = (
        '<svg role="group" aria-label="The ladder, and the three padded sentences" '
        'width="806" height="386" style="display:block;background:#fff;'
        f'font:13px sans-serif;fill:{BLACK}">{"".join(svg)}</svg>'
    )
    return Drawing(_said(memory, at), picture)


def _said(memory: int, at: tuple[int, int] | None) -> str:
    found = places(memory)
    still = sum(place.surprise > 0 for place in found.values())
    now = loss(memory)
    said = (
        f"Memory of {pictures.counted(memory, 'character')}: <b>{now:.4f} nats per "
        f"character</b> and {still} of {len(found)} places open. "
    )
    if math.isclose(now, FLOOR):
        said += "<b>This is the floor:</b> more memory closes no place. "
    if at is not None:
        place = found[at]
        said += (
            f"At the thick frame, step {at[1]} of text {at[0]}, the predictor sees "
            f"{_seen(place, at, memory)} and gives the true "
            f"“{pictures.visible(place.target)}” the probability {place.p:.3f}: a "
            f"surprise of {place.surprise:.3f} nats."
        )
    return pictures.sentence(said)


def _seen(place: Place, at: tuple[int, int], memory: int) -> str:
    if not memory:
        return "nothing"
    begins = ", with which the row begins," if at[1] + 1 < memory else ""
    return f"“{pictures.visible(place.context)}”{begins}"


def _ladder(memory: int) -> list[str]:
    """The rungs climbed so far, at their heights; the present one in blue."""
    base, unit, left, right = 352, 108, 62, 132
    out = [
        f'<path d="M{x} 18V{base}" stroke="{BLACK}" stroke-width="5"/>'
        for x in (left, right)
    ]
    out.append(f'<path d="M20 {base}H230" stroke="{GREY}" stroke-width="2"/>')
    out.append(f'<text x="20" y="{base + 18}" fill="#595959">0 nats</text>')
    rungs = [("uniform", uniform_loss(len(set("".join(ROWS)))))]
    rungs += [(f"k = {k}", loss(k)) for k in range(memory + 1)]
    for i, (name, height) in enumerate(rungs):
        y, now = base - unit * height, i == len(rungs) - 1
        colour, wide = (BLUE, 6) if now else (GREY, 3)
        label = f"{name}: {height:.4f} nats, like {math.exp(height):.1f} choices"
        touched = pictures.touch(None, f"k{i}", label)
        out.append(
            f'<path d="M{left} {y:.1f}H{right}" stroke="{colour}" '
            f'stroke-width="{wide}"/>'
        )
        low = any(abs(height - other) < 0.2 for _, other in rungs[i + 1 :])
        if not low:  # where rungs lie close together, the last one has the name
            weight = "bold" if now else "normal"
            out.append(
                f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end" '
                f'font-weight="{weight}">{name}</text>'
                f'<text x="{right + 8}" y="{y + 4:.1f}" font-weight="{weight}">'
                f"{height:.4f}</text>"
            )
        out.append(
            f'<rect role="img" aria-label="{label}" x="{left}" y="{y - 5:.1f}" '
            f'width="{right - left}" height="10" fill="transparent"{touched}/>'
        )
    y = base - unit * FLOOR
    out.append(
        f'<path d="M{left - 40} {y:.1f}H{right + 96}" stroke="{DARK_VERMILLION}" '
        'stroke-width="2" stroke-dasharray="3 3"/>'
        f'<text x="{right + 70}" y="{y - 5:.1f}" fill="{DARK_VERMILLION}">floor</text>'
    )
    return out


def _rows(memory: int, at: tuple[int, int] | None) -> list[str]:
    """The characters of the rows, each coloured by its surprise."""
    found = places(memory)
    known = sorted({place.context for place in found.values()})
    out = [
        f'<text x="{LEFT}" y="13" fill="#595959">Purple: open places, each '
        "with its surprise. Blue bar: what the predictor sees.</text>"
    ]
    for r, row in enumerate(ROWS):
        y = 24 + 56 * r
        out.append(_cell(row[0], 0, y, "#f2f2f2", BLACK, ""))
        for t in range(len(row) - 1):
            place = found[r, t]
            background, ink = pictures.colours(place.surprise, 2.5, True)
            note = f"{place.surprise:.2f}" if place.surprise else ""
            out.append(_cell(row[t + 1], t + 1, y, background, ink, note))
        if at and at[0] == r and memory:
            seen = len(found[at].context)
            start = LEFT + SIDE * (at[1] + 1 - seen)
            out.append(
                f'<rect class="seen" data-cells="{seen}" x="{start}" y="{y + 44}" '
                f'width="{SIDE * seen - 1}" height="6" fill="{BLUE}"/>'
            )
        for t in range(len(row) - 1):
            place, chosen = found[r, t], (r, t) == at
            frame = f'stroke="{BLACK}" stroke-width="3"' if chosen else ""
            say = _touch_text(place, (r, t))
            link = f"c{known.index(place.context)}"
            touched = pictures.touch(f"{r},{t}", link, say, pressed=chosen)
            out.append(
                f'<rect role="button" aria-label="{pictures.plain(say)}" '
                f'x="{LEFT + SIDE * (t + 1)}" y="{y}" width="{SIDE - 1}" height="42" '
                f'fill="transparent" {frame}{touched}/>'
            )
    return out


def _touch_text(place: Place, at: tuple[int, int]) -> str:
    common = place.answers.most_common(6)
    total = place.answers.total()
    counts = ", ".join(f"“{_shown(c)}” {n} of {total}" for c, n in common)
    more = ", …" if len(place.answers) > 6 else ""
    after = f"after “{_shown(place.context)}”" if place.context else "anywhere"
    return f"Text {at[0]}, step {at[1]}: {after} came {counts}{more}."


def _shown(text: str) -> str:
    return text.replace(" ", "␣")


def _cell(c: str, column: int, y: int, background: str, ink: str, note: str) -> str:
    x = LEFT + SIDE * column
    return (
        f'<rect x="{x}" y="{y}" width="{SIDE - 1}" height="42" fill="{background}" '
        'stroke="#bbb"/>'
        f'<text x="{x + SIDE / 2}" y="{y + 20}" text-anchor="middle" fill="{ink}" '
        f'style="font:bold 18px monospace">{pictures.visible(c)}</text>'
        f'<text x="{x + SIDE / 2}" y="{y + 37}" text-anchor="middle" fill="{ink}" '
        f'style="font:12px sans-serif">{note}</text>'
    )


def _answers(memory: int, at: tuple[int, int] | None) -> Sequence[str]:
    """What followed the context of the place that is picked, as bars."""
    if at is None:
        return [f'<text x="{LEFT}" y="216">Click a place to ask about it.</text>']
    place = places(memory)[at]
    after = f"after “{pictures.visible(place.context)}”" if memory else "anywhere"
    out = [f'<text x="{LEFT}" y="216">What came {after} in the three texts:</text>']
    shown = place.answers.most_common()
    shown.sort(key=lambda pair: (pair[0] != place.target, -pair[1], pair[0]))
    for i, (c, n) in enumerate(shown[:7]):
        y, share = 226 + 20 * i, n / place.answers.total()
        arrow = "▶ " if c == place.target else ""
        width = round(320 * share, 1)
        out.append(
            f'<text x="{LEFT + 48}" y="{y + 14}" text-anchor="end" '
            f'style="font:14px monospace">{arrow}{pictures.visible(c)}</text>'
            f'<rect x="{LEFT + 58}" y="{y + 2}" width="{width}" height="15" '
            f'fill="{BLUE}"/>'
            f'<text x="{LEFT + 66 + width}" y="{y + 14}">{n} of '
            f"{place.answers.total()}</text>"
        )
    if len(shown) > 7:
        out.append(f'<text x="{LEFT + 58}" y="382">and {len(shown) - 7} more</text>')
    return out


def memory_lab() -> Lab:
    """Move the memory of a predictor; see the ladder and the open places move.

    Returns:
        A lab with the control ``memory``; a place of the sentences can be picked.
    """
    memory = widgets.IntSlider(
        value=1,
        min=0,
        max=MOST,
        description="Characters of memory k:",
        continuous_update=True,
        layout=widgets.Layout(width="520px"),
    )
    return Lab("How far back must you look?", {"memory": memory}, draw, picked="0,0")
