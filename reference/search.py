"""Zeros of small systems from many starts at once, whatever the units of the equations and the size of the unknowns.

Starts lie in boxes of every magnitude, on the constraints, and beside points of the constraints as far as those are
apart: that follows any shift or scaling of the variables (as in differential evolution, Storn and Price 1997). Rows are
weighed by the terms that they add up, and whether an end is a zero is read from the next Newton step, not from values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from reference.differentiable import Differentiable
from reference.points import Array
from reference.tensors import to_array

System = Callable[[Any], Any]
"""Tensor (n,) -> tensor (rows,)"""

_BOXES = (1.0, 3.0, 10.0)
_IN_A_BOX = 64
_MAGNITUDES = 10.0 ** np.arange(-9, 10)
_OF_A_MAGNITUDE = 12
_MIXED = 60
_ON_CONSTRAINTS = 224
_STAGES = 4
_STEPS = 15
_FEASIBLE = 1e-9
_NEAR = 1e-2
"""Newton steps, in parts of |x|, beside a zero; beside a multiple one they get no shorter soon."""
_SMALL = 1e-4
_COLLAPSED = 1e-5
_CUT = 1e-12
_NOTHING = 1e-30
_BESIDE = 0.02
_HOLE = 1e-6
_PART = 1e-8
FAR = 1e12
"""Times the size of a problem: what is further out is on its way to infinity."""
_SOLVED = 1e-60
_PROGRESS = 0.9
_IDLE = 3
_STRAGGLERS = 0.02


@dataclass(frozen=True)
class Equations:
    """A system to be made zero."""

    of: System
    size: int
    """the first entries of an unknown that are x; they share a unit"""
    shared: int
    """the first rows that share a unit"""


@dataclass(frozen=True)
class Ends:
    """What searches found: z (k, n), and the Newton step of x that is left there (k,). The surest come first."""

    z: Array
    error: Array


@contextmanager
def one_thread() -> Iterator[None]:
    """Arrays this small only make threads wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def starts(problem: Differentiable, rng: np.random.Generator) -> tuple[Array, Array]:
    """Points x (k, d) from which to search, and those among them (j, d) that satisfy the constraints.

    Everything is differentiable at all of them.
    """
    free = _free(problem.size, rng)
    if not problem.count:
        free = free[_is_smooth(problem, free)]
        return free, free
    feasible = _feasible(problem, free)
    chosen = feasible[rng.choice(len(feasible), min(len(feasible), _ON_CONSTRAINTS), replace=False)]
    x = np.concatenate([free, chosen, _beside(chosen, rng)])
    return x[_is_smooth(problem, x)], feasible


def _feasible(problem: Differentiable, x: Array) -> Array:
    """Where Newton's method ends on the constraints, from x (k, d)."""
    equations = Equations(lambda t: problem.parts(t)[1], problem.size, 0)
    ends, reach = descend(equations, x), np.max(np.abs(x), axis=1)
    found = zeros(equations, np.where(np.abs(ends) <= _NOTHING * reach[:, None], 0.0, ends), reach)
    z = found.z[found.error <= _FEASIBLE * np.max(np.abs(found.z), axis=1)]
    return np.asarray(z[_is_smooth(problem, z)])


def _is_smooth(problem: Differentiable, x: Array) -> Array:
    if not len(x):
        return np.zeros(0, dtype=bool)
    slopes = torch.func.vmap(problem.slopes_of)(torch.from_numpy(x))
    return to_array(torch.all(torch.isfinite(slopes).reshape(len(x), -1), 1))


def gradients(problem: Differentiable, x: Array) -> tuple[Any, Any]:
    """At every x (k, d): the gradients of f and of the constraints, (k, 1 + m, d), what is no number in them zero; and
    the lengths of those of the constraints, (k, m), one for a gradient of zero."""
    slopes = torch.nan_to_num(torch.func.vmap(problem.slopes_of)(torch.from_numpy(x)), posinf=0.0, neginf=0.0)
    lengths = torch.linalg.vector_norm(slopes[:, 1:], dim=2)
    return slopes, torch.where(lengths > 0, lengths, 1.0)


def _free(d: int, rng: np.random.Generator) -> Array:
    """Boxes, and points of every magnitude; every third point has positive entries, for logarithms and powers."""
    sizes = np.concatenate([np.repeat(_BOXES, _IN_A_BOX), np.repeat(_MAGNITUDES, _OF_A_MAGNITUDE)])[:, None]
    mixed = 10.0 ** rng.uniform(-4, 4, (_MIXED, d)) * rng.choice((-1.0, 1.0), (_MIXED, d))
    x = np.concatenate([sizes * rng.uniform(-1, 1, (len(sizes), d)), mixed])
    x[::3] = np.abs(x[::3])
    return x


def _beside(points: Array, rng: np.random.Generator) -> Array:
    """Every point moved by the difference of two others of about its size."""
    ordered = points[np.argsort(np.max(np.abs(points), axis=1))]
    places = np.arange(len(ordered))[:, None] + rng.integers(-8, 9, (len(ordered), 2))
    one, other = np.clip(places, 0, len(ordered) - 1).T
    return np.asarray(ordered + rng.choice((0.3, 1.0), (len(ordered), 1)) * (ordered[one] - ordered[other]))


def descend(equations: Equations, z: Array, stages: int = _STAGES) -> Array:
    """Levenberg-Marquardt from all of z (k, n) at once.

    Rows are weighed anew every few steps: far from a zero the weights of the start say little about it.
    """
    z, active = z.copy(), np.arange(len(z))
    for _ in range(stages):
        if len(active):
            moved, cost = _stage(equations, torch.from_numpy(z[active]))
            z[active] = to_array(moved)
            active = active[to_array(cost > _SOLVED)]
    return z


def _evaluated(system: System, z: Any) -> tuple[Any, Any]:
    """F (k, rows) and dF/dz (k, rows, n); what is no number in the latter is zero."""
    matrices, values = torch.func.vmap(torch.func.jacrev(lambda t: (system(t),) * 2, has_aux=True))(z)
    return values, torch.nan_to_num(matrices, nan=0.0, posinf=0.0, neginf=0.0)


def _row_sizes(equations: Equations, values: Any, matrices: Any, z: Any, reach: Any = None) -> Any:
    """|F| + |dF/dz| |z|, the terms that a row adds up, with every |x_i| at least `reach`; one where all vanish.

    An x_i that is zero rounds as well, by less the smaller the others are.
    """
    units, x = torch.abs(z), torch.abs(z[:, : equations.size])
    least = _PART * torch.amax(x, 1, keepdim=True)
    units[:, : equations.size] = torch.maximum(x, least if reach is None else torch.maximum(least, reach))
    sizes = torch.abs(values) + (torch.abs(matrices) @ units[..., None])[..., 0]
    if equations.shared:
        sizes[:, : equations.shared] = torch.amax(sizes[:, : equations.shared], 1, keepdim=True)
    return torch.where(torch.isfinite(sizes) & (sizes > 0), sizes, 1.0)


def _stage(equations: Equations, z: Any) -> tuple[Any, Any]:
    """Damped least-squares steps, and the costs at their ends; a step is taken only where it helps."""
    residual, matrices = _evaluated(equations.of, z)
    weights = 1 / _row_sizes(equations, residual, matrices, z)
    damping, cost, idle = torch.full((len(z), 1, 1), 1e-2, dtype=torch.float64), _cost(weights * residual), 0
    for _ in range(_STEPS):
        step = _damped(equations, weights * residual, weights[..., None] * matrices, damping)
        tried = z - torch.nan_to_num(step)
        there = _evaluated(equations.of, tried)
        new = _cost(weights * there[0])
        better, advancing = new < cost, (new < _PROGRESS * cost) & (cost > _SOLVED)
        idle = idle + 1 if torch.sum(advancing) <= _STRAGGLERS * len(z) else 0
        z, cost = torch.where(better[:, None], tried, z), torch.where(better, new, cost)
        residual = torch.where(better[:, None], there[0], residual)
        matrices = torch.where(better[:, None, None], there[1], matrices)
        damping = torch.clamp(torch.where(better[:, None, None], damping / 8, damping * 5), 1e-14, 1e12)
        if idle > _IDLE:
            break
    return z, cost


def _damped(equations: Equations, residual: Any, matrices: Any, damping: Any) -> Any:
    """(A^T A + damping)^-1 A^T r with columns of length one."""
    columns = _columns(equations, matrices)
    matrices = matrices / columns[:, None, :]
    right = (matrices.mT @ torch.nan_to_num(residual)[..., None])[..., 0]
    normal = matrices.mT @ matrices + damping * torch.eye(matrices.shape[2], dtype=torch.float64)
    return torch.linalg.solve_ex(normal, right)[0] / columns


def _columns(equations: Equations, matrices: Any) -> Any:
    """The lengths of the columns (k, n), one for a column of zeros.

    With fewer rows than columns the shortest step is meant, and short in x itself: then those of x share one length.
    """
    columns = torch.linalg.vector_norm(matrices, dim=1)
    if matrices.shape[1] < matrices.shape[2]:
        columns[:, : equations.size] = torch.amax(columns[:, : equations.size], 1, keepdim=True)
    return torch.where(columns > 0, columns, 1.0)


def _cost(residual: Any) -> Any:
    """Sum of squares; infinite where something is not a number."""
    return torch.nan_to_num(torch.sum(residual**2, 1), nan=torch.inf)


def zeros(equations: Equations, z: Array, reach: Array, limit: float = np.inf) -> Ends:
    """Those of z (k, n) that are nearly zeros, with x at most `limit`.

    A zero at x = 0 is never near in relative terms: an end whose x is tiny beside its `reach` (k,) is taken for one.
    """
    if not len(z):
        return Ends(z, np.zeros(0))
    ratio, error, is_flat = _left(equations, torch.from_numpy(z), torch.from_numpy(reach)[:, None])
    length = np.max(np.abs(z[:, : equations.size]), axis=1)
    with np.errstate(all="ignore"):
        is_near = (error <= _NEAR * length) | (length <= _COLLAPSED * reach) & (error <= 2 * length)
        order = np.lexsort((np.where(length > 0, error / length, error), is_flat))
    chosen = order[(is_near & (ratio <= _SMALL) & (length <= limit))[order]]
    return Ends(z[chosen], error[chosen])


def _left(equations: Equations, points: Any, reach: Any) -> tuple[Array, Array, Array]:
    """What is left: the largest row in its unit, the largest entry of Newton's step of x, and whether the matrix has a
    column of zeros, as where a tail has become too small for a number; (k,) each."""
    values, matrices = _evaluated(equations.of, points)
    rows = _row_sizes(equations, values, matrices, points, reach)
    values, matrices = torch.nan_to_num(values / rows, nan=torch.inf), matrices / rows[..., None]
    is_flat = torch.any(torch.all(matrices == 0, 1), 1)
    columns = _columns(equations, matrices)
    step = (torch.linalg.pinv(matrices / columns[:, None, :], rtol=_CUT) @ values[..., None])[..., 0] / columns
    left = torch.amax(torch.abs(values), 1), torch.amax(torch.abs(step[:, : equations.size]), 1), is_flat
    return to_array(left[0]), to_array(left[1]), to_array(left[2])


def is_beside(x: Array, failed: list[Array], size: float) -> bool:
    """Whether x (d,) lies where polishing has failed before: what is beside a zero that is none is none either."""
    near = (max(_BESIDE * float(np.max(np.abs(other))), _HOLE * size) for other in failed)
    return any(float(np.max(np.abs(x - other))) <= distance for other, distance in zip(failed, near, strict=True))
