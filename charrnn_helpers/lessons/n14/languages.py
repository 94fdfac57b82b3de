"""Surnames of eleven languages, in the letters a to z.

The lists come with the package mimesis (MIT licence), which requirements.txt pins.
"""

from __future__ import annotations

import functools
import hashlib
import json
import random
import unicodedata
from collections import Counter
from importlib.resources import files

LANGUAGES = {
    "da": "Danish",
    "nl": "Dutch",
    "en": "English",
    "fi": "Finnish",
    "fr": "French",
    "de": "German",
    "hu": "Hungarian",
    "is": "Icelandic",
    "it": "Italian",
    "pl": "Polish",
    "sv": "Swedish",
}
"""The eleven: the name of mimesis → the English one, in the order of the classes."""

NAMES = list(LANGUAGES.values())
LONGEST = 14
MOST = 600
"""Names of one language, at the most: the lists have 330 to 8,100."""

_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "ð": "d", "þ": "th", "ł": "l", "ß": "ss", "œ": "oe"}
)
_FINGERPRINT = "f1ea07a71adfc64bbb6fa565aa9c8aef6603fdf7d2d26feb48f68387b4cf9db7"
_REMEDY = "python -m pip install mimesis==22.2.0"


def plain(name: str) -> str:
    """A name in small letters, accents taken off: Müller becomes muller."""
    spread = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    return "".join(c for c in spread if not unicodedata.combining(c))


def _surnames(language: str) -> set[str]:
    source = f"datasets/{language}/person.json"
    try:
        content = json.loads((files("mimesis") / source).read_text(encoding="utf-8"))
    except (ModuleNotFoundError, FileNotFoundError):
        raise ModuleNotFoundError(
            f"the surnames come with mimesis 22.2.0, and its {source} is not there: "
            f"{_REMEDY}"
        ) from None
    lists = content["surnames"]
    lists = lists.values() if isinstance(lists, dict) else [lists]
    names = {plain(name) for some in lists for name in some}
    return {n for n in names if n.isascii() and n.isalpha() and 2 <= len(n) <= LONGEST}


@functools.cache
def load() -> tuple[tuple[tuple[str, int], ...], int]:
    """Read the surnames.

    Returns:
        Pairs of a name and the number of its language, sorted, at most MOST of each
        language; and how many names stood in several lists. Those are left out.

    Raises:
        ModuleNotFoundError: if mimesis is not installed; the message says how to.
        ValueError: if its lists differ from those that the notebook was run with.
    """
    lists = [_surnames(language) for language in LANGUAGES]
    times = Counter(name for names in lists for name in names)
    pairs = []
    for number, names in enumerate(lists):
        own = sorted(name for name in names if times[name] == 1)
        random.Random(0).shuffle(own)
        pairs += [(name, number) for name in own[:MOST]]
    pairs = tuple(sorted(pairs))
    text = "\n".join(f"{name} {number}" for name, number in pairs)
    if hashlib.sha256(text.encode()).hexdigest() != _FINGERPRINT:
        raise ValueError(
            f"mimesis holds {len(pairs)} surnames of the eleven languages, and they "
            f"are not those of version 22.2.0: {_REMEDY}"
        )
    return pairs, sum(count > 1 for count in times.values())


def split() -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Share the names out: four fifths to train on, and a fifth to test on.

    Returns:
        Two lists of pairs of a name and the number of its language, in an order drawn
        once and for all. No name is in both.
    """
    pairs = list(load()[0])
    random.Random(0).shuffle(pairs)
    held = len(pairs) // 5
    return pairs[held:], pairs[:held]
