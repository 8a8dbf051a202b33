"""Reverse mode for scalars: every number knows its operands and the derivative of itself in each of them."""

import math

import numpy as np


def d_in_a(a, b):
    c = a + b
    bar_c = a  # d = a * c
    return c + bar_c


def d_in_b(a, b):
    bar_c = a
    return bar_c


def local_derivatives(v):
    a, b, c = v
    return np.array([[1.0, 1.0, 0.0], [c, 0.0, a]])


def forward_rates(x, v):
    (a, b), (da, db) = x, v
    c, dc = a + b, da + db
    return np.array([dc, da * c + a * dc])


class Value:
    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self._parents = parents  # pairs (operand, derivative of this number in it)

    def __add__(self, other):
        other = lift(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = lift(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __sub__(self, other):
        other = lift(other)
        return Value(self.data - other.data, ((self, 1.0), (other, -1.0)))

    def __truediv__(self, other):
        other = lift(other)
        quotient = self.data / other.data
        return Value(quotient, ((self, 1 / other.data), (other, -quotient / other.data)))

    def __pow__(self, exponent):
        return Value(self.data**exponent, ((self, exponent * self.data ** (exponent - 1)),))

    def __neg__(self):
        return Value(-self.data, ((self, -1.0),))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other):
        return lift(other) - self

    def __rtruediv__(self, other):
        return lift(other) / self

    def backward(self):
        """Each node passes on what has arrived, after all nodes that use it."""
        arrived = {id(self): 1.0}
        for node in reversed(sorted_by_use(self)):
            bar = arrived[id(node)]
            if not node._parents:
                node.grad += bar
            for operand, derivative in node._parents:
                arrived[id(operand)] = arrived.get(id(operand), 0.0) + bar * derivative


def lift(x):
    return x if isinstance(x, Value) else Value(x)


def sorted_by_use(root):
    """Every node once, operands before the nodes that use them."""
    order, seen, waiting = [], set(), [(root, False)]
    while waiting:
        node, is_ready = waiting.pop()
        if is_ready:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            waiting.append((node, True))
            waiting.extend((operand, False) for operand, _ in node._parents)
    return order


def exp(x):
    y = math.exp(x.data)
    return Value(y, ((x, y),))


def log(x):
    return Value(math.log(x.data), ((x, 1 / x.data),))


def tanh(x):
    y = math.tanh(x.data)
    return Value(y, ((x, (1 - y) * (1 + y)),))


def relu(x):
    return Value(max(x.data, 0.0), ((x, 1.0 if x.data > 0 else 0.0),))
