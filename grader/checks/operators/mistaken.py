"""What typical mistakes with operators give at a point: the other product, a direction of ones, sums that go on.

They are worked out where an answer is wrong, beside those that the bundle holds (broken rules) and those of layout and
factor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from grader.checks.judgement import Comparison
from grader.checks.operators import overwriting
from grader.checks.operators.questions import problem_of
from grader.domain.assignment import Task
from reference.bundle import Point
from reference.problem import Problem
from reference.tape import Tape

Array: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]


def with_wrong_answers(task: Task, program: str, comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The same, with the points knowing more wrong answers."""
    problem = problem_of(task, program)
    return tuple(replace(item, point=_extended(problem, item.point)) for item in comparisons)


def _extended(problem: Problem, point: Point) -> Point:
    with np.errstate(all="ignore"):
        wrong = _OF[problem.ask](problem, point) if problem.ask in _OF else {}
        wrong |= overwriting.wrong_answers(problem, point)
    return replace(point, wrong={**wrong, **point.wrong})


def _rows(problem: Problem, point: Point, x: Array | None = None) -> Array:
    """The Jacobian (m, n); of a scalar f one row."""
    values: dict[str, Any] = {**problem.sizes(point.inputs), **point.inputs}
    if x is not None:
        values[problem.wrt] = x
    tape = Tape(problem.lets, problem.f, values, np)
    count = int(np.size(tape.value))
    bars = np.eye(count).reshape(count, *np.shape(tape.value))
    rows = [np.asarray(tape.adjoint(problem.wrt, bar)).ravel() for bar in bars]
    return np.array(rows)


def _vjp(problem: Problem, point: Point) -> dict[str, Array]:
    rows, u = _rows(problem, point), np.ravel(point.inputs[problem.along])
    square = {"jvp-for-vjp": rows @ u} if len(rows) == len(rows.T) else {}
    ones = {"cotangent.ones": rows.sum(axis=0)}
    return {**square, **ones, "cotangent.first": rows[0] * u[0], "cotangent.spread": rows.sum(axis=0) * u.sum()}


def _jvp(problem: Problem, point: Point) -> dict[str, Array]:
    rows, v, shape = _rows(problem, point), point.inputs[problem.along], point.expected.shape
    square = {"vjp-for-jvp": rows.T @ v} if len(rows) == len(rows.T) else {}
    return {**square, "direction.ones": rows.sum(axis=1).reshape(shape), "jacobian-for-jvp": rows}


def _jacobian(problem: Problem, point: Point) -> dict[str, Array]:
    rows = _rows(problem, point)
    kept = {"rows-accumulated": np.cumsum(rows, axis=0), "seeds-kept": np.cumsum(rows, axis=1)}
    return {name: problem.in_layout(wrong) for name, wrong in kept.items()}


def _gradient(problem: Problem, point: Point) -> dict[str, Array]:
    return {"seeds-kept": np.cumsum(_rows(problem, point)[0]).reshape(point.expected.shape)}


def _hvp(problem: Problem, point: Point) -> dict[str, Array]:
    gradient, v = _rows(problem, point)[0], point.inputs[problem.along]
    found = {"gradient-for-hvp": gradient, "gradient-times-direction": gradient * v}
    hessian = _hessian(problem, point)
    if hessian is not None:
        found |= {"direction.ones": hessian.sum(axis=1), "hvp.diagonal": np.diag(hessian) * v}
    return found


def _second(problem: Problem, point: Point) -> dict[str, Array]:
    slope = _rows(problem, point).reshape(point.expected.shape)
    return {"first-derivative": slope, "slope-squared": slope**2}


def _hessian(problem: Problem, point: Point) -> Array | None:
    """By complex steps of the gradient, which cost no digits; None where some rule has no complex form."""
    x = point.inputs[problem.wrt]
    try:
        columns = [_rows(problem, point, x + 1e-100j * unit)[0].imag / 1e-100 for unit in np.eye(len(x))]
    except TypeError:
        return None
    return np.array(columns)


_OF: dict[str, Callable[[Problem, Point], dict[str, Array]]] = {
    "vjp": _vjp, "jvp": _jvp, "jacobian": _jacobian, "gradient": _gradient, "hvp": _hvp, "hessian": _second,
}  # fmt: skip
