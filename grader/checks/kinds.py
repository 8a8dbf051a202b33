"""The table of task kinds."""

from __future__ import annotations

from types import ModuleType

from grader.checks import derivative, lagrangian, numerical, operators

KINDS: dict[str, ModuleType] = {
    "derivative": derivative, "numerical": numerical, "lagrangian": lagrangian, "autodiff.operator": operators,
}  # fmt: skip
"""`grader.checks` says what such a module has."""
