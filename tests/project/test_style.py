"""Sizes and habits that keep the code readable for the next person."""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

# migrations are written by Django
SOURCES = sorted(
    path for top in ("grader", "reference") for path in (ROOT / top).rglob("*.py") if path.parent.name != "migrations"
)
BANNED_NAMES = {"utils", "helpers", "manager", "common", "misc"}
BANNED_CALLS = re.compile(r"\b(pickle|marshal)\b|\beval\(|yaml\.load\(|allow_pickle=True|shell=True|os\.system\(")


def function_lengths(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(f"{path.name}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions]


def test_functions_are_short() -> None:
    lengths = dict(pair for path in SOURCES for pair in function_lengths(path))
    ordered = sorted(lengths.values())
    assert statistics.median(ordered) <= 8
    assert ordered[int(0.9 * len(ordered))] <= 30
    assert not {name: length for name, length in lengths.items() if length > 60}


def test_modules_are_short() -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    ordered = sorted(lengths.values())
    assert ordered[int(0.9 * len(ordered))] <= 250
    assert not {name: length for name, length in lengths.items() if length > 400}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_and_keeps_the_habits(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module starts with a sentence about itself"
    assert path.stem not in BANNED_NAMES
    inside = "inside" in path.parts
    found = [match[0] for match in BANNED_CALLS.finditer(text) if not inside]
    code = [line for line in text.splitlines() if not line.strip().startswith(("#", '"""'))]
    assert not found or not any(BANNED_CALLS.search(line) and "no pickle" not in line for line in code), found
    assert inside or not re.search(r"(?<![\w.])exec\(", text)
    assert not re.search(r"(?<![\w.])print\(", text), "use the terminal renderer, or logging"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_public_things_have_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [
        node for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]  # fmt: skip
    assert not [node.name for node in public if not ast.get_docstring(node)]


def documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_every_yaml_block_of_the_docs_is_yaml(path: Path) -> None:
    for block in re.findall(r"```yaml\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        assert yaml.safe_load(block) is not None


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_changelog_knows_the_version() -> None:
    from grader import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
