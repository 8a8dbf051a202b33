"""Sentences about Lagrangians: points that do not satisfy the equations, types, lists, words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.feedback.sentences.values import everywhere

Facts = Mapping[str, Any]

_KIND = {
    "minimum": "a strict local minimum",
    "maximum": "a strict local maximum",
    "saddle": "a saddle point",
    "inconclusive": "a point whose type its second derivatives leave open",
}
_WANTED = {**_KIND, "stationary": "a stationary point", "global": "a point of the least value"}


def _whose(facts: Facts) -> str:
    """The point that is spoken of: the only one, or one of a list, or that of one of several calls."""
    whose = f"The point number {facts['number'] + 1} of your list" if "number" in facts else "Your point"
    return whose + _in_call(facts)


def _in_call(facts: Facts) -> str:
    return f" of call {facts['call'] + 1} of {facts['calls']}" if "call" in facts else ""


def _in_all_calls(facts: Facts) -> str:
    return f" in all {facts['calls']} calls" if "calls" in facts else ""


def _of_element(facts: Facts) -> str:
    """In which part of what came the fault is."""
    if "number" in facts:
        return f"In element number {facts['number'] + 1} of your list{_in_call(facts)}, "
    return f"In what came{_in_call(facts)}, " if "call" in facts else ""


def _not_a_pair(facts: Facts) -> str:
    unknown, d, m = facts["unknown"], facts["d"], facts["m"]
    what = f"the pair ({unknown}, lam) was expected, {unknown} of shape ({d},) and lam of shape ({m},)"
    return _capital(f"{_of_element(facts)}{what}; {facts['came']} came. Write `return {unknown}, lam`.")


def _shape_of_part(facts: Facts) -> str:
    came = facts["came"]
    shown = f"shape {came}" if came else "a single number"
    return _capital(f"{_of_element(facts)}`{facts['name']}` has {shown}; shape {facts['shape']} was expected.")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _uncapital(text: str) -> str:
    return text[:1].lower() + text[1:]


def _off_constraint(facts: Facts) -> str:
    return (
        f"{_whose(facts)} does not lie on the constraint `{facts['name']}`, which has the value {facts['value']:.3g} "
        "there instead of 0. Whether it is stationary is looked at after that."
    )


def _off_gradient(facts: Facts) -> str:
    return (
        f"{_whose(facts)} satisfies the constraints, but it is not stationary: no multipliers make the gradient of L "
        f"vanish there. With yours its entry for {facts['entry']} is {facts['value']:.3g}, which should be 0."
    )


def _off_multipliers(facts: Facts) -> str:
    return (
        f"{_whose(facts)} satisfies the constraints and is stationary, but not with these multipliers: with them the "
        f"entry of the gradient of L for {facts['entry']} is {facts['value']:.3g} instead of 0."
    )


def _wrong_type(facts: Facts) -> str:
    return (
        f"{_whose(facts)} satisfies the constraints and is stationary, but it is {_KIND[facts['kind']]}; "
        f"{_WANTED[facts['asked']]} was asked for."
    )


def _not_least(facts: Facts) -> str:
    return (
        f"{_whose(facts)} satisfies the constraints and is stationary ({_KIND[facts['kind']]}), and f is "
        f"{facts['value']:.6g} there. Another point has a smaller value; the least was asked for."
    )


def _not_a_word(facts: Facts) -> str:
    words = ", ".join(f'"{word}"' for word in facts["words"])
    came = f'"{facts["short"]}"' if facts["short"] else facts["came"]
    return f"Expected one of the words {words}; your function returned {came}."


def _wrong_block(facts: Facts) -> str:
    first, rest = f"the first {facts['size']} entries", f"the entries after the first {facts['size']}"
    at = f"At {facts['wrong']} of {facts['of']} points the system is wrong"
    if facts["above"]:
        return f"{at}: the gradient in x is right, the constraints ({rest}) are not."
    return f"{at}: the constraints are right, the gradient in x ({first}) is not."


SENTENCES: dict[str, Callable[..., str]] = {
    "not_a_pair": _not_a_pair,
    "shape_of_part": _shape_of_part,
    "diverged": lambda f: f"{f['bad']} of {f['of']} numbers of x and lam are NaN or infinite, so this is no point.",
    "no_value": lambda f: f"At {_uncapital(_whose(f))} f or a constraint has no finite value. Is it in their domain?",
    "off_constraint": _off_constraint,
    "off_gradient": _off_gradient,
    "off_multipliers": _off_multipliers,
    "wrong_type": _wrong_type,
    "not_least": _not_least,
    "solve_right": lambda f: (
        f"Right{_in_all_calls(f)}: the constraints hold, the gradient of L vanishes, and the point is "
        f"{_WANTED[f['asked']]}. What is left are {f['units']:.2g} units of unavoidable rounding."
    ),
    "stationary_right": lambda f: (
        f"Right{_in_all_calls(f)}: all {f['of']} points satisfy the equations and none is missing. "
        f"What is left are {f['units']:.2g} units of unavoidable rounding."
    ),
    "few_digits_found": lambda f: (
        f"The equations hold to about {f['digits']} digits, where about 15 are possible: this is near a solution, not "
        "one to the last digits."
    ),
    "few_digits": lambda f: (
        f"Right to about {f['digits']} digits at {f['of']} points, where about {f['possible']} are possible."
    ),
    "accurate": lambda f: f"Right at all {f['of']} points within the accuracy of {f['accuracy']:g} that is asked for.",
    "not_a_list": lambda f: f"Expected a list of pairs (x, lam), one for each stationary point; {f['came']} came.",
    "listed_twice": lambda f: (
        f"All of your points are stationary, but number {f['number'] + 1} of the list is the same point as number "
        f"{f['first'] + 1}."
    ),
    "points_missing": lambda f: (
        f"Every point of your list is stationary ({f['of']} in all), but the list is not complete: there are others."
    ),
    "not_a_word": _not_a_word,
    "not_a_truth": lambda f: f"Expected True or False; your function returned {f['came']}.",
    "right_words": lambda f: f"Right {everywhere(f['of'])}.",
    "wrong_words": lambda f: (
        f"At {f['wrong']} of {f['of']} points the answer is wrong. Take one that you can draw: what do you see there?"
    ),
    "wrong_block": _wrong_block,
}
