"""What a child sees around it. What it tries to reach and to change all the same is in tests/hostile."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.sandbox.run import Raised
from grader.sandbox.slot import Slot
from tests.conftest import ROOT
from tests.sandbox.running import returned, run

pytestmark = pytest.mark.sandbox


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


def test_the_environment_is_the_same_for_all(slot: Slot) -> None:
    source = (
        "import os, sys\nprint(*sorted(os.environ), os.getcwd(), os.uname().nodename, *sys.argv)\ndef f(): return 0"
    )
    expected = "HOME LANG OMP_NUM_THREADS OPENBLAS_NUM_THREADS TMPDIR /tmp nabla nabla"
    assert run(slot, source).output.split() == expected.split()


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
    response = run(slot, f"import os\ndef f(): os.listdir({path!r})").responses[0]
    assert isinstance(response, Raised)
    assert response.kind == "FileNotFoundError"
