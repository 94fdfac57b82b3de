"""How good a character model is: bits per character, counting tables, copied text.

A loss is a number of a model, of a text and of a protocol: how much of the text may the
model look back on? The functions here say which, and count the rivals by the same rule.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers import _validate, sampling
from charrnn_helpers.data import Vocabulary
from charrnn_helpers.models import evaluation_mode

CHUNK = 2**22
"""Logits that are held in memory at a time, about."""


class NGram:
    """A table of counts: which symbol follows the last ``order`` ones.

    Counts alone would give probability 0 to what never occurred. So each context also
    listens to the context that is one symbol shorter, the more so the more different
    symbols have followed it: with n occurrences and u different followers,

    ``p(x | context) = (n(context, x) + weight u p(x | shorter)) / (n + weight u)``

    and under the shortest lie equal shares, 1/V.

    Args:
        vocab_size: number of distinct symbols V.
        order: symbols that the table looks back, from 0 to :meth:`largest_order`.
        weight: how much a context listens, above 0. Witten and Bell have 1; on source
            code and English drama 2 is better at every order. It may be set again after
            ``fit``: notebook 13 chooses it on text that was not counted.

    Raises:
        ValueError: if a number is out of its range.

    Built in: notebooks/13_real_text.ipynb, section 13.3.
    Source: I. H. Witten, T. C. Bell, The zero-frequency problem, IEEE Transactions on
    Information Theory 37 (1991), method C, interpolated.
    """

    def __init__(self, vocab_size: int, order: int, *, weight: float = 2.0) -> None:
        self.vocab_size = _validate.whole("vocab_size", vocab_size)
        largest = self.largest_order(self.vocab_size)
        self.order = _validate.whole("order", order, 0, largest)
        self.weight = _validate.number("weight", weight, above=0)
        self._tables: list[_Table] = []

    @staticmethod
    def largest_order(vocab_size: int) -> int:
        """The highest order whose contexts fit into 64 bits, symbol included."""
        return int(63 // max(math.log2(max(vocab_size, 2)), 1)) - 1

    def fit(self, ids: Tensor) -> NGram:
        """Count a text, in place of what was counted before.

        Args:
            ids: int64, shape (N,), longer than the order; each value in [0, V).

        Returns:
            This table.

        Raises:
            TypeError: if ``ids`` is no integer tensor.
            ValueError: if it has another shape or an id outside [0, V).
        """
        symbols = self._symbols(ids, least=self.order + 1)
        self._tables = [
            _Table.count(_grams(symbols, length, self.vocab_size), self.vocab_size)
            for length in range(1, self.order + 2)
        ]
        return self

    def losses(self, ids: Tensor, *, order: int | None = None) -> Tensor:
        """The surprise at each symbol, given those before it in this text.

        Args:
            ids: int64, shape (N,). The first symbols have a shorter context.
            order: look back no further than this; None is the order of the table.

        Returns:
            −ln p of each symbol, in nats: float64, shape (N,).

        Raises:
            TypeError, ValueError: as :meth:`fit`, if nothing was counted yet, or if
                ``order`` is not from 0 to that of the table.
        """
        symbols = self._symbols(ids, least=1)
        p = np.full(len(symbols), 1 / self.vocab_size)
        for length, table in enumerate(self._counted(order), start=1):
            if length <= len(symbols):
                grams = _grams(symbols, length, self.vocab_size)
                p[length - 1 :] = self._mixed(table, grams, p[length - 1 :])
        return torch.from_numpy(-np.log(p))

    def probs(self, context: Tensor, *, order: int | None = None) -> Tensor:
        """The probabilities of the next symbol.

        Args:
            context: int64, shape (N,), N from 0; the last ``order`` of them count.
            order: as of :meth:`losses`.

        Returns:
            float64, shape (V,), with the sum 1.

        Raises:
            TypeError, ValueError: as :meth:`losses`.
        """
        symbols = self._symbols(context, least=0)
        symbols = symbols[max(len(symbols) - self.order, 0) :]
        followers = np.arange(self.vocab_size, dtype=np.uint64)
        p = np.full(self.vocab_size, 1 / self.vocab_size)
        for length, table in enumerate(self._counted(order)):
            if length <= len(symbols):
                key = np.uint64(0)
                for symbol in symbols[len(symbols) - length :]:
                    key = key * np.uint64(self.vocab_size) + symbol
                grams = key * np.uint64(self.vocab_size) + followers
                p = self._mixed(table, grams, p)
        return torch.from_numpy(p)

    def _mixed(self, table: _Table, grams: np.ndarray, p: np.ndarray) -> np.ndarray:
        seen, of_context, different = table.look_up(grams, self.vocab_size)
        doubt = self.weight * different
        total = of_context + doubt
        return np.where(total > 0, (seen + doubt * p) / np.maximum(total, 1e-300), p)

    def _counted(self, order: int | None) -> list[_Table]:
        if not self._tables:
            raise ValueError("the table is empty: count a text first, ngram.fit(ids)")
        order = self.order if order is None else order
        return self._tables[: _validate.whole("order", order, 0, self.order) + 1]

    def _symbols(self, ids: Tensor, least: int) -> np.ndarray:
        _validate.ids_in_range(ids, self.vocab_size)
        if ids.ndim != 1 or len(ids) < least:
            raise ValueError(
                f"ids must have shape (N,), N at least {least}, got {tuple(ids.shape)}"
            )
        return ids.numpy().astype(np.uint64)


class _Table(NamedTuple):
    """Grams of one length, sorted, and their contexts."""

    grams: np.ndarray
    counts: np.ndarray
    contexts: np.ndarray
    totals: np.ndarray
    different: np.ndarray

    @classmethod
    def count(cls, grams: np.ndarray, vocab_size: int) -> _Table:
        found, counts = np.unique(grams, return_counts=True)
        contexts, starts, different = np.unique(
            found // np.uint64(vocab_size), return_index=True, return_counts=True
        )
        totals = np.add.reduceat(counts, starts)
        return cls(found, counts, contexts, totals, different)

    def look_up(
        self, grams: np.ndarray, vocab_size: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """How often each gram was seen, its context, and different ones after that."""
        contexts = grams // np.uint64(vocab_size)
        place, there = _find(self.contexts, contexts)
        gram, seen = _find(self.grams, grams)
        return (
            self.counts[gram] * seen,
            self.totals[place] * there,
            self.different[place] * there,
        )


def _find(table: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    place = np.minimum(np.searchsorted(table, keys), len(table) - 1)
    return place, table[place] == keys


def _grams(symbols: np.ndarray, length: int, vocab_size: int) -> np.ndarray:
    """Each run of ``length`` symbols as one number in base V."""
    count = len(symbols) - length + 1
    keys = np.zeros(count, dtype=np.uint64)
    for start in range(length):
        keys = keys * np.uint64(vocab_size) + symbols[start : start + count]
    return keys


@torch.no_grad()
def bits_per_character(
    model: nn.Module, ids: Tensor, *, reset_every: int | None = None
) -> float:
    """Measure a model on one text: the mean of −log₂ p over all characters but one.

    Args:
        model: whose forward is ``(ids, state) -> (logits, state)``.
        ids: int64, shape (N,), N at least 2. The first is read and not predicted.
        reset_every: after so many characters the model starts again from its zero
            state; None lets it carry its state through the whole text. The number
            belongs to the result: the same model is worse the more often it forgets.

    Returns:
        Bits per character; nats divided by ln 2.

    Raises:
        TypeError: if ``model`` is no module, ``ids`` no integer tensor, or the model
            does not return (logits, state).
        ValueError: if ``ids`` has another shape, or ``reset_every`` is below 1.

    Built in: notebooks/13_real_text.ipynb, section 13.1.
    """
    _validate.model(model)
    _validate.integers(ids)
    if ids.ndim != 1 or len(ids) < 2:
        raise ValueError(
            f"ids must have shape (N,), N at least 2, got {tuple(ids.shape)}"
        )
    every = len(ids)
    if reset_every is not None:
        every = _validate.whole("reset_every", reset_every)
    inputs, targets = ids[:-1].long(), ids[1:].long()
    whole = len(inputs) // every * every  # characters in full pieces
    pieces = [
        (inputs[:whole].view(-1, every), targets[:whole].view(-1, every)),
        (inputs[whole:].unsqueeze(0), targets[whole:].unsqueeze(0)),
    ]
    with evaluation_mode(model):
        total = sum(_sum_of_losses(model, x, y) for x, y in pieces if x.numel())
    return total / len(inputs) / math.log(2)


def _sum_of_losses(model: nn.Module, inputs: Tensor, targets: Tensor) -> float:
    """The loss of rows that each begin from zeros, a part of them at a time."""
    (logits, _) = _validate.output(model(inputs[:1, :1]), inputs[:1, :1])
    at_a_time = max(CHUNK // logits.shape[-1], 1)  # characters
    rows = max(at_a_time // inputs.shape[1], 1)
    total = 0.0
    for x, y in zip(inputs.split(rows), targets.split(rows), strict=True):
        state = None
        for x_t, y_t in zip(x.split(at_a_time, 1), y.split(at_a_time, 1), strict=True):
            logits, state = model(x_t, state)
            scores = logits.flatten(0, 1).double()
            total += F.cross_entropy(scores, y_t.flatten(), reduction="sum").item()
    return total


class Copied(NamedTuple):
    """What of a text stands in another one, word for word.

    Attributes:
        longest: the longest run of the text that the other one holds too.
        share: the share of the text's characters that lie in runs of at least
            ``least`` characters which the other one holds.
    """

    longest: str
    share: float


def copied(text: str, source: str, *, least: int = 20) -> Copied:
    """Find out how much of a text was copied.

    Args:
        text: what a model wrote.
        source: what it was trained on.
        least: a run of fewer characters is no copy: short ones are the language's.

    Returns:
        The longest copied run (the first of them), and the share that is copied.

    Raises:
        TypeError: if ``text`` or ``source`` is not one string.
        ValueError: if ``text`` is empty or ``least`` below 1.

    Built in: notebooks/13_real_text.ipynb, section 13.7.
    """
    _validate.text("text", text)
    _validate.text("source", source)
    least = _validate.whole("least", least)
    if not text:
        raise ValueError("text is empty: there is nothing that could be copied")
    longest, covered, end, counted = "", 0, 0, 0
    for start in range(len(text)):
        end = max(end, start)
        while end < len(text) and text[start : end + 1] in source:
            end += 1  # a run that ends later cannot have begun earlier
        if end - start > len(longest):
            longest = text[start:end]
        if end - start >= least:
            covered += end - max(start, counted)
            counted = end
    return Copied(longest, covered / len(text))


@dataclass(frozen=True)
class Card:
    """What is to be said with a model's name: how good, measured how, against what.

    ``print`` it, or draw it by :func:`charrnn_helpers.plotting.draw_card`. Notebook 13
    (section 13.8) fills one in.

    Attributes:
        parameters: numbers that were trained.
        measured: characters of held-out text behind ``bits`` and ``tables``.
        counted: characters of training text behind ``tables`` and ``copied``.
        bits: bits per character by ``reset_every``; None is a state never reset.
        tables: bits per character of :class:`NGram`, by order.
        copied: of the samples, the most copied one; white space counts as one space.
        samples: text by temperature.
        seconds: that its training took, or None where nobody has said so.
        read: characters that its training read, each as often as it did, or None.
    """

    parameters: int
    measured: int
    counted: int
    bits: dict[int | None, float]
    tables: dict[int, float]
    copied: Copied
    samples: dict[float, str]
    seconds: float | None = None
    read: int | None = None

    def __str__(self) -> str:
        lines = [f"parameters        {self.parameters:,}"]
        if self.seconds is not None:
            lines.append(f"trained for       {self.seconds:,.0f} s")
        if self.read is not None:
            lines.append(f"has read          {self.read:,} characters")
        lines += [
            f"measured on       {self.measured:,} characters that it has not seen",
            "bits per character",
        ]
        for every, bits in self.bits.items():
            rule = "state carried" if every is None else f"reset every {every}"
            lines.append(f"  {rule:16}{bits:.3f}")
        for order, bits in self.tables.items():
            lines.append(f"  table, {order} back   {bits:.3f}")
        lines.append(
            f"longest copy      {len(self.copied.longest)} characters: "
            f"{self.copied.longest[:40]!r}"
        )
        for temperature, text in self.samples.items():
            lines += ["", f"--- temperature {temperature:g} ---", text]
        return "\n".join(lines)


def card(
    model: nn.Module,
    vocab: Vocabulary,
    train: Tensor,
    held: Tensor,
    *,
    resets: Sequence[int | None] = (8, 64, None),
    orders: Sequence[int] = (1, 3, 5),
    temperatures: Sequence[float] = (0.5, 0.8, 1.0),
    sampled: int = 300,
    seed: int = 0,
    seconds: float | None = None,
    read: int | None = None,
) -> Card:
    """Measure all that belongs on the card of a model.

    Args:
        model: whose forward is ``(ids, state) -> (logits, state)``.
        vocab: the vocabulary of its ids.
        train: ids that it was trained on, shape (N,), N at least 2: the tables count
            them, and copies are looked for in them.
        held: ids that it was not trained on, shape (M,), M at least 2.
        resets: the protocols, see :func:`bits_per_character`.
        orders: of the tables; those that 64 bits cannot hold are left out.
        temperatures: of the samples.
        sampled: characters of each sample. It begins with the first 20 of ``held``.
        seed: of the samples.
        seconds: that its training took, for the card.
        read: characters that its training read, for the card.

    Returns:
        The card; ``print`` it, or draw it.

    Raises:
        TypeError, ValueError: as the functions that it calls.
    """
    V = len(vocab)
    bits = {
        every: bits_per_character(model, held, reset_every=every) for every in resets
    }
    orders = [order for order in orders if order <= NGram.largest_order(V)]
    tables = {}
    if orders:
        table = NGram(V, max(orders)).fit(train)
        for order in orders:
            nats = table.losses(held, order=order)[1:].mean().item()
            tables[order] = nats / math.log(2)
    prompt, source = vocab.decode(held[:20]), " ".join(vocab.decode(train).split())
    samples = {}
    for temperature in temperatures:
        generator = torch.Generator().manual_seed(seed)
        options = {"temperature": temperature, "generator": generator}
        text = sampling.sample(model, vocab, prompt, sampled, **options)
        samples[temperature] = text[len(prompt) :]
    squeezed = [" ".join(text.split()) for text in samples.values()]
    found = [copied(text, source) for text in squeezed if text]
    return Card(
        sum(p.numel() for p in model.parameters()),
        len(held) - 1,
        len(train),
        bits,
        tables,
        max(found, key=lambda one: len(one.longest), default=Copied("", 0.0)),
        samples,
        seconds,
        read,
    )
