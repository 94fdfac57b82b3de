"""Notebook 10: the lab's two journeys against autograd and finite differences."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from torch import nn

from charrnn_helpers import data, diagnosis, gradients
from charrnn_helpers.lessons.n10 import figures, lab
from charrnn_helpers.models import CharRNN
from tests.tools.exercises import NOTEBOOKS
from tests.tools.rooms import code_of


class Reader(nn.Module):
    """As the notebook has it: any recurrent layer, and an output."""

    def __init__(self, layer):
        super().__init__()
        self.rnn = layer
        self.output = nn.Linear(layer.hidden_size, layer.input_size)

    def forward(self, ids, state=None):
        x = data.one_hot(ids, self.rnn.input_size).to(self.output.weight.dtype)
        states, state = self.rnn(x, state)
        return self.output(states), state
