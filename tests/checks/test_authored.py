"""kind: pytest: what comes over, what stays where it is, whose fault it was, and what a student is told of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.errors import SpecError
from grader.feedback.document import document, for_student
from grader.sandbox.slot import Slot
from tests.checks.authored import YAML, Course, written

pytestmark = pytest.mark.sandbox

Make = Callable[..., Course]


@pytest.fixture
def make(tmp_path: Path, slot: Slot, tests_slot: Slot) -> Make:
    return lambda *texts, **beside: Course(written(tmp_path, *texts, **beside), (slot, tests_slot))


DUALS = """
import numpy as np
SEED = int(np.random.get_state()[1][0])
class Dual:
    def __init__(self, value, derivative=0.0):
        self.value, self.derivative = value, derivative
    def __mul__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.value * other.value, self.value * other.derivative + self.derivative * other.value)
    __rmul__ = __mul__
    def __neg__(self): return Dual(-self.value, -self.derivative)
    def __lt__(self, other): return self.value < other
    def __getitem__(self, k): return (self.value, self.derivative)[k]
    def __len__(self): return 2
def make(x): return Dual(x, 1.0)
def apply(h, x): return h(x)
def same(x): return x
def pair(x): return x, Dual(x)
def changed(x): x[0] = 7.0; return x
def words(x): return "a " + x
def nothing(): return None
def fails(x): return 1 / x
def caught(h):
    try: return h(0.0)
    except ValueError as error: return str(error)
LIMIT = 3
"""

OBJECTS = """
import numpy as np
import pytest
from nabla import StudentError, answer

DRAWN = []

def test_numbers(student):
    assert [type(student.same(v)) for v in (1, 2.0, True, 1j, np.float32(3))] == [int, float, bool, complex, float]
    assert student.LIMIT == 3 and student.words("text") == "a text" and student.nothing() is None
    a = np.arange(6.0).reshape(2, 3)
    b = student.same(a)
    b += 1  # an array of its own
    assert (student.same(a) == a).all() and b.dtype == np.float64
    assert student.changed(a[0]).tolist() == [7.0, 1.0, 2.0] and a[0, 0] == 0.0

def test_objects(student):
    d = student.Dual(2.0, 1.0) * 3
    assert d.derivative == 3
    assert (3 * d).value == 18 and (np.float64(3) * d).value == 18 and (-d).value == -6 and answer("<", d, 7)
    assert len(d) == 2 and list(d) == [6.0, 3.0] and d[1] == 3.0
    d.value = 5.0
    assert d.value == 5.0
    assert student.same(d) is d and student.same(d) == d and d != student.make(5.0)
    first, second = student.pair(d)
    assert first is d and second is not d and {d: 1}[first] == 1 and d in student.pair(d)
    assert repr(d) == "<Dual of the student's>"
    empty = student.same([])
    assert empty == [] and len(empty) == 0 and empty.shape == (0,) and empty.tolist() == [] and empty != [1.0]
    assert len(student.same(empty)) == 0 and student.same(np.zeros((0, 3))).shape == (0, 3)
    with pytest.raises(TypeError, match="no operator of an object of the student's: '<' of 2"):
        answer("<", 1, 2)

def test_functions(student):
    seen = []
    def cube(x):
        seen.append(x)
        return x * x * x
    assert student.apply(cube, 2.0) == 8.0 and seen == [2.0]
    assert student.apply(cube, student.make(2.0)).derivative == 12.0
    assert seen[1].value == 2.0
    assert student.apply(lambda x: student.apply(cube, x), student.make(1.0)).derivative == 3.0
    assert student.apply(lambda x: [x, 1.0], 2.0).tolist() == [2.0, 1.0]
    assert student.apply(lambda h: h(2.0), cube) == 8.0
    def undefined(x):
        raise ValueError("no value there")
    assert student.caught(undefined) == "no value there"
    def asserting(x):
        assert x == 1.0, "asked at another place"
    with pytest.raises(AssertionError, match="another place"):
        student.caught(asserting)
    assert student.same(1.0) == 1.0

def test_exceptions(student):
    with pytest.raises(StudentError) as caught:
        student.fails(0.0)
    assert (caught.value.kind, caught.value.text) == ("ZeroDivisionError", "float division by zero")
    assert not hasattr(student.make(1.0), "absent")
    with pytest.raises(TypeError, match="can be given numbers"):
        student.same({1: 2})

@pytest.mark.parametrize("n", [1, 2, 3])
def test_random_numbers(student, rng, n):
    DRAWN.append(rng.normal())
    assert -10 < DRAWN[-1] < 10 and len(set(DRAWN)) == len(DRAWN), "each case has numbers of its own"
    assert DRAWN[-1] not in [np.random.default_rng(seed).normal() for seed in (0, student.SEED)]
    assert np.random.get_state()[1][0] != student.SEED
"""


def test_what_comes_over_and_what_stays(make: Make) -> None:
    found = make(OBJECTS, DUALS).checks(DUALS)
    assert {name: (check.verdict.value, check.message) for name, check in found.items()} == {
        "test_numbers": ("passed", "Passed."), "test_objects": ("passed", "Passed."),
        "test_functions": ("passed", "Passed."), "test_exceptions": ("passed", "Passed."),
        "test_random_numbers": ("passed", "Passed, in all 3 cases."),
    }  # fmt: skip
    assert sum(check.score for check in found.values()) == pytest.approx(12)


OWN = """
class Own:
    def __neg__(self): return 0.0
    made = property(lambda self: self)
"""

LISTS = """
def test_list(student):
    assert [*student.f(1.0)] == [1.0]

def test_object(student):
    assert -student.Own().made is not None

def test_number(student):
    assert 0.5 < student.f(1.0)
"""


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def f(x): return (c for c in 'ab')", "A list was expected, your code gave an object, generator (TypeError: object of type 'generator' has no len())."),
        ("def f(x): return {'a': 1}", "A list was expected, your code gave an object, dict (KeyError: 0)."),
        ("class F:\n    def __len__(self): return 10**9\ndef f(x): return F()", "A list was expected, your code gave an object, F (it says that it has 1000000000 elements, at most 10000 are counted)."),
        ("class F:\n    def __len__(self): return 2\n    def __getitem__(self, k): return [][k]\ndef f(x): return F()", "Your function raised IndexError: list index out of range"),
        ("class F:\n    def __len__(self): return 0\ndef f(x): return F()", "(it says that it has none)."),
    ],
)  # fmt: skip
def test_what_is_no_list(make: Make, source: str, words: str) -> None:
    found = make(LISTS, "def f(x): return [x]\n").checks(source + OWN)
    assert found["test_list"].verdict.value == ("crashed" if "IndexError" in words else "failed")
    assert words in found["test_list"].message
    assert found["test_object"].message == "An object was expected of `-`, your code gave 0.0."
    assert found["test_number"].message.startswith("A number or numbers were expected, your code gave an object, ")


SAID = """
import numpy as np
import pytest
from numpy.testing import assert_allclose
from beside import require

def test_message(student):
    secret = 12345
    assert student.f(2.0) == 4.0 + 0 * secret, "f at two"

def test_comparison(student):
    assert student.f(2.0) == pytest.approx(4.0)

def test_array(student):
    assert_allclose(student.f(np.ones(2)), [1.0, 1.0])

def test_condition(student):
    assert np.allclose(student.f(np.ones(2)), 1.0)

def test_lines(student):
    assert student.f(2.0) == 4.0, "first\\n+ where second"

def test_both(student):
    assert bool(student.f(0.0)) and student.f(1.0)

def test_beside(student):
    require(student.f(3.0))

def test_no_exception(student):
    with pytest.raises(Exception):
        student.f(1.0)

def test_told(student):
    pytest.fail("look at the sign")
"""


def test_what_a_student_is_told(make: Make) -> None:
    course = make(SAID, beside="def require(x):\n    assert x == 8.0, 'of a file beside'\n")
    found = {name: check.message for name, check in course.checks("def f(x): return x * 3").items()}
    assert found["test_message"] == "f at two. Not true: 6.0 == (4.0 + (0 * 12345))"
    assert found["test_comparison"].startswith("Not true: 6.0 == 4.0 ± 4.0e-06\n    comparison failed")
    assert "Mismatched elements: 2 / 2" in found["test_array"]
    assert found["test_lines"] == "first\n  + where second. Not true: 6.0 == 4.0"
    assert found["test_both"] == "Something that must hold of your answer does not hold."
    assert found["test_beside"] == "of a file beside. Not true: 9.0 == 8.0"
    assert found["test_no_exception"] == "DID NOT RAISE Exception"
    assert found["test_told"] == "look at the sign"
    for text in found.values():
        assert not [
            word
            for word in ("test_own", "checks", "student.f", "/tmp", "line ", "0x", "where")
            if word in text.replace("where second", "")
        ]


ENDS = """
import os
import pytest
from nabla import StudentError

@pytest.fixture(autouse=True)
def nothing_is_caught_that_ended(student):
    yield

def test_right(student):
    assert student.f(1.0) == 1.0

def test_raises(student):
    student.f(0.0)

def test_expects_an_exception(student):
    with pytest.raises(Exception):
        student.f(-1.0)

def test_is_not_done(student):
    with pytest.raises(AttributeError):
        student.g(1.0)

def test_hangs(student):
    try:
        student.f(2.0)
    except BaseException:
        pass  # whatever a test makes of it

def test_eats(student):
    student.f(3.0)

def test_after_all_that(student):
    assert student.f(1.0) == 1.0
"""


def test_how_a_student_s_code_ends_costs_one_test(make: Make) -> None:
    source = """
import os
def f(x):
    if x == -1.0: os._exit(0)
    if x == 2.0:
        while True: pass
    if x == 3.0: return [0.0] * 10**9
    return x / x
"""
    found = make(ENDS).checks(source)
    assert {name: check.verdict.value for name, check in found.items()} == {
        "test_right": "passed", "test_raises": "crashed", "test_expects_an_exception": "crashed",
        "test_is_not_done": "missing", "test_hangs": "time_limit", "test_eats": "memory_limit",
        "test_after_all_that": "passed",
    }  # fmt: skip
    assert found["test_raises"].message.startswith(
        "Your function raised ZeroDivisionError: float division by zero\n    solution.py line 8"
    )
    assert "exit code 0" in found["test_expects_an_exception"].message
    assert found["test_is_not_done"].message.startswith("There is no function `g` in your submission.")


def test_time_runs_out_for_all_tests_together(make: Make) -> None:
    tests = "".join(f"def test_{k}(student):\n    student.f(1.0)\n" for k in range(6))
    yaml = YAML.replace("wall: 2 s", "wall: 300 ms")
    found = make(tests, "def f(x): return x\n", yaml).checks("import time\ndef f(x): time.sleep(60)\n")
    assert {check.verdict.value for check in found.values()} == {"time_limit"}
    assert "0.3 s allowed" in found["test_0"].message
    assert found["test_5"].message.startswith("Not run to the end: the tests before this one took too long. Each may")


def test_a_file_that_cannot_be_imported_and_one_that_is_no_python(make: Make) -> None:
    course = make("def test_f(student):\n    assert student.f(1.0) == 1.0\n")
    assert course.one("def f(x): return x\nraise KeyError('x')").message.startswith(
        "Your file raised KeyError: 'x' while it was imported"
    )
    report = course.report("def f(:")
    assert (report.outcome.value, report.score) == ("not_gradable", None)


CREDIT = """
import pytest

@pytest.mark.points(8)
def test_steps(student, credit):
    credit(0.25)
    assert student.f(1.0) == 1.0
    credit(0.5)
    assert student.f(2.0) == 4.0, "two"

@pytest.mark.points(4)
@pytest.mark.parametrize("x", [1.0, 2.0, 3.0, 4.0])
def test_cases(student, x):
    assert student.f(x) == x * x
"""


@pytest.mark.parametrize(
    ("source", "steps", "cases"),
    [
        ("def f(x): return x * x", (8, "Passed."), (4, "Passed, in all 4 cases.")),
        ("def f(x): return x", (4, "two. Not true: 2.0 == 4.0\n50% of the points were earned before that."), (1, "Not true: 2.0 == (2.0 * 2.0)\n1 of 4 cases passed.")),
        ("def f(x): return 1 / 0", (2, None), (0, None)),
    ],
)  # fmt: skip
def test_part_of_the_points(make: Make, source: str, steps: tuple[float, str], cases: tuple[float, str]) -> None:
    found = make(CREDIT).checks(source)
    for name, (score, message) in (("test_steps", steps), ("test_cases", cases)):
        assert found[name].score == score
        assert found[name].verdict.value in (
            "crashed",
            "passed" if score in (8, 4) and "x * x" in source else "partial",
        )
        assert message is None or found[name].message == message


KILLED = """
import os
import pytest

@pytest.mark.parametrize("x", [1.0, 2.0, 3.0, 4.0])
def test_cases(student, x):
    found = student.f(x)
    if found < 0:
        os._exit(0)  # as the kernel would, of what no memory is left for
    assert found == x * x
"""


def test_cases_that_were_not_run_earn_nothing(make: Make) -> None:
    check = make(KILLED, "def f(x): return x * x\n").one("def f(x): return x if x < 2.0 else -1.0")
    assert (check.verdict.value, check.score) == ("invalid_output", 3)
    assert check.message.endswith("1 of 4 cases passed.")


HIDDEN = """
import pytest

@pytest.mark.visibility("hidden")
def test_hidden(student):
    assert student.f(777.0) == 1.0, "the hidden one"

def test_shown(student):
    assert student.f(1.0) == 1.0
"""


def test_a_hidden_test_leaves_no_trace(make: Make) -> None:
    source = "def f(x):\n    print('given', x)\n    if x > 2: raise ValueError(f'no {x}')\n    return x\n"
    report = make(HIDDEN).report(source)
    assert [(check.id, check.verdict.value) for check in report.tasks[0].checks] == [
        ("test_hidden", "crashed"),
        ("test_shown", "passed"),
    ]
    seen = str(for_student(document(report), None, datetime.now(UTC)))
    assert all(word in seen for word in ("given 1.0", "test_shown"))
    assert not any(word in seen for word in ("777", "hidden one", "test_hidden"))


UNUSABLE = """
def test_f(student):
    assert 2 * student.f(1.0) + 1 == 3.0
"""


def test_what_a_test_cannot_use_is_the_student_s_where_the_solution_passes(make: Make) -> None:
    check = make(UNUSABLE, "def f(x): return x\n").one("def f(x): return None")
    assert (check.verdict.value, check.score) == ("invalid_output", 0)
    assert check.message.startswith("The test could not be carried through with what your code returned")


SOON = YAML.replace("wall: 2 s, cpu: 2 s", "wall: 1 s, cpu: 400 ms")
LOOP = "def test_f(student):\n    x = student.f(1.0)\n    while x > 0.5: pass\n"
BEFORE = "def test_f(student):\n    assert student.f(1.0) == 1.0\n"


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        ("def test_f(student):\n    assert unknown(1)\n", "test_own.py:1:1: the test `test_f` cannot be used, since it does not pass with the author's own solution: NameError: name 'unknown' is not defined (test_own.py line 2)"),
        ("def test_f(absent):\n    pass\n", "there is no fixture `absent`"),
        ("def test_f(credit):\n    credit(2)\n", "TypeError: a share of the points is from 0 to 1, not 2"),
        ("import absent\n" + BEFORE, "ModuleNotFoundError: No module named 'absent'"),
        ("def test_f(student):\n    while True: pass\n", "the tests themselves took"),
        ("import os\ndef test_f(student):\n    os._exit(0)\n", "the process that ran the tests ended"),
        ("import pytest\ndef test_f(student):\n    pytest.exit('enough')\n" + BEFORE.replace("_f", "_innocent"), "demo/checks/test_own.py:2:1: the test `test_f` cannot be used, since it does not pass with the author's own solution: Exit: enough"),
        ("del_ = 1\n" + BEFORE + "del test_f\n", "it was not collected"),
        ("def test_f(student):\n    assert student.f(1.0) == 2.0\n", None),
    ],
)  # fmt: skip
def test_a_test_that_is_at_fault_is_no_zero(make: Make, tests: str, words: str | None) -> None:
    course = make(tests, "def f(x): return x\n", SOON if "while" in tests else YAML)
    if words is None:  # an assertion decides: whether it is right, the gates have asked before
        assert course.one("def f(x): return x").verdict.value == "failed"
        return
    with pytest.raises(SpecError) as caught:
        course.report("def f(x): return 2 * x")
    assert words in str(caught.value)
    assert "/python" not in str(caught.value), "where things lie in the jail"
    assert "innocent" not in str(caught.value)


def test_one_test_without_end_costs_no_other(make: Make) -> None:
    one = "def test_before(student):\n    assert student.f(2.0) == 2.0\n"
    course = make(one + LOOP + one.replace("before", "after"), "def f(x): return x - (x < 2)\n", SOON)
    found = course.checks("def f(x): return x")
    assert {name: check.verdict.value for name, check in found.items()} == {
        "test_before": "passed", "test_f": "invalid_output", "test_after": "passed",
    }  # fmt: skip


@pytest.fixture(scope="module")
def torch_course(tmp_path_factory: pytest.TempPathFactory, torch_slot: Slot, tests_slot: Slot) -> Course:
    tests = "import numpy as np\ndef test_f(student):\n    assert student.f(np.ones(2)).tolist() == [2.0, 2.0]\n"
    yaml = YAML.replace("file: solution.py\n", "file: solution.py\nruntime: torch\n").replace(
        "implement: f(x)", "implement: f(x), arguments: torch"
    )
    return Course(written(tmp_path_factory.mktemp("torch"), tests, yaml=yaml), (torch_slot, tests_slot))


def test_tensors_come_over_as_arrays(torch_course: Course) -> None:
    source = "import torch\ndef f(x):\n    assert isinstance(x, torch.Tensor)\n    return x + x"
    assert torch_course.one(source).verdict.value == "passed"
