"""Training on a long text: within a time or a number of steps, and never losing it.

What a run needs to go on is in its file: weights, optimizer, place in the text, states
and random numbers. A run of so many steps that is stopped and resumed ends with the
numbers of one that was not.
"""

from __future__ import annotations

import contextlib
import copy
import errno
import math
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from charrnn_helpers import _files, _validate
from charrnn_helpers.data import Vocabulary
from charrnn_helpers.evaluation import bits_per_character
from charrnn_helpers.longtext import Encoded, Streams

FORMAT_VERSION = 1
CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
WRITER = "charrnn_helpers train"
CHECKPOINT_EVERY = 60.0
"""Seconds between two checkpoints."""

LOOKS = 10
"""How often the validation text is looked at in a run."""

GLANCE = 20_000
"""Characters of the validation text that such a look reads, at most. It reads no more
than a fifth of what training has read before the first look, but 1,000 in any case."""


class TextModel(nn.Module):
    """A character model for long texts: embedding, recurrent layers, output.

    Args:
        vocab_size: number of distinct symbols V.
        hidden_size: numbers in the hidden state of a layer, H.
        cell: "lstm", "gru" or "rnn".
        embedding_size: numbers that stand for a symbol, in place of a one-hot row.
        num_layers: recurrent layers.
        dropout: share of the top layer's states that are set to 0 in training.

    Raises:
        ValueError: if a number is out of its range or the cell is unknown.

    Source: torch.nn.Embedding, torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN.
    """

    def __init__(
        self,
        vocab_size: int,
        hidden_size: int = 384,
        *,
        cell: str = "lstm",
        embedding_size: int = 64,
        num_layers: int = 1,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.vocab_size = _validate.whole("vocab_size", vocab_size)
        self.hidden_size = _validate.whole("hidden_size", hidden_size)
        self.cell = _validate.choice("cell", cell, CELLS)
        self.embedding_size = _validate.whole("embedding_size", embedding_size)
        self.num_layers = _validate.whole("num_layers", num_layers)
        self.dropout = _validate.number("dropout", dropout, low=0, high=0.9)
        self.embedding = nn.Embedding(self.vocab_size, self.embedding_size)
        self.rnn = CELLS[cell](
            self.embedding_size, self.hidden_size, self.num_layers, batch_first=True
        )
        self.output = nn.Linear(self.hidden_size, self.vocab_size)
        for name, bias in self.rnn.named_parameters():
            if cell == "lstm" and name.startswith("bias_hh"):
                nn.init.zeros_(bias)
                # The second quarter belongs to the forget gate: it starts open.
                nn.init.ones_(bias.data[self.hidden_size : 2 * self.hidden_size])

    def forward(self, ids: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Score every next character.

        Args:
            ids: int64, shape (B, T), or (T,) for one text.
            state: what an earlier call returned; None starts from zeros.

        Returns:
            Logits of shape (B, T, V), and the state after the last character: a
            tensor, for an LSTM the pair (h, c). Without the axis B for one text.
        """
        states, state = self.rnn(self.embedding(ids), state)
        states = F.dropout(states, self.dropout, self.training)
        return self.output(states), state


@dataclass(frozen=True)
class Recipe:
    """How a model is built and trained.

    Attributes:
        seconds: how long; None where ``steps`` says it.
        steps: optimizer steps; None where ``seconds`` says it.
        cell, hidden_size, embedding_size, num_layers, dropout: see :class:`TextModel`.
        batch_size: rows that are read side by side.
        seq_len: characters between two steps of the optimizer.
        lr: the highest learning rate; it rises for the first twentieth of the run and
            falls along a cosine to a hundredth.
        precision: "32" or "16" bits for the numbers of a product, or "auto": 16 where
            that is clearly faster.
        seed: of the weights and of dropout.

    Raises:
        ValueError: if a number is out of its range, or there is no length.
    """

    seconds: float | None = 60.0
    steps: int | None = None
    cell: str = "lstm"
    hidden_size: int = 384
    embedding_size: int = 64
    num_layers: int = 1
    dropout: float = 0.0
    batch_size: int = 32
    seq_len: int = 48
    lr: float = 5e-3
    precision: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.seconds is not None:
            _validate.number("seconds", self.seconds, above=0)
        if self.steps is not None:
            _validate.whole("steps", self.steps)
        if self.seconds is None and self.steps is None:
            raise ValueError("a run needs a length: seconds, or steps")
        _validate.whole("batch_size", self.batch_size)
        _validate.whole("seq_len", self.seq_len)
        _validate.number("lr", self.lr, above=0, high=10)
        _validate.choice("precision", self.precision, ("auto", "16", "32"))
        _validate.whole("seed", self.seed, 0)

    @classmethod
    def of(cls, *, seconds: float | None, steps: int | None, **given: Any) -> Recipe:
        """A recipe for a length; what is not given (or None) follows from that."""
        long = seconds if seconds is not None else steps / 20
        precision = given.get("precision") or "auto"
        quick = bf16_pays() if precision == "auto" else precision == "16"
        usual = {
            "hidden_size": 384 if quick or long > 120 else 256,
            "dropout": 0.0 if long <= 45 else 0.1 if long <= 120 else 0.2,
            "lr": 6e-3 if long <= 45 else 5e-3 if long <= 120 else 4e-3,
            "seq_len": 48 if long <= 120 else 64,
        }
        chosen = {key: value for key, value in given.items() if value is not None}
        return cls(seconds=seconds, steps=steps, **(usual | chosen))


@dataclass
class Progress:
    """How far a run has come.

    Attributes:
        step: optimizer steps that are done.
        seconds: time spent in training, in all sessions.
        place: the step of the rows at which the next batch begins.
        passes: how often the text has been read to its end.
        bits: the running mean of the training loss, in bits per character.
        characters: characters read by this process and its sisters in this session.
        best: the lowest validation loss of the looks so far, in bits per character.
        looks: how many there were.
        glance: characters that each of them reads; 0 before the first.
        interrupted: whether somebody stopped the run before its end.
    """

    step: int = 0
    seconds: float = 0.0
    place: int = 0
    passes: int = 0
    bits: float = math.nan
    characters: int = 0
    best: float = math.inf
    looks: int = 0
    glance: int = 0
    interrupted: bool = False

    def share(self, recipe: Recipe) -> float:
        """The part of the run that is done, from 0 to 1."""
        done = self.seconds / recipe.seconds if recipe.seconds else 0.0
        if recipe.steps is not None:
            done = self.step / recipe.steps
        return min(done, 1.0)


def rate(share: float, highest: float) -> float:
    """The learning rate where a share of the run is done: warm-up, then a cosine.

    Built in: notebooks/13_real_text.ipynb, section 13.6.
    """
    if share < 0.05:
        return highest * max(share / 0.05, 0.02)
    after = (share - 0.05) / 0.95
    return highest * (0.01 + 0.99 * (1 + math.cos(math.pi * after)) / 2)


@dataclass
class Run:
    """A model in training.

    Attributes:
        recipe: what was asked for.
        vocab: the characters of its ids.
        model: the model, as the last step left it.
        optimizer: its AdamW.
        bf16: whether products are computed with 16 bits.
        state: what the model carries from batch to batch.
        progress: how far it has come.
        kept: the weights with the best validation loss, or None before the first look.
    """

    recipe: Recipe
    vocab: Vocabulary
    model: TextModel
    optimizer: torch.optim.Optimizer
    bf16: bool = False
    state: Any = None
    progress: Progress = field(default_factory=Progress)
    kept: dict[str, Tensor] | None = None

    @classmethod
    def start(cls, recipe: Recipe, vocab: Vocabulary) -> Run:
        """A new run, its weights drawn by the recipe's seed."""
        torch.manual_seed(recipe.seed)
        model = _model(recipe, vocab).to(device())
        bf16 = {"16": True, "32": False}.get(recipe.precision)
        bf16 = bf16_pays() if bf16 is None else bf16
        return cls(recipe, vocab, model, _optimizer(model, recipe), bf16)

    def best_model(self) -> TextModel:
        """A model with the weights of the best look, in evaluation mode."""
        model = copy.deepcopy(self.model)
        if self.kept is not None:
            model.load_state_dict(self.kept)
        return model.eval()


def device() -> torch.device:
    """A GPU where there is one: the one of this process's local rank."""
    if torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
    return torch.device("cpu")


def bf16_pays() -> bool:
    """Whether products with 16 bits are clearly faster here: measured, in a moment."""
    if device().type == "cuda":
        return torch.cuda.is_bf16_supported()
    if not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return False
    seconds = []
    for dtype in (torch.float32, torch.bfloat16):
        a = torch.ones(512, 512, dtype=dtype)
        took = []
        for _ in range(8):
            start = time.perf_counter()
            a @ a
            took.append(time.perf_counter() - start)
        seconds.append(sorted(took)[2])
    return seconds[1] < 0.5 * seconds[0]


def train(
    run: Run,
    text: Encoded,
    path: str | os.PathLike[str],
    *,
    report: Callable[[Progress, Recipe], None] = lambda progress, recipe: None,
) -> Progress:
    """Go on with a run until it is done, or somebody stops it.

    A checkpoint is written every minute, when Ctrl-C or a termination signal arrives,
    and at the end; the first process writes it. Ten times in a run a part of the
    validation text is looked at, and the best weights so far are kept.

    Args:
        run: from :meth:`Run.start` or :func:`load`; it is changed in place.
        text: what it reads.
        path: the file of the run.
        report: called after each step with progress and recipe.

    Returns:
        The progress.

    Raises:
        ValueError: if the text is too short for the recipe's rows, or the loss is no
            longer a finite number.
        OSError: if the file cannot be written; the one before stays as it was.
    """
    rank, world = _rank_and_world()
    recipe, progress = run.recipe, run.progress
    rows = _rows(recipe, text, world)
    streams = Streams(text.train, rows, recipe.seq_len, rank=rank, world=world)
    if progress.place >= streams.steps or not _fits(run.state, rows // world):
        progress.place, run.state = 0, None  # another text than before
    model = DistributedDataParallel(run.model) if world > 1 else run.model
    at = device()
    progress.characters, progress.interrupted = 0, False
    began, before, saved = time.monotonic(), progress.seconds, time.monotonic()
    with _interruptible() as arrived:
        while True:
            if not recipe.steps:
                progress.seconds = before + time.monotonic() - began
            share, stop = _agreed(progress.share(recipe), bool(arrived))
            if share >= (progress.looks + 1) / LOOKS:
                _look(run, text, share, rank)
            progress.interrupted = stop and share < 1
            if stop or share >= 1:
                break
            for group in run.optimizer.param_groups:
                group["lr"] = rate(share, recipe.lr)
            inputs, targets = (ids.to(at) for ids in streams.piece(progress.place))
            loss = _step(run, model, inputs, targets)
            _advance(run, streams, loss, inputs.numel() * world)
            report(progress, recipe)
            if time.monotonic() - saved > CHECKPOINT_EVERY:
                save(path, run)
                saved = time.monotonic()
        progress.seconds = before + time.monotonic() - began
        save(path, run)
    return progress


def _step(run: Run, model: nn.Module, inputs: Tensor, targets: Tensor) -> float:
    """One step of the optimizer; the loss in bits per character."""
    model.train()
    with torch.autocast(inputs.device.type, torch.bfloat16, enabled=run.bf16):
        logits, state = model(inputs, run.state)
        loss = F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())
    run.optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    run.optimizer.step()
    run.state = _detached(state)
    return loss.item() / math.log(2)


def _advance(run: Run, streams: Streams, bits: float, characters: int) -> None:
    progress = run.progress
    if not math.isfinite(bits):
        raise ValueError(
            f"the loss of step {progress.step + 1} is {bits}: take a smaller lr; the "
            "file has the run as it was at the last checkpoint"
        )
    progress.step += 1
    progress.characters += characters
    mean = progress.bits if math.isfinite(progress.bits) else bits
    progress.bits = 0.98 * mean + 0.02 * bits
    progress.place += streams.seq_len
    if progress.place >= streams.steps:  # the end of the text: a new one begins
        progress.place, run.state = 0, None
        progress.passes += 1


def _look(run: Run, text: Encoded, share: float, rank: int) -> None:
    """Measure on a part of the validation text, and keep the best weights."""
    progress, recipe = run.progress, run.recipe
    progress.looks = int(share * LOOKS)
    if not progress.glance:  # where a step takes long, a look must not take longer
        read = progress.step * recipe.batch_size * recipe.seq_len
        progress.glance = min(max(read // 5, 1000), GLANCE)
    if rank != 0 or len(text.validation) < 2:
        return
    ids = torch.from_numpy(text.validation[: progress.glance].astype("int64"))
    bits = bits_per_character(run.model, ids.to(device()), reset_every=500)
    if bits < progress.best:
        progress.best = bits
        run.kept = copy.deepcopy(run.model.state_dict())


def save(path: str | os.PathLike[str], run: Run) -> None:
    """Write all that a run needs to go on; the first of several processes writes.

    Raises:
        OSError: if it cannot be written: the file before stays, and says why.
    """
    mine = {"state": _tensors(run.state), "random": torch.get_rng_state()}
    rank, world = _rank_and_world()
    everyone = [mine]
    if world > 1:
        everyone = [None] * world
        dist.all_gather_object(everyone, mine)
    if rank != 0:
        return
    content = {
        "version": FORMAT_VERSION,
        "recipe": asdict(run.recipe),
        "vocabulary": run.vocab.characters,
        "model": run.model.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "kept": run.kept,
        "bf16": run.bf16,
        "progress": asdict(run.progress),
        "processes": everyone,
    }
    try:
        _files.replace(Path(os.path.realpath(path)), _files.pack(content))
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "there is no space left on the disk" if full else str(error)
        raise OSError(
            f"the run could not be written to {str(path)!r}: {why}. The file that was "
            "there before is as it was: make room, and go on with --resume"
        ) from error


def load(path: str | os.PathLike[str]) -> Run:
    """Read a run that :func:`save` wrote. Nothing in the file is executed.

    Returns:
        The run, ready to go on (with as many processes as it had), or to be sampled
        from by its :meth:`Run.best_model`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is damaged, or no file of a run.
    """
    _files.check_path(path)
    if not os.path.exists(path):
        raise FileNotFoundError(f"there is no file {str(path)!r}: train a model first")
    _files.check_regular(path)
    content = _files.unpack(
        Path(path).read_bytes(), repr(str(path)), WRITER, FORMAT_VERSION
    )
    try:
        recipe, vocab = Recipe(**content["recipe"]), Vocabulary(content["vocabulary"])
        model = _model(recipe, vocab).to(device())
        model.load_state_dict(content["model"])
        optimizer = _optimizer(model, recipe)
        optimizer.load_state_dict(content["optimizer"])
        run = Run(recipe, vocab, model, optimizer, bf16=content["bf16"])
        run.progress, run.kept = Progress(**content["progress"]), content["kept"]
        rank, world = _rank_and_world()
        if len(content["processes"]) == world:
            mine = content["processes"][rank]
            run.state = _restored(mine["state"])
            torch.set_rng_state(mine["random"])
        # With another number of processes the rows are shared out in another way: they
        # begin again from zero states, at the same place.
    except Exception as error:
        raise ValueError(
            f"{str(path)!r} is no run that goes on: its parts do not fit together "
            f"({_validate.shorten(str(error), 200)})"
        ) from error
    return run


def _model(recipe: Recipe, vocab: Vocabulary) -> TextModel:
    return TextModel(
        len(vocab),
        recipe.hidden_size,
        cell=recipe.cell,
        embedding_size=recipe.embedding_size,
        num_layers=recipe.num_layers,
        dropout=recipe.dropout,
    )


def _optimizer(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    return torch.optim.AdamW(
        model.parameters(),
        lr=recipe.lr,
        betas=(0.9, 0.99),
        weight_decay=0.0,
        fused=True,
    )


def _rows(recipe: Recipe, text: Encoded, world: int) -> int:
    """The recipe's rows, or fewer where the text is short; a multiple of ``world``."""
    room = len(text.train) // (2 * recipe.seq_len)  # two batches a pass, at least
    rows = max(min(recipe.batch_size, room), 1)
    return -(-rows // world) * world


def _rank_and_world() -> tuple[int, int]:
    if dist.is_available() and dist.is_initialized():
        return dist.get_rank(), dist.get_world_size()
    return 0, 1


def _agreed(share: float, stop: bool) -> tuple[float, bool]:
    """The same two answers in all processes: the largest share, and stop if one does.

    With a learning rate of its own, a process would get weights of its own.
    """
    if _rank_and_world()[1] == 1:
        return share, stop
    both = torch.tensor([share, float(stop)], dtype=torch.float64, device=device())
    dist.all_reduce(both, dist.ReduceOp.MAX)
    return both[0].item(), bool(both[1])


def _fits(state: Any, rows: int) -> bool:
    return all(part.shape[1] == rows for part in _tensors(state))


def _detached(state: Any) -> Any:
    if isinstance(state, tuple):
        return tuple(part.detach() for part in state)
    return state.detach()


def _tensors(state: Any) -> list[Tensor]:
    """A state as plain data: a list of none, one or two tensors."""
    if state is None:
        return []
    return [part.cpu() for part in (state if isinstance(state, tuple) else (state,))]


def _restored(parts: list[Tensor]) -> Any:
    parts = [part.to(device()) for part in parts]
    if len(parts) < 2:
        return parts[0] if parts else None
    return tuple(parts)


@contextlib.contextmanager
def _interruptible() -> Iterator[list[int]]:
    """A list into which Ctrl-C and termination signals go; a second one acts."""
    arrived: list[int] = []

    def note(number: int, frame: object) -> None:
        arrived.append(number)
        signal.signal(number, former[number])

    numbers = (signal.SIGINT, signal.SIGTERM)
    former = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        signal.signal(number, note)
    try:
        yield arrived
    finally:
        for number in numbers:
            signal.signal(number, former[number])
