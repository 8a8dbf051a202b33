"""kind: pytest is read without running any of it: which tests there are, their points, and every fault at its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.archives import pack, specification, starter
from grader.domain.assignment import Signature, Visibility
from grader.domain.authored import AuthoredFile
from grader.errors import SpecError
from grader.specs.load import load
from tests.checks.authored import YAML, written

TESTS = """\
import pytest

@pytest.fixture
def number():
    return 1.0

@pytest.mark.points(9)
@pytest.mark.parametrize("k", [1, 2])
def test_first(student, k):
    assert True

@pytest.mark.visibility("hidden")
@pytest.mark.points(3.0)
def test_second(student, number):
    assert True

def helper():
    pass

@pytest.fixture
def test_data():
    return 1.0

def testable(x):
    return x
"""


def test_what_is_read(tmp_path: Path) -> None:
    folder = written(
        tmp_path, TESTS, "def f(x): return x\n", YAML.replace("f(x)}", '["f(x, h)", class Dual]}'), beside="x = 1\n"
    )
    (folder / "solution" / "more.py").write_text("y = 2\n")
    (folder / "checks" / "__pycache__").mkdir()
    (folder / "checks" / "__pycache__" / "beside.pyc").write_bytes(b"\0")
    (task,) = load(folder).tasks
    assert task.implements == (Signature("f", ("x", "h")), Signature("Dual", (), is_class=True))
    assert task.visibility == {"test_first": Visibility.VISIBLE, "test_second": Visibility.HIDDEN}
    content = task.content
    assert isinstance(content, AuthoredFile)
    assert [(test.name, test.share, test.line) for test in content.tests] == [
        ("test_first", 0.75, 9),
        ("test_second", 0.25, 14),
    ]
    assert (content.name, content.entry) == ("test_own.py", "solution")
    assert content.files == (("beside.py", b"x = 1\n"), ("test_own.py", TESTS.encode()))
    assert content.solution == (("solution.py", b"def f(x): return x\n"), ("more.py", b"y = 2\n"))


def test_without_marks_all_are_worth_the_same(tmp_path: Path) -> None:
    (task,) = load(written(tmp_path, "def test_a(): pass\ndef test_b(): pass\n")).tasks
    assert isinstance(task.content, AuthoredFile)
    assert [test.share for test in task.content.tests] == [0.5, 0.5]


def test_every_file_of_the_tests_belongs_to_the_revision_and_none_to_the_starter(tmp_path: Path) -> None:
    folder = written(tmp_path, TESTS, beside="x = 1\n")
    before = load(folder).revision
    packed = pack(folder)
    assert specification(packed).revision == before
    assert starter(packed, "solution.py") == b"pass\n"
    for name in ("checks/beside.py", "checks/test_own.py", "solution/solution.py"):
        (folder / name).write_text((folder / name).read_text() + "\n")
        assert load(folder).revision != before
        before = load(folder).revision
    (folder / "starter" / "solution.py").write_text("x = 1\n")
    assert load(folder).revision == before


POINTS = "@pytest.mark.points(9)"


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        (POINTS, "@pytest.mark.points(8)", "assignment.yaml:7:37", "the points of the tests in checks/test_own.py sum to 11, those of the task are 12"),
        (POINTS, "", "checks/test_own.py:9:1", "`test_first` has no `@pytest.mark.points(...)`, and other tests have; mark all of them or none"),
        (POINTS, "@pytest.mark.points(MANY)", "checks/test_own.py:7:2", "`points` takes a number above 0, written out here"),
        (POINTS, "@pytest.mark.points(0)", "checks/test_own.py:7:2", "`points` takes a number above 0"),
        (POINTS, "@pytest.mark.points", "checks/test_own.py:7:2", "`points` takes a number above 0"),
        ('"hidden"', '"hiden"', "checks/test_own.py:12:2", "`visibility` takes one of visible, after_due_date, after_published, hidden, written out here; did you mean `hidden`?"),
        ("def helper", "def test_first", "checks/test_own.py:9:1", "the test `test_first` stands here twice"),
        ("def helper", "async def test_third", "checks/test_own.py:17:1", "`test_third` is not collected: a test is a plain function at the top level"),
        ("def helper():\n    pass", "class TestMore:\n    def test_x(self): pass", "checks/test_own.py:17:1", "`TestMore` is not collected"),
        (POINTS, POINTS + "\n@pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.visibility('hidden'))])", "checks/test_own.py:8:54", "write `@pytest.mark.visibility(...)` above a test, at the top level: it is not read here"),
        ("def helper", "pytestmark = pytest.mark.visibility('hidden')\ndef helper", "checks/test_own.py:17:14", "it is not read here"),
        ("def helper", "import pytest as p\nHIDDEN = [p.mark]\ndef helper", "checks/test_own.py:18:11", "write `pytest.mark` out where a mark is set: others are not read"),
        ("def helper", "@pytest.mark.points(3)\ndef helper", "checks/test_own.py:17:2", "it is not read here"),
        ("import pytest\n", "from pytest import mark\n", "checks/test_own.py:1:1", "write `pytest.mark` out"),
        ("def helper", "if True:\n  def test_never(): pass\ndef helper", "checks/test_own.py:18:3", "`test_never` is not collected: a test is a plain function `def test_...` at the top level"),
        ("def helper", "test_never = lambda student: 1\ndef helper", "checks/test_own.py:17:1", "`test_never` is not collected"),
        ("def helper()", "def testnever(student)", "checks/test_own.py:17:1", "`testnever` is not collected"),
        ("def helper():", "def helper(:", "checks/test_own.py:17:12", "this is not Python: invalid syntax"),
        (TESTS, "x = 1\n", "checks/test_own.py:1:1", "there are 0 tests here; write 1 to 100 functions `def test_...(student)`"),
        (TESTS, "def test_a(): pass\n" + "x = 1\n" * 12000, "checks/test_own.py:1:1", "a file of tests has at most 64 KiB"),
        (TESTS, "def test_a(): " + "(" * 5000 + ")" * 5000, "checks/test_own.py:1:", "too many nested parentheses"),
        (TESTS, "def test_a(): " + "-" * 60000 + "1", "checks/test_own.py:1:", ""),
        (TESTS, "@a" + ".b" * 30000 + ".points\ndef test_a(): pass", "checks/test_own.py:1:", ""),
    ],
)  # fmt: skip
def test_faults_of_the_file(tmp_path: Path, old: str, new: str, where: str, words: str) -> None:
    folder = written(tmp_path, TESTS.replace(old, new))
    with pytest.raises(SpecError) as caught:
        load(folder)
    found = str(caught.value).replace(str(folder) + "/", "")
    assert [line for line in found.splitlines() if line.startswith(where) and words in line], found


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("tests: checks/test_absent.py", "7:36: there is no file checks/test_absent.py beside assignment.yaml"),
        ("tests: ../test_own.py", "`../test_own.py` is no file of tests, such as `checks/test_chain.py`"),
        ("tests: checks/own.py", "`checks/own.py` is no file of tests"),
        ("tests: 3", "`3` is no file of tests"),
        ("weights: 3", "unknown key `weights`"),
    ],
)
def test_faults_of_the_keys(tmp_path: Path, key: str, words: str) -> None:
    folder = written(tmp_path, TESTS, yaml=YAML.replace("points: 12", f"{key}, points: 12"))
    with pytest.raises(SpecError) as caught:
        load(folder)
    assert words in str(caught.value)


def test_what_is_implemented_is_a_function_or_a_class(tmp_path: Path) -> None:
    folder = written(tmp_path, TESTS, yaml=YAML.replace("f(x)}", "f}"))
    with pytest.raises(SpecError, match="is not a function with its arguments"):
        load(folder)


def test_a_mark_beside_the_tests(tmp_path: Path) -> None:
    folder = written(
        tmp_path, TESTS, beside="import pytest as p\nHIDDEN = p.mark.visibility('hidden')\n", other="def (:"
    )
    with pytest.raises(SpecError, match=r"checks/beside.py:2:10: write `@pytest.mark.visibility\(...\)` above a test"):
        load(folder)


def test_too_much_beside_the_tests(tmp_path: Path) -> None:
    folder = written(tmp_path, TESTS)
    (folder / "checks" / "table.npy").write_bytes(bytes(1 << 20))
    with pytest.raises(SpecError, match="the files in checks/ are larger than 1 MiB together, or more than 100"):
        load(folder)
    shutil.rmtree(folder / "checks")
    with pytest.raises(SpecError, match="there is no file checks/test_own.py beside"):
        load(folder)
