"""In a hurry: the texts of ``sampling.sample`` and the gradients of ``gradients.bptt``.

A step of sampling is a few products of a matrix and a vector. Calling a module for each
of them costs several times as much as the products themselves; NumPy calls cost less.
A step of training is made of larger products, which PyTorch does well; what can be
saved is everything between them.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers import _validate, gradients, sampling
from charrnn_helpers.data import IGNORE_INDEX, Vocabulary
from charrnn_helpers.models import CharRNN, ScratchRNN

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
    "sigmoid": lambda a: 0.5 * (1 + np.tanh(0.5 * a)),
}
_RNN_WEIGHTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@torch.no_grad()
def sample(
    model: nn.Module,
    vocab: Vocabulary,
    prompt: str,
    max_new_chars: int,
    *,
    temperature: float = 0.0,
    top_k: int | None = None,
    top_p: float | None = None,
    stop: str | None = None,
    generator: torch.Generator | None = None,
    begin: bool = False,
) -> str:
    """Continue a prompt as ``sampling.sample`` does, with NumPy in place of modules.

    The arithmetic is the same up to rounding, and symbols are drawn in the same way
    from the same generator. So a seed gives the same text, unless two symbols are so
    close that the rounding decides between them: in float64 hardly ever, in float32
    about once in a million characters. Hooks of the model do not run.

    Args:
        model: a ``CharRNN`` or a ``ScratchRNN`` (not a class derived from one), with
            the layers that it was built with, in float32 or float64. The weights are
            copied to the CPU when the call starts.
        vocab: as in ``sampling.sample``, and so are the other arguments.
        prompt: characters of the vocabulary; at least one, unless ``begin`` is set.
        max_new_chars: characters to add at the most, at least 0.
        temperature: 0 is greedy; above 0 draws.
        top_k: draw among that many symbols only; None among all.
        top_p: draw from the most likely symbols that hold this share.
        stop: a text that ends the sampling; it is kept in the result.
        generator: draws the random numbers; None takes torch's global one.
        begin: whether the model reads the end symbol before the prompt.

    Returns:
        The prompt and its continuation.

    Raises:
        TypeError: if the model is another one: ``sampling.sample`` takes every model.
            Otherwise as in ``sampling.sample``.
        ValueError: as in ``sampling.sample``.
    """
    sampling._check_controls(temperature, top_k, top_p)
    sampling._check_length(max_new_chars, stop, generator)
    if not _is_as_built(model):
        raise TypeError(
            "fast.sample knows CharRNN and ScratchRNN as they were built, in float32 "
            f"or float64, got another {type(model).__name__}; sampling.sample takes "
            "every model"
        )
    first, h = sampling._read(model, vocab, prompt, begin)
    step, logits = _stepper(model, h), first.cpu().numpy().copy()  # (V,)
    new: list[str] = []
    # Scores that overflow are refused with an error: no warning on top.
    with np.errstate(over="ignore", invalid="ignore"):
        for n in range(max_new_chars):
            if vocab.pad_id is not None:
                logits[vocab.pad_id] = -np.inf
            i = int(logits.argmax())
            if temperature > 0 or not math.isfinite(logits[i]):  # argmax prefers nan
                row = torch.from_numpy(logits)
                i = sampling._choose(row, vocab, temperature, top_k, top_p, generator)
            if i == vocab.end_id:
                break
            new.append(vocab.itos[i])
            if stop is not None and "".join(new[-len(stop) :]) == stop:
                break
            if n + 1 < max_new_chars:
                logits = step(i)
    return prompt + "".join(new)


@torch.no_grad()
def bptt(
    model: CharRNN | ScratchRNN,
    inputs: Tensor,
    targets: Tensor,
    *,
    dtype: torch.dtype | None = None,
) -> tuple[Tensor, dict[str, Tensor]]:
    """Compute what ``gradients.bptt`` does, with nothing between the products.

    Rows are looked up in place of one-hot products, time comes first so that each step
    is one piece of memory, and every step is computed where its result stays.

    Args:
        model: one layer with tanh; its parameters and their ``.grad`` stay as they are.
        inputs: ids, int64 of shape (B, T).
        targets: the next ids, int64 of shape (B, T); ``IGNORE_INDEX`` is not counted.
        dtype: of the products of states and weights: ``torch.bfloat16`` halves the
            memory, and the time where the processor has units for it. None is the
            model's own. Loss, softmax and gradients keep the model's.

    Returns:
        The mean cross-entropy, in nats per counted character, shape (); and the
        gradient of each parameter by its name in ``model.named_parameters()``.

    Raises:
        TypeError: as ``gradients.bptt``.
        ValueError: as ``gradients.bptt``, or if the activation is another one.

    Built in: notebooks/17_faster_and_larger.ipynb, section 17.4.
    Source: ``gradients.bptt`` and torch.autograd (tests/test_fast.py).
    """
    W_ih, W_hh, b_ih, b_hh, W_ho, b_o = gradients._weights(model)
    gradients._check_batch(model, inputs, targets)
    _validate.choice("model.nonlinearity", model.nonlinearity, ("tanh",))
    own, dtype = W_hh.dtype, dtype or W_hh.dtype
    ids, y = inputs.T, targets.T.flatten()  # time first: (T, B), (T * B,)
    rows = (W_ih.T + (b_ih + b_hh)).to(dtype)  # (V, H)
    W_hh, W_ho = W_hh.to(dtype), W_ho.to(dtype)

    states = _run_forward(rows, ids, W_hh)  # (T, B, H)
    logits = (states.flatten(0, 1) @ W_ho.T).to(own) + b_o  # (T * B, V)
    loss = F.cross_entropy(logits, y)
    counted = y != IGNORE_INDEX
    d_logits = logits.softmax(dim=-1)  # probabilities minus targets
    d_logits[counted, y[counted]] -= 1
    d_logits *= counted.unsqueeze(-1)
    d_logits /= counted.sum()
    d_scores = d_logits.to(dtype)
    d_sums = _run_back((d_scores @ W_ho).view_as(states), states, W_hh).flatten(0, 1)

    d_rows = torch.zeros_like(rows, dtype=own)  # (V, H)
    d_rows.index_add_(0, ids.flatten(), d_sums.to(own))
    d_W_hh = d_sums[len(inputs) :].T @ states[:-1].flatten(0, 1)  # not from step 0
    d_W_ho = d_scores.T @ states.flatten(0, 1)
    d_b = d_rows.sum(dim=0)
    found = d_rows.T, d_W_hh.to(own), d_b, d_b.clone(), d_W_ho.to(own), d_logits.sum(0)
    return loss, dict(zip(gradients._names(model), found, strict=True))


def _run_forward(rows: Tensor, ids: Tensor, W_hh: Tensor) -> Tensor:
    """All states (T, B, H), each in the place of what its character adds."""
    states = rows[ids]  # a look-up
    h = torch.zeros_like(states[0])  # (B, H)
    for state in states:
        h = state.addmm_(h, W_hh.T).tanh_()
    return states


def _run_back(d_sums: Tensor, states: Tensor, W_hh: Tensor) -> Tensor:
    """Turn what each state hears from its own loss into the gradient of its sum."""
    slopes = 1 - states * states  # (T, B, H)
    later = d_sums[-1].mul_(slopes[-1])  # (B, H)
    for t in reversed(range(len(d_sums) - 1)):
        later = d_sums[t].addmm_(later, W_hh).mul_(slopes[t])
    return d_sums


def _is_as_built(model: nn.Module) -> bool:
    if type(model) is CharRNN:
        rnn, output = model.rnn, model.output
        if type(rnn) is not nn.RNN or type(output) is not nn.Linear:
            return False
        if not rnn.bias or rnn.bidirectional or output.bias is None:
            return False
    elif type(model) is not ScratchRNN:
        return False
    return all(p.dtype in (torch.float32, torch.float64) for p in model.parameters())


def _stepper(model: CharRNN | ScratchRNN, h: Tensor) -> Callable[[int], np.ndarray]:
    """A function that takes one id, moves the state on, and returns the logits (V,)."""
    if type(model) is CharRNN:
        layers = [
            [getattr(model.rnn, f"{name}_l{layer}") for name in _RNN_WEIGHTS]
            for layer in range(model.rnn.num_layers)
        ]
        kinds = [model.rnn.nonlinearity] * len(layers)
        last = model.output.weight, model.output.bias
    else:
        layers = [[c.W_ih, c.W_hh, c.b_ih, c.b_hh] for c in model.cells]
        kinds = [cell.nonlinearity for cell in model.cells]
        last = model.W_ho, model.b_o
    activations = [ACTIVATIONS[kind] for kind in kinds]
    arrays = [[w.cpu().numpy() for w in layer] for layer in layers]
    W_ho, b_o = (w.cpu().numpy() for w in last)
    # One-hot times a matrix is a row look-up: the first product needs no arithmetic.
    W_ih, _, b_ih, b_hh = arrays[0]
    rows = np.ascontiguousarray((W_ih + (b_ih + b_hh)[:, None]).T)  # (V, H)
    above = [(W_ih, b_ih + b_hh) for W_ih, _, b_ih, b_hh in arrays[1:]]
    recurrent = [W_hh for _, W_hh, _, _ in arrays]
    states = list(h.cpu().numpy())  # num_layers times (H,)

    def step(i: int) -> np.ndarray:
        states[0] = activations[0](rows[i] + recurrent[0] @ states[0])  # (H,)
        for k, (W_ih, b) in enumerate(above, start=1):
            from_below = W_ih @ states[k - 1] + b
            states[k] = activations[k](from_below + recurrent[k] @ states[k])
        return W_ho @ states[-1] + b_o  # (V,)

    return step
