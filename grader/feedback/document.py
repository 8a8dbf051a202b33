"""A report as the JSON document of format 1: whole for staff, and what of it a student may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from grader.domain.assignment import Visibility
from grader.domain.pictures import Figure
from grader.domain.report import FORMAT, CheckReport, Outcome, Report, TaskReport
from grader.domain.text import printable


def document(report: Report) -> dict[str, Any]:
    """The whole document, as staff see it and as it is stored."""
    content = {
        "format": FORMAT,
        "assignment": {"id": report.assignment, "revision": report.revision},
        "submission": {"sha256": report.sha256, "files": [*report.files], "received": report.received.isoformat()},
        "outcome": report.outcome.value,
        "score": None if report.score is None else _rounded(report.score),
        "max_score": _rounded(report.max_score),
        "message": report.message or None,
        "remarks": [*report.remarks],
        "tasks": [_task(task) for task in report.tasks],
        "figures": [_figure(figure) for figure in report.figures],
        "environment": _environment(report),
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


def scores(content: dict[str, Any]) -> list[tuple[float, float]]:
    """Score and greatest score of a graded document as each visibility opens, from `visible` to all of it."""
    checks = [check for task in content["tasks"] for check in task["checks"]]
    sums = []
    for level in Visibility:
        seen = [check for check in checks if Visibility[check["visibility"].upper()] <= level]
        sums.append((_rounded(sum(c["score"] for c in seen)), _rounded(sum(c["max_score"] for c in seen))))
    return sums


def notes(content: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The recognised mistakes of a document: title of the task, note, hint; each once."""
    checks = [(task["title"], check) for task in content["tasks"] for check in task["checks"]]
    return [*dict.fromkeys((title, check["note"], check["hint"]) for title, check in checks if check["note"])]


def opened(closes: datetime | None, now: datetime) -> Visibility:
    """What students may see by now. The due date is over when nothing is taken any more, late or not."""
    return Visibility.AFTER_DUE_DATE if closes is not None and now > closes else Visibility.VISIBLE


def for_student(content: dict[str, Any], closes: datetime | None, now: datetime) -> dict[str, Any]:
    """What a student may see of a document at this time; hidden checks leave no trace, not even in sums or times."""
    open_until = opened(closes, now)
    tasks = [_task_for_student(task, open_until) for task in content["tasks"]]
    environment = {key: value for key, value in content["environment"].items() if key != "seed"}
    # Reports that were stored before there were figures have none.
    figures = [item for item in content.get("figures", []) if _is_open(item, open_until)]
    seen = {**content, "tasks": tasks, "figures": figures, "environment": environment}
    if sum(len(task["checks"]) for task in tasks) < sum(len(task["checks"]) for task in content["tasks"]):
        seen["timing"] = {"queued_ms": content["timing"]["queued_ms"]}
    if content["outcome"] == Outcome.GRADED.value:
        seen["score"] = _rounded(sum(task["score"] for task in tasks))
        seen["max_score"] = _rounded(sum(task["max_score"] for task in tasks))
    return seen


def _task_for_student(task: dict[str, Any], open_until: Visibility) -> dict[str, Any]:
    checks = [check for check in task["checks"] if _is_open(check, open_until)]
    # What is kept was printed while the visible checks ran; without any, it was printed for hidden ones.
    seen = any(check["visibility"] == Visibility.VISIBLE.word for check in checks)
    return {
        **task,
        "score": _rounded(sum(check["score"] for check in checks)),
        "max_score": _rounded(sum(check["max_score"] for check in checks)),
        "checks": checks,
        "output": task["output"] if seen else "",
    }


def _is_open(item: dict[str, Any], open_until: Visibility) -> bool:
    return Visibility[item["visibility"].upper()] <= open_until


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


def _figure(figure: Figure) -> dict[str, str]:
    return {
        "task": figure.task, "check": figure.check, "visibility": figure.visibility.word, "title": figure.title,
        "alt": figure.alt, "svg": figure.svg,
    }  # fmt: skip


def _finite(value: float) -> float | None:
    """JSON has no infinity."""
    return value if abs(value) < float("inf") else None


def _environment(report: Report) -> dict[str, Any]:
    environment = report.environment
    sandbox = {"launcher": environment.launcher, "layers": dict(environment.layers)}
    return {
        "grader": environment.grader, "runtime": environment.runtime, "seed": environment.seed, "sandbox": sandbox,
    }  # fmt: skip


def _timing(report: Report) -> dict[str, float]:
    timing = report.timing
    return {
        "queued_ms": round(timing.queued, 3),
        "sandbox_ms": round(timing.sandbox, 3),
        "total_ms": round(timing.total, 3),
    }
