"""All that Nabla says to a student about a check, in one place: cause -> sentence.

A sentence says what was expected, what came, and what to do next.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from grader.sandbox.run import Place

Facts = Mapping[str, Any]


def say(cause: str, facts: Facts, line_of: Callable[[str, int], str]) -> str:
    """The sentence for a cause. `line_of` gives the text of a line of the student's own files."""
    sentence = _SENTENCES[cause]
    return sentence(facts, line_of) if cause in _WITH_LINES else sentence(facts)


def _shape(shape: tuple[int, ...]) -> str:
    if not shape:
        return "a single number"
    return f"shape ({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


def _where(lines: tuple[Place, ...], line_of: Callable[[str, int], str]) -> str:
    """The student's own lines that an exception went through, innermost last."""
    shown = [f"{place.unit} line {place.line}: {line_of(place.unit, place.line)[:120]}" for place in lines[-3:]]
    return "".join(f"\n    {text}" for text in shown)


def _exception(facts: Facts, line_of: Callable[[str, int], str]) -> str:
    text = f": {facts['text']}" if facts["text"] else ""
    return f"Your function raised {facts['kind']}{text}{_where(facts['lines'], line_of)}"


def _import_exception(facts: Facts, line_of: Callable[[str, int], str]) -> str:
    text = f": {facts['text']}" if facts["text"] else ""
    where = _where(facts["lines"], line_of)
    return f"Your file raised {facts['kind']}{text} while it was imported, so nothing in it could be called.{where}"


def _missing(facts: Facts) -> str:
    text = f"There is no function `{facts['name']}` in your submission."
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


def _wrong_shape(facts: Facts) -> str:
    sizes = ", ".join(f"{name} {shape}" for name, shape in facts["sizes"].items())
    given = f" for {sizes}" if sizes else ""
    return f"Expected {_shape(facts['shape'])}{given}, your function returned {_shape(facts['came'])}."


def _wrong_value(facts: Facts) -> str:
    off = facts["relative"]
    by = f"{off:.2g} times its size" if off >= 10 else f"{100 * off:.0f} %" if off >= 0.1 else f"{100 * off:.2g} %"
    return f"At {facts['wrong']} of {facts['of']} points the value is wrong, at worst off by {by}."


def _limit(what: str, unit: str, advice: str) -> Callable[[Facts], str]:
    return lambda facts: f"{what}: {facts['used']:.3g} {unit} used, {facts['allowed']:g} {unit} allowed. {advice}"


_LOOP = "Does a loop end for every input?"

_SENTENCES: dict[str, Callable[..., str]] = {
    "passed": lambda f: f"Right at all {f['of']} points; largest error {f['units']:.2g} units of unavoidable rounding.",
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
    "shape": _wrong_shape,
    "not_numbers": lambda f: f"Expected float64 numbers, {_shape(f['shape'])}; your function returned {f['came']}.",
    "not_finite": lambda f: f"{f['bad']} of {f['of']} entries are NaN or infinite; the right values are finite here.",
    "float32": lambda f: f"Your function returned {f['came']}; the inputs are float64 and so must be the answer.",
    "mutates_input": lambda f: (
        f"Your function changed its argument {', '.join(f['names'])}; the caller still needs it."
    ),
    "nondeterministic": lambda f: "Asked twice about the same input, your function gave two different answers.",
    "time_limit": _limit("Not finished in time", "s", _LOOP),
    "cpu_limit": _limit("Too much computing time", "s", _LOOP),
    "memory_limit": _limit("Too much memory", "MiB", "Does something grow in a loop?"),
    "memory_error": _limit("Your function ran out of memory", "MiB", "Is an array larger than you think?"),
    "output_limit": lambda f: f"It printed more than {f['allowed']} MiB and was stopped; remove the print.",
    "files_limit": lambda f: (
        f"It wrote more than {f['allowed']} MiB or 4096 files and was stopped; keep what you need in variables."
    ),
    "violated": lambda f: "Something other than an answer was written to the grader's channel; leave it alone.",
    "died": lambda f: f"Your code ended before it answered: {f['how']}. Return a value instead of exiting.",
    "missing": _missing,
    "wrong_arguments": _wrong_arguments,
    "exception": _exception,
    "import_exception": _import_exception,
    "skipped": lambda f: f"Skipped, because it needs {f['needs']}, which earned nothing yet.",
}

_WITH_LINES = ("exception", "import_exception")


def syntax_error(label: str, line: int, text: str, source: str) -> str:
    """Why a file cannot be graded at all."""
    shown = f"\n    {source[:120]}" if source else ""
    return f"{label} line {line}: this is not Python: {text}. Nothing could be run, and no attempt is used.{shown}"
