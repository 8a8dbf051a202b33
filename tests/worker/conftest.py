"""Workers without Celery around them: their tasks are called as it would call them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox.launcher import Namespaces
from grader.worker.grade import Grade
from grader.worker.prepare import Prepare
from grader.worker.watchdog import Watchdog
from grader.worker.workbench import Workbench
from tests.service.conftest import Publish, course, demo, other, published, staff, student

__all__ = ["Publish", "course", "demo", "other", "published", "staff", "student"]


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    bench = Workbench(Namespaces(), tmp_path_factory.mktemp("cache"), "of the tests")
    yield bench
    bench.close()


@pytest.fixture
def grade(workbench: Workbench) -> Grade:
    return Grade(workbench, Watchdog(), "worker-1")


@pytest.fixture
def prepare(workbench: Workbench, cache: Path) -> Prepare:
    return Prepare(workbench, Watchdog(), cache, "worker-1")
