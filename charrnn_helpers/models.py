"""The character RNN, twice: on ``nn.RNN``, and from its weight matrices.

There are two of them in each layer, and one more for the output.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import torch
from torch import Tensor, nn

from charrnn_helpers import _validate
from charrnn_helpers.data import one_hot

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
}


class CharRNN(nn.Module):
    """A character model: one-hot rows into ``nn.RNN``, its states into ``nn.Linear``.

    Args:
        vocab_size: number of distinct symbols V.
        hidden_size: numbers in the hidden state of a layer, H.
        num_layers: recurrent layers, each reading the states of the one below.
        nonlinearity: "tanh" or "relu".

    Raises:
        ValueError: if a size is below 1 or the nonlinearity is not one of the two.

    Built in: notebooks/04_the_rnn_model.ipynb, section 4.4.
    Source: torch.nn.RNN.
    """

    def __init__(
        self,
        vocab_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: Literal["tanh", "relu"] = "tanh",
    ) -> None:
        super().__init__()
        self.vocab_size = _validate.whole("vocab_size", vocab_size)
        self.hidden_size = _validate.whole("hidden_size", hidden_size)
        self.num_layers = _validate.whole("num_layers", num_layers)
        self.nonlinearity = _nonlinearity(nonlinearity, ("tanh", "relu"))
        self.rnn = nn.RNN(
            self.vocab_size,
            self.hidden_size,
            self.num_layers,
            nonlinearity=nonlinearity,
            batch_first=True,
        )
        self.output = nn.Linear(self.hidden_size, self.vocab_size)

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Read a batch of texts and score every next character.

        Args:
            ids: int64, shape (B, T), or (T,) for one text; each value in [0, V).
            h_0: the hidden state to start from, shape (num_layers, B, H), or
                (num_layers, H) for one text; None starts from zeros.

        Returns:
            ``logits`` of shape (B, T, V): row t scores the character after ids[:, t];
            ``h_n`` of shape (num_layers, B, H): the state after the last character.
            Without the axis B for one text.

        Raises:
            TypeError: if ``ids`` is not an integer tensor, or ``h_0`` is no tensor with
                the dtype of the model.
            ValueError: if ``ids`` has no character, another number of axes or an id
                outside [0, V), or if ``h_0`` has another shape.
        """
        _check_input(self, ids, h_0, self.output.weight)
        x = one_hot(ids, self.vocab_size).to(self.output.weight.dtype)  # (B, T, V)
        states, h_n = self.rnn(x, h_0)  # (B, T, H), (num_layers, B, H)
        return self.output(states), h_n  # (B, T, V)

    def extra_repr(self) -> str:
        """Return the sizes, for ``print(model)``."""
        return _sizes(self)


class ScratchRNNCell(nn.Module):
    """One step of one recurrent layer.

    ``h_t = act(x_t W_ihᵀ + b_ih + h_prev W_hhᵀ + b_hh)``

    Args:
        input_size: numbers in ``x_t``: V in the first layer, H above.
        hidden_size: numbers in the hidden state, H.
        nonlinearity: "tanh", "relu" or "sigmoid" (which ``nn.RNN`` does not have).

    Attributes:
        W_ih: input to hidden, shape (H, input_size).
        W_hh: hidden to hidden, shape (H, H).
        b_ih, b_hh: the two biases, shape (H,) each; stored as ``nn.RNN`` stores them.

    Raises:
        ValueError: if a size is below 1 or the nonlinearity is unknown.

    Built in: notebooks/05_the_cell_from_scratch.ipynb, section 5.2.
    Source: torch.nn.RNNCell (the oracle in tests/test_models.py).
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        nonlinearity: Literal["tanh", "relu", "sigmoid"] = "tanh",
    ) -> None:
        super().__init__()
        self.input_size = input_size = _validate.whole("input_size", input_size)
        self.hidden_size = hidden_size = _validate.whole("hidden_size", hidden_size)
        self.nonlinearity = _nonlinearity(nonlinearity, ACTIVATIONS)
        self.W_ih = nn.Parameter(_uniform(hidden_size, hidden_size, input_size))
        self.W_hh = nn.Parameter(_uniform(hidden_size, hidden_size, hidden_size))
        self.b_ih = nn.Parameter(_uniform(hidden_size, hidden_size))
        self.b_hh = nn.Parameter(_uniform(hidden_size, hidden_size))

    def forward(self, x_t: Tensor, h_prev: Tensor) -> Tensor:
        """Take one step.

        Args:
            x_t: the input of this step, shape (B, input_size).
            h_prev: the hidden state before it, shape (B, H).

        Returns:
            ``h_t``: the hidden state after it, shape (B, H).

        Raises:
            TypeError: if one of them is no tensor with the dtype of the cell.
            ValueError: if a shape does not fit.
        """
        _validate.numbers_like("x_t", x_t, self.W_ih)
        batch = tuple(x_t.shape[:-1])
        _validate.shape("x_t", x_t, (*batch, self.input_size), "(B, input_size)")
        _check_state("h_prev", h_prev, (*batch, self.hidden_size), "(B, H)", self.W_hh)
        from_input = x_t @ self.W_ih.T + self.b_ih  # (B, H)
        from_state = h_prev @ self.W_hh.T + self.b_hh  # (B, H)
        return ACTIVATIONS[self.nonlinearity](from_input + from_state)

    def extra_repr(self) -> str:
        """Return the sizes, for ``print(model)``."""
        return f"{self.input_size}, {self.hidden_size}, {self.nonlinearity!r}"


def run_layer(cell: ScratchRNNCell, x: Tensor, h_0: Tensor) -> tuple[Tensor, Tensor]:
    """Take all the steps of one layer: the same numbers as its cell in a loop.

    Only the product with ``W_hh`` has to wait for the step before it. The inputs of
    all the steps are multiplied at once before the loop, both biases with them.

    Args:
        cell: the layer.
        x: the inputs, shape (B, T, input_size), T at least 1.
        h_0: the hidden state before the first of them, shape (B, H).

    Returns:
        The states of all the steps, shape (B, T, H), and the last of them, (B, H).

    Raises:
        TypeError: if ``x`` or ``h_0`` is no tensor with the dtype of the cell.
        ValueError: if a shape does not fit, or there is no step.

    Built in: notebooks/05_the_cell_from_scratch.ipynb, section 5.4.
    """
    _validate.numbers_like("x", x, cell.W_ih)
    if x.ndim != 3 or x.shape[1] == 0 or x.shape[2] != cell.input_size:
        raise ValueError(
            f"x must have shape (B, T, {cell.input_size}), T at least 1, got "
            f"{tuple(x.shape)}"
        )
    _check_state("h_0", h_0, (len(x), cell.hidden_size), "(B, H)", cell.W_hh)
    from_inputs = x @ cell.W_ih.T + (cell.b_ih + cell.b_hh)  # (B, T, H)
    h_t, states = h_0, []
    for from_input in from_inputs.unbind(dim=1):  # T pieces (B, H)
        h_t = ACTIVATIONS[cell.nonlinearity](from_input + h_t @ cell.W_hh.T)
        states.append(h_t)
    return torch.stack(states, dim=1), h_t  # (B, T, H), (B, H)


class ScratchRNN(nn.Module):
    """The same model as :class:`CharRNN`, with every weight and every step in the open.

    With the same seed it starts from the same weights as ``CharRNN``, and after
    ``load_from`` it agrees with one in logits, states and gradients.

    Args:
        vocab_size: number of distinct symbols V.
        hidden_size: numbers in the hidden state of a layer, H.
        num_layers: recurrent layers, each reading the states of the one below.
        nonlinearity: "tanh", "relu" or "sigmoid" (which ``nn.RNN`` does not have).

    Attributes:
        cells: the recurrent layers, :class:`ScratchRNNCell` each, the lowest first.
        W_ho: hidden to output, shape (V, H).
        b_o: the bias of the output, shape (V,).

    Raises:
        ValueError: if a size is below 1 or the nonlinearity is unknown.

    Built in: notebooks/05_the_cell_from_scratch.ipynb, section 5.5.
    """

    def __init__(
        self,
        vocab_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: Literal["tanh", "relu", "sigmoid"] = "tanh",
    ) -> None:
        super().__init__()
        self.vocab_size = vocab_size = _validate.whole("vocab_size", vocab_size)
        self.hidden_size = hidden_size = _validate.whole("hidden_size", hidden_size)
        self.num_layers = num_layers = _validate.whole("num_layers", num_layers)
        self.nonlinearity = _nonlinearity(nonlinearity, ACTIVATIONS)
        sizes = [vocab_size] + [hidden_size] * (num_layers - 1)
        self.cells = nn.ModuleList(
            ScratchRNNCell(size, hidden_size, nonlinearity) for size in sizes
        )
        self.W_ho = nn.Parameter(_uniform(hidden_size, vocab_size, hidden_size))
        self.b_o = nn.Parameter(_uniform(hidden_size, vocab_size))

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Read a batch of texts and score every next character.

        Args, returns and errors: those of :meth:`CharRNN.forward`.
        """
        _check_input(self, ids, h_0, self.W_ho)
        rows = ids if ids.ndim == 2 else ids.unsqueeze(0)  # (B, T)
        x = one_hot(rows, self.vocab_size).to(self.W_ho.dtype)  # (B, T, V)
        if h_0 is None:
            h_0 = x.new_zeros(self.num_layers, len(rows), self.hidden_size)
        elif ids.ndim == 1:
            h_0 = h_0.unsqueeze(1)  # (num_layers, 1, H)
        last = []
        for cell, h in zip(self.cells, h_0, strict=True):
            x, h = run_layer(cell, x, h)  # (B, T, H), (B, H)
            last.append(h)
        logits = x @ self.W_ho.T + self.b_o  # (B, T, V)
        h_n = torch.stack(last)  # (num_layers, B, H)
        return (logits, h_n) if ids.ndim == 2 else (logits[0], h_n[:, 0])

    @torch.no_grad()
    def load_from(self, other: CharRNN) -> ScratchRNN:
        """Copy the weights of a model on ``nn.RNN``; they are stored the same way.

        Args:
            other: a ``CharRNN`` of the same sizes and nonlinearity.

        Returns:
            This model, which afterwards computes what ``other`` computes.

        Raises:
            TypeError: if ``other`` is not a ``CharRNN``.
            ValueError: if the sizes or the nonlinearity differ; nothing is copied.
        """
        advice = "; for another ScratchRNN use load_state_dict(other.state_dict())"
        _validate.instance("other", other, CharRNN, advice=advice)
        if _sizes(self) != _sizes(other):
            raise ValueError(
                f"the models differ: this one is ({_sizes(self)}), the other "
                f"({_sizes(other)})"
            )
        mine = [*self.cells.parameters(), self.W_ho, self.b_o]
        for parameter, value in zip(mine, other.parameters(), strict=True):
            parameter.copy_(value)
        return self

    def extra_repr(self) -> str:
        """Return the sizes, for ``print(model)``."""
        return _sizes(self)


@contextlib.contextmanager
def evaluation_mode(model: nn.Module) -> Iterator[None]:
    """Put a model in evaluation mode, and afterwards each module back in its own.

    Args:
        model: the model; in the block, ``model.training`` is False.

    Raises:
        TypeError: if ``model`` is no module.
    """
    _validate.model(model)
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def _uniform(fan: int, *shape: int) -> Tensor:
    """Where PyTorch's own layers start: uniform within ±1/√fan."""
    bound = 1 / math.sqrt(fan)
    return torch.empty(*shape).uniform_(-bound, bound)


def _sizes(model: CharRNN | ScratchRNN) -> str:
    return (
        f"vocab_size={model.vocab_size}, hidden_size={model.hidden_size}, "
        f"num_layers={model.num_layers}, nonlinearity={model.nonlinearity!r}"
    )


def _nonlinearity(nonlinearity: str, known: Iterable[str]) -> str:
    advice = " (notebooks/04_the_rnn_model.ipynb)"
    return _validate.choice("nonlinearity", nonlinearity, known, advice)


def _check_input(
    model: CharRNN | ScratchRNN, ids: Tensor, h_0: Tensor | None, weight: Tensor
) -> None:
    """Refuse what ``nn.RNN`` would refuse; the values of the ids are one_hot's."""
    _validate.integers(ids)
    if ids.ndim not in (1, 2):
        raise ValueError(
            f"ids must have shape (B, T), or (T,) for one text, got {tuple(ids.shape)}"
        )
    if ids.shape[-1] == 0:
        raise ValueError(
            f"ids of shape {tuple(ids.shape)} hold no character: give at least one"
        )
    if h_0 is not None:
        batch = () if ids.ndim == 1 else (len(ids),)
        expected = (model.num_layers, *batch, model.hidden_size)
        meaning = "(num_layers, B, H) also with batch_first=True"
        if ids.ndim == 1:
            meaning = "(num_layers, H)"
        _check_state("h_0", h_0, expected, meaning, weight)


def _check_state(
    name: str, state: Tensor, expected: tuple[int, ...], meaning: str, weight: Tensor
) -> None:
    _validate.numbers_like(name, state, weight)
    _validate.shape(name, state, expected, meaning)
