"""An expression as a function of torch tensors: at a point, and along a line through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import torch

from reference.affine import split
from reference.language import Expression
from reference.numeric import as_array, evaluate
from reference.problem import Problem
from reference.rounding import SMALLEST_SCALE

Function: TypeAlias = Callable[[Any, dict[str, Any]], Any]
"""(variable, other inputs by name) -> tensor, at one point"""
Line: TypeAlias = Callable[[Any, dict[str, Any], Any, Any], Any]
"""(variable, other inputs by name, direction, steps) -> tensor with a row for each step, at one point"""

_TINY, _PART = 2.0**-500, 2.0**-4
DIRECTIONS, STEPS = "the directions", "the steps"
"""How those of `along_whole` travel among the inputs; no name of the language has a space in it."""


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


def along_whole(problem: Problem, sizes: dict[str, int]) -> Function:
    """f along the lines that are among the inputs, rounded as at single points: (directions, rows, *value)."""
    f = value_of(problem, sizes)

    def lines(x: Any, others: dict[str, Any]) -> Any:
        others = dict(others)
        directions, steps = others.pop(DIRECTIONS), others.pop(STEPS)

        def line(d: Any, row: Any) -> Any:
            return torch.func.vmap(lambda t: f(x + t * d, others))(row)

        return torch.func.vmap(line)(directions, steps)

    return lines


def values_along(problem: Problem, sizes: dict[str, int]) -> Line:
    """f along a line; what is affine in the variable is computed for two points of it.

    So the rounding of an affine part cannot be seen along the line: it shifts the value and tilts the slope, by what
    the rounding of f leaves in a difference over `length`. That is longer than the steps of differences.
    """
    parts = split(problem.lets, problem.f, problem.wrt)

    def inside(x: Any, others: dict[str, Any]) -> list[Any]:
        values = _named(parts.inner, {**sizes, **others, problem.wrt: x})
        return [as_array(evaluate(part, values, torch), torch) for _, part in parts.parts]

    def line(x: Any, others: dict[str, Any], d: Any, steps: Any) -> Any:
        # A part of the size of x, so that neither x nor d is rounded away and what is near overflow does not; but not
        # less than what differences move it by, since what stands beside a small x may be large.
        length = _PART * torch.clamp(_size(x), min=SMALLEST_SCALE) / _size(d)
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
