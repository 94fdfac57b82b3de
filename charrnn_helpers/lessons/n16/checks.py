"""The checks of notebook 16: frames, alignments, words, errors, logarithms."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import groupby, pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import (
    GRADIENT,
    TYPE,
    VALUES,
    Exercise,
    Kind,
    Wrong,
    describe,
)
from charrnn_helpers.exercises.kit import hints

# --- 16.1 frames ----------------------------------------------------------------------


def _frames(samples: int, rate: int, window: int, hop: int) -> tuple[int, float]:
    count = 0 if samples < window else 1 + (samples - window) // hop
    return count, rate / window


def _other_count(count: Callable[..., int]) -> Callable[..., tuple]:
    return lambda samples, rate, window, hop: (
        count(samples, window, hop),
        rate / window,
    )


def _other_width(width: Callable[..., float]) -> Callable[..., tuple]:
    return lambda samples, rate, window, hop: (
        _frames(samples, rate, window, hop)[0],
        width(rate, window, hop),
    )


frames = Exercise(
    number="16.1",
    name="my_frames",
    success="the first frame needs a window, each further one a hop.",
    cases=[
        (8000, 8000, 256, 160),
        (256, 8000, 256, 160),
        (255, 8000, 256, 160),
        (16000, 16000, 400, 160),
        (1000, 22050, 300, 100),
        (999, 22050, 300, 100),
        (44100, 44100, 1024, 1024),
        (10, 8000, 256, 160),
        (500, 1000, 100, 150),
        (2000, 8000, 201, 100),  # an odd window
    ],
    drawn=lambda rng: [
        (rng.randrange(1, 9000), 8000, rng.randrange(50, 500), rng.randrange(20, 300))
    ],
    reference=_frames,
    entries=("frames", "hertz"),
    wrong=hints(
        {
            "Where less than a window is there, no frame fits: 0, nothing negative "
            "and not 1.": [
                _other_count(lambda n, w, h: 1 + (n - w) // h),
                _other_count(lambda n, w, h: max(1 + (n - w) // h, 1)),
                _other_count(lambda n, w, h: int((n - w) / h) + 1),
            ],
            "The first frame counts, too: after it, how many hops still fit?": [
                _other_count(lambda n, w, h: max((n - w) // h, 0)),
                _other_count(lambda n, w, h: (n - w) // h),
            ],
            "The last frame has to lie inside the sound as a whole: the first needs "
            "`window` numbers, each further one `hop` more.": [
                _other_count(lambda n, w, h: n // h),
                _other_count(lambda n, w, h: n // h + 1),
                _other_count(lambda n, w, h: math.ceil(n / h)),
                _other_count(lambda n, w, h: 1 + max(math.ceil((n - w) / h), 0)),
                _other_count(lambda n, w, h: math.ceil((n - w) / h)),
                _other_count(lambda n, w, h: round((n - w) / h) + 1),
            ],
            "Frames overlap: a new one begins every `hop` numbers, not every "
            "`window`.": [
                _other_count(lambda n, w, h: n // w),
                _other_count(lambda n, w, h: 0 if n < w else 1 + (n - w) // w),
            ],
            "How far frames lie apart has nothing to do with the FFT: it sees one "
            "frame, of `window` numbers.": [
                _other_width(lambda rate, window, hop: rate / hop)
            ],
            "Bin 1 is the wave that fits into a frame once, in window / rate "
            "seconds. Nothing is halved: the number of bins is.": [
                _other_width(lambda rate, window, hop: rate / 2 / window),
                _other_width(lambda rate, window, hop: rate / (window // 2 + 1)),
                _other_width(lambda rate, window, hop: rate / 2 / (window // 2 + 1)),
                _other_width(lambda rate, window, hop: 2 * rate / window),
            ],
            "Half the rate lies at bin window / 2, and an odd window has no such bin. "
            "Bin 1 is the wave that fits once into a frame of window / rate seconds.": [
                _other_width(lambda rate, window, hop: rate / 2 / (window // 2))
            ],
            "That is the length of a frame in seconds. Hertz are waves per second.": [
                _other_width(lambda rate, window, hop: window / rate)
            ],
            "The width of a bin need not be whole: divide with /.": [
                _other_width(lambda rate, window, hop: rate // window)
            ],
            "The number of frames comes first.": [lambda *case: _frames(*case)[::-1]],
            "Two numbers are asked for: (frames, hertz).": [
                lambda *case: _frames(*case)[0]
            ],
        }
    ),
)

# --- 16.2 an alignment ----------------------------------------------------------------


def _collapsed(path: str) -> str:
    return "".join(symbol for symbol, _ in groupby(path) if symbol != "_")


def _fewest(text: str) -> int:
    return len(text) + sum(a == b for a, b in pairwise(text))


def _an_alignment(text: str, frames: int) -> str | None:
    path = ""
    for c in text:
        path += "_" * path.endswith(c) + c
    return path.ljust(frames, "_") if len(path) <= frames else None


_NONE = object()  # for the engine, None is an answer that was forgotten


def _with_none(answer: Callable[..., Any]) -> Callable[..., Any]:
    def call(text: str, frames: int) -> Any:
        result = answer(text, frames)
        return _NONE if result is None else result

    return call


def _judge_alignment(
    case: tuple, result: Any, _expected: Any
) -> tuple[Kind, str] | None:
    text, frames = case
    fewest = _fewest(text)
    if result is _NONE and fewest > frames:
        return None
    if result is _NONE:
        return "none", f"returned None, but {fewest} frames are enough"
    if isinstance(result, list) and all(isinstance(s, str) for s in result):
        return TYPE, f"returned {describe(result)}, not a string"
    if not isinstance(result, str):
        return TYPE, f"returned {describe(result)}, not a string or None"
    if fewest > frames:
        return (
            "too short",
            f"returned {result!r}, but no alignment fits: {fewest} frames are needed",
        )
    if len(result) != frames:
        return (
            "length",
            f"returned {result!r}: {len(result)} symbols, not {frames}",
        )
    says = _collapsed(result)
    if says != text:
        kind = "doubles" if _collapsed(text) == says else VALUES
        return kind, f"returned {result!r}, which says {says!r}, not {text!r}"
    return None


alignment = Exercise(
    number="16.2",
    name="my_alignment",
    success="it says the text, in as many frames as you like.",
    cases=[
        ("two", 5),
        ("three", 9),
        ("three", 6),
        ("three", 5),
        ("ee", 2),
        ("ee", 3),
        ("eee", 5),
        ("eee", 4),
        ("two", 3),
        ("two", 2),
        ("", 3),
        ("zero one", 8),
        ("eve", 3),
        ("a", 1),
        ("hall  of mirrors", 30),
        (" two ", 7),
    ],
    drawn=lambda rng: [
        ("".join(rng.choice("eot") for _ in range(rng.randrange(1, 6))), n)
        for n in (3, 6, 9)
    ],
    reference=_an_alignment,
    prepare=_with_none,
    say=lambda case: f"for text={case[0]!r}, frames={case[1]}",
    compare=_judge_alignment,
    wrong=[
        Wrong(
            "Two equal letters side by side count once. What has to stand between "
            "them?",
            lambda text, frames: (
                text.ljust(frames, "_") if len(text) <= frames else None
            ),
            kind="doubles",
        ),
        Wrong(
            "There need not be an alignment: count the blanks between equal letters, "
            "too, and return None where it gets too long.",
            lambda text, frames: _an_alignment(text, max(frames, _fewest(text))),
            kind="too short",
        ),
        Wrong(
            "A text needs a frame for each letter, and one more for each pair of equal "
            "neighbours: nothing else. (And does your function end in return?)",
            lambda text, frames: (
                "_".join(text).ljust(frames, "_")
                if 2 * len(text) - 1 <= frames
                else None
            ),
            kind="none",
        ),
        Wrong(
            "Fill up with blanks, or repeat a symbol.",
            lambda text, frames: (
                _an_alignment(text, _fewest(text)) if _fewest(text) <= frames else None
            ),
            kind="length",
        ),
        Wrong(
            "Return the symbols as one string, such as 't_wo', or None.",
            lambda text, frames: list(_an_alignment(text, frames) or ""),
            kind=TYPE,
        ),
        Wrong(
            "Merge the repeats of what you return, then take out the blanks: does the "
            "text come out?",
            lambda text, frames: (
                None
                if _fewest(text) > frames
                else _an_alignment(text, frames).rstrip("_").ljust(frames)
            ),
            kind=VALUES,
        ),
    ],
)

# --- 16.3 a list of words -------------------------------------------------------------


def _ctc(log_probs: Tensor, target: list[int], **options: Any) -> float:
    sizes = torch.tensor(len(log_probs)), torch.tensor(len(target))
    options = {"reduction": "sum"} | options
    return F.ctc_loss(log_probs, torch.tensor(target), *sizes, **options).item()


def _likeliest(score: Callable[..., float]) -> Callable[[Tensor, dict], str]:
    return lambda log_probs, words: max(
        words, key=lambda word: score(log_probs, word, words[word])
    )


def _spoken(path: list[int], V: int, sure: float, seed: int) -> Tensor:
    """Probabilities in which one alignment stands out."""
    generator = torch.Generator().manual_seed(seed)
    logits = torch.rand(len(path), V, generator=generator).double()
    logits[range(len(path)), path] += sure
    return logits.log_softmax(dim=-1)


_ABC = {"ab": [1, 2], "ba": [2, 1], "c": [3], "abc": [1, 2, 3], "aab": [1, 1, 2]}
_LONG = {"a": [1], "abcabcabc": [1, 2, 3] * 3, "bb": [2, 2]}


def _between() -> Tensor:
    """Twelve frames in which a short word is likelier, and a long one per letter."""
    return _spoken([0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 0, 0], 4, 1.2, 5)


def _nearest_to_greedy(log_probs: Tensor, words: dict) -> str:
    best, target = log_probs.argmax(dim=-1).tolist(), []
    for i, _ in groupby(best):
        target += [i] if i else []

    def distance(a: list, b: list) -> int:
        if not a or not b:
            return len(a) + len(b)
        return min(
            distance(a[1:], b) + 1,
            distance(a, b[1:]) + 1,
            distance(a[1:], b[1:]) + (a[0] != b[0]),
        )

    return min(words, key=lambda word: distance(target[:5], words[word][:5]))


recognise = Exercise(
    number="16.3",
    name="my_recognise",
    success="the likeliest word of the list, whatever a decoder would have spelled.",
    cases=lambda: [
        (_spoken([1, 0, 2, 0], 4, 4.0, 0), {"ab": [1, 2], "ba": [2, 1]}),
        (_spoken([2, 2, 0, 1], 4, 3.0, 1), {"ab": [1, 2], "ba": [2, 1]}),
        (_spoken([1, 0, 1, 2, 0], 4, 3.0, 2), _ABC),
        (_spoken([1, 1, 1, 2, 0], 4, 3.0, 3), _ABC),
        (_spoken([0, 3, 3], 4, 2.0, 4), {"abab": [1, 2, 1, 2], "c": [3]}),
        (_spoken([1, 1], 4, 2.0, 6), {"aa": [1, 1], "b": [2]}),
        (_between(), _LONG),
        (_spoken([0, 0, 1, 0, 0, 0], 4, 0.5, 8), _LONG | {"abc": [1, 2, 3]}),
        (_spoken([3, 0, 1, 0], 4, 1.0, 9), {"ba": [2, 1]}),
        (_spoken([2, 0, 0, 2], 4, 3.0, 10), {"a": [2, 2], "b": [1, 1]}),
    ],
    drawn=lambda rng: [
        (_spoken([1, 0, 1, 2, 0, 3], 4, 2 * rng.random(), rng.randrange(999)), _ABC)
    ],
    reference=_likeliest(lambda log_probs, word, target: -_ctc(log_probs, target)),
    wrong=hints(
        {
            'By default F.ctc_loss divides by the length of the text (`"mean"`), so '
            "long words look better than they are. Ask for the sum.": [
                _likeliest(
                    lambda log_probs, word, target: (
                        -_ctc(log_probs, target, reduction="mean")
                    )
                )
            ],
            "A word that does not fit has an infinite loss, and with `zero_infinity` "
            "a loss of 0: the best of all.": [
                _likeliest(
                    lambda log_probs, word, target: (
                        -_ctc(log_probs, target, zero_infinity=True)
                    )
                ),
                _likeliest(
                    lambda log_probs, word, target: (
                        -_ctc(log_probs, target, zero_infinity=True, reduction="mean")
                    )
                ),
            ],
            "The loss is −ln of the probability: the likeliest word has the smallest "
            "one.": [
                _likeliest(lambda log_probs, word, target: _ctc(log_probs, target)),
            ],
            "The network's own spelling is not asked for. How probable is each word, "
            "over all its alignments?": [_nearest_to_greedy],
            "That is the likeliest alignment of a word. Add up all its alignments.": [
                _likeliest(
                    lambda log_probs, word, target: -_best_path(log_probs, target)
                )
            ],
            "The ids stand in `words`; do not make them from the letters.": [
                _likeliest(
                    lambda log_probs, word, target: (
                        -_ctc(log_probs, ["_abc".index(c) for c in word])
                    )
                )
            ],
            "Return the word, a key of `words`.": [
                lambda log_probs, words: min(_ctc(log_probs, t) for t in words.values())
            ],
            "Return the word, not its ids.": [
                lambda log_probs, words: min(
                    words.values(), key=lambda t: _ctc(log_probs, t)
                )
            ],
            "log_probs are logarithms already: no exp, and no second softmax, before "
            "F.ctc_loss.": [
                _likeliest(lambda log_probs, word, t: -_ctc(log_probs.exp(), t))
            ],
        }
    ),
)

# --- 16.4 errors in words -------------------------------------------------------------


def _edit(a: Any, b: Any) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            best = min(row[j] + 1, row[j - 1] + 1, before + (x != y))
            before, row[j] = row[j], best
    return row[-1]


def _rate(heard: list, said: list, split: Callable[[str], Any] = str.split) -> float:
    errors = sum(_edit(split(a), split(b)) for a, b in zip(heard, said, strict=True))
    return errors / sum(len(split(b)) for b in said)


def _mean_rate(heard: list, said: list, of_nothing: float | None = None) -> float:
    pairs = [(a.split(), b.split()) for a, b in zip(heard, said, strict=True)]
    rates = [
        of_nothing if not b and of_nothing is not None else _edit(a, b) / len(b)
        for a, b in pairs
    ]
    return sum(rates) / len(rates)


def _by_place(heard: list, said: list) -> float:
    wrong = total = 0
    for a, b in zip(heard, said, strict=True):
        pair = zip(a.split(), b.split(), strict=False)
        wrong += sum(x != y for x, y in pair)
        total += len(b.split())
    return wrong / total


def _split_rate(heard: list, said: list, of_heard: Any, of_said: Any, below: Any):
    """The rate, with another way to cut what is heard, said, and counted below."""
    errors = [_edit(of_heard(a), of_said(b)) for a, b in zip(heard, said, strict=True)]
    return sum(errors) / sum(len(below(b)) for b in said)


def _at_spaces(text: str) -> list[str]:
    return text.split(" ")


def _longest(heard: list, said: list) -> float:
    pairs = [(a.split(), b.split()) for a, b in zip(heard, said, strict=True)]
    return sum(_edit(a, b) for a, b in pairs) / sum(max(map(len, p)) for p in pairs)


word_error_rate = Exercise(
    number="16.4",
    name="my_word_error_rate",
    success="errors and words added up over all texts, then divided.",
    cases=lambda: [
        (["one two"], ["one two"], _edit),
        (["one too"], ["one two"], _edit),
        (["two"], ["one two"], _edit),
        (["one two three", "six"], ["one three", "sex"], _edit),
        (["one", "five five nine zero"], ["two", "five five nine zero"], _edit),
        ([""], ["four two"], _edit),
        (["three", ""], ["three", ""], _edit),
        (["one  two", " six"], ["one two", "six"], _edit),
        (["a b c d"], ["x"], _edit),
        (["one two", "nine"], ["two one", "nine nine nine"], _edit),
        (["six", "one"], ["", "one  two"], _edit),
    ],
    drawn=lambda rng: [
        (
            [" ".join(rng.choices("abc", k=rng.randrange(5))) for _ in range(3)],
            [" ".join(rng.choices("abc", k=rng.randrange(1, 5))) for _ in range(3)],
            _edit,
        )
    ],
    reference=lambda heard, said, distance: _rate(heard, said),
    say=lambda case: f"for heard={case[0]!r}, said={case[1]!r}",
    wrong=hints(
        {
            "That is the character error rate. Cut the texts into words first.": [
                lambda heard, said, distance: _rate(heard, said, split=lambda s: s)
            ],
            "Characters are compared, and words counted. Give `distance` two lists of "
            "words.": [
                lambda heard, said, distance: (
                    sum(map(_edit, heard, said)) / sum(len(b.split()) for b in said)
                )
            ],
            "The mean of the texts' rates lets a short text weigh as much as a long "
            "one. Add up errors and words first.": [
                lambda heard, said, distance: _mean_rate(heard, said),
                lambda heard, said, distance: _mean_rate(heard, said, 0.0),
                lambda heard, said, distance: _mean_rate(heard, said, 1.0),
            ],
            "Divide by the words that were said, not by those that were heard.": [
                lambda heard, said, distance: (
                    _rate(heard, said)
                    * sum(len(b.split()) for b in said)
                    / max(sum(len(a.split()) for a in heard), 1)
                ),
                lambda heard, said, distance: (
                    _rate(heard, said)
                    * sum(len(b.split()) for b in said)
                    / sum(len(a.split()) for a in heard)
                ),
            ],
            "Divide by the words that were said, whatever was heard: the rate may be "
            "above 1.": [
                lambda heard, said, distance: _longest(heard, said),
                lambda heard, said, distance: min(_rate(heard, said), 1.0),
                lambda heard, said, distance: (
                    sum(
                        min(_edit(a.split(), b.split()), len(b.split()))
                        for a, b in zip(heard, said, strict=True)
                    )
                    / sum(len(b.split()) for b in said)
                ),
            ],
            "A word that is put in or left out moves all words after it. Comparing "
            "place by place counts too many errors, or too few: use `distance`.": [
                lambda heard, said, distance: _by_place(heard, said)
            ],
            '`split(" ")` makes empty words where two spaces stand, and of an empty '
            "text one; `split()` does not.": [
                lambda heard, said, distance: _rate(
                    heard, said, split=lambda s: s.split(" ")
                ),
                lambda heard, said, distance: _split_rate(
                    heard, said, _at_spaces, str.split, str.split
                ),
                lambda heard, said, distance: _split_rate(
                    heard, said, str.split, _at_spaces, str.split
                ),
                lambda heard, said, distance: _split_rate(
                    heard, said, str.split, str.split, _at_spaces
                ),
            ],
            "Errors are counted in words, so divide by words, not by characters.": [
                lambda heard, said, distance: _split_rate(
                    heard, said, str.split, str.split, list
                )
            ],
            "A word in the wrong place is wrong, too: do not sort the words.": [
                lambda heard, said, distance: _rate(
                    heard, said, split=lambda s: sorted(s.split())
                )
            ],
            "Compare text by text: in one long row, a word too few in one text is made "
            "up for by the next.": [
                lambda heard, said, distance: _rate([" ".join(heard)], [" ".join(said)])
            ],
            "That is how many texts have an error. Words are asked for.": [
                lambda heard, said, distance: (
                    sum(a != b for a, b in zip(heard, said, strict=True)) / len(said)
                )
            ],
            "That is the number of errors. Divide it by the words that were said.": [
                lambda heard, said, distance: float(
                    sum(
                        _edit(a.split(), b.split())
                        for a, b in zip(heard, said, strict=True)
                    )
                )
            ],
            "Errors per text? Divide by the words that were said.": [
                lambda heard, said, distance: (
                    sum(
                        _edit(a.split(), b.split())
                        for a, b in zip(heard, said, strict=True)
                    )
                    / len(said)
                )
            ],
        }
    ),
)

# --- 16.5 logarithms ------------------------------------------------------------------


def _log_ctc(log_probs: Tensor, target: list[int]) -> Tensor:
    # Not F.ctc_loss: its gradient assumes a softmax before the loss.
    return _recursion(log_probs, target)


def _recursion(
    log_probs: Tensor,
    target: list[int],
    *,
    skip: str = "right",
    first: int = 2,
    last: int = 2,
    from_one: float = -1e30,
    from_two: float = -1e30,
) -> Tensor:
    never = -1e30
    states = [0]
    for i in target:
        states += [i, 0]
    S = range(len(states))
    rule = {
        "right": lambda s: s > 1 and states[s] not in (0, states[s - 2]),
        "never": lambda s: False,
        "letters": lambda s: s > 1 and states[s] != 0,
        "always": lambda s: s > 1,
        "unequal": lambda s: s > 1 and states[s] != states[s - 2],
    }[skip]
    may = torch.tensor([rule(s) for s in S])
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.tensor([s >= first for s in S]), never)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=from_one)[:-1]
        two = F.pad(alpha, (2, 0), value=from_two)[:-2].masked_fill(~may, from_two)
        alpha = torch.logsumexp(torch.stack([alpha, one, two]), dim=0) + row
    return -torch.logsumexp(alpha[-last:], dim=0)


def _products(log_probs: Tensor, target: list[int]) -> Tensor:
    states = [0]
    for i in target:
        states += [i, 0]
    skip = torch.tensor(
        [s > 1 and states[s] not in (0, states[s - 2]) for s in range(len(states))]
    )
    p = log_probs.exp()[:, states]
    alpha = p[0] * (torch.arange(len(states)) < 2)
    for p_t in p[1:]:
        one, two = F.pad(alpha, (1, 0))[:-1], F.pad(alpha, (2, 0))[:-2]
        alpha = (alpha + one + two * skip) * p_t
    return -alpha[-2:].sum().log()


def _best_path(log_probs: Tensor, target: list[int]) -> Tensor:
    states = [0]
    for i in target:
        states += [i, 0]
    skip = torch.tensor(
        [s > 1 and states[s] not in (0, states[s - 2]) for s in range(len(states))]
    )
    rows = log_probs[:, states]
    alpha = rows[0].masked_fill(torch.arange(len(states)) > 1, -1e30)
    for row in rows[1:]:
        one = F.pad(alpha, (1, 0), value=-1e30)[:-1]
        two = F.pad(alpha, (2, 0), value=-1e30)[:-2].masked_fill(~skip, -1e30)
        alpha = torch.stack([alpha, one, two]).amax(dim=0) + row
    return -alpha[-2:].amax()


def _heard(T: int, target: list[int], seed: int) -> tuple[Tensor, list[int]]:
    generator = torch.Generator().manual_seed(seed)
    logits = 2 * torch.randn(T, 5, generator=generator).double()
    return logits.log_softmax(dim=-1), target


log_ctc = Exercise(
    number="16.5",
    name="my_ctc",
    success="a minute of sound, and no product has vanished.",
    cases=lambda: [
        _heard(3, [1], 0),
        _heard(4, [1, 2], 1),
        _heard(5, [2, 2], 2),
        _heard(3, [2, 2], 3),
        _heard(9, [1, 3, 3, 4], 4),
        _heard(4, [1, 2, 1, 2], 5),
        _heard(1, [4], 6),
        _heard(1500, [1, 2, 2, 3, 4, 4, 4], 7),
    ],
    drawn=lambda rng: [
        _heard(rng.randrange(9, 14), rng.choices(range(1, 5), k=4), rng.randrange(999))
    ],
    reference=_log_ctc,
    tolerance=1e-8,
    gradients=True,
    wrong=[
        *hints(
            {
                "That is the recursion with products: after 1,500 frames nothing is "
                "left of them.": [_products],
                "The largest part is taken where all are to be added: that is the "
                "likeliest alignment, not all of them. `torch.logsumexp` adds.": [
                    _best_path
                ],
                "A blank may be skipped, if the letters before and after it differ.": [
                    lambda log_probs, target: _recursion(
                        log_probs, target, skip="never"
                    )
                ],
                "Between two equal letters the blank must not be skipped.": [
                    lambda log_probs, target: _recursion(
                        log_probs, target, skip="letters"
                    )
                ],
                "Only blanks may be skipped: never jump from a blank over a letter to "
                "a blank.": [
                    lambda log_probs, target: _recursion(
                        log_probs, target, skip="always"
                    ),
                ],
                "An alignment may begin in the first blank or in the first letter, and "
                "nowhere else.": [
                    lambda log_probs, target: _recursion(log_probs, target, first=1),
                    lambda log_probs, target: _recursion(log_probs, target, first=99),
                    lambda log_probs, target: _recursion(log_probs, target, first=3),
                ],
                "An alignment may end in the last letter or in the last blank: add "
                "both.": [
                    lambda log_probs, target: _recursion(log_probs, target, last=1),
                    lambda log_probs, target: _recursion(log_probs, target, last=99),
                ],
                "ln p = 0 says that p is 1. Where nothing comes from, and where one "
                "may not skip, put −1e30.": [
                    lambda log_probs, target: _recursion(log_probs, target, from_one=0),
                    lambda log_probs, target: _recursion(log_probs, target, from_two=0),
                    lambda log_probs, target: _recursion(
                        log_probs, target, from_one=0, from_two=0
                    ),
                ],
                "The sign: a loss is −ln of a probability, and never negative.": [
                    lambda log_probs, target: -_recursion(log_probs, target)
                ],
                "By length? The surprise of the whole text is asked for.": [
                    lambda log_probs, target: (
                        _recursion(log_probs, target) / len(target)
                    )
                ],
                "The probability itself: what is asked for is −ln of it.": [
                    lambda log_probs, target: (-_recursion(log_probs, target)).exp()
                ],
            }
        ),
        Wrong(
            "Gradients have to flow from log_probs to the result: no `item`, no "
            "`detach`, no `no_grad`; and where −∞ makes them nan, take −1e30. (What "
            "F.ctc_loss gives for log_probs assumes a softmax before it.)",
            lambda log_probs, target: _recursion(log_probs, target).detach(),
            kind=GRADIENT,
        ),
    ],
)

summary = engine.summary_of(__name__)
