"""Compare RNN, GRU and LSTM at equal CPU time on real text: what notebook 11 shows.

Each model has about 30,000 parameters and the learning rate that serves it best, of
five that are tried on a seed of their own. Then each trains for 40 CPU seconds on one
thread, with three seeds. How many steps that are is measured first, the three taking
turns, so that the machine's moods change all of them alike. The result goes to a small
file, which the notebook reads; a second call goes on where a stopped one ended, and
with `--again` from the beginning.
"""

import json
import statistics
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
TURNS, PIECE = 40, 10  # steps of a turn, when the speeds are measured
B, T = 32, 64
HELD_OUT = 20  # rows of 1,000 characters


@torch.no_grad()
def held_out_loss(model: nn.Module, inputs, targets) -> float:
    """The mean loss in nats per character."""
    logits, _ = model(inputs)  # (B, T, V)
    return float(F.cross_entropy(logits.flatten(0, 1), targets.flatten()))


class Training:
    """A model of one kind, its optimizer and its random numbers."""

    def __init__(self, name: str, lr: float, seed: int, ids: torch.Tensor) -> None:
        kind, hidden_size = SIZES[name]
        torch.manual_seed(seed)
        self.model = kind(len(corpus.CHARACTERS), hidden_size)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=lr)
        self.generator = torch.Generator().manual_seed(seed)
        self.ids, self.steps = ids, 0

    def step(self) -> None:
        """One step on rows from anywhere in the text."""
        starts = len(self.ids) - T
        at = torch.randint(starts, (B, 1), generator=self.generator)
        rows = self.ids[at + torch.arange(T + 1)]  # (B, T + 1)
        logits, _ = self.model(rows[:, :-1])  # (B, T, V)
        loss = F.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.steps += 1


def steps_per_second(ids: torch.Tensor) -> dict[str, float]:
    """How many steps each model makes in a CPU second: the median of its turns."""
    models = {name: Training(name, 1e-3, 0, ids) for name in SIZES}
    took: dict[str, list[float]] = {name: [] for name in SIZES}
    for turn in range(TURNS):
        for name in list(SIZES)[:: 1 if turn % 2 == 0 else -1]:
            start = time.process_time()
            for _ in range(PIECE):
                models[name].step()
            took[name].append(time.process_time() - start)
    return {name: round(PIECE / statistics.median(t), 2) for name, t in took.items()}


def train(name, lr, seed, marks, rate, texts) -> dict:
    """Train until the last mark; the loss on held-out text at each."""
    ids, held_out = texts
    training, losses = Training(name, lr, seed, ids), []
    for mark in marks:
        while training.steps < mark * rate:
            training.step()
        losses.append(round(held_out_loss(training.model, *held_out), 4))
    return {"steps": training.steps, "losses": losses}


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
    if "steps_per_second" not in found:
        found["steps_per_second"] = steps_per_second(texts[0])
        print("steps in a second", found["steps_per_second"], flush=True)
    rates = found["steps_per_second"]
    for name in SIZES:
        for lr in RATES:
            key = f"{name} {lr}"
            if key not in found["trials"]:
                run = train(name, lr, 9, (TRIAL,), rates[name], texts)
                found["trials"][key] = run["losses"][0]
                print("trial", key, run, flush=True)
                TARGET.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for seed in SEEDS:
        for name in SIZES:
            key = f"{name} {seed}"
            if key not in found["runs"]:
                lr = min(RATES, key=lambda lr: found["trials"][f"{name} {lr}"])
                run = train(name, lr, seed, MARKS, rates[name], texts) | {"lr": lr}
                found["runs"][key] = run
                print("run", key, run, flush=True)
                TARGET.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
