"""The engine of the tests: what is said where there can be none, and that nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docker import engine
from tests.docker.engine import Engine


def test_an_ordinary_user_is_told_that_it_needs_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    with pytest.raises(engine.Unavailable, match="as root only"), engine.running():
        pass


@pytest.mark.parametrize(("program", "package"), [("docker", "docker.io"), ("mmdebstrap", "mmdebstrap")])
def test_a_program_that_is_missing_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, program: str, package: str
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda name: None if name == program else f"/usr/bin/{name}")
    assert engine.missing() == f"{program} is not installed (Debian, Ubuntu: apt install {package})"


def test_without_a_daemon_the_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(engine.Unavailable, match=r"there is no dockerd .*apt install docker\.io"):
        engine._start(tmp_path, Engine("unix:///nowhere"))


def test_a_daemon_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    daemon = tmp_path / "dockerd"
    daemon.write_text("#!/bin/sh\necho no control groups here >&2\nexit 1\n")
    daemon.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(engine, "_answers", lambda _: False)
    with pytest.raises(engine.Unavailable, match="dockerd does not run on this machine: no control groups here"):
        engine._start(tmp_path, Engine("unix:///nowhere"))


@pytest.mark.sandbox
def test_what_a_test_run_left_that_was_killed_is_removed_by_the_next(container_engine: Engine) -> None:
    script = "from tests.docker.engine import own_label; print(own_label())"
    command = [sys.executable, "-c", script]
    label = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    container_engine.docker("volume", "create", "--label", label, "nabla-test-left")
    container_engine.docker("volume", "create", "--label", engine.own_label(), "nabla-test-mine")
    engine.remove_orphans(container_engine)
    left = container_engine.docker("volume", "ls", "--quiet").split()
    assert "nabla-test-left" not in left
    assert "nabla-test-mine" in left
