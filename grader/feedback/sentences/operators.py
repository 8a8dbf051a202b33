"""Sentences about operators on functions: how f was evaluated, how often, and the laws that products keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.feedback.sentences.values import shaped

Facts = Mapping[str, Any]

_SCHEMES = {
    "one-sided": "x and one place beside it: those are forward differences",
    "central": "places on both sides of x: those are central differences",
    "several": "places at several distances from x: those are differences",
}


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def _differences(facts: Facts) -> str:
    return (
        f"Your code called f {_times(facts['calls'])}, at {_SCHEMES[facts['scheme']]} ({facts['step']:.1g} away). "
        "That approximates the derivative; here f is to be evaluated at x alone, on your own numbers, which carry the "
        "derivative along."
    )


def _not_numbers(facts: Facts) -> str:
    expected = f"Expected plain float64 numbers, {shaped(facts['shape'])}; your function returned {facts['came']}."
    return expected + (" Take the derivative out of your number before you return it." if facts["own"] else "")


def _shape(facts: Facts) -> str:
    sizes = f"for n = {facts['n']} entries in x and m = {facts['m']} in f(x)"
    return f"Expected {shaped(facts['shape'])} {sizes}, your function returned {shaped(facts['came'])}."


def _calls(facts: Facts) -> str:
    law = "" if facts["law"].isdecimal() else f"{facts['law']} = "
    allowed = f"{law}{facts['allowed']} {'call' if facts['allowed'] == 1 else 'calls'}"
    return (
        f"With n = {facts['n']} entries in x and m = {facts['m']} in f(x), f was called {_times(facts['calls'])}. "
        f"The task asks for {'' if facts['exactly'] else 'at most '}{allowed}: what is each of them for?"
    )


def _cost(facts: Facts) -> str:
    often = f"{'exactly' if facts['exactly'] else 'at most'} {facts['law']}"
    return f"f was called as often as asked, {often}, at all {facts['of']} points of different sizes."


def _adjoint(facts: Facts) -> str:
    return (
        f"u . (J v) and (J^T u) . v are one number. Here (J^T u) . v is {facts['vjp']:.9g} and u . (J v), with your "
        f"`{facts['partner']}`, is {facts['jvp']:.9g}; the one with `{facts['culprit']}` is wrong."
    )


SENTENCES: dict[str, Callable[..., str]] = {
    "operator.not_called": lambda f: (
        "Your function never called f. Its argument f is a function that only the grader knows: call it with your own "
        "numbers and read the derivative off what comes back."
    ),
    "operator.plain": lambda f: (
        f"Your code called f {_times(f['calls'])}, with plain numbers only, so no derivative can come back. Make "
        "your own numbers of x first, and call f with those."
    ),
    "operator.complex": lambda f: (
        f"Your code called f {_times(f['calls'])} with complex numbers: that is the complex-step method, a numerical "
        "approximation. Here f is to be evaluated on your own numbers."
    ),
    "operator.differences": _differences,
    "operator.not_numbers": _not_numbers,
    "operator.shape": _shape,
    "operator.calls": _calls,
    "operator.cost": _cost,
    "operator.value_first": lambda f: (
        f"The values are not right yet at the points where {f['what']} is looked at, so this could not be judged. "
        "See what the other checks say about the values."
    ),
    "operator.zero": lambda f: (
        "Along the zero vector every product is exactly zero; your function returned something else."
    ),
    "operator.nonlinear": lambda f: (
        "The product is linear in the vector: along -4 v it is -4 times what it is along v, and along the sum of two "
        "vectors the sum. Yours is not. Where does the vector enter your computation?"
    ),
    "operator.linear": lambda f: f"Linear in the vector at all {f['of']} points, and zero along the zero vector.",
    "operator.adjoint": _adjoint,
    "operator.adjoints": lambda f: f"(J^T u) . v equals u . (J v) with your `{f['partner']}` at all {f['of']} points.",
    "operator.kink": lambda f: (
        f"At 1e-9 beside a kink, where f is smooth, the value is wrong for {f['wrong']} of {f['of']} functions and "
        "places. The slope there is the one of the side on which x lies."
    ),
    "operator.kinks": lambda f: f"The right slope on both sides of every kink, {f['of']} times.",
    "operator.confused": lambda f: (
        "One derivative was taken inside of another, of a function that uses the outer variable as well, and the "
        "result is wrong."
    ),
    "operator.told_apart": lambda f: "Derivatives inside of one another are told apart.",
}
