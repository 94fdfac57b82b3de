"""The lab of notebook 06: a desk to train the running model at.

The computing half is a :class:`TrainingDesk`, which trains when its ``step`` is called
and knows nothing of widgets. The widget half lets it train a few epochs at a time, as
a task of the kernel's event loop, and gives way in between: the kernel goes on
answering, and a click on Pause is handled before the next step.
"""

from __future__ import annotations

import asyncio
import functools
import math
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from charrnn_helpers import data
from charrnn_helpers.lab import pictures
from charrnn_helpers.lab.base import Drawing, Lab
from charrnn_helpers.models import CharRNN
from charrnn_helpers.sampling import sample

MAX_EPOCHS = 1_000
"""Epochs after which a desk stops by itself."""

MAX_HIDDEN = 256
MAX_RATE = 1e37
"""Largest sizes that a desk takes; beyond this rate, float32 itself overflows."""

OPTIMIZERS = {"Adam": torch.optim.Adam, "SGD": torch.optim.SGD}

CLIPPINGS = {"off": None, "0.1": 0.1, "0.5": 0.5, "1.0": 1.0}

HIGHEST = 1_000.0
"""Where the chart cuts off a loss that explodes, so that the ladder stays visible."""

EVERY = 10
"""A desk keeps what the model completes after each this many epochs."""

EPOCHS_A_TICK = 5
TICK_SECONDS = 0.1
"""While it trains, a lab makes this many epochs and one drawing a tick, no more."""

NEW, UNDER_WAY, FINISHED, DIVERGED = "new", "under way", "finished", "diverged"


@functools.cache
def _example() -> tuple[data.Vocabulary, Tensor, Tensor, dict[str, float]]:
    """Vocabulary, inputs, targets and rungs of the three sentences."""
    texts = data.pad(data.SENTENCES)
    vocab = data.Vocabulary.from_texts(texts)
    inputs, targets = data.shift(data.encode_batch(vocab, texts))  # (B, T) each
    rungs = {
        "uniform": data.uniform_loss(len(vocab)),
        "unigram": data.unigram_loss(targets),
        "bigram": data.bigram_loss(inputs, targets),
        "floor": data.prefix_loss(inputs, targets),
    }
    return vocab, inputs, targets, rungs


def _fresh_model(vocab_size: int, hidden_size: int, seed: int) -> CharRNN:
    """The model of ``torch.manual_seed(seed)``, without a draw from the global state.

    A button may be handled by another thread than the cell that runs; even a state
    that is put back afterwards could disturb what that cell draws.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.device("meta"):  # sizes only: no numbers are drawn
        model = CharRNN(vocab_size, hidden_size)
    model = model.to_empty(device="cpu")
    with torch.no_grad():
        bound = 1 / math.sqrt(hidden_size)
        for parameter in model.rnn.parameters():
            parameter.uniform_(-bound, bound, generator=generator)
        nn.init.kaiming_uniform_(
            model.output.weight, a=math.sqrt(5), generator=generator
        )
        model.output.bias.uniform_(-bound, bound, generator=generator)
    return model.train()


@dataclass(frozen=True)
class Settings:
    """What a run is trained with.

    Args:
        lr: learning rate, above 0.
        hidden_size: of the model, 1 to MAX_HIDDEN.
        max_norm: clip the norm of the gradient at this; None does not.
        zero_grad: clear the gradients before each backward pass.
        optimizer: "Adam" or "SGD".

    Raises:
        ValueError: on a number out of range, with a sentence for the reader.
    """

    lr: float = 0.01
    hidden_size: int = 12
    max_norm: float | None = None
    zero_grad: bool = True
    optimizer: str = "Adam"

    def __post_init__(self) -> None:
        rate = f"The learning rate is {self.lr:g}"
        if not self.lr > 0:
            raise ValueError(f"{rate}; it must be above 0, such as 0.01.")
        if self.lr > MAX_RATE:
            raise ValueError(f"{rate}; this desk takes up to {MAX_RATE:g}.")
        if not 1 <= self.hidden_size <= MAX_HIDDEN:
            raise ValueError(
                f"The hidden size is {self.hidden_size:,}; this desk takes 1 to "
                f"{MAX_HIDDEN}."
            )

    def words(self) -> dict[str, str]:
        """Each setting in words."""
        return {
            "optimizer": self.optimizer,
            "lr": f"lr {self.lr:g}",
            "hidden_size": f"H {self.hidden_size}",
            "max_norm": "clip off" if not self.max_norm else f"clip {self.max_norm:g}",
            "zero_grad": f"zero_grad {'on' if self.zero_grad else 'off'}",
        }

    def __str__(self) -> str:
        usual = ("clip off", "zero_grad on")
        return ", ".join(w for w in self.words().values() if w not in usual)


class TrainingDesk:
    """The running model of the series, trained when asked to.

    The weights at the start are those of ``torch.manual_seed(0)``. The global random
    state of torch is neither read nor moved. Its methods may be called from several
    threads: each epoch and each change is one piece.

    Args:
        max_epochs: where it stops by itself.
        settings: those of :class:`Settings`.

    Attributes:
        settings: the present ones.
        losses: one number an epoch, in nats per character, each before its step.
        norms: the norm of the gradients of each epoch, before clipping.
        completions: epoch → what the model made of "hello", after each tenth epoch.
        changes: epoch → setting → to what it was changed after it, in words.
        label: the settings that the run began with, in words.
        before: the losses of the run before the last reset; norms_before, label_before.
        lock: held during each epoch and each change.
        status: NEW, UNDER_WAY, FINISHED or DIVERGED.
    """

    def __init__(self, *, max_epochs: int = MAX_EPOCHS, **settings: Any) -> None:
        self.lock = threading.RLock()
        self.vocab, self._inputs, self._targets, self.rungs = _example()
        self.max_epochs = max_epochs
        self.losses: list[float] = []
        self.norms: list[float] = []
        self.before: list[float] = []
        self.norms_before: list[float] = []
        self.label = self.label_before = ""
        self.settings = Settings(**settings)
        self.reset()

    def set(self, **settings: Any) -> bool:
        """Change settings, all or none; what is not named gets its usual value.

        Learning rate, clipping and ``zero_grad`` hold from the next step on; another
        hidden size or optimizer starts a new model.

        Returns:
            Whether a new model was started.

        Raises:
            ValueError: as :class:`Settings`; nothing is changed then.
        """
        new = Settings(**settings)
        with self.lock:
            old, self.settings = self.settings, new
            if (new.hidden_size, new.optimizer) != (old.hidden_size, old.optimizer):
                self.reset()
                return True
            was = old.words()
            changed = {k: w for k, w in new.words().items() if w != was[k]}
            if changed and self.losses:
                self.changes.setdefault(len(self.losses), {}).update(changed)
            elif changed:
                self.label = str(new)
            for group in self._optimizer.param_groups:
                group["lr"] = new.lr
        return False

    def reset(self) -> None:
        """Start again from the same random weights, at epoch 0."""
        with self.lock:
            if self.losses:
                self.before, self.norms_before = self.losses, self.norms
                self.label_before = ", then ".join(
                    [
                        self.label,
                        *(", ".join(made.values()) for made in self.changes.values()),
                    ]
                )
            self.losses, self.norms = [], []
            self.completions: dict[int, str] = {}
            self.changes: dict[int, dict[str, str]] = {}
            self.label = str(self.settings)
            self.status = NEW
            now = self.settings
            self.model = _fresh_model(len(self.vocab), now.hidden_size, seed=0)
            optimizer = OPTIMIZERS[now.optimizer]
            self._optimizer = optimizer(self.model.parameters(), lr=now.lr)

    def step(self, n: int = 1) -> int:
        """Train for up to ``n`` epochs of one step each; return how many it made."""
        for made in range(n):
            with self.lock:
                if not self._epoch():
                    return made
        return n

    def _epoch(self) -> bool:
        """One epoch, unless the run is over; whether it was made."""
        if self.status in (FINISHED, DIVERGED):
            return False
        logits, _ = self.model(self._inputs)  # (B, T, V)
        loss = F.cross_entropy(logits.flatten(0, 1), self._targets.flatten())
        if self.settings.zero_grad:
            self._optimizer.zero_grad()
        loss.backward()
        limit = self.settings.max_norm or math.inf
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), limit)
        if not (torch.isfinite(loss) and torch.isfinite(norm)):
            self.status = DIVERGED
            return False
        self._optimizer.step()
        self.losses.append(loss.item())
        self.norms.append(norm.item())
        if len(self.losses) % EVERY == 0:
            self.completions[len(self.losses)] = self.completion()
        done = len(self.losses) >= self.max_epochs
        self.status = FINISHED if done else UNDER_WAY
        return True

    def completion(self, prompt: str = "hello", max_new_chars: int = 12) -> str:
        """What the model makes of a prompt, greedily; after a divergence, nothing."""
        with self.lock:
            if self.status == DIVERGED:
                return ""
            return sample(self.model, self.vocab, prompt, max_new_chars)


# --- drawing -------------------------------------------------------------------------


def below(loss: float, rungs: Mapping[str, float]) -> str:
    """Where a loss stands on the ladder, in words."""
    passed = [name for name, height in rungs.items() if loss < height]
    return f"below the {passed[-1]} rung" if passed else "above every rung"


def draw_desk(
    desk: TrainingDesk, running: bool, note: str = "", picked: str = ""
) -> Drawing:
    """How a desk stands.

    Args:
        desk: as it is; it is not touched.
        running: whether the lab trains it at present.
        note: a further sentence, plain text.
        picked: the epoch that the reader has picked, or nothing.

    Returns:
        The sentence, and two curves: the loss on the ladder and the gradient norm.
    """
    epoch = len(desk.losses)
    parts = [f"<b>Epoch {epoch:,}: {_state(desk, running)}</b>"]
    if desk.losses:
        loss = desk.losses[-1]
        parts.append(
            f"Loss <b>{_number(loss)}</b> nats per character, "
            f"{below(loss, desk.rungs)}."
        )
    if 0 < epoch <= len(desk.before):
        parts.append(f"The run before had {_number(desk.before[epoch - 1])} here.")
    if completion := desk.completion():
        parts.append(f"It completes hello as “{pictures.visible(completion)}”.")
    if note:
        parts.append(pictures.plain(note))
    text = pictures.sentence(" ".join(parts))
    if picked and int(picked) in desk.completions:
        text += pictures.sentence(pictures.plain(_at(desk, int(picked))))
    if desk.status == DIVERGED:
        text += pictures.problem(
            "The loss or its gradient is no longer a finite number: the steps were "
            "too long. Choose a smaller learning rate and press Reset."
        )
    return Drawing(text, _curves(desk, picked))


def _at(desk: TrainingDesk, epoch: int) -> str:
    """What the desk knows of an epoch, in words."""
    made = desk.completions[epoch].replace(" ", "␣")
    return (
        f"Epoch {epoch}: loss {_number(desk.losses[epoch - 1])}, gradient norm "
        f"{_number(desk.norms[epoch - 1])}; it completed hello as “{made}”."
    )


def _number(loss: float) -> str:
    return f"{loss:.3f}" if loss < 1000 else f"{loss:.1e}"


def _state(desk: TrainingDesk, running: bool) -> str:
    if desk.status == DIVERGED:
        return "stopped."
    if desk.status == FINISHED:
        return "finished; this desk trains no longer than that."
    if running:
        return "training."
    return "a new model." if desk.status == NEW else "paused."


def _curves(desk: TrainingDesk, picked: str) -> str:
    longest = max(len(desk.losses), len(desk.before))
    x_max = next((n for n in (100, 200, 500) if longest <= n), desk.max_epochs)
    x_max = max(x_max, longest)
    now = f"now at {_number(desk.losses[-1])}" if desk.losses else "not begun"
    heights = ", ".join(f"{name} {h:.3f}" for name, h in desk.rungs.items())
    marks = {
        epoch: (
            words,
            pictures.touch(link=f"m{epoch}", say=f"After epoch {epoch}: {words}."),
        )
        for epoch, words in (
            (epoch, ", ".join(made.values())) for epoch, made in desk.changes.items()
        )
    }
    apart = next(n for n in (10, 20, 50, 100) if longest <= 10 * n)
    dots = [epoch for epoch in desk.completions if epoch % apart == 0]
    points = [
        (
            epoch,
            min(desk.losses[epoch - 1], HIGHEST),
            f' role="button" aria-label="Epoch {epoch}"'
            + pictures.touch(
                str(epoch), say=_at(desk, epoch), pressed=str(epoch) == picked
            ),
        )
        for epoch in dots
    ]
    kinds = [("this run", desk.losses, desk.norms)]
    if desk.before:
        kinds.append(("run before", desk.before, desk.norms_before))
    loss = {name: [min(n, HIGHEST) for n in losses] for name, losses, _ in kinds}
    norm = {name: [min(n, HIGHEST) for n in norms] for name, _, norms in kinds}
    return (
        _runs(desk)
        + pictures.chart(
            loss,
            description=f"Loss after each epoch, {now}, on the ladder: {heights}.",
            x_label="Epoch",
            y_label="Loss (nats/char)",
            rungs=desk.rungs,
            x_max=x_max,
            log=True,
            height=205,
            marks=marks,
            points=points,
        )
        + pictures.chart(
            norm,
            description="Norm of the gradient in each epoch, before clipping.",
            x_label="Epoch",
            y_label="Gradient norm",
            rungs={"clip at": clip} if (clip := desk.settings.max_norm) else None,
            x_max=x_max,
            log=True,
            height=125,
            marks=marks,
        )
    )


def _runs(desk: TrainingDesk) -> str:
    """Both runs by what was set: this one, and the one before."""
    text = f"This run: {desk.label}."
    if desk.before:
        text += f" Run before: {desk.label_before}."
    style = "margin:0;padding:2px 4px;font:13px sans-serif;background:#fff;color:#000"
    return f'<p style="{style}">{pictures.plain(text)}</p>'


# --- the lab -------------------------------------------------------------------------

_labs: weakref.WeakSet[TrainingLab] = weakref.WeakSet()

_RULES = (
    "Change learning rate, clipping or zero_grad while it trains: a flag marks the "
    "place. Another size or optimizer starts a new model. Click a dot to read what the "
    "model completed then."
)


class TrainingLab(Lab):
    """The training desk with its controls.

    Attributes:
        desk: the :class:`TrainingDesk`; call ``desk.step(20)`` and then ``redraw()``
            to train from a cell.
        start, pause, resume, reset: the buttons.
    """

    def __init__(self) -> None:
        self.desk = TrainingDesk()
        self._lock = self.desk.lock  # a button and a cell may be on two threads
        self._run: object | None = None  # a new one for each run: the token of its task
        self._task: asyncio.Task | None = None
        self._note = ""
        buttons = [
            widgets.Button(description=name, tooltip=tooltip)
            for name, tooltip in (
                ("Start", "Train from epoch 0, or go on"),
                ("Pause", "Stop before the next epoch"),
                ("Continue", "Go on where it paused"),
                ("Reset", "A new model with the same random weights, at epoch 0"),
            )
        ]
        self.start, self.pause, self.resume, self.reset = buttons
        super().__init__(
            "The training desk",
            {
                "learning_rate": widgets.FloatText(0.01, description="Learning rate"),
                "hidden_size": widgets.IntText(12, description="Hidden size"),
                "clipping": widgets.Dropdown(
                    options=list(CLIPPINGS),
                    description="Clip the gradient norm at",
                ),
                "optimizer": widgets.Dropdown(
                    options=list(OPTIMIZERS), description="Optimizer"
                ),
                "zero_grad": widgets.Checkbox(
                    True, description="zero_grad in each step", indent=False
                ),
            },
            self._draw,
            rows=[
                ["learning_rate", "hidden_size", "optimizer"],
                ["clipping", "zero_grad"],
            ],
            extra=[
                widgets.HBox(buttons, layout=widgets.Layout(flex_flow="row wrap")),
                widgets.HTML(pictures.sentence(pictures.plain(_RULES))),
            ],
            picked="",
        )
        self.start.on_click(self._go)
        self.resume.on_click(self._go)
        self.pause.on_click(self._halt)
        self.reset.on_click(self._reset)

    @property
    def running(self) -> bool:
        """Whether it trains at present: a run whose task has died does not."""
        return None not in (self._run, self._task) and not self._task.done()

    def redraw(self) -> None:
        """Draw the present state of the controls and of the desk."""
        with self._lock:
            super().redraw()

    def close(self) -> None:
        """Close the lab; its training stops."""
        with self._lock:
            self._run = None
        super().close()

    def _draw(
        self,
        learning_rate: float,
        hidden_size: int,
        clipping: str,
        optimizer: str,
        zero_grad: bool,
        picked: str,
    ) -> Drawing:
        try:
            new = self.desk.set(
                lr=learning_rate,
                hidden_size=hidden_size,
                max_norm=CLIPPINGS[clipping],
                zero_grad=zero_grad,
                optimizer=optimizer,
            )
        except ValueError:
            self._run = None  # the reader's wish is unknown: wait for it
            raise
        if new:
            self._run = None
            self._note = "Another size or optimizer: a new model waits for Start."
        return draw_desk(self.desk, self.running, self._note, picked)

    def _go(self, button: widgets.Button) -> None:
        with self._lock:
            self._note = ""
            if self.running:
                self._note = "It is training already."
            elif self.desk.status in (NEW, UNDER_WAY):
                try:
                    loop = asyncio.get_running_loop()
                except RuntimeError:
                    self._note = (
                        "Buttons train only in a running kernel; elsewhere call "
                        "lab.desk.step(20)."
                    )
                else:
                    self._run = object()
                    self._task = loop.create_task(self._train(self._run))
            else:
                self._note = "Press Reset first."
            self.redraw()  # wrong settings end the run before its first step

    def _halt(self, button: widgets.Button | None = None) -> None:
        with self._lock:
            self._run, self._note = None, ""
            self.redraw()

    def _reset(self, button: widgets.Button) -> None:
        with self._lock:
            self._run, self._note, self.picked = None, "", ""
            self.desk.reset()
            self.redraw()

    async def _train(self, run: object) -> None:
        """Train while ``run`` is the present run, a few epochs at a time."""
        try:
            while self._run is run:
                began = time.perf_counter()
                self._tick(run)
                spent = time.perf_counter() - began
                await asyncio.sleep(max(0.02, TICK_SECONDS - spent))
        except Exception as error:  # in a task, nobody else would say it
            with self._lock:
                if self._run is run:
                    message = f"{type(error).__name__}: {error}"
                    self.text.value = pictures.problem(message)
        finally:  # also where the task was cancelled, or the cell interrupted
            with self._lock:
                if self._run is run:
                    self._run = None

    def _tick(self, run: object) -> None:
        deadline = time.perf_counter() + TICK_SECONDS / 2
        for _ in range(EPOCHS_A_TICK):
            with self._lock:
                if self._run is not run:
                    return
                if not self.desk.step() or self.desk.status == FINISHED:
                    self._run = None
                    break
            if time.perf_counter() > deadline:
                break
        with self._lock:
            if self._run in (run, None):
                self.redraw()


def training_lab() -> TrainingLab:
    """Train the running model by hand, and watch its loss and its completion.

    A lab that the same kernel made earlier stops training: a cell that is run again
    does not leave the old one at work.

    Returns:
        The lab, to be displayed.
    """
    for lab in list(_labs):
        if lab.running:
            lab.pause.click()
    lab = TrainingLab()
    _labs.add(lab)
    return lab
