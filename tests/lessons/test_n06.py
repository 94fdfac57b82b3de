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
    below,
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


def test_the_completion_improves_until_it_is_right():
    desk = TrainingDesk()
    right, made = "hello how are you", []
    for epochs in (0, 20, 20, 60):
        desk.step(epochs)
        made.append(desk.completion())
    assert [text == right for text in made] == [False, False, False, True]
    assert len(set(made)) == 4
    assert desk.losses[99] == pytest.approx(0.144, abs=1e-3)


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
    assert desk.changes == {20: ["lr 0.1", "zero_grad off"]}
    desk.step(10)
    desk.set(lr=0.1, zero_grad=False, **same | {"max_norm": 0.5})
    assert desk.changes[30] == ["clip 0.5"]
    picture = draw_desk(desk, False).picture
    assert picture.count('aria-label="lr 0.1, zero_grad off"') == 2  # loss and norm
    assert "this run: Adam, lr 0.02, H 12<" in picture
    desk.reset()
    assert desk.changes == {} and desk.completions == {}
    assert desk.label == "Adam, lr 0.1, H 12, clip 0.5, zero_grad off"
    story = "Adam, lr 0.02, H 12, then lr 0.1, zero_grad off, then clip 0.5"
    assert desk.label_before == story
    assert f"run before: {story}<" in draw_desk(desk, False).picture


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
        ({"lr": -1.0}, "learning rate is -1;"),
        ({"lr": float("nan")}, "learning rate is nan"),
        ({"lr": float("inf")}, "takes up to"),
        ({"hidden_size": 0}, "hidden size is 0; this desk takes 1 to 256"),
        ({"hidden_size": -3}, "hidden size is -3"),
        ({"hidden_size": 10**6}, "hidden size is 1,000,000"),
        ({"hidden_size": 2.5}, "whole number"),
        ({"hidden_size": True}, "whole number"),
        ({"max_norm": 0.0}, "switch clipping off"),
        ({"optimizer": "<b>"}, "choose Adam or SGD"),
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


def test_the_ladder_in_words():
    rungs = {"uniform": 2.0, "bigram": 1.0, "floor": 0.1}
    words = [below(loss, rungs) for loss in (3.0, 1.5, 0.5, 0.05)]
    assert words == [
        "above every rung",
        "below the uniform rung",
        "below the bigram rung",
        "below the floor rung",
    ]


def test_the_drawing_says_its_numbers_and_escapes_what_it_shows():
    desk = TrainingDesk()
    desk.step(20)
    drawing = draw_desk(desk, True, "<script>alert(1)</script> & more")
    assert "Epoch 20: training." in drawing.text
    assert f"{plain_loop(20)[0][-1]:.3f}" in drawing.text
    assert "<script>" not in drawing.text and "&lt;script&gt;" in drawing.text
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


def test_every_clipping_can_be_chosen_and_reaches_the_desk():
    lab = training_desk.training_lab()
    for label, norm in training_desk.CLIPPINGS.items():
        lab.clipping.value = label
        assert lab.clipping.index is not None and lab.desk.max_norm == norm


def test_no_global_random_state_is_moved_and_none_is_read():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    lab = training_desk.training_lab()
    lab.hidden_size.value = 7
    lab.desk.step(3)
    lab.reset.click()
    lab.redraw()
    assert torch.equal(before, torch.get_rng_state())


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


def test_two_clicks_on_start_make_one_task():
    async def scenario(lab):
        lab.start.click()
        first = lab._task
        lab.start.click()
        lab.resume.click()
        assert "It is training already." in lab.said
        training = {t for t in asyncio.all_tasks() if "_train" in repr(t.get_coro())}
        assert lab._task is first and training == {first}
        lab.pause.click()
        lab.start.click()  # before the first task has noticed
        await until(lambda: first.done())
        assert lab.running and lab._task is not first
        lab.pause.click()

    in_a_loop(scenario)


def test_the_loop_stays_free_and_it_draws_at_most_ten_times_a_second():
    async def scenario(lab):
        lab.start.click()
        await asyncio.sleep(0.2)
        before, start = lab.redraws, time.monotonic()
        waits = []
        while time.monotonic() - start < 1.0:
            at = time.monotonic()
            await asyncio.sleep(0.01)
            waits.append(time.monotonic() - at)
        drawn = lab.redraws - before
        lab.pause.click()
        assert 1 <= drawn <= 11
        assert sorted(waits)[len(waits) // 2] < 0.1

    in_a_loop(scenario)


def test_reset_and_another_size_while_it_trains():
    async def scenario(lab):
        lab.start.click()
        await until(lambda: epochs(lab) >= 5)
        lab.reset.click()
        assert epochs(lab) == 0 and not lab.running
        await asyncio.sleep(0.3)
        assert epochs(lab) == 0
        lab.start.click()
        await until(lambda: epochs(lab) >= 5)
        lab.learning_rate.value = 0.1  # goes on
        at = epochs(lab)
        await until(lambda: epochs(lab) > at)
        assert lab.running and lab.desk.lr == 0.1
        lab.hidden_size.value = 20
        assert epochs(lab) == 0 and not lab.running
        assert "a new model waits for Start" in lab.said

    in_a_loop(scenario)


def test_a_wrong_number_pauses_it_and_the_right_one_lets_it_go_on():
    async def scenario(lab):
        lab.start.click()
        await until(lambda: epochs(lab) >= 5)
        lab.learning_rate.value = -0.5
        at = epochs(lab)
        assert lab.said.startswith("✗ The learning rate is -0.5")
        lab.start.click()
        assert not lab.running and lab.said.startswith("✗ The learning rate")
        await asyncio.sleep(0.3)
        assert epochs(lab) == at
        lab.learning_rate.value = 0.01
        lab.resume.click()
        await until(lambda: epochs(lab) > at)
        lab.pause.click()

    in_a_loop(scenario)


def test_it_ends_by_itself_and_asks_for_a_reset():
    async def scenario(lab):
        lab.desk.max_epochs = 20
        lab.start.click()
        await until(lambda: not lab.running)
        assert "Epoch 20: finished" in lab.said
        lab.start.click()
        assert "Press Reset first." in lab.said and not lab.running

    in_a_loop(scenario)


def test_a_cell_that_is_run_again_or_a_closed_lab_leaves_no_task():
    async def scenario(lab):
        lab.start.click()
        await until(lambda: epochs(lab) >= 5)
        second = training_desk.training_lab()
        assert not lab.running
        second.start.click()
        await until(lambda: epochs(second) >= 5)
        second.close()
        await until(lambda: second._task.done() and lab._task.done())

    in_a_loop(scenario)


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


def test_a_run_whose_task_or_loop_has_died_can_be_started_again():
    lab = training_desk.training_lab()

    async def leave():  # asyncio.run cancels the task at the end
        lab.start.click()
        await until(lambda: epochs(lab) > 0)

    in_a_thread(lambda: asyncio.run(leave()))
    assert lab._task.cancelled() and not lab.running

    def stop_the_loop():  # nobody cancels it here
        loop = asyncio.new_event_loop()
        loop.run_until_complete(leave())
        return loop

    loop = in_a_thread(stop_the_loop)
    assert not lab._task.done() and not lab.running

    async def again():
        before = epochs(lab)
        lab.start.click()
        assert lab.running and "already" not in lab.said
        await until(lambda: epochs(lab) > before)
        lab.pause.click()

    in_a_thread(lambda: asyncio.run(again()))
    assert not lab.running
    loop.run_until_complete(asyncio.sleep(0.3))  # the old task wakes up, and ends
    assert not lab.running
    loop.close()


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


def in_batch():
    """The three sentences as inputs and targets, (3, 16) each, and V."""
    texts = data.pad(data.SENTENCES)
    vocab = data.Vocabulary.from_texts(texts)
    return *data.shift(data.encode_batch(vocab, texts)), len(vocab)


def programs():
    """The three programs of exercise 6.1, as the notebook shows them, by line."""
    path = NOTEBOOKS / "06_training.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (task,) = (
        text
        for text in ("".join(cell["source"]) for cell in cells)
        if text.startswith("### Exercise 6.1")
    )
    shown = [block.split("```")[0].strip() for block in task.split("```text\n")[1:]]
    lines = [re.findall(r"^(\d+)  (.*)$", text, re.M) for text in shown]
    assert all([int(n) for n, _ in a] == [*range(1, len(a) + 1)] for a in lines)
    return dict(zip("ABC", ([text for _, text in a] for a in lines), strict=True))


def true_end(lines, seed=0):
    """Where a program says that it ends, and the true loss of its model."""
    inputs, targets, vocab_size = in_batch()
    torch.manual_seed(seed)
    space = {"torch": torch, "F": F, "inputs": inputs, "targets": targets}
    space["model"] = CharRNN(vocab_size, 12)
    exec("\n".join(lines), space)
    logits, _ = space["model"](inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    return space["loss"].item(), loss.item()


@pytest.mark.parametrize("seed", range(5))
def test_the_programs_end_where_the_exercise_says(seed):
    inputs, targets, _ = in_batch()
    ends = {name: true_end(lines, seed)[0] for name, lines in programs().items()}
    assert ends["A"] > 1.3 * data.bigram_loss(inputs, targets)
    assert ends["B"] > 1.3 * data.bigram_loss(inputs, targets)
    assert ends["C"] < data.prefix_loss(inputs, targets)


def test_the_stated_lines_cure_the_programs():
    inputs, targets, _ = in_batch()
    bigram = data.bigram_loss(inputs, targets)
    stated = dict(zip("ABC", checks.wrong_lines.expected(), strict=True))
    for name, lines in programs().items():
        assert true_end(lines)[1] > bigram
        wrong = lines.pop(stated[name] - 1)
        if name == "A":  # it moves into the loop
            lines.append(f"    {wrong}")
        else:
            right = wrong.replace(".softmax(dim=-1)", "").replace(
                "inputs.flatten", "targets.flatten"
            )
            assert right != wrong
            lines.insert(stated[name] - 1, right)
        assert true_end(lines)[1] < bigram


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


def test_going_on_from_the_file_is_what_happens_without_a_break():
    """And the probe takes the content of the file as it is."""

    def right(content):
        model = CharRNN(content["vocab_size"], content["hidden_size"])
        model.load_state_dict(content["weights"])
        optimizer = torch.optim.Adam(model.parameters())
        optimizer.load_state_dict(content["optimizer"])
        return model, optimizer

    for content, losses in checks.resume.cases():
        assert checks._continued(right)(content, losses) == pytest.approx(
            losses, abs=1e-7
        )
    assert checks.resume.verdict(right).passed


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


def test_an_answer_that_writes_into_the_data_spoils_no_later_check():
    def my_step(model, optimizer, inputs, targets, max_norm):
        inputs.zero_()
        targets.zero_()
        return 0.0

    assert not checks.clipped_step.verdict(my_step, seed=1).passed
    assert checks.clipped_step.verdict(checks._step_of(), seed=1).passed


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
