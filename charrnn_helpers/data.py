"""Text in, tensors out: vocabulary, padding, shifting, one-hot rows, windows.

The last part of the module counts: what a uniform guess, a unigram table, a bigram
table and a perfect memory cost on a set of targets, in nats per character.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from charrnn_helpers import _validate

IGNORE_INDEX = -100
"""The target that no loss counts; the default of ``F.cross_entropy``."""

PAD = "<pad>"
END = "<end>"
"""Names of the special symbols: longer than one character, so no text contains them."""

_FLAGS = ("pad", "end")

SENTENCES = ("hello how are you", "i am fine", "how are you doing")
"""The running example of the series."""


@dataclass(frozen=True)
class Vocabulary:
    """The characters that a model knows, each with its id.

    Ids follow the sorted order of the characters, so that every process builds the
    same vocabulary from the same texts. The special symbols come after the
    characters: adding one never moves the id of a letter. Two vocabularies with the
    same characters and symbols are equal.

    Args:
        characters: the distinct characters; sorted by the constructor.
        pad: whether there is a symbol that fills the end of short rows.
        end: whether there is a symbol that marks the end of a text.

    Attributes:
        characters: the distinct characters, sorted, as one string.
        itos: the symbol of each id; ``len(itos)`` is the vocabulary size V.
        stoi: the id of each symbol.
        pad_id: id of the padding symbol, or None.
        end_id: id of the end-of-text symbol, or None.

    Raises:
        TypeError: if ``characters`` is not a string, or ``pad`` or ``end`` is neither
            True nor False.
        ValueError: if ``characters`` is empty or holds one of them twice.

    Built in: notebooks/01_text_and_padding.ipynb, section 1.3.
    """

    characters: str
    pad: bool = False
    end: bool = False
    itos: tuple[str, ...] = field(init=False, repr=False, compare=False)
    stoi: dict[str, int] = field(init=False, repr=False, compare=False)
    pad_id: int | None = field(init=False, repr=False, compare=False)
    end_id: int | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        advice = "; for a list of texts use Vocabulary.from_texts(texts)"
        _validate.text("characters", self.characters, advice)
        if not self.characters:
            raise ValueError(
                "a vocabulary needs at least one character, got an empty text"
            )
        letters = sorted(set(self.characters))
        if len(letters) < len(self.characters):
            raise ValueError(
                "characters must be distinct; for a text use "
                "Vocabulary.from_texts([text])"
            )
        flags = {name: _validate.flag(name, getattr(self, name)) for name in _FLAGS}
        specials = [PAD] * flags["pad"] + [END] * flags["end"]
        itos = (*letters, *specials)
        stoi = {symbol: i for i, symbol in enumerate(itos)}
        # The dataclass is frozen so that nobody moves an id under a trained model.
        values = {"characters": "".join(letters), "itos": itos, "stoi": stoi, **flags}
        values |= {"pad_id": stoi.get(PAD), "end_id": stoi.get(END)}
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_texts(
        cls, texts: Iterable[str], *, pad: bool = False, end: bool = False
    ) -> Vocabulary:
        """Collect the characters of some texts.

        Args:
            texts: the texts; at least one character in all.
            pad: add a padding symbol.
            end: add an end-of-text symbol.

        Returns:
            The vocabulary of every character that occurs.

        Raises:
            TypeError: if ``texts`` is one string, or holds something else than strings;
                or if ``pad`` or ``end`` is neither True nor False.
            ValueError: if there is no character at all.
        """
        return cls(
            "".join(sorted(set().union(*_validate.texts(texts)))), pad=pad, end=end
        )

    def __len__(self) -> int:
        return len(self.itos)

    def __contains__(self, symbol: object) -> bool:
        return isinstance(symbol, str) and symbol in self.stoi

    def encode(self, text: str) -> Tensor:
        """Turn a text into ids, in time linear in its length.

        Args:
            text: T characters, each in the vocabulary.

        Returns:
            int64, shape (T,). An empty text gives shape (0,).

        Raises:
            TypeError: if ``text`` is not a string.
            ValueError: if a character is not in the vocabulary; the message names it,
                its position and the characters that there are.
        """
        advice = "; for several texts use encode_batch(vocab, texts)"
        _validate.text("text", text, advice)
        try:
            # fromiter writes straight into the array: 8 bytes a character, no list.
            ids = np.fromiter(map(self.stoi.__getitem__, text), np.int64, len(text))
        except KeyError:
            position = next(i for i, c in enumerate(text) if c not in self.stoi)
            raise ValueError(
                f"unknown character {text[position]!r} at position {position}: the "
                f"vocabulary holds {len(self.characters)} characters, "
                f"{_validate.shown(self.characters)}. Remove it from the text, or "
                "build the vocabulary from texts that contain it "
                "(notebooks/01_text_and_padding.ipynb)"
            ) from None
        return torch.from_numpy(ids)

    def decode(self, ids: Tensor | Sequence[int]) -> str:
        """Turn ids back into text.

        Args:
            ids: int64, shape (T,), or a sequence of T integers in [0, V).

        Returns:
            The text. Special symbols stand for no character and are left out; to see
            them, read ``itos[i]``.

        Raises:
            TypeError: if the ids are not integers.
            ValueError: if they have more than one axis, or an id is outside [0, V).
        """
        try:
            ids = torch.as_tensor(ids)
        except (TypeError, ValueError, RuntimeError, OverflowError):
            raise TypeError(
                f"ids must be integers, a tensor or a list, got {_validate.shown(ids)}"
            ) from None
        if ids.ndim != 1:
            raise ValueError(
                f"ids must have shape (T,), got {tuple(ids.shape)}; "
                "decode a batch row by row"
            )
        if ids.numel() == 0:
            return ""
        _validate.ids_in_range(ids, len(self))
        n = len(self.characters)
        return "".join(self.characters[i] for i in ids.tolist() if i < n)


def pad(
    texts: Iterable[str],
    length: int | None = None,
    value: str = " ",
    *,
    side: Literal["right", "left"] = "right",
) -> list[str]:
    """Extend each text with one character until all have the same length.

    Args:
        texts: the texts; an empty list gives an empty list.
        length: the common length in characters; None takes that of the longest text.
        value: the padding character.
        side: where the padding goes.

    Returns:
        As many texts as there were, in the same order, all of the same length.

    Raises:
        TypeError: if ``texts`` is one string, or holds something else than strings.
        ValueError: if a text is longer than ``length`` (nothing is cut silently), if
            ``length`` is no whole number from 0, ``value`` not one character, or
            ``side`` neither right nor left.

    Built in: notebooks/01_text_and_padding.ipynb, section 1.4.
    """
    texts = _validate.texts(texts)
    if not isinstance(value, str) or len(value) != 1:
        raise ValueError(f"value must be one character, got {_validate.shown(value)}")
    _validate.choice("side", side, ("right", "left"))
    longest = max(map(len, texts), default=0)
    if length is None:
        length = longest
    length = _validate.whole("length", length, 0, optional=True)
    if longest > length:
        text = max(texts, key=len)
        raise ValueError(
            f"{_validate.shown(text)} has {longest} characters, more than "
            f"length={length}; pass a larger length, or cut the text yourself: "
            "text[:length]"
        )
    extend = str.ljust if side == "right" else str.rjust
    return [extend(text, length, value) for text in texts]


def encode_batch(
    vocab: Vocabulary, texts: Iterable[str], *, end: bool = False
) -> Tensor:
    """Encode several texts into one rectangle of ids.

    Args:
        vocab: the vocabulary.
        texts: B texts. Where their lengths differ, the short ones are filled on the
            right with ``vocab.pad_id``.
        end: put ``vocab.end_id`` after the last character of each text.

    Returns:
        int64, shape (B, T), T being the longest text (plus one with ``end``).

    Raises:
        TypeError: if ``texts`` is one string, or holds something else than strings; or
            if ``vocab`` or ``end`` is of another type.
        ValueError: if there is no text, a character is unknown, or a symbol is needed
            that the vocabulary does not have; the message says how to get it.

    Built in: notebooks/01_text_and_padding.ipynb, section 1.4.
    """
    _validate.instance("vocab", vocab, Vocabulary)
    end = _validate.flag("end", end)
    texts = _validate.texts(texts)
    if not texts:
        raise ValueError("encode_batch needs at least one text, got an empty list")
    if end and vocab.end_id is None:
        raise ValueError(
            "end=True needs an end-of-text symbol: build the vocabulary with "
            "Vocabulary.from_texts(texts, end=True)"
        )
    lengths = sorted({len(text) for text in texts})
    if len(lengths) > 1 and vocab.pad_id is None:
        raise ValueError(
            f"the texts have {lengths[0]} to {lengths[-1]} characters, and a batch "
            "is a rectangle: pad the texts first, pad(texts), or build the vocabulary "
            "with a padding symbol, Vocabulary.from_texts(texts, pad=True)"
        )
    fill = vocab.pad_id if vocab.pad_id is not None else 0
    batch = torch.full((len(texts), lengths[-1] + end), fill)  # (B, T)
    for row, text in zip(batch, texts, strict=True):
        row[: len(text)] = vocab.encode(text)
        if end:
            row[len(text)] = vocab.end_id
    return batch


def shift(ids: Tensor) -> tuple[Tensor, Tensor]:
    """Split ids into inputs and targets: the targets are the inputs moved on by one.

    Args:
        ids: shape (..., T + 1), any dtype.

    Returns:
        ``(inputs, targets)``, each of shape (..., T): all but the last entry of the
        last axis, and all but the first. Both are views of ``ids``: to mask targets,
        use ``masked_fill``, which makes a copy; an assignment would reach the inputs.

    Raises:
        TypeError: if ``ids`` is not a tensor.
        ValueError: if the last axis has fewer than two entries.

    Built in: notebooks/02_inputs_and_targets.ipynb, section 2.1.
    """
    _validate.tensor("ids", ids, "; torch.tensor(ids) makes one")
    if ids.ndim == 0 or ids.shape[-1] < 2:
        raise ValueError(
            f"shift needs at least two characters in each row, got ids of shape "
            f"{tuple(ids.shape)}: one to read and one to predict"
        )
    return ids[..., :-1], ids[..., 1:]


def one_hot(ids: Tensor, vocab_size: int) -> Tensor:
    """Turn character ids into one-hot rows.

    Args:
        ids: an integer tensor, shape (...); each value in [0, vocab_size).
        vocab_size: number of distinct symbols V, at least 1.

    Returns:
        float32, shape (..., V), on the device of ``ids``; each last-axis row sums to 1.

    Raises:
        TypeError: if ``ids`` is not an integer tensor.
        ValueError: if an id is outside [0, V) (the message names the id and its
            position), or ``vocab_size`` is no whole number from 1.

    Built in: notebooks/03_one_hot_encoding.ipynb, section 3.2.
    Source: torch.nn.functional.one_hot (the oracle in tests/test_data.py).
    """
    vocab_size = _validate.whole("vocab_size", vocab_size)
    _validate.ids_in_range(ids, vocab_size)
    # Of ids in bytes, indexing would make a mask: hence long().
    return torch.eye(vocab_size, device=ids.device)[ids.long()]  # (..., V)


def windows(
    ids: Tensor,
    seq_len: int,
    stride: int | None = None,
    *,
    remainder: Literal["pad", "drop"] = "pad",
) -> tuple[Tensor, Tensor]:
    """Cut a long text into windows of inputs and targets.

    The shift is made before the cut, so the last target of a window is the character
    that really follows, and the last target of all is the last character of the text.

    Args:
        ids: int64, shape (N,), N at least 2.
        seq_len: characters in a window, T, at least 1.
        stride: characters from the start of one window to the start of the next, in
            [1, T]; None takes T, so that every target is covered exactly once.
        remainder: what becomes of the characters after the last full window: "pad"
            makes one more window of them, filled up with targets ``IGNORE_INDEX``
            (under inputs 0), which the loss leaves out; "drop" leaves them out.

    Returns:
        ``(inputs, targets)``, each int64 of shape (number of windows, T), and copies.

    Raises:
        TypeError: if ``ids`` is not an integer tensor.
        ValueError: if the shapes do not fit, if ``stride`` would skip characters, or
            if "drop" would leave nothing.

    Built in: notebooks/a3_long_texts.ipynb, section A3.2.
    """
    _validate.integers(ids)
    if ids.ndim != 1:
        raise ValueError(f"ids must have shape (N,), got {tuple(ids.shape)}")
    seq_len = _validate.whole("seq_len", seq_len)
    if stride is None:
        stride = seq_len
    advice = ": a window may not start behind the end of the one before (seq_len)"
    stride = _validate.whole("stride", stride, 1, seq_len, optional=True, advice=advice)
    _validate.choice("remainder", remainder, ("pad", "drop"))
    inputs, targets = shift(ids.long())
    more = max(0, math.ceil((len(inputs) - seq_len) / stride))  # after the first window
    missing = seq_len + more * stride - len(inputs)
    if missing and remainder == "pad":
        inputs = torch.cat([inputs, inputs.new_zeros(missing)])
        targets = torch.cat([targets, targets.new_full((missing,), IGNORE_INDEX)])
    elif len(inputs) < seq_len:
        raise ValueError(
            f"{len(ids)} characters give no window of seq_len={seq_len} (that takes "
            f"{seq_len + 1}): choose a smaller seq_len or remainder='pad'"
        )
    # Copies: views would share characters, and a masked target change an input.
    return tuple(t.unfold(0, seq_len, stride).clone() for t in (inputs, targets))


def uniform_loss(vocab_size: int) -> float:
    """The loss of guessing every symbol with the same probability: ln V.

    Args:
        vocab_size: number of distinct symbols V, at least 1.

    Returns:
        ln V, in nats per character.

    Raises:
        ValueError: if ``vocab_size`` is below 1.

    Built in: notebooks/02_inputs_and_targets.ipynb, section 2.4.
    """
    vocab_size = _validate.whole("vocab_size", vocab_size)
    return math.log(vocab_size)


def conditional_entropy(contexts: Sequence[Hashable], answers: Sequence) -> float:
    """How uncertain an answer remains for who sees its context, by counting.

    Args:
        contexts: what is seen before each of N answers, at least one.
        answers: the N answers.

    Returns:
        H(answer | context), in nats per answer.

    Raises:
        ValueError: if there is no answer, or another number of contexts.

    Built in: notebooks/02_inputs_and_targets.ipynb, section 2.4.
    """
    if not len(answers) == len(contexts) > 0:
        raise ValueError(
            f"{len(contexts)} contexts for {len(answers)} answers: each answer needs "
            "one, and there must be at least one"
        )
    seen = Counter(contexts)
    pairs = Counter(zip(contexts, answers, strict=True))
    total = sum(n * math.log(seen[c] / n) for (c, _), n in pairs.items())
    return total / len(answers)


def unigram_loss(targets: Tensor) -> float:
    """The loss of a table that knows how often each symbol occurs, and nothing else.

    It is the entropy of the targets, counted on the very targets that it is asked to
    predict: no model without inputs can do better on them.

    Args:
        targets: integer tensor of any shape; ``IGNORE_INDEX`` is left out.

    Returns:
        H(target), in nats per character.

    Raises:
        TypeError: if ``targets`` is not an integer tensor.
        ValueError: if no target is left to count.

    Built in: notebooks/02_inputs_and_targets.ipynb, section 2.4.
    """
    _validate.integers(targets, "targets")
    return conditional_entropy(*_counted(torch.zeros_like(targets), targets))


def bigram_loss(inputs: Tensor, targets: Tensor) -> float:
    """The loss of a table that sees the current symbol: the best without memory.

    It is the conditional entropy of the target given the input, counted on the very
    pairs that it is asked to predict.

    Args:
        inputs: integer tensor of any shape.
        targets: integer tensor of the same shape; ``IGNORE_INDEX`` is left out.

    Returns:
        H(target | input), in nats per character.

    Raises:
        TypeError: if a tensor does not hold integers.
        ValueError: if the shapes differ, or no target is left to count.

    Built in: notebooks/02_inputs_and_targets.ipynb, section 2.4.
    """
    return conditional_entropy(*_counted(inputs, targets))


def prefix_loss(inputs: Tensor, targets: Tensor) -> float:
    """The loss of a perfect memory: the floor under every model that reads the row.

    It is the conditional entropy of the target given everything before it in its row.

    Args:
        inputs: integer tensor, shape (T,) or (B, T).
        targets: integer tensor of the same shape; ``IGNORE_INDEX`` is left out.

    Returns:
        H(target | prefix), in nats per character.

    Raises:
        TypeError: if a tensor does not hold integers.
        ValueError: if the shapes differ or have another number of axes, or no target
            is left to count.

    Built in: notebooks/02_inputs_and_targets.ipynb, section 2.5.
    """
    _validate.integers(inputs, "inputs")
    if inputs.ndim not in (1, 2):
        raise ValueError(
            f"inputs must have shape (T,) or (B, T), got {tuple(inputs.shape)}"
        )
    known: dict[tuple[int, int], int] = {}
    prefixes = torch.empty_like(inputs, dtype=torch.long)
    for row, numbers in zip(
        torch.atleast_2d(inputs).tolist(), torch.atleast_2d(prefixes), strict=True
    ):
        prefix = -1
        for t, i in enumerate(row):
            # A prefix is the one before it and one more character: a walk in a trie.
            prefix = known.setdefault((prefix, i), len(known))
            numbers[t] = prefix
    return conditional_entropy(*_counted(prefixes, targets))


def _counted(contexts: Tensor, targets: Tensor) -> tuple[list[int], list[int]]:
    """The contexts and the targets as lists, where the target counts."""
    _validate.integers(contexts, "inputs")
    _validate.integers(targets, "targets")
    if contexts.shape != targets.shape:
        raise ValueError(
            f"inputs {tuple(contexts.shape)} and targets {tuple(targets.shape)} must "
            "have the same shape; make both with shift(ids)"
        )
    targets = targets.long()  # in one byte, IGNORE_INDEX would be 156
    counted = targets != IGNORE_INDEX
    if not counted.any():
        raise ValueError("there is no target to count")
    return contexts[counted].tolist(), targets[counted].tolist()
