"""What lies beside assignment.yaml, the order of times, and tasks that refer to each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.specs.writing import VALID, changed, faults, place, problems, require_problem, write

DUE = "due: 2026-11-15T23:59+02:00"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("id: demo", "id: ¤demos", "the id `demos` differs from the name of the folder, `demo`"),
        ("title: Demo", "title: Demo\nprompt: ¤prompt.md", "there is no file prompt.md beside assignment.yaml"),
        ("title: Demo", 'title: Demo\nprompt: "¤../prompt.md"', "there is no file ../prompt.md beside"),
        ("title: Demo", "title: Demo\nprompt: ¤starter/prompt.md", "there is no file starter/prompt.md beside"),
        ("title: Demo", f"title: Demo\nprompt: ¤{'p' * 300}.md", "there is no file ppp"),
        (DUE, "due: ¤2026-11-01T08:00+02:00", "it is due before it opens"),
        (DUE, "due: ¤2026-11-01T07:00+01:30", "it is due before it opens"),
        (f"{DUE}\nlate: {{", "late: ¤{", "`late` needs a `due`"),
        ("until: 2026-11-18T23:59+02:00", "until: ¤2026-11-15T23:59+02:00", "late submissions end before they begin"),
        ("id: residual", "id: ¤square", "the task id `square` stands here twice"),
        ("requires: square", "requires: ¤squares", "`requires` names tasks above this one, `squares` is none of them"),
        ("requires: square", "requires: ¤[square, residual]", "`residual` is none of them"),
        ("points: 2\n", "points: 2\n    requires: ¤residual\n", "`residual` is none of them"),
        ("points: 2\n", "points: 2\n    arguments: ¤torch\n", "`arguments: torch` needs `runtime: torch`"),
    ],
)
def test_what_does_not_fit_together(tmp_path: Path, old: str, new: str, words: str) -> None:
    require_problem(tmp_path, changed((old, new)), words)


@pytest.mark.parametrize("part", ["starter", "solution"])
def test_a_part_that_is_missing_or_a_folder(tmp_path: Path, part: str) -> None:
    file = write(tmp_path, VALID) / part / "solution.py"
    file.unlink()
    file.mkdir()
    line, column = place(changed(("file: solution.py", "file: ¤solution.py")))
    assert faults(file.parent.parent) == [(line, column, f"there is no {part}/solution.py beside assignment.yaml")]


@pytest.mark.parametrize("runtime", ["torch", "a-runtime-of-the-course"])
def test_torch_arguments_with_a_runtime_that_may_have_it(tmp_path: Path, runtime: str) -> None:
    text = changed(
        ("title: Demo", f"title: Demo\nruntime: {runtime}"), ("points: 2\n", "points: 2\n    arguments: torch\n")
    )
    assert problems(tmp_path, text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: square\n    kind: derivative", "id: square\n    kind: ¤derivation"),
        ("- id: square\n    kind: derivative\n", "- ¤id: square\n"),
        ("points: 2\n", "points: 2\n    dims: {n: ¤0}\n"),
        ("weight: 80", "weight: ¤much"),
        ("generic: {points: 24, weight: 80}", "generic: ¤24"),
        ("n: 2..5", "n: ¤5..2"),
        ('x: "vector[n] normal"', 'x: "¤vector[q]"'),
        ('r: "A @ x"', 'r: "A @ ¤q"'),
        ('r: "A @ x"', 'r: "A @¤@ x"'),
        ('r: "A @ x"', 'r: "¤A @ A"'),
        ('r: "A @ x"', 'q: "A @ ¤p", s: q, r: "A @ x"'),
    ],
)
def test_one_fault_is_one_problem(tmp_path: Path, old: str, new: str) -> None:
    """What depends on the faulty thing is not blamed as well."""
    require_problem(tmp_path, changed((old, new)), "")
