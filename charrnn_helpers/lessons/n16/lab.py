"""The lab of notebook 16: one symbol per frame, the text that comes of it, the beam."""

from __future__ import annotations

import base64
import functools
import io
import re
from itertools import groupby

import ipywidgets as widgets
import numpy as np
from matplotlib import colormaps
from PIL import Image

from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab
from charrnn_helpers.lessons.n16.decoding import (
    CHARACTERS,
    Reading,
    beam_search,
    collapse,
    probability,
    readings,
)
from charrnn_helpers.plotting.palette import (
    BLACK,
    BLUE,
    GREY,
    PALE_BLUE,
    PALE_GREY,
    POSITIVE,
    VERMILLION,
)

WIDTH, LEFT, WAVES = 800, 62, 96
"""Pixels of the picture, of its labels, and of the frames' height."""
CHOICES = 3
"""How many symbols of a frame one can go through."""
BEAM = 5


def as_changes(text: str, frames: int) -> dict[int, int]:
    """Frame, from 1 → which of its likeliest symbols, from "3:1 12:2".

    Raises:
        ValueError: with a sentence for the reader, if there is no such frame or choice.
    """
    changes = {}
    for part in text.split():
        found = re.fullmatch(r"(\d{1,3}):([12])", part, re.ASCII)
        if found is None or not 1 <= int(found[1]) <= frames:
            raise ValueError(
                f"Each change is a frame from 1 to {frames} and 1 or 2, for its second "
                f"or third symbol, such as 3:1; this is none: {part[:20]}"
            )
        changes[int(found[1])] = int(found[2])
    return changes


def chosen_path(one: Reading, changes: dict[int, int]) -> list[int]:
    """The symbol of each frame: its likeliest, where nothing is changed."""
    order = np.argsort(-one.probs, axis=1, kind="stable")
    return [int(row[changes.get(t, 0)]) for t, row in enumerate(order, start=1)]


@functools.cache
def picture_of(text: str) -> str:
    """The log-mel frames as a data URI."""
    colour = colormaps[POSITIVE](readings()[text].mel.T[::-1] / 255)
    file = io.BytesIO()
    Image.fromarray((255 * colour[..., :3]).astype(np.uint8)).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


@functools.cache
def total(text: str, said: str) -> float:
    """The probability of what is said, over all alignments of the whole sound."""
    return probability(readings()[text].probs, said)


@functools.cache
def beam_at(text: str, frame: int) -> dict[str, float]:
    """The likeliest texts after some frames."""
    return beam_search(readings()[text].probs[:frame], BEAM)


def draw_decoding(sound: str, frame: int, changes: str) -> Drawing:
    """Draw the frames, one symbol under each, the text up to one, and the beam."""
    one = readings()[sound]
    T = len(one.probs)
    frame = min(frame, T)
    changed = as_changes(changes, T)
    path = chosen_path(one, changed)
    symbols = [CHARACTERS[i] for i in path]
    table = _beam(sound, frame, collapse(symbols[:frame]))
    picture = _frames(sound, one, path, changed, frame)
    return Drawing(_said(sound, one, path, frame, changed), picture + table)


def _said(
    sound: str, one: Reading, path: list[int], frame: int, changed: dict[int, int]
) -> str:
    symbols = [CHARACTERS[i] for i in path]
    says = collapse(symbols)
    alone = float(np.prod(one.probs[range(len(path)), path]))
    blanks = symbols.count("_")
    first = (
        f"A voice that was never heard says <b>{sound}</b>. Your path of {len(path)} "
        f"frames, {blanks} of them blank, says <b>{pictures.plain(says) or 'nothing'}"
        f"</b>. This one path has the probability {_share(alone)}; all alignments of "
        f"that text together have {_share(total(sound, says))}."
    )
    if changed:
        usual = collapse([CHARACTERS[i] for i in chosen_path(one, {})])
        moved = pictures.counted(len(changed), "frame")
        if usual == says:
            first += f" You have changed {moved}: another path, <b>the same text</b>."
        else:
            first += f" You have changed {moved}: <b>the text has changed</b>."
    begun = collapse(symbols[:frame])
    best = next(iter(beam_at(sound, frame)))
    second = (
        f"After frame {frame} your path has said <b>{_text(begun)}</b>, and the "
        f"likeliest text is <b>{_text(best)}</b>."
    )
    return pictures.sentence(first) + pictures.sentence(second)


def _text(text: str) -> str:
    return pictures.visible(text) or "nothing"


def _share(value: float) -> str:
    return f"{100 * value:.3g}&nbsp;%" if value >= 1e-5 else "less than 0.001 %"


def _frames(
    sound: str, one: Reading, path: list[int], changed: dict[int, int], frame: int
) -> str:
    wide = (WIDTH - LEFT) / len(path)
    box, letters = 30, WAVES + 62
    out = [
        f'<image href="{picture_of(sound)}" x="{LEFT}" y="0" width="{WIDTH - LEFT}" '
        f'height="{WAVES}" preserveAspectRatio="none" '
        'style="image-rendering:pixelated"/>'
    ]
    for y, label in ((WAVES / 2, "sound"), (WAVES + 23, "path"), (letters, "text")):
        out.append(f'<text x="0" y="{y + 5}" font-size="14">{label}</text>')
    for t, i in enumerate(path, start=1):
        x, row = LEFT + (t - 1) * wide, one.probs[t - 1]
        best = np.argsort(-row, kind="stable")[:CHOICES]
        told = ", ".join(f"{_name(int(k))} {row[k]:.2f}" for k in best)
        say = f"Frame {t}: {told}. Click: the next of these."
        aria = pictures.plain(f"Frame {t}: {_name(i)}")
        colour = VERMILLION if t in changed else BLUE if i else GREY
        fill = PALE_BLUE if i else PALE_GREY
        touched = pictures.touch(f"f{t}", f"f{t}", say, pressed=t in changed)
        out.append(
            f'<g role="button" aria-label="{aria}"{touched} style="cursor:pointer">'
            f'<rect x="{x:.1f}" y="{WAVES + 8}" width="{wide - 1:.1f}" '
            f'height="{box}" fill="{fill}" stroke="{colour}" '
            f'stroke-width="{3 if t in changed else 1}"/>'
            f'<text x="{x + wide / 2:.1f}" y="{WAVES + 12 + box / 2:.1f}" '
            f'text-anchor="middle" font-size="{min(17, wide + 2):.0f}" '
            f'font-family="monospace">{pictures.visible(CHARACTERS[i])}</text></g>'
            f'<rect x="{x:.1f}" y="0" width="{wide:.1f}" height="{WAVES}" fill="none" '
            f'stroke="none" data-link="f{t}" style="pointer-events:none"/>'
        )
    t = 0
    for i, run in groupby(path):
        count = len(list(run))
        x, ink = LEFT + t * wide, BLACK if t < frame else "#999999"
        if i:
            y, right = letters - 17, x + count * wide - 2
            out.append(
                f'<path d="M{x + 1:.1f} {y - 4} V{y} H{right:.1f} V{y - 4}" '
                f'fill="none" stroke="{ink}"/><text y="{letters + 5}" '
                f'x="{(x + right) / 2:.1f}" '
                f'text-anchor="middle" font-size="19" font-weight="bold" fill="{ink}" '
                f'font-family="monospace">{pictures.visible(CHARACTERS[i])}</text>'
            )
        t += count
    x = LEFT + frame * wide
    out.append(
        f'<path d="M{x:.1f} 0 V{letters + 8}" stroke="{VERMILLION}" stroke-width="2" '
        'stroke-dasharray="5 3"/>'
    )
    return (
        '<div style="background:#fff;color:#000;padding:4px">'
        '<svg role="group" aria-label="The sound, one symbol for each frame, and the '
        f'text that they collapse to" width="{WIDTH}" height="{letters + 12}" '
        f'viewBox="0 0 {WIDTH} {letters + 12}" font-family="sans-serif">{"".join(out)}'
        "</svg></div>"
    )


def _name(i: int) -> str:
    return {0: "blank", 1: "space"}.get(i, CHARACTERS[i])


def _beam(sound: str, frame: int, begun: str) -> str:
    beam = beam_at(sound, frame)
    texts = list(beam)
    mine = "▶ is" if begun in beam else "Not among them:"
    return pictures.bars(
        [text or "(nothing)" for text in texts],
        {"probability": [beam[text] for text in texts]},
        caption=f"The beam after frame {frame}: the likeliest texts, each the sum over "
        f"its alignments. {mine} what your path has said.",
        marked=[n for n, text in enumerate(texts) if text == begun],
    )


def decoder_lab() -> Lab:
    """A lab: choose a symbol at each frame, and see what text comes of it.

    Controls: ``sound``, ``frame`` and, not shown, ``changes``; the button ``lab.back``.
    A pick of "f3" puts the next likely symbol at frame 3, or the likeliest again.
    """
    sound = widgets.Dropdown(options=list(readings()), description="Sound")
    frame = widgets.IntSlider(50, min=1, max=50, description="Read up to frame")
    changes = widgets.Text("", description="Changes")
    back = widgets.Button(description="Put back", tooltip="The likeliest path again")

    def start_again(_change: object) -> None:
        changes.value = ""

    def other_sound(_change: object) -> None:
        changes.value = ""
        frame.max = len(readings()[sound.value].probs)
        frame.value = frame.max

    def pick(_lab: Lab, key: str) -> None:
        now = as_changes(changes.value, frame.max)
        t = int(key[1:])
        now[t] = (now.get(t, 0) + 1) % CHOICES
        changes.value = " ".join(f"{k}:{v}" for k, v in sorted(now.items()) if v)

    sound.observe(other_sound, names="value")
    back.on_click(start_again)
    other_sound(None)
    lab = Lab(
        "One symbol per frame",
        {"sound": sound, "frame": frame, "changes": changes},
        draw_decoding,
        rows=[["sound", "frame"]],
        extra=[back],
        on_pick=pick,
    )
    lab.back = back
    return lab
