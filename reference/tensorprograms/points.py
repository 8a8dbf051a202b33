"""One point of a bundle: perturbed as rounding would, and with all that is stored of it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

import numpy as np

from reference.bundle import Block
from reference.points import Array, Inputs
from reference.separation import distance
from reference.tolerance import ALLOWED_UNITS, AMPLITUDE, EXACT_UNITS, PATTERNS, base


def moved(inputs: Inputs, moving: Container[str], rng: np.random.Generator) -> Iterator[Inputs]:
    """PATTERNS times the inputs, with every number that is not a whole one by meaning moved by +-AMPLITUDE."""
    for _ in range(PATTERNS):
        signs = {name: rng.choice((-1.0, 1.0), values.shape) for name, values in inputs.items()}
        yield {
            name: values * (1.0 + AMPLITUDE * signs[name]) if name in moving else values
            for name, values in inputs.items()
        }


def point(inputs: Inputs, expected: Array, computed: Array, error: Array, wrong: Mapping[str, Array]) -> Block:
    """A block of one point; `computed` is the value there, then those of `moved`, `error` that of a library."""
    unit = base(computed[:1], computed[1:, None])
    error = np.minimum(error, ALLOWED_UNITS * unit[0])
    apart = [distance(values, expected, unit[0] + error) for values in wrong.values()]
    # A mistake that shows nothing at this point is none here.
    nearest = min((units for units in apart if units > EXACT_UNITS), default=np.inf)
    held = {name: np.asarray(values)[None] for name, values in inputs.items()}
    stored = {name: np.asarray(values)[None] for name, values in wrong.items()}
    return Block(held, expected[None], unit, error[None], np.array([nearest]), stored)
