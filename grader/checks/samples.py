"""Samples: programs that are run on the student's numbers, each with the points that its replies are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.checks.instances import Instances
from grader.domain.autodiff import FORWARD, Autodiff
from grader.sandbox.run import Probe
from reference.bundle import Point
from reference.dag import Dag
from reference.language import Expression
from reference.points import Array
from reference.program import tangent_of

ENLARGED, DIMINISHED, SHIFTED = "enlarged", "diminished", "shifted"
LARGE = 2.0**500
"""A derivative is linear in the one that arrives: this much of it, or the inverse, is what steps of any size miss."""
SHIFT = 2**30
"""A constant that is added to a result leaves its derivative as it is, and the differences of it without digits."""
_SMALL_EXPONENT = -1000
_LONG = 100


@dataclass(frozen=True)
class Sample:
    """One run of a program. `derivatives` has a point for every number that holds one, or one for all of them."""

    text: str
    """what was computed, as a student would write it"""
    probe: Probe
    leaves: tuple[float, ...]
    names: tuple[str, ...]
    value: Point | None
    derivatives: tuple[Point, ...]
    stress: str = ""
    """what was done to it that a method which takes steps does not stand"""
    repeats: bool = False
    """as the first one of its check, which must give the same once more"""

    @property
    def count(self) -> int:
        """How many derivatives are replied."""
        return sum(point.expected.size for point in self.derivatives)

    @property
    def is_long(self) -> bool:
        """Whether it has more operations than somebody would write down."""
        return len(self.probe) > _LONG or any(step[0] == "iterate" for step in self.probe)

    @property
    def has_constant(self) -> bool:
        """Whether a plain number is among the operands of an operator, other than in an exponent."""
        operations = [step for step in self.probe if step[0] == "operate" and step[1] != "pow"]
        return any(self.probe[slot][0] == "constant" for step in operations for slot in step[2:])


def of_program(
    task: Autodiff, text: str, f: Expression, names: Sequence[str], row: Sequence[Point], stress: str = ""
) -> Sample:
    """A program at one point of its bundle: `row` has the value, the derivative along a direction and all others."""
    value, along, *each = row
    inputs = {name: float(value.inputs[name]) for name in names}
    numbers = Instances(task)
    tangents = {name: 0.0 for name in names}
    points = tuple(each)
    if task.mode == FORWARD:
        factor = LARGE ** {ENLARGED: 1, DIMINISHED: -1}.get(stress, 0)
        tangents = {name: factor * float(along.inputs[tangent_of(name)]) for name in names}
        points = (_times(along, factor),)
    leaves = {name: numbers.leaf(inputs[name], tangents[name]) for name in names}
    root = numbers.evaluate(f, leaves)
    held: Point | None = value
    if stress and task.mode != FORWARD:
        held = None
        if stress == SHIFTED:
            root = numbers.writer.operate("add", root, SHIFT)
        else:
            factor = _factor(points)
            root = numbers.writer.operate("mul", root, factor)
            points = tuple(_times(point, factor) for point in points)
    numbers.finish(root)
    return Sample(text, numbers.writer.probe, tuple(inputs.values()), tuple(names), held, points, stress)


def stresses(task: Autodiff) -> tuple[str, ...]:
    """What shows a method that takes steps. In forward mode derivatives of any size can be handed in; in reverse mode
    the result is changed so that one of a certain size arrives, or so that differences of it lose their digits."""
    if task.mode == FORWARD:
        return ENLARGED, DIMINISHED
    return (SHIFTED,) * ("add" in task.ops) + (DIMINISHED,) * ("mul" in task.ops)


def _factor(points: Sequence[Point]) -> float:
    """A power of two that makes the smallest derivative as small as arithmetic takes without losing digits."""
    sizes = [abs(float(point.expected)) for point in points if point.expected != 0]
    smallest = int(np.floor(np.log2(min(sizes)))) if sizes else 0
    return 2.0 ** max(-1020, _SMALL_EXPONENT - smallest)


def _times(point: Point, factor: float) -> Point:
    """The point for a multiple of what it expects; a power of two rounds nothing."""
    if factor == 1.0:
        return point
    with np.errstate(over="ignore"):
        wrong = {name: np.asarray(factor * values) for name, values in point.wrong.items()}
    parts: list[Array] = [np.asarray(factor * part) for part in (point.expected, point.base, point.error)]
    return replace(point, expected=parts[0], base=parts[1], error=parts[2], wrong=wrong)


def of_graph(task: Autodiff, dag: Dag, value: Point, gradient: Point, *, passes: int = 1, text: str = "") -> Sample:
    """A graph at the leaves of a point; in forward mode along a direction that the leaves themselves give."""
    numbers = Instances(task)
    leaves = value.inputs["leaves"]
    direction = 1.0 / leaves
    handles = [numbers.leaf(float(x), float(t)) for x, t in zip(leaves, direction, strict=True)]
    numbers.finish(numbers.graph(dag, handles), passes=passes)
    point = _along(gradient, direction) if task.mode == FORWARD else gradient
    names = tuple("abcdefgh"[: dag.leaves])
    held = tuple(float(x) for x in leaves)
    return Sample(text or dag.text, numbers.writer.probe, held, names, value, (point,))


def _along(gradient: Point, direction: Array) -> Point:
    """The derivative along a direction; in forward mode nothing is passed back, so nothing is passed back wrongly."""
    size = np.abs(direction)
    expected, base, error = gradient.expected @ direction, gradient.base @ size, gradient.error @ size
    return Point(gradient.inputs, np.asarray(expected), np.asarray(base), np.asarray(error), np.inf, {})


def exactly(expected: float | Sequence[float], wrong: dict[str, float] | None = None) -> Point:
    """What only one number is right for, because nothing rounds."""
    right = np.asarray(expected, dtype=np.float64)
    nothing = np.zeros_like(right)
    mistakes = {name: np.asarray(value, dtype=np.float64) for name, value in (wrong or {}).items()}
    return Point({}, right, nothing, nothing, np.inf, mistakes)
