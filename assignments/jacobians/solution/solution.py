"""Operators on functions. The numbers are given; what is missing is how to use them."""

import math

import numpy as np


class Dual:
    """value + derivative * epsilon, with epsilon^2 = 0."""

    def __init__(self, value, derivative=0.0):
        self.value = value
        self.derivative = derivative

    def __add__(self, other):
        other = dual(other)
        return Dual(self.value + other.value, self.derivative + other.derivative)

    def __mul__(self, other):
        other = dual(other)
        return Dual(self.value * other.value, self.derivative * other.value + self.value * other.derivative)

    def __pow__(self, exponent):
        return Dual(self.value**exponent, exponent * self.value ** (exponent - 1) * self.derivative)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -dual(other)

    def __rsub__(self, other):
        return dual(other) + -self

    def __truediv__(self, other):
        return self * dual(other) ** -1

    def __rtruediv__(self, other):
        return dual(other) * self**-1

    __radd__ = __add__
    __rmul__ = __mul__


def dual(number):
    """A constant is a dual number whose derivative is zero."""
    return number if isinstance(number, Dual) else Dual(number)


class Value:
    """A node of the computational graph: value, gradient, and the nodes it was made of with the local derivatives."""

    def __init__(self, value, parents=()):
        self.value = value
        self.gradient = 0.0
        self.parents = parents

    def __add__(self, other):
        other = node(other)
        return Value(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = node(other)
        return Value(self.value * other.value, ((self, other.value), (other, self.value)))

    def __pow__(self, exponent):
        return Value(self.value**exponent, ((self, exponent * self.value ** (exponent - 1)),))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -node(other)

    def __rsub__(self, other):
        return node(other) + -self

    def __truediv__(self, other):
        return self * node(other) ** -1

    def __rtruediv__(self, other):
        return node(other) * self**-1

    __radd__ = __add__
    __rmul__ = __mul__

    def graph(self):
        """All nodes below this one and itself, each after those it was made of."""
        order, seen, waiting = [], set(), [(self, False)]
        while waiting:
            current, is_done = waiting.pop()
            if is_done:
                order.append(current)
            elif id(current) not in seen:
                seen.add(id(current))
                waiting.append((current, True))
                waiting += [(parent, False) for parent, _ in current.parents]
        return order

    def backward(self, seed=1.0):
        """Add seed times the derivative of this node to the gradient of every node below it."""
        order = self.graph()
        passed = {id(current): 0.0 for current in order}
        passed[id(self)] = seed
        for current in reversed(order):
            current.gradient = current.gradient + passed[id(current)]
            for parent, slope in current.parents:
                passed[id(parent)] = passed[id(parent)] + passed[id(current)] * slope


def node(number):
    """A constant is a node that was made of nothing."""
    return number if isinstance(number, Value) else Value(number)


def exp(x):
    return _apply(x, math.exp, exp)


def log(x):
    return _apply(x, math.log, lambda value: 1 / value)


def sin(x):
    return _apply(x, math.sin, cos)


def cos(x):
    return _apply(x, math.cos, lambda value: -sin(value))


def relu(x):
    return _apply(x, lambda value: max(value, 0.0), step)


def step(x):
    while isinstance(x, (Dual, Value)):
        x = x.value
    return 1.0 if x > 0 else 0.0


def _apply(x, function, slope):
    """A function of one number, of whichever kind: its slope is a function as well."""
    if isinstance(x, Dual):
        return Dual(_apply(x.value, function, slope), slope(x.value) * x.derivative)
    if isinstance(x, Value):
        return Value(_apply(x.value, function, slope), ((x, slope(x.value)),))
    return function(x)


def derivative(f, x):
    """f'(x)."""
    return dual(f(Dual(x, 1.0))).derivative


def jvp(f, x, v):
    """J v, of shape (m,)."""
    outputs = f([Dual(value, direction) for value, direction in zip(x, v)])
    return np.array([dual(output).derivative for output in outputs])


def jacobian_forward(f, x):
    """J, of shape (m, n), by columns."""
    return np.stack([jvp(f, x, unit) for unit in np.eye(len(x))], axis=1)


def vjp(f, x, u):
    """u^T J, of shape (n,)."""
    inputs = [Value(value) for value in x]
    for output, weight in zip(f(inputs), u):
        node(output).backward(weight)
    return np.array([leaf.gradient for leaf in inputs])


def jacobian_reverse(f, x):
    """J, of shape (m, n), by rows."""
    inputs = [Value(value) for value in x]
    rows = []
    for output in f(inputs):
        for leaf in inputs:
            leaf.gradient = 0.0
        node(output).backward()
        rows.append([leaf.gradient for leaf in inputs])
    return np.array(rows)


def hvp(f, x, v):
    """H v, of shape (n,)."""
    inputs = [Value(Dual(value, direction)) for value, direction in zip(x, v)]
    f(inputs).backward()
    return np.array([dual(leaf.gradient).derivative for leaf in inputs])
