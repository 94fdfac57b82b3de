"""Exercises of notebook 02: shift, windows, and losses by counting."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from charrnn_helpers import data
from charrnn_helpers.data import IGNORE_INDEX
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import Exercise, Question, Wrong


def _drawn(rng: random.Random, *shape: int, high: int = 9) -> Tensor:
    count = math.prod(shape)
    return torch.tensor([rng.randrange(high) for _ in range(count)]).view(*shape)


# --- 2.1 ------------------------------------------------------------------------------


def _cut(ids: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """All but the last entry of an axis, and all but the first."""
    size = ids.shape[axis] - 1
    return ids.narrow(axis, 0, size), ids.narrow(axis, 1, size)


shift_batch = Exercise(
    number="2.1",
    name="my_shift",
    success="each target is the character after its input, whatever stands before the "
    "last axis.",
    cases=[
        (torch.tensor([[6, 3, 8, 8], [7, 0, 9, 2], [6, 10, 14, 1]]),),
        (torch.tensor([6, 3, 8, 8, 10]),),
        (torch.tensor([[7, 0, 9, 2]]),),
        (torch.tensor([[5, 1], [3, 0]]),),
        (torch.arange(24).view(2, 3, 4),),
        (torch.arange(32).view(2, 2, 2, 4),),
        (torch.arange(10).view(2, 1, 5),),
    ],
    drawn=lambda rng: [(_drawn(rng, 4, rng.randint(2, 7)),)],
    entries=("inputs", "targets"),
    reference=lambda ids: _cut(ids, -1),
    forbidden={"shift": "write the two slices yourself."},
    wrong=[
        Wrong(
            "You cut the first axis: in a batch that is the texts, so your targets are "
            "the next text. Decode a row and read it.",
            lambda ids: _cut(ids, 0),
        ),
        Wrong(
            "Your slices name the second axis. That fits a batch, and neither one text "
            "nor a tensor with three axes.",
            lambda ids: _cut(ids, 1),
        ),
        *[
            Wrong(
                "You name the axes one by one, and a tensor may have one more. Which "
                "axis is it, counted from the end?",
                lambda ids, most=most: _cut(ids, min(ids.dim(), most) - 1),
            )
            for most in (2, 3)
        ],
        Wrong(
            "You lay all texts in one long batch. The axes before the last one are to "
            "stay as they are.",
            lambda ids: _cut(ids.reshape(-1, ids.shape[-1]), -1),
        ),
        Wrong(
            "squeeze takes away every axis of length one: a batch of one text, and "
            "texts of one target, lose an axis that they need.",
            lambda ids: tuple(part.squeeze() for part in _cut(ids, -1)),
        ),
        Wrong(
            "You treat a batch of one text as a text. It is a batch, and stays one.",
            lambda ids: _cut(ids[0] if ids.shape[0] == 1 else ids, -1),
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
            "You cut before you roll, so the last target is the first character of its "
            "row again, and the character that you cut off is lost.",
            lambda ids: (ids[..., :-1], ids[..., :-1].roll(-1, dims=-1)),
        ),
        *[
            Wrong(
                "roll without dims goes through the whole tensor: the end of a row "
                "gets the first character of the next. Along which axis do you roll?",
                answer,
            )
            for answer in (
                lambda ids: (ids, ids.roll(-1)),
                lambda ids: (ids[..., :-1], ids[..., :-1].roll(-1)),
            )
        ],
        *[
            Wrong(
                "You roll along the second axis. That fits a batch, and neither one "
                "text nor a tensor with three axes.",
                lambda ids, least=least: (
                    ids[..., :-1],
                    ids.roll(-1, dims=min(1, least(ids)))[..., :-1],
                ),
            )
            for least in (lambda ids: 1, lambda ids: ids.dim() - 1)
        ],
        *[
            Wrong(
                "You roll and then cut the first entry: your targets are two "
                "characters after their inputs. Which entry wrapped around?",
                answer,
            )
            for answer in (
                lambda ids: (ids[..., :-1], ids.roll(-1, dims=-1)[..., 1:]),
                lambda ids: (ids[..., :-1], ids.roll(-1)[..., 1:]),
            )
        ],
        Wrong(
            "roll by +1 moves everything to the right: that is the character before.",
            lambda ids: (ids[..., :-1], ids.roll(1, dims=-1)[..., :-1]),
        ),
        Wrong(
            "Your targets are two characters after their inputs.",
            lambda ids: (ids[..., :-2], ids[..., 2:]),
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


_PREDICTED = ((3, 5), torch.int64, 15, 10)


def _gives(hint: str, entry: int, *values: object) -> Wrong:
    """A hint for each answer with one of these values in that place."""
    example = (*_PREDICTED[:entry], values[0], *_PREDICTED[entry + 1 :])

    def matches(answer: Sequence) -> bool:
        given = answer[entry]
        given = tuple(given) if isinstance(given, list) else given
        return len(answer) == 4 and given in values

    return Wrong(hint, example, matches)


shift_prediction = Question(
    number="2.2",
    name="prediction",
    success="15 targets, and 10 of them are examples from a text.",
    expected=lambda: _PREDICTED,
    entries=(
        "the shape",
        "the dtype",
        "the number of targets",
        "the number of characters among them",
    ),
    wrong=[
        Wrong(
            "The shape is one of the four things: put it in brackets of its own.",
            (3, 5, torch.int64, 15, 10),
        ),
        Wrong(
            "Four things are asked for: after shape and dtype come the number of "
            "targets, and how many of them are characters of their text.",
            ((3, 5), torch.int64),
            lambda a: isinstance(a, (list, tuple)) and len(a) != 4,
        ),
        _gives(
            "That is the shape before the shift. How many targets has a text of six "
            "characters?",
            0,
            (3, 6),
        ),
        _gives("The batch comes first: one row per text.", 0, (5, 3), (6, 3)),
        _gives(
            "That would be the shift along the wrong axis, from one text to the next.",
            0,
            (2, 6),
            (2, 5),
        ),
        _gives(
            "The longest text decides how many columns there are; the others are "
            "padded.",
            0,
            (3, 2),
            (3, 3),
            (3, 4),
        ),
        _gives(
            "A target is one id, and ids has one axis for the texts and one for their "
            "characters. Which of them does the shift take away?",
            0,
            (3, 5, 10),
            (15,),
            (1, 12),
        ),
        _gives(
            "A target selects a character, and the shift does not touch the dtype of "
            "the ids.",
            1,
            torch.float32,
            torch.float64,
            float,
        ),
        _gives(
            "Write the dtype as PyTorch does, such as torch.float32, without quotes.",
            1,
            "int64",
            "torch.int64",
            "long",
        ),
        _gives(
            "It is a whole number, but in PyTorch these come in several widths, and "
            "ids have the one that torch.tensor([1, 2]) gets.",
            1,
            int,
            torch.int32,
        ),
        Wrong(
            "The last two are the other way round: first all targets, then those that "
            "are a character of their text.",
            ((3, 5), torch.int64, 10, 15),
            lambda a: tuple(a[2:]) == (10, 15),
        ),
        _gives(
            "There are as many targets as the shape has places, padding and all.",
            2,
            18,
            10,
            12,
            13,
        ),
        _gives(
            "You count every character of the three texts. The first one of each is "
            "given: it is never a target.",
            3,
            13,
        ),
        _gives(
            "In the last place you count the padding too. Only a target that is a "
            "character of its text counts there.",
            3,
            15,
            18,
        ),
        _gives("In the last place you count the padding, and not the rest.", 3, 5),
        _gives(
            "You leave out the first character of each text and the last one. Is the "
            "last one not the target of the one before it?",
            3,
            7,
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


def _rows_then_rolled(rows: Tensor) -> tuple:
    return rows, rows.roll(-1, dims=1)


def _full(ids: Tensor, seq_len: int) -> Tensor:
    """The full windows of some ids, without the rest."""
    return ids[: len(ids) // seq_len * seq_len].view(-1, seq_len)


def _padded(ids: Tensor, seq_len: int) -> Tensor:
    return F.pad(ids, (0, -len(ids) % seq_len)).view(-1, seq_len)


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
    cases=[
        (torch.tensor([5, 1, 4, 1, 3, 2, 6]), 3),
        (torch.tensor([5, 1, 4, 1, 3, 2, 6, 9]), 3),
        (torch.tensor([2, 7]), 4),
        (torch.tensor([8, 0, 17, 3, 3, 9]), 1),
        (torch.arange(21) * 4 % 23, 5),
    ],
    drawn=lambda rng: [(_drawn(rng, rng.randint(12, 30)), rng.randint(2, 5))],
    entries=("inputs", "targets"),
    reference=_by_window,
    forbidden={"windows": "cut them yourself this time."},
    wrong=[
        *[
            Wrong(
                "The last target of each window is the window's own first character: "
                "you cut before you shift.",
                answer,
            )
            for answer in (
                _cut_then_rolled,
                lambda ids, seq_len: _rows_then_rolled(_full(ids, seq_len)),
                lambda ids, seq_len: _rows_then_rolled(_padded(ids, seq_len)),
                lambda ids, seq_len: _rows_then_rolled(_padded(ids[:-1], seq_len)),
            )
        ],
        Wrong(
            "The pairs after the last full window are left out. They are examples too.",
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


def _rows_of_pairs(inputs: Tensor, targets: Tensor) -> list[list[tuple[int, int]]]:
    rows = (part.view(-1, part.shape[-1]) for part in (inputs, targets))
    return [_pairs(x, y) for x, y in zip(*rows, strict=True)]


def _apart(inputs: Tensor, targets: Tensor) -> float:
    """Each row with counts of its own."""
    rows = [row for row in _rows_of_pairs(inputs, targets) if row]
    return sum(_counted(row) * len(row) for row in rows) / sum(map(len, rows))


def _mean_of_rows(inputs: Tensor, targets: Tensor) -> float:
    pairs = _pairs(inputs, targets)
    contexts, counts = Counter(x for x, _ in pairs), Counter(pairs)
    means = [
        sum(math.log(contexts[x] / counts[x, y]) for x, y in row) / len(row)
        for row in _rows_of_pairs(inputs, targets)
        if row
    ]
    return sum(means) / len(means)


def _filtered_apart(inputs: Tensor, targets: Tensor) -> float:
    y = [y for y in targets.flatten().tolist() if y != IGNORE_INDEX]
    return _counted(list(zip(inputs.flatten().tolist(), y, strict=False)))


def _ends_at_the_first(inputs: Tensor, targets: Tensor) -> float:
    real = (targets != IGNORE_INDEX).cumprod(dim=-1).bool()
    return _counted(_pairs(inputs[real], targets[real]))


def _drops_rows(inputs: Tensor, targets: Tensor) -> float:
    whole = (targets != IGNORE_INDEX).all(dim=-1)
    return _counted(_pairs(inputs[whole], targets[whole]))


def _counted_places(read: Callable) -> Callable[[Tensor, Tensor], float]:
    """A loop over the numbers of rows and columns."""

    def answer(inputs: Tensor, targets: Tensor) -> float:
        B, T = inputs.shape[0], inputs.shape[1]
        places = [(i, j) for i in range(B) for j in range(T)]
        pairs = [(read(inputs[p]), read(targets[p])) for p in places]
        return _counted([(x, y) for x, y in pairs if y != IGNORE_INDEX])

    return answer


def _counted_rows(read: Callable) -> Callable[[Tensor, Tensor], float]:
    """A loop over rows, and over the entries of each."""

    def answer(inputs: Tensor, targets: Tensor) -> float:
        rows = [tuple(zip(*r, strict=True)) for r in zip(inputs, targets, strict=True)]
        pairs = [(read(x), read(y)) for row in rows for x, y in row]
        return _counted([(x, y) for x, y in pairs if y != IGNORE_INDEX])

    return answer


def _unpacked(inputs: Tensor, targets: Tensor) -> float:
    _, _ = inputs.shape
    return _counted(_pairs(inputs, targets))


def _table_of(size: int | None) -> Callable[[Tensor, Tensor], float]:
    """The pairs in a table of a fixed size, or of the size that the inputs need."""

    def answer(inputs: Tensor, targets: Tensor) -> float:
        V = int(inputs.max()) + 1 if size is None else size
        table = torch.zeros(V, V, dtype=torch.float64)
        pairs = _pairs(inputs, targets)
        for x, y in pairs:
            table[x, y] += 1
        p = table / table.sum(dim=1, keepdim=True)
        return -sum(math.log(p[pair]) for pair in pairs) / len(pairs)

    return answer


def _coded(size: int | None) -> Callable[[Tensor, Tensor], float]:
    """Each pair as the one number size * x + y, which two pairs may share."""

    def answer(inputs: Tensor, targets: Tensor) -> float:
        V = int(inputs.max()) + 1 if size is None else size
        pairs = _pairs(inputs, targets)
        contexts = Counter(x for x, _ in pairs)
        counts = Counter(V * x + y for x, y in pairs)
        total = sum(math.log(contexts[x] / counts[V * x + y]) for x, y in pairs)
        return total / len(pairs)

    return answer


def _without_zero(inputs: Tensor, targets: Tensor) -> float:
    return _counted([(x, y) for x, y in _pairs(inputs, targets) if y > 0])


_VOCAB = data.Vocabulary.from_texts(data.SENTENCES)


def _case(inputs: list, targets: list) -> tuple[Tensor, Tensor]:
    return torch.tensor(inputs), torch.tensor(targets)


def _drawn_loss(rng: random.Random) -> list[tuple]:
    inputs, targets = data.shift(_drawn(rng, 2, 12, high=4))
    targets = targets.clone()
    targets[1, -rng.randint(1, 4) :] = IGNORE_INDEX
    return [(inputs, targets)]


count_loss = Exercise(
    number="2.4",
    name="my_bigram_loss",
    success="on the three sentences that is 0.8551, and nothing without memory is "
    "better.",
    cases=[
        _case([[1, 2, 1, 2]], [[2, 1, 3, 1]]),
        _case([1, 0, 1, 0, 3], [0, 1, 2, 3, 0]),  # one text, and the id 0
        _case([[1, 2, 1, 1, 2]], [[2, -100, 3, 1, 1]]),  # ignored before counted
        _case(
            [[1, 2, 1, 1, 0], [2, 1, 2, 0, 0]], [[2, 1, 1, 3, 0], [1, 3, -100, -100, 3]]
        ),
        _case([[1, 2, 2, 1]], [[17, 1, 14, 17]]),  # ids from 16, larger than all inputs
        _case([[[2, 1, 2]], [[1, 2, 2]]], [[[1, 2, 0]], [[2, 0, -100]]]),
        _case([[4, 7]], [[7, -100]]),
        data.shift(data.encode_batch(_VOCAB, data.pad(data.SENTENCES))),  # views
    ],
    drawn=_drawn_loss,
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
            "That is the perplexity, e to the power of the loss.",
            lambda inputs, targets: math.exp(_counted(_pairs(inputs, targets))),
        ),
        Wrong(
            "Each row has counts of its own in your answer. One table serves all rows.",
            _apart,
        ),
        Wrong(
            "view(-1) works where the numbers lie in memory one after the other, and "
            "what the shift returns are slices: flatten and reshape take both.",
            lambda x, y: _counted(_pairs(x.view(-1), y.view(-1))),
        ),
        Wrong(
            "You look at the first row only: does a return stand inside the loop?",
            lambda x, y: _counted(_rows_of_pairs(x, y)[0]),
        ),
        Wrong(
            "You take the mean of each row, and then the mean of those. Rows with "
            "fewer targets that count weigh less.",
            _mean_of_rows,
        ),
        Wrong(
            "You take the ignored targets out and leave their inputs in: after the "
            "first of them each target stands beside another input.",
            _filtered_apart,
        ),
        Wrong(
            "You stop at the first ignored target. Targets that count may come after "
            "it.",
            _ends_at_the_first,
        ),
        Wrong(
            "You drop a whole row for one ignored target. The others count.",
            _drops_rows,
        ),
        Wrong(
            "You leave out the targets with the id 0. It is a character like any "
            "other; only IGNORE_INDEX asks no question.",
            _without_zero,
        ),
        *[
            Wrong(
                "Inputs and targets may have one axis, two or more: where do you name "
                "the axes? flatten makes one of them.",
                answer,
            )
            for answer in (
                _unpacked,  # the errors differ, too
                _counted_places(int),
                _counted_places(Tensor.item),
                _counted_rows(int),
                _counted_rows(Tensor.item),
                lambda x, y: _counted_rows(int)(x.tolist(), y.tolist()),
            )
        ],
        *[
            Wrong(
                "How large is your table? An id may be 16 or more, and a target larger "
                "than every input.",
                answer,
            )
            for answer in (_table_of(16), _table_of(None))
        ],
        *[
            Wrong(
                "Two different pairs get the same number in your code: an id may be 16 "
                "or more, and a target larger than every input.",
                answer,
            )
            for answer in (_coded(16), _coded(None))
        ],
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


_SPACE = 2 * math.log(3 / 2) + math.log(3)
_THIRD = 2 * math.log(2)
_SUM = _SPACE + _THIRD


def _floor(hint: str, *floors: float) -> Wrong:
    """A hint for the right line with one of these floors."""
    return Wrong(
        hint,
        (5, floors[0]),
        lambda a: a[0] == 5 and any(abs(a[1] - floor) < 5e-4 for floor in floors),
    )


line_and_floor = Question(
    number="2.5",
    name="line_and_floor",
    success="the last target of each row wrapped around, which hid an open question.",
    expected=lambda: (5.0, _SUM / 18),  # 5.0: the two may come as an array
    entries=("the line", "the floor"),
    tolerance=5e-5,
    wrong=[
        Wrong(
            "The floor is right. The line is another one: decode inputs and targets of "
            "one row, in your head or in a new cell, and read them.",
            (4, _SUM / 18),
            lambda a: a[0] in (1, 2, 3, 4, 6) and abs(a[1] - _SUM / 18) < 5e-4,
        ),
        Wrong(
            "That line does what it should. Decode inputs and targets of one row, in "
            "your head or in a new cell, and read them.",
            (4, 1.0),
            lambda a: a[0] in (1, 2, 3, 4, 6),
        ),
        Wrong(
            "The line comes first, the floor second.",
            (_SUM / 18, 5),
            lambda a: a[1] == 5,
        ),
        _floor(
            "That is the floor of the program with the bug. Which question does the "
            "bug hide?",
            _SPACE / 18,
        ),
        _floor(
            "That is the choice between t and p alone. What is open after the space?",
            _THIRD / 18,
        ),
        _floor("The sum is right. Divide it by the number of targets.", _SUM),
        _floor(
            "You divide by the characters; the first of each row is given, and no "
            "target.",
            _SUM / 21,
        ),
        _floor(
            "The sum is right. Divide it by all targets: those that can be known from "
            "their prefix count, with a surprise of 0.",
            _SUM / 5,
            _SUM / 15,
        ),
        _floor(
            "The sum is right, and is that of all three texts: divide it by the "
            "targets of all three.",
            _SUM / 6,
            _SUM / 3,
        ),
        _floor(
            "After the space the choice is not even: c comes twice, d once.",
            5 * math.log(2) / 18,
            (3 * math.log(3) + _THIRD) / 18,
        ),
        _floor(
            "A question is asked in each text that comes to it. How many texts come to "
            "the space, how many to the third letter after ca?",
            (math.log(3) + math.log(2)) / 18,
            (math.log(3 / 2) + math.log(3) + _THIRD) / 18,
            (_SPACE + math.log(2)) / 18,
            (_SPACE + 3 * math.log(2)) / 18,
        ),
        _floor(
            "That is the floor in bits: give it in nats.",
            _SUM / 18 / math.log(2),
        ),
        _floor(
            "log10 is not the logarithm of a nat: math.log is.",
            _SUM / 18 / math.log(10),
        ),
        _floor("A surprise is never negative: look at the sign.", -_SUM / 18),
        _floor(
            "That is the perplexity, e to the power of the floor.", math.exp(_SUM / 18)
        ),
        _floor(
            "A floor of 0 says that every target can be known from its prefix. Is that "
            "so after the ca?",
            0.0,
        ),
        Wrong(
            "That is the floor, rounded to few digits. Give the expression.",
            (5, 0.183),
            lambda a: a[0] == 5 and abs(a[1] - _SUM / 18) < 5e-3,
        ),
    ],
)


summary = engine.summary_of(__name__)
