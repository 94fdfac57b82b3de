"""From probabilities to text, for the lab of notebook 16, and what it reads.

``collapse`` and ``beam_search`` are the notebook's; tests/lessons/test_n16.py proves
that.
"""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

BLANK, CHARACTERS = 0, "_ efghinorstuvwxz"


@dataclass(frozen=True)
class Reading:
    """What the notebook's recogniser makes of a sound.

    Attributes:
        voice: who speaks.
        mel: shape (2 T, 24), whole numbers from 0 to 255.
        probs: shape (T, 17).
    """

    voice: str
    mel: np.ndarray
    probs: np.ndarray


@functools.cache
def readings() -> dict[str, Reading]:
    """What was said → its reading; made by ``tests/tools/readings.py``."""
    path = Path(__file__).with_name("readings.json")
    found = {}
    for text, one in json.loads(path.read_text(encoding="utf-8")).items():
        probs = np.exp(np.array(one["log_probs"]) / 100)
        probs /= probs.sum(axis=1, keepdims=True)
        found[text] = Reading(one["voice"], np.array(one["mel"]), probs)
    return found


def collapse(path: Sequence[str]) -> str:
    """From one symbol per frame to text: repeats count once, then blanks go."""
    return "".join(symbol for symbol, _ in groupby(path) if symbol != "_")


def beam_search(probs: np.ndarray, width: int) -> dict[str, float]:
    """The likeliest texts after the last frame, each with its probability."""
    beam = {"": (1.0, 0.0)}
    for p in probs.tolist():
        new: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for text, (blank, letter) in beam.items():
            new[text][0] += (blank + letter) * p[BLANK]
            for i, c in enumerate(CHARACTERS[1:], start=1):
                if text.endswith(c):
                    new[text][1] += letter * p[i]
                    new[text + c][1] += blank * p[i]
                else:
                    new[text + c][1] += (blank + letter) * p[i]
        best = sorted(new.items(), key=lambda pair: -sum(pair[1]))
        beam = {text: (both[0], both[1]) for text, both in best[:width]}
    return {text: sum(both) for text, both in beam.items()}


def probability(probs: np.ndarray, text: str) -> float:
    """That of a text: the sum over all its alignments."""
    states = [BLANK]
    for c in text:
        states += [CHARACTERS.index(c), BLANK]
    S = range(len(states))
    skip = np.array([s > 1 and states[s] not in (BLANK, states[s - 2]) for s in S])
    alpha = probs[0, states] * np.array([s < 2 for s in S])
    for p_t in probs[1:, states]:
        one, two = (np.concatenate([np.zeros(k), alpha])[: len(states)] for k in (1, 2))
        alpha = (alpha + one + two * skip) * p_t
    return float(alpha[-2:].sum())
