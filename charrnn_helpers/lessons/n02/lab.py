"""The lab of notebook 02: one lesson after the other, and what a bigram would say."""

from __future__ import annotations

import functools
import itertools
import math
from collections import Counter

import ipywidgets as widgets

from charrnn_helpers.data import SENTENCES, pad
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab, check_text


def shift_lab() -> Lab:
    """Move along a sentence; see prefix, target and the guess of a bigram.

    Returns:
        A lab with the controls ``sentence`` and ``step`` (the place in the sentence).
    """
    sentence = widgets.Text(
        value=SENTENCES[0],
        description="Your sentence:",
        continuous_update=True,
        layout=widgets.Layout(width="560px"),
    )
    step = widgets.IntSlider(
        value=0,
        min=0,
        max=len(SENTENCES[0]) - 2,
        description="Step t:",
        continuous_update=True,
        layout=widgets.Layout(width="560px"),
    )

    def fit(change: object) -> None:
        if len(sentence.value) >= 2:
            step.max = len(sentence.value) - 2

    sentence.observe(fit, names="value")  # before the lab redraws
    return Lab(
        "The shift: one example per step", {"sentence": sentence, "step": step}, draw
    )


def draw(sentence: str, step: int) -> Drawing:
    """Draw one example of a sentence.

    Args:
        sentence: at least two characters; they need not be in any vocabulary.
        step: which example, in [0, len(sentence) - 2].

    Returns:
        The prefix, the target and the bigram's guess in words; inputs and targets as
        two rows, and the bigram's table row as bars.

    Raises:
        ValueError: if the sentence is too short or too long, or has no such step.
    """
    check_text(sentence, "Your sentence", minimum=2)
    steps = len(sentence) - 1
    if not 0 <= step < steps:
        raise ValueError(
            f"Your sentence has the steps 0 to {steps - 1}; there is no step {step}."
        )
    prefix, current, target = sentence[: step + 1], sentence[step], sentence[step + 1]
    shares = followers().get(current, {})
    text = (
        f"Step {step}, example {step + 1} of {steps}: after the prefix "
        f"{_quoted(prefix)} comes the target {_quoted(target)}. "
        + _bigram_sentence(current, target)
    )
    picture = _rows(sentence, step)
    if shares:
        shown = sorted(set(shares) | {target})
        picture += pictures.bars(
            shown,
            {f"share after {_visible(current)}": [shares.get(c, 0.0) for c in shown]},
            caption="What the bigram table says here; ▶ marks the target.",
            marked=[shown.index(target)],
        )
    return Drawing(pictures.sentence(text), picture)


@functools.cache
def followers() -> dict[str, dict[str, float]]:
    """The bigram table: after each character, the share of each next one.

    It is counted on the three sentences, padded with spaces, as in the notebook.
    """
    counts: dict[str, Counter[str]] = {}
    for text in pad(SENTENCES):
        for current, following in itertools.pairwise(text):
            counts.setdefault(current, Counter())[following] += 1
    return {
        current: {c: n / found.total() for c, n in sorted(found.items())}
        for current, found in counts.items()
    }


def guesses(current: str) -> tuple[list[str], float]:
    """What a bigram says after a character: its likeliest ones, and their share."""
    shares = followers().get(current, {})
    best = max(shares.values(), default=0.0)
    return [c for c, share in shares.items() if share == best], best


def _bigram_sentence(current: str, target: str) -> str:
    likeliest, best = guesses(current)
    start = f"A bigram sees only {_quoted(current)}"
    if not likeliest:
        return (
            f"{start}, which nothing follows in the three sentences: it has "
            "nothing to go on, and can only guess at random."
        )
    each = " each" if len(likeliest) > 1 else ""
    said = (
        f"{start} and would guess {' or '.join(map(_quoted, likeliest))} "
        f"(probability {best:.3f}{each})"
    )
    share = followers()[current].get(target, 0.0)
    if share == 0:
        return (
            f"{said}; it has never seen {_quoted(target)} there and gives it "
            "probability 0: its surprise is infinite."
        )
    surprise = math.log(1 / share)
    if likeliest == [target]:
        return f"{said}: right, with a surprise of {surprise:.3f} nats."
    return (
        f"{said}; to the target it gives {share:.3f}, a surprise of "
        f"{surprise:.3f} nats."
    )


def _rows(sentence: str, step: int) -> str:
    inputs, targets = sentence[:-1], sentence[1:]
    return pictures.grid(
        [
            [pictures.Cell("✓" if t <= step else "") for t in range(len(inputs))],
            [
                pictures.Cell(c, value=1.0 if t <= step else None, strong=t == step)
                for t, c in enumerate(inputs)
            ],
            [pictures.Cell(c, strong=t == step) for t, c in enumerate(targets)],
        ],
        caption="✓ marks what has been read; the thick frames are input and target "
        "of this step.",
        row_labels=["read", "inputs", "targets"],
        column_labels=[str(t) for t in range(len(inputs))],
    )


def _visible(text: str) -> str:
    return text.replace(" ", "␣")


def _quoted(text: str) -> str:
    return f"“{pictures.visible(text)}”"
