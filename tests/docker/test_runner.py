"""Real runners: grading through a container, one worker at a time, and a runner that ends rather than stay unclean."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest

from grader.bundles import Bundles
from grader.domain.limits import Limits
from grader.errors import RunnersBusy, TooLittleMemory
from grader.grading import Grader
from grader.intake.read import read_path
from grader.sandbox.container import Container
from grader.sandbox.run import Ending
from grader.sandbox.runtimes import TESTS
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.conftest import ROOT
from tests.docker.runner import Runner
from tests.sandbox.running import returned, run

pytestmark = pytest.mark.sandbox


def test_a_run_in_a_container(runner_container: Callable[..., Runner]) -> None:
    runner = runner_container()
    with Slot(Container(runner.sockets), "numpy") as slot:
        layers = slot.warm().layers
        assert (slot.warm().launcher, layers["container"], layers["own user"], layers["namespaces"]) == (
            "container", True, True, False,
        )  # fmt: skip
        users = [int(returned(run(slot, "import os\ndef f(): return os.getuid()"))) for _ in range(3)]
        assert len(set(users)) == 3
        assert min(users) >= 2_000_000_000


def test_runs_in_two_containers_share_no_user(runner_container: Callable[..., Runner]) -> None:
    """The limits that the machine keeps for a user would be those of both."""
    users = []
    for _ in range(2):
        with Slot(Container(runner_container().sockets), "numpy") as slot:
            users += [int(returned(run(slot, "import os\ndef f(): return os.getuid()"))) for _ in range(2)]
    assert len(set(users)) == 4


def test_what_a_run_leaves_is_gone_for_the_next(runner_container: Callable[..., Runner]) -> None:
    leaves = "import os\nos.makedirs('a/b')\nopen('a/b/c', 'w').write('x')\nos.umask(0o777)\nos.mkdir('closed')\n"
    with Slot(Container(runner_container().sockets), "numpy") as slot:
        assert returned(run(slot, leaves + "def f(): return 1.0")) == 1.0
        assert returned(run(slot, "import os\ndef f(): return len(os.listdir('/tmp'))")) == 0


def test_limits_hold_in_a_container(runner_container: Callable[..., Runner]) -> None:
    with Slot(Container(runner_container().sockets), "numpy") as slot:
        assert run(slot, "def f():\n    while True: pass").ending in (Ending.CPU, Ending.TIME)
        assert returned(run(slot, "def f(): return 2.0")) == 2.0


def test_tests_of_an_author_have_a_container_of_their_own(
    runner_container: Callable[..., Runner], bundles: Bundles
) -> None:
    assignment = load(ROOT / "assignments" / "chain-rule")
    student, author = (Container(runner_container(name).sockets) for name in ("runner-numpy-1", "runner-tests-1"))
    with Slot(student, "numpy") as slot, Slot(author, TESTS) as tests:
        grader = Grader(assignment, slot, bundles, tests=tests)
        for part, score in (("solution", assignment.points), ("starter", 0.0)):
            submission = read_path(ROOT / "assignments" / "chain-rule" / part / assignment.file, assignment.file)
            assert grader.grade(submission).score == score


def test_one_worker_at_a_time(runner_container: Callable[..., Runner]) -> None:
    sockets = runner_container().sockets
    with Slot(Container(sockets), "numpy") as first:
        first.warm()
        with pytest.raises(RunnersBusy, match="none of 1 runner containers for the numpy runtime took this worker"):
            Container(sockets, patience=0.2).launch("numpy")
        assert returned(run(first, "def f(): return 1.0")) == 1.0
    with Slot(Container(sockets), "numpy") as second:
        assert returned(run(second, "def f(): return 2.0")) == 2.0


def test_a_killed_container_is_started_again_and_waited_for(runner_container: Callable[..., Runner]) -> None:
    runner = runner_container()
    with Slot(Container(runner.sockets), "numpy") as slot:
        assert returned(run(slot, "def f(): return 1.0")) == 1.0
        os.kill(int(runner.state()["State"]["Pid"]), signal.SIGKILL)
        started = time.monotonic()
        assert returned(run(slot, "def f(): return 2.0")) == 2.0
        assert time.monotonic() - started < 30


def test_a_run_that_may_use_more_than_the_container_has_is_not_begun(runner_container: Callable[..., Runner]) -> None:
    greedy = "kept = []\nwhile True: kept.append(b'x' * (1 << 20))"
    with Slot(Container(runner_container().sockets), "numpy") as slot:
        assert slot.warm().layers["container MiB"] == 1024
        room = slot.warm().room()
        assert room is not None
        with pytest.raises(TooLittleMemory, match="a task is allowed 1024 MiB of memory, .* container has 1024 MiB"):
            run(slot, greedy, limits=Limits(memory=1 << 30))
        # All of what there is may be used, and who uses more is stopped by us.
        done = run(slot, greedy, limits=Limits(memory=room))
        assert done.ending is Ending.MEMORY or [unit.kind for unit in done.units] == ["MemoryError"]
