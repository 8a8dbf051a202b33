"""Checking a gradient that somebody wrote: a report with error bars instead of a yes or no at some tolerance.

The claimed derivative is compared with Ridders' differences of f (`reference.differences`), component by component.
Two error bars decide: how far the differences may be off, and how far rounding moves the claim itself. Nothing has to
be chosen, and a report says how small an error would have been noticed.

>>> import numpy as np
>>> A = np.array([[2.0, 1.0], [0.0, 3.0]])
>>> x = np.array([1.0, -2.0])
>>> check_gradient(lambda x: x @ A @ x, lambda x: (A + A.T) @ x, x).verdict
'agrees'
>>> check_gradient(lambda x: x @ A @ x, lambda x: 2 * A @ x, x).verdict
'differs'
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.differences import Difference, Index, coordinates, ridders, rounding_of, slopes_differ
from reference.points import Array
from reference.tolerance import ALLOWED_UNITS, AMPLITUDE, PATTERNS, base

_TOLERATED = 4.0
"""times the bar of the differences"""
_OWN_UNITS = 64.0
"""times the rounding of the claim itself; twice what correct and stable code needs"""
_VAGUE = 1e-3
"""Differences with a bar above this part of the derivative are no opinion."""
_RATIOS = {2.0: "twice", 0.5: "half", -1.0: "the negative of", 0.0: "zero instead of"}

Function = Callable[[Array], Any]


class GradientMismatch(AssertionError):
    """A claimed derivative is not the derivative; the text is the report."""


class NotCheckable(ValueError):
    """The functions cannot be compared at all: something is not finite, or has another shape."""


@dataclass(frozen=True)
class CheckReport:
    """What a check found. Arrays have the shape of the claimed derivative."""

    verdict: str
    """agrees | differs | inconclusive"""
    claimed: Array
    measured: Array
    bar: Array
    """how far `measured` and the rounding of `claimed` may be apart"""
    worst: tuple[int, ...]
    """index of the component that is furthest off, in units of its bar"""
    looks_like: str
    """wrong formula | kink | noise | changes its argument | not deterministic | not finite; empty where it agrees"""

    @property
    def resolution(self) -> float:
        """The smallest error that would have been noticed, relative to the largest component."""
        size = float(np.max(np.abs(self.measured), initial=0.0))
        return float(np.max(self.bar, initial=0.0)) / size if size else np.inf

    def raise_if_wrong(self) -> None:
        """Raises GradientMismatch unless it agrees."""
        if self.verdict != "agrees":
            raise GradientMismatch(str(self))

    def __str__(self) -> str:
        if self.verdict == "agrees":
            return (
                f"agrees at {self.claimed.size} components; an error of {self.resolution:.1g} would have been noticed"
            )
        claimed, measured, bar = (float(part[self.worst]) for part in (self.claimed, self.measured, self.bar))
        at = f"entry {list(self.worst)}" if self.worst else "the derivative"
        text = f"{self.verdict}: {at} is claimed to be {claimed:.10g}, differences give {measured:.10g} +- {bar:.1g}"
        return f"{text}{_ratio(claimed, measured)}; this looks like {_ADVICE[self.looks_like]}"


_ADVICE = {
    "wrong formula": "a wrong formula: both values are sure",
    "kink": "a kink: f has different slopes on either side, so move the point",
    "noise": "noise: f loses too many digits here to tell; choose another point or another way of writing f",
    "changes its argument": "a function that changes its argument: work on a copy",
    "not deterministic": "a function that gives two answers for one input: is there a random number or a state?",
    "not finite": "an overflow or a division by zero in the derivative: f itself is finite here",
}


def _ratio(claimed: float, measured: float) -> str:
    for ratio, word in _RATIOS.items():
        if measured and abs(claimed / measured - ratio) < 1e-6:
            return f" ({word} the right value)"
    return ""


def check_gradient(f: Function, gradient: Function, x: Array, *, seed: int = 0) -> CheckReport:
    """Is `gradient` the derivative of `f` at `x`?

    `f` maps an array of the shape of `x` to a number, then `gradient(x)` has the shape of `x`; or to an array, then
    `gradient(x)` is the Jacobian: (*shape of f, *shape of x), the rows being outputs. All in float64. For every entry
    of `x`, `f` is called 8 to 18 times, beside a pole or the edge of its domain 36 times; `gradient` ten times in all.
    Both get copies. Raises NotCheckable.
    """
    return _Check(f, gradient, x, None, seed).report()


def check_vjp(f: Function, vjp: Callable[[Array, Array], Any], x: Array, *, seed: int = 0) -> CheckReport:
    """Is `vjp(x, u)` the gradient of u^T f, of the shape of `x`?

    The cotangent u, of the shape of f(x), is random: ones would not see a transpose that is undone by a reshape.
    Raises NotCheckable.

    >>> wrong = check_vjp(lambda X: X.T, lambda X, U: U.reshape(X.shape), np.arange(6.0).reshape(2, 3))
    >>> wrong.verdict
    'differs'
    """
    u = np.random.default_rng(seed).standard_normal(np.shape(f(np.array(x, dtype=np.float64))))
    return _Check(lambda x: np.sum(u * f(x)), lambda x: vjp(x, u.copy()), x, None, seed).report()


def check_jvp(f: Function, jvp: Callable[[Array, Array], Any], x: Array, *, seed: int = 0) -> CheckReport:
    """Is `jvp(x, v)` the derivative of f along v, of the shape of f(x)? The direction v is random.

    Raises NotCheckable.
    """
    v = np.random.default_rng(seed).standard_normal(np.shape(x))
    return _Check(f, lambda x: jvp(x, v.copy()), x, v, seed).report()


class _Check:
    """One comparison."""

    def __init__(self, f: Function, claim: Function, x: Array, along: Array | None, seed: int) -> None:
        self._f = f
        self._claim = claim
        self._x = np.array(x, dtype=np.float64)
        self._along = along
        self._rng = np.random.default_rng(seed)
        self._shape: tuple[int, ...] = ()

    def report(self) -> CheckReport:
        value = np.asarray(self._f(self._x.copy()), dtype=np.float64)
        self._shape = value.shape
        if not np.all(np.isfinite(value)):
            raise NotCheckable("f is not finite at x; choose a point inside of its domain")
        given = self._x.copy()
        claimed = np.asarray(self._claim(given), dtype=np.float64)
        wanted = value.shape if self._along is not None else (*value.shape, *self._x.shape)
        if claimed.shape != wanted:
            raise NotCheckable(f"the derivative of this f has shape {wanted}, the claimed one has {claimed.shape}")
        measured = self._measured(wanted)
        if not np.array_equal(given, self._x):
            return self._failed(claimed, measured, "changes its argument")
        if not np.all(np.isfinite(claimed)):
            return self._failed(np.nan_to_num(claimed, nan=np.inf), measured, "not finite")
        if not np.array_equal(np.asarray(self._claim(self._x.copy())), claimed):
            return self._failed(claimed, measured, "not deterministic")
        return self._compared(claimed, measured)

    def _lines(self, _: Index, directions: Array, steps: Array) -> Array:
        """f at many values of x; what it raises away from x is no value."""
        moves = directions[0][:, None] * steps[0].reshape(*steps[0].shape, *(1,) * self._x.ndim)
        values: list[Array] = []
        for row in (self._x + moves).reshape(-1, *self._x.shape):
            try:
                with np.errstate(all="ignore"):
                    values.append(np.asarray(self._f(row.copy()), dtype=np.float64))
            except (ArithmeticError, ValueError, np.linalg.LinAlgError):
                values.append(np.full(self._shape, np.nan))
        return np.stack(values).reshape(*steps.shape[:3], *self._shape)

    def _measured(self, shape: tuple[int, ...]) -> Difference:
        x = self._x[None]
        found = ridders(self._lines, x, self._directions(), rounding_of(self._lines, x, None, self._rng))
        return Difference(found.value.reshape(shape), found.bar.reshape(shape))

    def _directions(self) -> Array:
        return coordinates(self._x[None]) if self._along is None else self._along[None, None]

    def _own_rounding(self, claimed: Array) -> Array:
        """What one rounding of every entry of x does to the claim."""
        signs = self._rng.choice((-1.0, 1.0), (PATTERNS, *self._x.shape))
        moved = [np.asarray(self._claim(self._x * (1 + AMPLITUDE * sign)), dtype=np.float64) for sign in signs]
        unit: Array = base(claimed[None], np.stack(moved)[:, None])
        return np.asarray(unit[0])

    def _compared(self, claimed: Array, measured: Difference) -> CheckReport:
        with np.errstate(all="ignore"):
            own = np.minimum(self._own_rounding(claimed), np.abs(claimed) / ALLOWED_UNITS)
            allowed = _TOLERATED * measured.bar + _OWN_UNITS * own
            ratio = np.abs(claimed - measured.value) / np.where(allowed > 0, allowed, 1e-300)
        ratio = np.where(np.isfinite(measured.bar), ratio, 0.0)
        worst = tuple(map(int, np.unravel_index(int(np.argmax(ratio)), ratio.shape)))
        size = float(np.max(np.abs(measured.value[np.isfinite(measured.bar)]), initial=0.0))
        if ratio[worst] > 1:
            looks_like = "kink" if self._slopes_differ() == "kink" else "wrong formula"
            return CheckReport("differs", claimed, measured.value, allowed, worst, looks_like)
        if np.max(measured.bar, initial=0.0) > _VAGUE * size and np.any(claimed != measured.value):
            vague = tuple(map(int, np.unravel_index(int(np.argmax(measured.bar)), ratio.shape)))
            looks_like = "kink" if self._slopes_differ() == "kink" else "noise"
            return CheckReport("inconclusive", claimed, measured.value, allowed, vague, looks_like)
        return CheckReport("agrees", claimed, measured.value, allowed, worst, "")

    def _slopes_differ(self) -> str:
        return slopes_differ(self._lines, self._x[None], self._directions())

    def _failed(self, claimed: Array, measured: Difference, looks_like: str) -> CheckReport:
        apart = np.abs(claimed - measured.value)
        worst = tuple(map(int, np.unravel_index(int(np.argmax(apart)), apart.shape)))
        return CheckReport("differs", claimed, measured.value, measured.bar, worst, looks_like)
