"""`nabla doctor` on machines that offer everything, less, and nothing: what it says, and what it advises."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.sandbox

DOCTOR = [sys.executable, "-m", "grader.cli", "doctor"]
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def seen(*before: str, code: int = 0, **settings: str) -> dict[str, tuple[str, str]]:
    """Name -> (state, text) of every line, with `before` put before the command."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    done = subprocess.run(
        [*before, *DOCTOR], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    rows = [
        re.fullmatch(r"(in force|degraded|missing|not used) +(\S.{20,21}?) (\S.*)", line)
        for line in done.stdout.splitlines()
    ]
    return {row[2].strip(): (row[1], row[3]) for row in rows if row}


def as_root(module: str) -> list[str]:
    """Run by another module of the tests, which wants root."""
    if os.getuid() != 0:
        pytest.skip("only root can make such a machine; run the tests as root")
    return [sys.executable, "-m", module]


def test_a_machine_with_namespaces() -> None:
    lines = seen()
    assert lines["sandbox"][0] == "in force"
    assert re.match(r"namespaces, by NABLA_SANDBOX=auto; a run takes \d+\.\d ms", lines["sandbox"][1])
    for name in ("machine", "namespaces", "seccomp", "memory limit", "time limits", "torch", "redis", "database"):
        assert lines[name][0] == "in force", name
    assert lines["launcher container"] == (
        "not used", "NABLA_SANDBOX names no folder of runner containers (docker/README.md)",
    )  # fmt: skip


def test_an_ordinary_user() -> None:
    lines = seen(*as_root("tests.ordinary_user"))
    assert lines["sandbox"][0] == lines["namespaces"][0] == "in force"
    assert lines["launcher uid"][0] == "not used"
    assert "only root can give every run a user of its own" in lines["launcher uid"][1]


def test_root_without_namespaces_is_degraded() -> None:
    lines = seen(*as_root("tests.plain_root"))
    assert lines["launcher namespaces"][0] == "missing"
    assert "sudo sysctl user.max_user_namespaces=15000" in lines["launcher namespaces"][1]
    assert (lines["sandbox"][0], lines["user of its own"]) == (
        "degraded",
        ("degraded", "a fresh user id for every run"),
    )
    assert lines["seccomp"][0] == "in force"


def test_a_user_without_namespaces_can_grade_nothing() -> None:
    lines = seen(*as_root("tests.plain_root"), *NOBODY, code=4)
    assert lines["launcher namespaces"][0] == lines["sandbox"][0] == "missing"
    assert lines["sandbox"][1].startswith("nothing can be graded here: no sandbox for the numpy runtime: ")
    assert "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0" in lines["sandbox"][1]


def test_a_folder_without_runners(tmp_path: Path) -> None:
    lines = seen(code=4, NABLA_SANDBOX=f"container:{tmp_path / 'none'}")
    assert "start the service runner-numpy of docker/compose.yaml" in lines["sandbox"][1]
    assert "launcher container" not in lines


def test_a_setting_that_means_nothing() -> None:
    lines = seen(code=4, NABLA_SANDBOX="docker")
    assert lines["sandbox"][1] == (
        "nothing can be graded here: NABLA_SANDBOX is 'docker'; it can be `auto`, `namespaces`, `uid`, or "
        "`container:FOLDER`"
    )


def test_services_that_are_elsewhere() -> None:
    lines = seen(DATABASE_URL="postgres://x", BROKER_URL="redis://x")
    assert lines["database"] == ("in force", "by DATABASE_URL")
    assert lines["redis"] == ("in force", "by BROKER_URL")
