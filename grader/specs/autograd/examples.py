"""`examples:` of an autograd task: numbers of the author's own choice, one mapping for each example."""

from __future__ import annotations

import math
from typing import Any

from grader.specs.scope import Scope
from reference.problem import Problem
from reference.shapes import show

_WORDS = ("a number", "a list of numbers", "a list of rows")


def read_example(
    example: dict[str, Any], problem: Problem, scope: Scope, number: int
) -> tuple[dict[str, tuple[float, ...]], dict[str, int]] | None:
    """The numbers of every input, row by row, and the sizes they have; None with every fault blamed."""
    given = dict(problem.given)
    numbers: dict[str, tuple[float, ...]] = {}
    sizes: dict[str, int] = {}
    for name in given:
        if name not in example:
            scope.blame(("examples", number), f"the example has no numbers for `{name}`")
    for name, written in example.items():
        key = ("examples", number, name)
        if name not in given:
            scope.blame(key, f"`{name}` is not declared; the inputs are {', '.join(given)}", at_key=True)
            continue
        entries, lengths = _flat(written)
        shape = given[name].shape
        if entries is None or len(lengths) != len(shape):
            scope.blame(key, f"`{name}` is {show(shape)}: {_WORDS[len(shape)]} is expected here")
            continue
        for size, length in zip(shape, lengths, strict=True):
            wanted = sizes.setdefault(size.symbol, length) if size.symbol else size.offset
            if wanted != length:
                scope.blame(key, f"`{name}` is {show(shape)}; {size} is {wanted}, {length} given")
        numbers[name] = entries
    return (numbers, sizes) if not scope.is_blamed_within("examples") and len(numbers) == len(given) else None


def _flat(written: Any) -> tuple[tuple[float, ...] | None, tuple[int, ...]]:
    """The numbers row by row and the lengths of the axes; None where that is not what stands there."""
    if not isinstance(written, list):
        value = _number(written)
        return (None if value is None else (value,)), ()
    rows = [_flat(item) for item in written]
    lengths = {inner for _, inner in rows}
    if not rows or len(lengths) != 1 or any(entries is None for entries, _ in rows):
        return None, ()
    return tuple(value for entries, _ in rows for value in entries or ()), (len(rows), *lengths.pop())


def _number(text: Any) -> float | None:
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None
