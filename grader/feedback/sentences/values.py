"""Sentences about an answer that came: its shape, its type, how far off it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Facts = Mapping[str, Any]


def shaped(shape: tuple[int, ...]) -> str:
    """A shape in words."""
    if not shape:
        return "a single number"
    return f"shape ({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


def everywhere(count: int) -> str:
    """At so many points."""
    return f"at all {count} points" if count > 1 else "at the one point that is looked at"


def _wrong_shape(facts: Facts) -> str:
    sizes = ", ".join(f"{name} {shape}" for name, shape in facts["sizes"].items())
    given = f" for {sizes}" if sizes else ""
    return f"Expected {shaped(facts['shape'])}{given}, your function returned {shaped(facts['came'])}."


def _not_numbers(facts: Facts) -> str:
    text = f"Expected float64 numbers, {shaped(facts['shape'])}; your function returned {facts['came']}."
    return text + (" Does every way through it end with a `return`?" if facts["came"].startswith("NoneType") else "")


def percent(off: float) -> str:
    """How far off, relative to the size of what is right."""
    return f"{off:.2g} times its size" if off >= 10 else f"{100 * off:.0f} %" if off >= 0.1 else f"{100 * off:.2g} %"


def _wrong_value(facts: Facts) -> str:
    by = percent(facts["relative"])
    return f"At {facts['wrong']} of {facts['of']} points the value is wrong, at worst off by {by}."


SENTENCES: dict[str, Callable[..., str]] = {
    "passed": lambda f: f"Right {everywhere(f['of'])}; largest error {f['units']:.2g} units of unavoidable rounding.",
    "cancelling": lambda f: f"The formula is right, but it loses digits: up to {f['units']:.3g} units of rounding.",
    "loses_digits": lambda f: (
        f"The formula is right, but at {f['lossy']} of them this way of writing it loses digits: "
        f"up to {f['units']:.3g} units of rounding. Where do two large numbers nearly cancel?"
    ),
    "approximate": lambda f: (
        f"Right to about {f['digits']} digits at {f['of']} points, where about {f['possible']} are possible: this is "
        "an approximation of the derivative, not the derivative."
    ),
    "listed": lambda f: "It returned a list, which was taken as an array; `np.array(...)` says what you mean.",
    "wrong_value": _wrong_value,
    "small": lambda f: (
        f"A small case to work out by hand: for {f['small']['inputs']} your function returns {f['small']['answer']}, "
        "which is not right."
    ),
    "shape": _wrong_shape,
    "by_hand": lambda f: "Take one small input, work the answer out by hand, and compare.",
    "not_numbers": _not_numbers,
    "not_finite": lambda f: (
        f"{f['bad']} of {f['of']} entries are NaN or infinite; the right values are finite here. Where is something "
        "divided by zero, or grows too large for a number?"
    ),
    "float32": lambda f: f"Your function returned {f['came']}; the inputs are float64 and so must be the answer.",
    "mutates_input": lambda f: (
        f"Your function changed its argument {', '.join(f['names'])}; the caller still needs it."
    ),
    "nondeterministic": lambda f: "Asked twice about the same input, your function gave two different answers.",
}
