"""The numbers that tell one constrained problem of a family from another: drawn, and moved as rounding would."""

from __future__ import annotations

import numpy as np

from reference.constrained import ConstrainedProblem
from reference.points import Inputs
from reference.tolerance import AMPLITUDE


def drawn(problem: ConstrainedProblem, rng: np.random.Generator) -> Inputs:
    """A value of everything that is given; nothing where there is one problem only."""
    return {name: np.asarray(domain.draw(np, rng, {}), dtype=np.float64) for name, domain in problem.given}


def moved(numbers: Inputs, rng: np.random.Generator) -> Inputs:
    """Every number moved by AMPLITUDE, up or down."""
    return {name: v * (1 + AMPLITUDE * rng.choice((-1.0, 1.0), v.shape)) for name, v in numbers.items()}
