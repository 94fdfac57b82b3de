"""Which characters of a Python source stand inside what, as ``tokenize`` sees it."""

from __future__ import annotations

import io
import string
import tokenize
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of a text.

    Attributes:
        kind: "string" and "comment" with their marks, "bracket" without them.
        begin: place of its first character, counted from the start of the text.
        end: the place after its last character.
    """

    kind: str
    begin: int
    end: int


def spans(text: str) -> list[Span]:
    """Find the strings, the comments and the insides of brackets.

    A bracket inside a string or a comment is none. Where the text breaks off inside
    one of the three, or is no Python from some place on, the span that is open there
    goes on to the end.

    Args:
        text: Python source; any text will do, with fewer spans.

    Returns:
        The spans, in the order in which they end; brackets may hold others.
    """
    found: list[Span] = []
    opened: list[int] = []
    for kind, begin, end in _marks(text):
        if kind == "open":
            opened.append(end)
        elif kind == "close":
            if opened:
                found.append(Span("bracket", opened.pop(), begin))
        else:
            found.append(Span(kind, begin, end))
    found += [Span("bracket", begin, len(text)) for begin in reversed(opened)]
    return [span for span in found if span.begin < span.end]


def english_and_code(text: str, width: int) -> dict[str, list[str]]:
    """Pick lines of English and lines of code, none twice, each cut to one length.

    Args:
        text: Python source.
        width: how many characters; shorter lines are left out.

    Returns:
        "English": lines inside a string that hold letters, spaces, commas and points
        alone; "code": lines outside all strings and comments that hold a bracket.
    """
    words, found = set(string.ascii_letters + " ,."), {"English": [], "code": []}
    kinds = [""] * len(text)
    for kind, begin, end in spans(text):
        if kind != "bracket":
            kinds[begin:end] = [kind] * (end - begin)
    at = 0
    for line in text.splitlines(keepends=True):
        short, inside = line.strip()[:width], set(kinds[at : at + len(line)])
        at += len(line)
        if len(short) < width:
            continue
        if inside == {"string"} and set(short) <= words:
            found["English"].append(short)
        elif inside == {""} and set(short) & set("([{"):
            found["code"].append(short)
    return {name: list(dict.fromkeys(some)) for name, some in found.items()}


def _marks(text: str) -> Iterator[tuple[str, int, int]]:
    """Kind and place of each string, comment, "open" and "close" of a text."""
    lines = text.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines)), len(text)]

    def place(row: int, column: int) -> int:
        return min(starts[min(row - 1, len(starts) - 1)] + column, len(text))

    opened = []  # where the f-strings begin: since Python 3.12 they are many tokens
    done = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            name = tokenize.tok_name[token.type]
            begin, end = place(*token.start), place(*token.end)
            if name.endswith("STRING_START"):
                opened.append(begin)
            elif name.endswith("STRING_END"):
                begin = opened.pop()
                if not opened:
                    yield "string", begin, end
            elif not opened and name in ("STRING", "COMMENT"):
                yield name.lower(), begin, end
            elif not opened and name == "ERRORTOKEN" and token.string[0] in "\"'":
                break  # a quote that is not closed in its line: Python 3.11
            elif not opened and token.string in tuple("([{"):
                yield "open", begin, end
            elif not opened and token.string in tuple(")]}"):
                yield "close", begin, end
            done = max(done, end)
    except (tokenize.TokenError, SyntaxError):
        pass
    yield from _broken_off(text, done)


def _broken_off(text: str, done: int) -> Iterator[tuple[str, int, int]]:
    """The string that is open where ``tokenize`` gave up, or nothing."""
    quotes = [place for place in map(text.find, "\"'", (done, done)) if place >= 0]
    if quotes:
        yield "string", min(quotes), len(text)
