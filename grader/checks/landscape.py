"""The picture beside a point that is no solution: f and the constraints around it, for problems of two unknowns."""

from __future__ import annotations

import numpy as np

from grader.domain.pictures import Contours
from reference.constrained import ConstrainedProblem
from reference.lagrangian import Constrained
from reference.points import Array

_LINES = 33
_FARTHEST = 1e3


def landscape(problem: ConstrainedProblem, x: Array) -> Contours | None:
    """Around a student's own point, so that it tells nothing of where solutions are; None where none can be drawn."""
    if problem.size != 2 or not np.all(np.isfinite(x)) or np.max(np.abs(x)) > _FARTHEST:
        return None
    known = Constrained.of(problem)
    reach = 1.5 * max(1.0, float(np.max(np.abs(x))))
    xs, ys = (np.linspace(float(middle) - reach, float(middle) + reach, _LINES) for middle in x)
    try:
        with np.errstate(all="ignore"):
            both = np.array([[known.values(np.array([a, b])) for a in xs] for b in ys])
            slope, normals = known.gradients(x)
    except np.linalg.LinAlgError:  # an inverse that does not exist somewhere around
        return None
    if not np.all(np.isfinite(both)) or not np.all(np.isfinite(slope)):
        return None
    f, g = both[:, :, 0], both[:, :, 1:]
    curves = tuple(_rows(g[:, :, k]) for k in range(g.shape[2]))
    return Contours(_numbers(xs), _numbers(ys), _rows(f), curves, _two(x), _two(slope), tuple(map(_two, normals)))


def _numbers(values: Array) -> tuple[float, ...]:
    return tuple(map(float, values))


def _two(vector: Array) -> tuple[float, float]:
    return float(vector[0]), float(vector[1])


def _rows(values: Array) -> tuple[tuple[float, ...], ...]:
    return tuple(map(_numbers, values))
