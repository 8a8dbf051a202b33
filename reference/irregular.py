"""Feasible points where the constraints' gradients are dependent: extrema may lie there that are no stationary points.

They are the zeros of (w^T J(x), g(x), w^T w - 1), Fritz John's conditions with no weight on f. In general there are
none: d + m + 1 equations for d + m unknowns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from reference.differentiable import Differentiable
from reference.lagrangian import NotUnique
from reference.points import Array
from reference.polish import NO_VALUE, creep, exact_dependence
from reference.search import Equations, descend, gradients, is_beside, zeros

_SAME = 1e-5
_MANY = 12
_TRIED = 5
_FAILURES = 5
_FAR = 1e4
_STARTS = 400
_LOSES = "constraint Jacobian loses rank at"


@dataclass(frozen=True)
class Irregular:
    """One such point, with the smallest singular value of the constraints' Jacobian."""

    x: Array
    f: float
    sigma: float


def irregular_points(
    problem: Differentiable, x: Array, feasible: Array, size: float
) -> tuple[tuple[Irregular, ...], str]:
    """Those that a search from x (k, d) finds, and in words what they mean; `size` is a length that matters to x."""
    if not problem.count:
        return (), ""
    tried = [_described(problem, point) for point in feasible[:: max(1, len(feasible) // _TRIED)]]
    if tried and all(tried):
        return tuple(filter(None, tried[:1])), f"{_LOSES} every feasible point that was tried"
    found = _found(problem, np.concatenate([feasible, x])[:: max(1, (len(feasible) + len(x)) // _STARTS)], size)
    if len(found) > _MANY:
        return found, f"{_LOSES} infinitely many feasible points, where extrema need not be stationary"
    return found, "; ".join(map(_sentence, found))


def _sentence(point: Irregular) -> str:
    shown = ", ".join(f"{entry:.4g}" for entry in point.x)
    place = f"({shown}) (sigma_min {point.sigma:.1g})"
    return f"{_LOSES} the feasible point {place}: an extremum there need not be stationary"


def _described(problem: Differentiable, x: Array) -> Irregular | None:
    try:
        problem.require_rank(x)
    except NotUnique as error:
        return Irregular(x, problem.objective(x), error.sigma)
    return None


def _found(problem: Differentiable, x: Array, size: float) -> tuple[Irregular, ...]:
    d, found, failed = problem.size, list[Irregular](), list[Array]()
    equations = Equations(_dependence(problem), d, d)
    reach = np.minimum(size, np.max(np.abs(x), axis=1))
    ends = zeros(equations, descend(equations, _with_weights(problem, x)), reach, _FAR * size)
    for z, error in zip(ends.z, ends.error, strict=True):
        near = max(_SAME * float(np.max(np.abs(z[:d]))), 20 * float(error))
        if len(found) > _MANY or len(failed) > _FAILURES:
            break
        if is_beside(z[:d], failed, size) or any(np.max(np.abs(z[:d] - point.x)) <= near for point in found):
            continue
        point = _polished(problem, z, size)
        if not point:
            failed.append(z[:d])
        elif not any(np.max(np.abs(point.x - other.x)) <= _SAME * size for other in found):
            found.append(point)
    return tuple(found)


def _polished(problem: Differentiable, z: Array, size: float) -> Irregular | None:
    d = problem.size
    units = np.concatenate([np.full(d, max(size, float(np.max(np.abs(z[:d]))))), np.ones(problem.count)])
    try:
        exact = creep(lambda t, library: exact_dependence(problem, t, library), z, units)
    except NO_VALUE:
        return None
    return None if exact is None else _described(problem, exact[:d])


def _dependence(problem: Differentiable) -> Callable[[Any], Any]:
    def system(z: Any) -> Any:
        x, w = z[: problem.size], z[problem.size :]
        return torch.cat([w @ problem.slopes_of(x)[1:], problem.parts(x)[1], (w @ w - 1).reshape(1)])

    return system


def _with_weights(problem: Differentiable, x: Array) -> Array:
    """(k, d + m): the weights of length one with which the gradients come closest to cancelling."""
    slopes, lengths = gradients(problem, x)
    weights = torch.linalg.svd(slopes[:, 1:] / lengths[..., None])[0][..., -1] / lengths
    weights = weights / torch.linalg.vector_norm(weights, dim=1, keepdim=True)
    return np.concatenate([x, weights.numpy()], axis=1)
