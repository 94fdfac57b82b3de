"""Answers to the exercises of notebook 11: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done.
"""

WRONG = {
    "11.1": {
        "old value added to": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t == erase else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "never erased": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t == write else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "forget gate the other way round": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [1 if t in (write, erase) else 0 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "forget gate always open": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [1] * 10
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "forget gate always closed": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0] * 10
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "input gate open while held": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if write <= t < erase else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "input gate always open": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1] * 10
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "input gate always closed": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [0] * 10
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "input gate closed at write": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [0 if t == write else 1 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "output open from show to erase": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if show <= t < erase else 0 for t in s]
    return f, i, o
""",
        "output always open": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1] * 10
    return f, i, o
""",
        "output always closed": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [0] * 10
    return f, i, o
""",
        "output the other way round": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [0 if t == show else 1 for t in s]
    return f, i, o
""",
        "output open from write on": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t >= write else 0 for t in s]
    return f, i, o
""",
        "output open until show": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t <= show else 0 for t in s]
    return f, i, o
""",
        "steps from 0": """
def my_dials(write, show, erase):
    s = range(10)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "erased one step late": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase + 1) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "erased one step early": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase - 1) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "erased after showing": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, show + 1) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "something new written at erase": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t in (write, erase) else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "something new written after erase": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t in (write, erase + 1) else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "order i, f, o": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return i, f, o
""",
        "order f, o, i": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, o, i
""",
        "only two": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i
""",
        "nine numbers": """
def my_dials(write, show, erase):
    s = range(1, 10)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "eleven numbers": """
def my_dials(write, show, erase):
    s = range(0, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "halves": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [0.5 if t == show else 0 for t in s]
    return f, i, o
""",
        "one number each": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return 1, 0, 1
""",
        "columns": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return list(zip(f, i, o))
""",
        "places not steps": """
def my_dials(write, show, erase):
    f, i, o = [1] * 10, [0] * 10, [0] * 10
    f[write] = f[erase % 10] = 0
    i[write] = 1
    o[show] = 1
    return f, i, o
""",
        "prints": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    print(f, i, o)
""",
        "forgets in front of write alone": """
def my_dials(write, show, erase):
    f, i, o = [1] * 10, [0] * 10, [0] * 10
    f[write - 2] = 0
    f[erase - 1] = 0
    i[write - 1] = 1
    o[show - 1] = 1
    return f, i, o
""",
        "lists of text": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [str(int(t not in (write, erase))) for t in s]
    return f, [str(int(t == write)) for t in s], [str(int(t == show)) for t in s]
""",
        "strings of digits": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = "".join("01"[t not in (write, erase)] for t in s)
    return f, "".join("01"[t == write] for t in s), "".join("01"[t == show] for t in s)
""",
        "one list for all": """
def my_dials(write, show, erase):
    f = i = o = [0] * 10
    i[write - 1] = o[show - 1] = 1
    return f, i, o
""",
    },
    "11.2": {
        "f itself": """
def my_forget_bias(T, share):
    return share ** (1 / T)
""",
        "no root": """
def my_forget_bias(T, share):
    return math.log(share / (1 - share))
""",
        "a T-th part": """
def my_forget_bias(T, share):
    f = share / T
    return math.log(f / (1 - f))
""",
        "logit divided": """
def my_forget_bias(T, share):
    return math.log(share / (1 - share)) / T
""",
        "sign": """
def my_forget_bias(T, share):
    f = share ** (1 / T)
    return math.log((1 - f) / f)
""",
        "half for each vector": """
def my_forget_bias(T, share):
    f = share ** (1 / T)
    return math.log(f / (1 - f)) / 2
""",
        "lost, not left": """
def my_forget_bias(T, share):
    f = (1 - share) ** (1 / T)
    return math.log(f / (1 - f))
""",
        "log of f": """
def my_forget_bias(T, share):
    return math.log(share ** (1 / T))
""",
        "log of share over T": """
def my_forget_bias(T, share):
    return math.log(share) / T
""",
        "minus log of 1 - f": """
def my_forget_bias(T, share):
    return -math.log(1 - share ** (1 / T))
""",
        "sigmoid again": """
def my_forget_bias(T, share):
    f = share ** (1 / T)
    return 1 / (1 + math.exp(-f))
""",
        "power for root": """
def my_forget_bias(T, share):
    f = share ** T
    return math.log(f / (1 - f))
""",
        "chrono": """
def my_forget_bias(T, share):
    return math.log(T)
""",
        "chrono with T - 1": """
def my_forget_bias(T, share):
    return math.log(max(T - 1, 1))
""",
        "chrono with T - 1, typed": """
def my_forget_bias(T, share):
    return math.log(T - 1)
""",
        "T - 1 steps": """
def my_forget_bias(T, share):
    f = share ** (1 / (T - 1))
    return math.log(f / (1 - f))
""",
        "near 1": """
def my_forget_bias(T, share):
    return math.log(T / -math.log(share))
""",
        "T + 1 steps": """
def my_forget_bias(T, share):
    f = share ** (1 / (T + 1))
    return math.log(f / (1 - f))
""",
        "always 1": """
def my_forget_bias(T, share):
    return 1.0
""",
        "base 10": """
def my_forget_bias(T, share):
    f = share ** (1 / T)
    return math.log10(f / (1 - f))
""",
        "base 2": """
def my_forget_bias(T, share):
    f = share ** (1 / T)
    return math.log2(f / (1 - f))
""",
        "log of 1 + f": """
def my_forget_bias(T, share):
    f = share ** (1 / T)
    return math.log(f / (1 + f))
""",
        "f over 1 - f without log": """
def my_forget_bias(T, share):
    f = share ** (1 / T)
    return f / (1 - f)
""",
        "exp": """
def my_forget_bias(T, share):
    f = share ** (1 / T)
    return math.exp(f)
""",
        "root of T": """
def my_forget_bias(T, share):
    f = T ** share
    return math.log(f / (1 + f))
""",
        "square root": """
def my_forget_bias(T, share):
    f = math.sqrt(share)
    return math.log(f / (1 - f))
""",
        "linear loss": """
def my_forget_bias(T, share):
    f = 1 - (1 - share) / T
    return math.log(f / (1 - f))
""",
        "inverse tanh": """
def my_forget_bias(T, share):
    return math.atanh(share ** (1 / T))
""",
        "whole division": """
def my_forget_bias(T, share):
    f = share ** (1 // T)
    return math.log(f / (1 - f + 1e-9))
""",
        "rounded": """
def my_forget_bias(T, share):
    f = share ** (1 / T)
    return round(math.log(f / (1 - f)), 1)
""",
        "text": """
def my_forget_bias(T, share):
    f = share ** (1 / T)
    return str(math.log(f / (1 - f)))
""",
        "a half for each": """
def my_forget_bias(T, share):
    f = share ** (1 / T)
    b = math.log(f / (1 - f))
    return b / 2, b / 2
""",
    },
    "11.3": {
        "order only": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([r, z, n])
""",
        "sign only": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([-z, r, n])
""",
        "sign of r": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([-r, z, n])
""",
        "sign of r, their order": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([z, -r, n])
""",
        "nothing": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return stored
""",
        "one minus": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([r, 1 - z, n])
""",
        "both signs": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([-r, -z, n])
""",
        "all signs": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([-r, -z, -n])
""",
        "sign of n, too": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([r, -z, -n])
""",
        "all negative": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return -stored
""",
        "order r n z": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([r, n, -z])
""",
        "order n r z": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([n, r, -z])
""",
        "order n z r": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([n, -z, r])
""",
        "order z n r": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([-z, n, r])
""",
        "stack": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.stack([r, -z, n])
""",
        "joined beside": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([r, -z, n], dim=-1)
""",
        "a list": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return [r, -z, n]
""",
        "a tuple": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return (r, -z, n)
""",
        "inverse": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([r, 1 / z, n])
""",
        "sigmoid": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([r, 1 - z.sigmoid(), n])
""",
        "sigmoid of minus": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([r, (-z).sigmoid(), n])
""",
        "r twice": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([r, -r, n])
""",
        "absolute": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([r, z.abs(), n])
""",
        "only z": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return -z
""",
        "two parts": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([r, -z])
""",
        "n with sign, z without": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([r, z, -n])
""",
        "columns": """
def my_convert(stored):
    z, r, n = stored.chunk(3, dim=1)
    return torch.cat([r, -z, n], dim=1)
""",
        "last axis": """
def my_convert(stored):
    z, r, n = stored.chunk(3, dim=-1)
    return torch.cat([r, -z, n], dim=-1)
""",
        "in place": """
def my_convert(stored):
    H = len(stored) // 3
    z = stored[:H].clone()
    stored[:H] = stored[H : 2 * H]
    stored[H : 2 * H] = -z
    return stored
""",
        "bias as it was": """
def my_convert(stored):
    if stored.dim() == 1:
        return stored
    z, r, n = stored.chunk(3)
    return torch.cat([r, -z, n])
""",
        "bias without sign": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([r, -z if stored.dim() == 2 else z, n])
""",
        "rolled": """
def my_convert(stored):
    return stored.roll(len(stored) // 3, 0)
""",
    },
    "11.4": {
        "output sees the old state": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_prev).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "no peepholes": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = i.sigmoid()
    f = f.sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = o.sigmoid()
    return o * c_t.tanh(), c_t
""",
        "output without": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = o.sigmoid()
    return o * c_t.tanh(), c_t
""",
        "input without": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = i.sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "forget without": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = f.sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "rows of i and f exchanged": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[1] * c_prev).sigmoid()
    f = (f + p[0] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "rows of f and o exchanged": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[2] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[1] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "the same row for all": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[0] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[0] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "candidate with a peephole": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * (g + p[0] * c_prev).tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "outside the sigmoid": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = i.sigmoid() + p[0] * c_prev
    f = f.sigmoid() + p[1] * c_prev
    c_t = f * c_prev + i * g.tanh()
    o = o.sigmoid() + p[2] * c_t
    return o * c_t.tanh(), c_t
""",
        "tanh of the state": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev.tanh()).sigmoid()
    f = (f + p[1] * c_prev.tanh()).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t.tanh()).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "hidden state instead": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * h_prev).sigmoid()
    f = (f + p[1] * h_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "summed over the units": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + (p[0] * c_prev).sum(-1, keepdim=True)).sigmoid()
    f = (f + (p[1] * c_prev).sum(-1, keepdim=True)).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + (p[2] * c_t).sum(-1, keepdim=True)).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "h without tanh": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t, c_t
""",
        "h tanh of all": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return (o * c_t).tanh(), c_t
""",
        "h without the gate": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return c_t.tanh(), c_t
""",
        "other order of results": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return c_t, o * c_t.tanh()
""",
        "only h": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh()
""",
        "only c": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return c_t
""",
        "order i f o g": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, o, g = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "order f i g o": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    f, i, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "order i g f o": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, g, f, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "no bias": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "bias twice": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + b + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "candidate with sigmoid": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.sigmoid()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "candidate bare": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "i and f exchanged in c": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = i * c_prev + f * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "gates coupled": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + (1 - f) * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "not transposed": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih + h_prev @ W_hh + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "chunk along the rows": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "matrix product with p": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + c_prev @ p[0]).sigmoid()
    f = (f + c_prev @ p[1]).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + c_t @ p[2]).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "new state detached": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t.detach()).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "detached": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev.detach()).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "without gradients": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    p = p.detach()
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "times, not plus": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i * p[0] * c_prev).sigmoid()
    f = (f * p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o * p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "forget gate sees the new state": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = f.sigmoid()
    c_t = f * c_prev + i * g.tanh()
    f = (f + p[1] * c_t).sigmoid()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "weights alone": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i, f = (i + p[0]).sigmoid(), (f + p[1]).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2]).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "sigmoid twice": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i.sigmoid() + p[0] * c_prev).sigmoid()
    f = (f.sigmoid() + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o.sigmoid() + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "cell state in place": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_prev *= f
    c_prev += i * g.tanh()
    o = (o + p[2] * c_prev).sigmoid()
    return o * c_prev.tanh(), c_prev
""",
    },
    "11.5": {
        "letters a": 'supported = "a"',
        "letters b": 'supported = "b"',
        "letters c": 'supported = "c"',
        "letters d": 'supported = "d"',
        "letters e": 'supported = "e"',
        "letters f": 'supported = "f"',
        "letters ab": 'supported = "ab"',
        "letters ac": 'supported = "ac"',
        "letters ad": 'supported = "ad"',
        "letters af": 'supported = "af"',
        "a stranger": 'supported = "aeg"',
        "letters abe": 'supported = "abe"',
        "letters ace": 'supported = "ace"',
        "letters ade": 'supported = "ade"',
        "letters aef": 'supported = "aef"',
        "letters be": 'supported = "be"',
        "letters abcdef": 'supported = "abcdef"',
        "letters bd": 'supported = "bd"',
        "letters ce": 'supported = "ce"',
        "letters abcde": 'supported = "abcde"',
        "letters de": 'supported = "de"',
        "empty": 'supported = ""',
        "a number": "supported = 2",
        "a list of numbers": "supported = [1, 5]",
        "a pair": 'supported = ("b", "d")',
        "all in words": 'supported = "a and b"',
    },
}

RIGHT = {
    "11.1": {
        "comprehensions": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [0 if t in (write, erase) else 1 for t in s]
    i = [1 if t == write else 0 for t in s]
    o = [1 if t == show else 0 for t in s]
    return f, i, o
""",
        "places": """
def my_dials(write, show, erase):
    f, i, o = [1] * 10, [0] * 10, [0] * 10
    f[write - 1] = f[erase - 1] = 0
    i[write - 1] = 1
    o[show - 1] = 1
    return f, i, o
""",
        "booleans": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [t not in (write, erase) for t in s]
    return f, [t == write for t in s], [t == show for t in s]
""",
        "closed except while held": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [int(write < t < erase) for t in s]
    return f, [int(t == write) for t in s], [int(t == show) for t in s]
""",
        "tensors": """
def my_dials(write, show, erase):
    t = torch.arange(1, 11)
    f = ((t > write) & (t < erase)).long()
    return f, (t == write).long(), (t == show).long()
""",
        "stays shut after erase": """
def my_dials(write, show, erase):
    s = range(1, 11)
    f = [int(t < write or write < t < erase) for t in s]
    return f, [int(t == write) for t in s], [int(t == show) for t in s]
""",
        "one tensor": """
def my_dials(write, show, erase):
    t = torch.arange(1, 11)
    return torch.stack([(t > write) & (t < erase), t == write, t == show])
""",
    },
    "11.2": {
        "as a formula": """
def my_forget_bias(T, share):
    f = share ** (1 / T)
    return math.log(f / (1 - f))
""",
        "by logarithms": """
def my_forget_bias(T, share):
    f = math.exp(math.log(share) / T)
    return math.log(f) - math.log(1 - f)
""",
        "by PyTorch": """
def my_forget_bias(T, share):
    f = torch.tensor(share, dtype=torch.float64) ** (1 / T)
    return torch.logit(f).item()
""",
        "minus log of 1/f - 1": """
def my_forget_bias(T, share):
    return -math.log(share ** (-1 / T) - 1)
""",
        "by halving": """
def my_forget_bias(T, share):
    low, high = -60.0, 60.0
    for _ in range(200):
        b = (low + high) / 2
        if (1 / (1 + math.exp(-b))) ** T < share:
            low = b
        else:
            high = b
    return b
""",
    },
    "11.3": {
        "chunk": """
def my_convert(stored):
    z, r, n = stored.chunk(3)
    return torch.cat([r, -z, n])
""",
        "slices": """
def my_convert(stored):
    H = len(stored) // 3
    return torch.cat([stored[H : 2 * H], -stored[:H], stored[2 * H :]])
""",
        "in a copy": """
def my_convert(stored):
    H = len(stored) // 3
    new = stored.clone()
    new[:H] = stored[H : 2 * H]
    new[H : 2 * H] = -stored[:H]
    return new
""",
        "split": """
def my_convert(stored):
    z, r, n = stored.split(len(stored) // 3)
    return torch.cat((r, z * -1, n), dim=0)
""",
        "a new axis for the parts": """
def my_convert(stored):
    z, r, n = stored.unflatten(0, (3, -1))
    return torch.stack([r, -z, n]).flatten(0, 1)
""",
    },
    "11.4": {
        "plain": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return o * c_t.tanh(), c_t
""",
        "slices": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    H = h_prev.shape[1]
    a = x_t @ W_ih.T + h_prev @ W_hh.T + b
    i = torch.sigmoid(a[:, :H] + p[0] * c_prev)
    f = torch.sigmoid(a[:, H : 2 * H] + p[1] * c_prev)
    c = f * c_prev + i * torch.tanh(a[:, 2 * H : 3 * H])
    o = torch.sigmoid(a[:, 3 * H :] + p[2] * c)
    return o * torch.tanh(c), c
""",
        "by F.linear": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    linear = nn.functional.linear
    i, f, g, o = (linear(x_t, W_ih, b) + linear(h_prev, W_hh)).chunk(4, 1)
    p_i, p_f, p_o = p
    i, f = (i + p_i * c_prev).sigmoid(), (f + p_f * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    return (o + p_o * c_t).sigmoid() * c_t.tanh(), c_t
""",
        "a list": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + p[0] * c_prev).sigmoid()
    f = (f + p[1] * c_prev).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + p[2] * c_t).sigmoid()
    return [o * c_t.tanh(), c_t]
""",
        "diagonal matrices": """
def my_peephole_step(x_t, h_prev, c_prev, W_ih, W_hh, b, p):
    i, f, g, o = (x_t @ W_ih.T + h_prev @ W_hh.T + b).chunk(4, dim=-1)
    i = (i + c_prev @ p[0].diag()).sigmoid()
    f = (f + c_prev @ p[1].diag()).sigmoid()
    c_t = f * c_prev + i * g.tanh()
    o = (o + c_t @ p[2].diag()).sigmoid()
    return o * c_t.tanh(), c_t
""",
    },
    "11.5": {
        "in words": 'supported = "a and e"',
        "two letters": 'supported = "ae"',
        "the other order": 'supported = "ea"',
        "capitals": 'supported = "AE"',
        "with a comma": 'supported = "a, e"',
        "with a stroke": 'supported = "a/e"',
        "a list of letters": 'supported = ["a", "e"]',
    },
}

HINTS = [
    ("11.1", "old value added to", "which gate does that?"),
    ("11.1", "never erased", "Erasing is the work of the forget gate"),
    ("11.1", "forget gate always closed", "It has to be 1 in every step"),
    ("11.1", "input gate open while held", "close the input gate"),
    ("11.1", "input gate always closed", "which gate lets the candidate in?"),
    ("11.1", "output always open", "at step `show` alone"),
    ("11.1", "output always closed", "has to be 1 at step `show`"),
    ("11.1", "something new written after erase", "nothing may be let in"),
    ("11.1", "strings of digits", "returned text for f"),
    ("11.1", "order i, f, o", "order of the three lists"),
    ("11.1", "order f, o, i", "order of the three lists"),
    ("11.2", "chrono with T - 1, typed", "does not ask for a share"),
    ("11.2", "T - 1 steps", "One step too many or too few"),
    ("11.2", "near 1", "nearly right"),
    ("11.2", "f itself", "Which sum has this sigmoid?"),
    ("11.2", "no root", "f to the power T"),
    ("11.2", "a T-th part", "take the T-th root"),
    ("11.2", "sign", "needs a positive bias"),
    ("11.2", "lost, not left", "not what is lost"),
    ("11.2", "chrono", "does not ask for a share"),
    ("11.2", "base 10", "natural logarithm"),
    ("11.2", "f over 1 - f without log", "is the logarithm"),
    ("11.2", "a half for each", "the sum"),
    ("11.3", "bias as it was", "needs the same changes"),
    ("11.3", "rolled", "n stays where it is"),
    ("11.3", "a list", "join the three parts"),
    ("11.3", "order only", "their z replaces"),
    ("11.3", "sign only", "still theirs"),
    ("11.3", "one minus", "inside its sigmoid"),
    ("11.3", "columns", "along axis 0"),
    ("11.3", "stack", "stack makes a new axis"),
    ("11.3", "inverse", "inside its sigmoid"),
    ("11.4", "not transposed", "x_t @ W_ih.T"),
    ("11.4", "chunk along the rows", "along the last axis"),
    ("11.4", "matrix product with p", "entry by entry"),
    ("11.4", "new state detached", "but the gradient in"),
    ("11.4", "output sees the old state", "it sees c_t"),
    ("11.4", "no peepholes", "p is not used"),
    ("11.4", "outside the sigmoid", "inside the sigmoid"),
    ("11.4", "candidate with a peephole", "no gate"),
    ("11.4", "weights alone", "multiplies the cell state"),
    ("11.4", "times, not plus", "added to the sum"),
    ("11.4", "the same row for all", "of its own"),
    ("11.4", "hidden state instead", "not at h"),
    ("11.4", "candidate bare", "through a tanh"),
    ("11.4", "i and f exchanged in c", "i the candidate"),
    ("11.4", "gates coupled", "a gate of its own"),
    ("11.4", "no bias", "once"),
    ("11.4", "sigmoid twice", "One sigmoid for each gate"),
    ("11.4", "order i f o g", "PyTorch's order"),
    ("11.5", "letters abe", "how many parameters"),
    ("11.5", "letters ade", "two ranges"),
    ("11.5", "letters a", "One more holds"),
    ("11.5", "empty", "Some of them hold"),
]
