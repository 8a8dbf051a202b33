"""What a student's function about a constrained problem is called with: a point, and numbers that were drawn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from grader.checks.pointwise import kind_of
from grader.domain.assignment import Signature, Task
from grader.sandbox.probes import Handle, Writer
from reference.constrained import ConstrainedProblem
from reference.points import Array, argument


def handed(problem: ConstrainedProblem, function: Signature, values: Mapping[str, Array]) -> list[float | Array]:
    """The arguments in the order in which they are written; the unknown and its multipliers are always vectors."""
    given = dict(problem.given)
    return [argument(values[name], given[name]) if name in given else values[name] for name in function.arguments]


def made(p: Writer, task: Task, value: float | Array) -> Handle:
    """An argument, inside."""
    if kind_of(task, value) == "tensor":
        return p.tensor(np.asarray(value))
    return p.constant(value)
