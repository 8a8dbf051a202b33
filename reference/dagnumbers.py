"""Graphs as numbers, as the inputs of a bundle's points hold them."""

from __future__ import annotations

import numpy as np

from reference.dag import OPERATORS, Dag
from reference.points import Array


def encoded(dag: Dag) -> Array:
    """A graph as a row of numbers for each operation, as the inputs of a point hold it: (operations, 3)."""
    return np.array([(OPERATORS.index(name), first, second) for name, first, second in dag.steps], dtype=np.float64)


def decoded(nodes: Array, leaves: int) -> Dag:
    """The graph that the inputs of a point hold."""
    steps = [(OPERATORS[code], first, second) for code, first, second in nodes.astype(int).tolist()]
    return Dag(leaves, tuple(steps))
