"""Numerical differentiation: the schemes of the course, what each needs to know of f, and how well it can do.

A scheme moves one entry of x at a time by a step h:

    forward       (f(x + h e) - f(x)) / h              error h |f''| / 2 and rounding 2 eps / h
    central       (f(x + h e) - f(x - h e)) / (2 h)    error h^2 |f'''| / 6 and rounding eps / h
    complex-step  Im f(x + i h e) / h                  error h^2 |f'''| / 6 and no cancellation
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from reference.numeric import evaluate
from reference.points import Array
from reference.problem import Problem
from reference.schemes import Differencing, whole
from reference.tolerance import ROUNDING

Function = Callable[[Any], Any]
"""of one number or array, complex where a scheme needs that"""


def allowed_evaluations(asked: Differencing, size: int) -> int:
    """How often f may be called for an x of so many entries."""
    assert asked.evaluations is not None
    with np.errstate(all="ignore"):
        return whole(asked.evaluations.text, evaluate(asked.evaluations, {"n": size}, np))


def function_of(problem: Problem, inputs: Mapping[str, Array]) -> Function:
    """f as a function of the variable alone. It raises ArithmeticError where there is no value."""

    def f(x: Any) -> Any:
        names = {**problem.sizes(inputs), **inputs, problem.wrt: np.asarray(x)}
        try:
            for name, let in problem.lets:
                names[name] = evaluate(let, names, np)
            value = evaluate(problem.f, names, np)
            return complex(value) if np.iscomplexobj(value) else float(value)
        # A student may look anywhere; what the functions say to that is theirs to know.
        except (ArithmeticError, ValueError, TypeError) as error:
            raise ArithmeticError(f"f has no value there: {error}") from None

    return f


def _moved(x: Array, k: int, step: complex) -> Array:
    moved = np.array(x, dtype=np.result_type(x, type(step)))
    moved.flat[k] += step
    return moved


def quotient(scheme: str, f: Function, x: Array, h: float) -> Array:
    """The difference quotient of a scheme in every entry of x, of the shape of x."""
    with np.errstate(all="ignore"):
        found = [_QUOTIENTS[scheme](f, x, k, h) for k in range(x.size)]
    return np.array(found, dtype=np.float64).reshape(x.shape)


def _forward(f: Function, x: Array, k: int, h: float) -> float:
    return float((f(_moved(x, k, h)) - f(x)) / h)


def _central(f: Function, x: Array, k: int, h: float) -> float:
    return float((f(_moved(x, k, h)) - f(_moved(x, k, -h))) / (2 * h))


def _complex(f: Function, x: Array, k: int, h: float) -> float:
    return float(np.imag(f(_moved(x, k, 1j * h))) / h)


_QUOTIENTS: dict[str, Callable[[Function, Array, int, float], float]] = {
    "forward": _forward,
    "central": _central,
    "complex-step": _complex,
}


def rounding(f: Function, x: Array, h: float, slope: Array) -> Array:
    """What one rounding of f, of the moved entries and of the result does to a quotient, of the shape of x.

    (u |f| + u |f'| |x|) / h + u |D|, with the normwise floor of `tolerance.base`.
    """
    size = abs(f(x)) + float(np.sum(np.abs(slope * x)))
    unit = ROUNDING * (size / h + np.abs(slope))
    return np.asarray(np.maximum(unit, ROUNDING * float(np.max(np.abs(slope), initial=0.0))))


def best_step(scheme: str, x: Array) -> float:
    """About where truncation and rounding are equal: u^(1/2) forward, u^(1/3) central, times the size of x."""
    power = {"forward": 1 / 2, "central": 1 / 3}.get(scheme, 1 / 3)
    return float(ROUNDING**power * max(1.0, float(np.max(np.abs(x), initial=0.0))))
