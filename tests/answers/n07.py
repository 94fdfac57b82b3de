"""Answers to the exercises of notebook 07: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done.
"""

WRONG = {
    "7.1": {
        "first row": """
def my_predict(logits, itos):
    probs = logits[0].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "last column": """
def my_predict(logits, itos):
    probs = logits[:, -1].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best % len(itos)], float(probs[best])
""",
        "row before the last": """
def my_predict(logits, itos):
    probs = logits[max(len(logits) - 2, 0)].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "row 4": """
def my_predict(logits, itos):
    probs = logits[min(4, len(logits) - 1)].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "mean of the rows": """
def my_predict(logits, itos):
    probs = logits.mean(dim=0).softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "sum of the rows": """
def my_predict(logits, itos):
    probs = logits.sum(dim=0).softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "best of all rows": """
def my_predict(logits, itos):
    probs = logits.softmax(dim=-1).amax(dim=0)
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "softmax over the rows": """
def my_predict(logits, itos):
    probs = logits.softmax(dim=0)[-1]
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "softmax over everything": """
def my_predict(logits, itos):
    probs = logits.flatten().softmax(0)[-logits.shape[1] :]
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "argmax over everything": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(logits.argmax()) % len(itos)
    return itos[best], float(probs[best])
""",
        "score instead of probability": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], float(logits[-1][best])
""",
        "sigmoid": """
def my_predict(logits, itos):
    probs = logits[-1].sigmoid()
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "log-probability": """
def my_predict(logits, itos):
    probs = logits[-1].log_softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "percent": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], 100 * float(probs[best])
""",
        "id instead of character": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return best, float(probs[best])
""",
        "pair exchanged": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return float(probs[best]), itos[best]
""",
        "character only": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best]
""",
        "all probabilities": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], probs
""",
        "probability as text": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], f"{float(probs[best]):.2f}"
""",
        "rounded to two digits": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], round(float(probs[best]), 2)
""",
        "least likely": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmin())
    return itos[best], float(probs[best])
""",
        "second most likely": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.topk(2).indices[1])
    return itos[best], float(probs[best])
""",
        "symbols in another order": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return sorted(itos)[best], float(probs[best])
""",
        "the next symbol": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[(best + 1) % len(itos)], float(probs[best])
""",
        "id as code point": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return chr(best), float(probs[best])
""",
        "a random draw": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(torch.multinomial(probs, 1))
    return itos[best], float(probs[best])
""",
        "row with the surest answer": """
def my_predict(logits, itos):
    probs = logits[logits.softmax(-1).amax(1).argmax()].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "logits divided by their sum": """
def my_predict(logits, itos):
    probs = logits[-1] / logits[-1].sum()
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "squared instead of exp": """
def my_predict(logits, itos):
    probs = logits[-1] ** 2 / (logits[-1] ** 2).sum()
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "absolute scores": """
def my_predict(logits, itos):
    probs = logits[-1].abs().softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "half precision": """
def my_predict(logits, itos):
    probs = logits[-1].bfloat16().softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "character of the last row, probability of the first": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], float(logits[0].softmax(-1)[best])
""",
        "largest probability of any row": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], float(logits.softmax(-1).max())
""",
        "without the last symbol": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs[:-1].argmax())
    return itos[best], float(probs[best])
""",
        "only 16 symbols": """
def my_predict(logits, itos):
    probs = logits[-1][:16].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "softmax in place": """
def my_predict(logits, itos):
    logits -= logits.max()
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], float(probs[best])
""",
        "last row set to zero afterwards": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    logits[-1] = 0
    return itos[best], float(probs[best])
""",
        "never surer than 0.99": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best], min(float(probs[best]), 0.99)
""",
        "spaces stripped": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best].strip(), float(probs[best])
""",
        "small letters": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = int(probs.argmax())
    return itos[best].lower(), float(probs[best])
""",
        "space never comes": """
def my_predict(logits, itos):
    probs = logits[-1].softmax(dim=-1)
    best = max(range(len(itos)), key=lambda i: (itos[i] != " ", probs[i]))
    return itos[best], float(probs[best])
""",
        "last row of logits kept as a row": """
def my_predict(logits, itos):
    probs = logits[-1:].softmax(dim=0)[0]
    best = int(probs.argmax())
    return itos[best], float(probs[best])
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
        "no cut": "my_settings = (1.0, 1.0)",
        "the notebook's 0.9": "my_settings = (1.0, 0.9)",
        "cut too late": "my_settings = (1.0, 0.8)",
        "cut too early": "my_settings = (1.0, 0.5)",
        "0.4": "my_settings = (1.0, 0.4)",
        "low temperature alone": "my_settings = (0.5, 1.0)",
        "0.45 alone": "my_settings = (0.45, 1.0)",
        "0.6 alone": "my_settings = (0.6, 1.0)",
        "0.2 alone": "my_settings = (0.2, 1.0)",
        "0.2 and a cut": "my_settings = (0.2, 0.6)",
        "low temperature and a cut": "my_settings = (0.5, 0.9)",
        "0.7 and 0.95": "my_settings = (0.7, 0.95)",
        "temperature 2": "my_settings = (2.0, 0.4)",
        "temperature 2 and 0.6": "my_settings = (2.0, 0.6)",
        "temperature 3": "my_settings = (3.0, 0.9)",
        "temperature 1.5": "my_settings = (1.5, 0.6)",
        "zero temperature": "my_settings = (0.0, 1.0)",
        "zero temperature and a cut": "my_settings = (0, 0.6)",
        "exchanged": "my_settings = (0.6, 1.0)",
        "top_p zero": "my_settings = (1.0, 0.0)",
        "top_p above 1": "my_settings = (1.0, 1.5)",
        "top_p in percent": "my_settings = (1.0, 60)",
        "negative temperature": "my_settings = (-1.0, 0.6)",
        "negative top_p": "my_settings = (1.0, -0.6)",
        "nan temperature": "my_settings = (float('nan'), 0.6)",
        "nan top_p": "my_settings = (1.0, float('nan'))",
        "infinite temperature": "my_settings = (float('inf'), 0.6)",
        "one number": "my_settings = 1.0",
        "three numbers": "my_settings = (1.0, 0.6, 5)",
        "strings": 'my_settings = ("1.0", "0.6")',
        "one string": 'my_settings = "1.0, 0.6"',
        "None for top_p": "my_settings = (1.0, None)",
        "empty": "my_settings = ()",
        "True": "my_settings = (1.0, True)",
        "tiny temperature": "my_settings = (1e-9, 0.6)",
        "huge temperature": "my_settings = (1e9, 0.6)",
        "unknown keys": 'my_settings = {"tau": 1.0, "p": 0.6}',
        "top_k instead": "my_settings = (1.0, 2)",
    },
}

RIGHT = {
    "7.1": {
        "max with values and indices": """
def my_predict(logits, itos):
    value, index = torch.softmax(logits, dim=1)[-1].max(dim=0)
    return itos[index], value.item()
""",
        "in plain Python, shifted, a list": """
import math


def my_predict(logits, itos):
    row = logits.tolist()[-1]
    highest = max(row)
    return [
        itos[row.index(highest)],
        1 / sum(math.exp(z - highest) for z in row),
    ]
""",
        "topk and log_softmax, a NumPy number": """
def my_predict(logits, itos):
    best = logits[len(logits) - 1].log_softmax(0).topk(1)
    return list(itos)[best.indices.item()], best.values.exp().numpy()[0]
""",
        "sorted pairs": """
def my_predict(logits, itos):
    probs = logits.double()[-1].softmax(-1).tolist()
    p, c = max(zip(probs, itos, strict=True), key=lambda pair: pair[0])
    return c, p
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
        "a list": "my_settings = [1.0, 0.6]",
        "whole number": "my_settings = (1, 0.6)",
        "a tensor": "my_settings = torch.tensor([1.0, 0.6])",
        "tensors of one number": "my_settings = torch.tensor(0.8), torch.tensor(0.7)",
        "another pair": "my_settings = (0.7, 0.8)",
        "third pair": "my_settings = (1.2, 0.55)",
        "fourth pair": "my_settings = (0.9, 0.7)",
        "an array": """
import numpy as np

my_settings = np.array([1.0, 0.6])
""",
        "NumPy numbers": """
import numpy as np

my_settings = (np.float64(0.8), np.float32(0.6))
""",
    },
}

# What the reply to a wrong answer has to say.
HINTS = [
    ("7.1", "last column", "the last column"),
    ("7.1", "mean of the rows", "You averaged over the positions"),
    ("7.1", "log-probability", "the logarithm of its probability"),
    ("7.3", "temperature after the softmax", "now they do not sum to 1"),
    ("7.3", "probabilities to the power of the temperature", "You multiplied by"),
    ("7.3", "others scored -100", "can still be drawn"),
    ("7.3", "others scored -10", "can still be drawn"),
    ("7.3", "the threshold left out", "One symbol too few"),
    ("7.3", "k symbols, in order of probability", "without the zeros"),
    ("7.4", "end_id by its truth", "counts as False"),
    ("7.4", "end_id 0 counts as none", "counts as False"),
    ("7.4", "end symbol looked for by its name", "by a name"),
    ("7.4", "whole text read again", "read more than once"),
    ("7.4", "prompt read twice, second time from zero", "read more than once"),
    ("7.4", "whole text read again, with the state", "feed the whole text again"),
    ("7.5", "temperature 2 and 0.6", "Lower the temperature"),
    ("7.5", "cut too late", "Your cut lets too much through"),
    ("7.5", "tiny temperature", "every text the same"),
    ("7.5", "None for top_p", "None switches the cut off"),
]
