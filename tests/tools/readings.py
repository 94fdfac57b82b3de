"""Make what the lab of notebook 16 reads: its recogniser on five sounds of test voices.

Runs the code of the notebook up to the trained recogniser, about 40 seconds.
"""

import json
import os
from pathlib import Path

import nbformat
import torch

from charrnn_helpers.lessons.n16 import sounds

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "16_from_speech_to_text.ipynb"
TARGET = ROOT / "charrnn_helpers" / "lessons" / "n16" / "readings.json"
# Digits, voice and seed: well heard; a lost space; a letter too many; a child's throat.
SOUNDS = (
    ([5, 2, 3], 39, 3),
    ([3], 43, 0),
    ([3, 8], 39, 0),
    ([2, 3], 40, 2),
    ([6, 3], 47, 0),
)


def cells(name: str) -> list[str]:
    """The notebook's code up to the cell that ends with training `name`."""
    found = []
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.cell_type == "code":
            lines = cell.source.splitlines()
            if "show(" not in lines:
                kept = [line for line in lines if not line.startswith("display(")]
                found.append("\n".join(kept))
            if name in cell.source:
                return found
    raise ValueError(f"no cell of the notebook holds {name!r}")


def make() -> dict[str, dict]:
    """What the file holds."""
    os.chdir(NOTEBOOK.parent)
    room: dict = {}
    for source in cells("steps=400"):
        exec(source, room)
    made = {}
    for digits, voice, seed in SOUNDS:
        generator = torch.Generator().manual_seed(seed)
        sound = sounds.utter(room["clips"][voice], digits, generator)
        x = room["features"](sound)
        with torch.no_grad():
            logits = room["model"](x.unsqueeze(0), torch.tensor([len(x)]))[0]
        mel = room["log_mel"](sound)[: 2 * len(x)]
        grey = (255 * (mel - mel.min()) / (mel.max() - mel.min())).round().int()
        made[sounds.text(digits)] = {
            "voice": room["names"][voice],
            "mel": grey.tolist(),
            "log_probs": (100 * logits.log_softmax(dim=-1)).round().int().tolist(),
        }
    return made


if __name__ == "__main__":
    TARGET.write_text(json.dumps(make(), separators=(",", ":")) + "\n", "utf-8")
