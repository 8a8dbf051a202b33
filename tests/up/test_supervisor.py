"""Parts are kept going, and ended."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from grader.up.parts import Part
from grader.up.supervisor import Supervisor


def part(name: str, code: str, **more: object) -> Part:
    return Part(name, (sys.executable, "-c", code), **more)  # type: ignore[arg-type]


FOREVER = "import signal; signal.pause()"


def test_a_part_that_fails_at_once_is_not_started_in_a_tight_loop(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    marks = tmp_path / "marks"
    failing = part("failing", f"open({str(marks)!r}, 'a').write('.'); raise SystemExit(3)")
    until = time.monotonic() + 4
    with caplog.at_level(logging.WARNING), Supervisor() as supervisor:
        supervisor.start([failing])
        assert not supervisor.run(lambda: time.monotonic() > until, look=0.05)
    assert 2 <= len(marks.read_text()) <= 6
    assert "failing ended with status 3; it is started again in 0.5 s" in caplog.text


def test_a_part_that_does_not_want_to_end_is_killed(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    stubborn = (
        f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); open({str(ready)!r}, 'w'); signal.pause()"
    )
    with Supervisor() as supervisor:
        supervisor.start([part("stubborn", stubborn, patience=0.2)])
        supervisor.run(ready.exists, look=0.05)
        supervisor.stop()
    assert "stubborn did not end within 0.2 s and is killed" in caplog.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_asks_to_stop(number: signal.Signals) -> None:
    with Supervisor() as supervisor:
        supervisor.start([part("one", FOREVER)])
        threading.Timer(0.2, os.kill, (os.getpid(), number)).start()
        assert supervisor.run(look=0.05)
        assert supervisor.is_running("one")
    assert not supervisor.is_running("one")


def test_a_part_that_runs_once_says_how_it_ended() -> None:
    with Supervisor() as supervisor:
        supervisor.start([part("first", "raise SystemExit(7)", once=True)])
        assert not supervisor.run(lambda: supervisor.status("first") is not None, look=0.05)
        assert supervisor.status("first") == 7
