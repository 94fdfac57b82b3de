"""The lab of notebook 00: a prompt, its completion, and how sure the model is."""

from __future__ import annotations

from dataclasses import dataclass

import ipywidgets as widgets
import torch
from torch import Tensor

from charrnn_helpers.data import SENTENCES
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import LONGEST, Drawing, Lab, check_prompt
from charrnn_helpers.running import running_model
from charrnn_helpers.sampling import sample

EPOCHS = (0, 10, 30, 100)
"""How long the model may have been trained."""

SHOWN = 5
"""Choices that are shown at one character."""


@dataclass(frozen=True)
class Finished:
    """A completed text: n new characters.

    Attributes:
        text: the prompt and its completion.
        probs: the distribution at each new character, shape (n, V).
        sure: the probability of each new character, shape (n,).
    """

    text: str
    probs: Tensor
    sure: Tensor


@torch.no_grad()
def finish(prompt: str, epochs: int, length: int) -> Finished:
    """Complete a prompt with the most likely characters.

    Raises:
        ValueError: if the prompt is empty, too long or holds an unknown character, or
            if a number is out of its range.
    """
    check_prompt(prompt, length)
    if epochs not in EPOCHS:
        raise ValueError(f"The lab has no model of {epochs} epochs; it has {EPOCHS}.")
    model, vocab, *_ = running_model(epochs)
    text = sample(model, vocab, prompt, length)
    ids = vocab.encode(text)  # (T,)
    probs = model(ids[:-1])[0][-length:].double().softmax(-1)  # (n, V)
    return Finished(text, probs, probs.gather(-1, ids[-length:, None])[:, 0])


def draw_finish(prompt: str, epochs: int, length: int, picked: str = "") -> Drawing:
    """Draw a completion with the probability of each new character.

    Args:
        prompt: the reader's text, of characters of the three sentences.
        epochs: how long the model was trained, one of EPOCHS.
        length: new characters.
        picked: the place of the new character whose choices are shown, from 0; empty
            or past the end: the one of which the model was least sure.

    Raises:
        ValueError: as :func:`finish`.
    """
    done = finish(prompt, epochs, length)
    at = int(picked) if picked and int(picked) < length else int(done.sure.argmin())
    vocab = running_model(epochs)[1]
    order = done.probs.argsort(dim=-1, descending=True)[:, :SHOWN].tolist()  # (n, 5)
    choices = [[vocab.itos[i] for i in row] for row in order]
    return Drawing(
        _said(done, prompt, at, choices), _picture(done, prompt, at, choices)
    )


def _said(done: Finished, prompt: str, at: int, choices: list[list[str]]) -> str:
    new = done.text[len(prompt) :]
    verdict = "none of the three sentences."
    if done.text.rstrip() in SENTENCES:
        verdict = "one of the three sentences."
    elif any(known.startswith(done.text) for known in SENTENCES):
        verdict = "the beginning of one of the three sentences."
    first = (
        f"“{pictures.visible(prompt)}” becomes <b>“{pictures.visible(done.text)}”,</b> "
        f"{verdict} The model wrote {pictures.counted(len(new), 'character')}, and "
        f"gave each a probability of {done.sure.mean():.2f} on average."
    )
    place = f"At character {at + 1}"
    if at == int(done.sure.argmin()):
        place += ", where it was least sure,"
    top = done.probs[at].topk(2).values
    second = (
        f"{place} it wrote “{pictures.visible(new[at])}” with a probability of "
        f"{top[0]:.2f}; its second choice was “{pictures.visible(choices[at][1])}” "
        f"with {top[1]:.2f}."
    )
    return pictures.sentence(first) + pictures.sentence(second)


def _picture(done: Finished, prompt: str, at: int, choices: list[list[str]]) -> str:
    given = [pictures.Tile(character, "", given=True) for character in prompt]
    new = [
        pictures.Tile(
            character,
            f"{sure:.2f}",
            1 - sure,
            strong=n == at,
            pick=str(n),
            say=f"Character {n + 1}: click, or press Enter, for its choices.",
        )
        for n, (character, sure) in enumerate(
            zip(done.text[len(prompt) :], done.sure.tolist(), strict=True)
        )
    ]
    text = pictures.tiles(
        [*given, *new],
        caption="Your prompt (dashed), and the probability of each character that the "
        "model wrote: the less sure, the darker.",
        limit=1.0,
        scale={f"{sure:g}": 1 - sure for sure in (1.0, 0.8, 0.6, 0.4, 0.2)},
    )
    bars = pictures.bars(
        choices[at],
        {"probability": done.probs[at].topk(SHOWN).values.tolist()},
        caption=f"The {SHOWN} likeliest ones at character {at + 1} (thick frame); "
        "▶ marks what it wrote.",
        marked=[0],
    )
    return text + bars


def finish_lab() -> Lab:
    """Finish my sentence: type a prompt, see the completion and how sure it is.

    A click on a character that the model wrote shows between which ones it chose.

    Controls: ``prompt``, ``epochs`` (how long the model was trained) and ``length``
    (new characters).
    """
    wide = widgets.Layout(width="380px")
    return Lab(
        "Finish my sentence",
        {
            "prompt": widgets.Text(
                "hello", description="Your prompt", continuous_update=True, layout=wide
            ),
            "epochs": widgets.SelectionSlider(
                options=EPOCHS,
                value=EPOCHS[-1],
                description="Epochs of training",
                layout=wide,
            ),
            "length": widgets.IntSlider(
                12, min=1, max=LONGEST, description="New characters", layout=wide
            ),
        },
        draw_finish,
        rows=[["prompt", "epochs"], ["length"]],
        picked="",
    )
