"""Where the engine computes, and what happens where memory runs out."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from reference.device import choose, in_chunks, is_out_of_memory, reproducible
from reference.engine import Engine
from reference.measure import Measurement
from reference.points import Array, Inputs
from reference.problem import Problem
from tests.reference.problems import gradient, problem, solved


def test_no_device_is_no_error() -> None:
    kind = "cuda" if torch.cuda.is_available() else "cpu"
    assert choose("cuda", 1.0).type == kind
    assert choose("auto", 1e12).type == kind
    assert choose("auto", 1.0).type == choose("cpu", 1e12).type == "cpu"


def test_an_unknown_device_is_told() -> None:
    with pytest.raises(ValueError, match=re.escape("device is one of auto, cpu, cuda, not 'tpu'")):
        choose("tpu", 1.0)


def test_half_as_many_points_each_time_memory_runs_out() -> None:
    asked: list[int | None] = []

    def compute(chunk: int | None) -> str:
        asked.append(chunk)
        if chunk is None or chunk > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return "done"

    assert in_chunks(compute, 24) == "done"
    assert asked == [None, 12, 6, 3]


def test_a_single_point_that_does_not_fit() -> None:
    def compute(chunk: int | None) -> None:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

    with pytest.raises(MemoryError, match="a single point does not fit into memory; use smaller sizes in `dims`"):
        in_chunks(compute, 5)


def test_another_error_is_not_taken_for_memory() -> None:
    def compute(chunk: int | None) -> None:
        raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes do not fit"):
        in_chunks(compute, 5)
    assert not is_out_of_memory(RuntimeError("shapes do not fit"))


def test_real_exhaustion_of_memory_is_recognised() -> None:
    with pytest.raises(RuntimeError) as raised:
        torch.empty(2**58, dtype=torch.float64)
    assert is_out_of_memory(raised.value)


def test_settings_of_torch_are_put_back() -> None:
    before = torch.are_deterministic_algorithms_enabled()
    with reproducible(torch.device("cpu")):
        assert torch.are_deterministic_algorithms_enabled()
        assert not torch.backends.cuda.matmul.allow_tf32
    assert torch.are_deterministic_algorithms_enabled() == before


@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_chunks_change_nothing(chunk: int) -> None:
    asked = gradient("quadratic")
    inputs, _, _ = solved(asked)
    assert np.array_equal(Engine("cpu", chunk).derivative(asked, inputs), Engine("cpu").derivative(asked, inputs))


class OffDevice(Engine):
    """Stands for a device whose results are a little wrong."""

    def leaves_the_cpu(self, problem: Problem, inputs: Inputs) -> bool:
        return self.device != "cpu"

    def derivative(self, problem: Problem, inputs: Inputs) -> Array:
        right = super().derivative(problem, inputs)
        return right if self.device == "cpu" else right * (1 + 2.0**-40)


def test_results_of_a_device_that_is_off_are_not_used() -> None:
    asked = gradient("sine")
    inputs, truth, _ = solved(asked)
    measurement = Measurement(asked, OffDevice("cuda"), np.random.default_rng(0))
    measured = measurement.at(inputs)
    assert measurement.engine.device == "cpu"
    assert measurement.worst_units < 32
    assert np.array_equal(measured.truth, truth)
    assert np.all(measured.error <= 32 * measured.base)


def test_the_cpu_is_not_blamed_for_what_its_library_loses() -> None:
    measurement = Measurement(
        problem("sum(1 - tanh(20 + x)**2)", "x", {"x": "vector[n]"}), Engine(), np.random.default_rng(0)
    )
    measurement.at({"x": np.ones((2, 3))})
    assert measurement.engine.device == "auto"
    assert measurement.worst_units > 32
