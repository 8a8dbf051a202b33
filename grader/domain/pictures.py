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


Picture: TypeAlias = ErrorAgainstStep | WrongEntries | Contours


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
