"""The assignment `demo` as tests of the service use it: open, and with a solution that is right."""

from __future__ import annotations

from tests.specs.writing import changed

# square: 2 points, visible; residual: 5 points, `generic` hidden (80 %), `scaled` visible (20 %)
OPEN = changed(
    ("opens: 2026-11-01T08:00+02:00\n", ""), ("due: 2026-11-15T23:59+02:00\n", ""),
    ("late: {until: 2026-11-18T23:59+02:00, penalty: 10% per day}\n", ""), ("attempts: {per_day: 20, total: 100}\n", ""),
    ("visibility: after_due_date", "visibility: visible"),
)  # fmt: skip

SOLUTION = b"import numpy as np\n\ndef square_slope(t):\n    return 2 * t\n\ndef residual_gradient(A, x):\n    return 2 * A.T @ A @ x\n"
