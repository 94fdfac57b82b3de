"""What is notebook 00's own: its lab, without a front end, and its figures."""

from __future__ import annotations

import re

import pytest
import torch
import torch.nn.functional as F

from charrnn_helpers import data
from charrnn_helpers.lessons.n00 import figures
from charrnn_helpers.lessons.n00 import lab as lab_00
from charrnn_helpers.running import running_model
from tests.tools.exercises import NOTEBOOKS
from tests.tools.figures import assert_legible


def tiles(picture: str) -> list[tuple[str, str, str]]:
    """Character, note and style of each tile."""
    found = re.findall(
        r'<(?:span|button)[^>]* style="(display:inline-block;min-width:31px[^"]*)">'
        r'<span style="[^"]*">([^<]*)</span><span style="[^"]*">([^<]*)</span></',
        picture,
    )
    return [(character, note, style) for style, character, note in found]


def greedy(prompt: str, epochs: int, count: int) -> tuple[str, list[torch.Tensor]]:
    """The completion by PyTorch's layers, reading the whole text for each step."""
    model, vocab, *_ = running_model(epochs)
    text, rows = prompt, []
    with torch.no_grad():
        for _ in range(count):
            x = F.one_hot(vocab.encode(text), len(vocab)).float()
            rows.append(model.output(model.rnn(x)[0][-1]).softmax(-1))
            text += vocab.itos[int(rows[-1].argmax())]
    return text, rows


@pytest.mark.parametrize("prompt", ["hello", "i", "how", "h", "g", "hello i am"])
@pytest.mark.parametrize("epochs", lab_00.EPOCHS)
def test_text_and_probabilities_are_those_of_the_layers(prompt, epochs):
    text, rows = greedy(prompt, epochs, 12)
    drawn = lab_00.draw_finish(prompt, epochs, 12)
    shown = tiles(drawn.picture)
    assert "".join(c for c, _, _ in shown) == text.replace(" ", "␣")
    assert all(not note and "dashed" in s for _, note, s in shown[: len(prompt)])
    for (_, note, style), row in zip(shown[len(prompt) :], rows, strict=True):
        assert float(note) == pytest.approx(float(row.max()), abs=0.0051)
        assert "dashed" not in style
    sure = torch.stack([row.max() for row in rows])
    worst = int(sure.argmin())
    assert f"probability of {sure.mean():.2f} on average" in drawn.text
    assert f"At character {worst + 1}, where it was least sure, " in drawn.text
    assert "outline" in shown[len(prompt) + worst][2]
    second = int(rows[worst].topk(2).indices[1])
    symbol = running_model()[1].itos[second].replace(" ", "␣")
    assert f"“{symbol}” with {rows[worst][second]:.2f}." in drawn.text


@pytest.mark.parametrize("place", range(12))
def test_a_picked_character_shows_its_own_choices(place):
    text, rows = greedy("hello", 30, 12)
    drawn = lab_00.draw_finish("hello", 30, 12, picked=str(place))
    numbers = [float(n) for n in re.findall(r"</span> (\d\.\d{3})</td>", drawn.picture)]
    expected = rows[place].topk(5)
    assert numbers == pytest.approx(expected.values.tolist(), abs=6e-4)
    wrote = text[5 + place].replace(" ", "␣")
    assert (
        f"wrote “{wrote}” with a probability of {expected.values[0]:.2f}" in drawn.text
    )
    assert "outline" in tiles(drawn.picture)[5 + place][2]


def test_a_place_that_is_no_more_gives_way_to_the_least_sure_one():
    lab = lab_00.finish_lab()
    lab.picture.pick("11")
    assert "At character 12" in lab.said
    lab.length.value = 3
    assert "where it was least sure" in lab.said


def test_the_five_likeliest_are_in_order_with_their_numbers():
    _, rows = greedy("h", 100, 16)
    picture = lab_00.draw_finish("h", 100, 16).picture
    numbers = [float(n) for n in re.findall(r"</span> (\d\.\d{3})</td>", picture)]
    worst = min(rows, key=lambda row: float(row.max()))
    expected = worst.topk(5).values.tolist()
    assert numbers == pytest.approx(expected, abs=6e-4)
    assert "▶ o" in picture


@pytest.mark.parametrize(
    ("prompt", "length", "verdict"),
    [
        ("hello", 12, ", one of the three sentences."),
        ("i", 16, ", one of the three sentences."),
        ("how", 12, ", the beginning of one of the three sentences."),
        ("g", 12, ", none of the three sentences."),
        ("hello", 1, "wrote 1 character, and"),
    ],
)
def test_the_verdict(prompt, length, verdict):
    lab = lab_00.finish_lab()
    lab.prompt.value, lab.length.value = prompt, length
    assert verdict in lab.said


def test_training_makes_the_model_sure_and_right():
    done = {n: lab_00.finish("hello", n, 12) for n in lab_00.EPOCHS}
    assert float(done[0].sure.mean()) < 0.1  # near a uniform guess, 1/16
    assert float(done[100].sure.mean()) > 0.9
    right = [n for n in lab_00.EPOCHS if done[n].text in data.SENTENCES]
    assert right == [100]


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("", "Your prompt is too short: type at least 1 character."),
        ("x" * 10_000, "Your prompt has 10,000 characters"),
        ("h" * 61, "this lab draws up to 60"),
        ("hello!", "has never seen “!”, character 6 of your prompt"),
        ("<script>&", "has never seen “<”, character 1"),
        ("\n", "has never seen"),
    ],
)
def test_wrong_input_gets_a_sentence(prompt, sentence):
    lab = lab_00.finish_lab()
    before = lab.said
    lab.prompt.value = prompt
    assert lab.said.startswith("✗ ") and sentence in lab.said
    assert lab.picture.stale and lab.picture.value
    assert "<script" not in lab.text.value
    lab.prompt.value = "hello"
    assert lab.said == before


@pytest.mark.parametrize(("epochs", "length"), [(7, 12), (100, 0), (100, 61)])
def test_the_computing_half_refuses_numbers_out_of_range(epochs, length):
    with pytest.raises(ValueError, match=str(epochs if epochs == 7 else length)):
        lab_00.draw_finish("hello", epochs, length)


# --- the figures ---


def test_the_map_shows_the_notebooks_that_there_are_and_the_parts_to_come():
    known = figures.titles(NOTEBOOKS)
    assert known["07"] == "Sampling"
    (ax,) = figures.draw_series_map(known).axes
    texts = [text.get_text().replace("\n", " ") for text in ax.texts]
    assert [text for text in texts if text.isdigit()] == sorted(known)
    assert set(known.values()) <= set(texts)
    assert "Part I · The model, step by step" in texts
    (ax,) = figures.draw_series_map({"00": "Start here"}).axes
    texts = [text.get_text() for text in ax.texts]
    assert "Part II · Why it works, and where it fails (planned)" in texts
    with pytest.raises(ValueError, match="numbers such as '03' to titles, got 'one'"):
        figures.draw_series_map({"one": "Text"})


TITLE = "Vanishing and exploding gradients"
EXTREMES = {
    "map": lambda: figures.draw_series_map({f"{n:02}": TITLE for n in range(18)}),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_the_figure_is_legible(name):
    assert_legible(EXTREMES[name]())
