"""The corpus against the files themselves, its streams against plain slices."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from charrnn_helpers import corpus


@pytest.fixture(scope="module")
def loaded():
    return corpus.load()


def test_the_corpus_is_the_source_code_of_torch_nn(loaded):
    assert len(loaded.train) == 1_719_425 and len(loaded.validation) == 200_586
    rnn = Path(torch.nn.modules.rnn.__file__).read_text(encoding="utf-8")
    assert sum(rnn in text for text in loaded) == 1  # whole, in one of the parts
    assert set(loaded.train + loaded.validation) <= set(corpus.CHARACTERS)


def test_no_file_is_in_both_parts(loaded):
    heads = [text[:150] for text in loaded.validation.split('"""')[:20]]
    assert all(head not in loaded.train for head in heads if len(head) == 150)


def test_another_torch_is_told_apart(monkeypatch, tmp_path):
    (tmp_path / "nn").mkdir()
    (tmp_path / "nn" / "a.py").write_text("x = 1\n" * 100)
    monkeypatch.setattr(torch, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(ValueError, match=r"torch\.nn in torch 2\.13\.0.*1 files"):
        corpus.load()


def test_the_vocabulary_has_every_character(loaded):
    vocab = corpus.vocabulary()
    assert len(vocab) == 96
    text = loaded.train[:5_000]
    assert vocab.decode(vocab.encode(text)) == text


@pytest.mark.parametrize(
    ("length", "rows", "steps"), [(29, 4, 3), (9, 8, 2), (25, 1, 7)]
)
def test_a_row_goes_on_where_it_ended(length, rows, steps):
    ids = torch.arange(length)
    batches = list(corpus.streams(ids, rows, steps))
    inputs = torch.cat([x for x, _ in batches], dim=1)
    each = (length - 1) // rows
    assert torch.equal(inputs, torch.arange(rows * each).view(rows, each))
    assert all(torch.equal(y, x + 1) for x, y in batches)  # the next character
    assert all(x.shape[1] == steps for x, _ in batches[:-1])
    assert 1 <= batches[-1][0].shape[1] <= steps


@pytest.mark.parametrize(
    ("ids", "rows", "error", "said"),
    [
        (torch.zeros(9), 2, TypeError, "must be integers"),
        (torch.zeros(3, 3, dtype=torch.int64), 2, ValueError, r"shape \(N,\)"),
        (torch.arange(5), 5, ValueError, "above the 5 rows"),
        (torch.arange(5), 0, ValueError, "batch_size"),
    ],
)
def test_what_cannot_be_cut_is_refused(ids, rows, error, said):
    with pytest.raises(error, match=said):
        list(corpus.streams(ids, rows, 4))
