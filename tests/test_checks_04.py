"""Exercise 4.4 shows a program: it is the one that its check runs."""

from __future__ import annotations

import math
import re

import torch
import torch.nn.functional as F
from torch import nn

from charrnn_helpers import data
from charrnn_helpers.checks import _04_rnn_model as checks_04
from tests.tools.exercises import NOTEBOOKS


def test_the_notebook_shows_the_program_that_is_checked():
    text = (NOTEBOOKS / "04_the_rnn_model.ipynb").read_text(encoding="utf-8")
    for number, line in enumerate(checks_04.PROGRAM.splitlines(), start=1):
        assert re.search(rf'"{number}  {re.escape(line)}\\n"', text), line


def test_the_program_does_what_the_exercise_says():
    vocab = data.Vocabulary.from_texts(data.SENTENCES)
    for seed in range(5):
        torch.manual_seed(seed)
        space = {"data": data, "nn": nn, "F": F, "vocab": vocab}
        exec(checks_04.PROGRAM, space)
        assert tuple(space["h_n"].shape) == (1, 16, 12)
        assert abs(space["loss"].item() - math.log(16)) < 0.2


def test_one_repair_only_keeps_the_texts_apart():
    assert checks_04._line_that_helps() == 3
