"""The image of web and workers, behind the walls of compose.yaml, beside a real runner."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.sandbox.container import Container
from grader.sandbox.slot import Slot
from tests.docker import compose
from tests.docker.engine import Engine
from tests.docker.runner import Runner

pytestmark = pytest.mark.sandbox

SETTINGS = {
    "DATABASE_URL": "postgres://nabla:x@postgres:5432/nabla",
    "BROKER_URL": "redis://redis:6379/0",
    "SECRET_KEY": "of this test",
    "NABLA_SANDBOX": "container:/run/nabla",
    "NABLA_CACHE": "/tmp/cache",
}
# Everything that compose.yaml starts from this image, and what these load only when they are used.
STARTED = (
    "import django\ndjango.setup()\n"
    "import grader.worker.app, grader.worker.reconciler, grader.worker.build, grader.service.wsgi, grader.service.server\n"
    "import kombu.transport.redis, psycopg, reference.api, zoneinfo\n"
    "print(zoneinfo.ZoneInfo('Europe/Berlin'))\n"
)


@pytest.fixture(scope="module")
def service_image(container_engine: Engine) -> str:
    """The image of this checkout."""
    return container_engine.image("service")


def in_worker(runner: Runner, image: str, *command: str) -> str:
    """What a command prints in a container with the walls of worker-1, and the sockets of this runner."""
    service = compose.services()["worker-1"]
    elsewhere = {"networks", "environment", "depends_on", "hostname", "restart", "logging"}
    walls = {key: value for key, value in service.items() if key not in elsewhere}
    options = compose.run_options({**walls, "volumes": ["sockets:/run/nabla"]}, runner.name)
    environment = [f"--env={name}={value}" for name, value in SETTINGS.items()]
    return runner.engine.docker("run", "--rm", "--network=none", *options, *environment, image, *command)


def test_everything_that_is_started_from_it_can_be_imported(
    runner_container: Callable[..., Runner], service_image: str
) -> None:
    printed = in_worker(runner_container(), service_image, "python3", "-c", STARTED)
    assert printed == "Europe/Berlin"


def test_the_doctor_while_the_runner_has_a_worker(runner_container: Callable[..., Runner], service_image: str) -> None:
    runner = runner_container()
    with Slot(Container(runner.sockets), "numpy") as slot:
        slot.warm()
        printed = in_worker(runner, service_image, "python3", "-m", "grader.cli", "doctor")
    (line,) = [line for line in printed.splitlines() if line[10:].startswith("sandbox ")]
    assert line.startswith("in force  sandbox")
    assert "every runner serves a worker, as it should while the service runs" in line


def test_the_doctor_inside_of_it(runner_container: Callable[..., Runner], service_image: str) -> None:
    printed = in_worker(runner_container(), service_image, "python3", "-m", "grader.cli", "doctor")
    lines = {line[10:32].strip(): (line[:9].strip(), line[33:]) for line in printed.splitlines()}
    state, text = lines["sandbox"]
    assert state == "in force"
    assert text.startswith("container, by NABLA_SANDBOX=container:/run/nabla; a run takes ")
    assert lines["user of its own"] == ("in force", "a fresh user id for every run; the container is the outer wall")
    assert lines["launcher namespaces"][0] == "missing"
    assert "in a container: run it with a seccomp profile that allows" in lines["launcher namespaces"][1]
    assert {lines[name][0] for name in ("seccomp", "memory limit", "torch", "redis", "database")} == {"in force"}
