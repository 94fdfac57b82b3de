"""Measure the speed of the helper module: ``make bench``.

Everything runs on one thread, but for the last rows, which take what they say. The
variants of a row take turns, so that a machine that slows down slows all of them; a
ratio is the median of the ratios of the single turns. The times are CPU time, which
other programs on the machine disturb less than the clock on the wall; with one thread
and no waiting the two are the same on an idle machine.
Nothing is asserted: times belong to the machine that they were measured on.
"""

# ruff: noqa: E402 - the threads are set before NumPy and torch are imported
import os

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
for name in THREADS:
    os.environ[name] = "1"

import platform
import shutil
import statistics
import string
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers import fast
from charrnn_helpers.data import Vocabulary, one_hot, shift
from charrnn_helpers.gradients import Recurrence
from charrnn_helpers.longrun import bf16_pays, load
from charrnn_helpers.longtext import Streams
from charrnn_helpers.models import CharRNN, ScratchRNN, ScratchRNNCell, run_layer
from charrnn_helpers.sampling import sample
from charrnn_helpers.training import fit

V, H, B, T = 65, 128, 32, 64
VOCAB = Vocabulary(string.ascii_letters + string.digits + " .,")
# On Windows CPU time advances in steps of 16 ms, longer than some rows take.
clock = time.process_time if os.name == "posix" else time.perf_counter
WIDTHS = (44, 12, 45, 12, 9, 10)


class StepByStep(nn.Module):
    """The loop of the widely copied tutorials: three layers and a loss at each step."""

    def __init__(self, hidden_size: int = H) -> None:
        super().__init__()
        self.i2h = nn.Linear(V, hidden_size)
        self.h2h = nn.Linear(hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, V)

    def loss(self, inputs: Tensor, targets: Tensor) -> Tensor:
        x = one_hot(inputs, V)  # (B, T, V)
        h = x.new_zeros(len(x), self.h2h.out_features)  # (B, H)
        loss = x.new_zeros(())
        for t in range(inputs.shape[1]):
            h = torch.tanh(self.i2h(x[:, t]) + self.h2h(h))
            loss = loss + F.cross_entropy(self.h2o(h), targets[:, t])
        return loss / inputs.shape[1]


def whole(model: nn.Module) -> Callable[[Tensor, Tensor], Tensor]:
    """The loss of a model that takes the whole batch."""

    def loss(inputs: Tensor, targets: Tensor) -> Tensor:
        logits, _ = model(inputs)  # (B, T, V)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())

    return loss


def training_step(model: nn.Module, loss_of: Callable, batch_size: int) -> Callable:
    """Forward, backward and step of one batch."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    inputs, targets = shift(random_ids(batch_size, T + 1))

    def step() -> None:
        optimizer.zero_grad()
        loss_of(inputs, targets).backward()
        optimizer.step()

    return step


def bare_loop(model: nn.Module, inputs: Tensor, targets: Tensor, epochs: int) -> None:
    """What ``fit`` does, in ten lines, without its checks and its gradient norms."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses = []
    for _ in range(epochs):
        for rows in torch.randperm(len(inputs)).split(B):
            optimizer.zero_grad()
            logits, _ = model(inputs[rows])
            loss = F.cross_entropy(logits.flatten(0, 1), targets[rows].flatten())
            loss.backward()
            optimizer.step()
            losses.append(loss.item())


@torch.no_grad()
def refeed(model: CharRNN, n: int) -> None:
    """Read the whole text again for each new character, and throw the state away."""
    ids = torch.zeros(1, dtype=torch.long)
    for _ in range(n):
        logits, _ = model(ids)
        ids = torch.cat([ids, logits[-1].argmax().view(1)])


@torch.no_grad()
def call_module(model: CharRNN, n: int) -> None:
    """Carry the state, and call the whole module once a character."""
    i, h = torch.zeros(1, dtype=torch.long), None
    for _ in range(n):
        logits, h = model(i, h)
        i = logits[-1].argmax().view(1)


def plain_numpy(model: CharRNN, n: int) -> None:
    """Nothing but the arithmetic."""
    W_ih, W_hh, b_ih, b_hh = (p.detach().numpy() for p in model.rnn.parameters())
    W_ho, b_o = (p.detach().numpy() for p in model.output.parameters())
    rows, b = np.ascontiguousarray(W_ih.T), b_ih + b_hh
    i, h = 0, np.zeros(len(b), np.float32)
    for _ in range(n):
        h = np.tanh(rows[i] + b + W_hh @ h)
        i = int((W_ho @ h + b_o).argmax())


def loop_of_two(ids: list[list[int]]) -> np.ndarray:
    """The one-hot rows of a batch, a one at a time."""
    rows = np.zeros((len(ids), len(ids[0]), V), np.float32)
    for b in range(len(ids)):
        for t in range(len(ids[0])):
            rows[b, t, ids[b][t]] = 1
    return rows


def loop_of_three(ids: list[list[int]]) -> np.ndarray:
    """The one-hot rows of a batch, a number at a time."""
    rows = np.empty((len(ids), len(ids[0]), V), np.float32)
    for b in range(len(ids)):
        for t in range(len(ids[0])):
            for v in range(V):
                rows[b, t, v] = 1.0 if ids[b][t] == v else 0.0
    return rows


def random_ids(*shape: int) -> Tensor:
    return torch.randint(V, shape, generator=torch.Generator().manual_seed(0))


def take_turns(
    variants: dict[str, Callable[[], object]], turns: int, warm_up: bool = True
) -> dict[str, list[float]]:
    """Seconds of each variant in each turn."""
    if warm_up:
        for run in variants.values():
            run()
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for turn in range(turns):
        # Every other turn goes backwards: nobody always comes first.
        for name in list(variants)[:: 1 if turn % 2 == 0 else -1]:
            start = clock()
            variants[name]()
            seconds[name].append(clock() - start)
    return seconds


def ratio(slow: list[float], fast: list[float]) -> float:
    return statistics.median(s / f for s, f in zip(slow, fast, strict=True))


def row(*cells: str) -> None:
    print("  ".join(c.ljust(w) for c, w in zip(cells, WIDTHS, strict=True)).rstrip())


def duration(seconds: list[float]) -> str:
    median = statistics.median(seconds)
    return f"{median:.2f} s" if median >= 1 else f"{median * 1e3:.3g} ms"


def compare(what: str, fast: list[float], against: str, slow: list[float], goal: str):
    measured = f"{ratio(slow, fast):.3g} ×"
    row(what, duration(fast), against, duration(slow), measured, goal)


def bench_training() -> None:
    steps, scratch, library = StepByStep(), ScratchRNN(V, H), CharRNN(V, H)
    seconds = take_turns(
        {
            "scratch": training_step(scratch, whole(scratch), B),
            "steps": training_step(steps, steps.loss, B),
            "library": training_step(library, whole(library), B),
        },
        turns=30,
    )
    what = "ScratchRNN, forward + backward + step"
    against = "step by step, three layers and a loss each"
    compare(what, seconds["scratch"], against, seconds["steps"], "≥ 1.8 ×")
    compare(
        what, seconds["scratch"], "CharRNN: nn.RNN on one-hot rows", seconds["library"],
        "≥ 1 ×",
    )  # fmt: skip


def one_layer(hidden_size: int) -> dict[str, Callable[[], None]]:
    """Forward and backward of one tanh layer, in three ways."""
    cell, rnn = ScratchRNNCell(V, hidden_size), nn.RNN(V, hidden_size)
    x = one_hot(random_ids(T, B), V)  # (T, B, V): time first, but for the loop
    by_rows, h_0 = x.transpose(0, 1).contiguous(), torch.zeros(B, hidden_size)
    d_states = torch.randn(T, B, hidden_size)
    d_by_rows = d_states.transpose(0, 1).contiguous()

    def own() -> None:
        from_inputs = x @ cell.W_ih.T + (cell.b_ih + cell.b_hh)
        Recurrence.apply(from_inputs, h_0, cell.W_hh).backward(d_states)

    return {
        "own": own,
        "loop": lambda: run_layer(cell, by_rows, h_0)[0].backward(d_by_rows),
        "library": lambda: rnn(x)[0].backward(d_states),
    }


def bench_recurrence() -> None:
    for hidden_size, turns, goal in ((H, 40, "≥ 1.1 ×"), (512, 15, "≥ 1.2 ×")):
        seconds = take_turns(one_layer(hidden_size), turns)
        what = f"Recurrence, forward + backward, H = {hidden_size}"
        against = "run_layer, by autograd"
        compare(what, seconds["own"], against, seconds["loop"], goal)
        compare(what, seconds["own"], "nn.RNN", seconds["library"], "")


class Hoisted(ScratchRNN):
    """The same model with ``Recurrence`` for its loop, and rows that are looked up."""

    def forward(self, ids: Tensor) -> tuple[Tensor, None]:
        cell = self.cells[0]
        from_inputs = F.embedding(ids.T, cell.W_ih.T) + (cell.b_ih + cell.b_hh)
        h_0 = from_inputs.new_zeros(from_inputs.shape[1:])  # (B, H)
        states = Recurrence.apply(from_inputs, h_0, cell.W_hh)  # (T, B, H)
        return (states @ self.W_ho.T + self.b_o).transpose(0, 1), None


def by_hand(model: nn.Module, dtype: torch.dtype | None = None) -> Callable[[], None]:
    """A training step without autograd."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    inputs, targets = shift(random_ids(B, T + 1))
    parameters = dict(model.named_parameters())

    def step() -> None:
        _, gradients = fast.bptt(model, inputs, targets, dtype=dtype)
        for name, gradient in gradients.items():
            parameters[name].grad = gradient
        optimizer.step()

    return step


def operations(hidden_size: int) -> int:
    """Of the products of a training step; the one with W_ih is a look-up.

    Forward there is a product with W_hh and one with W_ho for each character, backward
    two of each; a multiplication and an addition count as two.
    """
    return 6 * B * T * hidden_size * (hidden_size + V)


def bench_limit() -> None:
    a = torch.ones(1024, 1024)
    for hidden_size, turns, goals in (
        (H, 30, ("", "", "", "", "≤ 3.0 ×", "")),
        (512, 12, ("", "", "", "", "≤ 1.6 ×", "≤ 1.1 ×")),
    ):
        steps, library = StepByStep(hidden_size), CharRNN(V, hidden_size)
        scratch, hoisted = ScratchRNN(V, hidden_size), Hoisted(V, hidden_size)
        ways = {
            "step by step": training_step(steps, steps.loss, B),
            "CharRNN: nn.RNN": training_step(library, whole(library), B),
            "ScratchRNN: run_layer": training_step(scratch, whole(scratch), B),
            "Recurrence": training_step(hoisted, whole(hoisted), B),
            "fast.bptt": by_hand(ScratchRNN(V, hidden_size)),
        }
        if bf16_pays():
            model = ScratchRNN(V, hidden_size)
            ways["fast.bptt, bfloat16"] = by_hand(model, torch.bfloat16)
        seconds = take_turns({"large product": lambda: a @ a, **ways}, turns)
        share = operations(hidden_size) / (2 * 1024**3)
        limit = [share * s for s in seconds.pop("large product")]
        for (name, taken), goal in zip(seconds.items(), goals, strict=False):
            row(
                f"step, H = {hidden_size}: {name}", duration(taken),
                "its products at the rate of large fp32 ones", duration(limit),
                f"{ratio(taken, limit):.3g} ×", goal,
            )  # fmt: skip


class Windows(torch.utils.data.Dataset):
    """Every window of a text, one at a time."""

    def __init__(self, ids: Tensor) -> None:
        self.ids = ids

    def __len__(self) -> int:
        return len(self.ids) - T

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        return self.ids[i : i + T], self.ids[i + 1 : i + T + 1]


def bench_supply() -> None:
    ids = random_ids(1_000_000)
    streams = Streams(ids.numpy().astype(np.uint8), B, T)
    loader = torch.utils.data.DataLoader(Windows(ids), batch_size=B, shuffle=True)
    places, batches = iter(range(0, streams.steps, T)), iter(loader)

    def pieces() -> None:
        for _ in range(30):
            streams.piece(next(places))

    def loaded() -> None:
        for _ in range(30):
            next(batches)

    seconds = take_turns({"streams": pieces, "loader": loaded}, turns=9)
    compare(
        "30 batches from streams", seconds["streams"],
        "a DataLoader that shuffles windows", seconds["loader"], "",
    )  # fmt: skip


def bench_processes() -> None:
    """Characters in a second of the whole command, in three ways."""
    train = ["-m", "charrnn_helpers", "train", "text.txt", "--steps", "150"]
    train += ["--precision", "32"]
    two = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    ways = {
        "two processes": [*two, *train],
        "one process, one thread": [*train, "--threads", "1"],
        "one process, two threads": [*train, "--threads", "2"],
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    root = str(Path(__file__).resolve().parents[2])
    environment = {k: v for k, v in os.environ.items() if k not in THREADS}
    with tempfile.TemporaryDirectory() as folder:
        ids = random_ids(60_000).tolist()
        text = "".join(VOCAB.characters[i] for i in ids)
        Path(folder, "text.txt").write_text(text, encoding="utf-8")
        for turn in range(3):
            for name, way in ways.items():
                out = str(Path(folder, f"{name} {turn}.pt"))
                subprocess.run(
                    [sys.executable, *way, "--out", out], check=True, cwd=folder,
                    capture_output=True, env={**environment, "PYTHONPATH": root},
                )  # fmt: skip
                progress = load(out).progress
                rates[name].append(progress.characters / progress.seconds)
    what, fast = "two processes: characters/s", rates.pop("two processes")
    for name, slow in rates.items():
        row(
            what, f"{statistics.median(fast):,.0f}", name,
            f"{statistics.median(slow):,.0f}", f"{ratio(fast, slow):.3g} ×", "",
        )  # fmt: skip


def bench_compile() -> None:
    """What torch.compile makes of the hoisted step, and what it takes."""
    if not (shutil.which("g++") or shutil.which("clang++")):
        return
    model = ScratchRNN(V, H)
    inputs, targets = shift(random_ids(B, T + 1))
    loss_of = whole(model)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = folder
        compiled, before = torch.compile(loss_of), os.times()
        compiled(inputs, targets).backward()
        after = os.times()
        spent = sum(after[:4]) - sum(before[:4])  # with the compiler's processes
        seconds = take_turns(
            {
                "compiled": lambda: compiled(inputs, targets).backward(),
                "plain": lambda: loss_of(inputs, targets).backward(),
            },
            turns=30,
        )
    compare(
        f"torch.compile, after {spent:.0f} s of compiling", seconds["compiled"],
        "ScratchRNN, forward + backward", seconds["plain"], "",
    )  # fmt: skip


ENCODE = """
import resource, sys, time
from charrnn_helpers import longtext
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
before, start = peak(), time.process_time()
found = longtext.encode_files([sys.argv[1]], sys.argv[2])
print(len(found.train) + len(found.validation), time.process_time() - start,
      peak() - before)
"""


def bench_disk() -> None:
    """100 MB of the environment's Python files, from text to ids on the disk."""
    if os.name != "posix":
        return
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder, "text.txt")
        with open(text, "wb") as file:
            for path in sorted(Path(torch.__file__).parents[1].rglob("*.py")):
                content = path.read_bytes()
                try:
                    content.decode()
                except UnicodeDecodeError:
                    continue
                file.write(content)
                if file.tell() > 1e8:
                    break
        done = subprocess.run(
            [sys.executable, "-c", ENCODE, str(text), str(Path(folder, "ids"))],
            check=True, capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        )  # fmt: skip
    count, seconds, megabytes = map(float, done.stdout.split())
    row(
        f"encode_files, {count / 1e6:.0f} million characters", f"{seconds:.2f} s",
        "memory beside PyTorch, at the peak", "", f"{megabytes:.0f} MB", "≤ 50 MB",
    )  # fmt: skip


def bench_fit() -> None:
    inputs, targets = shift(random_ids(5 * B, T + 1))
    bare, model = CharRNN(V, H), CharRNN(V, H)
    seconds = take_turns(
        {
            "fit": lambda: fit(model, inputs, targets, epochs=2, lr=1e-3, batch_size=B),
            "bare": lambda: bare_loop(bare, inputs, targets, 2),
        },
        turns=24,
    )
    overhead = ratio(seconds["fit"], seconds["bare"]) - 1
    row(
        "fit, 10 steps", duration(seconds["fit"]), "the bare loop of ten lines",
        duration(seconds["bare"]), f"{overhead:+.1%}", "≤ +5 %",
    )  # fmt: skip


def bench_sampling() -> None:
    large = CharRNN(V, 512)
    seconds = take_turns(
        {"fast": lambda: fast.sample(large, VOCAB, "a", 1000)}, turns=5
    )
    refeeding = take_turns(
        {"refeed": lambda: refeed(large, 1000)}, turns=1, warm_up=False
    )
    compare(
        "fast.sample, 1,000 characters, H = 512", seconds["fast"],
        "feeding the prefix again (one full run)",
        refeeding["refeed"] * len(seconds["fast"]), "≥ 500 ×",
    )  # fmt: skip
    model = CharRNN(V, H)
    seconds = take_turns(
        {
            "fast": lambda: fast.sample(model, VOCAB, "a", 1000),
            "sample": lambda: sample(model, VOCAB, "a", 1000),
            "module": lambda: call_module(model, 1000),
            "numpy": lambda: plain_numpy(model, 1000),
            "drawn": lambda: fast.sample(model, VOCAB, "a", 1000, temperature=1.0),
        },
        turns=9,
    )
    what, greedy = "fast.sample, 1,000 characters, greedy", seconds["fast"]
    against = "the whole module once a character"
    compare(what, greedy, against, seconds["module"], "≥ 2 ×")
    compare(what, greedy, "a plain NumPy loop", seconds["numpy"], "near 1 ×")
    what = "fast.sample, 1,000 characters, temperature 1"
    compare(what, seconds["drawn"], against, seconds["module"], "")
    what = "sampling.sample, 1,000 characters, greedy"
    compare(what, seconds["sample"], against, seconds["module"], "≥ 0.5 ×")


def bench_batch() -> None:
    steps = StepByStep()
    seconds = take_turns(
        {
            "one": training_step(steps, steps.loss, 1),
            "many": training_step(steps, steps.loss, 64),
        },
        turns=20,
    )
    rates = {
        name: [batch * T / s for s in seconds[name]]
        for name, batch in (("one", 1), ("many", 64))
    }
    row(
        "step by step, batch 64: characters/s",
        f"{statistics.median(rates['many']):,.0f}", "the same, batch 1: characters/s",
        f"{statistics.median(rates['one']):,.0f}",
        f"{ratio(rates['many'], rates['one']):.3g} ×", "about 35 ×",
    )  # fmt: skip


def bench_one_hot() -> None:
    ids = random_ids(B, T)
    lists = ids.tolist()
    assert np.array_equal(loop_of_two(lists), one_hot(ids, V).numpy())
    assert np.array_equal(loop_of_three(lists), one_hot(ids, V).numpy())
    seconds = take_turns(
        {
            "one_hot": lambda: one_hot(ids, V),
            "F.one_hot": lambda: F.one_hot(ids, V).float(),
            "two": lambda: loop_of_two(lists),
            "three": lambda: loop_of_three(lists),
        },
        turns=15,
    )
    what = "one_hot of a batch"
    fast = seconds["one_hot"]
    compare(what, fast, "the triple loop: row, step, symbol", seconds["three"], "")
    compare(what, fast, "the loop that writes only the ones", seconds["two"], "")
    compare(what, fast, "F.one_hot(ids, V).float()", seconds["F.one_hot"], "")


def bench_encoding() -> None:
    text = (VOCAB.characters * 160_000)[:10_000_000]
    half = text[: len(text) // 2]
    seconds = take_turns(
        {
            "encode": lambda: VOCAB.encode(text),
            "half": lambda: VOCAB.encode(half),
            "list": lambda: torch.tensor([VOCAB.stoi[c] for c in text]),
        },
        turns=2,
        warm_up=False,
    )
    what, time_taken = "encode, 10 million characters", duration(seconds["encode"])
    row(what, time_taken, "", "", time_taken, "≤ 2 s")
    compare(what, seconds["encode"], "torch.tensor of a list", seconds["list"], "")
    compare(
        "encode, half of them", seconds["half"],
        "encode, all of them (2 × is linear)", seconds["encode"], "about 2 ×",
    )  # fmt: skip
    tracemalloc.start()
    ids = VOCAB.encode(text[:1_000_000])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # The slice of the text counts too: a byte a character.
    measured = f"{peak / len(ids):.1f} B"
    row("encode, memory a character at the peak", "", "", "", measured, "≤ 20 B")


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    assert len(VOCAB) == V
    print(
        f"V = {V}, H = {H}, B = {B}, T = {T} unless said; one thread; "
        f"torch {torch.__version__}, NumPy {np.__version__}, "
        f"Python {platform.python_version()}\n"
    )
    row("what", "time", "against", "time", "measured", "goal")
    row(*("-" * w for w in WIDTHS))
    start = time.perf_counter()
    for bench in (
        bench_training, bench_recurrence, bench_limit, bench_fit, bench_sampling,
        bench_batch, bench_one_hot, bench_encoding, bench_disk, bench_supply,
        bench_processes, bench_compile,
    ):  # fmt: skip
        bench()
    print(f"\nMeasured in {time.perf_counter() - start:.0f} s.")


if __name__ == "__main__":
    main()
