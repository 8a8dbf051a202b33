"""Backward passes through a graph: the right one, and those that people write by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from reference.dag import Dag
from reference.points import Array

NOT_ACCUMULATED, NOT_TOPOLOGICAL = "not-accumulated", "not-topological"
INTERMEDIATES_KEPT, LEAVES_RESET = "intermediates-not-reset", "leaves-reset"
NOTES = (NOT_ACCUMULATED, NOT_TOPOLOGICAL, INTERMEDIATES_KEPT, LEAVES_RESET)
_SMALL = 12
"""operations up to which a pass may visit a node once for every path to it"""


class Sweep:
    """The values of all nodes, of any kind of number, and gradients by them."""

    def __init__(self, dag: Dag, leaves: Sequence[Any], one: Any) -> None:
        self._dag = dag
        self._one = one
        self.values = [*leaves]
        for name, first, second in dag.steps:
            self.values.append(_value(name, self.values[first], self.values[second]))

    @property
    def value(self) -> Any:
        """Of the root."""
        return self.values[-1]

    def gradient(self) -> list[Any]:
        """In every leaf, by the right pass: every node after all that use it."""
        bars: list[Any] = [0 * self._one for _ in self.values]
        self.run(range(len(bars) - 1, -1, -1), bars)
        return bars[: self._dag.leaves]

    def run(self, order: Iterable[int], bars: list[Any], *, overwrite: bool = False) -> dict[int, Any]:
        """Have nodes pass on what they hold, in this order, from a root that holds one; `bars` keeps what remains.
        Returns what each held when it was its turn."""
        bars[-1] = self._one
        held = {}
        for node in order:
            held[node] = bars[node]
            for operand, part in self.parts(node, bars[node]):
                bars[operand] = part if overwrite else bars[operand] + part
        return held

    def parts(self, node: int, bar: Any) -> list[tuple[int, Any]]:
        """What the operands of a node receive."""
        if node < self._dag.leaves:
            return []
        name, first, second = self._dag.steps[node - self._dag.leaves]
        if name == "neg":
            return [(first, -bar)]
        if name == "mul":
            return [(first, bar * self.values[second]), (second, bar * self.values[first])]
        return [(first, bar), (second, -bar if name == "sub" else bar)]


def _value(name: str, first: Any, second: Any) -> Any:
    match name:
        case "add":
            return first + second
        case "sub":
            return first - second
        case "mul":
            return first * second
    return -first


def _operands(dag: Dag, node: int) -> tuple[int, ...]:
    if node < dag.leaves:
        return ()
    _, first, second = dag.steps[node - dag.leaves]
    return (first,) if first == second else (first, second)


def _by_breadth(dag: Dag) -> list[int]:
    """The root, what it uses, what that uses: each node when it is first met."""
    order = [dag.leaves + len(dag.steps) - 1]
    for node in order:
        order += [operand for operand in _operands(dag, node) if operand not in order]
    return order


def _by_depth(dag: Dag, *, second_first: bool) -> list[int]:
    """Each node when a walk that goes down first meets it."""
    order: dict[int, None] = {}
    waiting = [dag.leaves + len(dag.steps) - 1]
    while waiting:
        node = waiting.pop()
        if node not in order:
            order[node] = None
            operands = _operands(dag, node)
            waiting += operands if second_first else reversed(operands)
    return [*order]


def _after_uses(dag: Dag, *, second_first: bool) -> list[int]:
    """Each node after all that use it, as a walk that comes back up from the leaves finds them."""
    order: list[int] = []
    seen: set[int] = set()
    waiting = [(dag.leaves + len(dag.steps) - 1, False)]
    while waiting:
        node, is_ready = waiting.pop()
        if is_ready:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            operands = _operands(dag, node)
            waiting.append((node, True))
            waiting += [(operand, False) for operand in (operands if second_first else reversed(operands))]
    return order[::-1]


def _right_orders(dag: Dag) -> dict[str, list[int]]:
    return {
        "made-last": [*range(dag.leaves + len(dag.steps) - 1, -1, -1)],
        "first-operand": _after_uses(dag, second_first=False),
        "second-operand": _after_uses(dag, second_first=True),
    }


def _orders(dag: Dag) -> dict[str, list[int]]:
    """In which some node is too early, in many a graph."""
    return {
        "breadth": _by_breadth(dag),
        "depth": _by_depth(dag, second_first=False),
        "depth-second": _by_depth(dag, second_first=True),
    }


def faulty(dag: Dag, leaves: Array) -> dict[str, Array]:
    """`note:variant` -> gradient of a pass that overwrites, or that does not wait for all that a node receives."""
    sweep = Sweep(dag, [float(leaf) for leaf in leaves], 1.0)
    count = dag.leaves + len(dag.steps)
    found = {}
    for name, order in {**_right_orders(dag), **_orders(dag)}.items():
        for overwrite, note in ((True, NOT_ACCUMULATED), (False, NOT_TOPOLOGICAL)):
            if overwrite or name in _orders(dag):
                bars = [0.0] * count
                held = sweep.run(order, bars, overwrite=overwrite)
                found[f"{note}:{name}"] = np.array(bars[: dag.leaves])
                # One whose leaves take what is there when it is their turn.
                found[f"{note}:{name}-turn"] = np.array([held.get(leaf, 0.0) for leaf in range(dag.leaves)])
    if len(dag.steps) <= _SMALL:
        found[f"{NOT_TOPOLOGICAL}:every-path"] = _along_every_path(sweep, dag, count)
    return found


def _along_every_path(sweep: Sweep, dag: Dag, count: int) -> Array:
    """Each arrival at a node passes on all that the node holds by then."""
    bars = [0.0] * count
    waiting = [(count - 1, 1.0)]
    while waiting:
        node, part = waiting.pop()
        bars[node] += part
        waiting += reversed(sweep.parts(node, bars[node]))
    return np.array(bars[: dag.leaves])


def faulty_twice(dag: Dag, leaves: Array) -> dict[str, Array]:
    """What leaves hold after two passes where the nodes between still hold what the first one gave them, or where the
    leaves have forgotten it. With more axes than one, `leaves` are arrays."""
    one = np.ones(leaves.shape[1:])
    sweep = Sweep(dag, [*leaves], one)
    count = dag.leaves + len(dag.steps)
    order = range(count - 1, -1, -1)
    bars = [0.0] * count
    sweep.run(order, bars)
    sweep.run(order, bars)
    growing = [0.0] * count
    sweep.run(order, growing)
    root = Sweep(dag, [*leaves], 2 * one)  # the root adds one to the one it holds
    root.run(order, growing)
    found = {f"{INTERMEDIATES_KEPT}:nodes": bars, f"{INTERMEDIATES_KEPT}:root": growing, LEAVES_RESET: sweep.gradient()}
    return {name: np.stack([held_by * one for held_by in held[: dag.leaves]]) for name, held in found.items()}
