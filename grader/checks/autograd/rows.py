"""The checks: for each of them, what is done with the student's code at drawn points, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from grader.checks.autograd import accumulation, functions, updates
from grader.checks.autograd.calling import arguments, problem_of
from grader.checks.autograd.cases import FEW, Case, Draw, Script, content_of, equal_to
from grader.domain.assignment import Task
from grader.domain.autograd import EXAMPLE
from grader.domain.snippets import SNIPPETS
from grader.sandbox.probes import Handle
from grader.sandbox.run import Claim
from reference.bundle import Point

Row = Callable[[Task, Draw], Iterator[Case]]


def _returned(task: Task, point: Point, is_spare: bool) -> Case:
    """The function returns the derivative."""
    script = Script(task, point)
    function = script.p.name(task.implement.name)
    script.want(script.call(function, arguments(task, script, point)), point, "what your function returned")
    script.unchanged()
    return script.case(is_spare)


def _derivative(task: Task, draw: Draw) -> Iterator[Case]:
    for point, is_spare in draw.points():
        yield _returned(task, point, is_spare)


def _twice(task: Task, draw: Draw) -> Iterator[Case]:
    """Called with the very same tensors once more, it returns the same."""
    for point, is_spare in draw.points(most=FEW):
        script = Script(task, point)
        function, given = script.p.name(task.implement.name), arguments(task, script, point)
        script.call(function, given)
        again = replace(point, wrong={**point.wrong, "grad.accumulated": 2 * point.expected})
        script.want(script.call(function, given), again, "what your function returned for the same tensors once more")
        yield script.case(is_spare)


def _held(task: Task, draw: Draw) -> Iterator[Case]:
    """The value is that of f, and only what is not held constant moves it."""
    for point, is_spare in draw.points("f"):
        script, _, result = _result(task, point)
        script.want(result, replace(point, wrong={}), "the value of the tensor that your function returned")
        script.unchanged()
        yield script.case(is_spare)
    name = content_of(task).wrt[0]
    for point, is_spare in draw.points():
        script, leaf, result = _result(task, point)
        cotangent = script.p.tensor(point.inputs[problem_of(task).along])
        script.method(
            "`y.backward(v)` for the tensor y that it returned", "detach.everything", result, "backward", cotangent
        )
        script.want(script.p.get(leaf, "grad"), point, f"`{name}.grad` after `y.backward(v)`", "detach.everything")
        yield script.case(is_spare)


def _result(task: Task, point: Point) -> tuple[Script, Handle, Handle]:
    script = Script(task, point)
    leaf = script.leaf(content_of(task).wrt[0])
    return script, leaf, script.call(script.p.name(task.implement.name), arguments(task, script, point, leaf))


def _examples(task: Task, draw: Draw) -> Iterator[Case]:
    accumulates = content_of(task).ask == "accumulate"
    for number in range(content_of(task).examples):
        ((point, _), *_) = draw.points(f"examples.{number}", most=1)
        if accumulates:
            yield accumulation.in_a_row(task, point)
        else:
            yield _returned(task, point, is_spare=False)


def _prediction(task: Task, draw: Draw) -> Iterator[Case]:
    names = content_of(task).snippets
    truth = np.array([SNIPPETS[name].raises for name in names])
    script = Script(task, Point({}, truth, truth, truth, 0.0, {}))
    answer = script.call(script.p.name(task.implement.name), [])
    script.require(answer, lambda claim: _are_answers(claim, len(names)), "prediction_form", of=len(names))
    script.require_explained(
        answer, equal_to(truth), "prediction", lambda claim: {"right": _right(claim, truth), "of": len(names)}
    )
    yield script.case(is_spare=False)


def _are_answers(claim: Claim, count: int) -> bool:
    return claim.array is not None and claim.array.shape == (count,) and claim.array.dtype.kind in "bi"


def _right(claim: Claim, truth: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> int:
    return 0 if claim.array is None else int(np.count_nonzero(claim.array == truth))


ROWS: dict[tuple[str, str], Row] = {
    ("backward", "gradient"): _derivative,
    ("backward", "twice"): _twice,
    ("vjp", "product"): _derivative,
    ("vjp", "twice"): _twice,
    ("accumulate", "once"): accumulation.once,
    ("accumulate", "again"): accumulation.again,
    ("detach", "held"): _held,
    ("update", "step"): updates.step,
    ("update", "many"): updates.many,
    ("function", "forward"): functions.forward,
    ("function", "backward"): functions.backward,
    ("function", "needs"): functions.needs,
    ("function", "strides"): functions.strides,
    ("function", "second"): functions.second,
    ("inplace", "prediction"): _prediction,
    **{(ask, EXAMPLE): _examples for ask in ("backward", "vjp", "accumulate")},
}
"""(ask, check) -> its cases"""


def cases(task: Task, check: str, draw: Draw) -> tuple[Sequence[Case], Sequence[Case]]:
    """The cases of a check, and the spare ones."""
    made = [*ROWS[content_of(task).ask, check](task, draw)]
    return [case for case in made if not case.is_spare], [case for case in made if case.is_spare]
