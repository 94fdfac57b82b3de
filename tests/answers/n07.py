"""Answers to the exercises of notebook 07: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done.
"""

WRONG = {
    "7.1": {
        "a set of the draws": """
def my_fractions(drawn, train, held_out):
    drawn = set(drawn)
    copied = sum(n in train for n in drawn) / len(drawn)
    unseen = sum(n in held_out for n in drawn) / len(drawn)
    return copied, unseen, 1 - copied - unseen
""",
        "intersections of sets, divided by all draws": """
def my_fractions(drawn, train, held_out):
    copied = len(set(drawn) & set(train)) / len(drawn)
    unseen = len(set(drawn) & set(held_out)) / len(drawn)
    return copied, unseen, 1 - copied - unseen
""",
        "intersections of sets, divided by the different draws": """
def my_fractions(drawn, train, held_out):
    copied, unseen = len(set(drawn) & set(train)), len(set(drawn) & set(held_out))
    n = len(set(drawn))
    return copied / n, unseen / n, 1 - (copied + unseen) / n
""",
        "numbers": """
def my_fractions(drawn, train, held_out):
    copied = sum(n in train for n in drawn)
    unseen = sum(n in held_out for n in drawn)
    return copied, unseen, len(drawn) - copied - unseen
""",
        "percent": """
def my_fractions(drawn, train, held_out):
    copied = 100 * sum(n in train for n in drawn) / len(drawn)
    unseen = 100 * sum(n in held_out for n in drawn) / len(drawn)
    return copied, unseen, 100 - copied - unseen
""",
        "divided by the training set": """
def my_fractions(drawn, train, held_out):
    copied = sum(n in train for n in drawn) / len(train)
    unseen = sum(n in held_out for n in drawn) / len(train)
    return copied, unseen, 1 - copied - unseen
""",
        "each divided by its list": """
def my_fractions(drawn, train, held_out):
    copied = sum(n in train for n in drawn) / len(train)
    unseen = sum(n in held_out for n in drawn) / len(held_out)
    return copied, unseen, 1 - copied - unseen
""",
        "how much of each list was drawn": """
def my_fractions(drawn, train, held_out):
    copied = sum(n in drawn for n in train) / len(train)
    unseen = sum(n in drawn for n in held_out) / len(held_out)
    new = sum(n not in train and n not in held_out for n in drawn) / len(drawn)
    return copied, unseen, new
""",
        "floor division": """
def my_fractions(drawn, train, held_out):
    copied = sum(n in train for n in drawn) // len(drawn)
    unseen = sum(n in held_out for n in drawn) // len(drawn)
    return copied, unseen, 1 - copied - unseen
""",
        "first two exchanged": """
def my_fractions(drawn, train, held_out):
    copied = sum(n in train for n in drawn) / len(drawn)
    unseen = sum(n in held_out for n in drawn) / len(drawn)
    return unseen, copied, 1 - copied - unseen
""",
        "invented first": """
def my_fractions(drawn, train, held_out):
    copied = sum(n in train for n in drawn) / len(drawn)
    unseen = sum(n in held_out for n in drawn) / len(drawn)
    return 1 - copied - unseen, copied, unseen
""",
        "invented is all that is not copied": """
def my_fractions(drawn, train, held_out):
    copied = sum(n in train for n in drawn) / len(drawn)
    unseen = sum(n in held_out for n in drawn) / len(drawn)
    return copied, unseen, 1 - copied
""",
        "unseen is all that is not copied": """
def my_fractions(drawn, train, held_out):
    copied = sum(n in train for n in drawn) / len(drawn)
    unseen = sum(n in held_out for n in drawn) / len(drawn)
    return copied, 1 - copied, 1 - copied - unseen
""",
        "copied is all real names": """
def my_fractions(drawn, train, held_out):
    real = sum(n in train + held_out for n in drawn) / len(drawn)
    unseen = sum(n in held_out for n in drawn) / len(drawn)
    return real, unseen, 1 - real
""",
        "a part of a name": """
def my_fractions(drawn, train, held_out):
    copied = sum(any(n in t for t in train) for n in drawn) / len(drawn)
    unseen = sum(any(n in t for t in held_out) for n in drawn) / len(drawn)
    return copied, unseen, 1 - copied - unseen
""",
        "one long text": """
def my_fractions(drawn, train, held_out):
    copied = sum(n in ' '.join(train) for n in drawn) / len(drawn)
    unseen = sum(n in ' '.join(held_out) for n in drawn) / len(drawn)
    return copied, unseen, 1 - copied - unseen
""",
        "begins like a name": """
def my_fractions(drawn, train, held_out):
    copied = sum(any(t.startswith(n) for t in train) for n in drawn) / len(drawn)
    unseen = sum(any(t.startswith(n) for t in held_out) for n in drawn) / len(drawn)
    return copied, unseen, 1 - copied - unseen
""",
        "small letters": """
def my_fractions(drawn, train, held_out):
    copied = sum(n.lower() in train for n in drawn) / len(drawn)
    unseen = sum(n.lower() in held_out for n in drawn) / len(drawn)
    return copied, unseen, 1 - copied - unseen
""",
        "empty names dropped": """
def my_fractions(drawn, train, held_out):
    drawn = [n for n in drawn if n]
    copied = sum(n in train for n in drawn) / len(drawn)
    unseen = sum(n in held_out for n in drawn) / len(drawn)
    return copied, unseen, 1 - copied - unseen
""",
        "two fractions": """
def my_fractions(drawn, train, held_out):
    copied = sum(n in train for n in drawn) / len(drawn)
    unseen = sum(n in held_out for n in drawn) / len(drawn)
    return copied, unseen
""",
        "a dictionary": """
def my_fractions(drawn, train, held_out):
    copied = sum(n in train for n in drawn) / len(drawn)
    unseen = sum(n in held_out for n in drawn) / len(drawn)
    return {"copied": copied, "unseen": unseen, "invented": 1 - copied - unseen}
""",
        "strings": """
def my_fractions(drawn, train, held_out):
    copied = sum(n in train for n in drawn) / len(drawn)
    unseen = sum(n in held_out for n in drawn) / len(drawn)
    return f"{copied}", f"{unseen}", f"{1 - copied - unseen}"
""",
        "rounded": """
def my_fractions(drawn, train, held_out):
    copied = sum(n in train for n in drawn) / len(drawn)
    unseen = sum(n in held_out for n in drawn) / len(drawn)
    return round(copied, 1), round(unseen, 1), round(1 - copied - unseen, 1)
""",
        "names instead of fractions": """
def my_fractions(drawn, train, held_out):
    copied = [n for n in drawn if n in train]
    unseen = [n for n in drawn if n in held_out]
    return copied, unseen, [n for n in drawn if n not in train + held_out]
""",
        "each name once, weighted by its list": """
def my_fractions(drawn, train, held_out):
    a = b = c = 0
    for name in dict.fromkeys(drawn):
        if name in train:
            a += 1
        elif name in held_out:
            b += 1
        else:
            c += 1
    n = a + b + c
    return a / n, b / n, c / n
""",
        "draws counted by the training set's own repeats": """
def my_fractions(drawn, train, held_out):
    copied = sum(train.count(n) for n in drawn) / len(drawn)
    unseen = sum(held_out.count(n) for n in drawn) / len(drawn)
    return copied, unseen, 1 - copied - unseen
""",
        "first draw only": """
def my_fractions(drawn, train, held_out):
    a, b = drawn[0] in train, drawn[0] in held_out
    return float(a), float(b), float(not a and not b)
""",
        "draws removed from the list while counting": """
def my_fractions(drawn, train, held_out):
    n = len(drawn)
    copied = sum(x in train for x in drawn) / n
    unseen = sum(x in held_out for x in drawn) / n
    drawn.clear()
    return copied, unseen, 1 - copied - unseen
""",
    },
    "7.2": {
        "line 1": "wrong_line = 1",
        "line 2": "wrong_line = 2",
        "line 3": "wrong_line = 3",
        "line 4": "wrong_line = 4",
        "line 5": "wrong_line = 5",
        "line 6": "wrong_line = 6",
        "line 7": "wrong_line = 7",
        "line 8": "wrong_line = 8",
        "line 10": "wrong_line = 10",
        "zero": "wrong_line = 0",
        "negative": "wrong_line = -2",
        "line 11": "wrong_line = 11",
        "both": "wrong_line = (8, 9)",
        "the word": 'wrong_line = "h_next"',
        "half": "wrong_line = 9.5",
        "nearly": "wrong_line = 8.999",
        "True": "wrong_line = True",
        "ninety-nine": "wrong_line = 99",
        "nan": "wrong_line = float('nan')",
        "the text of the line": """
wrong_line = "logits, h_next = model(torch.tensor([i]), h)"
""",
        "a set of all": "wrong_line = set(range(1, 11))",
        "a range": "wrong_line = range(9, 11)",
        "a function": "wrong_line = lambda: 9",
    },
    "7.3": {
        "no temperature": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept]).softmax(dim=-1)
    return weights
""",
        "times the temperature": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] * temperature).softmax(dim=-1)
    return weights
""",
        "whole-number division": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] // temperature).softmax(dim=-1)
    return weights
""",
        "temperature after the softmax": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = logits[kept].softmax(dim=-1) / temperature
    return weights
""",
        "temperature after the softmax, divided by the sum": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = logits[kept].softmax(-1) / temperature
    weights /= weights.sum()
    return weights
""",
        "probabilities to the power of the temperature": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = logits[kept].softmax(-1) ** temperature
    weights /= weights.sum()
    return weights
""",
        "temperature at most 1": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / min(temperature, 1)).softmax(dim=-1)
    return weights
""",
        "temperature at least 0.1": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / max(temperature, 0.1)).softmax(dim=-1)
    return weights
""",
        "temperature at least 1": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / max(temperature, 1)).softmax(dim=-1)
    return weights
""",
        "temperature as a whole number": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / max(int(temperature), 1)).softmax(dim=-1)
    return weights
""",
        "root of the temperature": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature**0.5).softmax(dim=-1)
    return weights
""",
        "not shared again": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits / temperature).softmax(-1)[kept]
    return weights
""",
        "no top-k": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return (logits / temperature).softmax(-1)
""",
        "the smallest ones": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k, largest=False).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights
""",
        "one too few": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(max(top_k - 1, 1)).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights
""",
        "one too many": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(min(top_k + 1, len(logits))).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights
""",
        "k symbols, in order of probability": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights[kept]
""",
        "sorted, padded with zeros": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights.sort(descending=True).values
""",
        "the first k places": """
def my_probs(logits, temperature, top_k):
    kept = torch.arange(top_k)
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights
""",
        "others scored 0, not minus infinity": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    masked = torch.zeros_like(logits)
    masked[kept] = logits[kept] / temperature
    return masked.softmax(dim=-1)
""",
        "others scored -10": """
def my_probs(logits, temperature, top_k):
    z = logits / temperature
    masked = torch.full_like(z, -10.0)
    kept = z.topk(top_k).indices
    masked[kept] = z[kept]
    return masked.softmax(dim=-1)
""",
        "others scored -100": """
def my_probs(logits, temperature, top_k):
    masked = torch.full_like(logits, -100.0)
    kept = logits.topk(top_k).indices
    masked[kept] = logits[kept]
    return (masked / temperature).softmax(dim=-1)
""",
        "divided by the sum of the logits": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = logits[kept] / temperature
    weights /= weights.sum()
    return weights
""",
        "equal shares": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = 1 / top_k
    return weights
""",
        "the threshold left out": """
def my_probs(logits, temperature, top_k):
    smallest = logits.topk(top_k).values[-1]
    z = logits.masked_fill(logits <= smallest, float("-inf")) / temperature
    return z.softmax(dim=-1)
""",
        "threshold at k + 1, fails where k is V": """
def my_probs(logits, temperature, top_k):
    threshold = logits.sort(descending=True).values[top_k]
    z = logits.masked_fill(logits <= threshold, float("-inf")) / temperature
    return z.softmax(dim=-1)
""",
        "only logits above zero": """
def my_probs(logits, temperature, top_k):
    z = torch.where(logits > 0, logits, float("-inf"))
    kept = z.topk(top_k).indices
    out = torch.zeros_like(logits)
    out[kept] = (z[kept] / temperature).softmax(-1)
    return out.nan_to_num()
""",
        "largest by size without sign": """
def my_probs(logits, temperature, top_k):
    kept = logits.abs().topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights
""",
        "V is 16": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros(16)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights
""",
        "k is at most 5": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(min(top_k, 5)).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights
""",
        "k is 3": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(min(3, len(logits))).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights
""",
        "logits cut in place": """
def my_probs(logits, temperature, top_k):
    smallest = logits.topk(top_k).values[-1]
    logits[logits < smallest] = float("-inf")
    return (logits / temperature).softmax(dim=-1)
""",
        "logits divided in place": """
def my_probs(logits, temperature, top_k):
    logits /= temperature
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept]).softmax(dim=-1)
    return weights
""",
        "a list": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights.tolist()
""",
        "an array": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights.numpy()
""",
        "a row of shape (1, V)": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights[None]
""",
        "powers of e, which overflow": """
def my_probs(logits, temperature, top_k):
    weights = torch.zeros_like(logits)
    kept = logits.topk(top_k).indices
    weights[kept] = (logits[kept] / temperature).exp()
    return weights / weights.sum()
""",
        "ranked[order], the wrong way back": """
def my_probs(logits, temperature, top_k):
    ranked, order = (logits / temperature).softmax(dim=-1).sort(descending=True)
    ranked[top_k:] = 0
    return (ranked / ranked.sum())[order]
""",
        "a second softmax": """
def my_probs(logits, temperature, top_k):
    probs = (logits / temperature).softmax(dim=-1)
    kept = probs.topk(top_k).indices
    left = torch.full_like(probs, -torch.inf)
    left[kept] = probs[kept]
    return left.softmax(dim=-1)
""",
        "log-probabilities": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights.log()
""",
        "rounded to three digits": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights.round(decimals=3)
""",
        "greedy below 0.3": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights if temperature >= 0.3 else (weights == weights.max()).float()
""",
        "temperature applied twice": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    weights = weights ** (1 / temperature)
    return weights / weights.sum()
""",
        "drops what is below 0.01": """
def my_probs(logits, temperature, top_k):
    kept = logits.topk(top_k).indices
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    weights[weights < 0.01] = 0
    return weights / weights.sum()
""",
        "chosen by id, not by rank": """
def my_probs(logits, temperature, top_k):
    kept = logits.argsort()[:top_k]
    weights = torch.zeros_like(logits)
    weights[kept] = (logits[kept] / temperature).softmax(dim=-1)
    return weights
""",
    },
    "7.4": {
        "end_id by its truth": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if vocab.end_id and i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "end_id 0 counts as none": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    end = vocab.end_id or -1
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == end:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "never stops": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "end symbol becomes part of the text": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        text += vocab.itos[i]
        if i == vocab.end_id:
            break
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "end symbol looked for by its name": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if vocab.itos[i] == "<end>":
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "last symbol is the end": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == len(vocab.itos) - 1:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "id 0 is the end": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == 0:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "stops at a space": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id or vocab.itos[i] == " ":
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "end of text skipped and read": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i != vocab.end_id:
            text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "stops only at the first character": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id and text == prompt:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "does not stop at the first character": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id and text != prompt:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "one character dropped at the end": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            text = text[:-1]
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "state not carried": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]))
    return text
""",
        "state of the prompt for ever": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, _ = model(torch.tensor([i]), h)
    return text
""",
        "whole text read again": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(vocab.encode(text))
    return text
""",
        "whole text read again, with the state": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(vocab.encode(text), h)
    return text
""",
        "prompt read twice": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    logits, h = model(vocab.encode(prompt), h)
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "prompt read twice, second time from zero": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "last character of the prompt read twice": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    logits, h = model(vocab.encode(prompt[-1]), h)
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "each new character read twice": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "prompt's end read apart, fails for one character": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    _, h = model(vocab.encode(prompt[:-1]))
    logits, h = model(vocab.encode(prompt[-1]), h)
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "only the prompt's last character": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt[-1]))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "only the prompt's last ten characters": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt[-10:]))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "a batch of one": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt)[None])
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[0, -1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([[i]]), h)
    return text
""",
        "first row": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[0].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "argmax over all rows": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits.argmax()) % len(vocab.itos)
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "row of the prompt's length": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[len(prompt) - 1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "one too many": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars + 1):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "one too few": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars - 1):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "at least one": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max(max_new_chars, 1)):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "length with the prompt": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars - len(prompt)):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "at most 20": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(min(max_new_chars, 20)):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "at most 100": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(min(max_new_chars, 100)):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "continuation only": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text[len(prompt) :]
""",
        "a random draw": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(torch.multinomial(logits[-1].softmax(-1), 1))
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "least likely": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmin())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "second best instead of the end": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            i = int(logits[-1].topk(2).indices[1])
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "end symbol never chosen": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    ban = vocab.end_id
    text = prompt
    for _ in range(max_new_chars):
        i = max(
            (j for j in range(len(vocab.itos)) if j != ban),
            key=lambda j: float(logits[-1][j]),
        )
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "no end symbol, no continuation": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    if vocab.end_id is None:
        return text
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "ids instead of text": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = vocab.encode(prompt).tolist()
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += [i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "a list of characters": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return list(text)
""",
        "spaces stripped at the ends": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text.strip()
""",
        "small letters": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt.lower()))
    text = prompt.lower()
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "state halved": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h / 2)
    return text
""",
        "stops at the first repetition": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id or text.endswith(vocab.itos[i]):
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "a prompt that ends in a full stop is done": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(0 if prompt[-1] == "." else max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "stops at a newline": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id or vocab.itos[i] == "\\n":
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "end where the end is among the best two": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if vocab.end_id in logits[-1].topk(2).indices.tolist():
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "starts from ones, H is 12": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt), torch.ones(1, 12))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
        "runs on from the prompt's second character": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    logits, h = model(vocab.encode(prompt))
    text = prompt[1:]
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
        logits, h = model(torch.tensor([i]), h)
    return text
""",
    },
    "7.5": {
        "no cut": """
my_settings = (1.0, 1.0)
""",
        "the notebook's own": """
my_settings = (1.0, 0.6)
""",
        "the notebook's own, cut earlier": """
my_settings = (1.0, 0.52)
""",
        "just below the 45 %": """
my_settings = (1.12, 0.5)
""",
        "cut too late": """
my_settings = (1.2, 0.8)
""",
        "cut a little too late": """
my_settings = (1.2, 0.7)
""",
        "cut too early": """
my_settings = (1.2, 0.4)
""",
        "0.5 at temperature 1": """
my_settings = (1.0, 0.5)
""",
        "low temperature alone": """
my_settings = (0.5, 1.0)
""",
        "0.2 alone": """
my_settings = (0.2, 1.0)
""",
        "0.2 and a cut": """
my_settings = (0.2, 0.6)
""",
        "low temperature and a cut": """
my_settings = (0.7, 0.7)
""",
        "a little below 1": """
my_settings = (0.9, 0.6)
""",
        "1.1 is not enough": """
my_settings = (1.1, 0.55)
""",
        "1.3 cut too late": """
my_settings = (1.3, 0.6)
""",
        "temperature 1.5": """
my_settings = (1.5, 0.5)
""",
        "temperature 1.5, cut early": """
my_settings = (1.5, 0.4)
""",
        "temperature 2": """
my_settings = (2.0, 0.4)
""",
        "temperature 2 and 0.5": """
my_settings = (2.0, 0.5)
""",
        "temperature 3": """
my_settings = (3.0, 0.9)
""",
        "high temperature alone": """
my_settings = (1.2, 1.0)
""",
        "zero temperature": """
my_settings = (0.0, 1.0)
""",
        "zero temperature and a cut": """
my_settings = (0, 0.6)
""",
        "exchanged": """
my_settings = (0.5, 1.2)
""",
        "top_p zero": """
my_settings = (1.2, 0.0)
""",
        "top_p above 1": """
my_settings = (1.2, 1.5)
""",
        "top_p in percent": """
my_settings = (1.2, 50)
""",
        "negative temperature": """
my_settings = (-1.2, 0.5)
""",
        "negative top_p": """
my_settings = (1.2, -0.5)
""",
        "nan temperature": """
my_settings = (float('nan'), 0.5)
""",
        "nan top_p": """
my_settings = (1.2, float('nan'))
""",
        "infinite temperature": """
my_settings = (float('inf'), 0.5)
""",
        "one number": """
my_settings = 1.2
""",
        "three numbers": """
my_settings = (1.2, 0.5, 5)
""",
        "strings": """
my_settings = ("1.2", "0.5")
""",
        "one string": """
my_settings = "1.2, 0.5"
""",
        "None for top_p": """
my_settings = (1.2, None)
""",
        "empty": """
my_settings = ()
""",
        "True": """
my_settings = (1.2, True)
""",
        "tiny temperature": """
my_settings = (1e-9, 0.6)
""",
        "huge temperature": """
my_settings = (1e9, 0.5)
""",
        "unknown keys": """
my_settings = {"tau": 1.2, "p": 0.5}
""",
        "top_k instead": """
my_settings = (1.2, 2)
""",
    },
}

RIGHT = {
    "7.1": {
        "a loop with if and elif": """
def my_fractions(drawn, train, held_out):
    heaps = {"copied": 0, "unseen": 0, "invented": 0}
    for name in drawn:
        if name in train:
            heaps["copied"] += 1
        elif name in held_out:
            heaps["unseen"] += 1
        else:
            heaps["invented"] += 1
    return tuple(count / len(drawn) for count in heaps.values())
""",
        "numbers, counted and divided": """
from collections import Counter


def my_fractions(drawn, train, held_out):
    counts = Counter(drawn)
    a = sum(counts[name] for name in set(train))
    b = sum(counts[name] for name in set(held_out))
    n = sum(counts.values())
    return [a / n, b / n, (n - a - b) / n]
""",
        "means of tensors": """
def my_fractions(drawn, train, held_out):
    a = torch.tensor([name in train for name in drawn]).double()
    b = torch.tensor([name in held_out for name in drawn]).double()
    return a.mean(), b.mean(), (1 - a - b).mean()
""",
        "an array": """
import numpy as np


def my_fractions(drawn, train, held_out):
    a = np.mean([name in train for name in drawn])
    b = np.mean([name in held_out for name in drawn])
    return np.array([a, b, 1 - a - b])
""",
    },
    "7.2": {
        "a tensor": "wrong_line = torch.tensor(9)",
        "NumPy integer": """
import numpy as np

wrong_line = np.int64(9)
""",
        "NumPy array": """
import numpy as np

wrong_line = np.array(9)
""",
        "computed": "wrong_line = len('h_next = ')",
    },
    "7.3": {
        "minus infinity": """
def my_probs(logits, temperature, top_k):
    z = torch.full_like(logits, -torch.inf)
    kept = logits.topk(top_k).indices
    z[kept] = logits[kept]
    return (z / temperature).softmax(-1)
""",
        "threshold": """
def my_probs(logits, temperature, top_k):
    smallest = logits.sort(descending=True)[0][top_k - 1]
    return (logits / temperature).masked_fill(logits < smallest, -torch.inf).softmax(0)
""",
        "scatter of a softmax": """
def my_probs(logits, temperature, top_k):
    values, indices = torch.topk(logits.div(temperature), k=top_k)
    return torch.zeros_like(logits).scatter(0, indices, values.softmax(0))
""",
        "softmax, cut, share": """
def my_probs(logits, temperature, top_k):
    p = (logits.double() / temperature).softmax(-1)
    rank = logits.argsort(descending=True).argsort()
    p = torch.where(rank < top_k, p, 0)
    return (p / p.sum()).to(logits.dtype)
""",
    },
    "7.4": {
        "does not read the last character": """
@torch.no_grad()
def my_completion(model, vocab, prompt, max_new_chars):
    ids, h, new = vocab.encode(prompt), None, []
    while len(new) < max_new_chars:
        logits, h = model(ids, h)
        i = logits[-1].argmax().item()
        if vocab.end_id is not None and i == vocab.end_id:
            break
        new.append(vocab.itos[i])
        ids = torch.tensor([i])
    return prompt + "".join(new)
""",
        "prompt read one character at a time": """
def my_completion(model, vocab, prompt, max_new_chars):
    h, text = None, prompt
    with torch.no_grad():
        for i in vocab.encode(prompt):
            logits, h = model(i.view(1), h)
        for _ in range(max_new_chars):
            best = logits[-1].argmax().view(1)
            if best.item() == vocab.end_id:
                return text
            text = text + vocab.itos[best.item()]
            logits, h = model(best, h)
    return text
""",
        "recursion": """
def my_completion(model, vocab, prompt, max_new_chars):
    def more(ids, h, left):
        if left == 0:
            return ""
        logits, h = model(ids, h)
        row = logits[len(logits) - 1].tolist()
        i = row.index(max(row))
        if i == vocab.end_id:
            return ""
        return vocab.itos[i] + more(torch.tensor([i]), h, left - 1)

    return prompt + more(vocab.encode(prompt), None, max_new_chars)
""",
        "a generator of ids": """
import itertools


def my_completion(model, vocab, prompt, max_new_chars):
    def ids():
        logits, h = model(vocab.encode(prompt), None)
        while True:
            i = int(torch.argmax(logits[-1], dim=0))
            if i == vocab.end_id:
                return
            yield i
            logits, h = model(torch.tensor([i]), h)

    new = itertools.islice(ids(), max_new_chars)
    return "".join([prompt, *(vocab.itos[i] for i in new)])
""",
    },
    "7.5": {
        "a list": """
my_settings = [1.2, 0.5]
""",
        "a tensor": """
my_settings = torch.tensor([1.2, 0.5])
""",
        "tensors of one number": """
my_settings = torch.tensor(1.25), torch.tensor(0.5)
""",
        "another pair": """
my_settings = (1.15, 0.55)
""",
        "third pair": """
my_settings = (1.3, 0.5)
""",
        "fourth pair": """
my_settings = (1.2, 0.55)
""",
        "an array": """
import numpy as np

my_settings = np.array([1.2, 0.5])
""",
        "NumPy numbers": """
import numpy as np

my_settings = (np.float64(1.2), np.float32(0.5))
""",
    },
}

# What the reply to a wrong answer has to say.
HINTS = [
    ("7.1", "a set of the draws", "no set()"),
    ("7.1", "intersections of sets, divided by all draws", "no set()"),
    ("7.1", "divided by the training set", "fraction of the *draws*"),
    ("7.1", "each divided by its list", "length of its own list"),
    ("7.1", "floor division", "rounds down"),
    ("7.1", "how much of each list was drawn", "one of its own list"),
    ("7.1", "invented is all that is not copied", "some of it was held out"),
    ("7.1", "copied is all real names", "never read it"),
    ("7.1", "one long text", "A part of a name"),
    ("7.5", "temperature 2 and 0.5", "Lower the temperature"),
    ("7.5", "cut a little too late", "Lower top_p"),
    ("7.5", "just below the 45 %", "and 44.9% of all are the rarer sentence"),
    ("7.5", "cut too early", "a single letter"),
    ("7.5", "the notebook's own", "closer together"),
    ("7.5", "low temperature and a cut", "favours the letter that leads"),
    ("7.5", "tiny temperature", "every text the same"),
    ("7.5", "None for top_p", "None switches the cut off"),
    ("7.3", "temperature after the softmax", "now they do not sum to 1"),
    ("7.3", "probabilities to the power of the temperature", "You multiplied by"),
    ("7.3", "others scored -100", "can still be drawn"),
    ("7.3", "others scored -10", "can still be drawn"),
    ("7.3", "the threshold left out", "One symbol too few"),
    ("7.3", "k symbols, in order of probability", "without the zeros"),
    ("7.3", "powers of e, which overflow", "overflows"),
    ("7.3", "ranked[order], the wrong way back", "goes the other way"),
    ("7.3", "a second softmax", "second softmax levels"),
    ("7.4", "a batch of one", "reads ids (T,)"),
    ("7.4", "end_id by its truth", "counts as False"),
    ("7.4", "end_id 0 counts as none", "counts as False"),
    ("7.4", "end symbol looked for by its name", "by a name"),
    ("7.4", "whole text read again", "read more than once"),
    ("7.4", "prompt read twice, second time from zero", "read more than once"),
    ("7.4", "whole text read again, with the state", "feed the whole text again"),
]
