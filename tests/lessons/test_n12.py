"""What is notebook 12's own: labels, figures, and its lab without a front end."""

from __future__ import annotations

import ast
import tokenize
from pathlib import Path

import pytest
import torch

from charrnn_helpers import corpus, models
from charrnn_helpers.lessons.n12 import figures, labels
from charrnn_helpers.lessons.n12 import lab as lab_12
from charrnn_helpers.lessons.n12.labels import Span, spans

(NOTEBOOK,) = (Path(__file__).parents[2] / "notebooks").glob("12_*.ipynb")

# --- labels ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 'abc' # hi (\n", [("string", "'abc'"), ("comment", "# hi (")]),
        ("f(a, [b])", [("bracket", "b"), ("bracket", "a, [b]")]),
        ("f()\n", []),
        ("y = f'{a(1)} b' + (c)", [("string", "f'{a(1)} b'"), ("bracket", "c")]),
        ('x = """a\nb"""\n', [("string", '"""a\nb"""')]),
        ("# it's", [("comment", "# it's")]),
        # What breaks off goes on to the end.
        ("f(a, [b, c", [("bracket", "b, c"), ("bracket", "a, [b, c")]),
        ('x = """abc\ndef', [("string", '"""abc\ndef')]),
        ("x = 'abc", [("string", "'abc")]),
        ("x = f(1, 'a b", [("string", "'a b"), ("bracket", "1, 'a b")]),
        ("", []),
        ("1 +", []),
    ],
)
def test_spans_are_what_tokenize_sees(text, expected):
    assert [(kind, text[a:b]) for kind, a, b in spans(text)] == expected


@pytest.mark.parametrize("text", ["))", "  x\n y\n", "$?\n", "a\\", "\x0c(", "'''''"])
def test_text_that_is_no_python_gets_no_error(text):
    assert all(
        isinstance(s, Span) and 0 <= s.begin < s.end <= len(text) for s in spans(text)
    )


def test_the_strings_of_the_held_out_text_are_strings():
    text = corpus.load().validation[:40_000]
    text = text[: text.rindex("\nclass ") + 1]
    found = spans(text)
    strings = [text[s.begin : s.end] for s in found if s.kind == "string"]
    assert len(strings) > 50
    for literal in strings:
        assert ast.parse(f"({literal})")
    assert all(text[s.begin] == "#" for s in found if s.kind == "comment")
    assert all(text[s.begin - 1] in "([{" for s in found if s.kind == "bracket")
    assert all(text[s.end] in ")]}" for s in found if s.kind == "bracket")


def test_an_f_string_of_many_tokens_is_one_string(monkeypatch):
    """As Python 3.12 and later cut it."""
    text = "f'{a(1)}' # (\n"
    pieces = [
        ("FSTRING_START", "f'", 0, 2),
        ("OP", "{", 2, 3),
        ("NAME", "a", 3, 4),
        ("OP", "(", 4, 5),
        ("NUMBER", "1", 5, 6),
        ("OP", ")", 6, 7),
        ("OP", "}", 7, 8),
        ("FSTRING_END", "'", 8, 9),
        ("COMMENT", "# (", 10, 13),
    ]
    names = dict(enumerate(dict.fromkeys(name for name, *_ in pieces), start=900))
    numbers = {name: number for number, name in names.items()}
    monkeypatch.setattr(tokenize, "tok_name", names)
    monkeypatch.setattr(
        tokenize,
        "generate_tokens",
        lambda readline: (
            tokenize.TokenInfo(numbers[name], string, (1, a), (1, b), text)
            for name, string, a, b in pieces
        ),
    )
    assert spans(text) == [("string", 0, 9), ("comment", 10, 13)]


def test_lines_of_english_and_code_are_told_apart():
    text = '''def f(a, b):  # a remark
    """The sum of two,
    said in plain words.
    said in plain words.
    >>> f(1, 2)"""
    return g(a, b) + h[0]
    total = a + b + c + d
'''
    found = labels.english_and_code(text, width=15)
    assert found == {"English": ["said in plain w"], "code": ["return g(a, b) "]}


# --- figures ---


def test_each_character_stands_on_its_number():
    text, values = "ab\nc", torch.tensor([0.5, -0.5, 0.1, -1.0])
    (image,) = figures.draw_text(text, values).axes[0].get_images()
    array = image.get_array()
    assert array.shape == (2, 3)
    assert array[0].tolist() == pytest.approx([0.5, -0.5, 0.1])
    assert array[1, 0] == -1 and array.mask[1, 1:].all()


# --- the lab ---


def told(lab):
    """What the sentence says: the means inside and elsewhere, and the AUC."""
    words = lab.said.replace("−", "-").replace(",", " ").split()
    at = words.index("mean")
    return (
        float(words[at + 1]),
        float(words[words.index("elsewhere.") - 1]),
        float(words[words.index("AUC") + 2]),
    )


@pytest.mark.parametrize("network", ["trained", "untrained"])
def test_the_lab_says_what_the_network_does(network):
    lab = lab_12.viewer_lab()
    lab.network.value = network
    lab.unit.value = 35
    model = corpus.trained()[0] if network == "trained" else corpus.untrained()
    before = corpus.load().validation[lab_12.BEFORE]
    ids = corpus.vocabulary().encode(before + lab_12.EXAMPLE)
    with torch.no_grad():
        h = models.trace(model, ids)["h"][0, len(before) :, 35]
    inside = torch.zeros(len(h), dtype=torch.bool)
    for kind, begin, end in spans(lab_12.EXAMPLE):
        if kind == "string":
            inside[begin:end] = True
    pairs = h[inside].unsqueeze(1) - h[~inside]
    score = (pairs > 0).double().mean().item()
    expected = h[inside].mean(), h[~inside].mean(), max(score, 1 - score)
    assert told(lab) == pytest.approx([float(x) for x in expected], abs=0.006)


def test_the_bracket_unit_needs_its_brackets_and_the_other_no_quotes():
    """The insight of the lab."""
    lab = lab_12.viewer_lab()
    lab.label.value = "bracket"
    inside, _, score = told(lab)
    lab.rub.value = True
    without, _, again = told(lab)
    assert inside < -0.1 < 0 < without and score > 0.95 > 0.85 > again
    english = '"' + "the weights of a layer are drawn at random" + '"\n'
    code = '"h = self.layer(x); y = self.output(h)"\n'
    for text, sign in ((english, -1), (code, 1)):
        lab = lab_12.viewer_lab()
        lab.typed.value = text + "x = 1\n"
        values = [told(lab)[0]]
        lab.rub.value = True
        values.append(told(lab)[0])
        assert all(sign * value > 0.2 for value in values)


def test_on_a_short_text_an_untrained_unit_looks_as_good():
    lab = lab_12.viewer_lab()
    lab.label.value, lab.network.value = "bracket", "untrained"
    first = lab_12.rivals(lab_12.EXAMPLE, lab_12.EXAMPLE, "untrained", "bracket")[1][0]
    lab.picture.pick(f"u{first}")
    assert lab.unit.value == first and told(lab)[2] > 0.9


def test_a_label_and_a_network_go_to_their_unit():
    lab = lab_12.viewer_lab()
    for network, units in lab_12.UNITS.items():
        lab.network.value = network
        for label, unit in units.items():
            lab.label.value = label
            assert lab.unit.value == unit


def test_these_are_the_units_that_the_notebook_finds():
    found = NOTEBOOK.read_text(encoding="utf-8")
    for label, unit in lab_12.UNITS["trained"].items():
        assert f"{label:14}  unit {unit:3}  AUC" in found


def test_a_character_goes_to_the_unit_that_stands_out_there():
    lab = lab_12.viewer_lab()
    states = lab_12.read(lab_12.EXAMPLE, "trained")
    lab.picture.pick("c9")
    z = (states - states.mean(dim=0)) / (states.std(dim=0) + 0.05)
    assert lab.unit.value == z[9].abs().argmax()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "too short"),
        ("x" * 241, "241 characters"),
        ("é", "printable ASCII"),
        ("x = 1", "Nothing here is inside"),
        ("'abc'", "or all of it is"),
    ],
)
def test_what_the_lab_cannot_tell_it_says(text, said):
    lab = lab_12.viewer_lab()
    lab.typed.value = text
    assert said in lab.said
    assert lab.picture.stale == said.startswith(("too", "241", "printable"))
