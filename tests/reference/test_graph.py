"""The computational graph: the tutorial's picture, and that its edges hold all there is to know of the derivative."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from reference.graph import Graph, GraphFault, graph
from reference.points import Array, draw_point
from reference.problem import Problem
from reference.tape import Tape
from tests.reference.problems import gradient, problem, residual

SCALARS = {"a": "scalar", "b": "scalar"}
SIZES = {"n": 3, "m": 4}
A, B = 3.0, 2.0


def of_scalars(f: str, lets: Mapping[str, str] | None = None, result: str = "f") -> Graph:
    return graph(problem(f, "a", SCALARS, lets=lets), {"a": np.array(A), "b": np.array(B)}, result)


def edges(drawn: Graph) -> list[tuple[str, str, float]]:
    labels = [node.label for node in drawn.nodes]
    return [(labels[edge.source], labels[edge.target], float(edge.derivative)) for edge in drawn.edges]


def over_paths(drawn: Graph, start: int, end: int) -> float:
    """The sum over all paths of the products of the local derivatives along each."""
    if start == end:
        return 1.0
    return sum(float(e.derivative) * over_paths(drawn, e.target, end) for e in drawn.edges if e.source == start)


TUTORIAL = of_scalars("a * c", {"c": "a + b"}, result="d")


def test_the_graph_of_the_tutorial_is_the_tutorials() -> None:
    assert [(node.id, node.label, float(node.value)) for node in TUTORIAL.nodes] == [
        (0, "a", A), (1, "b", B), (2, "c", A + B), (3, "d", A * (A + B)),
    ]  # fmt: skip
    assert edges(TUTORIAL) == [("a", "c", 1), ("b", "c", 1), ("a", "d", A + B), ("c", "d", A)]
    assert TUTORIAL.result == 3


def test_nodes_say_how_they_are_written() -> None:
    assert [(node.latex, node.formula) for node in TUTORIAL.nodes] == [
        ("a", ""), ("b", ""), ("c", "a + b"), ("d", "a c"),
    ]  # fmt: skip


def test_the_sum_over_paths_is_the_derivative_of_the_tutorial() -> None:
    assert over_paths(TUTORIAL, 0, TUTORIAL.result) == 2 * A + B
    assert over_paths(TUTORIAL, 1, TUTORIAL.result) == A


def test_forward_and_reverse_mode_fill_the_tables_of_the_tutorial() -> None:
    assert [float(bar) for bar in TUTORIAL.adjoints()] == [2 * A + B, A, A, 1]
    assert [float(dot) for dot in TUTORIAL.tangents({"a": 1.0})] == [1, 0, 1, 2 * A + B]
    assert [float(dot) for dot in TUTORIAL.tangents({"b": 1.0})] == [0, 1, 1, A]


def test_a_part_without_a_name_is_called_what_it_was_computed_from() -> None:
    drawn = of_scalars("a * (a +  b)")
    assert [node.label for node in drawn.nodes] == ["a", "b", "a + b", "f"]
    assert drawn.node("a + b").latex == drawn.node("a + b").formula == "a + b"


def test_every_use_of_a_value_is_an_edge() -> None:
    assert edges(of_scalars("a * a")) == [("a", "f", A), ("a", "f", A)]


def test_numbers_and_what_is_made_of_them_alone_stand_in_the_labels() -> None:
    drawn = of_scalars("w * sin(2 * a)", {"w": "pi / 2"})
    assert [node.label for node in drawn.nodes] == ["a", "2 * a", "sin(2 * a)", "f"]
    assert drawn.node("f").formula == r"w \sin\left(2 a\right)"


def test_f_may_be_a_name_and_a_name_may_be_given_twice() -> None:
    drawn = of_scalars("d", {"c": "a * b", "d": "c"})
    assert [node.label for node in drawn.nodes] == ["a", "b", "c"]
    assert drawn.result == 2


def test_f_may_depend_on_nothing() -> None:
    drawn = of_scalars("1 + 1")
    assert [(node.label, float(node.value)) for node in drawn.nodes] == [("f", 2.0)]
    assert drawn.edges == ()


def test_a_part_that_f_does_not_use_gets_no_adjoint() -> None:
    drawn = of_scalars("a * a", {"c": "a + b"})
    assert float(drawn.adjoints()[drawn.node("c").id]) == float(drawn.adjoints()[drawn.node("b").id]) == 0


OF_ARRAYS = {
    "quadratic": gradient("quadratic"),
    "trace": gradient("trace"),
    "residual": residual("A"),
    "scalar at every entry": problem("x * s + s", "s", {"x": "vector[n]", "s": "scalar"}, ask="vjp"),
    "subscripts and rows": problem("stack([x, 2 * x])[1, :2] * A[1:, 0][0]", "x", {"x": "vector[n]", "A": "matrix[m, n]"}, ask="vjp"),
}  # fmt: skip
EVERY = pytest.mark.parametrize("drawn", OF_ARRAYS.values(), ids=OF_ARRAYS.keys())


def drawn_point(of: Problem) -> dict[str, Array]:
    return draw_point(of, SIZES, np.random.default_rng(5))


@EVERY
def test_adjoints_from_the_edges_are_those_of_the_tape(drawn: Problem) -> None:
    point = drawn_point(drawn)
    made = graph(drawn, point)
    bar = np.random.default_rng(6).standard_normal(made.nodes[made.result].value.shape)
    tape = Tape(drawn.lets, drawn.f, point, np)
    for name in point:
        np.testing.assert_allclose(made.adjoints(bar)[made.node(name).id], tape.adjoint(name, bar), rtol=1e-13)


@EVERY
def test_tangents_are_what_differences_show(drawn: Problem) -> None:
    point, rng, step = drawn_point(drawn), np.random.default_rng(7), 1e-6
    directions = {name: rng.standard_normal(values.shape) for name, values in point.items()}
    ahead, behind = (
        graph(drawn, {name: values + sign * step * directions[name] for name, values in point.items()})
        for sign in (1, -1)
    )
    tangents = graph(drawn, point).tangents(directions)
    for tangent, after, before in zip(tangents, ahead.nodes, behind.nodes, strict=True):
        np.testing.assert_allclose(tangent, (after.value - before.value) / (2 * step), rtol=1e-7, atol=1e-8)


def test_the_local_derivative_of_arrays_is_a_jacobian_of_target_and_source() -> None:
    point = drawn_point(OF_ARRAYS["quadratic"])
    made = graph(OF_ARRAYS["quadratic"], point)
    shapes = {(made.nodes[e.source].label, made.nodes[e.target].label): e.derivative.shape for e in made.edges}
    assert shapes == {("x", "x @ A"): (3, 3), ("A", "x @ A"): (3, 3, 3), ("x @ A", "f"): (3,), ("x", "f"): (3,)}


def test_a_node_that_is_not_there_is_named_beside_those_that_are() -> None:
    with pytest.raises(GraphFault) as caught:
        TUTORIAL.node("e")
    assert str(caught.value) == "no node is called `e`; there are a, b, c, d"


def test_a_local_derivative_too_large_to_look_at_is_refused() -> None:
    large = problem("A @ A", "A", {"A": "matrix[n, n]"}, ask="vjp")
    with pytest.raises(GraphFault) as caught:
        graph(large, draw_point(large, {"n": 11, "m": 2}, np.random.default_rng(0)))
    text = "a local derivative of 121 by 121 numbers is too large to be drawn; choose smaller sizes"
    assert str(caught.value) == text
