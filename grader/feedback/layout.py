"""Where the boxes of a graph stand, and between which of them its arrows pass."""

from __future__ import annotations

from collections.abc import Sequence

Place = tuple[float, float]
"""column and row, counted from the left and from the top"""
Edge = tuple[int, int]
"""from one box to another, which comes later"""
_Part = tuple[int, int]
"""a box, as (itself, -1); or an edge in a column that it passes, as (edge, column)"""


def laid_out(count: int, edges: Sequence[Edge]) -> tuple[list[Place], list[list[Place]]]:
    """The place of every box, and for every edge the places that it goes through on its way.

    A box stands right of all that lead to it. An edge that passes columns has a row of its own in each, so that it goes
    through no box.
    """
    columns = [0] * count
    for source, target in edges:
        columns[target] = max(columns[target], columns[source] + 1)
    before = _before(columns, edges)
    rows: dict[_Part, float] = {}
    for column in range(max(columns) + 1):
        _settle([part for part in before if _column(part, columns) == column], before, rows)
    routes = [
        [(float(column), rows[k, column]) for column in range(columns[source] + 1, columns[target])]
        for k, (source, target) in enumerate(edges)
    ]
    return [(float(columns[k]), rows[k, -1]) for k in range(count)], routes


def _column(part: _Part, columns: Sequence[int]) -> int:
    return columns[part[0]] if part[1] < 0 else part[1]


def _before(columns: Sequence[int], edges: Sequence[Edge]) -> dict[_Part, list[_Part]]:
    """For every part, those of the column before it that lead to it."""
    found: dict[_Part, list[_Part]] = {(k, -1): [] for k in range(len(columns))}
    for k, (source, target) in enumerate(edges):
        last = (source, -1)
        for column in range(columns[source] + 1, columns[target]):
            found[k, column] = [last]
            last = (k, column)
        found[target, -1].append(last)
    return found


def _settle(parts: list[_Part], before: dict[_Part, list[_Part]], rows: dict[_Part, float]) -> None:
    """Rows for the parts of a column: each as level as can be with what leads to it, a row apart from the next."""
    wished = {part: _mean([rows[other] for other in before[part]], float(k)) for k, part in enumerate(parts)}
    parts.sort(key=lambda part: wished[part])
    middle = _mean([wished[part] for part in parts], 0.0) - (len(parts) - 1) / 2
    for k, part in enumerate(parts):
        rows[part] = middle + k


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
