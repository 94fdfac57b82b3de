"""The house: which module may import which, and how large each part may be."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from charrnn_helpers import lessons

PACKAGE = Path(lessons.__path__[0]).parent
# From the ground up: a module imports from its own storey or from one below.
STOREYS = (
    ("_validate",),
    ("_files", "data", "environment"),
    ("models",),
    ("training", "sampling", "fast", "diagnosis", "gradients", "evaluation"),
    ("running", "names", "corpus", "plotting", "longtext", "longrun"),
    ("exercises", "lab"),
    ("lessons", "__main__"),
)
# What serves the lessons and is not taught in one. A taught module is as long as its
# lesson needs; these only grow if somebody lets them.
KITS = (
    "_files",
    "_validate",
    "diagnosis",
    "environment",
    "exercises",
    "lab",
    "plotting",
)
LINES_OF_KITS = 5_800
FILES = sorted(PACKAGE.rglob("*.py"))


def part_of(module: str) -> str:
    """The first name under charrnn_helpers: plotting of charrnn_helpers.plotting.x."""
    return module.split(".")[1] if "." in module else ""


def imported(path: Path) -> set[str]:
    """The modules of the package that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{a.name}" for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.startswith("charrnn_helpers.")}


def storey(part: str) -> int:
    """The number of a part's storey."""
    return next(n for n, parts in enumerate(STOREYS) if part in parts)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_arrow_points_upward_and_no_room_leads_to_another(path):
    inside = path.relative_to(PACKAGE).with_suffix("").parts
    if inside == ("__init__",):
        return
    for name in imported(path):
        part = part_of(name)
        if inside[0] == "environment" and part == "plotting":
            continue  # inside the set-up, which styles the figures
        if part not in {p for parts in STOREYS for p in parts}:
            continue  # a function of the package itself
        assert storey(part) <= storey(inside[0]), f"imports {name}"
        if inside[0] == part == "lessons" and name.count(".") > 1:
            assert name.split(".")[2] == inside[1], f"imports {name}"


def test_every_part_has_its_storey():
    parts = {path.relative_to(PACKAGE).with_suffix("").parts[0] for path in FILES}
    assert parts - {"__init__"} <= {part for parts in STOREYS for part in parts}


def test_the_kits_stay_small():
    lines = [
        len(path.read_text(encoding="utf-8").splitlines())
        for path in FILES
        if path.relative_to(PACKAGE).with_suffix("").parts[0] in KITS
    ]
    assert 0 < sum(lines) <= LINES_OF_KITS
