"""The checks of notebook 04: shapes, the equation, parameters, and the wrong axis."""

from __future__ import annotations

import random
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers import data, models
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import Exercise, Question, Wrong, fixed_and_drawn


def _shapes() -> list[tuple[int, ...]]:
    """Both shapes, by a run."""
    rnn = nn.RNN(10, 7, num_layers=3, batch_first=True)
    return [tuple(t.shape) for t in rnn(torch.zeros(4, 9, 10))]


rnn_shapes = Question(
    number="4.1",
    name="output_and_h_n",
    success="output has every step of one layer, h_n one step of every layer.",
    expected=_shapes,
    wrong=[
        Wrong(
            "You gave h_n the texts first. What does batch_first say about the state?",
            ((4, 9, 7), (4, 3, 7)),
        ),
        Wrong(
            "Both are right, and in the wrong order: nn.RNN returns output first.",
            ((3, 4, 7), (4, 9, 7)),
        ),
        Wrong(
            "The last axis of output is not the one of the input. What does a hidden "
            "layer make of 10 numbers?",
            ((4, 9, 10), (3, 4, 7)),
        ),
        Wrong(
            "h_n holds the last state of every layer. How many layers are there?",
            ((4, 9, 7), (1, 4, 7)),
        ),
        Wrong(
            "Output and input have the axes of texts and steps in the same order, and "
            "here batch_first is set.",
            ((9, 4, 7), (3, 4, 7)),
        ),
        Wrong(
            "Three layers do not put their states side by side in output. Which of "
            "them does it show?",
            ((4, 9, 21), (3, 4, 7)),
        ),
        Wrong(
            "h_n has no axis of steps: it is the state after the last one.",
            ((4, 9, 7), (3, 9, 7)),
        ),
    ],
)


def _state_cases(rng: random.Random) -> list[tuple]:
    cases = []
    for T, V, H, scale in ((1, 2, 2, 1.0), (4, 3, 2, 2.0), (6, 5, 8, 1.0)):
        seed = T if scale == 2.0 else rng.randrange(2**31)
        seed = 5 if T == 1 else seed
        generator = torch.Generator().manual_seed(seed)
        shapes = ((T, V), (H, V), (H, H), (H,), (H,))
        cases.append(
            tuple(
                scale * torch.randn(s, dtype=torch.float64, generator=generator)
                for s in shapes
            )
        )
    return cases


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


def _recurrence(
    step: Callable[..., Tensor], count: Callable[[Tensor], int] | None = None
) -> Callable[..., tuple[Tensor, int]]:
    """A recurrence with another step, or with another count at its end."""

    def answer(
        x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
    ) -> tuple[Tensor, int]:
        h = torch.zeros(len(b_ih), dtype=x.dtype)
        for x_t in x:
            h = step(W_ih @ x_t, b_ih, W_hh @ h, b_hh)
        how = count or (lambda h: int((h.abs() > 0.9).sum()))
        return h, how(h)

    return answer


def _right_step(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Tensor:
    return torch.tanh(a + b + c + d)


last_state = Exercise(
    number="4.2",
    name="my_last_state",
    success="the equation, step by step, ends where nn.RNN does.",
    **fixed_and_drawn(_state_cases),
    reference=_last_of_rnn,
    tolerance=1e-9,
    forbidden={
        "RNN": "write the loop over the steps yourself.",
        "RNNCell": "write the equation of the step yourself.",
        "CharRNN": "write the loop over the steps yourself.",
    },
    wrong=[
        Wrong(
            "The state before does not come into your sum. Without it, only the last "
            "character counts.",
            _recurrence(lambda a, b, c, d: torch.tanh(a + b + d)),
        ),
        Wrong(
            "One of the two biases is missing: the one beside W_hh.",
            _recurrence(lambda a, b, c, d: torch.tanh(a + b + c)),
        ),
        Wrong(
            "Your states lie between 0 and 1. Which activation does nn.RNN use?",
            _recurrence(lambda a, b, c, d: torch.sigmoid(a + b + c + d)),
        ),
        Wrong(
            "You squeeze the two halves of the sum apart from each other. The equation "
            "has one tanh around all of it.",
            _recurrence(lambda a, b, c, d: torch.tanh(a + b) + torch.tanh(c + d)),
        ),
        Wrong(
            "There is no activation in your step, and the numbers grow without bound.",
            _recurrence(lambda a, b, c, d: a + b + c + d),
        ),
        Wrong(
            "The state is right. A number near −1 is as saturated as one near 1.",
            _recurrence(_right_step, lambda h: int((h > 0.9).sum())),
        ),
        Wrong(
            "The state is right. You counted the numbers that are not saturated.",
            _recurrence(_right_step, lambda h: int((h.abs() <= 0.9).sum())),
        ),
    ],
)


def _count(vocab_size: int, hidden_size: int) -> int:
    """Parameters of a real model; nothing is stored on the device meta."""
    with torch.device("meta"):
        model = models.CharRNN(vocab_size, hidden_size)
    return sum(parameter.numel() for parameter in model.parameters())


def _largest(vocab_size: int, budget: int, count: Callable[[int, int], int]) -> int:
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


def _budget_cases(rng: random.Random) -> list[tuple]:
    cases = [(16, 568), (16, 567), (2, 9), (2, 1), (65, 30_000)]
    # One bias costs H, the other one V: a budget between the two tells them apart.
    cases += [(65, _count(65, 4) - 30), (2, _count(2, 40) - 20)]
    for _ in range(2):
        vocab_size = rng.randrange(3, 80)
        exact = _count(vocab_size, rng.randrange(2, 60))
        cases += [(vocab_size, exact), (vocab_size, exact - 1)]
    return cases


parameter_budget = Exercise(
    number="4.3",
    name="my_hidden_size",
    success="your count is PyTorch's, and the model fits the budget.",
    **fixed_and_drawn(_budget_cases),
    reference=lambda vocab_size, budget: _largest(vocab_size, budget, _count),
    wrong=[
        Wrong(
            "Your model is one unit too large for the budget. Do you return the first "
            "size that no longer fits?",
            lambda v, b: _largest(v, b, _count) + 1,
        ),
        Wrong(
            "A model that needs the budget exactly still fits.",
            lambda v, b: _largest(v, b - 1, _count),
        ),
        Wrong(
            "There are two biases of H numbers in nn.RNN, not one.",
            lambda v, b: _largest(v, b, lambda v, h: _count(v, h) - h),
        ),
        Wrong(
            "The output layer has a bias too, of V numbers.",
            lambda v, b: _largest(v, b, lambda v, h: _count(v, h) - v),
        ),
        Wrong(
            "You count nn.RNN alone. The output layer has parameters, too.",
            lambda v, b: _largest(v, b, lambda v, h: _count(v, h) - v * h - v),
        ),
        Wrong(
            "One matrix is missing: the recurrent connection, from H numbers to H.",
            lambda v, b: _largest(v, b, lambda v, h: _count(v, h) - h * h),
        ),
        Wrong(
            "Your budget pays for weight matrices only. Biases are parameters, too.",
            lambda v, b: _largest(v, b, lambda v, h: 2 * v * h + h * h),
        ),
    ],
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


class FeedForward(nn.Module):
    """A feed-forward network on one character."""

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        self.layers = nn.Sequential(
            nn.Linear(vocab_size, hidden_size),
            nn.Tanh(),
            nn.Linear(hidden_size, vocab_size),
        )

    def forward(self, ids: Tensor) -> tuple[Tensor, None]:
        """Score each next character by the present one alone."""
        x = F.one_hot(ids, self.vocab_size).to(self.layers[0].weight.dtype)
        return self.layers(x), None


class WrongAxis(models.CharRNN):
    """A CharRNN whose author forgot batch_first=True."""

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__(vocab_size, hidden_size)
        self.rnn.batch_first = False


KINDS = (models.CharRNN, FeedForward, WrongAxis)


def _model(kind: type[nn.Module], vocab_size: int, seed: int) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return kind(vocab_size, 8).double()


def _memory_cases(rng: random.Random) -> list[tuple]:
    cases = []
    # As many texts as steps, two symbols, two steps: each fools another wrong answer.
    for B, T, V in ((3, 5, 6), (2, 2, 7), (4, 4, 5), (2, 3, 2)):
        generator = torch.Generator().manual_seed(B + T)
        ids = torch.randint(V, (B, T), generator=generator)
        cases += [(_model(kind, V, 0), ids) for kind in KINDS]
    for kind in KINDS:
        generator = torch.Generator().manual_seed(rng.randrange(2**31))
        shape = (rng.randrange(2, 5), rng.randrange(2, 6))
        ids = torch.randint(9, shape, generator=generator)
        cases.append((_model(kind, 9, rng.randrange(1000)), ids))
    return cases


def _by_gradient(model: nn.Module, ids: Tensor) -> tuple[bool, bool]:
    """Which inputs an output depends on, by the gradient in the weights' place."""
    vocab_size = model.vocab_size
    x = F.one_hot(ids, vocab_size).double().requires_grad_()
    recurrent = hasattr(model, "rnn")
    logits = model.output(model.rnn(x)[0]) if recurrent else model.layers(x)
    (late,) = torch.autograd.grad(logits[0, 1:].sum(), x, retain_graph=True)
    (last,) = torch.autograd.grad(logits[-1].sum(), x)
    return bool(late[0, 0].any()), bool(last[:-1].any())


def _changed(ids: Tensor, where: tuple, vocab_size: int) -> Tensor:
    other = ids.clone()
    other[where] = (other[where] + 1) % vocab_size
    return other


def _differ(model: nn.Module, ids: Tensor, change: tuple, look: tuple) -> bool:
    """Whether changing ids[change] changes logits[look]."""
    with torch.no_grad():
        before, _ = model(ids)
        after, _ = model(_changed(ids, change, before.shape[-1]))
    return not torch.equal(before[look], after[look])


ALL = slice(None)
LATER = slice(1, None)


def _remembers(model: nn.Module, ids: Tensor) -> bool:
    return _differ(model, ids, (ALL, 0), (ALL, LATER))


def _reads_across(model: nn.Module, ids: Tensor) -> bool:
    return _differ(model, ids, (0,), (LATER,))


def _by_shape(model: nn.Module, ids: Tensor) -> tuple[bool, bool]:
    with torch.no_grad():
        _, h_n = model(ids)
    return h_n is not None, h_n is not None and h_n.shape[1] != len(ids)


memory_test = Exercise(
    number="4.5",
    name="my_memory_test",
    success="you can tell a memory, a network without one, and a wrong axis apart.",
    **fixed_and_drawn(_memory_cases),
    reference=_by_gradient,
    wrong=[
        Wrong(
            "You change the last text. A layer with the wrong axis walks from the "
            "first text to the last, so nothing comes after that one.",
            lambda model, ids: (
                _remembers(model, ids),
                _differ(model, ids, (-1,), (slice(None, -1),)),
            ),
        ),
        Wrong(
            "You also compare the text that you changed. Its own logits may move; "
            "which ones may not?",
            lambda model, ids: (
                _remembers(model, ids),
                _differ(model, ids, (0,), (ALL,)),
            ),
        ),
        Wrong(
            "You also compare the step whose character you changed. Every network "
            "answers to the character that it reads at that moment.",
            lambda model, ids: (
                _differ(model, ids, (ALL, 0), (ALL,)),
                _reads_across(model, ids),
            ),
        ),
        Wrong(
            "You change the last character, and nothing comes after it. Which "
            "character can later steps remember?",
            lambda model, ids: (
                _differ(model, ids, (ALL, -1), (ALL, slice(None, -1))),
                _reads_across(model, ids),
            ),
        ),
        Wrong(
            "Both answers are there, in the wrong order.",
            lambda model, ids: (_reads_across(model, ids), _remembers(model, ids)),
        ),
        Wrong(
            "The shape of h_n gives the wrong axis away only where there are not as "
            "many texts as steps. Change an input and see which outputs move.",
            _by_shape,
        ),
        Wrong(
            "Two opposite answers: did you ask whether the logits are equal, where "
            "the question is whether they moved?",
            lambda model, ids: (
                not _remembers(model, ids),
                not _reads_across(model, ids),
            ),
        ),
    ],
)

summary = engine.summary_of(__name__)
