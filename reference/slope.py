"""The derivative of a program in one argument, measured at every drawn point, with its typical wrong answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reference.audit import GroupAudit
from reference.build import ALWAYS_APART
from reference.bundle import Block, Point, joined
from reference.engine import Engine
from reference.measure import Measured, Measurement
from reference.mutants import wrong_answers
from reference.points import Inputs
from reference.program import Program
from reference.replay import replayed
from reference.secondopinion import Opinion
from reference.separation import Candidates
from reference.tolerance import EXACT_UNITS, SEPARATION


class Slope:
    """The derivative in one argument, at all points that are drawn."""

    def __init__(self, program: Program, name: str, engine: Engine, rng: np.random.Generator) -> None:
        self.problem = program.problem(name)
        self.measurement = Measurement(self.problem, engine, rng)
        self.opinion = Opinion(self.problem, program.group, self.measurement, rng)
        self.candidates = Candidates(())
        self._blocks: list[Block] = []
        self._distances: list[dict[str, float]] = []

    def add(self, inputs: Inputs, measured: Measured) -> list[int]:
        """Take in points where it is finite; returns those where differences agree."""
        wrong = {**wrong_answers(self.measurement.engine, self.problem, inputs), **replayed(self.problem, inputs)}
        nothing_near = np.full(len(measured.truth), np.inf)
        block = Block(inputs, measured.truth, measured.base, measured.error, nothing_near, wrong)
        self._blocks.append(block)
        self._distances += [self._apart(point) for point in block.points()]
        return self.opinion.agreeing(inputs, measured)

    def _apart(self, point: Point) -> dict[str, float]:
        found = self.candidates.add(point.wrong, point.expected, point.unit, point.inputs)
        if np.any(point.expected) or np.any(point.unit):
            return found
        # Only zero itself is right here, and everything else is told from it.
        return {name: apart for name, apart in found.items() if apart >= SEPARATION}

    def near(self, k: int) -> list[str]:
        """The mistakes that come near to the right answer at a point without being it, as functions do that are
        piecewise: the greater of two has the slope of one of them."""
        return [name for name, apart in self._distances[k].items() if apart < SEPARATION and self._is_near(name, apart)]

    def _is_near(self, name: str, apart: float) -> bool:
        return name in ALWAYS_APART or (apart > EXACT_UNITS and self.candidates.applicable(name))

    def block(self, kept: list[int]) -> Block:
        """The points that are kept, with the wrong answers that are mistakes here."""
        whole = joined(self._blocks)
        nearest = np.array([self._nearest(k) for k in range(len(whole.expected))])
        # Even those that a simple factor explains: here it is known which rules there are to be mistaken about.
        seen = {name for found in self._distances for name, apart in found.items() if apart >= SEPARATION}
        wrong = {name: values for name, values in whole.wrong.items() if name in seen}
        return replace(whole, separation=nearest, wrong=wrong).select(kept)

    def _nearest(self, k: int) -> float:
        return min((apart for apart in self._distances[k].values() if apart >= SEPARATION), default=np.inf)

    def audit(self, drawn: int, used: int) -> GroupAudit:
        """What was measured."""
        names = self.candidates.names()
        apart = {name: self.candidates.least(name) for name in names if self.candidates.applicable(name)}
        harmless = tuple(name for name in names if name not in apart)
        measured, opinion = self.measurement, self.opinion
        return GroupAudit(
            drawn, used, measured.worst_units, measured.lossy, opinion.worst, opinion.resolution, apart, harmless
        )
