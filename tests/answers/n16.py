"""Answers to the exercises of notebook 16: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done.
"""

WRONG = {
    "16.1": {
        "one frame missing": """
def my_frames(samples, rate, window, hop):
    return max(0, (samples - window) // hop), rate / window
""",
        "negative for short sounds": """
def my_frames(samples, rate, window, hop):
    return 1 + (samples - window) // hop, rate / window
""",
        "hops in the whole sound": """
def my_frames(samples, rate, window, hop):
    return samples // hop, rate / window
""",
        "hops and one": """
def my_frames(samples, rate, window, hop):
    return samples // hop + 1, rate / window
""",
        "windows side by side": """
def my_frames(samples, rate, window, hop):
    return samples // window, rate / window
""",
        "windows that do not overlap": """
def my_frames(samples, rate, window, hop):
    n = 0 if samples < window else 1 + (samples - window) // window
    return n, rate / window
""",
        "rounded up": """
def my_frames(samples, rate, window, hop):
    import math

    return max(0, math.ceil((samples - window) / hop) + 1), rate / window
""",
        "padded at the end": """
def my_frames(samples, rate, window, hop):
    import math

    return math.ceil(samples / hop), rate / window
""",
        "centred as in stft": """
def my_frames(samples, rate, window, hop):
    return 1 + samples // hop, rate / window
""",
        "true division": """
def my_frames(samples, rate, window, hop):
    return max(0, 1 + (samples - window) / hop), rate / window
""",
        "hertz by hop": """
def my_frames(samples, rate, window, hop):
    n = 0 if samples < window else 1 + (samples - window) // hop
    return n, rate / hop
""",
        "half the rate": """
def my_frames(samples, rate, window, hop):
    n = 0 if samples < window else 1 + (samples - window) // hop
    return n, rate / 2 / window
""",
        "half the rate over the bins": """
def my_frames(samples, rate, window, hop):
    n = 0 if samples < window else 1 + (samples - window) // hop
    return n, rate / 2 / (window // 2 + 1)
""",
        "rate over the bins": """
def my_frames(samples, rate, window, hop):
    n = 0 if samples < window else 1 + (samples - window) // hop
    return n, rate / (window // 2 + 1)
""",
        "seconds of a frame": """
def my_frames(samples, rate, window, hop):
    n = 0 if samples < window else 1 + (samples - window) // hop
    return n, window / rate
""",
        "seconds of a hop": """
def my_frames(samples, rate, window, hop):
    n = 0 if samples < window else 1 + (samples - window) // hop
    return n, hop / rate
""",
        "whole hertz": """
def my_frames(samples, rate, window, hop):
    n = 0 if samples < window else 1 + (samples - window) // hop
    return n, rate // window
""",
        "half the rate over half the window": """
def my_frames(samples, rate, window, hop):
    n = 0 if samples < window else 1 + (samples - window) // hop
    return n, rate / 2 / (window // 2)
""",
        "samples by window": """
def my_frames(samples, rate, window, hop):
    n = 0 if samples < window else 1 + (samples - window) // hop
    return n, samples / window
""",
        "the numbers of the lesson": """
def my_frames(samples, rate, window, hop):
    return 1 + (samples - 256) // 160, 8000 / 256
""",
        "only the frames": """
def my_frames(samples, rate, window, hop):
    return 0 if samples < window else 1 + (samples - window) // hop
""",
        "only hertz": """
def my_frames(samples, rate, window, hop):
    return rate / window
""",
        "the other order": """
def my_frames(samples, rate, window, hop):
    n = 0 if samples < window else 1 + (samples - window) // hop
    return rate / window, n
""",
        "at least one frame": """
def my_frames(samples, rate, window, hop):
    return max(1, 1 + (samples - window) // hop), rate / window
""",
        "printed": """
def my_frames(samples, rate, window, hop):
    print(1 + (samples - window) // hop, rate / window)
""",
        "hop and window exchanged": """
def my_frames(samples, rate, window, hop):
    n = 0 if samples < hop else 1 + (samples - hop) // window
    return n, rate / window
""",
        "truncated towards zero": """
def my_frames(samples, rate, window, hop):
    return 1 + int((samples - window) / hop), rate / window
""",
        "strictly longer": """
def my_frames(samples, rate, window, hop):
    n = 1 + (samples - window) // hop if samples > window else 0
    return n, rate / window
""",
    },
    "16.2": {
        "text and blanks": """
def my_alignment(text, frames):
    return text + "_" * (frames - len(text))
""",
        "text and blanks or None": """
def my_alignment(text, frames):
    return text.ljust(frames, "_") if len(text) <= frames else None
""",
        "last letter repeated": """
def my_alignment(text, frames):
    return text + text[-1:] * (frames - len(text)) if len(text) <= frames else None
""",
        "blank after each letter": """
def my_alignment(text, frames):
    path = "_".join(text)
    return path.ljust(frames, "_") if len(path) <= frames else None
""",
        "blank around each letter": """
def my_alignment(text, frames):
    path = "_" + "_".join(text) + "_"
    return path.ljust(frames, "_") if len(path) <= frames else None
""",
        "never None": """
def my_alignment(text, frames):
    path = ""
    for c in text:
        path += "_" + c if path.endswith(c) else c
    return path.ljust(frames, "_")
""",
        "cut to length": """
def my_alignment(text, frames):
    path = ""
    for c in text:
        path += "_" + c if path.endswith(c) else c
    return path.ljust(frames, "_")[:frames]
""",
        "not filled up": """
def my_alignment(text, frames):
    path = ""
    for c in text:
        path += "_" + c if path.endswith(c) else c
    return path if len(path) <= frames else None
""",
        "empty for None": """
def my_alignment(text, frames):
    path = ""
    for c in text:
        path += "_" + c if path.endswith(c) else c
    return path.ljust(frames, "_") if len(path) <= frames else ""
""",
        "one too strict": """
def my_alignment(text, frames):
    path = ""
    for c in text:
        path += "_" + c if path.endswith(c) else c
    return path.ljust(frames, "_") if len(path) < frames else None
""",
        "None for the empty text": """
def my_alignment(text, frames):
    if not text:
        return None
    path = ""
    for c in text:
        path += "_" + c if path.endswith(c) else c
    return path.ljust(frames, "_") if len(path) <= frames else None
""",
        "blank for any letter seen": """
def my_alignment(text, frames):
    path = ""
    for c in text:
        path += "_" + c if c in path else c
    return path.ljust(frames, "_") if len(path) <= frames else None
""",
        "list of symbols": """
def my_alignment(text, frames):
    path = []
    for c in text:
        if path and path[-1] == c:
            path.append("_")
        path.append(c)
    return path + ["_"] * (frames - len(path)) if len(path) <= frames else None
""",
        "filled with spaces": """
def my_alignment(text, frames):
    path = ""
    for c in text:
        path += "_" + c if path.endswith(c) else c
    return path.ljust(frames) if len(path) <= frames else None
""",
        "filled with first letter": """
def my_alignment(text, frames):
    path = ""
    for c in text:
        path += "_" + c if path.endswith(c) else c
    return path + text[:1] * (frames - len(path)) if len(path) <= frames else None
""",
        "each letter repeated": """
def my_alignment(text, frames):
    n = frames // max(len(text), 1)
    return "".join(c * n for c in text).ljust(frames, "_") if n else None
""",
        "merged first": """
def my_alignment(text, frames):
    path = ""
    for c in text:
        path += "" if path.endswith(c) else c
    return path.ljust(frames, "_") if len(path) <= frames else None
""",
        "dash for the blank": """
def my_alignment(text, frames):
    path = ""
    for c in text:
        path += "-" + c if path.endswith(c) else c
    return path.ljust(frames, "-") if len(path) <= frames else None
""",
        "raises": """
def my_alignment(text, frames):
    path = ""
    for c in text:
        path += "_" + c if path.endswith(c) else c
    if len(path) > frames:
        raise ValueError("too short")
    return path.ljust(frames, "_")
""",
        "False": """
def my_alignment(text, frames):
    path = ""
    for c in text:
        path += "_" + c if path.endswith(c) else c
    return path.ljust(frames, "_") if len(path) <= frames else False
""",
        "only ee": """
def my_alignment(text, frames):
    path = text.replace("ee", "e_e")
    return path.ljust(frames, "_") if len(path) <= frames else None
""",
        "spaces dropped": """
def my_alignment(text, frames):
    path = ""
    for c in text.replace(" ", ""):
        path += "_" + c if path.endswith(c) else c
    return path.ljust(frames, "_") if len(path) <= frames else None
""",
        "spaces at the ends dropped": """
def my_alignment(text, frames):
    path = ""
    for c in text.strip():
        path += "_" + c if path.endswith(c) else c
    return path.ljust(frames, "_") if len(path) <= frames else None
""",
        "double letters once": """
def my_alignment(text, frames):
    path = text
    for c in set(text):
        path = path.replace(c + c, c + "_" + c)
    return path.ljust(frames, "_") if len(path) <= frames else None
""",
        "reversed": """
def my_alignment(text, frames):
    path = ""
    for c in reversed(text):
        path += "_" + c if path.endswith(c) else c
    return path.ljust(frames, "_") if len(path) <= frames else None
""",
        "length returned": """
def my_alignment(text, frames):
    return len(text) + sum(a == b for a, b in zip(text, text[1:]))
""",
        "printed": """
def my_alignment(text, frames):
    print(text.ljust(frames, "_"))
""",
    },
    "16.3": {
        "mean": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs,
            torch.tensor(t),
            *sizes,
        ).item()
    best = min(losses, key=losses.get)
    return best
""",
        "mean named": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs, torch.tensor(t), *sizes, reduction="mean"
        ).item()
    best = min(losses, key=losses.get)
    return best
""",
        "zero infinity": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs, torch.tensor(t), *sizes, reduction="sum", zero_infinity=True
        ).item()
    best = min(losses, key=losses.get)
    return best
""",
        "mean and zero infinity": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs, torch.tensor(t), *sizes, zero_infinity=True
        ).item()
    best = min(losses, key=losses.get)
    return best
""",
        "largest loss": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs, torch.tensor(t), *sizes, reduction="sum"
        ).item()
    best = max(losses, key=losses.get)
    return best
""",
        "returns the loss": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs, torch.tensor(t), *sizes, reduction="sum"
        ).item()
    best = min(losses, key=losses.get)
    return losses[best]
""",
        "returns the ids": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs, torch.tensor(t), *sizes, reduction="sum"
        ).item()
    best = min(losses, key=losses.get)
    return words[best]
""",
        "returns a number": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs, torch.tensor(t), *sizes, reduction="sum"
        ).item()
    best = min(losses, key=losses.get)
    return list(words).index(best)
""",
        "all losses": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs, torch.tensor(t), *sizes, reduction="sum"
        ).item()
    best = min(losses, key=losses.get)
    return losses
""",
        "probabilities given": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs.exp(), torch.tensor(t), *sizes, reduction="sum"
        ).item()
    best = min(losses, key=losses.get)
    return best
""",
        "blank at the end": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs,
            torch.tensor(t),
            *sizes,
            reduction="sum",
            blank=log_probs.shape[-1] - 1,
        ).item()
    best = min(losses, key=losses.get)
    return best
""",
        "divided twice": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs, torch.tensor(t), *sizes, reduction="mean"
        ).item() / len(t)
    best = min(losses, key=losses.get)
    return best
""",
        "sum divided by length": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs, torch.tensor(t), *sizes, reduction="sum"
        ).item() / len(t)
    best = min(losses, key=losses.get)
    return best
""",
        "sum times length": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs, torch.tensor(t), *sizes, reduction="sum"
        ).item() * len(t)
    best = min(losses, key=losses.get)
    return best
""",
        "half of the frames": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs) // 2), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs, torch.tensor(t), *sizes, reduction="sum"
        ).item()
    best = min(losses, key=losses.get)
    return best
""",
        "greedy exactly": """
def my_recognise(log_probs, words):
    best = [i for i, _ in groupby(log_probs.argmax(dim=-1).tolist()) if i]
    for word, t in words.items():
        if t == best:
            return word
    return None
""",
        "greedy or the first": """
def my_recognise(log_probs, words):
    best = [i for i, _ in groupby(log_probs.argmax(dim=-1).tolist()) if i]
    for word, t in words.items():
        if t == best:
            return word
    return next(iter(words))
""",
        "greedy by length": """
def my_recognise(log_probs, words):
    n = len([i for i, _ in groupby(log_probs.argmax(dim=-1).tolist()) if i])
    return min(words, key=lambda w: abs(len(words[w]) - n))
""",
        "first word": """
def my_recognise(log_probs, words):
    return next(iter(words))
""",
        "longest word": """
def my_recognise(log_probs, words):
    return max(words, key=len)
""",
        "shortest word": """
def my_recognise(log_probs, words):
    return min(words, key=len)
""",
        "letters anywhere": """
def my_recognise(log_probs, words):
    total = log_probs.exp().sum(dim=0)
    return max(words, key=lambda w: sum(total[i].item() for i in words[w]))
""",
        "first frames only": """
def my_recognise(log_probs, words):
    return max(
        words,
        key=lambda w: (
            log_probs[
                range(min(len(words[w]), len(log_probs))), words[w][: len(log_probs)]
            ]
            .sum()
            .item()
        ),
    )
""",
        "every frame the same letter": """
def my_recognise(log_probs, words):
    return max(words, key=lambda w: sum(log_probs[:, i].max().item() for i in words[w]))
""",
        "ids from the letters": """
def my_recognise(log_probs, words):
    def loss(word):
        t = torch.tensor(["_abc".index(c) for c in word])
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        return F.ctc_loss(log_probs, t, *sizes, reduction="sum").item()

    return min(words, key=loss)
""",
        "likeliest alignment": """
def my_recognise(log_probs, words):
    def best(target):
        states = [0]
        for i in target:
            states += [i, 0]
        rows = log_probs[:, states].tolist()
        best = [p if s < 2 else -1e30 for s, p in enumerate(rows[0])]
        for row in rows[1:]:
            new = []
            for s, p in enumerate(row):
                ways = best[max(s - 1, 0) : s + 1]
                if s > 1 and states[s] not in (0, states[s - 2]):
                    ways.append(best[s - 2])
                new.append(max(ways) + p)
            best = new
        return max(best[-2:])

    return max(words, key=lambda word: best(words[word]))
""",
        "axes turned": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs.T, torch.tensor(t), *sizes, reduction="sum"
        ).item()
    best = min(losses, key=losses.get)
    return best
""",
        "sizes exchanged": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(t)), torch.tensor(len(log_probs))
        losses[word] = F.ctc_loss(
            log_probs, torch.tensor(t), *sizes, reduction="sum"
        ).item()
    best = min(losses, key=losses.get)
    return best
""",
    },
    "16.4": {
        "characters": """
def my_word_error_rate(heard, said, distance):
    return sum(distance(a, b) for a, b in zip(heard, said)) / sum(len(b) for b in said)
""",
        "characters over words": """
def my_word_error_rate(heard, said, distance):
    return sum(distance(a, b) for a, b in zip(heard, said)) / sum(
        len(b.split()) for b in said
    )
""",
        "words over characters": """
def my_word_error_rate(heard, said, distance):
    return sum(distance(a.split(), b.split()) for a, b in zip(heard, said)) / sum(
        len(b) for b in said
    )
""",
        "mean of rates": """
def my_word_error_rate(heard, said, distance):
    rates = [
        distance(a.split(), b.split()) / len(b.split()) if b.split() else 0
        for a, b in zip(heard, said)
    ]
    return sum(rates) / len(rates)
""",
        "mean of rates, unguarded": """
def my_word_error_rate(heard, said, distance):
    rates = [
        distance(a.split(), b.split()) / len(b.split()) for a, b in zip(heard, said)
    ]
    return sum(rates) / len(rates)
""",
        "over heard words": """
def my_word_error_rate(heard, said, distance):
    return sum(distance(a.split(), b.split()) for a, b in zip(heard, said)) / sum(
        len(a.split()) for a in heard
    )
""",
        "over the longer": """
def my_word_error_rate(heard, said, distance):
    pairs = [(a.split(), b.split()) for a, b in zip(heard, said)]
    return sum(distance(a, b) for a, b in pairs) / sum(
        max(len(a), len(b)) for a, b in pairs
    )
""",
        "at most one": """
def my_word_error_rate(heard, said, distance):
    pairs = [(a.split(), b.split()) for a, b in zip(heard, said)]
    return min(
        1.0, sum(distance(a, b) for a, b in pairs) / sum(len(b) for a, b in pairs)
    )
""",
        "place by place": """
def my_word_error_rate(heard, said, distance):
    pairs = [(a.split(), b.split()) for a, b in zip(heard, said)]
    return sum(x != y for a, b in pairs for x, y in zip(a, b)) / sum(
        len(b) for a, b in pairs
    )
""",
        "place by place and lengths": """
def my_word_error_rate(heard, said, distance):
    pairs = [(a.split(), b.split()) for a, b in zip(heard, said)]
    return sum(
        sum(x != y for x, y in zip(a, b)) + abs(len(a) - len(b)) for a, b in pairs
    ) / sum(len(b) for a, b in pairs)
""",
        "sets": """
def my_word_error_rate(heard, said, distance):
    pairs = [(set(a.split()), set(b.split())) for a, b in zip(heard, said)]
    return sum(len(b - a) for a, b in pairs) / sum(len(b) for a, b in pairs)
""",
        "missing words": """
def my_word_error_rate(heard, said, distance):
    pairs = [(a.split(), b.split()) for a, b in zip(heard, said)]
    return sum(w not in a for a, b in pairs for w in b) / sum(len(b) for a, b in pairs)
""",
        "split at one space": """
def my_word_error_rate(heard, said, distance):
    pairs = [(a.split(" "), b.split(" ")) for a, b in zip(heard, said)]
    return sum(distance(a, b) for a, b in pairs) / sum(len(b) for a, b in pairs)
""",
        "texts with errors": """
def my_word_error_rate(heard, said, distance):
    return sum(a != b for a, b in zip(heard, said)) / len(said)
""",
        "number of errors": """
def my_word_error_rate(heard, said, distance):
    return float(sum(distance(a.split(), b.split()) for a, b in zip(heard, said)))
""",
        "errors per text": """
def my_word_error_rate(heard, said, distance):
    return sum(distance(a.split(), b.split()) for a, b in zip(heard, said)) / len(said)
""",
        "accuracy": """
def my_word_error_rate(heard, said, distance):
    pairs = [(a.split(), b.split()) for a, b in zip(heard, said)]
    return 1 - sum(distance(a, b) for a, b in pairs) / sum(len(b) for a, b in pairs)
""",
        "percent": """
def my_word_error_rate(heard, said, distance):
    pairs = [(a.split(), b.split()) for a, b in zip(heard, said)]
    return 100 * sum(distance(a, b) for a, b in pairs) / sum(len(b) for a, b in pairs)
""",
        "first text only": """
def my_word_error_rate(heard, said, distance):
    a, b = heard[0].split(), said[0].split()
    return distance(a, b) / len(b)
""",
        "last text only": """
def my_word_error_rate(heard, said, distance):
    a, b = heard[-1].split(), said[-1].split()
    return distance(a, b) / len(b)
""",
        "lists of texts": """
def my_word_error_rate(heard, said, distance):
    return distance(heard, said) / len(said)
""",
        "whole division": """
def my_word_error_rate(heard, said, distance):
    pairs = [(a.split(), b.split()) for a, b in zip(heard, said)]
    return float(sum(distance(a, b) for a, b in pairs) // sum(len(b) for a, b in pairs))
""",
        "one long row": """
def my_word_error_rate(heard, said, distance):
    a, b = " ".join(heard).split(), " ".join(said).split()
    return distance(a, b) / len(b)
""",
        "words sorted": """
def my_word_error_rate(heard, said, distance):
    pairs = [(sorted(a.split()), sorted(b.split())) for a, b in zip(heard, said)]
    return sum(distance(a, b) for a, b in pairs) / sum(len(b) for _, b in pairs)
""",
        "at most one per text": """
def my_word_error_rate(heard, said, distance):
    pairs = [(a.split(), b.split()) for a, b in zip(heard, said)]
    errors = sum(min(distance(a, b), len(b)) for a, b in pairs)
    return errors / sum(len(b) for _, b in pairs)
""",
        "heard split at one space": """
def my_word_error_rate(heard, said, distance):
    pairs = [(a.split(" "), b.split()) for a, b in zip(heard, said)]
    return sum(distance(a, b) for a, b in pairs) / sum(len(b) for _, b in pairs)
""",
        "joined": """
def my_word_error_rate(heard, said, distance):
    a, b = "".join(heard).split(), "".join(said).split()
    return distance(a, b) / len(b)
""",
        "empty texts left out": """
def my_word_error_rate(heard, said, distance):
    pairs = [(a.split(), b.split()) for a, b in zip(heard, said) if a]
    return sum(distance(a, b) for a, b in pairs) / max(sum(len(b) for a, b in pairs), 1)
""",
        "spaces counted": """
def my_word_error_rate(heard, said, distance):
    return sum(distance(a.split(), b.split()) for a, b in zip(heard, said)) / sum(
        b.count(" ") + 1 for b in said
    )
""",
        "pair returned": """
def my_word_error_rate(heard, said, distance):
    pairs = [(a.split(), b.split()) for a, b in zip(heard, said)]
    return sum(distance(a, b) for a, b in pairs), sum(len(b) for a, b in pairs)
""",
    },
    "16.5": {
        "products": """
def my_ctc(log_probs, target):
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    p = log_probs.exp()[:, states]
    alpha = p[0] * torch.tensor([s < 2 for s in S])
    for p_t in p[1:]:
        one = F.pad(alpha, (1, 0))[:-1]
        two = F.pad(alpha, (2, 0))[:-2] * skip
        alpha = (alpha + one + two) * p_t
    return -alpha[-2:].sum().log()
""",
        "likeliest alignment": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.stack([alpha, one, two]).amax(dim=0) + row
    return -alpha[-2:].amax()
""",
        "likeliest until the end": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.stack([alpha, one, two]).amax(dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "never skips": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([False for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "skips between equal letters": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] != 0 for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "skips letters": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "two not masked": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2]
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "begins in the blank": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 0 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "begins anywhere": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([False for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "begins in the letter": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s != 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "ends in the blank": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-1:], dim=0)
""",
        "ends in the letter": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:-1], dim=0)
""",
        "ends anywhere": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha, dim=0)
""",
        "positive": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return torch.logsumexp(alpha[-2:], dim=0)
""",
        "per character": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0) / len(target)
""",
        "per frame": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0) / len(log_probs)
""",
        "probability": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return torch.logsumexp(alpha[-2:], dim=0).exp()
""",
        "logarithms added": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = (alpha + one + two) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "multiplied by the row": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) * row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "row forgotten": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0)
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "first row twice": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "last row left out": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:-1]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "zero for never": """
def my_ctc(log_probs, target):
    never = 0.0
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "times the mask": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2] * skip
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "zero in front": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=0.0)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "begins in three states": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 2 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "never too small": """
def my_ctc(log_probs, target):
    never = -20.0
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "no gradient": """
def my_ctc(log_probs, target):
    with torch.no_grad():
        never = -1e30
        states = [0]
        for i in target:
            states += [i, 0]
        S = range(len(states))
        skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
        rows = log_probs[:, states]
        alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
        for row in rows[1:]:
            one = F.pad(alpha, (1, 0), value=never)[:-1]
            two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
            alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
        return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "detached": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0).detach()
""",
        "a number": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0).item()
""",
        "F.ctc_loss, whose gradient assumes a softmax": """
def my_ctc(log_probs, target):
    sizes = torch.tensor(len(log_probs)), torch.tensor(len(target))
    return F.ctc_loss(log_probs, torch.tensor(target), *sizes, reduction="sum")
""",
        "F.ctc_loss by length": """
def my_ctc(log_probs, target):
    sizes = torch.tensor(len(log_probs)), torch.tensor(len(target))
    return F.ctc_loss(log_probs, torch.tensor(target), *sizes)
""",
        "no blanks": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i]
    S = range(len(states))
    skip = torch.tensor([False for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-1:], dim=0)
""",
        "blank only between": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s != 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:-1], dim=0)
""",
        "sum of the targets": """
def my_ctc(log_probs, target):
    return -log_probs[:, target].logsumexp(dim=0).sum()
""",
        "gradient cut at each step": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0).detach() + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "state recursion shifted": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
    },
}
RIGHT = {
    "16.1": {
        "max": """
def my_frames(samples, rate, window, hop):
    return max(
        0, (samples - window) // hop + 1
    ) if samples >= window else 0, rate / window
""",
        "counted in a loop": """
def my_frames(samples, rate, window, hop):
    n, start = 0, 0
    while start + window <= samples:
        n, start = n + 1, start + hop
    return n, rate / window
""",
        "by unfold": """
def my_frames(samples, rate, window, hop):
    n = len(torch.zeros(samples).unfold(0, window, hop)) if samples >= window else 0
    return n, rate / window
""",
        "range": """
def my_frames(samples, rate, window, hop):
    return len(range(0, samples - window + 1, hop)), 1 / (window / rate)
""",
    },
    "16.2": {
        "blanks in front": """
def my_alignment(text, frames):
    path = ""
    for c in text:
        path += "_" + c if path.endswith(c) else c
    return path.rjust(frames, "_") if len(path) <= frames else None
""",
        "last symbol repeated": """
def my_alignment(text, frames):
    path = ""
    for c in text:
        path += "_" + c if path and path[-1] == c else c
    if len(path) > frames:
        return None
    return path + (path[-1:] or "_") * (frames - len(path))
""",
        "groups": """
def my_alignment(text, frames):
    path = "_".join("")
    for letter, run in groupby(text):
        path += "_".join(run)
    return path + "_" * (frames - len(path)) if len(path) <= frames else None
""",
        "twice replaced": """
def my_alignment(text, frames):
    path = text
    for c in set(text):
        path = path.replace(c + c, c + "_" + c).replace(c + c, c + "_" + c)
    return None if len(path) > frames else path.ljust(frames, "_")
""",
    },
    "16.3": {
        "min with a key": """
def my_recognise(log_probs, words):
    def loss(word):
        t = torch.tensor(words[word])
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        return F.ctc_loss(log_probs, t, *sizes, reduction="sum").item()

    return min(words, key=loss)
""",
        "mean undone": """
def my_recognise(log_probs, words):
    losses = {}
    for word, t in words.items():
        sizes = torch.tensor(len(log_probs)), torch.tensor(len(t))
        losses[word] = F.ctc_loss(
            log_probs,
            torch.tensor(t),
            *sizes,
        ).item() * len(t)
    best = min(losses, key=losses.get)
    return best
""",
        "none, as a batch": """
def my_recognise(log_probs, words):
    best, least = None, math.inf
    for word, t in words.items():
        loss = F.ctc_loss(
            log_probs.unsqueeze(1),
            torch.tensor([t]),
            (len(log_probs),),
            (len(t),),
            reduction="none",
        )[0]
        if loss < least:
            best, least = word, loss
    return best
""",
        "nn.CTCLoss": """
def my_recognise(log_probs, words):
    ctc = nn.CTCLoss(reduction="sum")
    T = torch.tensor(len(log_probs))
    return min(
        words,
        key=lambda w: float(
            ctc(log_probs, torch.tensor(words[w]), T, torch.tensor(len(words[w])))
        ),
    )
""",
    },
    "16.4": {
        "loop": """
def my_word_error_rate(heard, said, distance):
    errors = words = 0
    for a, b in zip(heard, said, strict=True):
        errors += distance(a.split(), b.split())
        words += len(b.split())
    return errors / words
""",
        "map": """
def my_word_error_rate(heard, said, distance):
    heard, said = [t.split() for t in heard], [t.split() for t in said]
    return sum(map(distance, heard, said)) / sum(map(len, said))
""",
        "turned round, distance is symmetric": """
def my_word_error_rate(heard, said, distance):
    pairs = [(b.split(), a.split()) for a, b in zip(heard, said)]
    return sum(distance(*pair) for pair in pairs) / sum(len(b) for b, _ in pairs)
""",
    },
    "16.5": {
        "minus a very large number": """
def my_ctc(log_probs, target):
    never = -1e9
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "where": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2]
        two = torch.where(skip, two, never)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
        "loop over the states": """
def my_ctc(log_probs, target):
    states = [0]
    for i in target:
        states += [i, 0]
    alpha = {0: log_probs[0, 0], 1: log_probs[0, target[0]]}
    for row in log_probs[1:]:
        new = {}
        for s, symbol in enumerate(states):
            before = [s, s - 1]
            if s > 1 and symbol not in (0, states[s - 2]):
                before.append(s - 2)
            parts = [alpha[b] for b in before if b in alpha]
            if parts:
                new[s] = torch.stack(parts).logsumexp(dim=0) + row[symbol]
        alpha = new
    last = len(states) - 1
    ends = [alpha[s] for s in (last, last - 1) if s in alpha]
    return -torch.stack(ends).logsumexp(dim=0)
""",
        "scaled products": """
def my_ctc(log_probs, target):
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    p = log_probs.exp()[:, states]
    alpha = p[0] * torch.tensor([s < 2 for s in S])
    loss = 0.0
    for p_t in p[1:]:
        total = alpha.sum()
        loss, alpha = loss - total.log(), alpha / total
        one, two = F.pad(alpha, (1, 0))[:-1], F.pad(alpha, (2, 0))[:-2] * skip
        alpha = (alpha + one + two) * p_t
    return loss - alpha[-2:].sum().log()
""",
        "logaddexp": """
def my_ctc(log_probs, target):
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    skip = torch.tensor([s > 1 and states[s] not in (0, states[s - 2]) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s > 1 for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=never)[:-1]
        two = F.pad(alpha, (2, 0), value=never)[:-2].masked_fill(~skip, never)
        alpha = torch.logaddexp(torch.logaddexp(alpha, one), two) + row
    return -torch.logsumexp(alpha[-2:], dim=0)
""",
    },
}
HINTS = [
    ("16.1", "one frame missing", "The first frame counts"),
    ("16.1", "hertz by hop", "it sees one frame"),
    ("16.1", "hops in the whole sound", "inside the sound as a whole"),
    ("16.1", "half the rate over half the window", "an odd window"),
    ("16.2", "text and blanks or None", "Two equal letters"),
    ("16.2", "never None", "return None where"),
    ("16.2", "blank after each letter", "nothing else"),
    ("16.3", "mean", "Ask for the sum"),
    ("16.3", "zero infinity", "the best of all"),
    ("16.3", "largest loss", "the smallest one"),
    ("16.3", "likeliest alignment", "Add up all its alignments"),
    ("16.3", "ids from the letters", "do not make them"),
    ("16.4", "characters", "Cut the texts into words"),
    ("16.4", "mean of rates", "Add up errors and words first"),
    ("16.4", "split at one space", "makes empty words"),
    ("16.4", "one long row", "text by text"),
    ("16.4", "words sorted", "do not sort"),
    ("16.4", "at most one per text", "may be above 1"),
    ("16.4", "heard split at one space", "makes empty words"),
    ("16.5", "times the mask", "says that p is 1"),
    ("16.5", "zero in front", "says that p is 1"),
    ("16.5", "begins in three states", "nowhere else"),
    ("16.5", "products", "nothing is left of them"),
    ("16.5", "likeliest alignment", "not all of them"),
    ("16.5", "skips between equal letters", "must not be skipped"),
    ("16.5", "no gradient", "Gradients have to flow"),
    ("16.5", "F.ctc_loss, whose gradient assumes a softmax", "assumes a softmax"),
]
