"""How much work an expression is: primitive operations, counted from shapes before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from reference.functions import FUNCTIONS
from reference.language import Call
from reference.problem import Problem
from reference.tape import Tape

REVERSE_COST = 4
"""A gradient takes at most this many times the operations of the value (Baur and Strassen 1983, with our rules)."""


def operations(problem: Problem, sizes: Mapping[str, int]) -> int:
    """Primitive operations of one value of f: additions and multiplications as they are, a function counts as one."""
    inputs = {name: np.ones(tuple(size.at(sizes) for size in domain.shape)) for name, domain in problem.given}
    with np.errstate(all="ignore"):
        tape = Tape(problem.lets, problem.f, {**sizes, **inputs}, _Shapes())
    total = 0
    for entry in tape.entries:
        if isinstance(entry.node, Call) and not FUNCTIONS[entry.node.function].makes_shape:
            shapes = [np.shape(tape.entries[parent].value) for parent in entry.parents]
            total += FUNCTIONS[entry.node.function].cost(*shapes)
    return total


def derivative_operations(problem: Problem, sizes: Mapping[str, int]) -> int:
    """Primitive operations of what is asked for, at one point."""
    variable = dict(problem.given)[problem.wrt].shape
    entries = math.prod(size.at(sizes) for size in variable)
    answer = math.prod(size.at(sizes) for size in problem.shape)
    sweeps = {"jacobian": answer // max(1, entries), "hessian": REVERSE_COST * entries, "hvp": REVERSE_COST}
    return REVERSE_COST * max(1, sweeps.get(problem.ask, 1)) * operations(problem, sizes)


class _Shapes:
    """numpy, where a matrix of ones is no reason to raise: only shapes matter here."""

    class linalg:
        """Shapes of what a factorisation gives."""

        det = staticmethod(lambda a: np.float64(1))
        slogdet = staticmethod(lambda a: (np.float64(1), np.float64(0)))
        inv = staticmethod(lambda a: a)
        solve = staticmethod(lambda a, b: b)
        vector_norm = staticmethod(np.linalg.vector_norm)

    def __getattr__(self, name: str) -> object:
        return getattr(np, name)
