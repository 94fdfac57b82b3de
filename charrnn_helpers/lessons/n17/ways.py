"""Four ways to one loss, all of them built in earlier lessons."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from charrnn_helpers.data import one_hot
from charrnn_helpers.gradients import Recurrence
from charrnn_helpers.models import CharRNN, ScratchRNN


def known_ways(model: CharRNN) -> dict[str, Callable[[Tensor, Tensor], Tensor]]:
    """Name → a function from inputs and targets (B, T) to the loss, with gradients.

    All have the weights of the model, which has one layer with tanh. "step by step" is
    the loop of section 5.3, "nn.RNN" the model itself, "hoisted" that of 5.4, and
    "Recurrence" the backward pass of 9.7, with rows that are looked up.
    """
    scratch = ScratchRNN(model.vocab_size, model.hidden_size).load_from(model)
    cell, W_ho, b_o = scratch.cells[0], scratch.W_ho, scratch.b_o

    def step_by_step(inputs: Tensor, targets: Tensor) -> Tensor:
        x = one_hot(inputs, model.vocab_size)  # (B, T, V)
        h, loss = x.new_zeros(len(x), model.hidden_size), 0.0
        for t in range(x.shape[1]):
            h = cell(x[:, t], h)  # (B, H)
            loss = loss + F.cross_entropy(h @ W_ho.T + b_o, targets[:, t])
        return loss / x.shape[1]

    def of(net: torch.nn.Module) -> Callable[[Tensor, Tensor], Tensor]:
        def loss(inputs: Tensor, targets: Tensor) -> Tensor:
            logits, _ = net(inputs)  # (B, T, V)
            return F.cross_entropy(logits.flatten(0, 1), targets.flatten())

        return loss

    def with_recurrence(inputs: Tensor, targets: Tensor) -> Tensor:
        from_inputs = F.embedding(inputs.T, cell.W_ih.T) + (cell.b_ih + cell.b_hh)
        h_0 = from_inputs.new_zeros(from_inputs.shape[1:])  # (B, H)
        states = Recurrence.apply(from_inputs, h_0, cell.W_hh)  # (T, B, H)
        logits = states @ W_ho.T + b_o
        return F.cross_entropy(logits.flatten(0, 1), targets.T.flatten())

    return {
        "step by step": step_by_step,
        "nn.RNN": of(model),
        "hoisted": of(scratch),
        "Recurrence": with_recurrence,
    }
