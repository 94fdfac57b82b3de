"""First names, the text of which a model sees one part and is tested on another.

The list comes with the package mimesis (MIT licence), which requirements.txt pins.
``python -m charrnn_helpers.names`` trains the model of notebook 06 on it and writes the
file that :func:`trained` reads.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import torch
from torch import Tensor

from charrnn_helpers import _validate, data, training
from charrnn_helpers.models import CharRNN

CHECKPOINT = Path(__file__).parent / "checkpoints" / "names.pt"
"""The committed model."""

HELD_OUT = 500
"""Names in the validation part, and as many in the test part."""

SETTINGS = {"lr": 0.005, "batch_size": 64, "max_norm": 1.0, "patience": 6}
"""How notebook 06 trains on the names."""

_SOURCE = "datasets/en/person.json"
_FINGERPRINT = "74efc1a02ca3cadc2d99da2ad76b9aebe169dbdb936517cd9f3ce3a1dbf84d7b"
_REMEDY = "python -m pip install mimesis==22.2.0"


def load() -> list[str]:
    """Read the names: English first names in small letters.

    Returns:
        3,323 different names of 2 to 11 letters, a to z only, sorted.

    Raises:
        ModuleNotFoundError: if mimesis is not installed; the message says how to.
        ValueError: if its list differs from the one that the notebooks were run with.
    """
    try:
        text = (files("mimesis") / _SOURCE).read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        raise ModuleNotFoundError(
            f"the first names come with mimesis 22.2.0, and its {_SOURCE} is not "
            f"there: {_REMEDY}"
        ) from None
    try:
        lists = json.loads(text)["names"].values()
        names = sorted({name.lower() for names in lists for name in names})
    except (ValueError, KeyError, TypeError, AttributeError):
        names = []
    if hashlib.sha256("\n".join(names).encode()).hexdigest() != _FINGERPRINT:
        raise ValueError(
            f"the {_SOURCE} of mimesis holds {len(names)} names, and they are not the "
            f"3,323 of version 22.2.0: {_REMEDY}"
        )
    return names


def split(names: Iterable[str] | None = None) -> tuple[list[str], list[str], list[str]]:
    """Share the names out, in an order that is drawn once and for all.

    Args:
        names: more than 1,000 different names; None takes all of :func:`load`.

    Returns:
        ``train``, ``validation``, ``test``: the last two 500 names each, train the
        rest (2,323 of all). No name is in two of them.

    Raises:
        TypeError: if ``names`` is one string, or holds something else than strings.
        ValueError: if there are too few names, or one is there twice.

    Built in: notebooks/06_training.ipynb, section 6.5.
    """
    names = load() if names is None else _validate.texts(names)
    if len(names) <= 2 * HELD_OUT:
        raise ValueError(
            f"split holds out {2 * HELD_OUT} names, and there are {len(names)} in all"
        )
    if len(set(names)) < len(names):
        twice = Counter(names).most_common(1)[0][0]
        raise ValueError(
            f"{_validate.shown(twice)} is there twice: it could end up in two parts; "
            "take sorted(set(names))"
        )
    order = list(names)
    random.Random(0).shuffle(order)
    first = len(order) - 2 * HELD_OUT
    return order[:first], order[first:-HELD_OUT], order[-HELD_OUT:]


def vocabulary() -> data.Vocabulary:
    """Return the 28 symbols of the names: a to z, padding, end.

    The end symbol also begins a name: what it says is "here is a border".
    """
    return data.Vocabulary("abcdefghijklmnopqrstuvwxyz", pad=True, end=True)


def batch(vocab: data.Vocabulary, names: Iterable[str]) -> tuple[Tensor, Tensor]:
    """Turn names into inputs and targets, between two end symbols.

    Args:
        vocab: a vocabulary with an end symbol; with a padding symbol, too, where the
            names have several lengths.
        names: B names.

    Returns:
        ``inputs`` and ``targets``, int64 of shape (B, T), T being the longest name
        plus 1. A row of inputs begins with the end symbol and is filled with the
        padding symbol; a row of targets ends with the end symbol and is filled with
        ``IGNORE_INDEX``.

    Raises:
        TypeError: if ``names`` is one string, or holds something else than strings; or
            if ``vocab`` is of another type.
        ValueError: if there is no name, a character is unknown, or a symbol is needed
            that the vocabulary does not have.

    Built in: notebooks/06_training.ipynb, section 6.5.
    """
    ids = data.encode_batch(vocab, names, end=True)  # (B, T)
    begin = torch.full((len(ids), 1), vocab.end_id)  # (B, 1)
    inputs, targets = data.shift(torch.cat([begin, ids], dim=1))
    if vocab.pad_id is not None:
        targets = targets.masked_fill(targets == vocab.pad_id, data.IGNORE_INDEX)
    return inputs, targets


def table_loss(
    train: Iterable[str], held: Iterable[str], order: int, *, weight: float = 16
) -> float:
    """Measure a table that counts which letter follows the last ``order`` ones.

    Counts alone would give probability 0 to what never occurred. So the table of each
    order adds ``weight`` letters to its counts, shared out as the table of the order
    below says; under the lowest lie equal shares for 26 letters and the end symbol.

    Args:
        train: the names that are counted.
        held: the names that are predicted, with a to z only.
        order: letters (and the beginning of the name) that the table looks back, from
            0.
        weight: above 0; 16 to 20 is best for the validation names.

    Returns:
        The mean of −ln p over the letters and ends of ``held``, in nats.

    Raises:
        TypeError: if ``train`` or ``held`` is one string, or holds something else than
            strings.
        ValueError: if ``order`` or ``weight`` is out of its range, or ``held`` is
            empty.
    """
    order = _validate.whole("order", order, 0)
    weight = _validate.number("weight", weight, above=0)
    train, held = (_validate.texts(names) for names in (train, held))
    if not held:
        raise ValueError("there is no name to predict")
    counts = defaultdict(Counter)
    for name in train:
        for context, symbol in _contexts(name, order):
            for start in range(len(context) + 1):
                counts[context[start:]][symbol] += 1
    losses = []
    for name in held:
        for context, symbol in _contexts(name, order):
            p = 1 / 27
            for start in range(len(context), -1, -1):
                seen = counts[context[start:]]
                p = (seen[symbol] + weight * p) / (seen.total() + weight)
            losses.append(-math.log(p))
    return sum(losses) / len(losses)


def _contexts(name: str, order: int) -> list[tuple[str, str]]:
    """Each letter of a name and its end, with what stands before it."""
    text = f".{name}."
    return [(text[max(0, t - order) : t], text[t]) for t in range(1, len(text))]


def train() -> tuple[CharRNN, data.Vocabulary, training.History]:
    """Train the model of the names, as notebook 06 does: 64 units, early stopping.

    It takes a few seconds; torch's global random state does not move.

    Returns:
        The model with the weights of its best epoch, its vocabulary, and the history.
    """
    vocab = vocabulary()
    train, validation, _ = split()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = CharRNN(len(vocab), hidden_size=64)
    history = training.fit(
        model,
        *batch(vocab, train),
        epochs=60,
        validation=batch(vocab, validation),
        generator=torch.Generator().manual_seed(0),
        **SETTINGS,
    )
    return model, vocab, history


def trained() -> tuple[CharRNN, data.Vocabulary]:
    """Load the model that :func:`train` made, from the file that comes with this.

    Returns:
        The model, in evaluation mode, and its vocabulary; new ones at each call.
    """
    return training.load(CHECKPOINT)


if __name__ == "__main__":
    model, vocab, history = train()
    CHECKPOINT.parent.mkdir(exist_ok=True)
    training.save(CHECKPOINT, model, vocab)
    best = history.best_epoch
    print(
        f"epoch {best} of {len(history.losses)}: training loss "
        f"{history.losses[best - 1]:.2f}, validation loss "
        f"{history.validation[best - 1]:.2f}; written to {CHECKPOINT}"
    )
