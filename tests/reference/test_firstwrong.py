"""The first wrong number of a pass: which one it is, on which edge it went wrong, and how."""

from __future__ import annotations

import numpy as np
import pytest

from reference.dag import Dag, read
from reference.firstwrong import EARLY, LOST, RULE, SOMEWHERE, START, UNKNOWN, Fault, first_wrong
from reference.graph import Graph, graph_of_dag

A, B = 3.0, 2.0
TUTORIAL = graph_of_dag(read("a, b: c = a + b; d = a * c"), "ab", [A, B])
UNEQUAL = graph_of_dag(read("a, b: c = a + b; e = c * a; f = e + c"), "ab", [A, B])


def edges(drawn: Graph) -> list[tuple[str, str, float]]:
    labels = [node.label for node in drawn.nodes]
    return [(labels[edge.source], labels[edge.target], float(edge.derivative)) for edge in drawn.edges]


def test_the_graph_of_a_dag_is_that_of_the_tutorial() -> None:
    assert [(node.label, float(node.value)) for node in TUTORIAL.nodes] == [
        ("a", A), ("b", B), ("c = a + b", A + B), ("d = a * c", A * (A + B)),
    ]  # fmt: skip
    assert edges(TUTORIAL) == [
        ("a", "c = a + b", 1), ("b", "c = a + b", 1), ("a", "d = a * c", A + B), ("c = a + b", "d = a * c", A),
    ]  # fmt: skip
    assert [float(bar) for bar in TUTORIAL.adjoints()] == [2 * A + B, A, A, 1]


def test_results_without_names_are_numbered() -> None:
    drawn = graph_of_dag(Dag(1, (("neg", 0, 0), ("mul", 1, 0))), "a", [A])
    assert [node.label for node in drawn.nodes] == ["a", "v1", "v2"]
    assert edges(drawn) == [("a", "v1", -1), ("v1", "v2", A), ("a", "v2", -A)]


BACK: dict[str, tuple[Graph, list[float | None], Fault | None]] = {
    "right": (TUTORIAL, [2 * A + B, A, A, 1], None),
    "overwritten": (TUTORIAL, [A, A, A, 1], Fault(0, (2,), LOST)),
    "the other one overwritten": (TUTORIAL, [A + B, A, A, 1], Fault(0, (0,), LOST)),
    "nothing arrived": (TUTORIAL, [0, A, A, 1], Fault(0, (0, 2), LOST)),
    "not begun": (TUTORIAL, [0, 0, 0, 0], Fault(3, (), START)),
    "begun with two": (TUTORIAL, [4 * A + 2 * B, 2 * A, 2 * A, 2], Fault(3, (), START)),
    "a wrong rule": (TUTORIAL, [2 * A + 2 * B, A + B, A + B, 1], Fault(2, (3,), RULE, A + B)),
    "a wrong sign": (TUTORIAL, [A - (A + B), A, A, 1], Fault(0, (2,), RULE, -A - B)),
    "the factor itself": (TUTORIAL, [2 * A, A, A, 1], Fault(0, (2,), RULE, A)),
    "another number": (TUTORIAL, [np.pi, A, A, 1], Fault(0, (0, 2), SOMEWHERE)),
    "too early": (UNEQUAL, [1 + A + B, 1, 1 + A, 1, 1], Fault(1, (1,), EARLY, 1.0)),
    "leaves alone": (TUTORIAL, [A, A, None, None], Fault(0, (2,), LOST)),
    "leaves alone, unexplained": (TUTORIAL, [np.pi, A, None, None], Fault(0, (), UNKNOWN)),
    "of leaves alone, one": (TUTORIAL, [2 * A + B, None, None, None], None),
}


@pytest.mark.parametrize("name", BACK)
def test_backwards(name: str) -> None:
    drawn, held, expected = BACK[name]
    found = first_wrong(drawn, [float(bar) for bar in drawn.adjoints()], held, forward=False)
    assert same(found, expected), found


FORWARD: dict[str, tuple[list[float | None], Fault | None]] = {
    "right": ([1, 0.3, 1.3, A * 1.3 + A + B], None),
    "one term": ([1, 0.3, 1.3, A + B], Fault(3, (3,), LOST)),
    "product of derivatives": ([1, 0.3, 1.3, 1.3], Fault(3, (2, 3), SOMEWHERE)),
    "difference": ([1, 0.3, 0.7, A * 0.7 + A + B], Fault(2, (1,), RULE, -1.0)),
    "made wrongly": ([0, 0.3, 0.3, A * 0.3], Fault(0, (), START)),
    "the result alone": ([None, None, None, A + B], Fault(3, (3,), LOST)),
}


@pytest.mark.parametrize("name", FORWARD)
def test_forwards(name: str) -> None:
    held, expected = FORWARD[name]
    right = [float(tangent) for tangent in TUTORIAL.tangents({"a": 1.0, "b": 0.3})]
    found = first_wrong(TUTORIAL, right, held, forward=True)
    assert same(found, expected), found


def same(one: Fault | None, other: Fault | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.node, one.edges, one.how) == (other.node, other.edges, other.how) and np.allclose(
        one.acts, other.acts, equal_nan=True
    )


def test_a_number_that_is_used_very_often_is_no_trouble() -> None:
    """Every selection of so many contributions would take hours."""
    text = "; ".join(f"v{k} = {'a' if k == 1 else f'v{k - 1}'} + a" for k in range(1, 41))
    drawn = graph_of_dag(read(f"a: {text}"), "a", [A])
    right = [float(bar) for bar in drawn.adjoints()]
    for held, edges in ((1.0, 40), (40.0, 1), (17.5, 41)):
        found = first_wrong(drawn, right, [held, *right[1:]], forward=False)
        assert found is not None
        assert len(found.edges) == edges
