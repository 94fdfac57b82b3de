"""What model and table write, and whether it is Python."""

from __future__ import annotations

import ast
import warnings

import torch
from torch import nn

from charrnn_helpers import sampling
from charrnn_helpers.data import Vocabulary
from charrnn_helpers.evaluation import NGram

SEED = 0


def by_model(
    model: nn.Module,
    vocab: Vocabulary,
    prompt: str,
    count: int,
    temperature: float = 0.8,
) -> str:
    """So many characters that a model writes after a prompt, the same each time."""
    generator = torch.Generator().manual_seed(SEED)
    text = sampling.sample(
        model, vocab, prompt, count, temperature=temperature, generator=generator
    )
    return text[len(prompt) :]


def by_table(
    table: NGram,
    vocab: Vocabulary,
    prompt: str,
    count: int,
    temperature: float = 0.8,
) -> str:
    """So many characters that a table of counts writes after a prompt."""
    generator = torch.Generator().manual_seed(SEED)
    ids = vocab.encode(prompt).tolist()
    for _ in range(count):
        last = torch.tensor(ids[-max(table.order, 1) :])
        p = table.probs(last) ** (1 / temperature)  # (V,)
        ids.append(torch.multinomial(p, 1, generator=generator).item())
    return vocab.decode(torch.tensor(ids[len(prompt) :]))


def python(text: str) -> float:
    """The share of lines that are Python by themselves, the first and last left out.

    A line that opens a block gets one; empty lines do not count.
    """
    lines = [line.strip() for line in text.splitlines()[1:-1]]
    lines = [line + " pass" if line.endswith(":") else line for line in lines if line]
    return sum(map(_parses, lines)) / max(len(lines), 1)


def _parses(line: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it finds odd
        try:
            ast.parse(line)
        except (SyntaxError, ValueError):
            return False
    return True


def closed(text: str) -> float:
    """The share of brackets that have their partner."""
    opens = {")": "(", "]": "[", "}": "{"}
    waiting, matched = [], 0
    for character in text:
        if character in opens.values():
            waiting.append(character)
        elif character in opens and waiting and waiting[-1] == opens[character]:
            waiting.pop()
            matched += 2
    return matched / max(sum(text.count(c) for c in "()[]{}"), 1)
