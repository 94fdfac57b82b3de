"""Notebook 02: the lab's table against PyTorch, the figures, and the exercises."""

from __future__ import annotations

import math
import re
from collections import Counter

import pytest
import torch

from charrnn_helpers import data
from charrnn_helpers.lessons.n02 import checks, figures, lab
from tests.tools.figures import LONG, assert_legible

VOCAB = data.Vocabulary.from_texts(data.SENTENCES)
INPUTS, TARGETS = data.shift(data.encode_batch(VOCAB, data.pad(data.SENTENCES)))


def counted_table() -> torch.Tensor:
    """Shares of the next character after each one, by PyTorch: (V, V)."""
    V = len(VOCAB)
    pairs = torch.bincount((INPUTS * V + TARGETS).flatten(), minlength=V * V)
    counts = pairs.view(V, V).double()
    return counts / counts.sum(dim=1, keepdim=True).clamp(min=1)


def test_the_table_is_the_counted_one():
    table = counted_table()
    for x, current in enumerate(VOCAB.itos):
        shares = lab.followers().get(current, {})
        for y, following in enumerate(VOCAB.itos):
            assert shares.get(following, 0.0) == pytest.approx(table[x, y].item())


def test_the_surprises_average_to_the_bigram_loss():
    surprises = [
        -math.log(lab.followers()[VOCAB.itos[x]][VOCAB.itos[y]])
        for x, y in zip(
            INPUTS.flatten().tolist(), TARGETS.flatten().tolist(), strict=True
        )
    ]
    expected = data.bigram_loss(INPUTS, TARGETS)
    assert sum(surprises) / len(surprises) == pytest.approx(expected)


@pytest.mark.parametrize("sentence", data.SENTENCES)
def test_each_step_names_prefix_target_guess_and_surprise(sentence):
    ids = VOCAB.encode(sentence)
    table = counted_table()
    for step, (x, y) in enumerate(zip(*data.shift(ids), strict=True)):
        text = lab.draw(sentence, step).text
        prefix = VOCAB.decode(ids[: step + 1]).replace(" ", "␣")
        target = VOCAB.itos[y].replace(" ", "␣")
        assert f"Step {step}, example {step + 1} of {len(ids) - 1}:" in text
        assert f"after the prefix “{prefix}” comes the target “{target}”" in text
        best = table[x].max().item()
        assert f"(probability {best:.3f}" in text
        said = re.search(r"would guess (.*?) \(probability", text)[1].split(" or ")
        likeliest = [VOCAB.itos[i] for i in (table[x] == best).nonzero().flatten()]
        assert said == [f"“{c.replace(' ', '␣')}”" for c in likeliest]
        assert f"surprise of {table[x, y].log().abs().item():.3f} nats" in text
        right = likeliest == [VOCAB.itos[y]]
        assert (": right, with" in text) == right


def test_what_the_bigram_has_never_seen_is_said_so():
    never_after = lab.draw("hz", 0)
    assert "it has never seen “z” there" in never_after.text
    assert "infinite" in never_after.text
    assert "0.000" in never_after.picture
    unknown = lab.draw("zh", 0)
    assert "“z”, which nothing follows" in unknown.text
    assert "share after" not in unknown.picture
    assert "“g”, which nothing follows" in lab.draw("go", 0).text  # ends a sentence


def test_the_picture_marks_input_and_target_of_the_step():
    picture = lab.draw("hello", 2).picture
    strong = re.findall(r"<td style=\"border:3px[^\"]*\">(.*?)</td>", picture)
    assert strong == ["l", "l"]
    strong = re.findall(
        r"<td style=\"border:3px[^\"]*\">(.*?)</td>", lab.draw("hello", 0).picture
    )
    assert strong == ["h", "e"]
    assert picture.count("✓</td>") == 3
    assert re.search(r"▶ l</th>.*?0\.500", picture)


def test_typed_text_is_escaped():
    sentence = "<script>a & b</script>"
    for step in range(len(sentence) - 1):
        drawing = lab.draw(sentence, step)
        assert "<script" not in drawing.text + drawing.picture
        assert "& b" not in drawing.text + drawing.picture
    assert "“&lt;script&gt;a␣&amp;”" in lab.draw(sentence, 10).text


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("", "too short: type at least 2 characters"),
        ("h", "too short: type at least 2 characters"),
        ("h" * 10_000, "has 10,000 characters; this lab draws up to 200"),
    ],
)
def test_wrong_input_is_answered_by_a_sentence(sentence, said):
    with pytest.raises(ValueError, match=said):
        lab.draw(sentence, 0)
    shown = lab.shift_lab()
    shown.step.value = 9
    shown.sentence.value = sentence
    assert said in shown.said
    assert shown.picture.stale
    shown.sentence.value = "hello"
    assert "of 4" in shown.said


@pytest.mark.parametrize("step", [-1, 4])
def test_there_is_no_step_outside_the_sentence(step):
    with pytest.raises(ValueError, match=f"0 to 3; there is no step {step}"):
        lab.draw("hello", step)


def test_the_slider_ends_where_the_sentence_ends():
    shown = lab.shift_lab()
    assert (shown.step.min, shown.step.max) == (0, 15)
    shown.step.value = 15
    assert "Step 15, example 16 of 16" in shown.said
    shown.sentence.value = "how"
    assert (shown.step.value, shown.step.max) == (1, 1)
    assert "Step 1, example 2 of 2" in shown.said
    shown.sentence.value = "hi"
    assert (shown.step.value, shown.step.max) == (0, 0)
    assert "Step 0, example 1 of 1" in shown.said
    shown.sentence.value = "how are you doing"
    shown.step.value = 15
    assert "comes the target “g”" in shown.said
    assert all(control.description for control in shown.controls.values())


# --- the figures ---


def test_shift_pairs_each_input_with_the_next_character():
    (ax,) = figures.draw_shift("hello", highlight=2).axes
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
    (given,) = figures.draw_prefixes("ho", targets="ow").axes
    assert {text.get_position(): text.get_text() for text in given.texts} == cells


@pytest.mark.parametrize("draw", [figures.draw_shift, figures.draw_prefixes])
def test_an_example_needs_two_characters(draw):
    with pytest.raises(ValueError, match=r"at least 2 characters.* this one has 1"):
        draw("h")


def test_shift_and_prefixes_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match=r"highlight must be in \[0, 4\), not 4"):
        figures.draw_shift("hello", highlight=4)
    with pytest.raises(ValueError, match="text has 2 characters and targets 1"):
        figures.draw_prefixes("he", targets="e")


EXTREMES = {
    "shift": lambda: figures.draw_shift(LONG),
    "shift, two": lambda: figures.draw_shift("hi"),
    "prefixes": lambda: figures.draw_prefixes(LONG[:24]),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_the_figure_is_legible(name):
    assert_legible(EXTREMES[name]())


# --- the exercises ---


def test_the_prediction_of_exercise_2_2_is_what_the_program_gives():
    texts = ["tea", "coffee", "milk"]
    vocab = data.Vocabulary.from_texts(texts, pad=True)
    _, targets = data.shift(data.encode_batch(vocab, texts))
    real = int((targets != vocab.pad_id).sum())
    found = tuple(targets.shape), targets.dtype, targets.numel(), real
    assert checks.shift_prediction.expected() == found


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (((3, 6), torch.int64, 15, 10), "The shape is not right: you gave (3, 6)"),
        (((3, 5), torch.int64, 18, 13), "There are as many targets as the shape has"),
        (
            ([3, 5], torch.int64, 15, 9),
            "characters among them is not right: you gave 9",
        ),
        ((3, 5, torch.int64, 15, 10), "put it in brackets of its own"),
    ],
)
def test_the_reply_to_a_prediction_names_the_part(answer, said):
    assert said in checks.shift_prediction.verdict(answer).message


@pytest.mark.parametrize("case", checks.count_loss.cases)
def test_the_losses_of_exercise_2_4_are_the_taught_ones(case):
    expected = data.bigram_loss(*case)
    assert checks.count_loss.reference(*case) == pytest.approx(expected)


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


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((4, math.log(3) / 6), "The floor is right. The line is another one"),
        ((4, 0.1061), "That line does what it should."),
        ((5, 0.1061), "That is the floor of the program with the bug."),
        ((5, math.log2(3) / 6), "That is the floor in bits"),
        ((5, 0.183), "rounded to few digits"),
        ((5, 2.5), "Exercise 2.5: the floor is not right: you gave 2.5"),
    ],
)
def test_line_and_floor_are_judged_apart(answer, said):
    verdict = checks.line_and_floor.verdict(answer)
    assert not verdict.passed
    assert said in verdict.message


@pytest.mark.parametrize("answer", [(5, 0.1831), torch.tensor([5, math.log(3) / 6])])
def test_four_digits_of_the_floor_are_enough(answer):
    assert checks.line_and_floor.verdict(answer).passed
