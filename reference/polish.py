"""The last digits of a zero of F: Newton's method with residuals in fifty digits.

The matrix may stay in float64, as in iterative refinement: each step then gains about sixteen digits less those that
its condition costs. At a singular zero Newton's method only halves the error or so, whatever the digits; there the
matrix is taken in many digits as well, and many steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.lagrangian import RANK, Constrained
from reference.points import Array
from reference.tape import Tape
from reference.truth import DIFFERENCE_DIGITS, DIGITS, Exact, NoRealValue

_REFINEMENTS = 8
_SINGULAR_STEPS = 60
_STEP = 10.0**-40
_SINGULAR = 1e-5
"""A zero known to a third of the digits has a matrix that is singular to about this."""
_LARGEST = 1e-6
_NOTHING = 1e-40
"""What is left of a zero entry."""


@dataclass(frozen=True)
class Polished:
    """A zero z = (x, lam), rounded to float64."""

    z: Array
    converged: bool
    regular: bool
    """whether dF/dz is regular there, so that the zero is isolated and known to the last digit"""


def polish(problem: Constrained, z: Array) -> Polished:
    """The zero of F beside z."""
    singular = np.linalg.svd(problem.system_jacobian(*_split(problem, z)), compute_uv=False)
    is_regular = bool(singular[-1] > _SINGULAR * singular[0])
    refined = _refine(problem, z) if is_regular else _creep(problem, z)
    if refined is not None:
        refined = np.where(np.abs(refined) < _NOTHING, 0.0, refined)
    if refined is None or np.max(np.abs(refined - z)) > max(1.0, float(np.max(np.abs(z)))):
        return Polished(z, converged=False, regular=False)
    singular = np.linalg.svd(problem.system_jacobian(*_split(problem, refined)), compute_uv=False)
    return Polished(refined, converged=True, regular=bool(singular[-1] > RANK * singular[0]))


def _split(problem: Constrained, z: Array) -> tuple[Array, Array]:
    return z[: problem.size], z[problem.size :]


def _exact_system(problem: Constrained, z: Any, library: Exact) -> Any:
    """F in exact numbers, by the rules of the function table."""
    x, lam = z[: problem.size], z[problem.size :]
    tapes = [Tape(problem.lets, expression, {problem.unknown: x}, library) for expression in _all(problem)]
    slopes = [np.asarray(tape.adjoint(problem.unknown, 1), dtype=object) for tape in tapes]
    slope = slopes[0] + sum((problem.sign * weight * row for weight, row in zip(lam, slopes[1:], strict=True)), 0)
    values = [np.asarray(tape.value, dtype=object).reshape(()) for tape in tapes[1:]]
    return np.concatenate([slope, np.array([value.item() for value in values], dtype=object)])


def _all(problem: Constrained) -> list[Any]:
    return [problem.f, *problem.constraints]


def _refine(problem: Constrained, z: Array) -> Array | None:
    """Newton's steps with a float64 matrix and exact residuals; None where they do not settle."""
    library = Exact(DIGITS)
    exact = library.asarray(z)
    step = np.inf
    for _ in range(_REFINEMENTS):
        try:
            residual = _exact_system(problem, exact, library)
        except (ZeroDivisionError, NoRealValue, OverflowError):
            return None
        matrix = problem.system_jacobian(*_split(problem, exact.astype(np.float64)))
        size = library.context.mpf(float(np.max(np.abs(residual)))) or library.context.mpf(1)
        change = size * library.asarray(np.linalg.solve(matrix, (residual / size).astype(np.float64)))
        exact = exact - change
        step = float(np.max(np.abs(change)))
    return np.asarray(exact.astype(np.float64)) if step <= 1e-20 else None


def _creep(problem: Constrained, z: Array) -> Array | None:
    """Gauss-Newton steps of least norm in many digits towards a singular zero; along a curve of zeros nothing moves."""
    library = Exact(DIFFERENCE_DIGITS)
    exact = library.asarray(z)
    for _ in range(_SINGULAR_STEPS):
        try:
            residual = _exact_system(problem, exact, library)
            if np.max(np.abs(residual)) < library.context.mpf(10) ** -60:
                break
            matrix = _exact_matrix(problem, exact, library)
        except (ZeroDivisionError, NoRealValue, OverflowError):
            return None
        exact = exact - _least_norm(matrix, residual, library)
    found = np.asarray(exact.astype(np.float64))
    return found if np.max(np.abs(problem.system(*_split(problem, found)))) <= _LARGEST else None


def _exact_matrix(problem: Constrained, z: Any, library: Exact) -> Any:
    """dF/dz by differences of 10^-40."""
    step = library.context.mpf(_STEP)
    columns = []
    for unit in np.eye(len(z), dtype=object):
        ahead, behind = (_exact_system(problem, z + sign * step * unit, library) for sign in (1, -1))
        columns.append((ahead - behind) / (2 * step))
    return np.stack(columns, axis=1)


def _least_norm(matrix: Any, residual: Any, library: Exact) -> Any:
    """(M^T M + tiny)^-1 M^T r: a least-squares step that a singular matrix does not blow up."""
    normal = matrix.T @ matrix
    tiny = library.context.mpf(10) ** -45 * np.max(np.abs(np.diag(normal)))
    return library.linalg.solve(normal + tiny * np.eye(len(normal), dtype=object), matrix.T @ residual)
