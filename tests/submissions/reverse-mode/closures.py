"""A short engine with a closure for every node: right, but for deep graphs and a second pass."""

import math


def d_in_a(a, b):
    return a + b + a


def d_in_b(a, b):
    return a


class Value:
    def __init__(self, data, _children=()):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = set(_children)

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, n):
        out = Value(self.data**n, (self,))

        def _backward():
            self.grad += n * self.data ** (n - 1) * out.grad

        out._backward = _backward
        return out

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()


def unary(x, value, slope):
    out = Value(value, (x,))

    def _backward():
        x.grad += slope * out.grad

    out._backward = _backward
    return out


def exp(x):
    return unary(x, math.exp(x.data), math.exp(x.data))


def log(x):
    return unary(x, math.log(x.data), 1 / x.data)


def tanh(x):
    t = math.tanh(x.data)
    return unary(x, t, 1 - t * t)


def relu(x):
    return unary(x, max(0.0, x.data), 1.0 if x.data > 0 else 0.0)
