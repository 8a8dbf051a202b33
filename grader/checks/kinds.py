"""The table of task kinds."""

from __future__ import annotations

from types import ModuleType

from grader.checks import derivative, numerical, operators

KINDS: dict[str, ModuleType] = {
    "derivative": derivative, "numerical": numerical, "autodiff.operator": operators,
}  # fmt: skip
"""`grader.checks` says what such a module has."""
