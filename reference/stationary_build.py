"""The groups of a bundle that come from the stationary points of a constrained problem, and the gates before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from reference import slips
from reference.audit import GroupAudit
from reference.bundle import Block
from reference.constrained import (
    AT_DRAWN_POINTS,
    GLOBAL,
    KINDS,
    MULTIPLIERS,
    STATIONARY,
    TO_FIND,
    Ask,
    ConstrainedProblem,
)
from reference.differentiable import Differentiable
from reference.extrema import GROUP, Extremum, Instance, scale_of, to_block
from reference.family import drawn, moved
from reference.lagrangian import NotUnique
from reference.points import Array, Inputs
from reference.problem import ProblemFault
from reference.separation import Candidates
from reference.stationary import StationaryPoints, stationary_points
from reference.tangency import tangency
from reference.tolerance import ALLOWED_UNITS, AMPLITUDE, PATTERNS, SEPARATION, base

FOUND, HANDED = 5, 4
"""problems of a family whose points students find, and whose points they are handed"""
_MOST = 12
"""problems of a family that are handed over until two types of points have occurred"""
_LEAST = 1e-9


@dataclass(frozen=True)
class Groups:
    """What stationary points give to a bundle and to its audit."""

    blocks: dict[str, tuple[Block, ...]] = field(default_factory=dict)
    audits: dict[str, GroupAudit] = field(default_factory=dict)
    doubt: str = ""
    """why there may be other stationary points"""


def stationary_groups(problem: ConstrainedProblem, seed: int) -> Groups:
    """All groups that asks about stationary points need. Raises ProblemFault."""
    asks = [ask for ask in problem.asks if ask.id not in AT_DRAWN_POINTS]
    if not problem.given:
        return _groups(problem, asks, 1, seed)
    # What is found for some numbers is never handed over with them elsewhere.
    handed = _groups(problem, [ask for ask in asks if ask.id not in TO_FIND], HANDED, seed + 1)
    found = _groups(problem, [ask for ask in asks if ask.id in TO_FIND], FOUND, seed)
    doubt = found.doubt or handed.doubt
    return Groups({**handed.blocks, **found.blocks}, {**handed.audits, **found.audits}, doubt)


def _groups(problem: ConstrainedProblem, asks: list[Ask], count: int, seed: int) -> Groups:
    """The groups of some asks, about so many problems of the family."""
    if not asks:
        return Groups()
    rng = np.random.default_rng(seed)
    solved = [_solved(problem, drawn(problem, rng), seed) for _ in range(count)]
    while problem.given and any(ask.id == "classify" for ask in asks) and len(_kinds(solved)) == 1:
        if len(solved) >= _MOST:
            break
        solved.append(_solved(problem, drawn(problem, rng), seed))
    builder = _Builder(problem, tuple(solved))
    for ask in asks:
        builder.require(ask)
    return builder.groups([ask.id for ask in asks])


@dataclass(frozen=True)
class _Solved:
    """One problem, and what a search found."""

    constrained: Differentiable
    found: StationaryPoints
    instance: Instance

    @property
    def points(self) -> tuple[Extremum, ...]:
        return self.instance.points


def _solved(problem: ConstrainedProblem, numbers: Inputs, seed: int) -> _Solved:
    constrained = Differentiable.of(problem.at(numbers))
    found = stationary_points(constrained, seed)
    points = (
        Extremum(point.x, point.lam, point.f, point.kind, _sign_shows(constrained, point.x, point.lam))
        for point in found.points
    )
    return _Solved(constrained, found, Instance(tuple(points), numbers))


def _kinds(solved: Sequence[_Solved]) -> set[str]:
    return {point.kind for of in solved for point in of.points}


def _sign_shows(constrained: Differentiable, x: Array, lam: Array) -> float:
    """Units of the residual with the other sign of the multipliers: infinite without constraints."""
    return float(constrained.residual(x, -lam)) if len(lam) else np.inf


class _Builder:
    def __init__(self, problem: ConstrainedProblem, solved: tuple[_Solved, ...]) -> None:
        self._problem = problem
        self._solved = solved
        self._points = [(of, point) for of in solved for point in of.points]
        self._drawn = ", for numbers that were drawn from `given`" if problem.given else ""

    # The gates, one for each ask.

    def require(self, ask: Ask) -> None:
        """Raises ProblemFault where the points are not what an ask needs."""
        where = f"ask.{ask.id}"
        for of in self._solved:
            if not of.points:
                text = f"there is no stationary point to ask about{self._drawn}: {of.found.reason}"
                raise ProblemFault(where, text)
            if ask.id == "stationary" and not of.found.complete:
                raise ProblemFault(where, f"not all stationary points can be listed{self._drawn}: {of.found.reason}")
        if ask.id not in ("classify", "solve"):
            self._require_rank(where, self._points)
        if ask.id == "classify":
            self._require_types(where)
        if ask.id == "solve":
            self._require_goal(ask)
        if ask.id in ("multipliers", "stationary", "sensitivity"):
            self._require_signs(where, self._points)

    def _require_rank(self, where: str, points: list[_Point]) -> None:
        for of, point in points:
            try:
                of.constrained.require_rank(point.x)
            except NotUnique as error:
                raise ProblemFault(where, str(error)) from error

    def _require_signs(self, where: str, points: list[_Point]) -> None:
        """Raises ProblemFault where a multiplier vanishes at all points, so that a wrong sign of it would pass."""
        for k, (name, _) in enumerate(self._problem.constraints):
            if not any(_shows(of.constrained, point, k) for of, point in points):
                which = "lambda" if len(self._problem.constraints) == 1 else f"the multiplier of `{name}`"
                text = f"{which} is 0 at the solution: the sign of the multiplier is not tested; change f or `{name}`"
                raise ProblemFault(where, text)

    def _require_types(self, where: str) -> None:
        kinds = _kinds(self._solved)
        if len(kinds) == 1:
            text = f"every stationary point is of the type `{kinds.pop()}`, so a constant answer would be right"
            raise ProblemFault(where, text + "; ask about a problem with points of two types")

    def _require_goal(self, ask: Ask) -> None:
        where = "ask.solve.accept"
        wanted: list[_Point] = []
        for of in self._solved:
            aims = [point for point in of.points if ask.accept in (point.kind, STATIONARY, GLOBAL)]
            if not aims:
                listed = ", ".join(sorted({point.kind for point in of.points}))
                text = f"no strict local {ask.accept} was found among the stationary points{self._drawn}"
                raise ProblemFault(where, f"{text}, whose types are: {listed}")
            if ask.accept == GLOBAL:
                _require_least(where, of)
                least = min(point.f for point in of.points)
                aims = [p for p in of.points if p.f <= least + _LEAST * scale_of(of.points)]
            wanted += [(of, point) for point in aims]
        self._require_rank(where, wanted)
        self._require_signs(where, wanted)

    # The groups.

    def groups(self, asks: list[str]) -> Groups:
        """The points themselves, and what is right at them."""
        makers = {
            "multipliers": self._multipliers,
            "sensitivity": self._sensitivity,
            "classify": self._types,
            "tangent": self._tangent,
        }
        asked = {ask: (makers[ask](),) for ask in asks if ask in makers}
        known = tuple(to_block(of.instance) for of in self._solved)
        doubt = next((of.found.reason for of in self._solved if of.found.reason), "")
        return Groups({GROUP: known, **asked}, {GROUP: self._audit()}, doubt)

    def _audit(self) -> GroupAudit:
        count = len(self._points)
        units = max(point.residual for of in self._solved for point in of.found.points)
        return GroupAudit(count, count, units, "", 0.0, 0.0, {}, ())

    def _inputs(self, *, with_multipliers: bool) -> Inputs:
        inputs = _numbers_at([(of, point.x) for of, point in self._points], self._problem)
        lam = np.stack([point.lam for _, point in self._points])
        return {**inputs, MULTIPLIERS: lam} if with_multipliers else inputs

    def _multipliers(self) -> Block:
        wrongs = [slips.of_multipliers(of.constrained, point.x, point.lam) for of, point in self._points]
        wrong = {name: np.stack([found[name] for found in wrongs]) for name in wrongs[0]}
        return self._valued(1.0, wrong, with_multipliers=False)

    def _sensitivity(self) -> Block:
        """The derivative of the extremal value in the level b of each constraint, as f - lam (g - b) shows it."""
        lam = np.stack([point.lam for _, point in self._points])
        wrong = {"sensitivity.sign": self._problem.sign * lam}
        return self._valued(-self._problem.sign, wrong, with_multipliers=True)

    def _valued(self, factor: float, wrong: dict[str, Array], *, with_multipliers: bool) -> Block:
        """Multipliers times a factor, 1 or -1, with their error bars and the distance of the nearest wrong answer."""
        lam = np.stack([point.lam for _, point in self._points])
        measured = [self._measured(of, point) for of, point in self._points]
        unit = base(lam, np.stack([beside for beside, _ in measured], axis=1))
        error = np.minimum(np.stack([off for _, off in measured]), ALLOWED_UNITS * unit)
        inputs = self._inputs(with_multipliers=with_multipliers)
        return _separated(Block(inputs, factor * lam, unit, error, np.zeros(len(lam)), wrong))

    def _measured(self, of: _Solved, point: Extremum) -> tuple[Array, Array]:
        """The multipliers at x with every entry rounded, and the error of those that a library computes at x."""
        rng = np.random.default_rng(0)
        signs = rng.choice((-1.0, 1.0), (PATTERNS, len(point.x)))
        beside = [
            Differentiable.of(self._problem.at(moved(of.instance.numbers, rng)))
            if of.instance.numbers
            else of.constrained
            for _ in signs
        ]
        lam = [near.multipliers(x) for near, x in zip(beside, point.x * (1 + AMPLITUDE * signs), strict=True)]
        return np.stack(lam), np.abs(of.constrained.multipliers(point.x) - point.lam)

    def _types(self) -> Block:
        codes = np.array([float(KINDS.index(point.kind)) for _, point in self._points])
        wrongs = [slips.of_types(of.constrained, p.x, p.lam, p.kind) for of, p in self._points]
        wrong = {name: np.array([float(KINDS.index(found[name])) for found in wrongs]) for name in wrongs[0]}
        return chosen(self._inputs(with_multipliers=True), codes, wrong)

    def _tangent(self) -> Block:
        tried = [(of, at) for of in self._solved for at in tangency(of.constrained, [p.x for p in of.points])]
        wrong = {name: np.array([at.wrong[name] for _, at in tried]) for name in tried[0][1].wrong}
        inputs = _numbers_at([(of, at.x) for of, at in tried], self._problem)
        return chosen(inputs, np.array([float(at.is_tangent) for _, at in tried]), wrong)


_Point: TypeAlias = tuple[_Solved, Extremum]
"""a stationary point, and the problem that it belongs to"""


def _numbers_at(points: list[tuple[_Solved, Array]], problem: ConstrainedProblem) -> Inputs:
    """Points x, with the numbers of the problem that each belongs to."""
    numbers = {name: np.stack([of.instance.numbers[name] for of, _ in points]) for name, _ in problem.given}
    return {problem.unknown: np.stack([x for _, x in points]), **numbers}


def _shows(constrained: Differentiable, point: Extremum, k: int) -> bool:
    """Whether the sign of one multiplier matters."""
    flipped = np.where(np.arange(len(point.lam)) == k, -point.lam, point.lam)
    return constrained.residual(point.x, flipped) >= SEPARATION


def _require_least(where: str, of: _Solved) -> None:
    """Raises ProblemFault where there may be a smaller value than at every stationary point."""
    least = min(point.f for point in of.points)
    for point in of.found.irregular:
        if point.f < least + _LEAST * scale_of(of.points):
            at = ", ".join(f"{entry:.4g}" for entry in point.x)
            text = f"the least value is taken at ({at}), where the constraints' gradients are dependent"
            raise ProblemFault(where, text + ", so multipliers do not find it")
    if of.found.below is not None:
        at = ", ".join(f"{entry:.4g}" for entry in of.found.below)
        value = of.constrained.objective(of.found.below)
        text = f"f is {value:.4g} at the feasible point ({at}), less than at every stationary point ({least:.4g})"
        raise ProblemFault(where, text + ": there may be no least value; accept `minimum`")


def chosen(inputs: dict[str, Array], codes: Array, wrong: dict[str, Array]) -> Block:
    """A block of answers that are one of a few words, by their numbers; wrong ones that are right everywhere go."""
    nothing = np.zeros(len(codes))
    kept = {name: values for name, values in wrong.items() if not np.array_equal(values, codes)}
    return Block(inputs, codes, nothing, nothing, nothing, kept)


def _separated(block: Block) -> Block:
    """With the distance of the nearest wrong answer at every point."""
    candidates = Candidates([])
    distances = [candidates.add(p.wrong, p.expected, p.unit, p.inputs) for p in block.points()]
    names = [name for name in candidates.names() if candidates.applicable(name)]
    near = [[d for name, d in found.items() if name in names and d >= SEPARATION] for found in distances]
    wrong = {name: values for name, values in block.wrong.items() if name in names}
    return replace(block, separation=np.array([min(found, default=np.inf) for found in near]), wrong=wrong)
