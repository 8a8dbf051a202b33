"""One evaluation of a student's operator: the probe that asks, the f that is given, and what is right there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.checks import replies
from grader.checks.endings import Finding
from grader.checks.judgement import Comparison
from grader.checks.operators.evaluations import evaluations, finding
from grader.checks.operators.opaque import Formula, Given, Opaque, fixed
from grader.domain.assignment import Task
from grader.domain.operators import Operator
from grader.domain.report import Verdict
from grader.sandbox.probes import Handle, Operand, Writer
from grader.sandbox.run import Claim, Probe, Raised, Replies, Run
from reference.bundle import Point
from reference.problem import Problem


@dataclass(frozen=True)
class Question:
    """A probe whose first reply is the answer; the further ones say whether the arguments are as they were."""

    probe: Probe
    point: Point
    f: Given
    x: np.ndarray[Any, Any]
    size: int
    """m, the entries of f(x)"""


def operator_of(task: Task) -> Operator:
    """What the task asks."""
    assert isinstance(task.content, Operator)
    return task.content


def problem_of(task: Task, program: str) -> Problem:
    """The mathematics of a program."""
    problem = task.parts[f"programs.{program}"]
    assert isinstance(problem, Problem)
    return problem


def opaque(task: Task, program: str, point: Point, *, spied: bool = False) -> Opaque:
    """The f of a program at a point: everything but the variable is known to f alone. `spied` has it tell where the
    student's own numbers stand, which takes as long as the call itself."""
    problem, asked = problem_of(task, program), operator_of(task)
    inputs = {name: values for name, values in point.inputs.items() if name not in (problem.wrt, problem.along)}
    held = fixed({**inputs, **problem.sizes(point.inputs)})
    formula = Formula(problem.f, problem.wrt, problem.lets, held)
    return Opaque(formula, point.inputs[problem.wrt].shape, asked.functions, asked.value if spied else "")


def question(task: Task, program: str, point: Point, *, spied: bool = False) -> Question:
    """Ask for what is expected at a point."""
    problem = problem_of(task, program)
    f, x = opaque(task, program, point, spied=spied), point.inputs[problem.wrt]
    return asked(
        task, f, [x, *([point.inputs[problem.along]] if problem.along else [])], point, size_of(problem, point)
    )


def size_of(problem: Problem, point: Point) -> int:
    """m: the entries of f at a point."""
    match problem.ask:
        case "jacobian":
            return int(point.expected.shape[1 if problem.layout == "denominator" else 0])
        case "jvp":
            return int(np.size(point.expected))
        case "vjp":
            return int(np.size(point.inputs[problem.along]))
    return 1


def asked(
    task: Task, f: Given, arguments: Sequence[np.ndarray[Any, Any]], point: Point, size: int, name: str = ""
) -> Question:
    """Call the operator, or the function of another name, with f and arguments."""
    p = Writer()
    given = p.oracle(f)
    held = [p.constant(_plain(values)) for values in arguments]
    p.reply(p.call(p.name(name), given, *held) if name else applied(p, task, given, *held))
    for slot in held:
        p.unchanged(slot)
    return Question(p.probe, point, f, arguments[0], size)


def applied(p: Writer, task: Task, f: Handle, *arguments: Operand) -> Handle:
    """What the operator makes of f, there; one that takes f alone returns a function."""
    name = p.name(task.implement.name)
    return p.call(p.call(name, f), *arguments) if returns_function(task) else p.call(name, f, *arguments)


def returns_function(task: Task) -> bool:
    """Whether the operator is `grad(f)`, to be called as `grad(f)(x)`."""
    return len(task.implement.arguments) == 1


def _plain(values: np.ndarray[Any, Any]) -> Any:
    return values if values.ndim else float(values)


@dataclass(frozen=True)
class Answers:
    """What came, with nothing wrong but perhaps the numbers."""

    questions: tuple[Question, ...]
    arrays: tuple[np.ndarray[Any, Any], ...]
    counts: tuple[int, ...]
    """how often f was called"""
    listed: bool
    """some of them were lists"""

    def comparisons(self) -> tuple[Comparison, ...]:
        """Beside what is right."""
        return tuple(Comparison(q.point, array) for q, array in zip(self.questions, self.arrays, strict=True))

    def first(self, count: int) -> Answers:
        """The answers to the first questions alone."""
        return replace(self, questions=self.questions[:count], arrays=self.arrays[:count], counts=self.counts[:count])


def answers(task: Task, questions: Sequence[Question], run: Run) -> Answers | Finding:
    """The answers of a run of these questions' probes, or the first thing that is wrong with one apart from its
    numbers."""
    arrays, counts, listed = [], [], False
    for number, asked_ in enumerate(questions):
        found = evaluations(run.calls[number] if number < len(run.calls) else (), asked_.f)
        wrong = _failure(task, asked_, run, number) or finding(found, asked_.x)
        if wrong:
            return wrong
        response = run.responses[number]
        assert isinstance(response, Replies)
        defect = _defect(task, response.claims, asked_)
        if defect:
            return defect
        answer = response.claims[0]
        assert answer.array is not None
        arrays.append(answer.array)
        counts.append(found.count)
        listed = listed or answer.form == "list"
    return Answers(tuple(questions), tuple(arrays), tuple(counts), listed)


def numbers(questions: Sequence[Question], run: Run) -> tuple[Comparison, ...]:
    """All answers that are numbers, of whatever shape, beside what is right: for a look at what they are instead."""
    found = []
    for asked_, response in zip(questions, run.responses, strict=True):
        array = response.claims[0].array if isinstance(response, Replies) else None
        if array is not None and array.dtype.kind in "fiu":
            found.append(Comparison(asked_.point, array))
    return tuple(found)


def _failure(task: Task, question: Question, run: Run, number: int) -> Finding | None:
    response = run.responses[number]
    asked_for = sum(step[0] in ("reply", "unchanged") for step in question.probe)
    found = replies.failure(response, asked_for, task, task.implement, run)
    if found is None or not isinstance(response, Raised):
        return found
    verdict, cause, facts = found
    return verdict, cause, {**facts, **_unlifted(response)}


def _unlifted(response: Raised) -> dict[str, object]:
    """The note for a constant that a student's operators do not take, or that they take for one of their numbers."""
    text = response.message
    operators = response.kind == "TypeError" and text.startswith("unsupported operand type")
    attributes = response.kind == "AttributeError" and text.startswith(("'int' object", "'float' object"))
    return {"note": "constants-not-lifted"} if operators or attributes else {}


def _defect(task: Task, claims: tuple[Claim, ...], question: Question) -> Finding | None:
    """What is wrong with one reply apart from its numbers."""
    answer, expected = claims[0], question.point.expected
    wrong = replies.not_float64(answer, expected.shape)
    if wrong and wrong[1] == "not_numbers":
        own = answer.form in ("object", "number")
        return wrong[0], "operator.not_numbers", {**wrong[2], "own": own}
    wrong = wrong or replies.changed(task.implement.arguments[1:] or ("x",), claims[1:])
    if wrong:
        return wrong
    assert answer.array is not None
    if answer.array.shape != expected.shape:
        facts = {"came": answer.array.shape, "shape": expected.shape, "n": question.x.size, "m": question.size}
        return Verdict.INVALID_OUTPUT, "operator.shape", facts
    if not np.all(np.isfinite(answer.array)):
        bad = int(np.count_nonzero(~np.isfinite(answer.array)))
        return Verdict.INVALID_OUTPUT, "not_finite", {"bad": bad, "of": answer.array.size}
    return None
