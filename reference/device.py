"""Where the engine computes: on a CUDA device where there is one and the work pays for the way there, else here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch

WORK_THRESHOLD = 5e7
"""Primitive operations of one batched call from which a CUDA device is worth its launches.

An estimate from the cost of dispatching (some 1 ms a call on either side) until `make bench` has run beside a device;
it prints the measured crossing then, and docs/reference.md says which figures are measured.
"""

DEVICES = ("auto", "cpu", "cuda")
_Result = TypeVar("_Result")


def choose(device: str, work: float) -> torch.device:
    """The device for a call of so many primitive operations. No CUDA device is no error: the CPU is as right."""
    if device not in DEVICES:
        raise ValueError(f"device is one of {', '.join(DEVICES)}, not {device!r}")
    wanted = device == "cuda" or (device == "auto" and work >= WORK_THRESHOLD)
    if not wanted or not torch.cuda.is_available():
        return torch.device("cpu")
    # Without it cuBLAS may take another order of summation in the next call.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    return torch.device("cuda")


@contextmanager
def reproducible(device: torch.device) -> Iterator[None]:
    """Deterministic algorithms, no TF32, new tensors on `device`; torch's own settings are put back afterwards."""
    deterministic = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    tf32 = torch.backends.cuda.matmul.allow_tf32
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cuda.matmul.allow_tf32 = False
    try:
        with device:
            yield
    finally:
        torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
        torch.backends.cuda.matmul.allow_tf32 = tf32


def in_chunks(compute: Callable[[int | None], _Result], rows: int, first: int | None = None) -> _Result:
    """`compute(rows at a time)`, with half as many each time memory runs out. Raises the last MemoryError."""
    chunk = first
    while True:
        try:
            return compute(chunk)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            if (chunk or rows) <= 1:
                raise MemoryError("a single point does not fit into memory; use smaller sizes in `dims`") from error
            chunk = max(1, (chunk or rows) // 2)


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether torch ran out of memory, on either kind of device."""
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
