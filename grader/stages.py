"""Which checks of a task are run in one child, and what of its output may be shown."""

from __future__ import annotations

from collections.abc import Sequence

from grader.checks.kinds import KINDS
from grader.domain.assignment import Task, Visibility


class Outputs:
    """What was printed, by stage."""

    def __init__(self) -> None:
        self._printed: list[tuple[bool, str]] = []

    def add(self, text: str, *, is_visible: bool) -> None:
        """Of one more stage."""
        self._printed.append((is_visible, text))

    def shown(self) -> str:
        """What the first visible stage printed that printed anything; that of a hidden one where none is visible."""
        level = any(is_visible for is_visible, _ in self._printed)
        return next((text for is_visible, text in self._printed if is_visible == level and text), "")


def together(task: Task) -> tuple[str, ...]:
    """The visible checks that may share a child."""
    alone = KINDS[task.kind].alone(task)
    return tuple(check for check in checks_of(task) if check not in alone and is_visible(task, (check,)))


def checks_of(task: Task) -> list[str]:
    """All checks, as they are reported."""
    return [check for check, _ in KINDS[task.kind].shares(task)]


def is_visible(task: Task, checks: Sequence[str]) -> bool:
    """Whether everybody may see all of these."""
    return all(task.visibility[check] is Visibility.VISIBLE for check in checks)


def stages(task: Task) -> list[tuple[str, ...]]:
    """The checks by child. One that runs for visible checks never holds a hidden input, so no exception text or output
    can carry one out."""
    shared, alone = together(task), KINDS[task.kind].alone(task)
    hidden = tuple(check for check in checks_of(task) if check not in (*shared, *alone))
    return [stage for stage in (shared, *((check,) for check in alone), hidden) if stage]
