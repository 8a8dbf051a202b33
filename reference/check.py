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
from functools import partial
from typing import Any

import numpy as np

from reference.claims import DERIVATIVE, Function, NotCheckable, as_floats, as_variable, beside_x
from reference.differences import Difference, ridders
from reference.lines import Index, coordinates
from reference.points import Array
from reference.rounding import rounding_of

__all__ = ["CheckReport", "GradientMismatch", "NotCheckable", "check_gradient", "check_jvp", "check_vjp"]

_TOLERATED = 4.0
"""times the bar of the differences"""
_OWN_UNITS, _MOST_OWN = 64.0, 2.0**-40
"""times the rounding of the claim itself, twice what correct and stable code needs; and no more than this part of it:
what a claim computes badly it shall not be allowed"""
_VAGUE = 1e-3
"""An entry whose bar is above this part of the slopes around x has not been checked."""
_SMALL = 2.0**-20
"""A disagreement below this part of the derivative may come from rounding in f that cannot be seen from outside."""
_RATIOS = {2.0: "twice", 0.5: "half", -1.0: "the negative of", 0.0: "zero instead of"}


class GradientMismatch(AssertionError):
    """A claimed derivative is not the derivative; the text is the report."""


@dataclass(frozen=True)
class CheckReport:
    """What a check found. Arrays have the shape of the claimed derivative."""

    verdict: str
    """agrees | differs | inconclusive"""
    claimed: Array
    measured: Array
    bar: Array
    """how far `measured` and `claimed` may be apart"""
    size: Array
    """the slopes of f around x, which `bar` is compared with: at a minimum, those a step away"""
    worst: tuple[int, ...]
    """index of the component that is furthest off, in units of its bar; of one that could not be checked"""
    looks_like: str
    """wrong formula | small error | kink | edge of the domain | noise | changes its argument | not deterministic |
    not finite; empty where it agrees"""

    @property
    def resolution(self) -> float:
        """The smallest error that would have been noticed at every component: relative to the slopes around x, absolute
        where f is constant."""
        return float(np.max(np.where(self.size > 0, self.bar / np.where(self.size > 0, self.size, 1.0), self.bar)))

    def raise_if_wrong(self) -> None:
        """Raises GradientMismatch unless it agrees."""
        if self.verdict != "agrees":
            raise GradientMismatch(str(self))

    def __str__(self) -> str:
        if self.verdict == "agrees":
            return f"agrees at {self.claimed.size} components; an error of {self._noticed()} would have been noticed"
        claimed, measured, bar = (float(part[self.worst]) for part in (self.claimed, self.measured, self.bar))
        at = f"entry {list(self.worst)}" if self.worst else "the derivative"
        given = f"give {measured:.10g} +- {bar:.1g}" if np.isfinite(bar) else "settle on nothing"
        text = f"{self.verdict}: {at} is claimed to be {claimed:.10g}, differences {given}"
        return f"{text}{_ratio(claimed, measured)}; this looks like {_ADVICE[self.looks_like]}"

    def _noticed(self) -> str:
        """In words; with its absolute size where the derivative is all but zero."""
        zero = self.bar >= _VAGUE * np.abs(self.measured)
        absolute = float(np.max(self.bar, where=zero, initial=0.0))
        if np.all(zero):
            return f"{absolute:.1g}"
        return f"{self.resolution:.1g}" + (f", where it is all but zero one of {absolute:.1g}," if np.any(zero) else "")


_ADVICE = {
    "wrong formula": "a wrong formula: both values are sure",
    "small error": "an approximation or a formula that loses digits, or else rounding of constants inside of f (of an "
    "ill-conditioned matrix), which a check from outside cannot see",
    "kink": "a kink: f has different slopes on either side, so move the point",
    "edge of the domain": "the edge of the domain: f has no finite value on one side of x, so move the point",
    "noise": "noise or a jump: f loses too many digits or changes too fast here to tell; choose another point or "
    "another way of writing f",
    "changes its argument": "a function that changes its argument: work on a copy",
    "not deterministic": "a function that gives two answers for one input: is there a random number or a state?",
    "not finite": "an overflow or a division by zero in the derivative: f itself is finite here",
}


def _ratio(claimed: float, measured: float) -> str:
    for ratio, word in _RATIOS.items():
        if measured and abs(claimed / measured - ratio) < 1e-6:
            return f" ({word} the right value)"
    return ""


def check_gradient(f: Function, gradient: Function, x: Any, *, seed: int = 0) -> CheckReport:
    """Is `gradient` the derivative of `f` at `x`?

    `f` maps an array of the shape of `x` to a number, then `gradient(x)` has the shape of `x`; or to an array, then
    `gradient(x)` is the Jacobian: (*shape of f, *shape of x), the rows being outputs. All in float64. For every entry
    of `x`, `f` is called 8 to 18 times, and 12 to 22 times more for every thousandth part of the step that a pole, an
    edge or a kink makes necessary; `gradient` eleven times in all. Both get copies. Raises NotCheckable.
    """
    return _Check(f, gradient, x, None, seed).report()


def check_vjp(f: Function, vjp: Callable[[Array, Array], Any], x: Any, *, seed: int = 0) -> CheckReport:
    """Is `vjp(x, u)` the gradient of u^T f, of the shape of `x`?

    The cotangent u, of the shape of f(x), is random: ones would not see a transpose that is undone by a reshape.
    Raises NotCheckable.

    >>> wrong = check_vjp(lambda X: X.T, lambda X, U: U.reshape(X.shape), np.arange(6.0).reshape(2, 3))
    >>> wrong.verdict
    'differs'
    """
    u = np.asarray(np.random.default_rng(seed).standard_normal(as_floats(f(as_variable(x)), "f").shape))
    return _Check(lambda x: np.sum(u * as_floats(f(x), "f")), lambda x: vjp(x, u.copy()), x, None, seed).report()


def check_jvp(f: Function, jvp: Callable[[Array, Array], Any], x: Any, *, seed: int = 0) -> CheckReport:
    """Is `jvp(x, v)` the derivative of f along v, of the shape of f(x)? The direction v is random.

    Raises NotCheckable.
    """
    v = np.random.default_rng(seed).standard_normal(np.shape(x))
    return _Check(f, lambda x: jvp(x, v.copy()), x, v, seed).report()


class _Check:
    """One comparison."""

    def __init__(self, f: Function, claim: Function, x: Any, along: Array | None, seed: int) -> None:
        self._f = f
        self._claim = claim
        self._x = as_variable(x)
        self._along = along
        self._rng = np.random.default_rng(seed)
        self._shape: tuple[int, ...] = ()

    def report(self) -> CheckReport:
        value = as_floats(self._f(self._x.copy()), "f")
        self._shape = value.shape
        if not np.all(np.isfinite(value)):
            raise NotCheckable("f is not finite at x; choose a point inside of its domain")
        given = self._x.copy()
        claimed = as_floats(self._claim(given), DERIVATIVE)
        wanted = value.shape if self._along is not None else (*value.shape, *self._x.shape)
        if claimed.shape != wanted:
            raise NotCheckable(f"the derivative of this f has shape {wanted}, the claimed one has {claimed.shape}")
        measured = self._measured(wanted)
        if not np.array_equal(given, self._x):
            return self._failed(claimed, measured, "changes its argument")
        if not np.all(np.isfinite(claimed)):
            return self._failed(np.nan_to_num(claimed, nan=np.inf), measured, "not finite")
        if self._changes(claimed):
            return self._failed(claimed, measured, "not deterministic")
        with np.errstate(all="ignore"):
            beside, unit = beside_x(self._claim, claimed, self._x, self._rng)
            if self._changes(claimed):
                return self._failed(claimed, measured, "not deterministic")
            return _compared(claimed, beside, unit, measured)

    def _changes(self, claimed: Array) -> bool:
        return not np.array_equal(as_floats(self._claim(self._x.copy()), DERIVATIVE), claimed)

    def _lines(self, _: Index, directions: Array, steps: Array) -> Array:
        """f at many values of x; what it raises away from x is no value."""
        moves = directions[0][:, None] * steps[0].reshape(*steps[0].shape, *(1,) * self._x.ndim)
        values: list[Array] = []
        for row in (self._x + moves).reshape(-1, *self._x.shape):
            try:
                with np.errstate(all="ignore"):
                    values.append(as_floats(self._f(row.copy()), "f"))
            except NotCheckable:
                raise
            except (ArithmeticError, ValueError, np.linalg.LinAlgError):
                values.append(np.full(self._shape, np.nan))
        return np.stack(values).reshape(*steps.shape[:3], *self._shape)

    def _measured(self, shape: tuple[int, ...]) -> Difference:
        x = self._x[None]
        directions = coordinates(x) if self._along is None else self._along[None, None]
        found = ridders(self._lines, x, directions, rounding_of(self._lines, x, None, self._rng))
        return found.map(lambda part: part.reshape(shape))

    def _failed(self, claimed: Array, measured: Difference, looks_like: str) -> CheckReport:
        apart = np.abs(claimed - measured.value)
        worst = _at(np.nan_to_num(apart, nan=-1.0))
        return CheckReport("differs", claimed, measured.value, measured.bar, measured.size, worst, looks_like)


def _compared(claimed: Array, beside: Array, unit: Array, measured: Difference) -> CheckReport:
    """The verdict; `beside` are claims that a right one is the same as, `unit` is what the claim rounds by."""
    most = _MOST_OWN * np.maximum(np.abs(claimed), measured.size)
    bar = _TOLERATED * measured.bar + measured.gap + np.minimum(_OWN_UNITS * unit, most)
    # A claim that is right by chance is so at one point only.
    apart = np.maximum(np.abs(claimed - measured.value), np.median(np.abs(beside - measured.value), axis=0))
    ratio = np.where(np.isfinite(bar) & (apart > 0), apart / np.where(bar > 0, bar, 1e-300), 0.0)
    made = partial(CheckReport, claimed=claimed, measured=measured.value, bar=bar, size=measured.size)
    worst = _at(ratio)
    if ratio[worst] > 1:
        slope = abs(measured.value[worst]) if abs(measured.value[worst]) > bar[worst] else measured.size[worst]
        looks_like = "small error" if apart[worst] <= _SMALL * slope else "wrong formula"
        return made("differs", worst=worst, looks_like="kink" if measured.gap[worst] else looks_like)
    # Where f does not move at all, zero is right however little f says of small numbers.
    exact = (measured.size == 0) & (claimed == 0) & np.isfinite(bar)
    vague = np.where(exact, 0.0, np.nan_to_num(bar / measured.size, nan=np.inf))
    worst = _at(np.where(measured.gap > 0, np.inf, vague))
    if vague[worst] > _VAGUE or measured.gap[worst]:
        return made("inconclusive", worst=worst, looks_like=_vague_by(measured, worst))
    return made("agrees", worst=_at(ratio), looks_like="")


def _vague_by(measured: Difference, at: tuple[int, ...]) -> str:
    """What leaves an entry without an opinion."""
    if np.isinf(measured.gap[at]):
        return "edge of the domain"
    return "kink" if measured.gap[at] else "noise"


def _at(array: Array) -> tuple[int, ...]:
    """The index of the largest entry."""
    return tuple(map(int, np.unravel_index(int(np.argmax(array)), array.shape)))
