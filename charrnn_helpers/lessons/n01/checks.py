"""Exercises of notebook 01: text, vocabulary, padding, Unicode."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from charrnn_helpers import data
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import Exercise, Question, Wrong, fixed_and_drawn


def _words(rng: random.Random, count: int, letters: str = "abcdeh iou") -> list[str]:
    return ["".join(rng.choices(letters, k=rng.randint(1, 9))) for _ in range(count)]


# --- 1.1 ------------------------------------------------------------------------------

different_bigrams = Exercise(
    number="1.1",
    name="my_different_bigrams",
    success="you can measure order: 28 for the sentences, and no shuffle gets there.",
    **fixed_and_drawn(
        lambda rng: [
            (["abab", "ba", "cd"],),
            (["hello", "hollow"],),
            (["aaa", "abc", "x"],),
            (list(data.SENTENCES),),
            (_words(rng, 5),),
        ]
    ),
    reference=lambda texts: len(
        {t[i : i + 2] for t in texts for i in range(len(t)) if len(t[i : i + 2]) == 2}
    ),
    wrong=[
        Wrong(
            "You also count the pair that the end of one text makes with the start of "
            "the next: nobody wrote those two side by side.",
            lambda texts: len(set(pairwise("".join(texts)))),
        ),
        Wrong(
            "You count every pair, also the ones that you have met before.",
            lambda texts: sum(max(0, len(t) - 1) for t in texts),
        ),
        Wrong(
            "You take ab and ba for the same pair, but their order differs.",
            lambda texts: len({frozenset(p) for t in texts for p in pairwise(t)}),
        ),
        Wrong(
            "Your pairs do not overlap: after the first and the second character comes "
            "the pair of the second and the third.",
            lambda texts: len(
                {t[i : i + 2] for t in texts for i in range(0, len(t) - 1, 2)}
            ),
        ),
        Wrong(
            "You count a pair anew in each text: a pair that two texts share is still "
            "one pair.",
            lambda texts: sum(len(set(pairwise(t))) for t in texts),
        ),
        Wrong(
            "You leave out the pairs that occur more than once. They count too, once.",
            lambda texts: sum(
                n == 1 for n in Counter(p for t in texts for p in pairwise(t)).values()
            ),
        ),
        Wrong(
            "That is the number of different characters. A bigram is two of them.",
            lambda texts: len(set("".join(texts))),
        ),
        Wrong(
            "You look at the first text only: does a return stand inside the loop?",
            lambda texts: len(set(pairwise(texts[0]))),
        ),
    ],
)


# --- 1.2 ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Refused:
    """A ValueError of the learner's function, and what its message names."""

    names_character: bool
    names_position: bool
    message: str = field(compare=False)


def _tables(old: Sequence[str], new: Sequence[str]) -> tuple[list[str], dict[str, int]]:
    return sorted(set("".join(old))), {
        c: i for i, c in enumerate(sorted(set("".join(new))))
    }


def _stranger(ids: Tensor, old: Sequence[str], new: Sequence[str]) -> Any:
    """The first character that the new texts lack, and its position, or None."""
    itos, stoi = _tables(old, new)
    text = "".join(itos[i] for i in ids)
    return next(((c, i) for i, c in enumerate(text) if c not in stoi), None)


def _catching(answer: Callable[..., Any]) -> Callable[..., Any]:
    def call(ids: Tensor, old: list[str], new: list[str]) -> Any:
        stranger = _stranger(ids, old, new)
        try:
            return answer(ids, old, new)
        except ValueError as error:
            if stranger is None:
                raise
            character, position = stranger
            message = str(error)
            return _Refused(
                character in message,
                re.search(rf"(?<!\d){position}(?!\d)", message) is not None,
                message,
            )

    return call


def _compare_translation(
    case: tuple, got: Any, expected: Any
) -> tuple[engine.Kind, str] | None:
    stranger = _stranger(*case)
    if stranger is None:
        return engine.difference(got, expected, 0)
    character, position = stranger
    if not isinstance(got, _Refused):
        return engine.VALUES, (
            f"returned {engine.short(got)}, but {character!r} at position {position} "
            "is not in the new vocabulary: a ValueError is asked for"
        )
    for named, what in (
        (got.names_character, f"the character {character!r}"),
        (got.names_position, f"its position, {position}"),
    ):
        if not named:
            return engine.ERROR, (
                f"raised ValueError: {engine.short(got.message)}, a message that "
                f"does not name {what}"
            )
    return None


def _skips(ids: Tensor, old: list[str], new: list[str]) -> Tensor:
    itos, stoi = _tables(old, new)
    return torch.tensor([stoi[itos[i]] for i in ids if itos[i] in stoi]).long()


def _invents(ids: Tensor, old: list[str], new: list[str]) -> Tensor:
    itos, stoi = _tables(old, new)
    return torch.tensor([stoi.get(itos[i], 0) for i in ids]).long()


def _looks_up(ids: Tensor, old: list[str], new: list[str]) -> Tensor:
    itos, stoi = _tables(old, new)
    return torch.tensor([stoi[itos[i]] for i in ids]).long()


def _keeps_silent(ids: Tensor, old: list[str], new: list[str]) -> Tensor:
    if stranger := _stranger(ids, old, new):
        raise ValueError(f"{stranger[0]!r} is not in the new vocabulary")
    return _looks_up(ids, old, new)


def _names_the_place(ids: Tensor, old: list[str], new: list[str]) -> Tensor:
    if stranger := _stranger(ids, old, new):
        raise ValueError(f"unknown character at position {stranger[1]}")
    return _looks_up(ids, old, new)


def _right(ids: Tensor, old: list[str], new: list[str]) -> Tensor:
    if stranger := _stranger(ids, old, new):
        raise ValueError(f"{stranger[0]!r} at position {stranger[1]}")
    return _looks_up(ids, old, new)


def _by_appearance(ids: Tensor, old: list[str], new: list[str]) -> Tensor:
    _right(ids, old, new)
    itos = list(dict.fromkeys("".join(old)))
    stoi = {c: i for i, c in enumerate(dict.fromkeys("".join(new)))}
    return torch.tensor([stoi.get(itos[i], 0) for i in ids]).long()


def _swapped(ids: Tensor, old: list[str], new: list[str]) -> Tensor:
    return _right(ids, new, old)


def _written(text: str, texts: Sequence[str]) -> Tensor:
    return data.Vocabulary.from_texts(texts).encode(text)


def _translation_cases(rng: random.Random) -> list[tuple]:
    old, new = ["hello", "a day"], ["you and he", "a hall"]
    drawn = [*_words(rng, 3), "zebra"]
    text = "".join(rng.choices("zebra", k=6))
    return [
        (_written("hello", old), old, new),
        (_written("no! hi", ["hi yes", "no!"]), ["hi yes", "no!"], ["hi yes", "no"]),
        (_written("why so?", ["so?", "why "]), ["so?", "why "], ["so why", "no"]),
        (torch.tensor([], dtype=torch.int64), old, new),
        (_written(text, drawn), drawn, [*_words(rng, 4), text]),
    ]


translate = Exercise(
    number="1.2",
    name="my_translate",
    success="the text is the same in both vocabularies, and a stranger is named.",
    **fixed_and_drawn(_translation_cases),
    reference=lambda ids, old, new: (
        None
        if _stranger(ids, old, new)
        else data.Vocabulary.from_texts(new).encode(
            data.Vocabulary.from_texts(old).decode(ids)
        )
    ),
    prepare=_catching,
    compare=_compare_translation,
    forbidden={"Vocabulary": "build the two tables yourself this time."},
    wrong=[
        Wrong(
            "You give the ids back as they came, but the same id stands for another "
            "character in the other vocabulary.",
            lambda ids, old, new: _right(ids, old, new) is None or ids,
        ),
        Wrong(
            "Your ids follow the order in which the characters first appear in the "
            "texts. Which order does this notebook agree on?",
            _by_appearance,
        ),
        Wrong(
            "You have the two vocabularies the wrong way round: which one wrote the "
            "ids, and which one is to read them?",
            _swapped,
        ),
        Wrong(
            "You skip a character that the new vocabulary lacks: the text is another "
            "one then, and nobody is told.",
            _skips,
        ),
        Wrong(
            "You give an unknown character some id of your choice. It will be read as "
            "another character.",
            _invents,
        ),
        Wrong(
            "A bare look-up stops with a KeyError. Look before you index, and raise "
            "an error that helps.",
            _looks_up,
        ),
        Wrong(
            "Whoever reads your message will want to know where in the text to look.",
            _keeps_silent,
        ),
        Wrong(
            "Whoever reads your message will want to know which character it was.",
            _names_the_place,
        ),
        Wrong(
            "A tensor made from an empty list has no whole number to take its dtype "
            "from: name the dtype.",
            lambda ids, old, new: torch.tensor(_right(ids, old, new).tolist()),
        ),
        Wrong(
            "Ids select, they do not measure: notebook 02 shows what needs int64.",
            lambda ids, old, new: _right(ids, old, new).float(),
        ),
    ],
)


# --- 1.3 ------------------------------------------------------------------------------

pad = Exercise(
    number="1.3",
    name="my_pad",
    success="every text now has the length of the longest.",
    **fixed_and_drawn(
        lambda rng: [
            (["hi", "hello"],),
            (["you", "a", "hello"], "."),
            (["one", "or", "none"], "_"),
            (["same", "size"],),
            (_words(rng, 4), rng.choice("·-#")),
        ]
    ),
    reference=lambda texts, value=" ": [
        t + value * (max(map(len, texts)) - len(t)) for t in texts
    ],
    forbidden={"pad": "this time the padding is yours to write."},
    wrong=[
        Wrong(
            "Are you padding to the longest text, or to its last index?",
            lambda texts, value=" ": [
                t.ljust(max(map(len, texts)) - 1, value) for t in texts
            ],
        ),
        Wrong(
            "max(texts) is the last text in the alphabet, which need not be the "
            "longest.",
            lambda texts, value=" ": [t.ljust(len(max(texts)), value) for t in texts],
        ),
        Wrong(
            "The padding stands at the start. The exercise asks for it at the end.",
            lambda texts, value=" ": [
                t.rjust(max(map(len, texts)), value) for t in texts
            ],
        ),
        Wrong(
            "You take the first text for the longest.",
            lambda texts, value=" ": [t.ljust(len(texts[0]), value) for t in texts],
        ),
        Wrong(
            "You add as many characters as the longest text has, to every text. How "
            "many does each text lack?",
            lambda texts, value=" ": [t + value * max(map(len, texts)) for t in texts],
        ),
        Wrong(
            "You cut the texts to the shortest one. Padding adds, and loses nothing.",
            lambda texts, value=" ": [t[: min(map(len, texts))] for t in texts],
        ),
        Wrong(
            "You add one character to each short text; some lack more than one.",
            lambda texts, value=" ": [
                t + value * (len(t) < max(map(len, texts))) for t in texts
            ],
        ),
        Wrong(
            "You pad with spaces, whatever the second argument says.",
            lambda texts, value=" ": [t.ljust(max(map(len, texts))) for t in texts],
        ),
    ],
)


# --- 1.4 ------------------------------------------------------------------------------


def _share(texts: Sequence[str], length: int) -> float:
    return sum(max(0, length - len(t)) for t in texts) / (length * len(texts))


def _ends(texts: Sequence[str], length: int) -> list[str]:
    return [t[-length:].rjust(length) for t in texts]


fit_texts = Exercise(
    number="1.4",
    name="my_fit",
    success="every row ends where its text ends, and you know what the padding costs.",
    **fixed_and_drawn(
        lambda rng: [
            (["hello how", "hi", "i am"], 4),
            (["hello", "how are you", "  hi"], 8),
            (["you", "and me"], 2),
            (_words(rng, 4), rng.randint(3, 7)),
        ]
    ),
    reference=lambda texts, length: (
        [(" " * length + t)[len(t) :] for t in texts],
        _share(texts, length),
    ),
    forbidden={"pad": "this time the padding is yours to write."},
    wrong=[
        Wrong(
            "Your short texts are followed by padding, so the network reads spaces "
            "before it is asked to go on.",
            lambda texts, length: (
                [t[-length:].ljust(length) for t in texts],
                _share(texts, length),
            ),
        ),
        Wrong(
            "You keep the beginning of a long text. Which part of it does the network "
            "need in order to go on?",
            lambda texts, length: (
                [t[:length].rjust(length) for t in texts],
                _share(texts, length),
            ),
        ),
        Wrong(
            "You keep the beginning of a long text and put the padding after a short "
            "one. What shall the network have read last?",
            lambda texts, length: (
                [t[:length].ljust(length) for t in texts],
                _share(texts, length),
            ),
        ),
        Wrong(
            "Long texts stay as long as they were, so the rows make no rectangle.",
            lambda texts, length: (
                [t.rjust(length) for t in texts],
                _share(texts, length),
            ),
        ),
        Wrong(
            "You count every space as padding, and the texts have spaces of their own.",
            lambda texts, length: (
                _ends(texts, length),
                "".join(_ends(texts, length)).count(" ") / (length * len(texts)),
            ),
        ),
        Wrong(
            "For the share you count the characters that you have cut off as if they "
            "still filled cells.",
            lambda texts, length: (
                _ends(texts, length),
                1 - sum(map(len, texts)) / (length * len(texts)),
            ),
        ),
        Wrong(
            "You divide by the real characters. The share is one of all the cells.",
            lambda texts, length: (
                _ends(texts, length),
                _share(texts, length) / (1 - _share(texts, length)),
            ),
        ),
        Wrong(
            "That is the share of the real characters.",
            lambda texts, length: (_ends(texts, length), 1 - _share(texts, length)),
        ),
        Wrong(
            "Give the share as a number from 0 to 1, not in per cent.",
            lambda texts, length: (_ends(texts, length), 100 * _share(texts, length)),
        ),
    ],
)


# --- 1.5 ------------------------------------------------------------------------------


def _ids_needed() -> tuple[int, ...]:
    naive = "nai\N{COMBINING DIAERESIS}ve"
    spellings = (
        naive,
        unicodedata.normalize("NFC", naive),
        "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}",
        "\N{LATIN SMALL LIGATURE FI}ne",
    )
    return tuple(len(list(text)) for text in spellings)


ids_needed = Question(
    number="1.5",
    name="ids_needed",
    success="what you see as one letter may be several characters, and two may be one.",
    expected=_ids_needed,
    wrong=[
        Wrong(
            "You count what you see. The vocabulary counts code points, and the names "
            "in each row list them.",
            (5, 5, 1, 4),
        ),
        Wrong(
            "You count the bytes of a file. The vocabulary counts code points.",
            (7, 6, 11, 5),
        ),
        Wrong("Which of the two forms composes, and which takes apart?", (5, 6, 3, 3)),
        Wrong(
            "The joiner between woman and computer is invisible, and a character.",
            (6, 5, 2, 3),
        ),
        Wrong(
            "The ligature is one character, although it looks like f and i; only the "
            "stricter form NFKC takes it apart.",
            (6, 5, 3, 4),
        ),
        Wrong(
            "NFC does something to the first text: what can i and two dots become?",
            (6, 6, 3, 3),
        ),
    ],
)


summary = engine.summary_of(__name__)
