"""The `nabla` command as a user runs it: what it prints, and the exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import MATRIX_CALCULUS, ROOT

SAMPLES = ROOT / "tests" / "submissions" / "matrix-calculus"

pytestmark = pytest.mark.sandbox


@pytest.fixture
def nabla(cache: Path) -> Any:
    def run(*arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "grader.cli", *map(str, arguments)]
        environment = {**os.environ, "NABLA_CACHE": str(cache), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, (done.stdout, done.stderr)
        return done

    return run


def test_lint_says_that_all_is_well(nabla: Any) -> None:
    assert "11 tasks, 40 points, no problems" in nabla("lint", MATRIX_CALCULUS).stdout


def test_lint_prints_all_problems_of_all_assignments(nabla: Any, tmp_path: Path) -> None:
    done = nabla("lint", tmp_path / "nothing", MATRIX_CALCULUS, code=2)
    assert "there is no assignment here: No such file or directory" in done.stderr
    assert "Traceback" not in done.stderr
    assert "no problems" in done.stdout


def test_a_report_of_one_submission(nabla: Any) -> None:
    text = nabla("grade", MATRIX_CALCULUS, SAMPLES / "transposed.py").stdout
    assert "Score 21 / 40" in text
    assert "Hint (transposed): The right numbers in the other layout" in text
    assert "Hint (symmetric-only)" in text


def test_many_submissions_are_a_line_each_and_the_worst_outcome_is_the_status(nabla: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("def (")
    lines = nabla("grade", MATRIX_CALCULUS, SAMPLES / "all_right.py", broken, code=3).stdout.splitlines()
    assert lines[0].split()[:4] == ["all_right.py", "40", "/", "40"]
    assert "not_gradable: solution.py line 1: this is not Python: invalid syntax" in lines[1]


EXPECTED_SCORES = {
    "all_right.py": 40,
    "transposed.py": 21,
    "half_right.py": 17,
    "endless.py": 35,
    "crashes.py": 16,
    "notebook.ipynb": 40,
}


def test_json_reports_have_the_agreed_form(nabla: Any) -> None:
    paths = [SAMPLES / name for name in EXPECTED_SCORES]
    reports = [json.loads(line) for line in nabla("grade", MATRIX_CALCULUS, *paths, "--json").stdout.splitlines()]
    assert [report["score"] for report in reports] == list(EXPECTED_SCORES.values())
    for report, path in zip(reports, paths, strict=True):
        agreed = {"format", "assignment", "submission", "outcome", "score", "max_score", "tasks", "figures"}
        assert agreed | {"environment", "timing"} <= set(report)
        assert report["format"] == 1
        assert report["assignment"]["id"] == "matrix-calculus"
        assert report["assignment"]["revision"].startswith("sha256:")
        assert report["submission"]["files"] == [path.name]
        assert len(report["submission"]["sha256"]) == 64
        assert set(report["environment"]) == {"grader", "runtime", "seed", "sandbox"}
        assert report["environment"]["sandbox"]["launcher"] == "namespaces"
        assert set(report["timing"]) == {"queued_ms", "sandbox_ms", "total_ms"}
        checks = [check for task in report["tasks"] for check in task["checks"]]
        keys = ["id", "title", "verdict", "score", "max_score", "message", "note", "hint", "visibility", "evidence"]
        assert all(set(check) == set(keys) for check in checks)


def test_a_student_does_not_see_the_seed(nabla: Any) -> None:
    line = nabla("grade", MATRIX_CALCULUS, SAMPLES / "all_right.py", "--json", "--audience", "student").stdout
    assert "seed" not in json.loads(line)["environment"]


def test_one_task_and_a_seed(nabla: Any) -> None:
    arguments = ("grade", MATRIX_CALCULUS, SAMPLES / "all_right.py", "--json", "--task", "cubic", "--seed", "s")
    report = json.loads(nabla(*arguments).stdout)
    assert [task["id"] for task in report["tasks"]] == ["cubic"]
    assert report["max_score"] == 2
    assert report["environment"]["seed"] == "s"


def test_an_unknown_task_is_told_with_the_near_one(nabla: Any) -> None:
    done = nabla("grade", MATRIX_CALCULUS, SAMPLES / "all_right.py", "--task", "cubik", code=2)
    assert "has no task `cubik`; did you mean `cubic`?" in done.stderr


@pytest.mark.parametrize("arguments", [["grade"], ["grade", "x"], ["lint"], ["nonsense"], ["grade", "--bad", "a", "b"]])
def test_wrong_usage(nabla: Any, arguments: list[str]) -> None:
    assert "Usage: " in nabla(*arguments, code=2).stderr


def test_an_unreadable_submission_is_not_gradable(nabla: Any, tmp_path: Path) -> None:
    done = nabla("grade", MATRIX_CALCULUS, tmp_path / "nothing.py", code=3)
    assert "cannot be read: No such file or directory; hand in a .py file" in done.stdout


def test_starter_scores_nothing_and_solution_everything(nabla: Any) -> None:
    starter, solution = MATRIX_CALCULUS / "starter", MATRIX_CALCULUS / "solution"
    lines = nabla("grade", MATRIX_CALCULUS, starter, solution, "--json").stdout.splitlines()
    assert [json.loads(line)["score"] for line in lines] == [0, 40]


def test_a_terminal_is_safe_from_what_a_student_prints(nabla: Any, tmp_path: Path) -> None:
    evil = tmp_path / "evil\x1b[31m.py"
    evil.write_text("print('\\x1b[2J\\u202e')\ndef grad_dot(x, a): raise ValueError('\\x1b]0;owned\\x07')\n")
    text = nabla("grade", MATRIX_CALCULUS, evil).stdout
    assert "owned" in text
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_a_wrong_solution_in_the_yaml_is_blamed_at_its_place(nabla: Any, tmp_path: Path) -> None:
    folder = tmp_path / "matrix-calculus"
    for part in ("starter", "solution"):
        (folder / part).mkdir(parents=True)
        (folder / part / "solution.py").write_text("x = 1\n")
    text = (MATRIX_CALCULUS / "assignment.yaml").read_text().replace("solution: 2 * W @ r", "solution: W @ r")
    (folder / "prompt.md").write_text("read this")
    (folder / "assignment.yaml").write_text(text)
    line = text[: text.index("solution: W @ r")].count("\n") + 1
    done = nabla("grade", folder, SAMPLES / "all_right.py", code=2)
    assert f"assignment.yaml:{line}:15: `solution` disagrees with the reference at point 0" in done.stderr
    assert "(ratio 0.5)" in done.stderr


def test_a_damaged_cache_is_computed_again(nabla: Any, cache: Path) -> None:
    nabla("grade", MATRIX_CALCULUS, SAMPLES / "all_right.py", "--task", "cubic")
    for path in cache.rglob("*.bundle"):
        path.write_bytes(path.read_bytes()[:100])
    report = json.loads(nabla("grade", MATRIX_CALCULUS, SAMPLES / "all_right.py", "--json").stdout)
    assert report["score"] == 40


def test_a_warm_cache_needs_no_torch(cache: Path, nabla: Any) -> None:
    nabla("grade", MATRIX_CALCULUS, SAMPLES / "all_right.py")
    script = (
        "import sys\nfrom grader.cli.main import nabla\ntry:\n    nabla()\nfinally:\n    print('torch' in sys.modules)"
    )
    command = [sys.executable, "-c", script, "grade", str(MATRIX_CALCULUS), str(SAMPLES / "all_right.py")]
    environment = {**os.environ, "NABLA_CACHE": str(cache)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
