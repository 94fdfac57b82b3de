"""Make the spoken digits of notebook 16 with the speech synthesizer eSpeak NG.

Needs the program `espeak-ng` (a Debian package of that name) and nothing else; the
notebook does not. Each of 48 voices says ten digits: a variant, which is a throat, with
one of seven English accents. Ten of them are meant for testing only; none of these
shares a family of variants (`iven`, `iven2`, …) with a voice of the others.
"""

import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "notebooks" / "data" / "digits.npz"
VERSION = "1.51"  # of eSpeak NG; another one may pronounce a digit otherwise
RATE = 8000
SPEEDS = (150, 175, 135, 190, 165)  # words per minute
LISTS = {
    "words": "zero one two three four five six seven eight nine",
    "accents": "en-us en-gb en-gb-scotland en-gb-x-rp en-gb-x-gbclan en-gb-x-gbcwmd "
    "en-029",
    "training": "Alex Andrea Annie Henrique iven iven3 Jacky Marco Michael Mike "
    "RicishayMax RicishayMax3 Storm Tweaky adam anika antonio benjamin david ed edward "
    "f2 f4 klatt klatt4 m1 m3 m5 m7 max michel pablo",
    "validation": "aunty caleb Diogo john Nguyen paul",
    "test": "Alicia Denis Gene belinda grandpa linda sandro steph travis zac",
}
WORDS, ACCENTS, TRAINING, VALIDATION, TEST = (text.split() for text in LISTS.values())


def speak(voice: str, speed: int, word: str) -> np.ndarray:
    """One word at 8 kHz, as numbers from -1 to 1."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "word.wav"
        command = ["espeak-ng", "-v", voice, "-s", str(speed), "-w", path, word]
        subprocess.run(command, check=True, capture_output=True)
        with wave.open(str(path)) as file:
            rate = file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return resample(samples / 32768, rate)


def resample(sound: np.ndarray, rate: int) -> np.ndarray:
    """To 8 kHz: cut the frequencies over 4 kHz, and read off at other times."""
    n = round(len(sound) * RATE / rate)
    waves = np.fft.rfft(sound)[: n // 2 + 1]
    return np.fft.irfft(waves, n) * n / len(sound)


def trimmed(sound: np.ndarray, margin: int = 160) -> np.ndarray:
    """Without the silence before and after; as loud as all others."""
    sound = sound / np.abs(sound).max()
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    return sound[max(loud[0] - margin, 0) : loud[-1] + margin]


def mu_law(sound: np.ndarray) -> np.ndarray:
    """Eight bits for each number, with finer steps where it is quiet."""
    loud = np.sign(sound) * np.log1p(255 * np.abs(sound)) / np.log(256)
    return np.round(127.5 + 127.5 * loud).astype(np.uint8)


def make() -> dict[str, np.ndarray]:
    """What the file holds."""
    voices, sounds = [], []
    for n, variant in enumerate(TRAINING + VALIDATION + TEST):
        voices.append(f"{ACCENTS[n % len(ACCENTS)]}+{variant}")
        for word in WORDS:
            sound = speak(voices[-1], SPEEDS[n % len(SPEEDS)], word)
            sounds.append(mu_law(trimmed(sound)))
    return {
        "sounds": np.concatenate(sounds),
        "lengths": np.array([len(s) for s in sounds], dtype=np.uint16),
        "voices": np.array(voices),
    }


if __name__ == "__main__":
    made = make()
    np.savez_compressed(TARGET, **made)
    seconds = len(made["sounds"]) / RATE
    sys.stdout.write(f"{seconds:.0f} s, {TARGET.stat().st_size / 1e6:.2f} MB\n")
