"""All tests in two processes at once: much of what runs beside a sandbox or a service waits, and mathematics computes.

    python -m tests [OPTION...]    (options of pytest, given to both)

What starts services, or compares the machine before and after an attack, is in one process, one after the other. All
else is in another one, whose lines are printed when both have ended.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

from tests.conftest import ROOT

BY_THEMSELVES = ("browser", "docker", "hostile", "integration", "sandbox", "service", "up", "worker")


def commands(options: list[str]) -> tuple[list[str], list[str]]:
    """What runs by itself, and all else, whatever there is."""
    pytest = [sys.executable, "-m", "pytest", *options]
    suites = [f"tests/{name}" for name in BY_THEMSELVES]
    others = [f"--ignore={suite}" for suite in suites]
    return [*pytest, *suites], [*pytest, *others, "-o", "cache_dir=.pytest_cache/others"]


def main(options: list[str]) -> int:
    """The worse of both exit statuses."""
    by_themselves, others = commands(options)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as lines:
        with subprocess.Popen(others, cwd=ROOT, stdout=lines, stderr=subprocess.STDOUT) as beside:
            try:
                first = subprocess.run(by_themselves, cwd=ROOT, check=False).returncode
            except KeyboardInterrupt:
                beside.terminate()
                raise
        lines.seek(0)
        sys.stdout.write(lines.read())
    if first:
        sys.stdout.write("Of the tests that run by themselves some failed; their summary stands above the other one.\n")
    return max(first, beside.returncode, key=abs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
