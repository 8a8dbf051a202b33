"""The usual way, to compare with: Celery workers that start a fresh process for each submission. No sandbox, no report,
the expected values beside the student's code: it does far less, which is in its favour."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import redis
from celery import Celery

from grader.up.parts import redis_part
from tests.bench.__main__ import CHECKS
from tests.conftest import MATRIX_CALCULUS, ROOT

TESTS = ("test_quadratic", "test_wls_x", "test_chain")

app = Celery("cold", broker=os.environ.get("COLD_BROKER", "redis+socket:///nowhere"))
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=1, task_acks_late=True)


@app.task(name="cold.grade")
def grade(way: str, folder: str, done: str) -> None:
    """One submission in one process; a byte more in the file `done`."""
    only = " or ".join(TESTS)
    commands = {
        "plain": ["plain.py"],
        "pytest": ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django", "-k", only, "test_solution.py"],
    }
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run([sys.executable, *commands[way]], cwd=folder, env=environment, check=True, capture_output=True)
    with open(done, "ab") as file:
        file.write(b".")


def _prepare(folder: Path) -> None:
    folder.mkdir()
    (folder / "solution.py").write_bytes((MATRIX_CALCULUS / "solution" / "solution.py").read_bytes())
    (folder / "test_solution.py").write_text(CHECKS)
    calls = "".join(f"t.{name}()\n" for name in TESTS)
    (folder / "plain.py").write_text(f"import test_solution as t\n{calls}")


@contextlib.contextmanager
def workers(parent: Path) -> Iterator[Callable[[str, int], float]]:
    """One a core; gives a function from a way of grading and a number of submissions to submissions a second."""
    folder, socket = parent / "cold", parent / "cold.sock"
    _prepare(folder)
    broker = subprocess.Popen(redis_part(socket).command, stdout=subprocess.DEVNULL)
    environment = {**os.environ, "COLD_BROKER": f"redis+socket://{socket}"}
    options = ["worker", "--pool=solo", "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR"]
    command = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "tests.bench.cold", *options]
    crew = [
        subprocess.Popen([*command, "-n", f"cold{number}@bench"], cwd=ROOT, env=environment)
        for number in range(os.cpu_count() or 1)
    ]
    try:
        _await_broker(socket)
        app.conf.update(broker_url=environment["COLD_BROKER"])
        _measure(folder, "plain", 4)  # until they are up
        yield lambda way, count: _measure(folder, way, count)
    finally:
        for process in (*crew, broker):
            process.terminate()
            process.wait()


def _await_broker(socket: Path) -> None:
    while True:
        with contextlib.suppress(redis.ConnectionError), redis.Redis(unix_socket_path=str(socket)) as client:
            if client.ping():
                return
        time.sleep(0.05)


def _measure(folder: Path, way: str, count: int) -> float:
    done = folder / "done"
    done.write_bytes(b"")
    started = time.perf_counter()
    for _ in range(count):
        grade.delay(way, str(folder), str(done))
    while done.stat().st_size < count:
        time.sleep(0.01)
    return count / (time.perf_counter() - started)
