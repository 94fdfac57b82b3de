"""Compare RNN, GRU and LSTM at equal CPU time on real text: what notebook 11 shows.

Each model has about 30,000 parameters and the learning rate that serves it best, of
five that are tried on a seed of their own. Then each trains for 40 CPU seconds on one
thread, with three seeds. The result goes to a small file, which the notebook reads; a
second call goes on where a stopped one ended, and with `--again` from the beginning.
"""

import json
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from charrnn_helpers import corpus
from charrnn_helpers.models import CharGRU, CharLSTM, CharRNN

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "charrnn_helpers" / "lessons" / "n11" / "equal_time.json"
SIZES = {"RNN": (CharRNN, 101), "GRU": (CharGRU, 54), "LSTM": (CharLSTM, 44)}
RATES, SEEDS = (0.003, 0.006, 0.012, 0.024, 0.048), (0, 1, 2)
TRIAL, MARKS = 10, (2.5, 5, 10, 20, 40)  # CPU seconds of training
B, T = 32, 64
HELD_OUT = 20  # rows of 1,000 characters


@torch.no_grad()
def held_out_loss(model: nn.Module, inputs, targets) -> float:
    """The mean loss in nats per character."""
    logits, _ = model(inputs)  # (B, T, V)
    return float(F.cross_entropy(logits.flatten(0, 1), targets.flatten()))


def train(name, lr, seed, marks, texts) -> dict:
    """Train until the last mark; the loss on held-out text at each."""
    kind, hidden_size = SIZES[name]
    torch.manual_seed(seed)
    model = kind(len(corpus.CHARACTERS), hidden_size)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    train_ids, held_out = texts
    generator = torch.Generator().manual_seed(seed)
    spent, steps, losses = 0.0, 0, []
    for mark in marks:
        while spent < mark:
            start = time.process_time()
            at = torch.randint(len(train_ids) - T, (B, 1), generator=generator)
            rows = train_ids[at + torch.arange(T + 1)]  # (B, T + 1)
            logits, _ = model(rows[:, :-1])  # (B, T, V)
            loss = F.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            spent += time.process_time() - start
            steps += 1
        losses.append(round(held_out_loss(model, *held_out), 4))
    return {"steps": steps, "losses": losses}


def main() -> None:
    """Do the runs that are not in the file yet."""
    torch.set_num_threads(1)
    found = {"marks": MARKS, "trials": {}, "runs": {}}
    if TARGET.exists() and "--again" not in sys.argv:
        found = json.loads(TARGET.read_text(encoding="utf-8"))
    vocab, text = corpus.vocabulary(), corpus.load()
    ids = vocab.encode(text.validation)[: HELD_OUT * 1000 + 1]
    texts = (
        vocab.encode(text.train),
        (ids[:-1].view(HELD_OUT, -1), ids[1:].view(HELD_OUT, -1)),
    )
    for name in SIZES:
        for lr in RATES:
            key = f"{name} {lr}"
            if key not in found["trials"]:
                run = train(name, lr, 9, (TRIAL,), texts)
                found["trials"][key] = run["losses"][0]
                print("trial", key, run, flush=True)
                TARGET.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for seed in SEEDS:
        for name in SIZES:
            key = f"{name} {seed}"
            if key not in found["runs"]:
                lr = min(RATES, key=lambda lr: found["trials"][f"{name} {lr}"])
                run = train(name, lr, seed, MARKS, texts) | {"lr": lr}
                found["runs"][key] = run
                print("run", key, run, flush=True)
                TARGET.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
