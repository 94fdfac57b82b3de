"""The repository as a whole: what is pinned, what is promised, what is left out."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import refresh
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parents[1]
# Paths that exist on one machine, put together here, so that this file passes too.
PLACES = ("home", "root", "work", "opt", "Users", "tmp", "mnt")
MACHINE_PATH = re.compile(r"(?<![\w.~/:*-])/(?:" + "|".join(PLACES) + r")/[\w.]+")
PIN = re.compile(r"[A-Za-z0-9._-]+==[0-9][\w.+!]*( ; .+)?")


def tracked_files() -> list[str]:
    """The files that git tracks or would add, or all but the built ones without git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    built = {".venv", ".git", "build", "site", "__pycache__"}
    return [
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*")
        if path.is_file() and not built & set(path.parts)
    ]


def lines_of(name: str) -> list[str]:
    """The lines of a requirements file that are no comments."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def test_no_tracked_file_holds_a_path_of_one_machine():
    found = []
    for name in tracked_files():
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {match}" for match in MACHINE_PATH.findall(text)]
    assert not found


@pytest.mark.parametrize("start", ["", "in ", "'"])
@pytest.mark.parametrize("folder", ["home", "root", "tmp"])
def test_a_path_of_one_machine_would_be_found(start, folder):
    assert MACHINE_PATH.search(f"{start}/{folder}/ada.txt")


def test_every_requirement_is_pinned_exactly():
    lines = lines_of("requirements.txt")
    options = [line for line in lines if line.startswith("-")]
    assert options == ["-c constraints.txt", "-e ."]
    pins = [line for line in lines if line not in options]
    assert pins and all(PIN.fullmatch(line) for line in pins), pins


def test_every_constraint_is_a_pin_and_none_is_for_cuda():
    lines = lines_of("constraints.txt")
    assert all(PIN.fullmatch(line) for line in lines)
    names = [line.split("==")[0] for line in lines]
    assert not [n for n in names if re.match(r"(nvidia|cuda|triton|torch)", n)]
    assert names == sorted(names)


def test_no_package_is_pinned_twice():
    wanted = {line.split("==")[0] for line in lines_of("requirements.txt")}
    assert not wanted & {line.split("==")[0] for line in lines_of("constraints.txt")}


def test_make_help_lists_every_command():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split()
    described = re.findall(r"^([a-z]+):.*## \w", makefile, re.MULTILINE)
    assert sorted(described) == sorted(phony)
    wanted = {"lab", "test", "refresh", "lint", "format", "html", "clean", "bench"}
    assert wanted <= set(phony)
    scripts = re.findall(r"python (tests/\S+\.py|\.ci/\S+\.py)", makefile)
    assert scripts and all((ROOT / script).is_file() for script in scripts), scripts


def test_an_old_python_can_read_the_bootstrap_script():
    source = (ROOT / ".ci" / "bootstrap.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 4))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]


@pytest.fixture
def bootstrap():
    path = ROOT / ".ci" / "bootstrap.py"
    spec = importlib.util.spec_from_file_location("bootstrap", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("version", "why"), [((3, 10, 13), "too old"), ((3, 14, 0), "too new")]
)
def test_an_unsupported_python_gets_a_sentence(bootstrap, monkeypatch, version, why):
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit, match=why) as refused:
        bootstrap.main()
    assert "Python 3.11, 3.12 or 3.13 is needed" in str(refused.value)


def test_the_supported_pythons_are_the_same_everywhere(bootstrap, monkeypatch):
    assert bootstrap.SUPPORTED == ((3, 11), (3, 12), (3, 13))
    for version in bootstrap.SUPPORTED:
        monkeypatch.setattr(sys, "version_info", version)
        bootstrap.check()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["requires-python"] == ">=3.11,<3.14"
    tried = "python3.13 python3.12 python3.11 python3"
    for name in ("Makefile", ".ci/run"):
        assert tried in (ROOT / name).read_text(encoding="utf-8")


def test_the_continuous_run_calls_make_test():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "make test"


@pytest.fixture
def small_notebook(tmp_path) -> Path:
    """A notebook with what tends to differ between two runs."""
    cells = [
        new_markdown_cell("# Small"),
        new_code_cell(
            "import sys, time\n"
            "import ipywidgets as widgets\n"
            "slider = widgets.IntSlider(value=3, description='k')\n"
            "label = widgets.HTML('x')\n"
            "slider.observe(lambda c: setattr(label, 'value', str(c.new)), 'value')\n"
            "widgets.VBox([slider, label])"
        ),
        new_code_cell(
            "slider.value = 7\n"
            "print(label.value)\nsys.stdout.flush()\ntime.sleep(0.2)\nprint('end')"
        ),
        new_code_cell("time.time()", metadata={"tags": ["nbval-ignore-output"]}),
        new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}),
        new_code_cell("import os\nos.environ['OMP_NUM_THREADS'].isdigit()"),
    ]
    path = tmp_path / "small.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_refresh_twice_gives_the_same_bytes(small_notebook):
    assert refresh.main([str(small_notebook)]) == 0
    first = small_notebook.read_bytes()
    assert refresh.main(["--check", str(small_notebook)]) == 0
    assert refresh.main([str(small_notebook)]) == 0
    assert small_notebook.read_bytes() == first
    notebook = nbformat.reads(first.decode(), as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3, 4, 5]
    assert [cell.id for cell in notebook.cells] == [f"c{i:02d}" for i in range(6)]
    assert code[1].outputs[0].text == "7\nend\n" and len(code[1].outputs) == 1
    assert code[3].outputs[0].ename == "ZeroDivisionError"
    assert code[4].outputs[0].data["text/plain"] == "True"
    assert notebook.metadata.language_info == {"name": "python"}


def test_refresh_check_notices_a_stale_output(small_notebook):
    refresh.main([str(small_notebook)])
    text = small_notebook.read_text(encoding="utf-8").replace('"7\\n"', '"8\\n"')
    small_notebook.write_text(text, encoding="utf-8")
    assert refresh.main(["--check", str(small_notebook)]) == 1
    assert small_notebook.read_text(encoding="utf-8") == text


def test_a_time_is_taken_again_when_code_above_it_changes(small_notebook):
    """The tests do not compare it, so a stale one would stay for ever."""

    def taken() -> str:
        notebook = nbformat.read(small_notebook, as_version=4)
        return notebook.cells[3].outputs[0].data["text/plain"]

    refresh.main([str(small_notebook)])
    first = taken()
    text = small_notebook.read_text(encoding="utf-8")
    for old, new, kept in (("# Small", "# Tiny", True), ("(0.2)", "(0.1)", False)):
        assert old in text
        text = text.replace(old, new)
        small_notebook.write_text(text, encoding="utf-8")
        refresh.main([str(small_notebook)])
        assert (taken() == first) is kept


def test_refresh_names_the_cell_that_raises(small_notebook, capsys):
    notebook = nbformat.read(small_notebook, as_version=4)
    notebook.cells[4].metadata = {}
    nbformat.write(notebook, small_notebook)
    before = small_notebook.read_bytes()
    assert refresh.main([str(small_notebook)]) == 1
    assert small_notebook.read_bytes() == before
    captured = capsys.readouterr()
    assert "ZeroDivisionError" in captured.err and "small.ipynb" in captured.err


def test_the_package_is_the_one_of_this_repository():
    code = "import charrnn_helpers; print(charrnn_helpers.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "notebooks", capture_output=True
    )
    assert Path(done.stdout.decode().strip()).parent == ROOT / "charrnn_helpers"
