"""The figures of notebook 16: a sound and its frames, alignments, what is said when."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from charrnn_helpers.plotting.diagrams import blank_canvas, draw_arrow
from charrnn_helpers.plotting.palette import (
    BLACK,
    BLUE,
    FAINT,
    POSITIVE,
    VERMILLION,
    WIDTH,
)
from charrnn_helpers.plotting.tools import (
    new_figure,
    set_title,
    to_array,
    visible_symbols,
)

RATE, HOP = 8000, 160


def draw_sound(sound, mel, *, title: str) -> Figure:
    """Draw a sound as a curve, and below it its frames.

    Args:
        sound: N numbers, 8,000 for each second.
        mel: shape (frames, bands).
    """
    sound, mel = to_array(sound, "sound", 1), to_array(mel, "mel", 2)
    fig = new_figure(WIDTH, 4.2)
    above, below = fig.subplots(2, 1, sharex=True, height_ratios=(2, 3))
    seconds = len(sound) / RATE
    # The curve as the band between the lowest and the highest of each 10 ms.
    parts = sound[: len(sound) // 80 * 80].reshape(-1, 80)
    times = (np.arange(len(parts)) + 0.5) * 80 / RATE
    above.fill_between(times, parts.min(axis=1), parts.max(axis=1), color=BLUE)
    above.set(ylabel="Pressure", xlim=(0, seconds))
    _draw_mel(below, mel, len(mel) * HOP / RATE)
    below.set_xlabel("Time (seconds)")
    set_title(above, title)
    return fig


def _draw_mel(ax, mel: np.ndarray, right: float) -> None:
    ax.imshow(
        mel.T,
        origin="lower",
        aspect="auto",
        cmap=POSITIVE,
        extent=(0, right, 0.5, mel.shape[1] + 0.5),
        interpolation="nearest",
    )
    ax.set(ylabel="Mel band", yticks=[1, 8, 16, 24])


def draw_lattice(text: str, *, frames: int, title: str) -> Figure:
    """Draw all alignments of a text as ways through its states.

    Args:
        text: its states are its letters, and a blank before, between and after.
        frames: how many columns.
    """
    states = "_" + "".join(f"{letter}_" for letter in text)
    last = len(states) - 1
    high = 0.55 * len(states) + 0.9
    fig, ax = blank_canvas(None, WIDTH, high, (-1, frames - 0.4), (last + 0.6, -0.9))
    ax.set_aspect("auto")

    def steps(s: int) -> list[int]:
        skip = s + 2 <= last and states[s + 2] not in ("_", states[s])
        return [n for n in (s, s + 1, s + 2 if skip else last + 1) if n <= last]

    alive = [{0, 1}]
    for _ in range(frames - 1):
        alive.append({n for s in alive[-1] for n in steps(s)})
    useful = [{last - 1, last}]
    for t in range(frames - 2, -1, -1):
        useful.append({s for s in alive[t] if set(steps(s)) & useful[-1]})
    useful = [some & there for some, there in zip(useful[::-1], alive, strict=True)]
    for t in range(frames):
        for s in range(last + 1):
            on = s in useful[t]
            colour = FAINT if not on else VERMILLION if states[s] == "_" else BLUE
            ax.plot(t, s, "o", color=colour, markersize=15 if on else 8)
            if on:
                ax.text(t, s, states[s], color="white", ha="center", va="center")
                for n in set(steps(s)) & (useful[t + 1] if t + 1 < frames else set()):
                    draw_arrow(
                        ax, (t + 0.13, s + 0.2 * (n > s)), (t + 0.87, n - 0.2 * (n > s))
                    )
    for s, symbol in enumerate(states):
        name = "blank _" if symbol == "_" else f"letter {symbol}"
        ax.text(-0.25, s, name, ha="right", va="center", color=BLACK)
    for t in range(frames):
        ax.text(t, -0.7, f"frame {t + 1}", ha="center", va="center")
    set_title(ax, title)
    return fig


def draw_reading(mel, log_probs, characters: str, *, title: str) -> Figure:
    """Draw the frames of a sound, and what is said at each, likely symbols only.

    Args:
        mel: shape (2 T or 2 T + 1, bands).
        log_probs: shape (T, V).
        characters: the V symbols, the blank first.
    """
    mel, probs = to_array(mel, "mel", 2), np.exp(to_array(log_probs, "log_probs", 2))
    shown = [i for i in range(len(characters)) if probs[:, i].max() > 0.2]
    fig = new_figure(WIDTH, 2.4 + 0.26 * len(shown))
    above, below = fig.subplots(
        2, 1, sharex=True, height_ratios=(2.0, 0.26 * len(shown))
    )
    T = len(probs)
    _draw_mel(above, mel[: 2 * T], T)
    below.imshow(
        probs[:, shown].T,
        aspect="auto",
        cmap=POSITIVE,
        vmin=0,
        vmax=1,
        extent=(0, T, len(shown) - 0.5, -0.5),
        interpolation="nearest",
    )
    below.set_yticks(range(len(shown)), visible_symbols(characters[i] for i in shown))
    below.set(xlabel="Frame (of 40 ms)", ylabel="Symbol")
    set_title(above, title)
    return fig
