"""An expression as a function of torch tensors: at a point, and along a line through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import torch

from reference.affine import split
from reference.language import Expression
from reference.numeric import as_array, evaluate
from reference.points import Array
from reference.problem import Problem
from reference.rounding import SMALLEST_SCALE

Function: TypeAlias = Callable[[Any, dict[str, Any]], Any]
"""(variable, other inputs by name) -> tensor, at one point"""
Line: TypeAlias = Callable[[Any, dict[str, Any], Any, Any], Any]
"""(variable, other inputs by name, direction, steps) -> tensor with a row for each step, at one point"""

How: TypeAlias = Callable[[Problem, dict[str, int]], Line]

_TINY, _PART = 2.0**-500, 2.0**-4


def value_of(problem: Problem, sizes: dict[str, int]) -> Function:
    """f as a function of the variable first and the other inputs by name; derivatives flow through `let`."""

    def f(variable: Any, others: dict[str, Any]) -> Any:
        values = _named(problem.lets, {**sizes, **others, problem.wrt: variable})
        return as_array(evaluate(problem.f, values, torch), torch)

    return f


def gradients_along(problem: Problem, sizes: dict[str, int]) -> Line:
    """The gradient of f along a line."""
    return _along(torch.func.grad(value_of(problem, sizes)))


def rounded_along(problem: Problem, sizes: dict[str, int]) -> Line:
    """f along a line, rounded at every step as at a single point, which is slower than `values_along`."""
    return _along(value_of(problem, sizes))


def _along(function: Function) -> Line:
    return lambda x, others, d, steps: torch.func.vmap(lambda t: function(x + t * d, others))(steps)


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


def to_array(tensor: Any) -> Array:
    """The numbers of a tensor on any device."""
    return np.asarray(tensor.detach().cpu().numpy())
