"""The quick sampling against the plain one."""

import pytest
import torch
from torch import nn

from charrnn_helpers import fast, sampling
from charrnn_helpers.data import SENTENCES, Vocabulary
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
