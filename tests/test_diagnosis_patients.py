"""diagnose on 37 sick models and 300 healthy runs, seen from the outside."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from charrnn_helpers import data
from charrnn_helpers.diagnosis import diagnose
from charrnn_helpers.models import CharRNN, ScratchRNN


def sentences():
    vocab = data.Vocabulary.from_texts(data.SENTENCES)
    ids = data.encode_batch(vocab, data.pad(data.SENTENCES))
    return len(vocab), ids


V, IDS = sentences()


@pytest.fixture(autouse=True)
def _own_random_state():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


# --- the sick ------------------------------------------------------------------------


class Sick(CharRNN):
    """A CharRNN in parts, one of which a patient replaces."""

    def __init__(self, vocab_size=V, hidden_size=12, **options):
        super().__init__(vocab_size, hidden_size, **options)
        self.prepare()

    def prepare(self):
        pass

    def features(self, ids):
        return data.one_hot(ids, self.vocab_size)  # (B, T, V)

    def states(self, x):
        return self.rnn(x)  # (B, T, H), (num_layers, B, H)

    def forward(self, ids, h_0=None):
        states, h_n = self.states(self.features(ids))
        return self.answer(states), h_n

    def answer(self, states):
        return self.output(states)  # (B, T, V)


def kind(**parts):
    return type("Patient", (Sick,), parts)


def _times(name, factor):
    def prepare(self):
        with torch.no_grad():
            self.get_parameter(name).mul_(factor)

    return prepare


def _activation(function):
    return kind(answer=lambda self, states: function(self.output(states)))


def _detached_state(self, x):
    h, states = x.new_zeros(1, len(x), self.hidden_size), []
    for column in x.split(1, dim=1):
        state, h = self.rnn(column, h.detach())
        states.append(state)
    return torch.cat(states, dim=1), h


def _under_no_grad(self, x):
    with torch.no_grad():
        return self.rnn(x)


def _first_only(self, x):
    states, h_n = self.rnn(x[:, :1].expand_as(x))
    return states, h_n


def _kept_bias(self, factor):
    with torch.no_grad():
        for p in self.parameters():
            p.mul_(factor)


def _dead(self):
    self.rnn = nn.RNN(V, self.hidden_size, nonlinearity="relu", batch_first=True)
    with torch.no_grad():
        self.rnn.bias_ih_l0.fill_(-5)


def _batch_statistics(self, states):
    return self.output((states - states.mean(0)) / (states.std(0) + 1e-5))


def _view_swap(self, x):
    B, T, _ = x.shape
    self.rnn.batch_first = False
    states, h_n = self.rnn(x.reshape(T, B, -1))
    return states.reshape(B, T, -1), h_n


class Numbers(Sick):
    def prepare(self):
        self.rnn = nn.RNN(1, self.hidden_size, batch_first=True)

    def features(self, ids):
        return ids.unsqueeze(-1).float()


def wrong_axis(logits, ids):
    return F.nll_loss(logits.log_softmax(0), ids)


def under_no_grad(logits, ids):
    with torch.no_grad():
        return F.cross_entropy(logits, ids)


def last_step(logits, ids):
    T = IDS.shape[1] - 1
    return F.cross_entropy(
        logits.view(-1, T, logits.shape[-1])[:, -1], ids.view(-1, T)[:, -1]
    )


def frozen():
    return Sick().requires_grad_(False)


def extra_logits(self):
    self.output = nn.Linear(self.hidden_size, V + 5)


SGD, ADAM = torch.optim.SGD, torch.optim.Adam
SAME = lambda ids: (ids[:, :-1], ids[:, :-1])  # noqa: E731
OTHERS = lambda ids: (ids[:, :-1], ids[:, 1:].flip(0))  # noqa: E731
CONSTANT = lambda ids: data.shift(torch.full_like(ids, 3))  # noqa: E731
REPEATED = lambda ids: data.shift(ids[:1].expand(4, -1))  # noqa: E731


@dataclass
class Patient:
    """What is sick, and the findings that it must have."""

    model: object = Sick
    expected: tuple = ()
    pair: object = data.shift
    loss_fn: object = None
    optimizer: object = None
    settings: dict = field(default_factory=dict)


SQUEEZED, CUT = "an activation on the logits", "a gradient that is cut off"
ROUND, NO_GRADIENT = "a loss that is turned round", "a loss without a gradient"
WRONG, SHIFT = "a wrong loss function", "a shift that is not one"
LONG, MIXED = "a step that is too long", "a wrong batch axis"
PATIENTS = {
    "zeroed W_hh": Patient(kind(prepare=_times("rnn.weight_hh_l0", 0)), ("no memory",)),
    "reversed input": Patient(
        kind(features=lambda self, ids: data.one_hot(ids.flip(1), V)),
        ("a look into the future",),
    ),
    "look-ahead": Patient(
        kind(features=lambda self, ids: data.one_hot(ids.roll(-1, 1), V)),
        ("a look into the future",),
    ),
    "view swap": Patient(kind(states=_view_swap), (MIXED, "a look into the future")),
    "batch statistics": Patient(kind(answer=_batch_statistics), (MIXED,)),
    "huge output weights": Patient(
        kind(prepare=_times("output.weight", 60)), ("a loss far above ln V",)
    ),
    "loss over the wrong axis": Patient(expected=(WRONG,), loss_fn=wrong_axis),
    "shuffled targets": Patient(expected=(SHIFT,), pair=OTHERS),
    "targets = inputs": Patient(expected=(SHIFT,), pair=SAME),
    "relu on the logits": Patient(_activation(torch.relu), (SQUEEZED,)),
    "tanh on the logits": Patient(_activation(torch.tanh), (SQUEEZED,)),
    "sigmoid on the logits": Patient(_activation(torch.sigmoid), (SQUEEZED,)),
    "clamped logits": Patient(_activation(lambda x: x.clamp(-1, 1)), (SQUEEZED,)),
    "detached state": Patient(kind(states=_detached_state), (CUT,)),
    "detached output": Patient(_activation(torch.detach), (CUT,)),
    "the RNN under no_grad": Patient(kind(states=_under_no_grad), (CUT,)),
    "the first character only": Patient(
        kind(states=_first_only), ("only the first character is read",)
    ),
    "constant output": Patient(
        _activation(lambda x: 0 * x + 1), ("answers that never change",)
    ),
    "dead ReLU": Patient(kind(prepare=_dead), ("answers that never change",)),
    "saturated RNN": Patient(
        kind(prepare=_times("rnn.weight_ih_l0", 1000)), ("a saturated state",)
    ),
    "ids as numbers": Patient(Numbers, ("ids taken for numbers",)),
    "F.dropout always on": Patient(
        kind(answer=lambda self, s: self.output(F.dropout(s, 0.5))),
        ("random answers in evaluation mode",),
    ),
    "lr 0": Patient(
        expected=("a learning rate of zero",), optimizer=SGD, settings={"lr": 0.0}
    ),
    "maximize": Patient(
        expected=("an optimizer that climbs",),
        optimizer=ADAM,
        settings={"maximize": True},
    ),
    "weight decay 10": Patient(
        expected=("a weight decay that is too heavy",),
        optimizer=ADAM,
        settings={"weight_decay": 10},
    ),
    "lr 1e3": Patient(expected=(LONG,), optimizer=ADAM, settings={"lr": 1e3}),
    "negative loss": Patient(
        expected=(ROUND,), loss_fn=lambda s, y: -F.cross_entropy(s, y)
    ),
    "detached loss": Patient(
        expected=(NO_GRADIENT,), loss_fn=lambda s, y: F.cross_entropy(s, y).detach()
    ),
    "loss under no_grad": Patient(expected=(NO_GRADIENT,), loss_fn=under_no_grad),
    "MSE": Patient(
        expected=(WRONG,),
        loss_fn=lambda s, y: F.mse_loss(s, F.one_hot(y, V).float()),
    ),
    "loss of the last step": Patient(
        expected=("a loss of one step only",), loss_fn=last_step
    ),
    "all frozen": Patient(frozen, ("nothing to train",)),
    "all frozen, with an optimizer": Patient(
        frozen, ("nothing to train",), optimizer=ADAM
    ),
    "all-zero weights": Patient(
        kind(prepare=lambda self: _kept_bias(self, 0)), ("answers that never change",)
    ),
    "V + 5 logits": Patient(
        kind(prepare=extra_logits), ("another number of logits than symbols",)
    ),
    "constant text": Patient(expected=("nothing to learn",), pair=CONSTANT),
    "one row, many times": Patient(expected=("one row, many times",), pair=REPEATED),
}


def test_there_are_as_many_patients_as_were_tried():
    assert len(PATIENTS) == 37


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", PATIENTS)
def test_each_patient_is_found_and_nothing_else(name, seed):
    patient = PATIENTS[name]
    torch.manual_seed(seed)
    model = patient.model()
    optimizer = None
    if patient.optimizer:
        optimizer = patient.optimizer(model.parameters(), **patient.settings)
    inputs, targets = patient.pair(IDS)
    found = diagnose(
        model, inputs, targets, optimizer=optimizer, loss_fn=patient.loss_fn
    )
    assert tuple(finding.name for finding in found) == patient.expected


# --- the healthy ---------------------------------------------------------------------


class Wrapped(nn.Module):
    """Embedding, any recurrent layer, dropout, BatchNorm: what learners add."""

    def __init__(self, vocab_size, hidden_size, num_layers, layer, drop, normed):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.rnn = layer(
            hidden_size,
            hidden_size,
            num_layers,
            batch_first=True,
            dropout=drop if num_layers > 1 else 0.0,
        )
        self.drop = nn.Dropout(drop)
        self.norm = nn.BatchNorm1d(hidden_size) if normed else None
        self.output = nn.Linear(hidden_size, vocab_size)

    def forward(self, ids):
        states, h_n = self.rnn(self.embedding(ids))
        if self.norm is not None and states.shape[:2].numel() > 1:
            states = self.norm(states.flatten(0, 1)).view_as(states)
        return self.output(self.drop(states)), h_n


def healthy(number):
    """Run number `number`: what diagnose is given, and what it was, in words."""
    rng = random.Random(number)
    torch.manual_seed(number)
    vocab_size = rng.choice([5, 16, 40])
    B, T = rng.choice([(1, 1), (1, 9), (2, 3), (4, 12), (8, 20)])
    ids = torch.randint(vocab_size, (B * T + 1,))
    inputs, targets = ids[:-1].view(B, T), ids[1:].view(B, T)
    if rng.random() < 0.3:
        vocab_size, inputs, targets = V, *data.shift(IDS)
        B, T = inputs.shape
    layers, H = rng.choice([1, 1, 2, 3]), rng.choice([12, 32])
    name = rng.choice(["tanh", "relu", "scratch", "LSTM", "GRU", "RNN", "LSTM"])
    drop, normed = rng.choice([0.0, 0.2, 0.5]), rng.random() < 0.4
    if name == "scratch":
        model = ScratchRNN(vocab_size, H, layers)
    elif name in ("tanh", "relu"):
        model = CharRNN(vocab_size, H, layers, name)
    else:
        layer = getattr(nn, name)
        model = Wrapped(vocab_size, H, layers, layer, drop, normed)
    loss = rng.choice(["plain", "plain", "smooth", "weights", "ignore", "mask", "log"])
    loss_fn = F.cross_entropy
    if loss == "smooth":
        loss_fn = nn.CrossEntropyLoss(label_smoothing=0.1)
    elif loss == "weights":
        loss_fn = nn.CrossEntropyLoss(weight=torch.rand(vocab_size) + 0.2)
    elif loss == "ignore" and (targets != int(targets[0, 0])).any():
        loss_fn = nn.CrossEntropyLoss(ignore_index=int(targets[0, 0]))
    elif loss == "mask" and T > 1:
        lengths = torch.tensor([rng.randrange(1, T + 1) for _ in range(B)])
        padded = torch.arange(T) >= lengths.unsqueeze(1)
        targets = targets.masked_fill(padded, data.IGNORE_INDEX)
    elif loss == "log":
        loss_fn = lambda s, y: F.nll_loss(s.log_softmax(-1), y)  # noqa: E731
    optimizer = rng.choice(
        [
            lambda p: ADAM(p, lr=rng.choice([0.001, 0.01, 0.03])),
            lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1),
            lambda p: SGD(p, lr=0.1, momentum=0.9, weight_decay=1e-3),
            lambda p: SGD(p, lr=0.1),
        ]
    )(model.parameters())
    clip = rng.choice([None, 1.0, 0.05])
    clears = rng.choice(["before", "after", "zeros"])
    parts = rng.choice([1, 1, 2]) if B > 1 else 1
    across = rng.choice([1, 1, 1, 3])  # gradients accumulate over so many calls
    calls = [0]

    def step(model, optimizer, inputs, targets):
        if clears != "after" and calls[0] % across == 0:
            optimizer.zero_grad(set_to_none=clears == "before")
        for x, y in zip(inputs.chunk(parts), targets.chunk(parts), strict=True):
            if (y != data.IGNORE_INDEX).any():
                value = loss_fn(model(x)[0].flatten(0, 1), y.flatten())
                (value / parts / across).backward()
        calls[0] += 1
        if calls[0] % across == 0:
            if clip:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            if clears == "after":
                optimizer.zero_grad()

    steps = rng.choice([0, 0, 1, 5, 40, 150])
    # An ignored symbol can fill a whole part of the batch: its mean is then nan.
    if loss == "ignore":
        parts = 1
    for _ in range(steps):
        step(model, optimizer, inputs, targets)
    options = {"loss_fn": loss_fn} if rng.random() < 0.8 else {}
    if rng.random() < 0.8:
        options["optimizer"] = optimizer
        if rng.random() < 0.7:
            options["step"] = step
    model.train(rng.random() < 0.7)
    words = (number, name, H, layers, vocab_size, B, T, loss, steps, clip, clears)
    return (model, inputs, targets), options, (*words, parts, across, sorted(options))


@pytest.mark.parametrize("number", range(40))
def test_a_healthy_run_has_no_findings(number):
    arguments, options, words = healthy(number)
    assert [str(f) for f in diagnose(*arguments, **options)] == [], words


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(40, 300))
def test_another_healthy_run_has_no_findings(number):
    test_a_healthy_run_has_no_findings(number)
