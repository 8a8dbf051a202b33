"""All stationary points of a small constrained problem: many starts, deflation, and a last polish to full precision.

Levenberg-Marquardt on F(x, lam) = 0 runs from all starts at once. What was found is then divided out of F, so that
further starts cannot end there again (Farrell, Birkisson and Funke 2015), until nothing new turns up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from reference.lagrangian import Constrained, NotUnique
from reference.points import Array
from reference.polish import Polished, polish

_STARTS = 256
_SCALES = (1.0, 3.0, 10.0)
_STEPS = 60
_ROUNDS = 4
_CONVERGED = 1e-8
_SAME = 1e-6
_SAME_SINGULAR = 3e-2
_MANY = 12
"""More isolated singular points than that are a curve of them."""

System = Callable[[Any], Any]


@dataclass(frozen=True)
class Stationary:
    """One stationary point."""

    x: Array
    lam: Array
    f: float
    kind: str
    residual: float
    """in units"""


@dataclass(frozen=True)
class StationaryPoints:
    """All that were found, by ascending f; where they cannot be all, `reason` says why."""

    points: tuple[Stationary, ...]
    reason: str = ""

    @property
    def complete(self) -> bool:
        """Whether nothing speaks against these being all."""
        return not self.reason


def stationary_points(problem: Constrained, seed: int = 0) -> StationaryPoints:
    """Every isolated stationary point that many starts find."""
    return _Search(problem, np.random.default_rng(seed)).run()


@dataclass
class _Search:
    problem: Constrained
    rng: np.random.Generator
    regular: list[Polished] = field(default_factory=list)
    singular: list[Polished] = field(default_factory=list)

    def run(self) -> StationaryPoints:
        for number in range(_ROUNDS):
            ends = self._ends(deflated=number > 0)
            if not self._take(ends) and number:
                break
            if len(self.singular) > _MANY:
                break
        return StationaryPoints(tuple(sorted(self._described(), key=lambda p: (round(p.f, 9), *p.x))), self._doubt())

    def _ends(self, deflated: bool) -> Array:
        """Where Levenberg-Marquardt ends from new starts, on F or on F with the known points divided out."""
        starts = torch.from_numpy(self._starts())
        known = [point.z for point in (*self.regular, *self.singular)]
        if not deflated or not known:
            return _levenberg_marquardt(self.problem.system_of, starts)
        ends = _levenberg_marquardt(_without(self.problem.system_of, torch.from_numpy(np.stack(known))), starts)
        # The divided system is flat far away; a few plain steps tell a zero from that.
        return _levenberg_marquardt(self.problem.system_of, torch.from_numpy(ends), steps=_STEPS // 2)

    def _starts(self) -> Array:
        """(starts, d + m): points in boxes of several sizes, with the multipliers that fit them best."""
        d, m = self.problem.size, self.problem.count
        scales = np.repeat(_SCALES, -(-_STARTS // len(_SCALES)))[:_STARTS, None]
        x = scales * self.rng.uniform(-1, 1, (_STARTS, d))
        return np.concatenate([x, self._multipliers(x) if m else np.zeros((_STARTS, 0))], axis=1)

    def _multipliers(self, x: Array) -> Array:
        rows = []
        for point in x:
            slope, jacobian = self.problem.gradients(point)
            finite = np.all(np.isfinite(slope)) and np.all(np.isfinite(jacobian))
            best = np.linalg.lstsq(-self.problem.sign * jacobian.T, slope, rcond=None)[0] if finite else None
            rows.append(np.zeros(self.problem.count) if best is None else best)
        return np.stack(rows)

    def _take(self, ends: Array) -> int:
        """Polish the zeros among the ends; returns how many are new."""
        residuals = _array(torch.func.vmap(self.problem.system_of)(torch.from_numpy(ends)))
        sizes = np.max(np.abs(residuals), axis=1)
        order = [k for k in np.argsort(sizes) if sizes[k] <= _CONVERGED and np.max(np.abs(ends[k])) < 1e6]
        before = len(self.regular) + len(self.singular)
        for k in order:
            if not self._is_known(ends[k]) and len(self.singular) <= _MANY:
                self._keep(polish(self.problem, ends[k]))
        return len(self.regular) + len(self.singular) - before

    def _is_known(self, z: Array) -> bool:
        """Near a singular point nothing converges well, and its multipliers may be anything."""
        d, scale = self.problem.size, max(1.0, float(np.max(np.abs(z))))
        regular = any(np.max(np.abs(z - point.z)) <= _SAME * scale for point in self.regular)
        near = (np.max(np.abs(z[:d] - point.z[:d])) for point in self.singular)
        return regular or any(distance <= _SAME_SINGULAR * scale for distance in near)

    def _keep(self, found: Polished) -> None:
        if found.converged and not self._is_known(found.z):
            (self.regular if found.regular else self.singular).append(found)

    def _described(self) -> list[Stationary]:
        d = self.problem.size
        points = []
        for point in (*self.regular, *self.singular):
            x, lam = point.z[:d], point.z[d:]
            kind, residual = self.problem.classify(x, lam), self.problem.residual(x, lam)
            points.append(Stationary(x, lam, self.problem.objective(x), kind, residual))
        return points

    def _doubt(self) -> str:
        if len(self.singular) > _MANY:
            return "there are infinitely many stationary points: the equations do not fix them one by one"
        for point in self.singular:
            try:
                self.problem.multipliers(point.z[: self.problem.size])
            except NotUnique as error:
                return str(error)
        if self.singular:
            shown = ", ".join(f"{entry:.4g}" for entry in self.singular[0].z[: self.problem.size])
            return f"the equations are singular at ({shown}), so points beside it cannot be told apart"
        return ""


def _array(tensor: Any) -> Array:
    return np.asarray(tensor.detach().numpy())


def _without(system: System, known: Any) -> System:
    """F(z) times the product of 1/|z - z_k|^2 + 1, which has the zeros of F but the known ones."""

    def deflated(z: Any) -> Any:
        return system(z) * torch.prod(1 / torch.sum((z - known) ** 2, 1) + 1)

    return deflated


def _levenberg_marquardt(system: System, z: Any, steps: int = _STEPS) -> Array:
    """Damped least-squares steps from all starts at once, (starts, n); a step is taken only where it helps."""
    values, jacobians = torch.func.vmap(system), torch.func.vmap(torch.func.jacrev(system))
    damping = torch.full((len(z), 1, 1), 1e-2, dtype=torch.float64)
    unit = torch.eye(z.shape[1], dtype=torch.float64)
    residual, cost = values(z), _cost(values(z))
    for _ in range(steps):
        jacobian = torch.nan_to_num(jacobians(z), nan=0.0, posinf=0.0, neginf=0.0)
        normal = jacobian.mT @ jacobian
        scaled = normal + damping * (unit * torch.diagonal(normal, 0, 1, 2)[:, None] + 1e-12 * unit)
        right = (jacobian.mT @ torch.nan_to_num(residual)[..., None])[..., 0]
        tried = z - torch.nan_to_num(torch.linalg.solve_ex(scaled, right)[0])
        new = values(tried)
        better = _cost(new) < cost
        z = torch.where(better[:, None], tried, z)
        residual = torch.where(better[:, None], new, residual)
        cost = torch.where(better, _cost(new), cost)
        damping = torch.clamp(torch.where(better[:, None, None], damping / 8, damping * 5), 1e-14, 1e12)
    return _array(z)


def _cost(residual: Any) -> Any:
    """Sum of squares; infinite where something is not a number."""
    return torch.nan_to_num(torch.sum(residual**2, 1), nan=torch.inf)
