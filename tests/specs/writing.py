"""A small valid assignment as text, written to a folder whole or with one thing changed."""

from __future__ import annotations

from pathlib import Path

from grader.errors import SpecError
from grader.specs.load import load
from tests import changing

VALID = """\
format: 1
id: demo
title: Demo
file: solution.py
opens: 2026-11-01T08:00+02:00
due: 2026-11-15T23:59+02:00
late: {until: 2026-11-18T23:59+02:00, penalty: 10% per day}
attempts: {per_day: 20, total: 100}
limits: {wall: 5 s, cpu: 3000 ms, memory: 256 MiB}
visibility: after_due_date
tasks:
  - id: square
    kind: derivative
    points: 2
    implement: square_slope(t)
    given: {t: scalar}
    f: t**2
    wrt: t
    ask: gradient
  - id: residual
    kind: derivative
    title: Gradient of a residual
    points: 5
    prompt: Return it.
    implement: residual_gradient(A, x)
    requires: square
    visibility: hidden
    limits: {wall: 2 s, output: 16 KiB}
    dims: {m: 4..6, n: 2..5}
    given: {A: "matrix[m, n]", x: "vector[n] normal"}
    let: {r: "A @ x"}
    f: r @ r
    wrt: x
    ask: gradient
    layout: like-variable
    solution: 2 * A.T @ r
    groups:
      generic: {points: 24, weight: 80}
      scaled: {points: 8, weight: 20, huge: [x], visibility: visible}
    misconceptions:
      - {note: inner, when: A.T @ r, say: "What does x change inside of the square?"}
"""
MARK = "¤"
"""stands in a changed text where the fault is to be reported"""


def write(parent: Path, text: str | bytes) -> Path:
    """The folder of an assignment with this assignment.yaml; `parent` becomes its parent."""
    folder = parent / "demo"
    for part in ("starter", "solution"):
        (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / part / "solution.py").write_text("pass\n")
    (folder / "assignment.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def changed(*changes: tuple[str, str]) -> str:
    """The valid text with each (old, new) replaced; `old` must stand in it once, so that no change is lost."""
    return changing.changed(VALID, *changes)


def place(marked: str) -> tuple[int, int]:
    """Line and column of the mark, from 1."""
    before, mark, _ = marked.partition(MARK)
    assert mark, "nothing is marked"
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def faults(folder: Path) -> list[tuple[int, int, str]]:
    """(line, column, text) of every problem of the assignment in a folder, in the order reported."""
    try:
        load(folder)
    except SpecError as error:
        return [(problem.line, problem.column, problem.text) for problem in error.problems]
    return []


def problems(parent: Path, text: str | bytes) -> list[tuple[int, int, str]]:
    """The faults of an otherwise complete assignment with this assignment.yaml."""
    return faults(write(parent, text))


def require_problem(parent: Path, marked: str, words: str) -> None:
    """Exactly one problem, at the mark, that says `words`."""
    found = problems(parent, marked.replace(MARK, ""))
    assert [(line, column) for line, column, _ in found] == [place(marked)], found
    assert words in found[0][2]
