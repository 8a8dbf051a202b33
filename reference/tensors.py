"""An expression as a function of torch tensors: at a point, and along a line through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import torch

from reference.affine import split
from reference.language import Expression
from reference.numeric import as_array, evaluate
from reference.problem import Problem

Function: TypeAlias = Callable[[Any, dict[str, Any]], Any]
"""(variable, other inputs by name) -> tensor, at one point"""
Line: TypeAlias = Callable[[Any, dict[str, Any], Any, Any], Any]
"""(variable, other inputs by name, direction, steps) -> tensor with a row for each step, at one point"""

_TINY, _PART = 2.0**-500, 2.0**-4


def value_of(problem: Problem, sizes: dict[str, int]) -> Function:
    """f as a function of the variable first and the other inputs by name; derivatives flow through `let`."""

    def f(variable: Any, others: dict[str, Any]) -> Any:
        values = _named(problem.lets, {**sizes, **others, problem.wrt: variable})
        return as_array(evaluate(problem.f, values, torch), torch)

    return f


def gradients_along(problem: Problem, sizes: dict[str, int]) -> Line:
    """The gradient of f along a line."""
    gradient = torch.func.grad(value_of(problem, sizes))
    return lambda x, others, d, steps: torch.func.vmap(lambda t: gradient(x + t * d, others))(steps)


def values_along(problem: Problem, sizes: dict[str, int]) -> Line:
    """f along a line; what is affine in the variable is computed for two points of it."""
    parts = split(problem.lets, problem.f, problem.wrt)

    def inside(x: Any, others: dict[str, Any]) -> list[Any]:
        values = _named(parts.inner, {**sizes, **others, problem.wrt: x})
        return [as_array(evaluate(part, values, torch), torch) for _, part in parts.parts]

    def line(x: Any, others: dict[str, Any], d: Any, steps: Any) -> Any:
        # A part of the size of x, so that neither x nor d is rounded away and what is near overflow does not.
        length = _PART * _size(x) / _size(d)
        here = inside(x, others)
        slopes = [
            (there - at) / length for there, at in zip(inside(torch.addcmul(x, length, d), others), here, strict=True)
        ]

        def value(t: Any) -> Any:
            moved = [at + t * slope for at, slope in zip(here, slopes, strict=True)]
            bound = dict(zip((name for name, _ in parts.parts), moved, strict=True))
            return as_array(evaluate(parts.f, _named(parts.outer, {**sizes, **others, **bound}), torch), torch)

        return torch.func.vmap(value)(steps)

    return line


def _size(array: Any) -> Any:
    return torch.clamp(torch.amax(torch.abs(array)), min=_TINY)


def _named(lets: tuple[tuple[str, Expression], ...], values: dict[str, Any]) -> dict[str, Any]:
    """The values, and those of the named expressions in their order."""
    for name, expression in lets:
        values[name] = evaluate(expression, values, torch)
    return values
