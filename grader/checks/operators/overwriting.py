"""Reverse mode with one mistake: a contribution replaces the earlier ones instead of being added to them."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.checks.operators.opaque import fixed
from grader.checks.operators.terms import evaluate
from reference.bundle import Point
from reference.functions import FUNCTIONS
from reference.problem import Problem


class Node:
    """A number that knows what it was made of: (node, local derivative) for each operand that is a node."""

    def __init__(self, tape: list[Node], value: float, parents: tuple[tuple[Any, float], ...] = ()) -> None:
        self.value = value
        self.gradient = 0.0
        self._tape = tape
        self._parents = [(node, slope) for node, slope in parents if isinstance(node, Node)]
        tape.append(self)

    def _made(self, value: float, *parents: tuple[Any, float]) -> Node:
        return Node(self._tape, value, parents)

    def __add__(self, other: Any) -> Node:
        return self._made(self.value + _plain(other), (self, 1.0), (other, 1.0))

    def __radd__(self, other: Any) -> Node:
        return self._made(other + self.value, (self, 1.0))

    def __sub__(self, other: Any) -> Node:
        return self._made(self.value - _plain(other), (self, 1.0), (other, -1.0))

    def __rsub__(self, other: Any) -> Node:
        return self._made(other - self.value, (self, -1.0))

    def __mul__(self, other: Any) -> Node:
        return self._made(self.value * _plain(other), (self, _plain(other)), (other, self.value))

    def __rmul__(self, other: Any) -> Node:
        return self._made(other * self.value, (self, other))

    def __truediv__(self, other: Any) -> Node:
        by = _plain(other)
        return self._made(self.value / by, (self, 1 / by), (other, -self.value / (by * by)))

    def __rtruediv__(self, other: Any) -> Node:
        return self._made(other / self.value, (self, -other / (self.value * self.value)))

    def __pow__(self, other: Any) -> Node:
        by = _plain(other)
        return self._made(self.value**by, (self, by * self.value ** (by - 1)))

    def __neg__(self) -> Node:
        return self._made(-self.value, (self, -1.0))

    def applied(self, function: str) -> Node:
        """A function of every entry, by its row in the table."""
        row, here = FUNCTIONS[function], np.asarray(self.value)
        out = row.value(np, here)
        return self._made(float(out), (self, float(row.adjoints[0](np, 1.0, out, here))))

    def backward(self, bar: float) -> None:
        """From here back to the start, each contribution in the place of the one before."""
        for node in self._tape:
            node.gradient = 0.0
        self.gradient = bar
        for node in reversed(self._tape):
            for parent, slope in node._parents:
                if node.gradient:
                    parent.gradient = node.gradient * slope


def _plain(number: Any) -> Any:
    return number.value if isinstance(number, Node) else number


def wrong_answers(problem: Problem, point: Point) -> dict[str, np.ndarray[Any, Any]]:
    """What overwriting gives for an ask of reverse mode, where f has values at all."""
    if problem.ask not in ("gradient", "vjp", "jacobian"):
        return {}
    try:
        wrong = _overwritten(problem, point)
    except (ArithmeticError, AttributeError, TypeError):  # no such mistake can be made with this f
        return {}
    return {"not-accumulated": wrong}


def _overwritten(problem: Problem, point: Point) -> np.ndarray[Any, Any]:
    x = point.inputs[problem.wrt]
    tape: list[Node] = []
    leaves = [Node(tape, float(number)) for number in np.ravel(x)]
    variable = np.array(leaves, dtype=object) if x.ndim else leaves[0]
    held = fixed({name: values for name, values in point.inputs.items() if name != problem.along})
    named = {**held, **problem.sizes(point.inputs), problem.wrt: variable}
    value = evaluate(problem.f, problem.lets, named, _ITSELF)
    if problem.ask == "vjp":
        weights = np.ravel(point.inputs[problem.along])
        value = sum(entry * float(weight) for entry, weight in zip(np.ravel(value), weights, strict=True))
    rows = [_swept(entry, leaves) for entry in np.ravel(value)]
    if problem.ask == "jacobian":
        return np.asarray(problem.in_layout(np.array(rows)))
    return np.reshape(rows[0], x.shape)


def _swept(root: Node, leaves: list[Node]) -> list[float]:
    root.backward(1.0)
    return [leaf.gradient for leaf in leaves]


_ITSELF = {name: name for name in FUNCTIONS}
