"""Notebook 16: its data, its lab's twin functions, the lab, its figures."""

from __future__ import annotations

import ast
import itertools
import json
import math
import shutil
import subprocess

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from charrnn_helpers.lessons.n16 import decoding, figures, sounds
from charrnn_helpers.lessons.n16 import lab as room
from charrnn_helpers.plotting.showing import figure_data, png_bytes
from tests.tools import digits, readings

DATA = digits.TARGET


def defined(name: str):
    """A function as the notebook defines it."""
    space = {"defaultdict": decoding.defaultdict, "groupby": itertools.groupby}
    space |= {"BLANK": 0, "CHARACTERS": decoding.CHARACTERS, "torch": torch, "F": F}
    for source in readings.cells("def beam_search"):
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                exec(ast.unparse(node), space)
                return space[name]
    raise AssertionError(name)


def random_log_probs(T: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(T, 17, generator=generator).double().log_softmax(dim=-1)


# --- the data -------------------------------------------------------------------------


def test_the_file_holds_48_voices_of_ten_digits_in_three_sets():
    clips, names = sounds.load(DATA)
    assert len(clips) == len(names) == len(set(names)) == 48
    assert {len(voice) for voice in clips} == {10}
    assert names == digits.TRAINING + digits.VALIDATION + digits.TEST
    assert max(clip.abs().max() for voice in clips for clip in voice) <= 1
    assert DATA.stat().st_size < 1_700_000


def test_no_family_of_voices_is_in_two_sets():
    parts = (digits.TRAINING, digits.VALIDATION, digits.TEST)
    families = [{name.rstrip("0123456789") for name in part} for part in parts]
    assert not any(a & b for a, b in itertools.combinations(families, 2))


def test_eight_bits_come_back_within_a_hundredth():
    sound = np.linspace(-1, 1, 1001)
    levels = digits.mu_law(sound) / 127.5 - 1
    back = np.sign(levels) * (256 ** np.abs(levels) - 1) / 255
    assert np.abs(back - sound).max() < 0.025
    assert np.abs(back - sound)[np.abs(sound) < 0.05].max() < 0.002


def test_the_committed_file_is_what_the_script_makes():
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng, which made notebooks/data/digits.npz, is not installed")
    told = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True)
    if digits.VERSION not in told.stdout:
        pytest.skip(f"another espeak-ng than {digits.VERSION}")
    with np.load(DATA) as file:
        lengths = file["lengths"].astype(int)
        for n in (0, 17, 47):
            name = str(file["voices"][n])
            speed = digits.SPEEDS[n % len(digits.SPEEDS)]
            start = lengths[: 10 * n + 3].sum()
            made = digits.mu_law(digits.trimmed(digits.speak(name, speed, "three")))
            kept = file["sounds"][start : start + len(made)].astype(int)
            assert len(made) == lengths[10 * n + 3]
            assert np.abs(made.astype(int) - kept).max() <= 1


def test_sounds_are_drawn_by_the_generator_alone_and_stretch():
    clips, _ = sounds.load(DATA)
    again = [
        sounds.utter(clips[0], [1, 2], torch.Generator().manual_seed(3))
        for _ in range(2)
    ]
    assert torch.equal(*again) and again[0].dtype == torch.float64
    x, lengths, said = sounds.batch(
        lambda sound: sound[:480].view(10, 48),
        clips[:3],
        5,
        4,
        torch.Generator().manual_seed(0),
        0.3,
    )
    assert x.shape == (5, 10, 48) and lengths.tolist() == [10] * 5
    assert all(1 <= len(digits_) <= 4 for digits_ in said)
    assert sounds.text([5, 2, 3]) == "five two three"


# --- the twins of the notebook's functions --------------------------------------------


def test_collapse_and_beam_search_are_those_of_the_notebook():
    collapse, search = defined("collapse"), defined("beam_search")
    for path in itertools.product("_et", repeat=4):
        assert decoding.collapse(path) == collapse(path)
    log_probs = random_log_probs(12, 0)
    mine, theirs = (
        decoding.beam_search(log_probs.exp().numpy(), 5),
        search(log_probs, 5),
    )
    assert list(mine) == list(theirs)
    assert list(mine.values()) == pytest.approx(list(theirs.values()))


@pytest.mark.parametrize("text", ["three", "ee", "", "zero one", "x"])
def test_a_probability_is_that_of_pytorch(text):
    log_probs = random_log_probs(14, 1)
    ids = torch.tensor([decoding.CHARACTERS.index(c) for c in text], dtype=torch.int64)
    sizes = torch.tensor(14), torch.tensor(len(text))
    loss = F.ctc_loss(log_probs, ids, *sizes, reduction="sum")
    mine = decoding.probability(log_probs.exp().numpy(), text)
    assert -math.log(mine) == pytest.approx(float(loss), abs=1e-10)


# --- the lab --------------------------------------------------------------------------


def test_the_readings_are_whole_and_show_what_the_lesson_says():
    found = decoding.readings()
    for text, one in found.items():
        assert one.probs.sum(axis=1) == pytest.approx(1)
        assert one.mel.shape == (2 * len(one.probs), 24)
        assert one.voice in digits.TEST
        assert room.collapse(
            [decoding.CHARACTERS[i] for i in room.chosen_path(one, {})]
        ) == {"three eight": "threeight", "two three": "tewo three"}.get(
            text, "six hre" if text.startswith("six") else text
        )


@pytest.mark.thorough
def test_the_readings_are_what_the_notebook_trains(monkeypatch):
    monkeypatch.chdir(DATA.parent)  # to come back from where it goes
    kept = json.loads(readings.TARGET.read_text("utf-8"))
    for text, one in readings.make().items():
        for key in ("mel", "log_probs"):
            assert np.abs(np.array(one[key]) - np.array(kept[text][key])).max() <= 2


def test_the_sums_repair_what_the_likeliest_path_loses():
    for text in ("three eight", "two three"):
        assert next(iter(room.beam_at(text, 999))) == text


def test_one_frame_takes_a_letter_and_most_frames_take_nothing():
    one = decoding.readings()["three"]
    path = [decoding.CHARACTERS[i] for i in room.chosen_path(one, {})]
    blank = "".join(path).index("e_e") + 2
    assert decoding.collapse([*path[: blank - 1], "e", *path[blank:]]) == "thre"


def test_changes_go_round_and_can_be_put_back():
    lab = room.decoder_lab()
    first = lab.said
    for _ in range(3):
        lab.picture.pick("f1")
    assert lab.said == first
    lab.picture.pick("f1")
    assert "You have changed 1 frame" in lab.said
    lab.back.click()
    assert lab.said == first


def test_another_sound_forgets_the_changes_and_has_its_own_frames():
    lab = room.decoder_lab()
    lab.picture.pick("f40")
    lab.sound.value = "three"
    assert lab.changes.value == "" and lab.frame.max == lab.frame.value == 10
    lab.changes.value = "11:1"
    assert "from 1 to 10" in lab.said


# --- figures --------------------------------------------------------------------------


def test_the_lattice_has_a_dot_for_each_place_on_a_way():
    fig = figures.draw_lattice("ee", frames=4, title="x")
    shown = str(figure_data(fig))
    assert shown.count("blank _") == 3 and shown.count("letter e") == 2
    assert png_bytes(fig)


def test_a_sound_and_a_reading_can_be_drawn():
    one = decoding.readings()["three"]
    assert png_bytes(figures.draw_sound(np.zeros(4000), one.mel, title="x"))
    log_probs = np.log(one.probs + 1e-9)
    fig = figures.draw_reading(one.mel, log_probs, decoding.CHARACTERS, title="x")
    assert png_bytes(fig)
