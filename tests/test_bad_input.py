"""Whatever is handed to the taught modules, the error is theirs and says what to do.

One row: what is called, the error it must raise, and words that its message must hold.
"""

import math

import numpy as np
import pytest
import torch
from torch import nn

from charrnn_helpers import data, environment, fast, models, sampling, training
from charrnn_helpers.data import SENTENCES, Vocabulary
from charrnn_helpers.models import CharRNN, ScratchRNN, ScratchRNNCell, run_layer

VOCAB = Vocabulary.from_texts(SENTENCES)
V = len(VOCAB)
BOOK = "a book of a million characters " * 32_000
IDS = torch.arange(12).view(3, 4)
X, Y = data.shift(data.encode_batch(VOCAB, data.pad(SENTENCES)))  # (3, 16)
FLOATS = torch.zeros(3, 4)
ODD = [None, True, "two", 2.5, math.nan, -1, 0, np.float64(2), [2], 10**30]
NO_INTEGERS = [None, 3, "hello", [1, 2], np.arange(3), FLOATS, FLOATS.bool()]


def char_rnn(**kwargs):
    return CharRNN(V, 6, **kwargs)


class Answers(nn.Module):
    """A model that returns whatever it was given."""

    def __init__(self, answer, vocab_size=None):
        super().__init__()
        self.w = nn.Parameter(torch.ones(()))
        self.answer = answer

    def forward(self, ids, state=None):
        answer = self.answer
        return answer(ids, self.w) if callable(answer) else answer


def alone(ids, w):
    return torch.zeros(*ids.shape, V) * w


def transposed(ids, w):
    return torch.zeros(*ids.shape[:-1], V, ids.shape[-1]) * w, None


def integers(ids, w):
    return torch.zeros(*ids.shape, V, dtype=torch.long), None


def detached(ids, w):
    return torch.zeros(*ids.shape, V), None


def fit(model=None, inputs=X, targets=Y, **controls):
    if "lr" not in controls and "optimizer" not in controls:
        controls["lr"] = 0.01
    model = char_rnn() if model is None else model
    return training.fit(model, inputs, targets, **({"epochs": 1} | controls))


def evaluate(model=None, inputs=X, targets=Y, **controls):
    model = char_rnn() if model is None else model
    return training.evaluate(model, inputs, targets, **controls)


def without_gradients():
    with torch.no_grad():
        fit()


def adam(model):
    return torch.optim.Adam(model.parameters())


def rows():
    # ---- data
    yield lambda: Vocabulary.from_texts(BOOK), TypeError, "write ['a book of"
    yield (
        lambda: Vocabulary.from_texts(None),
        TypeError,
        "list of strings, got NoneType",
    )
    yield lambda: Vocabulary.from_texts(["a", 3]), TypeError, "texts[1] is int"
    yield lambda: Vocabulary(BOOK), ValueError, "distinct"
    yield lambda: Vocabulary(list("ab")), TypeError, "characters must be one string"
    for wrong in (2, 1, 0, "yes", None, np.int64(1)):
        for name in ("pad", "end"):
            yield (
                lambda name=name, wrong=wrong: Vocabulary("ab", **{name: wrong}),
                TypeError, f"{name} must be True or False, got",
            )  # fmt: skip
        yield (
            lambda wrong=wrong: data.encode_batch(VOCAB, ["a"], end=wrong),
            TypeError, "end must be True or False",
        )  # fmt: skip
    yield lambda: VOCAB.encode(BOOK + "!"), ValueError, "unknown character 'b'"
    yield lambda: VOCAB.encode(None), TypeError, "text must be one string"
    for wrong in (None, "hi", ["h"], {}, [None], [1.5], [10**30], BOOK, FLOATS[0]):
        yield lambda wrong=wrong: VOCAB.decode(wrong), TypeError, "ids must be integers"
    yield lambda: VOCAB.decode([16]), ValueError, "id 16 at position (0,)"
    yield lambda: data.pad(BOOK), TypeError, "texts must be a list"
    yield lambda: data.pad([BOOK], 3), ValueError, "more than length=3"
    yield lambda: data.pad(["a"], value=BOOK), ValueError, "value must be one character"
    yield lambda: data.pad(["a"], side=BOOK), ValueError, "side must be one of"
    yield lambda: data.pad(["a"], side=[1]), ValueError, "side must be one of"
    for wrong in (True, "two", 2.5, math.nan, -1, [2], 10**30):
        yield lambda wrong=wrong: data.pad(["a"], wrong), ValueError, "length must be"
    yield (
        lambda: data.encode_batch(None, ["a"]),
        TypeError,
        "vocab must be a Vocabulary",
    )
    yield lambda: data.encode_batch(VOCAB, BOOK), TypeError, "texts must be a list"
    for wrong in (None, [1, 2, 3], "hello", np.arange(3)):
        yield lambda wrong=wrong: data.shift(wrong), TypeError, "ids must be a tensor"
    for wrong in NO_INTEGERS:
        for call in (
            lambda ids: data.one_hot(ids, 5), lambda ids: data.windows(ids, 2),
            data.unigram_loss, lambda ids: data.bigram_loss(ids, IDS),
            lambda ids: data.bigram_loss(IDS, ids),
            lambda ids: data.prefix_loss(ids, Y),
            lambda ids: data.prefix_loss(X, ids), char_rnn(), ScratchRNN(V, 6),
            lambda ids: fit(inputs=ids), lambda ids: fit(targets=ids),
            lambda ids: evaluate(inputs=ids), lambda ids: evaluate(targets=ids),
        ):  # fmt: skip
            yield lambda call=call, wrong=wrong: call(wrong), TypeError, "must be"
    for wrong in ODD:
        yield (
            lambda wrong=wrong: data.one_hot(IDS, wrong),
            ValueError,
            "vocab_size must",
        )
        yield (
            lambda wrong=wrong: data.uniform_loss(wrong),
            ValueError,
            "vocab_size must",
        )
        yield (
            lambda wrong=wrong: data.windows(IDS[0], wrong), ValueError, "seq_len must",
        )  # fmt: skip
    for wrong in (True, "two", 2.5, math.nan, -1, 0, [2], 5):
        yield (
            lambda wrong=wrong: data.windows(IDS[0], 2, wrong), ValueError,
            "stride must be a whole number",
        )  # fmt: skip
    yield lambda: data.windows(IDS, 2), ValueError, "ids must have shape (N,)"
    yield lambda: data.windows(IDS[0], 2, remainder=0), ValueError, "remainder must be"
    # ---- models
    for wrong in ODD:
        for make in (
            lambda n: CharRNN(n, 3), lambda n: CharRNN(3, n),
            lambda n: CharRNN(3, 3, n), lambda n: ScratchRNN(n, 3),
            lambda n: ScratchRNN(3, n),
            lambda n: ScratchRNN(3, 3, n), lambda n: ScratchRNNCell(n, 3),
            lambda n: ScratchRNNCell(3, n),
        ):  # fmt: skip
            yield (
                lambda make=make, wrong=wrong: make(wrong), ValueError,
                "must be a whole number from 1",
            )  # fmt: skip
    for wrong in (None, "gelu", torch.tanh, ["tanh"]):
        for kind in (CharRNN, ScratchRNN, ScratchRNNCell):
            yield (
                lambda kind=kind, wrong=wrong: kind(3, 3, nonlinearity=wrong),
                ValueError, "nonlinearity must be one of 'tanh', 'relu'",
            )  # fmt: skip
    for model in (char_rnn(num_layers=2), ScratchRNN(V, 6, 2)):
        good = torch.zeros(2, 3, 6)
        for state, error, words in (
            (good.numpy(), TypeError, "h_0 must be a tensor, got ndarray"),
            ((good, good), TypeError, "h_0 must be a tensor, got tuple"),
            (0, TypeError, "h_0 must be a tensor, got int"),
            (good.double(), TypeError, "torch.float32, got torch.float64"),
            (good.long(), TypeError, "torch.float32, got torch.int64"),
            (good[0], ValueError, "h_0 must have shape (2, 3, 6)"),
            (good[:, :1], ValueError, "(num_layers, B, H)"),
            (good.transpose(0, 1), ValueError, "got (3, 2, 6)"),
        ):
            yield lambda m=model, s=state: m(IDS, s), error, words
        yield lambda m=model, s=good: m(IDS[0], s), ValueError, "(num_layers, H)"
        yield lambda m=model: m(IDS + 100), ValueError, "id 100 at position (0, 0)"
        yield lambda m=model: m(-IDS), ValueError, "id -1 at position (0, 1)"
        yield lambda m=model: m(IDS[:, :0]), ValueError, "hold no character"
        yield lambda m=model: m(IDS[None]), ValueError, "ids must have shape (B, T)"
        yield lambda m=model: m(torch.zeros(3, 4, V)), TypeError, "one-hot rows"
    cell, x, h = ScratchRNNCell(4, 6), torch.zeros(3, 4), torch.zeros(3, 6)
    for args, error, words in (
        ((x.numpy(), h), TypeError, "x_t must be a tensor"),
        ((IDS, h), TypeError, "x_t must have the dtype"),
        ((x[:, :2], h), ValueError, "x_t must have shape (3, 4)"),
        ((torch.tensor(1.0), h), ValueError, "x_t must have shape"),
        ((x, None), TypeError, "h_prev must be a tensor"),
        ((x, h.double()), TypeError, "h_prev must have the dtype"),
        ((x, h[:2]), ValueError, "h_prev must have shape (3, 6)"),
    ):
        yield lambda args=args: cell(*args), error, words
    for args, error, words in (
        ((None, h), TypeError, "x must be a tensor"),
        ((x, h), ValueError, "x must have shape (B, T, 4)"),
        ((x[:, None][:, :0], h), ValueError, "T at least 1"),
        ((x[:, None], h[:2]), ValueError, "h_0 must have shape (3, 6)"),
        ((x[:, None], h.double()), TypeError, "h_0 must have the dtype"),
    ):
        yield lambda args=args: run_layer(cell, *args), error, words
    yield lambda: ScratchRNN(3, 3).load_from(None), TypeError, "other must be a CharRNN"
    # ---- training
    for call in (fit, evaluate):
        for wrong in (CharRNN, lambda ids: (ids, None), "model"):
            yield (
                lambda call=call, wrong=wrong: call(wrong), TypeError,
                "model must be a Module",
            )  # fmt: skip
        for targets in (Y + 100, Y.where(Y != 3, -1)):
            yield (
                lambda call=call, targets=targets: call(targets=targets), ValueError,
                "is outside [0, 16)",
            )  # fmt: skip
        yield lambda call=call: call(inputs=X + 100), ValueError, "id 1"
        for model, error, words in (
            (Answers(alone), TypeError, "must return (logits, state), got Tensor"),
            (Answers(None), TypeError, "must return (logits, state), got NoneType"),
            (Answers((1, 2, 3)), TypeError, "got a tuple of 3"),
            (Answers((None, None)), TypeError, "logits must be a floating-point"),
            (Answers(integers), TypeError, "floating-point tensor, got torch.int64"),
            (Answers((torch.zeros(3, V), None)), ValueError, "one axis more, V"),
        ):
            yield lambda call=call, m=model: call(m), error, words
        # Of two rows: with 16 characters in a row, V and T could not be told apart.
        short = X[:, :5], Y[:, :5]
        yield (
            lambda call=call, short=short: call(Answers(transposed), *short),
            ValueError, "the shape of the ids, (3, 5)",
        )  # fmt: skip
        for wrong in (True, "two", 2.5, math.nan, -1, 0, [2], 10**30):
            yield (
                lambda call=call, wrong=wrong: call(batch_size=wrong), ValueError,
                "batch_size must be a whole number from 1",
            )  # fmt: skip
        for wrong in (None, 1.5, "0", True):
            yield (
                lambda call=call, wrong=wrong: call(ignore_index=wrong), ValueError,
                "ignore_index must be a whole number",
            )  # fmt: skip
    for wrong in ODD:
        yield (
            lambda wrong=wrong: fit(epochs=wrong),
            ValueError,
            "epochs must be a whole",
        )
    for wrong in (True, "0.1", math.nan, math.inf, -1, 0, [0.1], 1j, 10**400):
        yield lambda wrong=wrong: fit(lr=wrong), ValueError, "lr must be a number above"
    for wrong in (True, "1", math.nan, -1, 0, [1]):
        yield lambda wrong=wrong: fit(max_norm=wrong), ValueError, "max_norm must be"
    yield lambda: fit(lr=None), ValueError, "lr or optimizer, got neither"
    yield lambda: fit(lr=0.1, optimizer=adam(char_rnn())), ValueError, "got both"
    yield lambda: fit(optimizer="Adam"), TypeError, "optimizer must be an Optimizer"
    yield lambda: fit(optimizer=adam(char_rnn())), ValueError, "holds none of them"
    yield lambda: fit(generator=0), TypeError, "generator must be a Generator"
    yield lambda: fit(progress="yes"), TypeError, "progress must be True or False"
    yield lambda: fit(callback=3), TypeError, "callback must be a function"
    yield lambda: fit(char_rnn().requires_grad_(False)), ValueError, "frozen"
    yield without_gradients, ValueError, "torch.no_grad()"
    yield lambda: fit(Answers(detached)), ValueError, "do not depend on its weights"
    for wrong in (None, 3, ["a"]):
        yield lambda wrong=wrong: training.load(wrong), TypeError, "path must be"
        yield (
            lambda wrong=wrong: training.save(wrong, char_rnn(), VOCAB), TypeError,
            "path must be",
        )  # fmt: skip
    # ---- sampling and fast
    for draw in (sampling.sample, fast.sample):
        for n in (True, None, "two", 2.5, -1, [2], 10**30):
            yield (
                lambda draw=draw, n=n: draw(char_rnn(), VOCAB, "h", n), ValueError,
                "max_new_chars must be a whole number from 0",
            )  # fmt: skip
        for control, values in {
            "temperature": (True, None, "1", math.nan, math.inf, -0.1, [1], 1j),
            "top_k": (True, "1", math.nan, 0, -1, 1.5, [1], np.float64(2)),
            "top_p": (True, "1", math.nan, 0, -1, 1.5, [1], 1j),
            "stop": ("", 3, ["a"], b"a"),
        }.items():
            for value in values:
                yield (
                    lambda draw=draw, c=control, v=value: draw(
                        char_rnn(), VOCAB, "h", 3, **{c: v}
                    ),
                    ValueError, f"{control} must be",
                )  # fmt: skip
        yield (
            lambda draw=draw: draw(char_rnn(), VOCAB, "h", 3, generator=1), TypeError,
            "generator must be a Generator",
        )  # fmt: skip
    for call in (
        sampling.predict,
        lambda *args: sampling.sample(*args, 3),
        lambda *args: fast.sample(*args, 3),
    ):
        for args, error, words in (
            ((char_rnn(), "abc", "h"), TypeError, "vocab must be a Vocabulary"),
            ((char_rnn(), VOCAB, None), TypeError, "prompt must be one string"),
            ((char_rnn(), VOCAB, ["h"]), TypeError, "prompt must be one string"),
            ((char_rnn(), VOCAB, ""), ValueError, "the prompt is empty"),
            ((char_rnn(), VOCAB, BOOK), ValueError, "unknown character 'b'"),
            ((CharRNN(5, 3), VOCAB, "h"), ValueError, "do not belong together"),
        ):
            yield lambda call=call, args=args: call(*args), error, words
    for call in (sampling.predict, lambda *args: sampling.sample(*args, 3)):
        for model, error, words in (
            (None, TypeError, "model must be a Module"),
            (CharRNN, TypeError, "model must be a Module"),
            (Answers(alone), TypeError, "must return (logits, state), got Tensor"),
            (Answers((torch.zeros(V), None)), ValueError, "one axis more, V"),
            (Answers((torch.zeros(1, 3), None)), ValueError, "scores 3 symbols"),
        ):
            yield lambda call=call, m=model: call(m, VOCAB, "h"), error, words
    for model in (None, Answers(alone), CharRNN):
        yield (
            lambda m=model: fast.sample(m, VOCAB, "h", 3), TypeError,
            "sampling.sample takes every model",
        )  # fmt: skip
    for wrong in (None, [1.0], IDS, np.zeros(3)):
        yield (
            lambda wrong=wrong: sampling.sampling_probs(wrong), TypeError,
            "logits must be a floating-point tensor",
        )  # fmt: skip
    for wrong in (torch.tensor(1.0), torch.zeros(3, 0)):
        yield (
            lambda wrong=wrong: sampling.sampling_probs(wrong), ValueError,
            "logits must have shape (..., V)",
        )  # fmt: skip
    # ---- environment
    for wrong in (None, True, "0", 1.5, BOOK):
        yield (
            lambda wrong=wrong: environment.setup_notebook(wrong), TypeError,
            "seed must be a whole number",
        )  # fmt: skip
    for wrong in (-1, 2**32, 10**5000):
        yield (
            lambda wrong=wrong: environment.setup_notebook(wrong), ValueError,
            "seed must be in [0, 2**32)",
        )  # fmt: skip
    yield lambda: models.evaluation_mode(None).__enter__(), TypeError, "model must be"


ROWS = list(rows())


@pytest.mark.parametrize(("call", "error", "words"), ROWS, ids=range(len(ROWS)))
def test_the_error_is_ours_and_names_what_was_wrong(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert words in str(caught.value)
    assert len(str(caught.value)) < 500
