"""Right, perhaps, but with a package that is not there."""

import numpy as np
from scipy.optimize import minimize


def die_solve():
    i = np.arange(1, 7)
    found = minimize(
        lambda p: np.sum(p * np.log(p)), np.full(6, 1 / 6),
        constraints=[{"type": "eq", "fun": lambda p: p.sum() - 1}, {"type": "eq", "fun": lambda p: i @ p - 4.5}],
    )
    return found.x, np.zeros(2)
