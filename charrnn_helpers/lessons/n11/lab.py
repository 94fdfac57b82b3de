"""The lab of notebook 11: one cell of one unit, ten steps, every gate a dial."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import ipywidgets as widgets

from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab
from charrnn_helpers.lab.pictures import Cell

STEPS = 10
NBSP = "\N{NO-BREAK SPACE}"  # in a label, which would show a space as ␣
OFFERED = (0.4, 0.9, -0.7, 0.3, -0.5, 0.8, -0.9, 0.6, 0.5, 0.7)
"""The candidates when you set the gates: the second is the value to keep."""

YOU, TRAINED = "you", "a trained cell that reads names"
TEXT = "\nelicia\nla"
GATES = {"f": "forget gate f", "i": "input gate i", "o": "output gate o"}
FROM, TO = 2, 7
"""The value of step 2 is to be held until step 7, and shown there alone."""


BEFORE = "gene"
"""What the trained cell has read of its text before the ten steps."""

UNIT = {
    "g": (-0.84, -0.11, 0.37, 0.6, 0.39, 0.45, 0.37, -0.83, -0.48, 0.08),
    "f": (0.13, 0.87, 0.53, 0.67, 0.38, 0.56, 0.68, 0.06, 0.83, 0.8),
    "i": (0.98, 0.94, 0.92, 0.93, 0.97, 0.99, 0.99, 0.99, 0.93, 0.93),
    "o": (0.98, 0.97, 0.81, 0.95, 0.96, 0.99, 1.0, 0.98, 0.91, 0.97),
    "c": (1.4,),
}
"""One unit of the LSTM that section 11.2 trains on lines of names, and its start.

It is the unit whose forget gate falls most at the end of a line;
tests/lessons/test_n11.py trains it again.
"""


def as_dials(changed: str) -> dict[tuple[str, int], float]:
    """(gate, step) → number, from a text such as "f3:1.00 i2:0.00".

    Raises:
        ValueError: with a sentence for the reader, if there is no such dial.
    """
    dials = {}
    for part in changed.split():
        found = re.fullmatch(r"([fio])([1-9]|10):(0|1|0\.\d+|1\.0+)", part)
        if found is None:
            raise ValueError(
                "Each dial is a gate (f, i or o), a step from 1 to 10 and a number "
                f"from 0 to 1, such as f3:0.9; this is none: {part[:20]}"
            )
        dials[found[1], int(found[2])] = float(found[3])
    return dials


def settings(mode: str) -> dict[str, list[float]]:
    """The candidates, and where the gates stand before anybody moves one."""
    if mode == TRAINED:
        return {name: list(values) for name, values in UNIT.items()}
    half = {name: [0.5] * STEPS for name in GATES}
    return {"g": list(OFFERED), "c": [0.0]} | half


def run_cell(mode: str, dials: Mapping[tuple[str, int], float]) -> dict[str, list]:
    """All numbers of the ten steps; the cell state has one more, before the first."""
    numbers = settings(mode)
    for (gate, step), value in dials.items():
        numbers[gate][step - 1] = value
    numbers["h"] = []
    for f, i, g, o in zip(*(numbers[k] for k in "figo"), strict=True):
        numbers["c"].append(f * numbers["c"][-1] + i * g)
        numbers["h"].append(o * math.tanh(numbers["c"][-1]))
    return numbers


def draw_gates(mode: str, value: float, dials: str, picked: str = "") -> Drawing:
    """Draw the ten steps as a table: what is offered, the gates, and both states."""
    changed = as_dials(dials)
    numbers = run_cell(mode, changed)
    c = numbers["c"]
    heads = [f"{t}" for t in range(1, STEPS + 1)]
    if mode == TRAINED:
        heads = [
            f"{t}{NBSP}{s}" for t, s in zip(heads, TEXT.replace("\n", "↵"), strict=True)
        ]
    rows = [
        [_cell(numbers["g"][t], t, f"Offered at step {t + 1}.") for t in range(STEPS)]
        + [Cell()]
    ]
    for gate, name in GATES.items():
        row = []
        for t, number in enumerate(numbers[gate]):
            key = f"{gate}{t + 1}"
            say = f"{name} of step {t + 1}: {_number(number)}. Click: all or nothing."
            row.append(_cell(number, t, say, pick=key, strong=key == picked))
        say = f"{name}, all ten steps. Click: all 0, and again: all 1."
        whole = Cell("all", None, False, picked == f"{gate}a", f"{gate}a", gate, say)
        rows.append([*row, whole])
    steps = []
    for t in range(STEPS):
        f, i, g = (_number(numbers[k][t]) for k in "fig")
        say = f"f {f} × {_number(c[t])} before, and i {i} × {g} offered"
        steps.append(_cell(c[t + 1], t, f"Step {t + 1}: {say} = {_number(c[t + 1])}"))
    rows.append([*steps, Cell()])
    shown = []
    for t, h in enumerate(numbers["h"]):
        say = f"o {_number(numbers['o'][t])} × tanh of {_number(c[t + 1])}"
        shown.append(_cell(h, t, f"Shown at step {t + 1}: {say} = {_number(h)}"))
    rows.append([*shown, Cell()])
    table = pictures.grid(
        rows,
        caption="One unit, step by step. Click on a gate to open or close it; point at "
        "a number to see where it comes from.",
        row_labels=[
            label.replace(" ", NBSP)
            for label in (
                "candidate g",
                *GATES.values(),
                "cell state c",
                "hidden state h",
            )
        ],
        column_labels=[*heads, ""],
        signed=True,
        limit=1.0,
    )
    return Drawing(_said(mode, numbers, changed), table)


def _cell(
    number: float, t: int, say: str, pick: str | None = None, strong: bool = False
) -> Cell:
    return Cell(_number(number), number, False, strong, pick, f"s{t + 1}", say)


def _said(mode: str, numbers: Mapping[str, list], changed: Mapping) -> str:
    c, h = numbers["c"], numbers["h"]
    if mode == TRAINED:
        first = (
            f"The cell reads the end of one name, then <b>elicia</b>, then the next "
            f"(↵ ends a name). Before step 1 its state is {_number(c[0])}; step 1 "
            f"leaves {_share(numbers['f'][0])} of that, step 8 leaves "
            f"{_share(numbers['f'][7])} of {_number(c[7])}."
        )
        if changed:
            moved = pictures.counted(len(changed), "change")
            alone = _number(run_cell(mode, {})["c"][-1])
            first += f" With your {moved} c after step 10 is {_number(c[-1])}; left to "
            first += f"itself the cell has {alone}."
        return pictures.sentence(first)
    written = numbers["i"][FROM - 1] * numbers["g"][FROM - 1]
    kept = math.prod(numbers["f"][FROM:TO])
    strange = [t for t in range(FROM + 1, TO + 1) if abs(numbers["i"][t - 1]) > 0.005]
    first = (
        f"Task: keep the 0.90 of step {FROM} to step {TO}, show it there alone, and "
        f"empty the cell at step {TO + 1}. Step {FROM} writes {_number(written)}, and "
        f"the forget gates of steps {FROM + 1} to {TO} leave {_share(kept)} of it."
    )
    if strange:
        first += f" Input gates let other values in at {_steps(strange)}."
    seen = [t for t in range(1, STEPS + 1) if abs(h[t - 1]) > 0.005]
    goals = {
        f"c is 0.90 after step {TO}": all(
            abs(c[t] - 0.9) < 0.005 for t in range(FROM, TO + 1)
        ),
        f"seen at step {TO} alone": seen == [TO] and numbers["o"][TO - 1] > 0.995,
        f"empty after step {TO + 1}": all(abs(c[t]) < 0.005 for t in range(TO + 1, 11)),
    }
    marks = " · ".join(f"{'✓' if done else '✗'} {goal}" for goal, done in goals.items())
    second = f"{marks}. It is seen at {_steps(seen) if seen else 'no step'}."
    if all(goals.values()):
        second += (
            " <b>Held as long as f is 1 and i is 0, and seen only where o is open.</b>"
        )
    return pictures.sentence(first) + pictures.sentence(second)


def _steps(some: list[int]) -> str:
    if len(some) == STEPS:
        return "every step"
    return f"step{'s' * (len(some) > 1)} " + ", ".join(map(str, some))


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def _number(value: float) -> str:
    """Two decimals, a proper minus sign, and none in front of a zero."""
    return f"{round(float(value), 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")


def gates_lab() -> Lab:
    """A lab: ten steps of one cell, whose gates you set, or a trained cell did.

    Controls: ``mode``, ``value`` and, not shown, ``dials``; the button ``lab.back``.
    Picks: "f3" opens or closes the forget gate of step 3, "fa" those of all steps; the
    slider then holds what was picked.
    """
    mode = widgets.Dropdown(
        options=[YOU, TRAINED],
        description="Who sets the gates",
        layout=widgets.Layout(width="max-content"),
    )
    value = widgets.FloatSlider(
        0.5,
        min=0,
        max=1,
        step=0.05,
        description="The chosen gate",
        readout_format=".2f",
    )
    dials = widgets.Text("", description="Dials")
    back = widgets.Button(description="Put back", tooltip="The gates as they were")
    settling: list[bool] = []  # not empty while the lab moves the slider

    def turn(key: str, number: float) -> None:
        steps = range(1, STEPS + 1) if key[1:] == "a" else (int(key[1:]),)
        changed = as_dials(dials.value) | {(key[0], t): number for t in steps}
        dials.value = " ".join(f"{g}{t}:{v:.2f}" for (g, t), v in changed.items())

    def pick(lab: Lab, key: str) -> None:
        now = run_cell(mode.value, as_dials(dials.value))[key[0]]
        if key[1:] == "a":
            number = 1.0 if max(now) < 0.005 else 0.0
        else:
            number = 0.0 if now[int(key[1:]) - 1] > 0.995 else 1.0
        lab.chosen = key
        settling.append(True)
        value.value = number
        settling.pop()
        turn(key, number)

    def move(_change: object) -> None:
        if not settling and lab.chosen:
            turn(lab.chosen, value.value)

    def start_again(_change: object) -> None:
        lab.chosen = ""
        dials.value = ""

    value.observe(move, names="value")
    mode.observe(start_again, names="value")
    back.on_click(start_again)

    def draw(mode: str, value: float, dials: str) -> Drawing:
        return draw_gates(mode, value, dials, lab.chosen if lab else "")

    lab: Lab | None = None
    lab = Lab(
        "One cell, ten steps, every gate a dial",
        {"mode": mode, "value": value, "dials": dials},
        draw,
        rows=[["mode", "value"]],
        extra=[back],
        on_pick=pick,
    )
    lab.chosen, lab.back = "", back
    return lab
