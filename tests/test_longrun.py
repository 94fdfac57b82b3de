"""Long runs: the same with a break as without, on one process as on two."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from charrnn_helpers import longrun
from charrnn_helpers.data import Vocabulary
from charrnn_helpers.longrun import Recipe, Run, TextModel, load, rate, save, train
from charrnn_helpers.longtext import Encoded

TEXT = "how are you, how is she, who are they? " * 30
VOCAB = Vocabulary.from_texts([TEXT])
IDS = VOCAB.encode(TEXT).numpy().astype(np.uint8)
ENCODED = Encoded(VOCAB, IDS[:-100], IDS[-100:])
SMALL = {"hidden_size": 6, "embedding_size": 4, "batch_size": 4, "seq_len": 7}
SMALL |= {"seconds": None, "precision": "32"}


def stop_at(step: int):
    """What Ctrl-C does at a step."""

    def report(progress, recipe):
        if progress.step == step:
            signal.raise_signal(signal.SIGINT)

    return report


def weights(run: Run) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in run.model.parameters()])


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_run_that_was_stopped_and_resumed_ends_as_one_that_was_not(tmp_path, cell):
    recipe = Recipe(steps=60, cell=cell, dropout=0.3, num_layers=2, **SMALL)
    whole = Run.start(recipe, VOCAB)
    train(whole, ENCODED, tmp_path / "whole.pt")
    assert whole.progress.passes >= 1  # it has begun the text again
    parts = Run.start(recipe, VOCAB)
    for stop in (13, 38, None):
        report = stop_at(stop) if stop else lambda progress, recipe: None
        progress = train(parts, ENCODED, tmp_path / "parts.pt", report=report)
        assert progress.interrupted is (stop is not None)
        assert progress.step == (stop or 60)
        torch.manual_seed(99)  # whatever happens between two sessions
        parts = load(tmp_path / "parts.pt")
    assert torch.equal(weights(parts), weights(whole))
    assert parts.progress.best == whole.progress.best
    for name, value in whole.kept.items():
        assert torch.equal(parts.kept[name], value)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_run_learns_and_keeps_its_best_weights(tmp_path):
    run = Run.start(Recipe(steps=300, lr=0.02, **SMALL), VOCAB)
    bits = []
    train(run, ENCODED, tmp_path / "m.pt", report=lambda p, _: bits.append(p.bits))
    assert bits[0] > 3.5 and bits[-1] < 1.5 and run.progress.looks == longrun.LOOKS
    held = torch.from_numpy(ENCODED.validation.astype(np.int64))
    found = longrun.bits_per_character(run.best_model(), held, reset_every=500)
    assert found == pytest.approx(run.progress.best)
    again = load(tmp_path / "m.pt").best_model()
    assert longrun.bits_per_character(again, held, reset_every=500) == found


def test_a_look_costs_little_however_slow_the_steps_are(tmp_path):
    held = np.tile(IDS, 25)  # 29,000 characters
    text = Encoded(VOCAB, IDS, held)
    for steps, rows, glance in ((20, 4, 1000), (400, 40, 2240), (400, 400, 20_000)):
        recipe = Recipe(steps=steps, **SMALL | {"batch_size": rows})
        run = Run.start(recipe, VOCAB)
        train(run, text, tmp_path / "m.pt")
        assert run.progress.glance == glance, steps
        assert load(tmp_path / "m.pt").progress.glance == glance
        ids = torch.from_numpy(held[:glance].astype(np.int64))
        found = longrun.bits_per_character(run.best_model(), ids, reset_every=500)
        assert found == pytest.approx(run.progress.best)


def test_a_run_with_a_time_ends_in_time_and_counts_what_it_has_spent(tmp_path):
    run = Run.start(Recipe(**SMALL | {"seconds": 0.5}), VOCAB)
    train(run, ENCODED, tmp_path / "m.pt", report=stop_at(2))
    spent = load(tmp_path / "m.pt")
    assert 0 < spent.progress.seconds < 0.5 and spent.progress.interrupted
    progress = train(spent, ENCODED, tmp_path / "m.pt")
    assert progress.seconds >= 0.5 and not progress.interrupted
    assert train(spent, ENCODED, tmp_path / "m.pt").step == progress.step  # all done


def test_a_checkpoint_is_written_every_so_often(tmp_path, monkeypatch):
    monkeypatch.setattr(longrun, "CHECKPOINT_EVERY", 0.0)
    steps = []
    path = tmp_path / "m.pt"

    def report(progress, recipe):
        if path.exists():
            steps.append(load(path).progress.step)

    train(Run.start(Recipe(steps=4, **SMALL), VOCAB), ENCODED, path, report=report)
    assert steps == [1, 2, 3] and load(path).progress.step == 4


def test_on_a_full_disk_the_former_file_stays(tmp_path, monkeypatch):
    run = Run.start(Recipe(steps=2, **SMALL), VOCAB)
    path = tmp_path / "m.pt"
    train(run, ENCODED, path)
    before = path.read_bytes()

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"no space left on the disk.*--resume"):
        save(path, run)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "m.pt"
    with pytest.raises(FileNotFoundError, match="train a model first"):
        load(path)
    run = Run.start(Recipe(steps=1, **SMALL), VOCAB)
    train(run, ENCODED, path)
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[: len(whole) // 2], b"", b"x" * 500):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="damaged, incomplete, or no file"):
            load(path)


def test_a_diverged_run_says_so(tmp_path):
    run = Run.start(Recipe(steps=9, **SMALL), VOCAB)
    with torch.no_grad():
        run.model.output.bias.fill_(torch.nan)
    with pytest.raises(ValueError, match="the loss of step 1 is nan: take a smaller"):
        train(run, ENCODED, tmp_path / "m.pt")


def test_another_text_begins_from_zero_states(tmp_path):
    run = Run.start(Recipe(steps=4, **SMALL), VOCAB)
    train(run, ENCODED, tmp_path / "m.pt", report=stop_at(2))
    short = Encoded(VOCAB, IDS[:40], IDS[:2])  # two rows only
    assert train(run, short, tmp_path / "m.pt").step == 4


def test_a_model_is_its_layers_one_after_the_other():
    torch.manual_seed(0)
    for cell, kind in longrun.CELLS.items():
        model = TextModel(9, 5, cell=cell, embedding_size=3, num_layers=2).eval()
        ids = torch.randint(9, (2, 6))
        logits, state = model(ids)
        states, expected = model.rnn(model.embedding.weight[ids])
        assert isinstance(model.rnn, kind)
        assert torch.equal(logits, model.output(states))
        assert all(map(torch.equal, state, expected))
        one, _ = model(ids[0])
        assert torch.allclose(one, logits[0], atol=1e-6)
    lstm = TextModel(9, 5)
    both = lstm.rnn.bias_ih_l0 + lstm.rnn.bias_hh_l0
    assert (both[5:10] > 0.5).all()  # the forget gate starts open


def test_the_rate_rises_and_falls():
    assert rate(0.0, 1.0) == pytest.approx(0.02)
    assert rate(0.05, 1.0) == pytest.approx(1.0)
    assert rate(0.525, 1.0) == pytest.approx(0.505)
    assert rate(1.0, 1.0) == pytest.approx(0.01)
    rates = [rate(share / 100, 1.0) for share in range(101)]
    assert rates.index(max(rates)) == 5


SCRIPT = """
import sys
import torch, torch.distributed as dist
sys.path.insert(0, {tests!r})
from test_longrun import ENCODED, SMALL, VOCAB, weights
from charrnn_helpers.longrun import Recipe, Run, _optimizer, train
dist.init_process_group("gloo")
recipe = Recipe(steps=12, **SMALL)
run = Run.start(recipe, VOCAB)
run.model.double()
run.optimizer = _optimizer(run.model, recipe)
train(run, ENCODED, {path!r})
if dist.get_rank() == 0:
    torch.save(weights(run), {path!r} + ".weights")
dist.destroy_process_group()
"""


def test_two_processes_learn_what_one_learns(tmp_path):
    recipe = Recipe(steps=12, **SMALL)
    one = Run.start(recipe, VOCAB)
    one.model.double()
    one.optimizer = longrun._optimizer(one.model, recipe)
    train(one, ENCODED, tmp_path / "one.pt")
    script, path = tmp_path / "two.py", str(tmp_path / "two.pt")
    script.write_text(SCRIPT.format(tests=str(Path(__file__).parent), path=path))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", "2", str(script)]
    done = subprocess.run(
        command,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    two = torch.load(path + ".weights", weights_only=True)
    torch.testing.assert_close(two, weights(one), rtol=0, atol=1e-10)
    assert F.mse_loss(two, weights(Run.start(recipe, VOCAB)).double()) > 1e-6


@pytest.mark.parametrize(
    ("given", "hidden_size"),
    [
        ({"seconds": 30, "precision": "32"}, 256),
        ({"seconds": 600, "precision": "32"}, 384),
        ({"seconds": 30, "precision": "16"}, 384),
        ({"seconds": 30, "precision": "32", "hidden_size": 100}, 100),
    ],
)
def test_a_short_run_in_32_bits_has_a_smaller_model(given, hidden_size):
    recipe = Recipe.of(**{"steps": None} | given)
    assert recipe.hidden_size == hidden_size
