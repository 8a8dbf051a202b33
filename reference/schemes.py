"""What can be asked of a function that differentiates numerically. Reading it needs no array library."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from reference.language import Expression
from reference.problem import Problem

_MOST_CALLS = 1e9
QUOTIENTS = ("forward", "central", "complex-step")
"""schemes whose place and step say exactly what comes out"""


@dataclass(frozen=True)
class Differencing:
    """What is asked of a function that differentiates numerically."""

    scheme: str
    step: str
    """given: an argument of the function; chosen: by the student"""
    order: float | None
    """of convergence"""
    evaluations: Expression | None
    """of f, at most, by the size n of x"""
    accuracy: float | None
    """largest relative error, where the step is chosen"""
    variable: str
    programs: tuple[tuple[str, Problem], ...]

    @property
    def has_quotient(self) -> bool:
        """Whether place and step say exactly what comes out."""
        return self.step == "given" and self.scheme in QUOTIENTS

    @property
    def checks(self) -> tuple[str, ...]:
        """What is judged: the values of each program by its name, then the method."""
        said = (
            ("scheme", self.scheme in QUOTIENTS),
            ("order", self.order is not None),
            ("evaluations", self.evaluations is not None),
        )
        return (*(name for name, _ in self.programs), *(name for name, is_said in said if is_said))


class LawFault(Exception):
    """A law says something else than a number of calls; the sentence is for its author."""


def whole(law: str, value: Any) -> int:
    """What a law says for one size, a number of calls. Raises LawFault."""
    if not math.isfinite(value) or not 1 <= value <= _MOST_CALLS:
        raise LawFault(f"the law `{law}` gives {float(value):g} for one of the sizes; a number of calls is 1 or more")
    return int(value)
