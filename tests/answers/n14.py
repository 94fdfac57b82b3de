"""Answers to the exercises of notebook 14: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done.
"""


def _bound(value: str) -> str:
    return f"my_bound = {value}"


def _precision(body: str) -> str:
    return f"""
def my_precision(truth, guess, num_classes):
    confusion = torch.zeros(num_classes, num_classes)
    for row, column in zip(truth, guess, strict=True):
        confusion[row, column] += 1
    {body.replace("; ", chr(10) + "    ")}
"""


def _ends(forwards: str, backwards: str, join: str = "[forwards, backwards], dim=-1"):
    return f"""
def my_both_ends(states, lengths):
    H = states.shape[-1] // 2
    rows = torch.arange(len(states))
    forwards = {forwards}
    backwards = {backwards}
    return torch.cat({join})
"""


_FORWARDS = "states[rows, lengths - 1, :H]"
_BACKWARDS = "states[:, 0, H:]"


def _still(step: str, start: str = "torch.zeros(len(x), cell.hidden_size)", end="h"):
    return f"""
def my_still_state(cell, x, lengths):
    h = {start}
    for t in range(x.shape[1]):
        {step.replace("; ", chr(10) + "        ")}
    return {end}
"""


_GOING = "going = (t < lengths).unsqueeze(1); "

WRONG = {
    "14.1": {
        "both places": _bound("5 / 8"),
        "both places, decimal": _bound("0.625"),
        "a coin": _bound("0.5"),
        "certain": _bound("1"),
        "certain, float": _bound("1.0"),
        "only the certain half": _bound("0.25"),
        "half of half": _bound("3 / 8"),
        "seven eighths": _bound("7 / 8"),
        "a percentage": _bound("75"),
        "another percentage": _bound("62.5"),
        "a percentage as text": _bound("'75 %'"),
        "the count of right ones": _bound("6"),
        "the count of combinations": _bound("8"),
        "two thirds": _bound("2 / 3"),
        "zero": _bound("0"),
        "negative": _bound("-0.75"),
        "counts": _bound("(6, 8)"),
        "a word": _bound("'three quarters'"),
        "an empty text": _bound("''"),
        "true": _bound("True"),
        "rounded": _bound("0.8"),
        "what naive Bayes had": _bound("0.49"),
        "complement": _bound("1 / 8"),
    },
    "14.2": {
        "recall": _precision("return confusion.diagonal() / confusion.sum(dim=1)"),
        "recall, guarded": _precision(
            "return confusion.diagonal() / confusion.sum(dim=1).clamp(min=1)"
        ),
        "nan": _precision("return confusion.diagonal() / confusion.sum(dim=0)"),
        "one where never": _precision(
            "return (confusion.diagonal() / confusion.sum(dim=0)).nan_to_num(1.0)"
        ),
        "accuracy": _precision("return (truth == guess).double().mean()"),
        "accuracy for each": _precision(
            "return (truth == guess).double().mean().expand(num_classes)"
        ),
        "share of all": _precision("return confusion.diagonal() / len(truth)"),
        "counts": _precision("return confusion.diagonal()"),
        "whole counts": _precision("return confusion.diagonal().long()"),
        "how often answered": _precision("return confusion.sum(dim=0)"),
        "the matrix by columns": _precision(
            "return confusion / confusion.sum(dim=0).clamp(min=1)"
        ),
        "whole numbers": _precision(
            "return (confusion.diagonal() // confusion.sum(dim=0).clamp(min=1)).long()"
        ),
        "pairs counted once": """
def my_precision(truth, guess, num_classes):
    confusion = torch.zeros(num_classes, num_classes)
    confusion[truth, guess] += 1
    return confusion.diagonal() / confusion.sum(dim=0).clamp(min=1)
""",
        "eleven classes": """
def my_precision(truth, guess, num_classes):
    confusion = torch.zeros(11, 11)
    for row, column in zip(truth, guess, strict=True):
        confusion[row, column] += 1
    return confusion.diagonal() / confusion.sum(dim=0).clamp(min=1)
""",
        "of answers that occur": """
def my_precision(truth, guess, num_classes):
    found = [(truth[guess == k] == k).double().mean() for k in guess.unique()]
    return torch.stack(found)
""",
        "of truths that occur": """
def my_precision(truth, guess, num_classes):
    found = [(truth[guess == k] == k).double().mean() for k in truth.unique()]
    return torch.stack(found)
""",
        "f-measure": _precision(
            "hits = 2 * confusion.diagonal(); "
            "both = confusion.sum(dim=0) + confusion.sum(dim=1); "
            "return hits / both.clamp(min=1)"
        ),
        "jaccard": _precision(
            "hit = confusion.diagonal(); "
            "any_ = confusion.sum(dim=0) + confusion.sum(dim=1) - hit; "
            "return hit / any_.clamp(min=1)"
        ),
        "smoothed": _precision(
            "return confusion.diagonal() / (confusion.sum(dim=0) + 1)"
        ),
        "error instead": _precision(
            "return 1 - confusion.diagonal() / confusion.sum(dim=0).clamp(min=1)"
        ),
        "mean": _precision(
            "return (confusion.diagonal() / confusion.sum(dim=0).clamp(min=1)).mean()"
        ),
        "a half where never": _precision(
            "return (confusion.diagonal() / confusion.sum(dim=0)).nan_to_num(0.5)"
        ),
        "nothing returned": _precision(
            "confusion.diagonal() / confusion.sum(dim=0).clamp(min=1)"
        ),
        "reversed": _precision(
            "return (confusion.diagonal() / confusion.sum(dim=0).clamp(min=1)).flip(0)"
        ),
        "a loop of means": """
def my_precision(truth, guess, num_classes):
    found = torch.zeros(num_classes)
    for k in range(num_classes):
        found[k] = (truth[guess == k] == k).float().mean()
    return found
""",
    },
    "14.3": {
        "both at the true end": _ends(_FORWARDS, "states[rows, lengths - 1, H:]"),
        "the true end of both at once": """
def my_both_ends(states, lengths):
    return states[torch.arange(len(states)), lengths - 1]
""",
        "last column": """
def my_both_ends(states, lengths):
    return states[:, -1]
""",
        "first column": """
def my_both_ends(states, lengths):
    return states[:, 0]
""",
        "last column and first": _ends("states[:, -1, :H]", _BACKWARDS),
        "last column and true end": _ends(
            "states[:, -1, :H]", "states[rows, lengths - 1, H:]"
        ),
        "turned round": _ends("states[:, 0, :H]", "states[rows, lengths - 1, H:]"),
        "true end and last column": _ends(_FORWARDS, "states[:, -1, H:]"),
        "halves mixed up": _ends("states[rows, lengths - 1, H:]", "states[:, 0, :H]"),
        "one step late": _ends(
            "states[rows, lengths.clamp(max=states.shape[1] - 1), :H]", _BACKWARDS
        ),
        "out of range": _ends("states[rows, lengths, :H]", _BACKWARDS),
        "one step early": _ends("states[rows, lengths - 2, :H]", _BACKWARDS),
        "backwards first": _ends(
            _FORWARDS, _BACKWARDS, "[backwards, forwards], dim=-1"
        ),
        "along rows": _ends(_FORWARDS, _BACKWARDS, "[forwards, backwards]"),
        "all rows with all columns": _ends("states[:, lengths - 1, :H]", _BACKWARDS),
        "from step 1": _ends(_FORWARDS, "states[:, 1, H:]"),
        "detached": _ends(_FORWARDS + ".detach()", _BACKWARDS + ".detach()"),
        "half detached": _ends(_FORWARDS, _BACKWARDS + ".detach()"),
        "H is the whole": """
def my_both_ends(states, lengths):
    H = states.shape[-1]
    forwards = states[torch.arange(len(states)), lengths - 1, :H]
    return torch.cat([forwards, states[:, 0, H:]], dim=-1)
""",
        "nothing halved": _ends("states[rows, lengths - 1]", "states[:, 0]"),
        "mirrored": _ends(_FORWARDS, "states.flip(1)[rows, lengths - 1, H:]"),
        "sum of the halves": """
def my_both_ends(states, lengths):
    H = states.shape[-1] // 2
    rows = torch.arange(len(states))
    return states[rows, lengths - 1, :H] + states[:, 0, H:]
""",
        "stacked": """
def my_both_ends(states, lengths):
    H = states.shape[-1] // 2
    rows = torch.arange(len(states))
    return torch.stack([states[rows, lengths - 1, :H], states[:, 0, H:]])
""",
        "means": """
def my_both_ends(states, lengths):
    return states.mean(dim=1)
""",
        "the longest for all": _ends("states[:, lengths.max() - 1, :H]", _BACKWARDS),
        "the first length": _ends("states[:, lengths[0] - 1, :H]", _BACKWARDS),
        "columns in turn": _ends(
            "states[rows, lengths - 1, ::2]", "states[:, 0, 1::2]"
        ),
    },
    "14.4": {
        "no end at all": _still("h = cell(x[:, t], h)"),
        "zeros as input": _still(_GOING + "h = cell(x[:, t] * going, h)"),
        "set to zero": _still(
            _GOING + "h = torch.where(going, cell(x[:, t], h), torch.zeros_like(h))"
        ),
        "multiplied to zero": _still(_GOING + "h = cell(x[:, t], h) * going"),
        "one too many": _still(
            "h = torch.where((t <= lengths).unsqueeze(1), cell(x[:, t], h), h)"
        ),
        "one too few": _still(
            "h = torch.where((t < lengths - 1).unsqueeze(1), cell(x[:, t], h), h)"
        ),
        "turned": _still(_GOING + "h = torch.where(going, h, cell(x[:, t], h))"),
        "no axis": _still("h = torch.where(t < lengths, cell(x[:, t], h), h)"),
        "to the shortest": _still(
            "if t < lengths.min():;     h = cell(x[:, t], h)".replace(
                ";     ", "; " + "    "
            )
        ),
        "to the longest": _still(
            "if t < lengths.max():; " + "    h = cell(x[:, t], h)"
        ),
        "to the first": _still("if t < lengths[0]:; " + "    h = cell(x[:, t], h)"),
        "steps and rows swapped": _still(
            "if t < len(x):; " + "    h = cell(x[t], h[: len(x[t])])"
        ),
        "detached": _still(
            _GOING + "h = torch.where(going, cell(x[:, t], h.detach()), h)"
        ),
        "old state detached": _still(
            _GOING + "h = torch.where(going, cell(x[:, t], h), h.detach())"
        ),
        "no gradients": "@torch.no_grad()"
        + _still(_GOING + "h = torch.where(going, cell(x[:, t], h), h)"),
        "starts at one": _still(
            _GOING + "h = torch.where(going, cell(x[:, t], h), h)",
            "torch.ones(len(x), cell.hidden_size)",
        ),
        "starts at random": _still(
            _GOING + "h = torch.where(going, cell(x[:, t], h), h)",
            "torch.randn(len(x), cell.hidden_size)",
        ),
        "forgets the state": _still(
            _GOING + "h = torch.where(going, cell(x[:, t]), h)"
        ),
        "the first row only": _still(
            _GOING + "h = torch.where(going, cell(x[:, t], h), h)", end="h[0]"
        ),
        "a third axis": _still(
            _GOING + "h = torch.where(going, cell(x[:, t], h), h)",
            end="h.unsqueeze(0)",
        ),
        "sorted by length": _still(
            _GOING + "h = torch.where(going, cell(x[:, t], h), h)",
            end="h[lengths.argsort(descending=True)]",
        ),
        "mean of both": _still(
            _GOING
            + "h = torch.where(going, cell(x[:, t], h), (h + cell(x[:, t], h)) / 2)"
        ),
        "backwards": _still(
            "t = x.shape[1] - 1 - t; "
            + _GOING
            + "h = torch.where(going, cell(x[:, t], h), h)"
        ),
        "an if": _still("if t < lengths:; " + "    h = cell(x[:, t], h)"),
        "written into": """
def my_still_state(cell, x, lengths):
    h = torch.zeros(len(x), cell.hidden_size)
    for row in range(len(x)):
        for t in range(lengths[row]):
            h[row] = cell(x[row, t], h[row])
    return h
""",
        "mean of states": """
def my_still_state(cell, x, lengths):
    h, total = torch.zeros(len(x), cell.hidden_size), 0
    for t in range(x.shape[1]):
        h = cell(x[:, t], h)
        total = total + h * (t < lengths).unsqueeze(1)
    return total / lengths.unsqueeze(1)
""",
        "changes the weights": _still(
            "cell.bias_hh.data.zero_(); "
            + _GOING
            + "h = torch.where(going, cell(x[:, t], h), h)"
        ),
    },
}

RIGHT = {
    "14.1": {
        "fraction": _bound("3 / 4"),
        "decimal": _bound("0.75"),
        "sum": _bound("1 / 2 + 1 / 2 * 1 / 2"),
        "tensor": _bound("torch.tensor(0.75)"),
        "counted": """
my_bound = 0
bags = defaultdict(Counter)
for first in ("good", "bad"):
    for second in ("good", "bad", "not good", "not bad"):
        label = second in ("good", "not bad")
        bags[tuple(sorted(f"{first} but {second}".split()))][label] += 1
my_bound = sum(max(c.values()) for c in bags.values()) / 8
""",
    },
    "14.2": {
        "clamped": _precision(
            "return confusion.diagonal() / confusion.sum(dim=0).clamp(min=1)"
        ),
        "nan to zero": _precision(
            "return (confusion.diagonal() / confusion.sum(dim=0)).nan_to_num(0.0)"
        ),
        "class by class": """
def my_precision(truth, guess, num_classes):
    found = torch.zeros(num_classes)
    for k in range(num_classes):
        called = guess == k
        if called.any():
            found[k] = (truth[called] == k).double().mean()
    return found
""",
        "in double, stacked": """
def my_precision(truth, guess, num_classes):
    found = []
    for k in range(num_classes):
        called = truth[guess == k]
        found.append((called == k).double().sum() / max(len(called), 1))
    return torch.stack(found)
""",
        "a list": """
def my_precision(truth, guess, num_classes):
    found = []
    for k in range(num_classes):
        called = truth[guess == k].tolist()
        found.append(called.count(k) / len(called) if called else 0.0)
    return found
""",
        "an array": """
def my_precision(truth, guess, num_classes):
    table = np.zeros((num_classes, num_classes))
    np.add.at(table, (truth.numpy(), guess.numpy()), 1)
    return table.diagonal() / np.maximum(table.sum(axis=0), 1)
""",
        "bincount": """
def my_precision(truth, guess, num_classes):
    hits = guess[guess == truth].bincount(minlength=num_classes)
    return hits / guess.bincount(minlength=num_classes).clamp(min=1)
""",
    },
    "14.3": {
        "indexed": _ends(_FORWARDS, _BACKWARDS),
        "gather": """
def my_both_ends(states, lengths):
    B, T, width = states.shape
    at = (lengths - 1).view(B, 1, 1).expand(B, 1, width)
    ends = states.gather(1, at)[:, 0]
    return torch.cat([ends[:, : width // 2], states[:, 0, width // 2 :]], dim=1)
""",
        "row by row": """
def my_both_ends(states, lengths):
    H = states.shape[-1] // 2
    found = []
    for row, length in zip(states, lengths):
        found.append(torch.cat([row[length - 1, :H], row[0, H:]]))
    return torch.stack(found)
""",
        "chunks": """
def my_both_ends(states, lengths):
    forwards, backwards = states.chunk(2, dim=-1)
    return torch.cat([forwards[range(len(states)), lengths - 1], backwards[:, 0]], -1)
""",
    },
    "14.4": {
        "where": _still(_GOING + "h = torch.where(going, cell(x[:, t], h), h)"),
        "arithmetic": _still(
            "going = (t < lengths).unsqueeze(1).to(x.dtype); "
            "h = going * cell(x[:, t], h) + (1 - going) * h"
        ),
        "gathered": """
def my_still_state(cell, x, lengths):
    h, states = torch.zeros(len(x), cell.hidden_size), []
    for t in range(x.shape[1]):
        h = cell(x[:, t], h)
        states.append(h)
    return torch.stack(states, dim=1)[torch.arange(len(x)), lengths - 1]
""",
        "row by row": """
def my_still_state(cell, x, lengths):
    ends = []
    for row, length in zip(x, lengths):
        h = torch.zeros(1, cell.hidden_size)
        for t in range(int(length)):
            h = cell(row[t : t + 1], h)
        ends.append(h)
    return torch.cat(ends)
""",
    },
}
