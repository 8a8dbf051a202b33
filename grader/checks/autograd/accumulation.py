"""Checks of what a function leaves in `.grad` of a leaf."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.checks.autograd.calling import arguments
from grader.checks.autograd.cases import Case, Draw, Script, content_of, known, plus
from grader.domain.assignment import Task
from reference.bundle import Point


def once(task: Task, draw: Draw) -> Iterator[Case]:
    """One call with a leaf that has no .grad yet."""
    for point, is_spare in draw.points():
        yield _left_in_grad(task, point, is_spare)


def _left_in_grad(task: Task, point: Point, is_spare: bool) -> Case:
    script = Script(task, point)
    name = content_of(task).wrt[0]
    leaf = script.leaf(name)
    script.call(script.p.name(task.implement.name), arguments(task, script, point, leaf))
    script.want(script.p.get(leaf, "grad"), point, f"`{name}.grad` after one call", absent="grad.none")
    script.unchanged()
    return script.case(is_spare)


def again(task: Task, draw: Draw) -> Iterator[Case]:
    """Calls with a leaf that has one, first somebody else's and then the function's own."""
    drawn = draw.points()
    for number, (point, is_spare) in enumerate(drawn):
        others = [other for other, _ in (*drawn[number + 1 :], *drawn[:number]) if _alike(task, point, other)]
        yield _two_calls(task, point, others[0] if others else point, draw, is_spare)


def _alike(task: Task, one: Point, other: Point) -> bool:
    name = content_of(task).wrt[0]
    return bool(one.inputs[name].shape == other.inputs[name].shape)


def _two_calls(task: Task, first: Point, second: Point, draw: Draw, is_spare: bool) -> Case:
    """A leaf whose .grad is filled already, then the same leaf once more with other numbers in it."""
    script = Script(task, first)
    name = content_of(task).wrt[0]
    function = script.p.name(task.implement.name)
    leaf = script.p.method(script.p.tensor(first.inputs[name]), "requires_grad_")
    filled = np.asarray(draw.rng.uniform(1.0, 2.0, first.expected.shape))
    script.p.set(leaf, "grad", script.p.tensor(filled))
    script.call(function, arguments(task, script, first, leaf))
    one, two = _sums(content_of(task).grad, known(filled), first, second)
    before = f"`{name}.grad`, which held numbers before your function was called"
    script.want(script.p.get(leaf, "grad"), one, before, absent="grad.none")
    script.p.method(script.p.get(leaf, "data"), "copy_", script.p.tensor(second.inputs[name]))
    script.call(function, arguments(task, script, second, leaf))
    script.want(script.p.get(leaf, "grad"), two, f"`{name}.grad` after a second call", absent="grad.none")
    return script.case(is_spare)


def in_a_row(task: Task, point: Point) -> Case:
    """Two calls with one leaf, beginning with nothing in .grad."""
    script = Script(task, point)
    content = content_of(task)
    leaf = script.leaf(content.wrt[0])
    function, given = script.p.name(task.implement.name), arguments(task, script, point, leaf)
    _, twice = _sums(content.grad, known(np.zeros_like(point.expected)), point, point)
    for wanted, when in ((point, "one call"), (twice, "a second call")):
        script.call(function, given)
        script.want(script.p.get(leaf, "grad"), wanted, f"`{content.wrt[0]}.grad` after {when}", absent="grad.none")
    return script.case(is_spare=False)


def _sums(grad: str, filled: Point, first: Point, second: Point) -> tuple[Point, Point]:
    """What .grad must hold after one call and after two."""
    untouched = {"grad.none": filled.expected}
    if grad == "kept":
        return (
            plus(filled, first, wrong={**untouched, "grad.overwritten": first.expected}),
            plus(filled, first, second, wrong={**untouched, "grad.overwritten": second.expected}),
        )
    return (
        plus(first, wrong={**untouched, "grad.accumulated": filled.expected + first.expected}),
        plus(second, wrong={**untouched, "grad.accumulated": first.expected + second.expected}),
    )
