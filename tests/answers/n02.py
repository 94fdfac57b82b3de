"""Answers to the exercises of notebook 02, wrong and right ones."""

WRONG = {
    "2.1": {
        "first axis": """
def my_shift(ids):
    return ids[:-1], ids[1:]
""",
        "second axis": """
def my_shift(ids):
    return ids[:, :-1], ids[:, 1:]
""",
        "one or two axes": """
def my_shift(ids):
    if ids.dim() == 1:
        return ids[:-1], ids[1:]
    return ids[:, :-1], ids[:, 1:]
""",
        "one to three axes": """
def my_shift(ids):
    if ids.dim() == 1:
        return ids[:-1], ids[1:]
    if ids.dim() == 2:
        return ids[:, :-1], ids[:, 1:]
    return ids[:, :, :-1], ids[:, :, 1:]
""",
        "all other axes flattened": """
def my_shift(ids):
    ids = ids.reshape(-1, ids.shape[-1])
    return ids[:, :-1], ids[:, 1:]
""",
        "roll without a cut": """
def my_shift(ids):
    return ids, ids.roll(-1, dims=-1)
""",
        "cut, then roll": """
def my_shift(ids):
    inputs = ids[..., :-1]
    return inputs, inputs.roll(-1, dims=-1)
""",
        "roll without an axis": """
def my_shift(ids):
    return ids[..., :-1], ids.roll(-1)[..., 1:]
""",
        "roll along axis 1": """
def my_shift(ids):
    dim = min(1, ids.dim() - 1)
    return ids[..., :-1], ids.roll(-1, dims=dim)[..., :-1]
""",
        "roll the wrong way": """
def my_shift(ids):
    return ids[..., :-1], ids.roll(1, dims=-1)[..., :-1]
""",
        "inputs and targets exchanged": """
def my_shift(ids):
    return ids[..., 1:], ids[..., :-1]
""",
        "inputs not cut": """
def my_shift(ids):
    return ids, ids[..., 1:]
""",
        "targets equal inputs": """
def my_shift(ids):
    return ids[..., :-1], ids[..., :-1]
""",
        "targets two characters later": """
def my_shift(ids):
    return ids[..., :-2], ids[..., 2:]
""",
        "cut at both ends": """
def my_shift(ids):
    return ids[..., :-2], ids[..., 1:-1]
""",
        "squeezed": """
def my_shift(ids):
    return ids[..., :-1].squeeze(), ids[..., 1:].squeeze()
""",
        "batch of one squeezed": """
def my_shift(ids):
    if ids.shape[0] == 1:
        ids = ids[0]
    return ids[..., :-1], ids[..., 1:]
""",
        "int32": """
def my_shift(ids):
    return ids[..., :-1].int(), ids[..., 1:].int()
""",
        "inputs as float": """
def my_shift(ids):
    return ids[..., :-1].float(), ids[..., 1:]
""",
        "lists instead of tensors": """
def my_shift(ids):
    return ids[..., :-1].tolist(), ids[..., 1:].tolist()
""",
        "zeros are taken for padding": """
def my_shift(ids):
    targets = ids[..., 1:].clone()
    targets[targets == 0] = IGNORE_INDEX
    return ids[..., :-1], targets
""",
        "the largest id is taken for padding": """
def my_shift(ids):
    targets = ids[..., 1:].clone()
    targets[targets == ids.max()] = IGNORE_INDEX
    return ids[..., :-1], targets
""",
        "writes into the argument": """
def my_shift(ids):
    inputs = ids[..., :-1].clone()
    ids[..., :-1] = ids[..., 1:].clone()
    return inputs, ids[..., :-1]
""",
        "hard-coded length": """
def my_shift(ids):
    return ids[..., :18], ids[..., 1:19]
""",
        "nothing returned": """
def my_shift(ids):
    inputs, targets = ids[..., :-1], ids[..., 1:]
""",
    },
    "2.2": {
        "shift forgotten": "prediction = ((3, 6), torch.int64, 18, 13)",
        "shape not shortened": "prediction = ((3, 6), torch.int64, 18, 10)",
        "shape shortened, numbers not": "prediction = ((3, 5), torch.int64, 18, 13)",
        "first characters counted": "prediction = ((3, 5), torch.int64, 15, 13)",
        "padding counted": "prediction = ((3, 5), torch.int64, 15, 15)",
        "padding instead of characters": "prediction = ((3, 5), torch.int64, 15, 5)",
        "last character not counted": "prediction = ((3, 5), torch.int64, 15, 7)",
        "one row short": "prediction = ((2, 5), torch.int64, 10, 7)",
        "axes exchanged": "prediction = ((5, 3), torch.int64, 15, 10)",
        "shortest text": "prediction = ((3, 2), torch.int64, 6, 6)",
        "shortened twice": "prediction = ((3, 4), torch.int64, 12, 9)",
        "float32": "prediction = ((3, 5), torch.float32, 15, 10)",
        "int32": "prediction = ((3, 5), torch.int32, 15, 10)",
        "Python's int": "prediction = ((3, 5), int, 15, 10)",
        "numbers exchanged": "prediction = ((3, 5), torch.int64, 10, 15)",
        "one-hot shape": "prediction = ((3, 5, 10), torch.int64, 150, 100)",
        "flat shape": "prediction = ((15,), torch.int64, 15, 10)",
        "shape spread out": "prediction = (3, 5, torch.int64, 15, 10)",
        "shape and dtype alone": "prediction = ((3, 5), torch.int64)",
        "the texts in one row": "prediction = ((1, 12), torch.int64, 12, 12)",
        "the example": "prediction = ((7, 8), torch.float32, 56, 50)",
    },
    "2.4": {
        "the function that counts already": """
def my_bigram_loss(inputs, targets):
    return data.bigram_loss(inputs, targets)
""",
        "ignored targets counted as a symbol": """
def my_bigram_loss(inputs, targets):
    pairs = list(zip(inputs.flatten().tolist(), targets.flatten().tolist()))
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "inputs of ignored targets counted": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    current, times = Counter(x), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "divided by all targets": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(x)
""",
        "inputs and targets filtered apart": """
def my_bigram_loss(inputs, targets):
    x = inputs.flatten().tolist()
    y = [b for b in targets.flatten().tolist() if b != IGNORE_INDEX]
    pairs = list(zip(x, y))
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "a row ends at its first ignored target": """
def my_bigram_loss(inputs, targets):
    x = inputs.reshape(-1, inputs.shape[-1]).tolist()
    y = targets.reshape(-1, targets.shape[-1]).tolist()
    pairs = []
    for row_x, row_y in zip(x, y):
        for a, b in zip(row_x, row_y):
            if b == IGNORE_INDEX:
                break
            pairs.append((a, b))
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "a row with an ignored target is dropped": """
def my_bigram_loss(inputs, targets):
    x = inputs.reshape(-1, inputs.shape[-1])
    y = targets.reshape(-1, targets.shape[-1])
    whole = (y != IGNORE_INDEX).all(dim=1)
    pairs = list(zip(x[whole].flatten().tolist(), y[whole].flatten().tolist()))
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "ignored inputs looked for instead of targets": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if a != IGNORE_INDEX]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "id 0 left out too": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b > 0]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "input id 0 left out": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if a and b != IGNORE_INDEX]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "each pair counted once": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in times) / len(times)
""",
        "contexts weighted equally": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    total = sum(
        n / current[a] * math.log(current[a] / n) for (a, _), n in times.items()
    )
    return total / len(current)
""",
        "bits": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log2(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "sum instead of mean": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs)
""",
        "sign forgotten": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(times[a, b] / current[a]) for a, b in pairs) / len(pairs)
""",
        "perplexity": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    total = sum(math.log(current[a] / times[a, b]) for a, b in pairs)
    return math.exp(total / len(pairs))
""",
        "unigram": """
def my_bigram_loss(inputs, targets):
    y = [b for b in targets.flatten().tolist() if b != IGNORE_INDEX]
    times = Counter(y)
    return sum(math.log(len(y) / times[b]) for b in y) / len(y)
""",
        "joint entropy": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    times = Counter(pairs)
    return sum(math.log(len(pairs) / times[p]) for p in pairs) / len(pairs)
""",
        "H(input | target)": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    following, times = Counter(b for _, b in pairs), Counter(pairs)
    return sum(math.log(following[b] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "current characters counted among the targets too": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    current, times = Counter(c for pair in pairs for c in pair), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "pairs from the inputs alone": """
def my_bigram_loss(inputs, targets):
    pairs = list(pairwise(inputs.flatten().tolist()))
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "each row counted apart": """
def my_bigram_loss(inputs, targets):
    x = inputs.reshape(-1, inputs.shape[-1]).tolist()
    y = targets.reshape(-1, targets.shape[-1]).tolist()
    surprises = []
    for row_x, row_y in zip(x, y):
        pairs = [(a, b) for a, b in zip(row_x, row_y) if b != IGNORE_INDEX]
        current, times = Counter(a for a, _ in pairs), Counter(pairs)
        surprises += [math.log(current[a] / times[a, b]) for a, b in pairs]
    return sum(surprises) / len(surprises)
""",
        "mean of the rows' means": """
def my_bigram_loss(inputs, targets):
    x = inputs.reshape(-1, inputs.shape[-1]).tolist()
    y = targets.reshape(-1, targets.shape[-1]).tolist()
    rows = [[(a, b) for a, b in zip(*r) if b != IGNORE_INDEX] for r in zip(x, y)]
    pairs = [pair for row in rows for pair in row]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    means = [
        sum(math.log(current[a] / times[a, b]) for a, b in row) / len(row)
        for row in rows
        if row
    ]
    return sum(means) / len(means)
""",
        "first row only": """
def my_bigram_loss(inputs, targets):
    x = inputs.reshape(-1, inputs.shape[-1])[0].tolist()
    y = targets.reshape(-1, targets.shape[-1])[0].tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "two axes only": """
def my_bigram_loss(inputs, targets):
    pairs = []
    for i in range(inputs.shape[0]):
        for j in range(inputs.shape[1]):
            if targets[i, j] != IGNORE_INDEX:
                pairs.append((int(inputs[i, j]), int(targets[i, j])))
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "table of 16 x 16": """
def my_bigram_loss(inputs, targets):
    counts = torch.zeros(16, 16, dtype=torch.float64)
    pairs = []
    for a, b in zip(inputs.flatten().tolist(), targets.flatten().tolist()):
        if b != IGNORE_INDEX:
            counts[a, b] += 1
            pairs.append((a, b))
    p = counts / counts.sum(dim=1, keepdim=True)
    return sum(-math.log(p[pair]) for pair in pairs) / len(pairs)
""",
        "pairs coded as 16 a + b": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    current = Counter(a for a, _ in pairs)
    times = Counter(16 * a + b for a, b in pairs)
    total = sum(math.log(current[a] / times[16 * a + b]) for a, b in pairs)
    return total / len(pairs)
""",
        "size of the table from the inputs": """
def my_bigram_loss(inputs, targets):
    V = int(inputs.max()) + 1
    keep = targets != IGNORE_INDEX
    x, y = inputs[keep], targets[keep]
    times, current = (V * x + y).bincount(), x.bincount()
    p = times[V * x + y].double() / current[x]
    return float(-p.log().mean())
""",
        "one added to each count": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    V = len({c for pair in pairs for c in pair})
    total = sum(math.log((current[a] + V) / (times[a, b] + 1)) for a, b in pairs)
    return total / len(pairs)
""",
        "rounded to four digits": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(a, b) for a, b in zip(x, y) if b != IGNORE_INDEX]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    total = sum(math.log(current[a] / times[a, b]) for a, b in pairs)
    return round(total / len(pairs), 4)
""",
        "sees the last two characters": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = [(p, b) for p, b in zip(zip([-1, *x], x), y) if b != IGNORE_INDEX]
    current, times = Counter(a for a, _ in pairs), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
        "writes into the targets that were given": """
def my_bigram_loss(inputs, targets):
    keep = targets != IGNORE_INDEX
    x, y = inputs[keep].tolist(), targets[keep].tolist()
    targets[~keep] = 0
    pairs = list(zip(x, y))
    current, times = Counter(x), Counter(pairs)
    return sum(math.log(current[a] / times[a, b]) for a, b in pairs) / len(pairs)
""",
    },
    "2.5": {
        name: f"""
space = 2 * math.log(3 / 2) + math.log(3)
third = 2 * math.log(2)
line_and_floor = {value}
"""
        for name, value in {
            "line 1": "(1, (space + third) / 18)",
            "line 2": "(2, (space + third) / 18)",
            "line 3": "(3, (space + third) / 18)",
            "line 4": "(4, (space + third) / 18)",
            "line 6": "(6, (space + third) / 18)",
            "the printed number": "(5, 0.1061)",
            "the printed number, exactly": "(5, space / 18)",
            "only the choice between t and p": "(5, third / 18)",
            "divided by all characters": "(5, (space + third) / 21)",
            "divided by fifteen": "(5, (space + third) / 15)",
            "divided by the targets of one text": "(5, (space + third) / 6)",
            "divided by the texts": "(5, (space + third) / 3)",
            "divided by the characters that ask": "(5, (space + third) / 5)",
            "not divided": "(5, space + third)",
            "an even choice of two": "(5, (3 * math.log(2) + third) / 18)",
            "an even choice of three": "(5, (3 * math.log(3) + third) / 18)",
            "one surprise each": "(5, (math.log(3) + math.log(2)) / 18)",
            "two surprises after the space": (
                "(5, (math.log(3 / 2) + math.log(3) + third) / 18)"
            ),
            "third choice counted for three texts": (
                "(5, (space + 3 * math.log(2)) / 18)"
            ),
            "bits": "(5, (space + third) / 18 / math.log(2))",
            "sign": "(5, -(space + third) / 18)",
            "log10": "(5, (space + third) / 18 / math.log(10))",
            "perplexity": "(5, math.exp((space + third) / 18))",
            "two digits": "(5, 0.18)",
            "zero": "(5, 0.0)",
            "order exchanged": "((space + third) / 18, 5)",
            "floor alone": "(space + third) / 18",
            "the example": "(6, 4 * math.log(2) / 48)",
        }.items()
    },
}

RIGHT = {
    "2.1": {
        "narrow": """
def my_shift(ids):
    T = ids.shape[-1] - 1
    return ids.narrow(-1, 0, T), ids.narrow(-1, 1, T)
""",
        "a list, by index_select": """
def my_shift(ids):
    steps = torch.arange(ids.size(-1) - 1)
    return [ids.index_select(-1, steps), ids.index_select(-1, steps + 1)]
""",
        "NumPy copies": """
my_shift = lambda ids: tuple(
    torch.from_numpy(part.copy())
    for part in (ids.numpy()[..., :-1], ids.numpy()[..., 1:])
)
""",
        "last axis first": """
class Shift:
    def __call__(self, ids):
        steps = ids.movedim(-1, 0)
        return steps[:-1].movedim(0, -1), steps[1:].movedim(0, -1)

my_shift = Shift()
""",
        "recursion over the axes": """
def my_shift(ids):
    if ids.dim() == 1:
        return ids[:-1].clone(), ids[1:].clone()
    parts = [my_shift(row) for row in ids]
    return torch.stack([p[0] for p in parts]), torch.stack([p[1] for p in parts])
""",
        "roll, then cut": """
def my_shift(ids):
    return ids[..., :-1], ids.roll(-1, dims=-1)[..., :-1]
""",
    },
    "2.2": {
        "torch.Size and torch.long": """
prediction = (torch.Size([3, 5]), torch.long, 3 * 5, 2 + 5 + 3)
""",
        "lists": "prediction = [[3, 5], torch.int64, 15, 10]",
        "NumPy numbers": """
import numpy as np
prediction = ((np.int64(3), np.int64(5)), torch.int64, np.int64(15), np.int32(10))
""",
        "run after all": """
texts = ["tea", "coffee", "milk"]
vocab = Vocabulary.from_texts(texts, pad=True)
targets = data.shift(encode_batch(vocab, texts))[1]
real = (targets != vocab.pad_id).sum()
prediction = (targets.shape, targets.dtype, targets.numel(), real)
""",
    },
    "2.4": {
        "all pairs compared with all pairs": """
def my_bigram_loss(inputs, targets):
    keep = targets != IGNORE_INDEX
    x, y = inputs[keep], targets[keep]
    same = (x[:, None] == x).sum(dim=1)
    bigrams = ((x[:, None] == x) & (y[:, None] == y)).sum(dim=1)
    bigram_loss = (same.double() / bigrams).log().mean()
    return bigram_loss.item()
""",
        "a tensor of one number": """
def my_bigram_loss(inputs, targets):
    keep = targets != IGNORE_INDEX
    x, y = inputs[keep], targets[keep]
    same = (x[:, None] == x).sum(dim=1)
    bigrams = ((x[:, None] == x) & (y[:, None] == y)).sum(dim=1)
    bigram_loss = (same.double() / bigrams).log().mean()
    return bigram_loss
""",
        "table of counts": """
def my_bigram_loss(inputs, targets):
    keep = targets != IGNORE_INDEX
    x, y = inputs[keep], targets[keep]
    V = int(max(x.max(), y.max())) + 1
    counts = torch.zeros(V, V, dtype=torch.float64)
    counts.index_put_((x, y), torch.ones(len(x)).double(), accumulate=True)
    p = counts / counts.sum(dim=1, keepdim=True).clamp(min=1)
    return -p[x, y].log().mean().item()
""",
        "H(pair) - H(current), with NumPy": """
import numpy as np

def my_bigram_loss(inputs, targets):
    kept = targets.numpy() != -100
    x, y = inputs.numpy()[kept], targets.numpy()[kept]
    def entropy(rows):
        n = np.unique(rows, axis=0, return_counts=True)[1]
        return -(n / n.sum() * np.log(n / n.sum())).sum()
    return entropy(np.stack([x, y], axis=1)) - entropy(x[:, None])
""",
        "a dictionary of counters": """
def my_bigram_loss(inputs, targets):
    after = {}
    for a, b in zip(inputs.reshape(-1), targets.reshape(-1)):
        if b.item() >= 0:
            after.setdefault(a.item(), Counter())[b.item()] += 1
    total = 0.0
    for counter in after.values():
        n = counter.total()
        total -= sum(k * math.log(k / n) for k in counter.values())
    return total / sum(counter.total() for counter in after.values())
""",
        "quadratic, without a table": """
def my_bigram_loss(inputs, targets):
    asked = targets.ne(IGNORE_INDEX)
    pairs = torch.stack([inputs[asked], targets[asked]], dim=1).tolist()
    firsts = [a for a, _ in pairs]
    logs = [math.log(pairs.count(p)) - math.log(firsts.count(p[0])) for p in pairs]
    return math.fsum(logs) / -len(logs)
""",
        "cross-entropy of the log counts": """
def my_bigram_loss(inputs, targets):
    x, y = inputs.flatten(), targets.flatten()
    V = int(torch.cat([x, y]).max()) + 1
    counts = torch.zeros(V, V, dtype=torch.float64)
    for a, b in zip(x.tolist(), y.tolist()):
        if b != IGNORE_INDEX:
            counts[a, b] += 1
    return F.cross_entropy(counts.log()[x.clamp(min=0)][y != -100], y[y != -100]).item()
""",
    },
    "2.5": {
        "a list": """
line_and_floor = [5, (3 * math.log(3) - 2 * math.log(2) + 2 * math.log(2)) / 18]
""",
        "ln 3 over 6": "line_and_floor = (5, math.log(3) / 6)",
        "NumPy numbers": """
import numpy as np
line_and_floor = (np.int64(5), np.log(27) / np.float64(18))
""",
        "the mended program": """
texts = ["the cat", "the cap", "the dog"]
vocab = Vocabulary.from_texts(texts)
ids = encode_batch(vocab, texts)
line_and_floor = (5, data.prefix_loss(ids[:, :-1], ids[:, 1:]))
""",
    },
}
