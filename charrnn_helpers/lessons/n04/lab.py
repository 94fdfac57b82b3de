"""The lab of notebook 04: every axis in one colour, and what a prediction reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import ipywidgets as widgets
import torch
from torch import Tensor

from charrnn_helpers import data
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab
from charrnn_helpers.models import CharRNN

TEXTS = data.pad(
    (*data.SENTENCES, "how am i doing", "are you fine", "hello you hello"), length=17
)
VOCAB = data.Vocabulary.from_texts(data.SENTENCES)

AXES = {
    "B": ("texts", "#bcd9ef"),
    "T": ("steps", "#b9e4d3"),
    "V": ("symbols", "#ecc6dd"),
    "H": ("units", "#f7d3b3"),
    "layers": ("layers", "#e2e2e2"),
}
"""An axis → what its length counts, and its colour under black letters."""

Named = tuple[str, Tensor, Sequence[str]]


class Result(NamedTuple):
    """What one call of a model made."""

    rows: Mapping[str, Sequence[Named]]  # heading → name, tensor, what its axes mean
    reads: Tensor  # (B, T), whether the chosen logits depend on the character
    parameters: int


def run(
    batch_size: int,
    seq_len: int,
    hidden_size: int,
    num_layers: int,
    batch_first: bool,
    at: tuple[int, int],
) -> Result:
    """Call a model with ``nn.RNN(…, batch_first=…)`` on texts first, and look inside.

    Without ``batch_first`` the layer takes the axis of the texts for the one of the
    steps: what it keeps for each "text" is then kept for each step.
    """
    ids = VOCAB.encode("".join(text[:seq_len] for text in TEXTS[:batch_size]))
    ids = ids.view(batch_size, seq_len)  # (B, T)
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(0)
        model = CharRNN(len(VOCAB), hidden_size, num_layers).double()
        model.rnn.batch_first = batch_first
        x = data.one_hot(ids, len(VOCAB)).double().requires_grad_()  # (B, T, V)
        states, h_n = model.rnn(x)  # (B, T, H), (num_layers, B, H) if right
        logits = model.output(states)  # (B, T, V)
        logits[at].sum().backward()
    text_axis = "B" if batch_first else "T"
    state = ("layers", text_axis, "H")
    rows: dict[str, list[Named]] = {
        "in": [
            ("ids", ids, "BT"),
            ("x", x, "BTV"),
            ("h_0", torch.zeros_like(h_n), state),
        ]
    }
    for layer, weights in enumerate(model.rnn.all_weights):
        below = "V" if layer == 0 else "H"
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        axes = ("H" + below, "HH", "H", "H")
        rows[f"nn.RNN, layer {layer}"] = list(zip(names, weights, axes, strict=True))
    rows["out of nn.RNN"] = [("states", states, "BTH"), ("h_n", h_n, state)]
    linear = model.output
    rows["nn.Linear"] = [("weight", linear.weight, "VH"), ("bias", linear.bias, "V")]
    rows["out of nn.Linear"] = [("logits", logits, "BTV")]
    total = sum(parameter.numel() for parameter in model.parameters())
    return Result(rows, x.grad.abs().sum(dim=-1) > 0, total)


def draw_shapes(
    batch_size: int,
    seq_len: int,
    hidden_size: int,
    num_layers: int,
    batch_first: bool,
    picked: str = "",
) -> Drawing:
    """Draw every tensor of one call of the model, and the texts that it reads.

    ``picked`` is "text,step" of the logits to ask about; empty, or outside of the
    batch: the last step of the second text.
    """
    at = tuple(map(int, picked.split(","))) if picked else (batch_size, seq_len)
    if at[0] >= batch_size or at[1] >= seq_len:
        at = min(1, batch_size - 1), seq_len - 1
    result = run(batch_size, seq_len, hidden_size, num_layers, batch_first, at)
    tensors = "".join(_row(title, named) for title, named in result.rows.items())
    picture = (
        '<div data-group="axes" style="background:#fff;color:#000;padding:4px;'
        f'font:13px/1.3 sans-serif">{tensors}</div>{_texts(result, at)}'
    )
    return Drawing(_said(result, batch_first, at), picture)


def _said(result: Result, batch_first: bool, at: tuple[int, int]) -> str:
    B, T = result.reads.shape
    _, h_n, _ = result.rows["out of nn.RNN"][1]
    where = (
        "above it, in other texts." if not batch_first else "before it, in its text."
    )
    others = int(result.reads.sum()) - 1
    depend = f"{pictures.counted(others, 'character')} <b>{where}</b>"
    asked = (
        f"The logits at “{pictures.visible(TEXTS[at[0]][at[1]])}”, text {at[0]}, step "
        f"{at[1]}, depend on it and on {depend if others else 'nothing else.'}"
    )
    if batch_first:
        return pictures.sentence(
            f"{asked} {result.parameters:,} parameters, and neither B nor T is in "
            "their shapes."
        )
    tell = (
        f"The shape of h_n tells: {pictures.counted(T, 'state')} for "
        f"{pictures.counted(B, 'text')}."
        if B != T
        else f"As many texts as steps: even h_n, {tuple(h_n.shape)}, looks right."
    )
    return pictures.sentence(
        f"<b>✗ No error.</b> nn.RNN takes the texts for steps. {asked} {tell}"
    )


def _texts(result: Result, at: tuple[int, int]) -> str:
    B, T = result.reads.shape
    rows = [
        [
            pictures.Cell(
                TEXTS[b][t],
                1.0 if result.reads[b, t] else None,
                strong=(b, t) == at,
                pick=f"{b},{t}",
                say=f"Text {b}, step {t}: click, or press Enter, to see what its "
                "logits depend on.",
            )
            for t in range(T)
        ]
        for b in range(B)
    ]
    return pictures.grid(
        rows,
        caption="The texts that are read. Yellow: what the logits at the thick frame "
        "depend on.",
        row_labels=[f"text\N{NO-BREAK SPACE}{b}" for b in range(B)],
        column_labels=[str(t) for t in range(T)],
        limit=1.0,
    )


def _row(title: str, tensors: Sequence[Named]) -> str:
    boxes = "".join(
        f'<span style="white-space:nowrap"><code>{name}</code> ('
        + ", ".join(map(_axis, axes, tensor.shape, [axes] * tensor.ndim))
        + ")</span>"
        for name, tensor, axes in tensors
    )
    return (
        '<div style="display:flex;flex-wrap:wrap;column-gap:18px;align-items:center;'
        'border-bottom:1px solid #ddd;padding:4px 0">'
        f'<b style="width:9.5em;white-space:nowrap">{title}</b>{boxes}</div>'
    )


def _axis(axis: str, length: int, axes: Sequence[str]) -> str:
    """An axis with its letter and length; one at a wrong place has a cross."""
    counts, colour = AXES[axis]
    wrong = "layers" in axes and axis == "T"
    say = f"{axis} = {pictures.counted(length, counts.removesuffix('s'))}. "
    say += "In a state, where B belongs: the layer took steps for texts." * wrong
    say += WHERE[axis] * (not wrong)
    return (
        f"<span{pictures.touch(link=f'axis-{axis}', say=say)} "
        f'style="display:inline-block;padding:2px 5px;background:{colour}">'
        f"{'✗ ' * wrong}{axis} <b>{length}</b></span>"
    )


WHERE = {
    "B": "A text has ids, rows, states and logits of its own. No weight knows B.",
    "T": "No weight knows T: the same model reads 5 steps or 500. Nor does a state of "
    "one step, h_0 or h_n.",
    "V": "Symbols come in by the first weight_ih, and go out by nn.Linear.",
    "H": "The states and every weight have it: who chooses H chooses the model's size.",
    "layers": "Each layer keeps a state. This axis comes first, batch_first or not.",
}
"""What is said of an axis while it is pointed at."""


def shapes_lab() -> Lab:
    """A lab: point at an axis, click on a character, take ``batch_first`` away.

    Controls: ``batch_size``, ``seq_len``, ``hidden_size``, ``num_layers``,
    ``batch_first``.
    """
    return Lab(
        "Follow an axis",
        {
            "batch_size": widgets.IntSlider(3, 1, len(TEXTS), description="Texts B"),
            "seq_len": widgets.IntSlider(5, 1, 16, description="Steps T"),
            "hidden_size": widgets.IntSlider(12, 1, 64, description="Units H"),
            "num_layers": widgets.IntSlider(1, 1, 3, description="Layers"),
            "batch_first": widgets.Checkbox(
                True, description="batch_first=True", indent=False
            ),
        },
        draw_shapes,
        rows=[
            ["batch_size", "seq_len"],
            ["hidden_size", "num_layers"],
            ["batch_first"],
        ],
        picked="",
    )
