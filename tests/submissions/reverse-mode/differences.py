"""Computes everything again with a leaf moved a little: no rule of differentiation anywhere."""

import math

H = 6e-6


def d_in_a(a, b):
    return ((a + H) * (a + H + b) - (a - H) * (a - H + b)) / (2 * H)


def d_in_b(a, b):
    return (a * (a + b + H) - a * (a + b - H)) / (2 * H)


class Value:
    def __init__(self, data, f=None, args=()):
        self.data, self.f, self.args, self.grad = data, f, args, 0.0

    def at(self, leaf, moved):
        if self is leaf:
            return moved
        return self.f(*(a.at(leaf, moved) for a in self.args)) if self.f else self.data

    def leaves(self):
        return set().union(*(a.leaves() for a in self.args)) if self.f else {self}

    def backward(self):
        for leaf in self.leaves():
            up, down = self.at(leaf, leaf.data + H), self.at(leaf, leaf.data - H)
            leaf.grad += (up - down) / (2 * H)

    def __add__(self, other):
        return call(lambda x, y: x + y, self, other)

    def __radd__(self, other):
        return call(lambda x, y: x + y, other, self)

    def __sub__(self, other):
        return call(lambda x, y: x - y, self, other)

    def __rsub__(self, other):
        return call(lambda x, y: x - y, other, self)

    def __mul__(self, other):
        return call(lambda x, y: x * y, self, other)

    def __rmul__(self, other):
        return call(lambda x, y: x * y, other, self)

    def __truediv__(self, other):
        return call(lambda x, y: x / y, self, other)

    def __rtruediv__(self, other):
        return call(lambda x, y: x / y, other, self)

    def __pow__(self, n):
        return call(lambda x: x**n, self)

    def __neg__(self):
        return call(lambda x: -x, self)


def call(f, *args):
    args = tuple(a if isinstance(a, Value) else Value(a) for a in args)
    return Value(f(*(a.data for a in args)), f, args)


def exp(x):
    return call(math.exp, x)


def log(x):
    return call(math.log, x)


def tanh(x):
    return call(math.tanh, x)


def relu(x):
    return call(lambda v: max(v, 0.0), x)
