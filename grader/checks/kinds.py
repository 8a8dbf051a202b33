"""The table of task kinds."""

from __future__ import annotations

from types import ModuleType

from grader.checks import derivative, operators

KINDS: dict[str, ModuleType] = {"derivative": derivative, "autodiff.operator": operators}
"""`grader.checks` says what such a module has."""
