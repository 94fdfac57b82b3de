"""The models against nn.RNN, nn.RNNCell and nn.Linear, in float64 where it is exact."""

import copy
import itertools

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from charrnn_helpers.models import CharRNN, ScratchRNN, ScratchRNNCell, run_layer

quick = settings(deadline=None, derandomize=True, database=None, max_examples=25)
EXACT = {"rtol": 0, "atol": 1e-10}
V, H, B, T = 7, 5, 3, 11

shapes = pytest.mark.parametrize(
    ("num_layers", "nonlinearity", "batched", "with_state"),
    list(itertools.product((1, 2, 3), ("tanh", "relu"), (True, False), (True, False))),
)


def reference(model: CharRNN) -> tuple[nn.RNN, nn.Linear]:
    """PyTorch's own layers with the weights of a model, and gradients of their own."""
    rnn, output = copy.deepcopy(model.rnn), copy.deepcopy(model.output)
    return rnn, output


def named_gradients(model: nn.Module) -> dict[str, torch.Tensor]:
    """Gradients by the names that nn.RNN and nn.Linear give the parameters."""
    if isinstance(model, ScratchRNN):
        gradients = {"weight": model.W_ho.grad, "bias": model.b_o.grad}
        for layer, cell in enumerate(model.cells):
            gradients[f"weight_ih_l{layer}"] = cell.W_ih.grad
            gradients[f"weight_hh_l{layer}"] = cell.W_hh.grad
            gradients[f"bias_ih_l{layer}"] = cell.b_ih.grad
            gradients[f"bias_hh_l{layer}"] = cell.b_hh.grad
        return gradients
    return {n.split(".")[-1]: p.grad for n, p in model.named_parameters()}


@shapes
def test_both_models_are_pytorchs_layers(num_layers, nonlinearity, batched, with_state):
    torch.manual_seed(num_layers)
    char = CharRNN(V, H, num_layers, nonlinearity).double()
    scratch = ScratchRNN(V, H, num_layers, nonlinearity).double()
    assert scratch.load_from(char) is scratch
    rnn, output = reference(char)

    ids = torch.randint(V, (B, T) if batched else (T,))
    weights = torch.randn(*ids.shape, V, dtype=torch.float64)
    state_weights = torch.randn(
        num_layers, *([B] if batched else []), H, dtype=torch.float64
    )
    start = torch.randn_like(state_weights) if with_state else None

    def run(forward, modules):
        h_0 = None if start is None else start.clone().requires_grad_()
        logits, h_n = forward(h_0)
        ((logits * weights).sum() + (h_n * state_weights).sum()).backward()
        gradients = {}
        for module in modules:
            gradients |= named_gradients(module)
        if h_0 is not None:
            gradients["h_0"] = h_0.grad
        return logits, h_n, gradients

    def pytorch(h_0):
        states, h_n = rnn(F.one_hot(ids, V).double(), h_0)
        return output(states), h_n

    logits, h_n, gradients = run(pytorch, [rnn, output])
    for model in (char, scratch):
        mine = run(lambda h_0, model=model: model(ids, h_0), [model])
        assert_close(mine[0], logits, **EXACT)
        assert_close(mine[1], h_n, **EXACT)
        assert mine[2].keys() == gradients.keys()
        for name, gradient in gradients.items():
            assert_close(mine[2][name], gradient, **EXACT, msg=name)


@quick
@given(
    st.integers(1, 6), st.integers(1, 6), st.integers(1, 3), st.integers(1, 4),
    st.integers(1, 9), st.integers(0, 99),
)  # fmt: skip
def test_they_agree_at_every_size(V, H, layers, B, T, seed):
    torch.manual_seed(seed)
    char = CharRNN(V, H, layers).double()
    scratch = ScratchRNN(V, H, layers).double().load_from(char)
    ids, h_0 = torch.randint(V, (B, T)), torch.randn(layers, B, H).double()
    rnn, output = reference(char)
    states, h_n = rnn(F.one_hot(ids, V).double(), h_0)
    for model in (char, scratch):
        logits, last = model(ids, h_0)
        assert_close(logits, output(states), **EXACT)
        assert_close(last, h_n, **EXACT)


@pytest.mark.parametrize("model_class", [CharRNN, ScratchRNN])
@pytest.mark.parametrize("batched", [True, False])
def test_a_carried_state_is_the_prefix_fed_again(model_class, batched):
    torch.manual_seed(0)
    model = model_class(V, H, 2).double()
    ids = torch.randint(V, (B, T) if batched else (T,))
    logits, h_n = model(ids)
    for cut in range(1, T):
        first, h = model(ids[..., :cut])
        second, last = model(ids[..., cut:], h)
        joined = torch.cat([first, second], dim=-2)
        assert_close(joined, logits, **EXACT)
        assert_close(last, h_n, **EXACT)


@pytest.mark.parametrize("model_class", [CharRNN, ScratchRNN])
def test_a_model_reads_no_character_before_its_time(model_class):
    model = model_class(V, H, 2).double()
    ids = torch.randint(V, (1, T))
    changed = ids.clone()
    changed[0, 6] = (ids[0, 6] + 1) % V
    before, after = model(ids)[0][0], model(changed)[0][0]
    assert_close(before[:6], after[:6], **EXACT)
    assert not torch.allclose(before[6], after[6])


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
@pytest.mark.parametrize("shape", [(B,), ()])
def test_the_cell_is_nn_rnncell(nonlinearity, shape):
    torch.manual_seed(0)
    oracle = nn.RNNCell(V, H, nonlinearity=nonlinearity).double()
    cell = ScratchRNNCell(V, H, nonlinearity).double()
    with torch.no_grad():
        cell.W_ih.copy_(oracle.weight_ih)
        cell.W_hh.copy_(oracle.weight_hh)
        cell.b_ih.copy_(oracle.bias_ih)
        cell.b_hh.copy_(oracle.bias_hh)
    x_t, h = torch.randn(*shape, V).double(), torch.randn(*shape, H).double()
    h_t, expected = cell(x_t, h), oracle(x_t, h)
    assert_close(h_t, expected, **EXACT)
    h_t.square().sum().backward()
    expected.square().sum().backward()
    assert_close(cell.W_ih.grad, oracle.weight_ih.grad, **EXACT)
    assert_close(cell.W_hh.grad, oracle.weight_hh.grad, **EXACT)
    assert_close(cell.b_ih.grad, oracle.bias_ih.grad, **EXACT)
    assert_close(cell.b_hh.grad, oracle.bias_hh.grad, **EXACT)


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu", "sigmoid"])
def test_run_layer_takes_the_steps_that_forward_takes(nonlinearity):
    torch.manual_seed(0)
    cell = ScratchRNNCell(V, H, nonlinearity).double()
    x, h_0 = torch.randn(B, T, V).double(), torch.randn(B, H).double()
    states, h_n = run_layer(cell, x, h_0)
    h = h_0
    for t in range(T):
        h = cell(x[:, t], h)
        assert_close(states[:, t], h, **EXACT)
    assert_close(h_n, h, **EXACT)


def test_sigmoid_is_written_out():
    torch.manual_seed(0)
    model = ScratchRNN(V, H, nonlinearity="sigmoid").double()
    (cell,) = model.cells
    ids = torch.randint(V, (T,))
    h = torch.zeros(H, dtype=torch.float64)
    for i in ids.tolist():
        a = cell.W_ih[:, i] + cell.b_ih + cell.W_hh @ h + cell.b_hh
        h = 1 / (1 + (-a).exp())
    logits, h_n = model(ids)
    assert_close(h_n[0], h, **EXACT)
    assert_close(logits[-1], model.W_ho @ h + model.b_o, **EXACT)


@pytest.mark.parametrize("num_layers", [1, 2, 3])
def test_the_same_seed_gives_the_same_first_weights(num_layers):
    torch.manual_seed(3)
    char = CharRNN(V, H, num_layers)
    torch.manual_seed(3)
    scratch = ScratchRNN(V, H, num_layers)
    copied = copy.deepcopy(scratch).load_from(char)
    for mine, theirs in zip(scratch.parameters(), copied.parameters(), strict=True):
        assert torch.equal(mine, theirs)


def test_shapes_and_names_are_those_of_the_lessons():
    char, scratch = CharRNN(V, H, 2), ScratchRNN(V, H, 2)
    assert isinstance(char.rnn, nn.RNN)
    assert char.rnn.batch_first
    assert isinstance(char.output, nn.Linear)
    assert not any(isinstance(m, nn.RNNBase) for m in scratch.modules())
    first, second = scratch.cells
    assert first.W_ih.shape == (H, V)
    assert second.W_ih.shape == first.W_hh.shape == (H, H)
    assert first.b_ih.shape == first.b_hh.shape == (H,)
    assert scratch.W_ho.shape == (V, H)
    assert scratch.b_o.shape == (V,)
    count = [sum(p.numel() for p in m.parameters()) for m in (char, scratch)]
    assert count[0] == count[1] == H * V + H * H * 3 + 4 * H + V * H + V
    for model in (char, scratch):
        for name, value in {"vocab_size": V, "hidden_size": H, "num_layers": 2}.items():
            assert getattr(model, name) == value
            assert f"{name}={value}" in repr(model)
    assert "5, 5, 'tanh'" in repr(second)


@pytest.mark.parametrize("model_class", [CharRNN, ScratchRNN])
def test_ids_of_any_integer_type_and_an_empty_batch(model_class):
    model = model_class(V, H, 2)
    ids = torch.randint(V, (B, T))
    for dtype in (torch.uint8, torch.int32):
        assert torch.equal(model(ids.to(dtype))[0], model(ids)[0])
    logits, h_n = model(ids[:0])
    assert logits.shape == (0, T, V)
    assert h_n.shape == (2, 0, H)


@pytest.mark.parametrize("model_class", [CharRNN, ScratchRNN])
def test_input_that_nn_rnn_would_refuse_is_refused(model_class):
    model = model_class(V, H, 2)
    ids = torch.randint(V, (B, T))
    with pytest.raises(ValueError, match=r"\(3, 0\) hold no character"):
        model(ids[:, :0])
    with pytest.raises(ValueError, match=r"\(0,\) hold no character"):
        model(ids[0, :0])
    for wrong in (ids[None], ids[0, 0]):
        with pytest.raises(ValueError, match=r"\(B, T\), or \(T,\) for one text, got"):
            model(wrong)
    with pytest.raises(ValueError, match=r"id 9 at position \(1, 2\).*\[0, 7\)"):
        model(ids.index_put((torch.tensor(1), torch.tensor(2)), torch.tensor(9)))
    with pytest.raises(TypeError, match=r"float32 of shape \(3, 11, 7\)"):
        model(F.one_hot(ids, V).float())
    for wrong in (ids.float(), ids[0].float(), ids.bool()):
        with pytest.raises(TypeError, match="integers"):
            model(wrong)
    with pytest.raises(TypeError, match="a tensor, got str"):
        model("hello")


@pytest.mark.parametrize("model_class", [CharRNN, ScratchRNN])
def test_a_state_of_another_shape_is_refused(model_class):
    model = model_class(V, H, 2)
    ids = torch.randint(V, (B, T))
    for shape in ((B, 2, H), (1, B, H), (2, 1, H), (2, B, 1), (2, H), (B, H)):
        with pytest.raises(ValueError, match=r"h_0 must have shape \(2, 3, 5\).*got"):
            model(ids, torch.zeros(shape))
    with pytest.raises(ValueError, match=r"h_0 must have shape \(2, 5\).*got"):
        model(ids[0], torch.zeros(2, 1, H))


@pytest.mark.parametrize("size", [0, -1, 2.0, True, "3", None])
def test_every_size_must_be_a_whole_number_from_one(size):
    for model_class in (CharRNN, ScratchRNN):
        for sizes in ((size, H, 1), (V, size, 1), (V, H, size)):
            with pytest.raises(ValueError, match=f"from 1, got {size!r}"):
                model_class(*sizes)
    with pytest.raises(ValueError, match="from 1, got"):
        ScratchRNNCell(V, size)


def test_an_unknown_nonlinearity_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match="'tanh', 'relu', got 'sigmoid'"):
        CharRNN(V, H, nonlinearity="sigmoid")
    for model_class in (ScratchRNN, ScratchRNNCell):
        with pytest.raises(ValueError, match="'tanh', 'relu', 'sigmoid', got 'gelu'"):
            model_class(V, H, nonlinearity="gelu")


@pytest.mark.parametrize(
    "other",
    [(V + 1, H), (V, H + 1), (V, H, 2), (V, H, 1, "relu")],
)
def test_load_from_refuses_another_architecture_and_copies_nothing(other):
    model = ScratchRNN(V, H)
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(ValueError, match=r"vocab_size=7, hidden_size=5.*the other"):
        model.load_from(CharRNN(*other))
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name])


def test_load_from_takes_a_char_rnn_and_shares_no_memory():
    with pytest.raises(TypeError, match=r"got ScratchRNN; .*load_state_dict"):
        ScratchRNN(V, H).load_from(ScratchRNN(V, H))
    char = CharRNN(V, H)
    scratch = ScratchRNN(V, H).load_from(char)
    ids = torch.randint(V, (T,))
    before = scratch(ids)[0]
    with torch.no_grad():
        for parameter in char.parameters():
            parameter.zero_()
    assert torch.equal(scratch(ids)[0], before)
    assert all(p.requires_grad and p.is_leaf for p in scratch.parameters())
