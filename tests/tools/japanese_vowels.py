"""Make notebooks/data/japanese_vowels.npz from the two files of the set.

`python tests/tools/japanese_vowels.py FOLDER`, where FOLDER holds
`JapaneseVowels_TRAIN.ts` and `JapaneseVowels_TEST.ts`: the wheel of aeon 1.6.0 has
them under `aeon/datasets/data/JapaneseVowels`.
"""

import sys
from pathlib import Path

import numpy as np

TARGET = Path(__file__).resolve().parents[2] / "notebooks/data/japanese_vowels.npz"


def read(path: Path) -> tuple[list[np.ndarray], list[int]]:
    """The utterances of a .ts file, each (T, 12), and who speaks, from 0."""
    utterances, speakers = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#@":
            *coefficients, speaker = line.strip().split(":")
            columns = [[float(x) for x in c.split(",")] for c in coefficients]
            utterances.append(np.array(columns, dtype=np.float32).T)
            speakers.append(int(speaker) - 1)
    return utterances, speakers


def arrays(folder: Path) -> dict[str, np.ndarray]:
    """What the notebook reads: all frames in a row, lengths, speakers, parts."""
    utterances, speakers = [], []
    counts = []
    for part in ("TRAIN", "TEST"):
        found, who = read(folder / f"JapaneseVowels_{part}.ts")
        utterances += found
        speakers += who
        counts.append(len(found))
    return {
        "frames": np.concatenate(utterances),
        "lengths": np.array([len(u) for u in utterances], dtype=np.int64),
        "speakers": np.array(speakers, dtype=np.int64),
        "parts": np.array(counts, dtype=np.int64),
    }


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    np.savez_compressed(TARGET, **arrays(Path(sys.argv[1])))
    print(f"{TARGET.name}: {TARGET.stat().st_size // 1000} kB")
