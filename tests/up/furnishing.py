"""What a service needs before anything can be handed in."""

from __future__ import annotations

from pathlib import Path

from grader.archives import pack
from tests.service.demo import OPEN, SOLUTION
from tests.specs.writing import write
from tests.up.running import Running


def write_demo(folder: Path) -> Path:
    """The folder of the assignment `demo`, whose solution is right."""
    folder.mkdir(parents=True, exist_ok=True)
    written = write(folder, OPEN)
    (written / "solution" / "solution.py").write_bytes(SOLUTION)
    return written


def furnish(service: Running, demo_folder: Path) -> Running:
    """A course, accounts and a published assignment."""
    course = service.course()
    service.account("ada", "--course", course, "--role", "instructor")
    service.account("emmy", "--course", course)
    with service.client("ada") as ada:
        assert ada.publish(pack(demo_folder))["state"] == "ready"
    return service
