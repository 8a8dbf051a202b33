"""The table of task kinds."""

from __future__ import annotations

from types import ModuleType

from grader.checks import autodiff, autograd, derivative, lagrangian, numerical, operators, tests

KINDS: dict[str, ModuleType] = {
    "derivative": derivative,
    "numerical": numerical,
    "lagrangian": lagrangian,
    "autodiff": autodiff,
    "autodiff.operator": operators,
    "autograd": autograd,
    "pytest": tests,
}
"""`grader.checks` says what such a module has."""
