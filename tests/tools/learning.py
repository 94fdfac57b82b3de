"""Draw the README's picture of a model that learns, as an animated GIF.

Each frame is the same model a few epochs further on: what it makes of `hello`, how sure
it is of each character, and its loss between the rungs of the ladder.
"""

import io
import sys
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import torch
from PIL import Image

from charrnn_helpers import data, sampling, training
from charrnn_helpers.lab.pictures import colours
from charrnn_helpers.models import CharRNN
from charrnn_helpers.plotting.palette import BLUE, GREY, style
from charrnn_helpers.running import running_batch

TARGET = Path(__file__).resolve().parents[2] / "notebooks" / "images" / "learning.gif"
EPOCHS = [*range(0, 20, 2), *range(20, 101, 4)]
PROMPT, NEW = "hello", 12


def frame(losses, rungs, tiles, epoch) -> Image.Image:
    """One picture: the text on top, the loss curve below."""
    fig, (top, below) = plt.subplots(
        2, 1, figsize=(8.3, 4.0), height_ratios=(1, 2.4), layout="constrained"
    )
    top.set(xlim=(-0.2, len(tiles) + 0.2), ylim=(-0.35, 1.45), aspect="equal")
    top.axis("off")
    for k, (character, sure) in enumerate(tiles):
        background, ink = ("#f2f2f2", "#000000")
        if sure is not None:
            background, ink = colours(1 - sure, 1.0, True)
        top.add_patch(
            plt.Rectangle(
                (k + 0.04, 0.04),
                0.92,
                1.28,
                facecolor=background,
                edgecolor="#888888",
                linestyle=":" if sure is None else "-",
            )
        )
        shown = character.replace(" ", "␣")
        top.text(k + 0.5, 0.82, shown, ha="center", va="center", size=17, color=ink)
        if sure is not None:
            top.text(
                k + 0.5,
                0.26,
                f"{sure:.2f}",
                ha="center",
                va="center",
                size=9,
                color=ink,
            )
    for name, loss in rungs.items():
        below.axhline(loss, color=GREY, linestyle=":", linewidth=1.2)
        below.annotate(
            f"{name} {loss:.2f}",
            (1.01, loss),
            xycoords=("axes fraction", "data"),
            va="center",
            size=10,
        )
    if losses:
        below.plot(range(1, len(losses) + 1), losses, color=BLUE)
        below.plot(len(losses), losses[-1], "o", color=BLUE)
    below.set(xlim=(0, EPOCHS[-1]), ylim=(0, 3))
    below.set(xlabel=f"Epoch {epoch} of {EPOCHS[-1]}", ylabel="Loss (nats per char.)")
    buffer = io.BytesIO()
    fig.savefig(buffer, dpi=100)
    plt.close(fig)
    return Image.open(buffer).convert("P", palette=Image.Palette.ADAPTIVE, colors=64)


def frames() -> list[Image.Image]:
    """The pictures of one training, from random weights to the end."""
    style()
    torch.set_num_threads(1)
    vocab, inputs, targets = running_batch()
    rungs = {
        "uniform guess": data.uniform_loss(len(vocab)),
        "unigram": data.unigram_loss(targets),
        "bigram": data.bigram_loss(inputs, targets),
        "floor": data.prefix_loss(inputs, targets),
    }
    torch.manual_seed(0)
    model = CharRNN(len(vocab), hidden_size=12)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses: list[float] = []
    pictures = []
    for epoch in EPOCHS:
        if epoch > len(losses):
            losses += training.fit(
                model, inputs, targets, epochs=epoch - len(losses), optimizer=optimizer
            ).losses
        text = sampling.sample(model, vocab, PROMPT, NEW)
        ids = vocab.encode(text)
        with torch.no_grad():
            probs = model(ids[:-1])[0].softmax(-1)  # (T, V)
        sure = probs.gather(-1, ids[1:, None])[:, 0].tolist()
        tiles = [(c, None) for c in PROMPT]
        tiles += list(zip(text[len(PROMPT) :], sure[len(PROMPT) - 1 :], strict=True))
        pictures.append(frame(losses, rungs, tiles, epoch))
    return pictures


def main() -> int:
    """Write the picture; the last frame, which shows the result, stays longest."""
    first, *rest = frames()
    TARGET.parent.mkdir(exist_ok=True)
    durations = [900, *[160] * (len(rest) - 1), 4000]  # milliseconds
    first.save(TARGET, save_all=True, append_images=rest, duration=durations, loop=0)
    print(f"{TARGET.name}: {TARGET.stat().st_size // 1000} kB, {1 + len(rest)} frames")
    return 0


if __name__ == "__main__":
    sys.exit(main())
