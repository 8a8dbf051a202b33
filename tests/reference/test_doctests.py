"""The examples in docstrings and on the page about the engine are true."""

from __future__ import annotations

import doctest
import importlib

import pytest

from tests.conftest import ROOT

WITH_EXAMPLES = sorted(
    path.stem for path in (ROOT / "reference").glob("*.py") if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_of_a_module(name: str) -> None:
    found = doctest.testmod(importlib.import_module(f"reference.{name}"))
    assert found.attempted > 0
    assert found.failed == 0


def test_there_are_some() -> None:
    assert {"check", "derivatives"} <= set(WITH_EXAMPLES)


def test_of_the_page() -> None:
    found = doctest.testfile(str(ROOT / "docs" / "reference.md"), module_relative=False)
    assert found.attempted >= 15
    assert found.failed == 0
