"""Judging a point (x, lam) that a student found: whether the constraints hold, whether the gradient of L vanishes, and
of which type the point is, each by itself. By residuals at the student's own numbers, so any solution is right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from grader.checks.endings import Finding
from grader.checks.replies import not_float64
from grader.domain.report import Evidence, Verdict
from grader.sandbox.run import Claim
from reference import slips
from reference.constrained import GLOBAL, MAXIMUM, MINIMUM, STATIONARY, Ask, ConstrainedProblem
from reference.extrema import Extremum, matched, scale_of
from reference.lagrangian import Constrained, NotUnique
from reference.points import Array
from reference.tolerance import ALLOWED_UNITS, ROUNDING, SEPARATION, Band, band

_NEARLY = 1e-2
"""Relative errors up to which a point is one of too few digits, and not another one."""
_ALIKE = 1e-6
_FAR = 1e8
"""Times the sizes that occur: what runs off is this large sooner or later."""
_LEAST = 1e-6


@dataclass(frozen=True)
class Numbers:
    """What was returned as (x, lam)."""

    x: Array
    lam: Array


@dataclass(frozen=True)
class Pair:
    """A point of the student's, with what is left of both blocks of the system there, in units."""

    x: Array
    lam: Array
    residuals: Array

    @property
    def off_constraints(self) -> float:
        """The largest |g_i|."""
        return float(np.max(self.residuals[len(self.x) :], initial=0.0))

    @property
    def off_gradient(self) -> float:
        """The largest entry of grad_x L."""
        return float(np.max(self.residuals[: len(self.x)], initial=0.0))

    @property
    def worst(self) -> float:
        """Of both."""
        return max(self.off_constraints, self.off_gradient)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a point."""

    cause: str
    facts: dict[str, object] = field(default_factory=dict)
    note: str | None = None


def read_pair(answer: Claim, problem: ConstrainedProblem) -> Numbers | Finding:
    """x (d,) and lam (m,) of what was returned for (x, lam), or why it is no such thing."""
    count = len(problem.constraints)
    if answer.form != "elements" or len(answer.elements) != 2:
        facts = {"came": answer.description, "unknown": problem.unknown, "d": problem.size, "m": count}
        return Verdict.INVALID_OUTPUT, "not_a_pair", facts
    read: list[Array] = []
    for name, size, claim in zip((problem.unknown, "lam"), (problem.size, count), answer.elements, strict=True):
        finding = not_float64(claim, (size,)) or _misshapen(claim, name, size)
        if finding or claim.array is None:
            return finding or (Verdict.INVALID_OUTPUT, "violated", {})
        read.append(np.asarray(claim.array, dtype=np.float64).reshape(size))
    x, lam = read
    if not np.all(np.isfinite(x)) or not np.all(np.isfinite(lam)):
        bad = int(np.count_nonzero(~np.isfinite([*x, *lam])))
        return Verdict.INVALID_OUTPUT, "diverged", {"bad": bad, "of": len(x) + len(lam), "note": "lagrangian.descent"}
    return Numbers(x, lam)


def _misshapen(claim: Claim, name: str, size: int) -> Finding | None:
    """A vector is asked for; one of size one may come as a number."""
    assert claim.array is not None
    if claim.array.shape == (size,) or (size == 1 and claim.array.size == 1 and claim.array.ndim <= 1):
        return None
    return Verdict.INVALID_OUTPUT, "shape_of_part", {"name": name, "came": claim.array.shape, "shape": (size,)}


class PairJudge:
    """Judges points of one problem for one ask."""

    def __init__(self, problem: ConstrainedProblem, ask: Ask, known: tuple[Extremum, ...]) -> None:
        self.problem = problem
        self._ask = ask
        self.known = known
        self._constrained = Constrained.of(problem)
        self.allowed = max(ALLOWED_UNITS, ask.accuracy / ROUNDING)

    def pair(self, x: Array, lam: Array) -> Pair:
        """A point with what is left there; infinitely much where f or a constraint has no value."""
        nothing = np.full(len(x) + len(lam), np.inf)
        try:
            has_value = np.all(np.isfinite(self._constrained.values(x)))
            residuals = self._constrained.residuals(x, lam) if has_value else nothing
        except np.linalg.LinAlgError:  # a matrix of f is singular here
            residuals = nothing
        return Pair(x, lam, np.where(np.isfinite(residuals), residuals, np.inf))

    def evidence(self, pair: Pair) -> Evidence:
        """How far off a point is."""
        return Evidence(pair.worst * ROUNDING, pair.worst, self.allowed)

    def is_close(self, units: float, separation: float = np.inf) -> bool:
        """Whether it may be right, to some digits at least, where the nearest wrong answer is so many units away."""
        return units <= self.allowed or band(units, separation) is not Band.WRONG

    def _separation(self, x: Array) -> float:
        """Units of the other sign of the multipliers, where that can be told from the right one."""
        point = matched(x, self.known)
        return point.separation if point and point.separation >= SEPARATION else np.inf

    def is_right(self, pair: Pair) -> bool:
        """Whether both blocks vanish within rounding, or within the accuracy that was asked."""
        return pair.worst <= self.allowed

    def of_equations(self, pair: Pair) -> Fault | None:
        """What is wrong with a point as a solution of the equations: the constraints first, then the gradient."""
        if not np.all(np.isfinite(pair.residuals)):
            return Fault("no_value", {}, "lagrangian.descent" if self._has_run_off(pair) else None)
        if not self.is_close(pair.off_constraints):
            return self._off_constraints(pair)
        if not self.is_close(pair.off_gradient, self._separation(pair.x)):
            return self._off_gradient(pair)
        return None

    # The constraints.

    def _off_constraints(self, pair: Pair) -> Fault:
        size = len(pair.x)
        worst = int(np.argmax(pair.residuals[size:]))
        value = float(self._constrained.values(pair.x)[1 + worst])
        facts: dict[str, object] = {"name": self.problem.constraints[worst][0], "value": value}
        return Fault("off_constraint", facts, self._why_off_constraints(pair))

    def _why_off_constraints(self, pair: Pair) -> str | None:
        if pair.off_constraints * ROUNDING <= _NEARLY:
            return "rounded"
        if self._has_run_off(pair):
            return "lagrangian.descent"
        values, constants = self._constrained.values(pair.x)[1:], slips.constants(self._constrained)
        off = np.array([not self.is_close(units) for units in pair.residuals[len(pair.x) :]])
        if np.all(constants[off] != 0) and _alike(values[off], constants[off]):
            return "constraint.constant"
        if self._is_scaled(pair.x):
            return "constraint.scaled"
        slope = self._constrained.gradients(pair.x)[0]
        if np.max(np.abs(slope)) <= _ALIKE * self._slope_scale:
            return "constraint.missing"
        return "constraint.one-missing" if not np.all(off) else None

    def _is_scaled(self, x: Array) -> bool:
        """Whether x is a multiple of a stationary point."""
        lengths = [(float(np.linalg.norm(point.x)), point.x) for point in self.known]
        length = float(np.linalg.norm(x))
        return length > 0 and any(_alike(x / length * other, known) for other, known in lengths if other > 0)

    @cached_property
    def _slope_scale(self) -> float:
        """The size of grad f at the points that are known."""
        slopes = [float(np.max(np.abs(self._constrained.gradients(point.x)[0]))) for point in self.known]
        return max(slopes, default=1.0) or 1.0

    def _has_run_off(self, pair: Pair) -> bool:
        sizes = [float(np.max(np.abs([*point.x, *point.lam]))) for point in self.known]
        return float(np.max(np.abs([*pair.x, *pair.lam]))) > _FAR * max([1.0, *sizes])

    # The gradient of L.

    def _off_gradient(self, pair: Pair) -> Fault:
        size = len(pair.x)
        worst = int(np.argmax(pair.residuals[:size]))
        value = float(self._constrained.system(pair.x, pair.lam)[worst])
        facts: dict[str, object] = {"entry": f"{self.problem.unknown}[{worst}]", "value": value}
        if self._has_run_off(pair):
            return Fault("off_gradient", facts, "lagrangian.descent")
        if self.is_close(self.pair(pair.x, -pair.lam).off_gradient):
            return Fault("off_multipliers", facts, "lambda.sign")
        best = self._multipliers(pair.x)
        if best is not None and self.is_close(self.pair(pair.x, best).off_gradient):
            return Fault("off_multipliers", facts, _why_multipliers(pair.lam, best))
        return Fault("off_gradient", facts, "rounded" if pair.off_gradient * ROUNDING <= _NEARLY else None)

    def _multipliers(self, x: Array) -> Array | None:
        try:
            return self._constrained.multipliers(x)
        except (NotUnique, np.linalg.LinAlgError):
            return None

    # The type.

    def of_type(self, pair: Pair) -> Fault | None:
        """What is wrong with a stationary point as the solution that was asked for."""
        accept = self._ask.accept
        if accept == STATIONARY:
            return None
        if accept == GLOBAL:
            return self._not_least(pair)
        kind = self._kind(pair)
        if kind == accept:
            return None
        note = {MINIMUM: "extremum.other", MAXIMUM: "extremum.other", "saddle": "extremum.saddle"}.get(kind)
        return Fault("wrong_type", {"asked": accept, "kind": kind}, note)

    def _kind(self, pair: Pair) -> str:
        """By the inertia at the point itself; that of a known point which it is was computed there."""
        point = matched(pair.x, self.known)
        return point.kind if point else self._constrained.classify(pair.x, pair.lam)

    def _not_least(self, pair: Pair) -> Fault | None:
        point = matched(pair.x, self.known)
        value = point.f if point else self._constrained.objective(pair.x)
        least = min(known.f for known in self.known)
        if value <= least + _LEAST * max(scale_of(self.known), abs(value)):
            return None
        kind = self._kind(pair)
        note = {MAXIMUM: "extremum.other", "saddle": "extremum.saddle"}.get(kind, "extremum.local")
        return Fault("not_least", {"kind": kind, "value": value}, note)


def _why_multipliers(lam: Array, best: Array) -> str | None:
    """What was mistaken where x is right and its multipliers are not."""
    if len(lam) > 1 and _alike(lam, np.full(len(lam), lam[0])):
        return "lambda.shared"
    if len(lam) > 1 and _alike(np.sort(lam), np.sort(best)):
        return "lambda.order"
    if _alike(np.abs(lam), np.abs(best)):
        return "lambda.one-sign"
    with np.errstate(all="ignore"):
        return "lambda.inverse" if _alike(lam, 1 / best) else None


def _alike(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    size = float(np.max(np.abs(other), initial=0.0))
    return bool(np.isfinite(size) and np.all(np.abs(one - other) <= _ALIKE * size))
