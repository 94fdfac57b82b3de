"""The models with gates against nn.LSTM and nn.GRU, and all that works with them."""

from __future__ import annotations

import copy
import itertools

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.testing import assert_close

from charrnn_helpers import fast, gradients, sampling, training
from charrnn_helpers.data import SENTENCES, Vocabulary, encode_batch, pad, shift
from charrnn_helpers.diagnosis import diagnose
from charrnn_helpers.models import (
    CharGRU,
    CharLSTM,
    CharRNN,
    ScratchGRU,
    ScratchGRUCell,
    ScratchLSTM,
    ScratchLSTMCell,
    ScratchRNN,
    trace,
)

EXACT = {"rtol": 0, "atol": 1e-10}
V, H, B, T = 7, 5, 3, 11
LSTMS, GRUS = (CharLSTM, ScratchLSTM), (CharGRU, ScratchGRU)
PAIRS = [LSTMS, GRUS]
MODELS = [*LSTMS, *GRUS]
VOCAB = Vocabulary.from_texts(SENTENCES)
INPUTS, TARGETS = shift(encode_batch(VOCAB, pad(SENTENCES)))

kinds = pytest.mark.parametrize("kind", MODELS)
pairs = pytest.mark.parametrize("pair", PAIRS, ids=["LSTM", "GRU"])


@pytest.fixture(autouse=True)
def _own_random_state():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def is_lstm(kind):
    return kind in LSTMS


def parts(state):
    return state if isinstance(state, tuple) else (state,)


def state_of(kind, *shape):
    states = [torch.randn(*shape, dtype=torch.float64) for _ in range(2)]
    return tuple(states) if is_lstm(kind) else states[0]


def gradients_of(model):
    """By the names that PyTorch's layers give the parameters."""
    if not hasattr(model, "cells"):
        return {n.split(".")[-1]: p.grad for n, p in model.named_parameters()}
    found = {"weight": model.W_ho.grad, "bias": model.b_o.grad}
    for n, cell in enumerate(model.cells):
        found[f"weight_ih_l{n}"], found[f"weight_hh_l{n}"] = (
            cell.W_ih.grad,
            cell.W_hh.grad,
        )
        found[f"bias_ih_l{n}"], found[f"bias_hh_l{n}"] = cell.b_ih.grad, cell.b_hh.grad
    return found


@pairs
@pytest.mark.parametrize(
    ("num_layers", "batched", "with_state"),
    list(itertools.product((1, 3), (True, False), (True, False))),
)
def test_both_models_are_pytorchs_layers(pair, num_layers, batched, with_state):
    torch.manual_seed(num_layers)
    char = pair[0](V, H, num_layers).double()
    scratch = pair[1](V, H, num_layers).double()
    assert scratch.load_from(char) is scratch
    layer = (nn.LSTM if is_lstm(pair[0]) else nn.GRU)(
        V, H, num_layers, batch_first=True
    ).double()
    layer.load_state_dict(char.rnn.state_dict())
    output = copy.deepcopy(char.output)

    ids = torch.randint(V, (B, T) if batched else (T,))
    batch = [B] if batched else []
    weights = torch.randn(*ids.shape, V, dtype=torch.float64)
    state_weights = parts(state_of(pair[0], num_layers, *batch, H))
    start = state_of(pair[0], num_layers, *batch, H) if with_state else None

    def run(forward, modules):
        h_0 = copy.deepcopy(start)
        for part in parts(h_0) if with_state else ():
            part.requires_grad_()
        logits, state = forward(h_0)
        total = (logits * weights).sum()
        for part, weight in zip(parts(state), state_weights, strict=True):
            total = total + (part * weight).sum()
        total.backward()
        found = {}
        for module in modules:
            found |= gradients_of(module)
        for n, part in enumerate(parts(h_0) if with_state else ()):
            found[f"state {n}"] = part.grad
        return logits, parts(state), found

    def pytorch(h_0):
        states, state = layer(F.one_hot(ids, V).double(), h_0)
        return output(states), state

    expected = run(pytorch, [layer, output])
    for model in (char, scratch):
        logits, states, grads = run(lambda h_0, m=model: m(ids, h_0), [model])
        assert_close(logits, expected[0], **EXACT)
        for mine, theirs in zip(states, expected[1], strict=True):
            assert_close(mine, theirs, **EXACT)
        assert grads.keys() == expected[2].keys()
        for name, gradient in expected[2].items():
            assert_close(grads[name], gradient, **EXACT, msg=name)


@pairs
@pytest.mark.parametrize("num_layers", [1, 3])
def test_the_same_seed_gives_the_same_first_weights(pair, num_layers):
    models = []
    for kind in pair:
        torch.manual_seed(3)
        models.append(kind(V, H, num_layers))
    copied = copy.deepcopy(models[1]).load_from(models[0])
    for mine, theirs in zip(models[1].parameters(), copied.parameters(), strict=True):
        assert torch.equal(mine, theirs)


@pytest.mark.parametrize("shape", [(B,), ()])
@pytest.mark.parametrize(
    ("kind", "oracle"), [(ScratchLSTMCell, nn.LSTMCell), (ScratchGRUCell, nn.GRUCell)]
)
def test_the_cells_are_pytorchs(kind, oracle, shape):
    cell, theirs = kind(V, H).double(), oracle(V, H).double()
    with torch.no_grad():
        for mine, weight in zip(cell.parameters(), theirs.parameters(), strict=True):
            mine.copy_(weight)
    x_t = torch.randn(*shape, V, dtype=torch.float64)
    states = [torch.randn(*shape, H, dtype=torch.float64) for _ in range(2)]
    state = tuple(states) if kind is ScratchLSTMCell else states[0]
    mine, expected = parts(cell(x_t, state)), parts(theirs(x_t, state))
    for a, b in zip(mine, expected, strict=True):
        assert_close(a, b, **EXACT)
    sum(part.square().sum() for part in mine).backward()
    sum(part.square().sum() for part in expected).backward()
    for a, b in zip(cell.parameters(), theirs.parameters(), strict=True):
        assert_close(a.grad, b.grad, **EXACT)


@kinds
@pytest.mark.parametrize("batched", [True, False])
def test_a_carried_state_is_the_prefix_fed_again(kind, batched):
    model = kind(V, H, 2).double()
    ids = torch.randint(V, (B, T) if batched else (T,))
    logits, state = model(ids)
    for cut in (1, 4, T - 1):
        first, h = model(ids[..., :cut])
        second, last = model(ids[..., cut:], h)
        assert_close(torch.cat([first, second], dim=-2), logits, **EXACT)
        for mine, theirs in zip(parts(last), parts(state), strict=True):
            assert_close(mine, theirs, **EXACT)


def test_sizes_shapes_and_names():
    for kind, rows in ((CharLSTM, 4), (CharGRU, 3)):
        model = kind(V, H, 2)
        assert model.rnn.batch_first
        assert isinstance(model.output, nn.Linear)
        plain = sum(p.numel() for p in CharRNN(V, H, 2).rnn.parameters())
        assert sum(p.numel() for p in model.rnn.parameters()) == rows * plain
        assert "vocab_size=7, hidden_size=5, num_layers=2" in repr(model)
    for kind, rows in ((ScratchLSTM, 4), (ScratchGRU, 3)):
        first, second = kind(V, H, 2).cells
        assert first.W_ih.shape == (rows * H, V)
        assert second.W_ih.shape == first.W_hh.shape == (rows * H, H)
        assert first.b_ih.shape == first.b_hh.shape == (rows * H,)
        assert repr(first).endswith("Cell(7, 5)")
    logits, (h_n, c_n) = CharLSTM(V, H, 2)(torch.randint(V, (0, T)))
    assert logits.shape == (0, T, V)
    assert h_n.shape == c_n.shape == (2, 0, H)


@kinds
def test_input_that_pytorch_would_refuse_is_refused(kind):
    model = kind(V, H, 2)
    ids = torch.randint(V, (B, T))
    with pytest.raises(ValueError, match=r"\(3, 0\) hold no character"):
        model(ids[:, :0])
    with pytest.raises(ValueError, match=r"\(B, T\), or \(T,\) for one text, got"):
        model(ids[None])
    with pytest.raises(ValueError, match=r"id 9 at position \(1, 2\).*\[0, 7\)"):
        model(ids.index_put((torch.tensor(1), torch.tensor(2)), torch.tensor(9)))
    with pytest.raises(TypeError, match="integers"):
        model(ids.float())
    for size in (0, 2.0, True, None):
        for sizes in ((size, H, 1), (V, size, 1), (V, H, size)):
            with pytest.raises(ValueError, match=f"from 1, got {size!r}"):
                kind(*sizes)


@kinds
def test_a_state_of_another_form_is_refused(kind):
    model, ids = kind(V, H, 2), torch.randint(V, (B, T))
    right, lstm = torch.zeros(2, B, H), is_lstm(kind)
    for shape in ((B, 2, H), (1, B, H), (2, B, 1), (2, H)):
        wrong = torch.zeros(shape)
        message = r"h_0 must have shape \(2, 3, 5\).*got"
        with pytest.raises(ValueError, match=message):
            model(ids, (wrong, right) if lstm else wrong)
        if lstm:
            with pytest.raises(ValueError, match="c of " + message):
                model(ids, (right, wrong))
    with pytest.raises(ValueError, match=r"h_0 must have shape \(2, 5\).*got"):
        model(ids[0], (right, right) if lstm else right)
    with pytest.raises(TypeError, match=r"h_0 must have the dtype .*float64"):
        model(ids, (right.double(), right) if lstm else right.double())
    if lstm:
        for wrong, got in ((right, "Tensor"), ((right,) * 3, "a tuple of 3")):
            with pytest.raises(TypeError, match=rf"must be a pair \(h, c\).*got {got}"):
                model(ids, wrong)
        with pytest.raises(TypeError, match="c of h_0 must be a tensor, got list"):
            model(ids, (right, [1.0]))
        assert torch.equal(model(ids, [right, right])[0], model(ids)[0])
    else:
        with pytest.raises(TypeError, match="a tensor, got tuple: only an LSTM"):
            model(ids, (right, right))
        with pytest.raises(TypeError, match="a tensor, got tuple: only an LSTM"):
            CharRNN(V, H, 2)(ids, (right, right))


def test_a_cell_refuses_what_does_not_fit():
    x, h = torch.zeros(B, V), torch.zeros(B, H)
    cell = ScratchLSTMCell(V, H)
    with pytest.raises(TypeError, match=r"state must be a pair \(h, c\).*got Tensor"):
        cell(x, h)
    with pytest.raises(ValueError, match=r"c_prev must have shape \(3, 5\)"):
        cell(x, (h, h[:1]))
    with pytest.raises(ValueError, match=r"h_prev must have shape \(3, 5\)"):
        cell(x, (h[:1], h))
    gru = ScratchGRUCell(V, H)
    with pytest.raises(ValueError, match=r"x_t must have shape \(3, 7\)"):
        gru(h, h)
    with pytest.raises(TypeError, match="h_prev must be a tensor, got tuple: only"):
        gru(x, (h, h))


@pairs
def test_load_from_takes_its_own_kind_and_size(pair):
    char, scratch = pair
    other = CharGRU if char is CharLSTM else CharLSTM
    with pytest.raises(TypeError, match=f"a {char.__name__}, got {other.__name__}"):
        scratch(V, H).load_from(other(V, H))
    with pytest.raises(TypeError, match=f"got {scratch.__name__}; for another"):
        scratch(V, H).load_from(scratch(V, H))
    for sizes in ((V + 1, H), (V, H + 1), (V, H, 2)):
        model = scratch(V, H)
        before = copy.deepcopy(model.state_dict())
        with pytest.raises(ValueError, match=r"vocab_size=7, hidden_size=5.*the other"):
            model.load_from(char(*sizes))
        for name, value in model.state_dict().items():
            assert torch.equal(value, before[name])


# --- trace ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [CharRNN, ScratchRNN, *MODELS])
@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("with_state", [True, False])
def test_trace_gives_every_gate_and_state(kind, batched, with_state):
    model = kind(V, H, 2).double()
    ids = torch.randint(V, (B, T) if batched else (T,))
    start = state_of(kind, 2, *ids.shape[:-1], H) if with_state else None
    random = torch.get_rng_state()
    found = trace(model, ids, start)
    assert torch.equal(torch.get_rng_state(), random)
    gates = "ifgo" if is_lstm(kind) else "rzn" if kind in GRUS else ""
    assert list(found) == [*gates, "h", *(["c"] if is_lstm(kind) else [])]
    state = start
    for t in range(T):  # step by step, the states that the model returns
        _, after = model(ids[..., t : t + 1], state)
        for name, part in zip("hc", parts(after), strict=False):
            assert_close(found[name][..., t, :], part, **EXACT)
        state = after
    assert all(v.shape == (2, *ids.shape, H) for v in found.values())
    if with_state:
        return
    h, before = found["h"], torch.zeros_like(found["h"])
    before[..., 1:, :] = h[..., :-1, :]
    if gates == "rzn":
        assert_close((1 - found["z"]) * found["n"] + found["z"] * before, h, **EXACT)
    elif gates:
        c, held = found["c"], torch.zeros_like(h)
        held[..., 1:, :] = c[..., :-1, :]
        assert_close(found["f"] * held + found["i"] * found["g"], c, **EXACT)
        assert_close(found["o"] * c.tanh(), h, **EXACT)


def test_trace_refuses_other_models_and_wrong_ids():
    with pytest.raises(TypeError, match=r"trace knows the models .* another Linear"):
        trace(nn.Linear(2, 2), torch.tensor([1]))
    with pytest.raises(ValueError, match="id 9"):
        trace(CharLSTM(V, H), torch.tensor([1, 9]))
    with pytest.raises(TypeError, match="must be a pair"):
        trace(CharLSTM(V, H), torch.tensor([1, 2]), torch.zeros(1, H))


# --- everything else works with them -------------------------------------------------


@kinds
def test_they_learn_the_sentences_and_complete_them(kind):
    model = kind(len(VOCAB), 16)
    before = training.evaluate(model, INPUTS, TARGETS)
    history = training.fit(model, INPUTS, TARGETS, epochs=150, lr=0.02, max_norm=1.0)
    assert history.losses[-1] < 0.1 < 2.5 < before
    assert sampling.predict(model, VOCAB, "hello ho")[0] == "w"
    text = sampling.sample(model, VOCAB, "hello", 12)
    assert text == "hello how are you"
    generator = torch.Generator().manual_seed(1)
    drawn = sampling.sample(model, VOCAB, "i", 20, temperature=1.0, generator=generator)
    assert len(drawn) == 21


@pairs
def test_both_train_alike(pair):
    torch.manual_seed(2)
    char = pair[0](len(VOCAB), 6, 2).double()
    scratch = pair[1](len(VOCAB), 6, 2).double().load_from(char)
    runs = [
        training.fit(m, INPUTS, TARGETS, epochs=5, lr=0.01) for m in (char, scratch)
    ]
    assert_close(torch.tensor(runs[0].losses), torch.tensor(runs[1].losses))


@kinds
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_saved_model_comes_back(kind, dtype, tmp_path):
    model = kind(len(VOCAB), 6, 2).to(dtype)
    training.save(tmp_path / "m.pt", model, VOCAB)
    loaded, vocab = training.load(tmp_path / "m.pt")
    assert type(loaded) is kind
    assert repr(loaded) == repr(model)
    assert vocab == VOCAB
    for mine, theirs in zip(loaded.parameters(), model.parameters(), strict=True):
        assert torch.equal(mine, theirs)
    assert torch.equal(loaded(INPUTS)[0], model(INPUTS)[0])
    training.fit(loaded, INPUTS, TARGETS, epochs=1, lr=0.01)


@kinds
def test_a_damaged_file_or_a_changed_model_is_refused(kind, tmp_path):
    path, model = tmp_path / "m.pt", kind(len(VOCAB), 6)
    training.save(path, model, VOCAB)
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[: len(whole) // 2], b"", whole[::-1]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="damaged, incomplete"):
            training.load(path)
    bits = bytearray(whole)
    bits[len(bits) // 2] ^= 1
    path.write_bytes(bits)
    with pytest.raises(ValueError, match="damaged"):
        training.load(path)
    if hasattr(model, "rnn"):
        model.rnn = nn.RNN(len(VOCAB), 6, batch_first=True)
    else:
        model.cells[0] = ScratchRNN(len(VOCAB), 6).cells[0]
    with pytest.raises(ValueError, match=r"cannot be saved.*is (Scratch)?RNN"):
        training.save(path, model, VOCAB)


@kinds
def test_fast_sample_sends_them_to_the_plain_one(kind):
    with pytest.raises(TypeError, match=r"sampling\.sample takes every model"):
        fast.sample(kind(len(VOCAB), 6), VOCAB, "h", 3)


@kinds
@pytest.mark.parametrize("num_layers", [1, 2])
def test_reach_is_the_same_for_both_ways_to_write_them(kind, num_layers):
    pair = LSTMS if is_lstm(kind) else GRUS
    char = pair[0](V, H, num_layers).double()
    model = char if kind is pair[0] else pair[1](V, H, num_layers).double()
    if model is not char:
        model.load_from(char)
    ids = torch.randint(V, (T + 1,))
    found, expected = gradients.reach(model, ids), gradients.reach(char, ids)
    assert list(found) == (["h", "c"] if is_lstm(kind) else ["h"])
    for name, norms in found.items():
        assert norms.shape == (T,)
        assert (norms > 0).all()
        assert_close(norms, expected[name], **EXACT)


# --- diagnose ------------------------------------------------------------------------


def names(findings):
    return [finding.name for finding in findings]


@kinds
@pytest.mark.parametrize("seed", range(3))
def test_a_healthy_model_has_no_findings_fresh_or_trained(kind, seed):
    for size, layers in ((12, 1), (6, 2)):
        torch.manual_seed(seed)
        model = kind(len(VOCAB), size, layers)
        assert diagnose(model, INPUTS, TARGETS) == []
        for lr in (0.01, 0.05):
            training.fit(model, INPUTS, TARGETS, epochs=40, lr=lr)
            optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
            assert diagnose(model, INPUTS, TARGETS, optimizer=optimizer) == []


def biased(model, gate, value):
    """Both biases of one gate, by its place, in every layer."""
    for name, p in model.named_parameters():
        if "b_" in name or "bias_" in name:
            size = model.hidden_size
            with torch.no_grad():
                p[gate * size : (gate + 1) * size] = value / 2


@pytest.mark.parametrize(
    ("kind", "gate", "value", "said"),
    [
        (CharLSTM, 0, -12, "input gate of rnn, layer 0, is near 0: nothing is written"),
        (ScratchLSTM, 1, -12, "forget gate of cells.0 is near 0: the cell state is em"),
        (CharLSTM, 1, 12, "forget gate of rnn, layer 0, is near 1: nothing is ever er"),
        (CharLSTM, 3, -12, "output gate of rnn, layer 0, is near 0: nothing of the ce"),
        (ScratchLSTM, 3, 12, "output gate of cells.0 is near 1"),
        (CharGRU, 0, -12, "reset gate of rnn, layer 0, is near 0: the candidate never"),
        (CharGRU, 1, 12, "update gate of rnn, layer 0, is near 1: the state never ch"),
        (ScratchGRU, 1, -12, "update gate of cells.0 is near 0: the state is replaced"),
    ],
)
def test_a_gate_that_hangs_is_found(kind, gate, value, said):
    for layers in (1, 2):
        model = kind(len(VOCAB), 12, layers)
        biased(model, gate, value)
        findings = diagnose(model, INPUTS, TARGETS)
        (finding,) = [f for f in findings if f.name == "saturated gates"]
        assert said in finding.sentence
        assert ("2 gates are stuck" in finding.sentence) == (layers == 2)
        assert finding.lesson.startswith("notebook 11, section 11.")


@kinds
def test_huge_weights_saturate_every_gate(kind):
    model = kind(len(VOCAB), 12)
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(2000)
    findings = diagnose(model, INPUTS, TARGETS)
    (finding,) = [f for f in findings if f.name == "saturated gates"]
    assert "now near 0, now near 1" in finding.sentence


class OfYourOwn(nn.Module):
    """As many write it: an embedding, time first, a loop over a cell, keywords."""

    def __init__(self, layer, **options):
        super().__init__()
        self.embedding = nn.Embedding(len(VOCAB), 9)
        self.layer = layer(9, 12, **options)
        self.head = nn.Linear(
            12 * (2 if options.get("bidirectional") else 1), len(VOCAB)
        )

    def forward(self, ids):
        x = self.embedding(ids).transpose(0, 1)
        if isinstance(self.layer, nn.RNNBase):
            size = len(ids), 12
            h = x.new_zeros(self.layer.num_layers, *size)
            states = self.layer(x, hx=(h, h) if isinstance(self.layer, nn.LSTM) else h)
            return self.head(states[0].transpose(0, 1))
        state, states = None, []
        for x_t in x:
            state = self.layer(x_t, state)
            states.append(state[0] if isinstance(state, tuple) else state)
        return self.head(torch.stack(states, dim=1))


@pytest.mark.parametrize(
    ("layer", "options"),
    [
        (nn.LSTM, {}),
        (nn.GRU, {"num_layers": 2}),
        (nn.LSTM, {"num_layers": 2, "bias": False}),
        (nn.LSTMCell, {}),
        (nn.GRUCell, {"bias": False}),
    ],
)
def test_layers_in_a_model_of_your_own_are_looked_at(layer, options):
    model = OfYourOwn(layer, **options)
    assert diagnose(model, INPUTS, TARGETS) == []
    with torch.no_grad():
        for name, p in model.layer.named_parameters():
            p.mul_(2000) if "weight_ih" in name else None
    assert "saturated gates" in names(diagnose(model, INPUTS, TARGETS))
