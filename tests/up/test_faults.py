"""Parts are killed while work is under way: every receipt still ends in exactly one result, and the right one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
import redis

from grader.cli.client import Client
from tests.conftest import ROOT
from tests.service.demo import SOLUTION
from tests.up.furnishing import furnish
from tests.up.running import Running, clean, eventually, running, wait_all

pytestmark = pytest.mark.sandbox

# A lease is 15 s and the reconciler looks every 3 s; three times that.
RECOVERY = 3 * (15 + 3)

SLOW = SOLUTION + b"\nimport time\ntime.sleep(1.5)\n"
"""enough time to be killed in"""


def hand_in(client: Client, count: int, body: bytes = SOLUTION) -> list[str]:
    """Different bytes each, so that no two are one."""
    return [client.submit("demo", "solution.py", body + f"# {number}\n".encode())["id"] for number in range(count)]


def require_right(client: Client, ids: list[str]) -> None:
    """Each has one result, and it is the full score."""
    for submission in wait_all(client, ids, RECOVERY):
        assert (submission["state"], submission["score"]) == ("graded", 3.0), submission


def test_the_worker_is_killed_while_it_grades(service: Running) -> None:
    with service.client("emmy") as emmy, service.client("ada") as ada:
        (id,) = hand_in(emmy, 1, SLOW + os.urandom(4).hex().encode().join([b"#", b"\n"]))
        eventually(lambda: emmy.submission(id)["state"] == "running", "it is being graded")
        before = service.pids("grader.worker")
        service.kill("-m grader.worker ")
        require_right(emmy, [id])
        assert ada.submission(id)["score"] == 7.0
        eventually(lambda: len(service.pids("-m grader.worker ")) == os.cpu_count(), "the workers are back")
        assert not set(service.pids("-m grader.worker ")) & set(before)


def test_no_child_of_a_killed_worker_goes_on(service: Running) -> None:
    jails = service.pids("grader.inside.boot")
    assert jails
    service.kill("-m grader.worker ")
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in jails), "the jails of killed workers are gone")
    eventually(lambda: service.pids("grader.inside.boot"), "new jails")


def test_redis_is_killed_and_keeps_nothing(service: Running) -> None:
    with service.client("emmy") as emmy:
        ids = hand_in(emmy, 12, SOLUTION + b"# before\n")
        service.kill("redis-server")
        ids += hand_in(emmy, 6, SOLUTION + b"# while it is away\n")
        require_right(emmy, ids)


def test_redis_forgets_while_work_is_queued(service: Running) -> None:
    with service.client("emmy") as emmy:
        ids = hand_in(emmy, 15, SOLUTION + b"# to be forgotten\n")
        with redis.Redis(unix_socket_path=str(service.data / "run" / "redis.sock")) as broker:
            broker.flushall()
        require_right(emmy, ids)


def test_redis_is_killed_three_times_in_a_row(service: Running) -> None:
    with service.client("emmy") as emmy:
        ids: list[str] = []
        for number in range(3):
            service.kill("redis-server")
            ids += hand_in(emmy, 2, SOLUTION + f"# kill {number}\n".encode())
        require_right(emmy, ids)


def test_a_worker_that_sleeps_longer_than_its_lease_has_no_say(service: Running) -> None:
    with service.client("emmy") as emmy:
        (id,) = hand_in(emmy, 1, SLOW + b"# stopped\n")
        eventually(lambda: emmy.submission(id)["state"] == "running", "it is being graded")
        workers = service.pids("-m grader.worker ")
        owner = _lease(service, id)[1]
        holder = next(pid for pid in workers if _worker_name(pid) == owner.rpartition(" ")[2])
        os.kill(holder, signal.SIGSTOP)
        try:
            require_right(emmy, [id])
        finally:
            os.kill(holder, signal.SIGCONT)
        state, again, attempts = _lease(service, id)
        assert (state, attempts) == ("graded", 2)
        assert again != owner
        eventually(lambda: service.said("came too late"), "the late result is turned away")
        assert _lease(service, id) == (state, again, attempts)


def _lease(service: Running, id: str) -> tuple[str, str, int]:
    number = id if service.environment.get("DATABASE_URL") else id.replace("-", "")
    query = f"select state, lease_owner, attempts from service_grading where submission_id = '{number}'"
    ((state, owner, attempts),) = service.rows(query)
    return state, owner, attempts


def _worker_name(pid: int) -> str:
    pairs = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return next(pair.partition(b"=")[2].decode() for pair in pairs if pair.startswith(b"NABLA_WORKER="))


def test_the_web_is_killed_while_uploads_come_in(service: Running) -> None:
    """Whoever got a receipt has a result; whoever got none sends again with the same key and is in once."""
    receipts: list[str] = []
    keys = [f"storm-{number}" for number in range(40)]

    def send(key: str) -> None:
        url = f"{service.url}/api/courses/calculus/assignments/demo/submissions"
        headers = {"Authorization": f"Bearer {service.tokens['emmy']}", "Idempotency-Key": key}
        files = {"file": ("solution.py", SOLUTION + f"# {key}\n".encode())}
        for _ in range(50):
            try:
                answer = httpx.post(url, headers=headers, files=files, timeout=10)
            except httpx.TransportError:
                continue
            assert answer.status_code == 201, answer.text
            receipts.append(answer.json()["id"])
            return
        raise AssertionError("no receipt after 50 tries")

    def send_all(part: list[str]) -> None:
        for key in part:
            send(key)

    senders = [threading.Thread(target=send_all, args=(keys[part::4],)) for part in range(4)]
    for sender in senders:
        sender.start()
    for _ in range(3):
        await_more(receipts)
        service.kill("grader.service.server")
    for sender in senders:
        sender.join()
    with service.client("emmy") as emmy:
        require_right(emmy, receipts)
        mine = [item["sha256"] for item in emmy._send("GET", "courses/calculus/submissions?limit=500").json()]
    assert len(set(receipts)) == len(keys)
    assert len(mine) == len(set(mine)), "no upload is in twice"


def await_more(items: list[str]) -> None:
    before = len(items)
    eventually(lambda: len(items) > before, "uploads go on")


KILLING = """
import os, signal, django
django.setup()
from grader.service import doorbell
# The first upload dies between its commit and its answer; nobody is told of it.
doorbell.ring = lambda lane, id: os.kill(os.getpid(), signal.SIGKILL)
from grader.service.server import main
import sys
main(sys.argv[1])
"""


def test_the_web_dies_between_commit_and_answer(service: Running, tmp_path: Path) -> None:
    import socket

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        settings = {
            "NABLA_DATA": str(service.data), "DJANGO_SETTINGS_MODULE": "grader.service.settings",
            "BROKER_URL": f"redis+socket://{service.data}/run/redis.sock", **service.environment,
        }  # fmt: skip
        doomed = subprocess.Popen(
            [sys.executable, "-c", KILLING, str(listening.fileno())], env=clean(settings), cwd=ROOT,
            pass_fds=(listening.fileno(),),
        )  # fmt: skip
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        upload = {"file": ("solution.py", SOLUTION + b"# between commit and answer\n")}
        headers = {"Authorization": f"Bearer {service.tokens['emmy']}", "Idempotency-Key": "between"}
        with pytest.raises(httpx.TransportError):
            httpx.post(
                f"{url}/api/courses/calculus/assignments/demo/submissions", files=upload, headers=headers, timeout=30
            )
        assert doomed.wait(30) == -signal.SIGKILL
    again = httpx.post(
        f"{service.url}/api/courses/calculus/assignments/demo/submissions", files=upload, headers=headers, timeout=30
    )
    assert again.status_code == 201
    with service.client("emmy") as emmy:
        same = [item for item in emmy.submissions() if item["sha256"] == again.json()["sha256"]]
        assert [item["id"] for item in same] == [again.json()["id"]]
        require_right(emmy, [again.json()["id"]])


def test_a_submission_that_kills_its_worker_every_time_stops_after_three(
    tmp_path: Path, demo_folder: Path, shared_cache: Path
) -> None:
    """The worker is killed whenever it has taken up this one; others are graded, and nobody gets a zero."""
    with running(tmp_path / "data", "--workers", "1", NABLA_CACHE=str(shared_cache)) as started:
        furnish(started, demo_folder)
        with started.client("emmy") as emmy:
            (poison,) = hand_in(emmy, 1, SLOW)
            until = time.monotonic() + 3 * RECOVERY
            while (state := emmy.submission(poison)["state"]) != "needs_attention":
                assert time.monotonic() < until, state
                if state == "running":
                    kill_and_await(started, poison)
            assert _lease(started, poison)[2] == 3
            assert emmy.submission(poison)["score"] is None
            require_right(emmy, hand_in(emmy, 1))


def kill_and_await(service: Running, id: str) -> None:
    attempts = _lease(service, id)[2]
    service.kill("-m grader.worker ")
    eventually(lambda: _moved_on(service, id, attempts), "it is given back", RECOVERY)


def _moved_on(service: Running, id: str, attempts: int) -> bool:
    state, _, seen = _lease(service, id)
    return state != "running" or seen > attempts
