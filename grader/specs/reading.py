"""What the module of a task kind makes of the keys of one task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.domain.assignment import Signature


@dataclass(frozen=True)
class Reading:
    """A task of some kind, checked. See grader.domain.assignment.Task for the first three."""

    implements: tuple[Signature, ...]
    content: object
    parts: Mapping[str, Any]
    checks: Mapping[str, str | None]
    """check ids, each with its own visibility where one is written"""
