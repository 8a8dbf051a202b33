"""Points at which gradients are, or are not, parallel, on the constraints and off them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from reference.differentiable import Differentiable
from reference.lagrangian import NotUnique
from reference.points import Array

_STEPS = 30
_SHIFT = 0.2
_SETTLED = 1e-12
_CLEARLY = 1e-3
_BESIDE = (0.4, -0.7, 1.1)


@dataclass(frozen=True)
class Tried:
    """A point, and what is right and typically wrong to say of it, as 1 and 0."""

    x: Array
    is_tangent: bool
    wrong: dict[str, float] = field(default_factory=dict)


def tangency(problem: Differentiable, stationary: Sequence[Array]) -> list[Tried]:
    """The stationary points, points that are stationary on other levels of the constraints, and feasible points where
    the gradients are clearly not dependent."""
    moved = [y for x in stationary for y in _on_other_levels(problem, x)]
    beside = [y for x in stationary for y in _beside(problem, x)]
    return [
        *(Tried(x, True, _said(1.0, 1.0, float(not _has_zero(problem, x)))) for x in stationary),
        *(Tried(x, False, _said(1.0, 0.0, 0.0)) for x in moved),
        *(Tried(x, False, _said(0.0, 1.0, 0.0)) for x in beside),
    ]


def _said(infeasible: float, feasible: float, division: float) -> dict[str, float]:
    """What is said by who does not ask for g = 0, by who asks for nothing else, and by who divides entries."""
    return {"tangent.infeasible": infeasible, "tangent.feasible": feasible, "tangent.division": division}


def _has_zero(problem: Differentiable, x: Array) -> bool:
    """Whether a gradient has an entry that cannot be divided by."""
    return any(bool(np.any(np.abs(part) <= _SETTLED * np.max(np.abs(part)))) for part in problem.gradients(x))


def _on_other_levels(problem: Differentiable, x: Array) -> Iterator[Array]:
    """Zeros of (grad_x L, g - b) near a stationary point: the gradients are parallel, but g is not zero."""
    if not problem.count:
        return
    lam = problem.multipliers(x)
    sizes = np.sum(np.abs(problem.gradients(x)[1]), axis=1) * (float(np.max(np.abs(x))) or 1.0)
    for sign in (1.0, -1.0):
        level = np.concatenate([np.zeros(problem.size), sign * _SHIFT * sizes])
        z = np.concatenate([x, lam])
        for _ in range(_STEPS):
            at = z[: problem.size], z[problem.size :]
            step = np.linalg.lstsq(problem.system_jacobian(*at), problem.system(*at) - level, rcond=None)[0]
            z = z - step
            if not np.all(np.isfinite(z)):
                break
            if np.max(np.abs(step)) <= _SETTLED * np.max(np.abs(z)):
                yield z[: problem.size]
                break


def _beside(problem: Differentiable, x: Array) -> Iterator[Array]:
    """Feasible points around x that are clearly not stationary."""
    rng = np.random.default_rng(0)
    size = float(np.max(np.abs(x))) or 1.0
    for part in _BESIDE:
        y = x + part * size * rng.standard_normal(len(x))
        for _ in range(_STEPS):
            values, jacobian = problem.values(y)[1:], problem.gradients(y)[1]
            if not np.all(np.isfinite(values)):
                break
            step = np.linalg.lstsq(jacobian, values, rcond=None)[0] if problem.count else np.zeros_like(y)
            y = y - step
            if np.max(np.abs(step)) <= _SETTLED * np.max(np.abs(y)):
                if _is_clearly_off(problem, y):
                    yield y
                break


def _is_clearly_off(problem: Differentiable, x: Array) -> bool:
    try:
        lam = problem.multipliers(x)
    except NotUnique:
        return False
    slope = problem.gradients(x)[0]
    left = problem.system(x, lam)[: problem.size]
    return bool(np.max(np.abs(left)) > _CLEARLY * np.max(np.abs(slope)))
