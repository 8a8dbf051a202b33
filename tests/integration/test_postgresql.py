"""The service on PostgreSQL: rows, pages, workers and faults once more, on a server of our own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.integration import postgresql
from tests.up.running import nabla

pytestmark = pytest.mark.sandbox

SUITES = ["tests/service", "tests/worker", "tests/up/test_faults.py"]


@pytest.mark.skipif("NABLA_TEST_POSTGRES" in os.environ, reason="this run is the one on PostgreSQL")
def test_everything_that_touches_rows_works_on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = postgresql.binaries()
    if folder is None:
        pytest.skip("PostgreSQL is not installed (Debian, Ubuntu: apt install postgresql)")
    with postgresql.server(folder) as url:
        environment = {**os.environ, "NABLA_TEST_POSTGRES": url, "DATABASE_URL": f"{url}/postgres"}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *SUITES]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert " passed" in done.stdout


def test_accounts_need_no_data_folder_where_the_environment_says_all() -> None:
    """As in a container, whose root is read-only."""
    folder = postgresql.binaries()
    if folder is None:
        pytest.skip("PostgreSQL is not installed (Debian, Ubuntu: apt install postgresql)")
    settings = {"SECRET_KEY": "for this test only", "HOME": "/proc/nowhere"}
    with postgresql.server(folder) as url:
        settings["DATABASE_URL"] = f"{url}/postgres"
        added = nabla("user", "add", "emmy", "--password-stdin", stdin="for-emmy-only\n", **settings)
        assert (added.stdout, added.stderr) == ("account emmy can sign in now\n", "")
        assert nabla("user", "token", "emmy", **settings).stdout.startswith("nabla_")
    gone = nabla("user", "token", "emmy", **settings)
    assert gone.returncode == 4
    assert gone.stderr.startswith("nabla: the database does not answer: ")
