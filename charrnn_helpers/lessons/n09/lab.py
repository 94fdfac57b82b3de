"""The lab of notebook 09: the paths from the losses to one weight, and which are left.

A path begins at the loss of one step, goes back along the states, and enters ``W_hh``
at its own step or at an earlier one.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import ipywidgets as widgets
import torch
from torch import Tensor

from charrnn_helpers import data
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab, check_text
from charrnn_helpers.plotting.palette import BLACK, BLUE, GREEN, GREY, VERMILLION
from charrnn_helpers.running import running_model

LONGEST = 7
"""Characters that the lab reads: six steps, and one more to predict."""

EPOCHS = 60
"""Training of the model: far enough to know something, and still to learn from."""

BUGS = {
    "slope": "slope: tanh' at the state before",
    "carried": "carried: nothing carried back",
    "transposed": "transposed: W_hh.T, not W_hh",
    "late": "late: W_hh gets the new state",
    "overwritten": "overwritten, not added up",
}
"""A bug of *Break it* → what its switch says."""


@dataclass(frozen=True)
class Paths:
    """All the paths of a text; the first axis is the step of the loss.

    Attributes:
        arriving: what arrives at each state, shape (T, T, H).
        parts: what each path adds to the gradient of ``W_hh``, shape (T, T, H, H).
        followed: which paths there are, bool of shape (T, T).
    """

    arriving: Tensor
    parts: Tensor
    followed: Tensor

    @property
    def gradient(self) -> Tensor:
        """The sum over all paths, (H, H)."""
        return self.parts.sum(dim=(0, 1))


@functools.lru_cache(maxsize=32)
@torch.no_grad()
def forward(text: str) -> tuple[Tensor, Tensor, Tensor]:
    """States with the zero state before, (T + 1, H); ``from_loss``, (T, H); W_hh."""
    model, vocab, *_ = running_model(EPOCHS)
    W_ih, W_hh, b_ih, b_hh, W_ho, b_o = (p.double() for p in model.parameters())
    ids = vocab.encode(text)
    x = data.one_hot(ids, len(vocab)).double()  # (T + 1, V)
    h = [torch.zeros(len(W_hh), dtype=torch.float64)]
    for t in range(len(ids) - 1):
        h.append(torch.tanh(W_ih @ x[t] + b_ih + W_hh @ h[t] + b_hh))
    states = torch.stack(h)  # (T + 1, H)
    logits = states[1:] @ W_ho.T + b_o  # (T, V)
    d_logits = (logits.softmax(dim=-1) - x[1:]) / len(logits)
    return states, d_logits @ W_ho, W_hh


@functools.lru_cache(maxsize=256)
def paths(text: str, back: int = LONGEST, bugs: frozenset[str] = frozenset()) -> Paths:
    """Follow every loss back step by step, with the bugs of *Break it* or without."""
    states, from_loss, W_hh = forward(text)
    T, H = from_loss.shape
    arriving, parts = from_loss.new_zeros(T, T, H), from_loss.new_zeros(T, T, H, H)
    followed = torch.zeros(T, T, dtype=torch.bool)
    for s in range(T):
        d_h = from_loss[s]
        for t in range(s, max(-1, s - back - 1), -1):
            arriving[s, t], followed[s, t] = d_h, True
            d_sum = d_h * (1 - states[t if "slope" in bugs else t + 1] ** 2)
            parts[s, t] = torch.outer(d_sum, states[t + 1 if "late" in bugs else t])
            if "carried" in bugs:
                break
            d_h = d_sum @ (W_hh.T if "transposed" in bugs else W_hh)
    if "overwritten" in bugs:  # the loop goes back, so the first step comes last
        parts[:, 1:], followed[:, 1:] = 0, False
    return Paths(arriving, parts, followed)


def largest(text: str) -> tuple[int, int]:
    """The entry of ``W_hh`` with the largest true gradient."""
    gradient = paths(text).gradient
    return divmod(int(gradient.abs().argmax()), gradient.shape[1])


def cosine(a: Tensor, b: Tensor) -> float:
    """Of two gradients; 0 where one of them is zero."""
    lengths = a.norm() * b.norm()
    return float((a * b).sum() / lengths) if lengths > 0 else 0.0


def checked(typed: str) -> str:
    """The text, if the lab can read it.

    Raises:
        ValueError: with a sentence for the reader, if it cannot.
    """
    check_text(typed, "Your text", minimum=3, maximum=LONGEST)
    try:
        running_model(EPOCHS)[1].encode(typed)
    except ValueError as error:
        raise ValueError(
            f"{error}. The model knows the characters of the three sentences only."
        ) from error
    return typed


def draw_paths(typed: str, back: int, picked: str = "", **switches: bool) -> Drawing:
    """Draw the unrolled network, what its arrows carry, and a grid of all paths.

    Args:
        typed: the text; its last character is only predicted.
        back: how many steps back each loss is followed.
        picked: the path to show alone, such as "5-2": from loss 5 into step 2.
        switches: which of ``BUGS`` are on.

    Raises:
        ValueError: if the text is too short or too long, or holds a character that
            the model does not know.
    """
    text = checked(typed)
    bugs = frozenset(name for name, on in switches.items() if on)
    found, truth = paths(text, back, bugs), paths(text)
    path = tuple(int(part) - 1 for part in picked.split("-")) if picked else None
    if path and path[0] >= len(text) - 1:
        path = None  # of a longer text
    return Drawing(
        _said(text, found, truth, path), "".join(_picture(text, found, truth, path))
    )


def _said(text: str, found: Paths, truth: Paths, path: tuple | None) -> str:
    i, j = largest(text)
    wrong = found.followed & ~torch.isclose(
        found.parts[:, :, i, j], truth.parts[:, :, i, j], rtol=0, atol=1e-12
    )
    left, all_ = int(found.followed.sum()), int(truth.followed.sum())
    first = f"<b>{left} of {all_}</b> paths are followed"
    if wrong.any():
        first += f", {int(wrong.sum())} of them with a wrong number"
    mine, true = found.gradient, truth.gradient
    first += (
        f". They add up to {_number(mine[i, j])}; the true gradient of this weight is "
        f"{_number(true[i, j])}."
    )
    similar = f"{cosine(mine, true):.3f}".replace("-", "\N{MINUS SIGN}")
    second = (
        f"Cosine <b>{similar}</b> with the true gradient of all of W_hh, and "
        f"{mine.norm() / true.norm():.2f} of its length."
    )
    if path:
        s, t = path
        norms = found.arriving[s, t : s + 1].norm(dim=-1).flip(0).tolist()
        way = " → ".join(f"{norm:.3f}" for norm in norms)
        second += f" Loss {s + 1} alone, going back to step {t + 1}: {way}."
    return pictures.sentence(first) + pictures.sentence(second)


LEFT, WIDE, BOX = 92, 118, 68
LOSSES, STATES, INPUTS, GRID, ROW = 24, 98, 168, 216, 25
"""Heights of the rows, where the grid begins, and how high one of its rows is."""


def _picture(
    text: str, found: Paths, truth: Paths, path: tuple[int, int] | None
) -> Iterator[str]:
    """The parts of the picture, as SVG."""
    T = len(text) - 1
    i, j = largest(text)
    height = GRID + ROW * (T + 1) + 30
    yield (
        '<div style="background:#fff;padding:2px 4px;overflow-x:auto">'
        '<svg role="group" aria-label="The unrolled network with what its arrows '
        'carry back, and below it one cell for each path into a weight" width="804" '
        f'height="{height}" style="font:12px sans-serif;background:#fff;display:block">'
        f"<defs>{_head('b', BLUE)}{_head('v', VERMILLION)}{_head('g', GREEN)}</defs>"
    )
    for y, name in ((LOSSES, "loss"), (STATES, "state"), (INPUTS, "reads")):
        yield _text(8, y + 4, name, "font-weight:bold")
    shown = found.arriving if path is None else _only(found, path)
    own = shown.diagonal().norm(dim=0)  # of (H, T): what each state hears of its loss
    summed = shown.sum(dim=0) - shown.diagonal().T  # (T, H): what is carried to it
    carried = summed.norm(dim=-1)
    for t in range(T):
        x = _middle(t)
        yield _box(x, LOSSES, f"target {pictures.visible(text[t + 1])}", BLUE)
        yield _box(x, STATES, f"h_{t + 1}", BLACK)
        yield _box(x, INPUTS, pictures.visible(text[t]), GREY)
        through = " ".join(f"p{t + 1}-{e + 1}" for e in range(t + 1))
        say = f"Loss {t + 1} tells h_{t + 1} a gradient of length {own[t]:.3f}."
        ends = (x, LOSSES + 13, x, STATES - 13)
        yield _arrow(ends, "b", BLUE, own[t], through, say)
        if t < T - 1:
            crossing = [(s, e) for s in range(t + 1, T) for e in range(t + 1)]
            through = " ".join(f"p{s + 1}-{e + 1}" for s, e in crossing)
            say = (
                f"h_{t + 2} carries back to h_{t + 1} what later losses say: length "
                f"{carried[t]:.3f}."
            )
            ends = (_middle(t + 1) - BOX / 2, STATES, x + BOX / 2, STATES)
            yield _arrow(ends, "v", VERMILLION, carried[t], through, say)
        yield (
            f'<path d="M{x} {STATES + 13}V{INPUTS - 13}" stroke="{GREY}" '
            'stroke-dasharray="2 3"/>'
        )
    yield _text(8, GRID - 9, f"Paths into the weight from unit {j} to unit {i}, "
                "W_hh[{}, {}]: which loss (row), at which step they enter "
                "(column)".format(i, j), "font-weight:bold")  # fmt: skip
    for s in range(T):
        y = GRID + ROW * s
        yield _text(8, y + 17, f"from loss {s + 1}")
        for t in range(s + 1):
            yield _cell(s, t, found, truth, (i, j), (s, t) == path)
    y = GRID + ROW * T + 4
    yield _text(8, y + 17, "sum", "font-weight:bold")
    sums = found.parts[:, :, i, j].sum(dim=0)
    for t in range(T):
        yield _text(_middle(t), y + 17, _number(sums[t]), "font-weight:bold", "middle")
    yield f'<path d="M8 {y}H{_middle(T - 1) + 40}" stroke="{BLACK}"/></svg></div>'


def _only(found: Paths, path: tuple[int, int]) -> Tensor:
    """What arrives at the states on one path."""
    s, t = path
    alone = torch.zeros_like(found.arriving)
    alone[s, t : s + 1] = found.arriving[s, t : s + 1]
    return alone


def _middle(t: int) -> float:
    return LEFT + WIDE * (t + 0.5)


def _cell(
    s: int, t: int, found: Paths, truth: Paths, weight: tuple[int, int], strong: bool
) -> str:
    """One path: its number, or stripes where it is not followed."""
    mine, true = (float(p.parts[s, t][weight]) for p in (found, truth))
    x, y = _middle(t) - 40, GRID + ROW * s
    key = f"{s + 1}-{t + 1}"
    if not found.followed[s, t]:
        state, fill, ink = "is left out", "#e4e4e4", BLACK
        text = "–"
    else:
        limit = float(truth.parts[:, :, weight[0], weight[1]].abs().max())
        fill, ink = pictures.colours(mine, limit, True)
        state, text = f"adds {_number(mine)}", _number(mine)
    say = f"From loss {s + 1}, entering at step {t + 1}: {state}"
    wrong = abs(mine - true) > 1e-12
    say += f", and the truth is {_number(true)}." if wrong else "."
    if t == 0 and not wrong:
        say += " Step 1 multiplies a state of zeros."
    edge = f'stroke="{BLACK}" stroke-width="3"' if strong else 'stroke="#bbb"'
    touched = pictures.touch(key, f"p{key}", say, pressed=strong)
    mark = "✗ " if wrong and found.followed[s, t] else ""
    return (
        f'<rect{touched} role="button" aria-label="{pictures.plain(say)}" x="{x}" '
        f'y="{y}" width="80" height="{ROW - 2}" fill="{fill}" {edge}/>'
        + _text(x + 40, y + 16, mark + text, f"fill:{ink}", "middle")
    )


def _arrow(
    ends: tuple[float, ...], head: str, colour: str, value: Tensor, link: str, say: str
) -> str:
    """An arrow with its number, as thick as the number is large; pale without one."""
    x_0, y_0, x_1, y_1 = ends
    there = float(value) > 0
    across = y_0 == y_1
    x, y = ((x_0 + x_1) / 2, y_0 - 8) if across else (x_0 + 8, (y_0 + y_1) / 2 + 4)
    label = _text(x, y, f"{float(value):.3f}", "", "middle" if across else "start")
    look = 'stroke="#ccc" stroke-dasharray="3 3"'
    if there:
        thick = 1 + min(5, 6 * float(value))
        look = f'stroke="{colour}" stroke-width="{thick:.1f}" marker-end="url(#{head})"'
    return (
        f'<path role="img" aria-label="{pictures.plain(say)}"'
        f"{pictures.touch(None, link, say)} "
        f'd="M{x_0:.1f} {y_0}L{x_1:.1f} {y_1}" fill="none" {look}/>'
        f"{label if there else ''}"
    )


def _head(name: str, colour: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="11" '
        'markerHeight="11" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0 0L10 5L0 10z" fill="{colour}"/></marker>'
    )


def _box(x: float, y: float, text: str, edge: str) -> str:
    return (
        f'<rect x="{x - BOX / 2}" y="{y - 13}" width="{BOX}" height="26" rx="5" '
        f'fill="#fff" stroke="{edge}" pointer-events="none"/>'
        + _text(x, y + 4, text, "", "middle")
    )


def _text(x: float, y: float, text: str, style: str = "", anchor: str = "start") -> str:
    """A line of text, which the pointer does not see; ``text`` is escaped already."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{BLACK}" '
        f'pointer-events="none" style="{style}">{text}</text>'
    )


def _number(value: float | Tensor) -> str:
    """Four decimals, a proper minus sign, and none in front of a zero."""
    return f"{round(float(value), 4) + 0.0:.4f}".replace("-", "\N{MINUS SIGN}")


def paths_lab() -> Lab:
    """A lab: which paths lead to one weight, and what a short lag or a bug leaves.

    Controls: ``typed``, ``back`` and a switch for each of ``BUGS``. A pick such as
    "5-2" shows the path from loss 5 into step 2 alone.
    """
    controls: dict[str, widgets.ValueWidget] = {
        "typed": widgets.Text(
            "am fine", description="Your text", continuous_update=True
        ),
        "back": widgets.IntSlider(5, min=0, max=5, description="Steps followed back"),
    }
    for name, description in BUGS.items():
        controls[name] = widgets.Checkbox(
            False,
            description=description,
            indent=False,
            layout=widgets.Layout(width="250px"),
        )
    return Lab(
        "The paths to one weight",
        controls,
        draw_paths,
        rows=[["typed", "back"], list(BUGS)],
        picked="",
    )
