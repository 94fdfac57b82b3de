"""The training desk: its arithmetic against a plain loop, its task on an event loop."""

from __future__ import annotations

import asyncio
import json
import math
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
import torch.nn.functional as F

from charrnn_helpers import data, names
from charrnn_helpers.lessons.n06 import checks
from charrnn_helpers.lessons.n06 import lab as training_desk
from charrnn_helpers.lessons.n06.figures import draw_two_steps
from charrnn_helpers.lessons.n06.lab import (
    DIVERGED,
    FINISHED,
    NEW,
    UNDER_WAY,
    TrainingDesk,
    draw_desk,
)
from charrnn_helpers.models import CharRNN
from charrnn_helpers.sampling import sample
from tests.tools.exercises import NOTEBOOKS

SETTINGS = [
    {},
    {"lr": 0.05, "hidden_size": 5},
    {"zero_grad": False},
    {"lr": 3.0, "optimizer": "SGD", "max_norm": 0.5},
    {"lr": 0.02, "max_norm": 0.1, "zero_grad": False, "hidden_size": 33},
]


def plain_loop(
    epochs, lr=0.01, hidden_size=12, max_norm=None, zero_grad=True, optimizer="Adam"
):
    """What a learner would write: the oracle of the desk."""
    texts = data.pad(data.SENTENCES)
    vocab = data.Vocabulary.from_texts(texts)
    inputs, targets = data.shift(data.encode_batch(vocab, texts))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = CharRNN(len(vocab), hidden_size)
    rule = getattr(torch.optim, optimizer)(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        logits, _ = model(inputs)
        loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        if zero_grad:
            rule.zero_grad()
        loss.backward()
        if max_norm is not None:
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        rule.step()
        losses.append(loss.item())
    return losses, model, vocab


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_the_desk_trains_as_a_plain_loop_does_to_the_last_digit(settings):
    losses, model, vocab = plain_loop(30, **settings)
    desk = TrainingDesk(**settings)
    assert [desk.step(7), desk.step(), desk.step(22)] == [7, 1, 22]
    assert desk.losses == losses
    for ours, theirs in zip(desk.model.parameters(), model.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert desk.completion() == sample(model, vocab, "hello", 12)


def test_reset_starts_from_the_same_weights_and_keeps_the_run_before():
    desk = TrainingDesk()
    assert (desk.status, desk.losses, desk.before) == (NEW, [], [])
    desk.step(10)
    first = desk.losses
    assert desk.status == UNDER_WAY
    desk.reset()
    assert (desk.status, desk.losses, desk.before) == (NEW, [], first)
    desk.reset()  # an empty run does not push the run before out
    assert desk.before == first
    desk.step(10)
    assert desk.losses == first


def test_a_new_rate_holds_from_the_next_step_and_a_new_size_starts_again():
    desk = TrainingDesk()
    desk.step(5)
    same = dict(hidden_size=12, max_norm=None, zero_grad=True, optimizer="Adam")
    weight = desk.model.output.weight
    assert desk.set(lr=0.1, **same) is False
    desk.step(5)
    assert desk.model.output.weight is weight and len(desk.losses) == 10
    with_one_rate, _, _ = plain_loop(10)
    assert desk.losses[:6] == with_one_rate[:6]  # the 6th was measured before its step
    assert desk.losses[6] != with_one_rate[6]
    assert desk.set(lr=0.1, **same | {"hidden_size": 4}) is True
    assert desk.losses == [] and desk.model.hidden_size == 4
    desk.step()
    assert desk.set(lr=0.1, **same | {"hidden_size": 4, "optimizer": "SGD"}) is True
    assert desk.losses == [] and isinstance(desk._optimizer, torch.optim.SGD)


def test_a_change_in_the_middle_of_a_run_is_marked():
    desk = TrainingDesk()
    same = {"hidden_size": 12, "max_norm": None, "optimizer": "Adam"}
    desk.set(lr=0.02, zero_grad=True, **same)  # before the run: a setting, no change
    assert desk.changes == {} and desk.label == "Adam, lr 0.02, H 12"
    desk.step(20)
    desk.set(lr=0.02, zero_grad=True, **same)
    assert desk.changes == {}
    desk.set(lr=0.5, zero_grad=True, **same)
    desk.set(lr=0.1, zero_grad=False, **same)  # at the same place: the last counts
    assert desk.changes == {20: {"lr": "lr 0.1", "zero_grad": "zero_grad off"}}
    desk.step(10)
    desk.set(lr=0.1, zero_grad=False, **same | {"max_norm": 0.5})
    assert desk.changes[30] == {"max_norm": "clip 0.5"}
    picture = draw_desk(desk, False).picture
    assert picture.count('aria-label="lr 0.1, zero_grad off"') == 2  # loss and norm
    assert "This run: Adam, lr 0.02, H 12.<" in picture
    desk.reset()
    assert desk.changes == {} and desk.completions == {}
    assert desk.label == "Adam, lr 0.1, H 12, clip 0.5, zero_grad off"
    story = "Adam, lr 0.02, H 12, then lr 0.1, zero_grad off, then clip 0.5"
    assert desk.label_before == story
    assert f"Run before: {story}.<" in draw_desk(desk, False).picture


def test_the_gradient_norm_is_that_of_all_gradients_before_clipping():
    desk, clipped = TrainingDesk(), TrainingDesk(max_norm=0.1)
    desk.step(1)
    clipped.step(1)
    grads = torch.cat([p.grad.flatten() for p in desk.model.parameters()])
    assert desk.norms == [pytest.approx(grads.norm().item(), rel=1e-5)]
    assert clipped.norms == desk.norms
    assert "clip at" in draw_desk(clipped, False).picture


def test_a_dot_tells_what_the_model_completed_then():
    lab = training_desk.training_lab()
    lab.desk.step(120)
    lab.redraw()
    assert sorted(lab.desk.completions) == [*range(10, 121, 10)]
    assert lab.picture.value.count("data-pick") == 6  # every twentieth: room to click
    twin = TrainingDesk()
    twin.step(40)
    lab.picture.pick("40")
    made = twin.completion().replace(" ", "␣")
    assert (
        f"Epoch 40: loss 1.141, gradient norm 0.247; it completed hello as “{made}”"
        in (lab.said)
    )
    assert lab.picture.value.count('aria-pressed="true"') == 1
    lab.reset.click()
    assert "completed" not in lab.said and lab.picked == ""
    lab.close()


def test_it_stops_at_the_last_epoch():
    desk = TrainingDesk(max_epochs=12)
    assert desk.step(10) == 10
    assert desk.step(10) == 2
    assert desk.status == FINISHED and len(desk.losses) == 12
    assert desk.step() == 0
    assert "Epoch 12: finished" in draw_desk(desk, False).text


@pytest.mark.parametrize("optimizer", ["Adam", "SGD"])
def test_a_loss_that_is_no_number_stops_it_with_a_sentence(optimizer):
    desk = TrainingDesk(lr=1e37, optimizer=optimizer)
    assert desk.step(50) < 50
    assert desk.status == DIVERGED
    assert all(map(math.isfinite, desk.losses))
    assert desk.step() == 0 and desk.completion() == ""
    drawing = draw_desk(desk, False)
    assert "no longer a finite number" in drawing.text and "Reset" in drawing.text
    desk.reset()
    assert desk.status == NEW and desk.completion().startswith("hello")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"lr": 0.0}, "learning rate is 0; it must be above 0"),
        ({"lr": float("nan")}, "learning rate is nan"),
        ({"lr": float("inf")}, "takes up to"),
        ({"hidden_size": 10**6}, "hidden size is 1,000,000"),
    ],
    ids=str,
)
def test_a_wrong_setting_gets_a_sentence_and_changes_nothing(settings, message):
    with pytest.raises(ValueError, match=message):
        TrainingDesk(**settings)
    desk = TrainingDesk()
    desk.step(3)
    whole = dict(
        lr=0.01, hidden_size=12, max_norm=None, zero_grad=True, optimizer="Adam"
    )
    with pytest.raises(ValueError, match=message):
        desk.set(**whole | settings)
    desk.step(3)
    assert desk.losses == plain_loop(6)[0]


def test_the_drawing_says_its_numbers_and_keeps_the_run_before():
    desk = TrainingDesk()
    desk.step(20)
    drawing = draw_desk(desk, True)
    assert "Epoch 20: training." in drawing.text
    assert f"{plain_loop(20)[0][-1]:.3f}" in drawing.text
    assert 'role="img"' in drawing.picture and "bigram 0.855" in drawing.picture
    desk.reset()
    desk.step(20)
    drawing = draw_desk(desk, False)
    assert "The run before had" in drawing.text
    assert drawing.picture.count("<polyline") == 4


def test_a_loss_that_explodes_is_cut_off_in_the_chart():
    desk = TrainingDesk(lr=1e6)
    desk.step(20)
    assert max(desk.losses) > 1e5
    picture = draw_desk(desk, False).picture
    ticks = [float(t) for t in re.findall(r'text-anchor="end">([^<]+)<', picture)]
    assert ticks and max(ticks) <= training_desk.HIGHEST


# --- the widget half -----------------------------------------------------------------


def epochs(lab):
    return len(lab.desk.losses)


async def until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


def in_a_thread(function):
    """Call a function where no event loop runs; Playwright leaves one in ours."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def in_a_loop(scenario):
    """Run a coroutine on an event loop of its own, as a kernel would."""
    lab = training_desk.training_lab()
    in_a_thread(lambda: asyncio.run(scenario(lab)))
    return lab


def test_start_trains_and_pause_really_pauses(capfd):
    async def scenario(lab):
        lab.start.click()
        assert lab.running
        await until(lambda: epochs(lab) >= 15)
        assert "training" in lab.said
        lab.pause.click()
        at = epochs(lab)
        assert f"Epoch {at}: paused." in lab.said
        await asyncio.sleep(0.4)
        assert epochs(lab) == at and not lab.running
        assert lab._task.done()
        lab.resume.click()
        await until(lambda: epochs(lab) > at)
        lab.pause.click()

    lab = in_a_loop(scenario)
    assert lab.desk.losses == plain_loop(epochs(lab))[0]
    assert capfd.readouterr().err == ""


def test_an_error_in_the_task_becomes_a_sentence(monkeypatch, capfd):
    async def scenario(lab):
        def breaks(n=1):
            raise RuntimeError("out of <memory>")

        monkeypatch.setattr(lab.desk, "step", breaks)
        lab.start.click()
        await until(lambda: not lab.running)
        assert lab.said == "✗ RuntimeError: out of <memory>"

    in_a_loop(scenario)
    assert capfd.readouterr().err == ""


def test_a_run_whose_task_has_died_can_be_started_again():
    async def leave(lab):  # asyncio.run cancels the task at the end
        before = epochs(lab)
        lab.start.click()
        assert lab.running and "already" not in lab.said
        await until(lambda: epochs(lab) > before)

    lab = in_a_loop(leave)
    assert lab._task.cancelled() and not lab.running
    in_a_thread(lambda: asyncio.run(leave(lab)))


def test_several_threads_may_train_one_desk():
    """Each epoch is one piece: the losses are those of one thread alone."""
    desk, alone = TrainingDesk(), TrainingDesk()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(desk.step, [40] * 4)) == [40] * 4
    alone.step(160)
    assert desk.losses == alone.losses


def test_without_an_event_loop_a_button_says_what_to_do():
    lab = training_desk.training_lab()
    in_a_thread(lab.start.click)
    assert "Buttons train only in a running kernel" in lab.said
    assert not lab.running


# --- the exercises ---


def test_the_figure_shows_the_slopes_whose_products_are_the_gradients():
    u, w = (
        torch.tensor(n, dtype=torch.float64, requires_grad=True) for n in (0.5, 0.8)
    )
    h_1 = torch.tanh(u)
    h_2 = torch.tanh(0.5 * u + w * h_1)
    ((h_2 - 1) ** 2).backward()
    figure = draw_two_steps(u=0.5, w=0.8, x=(1.0, 0.5))
    texts = " ".join(text.get_text() for text in figure.axes[0].texts)
    shown = [float(n.replace("−", "-")) for n in re.findall(r"= (\S+)", texts)]
    x_1, x_2, of_w, tanh_1, weight, tanh_2, square = shown
    shared = square * tanh_2
    assert shared * of_w == pytest.approx(w.grad.item(), abs=1e-3)
    through = x_2 + weight * tanh_1 * x_1
    assert shared * through == pytest.approx(u.grad.item(), abs=1e-3)


@pytest.mark.parametrize("exercise", [checks.clipped_step, checks.resume])
def test_no_reply_shows_what_the_probe_did(exercise):
    for wrong in exercise.wrong[::5]:
        verdict = exercise.verdict(wrong.answer)
        evidence = verdict.message.split(wrong.hint)[1]
        assert re.match(r" (With torch\.optim\.|After 10 epochs with lr=)", evidence)
        assert "returned a result" not in evidence


def test_the_table_of_exercise_6_4_is_the_one_that_is_shown():
    path = NOTEBOOKS / "06_training.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (task,) = (
        text
        for text in ("".join(cell["source"]) for cell in cells)
        if text.startswith("### Exercise 6.4")
    )
    rows = re.findall(r"^\| (\w) \| \d+ \| \d+ \| (.*) \|$", task, re.M)
    shown = {run: tuple(map(float, losses.split(" | "))) for run, losses in rows}
    assert shown == checks._TABLE
    keep, report, small = checks.choice.expected()
    training, validation, test = zip(*shown.values(), strict=True)
    assert shown[keep] == (shown[keep][0], min(validation), report)
    assert shown[small][0] == max(training)
    # Each tempting choice leads elsewhere.
    assert min(test) not in shown[keep] and min(training) not in shown[keep]
    assert max(validation) not in shown[small]


def test_the_loop_of_the_notebook_is_the_one_that_is_imported():
    path = NOTEBOOKS / "06_training.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    own = ("split", "batch", "mean_loss", "train_epoch", "start", "fit")
    space = {"pairs": None}
    exec(code[0], space)  # the imports
    for source in code:
        if source.startswith(tuple(f"def {name}(" for name in own)):
            exec(source, space)
    parts = space["split"](names.load())
    assert parts == names.split()
    space["pairs"] = [space["batch"](space["letters"], part) for part in parts]
    for part, pair in zip(parts, space["pairs"], strict=True):
        theirs = names.batch(names.vocabulary(), part)
        assert all(map(torch.equal, pair, theirs))
    model, _, loss, best = space["fit"](64)
    twin, _, history = names.train()
    assert (round(loss, 5), best) == (
        round(min(history.validation), 5),
        history.best_epoch,
    )
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        assert torch.equal(ours, theirs)
