"""A real text of two megabytes that needs no download: the source code of ``torch.nn``.

It comes with torch, which requirements.txt pins, under torch's own licence (BSD-3).
English docstrings and Python, 121 files; every tenth is held out, whole.
``python -m charrnn_helpers.corpus`` trains an LSTM on it, in three minutes on one core,
and writes the file that :func:`trained` reads.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers import _validate, data, training
from charrnn_helpers.models import CharLSTM

CHECKPOINT = Path(__file__).parent / "checkpoints" / "corpus.pt"
"""The committed model."""

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

    Built in: notebooks/13_real_text.ipynb, section 13.5.
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


def untrained(seed: int = 0) -> CharLSTM:
    """Build the model as :func:`train` starts: 192 units, every forget bias 1.

    Args:
        seed: of the random weights; torch's global random state does not move.

    Returns:
        An LSTM with the 96 symbols of :func:`vocabulary`.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = CharLSTM(len(vocabulary()), hidden_size=192)
    for name in ("bias_ih_l0", "bias_hh_l0"):
        nn.init.zeros_(getattr(model.rnn, name))
    with torch.no_grad():  # the second of four parts belongs to the forget gate
        model.rnn.bias_ih_l0.view(4, 192)[1] = 1
    return model


def train(epochs: int = 10) -> CharLSTM:
    """Train on streams whose state is carried on, and cut off from its gradient.

    The learning rate warms up during a twentieth of the steps, then falls along a
    cosine to a hundredth. Ten epochs are 8,400 steps, three minutes on one core.
    Notebook 13 (section 13.6) writes this loop in the open.

    Args:
        epochs: passes over the training text.

    Returns:
        The model after the last step.
    """
    batch_size, seq_len, lr = 32, 64, 0.006
    ids = vocabulary().encode(load().train)  # (N,)
    model = untrained()
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=lr, betas=(0.9, 0.99), weight_decay=0.0, fused=True
    )
    total = epochs * math.ceil((len(ids) - 1) // batch_size / seq_len)
    step = 0
    for _epoch in range(epochs):
        state = None
        for inputs, targets in streams(ids, batch_size, seq_len):
            warm_up = min(1, (step + 1) / (0.05 * total))
            cosine = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / total))
            for group in optimizer.param_groups:
                group["lr"] = lr * warm_up * cosine
            logits, state = model(inputs, state)  # (B, T, V)
            state = tuple(part.detach() for part in state)
            loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())  # ()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
    return model.eval()


@torch.no_grad()
def stream_loss(model: nn.Module, text: str, *, batch_size: int = 20) -> float:
    """Measure the loss on a text that is read as streams, the state carried on.

    Args:
        model: maps ids (B, T) and a state to logits (B, T, V) and the next state.
        text: of the symbols of :func:`vocabulary`.
        batch_size: streams that are read side by side, each from a state of zeros.

    Returns:
        The mean loss in nats per character; divided by ln 2, bits per character.
    """
    state, total, count = None, 0.0, 0
    for inputs, targets in streams(vocabulary().encode(text), batch_size, 250):
        logits, state = model(inputs, state)  # (B, T, V)
        flat = logits.flatten(0, 1), targets.flatten()
        total += F.cross_entropy(*flat, reduction="sum").item()
        count += targets.numel()
    return total / count


def trained() -> tuple[CharLSTM, data.Vocabulary]:
    """Load the model that :func:`train` made, from the file that comes with this.

    On the held-out text, read as twenty streams, its loss is 1.214 nats (1.752 bits)
    per character. Trained on another machine, it will have other cells.

    Returns:
        The model, in evaluation mode, and its vocabulary; new ones at each call.
    """
    return training.load(CHECKPOINT)


if __name__ == "__main__":
    torch.set_num_threads(1)
    model = train()
    CHECKPOINT.parent.mkdir(exist_ok=True)
    training.save(CHECKPOINT, model, vocabulary())
    held_out = stream_loss(model, load().validation)
    print(
        f"validation loss {held_out:.3f} nats, {held_out / math.log(2):.3f} bits per "
        f"character; written to {CHECKPOINT}"
    )
