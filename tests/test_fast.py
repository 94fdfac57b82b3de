"""The quick sampling and the quick gradients against the plain ones."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from charrnn_helpers import fast, sampling
from charrnn_helpers.data import IGNORE_INDEX, SENTENCES, Vocabulary
from charrnn_helpers.models import CharRNN, ScratchRNN

VOCAB = Vocabulary.from_texts(SENTENCES)
SYMBOLS = Vocabulary.from_texts(SENTENCES, pad=True, end=True)
MODELS = [
    (CharRNN, (1, "tanh")),
    (CharRNN, (2, "relu")),
    (CharRNN, (3, "tanh")),
    (ScratchRNN, (1, "relu")),
    (ScratchRNN, (2, "sigmoid")),
    (ScratchRNN, (3, "tanh")),
]


def peaky(model_class, *args, vocab=VOCAB):
    """An untrained model with weights so large that its texts vary."""
    torch.manual_seed(0)
    model = model_class(len(vocab), 9, *args)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.5 if args and args[1] == "relu" else 4.0)
    return model


@pytest.mark.parametrize(("model_class", "args"), MODELS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("vocab", [VOCAB, SYMBOLS])
def test_it_writes_the_texts_of_the_plain_one(model_class, args, dtype, vocab):
    model = peaky(model_class, *args, vocab=vocab).to(dtype)
    for controls in (
        {},
        {"temperature": 1.0},
        {"temperature": 2.0, "top_k": 5},
        {"temperature": 1.5, "top_p": 0.8, "stop": "ow"},
    ):
        texts = []
        for draw in (sampling.sample, fast.sample):
            generator = torch.Generator().manual_seed(5)
            text = draw(model, vocab, "how", 200, generator=generator, **controls)
            texts.append((text, generator.get_state().tolist()))
        assert texts[0] == texts[1]
    assert len(set(texts[0][0])) > 2


def test_it_sends_every_other_model_to_the_plain_one():
    class Mine(CharRNN):
        pass

    gated = CharRNN(len(VOCAB), 9)
    gated.rnn = nn.GRU(len(VOCAB), 9, batch_first=True)
    without_bias = CharRNN(len(VOCAB), 9)
    without_bias.output = nn.Linear(9, len(VOCAB), bias=False)
    narrow = CharRNN(len(VOCAB), 9).bfloat16()
    for model in (Mine(len(VOCAB), 9), gated, without_bias, narrow, nn.Linear(2, 2)):
        with pytest.raises(TypeError, match=r"sampling\.sample takes every model"):
            fast.sample(model, VOCAB, "h", 3)
    assert len(sampling.sample(gated, VOCAB, "h", 3)) == 4


def test_the_model_is_left_as_it_was():
    model = peaky(CharRNN, 2, "tanh")
    before = {name: p.clone() for name, p in model.named_parameters()}
    fast.sample(model, VOCAB, "how", 20, temperature=1.0)
    assert model.training
    for name, p in model.named_parameters():
        assert torch.equal(p, before[name])


@pytest.mark.parametrize("model_class", [CharRNN, ScratchRNN])
@pytest.mark.parametrize(("shape", "ignored"), [((3, 6), 0), ((3, 6), 5), ((1, 1), 0)])
def test_its_gradients_are_those_of_autograd(model_class, shape, ignored):
    torch.manual_seed(0)
    model = model_class(7, 5).double()
    ids = torch.randint(7, (shape[0], shape[1] + 1))
    inputs, targets = ids[:, :-1], ids[:, 1:].clone()
    targets[0, :ignored] = IGNORE_INDEX
    loss, found = fast.bptt(model, inputs, targets)
    logits, _ = model(inputs)
    expected = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    expected.backward()
    torch.testing.assert_close(loss, expected.detach(), rtol=0, atol=1e-12)
    assert found.keys() == dict(model.named_parameters()).keys()
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(found[name], parameter.grad, rtol=0, atol=1e-12)


def test_with_16_bits_its_gradients_point_the_same_way():
    torch.manual_seed(0)
    model = ScratchRNN(7, 64)
    ids = torch.randint(7, (8, 21))
    _, plain = fast.bptt(model, ids[:, :-1], ids[:, 1:])
    _, short = fast.bptt(model, ids[:, :-1], ids[:, 1:], dtype=torch.bfloat16)
    for name, gradient in plain.items():
        assert short[name].dtype == torch.float32
        distance = (short[name] - gradient).norm() / gradient.norm()
        assert 0 < distance < 0.05, name


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (CharRNN(7, 5, num_layers=2), "one layer"),
        (CharRNN(7, 5, nonlinearity="relu"), "model.nonlinearity must be"),
    ],
)
def test_its_gradients_are_for_one_layer_with_tanh(model, message):
    ids = torch.zeros(2, 3, dtype=torch.long)
    with pytest.raises(ValueError, match=message):
        fast.bptt(model, ids, ids)
