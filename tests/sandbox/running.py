"""Running a source in a slot, for the tests of the sandbox."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.domain.limits import MIB, Limits
from grader.sandbox.run import Program, Replies, Run
from grader.sandbox.slot import Slot

LIMITS = Limits(wall=4.0, cpu=1.0, memory=96 * MIB)
CALL_F: list[Any] = [["name", "f"], ["call", 0], ["reply", 1]]


def run(slot: Slot, source: str, *, probes: list[Any] | None = None, limits: Limits = LIMITS) -> Run:
    """Run `source`, by default with one call of its function f()."""
    units = (("solution.py", source.encode()),)
    return slot.run(Program("solution", units, [CALL_F] if probes is None else probes, limits))


def returned(done: Run, probe: int = 0) -> np.ndarray[Any, Any]:
    """The array that a probe's first reply holds."""
    response = done.responses[probe]
    assert isinstance(response, Replies), (response, done)
    array = response.claims[0].array
    assert array is not None
    return array


def boot_of(slot: Slot) -> int:
    """The process that the slot's worker started."""
    process = slot.warm().process
    assert process is not None
    return process.pid
