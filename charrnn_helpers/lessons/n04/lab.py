"""The lab of notebook 04: every tensor of nn.RNN with its shape, and wrong inputs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ipywidgets as widgets
import torch
from torch import Tensor, nn

from charrnn_helpers import data
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab
from charrnn_helpers.plotting import BLACK, BLUE, GREY, VERMILLION

VOCAB_SIZE = len(data.Vocabulary.from_texts(data.SENTENCES))
MAX_HIDDEN = 512


@dataclass(frozen=True)
class Sizes:
    """What the controls of the lab are set to."""

    B: int
    T: int
    H: int
    num_layers: int
    batch_first: bool

    @property
    def rows(self) -> tuple[int, ...]:
        """The shape that ``nn.RNN`` wants its input to have."""
        B, T, V = self.B, self.T, VOCAB_SIZE
        return (B, T, V) if self.batch_first else (T, B, V)


@dataclass(frozen=True)
class Input:
    """One choice of what is given to ``nn.RNN``.

    Attributes:
        make: from the sizes to the arguments of the call: input, or input and h_0.
        meaning: what is wrong, and what to do; plain text.
        silent: what is wrong where the call succeeds nonetheless; plain text.
    """

    make: Callable[[Sizes], tuple[Tensor, ...]]
    meaning: str
    silent: str = ""


INPUTS = {
    "right: one-hot rows": Input(lambda s: (torch.zeros(s.rows),), ""),
    "axes B and T exchanged": Input(
        lambda s: (torch.zeros(s.rows).transpose(0, 1),),
        "",
        "Only the last axis is checked, and it fits. The layer takes steps for texts "
        "and texts for steps: look at h_n, which has one state for each step now. "
        "With as many texts as steps not even that shows.",
    ),
    "ids instead of rows": Input(
        lambda s: (torch.zeros(s.rows[:2], dtype=torch.int64),),
        "These are ids: whole numbers, one a character. The layer multiplies its "
        "input by float32 weights. Converting the ids to float32 would silence this "
        "message and nothing else: make one-hot rows of them.",
    ),
    "ids as float32": Input(
        lambda s: (torch.zeros(s.rows[:2]),),
        "The dtype is right now, but an axis is missing. PyTorch takes the two axes "
        "for one text without the axis B, and the ids of a row for one character. "
        "One-hot rows add the axis V.",
        "The last axis happens to be 16 long, as V is, so the layer takes each row of "
        "ids for one character of a single text. The numbers that come out mean "
        "nothing. Make one-hot rows.",
    ),
    "one-hot rows as int64": Input(
        lambda s: (torch.zeros(s.rows, dtype=torch.int64),),
        "The shape is right, the dtype is not: F.one_hot returns int64, the weights "
        "are float32. Append .float() to the rows.",
    ),
    "one-hot rows as float64": Input(
        lambda s: (torch.zeros(s.rows, dtype=torch.float64),),
        "Rows that come from NumPy are float64, the weights are float32. Append "
        ".float() to the rows.",
    ),
    "rows one symbol too short": Input(
        lambda s: (torch.zeros(*s.rows[:2], VOCAB_SIZE - 1),),
        "The rows were made with another vocabulary than the layer, or by F.one_hot "
        "without its size. Give the size of the vocabulary to both.",
    ),
    "one axis too many": Input(
        lambda s: (torch.zeros(s.rows).unsqueeze(0),),
        "An unsqueeze too many, often around a single text. The layer wants three "
        "axes, or two for one text alone.",
    ),
    "a text without characters": Input(
        lambda s: (
            torch.zeros(s.B, 0, VOCAB_SIZE)
            if s.batch_first
            else torch.zeros(0, s.B, VOCAB_SIZE),
        ),
        "There are no steps, so there is no last state either. An empty prompt is "
        "the usual cause: ask for at least one character.",
    ),
    "h_0 with the texts first": Input(
        lambda s: (torch.zeros(s.rows), torch.zeros(s.B, s.num_layers, s.H)),
        "batch_first speaks about input and output only. The state has the layers "
        "first, always: (num_layers, B, H).",
        "There are as many texts as layers, so nobody can tell the two axes apart: "
        "each layer starts from the state that was meant for a text. The state has "
        "the layers first, always: (num_layers, B, H).",
    ),
    "h_0 without its first axis": Input(
        lambda s: (torch.zeros(s.rows), torch.zeros(s.B, s.H)),
        "The state of one layer, (B, H), is not yet what the layer wants: even for "
        "a single layer the axis of the layers is there, of length 1.",
    ),
    "h_0 for another number of texts": Input(
        lambda s: (torch.zeros(s.rows), torch.zeros(s.num_layers, s.B + 1, s.H)),
        "This state was kept from a batch with one text more. Each text has a state "
        "of its own: start a batch of another size from zeros.",
    ),
}
"""Every choice of the control Input, by its label; each is really run."""

RIGHT = next(iter(INPUTS))


@dataclass(frozen=True)
class Result:
    """One call of ``nn.RNN``: the layer, what it was given, what came of it."""

    rnn: nn.RNN
    given: tuple[Tensor, ...]
    returned: tuple[Tensor, ...]
    error: Exception | None


def run(sizes: Sizes, label: str) -> Result:
    """Make the layer and the input, and call the one with the other."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        rnn = nn.RNN(
            VOCAB_SIZE, sizes.H, sizes.num_layers, batch_first=sizes.batch_first
        )
        given = INPUTS[label].make(sizes)
        try:
            return Result(rnn, given, rnn(*given), None)
        except (RuntimeError, ValueError) as error:
            return Result(rnn, given, (), error)


def draw_shapes(
    batch_size: int,
    seq_len: int,
    hidden_size: int,
    num_layers: int,
    batch_first: bool,
    given: str,
) -> Drawing:
    """Draw every tensor of one call of ``nn.RNN``.

    Args:
        batch_size: B.
        seq_len: T.
        hidden_size: H.
        num_layers: recurrent layers.
        batch_first: as in ``nn.RNN``.
        given: a label of INPUTS.

    Raises:
        ValueError: if the hidden size is not from 1 to MAX_HIDDEN.
    """
    if not 1 <= hidden_size <= MAX_HIDDEN:
        raise ValueError(
            f"A hidden state of {hidden_size:,} numbers cannot be drawn: choose a "
            f"hidden size from 1 to {MAX_HIDDEN}."
        )
    sizes = Sizes(batch_size, seq_len, hidden_size, num_layers, batch_first)
    result = run(sizes, given)
    return Drawing(_said(sizes, given, result), _picture(sizes, given, result))


def _said(sizes: Sizes, label: str, result: Result) -> str:
    shapes = " and ".join(str(tuple(t.shape)) for t in result.given)
    if result.error is not None:
        message = f"{type(result.error).__name__}: {result.error}"
        out = pictures.sentence(
            f"The layer is given {shapes}. <b>✗ PyTorch says:</b> "
            f"<code>{pictures.plain(message)}</code>"
        )
        meaning = pictures.plain(INPUTS[label].meaning)
        return out + pictures.sentence(f"<b>What it means:</b> {meaning}")
    output, h_n = result.returned
    out = pictures.sentence(
        f"The layer is given {shapes}. It returns output {tuple(output.shape)} and "
        f"h_n {tuple(h_n.shape)}."
    )
    if INPUTS[label].silent:
        silent = pictures.plain(INPUTS[label].silent)
        return out + pictures.sentence(f"<b>✗ No error, and wrong:</b> {silent}")
    H, V, layers = sizes.H, VOCAB_SIZE, sizes.num_layers
    total = sum(p.numel() for p in result.rnn.parameters())
    further = f" + {layers - 1} · (H·H + H·H + 2·H)" * (layers > 1)
    return out + pictures.sentence(
        f"Parameters: H·V + H·H + 2·H{further} = {total:,}, with V = {V} and H = {H}. "
        "Neither B nor T is among them."
    )


def _picture(sizes: Sizes, label: str, result: Result) -> str:
    letters = ("B", "T") if sizes.batch_first else ("T", "B")
    right = not (result.error or INPUTS[label].silent)
    axes = (*letters, "V") if right else None
    into = [_box("input", result.given[0], axes, BLUE)]
    if len(result.given) == 2:
        into.append(_box("h_0", result.given[1], None, BLUE))
    elif result.error is None:
        zeros = torch.zeros_like(result.returned[1])
        state = ("layers", "B", "H") if right else None
        into.append(_box("h_0, not given: zeros", zeros, state, GREY))
    parts = [_row("In", into)]
    for layer in range(sizes.num_layers):
        ending = f"_l{layer}"
        boxes = [
            _box(name, p, _parameter_axes(name, layer), BLACK)
            for name, p in result.rnn.named_parameters()
            if name.endswith(ending)
        ]
        parts.append(_row(f"Layer {layer}", boxes))
    if result.error is None:
        output, h_n = result.returned
        names = ((*letters, "H"), ("layers", "B", "H")) if right else (None, None)
        boxes = [
            _box("output", output, names[0], VERMILLION),
            _box("h_n", h_n, names[1], VERMILLION),
        ]
        parts.append(_row("Out", boxes))
    else:
        parts.append(_row("Out", ["<span>nothing: the call ended in an error</span>"]))
    return (
        '<div style="background:#fff;color:#000;padding:4px;font:13px sans-serif">'
        f"{''.join(parts)}</div>"
    )


def _parameter_axes(name: str, layer: int) -> Sequence[str]:
    if name.startswith("bias"):
        return ("H",)
    below = "V" if name.startswith("weight_ih") and layer == 0 else "H"
    return ("H", below)


def _row(title: str, boxes: Sequence[str]) -> str:
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:18px;align-items:flex-end;'
        'border-bottom:1px solid #bbb;padding:6px 0">'
        f'<b style="min-width:4.5em">{title}</b>{"".join(boxes)}</div>'
    )


def _box(
    name: str, tensor: Tensor, axes: Sequence[str] | None, colour: str = BLACK
) -> str:
    """A tensor as a box: the last axis is its width, the one before its height."""
    shape = tuple(tensor.shape)
    # Lengths grow with the square root: 1 and 512 both have to be seen.
    depth, height, width = (round(8 * math.sqrt(n)) for n in (1, 1, 1, *shape)[-3:])
    slant = depth // 2 if len(shape) >= 3 else 0
    full_width, full_height = width + slant + 2, height + slant + 2
    right, bottom = 1 + width, 1 + slant + height
    edges = f"M1 {1 + slant}h{width}v{height}h{-width}z"
    if slant:
        edges += (
            f"M1 {1 + slant}l{slant} {-slant}h{width}v{height}L{right} {bottom}"
            f"M{right} {1 + slant}l{slant} {-slant}"
        )
    named = f" = ({_listed(axes)})" if axes else ""
    dtype = str(tensor.dtype).removeprefix("torch.")
    dtype = "" if tensor.dtype == torch.float32 else f", {dtype}"
    text = f"{pictures.plain(name)}<br><b>{shape}</b>{named}{dtype}"
    return (
        '<div style="text-align:left">'
        f'<svg width="{full_width}" height="{full_height}" aria-hidden="true">'
        f'<path d="{edges}" fill="none" stroke="{colour}" stroke-width="2"/></svg>'
        f'<div style="line-height:1.35">{text}</div></div>'
    )


def _listed(axes: Sequence[str]) -> str:
    return f"{axes[0]}," if len(axes) == 1 else ", ".join(axes)


def shapes_lab() -> Lab:
    """A lab: choose sizes and an input, see every tensor of ``nn.RNN``.

    Controls: ``batch_size``, ``seq_len``, ``hidden_size``, ``num_layers``,
    ``batch_first``, ``given``.
    """
    return Lab(
        "Every shape of nn.RNN",
        {
            "batch_size": widgets.IntSlider(3, min=1, max=8, description="Texts B"),
            "seq_len": widgets.IntSlider(5, min=1, max=20, description="Steps T"),
            "hidden_size": widgets.IntText(12, description="Hidden size H"),
            "num_layers": widgets.IntSlider(2, min=1, max=4, description="Layers"),
            "batch_first": widgets.Checkbox(
                True, description="batch_first", indent=False
            ),
            "given": widgets.Dropdown(
                options=list(INPUTS), value=RIGHT, description="Input"
            ),
        },
        draw_shapes,
        rows=[
            ["batch_size", "seq_len"],
            ["hidden_size", "num_layers"],
            ["batch_first", "given"],
        ],
    )
