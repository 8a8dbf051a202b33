"""`nabla runtime`, and what an assignment with a runtime of its own meets on the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_verify import RIGHT, YAML, assignment
from tests.conftest import ROOT
from tests.sandbox.wheels import PURE, wheel

pytestmark = pytest.mark.sandbox


@pytest.fixture
def nabla(cache: Path, tmp_path: Path) -> Any:
    """The command, with wheels and runtimes in folders of this test only."""
    (tmp_path / "wheels").mkdir()
    environment = {
        **os.environ, "NABLA_CACHE": str(cache), "NABLA_RUNTIMES": str(tmp_path / "runtimes"), "PYTHONPATH": str(ROOT),
        "PIP_CONFIG_FILE": "/dev/null", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "wheels"),
    }  # fmt: skip

    def run(*arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "grader.cli", *map(str, arguments)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done

    return run


def test_a_runtime_from_its_making_to_its_end(nabla: Any, tmp_path: Path) -> None:
    yaml = YAML.replace("tasks:", "runtime: course\ntasks:")
    folder = assignment(tmp_path, yaml, "import tiny\n" + RIGHT.replace("2 *", "tiny.two() *"))
    warned = nabla("lint", folder)
    assert "small/assignment.yaml:6:10: there is no runtime `course` on this machine" in warned.stderr
    assert "(a warning: another machine may grade it)" in warned.stderr
    assert "no problems" in warned.stdout
    solution = folder / "solution" / "solution.py"
    assert "known here: numpy, torch; whoever runs it" in nabla("grade", folder, solution, code=2).stderr

    wheel(tmp_path / "wheels", "tiny", PURE)
    added = nabla("runtime", "add", "course", "tiny", "--warm", "tiny").stdout
    assert "runtime: course is numpy with tiny 1.0 (Python 3." in added
    assert "imports tiny at the start" in added
    assert not nabla("lint", folder).stderr
    assert "Score 2 / 2" in nabla("grade", folder, solution).stdout
    listed = nabla("runtime", "list").stdout
    assert f"course runtimes are kept in {tmp_path / 'runtimes'}" in listed
    assert "torch            built in" in listed
    assert "course           numpy with tiny 1.0 (Python 3." in listed

    assert "the runtime course is gone" in nabla("runtime", "remove", "course").stdout
    assert nabla("runtime", "remove", "course", code=4).stderr.startswith("nabla: there is no course runtime `course`")
    assert "course  " not in nabla("runtime", "list").stdout


@pytest.mark.parametrize(
    ("module", "source", "words"),
    [
        ("tiny.three", "", "`tiny.three` cannot be imported where student code runs: "),
        ("tiny", "import os\nos._exit(0)", "`tiny` cannot be imported where student code runs: "),
        ("tiny", "import no_such_module", "No module named 'no_such_module'"),
    ],
)
def test_what_cannot_be_imported_inside_is_not_added(
    nabla: Any, tmp_path: Path, module: str, source: str, words: str
) -> None:
    wheel(tmp_path / "wheels", "tiny", {"tiny/__init__.py": source})
    elsewhere = tmp_path / "elsewhere"
    said = nabla("runtime", "add", "course", "tiny", "--warm", module, "--folder", elsewhere, code=4).stderr
    assert words in said
    assert "nothing was added" in said
    assert not [*elsewhere.iterdir()]


def test_where_there_is_no_sandbox_modules_are_not_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in the making of a container image."""
    from grader.cli import runtime
    from tests.sandbox.wheels import only_these_wheels

    monkeypatch.setenv("NABLA_SANDBOX", f"container:{tmp_path / 'nowhere'}")
    monkeypatch.setenv("NABLA_RUNTIMES", str(tmp_path / "runtimes"))
    only_these_wheels(monkeypatch, tmp_path)
    wheel(tmp_path, "tiny", PURE)
    runtime.add("course", ("tiny",), "numpy", ("tiny",))
    said = capsys.readouterr()
    assert "runtime: course is numpy with tiny 1.0" in said.out
    assert "Its --warm modules were not tried: this machine has no sandbox" in said.err
