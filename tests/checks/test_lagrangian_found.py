"""Points that students find: types, least values, lists, digits, forms of answers; and what failures cost."""

from __future__ import annotations

import pytest

from grader.bundles import Bundles
from grader.domain.report import CheckReport, Verdict
from grader.sandbox.slot import Slot
from tests.checks.lagrangians import Course, course

pytestmark = pytest.mark.sandbox

TASKS = """\
  - id: cubic
    kind: lagrangian
    points: 6
    limits: {wall: 500 ms, cpu: 400 ms}
    unknowns: {x: "vector[2]"}
    f: x[0]**2 * x[1]
    constraints:
      - {name: circle, zero: "x @ x - 3"}
    ask:
      solve: {implement: "least()", points: 2, accept: global}
      stationary: {implement: "every()", points: 2}
      classify: {implement: "kind(x, lam)", points: 2}
  - id: line
    kind: lagrangian
    points: 6
    unknowns: {w: "vector[2]"}
    f: w[0] + w[1]
    constraints:
      - {name: circle, zero: "w @ w - 2"}
    ask:
      system: {implement: "line_system(lam, w)", points: 2}
      multipliers: {implement: "line_multiplier(w)", points: 2}
      solve: {implement: "line_largest()", points: 2, accept: maximum, visibility: hidden}
  - id: waves
    kind: lagrangian
    points: 2
    unknowns: {x: "vector[2]"}
    f: cos(x[0]) + x[1]
    constraints:
      - {name: level, zero: "x[1] - 1"}
    ask:
      solve: {implement: "trough()", points: 2, accept: minimum}
  - id: ring
    kind: lagrangian
    points: 2
    unknowns: {x: "vector[3]"}
    f: x[0]**2 + x[1]**2 + x[2]
    constraints:
      - {name: circle, zero: "x[0]**2 + x[1]**2 - 2"}
      - {name: floor, zero: "x[2] - 3"}
    ask:
      solve: {implement: "ring()", points: 2, accept: stationary}
  - id: numeric
    kind: lagrangian
    points: 6
    unknowns: {x: "vector[2]"}
    f: x[0] + x[1]
    constraints:
      - {name: circle, zero: "x @ x - 2"}
    ask:
      solve: {implement: "near()", points: 2, accept: minimum, accuracy: 1e-4}
      multipliers: {implement: "near_multiplier(x)", points: 2, accuracy: 1e-4}
      lagrangian: {implement: "near_value(x, lam)", points: 2, accuracy: 1e-4}
  - id: single
    kind: lagrangian
    points: 2
    unknowns: {x: "vector[1]"}
    f: x[0]**3
    constraints:
      - {name: only, zero: "x[0] - 2"}
    ask:
      solve: {implement: "single()", points: 2, accept: minimum}
  - id: logarithm
    kind: lagrangian
    points: 2
    unknowns: {x: "vector[2] positive"}
    f: -sum(log(x)) + tr(inv(stack([[x[0], 0], [0, x[1]]])))
    constraints:
      - {name: total, zero: "sum(x) - 2"}
    ask:
      solve: {implement: "logarithm()", points: 2, accept: stationary}
"""
POINTS = """\
s3, s2 = np.sqrt(3), np.sqrt(2)
zero = [(np.array([0, s3]), np.zeros(1)), (np.array([0, -s3]), np.zeros(1))]
four = [(np.array([a * s2, b]), np.array([float(b)])) for a in (1, -1) for b in (1, -1)]
def one(value, *rest): return value
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> Course:
    return course(tmp_path_factory.mktemp("small"), TASKS, slot, bundles)


def check(small: Course, task: str, ask: str, definition: str) -> CheckReport:
    """`definition` is a signature and what it returns, with ` = ` between."""
    head, _, body = definition.partition(" = ")
    statements = body if "\n" in body or body.startswith(("raise ", "while ")) else f"return {body}"
    return small.checks(task, f"import numpy as np\n{POINTS}def {head}:\n    {statements}\n")[ask]


@pytest.mark.parametrize(
    ("task", "ask", "definition"),
    [
        ("cubic", "solve", "least() = np.array([s2, -1]), np.array([-1.0])"),
        ("cubic", "solve", "least() = np.array([-s2, -1]), -1.0"),
        ("cubic", "solve", "least() = [[s2, -1], [-1]]"),
        ("cubic", "solve", "least() = (s2, -1.0), np.array(-1.0)"),
        ("cubic", "stationary", "every() = zero + four"),
        ("cubic", "stationary", "every() = tuple(four[::-1] + zero)"),
        ("cubic", "stationary", "every() = [[list(x), float(lam[0])] for x, lam in four + zero]"),
        ("cubic", "classify", "kind(x, lam) = 'maximum' if (abs(x[0]) < 1e-6) != (x[1] > 0) else 'minimum'"),
        ("line", "system", "line_system(lam, w) = np.array([1 - 2*lam[0]*w[0], 1 - 2*lam[0]*w[1], w @ w - 2])"),
        ("line", "multipliers", "line_multiplier(w) = 0.5 / w[0]"),
        ("line", "multipliers", "line_multiplier(w) = np.array(0.5 / w[0])"),
        ("line", "multipliers", "line_multiplier(w) = np.array([0.5 / w[1]])"),
        ("line", "multipliers", "line_multiplier(w) = [w[0] / 2]"),
        ("line", "solve", "line_largest() = np.ones(2), 0.5"),
        ("line", "solve", "line_largest() = [1, 1], [0.5]"),
        ("waves", "solve", "trough() = np.array([np.pi, 1.0]), np.ones(1)"),
        ("waves", "solve", "trough() = np.array([-987 * np.pi, 1.0]), np.ones(1)"),
        ("ring", "solve", "ring() = np.array([1.0, 1, 3]), np.ones(2)"),
        ("ring", "solve", "ring() = np.array([-s2, 0, 3]), np.array([1, 1])"),
        ("numeric", "solve", "near() = np.array([-1.00001, -0.99999]), np.array([-0.500001])"),
        ("numeric", "multipliers", "near_multiplier(x) = -0.50001 * np.sign(-x[0])"),
        ("numeric", "lagrangian", "near_value(x, lam) = (x[0] + x[1] - lam[0] * (x @ x - 2)) * 1.00001"),
        ("single", "solve", "single() = 2.0, 12.0"),
        ("single", "solve", "single() = [2], [12]"),
        ("logarithm", "solve", "logarithm() = np.ones(2), -2.0"),
    ],
)
def test_right_in_any_form(small: Course, task: str, ask: str, definition: str) -> None:
    found = check(small, task, ask, definition)
    assert (found.verdict, found.score) == (Verdict.PASSED, 2), found.message
    assert found.note is None


@pytest.mark.parametrize(
    ("task", "ask", "definition", "note", "words"),
    [
        ("cubic", "solve", "least() = zero[0]", "extremum.local", "Your point satisfies the constraints and is stationary (a strict local minimum), and f is 0 there. Another point has a smaller value"),
        ("cubic", "solve", "least() = four[0]", "extremum.other", "is stationary (a strict local maximum), and f is 2 there"),
        ("cubic", "solve", "least() = np.array([1.0, 1]), np.array([1.0])", None, "does not lie on the constraint `circle`, which has the value -1 there instead of 0"),
        ("cubic", "solve", "least() = np.array([s2, -1]), np.array([1.0])", "lambda.sign", "satisfies the constraints and is stationary, but not with these multipliers"),
        ("cubic", "solve", "least() = np.array([1, s2]), np.array([1.0])", None, "it is not stationary: no multipliers make the gradient of L vanish there. With yours its entry for x[1] is -1.83"),
        ("cubic", "solve", "least() = np.array([1e300, 1]), np.array([1.0])", "lagrangian.descent", "At your point f or a constraint has no finite value"),
        ("cubic", "solve", "least() = np.array([s2, -1, 0]), np.array([-1.0])", None, "`x` has shape (3,); shape (2,) was expected."),
        ("cubic", "solve", "least() = np.array([s2, -1]), np.array([1.0, 2])", None, "`lam` has shape (2,); shape (1,) was expected."),
        ("cubic", "solve", "least() = np.array([s2, -1, -1])", None, "The pair (x, lam) was expected, x of shape (2,) and lam of shape (1,); ndarray of dtype float64 and shape (3,) came. Write `return x, lam`."),
        ("cubic", "solve", "least() = ['a', 'b'], 1.0", None, "Expected float64 numbers, shape (2,)"),
        ("cubic", "solve", "least() = np.array([np.nan, 1]), np.ones(1)", "lagrangian.descent", "1 of 3 numbers of x and lam are NaN or infinite"),
        ("cubic", "stationary", "every() = four", "stationary.divided", "Every point of your list is stationary (4 in all), but the list is not complete"),
        ("cubic", "stationary", "every() = zero + four[:2]", "stationary.subset", "the list is not complete"),
        ("cubic", "stationary", "every() = zero + four + [four[1]]", "stationary.duplicate", "number 7 of the list is the same point as number 4"),
        ("cubic", "stationary", "every() = zero + [(np.ones(2), np.ones(1))]", None, "The point number 3 of your list does not lie on the constraint `circle`"),
        ("cubic", "stationary", "every() = zero + [np.ones(2)]", None, "In element number 3 of your list, the pair (x, lam) was expected"),
        ("cubic", "stationary", "every() = zero + [(np.ones(3), 1.0)]", None, "In element number 3 of your list, `x` has shape (3,)"),
        ("cubic", "stationary", "every() = (zero + four) * 20", None, "one for each stationary point; list of more than 100 came."),
        ("cubic", "stationary", "every() = {1: zero}", None, "Expected a list of pairs (x, lam), one for each stationary point; dict came."),
        ("cubic", "classify", "kind(x, lam) = 'max'", None, 'Expected one of the words "minimum", "maximum", "saddle", "inconclusive"; your function returned "max".'),
        ("cubic", "classify", "kind(x, lam) = 3", None, "your function returned int of dtype int64 and shape ()."),
        ("cubic", "classify", "kind(x, lam) = 'minimum' if (abs(x[0]) < 1e-6) != (x[1] > 0) else 'maximum'", "classify.swapped", "At 6 of 6 points the answer is wrong."),
        ("line", "system", "line_system(lam, w) = np.array([1, 1, w @ w - 2])", "constraint.missing", "the constraints are right, the gradient in x (the first 2 entries) is not"),
        ("line", "system", "line_system(lam, w) = np.array([1 - 2*lam[0]*w[0], 1 - 2*lam[0]*w[1], 2 - w @ w])", "system.sign", "the gradient in x is right, the constraints (the entries after the first 2) are not"),
        ("line", "solve", "line_largest() = -np.ones(2), -0.5", "extremum.other", "but it is a strict local minimum; a strict local maximum was asked for"),
        ("waves", "solve", "trough() = np.array([0.0, 1.0]), np.ones(1)", "extremum.other", "it is a strict local maximum"),
        ("waves", "solve", "trough() = np.array([988 * np.pi, 1.0]), np.ones(1)", "extremum.other", "it is a strict local maximum"),
        ("ring", "solve", "ring() = np.array([1.0, 1, 0]), np.ones(2)", "constraint.constant", "`floor`"),
        ("numeric", "solve", "near() = np.array([-1.01, -0.99]), np.array([-0.5])", "rounded", "it is not stationary"),
        ("numeric", "multipliers", "near_multiplier(x) = -0.501 * np.sign(-x[0])", None, "the value is wrong"),
        ("single", "solve", "single() = 2.0, -12.0", "lambda.sign", "but not with these multipliers"),
        ("logarithm", "solve", "logarithm() = np.array([-1.0, 3]), np.ones(1)", None, "f or a constraint has no finite value"),
        ("logarithm", "solve", "logarithm() = np.array([0.0, 2]), np.ones(1)", None, "f or a constraint has no finite value"),
    ],
)  # fmt: skip
def test_what_is_said_of_wrong_ones(
    small: Course, task: str, ask: str, definition: str, note: str | None, words: str
) -> None:
    found = check(small, task, ask, definition)
    assert found.verdict in (Verdict.FAILED, Verdict.INVALID_OUTPUT), found.message
    assert found.score == 0
    assert words in found.message
    assert found.note == note, found.message


@pytest.mark.parametrize(
    ("task", "ask", "definition", "digits"),
    [
        ("cubic", "solve", "least() = np.array([1.41421356, -1]), np.array([-1.0])", 8),
        ("cubic", "solve", "least() = np.array([s2, -1]), np.array([-0.9999999])", 7),
        ("cubic", "stationary", "every() = [(np.round(x, 8), lam) for x, lam in zero + four]", 8),
        ("line", "multipliers", "line_multiplier(w) = 0.50000001 / w[0]", 7),
    ],
)
def test_few_digits_earn_a_part(small: Course, task: str, ask: str, definition: str, digits: int) -> None:
    found = check(small, task, ask, definition)
    assert (found.verdict, found.note) == (Verdict.PARTIAL, "rounded"), found.message
    assert found.score == pytest.approx(0.8)
    assert f"to about {digits} digits" in found.message
    assert found.evidence is not None
    assert found.evidence.in_units > found.evidence.allowed_units


def test_differences_in_a_system_are_an_approximation(small: Course) -> None:
    body = """L = lambda z: z[0] + z[1] - z[2] * (z[0]**2 + z[1]**2 - 2)
    z, h = np.append(w, lam), 1e-6
    d = np.array([(L(z + h * e) - L(z - h * e)) / (2 * h) for e in np.eye(3)])
    return np.append(d[:2], w @ w - 2)"""
    found = check(small, "line", "system", f"line_system(lam, w) = {body}")
    assert (found.verdict, found.note) == (Verdict.PARTIAL, "finite-difference")


def test_what_hangs_or_raises_costs_itself_only(small: Course) -> None:
    source = f"import numpy as np\n{POINTS}def least():\n    while True: pass\ndef every():\n    return zero + four\n"
    source += "def kind(x, lam):\n    return 1 / 0\n"
    found = small.checks("cubic", source)
    assert found["solve"].verdict is Verdict.TIME_LIMIT
    assert found["stationary"].verdict is Verdict.PASSED
    assert found["classify"].verdict is Verdict.CRASHED
    assert "ZeroDivisionError" in found["classify"].message


def test_what_is_not_defined_is_missing(small: Course) -> None:
    found = small.checks("cubic", "def leest():\n    return 1\n")
    assert [item.verdict for item in found.values()] == [Verdict.MISSING] * 3
    assert "You defined `leest`: is it the name?" in found["solve"].message


def test_a_file_that_cannot_be_imported(small: Course) -> None:
    found = small.checks("cubic", "raise RuntimeError('no')\n")
    assert [item.verdict for item in found.values()] == [Verdict.CRASHED] * 3
