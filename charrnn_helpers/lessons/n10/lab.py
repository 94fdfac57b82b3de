"""The lab of notebook 10: a difference goes forward, a gradient comes back."""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import ipywidgets as widgets
import torch
from torch import Tensor, nn

from charrnn_helpers import names
from charrnn_helpers.data import one_hot
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab

STEPS, UNITS, SHOWN = 100, 24, 12
"""Steps of the text, units of the network, and units that the strips show."""

EVERY = 2
"""A strip has one column for every second step: wide enough to be clicked on."""

LEFT, WIDTH = 56, 434
"""Where the plot of the curves begins and how wide it is: the strips stand above it."""

CELLS = ("RNN, tanh", "RNN, ReLU", "RNN, sigmoid", "LSTM")

FAINTEST, STRONGEST = 1e-8, 1e2
"""Shares at which a strip is white, and darkest."""


class Result(NamedTuple):
    """Both journeys, each as shares of where it began."""

    difference: Tensor  # (STEPS, UNITS): how the states of the two texts differ
    gradient: Tensor  # (STEPS, UNITS): of the last answer, in the state of each step

    def sizes(self) -> tuple[Tensor, Tensor]:
        """The norm after each step, forward and backward, (STEPS,) each."""
        return self.difference.norm(dim=1), self.gradient.norm(dim=1)

    def factor(self) -> float:
        """By what a step back multiplies the gradient, on the average."""
        size = self.gradient.norm(dim=1)
        return float(size[0] / size[-1]) ** (1 / (STEPS - 1))


@functools.cache
def _texts() -> Tensor:
    """Two texts that differ in their first character: one-hot, (STEPS, 2, V)."""
    letters = names.vocabulary()
    ids = [i for name in names.split()[0][:40] for i in [*letters.encode(name), 27]]
    both = torch.tensor([ids[:STEPS], [(ids[0] + 1) % 26, *ids[1:STEPS]]])
    return one_hot(both.T, len(letters)).double()


@functools.cache
def _layer(lstm: bool) -> nn.RNN | nn.LSTM:
    """A new layer, always the same; the weights of nn.RNN are orthogonal."""
    kind = nn.LSTM if lstm else nn.RNN
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layer = kind(_texts().shape[-1], UNITS).double()
        if not lstm:
            nn.init.orthogonal_(layer.weight_hh_l0)
    return layer.requires_grad_(False)


def run(radius: float, cell: str, forget_bias: float) -> Result:
    """Read both texts, and go back from a sum of the last state of the first."""
    x, lstm = _texts(), cell == "LSTM"
    layer = _layer(lstm)
    W_hh, bias = layer.weight_hh_l0.T, layer.bias_ih_l0 + layer.bias_hh_l0
    if lstm:
        bias = bias.clone()
        bias[UNITS : 2 * UNITS] = forget_bias
    else:
        W_hh = radius * W_hh
    apply = {"RNN, tanh": torch.tanh, "RNN, ReLU": torch.relu}.get(cell, torch.sigmoid)
    from_input = x @ layer.weight_ih_l0.T + bias  # (STEPS, 2, UNITS or 4 · UNITS)
    states: list[Tensor] = []
    with torch.enable_grad():
        h = torch.zeros(2, UNITS).double().requires_grad_()
        c = torch.zeros(2, UNITS).double()
        for t in range(STEPS):
            total = from_input[t] + h @ W_hh
            if lstm:
                i, f, g, o = total.chunk(4, dim=-1)
                c = f.sigmoid() * c + i.sigmoid() * g.tanh()
                h = o.sigmoid() * c.tanh()
            else:
                h = apply(total)
            states.append(h)
        signs = torch.tensor([1.0, -1.0]).double().repeat(UNITS // 2)
        found = torch.autograd.grad((states[-1][0] * signs).sum(), states)
    difference = torch.stack([(s[1] - s[0]).detach() for s in states])
    gradient = torch.stack([d_h[0] for d_h in found])
    tiny = 1e-300
    return Result(
        difference / difference[0].norm().clamp_min(tiny),
        gradient / gradient[-1].norm().clamp_min(tiny),
    )


def verdict(share: float) -> str:
    """What became of the gradient on its way to the first state."""
    if share < 1e-7:
        return "It vanishes: float32, with its 7 digits, hears nothing of step 1."
    if share < 1e-2:
        return "It dies slowly."
    return "It explodes." if share > 1e2 else "It survives."


def draw_reach(
    radius: float, cell: str, forget_bias: float, picked: str = ""
) -> Drawing:
    """Draw both journeys: strips of units, and curves of their sizes.

    ``picked`` is the step to tell about, or empty.
    """
    result = run(radius, cell, forget_bias)
    forward, backward = (size.tolist() for size in result.sizes())
    dial = (
        f"forget bias {forget_bias:g}, so f is near {_sigmoid(forget_bias):.2f} (the "
        "radius is that of the RNN only)"
        if cell == "LSTM"
        else f"radius {radius:.2f}"
    )
    text = (
        f"<b>{pictures.plain(cell)}, {dial}.</b> After {STEPS} steps "
        f"{_short(forward[-1])} of the difference is left, and "
        f"{_short(backward[0])} of the gradient reaches step 1: a factor of "
        f"<b>{result.factor():.2f}</b> per step. <b>{verdict(backward[0])}</b>"
    )
    marks = {}
    if picked:
        step = int(picked)
        text += " " + pictures.plain(_at(step, forward, backward))
        marks[step] = (f"step {step}", pictures.touch(link=f"s{step}"))
    strips = "".join(
        _strip(caption, values, forward, backward, picked)
        for caption, values in (
            (f"Difference of the states, forward from step 1 ({_KEY})", result[0]),
            ("Gradient of the last answer, backward from step 100", result[1]),
        )
    )
    curves = pictures.chart(
        {
            "difference": [max(s, 1e-12) for s in forward],
            "gradient": [max(s, 1e-12) for s in backward],
        },
        description="Size of difference and gradient after each step, as shares of "
        f"where they began: {_short(forward[-1])} and {_short(backward[0])} at the "
        "far ends.",
        x_label="Step",
        y_label="Share left",
        rungs={"explosion": STRONGEST, "unchanged": 1.0},
        x_max=STEPS,
        log=True,
        height=185,
        marks=marks,
    )
    return Drawing(pictures.sentence(text), strips + curves)


_KEY = f"{SHOWN} units; the darker, the more is left; orange +, purple −"


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _short(share: float) -> str:
    if share < 1e-12:  # in the difference, rounding is larger
        return "less than 1e-12"
    return f"{share:.2f}" if 0.01 <= share < 1000 else f"{share:.0e}"


def _at(step: int, forward: list[float], backward: list[float]) -> str:
    return (
        f"Step {step}: {_short(forward[step - 1])} of the difference, "
        f"{_short(backward[step - 1])} of the gradient."
    )


def _strip(
    caption: str,
    values: Tensor,
    forward: list[float],
    backward: list[float],
    picked: str,
) -> str:
    """A strip: a column for every second step, a row for each of some units."""
    width, height = WIDTH * EVERY / STEPS, 7
    size = f'width="{width + 0.3:.2f}" height="{height}"'  # no seams between them
    columns = []
    for t in range(EVERY - 1, STEPS, EVERY):
        step = str(t + 1)
        x = round(t // EVERY * width, 2)
        chosen = step == picked
        touched = pictures.touch(
            step, f"s{step}", _at(t + 1, forward, backward), pressed=chosen
        )
        boxes = "".join(
            f'<rect x="{x}" y="{k * height}" {size} fill="{_colour(number)}"/>'
            for k, number in enumerate(values[t, :SHOWN].tolist())
        )
        frame = (
            f'<rect x="{x + 1:.2f}" y="1" width="{width - 2:.2f}" '
            f'height="{height * SHOWN - 2}" fill="none" stroke="#000" '
            'stroke-width="2"/>'
        )
        columns.append(
            f'<g role="button" aria-label="Step {step}"{touched}>{boxes}'
            f"{frame * chosen}</g>"
        )
    high = SHOWN * height
    return (
        '<div style="background:#fff;color:#000;padding:4px 4px 0 4px">'
        f'<div style="font:13px sans-serif">{pictures.plain(caption)}</div>'
        f'<svg role="group" aria-label="{pictures.plain(caption)}" width="{WIDTH}" '
        f'height="{high}" style="background:#fff;outline:1px solid #bbb;'
        f'margin-left:{LEFT}px">'
        f"{''.join(columns)}</svg></div>"
    )


def _colour(number: float) -> str:
    """White where hardly anything is left; orange or purple, by sign, where it is."""
    if number == 0:
        return "#ffffff"
    low, high = math.log10(FAINTEST), math.log10(STRONGEST)
    place = (math.log10(abs(number)) - low) / (high - low)
    share = round(min(1.0, max(0.0, place)), 2)
    return pictures.colours(math.copysign(share, number), 1.0, True)[0]


def reach_lab() -> Lab:
    """A lab: what is left after a hundred steps, forward and backward.

    Controls: ``cell``, ``radius``, ``forget_bias``.
    """
    return Lab(
        "A hundred steps, forward and backward",
        {
            "cell": widgets.Dropdown(
                options=CELLS, value=CELLS[0], description="Cell and activation"
            ),
            "radius": widgets.FloatSlider(
                0.6, min=0.5, max=2.0, step=0.05, description="Spectral radius"
            ),
            "forget_bias": widgets.FloatSlider(
                0.0, min=-2.0, max=6.0, step=0.5, description="Forget bias"
            ),
        },
        draw_reach,
        rows=[["cell"], ["radius", "forget_bias"]],
        picked="",
    )
