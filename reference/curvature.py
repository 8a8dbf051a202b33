"""Derivatives of systems of equations by differences in exact numbers: right to the last digit, without more rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.points import Array
from reference.truth import DIFFERENCE_DIGITS, Exact, NoRealValue, Numbers

_STEP = 10.0**-40
_NOTHING = 1e-60
"""What the step itself leaves of a derivative that is zero."""

ExactSystem = Callable[[Numbers, Exact], Numbers]
"""z (n,) and the library of its numbers -> (rows,)"""


def exact_matrix(system: ExactSystem, z: Numbers, units: Array, library: Exact) -> Numbers:
    """dF/dz, its columns times `units`, by differences of 10^-40."""
    step = library.context.mpf(_STEP)
    columns = []
    for unit in np.diag(library.asarray(units)):
        ahead, behind = (system(z + sign * step * unit, library) for sign in (1, -1))
        columns.append((ahead - behind) / (2 * step))
    return np.stack(columns, axis=1)


def exact_jacobian(system: ExactSystem, z: Array) -> Array:
    """dF/dz at z (n,), rounded; NaN where F has no real value."""
    library = Exact(DIFFERENCE_DIGITS)
    length = float(np.max(np.abs(z), initial=0.0)) or 1.0
    units = np.where(z == 0, length, np.abs(z))
    try:
        found = (exact_matrix(system, library.asarray(z), units, library) / units).astype(np.float64)
    except (ZeroDivisionError, NoRealValue, OverflowError):
        return np.full((len(z), len(z)), np.nan)
    return np.where(np.abs(found) <= _NOTHING, 0.0, found)
