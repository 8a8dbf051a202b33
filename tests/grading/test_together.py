"""Tasks share a child where that changes nothing, and only there: each is graded as if it were alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.bundles import Bundles
from grader.domain.assignment import Assignment, Visibility
from grader.domain.limits import Limits
from grader.domain.report import Report, Verdict
from grader.grading import Grader
from grader.sandbox.run import Program, Run
from grader.sandbox.slot import Slot
from tests.conftest import MATRIX_CALCULUS, ROOT, submission_of

pytestmark = pytest.mark.sandbox

RIGHT = (MATRIX_CALCULUS / "solution" / "solution.py").read_text()
SAMPLES = ROOT / "tests" / "submissions" / "matrix-calculus"


class Counting(Slot):
    """A slot that remembers what it was asked to run."""

    def __init__(self, slot: Slot) -> None:
        self.inner = slot
        self.programs: list[Program] = []
        self.runtime = slot.runtime

    def warm(self) -> object:  # type: ignore[override]
        return self.inner.warm()

    def run(self, program: Program) -> Run:
        self.programs.append(program)
        return self.inner.run(program)


@pytest.fixture
def counting(slot: Slot) -> Counting:
    return Counting(slot)


def verdicts(report: Report) -> dict[str, list[str]]:
    return {task.id: [check.verdict.value for check in task.checks] for task in report.tasks}


def outputs(report: Report) -> dict[str, str]:
    return {task.id: task.output for task in report.tasks}


def test_a_right_submission_costs_one_child(assignment: Assignment, counting: Counting, bundles: Bundles) -> None:
    report = Grader(assignment, counting, bundles).grade(submission_of(RIGHT))
    assert report.score == 40
    assert len(counting.programs) == 1


def test_no_child_with_hidden_inputs_comes_before_one_whose_output_is_shown(
    assignment: Assignment, counting: Counting, bundles: Bundles
) -> None:
    """It could leave them where a later one can measure them, such as in what the kernel remembers of files."""
    hidden = {"dot", "logdet"}
    tasks = tuple(
        replace(task, visibility=dict.fromkeys(task.visibility, Visibility.HIDDEN)) if task.id in hidden else task
        for task in assignment.tasks
    )
    grader = Grader(replace(assignment, tasks=tasks), counting, bundles)
    report = grader.grade(submission_of("print('so that each is run alone')\n" + RIGHT))
    assert report.score == 40
    asked = [
        {step[1] for probe in program.probes for step in probe if step[0] == "name"} for program in counting.programs
    ]
    of_hidden = [bool({"grad_dot", "grad_logdet"} & names) for names in asked[1:]]
    assert of_hidden == sorted(of_hidden)
    assert sum(of_hidden) == 2


def test_points_are_drawn_by_a_secret(assignment: Assignment, counting: Counting, bundles: Bundles) -> None:
    def drawn(secret: str, text: str = RIGHT) -> str:
        return Grader(assignment, counting, bundles, secret).grade(submission_of(text), only="dot").environment.seed

    assert drawn("one") == drawn("one") != drawn("another")
    assert drawn("one") != drawn("")


def test_a_wrong_answer_is_wrong_the_first_time(assignment: Assignment, counting: Counting, bundles: Bundles) -> None:
    report = Grader(assignment, counting, bundles).grade(submission_of(RIGHT + "\ndef grad_dot(x, a): return 2 * a\n"))
    assert verdicts(report)["dot"] == ["failed"]
    assert len(counting.programs) == 1


def test_a_task_without_answers_is_run_again_alone(
    assignment: Assignment, counting: Counting, bundles: Bundles
) -> None:
    report = Grader(assignment, counting, bundles).grade(submission_of(RIGHT + "\ndef grad_dot(x, a): 1 / 0\n"))
    assert verdicts(report)["dot"] == ["crashed"]
    assert len(counting.programs) == 2
    assert len(counting.programs[1].probes) < len(counting.programs[0].probes)


GUESS = """
import builtins
def grad_dot(x, a):
    builtins.beside_others = True
    return a
def grad_quadratic(A, x):
    right = (A + A.T) @ x
    return right if BESIDE hasattr(builtins, "beside_others") else right / 2
"""


@pytest.mark.parametrize("word", ["", "not"])
def test_nobody_gets_two_guesses(strict_grader: Grader, word: str) -> None:
    """One formula beside the other tasks, another one alone: only the first is ever looked at."""
    report = strict_grader.grade(submission_of(RIGHT + GUESS.replace("BESIDE", word)))
    assert set(verdicts(report)["quadratic"]) == ({"failed"} if word else {"passed"})


def test_no_task_passes_by_what_another_one_set(strict_grader: Grader) -> None:
    """`quadratic` needs a name that only a call of `dot` sets; alone it would crash, and beside it, too."""
    leaning = RIGHT.replace("import numpy as np", "", 1) + (
        "\ndef grad_dot(x, a):\n    global np\n    import numpy as np\n    return a\n"
        "\ndef grad_quadratic(A, x):\n    return np.asarray((A + A.T) @ x)\n"
    )
    report = strict_grader.grade(submission_of(leaning))
    assert verdicts(report)["dot"] == ["passed"]
    assert set(verdicts(report)["quadratic"]) == {"crashed"}


def test_settings_of_numpy_are_those_of_the_start(strict_grader: Grader) -> None:
    strict = RIGHT + "\ndef grad_dot(x, a):\n    np.seterr(all='raise')\n    return a\n"
    report = strict_grader.grade(submission_of(strict))
    assert {word for words in verdicts(report).values() for word in words} == {"passed"}


@pytest.mark.parametrize("sample", ["all_right", "transposed", "half_right", "crashes"])
def test_each_task_ends_as_it_does_alone(grader: Grader, assignment: Assignment, sample: str) -> None:
    submission = submission_of((SAMPLES / f"{sample}.py").read_bytes())
    together = grader.grade(submission)
    for task in assignment.tasks:
        alone = grader.grade(submission, only=task.id)
        theirs = next(item for item in together.tasks if item.id == task.id)
        if theirs.checks[0].verdict is not Verdict.SKIPPED:
            assert alone.tasks == (theirs,)


POISONS = {
    "a name that the others use": "global np; np = None",
    "numpy itself": "np.cos = np.sin; np.linalg.inv = lambda A: A",
    "its own module": "globals().update(grad_quadratic=None)",
    "what the grader's half inside uses": "import numpy; numpy.array_equal = lambda *_: False",
    "the end of the process": "import os; os._exit(0)",
    "an exception of the worst kind": "raise SystemExit",
    "no memory left": "x = [bytes(1 << 20) for _ in range(10**6)]",
    "recursion": "import sys; sys.setrecursionlimit(10**9); f = lambda: f(); f()",
    "output without end": "while True: print('x' * 10**6)",
}


@pytest.mark.parametrize("poison", POISONS.values(), ids=POISONS)
def test_what_one_task_breaks_costs_no_other(strict_grader: Grader, poison: str) -> None:
    """`dot` comes first; `quadratic` is right, whatever `dot` does."""
    body = "".join(f"    {line}\n" for line in poison.split("\n"))
    report = strict_grader.grade(submission_of(f"{RIGHT}\ndef grad_dot(x, a):\n{body}    return a + 1\n"))
    assert verdicts(report)["dot"] != ["passed"]
    assert set(verdicts(report)["quadratic"]) == {"passed"}


def test_an_endless_task_is_not_waited_for_twice(
    grader: Grader, assignment: Assignment, slot: Slot, bundles: Bundles
) -> None:
    limits = Limits(wall=3.0, cpu=2.5)
    tasks = tuple(replace(task, limits=limits) for task in assignment.tasks if task.id in ("dot", "quadratic"))
    impatient = Grader(replace(assignment, tasks=tasks), slot, bundles)
    report = impatient.grade(submission_of(RIGHT + "\ndef grad_dot(x, a):\n    while True: pass\n"))
    assert verdicts(report)["dot"] == ["time_limit"]
    assert set(verdicts(report)["quadratic"]) == {"passed"}
    assert report.timing.sandbox < 1000 * (1 + 3 + 1.5)


def test_slow_but_right_passes_within_its_own_limits(assignment: Assignment, slot: Slot, bundles: Bundles) -> None:
    tasks = tuple(task for task in assignment.tasks if task.id in ("dot", "quadratic"))
    report = Grader(replace(assignment, tasks=tasks), slot, bundles).grade(
        submission_of(RIGHT.replace("import numpy as np", "import numpy as np, time\ntime.sleep(1.2)", 1))
    )
    assert verdicts(report) == {"dot": ["passed"], "quadratic": ["passed", "passed"]}


def test_output_belongs_to_the_task_that_printed_it(grader: Grader) -> None:
    report = grader.grade(
        submission_of(f"print('imported')\n{RIGHT}\ndef grad_dot(x, a):\n    print('dot')\n    return a\n")
    )
    assert report.score == 40
    assert outputs(report)["dot"].startswith("imported\ndot\n")
    assert outputs(report)["cubic"] == "imported\n"


def test_hidden_inputs_are_in_no_shared_child(assignment: Assignment, counting: Counting, bundles: Bundles) -> None:
    hidden = [
        replace(task, visibility=dict.fromkeys(task.visibility, Visibility.HIDDEN)) if task.id == "dot" else task
        for task in assignment.tasks
    ]
    grader = Grader(replace(assignment, tasks=tuple(hidden)), counting, bundles)
    assert grader.grade(submission_of(RIGHT)).score == 40
    names = [_called(program) for program in counting.programs]
    assert len(names) == 2
    assert "grad_dot" not in names[0]
    assert names[1] == {"grad_dot"}


def _called(program: Program) -> set[str]:
    return {instruction[1] for probe in program.probes for instruction in probe if instruction[0] == "name"}


def test_remarks_say_nothing_of_a_hidden_run(assignment: Assignment, slot: Slot, bundles: Bundles) -> None:
    """What code raises while it is loaded may hold any input that its child holds."""
    tasks = tuple(
        replace(task, visibility=dict.fromkeys(task.visibility, Visibility.HIDDEN))
        for task in assignment.tasks
        if task.id == "dot"
    )
    cells = (("cell 1", RIGHT.encode()), ("cell 2", b"raise ValueError('a hidden input')"))
    submission = replace(submission_of(RIGHT), units=cells, notebook=True)
    report = Grader(replace(assignment, tasks=tasks), slot, bundles).grade(submission)
    assert verdicts(report)["dot"] == ["passed"]
    assert report.remarks == ()
