"""Which samples a check of an autodiff task consists of: drawn from its bundle, with spare ones for what stays open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from grader.checks.autodiff import tensordrawing
from grader.checks.autodiff.instances import Instances
from grader.checks.autodiff.samples import Sample, exactly, of_graph, of_program, stresses
from grader.domain.assignment import Task
from grader.domain.autodiff import ALONE, CHAINED, FORWARD, RANDOM_WORD, Autodiff, GraphCheck
from reference.bundle import Bundle, Point
from reference.dag import FIXED, GRADIENT, RANDOM, TWICE, VALUE, group_of
from reference.dagnumbers import decoded
from reference.program import FURTHER, Program, Programs, groups_of, tangent_of

Drawn = tuple[tuple[Sample, ...], tuple[Sample, ...]]
"""what is asked first, and what is asked further where that leaves it open"""

_LEAVES = 3
"""sets of leaves that a graph is tried with"""
_SPARE_LEAVES = 2
_FURTHER_GRAPHS = 8


def content(task: Task) -> Autodiff:
    """What the task asks for."""
    assert isinstance(task.content, Autodiff)
    return task.content


def draw(task: Task, check: str, bundles: Mapping[str, Bundle], rng: np.random.Generator) -> Drawn:
    """The samples of one check."""
    asked = content(task)
    if asked.tensors and check not in ALONE:
        return tensordrawing.draw(task, asked, check, bundles, rng)
    if check in asked.ops:
        return _programs(asked, task.parts[f"ops.{check}"], bundles[f"ops.{check}"], rng)
    if check in asked.programs:
        return _program(asked, task.parts[f"programs.{check}"], bundles[f"programs.{check}"], rng, check)
    graph = next(item for item in asked.graphs if item.word == check)
    if check in FIXED:
        return _fixed(asked, check, bundles[f"graphs.{check}"], rng)
    if check == RANDOM_WORD:
        return _random(asked, graph, bundles[f"graphs.{check}"], rng)
    return tuple(_EXACT[check](asked, graph)), ()


def _programs(task: Autodiff, part: Programs, bundle: Bundle, rng: np.random.Generator) -> Drawn:
    """Every form of one operation."""
    first: list[Sample] = []
    spare: list[Sample] = []
    for case, program in part.cases:
        made, more = _points(task, case, program, case, bundle, rng)
        first += made
        spare += more
    return tuple(first), tuple(spare)


def _program(task: Autodiff, part: Programs, bundle: Bundle, rng: np.random.Generator, check: str) -> Drawn:
    """An author's program; its first sample comes once more at the end, and must give the same."""
    ((case, program),) = part.cases
    first, spare = _points(task, case, program, task.programs[check], bundle, rng)
    return (*first, replace(first[0], repeats=True)), spare


def _points(task: Autodiff, case: str, program: Program, text: str, bundle: Bundle, rng: np.random.Generator) -> Drawn:
    rows = bundle.draw_together([*groups_of(case, program)], program.points + FURTHER, rng)
    asked, further = rows[: program.points], rows[program.points :]
    made = [of_program(task, text, program.f, program.names, row) for row in asked]
    # In reverse mode this takes other operations, which must not be in the way of a check of one.
    if task.mode == FORWARD or not case:
        telling = sorted(asked, key=_directions_left_out)
        made += [of_program(task, text, program.f, program.names, telling[0], stress) for stress in stresses(task)]
    spare = [of_program(task, text, program.f, program.names, row) for row in further]
    return tuple(made), tuple(spare)


def _directions_left_out(row: tuple[Point, ...]) -> int:
    """How many arguments the direction at a point does not move."""
    along = row[1]
    return sum(bool(value == 0) for name, value in along.inputs.items() if name.startswith(tangent_of("")))


def _fixed(task: Autodiff, word: str, bundle: Bundle, rng: np.random.Generator) -> Drawn:
    twice = word == "backward-twice"
    first: list[Sample] = []
    spare: list[Sample] = []
    for number, dag in enumerate(FIXED[word]):
        groups = [group_of(word, number, quantity) for quantity in (VALUE, TWICE if twice else GRADIENT)]
        rows = bundle.draw_together(groups, _LEAVES + _SPARE_LEAVES, rng)
        made = [of_graph(task, dag, value, point, passes=1 + twice) for value, point in rows]
        first += made[:_LEAVES]
        first += [of_graph(task, dag, *rows[0], passes=1 + twice, stress=stress) for stress in stresses(task)]
        spare += made[_LEAVES:]
    return tuple(first), tuple(spare)


def _random(task: Autodiff, check: GraphCheck, bundle: Bundle, rng: np.random.Generator) -> Drawn:
    groups = [group_of(RANDOM, 0, quantity) for quantity in (VALUE, GRADIENT)]
    rows = bundle.draw_together(groups, check.count + _FURTHER_GRAPHS, rng)
    text = f"a random graph of {check.size} operations"
    made = [
        of_graph(task, decoded(value.inputs["nodes"], value.inputs["leaves"].size), value, gradient, text=text)
        for value, gradient in rows
    ]
    value, gradient = rows[0]
    dag = decoded(value.inputs["nodes"], value.inputs["leaves"].size)
    stressed = [of_graph(task, dag, value, gradient, text=text, stress=stress) for stress in stresses(task)]
    return (*made[: check.count], *stressed), tuple(made[check.count :])


def _doubling(task: Autodiff, check: GraphCheck) -> Iterator[Sample]:
    """v = v + v, so often that a walk along every path never ends."""
    numbers = Instances(task)
    numbers.finish(numbers.writer.iterate("add", numbers.leaf(0.75, 1.0), None, check.size))
    doubled = 2.0**check.size
    text = f"v = v + v, {check.size} times"
    yield Sample(text, numbers.writer.probe, (0.75,), ("v",), exactly(0.75 * doubled), (exactly(doubled),))


def _chain(task: Autodiff, check: GraphCheck) -> Iterator[Sample]:
    yield chain_of(task, check.size)


def chain_of(task: Autodiff, size: int) -> Sample:
    """One operation after another; numbers and derivatives are such that nothing is ever rounded."""
    operator = next(op for op in CHAINED if op in task.ops)
    start, step = 0.5, 1.0 if operator == "mul" else 0.25
    numbers = Instances(task)
    leaves = numbers.leaf(start, 1.0), numbers.leaf(step, 0.5)
    numbers.finish(numbers.writer.iterate(operator, leaves[0], leaves[1], size))
    value, slope = _ended(operator, start, step, size)
    along = exactly(1.0 + 0.5 * slope)
    derivative = along if task.mode == FORWARD else exactly([1.0, slope])
    text = f"v = v {_SIGNS[operator]} w, {size} times"
    return Sample(text, numbers.writer.probe, (start, step), ("v", "w"), exactly(value), (derivative,))


_SIGNS = {"add": "+", "sub": "-", "mul": "*"}


def _ended(operator: str, start: float, step: float, times: int) -> tuple[float, float]:
    """The value after so many operations, and its derivative in the second number."""
    if operator == "mul":
        return start, start * times
    sign = 1.0 if operator == "add" else -1.0
    return start + sign * step * times, sign * times


def _nested(task: Autodiff, check: GraphCheck) -> Iterator[Sample]:
    """Numbers whose parts are numbers of the same class: second derivatives, and a derivative inside of another one."""
    numbers = Instances(task)
    inner = numbers.leaf(1.5, 1.0)
    outer = numbers.leaf(inner, numbers.leaf(1.0, 0.0))
    cubed = numbers.writer.operate("mul", numbers.writer.operate("mul", outer, outer), outer)
    slope = numbers.derivative(cubed)
    numbers.writer.reply(numbers.value(slope))
    numbers.writer.reply(numbers.derivative(slope))
    text = "the second derivative of x*x*x, by a number whose parts are numbers"
    yield Sample(text, numbers.writer.probe, (), (), exactly(3 * 1.5**2), (exactly(6 * 1.5),))
    numbers = Instances(task)
    x = numbers.leaf(1.0, 1.0)
    one, zero = numbers.leaf(1.0, 0.0), numbers.leaf(0.0, 0.0)
    lifted, y = numbers.leaf(x, zero), numbers.leaf(one, one)
    slope = numbers.derivative(numbers.writer.operate("add", lifted, y))
    product = numbers.writer.operate("mul", x, slope)
    numbers.writer.reply(numbers.value(product))
    numbers.writer.reply(numbers.derivative(product))
    confused = {"perturbation-confusion": 2.0}
    text = "the derivative in x of x times the derivative in y of (x + y)"
    yield Sample(text, numbers.writer.probe, (), (), None, (exactly(1.0, confused),))


_EXACT: dict[str, Callable[[Autodiff, GraphCheck], Iterator[Sample]]] = {
    "doubling": _doubling,
    "chain": _chain,
    "nested": _nested,
}
