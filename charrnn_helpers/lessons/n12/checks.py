"""The checks of notebook 12: depth, an honest score, five verdicts, a transplant."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import (
    Exercise,
    Question,
    Wrong,
)
from charrnn_helpers.lessons.n12.labels import spans
from charrnn_helpers.models import CharLSTM

# --- 12.1: how deep -------------------------------------------------------------------

_TEXTS = [
    "f(a, [b])",
    "x = 1",
    "((a))",
    "f(a)(b) + [c]",
    "g('(', x)  # (not one\n",
    "x = {1: (2, [3])}\ny = f(\n    z,\n)\n",
    "h([i, (j), k], l)",
    "def f(a='[', b=(1, 2)):\n    '''(no (bracket'''\n    return a[b[0]]\n",
]


def _drawn_texts(rng: random.Random) -> list[tuple]:
    def term(depth: int) -> str:
        name = rng.choice("abc")
        if depth == 0:
            return name
        inner = ", ".join(
            term(rng.randrange(depth)) for _ in range(rng.randrange(1, 4))
        )
        return rng.choice((f"{name}({inner})", f"[{inner}]", f"({inner}) + {name}"))

    return [(f"{term(4)}  # {rng.choice('([')}\n",)]


def _depth(text: str) -> Tensor:
    """By steps up and down, added up."""
    steps = torch.zeros(len(text) + 1, dtype=torch.int64)
    for kind, begin, end in spans(text):
        if kind == "bracket":
            steps[begin] += 1
            steps[end] -= 1
    return steps.cumsum(dim=0)[:-1]


def _filled(
    text: str,
    kinds: tuple[str, ...] = ("bracket",),
    *,
    before: int = 0,
    after: int = 0,
    add: bool = True,
    dtype: torch.dtype = torch.int64,
) -> Tensor:
    depth = torch.zeros(len(text), dtype=dtype)
    for kind, begin, end in spans(text):
        if kind in kinds:
            stretch = slice(max(begin - before, 0), end + after)
            depth[stretch] = depth[stretch] + 1 if add else 1
    return depth


def _counted(text: str, opens: str = "([{", closes: str = ")]}") -> Tensor:
    """Brackets counted by eye, in strings and comments too."""
    depths, depth = [], 0
    for character in text:
        depth -= character in closes
        depths.append(depth)
        depth += character in opens
    return torch.tensor(depths)


def _one_above_all(text: str) -> Tensor:
    depth = torch.zeros(len(text), dtype=torch.int64)
    for kind, begin, end in spans(text):
        if kind == "bracket":
            depth[begin:end] = depth.max() + 1
    return depth


_WIDER = (
    "A bracket itself is not inside what it opens or closes: the spans of labels.spans "
    "leave it out already."
)
_ONCE = (
    "Where brackets stand in brackets, the later span writes over the earlier one. "
    "Both must count."
)
_KINDS = "Only brackets count here: look at the kind of each span."

depth = Exercise(
    number="12.1",
    name="my_depth",
    success="every real bracket counts, once for each character in it.",
    cases=[(text,) for text in _TEXTS],
    drawn=_drawn_texts,
    reference=_depth,
    wrong=[
        Wrong(_ONCE, lambda text: _filled(text, add=False)),
        Wrong(_ONCE, lambda text: _filled(text, add=False, dtype=torch.bool)),
        Wrong(_KINDS, lambda text: _filled(text, ("bracket", "string", "comment"))),
        Wrong(_KINDS, lambda text: _filled(text, ("bracket", "string"))),
        Wrong(_KINDS, lambda text: _filled(text, ("bracket", "comment"))),
        Wrong(_KINDS, lambda text: _filled(text, ("string",))),
        Wrong(_WIDER, lambda text: _filled(text, before=1)),
        Wrong(_WIDER, lambda text: _filled(text, after=1)),
        Wrong(_WIDER, lambda text: _filled(text, before=1, after=1)),
        Wrong(
            "A bracket inside a string or a comment is none. labels.spans knows which "
            "are real.",
            _counted,
        ),
        Wrong(
            "There are three kinds of brackets: ( [ {. labels.spans finds them all.",
            lambda text: _counted(text, "(", ")"),
        ),
        Wrong(
            "A depth is a whole number: make the tensor with dtype=torch.int64.",
            lambda text: _depth(text).float(),
        ),
        Wrong(
            "One number for each character is asked for, not the largest.",
            lambda text: _depth(text).max(),
        ),
        Wrong(
            "The places in brackets are counted from the bracket on to the end of the "
            "text: a span has an end, too.",
            lambda text: (
                sum(
                    (torch.arange(len(text)) >= span.begin).long()
                    for span in spans(text)
                    if span.kind == "bracket"
                )
                + torch.zeros(len(text), dtype=torch.int64)
            ),
        ),
        Wrong(
            "A bracket may stay open over several lines: give labels.spans the whole "
            "text.",
            lambda text: torch.cat(
                [
                    torch.zeros(0, dtype=torch.int64),
                    *(_depth(line) for line in text.splitlines(keepends=True)),
                ]
            ),
        ),
        Wrong(
            "A stretch gets one more than it has. A maximum over all counts brackets "
            "that stand side by side as if they held one another.",
            _one_above_all,
        ),
        Wrong(
            "The answer is a tensor, not a list.", lambda text: _depth(text).tolist()
        ),
    ],
)


# --- 12.2: an honest score ------------------------------------------------------------


def _aucs(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


_HALVES = [
    (_aucs(0.5, 0.8, 0.6), _aucs(0.5, 0.7, 0.9)),  # not the best of the second half
    (_aucs(0.4, 0.1, 0.8, 0.55), _aucs(0.9, 0.2, 0.75, 0.6)),  # low inside
    (_aucs(0.45, 0.3, 0.6), _aucs(0.5, 0.65, 0.7)),  # low, and then high
    (_aucs(0.9, 0.2, 0.5), _aucs(0.35, 0.1, 0.5)),  # high, and then low
    (_aucs(0.52, 0.49, 0.47, 0.5), _aucs(0.55, 0.9, 0.44, 0.5)),
    (_aucs(0.06), _aucs(0.02)),
    (_aucs(0.7, 0.2, 0.75, 0.6), _aucs(0.7, 0.35, 0.8, 0.5)),  # low; most are high
    (_aucs(0.583, 0.45), _aucs(0.713, 0.4)),  # a little above a coin
    (_aucs(0.417, 0.55), _aucs(0.298, 0.6)),  # a little below
]


def _drawn_halves(rng: random.Random) -> list[tuple]:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    n = rng.randrange(2, 200)
    return [tuple(torch.rand(2, n, generator=generator, dtype=torch.float64))]


def _honest(
    on_first: Tensor,
    on_second: Tensor,
    choose: Callable[[Tensor, Tensor], Tensor] = lambda a, b: (a - 0.5).abs(),
    score: Callable[[float, float], float] = lambda a, b: b if a > 0.5 else 1 - b,
) -> tuple[int, float]:
    distances = choose(on_first, on_second).tolist()
    unit = distances.index(max(distances))
    return unit, score(on_first[unit].item(), on_second[unit].item())


def _variant(hint: str, **how: Callable) -> Wrong:
    return Wrong(hint, lambda on_first, on_second: _honest(on_first, on_second, **how))


_CHOSEN = (
    "The second half has had a part in the choice, so its score is not honest any "
    "more. Choose on the first half alone."
)
_LOW = (
    "A unit that is low inside tells as much as one that is high: 0.1 is far from 0.5."
)
_TURNED = (
    "Whether the unit is turned round is decided on the first half. Where it is low on "
    "one half and high on the other, it has been wrong."
)
_ALWAYS = "A unit that is high inside must not be turned round."
_PLAIN = (
    "A unit that was low inside on the first half is turned round: 0.2 becomes 0.8."
)


def _far(values: Tensor) -> Tensor:
    return (values - 0.5).abs()


_SCORES = (
    (_TURNED, lambda a, b: max(b, 1 - b)),
    (_PLAIN, lambda a, b: b),
    (_ALWAYS, lambda a, b: 1 - b),
    (
        "The score has to come from the second half.",
        lambda a, b: max(a, 1 - a),
    ),
    ("The score has to come from the second half.", lambda a, b: a),
    (
        "The score is an AUC, not its distance from 0.5.",
        lambda a, b: abs(b - 0.5),
    ),
)
_CHOICES = (
    (_LOW, lambda a, b: a),
    (_CHOSEN, lambda a, b: _far(b)),
    (_CHOSEN, lambda a, b: b),
    (_CHOSEN, lambda a, b: _far(a) + _far(b)),
    (_CHOSEN, lambda a, b: a + b),
    (_CHOSEN, lambda a, b: _far((a + b) / 2)),
    (
        "You take the unit that tells least: its AUC is nearest to 0.5.",
        lambda a, b: -_far(a),
    ),
    ("You look for low units only.", lambda a, b: -a),
)

honest = Exercise(
    number="12.2",
    name="my_honest_score",
    success="chosen on one half, scored on the other.",
    cases=_HALVES,
    drawn=_drawn_halves,
    reference=_honest,
    entries=("the unit", "the score"),
    strict=True,
    wrong=[
        *(_variant(hint, score=score) for hint, score in _SCORES),
        *(_variant(hint, choose=choose) for hint, choose in _CHOICES),
        *(
            _variant(hint, choose=choose, score=score)
            for hint, choose in _CHOICES
            for _, score in _SCORES
        ),
        Wrong(
            "Two values are asked for, in this order: the unit, then its score.",
            lambda a, b: _honest(a, b)[::-1],
        ),
        Wrong(
            "Two values are asked for: the unit, and its score.",
            lambda a, b: _honest(a, b)[1],
        ),
        Wrong(
            "Return numbers of Python: .item() takes the number out of a tensor.",
            lambda a, b: tuple(torch.tensor(part) for part in _honest(a, b)),
        ),
    ],
)


# --- 12.3: five verdicts --------------------------------------------------------------

_VERDICTS = ("D", "B", "E", "A", "C")


def _is_no_five(answer: Any) -> bool:
    return not isinstance(answer, (tuple, list)) or len(answer) != 5


def _says(place: int, letters: str) -> Callable[[Any], bool]:
    return lambda answer: answer[place] in tuple(letters)


verdicts = Question(
    number="12.3",
    name="my_verdicts",
    success="each unit has its verdict, and each verdict its column.",
    expected=lambda: _VERDICTS,
    entries=tuple(f"verdict {n}" for n in range(1, 6)),
    wrong=[
        Wrong(
            "Five letters are asked for, as a tuple of five texts.",
            "DBEAC",
            _is_no_five,
        ),
        Wrong(
            'The units are texts of one capital letter, such as "A".',
            ("D", 2, "E", "A", "C"),
            lambda answer: any(unit not in tuple("ABCDE") for unit in answer),
        ),
        Wrong(
            "Each unit is to have one verdict, and each verdict one unit.",
            ("D", "B", "E", "E", "C"),
            lambda answer: len(set(answer)) < 5,
        ),
        Wrong(
            "Verdict 1 asks for the column of the untrained network: which unit's AUC "
            "is no higher than that?",
            ("B", "D", "E", "A", "C"),
            _says(0, "ABCE"),
        ),
        Wrong(
            "Verdict 2 asks for the column of the window: which unit has an AUC "
            "below it?",
            ("D", "A", "E", "B", "C"),
            _says(1, "ACE"),
        ),
        Wrong(
            "A learned unit that follows its mark falls to a coin when the mark is "
            "rubbed out. Which one hardly falls?",
            ("D", "B", "C", "A", "E"),
            _says(2, "AC"),
        ),
        Wrong(
            "Compare both numbers of the ablation with the 0.01 of a typical unit: who "
            "is not missed?",
            ("D", "B", "E", "C", "A"),
            _says(3, "C"),
        ),
    ],
)


# --- 12.4: a transplant ---------------------------------------------------------------


def _lstm(seed: int, vocab_size: int, hidden_size: int) -> CharLSTM:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = CharLSTM(vocab_size, hidden_size)
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.9)
    return model.eval()


def _texts(seed: int, vocab_size: int, *lengths: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(vocab_size, (n,), generator=generator) for n in lengths]


def _transplants() -> list[tuple]:
    cases = []
    for seed, V, H, unit, lengths in (
        (0, 5, 3, 1, (4, 6, 2)),
        (1, 7, 4, 0, (5, 3, 1)),
        (2, 6, 5, 4, (2, 2, 4)),
        (3, 9, 6, 2, (8, 5, 3)),
    ):
        ids, donor, rest = _texts(seed, V, *lengths)
        cases.append((_lstm(seed, V, H), ids, donor, unit, rest))
    return cases


def _drawn_transplants(rng: random.Random) -> list[tuple]:
    seed, V, H = rng.randrange(10_000), rng.randrange(3, 9), rng.randrange(2, 7)
    lengths = [rng.randrange(1, 7) for _ in range(3)]
    ids, donor, rest = _texts(seed, V, *lengths)
    return [(_lstm(seed, V, H), ids, donor, rng.randrange(H), rest)]


@torch.no_grad()
def _transplant(
    model: CharLSTM,
    ids: Tensor,
    donor: Tensor,
    unit: int,
    rest: Tensor,
    *,
    parts: tuple[int, ...] = (0, 1),
    mix: Callable[[Tensor, Tensor], Tensor] = lambda mine, other: other,
    units: Callable[[int], Any] = lambda unit: slice(unit, unit + 1),
    swap: bool = False,
) -> Tensor:
    """By masks: 1 where the donor's number stands."""
    mine, other = model(ids)[1], model(donor)[1]
    if swap:
        mine, other = other, mine
    pair = []
    for part in (0, 1):
        changed = mine[part].clone()
        if part in parts:
            at = units(unit)
            changed[:, at] = mix(mine[part][:, at], other[part][:, at])
        pair.append(changed)
    return model(rest, tuple(pair))[0][-1].softmax(dim=-1)


def _going(hint: str, **how: Any) -> Wrong:
    return Wrong(
        hint,
        lambda model, ids, donor, unit, rest: _transplant(
            model, ids, donor, unit, rest, **how
        ),
    )


@torch.no_grad()
def _of_logits(choose: Callable[[Tensor], Tensor], **how: Any) -> Callable[..., Tensor]:
    """Something else made of the logits after the transplant."""

    def answer(
        model: CharLSTM, ids: Tensor, donor: Tensor, unit: int, rest: Tensor
    ) -> Tensor:
        with torch.no_grad():
            pair = [
                torch.where(
                    torch.arange(model.hidden_size) == unit, theirs, mine
                )  # (1, H)
                for mine, theirs in zip(model(ids)[1], model(donor)[1], strict=True)
            ]
            return choose(model(rest, tuple(pair))[0])

    return answer


def _without_rest(
    model: CharLSTM, ids: Tensor, donor: Tensor, unit: int, rest: Tensor
) -> Tensor:
    with torch.no_grad():
        mine, theirs = model(ids)[1][0].clone(), model(donor)[1][0]
        mine[0, unit] = theirs[0, unit]
        return model.output(mine[0]).softmax(dim=-1)


@torch.no_grad()
def _too_late(
    model: CharLSTM,
    ids: Tensor,
    donor: Tensor,
    unit: int,
    rest: Tensor,
    *,
    each: bool = False,
    donor_reads_on: bool = False,
) -> Tensor:
    """Transplanted after rest, or again before each character of it."""
    at = torch.arange(model.hidden_size) == unit
    state, other = model(ids)[1], model(donor)[1]
    if donor_reads_on:
        other = model(rest, other)[1]
    for character in rest:
        if each:
            state = _changed(at, other, state)
        logits, state = model(character.view(1), state)
    if each:
        return logits[-1].softmax(dim=-1)
    return model.output(_changed(at, other, state)[0])[0].softmax(dim=-1)


def _changed(at: Tensor, other: tuple, state: tuple) -> tuple:
    return tuple(
        torch.where(at, a, b) for a, b in zip(other, state, strict=True)
    )  # (1, H) each


def _row_of_the_unit(
    model: CharLSTM, ids: Tensor, donor: Tensor, unit: int, rest: Tensor
) -> Tensor:
    with torch.no_grad():
        pair = [part.clone() for part in model(ids)[1]]
        for part, theirs in zip(pair, model(donor)[1], strict=True):
            part[unit] = theirs[unit]  # an error, except for unit 0
        return model(rest, tuple(pair))[0][-1].softmax(dim=-1)


def _from_zeros(
    model: CharLSTM, ids: Tensor, donor: Tensor, unit: int, rest: Tensor
) -> Tensor:
    with torch.no_grad():
        return model(rest)[0][-1].softmax(dim=-1)


def _read_twice(
    model: CharLSTM, ids: Tensor, donor: Tensor, unit: int, rest: Tensor
) -> Tensor:
    return _transplant(model, ids, donor, unit, torch.cat([ids, rest]))


def _joined(
    model: CharLSTM, ids: Tensor, donor: Tensor, unit: int, rest: Tensor
) -> Tensor:
    with torch.no_grad():
        return model(torch.cat([ids, donor, rest]))[0][-1].softmax(dim=-1)


transplant = Exercise(
    number="12.4",
    name="my_transplant",
    success="one unit of another text, and the model reads on.",
    cases=_transplants,
    drawn=_drawn_transplants,
    reference=_transplant,
    tolerance=1e-5,
    wrong=[
        _going(
            "The unit is transplanted in c only: h has a number of it, too.",
            parts=(1,),
        ),
        _going(
            "The unit is transplanted in h only: c has a number of it, too.",
            parts=(0,),
        ),
        _going("Nothing has been transplanted: the donor has no influence.", parts=()),
        _going(
            "The whole state of the donor has gone over. Only one unit should.",
            units=lambda unit: slice(None),
        ),
        _going(
            "It is the other way round: the state of ids gets one unit of the donor.",
            swap=True,
        ),
        _going(
            "The donor's value replaces the old one; it is not added to it.",
            mix=lambda mine, other: mine + other,
        ),
        _going(
            "The donor's value replaces the old one; the two are not averaged.",
            mix=lambda mine, other: (mine + other) / 2,
        ),
        _going(
            "The unit is set to zero: where is the donor's value?",
            mix=lambda m, o: 0 * m,
        ),
        _going(
            "Units are counted from 0.",
            units=lambda unit: slice(max(unit - 1, 0), max(unit, 1)),
        ),
        _going(
            "Only one unit goes over, not all up to it.",
            units=lambda unit: slice(0, unit + 1),
        ),
        _going(
            "Only one unit goes over, not all from it on.",
            units=lambda u: slice(u, None),
        ),
        Wrong(
            "The answer comes before rest has been read: go on from the changed pair "
            "with model(rest, pair).",
            _without_rest,
        ),
        Wrong(
            "The unit is transplanted after rest has been read: change the state "
            "before, and let the model read rest with it.",
            _too_late,
        ),
        Wrong(
            "The unit is transplanted after rest has been read: change the state "
            "before, and let the model read rest with it.",
            functools.partial(_too_late, donor_reads_on=True),
        ),
        Wrong(
            "The unit is transplanted again at each character of rest: once, before "
            "rest, is enough.",
            functools.partial(_too_late, each=True),
        ),
        Wrong(
            "The mean over all characters of rest is returned: take the last one.",
            _of_logits(lambda logits: logits.softmax(dim=-1).mean(dim=0)),
        ),
        Wrong(
            "The result has an axis too many: shape (V,) is asked for.",
            _of_logits(lambda logits: logits[-1:].softmax(dim=-1)),
        ),
        Wrong(
            "A state has the shape (1, H): the unit is its column, not its row, as in "
            "h[0, unit].",
            _row_of_the_unit,
        ),
        Wrong(
            "The model reads rest from a state of zeros: hand it the changed pair, "
            "model(rest, pair).",
            _from_zeros,
        ),
        Wrong(
            "The model reads ids a second time. The pair has them already: go on with "
            "rest alone.",
            _read_twice,
        ),
        Wrong(
            "softmax makes probabilities over the characters, the last axis, not over "
            "the steps: dim=-1.",
            _of_logits(lambda logits: logits.softmax(dim=0)[-1]),
        ),
        Wrong(
            "The donor's text has been read on: only one unit of its state should go "
            "over.",
            _joined,
        ),
        Wrong(
            "These are logits: softmax makes probabilities of them.",
            _of_logits(lambda logits: logits[-1]),
        ),
        Wrong(
            "These are log-probabilities; probabilities are asked for.",
            _of_logits(lambda logits: logits[-1].log_softmax(dim=-1)),
        ),
        Wrong(
            "The probabilities after every character of rest are too many: only those "
            "after the last one are asked for.",
            _of_logits(lambda logits: logits.softmax(dim=-1)),
        ),
        Wrong(
            "The expectation after the first character of rest is returned: take the "
            "last one.",
            _of_logits(lambda logits: logits[0].softmax(dim=-1)),
        ),
        Wrong(
            "The whole distribution is asked for, not its most probable character.",
            _of_logits(lambda logits: logits[-1].argmax()),
        ),
        Wrong(
            "A tensor of probabilities is asked for, not a list.",
            lambda *case: _transplant(*case).tolist(),
        ),
    ],
)

summary = engine.summary_of(__name__)
