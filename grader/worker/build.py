"""Computes the bundles of an assignment's archive.

python -m grader.worker.build CACHE < archive.zip    (prints the problems found as a JSON list)
"""

from __future__ import annotations

import ctypes
import json
import signal
import sys
from pathlib import Path

from grader.archives import specification
from grader.bundles import Bundles
from grader.errors import SpecError
from reference.api import build_bundle


def main(cache: Path, archive: bytes) -> list[str]:
    """The problems; empty where every bundle is in the cache now."""
    assignment = specification(archive)
    bundles = Bundles(cache, build_bundle)
    problems = []
    for task in assignment.tasks:
        try:
            bundles.of(task, assignment)
        except SpecError as error:
            problems += [str(problem) for problem in error.problems]
    return problems


if __name__ == "__main__":
    # With the worker that waits for it.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), sys.stdin.buffer.read())))
