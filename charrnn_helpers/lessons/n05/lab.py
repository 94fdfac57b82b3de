"""The lab of notebook 05: one step of the cell, and a state whose numbers can be moved.

The chosen step stands beside another one that reads the same letter.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

import ipywidgets as widgets
import torch
import torch.nn.functional as F
from torch import Tensor

from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab, check_text
from charrnn_helpers.plotting.palette import BLACK, VERMILLION
from charrnn_helpers.running import running_model

LONGEST = 20
"""Characters that the lab reads."""

Step = Mapping[str, Tensor]
"""The name of a quantity, those of ``COLUMNS``, → its numbers."""


@functools.cache
def weights() -> tuple[Tensor, ...]:
    """``W_ih, W_hh, b_ih, b_hh, W_ho, b_o`` of the running model, in float64."""
    return tuple(weight.detach().double() for weight in running_model()[0].parameters())


def take_step(character: str, h_prev: Tensor) -> Step:
    """One step of the cell, with every number."""
    W_ih, W_hh, b_ih, b_hh, W_ho, b_o = weights()
    i = running_model()[1].encode(character).item()
    from_state = F.linear(h_prev, W_hh, b_hh)
    from_input = W_ih[:, i] + b_ih  # a one-hot row picks a column
    total = from_state + from_input
    logits = F.linear(total.tanh(), W_ho, b_o)
    return {
        "h_prev": h_prev,
        "from_state": from_state,
        "from_input": from_input,
        "sum": total,
        "h_t": total.tanh(),
        "logits": logits,
        "probs": logits.softmax(dim=-1),
    }


@functools.lru_cache(maxsize=64)
def read(text: str) -> tuple[Step, ...]:
    """Every step of a text, from the zero state."""
    steps: list[Step] = []
    h = torch.zeros(len(weights()[1]), dtype=torch.float64)
    for character in text:
        steps.append(take_step(character, h))
        h = steps[-1]["h_t"]
    return tuple(steps)


def checked(typed: str) -> str:
    """The text, if the lab can read it.

    Raises:
        ValueError: with a sentence for the reader, if it cannot.
    """
    check_text(typed, "Your text", maximum=LONGEST)
    try:
        running_model()[1].encode(typed)
    except ValueError as error:
        raise ValueError(
            f"{error}. The model knows the characters of the three sentences only."
        ) from error
    return typed


def twin(text: str, t: int) -> int | None:
    """Another step with the same letter: the last one before, else the next."""
    before, after = text.rfind(text[t], 0, t), text.find(text[t], t + 1)
    found = before if before >= 0 else after
    return found if found >= 0 else None


def as_numbers(changed: str) -> dict[int, float]:
    """Unit → number, from a text such as "0:0.98 8:-0.63"."""
    parts = (part.split(":") for part in changed.split())
    return {int(unit): float(number) for unit, number in parts}


def draw_cell(typed: str, step: int, unit: int, value: float, changed: str) -> Drawing:
    """Draw one step of the cell, beside another one that reads the same letter.

    Args:
        typed: the text to read.
        step: which step, counted from 1.
        unit: the hidden unit that the slider holds.
        value: where the slider stands; what is drawn is what is ``changed``.
        changed: the units of ``h_prev`` that have been moved, as "unit:number …".

    Raises:
        ValueError: if the text is empty, too long or holds an unknown character, or
            if it has no such step.
    """
    text = checked(typed)
    if not 1 <= step <= len(text):
        raise ValueError(
            f"Your text has {pictures.counted(len(text), 'character')}, and one step "
            f"for each. Choose a smaller step than {step}."
        )
    t = step - 1
    steps, other, moved = read(text), twin(text, t), as_numbers(changed)
    h_prev = steps[t]["h_prev"].clone()
    for index, number in moved.items():
        h_prev[index] = number
    shown = [(t, take_step(text[t], h_prev))]
    if other is not None:
        shown.append((other, steps[other]))
    strip = pictures.tiles(
        [
            pictures.Tile(
                character,
                f"→ {_best(steps[at])[0]}",
                strong=at == t,
                pick=f"s{at + 1}",
                say=f"Step {at + 1}: click to look inside.",
            )
            for at, character in enumerate(text)
        ],
        caption="What is read, and what is then expected: click on a character",
        limit=1.0,
    )
    svg = "".join(_flow(text, shown, unit, moved, steps[t]))
    return Drawing(_said(text, shown, moved, steps[t]), strip + svg)


def _best(step: Step) -> tuple[str, float]:
    best = int(step["probs"].argmax())
    return pictures.visible(running_model()[1].itos[best]), step["probs"][best].item()


def _said(text: str, shown: list, moved: Mapping[int, float], was: Step) -> str:
    (t, now), *others = shown

    def expects(step: Step) -> str:
        return "<b>{}</b> with {:.2f}".format(*_best(step))

    def after(at: int) -> str:
        return f"after <b>{pictures.visible(text[:at])}</b>" if at else "from zeros"

    letter = f"<b>{pictures.visible(text[t])}</b>"
    first = f"Step {t + 1} reads {letter} {after(t)} and expects {expects(was)}."
    if moved:
        units = " and ".join(
            f"unit {unit} at {_number(number)} (it was {_number(was['h_prev'][unit])})"
            for unit, number in sorted(moved.items())
        )
        first += f" With {units} it expects {expects(now)}."
    second = "No other step reads this letter."
    for other, step in others:
        second = (
            f"Step {other + 1} reads {letter} {after(other)} and expects "
            f"{expects(step)}: what comes from the input is equal, the state is not."
        )
    return pictures.sentence(first) + pictures.sentence(second)


COLUMNS = {
    "h_prev": (24, "h_prev", "state before", "W_hh"),
    "from_state": (137, "from h_prev", "", "+"),
    "from_input": (233, "", "", "="),
    "sum": (329, "sum", "", "tanh"),
    "h_t": (434, "h_t", "state after", "W_ho"),
    "logits": (547, "logits", "", "softmax"),
    "probs": (680, "probabilities", "of what follows", ""),
}
"""A quantity → where it begins, its name, what it is, and the way to the next one."""

_NEXT = zip(COLUMNS, list(COLUMNS.values())[1:], strict=False)
ROOM = {name: x - COLUMNS[name][0] - 72 for name, (x, *_) in _NEXT}
ROOM["logits"] -= 16  # the symbols stand there
"""A quantity → the pixels between its two columns and the next ones."""

TOP, HEIGHT, WIDE, WIDER = 60, 288, 34, 58


def _flow(
    text: str, shown: list, unit: int, moved: Mapping[int, float], was: Step
) -> Iterator[str]:
    """The parts of the diagram, as SVG."""
    t, itos = shown[0][0], running_model()[1].itos
    letter = pictures.visible(text[t])
    yield (
        '<div style="background:#fff;padding:2px 4px;overflow-x:auto">'
        '<svg role="group" aria-label="One step of the cell, from the old state and '
        'the letter to the probabilities" width="802" height="368" '
        'style="font:12px sans-serif;background:#fff;display:block">'
    )
    for name, (x, title, more, way) in COLUMNS.items():
        symbols = name in ("logits", "probs")
        wide = WIDER if name == "probs" else WIDE
        yield _text(x, 14, title, "font-weight:bold") + _text(x, 30, more)
        if name == "from_input":  # the letter looks up its column
            yield (
                f'<rect x="{x}" y="2" width="22" height="22" fill="#fff" '
                f'stroke="{BLACK}" stroke-width="2"/>'
                + _text(x + 11, 19, letter, "font:bold 17px monospace", "middle")
                + _text(x + 28, 17, "x_t", "font-weight:bold")
                + _text(x - 8, 39, "↓ its column of W_ih")
            )
        arrow = "" if way in ("+", "=", "") else "→"
        middle, room = TOP + HEIGHT / 2, ROOM.get(name, 0)
        between = x + 2 * wide + 4 + room / 2
        yield _text(between, middle, way, "font-size:11px", "middle")
        yield _text(between, middle + 16, arrow, "font-size:16px", "middle")
        limit = max(1.0, *(abs(step[name]).max().item() for _, step in shown))
        for k, (at, step) in enumerate(shown):
            left = x + k * (wide + 4)
            head = f"step {at + 1}"
            yield _text(left + wide / 2, TOP - 5, head, "font-size:10px", "middle")
            values = step[name].tolist()
            row = HEIGHT / len(values)
            for j, number in enumerate(values):
                what = f"“{pictures.visible(itos[j])}”" if symbols else f"Unit {j}"
                say = SAY[name].format(
                    what=what, letter=letter, at=at + 1, **_at(step, j, symbols)
                )
                pick, strong = None, name == "probs" and number == max(values)
                if name == "h_prev":
                    pick, strong = f"{'o' if k else 'u'}{j}", j in moved and not k
                    say += (
                        f" Click: step {t + 1} gets it."
                        if k
                        else " Click, then move it by the slider."
                    )
                touched = pictures.touch(
                    pick,
                    f"{'v' if symbols else 'u'}{j}",
                    say,
                    pressed=pick == f"u{unit}",
                )
                if pick:
                    touched += f' role="button" aria-label="{pictures.plain(say)}"'
                edge = VERMILLION if pick == f"u{unit}" else BLACK if strong else ""
                box = (left, TOP + j * row, wide, row)
                yield _cell(box, number, limit, touched, edge, name == "probs")
                before = was[name][j].item()
                if name == "probs" and not k and abs(number - before) > 0.02:
                    yield (
                        f'<path d="M{left + wide * before:.1f} {box[1]:.1f}v{row:.1f}" '
                        f'stroke="{VERMILLION}" stroke-width="3"/>'
                    )
        if name in ("h_prev", "probs"):
            for j, label in enumerate(itos if symbols else range(len(values))):
                y = TOP + (j + 0.5) * row + 4
                yield _text(x - 5, y, pictures.visible(str(label)), "", "end")
    note = (
        "Purple: positive, orange: negative. Red bar: where a probability was before."
    )
    yield _text(24, TOP + HEIGHT + 16, note) + "</svg></div>"


SAY = {
    "h_prev": "{what} before step {at}: {h_prev}.",
    "from_state": "{what}: its row of W_hh times all of h_prev, and the bias.",
    "from_input": "{what}: its number in the column of {letter}, and the bias: "
    "{from_input} at every {letter}.",
    "sum": "{what}: {from_state} from the state, {from_input} from the input.",
    "h_t": "{what} after step {at}: tanh of {sum} is {h_t}.",
    "logits": "{what}: its row of W_ho times all of h_t, and the bias.",
    "probs": "Step {at} expects {what} with probability {probs}.",
}
"""A quantity → what is said of one of its numbers."""


def _at(step: Step, j: int, symbols: bool) -> dict[str, str]:
    names = [name for name in step if (name in ("logits", "probs")) == symbols]
    return {name: _number(step[name][j]) for name in names}


def _text(x: float, y: float, text: str, style: str = "", anchor: str = "start") -> str:
    """A line of text, which the pointer does not see; ``text`` is escaped already."""
    if not text:
        return ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{BLACK}" '
        f'pointer-events="none" style="{style}">{text}</text>'
    )


def _cell(
    box: tuple[float, ...],
    number: float,
    limit: float,
    touched: str,
    edge: str,
    bar: bool,
) -> str:
    """One number in a box, coloured, or with a bar behind it."""
    x, y, wide, high = box
    fill, ink = ("#fff", BLACK) if bar else pictures.colours(number, limit, True)
    edge = f'stroke="{edge}" stroke-width="3"' if edge else 'stroke="#bbb"'
    behind = (
        f'<rect x="{x:.1f}" y="{y + 2:.1f}" width="{wide * number:.1f}" '
        f'height="{high - 4:.1f}" fill="#9cc8e4" pointer-events="none"/>'
    )
    style = f'pointer-events="none" style="font-size:11px;fill:{ink}"'
    return (
        f'<rect{touched} x="{x:.1f}" y="{y:.1f}" width="{wide}" height="{high:.1f}" '
        f'fill="{fill}" {edge}/>{behind if bar else ""}'
        f'<text x="{x + wide / 2:.1f}" y="{y + high / 2 + 4:.1f}" text-anchor="middle" '
        f"{style}>{_number(number)}</text>"
    )


def _number(value: float | Tensor) -> str:
    """Two decimals, a proper minus sign, and none in front of a zero."""
    return f"{round(float(value), 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")


def cell_lab() -> Lab:
    """A lab: one step of the cell, and what happens when its old state is another.

    Controls: ``typed``, ``step``, ``unit``, ``value`` and, not shown, ``changed``; the
    button ``lab.back``. Picks: "s4" goes to step 4, "u3" chooses unit 3, "o3" gives it
    the number that it has at the other step with the same letter.
    """
    typed = widgets.Text("hello", description="Your text", continuous_update=True)
    # A slider that the lab moves may send its number back, and late: two are quiet
    # while they move, and the third is moved once only for each pick.
    quiet = {"continuous_update": False}
    step = widgets.IntSlider(3, min=1, max=5, description="Step", **quiet)
    unit = widgets.IntSlider(0, min=0, max=11, description="Unit of h_prev", **quiet)
    value = widgets.FloatSlider(
        0, min=-1, max=1, step=0.01, description="Its number", readout_format=".2f"
    )
    changed = widgets.Text("", description="Changed")
    back = widgets.Button(description="Put back", tooltip="The state that was left")
    settling = []  # not empty while the slider is moved by the lab

    def h_prev(t: int) -> Tensor:
        return read(typed.value)[t]["h_prev"]

    def settle(_change: object = None) -> None:
        """Move the slider to the number of the unit."""
        try:
            checked(typed.value)
            numbers = dict(enumerate(h_prev(step.value - 1).tolist()))
        except (ValueError, IndexError):
            return
        settling.append(True)
        value.value = round((numbers | as_numbers(changed.value))[unit.value], 2)
        settling.pop()

    def start_again(_change: object = None) -> None:
        if 0 < len(typed.value) <= LONGEST:  # a slider needs two positions
            step.max = max(len(typed.value), 2)
        changed.value = ""
        settle()

    def change(index: int, number: float) -> None:
        numbers = as_numbers(changed.value) | {index: number}
        before = h_prev(step.value - 1)
        changed.value = " ".join(
            f"{u}:{n:.2f}"
            for u, n in numbers.items()
            if f"{before[u]:.2f}" != f"{n:.2f}"
        )

    def move(_change: object) -> None:
        if not settling and not lab.picture.stale:
            change(unit.value, value.value)

    def pick(lab: Lab, key: str) -> None:
        number = int(key[1:])
        if key[0] == "s":
            step.value = number
        elif not lab.picture.stale:  # else it is the picture of another text
            other = twin(typed.value, step.value - 1)
            if key[0] == "o" and other is not None:
                change(number, h_prev(other)[number].item())
            unit.value = number
            settle()

    # Before the lab redraws.
    for control in (typed, step):
        control.observe(start_again, names="value")
    unit.observe(settle, names="value")
    value.observe(move, names="value")
    back.on_click(start_again)
    settle()
    controls = {"typed": typed, "step": step, "unit": unit, "value": value}
    controls["changed"] = changed
    lab = Lab(
        "One step of the cell",
        controls,
        draw_cell,
        rows=[["typed", "step"], ["unit", "value"]],
        extra=[back],
        on_pick=pick,
    )
    lab.back = back
    return lab
