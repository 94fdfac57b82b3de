"""The checks of notebook 05: one step, the loops, the proof, the life of a state."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import numpy as np
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
    fixed_and_drawn,
)
from charrnn_helpers.models import CharRNN


class _Measured(tuple):
    """What a check measured of an answer, told apart from what an answer returns."""


def _generator(rng: random.Random) -> torch.Generator:
    return torch.Generator().manual_seed(rng.randrange(2**31))


# --- 5.1 one step by hand ------------------------------------------------------------

_SMALL_CELL = (
    np.array([[0.5, -0.4, 0.9], [-0.7, 0.8, 0.1]]),
    np.array([[0.4, -0.6], [0.7, 0.3]]),
    np.array([0.1, -0.2]),
    np.array([0.2, 0.3]),
)
_SMALL_OUTPUT = (
    np.array([[-0.5, 1.2], [0.3, -0.8], [1.1, -0.9]]),
    np.array([0.1, 0.0, -0.3]),
)


def _step_cases(rng: random.Random) -> list[tuple]:
    cases = [
        (np.array([0.0, 1.0, 0.0]), np.array([0.6, -0.5]), _SMALL_CELL, _SMALL_OUTPUT),
        (np.array([1.0, 0.0, 0.0]), np.zeros(2), _SMALL_CELL, _SMALL_OUTPUT),
    ]
    for _ in range(2):
        size, hidden = rng.randrange(5, 9), rng.randrange(2, 5)
        draw = np.random.default_rng(rng.randrange(2**31))
        shapes = (hidden, size), (hidden, hidden), (hidden,), (hidden,)
        cell = tuple(draw.normal(size=shape) for shape in shapes)
        output = draw.normal(size=(size, hidden)), draw.normal(size=size)
        x_t = np.eye(size)[rng.randrange(size)]
        cases.append((x_t, draw.uniform(-1, 1, hidden), cell, output))
    return cases


def _by_rnn_cell(x_t: Any, h_prev: Any, cell: tuple, output: tuple) -> tuple:
    """One step of ``nn.RNNCell`` and of a linear layer."""
    hidden, size = cell[0].shape
    layer = nn.RNNCell(size, hidden, dtype=torch.float64)
    named = zip(layer.state_dict(), map(torch.from_numpy, cell), strict=True)
    layer.load_state_dict(dict(named))
    with torch.no_grad():
        h_t = layer(torch.from_numpy(x_t), torch.from_numpy(h_prev))
        probs = F.linear(h_t, *map(torch.from_numpy, output)).softmax(dim=-1)
    return h_t.numpy(), probs.numpy()


def _softmax(logits: np.ndarray) -> np.ndarray:
    return np.exp(logits) / np.exp(logits).sum()


def _step_variant(
    *,
    pre: Callable[..., np.ndarray] = lambda a, b, c: a + b,
    act: Callable[[np.ndarray], np.ndarray] = np.tanh,
    read: Callable[..., np.ndarray] = lambda h, pre: h,
    end: Callable[[np.ndarray], np.ndarray] = _softmax,
) -> Callable[..., tuple]:
    """A step with one part exchanged."""

    def step(x_t: Any, h_prev: Any, cell: tuple, output: tuple) -> tuple:
        W_ih, W_hh, b_ih, b_hh = cell
        from_input = W_ih @ x_t + b_ih
        total = pre(from_input, W_hh @ h_prev + b_hh, (h_prev, W_hh, b_hh))
        h_t = act(total)
        return h_t, end(output[0] @ read(h_t, total) + output[1])

    return step


one_step = Exercise(
    number="5.1",
    name="my_step",
    success="one step, from the one-hot row to the probabilities.",
    **fixed_and_drawn(_step_cases),
    reference=_by_rnn_cell,
    tolerance=1e-9,
    forbidden={"RNNCell": "compute the step yourself."},
    wrong=[
        Wrong(
            "The old state has no say in your h_t. What was read before would be "
            "forgotten at once.",
            _step_variant(pre=lambda a, b, c: a),
        ),
        Wrong(
            "One of the two biases is missing from the sum.",
            _step_variant(pre=lambda a, b, c: a + b - c[2]),
        ),
        Wrong(
            "Your h_t is the sum itself. What keeps a state from growing without "
            "limit?",
            _step_variant(act=lambda total: total),
        ),
        Wrong(
            "W_hh is square, so nothing complains when it is used the wrong way "
            "round. Row i of it holds the weights of unit i.",
            _step_variant(pre=lambda a, b, c: a + c[0] @ c[1] + c[2]),
        ),
        Wrong(
            "You take the tanh of each half. The two halves are added first.",
            _step_variant(
                pre=lambda a, b, c: np.tanh(a) + np.tanh(b), act=lambda total: total
            ),
        ),
        Wrong(
            "h_t is right, but the output layer reads the sum from before the tanh. "
            "It reads the state.",
            _step_variant(read=lambda h, pre: pre),
        ),
        Wrong(
            "h_t is right, but probs holds the logits. Probabilities are positive and "
            "add up to 1.",
            _step_variant(end=lambda logits: logits),
        ),
        Wrong(
            "h_t is right. You squeeze each logit on its own, by a sigmoid, and the "
            "results do not add up to 1.",
            _step_variant(end=lambda logits: 1 / (1 + np.exp(-logits))),
        ),
    ],
)


# --- 5.2 the loops over steps and layers, hoisted ------------------------------------


def _layers(sizes: list[int], generator: torch.Generator) -> list[tuple]:
    """Pairs of linear layers, from sizes [V, H, H, …]."""
    layers = []
    for below, hidden in itertools.pairwise(sizes):
        pair = nn.Linear(below, hidden), nn.Linear(hidden, hidden)
        with torch.no_grad():
            for parameter in (p for layer in pair for p in layer.parameters()):
                parameter.uniform_(-1, 1, generator=generator)
        layers.append(pair)
    return layers


def _rnn_cases(rng: random.Random) -> list[tuple]:
    fixed = torch.Generator().manual_seed(5)
    cases = [
        (torch.randn(2, 3, 4, generator=fixed), _layers([4, 5, 5], fixed)),
        (torch.randn(3, 1, 4, generator=fixed), _layers([4, 2], fixed)),
    ]
    for num_layers in (1, 3):
        generator = _generator(rng)
        batch, steps = rng.randrange(1, 4), rng.randrange(4, 8)
        size, hidden = rng.randrange(2, 7), rng.randrange(7, 10)
        x = torch.randn(batch, steps, size, generator=generator)
        cases.append((x, _layers([size] + [hidden] * num_layers, generator)))
    return cases


def _by_nn_rnn(x: Tensor, layers: list[tuple]) -> _Measured:
    """``nn.RNN`` with the weights of the layers, and how often each is to be called."""
    hidden = layers[0][1].in_features
    rnn = nn.RNN(x.shape[-1], hidden, len(layers), batch_first=True)
    with torch.no_grad():
        for i, (low, high) in enumerate(layers):
            getattr(rnn, f"weight_ih_l{i}").copy_(low.weight)
            getattr(rnn, f"bias_ih_l{i}").copy_(low.bias)
            getattr(rnn, f"weight_hh_l{i}").copy_(high.weight)
            getattr(rnn, f"bias_hh_l{i}").copy_(high.bias)
        states = rnn(x)
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
    different = difference(result[0], expected[0], 1e-5)
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
    reset: bool = False,
    inherit: bool = False,
    act: Callable[[Tensor], Tensor] = torch.tanh,
    end: Callable[[list, list], Any] = lambda outputs, last: (
        outputs[-1],
        torch.stack(last),
    ),
) -> Callable[..., Any]:
    """The two loops with one part exchanged."""

    def rnn(x: Tensor, layers: list[tuple]) -> Any:
        outputs, last, h = [], [], None
        for low, high in layers:
            zeros = x.new_zeros(len(x), high.in_features)
            h = h if inherit and h is not None else zeros
            projected = low(x) if hoist else None
            states = []
            for t in range(x.shape[1]):
                from_input = projected[:, t] if hoist else low(x[:, t])
                h = act(from_input + high(zeros if reset else h))
                states.append(h)
            x = torch.stack(states, dim=1)
            outputs.append(x)
            last.append(h)
        return end(outputs, last)

    return rnn


two_loops = Exercise(
    number="5.2",
    name="my_rnn",
    success="states as nn.RNN has them, and all inputs of a layer in one product.",
    **fixed_and_drawn(_rnn_cases),
    reference=_by_nn_rnn,
    prepare=_counting,
    compare=_compare_rnn,
    forbidden={
        "RNN": "write the loops yourself.",
        "RNNCell": "write the step yourself.",
    },
    wrong=[
        Wrong(
            "Which of the two products of a step has to wait for the step before? The "
            "other one can be made for all steps at once, before the loop.",
            _rnn_variant(hoist=False),
        ),
        Wrong(
            "Each step starts from zeros: the state does not get from one step to the "
            "next. At which indentation is it made?",
            _rnn_variant(reset=True),
        ),
        Wrong(
            "The second layer starts from the last state of the first. Each layer has "
            "a state of its own, and before the first character it is zero.",
            _rnn_variant(inherit=True),
        ),
        Wrong(
            "The sum of the two products is not the state yet: what is around it in "
            "the equation?",
            _rnn_variant(act=lambda total: total),
        ),
        Wrong(
            "You return the states of the lowest layer. The upper ones are computed "
            "and thrown away.",
            _rnn_variant(end=lambda outputs, last: (outputs[0], torch.stack(last))),
        ),
        Wrong(
            "The axis of the steps stands first. It belongs behind the batch: see the "
            "argument dim of torch.stack.",
            _rnn_variant(
                end=lambda outputs, last: (
                    outputs[-1].transpose(0, 1),
                    torch.stack(last),
                )
            ),
        ),
        Wrong(
            "h_n has the last state of the highest layer only. There is one for each "
            "layer.",
            _rnn_variant(end=lambda outputs, last: (outputs[-1], last[-1])),
        ),
    ],
)


# --- 5.3 what a proof catches --------------------------------------------------------


def _proofs() -> tuple[str, str]:
    """The mistakes whose logits agree with ``nn.RNN``; those whose gradients do too."""
    generator = torch.Generator().manual_seed(0)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    x, h_0 = draw(2, 5, 4), draw(2, 3)
    weights = [draw(3, 4), draw(3, 3), draw(3), draw(3), draw(4, 3)]
    copies = {
        "a": lambda w: w,
        "b": lambda w: [w[0], w[1].T, *w[2:]],
        "c": lambda w: [w[0], w[1], w[3], w[2], w[4]],
        "d": lambda w: [*w[:3], torch.zeros_like(w[3]), w[4]],
        "e": lambda w: w,
    }

    def run(letter: str) -> tuple[Tensor, list[Tensor]]:
        """Our loop with one mistake; no letter: the layer of PyTorch."""
        made = copies.get(letter, lambda w: w)(weights)
        own = [w.clone().requires_grad_() for w in made]
        start = h_0.clone().requires_grad_()
        if not letter:
            rnn = nn.RNN(4, 3, batch_first=True, dtype=torch.float64)
            named = dict(zip(rnn.state_dict(), own, strict=False))
            states, _ = torch.func.functional_call(rnn, named, (x, start[None]))
        else:
            h = start * 0 if letter == "e" else start
            loop = []
            for t in range(x.shape[1]):
                h = h.detach() if letter == "a" else h
                h = torch.tanh(x[:, t] @ own[0].T + own[2] + h @ own[1].T + own[3])
                loop.append(h)
            states = torch.stack(loop, dim=1)
        logits = states @ own[4].T
        wanted = [*own, start]
        grads = torch.autograd.grad(
            logits.square().sum(), wanted, allow_unused=True, materialize_grads=True
        )
        return logits, list(grads)

    logits, grads = run("")
    found = {letter: run(letter) for letter in copies}
    same = [k for k, (there, _) in found.items() if torch.allclose(there, logits)]
    both = [
        k
        for k in same
        if all(torch.allclose(a, b) for a, b in zip(found[k][1], grads, strict=True))
    ]
    return "".join(same), "".join(both)


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
    if letters == expected:
        return None
    for name, got, wanted in zip(
        ("the logits agree", "the gradients agree too"), letters, expected, strict=True
    ):
        if got != wanted:
            return VALUES, f'"{got}" is not where {name}'
    return None


def _logits(answer: Any) -> str:
    return (_two_answers(answer) or ("", ""))[0]


def _gradients(answer: Any) -> str:
    return (_two_answers(answer) or ("", ""))[1]


what_a_proof_catches = Question(
    number="5.3",
    name="passes",
    success="equal logits prove the forward pass. Only gradients prove the rest.",
    expected=_proofs,
    accept=_accept_proofs,
    wrong=[
        Wrong(
            "W_hh is square, so no shape complains. But are the numbers of h times W "
            "those of h times W transposed?",
            ("abc", "c"),
            matches=lambda answer: "b" in _logits(answer),
        ),
        Wrong(
            "A missing bias moves every sum that it should have been added to.",
            ("acd", "c"),
            matches=lambda answer: "d" in _logits(answer),
        ),
        Wrong(
            "The check gives a random h_0. Can a loop that never looks at it have the "
            "same first logits?",
            ("ace", "c"),
            matches=lambda answer: "e" in _logits(answer),
        ),
        Wrong(
            "What does detach do to the numbers in a tensor, and what to its record?",
            ("c", "c"),
            matches=lambda answer: _logits(answer) == "c",
        ),
        Wrong(
            "Both biases go into one sum. Does it matter there which is called which?",
            ("a", ""),
            matches=lambda answer: _logits(answer) == "a",
        ),
        Wrong(
            "The letters for the logits are right. A loss at the last step depends on "
            "W_hh through all steps: how far back can its gradient walk?",
            ("ac", "ac"),
            matches=lambda answer: (
                _logits(answer) == "ac" and "a" in _gradients(answer)
            ),
        ),
        Wrong(
            "The letters for the logits are right. Remember the first question of "
            "section 5.5: how do the gradients of the two biases differ?",
            ("ac", ""),
            matches=lambda answer: _logits(answer) == "ac" and not _gradients(answer),
        ),
    ],
)


# --- 5.4 the life of a state ---------------------------------------------------------


def _stream_cases(rng: random.Random) -> list[tuple]:
    cases = []
    flags = ([True, False, False, True, False], [False, False, True, True, False])
    for seed, news in enumerate((*flags, [True, *rng.choices([True, False], k=4)])):
        generator = _generator(rng) if seed == 2 else torch.Generator()
        if seed < 2:
            generator.manual_seed(seed)
        model = CharRNN(5, 4)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.uniform_(-1, 1, generator=generator)
        pieces = [
            (torch.randint(5, (2, 2 + i % 2), generator=generator), new)
            for i, new in enumerate(news)
        ]
        cases.append((model, pieces))
    return cases


def _pull(logits: Tensor, model: CharRNN) -> Tensor:
    """The gradient in W_hh of a loss made of some logits; zero where there is none."""
    weight = model.rnn.weight_hh_l0
    if not logits.requires_grad:
        return torch.zeros_like(weight)
    loss = logits.square().sum()
    return torch.autograd.grad(
        loss, weight, retain_graph=True, allow_unused=True, materialize_grads=True
    )[0].detach()


def _pulling(answer: Callable[..., Any]) -> Callable[..., Any]:
    """The answer, with the gradient of each piece beside its logits."""

    def call(model: CharRNN, pieces: list[tuple]) -> Any:
        result = answer(model, pieces)
        if not isinstance(result, (list, tuple)) or not all(
            isinstance(logits, Tensor) for logits in result
        ):
            return result
        return _Measured((list(result), [_pull(logits, model) for logits in result]))

    return call


def _by_prefix(model: CharRNN, pieces: list[tuple]) -> _Measured:
    """Each piece after its whole text so far, re-read from zeros and held fixed."""
    results = []
    so_far: list[Tensor] = []
    for ids, new_text in pieces:
        so_far = [] if new_text else so_far
        h = None
        if so_far:
            with torch.no_grad():
                _, h = model.rnn(F.one_hot(torch.cat(so_far, 1), 5).float())
        output, _ = model.rnn(F.one_hot(ids, 5).float(), h)
        results.append(model.output(output))
        so_far = [*so_far, ids]
    return _Measured((results, [_pull(logits, model) for logits in results]))


def _compare_stream(
    arguments: tuple, result: Any, expected: _Measured
) -> tuple[Kind, str] | None:
    if not isinstance(result, _Measured):
        return TYPE, f"returned {describe(result)}, not a list of logits"
    different = difference(result[0], expected[0], 1e-5)
    if different is not None:
        return different
    for i, (logits, got, wanted) in enumerate(zip(*result, expected[1], strict=True)):
        if not logits.requires_grad:
            return VALUES, f"returned logits without a gradient for piece {i}"
        if not torch.allclose(got, wanted, atol=1e-4):
            return VALUES, (
                "returned the right logits, but the gradient of those of piece "
                f"{i} does not stop where that piece begins"
            )
    return None


def _stream_variant(
    *,
    before: Callable[..., Any] = lambda h, new: None if new else h,
    after: Callable[..., Any] = lambda h, new: h.detach(),
    keep: Callable[[Tensor], Tensor] = lambda logits: logits,
) -> Callable[..., list]:
    """The loop over the pieces with one part exchanged."""

    def stream(model: CharRNN, pieces: list[tuple]) -> list:
        results, h = [], None
        for ids, new_text in pieces:
            logits, h = model(ids, before(h, new_text))
            h = after(h, new_text)
            results.append(keep(logits))
        return results

    return stream


stream = Exercise(
    number="5.4",
    name="my_stream",
    success="initialised, carried, reset and detached, each where it belongs.",
    **fixed_and_drawn(_stream_cases),
    reference=_by_prefix,
    prepare=_pulling,
    compare=_compare_stream,
    wrong=[
        Wrong(
            "Every piece starts from zeros. Where a text goes on, its state has to be "
            "carried.",
            _stream_variant(before=lambda h, new: None),
        ),
        Wrong(
            "A new text starts from the state that the old one left behind. What did "
            "section 5.8 call the remedy?",
            _stream_variant(before=lambda h, new: h),
        ),
        Wrong(
            "You carry where a new text begins and reset where one goes on. Read the "
            "condition aloud.",
            _stream_variant(before=lambda h, new: h if new else None),
        ),
        Wrong(
            "You reset after the first piece of a new text. It is the state before "
            "that piece which must not be inherited.",
            _stream_variant(
                before=lambda h, new: h,
                after=lambda h, new: None if new else h.detach(),
            ),
        ),
        Wrong(
            "The carried state still hangs on the graph of the pieces before it. "
            "Which of the four words is missing?",
            _stream_variant(after=lambda h, new: h),
        ),
        Wrong(
            "Nothing could learn from these logits. Cut the record of the state that "
            "you carry, not that of the logits.",
            _stream_variant(keep=lambda logits: logits.detach()),
        ),
        Wrong(
            "You keep only the logits of the last character of each piece. All of "
            "them are asked for.",
            _stream_variant(keep=lambda logits: logits[:, -1]),
        ),
    ],
)


# --- 5.5 a sigmoid recurrence on nn.RNN ----------------------------------------------


def _sigmoid_cases(rng: random.Random) -> list[tuple]:
    def weights(size: int, hidden: int, generator: torch.Generator) -> tuple:
        shapes = (hidden, size), (hidden, hidden), (hidden,), (hidden,)
        return tuple(
            torch.randn(*shape, generator=generator, dtype=torch.float64)
            for shape in shapes
        )

    cases = [tuple(map(torch.from_numpy, _SMALL_CELL))]
    cases += [weights(rng.randrange(4, 9), 3, _generator(rng)) for _ in range(2)]
    return cases


def _inputs_of(W_ih: Tensor) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    shape = 2, 6, W_ih.shape[1]
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


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
        far = (got - wanted).abs().amax(dim=(0, 2)) > 1e-10  # (T,), also for NaN:
        far |= got.isnan().any(dim=2).any(dim=0)
        if not far.any():
            return None
        step = int(far.nonzero()[0]) + 1
        return VALUES, (
            f"returned weights with which ½ + ½·output leaves the sigmoid's states at "
            f"step {step}"
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


def _minus_ones(b: Tensor) -> Tensor:
    return -torch.ones_like(b)


sigmoid_by_tanh = Exercise(
    number="5.5",
    name="my_weights",
    success="a sigmoid recurrence runs on nn.RNN, which has no sigmoid.",
    **fixed_and_drawn(_sigmoid_cases),
    reference=_sigmoid_loop,
    prepare=_through_tanh,
    compare=_compare_sigmoid,
    tolerance=1e-10,
    wrong=[
        Wrong(
            "With the weights unchanged, this is another recurrence. Start from "
            "g = tanh(z/2): what is z/2?",
            lambda W, U, b, c: (W, U, b, c, torch.zeros_like(b)),
        ),
        Wrong(
            "Everything is halved, as z/2 wants it. But the state that nn.RNN feeds "
            "back is g, not h: write h in terms of g.",
            lambda W, U, b, c: (W / 2, U / 2, b / 2, c / 2, torch.zeros_like(b)),
        ),
        Wrong(
            "Everything is halved, and the start is right. But the state that nn.RNN "
            "feeds back is g, not h: write h in terms of g.",
            lambda W, U, b, c: (W / 2, U / 2, b / 2, c / 2, _minus_ones(b)),
        ),
        Wrong(
            "The factors are right. Now h = ½ + ½·g has a constant ½, too: it goes "
            "through W_hh, and something is left over at each step.",
            lambda W, U, b, c: (W / 2, U / 4, b / 2, c / 2, _minus_ones(b)),
        ),
        Wrong(
            "You add up the columns of W_hh. Unit i receives what its row holds.",
            lambda W, U, b, c: (
                W / 2,
                U / 4,
                b / 2,
                c / 2 + U.sum(0) / 4,
                _minus_ones(b),
            ),
        ),
        Wrong(
            "The weights are right. Which g belongs to the state h = 0?",
            lambda W, U, b, c: (
                W / 2,
                U / 4,
                b / 2,
                c / 2 + U.sum(1) / 4,
                torch.zeros_like(b),
            ),
        ),
        Wrong(
            "The constant ½ of h passes through W_hh, and then z is halved: the row "
            "sums are halved twice.",
            lambda W, U, b, c: (
                W / 2,
                U / 4,
                b / 2,
                c / 2 + U.sum(1) / 2,
                _minus_ones(b),
            ),
        ),
        Wrong(
            "The biases are part of z. Are they halved with it?",
            lambda W, U, b, c: (W / 2, U / 4, b, c + U.sum(1) / 4, _minus_ones(b)),
        ),
    ],
)

summary = engine.summary_of(__name__)
