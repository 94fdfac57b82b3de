"""The running model of the series, trained once a process for the labs that need it."""

from __future__ import annotations

import functools

import torch
from torch import Tensor

from charrnn_helpers import data, training
from charrnn_helpers.lab.base import check_text
from charrnn_helpers.models import CharRNN

LONGEST = 60
"""Characters of a prompt, and of what a lab adds to it, at the most."""


@functools.cache
def running_model(
    epochs: int = 100,
) -> tuple[CharRNN, data.Vocabulary, Tensor, Tensor, training.History | None]:
    """The model of the three sentences; the caller leaves it as it is.

    The first call for a number of epochs trains, in about a quarter of a second; the
    global random state does not move.

    Args:
        epochs: passes over the three sentences; 0 gives the untrained model.

    Returns:
        The model, in evaluation mode, its vocabulary, inputs (3, 16), targets (3, 16)
        and the history of its training (None without any).
    """
    vocab = data.Vocabulary.from_texts(data.SENTENCES)
    inputs, targets = data.shift(data.encode_batch(vocab, data.pad(data.SENTENCES)))
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(0)
        model = CharRNN(len(vocab), hidden_size=12)
        history = (
            training.fit(model, inputs, targets, epochs=epochs, lr=0.01)
            if epochs
            else None
        )
    return model.eval(), vocab, inputs, targets, history


def check_prompt(prompt: str, length: int) -> None:
    """Refuse a prompt, or a number of new characters, that a lab cannot draw.

    Raises:
        ValueError: if the prompt is empty, too long or holds a character that the
            model does not know, or if ``length`` is not in 1 to LONGEST.
    """
    check_text(prompt, "Your prompt", maximum=LONGEST)
    known = running_model()[1].characters
    for place, character in enumerate(prompt, start=1):
        if character not in known:
            raise ValueError(
                f"The model has never seen “{character}”, character {place} of your "
                "prompt: it knows the space and the letters "
                f"{' '.join(known.replace(' ', ''))}. Type one of those instead."
            )
    if not 1 <= length <= LONGEST:
        raise ValueError(
            f"The lab adds 1 to {LONGEST} new characters; {length} are not possible."
        )
