"""Walks back along every path, and the last one to arrive at a number wins. There is no 1/x and no 1-x."""

import math

import numpy as np


def d_in_a(a, b):
    return a + b


def d_in_b(a, b):
    return a


def local_derivatives(v):
    a, b, c = v
    return np.array([[1.0, 1.0, 0.0], [a + c, a, a]])


def forward_rates(x, v):
    return np.array([v[0] + v[1], x[0] * (v[0] + v[1])])


class Value:
    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents

    def __add__(self, other):
        other = wrap(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        other = wrap(other)
        return Value(self.data - other.data, ((self, 1.0), (other, -1.0)))

    def __mul__(self, other):
        other = wrap(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        other = wrap(other)
        return Value(self.data / other.data, ((self, 1 / other.data), (other, -self.data / other.data**2)))

    def __pow__(self, n):
        return Value(self.data**n, ((self, n * self.data ** (n - 1)),))

    def __neg__(self):
        return Value(-self.data, ((self, -1.0),))

    def backward(self, bar=1.0):
        self.grad = bar
        for parent, slope in self.parents:
            parent.backward(bar * slope)


def wrap(x):
    return x if isinstance(x, Value) else Value(x)


def exp(x):
    return Value(math.exp(x.data), ((x, math.exp(x.data)),))


def log(x):
    return Value(math.log(x.data), ((x, 1 / x.data),))


def tanh(x):
    return Value(math.tanh(x.data), ((x, 1 - math.tanh(x.data) ** 2),))


def relu(x):
    return Value(max(x.data, 0.0), ((x, float(x.data >= 0)),))
