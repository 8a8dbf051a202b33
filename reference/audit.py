"""What was measured while a bundle was built: the evidence behind its error bars, for the author to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Apart: TypeAlias = dict[str, float]


@dataclass(frozen=True)
class GroupAudit:
    """One group of points."""

    drawn: int
    used: int
    library_units: float
    """the largest error of a float64 library value, in units of `base`"""
    lossy: str
    """the function that loses the digits where that is much, else empty"""
    difference_ratio: float
    """the largest |truth - differences| in units of what their bars allow; above one the two disagree"""
    resolution: float
    """median bar of the differences, relative to the derivative: smaller errors of the reference would not show"""
    apart: Apart
    """applicable wrong answers, and the least distance in units of each"""
    harmless: tuple[str, ...]
    """wrong answers that are right at most points of this group"""


@dataclass(frozen=True)
class Audit:
    """All groups of a problem."""

    groups: dict[str, GroupAudit]
    doubt: str = ""
    """why a list of stationary points may not be whole, else empty"""
