"""The lab of notebook 07: a desk that draws names, and shows each draw."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import ipywidgets as widgets
import torch
from torch import Tensor

from charrnn_helpers import names
from charrnn_helpers.data import Vocabulary
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab, check_text
from charrnn_helpers.models import CharRNN
from charrnn_helpers.plotting.palette import BLACK, BLUE, GREY, VERMILLION
from charrnn_helpers.sampling import sampling_probs

SEEDS = 100
"""Names that are drawn at once."""

LONGEST_BEGINNING = 10
LONGEST_NAME = 20

ROWS = 10
"""Symbols that have a row of their own in the picture of a draw."""

COPIED, UNSEEN, INVENTED = "copied", "real but unseen", "invented"
LOOKS = {  # mark, background
    COPIED: ("=", "#fddbb0"),
    UNSEEN: ("+", "#d3cfe6"),
    INVENTED: ("", "#ffffff"),
}


@functools.cache
def names_model() -> tuple[CharRNN, Vocabulary]:
    """The trained model, in float64, and its vocabulary; nobody changes them."""
    model, vocab = names.trained()
    return model.double(), vocab


@functools.cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    train, validation, test = names.split()
    return frozenset(train), frozenset(validation + test)


def kind_of(name: str) -> str:
    """Whether a name was read in training, is another real one, or neither."""
    train, held_out = _lists()
    return COPIED if name in train else UNSEEN if name in held_out else INVENTED


@functools.lru_cache(maxsize=64)
@torch.no_grad()
def draw_names(
    prompt: str, temperature: float, top_k: int, top_p: float
) -> tuple[str, ...]:
    """The names of the seeds 0 to 99.

    Raises:
        ValueError: if the prompt is too long or holds something else than small
            letters, or if a number is out of its range.
    """
    check_text(prompt, "The beginning", minimum=0, maximum=LONGEST_BEGINNING)
    for character in prompt:
        if character not in "abcdefghijklmnopqrstuvwxyz":
            raise ValueError(
                f"The model has never seen “{character}”: it knows the small letters a "
                "to z. Begin the name with those, or leave the beginning empty."
            )
    model, vocab = names_model()
    start = torch.cat([torch.tensor([vocab.end_id]), vocab.encode(prompt)])  # (T,)
    ids, h = start.expand(SEEDS, -1), None  # (B, T): those that go on
    generators = [torch.Generator().manual_seed(seed) for seed in range(SEEDS)]
    found, going = [prompt] * SEEDS, list(range(SEEDS))
    while going and len(found[going[0]]) < LONGEST_NAME:
        logits, h = model(ids, h)
        logits[..., vocab.pad_id] = -torch.inf
        probs = sampling_probs(
            logits[:, -1], temperature=temperature, top_k=top_k, top_p=top_p
        )  # (B, V)
        ids = torch.stack(
            [
                torch.multinomial(row, 1, generator=generators[seed])
                for seed, row in zip(going, probs, strict=True)
            ]
        )  # (B, 1)
        on = ids[:, 0] != vocab.end_id  # (B,)
        for seed, i in zip(going, ids[:, 0].tolist(), strict=True):
            found[seed] += "" if i == vocab.end_id else vocab.itos[i]
        going = [seed for seed, more in zip(going, on.tolist(), strict=True) if more]
        ids, h = ids[on], h[:, on]
    return tuple(found)


@dataclass(frozen=True)
class Way:
    """From the logits of each new symbol of a name to its draw; n new symbols.

    Attributes:
        ids: the symbols that were drawn, the end included, n ids.
        stages: name of a stage → probabilities, shape (n, V).
    """

    ids: list[int]
    stages: dict[str, Tensor]


@torch.no_grad()
def way_of(name: str, prompt: str, temperature: float, top_k: int, top_p: float) -> Way:
    """What each new symbol of a name went through before it was drawn."""
    model, vocab = names_model()
    ended = [vocab.end_id] * (len(name) < LONGEST_NAME)
    ids = [vocab.end_id, *vocab.encode(name).tolist(), *ended]
    logits, _ = model(torch.tensor(ids[:-1]))  # (T, V)
    logits[:, vocab.pad_id] = -torch.inf
    logits = logits[len(prompt) :]  # (n, V)
    controls = {"temperature": temperature}
    stages = {
        "model": sampling_probs(logits),
        f"÷ τ = {temperature:.1f}": sampling_probs(logits, **controls),
        f"top-k = {top_k}": sampling_probs(logits, **controls, top_k=top_k),
        f"top-p = {top_p:.2f}": sampling_probs(
            logits, **controls, top_k=top_k, top_p=top_p
        ),
    }
    return Way(ids[1 + len(prompt) :], stages)


def draw_sampling(
    prompt: str,
    seed: int,
    temperature: float,
    top_k: int,
    top_p: float,
    picked: str = "",
) -> Drawing:
    """Draw 100 names, the one of a seed as tiles, and one of its draws as bars.

    Args:
        prompt: how each name begins: up to 10 small letters, or nothing.
        seed: from 0 to 99: the name that is shown.
        temperature: at least 0; 0 is greedy.
        top_k: symbols that may be drawn; 27 keeps all.
        top_p: fraction of the probability that is kept; 1 keeps all.
        picked: "t" and the place of a new symbol, from 0; else the one that was the
            least likely is shown.

    Raises:
        ValueError: as :func:`draw_names`.
    """
    found = draw_names(prompt, temperature, top_k, top_p)
    way = way_of(found[seed], prompt, temperature, top_k, top_p)
    chosen = next(iter(way.stages.values())).gather(-1, torch.tensor(way.ids)[:, None])
    sure = chosen[:, 0].tolist()  # n probabilities
    at = sure.index(min(sure)) if sure else 0
    if picked.startswith("t") and int(picked[1:]) < len(sure):
        at = int(picked[1:])
    picture = _tiles(found[seed], prompt, way, sure, at)
    picture += _stages(way, at) + _names(found, seed)
    return Drawing(_said(found, seed, way, at), picture)


def _symbol(i: int) -> str:
    vocab = names_model()[1]
    return "end" if i == vocab.end_id else vocab.itos[i]


def _said(found: tuple[str, ...], seed: int, way: Way, at: int) -> str:
    name = found[seed]
    kind = kind_of(name)
    if not name:
        first = f"Seed {seed} drew <b>nothing:</b> the end symbol came first."
    else:
        first = f"Seed {seed} drew <b>“{pictures.visible(name)}”: {kind}.</b>"
    kinds = [kind_of(other) for other in found]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in LOOKS)
    second = (
        f"Of {SEEDS} seeds: <b>{counts};</b> "
        f"{pictures.counted(len(set(found)), 'different name')}."
    )
    i = way.ids[at]
    before, tempered, _, last = (probs[at, i] for probs in way.stages.values())
    kept = int((list(way.stages.values())[-1][at] > 0).sum())
    third = (
        f"Its “{_symbol(i)}” (thick frame): {before:.2f} from the model, "
        f"{tempered:.2f} after the temperature, drawn with {last:.2f} from {kept} of "
        f"{len(names_model()[1]) - 1} symbols."
    )
    return pictures.sentence(f"{first} {second}") + pictures.sentence(third)


def _tiles(name: str, prompt: str, way: Way, sure: list[float], at: int) -> str:
    given = [pictures.Tile(letter, "", given=True) for letter in prompt]
    new = [
        pictures.Tile(
            _symbol(i),
            f"{p:.2f}",
            strong=n == at,
            pick=f"t{n}",
            say=f"“{_symbol(i)}”: click, or press Enter, to see how it was drawn.",
        )
        for n, (i, p) in enumerate(zip(way.ids, sure, strict=True))
    ]
    return pictures.tiles(
        [*given, *new],
        caption="The name, with the probability that the model gave each symbol. Click "
        "one to see below how it was drawn.",
        limit=1.0,
    )


def _stages(way: Way, at: int) -> str:
    """Four columns of bars, the most likely symbol on top, with the two cuts."""
    stages = {name: probs[at] for name, probs in way.stages.items()}  # (V,) each
    model = next(iter(stages.values()))
    order = model.argsort(descending=True, stable=True).tolist()[: len(model) - 1]
    place = order.index(way.ids[at])
    shown = order[:ROWS]
    if place >= ROWS:
        shown[-1] = order[place]
    rest = [i for i in order if i not in shown]
    column, row, top, left = 185, 15, 32, 64
    height = top + row * (len(shown) + 1) + 4
    out = [
        '<div style="background:#fff;padding:2px 4px;overflow-x:auto">'
        '<svg role="group" aria-label="How the symbol was drawn: four columns of bars" '
        f'width="{left + 4 * column}" height="{height}" '
        'style="font:12px sans-serif;background:#fff">'
    ]
    widest = max(float(probs.max()) for probs in stages.values())
    previous = len(order)
    for n, (name, probs) in enumerate(stages.items()):
        x = left + n * column
        kept = int((probs > 0).sum())
        out.append(
            f'<text x="{x}" y="12" font-weight="bold">{pictures.plain(name)}</text>'
            f'<text x="{x}" y="26" fill="#595959">{kept} of {len(order)} stay</text>'
        )
        if kept < previous and n >= 2 and kept <= len(shown) and place < ROWS:
            y = top + row * kept - 1
            out.append(
                f'<path data-cut="{kept}" d="M{x - 14} {y}H{x + column - 20}" '
                f'stroke="{VERMILLION}" stroke-width="2" stroke-dasharray="5 3"/>'
            )
        previous = min(previous, kept)
    for r, i in enumerate([*shown, None]):
        values = [
            float(probs[rest].sum() if i is None else probs[i])
            for probs in stages.values()
        ]
        label = f"{len(rest)} more" if i is None else _symbol(i)
        said = f"{label}: " + ", ".join(
            f"{name} {value:.3f}" for name, value in zip(stages, values, strict=True)
        )
        drawn = i == way.ids[at]
        y = top + row * r
        out.append(
            f"<g{pictures.touch(link=f'r{r}', say=said)}>"
            f'<rect x="1" y="{y}" width="{left + 4 * column - 8}" height="{row}" '
            'fill="transparent"/>'
            f'<text x="{left - 6}" y="{y + 11}" text-anchor="end" stroke="none" '
            f'font-weight="{"bold" if drawn else "normal"}">'
            f"{'▶ ' * drawn}{pictures.plain(label)}</text>"
        )
        for n, value in enumerate(values):
            x = left + n * column
            width = round((column - 60) * value / widest, 1)
            colour = GREY if i is None else BLUE if not drawn else BLACK
            text = f"{value:.2f}" if value > 0 else "–"
            out.append(
                f'<rect x="{x}" y="{y + 1}" width="{width}" height="{row - 3}" '
                f'fill="{colour}" stroke="none"/>'
                f'<text x="{x + width + 4}" y="{y + 11}" stroke="none">{text}</text>'
            )
        out.append("</g>")
    out.append("</svg></div>")
    return "".join(out)


def _names(found: tuple[str, ...], seed: int) -> str:
    cells = []
    for n, name in enumerate(found):
        kind = kind_of(name)
        mark, background = LOOKS[kind]
        short = name if len(name) <= 9 else name[:8] + "…"
        say = f"Seed {n}: “{name}”, {kind}. Click, or press Enter, to see its draws."
        border = f"2px solid {BLACK}" if n == seed else "1px solid #ccc"
        cells.append(
            f"<button{pictures.touch(f'n{n}', say=say, pressed=n == seed)} "
            f'style="border:{border};padding:0 1px;height:19px;background:{background};'
            'color:#000;font:12px/1 monospace;overflow:hidden;white-space:nowrap">'
            f"{mark}{pictures.visible(short) or '·'}</button>"
        )
    return (
        '<div style="background:#fff;color:#000;padding:4px">'
        '<div style="font:13px sans-serif;padding-bottom:3px">Seeds 0 to 99: = copied '
        "(orange), + real but unseen (purple), or invented. Click one to see it above."
        "</div>"
        '<div data-group="names" style="display:grid;gap:1px;'
        f'grid-template-columns:repeat(10,minmax(0,1fr))">{"".join(cells)}</div></div>'
    )


def _take(lab: Lab, key: str) -> None:
    """A name that is picked becomes the name on the desk."""
    if key.startswith("n"):
        lab.seed.value = int(key[1:])


def sampling_lab() -> Lab:
    """The sampling desk: 100 names, one of them letter by letter, and its draws.

    A click on a letter shows how it was drawn; a click on a name puts it on the desk.

    Controls: ``prompt`` (how the names begin), ``seed`` (of the name on the desk),
    ``temperature``, ``top_k`` and ``top_p``.
    """
    symbols = len(names_model()[1]) - 1

    def wide(pixels: int) -> widgets.Layout:
        return widgets.Layout(width=f"{pixels}px")

    return Lab(
        "The sampling desk",
        {
            "prompt": widgets.Text(
                "",
                description="Beginning",
                placeholder="nothing",
                continuous_update=True,
                layout=wide(260),
            ),
            "seed": widgets.IntSlider(
                0, min=0, max=SEEDS - 1, description="Seed", layout=wide(320)
            ),
            "temperature": widgets.FloatSlider(
                1.0,
                min=0.0,
                max=3.0,
                step=0.1,
                readout_format=".1f",
                description="Temperature",
                layout=wide(260),
            ),
            "top_k": widgets.IntSlider(
                symbols,
                min=1,
                max=symbols,
                description=f"Top-k ({symbols}: all)",
                layout=wide(260),
            ),
            "top_p": widgets.FloatSlider(
                1.0,
                min=0.05,
                max=1.0,
                step=0.05,
                description="Top-p (1: all)",
                layout=wide(260),
            ),
        },
        draw_sampling,
        rows=[["prompt", "seed"], ["temperature", "top_k", "top_p"]],
        picked="",
        on_pick=_take,
    )
