"""Bits per character, counting tables and copied runs, against slower ways."""

from __future__ import annotations

import math
from collections import Counter

import pytest
import torch
import torch.nn.functional as F

from charrnn_helpers import data, evaluation
from charrnn_helpers.evaluation import NGram, bits_per_character, copied
from charrnn_helpers.models import CharRNN

TEXT = "how are you, how is she, who are they? " * 3 + "they are here."
VOCAB = data.Vocabulary.from_texts([TEXT])
IDS = VOCAB.encode(TEXT)


def by_dictionary(text: str, context: str, symbol: str, weight: float) -> float:
    """The formula of NGram with Counter, one context after another."""
    p = 1 / len(VOCAB)
    for length in range(len(context) + 1):
        tail = context[len(context) - length :]
        after = Counter(
            text[i + length]
            for i in range(len(text) - length)
            if text[i : i + length] == tail
        )
        if after:
            doubt = weight * len(after)
            p = (after[symbol] + doubt * p) / (after.total() + doubt)
    return p


@pytest.mark.parametrize("order", [0, 1, 3])
@pytest.mark.parametrize("weight", [0.5, 2.0])
def test_a_table_is_the_formula(order, weight):
    table = NGram(len(VOCAB), order, weight=weight).fit(IDS)
    other = "she is where they are?"
    losses = table.losses(VOCAB.encode(other))
    for i, symbol in enumerate(other):
        context = other[max(0, i - order) : i]
        p = by_dictionary(TEXT, context, symbol, weight)
        assert losses[i].item() == pytest.approx(-math.log(p), abs=1e-12)


@pytest.mark.parametrize("order", [0, 2, 4])
def test_probabilities_add_up_to_one_and_are_those_of_the_losses(order):
    table = NGram(len(VOCAB), order).fit(IDS)
    for context in ("", "h", "how ar", "zz?".replace("z", "e")):
        probs = table.probs(VOCAB.encode(context))
        assert probs.sum().item() == pytest.approx(1, abs=1e-12)
        for symbol in range(len(VOCAB)):
            with_symbol = torch.cat([VOCAB.encode(context), torch.tensor([symbol])])
            loss = table.losses(with_symbol)[-1]
            assert loss.item() == pytest.approx(-probs[symbol].log().item(), abs=1e-12)


def test_with_almost_no_doubt_the_losses_of_its_own_text_are_the_entropies():
    for order, expected in (
        (0, data.unigram_loss(IDS.unsqueeze(0))),
        (1, data.bigram_loss(IDS[None, :-1], IDS[None, 1:])),
    ):
        losses = NGram(len(VOCAB), order, weight=1e-12).fit(IDS).losses(IDS)
        assert losses[order:].mean().item() == pytest.approx(expected, abs=1e-9)


def test_the_largest_order_still_tells_all_contexts_apart():
    order = NGram.largest_order(96)
    assert order == 8 and 96 ** (order + 1) < 2**64
    ids = torch.full((order + 2,), 95)
    ids[0] = 94  # two grams of the greatest length that differ in the oldest symbol
    assert len(NGram(96, order).fit(ids)._tables[-1].grams) == 2


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: NGram(96, 9), ValueError, "order must be a whole number from 0 to 8"),
        (lambda: NGram(5, 1, weight=0), ValueError, "weight must be a number above 0"),
        (lambda: NGram(5, 1).losses(torch.tensor([1])), ValueError, "count a text"),
        (lambda: NGram(5, 2).fit(torch.tensor([1, 2])), ValueError, "at least 3"),
        (lambda: NGram(5, 0).fit(torch.tensor([5])), ValueError, r"outside \[0, 5\)"),
        (lambda: NGram(5, 0).fit([1, 2]), TypeError, "ids must be a tensor"),
        (lambda: bits_per_character(None, IDS), TypeError, "model must be a Module"),
        (lambda: bits_per_character(MODEL, IDS[:1]), ValueError, "N at least 2"),
        (
            lambda: bits_per_character(MODEL, IDS, reset_every=0),
            ValueError,
            "reset_every must be a whole number from 1",
        ),
        (lambda: copied("", "text"), ValueError, "text is empty"),
        (lambda: copied(["a"], "text"), TypeError, "text must be one string"),
    ],
)
def test_wrong_arguments_are_named(make, error, says):
    with pytest.raises(error, match=says):
        make()


torch.manual_seed(0)
MODEL = CharRNN(len(VOCAB), 7, num_layers=2).double()


@pytest.mark.parametrize("chunk", [1, 40, 10**9])
def test_bits_of_the_whole_text_are_one_long_pass(chunk, monkeypatch):
    monkeypatch.setattr(evaluation, "CHUNK", chunk * len(VOCAB))
    with torch.no_grad():
        logits, _ = MODEL(IDS[:-1])
    nats = F.cross_entropy(logits, IDS[1:]).item()
    assert bits_per_character(MODEL, IDS) == pytest.approx(nats / math.log(2))


@pytest.mark.parametrize("every", [1, 10, len(IDS) - 1, len(IDS), 1000])
def test_with_resets_each_piece_is_read_from_zeros(every):
    total = 0.0
    for start in range(0, len(IDS) - 1, every):
        x, y = IDS[start : start + every], IDS[start + 1 : start + every + 1]
        with torch.no_grad():
            logits, _ = MODEL(x[: len(y)])
        total += F.cross_entropy(logits, y, reduction="sum").item()
    expected = total / (len(IDS) - 1) / math.log(2)
    assert bits_per_character(MODEL, IDS, reset_every=every) == pytest.approx(expected)


def test_a_model_is_measured_in_evaluation_mode_and_left_as_it_was():
    MODEL.train()
    bits_per_character(MODEL, IDS)
    assert MODEL.training and MODEL.rnn.training
    assert all(p.grad is None for p in MODEL.parameters())


def brute(text: str, source: str, least: int) -> tuple[str, float]:
    runs = [
        (start, end)
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        if text[start:end] in source
    ]
    longest = max((end - start for start, end in runs), default=0)
    first = next((r for r in runs if r[1] - r[0] == longest), (0, 0))
    inside = {
        place
        for start, end in runs
        if end - start >= least
        for place in range(start, end)
    }
    return text[slice(*first)], len(inside) / len(text)


@pytest.mark.parametrize("least", [1, 3, 6])
@pytest.mark.parametrize(
    "text",
    ["how is it, they say", "zzz", "who are you?zz they are here.", TEXT[5:40], "xhx"],
)
def test_copied_runs_are_those_that_are_found_by_trying_all(text, least):
    assert copied(text, TEXT, least=least) == pytest.approx(brute(text, TEXT, least))
