"""The lab of notebook 06, worked by mouse and keyboard."""

from __future__ import annotations

import re
import time

from playwright.sync_api import expect

from charrnn_helpers.lessons.n06.lab import TrainingDesk

BEFORE = """\
lab.desk.step(40)
lab.redraw()
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def epoch(lab) -> int:
    return int(re.search(r"Epoch ([\d,]+):", lab.text())[1].replace(",", ""))


def loss(lab) -> float:
    return float(re.search(r"Loss (\S+) nats", lab.text())[1])


def wait(condition, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def speed(lab, seconds: float = 1.5) -> float:
    """Epochs a second, as the lab shows them."""
    first, start = epoch(lab), time.monotonic()
    time.sleep(seconds)
    return (epoch(lab) - first) / (time.monotonic() - start)


def type_number(lab, description: str, value: str) -> None:
    lab.control(description).fill(value)
    lab.control(description).press("Enter")


def execute(lab, code: str) -> str:
    """Run code in the notebook's kernel, as a cell would; what it printed."""
    return lab.page.evaluate(
        """async code => {
          const panel = window.jupyterapp.shell.currentWidget;
          const kernel = panel.sessionContext.session.kernel;
          let text = '';
          const future = kernel.requestExecute({code});
          future.onIOPub = m => { if (m.content.text) text += m.content.text; };
          await future.done;
          return text;
        }""",
        code,
    )


def reset(lab) -> None:
    lab.button("Reset").click()
    lab.expect_text("Epoch 0: a new model.")


def work(lab):

    # What a cell left there, and a reset by the keyboard.
    lab.expect_text("Epoch 40: paused.")
    lab.button("Reset").focus()
    lab.page.keyboard.press("Enter")
    lab.expect_text("Epoch 0: a new model.")

    # Start: the loss falls, the curve grows, and the numbers are those of the desk.
    lab.button("Start").click()
    wait(lambda: epoch(lab) >= 20)
    first = loss(lab)
    curve = lab.box.locator("polyline").first
    drawn = len(curve.get_attribute("points").split())
    wait(lambda: epoch(lab) >= 45)
    assert loss(lab) < first
    assert len(curve.get_attribute("points").split()) > drawn

    # A second and a third click do not make it faster.
    lone = speed(lab)
    lab.button("Start").dblclick()
    lab.expect_text("It is training already.")
    assert speed(lab) < 1.5 * max(lone, 50)
    lab.expect_text("training.")

    # Pause by the keyboard: nothing moves.
    lab.button("Pause").focus()
    lab.page.keyboard.press("Space")
    lab.expect_text("paused.")
    at, points = epoch(lab), curve.get_attribute("points")
    time.sleep(1)
    assert epoch(lab) == at and curve.get_attribute("points") == points
    desk = TrainingDesk()
    desk.step(at)
    assert abs(loss(lab) - desk.losses[-1]) < 0.01
    lab.expect_text(f"“{desk.completion().replace(' ', '␣')}”")

    # Continue; the kernel answers while it trains: another control, another cell.
    lab.button("Continue").click()
    wait(lambda: epoch(lab) > at)
    type_number(lab, "Learning rate", "0.02")
    clipping = lab.control("Clip the gradient norm at")
    expect(clipping).to_have_value("off")
    clipping.select_option("0.5")
    type_number(lab, "Hidden size", "0")
    lab.expect_text("The hidden size is 0; this desk takes 1 to 256.")
    type_number(lab, "Hidden size", "12")
    lab.expect_text("paused.")
    assert epoch(lab) > at  # a wrong number pauses, and loses nothing
    reset(lab)
    lab.button("Start").click()
    wait(lambda: epoch(lab) >= 10)
    before = epoch(lab)
    answer = execute(
        lab, "print(6 * 7, lab.desk.settings.lr, lab.desk.settings.max_norm)"
    )
    assert answer == "42 0.02 0.5\n"
    wait(lambda: epoch(lab) > before)

    # Reset while it trains; the run before stays as a second line.
    lab.button("Reset").click()
    lab.expect_text("Epoch 0: a new model.")
    time.sleep(0.5)
    assert epoch(lab) == 0
    expect(lab.box.locator("polyline")).to_have_count(4)  # two losses, two norms

    # A flag stands where something was changed, and says what; a dot says what the
    # model completed then: by the mouse, and by the keyboard.
    type_number(lab, "Learning rate", "0.01")
    clipping.select_option("off")
    reset(lab)
    lab.button("Start").click()
    wait(lambda: epoch(lab) >= 45)
    type_number(lab, "Learning rate", "1")
    changed = epoch(lab)
    wait(lambda: epoch(lab) >= changed + 15)
    lab.button("Pause").click()
    lab.expect_text("paused.")
    assert (
        loss(lab) > 2
    )  # the insight: up to the flag it fell, from the flag on it rises
    said = lab.box.locator(".charrnn-said")
    flag = lab.box.get_by_role("img", name="lr 1", exact=True).first
    flag.locator("rect").hover()
    expect(said).to_have_text(re.compile(r"After epoch \d+: lr 1\."))
    assert 45 <= int(re.search(r"\d+", said.inner_text())[0]) <= changed + 10
    sound = TrainingDesk()
    sound.step(40)
    dots = lab.box.locator("[data-pick]")
    lab.box.locator('[data-pick="40"]').click()
    lab.expect_text("Epoch 40: loss 1.141")
    lab.expect_text(f"“{sound.completion().replace(' ', '␣')}”")
    lab.box.locator('[data-pick="40"]').focus()
    lab.page.keyboard.press("ArrowLeft")
    lab.page.keyboard.press("Enter")
    lab.expect_text(f"Epoch {30 if dots.count() > 5 else 20}: loss")

    # Without zero_grad, by the mouse and then back by the keyboard.
    reset(lab)
    type_number(lab, "Learning rate", "0.01")
    clipping.select_option("off")
    expect(clipping).to_have_value("off")
    lab.control("zero_grad in each step").uncheck()
    lab.button("Start").click()
    wait(lambda: epoch(lab) >= 30)
    lab.button("Pause").click()
    lab.expect_text("paused.")
    piling = TrainingDesk(zero_grad=False)
    piling.step(epoch(lab))
    assert abs(loss(lab) - piling.losses[-1]) < 0.02
    lab.control("zero_grad in each step").focus()
    lab.page.keyboard.press("Space")
    expect(lab.control("zero_grad in each step")).to_be_checked()

    # Another size or optimizer is another model.
    type_number(lab, "Hidden size", "20")
    lab.expect_text("a new model waits for Start")
    lab.button("Start").click()
    wait(lambda: epoch(lab) >= 5)
    lab.control("Optimizer").select_option("SGD")
    lab.expect_text("Epoch 0: a new model.")

    # Wrong numbers get sentences; a rate beyond all measure stops by itself.
    for number, sentence in (
        ("0", "The learning rate is 0; it must be above 0"),
        ("-1", "The learning rate is -1;"),
        ("1e99", "this desk takes up to 1e+37"),
    ):
        type_number(lab, "Learning rate", number)
        lab.expect_text(sentence)
        lab.button("Start").click()
        lab.expect_text(sentence)
    type_number(lab, "Learning rate", "1e37")
    lab.expect_text("Epoch 0: a new model.")
    lab.button("Start").click()
    lab.expect_text("no longer a finite number")

    # The cell is run again while its lab trains: the old one stops.
    type_number(lab, "Learning rate", "0.01")
    lab.control("Optimizer").select_option("Adam")
    reset(lab)
    lab.button("Start").click()
    wait(lambda: epoch(lab) >= 60)
    again = "old = lab; lab = training_lab(); print(old.running, lab.running)"
    assert execute(lab, again) == "False False\n"
    lab.expect_text("paused.")
