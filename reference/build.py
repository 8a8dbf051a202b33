"""Building a bundle: points of every group with the truth, its error bars, and the typical wrong answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from reference.audit import Audit, GroupAudit
from reference.bundle import Block, Bundle
from reference.engine import Engine
from reference.hazards import at_kink, first_not_finite
from reference.measure import Measured, Measurement, closed_form, require_solution
from reference.mutants import wrong_answers
from reference.points import Array, Inputs
from reference.problem import Group, Problem, ProblemFault
from reference.secondopinion import USABLE, Opinion
from reference.separation import Candidates, distinct
from reference.special import draw_block, require_movable
from reference.tolerance import SEPARATION

SPARE = 3
"""A bundle holds this many times the points of one grading, so that answers cannot be learned by heart."""
_MAX_DRAWS = 4
_FEW = 3
"""Points that may be lost by chance where not many are drawn."""
ALWAYS_APART = ("sign", "scale.half", "scale.double")
"""Where even these are near the right answer, it is zero within rounding and nothing can be told."""


def build(problem: Problem, seed: int = 0, engine: Engine | None = None) -> tuple[Bundle, Audit]:
    """The bundle of a problem, and what was measured on the way. Raises ProblemFault where a gate does not hold."""
    rng = np.random.default_rng(seed)
    engine = engine or Engine()
    built = {group.id: _GroupBuilder(problem, group, engine, rng).build() for group in problem.groups}
    bundle = Bundle({name: blocks for name, (blocks, _) in built.items()})
    return bundle, Audit({name: audit for name, (_, audit) in built.items()})


@dataclass
class _Drawn:
    """A block before its points are chosen from."""

    inputs: Inputs
    measured: Measured
    wrong: dict[str, Array]
    distances: list[dict[str, float]]
    sound: list[int]
    """points that are finite, smooth, and agree with the second opinion"""


@dataclass
class _GroupBuilder:
    """Collects usable points of one group and counts why others were refused."""

    problem: Problem
    group: Group
    engine: Engine
    rng: np.random.Generator
    drawn: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """reason -> points"""
    hazard: str = ""
    blocks: list[_Drawn] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._authored = [item.note for item in self.problem.misconceptions]
        self._candidates = Candidates(self._authored)
        self._measurement = Measurement(self.problem, self.engine, self.rng)
        self._opinion = Opinion(self.problem, self.group, self._measurement, self.rng)

    def build(self) -> tuple[tuple[Block, ...], GroupAudit]:
        """Blocks of points that may be scored. Raises ProblemFault."""
        require_movable(self.problem, self.group)
        wanted = SPARE * self.group.points
        while True:
            kept = [self._usable(block) for block in self.blocks]
            if sum(map(len, kept)) >= wanted:
                break
            if self.drawn >= _MAX_DRAWS * wanted:
                self._opinion.require_resolution()
                raise self._refusal()
            self._draw()
        self._opinion.require_resolution()
        self._require_usable()
        self._require_held()
        names = self._kept_names()
        blocks = tuple(self._block(b, k, names) for b, k in zip(self.blocks, kept, strict=True) if k)
        return blocks, self._audit(blocks)

    def _require_usable(self) -> None:
        """Raises ProblemFault where ordinary points are often none: then the domains are not what was meant."""
        for reason, count in self.refused.items():
            if count > max(_FEW, (1 - USABLE) * self.drawn) and not self.group.special:
                raise self._refused(reason, count)

    def _require_held(self) -> None:
        """Raises ProblemFault where it makes no difference that a part is held constant."""
        if self.problem.copies and not self._candidates.applicable("detach.missing"):
            raise ProblemFault(
                "stop", "the derivative is the same whether this is held constant or not; hold something else"
            )

    def _draw(self) -> None:
        inputs = draw_block(self.problem, self.group, self.rng)
        self.drawn += len(inputs[self.problem.wrt])
        measured = self._measurement.at(inputs)
        finite = self._finite(inputs, measured)
        if not finite:
            return
        inputs, measured = _select(inputs, finite), measured.select(finite)
        require_solution(self.problem, inputs, measured)
        wrong = {
            **{item.note: closed_form(self.problem, inputs, item.when) for item in self.problem.misconceptions},
            **wrong_answers(self._measurement.engine, self.problem, inputs),
        }
        distances = [
            self._candidates.add(_at(wrong, k), measured.truth[k], measured.unit[k], _at(inputs, k))
            for k in range(len(finite))
        ]
        sound = self._opinion.agreeing(inputs, measured)
        self.refused["kink"] += len(finite) - len(sound)
        self.blocks.append(_Drawn(inputs, measured, wrong, distances, sound))

    def _finite(self, inputs: Inputs, measured: Measured) -> list[int]:
        """Points where f and its derivative are finite and f is smooth."""
        kept = []
        for k, finite in enumerate(measured.is_finite()):
            reason = "not finite" if not finite else "kink" if at_kink(self.problem, _at(inputs, k)) else ""
            if not reason:
                kept.append(k)
                continue
            self.refused[reason] += 1
            self.hazard = self.hazard or first_not_finite(self.problem, _at(inputs, k))
        return kept

    def _usable(self, block: _Drawn) -> list[int]:
        """Points that no applicable wrong answer comes near to."""
        return [k for k in block.sound if not self._too_near(block.distances[k])]

    def _too_near(self, distances: dict[str, float]) -> list[str]:
        names = [name for name, units_apart in distances.items() if units_apart < SEPARATION]
        return [name for name in names if name in ALWAYS_APART or self._candidates.applicable(name)]

    def _kept_names(self) -> list[str]:
        """Applicable wrong answers, each once, the author's first."""
        points = [
            (_at(block.wrong, k), block.measured.truth[k], block.measured.unit[k], _at(block.inputs, k))
            for block in self.blocks
            for k in block.sound
        ]
        names = dict.fromkeys(name for block in self.blocks for name in block.wrong)
        automatic = [n for n in names if n not in self._authored and self._candidates.applicable(n)]
        found = distinct(points, [*self._authored, *automatic])
        return [*self._authored, *(name for name in found if name not in self._authored)]

    def _block(self, block: _Drawn, kept: list[int], names: list[str]) -> Block:
        measured = block.measured
        nearest = [
            min(d for name, d in distances.items() if name in ALWAYS_APART or self._candidates.applicable(name))
            for distances in block.distances
        ]
        wrong = {name: block.wrong[name] for name in names if name in block.wrong}
        whole = Block(block.inputs, measured.truth, measured.base, measured.error, np.array(nearest), wrong)
        return whole.select(kept)

    def _audit(self, blocks: tuple[Block, ...]) -> GroupAudit:
        used = sum(len(block.expected) for block in blocks)
        seen = self._candidates.names()
        apart = {name: self._candidates.least(name) for name in seen if self._candidates.applicable(name)}
        harmless = [name for name in seen if not self._candidates.applicable(name)]
        measured = self._measurement
        return GroupAudit(
            self.drawn, used, measured.worst_units, measured.lossy, self._opinion.worst, self._opinion.resolution,
            apart, tuple(harmless),
        )  # fmt: skip

    def _refusal(self) -> ProblemFault:
        """Why there are too few usable points: what refused most of them."""
        near: Counter[str] = Counter()
        for block in self.blocks:
            for k in block.sound:
                near.update(self._too_near(block.distances[k]))
        worst = self.refused.most_common(1)
        if worst and worst[0][1] > self.drawn // 2:
            return self._refused(*worst[0])
        return self._inseparable(near)

    def _refused(self, reason: str, count: int) -> ProblemFault:
        at = f"at {count} of {self.drawn} points of group `{self.group.id}`"
        detail = self._opinion.first if reason == "kink" else self.hazard
        return ProblemFault(f"groups.{self.group.id}", _REASONS[reason].format(at=at) + detail)

    def _inseparable(self, near: Counter[str]) -> ProblemFault:
        counts = f"of {self.drawn} points of group `{self.group.id}`"
        where = f"groups.{self.group.id}"
        name, count = near.most_common(1)[0]
        authored = [note for note in near if note in self._authored]
        if any(note in near for note in ALWAYS_APART) and not authored:
            text = f"at {count} {counts} the derivative is zero within rounding, so half or twice of it would pass"
            return ProblemFault(where, text + "; change the domains")
        if authored:
            name = max(authored, key=lambda note: near[note])
            where = f"misconceptions.{self._authored.index(name)}.when"
        text = f"at {near[name]} {counts} the misconception `{name}` cannot be told apart from the right answer"
        return ProblemFault(where, text + ("; change `when` or the domains" if authored else "; change the domains"))


_REASONS = {
    "not finite": "{at} f or its derivative is not finite; narrow the domains of `given`",
    "kink": "{at} f has no derivative, or a kink beside it; move the domains of `given` away from it",
}


def _at(values: dict[str, Array], k: int) -> dict[str, Array]:
    return {name: array[k] for name, array in values.items()}


def _select(values: dict[str, Array], kept: list[int]) -> dict[str, Array]:
    return {name: array[kept] for name, array in values.items()}
