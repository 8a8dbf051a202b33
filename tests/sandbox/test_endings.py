"""How a run ends is seen from outside, whatever the student's code does, and in bounded time."""

from __future__ import annotations

import pytest

from grader.domain.limits import MIB, OUTPUT_STOP, Limits
from grader.sandbox.run import Ending, Missing, Program, Raised, Run
from grader.sandbox.slot import Slot
from tests.sandbox.running import CALL_F, LIMITS, returned, run

pytestmark = pytest.mark.sandbox

BUSY = Limits(wall=20.0, cpu=0.5, memory=96 * MIB)
"""For what is to be ended by its processor time, on however busy a machine."""
SLEEP = "import time\ndef f(): time.sleep(60)"
SPIN = "def f():\n    while True: pass"
THREADS = """
import threading
def spin():
    while True: sum(range(1000))
def f():
    for _ in range(4): threading.Thread(target=spin).start()
"""
HOG = "import numpy as np\ndef f():\n    kept = []\n    while True: kept.append(np.ones(1 << 20))"
FLOOD = "def f():\n    while True: print('y' * 1000)"


def test_the_usage_is_measured_outside(slot: Slot) -> None:
    spun = run(slot, "import time\ntime.monotonic = time.time = lambda: 0\n" + SPIN, limits=BUSY)
    assert BUSY.cpu <= spun.usage.cpu <= 3 * BUSY.cpu
    slept = run(slot, SLEEP)
    assert LIMITS.wall <= slept.usage.wall <= 3 * LIMITS.wall
    assert slept.usage.cpu < 0.5


def test_all_threads_of_a_child_are_counted_and_end_with_it(slot: Slot) -> None:
    calls = [CALL_F, [["constant", 0.0], ["name", "g"], ["call", 1], ["reply", 2]]]
    done = run(slot, THREADS + "\nimport time\ndef g(): time.sleep(60)", probes=calls, limits=BUSY)
    assert done.ending is Ending.CPU
    assert done.usage.cpu >= BUSY.cpu
    assert returned(run(slot, "def f(): return 1.5")) == 1.5


def test_a_memory_hog_gets_a_memory_error_or_is_stopped(slot: Slot) -> None:
    done = run(slot, HOG)
    refused = isinstance(done.responses[0], Raised) and done.responses[0].kind in ("MemoryError", "_ArrayMemoryError")
    assert refused or done.ending is Ending.MEMORY
    assert done.usage.memory < 3 * LIMITS.memory


def test_what_was_printed_is_kept_up_to_the_limit(slot: Slot) -> None:
    done = run(slot, "print('hello \\x1b[31m')\ndef f(): print('y' * 10_000)", limits=Limits(output=1000))
    assert done.output.startswith("hello ?[31m\n")
    assert len(done.output) == 1000
    assert done.usage.output == 10_013
    assert run(slot, FLOOD).usage.output > OUTPUT_STOP


def test_responses_before_the_end_are_kept(slot: Slot) -> None:
    source = "count = 0\ndef f():\n    global count\n    count += 1\n    while count == 3: pass\n    return count"
    done = run(slot, source, probes=[CALL_F] * 5)
    assert [returned(done, k).item() for k in (0, 1)] == [1, 2]
    assert done.responses[2:] == (None, None, None)


def test_a_raised_exception_is_told_with_the_students_own_lines(slot: Slot) -> None:
    done = run(slot, "def g(x):\n    return x / 0\ndef f():\n    return g(1)\n")
    response = done.responses[0]
    assert isinstance(response, Raised)
    assert (response.kind, response.message) == ("ZeroDivisionError", "division by zero")
    assert [(place.unit, place.line) for place in response.lines] == [("solution.py", 4), ("solution.py", 2)]


@pytest.mark.parametrize("name", ["SystemExit", "KeyboardInterrupt", "GeneratorExit", "RecursionError"])
def test_no_exception_leaves_the_loop_of_the_child(slot: Slot, name: str) -> None:
    probes = [CALL_F, [["name", "g"], *CALL_F[1:]]]
    done = run(slot, f"def f(): raise {name}('out')\ndef g(): return 2.0", probes=probes)
    assert isinstance(done.responses[0], Raised)
    assert done.responses[0].kind == name
    assert returned(done, 1) == 2.0


def test_a_hostile_exception_text_does_no_harm(slot: Slot) -> None:
    source = "class Bad(Exception):\n    def __str__(self): raise RuntimeError\ndef f(): raise Bad"
    response = run(slot, source).responses[0]
    assert isinstance(response, Raised)
    assert response.message == ""


def test_missing_names_and_syntax_errors(slot: Slot) -> None:
    assert run(slot, "def g(): pass").responses == (Missing("f"),)
    unit = run(slot, "def f(:\n  pass").units[0]
    assert (unit.status, unit.lines[0].line, unit.message) == ("syntax", 1, "invalid syntax")


def test_the_child_is_fresh_every_time(slot: Slot) -> None:
    source = "import os, builtins\nfound = (os.path.exists('left'), hasattr(builtins, 'left'))\n"
    source += "open('left', 'w').close()\nbuiltins.left = 1\ndef f(): return sum(found)"
    assert [returned(run(slot, source)).item() for _ in range(3)] == [0, 0, 0]


def test_seeds_decide_the_random_numbers(slot: Slot) -> None:
    def drawn(seed: int) -> list[float]:
        source = b"import random, numpy as np\ndef f(): return [random.random(), np.random.rand()]"
        done = slot.run(Program("solution", (("solution.py", source),), [CALL_F], LIMITS, seed=seed))
        numbers: list[float] = returned(done).tolist()
        return numbers

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_other_limits_than_the_spare_childs_are_in_force(slot: Slot) -> None:
    run(slot, "def f(): return 1.0", limits=Limits(memory=500 * MIB))
    need = "import numpy as np\ndef f(): return np.ones(25_000_000).sum()"
    assert returned(run(slot, need, limits=Limits(memory=400 * MIB))) == 25e6
    tight: Run = run(slot, need, limits=Limits(memory=64 * MIB))
    assert isinstance(tight.responses[0], Raised)
    assert "allocate" in tight.responses[0].message
