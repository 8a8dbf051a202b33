"""A revision is put in use when its bundles are there and its author's solution earns every point."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from grader.archives import pack
from grader.service.models import Assignment, Course, Revision, State, StoredBundle, User
from grader.service.publishing import publish
from grader.worker import prepare as prepare_module
from grader.worker.prepare import Prepare
from tests.service.demo import OPEN, SOLUTION
from tests.specs.writing import write

pytestmark = [pytest.mark.sandbox, pytest.mark.django_db]


def publish_with_solution(staff: User, folder: Path, solution: bytes = SOLUTION, text: str = OPEN) -> Revision:
    written = write(folder, text)
    (written / "solution" / "solution.py").write_bytes(solution)
    return publish(staff, Course.objects.get(), pack(written))


def prepared(prepare: Prepare, revision: Revision) -> Revision:
    prepare.run(revision.pk)
    revision.refresh_from_db()
    return revision


def test_ready(staff: User, tmp_path: Path, prepare: Prepare) -> None:
    revision = prepared(prepare, publish_with_solution(staff, tmp_path))
    assert (revision.state, revision.problems, revision.fault) == (State.READY, [], "")
    assert Assignment.objects.get().current == revision
    assert StoredBundle.objects.count() == 2
    prepare.run(revision.pk)  # a second doorbell
    revision.refresh_from_db()
    assert revision.attempts == 1


@pytest.mark.parametrize(
    ("solution", "words"),
    [
        (b"def square_slope(t):\n    return 2 * t\n", "solution/: task `residual`, check `generic` ended with missing"),
        (SOLUTION.replace(b"2 * t", b"t"), "solution/: task `square`, check `generic` ended with failed: At 24 of 24"),
        (b"def f(:\n", "solution/: "),
        (b" ", "solution/: solution.py is empty"),
    ],
)
def test_a_solution_that_does_not_earn_every_point(
    staff: User, tmp_path: Path, prepare: Prepare, solution: bytes, words: str
) -> None:
    revision = prepared(prepare, publish_with_solution(staff, tmp_path, solution))
    assert revision.state == State.REFUSED
    assert any(problem.startswith(words) for problem in revision.problems), revision.problems
    assert Assignment.objects.get().current is None


def test_mathematics_that_does_not_hold(staff: User, tmp_path: Path, prepare: Prepare) -> None:
    text = OPEN.replace("solution: 2 * A.T @ r", "solution: 3 * A.T @ r")
    revision = prepared(prepare, publish_with_solution(staff, tmp_path, text=text))
    assert revision.state == State.REFUSED
    assert any("demo/assignment.yaml:" in problem for problem in revision.problems), revision.problems


def test_a_runtime_that_the_worker_does_not_have(
    staff: User, tmp_path: Path, prepare: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NABLA_RUNTIMES", str(tmp_path / "none"))
    text = OPEN.replace("title: Demo", "title: Demo\nruntime: pytorch")
    revision = prepared(prepare, publish_with_solution(staff, tmp_path, text=text))
    assert revision.state == State.REFUSED
    assert revision.problems == [
        "demo/assignment.yaml:4:10: there is no runtime `pytorch` on this machine; known here: numpy, torch; "
        "whoever runs it can add one: nabla runtime add pytorch PACKAGE..."
    ]


def test_an_older_revision_does_not_replace_a_newer_one(staff: User, tmp_path: Path, prepare: Prepare) -> None:
    older = publish_with_solution(staff, tmp_path / "a")
    newer = publish_with_solution(staff, tmp_path / "b", text=OPEN.replace("title: Demo", "title: Newer"))
    prepared(prepare, newer)
    assert prepared(prepare, older).state == State.READY
    assert Assignment.objects.get().current == newer


def test_a_broken_revision_leaves_the_one_in_use(staff: User, tmp_path: Path, prepare: Prepare) -> None:
    good = prepared(prepare, publish_with_solution(staff, tmp_path / "a"))
    prepared(prepare, publish_with_solution(staff, tmp_path / "b", b"x = 1"))
    assert Assignment.objects.get().current == good


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (
            subprocess.CompletedProcess([], 1, b"", b"Traceback\nImportError: no torch"),
            "(status 1): ImportError: no torch",
        ),
        (subprocess.CompletedProcess([], -9, b"", b""), "(status -9)"),
    ],
)
def test_a_build_that_fails_is_our_fault(
    staff: User, tmp_path: Path, prepare: Prepare, monkeypatch: pytest.MonkeyPatch, problem: Any, words: str
) -> None:
    monkeypatch.setattr(prepare, "_cache", tmp_path / "empty")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: problem)
    revision = prepared(prepare, publish_with_solution(staff, tmp_path))
    assert revision.state == State.QUEUED
    assert "the expected values could not be computed" in revision.fault
    assert words in revision.fault


def test_a_build_that_takes_too_long_is_the_authors(
    staff: User, tmp_path: Path, prepare: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "_cache", tmp_path / "empty")
    monkeypatch.setattr(prepare_module, "_BUILD_SECONDS", 0.01)
    revision = prepared(prepare, publish_with_solution(staff, tmp_path))
    assert revision.state == State.REFUSED
    assert revision.problems == ["the expected values took more than 0.01 s to compute"]


def test_a_cache_that_keeps_nothing(
    staff: User, tmp_path: Path, prepare: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare_module, "build", lambda archive, cache: None)
    monkeypatch.setattr(prepare, "_cache", tmp_path / "nothing")
    revision = prepared(prepare, publish_with_solution(staff, tmp_path))
    assert revision.state == State.QUEUED
    assert "was computed and cannot be read; is the disk full?" in revision.fault


def test_a_bug_of_ours(staff: User, tmp_path: Path, prepare: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare_module, "specification", lambda archive: 1 / 0)
    revision = publish_with_solution(staff, tmp_path)
    for state in (State.QUEUED, State.QUEUED, State.NEEDS_ATTENTION):
        assert prepared(prepare, revision).state == state
    assert revision.fault == "ZeroDivisionError: division by zero"
