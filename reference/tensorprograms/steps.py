"""A program of tensors as a list of steps: what a student's numbers are put through, and every interpretation reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from reference.functions import FUNCTIONS
from reference.language import CONSTANTS, Call, Expression, Name, Node, Number

CONSTANT = "constant"
MATMUL, TRANSPOSE, RESHAPE = "matmul", "transpose", "reshape"
REDUCTIONS = ("sum", "mean", "max")
"""settings: an axis or None, and whether it is kept"""
ROWWISE = ("logsumexp", "softmax")
"""along the last axis"""

Settings: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True)
class Step:
    """An operation on earlier nodes; the leaves are the first nodes, then comes what each step makes."""

    operation: str
    operands: tuple[int, ...] = ()
    settings: Settings = ()
    """of `constant` its number; of a reduction (axis or None, kept or not); of `reshape` the shape; of `transpose` the
    order of the axes, where one is written"""


Steps: TypeAlias = tuple[Step, ...]


def is_known(function: str) -> bool:
    """Whether a function of the language can stand in a program of tensors."""
    row = FUNCTIONS[function]
    named = (MATMUL, TRANSPOSE, "sum", "mean", *ROWWISE, "maximum", "minimum")
    return function in named or row.elementwise or function in ("add", "sub", "mul", "truediv", "pow", "neg")


def of_expression(f: Expression, leaves: tuple[str, ...], sizes: Mapping[str, int]) -> Steps:
    """The steps of an expression of which everything `is_known`, with a number for every size."""
    return _Compiler(leaves, sizes).compile(f.root)


class _Compiler:
    def __init__(self, leaves: tuple[str, ...], sizes: Mapping[str, int]) -> None:
        self._nodes = {name: number for number, name in enumerate(leaves)}
        self._sizes = sizes
        self._steps: list[Step] = []

    def compile(self, root: Node) -> Steps:
        self._node(root)
        return tuple(self._steps)

    def _add(self, operation: str, operands: tuple[int, ...] = (), settings: Settings = ()) -> int:
        self._steps.append(Step(operation, operands, settings))
        return len(self._nodes) + len(self._steps) - 1

    def _node(self, node: Node) -> int:
        match node:
            case Number(value):
                return self._add(CONSTANT, (), (value,))
            case Name(name) if name in self._nodes:
                return self._nodes[name]
            case Name(name):
                return self._add(CONSTANT, (), (float(self._sizes.get(name, CONSTANTS.get(name, 0.0))),))
            case Call(function, arguments):
                operands = tuple(map(self._node, arguments))
                return self._add(function, operands, (None, False) if function in REDUCTIONS else ())
        raise ValueError(f"a program of tensors has no {type(node).__name__}")


def with_loss(steps: Steps, leaves: int, is_array: bool) -> Steps:
    """The steps, and after them the sum of the result times a cotangent, which is the node after the leaves.

    So what arrives at the result is that cotangent, whatever the student's numbers do with it.
    """

    def moved(operand: int) -> int:
        return operand if operand < leaves else operand + 1

    shifted = tuple(Step(s.operation, tuple(map(moved, s.operands)), s.settings) for s in steps)
    root = leaves + len(steps)
    weighed = Step("mul", (leaves, root))
    return (*shifted, weighed, Step("sum", (root + 1,), (None, False))) if is_array else (*shifted, weighed)
