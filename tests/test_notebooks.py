"""Every notebook keeps the anatomy of the series, and the rules notice when not.

The rules are in tests/tools/anatomy.py. `-k 03` selects the tests of one notebook.
"""

import copy
from pathlib import Path

import anatomy
import pytest
from anatomy import Page

ROOT = Path(__file__).resolve().parents[1]
PAGES = anatomy.load(ROOT / "notebooks")
# Modules whose public functions a lesson builds, and the names that none does:
TAUGHT = ("data", "models", "training", "sampling")
NOT_TAUGHT = {
    "training.History",
    "training.TrainingDivergedError",
    "models.evaluation_mode",
}
MODULES = sorted((ROOT / "charrnn_helpers").glob("*.py"))


def assert_clean(complaints: list[str]) -> None:
    """Fail with one complaint a line."""
    assert not complaints, "\n" + "\n".join(f"- {text}" for text in complaints)


def test_there_are_notebooks():
    lessons = [page.stem[:2] for page in PAGES if not page.is_aside]
    assert lessons == [f"{i:02d}" for i in range(len(lessons))] and len(lessons) >= 9
    asides = [page.number for page in PAGES if page.is_aside]
    assert len(set(asides)) == len(asides)


@pytest.mark.parametrize("rule", anatomy.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_anatomy(page, rule):
    assert_clean(rule(page))


def test_readme_lists_the_notebooks():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert_clean(anatomy.readme_table(readme, [page.stem for page in PAGES]))


def test_the_first_notebook_lists_the_others():
    assert_clean(anatomy.contents(PAGES))
    for number, title in ((3, "03 · Another title"), (-1, "A1 · Another title")):
        changed = copy.deepcopy(PAGES)
        changed[number].titles[changed[number].stem] = title
        assert anatomy.contents(changed)
    assert anatomy.contents([page for page in PAGES if not page.is_aside])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_built_in_leads_to_the_definition(path):
    pages = {page.stem: page for page in PAGES}
    source = path.read_text(encoding="utf-8")
    assert_clean(anatomy.built_in(path.stem, source, pages))


@pytest.mark.parametrize("module", TAUGHT)
def test_taught_functions_say_where_they_are_built(module):
    source = (ROOT / "charrnn_helpers" / f"{module}.py").read_text(encoding="utf-8")
    complaints = anatomy.undocumented(module, source)
    assert_clean([text for text in complaints if text.split()[0] not in NOT_TAUGHT])


# --- The rules themselves: a good notebook passes, each way to break it is reported ---

NAVIGATION = (
    "[← 00 · Start here](00_start_here.ipynb) · [Contents](00_start_here.ipynb)"
    " · [02 · Inputs](02_inputs.ipynb)"
).replace("02 · Inputs]", "02 · Inputs →]")
OPENING = """**You will be able to** count, sort and draw.

**You need** notebook 00.

**Time**: about 10 minutes to read, 3 seconds to run.

| symbol | meaning | shape |
|---|---|---|
| `T` | number of steps | scalar |
| `a \\| b` | a choice | `(B, T)` |
"""
PREDICT = """**Predict first.** What comes out?

<details><summary>Answer</summary>

Two.

</details>
"""
ALT = "Four bars of equal height"
FIGURE = {
    "output_type": "display_data",
    "data": {
        "text/html": f'<img alt="{ALT}" width="9" src="data:image/png;base64,iVBOR">',
        "text/plain": f"[figure: {ALT}]",
        anatomy.FIGURE_DATA: {"bars": [1, 1, 1, 1]},
    },
    "metadata": {},
}
SHOWN = """## What you have shown

- The first is 1.
- The second is 2.
- The third is 3.

**Sources**

- A paper.
"""


def md(source: str) -> dict:
    """A Markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str, *outputs: dict, tags: tuple[str, ...] = ()) -> dict:
    """A code cell."""
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
        "outputs": list(outputs),
    }


def good_page() -> Page:
    """A small notebook 01 that keeps every rule."""
    prose = "Eight plain words stand here beside the figure. " * 130
    cells = [
        md("# 01 · Text\n\n> How does a text become numbers?"),
        md(NAVIGATION),
        md(OPENING),
        code("import torch\nfrom charrnn_helpers import data\nsetup_notebook(seed=0)"),
        md("## 1.1 First\n\n" + PREDICT),
        code("def pad(texts):\n    return texts"),
        md(prose + "\n\nSee [section 1.1](#1.1-First) and [00](00_start_here.ipynb)."),
        code("draw()", FIGURE),
        md("## 1.2 Second\n\n" + PREDICT),
    ]
    for i in range(7):
        text = {"output_type": "stream", "name": "stdout", "text": f"{i}\n"}
        cells += [code(f"print({i})", text), md(f"This printed {i}.")]
    cells += [md("## Check it against PyTorch"), md("## Break it"), md(SHOWN)]
    cells += [md(NAVIGATION)]
    count = 0
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number:02d}"
        if cell["cell_type"] == "code":
            count += 1
            cell["execution_count"] = count
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    titles = {
        "00_start_here": "00 · Start here",
        "01_text": "01 · Text",
        "02_inputs": "02 · Inputs",
    }
    return Page("01_text", copy.deepcopy(notebook), titles, 5_000, Path("nowhere"))


def good_aside() -> Page:
    """A small aside A2 that keeps every rule."""
    page = good_page()
    text = "Eight plain words stand here beside the figure. " * 30
    kept = [page.cells[i] for i in (0, 1, 2, 3, 4, 5, 7, 6, 8)]
    cells = copy.deepcopy([*kept, md(SHOWN), md("")])
    for number, source in (
        (0, "# A2 · Time\n\n> How long does it take?"),
        (1, "[← 01 · Text](01_text.ipynb) · [Contents](00_start_here.ipynb)"),
        (2, "**You need** 01.\n\n**Time**: about 10 minutes to read, 3 seconds."),
        (4, "## A2.1 First\n\n" + PREDICT),
        (7, text),
        (8, "## A2.2 Second"),
        (9, "## What you have shown\n\n- The first is 1.\n- The second is 2."),
    ):
        cells[number]["source"] = source
    cells[-1]["source"] = cells[1]["source"]
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number:02d}"
    page.notebook["cells"] = cells
    page.stem = "a2_time"
    page.titles[page.stem] = "A2 · Time"
    page.linked_from = ("01_text",)
    return page


def replacing(cell: int, old: str, new: str):
    """A break that changes the source of one cell."""

    def change(page: Page) -> None:
        assert old in page.cells[cell]["source"]
        page.cells[cell]["source"] = page.cells[cell]["source"].replace(old, new)

    return change


def setting(cell: int, **values):
    """A break that sets fields of one cell."""
    return lambda page: page.cells[cell].update(values)


def figure_without(*keys: str):
    """A break that removes something from the figure's output."""

    def change(page: Page) -> None:
        place = page.cells[7]["outputs"][0]
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]

    return change


def printing(cell: int, **values):
    """A break that changes the one output of a cell."""
    return lambda page: page.cells[cell]["outputs"][0].update(values)


ERROR = {
    "output_type": "error",
    "ename": "KeyError",
    "evalue": "'!'",
    "traceback": ["KeyError: '!'"],
}
LONG = "\n".join(f"x{i} = {i}" for i in range(31))
BREAKS = [
    ("schema", lambda page: page.cells[3].pop("id")),
    ("schema", lambda page: page.cells[3].pop("outputs")),
    ("normalised", lambda p: p.notebook["metadata"]["language_info"].update(version=3)),
    ("normalised", setting(4, id="a1b2c3")),
    ("normalised", setting(4, metadata={"execution": {"start": "now"}})),
    ("normalised", setting(5, metadata={"tags": ["nbval-ignore-output"]})),
    ("normalised", setting(5, metadata={"code_digest": "12345678"})),
    ("executed", setting(5, execution_count=None)),
    ("executed", setting(5, execution_count=7)),
    ("clean_outputs", printing(9, name="stderr")),
    ("clean_outputs", setting(5, outputs=[ERROR])),
    ("known_tags", setting(5, metadata={"tags": ["nbval-skip"]})),
    ("known_tags", replacing(5, "def", "# NBVAL_SKIP\ndef")),
    ("title", replacing(0, "# 01 ·", "# 1.")),
    ("title", replacing(0, "> ", "")),
    ("title", replacing(0, "?", ".")),
    ("navigation", replacing(1, "02_inputs", "03_inputs")),
    ("navigation", replacing(-1, "Contents", "Content")),
    ("navigation", lambda page: page.titles.update({"02_inputs": "02 · Other"})),
    ("opening", replacing(2, "**You need**", "You need")),
    ("opening", replacing(2, "3 seconds", "soon")),
    ("symbols", replacing(2, "| scalar |", "| |")),
    ("symbols", replacing(2, "| shape |", "| size |")),
    ("set_up", replacing(3, "setup_notebook(seed=0)", "")),
    ("set_up", replacing(5, "return texts", "setup_notebook()")),
    ("numbering", replacing(8, "## 1.2", "## 1.3")),
    ("numbering", replacing(4, "## 1.1", "## 2.1")),
    ("predictions", replacing(8, "**Predict first.**", "Guess.")),
    ("predictions", replacing(4, "<details>", "")),
    ("headings", replacing(-3, "## Break it", "## Broken")),
    (
        "headings",
        replacing(-4, "## Check it against PyTorch", "## What you have shown"),
    ),
    ("claims", replacing(-2, "- The third is 3.", "")),
    ("claims", replacing(-2, "**Sources**\n\n- A paper.", "")),
    ("folds", replacing(4, "</details>", "")),
    ("folds", replacing(4, "</summary>\n", "</summary>")),
    ("folds", replacing(4, "<summary>Answer</summary>", "Answer")),
    ("proportions", setting(5, source=LONG)),
    ("proportions", lambda page: [c.update(cell_type="code") for c in page.cells[3:7]]),
    ("proportions", lambda page: page.cells.__delitem__(slice(9, 20))),
    ("proportions", setting(6, source="Too few words.")),
    ("proportions", lambda page: page.cells.extend([md("Eight.")] * 30)),
    ("proportions", replacing(4, "Two.", "Two. " * 2_200)),
    ("proportions", lambda page: setattr(page, "size", 400_001)),
    ("plain_words", replacing(6, "Eight plain", "It is just")),
    ("no_machine_paths", printing(9, text="saved in /" + "home/ada/model.pt\n")),
    ("no_machine_paths", replacing(5, "return texts", "return r'C:\\Users\\ada'")),
    ("no_machine_paths", replacing(5, "return texts", "open('/" + "tmp/x')")),
    ("plain_python", replacing(3, "import torch", "import pandas")),
    ("plain_python", replacing(3, "import torch", "import urllib.request")),
    ("plain_python", replacing(3, "import data", "import *")),
    ("plain_python", replacing(5, "return texts", "'https://example.org/a.txt'")),
    ("plain_python", replacing(5, "def", "%time\ndef")),
    ("plain_python", replacing(5, "def", "!ls\ndef")),
    ("plain_python", replacing(5, "def pad(texts):", "def pad(texts)")),
    ("figures", figure_without("data", "text/html")),
    ("figures", figure_without("data", "text/plain")),
    ("figures", printing(7, data={"image/png": "iVBOR"})),
    ("links", replacing(6, "00_start_here.ipynb", "00_start.ipynb")),
    ("links", replacing(6, "#1.1-First", "#1.1-Firsts")),
]


BREAKS_OF_ASIDES = [
    ("title", replacing(0, "# A2", "# 02")),
    ("navigation", replacing(1, " · [Contents]", " · [Begin]")),
    ("navigation", lambda page: setattr(page, "linked_from", ())),
    ("opening", replacing(2, "**Time**", "Time")),
    ("numbering", replacing(8, "## A2.2", "## A2.3")),
    ("predictions", replacing(4, "**Predict first.**", "Guess.")),
    ("headings", replacing(9, "## What you have shown", "## What you have seen")),
    ("claims", replacing(9, "- The second is 2.", "")),
    ("proportions", lambda page: page.cells.extend([md("Eight.")] * 20)),
    ("proportions", replacing(7, "Eight plain words", "Eight plain words " * 40)),
    ("proportions", replacing(7, "Eight plain words stand here beside the", "")),
]


@pytest.mark.parametrize("rule", anatomy.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("good", [good_page, good_aside])
def test_rule_accepts_a_good_notebook(rule, good):
    assert_clean(rule(good()))


@pytest.mark.parametrize(("name", "change"), BREAKS_OF_ASIDES)
def test_rule_reports_a_broken_aside(name, change):
    page = good_aside()
    change(page)
    assert getattr(anatomy, name)(page), f"{name} has not noticed"


@pytest.mark.parametrize(
    ("name", "change"), BREAKS, ids=[f"{n}-{i}" for i, (n, _) in enumerate(BREAKS)]
)
def test_rule_reports_a_broken_notebook(name, change):
    page = good_page()
    change(page)
    assert getattr(anatomy, name)(page), f"{name} has not noticed"


def test_every_rule_has_been_seen_to_report():
    assert {name for name, _ in BREAKS} == {rule.__name__ for rule in anatomy.RULES}


def test_an_aside_is_left_out_of_the_way_and_lies_beside_it():
    page = good_page()
    before = anatomy.navigation_line(page)
    page.titles["a1_letters"] = "A1 · Letters"
    assert anatomy.navigation_line(page) == before
    asides = [page for page in PAGES if page.is_aside]
    assert asides and all(
        f"{aside.stem}.ipynb" in anatomy.links_of(page.notebook)
        for aside in asides
        for page in PAGES
        if page.stem in aside.linked_from
    )


def test_readme_rule_reports_a_missing_row():
    table = "| [01](notebooks/01_text.ipynb) | 10 |\n| [02](notebooks/02_b.ipynb) | 9 |"
    assert not anatomy.readme_table(table, ["01_text", "02_b"])
    asides = f"{table}\n- [A1](notebooks/a1_c.ipynb): why?"
    assert not anatomy.readme_table(asides, ["01_text", "02_b", "a1_c"])
    assert anatomy.readme_table(asides, ["01_text", "02_b"])
    assert anatomy.readme_table(table, ["01_text", "02_b", "a1_c"])
    assert anatomy.readme_table(table, ["01_text", "02_b", "03_c"])
    assert anatomy.readme_table(table, ["02_b", "01_text"])


@pytest.mark.parametrize(
    ("line", "good"),
    [
        ("Built in: notebooks/01_text.ipynb, section 1.1.", True),
        ("Built in: notebooks/01_text.ipynb, section 1.2.", False),
        ("Built in: notebooks/a2_time.ipynb, section A2.1.", True),
        ("Built in: notebooks/09_none.ipynb, section 1.1.", False),
        ("Built in notebook 1.", False),
    ],
)
def test_built_in_rule(line, good):
    source = f'def pad(texts):\n    """Pad.\n\n    {line}\n    """\n'
    pages = {"01_text": good_page(), "a2_time": good_aside()}
    assert bool(anatomy.built_in("data", source, pages)) is not good


def test_a_public_function_without_the_line_is_reported():
    source = 'def pad(texts):\n    """Pad."""\n\ndef _own():\n    pass\n'
    assert len(anatomy.undocumented("data", source)) == 1
