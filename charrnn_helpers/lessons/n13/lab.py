"""The lab of notebook 13: who is surprised by your line of code, and where."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple

import ipywidgets as widgets
import torch
from torch import Tensor

from charrnn_helpers import corpus
from charrnn_helpers.evaluation import NGram
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab, check_text

LONGEST = 48
"""Characters of a line that the lab reads."""

ADDED = 14
"""Characters that model and table add to it."""

EXAMPLE = "class Foo(Module):"

BEFORE = slice(13_936, 15_436)
"""The held-out code that both have read before the line, as in notebook 13."""

DARKEST = 8.0
"""Bits with the darkest colour."""

NAMES = {"m": "LSTM", "t": "table", "h": "half and half"}


class Line(NamedTuple):
    """What one of the two says about a line.

    Attributes:
        probs: of every symbol at each of the N characters, before it came: (N, V).
        more: how it would go on: its most probable character, again and again.
    """

    probs: Tensor
    more: str


@functools.cache
def network() -> tuple:
    """The model, its vocabulary, and logits and state after the code before."""
    model, vocab = corpus.trained()
    with torch.no_grad():
        logits, state = model(vocab.encode(corpus.load().validation[BEFORE]))
    return model, vocab, logits[-1:], state


@functools.cache
def table() -> NGram:
    """The counts of the training text, eight characters back."""
    vocab = corpus.vocabulary()
    return NGram(len(vocab), 8).fit(vocab.encode(corpus.load().train))


@functools.lru_cache(maxsize=64)
@torch.no_grad()
def by_model(text: str) -> Line:
    """The LSTM on a line; it has read the code before."""
    model, vocab, first, state = network()
    logits, state = model(vocab.encode(text), state)
    probs = torch.cat([first, logits[:-1]]).double().softmax(dim=-1)  # (N, V)
    last, more = logits[-1], []
    for _ in range(ADDED):
        more.append(last.argmax().view(1))
        logits, state = model(more[-1], state)
        last = logits[-1]
    return Line(probs, vocab.decode(torch.cat(more)))


@functools.lru_cache(maxsize=64)
def by_table(text: str, order: int) -> Line:
    """The table on a line: of the code before, it sees the last few characters."""
    vocab, counts = corpus.vocabulary(), table()
    ids = vocab.encode(corpus.load().validation[BEFORE][-8:] + text).tolist()

    def after(n: int) -> Tensor:
        return counts.probs(torch.tensor(ids[:n][-8:]), order=order)

    probs = torch.stack([after(n) for n in range(8, len(ids))])
    for _ in range(ADDED):
        ids.append(int(after(len(ids)).argmax()))
    return Line(probs, vocab.decode(torch.tensor(ids[-ADDED:])))


def checked(typed: str) -> str:
    """The line, if the lab can read it.

    Raises:
        ValueError: with a sentence for the reader, if it cannot.
    """
    check_text(typed, "Your line", maximum=LONGEST)
    try:
        corpus.vocabulary().encode(typed)
    except ValueError as error:
        raise ValueError(
            f"{error}. The model knows printable ASCII characters and the newline."
        ) from error
    return typed


def bits_of(typed: str, order: int) -> dict[str, Tensor]:
    """The surprise of LSTM, table and mixture at each character, in bits."""
    ids = corpus.vocabulary().encode(typed).unsqueeze(1)  # (N, 1)
    model, counts = by_model(typed).probs, by_table(typed, order).probs
    all_probs = {"m": model, "t": counts, "h": (model + counts) / 2}
    return {
        key: -probs.gather(1, ids)[:, 0].log2()  # of the character that came
        for key, probs in all_probs.items()
    }


def draw_surprise(typed: str, order: int, picked: str) -> Drawing:
    """Draw a line twice, coloured by who is surprised, and how both go on.

    Args:
        typed: the line.
        order: how many characters the table looks back.
        picked: such as "m7", for a look at what was expected at character 7, or "".

    Raises:
        ValueError: if the line is empty, too long or holds an unknown character.
    """
    text = checked(typed)
    bits = bits_of(text, order)
    total = {key: values.sum().item() for key, values in bits.items()}
    number = int(picked[1:]) if picked else -1
    if number >= len(text):
        number = -1
    better = total["h"] < min(total["m"], total["t"])
    said = (
        f"Your {pictures.counted(len(text), 'character')} cost the LSTM "
        f"<b>{total['m']:.0f} bits,</b> the table <b>{total['t']:.0f},</b> and half "
        f"and half <b>{total['h']:.0f}{',' if better else '.'}</b>"
    )
    if better:
        said += " less than either."
    worst = (bits["m"] - bits["t"]).tolist()
    low, high = worst.index(min(worst)), worst.index(max(worst))
    said += (
        f" The table suffers most, compared with the LSTM, at {_shown(text, low)}, "
        f"the LSTM at {_shown(text, high)}."
    )
    picture = "".join(_rows(text, bits, order, number))
    return Drawing(pictures.sentence(said), picture)


def _rows(text: str, bits: dict[str, Tensor], order: int, number: int) -> Iterator[str]:
    yield (
        '<div style="background:#fff;color:#000;padding:6px 6px 0;'
        'font:13px sans-serif">The darker, the more surprised, in bits; behind the '
        "bar: how each would go on. Click on a character to see what was "
        "expected.</div>"
    )
    rows = {
        "m": (NAMES["m"], by_model(text).more),
        "t": (f"{NAMES['t']}, {order} back", by_table(text, order).more),
        "h": (NAMES["h"], ""),
    }
    for key, (name, more) in rows.items():
        yield (
            '<div style="background:#fff;color:#000;padding:4px 6px">'
            f'<div style="font:bold 13px sans-serif">{name}: '
            f"{bits[key].mean().item():.2f} bits per character</div>"
            f'<div data-group="{name}" style="display:flex;flex-wrap:wrap;'
            'font:bold 16px/1.15 monospace">'
        )
        for at, (character, value) in enumerate(
            zip(text, bits[key].tolist(), strict=True)
        ):
            yield _tile(key, at, character, value, at == number)
        if more:
            yield '<span style="border-left:3px solid #767676;margin:0 3px"></span>'
        yield "".join(
            '<span style="padding:1px 0;width:17px;text-align:center;color:#555">'
            f"{pictures.visible(character)}</span>"
            for character in more
        )
        yield "</div></div>"
    if number >= 0:
        yield _expected(text, number, order)


def _tile(key: str, at: int, character: str, value: float, strong: bool) -> str:
    background, ink = pictures.colours(-min(value, DARKEST), DARKEST, True)
    if value < 0.05:
        background, ink = "#ffffff", "#000000"
    say = f"{NAMES[key]}: {_named(character)} costs {value:.1f} bits."
    touched = pictures.touch(f"{key}{at}", f"c{at}", say, pressed=strong)
    outline = "outline:3px solid #000;outline-offset:-2px;" if strong else ""
    return (
        f'<button{touched} style="width:17px;padding:1px 0;margin:0;border:0;{outline}'
        f'background:{background};color:{ink};font:inherit;text-align:center">'
        f"{pictures.visible(character)}"
        '<span style="display:block;font:9px/1.2 sans-serif">'
        f"{value:.0f}</span></button>"
    )


def _expected(text: str, number: int, order: int) -> str:
    """What both expected at a character: the likeliest, and the one that came."""
    vocab = corpus.vocabulary()
    model = by_model(text).probs[number]
    counts = by_table(text, order).probs[number]
    top = ((model + counts) / 2).topk(5).indices.tolist()
    came = int(vocab.encode(text[number]))
    shown = top if came in top else [*top[:4], came]
    whole = corpus.load().validation[BEFORE] + text[:number]
    caption = (
        f"Expected after “…{whole[-order:]}” (all that the table sees); marked: "
        "what came"
    ).replace("\n", "↵")
    return pictures.bars(
        [vocab.itos[n] for n in shown],
        {
            "LSTM": [model[n].item() for n in shown],
            f"table, {order} back": [counts[n].item() for n in shown],
        },
        caption=caption,
        marked=[shown.index(came)],
    )


def _named(character: str) -> str:
    return {" ": "a space", "\n": "the end of the line"}.get(
        character, f"“{character}”"
    )


def _shown(text: str, at: int) -> str:
    """A character with what stands before it, for a sentence; escaped."""
    before = text[max(0, at - 6) : at].replace(" ", "␣")
    return (
        f"{pictures.plain(_named(text[at]))} after “{pictures.plain(before)}”"
        if before
        else f"the first character, {pictures.plain(_named(text[at]))}"
    )


def surprise_lab() -> Lab:
    """A lab: your line of code, scored and continued by the LSTM and by a table.

    Controls: ``typed``, ``order``. Picks: "m7", "t7" and "h7" show what was expected
    at character 7.
    """
    typed = widgets.Text(
        EXAMPLE,
        description="Your line",
        continuous_update=True,
        layout=widgets.Layout(width="98%"),
    )
    order = widgets.IntSlider(5, min=0, max=8, description="The table looks back")
    return Lab(
        "Who is surprised, and where?",
        {"typed": typed, "order": order},
        draw_surprise,
        picked="",
    )
