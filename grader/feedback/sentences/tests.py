"""Sentences about tests that an author wrote: how an assertion failed, without the author's expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Facts = Mapping[str, Any]

_MOST = 900
_ASSERT = "assert "
_SAYS_NOTHING = re.compile(r"[()\s]*(?:(?:not|and|or|True|False)\b[()\s]*)+")


def _failed(facts: Facts) -> str:
    lines = facts["text"].split("\n")
    at = next((k for k, line in enumerate(lines) if line.startswith(_ASSERT)), None)
    if at is None:
        return _shortened(facts["text"]) or "The test failed."
    message = "\n".join(lines[:at]).strip()
    claim = lines[at].removeprefix(_ASSERT)
    details = "".join(f"\n    {line.strip()}" for line in lines[at + 1 :] if line.strip())
    if _SAYS_NOTHING.fullmatch(claim):
        return _shortened(message) or "Something that must hold of your answer does not hold."
    return _shortened(f"{message + ('' if message[-1:] in '.!?:' else '.')} Not true: {claim}{details}".strip())


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST else text[:_MOST] + " ..."


SENTENCES: dict[str, Callable[..., str]] = {
    "tests.passed": lambda f: f"Passed, in all {f['of']} cases." if f["of"] > 1 else "Passed.",
    "tests.failed": _failed,
    "tests.skipped": lambda f: f"The test did not apply: {_shortened(f['text'])}",
    "tests.unusable": lambda f: (
        "The test could not be carried through with what your code returned, as it can with a right answer. Look at "
        "the types and shapes that the task asks for."
    ),
    "tests.all_time": lambda f: (
        f"Not run to the end: the tests before this one took too long. Each may take {f['allowed']:g} s, and all of "
        "them together three times as much. Does a loop end for every input?"
    ),
    "tests.cases": lambda f: f"{f['passed']} of {f['of']} cases passed.",
    "tests.earned": lambda f: f"{f['earned']:.0%} of the points were earned before that.",
}
