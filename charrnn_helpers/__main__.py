"""Train a character model on your own text: ``python -m charrnn_helpers --help``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from charrnn_helpers.longrun import Progress, Recipe

COUNTED = 5_000_000
"""Characters of the training text that the tables of the card count, at most."""

MEASURED = 100_000
"""Characters of held-out text that the card is measured on, at most."""

LOGITS = 200_000_000
"""Numbers that measuring the card once computes, about: with thousands of different
characters it is measured on fewer."""

EXAMPLES = """examples:
  python -m charrnn_helpers train book.txt --seconds 60 --out book.pt
  python -m charrnn_helpers sample book.pt --prompt "The " --chars 500
  python -m charrnn_helpers evaluate book.pt another.txt
  python -m charrnn_helpers train book.txt --out book.pt --resume
  torchrun --standalone --nproc-per-node 2 -m charrnn_helpers train book.txt --out b.pt

Any text in UTF-8 will do, in any language, one file or many, from a page to a gigabyte.
How good is the result? Bits per character: 0 for a model that is always sure and right,
log2 V for one that guesses evenly among V characters. Notebooks 13 and 17 explain."""


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    found = argparse.ArgumentParser(
        prog="python -m charrnn_helpers",
        description="Train a character model on your own text, and let it write.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = found.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train a model on text files")
    train.add_argument("files", nargs="+", metavar="FILE", help="text in UTF-8")
    train.add_argument("--out", default="model.pt", help="the model (model.pt)")
    train.add_argument("--card", metavar="PNG", help="draw the evaluation card, too")
    length = train.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=float, help="how long to train (60)")
    length.add_argument("--steps", type=int, help="how many steps, in place of a time")
    train.add_argument(
        "--resume",
        action="store_true",
        help="go on with the run in --out, for what is left of it",
    )
    train.add_argument("--cell", choices=("lstm", "gru", "rnn"), help="(lstm)")
    train.add_argument(
        "--hidden",
        type=int,
        help="numbers in the state (384; 256 in a short run with 32-bit products)",
    )
    train.add_argument("--embedding", type=int, help="numbers for a character (64)")
    train.add_argument("--layers", type=int, help="recurrent layers (1)")
    train.add_argument("--dropout", type=float, help="0 to 0.9 (more for longer runs)")
    train.add_argument("--rows", type=int, help="texts read side by side (32)")
    train.add_argument("--length", type=int, help="characters in a step (48 or 64)")
    train.add_argument("--lr", type=float, help="learning rate (less for longer runs)")
    train.add_argument(
        "--precision",
        choices=("auto", "16", "32"),
        help="bits of the numbers in a product (auto: 16 where that is faster)",
    )
    train.add_argument("--seed", type=int, help="of weights and dropout (0)")
    train.add_argument("--threads", type=int, help="processor cores to use (all)")
    _add_unknown(train)

    sample = commands.add_parser("sample", help="let a model write")
    sample.add_argument("model", help="what train has written")
    sample.add_argument("--prompt", default="", help="how the text begins")
    sample.add_argument("--chars", type=int, default=500, help="characters (500)")
    sample.add_argument("--temperature", type=float, default=0.8, help="(0.8)")
    sample.add_argument("--top-p", type=float, help="draw from the likeliest only")
    sample.add_argument("--seed", type=int, help="for the same text again")
    _add_unknown(sample)

    evaluate = commands.add_parser("evaluate", help="measure a model on a text")
    evaluate.add_argument("model", help="what train has written")
    evaluate.add_argument("file", help="text that it was not trained on")
    evaluate.add_argument("--reset-every", type=int, help="characters (never)")
    _add_unknown(evaluate)
    return found


def _add_unknown(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--unknown",
        choices=("error", "skip"),
        default="error",
        help="characters that the model does not know: stop (error) or leave them out",
    )


def train(options: argparse.Namespace) -> None:
    """Train, or go on, and print the card."""
    import torch
    import torch.distributed as dist

    from charrnn_helpers import evaluation, longrun, longtext

    processes = int(os.environ.get("WORLD_SIZE", 1))
    if processes > 1:
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    elif options.threads:
        torch.set_num_threads(options.threads)
    first = processes == 1 or dist.get_rank() == 0

    run = longrun.load(options.out) if options.resume else None
    if not options.resume and os.path.exists(options.out):
        raise FileExistsError(
            f"{options.out!r} is there already: add --resume to go on with it, or name "
            "another file with --out"
        )
    if not first:  # the first process encodes the text, the others find it
        dist.barrier()
    text = longtext.encode_files(
        options.files,
        options.out,
        vocab=run.vocab if run else None,
        unknown=options.unknown,
    )
    if first and processes > 1:
        dist.barrier()
    recipe = _recipe(options, run.recipe if run else None)
    if run is None:
        run = longrun.Run.start(recipe, text.vocab)
    run.recipe = recipe
    if first:
        read = len(text.train) + len(text.validation)
        print(
            f"{read:,} characters, {len(text.vocab)} different ones, "
            f"{sum(p.numel() for p in run.model.parameters()):,} parameters, "
            f"{recipe.cell}, {'16' if run.bf16 else '32'}-bit products"
            + (f", {text.skipped:,} characters left out" if text.skipped else "")
        )
    bar = Bar() if first else None
    progress = longrun.train(run, text, options.out, report=bar or (lambda *_: None))
    if bar:
        bar.close()
    if first and progress.interrupted:
        print(f"stopped; all of it is in {options.out}: go on with --resume")
    elif first:
        print(f"written: {options.out}\n")
        size = min(MEASURED, LOGITS // len(text.vocab))
        held = torch.from_numpy(text.validation[:size].astype("int64"))
        counted = torch.from_numpy(text.train[:COUNTED].astype("int64"))
        model = run.best_model().cpu()
        read = progress.passes * len(text.train) + progress.place * recipe.batch_size
        cost = {"seconds": progress.seconds, "read": read}
        card = evaluation.card(model, text.vocab, counted, held, **cost)
        print(card)
        if options.card:
            from charrnn_helpers import plotting

            plotting.draw_card(card).savefig(options.card)
    if processes > 1:
        dist.destroy_process_group()


def _recipe(options: argparse.Namespace, former: Recipe | None) -> Recipe:
    """What the options ask for; in a run that goes on, its length may change."""
    import dataclasses

    from charrnn_helpers.longrun import Recipe

    names = {"hidden": "hidden_size", "embedding": "embedding_size"}
    names |= {"layers": "num_layers", "rows": "batch_size", "length": "seq_len"}
    names |= {name: name for name in ("cell", "dropout", "lr", "precision", "seed")}
    given = {to: getattr(options, name) for name, to in names.items()}
    length = {"seconds": options.seconds, "steps": options.steps}
    if former is None:
        if length == {"seconds": None, "steps": None}:
            length["seconds"] = 60.0
        return Recipe.of(**length, **given)
    fixed = [f"--{name}" for name, to in names.items() if given[to] is not None]
    if fixed:
        raise ValueError(
            f"{', '.join(fixed)} cannot change in a run that goes on: leave it out, or "
            "begin a new run with another --out"
        )
    given_length = any(value is not None for value in length.values())
    return dataclasses.replace(former, **length) if given_length else former


class Bar:
    """A progress bar on a terminal, a plain line now and then elsewhere."""

    def __init__(self) -> None:
        self.began, self.printed = time.monotonic(), 0.0
        self.before: float | None = None
        self.bar = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            shape = "{percentage:3.0f}%|{bar}| {desc}"
            self.bar = tqdm(total=1.0, bar_format=shape)

    def __call__(self, progress: Progress, recipe: Recipe) -> None:
        """Show how far a run has come."""
        took, share = time.monotonic() - self.began, progress.share(recipe)
        if self.before is None:  # what an earlier session has done
            self.before = share
        pace = took / max(share - self.before, 1e-3)  # seconds for all of it
        left = (pace if recipe.steps else recipe.seconds) * (1 - share)
        line = (
            f"{progress.bits:.2f} bits per character, "
            f"{progress.characters / max(took, 1e-9):,.0f} characters/s, "
            f"{left:.0f} s left"
        )
        if self.bar is not None:
            self.bar.set_description_str(line, refresh=False)
            self.bar.update(share - self.bar.n)
        elif took >= self.printed + 5 or share >= 1:
            self.printed = took
            print(f"step {progress.step:,} ({share:.0%}): {line}", flush=True)

    def close(self) -> None:
        """End the bar's line."""
        if self.bar is not None:
            self.bar.close()


def sample(options: argparse.Namespace) -> None:
    """Print a text that a model writes."""
    import torch

    from charrnn_helpers import longrun, sampling

    run = longrun.load(options.model)
    prompt = _known(options.prompt, run.vocab, options.unknown)
    generator = torch.Generator()
    generator.seed() if options.seed is None else generator.manual_seed(options.seed)
    if not prompt:  # from nothing: begin with a line of its own, where there are lines
        prompt = "\n" if "\n" in run.vocab else run.vocab.characters[0]
    text = sampling.sample(
        run.best_model(),
        run.vocab,
        prompt,
        options.chars,
        temperature=options.temperature,
        top_p=options.top_p,
        generator=generator,
    )
    print(text if options.prompt else text[1:])


def _known(text: str, vocab: object, unknown: str) -> str:
    foreign = sorted(set(c for c in text if c not in vocab))
    if foreign and unknown == "error":
        raise ValueError(
            f"the model does not know {''.join(foreign)!r}, which the prompt has: "
            "change the prompt, or leave them out with --unknown skip"
        )
    return "".join(c for c in text if c in vocab)


def evaluate(options: argparse.Namespace) -> None:
    """Print the bits per character of a model on a text."""
    import tempfile

    import torch

    from charrnn_helpers import longrun, longtext
    from charrnn_helpers.evaluation import bits_per_character

    run = longrun.load(options.model)
    with tempfile.TemporaryDirectory() as folder:
        text = longtext.encode_files(
            [options.file],
            Path(folder, "text"),
            vocab=run.vocab,
            unknown=options.unknown,
        )
        ids = torch.cat(
            [torch.from_numpy(p.astype("int64")) for p in (text.train, text.validation)]
        )
    bits = bits_per_character(run.best_model(), ids, reset_every=options.reset_every)
    every = options.reset_every
    rule = "state carried" if every is None else f"state reset every {every}"
    left = f", {text.skipped:,} unknown ones left out" if text.skipped else ""
    print(f"{bits:.3f} bits per character ({len(ids):,} characters, {rule}{left})")


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit status."""
    options = parser().parse_args(arguments)
    try:
        {"train": train, "sample": sample, "evaluate": evaluate}[options.command](
            options
        )
    except (OSError, ValueError, TypeError) as error:
        print(f"{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
