"""Exercises of notebook 01: vocabulary and padding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from charrnn_helpers import data
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import Exercise
from charrnn_helpers.exercises.kit import hints

_DTYPE_OF_NOTHING = (
    "A tensor made from an empty list has no whole number to take its dtype from: name "
    "the dtype."
)
_LAST_KNOWN = (
    "That is the id of the last character that you know. The ids begin at 0: which is "
    "the first free one?"
)
_ONE_UNUSED = "You leave an id unused: with V characters, the ids 0 to V - 1 are taken."
_ID_OF_ANOTHER = "Id 0 belongs to a character: your stranger would be read as that one."
_MINUS_ONE = (
    "-1 is no row of a table; in Python it even picks the last one, without an error. "
    "Take the next free id."
)
_SKIPPED = "You skip the strangers: the text gets shorter, and nobody is told where."
_STOPPED = "You stop at the first stranger. This time the text is encoded to its end."
_ONE_EACH = (
    "You give each stranger an id of its own. A model that was built for V + 1 ids has "
    "no place for a second one."
)


def _tensor(ids: Iterable[Any]) -> Tensor:
    return torch.tensor([*ids], dtype=torch.int64)


def _one_each(stoi: dict[str, int], text: str) -> Tensor:
    stoi = dict(stoi)
    return _tensor(stoi.setdefault(c, len(stoi)) for c in text)


def _refusing(stoi: dict[str, int], text: str) -> Tensor:
    if not set(text) <= set(stoi):
        raise ValueError(text)
    return _tensor(stoi[c] for c in text)


# --- 1.1 ------------------------------------------------------------------------------

STOI = {"a": 0, "h": 1, "i": 2}


def _encoding(
    unknown: Callable[[dict[str, int]], int] = len,
    result: Callable[[Tensor], Any] = Tensor.clone,
) -> Callable[[dict[str, int], str], Any]:
    """An answer with an id for strangers or a type of its own."""
    return lambda stoi, text: result(_tensor(stoi.get(c, unknown(stoi)) for c in text))


encode = Exercise(
    number="1.1",
    name="my_encode",
    success="every stranger has one id, and the text keeps its length.",
    cases=[
        (STOI, "hi!"),
        (STOI, "ahi"),
        (STOI, "xhyxi"),
        ({" ": 0, "A": 1, "a": 2, "z": 3, "é": 4}, " Az é!e "),
        ({" ": 0, "A": 1, "a": 2, "z": 3, "é": 4}, "??"),
        ({"b": 0}, "a"),
        (STOI, ""),
    ],
    drawn=lambda rng: [(STOI, "".join(rng.choices("ahixyz", k=9)))],
    reference=_encoding(),
    wrong=hints(
        {
            _LAST_KNOWN: [_encoding(lambda stoi: len(stoi) - 1)],
            _ONE_UNUSED: [_encoding(lambda stoi: len(stoi) + 1)],
            _ID_OF_ANOTHER: [_encoding(lambda stoi: 0)],
            _MINUS_ONE: [_encoding(lambda stoi: -1)],
            _ONE_EACH: [_one_each],
            _SKIPPED: [lambda stoi, text: _tensor(stoi[c] for c in text if c in stoi)],
            _STOPPED: [
                lambda stoi, text: _tensor(stoi[c] for c in text),
                lambda stoi, text: _tensor(stoi.get(c) for c in text),
                _refusing,
            ],
            "0 is an id as well, and `or` takes it for a missing one.": [
                lambda stoi, text: _tensor(stoi.get(c) or len(stoi) for c in text)
            ],
            _DTYPE_OF_NOTHING: [
                lambda stoi, text: torch.tensor([stoi.get(c, len(stoi)) for c in text])
            ],
            "The ids are right. Their dtype is to be torch.int64.": [
                _encoding(result=Tensor.float),
                _encoding(result=Tensor.int),
            ],
            "The ids are right. The answer is to be a tensor, not a list.": [
                _encoding(result=Tensor.tolist)
            ],
            "One text is one row of ids, of shape (T,). You have added an axis.": [
                _encoding(result=lambda ids: ids.unsqueeze(0))
            ],
        }
    ),
)


# --- 1.2 ------------------------------------------------------------------------------


_Symbols = Callable[[Sequence[str]], Iterable[str]]


def _distinct(texts: Sequence[str]) -> list[str]:
    return sorted(set("".join(texts)))


def _set(texts: Sequence[str]) -> set[str]:
    return set("".join(texts))


def _all(texts: Sequence[str]) -> list[str]:
    return sorted("".join(texts))


def _translation(
    symbols: _Symbols = _distinct,
    new_symbols: _Symbols | None = None,
    encode: Callable[[dict[str, int], str], Any] = encode.reference,
) -> Callable[[Tensor, list[str], list[str]], Any]:
    """An answer with vocabularies or a way to encode of its own."""

    def answer(ids: Tensor, old: list[str], new: list[str]) -> Any:
        itos = list(symbols(old))
        stoi = {c: i for i, c in enumerate((new_symbols or symbols)(new))}
        return encode(stoi, "".join(itos[i] for i in ids.tolist()))

    return answer


def _by_unknown(unknown: Callable[[dict[str, int]], int]) -> Callable[..., Any]:
    return _translation(encode=_encoding(unknown))


def _asked(text: str, old: list[str], new: list[str]) -> tuple:
    return data.Vocabulary.from_texts(old).encode(text), old, new


translate = Exercise(
    number="1.2",
    name="my_translate",
    success="the new ids mean what the old ones meant.",
    cases=[
        _asked("hello", ["hello", "a day"], ["he or she", "a hall"]),
        _asked("hello!", ["hello!"], ["hello"]),
        _asked("so", ["so", "no"], ["so no"]),
        _asked("so no", ["so no"], ["so", "no"]),
        _asked("b a", [" a", "b "], ["a ", "b", "cab"]),
        _asked("aB", ["aB"], ["aBC"]),
        _asked("Hi", ["Hi"], ["hi"]),
        _asked("naïve café", ["naïve café"], ["café", "a naïve idea"]),
        _asked("bxyx", ["xyb"], ["abc", "d"]),
        (_tensor([]), ["hi"], ["hi"]),
    ],
    drawn=lambda rng: [
        _asked("".join(rng.choices("Zebra é!", k=9)), ["Zebra", "é!", " "], ["zebra é"])
    ],
    reference=_translation(),
    forbidden={"Vocabulary": "build the two tables yourself this time."},
    wrong=hints(
        {
            "You give the ids back as they came, but the same id stands for another "
            "character in the other vocabulary.": [lambda ids, old, new: ids],
            "Your ids follow the order in which the characters first appear in the "
            "texts. Which order does this notebook agree on?": [
                _translation(lambda texts: dict.fromkeys("".join(texts)))
            ],
            "A set has no order that you can rely on. Which order does this notebook "
            "agree on?": [
                _translation(_set),
                _translation(_set, _distinct),
                _translation(_distinct, _set),
            ],
            "A character that the texts hold twice stands in your vocabulary twice. "
            "Each needs one id.": [
                _translation(_all),
                _translation(_all, _distinct),
                _translation(_distinct, _all),
            ],
            "You join the texts with a space: a vocabulary has the characters of its "
            "texts, and these may hold no space.": [
                _translation(lambda texts: sorted(set(" ".join(texts))))
            ],
            "Your vocabularies are made from the first text alone.": [
                _translation(lambda texts: sorted(set(texts[0])))
            ],
            "set(old) is a set of whole texts. You want their characters: join them "
            "first.": [_translation(lambda texts: sorted(set(texts)))],
            "Your dictionary has no such key. Does it lead from ids to characters? And "
            "an entry of a tensor is a tensor itself: ids.tolist() makes numbers.": [
                lambda ids, old, new: _tensor({}[i] for i in ids)
            ],
            "You have the two vocabularies the wrong way round: which one wrote the "
            "ids, and which one is to read them?": [
                lambda ids, old, new: _translation()(ids, new, old)
            ],
            "The next free id is one of the new vocabulary: how many characters does "
            "that one have?": [
                lambda ids, old, new: _by_unknown(lambda _: len(_distinct(old)))(
                    ids, old, new
                ),
                lambda ids, old, new: _by_unknown(lambda _: len(new))(ids, old, new),
                lambda ids, old, new: _by_unknown(lambda _: len("".join(new)))(
                    ids, old, new
                ),
            ],
            _SKIPPED: [
                _translation(
                    encode=lambda stoi, text: _tensor(
                        stoi[c] for c in text if c in stoi
                    )
                )
            ],
            _STOPPED: [
                _translation(encode=lambda stoi, text: _tensor(stoi[c] for c in text)),
                _translation(encode=_refusing),
            ],
            _LAST_KNOWN: [_by_unknown(lambda stoi: len(stoi) - 1)],
            _ONE_UNUSED: [_by_unknown(lambda stoi: len(stoi) + 1)],
            _ID_OF_ANOTHER: [_by_unknown(lambda stoi: 0)],
            _MINUS_ONE: [_by_unknown(lambda stoi: -1)],
            _ONE_EACH: [_translation(encode=_one_each)],
            _DTYPE_OF_NOTHING: [
                lambda *case: torch.tensor(_translation()(*case).tolist())
            ],
            "Ids select, they do not measure: notebook 02 shows what needs int64.": [
                _translation(encode=_encoding(result=Tensor.float))
            ],
        }
    ),
)


# --- 1.3 ------------------------------------------------------------------------------


_Group = Sequence[int]


def _batches(lengths: _Group, batch_size: int) -> list[_Group]:
    return [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]


def _padded(groups: Iterable[_Group]) -> int:
    return sum(len(group) * max(group) - sum(group) for group in groups)


def _adding(count: Callable[[_Group], Any]) -> Callable[[_Group, int], Any]:
    """An answer that counts something of its own in every batch."""
    return lambda lengths, batch_size: sum(map(count, _batches(lengths, batch_size)))


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
    wrong=hints(
        {
            "You pad every batch to the longest text of the collection. A batch is as "
            "wide as its own longest text.": [
                lambda lengths, _: len(lengths) * max(lengths) - sum(lengths)
            ],
            "You leave out the last batch where it is smaller than the others.": [
                lambda lengths, batch_size: _padded(
                    g for g in _batches(lengths, batch_size) if len(g) == batch_size
                )
            ],
            "The last batch has fewer rows where fewer texts are left: count its own, "
            "not batch_size.": [
                lambda lengths, batch_size: _adding(
                    lambda g: batch_size * max(g) - sum(g)
                )(lengths, batch_size)
            ],
            "You sort the texts first. That saves padding, and is another collection: "
            "take them in their order.": [
                lambda lengths, batch_size: _padded(
                    _batches(sorted(lengths), batch_size)
                )
            ],
            "You count all cells. How many of them are padding?": [
                _adding(lambda g: len(g) * max(g))
            ],
            "You count the padding of the first batch only: does a return stand inside "
            "the loop?": [lambda lengths, batch_size: _padded([lengths[:batch_size]])],
            "You count the padding of the last batch only. Add the batches up.": [
                lambda *case: _padded(_batches(*case)[-1:])
            ],
            "Your batches overlap: after the first batch_size texts come the next "
            "batch_size, so i moves on by batch_size.": [
                lambda lengths, batch_size: _padded(
                    lengths[i : i + batch_size] for i in range(len(lengths))
                )
            ],
            "You take batch_size for the number of batches. It is the number of texts "
            "in each.": [
                lambda lengths, batch_size: _padded(
                    _batches(lengths, -(-len(lengths) // batch_size))
                )
            ],
            "The longest text of a batch may stand anywhere in it.": [
                _adding(lambda g: len(g) * g[0] - sum(g)),
                _adding(lambda g: len(g) * g[-1] - sum(g)),
            ],
            "Add the batches up: one number is asked for.": [
                lambda *case: [_padded([g]) for g in _batches(*case)]
            ],
            "That is a share. The exercise asks how many cells.": [
                lambda *case: (
                    1 - sum(case[0]) / _adding(lambda g: len(g) * max(g))(*case)
                )
            ],
            "That is the number of texts that hold padding. One of them may hold many "
            "cells of it.": [_adding(lambda g: sum(n < max(g) for n in g))],
            "A row lacks what the longest of its batch has more: longest minus length, "
            "not longest minus shortest.": [_adding(lambda g: max(g) - min(g))],
        }
    ),
)


# --- 1.4 ------------------------------------------------------------------------------


_Columns = Callable[[Tensor, int], Tensor]


def _lengths(batch: Tensor, pad_id: int) -> Tensor:
    return (batch != pad_id).sum(dim=1)


def _at(columns: _Columns) -> Callable[[Tensor, int], Tensor]:
    """An answer that reads each row in a column of its own choice."""
    return lambda batch, pad_id: batch[torch.arange(len(batch)), columns(batch, pad_id)]


_last = _at(lambda *case: _lengths(*case) - 1)

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
    wrong=hints(
        {
            "You read padding where a row is short. In which column does a row of "
            "three real ids have its last one?": [lambda batch, _: batch[:, -1]],
            "Columns are counted from 0: three real ids stand in columns 0, 1 and 2, "
            "so the last one is not in column 3.": [_at(_lengths)],
            "You are one column too far to the left: lengths - 1 is the last real "
            "one.": [_at(lambda *case: _lengths(*case) - 2)],
            "You found the columns. Which ids stand there?": [
                lambda *case: _lengths(*case) - 1
            ],
            "These are the lengths. Which ids stand where the rows end?": [_lengths],
            "batch[:, columns] takes all these columns from every row: a table. Name "
            "the row of each column too.": [
                lambda batch, pad_id: batch[:, _lengths(batch, pad_id) - 1]
            ],
            "sum(dim=0) adds down the columns. You want one number for each row.": [
                _at(lambda batch, pad_id: (batch != pad_id).sum(dim=0) - 1)
            ],
            "sum() without dim adds up the whole batch. You want one number for each "
            "row.": [_at(lambda batch, pad_id: (batch != pad_id).sum() - 1)],
            "batch[columns] takes these as numbers of whole rows. A place is a row and "
            "a column.": [lambda batch, pad_id: batch[_lengths(batch, pad_id) - 1]],
            "You pick from row 0 only: each row needs a place of its own.": [
                lambda batch, pad_id: batch[0, _lengths(batch, pad_id) - 1]
            ],
            "You assume that padding is 0. Its id stands in pad_id.": [
                _at(lambda batch, _: _lengths(batch, 0) - 1)
            ],
            "The padding need not have the largest id: compare with pad_id by !=.": [
                _at(lambda batch, pad_id: (batch < pad_id).sum(dim=1) - 1)
            ],
            "You count the padding. How many ids of each row are real?": [
                _at(lambda batch, pad_id: (batch == pad_id).sum(dim=1) - 1)
            ],
            "The ids are right. They are asked for in one row, of shape (B,).": [
                lambda *case: _last(*case).unsqueeze(1)
            ],
            "The ids are right. The answer is to be a tensor, not a list.": [
                lambda *case: _last(*case).tolist(),
                lambda *case: list(_last(*case)),
            ],
            "arange is to count the rows. You count the columns with it.": [
                lambda batch, pad_id: batch[
                    torch.arange(batch.shape[1]), _lengths(batch, pad_id) - 1
                ]
            ],
            "batch[mask] is one row of all the real ids, whichever row of the batch "
            "they stood in. You want the last of each row.": [
                lambda batch, pad_id: batch[batch != pad_id],
                lambda batch, pad_id: batch[batch != pad_id][:, -1],
                lambda batch, pad_id: batch[batch != pad_id][-1],
            ],
        }
    ),
)


# --- 1.5 ------------------------------------------------------------------------------


_Share = Callable[[Sequence[str], int], float]
_Row = Callable[[str, int], str]


def _empty(texts: Sequence[str], length: int) -> int:
    return sum(max(0, length - len(t)) for t in texts)


def _share(texts: Sequence[str], length: int) -> float:
    return _empty(texts, length) / (length * len(texts))


def _share_with_cut(texts: Sequence[str], length: int) -> float:
    return 1 - sum(map(len, texts)) / (length * len(texts))


def _share_of_longest(texts: Sequence[str], length: int, cut: bool = True) -> float:
    lengths = [min(len(t), length) if cut else len(t) for t in texts]
    return 1 - sum(lengths) / (len(texts) * max(lengths))


def _end(text: str, length: int) -> str:
    return text[-length:].rjust(length)


def _fit(
    row: _Row = _end, share: _Share = _share
) -> Callable[[Sequence[str], int], tuple[list[str], float]]:
    return lambda texts, length: (
        [row(text, length) for text in texts],
        share(texts, length),
    )


def _rows(row: _Row) -> list[Callable[..., Any]]:
    """Wrong rows, whether the share is right or not."""
    return [_fit(row, share) for share in (_share, _share_with_cut)]


def _shares(*shares: _Share) -> list[Callable[..., Any]]:
    """Wrong shares beside right rows."""
    return [_fit(share=share) for share in shares]


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
    drawn=lambda rng: [
        (
            ["".join(rng.choices("abc d", k=rng.randint(1, 9))) for _ in range(4)],
            rng.randint(3, 7),
        )
    ],
    reference=lambda texts, length: (
        [(" " * length + t)[len(t) :] for t in texts],
        _share(texts, length),
    ),
    entries=("rows", "share"),
    forbidden={"pad": "this time the padding is yours to write."},
    wrong=hints(
        {
            "Two things are asked for: the rows, and the share of padded cells.": [
                lambda texts, length: [_end(t, length) for t in texts]
            ],
            "The rows come first, the share second.": [
                lambda texts, length: _fit()(texts, length)[::-1]
            ],
            "Your short texts are followed by padding, so the network reads spaces "
            "before it is asked to go on.": _rows(
                lambda text, length: text[-length:].ljust(length)
            ),
            "You keep the beginning of a long text. Which part of it does the network "
            "need in order to go on?": _rows(
                lambda text, length: text[:length].rjust(length)
            ),
            "You keep the beginning of a long text and put the padding after a short "
            "one. What should the network have read last?": _rows(
                lambda text, length: text[:length].ljust(length)
            ),
            "Long texts stay as long as they were, so the rows make no rectangle.": (
                _rows(lambda text, length: text.rjust(length))
            ),
            "Short texts stay as short as they were, so the rows make no rectangle.": (
                _rows(lambda text, length: text[-length:])
            ),
            "len(text) - length is negative for a short text, and Python counts a "
            "negative start from the end: the text loses its beginning.": _rows(
                lambda text, length: text[len(text) - length :].rjust(length)
            ),
            "You take spaces off the ends of the texts. They belong to the texts.": [
                lambda texts, length: _fit()([*map(str.strip, texts)], length),
                lambda texts, length: _fit()([*map(str.rstrip, texts)], length),
            ],
            "You pad to the longest text. How long each row is to be stands in "
            "length.": [lambda texts, length: _fit()(texts, max(map(len, texts)))],
            "You count every space as padding, and the texts have spaces of their "
            "own.": _shares(
                lambda texts, length: (
                    sum(_end(t, length).count(" ") for t in texts)
                    / (length * len(texts))
                )
            ),
            "You count the spaces at the start of the rows, and a text may begin with "
            "a space of its own.": _shares(
                lambda texts, length: (
                    sum(length - len(_end(t, length).lstrip()) for t in texts)
                    / (length * len(texts))
                )
            ),
            "For the share you count the characters that you have cut off as if they "
            "still filled cells.": _shares(
                _share_with_cut, lambda *case: max(0.0, _share_with_cut(*case))
            ),
            "padded_share pads to the longest of the lengths that it gets. Your rows "
            "have length cells each.": _shares(
                _share_of_longest,
                lambda *case: _share_of_longest(*case, cut=False),
            ),
            "You divide by the real characters. The share is one of all the cells.": (
                _shares(
                    lambda *case: _share(*case) / (1 - _share(*case)),
                    lambda texts, length: _empty(texts, length) / sum(map(len, texts)),
                )
            ),
            "All rows together have length * len(texts) cells.": _shares(
                lambda texts, length: _empty(texts, length) / length,
                lambda texts, length: _empty(texts, length) / len(texts),
            ),
            "That is the share of the real characters.": _shares(
                lambda *case: 1 - _share(*case)
            ),
            "That is the number of padded cells. What fraction of all cells is it?": (
                _shares(_empty)
            ),
            "Return the share as it is: rounding is for printing.": _shares(
                lambda *case: round(_share(*case), 2)
            ),
            "Give the share as a number from 0 to 1, not as a percentage.": _shares(
                lambda *case: 100 * _share(*case)
            ),
        }
    ),
)


summary = engine.summary_of(__name__)
