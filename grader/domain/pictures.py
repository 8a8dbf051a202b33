"""What a figure shows, as numbers; how it is drawn is the feedback's business.

A check that failed may have one. It is seen by whoever may see the check.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from grader.domain.assignment import Visibility

Curve: TypeAlias = tuple[tuple[float, float], ...]
"""(x, y) of its points"""


@dataclass(frozen=True)
class ErrorAgainstStep:
    """How far off a numerical derivative is, over the size of its step, both logarithmic."""

    seen: Curve
    """of the student's function"""
    scheme: Curve
    """of the scheme that was asked for, from steps that are too large to steps that are too small"""


@dataclass(frozen=True)
class WrongEntries:
    """Which entries of a matrix or vector are right, and how far off the others are: 0 for a right one, else the error
    relative to the largest entry. The matrix is given by rows."""

    rows: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Contours:
    """A function of two variables with constraint curves, a point, and the gradients there."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    f: tuple[tuple[float, ...], ...]
    """row k holds the values at ys[k]"""
    constraints: tuple[tuple[tuple[float, ...], ...], ...]
    point: tuple[float, float]
    slope: tuple[float, float]
    """of f at the point"""
    normals: tuple[tuple[float, float], ...]
    """gradients of the constraints at the point"""


@dataclass(frozen=True)
class PassNode:
    """A number of a computational graph, and its derivative: an adjoint in reverse mode, a tangent in forward mode."""

    label: str
    value: float
    held: float | None
    """by the student's class; None where it keeps none"""
    right: float


@dataclass(frozen=True)
class PassEdge:
    """One use of a number, with the local derivative. Ends are places among the nodes."""

    source: int
    target: int
    derivative: float
    is_blamed: bool = False
    """whether what came along it is wrong or missing"""


@dataclass(frozen=True)
class GraphOfPass:
    """The computational graph of a program, with what a student's class left at each number."""

    text: str
    """what was computed"""
    nodes: tuple[PassNode, ...]
    """in the order of evaluation"""
    edges: tuple[PassEdge, ...]
    forward: bool
    first: int
    """the node that is the first in the order of the pass to hold something wrong"""
    how: str
    """what is known of why, in the words of `reference.firstwrong`, or `again` after several passes"""
    acts: float
    """the number that goes with `how`"""
    passes: int = 1


Picture: TypeAlias = ErrorAgainstStep | WrongEntries | Contours | GraphOfPass


@dataclass(frozen=True)
class Figure:
    """A picture, drawn: an SVG document for light and dark pages, a title, and a description for who cannot see it."""

    task: str
    check: str
    visibility: Visibility
    """that of the check"""
    title: str
    alt: str
    svg: str
