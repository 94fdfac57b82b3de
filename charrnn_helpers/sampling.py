"""From a model to text: predict one character, sample many, shape the distribution."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from charrnn_helpers.data import Vocabulary
from charrnn_helpers.models import CharRNN, ScratchRNN, ScratchRNNCell
from charrnn_helpers.training import evaluation_mode


@torch.no_grad()
def predict(
    model: nn.Module, vocab: Vocabulary, prompt: str
) -> tuple[str, Tensor, Tensor]:
    """Read a prompt and say which character is most likely to follow.

    Args:
        model: maps ids (T,) to ``(logits (T, V), h_n)``.
        vocab: the vocabulary that its ids come from.
        prompt: at least one character, each in the vocabulary.

    Returns:
        ``character``: the most likely symbol (a special one by its name, such as
        ``<end>``); ``probs``: shape (V,), the probability of every symbol;
        ``h``: shape (num_layers, H), the hidden state after the prompt.

    Raises:
        TypeError: if ``prompt`` is not a string.
        ValueError: if it is empty, holds an unknown character, or the model and the
            vocabulary have different sizes.

    Built in: notebooks/07_sampling.ipynb, section 7.1.
    """
    logits, h = _read(model, vocab, prompt)
    probs = logits.softmax(dim=-1)  # (V,)
    return vocab.itos[int(probs.argmax())], probs, h


def sampling_probs(
    logits: Tensor,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> Tensor:
    """Turn logits into the distribution that the next symbol is drawn from.

    The logits are divided by the temperature; then all but the ``top_k`` most likely
    symbols are removed; then all but the smallest set of most likely symbols whose
    probabilities reach ``top_p``. What is left is scaled to sum to 1. Where symbols
    tie at the border, those with the lower ids stay.

    Args:
        logits: floating-point, shape (..., V).
        temperature: at least 0; below 1 sharpens, above 1 flattens; 0 puts
            everything on the most likely symbol.
        top_k: symbols that may be drawn, at least 1; None keeps all.
        top_p: share of the probability that is kept, in (0, 1]; None keeps all.

    Returns:
        Probabilities, of the shape, dtype and device of ``logits``.

    Raises:
        TypeError: if ``logits`` is not a floating-point tensor.
        ValueError: if a number is out of its range (the message names it), or if a row
            holds nan or inf, or nothing but -inf.

    Built in: notebooks/07_sampling.ipynb, section 7.4.
    """
    _check_controls(temperature, top_k, top_p)
    if not isinstance(logits, Tensor) or not logits.is_floating_point():
        kind = getattr(logits, "dtype", type(logits).__name__)
        raise TypeError(f"logits must be a floating-point tensor, got {kind}")
    if not logits.amax(dim=-1).isfinite().all():  # nan is the largest of all
        raise ValueError(
            "logits must be finite numbers (or -inf, for a symbol that may not come): "
            "a row holds nan or inf, or nothing but -inf"
        )
    rows = _array(logits.double()).reshape(-1, logits.shape[-1])  # (N, V)
    probs = [_probs(row, temperature, top_k, top_p) for row in rows]
    flat = torch.from_numpy(np.array(probs)).to(logits)  # (N, V)
    return flat.reshape(logits.shape)  # (..., V)


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
) -> str:
    """Continue a prompt, one character at a time, carrying the hidden state.

    The prompt is read once. After that each character costs one step, so that the
    cost is linear in the length of the text.

    Args:
        model: maps ids (T,) and a state to ``(logits (T, V), h_n)``.
        vocab: the vocabulary that its ids come from.
        prompt: at least one character, each in the vocabulary.
        max_new_chars: characters to add at the most, at least 0.
        temperature: 0 always takes the most likely character (greedy); above 0 draws
            from :func:`sampling_probs`.
        top_k: draw among that many symbols only; None among all.
        top_p: draw from the most likely symbols that hold this share of the
            probability; None from all.
        stop: a text that ends the sampling when it has been produced after the
            prompt; it is kept in the result.
        generator: draws the random numbers; None takes torch's global one. Unused
            when greedy.

    Returns:
        The prompt and its continuation. It is shorter than ``max_new_chars`` where
        the model produced ``stop`` or the end-of-text symbol (which is left out). The
        padding symbol is never drawn.

    Raises:
        TypeError: if ``prompt`` is not a string.
        ValueError: if it is empty or holds an unknown character, if the model and the
            vocabulary have different sizes, if a number is out of its range, or if the
            model's scores are not finite numbers.

    Built in: notebooks/07_sampling.ipynb, section 7.3.
    """
    _check_controls(temperature, top_k, top_p)
    whole = isinstance(max_new_chars, int) and not isinstance(max_new_chars, bool)
    if not whole or max_new_chars < 0:
        raise ValueError(
            f"max_new_chars must be a whole number from 0, got {max_new_chars!r}"
        )
    if stop is not None and not (isinstance(stop, str) and stop):
        raise ValueError(
            f"stop must be a text of at least one character (or None), got {stop!r}"
        )

    first, h = _read(model, vocab, prompt)
    logits = _array(first).copy()
    # Scores that overflow are refused with an error: no warning on top.
    with evaluation_mode(model), np.errstate(over="ignore", invalid="ignore"):
        step = _stepper(model, h)
        if temperature > 0:
            draws = torch.rand(max_new_chars, generator=generator).tolist()
        new: list[str] = []
        for n in range(max_new_chars):
            if vocab.pad_id is not None:
                logits[vocab.pad_id] = -np.inf
            i = int(logits.argmax())
            if not math.isfinite(logits[i]):  # argmax prefers nan and inf
                raise ValueError(_NOT_FINITE)
            if temperature > 0:
                probs = _probs(logits, temperature, top_k, top_p)
                # The inverse of the cumulative distribution turns a uniform draw into
                # a symbol. Scaled by the last entry, the draw stays below it.
                cumulative = probs.cumsum()
                point = draws[n] * cumulative[-1]
                i = int(cumulative.searchsorted(point, side="right"))
            if i == vocab.end_id:
                break
            new.append(vocab.itos[i])
            if stop is not None and "".join(new[-len(stop) :]) == stop:
                break
            if n + 1 < max_new_chars:
                logits = step(i)
    return prompt + "".join(new)


def _read(model: nn.Module, vocab: Vocabulary, prompt: str) -> tuple[Tensor, Tensor]:
    """Logits (V,) after the prompt, and the hidden state."""
    if isinstance(prompt, str) and not prompt:
        raise ValueError(
            "the prompt is empty: give at least one character, for the model predicts "
            "what follows a character"
        )
    ids = vocab.encode(prompt).to(_device(model))  # (T,)
    _check_size(getattr(model, "vocab_size", len(vocab)), vocab)
    with evaluation_mode(model):
        logits, h = model(ids)
    _check_size(logits.shape[-1], vocab)
    if not logits[-1].amax().isfinite():  # nan is the largest; -inf rules a symbol out
        raise ValueError(_NOT_FINITE)
    return logits[-1], h


def _check_size(scored: int, vocab: Vocabulary) -> None:
    if scored != len(vocab):
        raise ValueError(
            f"the model scores {scored} symbols and the vocabulary has {len(vocab)}: "
            "they do not belong together"
        )


def _device(model: nn.Module) -> torch.device | None:
    """Where the model's weights are; None for a model without any."""
    return next((p.device for p in model.parameters()), None)


def _array(tensor: Tensor) -> np.ndarray:
    """The numbers of a tensor, wherever it is; NumPy has no bfloat16."""
    tensor = tensor.detach().cpu()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()


def _stepper(model: nn.Module, h: Tensor) -> Callable[[int], np.ndarray]:
    """A function that takes one id, moves the state on, and returns the logits (V,)."""
    as_built = _is_as_built(model)
    if as_built and type(model) is CharRNN:
        layers = [
            tuple(getattr(model.rnn, f"{name}_l{layer}") for name in _RNN_WEIGHTS)
            for layer in range(model.num_layers)
        ]
        return _array_stepper(
            layers, model.output.weight, model.output.bias, model.nonlinearity, h
        )
    if as_built and type(model) is ScratchRNN:
        layers = [(c.W_ih, c.W_hh, c.b_ih, c.b_hh) for c in model.cells]
        return _array_stepper(layers, model.W_ho, model.b_o, model.nonlinearity, h)

    device = _device(model)

    def step(i: int) -> np.ndarray:
        nonlocal h
        logits, h = model(torch.tensor([i], device=device), h)  # (1, V)
        return _array(logits[0]).copy()

    return step


def _is_as_built(model: nn.Module) -> bool:
    """Whether a model computes what its class says, with nothing changed or added."""
    kinds = {
        CharRNN: [nn.RNN, nn.Linear],
        ScratchRNN: [
            nn.ModuleList,
            *[ScratchRNNCell] * getattr(model, "num_layers", 0),
        ],
    }
    parts = list(model.modules())[1:]
    if [type(part) for part in parts] != kinds.get(type(model)):
        return False
    for name in ("nonlinearity", "num_layers", "hidden_size"):
        value = getattr(model, name)
        if any(getattr(part, name, value) != value for part in parts):
            return False
    if any(
        m._forward_hooks or m._forward_pre_hooks or "forward" in vars(m)
        for m in [model, *parts]
    ):
        return False
    if type(model) is CharRNN:
        rnn = model.rnn
        if not rnn.bias or rnn.bidirectional or model.output.bias is None:
            return False
    # In fewer bits, the module rounds after each operation and NumPy would not.
    return all(
        p.device.type == "cpu" and p.dtype in (torch.float32, torch.float64)
        for p in model.parameters()
    )


_NOT_FINITE = (
    "the model's scores are not finite numbers: its training diverged; train a fresh "
    "model with a smaller lr, or with max_norm=1.0"
)
_RNN_WEIGHTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def _array_stepper(
    layers: list[tuple[Tensor, Tensor, Tensor, Tensor]],
    W_ho: Tensor,
    b_o: Tensor,
    nonlinearity: str,
    h: Tensor,
) -> Callable[[int], np.ndarray]:
    """The same step on NumPy arrays.

    A step is a few products of a matrix and a vector. Calling a module for each of
    them costs several times as much as the products themselves.
    """
    activation = _ARRAY_ACTIVATIONS[nonlinearity]
    arrays = [tuple(_array(w) for w in layer) for layer in layers]
    # One-hot times a matrix is a row look-up: the first product needs no arithmetic.
    W_ih, _, b_ih, b_hh = arrays[0]
    rows = np.ascontiguousarray((W_ih + (b_ih + b_hh)[:, None]).T)  # (V, H)
    above = [(W_ih, b_ih + b_hh) for W_ih, _, b_ih, b_hh in arrays[1:]]
    recurrent = [W_hh for _, W_hh, _, _ in arrays]
    out, bias = _array(W_ho), _array(b_o)
    states = list(_array(h))  # num_layers times (H,)

    def step(i: int) -> np.ndarray:
        states[0] = activation(rows[i] + recurrent[0] @ states[0])  # (H,)
        for k, (W_ih, b) in enumerate(above, start=1):
            states[k] = activation(W_ih @ states[k - 1] + b + recurrent[k] @ states[k])
        return out @ states[-1] + bias  # (V,)

    return step


_ARRAY_ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
    "sigmoid": lambda a: 0.5 * (1 + np.tanh(0.5 * a)),
}


def _probs(
    logits: np.ndarray, temperature: float, top_k: int | None, top_p: float | None
) -> np.ndarray:
    """:func:`sampling_probs` for one row (V,), in float64."""
    scores = logits.astype(np.float64)
    if temperature == 0:
        probs = np.zeros_like(scores)
        probs[scores.argmax()] = 1.0
        return probs
    # With the largest at 0, a tiny temperature can only send the others to -inf.
    with np.errstate(over="ignore"):
        scores = np.exp((scores - scores.max()) / temperature)
    if top_k is not None and top_k < len(scores):
        scores[np.argsort(-scores, kind="stable")[top_k:]] = 0
    probs = scores / scores.sum()
    if top_p is not None and top_p < 1:
        order = np.argsort(-probs, kind="stable")
        # Eight times 0.1 is a little less than 0.8: rounding must not add a symbol.
        reached = probs[order].cumsum() >= top_p - 1e-6
        probs[order[1:][reached[:-1]]] = 0
        probs /= probs.sum()
    return probs


def _check_controls(temperature: float, top_k: int | None, top_p: float | None) -> None:
    if not 0 <= temperature < float("inf"):
        raise ValueError(
            f"temperature must be a number from 0, got {temperature}; 0 is greedy, "
            "1 leaves the model's probabilities as they are "
            "(notebooks/07_sampling.ipynb)"
        )
    if top_k is not None and (not isinstance(top_k, numbers.Integral) or top_k < 1):
        raise ValueError(
            f"top_k must be a whole number from 1 (or None), got {top_k!r}"
        )
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top_p must be above 0 and at most 1 (or None), got {top_p}")
