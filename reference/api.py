"""The public functions that need the engine. Importing this module imports torch."""

from __future__ import annotations

from reference.build import build
from reference.bundle import Bundle
from reference.check import CheckReport, GradientMismatch, NotCheckable, check_gradient, check_jvp, check_vjp
from reference.derivatives import Derivative, derivative, gradient
from reference.language import LanguageError
from reference.problem import Problem

__all__ = [
    "CheckReport", "Derivative", "GradientMismatch", "LanguageError", "NotCheckable", "build_bundle", "check_gradient",
    "check_jvp", "check_vjp", "derivative", "gradient",
]  # fmt: skip


def build_bundle(problem: Problem, seed: int = 0) -> Bundle:
    """Draw the points of every group and compute what is right there. Raises ProblemFault."""
    return build(problem, seed)[0]
