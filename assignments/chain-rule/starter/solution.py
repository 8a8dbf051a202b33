import numpy as np


def chain(g, grad_g, dh, x):
    """The gradient of h(g(x)), where g and grad_g take an array and dh a number."""
    raise NotImplementedError


def chain_jac(Jf, Jg, x, g):
    """The Jacobian of f(g(x)) at x, of shape (p, n)."""
    raise NotImplementedError


def orders(f, df, x, hs):
    """Observed orders of forward (column 0) and central (column 1) differences of f at the number x."""
    raise NotImplementedError


def best_h(method, scale):
    """The best step of the "forward" or the "central" difference."""
    raise NotImplementedError


class Node:
    """A node of a graph, and the nodes that it was computed from."""

    def __init__(self, parents):
        self.parents = list(parents)


def topo(root):
    """A list of root and everything below it, parents first."""
    raise NotImplementedError
