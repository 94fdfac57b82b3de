"""The lab of notebook 12: code that you type, coloured by a unit of the state."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import ipywidgets as widgets
import torch
from torch import Tensor

from charrnn_helpers import corpus
from charrnn_helpers.data import one_hot
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab, check_text
from charrnn_helpers.lessons.n12.labels import spans

LONGEST = 240
"""Characters that the lab reads."""

EXAMPLE = '''\
def scale(x, factor=2.0):
    """Multiply every number of the input by a factor."""
    # a factor of zero would erase the input
    name = "x, y = f(a[0], b)"
    return torch.mul(x, other=factor)
'''

BEFORE = slice(13_936, 15_436)
"""The held-out code that is read before the text, as in notebook 12."""

MARKS = {"string": "\"'", "comment": "#", "bracket": "()[]{}", "leading spaces": ""}
"""A label → the characters by which Python knows it."""

UNITS = {
    "trained": {"string": 35, "comment": 35, "bracket": 168, "leading spaces": 188},
    "untrained": {"string": 69, "comment": 53, "bracket": 69, "leading spaces": 3},
}
"""A network → the unit that notebook 12 finds for each label."""

RIVALS = 7
"""Units that are offered for a label."""


@functools.cache
def network(name: str) -> tuple:
    """Model, vocabulary, and the state after the code before the text."""
    model, vocab = corpus.trained()
    if name == "untrained":
        model = corpus.untrained()
    with torch.no_grad():
        _, state = model(vocab.encode(corpus.load().validation[BEFORE]).unsqueeze(0))
    return model, vocab, state


@functools.lru_cache(maxsize=64)
def read(text: str, name: str) -> Tensor:
    """The hidden state after each character of a text, shape (N, H)."""
    model, vocab, state = network(name)
    rows = one_hot(vocab.encode(text), len(vocab)).unsqueeze(0)  # (1, N, V)
    with torch.no_grad():
        return model.rnn(rows, state)[0][0]


def inside(text: str, label: str) -> Tensor:
    """Where a text is inside what the label says, shape (N,)."""
    found = torch.zeros(len(text), dtype=torch.bool)
    if label == "leading spaces":
        at = 0
        for line in text.splitlines(keepends=True):
            found[at : at + len(line) - len(line.lstrip(" "))] = True
            at += len(line)
    for span in spans(text):
        if span.kind == label:
            found[span.begin : span.end] = True
    return found


def auc(values: Tensor, label: Tensor) -> Tensor:
    """How often each column is higher inside than outside, a tie as a half."""
    above = values[label].unsqueeze(1) - values[~label].unsqueeze(0)  # (a, b, H)
    return (above.sign().mean(dim=(0, 1), dtype=torch.float64) + 1) / 2


@functools.lru_cache(maxsize=64)
def rivals(text: str, rubbed: str, name: str, label: str) -> tuple[Tensor, list[int]]:
    """The AUC of every unit on a text, and the units that tell most."""
    aucs = auc(read(rubbed, name), inside(text, label))
    told = (aucs - 0.5).abs().round(decimals=4)
    return aucs, told.sort(descending=True, stable=True).indices[:RIVALS].tolist()


def checked(typed: str) -> str:
    """The text, if the lab can read it.

    Raises:
        ValueError: with a sentence for the reader, if it cannot.
    """
    check_text(typed, "Your code", maximum=LONGEST)
    try:
        network("trained")[1].encode(typed)
    except ValueError as error:
        raise ValueError(
            f"{error}. The model knows printable ASCII characters and the newline."
        ) from error
    return typed


def without(text: str, label: str) -> str:
    """A text with a space for each mark of a label."""
    return text.translate({ord(mark): " " for mark in MARKS[label]})


def draw_viewer(typed: str, label: str, unit: int, network: str, rub: bool) -> Drawing:
    """Draw a text, each character on the colour of one unit.

    Args:
        typed: the code.
        label: what is underlined, one of ``MARKS``.
        unit: whose number colours the characters.
        network: "trained" or "untrained".
        rub: whether the marks of the label are replaced by spaces before it is read.

    Raises:
        ValueError: if the text is empty, too long or holds an unknown character.
    """
    text = checked(typed)
    shown = without(text, label) if rub else text
    numbers, where = read(shown, network)[:, unit], inside(text, label)
    picture = "".join(_text(shown, numbers, where.tolist(), label, unit))
    first = f"Unit {unit} of the <b>{network}</b> network"
    if rub and MARKS[label]:
        first += ", which reads the text <b>without its marks</b>"
    if not where.any() or where.all():
        said = f"{first}. Nothing here is inside a {label}, or all of it is."
        return Drawing(pictures.sentence(said), picture)
    means = [numbers[where == side].mean().item() for side in (True, False)]
    aucs, best = rivals(text, shown, network, label)
    score = max(aucs[unit].item(), 1 - aucs[unit].item())
    said = (
        f"{first}: mean <b>{_number(means[0])}</b> at the {int(where.sum())} "
        f"characters in “{label}” (underlined), <b>{_number(means[1])}</b> elsewhere. "
        f"Here it tells the two apart with an AUC of <b>{score:.2f}</b>."
    )
    return Drawing(pictures.sentence(said), picture + _offer(aucs, best, unit, network))


def _text(
    shown: str, numbers: Tensor, where: list[bool], label: str, unit: int
) -> Iterator[str]:
    """The lines of the text, as HTML; white is the unit's mean on this text."""
    middle = numbers.mean().item()
    limit = max((numbers - middle).abs().max().item(), 1e-3)
    values = numbers.tolist()
    yield (
        '<div style="background:#fff;color:#000;padding:6px;font:13px sans-serif">'
        f"White: {_number(middle)}, the mean here; purple: up to "
        f"{_number(max(values))}; orange: down to {_number(min(values))}</div>"
        '<div data-group="text" style="background:#fff;padding:6px;overflow-x:auto;'
        'white-space:nowrap;font:bold 16px/1.2 monospace">'
    )
    at = 0
    for line in shown.splitlines(keepends=True):
        yield "<div>"
        for character in line:
            value, is_inside = values[at], where[at]
            background, ink = pictures.colours(value - middle, limit, True)
            place = f"inside “{label}”" if is_inside else f"not in “{label}”"
            say = f"{_shown(character)} unit {unit} is {_number(value)}, {place}. "
            touched = pictures.touch(f"c{at}", "", say + "Click: what stands out here?")
            edge = "#000" if is_inside else "transparent"
            faint = ";opacity:.45" if character in " \n" else ""
            yield (
                f'<button{touched} style="display:inline-block;width:13px;padding:1px '
                f"0;margin:0 0 3px;border:0;border-bottom:3px solid {edge};"
                f'background:{background};color:{ink};font:inherit;text-align:center">'
                f'<span style="{faint}">{pictures.visible(character)}</span></button>'
            )
            at += 1
        yield "</div>"
    yield "</div>"


def _offer(aucs: Tensor, best: list[int], unit: int, network: str) -> str:
    """The units that follow the label best on this text, to pick."""
    parts = []
    for number in best:
        score = max(aucs[number].item(), 1 - aucs[number].item())
        say = f"Unit {number} of the {network} network: AUC {score:.2f} on this text."
        parts.append(
            pictures.Tile(
                str(number),
                f"{score:.2f}",
                strong=number == unit,
                pick=f"u{number}",
                say=say,
            )
        )
    return pictures.tiles(
        parts,
        caption="Of all 192 units, those that fit your label best on your text "
        "(below: the AUC); click on one",
        limit=1.0,
    )


def _shown(character: str) -> str:
    return {"\n": "End of the line:", " ": "Space:"}.get(character, f"“{character}”:")


def _number(value: float) -> str:
    """Two decimals, a proper minus sign, and none in front of a zero."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")


def viewer_lab() -> Lab:
    """A lab: the text that you type, coloured by a unit of a network.

    Controls: ``typed``, ``label``, ``unit``, ``network``, ``rub``. A label or a network
    goes to the unit that notebook 12 finds for it. Picks: "u35" goes to a unit, "c7" to
    the unit that stands out most at a character.
    """
    typed = widgets.Textarea(
        EXAMPLE,
        description="Your code",
        rows=6,
        continuous_update=True,
        layout=widgets.Layout(width="98%"),
    )
    label = widgets.Dropdown(options=list(MARKS), description="Search units for")
    unit = widgets.IntSlider(
        35, min=0, max=191, description="Unit", continuous_update=False
    )
    network_ = widgets.ToggleButtons(
        options=list(UNITS), description="Network", style={"button_width": "90px"}
    )
    rub = widgets.Checkbox(False, description="Rub the marks out", indent=False)

    def search(_change: object) -> None:
        unit.value = UNITS[network_.value][label.value]

    for control in (label, network_):
        control.observe(search, names="value")

    def pick(lab: Lab, key: str) -> None:
        number = int(key[1:])
        if key[0] == "u":
            unit.value = number
        elif not lab.picture.stale:  # else it is the picture of another text
            text = without(typed.value, label.value) if rub.value else typed.value
            states = read(text, network_.value)
            z = (states - states.mean(dim=0)) / (states.std(dim=0) + 0.05)
            unit.value = int(z[number].abs().argmax())

    controls = {"typed": typed, "label": label, "network": network_}
    controls |= {"unit": unit, "rub": rub}
    return Lab(
        "What does a unit follow?",
        controls,
        draw_viewer,
        rows=[["typed"], ["label", "network"], ["unit", "rub"]],
        on_pick=pick,
    )
