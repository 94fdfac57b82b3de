"""The checks of notebook 03: one-hot rows, what they cost, and the rows they pick."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import (
    VALUES,
    Exercise,
    Kind,
    Question,
    Wrong,
    fixed_and_drawn,
)


def _score_after_o() -> float:
    """The straight line through the two scores that were read off."""
    slope, start = np.polyfit([6.0, 8.0], [4.0, -1.0], deg=1)
    return float(np.polyval([slope, start], 11.0))


straight_line = Question(
    number="3.1",
    name="score_after_o",
    success="five ids further down the line. Nothing in a text asked for that score.",
    expected=_score_after_o,
    tolerance=1e-3,
    wrong=[
        Wrong(
            "That is halfway between the two scores: the score of the id 7, the letter "
            "between them. Where does the id 11 lie?",
            1.5,
        ),
        Wrong(
            "From the id 6 to the id 8 the score falls by 5, but that is two ids. How "
            "much does it fall for one?",
            -16.0,
        ),
        Wrong(
            "That is one id further than 8. How many ids are there from 8 to 11?",
            -3.5,
        ),
        Wrong(
            "You went up: does the score rise or fall when the id grows?",
            6.5,
        ),
        Wrong(
            "You counted five steps down, but from the id 8. Which id has the score "
            "that you started from?",
            -13.5,
        ),
    ],
)


def _one_hot_cases(rng: random.Random) -> list[tuple]:
    cases = [
        (torch.tensor([2, 0]), 4),
        (torch.tensor([[1, 1], [0, 2]]), 4),
        (torch.tensor(3), 5),
    ]
    for shape in ((3, 7), (2, 3, 4)):
        size = rng.randrange(5, 20)
        generator = torch.Generator().manual_seed(rng.randrange(2**31))
        cases.append((torch.randint(size, shape, generator=generator), size))
    return cases


def _bool_rows(ids: Tensor, vocab_size: int) -> Tensor:
    return ids.unsqueeze(-1) == torch.arange(vocab_size)


def _flat_only(ids: Tensor, vocab_size: int) -> Tensor:
    rows = torch.zeros(ids.numel(), vocab_size)
    rows[torch.arange(ids.numel()), ids.flatten()] = 1.0
    return rows


one_hot = Exercise(
    number="3.2",
    name="my_one_hot",
    success="a row of V numbers for each id, whatever the shape of the ids.",
    **fixed_and_drawn(_one_hot_cases),
    reference=lambda ids, vocab_size: F.one_hot(ids, vocab_size).float(),
    forbidden={
        "one_hot": "write the rule itself, without another function that knows it.",
        "eye": "you know that way already; do it without the identity matrix.",
    },
    wrong=[
        Wrong(
            "The rows hold whole numbers. A layer's weights are float32, and the two "
            "must meet in a product.",
            lambda ids, vocab_size: _bool_rows(ids, vocab_size).long(),
        ),
        Wrong(
            "The rows hold True and False. A layer wants numbers to compute with.",
            _bool_rows,
        ),
        Wrong(
            "The width of your rows comes from the largest id that is there. Another "
            "text would get another width.",
            lambda ids, vocab_size: _bool_rows(ids, int(ids.max()) + 1).float(),
        ),
        Wrong(
            "The rows are right, but the shape of the ids is lost: ids of shape (B, T) "
            "become rows of shape (B, T, V).",
            _flat_only,
        ),
        Wrong(
            "The 1 stands one position too far to the right. Ids count from 0.",
            lambda ids, vocab_size: _bool_rows(
                (ids + 1) % vocab_size, vocab_size
            ).float(),
        ),
        Wrong(
            "The axis of the symbols stands first. It belongs at the end.",
            lambda ids, vocab_size: (
                _bool_rows(ids, vocab_size).float().movedim(-1, 0).contiguous()
            ),
        ),
        Wrong(
            "The id itself stands where a 1 belongs. The position says which symbol it "
            "is; the number there only says yes.",
            lambda ids, vocab_size: (
                _bool_rows(ids, vocab_size).float() * ids.unsqueeze(-1)
            ),
        ),
    ],
)


def _bytes_of_tensors(batch_size: int, seq_len: int, vocab_size: int) -> tuple:
    """Both sizes, measured on real tensors of one character and scaled up."""
    ids = torch.zeros(1, 1, dtype=torch.int64)
    rows = F.one_hot(ids, vocab_size).float()
    characters = batch_size * seq_len
    return tuple(characters * t.numel() * t.element_size() for t in (ids, rows))


memory = Exercise(
    number="3.3",
    name="my_bytes",
    success="8 bytes for an id, 4 for each of the V numbers of a row.",
    **fixed_and_drawn(
        lambda rng: [
            (1, 1, 16),
            (3, 16, 16),
            (32, 64, 65),
            (rng.randrange(2, 100), rng.randrange(2, 500), rng.randrange(2, 50_000)),
        ]
    ),
    reference=_bytes_of_tensors,
    wrong=[
        Wrong(
            "You counted numbers. How many bytes does each of them take?",
            lambda b, t, v: (b * t, b * t * v),
        ),
        Wrong(
            "You gave the numbers of the rows 8 bytes each. Which dtype do they have?",
            lambda b, t, v: (8 * b * t, 8 * b * t * v),
        ),
        Wrong(
            "You gave an id 4 bytes. Which dtype do ids have in this series?",
            lambda b, t, v: (4 * b * t, 4 * b * t * v),
        ),
        Wrong(
            "Both numbers are right and in the wrong places: ids first, rows second.",
            lambda b, t, v: (4 * b * t * v, 8 * b * t),
        ),
        Wrong(
            "A row takes 4 bytes for each of its V numbers, not 4 in all.",
            lambda b, t, v: (8 * b * t, 4 * b * t),
        ),
        Wrong(
            "float32 has 32 bits, and a byte has 8 of them. You counted bits.",
            lambda b, t, v: (64 * b * t, 32 * b * t * v),
        ),
    ],
)


def _shared() -> str:
    """The letters of the ways whose tensor changes with the array."""
    ways = {
        "a": torch.from_numpy,
        "b": torch.tensor,
        "c": lambda array: torch.from_numpy(array).float(),
        "d": lambda array: torch.from_numpy(array)[1:3],
        "e": lambda array: torch.from_numpy(array).clone(),
    }
    letters = ""
    for letter, way in ways.items():
        array = np.array([6, 3, 8, 8, 11])
        tensor = way(array)
        array[1:3] = 99
        letters += letter * bool((tensor == 99).any())
    return letters


def _letters(answer: Any) -> str:
    """Letters in any order and with any marks between them: "A, d" is "ad"."""
    text = "".join(answer) if isinstance(answer, (list, tuple, set)) else answer
    if not isinstance(text, str):
        raise TypeError('your answer must be a string of letters, such as "bc"')
    return "".join(sorted(set(filter(str.isalpha, text.casefold()))))


def _accept_letters(answer: Any, expected: str) -> tuple[Kind, str] | None:
    letters = _letters(answer)
    return None if letters == expected else (VALUES, f'"{letters}" is not it')


shared_memory = Question(
    number="3.4",
    name="shares_memory",
    success="sharing ends where something has to be copied: another dtype, a clone.",
    expected=_shared,
    accept=_accept_letters,
    wrong=[
        Wrong(
            "A slice is a view too: it is another way to look at the same bytes. One "
            "letter is missing.",
            "a",
            matches=lambda answer: _letters(answer) == "a",
        ),
        Wrong(
            "A float32 number has other bytes than an int64 number. Can both be views "
            "of the same memory?",
            "acd",
            matches=lambda answer: "c" in _letters(answer),
        ),
        Wrong(
            "One of them is the function that section 3.5 recommends where somebody "
            "might write to the array. Look at it again.",
            "abd",
            matches=lambda answer: (
                "b" in _letters(answer) and "c" not in _letters(answer)
            ),
        ),
        Wrong(
            "What does the word clone promise?",
            "ade",
            matches=lambda answer: (
                "e" in _letters(answer) and not set("bc") & set(_letters(answer))
            ),
        ),
        Wrong(
            "You found the view of a view. Does what it is a view of share, too?",
            "d",
            matches=lambda answer: _letters(answer) == "d",
        ),
    ],
)


def _gradient_cases(rng: random.Random) -> list[tuple]:
    cases = [
        (torch.tensor([2, 0]), torch.tensor([[1.0, 2.0], [3.0, 4.0]]), 3),
        (torch.tensor([1, 1]), torch.tensor([[1.0, 2.0], [10.0, 20.0]]), 4),
    ]
    for _ in range(2):
        size, columns = rng.randrange(4, 9), rng.randrange(2, 6)
        generator = torch.Generator().manual_seed(rng.randrange(2**31))
        ids = torch.randint(size, (12,), generator=generator)
        cases.append((ids, torch.randn(12, columns, generator=generator), size))
    return cases


def _autograd(ids: Tensor, row_grad: Tensor, vocab_size: int) -> Tensor:
    """What autograd says, of PyTorch's own embedding."""
    embedding = nn.Embedding(vocab_size, row_grad.shape[-1])
    embedding(ids).backward(row_grad)
    return embedding.weight.grad


def _added_up(ids: Tensor, row_grad: Tensor, vocab_size: int) -> Tensor:
    total = torch.zeros(vocab_size, row_grad.shape[-1])
    return total.index_add(0, ids, row_grad)


def _last_wins(ids: Tensor, row_grad: Tensor, vocab_size: int) -> Tensor:
    grad = torch.zeros(vocab_size, row_grad.shape[-1])
    for i, row in zip(ids.tolist(), row_grad, strict=True):
        grad[i] = row
    return grad


def _mean(ids: Tensor, row_grad: Tensor, vocab_size: int) -> Tensor:
    counts = torch.bincount(ids, minlength=vocab_size).clamp(min=1)
    return _added_up(ids, row_grad, vocab_size) / counts.unsqueeze(-1)


look_up_gradient = Exercise(
    number="3.5",
    name="my_gradient",
    success="a row that is fetched twice learns twice, and an unread row never.",
    **fixed_and_drawn(_gradient_cases),
    reference=_autograd,
    forbidden={
        "backward": "work the gradient out yourself.",
        "Embedding": "work the gradient out yourself.",
        "grad": "work the gradient out yourself.",
    },
    wrong=[
        Wrong(
            "Where an id occurs twice, only its last row has arrived. `grad[ids] = …` "
            "and `grad[ids] += …` write each row once; nothing is added up.",
            _last_wins,
        ),
        Wrong(
            "You took the mean over the occurrences of an id. Each occurrence changes "
            "the loss on its own: what does that mean for their sum?",
            _mean,
        ),
        Wrong(
            "You counted the occurrences. That is the gradient where every entry of "
            "row_grad is 1; what if it is not?",
            lambda ids, row_grad, vocab_size: _added_up(
                ids, torch.ones_like(row_grad), vocab_size
            ),
        ),
        Wrong(
            "Your result has the axes exchanged: W has one row for each symbol, and so "
            "has its gradient.",
            lambda ids, row_grad, vocab_size: _added_up(
                ids, row_grad, vocab_size
            ).T.contiguous(),
        ),
        Wrong(
            "You picked rows of row_grad. It has one row for each character that was "
            "read; you want one for each symbol of the vocabulary.",
            lambda ids, row_grad, vocab_size: row_grad[ids % len(row_grad)],
        ),
        Wrong(
            "Every symbol got the sum of all rows. Only a row of W that was fetched "
            "has a say in the loss.",
            lambda ids, row_grad, vocab_size: row_grad.sum(0).repeat(vocab_size, 1),
        ),
    ],
)

summary = engine.summary_of(__name__)
