"""Sentences for every kind of task: nothing came, or an exception did, or it was not asked."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from grader.sandbox.run import Place

Facts = Mapping[str, Any]


def where(lines: tuple[Place, ...], line_of: Callable[[str, int], str]) -> str:
    """The student's own lines that an exception went through, innermost last."""
    shown = [f"{place.unit} line {place.line}: {line_of(place.unit, place.line)[:120]}" for place in lines[-3:]]
    return "".join(f"\n    {text}" for text in shown)


def _exception(facts: Facts, line_of: Callable[[str, int], str]) -> str:
    text = f": {facts['text']}" if facts["text"] else ""
    return f"Your function raised {facts['kind']}{text}{where(facts['lines'], line_of)}"


def _import_exception(facts: Facts, line_of: Callable[[str, int], str]) -> str:
    text = f": {facts['text']}" if facts["text"] else ""
    at = where(facts["lines"], line_of)
    return f"Your file raised {facts['kind']}{text} while it was imported, so nothing in it could be called.{at}"


def _missing(facts: Facts) -> str:
    text = f"There is no {facts.get('noun', 'function')} `{facts['name']}` in your submission."
    near = difflib.get_close_matches(facts["name"], facts["defined"], n=1, cutoff=0.75)
    if near:
        return text + f" You defined `{near[0]}`: is it the name?"
    if facts["broken"]:
        return text + f" {', '.join(facts['broken'][:5])} did not run to the end: is it defined there?"
    return text + " Define it at the top level of the file, with exactly this name."


def _wrong_arguments(facts: Facts) -> str:
    arguments = facts["arguments"]
    asked = f"It is called with {len(arguments)} arguments, by position: {', '.join(arguments)}."
    own = f" Yours takes {facts['signature']}." if facts["signature"] else ""
    return f"Your function cannot be called as the task says ({facts['text']}). {asked}{own}"


def _limit(what: str, unit: str, advice: str) -> Callable[[Facts], str]:
    return lambda facts: f"{what}: {facts['used']:.3g} {unit} used, {facts['allowed']:g} {unit} allowed. {advice}"


_LOOP = "Does a loop end for every input?"

SENTENCES: dict[str, Callable[..., str]] = {
    "time_limit": _limit("Not finished in time", "s", _LOOP),
    "cpu_limit": _limit("Too much computing time", "s", _LOOP),
    "memory_limit": _limit("Too much memory", "MiB", "Does something grow in a loop?"),
    "memory_error": _limit("Your function ran out of memory", "MiB", "Is an array larger than you think?"),
    "output_limit": lambda f: f"It printed more than {f['allowed']} MiB and was stopped; remove the print.",
    "files_limit": lambda f: (
        f"It wrote more than {f['allowed']} MiB or 4096 files, or folders more than 32 deep, and was stopped; keep "
        "what you need in variables."
    ),
    "violated": lambda f: (
        "Something other than an answer was written to the grader's channel. Only return the answer; "
        "what you print is kept apart and harms nothing."
    ),
    "died": lambda f: f"Your code ended before it answered: {f['how']}. Return a value instead of exiting.",
    "missing": _missing,
    "wrong_arguments": _wrong_arguments,
    "exception": _exception,
    "import_exception": _import_exception,
    "credited": lambda f: f"The mistake is a known one, for which this check still earns {100 * f['credit']:.3g} %.",
    "skipped": lambda f: f"Skipped, because it needs {f['needs']}, which earned nothing yet.",
}

WITH_LINES = ("exception", "import_exception")
"""causes whose sentence shows lines of the student's own files"""
