"""Equality-constrained problems: Lagrangian, its gradient system, multipliers, residuals in units, second-order type.

    L(x, lam) = f(x) - lam^T g(x)          (or with +)
    F(x, lam) = (grad_x L, g)              its zeros are the stationary points

A stationary point is told a minimum from a saddle by the inertia of Z^T H Z, with H the Hessian of L in x and the
columns of Z a basis of the directions along the constraints (Nocedal and Wright, Numerical Optimization, section 12.5).
A number is called zero where it could be zero at a point that is as good as the one at hand. So whether a constraint's
gradient or a curvature vanishes does not change when f, a constraint or all of x is measured in other units.

First derivatives are those of the tape on numpy's arrays, and nothing here needs torch: a student's own point is judged
by this module as well. Who needs second derivatives of many points takes `differentiable.Differentiable`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from reference.constrained import ConstrainedProblem
from reference.language import Expression
from reference.points import Array
from reference.tape import Lets, Tape
from reference.tolerance import AMPLITUDE, PATTERNS, ROUNDING

RANK = 1e-9
"""A singular value below this part of the largest one is none."""
HALF_THE_DIGITS = 2.0**-26
"""An eigenvalue below this part of the Hessian's norm has no sign: the point is seldom known better."""
_REACH = 8.0
"""A zero of multiplicity p is p - 1 Newton steps further than one step."""
_NOISE = 1e-14


class NotUnique(Exception):
    """The gradients of the constraints are linearly dependent, so that the multipliers are not unique."""

    def __init__(self, sigma: float) -> None:
        super().__init__(
            "constraint Jacobian loses rank at the stationary point: multipliers are not unique "
            f"(sigma_min {sigma:.1g})"
        )
        self.sigma = sigma


@dataclass(frozen=True)
class Constrained:
    """min or max of f(x) subject to g(x) = 0, with x one vector of `size` entries called `unknown`.

    Arrays are float64: x (d,), lam (m,), systems (d + m,).
    """

    f: Expression
    constraints: tuple[Expression, ...]
    unknown: str
    size: int
    lets: Lets = ()
    sign: float = -1.0
    """of the multipliers in L: -1 for `f - lam*g`, +1 for `f + lam*g`"""

    @classmethod
    def of(cls, problem: ConstrainedProblem) -> Self:
        """The problem that an author wrote."""
        constraints = tuple(expression for _, expression in problem.constraints)
        return cls(problem.f, constraints, problem.unknown, problem.size, problem.lets, problem.sign)

    @property
    def count(self) -> int:
        """Of constraints, m."""
        return len(self.constraints)

    def slopes(self, x: Any, expressions: Sequence[Expression], library: Any) -> tuple[Any, list[Any]]:
        """Values and gradients of scalar expressions at x, by the rules of the function table, on any array library."""
        tapes = [Tape(self.lets, expression, {self.unknown: x}, library) for expression in expressions]
        rows = [library.asarray(tape.adjoint(self.unknown, 1.0)) for tape in tapes]
        return library.asarray([np.asarray(tape.value).item() for tape in tapes]), rows

    def system_in(self, z: Any, library: Any) -> Any:
        """F at z = (x, lam) on any array library."""
        x, lam = z[: self.size], z[self.size :]
        slope = self.slopes(x, [self.f], library)[1][0]
        values, rows = self.slopes(x, self.constraints, library)
        return np.concatenate([slope + combined(self.sign * lam, rows, x), values])

    def values_in(self, x: Any, library: Any) -> Any:
        """f and below it g, (1 + m,), on any array library."""
        tapes = [Tape(self.lets, expression, {self.unknown: x}, library) for expression in (self.f, *self.constraints)]
        return library.asarray([np.asarray(tape.value).item() for tape in tapes])

    def value_in(self, z: Any, library: Any) -> Any:
        """L at z = (x, lam) on any array library."""
        f, *g = self.values_in(z[: self.size], library)
        return f + self.sign * sum((lam * value for lam, value in zip(z[self.size :], g, strict=True)), 0 * f)

    def values(self, x: Array) -> Array:
        """f and below it g, (1 + m,)."""
        return np.asarray(self.values_in(np.asarray(x, dtype=np.float64), np))

    def value(self, x: Array, lam: Array) -> float:
        """L(x, lam)."""
        return float(self.value_in(_joined(x, lam), np))

    def objective(self, x: Array) -> float:
        """f(x)."""
        return float(self.values(x)[0])

    def system(self, x: Array, lam: Array) -> Array:
        """F(x, lam): the gradient in x, then the constraints."""
        return np.asarray(self.system_in(_joined(x, lam), np))

    def system_jacobian(self, x: Array, lam: Array) -> Array:
        """dF/d(x, lam), (d + m, d + m)."""
        return np.asarray(self._jacobians(_joined(x, lam)[None])[0])

    def _jacobians(self, points: Array) -> Array:
        """dF/dz at every z (k, d + m), by differences in exact numbers."""
        # Most gradings ask for no second derivative, and mpmath takes longer to import than they take.
        from reference.curvature import exact_jacobian

        return np.stack([exact_jacobian(self.system_in, z) for z in points])

    def _slopes_at(self, points: Array) -> Array:
        """The gradients of f and g at every x (k, d), (k, 1 + m, d)."""
        return np.stack([np.stack(self.slopes(x, (self.f, *self.constraints), np)[1]) for x in points])

    def gradients(self, x: Array) -> tuple[Array, Array]:
        """grad f (d,) and the Jacobian of g (m, d)."""
        found = self._slopes_at(np.array(x, dtype=np.float64)[None])[0]
        return found[0], found[1:]

    def sigma_min(self, x: Array) -> float:
        """The smallest singular value of the constraints' Jacobian; infinite without constraints."""
        return smallest(self.gradients(x)[1])

    def multipliers(self, x: Array) -> Array:
        """The least-squares solution of grad_x L = 0, exact where x is stationary. Raises NotUnique."""
        self.require_rank(x)
        slope, jacobian = self.gradients(x)
        rows = lengths(jacobian)
        return np.asarray(np.linalg.lstsq(-self.sign * (jacobian / rows[:, None]).T, slope, rcond=None)[0] / rows)

    def require_rank(self, x: Array) -> None:
        """Raises NotUnique where the constraints' gradients are dependent, or could be at a point as good as x."""
        if not self.count:
            return
        jacobian = self.gradients(x)[1]
        values = self.values(x)[1:]
        rows = lengths(jacobian)[:, None]
        step = np.asarray(-np.linalg.lstsq(jacobian / rows, values / rows[:, 0], rcond=_NOISE)[0])
        others = self._slopes_at(_nearby(x, step, len(x)))[:, 1:]
        others = others[np.all(np.isfinite(others), axis=(1, 2))]
        rows = np.max([lengths(other) for other in (jacobian, *others)], axis=0)[:, None]
        change = max((float(np.linalg.norm((other - jacobian) / rows, 2)) for other in others), default=0.0)
        if smallest(jacobian / rows) <= RANK + change:
            raise NotUnique(smallest(jacobian))

    def residual(self, x: Array, lam: Array) -> float:
        """max |F_i| in units."""
        return float(np.max(self.residuals(x, lam), initial=0.0))

    def residuals(self, x: Array, lam: Array) -> Array:
        """|F_i|, (d + m,), in units of what one rounding of every entry of x and lam does to F_i.

        The floor of a unit is u times the terms that were added up: |grad f| + |lam|^T |J| above, nothing below. Each
        block has floors of its own, so that neither hides what is off in the other.
        """
        z = _joined(x, lam)
        x, lam = z[: self.size], z[self.size :]
        with np.errstate(all="ignore"):
            values = self.system(x, lam)
            signs = np.random.default_rng(0).choice((-1.0, 1.0), (PATTERNS, len(z)))
            moved = np.stack([self.system_in(point, np) for point in z * (1 + AMPLITUDE * signs)])
            sigma = ROUNDING / AMPLITUDE * np.max(np.abs(moved - values), axis=0)
            slope, jacobian = self.gradients(x)
            terms = np.concatenate([np.abs(slope) + np.abs(lam) @ np.abs(jacobian), np.zeros(self.count)])
            unit = sigma + ROUNDING * (terms + np.abs(values))
            # A constraint through zero, as x[0] = 0 at x[0] = 0, rounds by nothing: the smallest step of x counts.
            smallest_step = ROUNDING * np.sum(np.abs(jacobian), axis=1) * float(np.max(np.abs(x), initial=0.0))
            floors = np.concatenate([np.full(self.size, np.max(unit[: self.size])), smallest_step])
            unit = np.maximum(unit, ROUNDING * floors)
            return np.asarray(np.where(values == 0, 0.0, np.abs(values) / unit))

    def balanced(self, x: Array, lam: Array) -> tuple[Array, Array, Array]:
        """dF/dz = R K C with K free of the units of f and g: K (d + m, d + m), R and C (d + m,).

        The blocks of K are H / |H| and the constraints' gradients, each of length one.
        """
        matrix = self.system_jacobian(x, lam)
        norm = _or_one(np.array(np.linalg.norm(matrix[: self.size, : self.size], 2)))
        rows = lengths(matrix[self.size :, : self.size])
        left = np.concatenate([np.full(self.size, norm), rows])
        right = np.concatenate([np.ones(self.size), rows / norm])
        return matrix / left[:, None] / right, left, right

    def newton_step(self, x: Array, lam: Array) -> Array:
        """The change of (x, lam) after which F would be zero, were it linear; the shortest one where many are."""
        matrix, left, right = self.balanced(x, lam)
        return np.asarray(-np.linalg.lstsq(matrix, self.system(x, lam) / left, rcond=_NOISE)[0] / right)

    def reduced_hessian(self, x: Array, lam: Array) -> tuple[Array, float]:
        """Eigenvalues of Z^T H Z, ascending, and the norm of H. Raises NotUnique."""
        self.require_rank(x)
        matrix = self.system_jacobian(x, lam)
        return self._curvatures(matrix), float(np.linalg.norm(matrix[: self.size, : self.size], 2))

    def _curvatures(self, matrix: Array) -> Array:
        """Eigenvalues of the reduced Hessian, from dF/dz."""
        tangent = np.linalg.svd(matrix[self.size :, : self.size])[2][self.count :].T
        hessian = matrix[: self.size, : self.size]
        return np.linalg.eigvalsh(tangent.T @ ((hessian + hessian.T) / 2) @ tangent)

    def _blur(self, x: Array, lam: Array, eigenvalues: Array) -> float:
        """How much the curvatures differ at points that are as good as this one."""
        matrices = self._jacobians(_nearby(np.concatenate([x, lam]), self.newton_step(x, lam), len(x)))
        if not np.all(np.isfinite(matrices)):
            return np.inf
        return max(float(np.max(np.abs(self._curvatures(m) - eigenvalues), initial=0.0)) for m in matrices)

    def classify(self, x: Array, lam: Array) -> str:
        """minimum | maximum | saddle | inconclusive, of a stationary point.

        Without a direction along the constraints the point is alone there, and the least there is: a minimum.
        """
        x, lam = np.asarray(x, np.float64), np.atleast_1d(np.asarray(lam, np.float64))
        try:
            eigenvalues, norm = self.reduced_hessian(x, lam)
        except NotUnique:
            return "inconclusive"
        threshold = HALF_THE_DIGITS * norm + self._blur(x, lam, eigenvalues)
        positive, negative = np.sum(eigenvalues > threshold), np.sum(eigenvalues < -threshold)
        if positive and negative:
            return "saddle"
        if positive + negative < len(eigenvalues):
            return "inconclusive"
        return "maximum" if negative else "minimum"


def smallest(matrix: Array) -> float:
    """The smallest singular value of a matrix of rows; zero where there are more rows than columns."""
    if len(matrix) > matrix.shape[1]:
        return 0.0
    return float(np.min(np.linalg.svd(matrix, compute_uv=False), initial=np.inf))


def lengths(rows: Array) -> Array:
    """Of every row; one for a row of zeros."""
    return _or_one(np.linalg.norm(rows, axis=1))


def _or_one(sizes: Array) -> Array:
    return np.where(sizes > 0, sizes, 1.0)


def _nearby(z: Array, step: Array, moving: int) -> Array:
    """Points as good as z, whose first `moving` entries are x: half the digits or some Newton steps away."""
    radius = max(_REACH * float(np.max(np.abs(step[:moving]))), HALF_THE_DIGITS * float(np.max(np.abs(z[:moving]))))
    moves = np.zeros((PATTERNS + 2, len(z)))
    moves[:PATTERNS, :moving] = radius * np.random.default_rng(0).choice((-1.0, 1.0), (PATTERNS, moving))
    moves[PATTERNS:] = _REACH * step, -_REACH * step
    return z + moves


def _joined(x: Array, lam: Array) -> Array:
    return np.concatenate([np.asarray(x, np.float64), np.atleast_1d(np.asarray(lam, np.float64))])


def combined(weights: Any, rows: Sequence[Any], x: Any) -> Any:
    """The sum of rows with these weights; zero, of the shape of x, where there are none."""
    return sum((weight * row for weight, row in zip(weights, rows, strict=True)), 0 * x)
