"""A real text of two megabytes that needs no download: the source code of ``torch.nn``.

It comes with torch, which requirements.txt pins, under torch's own licence (BSD-3).
English docstrings and Python, 121 files; every tenth is held out, whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from charrnn_helpers import _validate, data

CHARACTERS = "\n" + "".join(map(chr, range(32, 127)))
"""The 96 characters of the corpus; any other is a question mark there."""

SMALLEST = 200
"""A file of fewer characters is left out: it holds a licence line, or nothing."""

_OTHERS = re.compile(r"[^\n -~]")
_TORCH = "2.13.0"
_FINGERPRINT = "dabf8f6d428f580b513c5a21dcd7de62e19bd7df91bf2c81702d3d34b3f65b13"


class Corpus(NamedTuple):
    """Two texts of whole files, no file in both.

    Attributes:
        train: about nine tenths of the characters.
        validation: the rest.
    """

    train: str
    validation: str


def load() -> Corpus:
    """Read the corpus from the torch that is installed.

    Every tenth file, in the order of their paths, is held out.

    Returns:
        1.72 million characters to train on, 0.20 million held out.

    Raises:
        ValueError: if the files are not those of torch 2.13.0; the message says which
            torch this is.
    """
    folder = Path(torch.__file__).parent / "nn"
    texts = []
    for path in sorted(folder.rglob("*.py"), key=lambda path: path.as_posix()):
        text = path.read_text(encoding="utf-8")
        if len(text) > SMALLEST:
            texts.append(_OTHERS.sub("?", text))
    found = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    if found != _FINGERPRINT:
        raise ValueError(
            f"the corpus is the source code of torch.nn in torch {_TORCH}, and this "
            f"is torch {torch.__version__}, whose {len(texts)} files differ: python -m "
            f"pip install torch=={_TORCH}"
        )
    held_out = range(0, len(texts), 10)
    return Corpus(
        "".join(text for n, text in enumerate(texts) if n not in held_out),
        "".join(texts[n] for n in held_out),
    )


def vocabulary() -> data.Vocabulary:
    """Return the 96 symbols of the corpus, the newline first."""
    return data.Vocabulary(CHARACTERS)


def streams(
    ids: Tensor, batch_size: int, seq_len: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Cut a long text into rows, and walk along all rows at once.

    Row b of a batch goes on where row b of the batch before ended, so that a model can
    carry its state from one batch to the next.

    Args:
        ids: one encoded text, int64 of shape (N,).
        batch_size: rows B. What does not fill the last column is left out: at most B
            characters, the last one a target included.
        seq_len: steps T of each batch; the last batch may have fewer.

    Yields:
        ``inputs`` and ``targets``, int64 of shape (B, T): views of one tensor.

    Raises:
        TypeError: if ``ids`` is no integer tensor.
        ValueError: if it has another shape, or the text is too short for the rows.
    """
    _validate.integers(ids)
    batch_size = _validate.whole("batch_size", batch_size)
    seq_len = _validate.whole("seq_len", seq_len)
    if ids.ndim != 1 or len(ids) <= batch_size:
        raise ValueError(
            f"ids must have shape (N,), N above the {batch_size} rows, got "
            f"{tuple(ids.shape)}"
        )
    steps = (len(ids) - 1) // batch_size
    inputs = ids[: steps * batch_size].view(batch_size, steps)
    targets = ids[1 : steps * batch_size + 1].view(batch_size, steps)
    for start in range(0, steps, seq_len):
        piece = slice(start, start + seq_len)
        yield inputs[:, piece], targets[:, piece]
