"""What a task of kind `autodiff` asks for: how the grader speaks to the student's class, and which checks there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.domain.assignment import Signature

FORWARD, REVERSE = "forward", "reverse"


@dataclass(frozen=True)
class Member:
    """How something is read off a number: an attribute, or a method without arguments."""

    name: str
    is_method: bool = False

    def __str__(self) -> str:
        return f"{self.name}()" if self.is_method else self.name


@dataclass(frozen=True)
class Making:
    """How a number is made: a name of the student's module and its arguments, `value` and `derivative` among them."""

    name: str
    arguments: tuple[str | float, ...]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True)
class Interface:
    """The names of the student's own."""

    make: Making
    value: Member
    derivative: Member
    """in reverse mode the gradient that a leaf holds after a backward pass"""
    backward: Member | None
    """of the root; in reverse mode only"""
    functions: Mapping[str, Member]
    """by their name in expressions: a method, or a function of the module"""
    takes_cotangent: bool = False
    """whether a backward pass is told what arrives at the root"""


@dataclass(frozen=True)
class GraphCheck:
    """One entry of `graphs:`; what its word takes is 0 where it takes nothing."""

    word: str
    size: int = 0
    count: int = 0


@dataclass(frozen=True)
class Autodiff:
    """A task, checked."""

    mode: str
    interface: Interface
    ops: tuple[str, ...]
    programs: Mapping[str, str]
    """expressions by the program's name"""
    graphs: tuple[GraphCheck, ...]
    tape: str
    """how memory may grow with the number of operations, `linear` or `constant`; empty where it is not measured"""
    forbidden: tuple[str, ...]
    """packages that may not be imported"""
    weights: Mapping[str, float] = field(default_factory=dict)
    """of ops, programs and graphs, together 1"""
    tensors: bool = False
    """whether the numbers are vectors, matrices and stacks, rather than scalars"""
    calls: Mapping[str, Signature] = field(default_factory=dict)
    """by program: the student's function that computes it on numbers of the class"""
    descents: Mapping[str, Signature] = field(default_factory=dict)
    """by program: the student's function that takes steps of gradient descent on it"""


TAPE = "tape"
"""the check of memory"""
FIXED_WORDS = ("diamond", "unequal-paths", "shared-subexpression", "unused-input", "backward-twice", "nested")
SIZED_WORDS = ("doubling", "chain")
RANDOM_WORD = "random-dag"
CHAINED = ("add", "sub", "mul")
"""operators of which a long chain can be made; the first that is asked for is taken"""
ALONE = (*SIZED_WORDS, RANDOM_WORD, TAPE)
"""checks whose code runs in a child of its own"""
