"""The data module against F.one_hot, closed forms and the laws that it promises."""

import math
import tracemalloc
from collections import Counter

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn_helpers.data import (
    END,
    IGNORE_INDEX,
    PAD,
    SENTENCES,
    Vocabulary,
    bigram_loss,
    conditional_entropy,
    encode_batch,
    one_hot,
    pad,
    prefix_loss,
    shift,
    uniform_loss,
    unigram_loss,
    windows,
)

quick = settings(deadline=None, derandomize=True, database=None, max_examples=50)

# Everything that a Python string can hold, lone surrogates included.
any_text = st.text(st.characters(), max_size=40)
some_text = st.text(st.characters(), min_size=1, max_size=40)
plain_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@pytest.fixture
def vocab():
    return Vocabulary.from_texts(SENTENCES)


@pytest.fixture
def running(vocab):
    """The running example: three sentences, padded with spaces."""
    return shift(encode_batch(vocab, pad(SENTENCES)))


# ---- Vocabulary


@pytest.mark.parametrize("texts", [some_text, plain_text])
@pytest.mark.parametrize("special", [False, True])
def test_encode_then_decode_gives_the_text_back(texts, special):
    @quick
    @given(text=texts)
    def law(text):
        vocab = Vocabulary.from_texts([text], pad=special, end=special)
        ids = vocab.encode(text)
        assert ids.dtype == torch.int64
        assert ids.shape == (len(text),)
        assert vocab.decode(ids) == text
        assert vocab.decode(ids.tolist()) == text
        assert "".join(vocab.itos[i] for i in ids.tolist()) == text

    law()


@quick
@given(st.lists(any_text, min_size=1, max_size=4).filter(any))
def test_a_vocabulary_holds_each_character_once_in_sorted_order(texts):
    vocab = Vocabulary.from_texts(texts)
    assert vocab.itos == tuple(sorted(set("".join(texts))))
    assert "".join(vocab.itos) == vocab.characters
    assert vocab.stoi == {symbol: i for i, symbol in enumerate(vocab.itos)}
    assert len(vocab) == len(vocab.itos)
    assert all(c in vocab for c in "".join(texts))


@quick
@given(some_text, st.booleans(), st.booleans())
def test_special_symbols_come_last_and_collide_with_nothing(text, with_pad, with_end):
    plain = Vocabulary.from_texts([text])
    vocab = Vocabulary.from_texts([text], pad=with_pad, end=with_end)
    assert vocab.itos[: len(plain)] == plain.itos
    assert len(vocab) == len(plain) + with_pad + with_end
    assert vocab.pad_id == (len(plain) if with_pad else None)
    assert vocab.end_id == (len(plain) + with_pad if with_end else None)
    specials = [PAD] * with_pad + [END] * with_end
    assert list(vocab.itos[len(plain) :]) == specials
    assert vocab.encode(text).max() < len(plain)
    ids = [vocab.stoi[s] for s in specials] + vocab.encode(text).tolist()
    assert vocab.decode(ids + ids) == text + text


def test_a_text_that_spells_a_special_symbol_is_still_text():
    text = "<pad> and <end>"
    vocab = Vocabulary.from_texts([text], pad=True, end=True)
    assert vocab.decode(vocab.encode(text)) == text
    assert vocab.pad_id not in vocab.encode(text)


def test_equal_content_is_equal_and_hashes_alike(vocab):
    same = Vocabulary("".join(reversed(vocab.characters)))
    assert same == vocab
    assert hash(same) == hash(vocab)
    assert vocab != Vocabulary(vocab.characters, pad=True)
    assert vocab != Vocabulary(vocab.characters + "z")
    with pytest.raises(AttributeError):
        vocab.characters = "abc"


def test_the_empty_text_is_encoded_and_decoded(vocab):
    assert vocab.encode("").shape == (0,)
    assert vocab.encode("").dtype == torch.int64
    assert vocab.decode(vocab.encode("")) == ""
    assert vocab.decode([]) == ""


def test_an_unknown_character_is_named_with_its_position(vocab):
    with pytest.raises(ValueError, match=r"'!' at position 5.*16 characters.*adefg"):
        vocab.encode("hello!?")
    with pytest.raises(ValueError, match=r"'\\ud800' at position 0"):
        vocab.encode("\ud800")


@pytest.mark.parametrize("wrong", [["h", "i"], b"hi", 7, None])
def test_encode_refuses_what_is_no_string(vocab, wrong):
    with pytest.raises(TypeError, match=f"one string, got {type(wrong).__name__}"):
        vocab.encode(wrong)


def test_decode_refuses_what_is_no_row_of_ids(vocab):
    with pytest.raises(ValueError, match=r"id 16 at position \(1,\).*\[0, 16\)"):
        vocab.decode([0, 16])
    with pytest.raises(ValueError, match=r"id -1 at position \(0,\)"):
        vocab.decode(torch.tensor([-1]))
    with pytest.raises(ValueError, match=r"shape \(T,\), got \(2, 2\).*row by row"):
        vocab.decode(torch.zeros(2, 2, dtype=torch.long))
    with pytest.raises(ValueError, match=r"got \(\)"):
        vocab.decode(torch.tensor(3))
    with pytest.raises(TypeError, match="float32"):
        vocab.decode(torch.tensor([1.0]))
    for wrong in ("hi", ["h", "i"]):
        with pytest.raises(TypeError, match=r"must be integers, .*got .*h"):
            vocab.decode(wrong)


def test_a_vocabulary_needs_texts_with_characters():
    with pytest.raises(TypeError, match=r"write \['hello'\]"):
        Vocabulary.from_texts("hello")
    with pytest.raises(TypeError, match=r"texts\[1\] is int"):
        Vocabulary.from_texts(["a", 3])
    for texts in ([], [""]):
        with pytest.raises(ValueError, match="at least one character"):
            Vocabulary.from_texts(texts)
    with pytest.raises(ValueError, match=r"distinct.*from_texts"):
        Vocabulary("aa")
    with pytest.raises(TypeError, match=r"got list.*from_texts"):
        Vocabulary(["a", "b"])


def peak_per_character(vocab, text):
    tracemalloc.start()
    try:
        vocab.encode(text)
        return tracemalloc.get_traced_memory()[1] / len(text)
    finally:
        tracemalloc.stop()


def test_encoding_takes_linear_memory_below_twenty_bytes_a_character(vocab):
    short, long = ("how are you " * n for n in (10_000, 40_000))
    peak_per_character(vocab, "how")
    a, b = peak_per_character(vocab, short), peak_per_character(vocab, long)
    assert 8 <= b <= 20  # int64 itself takes 8: less would mean nothing was measured
    assert b == pytest.approx(a, rel=0.05)


# ---- pad and encode_batch


@quick
@given(
    st.lists(any_text, max_size=5),
    st.integers(0, 5),
    st.characters(),
    st.sampled_from(["right", "left"]),
)
def test_pad_gives_all_texts_one_length_and_changes_none(texts, extra, value, side):
    longest = max(map(len, texts), default=0)
    for length in (None, longest + extra):
        padded = pad(texts, length, value, side=side)
        assert [len(p) for p in padded] == [
            longest if length is None else length for _ in texts
        ]
        for text, result in zip(texts, padded, strict=True):
            fill = value * (len(result) - len(text))
            assert result == (text + fill if side == "right" else fill + text)


def test_pad_refuses_to_cut_and_names_the_text():
    with pytest.raises(ValueError, match=r"'hello' has 5 .*length=4.*text\[:length\]"):
        pad(["hi", "hello"], 4)
    for value in ("", "ab", None):
        with pytest.raises(ValueError, match="one character, got"):
            pad(["a"], value=value)
    with pytest.raises(ValueError, match="'right', 'left', got 'middle'"):
        pad(["a"], side="middle")
    with pytest.raises(TypeError, match="one string"):
        pad("hello")


@quick
@given(st.lists(any_text, min_size=1, max_size=5).filter(any), st.booleans())
def test_encode_batch_is_encode_row_by_row(texts, end):
    vocab = Vocabulary.from_texts(texts, pad=True, end=True)
    batch = encode_batch(vocab, texts, end=end)
    assert batch.dtype == torch.int64
    assert batch.shape == (len(texts), max(map(len, texts)) + end)
    for row, text in zip(batch.tolist(), texts, strict=True):
        tail = [vocab.end_id] * end
        tail += [vocab.pad_id] * (len(row) - len(text) - end)
        assert row == vocab.encode(text).tolist() + tail
        assert vocab.decode(row) == text


def test_encode_batch_says_what_it_needs(vocab):
    with pytest.raises(ValueError, match=r"9 to 17 characters.*pad=True"):
        encode_batch(vocab, SENTENCES)
    with pytest.raises(ValueError, match=r"end-of-text.*end=True"):
        encode_batch(vocab, ["hi"], end=True)
    with pytest.raises(ValueError, match="at least one text"):
        encode_batch(vocab, [])
    with pytest.raises(ValueError, match="unknown character 'x' at position 1"):
        encode_batch(vocab, ["ah", "ax"])
    with pytest.raises(TypeError, match="one string"):
        encode_batch(vocab, "hello")
    assert encode_batch(vocab, ["", ""]).shape == (2, 0)


# ---- shift and windows


@quick
@given(st.integers(2, 20), st.sampled_from([(), (3,), (2, 3), (0,)]))
def test_the_targets_are_the_inputs_moved_on_by_one(length, batch):
    ids = torch.arange(math.prod(batch) * length).reshape(*batch, length)
    inputs, targets = shift(ids)
    assert inputs.shape == targets.shape == (*batch, length - 1)
    assert torch.equal(targets, inputs + 1)
    assert torch.equal(torch.cat([inputs, targets[..., -1:]], -1), ids)


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3, 1)])
def test_shift_needs_two_characters(shape):
    with pytest.raises(ValueError, match=r"at least two characters.*shape \("):
        shift(torch.zeros(shape, dtype=torch.long))


@quick
@given(st.integers(2, 60), st.integers(1, 25), st.data())
def test_windows_cover_every_target_and_never_wrap(n, seq_len, data):
    ids = torch.arange(n)  # every id tells its place in the text
    stride = data.draw(st.none() | st.integers(1, seq_len))
    inputs, targets = windows(ids, seq_len, stride)
    assert inputs.dtype == targets.dtype == torch.int64
    assert inputs.shape == targets.shape
    assert inputs.shape[1] == seq_len
    counted = targets != IGNORE_INDEX
    assert torch.equal(targets[counted], inputs[counted] + 1)
    seen = Counter(targets[counted].tolist())
    assert set(seen) == set(range(1, n))
    if stride is None or stride == seq_len:
        assert set(seen.values()) == {1}
    # Window k starts at k · stride; only the last one may be filled up, at its end.
    assert inputs[:, 0].tolist() == [
        k * (stride or seq_len) for k in range(len(inputs))
    ]
    assert counted[:-1].all()
    assert counted[-1].tolist() == sorted(counted[-1].tolist(), reverse=True)
    assert counted[-1].any()
    assert (inputs[~counted] == 0).all()
    # No window more than it takes: without the last one, the last target is missing.
    assert n - 1 not in targets[:-1]


@quick
@given(st.integers(2, 60), st.integers(1, 25), st.data())
def test_windows_that_drop_the_remainder_are_the_full_ones(n, seq_len, data):
    ids = torch.arange(n)
    stride = data.draw(st.none() | st.integers(1, seq_len))
    if n <= seq_len:
        with pytest.raises(ValueError, match=f"{n} characters .*seq_len={seq_len}"):
            windows(ids, seq_len, stride, remainder="drop")
        return
    inputs, targets = windows(ids, seq_len, stride, remainder="drop")
    starts = range(0, n - seq_len, stride or seq_len)
    assert inputs.tolist() == [list(range(s, s + seq_len)) for s in starts]
    assert torch.equal(targets, inputs + 1)


def test_windows_refuse_what_would_lose_characters():
    ids = torch.arange(10)
    for stride in (0, 5, -1):
        with pytest.raises(
            ValueError, match=f"stride must be .* 1 to 4 .*got {stride}"
        ):
            windows(ids, 4, stride)
    with pytest.raises(
        ValueError, match="seq_len must be a whole number from 1, got 0"
    ):
        windows(ids, 0)
    with pytest.raises(ValueError, match="'pad', 'drop', got 'keep'"):
        windows(ids, 4, remainder="keep")
    with pytest.raises(ValueError, match=r"shape \(N,\), got \(2, 5\)"):
        windows(ids.view(2, 5), 4)
    with pytest.raises(ValueError, match="at least two characters"):
        windows(ids[:1], 4)
    with pytest.raises(TypeError, match=r"torch.float32.*torch.tensor"):
        windows(ids.float(), 4)
    with pytest.raises(TypeError, match="a tensor, got list"):
        windows([1, 2, 3], 2)


# ---- one_hot


@quick
@given(
    st.integers(1, 300),
    st.sampled_from([(), (0,), (5,), (2, 3), (2, 3, 4), (2, 0)]),
    st.sampled_from([torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]),
    st.integers(0, 9),
)
def test_one_hot_is_that_of_pytorch(vocab_size, shape, dtype, seed):
    largest = min(vocab_size, torch.iinfo(dtype).max + 1)
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(largest, shape, generator=generator)
    rows = one_hot(ids.to(dtype), vocab_size)
    assert rows.dtype == torch.float32
    assert torch.equal(rows, F.one_hot(ids, vocab_size).float())


def test_one_hot_names_the_id_that_is_outside():
    with pytest.raises(ValueError, match=r"id 5 at position \(1, 0\).*\[0, 5\)"):
        one_hot(torch.tensor([[0, 4], [5, 1]]), 5)
    with pytest.raises(ValueError, match=r"id -2 at position \(0,\)"):
        one_hot(torch.tensor([-2]), 5)
    with pytest.raises(ValueError, match=r"id -100 at position \(1,\).*\[0, 200\)"):
        one_hot(torch.tensor([3, -100], dtype=torch.int8), 200)
    with pytest.raises(ValueError, match="whole number from 1, got 0"):
        one_hot(torch.tensor([], dtype=torch.long), 0)
    for dtype in (torch.float32, torch.bool, torch.complex64):
        with pytest.raises(TypeError, match=str(dtype)):
            one_hot(torch.zeros(2, dtype=dtype), 5)
    with pytest.raises(TypeError, match="a tensor, got list"):
        one_hot([1, 2], 5)


# ---- baselines


def test_the_rungs_of_the_running_example(vocab, running):
    inputs, targets = running
    assert uniform_loss(len(vocab)) == math.log(16)
    # Of 48 targets only two cannot be known: what follows an initial h.
    assert prefix_loss(inputs, targets) == pytest.approx(2 * math.log(2) / 48, 1e-12)
    assert unigram_loss(targets) == pytest.approx(2.3367, abs=5e-5)
    assert bigram_loss(inputs, targets) == pytest.approx(0.8551, abs=5e-5)


def best_table(contexts, targets):
    """What a table of logits, one row a context, costs at its best, by F.cross_entropy.

    The logits are the logarithms of the counts: the maximum-likelihood table.
    """
    counts = torch.zeros(contexts.max() + 1, targets.max() + 1, dtype=torch.float64)
    counts.index_put_((contexts, targets), torch.tensor(1.0).double(), accumulate=True)
    return F.cross_entropy(counts.log()[contexts], targets).item()


@quick
@given(st.integers(1, 5), st.integers(1, 6), st.integers(1, 4), st.integers(0, 99))
def test_the_baselines_are_the_best_tables_under_cross_entropy(B, T, V, seed):
    generator = torch.Generator().manual_seed(seed)
    inputs, targets = torch.randint(V, (2, B, T), generator=generator)
    flat = targets.flatten()
    unigram, bigram = unigram_loss(targets), bigram_loss(inputs, targets)
    floor = prefix_loss(inputs, targets)
    close = pytest.approx
    assert unigram == close(best_table(torch.zeros_like(flat), flat), abs=1e-12)
    assert bigram == close(best_table(inputs.flatten(), flat), abs=1e-12)
    names = {}
    prefixes = torch.tensor(
        [
            names.setdefault(tuple(row[: t + 1]), len(names))
            for row in inputs.tolist()
            for t in range(T)
        ]
    )
    assert floor == close(best_table(prefixes, flat), abs=1e-12)
    assert 0 <= floor <= bigram + 1e-12 <= unigram + 2e-12 <= uniform_loss(V) + 3e-12
    if B == 1:
        assert prefix_loss(inputs[0], targets[0]) == floor == 0


def test_conditional_entropy_counts_contexts_of_any_kind():
    contexts = [("h",), ("h",), "w", None]
    assert conditional_entropy(contexts, "eo x") == pytest.approx(math.log(2) / 2)
    for contexts, answers in (([1], [1, 2]), ([], [])):
        with pytest.raises(ValueError, match=f"{len(contexts)} contexts for "):
            conditional_entropy(contexts, answers)


def test_the_baselines_leave_out_ignored_targets(running):
    inputs, targets = running
    filler = torch.full((3, 4), IGNORE_INDEX)
    padded = torch.cat([targets, filler], 1)
    more = torch.cat([inputs, torch.zeros(3, 4, dtype=torch.long)], 1)
    assert unigram_loss(padded) == unigram_loss(targets)
    assert bigram_loss(more, padded) == bigram_loss(inputs, targets)
    assert prefix_loss(more, padded) == prefix_loss(inputs, targets)


def test_an_id_of_one_byte_is_never_taken_for_the_ignored_one():
    ids = torch.tensor([156, 1], dtype=torch.uint8)  # 156 is -100 in one byte
    assert unigram_loss(ids) == pytest.approx(math.log(2), abs=1e-12)


def test_the_baselines_refuse_what_cannot_be_counted(running):
    inputs, targets = running
    for loss in (bigram_loss, prefix_loss):
        with pytest.raises(ValueError, match=r"\(3, 16\) and targets \(3, 15\)"):
            loss(inputs, targets[:, :-1])
        with pytest.raises(ValueError, match="no target to count"):
            loss(inputs, torch.full_like(targets, IGNORE_INDEX))
        with pytest.raises(TypeError, match="float32"):
            loss(inputs, targets.float())
        for shape in ((0,), (2, 0), (0, 3)):
            empty = torch.zeros(shape, dtype=torch.long)
            with pytest.raises(ValueError, match="no target to count"):
                loss(empty, empty)
    with pytest.raises(ValueError, match=r"\(T,\) or \(B, T\), got \(1, 3, 16\)"):
        prefix_loss(inputs[None], targets[None])
    with pytest.raises(TypeError, match="float32"):
        unigram_loss(targets.float())
    with pytest.raises(ValueError, match="whole number from 1, got 0"):
        uniform_loss(0)


@pytest.mark.parametrize("length", [9, 10, 11])
@pytest.mark.parametrize("stride", [None, 2])
def test_masking_a_target_of_a_window_changes_nothing_else(length, stride):
    ids = torch.arange(length) % 4
    before = ids.clone()
    inputs, targets = windows(ids, 4, stride)
    kept = inputs.clone()
    expected = targets.masked_fill(targets == 3, -100)
    targets[targets == 3] = -100
    assert torch.equal(targets, expected)
    assert torch.equal(inputs, kept)
    assert torch.equal(ids, before)
