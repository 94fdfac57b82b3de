"""The command line, as somebody uses it who has a text and no patience."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys

import pytest
import torch
from PIL import Image

from charrnn_helpers import __main__ as command
from charrnn_helpers import evaluation, longrun

TEXTS = {
    "latin": "how are you, how is she, who are they? " * 20,
    "cyrillic": "как дела, кто они, где она? Всё хорошо. " * 20,
    "japanese": "お元気ですか。私は元気です。世界は広い。" * 30,
}
OPTIONS = ["--steps", "30", "--hidden", "8", "--embedding", "4", "--precision", "32"]


@pytest.fixture(params=TEXTS)
def text(request, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(TEXTS[request.param], encoding="utf-8")
    return path


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    status = command.main([str(a) for a in arguments])
    out, error = capsys.readouterr()
    return status, out, error


def test_train_sample_and_evaluate(capsys, tmp_path, text):
    model = tmp_path / "model.pt"
    status, out, error = run(capsys, "train", text, "--out", model, *OPTIONS)
    assert status == 0, error
    whole = text.read_text(encoding="utf-8")
    assert f"{len(whole):,} characters, {len(set(whole))} different ones" in out
    assert "step 30 (100%)" in out and "characters/s" in out
    for part in ("reset every 8", "state carried", "table, 1 back", "longest copy"):
        assert part in out
    assert "--- temperature 0.8 ---" in out

    prompt = whole[:3]
    arguments = ("sample", model, "--prompt", prompt, "--chars", 40, "--seed", 1)
    _, first, _ = run(capsys, *arguments)
    _, second, _ = run(capsys, *arguments)
    assert first == second and first.startswith(prompt) and len(first) == 44
    _, other, _ = run(capsys, *arguments[:-1], 2)
    assert other != first
    assert len(run(capsys, "sample", model, "--chars", 9)[1]) == 10  # and the newline

    other_text = tmp_path / "other.txt"
    other_text.write_text(whole[:200], encoding="utf-8")
    _, out, _ = run(capsys, "evaluate", model, other_text, "--reset-every", 10)
    best = longrun.load(model)
    ids = best.vocab.encode(whole[:200])
    bits = evaluation.bits_per_character(best.best_model(), ids, reset_every=10)
    assert out.startswith(f"{bits:.3f} bits per character (200 characters, state reset")


def test_the_card_has_what_the_run_cost_and_is_drawn(capsys, tmp_path):
    text, model, card = (tmp_path / name for name in ("t.txt", "m.pt", "card.png"))
    text.write_text(TEXTS["latin"], encoding="utf-8")
    options = ["--out", model, "--card", card, *OPTIONS]
    status, out, error = run(capsys, "train", text, *options)
    assert status == 0, error
    progress = longrun.load(model).progress
    read = int(re.search(r"has read +([\d,]+) characters", out)[1].replace(",", ""))
    assert read >= progress.passes * len(TEXTS["latin"]) * 0.9 > 0
    assert f"trained for       {progress.seconds:,.0f} s" in out
    with Image.open(card) as picture:
        assert picture.format == "PNG" and picture.width == 900


def test_a_run_goes_on_for_what_is_left(capsys, tmp_path, text, monkeypatch):
    model = tmp_path / "model.pt"
    whole, cut = tmp_path / "whole.pt", longrun.train

    def stopped(run, encoded, path, *, report):
        def stop(progress, recipe):
            report(progress, recipe)
            if progress.step == 11:
                import signal

                signal.raise_signal(signal.SIGINT)

        return cut(run, encoded, path, report=stop)

    run(capsys, "train", text, "--out", whole, *OPTIONS)
    monkeypatch.setattr(longrun, "train", stopped)
    status, out, _ = run(capsys, "train", text, "--out", model, *OPTIONS)
    assert status == 0 and f"stopped; all of it is in {model}" in out
    monkeypatch.undo()
    refused = run(capsys, "train", text, "--out", model, *OPTIONS)
    assert refused[0] == 1 and "is there already: add --resume" in refused[2]
    status, _, error = run(
        capsys, "train", text, "--out", model, "--resume", "--hidden", 9
    )
    assert status == 1 and "--hidden cannot change in a run that goes on" in error
    status, out, error = run(capsys, "train", text, "--out", model, "--resume")
    assert status == 0 and "written:" in out, error
    ends = [longrun.load(path).model.state_dict() for path in (model, whole)]
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[1])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("train", "nowhere.txt"), "there is no file 'nowhere.txt'"),
        (("train", "."), "is a folder"),
        (("train", "empty.txt"), "has 0 characters, and at least 100"),
        (("train", "bad.txt"), "the byte at position 200 is 0xff"),
        (("train", "text.txt", "--hidden", "0"), "hidden_size must be a whole number"),
        (("train", "text.txt", "--dropout", "1"), "dropout must be a number from 0"),
        (("train", "text.txt", "--seconds", "-5"), "seconds must be a number above 0"),
        (("train", "text.txt", "--seconds", "nan"), "seconds must be a number above"),
        (("train", "text.txt", "--steps", "0"), "steps must be a whole number from 1"),
        (("train", "text.txt", "--length", "0"), "seq_len must be a whole number"),
        (("train", "text.txt", "--rows", "0"), "batch_size must be a whole number"),
        (("train", "text.txt", "--lr", "0"), "lr must be a number above 0"),
        (("train", "text.txt", "--resume"), "train a model first"),
        (("sample", "nowhere.pt"), "there is no file 'nowhere.pt'"),
        (("sample", "text.txt"), "no file that charrnn_helpers train wrote"),
        (("sample", "good.pt", "--prompt", "Qé"), "does not know 'Qé'"),
        (("sample", "good.pt", "--temperature", "-1"), "temperature must be a number"),
        (("evaluate", "good.pt", "other.txt"), "does not know: 'QÉ'"),
    ],
)
def test_an_error_is_one_line_and_a_status(
    capsys, tmp_path, monkeypatch, arguments, says
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "bad.txt").write_bytes(b"a" * 200 + b"\xff")
    (tmp_path / "text.txt").write_text(TEXTS["latin"])
    (tmp_path / "other.txt").write_text(TEXTS["latin"] + "QÉ", encoding="utf-8")
    if "good.pt" in arguments:
        command.main(["train", "text.txt", "--out", "good.pt", *OPTIONS])
    capsys.readouterr()
    status, out, error = run(capsys, *arguments)
    assert status == 1 and says in error
    assert out == "" and len(error.strip().splitlines()) == 1


def test_unknown_characters_can_be_left_out(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text(TEXTS["latin"])
    (tmp_path / "other.txt").write_text(TEXTS["latin"] + "QÉ", encoding="utf-8")
    command.main(["train", "text.txt", "--out", "good.pt", *OPTIONS])
    capsys.readouterr()
    out = run(capsys, "evaluate", "good.pt", "other.txt", "--unknown", "skip")[1]
    assert "2 unknown ones left out" in out
    arguments = ("sample", "good.pt", "--prompt", "Qh", "--unknown", "skip")
    assert run(capsys, *arguments, "--chars", 5)[1].startswith("h")


def test_on_a_terminal_there_is_a_bar(capsys, tmp_path, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    path = tmp_path / "text.txt"
    path.write_text(TEXTS["latin"])
    command.main(["train", str(path), "--out", str(tmp_path / "m.pt"), *OPTIONS])
    shown = terminal.getvalue()
    assert "100%|" in shown and "bits per character" in shown and "s left" in shown
    assert "step 30" not in capsys.readouterr().out


def test_help_teaches_and_needs_no_torch():
    script = (
        "import sys; sys.modules['torch'] = None\n"
        "from charrnn_helpers.__main__ import parser\n"
        "print(parser().format_help())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    for part in ("train", "sample", "evaluate", "examples:", "torchrun", "log2 V"):
        assert part in done.stdout


def test_it_is_a_module_to_be_run(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "charrnn_helpers", "sample", "nowhere.pt"],
        capture_output=True,
        text=True,
        env=os.environ,
    )
    assert done.returncode == 1 and "there is no file" in done.stderr
    assert "Traceback" not in done.stderr
