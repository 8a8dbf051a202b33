"""Notes of any answer, whatever it is the answer to."""

from __future__ import annotations

HINTS = {
    "float32": "The digits stop at the seventh: compute in float64, and look where an array is made or converted.",
    "mutates-input": "Work on a copy: `x = x.copy()` before `x += ...`, or write `x = x + ...`.",
    "nondeterministic": "The same input gave different results: is there a random number, or state kept between calls?",
    "overflow": "An intermediate number does not fit into float64, although the result does. What can be subtracted or "
    "divided out before?",
    "finite-difference": "The answer has the digits of a numerical approximation. This task asks for the rule itself: "
    "which formula would be exact but for rounding?",
}
