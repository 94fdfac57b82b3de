"""The running example: its batch, and its model, trained once a process for labs."""

from __future__ import annotations

import functools

import torch
from torch import Tensor

from charrnn_helpers import data, training
from charrnn_helpers.models import CharRNN


def running_batch() -> tuple[data.Vocabulary, Tensor, Tensor]:
    """The three sentences, padded with spaces, as a batch.

    Returns:
        The vocabulary of 16 characters, inputs and targets, int64 of shape (3, 16);
        new tensors at each call, so that a caller may write into them.
    """
    vocab = data.Vocabulary.from_texts(data.SENTENCES)
    ids = data.encode_batch(vocab, data.pad(data.SENTENCES))  # (3, 17)
    inputs, targets = data.shift(ids)
    return vocab, inputs.clone(), targets.clone()


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
    vocab, inputs, targets = running_batch()
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(0)
        model = CharRNN(len(vocab), hidden_size=12)
        history = (
            training.fit(model, inputs, targets, epochs=epochs, lr=0.01)
            if epochs
            else None
        )
    return model.eval(), vocab, inputs, targets, history
