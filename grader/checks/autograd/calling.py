"""What a student's function is called with at a point."""

from __future__ import annotations

from grader.checks.autograd.cases import Script, content_of
from grader.checks.autograd.handed import hand_over
from grader.domain.assignment import Task
from grader.sandbox.probes import Handle
from reference.bundle import Point
from reference.problem import Problem


def problem_of(task: Task, part: str = "") -> Problem:
    """The mathematics of a part."""
    problem = task.parts[part]
    assert isinstance(problem, Problem)
    return problem


def arguments(task: Task, script: Script, point: Point, variable: Handle | None = None) -> list[Handle]:
    """In their order; `variable` stands for the tensor that is differentiated by."""
    content = content_of(task)
    made = []
    for name in task.implement.arguments:
        if content.opaque and name == "f":
            made.append(hand_over(script, problem_of(task), point))
        elif variable is not None and name == content.wrt[0]:
            made.append(variable)
        else:
            made.append(script.plain(name, point))
    return made
