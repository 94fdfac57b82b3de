"""Answers to the exercises of notebook 02, wrong and right ones."""

WRONG = {
    "2.1": {
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
    "2.2": {
        name: f"""
one, two = math.log(10 / 3), 2 * math.log(2)
readings = {value}
"""
        for name, value in {
            "probability": "(0.3, two, 2.0)",
            "negative": "(math.log(0.3), two, 2.0)",
            "e^0 taken for 0": "(math.log(9 / 3), two, 2.0)",
            "logits as shares": "(-math.log(math.log(3) / math.log(18)), two, 2.0)",
            "the logit itself": "(-math.log(3), two, 2.0)",
            "first one": "(math.log(10 / 6), two, 2.0)",
            "third one": "(math.log(10), two, 2.0)",
            "1 in bits": "(math.log2(10 / 3), two, 2.0)",
            "1 by log10": "(math.log10(10 / 3), two, 2.0)",
            "1 as perplexity": "(10 / 3, two, 2.0)",
            "bits the wrong way": "(one, 2 / math.log(2), 2.0)",
            "bits kept": "(one, 2, 2.0)",
            "bits as choices": "(one, 4, 2.0)",
            "one bit": "(one, math.log(2), 2.0)",
            "exp of the bits": "(one, math.exp(2), 2.0)",
            "log2 of 2": "(one, math.log2(2), 2.0)",
            "mean of the choices": "(one, two, 2.5)",
            "loss for perplexity": "(one, two, math.log(2))",
            "bits for perplexity": "(one, two, 1.0)",
            "hard half": "(one, two, 4)",
            "1/4 and 1 averaged": "(one, two, 1.6)",
            "ln 4": "(one, two, math.log(4))",
            "few digits": "(1.2, 1.39, 2.0)",
            "two of three": "(one, 2 * math.log(2))",
            "words": "('ln(10/3)', '2 ln 2', '2')",
        }.items()
    },
    "2.3": {
        "bigram": "my_trigram_loss = data.bigram_loss",
        "bigram, by hand": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += row
    return data.conditional_entropy(contexts, y)
""",
        "unigram": """
def my_trigram_loss(inputs, targets):
    return data.unigram_loss(targets)
""",
        "whole prefix": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += [tuple(row[: t + 1]) for t in range(len(row))]
    return data.conditional_entropy(contexts, y)
""",
        "prefix_loss itself": """
def my_trigram_loss(inputs, targets):
    return data.prefix_loss(inputs, targets)
""",
        "three characters": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += zip([None, None, *row], [None, *row], row)
    return data.conditional_entropy(contexts, y)
""",
        "only the one before": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += [None, *row[:-1]]
    return data.conditional_entropy(contexts, y)
""",
        "across rows": """
def my_trigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    return data.conditional_entropy(list(pairwise([None, *x])), y)
""",
        "index -1": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += [(row[t - 1], row[t]) for t in range(len(row))]
    return data.conditional_entropy(contexts, y)
""",
        "rolled": """
def my_trigram_loss(inputs, targets):
    before = inputs.roll(1, dims=1)
    contexts = list(zip(before.flatten().tolist(), inputs.flatten().tolist()))
    return data.conditional_entropy(contexts, targets.flatten().tolist())
""",
        "rolled without an axis": """
def my_trigram_loss(inputs, targets):
    before = inputs.roll(1)
    contexts = list(zip(before.flatten().tolist(), inputs.flatten().tolist()))
    return data.conditional_entropy(contexts, targets.flatten().tolist())
""",
        "id 0 before the first": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += pairwise([0, *row])
    return data.conditional_entropy(contexts, y)
""",
        "first character doubled": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += pairwise([row[0], *row])
    return data.conditional_entropy(contexts, y)
""",
        "first place left out": """
def my_trigram_loss(inputs, targets):
    contexts = [pair for row in inputs.tolist() for pair in pairwise(row)]
    return data.conditional_entropy(contexts, targets[:, 1:].flatten().tolist())
""",
        "first place forgotten": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += pairwise(row)
    return data.conditional_entropy(contexts, y)
""",
        "zip cuts the targets": """
def my_trigram_loss(inputs, targets):
    contexts = [pair for row in inputs.tolist() for pair in pairwise(row)]
    answers = targets.flatten().tolist()[: len(contexts)]
    return data.conditional_entropy(contexts, answers)
""",
        "mean of the rows": """
def my_trigram_loss(inputs, targets):
    losses = []
    for x, y in zip(inputs.tolist(), targets.tolist()):
        losses.append(data.conditional_entropy(list(pairwise([None, *x])), y))
    return sum(losses) / len(losses)
""",
        "first row only": """
def my_trigram_loss(inputs, targets):
    for x, y in zip(inputs.tolist(), targets.tolist()):
        return data.conditional_entropy(list(pairwise([None, *x])), y)
""",
        "sets": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += [frozenset(pair) for pair in pairwise([None, *row])]
    return data.conditional_entropy(contexts, y)
""",
        "ids glued together": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += [str(a) + str(b) for a, b in pairwise([None, *row])]
    return data.conditional_entropy(contexts, y)
""",
        "ten times one id plus the other": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += [10 * a + b for a, b in pairwise([-1, *row])]
    return data.conditional_entropy(contexts, y)
""",
        "nothing at the first place": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += [None, *pairwise(row)]
    return data.conditional_entropy(contexts, y)
""",
        "the two before": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += [tuple(row[max(0, t - 2) : t]) for t in range(len(row))]
    return data.conditional_entropy(contexts, y)
""",
        "sum of the two ids": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += [a + b for a, b in pairwise([-1, *row])]
    return data.conditional_entropy(contexts, y)
""",
        "sees the target": """
def my_trigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    return data.conditional_entropy(list(zip(x, y)), y)
""",
        "pair of input and target": """
def my_trigram_loss(inputs, targets):
    x, y = inputs.flatten().tolist(), targets.flatten().tolist()
    pairs = list(zip(x, y))
    return data.conditional_entropy([0] * len(pairs), pairs)
""",
        "lists as keys": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += [row[max(0, t - 1) : t + 1] for t in range(len(row))]
    return data.conditional_entropy(contexts, y)
""",
        "bits": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += pairwise([None, *row])
    return data.conditional_entropy(contexts, y) / math.log(2)
""",
        "sum": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += pairwise([None, *row])
    return data.conditional_entropy(contexts, y) * targets.numel()
""",
        "perplexity": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += pairwise([None, *row])
    return math.exp(data.conditional_entropy(contexts, y))
""",
        "negative": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += pairwise([None, *row])
    return -data.conditional_entropy(contexts, y)
""",
        "rounded": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += pairwise([None, *row])
    return round(data.conditional_entropy(contexts, y), 2)
""",
        "columns for rows": """
def my_trigram_loss(inputs, targets):
    contexts = []
    for column in inputs.T.tolist():
        contexts += pairwise([None, *column])
    return data.conditional_entropy(contexts, targets.T.flatten().tolist())
""",
        "printed": """
def my_trigram_loss(inputs, targets):
    contexts = [c for row in inputs.tolist() for c in pairwise([None, *row])]
    print(data.conditional_entropy(contexts, targets.flatten().tolist()))
""",
    },
    "2.4": {
        "equal": 'two_texts = ("hello", "hello")',
        "nothing in common": 'two_texts = ("abcde", "fghij")',
        "two in common": 'two_texts = ("axyb", "cxyd")',
        "three in common, at the start": 'two_texts = ("howx", "howz")',
        "three in common, no difference after": 'two_texts = ("xhow", "zhow")',
        "four in common": 'two_texts = ("xhow y", "zhow u")',
        "a long stretch in common": 'two_texts = ("a hello b", "c hello d")',
        "the example": 'two_texts = ("how are you", "how old are")',
        "from the sentences": 'two_texts = ("hello how are", "how are you d")',
        "other lengths": 'two_texts = ("bring", "a drink")',
        "one text": 'two_texts = ("bring",)',
        "three texts": 'two_texts = ("bring", "drink", "think")',
        "a string": 'two_texts = "bring, drink"',
        "numbers": "two_texts = (1, 2)",
        "empty": 'two_texts = ("", "")',
        "one letter": 'two_texts = ("a", "b")',
        "two letters": 'two_texts = ("ab", "ac")',
        "difference five back": 'two_texts = ("ab the c", "bb the d")',
        "sing and hint": 'two_texts = ("sing", "hint")',
        "the floor is at the start": 'two_texts = ("cat", "car")',
        "after three the same": 'two_texts = ("bringa", "dringa")',
        "bytes": 'two_texts = (b"bring", b"drink")',
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
            "the mean after the space": "(5, (space / 3 + third / 2) / 18)",
            "even choices everywhere": "(5, 4 * math.log(2) / 18)",
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
    "2.2": {
        "numbers": "readings = (1.204, 1.3863, 2)",
        "a list, by PyTorch": """
logits = torch.tensor([6.0, 3.0, 1.0]).log()
loss = F.cross_entropy(logits, torch.tensor(1))
readings = [loss, math.log(4), math.exp((0 + math.log(4)) / 2)]
""",
        "square root": "readings = (-math.log(3 / 10), math.log(2**2), 4**0.5)",
        "NumPy": """import numpy as np
readings = np.array([np.log(10 / 3), 2 * np.log(2), 2.0])""",
    },
    "2.3": {
        "slices as tuples": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += [tuple(row[max(0, t - 1) : t + 1]) for t in range(len(row))]
    return data.conditional_entropy(contexts, y)
""",
        "a column of -1, in tensors": """
def my_trigram_loss(inputs, targets):
    before = torch.cat([torch.full_like(inputs[:, :1], -1), inputs[:, :-1]], dim=1)
    codes = (before + 1) * 10_000 + inputs
    answers = targets.flatten().tolist()
    return data.conditional_entropy(codes.flatten().tolist(), answers)
""",
        "a dictionary of counters": """
def my_trigram_loss(inputs, targets):
    after = {}
    for i in range(len(inputs)):
        for t in range(inputs.shape[1]):
            a = inputs[i, t - 1].item() if t else "start"
            key = (a, inputs[i, t].item())
            after.setdefault(key, Counter())[targets[i, t].item()] += 1
    total = 0.0
    for counter in after.values():
        n = counter.total()
        total += sum(m * math.log(n / m) for m in counter.values())
    return total / targets.numel()
""",
        "bigram loss of numbered contexts": """
def my_trigram_loss(inputs, targets):
    known, numbers = {}, []
    for row in inputs.tolist():
        for pair in zip([None] + row, row):
            numbers.append(known.setdefault(pair, len(known)))
    return data.bigram_loss(torch.tensor(numbers), targets.flatten())
""",
        "strings": """
def my_trigram_loss(inputs, targets):
    contexts, y = [], targets.flatten().tolist()
    for row in inputs.tolist():
        contexts += [f"{a} {b}" for a, b in zip(["^", *row], row)]
    return data.conditional_entropy(contexts, y)
""",
    },
    "2.4": {
        "words": 'two_texts = ("bring", "drink")',
        "odd characters": 'two_texts = ["x1231", "y1232"]',
        "inside longer texts": 'two_texts = ("we bring it", "to drink it")',
        "letters": 'two_texts = ("abcdx", "ebcdy")',
        "computed": 'two_texts = tuple(a + "xyz" + b for a, b in ("pq", "rs"))',
    },
    "2.5": {
        "a list": """
line_and_floor = [5, (3 * math.log(3) - 2 * math.log(2) + 2 * math.log(2)) / 18]
""",
        "four digits": "line_and_floor = (5, 0.1831)",
        "a tensor": "line_and_floor = torch.tensor([5, math.log(3) / 6])",
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

HINTS = [
    ("2.1", "shape shortened, numbers not", "as many targets as the shape has places"),
    ("2.1", "shape spread out", "put it in brackets of its own"),
    ("2.2", "probability", "That is the probability of the target."),
    ("2.2", "e^0 taken for 0", "e to the power of 0 is 1"),
    ("2.2", "bits the wrong way", "Wrong way round"),
    ("2.2", "mean of the choices", "not the mean of the choices"),
    ("2.3", "bigram", "That is the bigram's loss"),
    ("2.3", "whole prefix", "remembers the whole row"),
    ("2.3", "across rows", "Each row begins on its own."),
    ("2.3", "index -1", "reach around to the end of the row"),
    ("2.3", "id 0 before the first", "a context of its own"),
    ("2.3", "ids glued together", "Two different pairs become one context"),
    ("2.3", "nothing at the first place", "your predictor sees nothing"),
    ("2.3", "the two before", "and not that one itself"),
    ("2.4", "two in common", "A shorter memory reaches the floor"),
    ("2.4", "four in common", "share more than three characters"),
    ("2.4", "other lengths", "make them equally long"),
    ("2.5", "line 4", "The floor is right. The line is another one"),
    ("2.5", "bits", "That is the floor in bits"),
    ("2.5", "log10", "by log10"),
    ("2.5", "two digits", "rounded to few digits"),
    ("2.5", "the printed number", "with the bug"),
    ("2.5", "the mean after the space", "not the mean"),
    ("2.5", "divided by all characters", "the first of each row is given"),
]
