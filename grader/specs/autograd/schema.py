"""The keys of an autograd task, and which of them are said of which use of autograd."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from grader.specs.schema import (
    Closed,
    Id,
    Identifier,
    MisconceptionSpec,
    Names,
    Range,
    Share,
    TaskSpec,
    Text,
    VisibilityWord,
)
from grader.specs.scope import Scope

POINTS = 8
"""of a check that says nothing else"""

_MATHEMATICS = ("dims", "given", "let")
_NEEDS: dict[str, tuple[str, ...]] = {
    "backward": ("f", "wrt"), "vjp": ("f", "wrt", "cotangent"), "accumulate": ("f", "wrt"),
    "detach": ("f", "wrt", "stop"), "update": ("f", "wrt", "gradient"), "function": ("f", "wrt"),
    "inplace": ("snippets",),
}  # fmt: skip
_AUTHORED = ("solution", "misconceptions", "examples")
_MAY: dict[str, tuple[str, ...]] = {
    "backward": _AUTHORED, "vjp": _AUTHORED, "accumulate": ("grad", *_AUTHORED),
    "detach": ("cotangent", "solution", "misconceptions"), "update": ("grad",), "function": ("apply",), "inplace": (),
}  # fmt: skip
_SAID_OF_SOME = {"f", "wrt", "cotangent", "stop", "gradient", "snippets", "grad", "apply", *_AUTHORED}


class CheckSpec(Closed):
    """One entry of `checks:`"""

    weight: Annotated[float, Field(gt=0, le=100)]
    points: Annotated[int, Field(ge=1, le=100)] = POINTS
    visibility: VisibilityWord | None = None


class AutogradSpec(TaskSpec):
    """`kind: autograd`"""

    arguments: Literal["torch"] = "torch"
    approximate: Share = 0.0
    implement: Text
    ask: Literal["backward", "vjp", "accumulate", "detach", "update", "function", "inplace"]
    dims: dict[Identifier, Range] = Field(default_factory=dict)
    given: dict[Identifier, Text] = Field(default_factory=dict)
    let: dict[Identifier, Text] = Field(default_factory=dict)
    f: Text | None = None
    wrt: Names | None = None
    cotangent: Identifier | None = None
    stop: Names | None = None
    gradient: Identifier | None = None
    grad: Literal["kept", "cleared"] | None = None
    apply: Text | None = None
    solution: Text | None = None
    examples: list[dict[Identifier, Any]] = Field(default_factory=list)
    snippets: Names | None = None
    checks: dict[Id, CheckSpec] = Field(default_factory=dict)
    misconceptions: list[MisconceptionSpec] = Field(default_factory=list)


def check_keys(spec: AutogradSpec, scope: Scope) -> None:
    """Blame keys that the use of autograd lacks, and those that say nothing of it."""
    ask = spec.ask
    for key in _NEEDS[ask]:
        if not getattr(spec, key) and not scope.is_blamed(key):
            scope.blame(("ask",), f"`ask: {ask}` needs `{key}`")
    allowed = (*_NEEDS[ask], *_MAY[ask])
    said = [key for key in _SAID_OF_SOME if getattr(spec, key) and key not in allowed]
    if ask == "inplace":
        said += [key for key in _MATHEMATICS if getattr(spec, key)]
    for key in said:
        scope.blame((key,), f"`{key}` is not said of `ask: {ask}`", at_key=True)
