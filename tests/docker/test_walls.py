"""A runner container from within and from without: where it can write, what it may use, how it is reached."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable

import pytest

from tests.docker import compose
from tests.docker.engine import Engine
from tests.docker.runner import Runner, Runners
from tests.up.running import eventually

pytestmark = pytest.mark.sandbox

STUDENT = 70_001


def test_the_shell_is_not_there(runner_container: Callable[..., Runner]) -> None:
    runner = runner_container(command=["python3", "-c", "import signal; signal.pause()"])
    for shell in ("sh", "bash", "/bin/sh", "busybox"):
        refused = runner.engine.try_docker("exec", runner.name, shell, "-c", "true")
        assert refused.returncode != 0
        assert "no such file" in refused.stderr + refused.stdout or "not found" in refused.stderr + refused.stdout


TRY_TO_WRITE = """
import json, os, sys
identity = {identity}
if identity:
    os.setgroups([])
    os.setresgid(identity, identity, identity)
    os.setresuid(identity, identity, identity)
written = []
for folder, _, _ in os.walk("/"):
    if folder.startswith("/proc"):
        continue
    try:
        os.close(os.open(folder + "/written", os.O_CREAT | os.O_WRONLY | os.O_EXCL))
        written.append(folder)
    except OSError:
        pass
print(json.dumps(sorted(written)))
"""


def test_root_can_write_to_tmp_and_to_the_volume_of_sockets(runners: Runners) -> None:
    # The engine makes /dev a small file system in memory, of root's; nothing there outlives the container.
    assert runners.run_python(TRY_TO_WRITE.format(identity=0)) == ["/dev", "/run/nabla", "/tmp"]


def test_a_student_can_write_to_tmp_alone(runners: Runners) -> None:
    assert runners.run_python(TRY_TO_WRITE.format(identity=STUDENT)) == ["/tmp"]


FILL = """
import json, os
def count_files():
    for number in range(10_000):
        try:
            os.close(os.open(f"/tmp/{number}", os.O_CREAT | os.O_WRONLY))
        except OSError as error:
            return number, error.strerror
def count_bytes():
    with open("/tmp/0", "wb", buffering=0) as file:
        total = 0
        try:
            while True:
                total += file.write(bytes(1 << 20))
        except OSError as error:
            return total, error.strerror
print(json.dumps([count_files(), count_bytes()]))
"""


def test_tmp_takes_64_mib_and_4096_files(runners: Runners) -> None:
    (files, full), (size, also_full) = runners.run_python(FILL)
    assert full == also_full == "No space left on device"
    assert 4000 < files <= 4096
    assert 63 << 20 < size <= 64 << 20


LIMITS = """
import json, os, signal
children = []
try:
    while len(children) < 1000:
        pid = os.fork()
        if pid == 0:
            signal.pause()
        children.append(pid)
except OSError as error:
    refused = error.strerror
for pid in children:
    os.kill(pid, signal.SIGKILL)
print(json.dumps([len(children), refused]))
"""


def test_processes_are_counted(runners: Runners) -> None:
    started, refused = runners.run_python(LIMITS)
    assert refused == "Resource temporarily unavailable"
    assert started < compose.services()["runner-numpy-1"]["pids_limit"]


def test_memory_ends_where_compose_says(runner_container: Callable[..., Runner]) -> None:
    hog = "import os, signal\nif os.fork() == 0: b = bytearray(b'x' * (1200 << 20))\nelse: print(os.wait()[1], flush=True); signal.pause()"
    runner = runner_container(command=["python3", "-c", hog])
    lines = _follow(runner)
    assert lines == "9\n"  # killed, and the first process goes on


def _follow(runner: Runner) -> str:
    """The first line that it prints."""
    with subprocess.Popen(
        ["docker", "logs", "--follow", runner.name], env=runner.engine.environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
    return line


STAND_IN = """
import array, os, socket
os.umask(0o117)
listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
listening.bind("/run/nabla/numpy-1.sock")
listening.listen(1)
print("listening", flush=True)
connection, _ = listening.accept()
message, descriptors, _, _ = socket.recv_fds(connection, 100, 1)
os.write(descriptors[0], b"by the pipe: " + message)
"""


def test_a_worker_reaches_it_by_the_socket_and_hands_it_a_pipe(runner_container: Callable[..., Runner]) -> None:
    runner = runner_container(command=["python3", "-S", "-c", STAND_IN])
    assert _follow(runner) == "listening\n"
    path = runner.sockets / "numpy-1.sock"
    status = path.stat()
    assert (status.st_uid, status.st_mode & 0o777) == (0, 0o660)
    assert status.st_gid == (runner.sockets.stat().st_gid) == 10001  # the group of the service's image
    reading, writing = os.pipe()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as worker:
        worker.connect(str(path))
        socket.send_fds(worker, [b"hello"], [writing])
        os.close(writing)
        assert os.read(reading, 100) == b"by the pipe: hello"
    os.close(reading)


def test_one_that_ends_is_started_again_with_an_empty_tmp(runner_container: Callable[..., Runner]) -> None:
    script = "import os; print(os.listdir('/tmp')); open('/tmp/left', 'w')"
    runner = runner_container(command=["python3", "-S", "-c", script])
    eventually(lambda: runner.state()["RestartCount"] >= 1, "the engine starts it again")
    eventually(lambda: runner.output().count("\n") >= 2, "it runs again")
    assert set(runner.output().splitlines()) == {"[]"}


def test_the_engine_confirms_what_compose_asks_for(
    runner_container: Callable[..., Runner], container_engine: Engine
) -> None:
    runner = runner_container(command=["python3", "-S", "-c", "import signal; signal.pause()"])
    host = runner.state()["HostConfig"]
    assert (host["Memory"], host["MemorySwap"], host["PidsLimit"], host["NanoCpus"]) == (1 << 30, 1 << 30, 128, 10**9)
    assert (host["NetworkMode"], host["ReadonlyRootfs"], host["IpcMode"]) == ("none", True, "private")
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert [mount["Destination"] for mount in runner.state()["Mounts"]] == ["/run/nabla"]
