"""The engine beside torch's gradcheck and a loop of central differences, over sizes and numbers of points.

python -m tests.bench.reference [--small]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import torch

from reference.build import build
from reference.device import WORK_THRESHOLD
from reference.differences import ridders
from reference.engine import Engine, first
from reference.language import names
from reference.lines import Index, coordinates
from reference.points import Array, Inputs
from reference.problem import Group, Problem
from reference.rounding import rounding_of
from reference.shapes import Size
from reference.tensors import value_of
from reference.truth import Truth
from tests.reference.problems import problem

KINDS = {
    "quadratic": "(B @ x) @ (B @ x)",
    "logdet": "logdet(eye(5) + B @ diag(x) @ B.T)",
    "mlp": "c @ tanh(B @ x)",
}
DENSE = "x @ A @ x + sum(tanh(C @ x)) + logsumexp(x)"
"""of 200 variables, each of which moves everything: evaluated three times as slowly as differentiated"""
GIVEN = {"x": "vector[n] positive", "B": "matrix[5, n]", "c": "vector[5]", "A": "matrix[n, n]", "C": "matrix[n, n]"}
BATCHES, SIZES = (64, 1_000, 10_000, 100_000), (5, 20, 200)
_SAMPLE = 3
"""points that slow ways are timed on; their time a point does not depend on how many there are"""


def made(kind: str, size: int, points: int) -> tuple[Problem, Inputs]:
    """A problem for variables of this size, with its inputs."""
    asked = problem(KINDS.get(kind, DENSE), "x", GIVEN)
    used = {"x", *names(asked.f)}
    given = tuple((name, replace(d, shape=_sized(d.shape, size))) for name, d in asked.given if name in used)
    rng = np.random.default_rng(0)
    lengths = {name: tuple(axis.at({}) for axis in domain.shape) for name, domain in given}
    shared = {
        name: rng.standard_normal(shape) / (np.sqrt(size) if len(shape) == 2 else 1.0)
        for name, shape in lengths.items()
    }
    inputs = {name: np.broadcast_to(value, (points, *value.shape)) for name, value in shared.items()}
    inputs["x"] = rng.uniform(0.2, 2.0, (points, size))
    return replace(asked, given=given, shape=(Size(None, size),)), inputs


def _sized(shape: tuple[Size, ...], size: int) -> tuple[Size, ...]:
    return tuple(Size(None, size) if axis.symbol == "n" else axis for axis in shape)


def seconds(call: Callable[[], object], rounds: int = 5) -> float:
    """The median of several calls, after one that warms up."""
    call()
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def gradcheck(asked: Problem, inputs: Inputs, fast: bool) -> float:
    """Seconds a point of torch's own check."""
    f = value_of(asked, {})
    points = []
    for k in range(_SAMPLE):
        tensors = {name: torch.from_numpy(values[k].copy()) for name, values in inputs.items()}
        points.append((tensors.pop("x").requires_grad_(), tensors))

    def check() -> None:
        for x, others in points:
            torch.autograd.gradcheck(lambda x, others=others: f(x, others), x, fast_mode=fast)

    return seconds(check, 3) / _SAMPLE


NUMPY: dict[str, Callable[[Inputs, Array], float]] = {
    "quadratic": lambda p, x: float((p["B"] @ x) @ (p["B"] @ x)),
    "logdet": lambda p, x: float(np.linalg.slogdet(np.eye(5) + (p["B"] * x) @ p["B"].T)[1]),
    "mlp": lambda p, x: float(p["c"] @ np.tanh(p["B"] @ x)),
    "dense": lambda p, x: float(
        x @ (p["A"] @ x) + np.sum(np.tanh(p["C"] @ x)) + np.max(x) + np.log(np.sum(np.exp(x - np.max(x))))
    ),
}


def loop(kind: str, inputs: Inputs) -> float:
    """Seconds a point of central differences with one step, as they are usually written."""
    f, h = NUMPY[kind], 6e-6

    def differences() -> None:
        for k in range(_SAMPLE):
            point = {name: values[k] for name, values in inputs.items()}
            x, slope = point["x"], np.empty_like(point["x"])
            for j in range(len(x)):
                step = np.zeros_like(x)
                step[j] = h
                slope[j] = (f(point, x + step) - f(point, x - step)) / (2 * h)

    return seconds(differences, 3) / _SAMPLE


def bars(asked: Problem, inputs: Inputs, engine: Engine, points: int) -> float:
    """Seconds a point of Ridders' differences with their bars."""
    inputs = {name: values[:points] for name, values in inputs.items()}
    x, rng = inputs["x"], np.random.default_rng(0)

    def f(index: Index, directions: Array, steps: Array) -> Array:
        return engine.along(asked, {name: values[index] for name, values in inputs.items()}, directions, steps)

    return seconds(lambda: ridders(f, x, coordinates(x), rounding_of(f, x, None, rng)), 1) / len(x)


def table(device: str, small: bool) -> None:
    """Microseconds a point."""
    engine = Engine(device)
    print(f"microseconds a point on {device}; ratios are of slow gradcheck and of the loop to the first column")
    heads = ("kind", "n", "points", "gradient", "gc slow", "gc fast", "loop", "vs slow", "vs loop")
    print("".join(f"{head:>10}" for head in heads))
    for kind in KINDS:
        for size in SIZES:
            _, sample = made(kind, size, _SAMPLE)
            asked, _ = made(kind, size, 1)
            peers = [gradcheck(asked, sample, fast=False), gradcheck(asked, sample, fast=True), loop(kind, sample)]
            for points in BATCHES[:2] if small else BATCHES:
                _, inputs = made(kind, size, points)
                ours = seconds(partial(engine.derivative, asked, inputs), 3) / points
                figures = [1e6 * value for value in (ours, *peers)]
                ratios = (peers[0] / ours, peers[2] / ours)
                print(
                    f"{kind:>10}{size:>10}{points:>10}"
                    + "".join(f"{value:>10.2f}" for value in figures)
                    + "".join(f"{ratio:>10.0f}" for ratio in ratios)
                )


def headline(engine: Engine) -> None:
    """f: R^200 -> R at 100 points, every way."""
    print("f: R^200 -> R at 100 points, milliseconds")
    for kind in NUMPY:
        asked, inputs = made(kind, 200, 100)
        ours = seconds(partial(engine.derivative, asked, inputs))
        slow = 100 * gradcheck(asked, inputs, fast=False)
        fast = 100 * gradcheck(asked, inputs, fast=True)
        numpy = 100 * loop(kind, inputs)
        barred = 100 * bars(asked, inputs, engine, 100)
        truth = Truth(asked)
        exact = 100 * seconds(partial(truth.derivative, first(inputs)), 3)
        print(
            f"  {kind:<10} gradient {1e3 * ours:.2f}, Ridders with bars {1e3 * barred:.0f}, 50 digits {1e3 * exact:.0f}; "
            f"gradcheck slow {1e3 * slow:.0f}, fast {1e3 * fast:.0f}, loop {1e3 * numpy:.0f}; slow gradcheck / gradient "
            f"{slow / ours:.0f}, slow gradcheck / Ridders {slow / barred:.1f}, loop / Ridders {numpy / barred:.1f}"
        )


def publishing() -> None:
    """One task of 64 points through every gate."""
    group = (Group("generic", 64, 100.0),)
    tasks = {
        "quadratic": problem("x @ A @ x", "x", {"x": "vector[n]", "A": "matrix[n, n] nonsymmetric"}, groups=group),
        "logdet": problem("logdet(A)", "A", {"A": "matrix[n, n] invertible"}, groups=group),
        "residual": problem(
            "r @ W @ r", "s", {"y": "vector[m]", "s": "vector[n]", "A": "matrix[m, n]", "W": "matrix[m, m] symmetric"},
            lets={"r": "y - A @ s"}, groups=group,
        ),
    }  # fmt: skip
    print("a bundle of a task with 64 points (192 with its spare ones), all gates, seconds")
    for name, task in tasks.items():
        print(f"  {name:<10} {seconds(partial(build, task), 3):.2f}")


def main() -> None:
    """Print everything."""
    torch.set_num_threads(1)
    has_device = torch.cuda.is_available()
    print(
        f"torch {torch.__version__}, one thread, " + (torch.cuda.get_device_name() if has_device else "no CUDA device")
    )
    headline(Engine("cpu"))
    publishing()
    table("cpu", "--small" in sys.argv)
    if has_device:
        table("cuda", "--small" in sys.argv)
        print(f"auto takes CUDA from {WORK_THRESHOLD:g} operations a call on")


if __name__ == "__main__":
    main()
