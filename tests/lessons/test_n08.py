"""What is notebook 08's own: its exercises."""

from __future__ import annotations

import copy

import pytest
import torch

from charrnn_helpers.lessons.n08 import checks

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
