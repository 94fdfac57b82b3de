"""Texts of any size: encoded once into a file of ids, and read from there.

A text of a gigabyte is never in memory. It is read block by block, twice: once to find
its characters, once to write their ids.
"""

from __future__ import annotations

import codecs
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from charrnn_helpers import _files, _validate
from charrnn_helpers.data import Vocabulary

BLOCK = 2**16
"""Bytes that are decoded at a time; larger arrays would leave gaps in the memory."""

SHORTEST = 100
"""Characters; of fewer nothing can be learned and nothing measured."""

_ALL = 0x110000  # as many code points has Unicode
_VERSION = 1


class Encoded(NamedTuple):
    """The ids of some files, on disk.

    Attributes:
        vocab: their characters, sorted.
        train: the first nine tenths of each file, one after the other: uint8, uint16
            or uint32 of shape (N,), read only.
        validation: the last tenth of each.
        skipped: how many characters were left out because they are unknown.
    """

    vocab: Vocabulary
    train: np.ndarray
    validation: np.ndarray
    skipped: int = 0


def encode_files(
    paths: Iterable[str | os.PathLike[str]],
    cache: str | os.PathLike[str],
    *,
    vocab: Vocabulary | None = None,
    unknown: str = "error",
) -> Encoded:
    """Encode text files into one file of ids, or take what an earlier call has made.

    Args:
        paths: text files in UTF-8; a byte order mark is left out, line ends stay.
        cache: where the ids go, as ``cache`` with ".ids" added, and their description
            with ".json" added. They are made again when a file has another size or
            date, or the vocabulary is another one.
        vocab: the characters that are known; None takes those of the files.
        unknown: what to do about a character outside ``vocab``: "error" or "skip".

    Returns:
        The vocabulary and the ids, which stay on disk.

    Raises:
        FileNotFoundError, IsADirectoryError: if a file is not there, or a folder.
        UnicodeError: if a file is not UTF-8; the message has the position of the byte.
        ValueError: if there is no file, if they hold fewer than 100 characters, or a
            character that ``vocab`` lacks, which is named.
    """
    _validate.choice("unknown", unknown, ("error", "skip"))
    files = [Path(path) for path in paths]
    if not files:
        raise ValueError("there is no file to read: name at least one")
    for path in files:
        if path.is_dir():
            raise IsADirectoryError(f"{str(path)!r} is a folder: name text files")
        if not path.exists():
            raise FileNotFoundError(f"there is no file {str(path)!r}")
    ids, about = (Path(f"{cache}.{suffix}") for suffix in ("ids", "json"))
    request = {
        "version": _VERSION,
        "files": [_stamp(path) for path in files],
        "known": None if vocab is None else vocab.characters,
        "unknown": unknown,
    }
    known = _described(about, request, ids)
    if known is None:
        known = request | _encode(files, ids, vocab, unknown)
        _files.replace(about, json.dumps(known).encode())
    whole = np.memmap(ids, np.dtype(known["dtype"]), "r")
    train = known["train"]
    found = Vocabulary(known["characters"]) if vocab is None else vocab
    return Encoded(found, whole[:train], whole[train:], known["skipped"])


def _stamp(path: Path) -> list:
    status = path.stat()
    return [str(path.resolve()), status.st_size, status.st_mtime_ns]


def _described(about: Path, request: dict, ids: Path) -> dict | None:
    """What an earlier call has written for the same request, if it is whole."""
    try:
        known = json.loads(about.read_text())
        same = all(known[key] == value for key, value in request.items())
        whole = ids.stat().st_size == known["bytes"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return known if same and whole else None


def _encode(
    files: list[Path], ids: Path, vocab: Vocabulary | None, unknown: str
) -> dict:
    counts = [_count(path) for path in files]
    everything = sum(counts, start=Counter())
    characters = "".join(map(chr, sorted(everything)))
    if vocab is not None:
        foreign = [c for c in characters if c not in vocab]
        if foreign and unknown == "error":
            raise ValueError(
                f"the text has {len(foreign)} characters that the model does not know: "
                f"{_validate.shown(''.join(foreign))}. Leave them out with "
                "--unknown skip (unknown='skip'), or train a new model"
            )
        characters = vocab.characters
    table = np.full(_ALL, -1, dtype=np.int32)  # code point → id
    table[[ord(c) for c in characters]] = np.arange(len(characters))
    kept = [sum(n for code, n in c.items() if table[code] >= 0) for c in counts]
    total, train = sum(kept), sum(n - n // 10 for n in kept)
    if total < SHORTEST:
        raise ValueError(
            f"the text has {total} characters, and at least {SHORTEST} are needed"
        )
    dtype = np.min_scalar_type(len(characters) - 1)
    size = total * dtype.itemsize
    temporary = ids.with_name(f".{ids.name}.part")
    try:
        with open(temporary, "wb") as file:
            file.truncate(size)
            places = [0, train]  # where the next training and validation ids go
            for path, length in zip(files, kept, strict=True):
                left = length - length // 10
                for codes in _blocks(path):
                    block = table[codes]
                    block = block[block >= 0].astype(dtype)
                    for part, piece in enumerate((block[:left], block[left:])):
                        file.seek(places[part] * dtype.itemsize)
                        file.write(piece.tobytes())
                        places[part] += len(piece)
                    left = max(left - len(block), 0)
        os.replace(temporary, ids)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return {
        "characters": characters,
        "dtype": dtype.str,
        "train": train,
        "bytes": size,
        "skipped": everything.total() - total,
    }


def _count(path: Path) -> Counter[int]:
    """How often each code point occurs in a file."""
    found = np.zeros(_ALL, dtype=np.int64)
    for codes in _blocks(path):
        counted = np.bincount(codes)
        found[: len(counted)] += counted
    (there,) = found.nonzero()
    return Counter(dict(zip(there.tolist(), found[there].tolist(), strict=True)))


def _blocks(path: Path) -> Iterator[np.ndarray]:
    """The code points of a file, a block at a time."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    position = 0  # of the next byte to be read
    with open(path, "rb") as file:
        while True:
            block = file.read(BLOCK)
            waiting = len(decoder.getstate()[0])
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                at = position - waiting + error.start
                raise UnicodeError(
                    f"{str(path)!r} is not UTF-8: the byte at position {at} is "
                    f"0x{error.object[error.start]:02x}. Convert the file, for "
                    f"example with iconv -f latin1 -t utf-8"
                ) from error
            if position == 0:
                text = text.removeprefix("\ufeff")
            position += len(block)
            if text:
                yield np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
            if not block:
                return


class Streams:
    """A long text cut into rows that are read side by side, from memory or disk.

    Row b goes on in each batch where it ended in the one before, so that a state can
    be carried. Several processes share the rows: number ``rank`` of ``world`` has
    every world-th one.

    Args:
        ids: shape (N,), any unsigned integer type.
        batch_size: rows in all; a multiple of ``world``.
        seq_len: steps T of a batch; the last one before the end may have fewer.

    Attributes:
        steps: characters that each row predicts.

    Raises:
        ValueError: if the text is too short for the rows.

    Built in: notebooks/17_faster_and_larger.ipynb, section 17.7.
    """

    def __init__(
        self,
        ids: np.ndarray,
        batch_size: int,
        seq_len: int,
        *,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        self.seq_len = _validate.whole("seq_len", seq_len)
        batch_size = _validate.whole("batch_size", batch_size)
        self.steps = (len(ids) - 1) // batch_size
        if self.steps < 1:
            raise ValueError(
                f"a text of {len(ids)} characters has nothing for {batch_size} rows"
            )
        used = batch_size * self.steps
        self._inputs = ids[:used].reshape(batch_size, self.steps)[rank::world]
        self._targets = ids[1 : used + 1].reshape(batch_size, self.steps)[rank::world]

    def piece(self, start: int) -> tuple[Tensor, Tensor]:
        """The batch that begins at a step: inputs and targets, int64 of (B, T)."""
        there = slice(start, start + self.seq_len)
        return tuple(
            torch.from_numpy(rows[:, there].astype(np.int64))
            for rows in (self._inputs, self._targets)
        )
