"""`make bench`: what grading takes, beside what the usual ways take for the same checks in the same run.

Prints medians over several rounds, and ratios; asserts nothing.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from grader.bundles import Bundles, cache_folder
from grader.cli.grade import _build
from grader.domain.limits import Limits
from grader.grading import Grader
from grader.intake.read import read_path
from grader.sandbox.launcher import Namespaces
from grader.sandbox.run import Program
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.conftest import MATRIX_CALCULUS, ROOT

SOLUTION = MATRIX_CALCULUS / "solution" / "solution.py"

# The same eleven tasks as a homework test is usually written: in one process with the student's code, against
# closed forms that lie beside it, with a chosen tolerance.
CHECKS = """
import numpy as np
import solution as s
rng = np.random.default_rng(0)
N = rng.standard_normal
def points():
    for _ in range(24):
        m, n, k = rng.permutation([3, 5, 7])
        yield N((m, n)), N(n), N((n, n)), N(m), N(k), N((m, k)), N((m, m)), N((n, m))
def near(a, b): assert np.allclose(a, b, rtol=1e-9)
def test_dot():
    for A, x, *_ in points(): near(s.grad_dot(x, 2 * x), 2 * x)
def test_linear():
    for A, x, *_ in points(): near(s.grad_linear(A, x), A.T)
def test_jacobian():
    for A, x, *_ in points(): near(s.jacobian_linear(A, x), A)
def test_quadratic():
    for A, x, Q, *_ in points(): near(s.grad_quadratic(Q, x), (Q + Q.T) @ x)
def test_quadratic_scaled():
    for A, x, Q, *_ in points(): near(s.grad_quadratic(Q, 1e150 * x), (Q + Q.T) @ (1e150 * x))
def test_symmetric():
    for A, x, Q, *_ in points(): near(s.grad_quadratic_symmetric(Q + Q.T, x), 2 * (Q + Q.T) @ x)
def test_wls_s():
    for A, x, Q, y, t, B, W, C in points(): near(s.wls_grad_s(y, t, B, W + W.T), -2 * B.T @ (W + W.T) @ (y - B @ t))
def test_wls_x():
    for A, x, Q, y, t, B, W, C in points(): near(s.wls_grad_x(y, t, B, W + W.T), 2 * (W + W.T) @ (y - B @ t))
def test_logdet():
    for A, x, Q, *_ in points(): near(s.grad_logdet(Q), np.linalg.inv(Q).T)
def test_trace():
    for A, x, Q, y, t, B, W, C in points(): near(s.grad_trace(A, C), C.T)
def test_chain():
    for A, x, *_ in points(): near(s.grad_chain(x), 2 * np.cos(x @ x) * x)
def test_cubic():
    for A, x, *_ in points(): near(s.cubic_derivative(x[0]), 9 * x[0] ** 2 - 10 * x[0])
"""


def timed(work: Callable[[], object], rounds: int) -> list[float]:
    """Milliseconds of each round, after one that is not counted."""
    work()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return sorted(times)


def show(name: str, times: list[float], unit: float | None = None) -> None:
    """A row: median, 95th percentile, and the ratio to `unit`."""
    median = statistics.median(times)
    p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
    ratio = f"{median / unit:9.1f} x" if unit else ""
    sys.stdout.write(f"{name:<58}{median:9.2f} {p95:9.2f} {ratio}\n")


def cold(arguments: list[str], folder: Path) -> Callable[[], object]:
    """A whole process of our own interpreter."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return lambda: subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, check=True, capture_output=True
    )


def bench_grading() -> float:
    """The whole assignment in a warm slot; returns the median in ms."""
    assignment = load(MATRIX_CALCULUS)
    submission = read_path(SOLUTION, assignment.file)
    with Slot(Namespaces(), "numpy") as slot:
        grader = Grader(assignment, slot, Bundles(cache_folder(), _build))
        times = timed(lambda: grader.grade(submission), 60)
        show(f"nabla, warm slot, {len(assignment.tasks)} tasks in {len(assignment.tasks)} fresh children", times)
        program = Program("solution", (("solution.py", b"def f(): return 1.0\n"),), [], Limits())
        show("  one fresh confined child, from order to clean slot", timed(lambda: slot.run(program), 100))
    return statistics.median(times)


def bench_start(runtime: str) -> None:
    """From a program for a child that is not there yet to that child being ready."""
    from grader.sandbox.conversation import Child, Conversation, dismiss

    with Slot(Namespaces(), runtime) as slot:
        control = slot.warm().control
        numbers = iter(range(1, 10_000))
        limits = Limits()
        times = []
        for _ in range(60):
            started = time.perf_counter()
            child = Child(control, next(numbers), limits)
            empty = Program("solution", (("solution.py", b""),), [], limits)
            conversation = Conversation(control, child, empty)
            conversation.start()
            while not os.get_blocking(child.answers) and not _has_bytes(child.answers):
                pass
            times.append(1000 * (time.perf_counter() - started))
            dismiss(control, child)
            child.close()
    show(f"  fresh child ready, {runtime} runtime, no spare", sorted(times))


def _has_bytes(descriptor: int) -> bool:
    import select

    return bool(select.select([descriptor], [], [], 1.0)[0])


def bench_peers(unit: float) -> None:
    """The same checks without a sandbox, in a new process for each submission."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "solution.py").write_bytes(SOLUTION.read_bytes())
        (folder / "test_solution.py").write_text(CHECKS)
        calls = "import test_solution as t\nfor name in dir(t):\n    if name.startswith('test_'): getattr(t, name)()\n"
        (folder / "plain.py").write_text(calls)
        show("a cold Python process with the same checks, no sandbox", timed(cold(["plain.py"], folder), 10), unit)
        command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "test_solution.py"]
        show("a cold pytest process with the same checks, no sandbox", timed(cold(command, folder), 10), unit)


def main() -> None:
    """Print the table."""
    load_average = os.getloadavg()[0]
    machine = f"{os.cpu_count()} cores, {platform.release()}, Python {platform.python_version()}"
    sys.stdout.write(f"{machine}, load {load_average:.1f}\n\n{'ms':<58}{'median':>9} {'p95':>9}\n")
    unit = bench_grading()
    bench_start("numpy")
    bench_start("torch")
    bench_peers(unit)
    command = ["-m", "grader.cli", "lint", str(MATRIX_CALCULUS)]
    show("nabla lint, the whole command", timed(cold(command, ROOT), 10))
    show("  of which reading the assignment", timed(lambda: load(MATRIX_CALCULUS), 20))


if __name__ == "__main__":
    main()
