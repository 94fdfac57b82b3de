"""Prediction and sampling against softmax, closed forms and re-feeding the prefix."""

import math
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from charrnn_helpers import fast
from charrnn_helpers.data import (
    SENTENCES,
    Vocabulary,
    encode_batch,
    one_hot,
    pad,
    shift,
)
from charrnn_helpers.models import CharRNN, ScratchRNN
from charrnn_helpers.sampling import predict, sample, sampling_probs
from charrnn_helpers.training import fit

quick = settings(deadline=None, derandomize=True, database=None, max_examples=50)
VOCAB = Vocabulary.from_texts(SENTENCES)
V = len(VOCAB)

# Differences of at least 0.01 between logits: no accidental ties.
distinct_logits = st.lists(
    st.integers(-1000, 1000), min_size=1, max_size=12, unique=True
).map(lambda numbers: torch.tensor(numbers, dtype=torch.float64) / 100)


class CharLSTM(nn.Module):
    """A model whose state is a pair."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(V, 9, batch_first=True)
        self.output = nn.Linear(9, V)

    def forward(self, ids, state=None):
        states, state = self.rnn(one_hot(ids, V).to(self.output.weight), state)
        return self.output(states), state


class Constant(nn.Module):
    """Scores that are the same after every text; it counts the characters it reads."""

    def __init__(self, logits):
        super().__init__()
        self.logits = torch.as_tensor(logits)
        self.read = 0
        self.modes = set()

    def forward(self, ids, h_0=None):
        self.read += len(ids)
        self.modes.add(self.training)
        return self.logits.expand(len(ids), -1), torch.zeros(1, 1)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def peaky(model_class, *args, scale=4.0, seed=0, **kwargs):
    """An untrained model with weights so large that its texts vary."""
    torch.manual_seed(seed)
    model = model_class(V, 9, *args, **kwargs)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(scale)
    return model


@pytest.fixture(scope="module")
def trained():
    """The running model of the series."""
    torch.manual_seed(0)
    model = CharRNN(V, 12)
    fit(model, *shift(encode_batch(VOCAB, pad(SENTENCES))), epochs=100, lr=0.01)
    return model


# ---- sampling_probs


@quick
@given(
    st.lists(st.floats(-50, 50), min_size=1, max_size=12),
    st.floats(0.01, 100),
)
def test_without_filters_it_is_softmax_of_the_scaled_logits(numbers, temperature):
    logits = torch.tensor(numbers, dtype=torch.float64)
    probs = sampling_probs(logits, temperature=temperature)
    assert_close(probs, (logits / temperature).softmax(-1), rtol=1e-9, atol=1e-12)


@quick
@given(
    distinct_logits,
    st.floats(0, 50),
    st.none() | st.integers(1, 15),
    st.none() | st.floats(0.001, 1),
)
def test_it_is_a_distribution_that_keeps_the_order(logits, temperature, top_k, top_p):
    probs = sampling_probs(logits, temperature=temperature, top_k=top_k, top_p=top_p)
    assert probs.shape == logits.shape
    assert probs.dtype == logits.dtype
    assert (probs >= 0).all()
    assert probs.sum().item() == pytest.approx(1, abs=1e-12)
    assert (probs[logits.argsort()].diff() >= 0).all()
    assert probs.argmax() == logits.argmax()


@quick
@given(distinct_logits, st.integers(1, 15), st.floats(0.5, 20))
def test_top_k_keeps_the_k_largest_and_scales_them(logits, k, temperature):
    probs = sampling_probs(logits, temperature=temperature, top_k=k)
    kept = logits.topk(min(k, len(logits))).indices
    expected = torch.zeros_like(logits)
    expected[kept] = (logits[kept] / temperature).softmax(-1)
    assert_close(probs, expected, rtol=1e-9, atol=1e-12)


@quick
@given(
    distinct_logits,
    st.floats(0.001, 0.999),
    st.floats(0.5, 20),
    st.none() | st.integers(1, 15),
)
def test_top_p_keeps_the_smallest_set_that_reaches_p(logits, p, temperature, top_k):
    full = sampling_probs(logits, temperature=temperature, top_k=top_k)
    probs = sampling_probs(logits, temperature=temperature, top_k=top_k, top_p=p)
    kept = probs > 0
    share = full[kept].sum().item()
    assert share >= p - 2e-6
    # Without its least likely symbol the set would not reach p.
    assert share - full[kept].min().item() < p + 1e-9
    assert full[kept].min() >= full[~kept].max() if (~kept).any() else True
    assert_close(probs[kept], full[kept] / share, rtol=1e-9, atol=1e-12)


def test_top_p_counts_equal_shares_as_a_person_would():
    for n in range(1, 11):
        kept = (sampling_probs(torch.zeros(10), top_p=n / 10) > 0).sum()
        assert kept == n
    logits = torch.tensor([0.5, 0.3, 0.2]).log()
    assert (sampling_probs(logits, top_p=0.8) > 0).tolist() == [True, True, False]
    assert (sampling_probs(logits, top_p=1e-9) > 0).tolist() == [True, False, False]


def test_ties_at_the_border_go_to_the_lower_ids():
    logits = torch.tensor([0.0, 1.0, 0.0, 1.0, 0.0])
    kept = sampling_probs(logits, top_k=3) > 0
    assert kept.tolist() == [True, True, False, True, False]
    assert sampling_probs(logits, temperature=0).tolist() == [0, 1, 0, 0, 0]


@quick
@given(distinct_logits)
def test_cold_is_argmax_and_hot_is_uniform(logits):
    best = torch.zeros_like(logits)
    best[logits.argmax()] = 1
    assert torch.equal(sampling_probs(logits, temperature=0), best)
    assert_close(sampling_probs(logits, temperature=1e-4), best)
    uniform = torch.full_like(logits, 1 / len(logits))
    hot = sampling_probs(logits, temperature=1e9)
    assert_close(hot, uniform, rtol=0, atol=1e-7)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 4), (0, 4)])
def test_every_row_of_a_batch_is_treated_alone(dtype, shape):
    logits = torch.randn(shape, generator=seeded()).to(dtype).requires_grad_()
    controls = {"temperature": 0.7, "top_k": 3, "top_p": 0.9}
    probs = sampling_probs(logits, **controls)
    assert probs.shape == shape
    assert probs.dtype == dtype
    assert not probs.requires_grad
    for row, expected in zip(
        probs.reshape(-1, 4), logits.detach().reshape(-1, 4), strict=True
    ):
        assert torch.equal(row, sampling_probs(expected, **controls))


def test_impossible_symbols_stay_impossible_and_large_scores_do_not_overflow():
    probs = sampling_probs(torch.tensor([1e30, -math.inf, 1e30, -1e30]))
    assert probs.tolist() == [0.5, 0, 0.5, 0]


wrong_controls = pytest.mark.parametrize(
    ("control", "value"),
    [
        ("temperature", -0.1),
        ("temperature", math.nan),
        ("temperature", math.inf),
        ("top_k", 0),
        ("top_k", -3),
        ("top_k", 1.5),
        ("top_p", 0.0),
        ("top_p", 1.01),
        ("top_p", -0.5),
        ("top_p", math.nan),
    ],
)


@wrong_controls
def test_a_control_out_of_its_range_is_named(control, value):
    with pytest.raises(ValueError, match=f"^{control} must be .*got {value}"):
        sampling_probs(torch.zeros(3), **{control: value})
    with pytest.raises(ValueError, match=f"^{control} must be .*got {value}"):
        sample(CharRNN(V, 3), VOCAB, "h", 3, **{control: value})


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_scores_that_are_no_numbers_are_refused(bad, temperature):
    rows = torch.zeros(2, 3)
    rows[1, 2] = bad
    with pytest.raises(ValueError, match="must be finite numbers"):
        sampling_probs(rows, temperature=temperature)
    with pytest.raises(ValueError, match="nothing but -inf"):
        sampling_probs(torch.full((3,), -math.inf), temperature=temperature)


def test_a_whole_number_of_numpy_is_a_whole_number():
    logits = torch.tensor([0.0, 1.0, 2.0])
    kept = sampling_probs(logits, top_k=np.int64(2))
    assert torch.equal(kept, sampling_probs(logits, top_k=2))
    with pytest.raises(ValueError, match=r"got np\.float64"):
        sampling_probs(logits, top_k=np.float64(2))


def test_logits_must_be_floating_point():
    with pytest.raises(TypeError, match=r"floating-point tensor, got torch.int64"):
        sampling_probs(torch.tensor([1, 2, 3]))
    with pytest.raises(TypeError, match="floating-point tensor, got list"):
        sampling_probs([1.0, 2.0])


# ---- predict


@pytest.mark.parametrize("model_class", [CharRNN, ScratchRNN])
def test_predict_reads_the_last_row(model_class):
    model = peaky(model_class, 2)
    character, probs, h = predict(model, VOCAB, "hello")
    logits, h_n = model(VOCAB.encode("hello"))
    assert_close(probs, logits[-1].softmax(-1))
    assert torch.equal(h, h_n)
    assert h.shape == (2, 9)
    assert character == VOCAB.itos[logits[-1].argmax()]
    assert not probs.requires_grad
    assert not h.requires_grad


def test_predict_names_special_symbols():
    vocab = Vocabulary("ab", pad=True, end=True)
    for i, name in enumerate(("a", "b", "<pad>", "<end>")):
        logits = torch.zeros(4).index_fill(0, torch.tensor(i), 1.0)
        assert predict(Constant(logits), vocab, "a")[0] == name


def read_errors(call):
    """What predict and sample refuse alike."""
    model = CharRNN(V, 3)
    with pytest.raises(ValueError, match=r"the prompt is empty: .*at least one"):
        call(model, VOCAB, "")
    with pytest.raises(ValueError, match="unknown character '!' at position 2"):
        call(model, VOCAB, "hi!")
    for wrong in (None, ["h"], 3):
        with pytest.raises(TypeError, match=f"got {type(wrong).__name__}"):
            call(model, VOCAB, wrong)
    with pytest.raises(ValueError, match=r"scores 16 symbols .* has 17"):
        call(model, Vocabulary(VOCAB.characters, end=True), "hi")
    larger = Vocabulary(VOCAB.characters + "XYZ")
    with pytest.raises(ValueError, match=r"scores 16 symbols .* has 19"):
        call(model, larger, larger.characters[-1])
    with torch.no_grad():
        model.output.bias[3] = math.nan
    with pytest.raises(ValueError, match=r"not finite.*diverged.*max_norm"):
        call(model, VOCAB, "hi")


def test_predict_refuses_what_it_cannot_read():
    read_errors(predict)


# ---- sample


def test_the_running_model_completes_its_sentences(trained):
    assert sample(trained, VOCAB, "hello", 12) == "hello how are you"
    assert sample(trained, VOCAB, "i", 16) == "i am fine        "
    assert sample(trained, VOCAB, "how", 14) == "how are you doing"


MODELS = [
    (CharRNN, (1, "tanh")),
    (CharRNN, (2, "relu")),
    (CharRNN, (3, "tanh")),
    (ScratchRNN, (1, "relu")),
    (ScratchRNN, (2, "sigmoid")),
    (ScratchRNN, (3, "tanh")),
]


@pytest.mark.parametrize(("model_class", "args"), MODELS)
def test_carrying_the_state_is_feeding_the_prefix_again(model_class, args):
    relu = args[1] == "relu"
    model = peaky(model_class, *args, scale=1.5 if relu else 4.0).double()
    text = "hi"
    for _ in range(60):
        logits, _ = model(VOCAB.encode(text))
        text += VOCAB.itos[logits[-1].argmax()]
    assert len(set(text)) > 2  # a text that repeats one letter would prove little
    assert sample(model, VOCAB, "hi", 60) == text


def test_a_state_may_be_a_pair():
    torch.manual_seed(0)
    model = CharLSTM().double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(4)
    text = "hi"
    for _ in range(40):
        character, _, state = predict(model, VOCAB, text)
        text += character
    assert [part.shape for part in state] == [(1, 9), (1, 9)]
    assert len(set(text)) > 2
    assert sample(model, VOCAB, "hi", 40) == text


def test_a_model_may_rule_a_symbol_out():
    logits = torch.arange(V).float()
    logits[-1] = -math.inf
    assert sample(Constant(logits), VOCAB, "h", 3) == "h" + 3 * VOCAB.itos[V - 2]
    assert predict(Constant(logits), VOCAB, "h")[1][-1] == 0
    with pytest.raises(ValueError, match="not finite"):
        predict(Constant(torch.full((V,), -math.inf)), VOCAB, "h")


def test_the_cost_is_one_step_a_character():
    model = Constant(torch.arange(V).float())
    sample(model, VOCAB, "hello", 50)
    assert model.read == 5 + 49  # the prompt once; the last character is not read


@pytest.mark.parametrize(
    "controls",
    [
        {"temperature": 1.0},
        {"temperature": 0.6},
        {"temperature": 1.5, "top_k": 3},
        {"temperature": 1.0, "top_p": 0.8},
        {"temperature": 2.0, "top_k": 4, "top_p": 0.9},
    ],
)
def test_symbols_come_as_often_as_their_probabilities_say(controls):
    vocab = Vocabulary("abcdef")
    logits = torch.tensor([0.5, -1.0, 1.5, 0.0, -3.0, 1.0])
    n = 6_000
    text = sample(Constant(logits), vocab, "a", n, generator=seeded(1), **controls)[1:]
    counts = torch.tensor([text.count(c) for c in vocab.characters]).double()
    expected = n * sampling_probs(logits.double(), **controls)
    possible = expected > 0
    assert counts[~possible].sum() == 0
    chi_square = ((counts - expected)[possible].square() / expected[possible]).sum()
    # At most five degrees of freedom: one seed in 10,000 would exceed 25.7.
    assert chi_square < 25.7
    assert counts[possible].min() > 0


def test_a_draw_is_that_of_multinomial():
    vocab, logits = Vocabulary("abcd"), torch.tensor([0.5, 2.0, -1.0, 1.0])
    controls = {"temperature": 0.9, "top_k": 3}
    text = sample(Constant(logits), vocab, "a", 30, generator=seeded(4), **controls)
    generator, probs = seeded(4), sampling_probs(logits, **controls)
    drawn = [torch.multinomial(probs, 1, generator=generator) for _ in range(30)]
    assert text[1:] == "".join(vocab.itos[int(i)] for i in drawn)
    assert set(text) == {"a", "b", "d"}


def test_no_number_is_drawn_before_its_turn():
    tracemalloc.start()
    generator, twin = seeded(), seeded()
    model = Constant(torch.zeros(V))
    controls = {"temperature": 1.0, "stop": " "}
    text = sample(model, VOCAB, "h", 10**7, generator=generator, **controls)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    sample(model, VOCAB, "h", len(text) - 1, temperature=1.0, generator=twin)
    assert torch.equal(generator.get_state(), twin.get_state())
    assert peak < 10**6  # bytes


def test_the_generator_decides_and_the_global_one_stands_in(trained):
    def text(**kwargs):
        return sample(trained, VOCAB, "h", 40, temperature=1.5, **kwargs)

    assert text(generator=seeded(3)) == text(generator=seeded(3))
    assert text(generator=seeded(3)) != text(generator=seeded(4))
    state = torch.get_rng_state()
    text(generator=seeded(3))
    sample(trained, VOCAB, "h", 40)
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(3)
    assert text() == text(generator=seeded(3))


def test_greedy_needs_no_generator_and_cold_sampling_is_greedy(trained):
    greedy = sample(trained, VOCAB, "h", 30)
    generator = seeded(0)
    state = generator.get_state()
    assert sample(trained, VOCAB, "h", 30, generator=generator) == greedy
    assert torch.equal(generator.get_state(), state)
    controls = ({"temperature": 1e-4}, {"top_k": 1}, {"top_p": 1e-6})
    for control in controls:
        control = {"temperature": 1.0} | control
        assert sample(trained, VOCAB, "h", 30, generator=seeded(), **control) == greedy


@quick
@given(st.integers(0, 30), st.integers(0, 30))
def test_a_longer_text_begins_with_the_shorter_one(n, m):
    model = peaky(CharRNN)
    texts = [
        sample(model, VOCAB, "how", k, temperature=1.0, generator=seeded(2))
        for k in sorted((n, m))
    ]
    assert texts[1].startswith(texts[0])
    assert [len(t) for t in texts] == [3 + k for k in sorted((n, m))]


NAMES = Vocabulary("abc", pad=True, end=True)


@pytest.mark.parametrize("draw", [sample, fast.sample])
def test_begin_reads_the_end_symbol_first(draw):
    torch.manual_seed(0)
    model = CharRNN(len(NAMES), 9).double()
    begin = torch.tensor([NAMES.end_id])
    for prompt in ("", "ca"):
        logits, h = model(torch.cat([begin, NAMES.encode(prompt)]))
        _, probs, state = predict(model, NAMES, prompt, begin=True)
        assert_close(probs, logits[-1].softmax(-1))
        assert torch.equal(state, h)
        # By re-feeding: the same draws from the whole text each time.
        text, generator = prompt, seeded(3)
        for _ in range(12):
            probs = predict(model, NAMES, text, begin=True)[1]
            probs[NAMES.pad_id] = 0
            i = int(torch.multinomial(probs, 1, generator=generator))
            if i == NAMES.end_id:
                break
            text += NAMES.itos[i]
        controls = {"temperature": 1.0, "generator": seeded(3), "begin": True}
        assert draw(model, NAMES, prompt, 12, **controls) == text
    with pytest.raises(ValueError, match=r"this vocabulary has none.*end=True"):
        draw(CharRNN(V, 3), VOCAB, "h", 3, begin=True)
    with pytest.raises(TypeError, match="begin must be"):
        draw(model, NAMES, "a", 3, begin="c")


def test_stop_ends_the_text_and_stays_in_it(trained):
    assert sample(trained, VOCAB, "hello", 12, stop="are") == "hello how are"
    assert sample(trained, VOCAB, "hello", 12, stop=" ") == "hello "
    assert sample(trained, VOCAB, "hello", 12, stop="zz") == "hello how are you"
    # What the prompt already holds, in whole or in part, does not count.
    assert sample(trained, VOCAB, "hello how", 8, stop="how") == "hello how are you"
    assert sample(trained, VOCAB, "hello h", 10, stop="how").startswith("hello how are")
    for wrong in ("", 5, ["a"]):
        with pytest.raises(ValueError, match=r"at least one character .*got"):
            sample(trained, VOCAB, "hello", 12, stop=wrong)


def test_the_end_symbol_ends_the_text_and_the_padding_is_never_drawn():
    vocab = Vocabulary("ab", pad=True, end=True)
    model = Constant([0.0, 0.0, 50.0, 1.0])
    assert sample(model, vocab, "ab", 10) == "ab"
    lengths = []
    for seed in range(300):
        text = sample(model, vocab, "ab", 50, temperature=1.0, generator=seeded(seed))
        assert set(text) <= {"a", "b"}
        lengths.append(len(text) - 2)
    # Each symbol is the end with probability e / (e + 2): a geometric distribution.
    mean = 2 / math.e
    spread = math.sqrt(mean * (1 + mean) / 300)
    assert sum(lengths) / 300 == pytest.approx(mean, abs=4 * spread)


def test_a_trained_end_symbol_stops_where_the_sentences_stop():
    vocab = Vocabulary.from_texts(SENTENCES, pad=True, end=True)
    ids = encode_batch(vocab, SENTENCES, end=True)
    torch.manual_seed(0)
    model = CharRNN(len(vocab), 16)
    inputs, targets = shift(ids)
    fit(model, inputs, targets, epochs=150, lr=0.02, ignore_index=vocab.pad_id)
    for sentence, prompt in zip(SENTENCES, ("hello", "i", "how"), strict=True):
        assert sample(model, vocab, prompt, 60) == sentence


def test_nothing_of_the_model_is_touched(trained):
    model = peaky(CharRNN, 2)
    model.output.eval()
    before = {name: p.clone() for name, p in model.named_parameters()}
    for call in (
        lambda: predict(model, VOCAB, "how"),
        lambda: sample(model, VOCAB, "how", 20, temperature=1.0),
    ):
        call()
        assert model.training
        assert model.rnn.training
        assert not model.output.training
        for name, p in model.named_parameters():
            assert torch.equal(p, before[name])
            assert p.grad is None
    constant = Constant(torch.zeros(V)).train()
    sample(constant, VOCAB, "how", 5)
    predict(constant, VOCAB, "how")
    assert constant.modes == {False}
    assert constant.training


def test_no_new_character_gives_the_prompt():
    assert sample(CharRNN(V, 3), VOCAB, "how", 0) == "how"
    assert sample(CharRNN(V, 3), VOCAB, "how", 0, temperature=1.0) == "how"


def test_sample_refuses_what_it_cannot_read():
    read_errors(lambda model, vocab, prompt: sample(model, vocab, prompt, 3))
    for wrong in (-1, 2.0, True, None):
        with pytest.raises(ValueError, match=f"from 0, got {wrong!r}"):
            sample(CharRNN(V, 3), VOCAB, "h", wrong)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize("draw", [sample, fast.sample])
def test_scores_that_overflow_on_the_way_are_refused(temperature, draw):
    model = CharRNN(V, 3, nonlinearity="relu")
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(3.0)
    with pytest.raises(ValueError, match=r"not finite.*diverged"):
        draw(model, VOCAB, "how", 500, temperature=temperature)
