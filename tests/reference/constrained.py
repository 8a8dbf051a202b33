"""Constrained problems for these tests, from texts, and the verified ones of Hock and Schittkowski."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reference.differentiable import Differentiable
from reference.language import parse

PROBLEMS: dict[str, dict[str, Any]] = {
    problem["name"]: problem
    for problem in json.loads((Path(__file__).parent / "data" / "hock_schittkowski.json").read_text())["problems"]
}


def constrained(f: str, *constraints: str, size: int, sign: float = -1.0, **lets: str) -> Differentiable:
    """In the vector x."""
    named = tuple((name, parse(text)) for name, text in lets.items())
    return Differentiable(parse(f), tuple(map(parse, constraints)), "x", size, named, sign)


def classic(name: str, sign: float = -1.0) -> Differentiable:
    """One of PROBLEMS, whose expressions are written in x1, x2 ..."""
    data = PROBLEMS[name]
    entries = {f"x{k + 1}": f"x[{k}]" for k in range(data["n"])}
    return constrained(data["f"], *data["constraints_eq_zero"], size=data["n"], sign=sign, **entries)
