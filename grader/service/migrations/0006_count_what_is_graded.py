"""What counts so far, and the notes of reports that are stored already. All of it as it was done when this was written:
what the service does later is no concern of an old database."""

import json
from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import migrations


def forwards(apps: Any, schema_editor: Any) -> None:
    Grading, CountedScore = apps.get_model("service", "Grading"), apps.get_model("service", "CountedScore")
    graded: dict[int, list[Any]] = defaultdict(list)
    rows = Grading.objects.filter(state="graded").select_related("submission").order_by("submission__received", "pk")
    for row in rows.iterator(chunk_size=100):
        Grading.objects.filter(pk=row.pk).update(notes=_notes(row.report))
        graded[row.submission.assignment_id].append(row)
    assignments = apps.get_model("service", "Assignment").objects.filter(current__isnull=False)
    for key, outline in assignments.values_list("pk", "current__outline"):
        found = _counted(json.loads(outline), graded[key], CountedScore, key)
        CountedScore.objects.bulk_create(found.values())


def _notes(report: Any) -> list[list[str]]:
    found = [
        [task["title"], check["note"], check["hint"]]
        for task in (report or {"tasks": []})["tasks"]
        for check in task["checks"]
        if check["note"]
    ]
    return [item for place, item in enumerate(found) if item not in found[:place]]


def _counted(outline: Any, rows: list[Any], CountedScore: Any, assignment: int) -> dict[int, Any]:
    due = datetime.fromisoformat(outline["due"]) if outline.get("due") else None
    penalty = outline["late"]["penalty_per_day"] if outline.get("late") else 0.0
    found: dict[int, Any] = {}
    for row in rows:
        if row.scores is None:
            continue
        received, owner, (score, points) = row.submission.received, row.submission.owner_id, row.scores[-1]
        days = 0 if due is None or received <= due else (received - due).days + 1
        counted = round(score * max(0.0, 1.0 - penalty * days), 6)
        if owner not in found or outline.get("counts") == "last" or counted >= found[owner].counted:
            found[owner] = CountedScore(
                assignment_id=assignment, owner_id=owner, grading_id=row.pk, submission_id=row.submission_id,
                score=score, counted=counted, points=points, late_days=days,
            )
    return found


class Migration(migrations.Migration):
    dependencies = [("service", "0005_counted_scores")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
