"""What a worker keeps at hand: a warm slot for each runtime, the last assignments, bundles."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

from grader.archives import specification
from grader.bundles import Bundles
from grader.domain.assignment import Assignment
from grader.domain.report import Report
from grader.domain.submission import Submission
from grader.errors import StudentFault, SystemFault
from grader.grading import Grader, unreadable
from grader.intake.read import read_bytes
from grader.sandbox.launcher import Launcher
from grader.sandbox.runtimes import TESTS
from grader.sandbox.slot import Slot
from grader.service.models import Grading, Revision, StoredBundle
from reference.bundle import Bundle, Part, from_bytes, key

_ASSIGNMENTS_KEPT = 16


class Workbench:
    """Grades submissions of any revision, one at a time. The database is read, never written.

    `secret` is what points are drawn from besides the submission; see Grader.
    """

    def __init__(self, launcher: Launcher, cache: Path, secret: str) -> None:
        self._launcher = launcher
        self._secret = secret
        self._bundles = Bundles(cache, stored_bundle)
        self._slots: dict[str, Slot] = {}
        self._assignments: OrderedDict[int, Assignment] = OrderedDict()

    def slot(self, runtime: str) -> Slot:
        """The slot of a runtime; it warms up when it is first used."""
        if runtime not in self._slots:
            self._slots[runtime] = Slot(self._launcher, runtime)
        return self._slots[runtime]

    def grade(self, grading: Grading) -> Report:
        """The report. Raises AuthorFault where the revision is at fault, SystemFault where we are."""
        assignment = self._assignment(grading.revision_id)
        row = grading.submission
        try:
            submission = read_bytes(bytes(row.content.body), row.name, assignment.file)
        except StudentFault as fault:
            return unreadable(assignment, row.name, row.content_id, row.received, str(fault))
        return self.grade_read(assignment, replace(submission, received=row.received))

    def grade_read(self, assignment: Assignment, submission: Submission, seed: str | None = None) -> Report:
        """The report on a submission that could be read."""
        tests = self.slot(TESTS)  # it warms up when there are any
        grader = Grader(assignment, self.slot(assignment.runtime), self._bundles, self._secret, tests)
        return grader.grade(submission, seed)

    def _assignment(self, revision: int) -> Assignment:
        if revision not in self._assignments:
            archive = Revision.objects.values_list("archive", flat=True).get(pk=revision)
            self._assignments[revision] = specification(bytes(archive))
            if len(self._assignments) > _ASSIGNMENTS_KEPT:
                self._assignments.popitem(last=False)
        self._assignments.move_to_end(revision)
        return self._assignments[revision]

    def close(self) -> None:
        """End the slots."""
        for slot in self._slots.values():
            slot.close()
        self._slots.clear()


def stored_bundle(part: Part) -> Bundle:
    """A bundle that was computed when its revision was published. Raises SystemFault where it is not there."""
    name = key(part)
    row = StoredBundle.objects.filter(pk=name).first()
    if row is None:
        raise SystemFault(f"the bundle {name} is not in the database: publish the assignment again")
    return from_bytes(bytes(row.content))
