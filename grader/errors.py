"""Every exception that leaves a module, by whose fault it is.

NablaError
|-- StudentFault          the submission cannot be read; the student is told what to hand in instead
|   `-- UploadRefused     it was not even taken: no receipt, no attempt, nothing stored
|-- AuthorFault           the assignment is wrong; the TA is told where and how
|   |-- SpecError         with a list of problems, each at file:line:column
|   |-- RosterFault       a roster cannot be applied; with a list of problems, most of them with their line
|   |-- RegradeRefused    a regrade cannot be proposed, or decided on, as things are
|   |-- UnknownRuntime    it names a runtime that this machine does not have; says which there are
|   `-- TooLittleMemory   it allows more memory than there is where it is to be graded; says how much that is
`-- SystemFault           ours or the machine's; never a score
    |-- SandboxRefused    no safe sandbox can be had here; says what to do
    |   `-- RunnersBusy   there is one, and others use it
    |-- SlotBroken        a slot misbehaved and was destroyed; the run may be tried again
    `-- ConfigurationFault    the service cannot start or be reached as it is set up; says what to change
"""

from __future__ import annotations

from dataclasses import dataclass


class NablaError(Exception):
    """Base of all."""


class StudentFault(NablaError):
    """The submission cannot be graded as it is."""


class UploadRefused(StudentFault):
    """An upload that is turned away at the door; `status` is the HTTP status that says so."""

    def __init__(self, text: str, status: int = 422) -> None:
        super().__init__(text)
        self.status = status


class AuthorFault(NablaError):
    """The assignment cannot be used as it is."""


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in a file; line and column count from 1."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


class SpecError(AuthorFault):
    """An assignment with problems, all of those that could be found at once."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class RosterFault(AuthorFault):
    """A roster with problems, all of those that could be found at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class RegradeRefused(AuthorFault):
    """A regrade that cannot be proposed or decided on now; staff are told why."""


class UnknownRuntime(AuthorFault):
    """An assignment wants packages that are not at hand where it is to be graded."""


class TooLittleMemory(AuthorFault):
    """An assignment allows its tasks more memory than a run can have where it is to be graded."""


class SystemFault(NablaError):
    """Nabla or the machine failed. The student is not blamed and gets no score from it."""


class SandboxRefused(SystemFault):
    """This machine offers no safe sandbox."""


class RunnersBusy(SandboxRefused):
    """Every runner container serves another worker: right while the service runs, wrong for a worker that needs one."""


class SlotBroken(SystemFault):
    """A sandbox slot did not behave as promised."""


class ConfigurationFault(SystemFault):
    """The machine or its settings do not allow what was asked; the operator is told what to change."""
