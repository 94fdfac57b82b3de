"""Answers to the exercises of notebook 09: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done. Most
are a right answer with something exchanged.
"""


def changed(base: str, *pairs: tuple[str, str]) -> str:
    """A source in which each first text, which must occur, is replaced."""
    for old, new in pairs:
        assert old in base, old
        base = base.replace(old, new)
    return base


def variants(base: str, table: dict[str, tuple]) -> dict[str, str]:
    """Name → the base with one or more replacements."""
    return {
        name: changed(base, *(pairs if isinstance(pairs[0], tuple) else (pairs,)))
        for name, pairs in table.items()
    }


LOGITS = """
def my_into_logits(logits, targets):
    counted = targets != -100
    y = one_hot(targets.clamp(min=0), logits.shape[-1])
    d = logits.softmax(dim=-1) - y
    d = d * counted.unsqueeze(-1)
    return d / counted.sum()
"""
WAY = """
def my_way_back(from_loss, states, W_hh):
    B, T, H = states.shape
    d_sums = torch.zeros_like(states)
    carried = torch.zeros(B, H, dtype=torch.float64)
    for t in range(T - 1, -1, -1):
        d_h = from_loss[:, t] + carried
        d_sums[:, t] = d_h * states[:, t] * (1 - states[:, t])
        carried = d_sums[:, t] @ W_hh
    return d_sums, carried
"""
SUSPECTS = """
def my_suspects(loss_of, x, gradient):
    eps = 1e-5
    found = []
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            old = x[i, j].item()
            x[i, j] = old + eps
            above = loss_of()
            x[i, j] = old - eps
            below = loss_of()
            x[i, j] = old
            slope = (above - below) / (2 * eps)
            if abs(slope - gradient[i, j].item()) > 0.001:
                found.append((i, j))
    return found
"""
TRAINING = """
def my_training(model, optimizer, pieces):
    losses = []
    h = None
    for inputs, targets, new in pieces:
        if h is not None:
            h = h.detach()
            h[:, new] = 0.0
        logits, h = model(inputs, h)
        loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
"""
LEAKY = """
class MyLeaky(torch.autograd.Function):
    @staticmethod
    def forward(ctx, from_inputs, h_0, W_hh, keep):
        h, hs, ms = h_0, [], []
        for x in from_inputs:
            m = torch.tanh(x + h @ W_hh.T)
            h = keep * h + (1 - keep) * m
            ms.append(m)
            hs.append(h)
        states, inner = torch.stack(hs), torch.stack(ms)
        ctx.save_for_backward(states, inner, h_0, W_hh)
        ctx.keep = keep
        return states

    @staticmethod
    def backward(ctx, d_states):
        states, inner, h_0, W_hh = ctx.saved_tensors
        keep = ctx.keep
        d_from = torch.zeros_like(states)
        d_W = torch.zeros_like(W_hh)
        carried = torch.zeros_like(h_0)
        for t in reversed(range(states.shape[0])):
            d_h = d_states[t] + carried
            d_sum = d_h * (1 - keep) * (1 - inner[t] ** 2)
            d_from[t] = d_sum
            h_prev = states[t - 1] if t > 0 else h_0
            d_W = d_W + d_sum.T @ h_prev
            carried = keep * d_h + d_sum @ W_hh
        return d_from, carried, d_W, None
"""

WRONG = {
    "9.1": variants(
        LOGITS,
        {
            "divided by all": ("counted.sum()", "targets.numel()"),
            "not divided": (" / counted.sum()", ""),
            "divided by the texts": ("counted.sum()", "len(targets)"),
            "divided by the steps": ("counted.sum()", "targets.shape[1]"),
            "divided by all numbers": ("counted.sum()", "logits.numel()"),
            "divided by counted times V": (
                "counted.sum()",
                "(counted.sum() * logits.shape[-1])",
            ),
            "a mean for each text": (
                "counted.sum()",
                "counted.sum(dim=1).clamp(min=1)[:, None, None]",
            ),
            "a mean for each text, one of them of nothing": (
                "counted.sum()",
                "counted.sum(dim=1)[:, None, None]",
            ),
            "no mask": ("d = d * counted.unsqueeze(-1)", ""),
            "y masked, p not": (
                ("d = d * counted.unsqueeze(-1)", ""),
                ("- y", "- y * counted.unsqueeze(-1)"),
            ),
            "y - p": ("logits.softmax(dim=-1) - y", "y - logits.softmax(dim=-1)"),
            "logits, not probabilities": ("logits.softmax(dim=-1)", "logits"),
            "log_softmax": ("logits.softmax(dim=-1)", "logits.log_softmax(dim=-1)"),
            "softmax over the steps": ("softmax(dim=-1)", "softmax(dim=1)"),
            "softmax over the texts": ("softmax(dim=-1)", "softmax(dim=0)"),
            "sigmoid": ("softmax(dim=-1)", "sigmoid()"),
            "y forgotten": (" - y", ""),
            "id 0 left out": ("targets != -100", "targets > 0"),
            "mask turned round": ("targets != -100", "targets == -100"),
            "one-hot of -100": (".clamp(min=0)", ""),
            "mask without an axis": (".unsqueeze(-1)", ""),
            "mask with the axis in front": (".unsqueeze(-1)", ".unsqueeze(0)"),
            "float32": (
                "return d / counted.sum()",
                "return (d / counted.sum()).float()",
            ),
            "summed over the symbols": (
                "d / counted.sum()",
                "d.sum(-1) / counted.sum()",
            ),
            "changes the targets": (
                "y = one_hot(targets.clamp",
                "y = one_hot(targets.clamp_",
            ),
            "-1 for ignored": ("targets != -100", "targets != -1"),
            "rounded": ("d / counted.sum()", "(d / counted.sum()).round(decimals=3)"),
            "printed": ("return d", "d = d"),
        },
    )
    | {
        "by autograd": """
def my_into_logits(logits, targets):
    z = logits.clone().requires_grad_()
    F.cross_entropy(z.flatten(0, 1), targets.flatten()).backward()
    return z.grad
""",
    },
    "9.2": variants(
        WAY,
        {
            "tanh": ("states[:, t] * (1 - states[:, t])", "(1 - states[:, t] ** 2)"),
            "tanh, and d_h_0 zero": (
                ("states[:, t] * (1 - states[:, t])", "(1 - states[:, t] ** 2)"),
                ("return d_sums, carried", "return d_sums, torch.zeros(B, H).double()"),
            ),
            "slope without brackets": (
                ("from_loss[:, t] + carried", "carried"),
                ("= d_h *", "= from_loss[:, t] + d_h *"),
            ),
            "no slope": (" * states[:, t] * (1 - states[:, t])", ""),
            "1 - h": ("* states[:, t] * (1", "* (1"),
            "h only": (" * (1 - states[:, t])", ""),
            "a second sigmoid": (
                "d_h * states[:, t] * (1 - states[:, t])",
                "d_h * states[:, t].sigmoid() * (1 - states[:, t].sigmoid())",
            ),
            "h (1 + h)": ("(1 - states", "(1 + states"),
            "h - 1": ("(1 - states[:, t])", "(states[:, t] - 1)"),
            "slope at the state before": (
                "states[:, t] * (1 - states[:, t])",
                "states[:, max(t - 1, 0)] * (1 - states[:, max(t - 1, 0)])",
            ),
            "W_hh.T": ("@ W_hh", "@ W_hh.T"),
            "nothing carried": (" + carried", ""),
            "own loss forgotten": (
                "d_h = from_loss[:, t] + carried",
                "d_h = carried if t < T - 1 else from_loss[:, t]",
            ),
            "forwards": ("range(T - 1, -1, -1)", "range(T)"),
            "last step forgotten": ("range(T - 1, -1, -1)", "range(T - 2, -1, -1)"),
            "first step forgotten": ("range(T - 1, -1, -1)", "range(T - 1, 0, -1)"),
            "d_h carried, not d_sum": ("d_sums[:, t] @ W_hh", "d_h @ W_hh"),
            "carried without W_hh": (" @ W_hh", ""),
            "carried adds up": (
                "carried = d_sums[:, t] @",
                "carried += d_sums[:, t] @",
            ),
            "d_h_0 is d_sum of step 1": (
                "return d_sums, carried",
                "return d_sums, d_sums[:, 0]",
            ),
            "d_h_0 is d_h of step 1": ("return d_sums, carried", "return d_sums, d_h"),
            "d_h_0 zero": ("return d_sums, carried", "return d_sums, carried * 0"),
            "d_h_0 summed": ("return d_sums, carried", "return d_sums, carried.sum(0)"),
            "d_h_0 with an axis": (
                "return d_sums, carried",
                "return d_sums, carried.unsqueeze(0)",
            ),
            "d_h_0 with a slope": (
                "return d_sums, carried",
                "return d_sums, carried * states[:, 0] * (1 - states[:, 0])",
            ),
            "one result": ("return d_sums, carried", "return d_sums"),
            "other order": ("return d_sums, carried", "return carried, d_sums"),
            "averaged over texts": (
                "return d_sums, carried",
                "return d_sums / B, carried / B",
            ),
        },
    ),
    "9.3": variants(
        SUSPECTS,
        {
            "large eps": ("eps = 1e-5", "eps = 0.1"),
            "eps a hundredth": ("eps = 1e-5", "eps = 0.01"),
            "tiny eps": ("eps = 1e-5", "eps = 1e-13"),
            "vanishing eps": ("eps = 1e-5", "eps = 1e-18"),
            "divided by eps": ("/ (2 * eps)", "/ eps"),
            "not divided": (" / (2 * eps)", ""),
            "times 2": ("/ (2 * eps)", "/ 2 * eps"),
            "not put back": ("            x[i, j] = old\n", ""),
            "put back by adding": (
                ("            x[i, j] = old\n", "            x[i, j] += eps\n"),
                ("x[i, j] = old - eps", "x[i, j] -= 2 * eps"),
            ),
            "one base, nothing put back": (
                ("found = []", "found, below = [], loss_of()"),
                ("            x[i, j] = old - eps\n", ""),
                ("            below = loss_of()\n", ""),
                ("            x[i, j] = old\n", ""),
                ("(2 * eps)", "eps"),
            ),
            "one-sided with a large eps": (
                ("eps = 1e-5", "eps = 1e-3"),
                ("x[i, j] = old - eps", "x[i, j] = old"),
                ("(2 * eps)", "eps"),
            ),
            "one-sided over 2 eps": ("x[i, j] = old - eps", "x[i, j] = old"),
            "below minus above": ("above - below", "below - above"),
            "too large only": (
                "abs(slope - gradient[i, j].item())",
                "gradient[i, j].item() - slope",
            ),
            "too small only": (
                "abs(slope - gradient[i, j].item())",
                "slope - gradient[i, j].item()",
            ),
            "unequal": (
                "abs(slope - gradient[i, j].item()) > 0.001",
                "slope != gradient[i, j].item()",
            ),
            "the right ones": ("> 0.001", "<= 0.001"),
            "a tenth allowed": ("> 0.001", "> 0.1"),
            "a hundredth allowed": ("> 0.001", "> 0.01"),
            "a ten-thousandth": ("> 0.001", "> 0.0001"),
            "relative": (
                "abs(slope - gradient[i, j].item()) > 0.001",
                "abs(slope - gradient[i, j].item()) > 0.001 * abs(slope)",
            ),
            "signs only": (
                "abs(slope - gradient[i, j].item()) > 0.001",
                "slope * gradient[i, j].item() < 0",
            ),
            "column first": ("(i, j))", "(j, i))"),
            "flat positions": ("append((i, j))", "append(i * x.shape[1] + j)"),
            "counted from 1": ("append((i, j))", "append((i + 1, j + 1))"),
            "values": ("append((i, j))", "append(slope)"),
            "from the bottom": ("return found", "return found[::-1]"),
            "the old number not taken out": ("x[i, j].item()\n", "x[i, j]\n"),
            "a copy is moved": ("    eps = 1e-5", "    x, eps = x.clone(), 1e-5"),
            "loss_of of x": ("loss_of()", "loss_of(x)"),
            "a tensor": ("return found", "return torch.tensor(found)"),
            "the first": ("return found", "return found[:1]"),
            "how many": ("return found", "return len(found)"),
            "whether": ("return found", "return bool(found)"),
            "the right one's text": ("return found", "return str(found)"),
            "square": ("range(x.shape[1])", "range(x.shape[0])"),
            "column by column": (
                "return found",
                "return sorted(found, key=lambda p: p[::-1])",
            ),
            "first row only": ("range(x.shape[0])", "range(1)"),
            "returns inside the loop": ("    return found", "        return found"),
        },
    ),
    "9.4": variants(
        TRAINING,
        {
            "no detach": ("h = h.detach()", "h = h.clone()"),
            "retain_graph, no detach": (
                ("h = h.detach()", "h = h.clone()"),
                ("backward()", "backward(retain_graph=True)"),
            ),
            "always from zeros": ("model(inputs, h)", "model(inputs)"),
            "never reset": ("h[:, new] = 0.0", "pass"),
            "reset at once": (("if h is not None", "if True"), ("h.detach()", "h")),
            "cut at once": ("if h is not None", "if True"),
            "marks without an axis": ("h[:, new] = 0.0", "h = h * ~new"),
            "reset the others": ("h[:, new]", "h[:, ~new]"),
            "reset layers": ("h[:, new]", "h[new]"),
            "reset the first layer": ("h[:, new]", "h[0, new]"),
            "reset all if one": ("h[:, new] = 0.0", "h = None if new.any() else h"),
            "reset all if all": ("h[:, new] = 0.0", "h = None if new.all() else h"),
            "reset to one": ("= 0.0", "= 1.0"),
            "reset by if new": ("h[:, new] = 0.0", "h = None if new else h"),
            "reset by number": ("h[:, new]", "h[:, new.long()]"),
            "reset the last axis": ("h[:, new]", "h[..., new]"),
            "no zero_grad": ("        optimizer.zero_grad()\n", ""),
            "zero_grad after backward": (
                ("        optimizer.zero_grad()\n", ""),
                (
                    "loss.backward()\n",
                    "loss.backward()\n        optimizer.zero_grad()\n",
                ),
            ),
            "no step": ("        optimizer.step()\n", ""),
            "no backward": ("        loss.backward()\n", ""),
            "step before backward": (
                ("        optimizer.step()\n", ""),
                (
                    "        loss.backward()",
                    "        optimizer.step()\n        loss.backward()",
                ),
            ),
            "loss after the step": (
                "losses.append(loss.item())",
                "losses.append(F.cross_entropy(model(inputs)[0].flatten(0, 1), "
                "targets.flatten()).item())",
            ),
            "tensors": ("loss.item()", "loss"),
            "detached tensors": ("loss.item()", "loss.detach()"),
            "last loss": ("return losses", "return losses[-1]"),
            "mean loss": ("return losses", "return sum(losses) / len(losses)"),
            "no return": ("return losses", "print(losses)"),
            "inputs for targets": ("targets.flatten())", "inputs.flatten())"),
            "softmax first": (
                "logits.flatten(0, 1)",
                "logits.softmax(-1).flatten(0, 1)",
            ),
            "not flattened": (
                "logits.flatten(0, 1), targets.flatten()",
                "logits, targets",
            ),
            "sum": ("targets.flatten())", "targets.flatten(), reduction='sum')"),
            "last step only": (
                "logits.flatten(0, 1), targets.flatten()",
                "logits[:, -1], targets[:, -1]",
            ),
            "detached logits": ("logits.flatten", "logits.detach().flatten"),
            "reset after reading": (
                ("            h[:, new] = 0.0\n", ""),
                ("targets.flatten())\n", "targets.flatten())\n        h[:, new] = 0\n"),
            ),
            "state thrown away": ("logits, h = model", "logits, _ = model"),
            "two steps": ("optimizer.step()", "optimizer.step(); optimizer.step()"),
            "one step at the end": (
                ("        optimizer.step()\n", ""),
                ("    return losses", "    optimizer.step()\n    return losses"),
            ),
        },
    ),
    "9.5": variants(
        LEAKY,
        {
            "no direct path": ("carried = keep * d_h + d_sum", "carried = d_sum"),
            "direct path whole": ("keep * d_h + d_sum", "d_h + d_sum"),
            "direct path alone": (" + d_sum @ W_hh", ""),
            "direct path after the slope": ("keep * d_h", "keep * d_sum"),
            "direct path without its own loss": ("keep * d_h", "keep * carried"),
            "1 - keep on the way back, too": ("+ d_sum @", "+ (1 - keep) * d_sum @"),
            "texts first": ("torch.stack(hs)", "torch.stack(hs, dim=1)"),
            "factors exchanged": (
                ("carried = keep * d_h", "carried = (1 - keep) * d_h"),
                ("d_h * (1 - keep) *", "d_h * keep *"),
            ),
            "1 - keep twice": ("carried = keep * d_h", "carried = (1 - keep) * d_h"),
            "keep twice": ("d_h * (1 - keep) *", "d_h * keep *"),
            "no 1 - keep back": ("d_h * (1 - keep) *", "d_h *"),
            "no 1 - keep forward": ("(1 - keep) * m", "m"),
            "the leak inside the tanh": (
                (
                    "tanh(x + h @ W_hh.T)",
                    "tanh(keep * h + (1 - keep) * (x + h @ W_hh.T))",
                ),
                ("keep * h + (1 - keep) * m", "m"),
            ),
            "W_hh forward": ("W_hh.T", "W_hh"),
            "inputs written over": (
                "m = torch.tanh(x + h @ W_hh.T)",
                "m = x.addmm_(h, W_hh.T).tanh_()",
            ),
            "keep saved as a tensor": ("h_0, W_hh)", "h_0, W_hh, keep)"),
            "forward exchanged": (
                "keep * h + (1 - keep) * m",
                "(1 - keep) * h + keep * m",
            ),
            "keep of the tanh": ("h = keep * h + (1 - keep) * m", "h = m"),
            "slope at h_t": ("1 - inner[t] ** 2", "1 - states[t] ** 2"),
            "slope at h_prev": (
                "1 - inner[t] ** 2",
                "1 - (states[t - 1] if t > 0 else h_0) ** 2",
            ),
            "no slope": (" * (1 - inner[t] ** 2)", ""),
            "slope without square": ("inner[t] ** 2", "inner[t]"),
            "sigmoid slope": ("(1 - inner[t] ** 2)", "inner[t] * (1 - inner[t])"),
            "W_hh.T": ("d_sum @ W_hh", "d_sum @ W_hh.T"),
            "h_t for h_prev": ("d_sum.T @ h_prev", "d_sum.T @ states[t]"),
            "tanh for h_prev": ("d_sum.T @ h_prev", "d_sum.T @ inner[t]"),
            "d_W turned over": ("d_sum.T @ h_prev", "h_prev.T @ d_sum"),
            "d_W overwritten": ("d_W = d_W + d_sum", "d_W = d_sum"),
            "h_0 taken for zero": ("else h_0", "else torch.zeros_like(h_0)"),
            "nothing carried": ("d_states[t] + carried", "d_states[t]"),
            "own loss lost": ("d_states[t] + carried", "d_states[t] * 0 + carried"),
            "d_h for d_from": ("d_from[t] = d_sum", "d_from[t] = d_h"),
            "forwards": ("reversed(range(states.shape[0]))", "range(states.shape[0])"),
            "three results": ("d_W, None", "d_W"),
            "other order": ("d_from, carried, d_W,", "d_from, d_W, carried,"),
            "no gradient of h_0": ("d_from, carried,", "d_from, None,"),
            "zero for h_0": ("d_from, carried,", "d_from, carried * 0,"),
            "keep not handed on": ("keep = ctx.keep", "keep = 0.5"),
            "forward returns the last": ("return states\n\n", "return states[-1]\n\n"),
        },
    ),
}
WRONG["9.5"]["no Function"] = """
class MyLeaky:
    @staticmethod
    def apply(from_inputs, h_0, W_hh, keep):
        h, states = h_0, []
        for x in from_inputs:
            h = keep * h + (1 - keep) * torch.tanh(x + h @ W_hh.T)
            states.append(h)
        return torch.stack(states)
"""
WRONG["9.5"]["a function"] = "def MyLeaky(*args):\n    return args[0]"

RIGHT = {
    "9.1": {
        "masked_fill": """
def my_into_logits(logits, targets):
    ignored = targets == data.IGNORE_INDEX
    y = F.one_hot(targets.masked_fill(ignored, 0), logits.shape[-1]).double()
    return ((logits.softmax(-1) - y) / (~ignored).sum()).masked_fill(
        ignored.unsqueeze(-1), 0.0
    )
""",
        "by index": """
def my_into_logits(logits, targets):
    counted = targets != -100
    result = torch.zeros_like(logits)
    p = logits.softmax(dim=-1)
    result[counted] = p[counted] - F.one_hot(targets[counted], logits.shape[-1])
    return result / counted.sum()
""",
        "loops": """
def my_into_logits(logits, targets):
    result = torch.zeros_like(logits)
    n = int((targets != -100).sum())
    for b in range(targets.shape[0]):
        for t in range(targets.shape[1]):
            y = targets[b, t].item()
            if y == -100:
                continue
            result[b, t] = torch.softmax(logits[b, t], 0) / n
            result[b, t, y] -= 1 / n
    return result
""",
        "exp": """
def my_into_logits(logits, targets):
    counted = (targets != -100).double()[..., None]
    p = logits.log_softmax(dim=-1).exp()
    y = one_hot(targets.clamp(min=0), logits.shape[-1])
    return (p - y) * counted / counted.sum()
""",
    },
    "9.2": {
        "as shown": WAY,
        "lists": """
def my_way_back(from_loss, states, W_hh):
    carried, parts = 0, []
    for d, h in zip(
        reversed(from_loss.unbind(1)), reversed(states.unbind(1)), strict=True
    ):
        parts.insert(0, (d + carried) * (h - h * h))
        carried = parts[0] @ W_hh
    return torch.stack(parts, dim=1), carried
""",
        "slopes first": """
def my_way_back(from_loss, states, W_hh):
    d_sums = states * (1 - states)
    T = states.shape[1]
    d_sums[:, -1] *= from_loss[:, -1]
    for t in range(T - 2, -1, -1):
        d_sums[:, t] *= from_loss[:, t] + d_sums[:, t + 1] @ W_hh
    return [d_sums, d_sums[:, 0] @ W_hh]
""",
    },
    "9.3": {
        "as shown": SUSPECTS,
        "gradients.numerical_gradient": """
def my_suspects(loss_of, x, gradient):
    wrong = (gradients.numerical_gradient(loss_of, x) - gradient).abs() > 1e-3
    return [tuple(at) for at in wrong.nonzero().tolist()]
""",
        "one-sided, small": """
def my_suspects(loss_of, x, gradient):
    base, eps, found = loss_of(), 1e-7, []
    for at in np.ndindex(*x.shape):
        kept = x[at].clone()
        x[at] += eps
        if abs((loss_of() - base) / eps - gradient[at]) > 1e-3:
            found.append(at)
        x[at] = kept
    return found
""",
        "the whole x kept": """
def my_suspects(loss_of, x, gradient):
    before, found = x.clone(), []
    for at in np.ndindex(tuple(x.shape)):
        losses = []
        for eps in (1e-6, -1e-6):
            x[at] += eps
            losses.append(loss_of())
            x.copy_(before)
        if abs((losses[0] - losses[1]) / 2e-6 - float(gradient[at])) > 1e-3:
            found.append([*at])
    return found
""",
    },
    "9.4": {
        "as shown": TRAINING,
        "detached at the end": """
def my_training(model, optimizer, pieces):
    h, losses = None, []
    for inputs, targets, new in pieces:
        if h is not None:
            h[:, new] = 0
        optimizer.zero_grad()
        logits, h = model(inputs, h)
        h = h.detach()
        loss = F.cross_entropy(logits.transpose(1, 2), targets)
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    return losses
""",
        "by a product": """
def my_training(model, optimizer, pieces):
    h, losses = None, []
    for inputs, targets, new in pieces:
        if h is not None:
            h = h.detach() * (~new)[None, :, None]
        logits, h = model(inputs, h)
        loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        model.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach().item())
    return losses
""",
        "data": changed(TRAINING, ("h.detach()", "h.data.clone()")),
    },
    "9.5": {
        "as shown": LEAKY,
        "without a decorator": changed(LEAKY, ("    @staticmethod\n", "")),
        "tanh found again": changed(
            LEAKY,
            (
                "states, inner = torch.stack(hs), torch.stack(ms)",
                "states = torch.stack(hs)",
            ),
            ("(states, inner, h_0, W_hh)", "(states, h_0, W_hh)"),
            ("states, inner, h_0, W_hh = ctx", "states, h_0, W_hh = ctx"),
            (
                "        for t in reversed",
                "        before = torch.cat([h_0[None], states[:-1]])\n"
                "        inner = (states - keep * before) / (1 - keep)\n"
                "        for t in reversed",
            ),
        ),
        "one product": """
class MyLeaky(torch.autograd.Function):
    @staticmethod
    def forward(ctx, from_inputs, h_0, W_hh, keep):
        hs, slopes = [h_0], []
        for x in from_inputs:
            m = torch.tanh(x + hs[-1] @ W_hh.T)
            slopes.append((1 - keep) * (1 - m * m))
            hs.append(hs[-1] * keep + m * (1 - keep))
        ctx.save_for_backward(torch.stack(hs), torch.stack(slopes), W_hh)
        ctx.keep = keep
        return torch.stack(hs[1:])

    @staticmethod
    def backward(ctx, d_states):
        hs, slopes, W_hh = ctx.saved_tensors
        d, out = torch.zeros_like(hs[0]), torch.empty_like(slopes)
        for t in range(len(slopes) - 1, -1, -1):
            d = d + d_states[t]
            out[t] = d * slopes[t]
            d = d * ctx.keep + out[t] @ W_hh
        return out, d, torch.einsum("tbi,tbj->ij", out, hs[:-1]), None
""",
    },
}

HINTS = [
    ("9.1", "divided by all", "mean is taken over the targets that count"),
    ("9.1", "y - p", "The sign"),
    ("9.1", "one-hot of -100", "no one-hot row"),
    ("9.1", "mask without an axis", "lacks an axis"),
    ("9.1", "a mean for each text, one of them of nothing", "a mean of its own"),
    ("9.2", "tanh, and d_h_0 zero", "1 − h² is the slope of tanh"),
    ("9.2", "slope without brackets", "brackets"),
    ("9.2", "d_h carried, not d_sum", "lacks the slope"),
    ("9.2", "d_h_0 is d_h of step 1", "one step further back"),
    ("9.2", "d_h_0 with a slope", "no slope of its own"),
    ("9.2", "tanh", "1 − h² is the slope of tanh"),
    ("9.2", "W_hh.T", "W_hh itself"),
    ("9.3", "large eps", "so large an ε"),
    ("9.3", "not put back", "write the old number back"),
    ("9.3", "put back by adding", "write the old number back"),
    ("9.3", "one base, nothing put back", "write the old number back"),
    ("9.3", "one-sided with a large eps", "to one side only"),
    ("9.3", "counted from 1", "count from 0"),
    ("9.3", "column by column", "row by row"),
    ("9.3", "the old number not taken out", "kept as a number"),
    ("9.3", "loss_of of x", "raised TypeError: loss_of() takes 0 positional"),
    ("9.4", "reset after reading", "before the model reads it"),
    ("9.4", "no detach", "a second time"),
    ("9.4", "reset at once", "before the first piece h is None"),
    ("9.4", "cut at once", "before the first piece h is None"),
    ("9.4", "marks without an axis", "give the marks an axis"),
    ("9.4", "zero_grad after backward", "there is no gradient"),
    ("9.4", "step before backward", "there is no gradient"),
    ("9.4", "never reset", "No row is ever reset"),
    ("9.5", "no direct path", "One of the two paths is missing"),
    ("9.5", "direct path after the slope", "before any slope"),
    ("9.5", "1 - keep on the way back, too", "comes in twice"),
    ("9.5", "forward exchanged", "Forward, keep belongs to the old state"),
    ("9.5", "keep of the tanh", "Forward, keep of the old state goes past"),
    ("9.5", "the leak inside the tanh", "Forward, keep of the old state goes past"),
    ("9.5", "W_hh forward", "multiplied by W_hh.T"),
    ("9.5", "inputs written over", "changes what it is given"),
    ("9.5", "keep saved as a tensor", "takes tensors only"),
    ("9.5", "texts first", "the tensor of states has shape"),
    ("9.5", "slope at h_t", "h_t is a mixture"),
]
