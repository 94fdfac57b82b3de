"""The engine of the checks: what it runs, compares, restores and says."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import random
import sys
import time
import types
from fractions import Fraction

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from IPython.core.interactiveshell import InteractiveShell
from torch import nn

from charrnn_helpers.exercises import engine


def _loops(*arguments):
    while True:
        pass


DOUBLE = engine.Exercise(
    number="9.1",
    name="double",
    success="it doubles.",
    cases=[([1, 2],)],
    drawn=lambda rng: [([rng.randrange(100) for _ in range(5)],)],
    reference=lambda numbers: [2 * n for n in numbers],
    wrong=[engine.Wrong("You squared.", lambda numbers: [n * n for n in numbers])],
    forbidden={"repeat": "write the loop."},
)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda numbers: ..., engine.NOT_DONE),
        (lambda numbers: [2 * n for n in numbers], engine.PASSED),
        (lambda numbers: [n * n for n in numbers], engine.VALUES),
        (lambda numbers: numbers[9], engine.ERROR),
        (lambda numbers: numbers[1:], engine.SHAPE),
        (lambda numbers: torch.tensor(numbers), engine.TYPE),
        (lambda numbers: [2.0 * n for n in numbers], engine.TYPE),
        (lambda numbers: numbers.repeat, engine.SHORT_CUT),
        (_loops, engine.TOO_SLOW),
    ],
)
def test_the_engine_tells_the_ways_to_be_wrong_apart(answer, kind):
    exercise = dataclasses.replace(DOUBLE, time_limit=0.3)
    assert exercise.verdict(answer).kind == kind


def test_the_engine_names_the_learners_own_line_and_the_seed():
    def fails(numbers):
        return numbers["one"]

    message = DOUBLE.verdict(fails).message
    assert 'in your line "return numbers["one"]"' in message

    def right_on_the_fixed_case(numbers):
        return [2, 4] if numbers == [1, 2] else []

    message = DOUBLE.verdict(right_on_the_fixed_case, seed=41).message
    assert "repeat it with seed=41" in message
    assert message == DOUBLE.verdict(right_on_the_fixed_case, seed=41).message


def test_the_engine_notices_changed_arguments():
    def doubles_in_place(numbers):
        for i, n in enumerate(numbers):
            numbers[i] = 2 * n
        return list(numbers)

    assert DOUBLE.verdict(doubles_in_place).kind == engine.CHANGED


def test_the_engine_does_not_move_the_global_random_state():
    exercise = dataclasses.replace(
        DOUBLE, reference=lambda numbers: [float(torch.rand(1))] and [1]
    )
    torch.manual_seed(0)
    first = torch.rand(1)
    torch.manual_seed(0)
    state = random.getstate()
    exercise.verdict(lambda numbers: [1])
    assert torch.equal(first, torch.rand(1))
    assert random.getstate() == state


def test_an_answer_that_fails_first_and_hangs_then_gets_its_verdict():
    """Of the cases after a time-out there is nothing to compare a wrong answer with."""

    def hangs(numbers):
        if numbers == [1, 2]:
            raise KeyError("not this one")
        _loops(numbers)

    exercise = dataclasses.replace(
        DOUBLE,
        cases=[([1, 2],), ([3],), ([4],)],
        wrong=[engine.Wrong("It hangs.", hangs)],
        time_limit=0.2,
    )
    verdict = exercise.verdict(hangs)
    assert verdict.kind == engine.ERROR
    assert "KeyError" in verdict.message and verdict.hint == "It hangs."


def test_a_loop_without_end_costs_one_time_limit():
    calls = []

    def loops(numbers):
        calls.append(numbers)
        _loops(numbers)

    exercise = dataclasses.replace(DOUBLE, cases=[([1],), ([2],)], time_limit=0.1)
    assert exercise.verdict(loops).kind == engine.TOO_SLOW
    assert calls == [[1]]


def test_ids_dot_dot_dot_is_no_placeholder():
    def drop_last(ids):
        return ids[..., :-1]

    def unfinished(ids):
        h = ...
        return h

    assert not engine.is_stub(drop_last)
    assert engine.is_stub(unfinished)


def exercise(reference, cases, **fields):
    """An exercise of one's own, for one test."""
    return engine.Exercise(
        number="9.2",
        name="answer",
        success="yes.",
        cases=cases,
        reference=reference,
        **fields,
    )


def question(value, **fields):
    return engine.Question(
        number="9.3", name="answer", success="yes.", expected=lambda: value, **fields
    )


# --- cases ---------------------------------------------------------------------------


def test_the_reply_to_an_answer_is_the_same_each_time():
    """The fixed cases decide; what is drawn shows in no reply that they give."""
    check = dataclasses.replace(
        DOUBLE,
        cases=lambda: [([1, 2],), ([3, 5],)],
        wrong=[engine.Wrong("You added 1.", lambda numbers: [n + 1 for n in numbers])],
    )
    replies = {check.verdict(lambda numbers: numbers).message for _ in range(20)}
    assert len(replies) == 1

    def draws(numbers):
        return [random.random(), float(torch.rand(1)), np.random.rand()]

    assert len({check.verdict(draws).message for _ in range(5)}) == 1


def test_drawn_cases_run_only_where_all_fixed_ones_pass():
    drawn = []
    check = dataclasses.replace(DOUBLE, drawn=lambda rng: drawn.append(1) or [([7],)])
    check.verdict(lambda numbers: numbers)
    assert not drawn
    assert check.verdict(lambda numbers: [2 * n for n in numbers]).passed
    assert drawn


# --- what is said --------------------------------------------------------------------


def test_the_hint_stands_first_and_then_the_evidence_by_name():
    check = exercise(
        lambda vocab_size, budget: budget // vocab_size,
        [(16, 568)],
        wrong=[engine.Wrong("One unit too large.", lambda v, b: b // v + 1)],
    )
    message = check.verdict(lambda v, b: b // v + 1).message
    assert message == (
        "✗ Exercise 9.2: One unit too large. For v=16, b=568 your function returned "
        "36, not 35."
    )
    message = check.verdict(lambda *args: 0).message
    assert "for vocab_size=16, budget=568 your function returned 0, not 35" in message


@pytest.mark.parametrize(
    ("got", "expected", "said"),
    [
        (True, False, "returned True, not False"),
        ("hi  ", "hi", "returned 'hi  ' (4 characters), not 'hi' (2)"),
        (3.0, 3, "returned the float 3.0, not the int 3"),
        (-1.0, -1, "returned the float -1.0, not the int -1"),
        (1.54101, 1.54132, "returned 1.541, not 1.5413"),
        (1e-9, 1.0, "returned 1e-09, not 1.0"),
        (True, 1, "returned True, not the int 1"),
        (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.5]), "2.0 at [1], not 2.5"),
        ([1, 2], [1, 3], "a result in which the second value is 2, not 3"),
        ({"a": 1}, {"a": 2}, "the value of 'a' is 1, not 2"),
    ],
)
def test_what_came_and_what_was_expected_are_told_apart(got, expected, said):
    message = exercise(lambda: expected, [()]).verdict(lambda: got).message
    assert said in message


def test_entries_have_names():
    check = exercise(lambda x: (x, x + 1), [(1,)], entries=("inputs", "targets"))
    assert "`targets` is 1, not 2" in check.verdict(lambda x: (x, x)).message


def test_none_among_the_parts_of_a_value_is_an_answer():
    pair = question((1.0, 0.6))
    assert pair.verdict((1.0, ...)).kind == engine.NOT_DONE
    assert pair.verdict((1.0, None)).kind == engine.VALUES


def test_a_question_says_which_part_is_wrong_and_not_what_is_right():
    check = question([(4, 9, 7), (3, 4, 7)], entries=("output", "h_n"))
    message = check.verdict([(4, 9, 7), (4, 3, 7)]).message
    assert "`h_n` is not right: you gave (4, 3, 7)" in message
    assert "(3, 4, 7)" not in message and "output" not in message
    message = question(35).verdict(36).message
    assert message.endswith("you gave 36, which is not right.")
    message = question(35).verdict(36.5).message
    assert message.endswith("gave the float 36.5, and a whole number is asked for.")


def test_a_long_reply_is_shortened_and_broken_between_words(capsys):
    texts = ["a  word  here   "] * 200
    exercise(lambda texts: 0, [(texts,)])(lambda texts: texts)
    lines = capsys.readouterr().out.splitlines()
    assert 1 < len(lines) < 5 and max(map(len, lines)) <= engine.WIDTH
    assert all(line.startswith("  ") for line in lines[1:])
    check = exercise(lambda t: "x", [("w " * 15 + "ends   ",)])
    check(lambda t: "v " * 20 + "    ")
    assert "v     '" in capsys.readouterr().out  # spaces that count end no line


# --- stubs and errors ----------------------------------------------------------------


def test_an_error_of_pytorch_is_no_stub():
    def softmax_of_ids(logits):
        return logits.long().softmax(-1)

    def stub(logits):
        raise NotImplementedError

    check = exercise(lambda logits: logits.softmax(-1), [(torch.ones(2),)])
    verdict = check.verdict(softmax_of_ids)
    assert verdict.kind == engine.ERROR and "softmax" in verdict.message
    assert check.verdict(stub).kind == engine.NOT_DONE


def _two_steps(step):
    def run(seed, rule):
        return [step(seed) + 0, step(seed + 1) + 0]

    return run


PROBE = exercise(
    lambda seed, rule: [2.0 * seed, 2.0 * seed + 2],
    [(3, "SGD")],
    prepare=_two_steps,
    say=lambda case: f"with {case[1]},",
    entries=("the loss of step 1", "the loss of step 2"),
)


def test_a_probe_is_described_in_the_learners_terms():
    message = PROBE.verdict(lambda x: 6.0).message
    assert message == "✗ Exercise 9.2: with SGD, the loss of step 2 is 6.0, not 8.0."
    assert "with SGD, your function raised ZeroDivisionError" in (
        PROBE.verdict(lambda x: 1 / 0).message
    )


def test_your_function_raised_only_what_it_raised():
    # Here the probe is the check's own code, as in the modules of the lessons.
    space = {"__name__": "charrnn_helpers.exercises.probe"}
    exec("def prepare(f):\n    return lambda seed, rule: f(seed).item()", space)
    check = dataclasses.replace(PROBE, prepare=space["prepare"])
    message = check.verdict(lambda x: "text").message
    assert "raised" not in message and "what it returned cannot be used" in message
    assert "your function raised KeyError" in check.verdict(lambda x: {}[x]).message


# --- gradients -----------------------------------------------------------------------


def _layer(x, h_0):
    return torch.tanh(x + h_0)


GRADIENTS = exercise(
    _layer, [(torch.tensor([0.5, -1.0]), torch.tensor([0.1, 0.2]))], gradients=True
)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x, h_0: _layer(x, h_0.detach()), "no gradient flows back to `h_0`"),
        (torch.no_grad()(lambda x, h_0: _layer(x, h_0)), "flows back to `x`"),
        (
            lambda x, h_0: _layer(x, 2 * h_0 - h_0.detach()),
            "the gradient in `h_0` has",
        ),
    ],
)
def test_a_cut_gradient_is_noticed(answer, said):
    verdict = GRADIENTS.verdict(answer)
    assert verdict.kind == engine.GRADIENT and said in verdict.message
    assert dataclasses.replace(GRADIENTS, gradients=False).verdict(answer).passed


def test_what_is_written_into_a_tensor_has_no_gradient():
    def written_into(x, h_0):
        h = torch.tanh(x + h_0)
        for i in range(2):
            h[i] = h[i].tanh()
        return h * 1

    check = exercise(
        lambda x, h_0: _layer(x, h_0).tanh(), GRADIENTS.cases, gradients=True
    )
    verdict = check.verdict(written_into)
    assert verdict.kind == engine.GRADIENT and "was overwritten" in verdict.message


def test_the_right_gradient_passes_in_parameters_too():
    assert GRADIENTS.verdict(lambda x, h_0: (x + h_0).tanh()).passed
    check = exercise(
        lambda layer, x: layer(x), [(nn.Linear(2, 3), torch.ones(2))], gradients=True
    )
    assert check.verdict(lambda layer, x: x @ layer.weight.T + layer.bias).passed
    message = check.verdict(lambda m, x: x @ m.weight.T + m.bias.data).message
    assert "`m.bias`" in message


# --- what cells may have set ---------------------------------------------------------

ONE_HOT = exercise(lambda ids: F.one_hot(ids, 4).float(), [(torch.tensor([1, 3]),)])


def test_settings_of_a_cell_refuse_no_right_answer():
    def right(ids):
        return torch.eye(4)[ids]

    def wrong(ids):
        return torch.zeros(2, 4)

    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    try:
        assert ONE_HOT.verdict(right).passed
        assert GRADIENTS.verdict(_layer).passed
        assert torch.get_default_dtype() == torch.float64
        assert not torch.is_grad_enabled()
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)


def test_a_replaced_function_is_back_for_the_check(monkeypatch):
    def fake(*args, **kwargs):
        return torch.zeros(2, 4)

    class NoLuck(random.Random):
        def __init__(self, *args):
            raise RuntimeError

    monkeypatch.setattr(F, "one_hot", fake)
    monkeypatch.setattr(random, "Random", NoLuck)
    monkeypatch.setattr(torch.Tensor, "float", fake, raising=False)
    assert ONE_HOT.verdict(lambda ids: torch.eye(4)[ids]).passed
    assert DOUBLE.verdict(lambda numbers: [2 * n for n in numbers]).passed
    assert F.one_hot is fake and random.Random is NoLuck
    assert torch.Tensor.float is fake


def test_an_answer_cannot_replace_what_judges_it():
    original = F.one_hot

    def cheats(ids):
        F.one_hot = lambda *_: torch.zeros(2, 4)
        return torch.zeros(2, 4)

    assert not ONE_HOT.verdict(cheats).passed
    assert F.one_hot is original


# --- the history of the cells --------------------------------------------------------


@pytest.fixture
def shell(monkeypatch):
    """An IPython session, and nothing left of it afterwards."""
    shell = InteractiveShell.instance()
    shell.user_ns["check"] = dataclasses.replace(DOUBLE, name="my_double")
    yield lambda cell, store=True: _said(shell, cell, store)
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


def _said(shell, cell, store):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        shell.run_cell(cell, store_history=store)
    return output.getvalue()


RIGHT = "def my_double(numbers):\n    return [2 * n for n in numbers]"
BROKEN = "def my_double(numbers):\n    return [2 * n for n in numbers"
STOPPED = "1 / 0\n" + RIGHT


@pytest.mark.parametrize("changed", [BROKEN, STOPPED])
def test_an_earlier_run_is_not_judged_silently(shell, changed):
    shell(RIGHT)
    assert "earlier run" not in shell("check(my_double)")
    shell(changed)
    said = " ".join(shell("check(my_double)").split())
    assert "✓ Exercise 9.1: This judges the `my_double` of an earlier run" in said
    assert ("SyntaxError" in said) == (changed == BROKEN)
    shell("# again\n" + RIGHT)
    assert "earlier run" not in shell("check(my_double)")


def test_without_a_history_nothing_is_said_of_it(shell):
    for cell in (RIGHT, BROKEN):
        shell(cell, store=False)
    assert "earlier run" not in shell("check(my_double)", store=False)
    shell(RIGHT)  # other ways to come by the name give no false note
    shell("my_double = (lambda f: lambda numbers: f(numbers))(my_double)")
    assert "earlier run" not in shell("check(my_double)")


# --- what is accepted ----------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        np.float64(3),
        3,
        Fraction(3),
        torch.tensor(3.0),
        torch.tensor([3.0]),
        np.array([3.0]),
    ],
)
def test_a_number_may_come_in_any_form(answer):
    assert question(3.0).verdict(answer).passed
    assert exercise(lambda: 3.0, [()]).verdict(lambda: answer).passed


def test_a_tensor_of_one_number_is_refused_where_a_float_is_the_point():
    check = exercise(lambda: 3.0, [()], strict=True)
    assert check.verdict(lambda: np.float64(3)).passed
    assert check.verdict(lambda: torch.tensor(3.0)).kind == engine.TYPE


@pytest.mark.parametrize(
    "answer",
    [[2, 3], torch.tensor([2, 3]), np.array([2, 3]), torch.Size([2, 3])],
)
def test_numbers_may_come_in_any_row(answer):
    assert question((2, 3)).verdict(answer).passed
    assert question((3, 2)).verdict(answer).kind == engine.VALUES


def test_booleans_are_no_numbers():
    assert question(True).verdict(np.True_).passed
    assert question(True).verdict(torch.tensor(True)).passed
    assert not question(True).verdict(1).passed
    assert not question(1).verdict(True).passed
    assert question({"a", "b"}).verdict(["b", "a"]).passed
    assert not question({"a", "b"}).verdict(["b", "b"]).passed


# --- time ----------------------------------------------------------------------------


def test_the_time_limit_is_one_for_all_cases():
    def slow(n):
        end = time.thread_time() + 0.1
        while time.thread_time() < end:
            pass
        return n

    check = exercise(lambda n: n, [(n,) for n in range(30)], time_limit=0.5)
    start = time.thread_time(), time.process_time()
    assert check.verdict(slow).kind == engine.TOO_SLOW
    assert time.process_time() - start[1] < 1.5


def test_waiting_is_not_computing():
    """A machine that is busy with something else makes no right answer wrong."""

    def waits(n):
        time.sleep(0.4)
        return n

    check = exercise(lambda n: n, [(1,)], time_limit=0.2)
    assert check.verdict(waits).passed
    check = dataclasses.replace(check, time_limit=0.02)
    assert check.verdict(waits).kind == engine.TOO_SLOW


# --- a module's own summary ----------------------------------------------------------


def test_a_module_sums_up_its_own_exercises(capsys, monkeypatch):
    module = types.ModuleType("lesson")
    module.late = dataclasses.replace(DOUBLE, number="9.10")
    module.early = question(1)
    module.other = "no exercise"
    monkeypatch.setitem(sys.modules, "lesson", module)
    monkeypatch.setattr(engine, "_tally", {})
    numbers = [e.number for e in engine.exercises_of(module)]
    assert numbers == ["9.3", "9.10"]
    module.early(1)
    engine.summary_of("lesson")()
    assert "1 of 2 exercises solved: 9.3 ✓ · 9.10 ○" in capsys.readouterr().out


def test_what_was_solved_stays_solved(capsys, monkeypatch):
    monkeypatch.setattr(engine, "_tally", {})
    check = question(1)
    for answer in (0, 1, 2):
        check(answer)
    assert capsys.readouterr().out.count("✗") == 2  # the last one says so, too
    assert engine.tally([check.number]).startswith("1 of 1 exercises solved")
