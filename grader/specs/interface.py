"""`interface:` of a task that asks for a class: by which names the grader speaks to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pydantic import Field

from grader.domain.autodiff import FORWARD, REVERSE, Interface, Making, Member
from grader.specs.schema import Closed, Identifier, Text
from reference.language import nearest

_NAME = r"(?!__)[A-Za-z_]\w*"
_MAKING = re.compile(rf"({_NAME})\s*\(([^()]*)\)")
_BACKWARD = re.compile(rf"({_NAME})\s*\(\s*(cotangent)?\s*\)")
_MEMBER = re.compile(rf"({_NAME})\s*(\(\s*\))?")
_FUNCTION = re.compile(rf"(\.?)({_NAME})")
_WORDS = {"forward": ("value", "derivative"), "reverse": ("value",)}

Blame = Callable[..., None]
"""(key, text): a problem at a key of the task"""


class InterfaceSpec(Closed):
    """`interface:`"""

    make: Text
    value: Text
    gradient: Text | None = None
    derivative: Text | None = None
    backward: Text | None = None
    functions: dict[Identifier, Text] = Field(default_factory=dict)


def read_interface(spec: InterfaceSpec, mode: str, blame: Blame, functions: Sequence[str]) -> Interface | None:
    """The interface, or None with every fault blamed; `functions` are those that may have a name."""
    making = _making(spec.make, mode, blame)
    value = _member("value", spec.value, blame)
    wanted, other = ("derivative", "gradient") if mode == FORWARD else ("gradient", "derivative")
    derivative = _wanted(spec, wanted, mode, blame)
    _unwanted(spec, other, mode, blame)
    backward = None
    if mode == FORWARD:
        _unwanted(spec, "backward", mode, blame)
    else:
        backward = _backward(spec, blame)
    read = {name: _function(name, text, blame, functions) for name, text in spec.functions.items()}
    if making is None or value is None or derivative is None:
        return None
    known = {name: member for name, member in read.items() if member is not None}
    takes_cotangent = backward is not None and "cotangent" in (spec.backward or "")
    return Interface(making, value, derivative, backward, known, takes_cotangent)


def _backward(spec: InterfaceSpec, blame: Blame) -> Member | None:
    if spec.backward is None:
        return _wanted(spec, "backward", REVERSE, blame)
    found = _BACKWARD.fullmatch(spec.backward.strip())
    if found is None:
        blame(("interface", "backward"), f"`{spec.backward}` is not a call, such as `backward()`")
        return None
    return Member(found[1], is_method=True)


def _making(text: str, mode: str, blame: Blame) -> Making | None:
    key = ("interface", "make")
    found = _MAKING.fullmatch(text.strip())
    example = f"Number({', '.join(_WORDS[mode])})"
    if found is None:
        blame(key, f"`{text}` does not say how a number is made, such as `{example}`")
        return None
    arguments = [part.strip() for part in found[2].split(",")] if found[2].strip() else []
    read = [_argument(argument, mode, blame) for argument in arguments]
    missing = [word for word in _WORDS[mode] if word not in arguments]
    if missing:
        blame(key, f"in {mode} mode `{missing[0]}` is among the arguments, as in `{example}`")
    return Making(found[1], tuple(argument for argument in read if argument is not None))


def _argument(text: str, mode: str, blame: Blame) -> str | float | None:
    if text in _WORDS[mode]:
        return text
    try:
        return float(text)
    except ValueError:
        words = " and ".join(f"`{word}`" for word in _WORDS[mode])
        blame(("interface", "make"), f"`{text}` cannot be an argument: those are {words} and numbers")
        return None


def _wanted(spec: InterfaceSpec, key: str, mode: str, blame: Blame) -> Member | None:
    text = getattr(spec, key)
    if text is None:
        blame(("interface",), f"the key `{key}` is missing here; {mode} mode needs it")
        return None
    return _member(key, text, blame)


def _unwanted(spec: InterfaceSpec, key: str, mode: str, blame: Blame) -> None:
    if getattr(spec, key) is not None:
        blame(("interface", key), f"`{key}` is not said in {mode} mode", at_key=True)


def _member(key: str, text: str, blame: Blame) -> Member | None:
    found = _MEMBER.fullmatch(text.strip())
    if found is None:
        blame(("interface", key), f"`{text}` is not an attribute or a method, such as `{key}` or `{key}()`")
        return None
    return Member(found[1], found[2] is not None)


def _function(name: str, text: str, blame: Blame, functions: Sequence[str]) -> Member | None:
    key = ("interface", "functions", name)
    if name not in functions:
        blame(key, f"unknown function `{name}`" + nearest(name, functions), at_key=True)
        return None
    found = _FUNCTION.fullmatch(text.strip())
    if found is None:
        blame(key, f"`{text}` is not a function of the module such as `exp`, or a method such as `.exp`")
        return None
    return Member(found[2], found[1] == ".")
