"""Where a pass through a computational graph first goes wrong, by what somebody's program holds at its nodes.

In reverse mode a node receives from those that use it, in forward mode from its operands: a contribution along each
edge, the local derivative times what the sender holds. The first node in the order of the pass that holds something
wrong has been sent right numbers only, so what is wrong happened on the way to it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reference.graph import Graph

START, LOST, EARLY, RULE, SOMEWHERE, UNKNOWN = "start", "lost", "early", "rule", "somewhere", "unknown"
"""Not begun rightly; nothing of one sender is there; one sent before it had everything; a local derivative is another
one; more than one of the edges may be wrong; the senders' own numbers are not known."""
_NEAR = 1e-6
"""relative; a wrong number is far from the right one, one that loses digits is not what is looked for"""

_FEW = 8
"""contributions of which every selection is tried; of more, one alone and all but one"""

Held = Sequence[float | None]
"""by node; None where it is not known"""


@dataclass(frozen=True)
class Fault:
    """The first wrong number of a pass."""

    node: int
    edges: tuple[int, ...]
    """places in `Graph.edges` of those on which it went wrong, as far as that is known"""
    how: str
    acts: float = np.nan
    """with EARLY what the sender held when it sent, with RULE the local derivative that explains what came"""


def first_wrong(graph: Graph, right: Sequence[float], held: Held, *, forward: bool) -> Fault | None:
    """The first node in the order of the pass whose number is known and not `right`, None where there is none."""
    walk = _Walk(graph, right, held, forward)
    count = len(graph.nodes)
    order = range(count) if forward else range(count - 1, -1, -1)
    return next((walk.fault(node) for node in order if walk.is_wrong(node)), None)


def _sizes(count: int, *, least: int) -> list[int]:
    """How many of so many contributions are taken at once, never all of them."""
    return [k for k in range(least, count) if count <= _FEW or k in (0, 1, count - 1)]


class _Walk:
    def __init__(self, graph: Graph, right: Sequence[float], held: Held, forward: bool) -> None:
        self._graph = graph
        self._right = right
        self._held = held
        self._forward = forward
        self._scale = max(map(abs, right), default=0.0)

    def is_wrong(self, node: int) -> bool:
        """Whether what it holds is known and is not right."""
        held = self._held[node]
        return held is not None and not self._same(held, self._right[node])

    def _same(self, one: float, other: float) -> bool:
        return bool(np.isclose(one, other, rtol=_NEAR, atol=_NEAR * _NEAR * self._scale))

    def _incoming(self, node: int) -> list[tuple[int, int, float]]:
        """Edges along which a node receives: place, sender, local derivative."""
        found = []
        for place, edge in enumerate(self._graph.edges):
            receiver, sender = (edge.target, edge.source) if self._forward else (edge.source, edge.target)
            if receiver == node:
                found.append((place, sender, float(edge.derivative)))
        return found

    def fault(self, node: int) -> Fault:
        """What went wrong on the way to it."""
        held = self._held[node]
        assert held is not None
        incoming = self._incoming(node)
        if not incoming:
            return Fault(node, (), START)
        explained = self._lost(node, held, incoming) or self._early(node, held, incoming)
        if explained:
            return explained
        if any(self._held[sender] is None for _, sender, _ in incoming):
            return Fault(node, (), UNKNOWN)
        if len(incoming) == 1:
            place, sender, _ = incoming[0]
            sent = self._right[sender]
            return Fault(node, (place,), RULE, held / sent if sent else np.nan)
        return self._rule(node, held, incoming) or Fault(node, tuple(place for place, *_ in incoming), SOMEWHERE)

    def _parts(self, incoming: list[tuple[int, int, float]]) -> list[float]:
        return [local * self._right[sender] for _, sender, local in incoming]

    def _lost(self, node: int, held: float, incoming: list[tuple[int, int, float]]) -> Fault | None:
        """The contributions of some senders alone are there."""
        parts = self._parts(incoming)
        for count in reversed(_sizes(len(parts), least=0)):
            for kept in itertools.combinations(range(len(parts)), count):
                if self._same(held, sum(parts[k] for k in kept)):
                    return Fault(node, tuple(item[0] for k, item in enumerate(incoming) if k not in kept), LOST)
        return None

    def _early(self, node: int, held: float, incoming: list[tuple[int, int, float]]) -> Fault | None:
        """One sender had received only a part of what it was to pass on; in reverse mode only."""
        for (place, sender, local), part in zip(incoming, self._parts(incoming), strict=True):
            if self._forward or not local:
                continue
            sent = (held - (self._right[node] - part)) / local
            if any(self._same(sent, some) for some in self._some_of(sender)):
                return Fault(node, (place,), EARLY, sent)
        return None

    def _some_of(self, node: int) -> Iterator[float]:
        """What a node holds after some of its contributions, but not all."""
        parts = self._parts(self._incoming(node))
        for count in _sizes(len(parts), least=1):
            for some in itertools.combinations(parts, count):
                yield sum(some)

    def _rule(self, node: int, held: float, incoming: list[tuple[int, int, float]]) -> Fault | None:
        """One local derivative is another number that is at hand there."""
        for (place, sender, local), part in zip(incoming, self._parts(incoming), strict=True):
            for acts in (-local, 1.0, *self._at_hand(place)):
                if self._same(held, self._right[node] - part + acts * self._right[sender]):
                    return Fault(node, (place,), RULE, acts)
        return None

    def _at_hand(self, place: int) -> Iterator[float]:
        """The values that the step of an edge has to do with."""
        target = self._graph.edges[place].target
        yield float(self._graph.nodes[target].value)
        for edge in self._graph.edges:
            if edge.target == target:
                yield float(self._graph.nodes[edge.source].value)
