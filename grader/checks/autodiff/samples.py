"""Samples: programs that are run on the student's numbers, each with the points that its replies are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.checks.autodiff.instances import Instances
from grader.checks.judgement import Comparison
from grader.domain.autodiff import FORWARD, Autodiff
from grader.sandbox.probes import Handle
from grader.sandbox.run import Probe
from reference.bundle import Point
from reference.dag import Dag
from reference.language import Expression
from reference.points import Array
from reference.program import tangent_of
from reference.tolerance import ROUNDING

ENLARGED, DIMINISHED, SHIFTED = "enlarged", "diminished", "shifted"
LARGE = 2.0**500
"""A derivative is linear in the one that arrives: this much of it, or the inverse, is what steps of any size miss."""
SHIFT = 2**30
"""A constant that is added to a result leaves its derivative as it is, and the differences of it without digits."""
_SMALL_EXPONENT = -1000
_LONG = 100
_OVERFLOWING = float(np.log(np.finfo(np.float64).max))


@dataclass(frozen=True)
class Sample:
    """One run of a program. `derivatives` has a point for every number that holds one, or one for all of them."""

    text: str
    """what was computed, as a student would write it"""
    probe: Probe
    leaves: tuple[float | Array, ...]
    names: tuple[str, ...]
    """of the leaves"""
    value: Point | None
    derivatives: tuple[Point, ...]
    stress: str = ""
    """what was done to it that a method which takes steps does not stand"""
    repeats: bool = False
    """as the first one of its check, which must give the same once more"""
    made_of: Expression | Dag | None = None
    """None where it is none that could be looked at more closely"""
    directions: tuple[float, ...] = ()
    """the derivative of every leaf, in forward mode"""
    passes: int = 1
    """backward, in reverse mode"""
    is_descent: bool = False
    """a call of a function that returns where the variables stand after steps of gradient descent"""
    variables: tuple[str, ...] | None = None
    """the leaves that are tensors with a gradient of their own each, of their shape; None where numbers are scalars"""

    @property
    def count(self) -> int:
        """How many derivatives are replied."""
        if self.variables is not None:
            return len(self.variables)
        return sum(point.expected.size for point in self.derivatives)

    @property
    def is_long(self) -> bool:
        """Whether it has more operations than somebody would write down."""
        return len(self.probe) > _LONG or any(step[0] == "iterate" for step in self.probe)

    @property
    def is_large(self) -> bool:
        """Whether exponentials of its leaves are infinite, though the result is not."""
        return any(bool(np.any(np.abs(leaf) > _OVERFLOWING)) for leaf in self.leaves)

    @property
    def has_constant(self) -> bool:
        """Whether a plain number is among the operands of an operator, other than in an exponent."""
        operations = [step for step in self.probe if step[0] == "operate" and step[1] != "pow"]
        return any(self.probe[slot][0] == "constant" for step in operations for slot in step[2:])


@dataclass(frozen=True)
class Answer:
    """The numbers of one sample."""

    sample: Sample
    value: Comparison | None
    derivatives: tuple[Comparison, ...]


def of_program(
    task: Autodiff, text: str, f: Expression, names: Sequence[str], row: Sequence[Point], stress: str = ""
) -> Sample:
    """A program at one point of its bundle: `row` has the value, the derivative along a direction and all others."""
    value, along, *each = row
    factor = _enlargement(task, stress)
    numbers = Instances(task)
    inputs = {name: float(value.inputs[name]) for name in names}
    tangents = {name: float(along.inputs[tangent_of(name)]) for name in names}
    leaves = {name: numbers.leaf(inputs[name], factor * tangents[name]) for name in names}
    points = (times(along, factor),) if task.mode == FORWARD else tuple(each)
    made = Sample(text, numbers.writer.probe, tuple(inputs.values()), tuple(names), value, points, stress,
                  made_of=f, directions=tuple(tangents.values()))  # fmt: skip
    return _finished(task, numbers, numbers.evaluate(f, leaves), made)


def of_graph(
    task: Autodiff, dag: Dag, value: Point, gradient: Point, *, passes: int = 1, text: str = "", stress: str = ""
) -> Sample:
    """A graph at the leaves of a point; in forward mode along a direction that the leaves themselves give."""
    factor = _enlargement(task, stress)
    numbers = Instances(task)
    leaves = value.inputs["leaves"]
    direction = 1.0 / leaves
    handles = [numbers.leaf(float(x), factor * float(t)) for x, t in zip(leaves, direction, strict=True)]
    point = times(_along(gradient, direction), factor) if task.mode == FORWARD else gradient
    names, held = tuple("abcdefgh"[: dag.leaves]), tuple(float(x) for x in leaves)
    made = Sample(text or dag.text, numbers.writer.probe, held, names, value, (point,), stress,
                  made_of=dag, directions=tuple(map(float, direction)), passes=passes)  # fmt: skip
    return _finished(task, numbers, numbers.graph(dag, handles), made, passes)


def _enlargement(task: Autodiff, stress: str) -> float:
    """By how much the derivatives that are handed in are larger, in forward mode."""
    return LARGE ** {ENLARGED: 1, DIMINISHED: -1}.get(stress, 0) if task.mode == FORWARD else 1.0


def _finished(task: Autodiff, numbers: Instances, root: Handle, made: Sample, passes: int = 1) -> Sample:
    """The sample with all replies, and in reverse mode with what its stress does to the result."""
    if not made.stress or task.mode == FORWARD:
        numbers.finish(root, passes=passes)
        return made
    if made.stress == SHIFTED:
        numbers.finish(numbers.writer.operate("add", root, SHIFT), passes=passes)
        return replace(made, value=None)
    factor = smallness(made.derivatives)
    numbers.finish(numbers.writer.operate("mul", root, factor), passes=passes)
    return replace(made, value=None, derivatives=tuple(times(point, factor) for point in made.derivatives))


def stresses(task: Autodiff) -> tuple[str, ...]:
    """What shows a method that takes steps. In forward mode derivatives of any size can be handed in; in reverse mode
    the result is changed so that one of a certain size arrives, or so that differences of it lose their digits."""
    if task.mode == FORWARD:
        return ENLARGED, DIMINISHED
    return (SHIFTED,) * ("add" in task.ops) + (DIMINISHED,) * ("mul" in task.ops)


def smallness(points: Sequence[Point]) -> float:
    """A power of two that makes the smallest derivative as small as arithmetic takes without losing digits."""
    sizes = np.abs(np.concatenate([np.ravel(point.expected) for point in points]))
    smallest = int(np.floor(np.log2(np.min(sizes[sizes > 0], initial=1.0))))
    return 2.0 ** max(-1020, _SMALL_EXPONENT - smallest)


def times(point: Point, factor: float) -> Point:
    """The point for a multiple of what it expects; a power of two rounds nothing."""
    if factor == 1.0:
        return point
    with np.errstate(over="ignore"):
        wrong = {name: np.asarray(factor * values) for name, values in point.wrong.items()}
    parts: list[Array] = [np.asarray(factor * part) for part in (point.expected, point.base, point.error)]
    return replace(point, expected=parts[0], base=parts[1], error=parts[2], wrong=wrong)


def _along(gradient: Point, direction: Array) -> Point:
    """The derivative along a direction; in forward mode nothing is passed back, so nothing is passed back wrongly."""
    size = np.abs(direction)
    expected, base, error = gradient.expected @ direction, gradient.base @ size, gradient.error @ size
    return Point(gradient.inputs, np.asarray(expected), np.asarray(base), np.asarray(error), np.inf, {})


def exactly(expected: float | Sequence[float], wrong: dict[str, float] | None = None) -> Point:
    """What is computed without any rounding; one rounding of the result is the unit all the same."""
    right = np.asarray(expected, dtype=np.float64)
    unit, nothing = ROUNDING * np.abs(right), np.zeros_like(right)
    mistakes = {name: np.asarray(value, dtype=np.float64) for name, value in (wrong or {}).items()}
    return Point({}, right, unit, nothing, np.inf, mistakes)
