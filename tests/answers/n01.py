"""Answers to the exercises of notebook 01, wrong and right ones."""

WRONG = {
    "1.1": {
        "last known id": """
def my_encode(stoi, text):
    ids = [stoi.get(c, len(stoi) - 1) for c in text]
    return torch.tensor(ids, dtype=torch.int64)
""",
        "one id left unused": """
def my_encode(stoi, text):
    return torch.tensor([stoi.get(c, len(stoi) + 1) for c in text], dtype=torch.int64)
""",
        "zero": """
def my_encode(stoi, text):
    return torch.tensor([stoi.get(c, 0) for c in text], dtype=torch.int64)
""",
        "minus one": """
def my_encode(stoi, text):
    return torch.tensor([stoi.get(c, -1) for c in text], dtype=torch.int64)
""",
        "largest id": """
def my_encode(stoi, text):
    ids = [stoi.get(c, max(stoi.values())) for c in text]
    return torch.tensor(ids, dtype=torch.int64)
""",
        "a new id for each stranger": """
def my_encode(stoi, text):
    known = dict(stoi)
    for c in text:
        if c not in known:
            known[c] = len(known)
    return torch.tensor([known[c] for c in text], dtype=torch.int64)
""",
        "writes into stoi": """
def my_encode(stoi, text):
    for c in text:
        stoi.setdefault(c, len(stoi))
    return torch.tensor([stoi[c] for c in text], dtype=torch.int64)
""",
        "writes one entry into stoi": """
def my_encode(stoi, text):
    stoi.setdefault("<unk>", len(stoi))
    return torch.tensor([stoi.get(c, stoi["<unk>"]) for c in text], dtype=torch.int64)
""",
        "strangers left out": """
def my_encode(stoi, text):
    return torch.tensor([stoi[c] for c in text if c in stoi], dtype=torch.int64)
""",
        "stops with a KeyError": """
def my_encode(stoi, text):
    return torch.tensor([stoi[c] for c in text], dtype=torch.int64)
""",
        "stops with a ValueError": """
def my_encode(stoi, text):
    for position, c in enumerate(text):
        if c not in stoi:
            raise ValueError(f"{c!r} at {position}")
    return torch.tensor([stoi[c] for c in text], dtype=torch.int64)
""",
        "lower case": """
def my_encode(stoi, text):
    ids = [stoi.get(c.lower(), len(stoi)) for c in text]
    return torch.tensor(ids, dtype=torch.int64)
""",
        "text stripped": """
def my_encode(stoi, text):
    ids = [stoi.get(c, len(stoi)) for c in text.strip()]
    return torch.tensor(ids, dtype=torch.int64)
""",
        "float where the text is empty": """
def my_encode(stoi, text):
    return torch.tensor([stoi.get(c, len(stoi)) for c in text])
""",
        "float": """
def my_encode(stoi, text):
    return torch.tensor([float(stoi.get(c, len(stoi))) for c in text])
""",
        "int32": """
def my_encode(stoi, text):
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int32)
""",
        "a list": """
def my_encode(stoi, text):
    return [stoi.get(c, len(stoi)) for c in text]
""",
        "an axis too many": """
def my_encode(stoi, text):
    return torch.tensor([[stoi.get(c, len(stoi)) for c in text]], dtype=torch.int64)
""",
        "the size of the example": """
def my_encode(stoi, text):
    return torch.tensor([stoi.get(c, 16) for c in text], dtype=torch.int64)
""",
        "the length of the text": """
def my_encode(stoi, text):
    return torch.tensor([stoi.get(c, len(text)) for c in text], dtype=torch.int64)
""",
        "None": """
def my_encode(stoi, text):
    return torch.tensor([stoi.get(c) for c in text], dtype=torch.int64)
""",
        "get of get: 0 counts as missing": """
def my_encode(stoi, text):
    ids = [stoi.get(c) or len(stoi) for c in text]
    return torch.tensor(ids, dtype=torch.int64)
""",
        "ids of the letters in the computer": """
def my_encode(stoi, text):
    ids = [ord(c) if c in stoi else len(stoi) for c in text]
    return torch.tensor(ids, dtype=torch.int64)
""",
        "each stranger once": """
def my_encode(stoi, text):
    ids, met = [], set()
    for c in text:
        if c in stoi:
            ids.append(stoi[c])
        elif c not in met:
            ids.append(len(stoi))
            met.add(c)
    return torch.tensor(ids, dtype=torch.int64)
""",
    },
    "1.2": {
        "vocabulary in the order of first appearance": """
def my_translate(ids, old, new):
    itos = list(dict.fromkeys("".join(old)))
    stoi = {c: i for i, c in enumerate(dict.fromkeys("".join(new)))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "sorted, but characters are not made distinct": """
def my_translate(ids, old, new):
    itos = sorted("".join(old))
    stoi = {c: i for i, c in enumerate(sorted("".join(new)))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "only the new characters are not made distinct": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted("".join(new)))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "stops with a KeyError": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    return torch.tensor([stoi[itos[i]] for i in ids.tolist()], dtype=torch.int64)
""",
        "float32 where the text is empty": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text])
""",
        "int32": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int32)
""",
        "list instead of a tensor": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    return [stoi.get(c, len(stoi)) for c in text]
""",
        "the text instead of its ids": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    known = set("".join(new))
    text = "".join(itos[i] for i in ids.tolist())
    return text
""",
        "old and new exchanged": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(new)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(old))))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "missing characters are left out": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi[c] for c in text if c in stoi], dtype=torch.int64)
""",
        "missing characters become 0": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, 0) for c in text], dtype=torch.int64)
""",
        "vocabulary from the first text alone": """
def my_translate(ids, old, new):
    itos = sorted(set(old[0]))
    stoi = {c: i for i, c in enumerate(sorted(set(new[0])))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "texts joined with a space": """
def my_translate(ids, old, new):
    itos = sorted(set(" ".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set(" ".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "texts stripped": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(text.strip() for text in old)))
    known = sorted(set("".join(text.strip() for text in new)))
    stoi = {c: i for i, c in enumerate(known)}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "lower case": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old).lower()))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new).lower())))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "sorted without regard to case": """
def my_translate(ids, old, new):
    itos = sorted(sorted(set("".join(old))), key=str.lower)
    known = sorted(sorted(set("".join(new))), key=str.lower)
    stoi = {c: i for i, c in enumerate(known)}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "letters and spaces only": """
def my_translate(ids, old, new):
    itos = sorted({c for c in "".join(old) if c.isalpha() or c == " "})
    known = sorted({c for c in "".join(new) if c.isalpha() or c == " "})
    stoi = {c: i for i, c in enumerate(known)}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "ASCII only": """
def my_translate(ids, old, new):
    itos = sorted(c for c in set("".join(old)) if c.isascii())
    known = sorted(c for c in set("".join(new)) if c.isascii())
    stoi = {c: i for i, c in enumerate(known)}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "the class Vocabulary": """
def my_translate(ids, old, new):
    stoi = Vocabulary.from_texts(new).stoi
    text = Vocabulary.from_texts(old).decode(ids)
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "the package's class": """
def my_translate(ids, old, new):
    stoi = data.Vocabulary.from_texts(new).stoi
    text = data.Vocabulary.from_texts(old).decode(ids)
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "stops with the ValueError of index": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    known = sorted(set("".join(new)))
    return torch.tensor([known.index(itos[i]) for i in ids], dtype=torch.int64)
""",
        "a stranger becomes -1 by find": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    known = "".join(sorted(set("".join(new))))
    return torch.tensor([known.find(itos[i]) for i in ids], dtype=torch.int64)
""",
        "the size of the old vocabulary": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(itos)) for c in text], dtype=torch.int64)
""",
        "the size of both vocabularies together": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    size = len(set(itos) | set(stoi))
    return torch.tensor([stoi.get(c, size) for c in text], dtype=torch.int64)
""",
        "the largest id": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi) - 1) for c in text], dtype=torch.int64)
""",
        "an id of its own for each stranger": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    for c in text:
        stoi.setdefault(c, len(stoi))
    return torch.tensor([stoi[c] for c in text], dtype=torch.int64)
""",
        "a stranger keeps its old id": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    result = [stoi.get(c, i) for c, i in zip(text, ids.tolist())]
    return torch.tensor(result, dtype=torch.int64)
""",
        "one vocabulary of all the texts": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old + new)))
    stoi = {c: i for i, c in enumerate(itos)}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "the ids as they came": """
def my_translate(ids, old, new):
    return ids
""",
        "the same object, changed in place": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    for position, c in enumerate(text):
        ids[position] = stoi.get(c, len(stoi))
    return ids
""",
        "the new texts encoded instead": """
def my_translate(ids, old, new):
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    return torch.tensor([stoi[c] for c in "".join(new)], dtype=torch.int64)
""",
        "letters of the texts in their order, with repeats": """
def my_translate(ids, old, new):
    itos = "".join(old)
    stoi = {c: i for i, c in enumerate("".join(new))}
    return torch.tensor([stoi.get(itos[i], len(stoi)) for i in ids], dtype=torch.int64)
""",
        "encoded with the vocabulary that wrote the ids": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(itos)}
    return torch.tensor([stoi[itos[i]] for i in ids.tolist()], dtype=torch.int64)
""",
        "one text as one string": """
def my_translate(ids, old, new):
    itos = sorted(set(old))
    stoi = {c: i for i, c in enumerate(sorted(set(new)))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "a tensor for each id": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    return [torch.tensor(stoi.get(c, len(stoi))) for c in text]
""",
        "a dictionary asked for an entry of the tensor": """
def my_translate(ids, old, new):
    itos = dict(enumerate(sorted(set("".join(old)))))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    return torch.tensor([stoi.get(itos[i], len(stoi)) for i in ids], dtype=torch.int64)
""",
        "the number of texts": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(new)) for c in text], dtype=torch.int64)
""",
    },
    "1.3": {
        "longest of all": """
def my_padded_cells(lengths, batch_size):
    return len(lengths) * max(lengths) - sum(lengths)
""",
        "last batch left out": """
def my_padded_cells(lengths, batch_size):
    total = 0
    for i in range(0, len(lengths) - batch_size + 1, batch_size):
        group = lengths[i : i + batch_size]
        total += batch_size * max(group) - sum(group)
    return total
""",
        "every batch is full": """
def my_padded_cells(lengths, batch_size):
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return sum(batch_size * max(g) - sum(g) for g in groups)
""",
        "sorted": """
def my_padded_cells(lengths, batch_size):
    lengths = sorted(lengths)
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return sum(len(g) * max(g) - sum(g) for g in groups)
""",
        "sorts the list that was given": """
def my_padded_cells(lengths, batch_size):
    lengths.sort()
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return sum(len(g) * max(g) - sum(g) for g in groups)
""",
        "all cells": """
def my_padded_cells(lengths, batch_size):
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return sum(len(g) * max(g) for g in groups)
""",
        "real characters": """
def my_padded_cells(lengths, batch_size):
    return sum(lengths)
""",
        "returns inside the loop": """
def my_padded_cells(lengths, batch_size):
    total = 0
    for i in range(0, len(lengths), batch_size):
        group = lengths[i : i + batch_size]
        total += len(group) * max(group) - sum(group)
        return total
""",
        "keeps the last batch only": """
def my_padded_cells(lengths, batch_size):
    for i in range(0, len(lengths), batch_size):
        group = lengths[i : i + batch_size]
        total = len(group) * max(group) - sum(group)
    return total
""",
        "moves on by one": """
def my_padded_cells(lengths, batch_size):
    total = 0
    for i in range(len(lengths)):
        group = lengths[i : i + batch_size]
        total += len(group) * max(group) - sum(group)
    return total
""",
        "share": """
def my_padded_cells(lengths, batch_size):
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return 1 - sum(lengths) / sum(len(g) * max(g) for g in groups)
""",
        "mean share of the batches": """
def my_padded_cells(lengths, batch_size):
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return sum(1 - sum(g) / (len(g) * max(g)) for g in groups) / len(groups)
""",
        "batch_size is the number of batches": """
def my_padded_cells(lengths, batch_size):
    size = -(-len(lengths) // batch_size)
    groups = [lengths[i : i + size] for i in range(0, len(lengths), size)]
    return sum(len(g) * max(g) - sum(g) for g in groups)
""",
        "longest minus shortest": """
def my_padded_cells(lengths, batch_size):
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return sum(max(g) - min(g) for g in groups)
""",
        "padded texts": """
def my_padded_cells(lengths, batch_size):
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return sum(n < max(g) for g in groups for n in g)
""",
        "the first of a batch is its longest": """
def my_padded_cells(lengths, batch_size):
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return sum(len(g) * g[0] - sum(g) for g in groups)
""",
        "the last of a batch is its longest": """
def my_padded_cells(lengths, batch_size):
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return sum(len(g) * g[-1] - sum(g) for g in groups)
""",
        "absolute distance to the first": """
def my_padded_cells(lengths, batch_size):
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return sum(abs(g[0] - n) for g in groups for n in g)
""",
        "longest of all, then the batches": """
def my_padded_cells(lengths, batch_size):
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return sum(len(g) * max(lengths) - sum(g) for g in groups)
""",
        "characters to predict": """
def my_padded_cells(lengths, batch_size):
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    empty = (len(g) * max(g) - sum(g) for g in groups)
    return sum(n - (len(lengths) > 1) for n in empty)
""",
        "list of the batches": """
def my_padded_cells(lengths, batch_size):
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return [len(g) * max(g) - sum(g) for g in groups]
""",
        "batches by whole division": """
def my_padded_cells(lengths, batch_size):
    total = 0
    for b in range(len(lengths) // batch_size):
        group = lengths[b * batch_size : (b + 1) * batch_size]
        total += len(group) * max(group) - sum(group)
    return total
""",
        "slice ends one too early": """
def my_padded_cells(lengths, batch_size):
    total = 0
    for i in range(0, len(lengths), batch_size):
        group = lengths[i : i + batch_size - 1] or lengths[i : i + 1]
        total += len(group) * max(group) - sum(group)
    return total
""",
        "prints": """
def my_padded_cells(lengths, batch_size):
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    print(sum(len(g) * max(g) - sum(g) for g in groups))
""",
    },
    "1.4": {
        "last column": """
def my_last(batch, pad_id):
    return batch[:, -1]
""",
        "first column": """
def my_last(batch, pad_id):
    return batch[:, 0]
""",
        "one too far right": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return batch[torch.arange(len(batch)), lengths]
""",
        "one too far right, kept inside": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return batch[torch.arange(len(batch)), lengths.clamp(max=batch.shape[1] - 1)]
""",
        "one too far left": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return batch[torch.arange(len(batch)), lengths - 2]
""",
        "the columns": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return lengths - 1
""",
        "the lengths": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return lengths
""",
        "all these columns of every row": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return batch[:, lengths - 1]
""",
        "diagonal kept as a table": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return batch[:, lengths - 1].diagonal().unsqueeze(1)
""",
        "sum over the wrong axis": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=0)
    return batch[torch.arange(len(batch)), lengths - 1]
""",
        "sum over everything": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum()
    return batch[torch.arange(len(batch)), lengths - 1]
""",
        "row 0 only": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return batch[0, lengths - 1]
""",
        "padding is 0": """
def my_last(batch, pad_id):
    lengths = (batch != 0).sum(dim=1)
    return batch[torch.arange(len(batch)), lengths - 1]
""",
        "padding is the largest id": """
def my_last(batch, pad_id):
    lengths = (batch < pad_id).sum(dim=1)
    return batch[torch.arange(len(batch)), lengths - 1]
""",
        "largest id": """
def my_last(batch, pad_id):
    return batch.masked_fill(batch == pad_id, -5).max(dim=1).values
""",
        "mask of the padding": """
def my_last(batch, pad_id):
    lengths = (batch == pad_id).sum(dim=1)
    return batch[torch.arange(len(batch)), lengths - 1]
""",
        "last entry of all real ones": """
def my_last(batch, pad_id):
    return batch[batch != pad_id][-1]
""",
        "all real ones": """
def my_last(batch, pad_id):
    return batch[batch != pad_id]
""",
        "a list": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return [row[n - 1].item() for row, n in zip(batch, lengths)]
""",
        "shape (B, 1)": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return batch.gather(1, (lengths - 1).unsqueeze(1))
""",
        "arange over the columns": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return batch[torch.arange(batch.shape[1]), lengths - 1]
""",
        "first padding found by argmax, minus one, as an answer": """
def my_last(batch, pad_id):
    return (batch == pad_id).int().argmax(dim=1) - 1
""",
        "float": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return batch[torch.arange(len(batch)), lengths - 1].float()
""",
        "cut at the shortest": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return batch[:, lengths.min() - 1]
""",
        "writes into the batch": """
def my_last(batch, pad_id):
    batch[batch == pad_id] = 0
    lengths = (batch != 0).sum(dim=1)
    return batch[torch.arange(len(batch)), lengths - 1]
""",
        "sum of the rows": """
def my_last(batch, pad_id):
    return (batch * (batch != pad_id)).sum(dim=1)
""",
        "mask, then the last column": """
def my_last(batch, pad_id):
    return batch[batch != pad_id][:, -1]
""",
        "whole rows": """
def my_last(batch, pad_id):
    return batch[(batch != pad_id).sum(dim=1) - 1]
""",
        "a list of tensors": """
def my_last(batch, pad_id):
    return [row[row != pad_id][-1] for row in batch]
""",
        "row and column exchanged": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return batch[lengths - 1, torch.arange(len(batch))]
""",
    },
    "1.5": {
        "pads on the right": """
def my_fit(texts, length):
    rows = [text[-length:].ljust(length) for text in texts]
    kept = sum(len(text[-length:]) for text in texts)
    return rows, 1 - kept / (length * len(texts))
""",
        "cuts the end": """
def my_fit(texts, length):
    rows = [text[:length].rjust(length) for text in texts]
    kept = sum(len(text[:length]) for text in texts)
    return rows, 1 - kept / (length * len(texts))
""",
        "pads on the right and cuts the end": """
def my_fit(texts, length):
    rows = [text[:length].ljust(length) for text in texts]
    kept = sum(len(text[:length]) for text in texts)
    return rows, 1 - kept / (length * len(texts))
""",
        "does not cut": """
def my_fit(texts, length):
    rows = [text.rjust(length) for text in texts]
    kept = sum(min(len(text), length) for text in texts)
    return rows, 1 - kept / (length * len(texts))
""",
        "does not pad": """
def my_fit(texts, length):
    rows = [text[-length:] for text in texts]
    kept = sum(len(row) for row in rows)
    return rows, 1 - kept / (length * len(texts))
""",
        "text[len(text) - length:]": """
def my_fit(texts, length):
    rows = [text[len(text) - length :].rjust(length) for text in texts]
    kept = sum(min(len(text), length) for text in texts)
    return rows, 1 - kept / (length * len(texts))
""",
        "keeps one character too few of a long text": """
def my_fit(texts, length):
    rows = [
        (text[-length + 1 :] if len(text) > length > 1 else text[-length:]).rjust(
            length
        )
        for text in texts
    ]
    kept = sum(min(len(text), length) for text in texts)
    return rows, 1 - kept / (length * len(texts))
""",
        "drops the last character of a long text": """
def my_fit(texts, length):
    rows = [
        text[-length - 1 : -1] if len(text) > length else text.rjust(length)
        for text in texts
    ]
    kept = sum(min(len(text), length) for text in texts)
    return rows, 1 - kept / (length * len(texts))
""",
        "longest text instead of length": """
def my_fit(texts, length):
    length = max(map(len, texts))
    rows = [text[-length:].rjust(length) for text in texts]
    kept = sum(len(text[-length:]) for text in texts)
    return rows, 1 - kept / (length * len(texts))
""",
        "centred": """
def my_fit(texts, length):
    rows = [text[-length:].center(length) for text in texts]
    kept = sum(len(text[-length:]) for text in texts)
    return rows, 1 - kept / (length * len(texts))
""",
        "zeros instead of spaces": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length, "0") for text in texts]
    kept = sum(len(text[-length:]) for text in texts)
    return rows, 1 - kept / (length * len(texts))
""",
        "texts stripped": """
def my_fit(texts, length):
    texts = [text.strip() for text in texts]
    rows = [text[-length:].rjust(length) for text in texts]
    kept = sum(len(text[-length:]) for text in texts)
    return rows, 1 - kept / (length * len(texts))
""",
        "trailing spaces taken off": """
def my_fit(texts, length):
    texts = [text.rstrip() for text in texts]
    rows = [text[-length:].rjust(length) for text in texts]
    kept = sum(len(text[-length:]) for text in texts)
    return rows, 1 - kept / (length * len(texts))
""",
        "share counts every space in the rows": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    spaces = sum(row.count(" ") for row in rows)
    return rows, spaces / (length * len(texts))
""",
        "share counts leading spaces of the text": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    padded = sum(len(row) - len(row.lstrip()) for row in rows)
    return rows, padded / (length * len(texts))
""",
        "share from spaces gained, blind to spaces that were cut": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    gained = sum(row.count(" ") - text.count(" ") for row, text in zip(rows, texts))
    return rows, gained / (length * len(texts))
""",
        "share lets long texts outweigh short ones": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    return rows, 1 - sum(map(len, texts)) / (length * len(texts))
""",
        "the same, not below zero": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    return rows, max(0.0, 1 - sum(map(len, texts)) / (length * len(texts)))
""",
        "share of kept cells": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    kept = sum(len(text[-length:]) for text in texts)
    return rows, kept / (length * len(texts))
""",
        "number of padded cells": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    return rows, sum(length - len(text[-length:]) for text in texts)
""",
        "share in per cent": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    kept = sum(len(text[-length:]) for text in texts)
    return rows, 100 * (1 - kept / (length * len(texts)))
""",
        "share rounded to two digits": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    kept = sum(len(text[-length:]) for text in texts)
    return rows, round(1 - kept / (length * len(texts)), 2)
""",
        "padding against real characters": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    kept = sum(len(text[-length:]) for text in texts)
    return rows, (length * len(texts) - kept) / kept
""",
        "whole division": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    kept = sum(len(text[-length:]) for text in texts)
    return rows, (length * len(texts) - kept) // (length * len(texts))
""",
        "share of padded rows": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    return rows, sum(len(text) < length for text in texts) / len(texts)
""",
        "share among the short texts only": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    short = [text for text in texts if len(text) < length]
    if not short:
        return rows, 0.0
    return rows, 1 - sum(map(len, short)) / (length * len(short))
""",
        "each text counted once": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    kinds = set(texts)
    kept = sum(len(text[-length:]) for text in kinds)
    return rows, 1 - kept / (length * len(kinds))
""",
        "length counted in bytes": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    kept = sum(min(len(text.encode()), length) for text in texts)
    return rows, 1 - kept / (length * len(texts))
""",
        "rows sorted": """
def my_fit(texts, length):
    texts = sorted(texts)
    rows = [text[-length:].rjust(length) for text in texts]
    kept = sum(len(text[-length:]) for text in texts)
    return rows, 1 - kept / (length * len(texts))
""",
        "share and rows exchanged": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    kept = sum(len(text[-length:]) for text in texts)
    return 1 - kept / (length * len(texts)), rows
""",
        "rows alone": """
def my_fit(texts, length):
    return [text[-length:].rjust(length) for text in texts]
""",
        "writes into the list that was given": """
def my_fit(texts, length):
    padded = 0
    for i, text in enumerate(texts):
        padded += max(length - len(text), 0)
        texts[i] = text[-length:].rjust(length)
    return texts, padded / (length * len(texts))
""",
        "padded_share of the texts": """
def padded_share(lengths):
    return 1 - sum(lengths) / (len(lengths) * max(lengths))


def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    return rows, padded_share([len(text) for text in texts])
""",
        "padded_share of what is kept": """
def padded_share(lengths):
    return 1 - sum(lengths) / (len(lengths) * max(lengths))


def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    return rows, padded_share([min(len(text), length) for text in texts])
""",
        "cells of one row": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    return rows, sum(max(0, length - len(text)) for text in texts) / length
""",
        "against all characters": """
def my_fit(texts, length):
    rows = [text[-length:].rjust(length) for text in texts]
    empty = sum(max(0, length - len(text)) for text in texts)
    return rows, empty / sum(len(text) for text in texts)
""",
    },
}

RIGHT = {
    "1.1": {
        "get": """
def my_encode(stoi, text):
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "a loop": """
def my_encode(stoi, text):
    ids = torch.full((len(text),), len(stoi))
    for i, c in enumerate(text):
        if c in stoi:
            ids[i] = stoi[c]
    return ids
""",
        "largest id plus one": """
def my_encode(stoi, text):
    free = max(stoi.values()) + 1
    return torch.tensor([stoi.get(c, free) for c in text], dtype=torch.long)
""",
        "try": """
def my_encode(stoi, text):
    ids = []
    for c in text:
        try:
            ids.append(stoi[c])
        except KeyError:
            ids.append(len(stoi))
    return torch.tensor(ids).long()
""",
    },
    "1.2": {
        "get": """
def my_translate(ids, old, new):
    itos = sorted(set("".join(old)))
    stoi = {c: i for i, c in enumerate(sorted(set("".join(new))))}
    text = "".join(itos[i] for i in ids.tolist())
    return torch.tensor([stoi.get(c, len(stoi)) for c in text], dtype=torch.int64)
""",
        "lists and index": """
def my_translate(ids, old, new):
    before = sorted({c for text in old for c in text})
    after = sorted({c for text in new for c in text})
    result = torch.empty(len(ids), dtype=torch.int64)
    for position in range(len(ids)):
        c = before[int(ids[position])]
        result[position] = after.index(c) if c in after else len(after)
    return result
""",
        "a table from old ids to new ones": """
def my_translate(ids, old, new):
    after = sorted(set().union(*new))
    table = [
        after.index(c) if c in after else len(after) for c in sorted(set().union(*old))
    ]
    return torch.tensor(table)[ids]
""",
        "KeyError caught": """
from collections import Counter


def my_translate(ids, old, new):
    itos = dict(enumerate(sorted(Counter("".join(old)))))
    stoi = {c: i for i, c in enumerate(sorted(Counter("".join(new))))}
    result = []
    for i in ids.tolist():
        try:
            result.append(stoi[itos[i]])
        except KeyError:
            result.append(len(stoi))
    return torch.tensor(result).long()
""",
        "NumPy": """
import numpy as np

def my_translate(ids, old, new):
    before = np.unique([ord(c) for c in "".join(old)])
    after = np.unique([ord(c) for c in "".join(new)])
    codes = before[ids.numpy()]
    known = np.isin(codes, after)
    return torch.from_numpy(np.where(known, np.searchsorted(after, codes), len(after)))
""",
        "two small classes": """
class Table:
    def __init__(self, texts):
        self.symbols = sorted(set("".join(texts)))

    def id(self, c):
        return self.symbols.index(c) if c in self.symbols else len(self.symbols)

def my_translate(ids, old, new):
    one, two = Table(old), Table(new)
    result = ids.new_zeros(ids.shape)
    for position, i in enumerate(ids.tolist()):
        result[position] = two.id(one.symbols[i])
    return result
""",
    },
    "1.3": {
        "sum over the batches": """
def my_padded_cells(lengths, batch_size):
    groups = [lengths[i : i + batch_size] for i in range(0, len(lengths), batch_size)]
    return sum(len(g) * max(g) - sum(g) for g in groups)
""",
        "text by text": """
def my_padded_cells(lengths, batch_size):
    total = 0
    for i in range(0, len(lengths), batch_size):
        group = lengths[i : i + batch_size]
        for length in group:
            total += max(group) - length
    return total
""",
        "with tensors": """
def my_padded_cells(lengths, batch_size):
    total = 0
    for group in torch.tensor(lengths).split(batch_size):
        total += (group.max() - group).sum().item()
    return total
""",
        "batches taken from the front": """
def my_padded_cells(lengths, batch_size):
    rest, cells = list(lengths), 0
    while rest:
        group, rest = rest[:batch_size], rest[batch_size:]
        cells += len(group) * max(group)
    return cells - sum(lengths)
""",
    },
    "1.4": {
        "two lists of places": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return batch[torch.arange(len(batch)), lengths - 1]
""",
        "gather": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1)
    return batch.gather(1, (lengths - 1).unsqueeze(1)).squeeze(1)
""",
        "a loop": """
def my_last(batch, pad_id):
    return torch.stack([row[row != pad_id][-1] for row in batch])
""",
        "argmax of the mask": """
def my_last(batch, pad_id):
    return batch[torch.arange(len(batch)), (batch == pad_id).int().argmax(dim=1) - 1]
""",
        "a mask of the last places": """
def my_last(batch, pad_id):
    lengths = (batch != pad_id).sum(dim=1, keepdim=True)
    return batch[torch.arange(batch.shape[1]) == lengths - 1]
""",
    },
    "1.5": {
        "mean of the rows' shares": """
def my_fit(texts, length):
    rows, shares = [], []
    for text in texts:
        missing = max(length - len(text), 0)
        rows.append(" " * missing + text[-length:])
        shares.append(missing / length)
    return rows, sum(shares) / len(shares)
""",
        "pad first, then cut": """
my_fit = lambda texts, length: [
    [(" " * length + text)[-length:] for text in texts],
    sum(max(0, length - len(t)) for t in texts) / sum(length for t in texts),
]
""",
        "spaces counted before and after": """
def my_fit(texts, length):
    kept = [text if len(text) <= length else text[len(text) - length:]
            for text in texts]
    rows = [f"{text:>{length}}" for text in kept]
    padded = "".join(rows).count(" ") - "".join(kept).count(" ")
    return rows, padded / len("".join(rows))
""",
        "NumPy's mean": """
import numpy as np

class Fit:
    def __call__(self, texts, length):
        rows = ["".join(reversed(t[::-1][:length].ljust(length))) for t in texts]
        padded = np.clip(length - np.array([len(t) for t in texts]), 0, None)
        return rows, np.mean(padded / length)

my_fit = Fit()
""",
        "recursion": """
def my_fit(texts, length):
    def fit(text):
        if len(text) == length:
            return text, 0
        if len(text) > length:
            return fit(text[1:])
        row, padded = fit(" " + text)
        return row, padded + 1

    fitted = [fit(text) for text in texts]
    share = sum(padded for _, padded in fitted) / (len(texts) * length)
    return [row for row, _ in fitted], share
""",
    },
}

HINTS = [
    ("1.1", "None", "You stop at the first stranger."),
    ("1.2", "a dictionary asked for an entry of the tensor", "ids.tolist() makes"),
    ("1.2", "one text as one string", "join them first"),
    ("1.2", "the size of the old vocabulary", "one of the new vocabulary"),
    ("1.2", "a stranger becomes -1 by find", "-1 is no row of a table"),
    ("1.4", "mask, then the last column", "batch[mask] is one row"),
    ("1.4", "a list of tensors", "a tensor, not a list"),
    ("1.5", "padded_share of the texts", "pads to the longest"),
    ("1.5", "padded_share of what is kept", "pads to the longest"),
    ("1.5", "cells of one row", "length * len(texts) cells"),
    ("1.5", "against all characters", "You divide by the real characters."),
]
