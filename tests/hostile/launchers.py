"""The launchers that attacks are played against: a name, and how to make one on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable

from grader.sandbox.choice import SETTING, from_settings
from grader.sandbox.launcher import Launcher, Namespaces


def offered() -> dict[str, Callable[[], Launcher]]:
    """The launcher that NABLA_SANDBOX names, else namespaces; tests/integration runs the others, where they belong.

    One that this machine refuses raises SandboxRefused when it is asked to launch.
    """
    asked = os.environ.get(SETTING, "auto")
    return {"namespaces": Namespaces} if asked == "auto" else {asked.partition(":")[0]: from_settings}
