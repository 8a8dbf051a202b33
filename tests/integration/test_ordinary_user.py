"""The sandbox as root and as an ordinary user: when root runs the tests, they are run as nobody as well."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.sandbox


@pytest.mark.skipif(os.getuid() != 0, reason="run as an ordinary user already; the run as root needs root")
def test_everything_with_a_sandbox_works_as_an_ordinary_user() -> None:
    # Not below pytest's own folder: that one is closed for everybody else.
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, 65534, 65534)
        suites = ["tests/sandbox", "tests/hostile", "tests/grading/test_verdicts.py", "tests/cli/test_commands.py"]
        # What these try has nothing to do with who one is.
        suites += [f"--ignore=tests/sandbox/{name}.py" for name in ("test_fuzz", "test_soak_short", "test_wire")]
        tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={home}/tmp", *suites]
        environment = {**os.environ, "HOME": home, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)}
        environment["HYPOTHESIS_STORAGE_DIRECTORY"] = f"{home}/hypothesis"
        command = [sys.executable, "-m", "tests.ordinary_user", *tests]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
