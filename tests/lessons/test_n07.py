"""What is notebook 07's own: its lab, without a front end, checks and figure."""

from __future__ import annotations

import itertools
import math
import re

import nbformat
import pytest
import torch
import torch.nn.functional as F

from charrnn_helpers import data, names, sampling
from charrnn_helpers.lessons.n07 import checks as checks_07
from charrnn_helpers.lessons.n07 import figures
from charrnn_helpers.lessons.n07 import lab as lab_07
from charrnn_helpers.running import running_model
from tests.tools.exercises import NOTEBOOKS
from tests.tools.figures import assert_legible

MODEL, VOCAB, *_ = running_model()
ALL = {"temperature": 1.0, "top_k": 27, "top_p": 1.0}
STATE = ALL | {"prompt": "", "seed": 0}
SETTINGS = [
    ALL,
    ALL | {"temperature": 0.0},
    ALL | {"temperature": 0.5, "top_p": 0.8},
    ALL | {"temperature": 1.5, "top_k": 5},
    {"temperature": 2.0, "top_k": 4, "top_p": 0.5},
]


@pytest.mark.parametrize("controls", SETTINGS)
@pytest.mark.parametrize("prompt", ["", "isab"])
def test_the_names_are_those_that_the_helper_draws(prompt, controls):
    model, letters = lab_07.names_model()
    for seed, name in list(enumerate(lab_07.draw_names(prompt, **controls)))[::7]:
        assert name == sampling.sample(
            model,
            letters,
            prompt,
            lab_07.LONGEST_NAME - len(prompt),
            generator=torch.Generator().manual_seed(seed),
            begin=True,
            **controls,
        )


@pytest.mark.parametrize("controls", SETTINGS)
def test_the_stages_are_softmax_powers_and_two_cuts(controls):
    model, letters = lab_07.names_model()
    name = lab_07.draw_names("", **controls)[3]
    way = lab_07.way_of(name, "", **controls)
    ids = [letters.end_id, *letters.encode(name).tolist(), letters.end_id]
    assert way.ids == ids[1:]
    one_hot = F.one_hot(torch.tensor(ids[:-1]), len(letters)).double()
    with torch.no_grad():
        rows = model.output(model.rnn(one_hot)[0])
    for t, z in enumerate(rows):
        z[letters.pad_id] = -torch.inf
        # By another way than the helper: powers of probabilities, then the two cuts.
        first = z.softmax(-1)
        tempered = F.one_hot(z.argmax(), len(z)).double()
        if controls["temperature"]:
            tempered = first ** (1 / controls["temperature"])
            tempered /= tempered.sum()
        order = tempered.argsort(descending=True)
        top_k = tempered.clone()
        top_k[order[controls["top_k"] :]] = 0
        top_k /= top_k.sum()
        keep = 1 + int((top_k[order].cumsum(0) < controls["top_p"] - 1e-6).sum())
        top_p = top_k.clone()
        top_p[order[keep:]] = 0
        top_p /= top_p.sum()
        for stage, oracle in zip(
            way.stages.values(), (first, tempered, top_k, top_p), strict=True
        ):
            torch.testing.assert_close(stage[t], oracle, rtol=0, atol=1e-10)


def test_the_sentence_counts_the_names_by_the_lists():
    train, validation, test = names.split()
    drawn = lab_07.draw_names("", **ALL | {"temperature": 0.5})
    copied = sum(name in train for name in drawn)
    unseen = sum(name in validation + test for name in drawn)
    said = lab_07.draw_sampling(**STATE | {"temperature": 0.5}).text
    rest = 100 - copied - unseen
    assert f"{copied} copied, {unseen} real but unseen, {rest} invented;" in said
    assert f"{len(set(drawn))} different names." in said
    assert copied > 5 and unseen > 0


def test_the_desk_shows_the_least_likely_symbol_or_the_one_that_was_picked():
    lab = lab_07.sampling_lab()
    assert lab.said.startswith("Seed 0 drew “lesha”: copied.")
    assert "Its “s” (thick frame)" in lab.said
    lab.picture.pick("t1")
    assert "Its “e” (thick frame)" in lab.said
    lab.picture.pick("t5")
    assert "Its “end” (thick frame)" in lab.said
    lab.picture.pick("t5")  # let go
    assert "Its “s” (thick frame)" in lab.said
    lab.picture.pick("n4")
    assert lab.seed.value == 4 and lab.said.startswith("Seed 4 drew")
    lab.picked = "t19"  # past the end of the name: as if nothing was picked
    lab.redraw()
    assert lab.said.startswith("Seed 4 drew")


def test_greedy_says_one_name_and_the_cut_stands_under_its_last_symbol():
    greedy = lab_07.draw_sampling(**STATE | {"temperature": 0.0})
    assert "“margelene”: invented." in greedy.text
    assert "1 different name." in greedy.text and "from 1 of 27 symbols" in greedy.text
    cut = lab_07.draw_sampling(**STATE | {"top_k": 5, "seed": 2, "picked": "t0"})
    assert re.findall(r'data-cut="(\d+)"', cut.picture) == ["5"]
    assert cut.picture.count("5 of 27 stay") == 2
    free = lab_07.draw_sampling(**STATE)
    assert "data-cut" not in free.picture


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("Isabel", "The model has never seen “I”: it knows the small letters a to z."),
        ("<b>", "has never seen “<”"),
        ("a" * 11, "The beginning has 11 characters; this lab draws up to 10."),
    ],
)
def test_wrong_input_gets_a_sentence(prompt, sentence):
    lab = lab_07.sampling_lab()
    before = lab.said
    lab.prompt.value = prompt
    assert lab.said.startswith("✗ ") and sentence in lab.said
    assert lab.picture.stale and lab.picture.value
    lab.prompt.value = ""
    assert lab.said == before and not lab.picture.stale


def test_the_extremes_of_every_control_draw():
    lab = lab_07.sampling_lab()
    for temperature, top_k, top_p in itertools.product((0, 3), (1, 27), (0.05, 1)):
        lab.temperature.value, lab.top_k.value = temperature, top_k
        lab.top_p.value = top_p
        for seed in (0, 50, 99):
            lab.seed.value = seed
            assert not lab.said.startswith("✗") and not lab.picture.stale


# --- the exercises ---


def test_line_9_alone_is_wrong_in_exercise_7_2():
    path = NOTEBOOKS / "07_sampling.ipynb"
    (cell,) = (
        c.source
        for c in nbformat.read(path, as_version=4).cells
        if c.source.startswith("### Exercise 7.2 ")
    )
    lines = re.search(r"```text\n(.*?)```", cell, re.S)[1].splitlines()
    assert [int(line[:2]) for line in lines] == list(range(1, len(lines) + 1))
    wrong = checks_07.lost_state.expected()
    assert [n for n, line in enumerate(lines, 1) if "h_next" in line] == [wrong]

    def completed(program: list[str]) -> list[str]:
        space = {"torch": torch}
        exec("\n".join(line[4:] for line in program), space)
        return [space["continue_text"](MODEL, VOCAB, p, 12) for p in ("hello", "i")]

    right = []
    for text in ("hello", "i"):
        for _ in range(12):
            text += VOCAB.itos[int(MODEL(VOCAB.encode(text))[0][-1].argmax())]
        right.append(text)
    assert completed(lines)[0] == "hello hnhnhnhnhnh" != right[0]
    assert completed([line.replace("h_next", "h") for line in lines]) == right


@pytest.mark.parametrize("controls", [{"top_p": 0.6}, {"temperature": 0.5}])
def test_the_exact_fractions_of_exercise_7_5_are_those_of_draws(controls):
    controls = {"temperature": 1.0, "top_p": 1.0} | controls
    generator = torch.Generator().manual_seed(0)
    texts = [
        sampling.sample(MODEL, VOCAB, "h", 16, generator=generator, **controls)
        for _ in range(600)
    ]
    counts = [texts.count(data.SENTENCES[i]) / 600 for i in (0, 2)]
    exact = checks_07.outcome(**controls)
    for counted, p in zip((sum(counts), min(counts)), exact, strict=True):
        assert abs(counted - p) <= 4 * math.sqrt(max(p * (1 - p), 0) / 600) + 1e-9


# --- the figures ---


def test_the_temperatures_have_a_panel_for_the_loss():
    copied, losses = [0.2, 0.1, 0.0], [3.0, 2.0, 2.5]
    fig = figures.draw_temperatures((0.5, 1.0, 2.0), {"copied": copied}, losses)
    drawn = [list(axes.lines[0].get_ydata()) for axes in fig.axes]
    assert drawn == [copied, losses]
    assert_legible(fig)
