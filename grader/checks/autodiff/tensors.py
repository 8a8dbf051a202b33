"""Samples of tensors: programs of them, and programs of scalars with a number at every entry.

What arrives at a result is a drawn cotangent, never ones: it is handed to the backward pass where that takes one, and
else the result is multiplied by it and summed, by the student's own operations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from grader.checks.autodiff.instances import Instances, plain
from grader.checks.autodiff.samples import SHIFT, SHIFTED, Sample, smallness, times
from grader.domain.assignment import Signature
from grader.domain.autodiff import Autodiff
from grader.sandbox.probes import Handle
from reference.bundle import Point
from reference.dag import Dag
from reference.language import Expression
from reference.points import Array
from reference.replay import INCOMING_IGNORED
from reference.separation import note_of
from reference.sweeps import faulty_twice
from reference.tensorprograms.parts import COTANGENT, COTANGENT_ONES, TensorProgram
from reference.tensorprograms.steps import CONSTANT, REDUCTIONS, RESHAPE, TRANSPOSE, Step


class Tensors(Instances):
    """One program on the student's tensors while it is written."""

    def run(self, steps: Sequence[Step], leaves: Sequence[Handle]) -> Handle:
        """What the steps make of the leaves."""
        nodes: list[Handle | float] = [*leaves]
        for step in steps:
            operands = [nodes[operand] for operand in step.operands]
            nodes.append(plain(step.settings[0]) if step.operation == CONSTANT else self._step(step, operands))
        result = nodes[-1]
        assert isinstance(result, Handle)
        return result

    def _step(self, step: Step, operands: Sequence[Handle | float]) -> Handle:
        first = operands[0] if isinstance(operands[0], Handle) else self.made(operands[0])
        if step.operation in REDUCTIONS:
            return self._reduced(step, first)
        if step.operation == RESHAPE:
            return self._rearranged(step, first)
        if step.operation == TRANSPOSE:
            return self._rearranged(step, first) if step.settings else self.writer.get(first, "T")
        return self._call(step.operation, operands)

    def _reduced(self, step: Step, operand: Handle) -> Handle:
        axis, kept = step.settings
        arguments = () if axis is None else (axis, True) if kept else (axis,)
        return self.apply(self._interface.functions[step.operation], operand, *arguments)

    def _rearranged(self, step: Step, operand: Handle) -> Handle:
        return self.apply(self._interface.functions[step.operation], operand, self.writer.tuple(*step.settings[0]))

    def weighed(self, result: Handle, cotangent: Array) -> Handle:
        """The root of a backward pass at which one arrives, so that the cotangent arrives at the result."""
        if self._interface.takes_cotangent:
            return result
        product = self.writer.operate("mul", self.made(as_argument(cotangent)), result)
        return self.apply(self._interface.functions["sum"], product) if cotangent.ndim else product


def as_argument(values: Array) -> float | Array:
    """As student code receives it: a float, or an array."""
    return values if values.ndim else float(values)


def _finished(
    numbers: Tensors, result: Handle, cotangent: Array, moving: Sequence[Handle], made: Sample, passes: int = 1
) -> Sample:
    """The sample with all replies, and with what its stress does to the result."""
    root = numbers.weighed(result, cotangent)
    if made.stress == SHIFTED:
        root = numbers.writer.operate("add", root, SHIFT)
    elif made.stress:
        factor = smallness(made.derivatives)
        root = numbers.writer.operate("mul", root, factor)
        made = replace(made, derivatives=tuple(times(point, factor) for point in made.derivatives))
    for _ in range(passes):
        numbers.backward(root, as_argument(cotangent))
    numbers.reply(result, moving)
    return made


def of_tensor_program(
    task: Autodiff, program: TensorProgram, row: Sequence[Point], call: Signature | None = None, stress: str = ""
) -> Sample:
    """A program at one point of its bundle; worked out step by step, or by a function of the student's."""
    value = row[0]
    gradients = [_seen_by(task, point) for point in row[1:]]
    numbers = Tensors(task)
    inputs = {name: value.inputs[name] for name in program.names}
    leaves = {name: numbers.leaf(as_argument(values)) for name, values in inputs.items()}
    text = program.text if call is None else str(call)
    made = Sample(
        text, numbers.writer.probe, tuple(inputs.values()), program.names, value, tuple(gradients), stress,
        variables=program.moving,
    )  # fmt: skip
    if call is None:
        result = numbers.run(program.steps(inputs), [*leaves.values()])
    else:
        result = numbers.writer.call(numbers.writer.name(call.name), *(leaves[name] for name in call.arguments))
    moving = [leaves[name] for name in program.moving]
    return _finished(numbers, result, value.inputs[COTANGENT], moving, made)


def _seen_by(task: Autodiff, gradient: Point) -> Point:
    """Ones in the place of a cotangent are a mistake of backward passes that are told one, and a likely one then."""
    wrong = {name: values for name, values in gradient.wrong.items() if name != COTANGENT_ONES}
    if task.interface.takes_cotangent and COTANGENT_ONES in gradient.wrong:
        wrong = {COTANGENT_ONES: gradient.wrong[COTANGENT_ONES], **wrong}
    return replace(gradient, wrong=wrong)


def _drawn(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    return np.asarray(rng.uniform(0.5, 2.0, shape) * rng.choice((-1.0, 1.0), shape))


def _together(
    points: Sequence[Point], shape: tuple[int, ...], weights: Array | None = None, without: str = ""
) -> Point:
    """Points of numbers as one of an array with such numbers for its entries; gradients with the weights that arrive
    there, and as a mistake that is called `without` where there are none."""
    factors = np.ones(shape) if weights is None else weights

    def entries(parts: Sequence[Array], by: Array) -> Array:
        return np.asarray(np.reshape(np.stack(parts), shape) * by)

    shared = [name for name in points[0].wrong if all(name in point.wrong for point in points)]
    wrong = {
        # Whoever ignores what arrives has no factor there.
        name: entries([p.wrong[name] for p in points], np.ones(shape) if note_of(name) == INCOMING_IGNORED else factors)
        for name in shared
    }
    if without and without not in wrong:
        wrong = {without: entries([p.expected for p in points], np.ones(shape)), **wrong}
    return Point(
        {}, entries([p.expected for p in points], factors), entries([p.base for p in points], np.abs(factors)),
        entries([p.error for p in points], np.abs(factors)), min(p.separation for p in points), wrong,
    )  # fmt: skip


def of_entries(
    task: Autodiff, text: str, f: Expression, names: Sequence[str], rows: Sequence[Sequence[Point]],
    shape: tuple[int, ...], rng: np.random.Generator,
) -> Sample:  # fmt: skip
    """A program of scalars on arrays, a point at every entry: a row has the value, then the derivatives."""
    weights = _drawn(shape, rng)
    leaves = {name: np.reshape([row[0].inputs[name] for row in rows], shape) for name in names}
    value = _together([row[0] for row in rows], shape)
    without = COTANGENT_ONES if task.interface.takes_cotangent else INCOMING_IGNORED
    gradients = [_together([row[k] for row in rows], shape, weights, without) for k in range(1, len(names) + 1)]
    numbers = Tensors(task)
    handles = {name: numbers.leaf(values) for name, values in leaves.items()}
    made = _made(text, numbers, leaves, value, gradients)
    return _finished(numbers, numbers.evaluate(f, handles), weights, numbers.leaves, made)


def of_graph_of_entries(
    task: Autodiff, dag: Dag, rows: Sequence[tuple[Point, Point]], shape: tuple[int, ...], rng: np.random.Generator,
    *, passes: int = 1, stress: str = "",
) -> Sample:  # fmt: skip
    """A graph on arrays, with the leaves of one point at every entry: a row has the value and the gradient."""
    weights = _drawn(shape, rng)
    names = "abcdefgh"[: dag.leaves]
    leaves = {name: np.reshape([v.inputs["leaves"][k] for v, _ in rows], shape) for k, name in enumerate(names)}
    without = COTANGENT_ONES if task.interface.takes_cotangent else ""
    gradients = [
        _together([_entry(gradient, k) for _, gradient in rows], shape, weights, without) for k in range(dag.leaves)
    ]
    if passes == 2 and not task.interface.takes_cotangent:
        gradients = _twice(gradients, dag, np.stack([*leaves.values()]), weights)
    numbers = Tensors(task)
    handles = [numbers.leaf(values) for values in leaves.values()]
    made = _made(dag.text, numbers, leaves, _together([value for value, _ in rows], shape), gradients, stress)
    return _finished(numbers, numbers.graph(dag, handles), weights, handles, made, passes)


def _twice(gradients: Sequence[Point], dag: Dag, leaves: Array, weights: Array) -> list[Point]:
    """With what faulty passes leave where the graph goes on: by a product with the weights, and a sum after that."""

    def moved(node: int) -> int:
        return node if node < dag.leaves else node + 1

    steps = tuple((name, moved(first), moved(second)) for name, first, second in dag.steps)
    root = dag.leaves + len(steps)
    # Taking the opposite twice passes on what arrives, as a sum does to every entry.
    longer = Dag(dag.leaves + 1, (*steps, ("mul", dag.leaves, root), ("neg", root + 1, root + 1)))
    wrong = faulty_twice(longer, np.stack([*leaves, -weights]))
    return [replace(item, wrong={name: w[k] for name, w in wrong.items()}) for k, item in enumerate(gradients)]


def _made(
    text: str, numbers: Tensors, leaves: Mapping[str, Array], value: Point, gradients: Sequence[Point], stress: str = ""
) -> Sample:
    held = tuple(leaves.values())
    return Sample(
        text, numbers.writer.probe, held, tuple(leaves), value, tuple(gradients), stress, variables=tuple(leaves)
    )


def _entry(gradient: Point, k: int) -> Point:
    """The derivative in one leaf of a graph."""
    wrong = {name: values[k] for name, values in gradient.wrong.items()}
    expected, base, error = (np.asarray(part[k]) for part in (gradient.expected, gradient.base, gradient.error))
    return Point(gradient.inputs, expected, base, error, gradient.separation, wrong)
