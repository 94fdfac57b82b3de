"""The lab of notebook 05, worked by mouse and keyboard."""

from __future__ import annotations

import torch

from charrnn_helpers import data
from charrnn_helpers.models import CharRNN
from charrnn_helpers.training import fit

BEFORE = """\
lab.step.value = 4
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def running_model() -> tuple[data.Vocabulary, CharRNN, CharRNN]:
    """The vocabulary, and the model of the series before and after training."""
    vocab = data.Vocabulary.from_texts(data.SENTENCES)
    ids = data.encode_batch(vocab, data.pad(data.SENTENCES))
    models = []
    for epochs in (0, 100):
        torch.manual_seed(0)
        model = CharRNN(len(vocab), 12).double()
        if epochs:
            fit(model, *data.shift(ids), epochs=epochs, lr=0.01)
        models.append(model.requires_grad_(False))
    return vocab, *models


def expects(vocab: data.Vocabulary, model: CharRNN, text: str) -> str:
    """What the lab has to say after reading a text, by ``nn.RNN``."""
    probs = model(vocab.encode(text))[0][-1].softmax(dim=-1)
    best = int(probs.argmax())
    symbol = vocab.itos[best].replace(" ", "␣")
    return f"expects {symbol} with probability {probs[best]:.2f}"


def work(lab):
    vocab, untrained, trained = running_model()
    # A cell went to step 4.
    lab.expect_text("Step 4 of 5 reads l from the state that hel has left")
    lab.expect_text(expects(vocab, trained, "hell"))

    # The buttons: by mouse, by keyboard, and against the last step.
    lab.button("Forward").click()
    lab.expect_text("Step 5 of 5 reads o")
    lab.expect_text(expects(vocab, trained, "hello"))
    lab.button("Forward").click()
    lab.button("Back").focus()
    lab.page.keyboard.press("Enter")
    lab.expect_text("Step 4 of 5 reads l")
    lab.page.keyboard.press("Space")
    lab.expect_text("Step 3 of 5 reads l")
    _, h = trained(vocab.encode("hel"))
    _, h_prev = trained(vocab.encode("he"))
    for state in (h, h_prev):
        for value in state.flatten().tolist():
            assert f"{round(value, 2) + 0.0:.2f}" in lab.text()

    # The slider: by keyboard and by mouse.
    step = lab.slider("Step")
    step.focus()
    lab.page.keyboard.press("ArrowRight")
    lab.expect_text("Step 4 of 5 reads l")
    lab.drag(step, -400)
    lab.expect_text("Step 1 of 5 reads h from a state of zeros")
    lab.expect_text(expects(vocab, trained, "h"))

    # Untrained weights, and back.
    lab.button("untrained").click()
    lab.expect_text(expects(vocab, untrained, "h"))
    lab.expect_text("tanh, untrained, loss 2.72")
    lab.button("trained").focus()
    lab.page.keyboard.press("Enter")
    lab.expect_text("tanh, 100 epochs of training, loss 0.14")

    # The activations.
    lab.button("relu").focus()
    lab.page.keyboard.press("Space")
    lab.expect_text("This model: relu, 100 epochs of training")
    lab.expect_text("h_t = relu(sum)")
    lab.button("sigmoid").click()
    lab.expect_text("This model: sigmoid, 300 epochs of training")
    lab.button("tanh").click()
    lab.expect_text("This model: tanh")

    # Another text, and a wrong one.
    text = lab.control("Your text")
    text.fill("i am")
    lab.expect_text("Step 1 of 4 reads i from a state of zeros")
    step.focus()
    lab.page.keyboard.press("End")
    lab.expect_text("Step 4 of 4 reads m from the state that i␣a has left")
    lab.expect_text(expects(vocab, trained, "i am"))
    text.fill("")
    lab.expect_text("Your text is too short")
    text.fill("hello")
    lab.expect_text("Step 4 of 5 reads l from the state that hel has left")
