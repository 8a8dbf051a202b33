"""Classes of tensors as students write them: right ones, each in another way."""

from __future__ import annotations

from tests.conftest import ROOT

SOLUTION = (ROOT / "assignments" / "tensor-autograd" / "solution" / "solution.py").read_text()

_BY_HAND = """
def cross_entropy_grad(Z, Y):
    E = np.exp((Z.T - Z.max(1)).T)
    return ((E.T / E.sum(1)).T - Y) / Y.sum()
"""

CLOSURES = (
    '''
import numpy as np

def fitted(g, like):
    while g.ndim > like.ndim:
        g = g.sum(axis=0)
    for axis, size in enumerate(like.shape):
        if size == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g

class Tensor:
    """As engines for teaching do it: a closure for every node that adds to the gradients of its operands."""

    __array_priority__ = 1000

    def __init__(self, data, children=()):
        self.data = np.array(data, dtype=float)
        self.grad = np.zeros(self.data.shape)
        self.held = np.zeros(self.data.shape)
        self.children = children
        self.step = None

    def node(self, data, *pulls):
        out = Tensor(data, tuple(child for child, _ in pulls))
        def step():
            for child, pull in pulls:
                child.held += fitted(pull(out.held), child.data)
        out.step = step
        return out

    def __add__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return self.node(self.data + other.data, (self, lambda g: g), (other, lambda g: g))

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return self.node(self.data * other.data, (self, lambda g: other.data * g), (other, lambda g: self.data * g))

    def __pow__(self, n): return self.node(self.data ** float(n), (self, lambda g: n * self.data ** float(n - 1) * g))
    def __neg__(self): return self * -1
    def __radd__(self, other): return self + other
    def __rmul__(self, other): return self * other
    def __sub__(self, other): return self + (-other)
    def __rsub__(self, other): return -self + other
    def __truediv__(self, other): return self * other ** -1 if isinstance(other, Tensor) else self * (1 / other)
    def __rtruediv__(self, other): return self ** -1 * other

    def __matmul__(self, other):
        a, b = self.data, other.data
        # vectors become matrices for a moment
        A, B = (a[None, :] if a.ndim == 1 else a), (b[:, None] if b.ndim == 1 else b)
        def full(g):
            return g.reshape((*np.broadcast_shapes(A.shape[:-2], B.shape[:-2]), A.shape[-2], B.shape[-1]))
        def left(g): return fitted(full(g) @ np.swapaxes(B, -1, -2), A).reshape(a.shape)
        def right(g): return fitted(np.swapaxes(A, -1, -2) @ full(g), B).reshape(b.shape)
        return self.node(a @ b, (self, left), (other, right))

    def sum(self, axis=None, keepdims=False):
        kept = self.data.sum(axis=axis, keepdims=True).shape
        out = self.data.sum(axis=axis, keepdims=keepdims)
        return self.node(out, (self, lambda g: np.ones_like(self.data) * g.reshape(kept)))

    def reshape(self, shape): return self.node(self.data.reshape(shape), (self, lambda g: g.reshape(self.data.shape)))
    def transpose(self, axes):
        back = [0] * len(axes)
        for place, axis in enumerate(axes):
            back[axis] = place
        return self.node(np.transpose(self.data, axes), (self, lambda g: np.transpose(g, back)))
    T = property(lambda self: self.transpose(tuple(reversed(range(self.data.ndim)))))

    def backward(self):
        order, seen = [], set()
        def visit(t):
            if id(t) not in seen:
                seen.add(id(t))
                for child in t.children:
                    visit(child)
                order.append(t)
        visit(self)
        for t in order:
            t.held = np.zeros(t.data.shape)
        self.held = np.ones(self.data.shape)
        for t in reversed(order):
            if t.step:
                t.step()
            else:
                t.grad += t.held

def exp(x): return x.node(np.exp(x.data), (x, lambda g: np.exp(x.data) * g))
def log(x): return x.node(np.log(x.data), (x, lambda g: g / x.data))
def tanh(x): return x.node(np.tanh(x.data), (x, lambda g: g / np.cosh(x.data) ** 2))
def relu(x): return x.node(np.where(x.data > 0, x.data, 0), (x, lambda g: np.where(x.data > 0, g, 0)))
def softmax(x):
    s = np.exp(x.data - np.max(x.data, axis=-1, keepdims=True))
    s = s / np.sum(s, axis=-1, keepdims=True)
    return x.node(s, (x, lambda g: s * g - s * np.sum(s * g, axis=-1, keepdims=True)))
def logsumexp(x):
    m = x.data.max(-1, keepdims=True)
    return x.node(np.log(np.exp(x.data - m).sum(-1)) + m[..., 0], (x, lambda g: softmax(x).data * g[..., None]))
'''
    + _BY_HAND
    + '''
def loss(W1, b1, W2, b2, X, Y):
    """Through the probabilities of the right classes."""
    P = softmax(tanh(X @ W1 + b1) @ W2 + b2)
    return log((P * Y).sum(1)).sum() * (-1 / len(Y.data))

def train(W1, b1, W2, b2, X, Y, rate, steps):
    blocks = [Tensor(b) for b in (W1, b1, W2, b2)]
    for _ in range(steps):
        for b in blocks:
            b.grad[...] = 0
        loss(*blocks, Tensor(X), Tensor(Y)).backward()
        for b in blocks:
            b.data = b.data - rate * b.grad
    return [b.data for b in blocks]
'''
)

OPERATIONS = (
    '''
import numpy as np

class Operation:
    """Every operation is a class that remembers what its backward needs."""

    def __init__(self, *tensors, **settings):
        self.tensors = tensors
        self.__dict__.update(settings)

    @classmethod
    def of(cls, *arguments, **settings):
        tensors = [a if isinstance(a, Tensor) else Tensor(a) for a in arguments]
        self = cls(*tensors, **settings)
        return Tensor(self.forward(*(t.data for t in tensors)), self)

    def back(self, g):
        parts = self.backward(g, *(t.data for t in self.tensors))
        return [reduced(p, t.data.shape) for p, t in zip(parts, self.tensors)]

def reduced(g, shape):
    g = np.asarray(g)
    padded = (1,) * (g.ndim - len(shape)) + shape
    axes = tuple(k for k in range(g.ndim) if padded[k] == 1 and g.shape[k] > 1)
    return g.sum(axes, keepdims=True).reshape(shape)

class Add(Operation):
    def forward(self, a, b): return a + b
    def backward(self, g, a, b): return g, g
class Subtract(Operation):
    def forward(self, a, b): return a - b
    def backward(self, g, a, b): return g, -g
class Multiply(Operation):
    def forward(self, a, b): return a * b
    def backward(self, g, a, b): return g * b, a * g
class Divide(Operation):
    def forward(self, a, b): return a / b
    def backward(self, g, a, b): return g / b, -g * a / (b * b)
class Power(Operation):
    def forward(self, a): return a ** self.n
    def backward(self, g, a): return (g * self.n * a ** (self.n - 1),)
class Negate(Operation):
    def forward(self, a): return np.negative(a)
    def backward(self, g, a): return (np.negative(g),)
class MatMul(Operation):
    def forward(self, a, b): return np.matmul(a, b)
    def backward(self, g, a, b):
        if a.ndim == b.ndim == 1:
            return g * b, a * g
        if a.ndim == 1:
            return b @ g, np.outer(a, g)
        if b.ndim == 1:
            return np.outer(g, b), g @ a
        return np.einsum("...ik,...jk->...ij", g, b), np.einsum("...ij,...ik->...jk", a, g)
class Sum(Operation):
    def forward(self, a): return np.sum(a, axis=self.axis, keepdims=self.keepdims)
    def backward(self, g, a):
        if self.axis is not None and not self.keepdims:
            g = np.expand_dims(g, self.axis)
        return (np.tile(g, [n // m for n, m in zip(a.shape, np.shape(g))]) if np.ndim(g) else np.full(a.shape, g),)
class Reshape(Operation):
    def forward(self, a): return np.reshape(a, self.shape)
    def backward(self, g, a): return (np.reshape(g, a.shape),)
class Transpose(Operation):
    def forward(self, a): return np.moveaxis(a, self.axes, range(a.ndim))
    def backward(self, g, a): return (np.moveaxis(g, range(a.ndim), self.axes),)
class Exp(Operation):
    def forward(self, a):
        self.out = np.exp(a)
        return self.out
    def backward(self, g, a): return (g * self.out,)
class Log(Operation):
    def forward(self, a): return np.log(a)
    def backward(self, g, a): return (g * a ** -1,)
class Tanh(Operation):
    def forward(self, a): return np.tanh(a)
    def backward(self, g, a): return (g * (1 - np.tanh(a) ** 2),)
class ReLU(Operation):
    def forward(self, a): return a * (a > 0)
    def backward(self, g, a): return (g * (a > 0),)
class LogSumExp(Operation):
    def forward(self, a):
        top = a.max(-1)
        return top + np.log(np.sum(np.exp(a - top[..., None]), -1))
    def backward(self, g, a): return (g[..., None] * np.exp(a - self.forward(a)[..., None]),)

class Tensor:
    __array_ufunc__ = None
    def __init__(self, data, operation=None):
        self.data = np.asarray(data, np.float64)
        self.operation = operation
        self.grad = np.zeros(self.data.shape)
    def __add__(self, other): return Add.of(self, other)
    def __radd__(self, other): return Add.of(other, self)
    def __sub__(self, other): return Subtract.of(self, other)
    def __rsub__(self, other): return Subtract.of(other, self)
    def __mul__(self, other): return Multiply.of(self, other)
    def __rmul__(self, other): return Multiply.of(other, self)
    def __truediv__(self, other): return Divide.of(self, other)
    def __rtruediv__(self, other): return Divide.of(other, self)
    def __neg__(self): return Negate.of(self)
    def __matmul__(self, other): return MatMul.of(self, other)
    def __pow__(self, n): return Power.of(self, n=n)
    def sum(self, axis=None, keepdims=False): return Sum.of(self, axis=axis, keepdims=keepdims)
    def reshape(self, shape): return Reshape.of(self, shape=shape)
    def transpose(self, axes): return Transpose.of(self, axes=axes)
    @property
    def T(self): return self.transpose(tuple(range(self.data.ndim))[::-1])
    def backward(self):
        uses, waiting = {self: 0}, [self]
        while waiting:
            t = waiting.pop()
            for child in t.operation.tensors if t.operation else ():
                if child not in uses:
                    waiting.append(child)
                uses[child] = uses.get(child, 0) + 1
        arrived, ready = {self: np.ones(self.data.shape)}, [self]
        while ready:
            t = ready.pop()
            if t.operation is None:
                t.grad = t.grad + arrived[t]
                continue
            for child, part in zip(t.operation.tensors, t.operation.back(arrived.pop(t))):
                arrived[child] = part + arrived.get(child, 0)
                uses[child] -= 1
                if uses[child] == 0:
                    ready.append(child)

exp, log, tanh, relu, logsumexp = Exp.of, Log.of, Tanh.of, ReLU.of, LogSumExp.of
def softmax(x):
    """By the other operations."""
    shape = (*x.data.shape[:-1], 1)
    return exp(x - logsumexp(x).reshape(shape))
'''
    + _BY_HAND
    + """
def loss(W1, b1, W2, b2, X, Y):
    Z = tanh(X @ W1 + b1) @ W2 + b2
    return -(Y * (Z - logsumexp(Z).reshape((-1, 1)))).sum(1).sum(0) / Y.data.sum()

def train(W1, b1, W2, b2, X, Y, rate, steps):
    while steps:
        tensors = list(map(Tensor, (W1, b1, W2, b2)))
        loss(*tensors, Tensor(X), Tensor(Y)).backward()
        W1, b1, W2, b2 = (t.data - rate * t.grad for t in tensors)
        steps -= 1
    return W1, b1, W2, b2
"""
)

RECORDED = (
    '''
import numpy as np
import weakref

class Tensor:
    """Every tensor has the number of its making; a backward pass walks down from the largest."""

    made = 0
    __array_ufunc__ = None
    __slots__ = ("data", "grad", "number", "inputs", "vjp")

    def __init__(self, data):
        self.data = np.float64(data) if np.ndim(data) == 0 else np.asarray(data).astype(np.float64)
        self.grad = self.data * 0
        self.number = Tensor.made = Tensor.made + 1
        self.inputs, self.vjp = (), None

    def backward(self):
        bars, waiting = {self.number: np.ones(self.data.shape)}, {self.number: self}
        while waiting:
            number = max(waiting)
            tensor, bar = waiting.pop(number), bars.pop(number)
            if tensor.vjp is None:
                tensor.grad = tensor.grad + bar
                continue
            for operand, part in zip(tensor.inputs, tensor.vjp(bar)):
                waiting[operand.number] = operand
                bars[operand.number] = bars.get(operand.number, 0.0) + part

def recorded(value, inputs, vjp):
    out = Tensor(value)
    out.inputs, out.vjp = inputs, vjp
    return out

def both(function, left, right):
    def operation(a, b):
        a, b = (x if isinstance(x, Tensor) else Tensor(x) for x in (a, b))
        x, y = a.data, b.data
        def vjp(g):
            return shrink(left(g, x, y), np.shape(x)), shrink(right(g, x, y), np.shape(y))
        return recorded(function(x, y), (a, b), vjp)
    return operation, lambda a, b: operation(b, a)

def shrink(g, shape):
    """As a product with a one-hot in every axis would do it."""
    extra = np.ndim(g) - len(shape)
    for _ in range(extra):
        g = np.add.reduce(g, 0)
    for k, n in enumerate(shape):
        if n != np.shape(g)[k]:
            g = np.add.reduce(g, k, keepdims=True)
    return g

Tensor.__add__, Tensor.__radd__ = both(np.add, lambda g, x, y: g, lambda g, x, y: g)
Tensor.__sub__, Tensor.__rsub__ = both(np.subtract, lambda g, x, y: g, lambda g, x, y: 0 - g)
Tensor.__mul__, Tensor.__rmul__ = both(np.multiply, lambda g, x, y: g * y, lambda g, x, y: g * x)
Tensor.__truediv__, Tensor.__rtruediv__ = both(np.divide, lambda g, x, y: g / y, lambda g, x, y: -(g * x / y) / y)

def product_left(g, x, y):
    if y.ndim == 1:
        return np.multiply.outer(g, y) if x.ndim > 1 else g * y
    return np.einsum("...k,jk->...j", g, y) if y.ndim == 2 else g @ y.transpose(0, 2, 1)
def product_right(g, x, y):
    if x.ndim == 1:
        return np.multiply.outer(x, g) if y.ndim > 1 else g * x
    if y.ndim == 1:
        return g @ x
    return np.tensordot(x, g, (range(x.ndim - 1),) * 2) if y.ndim == 2 else x.transpose(0, 2, 1) @ g
Tensor.__matmul__, _ = both(np.matmul, product_left, product_right)

def one(function, pull):
    def operation(a, *settings):
        return recorded(function(a.data, *settings), (a,), lambda g: (pull(g, a.data, *settings),))
    return operation

Tensor.__neg__ = one(np.negative, lambda g, x: -g)
Tensor.__pow__ = one(lambda x, n: np.power(x, float(n)), lambda g, x, n: g * n * np.power(x, n - 1.0))
Tensor.sum = one(
    lambda x, axis=None, keepdims=False: np.sum(x, axis, keepdims=keepdims),
    lambda g, x, axis=None, keepdims=False: np.zeros(x.shape)
    + (g if axis is None or keepdims else np.stack([g] * x.shape[axis], axis)),
)
Tensor.reshape = one(np.reshape, lambda g, x, shape: g.reshape(x.shape))
Tensor.transpose = one(np.transpose, lambda g, x, axes: np.transpose(g, sorted(range(len(axes)), key=axes.__getitem__)))
Tensor.T = property(one(np.transpose, lambda g, x: np.transpose(g)))
exp = one(np.exp, lambda g, x: g * np.exp(x))
log = one(np.log, lambda g, x: g / x)
tanh = one(np.tanh, lambda g, x: g * (1 - np.tanh(x)) * (1 + np.tanh(x)))
relu = one(lambda x: np.maximum(x, 0), lambda g, x: g * np.heaviside(x, 0))

def shares(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)
def through_jacobians(g, z):
    p = shares(z)
    return np.einsum("...i,...ij->...j", g, p[..., :, None] * (np.eye(p.shape[-1]) - p[..., None, :]))
softmax = one(shares, through_jacobians)
logsumexp = one(lambda z: z.max(-1) - np.log(np.take_along_axis(shares(z), z.argmax(-1, keepdims=True), -1)[..., 0]),
                lambda g, z: np.asarray(g)[..., None] * shares(z))
'''
    + _BY_HAND
    + """
def loss(W1, b1, W2, b2, X, Y):
    Z = tanh(X @ W1 + b1) @ W2 + b2
    return (logsumexp(Z) - (Z * Y).sum(-1)).sum() * (1 / Z.data.shape[0])

def train(*given):
    *blocks, X, Y, rate, steps = given
    for _ in range(steps):
        leaves = [Tensor(b) for b in blocks]
        loss(*leaves, Tensor(X), Tensor(Y)).backward()
        blocks = [leaf.data - rate * leaf.grad for leaf in leaves]
    return tuple(blocks)
"""
)

RIGHT = {"closures": CLOSURES, "operations": OPERATIONS, "recorded": RECORDED}
