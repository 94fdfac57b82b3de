"""The lab of notebook 14: what a network believes of a name, letter by letter."""

from __future__ import annotations

import functools
import string

import ipywidgets as widgets
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab, check_text
from charrnn_helpers.lessons.n14 import languages

LETTERS = string.ascii_lowercase
EXAMPLE = "larsson"
WATCHED = "Swedish"


class Speller(nn.Module):
    """A GRU over one-hot letters, and a linear layer to eleven languages."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        kind = {"dtype": torch.float64}
        self.rnn = nn.GRU(len(LETTERS), hidden_size, batch_first=True, **kind)
        self.output = nn.Linear(hidden_size, len(languages.NAMES), **kind)


def rows_of(names: list[str]) -> Tensor:
    """One-hot rows of names, (B, T, 26), zeros after their ends."""
    size = len(names), max(map(len, names)), len(LETTERS)
    rows = torch.zeros(size, dtype=torch.float64)
    for row, name in zip(rows, names, strict=True):
        row[: len(name)] = F.one_hot(torch.tensor(list(map(LETTERS.index, name))), 26)
    return rows


@functools.cache
def trained() -> Speller:
    """The GRU of notebook 14, section 14.6: the same steps from the same start."""
    names, labels = zip(*languages.split()[0], strict=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Speller(64)
    x, truth = rows_of(list(names)), torch.tensor(labels)
    ends = torch.tensor([len(name) - 1 for name in names])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    generator = torch.Generator().manual_seed(0)
    for _ in range(10):
        for rows in torch.randperm(len(x), generator=generator).split(64):
            states, _ = model.rnn(x[rows])
            logits = model.output(states[torch.arange(len(rows)), ends[rows]])
            optimizer.zero_grad()
            F.cross_entropy(logits, truth[rows]).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
    return model.eval()


@torch.no_grad()
def beliefs(model: nn.Module, name: str, place: int) -> tuple[Tensor, Tensor]:
    """The belief after each letter, and after each of 26 that could come next.

    Args:
        model: its ``rnn`` reads one-hot letters, its ``output`` knows the languages.
        name: T letters a to z.
        place: after how many of them another one could come.

    Returns:
        Probabilities, shapes (T, 11) and (26, 11).
    """
    nexts = [name[:place] + letter for letter in LETTERS]
    states, _ = model.rnn(rows_of([name]))
    after, _ = model.rnn(rows_of(nexts))
    found = [model.output(s).softmax(dim=-1) for s in (states[0], after[:, -1])]
    return found[0], found[1]


def checked(typed: str) -> str:
    """The name in the letters that the network knows.

    Raises:
        ValueError: with a sentence for the reader, if there are others, or too many.
    """
    check_text(typed.strip(), "Your name", maximum=languages.LONGEST)
    name = languages.plain(typed.strip())
    for character in name:
        if character not in LETTERS:
            raise ValueError(
                f"The network knows the letters a to z, and not “{character}”. Type a "
                "surname without spaces, signs or digits."
            )
    return check_text(name, "Your name", maximum=languages.LONGEST)


def draw_belief(model: nn.Module, typed: str, watched: str, place: int) -> Drawing:
    """Draw what the network believes after each letter, and what one more would do.

    Args:
        model: as in :func:`beliefs`.
        typed: the name.
        watched: the language whose belief colours the letters that could come next.
        place: how many letters have been read; as far as the name goes.

    Raises:
        ValueError: if the name is empty, too long or has other letters.
    """
    name = checked(typed)
    place = min(place, len(name))
    row = languages.NAMES.index(watched)
    after, nexts = beliefs(model, name, place)
    so_far = name[:place]
    now = after[place - 1]
    first = languages.NAMES[int(now.argmax())]
    best, worst = int(nexts[:, row].argmax()), int(nexts[:, row].argmin())
    said = (
        f"If the name ended after “{pictures.plain(so_far)}”, the network would say "
        f"<b>{first}</b>, with probability <b>{now.max():.2f}</b>. {watched}: "
        f"{now[row]:.2f}. One more letter can make that anything from "
        f"<b>{nexts[worst, row]:.2f}</b> (“{LETTERS[worst]}”) to "
        f"<b>{nexts[best, row]:.2f}</b> (“{LETTERS[best]}”)."
    )
    table = pictures.grid(
        [
            _row(language, name, after[:, k], place if language == watched else None)
            for k, language in enumerate(languages.NAMES)
        ],
        caption="The belief, in hundredths, if the name ended there. Click a cell: "
        "read as far as that letter, and watch that language.",
        row_labels=[f"{'▶' * (n == watched)}{n}" for n in languages.NAMES],
        column_labels=[f"{'▼' * (t == place)}{c}" for t, c in enumerate(name, start=1)],
        limit=1.0,
    )
    tiles = pictures.tiles(
        [
            pictures.Tile(
                letter,
                f"{p:.2f}",
                value=p,
                pick=f"+{letter}",
                say=f"“{so_far}{letter}”: {watched} {p:.2f}, and most likely "
                f"{languages.NAMES[int(all_.argmax())]}, {all_.max():.2f}.",
            )
            for letter, p, all_ in zip(
                LETTERS, nexts[:, row].tolist(), nexts, strict=True
            )
        ],
        caption=f"{watched}, if “{so_far}” got one more letter. Click one to add it.",
        limit=1.0,
    )
    return Drawing(pictures.sentence(said), table + tiles)


def _row(
    language: str, name: str, values: Tensor, chosen: int | None
) -> list[pictures.Cell]:
    """One language: a cell for each letter."""
    return [
        pictures.Cell(
            f"{100 * p:.0f}",
            value=p,
            strong=t == chosen,
            pick=f"{language}{t}",
            say=f"If the name ended after “{name[:t]}”: {language} {p:.2f}.",
        )
        for t, p in enumerate(values.tolist(), start=1)
    ]


def belief_lab() -> Lab:
    """A lab: type a surname, and see the belief move with every letter.

    Controls: ``typed``, ``watched``, ``place``. Picks: "Polish3" reads three letters
    and watches Polish; "+n" takes the letters that have been read and adds an n.
    """
    typed = widgets.Text(EXAMPLE, description="A surname")
    watched = widgets.Dropdown(options=languages.NAMES, description="Watch")
    watched.value = WATCHED
    place = widgets.IntSlider(
        len(EXAMPLE), min=1, max=languages.LONGEST, description="Letters read"
    )

    def pick(lab: Lab, key: str) -> None:
        if lab.picture.stale:  # it is the picture of another name
            return
        name = checked(typed.value)
        if key[0] == "+":
            typed.value = (name[: place.value] + key[1:])[: languages.LONGEST]
            place.value = len(typed.value)
        else:
            watched.value = key.rstrip("0123456789")
            place.value = int(key[len(watched.value) :])

    def follow(_change: object) -> None:
        """A name that is typed is read to its end."""
        place.value = max(1, min(len(typed.value.strip()), languages.LONGEST))

    lab = Lab(
        "What would one more letter say?",
        {"typed": typed, "watched": watched, "place": place},
        functools.partial(draw_belief, trained()),
        rows=[["typed", "watched"], ["place"]],
        on_pick=pick,
    )
    typed.observe(follow, names="value")
    return lab
