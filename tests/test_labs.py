"""What every lab of the series promises, without a front end."""

from __future__ import annotations

import random

import ipywidgets as widgets
import pytest
import torch

from charrnn_helpers.lab.base import Lab
from tests.tools import rooms

BUILDERS = {
    number: [
        value
        for name, value in vars(module).items()
        if name.endswith("_lab") and value.__module__ == module.__name__
    ]
    for number, module in rooms.modules("lab").items()
}
HOSTILE = ("<script>alert(1)</script>", "\"'&lt;<b>", "\x00\u202e\ud7ff", "x" * 10_000)


def build(number: str) -> Lab:
    (builder,) = BUILDERS[number]
    return builder()


every_lab = pytest.mark.parametrize("number", BUILDERS)


@every_lab
def test_a_room_has_one_lab_whose_repr_is_the_same_each_time(number):
    assert repr(build(number)) == repr(build(number))
    assert "run this cell" in repr(build(number))


@every_lab
def test_every_control_has_a_description(number):
    assert all(control.description for control in build(number).controls.values())


@every_lab
def test_no_random_state_is_moved(number):
    states = torch.get_rng_state(), random.getstate()
    build(number).redraw()
    assert torch.equal(torch.get_rng_state(), states[0])
    assert random.getstate() == states[1]


@every_lab
def test_equal_states_look_equal_and_others_differ(number):
    lab = build(number)
    before = lab.text.value, lab.picture.value
    sliders = [c for c in lab.controls.values() if isinstance(c, widgets.IntSlider)]
    moved = 0
    for slider in sliders:
        old = slider.value
        slider.value = old - 1 if old > slider.min else old + 1
        moved += (lab.text.value, lab.picture.value) != before
        slider.value = old
        assert (lab.text.value, lab.picture.value) == before
    assert moved or not sliders


@every_lab
@pytest.mark.parametrize("text", HOSTILE, ids=["script", "marks", "odd", "long"])
def test_any_text_is_escaped_or_answered_with_a_sentence(number, text):
    lab = build(number)
    fields = [c for c in lab.controls.values() if isinstance(c, widgets.Text)]
    for field in fields:
        before = field.value
        field.value = text
        shown = lab.text.value + lab.picture.value
        assert "<script" not in shown and "<b>'" not in shown and "'<b>" not in shown
        assert lab.said
        field.value = before
    assert lab.picture.value
