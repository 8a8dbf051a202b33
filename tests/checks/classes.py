"""Classes of numbers as students write them: right ones, each in another way, and changes that make them wrong."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT

REVERSE = (ROOT / "assignments" / "reverse-mode" / "solution" / "solution.py").read_text()
FORWARD = (ROOT / "assignments" / "forward-mode" / "solution" / "solution.py").read_text()

TEACHING = '''
import math

class Value:
    """As short engines for teaching do it: a closure for every node, and a recursive sort."""

    def __init__(self, data, children=()):
        self.data = data
        self.grad = 0
        self._prev = set(children)
        self._step = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))
        def step():
            self.grad += out.grad
            other.grad += out.grad
        out._step = step
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))
        def step():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._step = step
        return out

    def __pow__(self, n):
        out = Value(self.data**n, (self,))
        def step():
            self.grad += n * self.data ** (n - 1) * out.grad
        out._step = step
        return out

    def _through(self, value, slope):
        out = Value(value, (self,))
        def step():
            self.grad += slope * out.grad
        out._step = step
        return out

    def backward(self):
        order, seen = [], set()
        def visit(v):
            if v not in seen:
                seen.add(v)
                for child in v._prev:
                    visit(child)
                order.append(v)
        visit(self)
        self.grad = 1
        for v in reversed(order):
            v._step()

    def __neg__(self): return self * -1
    def __radd__(self, other): return self + other
    def __sub__(self, other): return self + (-other)
    def __rsub__(self, other): return other + (-self)
    def __rmul__(self, other): return self * other
    def __truediv__(self, other): return self * other**-1
    def __rtruediv__(self, other): return other * self**-1

def exp(x): return x._through(math.exp(x.data), math.exp(x.data))
def log(x): return x._through(math.log(x.data), 1 / x.data)
def tanh(x):
    t = math.tanh(x.data)
    return x._through(t, 1 - t**2)
def relu(x): return x._through(x.data if x.data > 0 else 0.0, float(x.data > 0))
'''

TAPE = '''
import numpy as np

_NOTHING = ()

class Value:
    """Numbers in the order of their making; a backward pass goes through a heap of those that were reached."""

    made = 0
    __slots__ = ("data", "grad", "number", "pulls")

    def __init__(self, data, pulls=_NOTHING):
        self.data = np.float64(data)
        self.grad = np.float64(0)
        self.number = Value.made = Value.made + 1
        self.pulls = pulls

    def backward(self):
        import heapq
        waiting = [(-self.number, self)]
        arrived = {self.number: np.float64(1)}
        while waiting:
            _, node = heapq.heappop(waiting)
            bar = arrived.pop(node.number)
            if not node.pulls:
                node.grad = node.grad + bar
            for operand, pull in node.pulls:
                if operand.number not in arrived:
                    heapq.heappush(waiting, (-operand.number, operand))
                arrived[operand.number] = arrived.get(operand.number, 0) + pull(bar)

    def __add__(self, other):
        if not isinstance(other, Value):
            return Value(self.data + other, ((self, lambda g: g),))
        return Value(self.data + other.data, ((self, lambda g: g), (other, lambda g: g)))
    __radd__ = __add__
    def __neg__(self): return Value(-self.data, ((self, lambda g: -g),))
    def __sub__(self, other): return self + -other
    def __rsub__(self, other): return -self + other
    def __mul__(self, other):
        if not isinstance(other, Value):
            return Value(self.data * other, ((self, lambda g: g * other),))
        return Value(self.data * other.data, ((self, lambda g: g * other.data), (other, lambda g: self.data * g)))
    __rmul__ = __mul__
    def __pow__(self, n): return Value(self.data**float(n), ((self, lambda g: g * n * self.data ** float(n - 1)),))
    def __truediv__(self, other):
        if not isinstance(other, Value):
            return self * (1 / other)
        return Value(self.data / other.data, ((self, lambda g: g / other.data),
                                              (other, lambda g: -g * self.data / other.data / other.data)))
    def __rtruediv__(self, other): return Value(other) / self

def _each(value, slope):
    return lambda x: Value(value(x.data), ((x, lambda g: g * slope(x.data)),))

exp = _each(np.exp, np.exp)
log = _each(np.log, lambda x: 1 / x)
tanh = _each(np.tanh, lambda x: 1 / np.cosh(x) ** 2)
relu = _each(lambda x: np.maximum(x, 0), lambda x: np.heaviside(x, 0))
'''
"""right, with numpy's numbers, slots and a heap"""

COUNTED = '''
import math

class Value:
    """A node passes on its gradient when all that use it have, which is counted first."""

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def backward(self):
        uses, waiting = {}, [self]
        while waiting:
            for parent, _ in waiting.pop().parents:
                if id(parent) not in uses:
                    waiting.append(parent)
                uses[id(parent)] = uses.get(id(parent), 0) + 1
        bars, ready = {id(self): 1.0}, [self]
        while ready:
            node = ready.pop()
            bar = bars.pop(id(node))
            if not node.parents:
                node.grad += bar
            for parent, slope in node.parents:
                bars[id(parent)] = bars.get(id(parent), 0.0) + slope * bar
                uses[id(parent)] -= 1
                if not uses[id(parent)]:
                    ready.append(parent)

def number(x): return x if isinstance(x, Value) else Value(x)

def operation(value, *slopes):
    def apply(*arguments):
        numbers = [number(a) for a in arguments]
        x = [n.data for n in numbers]
        return Value(value(*x), tuple((n, slope(*x)) for n, slope in zip(numbers, slopes)))
    return apply

one, minus = lambda *x: 1.0, lambda *x: -1.0
add = operation(lambda x, y: x + y, one, one)
subtract = operation(lambda x, y: x - y, one, minus)
multiply = operation(lambda x, y: x * y, lambda x, y: y, lambda x, y: x)
divide = operation(lambda x, y: x / y, lambda x, y: 1 / y, lambda x, y: -x / y**2)
Value.__add__ = Value.__radd__ = add
Value.__mul__ = Value.__rmul__ = multiply
Value.__sub__, Value.__rsub__ = subtract, lambda x, y: subtract(y, x)
Value.__truediv__, Value.__rtruediv__ = divide, lambda x, y: divide(y, x)
Value.__neg__ = lambda x: multiply(-1, x)
Value.__pow__ = lambda x, n: operation(lambda v: v**n, lambda v: n * v ** (n - 1))(x)
exp, log = operation(math.exp, math.exp), operation(math.log, lambda x: 1 / x)
tanh = operation(math.tanh, lambda x: 4 / (math.exp(x) + math.exp(-x)) ** 2)
relu = operation(lambda x: (x + abs(x)) / 2, lambda x: float(x > 0))
'''

RIGHT_REVERSE = {"solution": REVERSE, "tape": TAPE, "counted": COUNTED}


def read(folder: str, name: str) -> str:
    """A file of `tests/submissions`."""
    return Path(ROOT, "tests", "submissions", folder, f"{name}.py").read_text()
