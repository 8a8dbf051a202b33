"""The table of task kinds."""

from __future__ import annotations

from types import ModuleType

from grader.checks import autodiff, derivative

KINDS: dict[str, ModuleType] = {"derivative": derivative, "autodiff": autodiff}
"""`grader.checks` says what such a module has."""
