"""Nothing is used before it is taught: terms and idioms, in the order of the lessons.

`TAUGHT` says in which section each is explained. Notebook 00, which promises, and the
opening of a lesson, which says what it will be about, are not read; nor is a sentence
with a link to a later lesson. The asides stand beside the path and are not read either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import anatomy
import pytest
from anatomy import Page

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    page
    for page in anatomy.load(ROOT / "notebooks")
    if page.stem[0] != "a" and not page.is_start
]

# Section → idioms of Python and PyTorch, as they stand in code.
IDIOMS = {
    "01 opening": ("torch.tensor",),
    "01 PyTorch on one page": (
        ".shape",
        ".dtype",
        "unsqueeze",
        ".view(",
        "flatten(0, 1)",
        "keepdim=True",
        ".item()",
        ".tolist()",
        "torch.equal",
        "torch.allclose",
        "[..., :-1]",
        "torch.stack",
        "torch.cat",
        "torch.arange",
        "torch.Generator",
        "argmax",
    ),
    "02 opening": ("pairwise",),
    "2.3": ("F.cross_entropy", "softmax(dim=-1)", "torch.Tensor"),
    "2.4": ("Counter",),
    "3.1": ("torch.eye",),
    "3.2": ("F.one_hot",),
    "3.4": ("requires_grad", ".backward()", ".grad"),
    "3.5": ("nn.Embedding", "nn.Linear", ".copy_("),
    "4.2": ("nn.RNN(", "h_0", "h_n", "num_layers"),
    "4.4": ("nn.Module", "super().__init__()", "forward("),
    "4.5": ("parameters()", "numel()"),
    "4.6": (".eval()",),
    "5.2": ("nn.Parameter",),
    "5.5": ("nn.ModuleList",),
    "6.2": ("optimizer.step()", "torch.optim.Adam", "zero_grad"),
    "6.5": ("ignore_index", "masked_fill"),
    "6.6": ("clip_grad_norm_",),
    "6.7": ("state_dict", "deepcopy"),
    "7.1": (".topk(",),
    "7.3": ("torch.multinomial",),
    "7.6": ("cumsum", "scatter"),
    "9.1": ("torch.autograd.grad(",),
    "9.4": ("np.ndindex",),
    "9.5": (".detach()", "retain_graph", "saved_tensors_hooks"),
    "9.7": ("torch.autograd.Function", "save_for_backward", "addmm_", ".apply("),
    "09 Check it against PyTorch": ("gradcheck",),
    "10 opening": ("nn.LSTM", "nn.GRU"),
    "10.1": (".flip(", "isinstance("),
    "10.2": ("torch.linalg.eigvals", "torch.linalg.svdvals"),
    "10.3": ("nn.init.orthogonal_", "nn.init.eye_"),
    "11.2": (".chunk(",),
    "12.2": ("torch.linalg.svd(",),
    "12.4": ("tokenize.generate_tokens", ".argsort(dim=0).argsort(dim=0)"),
    "12.5": ("torch.linalg.solve",),
    "13.3": ("np.unique", "np.searchsorted", "np.add.reduceat"),
    "13.6": ("functools.partial",),
    "13.7": ("ast.parse",),
    "14.1": ("bincount",),
    "14.3": ("pack_padded_sequence",),
    "14.7": ("defaultdict(", "product("),
    "14 Break it": ("torch.cdist",),
    "15.2": ("F.mse_loss",),
    "15.5": ("torch.maximum", ".unflatten("),
    "15.7": (".diff()", "torch.corrcoef"),
    "15 Check it against PyTorch": ("F.l1_loss", "torch.quantile"),
    "16.1": ("torch.fft.rfft", "torch.hann_window", "torch.stft"),
    "16.3": ("groupby(",),
    "16.4": ("F.pad(alpha",),
    "16.5": ("nn.CTCLoss(",),
    "17.1": ("__torch_dispatch__",),
    "17.4": ("index_add_",),
    "17.7": ("np.memmap",),
    "17.8": ("DistributedDataParallel(",),
    "17.9": ("torch.get_rng_state",),
}
# Section → terms, as they stand in prose.
TERMS = {
    "01 opening": ("tensor",),
    "01 PyTorch on one page": ("axis", "mask"),
    "1.1": ("id", "vocabulary", "encode", "decode"),
    "1.4": ("batch", "padding"),
    "1.6": ("padding symbol", "end-of-text symbol"),
    "1.7": ("truncation",),
    "02 opening": ("ladder", "rung"),
    "2.1": ("inputs", "targets", "shift"),
    "2.2": ("prefix", "teacher forcing"),
    "2.3": ("surprise", "nat", "loss", "logits", "softmax", "cross-entropy"),
    "2.4": ("unigram", "bigram", "conditional entropy", "perplexity"),
    "2.5": ("floor",),
    "03 opening": ("weights",),
    "3.1": ("one-hot row", "matrix product"),
    "3.4": ("gradient",),
    "3.5": ("embedding", "transpose"),
    "4.1": ("hidden state", "tanh", "recurrent", "feed-forward", "unrolled"),
    "4.5": ("parameter",),
    "4.6": ("prompt",),
    "4.7": ("activation", "ReLU", "sigmoid"),
    "5.4": ("hoisting",),
    "5.7": ("carry", "reset"),
    "6.1": ("chain rule", "backpropagation"),
    "6.2": ("learning rate", "optimizer", "SGD", "Adam", "epoch"),
    "6.3": ("silent bug",),
    "6.4": ("hyper-parameter",),
    "6.5": ("training set", "validation set", "test set"),
    "6.6": ("mini-batch", "gradient norm", "clipping"),
    "6.7": ("overfitting", "early stopping"),
    "6.8": ("underfitting",),
    "6.9": ("checkpoint",),
    "7.1": ("greedy",),
    "7.4": ("temperature",),
    "7.6": ("top-k", "top-p"),
    "9.2": ("backpropagation through time",),
    "9.4": ("numerical gradient", "gradient check"),
    "9.5": ("computational graph",),
    "9.6": ("truncated BPTT", "cosine similarity"),
    "10 opening": ("recall task",),
    "10.1": ("lag", "vanishing gradient", "exploding gradient", "factor per step"),
    "10.2": ("eigenvalue", "spectral radius", "singular value"),
    "10.3": ("orthogonal", "saturation", "identity initialisation"),
    "10.4": ("forget gate", "forget bias"),
    "10.6": ("cliff",),
    "11.1": ("input gate", "output gate", "candidate"),
    "11.3": ("update gate", "reset gate"),
    "11.4": ("peephole",),
    "11.6": ("fair",),
    "12.2": ("heat map", "principal component analysis"),
    "12.3": ("connectivity",),
    "12.4": ("AUC",),
    "12.5": ("linear probe", "ridge regression"),
    "12.7": ("ablate",),
    "13.2": ("protocol",),
    "13.3": ("n-gram table", "interpolation"),
    "13.4": ("mixture",),
    "13.6": (
        "warm-up",
        "learning-rate schedule",
        "contiguous",
        "random window",
    ),
    "13.7": ("novelty", "longest copied run"),
    "13.8": ("evaluation card",),
    "14 opening": ("many to one",),
    "14.1": ("majority baseline",),
    "14.2": ("gather",),
    "14.3": ("pooling", "packed sequence"),
    "14.5": ("naive Bayes",),
    "14.7": ("bag of words",),
    "14 Break it": ("split by group",),
    "14 Exercises": ("precision",),
    "15 A forecast of a share price": ("persistence",),
    "15.1": ("autoregression", "RMSE"),
    "15.2": ("leakage",),
    "15.4": ("recursive",),
    "15.5": ("prediction interval", "quantile loss", "coverage"),
    "15.6": ("climatology", "anomaly", "walk-forward split"),
    "15.7": ("correlation",),
    "16 Fourteen characters in sixteen thousand numbers": ("sampling rate",),
    "16.1": ("FFT", "spectrogram", "mel band", "log-mel"),
    "16.3": ("alignment", "CTC"),
    "16.4": ("forward recursion",),
    "16.5": ("edit distance", "character error rate"),
    "16.6": ("beam search",),
    "17.1": ("flop", "profiler"),
    "17.2": ("bandwidth", "arithmetic intensity", "roofline", "cache"),
    "17.5": ("bfloat16",),
    "17.7": ("memory-mapped",),
    "17.8": ("all-reduce", "throughput"),
}


@dataclass(frozen=True)
class Part:
    """A stretch of a lesson between two headings.

    Attributes:
        place: such as "03 opening", "3.2" or "03 Break it".
        prose: its Markdown without code, formulas and promises.
        source: all of it, code included.
    """

    place: str
    prose: str
    source: str


def parts(page: Page, later: set[str]) -> list[Part]:
    """A lesson in the order in which it is read, its opening first."""
    place = f"{page.stem[:2]} opening"
    found: list[tuple[str, list[dict]]] = [(place, [])]
    for cell in page.cells[1:-1]:  # between the title and the navigation
        pieces = [cell["source"].partition("**Sources**")[0]]
        if cell["cell_type"] == "markdown":
            pieces = re.split(r"^(?=## )", pieces[0], flags=re.MULTILINE)
        for piece in pieces:
            if heading := re.match(r"## +((\S+).*)", piece):
                numbered = re.fullmatch(r"\d+\.\d+", heading[2])
                place = heading[2] if numbered else f"{page.stem[:2]} {heading[1]}"
                found.append((place, []))
            found[-1][1].append({"cell_type": cell["cell_type"], "source": piece})
    return [Part(place, told(cells, later), all_of(cells)) for place, cells in found]


def told(cells: list[dict], later: set[str]) -> str:
    """The prose of some cells, without the sentences that promise a later lesson."""
    kept = []
    for cell in cells:
        if cell["cell_type"] != "markdown" or is_promise(cell["source"]):
            continue
        for sentence in re.split(r"(?<=[.:;?!])\s+|\n", cell["source"]):
            if not any(stem in sentence for stem in later):
                kept.append(sentence)
    text = "\n".join(kept)
    return " ".join(anatomy.prose([{"cell_type": "markdown", "source": text}]).split())


def all_of(cells: list[dict]) -> str:
    """Code and prose of some cells, what a lesson promises left out."""
    return "\n".join(c["source"] for c in cells if not is_promise(c["source"]))


def is_promise(source: str) -> bool:
    """Whether a cell says what the lesson will need: goals, symbols, imports."""
    marks = ("**You will be able to", "| symbol |", "\nsetup_notebook(")
    return any(mark in source for mark in marks)


def reading(pages: list[Page]) -> list[Part]:
    """All lessons, part by part."""
    stems = [page.stem for page in pages]
    return [
        part
        for n, page in enumerate(pages)
        for part in parts(page, set(stems[n + 1 :]))
    ]


READING = reading(PAGES)


def early_uses(taught: str, pattern: re.Pattern, field: str) -> list[str]:
    """The parts before the one that teaches something, in which it occurs."""
    found = []
    for part in READING:
        if part.place == taught:
            return found
        if use := pattern.search(getattr(part, field)):
            text = getattr(part, field)
            around = text[max(0, use.start() - 40) : use.end() + 40]
            found.append(f"{part.place}: …{' '.join(around.split())}…")
    raise AssertionError(f"no lesson has a section {taught}")


def taught_in(place: str) -> Part:
    return next(part for part in READING if part.place == place)


def rows(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(place, entry) for place, entries in table.items() for entry in entries]


def term(words: str) -> re.Pattern:
    """A term as it may stand in prose: any case, other endings."""
    return re.compile(rf"\b{re.escape(words)}(?:s|d|es|ed)?\b(?!\+)", re.IGNORECASE)


@pytest.mark.parametrize(("place", "idiom"), rows(IDIOMS))
def test_an_idiom_is_explained_before_it_is_used(place, idiom):
    name, source = idiom.strip(".()"), taught_in(place).source
    in_prose = any(name in code for code in re.findall(r"`[^`\n]+`", source))
    in_comment = re.search(rf"{re.escape(name)}.*  # \w", source)
    assert in_prose or in_comment, f"section {place} does not explain {idiom}"
    early = early_uses(place, re.compile(re.escape(idiom)), "source")
    assert not early, f"{idiom} is used before section {place}:\n" + "\n".join(early)


@pytest.mark.parametrize(("place", "words"), rows(TERMS))
def test_a_term_is_defined_before_it_is_used(place, words):
    bold = re.findall(r"\*\*(.+?)\*\*", taught_in(place).source)
    assert any(term(words).match(text.strip("`")) for text in bold), (
        f"section {place} does not define {words!r} in bold"
    )
    early = early_uses(place, term(words), "prose")
    assert not early, f"{words!r} is used before section {place}:\n" + "\n".join(early)


def test_there_are_at_least_sixty():
    entries = [entry for _, entry in rows(IDIOMS) + rows(TERMS)]
    assert len(entries) == len(set(entries)) >= 60


def test_an_early_use_is_found(monkeypatch):
    lesson = [
        Part("1.1", "A gradient is nice.", "x.backward()"),
        Part("6.1", "The gradient says …", "The **gradient**"),
    ]
    monkeypatch.setitem(globals(), "READING", lesson)
    assert early_uses("6.1", term("gradient"), "prose") == [
        "1.1: …A gradient is nice.…"
    ]
    assert early_uses("1.1", term("gradient"), "prose") == []
    with pytest.raises(AssertionError, match="no lesson has a section 9"):
        early_uses("9.9", term("gradient"), "prose")
