"""Answers to the exercises of notebook 10: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done.
"""

A, B = "(0.00023 / 0.02) ** (1 / 20)", "(0.077 / 0.002) ** (1 / 20)"


def _reading(a=A, lag="55", b=B, explodes='"B"'):
    return f"import math\nmy_reading = ({a}, {lag}, {b}, {explodes})\n"


def _scale(size="torch.linalg.eigvals(W).abs().max()", result="W * (radius / now)"):
    return f"""
def my_scale(W, radius):
    now = {size}
    return {result}
"""


def _back(
    tanh="1 - h**2",
    sigmoid="h * (1 - h)",
    relu="(h > 0).double()",
    step="(d_h * slope) @ W_hh",
    states="reversed(states)",
    norm="d_h",
    result="torch.stack(norms[::-1])",
    start="d_last",
):
    return f"""
def my_way_back(d_last, states, W_hh, activation):
    d_h, norms = {start}, []
    for h in {states}:
        norms.append({norm})
        if activation == "tanh":
            slope = {tanh}
        elif activation == "sigmoid":
            slope = {sigmoid}
        else:
            slope = {relu}
        d_h = {step}
    return {result}
"""


def _chrono(
    forget="times[k].log()",
    opposite="-times[k].log()",
    first="[:H]",
    second="[H : 2 * H]",
    layers="range(lstm.num_layers)",
    zero="b_hh[: 2 * H] = 0",
    more="pass",
    data=".data",
):
    return f"""
def my_chrono(lstm, times):
    H = lstm.hidden_size
    for k in {layers}:
        b_ih = getattr(lstm, f"bias_ih_l{{k}}"){data}
        b_hh = getattr(lstm, f"bias_hh_l{{k}}"){data}
        b_ih{first} = {opposite}
        b_ih{second} = {forget}
        {zero}
        {more}
"""


WRONG = {
    "10.1": {
        "A over twenty steps": _reading(a="0.0115"),
        "A upside down": _reading(a="1 / 0.80"),
        "A: 30th root": _reading(a="0.0115 ** (1 / 30)"),
        "A: 10th root": _reading(a="0.0115 ** 0.1"),
        "A from lag 0": _reading(a="0.00023 ** (1 / 30)"),
        "A from the first ten": _reading(a="0.02 ** 0.1"),
        "A: a twentieth": _reading(a="0.0115 / 20"),
        "A: the mean fall": _reading(a="(0.02 - 0.00023) / 20"),
        "A: logarithm": _reading(a="math.log(0.0115) / 20"),
        "A: square root": _reading(a="0.0115 ** 0.5"),
        "A rounded to a digit too few": _reading(a="0.8 + 0.02"),
        "lag from lag 0 and share 1": _reading(lag="62"),
        "lag from 1 at lag 10": _reading(lag="72"),
        "lag counted from lag 10": _reading(lag="45"),
        "lag: the step before": _reading(lag="54"),
        "lag: one too many": _reading(lag="56"),
        "lag not whole": _reading(lag="54.4"),
        "lag: of 1e-7": _reading(lag="65"),
        "lag: as a text": _reading(lag='"55"'),
        "B over twenty steps": _reading(b="38.5"),
        "B upside down": _reading(b="1 / 1.20"),
        "B: a twentieth": _reading(b="38.5 / 20"),
        "B: 30th root": _reading(b="38.5 ** (1 / 30)"),
        "B from lag 0": _reading(b="0.077 ** (1 / 30)"),
        "B from the first ten": _reading(b="0.002 ** 0.1"),
        "B: logarithm": _reading(b="math.log(38.5) / 20"),
        "A and B exchanged": _reading(a=B, b=A),
        "another order": f"my_reading = ({A}, {B}, 55, 'B')",
        "two numbers": f"my_reading = ({A}, {B})",
        "one number": f"my_reading = {A}",
        "texts": 'my_reading = ("0.80", "55", "1.20", "B")',
        "nan": _reading(a="float('nan')"),
        "A: what a step takes away": _reading(a="1 - 0.80"),
        "B: what a step adds": _reading(b="0.20"),
        "percentages": "my_reading = (80, 55, 120, 'B')",
        "lag counted from lag 30": _reading(lag="25"),
        "from a share of 1": _reading(a="0.00023 ** (1 / 20)"),
        "dictionary": 'my_reading = {"A": 0.8, "lag": 55, "B": 1.2}',
        "three numbers": f"my_reading = ({A}, 55, {B})",
        "read by the height": _reading(explodes='"C"'),
        "both that lie above 1 somewhere": _reading(explodes='"BC"'),
        "A explodes": _reading(explodes='"AB"'),
        "nothing explodes": _reading(explodes='""'),
        "a word for what explodes": _reading(explodes='"explodes"'),
        "a word for each": _reading(explodes='("vanishes", "explodes", "vanishes")'),
        "a truth value": _reading(explodes="True"),
    },
    "10.2": {
        "not divided by its own": _scale(result="W * radius"),
        "largest singular value": _scale("torch.linalg.svdvals(W)[0]"),
        "spectral norm": _scale("torch.linalg.matrix_norm(W, 2)"),
        "real part": _scale("torch.linalg.eigvals(W).real.max()"),
        "size of the real part": _scale("torch.linalg.eigvals(W).real.abs().max()"),
        "imaginary part": _scale("torch.linalg.eigvals(W).imag.abs().max()"),
        "no abs": _scale("torch.linalg.eigvals(W).max()"),
        "the first eigenvalue": _scale("torch.linalg.eigvals(W).abs()[0]"),
        "the last eigenvalue": _scale("torch.linalg.eigvals(W).abs()[-1]"),
        "the smallest": _scale("torch.linalg.eigvals(W).abs().min()"),
        "the mean": _scale("torch.linalg.eigvals(W).abs().mean()"),
        "their sum": _scale("torch.linalg.eigvals(W).abs().sum()"),
        "of symmetric matrices": _scale("torch.linalg.eigvalsh(W).abs().max()"),
        "Frobenius norm": _scale("W.norm()"),
        "largest entry": _scale("W.abs().max()"),
        "row sums": _scale("W.abs().sum(dim=1).max()"),
        "determinant": _scale("torch.linalg.det(W).abs()"),
        "trace": _scale("W.trace()"),
        "diagonal": _scale("W.diagonal().abs().max()"),
        "upside down": _scale(result="W * (now / radius)"),
        "radius 1": _scale(result="W / now"),
        "divided by both": _scale(result="W / now / radius"),
        "root": _scale(result="W * (radius / now).sqrt()"),
        "square": _scale(result="W * (radius / now) ** 2"),
        "transposed": _scale(result="W.T * (radius / now)"),
        "the number alone": _scale(result="radius / now"),
        "by a difference": _scale(result="W * (radius - now)"),
        "only smaller": _scale(result="W * min(1.0, radius / now)"),
        "shifted": _scale(result="W + (radius - now) * torch.eye(len(W)).double()"),
        "identity": _scale(result="torch.eye(len(W)).double() * radius"),
        "orthogonal": """
def my_scale(W, radius):
    other = torch.empty_like(W)
    return nn.init.orthogonal_(other, radius)
""",
        "in place": """
def my_scale(W, radius):
    W *= radius / torch.linalg.eigvals(W).abs().max()
    return W
""",
        "nothing returned": """
def my_scale(W, radius):
    W = W * (radius / torch.linalg.eigvals(W).abs().max())
""",
        "float32": _scale(result="(W * (radius / now)).float()"),
        "complex": _scale(result="W * (radius / torch.linalg.eigvals(W)[0])"),
        "clamped": _scale(result="W.clamp(-radius, radius)"),
        "by the eigenvalue itself": """
def my_scale(W, radius):
    eigenvalues = torch.linalg.eigvals(W)
    return W * (radius / eigenvalues[eigenvalues.abs().argmax()])
""",
        "all on one circle": """
def my_scale(W, radius):
    values, vectors = torch.linalg.eig(W)
    values = values / values.abs() * radius
    return (vectors @ torch.diag(values) @ torch.linalg.inv(vectors)).real
""",
        "of W.T @ W": _scale("torch.linalg.eigvals(W.T @ W).abs().max()"),
        "as if it were new": _scale("1 / 3**0.5"),
        "size of the sum": _scale("torch.linalg.eigvals(W).sum().abs()"),
        "power iteration": """
def my_scale(W, radius):
    v = torch.ones(len(W)).double()
    for _ in range(50):
        v = W @ v
        size = v.norm()
        v = v / size
    return W * (radius / size)
""",
        "printed": """
def my_scale(W, radius):
    print(W * (radius / torch.linalg.eigvals(W).abs().max()))
""",
    },
    "10.3": {
        "no slope": _back(step="d_h @ W_hh"),
        "transposed": _back(step="(d_h * slope) @ W_hh.T"),
        "matrix first": _back(step="(d_h @ W_hh) * slope"),
        "from the left": _back(step="W_hh @ (d_h * slope)"),
        "no matrix": _back(step="d_h * slope"),
        "only the diagonal": _back(step="d_h * slope * W_hh.diagonal()"),
        "tanh: 1 - h": _back(tanh="1 - h"),
        "tanh of tanh": _back(tanh="1 - torch.tanh(h) ** 2"),
        "tanh: 1 + h squared": _back(tanh="1 + h**2"),
        "tanh for all": _back(sigmoid="1 - h**2", relu="1 - h**2"),
        "sigmoid for all": _back(tanh="h * (1 - h)", relu="h * (1 - h)"),
        "sigmoid of sigmoid": _back(
            sigmoid="torch.sigmoid(h) * (1 - torch.sigmoid(h))"
        ),
        "sigmoid: 1 - h": _back(sigmoid="1 - h"),
        "sigmoid: a quarter": _back(sigmoid="0.25"),
        "ReLU: 1 at 0": _back(relu="(h >= 0).double()"),
        "ReLU: h": _back(relu="h"),
        "ReLU: always 1": _back(relu="1.0"),
        "ReLU: where it is off": _back(relu="(h == 0).double()"),
        "forwards": _back(states="states", result="torch.stack(norms)"),
        "reverse order": _back(result="torch.stack(norms)"),
        "slope of the state before": _back(
            states="[*reversed(states[:-1]), states[0]]"
        ),
        "from sum to sum": """
def my_way_back(d_last, states, W_hh, activation):
    rows = [d_last]
    for h in states[:-1].flip(0):
        slope = {"tanh": 1 - h**2, "sigmoid": h * (1 - h), "relu": h > 0}[activation]
        rows.append((rows[-1] @ W_hh) * slope)
    return torch.stack(rows[::-1])
""",
        "forwards from the second": """
def my_way_back(d_last, states, W_hh, activation):
    rows = [d_last]
    for h in states[1:]:
        slope = {"tanh": 1 - h**2, "sigmoid": h * (1 - h), "relu": h > 0}[activation]
        rows.append((rows[-1] * slope) @ W_hh)
    return torch.stack(rows[::-1])
""",
        "one too few": _back(states="reversed(states[1:])"),
        "one too many": _back(result="torch.stack([d_h, *norms[::-1]])"),
        "a step too far": _back(
            norm="(d_h * (1 - h**2)) @ W_hh",
        ),
        "sums": _back(norm="d_h.sum()"),
        "sums of squares": _back(norm="(d_h**2).sum()"),
        "largest": _back(norm="d_h.abs().max()"),
        "sums of sizes": _back(norm="d_h.abs().sum()"),
        "norms": _back(norm="d_h.norm()"),
        "tanh: the sign": _back(tanh="h**2 - 1"),
        "sigmoid: the sign": _back(sigmoid="h * (h - 1)"),
        "ReLU: the sign": _back(relu="-(h > 0).double()"),
        "a list": _back(result="norms[::-1]"),
        "numbers": _back(norm="d_h.tolist()", result="norms[::-1]"),
        "float32": _back(result="torch.stack(norms[::-1]).float()"),
        "nothing returned": _back(result="None"),
        "normalised at each step": _back(
            step="F.normalize((d_h * slope) @ W_hh, dim=0)"
        ),
        "shares": _back(result="torch.stack(norms[::-1]) / norms[0]"),
        "states forwards, norms turned": _back(states="states"),
        "shares of the last": _back(result="torch.stack(norms[::-1]) / d_last.norm()"),
        "one more at the end": _back(result="torch.stack([*norms[::-1], d_last])"),
        "mean slopes": _back(step="(d_h * slope.mean()) @ W_hh"),
        "clamped": _back(step="((d_h * slope) @ W_hh).clamp(-1, 1)"),
        "all from the last": _back(step="(d_last * slope) @ W_hh"),
        "a name that does not exist": _back(step="(d_h * slopes) @ W_hh"),
    },
    "10.4": {
        "the other vector stays": _chrono(zero="pass"),
        "both vectors the whole": _chrono(zero="b_hh[: 2 * H] = b_ih[: 2 * H]"),
        "the other vector ones": _chrono(zero="b_hh[: 2 * H] = 1"),
        "all of the other vector 0": _chrono(zero="b_hh.zero_()"),
        "forget only": _chrono(first="[:0]", opposite="0", zero="b_hh[H : 2 * H] = 0"),
        "input only": _chrono(second="[:0]", forget="0", zero="b_hh[:H] = 0"),
        "exchanged": _chrono(first="[H : 2 * H]", second="[:H]"),
        "second half": _chrono(
            first="[2 * H : 3 * H]", second="[3 * H :]", zero="b_hh[2 * H :] = 0"
        ),
        "signs turned": _chrono("-times[k].log()", "times[k].log()"),
        "both plus": _chrono(opposite="times[k].log()"),
        "both minus": _chrono(forget="-times[k].log()"),
        "log10": _chrono("times[k].log10()", "-times[k].log10()"),
        "log2": _chrono("times[k].log2()", "-times[k].log2()"),
        "u itself": _chrono("times[k]", "-times[k]"),
        "ln (u - 1)": _chrono("(times[k] - 1).log()", "-(times[k] - 1).log()"),
        "ln (u + 1)": _chrono("(times[k] + 1).log()", "-(times[k] + 1).log()"),
        "the gate": _chrono("1 - 1 / (1 + times[k])", "1 / (1 + times[k])"),
        "1 / u": _chrono("1 / times[k]", "-1 / times[k]"),
        "first layer only": _chrono(layers="range(1)"),
        "last layer only": _chrono(layers="[lstm.num_layers - 1]"),
        "all but the last": _chrono(layers="range(lstm.num_layers - 1)"),
        "times of the first layer": _chrono("times[0].log()", "-times[0].log()"),
        "times of the last layer": _chrono("times[-1].log()", "-times[-1].log()"),
        "one time for all": _chrono("times[k].mean().log()", "-times[k].mean().log()"),
        "a copy": _chrono(data=".detach().clone()"),
        "added": _chrono("b_ih[H : 2 * H] + times[k].log()"),
        "candidate zero": _chrono(more="b_ih[2 * H : 3 * H] = 0"),
        "output zero": _chrono(more="b_ih[3 * H :] = 0"),
        "weights touched": _chrono(
            more='getattr(lstm, f"weight_hh_l{k}").data.zero_()'
        ),
        "without .data": _chrono(data=""),
        "a name that does not exist": _chrono(forget="time.log()"),
        "one layer too many": _chrono(layers="range(lstm.num_layers + 1)"),
        "half in each, twice": _chrono(
            "times[k].log() / 2", "-times[k].log() / 2", zero="b_hh[: 2 * H] = 0"
        ),
        "H is the number of layers": _chrono(more="pass").replace(
            "lstm.hidden_size", "len(times)"
        ),
        "H of the notebook": _chrono().replace("lstm.hidden_size", "32"),
        "H is the size of the input": _chrono(more="pass").replace(
            "lstm.hidden_size", "lstm.input_size"
        ),
        "times of all layers": _chrono("times.log()", "-times.log()"),
        "math.log": "import math\n" + _chrono("math.log(times[k])"),
        "other cleared in forget alone": _chrono(zero="b_hh[H : 2 * H] = 0"),
        "every fourth": _chrono(first="[0::4]", second="[1::4]"),
        "input bias 0": _chrono(opposite="0"),
        "input bias -u": _chrono(opposite="-times[k]"),
        "sorted": _chrono("times[k].sort().values.log()"),
        "into the sum": _chrono(zero="pass", data=".data + 0"),
        "name without a layer": _chrono().replace("bias_ih_l{k}", "bias_ih"),
        "one too far": _chrono(second="[H + 1 : 2 * H + 1]"),
    },
}

RIGHT = {
    "10.1": {
        "computed": _reading(),
        "rounded": "my_reading = (0.80, 55, 1.20, 'B')",
        "a list": "my_reading = [0.7998, 55, 1.2003, 'B']",
        "by logarithms": """
import math
a = math.exp(math.log(0.0115) / 20)
my_reading = (a, math.ceil(10 + math.log(1e-6 / 0.02) / math.log(a)), 38.5 ** 0.05, "B")
""",
        "a lag with a point": "my_reading = (0.80, 55.0, 1.20, 'b')",
        "tensors": "my_reading = (torch.tensor(0.80), torch.tensor(55), 1.2, 'B')",
    },
    "10.2": {
        "as shown": _scale(),
        "divided first": _scale(result="W / now * radius"),
        "eig": _scale("torch.linalg.eig(W).eigenvalues.abs().max()"),
        "a loop": """
def my_scale(W, radius):
    sizes = [abs(z) for z in torch.linalg.eigvals(W).tolist()]
    return radius / max(sizes) * W
""",
        "a copy changed in place": """
def my_scale(W, radius):
    W = W.clone()
    W *= radius / torch.linalg.eigvals(W).abs().max()
    return W
""",
        "norms of high powers": """
import math
def my_scale(W, radius):
    power, logarithm, exponent = W, 0.0, 1
    for _ in range(40):
        size = power.norm()
        logarithm += math.log(size) / exponent
        power = (power / size) @ (power / size)
        exponent *= 2
    return W * (radius / math.exp(logarithm))
""",
        "NumPy": """
import numpy as np
def my_scale(W, radius):
    return W * (radius / np.abs(np.linalg.eigvals(W.numpy())).max())
""",
    },
    "10.3": {
        "with if": _back(),
        "heaviside": _back(relu="torch.heaviside(h, torch.zeros_like(h))"),
        "sign": _back(relu="h.sign()"),
        "transposed from the left": _back(step="W_hh.T @ (d_h * slope)"),
        "by autograd": """
def my_way_back(d_last, states, W_hh, activation):
    found = [d_last]
    d_h = d_last
    apply = getattr(torch, activation)
    back = {"tanh": torch.atanh, "sigmoid": torch.logit, "relu": lambda h: h}
    for t in range(len(states) - 1, 0, -1):
        total = back[activation](states[t]).requires_grad_()
        (d_sum,) = torch.autograd.grad(apply(total), total, d_h)
        d_h = d_sum @ W_hh
        found.insert(0, d_h)
    return torch.stack(found)
""",
        "recursion": """
def my_way_back(d_last, states, W_hh, activation):
    if len(states) == 1:
        return d_last[None]
    h = states[-1]
    slope = {"tanh": 1 - h**2, "sigmoid": h * (1 - h), "relu": h != 0}[activation]
    before = my_way_back((d_last * slope) @ W_hh, states[:-1], W_hh, activation)
    return torch.cat([before, d_last[None]])
""",
        "an index": """
def my_way_back(d_last, states, W_hh, activation):
    T = len(states)
    found = torch.zeros_like(states)
    d_h = d_last.clone()
    for t in range(T - 1, -1, -1):
        found[t] = d_h
        h = states[t]
        s = {"tanh": 1 - h * h, "sigmoid": h - h * h, "relu": (h > 0) * 1.0}[activation]
        d_h = torch.einsum("i,ij->j", d_h * s, W_hh)
    return found
""",
    },
    "10.4": {
        "as shown": _chrono(),
        "half in each": """
def my_chrono(lstm, times):
    H = lstm.hidden_size
    for k in range(lstm.num_layers):
        for which in ("ih", "hh"):
            b = getattr(lstm, f"bias_{which}_l{k}").data
            b[:H] = -times[k].log() / 2
            b[H : 2 * H] = times[k].log() / 2
""",
        "no_grad": """
@torch.no_grad()
def my_chrono(lstm, times):
    H = lstm.hidden_size
    for k, u in enumerate(times):
        getattr(lstm, f"bias_hh_l{k}")[: 2 * H].zero_()
        getattr(lstm, f"bias_ih_l{k}")[: 2 * H].copy_(torch.cat([-u.log(), u.log()]))
""",
        "in the other vector": """
def my_chrono(lstm, times):
    H = lstm.hidden_size
    for k in range(lstm.num_layers):
        getattr(lstm, f"bias_ih_l{k}").data[: 2 * H] = 0.0
        b = getattr(lstm, f"bias_hh_l{k}").data
        b[:H], b[H : 2 * H] = -torch.log(times[k]), torch.log(times[k])
""",
        "by the state_dict": """
def my_chrono(lstm, times):
    H, state = lstm.hidden_size, lstm.state_dict()
    for k in range(lstm.num_layers):
        state[f"bias_hh_l{k}"][: 2 * H] = 0
        state[f"bias_ih_l{k}"][:H] = -times[k].log()
        state[f"bias_ih_l{k}"][H : 2 * H] = times[k].log()
""",
        "new parameters": """
def my_chrono(lstm, times):
    H = lstm.hidden_size
    for k in range(lstm.num_layers):
        b_ih = getattr(lstm, f"bias_ih_l{k}").detach().clone()
        b_hh = getattr(lstm, f"bias_hh_l{k}").detach().clone()
        b_ih[: 2 * H], b_hh[: 2 * H] = torch.cat([-times[k].log(), times[k].log()]), 0
        setattr(lstm, f"bias_ih_l{k}", nn.Parameter(b_ih))
        setattr(lstm, f"bias_hh_l{k}", nn.Parameter(b_hh))
""",
        "the difference": """
def my_chrono(lstm, times):
    H = lstm.hidden_size
    for k in range(lstm.num_layers):
        b_ih = getattr(lstm, f"bias_ih_l{k}").data
        b_hh = getattr(lstm, f"bias_hh_l{k}").data
        b_ih[:H] = -times[k].log() - b_hh[:H]
        b_ih[H : 2 * H] = times[k].log() - b_hh[H : 2 * H]
""",
    },
}

HINTS = [
    ("10.1", "A over twenty steps", "20th root"),
    ("10.1", "lag from lag 0 and share 1", "The line begins at lag 10"),
    ("10.1", "lag: the step before", "One step off"),
    ("10.1", "A: what a step takes away", "what is left after it"),
    ("10.1", "lag counted from lag 30", "and those thirty"),
    ("10.1", "from a share of 1", "begin at lag 10"),
    ("10.1", "A and B exchanged", "A and B are exchanged"),
    ("10.1", "three numbers", "Four answers"),
    ("10.1", "read by the height", "C lies high"),
    ("10.1", "nothing explodes", "B lies low"),
    ("10.1", "A explodes", "that is vanishing"),
    ("10.1", "a word for each", "a text of capital letters"),
    ("10.2", "by a difference", "not a difference"),
    ("10.2", "by the eigenvalue itself", "Its size is what counts"),
    ("10.2", "largest singular value", "about the eigenvalues"),
    ("10.2", "real part", "its size counts"),
    ("10.2", "in place", "changed its argument"),
    ("10.3", "no slope", "No slope is multiplied in"),
    ("10.3", "transposed", "d @ W_hh"),
    ("10.3", "reverse order", "reverse order"),
    ("10.3", "ReLU: 1 at 0", "slope of ReLU"),
    ("10.4", "the other vector stays", "other of the two biases"),
    ("10.3", "states forwards, norms turned", "forwards"),
    ("10.3", "from sum to sum", "from sum to sum"),
    ("10.3", "forwards from the second", "forwards"),
    ("10.3", "one more at the end", "One too many"),
    ("10.4", "H is the number of layers", "number of units"),
    ("10.4", "H is the size of the input", "number of units"),
    ("10.4", "H of the notebook", "32 of the notebook"),
    ("10.4", "without .data", "while gradients are recorded"),
    ("10.4", "times of all layers", "one row for each layer"),
    ("10.4", "math.log", "torch.log"),
    ("10.4", "other cleared in forget alone", "other of the two biases"),
    ("10.4", "name without a layer", "no bias of that name"),
    ("10.4", "exchanged", "Turned round"),
    ("10.4", "first layer only", "Only the first layer"),
    ("10.4", "a copy", "in place"),
]
