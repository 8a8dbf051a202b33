"""Writes probes that work on the numbers of a student's class: makes them, computes with them, asks for derivatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from grader.domain.autodiff import FORWARD, Autodiff, Member
from grader.sandbox.probes import Handle, Operand, Writer
from reference import numeric
from reference.dag import Dag
from reference.language import CONSTANTS, Call, Expression, Name, Node, Number
from reference.operations import is_constant
from reference.points import Array


class Instances:
    """One program on the student's numbers while it is written.

    It replies the value of its result, then what each derivative is, then the value of each leaf, which must not have
    changed.
    """

    def __init__(self, task: Autodiff) -> None:
        self._task = task
        self._interface = task.interface
        self.writer = Writer()
        self.leaves: list[Handle] = []
        self.met: dict[Handle, None] = {}
        """the student's numbers in the order of evaluation, each once"""

    def leaf(self, value: float | Array | Handle, tangent: float | Handle = 0.0) -> Handle:
        """A number of the student's, with a derivative of its own in forward mode."""
        self.leaves.append(self.made(value, tangent))
        return self.leaves[-1]

    def made(self, value: float | Array | Handle, tangent: float | Handle = 0.0) -> Handle:
        """A number of the student's that nothing is asked of."""
        words: dict[str, float | Array | Handle] = {"value": value, "derivative": tangent}
        making = self._interface.make
        arguments: list[Operand] = [words[word] if isinstance(word, str) else word for word in making.arguments]
        return self.writer.call(self.writer.name(making.name), *arguments)

    def read(self, number: Handle, member: Member) -> Handle:
        """What an attribute is, or a method without arguments gives."""
        held = self.writer.get(number, member.name)
        return self.writer.call(held) if member.is_method else held

    def value(self, number: Handle) -> Handle:
        """The value of a number."""
        return self.read(number, self._interface.value)

    def derivative(self, number: Handle) -> Handle:
        """The derivative of a number; in reverse mode what a backward pass left there."""
        return self.read(number, self._interface.derivative)

    def backward(self, root: Handle, cotangent: float | Array = 1.0) -> None:
        """A backward pass from a number."""
        assert self._interface.backward is not None
        arguments = (cotangent,) if self._interface.takes_cotangent else ()
        self.writer.method(root, self._interface.backward.name, *arguments)

    def finish(self, root: Handle, *, passes: int = 1) -> None:
        """Reply everything about a result."""
        for _ in range(passes if self._task.mode != FORWARD else 0):
            self.backward(root)
        self.reply(root, [root] if self._task.mode == FORWARD else self.leaves)

    def reply(self, result: Handle, numbers: Sequence[Handle]) -> None:
        """The value of a result, the derivatives that these numbers hold, and the value of every leaf."""
        self.writer.reply(self.value(result))
        for number in numbers:
            self.writer.reply(self.derivative(number))
        for leaf in self.leaves:
            self.writer.reply(self.value(leaf))

    def evaluate(self, expression: Expression, leaves: Mapping[str, Handle]) -> Handle:
        """An expression, on these numbers."""
        result = self._node(expression.root, leaves)
        assert isinstance(result, Handle)
        return result

    def _node(self, node: Node, leaves: Mapping[str, Handle]) -> Handle | float:
        if is_constant(node):
            return plain(_number(node))
        match node:
            case Name():
                return self._meet(leaves[node.name])
            case Call(function, arguments):
                return self._meet(self._call(function, [self._node(argument, leaves) for argument in arguments]))
        raise ValueError(f"a program of scalars has no {type(node).__name__}")

    def _meet(self, number: Handle) -> Handle:
        self.met[number] = None
        return number

    def _call(self, name: str, operands: Sequence[Handle | float]) -> Handle:
        member = self._interface.functions.get(name)
        if member is None:
            return self.writer.operate(name, *operands)
        # Functions are called on the student's numbers only.
        return self.apply(member, *(item if isinstance(item, Handle) else self.made(item) for item in operands))

    def apply(self, member: Member, first: Handle, *others: Operand) -> Handle:
        """What a function of the student's, or a method, gives."""
        if member.is_method:
            return self.writer.method(first, member.name, *others)
        return self.writer.call(self.writer.name(member.name), first, *others)

    def graph(self, dag: Dag, leaves: Sequence[Handle]) -> Handle:
        """The root of a graph, on these leaves."""
        nodes = [*leaves]
        for name, first, second in dag.steps:
            operands = (nodes[first],) if name == "neg" else (nodes[first], nodes[second])
            nodes.append(self.writer.operate(name, *operands))
        self.met = dict.fromkeys(nodes)
        return nodes[-1]


def _number(node: Node) -> float:
    if isinstance(node, Number):
        return node.value
    return CONSTANTS[node.name] if isinstance(node, Name) else float(numeric.evaluate(Expression("", node), {}, np))


def plain(value: float) -> int | float:
    """A number as Python would read it: whole ones are int."""
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
