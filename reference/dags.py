"""Building the bundle of graphs: value and gradient at drawn leaves, and what faulty backward passes give.

The truth comes from arithmetic of fifty digits, the unit of error from eight perturbations of the leaves, the error of
a standard library from float64 itself, all of them by the one sweep below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from reference.audit import Audit
from reference.bundle import Block, Bundle, joined
from reference.dag import FIXED, GRADIENT, RANDOM, TWICE, VALUE, Dag, Graphs, RandomGraphs, group_of
from reference.dagnumbers import encoded
from reference.points import Array
from reference.sweeps import Sweep, faulty, faulty_twice
from reference.tolerance import AMPLITUDE, PATTERNS, SEPARATION, base, units
from reference.truth import DIGITS, Exact

POINTS = 16
"""leaves that are drawn for a graph of a word"""
_SPARE = 3
_LEAVES = 4
"""of a drawn graph"""
_SMALLEST, _LARGEST = 0.2, 5.0
_MAX_TRIES = 200
_RECENT = 8

Drawn = tuple[Dag, Array]
"""a graph and its leaves"""


def build_graphs(part: Graphs, seed: int = 0) -> tuple[Bundle, Audit]:
    """The bundle of the graphs of a word."""
    rng = np.random.default_rng(seed)
    groups: dict[str, tuple[Block, ...]] = {}
    for number, dag in enumerate(FIXED[part.word]):
        drawn = _until_sound(partial(_at_leaves, dag, rng), POINTS, rng)
        groups |= {group_of(part.word, number, name): (block,) for name, block in drawn.items()}
    return Bundle(groups), Audit({})


def build_random(part: RandomGraphs, seed: int = 0) -> tuple[Bundle, Audit]:
    """The bundle of drawn graphs."""
    rng = np.random.default_rng(seed)
    drawn = _until_sound(partial(_draw, part, rng), _SPARE * part.count, rng)
    return Bundle({group_of(RANDOM, 0, name): (block,) for name, block in drawn.items()}), Audit({})


def _leaves(count: int, rng: np.random.Generator) -> Array:
    return np.asarray(rng.uniform(0.5, 2.0, count) * rng.choice((-1.0, 1.0), count))


def _at_leaves(dag: Dag, rng: np.random.Generator) -> Drawn:
    return dag, _leaves(dag.leaves, rng)


def _until_sound(draw: Callable[[], Drawn], count: int, rng: np.random.Generator) -> dict[str, Block]:
    """So many graphs at whose leaves every fault can be seen that can be seen at all."""
    kept: list[dict[str, Block]] = []
    while len(kept) < count:
        point = _measured(*draw(), rng)
        if all(block.separation[0] >= SEPARATION for block in point.values()):
            kept.append(point)
    return {name: joined([point[name] for point in kept]) for name in kept[0]}


def _measured(dag: Dag, leaves: Array, rng: np.random.Generator) -> dict[str, Block]:
    """Value, gradient and gradient after two passes, at one set of leaves."""
    exact = Exact(DIGITS)
    truth = Sweep(dag, [exact.context.mpf(float(leaf)) for leaf in leaves], exact.context.mpf(1))
    signs = rng.choice((-1.0, 1.0), (PATTERNS, len(leaves)))
    moved = np.concatenate([leaves[None], leaves * (1.0 + AMPLITUDE * signs)])
    computed = Sweep(dag, list(moved.T), np.ones(PATTERNS + 1))
    inputs = {"leaves": leaves[None], "nodes": encoded(dag)[None]}
    value = _block(inputs, float(truth.value), np.asarray(computed.value), {})
    gradient = np.array([float(entry) for entry in truth.gradient()])
    entries = np.stack([np.broadcast_to(entry, PATTERNS + 1) for entry in computed.gradient()], axis=1)
    once = _block(inputs, gradient, entries, faulty(dag, leaves))
    twice = _block(inputs, 2 * gradient, 2 * entries, faulty_twice(dag, leaves))
    return {VALUE: value, GRADIENT: once, TWICE: twice}


def _block(inputs: dict[str, Array], truth: Any, computed: Array, wrong: dict[str, Array]) -> Block:
    """One point; `computed` are the float64 values, first at the leaves and then at the perturbed ones."""
    expected = np.asarray(truth, dtype=np.float64)[None]
    unit = base(computed[:1], computed[1:, None])
    error = np.abs(computed[:1] - expected)
    apart = {name: units(values, expected[0], (unit + error)[0]) for name, values in wrong.items()}
    # A fault that shows nothing in this graph is none here.
    seen = {name: values for name, values in wrong.items() if apart[name] > 1.0}
    nearest = min((apart[name] for name in seen), default=np.inf)
    return Block(inputs, expected, unit, error, np.array([nearest]), {name: v[None] for name, v in wrong.items()})


class _Growing:
    """A graph while it is drawn; every value stays of an ordinary size, so that nothing drowns."""

    def __init__(self, part: RandomGraphs, rng: np.random.Generator) -> None:
        self._part = part
        self._rng = rng
        self.leaves = _leaves(_LEAVES, rng)
        self.values: list[float] = [float(leaf) for leaf in self.leaves]
        self.steps: list[tuple[str, int, int]] = []
        self.unused = list(range(_LEAVES))

    def add(self, name: str, first: int, second: int) -> None:
        self.steps.append((name, first, second))
        self.values.append(_APPLY[name](self.values[first], self.values[second]))
        self.unused = [node for node in self.unused if node not in (first, second)] + [len(self.values) - 1]

    def grow(self) -> None:
        """One more operation, mostly on a result that nothing uses yet."""
        for _ in range(_MAX_TRIES):
            name = str(self._rng.choice(self._part.operators))
            first, second = self._operand(), self._operand()
            if self._rng.random() < 0.5:
                first, second = second, first
            second = first if name == "neg" else second
            if _SMALLEST <= abs(_APPLY[name](self.values[first], self.values[second])) <= _LARGEST:
                break
        self.add(name, first, second)

    def _operand(self) -> int:
        draw = self._rng.random()
        pool: Iterable[int] = self.unused if draw < 0.5 else range(len(self.values))
        if draw > 0.8:
            pool = range(max(0, len(self.values) - _RECENT), len(self.values))
        return int(self._rng.choice([*pool]))


_APPLY: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "neg": lambda a, b: -a,
}


def _draw(part: RandomGraphs, rng: np.random.Generator) -> Drawn:
    """A graph of which every node contributes to the root."""
    growing = _Growing(part, rng)
    while len(growing.steps) < part.nodes:
        if len(growing.unused) >= part.nodes - len(growing.steps):
            first, *others = growing.unused
            growing.add("add", first, others[0] if others else 0)
        else:
            growing.grow()
    return Dag(_LEAVES, tuple(growing.steps)), growing.leaves
