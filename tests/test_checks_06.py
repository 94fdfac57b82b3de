"""What notebook 06 says of the answers to its exercises: measured here."""

from __future__ import annotations

import json

import pytest
import torch
import torch.nn.functional as F

from charrnn_helpers import checks, data
from charrnn_helpers.checks._06_training import PROGRAMS, worst_of_three
from charrnn_helpers.models import CharRNN
from tests.tools.exercises import NOTEBOOKS


def in_batch():
    """The three sentences as inputs and targets, (3, 16) each, and V."""
    texts = data.pad(data.SENTENCES)
    vocab = data.Vocabulary.from_texts(texts)
    return *data.shift(data.encode_batch(vocab, texts)), len(vocab)


def test_the_notebook_shows_the_programs_that_are_checked():
    path = NOTEBOOKS / "06_training.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (task,) = (
        text
        for text in ("".join(cell["source"]) for cell in cells)
        if text.startswith("### Exercise 6.1")
    )
    shown = [block.split("```")[0].strip() for block in task.split("```text\n")[1:]]
    for text, lines in zip(shown, PROGRAMS.values(), strict=True):
        assert text.splitlines() == [f"{n}  {s}" for n, s in enumerate(lines, start=1)]


@pytest.mark.parametrize("seed", range(5))
def test_the_programs_end_where_the_exercise_says(seed):
    inputs, targets, vocab_size = in_batch()
    ends = {}
    for name, lines in PROGRAMS.items():
        torch.manual_seed(seed)
        space = {"torch": torch, "F": F, "inputs": inputs, "targets": targets}
        space["model"] = CharRNN(vocab_size, 12)
        exec("\n".join(lines), space)
        ends[name] = space["loss"].item()
    assert ends["A"] > 1.3 * data.bigram_loss(inputs, targets)
    assert ends["B"] > 1.3 * data.bigram_loss(inputs, targets)
    assert ends["C"] < data.prefix_loss(inputs, targets)


def sgd_from(seed, lr, other=None):
    """The last loss of exercise 6.4; `other` moves the start by a ten-millionth."""
    inputs, targets, vocab_size = in_batch()
    torch.manual_seed(seed)
    model = CharRNN(vocab_size, 12)
    if other is not None:
        torch.manual_seed(other)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter += 1e-7 * torch.randn_like(parameter)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _epoch in range(100):
        logits, _h_n = model(inputs)
        loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


@pytest.mark.parametrize("other", [None, 100, 101])
def test_the_rates_of_exercise_6_4_end_where_its_solution_says(other):
    ends = {lr: [sgd_from(s, lr, other) for s in range(3)] for lr in (0.5, 1, 1.5, 3)}
    assert round(max(ends[1.5]), 2) == 0.09
    assert round(max(ends[1]), 2) == 0.21
    assert 0.45 < min(ends[0.5]) <= max(ends[0.5]) < 0.6
    assert max(ends[3]) > 0.5


def test_at_a_rate_of_2_luck_decides_where_seed_1_ends():
    for seed in (0, 2):
        assert sgd_from(seed, 2.0) < 0.1
    ends = [sgd_from(1, 2.0, other) for other in range(100, 120)]
    assert max(ends) > 3 * min(ends)


def test_an_answer_that_writes_into_the_data_spoils_no_later_check():
    def my_step(model, optimizer, inputs, targets, max_norm):
        inputs.zero_()
        targets.zero_()
        return 0.0

    worst = worst_of_three.__wrapped__(1.5)
    assert not checks.clipped_step.verdict(my_step, seed=1).passed
    assert worst_of_three.__wrapped__(1.5) == worst
