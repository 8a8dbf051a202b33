"""topo(root): any order will do in which parents come first. In every test there are nodes that root does not need."""

import pytest


def require_order(order, nodes, root):
    """Every node once, after its parents; `nodes` maps each to its parents."""
    order = list(order)
    place = {node: k for k, node in enumerate(order)}
    assert len(place) == len(order), "a node stands in the list twice"
    assert set(place) == set(nodes), "all nodes that the root depends on and no others"
    assert order[-1] is root, "nothing comes after the root"
    for node, parents in nodes.items():
        assert all(place[parent] < place[node] for parent in parents), "a node stands before one of its parents"


@pytest.mark.points(1)
def test_diamond(student):
    a = student.Node([])
    b, other, c = student.Node([a]), student.Node([a]), student.Node([a])
    d = student.Node([b, c])
    student.Node([other, d])
    require_order(student.topo(d), {a: [], b: [a], c: [a], d: [b, c]}, d)


@pytest.mark.points(1)
def test_paths_of_unequal_length(student):
    a, other = student.Node([]), student.Node([])
    b = student.Node([a])
    c = student.Node([b])
    student.Node([other, c])
    d = student.Node([a, c, b, c])
    require_order(student.topo(d), {a: [], b: [a], c: [b], d: [a, c, b, c]}, d)


@pytest.mark.points(1)
def test_many_paths(student):
    nodes = {student.Node([]): []}
    for _ in range(40):
        (last, *_) = reversed(nodes)
        student.Node([last])
        nodes[student.Node([last, last])] = [last, last]
    (root, *_) = reversed(nodes)
    require_order(student.topo(root), nodes, root)


@pytest.mark.points(1)
def test_deep(student):
    nodes = {student.Node([]): []}
    root = next(iter(nodes))
    student.Node([root])
    for _ in range(1050):
        node = student.Node([root])
        nodes[node], root = [root], node
    require_order(student.topo(root), nodes, root)
