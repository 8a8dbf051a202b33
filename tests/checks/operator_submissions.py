"""Submissions for operator tasks: the numbers of the course's solution, with operators of one's own."""

from __future__ import annotations

import re

from tests.conftest import ROOT

SOLUTION = (ROOT / "assignments" / "jacobians" / "solution" / "solution.py").read_text()
NUMBERS = SOLUTION[: SOLUTION.index("def derivative(f, x)")]
"""Dual, Value and the functions of both"""

YAML = """
format: 1
id: operators
title: Operators
file: solution.py
tasks:
  - id: derivative
    kind: autodiff
    operator: derivative
    points: 10
    implement: derivative(f, x)
    interface: {value: value, functions: {exp: exp, sin: sin, relu: relu}}
    cost: {calls: "1"}
    nested: [second, confusion]
    programs:
      cubic: {args: {x: "scalar real[0.2,2]"}, f: "3*x**3 - 5*x**2", points: 5}
      mixed: {args: {c: scalar nonzero, x: "scalar real[0.2,2]"}, f: "(1 - c*sin(x)) / (2 + x*x)", points: 5}
  - id: twice
    kind: autodiff
    operator: second-derivative
    points: 10
    implement: twice(f, x)
    interface: {functions: {sin: sin, relu: relu}}
    cost: {calls: "1"}
    nested: [confusion]
    programs:
      wave: {args: {x: "scalar real[0.2,2]"}, f: "x*sin(x)**2", points: 5}
  - id: gradient
    kind: autodiff
    operator: gradient
    points: 10
    implement: gradient(f, x)
    interface: {value: value, functions: {exp: exp, sin: sin, relu: relu}}
    cost: {at_most: n}
    programs:
      form: {args: {x: "vector[n]", A: "matrix[n, n] nonsymmetric"}, dims: {n: 2..5}, f: "x @ A @ x", points: 5}
      reuse: {args: {x: "vector[2] real[0.2,2]"}, f: "x[0]*(x[0] + x[1])", points: 5}
  - id: jvp
    kind: autodiff
    operator: jvp
    points: 10
    implement: jvp(f, x, v)
    interface: {value: value, functions: {exp: exp, sin: sin, relu: relu}}
    cost: {calls: "1"}
    programs:
      square: {args: {x: "vector[3] real[0.2,2]"}, f: "[x[0]*x[1]*x[2], x[0]**2 - 3*x[1], exp(x[2]) + x[0]]", points: 5}
      residual: {args: {x: "vector[n]", A: "matrix[m, n]"}, dims: {m: 2..4, n: 2..5}, f: "sin(A @ x) * sum(x*x)", points: 5}
  - id: vjp
    kind: autodiff
    operator: vjp
    points: 10
    implement: vjp(f, x, u)
    interface: {value: value, functions: {exp: exp, sin: sin, relu: relu}}
    cost: {calls: "1"}
    adjoint: jvp
    programs:
      square: {args: {x: "vector[3] real[0.2,2]"}, f: "[x[0]*x[1]*x[2], x[0]**2 - 3*x[1], exp(x[2]) + x[0]]", points: 5}
      residual: {args: {x: "vector[n]", A: "matrix[m, n]"}, dims: {m: 2..4, n: 2..5}, f: "sin(A @ x) * sum(x*x)", points: 5}
  - id: columns
    kind: autodiff
    operator: jacobian
    points: 10
    implement: columns(f, x)
    interface: {value: value, functions: {exp: exp, sin: sin, relu: relu}}
    cost: {calls: n}
    programs:
      square: {args: {x: "vector[3] real[0.2,2]"}, f: "[x[0]*x[1]*x[2], x[0]**2 - 3*x[1], exp(x[2]) + x[0]]", points: 5}
      residual: {args: {x: "vector[n]", A: "matrix[m, n]"}, dims: {m: 2..4, n: 2..5}, f: "sin(A @ x) * sum(x*x)", points: 5}
  - id: rows
    kind: autodiff
    operator: jacobian
    layout: denominator
    points: 10
    implement: rows(f, x)
    interface: {value: value, functions: {exp: exp, sin: sin, relu: relu}}
    cost: {calls: "1"}
    programs:
      square: {args: {x: "vector[3] real[0.2,2]"}, f: "[x[0]*x[1]*x[2], x[0]**2 - 3*x[1], exp(x[2]) + x[0]]", points: 5}
      residual: {args: {x: "vector[n]", A: "matrix[m, n]"}, dims: {m: 2..4, n: 2..5}, f: "sin(A @ x) * sum(x*x)", points: 5}
  - id: hvp
    kind: autodiff
    operator: hvp
    points: 10
    implement: hvp(f, x, v)
    interface: {value: value, functions: {exp: exp, sin: sin, relu: relu}}
    cost: {at_most: "2*n"}
    programs:
      form: {args: {x: "vector[n]", A: "matrix[n, n] nonsymmetric"}, dims: {n: 2..5}, f: "(x @ A @ x)**2", points: 5}
      product: {args: {x: "vector[3] real[0.2,2]"}, f: "x[0]*x[1]*x[2] + exp(x[0])", points: 5}
"""

RIGHT = {
    "derivative": "def derivative(f, x):\n    return dual(f(Dual(x, 1.0))).derivative\n",
    "twice": "def twice(f, x):\n    return dual(dual(f(Dual(Dual(x, 1.0), Dual(1.0)))).derivative).derivative\n",
    "gradient": """
def gradient(f, x):
    leaves = [Value(t) for t in x]
    f(leaves).backward()
    return np.array([t.gradient for t in leaves])
""",
    "jvp": "def jvp(f, x, v):\n    return np.array([dual(y).derivative for y in f([Dual(a, b) for a, b in zip(x, v)])])\n",
    "vjp": """
def vjp(f, x, u):
    leaves = [Value(t) for t in x]
    for y, weight in zip(f(leaves), u):
        node(y).backward(weight)
    return np.array([t.gradient for t in leaves])
""",
    "columns": """
def columns(f, x):
    return np.stack([jvp(f, x, e) for e in np.eye(len(x))], axis=1)
""",
    "rows": """
def rows(f, x):
    leaves = [Value(t) for t in x]
    found = []
    for y in f(leaves):
        for t in leaves:
            t.gradient = 0.0
        y.backward()
        found.append([t.gradient for t in leaves])
    return np.array(found).T
""",
    "hvp": """
def hvp(f, x, v):
    leaves = [Value(Dual(a, b)) for a, b in zip(x, v)]
    f(leaves).backward()
    return np.array([dual(t.gradient).derivative for t in leaves])
""",
}


def submission(numbers: str = NUMBERS, **operators: str) -> str:
    """The right operators, with some of them replaced."""
    return numbers + "".join({**RIGHT, **operators}.values())


def changed(old: str, new: str) -> str:
    """The numbers with one thing changed, which must stand there."""
    assert re.search(re.escape(old), NUMBERS), old
    return NUMBERS.replace(old, new, 1)


TAGGED = """
import itertools
import math
import numpy as np

markers = itertools.count(1)


class Tagged:
    \"\"\"A dual number that knows which derivative its epsilon belongs to.\"\"\"

    def __init__(self, value, slope, marker):
        self.value, self.slope, self.marker = value, slope, marker

    def __add__(self, other):
        return make(self, other, lambda a, b: a + b, lambda a, b: 1.0, lambda a, b: 1.0)

    def __mul__(self, other):
        return make(self, other, lambda a, b: a * b, lambda a, b: b, lambda a, b: a)

    def __rsub__(self, other):
        return -1 * self + other

    def __sub__(self, other):
        return self + -1 * other

    def __neg__(self):
        return self * -1

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1

    def __pow__(self, k):
        return make(self, 0.0, lambda a, b: a**k, lambda a, b: k * a ** (k - 1), lambda a, b: 0.0)

    __radd__ = __add__
    __rmul__ = __mul__


def parts(number, marker):
    if isinstance(number, Tagged) and number.marker == marker:
        return number.value, number.slope
    return number, 0.0


def make(a, b, value, first, second):
    marker = max(number.marker for number in (a, b) if isinstance(number, Tagged))
    (a, da), (b, db) = parts(a, marker), parts(b, marker)
    return Tagged(value(a, b), first(a, b) * da + second(a, b) * db, marker)


def lift(function, slope):
    def lifted(x):
        if not isinstance(x, Tagged):
            return function(x)
        return Tagged(lifted(x.value), slope(x.value) * x.slope, x.marker)

    return lifted


exp = lift(math.exp, lambda t: exp(t))
sin = lift(math.sin, lambda t: cos(t))
cos = lift(math.cos, lambda t: -1 * sin(t))


def relu(x):
    return x if plain(x) > 0 else x * 0


def plain(x):
    return plain(x.value) if isinstance(x, Tagged) else x


def derivative(f, x):
    marker = next(markers)
    return parts(f(Tagged(x, 1.0, marker)), marker)[1]


def twice(f, x):
    inner, outer = next(markers), next(markers)
    return parts(parts(f(Tagged(Tagged(x, 1.0, inner), 1.0, outer)), outer)[1], inner)[1]


def push(f, x, v):
    marker = next(markers)
    found = f(np.array([Tagged(a, b, marker) for a, b in zip(x, v)], dtype=object))
    return [parts(y, marker)[1] for y in found] if isinstance(found, list) else parts(found, marker)[1]


def jvp(f, x, v):
    return np.array(push(f, x.tolist(), v.tolist()))


def gradient(f, x):
    return np.array([push(f, x.tolist(), e) for e in np.eye(len(x)).tolist()])


def columns(f, x):
    return np.transpose([push(f, x.tolist(), e) for e in np.eye(len(x)).tolist()])


def hvp(f, x, v):
    return np.array([push(lambda y: push(f, y, v.tolist()), x.tolist(), e) for e in np.eye(len(x)).tolist()])
"""
"""A way of one's own for everything that forward mode can do: markers, arrays of objects, nested sweeps."""
