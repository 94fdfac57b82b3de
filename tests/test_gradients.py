"""Gradients by hand against autograd, PyTorch's layers and closed forms."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from charrnn_helpers import gradients, training
from charrnn_helpers.data import IGNORE_INDEX
from charrnn_helpers.models import CharRNN, ScratchRNN
from charrnn_helpers.running import running_batch

V, H, B, T = 7, 5, 3, 6


def model_of(kind, nonlinearity="tanh", seed=0):
    torch.manual_seed(seed)
    return kind(V, H, nonlinearity=nonlinearity).double()


def batch(seed=0, ignored=0):
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(V, (B, T + 1), generator=generator)
    targets = ids[:, 1:].clone()
    targets[0, :ignored] = IGNORE_INDEX
    return ids[:, :-1], targets


def by_autograd(model, inputs, targets):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    found = torch.autograd.grad(loss, list(model.parameters()))
    names = [name for name, _ in model.named_parameters()]
    return loss.detach(), dict(zip(names, found, strict=True))


KINDS = [
    (CharRNN, "tanh"),
    (CharRNN, "relu"),
    (ScratchRNN, "tanh"),
    (ScratchRNN, "relu"),
    (ScratchRNN, "sigmoid"),
]


@pytest.mark.parametrize(("kind", "nonlinearity"), KINDS)
@pytest.mark.parametrize("ignored", [0, 1, T])
def test_loss_and_every_gradient_are_those_of_autograd(kind, nonlinearity, ignored):
    model, (inputs, targets) = model_of(kind, nonlinearity), batch(1, ignored)
    before = {n: p.detach().clone() for n, p in model.named_parameters()}
    loss, found = gradients.bptt(model, inputs, targets)
    expected_loss, expected = by_autograd(model, inputs, targets)
    assert found.keys() == expected.keys()
    torch.testing.assert_close(loss, expected_loss, rtol=0, atol=1e-12)
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, rtol=0, atol=1e-12, msg=name)
    for name, parameter in model.named_parameters():
        assert parameter.grad is None and torch.equal(parameter, before[name])


def truncated_by_autograd(model, inputs, targets, max_lag):
    """Each step's loss on a graph that begins max_lag steps before it, in the sum."""
    total = {name: torch.zeros_like(p) for name, p in model.named_parameters()}
    counted = (targets != IGNORE_INDEX).sum()
    for t in range(T):
        first = max(0, t - max_lag)
        h = None
        if first:
            with torch.no_grad():
                _, h = model(inputs[:, :first])
        logits, _ = model(inputs[:, first : t + 1], h)
        loss = F.cross_entropy(logits[:, -1], targets[:, t], reduction="sum") / counted
        for name, g in zip(
            total, torch.autograd.grad(loss, list(model.parameters())), strict=True
        ):
            total[name] += g
    return total


@pytest.mark.parametrize("max_lag", [0, 1, 2, T - 2, T - 1, T + 3])
@pytest.mark.parametrize("kind", [CharRNN, ScratchRNN])
def test_truncated_gradients_are_those_of_shorter_graphs(kind, max_lag):
    model, (inputs, targets) = model_of(kind), batch(2, 1)
    _, found = gradients.bptt(model, inputs, targets, max_lag=max_lag)
    expected = truncated_by_autograd(model, inputs, targets, max_lag)
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, rtol=0, atol=1e-12, msg=name)


def test_one_unit_two_steps_by_the_chain_rule():
    """h1 = tanh(a + u h0), h2 = tanh(a + u h1): by hand, on paper."""
    model = ScratchRNN(1, 1).double()
    values = {"cells.0.W_ih": 0.4, "cells.0.W_hh": 0.7, "W_ho": 0.3}
    for name, parameter in model.named_parameters():
        nn.init.constant_(parameter, values.get(name, 0.0))
    h1 = math.tanh(0.4)
    h2 = math.tanh(0.4 + 0.7 * h1)
    x = torch.zeros(1, 2, dtype=torch.int64)
    loss, found = gradients.bptt(model, x, x)
    assert float(loss) == 0  # one symbol: it is certain
    assert all(float(g.abs().sum()) == 0 for g in found.values())
    d_sum = gradients._through_time(
        torch.tensor([[[0.0], [1.0]]], dtype=torch.double),
        torch.tensor([[[1 - h1**2], [1 - h2**2]]], dtype=torch.double),
        torch.tensor([[0.7]], dtype=torch.double),
        1,
    )
    slope = (1 - h2**2) * 0.7 * (1 - h1**2)
    torch.testing.assert_close(
        d_sum.flatten(), torch.tensor([slope, 1 - h2**2], dtype=torch.double)
    )


@pytest.mark.parametrize("seed", range(5))
def test_recurrence_passes_gradcheck(seed):
    generator = torch.Generator().manual_seed(seed)
    shapes = ((4, 2, 3), (2, 3), (3, 3))
    inputs = [
        torch.randn(s, dtype=torch.double, generator=generator).requires_grad_()
        for s in shapes
    ]
    assert torch.autograd.gradcheck(gradients.Recurrence.apply, inputs)


def test_recurrence_is_nn_rnn():
    torch.manual_seed(0)
    rnn = nn.RNN(4, H).double()  # time first
    x = torch.randn(T, B, 4, dtype=torch.double)
    h_0 = torch.randn(1, B, H, dtype=torch.double, requires_grad=True)
    weights = list(rnn.parameters())
    upstream = torch.randn(T, B, H, dtype=torch.double)
    expected, _ = rnn(x, h_0)
    from_inputs = x @ rnn.weight_ih_l0.T + rnn.bias_ih_l0 + rnn.bias_hh_l0
    found = gradients.Recurrence.apply(from_inputs, h_0[0], rnn.weight_hh_l0)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)
    for a, b in zip(
        torch.autograd.grad(found, [*weights, h_0], upstream),
        torch.autograd.grad(expected, [*weights, h_0], upstream),
        strict=True,
    ):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


class OwnBackward(nn.Module):
    """The running example on Recurrence."""

    def __init__(self, model: CharRNN) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids, h_0=None):
        rnn = self.model.rnn
        x = F.one_hot(ids.T, self.model.vocab_size).to(rnn.weight_ih_l0.dtype)
        from_inputs = x @ rnn.weight_ih_l0.T + (rnn.bias_ih_l0 + rnn.bias_hh_l0)
        h = from_inputs.new_zeros(ids.shape[0], rnn.hidden_size)
        states = gradients.Recurrence.apply(from_inputs, h, rnn.weight_hh_l0)
        return self.model.output(states.transpose(0, 1)), states[-1:]


def test_recurrence_trains_the_running_example_as_nn_rnn_does():
    vocab, inputs, targets = running_batch()
    losses = []
    for wrap in (lambda model: model, OwnBackward):
        torch.manual_seed(0)
        model = wrap(CharRNN(len(vocab), 12).double())
        losses.append(training.fit(model, inputs, targets, epochs=100, lr=0.01).losses)
    assert losses[0] == pytest.approx(losses[1], abs=1e-9)
    assert losses[1][-1] < 0.2


def test_numerical_gradient_of_closed_forms():
    x = torch.tensor([[0.5, -1.0], [2.0, 0.0]], dtype=torch.double)
    before = x.clone()
    cube = gradients.numerical_gradient(lambda: (x**3).sum(), x)
    torch.testing.assert_close(cube, 3 * x**2, rtol=0, atol=1e-7)
    assert torch.equal(x, before)
    scalar = torch.tensor(2.0, dtype=torch.double)
    found = gradients.numerical_gradient(lambda: float(scalar.exp()), scalar)
    torch.testing.assert_close(found, scalar.exp(), rtol=0, atol=1e-6)
    assert gradients.numerical_gradient(lambda: 0.0, torch.zeros(0)).shape == (0,)


def test_numerical_gradient_of_a_parameter_is_that_of_autograd():
    model, (inputs, targets) = model_of(CharRNN), batch()
    _, expected = by_autograd(model, inputs, targets)

    def loss():
        logits, _ = model(inputs)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())

    for name, parameter in model.named_parameters():
        found = gradients.numerical_gradient(loss, parameter)
        torch.testing.assert_close(found, expected[name], rtol=0, atol=1e-8, msg=name)


def test_numerical_gradient_puts_the_entry_back_after_an_error():
    x = torch.ones(2, dtype=torch.double)

    def fails():
        if x[0] < 1:
            raise ZeroDivisionError
        return x.sum()

    with pytest.raises(ZeroDivisionError):
        gradients.numerical_gradient(fails, x)
    assert torch.equal(x, torch.ones(2, dtype=torch.double))


@pytest.mark.parametrize(("kind", "nonlinearity"), KINDS)
def test_reach_is_autograd_done_plainly(kind, nonlinearity):
    """Step by step with the equation, each state a tensor that asks for a gradient."""
    model = model_of(kind, nonlinearity, seed=3)
    ids = torch.randint(V, (T + 1,), generator=torch.Generator().manual_seed(3))
    W_ih, W_hh, b_ih, b_hh, W_ho, b_o = gradients._weights(model)
    act = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}
    h, states = torch.zeros(H, dtype=torch.double), []
    for i in ids[:-1]:
        h = act[nonlinearity](W_ih[:, i] + b_ih + b_hh + W_hh @ h)
        h.requires_grad_() if not states else h.retain_grad()
        states.append(h)
    F.cross_entropy((W_ho @ h + b_o)[None], ids[-1:]).backward()
    expected = torch.stack([h.grad.norm() for h in states])
    found = gradients.reach(model, ids)
    assert found.keys() == {"h"}
    torch.testing.assert_close(found["h"], expected, rtol=0, atol=1e-12)
    assert all(p.grad is None for p in model.parameters())
    with torch.no_grad():
        again = gradients.reach(model, ids)
    assert torch.equal(again["h"], found["h"])


class OnLSTM(nn.Module):
    def __init__(self, layers=1):
        super().__init__()
        self.rnn = nn.LSTM(V, H, layers)
        self.output = nn.Linear(H, V)

    def forward(self, ids, state=None):
        output, state = self.rnn(F.one_hot(ids, V).double(), state)
        return self.output(output), state


def test_reach_of_a_cell_state_is_autograd_done_plainly():
    torch.manual_seed(4)
    model = OnLSTM().double()
    ids = torch.randint(V, (T + 1,))
    lstm = model.rnn
    h = c = torch.zeros(H, dtype=torch.double)
    states = []
    for i in ids[:-1]:
        gates = (
            lstm.weight_ih_l0[:, i]
            + lstm.bias_ih_l0
            + lstm.bias_hh_l0
            + lstm.weight_hh_l0 @ h
        )
        i_t, f_t, g_t, o_t = gates.chunk(4)
        c = f_t.sigmoid() * c + i_t.sigmoid() * g_t.tanh()
        c.retain_grad()
        h = o_t.sigmoid() * c.tanh()
        h.retain_grad()
        states.append((h, c))
    F.cross_entropy(model.output(h)[None], ids[-1:]).backward()
    model.zero_grad()
    found = gradients.reach(model, ids)
    for k, name in enumerate("hc"):
        grads = [s[k].grad for s in states]
        expected = torch.stack([g.norm() for g in grads])
        torch.testing.assert_close(found[name], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("size", [1, 2])
def test_reach_of_several_layers(size):
    torch.manual_seed(5)
    model = OnLSTM(2).double()
    found = gradients.reach(model, torch.randint(V, (size + 1,)))
    assert {name: tuple(norms.shape) for name, norms in found.items()} == {
        "h": (size,),
        "c": (size,),
    }
    assert all((norms > 0).all() for norms in found.values())
