"""The lab of notebook 07: a desk to draw texts at, and to see where they come from."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import ipywidgets as widgets
import torch
from torch import Tensor

from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import LONGEST, Drawing, Lab, check_prompt
from charrnn_helpers.running import running_model
from charrnn_helpers.sampling import sample, sampling_probs

LARGEST_SEED = 999_999
OTHERS = 5
"""Texts of the next seeds that are shown beside the one of the reader's."""

DARKEST = 5.0
"""Nats of the darkest colour: a character with a probability of 0.007."""


@dataclass(frozen=True)
class Drawn:
    """A text with the scores that it came from; n new characters.

    Attributes:
        text: the prompt and its continuation, T characters.
        new: how many of them are new, n.
        surprise: nats of each character given those before it, shape (T - 1,): the
            first character of a text has no prediction.
        logits: the model's scores for the new characters, shape (n, V).
    """

    text: str
    new: int
    surprise: Tensor
    logits: Tensor


@functools.lru_cache(maxsize=256)
@torch.no_grad()
def draw_text(
    prompt: str, temperature: float, top_k: int, top_p: float, length: int, seed: int
) -> Drawn:
    """Let the running model continue a prompt, and look at each step.

    Raises:
        ValueError: if the prompt is empty, too long or holds an unknown character, or
            if a number is out of its range.
    """
    check_prompt(prompt, length)
    if not 0 <= seed <= LARGEST_SEED:
        raise ValueError(
            f"The seed is a whole number from 0 to {LARGEST_SEED:,}; it is {seed:,}. "
            "Choose another one: each gives other random numbers."
        )
    model, vocab, *_ = running_model()
    controls = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    generator = torch.Generator().manual_seed(seed)
    text = sample(model, vocab, prompt, length, generator=generator, **controls)
    ids = vocab.encode(text)  # (T,)
    logits = model(ids[:-1])[0].double()  # (T - 1, V)
    surprise = -logits.log_softmax(-1).gather(-1, ids[1:, None])[:, 0]  # (T - 1,)
    return Drawn(text, length, surprise, logits[-length:])


def draw_sampling(
    prompt: str,
    temperature: float,
    top_k: int,
    top_p: float,
    length: int,
    seed: int,
    look: int,
) -> Drawing:
    """Draw a continuation, coloured by surprise, and one step of it as bars.

    Args:
        prompt: the reader's text, of characters of the three sentences.
        temperature: at least 0; 0 is greedy.
        top_k: symbols that may be drawn; as many as there are keeps all.
        top_p: share of the probability that is kept; 1 keeps all.
        length: new characters.
        seed: of the random numbers.
        look: which new character the bars belong to, from 1.

    Raises:
        ValueError: as :func:`draw_text`; or if there is no such character.
    """
    drawn = draw_text(prompt, temperature, top_k, top_p, length, seed)
    if not 1 <= look <= length:
        raise ValueError(f"There are the new characters 1 to {length}, and no {look}.")
    others = {
        n: draw_text(prompt, temperature, top_k, top_p, length, n)
        for n in range(seed + 1, min(seed + OTHERS, LARGEST_SEED) + 1)
    }
    logits = drawn.logits[look - 1]  # (V,)
    before = logits.softmax(-1)  # (V,)
    after = sampling_probs(logits, temperature=temperature, top_k=top_k, top_p=top_p)
    return Drawing(
        _said(drawn, prompt, look, before, after),
        _picture(drawn, others, look, before, after),
    )


def _said(drawn: Drawn, prompt: str, look: int, before: Tensor, after: Tensor) -> str:
    vocab = running_model()[1]
    continuation = drawn.text[-drawn.new :]
    nats = drawn.surprise[-drawn.new :]
    worst = int(nats.argmax())
    first = (
        f"“{pictures.visible(prompt)}” becomes "
        f"<b>“{pictures.visible(drawn.text)}”.</b> Mean surprise of "
        f"the {pictures.counted(drawn.new, 'new character')}: {nats.mean():.2f} "
        f"nats; the largest is {nats[worst]:.2f}, at character "
        f"{worst + 1}, “{pictures.visible(continuation[worst])}”."
    )
    i = vocab.stoi[continuation[look - 1]]
    kept = int((after > 0).sum())
    second = (
        f"Character {look} is “{pictures.visible(continuation[look - 1])}”. The model "
        f"gave it {before[i]:.3f}; it was drawn with {after[i]:.3f}, among "
        f"{pictures.counted(kept, 'symbol')} of {len(vocab)}. Entropy: "
        f"{_entropy(before):.2f} nats before, {_entropy(after):.2f} after."
    )
    return pictures.sentence(first) + pictures.sentence(second)


def _entropy(probs: Tensor) -> float:
    return float(torch.special.entr(probs).sum())


def _picture(
    drawn: Drawn, others: dict[int, Drawn], look: int, before: Tensor, after: Tensor
) -> str:
    vocab = running_model()[1]
    old = len(drawn.text) - drawn.new
    nats = [None, *drawn.surprise.tolist()]
    row = [
        pictures.Tile(
            character,
            "–" if nats[t] is None else f"{nats[t]:.1f}",
            nats[t],
            given=t < old,
            strong=t == old + look - 1,
        )
        for t, character in enumerate(drawn.text)
    ]
    text = pictures.tiles(
        row,
        caption="How surprised the model is, in nats under each character (dashed: "
        "your prompt; thick frame: the one that the bars explain).",
        limit=DARKEST,
        scale={f"{n:g}": n for n in (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)},
    )
    i = vocab.stoi[drawn.text[old + look - 1]]
    bars = pictures.bars(
        vocab.itos,
        {
            "before: the model": before.tolist(),
            "after: drawn from": after.tolist(),
        },
        caption=f"Character {look}: the two distributions; ▶ marks the drawn one.",
        marked=[i],
    )
    rows = [
        [
            pictures.Cell(other.text),
            pictures.Cell(f"{mean:.2f}", mean),
        ]
        for other in others.values()
        for mean in (float(other.surprise[-other.new :].mean()),)
    ]
    table = pictures.grid(
        rows,
        caption="The same controls, the next seeds: text and mean surprise (nats).",
        row_labels=[f"seed\u00a0{n}" for n in others],
        signed=True,
        limit=DARKEST,
    )
    return text + (
        '<div style="display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start;'
        f'background:#fff">{bars}{table if others else ""}</div>'
    )


def sampling_lab() -> Lab:
    """The sampling desk: a prompt, the controls, the text and where it comes from.

    Controls: ``prompt``, ``temperature``, ``top_k``, ``top_p``, ``length``, ``seed``
    and ``look`` (the new character whose distributions are shown). The button
    ``another`` takes the next seed.
    """
    size = len(running_model()[1])
    wide = widgets.Layout(width="380px")
    controls: dict[str, widgets.ValueWidget] = {
        "prompt": widgets.Text(
            "h", description="Prompt", continuous_update=True, layout=wide
        ),
        "seed": widgets.IntText(
            7,
            description="Seed",
            continuous_update=True,
            layout=widgets.Layout(width="150px"),
        ),
        "temperature": widgets.FloatSlider(
            1.0,
            min=0.0,
            max=3.0,
            step=0.1,
            readout_format=".1f",
            description="Temperature (0: greedy)",
            layout=wide,
        ),
        "top_k": widgets.IntSlider(
            size,
            min=1,
            max=size,
            description=f"Top-k ({size}: all)",
            layout=wide,
        ),
        "top_p": widgets.FloatSlider(
            1.0,
            min=0.05,
            max=1.0,
            step=0.05,
            description="Top-p (1: all)",
            layout=wide,
        ),
        "length": widgets.IntSlider(
            16, min=2, max=LONGEST, description="New characters", layout=wide
        ),
        "look": widgets.IntSlider(
            1, min=1, max=16, description="Look at character", layout=wide
        ),
    }
    another = widgets.Button(description="Another seed")

    def fit_slider(_change: object) -> None:
        # Runs before the lab redraws. A slider needs two positions at least.
        controls["look"].max = controls["length"].value

    def next_seed(_button: object) -> None:
        seed = controls["seed"]
        seed.value = seed.value + 1 if 0 <= seed.value < LARGEST_SEED else 0

    controls["length"].observe(fit_slider, names="value")
    another.on_click(next_seed)
    lab = Lab(
        "The sampling desk",
        controls,
        draw_sampling,
        rows=[
            ["prompt", "seed"],
            ["temperature", "top_k"],
            ["top_p", "length"],
            ["look"],
        ],
        extra=[another],
    )
    lab.another = another
    return lab
