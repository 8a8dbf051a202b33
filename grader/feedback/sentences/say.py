"""From a cause and its facts to the sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.feedback.sentences import autodiff, autograd, endings, lagrangian, numerical, operators, tests, values

Facts = Mapping[str, Any]

_SENTENCES: dict[str, Callable[..., str]] = {
    **endings.SENTENCES,
    **values.SENTENCES,
    **numerical.SENTENCES,
    **lagrangian.SENTENCES,
    **operators.SENTENCES,
    **autograd.SENTENCES,
    **autodiff.SENTENCES,
    **tests.SENTENCES,
}
_WITH_LINES = (*endings.WITH_LINES, *autograd.WITH_LINES, *autodiff.WITH_LINES)


def say(cause: str, facts: Facts, line_of: Callable[[str, int], str]) -> str:
    """The sentence for a cause. `line_of` gives the text of a line of the student's own files."""
    sentence = _SENTENCES[cause]
    return sentence(facts, line_of) if cause in _WITH_LINES else sentence(facts)


def syntax_error(label: str, line: int, text: str, source: str) -> str:
    """Why a file cannot be graded at all."""
    shown = f"\n    {source[:120]}" if source else ""
    return f"{label} line {line}: this is not Python: {text}. Nothing could be run, and no attempt is used.{shown}"
