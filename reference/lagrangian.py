"""Equality-constrained problems: Lagrangian, its gradient system, multipliers, residuals in units, second-order type.

    L(x, lam) = f(x) - lam^T g(x)          (or with +)
    F(x, lam) = (grad_x L, g)              its zeros are the stationary points

A stationary point is told a minimum from a saddle by the inertia of Z^T H Z, with H the Hessian of L in x and the
columns of Z a basis of the directions along the constraints (Nocedal and Wright, Numerical Optimization, section 12.5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch

from reference.language import Expression
from reference.numeric import as_array, evaluate
from reference.points import Array
from reference.tape import Lets
from reference.tolerance import AMPLITUDE, PATTERNS, ROUNDING

RANK = 1e-9
"""A singular value below this part of the largest one is none."""
HALF_THE_DIGITS = 2.0**-26
"""An eigenvalue below this part of the Hessian's norm has no sign: the point is seldom known better."""


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

    @property
    def count(self) -> int:
        """Of constraints, m."""
        return len(self.constraints)

    def _parts(self, x: Any) -> tuple[Any, Any]:
        """f and g at one point, as tensors."""
        values: dict[str, Any] = {self.unknown: x}
        for name, expression in self.lets:
            values[name] = evaluate(expression, values, torch)
        f = as_array(evaluate(self.f, values, torch), torch)
        g = [as_array(evaluate(constraint, values, torch), torch).reshape(()) for constraint in self.constraints]
        return f, torch.stack(g) if g else torch.zeros(0, dtype=torch.float64)

    def _lagrangian(self, z: Any) -> Any:
        f, g = self._parts(z[: self.size])
        return f + self.sign * torch.sum(z[self.size :] * g)

    def system_of(self, z: Any) -> Any:
        """F at a tensor (d + m,): for batches and further differentiation."""
        slope = torch.func.grad(self._lagrangian)(z)[: self.size]
        return torch.cat([slope, self._parts(z[: self.size])[1]])

    @cached_property
    def _system_jacobian(self) -> Callable[[Any], Any]:
        return torch.func.jacrev(self.system_of)

    def value(self, x: Array, lam: Array) -> float:
        """L(x, lam)."""
        return float(self._lagrangian(_joined(x, lam)))

    def objective(self, x: Array) -> float:
        """f(x)."""
        return float(self._parts(torch.from_numpy(np.array(x)))[0])

    def system(self, x: Array, lam: Array) -> Array:
        """F(x, lam): the gradient in x, then the constraints."""
        return _array(self.system_of(_joined(x, lam)))

    def system_jacobian(self, x: Array, lam: Array) -> Array:
        """dF/d(x, lam), (d + m, d + m)."""
        return _array(self._system_jacobian(_joined(x, lam)))

    def gradients(self, x: Array) -> tuple[Array, Array]:
        """grad f (d,) and the Jacobian of g (m, d)."""
        rows = torch.func.jacrev(lambda t: torch.cat([self._parts(t)[0].reshape(1), self._parts(t)[1]]))
        found = _array(rows(torch.from_numpy(np.array(x, dtype=np.float64))))
        return found[0], found[1:]

    def sigma_min(self, x: Array) -> float:
        """The smallest singular value of the constraints' Jacobian; infinite without constraints."""
        return float(np.min(np.linalg.svd(self.gradients(x)[1], compute_uv=False), initial=np.inf))

    def multipliers(self, x: Array) -> Array:
        """The least-squares solution of grad_x L = 0, exact where x is stationary. Raises NotUnique."""
        slope, jacobian = self.gradients(x)
        singular = np.linalg.svd(jacobian, compute_uv=False)
        if len(singular) and singular[-1] <= RANK * max(1.0, singular[0]):
            raise NotUnique(float(singular[-1]))
        return np.asarray(np.linalg.lstsq(-self.sign * jacobian.T, slope, rcond=None)[0])

    def residual(self, x: Array, lam: Array) -> float:
        """max |F_i| in units of what one rounding of every entry of x and lam does to F_i.

        The floor of a unit is u times the terms that were added up: |grad f| + |lam|^T |J| above, nothing below.
        """
        z = _joined(x, lam)
        values = self.system_of(z)
        signs = np.random.default_rng(0).choice((-1.0, 1.0), (PATTERNS, len(z)))
        moved = torch.func.vmap(self.system_of)(z * torch.from_numpy(1 + AMPLITUDE * signs))
        sigma = ROUNDING / AMPLITUDE * _array(torch.amax(torch.abs(moved - values), 0))
        slope, jacobian = self.gradients(x)
        terms = np.concatenate([np.abs(slope) + np.abs(lam) @ np.abs(jacobian), np.zeros(self.count)])
        unit = sigma + ROUNDING * (terms + np.abs(_array(values)))
        # A constraint through zero, such as x[0] = 0 at x[0] = 0, rounds by nothing: the smallest step of x counts.
        unit = np.maximum(unit, ROUNDING * max(float(np.max(unit)), ROUNDING))
        with np.errstate(all="ignore"):
            return float(np.max(np.abs(_array(values)) / unit, initial=0.0))

    def reduced_hessian(self, x: Array, lam: Array) -> tuple[Array, float]:
        """Eigenvalues of Z^T H Z, ascending, and the norm of H. Raises NotUnique."""
        jacobian = self.gradients(x)[1]
        _, singular, right = np.linalg.svd(jacobian.reshape(-1, self.size))
        if len(singular) and singular[-1] <= RANK * max(1.0, singular[0]):
            raise NotUnique(float(singular[-1]))
        tangent = right[len(singular) :].T
        hessian = self.system_jacobian(x, lam)[: self.size, : self.size]
        reduced = tangent.T @ ((hessian + hessian.T) / 2) @ tangent
        return np.linalg.eigvalsh(reduced) if tangent.shape[1] else np.zeros(0), float(np.linalg.norm(hessian, 2))

    def classify(self, x: Array, lam: Array) -> str:
        """minimum | maximum | saddle | inconclusive, of a stationary point.

        Without a direction along the constraints the point is alone there, and the least there is: a minimum.
        """
        try:
            eigenvalues, norm = self.reduced_hessian(x, lam)
        except NotUnique:
            return "inconclusive"
        threshold = HALF_THE_DIGITS * norm
        positive, negative = np.sum(eigenvalues > threshold), np.sum(eigenvalues < -threshold)
        if positive and negative:
            return "saddle"
        if positive + negative < len(eigenvalues):
            return "inconclusive"
        return "maximum" if negative else "minimum"


def _joined(x: Array, lam: Array) -> Any:
    return torch.from_numpy(np.concatenate([np.asarray(x, np.float64), np.atleast_1d(np.asarray(lam, np.float64))]))


def _array(tensor: Any) -> Array:
    return np.asarray(tensor.detach().numpy())
