"""The last digits of a zero: Newton's method with residuals in many digits.

The matrix may stay in float64, as in iterative refinement: each step then gains about sixteen digits less those that
its condition costs. At a singular zero of multiplicity p Newton's method only takes the error times 1 - 1/p, whatever
the digits; there the matrix is taken in many digits as well, and that ratio, once seen, tells where the steps lead
(Aitken's extrapolation; Ortega and Rheinboldt, Iterative Solution of Nonlinear Equations, section 10.2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reference.curvature import ExactSystem, exact_matrix
from reference.differentiable import Differentiable
from reference.lagrangian import combined
from reference.points import Array
from reference.tolerance import ALLOWED_UNITS
from reference.truth import DIFFERENCE_DIGITS, DIGITS, Exact, NoRealValue, Numbers

_REFINEMENTS = 10
_SINGULAR_STEPS = 30
_PATIENCE = 4
_SLOW = 0.7
"""Every so many steps those towards a zero become so much shorter; towards one at infinity they do not."""
_SINGULAR = 1e-5
"""A zero known to a third of the digits has a matrix that is singular to about this."""
_NOTHING = 1e-25
"""An entry below this part of the others is zero."""
_NOTHING_SINGULAR = 1e-15
_SETTLED = 1e-20
_SETTLED_SINGULAR = 1e-12
_FLAT = 1e-70
_TAIL = 1e4
"""Sizes of the problem beyond which what looks singular is a tail that falls to zero."""
_LINEAR = (0.3, 0.97)
"""Ratios of the lengths of two steps that tell of a multiple zero."""

NO_VALUE = (ZeroDivisionError, NoRealValue, OverflowError, np.linalg.LinAlgError)


@dataclass(frozen=True)
class Polished:
    """A zero z = (x, lam), rounded to float64."""

    z: Array
    converged: bool
    regular: bool
    """whether dF/dz is regular there, so that the zero is isolated and known to the last digit"""


def polish(problem: Differentiable, z: Array, size: float = 0.0) -> Polished:
    """The zero of F beside z. `size` is a length of x that matters to the problem, should x itself be zero."""
    d = problem.size
    units = _units(problem, z, size)
    refined = _attempt(lambda: _refine(problem, z, units)) if _balance(problem, z) > _SINGULAR else None
    # A matrix may look regular beside a zero where it vanishes altogether; Newton's method then does not settle.
    is_singular = refined is None
    if refined is None and np.max(np.abs(z[:d])) <= _TAIL * (size or units[0]):
        refined = _attempt(lambda: creep(problem.system_in, z, units))
    if refined is None or np.max(np.abs((refined - z)[:d])) > 2 * units[0]:
        return Polished(z, converged=False, regular=False)
    if not problem.residual(refined[:d], refined[d:]) <= ALLOWED_UNITS:
        return Polished(z, converged=False, regular=False)
    return Polished(refined, converged=True, regular=not is_singular)


def _attempt(compute: Callable[[], Array | None]) -> Array | None:
    try:
        return compute()
    except NO_VALUE:
        return None


def _balance(problem: Differentiable, z: Array) -> float:
    """The smallest singular value of dF/dz over the largest, free of the units of f and g."""
    matrix = problem.balanced(z[: problem.size], z[problem.size :])[0]
    if not np.all(np.isfinite(matrix)):
        return 0.0
    singular = np.linalg.svd(matrix, compute_uv=False)
    return float(singular[-1] / singular[0]) if singular[0] else 0.0


def _units(problem: Differentiable, z: Array, size: float) -> Array:
    """A length for every entry of z: one for all of x, and for lam_i that times what x does to it."""
    d = problem.size
    length = max(size, float(np.max(np.abs(z[:d])))) or 1.0
    right = problem.balanced(z[:d], z[d:])[2]
    slope = np.sum(np.abs(z[d:] * right[d:]))
    return np.concatenate([np.full(d, length), max(length, slope) / right[d:]])


def exact_dependence(problem: Differentiable, z: Numbers, library: Exact) -> Numbers:
    """(w^T J, g, w^T w - 1) at z = (x, w): its zeros are the feasible points where J loses rank."""
    x, w = z[: problem.size], z[problem.size :]
    values, rows = problem.slopes(x, problem.constraints, library)
    return np.concatenate([combined(w, rows, x), values, [w @ w - 1]])


def _refine(problem: Differentiable, z: Array, units: Array) -> Array | None:
    """Newton's steps with a float64 matrix and exact residuals; None where they do not settle."""
    library, d = Exact(DIGITS), problem.size
    exact, last, first = library.asarray(z), np.inf, 0.0
    for _ in range(_REFINEMENTS):
        rounded = exact.astype(np.float64)
        matrix, left, right = problem.balanced(rounded[:d], rounded[d:])
        if not np.all(np.isfinite(matrix)):
            return None
        residual = problem.system_in(exact, library) / left
        largest = np.max(np.abs(residual)) or library.context.mpf(1)
        change = largest * library.asarray(np.linalg.solve(matrix, (residual / largest).astype(np.float64))) / right
        exact = exact - change
        last = float(np.max(np.abs(change[:d])))
        first = max(first, last)
        size = max(float(np.max(np.abs(exact[:d]))), first)
        if last <= _SETTLED * size:
            return _rounded(exact, units * size / units[0], _NOTHING)
    return None


def _rounded(exact: Numbers, units: Array, part: float) -> Array:
    found = np.asarray(exact.astype(np.float64))
    return np.where(np.abs(found) <= part * units, 0.0, found)


def creep(system: ExactSystem, z: Array, units: Array) -> Array | None:
    """Gauss-Newton steps of least norm in many digits towards a singular zero; None where they do not settle.

    `units` (n,) are lengths of the entries of z. Along a curve of zeros nothing moves. Raises what the system raises.
    """
    library = Exact(DIFFERENCE_DIGITS)
    exact, before, earlier = library.asarray(z), np.inf, np.inf
    for number in range(_SINGULAR_STEPS):
        change, left = _least_norm(exact_matrix(system, exact, units, library), system(exact, library), library)
        length = float(np.max(np.abs(change)))
        if number % _PATIENCE == 0:
            if number and max(length, left) > _SLOW * earlier:
                return None
            earlier = max(length, left)
        if _LINEAR[0] < length / before < _LINEAR[1]:
            change = change / (1 - length / before)
            # The next step is short because of the extrapolation, and says nothing about the ratio.
            before = np.inf
        else:
            before = length or np.inf
        exact = exact - change * units
        if length <= _SETTLED:
            break
    return _rounded(exact, units, _NOTHING_SINGULAR) if max(length, left) <= _SETTLED_SINGULAR else None


def _least_norm(matrix: Numbers, residual: Numbers, library: Exact) -> tuple[Numbers, float]:
    """(M^T M + tiny)^-1 M^T r with rows of length one: a step that a singular matrix does not blow up; and max |r|."""
    rows = np.array([library.context.sqrt(row @ row) or library.context.mpf(1) for row in matrix])
    matrix, residual = matrix / rows[:, None], residual / rows
    normal = matrix.T @ matrix
    tiny = library.context.mpf(_FLAT) * (np.max(np.abs(np.diag(normal))) or 1)
    step = library.linalg.solve(normal + tiny * np.eye(len(normal), dtype=object), matrix.T @ residual)
    return step, float(np.max(np.abs(residual)))
