"""The spoken digits of notebook 16: clips, and sounds that are made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

DIGITS = "zero one two three four five six seven eight nine"
WORDS = DIGITS.split()


def load(path: str | Path) -> tuple[list[list[Tensor]], list[str]]:
    """Read ``digits.npz``: clips[voice][digit], float64, from -1 to 1; the names.

    Voices 0 to 31 are for training, 32 to 37 for validation, the others for testing.

    The file has eight bits for each number, with finer steps where it is quiet
    (mu-law); the formula undoes that.
    """
    with np.load(path) as file:
        levels = file["sounds"] / 127.5 - 1
        ends = np.cumsum(file["lengths"], dtype=np.int64)
        names = [str(name).split("+")[1] for name in file["voices"]]
    samples = np.sign(levels) * (256 ** np.abs(levels) - 1) / 255
    clips = [torch.tensor(piece) for piece in np.split(samples, ends[:-1])]
    return [clips[n : n + 10] for n in range(0, len(clips), 10)], names


def utter(
    voice: Sequence[Tensor],
    digits: Sequence[int],
    generator: torch.Generator,
    stretch: float = 0.0,
) -> Tensor:
    """One voice says some digits, with random pauses and a little noise.

    Args:
        voice: its ten clips.
        digits: what it says.
        generator: draws pauses, noise and tempo.
        stretch: each sound is played slower or faster by up to this fraction.

    Returns:
        float64, (N,), 8,000 numbers for each second.
    """
    pauses = torch.randint(400, 2400, (len(digits) + 1,), generator=generator).tolist()
    tempo, noise = torch.rand(2, generator=generator).tolist()
    factor = 1 + stretch * (2 * tempo - 1)
    pieces = [torch.zeros(pauses[0], dtype=torch.float64)]
    for digit, pause in zip(digits, pauses[1:], strict=True):
        word = voice[digit].view(1, 1, -1)
        word = F.interpolate(word, scale_factor=factor, mode="linear").flatten()
        pieces += [word, torch.zeros(pause, dtype=torch.float64)]
    sound = torch.cat(pieces)
    hiss = torch.randn(len(sound), generator=generator)
    return sound + 0.01 * noise * hiss.double()


def batch(
    features: Callable[[Tensor], Tensor],
    voices: Sequence[Sequence[Tensor]],
    size: int,
    most: int,
    generator: torch.Generator,
    stretch: float = 0.0,
) -> tuple[Tensor, Tensor, list[list[int]]]:
    """Sounds of random voices that say 1 to ``most`` random digits.

    Args:
        features: from a sound, (N,), to its frames, (T, …).
        voices: the clips of each.
        size: how many sounds, B.
        most: the largest number of digits.
        generator: draws all of it.
        stretch: as of :func:`utter`.

    Returns:
        x, (B, T, …), padded with zeros; the true lengths, (B,); the digits.
    """
    rows, said = [], []
    for _ in range(size):
        voice = voices[int(torch.randint(len(voices), (1,), generator=generator))]
        count = int(torch.randint(1, most + 1, (1,), generator=generator))
        said.append(torch.randint(10, (count,), generator=generator).tolist())
        rows.append(features(utter(voice, said[-1], generator, stretch)))
    lengths = torch.tensor([len(row) for row in rows])
    return nn.utils.rnn.pad_sequence(rows, batch_first=True), lengths, said


def text(digits: Sequence[int]) -> str:
    """What is said, in words: "five two three"."""
    return " ".join(WORDS[digit] for digit in digits)
