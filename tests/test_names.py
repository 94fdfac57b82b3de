"""The first names: read, shared out, batched, and the model that comes with them."""

import json
import math
import string
from collections import Counter

import pytest
import torch
import torch.nn.functional as F

from charrnn_helpers import names, training
from charrnn_helpers.data import IGNORE_INDEX, Vocabulary, bigram_loss, unigram_loss

FIRST = ["michael", "tennille", "donn"]
LOSSES = [1.902, 2.108, 2.134]  # of the committed model: train, validation, test


def test_the_names_are_the_ones_that_the_notebooks_speak_of():
    known = names.load()
    assert len(known) == len(set(known)) == 3323
    assert known == sorted(known)
    assert {len(name) for name in known} == set(range(2, 12))
    assert set("".join(known)) == set(string.ascii_lowercase)


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (None, ModuleNotFoundError, "pip install mimesis==22.2.0"),
        ("{", ValueError, "holds 0 names"),
        ('{"names": 3}', ValueError, "holds 0 names"),
        ('{"names": {"all": ["Ann", "Bob"]}}', ValueError, "holds 2 names.*22.2.0"),
    ],
)
def test_another_list_is_refused_with_the_remedy(
    tmp_path, monkeypatch, content, error, message
):
    monkeypatch.setattr(names, "files", lambda package: tmp_path)
    if content is not None:
        path = tmp_path / "datasets/en/person.json"
        path.parent.mkdir(parents=True)
        path.write_text(content, encoding="utf-8")
    with pytest.raises(error, match=message):
        names.load()


def test_a_package_that_is_missing_says_how_to_install_it(monkeypatch):
    def missing(package):
        raise ModuleNotFoundError(package)

    monkeypatch.setattr(names, "files", missing)
    with pytest.raises(ModuleNotFoundError, match="pip install mimesis"):
        names.load()


def test_the_order_of_the_lists_does_not_matter(tmp_path, monkeypatch):
    path = tmp_path / "datasets/en/person.json"
    path.parent.mkdir(parents=True)
    lists = {"names": {"all": [name.title() for name in reversed(names.load())]}}
    path.write_text(json.dumps(lists), encoding="utf-8")
    expected = names.load()
    monkeypatch.setattr(names, "files", lambda package: tmp_path)
    assert names.load() == expected


def test_the_parts_share_out_all_names():
    parts = names.split()
    assert [len(part) for part in parts] == [2323, 500, 500]
    assert sorted(name for part in parts for name in part) == names.load()
    assert parts == names.split(names.load())
    assert [part[0] for part in parts] == FIRST
    assert all(part != sorted(part) for part in parts)


def test_a_split_needs_enough_different_names():
    with pytest.raises(ValueError, match=r"1000 names, and there are 2"):
        names.split(["ann", "bob"])
    with pytest.raises(ValueError, match="'ann' is there twice"):
        names.split([*(f"a{i}" for i in range(1000)), "ann", "ann"])
    with pytest.raises(TypeError, match="one string"):
        names.split("ann")


def test_a_batch_stands_between_two_end_symbols():
    vocab = names.vocabulary()
    assert len(vocab) == 28
    inputs, targets = names.batch(vocab, ["al", "bea"])
    a, b, e, l = (vocab.stoi[c] for c in "abel")  # noqa: E741
    end, pad, out = vocab.end_id, vocab.pad_id, IGNORE_INDEX
    assert inputs.tolist() == [[end, a, l, end], [end, b, e, a]]
    assert targets.tolist() == [[a, l, end, out], [b, e, a, end]]
    inputs, targets = names.batch(vocab, ["al", "isabel"])
    assert inputs[0].tolist() == [end, a, l, end, pad, pad, pad]
    assert targets[0].tolist() == [a, l, end, out, out, out, out]
    inputs[0, 0] = 0  # copies: the targets do not follow
    assert targets[0].tolist() == [a, l, end, out, out, out, out]


def test_what_a_batch_needs_is_named():
    with pytest.raises(ValueError, match="unknown character 'é'"):
        names.batch(names.vocabulary(), ["zoé"])
    with pytest.raises(ValueError, match="needs an end-of-text symbol"):
        names.batch(Vocabulary("abc", pad=True), ["abc"])
    vocab = Vocabulary("abc", end=True)
    assert names.batch(vocab, ["abc"])[1].tolist() == [[0, 1, 2, vocab.end_id]]
    with pytest.raises(ValueError, match="pad"):
        names.batch(vocab, ["abc", "a"])


def test_a_table_with_almost_no_weight_is_counting():
    train = names.split()[0]
    targets = names.batch(names.vocabulary(), train)
    counted = [names.table_loss(train, train, order, weight=1e-9) for order in (0, 1)]
    assert counted == pytest.approx([unigram_loss(targets[1]), bigram_loss(*targets)])


def test_a_table_with_all_the_weight_knows_nothing():
    train, held, _ = names.split()
    loss = names.table_loss(train, held, 3, weight=1e12)
    assert loss == pytest.approx(math.log(27), rel=1e-6)


def after(train, text, order):
    """p of each symbol after a text, with the tables counted from the definition."""
    p = dict.fromkeys("." + string.ascii_lowercase, 1 / 27)
    for length in range(min(order, len(text)) + 1):
        context = text[len(text) - length :]
        seen = Counter()
        for whole in (f".{name}." for name in train):
            for t in range(max(1, length), len(whole)):
                if whole[t - length : t] == context:
                    seen[whole[t]] += 1
        p = {s: (seen[s] + 16 * p[s]) / (seen.total() + 16) for s in p}
    return p


@pytest.mark.parametrize("order", [0, 2, 5])
def test_a_table_adds_the_shares_of_the_one_below(order):
    train = names.split()[0]
    steps = [(".", "m"), (".m", "i"), (".mi", "q"), (".miq", ".")]
    tables = [after(train, text, order) for text, _ in steps]
    assert all(sum(p.values()) == pytest.approx(1) for p in tables)
    logs = [math.log(p[s]) for p, (_, s) in zip(tables, steps, strict=True)]
    loss = names.table_loss(train, ["miq"], order)
    assert loss == pytest.approx(-sum(logs) / len(logs))


def test_a_table_names_what_is_wrong():
    with pytest.raises(ValueError, match="order must be a whole number from 0"):
        names.table_loss(["ann"], ["bob"], -1)
    with pytest.raises(ValueError, match="weight"):
        names.table_loss(["ann"], ["bob"], 1, weight=0)
    with pytest.raises(ValueError, match="no name to predict"):
        names.table_loss(["ann"], [], 1)


def test_the_committed_model_is_small_and_knows_names():
    assert names.CHECKPOINT.stat().st_size < 200_000
    model, vocab = names.trained()
    assert vocab == names.vocabulary()
    assert not model.training
    train, validation, test = names.split()
    losses = [
        training.evaluate(model, *names.batch(vocab, part))
        for part in (train, validation, test)
    ]
    assert losses == pytest.approx(LOSSES, abs=0.005)
    assert losses[1] < names.table_loss(train, validation, 2)


def test_training_again_gives_the_committed_model():
    before = torch.get_rng_state()
    model, vocab, history = names.train()
    assert torch.equal(torch.get_rng_state(), before)
    assert history.best_epoch < len(history.losses) < 60
    pair = names.batch(vocab, names.split()[1])
    loss = training.evaluate(model, *pair)
    assert loss == min(history.validation)
    assert loss == pytest.approx(LOSSES[1], abs=0.02)


def test_padding_changes_nothing():
    """The loss of a batch is that of its names one by one."""
    model, vocab = names.trained()
    some = ["al", "guadalupe", "zoe"]
    inputs, targets = names.batch(vocab, some)
    losses = [
        F.cross_entropy(model(x[0])[0], y[0], reduction="sum")
        for x, y in (names.batch(vocab, [name]) for name in some)
    ]
    mean = sum(losses).item() / sum(len(name) + 1 for name in some)
    assert training.evaluate(model, inputs, targets) == pytest.approx(mean, rel=1e-5)
