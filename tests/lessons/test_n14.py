"""What is notebook 14's own: its data, its surnames, its lab without a front end."""

from __future__ import annotations

import hashlib
import importlib.util
from collections import Counter
from itertools import product

import numpy as np
import pytest
import torch

from charrnn_helpers.lessons.n14 import checks, languages
from charrnn_helpers.lessons.n14 import lab as lab_14
from tests.tools import japanese_vowels
from tests.tools.exercises import NOTEBOOKS

STORED = NOTEBOOKS / "data" / "japanese_vowels.npz"

# --- the recordings ---


def test_the_recordings_are_those_of_the_set():
    with np.load(STORED) as stored:
        frames, lengths, speakers, parts = (
            stored[name] for name in ("frames", "lengths", "speakers", "parts")
        )
    assert frames.shape == (9961, 12) and frames.dtype == np.float32
    assert np.isfinite(frames).all() and lengths.sum() == 9961
    assert (lengths.min(), lengths.max()) == (7, 29)
    assert parts.tolist() == [270, 370]
    assert np.bincount(speakers[:270]).tolist() == [30] * 9
    of_the_test = [31, 35, 88, 44, 29, 24, 40, 50, 29]  # as its documentation says
    assert np.bincount(speakers[270:]).tolist() == of_the_test
    assert STORED.stat().st_size < 500_000


def test_a_file_of_the_set_is_read(tmp_path):
    path = tmp_path / "few.ts"
    path.write_text("#\n@data\n1.5,2:3,4:1\n5:6:9\n", encoding="utf-8")
    utterances, speakers = japanese_vowels.read(path)
    assert [u.tolist() for u in utterances] == [[[1.5, 3], [2, 4]], [[5, 6]]]
    assert speakers == [0, 8]


def test_the_file_is_what_the_script_makes_where_the_source_is_installed():
    if importlib.util.find_spec("aeon") is None:
        pytest.skip("aeon, which brings the set, is not installed")
    (folder,) = importlib.util.find_spec("aeon").submodule_search_locations
    source = japanese_vowels.Path(folder) / "datasets/data/JapaneseVowels"
    with np.load(STORED) as stored:
        for name, array in japanese_vowels.arrays(source).items():
            assert np.array_equal(stored[name], array)


# --- the surnames ---


def test_no_name_is_in_two_languages_or_in_both_parts():
    train, test = languages.split()
    names = [name for name, _ in train + test]
    assert len(names) == len(set(names)) == 5_786
    assert len(test) == 1_157
    assert all(name.isascii() and name.isalpha() for name in names)
    assert set(Counter(label for _, label in test)) == set(range(11))
    assert languages.load()[1] == 510


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Müller", "muller"),
        ("Ørsted", "orsted"),
        ("Þórðarson", "thordarson"),
        ("Łoś", "los"),
        ("Weiß", "weiss"),
        ("Kjær", "kjaer"),
    ],
)
def test_accents_are_taken_off(name, expected):
    assert languages.plain(name) == expected


def test_other_lists_are_refused(monkeypatch):
    monkeypatch.setattr(languages, "_surnames", lambda language: {"smith", language})
    with pytest.raises(ValueError, match=r"holds 11 surnames.*mimesis==22\.2\.0"):
        languages.load.__wrapped__()


def test_the_fingerprint_is_of_names_and_languages():
    text = "\n".join(f"{name} {number}" for name, number in languages.load()[0])
    assert hashlib.sha256(text.encode()).hexdigest() == languages._FINGERPRINT


# --- the bound ---


def test_the_bound_of_the_exercise_is_that_of_a_count():
    """Once over words, as the lesson counts."""
    bags = {}
    for first, second in product(
        ["good", "bad"], ["good", "bad", "not good", "not bad"]
    ):
        bag = tuple(sorted(f"{first} but {second}".split()))
        bags.setdefault(bag, []).append(second in ("good", "not bad"))
    best = sum(max(sum(v), len(v) - sum(v)) for v in bags.values())
    assert checks.bound.expected() == best / 8 == 0.75
    assert checks._bound(lambda n1, n2: True) == 0.625


# --- the lab ---


def test_a_belief_is_that_of_the_name_if_it_ended_there():
    model = lab_14.trained()
    after, nexts = lab_14.beliefs(model, "larsson", 5)
    for t in range(1, 8):
        states, _ = model.rnn(lab_14.rows_of(["larsson"[:t]]))
        alone = model.output(states[0, -1]).softmax(dim=-1)
        assert torch.allclose(after[t - 1], alone, atol=1e-9)
    o = lab_14.LETTERS.index("o")
    assert torch.allclose(nexts[o], after[5], atol=1e-9)


def test_the_last_letters_decide():
    """The insight of the lab."""
    swedish, polish = map(languages.NAMES.index, ("Swedish", "Polish"))
    after, nexts = lab_14.beliefs(lab_14.trained(), "larsson", 6)
    assert after[5, swedish] < 0.5 < 0.9 < after[6, swedish]
    assert nexts[:, swedish].min() < 0.3  # one other letter, and it is not
    after, _ = lab_14.beliefs(lab_14.trained(), "larssonski", 10)
    assert after[-1].argmax() == polish


def test_picks_cut_watch_and_add():
    lab = lab_14.belief_lab()
    lab.picture.pick("Italian6")
    assert (lab.watched.value, lab.place.value) == ("Italian", 6)
    assert "after “larsso”" in lab.said
    lab.picture.pick("+i")
    assert (lab.typed.value, lab.place.value) == ("larssoi", 7)
    lab.typed.value = "nagy"
    assert lab.place.value == 4 and "after “nagy”" in lab.said
    for _ in range(20):
        lab.picture.pick("+a")
    assert len(lab.typed.value) == languages.LONGEST


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "too short"),
        ("  ", "too short"),
        ("van dam", "not “ ”"),
        ("o'neil", "not “'”"),
        ("x" * 15, "15 characters"),
        ("æ" * 8, "16 characters"),
    ],
)
def test_what_is_no_surname_gets_a_sentence(text, said):
    lab = lab_14.belief_lab()
    before = lab.picture.value
    lab.typed.value = text
    assert said in lab.said
    assert lab.picture.stale and lab.picture.value == before
    lab.picture.pick("+a")  # of another name: nothing happens
    assert lab.typed.value == text


def test_accents_are_read_as_letters():
    lab = lab_14.belief_lab()
    lab.typed.value = "Müller"
    plain = lab.picture.value
    lab.typed.value = "muller"
    assert lab.picture.value == plain
