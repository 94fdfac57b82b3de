"""Notebook 02: the lab by another count, the figures, and the exercises."""

from __future__ import annotations

import math
import re
from collections import Counter

import pytest
import torch
import torch.nn.functional as F

from charrnn_helpers import data
from charrnn_helpers.lessons.n02 import checks, figures, lab
from tests.tools.figures import LONG, assert_legible

VOCAB = data.Vocabulary.from_texts(data.SENTENCES)
INPUTS, TARGETS = data.shift(data.encode_batch(VOCAB, data.pad(data.SENTENCES)))


# --- the lab ---


def best_table(memory: int) -> torch.Tensor:
    """The surprise of each target under PyTorch's cross-entropy: (B, T).

    Contexts are columns of ids; places before the row hold an id that no text has.
    """
    B, T = INPUTS.shape
    before = torch.cat([torch.full((B, memory), -1), INPUTS], dim=1)
    seen = before.unfold(1, memory + 1, 1)[:, :T, 1:]  # (B, T, memory)
    if not memory:
        numbers = torch.zeros(B * T, dtype=torch.long)
    else:
        _, numbers = seen.reshape(B * T, memory).unique(dim=0, return_inverse=True)
    counts = torch.zeros(B * T, len(VOCAB), dtype=torch.float64)
    one = torch.tensor(1.0).double()
    counts.index_put_((numbers, TARGETS.flatten()), one, accumulate=True)
    logits = counts.log()[numbers]
    return F.cross_entropy(logits, TARGETS.flatten(), reduction="none").view(B, T)


@pytest.mark.parametrize("memory", range(lab.MOST + 1))
def test_each_surprise_is_that_of_the_counted_table(memory):
    surprises = best_table(memory)
    for (r, t), place in lab.places(memory).items():
        assert place.surprise == pytest.approx(surprises[r, t].item(), abs=1e-9)
    assert lab.loss(memory) == pytest.approx(surprises.mean().item())
    still = int((surprises > 1e-9).sum())
    said = re.sub("<[^>]+>", "", lab.draw(memory).text)
    assert f"{surprises.mean():.4f} nats per character and {still} of 48" in said


def test_the_rungs_of_the_lab_are_the_taught_ones():
    assert lab.loss(0) == pytest.approx(data.unigram_loss(TARGETS))
    assert lab.loss(1) == pytest.approx(data.bigram_loss(INPUTS, TARGETS))
    assert pytest.approx(data.prefix_loss(INPUTS, TARGETS)) == lab.FLOOR
    assert lab.loss(2) > lab.FLOOR + 0.1
    assert lab.loss(3) == lab.loss(5) == pytest.approx(lab.FLOOR)
    on_the_floor = ["This is the floor" in lab.draw(k).text for k in range(5)]
    assert on_the_floor == [False, False, False, True, True]
    opened = [at for at, place in lab.places(5).items() if place.surprise]
    assert opened == [(0, 0), (2, 0)]


def test_the_start_of_a_row_is_a_context_of_its_own():
    first, later = (lab.places(2)[at] for at in ((0, 0), (0, 6)))
    assert (first.context, later.context) == ("h", " h")
    assert first.answers == {"e": 1, "o": 1}
    assert "“h”, with which the row begins," in lab.draw(2, "0,0").text
    assert "with which" not in lab.draw(1, "0,0").text
    assert "with which" not in lab.draw(2, "0,6").text


def test_a_place_that_is_picked_shows_what_it_sees_and_what_came():
    shown = lab.memory_lab()
    shown.memory.value = 2
    shown.picture.pick("1,7")  # in → e, and g in doing
    assert "step 7 of text 1, the predictor sees “in”" in shown.said
    assert "the true “e” the probability 0.500: a surprise of 0.693" in shown.said
    assert 'class="seen" data-cells="2"' in shown.picture.value
    assert "What came after “in”" in shown.picture.value
    shown.memory.value = 0
    shown.picture.pick("2,15")
    assert "What came anywhere" in shown.picture.value
    assert "and 9 more" in shown.picture.value


def test_places_with_the_same_context_are_linked():
    picture = lab.draw(1, "0,0").picture
    links = re.findall(r'data-pick="(\d+,\d+)" data-link="(c\d+)"', picture)
    groups = {}
    for pick, link in links:
        groups.setdefault(link, []).append(pick)
    assert ["0,0", "0,6", "2,0"] in groups.values()  # h
    assert len(links) == 48 and len(groups) == len({*INPUTS.flatten().tolist()})


# --- the figures ---


def test_shift_pairs_each_input_with_the_next_character():
    (ax,) = figures.draw_shift("hello").axes
    cells = {
        (round(text.get_position()[0]), round(text.get_position()[1])): text.get_text()
        for text in ax.texts
        if text.get_text()
    }
    assert "".join(cells[t, 0] for t in range(4)) == "hell"
    assert "".join(cells[t, 2] for t in range(4)) == "ello"
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None)]
    assert [arrow.xy for arrow in arrows] == [(t, 1.42) for t in range(4)]


def test_prefixes_hold_every_example():
    (ax,) = figures.draw_prefixes("how").axes
    cells = {text.get_position(): text.get_text() for text in ax.texts}
    assert cells == {(0, 0): "h", (1, 0): "o", (0, 1): "h", (1, 1): "o", (2, 1): "w"}


@pytest.mark.parametrize("draw", [figures.draw_shift, figures.draw_prefixes])
def test_an_example_needs_two_characters(draw):
    with pytest.raises(ValueError, match=r"at least 2 characters.* this one has 1"):
        draw("h")


RUNGS = {"uniform": 2.7726, "unigram": 2.3367, "bigram": 0.8551, "floor": 0.0289}


def test_the_rungs_hang_at_their_heights():
    (ax,) = figures.draw_ladder(RUNGS).axes
    heights = [line.get_ydata()[0] for line in ax.lines if line.get_gid() is None]
    assert heights == list(RUNGS.values())
    texts = [text.get_text() for text in ax.texts]
    assert "0.8551 nats, like 2.4 choices" in texts
    assert {*RUNGS, *figures.SEES.values()} <= {*texts}


EXTREMES = {
    "shift": lambda: figures.draw_shift(LONG),
    "shift, two": lambda: figures.draw_shift("hi"),
    "prefixes": lambda: figures.draw_prefixes(LONG[:24]),
    "ladder": lambda: figures.draw_ladder(RUNGS),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_the_figure_is_legible(name):
    assert_legible(EXTREMES[name]())


# --- the exercises ---


def test_the_prediction_of_exercise_2_1_is_what_the_program_gives():
    texts = ["tea", "coffee", "milk"]
    vocab = data.Vocabulary.from_texts(texts, pad=True)
    _, targets = data.shift(data.encode_batch(vocab, texts))
    real = int((targets != vocab.pad_id).sum())
    found = tuple(targets.shape), targets.dtype, targets.numel(), real
    assert checks.shift_prediction.expected() == found


def test_the_readings_of_exercise_2_2_by_pytorch():
    logits = torch.tensor([math.log(6), math.log(3), 0.0])
    half = torch.tensor([[0.0, -1e9, -1e9, -1e9], [0.0, 0.0, 0.0, 0.0]])
    surprise = F.cross_entropy(half, torch.tensor([0, 0])).item()
    one, two, three = checks.readings.expected()
    assert one == pytest.approx(F.cross_entropy(logits, torch.tensor(1)).item())
    assert two / math.log(2) == pytest.approx(2)
    assert three == pytest.approx(math.exp(surprise))


@pytest.mark.parametrize("case", checks.trigram.cases())
def test_the_trigram_of_exercise_2_3_lies_between_bigram_and_floor(case):
    found = checks.trigram.reference(*case)
    low, high = data.prefix_loss(*case), data.bigram_loss(*case)
    assert low - 1e-9 <= found <= high + 1e-9


def test_on_the_sentences_the_trigram_is_the_lab_s_memory_of_two():
    assert checks.trigram.reference(INPUTS, TARGETS) == pytest.approx(lab.loss(2))


@pytest.mark.parametrize(
    ("texts", "needed"),
    [
        (("abcd", "abcd"), 1),
        (("aa", "ab"), 0),  # the first character is given
        (("xab", "zac"), 2),
        (("bring", "drink"), 4),
        (data.pad(data.SENTENCES), 3),
    ],
)
def test_how_much_memory_some_texts_need(texts, needed):
    assert checks._needed(texts) == needed


def test_the_floor_of_exercise_2_5_by_a_run_and_by_a_count():
    texts = ["the cat", "the cap", "the dog"]
    ids = data.encode_batch(data.Vocabulary.from_texts(texts), texts)
    inputs = ids[:, :-1]
    with_the_bug = data.prefix_loss(inputs, inputs.roll(-1, dims=1))
    assert round(with_the_bug, 4) == 0.1061  # as the exercise says
    line, floor = checks.line_and_floor.expected()
    assert line == 5
    assert floor == pytest.approx(data.prefix_loss(inputs, ids[:, 1:]))
    asked = [(text[:t], text[t]) for text in texts for t in range(1, len(text))]
    prefixes, examples = Counter(prefix for prefix, _ in asked), Counter(asked)
    surprises = [math.log(prefixes[p] / examples[p, c]) for p, c in asked]
    assert floor == pytest.approx(sum(surprises) / len(surprises))
