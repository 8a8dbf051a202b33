"""The public functions that need the engine. Importing this module imports torch."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from reference import engine
from reference.bundle import Block, Bundle, Point
from reference.language import Expression
from reference.numeric import evaluate
from reference.points import Array, Inputs, draw_block
from reference.problem import Group, Problem, ProblemFault
from reference.tolerance import EXACT_UNITS, SEPARATION, units

_SPARE = 3
"""A bundle holds this many times the points of one grading, so that answers cannot be learned by heart."""
_MAX_DRAWS = 4

_AUTOMATIC_FACTORS = (-1.0, 0.5, 2.0)


def build_bundle(problem: Problem, seed: int = 0) -> Bundle:
    """Draw the points of every group and compute what is right there. Raises ProblemFault."""
    rng = np.random.default_rng(seed)
    return Bundle({group.id: tuple(_Builder(problem, group, rng).build()) for group in problem.groups})


@dataclass
class _Builder:
    """Collects usable points of one group and counts why others were refused."""

    problem: Problem
    group: Group
    rng: np.random.Generator
    drawn: int = 0
    not_finite: int = 0
    blocks: list[Block] = field(default_factory=list)
    inseparable: dict[str, int] = field(default_factory=dict)

    def build(self) -> list[Block]:
        wanted = _SPARE * self.group.points
        while self.usable() < wanted and self.drawn < _MAX_DRAWS * wanted:
            self._add(draw_block(self.problem, self.group, self.rng))
        if self.usable() < wanted:
            raise self._refusal()
        return self.blocks

    def usable(self) -> int:
        return sum(len(block.expected) for block in self.blocks)

    def _add(self, inputs: Inputs) -> None:
        expected, unit = engine.expected(self.problem, inputs, self.rng)
        wrong = {
            item.note: _closed_form(self.problem, inputs, item.when, expected) for item in self.problem.misconceptions
        }
        block = Block(inputs, expected, unit, wrong)
        values = _closed_form(self.problem, inputs, self.problem.f, expected)
        kept = [k for k, point in enumerate(block.points()) if self._is_usable(point, values[k])]
        self.drawn += len(expected)
        block = _select(block, kept)
        self._check_solution(block)
        if kept:
            self.blocks.append(block)

    def _is_usable(self, point: Point, value: Array) -> bool:
        expected, unit = point.expected, point.unit
        # A logarithm of something negative has a finite derivative all the same.
        if not all(np.all(np.isfinite(array)) for array in (value, expected, unit)):
            self.not_finite += 1
            return False
        too_near = [note for note, wrong in point.wrong.items() if _separation(wrong, expected, unit) < SEPARATION]
        with np.errstate(over="ignore"):
            if any(units(factor * expected, expected, unit) < SEPARATION for factor in _AUTOMATIC_FACTORS):
                too_near.append("")
        for note in too_near:
            self.inseparable[note] = self.inseparable.get(note, 0) + 1
        return not too_near

    def _check_solution(self, block: Block) -> None:
        """The author's closed form is an independent opinion; where it differs somebody is wrong."""
        if self.problem.solution is None:
            return
        values = _closed_form(self.problem, block.inputs, self.problem.solution, block.expected)
        for k, point in enumerate(block.points()):
            if values[k].shape != point.expected.shape:
                text = f"`solution` has shape {values[k].shape}, the reference has {point.expected.shape}"
                raise ProblemFault("solution", text)
            if units(values[k], point.expected, point.unit) > EXACT_UNITS:
                raise ProblemFault("solution", _disagreement(k, values[k], point.expected))

    def _refusal(self) -> ProblemFault:
        if self.not_finite > self.drawn // 2:
            where = f"groups.{self.group.id}"
            return ProblemFault(
                where,
                f"at {self.not_finite} of {self.drawn} points of group `{self.group.id}` f or its derivative is not "
                "finite; narrow the domains of `given`",
            )
        note = max(self.inseparable, key=lambda name: self.inseparable[name])
        count = f"at {self.inseparable[note]} of {self.drawn} points of group `{self.group.id}`"
        if note:
            text = f"{count} the misconception `{note}` cannot be told apart from the right answer"
            number = [item.note for item in self.problem.misconceptions].index(note)
            return ProblemFault(f"misconceptions.{number}.when", text + "; change `when` or the domains")
        text = f"{count} the derivative is zero within rounding, so half or twice of it would pass; change the domains"
        return ProblemFault(f"groups.{self.group.id}", text)


def _separation(wrong: Array, expected: Array, unit: Array) -> float:
    return units(wrong, expected, unit) if wrong.shape == expected.shape else np.inf


def _select(block: Block, kept: list[int]) -> Block:
    def of(values: dict[str, Array]) -> dict[str, Array]:
        return {name: array[kept] for name, array in values.items()}

    return Block(of(block.inputs), block.expected[kept], block.unit[kept], of(block.wrong))


def _closed_form(problem: Problem, inputs: Inputs, expression: Expression, expected: Array) -> Array:
    """The value of an author's expression at every point, by numpy: independent of the engine."""
    values = []
    for k in range(len(expected)):
        names = {name: array[k] for name, array in inputs.items()}
        with np.errstate(all="ignore"):
            for name, let in problem.lets:
                names[name] = evaluate(let, names, np)
            values.append(np.asarray(evaluate(expression, names, np), dtype=np.float64))
    return np.stack(values) if values else expected


def _disagreement(k: int, value: Array, expected: Array) -> str:
    worst = np.unravel_index(int(np.argmax(np.abs(value - expected))), expected.shape)
    entry = f"entry {list(map(int, worst))} " if worst else "it "
    ratio = f" (ratio {value[worst] / expected[worst]:.4g})" if expected[worst] else ""
    values = f"{entry}is {value[worst]:.6g}, expected {expected[worst]:.6g}{ratio}"
    return f"`solution` disagrees with the reference at point {k}: {values}"
