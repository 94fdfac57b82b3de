"""Texts that are encoded onto the disk, against encoding them in memory."""

from __future__ import annotations

import os

import numpy as np
import pytest
import torch

from charrnn_helpers import corpus, longtext
from charrnn_helpers.data import Vocabulary
from charrnn_helpers.longtext import Streams, encode_files

LATIN = "hello how are you\r\n" * 12
WORLD = "é ß Ж 世界 🙂 " * 15
MANY = "".join(map(chr, range(0x4E00, 0x4E00 + 400)))


def written(folder, **texts: str) -> list:
    paths = []
    for name, text in texts.items():
        path = folder / f"{name}.txt"
        path.write_bytes(text.encode())
        paths.append(path)
    return paths


@pytest.mark.parametrize("block", [1, 3, 7, 2**20])
def test_files_are_encoded_as_in_memory(tmp_path, monkeypatch, block):
    monkeypatch.setattr(longtext, "BLOCK", block)
    texts = {"a": LATIN, "b": WORLD, "c": "x", "d": ""}
    found = encode_files(written(tmp_path, **texts), tmp_path / "m.pt")
    vocab = Vocabulary.from_texts(texts.values())
    cuts = {name: len(text) - len(text) // 10 for name, text in texts.items()}
    assert found.vocab == vocab and found.skipped == 0
    assert found.train.dtype == np.uint8
    train = "".join(text[: cuts[name]] for name, text in texts.items())
    held = "".join(text[cuts[name] :] for name, text in texts.items())
    assert found.train.tolist() == vocab.encode(train).tolist()
    assert found.validation.tolist() == vocab.encode(held).tolist()


def test_many_characters_take_two_bytes_each(tmp_path):
    found = encode_files(written(tmp_path, a=MANY), tmp_path / "m.pt")
    assert found.train.dtype == np.uint16 and len(found.vocab) == 400
    assert found.vocab.decode(found.train.astype(int).tolist()) == MANY[:360]


def test_a_byte_order_mark_is_no_character(tmp_path):
    (path,) = written(tmp_path, a="\ufeff" + LATIN)
    assert encode_files([path], tmp_path / "m.pt").vocab == Vocabulary.from_texts(
        [LATIN]
    )


def test_an_encoded_text_is_used_again_until_something_changes(tmp_path, monkeypatch):
    (path,) = written(tmp_path, a=LATIN)
    cache = tmp_path / "m.pt"
    first = encode_files([path], cache)
    calls = []
    encode = longtext._encode
    monkeypatch.setattr(
        longtext, "_encode", lambda *given: calls.append(1) or encode(*given)
    )
    again = encode_files([path], cache)
    assert not calls and again.train.tolist() == first.train.tolist()
    changes = (
        lambda: path.write_text(LATIN + "!"),
        lambda: os.utime(path, (1, 1)),
        lambda: os.truncate(f"{cache}.ids", 10),
        lambda: (tmp_path / "m.pt.json").write_text("{"),
    )
    for number, change in enumerate(changes, start=1):
        change()
        assert len(encode_files([path], cache).train) > 100
        assert len(calls) == number
    encode_files([path], cache, vocab=Vocabulary.from_texts([LATIN + "!?"]))
    assert len(calls) == len(changes) + 1


@pytest.mark.parametrize("block", [4, 2**20])
@pytest.mark.parametrize("cut", [b"\xff", b"\xe4\xb8"])  # wrong; ends in the middle
def test_a_byte_that_is_not_utf8_is_named_with_its_position(
    tmp_path, monkeypatch, block, cut
):
    monkeypatch.setattr(longtext, "BLOCK", block)
    before = WORLD.encode()
    path = tmp_path / "a.txt"
    path.write_bytes(before + cut + (b"more" if cut == b"\xff" else b""))
    with pytest.raises(UnicodeError, match=f"position {len(before)} is 0x{cut[0]:02x}"):
        encode_files([path], tmp_path / "m.pt")
    assert not (tmp_path / "m.pt.ids").exists()


def test_unknown_characters_are_named_or_left_out(tmp_path):
    (path,) = written(tmp_path, a=LATIN + WORLD)
    vocab = Vocabulary.from_texts([LATIN])
    with pytest.raises(ValueError, match=r"does not know: .*Ж.*--unknown skip"):
        encode_files([path], tmp_path / "m.pt", vocab=vocab)
    found = encode_files([path], tmp_path / "m.pt", vocab=vocab, unknown="skip")
    kept = "".join(c for c in LATIN + WORLD if c in vocab)
    assert found.skipped == len(LATIN + WORLD) - len(kept)
    ids = [*found.train.tolist(), *found.validation.tolist()]
    assert ids == vocab.encode(kept).tolist()


@pytest.mark.parametrize(
    ("paths", "error", "says"),
    [
        ([], ValueError, "no file to read"),
        (["nowhere.txt"], FileNotFoundError, "there is no file"),
        (["."], IsADirectoryError, "is a folder"),
        (["empty.txt"], ValueError, "has 0 characters, and at least 100"),
        (["short.txt"], ValueError, "has 99 characters"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path, paths, error, says):
    written(tmp_path, empty="", short="ab" * 49 + "c")
    with pytest.raises(error, match=says):
        encode_files([tmp_path / path for path in paths], tmp_path / "m.pt")
    assert not list(tmp_path.glob(".*")) and not list(tmp_path.glob("*.ids"))


@pytest.mark.parametrize(("rows", "length"), [(1, 5), (3, 4), (4, 100)])
def test_streams_are_those_of_the_corpus(rows, length):
    ids = np.arange(103, dtype=np.uint8)
    streams = Streams(ids, rows, length)
    for n, batch in enumerate(corpus.streams(torch.arange(103), rows, length)):
        for mine, theirs in zip(streams.piece(n * length), batch, strict=True):
            assert mine.dtype == torch.int64 and torch.equal(mine, theirs)


def test_two_processes_share_the_rows():
    ids = np.arange(103, dtype=np.uint8)
    whole, _ = Streams(ids, 4, 6).piece(6)
    parts = [Streams(ids, 4, 6, rank=rank, world=2).piece(6)[0] for rank in (0, 1)]
    assert torch.equal(torch.stack(parts, dim=1).flatten(0, 1), whole)


def test_a_text_that_is_too_short_for_the_rows_is_refused():
    with pytest.raises(ValueError, match="5 characters has nothing for 5 rows"):
        Streams(np.zeros(5, np.uint8), 5, 1)
