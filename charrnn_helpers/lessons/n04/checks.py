"""The checks of notebook 04: shapes, the equation, parameters, and the wrong axis."""

from __future__ import annotations

import random
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers import data, models
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import Exercise, Question, Wrong
from charrnn_helpers.exercises.kit import hints

OUTPUT, H_N = (4, 9, 7), (3, 4, 7)


def _wrong_shape(part: int, hint: str, *shapes: tuple[int, ...]) -> Wrong:
    """A hint for one of the two shapes, whatever the other one is."""
    example = (shapes[0], H_N) if part == 0 else (OUTPUT, shapes[0])
    return Wrong(hint, example, matches=lambda answer: tuple(answer[part]) in shapes)


rnn_shapes = Question(
    number="4.1",
    name="output_and_h_n",
    success="output has every step of one layer, h_n one step of every layer.",
    expected=lambda: (OUTPUT, H_N),
    entries=("output", "h_n"),
    wrong=[
        Wrong(
            "It is exactly the other way round: in one of the two batch_first puts the "
            "texts first. In which?",
            ((9, 4, 7), (4, 3, 7)),
        ),
        Wrong(
            "Both are right, and in the wrong order: nn.RNN returns output first.",
            (H_N, OUTPUT),
        ),
        _wrong_shape(
            1,
            "You gave h_n the texts first. What does batch_first say about the state?",
            (4, 3, 7),
        ),
        _wrong_shape(
            1,
            "h_n holds the last state of every layer. How many layers are there?",
            *((1, 4, 7), (4, 1, 7), (4, 7)),
        ),
        _wrong_shape(
            1,
            "h_n has no axis of steps: it is the state after the last one.",
            *((3, 9, 7), (9, 4, 7), (4, 9, 7), (3, 4, 9, 7), (3, 9, 4, 7)),
        ),
        _wrong_shape(
            1,
            "There are 4 texts, and h_n has a state for each of them.",
            *((3, 7), (3, 1, 7), (1, 3, 7)),
        ),
        _wrong_shape(
            0,
            "Output and input have the axes of texts and steps in the same order, and "
            "here batch_first is set.",
            (9, 4, 7),
        ),
        _wrong_shape(
            0,
            "The last axis of output is not the one of the input. What does a hidden "
            "layer make of 10 numbers?",
            (4, 9, 10),
        ),
        _wrong_shape(
            1,
            "The input has 10 numbers for each character. How many has a state?",
            *((3, 4, 10), (4, 3, 10)),
        ),
        _wrong_shape(
            0,
            "Three layers do not put their states side by side in output. Which of "
            "them does it show?",
            (4, 9, 21),
        ),
        _wrong_shape(
            0,
            "output has no axis of layers: it shows one of them. Which?",
            *((3, 4, 9, 7), (4, 3, 9, 7), (3, 9, 4, 7), (4, 9, 3, 7)),
        ),
        _wrong_shape(
            0,
            "output has the state after every step, not only after the last one.",
            *((4, 1, 7), (4, 7), (1, 4, 7)),
        ),
    ],
)


def _weights(seed: int, T: int, V: int, H: int, digits: int | None = 1) -> tuple:
    """A text and weights in float64; with few digits they are readable."""
    generator = torch.Generator().manual_seed(seed)
    shapes = ((T, V), (H, V), (H, H), (H,), (H,))
    drawn = [torch.randn(s, dtype=torch.float64, generator=generator) for s in shapes]
    return tuple(drawn if digits is None else [d.round(decimals=digits) for d in drawn])


def _at_the_limit() -> tuple:
    """A text of one character whose state is known: numbers on both sides of 0.9."""
    state = torch.tensor([0.87, 0.92, -0.92, 0.94, 0.3, -0.96, 0.96]).double()
    zeros = torch.zeros(7, 7, dtype=torch.float64)
    return zeros[:1, :2], zeros[:, :2], zeros, zeros[0], state.atanh().round(decimals=4)


def _last_of_rnn(
    x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> tuple[Tensor, int]:
    """The last state of PyTorch's own layer, and a count without a loop."""
    rnn = nn.RNN(x.shape[1], len(b_ih), dtype=x.dtype)
    with torch.no_grad():
        weights = (W_ih, W_hh, b_ih, b_hh)
        for parameter, value in zip(rnn.parameters(), weights, strict=True):
            parameter.copy_(value)
        _, h_n = rnn(x)
    return h_n[0], sum(abs(v) > 0.9 for v in h_n[0].tolist())


NAMES = ("x", "W_ih", "W_hh", "b_ih", "b_hh")


def _a_text(case: tuple) -> str:
    """The case, by its sizes where its numbers would fill lines."""
    T, V, H = len(case[0]), *reversed(case[1].shape)
    if H > 2:
        return f"for a text of {T} characters, V={V} and H={H},"
    return f"for {engine.show_arguments(case, NAMES)},"


def _saturated(h: Tensor) -> int:
    return int((h.abs() > 0.9).sum())


def _right_step(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Tensor:
    return torch.tanh(a + b + c + d)


def _recurrence(
    step: Callable[..., Tensor] = _right_step,
    count: Callable[[Tensor], int] = _saturated,
    *,
    start: Callable[..., Tensor] = lambda x, b: torch.zeros(len(b), dtype=x.dtype),
    times: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]] = lambda a, b: (a.T, b.T),
    every_step: bool = False,
) -> Callable[..., tuple[Tensor, int]]:
    """The recurrence with another step, count, start, or with matrices not turned."""

    def answer(
        x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
    ) -> tuple[Tensor, int]:
        h, total = start(x, b_ih), 0
        from_input, from_state = times(W_ih, W_hh)
        for x_t in x:
            h = step(x_t @ from_input, b_ih, h @ from_state, b_hh)
            total += count(h)
        return h, total if every_step else count(h)

    return answer


last_state = Exercise(
    number="4.2",
    name="my_last_state",
    success="the equation, step by step, ends where nn.RNN does.",
    # As many units as symbols in one of them, as steps in another, 12 in a third, and
    # more steps than symbols or units in the last.
    cases=lambda: [
        _weights(5, T=1, V=2, H=2),
        _weights(6, T=2, V=2, H=3),
        _at_the_limit(),
        _weights(8, T=4, V=3, H=4),
        _weights(9, T=16, V=5, H=12),
    ],
    drawn=lambda rng: [_weights(rng.randrange(2**31), 6, 5, 8, None)],
    reference=_last_of_rnn,
    entries=("h", "saturated"),
    say=_a_text,
    tolerance=1e-9,
    forbidden={
        **dict.fromkeys(
            ("RNN", "CharRNN", "rnn_tanh"), "write the loop over the steps yourself."
        ),
        **dict.fromkeys(
            ("RNNCell", "rnn_tanh_cell"), "write the equation of the step yourself."
        ),
    },
    wrong=hints(
        {
            "The state before does not come into your sum. Without it, only the last "
            "character counts.": [
                _recurrence(lambda a, b, c, d: torch.tanh(a + b + d))
            ],
            "One of the two biases is missing: the one beside W_hh.": [
                _recurrence(lambda a, b, c, d: torch.tanh(a + b + c))
            ],
            "One of the two biases is missing: the one beside W_ih.": [
                _recurrence(lambda a, b, c, d: torch.tanh(a + c + d))
            ],
            "Both biases are missing from your sum.": [
                _recurrence(lambda a, b, c, d: torch.tanh(a + c))
            ],
            "Which activation does the equation have? Yours never returns a number "
            "below 0.": [
                _recurrence(lambda a, b, c, d: torch.sigmoid(a + b + c + d)),
                _recurrence(lambda a, b, c, d: torch.relu(a + b + c + d)),
            ],
            "You squeeze the two halves of the sum apart from each other. The equation "
            "has one tanh around all of it.": [
                _recurrence(lambda a, b, c, d: torch.tanh(a + b) + torch.tanh(c + d)),
                _recurrence(lambda a, b, c, d: torch.tanh(a + b) + c + d),
            ],
            "There is no activation in your step: the numbers grow without bound.": [
                _recurrence(lambda a, b, c, d: a + b + c + d)
            ],
            "A matrix is stored with one row for each unit, (H, V) and (H, H). A row "
            "that is multiplied from the left needs it transposed: x_t @ W_ih.T.": [
                _recurrence(times=lambda a, b: (a, b)),
                _recurrence(times=lambda a, b: (a, b.T)),
                _recurrence(times=lambda a, b: (a.T, b)),
            ],
            "All arguments are float64, and zeros are float32 unless you ask for "
            "another dtype.": [_recurrence(start=lambda x, b: torch.zeros(len(b)))],
            "The state that you start from has another size than the biases. H is not "
            "a number of the notebook here: it is len(b_hh).": [
                _recurrence(start=lambda x, b: torch.zeros(2, dtype=x.dtype)),
                _recurrence(start=lambda x, b: torch.zeros(12, dtype=x.dtype)),
                _recurrence(start=lambda x, b: torch.zeros(len(x), dtype=x.dtype)),
            ],
            "The state is right. A number near −1 is as saturated as one near 1.": [
                _recurrence(count=lambda h: int((h > 0.9).sum())),
                _recurrence(count=lambda h: int((h > 0.9).sum() - (h < -0.9).sum())),
            ],
            "The state is right, and your count is always 0: tanh never reaches 1, and "
            "no number is above 0.9 and below −0.9 at once.": [
                _recurrence(count=lambda h: 0)
            ],
            "The state is right. You counted the numbers that are not saturated.": [
                _recurrence(count=lambda h: int((h.abs() <= 0.9).sum()))
            ],
            "The state is right. The limit of the exercise is 0.9, without rounding.": [
                _recurrence(count=lambda h: int((h.abs() > 0.95).sum())),
                _recurrence(
                    count=lambda h: int((h.abs().round(decimals=1) >= 0.9).sum())
                ),
            ],
            "The state is right. Only the saturated numbers of the last state are to "
            "be counted, not those of all steps.": [_recurrence(every_step=True)],
        }
    ),
)


def _count(vocab_size: int, hidden_size: int) -> int:
    """Parameters of a CharRNN with one layer; a test compares it with PyTorch's."""
    V, H = vocab_size, hidden_size
    return H * V + H * H + 2 * H + V * H + V


def _largest(
    vocab_size: int, budget: int, count: Callable[[int, int], int] = _count
) -> int:
    low, high = 0, 1
    while count(vocab_size, high) <= budget:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if count(vocab_size, middle) <= budget:
            low = middle
        else:
            high = middle
    return low


def _another(change: Callable[[int, int], int]) -> Callable[[int, int], int]:
    """The answer of somebody whose count differs from the right one by ``change``."""
    return lambda v, b: _largest(v, b, lambda V, H: _count(V, H) + change(V, H))


def _drawn_budgets(rng: random.Random) -> list[tuple]:
    vocab_size = rng.randrange(3, 80)
    exact = _count(vocab_size, rng.randrange(2, 60))
    return [(vocab_size, exact), (vocab_size, exact - 1)]


parameter_budget = Exercise(
    number="4.3",
    name="my_hidden_size",
    success="your count is PyTorch's, and the model fits the budget.",
    cases=[
        (16, 568),
        (16, 567),
        (2, 9),
        (2, 8),
        (2, 1),
        (16, 0),
        (65, 30_000),
        # One bias costs H, the other one V: budgets that tell which is forgotten.
        (65, _count(65, 4) - 30),
        (2, _count(2, 40) - 20),
        (2, _count(2, 40) - 60),
    ],
    drawn=_drawn_budgets,
    reference=lambda vocab_size, budget: _largest(vocab_size, budget),
    wrong=hints(
        {
            "Your model is one unit too large for the budget. Do you return the first "
            "size that no longer fits?": [lambda v, b: _largest(v, b) + 1],
            "A model that needs the budget exactly still fits.": [
                lambda v, b: _largest(v, b - 1)
            ],
            "Where not even H = 1 fits, the answer is 0.": [
                lambda v, b: max(_largest(v, b), 1),
                lambda v, b: _largest(v, b) or -1,
                lambda v, b: _largest(v, b) or None,
                lambda v, b: max(range(1, _largest(v, b) + 1)),  # ValueError
                lambda v, b: _largest(v, b) - (b < v),  # the formula
            ],
            "There are two biases of H numbers in nn.RNN, not one.": [
                _another(lambda V, H: -H)
            ],
            "nn.RNN has biases too: two of H numbers.": [_another(lambda V, H: -2 * H)],
            "The output layer has a bias too, of V numbers.": [
                _another(lambda V, H: -V)
            ],
            "The bias of the output layer has one number for each symbol: V, not H.": [
                _another(lambda V, H: H - V)
            ],
            "The biases of the recurrent layer have one number for each unit: H, not "
            "V.": [_another(lambda V, H: 2 * V - 2 * H)],
            "You count nn.RNN alone. The output layer has parameters, too.": [
                _another(lambda V, H: -V * H - V)
            ],
            "There are two matrices between V and H numbers, one in front of the state "
            "and one behind it. One of them is missing.": [
                _another(lambda V, H: -V * H)
            ],
            "The part that grows with H · H is missing: the recurrent connection, from "
            "H numbers to H.": [_another(lambda V, H: -H * H)],
            "The recurrent connection is a matrix: each of the H units reads all H "
            "numbers of the state.": [_another(lambda V, H: H - H * H)],
            "Your budget pays for weight matrices only. Biases are parameters, too.": [
                _another(lambda V, H: -2 * H - V)
            ],
            "There is no embedding in a CharRNN: its rows are one-hot.": [
                _another(lambda V, H: V * H)
            ],
            "vocab_size is not always 16.": [
                lambda v, b: _largest(16, b),
            ],
            "At that size the model is closest to the budget, and needs more than "
            "there is. It must not need more.": [
                lambda v, b: max(
                    (_largest(v, b), _largest(v, b) + 1),
                    key=lambda H: (H > 0) * -abs(_count(v, H) - b),
                )
            ],
            "You returned the number of parameters. The hidden size is asked for.": [
                lambda v, b: _count(v, _largest(v, b))
            ],
        }
    ),
)

PROGRAM = """\
inputs, targets = data.shift(data.encode_batch(vocab, data.pad(data.SENTENCES)))
x = data.one_hot(inputs, 16)
rnn = nn.RNN(16, 12)
head = nn.Linear(12, 16)
output, h_n = rnn(x)
logits = head(output)
loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
"""
"""The program of exercise 4.4, as the notebook shows it; a test holds the two equal."""

REPAIRS = {
    1: "inputs, targets = data.shift(data.encode_batch(vocab, data.SENTENCES[:1] * 3))",
    2: "x = F.one_hot(inputs, 16).float()",
    3: "rnn = nn.RNN(16, 12, batch_first=True)",
    4: "head = nn.Linear(12, 16, bias=False)",
    5: "output, h_n = rnn(x, torch.zeros(1, 16, 12))",
    6: "logits = head(output).log_softmax(dim=-1)",
    7: "loss = F.cross_entropy(logits.movedim(-1, 1), targets)",
}
"""What a reader might write in place of each line."""


def _line_that_helps() -> int:
    """The line whose repair keeps the texts apart, by running every repair."""
    helpful = []
    for number, repair in REPAIRS.items():
        lines = PROGRAM.splitlines()
        lines[number - 1] = repair
        vocab = data.Vocabulary.from_texts(data.SENTENCES)
        space = {"data": data, "nn": nn, "F": F, "torch": torch, "vocab": vocab}
        exec("\n".join(lines), space)
        x = space["x"].clone().requires_grad_()
        output, _ = space["rnn"](x)
        output[1].sum().backward()
        if not x.grad[0].any():
            helpful.append(number)
    (line,) = helpful
    return line


wrong_line = Question(
    number="4.4",
    name="wrong_line",
    success="every shape passes on from there, and nobody complains.",
    expected=_line_that_helps,
    wrong=[
        Wrong(
            "Sentences, padded, encoded, shifted: inputs and targets have the shape "
            "(3, 16), texts first. The printed h_n has another idea of the texts.",
            1,
        ),
        Wrong(
            "The rows are right: (3, 16, 16), that is (B, T, V). Who reads them, and "
            "which axis does it take for the steps?",
            2,
        ),
        Wrong(
            "The output layer turns 12 numbers into 16, on the last axis, whatever the "
            "other axes mean. It is right.",
            4,
        ),
        Wrong(
            "That is where it goes wrong, but the call is as it should be: no state "
            "given means zeros. Which line decided how the axes are read?",
            5,
        ),
        Wrong(
            "Cross-entropy wants raw logits: nothing is missing here.",
            6,
        ),
        Wrong(
            "Logits and targets are flattened in the same order, so each row of logits "
            "meets its own target. The line is right.",
            7,
        ),
    ],
)


class Reader(nn.Module):
    """A model of which the check decides who reads whom.

    The scores of step t in text b depend on its own character, and a little on each
    character ``at`` of a text ``of`` for which ``rule(b, t, of, at)`` holds. One
    column in two is 0: not every logit moves with the characters.
    """

    def __init__(self, vocab_size: int, rule: Callable[..., Tensor]) -> None:
        super().__init__()
        scores = torch.randn(vocab_size, vocab_size)
        scores[:, ::2] = 0
        self.scores = nn.Parameter(scores)
        self.rule = rule

    def forward(self, ids: Tensor) -> tuple[Tensor, None]:
        """Score each next character."""
        sizes = [torch.arange(size) for size in (*ids.shape, *ids.shape)]
        own = F.embedding(ids, self.scores)  # (B, T, V)
        read = self.rule(*torch.meshgrid(*sizes, indexing="ij")).to(own)  # (B, T, B, T)
        return own + 0.03 * torch.einsum("btij,ijv->btv", read, own), None


class Forgetful(models.CharRNN):
    """A CharRNN whose logits come from a new state at each step."""

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Score each next character by the present one alone."""
        single, _ = super().forward(ids.reshape(-1, 1))
        return single.reshape(*ids.shape, -1), super().forward(ids)[1]


class WrongAxis(models.CharRNN):
    """A CharRNN whose author forgot batch_first=True."""

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__(vocab_size, hidden_size)
        self.rnn.batch_first = False


BOTH = "a network that remembers and also reads across the texts"
KINDS = {
    "a feed-forward network": (
        *(False, False),
        lambda V: Reader(V, lambda b, t, of, at: (of == b) & (at == t)),
    ),
    "a recurrent network": (True, False, lambda V: models.CharRNN(V, 8)),
    "a recurrent network with the wrong axis": (False, True, lambda V: WrongAxis(V, 8)),
}
PROBES = {
    **KINDS,
    "a recurrent network that throws its state away at each step": (
        *(False, False),
        lambda V: Forgetful(V, 8),
    ),
    "a network that remembers one step back": (
        *(True, False),
        lambda V: Reader(V, lambda b, t, of, at: (of == b) & (at == t - 1)),
    ),
    "a network that remembers two steps back, and not one": (
        *(True, False),
        lambda V: Reader(V, lambda b, t, of, at: (of == b) & (at == t - 2)),
    ),
    "a network in which only the second text reads the first, at its last step": (
        *(False, True),
        lambda V: Reader(V, _one_leak(lambda b, t: (b == 1) & (t == t.max()))),
    ),
    "a network in which only the last text reads the first, at its first step": (
        *(False, True),
        lambda V: Reader(V, _one_leak(lambda b, t: (b == b.max()) & (t == 0))),
    ),
    "a network in which only the second text reads the first, at its second step": (
        *(False, True),
        lambda V: Reader(V, _one_leak(lambda b, t: (b == 1) & (t == 1))),
    ),
    BOTH: (
        *(True, True),
        lambda V: Reader(V, lambda b, t, of, at: (of <= b) & (at <= t)),
    ),
}
"""What a probe is → remembers, reads across, and how it is made.

So it is with three texts of four steps; the three kinds and ``BOTH`` are the same with
two texts of two steps.
"""


def _one_leak(where: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Tensor]:
    """A text reads, at one step, what the first text has at that step."""
    return lambda b, t, of, at: (of == 0) & (at == t) & where(b, t)


def _probe(
    said: str, ids: list[list[int]], vocab_size: int
) -> tuple[nn.Module, Tensor]:
    *truth, make = PROBES[said]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = make(vocab_size).double().eval()
    model.said, model.truth = said, tuple(truth)
    return model, torch.tensor(ids)


def _memory_cases() -> list[tuple]:
    def of(kinds: object, ids: list[list[int]], vocab_size: int) -> list[tuple]:
        return [_probe(said, ids, vocab_size) for said in kinds]

    return [
        *of(KINDS, [[0, 2, 1], [2, 0, 2]], 3),
        *of(PROBES, [[0, 3, 1, 4], [2, 0, 4, 1], [1, 4, 0, 2]], 5),
        # As many texts as steps; two steps; two symbols.
        *of(KINDS, [[3, 0, 2], [1, 4, 0], [2, 2, 4]], 5),
        *of(KINDS, [[6, 1], [0, 3]], 7),
        *of(KINDS, [[0, 1, 1], [1, 0, 1]], 2),
        # What must not be taken for a change: all alike, or the two texts alike.
        *of([BOTH], [[0, 0, 0], [0, 0, 0]], 4),
        *of([BOTH], [[1, 1, 1], [1, 1, 1]], 2),
        *of([BOTH], [[0, 2, 1], [0, 2, 1]], 3),
        *of([BOTH], [[2, 2, 1], [0, 0, 1]], 3),
    ]


def _drawn_probes(rng: random.Random) -> list[tuple]:
    cases = []
    for said in (*KINDS, BOTH):
        B, T = rng.randrange(2, 5), rng.randrange(2, 6)
        ids = [[rng.randrange(9) for _ in range(T)] for _ in range(B)]
        cases.append(_probe(said, ids, 9))
    return cases


ALL, LATER = slice(None), slice(1, None)
Move = Callable[[Tensor, Tensor, int], Tensor]
Compare = Callable[[Tensor, Tensor], Tensor]


def _next(old: Tensor, ids: Tensor, vocab_size: int) -> Tensor:
    return (old + 1) % vocab_size


def _set_to(symbol: int) -> Move:
    return lambda old, ids, vocab_size: torch.full_like(old, symbol % vocab_size)


def _moved(
    where: tuple,
    look: tuple,
    move: Move = _next,
    compare: Compare = lambda before, after: (before != after).any(),
) -> Callable[[nn.Module, Tensor], bool]:
    """Does a change of ids[where] move logits[look]?"""

    def answer(model: nn.Module, ids: Tensor) -> bool:
        before, _ = model(ids)
        changed = ids.clone()
        changed[where] = move(ids[where], ids, before.shape[-1])
        after, _ = model(changed)
        return bool(compare(before[look], after[look]))

    return answer


def _remembers(
    where: tuple = (ALL, 0), look: tuple = (ALL, LATER), **how: Move | Compare
) -> Callable[[nn.Module, Tensor], bool]:
    return _moved(where, look, **how)


def _reads_across(
    where: tuple = (0,), look: tuple = (LATER,), **how: Move | Compare
) -> Callable[[nn.Module, Tensor], bool]:
    return _moved(where, look, **how)


def _test(
    remembers: Callable[[nn.Module, Tensor], bool] | None = None,
    reads_across: Callable[[nn.Module, Tensor], bool] | None = None,
) -> Callable[[nn.Module, Tensor], tuple[bool, bool]]:
    """A test of which one half, or both, are not as they should be."""
    first, second = remembers or _remembers(), reads_across or _reads_across()
    return lambda model, ids: (first(model, ids), second(model, ids))


def _both_by(**how: Move | Compare) -> Callable[[nn.Module, Tensor], tuple[bool, bool]]:
    return _test(_remembers(**how), _reads_across(**how))


def _each_by(**how: Move | Compare) -> list[Callable[..., tuple[bool, bool]]]:
    """The same mistake in both halves, in the first, and in the second."""
    first, second = _remembers(**how), _reads_across(**how)
    return [_test(first, second), _test(first), _test(None, second)]


def _by_shape(model: nn.Module, ids: Tensor, also: int = 0) -> tuple[bool, bool]:
    _, h_n = model(ids)
    if h_n is None or h_n.dim() < also:
        return False, False
    wrong_axis = h_n.shape[1] != len(ids)
    return not wrong_axis or not also, wrong_axis


def _by_state(model: nn.Module, ids: Tensor) -> bool:
    changed = ids.clone()
    changed[:, 0] = (changed[:, 0] + 1) % model(ids)[0].shape[-1]
    before, after = model(ids)[1], model(changed)[1]
    return before is not None and not torch.equal(before, after)


def _rolled(model: nn.Module, ids: Tensor) -> bool:
    return bool((model(ids.roll(1, 0))[0][1:] != model(ids)[0][1:]).any())


def _answers(remembers: bool, reads_across: bool) -> Callable[..., tuple[bool, bool]]:
    return lambda model, ids: (remembers, reads_across)


memory_test = Exercise(
    number="4.5",
    name="my_memory_test",
    success="you can tell a memory, a network without one, and a wrong axis apart.",
    cases=_memory_cases,
    drawn=_drawn_probes,
    reference=lambda model, ids: model.truth,
    entries=("remembers", "reads_across"),
    say=lambda case: f"for {case[0].said}, with ids={engine.short(case[1])},",
    forbidden=dict.fromkeys(
        (
            *("batch_first", "rnn", "modules", "named_modules", "children", "hasattr"),
            *("named_children", "parameters", "named_parameters", "state_dict"),
        ),
        "the test may only call the model, not look inside.",
    ),
    wrong=hints(
        {
            "By your test every model remembers and reads across. Do you compare only "
            "logits that belong to characters you have not changed? Texts are the "
            "first axis, steps the second.": [_answers(True, True)],
            "By your test no model remembers or reads across. Do you call the model "
            "with the changed copy?": [_answers(False, False)],
            "Your answer is the same for every model. Call the model twice, and "
            "compare.": [_answers(True, False), _answers(False, True)],
            "You change the last text. A layer with the wrong axis walks from the "
            "first text to the last, so nothing comes after that one.": [
                _test(None, _reads_across((-1,), (slice(None, -1),)))
            ],
            "By your test every model reads across: among the texts that you compare "
            "is one that you have changed. Change the first only, and compare the "
            "others only. (`other = ids` is a second name for the same tensor; "
            "`ids.clone()` is a copy.)": [_test(None, lambda model, ids: True)],
            "By your test every model remembers: among the steps that you compare is "
            "one whose own character you have changed. Change the first character "
            "only, and compare the later steps only.": [_test(lambda model, ids: True)],
            "You change the last character, and nothing comes after it. Which "
            "character can later steps remember?": [
                _test(_remembers((ALL, -1), (ALL, slice(None, -1)))),
            ],
            "With `roll` every text changes, so all logits may move. Change the first "
            "text only.": [_test(None, _rolled)],
            "Both answers are there, in the wrong order.": [
                lambda model, ids: _test()(model, ids)[::-1]
            ],
            "The state does not tell: a model may ignore it, and its shape shows the "
            "wrong axis only where there are not as many texts as steps. Change an "
            "input and see which logits move.": [
                _by_shape,
                lambda model, ids: _by_shape(model, ids, also=3),
            ],
            "The question is about the logits, and you compare the states. A state "
            "may move without any effect.": [_test(_by_state)],
            "Two opposite answers: did you ask whether the logits are equal, where "
            "the question is whether they moved?": [
                lambda model, ids: tuple(not one for one in _test()(model, ids))
            ],
            "The new ids must be ids of this model, 0 to V − 1, where V is the last "
            "number of the shape of the logits: `(id + 1) % V`. It is neither the 16 "
            "of the notebook nor the largest id of the texts.": [
                *_each_by(move=lambda old, ids, V: old + 1),
                *_each_by(move=lambda old, ids, V: (old + 1) % 16),
                *_each_by(move=lambda old, ids, V: (old + 1) % (ids.max() + 1)),
            ],
            "Your change is sometimes no change: the new symbol may be the old one. "
            "`(id + 1) % V`, with V from the logits, is always another.": [
                *_each_by(move=_set_to(0)),
                *_each_by(move=_set_to(1)),
                *_each_by(move=_set_to(-1)),
                *_each_by(move=lambda old, ids, V: (old - 1).clamp(min=0)),
                _test(
                    _remembers((0, 0), (0, LATER), move=_set_to(0)),
                    _reads_across((0, 0), move=_set_to(0)),
                ),
                _test(None, _reads_across(move=lambda old, ids, V: ids[1])),
                _test(None, _reads_across(move=lambda old, ids, V: old.flip(0))),
                _test(_remembers(move=lambda old, ids, V: ids[:, 1])),
            ],
            "Your test misses some ways to read across. A single text may read a "
            "single character of the first: change the whole first text, and compare "
            "all steps of all others.": [
                _test(None, _reads_across(where, look))
                for where, look in (
                    *(((0, 0), (LATER,)), ((0, -1), (LATER,))),
                    *(((0,), (1,)), ((0,), (-1,)), ((0,), (LATER, LATER))),
                    *(((0,), (LATER, 0)), ((0,), (LATER, -1))),
                )
            ],
            "You look at one later step. A memory may show at any of them: compare all "
            "later steps.": [
                _test(_remembers(look=(ALL, 1))),
                _test(_remembers(look=(ALL, -1))),
            ],
            "A character may move a single logit, and by little. Compare all numbers "
            "exactly, and ask whether any of them has moved.": [
                *_each_by(compare=lambda a, b: (a != b).all()),
                *_each_by(compare=lambda a, b: (a != b)[..., 0].any()),
                *_each_by(compare=lambda a, b: (a != b)[..., -1].any()),
                *_each_by(compare=lambda a, b: (a.argmax(-1) != b.argmax(-1)).any()),
                *_each_by(compare=lambda a, b: ((a - b).abs() > 0.1).any()),
            ],
            "A model may do both: answer each question on its own.": [
                lambda model, ids: (
                    _remembers()(model, ids) and not _reads_across()(model, ids),
                    _reads_across()(model, ids),
                )
            ],
        }
    ),
)

summary = engine.summary_of(__name__)
