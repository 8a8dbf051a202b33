"""The public functions that need the engine. Importing this module imports torch."""

from __future__ import annotations

from reference.build import build
from reference.bundle import Bundle
from reference.problem import Problem


def build_bundle(problem: Problem, seed: int = 0) -> Bundle:
    """Draw the points of every group and compute what is right there. Raises ProblemFault."""
    return build(problem, seed)[0]
