"""The table of task kinds."""

from __future__ import annotations

from types import ModuleType

from grader.checks import derivative, lagrangian

KINDS: dict[str, ModuleType] = {"derivative": derivative, "lagrangian": lagrangian}
"""`grader.checks` says what such a module has."""
