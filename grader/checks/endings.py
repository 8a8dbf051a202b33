"""What it means for a check that a response is missing, or is an exception: the same for every kind of task."""

from __future__ import annotations

import signal

from grader.domain.limits import MIB, OUTPUT_STOP, SCRATCH_BYTES, Limits
from grader.domain.report import Verdict
from grader.sandbox.run import Ending, Missing, Place, Raised, Run

Finding = tuple[Verdict, str, dict[str, object]]
"""verdict, cause, facts"""


def no_response(run: Run, limits: Limits) -> Finding:
    """The run ended before this response came."""
    usage = run.usage
    match run.ending:
        case Ending.TIME:
            return Verdict.TIME_LIMIT, "time_limit", {"used": usage.wall, "allowed": limits.wall}
        case Ending.CPU:
            return Verdict.TIME_LIMIT, "cpu_limit", {"used": usage.cpu, "allowed": limits.cpu}
        case Ending.MEMORY:
            return Verdict.MEMORY_LIMIT, "memory_limit", _megabytes(usage.memory, limits)
        case Ending.OUTPUT:
            return Verdict.OUTPUT_LIMIT, "output_limit", {"allowed": OUTPUT_STOP // MIB}
        case Ending.FILES:
            return Verdict.CRASHED, "files_limit", {"allowed": SCRATCH_BYTES // MIB}
        case Ending.VIOLATED:
            return Verdict.INVALID_OUTPUT, "violated", {}
        case _:
            return Verdict.CRASHED, "died", {"how": _how_it_died(run.exit_code)}


def _megabytes(used: int, limits: Limits) -> dict[str, object]:
    return {"used": used / MIB, "allowed": limits.memory / MIB}


def _how_it_died(code: int) -> str:
    if code >= 0:
        return f"it ended the process itself, with exit code {code}"
    try:
        return f"the process was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"the process was ended by signal {-code}"


def missing(response: Missing, run: Run) -> Finding:
    """The student's module has no function of that name."""
    broken = [unit.label for unit in run.units if unit.status != "ok"]
    facts: dict[str, object] = {"name": response.name, "defined": run.names, "broken": broken}
    return Verdict.MISSING, "missing", facts


def raised(response: Raised, expected_arguments: tuple[str, ...], run: Run, limits: Limits) -> Finding:
    """An exception left the student's function."""
    if response.kind == "MemoryError":
        return Verdict.MEMORY_LIMIT, "memory_error", _megabytes(run.usage.memory, limits)
    facts: dict[str, object] = {"kind": response.kind, "text": response.message, "lines": response.lines}
    if response.kind == "TypeError" and not response.lines:
        facts |= {"signature": response.signature, "arguments": expected_arguments}
        return Verdict.CRASHED, "wrong_arguments", facts
    return Verdict.CRASHED, "exception", facts


def not_importable(run: Run) -> Finding | None:
    """A .py file that raised while it was imported defines nothing that could be graded."""
    failed = [unit for unit in run.units if unit.status == "exception"]
    if len(run.units) != 1 or not failed:
        return None
    unit = failed[0]
    lines: tuple[Place, ...] = unit.lines
    return Verdict.CRASHED, "import_exception", {"kind": unit.kind, "text": unit.message, "lines": lines}
