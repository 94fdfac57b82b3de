"""The checks of notebook 07: one character, many, where they stop, and how random."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from charrnn_helpers import data, training
from charrnn_helpers.exercises import engine
from charrnn_helpers.exercises.engine import (
    TYPE,
    VALUES,
    Exercise,
    Kind,
    Question,
    Wrong,
    fixed_and_drawn,
)
from charrnn_helpers.models import CharRNN
from charrnn_helpers.sampling import sampling_probs


@functools.cache
def _running_model(end: bool = False) -> tuple[CharRNN, data.Vocabulary]:
    """The model of the notebook; with an end-of-text symbol if asked for."""
    texts = data.SENTENCES
    vocab = data.Vocabulary.from_texts(texts, pad=end, end=end)
    ids = data.encode_batch(vocab, texts if end else data.pad(texts), end=end)
    inputs, targets = data.shift(ids)
    if end:
        targets = targets.masked_fill(targets == vocab.pad_id, data.IGNORE_INDEX)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = CharRNN(len(vocab), hidden_size=12)
        training.fit(model, inputs, targets, epochs=100, lr=0.01)
    return model.eval(), vocab


def _generator(rng: random.Random) -> torch.Generator:
    return torch.Generator().manual_seed(rng.randrange(2**31))


# --- 7.1: the last row, as a probability ---------------------------------------------


def _predict_cases(rng: random.Random) -> list[tuple]:
    cases = [
        (
            torch.tensor([[3.0, 0.0, 1.0], [0.0, 2.0, 1.0], [1.0, 0.0, 2.0]]),
            list("abc"),
        ),
        (torch.tensor([[-1.0, -2.0], [-2.0, -1.5]]), list("no")),
    ]
    letters = list(" adefghilmnoruwy")
    for steps in (5, 9):
        logits = 2 * torch.randn(steps, 16, generator=_generator(rng))
        cases.append((logits, letters))
    return cases


def _predict_reference(logits: Tensor, itos: Sequence[str]) -> tuple[str, float]:
    row = logits[len(logits) - 1].double().numpy()
    weights = np.exp(row - row.max())
    return itos[int(np.flatnonzero(row == row.max())[0])], 1 / float(weights.sum())


def _chosen(probs: Tensor, itos: Sequence[str]) -> tuple[str, float]:
    return itos[int(probs.argmax())], float(probs.max())


def _flat_argmax(logits: Tensor, itos: Sequence[str]) -> tuple[str, float]:
    i = int(logits.argmax())
    return itos[i], float(logits[-1].softmax(-1)[i])


predict_step = Exercise(
    number="7.1",
    name="my_predict",
    success="the last row decides, and softmax says how surely.",
    **fixed_and_drawn(_predict_cases),
    reference=_predict_reference,
    wrong=[
        Wrong(
            "You read the first row of the logits. It says what follows the first "
            "character alone; which row has read the whole prompt?",
            lambda logits, itos: _chosen(logits[0].softmax(-1), itos),
        ),
        Wrong(
            "You searched all rows at once, so the largest score of any position won. "
            "Only one of the rows is about the next character.",
            _flat_argmax,
        ),
        Wrong(
            "You averaged over the positions. Each row answers its own question; only "
            "one of them is asked here.",
            lambda logits, itos: _chosen(logits.softmax(-1).mean(0), itos),
        ),
        Wrong(
            "The character is right. The number is its logit, a score that may be "
            "negative or above 1; what turns scores into probabilities?",
            lambda logits, itos: (
                itos[int(logits[-1].argmax())],
                float(logits[-1].max()),
            ),
        ),
        Wrong(
            "Your softmax runs over the positions. The scores that compete with one "
            "another are those of the characters, in one row.",
            lambda logits, itos: _chosen(logits.softmax(0)[-1], itos),
        ),
        Wrong(
            "You squeezed each score by itself, with a sigmoid. Probabilities of "
            "characters that exclude one another must sum to 1.",
            lambda logits, itos: _chosen(logits[-1].sigmoid(), itos),
        ),
        Wrong(
            "You returned the id. The vocabulary `itos` knows which character it is.",
            lambda logits, itos: (
                int(logits[-1].argmax()),
                float(logits[-1].softmax(-1).max()),
            ),
        ),
    ],
)

# --- 7.2: the wrong line -------------------------------------------------------------

BROKEN = """\
@torch.no_grad()
def continue_text(model, vocab, prompt, max_new_chars):
    model.eval()
    logits, h = model(vocab.encode(prompt))
    text = prompt
    for _ in range(max_new_chars):
        i = int(logits[-1].argmax())
        text += vocab.itos[i]
        logits, h_next = model(torch.tensor([i]), h)
    return text
"""
"""The program of exercise 7.2, as it stands in the notebook."""

_SOUND = BROKEN.replace("h_next = model", "h = model")


def _wrong_line() -> int:
    """The number of the line whose repair gives the texts of re-feeding."""
    model, vocab = _running_model()
    found = []
    lines, sound = BROKEN.splitlines(), _SOUND.splitlines()
    for n in range(len(lines)):
        space: dict[str, Any] = {"torch": torch}
        exec("\n".join([*lines[:n], sound[n], *lines[n + 1 :]]), space)
        texts = [
            space["continue_text"](model, vocab, prompt, 12) == _refed(prompt, 12)
            for prompt in ("hello", "i", "how")
        ]
        if all(texts):
            found.append(n + 1)
    (line,) = found
    return line


@torch.no_grad()
def _refed(prompt: str, count: int) -> str:
    model, vocab = _running_model()
    text = prompt
    for _ in range(count):
        text += vocab.itos[int(model(vocab.encode(text))[0][-1].argmax())]
    return text


lost_state = Question(
    number="7.2",
    name="wrong_line",
    success="the new state got a name of its own, and nobody ever handed it on.",
    expected=_wrong_line,
    wrong=[
        Wrong(
            "That line reads the prompt once, from its first character on, and keeps "
            "the state. That is how it should be.",
            4,
        ),
        Wrong(
            "That line runs the loop once for each new character. The length of the "
            "text is right; what is in it is not.",
            6,
        ),
        Wrong(
            "That line takes the last row. In the loop there is one row only, and the "
            "last is the first.",
            7,
        ),
        Wrong(
            "That line appends the character, as it should: the text does grow.",
            8,
        ),
        Wrong(
            "Switching dropout off changes nothing here: a CharRNN has none.",
            3,
        ),
        Wrong("That line hands back prompt and continuation, as it should.", 10),
    ],
)

# --- 7.3: temperature and top-k ------------------------------------------------------


def _probs_cases(rng: random.Random) -> list[tuple]:
    cases = [
        (torch.tensor([1.0, 3.0, 0.0, 2.0]), 0.5, 2),
        (torch.tensor([1.0, 3.0, 0.0, 2.0]), 2.0, 4),
        (torch.tensor([-1.0, 0.5, 2.5]), 1.0, 1),
    ]
    for _ in range(2):
        size = rng.randrange(6, 20)
        logits = 2 * torch.randn(size, generator=_generator(rng))
        cases.append((logits, rng.choice([0.4, 0.7, 1.5, 3.0]), rng.randrange(2, 5)))
    return cases


def _probs_reference(logits: Tensor, temperature: float, top_k: int) -> Tensor:
    """By ranks and powers of probabilities, without touching the logits again."""
    probs = logits.double().softmax(-1).numpy() ** (1 / temperature)
    ranks = np.argsort(np.argsort(-probs))
    kept = np.where(ranks < top_k, probs, 0.0)
    return torch.from_numpy(kept / kept.sum()).float()


def _cut(logits: Tensor, top_k: int, largest: bool = True) -> Tensor:
    kept = logits.topk(top_k, largest=largest).indices
    return torch.full_like(logits, -torch.inf).index_copy(0, kept, logits[kept])


def _zeroed(logits: Tensor, temperature: float, top_k: int) -> Tensor:
    kept = logits.topk(top_k).indices
    return (
        torch.zeros_like(logits).index_copy(0, kept, logits[kept] / temperature)
    ).softmax(-1)


def _in_order(logits: Tensor, temperature: float, top_k: int) -> Tensor:
    probs = (_cut(logits, top_k) / temperature).softmax(-1)
    return probs.sort(descending=True).values


shaped_probs = Exercise(
    number="7.3",
    name="my_probs",
    success="divided, cut, and scaled to sum to 1 again.",
    **fixed_and_drawn(_probs_cases),
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
            _zeroed,
        ),
        Wrong(
            "The numbers are right and in the wrong places: they are sorted, while "
            "position i belongs to the symbol with the id i.",
            _in_order,
        ),
        Wrong(
            "You kept the least likely symbols.",
            lambda z, temperature, top_k: (
                _cut(z, top_k, largest=False) / temperature
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


class ReadAgainError(RuntimeError):
    """A text was read more than once."""


class CountedRNN(CharRNN):
    """A CharRNN that counts the characters that it reads, and refuses too many."""

    allowance = 0

    def forward(self, ids: Tensor, h_0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Count the characters on the way through."""
        self.allowance -= ids.numel()
        if self.allowance < 0:
            raise ReadAgainError(
                "the model has read more characters than the prompt has and the "
                "completion may have"
            )
        return super().forward(ids, h_0)


def _counted(end: bool, allowance: int) -> tuple[CountedRNN, data.Vocabulary]:
    trained, vocab = _running_model(end)
    model = CountedRNN(len(vocab), hidden_size=12)
    model.load_state_dict(trained.state_dict())
    model.allowance = allowance
    return model.eval(), vocab


def _completion_cases(rng: random.Random) -> list[tuple]:
    choices = [
        (True, "hello", 40),
        (True, "i", 40),
        (False, "how", 14),
        (True, "how", 4),
        (False, "hello h", 0),
    ]
    for end in (True, False):
        sentence = rng.choice(data.SENTENCES)
        prompt = sentence[: rng.randrange(2, len(sentence) - 1)]
        choices.append((end, prompt, rng.randrange(5, 30)))
    return [
        (*_counted(end, len(prompt) + count), prompt, count)
        for end, prompt, count in choices
    ]


@torch.no_grad()
def _completion_reference(
    model: CountedRNN, vocab: data.Vocabulary, prompt: str, max_new_chars: int
) -> str:
    """By re-feeding the whole text to a plain model: another way to the same end."""
    plain = CharRNN(len(vocab), hidden_size=12)
    plain.load_state_dict(model.state_dict())
    text = prompt
    for _ in range(max_new_chars):
        symbol = vocab.itos[int(plain(vocab.encode(text))[0][-1].argmax())]
        if symbol == "<end>":
            return text
        text += symbol
    return text


def _loop(
    *,
    first: Callable = lambda logits: logits[-1],
    after: Callable = lambda model, i, h: model(torch.tensor([i]), h),
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
            if i == vocab.end_id and at_end == "stop":
                break
            text += vocab.itos[i]
            if i == vocab.end_id and at_end == "append":
                break
            logits, h_next = after(model, i, h)
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
    **fixed_and_drawn(_completion_cases),
    reference=_completion_reference,
    wrong=[
        Wrong(
            "You fed the whole text again for each character. Read the prompt once, "
            "then hand on the state with one new character.",
            _re_feeding,
        ),
        Wrong(
            "In the loop the model starts from zeros each time: it gets the new "
            "character without the state.",
            _loop(after=lambda model, i, h: model(torch.tensor([i]))),
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

FAULTLESS, RARER = 0.95, 0.40
"""The shares that exercise 7.5 asks for."""


def outcome(temperature: float, top_p: float) -> tuple[float, float]:
    """What the texts of 17 characters from ``h`` are like, without drawing any.

    Returns:
        The probability that a text is one of the two sentences, and that of the rarer
        one of them.
    """
    model, vocab = _running_model()
    shares = []
    for text in ("hello how are you", "how are you doing"):
        ids = vocab.encode(text)  # (T,)
        with torch.no_grad():
            logits = model(ids[:-1])[0].double()  # (T - 1, V)
        probs = sampling_probs(logits, temperature=temperature, top_p=top_p)
        shares.append(float(probs.gather(-1, ids[1:, None]).prod()))
    return sum(shares), min(shares)


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
        f"with temperature {temperature:g} and top_p {top_p:g}, {faultless:.1%} of the "
        f"texts are faultless, and {rarer:.1%} of all are the rarer sentence; at least "
        f"{expected[0]:.0%} and {expected[1]:.0%} are wanted"
    )


def _when(test: Callable[[float, float, float, float], bool]) -> Callable[[Any], bool]:
    """From (temperature, top_p, faultless, rarer) to a test of an answer."""
    return lambda answer: test(*answer, *outcome(*answer))


settings_for_both = Question(
    number="7.5",
    name="my_settings",
    success="both sentences are heard, and hardly a text has a fault.",
    expected=lambda: (FAULTLESS, RARER),
    accept=_accept_settings,
    wrong=[
        Wrong(
            "Temperature 0 is greedy: every text is the same.",
            (0.0, 1.0),
            matches=lambda answer: answer[0] == 0,
        ),
        Wrong(
            "One of the sentences never comes: after `h` your cut keeps a single "
            "letter. How much do `o` and `e` hold together there?",
            (1.0, 0.4),
            matches=_when(lambda t, p, faultless, rarer: rarer < 0.01 < faultless),
        ),
        Wrong(
            "Hardly a fault, but a low temperature favours the letter that is ahead "
            "already. Something else can keep the tail out, and leave the two leaders "
            "as they are.",
            (0.2, 1.0),
            matches=_when(lambda t, p, faultless, rarer: faultless >= FAULTLESS),
        ),
        Wrong(
            "Without a cut, every step risks a character of the tail. A temperature "
            "that is low enough to prevent it is too low for balance.",
            (1.0, 1.0),
            matches=_when(lambda t, p, faultless, rarer: p > 0.97),
        ),
        Wrong(
            "Your cut lets too much through: at some steps a second character stays "
            "that belongs to no sentence there.",
            (1.0, 0.9),
            matches=_when(lambda t, p, faultless, rarer: faultless < FAULTLESS),
        ),
    ],
)

summary = engine.summary_of(__name__)
