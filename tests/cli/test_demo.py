"""`make demo`, as it is: the service, six submissions through it, and an end that leaves nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.cli import demo
from grader.errors import ConfigurationFault
from tests.up.running import nabla

pytestmark = pytest.mark.sandbox


def test_six_submissions_are_graded(cache: Path) -> None:
    done = nabla("up", "--demo", "--port", "0", DEMO_EXIT="1", NABLA_CACHE=str(cache))
    assert done.returncode == 0, done.stderr
    scores = dict(re.findall(r"^(\w+): \S+\s+(\S+) / 40", done.stdout, re.MULTILINE))
    assert scores == {"emmy": "40", "sofia": "21", "carl": "17", "leon": "35", "maria": "16", "amalie": "40"}
    assert re.search(r"Open http://127\.0\.0\.1:\d+ and sign in:\n  instructor ada ", done.stdout)
    assert re.search(r"^  ta         alan ", done.stdout, re.MULTILINE)
    assert re.search(r"^  student    emmy ", done.stdout, re.MULTILINE)


def test_without_the_example_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "_ASSIGNMENT", tmp_path / "nothing")
    with pytest.raises(ConfigurationFault, match="the example is not at .*: --demo needs a checkout"):
        demo.require_checkout()
