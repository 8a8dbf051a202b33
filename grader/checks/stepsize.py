"""The picture beside a numerical derivative that is off: its error among those of the scheme at every step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.checks.quotients import Answered
from grader.domain.pictures import Curve, ErrorAgainstStep
from reference.differencing import quotient
from reference.points import Array
from reference.schemes import QUOTIENTS

_STEPS = tuple(10.0 ** (-k / 3) for k in range(3, 46))
_LEAST = 1e-17
"""stands for no error at all, which has no place on a logarithmic axis"""


def error_against_step(scheme: str, seen: Sequence[tuple[Answered, float]]) -> ErrorAgainstStep | None:
    """Of answers at one point with the steps that they were made with; None where there are none."""
    if not seen:
        return None
    asked = seen[0][0].asked
    # What is extrapolated, or free to choose, is compared with central differences.
    name = scheme if scheme in QUOTIENTS else "central"
    curve = [(step, _relative(quotient(name, asked.f, asked.x, step), asked.point.expected)) for step in _STEPS]
    own = [(step, _relative(one.value, asked.point.expected)) for one, step in seen]
    finite = _finite(own)
    return ErrorAgainstStep(finite, _finite(curve)) if finite else None


def _finite(points: Sequence[tuple[float, float]]) -> Curve:
    return tuple((step, error) for step, error in points if step > 0 and np.isfinite(error) and np.isfinite(step))


def _relative(value: Array, expected: Array) -> float:
    size = float(np.max(np.abs(expected), initial=0.0)) or 1.0
    return max(_LEAST, float(np.max(np.abs(value - expected), initial=0.0)) / size)
