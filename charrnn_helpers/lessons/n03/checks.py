"""The checks of notebook 03: one-hot rows, what they cost, and the rows they pick."""

from __future__ import annotations

import random

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import Exercise, Question, short
from charrnn_helpers.exercises.kit import hints

straight_line = Question(
    number="3.1",
    name="logit_after_o",
    success="five ids further down the line. Nothing in a text asked for that logit.",
    expected=lambda: -8.5,
    tolerance=1e-3,
    wrong=hints(
        {
            "That is halfway between the two logits: the logit of the id 7, between "
            "them. Where does the id 11 lie?": [1.5],
            "From the id 6 to the id 8 the logit falls by 5, but that is two ids. How "
            "much does it fall for one?": [-16.0, -21.0],
            "That is one id further than 8. How many ids are there from 8 to 11?": [
                -3.5
            ],
            "You went up: does the logit rise or fall when the id grows?": [6.5, 16.5],
            "You counted five steps down, but from the id 8. Which id has the logit "
            "that you started from?": [-13.5],
            "That is one step too few: how many are there from the id 6 to the id "
            "11?": [-6.0],
            "That is one step too many: how many are there from the id 6 to the id "
            "11?": [-11.0],
            "The size is right. Which sign has a logit that has fallen below −1?": [
                8.5
            ],
            "That is the weight: the change from one id to the next. Which logit does "
            "the line have at the id 11?": [-2.5],
            "That is weight * id alone. At the id 0 this line is not 0: what has to be "
            "added?": [-27.5],
            "That is the bias: the logit at the id 0. What does the line say at the id "
            "11?": [19.0],
            "That is the logit after `l`. A straight line does not stay there: 11 is "
            "three ids further.": [-1.0],
            "You divided the change of the id by the change of the logit. The weight "
            "says how much the logit changes for one id.": [2.0],
            "The logit falls by 5 from `h` to `l`. How many ids are there between the "
            "two, as numbers?": [4.0 - 25 / 3],
            "A line through 0 would make the logit proportional to the id. This line "
            "falls: does it pass through 0?": [4.0 * 11 / 6],
            "A logit need not be a whole number: do not round.": [-8.0, -9.0],
        }
    ),
)


def _bytes_of_tensors(batch_size: int, seq_len: int, vocab_size: int) -> tuple:
    """Both sizes, measured on real tensors of one character and scaled up."""
    ids = torch.zeros(1, 1, dtype=torch.int64)
    rows = F.one_hot(ids, vocab_size).float()
    characters = batch_size * seq_len
    return tuple(characters * t.numel() * t.element_size() for t in (ids, rows))


memory = Exercise(
    number="3.2",
    name="my_bytes",
    success="8 bytes for an id, 4 for each of the V numbers of a row.",
    cases=[
        (2, 3, 5),
        (1, 1, 16),
        (3, 16, 16),
        (32, 64, 65),
        (1000, 1000, 50_000),  # more than 32 bits can count
    ],
    drawn=lambda rng: [
        (rng.randrange(2, 100), rng.randrange(2, 500), rng.randrange(2, 50_000))
    ],
    reference=_bytes_of_tensors,
    entries=("the size of the ids", "the size of the rows"),
    wrong=hints(
        {
            "You counted numbers. How many bytes does each of them take?": [
                lambda B, T, V: (B * T, B * T * V)
            ],
            "You gave the numbers of the rows 8 bytes each. Which dtype do they "
            "have?": [lambda B, T, V: (8 * B * T, 8 * B * T * V)],
            "You gave an id 4 bytes. Which dtype do ids have in this series?": [
                lambda B, T, V: (4 * B * T, 4 * B * T * V)
            ],
            "You exchanged the two dtypes: which of the two takes 8 bytes for a "
            "number, and which takes 4?": [lambda B, T, V: (4 * B * T, 8 * B * T * V)],
            "Both numbers are right and in the wrong places: ids first, rows second.": [
                lambda B, T, V: (4 * B * T * V, 8 * B * T)
            ],
            "A row takes 4 bytes for each of its V numbers, not 4 in all.": [
                lambda B, T, V: (8 * B * T, 4 * B * T)
            ],
            "An id is one number, however large the vocabulary is: only the rows have "
            "V numbers for each character.": [
                lambda B, T, V: (8 * B * T * V, 4 * B * T * V)
            ],
            "A 1 takes as many bytes as any other float32.": [
                lambda B, T, V: (8 * B * T, B * T * V)
            ],
            "A byte has 8 bits. One of your sizes, or both, is in bits.": [
                lambda B, T, V: (64 * B * T, 32 * B * T * V),
                lambda B, T, V: (64 * B * T, 4 * B * T * V),
                lambda B, T, V: (8 * B * T, 32 * B * T * V),
            ],
            "A batch has batch_size texts of seq_len characters each: how many "
            "characters is that?": [
                lambda B, T, V: (8 * T, 4 * T * V),
                lambda B, T, V: (8 * B, 4 * B * V),
                lambda B, T, V: (8 * T, 4 * B * T * V),
                lambda B, T, V: (8 * B * T, 4 * T * V),
                lambda B, T, V: (8 * (B + T), 4 * (B + T) * V),
                lambda B, T, V: (8, 4 * V),
            ],
            "That is one row. The batch has one for each of its characters.": [
                lambda B, T, V: (8 * B * T, 4 * V)
            ],
            "65 symbols are those of the book in section 3.6. How many has this "
            "vocabulary?": [lambda B, T, V: (8 * B * T, 260 * B * T)],
            "The vocabulary is not added to the characters: each character has a row "
            "of V numbers of its own.": [
                lambda B, T, V: (8 * B * T, 4 * (B * T + V)),
            ],
            "The rows take the place of the ids: their size does not include that of "
            "the ids.": [lambda B, T, V: (8 * B * T, 8 * B * T + 4 * B * T * V)],
        }
    ),
)


def _equal(ids: Tensor, symbols: Tensor) -> Tensor:
    return (ids.unsqueeze(-1) == symbols).float()


def _right_rows(ids: Tensor, vocab_size: int) -> Tensor:
    return _equal(ids, torch.arange(vocab_size))


def _flat_rows(ids: Tensor, vocab_size: int) -> Tensor:
    return _right_rows(ids.flatten(), vocab_size)


def _written(*shape: int, ids: Tensor, at: tuple = ()) -> Tensor:
    """Zeros of a shape, with a 1 at the given places, by default ``rows[ids]``."""
    rows = torch.zeros(*shape)
    rows[at or ids] = 1
    return rows


def _two_axes_only(ids: Tensor, vocab_size: int) -> Tensor:
    B, T = ids.shape
    at = torch.arange(B)[:, None], torch.arange(T), ids
    return _written(B, T, vocab_size, ids=ids, at=at)


def _one_axis_only(ids: Tensor, vocab_size: int) -> Tensor:
    at = torch.arange(len(ids)), ids
    return _written(len(ids), vocab_size, ids=ids, at=at)


def _two_loops(ids: Tensor, vocab_size: int) -> Tensor:
    rows = torch.zeros(ids.shape[0], ids.shape[1], vocab_size)
    for b in range(ids.shape[0]):
        for t in range(ids.shape[1]):
            rows[b, t, ids[b, t]] = 1
    return rows


def _one_loop(ids: Tensor, vocab_size: int) -> Tensor:
    rows = torch.zeros(len(ids), vocab_size)
    for n, i in enumerate(ids):
        rows[n, i] = 1
    return rows


def _stacked(ids: Tensor, vocab_size: int) -> Tensor:
    rows = torch.stack([_right_rows(i, vocab_size) for i in ids.flatten()])
    return rows.reshape(*ids.shape, vocab_size)


def _drawn_ids(rng: random.Random) -> list[tuple]:
    cases = []
    for shape in ((3, 7), (2, 3, 4)):
        size = rng.randrange(5, 20)
        generator = torch.Generator().manual_seed(rng.randrange(2**31))
        cases.append((torch.randint(size, shape, generator=generator), size))
    return cases


_IDENTITY = "that is the identity matrix; find a way that does without it."

one_hot = Exercise(
    number="3.3",
    name="my_one_hot",
    success="a row of V numbers for each id, whatever the shape of the ids.",
    cases=[
        (torch.tensor([2, 0]), 4),
        (torch.tensor([0, 2, 1]), 3),  # T = V, and the last symbol
        (torch.tensor([[1, 4, 3], [0, 4, 4]]), 5),
        (torch.tensor(3), 5),  # a single id
        (torch.tensor([[1], [0], [3]]), 4),  # axes of size 1
        (torch.tensor([[2]]), 3),
        (torch.tensor([[[1, 0]], [[2, 5]], [[3, 4]]]), 6),
        (torch.tensor([299, 43]), 300),  # more symbols than a byte has values
        (torch.zeros(0, dtype=torch.int64), 4),  # no ids at all
        (torch.zeros(2, 0, dtype=torch.int64), 3),
    ],
    drawn=_drawn_ids,
    reference=lambda ids, vocab_size: F.one_hot(ids, vocab_size).float(),
    forbidden={
        "one_hot": "write the rule itself, without another function that knows it.",
        "eye": "you know that way already; do it without the identity matrix.",
        **dict.fromkeys(("identity", "diag", "diagflat", "diag_embed"), _IDENTITY),
    },
    wrong=hints(
        {
            "The rows hold whole numbers. A layer's weights are float32, and the two "
            "must meet in a product.": [lambda ids, V: _right_rows(ids, V).long()],
            "The rows hold True and False. A layer wants numbers to compute with.": [
                lambda ids, V: _right_rows(ids, V).bool()
            ],
            "The width of your rows comes from the largest id that is there. Another "
            "text would get another width.": [
                lambda ids, V: _equal(ids, torch.arange(int(ids.max()) + 1))
            ],
            "A row has one number for each of the V symbols. `torch.arange(V)` has V "
            "numbers already: it ends at V − 1.": [
                lambda ids, V: _equal(ids, torch.arange(V - 1)),
                lambda ids, V: _equal(ids, torch.arange(V + 1)),
            ],
            "The rows are right, but the shape of the ids is lost: ids of shape (B, T) "
            "become rows of shape (B, T, V).": [_flat_rows],
            "An axis of size 1 is lost. A text of one character is still a text, and a "
            "batch of one text still a batch.": [
                lambda ids, V: _right_rows(ids, V).squeeze()
            ],
            "Ids count from 0: the number at position 0 of a row belongs to the id "
            "0.": [
                lambda ids, V: _right_rows((ids + 1) % V, V),
                lambda ids, V: _equal(ids, torch.arange(1, V + 1)),
            ],
            "The ids and the symbols are compared one by one, position against "
            "position. Each id has to meet all symbols: give the ids a last axis of "
            "size 1 first.": [
                lambda ids, V: (ids == torch.arange(V)).float(),
                lambda ids, V: ids == torch.arange(V),
                lambda ids, V: (ids == torch.arange(V)).long(),
            ],
            "The new axis has to stand behind all axes that the ids have, however many "
            "there are: −1 counts from the end.": [
                lambda ids, V: (ids.unsqueeze(1) == torch.arange(V)).float(),
                lambda ids, V: (ids.unsqueeze(0) == torch.arange(V)).float(),
                lambda ids, V: torch.zeros(*ids.shape, V).scatter_(
                    1, ids.unsqueeze(-1), 1.0
                ),
            ],
            "The axis of the symbols stands first. It belongs at the end.": [
                lambda ids, V: _right_rows(ids, V).movedim(-1, 0).contiguous(),
            ],
            "`rows[ids] = 1` takes the ids for positions on the first axis, and fills "
            "all that lies there with 1. An id says where on the last axis the 1 of "
            "its own row stands.": [
                lambda ids, V: _written(*ids.shape, V, ids=ids),
                lambda ids, V: _written(ids.numel(), V, ids=ids),
                lambda ids, V: _written(V, V, ids=ids),
            ],
            "Every row got the ones of all ids: `rows[..., ids] = 1` does not go "
            "through the rows. Each row gets the 1 of its own id only.": [
                lambda ids, V: _written(*ids.shape, V, ids=ids, at=(..., ids)),
                lambda ids, V: _written(*ids.shape, V, ids=ids, at=(slice(None), ids)),
            ],
            "That is one row for all ids together. Each id gets a row of its own.": [
                lambda ids, V: _written(V, ids=ids)
            ],
            "The id itself stands where a 1 belongs. The position says which symbol it "
            "is; the number there only says yes.": [
                lambda ids, V: _right_rows(ids, V) * ids.unsqueeze(-1)
            ],
            "The ids may have any shape: a single id, one text, a batch, or more axes. "
            "Yours is written for one number of axes.": [
                _two_axes_only,
                _one_axis_only,
                _two_loops,
                _one_loop,
            ],
            "It works as long as there are ids. A text may be empty too: its rows are "
            "a tensor of shape (0, V).": [_stacked],
        }
    ),
)


def _linear(vocab_size: int, columns: int) -> nn.Linear:
    """A layer whose weights and biases are easy to read in a message."""
    linear = nn.Linear(vocab_size, columns)
    with torch.no_grad():
        numbers = torch.arange(1.0, vocab_size * columns + 1)
        linear.weight.copy_(numbers.view(columns, vocab_size))
        linear.bias.copy_(torch.arange(1.0, columns + 1) * 100)
    return linear


SIZES = ((4, 2), (2, 3), (3, 3), (1, 2), (9, 5))


table = Exercise(
    number="3.4",
    name="my_table",
    success="a look-up in it does what the layer does with one-hot rows.",
    cases=lambda: [(_linear(*sizes),) for sizes in SIZES],
    drawn=lambda rng: [(_linear(rng.randrange(4, 9), rng.randrange(9, 12)),)],
    reference=lambda linear: (linear.weight.T + linear.bias).detach(),
    say=lambda case: (
        f"for {case[0]} with weight={short(case[0].weight.tolist())} and "
        f"bias={short(case[0].bias.tolist())}"
    ),
    wrong=hints(
        {
            "The bias is missing: the layer adds it to what every symbol looks up.": [
                lambda linear: linear.weight.T
            ],
            "That is the layer's own matrix, with one row for each result. The table "
            "has one row for each symbol, and the bias in it.": [
                lambda linear: linear.weight
            ],
            "`view` and `reshape` read the same numbers row by row into another shape. "
            "Rows become columns by the transpose.": [
                lambda linear: (
                    linear.weight.reshape(linear.in_features, -1) + linear.bias
                ),
                lambda linear: linear.weight.reshape(linear.in_features, -1),
            ],
            "The numbers are right and turned over: the table has one row for each "
            "symbol.": [lambda linear: linear.weight + linear.bias.unsqueeze(1)],
            "weight has one row for each result, so the bias, with one number for each "
            "result, does not fit its rows. Transpose it first.": [
                lambda linear: linear.weight + linear.bias
            ],
            "The bias has one number for each result: it is a row, added to every row "
            "of the table. You made a column of it.": [
                lambda linear: linear.weight.T + linear.bias.unsqueeze(1)
            ],
            "The bias is added to every row, whichever symbol it belongs to. You have "
            "put it under the table, as a row of its own.": [
                lambda linear: torch.cat([linear.weight.T, linear.bias.unsqueeze(0)])
            ],
            "The bias is added, not multiplied.": [
                lambda linear: linear.weight.T * linear.bias
            ],
            "The bias is added once, not taken away.": [
                lambda linear: linear.weight.T - linear.bias
            ],
            "The bias has been added twice: the layer adds it already.": [
                lambda linear: linear.weight.T + 2 * linear.bias
            ],
            "That is what the layer makes of the row [1, 1, …, 1]. A one-hot row has "
            "one 1: ask for each symbol by itself.": [
                lambda linear: linear(torch.ones(linear.in_features))
            ],
            "That is the bias alone. What does the 1 of a one-hot row fetch from the "
            "weight?": [
                lambda linear: linear.bias,
                lambda linear: linear.bias.repeat(linear.in_features, 1),
            ],
            "A one-hot row for this layer has V numbers: linear.in_features.": [
                lambda linear: linear(torch.eye(linear.out_features))
            ],
            "That is one symbol. The table has a row for each.": [
                lambda linear: linear(torch.eye(linear.in_features)[0])
            ],
        }
    ),
)


def _autograd(ids: Tensor, row_grad: Tensor, vocab_size: int) -> Tensor:
    """What autograd says, of PyTorch's own embedding."""
    embedding = nn.Embedding(vocab_size, row_grad.shape[-1])
    embedding(ids).backward(row_grad)
    return embedding.weight.grad


def _added_up(ids: Tensor, row_grad: Tensor, vocab_size: int) -> Tensor:
    total = torch.zeros(vocab_size, row_grad.shape[-1])
    return total.index_add(0, ids, row_grad)


def _one_wins(ids: Tensor, row_grad: Tensor, vocab_size: int, step: int) -> Tensor:
    """The last row of an id alone (step 1), or its first one (step −1)."""
    grad = torch.zeros(vocab_size, row_grad.shape[-1])
    for i, row in list(zip(ids.tolist(), row_grad, strict=True))[::step]:
        grad[i] = row
    return grad


def _mean(ids: Tensor, row_grad: Tensor, vocab_size: int) -> Tensor:
    counts = torch.bincount(ids, minlength=vocab_size).clamp(min=1)
    return _added_up(ids, row_grad, vocab_size) / counts.unsqueeze(-1)


def _by_id(ids: Tensor, row_grad: Tensor, vocab_size: int, to_id: bool) -> Tensor:
    """Rows of row_grad taken by their id, added to the row of the id or of n."""
    grad = torch.zeros(vocab_size, row_grad.shape[-1])
    for n, i in enumerate(ids.tolist()):
        grad[i if to_id else n] += row_grad[i]
    return grad


def _only_read(ids: Tensor, row_grad: Tensor, vocab_size: int) -> Tensor:
    return _added_up(ids, row_grad, vocab_size)[ids.unique()]


def _drawn_gradients(rng: random.Random) -> list[tuple]:
    cases = []
    for _ in range(2):
        size, columns = rng.randrange(4, 9), rng.randrange(2, 6)
        generator = torch.Generator().manual_seed(rng.randrange(2**31))
        ids = torch.randint(size, (12,), generator=generator)
        cases.append((ids, torch.randn(12, columns, generator=generator), size))
    return cases


look_up_gradient = Exercise(
    number="3.5",
    name="my_gradient",
    success="a row that is fetched twice learns twice, and an unread row never.",
    cases=[
        (torch.tensor([2, 0]), torch.tensor([[1.0, 2.0], [3.0, 4.0]]), 3),
        (torch.tensor([1, 1]), torch.tensor([[1.0, 2.0], [10.0, 20.0]]), 4),
        (  # three occurrences, not all of them neighbours; a gradient below 0
            torch.tensor([1, 0, 1, 1, 4]),
            torch.tensor([[1.0], [-2.0], [-4.0], [8.0], [16.0]]),
            5,
        ),
        (
            torch.tensor([17, 3, 17]),
            torch.tensor([[1.0] * 3, [2.0] * 3, [4.0] * 3]),
            20,
        ),
    ],
    drawn=_drawn_gradients,
    reference=_autograd,
    forbidden=dict.fromkeys(
        (
            *("backward", "grad", "autograd", "jacobian", "Embedding", "embedding_bag"),
            *("func", "vjp", "jacrev", "embedding_dense_backward"),
        ),
        "work the gradient out yourself.",
    ),
    wrong=hints(
        {
            "Where an id occurs twice, only its last row has arrived. `grad[ids] = …` "
            "and `grad[ids] += …` write each row once; nothing is added up.": [
                lambda ids, row_grad, V: _one_wins(ids, row_grad, V, 1)
            ],
            "Where an id occurs twice, only its first row has arrived. What does the "
            "second one contribute?": [
                lambda ids, row_grad, V: _one_wins(ids, row_grad, V, -1)
            ],
            "You took the mean over the occurrences of an id. Each occurrence changes "
            "the loss on its own: what does that mean for their sum?": [_mean],
            "You divided by the number of rows. If the loss is a mean, row_grad has "
            "been divided already.": [
                lambda ids, row_grad, V: _added_up(ids, row_grad, V) / len(ids)
            ],
            "You counted the occurrences. That is the gradient where every entry of "
            "row_grad is 1; what if it is not?": [
                lambda ids, row_grad, V: _added_up(ids, torch.ones_like(row_grad), V)
            ],
            "The one-hot rows have shape (N, V) and row_grad has shape (N, H). Which "
            "of them has to be transposed, so that N meets N?": [
                lambda ids, row_grad, V: _right_rows(ids, V) @ row_grad
            ],
            "Your result has the axes exchanged: W has one row for each symbol, and so "
            "has its gradient.": [
                lambda ids, row_grad, V: _added_up(ids, row_grad, V).T.contiguous()
            ],
            "You returned row_grad: it has one row for each character that was read. W "
            "has one for each symbol of the vocabulary.": [
                lambda ids, row_grad, V: row_grad
            ],
            "You picked rows of row_grad. It has one row for each character that was "
            "read; you want one for each symbol of the vocabulary.": [
                lambda ids, row_grad, V: row_grad[ids]
            ],
            "The number of your rows comes from the ids. W has a row for each of the V "
            "symbols, and so has its gradient.": [
                lambda ids, row_grad, V: _added_up(ids, row_grad, int(ids.max()) + 1),
                _only_read,
            ],
            "`row_grad[n]` belongs to the character n, whose id is `ids[n]`. You took "
            "the id for the number of a row of row_grad.": [
                lambda ids, row_grad, V: _by_id(ids, row_grad, V, True),
                lambda ids, row_grad, V: _by_id(ids, row_grad, V, False),
            ],
            "Every symbol got the sum of all rows. Only a row of W that was fetched "
            "has a say in the loss.": [
                lambda ids, row_grad, V: row_grad.sum(0).repeat(V, 1)
            ],
            "The sign is that of a step of descent. The gradient itself is asked "
            "for.": [lambda ids, row_grad, V: -_added_up(ids, row_grad, V)],
        }
    ),
)

summary = engine.summary_of(__name__)
