"""How long the gradebook takes, beside a course of 500 students, 8 assignments and 10 submissions of each student.

python -m tests.bench.gradebook
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from tests.bench.service import quantile, show

if TYPE_CHECKING:
    from django.test import Client

STUDENTS, ASSIGNMENTS, SUBMISSIONS = 500, 8, 10
_REPORT = {"tasks": [], "message": "x" * 8000}
"""as much as a usual one"""


def furnish() -> Client:
    """The rows, and a browser in which the instructor is signed in."""
    from django.core.management import call_command
    from django.test import Client

    from grader.service.enrolment import add_course, apply, enrol
    from grader.service.models import Assignment, Content, Revision, User
    from grader.service.roster import read

    call_command("migrate", verbosity=0)
    course = add_course("bench", "Bench", "UTC")
    ada = User.objects.create_user("ada")
    enrol(ada, course, "instructor")
    apply(course, read(("username,name\n" + "".join(f"u{n},Number {n}\n" for n in range(STUDENTS))).encode()))
    body = Content.objects.create(sha256="x", body=b"x", size=1)
    for number in range(ASSIGNMENTS):
        row = Assignment.objects.create(course=course, slug=f"a{number}")
        outline = f'{{"id": "a{number}", "title": "Assignment {number}", "prompt": "", "file": "solution.py", "runtime": "numpy", "points": 40, "tasks": []}}'
        row.current = Revision.objects.create(
            assignment=row, digest="d", archive=b"", archive_sha256="", outline=outline, publisher=ada, state="ready"
        )
        row.save()
        _hand_in(row, body.pk)
    client = Client()
    client.force_login(ada)
    return client


def _hand_in(row: object, body: str) -> None:
    from grader.service.gradebook import recount
    from grader.service.models import Assignment, Grading, Submission, User

    assert isinstance(row, Assignment)
    owners = User.objects.filter(memberships__role="student")
    submissions = Submission.objects.bulk_create(
        Submission(owner=owner, assignment=row, content_id=body, name="solution.py", ticket=f"{row.pk}-{number}")
        for owner in owners
        for number in range(SUBMISSIONS)
    )
    Grading.objects.bulk_create(
        (
            Grading(submission=item, revision=row.current, state="graded", scores=[[n % 41, 40]] * 4, report=_REPORT)
            for n, item in enumerate(submissions)
        ),
        batch_size=500,
    )
    started = time.perf_counter()
    recount(row.pk)
    show(f"all that counts in {row.slug}, made again", f"{1000 * (time.perf_counter() - started):.0f} ms")


def measure(client: Client, path: str) -> None:
    """Milliseconds in the server, from request to answer; those of its processor do not depend on who else computes."""
    times, computing = [], []
    for _ in range(100):
        started, computed = time.perf_counter(), time.process_time()
        answer = client.get(path)
        times.append(1000 * (time.perf_counter() - started))
        computing.append(1000 * (time.process_time() - computed))
        assert answer.status_code == 200
    for what, measured in (("", sorted(times)), ("  of the processor", sorted(computing))):
        show(f"{what or path}, p50 / p95", f"{quantile(measured, 0.5):.1f} / {quantile(measured, 0.95):.1f} ms")


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"NABLA_DATA": folder, "SECRET_KEY": "bench", "NABLA_HOSTS": "testserver"}
        os.environ.update(settings, DJANGO_SETTINGS_MODULE="grader.service.settings")
        import django

        django.setup()
        count = STUDENTS * ASSIGNMENTS * SUBMISSIONS
        sys.stdout.write(f"\nThe gradebook beside {count} submissions, load {os.getloadavg()[0]:.1f}\n\n")
        client = furnish()
        client.get("/courses/bench/grades")
        gc.freeze()  # as the server does once it is loaded
        for query in ("", "?sort=-total", "?sort=-a3&page=3", "?q=number+1", ".csv", ".json"):
            measure(client, f"/courses/bench/grades{query}")


if __name__ == "__main__":
    main()
