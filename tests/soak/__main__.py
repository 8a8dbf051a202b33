"""Parts are killed at random while submissions with known scores come in. At the end every receipt has exactly one
result, the right one.

    python -m tests.soak [SECONDS] [SEED]    (600 seconds unless given; prints what it did, fails loudly)
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import redis

from grader.errors import NablaError
from tests.service.demo import SOLUTION
from tests.up.furnishing import furnish, write_demo
from tests.up.running import Running, eventually, running

SENDERS = 2
KINDS = (
    (7.0, SOLUTION),
    (2.0, SOLUTION.replace(b"return 2 * A.T @ A @ x", b"return A.T @ A @ x")),
    (0.0, SOLUTION.replace(b"return 2 * t", b"return t")),  # the second task needs the first
)
"""what is handed in, with the score that it must get"""
SETTLE_SECONDS = 180.0


def flush(service: Running) -> None:
    """Redis forgets everything."""
    with (
        contextlib.suppress(redis.RedisError),
        redis.Redis(unix_socket_path=f"{service.data}/run/redis.sock") as broker,
    ):
        broker.flushall()


def stop_for_a_while(service: Running, rng: random.Random) -> None:
    """A worker sleeps, perhaps for longer than its lease."""
    pids = service.pids("-m grader.worker ")
    if pids:
        pid = rng.choice(pids)
        os.kill(pid, signal.SIGSTOP)
        time.sleep(rng.choice([1, 5, 20]))
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def faults(service: Running, rng: random.Random) -> dict[str, Callable[[], object]]:
    """What may happen, by name."""

    def kill_one(words: str) -> None:
        pids = service.pids(words)
        if pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(rng.choice(pids), signal.SIGKILL)

    return {
        "a worker is killed": lambda: kill_one("-m grader.worker "),
        "a jail is killed": lambda: kill_one("grader.inside.boot"),
        "Redis is killed": lambda: kill_one("redis-server"),
        "Redis forgets": lambda: flush(service),
        "the web is killed": lambda: kill_one("grader.service.server"),
        "the reconciler is killed": lambda: kill_one("grader.worker.reconciler"),
        "a worker sleeps": lambda: stop_for_a_while(service, rng),
    }


class Sender(threading.Thread):
    """Hands in one submission after another, and remembers what each must score."""

    def __init__(self, service: Running, seed: int, until: float) -> None:
        super().__init__()
        self._service = service
        self._rng = random.Random(seed)
        self._until = until
        self.expected: dict[str, float] = {}

    def run(self) -> None:
        """Until the time is over; an upload without a receipt counts for nothing."""
        with self._service.client("emmy") as emmy:
            while time.monotonic() < self._until:
                score, body = self._rng.choice(KINDS)
                body += f"# {uuid.uuid4()}\n".encode()
                with contextlib.suppress(NablaError):
                    self.expected[emmy.submit("demo", "solution.py", body)["id"]] = score
                time.sleep(self._rng.random() / 2)


def check(service: Running, expected: dict[str, float]) -> float:
    """Every receipt against its score; the longest time to a report. Fails loudly."""
    with service.client("ada") as ada:
        eventually(lambda: not pending(service), "everything is graded", SETTLE_SECONDS)
        wrong = {}
        for id, score in expected.items():
            found = ada.submission(id)
            if (found["state"], found["score"]) != ("graded", score):
                wrong[id] = (found["state"], found["score"], score)
    assert not wrong, f"{len(wrong)} with another state, score than expected: {[*wrong.items()][:5]}"
    doubles = service.rows("select submission_id from service_grading group by submission_id having count(*) <> 1")
    assert not doubles, doubles
    slowest = "select max((julianday(finished) - julianday(queued)) * 86400) from service_grading"
    return float(service.rows(slowest)[0][0])


def pending(service: Running) -> int:
    """How many gradings are under way."""
    return int(service.rows("select count(*) from service_grading where state in ('queued', 'running')")[0][0])


def main(seconds: float, seed: int) -> None:
    """Run, then check."""
    rng = random.Random(seed)
    done: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name, running(Path(name) / "data") as service:
        furnish(service, write_demo(Path(name) / "assignments"))
        until = time.monotonic() + seconds
        senders = [Sender(service, seed + number, until) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        happenings = faults(service, rng)
        while time.monotonic() < until:
            time.sleep(rng.uniform(1, 6))
            what = rng.choice([*happenings])
            happenings[what]()
            done[what] += 1
        for sender in senders:
            sender.join()
        expected = {id: score for sender in senders for id, score in sender.expected.items()}
        slowest = check(service, expected)
    for what, count in done.most_common():
        sys.stdout.write(f"{count:4} times {what}\n")
    sys.stdout.write(
        f"{len(expected)} receipts, each with one result and the right one; the slowest took {slowest:.1f} s\n"
    )


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 600.0, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
