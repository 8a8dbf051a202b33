"""A report as the JSON document of format 1, for staff or for the student."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from grader.domain.assignment import Assignment, Visibility
from grader.domain.report import FORMAT, CheckReport, Outcome, Report, TaskReport
from grader.domain.text import printable


def document(report: Report, assignment: Assignment, audience: str, now: datetime) -> dict[str, Any]:
    """The document for an audience. A student sees what is visible at this time; hidden checks leave no trace."""
    staff = audience == "staff"
    tasks = report.tasks if staff else tuple(_for_student(task, assignment, now) for task in report.tasks)
    graded = report.outcome is Outcome.GRADED
    content = {
        "format": FORMAT,
        "assignment": {"id": report.assignment, "revision": report.revision},
        "submission": {"sha256": report.sha256, "files": [*report.files], "received": report.received.isoformat()},
        "outcome": report.outcome.value,
        "score": _rounded(sum(task.score for task in tasks)) if graded else None,
        "max_score": _rounded(sum(task.max_score for task in tasks) if graded else report.max_score),
        "message": report.message or None,
        "remarks": [*report.remarks],
        "tasks": [_task(task) for task in tasks],
        "figures": [],
        "environment": _environment(report, staff),
        "timing": _timing(report),
    }
    cleaned: dict[str, Any] = _clean(content)
    return cleaned


def _clean(value: Any) -> Any:
    """Every text made harmless for a terminal: names, messages and output are the student's."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return {key: _clean(item) for key, item in value.items()} if isinstance(value, dict) else value


def _for_student(task: TaskReport, assignment: Assignment, now: datetime) -> TaskReport:
    due = assignment.due is not None and now >= assignment.due
    open_until = Visibility.AFTER_DUE_DATE if due else Visibility.VISIBLE
    checks = tuple(check for check in task.checks if check.visibility <= open_until)
    # What is kept was printed while the visible checks ran; without any, it was printed for hidden ones.
    seen = any(check.visibility is Visibility.VISIBLE for check in checks)
    return TaskReport(task.id, task.title, checks, task.output if seen else "")


def _rounded(score: float) -> float:
    """Sums of weights carry rounding that nobody wants to read."""
    return round(score, 6)


def _task(task: TaskReport) -> dict[str, Any]:
    return {
        "id": task.id,
        "title": task.title,
        "score": _rounded(task.score),
        "max_score": _rounded(task.max_score),
        "checks": [_check(check) for check in task.checks],
        "output": task.output,
    }


def _check(check: CheckReport) -> dict[str, Any]:
    evidence = check.evidence
    return {
        "id": check.id,
        "title": check.title,
        "verdict": check.verdict.value,
        "score": _rounded(check.score),
        "max_score": _rounded(check.max_score),
        "message": check.message,
        "note": check.note,
        "hint": check.hint,
        "visibility": check.visibility.word,
        "evidence": None if evidence is None else {
            "worst_error": _finite(evidence.worst_error),
            "in_units": _finite(evidence.in_units),
            "allowed_units": evidence.allowed_units,
        },
    }  # fmt: skip


def _finite(value: float) -> float | None:
    """JSON has no infinity."""
    return value if abs(value) < float("inf") else None


def _environment(report: Report, staff: bool) -> dict[str, Any]:
    environment = report.environment
    seed = {"seed": environment.seed} if staff else {}
    sandbox = {"launcher": environment.launcher, "layers": dict(environment.layers)}
    return {"grader": environment.grader, "runtime": environment.runtime, **seed, "sandbox": sandbox}


def _timing(report: Report) -> dict[str, float]:
    timing = report.timing
    return {
        "queued_ms": round(timing.queued, 3),
        "sandbox_ms": round(timing.sandbox, 3),
        "total_ms": round(timing.total, 3),
    }
