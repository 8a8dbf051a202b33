"""The stationary points of a small constrained problem, with their types, and where else extrema may lie.

Extrema may lie where the constraints' gradients are dependent, at no stationary point: those feasible points are named
(the case mu = 0 of Fritz John's conditions; Mangasarian and Fromovitz 1967). So is a feasible point with a smaller
value than every stationary one, without which a least value would be taken for granted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from reference.deflation import Search
from reference.differentiable import Differentiable
from reference.irregular import Irregular, irregular_points
from reference.lagrangian import NotUnique
from reference.points import Array
from reference.polish import Polished
from reference.search import one_thread, starts

_CLEARLY = 1e-3
_LOWEST = 8


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
    irregular: tuple[Irregular, ...] = ()
    """feasible points where the constraints' gradients are dependent, each named in `reason`"""
    below: Array | None = None
    """a feasible point with a smaller value of f than every stationary point has, if one was met"""

    @property
    def complete(self) -> bool:
        """Whether nothing speaks against these being all."""
        return not self.reason


def stationary_points(problem: Differentiable, seed: int = 0) -> StationaryPoints:
    """Every isolated stationary point that many starts find, and why there may be others."""
    rng = np.random.default_rng(seed)
    with one_thread(), np.errstate(all="ignore"):
        x, feasible = starts(problem, rng)
        search = Search(problem, rng, _typical(feasible if len(feasible) else x))
        if len(feasible):
            search.run(x)
        irregular, doubt = irregular_points(problem, x, feasible, search.size)
        points = _described(problem, [*search.regular, *search.singular])
        below = _below(problem, points, feasible)
    # A lone feasible point is found by no projection, but as an irregular one.
    reasons = [*search.doubts(len(feasible) > 0 or bool(irregular)), *([doubt] if doubt else [])]
    return StationaryPoints(points, "; ".join(reasons), irregular, below)


def _typical(x: Array) -> float:
    """The size in the middle of those of x (k, d)."""
    return float(np.median(np.max(np.abs(x), axis=1))) or 1.0


def _described(problem: Differentiable, zeros: list[Polished]) -> tuple[Stationary, ...]:
    """The points with their values and types, sorted."""
    points = []
    for zero in zeros:
        x, lam = zero.z[: problem.size], zero.z[problem.size :]
        kind, residual = problem.classify(x, lam), problem.residual(x, lam)
        points.append(Stationary(x, lam, problem.objective(x), kind, residual))
    scale = max((abs(point.f) for point in points), default=0.0) or 1.0
    return tuple(sorted(points, key=lambda point: (round(point.f / scale, 9), *point.x)))


def _below(problem: Differentiable, points: tuple[Stationary, ...], feasible: Array) -> Array | None:
    """A feasible point with a clearly smaller value, even if the constraints are met only up to rounding there."""
    if not (points and len(feasible)):
        return None
    values = torch.func.vmap(lambda t: torch.cat([problem.parts(t)[0].reshape(1), problem.parts(t)[1]]))
    least = points[0].f
    for x in feasible[np.argsort(values(torch.from_numpy(feasible))[:, 0].numpy())[:_LOWEST]]:
        value = problem.objective(x)
        try:
            off = np.abs(problem.multipliers(x)) @ np.abs(problem.system(x, np.zeros(problem.count))[problem.size :])
        except NotUnique:
            continue
        if value + off < least - _CLEARLY * (abs(least) + abs(value)):
            return np.asarray(x)
    return None
