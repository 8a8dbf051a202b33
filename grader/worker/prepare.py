"""The task that makes a revision ready: bundles are computed, and its gates must hold."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from grader.archives import part, specification
from grader.bundles import Build, Bundles
from grader.domain.assignment import Assignment as Specification
from grader.errors import AuthorFault, StudentFault, SystemFault
from grader.gates import DRAWS, draws, given_away, missed
from grader.sandbox import course_runtimes
from grader.service import doorbell
from grader.service.gradebook import recount
from grader.service.leases import Lease
from grader.service.models import Assignment, Revision, State, StoredBundle
from grader.worker.leased import LeasedTask, finish
from grader.worker.watchdog import Watchdog
from grader.worker.workbench import Workbench, stored_bundle
from reference.bundle import Bundle, Part, key, to_bytes

_LOG = logging.getLogger(__name__)
_BUILD_SECONDS = 600.0


class Refused(AuthorFault):
    """A revision that cannot be used, with the sentences for its author."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class Prepare(LeasedTask):
    """Makes a revision the one that new submissions are graded against, or refuses it."""

    name = doorbell.PREPARE
    model = Revision

    def __init__(self, workbench: Workbench, watchdog: Watchdog, cache: Path, owner: str) -> None:
        super().__init__(workbench, watchdog, owner)
        self._cache = cache

    def work(self, lease: Lease) -> None:
        """See LeasedTask."""
        revision = Revision.objects.get(pk=lease.id)
        self._make_ready(revision)
        _put_in_use(lease, revision)

    def blame_author(self, lease: Lease, fault: AuthorFault) -> None:
        """See LeasedTask."""
        problems = fault.problems if isinstance(fault, Refused) else str(fault).split("\n")
        finish(lease, State.REFUSED, problems=problems)
        _LOG.info("revision %d is refused: %s", lease.id, problems[0])

    def _make_ready(self, revision: Revision) -> None:
        archive = bytes(revision.archive)
        assignment = specification(archive)
        course_runtimes.require(assignment)  # before seconds are spent on the expected values
        try:
            self._store(assignment, stored_bundle)  # mostly little has changed since the last revision
        except SystemFault:
            build(archive, self._cache)
            self._store(assignment, _not_built)
        self._require_gates(assignment, archive)

    def _store(self, assignment: Specification, otherwise: Build) -> None:
        """Every bundle into the database. Raises SystemFault where one is nowhere."""
        bundles = Bundles(self._cache, otherwise)
        for task in assignment.tasks:
            found = bundles.of(task, assignment)
            rows = [StoredBundle(key=key(task.parts[part]), content=to_bytes(found[part])) for part in found]
            StoredBundle.objects.bulk_create(rows, ignore_conflicts=True)

    def _require_gates(self, assignment: Specification, archive: bytes) -> None:
        """The author's own solution and starter are the first submissions. Raises Refused."""
        problems = []
        for folder, gate, seeds in (("solution", missed, draws(assignment)), ("starter", given_away, DRAWS[:1])):
            try:
                submission = part(archive, folder, assignment.file)
                problems += gate([self._workbench.grade_read(assignment, submission, seed) for seed in seeds])
            except StudentFault as fault:
                problems.append(f"{folder}/: {fault}")
        if problems:
            raise Refused(problems)


def _put_in_use(lease: Lease, revision: Revision) -> None:
    older = Q(current__isnull=True) | Q(current__lt=revision.pk)
    with transaction.atomic():
        mine = Assignment.objects.filter(older, pk=revision.assignment_id)
        if lease.finish(State.READY, problems=[], fault="") and mine.update(current=revision):
            recount(revision.assignment_id)  # the due date may have moved, or the rule which one counts
    _LOG.info("revision %d of %s is in use", revision.pk, revision.assignment.slug)


def _not_built(part: Part) -> Bundle:
    raise SystemFault(f"the bundle {key(part)} was computed and cannot be read; is the disk full?")


def build(archive: bytes, cache: Path) -> None:
    """Compute the bundles of an archive into the cache, in a process of its own: torch is large, and a worker stays
    small. Raises Refused, SystemFault."""
    command = [sys.executable, "-m", "grader.worker.build", str(cache)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, by our own interpreter
            command, input=archive, capture_output=True, timeout=_BUILD_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Refused([f"the expected values took more than {_BUILD_SECONDS:g} s to compute"]) from None
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise SystemFault(f"the expected values could not be computed (status {done.returncode}): {last[:500]}")
    problems = json.loads(done.stdout)
    if problems:
        raise Refused(problems)
