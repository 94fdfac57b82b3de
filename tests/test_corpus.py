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


def test_the_committed_model_is_as_good_as_it_says():
    model, vocab = corpus.trained()
    assert vocab == corpus.vocabulary() and not model.training
    assert corpus.CHECKPOINT.stat().st_size < 2_000_000
    text = corpus.load().validation[:40_000]
    assert corpus.stream_loss(model, text) == pytest.approx(1.683, abs=0.002)


def test_the_loss_of_streams_is_that_of_whole_texts():
    model, text = corpus.untrained(), corpus.load().validation[:601]
    ids = corpus.vocabulary().encode(text)
    with torch.no_grad():
        logits, _ = model(ids[:600].view(2, 300))
    expected = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[1:])
    assert corpus.stream_loss(model, text, batch_size=2) == pytest.approx(
        expected.item(), abs=1e-5
    )


def test_the_untrained_model_remembers_and_moves_no_random_state():
    before = torch.get_rng_state()
    one, two, other = (corpus.untrained(seed) for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(one.output.weight, two.output.weight)
    assert not torch.equal(one.output.weight, other.output.weight)
    bias = (one.rnn.bias_ih_l0 + one.rnn.bias_hh_l0).view(4, 192)
    assert (bias[1] == 1).all() and (bias[[0, 2, 3]] == 0).all()


def test_training_lowers_the_loss(monkeypatch):
    text = corpus.load()
    short = corpus.Corpus(text.train[:80_000], text.validation)
    monkeypatch.setattr(corpus, "load", lambda: short)
    held = text.validation[:4_000]
    model = corpus.train(epochs=1)
    assert not model.training
    before = corpus.stream_loss(corpus.untrained(), held)
    assert corpus.stream_loss(model, held) < before - 0.8
