"""Exercise 6.1 shows three programs: they are those that its check runs."""

from __future__ import annotations

import json

import pytest
import torch
import torch.nn.functional as F

from charrnn_helpers import data
from charrnn_helpers.checks._06_training import PROGRAMS
from charrnn_helpers.models import CharRNN
from tests.tools.exercises import NOTEBOOKS


def test_the_notebook_shows_the_programs_that_are_checked():
    path = NOTEBOOKS / "06_training.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (task,) = (
        text
        for text in ("".join(cell["source"]) for cell in cells)
        if text.startswith("### Exercise 6.1")
    )
    shown = [block.split("```")[0].strip() for block in task.split("```text\n")[1:]]
    for text, lines in zip(shown, PROGRAMS.values(), strict=True):
        assert text.splitlines() == [f"{n}  {s}" for n, s in enumerate(lines, start=1)]


@pytest.mark.parametrize("seed", range(5))
def test_the_programs_end_where_the_exercise_says(seed):
    texts = data.pad(data.SENTENCES)
    vocab = data.Vocabulary.from_texts(texts)
    inputs, targets = data.shift(data.encode_batch(vocab, texts))
    ends = {}
    for name, lines in PROGRAMS.items():
        torch.manual_seed(seed)
        space = {"torch": torch, "F": F, "inputs": inputs, "targets": targets}
        space["model"] = CharRNN(len(vocab), 12)
        exec("\n".join(lines), space)
        ends[name] = space["loss"].item()
    assert ends["A"] > 1.3 * data.bigram_loss(inputs, targets)
    assert ends["B"] > 1.3 * data.bigram_loss(inputs, targets)
    assert ends["C"] < data.prefix_loss(inputs, targets)
