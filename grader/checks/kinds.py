"""The table of task kinds."""

from __future__ import annotations

from types import ModuleType

from grader.checks import autograd, derivative

KINDS: dict[str, ModuleType] = {"autograd": autograd, "derivative": derivative}
"""`grader.checks` says what such a module has."""
