"""The computational graph of a problem's f at one point: what the tape recorded, as a picture has it.

Nodes are the inputs, the `lets` and every further part that changes with an input, each once; numbers, sizes and what
is computed from them alone stand in the labels. An edge carries the local derivative: how the value it leads to changes
with the value it comes from, all others held. For scalars that is a number, for arrays a Jacobian of the shape
(*target, *source). Everything else follows from the edges, as on paper: forwards tangents, backwards adjoints, and the
derivative in an input as the sum over all paths of the products along each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reference.dag import Dag
from reference.language import Expression, walk
from reference.latex import latex, symbol
from reference.points import Array, Inputs
from reference.problem import Problem
from reference.shapes import Shape, named
from reference.sweeps import Sweep
from reference.tape import Tape

MAX_ENTRIES = 10_000
"""Numbers in one local Jacobian; nobody looks at a graph of arrays that large."""


class GraphFault(Exception):
    """A graph that cannot be drawn."""


@dataclass(frozen=True, eq=False)
class Node:
    """A value: an input, a name of `let`, f, or a part without a name."""

    id: int
    """its place in `Graph.nodes`, which is the order of evaluation"""
    label: str
    """its name, or the text it was computed from"""
    latex: str
    """the label as LaTeX"""
    formula: str
    """what it was computed from as LaTeX; empty for an input"""
    value: Array


@dataclass(frozen=True, eq=False)
class Edge:
    """One use of a value; `a * a` has two edges."""

    source: int
    target: int
    derivative: Array


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes in the order of evaluation, edges by their targets in that order; `result` is the node of f."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    result: int

    def node(self, label: str) -> Node:
        """The first node of that label. Raises GraphFault."""
        for node in self.nodes:
            if node.label == label:
                return node
        raise GraphFault(f"no node is called `{label}`; there are {', '.join(node.label for node in self.nodes)}")

    def tangents(self, directions: Mapping[str, Array | float]) -> tuple[Array, ...]:
        """Forward mode: how every node changes when the named inputs move in these directions and no others."""
        tangents = [np.zeros_like(node.value) for node in self.nodes]
        for name, direction in directions.items():
            tangents[self.node(name).id] += direction
        for edge in self.edges:
            tangents[edge.target] += np.tensordot(edge.derivative, tangents[edge.source], tangents[edge.source].ndim)
        return tuple(tangents)

    def adjoints(self, bar: Array | float = 1.0) -> tuple[Array, ...]:
        """Reverse mode: the derivative of bar^T f in every node."""
        adjoints = [np.zeros_like(node.value) for node in self.nodes]
        adjoints[self.result] += bar
        for edge in reversed(self.edges):
            adjoints[edge.source] += np.tensordot(adjoints[edge.target], edge.derivative, adjoints[edge.target].ndim)
        return tuple(adjoints)


def graph(problem: Problem, point: Inputs, result: str = "f") -> Graph:
    """The graph at one point (inputs without a first axis); f is called `result` if it has no name of its own.

    Raises GraphFault where a local Jacobian has more than MAX_ENTRIES numbers.
    """
    tape = Tape(problem.lets, problem.f, {**problem.sizes(point), **point}, np)
    with np.errstate(all="ignore"):
        return _Drawing(problem, tape, result).graph()


def graph_of_dag(dag: Dag, names: Sequence[str], leaves: Sequence[float]) -> Graph:
    """The graph of a dag at its leaves, which are named; results are called as in its text."""
    sweep = Sweep(dag, leaves, 1.0)
    steps = dag.text.split(";") if dag.text else [f"v{k}" for k in range(1, len(dag.steps) + 1)]
    labels = [*names, *map(str.strip, steps)]
    nodes = [
        Node(k, label, "", label if k >= dag.leaves else "", _float(sweep.values[k])) for k, label in enumerate(labels)
    ]
    edges = [Edge(operand, k, _float(local)) for k in range(len(nodes)) for operand, local in sweep.parts(k, 1.0)]
    return Graph(tuple(nodes), tuple(edges), len(nodes) - 1)


class _Drawing:
    """From entries of the tape to nodes and edges."""

    def __init__(self, problem: Problem, tape: Tape, result: str) -> None:
        self._tape = tape
        self._ranges = dict(problem.dims)
        self._inputs = {name: domain.shape for name, domain in problem.given}
        self._shapes: Mapping[str, Shape] = named(problem.lets, self._inputs, self._ranges)
        self._named = {tape.result: result, **{index: name for name, index in reversed(tape.named.items())}}
        expressions = [*(expression for _, expression in problem.lets), problem.f]
        self._texts = {id(node): Expression(e.text, node) for e in expressions for node in walk(e.root)}
        moving = {tape.result}.union(*(tape.dependent(tape.named[name]) for name in self._inputs if name in tape.named))
        self._ids = {index: place for place, index in enumerate(sorted(moving))}

    def graph(self) -> Graph:
        nodes = tuple(self._node(index) for index in self._ids)
        edges = tuple(edge for index in self._ids for edge in self._edges(index))
        return Graph(nodes, edges, self._ids[self._tape.result])

    def _node(self, index: int) -> Node:
        entry = self._tape.entries[index]
        part = self._texts[id(entry.node)]
        name = self._named.get(index, "")
        formula = "" if name in self._inputs else latex(part, self._shapes, self._ranges)
        label = name or part.source(part.root)
        return Node(self._ids[index], label, symbol(name) if name else formula, formula, _float(entry.value))

    def _edges(self, index: int) -> Iterator[Edge]:
        for argument, parent in enumerate(self._tape.entries[index].parents):
            if parent in self._ids:
                yield Edge(self._ids[parent], self._ids[index], self._local(index, argument, parent))

    def _local(self, index: int, argument: int, parent: int) -> Array:
        """The Jacobian of one step, row by row: the adjoint that the argument gets from each entry of the value."""
        target, source = (_float(self._tape.entries[k].value) for k in (index, parent))
        if target.size * source.size > MAX_ENTRIES:
            sizes = f"{target.size} by {source.size} numbers"
            raise GraphFault(f"a local derivative of {sizes} is too large to be drawn; choose smaller sizes")
        bars = np.eye(target.size).reshape(-1, *target.shape)
        rows = [_shaped(self._tape.step(index, argument, bar), source) for bar in bars]
        return np.reshape(rows, (*target.shape, *source.shape))


def _float(value: object) -> Array:
    return np.array(value, dtype=np.float64)


def _shaped(part: Array, source: Array) -> Array:
    """Summed where a scalar was used at every entry of an array, repeated where it is the same for all."""
    return np.asarray(np.broadcast_to(part, source.shape) if source.ndim else np.sum(part))
