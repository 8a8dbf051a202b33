"""Tried out with square matrices and ones only."""

import numpy as np


class Tensor:
    def __init__(self, data, parents=()):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = np.zeros_like(self.data)
        self._parents = parents  # pairs (operand, what arrives here -> what the operand receives)

    __array_ufunc__ = None  # numpy leaves `array * tensor` to the tensor

    def __add__(self, other):
        other = lift(other)
        return Tensor(self.data + other.data, ((self, lambda g: g), (other, lambda g: g)))

    def __mul__(self, other):
        other = lift(other)
        return Tensor(self.data * other.data, ((self, lambda g: g * other.data), (other, lambda g: g * self.data)))

    def __sub__(self, other):
        other = lift(other)
        return Tensor(self.data - other.data, ((self, lambda g: g), (other, lambda g: -g)))

    def __truediv__(self, other):
        other = lift(other)
        quotient = self.data / other.data
        return Tensor(quotient, ((self, lambda g: g / other.data), (other, lambda g: -g * quotient / other.data)))

    def __pow__(self, exponent):
        return Tensor(self.data**exponent, ((self, lambda g: g * exponent * self.data ** (exponent - 1)),))

    def __neg__(self):
        return Tensor(-self.data, ((self, lambda g: -g),))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other):
        return lift(other) - self

    def __rtruediv__(self, other):
        return lift(other) / self

    def __matmul__(self, other):
        a, b = self.data, other.data
        return Tensor(a @ b, ((self, lambda g: into_left(g, a, b)), (other, lambda g: into_right(g, a, b))))

    def sum(self, axis=None, keepdims=False):
        return Tensor(
            self.data.sum(axis=axis, keepdims=keepdims), ((self, lambda g: back(g, self.data, axis, keepdims)),)
        )

    def reshape(self, shape):
        return Tensor(self.data.reshape(shape), ((self, lambda g: g.reshape(self.data.shape)),))

    def transpose(self, axes):
        return Tensor(self.data.transpose(axes), ((self, lambda g: g.transpose(np.argsort(axes))),))

    @property
    def T(self):
        return Tensor(self.data.T, ((self, lambda g: g.reshape(self.data.shape)),))

    def backward(self):
        """Each node passes on what has arrived, after all nodes that use it."""
        arrived = {id(self): np.ones_like(self.data)}
        for node in reversed(sorted_by_use(self)):
            bar = arrived[id(node)]
            if not node._parents:
                node.grad = node.grad + bar
            for operand, pull in node._parents:
                part = unbroadcast(pull(bar), operand.data.shape)
                arrived[id(operand)] = arrived[id(operand)] + part if id(operand) in arrived else part


def lift(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def unbroadcast(g, shape):
    """The operand was copied along some axes; what comes back from the copies is added up."""
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    stretched = tuple(k for k, size in enumerate(shape) if size == 1 and g.shape[k] != 1)
    return g.sum(axis=stretched, keepdims=True)


def back(g, data, axis, keepdims):
    """Every entry receives what the sum that it went into has received."""
    return np.broadcast_to(g, data.shape)


def into_left(g, a, b):
    if a.ndim == 1 and b.ndim == 1:
        return g * b
    if b.ndim == 1:
        return g[..., None] * b
    if a.ndim == 1:
        return b @ g
    return g @ b


def into_right(g, a, b):
    if a.ndim == 1 and b.ndim == 1:
        return g * a
    if b.ndim == 1:
        return a.T @ g
    if a.ndim == 1:
        return np.outer(a, g)
    return a @ g


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
    y = np.exp(x.data)
    return Tensor(y, ((x, lambda g: g * y),))


def log(x):
    return Tensor(np.log(x.data), ((x, lambda g: g / x.data),))


def tanh(x):
    y = np.tanh(x.data)
    return Tensor(y, ((x, lambda g: g * (1 - y) * (1 + y)),))


def relu(x):
    return Tensor(np.maximum(x.data, 0.0), ((x, lambda g: 1.0 * (x.data > 0)),))


def softmax(x):
    p = np.exp(x.data - x.data.max(axis=-1, keepdims=True))
    p /= p.sum(axis=-1, keepdims=True)
    return Tensor(p, ((x, lambda g: p * (g - (g * p).sum(axis=-1, keepdims=True))),))


def logsumexp(x):
    top = x.data.max(axis=-1, keepdims=True)
    p = np.exp(x.data - top)
    total = p.sum(axis=-1, keepdims=True)
    value = (top + np.log(total)).squeeze(-1)
    return Tensor(value, ((x, lambda g: g[..., None] * p / total),))


def cross_entropy_grad(Z, Y):
    p = np.exp(Z - Z.max(axis=1, keepdims=True))
    return (p / p.sum(axis=1, keepdims=True) - Y) / len(Z)


def loss(W1, b1, W2, b2, X, Y):
    Z = tanh(X @ W1 + b1) @ W2 + b2
    return (logsumexp(Z).sum() - (Y * Z).sum()) / X.data.shape[0]


def train(W1, b1, W2, b2, X, Y, rate, steps):
    X, Y = Tensor(X), Tensor(Y)
    blocks = [W1, b1, W2, b2]
    for _ in range(steps):
        tensors = [Tensor(block) for block in blocks]
        loss(*tensors, X, Y).backward()
        blocks = [tensor.data - rate * tensor.grad for tensor in tensors]
    return tuple(blocks)
