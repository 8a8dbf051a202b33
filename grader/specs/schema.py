"""The closed schema of assignment.yaml: every key that exists, its type and its default."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

_DURATION = {"ms": 0.001, "s": 1.0, "min": 60.0}
_BYTES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def _quantity(text: str, units: dict[str, float] | dict[str, int], example: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)", text.strip()) if isinstance(text, str) else None
    if found is None or found[2] not in units:
        raise ValueError(f"`{text}` is not a number with a unit of {', '.join(units)}, such as `{example}`")
    return float(found[1]) * units[found[2]]


def _duration(text: str) -> float:
    seconds = _quantity(text, _DURATION, "10 s")
    if not 0.05 <= seconds <= 600:
        raise ValueError(f"`{text}` is outside of 50 ms to 10 min")
    return seconds


def _bytes(text: str) -> int:
    size = int(_quantity(text, _BYTES, "512 MiB"))
    if size < 1024:
        raise ValueError(f"`{text}` is less than 1 KiB")
    return size


def _range(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,3})(?:\s*\.\.\s*(\d{1,3}))?", text.strip()) if isinstance(text, str) else None
    low, high = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= low <= high <= 400:
        raise ValueError(f"`{text}` is not a range of sizes such as `4..9`, within 1 to 400")
    return low, high


def _penalty(text: str) -> float:
    found = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*%\s*per day", text.strip()) if isinstance(text, str) else None
    if found is None or float(found[1]) > 100:
        raise ValueError(f"`{text}` is not a penalty such as `10% per day`")
    return float(found[1]) / 100


def _share(text: str) -> float:
    found = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*%", text.strip()) if isinstance(text, str) else None
    if found is None or float(found[1]) > 100:
        raise ValueError(f"`{text}` is not a share such as `40%`")
    return float(found[1]) / 100


def _part(text: str) -> float:
    part = _share(text)
    if not 0 < part < 1:
        raise ValueError(f"`{text}` is not a part: more than `0%` and less than `100%` of a check's points")
    return part


def _time(text: str) -> str:
    if not isinstance(text, str) or "T" not in text:
        raise ValueError(f"`{text}` is not a time with an offset such as `2026-11-15T23:59+02:00`")
    return text


def _names(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Duration = Annotated[float, BeforeValidator(_duration)]
Bytes = Annotated[int, BeforeValidator(_bytes)]
Range = Annotated[tuple[int, int], BeforeValidator(_range)]
Penalty = Annotated[float, BeforeValidator(_penalty)]
Share = Annotated[float, BeforeValidator(_share)]
Part = Annotated[float, BeforeValidator(_part)]
Time = Annotated[AwareDatetime, BeforeValidator(_time)]
Names = Annotated[list[str], BeforeValidator(_names), Field(min_length=1)]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
VisibilityWord = Literal["visible", "after_due_date", "after_published", "hidden"]


class Closed(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LimitsSpec(Closed):
    """`limits:`, of an assignment or a task; what is not written is inherited."""

    wall: Duration | None = None
    cpu: Duration | None = None
    memory: Bytes | None = None
    output: Bytes | None = None


class LateSpec(Closed):
    """`late:`"""

    until: Time
    penalty: Penalty


class AttemptsSpec(Closed):
    """`attempts:`"""

    per_day: Annotated[int, Field(ge=1)] | None = None
    total: Annotated[int, Field(ge=1)] | None = None


class AssignmentSpec(Closed):
    """The top level. Tasks are validated one by one, by kind."""

    format: Literal["1"]
    id: Slug
    title: Text
    prompt: str = ""
    file: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}\.py$")]
    runtime: Slug = "numpy"
    opens: Time | None = None
    due: Time | None = None
    late: LateSpec | None = None
    attempts: AttemptsSpec = AttemptsSpec()
    counts: Literal["best", "last"] = "best"
    limits: LimitsSpec = LimitsSpec()
    visibility: VisibilityWord = "visible"
    tasks: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=200)]


class TaskSpec(Closed):
    """Keys that every kind of task has."""

    id: Id
    kind: str
    title: str = ""
    points: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]
    prompt: str = ""
    requires: Names | None = None
    visibility: VisibilityWord | None = None
    limits: LimitsSpec = LimitsSpec()
    arguments: Literal["numpy", "torch"] = "numpy"
    cancelling: Share = 1.0
    approximate: Share = 0.4
    credit: dict[Text, Part] = {}


class GroupSpec(Closed):
    """One entry of `groups:`"""

    points: Annotated[int, Field(ge=1, le=200)]
    weight: Annotated[float, Field(gt=0, le=100)]
    visibility: VisibilityWord | None = None
    zero: Names | None = None
    tiny: Names | None = None
    huge: Names | None = None
    ones: Names | None = None
    ill: Names | None = None
    near_null: Names | None = None
    at_zero: Names | None = None
    kink: Names | None = None
    ties: Names | None = None


class MisconceptionSpec(Closed):
    """One entry of `misconceptions:`"""

    note: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")]
    when: Text
    say: Text


class DerivativeSpec(TaskSpec):
    """`kind: derivative`"""

    implement: Text
    dims: dict[Identifier, Range] = {}
    given: Annotated[dict[Identifier, Text], Field(min_length=1)]
    let: dict[Identifier, Text] = {}
    f: Text
    wrt: str
    ask: Literal["gradient", "jacobian", "jvp", "vjp", "hessian", "hvp"]
    direction: Identifier | None = None
    cotangent: Identifier | None = None
    layout: Literal["like-variable", "structured", "numerator", "denominator"] | None = None
    solution: Text | None = None
    groups: dict[Id, GroupSpec] = {}
    misconceptions: list[MisconceptionSpec] = []
    counterexample: bool = False
