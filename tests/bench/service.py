"""`make bench`, second half: the whole service under a burst of uploads, beside a grader that starts a cold process for
each submission, fed by the same kind of queue in the same run. Prints figures; asserts nothing but that all is graded.

    python -m tests.bench.service [SUBMISSIONS]
"""

from __future__ import annotations

import http.client
import os
import queue
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.bench import cold
from tests.conftest import MATRIX_CALCULUS
from tests.up.running import Running, nabla, running

TASKS = ("quadratic", "wls-grad-x", "chain-rule")
SENDERS = 8
_BOUNDARY = "a-line-that-no-solution-holds"


def write_assignment(folder: Path) -> Path:
    """Three numpy tasks of the example course as an assignment of their own."""
    text = (MATRIX_CALCULUS / "assignment.yaml").read_text()
    tasks = re.split(r"\n(?=  - id: )", text[text.index("tasks:") + len("tasks:\n") :])
    kept = [task for task in tasks if re.match(rf"\s*- id: ({'|'.join(TASKS)})\n", task)]
    assignment = folder / "three-tasks"
    for part in ("starter", "solution"):
        (assignment / part).mkdir(parents=True)
        (assignment / part / "solution.py").write_bytes((MATRIX_CALCULUS / "solution" / "solution.py").read_bytes())
    head = "format: 1\nid: three-tasks\ntitle: Three tasks\nfile: solution.py\ntasks:\n"
    (assignment / "assignment.yaml").write_text(head + "\n".join(kept) + "\n")
    return assignment


def form(body: bytes) -> bytes:
    """A file as browsers send it."""
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="solution.py"\r\n\r\n'
    return head.encode() + body + f"\r\n--{_BOUNDARY}--\r\n".encode()


def send_all(service: Running, bodies: list[bytes]) -> list[float]:
    """Hand in all of them, as fast as the service takes them; seconds to each receipt."""
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    for body in bodies:
        waiting.put(body)
    times: list[float] = []
    headers = {
        "Authorization": f"Bearer {service.tokens['emmy']}",
        "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
    }

    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", int(service.url.rpartition(":")[2]))
        while not waiting.empty():
            started = time.perf_counter()
            connection.request("POST", "/api/courses/bench/assignments/three-tasks/submissions", waiting.get(), headers)
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status == 201, content
            times.append(time.perf_counter() - started)

    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return sorted(times)


def await_all(service: Running, states: dict[str, int]) -> None:
    """Until nothing is queued or running."""
    while states.get("queued") or states.get("running"):
        time.sleep(0.05)
        states = dict(service.rows("select state, count(*) from service_grading group by state"))
    assert set(states) == {"graded"}, states


def quantile(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def show(name: str, value: str) -> None:
    sys.stdout.write(f"{name:<66}{value:>16}\n")


def memory(service: Running, words: str = "") -> float:
    """Proportional set size of the service's processes whose command holds these words, in MiB."""
    total = 0
    for pid in service.pids(words):
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        total += int(found[1]) if found else 0
    return total / 1024


def bench_idle(service: Running) -> None:
    """Memory and pages while nothing is graded."""
    show("idle: memory of all processes (PSS)", f"{memory(service):.0f} MiB")
    with httpx.Client(base_url=service.url, follow_redirects=True) as browser:
        form = browser.get("/sign-in").text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        assert token
        secret = {"username": "emmy", "password": "for-emmy-only", "csrfmiddlewaretoken": token[1]}
        browser.post("/sign-in", data=secret, headers={"Referer": service.url})
        for path, what in (("/", "the list of assignments"), ("/courses/bench/assignments/three-tasks", "an assignment"),
                           ("/courses/bench/submissions", "the history")):  # fmt: skip
            times = sorted(_fetch(browser, path) for _ in range(100))
            show(f"idle: {what}, p50 / p95", f"{quantile(times, 0.5):.1f} / {quantile(times, 0.95):.1f} ms")


def _fetch(browser: httpx.Client, path: str) -> float:
    """Milliseconds until a page is there, with the client's own."""
    started = time.perf_counter()
    answer = browser.get(path)
    assert answer.url.path == path, answer.url
    return 1000 * (time.perf_counter() - started)


def bench_burst(service: Running, count: int) -> float:
    """Submissions a second from the first upload to the last stored report."""
    solution = (MATRIX_CALCULUS / "solution" / "solution.py").read_bytes()
    bodies = [form(solution + f"# {os.urandom(8).hex()}\n".encode()) for _ in range(count)]
    before = len(service.rows("select id from service_grading"))
    started = time.perf_counter()
    receipts = send_all(service, bodies)
    sent = time.perf_counter() - started
    await_all(service, {"queued": 1})
    rate = count / (time.perf_counter() - started)
    query = "select (julianday(finished) - julianday(queued)) * 86400 from service_grading order by id"
    reports = sorted(row[0] for row in service.rows(query)[before:])
    show(f"{count} uploads by {SENDERS} senders, first to last receipt", f"{count / sent:.1f} /s")
    show("  receipt p50 / p99", f"{1000 * quantile(receipts, 0.5):.0f} / {1000 * quantile(receipts, 0.99):.0f} ms")
    show("  time to report p50 / p99", f"{quantile(reports, 0.5):.1f} / {quantile(reports, 0.99):.1f} s")
    show("first upload to last stored report", f"{rate:.1f} /s")
    show("  memory of web / of workers with their slots (PSS)",
         f"{memory(service, 'service.server'):.0f} / {memory(service, 'grader.worker ') + memory(service, 'inside.boot'):.0f} MiB")  # fmt: skip
    return rate


def bench_cold(name: str, work: Callable[[int], float], count: int, rate: float) -> None:
    """The peer, and how many times as fast we are."""
    peer = work(count)
    show(f"peer: {name}, {count} submissions", f"{peer:.1f} /s")
    show("  ours is faster by", f"{rate / peer:.1f} x")


def main(count: int) -> None:
    """Print the table."""
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    sys.stdout.write(f"\nThe service, three numpy tasks, {machine}\n\n")
    with tempfile.TemporaryDirectory() as name:
        with running(Path(name) / "data") as service:
            course = service.course("bench")
            service.account("ada", "--course", course, "--role", "instructor")
            service.account("emmy", "--course", course)
            settings = {"NABLA_SERVER": service.url, "NABLA_TOKEN": service.tokens["ada"]}
            done = nabla("publish", str(write_assignment(Path(name))), **settings)
            assert done.returncode == 0, done.stderr
            bench_burst(service, 20)  # the first ones warm everything up
            bench_idle(service)
            rates = [bench_burst(service, count) for _ in range(3)]
        rate = statistics.median(rates)
        with cold.workers(Path(name)) as grade:
            bench_cold("a cold Python process a submission, no sandbox", lambda n: grade("plain", n), count, rate)
            bench_cold("a cold pytest process a submission, no sandbox", lambda n: grade("pytest", n), count // 5, rate)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
