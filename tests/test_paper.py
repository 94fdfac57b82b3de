"""The series in class and on paper: student's edition, teacher's key, pages."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

import anatomy
import handout
import key
import nbformat
import pages
import pytest
import refresh
import rooms
from anatomy import load
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.browser.conftest import find_chromium

ROOT = Path(__file__).resolve().parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FOLD = re.compile(r"<details><summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)")

each_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def markdown(path: Path) -> str:
    """All prose of a notebook."""
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(c.source for c in cells if c.cell_type == "markdown")


# --- the student's edition ------------------------------------------------------------


@pytest.fixture(scope="module")
def edition(tmp_path_factory) -> Path:
    """The student's edition, out of its zip file."""
    folder = tmp_path_factory.mktemp("edition")
    with zipfile.ZipFile(handout.write(folder / "made" / "handout")) as archive:
        archive.extractall(folder)
    return folder / "handout"


@each_notebook
def test_students_get_hints_and_no_answers(path, edition):
    given, whole = markdown(edition / "notebooks" / path.name), markdown(path)
    kept_back = ("Answer", "Solution", "Diagnosis")
    hidden = [b for name, b in FOLD.findall(whole) if name.startswith(kept_back)]
    assert hidden
    assert not [body for body in hidden if body.strip() in given]
    for name, body in FOLD.findall(given):
        if name.startswith(kept_back):
            assert body.strip() == "Your teacher has the answer."
    for kept in ("<summary>Hint", "<summary>Answer", "**Predict first.**"):
        assert given.count(kept) == whole.count(kept)


@each_notebook
def test_students_get_notebooks_that_have_not_run(path, edition):
    given = nbformat.read(edition / "notebooks" / path.name, as_version=4)
    nbformat.validate(given)
    code = [c for c in given.cells if c.cell_type == "code"]
    whole = nbformat.read(path, as_version=4).cells
    assert [c.source for c in code] == [
        c.source for c in whole if c.cell_type == "code"
    ]
    assert not [c for c in code if c.outputs or c.execution_count is not None]
    assert not [c for c in given.cells if "code_digest" in c.metadata]


def test_the_edition_has_all_that_it_needs_and_nothing_of_the_teacher(edition):
    names = {p.relative_to(edition).as_posix() for p in edition.rglob("*")}
    modules = (ROOT / "charrnn_helpers").rglob("*.py")
    assert {p.relative_to(ROOT).as_posix() for p in modules} <= names
    needed = {"requirements.txt", "constraints.txt", "pyproject.toml", "LICENSE"}
    assert needed <= names
    assert not [name for name in names if re.search("discussion|tests|pycache", name)]
    for text in [edition / "README.md", *edition.glob("notebooks/*.ipynb")]:
        prose = markdown(text) if text.suffix == ".ipynb" else text.read_text("utf-8")
        for target in LINK.findall(prose):
            assert "://" in target or (text.parent / target).exists(), target


def test_a_solved_exercise_is_not_handed_out(tmp_path):
    path = tmp_path / "03_solved.ipynb"
    notebook = nbformat.read(PATHS[3], as_version=4)
    exercise = handout.notebook_exercises(PATHS[3])[1]
    for cell in notebook.cells:
        if cell.source == exercise.stub:
            cell.source = exercise.solution
    nbformat.write(notebook, path)
    with pytest.raises(SystemExit, match=f"exercise {exercise.number} is solved"):
        handout.handed_out(path)


@pytest.mark.thorough
def test_the_edition_runs_on_its_own_package(edition, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(edition))
    path = edition / "notebooks" / PATHS[2].name
    notebook = nbformat.read(path, as_version=4)
    where = "import charrnn_helpers\nprint(charrnn_helpers.__file__)"
    notebook.cells.append(new_code_cell(where))
    done = refresh.execute(notebook, path.parent)
    said = "".join(o.get("text", "") for c in done.cells for o in c.get("outputs", []))
    assert str(edition) in said
    assert said.count("is not done yet") == len(handout.notebook_exercises(PATHS[2]))


# --- the teacher's copy ---------------------------------------------------------------


LESSONS = [page for page in load(ROOT / "notebooks") if not page.is_aside]


def test_minutes_add_up_to_what_the_notebook_states():
    assert key.shared_out(10, [1, 1, 1]) == [4, 3, 3]
    for page in LESSONS:
        stated = re.search(
            r"\*\*Time\*\*: about (\d+) min",
            markdown(page.folder / f"{page.stem}.ipynb"),
        )
        assert sum(m for _, m in key.timetable(page)) == int(stated[1])


def test_a_teachers_page_has_every_exercise_hint_and_question():
    exercises = rooms.exercises()
    for page in LESSONS:
        text = key.teachers_page(page)
        for exercise in exercises.values():
            if exercise.number.split(".")[0] == page.number:
                assert f"### {exercise.number} ★" in text
                assert all(wrong.hint in text for wrong in exercise.wrong)


@pytest.mark.parametrize("number", rooms.modules("checks"))
def test_a_lesson_has_two_questions_for_discussion(number):
    text = (rooms.FOLDER / f"n{number}" / "discussion.md").read_text("utf-8")
    assert re.findall(r"^(\d)\. ", text, re.MULTILINE) == ["1", "2"]
    assert text.count("*Listen for*: ") == 2


def test_the_key_fails_where_a_check_does_not_accept_the_solution(tmp_path):
    cells = []
    for number, solution in (("9.1", "return 2 * x"), ("9.2", "return x")):
        name = f"double_{number[-1]}"
        hint = "<details><summary>Hint</summary>\n\nTwice.\n\n</details>"
        fold = (
            "<details><summary>Solution</summary>\n\n```python\n"
            f"def {name}(x):\n    {solution}\n```\n\n</details>"
        )
        mark = f"'✓' if {name}(2) == 4 else '✗'"
        cells += [
            new_markdown_cell(f"### Exercise {number} ★ · Double"),
            new_code_cell(f"def {name}(x):\n    ..."),
            new_code_cell(f"print({mark}, 'Exercise {number}: double')"),
            new_markdown_cell(hint),
            new_markdown_cell(fold),
        ]
    path = tmp_path / "09_double.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    notebook, refused = key.solved(path)
    assert refused == ["09_double.ipynb: ✗ Exercise 9.2: double"]
    assert notebook.cells[1].source == "def double_1(x):\n    return 2 * x"


@pytest.mark.thorough
def test_the_key_of_a_lesson_is_solved_and_run(tmp_path):
    stem = PATHS[2].stem
    assert key.main([stem, "--folder", str(tmp_path / "key")]) == 0
    notebook = nbformat.read(tmp_path / "key" / f"{stem}.ipynb", as_version=4)
    said = [o.get("text", "") for c in notebook.cells for o in c.get("outputs", [])]
    solved = [line for line in said if line.startswith("✓ Exercise")]
    assert len(solved) == len(handout.notebook_exercises(PATHS[2]))
    assert (tmp_path / "key" / f"{stem}.md").is_file()


# --- the pages ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """All pages."""
    folder = tmp_path_factory.mktemp("site")
    pages.write(folder)
    return folder


@each_notebook
def test_a_page_loads_nothing_and_its_links_lead_somewhere(path, site):
    page = BeautifulSoup((site / f"{path.stem}.html").read_text("utf-8"), "html.parser")
    assert not page.find_all(["script", "link", "iframe", "object"])
    assert "url(" not in page.style.text and "@import" not in page.style.text
    assert all(e["src"].startswith("data:") for e in page.select("[src]"))
    for link in page.select("a[href]"):
        name, _, anchor = link["href"].partition("#")
        if "://" in name:
            continue
        target = (site / (name or f"{path.stem}.html")).read_text("utf-8")
        assert not anchor or f'id="{anchor}"' in target, link
    around = [link["href"] for link in page.select("p a")]
    stems = [lesson.stem for lesson in LESSONS]
    if path.stem in stems:
        at = stems.index(path.stem)
        neighbours = stems[max(at - 1, 0) : at] + stems[at + 1 : at + 2]
    else:
        (aside,) = (page for page in load(ROOT / "notebooks") if page.stem == path.stem)
        neighbours = aside.linked_from
    assert neighbours and all(around.count(f"{s}.html") >= 2 for s in neighbours)


@each_notebook
def test_a_page_has_its_formulas_pictures_and_folds(path, site):
    page = BeautifulSoup((site / f"{path.stem}.html").read_text("utf-8"), "html.parser")
    prose = markdown(path)
    code = re.sub(r"```.*?```|`[^`\n]*`", "", prose, flags=re.DOTALL)
    formulas = re.findall(r"\$\$.+?\$\$|\$[^$\n]+\$", code, re.DOTALL)
    assert len(page.select("math")) == len(formulas)
    shown = page.main.get_text()
    assert not re.search(r"\\(frac|tfrac|tanh|text|sqrt)", shown)
    assert len(page.select("details > summary")) == prose.count("<summary>")
    assert all("scroll" in table.parent["class"] for table in page.select("table"))
    assert page.title.text == markdown(path).splitlines()[0].removeprefix("# ")
    outputs = [
        output
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
    ]
    drawn = [
        anatomy.alt_text(output)
        for output in outputs
        if anatomy.FIGURE_DATA in output.get("data", {})
    ]
    alts = [html.unescape(image["alt"]) for image in page.select("img")]
    labs = [
        alt for alt in alts if alt.startswith(f"The lab of notebook {path.stem[:2]}")
    ]
    assert [alt for alt in alts if alt not in labs] == drawn
    sentences = [
        output.data["text/plain"]
        for output in outputs
        if refresh.WIDGET_VIEW in output.get("data", {})
        and output.data["text/plain"].startswith("[")
    ]
    assert len(labs) == len(sentences)
    assert all(sentence.strip("[]") in shown for sentence in sentences)


def test_committed_pictures_of_labs_are_small():
    sizes = [path.stat().st_size for path in pages.IMAGES.glob("lab_*.png")]
    assert sizes and max(sizes) <= 60_000


@pytest.mark.thorough
@pytest.mark.skipif(find_chromium() is None, reason="no Chromium was found")
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_fit_a_phone_and_a_desk_without_a_network(site, width):
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--host-resolver-rules=MAP * ~NOTFOUND",
            ],
        )
        for path in sorted(site.glob("*.html")):
            page = browser.new_page(viewport={"width": width, "height": 900})
            asked, errors = [], []
            page.on("request", lambda request, to=asked: to.append(request.url))
            page.on("pageerror", lambda error, to=errors: to.append(error))
            page.goto(path.as_uri())
            page.evaluate(
                "document.querySelectorAll('details').forEach(d => d.open = 1)"
            )
            elsewhere = [url for url in asked if not url.startswith("data:")]
            assert elsewhere == [path.as_uri()] and not errors
            assert page.evaluate("document.documentElement.scrollWidth") == width
            images = page.evaluate(
                "[...document.images].map(i => i.getBoundingClientRect().width)"
            )
            for image in images:
                assert image == width if width < 600 else image <= 900
            findings = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
            assert not findings.response["violations"], findings.generate_report()
            page.close()
        browser.close()
