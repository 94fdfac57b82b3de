"""What is notebook 07's own: its lab, without a front end, and its figures."""

from __future__ import annotations

import math
import re

import nbformat
import pytest
import torch
import torch.nn.functional as F

from charrnn_helpers import data, sampling
from charrnn_helpers.lessons.n07 import checks as checks_07
from charrnn_helpers.lessons.n07 import figures
from charrnn_helpers.lessons.n07 import lab as lab_07
from charrnn_helpers.running import running_model
from tests.tools.exercises import NOTEBOOKS
from tests.tools.figures import assert_legible

MODEL, VOCAB, INPUTS, TARGETS, HISTORY = running_model()
STATE = {
    "prompt": "h",
    "temperature": 1.0,
    "top_k": 16,
    "top_p": 1.0,
    "length": 16,
    "seed": 7,
    "look": 1,
}


def tiles(picture: str) -> list[tuple[str, str, str]]:
    """Character, note and style of each tile."""
    found = re.findall(
        r'<span style="(display:inline-block;min-width:31px[^"]*)">'
        r'<span style="[^"]*">([^<]*)</span><span style="[^"]*">([^<]*)</span></span>',
        picture,
    )
    return [(character, note, style) for style, character, note in found]


def bars(picture: str) -> list[tuple[str, float, float]]:
    """Label (with its arrow), before and after of each row of the bars."""
    rows = re.findall(r'<tr><th scope="row"[^>]*>([^<]*)</th>(.*?)</tr>', picture)
    found = []
    for label, cells in rows:
        numbers = re.findall(r"</span> (\d\.\d{3})</td>", cells)
        if len(numbers) == 2:
            found.append((label, *map(float, numbers)))
    return found


def state_scores(text: str, length: int) -> torch.Tensor:
    """Logits by PyTorch's own layers, shape (T - 1, V)."""
    rnn, output = MODEL.rnn, MODEL.output
    with torch.no_grad():
        states, _ = rnn(F.one_hot(VOCAB.encode(text[:-1]), len(VOCAB)).float())
        return output(states)


def test_the_model_is_the_running_model_of_the_series():
    assert len(HISTORY.losses) == 100
    assert HISTORY.losses[-1] == pytest.approx(0.144, abs=0.002)
    with torch.no_grad():
        logits, _ = MODEL(INPUTS)
    loss = F.cross_entropy(logits.flatten(0, 1), TARGETS.flatten())
    assert float(loss) == pytest.approx(0.140, abs=0.002)
    assert running_model() is running_model()
    assert not MODEL.training


@pytest.mark.parametrize("prompt", ["h", "hello i am", "g"])
@pytest.mark.parametrize("seed", [0, 15])
def test_the_numbers_under_the_text_are_the_cross_entropy(prompt, seed):
    drawn = lab_07.draw_sampling(**STATE | {"prompt": prompt, "seed": seed})
    shown = tiles(drawn.picture)
    text = "".join(character for character, _, _ in shown).replace("␣", " ")
    assert text.startswith(prompt) and len(text) == len(prompt) + 16
    oracle = F.cross_entropy(
        state_scores(text, 16), VOCAB.encode(text[1:]), reduction="none"
    )
    assert shown[0][1] == "–"
    for (_, note, _), nats in zip(shown[1:], oracle.tolist(), strict=True):
        assert float(note) == pytest.approx(nats, abs=0.051)
    new = oracle[-16:]
    assert f"new characters: {new.mean():.2f} nats" in drawn.text
    assert f"at character {int(new.argmax()) + 1}, " in drawn.text
    assert [("dashed" in style) for _, _, style in shown] == [True] * len(prompt) + [
        False
    ] * 16


@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p"),
    [(0.0, 16, 1.0), (0.5, 16, 1.0), (1.2, 16, 0.95), (3.0, 2, 1.0), (2.0, 4, 0.5)],
)
def test_the_bars_are_softmax_before_and_the_controls_after(temperature, top_k, top_p):
    state = STATE | {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    for look in (1, 5, 16):
        drawn = lab_07.draw_sampling(**state | {"look": look})
        shown = bars(drawn.picture)
        text = "".join(c for c, _, _ in tiles(drawn.picture)).replace("␣", " ")
        z = state_scores(text, 16)[look - 1].double()
        before = z.softmax(-1)
        # By another way than the helper: powers of probabilities, then the two cuts.
        after = F.one_hot(z.argmax(), 16).double()
        if temperature:
            after = before ** (1 / temperature)
            order = after.argsort(descending=True)
            after[order[top_k:]] = 0
            after = after / after.sum()
            if top_p < 1:
                keep = 1 + int((after[order].cumsum(0) < top_p - 1e-6).sum())
                after[order[keep:]] = 0
                after = after / after.sum()
        assert [label[-1] for label, _, _ in shown] == [
            c.replace(" ", "␣") for c in VOCAB.itos
        ]
        for (_, b, a), p, q in zip(shown, before, after, strict=True):
            assert b == pytest.approx(float(p), abs=6e-4)
            assert a == pytest.approx(float(q), abs=6e-4)
        marked = [label for label, _, _ in shown if "▶" in label]
        assert marked == [f"▶ {text[look].replace(' ', '␣')}"]
        kept = int((after > 0).sum())
        assert f"among {kept} symbol{'s' * (kept != 1)} of 16" in drawn.text
        entropy = float(torch.distributions.Categorical(probs=before).entropy())
        assert f"Entropy: {entropy:.2f} nats before" in drawn.text
        strong = [i for i, t in enumerate(tiles(drawn.picture)) if "outline" in t[2]]
        assert strong == [look]


def test_the_text_is_that_of_the_helper_and_other_seeds_follow():
    drawn = lab_07.draw_sampling(**STATE)
    for seed in range(7, 13):
        generator = torch.Generator().manual_seed(seed)
        text = sampling.sample(
            MODEL, VOCAB, "h", 16, temperature=1.0, generator=generator
        ).replace(" ", "␣")
        assert text in (drawn.text if seed == 7 else drawn.picture)
        assert (f"seed\u00a0{seed}" in drawn.picture) == (seed > 7)


def test_the_darkest_colour_says_what_its_docstring_says():
    assert math.exp(-lab_07.DARKEST) == pytest.approx(0.007, abs=3e-4)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"prompt": ""}, "Your prompt is too short: type at least 1 character."),
        ({"prompt": "h" * 10_000}, "Your prompt has 10,000 characters"),
        ({"prompt": "h" * 61}, "this lab draws up to 60"),
        ({"prompt": "hello!"}, "has never seen “!”, character 6 of your prompt"),
        ({"prompt": "<b>&"}, "has never seen “<”, character 1"),
        ({"seed": -1}, "The seed is a whole number from 0 to 999,999; it is -1."),
        ({"seed": 10**30}, "The seed is a whole number from 0 to 999,999"),
    ],
)
def test_wrong_input_gets_a_sentence(changes, sentence):
    lab = lab_07.sampling_lab()
    before = lab.said
    for name, value in changes.items():
        getattr(lab, name).value = value
    assert lab.said.startswith("✗ ") and sentence in lab.said
    assert lab.picture.stale and lab.picture.value
    assert "<b>" not in lab.text.value
    lab.prompt.value, lab.seed.value = "h", 7
    assert lab.said == before


@pytest.mark.parametrize(
    "changes",
    [
        {"temperature": -1.0},
        {"temperature": math.nan},
        {"top_k": 0},
        {"top_p": 0.0},
        {"top_p": 1.5},
        {"length": 0},
        {"length": 61},
        {"look": 0},
        {"look": 17},
    ],
)
def test_the_computing_half_refuses_numbers_out_of_range(changes):
    with pytest.raises(ValueError, match=r"temperature|top_|character|new"):
        lab_07.draw_sampling(**STATE | changes)


def test_the_extremes_of_every_control_draw():
    lab = lab_07.sampling_lab()
    for temperature in (0.0, 3.0):
        for top_k in (1, 16):
            for top_p in (0.05, 1.0):
                for length in (2, 60):
                    lab.temperature.value, lab.top_k.value = temperature, top_k
                    lab.top_p.value, lab.length.value = top_p, length
                    lab.look.value = length
                    assert lab.picture.value, lab.said
                    assert len(tiles(lab.picture.value)) == 1 + length
    lab.prompt.value = ("hello how are you " * 4)[:60]
    assert len(tiles(lab.picture.value)) == 120


def test_looking_follows_the_length():
    lab = lab_07.sampling_lab()
    lab.look.value = 16
    lab.length.value = 5
    assert (lab.look.max, lab.look.value) == (5, 5)
    assert "Character 5 is" in lab.said
    lab.length.value = 40
    assert (lab.look.max, lab.look.value) == (40, 5)


def test_the_button_takes_the_next_seed_and_leaves_a_wrong_one():
    lab = lab_07.sampling_lab()
    first = lab.said
    lab.another.click()
    assert lab.seed.value == 8 and lab.said != first
    for odd in (-3, lab_07.LARGEST_SEED, 10**12):
        lab.seed.value = odd
        lab.another.click()
        assert lab.seed.value == 0 and not lab.said.startswith("✗")
    lab.seed.value = lab_07.LARGEST_SEED  # no later seed to show
    assert "next seeds" not in lab.picture.value and lab.picture.value


def test_the_model_is_trained_even_where_gradients_are_off():
    running_model.cache_clear()
    with torch.no_grad():
        assert running_model()[4].losses[-1] < 0.2


# --- the exercises ---


def test_numbers_that_overflow_have_a_hint():
    def by_exp(logits, temperature, top_k):
        weights = torch.zeros_like(logits)
        kept = logits.topk(top_k).indices
        weights[kept] = (logits[kept] / temperature).exp()
        return weights / weights.sum()

    assert "overflows" in checks_07.shaped_probs.verdict(by_exp).hint


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


def test_the_scripted_model_reads_in_pieces_as_at_once():
    vocab = data.Vocabulary.from_texts(["hello?\n"], end=True)
    model = checks_07.ScriptedRNN(vocab, ["hello", "hole"])
    at_once, h = model(vocab.encode("hello"))
    assert model.characters_read == 5
    assert [vocab.itos[i] for i in at_once.argmax(-1)] == [*"ello", "<end>"]
    first, state = model(vocab.encode("he"))
    rest, end = model(vocab.encode("llo"), state)
    assert torch.equal(torch.cat([first, rest]), at_once) and torch.equal(end, h)
    lost, _ = model(vocab.encode("eh"))
    assert {vocab.itos[i] for i in lost.argmax(-1)} == {checks_07.LOST}
    for empty in (vocab.encode(""), vocab.encode("he")[None]):
        with pytest.raises(ValueError, match="reads ids"):
            model(empty)


@pytest.mark.parametrize(("temperature", "top_p"), [(1.0, 0.6), (0.5, 1.0), (1.0, 0.9)])
def test_the_exact_shares_of_exercise_7_5_are_those_of_draws(temperature, top_p):
    faultless, rarer = checks_07.outcome(temperature, top_p)
    generator = torch.Generator().manual_seed(0)
    texts = [
        sampling.sample(
            MODEL,
            VOCAB,
            "h",
            16,
            temperature=temperature,
            top_p=top_p,
            generator=generator,
        )
        for _ in range(600)
    ]
    counts = [texts.count(data.SENTENCES[i]) / 600 for i in (0, 2)]
    for share, exact in ((sum(counts), faultless), (min(counts), rarer)):
        error = math.sqrt(max(exact * (1 - exact), 0) / 600)
        assert abs(share - exact) <= 4 * error + 1e-9


# --- the figures ---


def test_the_temperatures_have_a_panel_for_the_loss():
    fig = figures.draw_temperatures(
        (0.5, 1.0, 2.0),
        {"copied": [0.2, 0.1, 0.0], "unseen": [0.03, 0.02, 0.0]},
        [3.0, 2.0, 2.5],
    )
    above, below = fig.axes
    assert [list(line.get_ydata()) for line in above.lines] == [
        [0.2, 0.1, 0.0],
        [0.03, 0.02, 0.0],
    ]
    assert list(below.lines[0].get_ydata()) == [3.0, 2.0, 2.5]
    assert_legible(fig)
