"""The report as a document: its form, and what a student may see when."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from grader.domain.assignment import Visibility
from grader.domain.pictures import Figure
from grader.domain.report import CheckReport, Environment, Evidence, Outcome, Report, TaskReport, Timing, Verdict
from grader.feedback.document import document, for_student

DUE = datetime(2026, 11, 15, 13, tzinfo=UTC)
NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)


def check(id: str, visibility: Visibility, score: float = 1.0) -> CheckReport:
    evidence = Evidence(0.1, float("inf"), 1024)
    return CheckReport(id, id, Verdict.FAILED, score, 2.0, f"about {id}\x1b", visibility=visibility, evidence=evidence)


def report(*checks: CheckReport, outcome: Outcome = Outcome.GRADED) -> Report:
    environment = Environment("0.1.0", "numpy", "secret", "namespaces", {"seccomp": True})
    tasks = (TaskReport("t", "T", checks, "printed"),)
    figures = tuple(Figure("t", item.id, item.visibility, "Where", f"of {item.id}", "<svg/>") for item in checks)
    return Report(
        "a", "sha256:r", "s", ("f.py",), NOW, outcome, 8.0, environment, Timing(), tasks, "why", ("note",), figures
    )


ALL = [check(visibility.word, visibility) for visibility in Visibility]


def test_staff_see_everything() -> None:
    content = document(report(*ALL))
    assert (content["score"], content["max_score"]) == (4.0, 8.0)
    assert content["environment"]["seed"] == "secret"
    assert content["tasks"][0]["output"] == "printed"


@pytest.mark.parametrize(
    ("hour", "seen"), [(12, ["visible"]), (14, ["visible", "after_due_date"]), (23, ["visible", "after_due_date"])]
)
def test_students_see_what_is_open(hour: int, seen: list[str]) -> None:
    content = for_student(document(report(*ALL)), DUE, NOW.replace(hour=hour))
    assert [item["id"] for item in content["tasks"][0]["checks"]] == seen
    assert content["score"] == len(seen)
    assert content["max_score"] == 2 * len(seen)
    assert [item["check"] for item in content["figures"]] == seen
    text = json.dumps(content)
    assert "hidden" not in text
    assert "secret" not in text


def test_reports_from_before_there_were_figures_have_none() -> None:
    content = document(report(*ALL))
    del content["figures"]
    assert for_student(content, DUE, NOW)["figures"] == []


def test_output_of_hidden_checks_alone_is_not_shown() -> None:
    content = for_student(document(report(*ALL[1:])), DUE, NOW.replace(hour=23))
    assert content["tasks"][0]["output"] == ""


def test_without_a_due_date_nothing_opens_later() -> None:
    content = for_student(document(report(*ALL)), None, NOW)
    assert [item["id"] for item in content["tasks"][0]["checks"]] == ["visible"]


def test_where_all_is_visible_a_student_sees_the_output() -> None:
    content = for_student(document(report(ALL[0])), DUE, NOW)
    assert content["tasks"][0]["output"] == "printed"


@pytest.mark.parametrize("outcome", [Outcome.NOT_GRADABLE, Outcome.SYSTEM_ERROR])
def test_without_a_grade_there_is_no_score(outcome: Outcome) -> None:
    content = for_student(document(replace(report(outcome=outcome), tasks=())), DUE, NOW)
    assert content["score"] is None
    assert content["max_score"] == 8.0
    assert content["message"] == "why"


def test_the_document_is_json_and_safe_for_a_terminal() -> None:
    content = document(report(*ALL))
    text = json.dumps(content, allow_nan=False)
    assert "\\u001b" not in text
    assert content["tasks"][0]["checks"][0]["message"] == "about visible?"
    assert content["tasks"][0]["checks"][0]["evidence"]["in_units"] is None
