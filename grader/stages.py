"""Which checks of a task are run in one child, and what of its output may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.checks.judgement import Judgement
from grader.checks.kinds import KINDS
from grader.domain.assignment import Task, Visibility


@dataclass
class Found:
    """What is known of one task while its stages are graded, the visible ones first."""

    judgements: list[Judgement] = field(default_factory=list)
    unmet: list[str] = field(default_factory=list)
    """tasks that it needs and that earned nothing"""
    _printed: list[tuple[bool, str]] = field(default_factory=list)

    def add_output(self, text: str, *, is_visible: bool) -> None:
        """What was printed in one more stage."""
        self._printed.append((is_visible, text))

    def output(self) -> str:
        """What the first visible stage printed that printed anything; that of a hidden one where none is visible."""
        level = any(is_visible for is_visible, _ in self._printed)
        return next((text for is_visible, text in self._printed if is_visible == level and text), "")

    def earned_nothing(self) -> bool:
        """So far: while only what everybody may see has been graded, that tells nothing else."""
        return bool(self.judgements) and not any(item.credit for item in self.judgements)


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
