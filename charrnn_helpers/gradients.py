"""Gradients of a recurrent network by hand: backpropagation through time.

Everything here can be had from autograd. Written out, one can see it, change it and,
in :class:`Recurrence`, use it in place of what autograd records step by step.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers import _validate
from charrnn_helpers.data import IGNORE_INDEX
from charrnn_helpers.models import ACTIVATIONS, CharRNN, ScratchRNN

# The derivative of each activation, from its own output h.
SLOPES: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": lambda h: 1 - h * h,
    "relu": lambda h: (h > 0).to(h.dtype),
    "sigmoid": lambda h: h * (1 - h),
}


@torch.no_grad()
def bptt(
    model: CharRNN | ScratchRNN,
    inputs: Tensor,
    targets: Tensor,
    *,
    max_lag: int | None = None,
) -> tuple[Tensor, dict[str, Tensor]]:
    """Compute the loss of a batch and every gradient, without autograd.

    Args:
        model: a model of one layer; its parameters and their ``.grad`` stay as they
            are.
        inputs: ids, int64 of shape (B, T).
        targets: the next ids, int64 of shape (B, T); ``IGNORE_INDEX`` is not counted.
        max_lag: how many steps back the gradient of each step's loss is followed; 0
            stays at the step itself, None goes back to the first one.

    Returns:
        The mean cross-entropy, in nats per counted character, shape (); and the
        gradient of each parameter by its name in ``model.named_parameters()``.

    Raises:
        TypeError: if the model is of another type, or ids are no integer tensors.
        ValueError: if the model has more than one layer, a shape does not fit, no
            target is counted, or ``max_lag`` is negative.

    Built in: notebooks/09_backpropagation_through_time.ipynb, section 9.3.
    Source: torch.autograd (the oracle in tests/test_gradients.py).
    """
    W_ih, W_hh, b_ih, b_hh, W_ho, b_o = _weights(model)
    _check_batch(model, inputs, targets)
    T, V = inputs.shape[1], model.vocab_size
    max_lag = T - 1 if max_lag is None else _validate.whole("max_lag", max_lag, 0)
    activation, slope = (t[model.nonlinearity] for t in (ACTIVATIONS, SLOPES))

    # Forward: the states, kept for the way back.
    x = F.one_hot(inputs, V).to(W_ih.dtype)  # (B, T, V)
    h = [x.new_zeros(len(x), len(W_hh))]  # the state before step 0: (B, H)
    for t in range(T):
        h.append(activation(x[:, t] @ W_ih.T + b_ih + h[t] @ W_hh.T + b_hh))
    states, previous = torch.stack(h[1:], dim=1), torch.stack(h[:-1], dim=1)
    logits = states @ W_ho.T + b_o  # (B, T, V)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())

    # Backward: into the logits, into the states, into the weights.
    d_logits = _into_logits(logits, targets)  # (B, T, V)
    d_sums = _through_time(d_logits @ W_ho, slope(states), W_hh, max_lag)  # (B, T, H)
    d_b = d_sums.sum(dim=(0, 1))  # (H,)
    gradients = [
        _into_weights(d_sums, x),  # W_ih
        _into_weights(d_sums, previous),  # W_hh
        d_b,
        d_b.clone(),  # both biases enter alike
        _into_weights(d_logits, states),  # W_ho
        d_logits.sum(dim=(0, 1)),  # b_o
    ]
    return loss, dict(zip(_names(model), gradients, strict=True))


def _into_logits(logits: Tensor, targets: Tensor) -> Tensor:
    """Probabilities minus one-hot targets, for a mean over what is counted."""
    counted = targets != IGNORE_INDEX  # (B, T)
    d_logits = logits.softmax(dim=-1)  # (B, T, V)
    d_logits[counted] -= F.one_hot(targets[counted], logits.shape[-1])
    return d_logits * counted.unsqueeze(-1) / counted.sum()


def _into_weights(d_out: Tensor, values: Tensor) -> Tensor:
    """What multiplies values and gives out: the sum over all texts and steps."""
    return d_out.flatten(0, 1).T @ values.flatten(0, 1)


def _through_time(
    from_loss: Tensor, slopes: Tensor, W_hh: Tensor, max_lag: int
) -> Tensor:
    """The gradient with respect to the sum inside each activation, (B, T, H)."""
    T = slopes.shape[1]
    if max_lag < T - 1:
        return _truncated(from_loss, slopes, W_hh, max_lag)
    d_sums = torch.empty_like(slopes)  # (B, T, H)
    carried = torch.zeros_like(slopes[:, 0])  # (B, H)
    for t in reversed(range(T)):
        d_sums[:, t] = (from_loss[:, t] + carried) * slopes[:, t]
        carried = d_sums[:, t] @ W_hh
    return d_sums


def _truncated(from_loss: Tensor, slopes: Tensor, W_hh: Tensor, max_lag: int) -> Tensor:
    """The same, with each loss followed max_lag steps back."""
    moving = from_loss * slopes  # all losses, each at its own step: (B, T, H)
    d_sums = moving.clone()
    for lag in range(1, max_lag + 1):
        moving = (moving[:, 1:] @ W_hh) * slopes[:, :-lag]  # all go one step back
        d_sums[:, :-lag] += moving
    return d_sums


class Recurrence(torch.autograd.Function):
    """``h_t = tanh(from_input_t + h_prev W_hhᵀ)`` for all steps, with its own backward.

    Autograd would record every step and go back through its records. This knows the
    way: one loop for the states' gradients, and one product for that of ``W_hh``.

    ``states = Recurrence.apply(from_inputs, h_0, W_hh)``, with ``from_inputs`` of
    shape (T, B, H) (time first, so that each step is one piece of memory), ``h_0``
    (B, H), ``W_hh`` (H, H) and ``states`` (T, B, H), all of one floating dtype.

    Built in: notebooks/09_backpropagation_through_time.ipynb, section 9.7.
    Source: torch.autograd.gradcheck (tests/test_gradients.py).
    """

    @staticmethod
    def forward(ctx, from_inputs: Tensor, h_0: Tensor, W_hh: Tensor) -> Tensor:
        """Take all the steps."""
        states, h_t = from_inputs.clone(), h_0  # (T, B, H), (B, H)
        for t in range(len(states)):  # each sum becomes its state, in place
            h_t = states[t].addmm_(h_t, W_hh.T).tanh_()
        ctx.save_for_backward(states, h_0, W_hh)
        return states

    @staticmethod
    def backward(ctx, d_states: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Go back from the last step to the first."""
        states, h_0, W_hh = ctx.saved_tensors
        d_sums, carried = 1 - states**2, torch.zeros_like(h_0)  # slopes at first
        for t in reversed(range(len(states))):
            d_sums[t] *= d_states[t] + carried
            carried = d_sums[t] @ W_hh
        previous = torch.cat([h_0.unsqueeze(0), states[:-1]])  # (T, B, H)
        d_W_hh = d_sums.flatten(0, 1).T @ previous.flatten(0, 1)  # (H, H)
        return d_sums, carried, d_W_hh


@torch.no_grad()
def numerical_gradient(
    f: Callable[[], Tensor | float], x: Tensor, eps: float = 1e-4
) -> Tensor:
    """Measure a gradient: move one entry a little to both sides, and look.

    ``(f(x + eps) − f(x − eps)) / (2 eps)`` for each entry. In float64 an ``eps`` from
    1e-5 to 1e-4 is best; float32 gives three digits at the most.

    Args:
        f: called without an argument, returns one number that depends on ``x``.
        x: the tensor whose entries are moved in place, and put back, also after an
            error in ``f``.
        eps: how far, above 0.

    Returns:
        The gradient, of the shape and dtype of ``x``.

    Raises:
        TypeError: if ``f`` is no function or ``x`` no floating-point tensor.
        ValueError: if ``eps`` is not above 0, or ``f`` returns more than one number.

    Built in: notebooks/09_backpropagation_through_time.ipynb, section 9.4.
    """
    _validate.function("f", f)
    _validate.tensor("x", x)
    if not x.is_floating_point():
        raise TypeError(f"x must be a floating-point tensor, got {x.dtype}")
    eps = _validate.number("eps", eps, above=0)
    gradient = torch.zeros_like(x)
    for at in np.ndindex(*x.shape):
        before = float(x[at])
        try:
            x[at] = before + eps
            above = _one_number(f())
            x[at] = before - eps
            below = _one_number(f())
        finally:
            x[at] = before
        gradient[at] = (above - below) / (2 * eps)
    return gradient


def reach(model: nn.Module, ids: Tensor) -> dict[str, Tensor]:
    """How strongly the last prediction depends on the state after each step.

    Args:
        model: a model whose forward is ``(ids, state) -> (logits, state)``, the state a
            tensor or a pair (h, c).
        ids: int64 of shape (T + 1,): T characters to read, and the one to predict.

    Returns:
        ``"h"``: shape (T,), the norm of the gradient of the last step's loss with
        respect to the hidden state after each step, all layers together; with the cell
        state of an LSTM also ``"c"``, what it does through h included.

    Raises:
        TypeError: if ``ids`` is no integer tensor, or ``model`` no module with an
            ``nn.Linear`` called ``output`` or a matrix ``W_ho``.
        ValueError: if there are fewer than two ids or they have another shape.

    Built in: notebooks/10_vanishing_and_exploding_gradients.ipynb, section 10.1.
    """
    _validate.model(model)
    _validate.integers(ids)
    if ids.ndim != 1 or len(ids) < 2:
        raise ValueError(
            f"ids must have shape (T + 1,), T at least 1, got {tuple(ids.shape)}"
        )
    readout = _readout(model)
    states: list[tuple[Tensor, ...]] = []  # after each step: (h,) or (h, c)
    state = None
    with torch.enable_grad():
        for character in ids[:-1]:
            logits, state = model(character.reshape(1), state)
            states.append(state if isinstance(state, tuple) else (state,))
        loss = F.cross_entropy(logits[-1:], ids[-1:])
        earlier = [part for step in states[:-1] for part in step]
        found = torch.autograd.grad(loss, [logits, *earlier])
    # Autograd does not lead to the last state: the logits are read from a copy of its
    # top layer.
    last = [torch.zeros_like(part) for part in states[-1]]
    last[0][-1] = found[0][-1] @ readout
    gradients = iter([*found[1:], *last])
    norms: dict[str, list[Tensor]] = {"h": [], "c": []}
    for step in states:
        d_h = next(gradients)  # (num_layers, H)
        norms["h"].append(d_h.norm())
        if len(step) == 2:  # h = o * tanh(c): what reaches h reaches c through it
            h, squashed = step[0].detach(), step[1].detach().tanh()
            d_c = next(gradients) + d_h * h / squashed * (1 - squashed**2)
            norms["c"].append(d_c.norm())
    return {name: torch.stack(values) for name, values in norms.items() if values}


def _readout(model: nn.Module) -> Tensor:
    """The weights from hidden to output, (V, H)."""
    weight = getattr(model, "W_ho", None)
    if weight is None:
        weight = getattr(getattr(model, "output", None), "weight", None)
    if not isinstance(weight, Tensor):
        raise TypeError(
            f"{type(model).__name__} has no output layer: reach looks for an nn.Linear "
            "called output, or for a matrix W_ho"
        )
    return weight


def _one_number(value: Tensor | float) -> float:
    if isinstance(value, Tensor) and value.numel() != 1:
        raise ValueError(
            f"f must return one number, got a tensor of shape {tuple(value.shape)}"
        )
    return float(value)


def _names(model: CharRNN | ScratchRNN) -> tuple[str, ...]:
    """The names of W_ih, W_hh, b_ih, b_hh, W_ho, b_o in the model."""
    if isinstance(model, CharRNN):
        layer = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        return (*(f"rnn.{name}" for name in layer), "output.weight", "output.bias")
    layer = ("W_ih", "W_hh", "b_ih", "b_hh")
    return (*(f"cells.0.{name}" for name in layer), "W_ho", "b_o")


def _weights(model: CharRNN | ScratchRNN) -> list[Tensor]:
    if not isinstance(model, CharRNN | ScratchRNN):
        raise TypeError(
            f"model must be a CharRNN or a ScratchRNN, got {type(model).__name__}"
        )
    if model.num_layers != 1:
        raise ValueError(
            f"bptt goes back through one layer, and this model has {model.num_layers}: "
            "build it with num_layers=1"
        )
    found = dict(model.named_parameters())
    return [found[name].detach() for name in _names(model)]


def _check_batch(model: nn.Module, inputs: Tensor, targets: Tensor) -> None:
    _validate.integers(inputs, "inputs")
    _validate.integers(targets, "targets")
    if inputs.ndim != 2 or inputs.shape[1] == 0:
        raise ValueError(
            f"inputs must have shape (B, T), T at least 1, got {tuple(inputs.shape)}"
        )
    _validate.shape("targets", targets, tuple(inputs.shape), "that of inputs")
    _validate.ids_in_range(inputs, model.vocab_size)
    counted = targets[targets != IGNORE_INDEX]
    if len(counted) == 0:
        raise ValueError("no target is counted: all of them are IGNORE_INDEX")
    _validate.ids_in_range(counted, model.vocab_size, "target")
