"""From a model to text: predict one character, sample many, shape the distribution."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from charrnn_helpers import _validate
from charrnn_helpers.data import Vocabulary, one_hot
from charrnn_helpers.models import evaluation_mode


@torch.no_grad()
def predict(
    model: nn.Module, vocab: Vocabulary, prompt: str, *, begin: bool = False
) -> tuple[str, Tensor, Any]:
    """Read a prompt and say which character is most likely to follow.

    Args:
        model: maps ids (T,) to ``(logits (T, V), state)``.
        vocab: the vocabulary that its ids come from.
        prompt: characters of the vocabulary; at least one, unless ``begin`` is set.
        begin: whether the model reads the end symbol before the prompt, as it does
            when it is trained on :func:`charrnn_helpers.names.batch`.

    Returns:
        ``character``: the most likely symbol (a special one by its name, such as
        ``<end>``); ``probs``: shape (V,), the probability of every symbol;
        ``h``: the state after the prompt, as the model returns it: for a ``CharRNN``
        the hidden state, shape (num_layers, H).

    Raises:
        TypeError: if an argument is of another type, or the model returns something
            else than logits and a state.
        ValueError: if the prompt is empty or holds an unknown character, if the
            vocabulary has no symbol to begin with, if the model and the vocabulary
            have different sizes, or if the model's scores are not finite numbers.

    Built in: notebooks/07_sampling.ipynb, section 7.1.
    """
    logits, h = _read(model, vocab, prompt, begin)
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
        Probabilities, of the shape, dtype and device of ``logits``, without gradient.

    Raises:
        TypeError: if ``logits`` is not a floating-point tensor.
        ValueError: if a number is out of its range (the message names it), or if a row
            holds nan or inf, or nothing but -inf.

    Built in: notebooks/07_sampling.ipynb, section 7.6.
    """
    _check_controls(temperature, top_k, top_p)
    if not isinstance(logits, Tensor) or not logits.is_floating_point():
        kind = getattr(logits, "dtype", type(logits).__name__)
        raise TypeError(f"logits must be a floating-point tensor, got {kind}")
    if logits.ndim == 0 or logits.shape[-1] == 0:
        raise ValueError(
            f"logits must have shape (..., V), V at least 1, got {tuple(logits.shape)}"
        )
    if not logits.amax(dim=-1).isfinite().all():  # nan is the largest of all
        raise ValueError(
            "logits must be finite numbers (or -inf, for a symbol that may not come): "
            "a row holds nan or inf, or nothing but -inf"
        )
    return _probs(logits.detach(), temperature, top_k, top_p)


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
    """Continue a prompt, one character at a time, carrying the state.

    The prompt is read once. After that each character costs one step, so that the
    cost is linear in the length of the text.

    Args:
        model: maps ids (T,) and the state that it returned last to
            ``(logits (T, V), state)``. The state is the model's own affair: a tensor,
            a pair ``(h, c)`` like that of ``nn.LSTM``, anything.
        vocab: the vocabulary that its ids come from.
        prompt: characters of the vocabulary; at least one, unless ``begin`` is set.
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
        begin: whether the model reads the end symbol before the prompt, as it does
            when it is trained on :func:`charrnn_helpers.names.batch`; with it, a name
            can be drawn from nothing.

    Returns:
        The prompt and its continuation. It is shorter than ``max_new_chars`` where
        the model produced ``stop`` or the end-of-text symbol (which is left out). The
        padding symbol is never drawn.

    Raises:
        TypeError: if an argument is of another type, or the model returns something
            else than logits and a state.
        ValueError: if the prompt is empty or holds an unknown character, if the
            vocabulary has no symbol to begin with, if the model and the vocabulary
            have different sizes, if a number is out of its range, or if the model's
            scores are not finite numbers.

    Built in: notebooks/07_sampling.ipynb, section 7.3.
    """
    _check_controls(temperature, top_k, top_p)
    _check_length(max_new_chars, stop, generator)
    logits, state = _read(model, vocab, prompt, begin)  # (V,)
    device, new = _device(model), []
    with evaluation_mode(model):
        for n in range(max_new_chars):
            i = _choose(logits, vocab, temperature, top_k, top_p, generator)
            if i == vocab.end_id:
                break
            new.append(vocab.itos[i])
            if stop is not None and "".join(new[-len(stop) :]) == stop:
                break
            if n + 1 < max_new_chars:  # nobody reads the logits after the last one
                ids = torch.tensor([i], device=device)  # (1,)
                rows, state = _validate.output(model(ids, state), ids, len(vocab))
                logits = rows[-1]  # (V,)
    return prompt + "".join(new)


def _read(
    model: nn.Module, vocab: Vocabulary, prompt: str, begin: bool
) -> tuple[Tensor, Any]:
    """Logits (V,) after the prompt, and the state."""
    _validate.model(model)
    _validate.instance("vocab", vocab, Vocabulary)
    _validate.instance("begin", begin, bool)
    if not _validate.text("prompt", prompt) and not begin:
        raise ValueError(
            "the prompt is empty: give at least one character, for the model predicts "
            "what follows a character; begin=True starts a model from nothing that "
            "has been trained to begin with the end symbol"
        )
    ids = vocab.encode(prompt)  # (T,)
    if begin:
        if vocab.end_id is None:
            raise ValueError(
                "begin=True reads the end symbol before the prompt, and this "
                "vocabulary has none: build it with end=True, and train a model on it"
            )
        ids = torch.cat([ids.new_tensor([vocab.end_id]), ids])  # (T + 1,)
    ids = ids.to(_device(model))
    scored = getattr(model, "vocab_size", None)
    if isinstance(scored, int):  # before an id is too large for the model
        _validate.same_size(scored, len(vocab))
    with evaluation_mode(model):
        logits, state = _validate.output(model(ids), ids, len(vocab))
    _check_finite(logits[-1])
    return logits[-1], state


def _choose(
    logits: Tensor,
    vocab: Vocabulary,
    temperature: float,
    top_k: int | None,
    top_p: float | None,
    generator: torch.Generator | None,
) -> int:
    """The id of the next symbol: the most likely one, or one drawn."""
    if vocab.pad_id is not None:
        logits = logits.clone()
        logits[vocab.pad_id] = -torch.inf
    _check_finite(logits)
    if temperature == 0:
        return int(logits.argmax())
    probs = _probs(logits, temperature, top_k, top_p)  # (V,)
    probs = probs.to("cpu" if generator is None else generator.device)
    return int(torch.multinomial(probs, 1, generator=generator))


def _probs(
    logits: Tensor, temperature: float, top_k: int | None, top_p: float | None
) -> Tensor:
    """:func:`sampling_probs` without its checks; float64 on the way."""
    scores = logits.double()
    if temperature == 0:
        return one_hot(scores.argmax(-1), scores.shape[-1]).to(logits.dtype)
    # With the largest at 0, a tiny temperature can only send the others to -inf.
    scores = (scores - scores.amax(-1, keepdim=True)) / float(temperature)
    probs = scores.softmax(-1)  # (..., V)
    if top_k is not None or top_p is not None:
        probs, order = probs.sort(dim=-1, descending=True, stable=True)
        if top_k is not None:
            probs[..., top_k:] = 0
            probs = probs / probs.sum(-1, keepdim=True)
        if top_p is not None and top_p < 1:
            mass_before = probs.cumsum(-1) - probs
            # Eight times 0.1 is a little less than 0.8: rounding must not add a symbol.
            removed = mass_before >= float(top_p) - 1e-6
            removed[..., 0] = False
            probs = probs.masked_fill(removed, 0)
            probs = probs / probs.sum(-1, keepdim=True)
        # Back from the ranking: number j of it belongs at place order[j].
        probs = torch.zeros_like(probs).scatter(-1, order, probs)  # (..., V)
    return probs.to(logits.dtype)


def _device(model: nn.Module) -> torch.device | None:
    """Where the model's weights are; None for a model without any."""
    return next((p.device for p in model.parameters()), None)


def _check_finite(logits: Tensor) -> None:
    if not math.isfinite(logits.amax()):  # nan is the largest; -inf rules a symbol out
        raise ValueError(
            "the model's scores are not finite numbers: its training diverged; train a "
            "fresh model with a smaller lr, or with max_norm=1.0"
        )


def _check_controls(temperature: float, top_k: int | None, top_p: float | None) -> None:
    advice = (
        "; 0 is greedy, 1 leaves the model's probabilities as they are "
        "(notebooks/07_sampling.ipynb)"
    )
    _validate.number("temperature", temperature, low=0, advice=advice)
    if top_k is not None:
        _validate.whole("top_k", top_k, optional=True)
    if top_p is not None:
        _validate.number("top_p", top_p, above=0, high=1, optional=True)


def _check_length(
    max_new_chars: int, stop: str | None, generator: torch.Generator | None
) -> None:
    _validate.whole("max_new_chars", max_new_chars, 0)
    if stop is not None and not (isinstance(stop, str) and stop):
        raise ValueError(
            "stop must be a text of at least one character (or None), got "
            f"{_validate.shown(stop)}"
        )
    _validate.instance("generator", generator, torch.Generator, optional=True)
