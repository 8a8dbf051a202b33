"""The launchers that attacks are played against: a name, and how to make one on this machine."""

from __future__ import annotations

from collections.abc import Callable

from grader.sandbox.launcher import Launcher, Namespaces

_LAUNCHERS: dict[str, Callable[[], Launcher]] = {"namespaces": Namespaces}


def offered() -> dict[str, Callable[[], Launcher]]:
    """All launchers there are. One that this machine refuses raises SandboxRefused when it is asked to launch."""
    return dict(_LAUNCHERS)
