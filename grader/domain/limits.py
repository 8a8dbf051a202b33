"""What a task may use, and what it used. Seconds and bytes."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20

OUTPUT_STOP = 16 * MIB
"""Printing more than this ends the run; below it, only the first `Limits.output` bytes are kept."""

SCRATCH_BYTES = 64 * MIB
"""Of the files that a run may write, of which there may be 4096."""


@dataclass(frozen=True)
class Limits:
    """Limits of one task, counted from the student's first instruction."""

    wall: float = 10.0
    cpu: float = 8.0
    memory: int = 512 * MIB
    output: int = 64 << 10


@dataclass(frozen=True)
class Usage:
    """What one run used, measured outside of the student's process."""

    wall: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    output: int = 0
