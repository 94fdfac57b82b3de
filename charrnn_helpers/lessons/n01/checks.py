"""Exercises of notebook 01: vocabulary and padding."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from charrnn_helpers import data
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import Exercise, Wrong


def _words(rng: random.Random, count: int, letters: str = "abcdeh iou") -> list[str]:
    return ["".join(rng.choices(letters, k=rng.randint(1, 9))) for _ in range(count)]


# --- 1.1 ------------------------------------------------------------------------------

STOI = {"a": 0, "h": 1, "i": 2}
LETTERS = {" ": 0, "A": 1, "a": 2, "z": 3, "é": 4}


def _encoding(
    unknown: Callable[[dict[str, int]], int],
) -> Callable[[dict[str, int], str], Tensor]:
    """An answer whose strangers get an id of its own choice."""
    return lambda stoi, text: torch.tensor(
        [stoi.get(c, unknown(stoi)) for c in text], dtype=torch.int64
    )


def _id_for_each_stranger(stoi: dict[str, int], text: str) -> Tensor:
    stoi = dict(stoi)
    return torch.tensor([stoi.setdefault(c, len(stoi)) for c in text]).long()


def _refusing(stoi: dict[str, int], text: str) -> Tensor:
    for c in text:
        if c not in stoi:
            raise ValueError(c)
    return torch.tensor([stoi[c] for c in text]).long()


def _known(text: str, stoi: dict[str, int]) -> str:
    return "".join(c for c in text if c in stoi)


encode = Exercise(
    number="1.1",
    name="my_encode",
    success="every stranger has one id, and the text keeps its length.",
    cases=[
        (STOI, "hi!"),
        (STOI, "ahi"),
        (STOI, "xhyxi"),
        (LETTERS, " Az é!e "),
        (LETTERS, "??"),
        ({"b": 0}, "a"),
        (STOI, ""),
    ],
    drawn=lambda rng: [(STOI, "".join(rng.choices("ahixyz", k=9)))],
    reference=_encoding(len),
    wrong=[
        Wrong(
            "len(stoi) - 1 is the id of the last character that you know. The ids "
            "begin at 0: which is the first free one?",
            _encoding(lambda stoi: len(stoi) - 1),
        ),
        Wrong(
            "You leave one id unused: with V characters, the ids 0 to V - 1 are taken.",
            _encoding(lambda stoi: len(stoi) + 1),
        ),
        Wrong(
            "Id 0 belongs to a character: your stranger would be read as that one.",
            _encoding(lambda stoi: 0),
        ),
        Wrong(
            "-1 is no row of a table; in Python it even picks the last one, without "
            "an error. Take the next free id.",
            _encoding(lambda stoi: -1),
        ),
        Wrong(
            "You give each stranger an id of its own. A model that was built for "
            "V + 1 ids has no place for a second one.",
            _id_for_each_stranger,
        ),
        Wrong(
            "You skip the strangers: the text gets shorter, and nobody is told where "
            "one stood.",
            lambda stoi, text: _encoding(len)(stoi, _known(text, stoi)),
        ),
        Wrong(
            "You stop at the first stranger. This time the text is to be encoded to "
            "its end.",
            lambda stoi, text: torch.tensor([stoi[c] for c in text]).long(),
        ),
        Wrong(
            "You stop at the first stranger. This time the text is to be encoded to "
            "its end.",
            _refusing,
        ),
        Wrong(
            "0 is an id as well, and `or` takes it for a missing one.",
            lambda stoi, text: torch.tensor(
                [stoi.get(c) or len(stoi) for c in text], dtype=torch.int64
            ),
        ),
        Wrong(
            "The free id depends on the vocabulary, not on the text.",
            lambda stoi, text: _encoding(lambda _: len(text))(stoi, text),
        ),
        Wrong(
            "A and a are two characters: look each up as it stands.",
            lambda stoi, text: _encoding(len)(stoi, text.lower()),
        ),
        Wrong(
            "You take the spaces off the ends of the text. They are characters too.",
            lambda stoi, text: _encoding(len)(stoi, text.strip()),
        ),
        Wrong(
            "A tensor made from an empty list has no whole number to take its dtype "
            "from: name the dtype.",
            lambda stoi, text: torch.tensor([stoi.get(c, len(stoi)) for c in text]),
        ),
        *[
            Wrong(
                "The ids are right. Their dtype is to be torch.int64.",
                lambda stoi, text, dtype=dtype: _encoding(len)(stoi, text).to(dtype),
            )
            for dtype in (torch.float32, torch.int32)
        ],
        Wrong(
            "The ids are right. The answer is to be a tensor, not a list.",
            lambda stoi, text: [stoi.get(c, len(stoi)) for c in text],
        ),
        Wrong(
            "One text is one row of ids, of shape (T,). You have added an axis.",
            lambda stoi, text: _encoding(len)(stoi, text).unsqueeze(0),
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


def _batches(lengths: Sequence[int], batch_size: int) -> list[Sequence[int]]:
    return [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]


def _padded(groups: Iterable[Sequence[int]]) -> int:
    return sum(len(group) * max(group) - sum(group) for group in groups)


padded_cells = Exercise(
    number="1.3",
    name="my_padded_cells",
    success="you know what a collection costs before you encode a character of it.",
    cases=[
        ([17, 9, 17], 3),
        ([2, 5, 4, 4], 2),
        ([9, 2, 8, 1], 2),
        ([1, 7, 3, 2, 5], 2),
        ([3, 1, 1, 2, 6, 1, 4], 3),
        ([4, 9], 5),
        ([5, 1, 3], 1),
        ([8], 4),
    ],
    drawn=lambda rng: [([rng.randint(1, 30) for _ in range(8)], rng.randint(1, 9))],
    reference=lambda lengths, batch_size: _padded(_batches(lengths, batch_size)),
    wrong=[
        Wrong(
            "You pad every batch to the longest text of the collection. A batch is as "
            "wide as its own longest text.",
            lambda lengths, batch_size: len(lengths) * max(lengths) - sum(lengths),
        ),
        Wrong(
            "You leave out the last batch where it is smaller than the others.",
            lambda lengths, batch_size: _padded(
                g for g in _batches(lengths, batch_size) if len(g) == batch_size
            ),
        ),
        Wrong(
            "The last batch has fewer rows where fewer texts are left: count its own, "
            "not batch_size.",
            lambda lengths, batch_size: sum(
                batch_size * max(g) - sum(g) for g in _batches(lengths, batch_size)
            ),
        ),
        Wrong(
            "You sort the texts first. That saves padding, and is another collection: "
            "take them in their order.",
            lambda lengths, batch_size: _padded(_batches(sorted(lengths), batch_size)),
        ),
        Wrong(
            "You count all cells. How many of them are padding?",
            lambda lengths, batch_size: sum(
                len(g) * max(g) for g in _batches(lengths, batch_size)
            ),
        ),
        Wrong(
            "You count the padding of the first batch only: does a return stand "
            "inside the loop?",
            lambda lengths, batch_size: _padded(_batches(lengths, batch_size)[:1]),
        ),
        Wrong(
            "You count the padding of the last batch only. Add the batches up.",
            lambda lengths, batch_size: _padded(_batches(lengths, batch_size)[-1:]),
        ),
        Wrong(
            "Your batches overlap: after the first batch_size texts come the next "
            "batch_size, so i moves on by batch_size.",
            lambda lengths, batch_size: _padded(
                lengths[i : i + batch_size] for i in range(len(lengths))
            ),
        ),
        Wrong(
            "You take batch_size for the number of batches. It is the number of texts "
            "in each.",
            lambda lengths, batch_size: _padded(
                _batches(lengths, -(-len(lengths) // batch_size))
            ),
        ),
        Wrong(
            "You take the longest text of the first batch for that of every batch.",
            lambda lengths, batch_size: (
                len(lengths) * max(lengths[:batch_size]) - sum(lengths)
            ),
        ),
        *[
            Wrong(
                "The longest text of a batch may stand anywhere in it.",
                lambda lengths, batch_size, at=at: sum(
                    len(g) * g[at] - sum(g) for g in _batches(lengths, batch_size)
                ),
            )
            for at in (0, -1)
        ],
        Wrong(
            "Add the batches up: one number is asked for.",
            lambda lengths, batch_size: [
                _padded([g]) for g in _batches(lengths, batch_size)
            ],
        ),
        Wrong(
            "These are the real characters. How many cells do they leave empty?",
            lambda lengths, batch_size: sum(lengths),
        ),
        Wrong(
            "That is a share. The exercise asks how many cells.",
            lambda lengths, batch_size: (
                1
                - sum(lengths)
                / sum(len(g) * max(g) for g in _batches(lengths, batch_size))
            ),
        ),
        Wrong(
            "That is the number of texts that hold padding. One of them may hold many "
            "cells of it.",
            lambda lengths, batch_size: sum(
                n < max(g) for g in _batches(lengths, batch_size) for n in g
            ),
        ),
        Wrong(
            "A row lacks what the longest of its batch has more: longest minus "
            "length, not longest minus shortest.",
            lambda lengths, batch_size: sum(
                max(g) - min(g) for g in _batches(lengths, batch_size)
            ),
        ),
    ],
)


# --- 1.4 ------------------------------------------------------------------------------


def _real(batch: Tensor, pad_id: int) -> Tensor:
    return (batch != pad_id).sum(dim=1)


def _at(batch: Tensor, columns: Tensor) -> Tensor:
    return batch[torch.arange(len(batch)), columns]


last = Exercise(
    number="1.4",
    name="my_last",
    success="you read each row where its text ends, whatever stands after it.",
    cases=[
        (torch.tensor([[5, 2, 7, 9], [4, 3, 9, 9], [6, 9, 9, 9]]), 9),
        (torch.tensor([[3, 1, 2, 0, 0], [2, 2, 1, 3, 3]]), 0),
        (torch.tensor([[1, 4, 1], [4, 1, 9], [1, 1, 1], [8, 9, 9]]), 9),
        (torch.tensor([[5, 8, 8, 3, 3], [2, 3, 3, 3, 3]]), 3),
        (torch.tensor([[7, 6, 2]]), 9),
        (torch.tensor([[7], [2]]), 9),
        (torch.tensor([[0, 6, -1, -1], [0, -1, -1, -1]]), -1),
    ],
    drawn=lambda rng: [
        (
            torch.tensor(
                [
                    [rng.randint(1, 8) for _ in range(n)] + [9] * (6 - n)
                    for n in rng.choices(range(1, 7), k=4)
                ]
            ),
            9,
        )
    ],
    reference=lambda batch, pad_id: torch.stack(
        [row[row != pad_id][-1] for row in batch]
    ),
    wrong=[
        Wrong(
            "You read padding where a row is short. In which column does a row of "
            "three real ids have its last one?",
            lambda batch, pad_id: batch[:, -1],
        ),
        Wrong(
            "Columns are counted from 0: three real ids stand in columns 0, 1 and 2, "
            "so the last one is not in column 3.",
            lambda batch, pad_id: _at(batch, _real(batch, pad_id)),
        ),
        Wrong(
            "You are one column too far to the left: lengths - 1 is the last real one.",
            lambda batch, pad_id: _at(batch, _real(batch, pad_id) - 2),
        ),
        Wrong(
            "You found the columns. Which ids stand there?",
            lambda batch, pad_id: _real(batch, pad_id) - 1,
        ),
        Wrong(
            "These are the lengths. Which ids stand where the rows end?",
            lambda batch, pad_id: _real(batch, pad_id),
        ),
        Wrong(
            "batch[:, columns] takes all these columns from every row: a table. Name "
            "the row of each column too.",
            lambda batch, pad_id: batch[:, _real(batch, pad_id) - 1],
        ),
        Wrong(
            "sum(dim=0) adds down the columns. You want one number for each row.",
            lambda batch, pad_id: _at(batch, (batch != pad_id).sum(dim=0) - 1),
        ),
        Wrong(
            "You pick from row 0 only: each row needs a place of its own.",
            lambda batch, pad_id: batch[0, _real(batch, pad_id) - 1],
        ),
        Wrong(
            "You assume that padding is 0. Its id stands in pad_id.",
            lambda batch, pad_id: _at(batch, _real(batch, 0) - 1),
        ),
        Wrong(
            "The largest id of a row need not be its last one.",
            lambda batch, pad_id: (
                batch.masked_fill(batch == pad_id, -2).max(dim=1).values
            ),
        ),
        Wrong(
            "These are the first ids of the rows.",
            lambda batch, pad_id: batch[:, 0],
        ),
        Wrong(
            "The ids are right. They are asked for in one row, of shape (B,).",
            lambda batch, pad_id: _at(batch, _real(batch, pad_id) - 1).unsqueeze(1),
        ),
        Wrong(
            "batch[mask] puts the real ids of all rows into one row, so its last entry "
            "is that of the last row.",
            lambda batch, pad_id: batch[batch != pad_id][-1],
        ),
        Wrong(
            "The ids are right. The answer is to be a tensor, not a list.",
            lambda batch, pad_id: _at(batch, _real(batch, pad_id) - 1).tolist(),
        ),
        Wrong(
            "You compare with the numbers of the columns where you want the ids.",
            lambda batch, pad_id: (batch == pad_id).long().argmax(dim=1) - 1,
        ),
        Wrong(
            "The padding need not have the largest id: compare with pad_id by !=.",
            lambda batch, pad_id: _at(batch, (batch < pad_id).sum(dim=1) - 1),
        ),
        Wrong(
            "You count the padding. How many ids of each row are real?",
            lambda batch, pad_id: _at(batch, (batch == pad_id).sum(dim=1) - 1),
        ),
        Wrong(
            "sum() without dim adds up the whole batch. You want one number for each "
            "row.",
            lambda batch, pad_id: _at(batch, (batch != pad_id).sum() - 1),
        ),
        Wrong(
            "arange is to count the rows. You count the columns with it.",
            lambda batch, pad_id: batch[
                torch.arange(batch.shape[1]), _real(batch, pad_id) - 1
            ],
        ),
        Wrong(
            "batch[mask] is one row of all the real ids. You want one of each row.",
            lambda batch, pad_id: batch[batch != pad_id],
        ),
        Wrong(
            "You take the column of the shortest row for all rows.",
            lambda batch, pad_id: batch[:, _real(batch, pad_id).min() - 1],
        ),
    ],
)


# --- 1.5 ------------------------------------------------------------------------------


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
    number="1.5",
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


summary = engine.summary_of(__name__)
