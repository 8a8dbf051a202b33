"""Which launcher this machine gets: what NABLA_SANDBOX says, else the best that the machine offers, never silently."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from grader.errors import ConfigurationFault, SandboxRefused
from grader.sandbox.container import RESTART_SECONDS, Container
from grader.sandbox.launcher import Launched, Launcher, Namespaces, Uid

SETTING = "NABLA_SANDBOX"
WORDS = "`auto`, `namespaces`, `uid`, or `container:FOLDER`"
_LOG = logging.getLogger(__name__)
_LOCAL: dict[str, Callable[[], Launcher]] = {"namespaces": Namespaces, "uid": Uid}


def from_settings(settings: Mapping[str, str] = os.environ, patience: float = RESTART_SECONDS) -> Launcher:
    """The launcher that is asked for; `patience` is how long it waits for a runner container, in seconds. Raises
    ConfigurationFault where the setting means none."""
    asked = settings.get(SETTING, "auto")
    kind, _, folder = asked.partition(":")
    if kind == "container" and folder:
        return Container(Path(folder), patience)
    if asked in _LOCAL:
        return _LOCAL[asked]()
    if asked != "auto":
        raise ConfigurationFault(f"{SETTING} is {asked!r}; it can be {WORDS}")
    return Best()


class Best:
    """Namespaces where they can be had; else, as root, a user for each run, which is said to be degraded."""

    def __init__(self) -> None:
        self._found: Launcher | None = None

    def launch(self, runtime: str) -> Launched:
        """See Launcher. Raises the first refusal where none works, which says what to change."""
        if self._found is not None:
            return self._found.launch(runtime)
        try:
            return self._keep(Namespaces(), runtime)
        except SandboxRefused as refusal:
            if os.getuid() != 0:
                raise
            try:
                launched = self._keep(Uid(), runtime)
            except SandboxRefused as second:
                raise SandboxRefused(f"{refusal}. Without namespaces: {second}") from second
            _LOG.warning("the sandbox is degraded, every run is only under a user of its own: %s", refusal)
            return launched

    def _keep(self, launcher: Launcher, runtime: str) -> Launched:
        launched = launcher.launch(runtime)
        self._found = launcher
        return launched
