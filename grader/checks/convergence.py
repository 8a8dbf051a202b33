"""The observed order of convergence of values whose step is halved again and again.

With D(h) = D + C h^p, log2(|D(h) - D(h/2)| / |D(h/2) - D(h/4)|) tends to p: no exact value is needed.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from reference.differencing import Function, rounding
from reference.points import Array

_SEEN = 64.0
"""Differences of so many units of rounding say something about truncation."""


def differences(values: Sequence[Array]) -> list[float]:
    """Between neighbouring steps."""
    return [float(np.linalg.norm(a - b)) for a, b in itertools.pairwise(values)]


def noise(f: Function, x: Array, steps: Sequence[float], values: Sequence[Array]) -> list[float]:
    """What rounding contributes to each of the differences."""
    pairs = itertools.islice(zip(steps, values, strict=True), 1, None)
    return [float(np.linalg.norm(rounding(f, x, step, value))) for step, value in pairs]


def observed_order(between: Sequence[float], rounded: Sequence[float]) -> float | None:
    """The median over the steps at which the differences are no rounding; None where there are too few."""
    seen = [k for k in range(len(between) - 1) if between[k + 1] > _SEEN * rounded[k + 1]]
    if len(seen) < 2:
        return None
    return float(np.median([np.log2(between[k] / between[k + 1]) for k in seen]))
