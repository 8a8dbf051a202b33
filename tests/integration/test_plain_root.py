"""The sandbox of root without namespaces: what holds behind namespaces holds with a user for every run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.sandbox


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give every run a user of its own; run the tests as root")
def test_everything_with_a_sandbox_works_as_root_without_namespaces(tmp_path: Path) -> None:
    suites = [
        "tests/hostile",
        "tests/sandbox/test_relay.py::test_an_author_s_code_gets_nowhere",
        "tests/sandbox/test_endings.py",
        "tests/grading/test_verdicts.py",
    ]
    tests = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--basetemp={tmp_path / 'inner'}",
        *suites,
    ]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT), "NABLA_SANDBOX": "uid"}
    command = [sys.executable, "-m", "tests.plain_root", *tests]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
