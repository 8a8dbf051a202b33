"""The public functions that need the engine. Importing this module imports torch."""

from __future__ import annotations

from collections.abc import Callable

from reference.audit import Audit
from reference.build import build
from reference.bundle import Bundle, Part
from reference.check import CheckReport, GradientMismatch, NotCheckable, check_gradient, check_jvp, check_vjp
from reference.constrained import ConstrainedProblem
from reference.constrained_build import build_constrained
from reference.dag import Graphs, RandomGraphs
from reference.dags import build_graphs, build_random
from reference.derivatives import Derivative, derivative, gradient
from reference.language import LanguageError
from reference.problem import Problem
from reference.program import Programs
from reference.programs import build_programs
from reference.tensorprograms.build import build_tensor_programs
from reference.tensorprograms.descent import build_descent
from reference.tensorprograms.parts import Descent, TensorPrograms

__all__ = [
    "CheckReport", "Derivative", "GradientMismatch", "LanguageError", "NotCheckable", "build_bundle", "check_gradient",
    "check_jvp", "check_vjp", "derivative", "gradient",
]  # fmt: skip


_BUILDERS: dict[type, Callable[..., tuple[Bundle, Audit]]] = {
    Problem: build,
    ConstrainedProblem: build_constrained,
    Programs: build_programs,
    Graphs: build_graphs,
    RandomGraphs: build_random,
    TensorPrograms: build_tensor_programs,
    Descent: build_descent,
}


def build_audited(part: Part, seed: int = 0) -> tuple[Bundle, Audit]:
    """The bundle of a task's part, and what was measured on the way. Raises ProblemFault."""
    return _BUILDERS[type(part)](part, seed)


def build_bundle(part: Part, seed: int = 0) -> Bundle:
    """Draw points and compute what is right there. Raises ProblemFault where the mathematics does not hold."""
    return build_audited(part, seed)[0]
