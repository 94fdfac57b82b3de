"""The checks of notebook 04: shapes, memory, parameters, a model, the wrong axis."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers import models
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import (
    SHAPE,
    TYPE,
    VALUES,
    Exercise,
    Kind,
    Question,
    Wrong,
)
from charrnn_helpers.exercises.kit import hints

STATES, H_N = (4, 9, 7), (3, 4, 7)


def _wrong_shapes(part: int, advice: dict[str, list[tuple[int, ...]]]) -> list[Wrong]:
    """Hint → wrong shapes of one of the two, whatever the other one is."""
    return [
        Wrong(
            hint,
            (shapes[0], H_N) if part == 0 else (STATES, shapes[0]),
            matches=lambda answer, shapes=shapes: tuple(answer[part]) in shapes,
        )
        for hint, shapes in advice.items()
    ]


rnn_shapes = Question(
    number="4.1",
    name="states_and_h_n",
    success="states has every step of one layer, h_n one step of every layer.",
    expected=lambda: (STATES, H_N),
    entries=("states", "h_n"),
    wrong=[
        Wrong(
            "It is exactly the other way round: in one of the two batch_first puts the "
            "texts first. In which?",
            ((9, 4, 7), (4, 3, 7)),
        ),
        Wrong(
            "Both are right, and in the wrong order: nn.RNN returns the states first.",
            (H_N, STATES),
        ),
        *_wrong_shapes(
            1,
            {
                "You gave h_n the texts first. What does batch_first say about the "
                "state?": [(4, 3, 7)],
                "h_n holds the last state of every layer. How many layers are there?": [
                    *((1, 4, 7), (4, 1, 7), (4, 7)),
                ],
                "h_n has no axis of steps: it is the state after the last one.": [
                    *((3, 9, 7), (9, 4, 7), (4, 9, 7)),
                    *((3, 4, 9, 7), (3, 9, 4, 7), (3, 4, 1, 7)),
                ],
                "There are 4 texts, and h_n has a state for each of them.": [
                    *((3, 7), (3, 1, 7), (1, 3, 7)),
                ],
            },
        ),
        *_wrong_shapes(
            0,
            {
                "States and input have the axes of texts and steps in the same order, "
                "and here batch_first is set.": [(9, 4, 7)],
                "The last axis of states is not the one of the input. What does a "
                "hidden layer make of 10 numbers?": [(4, 9, 10)],
                "Three layers do not put their states side by side. Which of them do "
                "you see in `states`?": [(4, 9, 21)],
                "states has no axis of layers: it shows one of them. Which?": [
                    *((3, 4, 9, 7), (4, 3, 9, 7), (3, 9, 4, 7), (4, 9, 3, 7)),
                ],
                "states has the state after every step, not only after the last one.": [
                    *((4, 1, 7), (4, 7), (1, 4, 7), H_N),
                ],
            },
        ),
        *_wrong_shapes(
            1,
            {
                "The input has 10 numbers for each character. How many has a state?": [
                    *((3, 4, 10), (4, 3, 10)),
                ],
            },
        ),
    ],
)


W_IH = torch.tensor([[2.0, -2.0], [0.0, 0.0]], dtype=torch.float64)
"""The weights from input to hidden of section 4.1."""

TEXTS = torch.cartesian_prod(*[torch.tensor([0, 1])] * 10)
"""Every text of ten letters: 0 is a, 1 is b; shorter ones are their beginnings."""


def _forgets(answer: object, expected: object) -> tuple[Kind, str] | None:
    """The first text, of the shortest, after which unit 1 is not as it should be."""
    try:
        W_hh = torch.tensor(answer, dtype=torch.float64)
    except (TypeError, ValueError):
        return TYPE, "you gave no matrix of numbers"
    if W_hh.shape != (2, 2):
        return SHAPE, f"you gave numbers of shape {tuple(W_hh.shape)}, not (2, 2)"
    if not W_hh.isfinite().all():
        return VALUES, "W_hh holds a number that is not finite"
    h = torch.zeros(len(TEXTS), 2, dtype=torch.float64)
    sign = 1 - 2 * TEXTS[:, 0]  # of unit 1: a text that begins with b wants it negative
    for t, ids in enumerate(TEXTS.T):
        h = torch.tanh(W_IH.T[ids] + h @ W_hh.T)
        failed = (sign * h[:, 1] <= 0.5).nonzero().flatten().tolist()
        if t > 0 and failed:
            text = "".join("ab"[letter] for letter in TEXTS[failed[0], : t + 1])
            limit = "above 0.5" if text[0] == "a" else "below −0.5"
            return VALUES, (
                f"after {text!r} unit 1 is {h[failed[0], 1]:.3f}; the text began with "
                f"{text[0]}, so it must be {limit}"
            )
    return None


def _wrong_row(hint: str, example: list, rule: Callable[..., bool]) -> Wrong:
    """A hint that looks at what unit 0 reads, and at what unit 1 hears and keeps."""

    def matches(answer: list) -> bool:
        said = _forgets(answer, None)[1]
        return said.startswith("after") and rule(answer[0], *answer[1])

    return Wrong(hint, example, matches=matches)


first_letter = Question(
    number="4.2",
    name="my_W_hh",
    success="unit 1 knows how each of 2,044 texts began.",
    expected=lambda: [[0.0, 0.0], [2.0, 4.0]],
    accept=_forgets,
    wrong=[
        _wrong_row(
            "Rows are units that are changed, columns units that they read: you gave "
            "unit 0 what unit 1 should have.",
            [[0.0, 2.0], [0.0, 4.0]],
            lambda row, hears, keeps: any(row) and not hears and row[0] != keeps,
        ),
        _wrong_row(
            "Unit 1 never hears a letter: it does not read unit 0.",
            [[0.0, 0.0], [0.0, 4.0]],
            lambda row, hears, keeps: hears == 0,
        ),
        _wrong_row(
            "Unit 1 does not read itself, so it cannot hold on to anything.",
            [[0.0, 0.0], [2.0, 0.0]],
            lambda row, hears, keeps: keeps == 0,
        ),
        _wrong_row(
            "What unit 1 learns from unit 0 has the wrong sign: `a` is to make it "
            "positive.",
            [[0.0, 0.0], [-2.0, 4.0]],
            lambda row, hears, keeps: hears < 0,
        ),
        _wrong_row(
            "With a negative weight to itself, unit 1 turns over at each step.",
            [[0.0, 0.0], [2.0, -4.0]],
            lambda row, hears, keeps: keeps < 0,
        ),
        _wrong_row(
            "Unit 0 needs nothing but the letter: leave its row at zeros, as in 4.1.",
            [[1.0, 1.0], [1.0, 1.0]],
            lambda row, hears, keeps: any(row),
        ),
        _wrong_row(
            "The later letters are too loud: what unit 1 reads of itself must clearly "
            "outweigh what it reads of unit 0.",
            [[0.0, 0.0], [2.0, 2.5]],
            lambda row, hears, keeps: hears >= 0.6,
        ),
        _wrong_row(
            "The idea is right, and the first letter too quiet: after two letters unit "
            "1 is tanh of 0.96 times its weight from unit 0.",
            [[0.0, 0.0], [0.5, 3.0]],
            lambda row, hears, keeps: hears < 0.6,
        ),
    ],
)


def _count(vocab_size: int, hidden_size: int) -> int:
    """Parameters of a CharRNN with one layer; a test compares it with PyTorch's."""
    V, H = vocab_size, hidden_size
    return H * V + H * H + 2 * H + V * H + V


def _largest(
    vocab_size: int, budget: int, count: Callable[[int, int], int] = _count
) -> int:
    hidden_size = 0
    while count(vocab_size, hidden_size + 1) <= budget:
        hidden_size += 1
    return hidden_size


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
            "size that no longer fits?": [
                lambda v, b: _largest(v, b) + 1,
                lambda v, b: _largest(v, b) + (b >= v),
            ],
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
            "vocab_size is not always 16.": [lambda v, b: _largest(16, b)],
            "You returned the number of parameters. The hidden size is asked for.": [
                lambda v, b: _count(v, _largest(v, b))
            ],
        }
    ),
)


def _scores(model_class: type, *case: object) -> object:
    """The scores of a model whose weights are set, and the gradient of its W_hh.

    Biases are set to zero: a layer without them does as well.
    """
    *sizes, ids = case
    model = model_class(*sizes)
    layers = [m for m in model.modules() if isinstance(m, nn.RNNBase | nn.Linear)]
    rnn = next((m for m in layers if type(m) is nn.RNN), None)
    linear = next((m for m in layers if isinstance(m, nn.Linear)), None)
    if len(layers) != 2 or rnn is None or linear is None:
        return ()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for layer in (rnn, linear):
            for name, weight in layer.named_parameters():
                if "bias" in name:
                    weight.zero_()
                else:
                    weight.normal_(std=0.7, generator=generator)
    scores = model(ids)
    gradient = torch.zeros_like(rnn.weight_hh_l0)
    if isinstance(scores, Tensor) and scores.requires_grad:
        scores.square().sum().backward()
        if rnn.weight_hh_l0.grad is not None:
            gradient = rnn.weight_hh_l0.grad
    return scores, gradient


def _no_layers(case: tuple, result: object, expected: object) -> tuple | None:
    """As the engine compares, and a sentence for a model without its layers."""
    if result == ():
        return VALUES, "makes a model that has not one nn.RNN and one nn.Linear"
    return engine.difference(result, expected, 1e-5, ("scores", "the gradient of W_hh"))


def _of_model(model_class: type) -> Callable[..., object]:
    return lambda *case: _scores(model_class, *case)


class TextRNN(nn.Module):
    """The model of exercise 4.4; a usual wrong answer changes one of its parts."""

    batch_first = True

    def __init__(self, vocab_size: int, hidden_size: int, classes: int) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        of_rnn, of_linear = self.sizes(vocab_size, hidden_size, classes)
        self.rnn = nn.RNN(*of_rnn, batch_first=self.batch_first)
        self.output = nn.Linear(*of_linear)

    def sizes(self, V: int, H: int, C: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """The sizes of the two layers."""
        return (V, H), (H, C)

    def rows(self, ids: Tensor) -> Tensor:
        """What the recurrent layer reads."""
        return F.one_hot(ids, self.vocab_size).float()

    def result(self, states: Tensor, h_n: Tensor) -> object:
        """What is returned."""
        return self.output(h_n[-1])

    def forward(self, ids: Tensor) -> object:
        """Score each label for each text."""
        return self.result(*self.rnn(self.rows(ids)))


def _with(result: Callable[..., object] | None = None, **parts: object) -> type:
    """A TextRNN with another result, or other parts."""
    if result is not None:
        parts["result"] = result
    return type("Variant", (TextRNN,), parts)


class _WithoutSuper(TextRNN):
    def __init__(self, *sizes: int) -> None:
        self.rnn = nn.RNN(*sizes[:2])


class _InAList(TextRNN):
    def __init__(self, *sizes: int) -> None:
        nn.Module.__init__(self)
        self.parts = [TextRNN(*sizes)]

    def forward(self, ids: Tensor) -> object:
        return self.parts[0](ids)


def _of_the_notebook(m: TextRNN, V: int, H: int, C: int) -> tuple:
    return (16, 12), (12, C)


def _text_cases() -> list[tuple]:
    generator = torch.Generator().manual_seed(4)
    sizes = [(5, 4, 3, 2, 6), (7, 3, 2, 4, 3), (4, 6, 5, 1, 5), (6, 5, 4, 3, 1)]
    sizes += [(5, 6, 2, 3, 3), (16, 12, 3, 2, 4), (4, 4, 2, 3, 5)]
    cases = [
        (V, H, C, torch.randint(V, (B, T), generator=generator))
        for V, H, C, B, T in sizes
    ]
    # The highest id does not occur: rows get their width from vocab_size.
    return [*cases, (9, 4, 3, torch.tensor([[0, 3, 1], [2, 2, 0]]))]


text_model = Exercise(
    number="4.4",
    name="MyTextRNN",
    success="it reads each text by itself, to its end, and can be trained.",
    cases=_text_cases,
    reference=lambda *case: _scores(TextRNN, *case),
    prepare=_of_model,
    say=lambda case: (
        "with vocab_size={}, hidden_size={}, classes={}".format(*case[:3])
        + f" and ids of shape {tuple(case[3].shape)},"
    ),
    compare=_no_layers,
    wrong=hints(
        {
            "An attribute is missing, or cannot be stored yet: `super().__init__()` is "
            "the first line of `__init__`, and what `forward` needs is stored in "
            "`self`.": [_WithoutSuper],
            "Without `batch_first=True` the layer takes texts for steps.": [
                _with(batch_first=False),
                _with(lambda m, states, h: m.output(states[:, -1]), batch_first=False),
            ],
            "You score every step. The state after the last one is asked for.": [
                _with(lambda m, states, h: m.output(states))
            ],
            "`h_n` is (1, B, H): the axis of the layers is still there.": [
                _with(lambda m, states, h: m.output(h))
            ],
            "`squeeze()` takes every axis of length 1 away, the one of the texts too, "
            "if there is one text only. Take the axis of the layers.": [
                _with(lambda m, states, h: m.output(h.squeeze()))
            ],
            "The first axis of `states` is the one of the texts: you took one text, "
            "with all its steps.": [
                _with(lambda m, states, h: m.output(states[-1])),
                _with(lambda m, states, h: m.output(states[0])),
            ],
            "The second axis of `h_n` is the one of the texts: you took one text.": [
                _with(lambda m, states, h: m.output(h[:, 0])),
                _with(lambda m, states, h: m.output(h[:, -1])),
            ],
            "You took the state after the first character: it has not read the rest.": [
                _with(lambda m, states, h: m.output(states[:, 0]))
            ],
            "The state after the last character alone is asked for. It has read all "
            "the others.": [
                _with(lambda m, states, h: m.output(states.mean(dim=1))),
                _with(lambda m, states, h: m.output(states.sum(dim=1))),
                _with(lambda m, states, h: m.output(states.amax(dim=1))),
            ],
            "Return the scores as they come from the linear layer: the loss wants them "
            "raw.": [
                _with(lambda m, states, h: m.output(h[-1]).softmax(dim=-1)),
                _with(lambda m, states, h: m.output(h[-1]).log_softmax(dim=-1)),
                _with(lambda m, states, h: m.output(h[-1]).sigmoid()),
                _with(lambda m, states, h: m.output(h[-1]).relu()),
            ],
            "Return a score for each label, not the best label.": [
                _with(lambda m, states, h: m.output(h[-1]).argmax(dim=-1))
            ],
            "Return the scores alone, without a state.": [
                _with(lambda m, states, h: (m.output(h[-1]), h))
            ],
            "You return the state itself. The output layer has yet to score it.": [
                _with(lambda m, states, h: h[-1])
            ],
            "Nothing can be learned: no gradient gets back to the recurrent layer.": [
                _with(lambda m, states, h: m.output(h[-1].detach())),
                _with(lambda m, states, h: m.output(h[-1]).detach()),
            ],
            "Your layers are not on the list of the model: store one nn.RNN and one "
            "nn.Linear as attributes, `self.… = …`, in `__init__`.": [_InAList],
            "The sizes are not always 16 and 12: use the arguments.": [
                _with(sizes=_of_the_notebook),
                _with(
                    sizes=_of_the_notebook,
                    rows=lambda m, ids: F.one_hot(ids, 16).float(),
                ),
            ],
            "The output layer reads a state, of hidden_size numbers.": [
                _with(sizes=lambda m, V, H, C: ((V, H), (V, C)))
            ],
            "The output layer makes a score for each label: `classes` of them.": [
                _with(sizes=lambda m, V, H, C: ((V, H), (H, V)))
            ],
            "`nn.RNN` reads one-hot rows of floats. What does it get from you?": [
                _with(rows=lambda m, ids: ids),
                _with(rows=lambda m, ids: ids.float()),
                _with(rows=lambda m, ids: F.one_hot(ids, m.vocab_size)),
            ],
            "Give `F.one_hot` the size of the vocabulary: not every text contains the "
            "last symbol.": [_with(rows=lambda m, ids: F.one_hot(ids).float())],
        }
    ),
)


class Reader(nn.Module):
    """A model of which the check decides who reads whom.

    The scores of step t in text b depend on t and on its own character, and a little on
    each character ``at`` of a text ``of`` for which ``rule(b, t, of, at)`` holds. One
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
        others = torch.einsum("btij,ijv->btv", read, own)  # (B, T, V)
        return own + 0.03 * others + sizes[1].unsqueeze(-1), None


class Forgetful(models.CharRNN):
    """A CharRNN whose logits come from a new state at each step."""

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Score each next character by the present one alone."""
        single, _ = super().forward(ids.reshape(-1, 1))
        return single.reshape(*ids.shape, -1), super().forward(ids)[1]


def _wrong_axis(vocab_size: int) -> nn.Module:
    model = models.CharRNN(vocab_size, 8)
    model.rnn.batch_first = False
    return model


def _reader(rule: Callable[..., Tensor]) -> Callable[[int], nn.Module]:
    return lambda V: Reader(V, rule)


def _leak(where: Callable[[Tensor, Tensor], Tensor]) -> Callable[[int], nn.Module]:
    """A text reads, at one step, what the first text has at that step."""
    return _reader(lambda b, t, of, at: (of == 0) & (at == t) & where(b, t))


BOTH = "a network that remembers and also reads across the texts"
KINDS = {
    "a feed-forward network": (False, False, _reader(lambda b, t, of, at: b < 0)),
    "a recurrent network": (True, False, lambda V: models.CharRNN(V, 8)),
    "a recurrent network with the wrong axis": (False, True, _wrong_axis),
}
LEAKS = {
    ("second", "last"): lambda b, t: (b == 1) & (t == t.max()),
    ("last", "first"): lambda b, t: (b == b.max()) & (t == 0),
    ("second", "second"): lambda b, t: (b == 1) & (t == 1),
}
PROBES = {
    **KINDS,
    "a recurrent network that throws its state away at each step": (
        *(False, False),
        lambda V: Forgetful(V, 8),
    ),
    "a network that remembers one step back": (
        *(True, False),
        _reader(lambda b, t, of, at: (of == b) & (at == t - 1)),
    ),
    "a network that remembers two steps back, and not one": (
        *(True, False),
        _reader(lambda b, t, of, at: (of == b) & (at == t - 2)),
    ),
    **{
        f"a network in which only the {b} text reads the first, at its {t} step": (
            *(False, True),
            _leak(where),
        )
        for (b, t), where in LEAKS.items()
    },
    BOTH: (True, True, _reader(lambda b, t, of, at: (of <= b) & (at <= t))),
}
"""What a probe is → remembers, reads across, and how it is made.

So it is with three texts of four steps; the three kinds and ``BOTH`` are the same with
two texts of two steps.
"""


def _probes(
    kinds: Iterable[str], ids: list[list[int]], vocab_size: int
) -> list[tuple[nn.Module, Tensor]]:
    cases = []
    for said in kinds:
        *truth, make = PROBES[said]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            model = make(vocab_size).double().eval()
        model.said, model.truth = said, tuple(truth)
        cases.append((model, torch.tensor(ids)))
    return cases


def _memory_cases() -> list[tuple]:
    return [
        *_probes(KINDS, [[0, 2, 1], [2, 0, 2]], 3),
        *_probes(PROBES, [[0, 3, 1, 4], [2, 0, 4, 1], [1, 4, 0, 2]], 5),
        # As many texts as steps; two steps; two symbols.
        *_probes(KINDS, [[3, 0, 2], [1, 4, 0], [2, 2, 4]], 5),
        *_probes(KINDS, [[6, 1], [0, 3]], 7),
        *_probes(KINDS, [[0, 1, 1], [1, 0, 1]], 2),
        # What must not be taken for a change: all alike, or the two texts alike.
        *_probes([BOTH], [[0, 0, 0], [0, 0, 0]], 4),
        *_probes([BOTH], [[1, 1, 1], [1, 1, 1]], 2),
        *_probes([BOTH], [[0, 2, 1], [0, 2, 1]], 3),
        *_probes([BOTH], [[2, 2, 1], [0, 0, 1]], 3),
    ]


def _drawn_probes(rng: random.Random) -> list[tuple]:
    B, T = rng.randrange(2, 5), rng.randrange(2, 6)
    ids = [[rng.randrange(9) for _ in range(T)] for _ in range(B)]
    return _probes([*KINDS, BOTH], ids, 9)


ALL, LATER = slice(None), slice(1, None)
MEMORY, ACROSS = (
    ((ALL, 0), (ALL, LATER)),
    ((0,), (LATER,)),
)  # what to change, to look at
Test = Callable[[nn.Module, Tensor], bool]


def _moved(
    where: tuple,
    look: tuple,
    move: Callable = lambda old, ids, V: (old + 1) % V,
    compare: Callable = lambda before, after: (before != after).any(),
) -> Test:
    """Does a change of ids[where] move logits[look]?"""

    def answer(model: nn.Module, ids: Tensor) -> bool:
        before, _ = model(ids)
        changed = ids.clone()
        changed[where] = move(ids[where], ids, before.shape[-1])
        after, _ = model(changed)
        return bool(compare(before[look], after[look]))

    return answer


REMEMBERS, READS_ACROSS = _moved(*MEMORY), _moved(*ACROSS)


def _test(
    remembers: Test = REMEMBERS, across: Test = READS_ACROSS
) -> Callable[..., tuple[bool, bool]]:
    """A test of which one half, or both, are not as they should be."""
    return lambda model, ids: (remembers(model, ids), across(model, ids))


def _each_by(**how: Callable) -> list[Callable[..., tuple[bool, bool]]]:
    """The same mistake in both halves, in the first, and in the second."""
    first, second = _moved(*MEMORY, **how), _moved(*ACROSS, **how)
    return [_test(first, second), _test(first), _test(across=second)]


def _set_to(symbol: int) -> Callable:
    return lambda old, ids, V: torch.full_like(old, symbol % V)


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


def _by_state_alone(model: nn.Module, ids: Tensor) -> bool:
    changed = ids.clone()
    changed[:, 0] = (changed[:, 0] + 1) % model(ids)[0].shape[-1]
    return bool((model(changed)[1] != model(ids)[1]).any())  # None has no any


def _rolled(model: nn.Module, ids: Tensor) -> bool:
    return bool((model(ids.roll(1, 0))[0][1:] != model(ids)[0][1:]).any())


def _always(remembers: bool, across: bool) -> Callable[..., tuple[bool, bool]]:
    return lambda model, ids: (remembers, across)


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
            "first axis, steps the second.": [_always(True, True)],
            "Your answer is the same for every model. Call it twice, with `ids` and "
            "with a changed copy, and compare.": [
                *(_always(False, False), _always(True, False), _always(False, True))
            ],
            "You change the last text. A layer with the wrong axis walks from the "
            "first text to the last, so nothing comes after that one.": [
                _test(across=_moved((-1,), (slice(None, -1),)))
            ],
            "By your test every model reads across: among the texts that you compare "
            "is one that you have changed. Change the first only, and compare the "
            "others only. (`other = ids` is a second name for the same tensor; "
            "`ids.clone()` is a copy.)": [_test(across=lambda model, ids: True)],
            "By your test every model remembers: among the steps that you compare is "
            "one whose own character you have changed. Change the first character "
            "only, and compare the later steps only.": [_test(lambda model, ids: True)],
            "You change the last character, and nothing comes after it. Which "
            "character can later steps remember?": [
                _test(_moved((ALL, -1), (ALL, slice(None, -1))))
            ],
            "With `roll` every text changes, so all logits may move. Change the first "
            "text only.": [_test(across=_rolled)],
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
            "Some models return None for their state. And the question is about the "
            "logits: a state may move without any effect.": [_test(_by_state_alone)],
            "Two opposite answers: did you ask whether the logits are equal, where "
            "the question is whether they moved?": [
                lambda model, ids: tuple(not one for one in _test()(model, ids))
            ],
            "The new ids must be ids of this model: `(ids + 1) % logits.shape[-1]`, "
            "where `logits` is what the model returns. Neither the V of the notebook "
            "nor the largest id of the texts will do.": [
                *_each_by(move=lambda old, ids, V: old + 1),
                *_each_by(move=lambda old, ids, V: (old + 1) % 16),
                *_each_by(move=lambda old, ids, V: (old + 1) % (ids.max() + 1)),
            ],
            "Your change is sometimes no change: the new symbol may be the old one. "
            "`(ids + 1) % logits.shape[-1]` is always another.": [
                *_each_by(move=_set_to(0)),
                *_each_by(move=_set_to(1)),
                *_each_by(move=_set_to(-1)),
                *_each_by(move=lambda old, ids, V: (old - 1).clamp(min=0)),
                _test(
                    _moved((0, 0), (0, LATER), move=_set_to(0)),
                    _moved((0, 0), (LATER,), move=_set_to(0)),
                ),
                _test(across=_moved(*ACROSS, move=lambda old, ids, V: ids[1])),
                _test(across=_moved(*ACROSS, move=lambda old, ids, V: old.flip(0))),
                _test(_moved(*MEMORY, move=lambda old, ids, V: ids[:, 1])),
            ],
            "Your test misses some ways to read across. A single text may read a "
            "single character of the first: change the whole first text, and compare "
            "all steps of all others.": [
                _test(across=_moved(where, look))
                for where, look in (
                    *(((0, 0), (LATER,)), ((0, -1), (LATER,))),
                    *(((0,), (1,)), ((0,), (-1,)), ((0,), (LATER, LATER))),
                    *(((0,), (LATER, 0)), ((0,), (LATER, -1))),
                )
            ],
            "You look at one later step. A memory may show at any of them: compare all "
            "later steps.": [
                _test(_moved((ALL, 0), (ALL, 1))),
                _test(_moved((ALL, 0), (ALL, -1))),
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
                    _test()(model, ids) == (True, False),
                    _test()(model, ids)[1],
                )
            ],
        }
    ),
)

summary = engine.summary_of(__name__)
