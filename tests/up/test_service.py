"""`nabla up`: starting, refusing to start, staying up, and leaving nothing behind."""

from __future__ import annotations

import re
import signal
import socket
import stat
from pathlib import Path

import httpx
import pytest

from tests.up.furnishing import furnish
from tests.up.running import Running, eventually, nabla, running

pytestmark = pytest.mark.sandbox


def processes(pids: set[int]) -> set[int]:
    """Those of them that are still there and no corpses."""
    alive = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            alive.add(pid)
    return alive


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_it_leaves_no_process_and_no_socket(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path / "data") as started:
        # Its parts, and the processes of at least one slot.
        eventually(lambda: len(started.family()) > 6, "a slot is warm")
        family = started.family()
        status = started.stop(number)
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    eventually(lambda: not processes(family), "every process is gone")
    if number != signal.SIGKILL:
        assert not [path for path in (tmp_path / "data").rglob("*") if stat.S_ISSOCK(path.lstat().st_mode)]


def test_after_a_kill_it_starts_again_on_the_same_folder(tmp_path: Path) -> None:
    with running(tmp_path / "data") as started:
        family = started.family()
        started.account("emmy")
        started.stop(signal.SIGKILL)
        eventually(lambda: not processes(family), "every process is gone")
    with running(tmp_path / "data") as again:
        made = nabla("user", "add", "emmy", "--data", str(again.data), "--password-stdin", stdin="for-emmy-only\n")
        assert "there is an account emmy already; choose another name" in made.stderr


def test_one_folder_one_service(service: Running) -> None:
    second = nabla("up", "--data", str(service.data), "--port", "0")
    assert second.returncode == 4
    assert (
        f"the service is already running on {service.data} (process {service.process.pid}); stop it first"
        in second.stderr
    )


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = nabla("up", "--data", str(tmp_path / "data"), "--port", str(port))
    assert refused.returncode == 4
    assert f"nabla: port {port} cannot be used: Address already in use; name another one with --port" in refused.stderr


@pytest.mark.parametrize(("folder", "reason"), [("file", "File exists"), ("file/below", "Not a directory")])
def test_a_folder_that_cannot_be_used(tmp_path: Path, folder: str, reason: str) -> None:
    (tmp_path / "file").write_text("")
    refused = nabla("up", "--data", str(tmp_path / folder), "--port", "0")
    assert refused.returncode == 4
    assert f"cannot be used: {reason}; name one you may write to with --data" in refused.stderr


def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "nabla.sqlite3").write_text("not a database at all, but long enough to look like one" * 50)
    refused = nabla("up", "--data", str(tmp_path / "data"), "--port", "0")
    assert refused.returncode == 4
    assert "nabla: the database cannot be used: " in refused.stderr
    assert "file is not a database" in refused.stderr


def test_a_database_server_that_is_not_there(tmp_path: Path) -> None:
    refused = nabla("up", "--data", str(tmp_path / "data"), "--port", "0", DATABASE_URL="postgres://a:b@127.0.0.1:9/x")
    assert refused.returncode == 4
    assert "nabla: the database cannot be used: " in refused.stderr
    wrong = nabla("up", "--data", str(tmp_path / "data"), "--port", "0", DATABASE_URL="mysql://a")
    assert "DATABASE_URL is not of the form" in wrong.stderr


@pytest.mark.parametrize("name", ["d" * 120, "a %41 #b?c d"], ids=["long", "odd"])
def test_paths_of_all_kinds(tmp_path: Path, demo_folder: Path, shared_cache: Path, name: str) -> None:
    """Sockets have short names, URLs have characters of their own; a data folder need not care."""
    with running(tmp_path / name / "data", "--workers", "1", NABLA_CACHE=str(shared_cache)) as started:
        furnish(started, demo_folder)
        assert started.stop() == 0


def test_what_it_keeps_is_private(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    with running(tmp_path / "data", "--workers", "1") as started:
        started.account("emmy")
        kept = [started.data, *started.data.rglob("*")]
        assert {"nabla.sqlite3", "nabla.sqlite3-wal", "secret-key", "run"} <= {path.name for path in kept}
        open_to_others = [path for path in kept if stat.S_IMODE(path.lstat().st_mode) & 0o077]
    assert open_to_others == []


def test_behind_a_proxy_that_speaks_https(tmp_path: Path) -> None:
    """As a browser sees it: pages of another name, by HTTPS, whose forms work."""
    with running(tmp_path / "data", "--workers", "1", NABLA_HTTPS="1", NABLA_HOSTS="grader.example") as started:
        started.account("emmy")
        forwarded = {"Host": "grader.example", "X-Forwarded-Proto": "https", "Origin": "https://grader.example"}
        with httpx.Client(base_url=started.url, headers=forwarded) as proxy:
            page = proxy.get("/sign-in")
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
            assert token
            cookie = page.headers["set-cookie"]
            assert "Secure" in cookie
            form = {"username": "emmy", "password": "for-emmy-only", "csrfmiddlewaretoken": token[1]}
            answer = proxy.post("/sign-in", data=form, headers={"Cookie": cookie.partition(";")[0]})
        assert (answer.status_code, answer.headers["location"]) == (302, "/")


def test_it_listens_on_this_machine_only(service: Running) -> None:
    port = int(service.url.rpartition(":")[2])
    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    assert f"0100007F:{port:04X}" in listening
    assert f"00000000:{port:04X}" not in listening
    assert httpx.get(f"{service.url}/healthz", headers={"Host": "elsewhere.example"}).status_code == 400


@pytest.mark.parametrize(
    "part", ["redis-server", "-m grader.worker ", "grader.worker.reconciler", "grader.service.server"]
)
def test_a_part_that_dies_is_started_again(service: Running, part: str) -> None:
    killed = service.kill(part)
    eventually(lambda: len(set(service.pids(part)) - set(killed)) == len(killed), f"{part} is back")
    assert httpx.get(f"{service.url}/healthz", timeout=30).text == "ok"


def test_a_broker_of_ones_own(service: Running, tmp_path: Path, demo_folder: Path, shared_cache: Path) -> None:
    """BROKER_URL: no Redis is started, the given one is used."""
    broker = f"redis+socket://{service.data}/run/redis.sock?virtual_host=3"
    with running(tmp_path / "data", "--workers", "1", BROKER_URL=broker, NABLA_CACHE=str(shared_cache)) as started:
        assert not started.pids("redis-server")
        furnish(started, demo_folder)


def test_a_large_upload_is_answered(service: Running) -> None:
    files = {"file": ("solution.zip", b"\0" * (50 << 20))}
    headers = {"Authorization": f"Bearer {service.tokens['emmy']}"}
    answer = httpx.post(
        f"{service.url}/api/courses/calculus/assignments/demo/submissions", files=files, headers=headers, timeout=60
    )
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("solution.zip is larger than 20 MiB")
