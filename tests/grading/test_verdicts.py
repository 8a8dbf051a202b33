"""Every way in which a submission can go wrong has its own verdict and sentence, and costs only its own task.

The functions of two tasks are handed in: `grad_quadratic` misbehaves, `grad_dot` is right and must stay so.
"""

from __future__ import annotations

import dataclasses

import pytest

from grader.domain.assignment import Visibility
from grader.domain.report import CheckReport, Outcome, Report, Verdict
from grader.grading import Grader
from grader.sandbox import wire
from tests.conftest import submission_of

pytestmark = pytest.mark.sandbox

DOT = "import numpy as np\ndef grad_dot(x, a):\n    return a\n"


def report_on(grader: Grader, body: str, head: str = "") -> Report:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return grader.grade(submission_of(f"{DOT}{head}\ndef grad_quadratic(A, x):\n{lines}"))


def check_of(report: Report) -> CheckReport:
    dot, quadratic = report.tasks
    assert dot.score == dot.max_score == 2, "the other task is graded as ever"
    assert quadratic.score == 0 or quadratic.checks[0].verdict is Verdict.PASSED
    return quadratic.checks[0]


RIGHT = "(A + A.T) @ x"

BAD = {
    "exception": ("return A[100] @ x", Verdict.CRASHED, "IndexError: index 100 is out of bounds"),
    "own line shown": ("return A[100] @ x", Verdict.CRASHED, "solution.py line 6: return A[100] @ x"),
    "wrong argument type": ("return A.nothing(x)", Verdict.CRASHED, "AttributeError"),
    "infinite loop": ("while True: pass", Verdict.TIME_LIMIT, "Too much computing time: 0.5"),
    "sleeps": ("import time; time.sleep(60)", Verdict.TIME_LIMIT, "Not finished in time: 3"),
    "memory hog": ("return np.ones(10**9) @ x", Verdict.MEMORY_LIMIT, "96 MiB allowed"),
    "endless print": ("while True: print('y' * 999)", Verdict.OUTPUT_LIMIT, "more than 16 MiB"),
    "exits": ("import os; os._exit(0)", Verdict.CRASHED, "with exit code 0"),
    "sys.exit": ("raise SystemExit(0)", Verdict.CRASHED, "SystemExit: 0"),
    "segmentation fault": ("import ctypes; ctypes.string_at(0)", Verdict.CRASHED, "ended by SIGSEGV"),
    "endless recursion": ("return grad_quadratic(A, x)", Verdict.CRASHED, "RecursionError: maximum recursion depth"),
    "reads input": ("return input()", Verdict.CRASHED, "EOFError"),
    "writes to the channel": ("import os; os.write(4, b'x' * 99)", Verdict.INVALID_OUTPUT, "grader's channel"),
    "nothing returned": ("pass", Verdict.INVALID_OUTPUT, "your function returned NoneType"),
    "text": ("return 'zero'", Verdict.INVALID_OUTPUT, "your function returned str"),
    "ragged list": ("return [[1], [1, 2]]", Verdict.INVALID_OUTPUT, "your function returned list"),
    "object array": ("return x.astype(object)", Verdict.INVALID_OUTPUT, "dtype object"),
    "complex": (f"return {RIGHT} + 0j", Verdict.INVALID_OUTPUT, "dtype complex128"),
    "truth values": ("return x > 0", Verdict.INVALID_OUTPUT, "dtype bool"),
    "far too large": ("return np.ones((2000, 2000))", Verdict.INVALID_OUTPUT, "shape (2000, 2000)"),
    "column": (f"return ({RIGHT})[:, None]", Verdict.INVALID_OUTPUT, "your function returned shape ("),
    "scalar": ("return 1.0", Verdict.INVALID_OUTPUT, "your function returned a single number"),
    "empty": ("return x[:0]", Verdict.INVALID_OUTPUT, "your function returned shape (0,)"),
    "nan": (f"return {RIGHT} * np.nan", Verdict.INVALID_OUTPUT, "entries are NaN or infinite"),
    "one infinity": (f"g = {RIGHT}; g[-1] = np.inf; return g", Verdict.INVALID_OUTPUT, "1 of"),
    "float32": (f"return ({RIGHT}).astype('f4')", Verdict.FAILED, "returned float32"),
    "float16": (f"return ({RIGHT}).astype('f2')", Verdict.FAILED, "returned float16"),
    "changes its argument": (f"g = {RIGHT}; x *= 2; return g", Verdict.FAILED, "changed its argument x"),
    "random": (f"return {RIGHT} * (1 + 1e-14 * np.random.rand())", Verdict.FAILED, "two different answers"),
    "wrong value": (f"return 1.001 * {RIGHT}", Verdict.FAILED, "wrong, at worst off by 0.1 %"),
}


@pytest.mark.parametrize(("body", "verdict", "fragment"), BAD.values(), ids=BAD.keys())
def test_misbehaviour(strict_grader: Grader, body: str, verdict: Verdict, fragment: str) -> None:
    check = check_of(report_on(strict_grader, body))
    assert check.verdict is verdict
    assert fragment in check.message


def test_a_list_is_taken_with_a_remark(strict_grader: Grader) -> None:
    check = check_of(report_on(strict_grader, f"return list({RIGHT})"))
    assert check.verdict is Verdict.PASSED
    assert "It returned a list" in check.message


def test_a_formula_that_loses_digits_passes_with_a_remark(strict_grader: Grader) -> None:
    check = check_of(
        report_on(strict_grader, f"big = 1000 * np.abs(x).max() * np.abs(A).max()\nreturn {RIGHT} + big - big")
    )
    assert check.verdict is Verdict.PASSED
    assert "loses digits" in check.message


def test_missing_function_names_the_near_one(strict_grader: Grader) -> None:
    report = strict_grader.grade(submission_of(DOT + "def grad_quadratik(A, x): return x\n"))
    check = check_of(report)
    assert check.verdict is Verdict.MISSING
    assert check.message.endswith("You defined `grad_quadratik`: is it the name?")


def test_missing_function_without_a_near_one(strict_grader: Grader) -> None:
    check = check_of(strict_grader.grade(submission_of(DOT)))
    assert check.message == (
        "There is no function `grad_quadratic` in your submission. "
        "Define it at the top level of the file, with exactly this name."
    )


@pytest.mark.parametrize(
    ("signature", "shown"), [("(A)", "(A)"), ("(A, x, s)", "(A, x, s)"), ("(*, A, x)", "(*, A, x)")]
)
def test_wrong_arguments(strict_grader: Grader, signature: str, shown: str) -> None:
    check = check_of(strict_grader.grade(submission_of(DOT + f"def grad_quadratic{signature}: return A\n")))
    assert check.verdict is Verdict.CRASHED
    assert "It is called with 2 arguments, by position: A, x." in check.message
    assert f"Yours takes {shown}." in check.message


def test_syntax_error_is_not_gradable(strict_grader: Grader) -> None:
    report = strict_grader.grade(submission_of(DOT + "def grad_quadratic(A, x:\n    return x\n"))
    assert report.outcome is Outcome.NOT_GRADABLE
    assert report.score is None
    assert report.message.startswith(
        "solution.py line 4: this is not Python: '(' was never closed. Nothing could be run"
    )
    assert report.message.endswith("def grad_quadratic(A, x:")


@pytest.mark.parametrize("source", [b"\0", b"x = '\xff'", b"# coding: nonsense\n", b"(" * 5000])
def test_bytes_that_are_no_python_are_not_gradable(strict_grader: Grader, source: bytes) -> None:
    report = strict_grader.grade(submission_of(source))
    assert report.outcome is Outcome.NOT_GRADABLE
    assert "this is not Python" in report.message


def test_exception_while_imported_is_graded_with_zero(strict_grader: Grader) -> None:
    report = strict_grader.grade(submission_of(DOT + "import matplotlib\n"))
    assert report.outcome is Outcome.GRADED
    assert report.score == 0
    message = report.tasks[0].checks[0].message
    assert "ModuleNotFoundError: No module named 'matplotlib' while it was imported" in message
    assert "solution.py line 4: import matplotlib" in message


def test_a_required_task_that_earned_nothing_skips_the_other(strict_grader: Grader) -> None:
    assignment = strict_grader._assignment
    dot, quadratic = assignment.tasks
    chained = dataclasses.replace(assignment, tasks=(dot, dataclasses.replace(quadratic, requires=("dot",))))
    grader = Grader(chained, strict_grader._slot, strict_grader._bundles)
    both = grader.grade(submission_of(f"def grad_dot(x, a): return x\ndef grad_quadratic(A, x): return {RIGHT}\n"))
    assert {check.verdict for check in both.tasks[1].checks} == {Verdict.SKIPPED}
    assert both.tasks[1].checks[0].message == "Skipped, because it needs dot, which earned nothing yet."
    assert grader.grade(submission_of(DOT + f"def grad_quadratic(A, x): return {RIGHT}\n")).score == 7


def test_forged_frames_change_nothing(strict_grader: Grader) -> None:
    """A frame written at import time comes before the report on the units, out of turn."""
    frame = wire.frame(wire.Kind.REPLY, [])
    forged = DOT + f"import os\nos.write(4, {frame!r})\n"
    report = strict_grader.grade(submission_of(forged))
    assert report.score == 0
    assert report.tasks[0].checks[0].verdict is Verdict.INVALID_OUTPUT


WALK = """
import sys
frame = sys._getframe()
while "pipes" not in frame.f_locals:
    frame = frame.f_back
pipes, wire = frame.f_locals["pipes"], sys.modules["grader.sandbox.wire"]
"""


def test_code_that_runs_cannot_call_itself_unreadable(strict_grader: Grader) -> None:
    """It would be a way out of a bad grading, and a way to carry the inputs out in the message."""
    unit = '["solution.py", "syntax", "SyntaxError", "the inputs", [["solution.py", 1]], []]'
    forged = f"{DOT}{WALK}pipes.send(wire.Kind.LOADED, [[{unit}], []])\nwhile True: pass\n"
    report = strict_grader.grade(submission_of(forged))
    assert (report.outcome, report.score) == (Outcome.GRADED, 0)
    assert {check.verdict for task in report.tasks for check in task.checks} == {Verdict.INVALID_OUTPUT}
    assert "the inputs" not in str(report)


def test_a_visible_check_runs_without_the_inputs_of_a_hidden_one(strict_grader: Grader) -> None:
    assignment = strict_grader._assignment
    dot, quadratic = assignment.tasks
    hidden = dict(quadratic.visibility) | {"scaled": Visibility.HIDDEN}
    changed = dataclasses.replace(assignment, tasks=(dot, dataclasses.replace(quadratic, visibility=hidden)))
    grader = Grader(changed, strict_grader._slot, strict_grader._bundles)
    counting = f"{DOT}{WALK}\nknown = 0\ndef grad_quadratic(A, x):\n    raise ValueError(str(abs(x).max() > 1e100))\n"
    report = grader.grade(submission_of(counting))
    assert [check.message.split()[4] for check in report.tasks[1].checks] == ["False", "True"]
    count = f"{DOT}\nimport gc\ndef grad_quadratic(A, x):\n    print(len(gc.get_objects()) > 0)\n    return {RIGHT}\n"
    assert grader.grade(submission_of(count)).tasks[1].output.count("True") == 25


TRICKS = """
import numpy as np
class Equal(np.ndarray):
    def __eq__(self, other): return True
    def __sub__(self, other): return np.zeros(3)
    def __array_ufunc__(self, *a, **k): return True
    shape = property(lambda self: (1, 2, 3))
class Number(float):
    def __eq__(self, other): return True
    def __array__(self, *a, **k): return np.zeros(2)
np.allclose = np.array_equal = lambda *a, **k: True
def grad_dot(x, a): return np.zeros_like(a).view(Equal)
def grad_quadratic(A, x): return Number(1.0)
"""


def test_objects_that_claim_to_equal_everything_earn_nothing(strict_grader: Grader) -> None:
    assert strict_grader.grade(submission_of(TRICKS)).score == 0


def test_the_same_bytes_meet_the_same_points(strict_grader: Grader) -> None:
    wrong = submission_of(DOT + "def grad_quadratic(A, x): return 2 * A @ x\n")
    first, second = strict_grader.grade(wrong), strict_grader.grade(wrong)
    others = [strict_grader.grade(wrong, seed=f"another {number}") for number in range(6)]
    assert first.tasks == second.tasks
    assert len({report.tasks[1].checks[0].evidence for report in others}) > 1


def test_lines_of_a_very_long_file_are_not_shown(strict_grader: Grader) -> None:
    """A report may show hundreds of lines; each of them would cost reading all of it."""
    body = "exec(compile('\\n' * 9 + 'raise ValueError(1)', __file__.replace('solution.py', 'big.txt'), 'exec'))"
    source = f"{DOT}def grad_quadratic(A, x):\n    {body}\n"
    for size, shown in ((100, True), (2 << 20, False)):
        big = ("big.txt", b"\n" * 9 + b"line ten" + b"\n" * size)
        report = strict_grader.grade(dataclasses.replace(submission_of(source), others=(big,)))
        message = report.tasks[1].checks[0].message
        assert "ValueError: 1" in message
        assert ("line ten" in message) == shown


def test_a_file_is_compiled_as_python_compiles_it(strict_grader: Grader) -> None:
    """And not under the `from __future__` of the module that compiles it: annotations are evaluated."""
    report = strict_grader.grade(
        submission_of(f"{DOT}kept = []\ndef noted(x: kept.append(1)): pass\nassert kept == [1]\n")
    )
    assert report.tasks[0].score == 2
