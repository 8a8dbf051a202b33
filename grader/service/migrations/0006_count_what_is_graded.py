"""What counts so far, and the notes of reports that are stored already."""

from collections import defaultdict
from typing import Any

from django.db import migrations


def forwards(apps: Any, schema_editor: Any) -> None:
    from grader.feedback.document import notes
    from grader.service.gradebook import counted
    from grader.service.outline import read_outline

    Grading, CountedScore = apps.get_model("service", "Grading"), apps.get_model("service", "CountedScore")
    graded: dict[int, list[Any]] = defaultdict(list)
    rows = Grading.objects.filter(state="graded").select_related("submission").order_by("submission__received", "pk")
    for row in rows.iterator(chunk_size=100):
        Grading.objects.filter(pk=row.pk).update(notes=notes(row.report))
        received = row.submission.received
        graded[row.submission.assignment_id].append((row.submission.owner_id, row.pk, row.submission_id, received, row.scores))
    assignments = apps.get_model("service", "Assignment").objects.filter(current__isnull=False)
    for key, outline in assignments.values_list("pk", "current__outline"):
        found = counted(read_outline(outline), graded[key])
        CountedScore.objects.bulk_create(
            CountedScore(
                assignment_id=key, owner_id=owner, grading_id=entry.grading, submission_id=entry.submission, score=entry.score, counted=entry.counted,
                late_days=entry.late_days,
            )
            for owner, entry in found.items()
        )


class Migration(migrations.Migration):
    dependencies = [("service", "0005_counted_scores")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
