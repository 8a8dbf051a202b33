"""What a task asks of an operator on functions, such as `jvp(f, x, v)`, but for the mathematics of its programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

OPERATIONS = (
    "add", "sub", "mul", "truediv", "pow", "neg", "matmul", "transpose", "sum", "prod", "mean", "dot", "outer", "tr",
)  # fmt: skip
"""What f may be made of besides the functions of every entry that a task names: a student's operators suffice."""

GROUP = "generic"
"""The one group of points that a program has."""


@dataclass(frozen=True)
class Program:
    """A function that the student's operator is given."""

    points: int
    """how many of them a grading asks about"""


@dataclass(frozen=True)
class Cost:
    """How often f may be called: a law in n, the entries of x, and m, those of f."""

    law: str
    exactly: bool


@dataclass(frozen=True)
class Operator:
    """An operator task. The mathematics of a program is the task's part `programs.NAME`."""

    word: str
    """derivative | second-derivative | gradient | jvp | vjp | jacobian | hvp"""
    functions: Mapping[str, str]
    """function of the expression language -> the student's, `exp` of the module or `.exp` of the numbers"""
    value: str
    """the attribute in which a student's number holds the plain one, or the method that returns it, `value()`; empty
    where it is not known"""
    programs: Mapping[str, Program]
    tried: tuple[str, ...]
    """programs that laws may use: those that everybody sees who sees the laws"""
    shares: Mapping[str, float]
    """check -> part of the task's points, programs first"""
    cost: Cost | None = None
    partner: str = ""
    """the student's jvp, which a vjp is paired with"""
