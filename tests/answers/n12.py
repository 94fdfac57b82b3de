"""Answers to the exercises of notebook 12: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done.
"""


def _depth(body: str) -> str:
    return f"def my_depth(text):\n{body}"


def _over_spans(inner: str, start: str = "torch.zeros(len(text), dtype=torch.int64)"):
    return _depth(
        f"""    depth = {start}
    for span in labels.spans(text):
        if span.kind == "bracket":
            {inner}
    return depth
"""
    )


_PAIR = """
@torch.no_grad()
def my_transplant(model, ids, donor, unit, rest):
    _, (h, c) = model(ids)
    _, (h2, c2) = model(donor)
    h, c = h.clone(), c.clone()
    {change}
    logits, _ = model(rest, (h, c))
    return {answer}
"""


def _transplant(change: str, answer: str = "logits[-1].softmax(dim=-1)") -> str:
    return _PAIR.format(change=change.replace("; ", "\n    "), answer=answer)


_BOTH = "h[0, unit] = h2[0, unit]; c[0, unit] = c2[0, unit]"


def _honest(choose: str, score: str) -> str:
    return f"""
def my_honest_score(on_first, on_second):
    unit = {choose}
    return unit, {score}
"""


_FAR = "(on_first - 0.5).abs().argmax().item()"
_TURN = "on_second[unit].item() if on_first[unit] > 0.5 else 1 - on_second[unit].item()"

WRONG = {
    "12.1": {
        "set instead of added": _over_spans("depth[span.begin : span.end] = 1"),
        "true and false": _over_spans(
            "depth[span.begin : span.end] = True",
            "torch.zeros(len(text), dtype=torch.bool)",
        ),
        "the opening bracket too": _over_spans("depth[span.begin - 1 : span.end] += 1"),
        "the closing bracket too": _over_spans("depth[span.begin : span.end + 1] += 1"),
        "both brackets": _over_spans("depth[span.begin - 1 : span.end + 1] += 1"),
        "without the last character": _over_spans(
            "depth[span.begin : span.end - 1] += 1"
        ),
        "without the first character": _over_spans(
            "depth[span.begin + 1 : span.end] += 1"
        ),
        "deeper than where it opens": _over_spans(
            "depth[span.begin : span.end] = depth[span.begin] + 1"
        ),
        "up to the end of the text": _over_spans("depth[span.begin :] += 1"),
        "from the start of the text": _over_spans("depth[: span.end] += 1"),
        "only where it opens": _over_spans("depth[span.begin] += 1"),
        "floats": _over_spans(
            "depth[span.begin : span.end] += 1", "torch.zeros(len(text))"
        ),
        "from one": _over_spans(
            "depth[span.begin : span.end] += 1",
            "torch.ones(len(text), dtype=torch.int64)",
        ),
        "backwards": _over_spans("depth[span.begin : span.end] -= 1"),
        "all kinds": _depth(
            """    depth = torch.zeros(len(text), dtype=torch.int64)
    for span in labels.spans(text):
        depth[span.begin : span.end] += 1
    return depth
"""
        ),
        "strings": _depth(
            """    depth = torch.zeros(len(text), dtype=torch.int64)
    for span in labels.spans(text):
        if span.kind == "string":
            depth[span.begin : span.end] += 1
    return depth
"""
        ),
        "brackets and strings": _depth(
            """    depth = torch.zeros(len(text), dtype=torch.int64)
    for span in labels.spans(text):
        if span.kind != "comment":
            depth[span.begin : span.end] += 1
    return depth
"""
        ),
        "by eye, all brackets": _depth(
            """    depth, found = 0, []
    for character in text:
        if character in ")]}":
            depth -= 1
        found.append(depth)
        if character in "([{":
            depth += 1
    return torch.tensor(found)
"""
        ),
        "by eye, round ones": _depth(
            """    depth, found = 0, []
    for character in text:
        if character == ")":
            depth -= 1
        found.append(depth)
        if character == "(":
            depth += 1
    return torch.tensor(found)
"""
        ),
        "by eye, with the marks": _depth(
            """    depth, found = 0, []
    for character in text:
        if character in "([{":
            depth += 1
        found.append(depth)
        if character in ")]}":
            depth -= 1
    return torch.tensor(found)
"""
        ),
        "the deepest": _depth(
            """    depth = torch.zeros(len(text), dtype=torch.int64)
    for span in labels.spans(text):
        if span.kind == "bracket":
            depth[span.begin : span.end] += 1
    return depth.max()
"""
        ),
        "a list": _depth(
            """    depth = [0] * len(text)
    for span in labels.spans(text):
        if span.kind == "bracket":
            for place in range(span.begin, span.end):
                depth[place] += 1
    return depth
"""
        ),
        "how many brackets": _depth(
            """    return sum(span.kind == "bracket" for span in labels.spans(text))
"""
        ),
        "returned in the loop": _depth(
            """    depth = torch.zeros(len(text), dtype=torch.int64)
    for span in labels.spans(text):
        if span.kind == "bracket":
            depth[span.begin : span.end] += 1
            return depth
    return depth
"""
        ),
        "one above all": _over_spans("depth[span.begin : span.end] = depth.max() + 1"),
        "line by line": _depth(
            """    parts = [torch.zeros(0, dtype=torch.int64)]
    for line in text.splitlines(keepends=True):
        depth = torch.zeros(len(line), dtype=torch.int64)
        for span in labels.spans(line):
            if span.kind == "bracket":
                depth[span.begin : span.end] += 1
        parts.append(depth)
    return torch.cat(parts)
"""
        ),
        "two at most": _over_spans(
            "depth[span.begin : span.end] += 1; depth = depth.clamp(max=2)"
        ),
        "nothing returned": _depth(
            """    depth = torch.zeros(len(text), dtype=torch.int64)
    for span in labels.spans(text):
        if span.kind == "bracket":
            depth[span.begin : span.end] += 1
"""
        ),
    },
    "12.2": {
        "the highest": _honest("on_first.argmax().item()", _TURN),
        "the lowest": _honest("on_first.argmin().item()", _TURN),
        "the nearest to a coin": _honest(
            "(on_first - 0.5).abs().argmin().item()", _TURN
        ),
        "without abs": _honest("(on_first - 0.5).argmax().item()", _TURN),
        "chosen on the second": _honest(
            "(on_second - 0.5).abs().argmax().item()", _TURN
        ),
        "the highest of the second": _honest("on_second.argmax().item()", _TURN),
        "chosen on both": _honest(
            "((on_first + on_second) / 2 - 0.5).abs().argmax().item()", _TURN
        ),
        "both distances": _honest(
            "((on_first - 0.5).abs() + (on_second - 0.5).abs()).argmax().item()", _TURN
        ),
        "the better side of the second": _honest(
            _FAR, "max(on_second[unit].item(), 1 - on_second[unit].item())"
        ),
        "not turned": _honest(_FAR, "on_second[unit].item()"),
        "always turned": _honest(_FAR, "1 - on_second[unit].item()"),
        "turned the wrong way": _honest(
            _FAR,
            "on_second[unit].item() if on_first[unit] < 0.5 "
            "else 1 - on_second[unit].item()",
        ),
        "turned by the second": _honest(
            _FAR,
            "on_second[unit].item() if on_second[unit] > 0.5 "
            "else 1 - on_second[unit].item()",
        ),
        "the score of the first": _honest(_FAR, "on_first[unit].item()"),
        "the turned score of the first": _honest(
            _FAR, "max(on_first[unit].item(), 1 - on_first[unit].item())"
        ),
        "the mean of both": _honest(
            _FAR, "((on_first[unit] + on_second[unit]) / 2).item()"
        ),
        "the distance": _honest(_FAR, "abs(on_second[unit].item() - 0.5)"),
        "the highest, not turned": _honest(
            "on_first.argmax().item()", "on_second[unit].item()"
        ),
        "turned by the mean": _honest(
            _FAR,
            "on_second[unit].item() if on_first.mean() > 0.5 "
            "else 1 - on_second[unit].item()",
        ),
        "turned below 0.6": _honest(
            _FAR,
            "on_second[unit].item() if on_first[unit] > 0.6 "
            "else 1 - on_second[unit].item()",
        ),
        "turned below 0.4": _honest(
            _FAR,
            "on_second[unit].item() if on_first[unit] > 0.4 "
            "else 1 - on_second[unit].item()",
        ),
        "rounded": _honest(_FAR, f"round(({_TURN}), 2)"),
        "the best score of the second": _honest(_FAR, "on_second.max().item()"),
        "the other order": """
def my_honest_score(on_first, on_second):
    unit = (on_first - 0.5).abs().argmax().item()
    score = on_second[unit].item()
    return (score if on_first[unit] > 0.5 else 1 - score), unit
""",
        "only the score": """
def my_honest_score(on_first, on_second):
    unit = (on_first - 0.5).abs().argmax()
    score = on_second[unit].item()
    return score if on_first[unit] > 0.5 else 1 - score
""",
        "only the unit": """
def my_honest_score(on_first, on_second):
    return (on_first - 0.5).abs().argmax().item()
""",
        "tensors": """
def my_honest_score(on_first, on_second):
    unit = (on_first - 0.5).abs().argmax()
    score = on_second[unit]
    return unit, score if on_first[unit] > 0.5 else 1 - score
""",
        "counted from 1": """
def my_honest_score(on_first, on_second):
    unit = (on_first - 0.5).abs().argmax().item()
    score = on_second[unit].item()
    return unit + 1, score if on_first[unit] > 0.5 else 1 - score
""",
    },
    "12.3": {
        "in the order of the table": 'my_verdicts = ("A", "B", "C", "D", "E")',
        "learning by score": 'my_verdicts = ("B", "D", "E", "A", "C")',
        "the window with D": 'my_verdicts = ("B", "D", "A", "E", "C")',
        "E survives": 'my_verdicts = ("D", "B", "C", "A", "E")',
        "A survives": 'my_verdicts = ("D", "B", "E", "C", "A")',
        "three and four": 'my_verdicts = ("D", "B", "A", "E", "C")',
        "one and two": 'my_verdicts = ("B", "D", "E", "A", "C")',
        "two and three": 'my_verdicts = ("D", "E", "B", "A", "C")',
        "two and four": 'my_verdicts = ("D", "A", "E", "B", "C")',
        "one and five": 'my_verdicts = ("C", "B", "E", "A", "D")',
        "one and three": 'my_verdicts = ("E", "B", "D", "A", "C")',
        "backwards": 'my_verdicts = ("C", "A", "E", "B", "D")',
        "twice the same": 'my_verdicts = ("D", "B", "E", "B", "C")',
        "D twice": 'my_verdicts = ("D", "D", "E", "A", "C")',
        "four": 'my_verdicts = ("D", "B", "E", "A")',
        "six": 'my_verdicts = ("D", "B", "E", "A", "C", "C")',
        "one text": 'my_verdicts = "DBEAC"',
        "numbers": "my_verdicts = (4, 2, 5, 1, 3)",
        "labels": 'my_verdicts = ("spaces", "string", "string", "comment", "bracket")',
        "a set": 'my_verdicts = {"D", "B", "E", "A", "C"}',
        "a dictionary": 'my_verdicts = {1: "D", 2: "B", 3: "E", 4: "A", 5: "C"}',
        "verdicts for units": "my_verdicts = (4, 2, 5, 1, 3)",
        "no such unit": 'my_verdicts = ("D", "B", "E", "A", "F")',
        "nested": 'my_verdicts = (("D", "B"), ("E", "A", "C"))',
    },
    "12.4": {
        "only h": _transplant("h[0, unit] = h2[0, unit]"),
        "only c": _transplant("c[0, unit] = c2[0, unit]"),
        "nothing": _transplant("pass"),
        "the whole state": _transplant("h, c = h2, c2"),
        "the whole h": _transplant("h = h2.clone(); c[0, unit] = c2[0, unit]"),
        "the whole c": _transplant("h[0, unit] = h2[0, unit]; c = c2.clone()"),
        "added": _transplant("h[0, unit] += h2[0, unit]; c[0, unit] += c2[0, unit]"),
        "averaged": _transplant(
            "h[0, unit] = (h[0, unit] + h2[0, unit]) / 2; "
            "c[0, unit] = (c[0, unit] + c2[0, unit]) / 2"
        ),
        "set to zero": _transplant("h[0, unit] = 0; c[0, unit] = 0"),
        "set to its mean": _transplant("h[0, unit] = h.mean(); c[0, unit] = c.mean()"),
        "up to the unit": _transplant(
            "h[0, : unit + 1] = h2[0, : unit + 1]; c[0, : unit + 1] = c2[0, : unit + 1]"
        ),
        "from the unit on": _transplant(
            "h[0, unit:] = h2[0, unit:]; c[0, unit:] = c2[0, unit:]"
        ),
        "the unit before": _transplant(
            "h[0, unit - 1] = h2[0, unit - 1]; c[0, unit - 1] = c2[0, unit - 1]"
        ),
        "h and c exchanged": _transplant(
            "h[0, unit] = c2[0, unit]; c[0, unit] = h2[0, unit]"
        ),
        "into the donor": """
@torch.no_grad()
def my_transplant(model, ids, donor, unit, rest):
    _, (h2, c2) = model(ids)
    _, (h, c) = model(donor)
    h, c = h.clone(), c.clone()
    h[0, unit] = h2[0, unit]
    c[0, unit] = c2[0, unit]
    logits, _ = model(rest, (h, c))
    return logits[-1].softmax(dim=-1)
""",
        "before rest": _transplant(_BOTH, "model.output(h)[0].softmax(dim=-1)"),
        "logits": _transplant(_BOTH, "logits[-1]"),
        "log-probabilities": _transplant(_BOTH, "logits[-1].log_softmax(dim=-1)"),
        "after rest": """
@torch.no_grad()
def my_transplant(model, ids, donor, unit, rest):
    _, (h, c) = model(torch.cat([ids, rest]))
    _, (h2, c2) = model(donor)
    h, c = h.clone(), c.clone()
    h[0, unit] = h2[0, unit]
    c[0, unit] = c2[0, unit]
    return model.output(h)[0].softmax(dim=-1)
""",
        "after rest, read by both": """
@torch.no_grad()
def my_transplant(model, ids, donor, unit, rest):
    _, (h, c) = model(torch.cat([ids, rest]))
    _, (h2, c2) = model(torch.cat([donor, rest]))
    h = h.clone()
    h[0, unit] = h2[0, unit]
    return model.output(h)[0].softmax(dim=-1)
""",
        "at each character": """
@torch.no_grad()
def my_transplant(model, ids, donor, unit, rest):
    _, state = model(ids)
    _, other = model(donor)
    for character in rest:
        state = [part.clone() for part in state]
        for part, theirs in zip(state, other):
            part[0, unit] = theirs[0, unit]
        logits, state = model(character.view(1), tuple(state))
    return logits[0].softmax(dim=-1)
""",
        "c before h": _transplant(_BOTH + "; h, c = c, h"),
        "the mean over rest": _transplant(_BOTH, "logits.softmax(dim=-1).mean(dim=0)"),
        "one row": _transplant(_BOTH, "logits[-1:].softmax(dim=-1)"),
        "a row for the unit": _transplant("h[unit] = h2[unit]; c[unit] = c2[unit]"),
        "all steps": _transplant(_BOTH, "logits.softmax(dim=-1)"),
        "the first step": _transplant(_BOTH, "logits[0].softmax(dim=-1)"),
        "softmax over the steps": _transplant(_BOTH, "logits.softmax(dim=0)[-1]"),
        "the best character": _transplant(_BOTH, "logits[-1].argmax()"),
        "the best probability": _transplant(_BOTH, "logits[-1].softmax(dim=-1).max()"),
        "a list": _transplant(_BOTH, "logits[-1].softmax(dim=-1).tolist()"),
        "the donor read on": """
@torch.no_grad()
def my_transplant(model, ids, donor, unit, rest):
    logits, _ = model(torch.cat([ids, donor, rest]))
    return logits[-1].softmax(dim=-1)
""",
        "ids read twice": """
@torch.no_grad()
def my_transplant(model, ids, donor, unit, rest):
    _, (h, c) = model(ids)
    _, (h2, c2) = model(donor)
    h[0, unit] = h2[0, unit]
    c[0, unit] = c2[0, unit]
    logits, _ = model(torch.cat([ids, rest]), (h, c))
    return logits[-1].softmax(dim=-1)
""",
        "rest from zeros": """
@torch.no_grad()
def my_transplant(model, ids, donor, unit, rest):
    logits, _ = model(rest)
    return logits[-1].softmax(dim=-1)
""",
        "the donor after ids": """
@torch.no_grad()
def my_transplant(model, ids, donor, unit, rest):
    _, (h, c) = model(ids)
    _, (h2, c2) = model(donor, (h, c))
    h, c = h.clone(), c.clone()
    h[0, unit] = h2[0, unit]
    c[0, unit] = c2[0, unit]
    logits, _ = model(rest, (h, c))
    return logits[-1].softmax(dim=-1)
""",
        "only h handed on": """
@torch.no_grad()
def my_transplant(model, ids, donor, unit, rest):
    _, (h, c) = model(ids)
    _, (h2, c2) = model(donor)
    h = h.clone()
    h[0, unit] = h2[0, unit]
    logits, _ = model(rest, (h, torch.zeros_like(h)))
    return logits[-1].softmax(dim=-1)
""",
        "states of a batch": """
@torch.no_grad()
def my_transplant(model, ids, donor, unit, rest):
    _, (h, c) = model(ids)
    _, (h2, c2) = model(donor)
    h[:, :, unit] = h2[:, :, unit]
    c[:, :, unit] = c2[:, :, unit]
    logits, _ = model(rest, (h, c))
    return logits[-1].softmax(dim=-1)
""",
    },
}

RIGHT = {
    "12.1": {
        "loops": _depth(
            """    depth = [0] * len(text)
    for kind, begin, end in labels.spans(text):
        if kind == "bracket":
            for place in range(begin, end):
                depth[place] += 1
    return torch.tensor(depth, dtype=torch.int64)
"""
        ),
        "sum of masks": _depth(
            """    place = torch.arange(len(text))
    depth = torch.zeros(len(text), dtype=torch.int64)
    for span in labels.spans(text):
        if span.kind == "bracket":
            depth = depth + ((place >= span.begin) & (place < span.end)).long()
    return depth
"""
        ),
        "up and down": _depth(
            """    steps = torch.zeros(len(text) + 1, dtype=torch.int64)
    for span in labels.spans(text):
        if span.kind == "bracket":
            steps[span.begin] += 1
            steps[span.end] -= 1
    return steps.cumsum(dim=0)[: len(text)]
"""
        ),
    },
    "12.2": {
        "a larger one of two": """
def my_honest_score(on_first, on_second):
    turned = torch.maximum(on_first, 1 - on_first)
    unit = int(turned.argmax())
    score = float(on_second[unit])
    return unit, 1 - score if on_first[unit] < 0.5 else score
""",
        "in Python": """
def my_honest_score(on_first, on_second):
    first, second = on_first.tolist(), on_second.tolist()
    unit = max(range(len(first)), key=lambda i: abs(first[i] - 0.5))
    return [unit, second[unit] if first[unit] >= 0.5 else 1 - second[unit]]
""",
        "by a sign": """
def my_honest_score(on_first, on_second):
    away = on_first - 0.5
    unit = away.abs().argmax().item()
    return unit, (0.5 + away[unit].sign() * (on_second[unit] - 0.5)).item()
""",
    },
    "12.3": {
        "a list": 'my_verdicts = ["D", "B", "E", "A", "C"]',
        "small letters": 'my_verdicts = ("d", "b", "e", "a", "c")',
        "letters of a text": 'my_verdicts = tuple("DBEAC")',
        "by name": """
untrained, window, other, unused, good = "D", "B", "E", "A", "C"
my_verdicts = (untrained, window, other, unused, good)
""",
    },
    "12.4": {
        "with an ellipsis": _transplant(
            "h[..., unit] = h2[..., unit]; c[..., unit] = c2[..., unit]"
        ),
        "by where": """
@torch.no_grad()
def my_transplant(model, ids, donor, unit, rest):
    mine, theirs = model(ids)[1], model(donor)[1]
    here = torch.arange(mine[0].shape[-1]) == unit
    pair = tuple(torch.where(here, b, a) for a, b in zip(mine, theirs))
    return torch.softmax(model(rest, pair)[0][-1], dim=0)
""",
        "step by step": """
def my_transplant(model, ids, donor, unit, rest):
    with torch.no_grad():
        state = [part.clone() for part in model(ids)[1]]
        for part, other in zip(state, model(donor)[1]):
            part[0, unit] = other[0, unit]
        state = tuple(state)
        for character in rest:
            logits, state = model(character.view(1), state)
        return logits[0].softmax(dim=-1)
""",
    },
}

HINTS = [
    ("12.1", "set instead of added", "Both must count"),
    ("12.1", "deeper than where it opens", "Both must count"),
    ("12.1", "the opening bracket too", "not inside what it opens"),
    ("12.1", "the closing bracket too", "not inside what it opens"),
    ("12.1", "both brackets", "not inside what it opens"),
    ("12.1", "by eye, all brackets", "inside a string or a comment is none"),
    ("12.1", "all kinds", "Only brackets count"),
    ("12.1", "floats", "dtype=torch.int64"),
    ("12.1", "line by line", "over several lines"),
    ("12.1", "one above all", "side by side"),
    ("12.2", "the highest", "low inside tells as much"),
    ("12.2", "chosen on the second", "Choose on the first half alone"),
    ("12.2", "the better side of the second", "decided on the first half"),
    ("12.2", "not turned", "turned round: 0.2 becomes 0.8"),
    ("12.3", "one text", "tuple of five texts"),
    ("12.3", "twice the same", "Each unit is to have one verdict"),
    ("12.3", "A survives", "who is not missed?"),
    ("12.4", "only h", "transplanted in h only"),
    ("12.4", "only c", "transplanted in c only"),
    ("12.4", "the whole state", "Only one unit should"),
    ("12.4", "into the donor", "other way round"),
    ("12.4", "logits", "softmax makes probabilities"),
    ("12.4", "before rest", "before rest has been read"),
    ("12.4", "after rest", "after rest has been read"),
    ("12.4", "after rest, read by both", "after rest has been read"),
    ("12.4", "at each character", "again at each character"),
    ("12.4", "the mean over rest", "take the last one"),
    ("12.4", "one row", "an axis too many"),
    ("12.4", "a row for the unit", "its column, not its row"),
    ("12.4", "rest from zeros", "from a state of zeros"),
    ("12.4", "ids read twice", "a second time"),
    ("12.4", "softmax over the steps", "the last axis"),
]
