"""What many tests share: one warm slot, one cache of bundles, the example assignment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.bundles import Bundles
from grader.domain.assignment import Assignment
from grader.domain.limits import MIB, Limits
from grader.domain.submission import Submission
from grader.grading import Grader
from grader.sandbox.choice import from_settings
from grader.sandbox.runtimes import TESTS
from grader.sandbox.slot import Slot
from grader.specs.load import load

ROOT = Path(__file__).parent.parent
MATRIX_CALCULUS = ROOT / "assignments" / "matrix-calculus"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where nothing may be skipped, a skip is a failure that prints its reason."""
    report = yield
    if os.environ.get("NABLA_NO_SKIPS") and report.skipped and not hasattr(report, "wasxfail"):  # type: ignore[attr-defined]
        report.outcome = "failed"  # type: ignore[attr-defined]
    return report


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for bundles; the user's own cache is left alone."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def slot() -> Iterator[Slot]:
    """A warm numpy slot, behind the walls that NABLA_SANDBOX names."""
    with Slot(from_settings(), "numpy") as warm:
        yield warm


@pytest.fixture(scope="session")
def torch_slot() -> Iterator[Slot]:
    """A warm torch slot."""
    with Slot(from_settings(), "torch") as warm:
        yield warm


@pytest.fixture(scope="session")
def tests_slot() -> Iterator[Slot]:
    """A warm slot for the tests of authors."""
    with Slot(from_settings(), TESTS) as warm:
        yield warm


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    """The example assignment."""
    return load(MATRIX_CALCULUS)


@pytest.fixture(scope="session")
def bundles(cache: Path) -> Bundles:
    """Bundles of this session."""
    # Here, so that the tests of the sandbox run where there is no torch.
    from reference.api import build_bundle

    return Bundles(cache, build_bundle)


@pytest.fixture(scope="session")
def grader(assignment: Assignment, slot: Slot, bundles: Bundles) -> Grader:
    """Grades the example assignment."""
    return Grader(assignment, slot, bundles)


@pytest.fixture(scope="session")
def strict_grader(assignment: Assignment, slot: Slot, bundles: Bundles) -> Grader:
    """Two tasks of the example assignment, with limits that a misbehaving submission reaches quickly."""
    limits = Limits(wall=3.0, cpu=0.5, memory=96 * MIB, output=4096)
    tasks = tuple(replace(task, limits=limits) for task in assignment.tasks if task.id in ("dot", "quadratic"))
    return Grader(replace(assignment, tasks=tasks), slot, bundles)


def submission_of(source: str | bytes) -> Submission:
    """A .py submission with this content."""
    content = source.encode() if isinstance(source, str) else source
    received = datetime(2026, 11, 15, 10, 0, tzinfo=UTC)
    return Submission("0" * 64, ("solution.py",), received, "solution", (("solution.py", content),), False)
