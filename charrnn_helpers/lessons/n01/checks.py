"""Exercises of notebook 01: text, vocabulary, padding, Unicode."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from charrnn_helpers import data
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import Exercise, Question, Wrong


def _words(rng: random.Random, count: int, letters: str = "abcdeh iou") -> list[str]:
    return ["".join(rng.choices(letters, k=rng.randint(1, 9))) for _ in range(count)]


# --- 1.1 ------------------------------------------------------------------------------

different_bigrams = Exercise(
    number="1.1",
    name="my_different_bigrams",
    success="you can measure order: 28 for the sentences, and no shuffle gets there.",
    cases=[
        (["abab", "ba", "cd"],),
        (["hello", "hollow"],),
        (["aaa", "abc", "x"],),
        (list(data.SENTENCES),),
    ],
    drawn=lambda rng: [(_words(rng, 5),)],
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
            "You count a pair again in each text: a pair that two texts share is still "
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
    """An error of the learner's function, and what its message names."""

    is_value_error: bool
    names_character: bool
    place: str  # which of the positions that a learner may mean it names
    message: str = field(compare=False)


def _decoded(ids: Tensor, old: Sequence[str]) -> str:
    return data.Vocabulary.from_texts(old).decode(ids)


def _stranger(ids: Tensor, old: Sequence[str], new: Sequence[str]) -> Any:
    """The first character that the new texts lack, and its position, or None."""
    known = "".join(new)
    text = enumerate(_decoded(ids, old))
    return next(((c, i) for i, c in text if c not in known), None)


def _catching(answer: Callable[..., Any]) -> Callable[..., Any]:
    def call(ids: Tensor, old: list[str], new: list[str]) -> Any:
        stranger, text = _stranger(ids, old, new), _decoded(ids, old)
        id_of_stranger = None if stranger is None else int(ids[stranger[1]])
        try:
            return answer(ids, old, new)
        except Exception as error:
            if stranger is None:
                raise
            character, position = stranger
            places = {
                "right": position,
                "from 1": position + 1,
                "among the different characters": len(set(text[:position])),
                "the id": id_of_stranger,
            }
            message = error.args[0] if len(error.args) == 1 else error
            message = str(message)  # str of a KeyError has quotes of its own
            numbers = set(map(int, re.findall(r"\d+", message)))
            place = next((name for name, n in places.items() if n in numbers), "none")
            named = character in message
            if not isinstance(error, ValueError) and not (named and place != "none"):
                raise
            is_value_error = isinstance(error, ValueError)
            return _Refused(is_value_error, named, place, message)

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
    message = engine.short(got.message)
    if not got.is_value_error:
        return engine.ERROR, f"raised another error than a ValueError: {message}"
    for named, what in (
        (got.names_character, f"the character {character!r}"),
        (got.place == "right", f"its position, {position}"),
    ):
        if not named:
            return engine.ERROR, (
                f"raised ValueError: {message}, a message that does not name {what}"
            )
    return None


def _distinct(texts: Sequence[str]) -> list[str]:
    return sorted(set("".join(texts)))


def _lower(texts: Sequence[str]) -> list[str]:
    return sorted(set("".join(texts).lower()))


def _first_of(texts: Sequence[str]) -> list[str]:
    return sorted(set(texts[0]))


def _translation(
    symbols: Callable[[Sequence[str]], Iterable[str]] = _distinct,
    new_symbols: Callable[[Sequence[str]], Iterable[str]] | None = None,
    error: type[Exception] = ValueError,
    message: Callable[[str, int, str], str] = lambda c, i, _: f"{c!r} at {i}",
) -> Callable[[Tensor, list[str], list[str]], Tensor]:
    """An answer with vocabularies, an error or a message of its own."""

    def answer(ids: Tensor, old: list[str], new: list[str]) -> Tensor:
        itos = list(symbols(old))
        stoi = {c: i for i, c in enumerate((new_symbols or symbols)(new))}
        text = "".join(itos[i] for i in ids.tolist())
        for i, c in enumerate(text):
            if c not in stoi:
                raise error(message(c, i, text))
        return torch.tensor([stoi[c] for c in text], dtype=torch.int64)

    return answer


_right = _translation()


def _skips(ids: Tensor, old: list[str], new: list[str]) -> Tensor:
    itos, known = _distinct(old), _distinct(new)
    text = [itos[i] for i in ids]
    return torch.tensor([known.index(c) for c in text if c in known]).long()


def _invents(ids: Tensor, old: list[str], new: list[str]) -> Tensor:
    itos, known = _distinct(old), _distinct(new)
    text = [itos[i] for i in ids]
    return torch.tensor([known.index(c) if c in known else 0 for c in text]).long()


def _refuses_more(first: bool) -> Callable[[Tensor, list[str], list[str]], Tensor]:
    """Refuses what the old texts hold and this text does not, first or afterwards."""

    def answer(ids: Tensor, old: list[str], new: list[str]) -> Tensor:
        result = None if first else _right(ids, old, new)
        for i, c in enumerate(_distinct(old)):
            if c not in "".join(new):
                raise ValueError(f"{c!r} at {i}")
        return _right(ids, old, new) if first else result

    return answer


def _asked(text: str, old: list[str], new: list[str]) -> tuple:
    return data.Vocabulary.from_texts(old).encode(text), old, new


def _drawn_translation(rng: random.Random) -> list[tuple]:
    old, text = [*_words(rng, 3), "Zebra é"], "".join(rng.choices("Zebra é", k=6))
    return [_asked(text, old, [*_words(rng, 4), text])]


translate = Exercise(
    number="1.2",
    name="my_translate",
    success="the text is the same in both vocabularies, and a stranger is named.",
    cases=[
        _asked("hello", ["hello", "a day"], ["he or she", "a hall"]),
        _asked("hello!", ["hello!"], ["hello"]),
        _asked("so", ["so", "no"], ["so no"]),
        _asked("so no", ["so no"], ["so", "no"]),
        _asked("b a", [" a", "b "], ["a ", "b", "cab"]),
        _asked("aB", ["aB"], ["aBC"]),
        _asked("Hi", ["Hi"], ["hi"]),
        _asked("naïve café", ["naïve café"], ["café", "a naïve idea"]),
        (torch.tensor([], dtype=torch.int64), ["hi"], ["hi"]),
    ],
    drawn=_drawn_translation,
    reference=lambda ids, old, new: (
        None
        if _stranger(ids, old, new)
        else data.Vocabulary.from_texts(new).encode(_decoded(ids, old))
    ),
    prepare=_catching,
    compare=_compare_translation,
    say=lambda case: (
        f"for ids={engine.short(case[0])} (the text {_decoded(*case[:2])!r}), "
        f"old={engine.short(case[1])}, new={engine.short(case[2])}"
    ),
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
            _translation(lambda texts: dict.fromkeys("".join(texts))),
        ),
        *[
            Wrong(
                "A set has no order that you can rely on. Which order does this "
                "notebook agree on?",
                _translation(*symbols),
            )
            for symbols in (
                (lambda texts: set("".join(texts)),),
                (lambda texts: set("".join(texts)), _distinct),
                (_distinct, lambda texts: set("".join(texts))),
            )
        ],
        *[
            Wrong(
                "A character that the texts hold twice stands in your vocabulary "
                "twice. Each needs one id.",
                _translation(*symbols),
            )
            for symbols in (
                (lambda texts: sorted("".join(texts)),),
                (lambda texts: sorted("".join(texts)), _distinct),
                (_distinct, lambda texts: sorted("".join(texts))),
            )
        ],
        Wrong(
            "You join the texts with a space: a vocabulary has the characters of its "
            "texts, and these may hold no space.",
            _translation(lambda texts: sorted(set(" ".join(texts)))),
        ),
        Wrong(
            "You take the spaces off the ends of the texts. They are characters of "
            "the vocabulary too.",
            _translation(lambda texts: sorted(set("".join(map(str.strip, texts))))),
        ),
        Wrong(
            "You write everything in lower case, but H and h are two characters.",
            _translation(_lower),
        ),
        Wrong(
            "You sort a and A side by side. The vocabulary uses the plain order of "
            "sorted.",
            _translation(lambda texts: sorted(_distinct(texts), key=str.lower)),
        ),
        Wrong(
            "Your vocabulary knows only some kinds of characters. An é and an ! are "
            "characters like any other.",
            _translation(lambda texts: filter(str.isascii, _distinct(texts))),
        ),
        Wrong(
            "Your vocabularies are made from the first text alone.",
            _translation(_first_of),
        ),
        Wrong(
            "You have the two vocabularies the wrong way round: which one wrote the "
            "ids, and which one is to read them?",
            lambda ids, old, new: _right(ids, new, old),
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
        *[
            Wrong(
                "You refuse a character that the new texts lack, although this text "
                "does not use it.",
                _refuses_more(first),
            )
            for first in (True, False)
        ],
        Wrong(
            "A bare look-up stops with a KeyError. Look before you index, and raise "
            "an error that helps.",
            _translation(error=KeyError, message=lambda c, i, text: c),
        ),
        Wrong(
            "Your message says what is needed. Only the type of the error is another "
            "one than the exercise asks for.",
            _translation(error=KeyError),
        ),
        Wrong(
            "The ValueError of index speaks of a search, and not of your texts. Look "
            "before you search, and raise an error that helps.",
            lambda ids, old, new: torch.tensor(
                ["".join(_distinct(new)).index(_distinct(old)[i]) for i in ids]
            ).long(),
        ),
        Wrong(
            "Whoever reads your message will want to know where in the text to look.",
            _translation(message=lambda c, i, text: repr(c)),
        ),
        Wrong(
            "Whoever reads your message will want to know which character it was.",
            _translation(message=lambda c, i, text: f"at {i}"),
        ),
        Wrong(
            "You count the positions from 1. Python counts them from 0, and so does "
            "whoever looks up text[position].",
            _translation(message=lambda c, i, text: f"{c!r} at {i + 1}"),
        ),
        Wrong(
            "You count the position among the different characters. Where does the "
            "character stand in the text?",
            _translation(message=lambda c, i, text: f"{c!r} {len(set(text[:i]))}"),
        ),
        Wrong(
            "The number in your message is the character's id in the old vocabulary, "
            "not its position in the text.",
            lambda ids, old, new: _translation(
                message=lambda c, i, text: f"{c!r} at {int(ids[i])}"
            )(ids, old, new),
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
    cases=[
        (["hi", "hello"],),
        (["you", "a", "hello"], "."),
        (["one", "or", "none"], "_"),
        (["Zoë", " you are ", "a ", "a "], "·"),
        (["same", "size"],),
        (["alone"],),
    ],
    drawn=lambda rng: [(_words(rng, 4), rng.choice("·-#"))],
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


_Share = Callable[[Sequence[str], int], float]


def _share(texts: Sequence[str], length: int) -> float:
    return sum(max(0, length - len(t)) for t in texts) / (length * len(texts))


def _share_with_cut(texts: Sequence[str], length: int) -> float:
    return 1 - sum(map(len, texts)) / (length * len(texts))


def _end(text: str, length: int) -> str:
    return text[-length:].rjust(length)


def _fit(
    row: Callable[[str, int], str] = _end, share: _Share = _share
) -> Callable[[Sequence[str], int], tuple[list[str], float]]:
    return lambda texts, length: (
        [row(text, length) for text in texts],
        share(texts, length),
    )


def _wrong_rows(hint: str, row: Callable[[str, int], str]) -> list[Wrong]:
    """The hint on the rows, whether the share is right or not."""
    return [Wrong(hint, _fit(row, share)) for share in (_share, _share_with_cut)]


fit_texts = Exercise(
    number="1.4",
    name="my_fit",
    success="every row ends where its text ends, and you know what the padding costs.",
    cases=[
        (["hi", "hello", "you"], 4),
        (["hi", "hello how", "hi"], 5),
        (["  hi", "how are you", "o k ", " "], 8),
        (["you", "and me"], 2),
        (["é", "naïve", "Zoë"], 7),
        (["one", "or", "two"], 1),
        (["alone"], 8),
    ],
    drawn=lambda rng: [(_words(rng, 4), rng.randint(3, 7))],
    reference=lambda texts, length: (
        [(" " * length + t)[len(t) :] for t in texts],
        _share(texts, length),
    ),
    entries=("rows", "share"),
    forbidden={"pad": "this time the padding is yours to write."},
    wrong=[
        Wrong(
            "Two things are asked for: the rows, and the share of padded cells.",
            lambda texts, length: [_end(t, length) for t in texts],
        ),
        Wrong(
            "The rows come first, the share second.",
            lambda texts, length: _fit()(texts, length)[::-1],
        ),
        *_wrong_rows(
            "Your short texts are followed by padding, so the network reads spaces "
            "before it is asked to go on.",
            lambda text, length: text[-length:].ljust(length),
        ),
        *_wrong_rows(
            "You keep the beginning of a long text. Which part of it does the network "
            "need in order to go on?",
            lambda text, length: text[:length].rjust(length),
        ),
        *_wrong_rows(
            "You keep the beginning of a long text and put the padding after a short "
            "one. What should the network have read last?",
            lambda text, length: text[:length].ljust(length),
        ),
        *_wrong_rows(
            "Long texts stay as long as they were, so the rows make no rectangle.",
            lambda text, length: text.rjust(length),
        ),
        *_wrong_rows(
            "Short texts stay as short as they were, so the rows make no rectangle.",
            lambda text, length: text[-length:],
        ),
        *_wrong_rows(
            "len(text) - length is negative for a short text, and Python counts a "
            "negative start from the end: the text loses its beginning.",
            lambda text, length: text[len(text) - length :].rjust(length),
        ),
        *[
            Wrong(
                "You take spaces off the ends of the texts. They belong to the texts.",
                lambda texts, length, strip=strip: _fit()([*map(strip, texts)], length),
            )
            for strip in (str.strip, str.rstrip)
        ],
        Wrong(
            "You pad to the longest text. How long each row is to be stands in length.",
            lambda texts, length: _fit()(texts, max(map(len, texts))),
        ),
        Wrong(
            "You count every space as padding, and the texts have spaces of their own.",
            _fit(
                share=lambda texts, length: (
                    sum(_end(t, length).count(" ") for t in texts)
                    / (length * len(texts))
                )
            ),
        ),
        Wrong(
            "You count the spaces at the start of the rows, and a text may begin with "
            "a space of its own.",
            _fit(
                share=lambda texts, length: (
                    sum(length - len(_end(t, length).lstrip()) for t in texts)
                    / (length * len(texts))
                )
            ),
        ),
        *[
            Wrong(
                "For the share you count the characters that you have cut off as if "
                "they still filled cells.",
                _fit(share=share),
            )
            for share in (
                _share_with_cut,
                lambda texts, length: max(0.0, _share_with_cut(texts, length)),
            )
        ],
        Wrong(
            "You divide by the real characters. The share is one of all the cells.",
            _fit(
                share=lambda texts, length: (
                    _share(texts, length) / (1 - _share(texts, length))
                )
            ),
        ),
        Wrong(
            "That is the share of the real characters.",
            _fit(share=lambda texts, length: 1 - _share(texts, length)),
        ),
        Wrong(
            "That is the number of padded cells. What fraction of all cells is it?",
            _fit(
                share=lambda texts, length: _share(texts, length) * length * len(texts)
            ),
        ),
        Wrong(
            "// drops everything after the point, and a share lies between 0 and 1.",
            _fit(share=lambda texts, length: int(_share(texts, length))),
        ),
        Wrong(
            "That is the share of the rows that hold padding. Count cells.",
            _fit(
                share=lambda texts, length: (
                    sum(len(t) < length for t in texts) / len(texts)
                )
            ),
        ),
        Wrong(
            "You divide by the cells of the short texts. The long ones have cells too.",
            _fit(
                share=lambda texts, length: _share(
                    [t for t in texts if len(t) < length] or ["." * length], length
                )
            ),
        ),
        Wrong(
            "Two equal texts make two rows: count the padding of both.",
            _fit(share=lambda texts, length: _share([*set(texts)], length)),
        ),
        Wrong(
            "Return the share as it is: rounding is for printing.",
            _fit(share=lambda texts, length: round(_share(texts, length), 2)),
        ),
        Wrong(
            "Give the share as a number from 0 to 1, not as a percentage.",
            _fit(share=lambda texts, length: 100 * _share(texts, length)),
        ),
    ],
)


# --- 1.5 ------------------------------------------------------------------------------


ids_needed = Question(
    number="1.5",
    name="ids_needed",
    success="what you see as one letter may be several characters, and two may be one.",
    expected=lambda: (6, 5, 3, 3),
    entries=("text 1", "text 2", "text 3", "text 4"),
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
            "You see one emoji; the vocabulary counts the code points that it is made "
            "of.",
            (6, 5, 1, 3),
            lambda a: a[2] == 1,
        ),
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
