"""Points that one check hands over and another asks for: a student could print them, and copy them."""

from __future__ import annotations

from grader.domain.assignment import Assignment, Task, Visibility
from grader.errors import Problem
from reference.constrained import AT_DRAWN_POINTS, TO_FIND, ConstrainedProblem


def problems(assignment: Assignment) -> list[Problem]:
    """One for every check that lets students see the solutions of its task. Not an error: a teacher may want it."""
    return [problem for task in assignment.tasks for problem in _of_task(task, assignment.source)]


def _of_task(task: Task, source: str) -> list[Problem]:
    content = task.content
    if not isinstance(content, ConstrainedProblem) or content.given:
        return []  # numbers that were drawn are never handed over together with the points that are asked for
    asked = [ask.id for ask in content.asks if ask.id in TO_FIND]
    shown = [
        ask.id
        for ask in content.asks
        if ask.id not in (*TO_FIND, *AT_DRAWN_POINTS) and task.visibility[ask.id] is Visibility.VISIBLE
    ]
    return [_problem(task, ask, asked[0], source) for ask in shown] if asked else []


def _problem(task: Task, ask: str, asked: str, source: str) -> Problem:
    line, column = task.place(f"ask.{ask}")
    text = f"`{ask}` is called with the points that `{asked}` asks for, and students can print what they are called "
    text += "with; write `visibility: hidden` for it, or draw the numbers in `given`"
    return Problem(source, line, column, text)
