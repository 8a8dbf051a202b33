"""The f that a student's function is given: each call of it is worked out on the student's own tensors."""

from __future__ import annotations

from collections.abc import Mapping

from grader.checks.autograd.cases import Script
from grader.domain.autograd import METHODS, OPERATORS
from grader.sandbox.probes import Handle, Operand, Writer
from grader.sandbox.run import Answer, Call, Oracle, Refused
from reference import language
from reference.bundle import Point
from reference.language import CONSTANTS, Expression, Name, Node, Number
from reference.problem import Problem


def hand_over(script: Script, problem: Problem, point: Point) -> Handle:
    """f as a callable of the variable; all else that it needs it has already."""
    captured = [name for name, _ in problem.given if name not in (problem.wrt, problem.along)]
    # Scalars as tensors as well, so that every function finds its method.
    held = [script.p.tensor(point.inputs[name]) for name in captured]
    answer = _function(problem, tuple(captured), problem.sizes(point.inputs), point.inputs[problem.wrt].shape)
    return script.p.oracle(answer, *held)


def _function(problem: Problem, captured: tuple[str, ...], sizes: Mapping[str, int], shape: tuple[int, ...]) -> Oracle:
    def answer(call: Call) -> Answer:
        if len(call.arguments) != 1:
            return Refused(f"f takes one argument, the tensor {problem.wrt}; {len(call.arguments)} given")
        came = call.arguments[0]
        if came.form != "tensor":
            return Refused(f"f takes a tensor, not {came.description}")
        if came.array is not None and came.array.shape != shape:
            return Refused(f"f takes a tensor of shape {shape}, not {came.description}")
        writer = Writer(operands=len(captured) + 1)
        values: dict[str, Operand] = dict(zip((*captured, problem.wrt), writer.operands, strict=True))
        values |= {name: float(size) for name, size in sizes.items()}
        for name, expression in problem.lets:
            values[name] = _written(writer, expression, values)
        return writer.steps(_as_handle(writer, _written(writer, problem.f, values)))

    return answer


def _written(writer: Writer, expression: Expression, values: Mapping[str, Operand]) -> Operand:
    return _node(writer, expression.root, values)


def _node(writer: Writer, node: Node, values: Mapping[str, Operand]) -> Operand:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Name):
        return values[node.name] if node.name in values else CONSTANTS[node.name]
    assert isinstance(node, language.Call)
    operands = [_node(writer, argument, values) for argument in node.arguments]
    if node.function in OPERATORS:
        return writer.operate(node.function, *operands)
    first, *others = operands
    return writer.method(_as_handle(writer, first), METHODS[node.function], *others)


def _as_handle(writer: Writer, operand: Operand) -> Handle:
    return operand if isinstance(operand, Handle) else writer.constant(operand)
