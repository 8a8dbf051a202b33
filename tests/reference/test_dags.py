"""Graphs: values and gradients right by autograd, and each faulty pass as the program that makes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from grader.domain.autodiff import FIXED_WORDS
from reference.bundle import Part, key
from reference.dag import FIXED, GRADIENT, RANDOM, TWICE, VALUE, Dag, Graphs, RandomGraphs, group_of, read
from reference.dagnumbers import decoded
from reference.dags import build_graphs, build_random
from reference.sweeps import faulty, faulty_twice
from reference.tolerance import EXACT_UNITS, SEPARATION, units

LEAVES = np.array([1.5, -0.75, 2.0, 0.5])


def computed(dag: Dag, leaves: Any) -> Any:
    nodes = [*leaves]
    for name, first, second in dag.steps:
        a, b = nodes[first], nodes[second]
        nodes.append({"add": a + b, "sub": a - b, "mul": a * b, "neg": -a}[name])
    return nodes[-1]


def by_autograd(dag: Dag, leaves: Any) -> tuple[float, Any]:
    tensor = torch.tensor(np.array(leaves), requires_grad=True)
    value = computed(dag, tensor)
    value.backward()
    assert tensor.grad is not None
    return value.item(), tensor.grad.numpy()


@pytest.mark.parametrize("word", FIXED)
def test_graphs_of_a_word(word: str) -> None:
    bundle, _ = build_graphs(Graphs(word))
    for number, dag in enumerate(FIXED[word]):
        groups = [group_of(word, number, quantity) for quantity in (VALUE, GRADIENT, TWICE)]
        for value, gradient, twice in bundle.draw_together(groups, 100, np.random.default_rng(0)):
            expected, slopes = by_autograd(dag, value.inputs["leaves"])
            assert units(np.asarray(expected), value.expected, value.unit) <= EXACT_UNITS
            assert units(slopes, gradient.expected, gradient.unit) <= EXACT_UNITS
            assert units(2 * slopes, twice.expected, twice.unit) <= EXACT_UNITS
            assert min(gradient.separation, twice.separation) >= SEPARATION


def test_drawn_graphs() -> None:
    part = RandomGraphs(40, 5, ("add", "mul", "neg"))
    bundle, _ = build_random(part)
    rows = bundle.draw_together(
        [group_of(RANDOM, 0, VALUE), group_of(RANDOM, 0, GRADIENT)], 100, np.random.default_rng(0)
    )
    assert len(rows) == 15
    structures = set()
    for value, gradient in rows:
        dag = decoded(value.inputs["nodes"], 4)
        structures.add(dag.steps)
        assert len(dag.steps) == 40
        assert {name for name, _, _ in dag.steps} <= set(part.operators)
        used = {operand for _, *operands in dag.steps for operand in operands}
        assert used == set(range(4 + 39)), "every node contributes"
        expected, slopes = by_autograd(dag, value.inputs["leaves"])
        assert units(np.asarray(expected), value.expected, value.unit) <= EXACT_UNITS
        assert units(slopes, gradient.expected, gradient.unit) <= EXACT_UNITS
    assert len(structures) == 15


def test_a_graph_is_read_from_its_text() -> None:
    dag = read("a, b: c = a + b; d = a * c")
    assert (dag.leaves, dag.steps) == (2, (("add", 0, 1), ("mul", 0, 2)))
    assert dag.consumers() == [[2, 3], [2], [3], []]


class Node:
    """A number as a faulty engine has it."""

    def __init__(self, value: float, parents: tuple[tuple[Node, float], ...] = ()) -> None:
        self.value, self.parents, self.bar = value, parents, 0.0


def nodes_of(dag: Dag) -> list[Node]:
    nodes = [Node(float(x)) for x in LEAVES[: dag.leaves]]
    for name, i, j in dag.steps:
        a, b = nodes[i], nodes[j]
        slopes = {"add": (1.0, 1.0), "sub": (1.0, -1.0), "mul": (b.value, a.value)}[name]
        value = {"add": a.value + b.value, "sub": a.value - b.value, "mul": a.value * b.value}[name]
        nodes.append(Node(value, ((a, slopes[0]), (b, slopes[1]))))
    return nodes


def test_a_pass_by_breadth() -> None:
    dag = FIXED["unequal-paths"][2]
    nodes = nodes_of(dag)
    nodes[-1].bar = 1.0
    queue = [nodes[-1]]
    for node in queue:
        for parent, slope in node.parents:
            parent.bar += slope * node.bar
            if parent not in queue:
                queue.append(parent)
    found = faulty(dag, LEAVES[: dag.leaves])
    assert [node.bar for node in nodes[: dag.leaves]] == pytest.approx(found["not-topological:breadth"])


def test_a_pass_that_overwrites() -> None:
    dag = FIXED["diamond"][0]
    nodes = nodes_of(dag)
    nodes[-1].bar = 1.0
    for node in reversed(nodes):
        for parent, slope in node.parents:
            parent.bar = slope * node.bar
    assert [node.bar for node in nodes[:2]] == pytest.approx(faulty(dag, LEAVES[:2])["not-accumulated:made-last"])


def test_two_passes_that_remember() -> None:
    dag = FIXED["backward-twice"][0]
    nodes = nodes_of(dag)
    for _ in range(2):
        nodes[-1].bar = 1.0
        for node in reversed(nodes):
            for parent, slope in node.parents:
                parent.bar += slope * node.bar
    found = faulty_twice(dag, LEAVES[:2])["intermediates-not-reset:nodes"]
    assert [node.bar for node in nodes[:2]] == pytest.approx(found)
    a, b = LEAVES[:2]
    assert found == pytest.approx([2 * (a + b) + 3 * a, 3 * a])


def test_every_word_has_graphs() -> None:
    assert {*FIXED, "nested"} == set(FIXED_WORDS), "nested numbers are no graph"


def test_names_of_bundles() -> None:
    parts: list[Part] = [*map(Graphs, FIXED), RandomGraphs(20, 3, ("add", "mul")), RandomGraphs(20, 4, ("add", "mul"))]
    assert len({key(part) for part in parts}) == len(parts)
