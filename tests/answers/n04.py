"""Answers to the exercises of notebook 04, wrong and right ones."""


def _last_state(
    start="torch.zeros(len(b_hh), dtype=x.dtype)",
    rows="x",
    step="torch.tanh(x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh)",
    result="h, int((h.abs() > 0.9).sum())",
):
    """An answer to exercise 4.2, of which one line is another."""
    return f"""
def my_last_state(x, W_ih, W_hh, b_ih, b_hh):
    h = {start}
    for x_t in {rows}:
        h = {step}
    return {result}
"""


def _hidden_size(count, rest=""):
    """An answer to exercise 4.3 that counts in its own way."""
    rest = (
        rest
        or """
    H = 0
    while count(H + 1) <= budget:
        H += 1
    return H
"""
    )
    return f"""
def my_hidden_size(vocab_size, budget):
    V = vocab_size
    def count(H):
        return {count}
{rest}"""


_COUNT = "H * V + H * H + 2 * H + V * H + V"


def _memory_test(
    earlier="earlier[:, 0] += 1",
    other="other[0] += 1",
    remembers="bool((after_earlier[:, 1:] != before[:, 1:]).any())",
    reads_across="bool((after_other[1:] != before[1:]).any())",
    size="before.shape[-1]",
    result="remembers, reads_across",
):
    """An answer to exercise 4.5, of which one line is another."""
    return f"""
def my_memory_test(model, ids):
    before, state = model(ids)
    vocab_size = {size}
    earlier = ids.clone()
    {earlier}
    other = ids.clone()
    {other}
    after_earlier, state_earlier = model(earlier % vocab_size)
    after_other, state_other = model(other % vocab_size)
    remembers = {remembers}
    reads_across = {reads_across}
    return {result}
"""


WRONG = {
    "4.1": {
        "h_n with the batch first": "output_and_h_n = ((4, 9, 7), (4, 3, 7))",
        "output with the steps first": "output_and_h_n = ((9, 4, 7), (3, 4, 7))",
        "both as without batch_first": "output_and_h_n = ((9, 4, 7), (4, 3, 7))",
        "one layer in h_n": "output_and_h_n = ((4, 9, 7), (1, 4, 7))",
        "one layer in h_n, without its axis": "output_and_h_n = ((4, 9, 7), (4, 7))",
        "h_n of one text": "output_and_h_n = ((4, 9, 7), (3, 7))",
        "input size in output": "output_and_h_n = ((4, 9, 10), (3, 4, 7))",
        "input size in h_n": "output_and_h_n = ((4, 9, 7), (3, 4, 10))",
        "input size in both": "output_and_h_n = ((4, 9, 10), (3, 4, 10))",
        "layers side by side": "output_and_h_n = ((4, 9, 21), (3, 4, 7))",
        "output of all layers": "output_and_h_n = ((3, 4, 9, 7), (3, 4, 7))",
        "h_n of all steps": "output_and_h_n = ((4, 9, 7), (3, 9, 7))",
        "h_n of all steps and texts": "output_and_h_n = ((4, 9, 7), (3, 4, 9, 7))",
        "output of the last step": "output_and_h_n = ((4, 1, 7), (3, 4, 7))",
        "output without its steps": "output_and_h_n = ((4, 7), (3, 4, 7))",
        "layers for the texts": "output_and_h_n = ((3, 9, 7), (3, 4, 7))",
        "axes of output exchanged": "output_and_h_n = ((4, 7, 9), (3, 4, 7))",
        "axes of h_n exchanged": "output_and_h_n = ((4, 9, 7), (7, 4, 3))",
        "order exchanged": "output_and_h_n = ((3, 4, 7), (4, 9, 7))",
        "one tuple": "output_and_h_n = (4, 9, 7, 3, 4, 7)",
        "output alone": "output_and_h_n = (4, 9, 7)",
        "the example": "output_and_h_n = ((1, 2, 3), (4, 5, 6))",
    },
    "4.2": {
        "nn.RNN instead of the equation": """
def my_last_state(x, W_ih, W_hh, b_ih, b_hh):
    H, V = W_ih.shape
    rnn = nn.RNN(V, H, dtype=torch.float64)
    rnn.load_state_dict(
        dict(weight_ih_l0=W_ih, weight_hh_l0=W_hh, bias_ih_l0=b_ih, bias_hh_l0=b_hh)
    )
    with torch.no_grad():
        _, h_n = rnn(x)
    return h_n[0], len([u for u in h_n[0] if abs(u) > 0.9])
""",
        "W_ih not transposed": _last_state(
            step="torch.tanh(x_t @ W_ih + b_ih + h @ W_hh.T + b_hh)"
        ),
        "W_hh not transposed": _last_state(
            step="torch.tanh(x_t @ W_ih.T + b_ih + h @ W_hh + b_hh)"
        ),
        "neither transposed": _last_state(
            step="torch.tanh(x_t @ W_ih + b_ih + h @ W_hh + b_hh)"
        ),
        "float32 zeros": _last_state(start="torch.zeros(len(b_hh))"),
        "all in float32": _last_state(
            start="torch.zeros(len(b_hh))",
            step=(
                "torch.tanh(x_t.float() @ W_ih.T.float() + b_ih.float()"
                " + h @ W_hh.T.float() + b_hh.float())"
            ),
        ),
        "b_ih forgotten": _last_state(
            step="torch.tanh(x_t @ W_ih.T + h @ W_hh.T + b_hh)"
        ),
        "b_hh forgotten": _last_state(
            step="torch.tanh(x_t @ W_ih.T + b_ih + h @ W_hh.T)"
        ),
        "both biases forgotten": _last_state(
            step="torch.tanh(x_t @ W_ih.T + h @ W_hh.T)"
        ),
        "b_ih twice": _last_state(
            step="torch.tanh(x_t @ W_ih.T + b_ih + h @ W_hh.T + b_ih)"
        ),
        "tanh forgotten": _last_state(step="x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh"),
        "tanh of the first term alone": _last_state(
            step="torch.tanh(x_t @ W_ih.T + b_ih) + h @ W_hh.T + b_hh"
        ),
        "sigmoid": _last_state(
            step="torch.sigmoid(x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh)"
        ),
        "relu": _last_state(step="torch.relu(x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh)"),
        "no memory": _last_state(step="torch.tanh(x_t @ W_ih.T + b_ih + b_hh)"),
        "element-wise": _last_state(
            step="torch.tanh(x_t @ W_ih.T + b_ih + h * W_hh.diagonal() + b_hh)"
        ),
        "starts with ones": _last_state(start="torch.ones(len(b_hh), dtype=x.dtype)"),
        "starts with the bias": _last_state(start="b_hh"),
        "start of the size of the input": _last_state(
            start="torch.zeros(x.shape[1], dtype=x.dtype)"
        ),
        "start of the length of the text": _last_state(
            start="torch.zeros(len(x), dtype=x.dtype)"
        ),
        "two units": _last_state(start="torch.zeros(2, dtype=x.dtype)"),
        "twelve units": _last_state(start="torch.zeros(12, dtype=x.dtype)"),
        "first row left out": _last_state(rows="x[1:]"),
        "last row left out": _last_state(rows="x[:-1]"),
        "first row only": _last_state(rows="x[:1]"),
        "backwards": _last_state(rows="x.flip(0)"),
        "columns instead of rows": _last_state(rows="x.T"),
        "nine steps at most": _last_state(rows="x[:9]"),
        "positive end only": _last_state(result="h, int((h > 0.9).sum())"),
        "positive end minus negative end": _last_state(
            result="h, int((h > 0.9).sum()) - int((h < -0.9).sum())"
        ),
        "both ends at once": _last_state(
            result="h, int(((h > 0.9) & (h < -0.9)).sum())"
        ),
        "those that are not saturated": _last_state(
            result="h, int((h.abs() <= 0.9).sum())"
        ),
        "limit 1": _last_state(result="h, int((h.abs() >= 1).sum())"),
        "limit 0.95": _last_state(result="h, int((h.abs() > 0.95).sum())"),
        "rounded to one digit first": _last_state(
            result="h, int((h.abs().round(decimals=1) >= 0.9).sum())"
        ),
        "share": _last_state(result="h, (h.abs() > 0.9).double().mean().item()"),
        "whether there are any": _last_state(result="h, int((h.abs() > 0.9).any())"),
        "mask": _last_state(result="h, h.abs() > 0.9"),
        "the saturated numbers": _last_state(result="h, h[h.abs() > 0.9]"),
        "shape (1, H)": _last_state(
            result="h.unsqueeze(0), int((h.abs() > 0.9).sum())"
        ),
        "order exchanged": _last_state(result="int((h.abs() > 0.9).sum()), h"),
        "state alone": _last_state(result="h"),
        "saturated numbers of all steps": """
def my_last_state(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(len(b_hh), dtype=x.dtype)
    saturated = 0
    for x_t in x:
        h = torch.tanh(x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
        saturated += int((h.abs() > 0.9).sum())
    return h, saturated
""",
        "all states": """
def my_last_state(x, W_ih, W_hh, b_ih, b_hh):
    h, states = torch.zeros(len(b_hh), dtype=x.dtype), []
    for x_t in x:
        h = torch.tanh(x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
        states.append(h)
    return torch.stack(states), int((h.abs() > 0.9).sum())
""",
        "writes into the weights": """
def my_last_state(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros(len(b_hh), dtype=x.dtype)
    b_ih += b_hh
    for x_t in x:
        h = torch.tanh(x_t @ W_ih.T + h @ W_hh.T + b_ih)
    return h, int((h.abs() > 0.9).sum())
""",
    },
    "4.3": {
        "one bias in the recurrent layer": _hidden_size(
            "H * V + H * H + H + V * H + V"
        ),
        "no bias in the recurrent layer": _hidden_size("H * V + H * H + V * H + V"),
        "no bias behind it": _hidden_size("H * V + H * H + 2 * H + V * H"),
        "no biases": _hidden_size("H * V + H * H + V * H"),
        "no output layer": _hidden_size("H * V + H * H + 2 * H"),
        "no output matrix": _hidden_size("H * V + H * H + 2 * H + V"),
        "no W_hh": _hidden_size("H * V + 2 * H + V * H + V"),
        "W_hh has H numbers": _hidden_size("H * V + H + 2 * H + V * H + V"),
        "no W_ih": _hidden_size("H * H + 2 * H + V * H + V"),
        "bias behind it has H numbers": _hidden_size(
            "H * V + H * H + 2 * H + V * H + H"
        ),
        "biases of V numbers": _hidden_size("H * V + H * H + 2 * V + V * H + V"),
        "an embedding besides": _hidden_size(_COUNT + " + V * H"),
        "two layers": _hidden_size(_COUNT + " + 2 * H * H + 2 * H"),
        "sixteen symbols": _hidden_size("16 * H + H * H + 2 * H + 16 * H + 16"),
        "below the budget": _hidden_size(
            _COUNT,
            """
    H = 0
    while count(H + 1) < budget:
        H += 1
    return H
""",
        ),
        "first size above the budget": _hidden_size(
            _COUNT,
            """
    H = 1
    while count(H) <= budget:
        H += 1
    return H
""",
        ),
        "at least 1": _hidden_size(
            _COUNT,
            """
    H = 1
    while count(H + 1) <= budget:
        H += 1
    return H
""",
        ),
        "-1 where nothing fits": _hidden_size(
            _COUNT,
            """
    H = 0
    while count(H) <= budget:
        H += 1
    return H - 1
""",
        ),
        "None where nothing fits": _hidden_size(
            _COUNT,
            """
    H = 0
    while count(H + 1) <= budget:
        H += 1
    return H or None
""",
        ),
        "max() of nothing": _hidden_size(
            _COUNT,
            """
    return max(H for H in range(1, budget + 1) if count(H) <= budget)
""",
        ),
        "no return where the loop is empty": _hidden_size(
            _COUNT,
            """
    for H in range(1, budget):
        if count(H) > budget:
            return H - 1
""",
        ),
        "up to 99": _hidden_size(
            _COUNT,
            """
    return max([H for H in range(1, 100) if count(H) <= budget], default=0)
""",
        ),
        "even sizes only": _hidden_size(
            _COUNT,
            """
    H = 0
    while count(H + 2) <= budget:
        H += 2
    return H
""",
        ),
        "nearest instead of largest": _hidden_size(
            _COUNT,
            """
    return min(range(200), key=lambda H: abs(count(H) - budget)) if (
        count(1) <= budget
    ) else 0
""",
        ),
        "formula, rounded": _hidden_size(
            _COUNT,
            """
    root = math.sqrt(max((V + 1) ** 2 + budget - V, 0))
    return max(round(root - (V + 1)), 0)
""",
        ),
        "formula, negative where nothing fits": _hidden_size(
            _COUNT,
            """
    return math.isqrt(max((V + 1) ** 2 + budget - V, 0)) - (V + 1)
""",
        ),
        "formula, not rounded": _hidden_size(
            _COUNT,
            """
    return max(math.sqrt(max((V + 1) ** 2 + budget - V, 0)) - (V + 1), 0)
""",
        ),
        "budget divided by the linear part": _hidden_size(
            _COUNT,
            """
    return max((budget - V) // (2 * V + 2), 0)
""",
        ),
        "number of parameters instead of H": _hidden_size(
            _COUNT,
            """
    H = 0
    while count(H + 1) <= budget:
        H += 1
    return count(H)
""",
        ),
        "H and number of parameters": _hidden_size(
            _COUNT,
            """
    H = 0
    while count(H + 1) <= budget:
        H += 1
    return H, count(H)
""",
        ),
    },
    "4.5": {
        "first character set to 0": """
def my_memory_test(model, ids):
    c = ids.clone()
    c[0, 0] = 0
    before, after = model(ids)[0], model(c)[0]
    remembers = bool((after[0, 1:] != before[0, 1:]).any())
    reads_across = bool((after[1:] != before[1:]).any())
    return remembers, reads_across
""",
        "first characters set to 0": _memory_test(earlier="earlier[:, 0] = 0"),
        "first characters set to 1": _memory_test(earlier="earlier[:, 0] = 1"),
        "first text set to 0": _memory_test(other="other[0] = 0"),
        "first text set to the last symbol": _memory_test(
            other="other[0] = vocab_size - 1"
        ),
        "no remainder": """
def my_memory_test(model, ids):
    before, _ = model(ids)
    earlier, other = ids.clone(), ids.clone()
    earlier[:, 0] += 1
    other[0] += 1
    remembers = bool((model(earlier)[0][:, 1:] != before[:, 1:]).any())
    reads_across = bool((model(other)[0][1:] != before[1:]).any())
    return remembers, reads_across
""",
        "vocabulary size from the ids": _memory_test(size="int(ids.max()) + 1"),
        "sixteen symbols": _memory_test(size="16"),
        "one down, not below 0": _memory_test(
            earlier="earlier[:, 0] = (earlier[:, 0] - 1).clamp(min=0)",
            other="other[0] = (other[0] - 1).clamp(min=0)",
        ),
        "next text for the first": _memory_test(other="other[0] = ids[1]"),
        "texts rolled": _memory_test(other="other = ids.roll(1, dims=0)"),
        "first text turned round": _memory_test(other="other[0] = ids[0].flip(0)"),
        "character of the next step": _memory_test(earlier="earlier[:, 0] = ids[:, 1]"),
        "last character changed": _memory_test(earlier="earlier[:, -1] += 1"),
        "whole texts changed": _memory_test(earlier="earlier += 1"),
        "last text changed": _memory_test(
            other="other[-1] += 1",
            reads_across="bool((after_other[:-1] != before[:-1]).any())",
        ),
        "only the first character of the first text": _memory_test(
            other="other[0, 0] += 1"
        ),
        "only the last character of the first text": _memory_test(
            other="other[0, -1] += 1"
        ),
        "one change for both questions": """
def my_memory_test(model, ids):
    before, _ = model(ids)
    changed = ids.clone()
    changed[0] = (changed[0] + 1) % before.shape[-1]
    after, _ = model(changed)
    remembers = bool((after[0, 1:] != before[0, 1:]).any())
    reads_across = bool((after[1:] != before[1:]).any())
    return remembers, reads_across
""",
        "first step compared too": _memory_test(
            remembers="bool((after_earlier != before).any())"
        ),
        "first step alone": _memory_test(
            remembers="bool((after_earlier[:, 0] != before[:, 0]).any())"
        ),
        "second step alone": _memory_test(
            remembers="bool((after_earlier[:, 1] != before[:, 1]).any())"
        ),
        "last step alone": _memory_test(
            remembers="bool((after_earlier[:, -1] != before[:, -1]).any())"
        ),
        "every later number": _memory_test(
            remembers="bool((after_earlier[:, 1:] != before[:, 1:]).all())"
        ),
        "first text compared too": _memory_test(
            reads_across="bool((after_other != before).any())"
        ),
        "first text alone": _memory_test(
            reads_across="bool((after_other[0] != before[0]).any())"
        ),
        "second text alone": _memory_test(
            reads_across="bool((after_other[1] != before[1]).any())"
        ),
        "last text alone": _memory_test(
            reads_across="bool((after_other[-1] != before[-1]).any())"
        ),
        "first step of the other texts": _memory_test(
            reads_across="bool((after_other[1:, 0] != before[1:, 0]).any())"
        ),
        "last step of the other texts": _memory_test(
            reads_across="bool((after_other[1:, -1] != before[1:, -1]).any())"
        ),
        "first step of the other texts left out": _memory_test(
            reads_across="bool((after_other[1:, 1:] != before[1:, 1:]).any())"
        ),
        "every number of the other texts": _memory_test(
            reads_across="bool((after_other[1:] != before[1:]).all())"
        ),
        "axes exchanged": _memory_test(
            remembers="bool((after_earlier[1:] != before[1:]).any())",
            reads_across="bool((after_other[:, 1:] != before[:, 1:]).any())",
        ),
        "most likely symbols only": _memory_test(
            remembers=(
                "bool((after_earlier.argmax(-1) != before.argmax(-1))[:, 1:].any())"
            ),
            reads_across=(
                "bool((after_other.argmax(-1) != before.argmax(-1))[1:].any())"
            ),
        ),
        "differences above 0.1 only": _memory_test(
            remembers="bool(((after_earlier - before)[:, 1:].abs() > 0.1).any())",
            reads_across="bool(((after_other - before)[1:].abs() > 0.1).any())",
        ),
        "logit of symbol 0 only": _memory_test(
            remembers="bool((after_earlier[:, 1:, 0] != before[:, 1:, 0]).any())",
            reads_across="bool((after_other[1:, :, 0] != before[1:, :, 0]).any())",
        ),
        "states instead of logits": _memory_test(
            remembers="state is not None and not torch.equal(state_earlier, state)"
        ),
        "questions turned round": _memory_test(
            result="not remembers, not reads_across"
        ),
        "order exchanged": _memory_test(result="reads_across, remembers"),
        "remembers only if it does not read across": _memory_test(
            result="remembers and not reads_across, reads_across"
        ),
        "always yes and no": """
def my_memory_test(model, ids):
    return True, False
""",
        "looks for a recurrent layer": """
def my_memory_test(model, ids):
    before, _ = model(ids)
    other = ids.clone()
    other[0] = (other[0] + 1) % before.shape[-1]
    reads_across = bool((model(other)[0][1:] != before[1:]).any())
    layers = [m for m in model.modules() if isinstance(m, nn.RNN)]
    return bool(layers) and not reads_across, reads_across
""",
        "looks at batch_first": """
def my_memory_test(model, ids):
    rnn = [m for m in model.modules() if isinstance(m, nn.RNN)]
    if not rnn:
        return False, False
    return rnn[0].batch_first, not rnn[0].batch_first
""",
        "looks at the shape of the state": """
def my_memory_test(model, ids):
    logits, state = model(ids)
    if state is None or state.dim() < 3:
        return False, False
    return state.shape[1] == ids.shape[0], state.shape[1] != ids.shape[0]
""",
        "writes into the ids that were given": """
def my_memory_test(model, ids):
    before, _ = model(ids)
    V = before.shape[-1]
    other = ids.clone()
    other[0] = (other[0] + 1) % V
    reads_across = bool((model(other)[0][1:] != before[1:]).any())
    ids[:, 0] = (ids[:, 0] + 1) % V
    remembers = bool((model(ids)[0][:, 1:] != before[:, 1:]).any())
    return remembers, reads_across
""",
        "the copy is no copy": """
def my_memory_test(model, ids):
    before, _ = model(ids)
    V = before.shape[-1]
    earlier, other = ids, ids
    earlier[:, 0] = (earlier[:, 0] + 1) % V
    remembers = bool((model(earlier)[0][:, 1:] != before[:, 1:]).any())
    other[0] = (other[0] + 1) % V
    reads_across = bool((model(other)[0][1:] != before[1:]).any())
    return remembers, reads_across
""",
    },
}

RIGHT = {
    "4.1": {
        "lists": "output_and_h_n = [[4, 9, 7], [3, 4, 7]]",
        "torch.Size": "output_and_h_n = (torch.Size([4, 9, 7]), torch.Size((3, 4, 7)))",
        "run after all": """
output, h_n = nn.RNN(10, 7, num_layers=3, batch_first=True)(torch.zeros(4, 9, 10))
output_and_h_n = output.shape, h_n.shape
""",
        "NumPy numbers": """
import numpy as np
output_and_h_n = (tuple(np.array([4, 9, 7])), tuple(np.array([3, 4, 7])))
""",
    },
    "4.2": {
        "matrix times column": """
def my_last_state(x, W_ih, W_hh, b_ih, b_hh):
    h = torch.zeros_like(b_ih)
    for t in range(x.shape[0]):
        h = (W_ih @ x[t] + b_ih + W_hh @ h + b_hh).tanh()
    return h, ((h > 0.9) | (h < -0.9)).sum().item()
""",
        "F.linear and a list": """
def my_last_state(x, W_ih, W_hh, b_ih, b_hh):
    from_input = F.linear(x, W_ih, b_ih)
    h = x.new_zeros(W_hh.shape[0])
    for row in from_input:
        h = torch.tanh(row + F.linear(h, W_hh, b_hh))
    return [h, int(torch.count_nonzero(h.abs() > 0.9))]
""",
        "a tensor of one number": """
def my_last_state(x, W_ih, W_hh, b_ih, b_hh):
    h = b_hh.new_zeros(b_hh.shape)
    for x_t in x.unbind():
        h = torch.tanh(W_ih.mv(x_t) + W_hh.mv(h) + b_ih + b_hh)
    return h, (h**2 > 0.9**2).sum()
""",
        "NumPy": """
import numpy as np

def my_last_state(x, W_ih, W_hh, b_ih, b_hh):
    W = np.hstack([W_ih.numpy(), W_hh.numpy()])
    b = (b_ih + b_hh).numpy()
    h = np.zeros(b.shape)
    for x_t in x.numpy():
        h = np.tanh(W @ np.concatenate([x_t, h]) + b)
    return torch.from_numpy(h), np.count_nonzero(np.abs(h) > 0.9)
""",
        "recursion": """
def my_last_state(x, W_ih, W_hh, b_ih, b_hh):
    def state(t):
        if t == 0:
            return torch.zeros(W_hh.size(0), dtype=torch.float64)
        return torch.tanh(W_ih @ x[t - 1] + W_hh @ state(t - 1) + (b_ih + b_hh))

    h = state(len(x))
    return h, sum(abs(number) > 0.9 for number in h.tolist())
""",
        "reduce": """
from functools import reduce

my_last_state = lambda x, W_ih, W_hh, b_ih, b_hh: (
    lambda h: (h, h.abs().gt(0.9).sum().item())
)(
    reduce(
        lambda h, x_t: (x_t.matmul(W_ih.t()) + h.matmul(W_hh.t()) + b_ih + b_hh).tanh(),
        x,
        torch.zeros(len(W_hh)).double(),
    )
)
""",
    },
    "4.3": {
        "formula": """
def my_hidden_size(vocab_size, budget):
    if budget < vocab_size:
        return 0
    return math.isqrt((vocab_size + 1) ** 2 + budget - vocab_size) - vocab_size - 1
""",
        "bisection": """
def my_hidden_size(vocab_size, budget):
    low, high = 0, budget + 1
    while high - low > 1:
        middle = (low + high) // 2
        size = middle * (middle + 2 * vocab_size + 2) + vocab_size
        low, high = (middle, high) if size <= budget else (low, middle)
    return low
""",
        "parameters of the model counted": """
def my_hidden_size(vocab_size, budget):
    def count(H):
        with torch.device("meta"):
            model = models.CharRNN(vocab_size, H)
        return sum(p.numel() for p in model.parameters())

    H = 0
    while count(H + 1) <= budget:
        H += 1
    return H
""",
        "next() over a counter": """
import itertools

my_hidden_size = lambda V, B: next(
    H for H in itertools.count() if (H + 1) * (H + 1 + 2 * V + 2) + V > B
)
""",
        "what the next unit costs": """
def my_hidden_size(vocab_size, budget):
    left, H = budget - vocab_size, 0
    while True:
        left -= 2 * vocab_size + 2 + 2 * H + 1
        if left < 0:
            return H
        H += 1
""",
        "NumPy number": """
import numpy as np

def my_hidden_size(vocab_size, budget):
    H = np.arange(1, math.isqrt(max(budget, 0)) + 2)
    return np.count_nonzero(H * H + 2 * H + 2 * H * vocab_size + vocab_size <= budget)
""",
    },
    "4.5": {
        "torch.equal": """
def my_memory_test(model, ids):
    before = model(ids)[0]
    V = before.size(2)
    first = torch.zeros_like(ids)
    first[:, 0] = 1
    text = torch.zeros_like(ids)
    text[0, :] = 1
    later = model((ids + first) % V)[0]
    across = model((ids + text) % V)[0]
    return [
        not torch.equal(later[:, 1:], before[:, 1:]),
        not torch.equal(across[1:], before[1:]),
    ]
""",
        "largest difference, tensors of one number": """
@torch.no_grad()
def my_memory_test(model, ids):
    before, _ = model(ids)
    V = before.shape[-1]

    def difference(change):
        changed = ids.clone()
        changed[change] = (changed[change] - 1) % V
        return (model(changed)[0] - before).abs()

    later = difference((slice(None), 0))[:, 1:]
    across = difference((0, slice(None)))[1:]
    return later.max() > 0, across.max() > 0
""",
        "NumPy booleans": """
import numpy as np

def my_memory_test(model, ids):
    logits = lambda ids: model(torch.from_numpy(ids))[0].detach().numpy()
    original = ids.numpy().copy()
    before = logits(original)
    V = before.shape[-1]
    earlier, other = original.copy(), original.copy()
    earlier[:, 0] = (earlier[:, 0] + 1) % V
    other[0, :] = (other[0, :] + 1) % V
    return (
        np.any(logits(earlier)[:, 1:] != before[:, 1:]),
        np.any(logits(other)[1:] != before[1:]),
    )
""",
        "every other symbol tried": """
class MemoryTest:
    def __call__(self, model, ids):
        self.model, self.ids = model, ids
        self.before = model(ids)[0].detach()
        self.V = self.before.shape[-1]
        return self.moves(..., 0, (slice(None), slice(1, None))), self.moves(
            0, ..., slice(1, None)
        )

    def moves(self, row, column, looked_at):
        for step in range(1, self.V):
            changed = self.ids.clone()
            changed[row, column] += step
            after = self.model(changed % self.V)[0].detach()
            if not torch.equal(after[looked_at], self.before[looked_at]):
                return True
        return False

my_memory_test = MemoryTest()
""",
        "the new symbol chosen by where": """
def my_memory_test(model, ids):
    before, _ = model(ids)
    flipped = torch.where(ids == 0, 1, 0)
    earlier = torch.cat([flipped[:, :1], ids[:, 1:]], dim=1)
    other = torch.cat([flipped[:1], ids[1:]], dim=0)
    moved = [(model(new)[0] != before) for new in (earlier, other)]
    return moved[0][:, 1:].any().item(), moved[1][1:].any().item()
""",
    },
}
