"""The rules that every notebook of the series is held to.

Each rule is a function that takes a `Page` and returns a list of complaints, one
sentence each; an empty list is a pass. `RULES` lists them all.
"""

import ast
import hashlib
import html
import json
import re
import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

ALLOWED_IMPORTS = {
    "IPython",
    "charrnn_helpers",
    "ipywidgets",
    "matplotlib",
    "numpy",
    "torch",
    "tqdm",
}
NETWORK_MODULES = {"ftplib", "http", "smtplib", "socket", "telnetlib", "urllib"}
TAGS = {"nbval-ignore-output", "raises-exception", "nbval-raises-exception"}
VOLATILE = "nbval-ignore-output"
CODE_DIGEST = "code_digest"  # in the metadata of a cell: of what code its output is
FIGURE_DATA = "application/vnd.charrnn.figure+json"
MACHINE_PATH = re.compile(
    r"(?<![\w.~/:-])/(?:home|root|tmp|usr|work|opt|Users|var|mnt|srv|private)/\w+"
    r"|\b[A-Z]:\\\w+"
)
FORBIDDEN_WORDS = re.compile(r"\b(simply|obviously|just)\b")
FOLD = re.compile(r"<details>.*?</details>", re.DOTALL)
OPENING = ("**You will be able to", "**You need", "**Time")
LIMITS = {"code lines": 30, "median": 10, "code cells in a row": 3, "bytes": 400_000}
# Cells and words of the path (what is neither fold, lab, exercises nor quiz), from and
# to; words of the whole notebook, at most.
SIZES = {
    "start": ((12, 60), (500, 3_000), 3_600),
    "lesson": ((25, 45), (1_000, 2_000), 3_200),
    "clinic": ((25, 60), (1_000, 3_000), 4_700),
    "aside": ((8, 25), (200, 1_200), 1_200),
}


def is_volatile(cell: dict) -> bool:
    """Whether a cell shows times or rates, which no second run repeats."""
    return cell["cell_type"] == "code" and (
        VOLATILE in cell["metadata"].get("tags", [])
        or "volatile=True" in cell["source"]
    )


def code_digest(cells: list[dict], number: int) -> str:
    """Eight characters that change with the code of the cells up to this one.

    A volatile output is not compared with a new run. This tells, without a run, that it
    was made by the code that stands above it.
    """
    sources = [c["source"] for c in cells[: number + 1] if c["cell_type"] == "code"]
    return hashlib.sha256("\0".join(sources).encode()).hexdigest()[:8]


@dataclass
class Page:
    """A notebook and its place in the series."""

    stem: str  # "03_one_hot_encoding", or "a2_name" of an aside
    notebook: dict
    titles: dict[str, str]  # of every notebook: stem -> "03 · One-hot encoding"
    size: int = 0  # bytes
    folder: Path = field(default_factory=Path)
    linked_from: tuple[str, ...] = ()  # the lessons that link here

    @property
    def is_aside(self) -> bool:
        """Whether this is for the curious: short, beside the path, no exercises."""
        return self.stem.startswith("a")

    @property
    def is_start(self) -> bool:
        """Whether this is the first notebook, which is a tour and not a lesson."""
        return self.stem.startswith("00")

    @property
    def is_clinic(self) -> bool:
        """Whether this is the notebook of bugs, all of which is "Break it"."""
        return self.stem.startswith("08")

    @property
    def kind(self) -> str:
        """Which of the SIZES hold for it."""
        if self.is_aside:
            return "aside"
        return "start" if self.is_start else "clinic" if self.is_clinic else "lesson"

    @property
    def number(self) -> str:
        """What the numbers of its sections begin with: "3" or "A2"."""
        return self.stem.split("_")[0].lstrip("0").upper() or "0"

    @property
    def cells(self) -> list[dict]:
        """All cells, with the source of each as one string."""
        return self.notebook["cells"]

    def of_type(self, cell_type: str) -> list[tuple[int, dict]]:
        """The cells of one type, each with its position."""
        return [
            pair for pair in enumerate(self.cells) if pair[1]["cell_type"] == cell_type
        ]

    @property
    def sections(self) -> list[tuple[str, list[dict]]]:
        """Each level-two heading with the cells from there to the next one."""
        found: list[tuple[str, list[dict]]] = []
        for cell in self.cells:
            heading = None
            if cell["cell_type"] == "markdown":
                heading = re.search(r"^## +(.+)$", cell["source"], re.MULTILINE)
            if heading:
                found.append((heading[1].strip(), [cell]))
            elif found:
                found[-1][1].append(cell)
        return found

    @property
    def numbered_sections(self) -> list[tuple[str, list[dict]]]:
        """The sections whose heading begins with a number such as 3.1 or A2.1."""
        return [pair for pair in self.sections if re.match(r"A?\d+\.\d+ ", pair[0])]


def from_json(text: str) -> dict:
    """Parse a notebook, joining sources and texts that are stored as lists."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        cell["source"] = joined(cell["source"])
        for output in cell.get("outputs", []):
            if "text" in output:
                output["text"] = joined(output["text"])
            for mime, value in output.get("data", {}).items():
                if not mime.endswith("json"):
                    output["data"][mime] = joined(value)
    return notebook


def joined(value: str | list[str]) -> str:
    """The text of a multi-line field, stored whole or as a list of lines."""
    return value if isinstance(value, str) else "".join(value)


def title_of(notebook: dict) -> str:
    """The title in the first cell, without the number sign."""
    cells = notebook["cells"]
    first = cells[0]["source"].splitlines() if cells else []
    return first[0].removeprefix("# ").strip() if first else ""


def load(folder: Path) -> list[Page]:
    """Read all notebooks of a folder: the lessons in their order, then the asides."""
    paths = sorted(folder.glob("*.ipynb"))
    notebooks = {p.stem: from_json(p.read_text(encoding="utf-8")) for p in paths}
    titles = {stem: title_of(notebook) for stem, notebook in notebooks.items()}
    lessons = [stem for stem in notebooks if stem[0].isdigit()]
    links = {stem: links_of(notebooks[stem]) for stem in lessons[1:]}
    return [
        Page(
            p.stem,
            notebooks[p.stem],
            titles,
            p.stat().st_size,
            folder,
            tuple(s for s in links if f"{p.stem}.ipynb" in links[s]),
        )
        for p in paths
    ]


def links_of(notebook: dict) -> set[str]:
    """The files that the prose of a notebook links to."""
    text = "\n".join(
        c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown"
    )
    return set(re.findall(r"\]\(([^)#\s]+)", text))


def tags(cell: dict) -> list[str]:
    """The tags of a cell."""
    return cell["metadata"].get("tags", [])


def may_raise(cell: dict) -> bool:
    """Whether the cell is meant to end with an error."""
    return any(tag.endswith("raises-exception") for tag in tags(cell))


def lesson(page: Page) -> list[dict]:
    """The cells of a page without the lab, the exercises, the quiz and the folds."""
    cells, practice = [], False
    for cell in page.cells:
        if heading := re.match(r"## (.*)", cell["source"]):
            practice = heading[1].startswith(("Try it", "Exercises", "Quiz"))
        if not practice and not cell["source"].startswith("<details>"):
            cells.append(cell | {"source": FOLD.sub("", cell["source"])})
    return cells


def prose(cells: list[dict]) -> str:
    """The Markdown of some cells without code, formulas, links' targets and tags."""
    text = "\n".join(c["source"] for c in cells if c["cell_type"] == "markdown")
    text = re.sub(r"```.*?```", " ", text, flags=re.DOTALL)
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$|`[^`\n]*`", " ", text, flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)|<[^>]+>", " ", text)


def count_words(cells: list[dict]) -> int:
    """How many words of prose some cells have."""
    return len(re.findall(r"[^\W_][\w'’-]*", prose(cells)))


def schema(page: Page) -> list[str]:
    """The file is valid notebook format 4.5, each cell with an identifier."""
    complaints = [
        f"cell {number} has no id: run make refresh"
        for number, cell in enumerate(page.cells)
        if not cell.get("id")
    ]
    if complaints:
        return complaints
    try:
        nbformat.validate(nbformat.from_dict(page.notebook))
    except nbformat.ValidationError as error:
        complaints.append(f"not a valid notebook: {str(error).splitlines()[0]}")
    return complaints


def normalised(page: Page) -> list[str]:
    """Nothing is stored that another run or machine would write differently."""
    metadata = page.notebook["metadata"]
    complaints = []
    if metadata.get("language_info") != {"name": "python"}:
        complaints.append("language_info holds more than a name: run make refresh")
    if "widgets" in metadata:
        complaints.append("the state of widgets is stored: run make refresh")
    if metadata.get("kernelspec", {}).get("name") != "python3":
        complaints.append("the kernel is not python3: run make refresh")
    for number, cell in enumerate(page.cells):
        if cell.get("id") != f"c{number:02d}":
            complaints.append(f"cell {number} has another id: run make refresh")
        if extra := set(cell["metadata"]) & {"execution", "collapsed", "scrolled"}:
            complaints.append(f"cell {number} has {sorted(extra)}: run make refresh")
        known = cell["metadata"].get(CODE_DIGEST)
        if known != (code_digest(page.cells, number) if is_volatile(cell) else None):
            complaints.append(
                f"cell {number} shows a time or a rate that other code than this has "
                "taken: run make refresh"
            )
    return complaints


def executed(page: Page) -> list[str]:
    """Every code cell has run once, in order: nbval passes the others unseen."""
    counts = [cell.get("execution_count") for _, cell in page.of_type("code")]
    if counts != list(range(1, len(counts) + 1)):
        return [f"execution counts are {counts}, not 1..{len(counts)}: make refresh"]
    return [
        f"cell {number} is empty"
        for number, cell in enumerate(page.cells)
        if not cell["source"].strip()
    ]


def clean_outputs(page: Page) -> list[str]:
    """Nothing on stderr, and no error but where one is meant."""
    complaints = []
    for number, cell in page.of_type("code"):
        for output in cell["outputs"]:
            if output.get("name") == "stderr":
                complaints.append(f"cell {number} wrote to stderr: {output['text']!r}")
            if output["output_type"] == "error" and not may_raise(cell):
                complaints.append(f"cell {number} raised {output['ename']}")
    return complaints


def known_tags(page: Page) -> list[str]:
    """Only the known tags, and most outputs are compared."""
    complaints = []
    code = page.of_type("code")
    for number, cell in code:
        if unknown := set(tags(cell)) - TAGS:
            complaints.append(f"cell {number} has unknown tags {sorted(unknown)}")
        if re.search(r"#\s*(NBVAL|PYTEST_VALIDATE)_", cell["source"]):
            complaints.append(f"cell {number}: use a tag instead of a nbval comment")
    ignored = sum(VOLATILE in tags(cell) for _, cell in code)
    if ignored > len(code) / 3:
        complaints.append(f"{ignored} of {len(code)} cells are not compared")
    return complaints


def title(page: Page) -> list[str]:
    """`# 03 · Title` or `# A2 · Title`, and one question in a blockquote."""
    first = page.cells[0]["source"] if page.cells else ""
    lines = [line for line in first.splitlines() if line.strip()]
    complaints = []
    number = page.stem.split("_")[0].upper()
    if not re.fullmatch(rf"# {number} · \S.*", lines[0] if lines else ""):
        complaints.append(f"the first line is not '# {number} · Title'")
    if len(lines) < 2 or not all(line.startswith("> ") for line in lines[1:]):
        complaints.append("the first cell is not a title and one blockquote")
    elif "?" not in first:
        complaints.append("the blockquote asks no question")
    return complaints


def navigation_line(page: Page) -> str:
    """The line that leads to the previous notebook, the contents and the next.

    Of an aside: back to the lessons that link to it, and to the contents.
    """
    stems = sorted(stem for stem in page.titles if stem[0].isdigit())
    if page.is_aside:
        back = [f"[← {page.titles[stem]}]({stem}.ipynb)" for stem in page.linked_from]
        return " · ".join([*back, f"[Contents]({stems[0]}.ipynb)"])
    at = stems.index(page.stem)
    parts = []
    if at > 0:
        previous = stems[at - 1]
        parts.append(f"[← {page.titles[previous]}]({previous}.ipynb)")
        parts.append(f"[Contents]({stems[0]}.ipynb)")
    if at + 1 < len(stems):
        following = stems[at + 1]
        parts.append(f"[{page.titles[following]} →]({following}.ipynb)")
    return " · ".join(parts)


CONTENTS = {
    kind: re.compile(rf"(?<=\|---\|---\|\n)(?:\| \[{number} · .*\|(?:\n|$))+")
    for kind, number in (("lessons", r"\d\d"), ("asides", r"A\d+"))
}
"""The rows of the two tables of the first notebook."""


def with_contents(source: str, pages: list[Page]) -> str:
    """A text with its tables of the notebooks written again: title and question."""
    for kind, table in CONTENTS.items():
        rows = [
            f"| [{page.titles[page.stem]}]({page.stem}.ipynb) | {question(page)} |\n"
            for page in pages
            if not page.is_start and page.is_aside == (kind == "asides")
        ]
        source = table.sub("".join(rows).replace("\\", r"\\"), source)
    return source


def question(page: Page) -> str:
    """The question that a notebook answers: its blockquote, in one line."""
    lines = page.cells[0]["source"].splitlines()[1:]
    return " ".join(line.removeprefix("> ").strip() for line in lines).strip()


def contents(pages: list[Page]) -> list[str]:
    """The first notebook's tables list the others, each with its question."""
    text = "\n".join(cell["source"] for _, cell in pages[0].of_type("markdown"))
    complaints = []
    for kind, table in CONTENTS.items():
        wanted = int(kind == "lessons" or any(page.is_aside for page in pages))
        if (found := len(table.findall(text))) != wanted:
            complaints.append(f"{found} tables list the {kind}, not {wanted}")
    if text.rstrip() != with_contents(text, pages).rstrip():
        complaints.append("a table of the notebooks is out of date: run make refresh")
    return complaints


def navigation(page: Page) -> list[str]:
    """The second and the last cell lead to the neighbours that exist."""
    expected = navigation_line(page)
    complaints = []
    if page.is_aside and not page.linked_from:
        complaints.append("no lesson links to this aside")
    for name, index in (("second", 1), ("last", -1)):
        source = page.cells[index]["source"] if len(page.cells) > 1 else ""
        if source.strip() != expected:
            complaints.append(f"the {name} cell is not the navigation line {expected}")
    return complaints


def opening(page: Page) -> list[str]:
    """What you will be able to do, what you need, and the time it takes."""
    text = "\n".join(cell["source"] for cell in page.cells[2:6])
    wanted = OPENING[1:] if page.is_aside else OPENING
    complaints = [
        f"the opening has no {start}**" for start in wanted if start not in text
    ]
    time = re.search(r"\*\*Time.*", text)
    if time and not re.search(r"\d.*minutes?.*\d.*second", time[0], re.DOTALL):
        complaints.append("Time does not give minutes to read and seconds to run")
    return complaints


def symbols(page: Page) -> list[str]:
    """The table of symbols has a shape in every row."""
    text = "\n".join(cell["source"] for _, cell in page.of_type("markdown"))
    table = re.search(
        r"^\| *symbol *\| *meaning *\| *shape *\|\n\|[-:| ]+\|\n((?:\|.*(?:\n|$))+)",
        text,
        re.MULTILINE,
    )
    if not table:
        complaint = "there is no table | symbol | meaning | shape |"
        return [] if page.is_aside else [complaint]
    complaints = []
    for row in table[1].splitlines():
        cells = [part.strip() for part in re.split(r"(?<!\\)\|", row)[1:-1]]
        if len(cells) != 3 or not all(cells):
            complaints.append(f"the symbol table has an incomplete row: {row}")
    return complaints


def set_up(page: Page) -> list[str]:
    """One cell seeds and styles the notebook, before the first numbered section."""
    calls = [n for n, c in page.of_type("code") if "setup_notebook(" in c["source"]]
    if len(calls) != 1:
        return [f"setup_notebook is called in {len(calls)} cells, not in one"]
    sections = page.numbered_sections
    if sections and calls[0] > page.cells.index(sections[0][1][0]):
        return ["setup_notebook is called after the first section begins"]
    return []


def numbering(page: Page) -> list[str]:
    """Sections are numbered N.1, N.2, … with N the number of the notebook."""
    numbers = [heading.split()[0] for heading, _ in page.numbered_sections]
    expected = [f"{page.number}.{i}" for i in range(1, len(numbers) + 1)]
    if not numbers:
        return [f"no section is numbered {page.number}.1"]
    return [] if numbers == expected else [f"sections {numbers}, expected {expected}"]


def predictions(page: Page) -> list[str]:
    """Each numbered section asks for a prediction, with the answer in a fold.

    In an aside one prediction is enough.
    """
    complaints = []
    sections = page.numbered_sections
    if page.is_aside and sections:
        sections = [("all", [cell for _, cells in sections for cell in cells])]
    for heading, cells in sections:
        text = "\n".join(c["source"] for c in cells if c["cell_type"] == "markdown")
        if not re.search(r"\*\*Predict first\b", text):
            complaints.append(f"section '{heading}' has no **Predict first.**")
        if "<details>" not in text:
            complaints.append(f"section '{heading}' has no fold with the answer")
    return complaints


def headings(page: Page) -> list[str]:
    """The sections that every lesson has are there, in their order."""
    wanted = ["Check it against PyTorch", "Break it", "Exercises"]
    if page.is_clinic or page.is_start or page.is_aside:
        wanted = []
    wanted = [*wanted, "What you have shown"]
    found = [heading for heading, _ in page.sections]
    complaints = [
        f"there is no section '## {name}'"
        for name in wanted
        if name not in found and name != "Exercises"
    ]
    in_order = [name for name in found if name in wanted]
    if in_order != [name for name in wanted if name in in_order]:
        complaints.append(f"the sections stand in the order {in_order}")
    return complaints


def claims(page: Page) -> list[str]:
    """What has been shown is a list of three to six claims with their numbers.

    An aside may claim two things, and need not give sources.
    """
    for heading, cells in page.sections:
        if heading != "What you have shown":
            continue
        text = "\n".join(c["source"] for c in cells if c["cell_type"] == "markdown")
        text, _, sources = text.partition("**Sources**")
        found = re.split(r"^(?:[-*]|\d+\.) +", text, flags=re.MULTILINE)[1:]
        complaints = []
        low = 2 if page.is_aside else 3
        if not low <= len(found) <= 6:
            complaints.append(f"{len(found)} claims under '{heading}', not {low} to 6")
        if found and sum(bool(re.search(r"\d", c)) for c in found) < len(found) / 2:
            complaints.append("most of the claims state no number")
        if not sources.strip() and not (page.is_start or page.is_aside):
            complaints.append("there are no **Sources**")
        return complaints
    return []


def folds(page: Page) -> list[str]:
    """Each <details> is closed in its cell, and its content is Markdown."""
    complaints = []
    for number, cell in page.of_type("markdown"):
        source = re.sub(r"```.*?```", "", cell["source"], flags=re.DOTALL)
        depth = 0
        for mark in re.findall(r"<details>|</details>", source):
            depth += 1 if mark == "<details>" else -1
            if depth < 0:
                break
        if depth != 0:
            complaints.append(f"cell {number}: <details> and </details> do not match")
        if source.count("<details>") != source.count("<summary>"):
            complaints.append(f"cell {number}: a <details> has no <summary>")
        if re.search(r"</summary>[^\n]*\n(?!\n)", source):
            complaints.append(f"cell {number}: no empty line after </summary>")
    return complaints


def proportions(page: Page) -> list[str]:
    """Cells, code and prose are in the proportions that read well."""
    complaints = []
    for number, cell in page.of_type("code"):
        if (count := len(cell["source"].splitlines())) > LIMITS["code lines"]:
            complaints.append(f"cell {number} has {count} lines of code, over 30")
    cells = lesson(page)
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    lines = [len(cell["source"].splitlines()) for cell in code]
    if lines and statistics.median(lines) > LIMITS["median"]:
        complaints.append(f"the median code cell has {statistics.median(lines)} lines")
    kinds = "".join(cell["cell_type"][0] for cell in page.cells)
    if run := re.search("c" * (LIMITS["code cells in a row"] + 1), kinds):
        complaints.append(f"four code cells in a row from cell {run.start()}")
    (low, high), (fewest, most), whole = SIZES[page.kind]
    if not low <= len(cells) <= high:
        complaints.append(f"{len(cells)} cells on the path, not {low} to {high}")
    if not fewest <= count_words(cells) <= most:
        words = count_words(cells)
        complaints.append(f"{words} words on the path, not {fewest} to {most}")
    if (words := count_words(page.cells)) > whole:
        complaints.append(f"{words} words in the whole notebook, over {whole}")
    if page.size > LIMITS["bytes"]:
        complaints.append(f"{page.size // 1000} kB, over 400")
    return complaints


def plain_words(page: Page) -> list[str]:
    """No word that makes a reader who struggles feel slow."""
    text = " ".join(prose(page.cells).split())
    return [
        f"the prose says '{found[1]}': …{found[0]}"
        for found in re.finditer(
            rf"(?:\S+ ){{0,5}}{FORBIDDEN_WORDS.pattern}", text, re.IGNORECASE
        )
    ]


def texts(page: Page) -> list[tuple[int, str]]:
    """All that a reader sees as text: sources and printed outputs."""
    found = []
    for number, cell in enumerate(page.cells):
        found.append((number, cell["source"]))
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            parts = [output.get("text"), data.get("text/plain"), data.get("text/html")]
            parts += output.get("traceback", [])
            found += [(number, part) for part in parts if part]
    return found


def no_machine_paths(page: Page) -> list[str]:
    """No path that exists on one machine only."""
    return [
        f"cell {number} holds the path {match[0]}"
        for number, text in texts(page)
        if (match := MACHINE_PATH.search(text))
    ]


def plain_python(page: Page) -> list[str]:
    """Code is Python without magics, fetches nothing, imports only what is pinned."""
    complaints = []
    for number, cell in page.of_type("code"):
        source = cell["source"]
        if re.search(r"https?://", source):
            complaints.append(f"cell {number} holds a URL: the series runs offline")
        if re.search(r"^\s*[%!]|get_ipython\(", source, re.MULTILINE):
            complaints.append(f"cell {number} uses a magic or a shell command")
            continue
        try:
            tree = ast.parse(source)
        except SyntaxError as error:
            if not may_raise(cell):
                complaints.append(f"cell {number} is not plain Python: {error}")
            continue
        complaints += [f"cell {number} {fault}" for fault in bad_imports(tree)]
    return complaints


def bad_imports(tree: ast.AST) -> list[str]:
    """What is wrong with the imports of a piece of code."""
    faults = []
    allowed = (ALLOWED_IMPORTS | set(sys.stdlib_module_names)) - NETWORK_MODULES
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
            if any(alias.name == "*" for alias in node.names):
                faults.append(f"imports * from {node.module}")
        faults += [
            f"imports {name}, which requirements.txt does not pin for the notebooks"
            for name in names
            if name.split(".")[0] not in allowed
        ]
    return faults


def alt_text(output: dict) -> str:
    """What the picture of an output is called for who cannot see it."""
    found = re.match(r'<img alt="([^"]*)"', output["data"].get("text/html", ""))
    return html.unescape(found[1]).strip() if found else ""


def figures(page: Page) -> list[str]:
    """Each picture has alternative text, compared data, and prose beside it."""
    complaints = []
    for number, cell in page.of_type("code"):
        for output in cell["outputs"]:
            data = output.get("data", {})
            if FIGURE_DATA not in data and "image/png" not in data:
                continue
            alt = alt_text(output)
            if len(alt.split()) < 4:
                complaints.append(
                    f"cell {number}: the figure's alternative text: {alt!r}"
                )
            if data.get("text/plain", "").strip() != f"[figure: {alt}]":
                complaints.append(f"cell {number}: text/plain is not [figure: …]")
            if not data.get(FIGURE_DATA):
                complaints.append(f"cell {number}: the figure was not shown by show()")
            beside = page.cells[max(number - 1, 0) : number + 2]
            if not any(
                other["cell_type"] == "markdown" and len(other["source"].split()) >= 8
                for other in beside
            ):
                complaints.append(f"cell {number}: no prose beside the figure")
    return complaints


def links(page: Page) -> list[str]:
    """Each relative link leads to a file, and to a heading where it names one."""
    complaints = []
    for number, cell in page.of_type("markdown"):
        for target in re.findall(r"\]\(([^)\s]+)\)", cell["source"]):
            if re.match(r"https?://|mailto:", target):
                continue
            name, _, anchor = target.partition("#")
            path = page.folder / name if name else page.folder / f"{page.stem}.ipynb"
            stem = Path(name).stem if name else page.stem
            if stem not in page.titles and not path.exists():
                complaints.append(f"cell {number}: {target} leads nowhere")
            elif anchor and path.suffix == ".ipynb":
                same = path.stem == page.stem
                notebook = page.notebook if same else from_json(path.read_text("utf-8"))
                if anchor not in anchors(notebook):
                    complaints.append(f"cell {number}: no heading for {target}")
    return complaints


def anchors(notebook: dict) -> set[str]:
    """The anchors that JupyterLab gives the headings of a notebook."""
    return {
        heading.strip().replace("`", "").replace(" ", "-")
        for cell in notebook["cells"]
        if cell["cell_type"] == "markdown"
        for heading in re.findall(r"^#+ +(.+)$", cell["source"], re.MULTILINE)
    }


RULES = (
    schema,
    normalised,
    executed,
    clean_outputs,
    known_tags,
    title,
    navigation,
    opening,
    symbols,
    set_up,
    numbering,
    predictions,
    headings,
    claims,
    folds,
    proportions,
    plain_words,
    no_machine_paths,
    plain_python,
    figures,
    links,
)


def readme_table(readme: str, stems: list[str]) -> list[str]:
    """The README lists each notebook once: lessons in a table, asides in a list."""
    complaints = []
    lines = readme.splitlines()
    for what, mark, first in (("table", "|", str.isdigit), ("list", "-", str.isalpha)):
        rows = [
            name
            for line in lines
            if line.startswith(mark)
            for name in re.findall(r"\]\(notebooks/([\w-]+)\.ipynb\)", line)
        ]
        wanted = [stem for stem in stems if first(stem[0])]
        if rows != wanted:
            complaints.append(f"README's {what} has {rows}; there are {wanted}")
    return complaints


BUILT_IN = re.compile(r"Built\s+in:\s+notebooks/(\w+)\.ipynb,\s+section\s+(A?\d+\.\d+)")


def built_in(module: str, source: str, pages: dict[str, Page]) -> list[str]:
    """Each "Built in" line leads to a section whose code defines that name."""
    complaints = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        docstring = ast.get_docstring(node) or ""
        name = f"{module}.{node.name}"
        if "Built in" in docstring and not BUILT_IN.search(docstring):
            complaints.append(f"{name}: the line 'Built in:' has another form")
        for stem, section in BUILT_IN.findall(docstring):
            if stem not in pages:
                complaints.append(f"{name}: there is no notebooks/{stem}.ipynb")
            elif node.name not in defined_in(pages[stem], section):
                complaints.append(
                    f"{name}: no code cell in section {section} of {stem} defines it"
                )
    return complaints


def undocumented(module: str, source: str) -> list[str]:
    """Each public function and class of a taught module says where it is built."""
    return [
        f"{module}.{node.name} has no line 'Built in: notebooks/…, section N.M'"
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not BUILT_IN.search(ast.get_docstring(node) or "")
    ]


def defined_in(page: Page, section: str) -> set[str]:
    """The functions and classes that the code cells of a section define."""
    names = set()
    for heading, cells in page.sections:
        if heading.split()[0] != section:
            continue
        for cell in cells:
            if cell["cell_type"] == "code" and not may_raise(cell):
                for node in ast.walk(ast.parse(cell["source"])):
                    if isinstance(node, ast.FunctionDef | ast.ClassDef):
                        names.add(node.name)
    return names
