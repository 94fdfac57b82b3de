"""The checks of notebook 07: what is copied, one state for all, how random, the end."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from charrnn_helpers.data import SENTENCES, Vocabulary
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import (
    TOO_SLOW,
    TYPE,
    VALUES,
    Exercise,
    Kind,
    Question,
    Wrong,
)
from charrnn_helpers.models import CharRNN
from charrnn_helpers.running import running_model
from charrnn_helpers.sampling import sampling_probs


def _normal(rng: random.Random, *shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    return 2 * torch.randn(*shape, generator=generator)


# --- 7.1: what is copied --------------------------------------------------------------

_TRAIN, _HELD_OUT = ["mary", "ann", "joanna", "lee"], ["anna", "may"]

_FRACTION_CASES = [
    (["ann", "xo"], _TRAIN, _HELD_OUT),
    (["ann", "ann", "ann", "may", "zu"], _TRAIN, _HELD_OUT),
    (["ann", "mary"], _TRAIN, _HELD_OUT),
    (["anna", "may", "may"], _TRAIN, _HELD_OUT),
    # Parts of names, longer ones, a name of no letters, and capitals: all invented.
    (["mar", "lee", "joannal", "", "a", "Ann", "maya", "oan"], _TRAIN, _HELD_OUT),
    (["qi", "qi", "zu"], _TRAIN, _HELD_OUT),
    (["lee"] * 7 + ["may"] * 2 + ["zu"], _TRAIN * 3, _HELD_OUT),
]


def _drawn_fractions(rng: random.Random) -> list[tuple]:
    pool = ["".join(rng.choices("abc", k=3)) for _ in range(12)]
    pool = sorted(set(pool))
    rng.shuffle(pool)
    drawn = rng.choices(pool, k=rng.randrange(5, 30))
    return [(drawn, pool[:3], pool[3:6])]


def _fractions_reference(
    drawn: list[str], train: list[str], held_out: list[str]
) -> tuple[float, float, float]:
    """By sorting each draw into one of three heaps."""
    heaps = [0, 0, 0]
    for name in drawn:
        heaps[0 if name in set(train) else 1 if name in set(held_out) else 2] += 1
    copied, unseen, invented = (heap / len(drawn) for heap in heaps)
    return copied, unseen, invented


def _divided(hint: str, count: Callable, by: Callable) -> list[Wrong]:
    """Counts divided by something; the third one too, or what is left of 1."""

    def answer(*case: Any, rest: bool) -> tuple[float, float, float]:
        copied, unseen, invented = (n / by(*case) for n in count(*case))
        return copied, unseen, 1 - copied - unseen if rest else invented

    return [Wrong(hint, functools.partial(answer, rest=rest)) for rest in (True, False)]


def _counts(drawn: Sequence[str], train: Any, held_out: Any) -> tuple[int, int, int]:
    copied = sum(name in train for name in drawn)
    unseen = sum(name in held_out for name in drawn)
    return copied, unseen, len(drawn) - copied - unseen


def _fractions(drawn: Sequence[str], train: Any, held_out: Any) -> tuple:
    return tuple(n / len(drawn) for n in _counts(drawn, train, held_out))


def _with_rest(copied: float, unseen: float) -> tuple[float, float, float]:
    return copied, unseen, 1 - copied - unseen


def _as_tuple(answer: Callable[..., Any]) -> Callable[..., Any]:
    """An array or tensor of numbers may stand for the tuple."""

    @functools.wraps(answer)
    def run(*case: Any) -> Any:
        result = answer(*case)
        if isinstance(result, (np.ndarray, Tensor)) and result.ndim == 1:
            return tuple(result.tolist())
        return result

    return run


fractions = Exercise(
    number="7.1",
    name="my_fractions",
    success="each draw counts once, and in one of the three.",
    cases=_FRACTION_CASES,
    drawn=_drawn_fractions,
    reference=_fractions_reference,
    entries=("copied", "unseen", "invented"),
    prepare=_as_tuple,
    wrong=[
        Wrong(
            "You count different names. A name that is drawn three times is three "
            "draws: no set() around `drawn`.",
            lambda drawn, train, held_out: _fractions(set(drawn), train, held_out),
        ),
        *_divided(
            "You count different names, and divide by all draws. A name that is drawn "
            "three times is three draws: no set() around `drawn`.",
            lambda d, t, h: _counts(set(d), t, h),
            lambda d, t, h: len(d),
        ),
        *_divided(
            "Your loop walks through `train`, where a name stands once. Walk through "
            "the draws: a name that is drawn three times is three draws.",
            lambda d, t, h: (
                sum(name in d for name in t),
                sum(name in d for name in h),
                sum(name not in (*t, *h) for name in d),
            ),
            lambda d, t, h: len(d),
        ),
        Wrong(
            "These are numbers of names. A fraction is such a number divided by the "
            "number of draws.",
            _counts,
        ),
        Wrong(
            "These are percentages: a fraction lies between 0 and 1.",
            lambda *case: tuple(100 * x for x in _fractions(*case)),
        ),
        *_divided(
            "You divide by the number of names in `train`. What fraction of the "
            "*draws* is it?",
            _counts,
            lambda d, t, h: len(t),
        ),
        Wrong(
            "Each of your fractions is one of its own list: how much of `train` was "
            "drawn. Asked is how much of `drawn` comes from it.",
            lambda d, t, h: (
                sum(name in d for name in t) / len(t),
                sum(name in d for name in h) / len(h),
                _fractions(d, t, h)[2],
            ),
        ),
        Wrong(
            "You divide each number by the length of its own list. What fraction of "
            "the *draws* is it?",
            lambda d, t, h: _with_rest(
                _counts(d, t, h)[0] / len(t), _counts(d, t, h)[1] / len(h)
            ),
        ),
        Wrong(
            "`//` rounds down to a whole number; a fraction needs `/`.",
            lambda d, t, h: _with_rest(*(x // 1 for x in _fractions(d, t, h)[:2])),
        ),
        Wrong(
            "The first two have changed places: copied is what is in `train`.",
            lambda drawn, train, held_out: _fractions(drawn, held_out, train),
        ),
        Wrong(
            "What is not copied is not all invented: some of it was held out.",
            lambda d, t, h: (*_fractions(d, t, h)[:2], 1 - _fractions(d, t, h)[0]),
        ),
        Wrong(
            "What was held out is a real name, but it was not copied: the model has "
            "never read it.",
            lambda d, t, h: (
                sum(_fractions(d, t, h)[:2]),
                *_fractions(d, t, h)[1:],
            ),
        ),
        Wrong(
            "A part of a name is no copy of it: compare whole names.",
            lambda d, t, h: _fractions(
                [next((n for n in (*t, *h) if name in n), name) for name in d], t, h
            ),
        ),
        Wrong(
            "A part of a name is no copy of it: compare whole names, with the list "
            "and not with one long text.",
            lambda d, t, h: _fractions(d, " ".join(t), " ".join(h)),
        ),
        Wrong(
            "Only what has just those letters is a copy: `Ann` is not `ann`.",
            lambda d, t, h: _fractions([name.lower() for name in d], t, h),
        ),
    ],
)

# --- 7.2: the wrong line -------------------------------------------------------------

_LINES = {
    3: "eval() switches dropout off, and a CharRNN has none: that line changes nothing "
    "here.",
    4: "That line reads the prompt once, from its first character on, and keeps the "
    "state. That is how it should be.",
    5: "That line starts the text with the prompt, as it should.",
    6: "That line runs the loop once for each new character. The length of the text is "
    "right; what is in it is not.",
    7: "That line takes the last row. In the loop there is one row only, and the last "
    "is the first.",
    8: "That line appends the character, as it should: the text does grow. What does "
    "the model read next, and with which state?",
    10: "That line hands back prompt and continuation, as it should.",
}

lost_state = Question(
    number="7.2",
    name="wrong_line",
    success="the new state got a name of its own, and nobody ever handed it on.",
    expected=lambda: 9,
    wrong=[Wrong(hint, line) for line, hint in _LINES.items()],
)

# --- 7.3: temperature and top-k ------------------------------------------------------


_PROBS_CASES = [
    (torch.tensor([1.0, 3.0, 0.0, 2.0]), 0.5, 2),
    (torch.tensor([1.0, 3.0, 0.0, 2.0]), 2.0, 4),
    (torch.tensor([-1.0, 0.5, 2.5]), 1.0, 1),
    (torch.tensor([-110.0, -102.0, -107.0, -115.0]), 1.0, 3),
    (torch.tensor([1.0, 1.1, 0.9]), 0.05, 2),
    (torch.tensor([100.0, 98.0, 102.0, 99.0]), 0.5, 3),
    (torch.tensor([2.0, -1.0, 0.5, 3.0, -2.0, 1.0, 0.0, -3.0]), 50.0, 7),
]


def _probs_reference(logits: Tensor, temperature: float, top_k: int) -> Tensor:
    """By ranks and powers of probabilities, without touching the logits again."""
    probs = logits.double().softmax(-1).numpy() ** (1 / temperature)
    ranks = np.argsort(np.argsort(-probs))
    kept = np.where(ranks < top_k, probs, 0.0)
    return torch.from_numpy(kept / kept.sum()).float()


def _cut(logits: Tensor, top_k: int, largest: bool = True) -> Tensor:
    kept = logits.topk(top_k, largest=largest).indices
    return torch.full_like(logits, -torch.inf).index_copy(0, kept, logits[kept])


def _removed(score: float, first: bool = False) -> Callable[..., Tensor]:
    """Give the removed symbols a score, after or before dividing by the temperature."""

    def answer(logits: Tensor, temperature: float, top_k: int) -> Tensor:
        kept, by = logits.topk(top_k).indices, 1 if first else temperature
        scores = torch.full_like(logits, score)
        scores = scores.index_copy(0, kept, logits[kept] / by)
        return (scores / (temperature if first else 1)).softmax(-1)

    return answer


def _in_order(logits: Tensor, temperature: float, top_k: int) -> Tensor:
    probs = (_cut(logits, top_k) / temperature).softmax(-1)
    return probs.sort(descending=True).values


def _by_exp(logits: Tensor, temperature: float, top_k: int) -> Tensor:
    weights = (_cut(logits, top_k) / temperature).exp()
    return weights / weights.sum()


shaped_probs = Exercise(
    number="7.3",
    name="my_probs",
    success="divided, cut, and scaled to sum to 1 again.",
    cases=_PROBS_CASES,
    drawn=lambda rng: [
        (_normal(rng, size), rng.choice([0.4, 0.7, 1.5, 3.0]), rng.randrange(2, 5))
        for size in (6, 17)
    ],
    reference=_probs_reference,
    forbidden={
        "sampling_probs": "write the two steps yourself.",
        "sample": "write the two steps yourself.",
    },
    wrong=[
        Wrong(
            "You multiplied by the temperature, so that a higher one makes the choice "
            "surer. Which way round does τ work?",
            lambda z, temperature, top_k: (_cut(z, top_k) * temperature).softmax(-1),
        ),
        Wrong(
            "The temperature has no effect. Dividing probabilities by it does nothing "
            "once they are scaled to sum to 1: what is it that τ divides?",
            lambda z, temperature, top_k: _cut(z, top_k).softmax(-1),
        ),
        Wrong(
            "Nothing has been cut: every symbol can still be drawn.",
            lambda z, temperature, top_k: (z / temperature).softmax(-1),
        ),
        Wrong(
            "The cut is right, but what is left does not sum to 1: the share of the "
            "removed symbols is missing.",
            lambda z, temperature, top_k: (
                (z / temperature).softmax(-1) * _cut(z, top_k).isfinite()
            ),
        ),
        Wrong(
            "You set the removed logits to 0. A logit of 0 is no probability of 0: "
            "softmax gives it a share like any other.",
            _removed(0.0),
        ),
        *(
            Wrong(
                "The removed symbols can still be drawn: a very low logit is above "
                "minus infinity, and the others may be as low.",
                _removed(score, first),
            )
            for score in (-10.0, -100.0)
            for first in (False, True)
        ),
        Wrong(
            "The exponential of a large number overflows: exp(100) is too large for "
            "float32. softmax subtracts the largest score first.",
            _by_exp,
        ),
        Wrong(
            "You divided probabilities by the temperature, and now they do not sum to "
            "1. What is it that τ divides?",
            lambda z, temperature, top_k: _cut(z, top_k).softmax(-1) / temperature,
        ),
        Wrong(
            "You returned the probabilities of the symbols that are kept, without the "
            "zeros of the others: position i belongs to the symbol with the id i.",
            lambda z, temperature, top_k: (z.topk(top_k).values / temperature).softmax(
                -1
            ),
        ),
        Wrong(
            "The numbers are right and in the wrong places: they are sorted, while "
            "position i belongs to the symbol with the id i.",
            _in_order,
        ),
        Wrong(
            "`order` says which id each place of the ranking belongs to; "
            "`ranked[order]` goes the other way. Which number belongs at position "
            "`order[0]`?",
            lambda z, temperature, top_k: _in_order(z, temperature, top_k)[
                z.argsort(descending=True)
            ],
        ),
        Wrong(
            "Your softmax is taken of probabilities: they are shares already, and a "
            "second softmax levels them. Divide what is left by its sum.",
            lambda z, temperature, top_k: _cut(
                (z / temperature).softmax(-1), top_k
            ).softmax(-1),
        ),
        Wrong(
            "You kept the least likely symbols.",
            lambda z, temperature, top_k: (
                _cut(z, top_k, largest=False) / temperature
            ).softmax(-1),
        ),
        Wrong(
            "One symbol too few has been kept: the score of number `top_k` belongs to "
            "those that stay.",
            lambda z, temperature, top_k: (
                z.masked_fill(z <= z.topk(top_k).values[-1], -torch.inf) / temperature
            ).softmax(-1),
        ),
        Wrong(
            "One symbol too many has been kept.",
            lambda z, temperature, top_k: (
                _cut(z, min(top_k + 1, len(z))) / temperature
            ).softmax(-1),
        ),
    ],
)

# --- 7.4: a whole completion ---------------------------------------------------------


LOST = "?"
"""What a scripted model predicts after what it does not know."""


class ScriptedRNN(CharRNN):
    """A model that knows a few texts by heart, and has counted what it has read.

    Its state says where in its texts it is. What no text begins with leads to a place
    from which it predicts LOST for ever. After the end of a text comes the end-of-text
    symbol or, in a vocabulary without one, a new line and the first text again.

    Args:
        vocab: with ``itos`` and ``end_id``; knows the texts, LOST and a new line.
        texts: of two that go on differently, the first is predicted.
    """

    def __init__(self, vocab: Any, texts: Sequence[str]) -> None:
        super().__init__(len(vocab.itos), hidden_size=12)
        self.characters_read = 0
        self._lost = vocab.itos.index(LOST)
        self._second = self._lost if vocab.end_id is None else vocab.end_id
        newline = vocab.itos.index("\n")
        self._next: dict[int, dict[int, int]] = {0: {}}  # place → {id: next place}
        for text in texts:
            place = 0
            for i in map(vocab.itos.index, text):
                place = self._next[place].setdefault(i, len(self._next))
                self._next.setdefault(place, {})
            if vocab.end_id is None:
                self._next[place].setdefault(newline, 0)
            else:
                self._next[place].setdefault(vocab.end_id, -1)

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Follow the texts from where the state is."""
        if ids.ndim != 1 or len(ids) == 0:
            raise ValueError(f"this model reads ids (T,), got shape {tuple(ids.shape)}")
        place = 0 if h_0 is None else round(float(h_0.flatten()[0]))
        logits = -torch.arange(self.vocab_size).expand(len(ids), -1) / 10
        for row, i in zip(logits, ids.tolist(), strict=True):
            place = self._next.get(place, {}).get(i, -1)
            row[self._second] = 1.0
            row[next(iter(self._next.get(place, {})), self._lost)] = 2.0
        self.characters_read += len(ids)
        return logits, torch.full((1, self.hidden_size), float(place))


class EndFirst:
    """A vocabulary whose end-of-text symbol has the id 0, and any name."""

    end_id = 0

    def __init__(self, characters: str, end: str) -> None:
        self.itos = (end, *characters)

    def __len__(self) -> int:
        return len(self.itos)

    def encode(self, text: str) -> Tensor:
        """Turn a text into ids, int64 of shape (T,)."""
        return torch.tensor([self.itos.index(c) for c in text], dtype=torch.int64)

    def decode(self, ids: Sequence[int]) -> str:
        """Turn ids back into text, without the end-of-text symbol."""
        return "".join(self.itos[i] for i in ids if i != 0)


SIGN = "Stop. Read the sign.\nThen go, all of you."


def _completion_case(
    end: str | None, texts: Sequence[str], prompt: str, count: int
) -> tuple:
    """``end``: None, "last" (id V - 1), or the name of an end symbol with id 0."""
    characters = "".join(sorted(set("".join(texts) + LOST + "\n")))
    vocab = Vocabulary(characters, end=end == "last")
    if end not in (None, "last"):
        vocab = EndFirst(characters, end)
    return ScriptedRNN(vocab, texts).eval(), vocab, prompt, count


def _completion_cases() -> list[tuple]:
    choices = [
        (None, SENTENCES, "h", 4),
        (None, SENTENCES, "how ", 0),
        ("last", SENTENCES, "hello", 40),
        ("last", SENTENCES, "how are", 6),
        ("last", SENTENCES, "i am fine", 5),
        ("<end>", SENTENCES, "how", 40),
        ("¶", SENTENCES, "i", 40),
        ("last", [SIGN], "Stop.", 60),
        (None, [SIGN], SIGN[:24], 130),
    ]
    return [_completion_case(*choice) for choice in choices]


def _drawn_completions(rng: random.Random) -> list[tuple]:
    cases = []
    for end in (None, "last", "¶"):
        texts = ["".join(rng.choices("abc ", k=rng.randrange(3, 30))) for _ in "12"]
        prompt = rng.choice(texts)[: rng.randrange(1, 4)]
        cases.append(_completion_case(end, texts, prompt, rng.randrange(1, 30)))
    return cases


def _read_once(answer: Callable[..., Any]) -> Callable[..., Any]:
    """The text, and how many characters the model has read too many."""

    def run(model: ScriptedRNN, vocab: Any, prompt: str, max_new_chars: int) -> Any:
        text = answer(model, vocab, prompt, max_new_chars)
        extra = model.characters_read - len(prompt) - max_new_chars
        return None if text is None else (text, max(extra, 0))

    return run


def _compare_completion(case: tuple, got: tuple, expected: tuple) -> Any:
    different = engine.difference(got[0], expected[0], 0)
    if different is not None or got[1] == 0:
        return different
    allowed = len(case[2]) + case[3]
    return TOO_SLOW, (
        f"returned the right text, but the model had to read {allowed + got[1]} "
        f"characters; {len(case[2])} of the prompt and {case[3]} new ones are enough"
    )


def _say_completion(case: tuple) -> str:
    _, vocab, prompt, count = case
    end = "without an end-of-text symbol"
    if vocab.end_id is not None:
        end = f"with end_id={vocab.end_id}"
    return f"for prompt={prompt!r}, max_new_chars={count} and a vocabulary {end}"


def _loop(
    *,
    first: Callable = lambda logits: logits[-1],
    after: Callable = lambda model, vocab, text, i, h: model(torch.tensor([i]), h),
    keep_state: bool = True,
    at_end: str = "stop",
    more: int = 0,
    result: Callable = lambda text, prompt: text,
) -> Callable[..., str]:
    """The loop of the exercise with one thing done otherwise."""

    @torch.no_grad()
    def answer(model, vocab, prompt, max_new_chars):
        logits, h = model(vocab.encode(prompt))
        row, text = first(logits), prompt
        for _ in range(max_new_chars + more):
            i = int(row.argmax())
            if i == vocab.end_id and (
                at_end == "stop" or (at_end == "not 0" and i) or at_end == vocab.itos[i]
            ):
                break
            text += vocab.itos[i]
            if i == vocab.end_id and at_end == "append":
                break
            logits, h_next = after(model, vocab, text, i, h)
            h = h_next if keep_state else h
            row = logits[-1]
        return result(text, prompt)

    return answer


@torch.no_grad()
def _re_feeding(model, vocab, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        i = int(model(vocab.encode(text))[0][-1].argmax())
        if i == vocab.end_id:
            break
        text += vocab.itos[i]
    return text


completion = Exercise(
    number="7.4",
    name="my_completion",
    success="each character is read once, and the text ends where the model ends it.",
    cases=_completion_cases,
    drawn=_drawn_completions,
    reference=lambda *case: (_re_feeding(*case), 0),
    prepare=_read_once,
    compare=_compare_completion,
    say=_say_completion,
    forbidden={"sample": "write the loop yourself."},
    wrong=[
        Wrong(
            "Some characters are read more than once. Read the prompt once, then hand "
            "on the state with one new character.",
            _re_feeding,
            kind=TOO_SLOW,
        ),
        Wrong(
            "In the loop the model starts from zeros each time: it gets the new "
            "character without the state.",
            _loop(after=lambda model, vocab, text, i, h: model(torch.tensor([i]))),
        ),
        Wrong(
            "You hand on the state and feed the whole text again: the state has read "
            "it already, so it needs the new character alone.",
            _loop(after=lambda model, vocab, text, i, h: model(vocab.encode(text), h)),
        ),
        Wrong(
            "The model always gets the state that it had after the prompt. Where does "
            "the state go that comes out of each step?",
            _loop(keep_state=False),
        ),
        Wrong(
            "The text goes on after the end-of-text symbol: nothing looks for it.",
            _loop(at_end="ignore"),
        ),
        Wrong(
            "The text goes on where the end-of-text symbol has the id 0, which counts "
            "as False: compare the ids, with == or `is not None`.",
            _loop(at_end="not 0"),
        ),
        Wrong(
            "You look for the end-of-text symbol by a name. A vocabulary may call it "
            "otherwise; `end_id` says which id it has.",
            _loop(at_end="<end>"),
        ),
        Wrong(
            "The loop stops where it should, but the end-of-text symbol stands in the "
            "text. It stands for no character: look for it before you append.",
            _loop(at_end="append"),
        ),
        Wrong(
            "You returned the continuation alone. The prompt belongs to the text.",
            _loop(result=lambda text, prompt: text[len(prompt) :]),
        ),
        Wrong(
            "One character is missing where the length is the limit: count the turns "
            "of your loop.",
            _loop(more=-1),
        ),
        Wrong(
            "Your first new character comes from the first row of the logits, which "
            "has read one character of the prompt.",
            _loop(first=lambda logits: logits[0]),
        ),
    ],
)

# --- 7.5: settings for a purpose -----------------------------------------------------

FAULTLESS, RARER = 0.95, 0.45
"""The fractions of all texts that exercise 7.5 asks for."""


def outcome(temperature: float, top_p: float) -> tuple[float, float]:
    """What the texts of 17 characters from ``h`` are like, without drawing any.

    Returns:
        The probability that a text is one of the two sentences, and that of the rarer
        one of them.
    """
    model, vocab = running_model()[:2]
    shares = []
    for text in ("hello how are you", "how are you doing"):
        ids = vocab.encode(text)  # (T,)
        with torch.no_grad():
            logits = model(ids[:-1])[0].double()  # (T - 1, V)
        probs = sampling_probs(logits, temperature=temperature, top_p=top_p)
        shares.append(float(probs.gather(-1, ids[1:, None]).prod()))
    return sum(shares), min(shares)


def _down(fraction: float) -> str:
    """As a percentage, rounded down: what falls short of 45 % must not read 45.0%."""
    return f"{math.floor(1000 * fraction) / 10:.1f}%"


def _accept_settings(answer: Any, expected: Any) -> tuple[Kind, str] | None:
    if not isinstance(answer, (list, tuple)) or len(answer) != 2:
        return TYPE, "your answer must be two numbers: temperature, top_p"
    if not all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in answer):
        return TYPE, "temperature and top_p must be numbers"
    temperature, top_p = answer
    if not 0 <= temperature < float("inf") or not 0 < top_p <= 1:
        return VALUES, (
            f"temperature {temperature:g} and top_p {top_p:g} are not possible: a "
            "temperature is at least 0, top_p is above 0 and at most 1"
        )
    faultless, rarer = outcome(temperature, top_p)
    if faultless >= expected[0] and rarer >= expected[1]:
        return None
    return VALUES, (
        f"with temperature {temperature:g} and top_p {top_p:g}, {_down(faultless)} of "
        f"the texts are faultless, and {_down(rarer)} of all are the rarer sentence; "
        f"at least {expected[0]:.0%} and {expected[1]:.0%} are wanted"
    )


def _when(test: Callable[[float, float, float, float], bool]) -> Callable[[Any], bool]:
    """From (temperature, top_p, faultless, rarer) to a test of two numbers."""
    return lambda answer: (
        all(type(x) in (int, float) for x in answer)
        and test(*answer, *outcome(*answer))
    )


settings_for_both = Question(
    number="7.5",
    name="my_settings",
    success="the heat brings the two together, and the cut keeps the rest out.",
    expected=lambda: (FAULTLESS, RARER),
    accept=_accept_settings,
    wrong=[
        Wrong(
            "None switches the cut off when you call `sample`. As a number, that is a "
            "top_p of 1.0.",
            (1.0, None),
            matches=lambda answer: None in answer,
        ),
        Wrong(
            "A temperature this low makes every text the same: the letter that is "
            "ahead always wins, as in greedy decoding.",
            (0.0, 1.0),
            matches=lambda answer: (
                outcome(answer[0], 1.0)[0] > FAULTLESS
                and outcome(answer[0], 1.0)[1] < 0.01
            ),
        ),
        Wrong(
            "One of the sentences never comes: after `h` your cut keeps a single "
            "letter. How much does `o` hold there at your temperature?",
            (1.0, 0.4),
            matches=_when(lambda t, p, faultless, rarer: rarer < 0.01 < faultless),
        ),
        Wrong(
            "Hardly a fault, but a temperature below 1 favours the letter that leads "
            "already. Which ones bring the two closer together?",
            (0.7, 0.6),
            matches=_when(lambda t, p, faultless, rarer: t < 1 and faultless > 0.95),
        ),
        Wrong(
            "Hardly a fault, and the two letters keep the ratio that the model gives "
            "them, or nearly. What brings them closer together?",
            (1.0, 0.6),
            matches=_when(lambda t, p, faultless, rarer: faultless >= FAULTLESS),
        ),
        Wrong(
            "Without a cut, every step risks a character of the tail. A temperature "
            "that is low enough to prevent it is too low for balance.",
            (1.0, 1.0),
            matches=_when(lambda t, p, faultless, rarer: p > 0.97),
        ),
        Wrong(
            "At this heat the right character no longer holds enough to be alone above "
            "the cut. Lower the temperature, or top_p with it.",
            (2.0, 0.5),
            matches=_when(lambda t, p, faultless, rarer: t > 1.4),
        ),
        Wrong(
            "Your cut lets too much through: at some steps a second character stays "
            "that belongs to no sentence there. Lower top_p.",
            (1.2, 0.9),
            matches=_when(lambda t, p, faultless, rarer: faultless < FAULTLESS),
        ),
    ],
)

summary = engine.summary_of(__name__)
