"""Runner containers as compose.yaml describes them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.docker import compose
from tests.docker.engine import Engine, own_label


@dataclass
class Runner:
    """One container, and where this machine finds its volume of sockets."""

    engine: Engine
    name: str
    sockets: Path

    def output(self) -> str:
        """What it wrote, over all its starts."""
        done = self.engine.try_docker("logs", self.name)
        return done.stdout + done.stderr

    def state(self) -> dict[str, Any]:
        """What the engine knows about it."""
        found: dict[str, Any] = json.loads(self.engine.docker("inspect", self.name))[0]
        return found

    def run_python(self, script: str) -> str:
        """What a script prints that runs in the container, beside the runner and within the same walls."""
        return self.engine.docker("exec", self.name, "python3", "-S", "-s", "-P", "-c", script)

    def remove(self) -> None:
        """End it."""
        self.engine.try_docker("rm", "--force", "--volumes", self.name)
        self.engine.try_docker("volume", "rm", "--force", self.name)


@dataclass
class Runners:
    """Starts runners, and removes them all."""

    engine: Engine
    images: dict[str, str]
    """name in compose.yaml -> name and tag of what was built"""
    started: list[Runner] = field(default_factory=list)

    def start(self, service: str = "runner-numpy-1", command: Sequence[str] = ()) -> Runner:
        """A container of that service, with a volume of its own; with `command`, that runs in place of the runner."""
        wanted = compose.services()[service]
        name = f"nabla-test-{uuid.uuid4().hex[:12]}"
        self.engine.docker("volume", "create", "--label", own_label(), name)
        folder = self.engine.docker("volume", "inspect", "--format", "{{.Mountpoint}}", name)
        self.started.append(Runner(self.engine, name, Path(folder)))
        entry = [f"--entrypoint={command[0]}"] if command else []
        self.engine.docker(
            "run", "--detach", f"--name={name}", *self._common(wanted, name), *entry, self._image(wanted),
            *(command[1:] if command else wanted["command"]),
        )  # fmt: skip
        return self.started[-1]

    def run_python(self, script: str, service: str = "runner-numpy-1") -> Any:
        """What a script prints, as JSON, that runs as the first process of a container of that service."""
        wanted = compose.services()[service]
        name = f"nabla-test-{uuid.uuid4().hex[:12]}"
        options = [option for option in self._common(wanted, name) if not option.startswith(("--restart", "--log"))]
        self.engine.docker("volume", "create", "--label", own_label(), name)
        try:
            printed = self.engine.docker(
                "run", "--rm", *options, "--entrypoint=python3", self._image(wanted), "-S", "-s", "-P", "-c", script
            )
        finally:
            self.engine.try_docker("volume", "rm", "--force", name)
        return json.loads(printed)

    def _common(self, wanted: dict[str, Any], volume: str) -> list[str]:
        return ["--pull=never", f"--label={own_label()}", *compose.run_options(wanted, volume)]

    def _image(self, wanted: dict[str, Any]) -> str:
        return self.images[str(wanted["image"]).partition(":")[0]]

    def remove_all(self) -> None:
        """End what was started."""
        for runner in self.started:
            runner.remove()
        self.started.clear()
