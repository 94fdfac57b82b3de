"""What is notebook 08's own: its exercises."""

from __future__ import annotations

import copy
import runpy

import pytest
import torch

from charrnn_helpers.lessons.n08 import checks
from tests.tools.exercises import NOTEBOOKS, all_exercises, printed

ANSWERS = runpy.run_path(str(NOTEBOOKS.parent / "tests/answers/n08.py"))["WRONG"]
EXERCISES = {e.number: e for e in all_exercises()}
HINTS = [
    ("8.3", "reshape on the way in", "reshape and view keep the numbers"),
    ("8.3", "reshape on the way out", "reshape and view keep the numbers"),
    ("8.3", "batch_first set on the given layer", "belong to the caller"),
    ("8.3", "rebuilt with copied weights", "could no longer be trained"),
    ("8.3", "states detached", "could no longer be trained"),
    ("8.4", "compares all rows", "Row 0 is among the rows"),
    ("8.4", "compares row 0 only", "Row 0 is among the rows"),
    ("8.4", "first column of every row", "the first character of every row"),
    ("8.4", "all rows changed", "Only row 0 gets another text"),
    ("8.4", "compares row 1 only", "You leave rows out"),
    ("8.4", "leaves the last row out", "You leave rows out"),
    ("8.4", "compares the last step only", "You leave steps out"),
    ("8.4", "leaves step 0 out instead of row 0", "Row 0 is among the rows"),
    ("8.4", "compares states", "You compare the states"),
    ("8.4", "first character only", "You change one character"),
    ("8.4", "row 0 set to zeros", "can be the old one again"),
    ("8.4", "row 0 turned round", "can be the old one again"),
    ("8.4", "without the remainder", "Ids stay below model.vocab_size"),
    ("8.4", "before and after are the same batch", "in a clone"),
    ("8.4", "no copy, but before is kept", "clone() the inputs first"),
    ("8.4", "answers the opposite", "the other way round"),
]


@pytest.mark.parametrize(("number", "name", "hint"), HINTS)
def test_what_is_typed_meets_the_hint_that_is_meant_for_it(number, name, hint):
    exercise = EXERCISES[number]
    said = printed(exercise.set_up, ANSWERS[number][name], exercise.check)
    assert hint in " ".join(said.split()), said


CASES = checks.clinic_rows.cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0].what)
def test_the_models_of_exercise_8_4_are_as_sick_as_is_stated(case):
    model, inputs = case
    with torch.no_grad():
        before = model(inputs)[0][1:]
        moved = []
        for position in range(inputs.shape[1]):
            for symbol in range(model.vocab_size):
                changed = inputs.clone()
                changed[0, position] = symbol
                moved.append((model(changed)[0][1:] - before).abs())
    largest = float(torch.stack(moved).max()) if len(inputs) > 1 else 0.0
    assert checks.clinic_rows.reference(model, inputs) == (largest > 1e-3)
    assert largest == 0 or largest > 1e-3  # clear of any tolerance for rounding


@pytest.mark.parametrize("shift", range(1, 5))
def test_exercise_8_4_takes_every_change_that_is_one(shift):
    def detector(model, inputs):
        changed = inputs.clone()
        step = 1 + (shift - 1) % (model.vocab_size - 1)
        changed[0] = (inputs[0] + step) % model.vocab_size
        with torch.no_grad():
            before, after = model(inputs)[0], model(changed)[0]
        return not torch.allclose(before[1:], after[1:], atol=1e-5)

    for seed in range(5):
        verdict = checks.clinic_rows.verdict(detector, seed=seed)
        assert verdict.passed, verdict.message


def test_a_frozen_copy_of_a_layer_does_not_pass_for_the_layer():
    def frozen(rnn, output, x):
        states = copy.deepcopy(rnn)(x.transpose(0, 1))[0].transpose(0, 1)
        return output(states)

    said = checks.clinic_logits.verdict(frozen).message
    assert "no gradient flows back to `rnn.weight_ih_l0`" in said
