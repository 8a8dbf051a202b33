"""Sentences about tensors, their gradients and their graphs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.feedback.sentences.endings import where
from grader.feedback.sentences.values import percent, shaped

Facts = Mapping[str, Any]


def _started(text: str) -> str:
    """As the beginning of a sentence."""
    return text[0].upper() + text[1:]


def _raised_doing(facts: Facts, line_of: Callable[[str, int], str]) -> str:
    text = f": {facts['text']}" if facts["text"] else ""
    return f"{_started(facts['doing'])} raised {facts['kind']}{text}{where(facts['lines'], line_of)}"


SENTENCES: dict[str, Callable[..., str]] = {
    "raised_doing": _raised_doing,
    "wrong_tensor": lambda f: (
        f"{_started(f['what'])}: wrong at {f['wrong']} of {f['of']} points, at worst off by "
        f"{percent(f['relative'])}."
    ),
    "tensor_approximate": lambda f: (
        f"{_started(f['what'])}: right to about {f['digits']} digits at {f['of']} points, where about {f['possible']} "
        "are possible: this is an approximation."
    ),
    "tensor_none": lambda f: f"{_started(f['what'])}: a tensor of {shaped(f['shape'])} was expected, it is None.",
    "tensor_not_numbers": lambda f: (
        f"{_started(f['what'])}: float64 numbers, {shaped(f['shape'])}, were expected, it is {f['came']}."
    ),
    "tensor_float32": lambda f: (
        f"{_started(f['what'])}: it is {f['came']}; the inputs are float64 and so must it be."
    ),
    "tensor_shape": lambda f: (
        f"{_started(f['what'])}: {shaped(f['shape'])} was expected, it has {shaped(f['came'])}."
    ),
    "tensor_not_finite": lambda f: (
        f"{_started(f['what'])}: {f['bad']} of {f['of']} entries are NaN or infinite; the right ones are finite."
    ),
    "grad_changed": lambda f: (
        f"The numbers in `{f['name']}.grad` were changed or are gone; this task asks for a step that leaves them."
    ),
    "grad_not_cleared": lambda f: (
        f"After your step `{f['name']}.grad` still holds numbers; this task asks for a step that clears them."
    ),
    "requires_grad_lost": lambda f: (
        f"After your step `{f['name']}.requires_grad` is False: the next loss would find nothing to differentiate."
    ),
    "not_a_leaf": lambda f: (
        f"After your step the gradient of a sum over `{f['name']}` did not arrive in `{f['name']}.grad`: it is no "
        "longer the leaf that it was."
    ),
    "function_needs": lambda f: (
        f"Where `{f['name']}` alone requires a gradient, your backward must return None for all other inputs and a "
        "tensor for this one."
    ),
    "prediction_form": lambda f: (
        f"Expected a list of {f['of']} truth values, one for each snippet in its order: True where it raises."
    ),
    "prediction": lambda f: (
        f"{f['right']} of {f['of']} snippets are predicted rightly; all of them are needed."
    ),
    "prediction_right": lambda f: "All snippets are predicted rightly.",
}  # fmt: skip

WITH_LINES = ("raised_doing",)
"""causes whose sentence shows lines of the student's own files"""
