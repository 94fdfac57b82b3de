"""diagnose: finds every silent bug, accuses no healthy model, and touches nothing."""

from __future__ import annotations

import copy
import dataclasses
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import charrnn_helpers
from charrnn_helpers import data, diagnosis
from charrnn_helpers.diagnosis import diagnose, of_models
from charrnn_helpers.diagnosis.case import Case
from charrnn_helpers.models import CharRNN, ScratchRNN

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


@pytest.fixture(autouse=True)
def _own_random_state():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def sentences():
    vocab = data.Vocabulary.from_texts(data.SENTENCES)
    ids = data.encode_batch(vocab, data.pad(data.SENTENCES))
    return (len(vocab), *data.shift(ids))


def drawn(seed, V, B, T):
    """A random text, cut into windows as the helper cuts it."""
    rng = random.Random(seed)
    ids = torch.tensor([rng.randrange(V) for _ in range(B * T + 1)])
    return data.windows(ids, T)


def train(model, inputs, targets, *, steps, lr=0.01, clear=True, **options):
    """A bare loop; returns the optimizer, with the last gradients still in .grad."""
    kind = options.get("kind", torch.optim.Adam)
    optimizer = kind(model.parameters(), lr=lr, **options.get("settings", {}))
    for _ in range(steps):
        rows = options.get("rows", lambda n: slice(None))(len(inputs))
        logits = model(inputs[rows])[0]
        loss = F.cross_entropy(logits.flatten(0, 1), targets[rows].flatten())
        if clear:
            optimizer.zero_grad()
        loss.backward()
        if "max_norm" in options:
            nn.utils.clip_grad_norm_(model.parameters(), options["max_norm"])
        optimizer.step()
    return optimizer


def names(findings):
    return [finding.name for finding in findings]


# --- no false alarm ------------------------------------------------------------------


@pytest.mark.parametrize("kind", [CharRNN, ScratchRNN])
@pytest.mark.parametrize("seed", range(3))
def test_a_healthy_model_has_no_findings_fresh_or_trained(kind, seed):
    V, inputs, targets = sentences()
    for hidden_size, layers, nonlinearity in ((12, 1, "tanh"), (12, 2, "relu")):
        torch.manual_seed(seed)
        model = kind(V, hidden_size, layers, nonlinearity)
        assert diagnose(model, inputs, targets) == []
        optimizer = train(model, inputs, targets, steps=12)
        assert diagnose(model, inputs, targets, optimizer=optimizer) == []
        assert diagnose(model, inputs, targets) == []


@pytest.mark.parametrize("seed", range(3))
def test_healthy_on_random_text_of_several_sizes(seed):
    sizes = [(2, 1, 2), (3, 5, 4), (16, 3, 1), (40, 8, 20), (65, 4, 30)]
    for V, B, T in sizes:
        inputs, targets = drawn(seed, V, B, T)
        torch.manual_seed(seed)
        model = CharRNN(V, 8)
        assert diagnose(model, inputs, targets) == [], (V, B, T)
        some = lambda n: torch.randperm(n)[: max(1, n // 2)]  # noqa: E731
        optimizer = train(model, inputs, targets, steps=10, lr=0.02, rows=some)
        assert diagnose(model, inputs, targets, optimizer=optimizer) == [], (V, B, T)


@pytest.mark.parametrize("lr", [0.001, 0.01, 0.05])
@pytest.mark.parametrize("steps", [1, 3, 100, 400])
def test_healthy_at_every_stage_of_a_training(steps, lr):
    V, inputs, targets = sentences()
    model = CharRNN(V, 12)
    optimizer = train(model, inputs, targets, steps=steps, lr=lr)
    assert diagnose(model, inputs, targets, optimizer=optimizer) == []
    assert diagnose(model, inputs, targets) == []


@pytest.mark.parametrize(
    "options",
    [
        {"kind": torch.optim.SGD, "lr": 0.3},
        {"kind": torch.optim.SGD, "lr": 0.1, "settings": {"momentum": 0.9}},
        {"kind": torch.optim.AdamW},
        {"max_norm": 0.01},
        {"rows": lambda n: [random.Random(n).randrange(n)]},
    ],
    ids=["SGD", "momentum", "AdamW", "clipped", "one row"],
)
def test_healthy_with_other_optimizers_and_batches(options):
    V, inputs, targets = sentences()
    model = CharRNN(V, 12)
    optimizer = train(model, inputs, targets, steps=40, **options)
    assert diagnose(model, inputs, targets, optimizer=optimizer) == []


def test_healthy_in_float64_after_zero_grad_and_with_masked_padding():
    V, inputs, targets = sentences()
    model = CharRNN(V, 12).double()
    optimizer = train(model, inputs, targets, steps=3)
    optimizer.zero_grad()
    masked = targets.masked_fill(targets == 0, data.IGNORE_INDEX)
    assert diagnose(model, inputs, masked, optimizer=optimizer) == []


def test_healthy_with_the_end_symbol_and_windows_that_are_filled_up():
    vocab = data.Vocabulary.from_texts(data.SENTENCES, pad=True, end=True)
    ids = data.encode_batch(vocab, data.SENTENCES, end=True)
    inputs, targets = data.shift(ids)
    ignored = targets.masked_fill(targets == vocab.pad_id, data.IGNORE_INDEX)
    assert diagnose(CharRNN(len(vocab), 12), inputs, ignored) == []
    long = data.windows(vocab.encode("hello how are you"), 7)
    assert diagnose(CharRNN(len(vocab), 12), *long) == []


def test_a_periodic_text_does_not_wrap_around():
    ids = torch.arange(6).repeat(9)
    inputs, targets = data.windows(ids[:49], 6)
    assert diagnose(CharRNN(6, 8), inputs, targets) == []


def test_one_text_and_one_step_can_be_examined():
    model = CharRNN(5, 4)
    assert diagnose(model, torch.tensor([[1, 2]]), torch.tensor([[2, 3]])) == []
    assert diagnose(model, torch.tensor([[1]]), torch.tensor([[2]])) == []


class LogitsOnly(CharRNN):
    """As many tutorials write it: flat logits, no state."""

    def forward(self, ids, h_0=None):
        return super().forward(ids, h_0)[0].flatten(0, 1)


class LogProbabilities(CharRNN):
    def forward(self, ids, h_0=None):
        logits, h_n = super().forward(ids, h_0)
        return logits.log_softmax(dim=-1), h_n


class Probabilities(CharRNN):
    def forward(self, ids, h_0=None):
        logits, h_n = super().forward(ids, h_0)
        return logits.softmax(dim=-1), h_n


class WithDropout(CharRNN):
    def forward(self, ids, h_0=None):
        output, h_n = self.rnn(data.one_hot(ids, self.vocab_size), h_0)
        return self.output(F.dropout(output, 0.5, self.training)), h_n


@pytest.mark.parametrize("kind", [LogitsOnly, LogProbabilities, WithDropout])
def test_healthy_models_of_other_forms(kind):
    V, inputs, targets = sentences()
    assert diagnose(kind(V, 12), inputs, targets) == []


def test_probabilities_are_right_for_a_loss_that_takes_them():
    V, inputs, targets = sentences()

    def loss_fn(probs, ids):
        return F.nll_loss(probs.log(), ids)

    assert diagnose(Probabilities(V, 12), inputs, targets, loss_fn=loss_fn) == []


@pytest.mark.parametrize(
    "loss_fn",
    [
        F.cross_entropy,
        nn.CrossEntropyLoss(),
        nn.CrossEntropyLoss(label_smoothing=0.1),
        lambda logits, ids: F.nll_loss(logits.log_softmax(-1), ids),
    ],
)
def test_right_loss_functions(loss_fn):
    V, inputs, targets = sentences()
    assert diagnose(CharRNN(V, 12), inputs, targets, loss_fn=loss_fn) == []


# --- every patient is found ----------------------------------------------------------


class TimeForBatch(CharRNN):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.rnn.batch_first = False


class SharedState(CharRNN):
    """The state is averaged over the batch after each step."""

    def forward(self, ids, h_0=None):
        answers = []
        for column in ids.split(1, dim=1):
            logits, h_0 = super().forward(column, h_0)
            h_0 = h_0.mean(dim=1, keepdim=True).expand_as(h_0).contiguous()
            answers.append(logits)
        return torch.cat(answers, dim=1), h_0


class TransposedOutput(CharRNN):
    """Right inside, and handed over as (T, B, V): flattened, the rows are mixed."""

    def forward(self, ids, h_0=None):
        logits, h_n = super().forward(ids, h_0)
        return logits.transpose(0, 1), h_n


class Forgetful(CharRNN):
    def forward(self, ids, h_0=None):
        steps = [super(Forgetful, self).forward(c) for c in ids.split(1, dim=1)]
        return torch.cat([s[0] for s in steps], dim=1), steps[-1][1]


class BothWays(CharRNN):
    def forward(self, ids, h_0=None):
        forward, h_n = super().forward(ids, h_0)
        return forward + super().forward(ids.flip(1), h_0)[0].flip(1), h_n


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (TimeForBatch, ["a wrong batch axis", "no memory"]),
        (SharedState, ["a wrong batch axis"]),
        (TransposedOutput, ["a wrong batch axis", "a look into the future"]),
        (Forgetful, ["no memory"]),
        (BothWays, ["a look into the future"]),
        (Probabilities, ["probabilities in place of logits"]),
    ],
)
def test_sick_models(kind, expected, seed):
    V, inputs, targets = sentences()
    torch.manual_seed(seed)
    model = kind(V, 12)
    assert names(diagnose(model, inputs, targets)) == expected
    if kind is not Probabilities:
        train(model, inputs, targets, steps=20)
        assert names(diagnose(model, inputs, targets)) == expected


def test_the_reported_and_the_true_loss_of_probabilities():
    V, inputs, targets = sentences()
    model = Probabilities(V, 12)
    probs = model(inputs)[0]
    reported = F.cross_entropy(probs.flatten(0, 1), targets.flatten())
    true = -probs.gather(-1, targets.unsqueeze(-1)).log().mean()
    (finding,) = diagnose(model, inputs, targets)
    assert f"reports {reported:.2f} where the true loss is {true:.2f}" in str(finding)


def test_float_targets():
    V, inputs, targets = sentences()
    (finding,) = diagnose(CharRNN(V, 12), inputs, targets.float())
    assert finding.name == "float targets"
    assert "The 48 targets are torch.float32" in finding.sentence
    (finding,) = diagnose(CharRNN(V, 12), inputs, targets + 0.5)
    assert "48 of them are no whole numbers" in finding.sentence


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda ids: (ids[:, :-1], ids[:, :-1]), "input of the same step (48 of 48)"),
        (lambda ids: (ids[:, :-2], ids[:, 2:]), "two steps on (39 of 39)"),
        (lambda ids: (ids[:, 1:], ids[:, :-1]), "the step before (45 of 45)"),
        (lambda ids: (ids[:, :-3], ids[:, 3:]), "three steps on (33 of 33)"),
        (lambda ids: (ids[:, :-1], ids[:, 1:].flip(0)), "no shifted inputs at all"),
    ],
    ids=["same", "two", "back", "three", "other rows"],
)
def test_shifts_that_are_none(make, says):
    V, inputs, targets = sentences()
    ids = torch.cat([inputs, targets[:, -1:]], dim=1)
    (finding,) = diagnose(CharRNN(V, 12), *make(ids))
    assert finding.name == "a shift that is not one"
    assert says in finding.sentence


def test_a_target_that_wraps_around():
    V, inputs, targets = sentences()
    ids = torch.cat([inputs, targets[:, -1:]], dim=1)
    (finding,) = diagnose(CharRNN(V, 12), ids, ids.roll(-1, dims=1))
    assert finding.name == "a target that wraps around"


@pytest.mark.parametrize("side", ["right", "left"])
def test_padding_that_dominates(side):
    texts = ["hi", "yes", "no", "ok", "how are you doing today"]
    padded = data.pad(texts, side=side)
    vocab = data.Vocabulary.from_texts(padded)
    inputs, targets = data.shift(data.encode_batch(vocab, padded))
    model = CharRNN(len(vocab), 12)
    (finding,) = diagnose(model, inputs, targets)
    assert finding.name == "padding that dominates the loss"
    count = 4 * 22 - (1 + 2 + 1 + 1 if side == "right" else 2 + 3 + 2 + 2)
    assert f"{count} of 110 targets" in finding.sentence
    ignoring = nn.CrossEntropyLoss(ignore_index=vocab.stoi[" "])
    assert diagnose(model, inputs, targets, loss_fn=ignoring) == []


@pytest.mark.parametrize(
    ("loss_fn", "says"),
    [
        (nn.CrossEntropyLoss(reduction="sum"), "the sum over 48 targets"),
        (nn.CrossEntropyLoss(reduction="none"), "returns 48 numbers"),
        (lambda s, y: F.cross_entropy(s.softmax(-1), y), "softmax before"),
        (F.nll_loss, "is nll_loss, which takes log-probabilities"),
    ],
)
def test_wrong_loss_functions(loss_fn, says):
    V, inputs, targets = sentences()
    (finding,) = diagnose(CharRNN(V, 12), inputs, targets, loss_fn=loss_fn)
    assert finding.name == "a wrong loss function"
    assert says in finding.sentence


def test_a_loss_far_above_ln_v():
    V, inputs, targets = sentences()
    model = CharRNN(V, 12)
    with torch.no_grad():
        model.output.weight.mul_(40)
    (finding,) = diagnose(model, inputs, targets)
    assert finding.name == "a loss far above ln V"
    assert "ln 16 = 2.77" in finding.sentence


def test_logits_that_are_not_finite():
    V, inputs, targets = sentences()
    model = CharRNN(V, 12)
    with torch.no_grad():
        model.output.bias[3] = float("nan")
    (finding,) = diagnose(model, inputs, targets)
    assert finding.name == "logits that are not finite"
    assert "48 of 768" in finding.sentence


def test_an_optimizer_over_other_parameters():
    V, inputs, targets = sentences()
    model, other = CharRNN(V, 12), CharRNN(V, 12)
    optimizer = torch.optim.Adam(other.parameters())
    (finding,) = diagnose(model, inputs, targets, optimizer=optimizer)
    assert finding.name == "an optimizer over other parameters"
    assert "6 of the model's 6" in finding.sentence
    half = torch.optim.Adam(model.rnn.parameters())
    (finding,) = diagnose(model, inputs, targets, optimizer=half)
    assert "2 of the model's 6 parameter tensors (output.weight, output.bias)" in str(
        finding
    )
    model.output.requires_grad_(False)  # frozen on purpose
    assert diagnose(model, inputs, targets, optimizer=half) == []


def step_of(clear):
    def step(model, optimizer, inputs, targets):
        if clear == "before":
            optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs)[0].flatten(0, 1), targets.flatten())
        loss.backward()
        if clear == "too early":
            optimizer.zero_grad()
        optimizer.step()
        if clear == "after":
            optimizer.zero_grad()

    return step


@pytest.mark.parametrize("kind", [CharRNN, ScratchRNN, WithDropout])
@pytest.mark.parametrize("optimizer", [torch.optim.Adam, torch.optim.SGD])
@pytest.mark.parametrize("steps", [0, 30])
def test_gradients_that_are_never_cleared(kind, optimizer, steps):
    V, inputs, targets = sentences()
    model = kind(V, 12)
    optimizer = train(model, inputs, targets, steps=steps, kind=optimizer)
    for clear, expected in {
        "never": ["gradients never cleared"],
        "too early": ["a step that changes nothing"],
        "before": [],
        "after": [],
    }.items():
        options = {"optimizer": optimizer, "step": step_of(clear)}
        if steps == 0 or clear != "too early":  # momentum would move the weights
            assert names(diagnose(model, inputs, targets, **options)) == expected


def test_the_leftover_is_told_in_numbers():
    V, inputs, targets = sentences()
    model = CharRNN(V, 12)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0001)
    options = {"optimizer": optimizer, "step": step_of("never")}
    (finding,) = diagnose(model, inputs, targets, **options)
    both, alone = map(float, re.findall(r"\d+\.\d+", finding.sentence)[:2])
    assert both == pytest.approx(2 * alone, rel=0.01)  # the weights hardly moved


def test_a_step_uphill():
    V, inputs, targets = sentences()
    model = CharRNN(V, 12)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    def step(model, optimizer, inputs, targets):
        optimizer.zero_grad()
        logits = model(inputs)[0].flatten(0, 1)
        (-F.cross_entropy(logits, targets.flatten())).backward()
        optimizer.step()

    (finding,) = diagnose(model, inputs, targets, optimizer=optimizer, step=step)
    assert finding.name == "a step uphill"


def test_a_step_that_trains_another_model_is_refused_and_undone():
    V, inputs, targets = sentences()
    model = CharRNN(V, 12)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    before = [p.detach().clone() for p in model.parameters()]
    of_globals = step_of("before")

    def step(_model, _optimizer, inputs, targets):
        of_globals(model, optimizer, inputs, targets)

    with pytest.raises(ValueError, match="trains another model"):
        diagnose(model, inputs, targets, optimizer=optimizer, step=step)
    assert_same([p.detach() for p in model.parameters()], before)
    assert all(p.grad is None for p in model.parameters())


def test_a_step_that_fails_or_is_none_gets_a_clear_error():
    V, inputs, targets = sentences()
    model = CharRNN(V, 12)
    with pytest.raises(ValueError, match=r"step\(model, .*raised AttributeError"):
        diagnose(model, inputs, targets, step=step_of("before"))
    for name in ("step", "loss_fn", "optimizer"):
        with pytest.raises(TypeError, match=f"{name} must be .* got int"):
            diagnose(model, inputs, targets, **{name: 3})


# --- a gradient that does not pass the step ------------------------------------------

LOST = ["a gradient that does not pass the step"]


class AnyLayer(nn.Module):
    """One-hot rows into any recurrent layer; an LSTM returns a pair of states."""

    def __init__(self, layer):
        super().__init__()
        self.rnn, self.output = layer, nn.Linear(layer.hidden_size, layer.input_size)

    def forward(self, ids, state=None):
        x = data.one_hot(ids, self.rnn.input_size).to(self.output.weight.dtype)
        states, state = self.rnn(x, state)
        return self.output(states), state


def a_layer(kind, start=None, V=9, H=16):
    """A new layer: as it comes, with an orthogonal W_hh, or with a forget bias."""
    layer = kind(V, H, batch_first=True)
    with torch.no_grad():
        if kind is nn.LSTM and start is not None:
            layer.bias_ih_l0[H : 2 * H] = start
            layer.bias_hh_l0[H : 2 * H] = 0
        elif start is not None:
            nn.init.orthogonal_(layer.weight_hh_l0, start)
    return AnyLayer(layer)


def recall(gap):
    """A letter, then blanks; the only target is that letter, at the last step."""
    inputs = torch.full((8, gap + 1), 8)
    inputs[:, 0] = torch.arange(8)
    targets = torch.full_like(inputs, data.IGNORE_INDEX)
    targets[:, -1] = torch.arange(8)
    return inputs, targets


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("kind", "start", "expected"),
    [
        (nn.RNN, None, LOST),
        (nn.GRU, None, LOST),
        (nn.LSTM, None, LOST),
        (nn.LSTM, -1.0, LOST),
        (nn.RNN, 1.0, []),
        (nn.RNN, 1.3, []),
        (nn.LSTM, 3.0, []),
        (nn.LSTM, 5.0, []),
    ],
)
def test_the_only_target_far_from_what_matters(kind, start, expected, seed):
    torch.manual_seed(seed)
    model = a_layer(kind, start)
    assert names(diagnose(model, *recall(60))) == expected
    assert names(diagnose(model, *recall(5))) == []  # near enough for all of them


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_on_text_a_gradient_may_die_some_time(kind):
    _, inputs, targets = (9, *drawn(3, 9, 4, 80))
    for seed in range(3):
        torch.manual_seed(seed)
        assert names(diagnose(a_layer(kind), inputs, targets)) == []


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        (nn.RNN, lambda layer: layer.weight_hh_l0.data.mul_(0.02)),
        (nn.LSTM, lambda layer: layer.bias_ih_l0.data[16:32].sub_(9)),
    ],
)
def test_a_gradient_that_dies_within_a_few_steps_of_a_text(kind, spoil):
    _, inputs, targets = (9, *drawn(3, 9, 4, 30))
    model = a_layer(kind)
    spoil(model.rnn)
    if kind is nn.LSTM:  # what it hands on through h is small, too
        model.rnn.weight_hh_l0.data.mul_(0.02)
    found = {one.name: one for one in diagnose(model, inputs, targets)}
    # A forget gate that is shut shows itself, too.
    also = ["saturated gates"] if kind is nn.LSTM else []
    assert sorted(found) == sorted([*LOST, *also])
    sentence = found[LOST[0]].sentence
    assert "at lag 6" in sentence
    assert "orthogonal" in sentence and "forget gate" in sentence


def test_a_network_that_keeps_its_letter_in_a_resting_place_is_healthy():
    model = a_layer(nn.RNN, H=8)
    with torch.no_grad():  # each letter switches a unit of its own on for good
        model.rnn.weight_ih_l0.copy_(10 * torch.eye(8, 9) - 5)
        model.rnn.weight_ih_l0[:, 8] = 0  # the blank
        model.rnn.weight_hh_l0.copy_(3 * torch.eye(8))
        model.rnn.bias_ih_l0.zero_()
        model.rnn.bias_hh_l0.zero_()
        model.output.weight.copy_(3 * torch.eye(9, 8))
    inputs, targets = recall(80)
    assert torch.equal(model(inputs)[0][:, -1].argmax(dim=-1), targets[:, -1])
    way = of_models._way_back(a_case(model, inputs, targets))
    assert way[0] < 1e-6 * way[-1]
    assert names(diagnose(model, inputs, targets)) == []


def a_case(model, inputs, targets):
    with torch.no_grad():
        logits, state = model(inputs)
    return Case(model, model, inputs, targets, logits, state, None, None, None)


# --- everything stays as it was ------------------------------------------------------


def snapshot(model, optimizer, inputs, targets):
    parts = {
        "weights": [p.detach().clone() for p in model.parameters()],
        "gradients": [
            None if p.grad is None else p.grad.clone() for p in model.parameters()
        ],
        "optimizer": copy.deepcopy(optimizer.state_dict()),
        "modes": [module.training for module in model.modules()],
        "trainable": [p.requires_grad for p in model.parameters()],
        "random": torch.get_rng_state(),
        "python": random.getstate(),
        "data": [inputs.clone(), targets.clone()],
        "ids": [id(p) for p in model.parameters()],
        "grads enabled": torch.is_grad_enabled(),
    }
    return parts


def assert_same(a, b):
    assert type(a) is type(b)
    if isinstance(a, torch.Tensor):
        assert a.dtype == b.dtype and torch.equal(a, b)
    elif isinstance(a, dict):
        assert a.keys() == b.keys()
        for key in a:
            assert_same(a[key], b[key])
    elif isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            assert_same(x, y)
    else:
        assert a == b


@pytest.mark.parametrize("clear", [True, False])
@pytest.mark.parametrize("kind", [CharRNN, ScratchRNN, WithDropout, TimeForBatch])
@pytest.mark.parametrize("training", [True, False])
def test_model_optimizer_and_random_state_stay_as_they_were(kind, clear, training):
    V, inputs, targets = sentences()
    model = kind(V, 12)
    optimizer = train(model, inputs, targets, steps=6, clear=clear)
    model.train(training)
    next(model.parameters()).requires_grad_(False)
    before = snapshot(model, optimizer, inputs, targets)
    with torch.set_grad_enabled(training):
        options = {"optimizer": optimizer, "step": step_of("before")}
        diagnose(model, inputs, targets, **options)
    assert_same(snapshot(model, optimizer, inputs, targets), before)


def test_training_goes_on_as_if_nobody_had_looked():
    V, inputs, targets = sentences()
    ends = []
    for looks in (True, False):
        torch.manual_seed(0)
        model = WithDropout(V, 12)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(8):
            logits = model(inputs)[0].flatten(0, 1)
            loss = F.cross_entropy(logits, targets.flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if looks:
                diagnose(model, inputs, targets, optimizer=optimizer)
        ends.append(list(model.parameters()))
    for a, b in zip(*ends, strict=True):
        assert torch.equal(a, b)


def test_it_works_under_no_grad():
    V, inputs, targets = sentences()
    model = CharRNN(V, 12)
    options = {
        "optimizer": torch.optim.Adam(model.parameters()),
        "step": step_of("never"),
    }
    with torch.no_grad():
        options["step"] = torch.enable_grad()(options["step"])
        found = diagnose(model, inputs, targets, **options)
    assert names(found) == ["gradients never cleared"]


# --- what it says, and what it cannot examine ----------------------------------------


def test_a_finding_is_its_sentence_with_the_lesson():
    finding = diagnosis.Finding("name", "It is 3, not 2.", "notebook 06, section 6.4")
    assert str(finding) == "It is 3, not 2. (notebook 06, section 6.4)"
    with pytest.raises(dataclasses.FrozenInstanceError):
        finding.name = "other"


def test_every_lesson_exists():
    package = Path(diagnosis.__file__).parent
    source = "".join(
        path.read_text(encoding="utf-8") for path in package.glob("of_*.py")
    )
    place = r'"notebook (\d\d), (?:section (\d+\.\d+)|(.+))",'
    lessons = set(re.findall(place, source))
    assert len(lessons) >= 10
    for notebook, section, heading in lessons:
        (path,) = NOTEBOOKS.glob(f"{notebook}_*.ipynb")
        assert f'"## {section or heading}' in path.read_text(encoding="utf-8"), section


class Keeps(CharRNN):
    def forward(self, ids, h_0=None):
        logits, self.h = super().forward(ids, h_0)
        return logits, self.h


class Half(CharRNN):
    def forward(self, ids, h_0=None):
        return super().forward(ids[:, ::2], h_0)


class Nothing(CharRNN):
    def forward(self, ids, h_0=None):
        return None


INPUTS = torch.tensor([[1, 2, 3], [3, 2, 1]])


@pytest.mark.parametrize(
    ("model", "inputs", "targets", "error", "says"),
    [
        ("model", INPUTS, INPUTS, TypeError, "nn.Module, got str"),
        (CharRNN(4, 3), [[1]], INPUTS, TypeError, "inputs must be a tensor, got list"),
        (CharRNN(4, 3), INPUTS, None, TypeError, "targets must be a tensor"),
        (CharRNN(4, 3), INPUTS.float(), INPUTS, TypeError, "inputs must be ids"),
        (CharRNN(4, 3), INPUTS, INPUTS > 1, TypeError, "targets must be ids"),
        (CharRNN(4, 3), INPUTS[0], INPUTS[0], ValueError, "unsqueeze"),
        (CharRNN(4, 3), INPUTS, INPUTS[:, 1:], ValueError, r"\(2, 3\) and \(2, 2\)"),
        (CharRNN(4, 3), INPUTS[:0], INPUTS[:0], ValueError, "at least one row"),
        (CharRNN(3, 3), INPUTS, INPUTS, ValueError, "model.inputs. raised ValueError"),
        (CharRNN(4, 3), INPUTS, INPUTS + 1, ValueError, "from 2 to 4, and the model"),
        (CharRNN(4, 3), INPUTS, INPUTS - 2, ValueError, "IGNORE_INDEX = -100"),
        (
            CharRNN(4, 3),
            INPUTS,
            torch.full_like(INPUTS, -100),
            ValueError,
            "no target counts",
        ),
        (Half(4, 3), INPUTS, INPUTS, ValueError, "one row for each target"),
        (Nothing(4, 3), INPUTS, INPUTS, TypeError, "got NoneType"),
    ],
)
def test_what_cannot_be_examined_gets_a_clear_error(
    model, inputs, targets, error, says
):
    with pytest.raises(error, match=says):
        diagnose(model, inputs, targets)


def test_a_model_that_keeps_its_state_gets_a_clear_error():
    model = Keeps(4, 3)
    model(INPUTS)
    with pytest.raises(ValueError, match=r"cannot be copied.*self\.h"):
        diagnose(model, INPUTS, INPUTS)


class Carries(CharRNN):
    """Goes on from the state where its last call ended, as the error advises."""

    def forward(self, ids, h_0=None):
        logits, h = super().forward(ids, getattr(self, "h", None))
        self.h = h.detach()
        return logits, h


def test_a_model_that_goes_on_from_its_own_state_is_no_false_alarm():
    V, inputs, targets = sentences()
    torch.manual_seed(0)
    model = Carries(V, 12)
    assert diagnose(model, inputs, targets) == []
    assert not hasattr(model, "h")
    optimizer = train(model, inputs, targets, steps=30)
    state = model.h.clone()
    assert diagnose(model, inputs, targets, optimizer=optimizer) == []
    assert torch.equal(model.h, state)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int8, torch.int16, torch.int32])
def test_ids_of_any_integer_type_are_examined_alike(dtype):
    V, inputs, _ = sentences()
    model = CharRNN(V, 12)
    wrapped = inputs.roll(-1, dims=1)
    expected = diagnose(model, inputs, wrapped)
    assert names(expected) == ["a target that wraps around"]
    assert diagnose(model, inputs.to(dtype), wrapped.to(dtype)) == expected


def test_bytes_may_fill_their_whole_range():
    ids = torch.randint(256, (4, 12), dtype=torch.uint8)
    assert diagnose(CharRNN(256, 8), ids[:, :-1], ids[:, 1:]) == []


class Table(nn.Module):
    """A model with nothing to train."""

    def __init__(self, V):
        super().__init__()
        self.register_buffer("logits", 0.1 * torch.randn(V, V))

    def forward(self, ids):
        return self.logits[ids]


def test_a_model_without_parameters_can_be_examined():
    V, inputs, targets = sentences()
    assert names(diagnose(Table(V), inputs, targets)) == ["no memory"]


def test_sparse_gradients_can_be_examined():
    V, inputs, targets = sentences()

    class Sparse(CharRNN):
        def __init__(self):
            super().__init__(V, 12)
            self.embedding = nn.Embedding(V, V, sparse=True)

        def forward(self, ids, h_0=None):
            output, h = self.rnn(self.embedding(ids), h_0)
            return self.output(output), h

    model = Sparse()
    loss = F.cross_entropy(model(inputs)[0].flatten(0, 1), targets.flatten())
    loss.backward()
    assert diagnose(model, inputs, targets) == []


def test_a_loss_that_cannot_be_computed_gets_a_clear_error():
    V, inputs, targets = sentences()
    model = CharRNN(V, 12)
    with pytest.raises(TypeError, match=r"got float; .* without \.item"):
        diagnose(
            model, inputs, targets, loss_fn=lambda a, b: F.cross_entropy(a, b).item()
        )
    with pytest.raises(ValueError, match=r"loss_fn\(logits, targets\) raised Value"):
        diagnose(model, inputs, targets, loss_fn=lambda a, b: F.cross_entropy(a, b[1:]))
    in_double = diagnose(
        model, inputs, targets, loss_fn=lambda a, b: F.cross_entropy(a.double(), b)
    )
    assert in_double == []


# --- the short cut in the package ----------------------------------------------------


def test_the_package_offers_diagnose_without_loading_torch():
    assert charrnn_helpers.diagnose is diagnose
    assert charrnn_helpers.Finding is diagnosis.Finding
    with pytest.raises(AttributeError, match="no attribute 'diagnos'"):
        charrnn_helpers.diagnos  # noqa: B018
    program = "import sys, charrnn_helpers; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
