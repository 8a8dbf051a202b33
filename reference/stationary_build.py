"""The groups of a bundle that come from the stationary points of a constrained problem, and the gates before them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

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
    Ask,
    ConstrainedProblem,
)
from reference.differentiable import Differentiable
from reference.extrema import GROUP, Extremum, scale_of, to_block
from reference.lagrangian import NotUnique
from reference.points import Array
from reference.problem import ProblemFault
from reference.separation import Candidates
from reference.stationary import StationaryPoints, stationary_points
from reference.tangency import tangency
from reference.tolerance import ALLOWED_UNITS, AMPLITUDE, PATTERNS, SEPARATION, base

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
    if not asks:
        return Groups()
    constrained = Differentiable.of(problem)
    found = stationary_points(constrained, seed)
    builder = _Builder(problem, constrained, found)
    for ask in asks:
        builder.require(ask)
    return builder.groups([ask.id for ask in asks])


class _Builder:
    def __init__(self, problem: ConstrainedProblem, constrained: Differentiable, found: StationaryPoints) -> None:
        self._problem = problem
        self._constrained = constrained
        self._found = found
        self._points = tuple(
            Extremum(point.x, point.lam, point.f, point.kind, self._sign_shows(point.x, point.lam))
            for point in found.points
        )

    def _sign_shows(self, x: Array, lam: Array) -> float:
        """Units of the residual with the other sign of the multipliers: infinite without constraints."""
        return float(self._constrained.residual(x, -lam)) if len(lam) else np.inf

    # The gates, one for each ask.

    def require(self, ask: Ask) -> None:
        """Raises ProblemFault where the points are not what an ask needs."""
        where = f"ask.{ask.id}"
        if not self._points:
            raise ProblemFault(where, f"there is no stationary point to ask about: {self._found.reason}")
        if ask.id not in ("classify", "solve"):
            self._require_rank(where, self._points)
        match ask.id:
            case "stationary" if not self._found.complete:
                raise ProblemFault(where, f"not all stationary points can be listed: {self._found.reason}")
            case "classify":
                self._require_types(where)
            case "solve":
                self._require_goal(ask)
        if ask.id in ("multipliers", "stationary", "sensitivity"):
            self._require_signs(where, self._points)

    def _require_rank(self, where: str, points: tuple[Extremum, ...]) -> None:
        for point in points:
            try:
                self._constrained.require_rank(point.x)
            except NotUnique as error:
                raise ProblemFault(where, str(error)) from error

    def _require_signs(self, where: str, points: tuple[Extremum, ...]) -> None:
        """Raises ProblemFault where a multiplier vanishes at all points, so that a wrong sign of it would pass."""
        for k, (name, _) in enumerate(self._problem.constraints):
            if not any(self._shows(point, k) for point in points):
                which = "lambda" if len(self._problem.constraints) == 1 else f"the multiplier of `{name}`"
                text = f"{which} is 0 at the solution: the sign of the multiplier is not tested; change f or `{name}`"
                raise ProblemFault(where, text)

    def _shows(self, point: Extremum, k: int) -> bool:
        """Whether the sign of one multiplier matters."""
        flipped = np.where(np.arange(len(point.lam)) == k, -point.lam, point.lam)
        return self._constrained.residual(point.x, flipped) >= SEPARATION

    def _require_types(self, where: str) -> None:
        kinds = {point.kind for point in self._points}
        if len(kinds) == 1:
            text = f"every stationary point is of the type `{kinds.pop()}`, so a constant answer would be right"
            raise ProblemFault(where, text + "; ask about a problem with points of two types")

    def _require_goal(self, ask: Ask) -> None:
        where = "ask.solve.accept"
        wanted = [point for point in self._points if ask.accept in (point.kind, STATIONARY, GLOBAL)]
        if not wanted:
            listed = ", ".join(sorted({point.kind for point in self._points}))
            text = f"no strict local {ask.accept} was found among the stationary points, whose types are: {listed}"
            raise ProblemFault(where, text)
        if ask.accept == GLOBAL:
            self._require_least(where)
            least = min(point.f for point in self._points)
            wanted = [p for p in self._points if p.f <= least + _LEAST * scale_of(self._points)]
        self._require_rank(where, tuple(wanted))
        self._require_signs(where, tuple(wanted))

    def _require_least(self, where: str) -> None:
        least = min(point.f for point in self._points)
        for point in self._found.irregular:
            if point.f < least + _LEAST * scale_of(self._points):
                at = ", ".join(f"{entry:.4g}" for entry in point.x)
                text = f"the least value is taken at ({at}), where the constraints' gradients are dependent"
                raise ProblemFault(where, text + ", so multipliers do not find it")
        if self._found.below is not None:
            at = ", ".join(f"{entry:.4g}" for entry in self._found.below)
            value = self._constrained.objective(self._found.below)
            text = f"f is {value:.4g} at the feasible point ({at}), less than at every stationary point ({least:.4g})"
            raise ProblemFault(where, text + ": there may be no least value; accept `minimum`")

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
        return Groups({GROUP: (to_block(self._points),), **asked}, {GROUP: self._audit()}, self._found.reason)

    def _audit(self) -> GroupAudit:
        count = len(self._points)
        units = max(point.residual for point in self._found.points)
        return GroupAudit(count, count, units, "", 0.0, 0.0, {}, ())

    def _inputs(self, *, with_multipliers: bool) -> dict[str, Array]:
        inputs = {self._problem.unknown: np.stack([point.x for point in self._points])}
        lam = np.stack([point.lam for point in self._points])
        return {**inputs, MULTIPLIERS: lam} if with_multipliers else inputs

    def _multipliers(self) -> Block:
        wrongs = [slips.of_multipliers(self._constrained, point.x, point.lam) for point in self._points]
        wrong = {name: np.stack([found[name] for found in wrongs]) for name in wrongs[0]}
        return self._valued(1.0, wrong, with_multipliers=False)

    def _sensitivity(self) -> Block:
        """The derivative of the extremal value in the level b of each constraint, as f - lam (g - b) shows it."""
        lam = np.stack([point.lam for point in self._points])
        wrong = {"sensitivity.sign": self._problem.sign * lam}
        return self._valued(-self._problem.sign, wrong, with_multipliers=True)

    def _valued(self, factor: float, wrong: dict[str, Array], *, with_multipliers: bool) -> Block:
        """Multipliers times a factor, 1 or -1, with their error bars and the distance of the nearest wrong answer."""
        lam = np.stack([point.lam for point in self._points])
        measured = [self._measured(point) for point in self._points]
        unit = base(lam, np.stack([moved for moved, _ in measured], axis=1))
        error = np.minimum(np.stack([off for _, off in measured]), ALLOWED_UNITS * unit)
        inputs = self._inputs(with_multipliers=with_multipliers)
        return _separated(Block(inputs, factor * lam, unit, error, np.zeros(len(lam)), wrong))

    def _measured(self, point: Extremum) -> tuple[Array, Array]:
        """The multipliers at x with every entry rounded, and the error of those that a library computes at x."""
        signs = np.random.default_rng(0).choice((-1.0, 1.0), (PATTERNS, len(point.x)))
        moved = np.stack([self._constrained.multipliers(x) for x in point.x * (1 + AMPLITUDE * signs)])
        return moved, np.abs(self._constrained.multipliers(point.x) - point.lam)

    def _types(self) -> Block:
        codes = np.array([float(KINDS.index(point.kind)) for point in self._points])
        wrongs = [slips.of_types(self._constrained, p.x, p.lam, p.kind) for p in self._points]
        wrong = {name: np.array([float(KINDS.index(found[name])) for found in wrongs]) for name in wrongs[0]}
        return chosen(self._inputs(with_multipliers=True), codes, wrong)

    def _tangent(self) -> Block:
        tried = tangency(self._constrained, [point.x for point in self._points])
        wrong = {name: np.array([found.wrong[name] for found in tried]) for name in tried[0].wrong}
        inputs = {self._problem.unknown: np.stack([found.x for found in tried])}
        return chosen(inputs, np.array([float(found.is_tangent) for found in tried]), wrong)


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
