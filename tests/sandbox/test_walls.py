"""What a child cannot see, reach or change. Each attack is code that a student could hand in."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from grader.sandbox.run import Ending, Raised
from grader.sandbox.slot import Slot
from tests.conftest import ROOT
from tests.sandbox.running import returned, run

pytestmark = pytest.mark.sandbox


def refusal(slot: Slot, body: str, imports: str = "os") -> str:
    """The exception that the attack ends with."""
    done = run(slot, f"import {imports}\ndef f():\n    {body}")
    assert isinstance(done.responses[0], Raised), f"the attack went through: {done.responses[0]} {done.ending}"
    return f"{done.responses[0].kind}: {done.responses[0].message}"


@pytest.mark.parametrize(
    ("body", "imports", "expected"),
    [
        pytest.param("open('/etc/passwd')", "os", "FileNotFoundError", id="accounts of the machine"),
        pytest.param("open('/etc/hostname')", "os", "FileNotFoundError", id="name of the machine"),
        pytest.param("open('/nabla/new', 'w')", "os", "Read-only", id="write beside our modules"),
        pytest.param("open(os.__file__, 'a')", "os", "PermissionError", id="write the standard library"),
        pytest.param("open('/proc/sys/kernel/core_pattern', 'w')", "os", "FileNotFoundError", id="kernel settings"),
        pytest.param("open('/proc/cmdline')", "os", "FileNotFoundError", id="facts of the machine"),
        pytest.param("mmap.mmap(-1, 4096)", "mmap", "PermissionError", id="shared memory"),
        pytest.param("fcntl.flock(open(os.__file__), fcntl.LOCK_EX)", "fcntl, os", "PermissionError", id="file lock"),
        pytest.param("fcntl.fcntl(1, 1031, 1 << 20)", "fcntl", "PermissionError", id="pipe size"),
        pytest.param("fcntl.fcntl(os.open('/nabla', 0), 1026, 31)", "fcntl, os", "PermissionError", id="notification"),
        pytest.param("mmap.mmap(-1, 1 << 39, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)", "mmap", "Error", id="half a TB"),
        pytest.param("open('/proc/self/oom_score_adj', 'w').write('-1000')", "os", "PermissionError", id="oom score"),
        pytest.param("open('/dev/tty')", "os", "FileNotFoundError", id="terminal"),
        pytest.param("os.mkfifo('/tmp/fifo')", "os", "PermissionError", id="fifo"),
        pytest.param("os.symlink('/', '/tmp/link')", "os", "PermissionError", id="symbolic link"),
        pytest.param("os.link(os.__file__, '/tmp/link')", "os", "PermissionError", id="hard link"),
        pytest.param("os.chmod('/tmp', 0o777)", "os", "PermissionError", id="modes"),
        pytest.param("os.fork()", "os", "PermissionError", id="fork"),
        pytest.param("os.posix_spawn('/bin/sh', ['sh'], {})", "os", "Error", id="spawn"),
        pytest.param("os.execv('/bin/sh', ['sh'])", "os", "PermissionError", id="exec"),
        pytest.param("subprocess.run(['true'])", "subprocess", "Error", id="subprocess"),
        pytest.param("socket.socket()", "socket", "PermissionError", id="internet socket"),
        pytest.param("socket.socket(socket.AF_INET6)", "socket", "PermissionError", id="internet 6 socket"),
        pytest.param("socket.socketpair()", "socket", "PermissionError", id="socket pair"),
        pytest.param("socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "socket", "PermissionError", id="netlink"),
        pytest.param("os.setuid(0)", "os", "PermissionError", id="become root"),
        pytest.param("os.setgroups([0])", "os", "PermissionError", id="groups"),
        pytest.param("os.chroot('/tmp')", "os", "PermissionError", id="chroot"),
        pytest.param("os.nice(-5)", "os", "PermissionError", id="priority"),
        pytest.param("resource.setrlimit(7, (10**6, 10**6))", "resource", "not allowed", id="raise own limits"),
        pytest.param("signal.pidfd_send_signal(os.pidfd_open(1), 9)", "os, signal", "PermissionError", id="pidfd"),
        pytest.param("os.memfd_create('x')", "os", "PermissionError", id="anonymous file"),
        pytest.param("os.sched_setaffinity(0, [0])", "os", "PermissionError", id="affinity"),
        pytest.param("__import__('torch')", "os", "ModuleNotFoundError", id="torch in a numpy runtime"),
        pytest.param("__import__('sympy')", "os", "ModuleNotFoundError", id="sympy in a numpy runtime"),
        pytest.param("__import__('yaml')", "os", "ModuleNotFoundError", id="packages of the grader"),
        pytest.param("__import__('grader.grading')", "os", "ModuleNotFoundError", id="modules of the grader"),
        pytest.param("__import__('reference')", "os", "ModuleNotFoundError", id="the reference"),
    ],
)
def test_refused(slot: Slot, body: str, imports: str, expected: str) -> None:
    assert expected in refusal(slot, body, imports)


CALLS = {
    "ptrace": (101, "0, 1, 0, 0"),
    "mount": (165, "0, 0, 0, 0, 0"),
    "unshare": (272, "0x10000000"),
    "setns": (308, "0, 0"),
    "keyctl": (250, "0, -3, 0"),
    "add_key": (248, "b'user', b'x', b'y', 1, -3"),
    "io_uring_setup": (425, "8, 0"),
    "bpf": (321, "0, 0, 0"),
    "perf_event_open": (298, "0, 0, 0, 0, 0"),
    "userfaultfd": (323, "0"),
    "shmget": (29, "0, 4096, 0o1666"),
    "msgget": (68, "0, 0o1666"),
    "semget": (64, "0, 1, 0o1666"),
    "mq_open": (240, "b'x', 0o102, 0o666, 0"),
    "process_vm_readv": (310, "1, 0, 0, 0, 0, 0"),
    "pidfd_getfd": (438, "0, 0, 0"),
    "seccomp": (317, "0, 0, 0"),
    "personality": (135, "0x0040000"),
    "clone without thread": (56, "17, 0, 0, 0, 0"),
    "prctl dumpable": (157, "4, 1, 0, 0, 0"),
    "ioctl TIOCSTI": (16, "0, 0x5412, b'x'"),
    "ioctl TIOCSTI with high bits": (16, "0, 0x100005412, b'x'"),
    "kexec_load": (246, "0, 0, 0, 0"),
    "open_by_handle_at": (304, "0, 0, 0"),
    "fsopen": (430, "b'tmpfs', 0"),
    "memfd_secret": (447, "0"),
}


@pytest.mark.parametrize(("number", "arguments"), CALLS.values(), ids=CALLS.keys())
def test_raw_system_calls_are_refused(slot: Slot, number: int, arguments: str) -> None:
    source = f"""
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    outcome = libc.syscall({number}, {arguments})
    return [outcome, ctypes.get_errno()]
"""
    outcome, error = returned(run(slot, source)).tolist()
    assert outcome == -1
    # EPERM by the filter; ENOTTY is its answer to ioctl
    assert error in (1, 25)


def test_the_old_system_call_tables_end_the_process(slot: Slot) -> None:
    x32 = "import ctypes\ndef f(): return ctypes.CDLL(None).syscall(0x40000000 + 39)"
    done = run(slot, x32)
    assert (done.ending, done.exit_code) == (Ending.DIED, -31)


def test_clone3_is_unknown_and_threads_still_start(slot: Slot) -> None:
    source = """
import ctypes, threading
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    outcome = [libc.syscall(435, 0, 0), ctypes.get_errno()]
    threading.Thread(target=outcome.append, args=(7,)).start()
    while len(outcome) < 3: pass
    return outcome
"""
    assert returned(run(slot, source)).tolist() == [-1, 38, 7]


def test_nothing_of_the_machine_is_there(slot: Slot) -> None:
    listing = "import os\ndef f():\n    print(*sorted(os.listdir('/')), *sorted(os.listdir('/dev')))\n    return 0"
    words = run(slot, listing).output.split()
    assert not {"home", "etc", "var", "boot", "bin", "sbin", "run", "mnt", "srv"} & set(words)
    assert {"null", "zero", "random", "urandom"} <= set(words)
    assert not {"shm", "mem", "kmsg", "sda", "vda"} & set(words)


def test_only_our_inside_half_and_numpy_are_there(slot: Slot) -> None:
    def listed(path: str) -> set[str]:
        source = f"import os\ndef f():\n    print(*os.listdir('/nabla/{path}'))\n    return 0"
        return set(run(slot, source).output.split())

    assert listed("packages") == {"numpy", "numpy.libs"}
    assert listed("grader") == {"__init__.py", "sandbox", "inside"}
    assert listed("grader/sandbox") == {"__init__.py", "layouts.py", "numbers.py", "wire.py"}


def test_no_other_process_is_visible(slot: Slot) -> None:
    source = "import os\ndef f(): return [int(name) for name in os.listdir('/proc') if name.isdigit()]"
    assert returned(run(slot, source)).tolist() == [1]


def test_the_environment_is_the_same_for_all(slot: Slot) -> None:
    source = (
        "import os, sys\nprint(*sorted(os.environ), os.getcwd(), os.uname().nodename, *sys.argv)\ndef f(): return 0"
    )
    expected = "HOME LANG OMP_NUM_THREADS OPENBLAS_NUM_THREADS TMPDIR /tmp nabla nabla"
    assert run(slot, source).output.split() == expected.split()


def test_no_descriptor_but_its_own_is_open(slot: Slot) -> None:
    source = "import os\ndef f(): return [os.fstat(k).st_mode for k in range(5)] + [len(os.listdir('/proc/self/fd'))]"
    # stdin, stdout, stderr, the two pipes, and the listing itself
    assert returned(run(slot, source)).tolist()[-1] == 6


def test_a_listener_on_the_machine_is_out_of_reach(slot: Slot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        assert "PermissionError" in refusal(slot, f"socket.create_connection({address!r}, 1)", "socket")


def test_memory_of_the_zygote_holds_no_expected_value(slot: Slot) -> None:
    """The zygote is no fork of a process that knows any: it was started afresh and never saw this number."""
    marker = float.fromhex("0x1.23456789abcdep+3")
    source = f"import gc\ndef f(): return sum(o == {marker + 1!r} - 1 for o in gc.get_objects() if type(o) is float)"
    assert returned(run(slot, source)) == 0


def test_bad_system_calls_of_numpy_are_not_needed(slot: Slot) -> None:
    source = """
import numpy as np
def f():
    rng = np.random.default_rng(0)
    A = rng.standard_normal((60, 60)) + 60 * np.eye(60)
    parts = [np.linalg.solve(A, A), np.linalg.svd(A)[1], np.fft.fft(A).real, np.linalg.eigvals(A).real, np.sort(A)]
    np.save('/tmp/kept.npy', A)
    return [float(np.isfinite(p).all()) for p in parts] + [float((np.load('/tmp/kept.npy') == A).all())]
"""
    assert returned(run(slot, source)).tolist() == [1.0] * 6


def test_the_repository_is_not_reachable_by_its_path(slot: Slot) -> None:
    path = Path(ROOT, "assignments").as_posix()
    assert "FileNotFoundError" in refusal(slot, f"os.listdir({path!r})")
