"""Answers to the exercises of notebook 04, wrong and right ones."""


def _text_model(
    init="""
        super().__init__()
        self.vocab_size = vocab_size
        self.rnn = nn.RNN(vocab_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, classes)
""",
    rows="data.one_hot(ids, self.vocab_size)",
    result="self.output(h_n[-1])",
    name="forward",
):
    """An answer to exercise 4.4, of which one line is another."""
    return f"""
class MyTextRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size, classes):{init}
    def {name}(self, ids):
        x = {rows}
        states, h_n = self.rnn(x)
        return {result}
"""


def _layers(
    rnn="vocab_size, hidden_size, batch_first=True", linear="hidden_size, classes"
):
    """The lines of ``__init__`` with other arguments of the layers."""
    return f"""
        super().__init__()
        self.vocab_size = vocab_size
        self.rnn = nn.RNN({rnn})
        self.output = nn.Linear({linear})
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
        "h_n with the batch first": "states_and_h_n = ((4, 9, 7), (4, 3, 7))",
        "output with the steps first": "states_and_h_n = ((9, 4, 7), (3, 4, 7))",
        "both as without batch_first": "states_and_h_n = ((9, 4, 7), (4, 3, 7))",
        "one layer in h_n": "states_and_h_n = ((4, 9, 7), (1, 4, 7))",
        "one layer in h_n, without its axis": "states_and_h_n = ((4, 9, 7), (4, 7))",
        "h_n of one text": "states_and_h_n = ((4, 9, 7), (3, 7))",
        "input size in output": "states_and_h_n = ((4, 9, 10), (3, 4, 7))",
        "input size in h_n": "states_and_h_n = ((4, 9, 7), (3, 4, 10))",
        "input size in both": "states_and_h_n = ((4, 9, 10), (3, 4, 10))",
        "layers side by side": "states_and_h_n = ((4, 9, 21), (3, 4, 7))",
        "output of all layers": "states_and_h_n = ((3, 4, 9, 7), (3, 4, 7))",
        "h_n of all steps": "states_and_h_n = ((4, 9, 7), (3, 9, 7))",
        "h_n of all steps and texts": "states_and_h_n = ((4, 9, 7), (3, 4, 9, 7))",
        "output of the last step": "states_and_h_n = ((4, 1, 7), (3, 4, 7))",
        "output without its steps": "states_and_h_n = ((4, 7), (3, 4, 7))",
        "layers for the texts": "states_and_h_n = ((3, 9, 7), (3, 4, 7))",
        "axes of output exchanged": "states_and_h_n = ((4, 7, 9), (3, 4, 7))",
        "axes of h_n exchanged": "states_and_h_n = ((4, 9, 7), (7, 4, 3))",
        "order exchanged": "states_and_h_n = ((3, 4, 7), (4, 9, 7))",
        "one step in h_n": "states_and_h_n = ((4, 9, 7), (3, 4, 1, 7))",
        "states as h_n": "states_and_h_n = ((3, 4, 7), (3, 4, 7))",
        "one tuple": "states_and_h_n = (4, 9, 7, 3, 4, 7)",
        "output alone": "states_and_h_n = (4, 9, 7)",
        "the example": "states_and_h_n = ((1, 2, 3), (4, 5, 6))",
    },
    "4.2": {
        "as in the notebook": "my_W_hh = [[0.0, 0.0], [2.0, 0.0]]",
        "zeros": "my_W_hh = [[0.0, 0.0], [0.0, 0.0]]",
        "identity": "my_W_hh = [[1.0, 0.0], [0.0, 1.0]]",
        "itself only": "my_W_hh = [[0.0, 0.0], [0.0, 4.0]]",
        "equally loud": "my_W_hh = [[0.0, 0.0], [2.0, 2.0]]",
        "itself a little": "my_W_hh = [[0.0, 0.0], [2.0, 1.0]]",
        "itself not loud enough": "my_W_hh = [[0.0, 0.0], [2.0, 3.0]]",
        "the letter is the louder one": "my_W_hh = [[0.0, 0.0], [4.0, 2.0]]",
        "a little louder than the letter": "my_W_hh = [[0.0, 0.0], [2.0, 2.5]]",
        "twice as loud, both too quiet": "my_W_hh = [[0.0, 0.0], [1.0, 2.0]]",
        "rows of two lengths": "my_W_hh = [[0.0], [2.0, 4.0]]",
        "ones": "my_W_hh = [[1.0, 1.0], [1.0, 1.0]]",
        "twos": "my_W_hh = [[2, 2], [2, 2]]",
        "too quiet for one half": "my_W_hh = [[0.0, 0.0], [0.5, 3.0]]",
        "hardly audible": "my_W_hh = [[0.0, 0.0], [0.1, 2.0]]",
        "sign of the letter": "my_W_hh = [[0.0, 0.0], [-2.0, 4.0]]",
        "turns over at each step": "my_W_hh = [[0.0, 0.0], [2.0, -4.0]]",
        "both signs": "my_W_hh = [[0.0, 0.0], [-2.0, -4.0]]",
        "columns for rows": "my_W_hh = [[0.0, 2.0], [0.0, 4.0]]",
        "units exchanged": "my_W_hh = [[4.0, 2.0], [0.0, 0.0]]",
        "unit 0 remembers": "my_W_hh = [[4.0, 0.0], [0.0, 0.0]]",
        "two and four on the diagonal": "my_W_hh = [[2.0, 0.0], [0.0, 4.0]]",
        "unit 0 hears unit 1 loudly": "my_W_hh = [[0.0, 9.0], [2.0, 1.0]]",
        "one row": "my_W_hh = [2.0, 4.0]",
        "one row of two": "my_W_hh = [[2.0, 4.0]]",
        "three units": "my_W_hh = [[0, 0, 0], [2, 4, 0], [0, 0, 0]]",
        "four numbers": "my_W_hh = [0.0, 0.0, 2.0, 4.0]",
        "one number": "my_W_hh = 4.0",
        "not finite": "my_W_hh = [[0.0, 0.0], [2.0, float('inf')]]",
        "no number": "my_W_hh = [[0.0, 0.0], [2.0, float('nan')]]",
        "text": "my_W_hh = [['0', '0'], ['2', '4']]",
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
    "4.4": {
        "as for characters": _text_model(result="self.output(states)"),
        "with the axis of layers": _text_model(result="self.output(h_n)"),
        "the last text": _text_model(result="self.output(states[-1])"),
        "the first step": _text_model(result="self.output(states[:, 0])"),
        "the first text": _text_model(result="self.output(states[0])"),
        "the step before the last": _text_model(result="self.output(states[:, -2])"),
        "the first text of h_n": _text_model(result="self.output(h_n[:, 0])"),
        "the last text of h_n": _text_model(result="self.output(h_n[:, -1])"),
        "all squeezed": _text_model(result="self.output(h_n.squeeze())"),
        "mean of the states": _text_model(result="self.output(states.mean(dim=1))"),
        "mean of the scores": _text_model(result="self.output(states).mean(dim=1)"),
        "sum of the states": _text_model(result="self.output(states.sum(dim=1))"),
        "largest of the states": _text_model(result="self.output(states.amax(dim=1))"),
        "batch_first forgotten": _text_model(_layers("vocab_size, hidden_size")),
        "batch_first forgotten, last step": _text_model(
            _layers("vocab_size, hidden_size"), result="self.output(states[:, -1])"
        ),
        "softmax": _text_model(result="self.output(h_n[-1]).softmax(dim=-1)"),
        "log_softmax": _text_model(result="self.output(h_n[-1]).log_softmax(dim=-1)"),
        "sigmoid": _text_model(result="self.output(h_n[-1]).sigmoid()"),
        "relu behind it": _text_model(result="self.output(h_n[-1]).relu()"),
        "tanh before it": _text_model(result="self.output(h_n[-1].tanh())"),
        "label instead of scores": _text_model(
            result="self.output(h_n[-1]).argmax(dim=-1)"
        ),
        "scores and state": _text_model(result="(self.output(h_n[-1]), h_n)"),
        "no gradient": _text_model(result="self.output(h_n[-1].detach())"),
        "no gradient at all": _text_model(result="self.output(h_n[-1]).detach()"),
        "state itself": _text_model(result="h_n[-1]"),
        "no return": _text_model(result="None"),
        "a score for each symbol": _text_model(
            _layers(linear="hidden_size, vocab_size")
        ),
        "reads symbols instead of states": _text_model(
            _layers(linear="vocab_size, classes")
        ),
        "two layers": _text_model(
            _layers("vocab_size, hidden_size, num_layers=2, batch_first=True")
        ),
        "both directions": _text_model(
            _layers("vocab_size, hidden_size, bidirectional=True, batch_first=True")
        ),
        "GRU": _text_model(
            """
        super().__init__()
        self.vocab_size = vocab_size
        self.rnn = nn.GRU(vocab_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, classes)
"""
        ),
        "sizes of the notebook": _text_model(
            _layers("16, 12, batch_first=True", "12, classes")
        ),
        "sizes of the notebook, rows too": _text_model(
            _layers("16, 12, batch_first=True", "12, classes"),
            rows="data.one_hot(ids, 16)",
        ),
        "without super": _text_model(_layers().replace("super().__init__()", "")),
        "super without a call": _text_model(
            _layers().replace("super().__init__()", "super().__init__")
        ),
        "super at the end": _text_model(
            """
        self.vocab_size = vocab_size
        self.rnn = nn.RNN(vocab_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, classes)
        super().__init__()
"""
        ),
        "vocab_size not stored": _text_model(
            _layers().replace("self.vocab_size = vocab_size", "")
        ),
        "layers without self": _text_model(
            _layers()
            .replace("self.rnn =", "rnn =")
            .replace("self.output =", "output =")
        ),
        "layers in a list": _text_model(
            """
        super().__init__()
        self.vocab_size = vocab_size
        rnn = nn.RNN(vocab_size, hidden_size, batch_first=True)
        self.layers = [rnn, nn.Linear(hidden_size, classes)]
        self.rnn = lambda x: self.layers[0](x)
        self.output = lambda x: self.layers[1](x)
"""
        ),
        "new layers at each call": """
class MyTextRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size, classes):
        super().__init__()
        self.sizes = vocab_size, hidden_size, classes

    def forward(self, ids):
        V, H, C = self.sizes
        _, h_n = nn.RNN(V, H, batch_first=True)(data.one_hot(ids, V))
        return nn.Linear(H, C)(h_n[-1])
""",
        "ids instead of rows": _text_model(rows="ids"),
        "ids as numbers": _text_model(rows="ids.float()"),
        "rows of whole numbers": _text_model(rows="F.one_hot(ids, self.vocab_size)"),
        "rows without their size": _text_model(rows="F.one_hot(ids).float()"),
        "text backwards": _text_model(
            rows="data.one_hot(ids.flip(1), self.vocab_size)"
        ),
        "last character left out": _text_model(
            rows="data.one_hot(ids[:, :-1], self.vocab_size)"
        ),
        "last character alone": _text_model(
            rows="data.one_hot(ids[:, -1:], self.vocab_size)"
        ),
        "call instead of forward": _text_model(name="predict"),
        "no forward": """
class MyTextRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size, classes):
        super().__init__()
        self.rnn = nn.RNN(vocab_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, classes)
""",
        "a function": """
def MyTextRNN(vocab_size, hidden_size, classes):
    return nn.Linear(vocab_size, classes)
""",
        "a model instead of its class": _text_model()
        + "MyTextRNN = MyTextRNN(5, 4, 3)\n",
        "no memory": """
class MyTextRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size, classes):
        super().__init__()
        self.vocab_size = vocab_size
        self.hidden = nn.Linear(vocab_size, hidden_size)
        self.output = nn.Linear(hidden_size, classes)

    def forward(self, ids):
        x = data.one_hot(ids, self.vocab_size)
        return self.output(torch.tanh(self.hidden(x))[:, -1])
""",
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
        "one symbol everywhere, steps and texts compared": """
def my_memory_test(model, ids):
    logits, _ = model(torch.zeros_like(ids))
    remembers = bool((logits[0, 1:] != logits[0, :1]).any())
    return remembers, bool((logits[1:] != logits[:1]).any())
""",
        "text by text and step by step": """
def my_memory_test(model, ids):
    logits, _ = model(ids)
    texts = torch.cat([model(text.unsqueeze(0))[0] for text in ids])
    steps = [model(ids[:, t : t + 1])[0] for t in range(ids.shape[1])]
    reads_across = not torch.allclose(texts, logits)
    remembers = not torch.allclose(torch.cat(steps, dim=1), logits)
    return remembers and not reads_across, reads_across
""",
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
        "lists": "states_and_h_n = [[4, 9, 7], [3, 4, 7]]",
        "torch.Size": "states_and_h_n = (torch.Size([4, 9, 7]), torch.Size((3, 4, 7)))",
        "run after all": """
output, h_n = nn.RNN(10, 7, num_layers=3, batch_first=True)(torch.zeros(4, 9, 10))
states_and_h_n = output.shape, h_n.shape
""",
        "NumPy numbers": """
import numpy as np
states_and_h_n = (tuple(np.array([4, 9, 7])), tuple(np.array([3, 4, 7])))
""",
    },
    "4.2": {
        "two and five": "my_W_hh = [[0, 0], [2, 5]]",
        "one and three": "my_W_hh = [[0.0, 0.0], [1.0, 3.0]]",
        "a tensor": "my_W_hh = torch.tensor([[0.0, 0.0], [2.0, 4.0]])",
        "an array": """
import numpy as np
my_W_hh = np.array([[0.0, 0.0], [3.0, 9.0]])
""",
        "tuples": "my_W_hh = ((0.0, 0.0), (2.0, 100.0))",
        "unit 0 hears unit 1, too": "my_W_hh = [[0.0, -4.0], [2.0, 4.0]]",
        "unit 0 with a memory of its own": "my_W_hh = [[0.5, 0.1], [2.0, 6.0]]",
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
from charrnn_helpers import models

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
    "4.4": {
        "last of the states": _text_model(result="self.output(states[:, -1])"),
        "squeeze of one axis": _text_model(result="self.output(h_n.squeeze(0))"),
        "F.one_hot": _text_model(rows="F.one_hot(ids, self.vocab_size).float()"),
        "output layer first": _text_model(result="self.output(states)[:, -1]"),
        "no bias in the output layer": _text_model(
            _layers(linear="hidden_size, classes, bias=False")
        ),
        "no bias in the recurrent layer": _text_model(
            _layers("vocab_size, hidden_size, bias=False, batch_first=True")
        ),
        "texts turned by hand": """
class MyTextRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size, classes):
        super().__init__()
        self.eye = torch.eye(vocab_size)
        self.classify = nn.Linear(hidden_size, classes)
        self.reader = nn.RNN(vocab_size, hidden_size)

    def forward(self, ids):
        states, _ = self.reader(self.eye[ids].transpose(0, 1))
        return self.classify(states[-1])
""",
        "layers in a ModuleDict, state given": """
class MyTextRNN(nn.Module):
    def __init__(self, V, H, C):
        nn.Module.__init__(self)
        self.V, self.H = V, H
        self.parts = nn.ModuleDict(
            {"rnn": nn.RNN(V, H, batch_first=True), "out": nn.Linear(H, C)}
        )

    def forward(self, ids):
        h_0 = torch.zeros(1, len(ids), self.H)
        h_n = self.parts["rnn"](data.one_hot(ids, self.V), h_0)[1]
        return F.linear(h_n[0], self.parts["out"].weight, self.parts["out"].bias)
""",
        "step by step": """
class MyTextRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size, classes):
        super().__init__()
        self.vocab_size = vocab_size
        self.rnn = nn.RNN(vocab_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, classes)

    def forward(self, ids):
        h = None
        for x_t in data.one_hot(ids, self.vocab_size).split(1, dim=1):
            _, h = self.rnn(x_t, h)
        return self.output(h[0])
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
        "one text, with a tolerance": """
def my_memory_test(model, ids):
    before, V = model(ids)[0], model(ids)[0].shape[-1]
    first, text = ids.clone(), ids.clone()
    first[-1, 0] = (first[-1, 0] + 1) % V
    text[0] = (text[0] + V - 1) % V
    return (
        not torch.allclose(model(first)[0][-1:, 1:], before[-1:, 1:]),
        not torch.allclose(model(text)[0][1:], before[1:]),
    )
""",
        "without the first text": """
def my_memory_test(model, ids):
    before, _ = model(ids)
    earlier = ids.clone()
    earlier[:, 0] = (earlier[:, 0] + 1) % before.shape[-1]
    return (
        bool((model(earlier)[0][:, 1:] != before[:, 1:]).any()),
        not torch.allclose(model(ids[1:])[0], before[1:]),
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

HINTS = [
    ("4.1", "one step in h_n", "h_n has no axis of steps"),
    ("4.1", "states as h_n", "states has the state after every step"),
    ("4.2", "a little louder than the letter", "The later letters are too loud"),
    ("4.2", "twice as loud, both too quiet", "The later letters are too loud"),
    ("4.2", "rows of two lengths", "4.2: you gave no matrix of numbers"),
    ("4.4", "mean of the scores", "The state after the last character alone"),
]
