"""Sentences about classes of numbers that differentiate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.feedback.sentences.endings import where

Facts = Mapping[str, Any]


def _listed(facts: Facts) -> str:
    """What was computed, in a student's own syntax."""
    shown = ", ".join(f"`{text}`" for text in facts["texts"])
    return shown + (f" and {facts['more']} more" if facts["more"] else "")


def _computing_raised(facts: Facts, line_of: Callable[[str, int], str]) -> str:
    text = f": {facts['message']}" if facts["message"] else ""
    return f"Computing `{facts['text']}` raised {facts['kind']}{text}{where(facts['lines'], line_of)}"


def _recursion(facts: Facts, line_of: Callable[[str, int], str]) -> str:
    shown = where(facts["lines"][-1:], line_of)
    return (
        f"For `{facts['text']}` a function called itself more often than Python allows (RecursionError). A graph may "
        f"be longer than the stack of calls: walk it with a loop and a list of your own.{shown}"
    )


def _wrong_call(facts: Facts) -> str:
    own = f" Yours takes {facts['signature']}." if facts["signature"] else ""
    count = facts["count"]
    given = f"{count} argument{'s' * (count != 1)}" if count else "no arguments"
    return f"`{facts['called']}` cannot be called as the task says ({facts['message']}): it is given {given}.{own}"


def _missing_class(facts: Facts) -> str:
    text = f"There is no class `{facts['name']}` in your submission."
    if facts["broken"]:
        return text + f" {', '.join(facts['broken'][:5])} did not run to the end: is it defined there?"
    return text + " Define it at the top level of the file, with exactly this name."


def _wrong_result(facts: Facts) -> str:
    at = ", ".join(f"{name} = {value:.6g}" for name, value in facts["came"].items())
    return (
        f"The value of {_listed(facts)} is wrong already"
        + (f", for example at {at}" if at else "")
        + "; a derivative can only be right when the value is. Compute it with plain numbers and compare."
    )


def _wrong_derivative(facts: Facts) -> str:
    off = facts["relative"]
    by = f"{off:.2g} times its size" if off >= 10 else f"{100 * off:.0f} %" if off >= 0.1 else f"{100 * off:.2g} %"
    names = f" in {' and '.join(facts['names'])}" if facts["names"] else ""
    return (
        f"The value is right, but the derivative{names} is wrong at {facts['wrong']} of {facts['of']} places, at worst "
        f"off by {by}. Look at {_listed(facts)}."
    )


def _not_a_number(facts: Facts) -> str:
    return (
        f"After `{facts['text']}`, `{facts['member']}` of {facts['of']} is {facts['came']}; a plain number is expected "
        "there."
    )


def _tape(facts: Facts, what: str) -> str:
    counts, grown = facts["counts"], facts["grown"]
    return (
        f"{counts[0]} operations took {grown[0]:.1f} MiB of memory and {counts[1]} took {grown[1]:.1f} MiB, "
        f"{counts[1] // counts[0]} times as many operations: {what}"
    )


SENTENCES: dict[str, Callable[..., str]] = {
    "derivatives_passed": lambda f: (
        f"Right: values and {f['numbers']} derivatives; largest error {f['units']:.2g} units of unavoidable rounding."
    ),
    "computing_raised": _computing_raised,
    "recursion": _recursion,
    "wrong_call": _wrong_call,
    "missing_class": _missing_class,
    "no_member": lambda f: (
        f"After `{f['text']}`, the number that was asked for `{f['member']}` does not have it ({f['message']}). Every "
        "result must be a number of your class, with the names that the task gives."
    ),
    "not_a_number": _not_a_number,
    "not_an_array": lambda f: (
        f"After `{f['text']}`, `{f['member']}` of {f['of']} is {f['came']}; a float64 numpy array is expected there."
    ),
    "shape_of_value": lambda f: (
        f"After `{f['text']}`, `{f['member']}` of {f['of']} has shape {f['came']}; it should have shape {f['shape']}."
    ),
    "shape_of_gradient": lambda f: (
        f"After {_listed(f)}, the gradient of `{f['name']}` has shape {f['came']}. A gradient has the shape of its "
        f"variable, and `{f['name']}` has shape {f['shape']}."
    ),
    "no_gradient": lambda f: (
        f"After `{f['text']}`, `{f['member']}` of {f['of']} is None; a number is expected. What does not depend on an "
        "input has the derivative 0 in it."
    ),
    "infinite": lambda f: (
        f"After `{f['text']}`, `{f['member']}` of {f['of']} is {f['came']}; the right number is finite here."
    ),
    "mutates_operand": lambda f: (
        f"`{f['text']}` changed the value of {', '.join(f['names'])}. An operation makes a new number and leaves its "
        "operands as they are."
    ),
    "wrong_result": _wrong_result,
    "wrong_derivative": _wrong_derivative,
    "beside_kink": lambda f: (
        f"One part in a billion beside its kink, {_listed(f)} has the slope of that side. Yours is a slope that "
        "belongs to neither side."
    ),
    "not_the_variables": lambda f: (
        f"`{f['called']}` returned {f['came']}; expected is a tuple of {len(f['wanted'])} arrays: "
        f"{', '.join(f['wanted'])}, in this order, after the last step."
    ),
    "descent_passed": lambda f: (
        f"Right: {f['numbers']} entries after the last step; largest error {f['units']:.2g} units of unavoidable "
        "rounding."
    ),
    "wrong_descent": lambda f: (
        f"After the last step {' and '.join(f['names']) or 'the variable'} stood elsewhere than gradient descent "
        f"leads, in {f['wrong']} of {f['of']} cases. Are the gradients of your class right, and what does each step "
        "begin with?"
    ),
    "shape_after_descent": lambda f: (
        f"After the last step, `{f['name']}` has shape {f['came']}; it began with shape {f['shape']}, and keeps it."
    ),
    "kept_gradients": lambda f: (
        "The same program, with new numbers, gave a multiple of its derivative the second time: something is kept from "
        "one computation to the next."
    ),
    "not_linear": lambda f: (
        f"The derivative of {_listed(f)} is right while everything is of an ordinary size. When a very large or very "
        "small derivative arrives from outside, the answer should be that many times as large, and is not."
    ),
    "not_shifted": lambda f: (
        f"The derivative of {_listed(f)} is right, but with a large constant added to the result it loses its digits. "
        "A constant changes no derivative: what is computed here that it could disturb?"
    ),
    "forbidden_import": lambda f: (
        f"Your file imports `{f['package']}`, which this task does not allow (and which is "
        "not installed here). Implement the rules yourself."
    ),
    "tape_unmeasured": lambda f: "Memory could not be measured on this machine; these points are yours.",
    "tape_broken": lambda f: (
        f"A chain of {f['operations']} operations did not come to its end, so memory could not be "
        "measured. Look at what the other checks say first."
    ),
    "tape_of_differences": lambda f: (
        "What is recorded serves an approximation of the derivative, so its memory is not "
        "looked at. Look at what the other checks say first."
    ),
    "tape_memory": lambda f: f"A chain of {f['operations']} operations needs more memory than there is.",
    "tape_passed": lambda f: _tape(f, "as it should be."),
    "tape_superlinear": lambda f: _tape(f, "memory grows faster than the number of operations."),
    "tape_none": lambda f: _tape(f, "too little for a record of the operations, which reverse mode walks back along."),
    "tape_kept": lambda f: _tape(f, "forward mode carries derivatives along and keeps nothing."),
}

WITH_LINES = ("computing_raised", "recursion")
"""causes whose sentence shows lines of the student's own files"""
