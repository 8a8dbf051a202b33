"""Points and functions of a special character: kinks, which no difference sees, and derivatives in one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from grader.checks.judgement import Judgement
from grader.checks.operators.opaque import Formula, Opaque, Spy, fixed
from grader.checks.operators.questions import (
    Answers,
    Question,
    applied,
    asked,
    opaque,
    operator_of,
    problem_of,
    question,
    returns_function,
)
from grader.checks.operators.rows import Check
from grader.domain.assignment import Task
from grader.domain.report import Verdict
from grader.sandbox.probes import Handle, Writer
from grader.sandbox.run import Answer, Call, Steps
from reference import language
from reference.bundle import Point
from reference.tolerance import ALLOWED_UNITS, ROUNDING, units

Array: TypeAlias = np.ndarray[Any, Any]

_BESIDE = 1e-9
"""No step of differences is so small that it stays on one side of the kink."""
_FAR = 2.0**40
_SWAP = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
_MIXING = np.array([[1.0, 2.0, -1.0], [3.0, 1.0, 1.0], [-2.0, 1.0, 4.0]])
KINKED: dict[str, tuple[float, float]] = {"relu": (0.0, 1.0), "abs": (-1.0, 1.0)}
"""function -> its slope left and right of zero"""


def _exactly(expected: Array, **inputs: Array) -> Point:
    """A point where the right answer is known without computing."""
    unit = np.full_like(expected, ROUNDING * max(1.0, float(np.max(np.abs(expected), initial=0.0))))
    return Point(inputs, expected, unit, np.zeros_like(expected), _FAR, {})


def kinks(task: Task, share: float, rng: np.random.Generator) -> Check:
    """Ask on both sides of the kinks of the functions that have some."""
    names = [name for name in KINKED if name in operator_of(task).functions]
    places = [side * distance for distance in (_BESIDE, 1.0) for side in (1.0, -1.0)]
    questions = [_kink(task, name, place, rng) for name in names for place in places]
    return Check("kinks", share, tuple(questions), _judge_kinks)


def _kink(task: Task, name: str, place: float, rng: np.random.Generator) -> Question:
    """What is asked of mixed slopes, so that no two products of them are the same."""
    operator, (left, right) = operator_of(task), KINKED[name]
    is_scalar = operator.word in ("derivative", "second-derivative")
    x = np.array(place) if is_scalar else place * np.array([1.0, -1.0, 1.0])
    slopes = np.where(x > 0, right, left)
    along = [rng.standard_normal(3)] if operator.word in ("jvp", "vjp", "hvp") else []
    text, mixed, expected = _mixed(task, name, slopes, along[0] if along else slopes)
    f = Opaque(Formula(language.parse(text), "x", (), fixed(mixed)), x.shape, operator.functions, operator.value)
    size = 3 if operator.word in ("jvp", "vjp", "jacobian") else 1
    return asked(task, f, [x, *along], _exactly(expected, x=x), size)


def _mixed(task: Task, name: str, slopes: Array, along: Array) -> tuple[str, dict[str, Array], Array]:
    """An f with kinks, what is fixed in it, and what is right for slopes such as these."""
    word = operator_of(task).word
    jacobian = _MIXING * slopes
    match word:
        case "derivative":
            return f"3 * {name}(x)", {}, 3 * slopes
        case "second-derivative":  # a kink in the slope
            return f"3 * {name}(x) * x", {}, 6 * slopes
        case "gradient":
            return f"w @ {name}(x)", {"w": _MIXING[0]}, jacobian[0]
        case "hvp":
            return f"w @ ({name}(x) * x) + x[0] * x[1]", {"w": _MIXING[0]}, 2 * jacobian[0] * along + _SWAP @ along
        case "jvp":
            return f"M @ {name}(x)", {"M": _MIXING}, jacobian @ along
        case "vjp":
            return f"M @ {name}(x)", {"M": _MIXING}, along @ jacobian
    layout = next(iter(task.parts.values())).layout
    return f"M @ {name}(x)", {"M": _MIXING}, jacobian.T if layout == "denominator" else jacobian


def _judge_kinks(check: Check, task: Task, given: Answers) -> Judgement:
    pairs = [*zip(given.questions, given.arrays, strict=True)]
    if not all(_near(array, q.point) for q, array in pairs if np.max(np.abs(q.x)) > _BESIDE):
        return check.found((Verdict.FAILED, "operator.value_first", {"what": "the slope beside kinks"}))
    right = [_near(array, q.point) for q, array in pairs if np.max(np.abs(q.x)) <= _BESIDE]
    if all(right):
        return check.passed("operator.kinks", {"of": len(right)})
    return check.found(
        (Verdict.FAILED, "operator.kink", {"wrong": right.count(False), "of": len(right), "note": "kink"})
    )


def _near(answer: Array, point: Point) -> bool:
    return units(answer.astype(np.float64), point.expected, point.unit) <= ALLOWED_UNITS


@dataclass(frozen=True, eq=False)
class Nested:
    """An f that calls the student's operator itself: `write` gets the writer and its operand."""

    write: Callable[[Writer, Handle], Handle]
    spy: Spy = field(default_factory=Spy)

    def __call__(self, call: Call) -> Answer:
        """The steps of f."""
        writer = Writer(operands=len(call.arguments))
        return writer.steps(self.write(writer, writer.operands[0]))


def second(task: Task, share: float, drawn: Sequence[tuple[str, Point]], first: Sequence[tuple[str, Point]]) -> Check:
    """The derivative of the derivative of every program, and at some points the derivative: twice the wrong sign is
    the right one."""
    questions = [question(task, program, point) for program, point in first]
    for program, point in drawn:
        f, x = opaque(task, program, point), point.inputs[problem_of(task, program).wrt]
        outer = Nested(lambda p, held, f=f: applied(p, task, p.oracle(f), held))  # type: ignore[misc]
        questions.append(_twice(task, f, x, point) if returns_function(task) else asked(task, outer, [x], point, 1))
    return Check("second", share, tuple(questions), lambda check, task, given: check.valued(task, given))


def _twice(task: Task, f: Opaque, x: Array, point: Point) -> Question:
    """`grad(grad(f))(x)`: the operator is given what it has made itself."""
    p = Writer()
    once = p.call(p.name(task.implement.name), p.oracle(f))
    held = p.constant(float(x))
    p.reply(applied(p, task, once, held))
    p.unchanged(held)
    return Question(p.probe, point, f, x, 1)


@dataclass(frozen=True)
class _Captured:
    """d/dx [ x * D_y inner(x, y) ] at a point, with D what the task asks for: y varies, x is captured."""

    inner: Callable[[Writer, Handle, Handle], Handle]
    at: float
    x: float
    expected: float
    confused: float
    """what comes where both share one marker"""


_FIRST = (
    _Captured(lambda p, x, y: p.operate("add", x, y), 1.0, 1.0, 1.0, 2.0),
    _Captured(lambda p, x, y: p.operate("mul", x, y), 2.0, 3.0, 6.0, 5.0),
)
_SECOND = (
    _Captured(lambda p, x, y: p.operate("mul", x, p.operate("mul", y, y)), 1.0, 3.0, 4.0, 0.0),
)  # fmt: skip


def confusion(task: Task, share: float) -> Check:
    """Derivatives in one another whose variables must be told apart."""
    cases = _SECOND if operator_of(task).word == "second-derivative" else _FIRST
    questions = []
    for case in cases:
        outer = Nested(lambda p, x, case=case: _captured(p, x, case, task))  # type: ignore[misc]
        point = _exactly(np.array(case.expected), x=np.array(case.x))
        questions.append(asked(task, outer, [np.array(case.x)], point, 1))
    return Check("confusion", share, tuple(questions), _judge_confusion)


def _captured(p: Writer, x: Handle, case: _Captured, task: Task) -> Handle:
    def inner(call: Call) -> Steps:
        writer = Writer(operands=2)
        return writer.steps(case.inner(writer, *writer.operands))

    return p.operate("mul", x, applied(p, task, p.oracle(inner, x), case.at))


def _judge_confusion(check: Check, task: Task, given: Answers) -> Judgement:
    cases = _SECOND if operator_of(task).word == "second-derivative" else _FIRST
    if all(_near(array, q.point) for q, array in zip(given.questions, given.arrays, strict=True)):
        return check.passed("operator.told_apart", {"of": len(given.arrays)})
    is_confused = any(array == case.confused for array, case in zip(given.arrays, cases, strict=True))
    note = "perturbation-confusion" if is_confused or cases is _SECOND else "nested-constant"
    return check.found((Verdict.FAILED, "operator.confused", {"note": note}))
