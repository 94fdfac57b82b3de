"""The character model, three times two: on PyTorch's layer, and from its matrices.

The layers are the plain RNN, the LSTM and the GRU. Each has two matrices, one for the
input and one for the state, and the output has one more.
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

Pair = tuple[Tensor, Tensor]
"""Hidden state and cell state of an LSTM."""

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
        _copy_weights(self, other)
        return self

    def extra_repr(self) -> str:
        """Return the sizes, for ``print(model)``."""
        return _sizes(self)


class CharLSTM(nn.Module):
    """The model of :class:`CharRNN` on ``nn.LSTM``.

    Args:
        vocab_size: number of distinct symbols V.
        hidden_size: numbers in the hidden state of a layer, and in its cell state, H.
        num_layers: recurrent layers, each reading the hidden states of the one below.

    Raises:
        ValueError: if a size is below 1.

    Built in: notebooks/11_lstm_and_gru.ipynb, section 11.2.
    Source: torch.nn.LSTM.
    """

    def __init__(self, vocab_size: int, hidden_size: int, num_layers: int = 1) -> None:
        super().__init__()
        self.vocab_size = _validate.whole("vocab_size", vocab_size)
        self.hidden_size = _validate.whole("hidden_size", hidden_size)
        self.num_layers = _validate.whole("num_layers", num_layers)
        self.rnn = nn.LSTM(
            self.vocab_size, self.hidden_size, self.num_layers, batch_first=True
        )
        self.output = nn.Linear(self.hidden_size, self.vocab_size)

    def forward(self, ids: Tensor, h_0: Pair | None = None) -> tuple[Tensor, Pair]:
        """Read a batch of texts and score every next character.

        Args:
            ids: int64, shape (B, T), or (T,) for one text; each value in [0, V).
            h_0: the pair (h, c) to start from, each of shape (num_layers, B, H), or
                (num_layers, H) for one text; None starts from zeros.

        Returns:
            ``logits`` of shape (B, T, V), and the pair ``(h_n, c_n)``: the hidden and
            the cell state after the last character, each of shape (num_layers, B, H).
            Without the axis B for one text.

        Raises:
            TypeError: if ``ids`` is not an integer tensor, or ``h_0`` is no pair of
                tensors with the dtype of the model.
            ValueError: if ``ids`` has no character, another number of axes or an id
                outside [0, V), or if a state has another shape.
        """
        _check_input(self, ids, h_0, self.output.weight)
        x = one_hot(ids, self.vocab_size).to(self.output.weight.dtype)  # (B, T, V)
        states, (h_n, c_n) = self.rnn(x, None if h_0 is None else tuple(h_0))
        return self.output(states), (h_n, c_n)  # (B, T, V), (num_layers, B, H) twice

    def extra_repr(self) -> str:
        """Return the sizes, for ``print(model)``."""
        return _sizes(self)


class CharGRU(nn.Module):
    """The model of :class:`CharRNN` on ``nn.GRU``.

    Args:
        vocab_size: number of distinct symbols V.
        hidden_size: numbers in the hidden state of a layer, H.
        num_layers: recurrent layers, each reading the states of the one below.

    Raises:
        ValueError: if a size is below 1.

    Built in: notebooks/11_lstm_and_gru.ipynb, section 11.3.
    Source: torch.nn.GRU.
    """

    def __init__(self, vocab_size: int, hidden_size: int, num_layers: int = 1) -> None:
        super().__init__()
        self.vocab_size = _validate.whole("vocab_size", vocab_size)
        self.hidden_size = _validate.whole("hidden_size", hidden_size)
        self.num_layers = _validate.whole("num_layers", num_layers)
        self.rnn = nn.GRU(
            self.vocab_size, self.hidden_size, self.num_layers, batch_first=True
        )
        self.output = nn.Linear(self.hidden_size, self.vocab_size)

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Read a batch of texts and score every next character.

        Args, returns and errors: those of :meth:`CharRNN.forward`.
        """
        _check_input(self, ids, h_0, self.output.weight)
        x = one_hot(ids, self.vocab_size).to(self.output.weight.dtype)  # (B, T, V)
        states, h_n = self.rnn(x, h_0)  # (B, T, H), (num_layers, B, H)
        return self.output(states), h_n  # (B, T, V)

    def extra_repr(self) -> str:
        """Return the sizes, for ``print(model)``."""
        return _sizes(self)


class _GatedCell(nn.Module):
    """The weights of a cell with gates, stored as PyTorch stores them: stacked."""

    parts: int

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.input_size = input_size = _validate.whole("input_size", input_size)
        self.hidden_size = hidden_size = _validate.whole("hidden_size", hidden_size)
        rows = self.parts * hidden_size
        self.W_ih = nn.Parameter(_uniform(hidden_size, rows, input_size))
        self.W_hh = nn.Parameter(_uniform(hidden_size, rows, hidden_size))
        self.b_ih = nn.Parameter(_uniform(hidden_size, rows))
        self.b_hh = nn.Parameter(_uniform(hidden_size, rows))

    def _zeros(self, batch_size: int) -> Tensor:
        batch_size = _validate.whole("batch_size", batch_size, 0)
        return self.W_hh.new_zeros(batch_size, self.hidden_size)

    def _check(self, x_t: Tensor, **states: Tensor) -> None:
        _validate.numbers_like("x_t", x_t, self.W_ih)
        batch = tuple(x_t.shape[:-1])
        _validate.shape("x_t", x_t, (*batch, self.input_size), "(B, input_size)")
        for name, state in states.items():
            expected = (*batch, self.hidden_size)
            _check_state(name, state, expected, "(B, H)", self.W_hh)

    def extra_repr(self) -> str:
        """Return the sizes, for ``print(model)``."""
        return f"{self.input_size}, {self.hidden_size}"


class ScratchLSTMCell(_GatedCell):
    """One step of one layer with three gates and a cell state.

    ``c_t = f * c_prev + i * g`` and ``h_t = o * tanh(c_t)``

    Args:
        input_size: numbers in ``x_t``: V in the first layer, H above.
        hidden_size: numbers in the hidden state, and in the cell state, H.

    Attributes:
        W_ih: input to gates, shape (4 H, input_size): the rows of i, f, g and o, in
            this order, one part under the other.
        W_hh: hidden to gates, shape (4 H, H).
        b_ih, b_hh: the two biases, shape (4 H,) each; stored as ``nn.LSTM`` does.

    Raises:
        ValueError: if a size is below 1.

    Built in: notebooks/11_lstm_and_gru.ipynb, section 11.2.
    Source: torch.nn.LSTMCell (the oracle in tests/test_gated.py).
    """

    parts = 4

    def start(self, batch_size: int) -> Pair:
        """Return the pair to start from: zeros, shape (B, H) each."""
        return self._zeros(batch_size), self._zeros(batch_size)

    def gates(self, x_t: Tensor, h_prev: Tensor) -> tuple[Tensor, ...]:
        """Set the gates of one step.

        Args:
            x_t: the input of this step, shape (B, input_size).
            h_prev: the hidden state before it, shape (B, H).

        Returns:
            Input gate i, forget gate f, candidate g and output gate o, each of shape
            (B, H): the gates between 0 and 1, the candidate between -1 and 1.

        Raises:
            TypeError: if one of them is no tensor with the dtype of the cell.
            ValueError: if a shape does not fit.
        """
        self._check(x_t, h_prev=h_prev)
        sums = x_t @ self.W_ih.T + self.b_ih + h_prev @ self.W_hh.T + self.b_hh
        i, f, g, o = sums.chunk(4, dim=-1)  # (B, 4 H) into four of (B, H)
        return i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()

    def forward(self, x_t: Tensor, state: Pair) -> Pair:
        """Take one step.

        Args:
            x_t: the input of this step, shape (B, input_size).
            state: hidden state and cell state before it, shape (B, H) each.

        Returns:
            ``h_t, c_t``: both states after it, shape (B, H) each.

        Raises:
            TypeError: if ``state`` is no pair, or one of the three no tensor with the
                dtype of the cell.
            ValueError: if a shape does not fit.
        """
        h_prev, c_prev = _pair("state", state)
        self._check(x_t, c_prev=c_prev)
        i, f, g, o = self.gates(x_t, h_prev)
        c_t = f * c_prev + i * g
        return o * c_t.tanh(), c_t


class ScratchGRUCell(_GatedCell):
    """One step of one layer with two gates.

    ``n = tanh(W_in x_t + b_in + r * (W_hn h_prev + b_hn))`` and
    ``h_t = (1 - z) * n + z * h_prev``

    Args:
        input_size: numbers in ``x_t``: V in the first layer, H above.
        hidden_size: numbers in the hidden state, H.

    Attributes:
        W_ih: input to gates, shape (3 H, input_size): the rows of r, z and n, in this
            order, one part under the other.
        W_hh: hidden to gates, shape (3 H, H).
        b_ih, b_hh: the two biases, shape (3 H,) each; stored as ``nn.GRU`` does.

    Raises:
        ValueError: if a size is below 1.

    Built in: notebooks/11_lstm_and_gru.ipynb, section 11.3.
    Source: torch.nn.GRUCell (the oracle in tests/test_gated.py).
    """

    parts = 3

    def start(self, batch_size: int) -> Tensor:
        """Return the state to start from: zeros, shape (B, H)."""
        return self._zeros(batch_size)

    def gates(self, x_t: Tensor, h_prev: Tensor) -> tuple[Tensor, ...]:
        """Set the gates of one step.

        Args:
            x_t: the input of this step, shape (B, input_size).
            h_prev: the hidden state before it, shape (B, H).

        Returns:
            Reset gate r, update gate z and candidate n, each of shape (B, H): the
            gates between 0 and 1, the candidate between -1 and 1.

        Raises:
            TypeError: if one of them is no tensor with the dtype of the cell.
            ValueError: if a shape does not fit.
        """
        self._check(x_t, h_prev=h_prev)
        r_x, z_x, n_x = (x_t @ self.W_ih.T + self.b_ih).chunk(3, dim=-1)
        r_h, z_h, n_h = (h_prev @ self.W_hh.T + self.b_hh).chunk(3, dim=-1)
        r, z = (r_x + r_h).sigmoid(), (z_x + z_h).sigmoid()  # (B, H) each
        return r, z, (n_x + r * n_h).tanh()

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
        _, z, n = self.gates(x_t, h_prev)
        return (1 - z) * n + z * h_prev


class _ScratchGated(nn.Module):
    """What the LSTM and the GRU share when they are written out."""

    cell: type[_GatedCell]
    twin: type[nn.Module]

    def __init__(self, vocab_size: int, hidden_size: int, num_layers: int = 1) -> None:
        super().__init__()
        self.vocab_size = vocab_size = _validate.whole("vocab_size", vocab_size)
        self.hidden_size = hidden_size = _validate.whole("hidden_size", hidden_size)
        self.num_layers = num_layers = _validate.whole("num_layers", num_layers)
        sizes = [vocab_size] + [hidden_size] * (num_layers - 1)
        self.cells = nn.ModuleList(self.cell(size, hidden_size) for size in sizes)
        self.W_ho = nn.Parameter(_uniform(hidden_size, vocab_size, hidden_size))
        self.b_o = nn.Parameter(_uniform(hidden_size, vocab_size))

    def forward(
        self, ids: Tensor, h_0: Tensor | Pair | None = None
    ) -> tuple[Tensor, Tensor | Pair]:
        """Read a batch of texts and score every next character.

        Args, returns and errors: those of the model on PyTorch's layer.
        """
        _check_input(self, ids, h_0, self.W_ho)
        rows = ids if ids.ndim == 2 else ids.unsqueeze(0)  # (B, T)
        x = one_hot(rows, self.vocab_size).to(self.W_ho.dtype)  # (B, T, V)
        last = []
        for n, cell in enumerate(self.cells):
            state, states = _start_of(cell, n, rows, h_0), []
            for x_t in x.unbind(dim=1):  # T pieces (B, ·)
                state = cell(x_t, state)  # h_t, or the pair (h_t, c_t)
                states.append(state[0] if isinstance(state, tuple) else state)
            x = torch.stack(states, dim=1)  # (B, T, H), the input of the layer above
            last.append(state)
        logits = x @ self.W_ho.T + self.b_o  # (B, T, V)
        if isinstance(last[0], tuple):
            h_n = tuple(torch.stack(parts) for parts in zip(*last, strict=True))
        else:
            h_n = torch.stack(last)  # (num_layers, B, H)
        if ids.ndim == 2:
            return logits, h_n
        one_text = tuple(h[:, 0] for h in h_n) if isinstance(h_n, tuple) else h_n[:, 0]
        return logits[0], one_text

    @torch.no_grad()
    def load_from(self, other: nn.Module) -> _ScratchGated:
        """Copy the weights of the model on PyTorch's layer; they are stored alike.

        Args:
            other: a ``CharLSTM`` for a ``ScratchLSTM``, a ``CharGRU`` for a
                ``ScratchGRU``, of the same sizes.

        Returns:
            This model, which afterwards computes what ``other`` computes.

        Raises:
            TypeError: if ``other`` is of another class.
            ValueError: if the sizes differ; nothing is copied.
        """
        mine = type(self).__name__
        advice = f"; for another {mine} use load_state_dict(other.state_dict())"
        _validate.instance("other", other, self.twin, advice=advice)
        _copy_weights(self, other)
        return self

    def extra_repr(self) -> str:
        """Return the sizes, for ``print(model)``."""
        return _sizes(self)


class ScratchLSTM(_ScratchGated):
    """The same model as :class:`CharLSTM`, every gate and every step in the open.

    With the same seed it starts from the same weights as ``CharLSTM``, and after
    ``load_from`` it agrees with one in logits, both states and gradients.

    Args:
        vocab_size: number of distinct symbols V.
        hidden_size: numbers in the hidden state of a layer, and in its cell state, H.
        num_layers: recurrent layers, each reading the hidden states of the one below.

    Attributes:
        cells: the recurrent layers, :class:`ScratchLSTMCell` each, the lowest first.
        W_ho: hidden to output, shape (V, H).
        b_o: the bias of the output, shape (V,).

    Raises:
        ValueError: if a size is below 1.

    Built in: notebooks/11_lstm_and_gru.ipynb, section 11.4.
    """

    cell, twin = ScratchLSTMCell, CharLSTM


class ScratchGRU(_ScratchGated):
    """The same model as :class:`CharGRU`, every gate and every step in the open.

    With the same seed it starts from the same weights as ``CharGRU``, and after
    ``load_from`` it agrees with one in logits, states and gradients.

    Args:
        vocab_size: number of distinct symbols V.
        hidden_size: numbers in the hidden state of a layer, H.
        num_layers: recurrent layers, each reading the states of the one below.

    Attributes:
        cells: the recurrent layers, :class:`ScratchGRUCell` each, the lowest first.
        W_ho: hidden to output, shape (V, H).
        b_o: the bias of the output, shape (V,).

    Raises:
        ValueError: if a size is below 1.

    Built in: notebooks/11_lstm_and_gru.ipynb, section 11.4.
    """

    cell, twin = ScratchGRUCell, CharGRU


@torch.no_grad()
def trace(
    model: nn.Module, ids: Tensor, h_0: Tensor | Pair | None = None
) -> dict[str, Tensor]:
    """Read a text and keep what every gate and every state was at each step.

    Args:
        model: one of the six models of this module, with one layer or more.
        ids: int64, shape (B, T), or (T,) for one text.
        h_0: the state to start from, as the model takes it; None starts from zeros.

    Returns:
        By name, each of shape (num_layers, B, T, H), or (num_layers, T, H) for one
        text: "h" of every model; of an LSTM also "c" and the gates "i", "f", "g" and
        "o"; of a GRU also "r", "z" and "n".

    Raises:
        TypeError: if the model is of another class; otherwise as the model does.
        ValueError: as the model does.

    Built in: notebooks/11_lstm_and_gru.ipynb, section 11.2.
    """
    _validate.model(model)
    twins = {CharRNN: ScratchRNN, CharLSTM: ScratchLSTM, CharGRU: ScratchGRU}
    kind = next((k for k in (*twins, *twins.values()) if isinstance(model, k)), None)
    if kind is None:
        raise TypeError(
            "trace knows the models of charrnn_helpers.models, got another "
            f"{type(model).__name__}"
        )
    weight = next(model.parameters())
    _check_input(model, ids, h_0, weight)
    if kind in twins:  # its cells are inside PyTorch's layer: write it out
        options = (model.nonlinearity,) if kind is CharRNN else ()
        with torch.device("meta"):  # no memory, no random numbers: they are copied
            twin = twins[kind](
                model.vocab_size, model.hidden_size, model.num_layers, *options
            )
        twin = twin.to_empty(device=weight.device).to(weight.dtype)
        model = twin.load_from(model)
    rows = ids if ids.ndim == 2 else ids.unsqueeze(0)  # (B, T)
    x = one_hot(rows, model.vocab_size).to(weight.dtype)  # (B, T, V)
    layers = []
    for n, cell in enumerate(model.cells):
        layers.append(_trace_layer(cell, x, _start_of(cell, n, rows, h_0)))
        x = layers[-1]["h"]  # (B, T, H), the input of the layer above
    traced = {
        name: torch.stack([layer[name] for layer in layers]) for name in layers[0]
    }
    return traced if ids.ndim == 2 else {name: v[:, 0] for name, v in traced.items()}


def _trace_layer(cell: nn.Module, x: Tensor, state: Tensor | Pair) -> dict[str, Tensor]:
    """Gates and states of one layer at each step, (B, T, H) each."""
    names = {ScratchLSTMCell: "ifgohc", ScratchGRUCell: "rznh"}.get(type(cell), "h")
    steps = []
    for x_t in x.unbind(dim=1):  # T pieces (B, ·)
        h_prev = state[0] if isinstance(state, tuple) else state
        gates = cell.gates(x_t, h_prev) if names != "h" else ()
        state = cell(x_t, state)
        steps.append((*gates, *(state if isinstance(state, tuple) else (state,))))
    columns = (torch.stack(values, dim=1) for values in zip(*steps, strict=True))
    return dict(zip(names, columns, strict=True))


def _start_of(
    cell: nn.Module, layer: int, rows: Tensor, h_0: Tensor | Pair | None
) -> Tensor | Pair:
    """The state of one layer before the first step: (B, H), or a pair of these."""
    if h_0 is None:
        if isinstance(cell, _GatedCell):
            return cell.start(len(rows))
        return cell.W_hh.new_zeros(len(rows), cell.hidden_size)
    if isinstance(cell, ScratchLSTMCell):
        return tuple(part[layer].reshape(len(rows), cell.hidden_size) for part in h_0)
    return h_0[layer].reshape(len(rows), cell.hidden_size)


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


def _sizes(model: nn.Module) -> str:
    sizes = (
        f"vocab_size={model.vocab_size}, hidden_size={model.hidden_size}, "
        f"num_layers={model.num_layers}"
    )
    if hasattr(model, "nonlinearity"):
        sizes += f", nonlinearity={model.nonlinearity!r}"
    return sizes


def _copy_weights(model: nn.Module, other: nn.Module) -> None:
    """Copy the weights of a model on PyTorch's layer into one that is written out."""
    if _sizes(model) != _sizes(other):
        raise ValueError(
            f"the models differ: this one is ({_sizes(model)}), the other "
            f"({_sizes(other)})"
        )
    mine = [*model.cells.parameters(), model.W_ho, model.b_o]
    for parameter, value in zip(mine, other.parameters(), strict=True):
        parameter.copy_(value)


def _nonlinearity(nonlinearity: str, known: Iterable[str]) -> str:
    advice = " (notebooks/04_the_rnn_model.ipynb)"
    return _validate.choice("nonlinearity", nonlinearity, known, advice)


def _check_input(
    model: nn.Module, ids: Tensor, h_0: Tensor | Pair | None, weight: Tensor
) -> None:
    """Refuse what PyTorch's layer would; the values of the ids are one_hot's."""
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
        states = {"h_0": h_0}
        if isinstance(model, CharLSTM | ScratchLSTM):
            h, c = _pair("h_0", h_0)
            states = {"h of h_0": h, "c of h_0": c}
        for name, state in states.items():
            _check_state(name, state, expected, meaning, weight)


def _pair(name: str, state: Pair) -> Pair:
    """A hidden and a cell state; TypeError."""
    if not isinstance(state, tuple | list) or len(state) != 2:
        got = type(state).__name__
        if isinstance(state, tuple | list):
            got = f"a {got} of {len(state)}"
        raise TypeError(
            f"{name} must be a pair (h, c) of tensors, hidden state and cell state, as "
            f"an LSTM returns it, got {got} (notebooks/11_lstm_and_gru.ipynb)"
        )
    return tuple(state)


def _check_state(
    name: str, state: Tensor, expected: tuple[int, ...], meaning: str, weight: Tensor
) -> None:
    if isinstance(state, tuple | list) and len(state) == 2:
        raise TypeError(
            f"{name} must be a tensor, got {type(state).__name__}: only an LSTM has a "
            "pair of states (h, c)"
        )
    _validate.numbers_like(name, state, weight)
    _validate.shape(name, state, expected, meaning)
