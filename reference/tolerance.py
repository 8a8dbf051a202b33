"""The unit of error and the bands. A tolerance is measured at every point, never chosen.

base_i = sigma_i + u |R_i|, floored by u max|R|, where sigma_i is what one rounding of every input does to the
reference R (backward-error scaling; u = 2^-53). The error of an answer s is q = max_i |s_i - T_i| / (base_i + E_i)
with T the truth and E_i the error of a standard library's value there. Correct code stays below some 500 units, wrong
formulas lie far above a million; what is between has the right formula in a form that loses digits, or approximates.
"""

from __future__ import annotations

import enum

import numpy as np

from reference.points import Array

ROUNDING = 2.0**-53
AMPLITUDE = 2.0**-43
"""Relative size of the perturbations: large enough not to be rounded away, small enough to be linear."""
PATTERNS = 8

EXACT_UNITS = 32.0
ALLOWED_UNITS = 1024.0
SEPARATION = 2.0**24
"""A point counts only if the nearest wrong answer is at least this many units away."""
_FAIL_UNITS = 2.0**36
_FAIL_PART = 16.0
_LOSSY = 32.0


class Band(enum.Enum):
    """How far an answer is from the expected value."""

    EXACT = "exact"
    CANCELLING = "cancelling"
    GREY = "grey"
    WRONG = "wrong"


def base(reference: Array, perturbed: Array) -> Array:
    """The sensitivity unit per component.

    `reference` is (points, ...), `perturbed` is (PATTERNS, points, ...): the reference at inputs theta (1 + a xi).
    """
    sigma = ROUNDING / AMPLITUDE * np.max(np.abs(perturbed - reference), axis=0)
    axes = tuple(range(1, reference.ndim))
    floor = ROUNDING * np.max(np.abs(reference), axis=axes, keepdims=True)
    return np.asarray(np.maximum(sigma + ROUNDING * np.abs(reference), floor))


def units(answer: Array, expected: Array, unit: Array) -> float:
    """q of one point: the largest error of a component in its unit; infinite where the answer is not finite."""
    with np.errstate(all="ignore"):
        difference = np.abs(answer - expected)
        if not np.all(np.isfinite(difference)):
            return np.inf
        # Where nothing rounds (an expected zero that no input moves) only the exact value is right.
        ratio = np.where(difference == 0, 0.0, difference / unit)
    return float(np.max(ratio, initial=0.0))


def band(q: float, separation: float) -> Band:
    """The band of an error of q units, at a point whose nearest wrong answer is `separation` units away."""
    if q <= EXACT_UNITS:
        return Band.EXACT
    if q <= ALLOWED_UNITS:
        return Band.CANCELLING
    return Band.GREY if q <= min(_FAIL_UNITS, separation / _FAIL_PART) else Band.WRONG


def is_lossy(expected: Array, unit: Array) -> bool:
    """Whether rounding the inputs costs more than a few digits here, so that forms of one formula may differ much."""
    size = float(np.max(np.abs(expected), initial=0.0))
    return bool(np.max(unit, initial=0.0) > _LOSSY * ROUNDING * size)


def in_single(values: Array) -> bool:
    """Whether every entry is a number of single precision: its digits stop at the seventh."""
    with np.errstate(over="ignore"):
        return bool(np.array_equal(values.astype(np.float32).astype(np.float64), values))
