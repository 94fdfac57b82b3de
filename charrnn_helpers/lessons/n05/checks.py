"""The checks of notebook 05: one step, the loops, the proof, the life of a state."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import (
    SHAPE,
    TYPE,
    VALUES,
    Exercise,
    Kind,
    Question,
    Wrong,
    describe,
    difference,
)
from charrnn_helpers.exercises.kit import hints
from charrnn_helpers.models import CharRNN


class _Measured(tuple):
    """What a check measured of an answer, told apart from what an answer returns."""


def _seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


# --- 5.1 one step without a one-hot row ----------------------------------------------

_SMALL_CELL = (
    torch.tensor([[0.5, -0.4, 0.9], [-0.7, 0.8, 0.1]], dtype=torch.float64),
    torch.tensor([[0.4, -0.6], [0.7, 0.3]], dtype=torch.float64),
    torch.tensor([0.1, -0.2], dtype=torch.float64),
    torch.tensor([0.2, 0.3], dtype=torch.float64),
)
_SQUARE_CELL = (_SMALL_CELL[0][:, :2], *_SMALL_CELL[1:])
# Every column but that of character 1 is infinite: a product with 0 shows.
_ONE_COLUMN = (torch.tensor([[math.inf, 1.0, math.inf]]).double() * _SMALL_CELL[0],)
_ONE_COLUMN_CELL = (*_ONE_COLUMN, *_SMALL_CELL[1:])
_ONE_COLUMN_OUTPUT = (_SMALL_CELL[0].T, torch.tensor([0.1, -0.3, 0.2]).double())
_SQUARE_OUTPUT = (
    torch.tensor([[-0.5, 1.2], [1.1, -0.9]], dtype=torch.float64),
    torch.tensor([0.1, -0.3], dtype=torch.float64),
)


def _drawn(shapes: Iterable[tuple[int, ...]], seed: int) -> tuple[Tensor, ...]:
    generator = _seeded(seed)
    return tuple(
        torch.randn(*shape, generator=generator, dtype=torch.float64)
        for shape in shapes
    )


def _step_case(size: int, hidden: int, seed: int) -> tuple:
    shapes = (hidden, size), (hidden, hidden), (hidden,), (hidden,)
    *cell, W_ho, b_o, h = _drawn((*shapes, (size, hidden), (size,), (hidden,)), seed)
    return seed % size, h.tanh(), tuple(cell), (W_ho, b_o)


def _by_rnn_cell(i: int, h_prev: Tensor, cell: tuple, output: tuple) -> tuple:
    """One step of ``nn.RNNCell`` and of a linear layer."""
    hidden, size = cell[0].shape
    layer = nn.RNNCell(size, hidden, dtype=torch.float64)
    weights = cell[0].nan_to_num(), *cell[1:]
    layer.load_state_dict(dict(zip(layer.state_dict(), weights, strict=True)))
    with torch.no_grad():
        h_t = layer(F.one_hot(torch.tensor(i), size).double(), h_prev)
        return h_t, F.linear(h_t, *output).softmax(dim=-1)


def _sum(i: int, h: Tensor, W: Tensor, U: Tensor, b: Tensor, c: Tensor) -> Tensor:
    return W[:, i] + b + U @ h + c


def _row(i: int, W: Tensor) -> Tensor:
    return F.one_hot(torch.tensor(i), W.shape[1]).to(W.dtype)


def _softmax(logits: Tensor) -> Tensor:
    return logits.softmax(dim=-1)


def _step_variant(
    *,
    sum_of: Callable[..., Tensor] = _sum,
    act: Callable[[Tensor], Tensor] = torch.tanh,
    read: Callable[..., Tensor] = lambda h_t, total, h_prev: h_t,
    bias: bool = True,
    turned: bool = False,
    end: Callable[[Tensor], Tensor] = _softmax,
    pair: Callable[..., tuple] = lambda h_t, probs: (h_t, probs),
) -> Callable[..., tuple]:
    """A step with one part exchanged."""

    def step(i: int, h_prev: Tensor, cell: tuple, output: tuple) -> tuple:
        total = sum_of(i, h_prev, *cell)
        h_t = act(total)
        W_ho = output[0].T if turned else output[0]
        logits = W_ho @ read(h_t, total, h_prev) + output[1] * bias
        return pair(h_t, end(logits))

    return step


one_step = Exercise(
    number="5.1",
    name="my_step",
    success="one step, and the one-hot row was never needed.",
    cases=lambda: [
        # As many characters as units: a row for a column changes numbers only.
        (1, torch.tensor([0.6, -0.5]).double(), _SQUARE_CELL, _SQUARE_OUTPUT),
        (0, torch.zeros(2).double(), _SQUARE_CELL, _SQUARE_OUTPUT),
        _step_case(6, 4, seed=3),
        _step_case(3, 5, seed=2),
        (1, torch.tensor([0.6, -0.5]).double(), _ONE_COLUMN_CELL, _ONE_COLUMN_OUTPUT),
    ],
    drawn=lambda rng: [
        _step_case(rng.randrange(5, 9), rng.randrange(2, 5), rng.randrange(2**31))
    ],
    reference=_by_rnn_cell,
    entries=("h_t", "probs"),
    tolerance=1e-9,
    forbidden={
        "RNNCell": "compute the step yourself.",
        "one_hot": "pick the numbers out of W_ih.",
        "eye": "pick the numbers out of W_ih.",
    },
    wrong=hints(
        {
            "Row i of W_ih belongs to unit i. What belongs to character i is a "
            "column.": [
                _step_variant(sum_of=lambda i, h, W, U, b, c: W[i] + b + U @ h + c)
            ],
            "The id is a name, not a number to calculate with: it picks a column of "
            "W_ih.": [
                _step_variant(
                    sum_of=lambda i, h, W, U, b, c: (W * i).sum(1) + b + U @ h + c
                )
            ],
            "You multiply by a one-hot row. Here all columns of W_ih but that of i are "
            "infinite, and 0 times inf is nan. Pick the column instead.": [
                _step_variant(
                    sum_of=lambda i, h, W, U, b, c: _row(i, W) @ W.T + b + U @ h + c
                )
            ],
            "h_t is right, but the output layer uses W_ho the wrong way round. Row k "
            "of it holds the weights of character k.": [_step_variant(turned=True)],
            "The character has no say in your h_t.": [
                _step_variant(sum_of=lambda i, h, W, U, b, c: b + U @ h + c)
            ],
            "The old state has no say in your h_t. What was read before would be "
            "forgotten at once.": [
                _step_variant(sum_of=lambda i, h, W, U, b, c: W[:, i] + b),
                _step_variant(sum_of=lambda i, h, W, U, b, c: W[:, i] + b + c),
            ],
            "One of the two biases is missing from the sum.": [
                _step_variant(sum_of=lambda i, h, W, U, b, c: W[:, i] + b + U @ h),
                _step_variant(sum_of=lambda i, h, W, U, b, c: W[:, i] + U @ h + c),
            ],
            "Both biases are missing from the sum.": [
                _step_variant(sum_of=lambda i, h, W, U, b, c: W[:, i] + U @ h)
            ],
            "Your h_t is the sum itself. What keeps a state from growing without "
            "limit?": [_step_variant(act=lambda total: total)],
            "You squeeze the sum with a sigmoid. Which function does the cell of "
            "section 5.1 have there?": [_step_variant(act=torch.sigmoid)],
            "W_hh is square, so nothing complains when it is used the wrong way "
            "round. Row i of it holds the weights of unit i.": [
                _step_variant(sum_of=lambda i, h, W, U, b, c: W[:, i] + b + h @ U + c)
            ],
            "You take the tanh of each half. The two halves are added first.": [
                _step_variant(
                    sum_of=lambda i, h, W, U, b, c: (
                        torch.tanh(W[:, i] + b) + torch.tanh(U @ h + c)
                    ),
                    act=lambda total: total,
                )
            ],
            "h_t is right, but the output layer reads the sum from before the tanh. "
            "It reads the state.": [
                _step_variant(read=lambda h_t, total, h_prev: total)
            ],
            "h_t is right, but the output layer reads the old state. What has just "
            "been read could not change the prediction.": [
                _step_variant(read=lambda h_t, total, h_prev: h_prev)
            ],
            "h_t is right, but the bias of the output layer is missing.": [
                _step_variant(bias=False)
            ],
            "h_t is right, but probs holds the logits. Probabilities are positive and "
            "add up to 1.": [_step_variant(end=lambda logits: logits)],
            "h_t is right, and probs is positive, but does not add up to 1. What is "
            "missing after exp?": [_step_variant(end=torch.exp)],
            "h_t is right. You divide the logits by their sum, and some of them are "
            "negative. What makes them positive first?": [
                _step_variant(end=lambda logits: logits / logits.sum())
            ],
            "h_t is right. You squeeze each logit on its own, by a sigmoid, and the "
            "results do not add up to 1.": [_step_variant(end=torch.sigmoid)],
            "h_t is right, but probs holds the logarithms of the probabilities.": [
                _step_variant(end=lambda logits: logits.log_softmax(dim=-1))
            ],
            "The two are in the wrong order: h_t comes first, then probs.": [
                _step_variant(pair=lambda h_t, probs: (probs, h_t))
            ],
        }
    ),
)

# --- 5.2 the loops over steps and layers, hoisted ------------------------------------


def _rnn_case(batch: int, steps: int, *sizes: int, seed: int = 5) -> tuple:
    """Inputs and pairs of linear layers, the sizes being V, H and so on."""
    generator = _seeded(seed)
    layers = []
    for below, hidden in itertools.pairwise(sizes):
        pair = nn.Linear(below, hidden), nn.Linear(hidden, hidden)
        with torch.no_grad():
            for parameter in (p for layer in pair for p in layer.parameters()):
                parameter.uniform_(-1, 1, generator=generator)
        layers.append(pair)
    return torch.randn(batch, steps, sizes[0], generator=generator), layers


def _by_nn_rnn(x: Tensor, layers: list[tuple]) -> _Measured:
    """``nn.RNN`` with the weights of the layers, and how often each is to be called."""
    hidden = layers[0][1].in_features
    rnn = nn.RNN(x.shape[-1], hidden, len(layers), batch_first=True)
    weights = [
        parameter
        for low, high in layers
        for parameter in (low.weight, high.weight, low.bias, high.bias)
    ]
    named = dict(zip(rnn.state_dict(), weights, strict=True))
    states = torch.func.functional_call(rnn, named, (x,))
    return _Measured((states, [[1, x.shape[1]] for _ in layers]))


def _counting(answer: Callable[..., Any]) -> Callable[..., Any]:
    """The answer, with the number of calls of each layer beside its result."""

    def call(x: Tensor, layers: list[tuple]) -> Any:
        counts = [[0, 0] for _ in layers]
        for i, pair in enumerate(layers):
            for j, layer in enumerate(pair):

                def count(*_: object, i: int = i, j: int = j) -> None:
                    counts[i][j] += 1

                layer.register_forward_hook(count)
        result = answer(x, layers)
        return None if result is None else _Measured((result, counts))

    return call


def _compare_rnn(
    arguments: tuple, result: _Measured, expected: _Measured
) -> tuple[Kind, str] | None:
    different = difference(result[0], expected[0], 1e-5, ("states", "h_n"))
    if different is not None:
        return different
    names = "input_to_hidden", "hidden_to_hidden"
    for got, wanted in zip(result[1], expected[1], strict=True):
        for name, calls, wanted_calls in zip(names, got, wanted, strict=True):
            if calls != wanted_calls:
                return VALUES, (
                    f"returned the right numbers, but called {name} {_times(calls)} "
                    f"in a layer, not {_times(wanted_calls)}"
                )
    return None


def _times(count: int) -> str:
    return {1: "once"}.get(count, f"{count} times")


def _rnn_variant(
    *,
    hoist: bool = True,
    twice: bool = False,
    reset: bool = False,
    inherit: bool = False,
    shift: bool = False,
    lowest: bool = False,
    width: Callable[..., int] = lambda low, high: high.in_features,
    step: Callable[..., Tensor] = lambda from_input, high, h: (
        from_input + high(h)
    ).tanh(),
    join: Callable[[list], Tensor] = lambda states: torch.stack(states, dim=1),
    end: Callable[[list, list], Any] = lambda outputs, last: (
        outputs[-1],
        torch.stack(last),
    ),
) -> Callable[..., Any]:
    """The two loops with one part exchanged."""

    def rnn(x: Tensor, layers: list[tuple]) -> Any:
        outputs, last, h, text = [], [], None, x
        for low, high in layers:
            x = text if lowest else x
            zeros = x.new_zeros(len(x), width(low, high))
            h = h if inherit and h is not None else zeros
            projected = low(x) if hoist or twice else None
            states = []
            for t in range(x.shape[1]):
                from_input = projected[:, t] if hoist else low(x[:, t])
                before, h = h, step(from_input, high, zeros if reset else h)
                states.append(before if shift else h)
            x = join(states)
            outputs.append(x)
            last.append(h)
        return end(outputs, last)

    return rnn


two_loops = Exercise(
    number="5.2",
    name="my_rnn",
    success="states as nn.RNN has them, and all inputs of a layer in one product.",
    cases=lambda: [
        _rnn_case(2, 3, 4, 5),
        _rnn_case(2, 3, 4, 5, 5),
        _rnn_case(3, 6, 3, 2, 2, 2),
        _rnn_case(1, 2, 4, 3),
        _rnn_case(3, 1, 4, 2),
    ],
    drawn=lambda rng: [
        _rnn_case(2, 5, 6, *[8] * rng.randrange(1, 4), seed=rng.randrange(2**31))
    ],
    reference=_by_nn_rnn,
    prepare=_counting,
    compare=_compare_rnn,
    gradients=True,
    forbidden={
        "RNN": "write the loops yourself.",
        "RNNCell": "write the step yourself.",
    },
    wrong=hints(
        {
            "Which of the two products of a step has to wait for the step before? The "
            "other one can be made for all steps at once, before the loop.": [
                _rnn_variant(hoist=False)
            ],
            "The inputs are multiplied before the loop, and again in it. Take the "
            "piece of this step from the product that you have.": [
                _rnn_variant(hoist=False, twice=True)
            ],
            "Each step starts from zeros: the state does not get from one step to the "
            "next. At which indentation is it made?": [_rnn_variant(reset=True)],
            "The second layer starts from the last state of the first. Each layer has "
            "a state of its own, and before the first character it is zero.": [
                _rnn_variant(inherit=True)
            ],
            "Which x does each layer read? The lowest reads the rows that are given, "
            "each other layer reads the states of the layer below.": [
                _rnn_variant(lowest=True)
            ],
            "You return when the lowest layer is done, and the others never start. Is "
            "return inside the loop?": [
                lambda x, layers: _rnn_variant()(x, layers[:1])
            ],
            "You keep the state from before each step. The states asked for are those "
            "after it.": [_rnn_variant(shift=True)],
            "The sum of the two products is not the state yet: what is around it in "
            "the equation?": [
                _rnn_variant(step=lambda from_input, high, h: from_input + high(h))
            ],
            "The activation of these layers is tanh; yours is another one.": [
                _rnn_variant(
                    step=lambda from_input, high, h: (from_input + high(h)).relu()
                ),
                _rnn_variant(
                    step=lambda from_input, high, h: (from_input + high(h)).sigmoid()
                ),
            ],
            "The first step needs hidden_to_hidden, too: of a state of zeros it still "
            "makes its bias.": [
                _rnn_variant(
                    step=lambda from_input, high, h: torch.tanh(
                        from_input + high(h) if h.any() else from_input
                    )
                )
            ],
            "hidden_to_hidden has a bias. Call it as a function, and it is added.": [
                _rnn_variant(
                    step=lambda from_input, high, h: torch.tanh(
                        from_input + h @ high.weight.T
                    )
                )
            ],
            "Do the sizes fit? h has the shape (B, H), and H is the size that "
            "hidden_to_hidden takes and returns.": [
                _rnn_variant(width=lambda low, high: low.in_features)
            ],
            "You return the states of the lowest layer. The upper ones are computed "
            "and thrown away.": [
                _rnn_variant(end=lambda outputs, last: (outputs[0], torch.stack(last)))
            ],
            "The axis of the steps stands first. It belongs behind the batch, in each "
            "layer: see the argument dim of torch.stack.": [
                _rnn_variant(join=torch.stack),
                _rnn_variant(
                    end=lambda outputs, last: (
                        outputs[-1].transpose(0, 1),
                        torch.stack(last),
                    )
                ),
            ],
            "You join the states of all steps into one long row. They belong side by "
            "side on an axis of their own, which torch.cat does not make.": [
                _rnn_variant(join=lambda states: torch.cat(states, dim=1))
            ],
            "h_n has the last state of the highest layer only. There is one for each "
            "layer.": [
                _rnn_variant(end=lambda outputs, last: (outputs[-1], last[-1])),
                _rnn_variant(end=lambda outputs, last: (outputs[-1], last[-1][None])),
            ],
            "In h_n the batch stands first. The layers do, even where the batch is "
            "first everywhere else.": [
                _rnn_variant(
                    end=lambda outputs, last: (
                        outputs[-1],
                        torch.stack(last, dim=1),
                    )
                )
            ],
            "The two are in the wrong order: states comes first, then h_n.": [
                _rnn_variant(end=lambda outputs, last: (torch.stack(last), outputs[-1]))
            ],
            "The numbers are right, but nobody could train with them: the record of "
            "how they came about is cut somewhere.": [
                _rnn_variant(
                    step=lambda from_input, high, h: (
                        (from_input + high(h)).tanh().detach()
                    )
                )
            ],
        }
    ),
)

# --- 5.3 what a proof catches --------------------------------------------------------


def _two_answers(answer: Any) -> tuple[str, str] | None:
    """Letters in any order and with any marks between them: "C, a" is "ac"."""
    if not isinstance(answer, (list, tuple)) or len(answer) != 2:
        return None
    if not all(isinstance(text, str) for text in answer):
        return None
    first, second = (
        "".join(sorted(set(filter(str.isalpha, text.casefold())))) for text in answer
    )
    return first, second


def _accept_proofs(answer: Any, expected: tuple) -> tuple[Kind, str] | None:
    letters = _two_answers(answer)
    if letters is None:
        return TYPE, (
            'the answer must be two strings of letters, such as ("bd", "d"), not '
            f"{describe(answer)}"
        )
    for name, got, wanted in zip(
        ("logits", "gradients"), letters, expected, strict=True
    ):
        if got != wanted:
            return VALUES, f'the letters for the {name}, "{got}", are not right'
    return None


def _letters(judge: Callable[[str, str], bool]) -> Callable[[Any], bool]:
    """Whether the two strings of an answer are of some kind."""

    def matches(answer: Any) -> bool:
        letters = _two_answers(answer)
        return letters is not None and judge(*letters)

    return matches


what_a_proof_catches = Question(
    number="5.3",
    name="passes",
    success="equal logits prove the forward pass. Only gradients prove the rest.",
    expected=lambda: ("ac", "c"),  # proved by a run in tests/lessons/test_n05.py
    accept=_accept_proofs,
    wrong=[
        Wrong(
            "Two strings are asked for: the letters for the logits, then those for "
            "the gradients.",
            "acc",
            matches=lambda answer: _two_answers(answer) is None,
        ),
        Wrong(
            "W_hh is square, so no shape complains. But are the numbers of h times W "
            "those of h times W transposed?",
            ("abc", "c"),
            matches=_letters(lambda logits, gradients: "b" in logits),
        ),
        Wrong(
            "A missing bias moves every sum that it should have been added to.",
            ("acd", "c"),
            matches=_letters(lambda logits, gradients: "d" in logits),
        ),
        Wrong(
            "The check gives a random h_0. Can a loop that never looks at it have the "
            "same first logits?",
            ("ace", "c"),
            matches=_letters(lambda logits, gradients: "e" in logits),
        ),
        Wrong(
            "The second question is about those of the first: where the logits differ, "
            "nobody asks for the gradients.",
            ("c", "ac"),
            matches=_letters(lambda logits, gradients: not set(gradients) <= {*logits}),
        ),
        Wrong(
            "One is missing. A line may change what is recorded, or what is called "
            "how, and still change no number.",
            ("c", "c"),
            matches=_letters(lambda logits, gradients: logits in ("a", "c")),
        ),
        Wrong(
            "At least one of the five computes the same numbers: a line may change "
            "what is recorded, or what is called how, and no number.",
            ("", ""),
            matches=_letters(lambda logits, gradients: logits == ""),
        ),
        Wrong(
            "The letters for the logits are right. A loss at the last step depends on "
            "W_hh through all steps: how far back can its gradient walk?",
            ("ac", "ac"),
            matches=_letters(lambda logits, gradients: "a" in gradients),
        ),
        Wrong(
            "The letters for the logits are right. Remember what the proof printed: "
            "how do the gradients of the two biases differ?",
            ("ac", ""),
            matches=_letters(
                lambda logits, gradients: (logits, gradients) == ("ac", "")
            ),
        ),
    ],
)

# --- 5.4 the life of a state ---------------------------------------------------------


def _stream_case(news: list[str], layers: int, seed: int) -> tuple:
    """A model and pieces; in "10" the first row of the batch begins a new text."""
    generator = _seeded(seed)
    model = CharRNN(5, 4, layers)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.uniform_(-1, 1, generator=generator)
    pieces = []
    for i, marks in enumerate(news):
        ids = torch.randint(5, (len(marks), 2 + i % 2), generator=generator)
        pieces.append((ids, torch.tensor([mark == "1" for mark in marks])))
    return model, pieces


def _by_prefix(model: CharRNN, pieces: list[tuple]) -> list[Tensor]:
    """Each row of a piece by reading the whole text so far again, from zeros."""
    so_far, results = [[] for _ in pieces[0][0]], []
    for ids, new in pieces:
        logits = []
        for row, begins in enumerate(new.tolist()):
            so_far[row] = ([] if begins else so_far[row]) + ids[row].tolist()
            text = F.one_hot(torch.tensor([so_far[row]]), 5).float()  # (1, T so far, V)
            logits.append(model.output(model.rnn(text)[0])[0, -ids.shape[1] :])
        results.append(torch.stack(logits))
    return results


Change = Callable[[Tensor | None, Tensor], Tensor | None]


def _zeroed(index: Callable[[Tensor], Any]) -> Change:
    """Set some of the state to zero, where there is one."""

    def change(h: Tensor | None, new: Tensor) -> Tensor | None:
        if h is not None:
            h = h.clone()
            h[index(new)] = 0.0
        return h

    return change


def _set_rows(h: Any, new: Tensor, number: float) -> Any:
    h[:, new] = number
    return h


_ALL = slice(None)
_RIGHT = _zeroed(lambda new: (_ALL, new))


def _stream_variant(
    before: Change = _RIGHT,
    after: Change = lambda h, new: h,
    keep: Callable[[Tensor], Tensor] = lambda logits: logits,
) -> Callable[..., list]:
    """The loop over the pieces with one part exchanged."""

    def stream(model: CharRNN, pieces: list[tuple]) -> list:
        results, h = [], None
        for ids, new in pieces:
            logits, h = model(ids, before(h, new))
            h = after(h, new)
            results.append(keep(logits))
        return results

    return stream


stream = Exercise(
    number="5.4",
    name="my_stream",
    success="initialised, carried and reset, each row for itself.",
    cases=lambda: [
        _stream_case(["111", "000", "010", "001", "111", "100"], 1, seed=0),
        _stream_case(["11", "01", "00", "10", "11"], 2, seed=1),
        _stream_case(["0000", "1001", "0110"], 3, seed=2),
        _stream_case(["1", "0", "1", "0"], 2, seed=3),
    ],
    drawn=lambda rng: [
        _stream_case(
            ["".join(rng.choices("01", k=3)) for _ in range(4)], 2, rng.randrange(2**31)
        )
    ],
    reference=_by_prefix,
    say=lambda case: (
        f"with num_layers={case[0].num_layers} and the marks "
        f"{[new.int().tolist() for _, new in case[1]]},"
    ),
    wrong=hints(
        {
            "Every piece starts from zeros. Where a text goes on, its state has to be "
            "carried.": [_stream_variant(lambda h, new: None)],
            "No row is ever reset: a new text starts from the state that the old one "
            "left behind.": [_stream_variant(lambda h, new: h)],
            "Before the first piece h is None, and None has no rows to be reset. All "
            "start from zeros there anyway.": [
                _stream_variant(lambda h, new: _set_rows(h, new, 0.0))
            ],
            "A new text starts from zeros; yours starts from other numbers.": [
                _stream_variant(
                    lambda h, new: None if h is None else _set_rows(h.clone(), new, 1.0)
                )
            ],
            "You reset the rows that go on, and carry those that begin. Read the "
            "condition aloud.": [_stream_variant(_zeroed(lambda new: (_ALL, ~new)))],
            "As soon as one row begins a new text, you reset all of them.": [
                _stream_variant(lambda h, new: None if new.any() else h)
            ],
            "You reset only when all rows begin a new text. One row may begin while "
            "its neighbours go on.": [
                _stream_variant(lambda h, new: None if new.all() else h)
            ],
            "new holds a mark for each row, and an if takes only one. Use the marks as "
            "a mask.": [_stream_variant(lambda h, new: None if bool(new) else h)],
            "You look at the mark of one row and treat all rows alike.": [
                _stream_variant(lambda h, new: None if new[0] else h),
                _stream_variant(lambda h, new: None if new[-1] else h),
            ],
            "The first axis of h is the layers. The texts of the batch lie on the "
            "second one.": [
                _stream_variant(_zeroed(lambda new: new)),
                _stream_variant(
                    lambda h, new: None if h is None else h * ~new[:, None, None]
                ),
            ],
            "You mark numbers of the state, the last axis. The texts of the batch lie "
            "on the second one.": [
                _stream_variant(_zeroed(lambda new: (..., new))),
                _stream_variant(lambda h, new: None if h is None else h * ~new),
            ],
            "You reset one layer only. A new text is new to all of them.": [
                _stream_variant(_zeroed(lambda new: (0, new))),
                _stream_variant(_zeroed(lambda new: (-1, new))),
            ],
            "You reset before the new piece, which is right, and once more after it: "
            "then its text cannot go on.": [_stream_variant(_RIGHT, _RIGHT)],
            "As whole numbers, the marks name rows 0 and 1. Left as bool, they are a "
            "mask.": [_stream_variant(_zeroed(lambda new: (_ALL, new.long())))],
            "You reset after the first piece of a new text. It is the state before "
            "that piece which must not be inherited.": [
                _stream_variant(lambda h, new: h, _RIGHT),
                _stream_variant(
                    lambda h, new: h, lambda h, new: None if new.any() else h
                ),
            ],
            "You keep only the logits of the last character of each piece. All of "
            "them are asked for.": [_stream_variant(keep=lambda logits: logits[:, -1])],
            "You return probabilities. Logits are asked for.": [
                _stream_variant(keep=lambda logits: logits.softmax(dim=-1))
            ],
        }
    ),
)

# --- 5.5 a sigmoid recurrence on nn.RNN ----------------------------------------------


def _sigmoid_case(size: int, hidden: int, seed: int) -> tuple:
    return _drawn(((hidden, size), (hidden, hidden), (hidden,), (hidden,)), seed)


def _inputs_of(W_ih: Tensor) -> Tensor:
    return _drawn([(2, 6, W_ih.shape[1])], seed=1)[0]


def _sigmoid_loop(W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> _Measured:
    x = _inputs_of(W_ih)
    h, states = x.new_zeros(len(x), len(W_hh)), []
    for x_t in x.unbind(1):
        h = torch.sigmoid(F.linear(x_t, W_ih, b_ih) + F.linear(h, W_hh, b_hh))
        states.append(h)
    return _Measured((torch.stack(states, 1),))


def _shapes(W_hh: Tensor, W_ih: Tensor) -> list[tuple]:
    hidden = len(W_hh)
    return [tuple(W_ih.shape), (hidden, hidden), (hidden,), (hidden,), (hidden,)]


def _through_tanh(answer: Callable[..., Any]) -> Callable[..., Any]:
    """What ``nn.RNN`` makes of the answer's weights, mapped back to (0, 1)."""

    def call(W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Any:
        shapes, x = _shapes(W_hh, W_ih), _inputs_of(W_ih)
        result = answer(W_ih, W_hh, b_ih, b_hh)
        if not isinstance(result, (list, tuple)) or len(result) != 5:
            return result
        if not all(isinstance(weight, Tensor) for weight in result):
            return result
        if [tuple(weight.shape) for weight in result] != shapes:
            return result
        *made, h_0 = (weight.detach().double() for weight in result)
        rnn = nn.RNN(x.shape[-1], len(W_hh), batch_first=True, dtype=torch.float64)
        rnn.load_state_dict(dict(zip(rnn.state_dict(), made, strict=True)))
        with torch.no_grad():
            output, _ = rnn(x, h_0.expand(1, len(x), -1).contiguous())
        return _Measured((0.5 + 0.5 * output,))

    return call


def _compare_sigmoid(
    arguments: tuple, result: Any, expected: _Measured
) -> tuple[Kind, str] | None:
    W_ih, W_hh, _, _ = arguments
    if isinstance(result, _Measured):
        got, wanted = result[0], expected[0]
        wrong = ~((got - wanted).abs() <= 1e-10)  # (B, T, H), True for NaN, too
        if not wrong.any():
            return None
        step = int(wrong.any(dim=2).any(dim=0).nonzero()[0])
        row, unit = wrong[:, step].nonzero()[0].tolist()
        return VALUES, (
            f"returned weights with which 0.5 + 0.5 * states is "
            f"{got[row, step, unit]:.10f} at step {step + 1}, and h is "
            f"{wanted[row, step, unit]:.10f}"
        )
    if not isinstance(result, (list, tuple)) or len(result) != 5:
        return TYPE, f"returned {describe(result)}, not five tensors"
    names = "W_ih", "W_hh", "b_ih", "b_hh", "h_0"
    for name, weight, shape in zip(names, result, _shapes(W_hh, W_ih), strict=True):
        if not isinstance(weight, Tensor):
            return TYPE, f"returned {describe(weight)} for {name}, not a tensor"
        if tuple(weight.shape) != shape:
            return SHAPE, (
                f"returned shape {tuple(weight.shape)} for {name}, not {shape}"
            )
    return None


def _weights(
    *,
    input_weight: float = 1 / 2,
    state_weight: Callable[[Tensor], Tensor] = lambda U: U / 4,
    biases: tuple[float, float] = (1 / 2, 1 / 2),
    left_over: Callable[[Tensor], Tensor | float] = lambda U: U.sum(1) / 4,
    start: float = -1.0,
) -> Callable[..., tuple]:
    """The five tensors with something exchanged."""

    def weights(W: Tensor, U: Tensor, b: Tensor, c: Tensor) -> tuple:
        h_0 = torch.full_like(c, start)
        b, c = b * biases[0], c * biases[1] + left_over(U)
        return W * input_weight, state_weight(U), b, c, h_0

    return weights


def _half(U: Tensor) -> Tensor:
    return U / 2


def _nothing(U: Tensor) -> float:
    return 0.0


sigmoid_by_tanh = Exercise(
    number="5.5",
    name="my_weights",
    success="a sigmoid recurrence runs on nn.RNN, which has no sigmoid.",
    cases=lambda: [
        _SMALL_CELL,
        _sigmoid_case(5, 4, seed=0),
    ],
    drawn=lambda rng: [_sigmoid_case(rng.randrange(4, 9), 3, rng.randrange(2**31))],
    reference=_sigmoid_loop,
    prepare=_through_tanh,
    compare=_compare_sigmoid,
    tolerance=1e-10,
    wrong=hints(
        {
            "With the weights unchanged, this is another recurrence. Start from "
            "g = tanh(z/2): what is z/2?": [
                _weights(
                    input_weight=1,
                    state_weight=lambda U: U,
                    biases=(1, 1),
                    left_over=_nothing,
                    start=start,
                )
                for start in (0, -1)
            ],
            "Everything is halved, as z/2 wants it. But the state that nn.RNN feeds "
            "back is g, not h: write h in terms of g.": [
                _weights(state_weight=_half, left_over=_nothing, start=0)
            ],
            "Everything is halved, and the start is right. But the state that nn.RNN "
            "feeds back is g, not h: write h in terms of g.": [
                _weights(state_weight=_half, left_over=_nothing)
            ],
            "The factors are right. Now h = ½ + ½·g has a constant ½, too: it goes "
            "through W_hh, and something is left over at each step.": [
                _weights(left_over=_nothing),
                _weights(left_over=_nothing, start=0),
            ],
            "W_hh is halved once, for z/2. It meets h = ½ + ½·g: what is in front of "
            "g there?": [_weights(state_weight=_half)],
            "W_hh and what is left over carry the ½ of h = ½ + ½·g. But both are parts "
            "of z, too: what becomes of them in z/2?": [
                _weights(
                    state_weight=_half, left_over=lambda U: U.sum(1) / 2, start=start
                )
                for start in (-1, 0)
            ],
            "You add a constant. The ½ of h = ½ + ½·g goes through W_hh first: what "
            "does unit i receive then?": [
                _weights(left_over=lambda U, number=number: number)
                for number in (0.5, 0.25)
            ],
            "W_hh is left as it was. It is a part of z, and it meets h = ½ + ½·g.": [
                _weights(state_weight=lambda U: U)
            ],
            "W_ih is a part of z, too: what becomes of it in z/2?": [
                _weights(input_weight=1)
            ],
            "W_ih meets x_t, not g: what becomes of it in z/2?": [
                _weights(input_weight=1 / 4)
            ],
            "You turned W_hh over. Unit i still receives what row i holds.": [
                _weights(state_weight=lambda U: U.T / 4)
            ],
            "You add up the columns of W_hh. Unit i receives what its row holds.": [
                _weights(left_over=lambda U: U.sum(0) / 4)
            ],
            "You add up the whole of W_hh. Unit i receives what its row holds.": [
                _weights(left_over=lambda U: U.sum() / 4)
            ],
            "The weights are right. Which g belongs to the state h = 0?": [
                _weights(start=start) for start in (0, 1, -0.5, 0.5)
            ],
            "What is left over is too large. It is halved twice, by h = ½ + ½·g and by "
            "z/2, and added once.": [
                _weights(left_over=lambda U: U.sum(1) / 2),
                _weights(left_over=lambda U: U.sum(1)),
            ],
            "What is left over is too small. It is halved twice only: by h = ½ + ½·g "
            "and by z/2.": [_weights(left_over=lambda U: U.sum(1) / 8)],
            "What is left over has the wrong sign: h = ½ + ½·g adds its ½.": [
                _weights(left_over=lambda U: -U.sum(1) / 4)
            ],
            "The biases are part of z. Are they halved with it?": [
                _weights(biases=factors) for factors in ((1, 1), (1, 0.5), (0.5, 1))
            ],
        }
    ),
)

summary = engine.summary_of(__name__)
