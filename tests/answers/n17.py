"""Answers to the exercises of notebook 17: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done.
"""


def variants(right, changes):
    """Name → the right answer with one line (or more) replaced."""
    found = {}
    for name, pairs in changes.items():
        source = right
        for old, new in zip(pairs[::2], pairs[1::2], strict=True):
            assert source.count(old) == 1, (name, old)
            source = source.replace(old, new)
        found[name] = source
    return found


LIMIT = """
def my_limit(rate, bandwidth, batch_size, hidden_size, size):
    B, H = batch_size, hidden_size
    flops = 2 * B * H * H
    moved = size * (B * H + H * H + B * H)
    t1, t2 = flops / rate, moved / bandwidth
    return max(t1, t2), "rate" if t1 >= t2 else "bandwidth"
"""
LIMIT_WRONG = variants(
    LIMIT,
    {
        "sum of both": ("max(t1, t2)", "t1 + t2"),
        "the quicker": ("max(t1, t2)", "min(t1, t2)"),
        "mean of both": ("max(t1, t2)", "(t1 + t2) / 2"),
        "only computing": ("max(t1, t2)", "t1"),
        "only moving": ("max(t1, t2)", "t2"),
        "reasons exchanged": ('"rate" if t1 >= t2', '"rate" if t1 < t2'),
        "tie to bandwidth": ("t1 >= t2", "t1 > t2"),
        "always rate": ('"rate" if t1 >= t2 else "bandwidth"', '"rate"'),
        "always bandwidth": ('"rate" if t1 >= t2 else "bandwidth"', '"bandwidth"'),
        "no additions": ("2 * B * H * H", "B * H * H"),
        "rows forgotten": ("2 * B * H * H", "2 * H * H"),
        "one H too few": ("2 * B * H * H", "2 * B * H"),
        "way back included": ("2 * B * H * H", "6 * B * H * H"),
        "only the matrix": ("B * H + H * H + B * H", "H * H"),
        "sums not written": ("B * H + H * H + B * H", "B * H + H * H"),
        "only the states": ("B * H + H * H + B * H", "2 * B * H"),
        "matrix for each row": ("B * H + H * H + B * H", "2 * B * H + B * H * H"),
        "matrix twice": ("B * H + H * H + B * H", "2 * B * H + 2 * H * H"),
        "bytes forgotten": ("size * (", "("),
        "always four bytes": ("size * (", "4 * ("),
        "bits": ("size * (", "8 * size * ("),
        "divided by size": ("size * (B * H + H * H + B * H)", "(2*B*H + H*H) / size"),
        "rates upside down": ("flops / rate", "rate / flops"),
        "rate and bandwidth exchanged": (
            "flops / rate",
            "flops / bandwidth",
            "moved / bandwidth",
            "moved / rate",
        ),
        "only the seconds": (
            'max(t1, t2), "rate" if t1 >= t2 else "bandwidth"',
            "max(t1, t2)",
        ),
        "reason first": (
            'max(t1, t2), "rate" if t1 >= t2 else "bandwidth"',
            '"rate" if t1 >= t2 else "bandwidth", max(t1, t2)',
        ),
        "other word": ('"rate" if', '"flops" if'),
        "milliseconds": ("max(t1, t2)", "1000 * max(t1, t2)"),
        "rounded": ("max(t1, t2)", "round(max(t1, t2), 3)"),
        "one addition fewer": ("2 * B * H * H", "B * H * (2 * H - 1)"),
        "size in the flops": ("2 * B * H * H", "2 * B * H * H * size"),
        "size of the matrix only": (
            "size * (B * H + H * H + B * H)",
            "2 * B * H + size * H * H",
        ),
        "seconds as text": ("max(t1, t2),", "str(max(t1, t2)),"),
        "more flops than bytes": ("if t1 >= t2", "if flops >= moved"),
    },
)
LIMIT_WRONG["intensity"] = """
def my_limit(rate, bandwidth, batch_size, hidden_size, size):
    i = 2 * batch_size * hidden_size**2
    i /= size * (2 * batch_size * hidden_size + hidden_size**2)
    roof = min(rate, bandwidth * i)
    return roof, "rate" if rate <= bandwidth * i else "bandwidth"
"""
LIMIT_WRONG["of the notebook, four bytes"] = """
def my_limit(rate, bandwidth, batch_size, hidden_size, size):
    B, H = batch_size, hidden_size
    i = 2 * B * H**2 / (4 * (2 * B * H + H**2))
    return 2 * B * H**2 / min(rate, bandwidth * i), (
        "rate" if bandwidth * i >= rate else "bandwidth")
"""
LIMIT_WRONG["prints"] = """
def my_limit(rate, bandwidth, batch_size, hidden_size, size):
    print(2 * batch_size * hidden_size**2 / rate)
"""
LIMIT_RIGHT = {
    "in steps": LIMIT,
    "by the roofline": """
def my_limit(rate, bandwidth, batch_size, hidden_size, size):
    flops = 2 * batch_size * hidden_size**2
    moved = size * (2 * batch_size * hidden_size + hidden_size**2)
    roof = min(rate, bandwidth * flops / moved)
    return flops / roof, "rate" if flops / rate >= moved / bandwidth else "bandwidth"
""",
    "with if": """
def my_limit(rate, bandwidth, batch_size, hidden_size, size):
    B, H = batch_size, hidden_size
    a = 2 * B * H * H / rate
    b = size * H * (2 * B + H) / bandwidth
    if b > a:
        return [b, "bandwidth"]
    return [a, "rate"]
""",
    "max of pairs": """
def my_limit(rate, bandwidth, batch_size, hidden_size, size):
    B, H = batch_size, hidden_size
    return max(
        (2 * B * H**2 / rate, "rate"),
        ((2 * B * H + H**2) * size / bandwidth, "bandwidth"),
        key=lambda pair: pair[0],
    )
""",
}

STATES = """
def my_states(rows, W_hh, ids, lengths):
    T, B = ids.shape
    states = torch.zeros(T, B, len(W_hh), dtype=rows.dtype)
    h = torch.zeros(B, len(W_hh), dtype=rows.dtype)
    for t in range(T):
        n = sum(length > t for length in lengths)
        h = torch.tanh(rows[ids[t, :n]] + h[:n] @ W_hh.T)
        states[t, :n] = h
    return states
"""
STATES_WRONG = variants(
    STATES,
    {
        "one step too long": ("length > t", "length >= t"),
        "one step too short": ("length > t", "length > t + 1"),
        "shortest for all": (
            "sum(length > t for length in lengths)",
            "B if t < min(lengths) else 0",
        ),
        "longest for all": (
            "sum(length > t for length in lengths)",
            "B if t < max(lengths) else 0",
        ),
        "never stops": ("sum(length > t for length in lengths)", "B"),
        "number of lengths below": ("length > t", "length <= t"),
        "not transposed": ("W_hh.T", "W_hh"),
        "no tanh": ("torch.tanh(", "("),
        "sigmoid": ("torch.tanh", "torch.sigmoid"),
        "state forgotten": (" + h[:n] @ W_hh.T", ""),
        "zero state each time": ("h[:n] @ W_hh.T", "0 * h[:n] @ W_hh.T"),
        "starts from ones": (
            "h = torch.zeros(B, len(W_hh)",
            "h = torch.ones(B, len(W_hh)",
        ),
        "last rows": ("rows[ids[t, :n]]", "rows[ids[t, B - n :]]"),
        "written into the last rows": ("states[t, :n] = h", "states[t, B - n :] = h"),
        "ids as numbers": ("rows[ids[t, :n]]", "rows[:n]"),
        "columns of W_hh": ("h[:n] @ W_hh.T", "h[:n] * W_hh[0]"),
        "batch first": ("return states", "return states.transpose(0, 1)"),
        "last states": ("return states", "return states[-1]"),
        "a list": ("return states", "return list(states)"),
        "only the running ones": (
            "states[t, :n] = h",
            "states[t, :n] = h\n    return states[: min(lengths)]",
        ),
        "returns h": ("return states", "return h"),
        "float32": ("B, len(W_hh), dtype=rows.dtype)\n    h", "B, len(W_hh))\n    h"),
        "mask after the product": (
            "h = torch.tanh(rows[ids[t, :n]] + h[:n] @ W_hh.T)",
            "h = torch.tanh(rows[ids[t]] + h @ W_hh.T)",
            "states[t, :n] = h",
            "states[t, :n] = h[:n]",
        ),
        "product of all, state of some": (
            "h[:n] @ W_hh.T)",
            "(h @ W_hh.T)[:n])",
            "states[t, :n] = h",
            "states[t, :n] = h\n"
            "        h = torch.cat([h, torch.zeros(B - n, len(W_hh)).double()])",
        ),
        "a product too many": (
            "    return states",
            "    states[0] @ W_hh.T\n    return states",
        ),
        "tanh of the state only": (
            "torch.tanh(rows[ids[t, :n]] + h[:n] @ W_hh.T)",
            "rows[ids[t, :n]] + torch.tanh(h[:n] @ W_hh.T)",
        ),
    },
)
STATES_WRONG["holds the last state"] = """
def my_states(rows, W_hh, ids, lengths):
    T, B = ids.shape
    states, h = [], torch.zeros(B, len(W_hh), dtype=rows.dtype)
    for t in range(T):
        n = sum(length > t for length in lengths)
        h = h.clone()
        h[:n] = torch.tanh(rows[ids[t, :n]] + h[:n] @ W_hh.T)
        states.append(h)
    return torch.stack(states)
"""
STATES_WRONG["one-hot rows"] = """
def my_states(rows, W_hh, ids, lengths):
    states = torch.zeros(*ids.shape, len(W_hh), dtype=rows.dtype)
    h = states[0]
    for t in range(len(ids)):
        n = sum(length > t for length in lengths)
        x = F.one_hot(ids[t, :n], len(rows)).to(rows.dtype)
        h = torch.tanh(x @ rows + h[:n] @ W_hh.T)
        states[t, :n] = h
    return states
"""
STATES_WRONG["carries the sums"] = """
def my_states(rows, W_hh, ids, lengths):
    states = torch.zeros(*ids.shape, len(W_hh), dtype=rows.dtype)
    a = states[0]
    for t in range(len(ids)):
        n = sum(length > t for length in lengths)
        a = rows[ids[t, :n]] + a[:n] @ W_hh.T
        states[t, :n] = torch.tanh(a)
    return states
"""
STATES_WRONG["run_forward"] = """
def my_states(rows, W_hh, ids, lengths):
    states = rows[ids]
    h = torch.zeros_like(states[0])
    for state in states:
        h = state.addmm_(h, W_hh.T).tanh_()
    return states
"""
STATES_WRONG["run_forward and a mask"] = """
def my_states(rows, W_hh, ids, lengths):
    states = rows[ids]
    h = torch.zeros_like(states[0])
    for state in states:
        h = state.addmm_(h, W_hh.T).tanh_()
    steps = torch.arange(len(ids)).unsqueeze(1)
    return states * (steps < torch.tensor(lengths)).unsqueeze(-1)
"""
STATES_RIGHT = {
    "shrinking state": STATES,
    "in place": """
def my_states(rows, W_hh, ids, lengths):
    states = rows[ids]
    h = torch.zeros_like(states[0])
    for t, state in enumerate(states):
        n = sum(length > t for length in lengths)
        h = state[:n].addmm_(h[:n], W_hh.T).tanh_()
        state[n:] = 0
    return states
""",
    "with a tensor of lengths": """
def my_states(rows, W_hh, ids, lengths):
    lengths = torch.as_tensor(lengths)
    states = torch.zeros(ids.shape + W_hh.shape[:1], dtype=W_hh.dtype)
    previous = torch.zeros_like(states[0])
    for t in range(int(lengths.max())):
        n = int((lengths > t).sum())
        states[t, :n] = (rows[ids[t, :n]] + previous[:n] @ W_hh.T).tanh()
        previous = states[t]
    return states
""",
    "text by text": """
def my_states(rows, W_hh, ids, lengths):
    states = torch.zeros(*ids.shape, len(W_hh), dtype=rows.dtype)
    for b, length in enumerate(lengths):
        h = torch.zeros(len(W_hh), dtype=rows.dtype)
        for t in range(length):
            h = torch.tanh(rows[ids[t, b]] + W_hh @ h)
            states[t, b] = h
    return states
""",
    "F.linear": """
def my_states(rows, W_hh, ids, lengths):
    states = torch.zeros(*ids.shape, len(W_hh), dtype=rows.dtype)
    h = states[0]
    for t in range(len(ids)):
        n = len([k for k in lengths if k > t])
        h = torch.tanh(rows[ids[t][:n]] + F.linear(h[:n], W_hh))
        states[t, :n] = h
    return states
""",
}

PAIRS = """
def my_pairs(read, length, vocab_size, block):
    counts = np.zeros((vocab_size, vocab_size), dtype=np.int64)
    for start in range(0, length - 1, block - 1):
        stop = min(start + block, length)
        ids = read(start, stop).astype(np.int64)
        np.add.at(counts, (ids[:-1], ids[1:]), 1)
    return counts
"""
PAIRS_WRONG = variants(
    PAIRS,
    {
        "no pair across blocks": (
            "range(0, length - 1, block - 1)",
            "range(0, length, block)",
        ),
        "no pair across blocks, shorter": (
            "range(0, length - 1, block - 1)",
            "range(0, length - 1, block)",
        ),
        "overlap of two": (
            "range(0, length - 1, block - 1)",
            "range(0, length - 1, max(block - 2, 1))",
        ),
        "overlap of half": (
            "range(0, length - 1, block - 1)",
            "range(0, length - 1, max(block // 2, 1))",
        ),
        "windows at each place": (
            "range(0, length - 1, block - 1)",
            "range(length - 1)",
        ),
        "full blocks only": (
            "range(0, length - 1, block - 1)",
            "range(0, length - block + 1, block - 1)",
        ),
        "first block only": ("range(0, length - 1, block - 1)", "range(1)"),
        "first block left out": (
            "range(0, length - 1, block - 1)",
            "range(block - 1, length - 1, block - 1)",
        ),
        "all at once": (
            "range(0, length - 1, block - 1)",
            "range(1)",
            "min(start + block, length)",
            "length",
        ),
        "past the end": ("min(start + block, length)", "start + block"),
        "one too many": (
            "min(start + block, length)",
            "min(start + block + 1, length)",
        ),
        "last id left out": (
            "min(start + block, length)",
            "min(start + block, length - 1)",
        ),
        "assigned, not added": (
            "np.add.at(counts, (ids[:-1], ids[1:]), 1)",
            "counts[ids[:-1], ids[1:]] += 1",
        ),
        "set to one": (
            "np.add.at(counts, (ids[:-1], ids[1:]), 1)",
            "counts[ids[:-1], ids[1:]] = 1",
        ),
        "turned over": ("(ids[:-1], ids[1:])", "(ids[1:], ids[:-1])"),
        "two apart": ("(ids[:-1], ids[1:])", "(ids[:-2], ids[2:])"),
        "with itself": ("(ids[:-1], ids[1:])", "(ids, ids)"),
        "both directions": ("    return counts", "    return counts + counts.T"),
        "shares": ("    return counts", "    return counts / counts.sum()"),
        "rows of shares": (
            "    return counts",
            "    return counts / np.maximum(counts.sum(1, keepdims=True), 1)",
        ),
        "counted in bytes": ("dtype=np.int64)\n", "dtype=np.uint8)\n"),
        "smoothed": ("np.zeros((vocab_size", "np.ones((vocab_size"),
        "one row more": (
            "np.zeros((vocab_size, vocab_size)",
            "np.zeros((vocab_size + 1, vocab_size + 1)",
        ),
        "unigram": ("    return counts", "    return counts.sum(1)"),
        "a list": ("    return counts", "    return counts.tolist()"),
        "begins again in each block": (
            "        stop =",
            "        counts[:] = 0\n        stop =",
        ),
        "returns in the loop": ("    return counts", "        return counts"),
        "number of pairs": ("    return counts", "    return counts.sum()"),
    },
)
PAIRS_WRONG["uint8 arithmetic"] = """
def my_pairs(read, length, vocab_size, block):
    counts = np.zeros(vocab_size**2, dtype=np.int64)
    for start in range(0, length - 1, block - 1):
        ids = read(start, min(start + block, length))
        flat = ids[:-1] * np.uint8(vocab_size) + ids[1:]
        counts += np.bincount(flat, minlength=vocab_size**2)[: vocab_size**2]
    return counts.reshape(vocab_size, vocab_size)
"""
PAIRS_WRONG["carries the wrong id"] = """
def my_pairs(read, length, vocab_size, block):
    counts = np.zeros((vocab_size, vocab_size), dtype=np.int64)
    last = 0
    for start in range(0, length, block):
        for i in read(start, min(start + block, length)).tolist():
            counts[last, i] += 1
            last = i
    return counts
"""
PAIRS_WRONG["all blocks kept"] = """
def my_pairs(read, length, vocab_size, block):
    parts = [read(s, min(s + block, length)) for s in range(0, length, block)]
    ids = np.concatenate(parts)
    counts = np.zeros((vocab_size, vocab_size), dtype=np.int64)
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
    return counts
"""
PAIRS_WRONG["a list of all ids"] = """
def my_pairs(read, length, vocab_size, block):
    ids = []
    for s in range(0, length, block):
        ids += read(s, min(s + block, length)).tolist()
    counts = np.zeros((vocab_size, vocab_size), dtype=np.int64)
    for a, b in zip(ids, ids[1:]):
        counts[a, b] += 1
    return counts
"""
PAIRS_WRONG["the round closed"] = PAIRS.replace(
    "    return", "    counts[ids[-1], read(0, 1)[0]] += 1\n    return"
)
PAIRS_RIGHT = {
    "two ids at a time": """
def my_pairs(read, length, vocab_size, block):
    counts = np.zeros((vocab_size, vocab_size), dtype=np.int64)
    for start in range(length - 1):
        a, b = read(start, start + 2)
        counts[a, b] += 1
    return counts
""",
    "overlapping blocks": PAIRS,
    "bincount": """
def my_pairs(read, length, vocab_size, block):
    counts = np.zeros(vocab_size * vocab_size, dtype=np.int64)
    for start in range(0, length - 1, block - 1):
        ids = read(start, min(start + block, length)).astype(np.int64)
        flat = ids[:-1] * vocab_size + ids[1:]
        counts += np.bincount(flat, minlength=len(counts))
    return counts.reshape(vocab_size, vocab_size)
""",
    "carried last id": """
def my_pairs(read, length, vocab_size, block):
    counts = np.zeros((vocab_size, vocab_size), dtype=np.int64)
    last = None
    for start in range(0, length, block):
        for i in read(start, min(start + block, length)).tolist():
            if last is not None:
                counts[last, i] += 1
            last = i
    return counts
""",
    "Counter": """
def my_pairs(read, length, vocab_size, block):
    found, start = Counter(), 0
    while start < length - 1:
        ids = read(start, min(start + block, length)).tolist()
        found.update(zip(ids[:-1], ids[1:]))
        start += block - 1
    table = torch.zeros(vocab_size, vocab_size, dtype=torch.int64)
    for (a, b), n in found.items():
        table[a, b] = n
    return table
""",
    "concatenated": """
def my_pairs(read, length, vocab_size, block):
    counts = np.zeros((vocab_size, vocab_size), dtype=int)
    last = np.zeros(0, dtype=np.uint8)
    for start in range(0, length, block):
        ids = np.concatenate([last, read(start, min(start + block, length))])
        np.add.at(counts, (ids[:-1], ids[1:]), 1)
        last = ids[-1:]
    return counts
""",
}


def parts(*answers):
    return "\nparts = " + ", ".join(map(repr, answers)) + "\n"


PARTS_WRONG = {
    "all for all": parts("WOSPR", "WOSPR", "WOSPR"),
    "weights only": parts("W", "W", "W"),
    "weights and optimizer": parts("WO", "WO", "WO"),
    "a: with optimizer": parts("WOP", "WOSP", "WOR"),
    "a: with state": parts("WSP", "WOSP", "WOR"),
    "a: with random numbers": parts("WPR", "WOSP", "WOR"),
    "a: without place": parts("W", "WOSP", "WOR"),
    "a: without weights": parts("P", "WOSP", "WOR"),
    "a: nothing": parts("", "WOSP", "WOR"),
    "b: without optimizer": parts("WP", "WSP", "WOR"),
    "b: without state": parts("WP", "WOP", "WOR"),
    "b: without place": parts("WP", "WOS", "WOR"),
    "b: with random numbers": parts("WP", "WOSPR", "WOR"),
    "b: without weights": parts("WP", "OSP", "WOR"),
    "c: without optimizer": parts("WP", "WOSP", "WR"),
    "c: without random numbers": parts("WP", "WOSP", "WO"),
    "c: with place": parts("WP", "WOSP", "WOPR"),
    "c: with state": parts("WP", "WOSP", "WOSR"),
    "c: place for random numbers": parts("WP", "WOSP", "WOP"),
    "c: without weights": parts("WP", "WOSP", "OR"),
    "b and c exchanged": parts("WP", "WOR", "WOSP"),
    "two only": parts("WP", "WOSP"),
    "one string": "\nparts = 'WPWOSPWOR'\n",
    "numbers": "\nparts = 2, 4, 3\n",
    "other letters": parts("WX", "WOSP", "WOR"),
    "words": parts("weights place", "weights", "weights"),
}
PARTS_RIGHT = {
    "strings": parts("WP", "WOSP", "WOR"),
    "another order": parts("PW", "SPOW", "ROW"),
    "small letters": parts("wp", "wosp", "wor"),
    "with commas": parts("W, P", "W, O, S, P", "W, O, R"),
    "sets": "\nparts = {'W', 'P'}, {'W', 'O', 'S', 'P'}, {'W', 'O', 'R'}\n",
    "a list": "\nparts = ['WP', 'WOSP', 'WOR']\n",
}

LOSS = """
def my_loss(logits, targets, weights, world, add_up):
    losses = F.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), reduction="none"
    ).view_as(targets)
    w = weights.unsqueeze(1)
    counted = targets != IGNORE_INDEX
    total = add_up((counted * w).sum())
    return (losses * w).sum() * world / total
"""
LOSS_WRONG = variants(
    LOSS,
    {
        "not times world": (" * world / total", " / total"),
        "divided by world": (" * world / total", " / world / total"),
        "times world twice": (" * world / total", " * world * world / total"),
        "own total": ("add_up((counted * w).sum())", "(counted * w).sum()"),
        "own total, not times world": (
            "add_up((counted * w).sum())",
            "(counted * w).sum()",
            " * world / total",
            " / total",
        ),
        "counts without weights": ("(counted * w).sum()", "counted.sum()"),
        "losses without weights": ("(losses * w).sum()", "losses.sum()"),
        "no weights at all": (
            "(counted * w).sum()",
            "counted.sum()",
            "(losses * w).sum()",
            "losses.sum()",
        ),
        "weights of the rows": ("(counted * w).sum()", "weights.sum()"),
        "all cells": ("targets != IGNORE_INDEX", "torch.ones_like(targets)"),
        "padding the other way round": (
            "targets != IGNORE_INDEX",
            "targets == IGNORE_INDEX",
        ),
        "target 0 left out": ("targets != IGNORE_INDEX", "targets > 0"),
        "no sum": ("(losses * w).sum()", "(losses * w)"),
        "mean in place of sum": ("(losses * w).sum()", "(losses * w).mean()"),
        "cut": ("(losses * w).sum() * world", "(losses * w).sum().detach() * world"),
        "a float": (
            "(losses * w).sum() * world / total",
            "((losses * w).sum() * world / total).item()",
        ),
        "weights along the steps": (
            "w = weights.unsqueeze(1)",
            "w = weights.mean()",
        ),
        "loss added up, too": (
            "(losses * w).sum() * world / total",
            "add_up((losses * w).sum()) * world / total",
        ),
        "rows divided": (
            "(losses * w).sum() * world / total",
            "(losses.sum(1) / counted.sum(1) * weights).sum() * world / total",
        ),
        "squared weights": ("(losses * w).sum()", "(losses * w * w).sum()"),
        "mean of rank totals": ("* world / total", "/ (total / world) / world"),
        "sign": ("return (losses", "return -(losses"),
        "world for ranks": (
            "add_up((counted * w).sum())",
            "(counted * w).sum() * world",
        ),
        "divides by the cells": (" * world / total", " / targets.numel()"),
        "at least one": ("(counted * w).sum())", "(counted * w).sum()).clamp(min=1)"),
        "whole numbers": ("(counted * w).sum()", "(counted * w).sum().long()"),
        "a number added up": ("(counted * w).sum()", "(counted * w).sum().item()"),
        "two ranks always": ("* world / total", "* 2 / total"),
        "stays away when empty": (
            "    total = add_up",
            "    if not counted.any():\n        return logits.sum() * 0\n"
            "    total = add_up",
        ),
        "stays away with nan": (
            "    total = add_up",
            "    if not counted.any():\n        return losses.mean() * 0\n"
            "    total = add_up",
        ),
    },
)
LOSS_WRONG["plain mean"] = """
def my_loss(logits, targets, weights, world, add_up):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
"""
LOSS_WRONG["of Break it"] = """
def my_loss(logits, targets, weights, world, add_up):
    total = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum")
    count = add_up((targets != IGNORE_INDEX).sum().double())
    return total * world / count
"""
LOSS_WRONG["mean times share"] = """
def my_loss(logits, targets, weights, world, add_up):
    mine = (targets != IGNORE_INDEX).sum().double()
    mean = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    return mean * mine / add_up(mine) * world
"""
LOSS_WRONG["prints"] = """
def my_loss(logits, targets, weights, world, add_up):
    print(F.cross_entropy(logits.flatten(0, 1), targets.flatten()))
"""
LOSS_RIGHT = {
    "as in the text": LOSS,
    "by log_softmax": """
def my_loss(logits, targets, weights, world, add_up):
    counted = targets != IGNORE_INDEX
    there = targets.masked_fill(~counted, 0)
    picked = logits.log_softmax(-1).gather(2, there.unsqueeze(2)).squeeze(2)
    w = counted * weights.view(-1, 1)
    return -(picked * w).sum() / (add_up(w.sum()) / world)
""",
    "row by row": """
def my_loss(logits, targets, weights, world, add_up):
    loss, total = 0.0, 0.0
    for row, y, w in zip(logits, targets, weights):
        loss = loss + w * F.cross_entropy(row, y, reduction="sum")
        total = total + w * (y != IGNORE_INDEX).sum()
    return world * loss / add_up(total)
""",
    "two all-reduces": """
def my_loss(logits, targets, weights, world, add_up):
    each = F.cross_entropy(logits.transpose(1, 2), targets, reduction="none")  # (B, T)
    counted = (targets >= 0).to(logits.dtype)
    ranks = add_up(torch.ones(()))
    total = add_up((counted * weights[:, None]).sum())
    return (each * weights[:, None]).sum() / total * ranks
""",
}
WRONG = {
    "17.1": LIMIT_WRONG,
    "17.2": STATES_WRONG,
    "17.3": PAIRS_WRONG,
    "17.4": PARTS_WRONG,
    "17.5": LOSS_WRONG,
}
RIGHT = {
    "17.1": LIMIT_RIGHT,
    "17.2": STATES_RIGHT,
    "17.3": PAIRS_RIGHT,
    "17.4": PARTS_RIGHT,
    "17.5": LOSS_RIGHT,
}
