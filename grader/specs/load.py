"""A folder with assignment.yaml to an Assignment. Imports neither numpy nor torch: linting takes milliseconds."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from grader.domain.assignment import Assignment, Attempts, Late, Task, Visibility
from grader.domain.limits import Limits
from grader.errors import Problem, SpecError
from grader.specs import autodiff, autograd, derivative, lagrangian, numerical, operators, tests
from grader.specs.credit import check_credit
from grader.specs.nodes import MAX_BYTES, Document, read
from grader.specs.reading import Reading
from grader.specs.schema import AssignmentSpec, LimitsSpec, TaskSpec
from grader.specs.sources import Folder, Source
from grader.specs.validation import validate
from reference.language import nearest

FILE = "assignment.yaml"

KINDS = {
    "derivative": derivative,
    "numerical": numerical,
    "lagrangian": lagrangian,
    "autodiff": autodiff,
    "autodiff.operator": operators,
    "autograd": autograd,
    "pytest": tests,
}
"""Task kinds: a module with SPEC (its schema) and `read`. `kind.key` is the form of a kind that has this key."""


def row_of(item: dict[str, Any]) -> str:
    """Which row reads a task: that of its kind, or of the form that one of its keys tells."""
    kind = str(item.get("kind"))
    return next((row for key in item if (row := f"{kind}.{key}") in KINDS), kind)


def load(folder: Path) -> Assignment:
    """The assignment in `folder`. Raises SpecError with every problem that can be found at once."""
    return load_from(Folder(folder))


def load_from(source: Source) -> Assignment:
    """The assignment in a folder or archive. Raises SpecError with every problem that can be found at once."""
    document = read(_content(source), source.shown(FILE), source)
    spec = validate(AssignmentSpec, document.content, document, ())
    tasks = _Tasks(document, spec).read()
    if spec is not None:
        _check_files(source, spec, document)
        _check_times(spec, document)
    prompt = _prompt(source, spec.prompt, document) if spec else ""
    document.raise_problems()
    assert spec is not None
    return _assignment(spec, tasks, prompt, document)


def _content(source: Source) -> bytes:
    try:
        return source.read(FILE, MAX_BYTES + 1)
    except OSError as error:
        text = f"there is no assignment here: {error.strerror}; give the folder that holds {FILE}"
        raise SpecError([Problem(source.shown(FILE), 1, 1, text)]) from None


def _assignment(spec: AssignmentSpec, tasks: list[Task], prompt: str, document: Document) -> Assignment:
    revision = hashlib.sha256("\n".join([*document.lines, prompt]).encode())
    for name, content in sorted(document.taken.items()):
        revision.update(f"\n{len(content)} {name}\n".encode() + content)
    late = Late(spec.late.until, spec.late.penalty) if spec.late else None
    attempts = Attempts(spec.attempts.per_day, spec.attempts.total)
    return Assignment(
        spec.id, spec.title, prompt, spec.file, spec.runtime, tuple(tasks), f"sha256:{revision.hexdigest()}",
        document.file,
        spec.opens, spec.due, late, attempts, spec.counts, _top_places(document),
    )  # fmt: skip


def _top_places(document: Document) -> dict[str, tuple[int, int]]:
    return {str(path[0]): document.place(path) for path in document.values if len(path) == 1}


def _check_files(source: Source, spec: AssignmentSpec, document: Document) -> None:
    if source.name not in ("", spec.id):
        document.blame(("id",), f"the id `{spec.id}` differs from the name of the folder, `{source.name}`")
    for part in ("starter", "solution"):
        if not source.has(f"{part}/{spec.file}"):
            document.blame(("file",), f"there is no {part}/{spec.file} beside {FILE}")


def _check_times(spec: AssignmentSpec, document: Document) -> None:
    if spec.opens and spec.due and spec.opens >= spec.due:
        document.blame(("due",), "it is due before it opens")
    if spec.late and not spec.due:
        document.blame(("late",), "`late` needs a `due`")
    elif spec.late and spec.due and spec.late.until <= spec.due:
        document.blame(("late", "until"), "late submissions end before they begin: `until` is not after `due`")


def _prompt(source: Source, prompt: str, document: Document) -> str:
    """The statement itself, or the content of the .md file it names."""
    if "\n" in prompt or not prompt.endswith(".md"):
        return prompt
    if len(prompt) > 100 or Path(prompt).name != prompt or not source.has(prompt):
        document.blame(("prompt",), f"there is no file {prompt[:100]} beside {FILE}")
        return ""
    return source.read(prompt, MAX_BYTES).decode("utf-8", "replace")


def _limits(*layers: LimitsSpec) -> Limits:
    """The first layer that says something about a limit decides it."""
    chosen: dict[str, Any] = {}
    for layer in reversed(layers):
        chosen.update(layer.model_dump(exclude_none=True))
    return Limits(**chosen)


def _unknown(kind: object) -> str:
    """What is wrong with the kind of a task."""
    if kind is None:
        return "the key `kind` is missing here"
    return f"unknown kind `{kind}`" + nearest(str(kind), {row.partition(".")[0] for row in KINDS})


class _Tasks:
    """Reads `tasks:` one by one, so that the problems of all of them are found."""

    def __init__(self, document: Document, spec: AssignmentSpec | None) -> None:
        self._document = document
        self._spec = spec
        self._ids: list[str] = []

    def read(self) -> list[Task]:
        content = self._document.content
        written = content.get("tasks") if isinstance(content, dict) else None
        items = written if isinstance(written, list) else []
        return [task for k, item in enumerate(items) if isinstance(item, dict) and (task := self._task(k, item))]

    def _task(self, number: int, item: dict[str, Any]) -> Task | None:
        path = ("tasks", number)
        before = [*self._ids]
        self._ids.append(str(item.get("id")))  # known to later tasks, even where this one is at fault
        kind, row = item.get("kind"), row_of(item)
        if not isinstance(kind, str) or "." in kind or row not in KINDS:
            self._document.blame((*path, "kind") if kind is not None else path, _unknown(kind))
            return None
        spec = validate(KINDS[row].SPEC, item, self._document, path)
        if spec is None:
            return None
        self._check_id(spec, number, before)
        check_credit(spec, row, self._document, path)
        reading = KINDS[row].read(spec, self._document, path)
        return self._built(spec, row, number, reading) if reading else None

    def _check_id(self, spec: TaskSpec, number: int, before: list[str]) -> None:
        if spec.id in before:
            self._document.blame(("tasks", number, "id"), f"the task id `{spec.id}` stands here twice")
        for required in spec.requires or ():
            if required not in before:
                text = f"`requires` names tasks above this one, `{required}` is none of them"
                self._document.blame(("tasks", number, "requires"), text)
        # Whether a course's own runtime has torch, only the machine that grades knows.
        if spec.arguments == "torch" and self._spec is not None and self._spec.runtime == "numpy":
            written = ("tasks", number, "arguments") in self._document.values
            key, what = ("arguments", "arguments: torch") if written else ("kind", f"kind: {spec.kind}")
            self._document.blame(("tasks", number, key), f"`{what}` needs `runtime: torch`")

    def _built(self, spec: TaskSpec, row: str, number: int, reading: Reading) -> Task:
        common = self._spec
        limits = _limits(spec.limits, common.limits) if common else Limits()
        word = spec.visibility or (common.visibility if common else "visible")
        visibility = {check: Visibility[(own or word).upper()] for check, own in reading.checks.items()}
        return Task(
            spec.id, row, spec.title or spec.id, spec.points, spec.prompt, reading.implements,
            tuple(spec.requires or ()), limits, spec.arguments, visibility, reading.content, reading.parts,
            self._places(number), spec.cancelling, spec.approximate, spec.credit,
        )  # fmt: skip

    def _places(self, number: int) -> dict[str, tuple[int, int]]:
        places = {}
        for path in self._document.values:
            if path[:2] == ("tasks", number):
                places[".".join(map(str, path[2:]))] = self._document.place(path)
        return places
