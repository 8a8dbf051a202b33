"""Tasks of every ask through the sandbox: right answers of all kinds pass, wrong ones and approximations do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.bundles import Bundles
from grader.domain.report import CheckReport, Verdict
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.checks.grading import checks, grader_of, notes
from tests.conftest import submission_of

pytestmark = pytest.mark.sandbox

HEAD = "format: 1\nid: asks\ntitle: Asks\nfile: solution.py\ntasks:\n"
VECTORS = 'given: {A: "matrix[m, n]", x: "vector[n]"}\n    dims: {m: 2..5, n: 3..6}\n    f: sin(A @ x)\n    wrt: x'
SQUARE = (
    'given: {A: "matrix[n, n] nonsymmetric", x: "vector[n]"}\n    dims: {n: 3..6}\n    f: (x @ A @ x)**2\n    wrt: x'
)
TASKS = {
    "push": ("push(A, x, v)", VECTORS, "ask: jvp\n    direction: v"),
    "pull": ("pull(A, x, u)", VECTORS, "ask: vjp\n    cotangent: u"),
    "bend": ("bend(A, x)", SQUARE, "ask: hessian"),
    "turn": ("turn(A, x, v)", SQUARE, "ask: hvp\n    direction: v"),
    "slope": ("slope(s)", 'given: {s: "scalar real[0.5,2]"}\n    f: s**3\n    wrt: s', "ask: gradient"),
    "near": (
        "near(s)",
        'given: {s: "scalar real[0.5,2]"}\n    f: s**3\n    wrt: s',
        "ask: gradient\n    approximate: 0%",
    ),
}
H = "q = x @ A @ x; S = A + A.T; H = 2 * np.outer(S @ x, S @ x) + 2 * q * S; return "
RIGHT = {
    "push": ("np.cos(A @ x) * (A @ v)", "(np.diag(np.cos(A @ x)) @ A) @ v", "[c * (a @ v) for c, a in zip(np.cos(A @ x), A)]"),
    "pull": ("A.T @ (np.cos(A @ x) * u)", "(u * np.cos(A @ x)) @ A", "np.einsum('i,i,ij->j', u, np.cos(A @ x), A)"),
    "bend": (H + "H", H + "(H + H.T) / 2"),
    "turn": (H + "H @ v", "S = A + A.T; return 2 * (S @ x) * ((S @ x) @ v) + 2 * (x @ A @ x) * (S @ v)"),
    "slope": ("3 * s**2", "3 * s * s", "s * (s + s + s)"),
    "near": ("3 * s**2",),
}  # fmt: skip
WRONG = {
    "push": (
        "np.cos(A @ x) * (A @ x)", "A @ v", "np.cos(A @ x)", "-np.cos(A @ x) * (A @ v)", "2 * np.cos(A @ x) * (A @ v)",
        "1.001 * np.cos(A @ x) * (A @ v)", "np.zeros(len(A))", "np.full(len(A), np.nan)", "np.sin(A @ x) * (A @ v)",
        "np.diag(np.cos(A @ x)) @ A", "np.cos(A @ x) * (A @ np.ones(len(x)))",
    ),
    "pull": (
        "A.T @ np.cos(A @ x)", "A.T @ u", "-A.T @ (np.cos(A @ x) * u)", "0.5 * A.T @ (np.cos(A @ x) * u)",
        "0.999 * A.T @ (np.cos(A @ x) * u)", "np.full(len(x), np.nan)", "x", "(A.T @ (np.cos(A @ x) * u))[None]",
        "np.cos(A @ x) * (A @ x)",
    ),
    "bend": (
        H + "2 * q * S", H + "2 * np.outer(S @ x, S @ x)", H + "H / 2", H + "-H", H + "H * 1.001",
        H + "H @ x", "q = x @ A @ x; return 8 * np.outer(A @ x, A @ x) + 4 * q * A", "A + A.T", H + "np.diag(np.diag(H))",
        "np.full((len(x), len(x)), np.inf)",
    ),
    "turn": (
        H + "H @ x", H + "H", H + "2 * H @ v", H + "1.001 * H @ v", H + "2 * q * S @ v", "v",
        H + "H @ np.ones(len(x))", "q = x @ A @ x; return 2 * q * (A + A.T) @ x", "np.zeros(len(x))",
    ),
    "slope": ("s**2", "3 * s", "s**3", "3.003 * s**2", "s**4 / 4", "float('nan')", "12.0", "-3 * s**2"),
    "near": ("3.003 * s**2", "((s + 1e-6)**3 - (s - 1e-6)**3) / 2e-6", "((s + 1e-8)**3 - s**3) / 1e-8"),
}  # fmt: skip


@pytest.fixture(scope="module")
def asks(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> Grader:
    folder = tmp_path_factory.mktemp("asks") / "asks"
    for part in ("starter", "solution"):
        (folder / part).mkdir(parents=True)
        (folder / part / "solution.py").write_text("pass\n")
    tasks = [
        f"  - id: {name}\n    kind: derivative\n    points: 5\n    implement: {implement}\n    {given}\n    {ask}\n"
        for name, (implement, given, ask) in TASKS.items()
    ]
    (folder / "assignment.yaml").write_text(HEAD + "".join(tasks))
    return Grader(load(folder), slot, bundles)


def check(asks: Grader, task: str, body: str) -> CheckReport:
    """`body` is an expression, or statements that return."""
    statements = body if "return " in body else f"return {body}"
    source = f"import numpy as np\ndef {TASKS[task][0]}:\n    {statements}\n"
    (found,) = asks.grade(submission_of(source), "a seed", only=task).tasks[0].checks
    return found


@pytest.mark.parametrize("task", TASKS)
def test_right_answers_pass(asks: Grader, task: str) -> None:
    for body in RIGHT[task]:
        found = check(asks, task, body)
        assert found.verdict is Verdict.PASSED, (body, found.message)
        assert found.score == 5


@pytest.mark.parametrize("task", TASKS)
def test_wrong_answers_earn_nothing(asks: Grader, task: str) -> None:
    for body in WRONG[task]:
        found = check(asks, task, body)
        assert found.verdict in (Verdict.FAILED, Verdict.INVALID_OUTPUT), (body, found.message)
        assert found.score == 0


@pytest.mark.parametrize("body", ["((s + 1e-6)**3 - (s - 1e-6)**3) / 2e-6", "((s + 1e-8)**3 - s**3) / 1e-8"])
def test_an_approximation_earns_a_part_and_is_told(asks: Grader, body: str) -> None:
    found = check(asks, "slope", body)
    assert (found.verdict, found.score, found.note) == (Verdict.PARTIAL, 2, "finite-difference")
    assert "this is an approximation of the derivative, not the derivative" in found.message
    assert found.hint


@pytest.mark.parametrize(
    ("task", "body", "note"),
    [
        ("push", "-np.cos(A @ x) * (A @ v)", "sign"),
        ("pull", "2 * A.T @ (np.cos(A @ x) * u)", "scale.double"),
        ("turn", H + "H @ v / 2", "scale.half"),
        ("bend", H + "H.T * 2", "scale.double"),
        ("push", "np.sin(A @ x) * (A @ v)", "function.undifferentiated"),
        ("slope", "s**2", "power.coefficient"),
        ("pull", "A.T @ (np.sin(A @ x) * u)", "function.undifferentiated"),
    ],
)
def test_mistakes_are_named(asks: Grader, task: str, body: str, note: str) -> None:
    assert check(asks, task, body).note == note


HUGE = """
  - id: length
    kind: derivative
    points: 1
    implement: length(x)
    given: {x: "vector[4]"}
    f: norm(x)
    wrt: x
    ask: gradient
    groups: {generic: {points: 4, weight: 50}, far: {points: 4, weight: 50, huge: [x]}}
"""


def test_what_is_not_finite_where_inputs_are_huge(tmp_path: Path, slot: Slot, bundles: Bundles) -> None:
    """The formula is right, and x @ x overflows; where it is not finite anywhere, nothing is said about that."""
    grader = grader_of(tmp_path, HEAD.replace("id: asks", "id: demo") + HUGE, slot, bundles)
    source = (
        "import numpy as np\ndef length(x):\n    return {0} * x / np.sqrt(x @ x / {0}) if x @ x < 1e300 else x * {1}\n"
    )
    found = checks(grader, source.format("1", "np.inf"))
    assert notes(found) == {"far": "overflow"}
    assert notes(checks(grader, source.format("np.inf", "np.inf"))) == {"generic": None, "far": None}
