"""Exercises of notebook 02: shift, windows, and losses by counting."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from charrnn_helpers import data
from charrnn_helpers.data import IGNORE_INDEX
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import Exercise, Question, Wrong, fixed_and_drawn


def _drawn(rng: random.Random, *shape: int, high: int = 9) -> Tensor:
    count = math.prod(shape)
    return torch.tensor([rng.randrange(high) for _ in range(count)]).view(*shape)


# --- 2.1 ------------------------------------------------------------------------------

shift_batch = Exercise(
    number="2.1",
    name="my_shift",
    success="each target is the character after its input, whatever stands before the "
    "last axis.",
    **fixed_and_drawn(
        lambda rng: [
            (torch.tensor([[6, 3, 8, 8, 10], [7, 0, 9, 2, 4], [6, 10, 14, 1, 5]]),),
            (torch.tensor([6, 3, 8, 8, 10]),),
            (_drawn(rng, 2, 3, 4),),
            (_drawn(rng, 4, rng.randint(2, 7)),),
        ]
    ),
    reference=lambda ids: (
        ids.narrow(-1, 0, ids.shape[-1] - 1),
        ids.narrow(-1, 1, ids.shape[-1] - 1),
    ),
    forbidden={"shift": "write the two slices yourself."},
    wrong=[
        Wrong(
            "You cut the first axis: in a batch that is the texts, so your targets are "
            "the next text. Decode a row and read it.",
            lambda ids: (ids[:-1], ids[1:]),
        ),
        Wrong(
            "Your slices name the second axis. That fits a batch, and neither one text "
            "nor a tensor with three axes.",
            lambda ids: (ids[:, :-1], ids[:, 1:]),
        ),
        Wrong(
            "The two are swapped: the target comes after its input.",
            lambda ids: (ids[..., 1:], ids[..., :-1]),
        ),
        Wrong(
            "Your last target wraps around to the first character of the row. Is there "
            "anything to predict after the last one?",
            lambda ids: (ids, ids.roll(-1, dims=-1)),
        ),
        Wrong(
            "The inputs still hold the last character, and nothing follows it.",
            lambda ids: (ids, ids[..., 1:]),
        ),
        Wrong(
            "Inputs and targets are equal: a model would only repeat what it reads.",
            lambda ids: (ids[..., :-1], ids[..., :-1]),
        ),
        Wrong(
            "Your targets are no whole numbers any more, and cross_entropy will refuse "
            "them. Where does a float come in?",
            lambda ids: (ids[..., :-1], ids[..., 1:].float()),
        ),
    ],
)


# --- 2.2 ------------------------------------------------------------------------------


def _predicted() -> tuple:
    texts = ["tea", "coffee", "milk"]
    vocab = data.Vocabulary.from_texts(texts, pad=True)
    _, targets = data.shift(data.encode_batch(vocab, texts))
    real = int((targets != vocab.pad_id).sum())
    return tuple(targets.shape), targets.dtype, targets.numel(), real


shift_prediction = Question(
    number="2.2",
    name="prediction",
    success="15 targets, and 10 of them are lessons about a text.",
    expected=_predicted,
    wrong=[
        Wrong(
            "That is the shape before the shift. How many targets has a text of six "
            "characters?",
            ((3, 6), torch.int64, 18, 13),
        ),
        Wrong(
            "The batch comes first: one row a text.",
            ((5, 3), torch.int64, 15, 10),
        ),
        Wrong(
            "That would be the shift along the wrong axis.",
            ((2, 6), torch.int64, 12, 10),
        ),
        Wrong(
            "A target selects a character, and the shift does not touch the dtype of "
            "the ids.",
            ((3, 5), torch.float32, 15, 10),
        ),
        Wrong(
            "Write the dtype as PyTorch does, such as torch.float32, without quotes.",
            ((3, 5), "int64", 15, 10),
            lambda a: isinstance(a[1], str),
        ),
        Wrong(
            "You count every character of the three texts. The first one of each is "
            "given: it is never a target.",
            ((3, 5), torch.int64, 15, 13),
        ),
        Wrong(
            "In the last place you count the padding too. Only a target that is a "
            "character of its text counts there.",
            ((3, 5), torch.int64, 15, 15),
        ),
    ],
)


# --- 2.3 ------------------------------------------------------------------------------


def _by_window(ids: Tensor, seq_len: int) -> tuple[Tensor, Tensor]:
    """Windows made one by one: the reference."""
    rows_x, rows_y = [], []
    for start in range(0, len(ids) - 1, seq_len):
        x, y = torch.zeros(seq_len).long(), torch.full((seq_len,), IGNORE_INDEX)
        for t in range(seq_len):
            if start + t + 1 < len(ids):
                x[t], y[t] = ids[start + t], ids[start + t + 1]
        rows_x.append(x)
        rows_y.append(y)
    return torch.stack(rows_x), torch.stack(rows_y)


def _filled(ids: Tensor, seq_len: int, missing: int, value: int) -> tuple:
    x = F.pad(ids[:-1], (0, missing)).view(-1, seq_len)
    return x, F.pad(ids[1:], (0, missing), value=value).view(-1, seq_len)


def _missing(ids: Tensor, seq_len: int) -> int:
    return -(len(ids) - 1) % seq_len


def _cut_then_rolled(ids: Tensor, seq_len: int) -> tuple:
    x, y = _by_window(ids, seq_len)
    return x, torch.where(y == IGNORE_INDEX, y, x.roll(-1, dims=1))


def _dropped(ids: Tensor, seq_len: int) -> tuple:
    n = (len(ids) - 1) // seq_len * seq_len
    return ids[:n].view(-1, seq_len), ids[1 : n + 1].view(-1, seq_len)


def _cut_then_shifted(ids: Tensor, seq_len: int) -> tuple:
    rows = F.pad(ids, (0, -len(ids) % seq_len), value=IGNORE_INDEX).view(-1, seq_len)
    return rows[:, :-1].clamp(min=0), rows[:, 1:].clone()


def _every_stride(ids: Tensor, seq_len: int) -> tuple:
    missing = max(0, seq_len - len(ids) + 1)
    x = F.pad(ids[:-1], (0, missing))
    y = F.pad(ids[1:], (0, missing), value=IGNORE_INDEX)
    return x.unfold(0, seq_len, 1), y.unfold(0, seq_len, 1)


def _both_ignored(ids: Tensor, seq_len: int) -> tuple:
    x, y = _by_window(ids, seq_len)
    return torch.where(y == IGNORE_INDEX, y, x), y


cut_windows = Exercise(
    number="2.3",
    name="my_windows",
    success="nothing wraps around, and no target is lost.",
    **fixed_and_drawn(
        lambda rng: [
            (torch.tensor([5, 1, 4, 1, 3, 2, 6]), 3),
            (torch.tensor([5, 1, 4, 1, 3, 2, 6, 9]), 3),
            (torch.tensor([2, 7]), 4),
            (_drawn(rng, rng.randint(12, 30)), rng.randint(2, 5)),
        ]
    ),
    reference=lambda ids, seq_len: _by_window(ids, seq_len),
    forbidden={"windows": "cut them yourself this time."},
    wrong=[
        Wrong(
            "The last target of each window is the window's own first character: you "
            "cut before you shift.",
            _cut_then_rolled,
        ),
        Wrong(
            "You leave out the pairs after the last full window. They are lessons too.",
            _dropped,
        ),
        Wrong(
            "The places that you fill up ask for character number 0. Which number "
            "tells the loss to leave a target out?",
            lambda ids, seq_len: _filled(ids, seq_len, _missing(ids, seq_len), 0),
        ),
        Wrong(
            "Where the pairs fit exactly, you add a whole window of nothing.",
            lambda ids, seq_len: _filled(
                ids, seq_len, seq_len - (len(ids) - 1) % seq_len, IGNORE_INDEX
            ),
        ),
        Wrong(
            "You cut first and shift inside each window, which loses a pair at every "
            "border.",
            _cut_then_shifted,
        ),
        Wrong(
            "Your windows overlap. Each one is to start where the one before it ends.",
            _every_stride,
        ),
        Wrong(
            "-100 is a mark for targets. As an input it would be looked up in a table, "
            "and no table has that row.",
            _both_ignored,
        ),
    ],
)


# --- 2.4 ------------------------------------------------------------------------------


def _table_loss(inputs: Tensor, targets: Tensor) -> float:
    """Cross-entropy of the counted table, by PyTorch: the reference."""
    x, y = inputs.flatten(), targets.flatten()
    size = int(max(x.max(), y.max())) + 1
    keep = y != IGNORE_INDEX
    table = torch.zeros(size, size, dtype=torch.float64)
    table.index_put_((x[keep], y[keep]), torch.ones(1).double(), accumulate=True)
    return F.cross_entropy(table.log()[x], y, ignore_index=IGNORE_INDEX).item()


def _pairs(inputs: Tensor, targets: Tensor) -> list[tuple[int, int]]:
    pairs = zip(inputs.flatten().tolist(), targets.flatten().tolist(), strict=True)
    return [(x, y) for x, y in pairs if y != IGNORE_INDEX]


def _counted(pairs: list[tuple[int, int]], log: Callable = math.log) -> float:
    contexts, counts = Counter(x for x, _ in pairs), Counter(pairs)
    total = sum(n * log(contexts[x] / n) for (x, _), n in counts.items())
    return total / len(pairs)


def _unweighted(inputs: Tensor, targets: Tensor) -> float:
    after: dict[int, list[tuple[int, int]]] = {}
    for pair in _pairs(inputs, targets):
        after.setdefault(pair[0], []).append(pair)
    return sum(map(_counted, after.values())) / len(after)


def _joint(inputs: Tensor, targets: Tensor) -> float:
    return _counted([(0, pair) for pair in _pairs(inputs, targets)])


def _ignores_nothing(inputs: Tensor, targets: Tensor) -> float:
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    return _counted(list(zip(x, y, strict=True)))


def _divides_by_all(inputs: Tensor, targets: Tensor) -> float:
    pairs = _pairs(inputs, targets)
    return _counted(pairs) * len(pairs) / targets.numel()


def _counts_every_context(inputs: Tensor, targets: Tensor) -> float:
    pairs = _pairs(inputs, targets)
    contexts, counts = Counter(inputs.flatten().tolist()), Counter(pairs)
    total = sum(n * math.log(contexts[x] / n) for (x, _), n in counts.items())
    return total / len(pairs)


def _most_likely(inputs: Tensor, targets: Tensor) -> float:
    pairs = _pairs(inputs, targets)
    contexts, counts = Counter(x for x, _ in pairs), Counter(pairs)
    return sum(math.log(contexts[x] / n) for (x, _), n in counts.items()) / len(counts)


def _loss_cases(rng: random.Random) -> list[tuple]:
    inputs, targets = data.shift(
        data.encode_batch(
            data.Vocabulary.from_texts(data.SENTENCES), data.pad(data.SENTENCES)
        )
    )
    ids = _drawn(rng, 2, 12, high=4)
    hidden = ids[:, 1:].clone()
    hidden[1, -rng.randint(1, 4) :] = IGNORE_INDEX
    return [
        (torch.tensor([[1, 2, 1, 2]]), torch.tensor([[2, 1, 3, 1]])),
        (
            torch.tensor([[1, 2, 1, 1], [2, 1, 0, 0]]),
            torch.tensor([[2, 1, 1, 3], [1, 2, -100, -100]]),
        ),
        (
            torch.tensor([[1, 2, 1, 2, 1]]),
            torch.tensor([[2, 1, 3, 2, -100]]),
        ),
        (inputs, targets),
        (ids[:, :-1], hidden),
    ]


count_loss = Exercise(
    number="2.4",
    name="my_bigram_loss",
    success="on the three sentences that is 0.8551, and nothing without memory is "
    "better.",
    **fixed_and_drawn(_loss_cases),
    reference=_table_loss,
    forbidden={
        "bigram_loss": "count it yourself this time.",
        "prefix_loss": "count it yourself this time.",
        "unigram_loss": "count it yourself this time.",
    },
    wrong=[
        Wrong(
            "That is in bits. A loss of this series is in nats, with the natural "
            "logarithm.",
            lambda inputs, targets: _counted(_pairs(inputs, targets), math.log2),
        ),
        Wrong(
            "That is the uncertainty about the whole pair. The current character is "
            "given: its own share does not belong to the question.",
            _joint,
        ),
        Wrong(
            "You add the surprises up; the loss is their mean.",
            lambda inputs, targets: (
                _counted(_pairs(inputs, targets)) * len(_pairs(inputs, targets))
            ),
        ),
        Wrong(
            "That is the unigram's loss: it does not look at the current character.",
            lambda inputs, targets: _counted(
                [(0, y) for _, y in _pairs(inputs, targets)]
            ),
        ),
        Wrong(
            "You count the targets marked with IGNORE_INDEX as if they were a "
            "character.",
            _ignores_nothing,
        ),
        Wrong(
            "You skip the ignored targets, and divide by all of them.",
            _divides_by_all,
        ),
        Wrong(
            "A current character whose target is ignored asks no question, and you "
            "count it among the contexts.",
            _counts_every_context,
        ),
        Wrong(
            "You give every current character the same weight. A frequent one is asked "
            "about more often.",
            _unweighted,
        ),
        Wrong(
            "You count each different pair once. One that occurs five times surprises "
            "five times.",
            _most_likely,
        ),
        Wrong(
            "You predict the current character from the next one: the condition is the "
            "wrong way round.",
            lambda inputs, targets: _counted(
                [(y, x) for x, y in _pairs(inputs, targets)]
            ),
        ),
        Wrong(
            "A surprise is never negative: look at the sign, or at which count is on "
            "top.",
            lambda inputs, targets: -_counted(_pairs(inputs, targets)),
        ),
    ],
)


# --- 2.5 ------------------------------------------------------------------------------


def _line_and_floor() -> tuple[int, float]:
    texts = ["the cat", "the cap", "the dog"]
    ids = data.encode_batch(data.Vocabulary.from_texts(texts), texts)
    floors = [
        data.prefix_loss(ids[:, :-1], ids[:, :-1].roll(-1, dims=1)),
        data.prefix_loss(*data.shift(ids)),
    ]
    assert floors[0] < floors[1]  # the bug's floor is too low
    return 5, floors[1]


_SUM = 2 * math.log(3 / 2) + math.log(3) + 2 * math.log(2)

line_and_floor = Question(
    number="2.5",
    name="line_and_floor",
    success="the last target of each row wrapped around, which hid an open question.",
    expected=_line_and_floor,
    tolerance=5e-4,
    wrong=[
        Wrong(
            "That line does what it should. Decode inputs and targets of one row, in "
            "your head or in a new cell, and read them.",
            (4, _SUM / 18),
            lambda a: a[0] in (1, 2, 3, 4, 6),
        ),
        Wrong(
            "The line is right, the floor is that of the program with the bug. Which "
            "question does the bug hide?",
            (5, (2 * math.log(3 / 2) + math.log(3)) / 18),
        ),
        Wrong(
            "The line is right. For the floor, divide the sum by the targets.",
            (5, _SUM),
        ),
        Wrong(
            "The line is right. You divide by the characters; the first of each row is "
            "given, and no target.",
            (5, _SUM / 21),
        ),
        Wrong(
            "The line is right. After the space the choice is not even: c comes twice, "
            "d once.",
            (5, 5 * math.log(2) / 18),
        ),
        Wrong(
            "The line is right, and so is the floor, but in bits: give it in nats.",
            (5, _SUM / 18 / math.log(2)),
        ),
        Wrong(
            "The line is right. A floor of 0 says that every target can be known from "
            "its prefix. Is that so after the ca?",
            (5, 0.0),
        ),
    ],
)


summary = engine.summary_of(__name__)
