"""Stop the first training run of a fresh Python at a given moment."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import torch
from charrnn_helpers.models import CharRNN
from charrnn_helpers.training import fit

inputs, targets = torch.randint(5, (2, 2, 8))
model = CharRNN(5, 4)
torch.set_num_threads(1)
print("fitting", flush=True)
history = fit(model, inputs, targets, epochs=10**6, lr=0.01)
assert history.interrupted
assert model.training
later = fit(CharRNN(5, 4), inputs, targets, epochs=2, lr=0.01)
assert len(later.losses) == 2 and not later.interrupted
print("kept", len(history.losses))
"""


def stopped(seconds: float) -> int:
    """Send SIGINT so many seconds after `fit` began; the epochs that were kept."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    with process:
        try:
            assert process.stdout.readline() == "fitting\n", process.stderr.read()
            time.sleep(seconds)
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=120)
        finally:
            process.kill()
    assert process.returncode == 0, errors
    assert output.startswith("kept "), output
    return int(output.split()[1])
