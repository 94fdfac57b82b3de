"""What is notebook 08's own: its exercises, and what their texts claim."""

from __future__ import annotations

import copy
import re

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from charrnn_helpers import data, names, training
from charrnn_helpers.lessons.n08 import checks
from charrnn_helpers.models import CharRNN
from tests.tools.anatomy import from_json
from tests.tools.exercises import NOTEBOOKS, notebook_exercises, printed

PATH = NOTEBOOKS / "08_bug_clinic.ipynb"
EXERCISES = {exercise.number: exercise for exercise in notebook_exercises(PATH)}
CASES = checks.sees_ahead.cases()


def sick_programs():
    """The sick code of each exercise that shows some, under the learner's name."""
    found, number = {}, ""
    for cell in from_json(PATH.read_text("utf-8"))["cells"]:
        if heading := re.match(r"### Exercise (8\.\d)", cell["source"]):
            number = heading[1]
        if block := re.search(r"```python\n(.*?def sick_.*?)```", cell["source"], re.S):
            name = re.search(r"def (my_\w+)", EXERCISES[number].stub)[1]
            found[number] = re.sub(r"\bsick_\w+(?=\()", name, block[1])
    return found


SICK = sick_programs()


def test_six_exercises_show_code_that_is_to_be_mended():
    assert sorted(SICK) == ["8.2", "8.3", "8.5", "8.6", "8.7", "8.8"]


@pytest.mark.parametrize("number", SICK)
def test_the_sick_code_as_it_stands_is_refused_with_a_hint(number):
    exercise = EXERCISES[number]
    said = printed(exercise.set_up, SICK[number], exercise.check)
    assert said.startswith("✗"), said
    assert not re.match(r"✗ Exercise 8\.\d: (for|with|your)\b", said), said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0].what)
def test_the_models_of_exercise_8_4_look_ahead_as_is_stated(case):
    model, ids = case
    with torch.no_grad():
        before, largest = model(ids)[0], 0.0
        for row in range(ids.shape[0]):
            for t in range(1, ids.shape[1]):
                for symbol in range(model.vocab_size):
                    changed = ids.clone()
                    changed[row, t] = symbol
                    moved = (model(changed)[0] - before)[:, :t].abs().max()
                    largest = max(largest, float(moved))
    assert checks.sees_ahead.reference(model, ids) == (largest > 1e-3)
    assert largest == 0 or largest > 1e-3  # clear of any tolerance for rounding


def test_a_frozen_copy_of_a_layer_does_not_pass_for_the_layer():
    def frozen(rnn, output, x):
        states = copy.deepcopy(rnn)(x.transpose(0, 1))[0].transpose(0, 1)
        return output(states)

    said = checks.logits.verdict(frozen).message
    assert "no gradient flows back to `rnn.weight_ih_l0`" in said


class Forgetful(CharRNN):
    def forward(self, ids, h_0=None):
        steps = [super(Forgetful, self).forward(column) for column in ids.split(1, 1)]
        return torch.cat([logits for logits, _ in steps], dim=1), steps[-1][1]


class BothWays(CharRNN):
    def __init__(self, vocab_size, hidden_size):
        super().__init__(vocab_size, hidden_size)
        self.rnn = nn.RNN(vocab_size, hidden_size, batch_first=True, bidirectional=True)
        self.output = nn.Linear(2 * hidden_size, vocab_size)

    def forward(self, ids, h_0=None):
        output, h_n = self.rnn(F.one_hot(ids, self.vocab_size).float(), h_0)
        return self.output(output), h_n


def test_the_charts_of_exercise_8_1_are_those_of_such_models():
    vocab, (known, held, _) = names.vocabulary(), names.split()

    def loss(kind, *, zero=False, epochs=12, lr=0.01):
        torch.manual_seed(0)
        model = kind(len(vocab), 64)
        if zero:
            for p in model.parameters():
                nn.init.zeros_(p)
        if epochs:
            options = {"epochs": epochs, "lr": lr, "batch_size": 256}
            options["generator"] = torch.Generator().manual_seed(0)
            training.fit(model, *names.batch(vocab, known), **options)
        return training.evaluate(model, *names.batch(vocab, held))

    assert data.uniform_loss(len(vocab)) == pytest.approx(3.33, abs=0.01)
    assert loss(CharRNN, epochs=0) == pytest.approx(3.31, abs=0.01)  # A
    assert loss(CharRNN, zero=True, lr=0.05) == pytest.approx(2.84, abs=0.03)  # B
    assert loss(Forgetful) == pytest.approx(2.39, abs=0.03)  # C
    assert loss(BothWays, epochs=10) == pytest.approx(0.005, abs=0.005)  # D
