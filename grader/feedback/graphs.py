"""Draws a computational graph from left to right, with what a pass through it left at each number."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from grader.domain.pictures import GraphOfPass, PassNode
from grader.feedback.layout import Place, laid_out
from grader.feedback.palette import BLUE, GREEN, INK, ORANGE

_ACROSS, _DOWN = 3.4, 1.65
"""between the middles of two boxes"""
_WIDTH, _HEIGHT = 2.0, 1.15
_INCHES = 0.62
_MOST_LETTERS = 18
_BEND = 0.3
_LEVEL = 0.3
_NEAR = 1e-6


def graph_of_pass(picture: GraphOfPass) -> tuple[str, str, Callable[[Any], None]]:
    """Title, description for who cannot see it, and the plot."""

    def plot(axes: Any) -> None:
        boxes, routes = laid_out(len(picture.nodes), [(edge.source, edge.target) for edge in picture.edges])
        places = [_scaled(place) for place in boxes]
        for number, (x, y) in enumerate(places):
            _box(axes, picture, number, x, y)
        for number, route in enumerate(routes):
            _arrow(axes, picture, number, places, [_scaled(place) for place in route])
        _framed(axes, [*places, *(_scaled(place) for route in routes for place in route)])

    return f"The first wrong {_what(picture)} of the pass", _described(picture, _what(picture)), plot


def _what(picture: GraphOfPass) -> str:
    return "tangent" if picture.forward else "adjoint"


def _scaled(place: Place) -> Place:
    return _ACROSS * place[0], -_DOWN * place[1]


def _described(picture: GraphOfPass, what: str) -> str:
    first = picture.nodes[picture.first]
    way = "forwards, from the inputs to the result" if picture.forward else "back, from the result to the inputs"
    twice = " twice" if picture.passes > 1 else ""
    held = "none" if first.held is None else _number(first.held)
    wrong = sum(_state(node) == ORANGE for node in picture.nodes)
    unknown = sum(node.held is None for node in picture.nodes)
    kept = f" Your class keeps none at {unknown} of them." if unknown else ""
    return (
        f"Computational graph of `{picture.text}`: {len(picture.nodes)} numbers, the {what} of {wrong} of them is "
        f"wrong.{kept} The pass goes {way}{twice}. On this way the first wrong {what} is that of `{first.label}`: "
        f"yours is {held}, right is {_number(first.right)}. {_why(picture, what)}"
    )


def _why(picture: GraphOfPass, what: str) -> str:
    """What is known of how it came about."""
    blamed = [edge.source if picture.forward else edge.target for edge in picture.edges if edge.is_blamed]
    named = " and ".join(f"`{picture.nodes[sender].label}`" for sender in dict.fromkeys(blamed))
    along = f"along the marked edge{'s' * (len(blamed) > 1)}, from {named},"
    acts = _number(picture.acts)
    sentences = {
        "start": "This is where the pass starts: no other number is to blame.",
        "lost": f"What comes {along} is not in it.",
        "early": f"Along the marked edge {named} passed on {acts}, before it had received all of its {what}.",
        "rule": f"What came {along} is as if the local derivative were {acts}.",
        "somewhere": f"What it is made of is right; what came {along} is not.",
        "unknown": "Which edge is to blame cannot be told, as the numbers between are not known.",
        "again": "After two passes an input holds twice what one pass leaves, and a number between only what the last "
        "one left.",
    }
    return sentences[picture.how]


def _state(node: PassNode) -> str:
    """The colour of what is known about a number."""
    if node.held is None:
        return INK
    return GREEN if abs(node.held - node.right) <= _NEAR * max(abs(node.right), 1e-300) else ORANGE


def _box(axes: Any, picture: GraphOfPass, number: int, x: float, y: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    node, colour = picture.nodes[number], _state(picture.nodes[number])
    is_first = number == picture.first
    corner = x - _WIDTH / 2, y - _HEIGHT / 2
    axes.add_patch(FancyBboxPatch(
        corner, _WIDTH, _HEIGHT, boxstyle="round,pad=0,rounding_size=0.15", facecolor="none", edgecolor=colour,
        linewidth=2.6 if is_first else 1.0, gid="first-wrong" if is_first else None,
    ))  # fmt: skip
    letters = node.label if len(node.label) <= _MOST_LETTERS else node.label[: _MOST_LETTERS - 1] + "…"
    lines = [letters, f"= {_number(node.value)}", *_held(node, _what(picture))]
    for line, text in enumerate(lines):
        height = y + _HEIGHT * (0.5 - (line + 0.7) / (len(lines) + 0.4))
        _write(axes, x, height, text)
    if is_first:
        _write(axes, x, y - _HEIGHT / 2 - 0.08, "first wrong", "top")


def _write(axes: Any, x: float, y: float, text: str, align: str = "center", side: str = "center") -> None:
    """In the colour of all text: colours alone tell nothing to some, and are too faint for small letters."""
    axes.text(x, y, text, ha=side, va=align, fontsize=7.5)


def _held(node: PassNode, what: str) -> list[str]:
    if node.held is None:
        return [f"{what} not kept", f"right: {_number(node.right)}"]
    if _state(node) == GREEN:
        return [f"{what} {_number(node.held)} ✓"]
    return [f"{what} {_number(node.held)} ✗", f"right: {_number(node.right)}"]


def _arrow(axes: Any, picture: GraphOfPass, number: int, places: Sequence[Place], route: Sequence[Place]) -> None:
    """An edge in the direction of evaluation, with its local derivative; a second one between the same two is bent."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    edge = picture.edges[number]
    same = [k for k, other in enumerate(picture.edges) if (other.source, other.target) == (edge.source, edge.target)]
    bend = _BEND * (2 * same.index(number) - len(same) + 1)
    (left, top), (right, bottom) = places[edge.source], places[edge.target]
    stops = [(left + _WIDTH / 2, top), *route, (right - _WIDTH / 2 - 0.05, bottom)]
    colour = ORANGE if edge.is_blamed else BLUE
    axes.add_patch(FancyArrowPatch(
        path=Path(*_curved(stops, bend)), arrowstyle="->", mutation_scale=11, color=colour,
        linewidth=2.6 if edge.is_blamed else 1.2, gid=f"blamed-{number}" if edge.is_blamed else None,
    ))  # fmt: skip
    text = f"{edge.derivative:.3g}"
    if route:
        x, y = stops[len(stops) // 2]
        _write(axes, x, y + 0.1, text, "bottom")
    elif abs(top - bottom) < _LEVEL:
        _write(axes, (left + right) / 2, (top + bottom) / 2 + 0.75 * bend + 0.06, text, "bottom")
    else:
        # Beside a steep arrow, where it does not cross it.
        align = "bottom" if top > bottom else "top"
        _write(axes, (left + right) / 2 + 0.12, (top + bottom) / 2, text, align, "left")


def _curved(stops: Sequence[Place], bend: float) -> tuple[list[Place], list[int]]:
    """Points and codes of a path that leaves and reaches every stop level."""
    points, codes = [stops[0]], [1]
    for (x, y), (next_x, next_y) in itertools.pairwise(stops):
        middle = (x + next_x) / 2
        points += [(middle, y + bend), (middle, next_y + bend), (next_x, next_y)]
        codes += [4, 4, 4]
    return points, codes


def _framed(axes: Any, places: Sequence[Place]) -> None:
    """All boxes in sight, each as large as in any other figure."""
    across, down = zip(*places, strict=True)
    left, right = min(across) - _WIDTH / 2 - 0.2, max(across) + _WIDTH / 2 + 0.2
    low, high = min(down) - _HEIGHT / 2 - 0.5, max(down) + _HEIGHT / 2 + 0.2
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)
    axes.set_axis_off()
    axes.figure.set_size_inches(_INCHES * (right - left), _INCHES * (high - low))


def _number(value: float) -> str:
    return f"{value:.4g}"
