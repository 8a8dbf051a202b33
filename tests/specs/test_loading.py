"""A correct file gives exactly what it says; what is not written is inherited or has its default."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.domain.assignment import Assignment, Attempts, Late, Signature, Task, Visibility
from grader.domain.limits import MIB, Limits
from grader.specs.load import load
from reference import domains, language
from reference.problem import Group, Misconception, Problem
from reference.shapes import Size
from tests.specs.writing import VALID, changed, place, write

DIMS = {"m": (4, 6), "n": (2, 5)}
SQUARE = Problem(
    (("t", domains.parse("scalar", {})),), (), (), language.parse("t**2"), "t", "gradient", "like-variable", (),
    (Group("generic", 24, 100.0),),
)  # fmt: skip
RESIDUAL = Problem(
    (("A", domains.parse("matrix[m, n]", DIMS)), ("x", domains.parse("vector[n] normal", DIMS))),
    tuple(DIMS.items()), (("r", language.parse("A @ x")),), language.parse("r @ r"), "x", "gradient", "like-variable",
    (Size("n", 0),), (Group("generic", 24, 80.0), Group("scaled", 8, 20.0, (("huge", ("x",)),))),
    language.parse("2 * A.T @ r"),
    (Misconception("inner", language.parse("A.T @ r"), "What does x change inside of the square?"),),
)  # fmt: skip
TASKS = (
    Task(
        "square", "derivative", "square", 2.0, "", (Signature("square_slope", ("t",)),), (),
        Limits(5.0, 3.0, 256 * MIB, 64 << 10), "numpy", {"generic": Visibility.AFTER_DUE_DATE}, SQUARE, {"": SQUARE},
    ),
    Task(
        "residual", "derivative", "Gradient of a residual", 5.0, "Return it.", (Signature("residual_gradient", ("A", "x")),),
        ("square",), Limits(2.0, 3.0, 256 * MIB, 16 << 10), "numpy",
        {"generic": Visibility.HIDDEN, "scaled": Visibility.VISIBLE}, RESIDUAL, {"": RESIDUAL},
    ),
)  # fmt: skip


def utc(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_the_whole_assignment(tmp_path: Path) -> None:
    folder = write(tmp_path, VALID)
    read = load(folder)
    expected = Assignment(
        "demo", "Demo", "", "solution.py", "numpy", TASKS, read.revision, str(folder / "assignment.yaml"),
        utc(1, 6, 0), utc(15, 21, 59), Late(utc(18, 21, 59), 0.1), Attempts(20, 100), "best",
    )  # fmt: skip
    assert (read.places["id"], read.places["tasks"]) == ((2, 5), (12, 3))
    assert replace(read, tasks=tuple(replace(task, places={}) for task in read.tasks), places={}) == expected
    assert read.points == 7


@pytest.mark.parametrize(
    ("task", "key", "old", "new"),
    [
        (0, "f", "f: t**2", "f: ¤t**2"),
        (1, "given.x", 'x: "vector', 'x: "¤vector'),
        (1, "groups.scaled", "scaled: {", "scaled: ¤{"),
        (1, "misconceptions.0.when", "when: A", "when: ¤A"),
        (1, "", "id: residual", "¤id: residual"),
    ],
)
def test_tasks_know_where_their_keys_are(tmp_path: Path, task: int, key: str, old: str, new: str) -> None:
    assert load(write(tmp_path, VALID)).tasks[task].places[key] == place(changed((old, new)))


def test_what_is_not_written_has_its_default(tmp_path: Path) -> None:
    head = "format: 1\nid: demo\ntitle: Demo\nfile: solution.py\n"
    read = load(write(tmp_path, head + VALID[VALID.index("tasks:") : VALID.index("  - id: residual")]))
    assert (read.opens, read.due, read.late, read.attempts, read.counts) == (None, None, None, Attempts(), "best")
    assert read.tasks[0].limits == Limits(wall=10, cpu=8, memory=512 * MIB, output=64 << 10)
    assert read.tasks[0].visibility == {"generic": Visibility.VISIBLE}


@pytest.mark.parametrize(
    ("written", "text"), [("yes", "yes"), ("2026-11-01", "2026-11-01"), ("1:30", "1:30"), ("~", "~"), ("0x1F", "0x1F")]
)
def test_yaml_does_not_guess(tmp_path: Path, written: str, text: str) -> None:
    assert load(write(tmp_path, changed(("title: Demo", f"title: {written}")))).title == text


@pytest.mark.parametrize(
    ("f", "asked", "shape"),
    [
        ("f: r", "ask: jacobian", (Size("m", 0), Size("n", 0))),
        ("f: r", "ask: jacobian\n    layout: numerator", (Size("m", 0), Size("n", 0))),
        ("f: r", "ask: jacobian\n    layout: denominator", (Size("n", 0), Size("m", 0))),
    ],
)
def test_the_shape_of_a_jacobian(tmp_path: Path, f: str, asked: str, shape: tuple[Size, ...]) -> None:
    text = changed(
        ("f: r @ r", f), ("ask: gradient\n    layout: like-variable", asked), ("    solution: 2 * A.T @ r\n", "")
    )
    problem = load(write(tmp_path, text)).tasks[1].content
    assert isinstance(problem, Problem)
    assert problem.shape == shape


def test_prompts(tmp_path: Path) -> None:
    inline = changed(("title: Demo", "title: Demo\nprompt: |\n  Read\n  prompt.md\n"))
    assert load(write(tmp_path, inline)).prompt == "Read\nprompt.md\n"
    folder = write(tmp_path, changed(("title: Demo", "title: Demo\nprompt: prompt.md")))
    (folder / "prompt.md").write_bytes("# Größe\n".encode() + b"\xff")
    assert load(folder).prompt == "# Größe\n\ufffd"


def test_the_revision_follows_what_is_graded(tmp_path: Path) -> None:
    text = changed(("title: Demo", "title: Demo\nprompt: prompt.md"))
    folder = write(tmp_path, text)
    (folder / "prompt.md").write_text("One.")
    first = load(folder).revision
    assert first.startswith("sha256:")
    (folder / "solution" / "solution.py").write_text("changed\n")
    assert load(folder).revision == first
    (folder / "prompt.md").write_text("Two.")
    second = load(folder).revision
    write(tmp_path, text.replace("t**2", "t**3"))
    assert len({first, second, load(folder).revision}) == 3
    elsewhere = write(tmp_path / "elsewhere", text)
    (elsewhere / "prompt.md").write_text("One.")
    assert load(elsewhere).revision == first


def test_a_relative_path_to_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, VALID))
    assert load(Path()).id == "demo"


def test_linting_imports_no_array_library(tmp_path: Path) -> None:
    """A correct file and a faulty one, in a fresh interpreter."""
    program = """
import sys
from pathlib import Path
from grader.errors import SpecError
from grader.specs.load import load
load(Path(sys.argv[1]))
try:
    load(Path(sys.argv[2]))
except SpecError:
    print([name for name in ("numpy", "torch") if name in sys.modules])
"""
    broken = write(tmp_path / "broken", changed(("f: r @ r", "f: A @ r @ r")))
    command = [sys.executable, "-c", program, str(write(tmp_path, VALID)), str(broken)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "[]\n"
