"""The two jails of a test and what they may do to each other: to the machine nothing, to the verdict only by values."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from grader.domain.limits import MIB, Limits
from grader.sandbox import relay
from grader.sandbox.exchange import Exchange
from grader.sandbox.relay import MAX_OPERATIONS, Relay
from grader.sandbox.run import AuthoredTests, Ending, Outcome, Program, Run
from grader.sandbox.slot import TRIES, Slot
from grader.sandbox.wire import Kind, Violation
from tests.conftest import ROOT

pytestmark = pytest.mark.sandbox

LIMITS = Limits(wall=3.0, cpu=3.0, memory=128 * MIB)


def program(source: str, tests: str = "", *names: str) -> Program:
    files = (("test_own.py", tests.encode()), ("data/table.csv", b"1,2\n"))
    authored = AuthoredTests("test_own.py", names, files, LIMITS)
    return Program("solution", (("solution.py", source.encode()),), [], LIMITS, tests=authored)


def run(slots: tuple[Slot, Slot], source: str, tests: str) -> Run:
    names = [line.split("(")[0].removeprefix("def ") for line in tests.splitlines() if line.startswith("def test_")]
    return relay.run(*slots, program(source, tests, *names))


def words(done: Run) -> dict[str, tuple[str, str]]:
    return {outcome.test: (outcome.word, outcome.text) for outcome in done.outcomes}


@pytest.fixture
def slots(slot: Slot, tests_slot: Slot) -> tuple[Slot, Slot]:
    return slot, tests_slot


AUTHORS = f"""
import os, socket, subprocess, sys
from pathlib import Path
import pytest

def test_environment():
    assert set(os.environ) <= {{"HOME", "TMPDIR", "LANG", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
                               "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTEST_CURRENT_TEST", "PYTEST_VERSION", "LC_CTYPE"}}

@pytest.mark.parametrize("path", [{str(ROOT / "pyproject.toml")!r}, "/etc/passwd", "/etc/shadow", "/root/.bashrc"])
def test_files_of_the_machine(path):
    with pytest.raises(OSError):
        open(path).read()

def test_files_of_the_tests():
    assert sorted(str(p.relative_to("/tmp/checks" if Path("/tmp/checks").exists() else Path.cwd() / "checks"))
                  for p in Path(__file__).parent.rglob("*") if p.is_file()) == ["data/table.csv", "test_own.py"]
    assert (Path(__file__).parent / "data" / "table.csv").read_text() == "1,2\\n"

def test_network():
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
        with pytest.raises(OSError):
            socket.socket(family)

def test_processes():
    with pytest.raises(OSError):
        os.fork()
    with pytest.raises(OSError):
        subprocess.run(["/bin/true"])
    with pytest.raises(OSError):
        os.kill(1 if os.getpid() != 1 else 2, 9)

def test_no_trusted_code():
    for name in ("grader.checks.tests", "grader.sandbox.relay", "grader.service.models", "reference.api"):
        with pytest.raises(ImportError):
            __import__(name)

def test_no_student_in_here(student):
    assert student.MARK == 4242
    assert "solution" not in sys.modules
    assert not list(Path("/tmp").glob("**/solution.py"))
"""


def test_an_author_s_code_gets_nowhere(slots: tuple[Slot, Slot]) -> None:
    done = run(slots, "MARK = 4242", AUTHORS)
    assert not done.fault
    assert {outcome.test: outcome.text for outcome in done.outcomes if outcome.word != "passed"} == {}
    assert len(done.outcomes) == 10


FORGERS = """
def ask(student, value):
    return student._Student__relayed._ask(value)

def test_first(student):
    ask(student, ["test", "test_of_another_task", ""])
    ask(student, ["credit", 1e300])
    ask(student, ["outcome", "failed", "", -1])
    ask(student, ["test", "test_first", ""])
    ask(student, ["credit", float("nan")])
    ask(student, ["outcome", "passed", "", 7])

def test_second(student):
    ask(student, ["give me", "everything"])
"""


def test_what_an_author_s_code_says_is_about_its_tests_only(slots: tuple[Slot, Slot]) -> None:
    done = run(slots, "", FORGERS)
    assert {outcome.credit for outcome in done.outcomes} <= {0.0, 1.0}
    assert "test_second" not in words(done)
    assert done.fault == "the tests asked what cannot be asked, or sent more than 64 MiB to the student's code"


@pytest.mark.parametrize(
    "value",
    [
        None, [], "start", ["start", 1], ["test", 1, ""], ["outcome", "won", "", 0], ["unknown"], ["cases", ["f", -1]], ["name"],
        ["name", "__class__"], ["call"], ["operate", "xor", 1, 2], ["get", 1, 2], ["return", 1.0], ["raise", "x"],
        ["name", ["handle", "x"]], ["call", ["function", 1], ["set", 1]], ["elements", 1, 2], ["length"],
    ],
)  # fmt: skip
def test_questions_that_make_no_sense(slots: tuple[Slot, Slot], value: Any) -> None:
    asked = program("", "", "test_a")
    assert asked.tests is not None
    with contextlib.closing(Relay(slots[0], asked, asked.tests)) as one, pytest.raises(Violation):
        one.asked(value)


def test_no_more_than_so_many_questions(slots: tuple[Slot, Slot]) -> None:
    asked = program("import os; os._exit(0)", "", "test_a")
    assert asked.tests is not None
    with contextlib.closing(Relay(slots[0], asked, asked.tests)) as one:
        one.asked(["start"])
        one.asked(["test", "test_a", ""])
        answers = [one.asked(["name", "f"]) for _ in range(MAX_OPERATIONS + 1)]
        assert answers[0] == answers[-2] == ["ended"]
        assert isinstance(answers[-1], list)
        assert answers[-1][1] == "a test may ask 5000 things of a student's code, and this one has"
        one.asked(["test", "test_b", ""])
        assert one.asked(["name", "f"]) == ["ended"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1 << 63, "an integer of more than 64 bits"),
        (object(), "only data can be sent over the wire, not object"),
    ],
)
def test_what_cannot_be_told_is_no_answer(value: object, words: str) -> None:
    asked = Program("tests", (), [[]], LIMITS, asked=lambda _: value)
    with pytest.raises(Violation, match=f"a child asks for what cannot be told: {words}"):
        Exchange(asked).answer(Kind.ASK, [0, "anything"], 0)


def test_no_more_than_so_many_beginnings(slots: tuple[Slot, Slot]) -> None:
    asked = program("", "", "test_a")
    assert asked.tests is not None
    with contextlib.closing(Relay(slots[0], asked, asked.tests)) as one:
        for _ in range(TRIES):
            one.asked(["start"])
        with pytest.raises(Violation, match="the tests are started once in each child"):
            one.asked(["start"])
        for _ in range(2000):
            one.asked(["test", "test_a", ""])
        with pytest.raises(Violation, match="more than 2000 cases of tests"):
            one.asked(["test", "test_a", ""])


SWALLOWING = """
import pytest

def test_whatever_comes(student):
    try:
        student.f(2.0)
    except BaseException:
        pass

def test_share(student, credit):
    credit(0.25)
    with pytest.raises(BaseException):
        student.f(2.0)
    credit(0.75)

def test_without_end(student):
    try:
        while True:
            student.number
    except BaseException:
        pass
"""


def test_a_test_that_swallows_an_end_is_not_passed(slots: tuple[Slot, Slot]) -> None:
    done = run(slots, "import os\nnumber = 1.0\ndef f(x): os._exit(0)", SWALLOWING)
    assert [(outcome.word, outcome.credit) for outcome in done.outcomes] == [
        ("ended", 0),
        ("ended", 0.25),
        ("error", 0),
    ]
    assert done.outcomes[2].text == "a test may ask 5000 things of a student's code, and this one has"


FOUR = """
import pytest

def test_f(student):
    calls = []
    def g(x):
        calls.append(x)
        return x
    found = student.f(2.0, g)
    assert found == 4.0
    assert found == pytest.approx(4.0)
    assert [x for x in [found] if 4.0 == x]
"""

LIARS = {
    "equal": ("""
class Liar:
    def __eq__(self, other): return True
    def __float__(self): return 4.0
    def __bool__(self): return True
    def __abs__(self): return self
    def __len__(self): return 10**15
    def __getitem__(self, k): return self
    def __getattr__(self, name): return self
    __sub__ = __rsub__ = __lt__ = __le__ = __array__ = __hash__ = __call__ = lambda self, *_: self
def f(x, g): return Liar()
""", "failed"),
    "pretends": (
        "class Liar:\n    __class__ = float\n    __eq__ = lambda *_: True\ndef f(x, g): return Liar()", "failed",
    ),
    "number": ("class Four(float):\n    __eq__ = lambda *_: True\ndef f(x, g): return Four(5.0)", "failed"),
    "text": ("def f(x, g): return '4.0'", "failed"),
    "exits": ("import os\ndef f(x, g): os._exit(0)", "ended"),
    "exits-in-call": ("import os\nclass X:\n    def __array__(self, *_, **__): os._exit(0)\ndef f(x, g): return g([X()])", "ended"),
    "frames": ("""
import os
def f(x, g):
    from grader.sandbox import wire
    for _ in range(100):
        os.write(4, wire.frame(wire.Kind.ASK, [0, ["replies", []]]))
    return 4.0
""", "ended"),
    "noise": ("import os\ndef f(x, g):\n    os.write(4, b'passed' * 9)\n    return 4.0", "ended"),
    "claims": ("""
import grader.inside.claims as c
c.claim_with_text = lambda value: ["elements", [["number", None, "x"]] * 3, "x"]
def f(x, g): return 4.0
""", "ended"),
    "kept": ("""
import grader.inside.claims as c
import numpy as np
def f(x, g):
    c.claim_with_text = lambda value: ["kept", np.array(2**64 - 1, dtype=np.uint64), "x"]
    return 4.0
""", "ended"),
    "unasked": ("""
import os
def f(x, g):
    from grader.sandbox import wire
    os.write(4, wire.frame(wire.Kind.CALL, [0, 12, [], []]))
    return 4.0
""", "ended"),
    "threads": ("""
import threading
def f(x, g):
    threads = [threading.Thread(target=g, args=(float(k),)) for k in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return 5.0
""", "failed"),
    "recursion": ("def f(x, g): return f(g(x), g)", "raised"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIARS)
def test_a_student_s_code_gets_no_test_passed_but_by_its_values(slots: tuple[Slot, Slot], name: str) -> None:
    source, word = LIARS[name]
    done = run(slots, source, FOUR + "\ndef test_right_after(student):\n    student.f\n")
    assert not done.fault
    found = {outcome.test: outcome for outcome in done.outcomes}
    assert found["test_f"].word in (word, "ended"), found["test_f"]
    assert found["test_f"].credit == 0
    assert found["test_right_after"].word == "passed" or name == "claims"


def test_who_is_not_led_may_not_ask(slot: Slot) -> None:
    source = "import os\nfrom grader.sandbox import wire\ndef f(): os.write(4, wire.frame(wire.Kind.ASK, [0, 1])); return 1.0"
    units = (("solution.py", source.encode()),)
    probe = [["name", "f"], ["call", 0], ["reply", 1]]
    assert slot.run(Program("solution", units, [probe], LIMITS)).ending is Ending.VIOLATED


def test_a_right_answer_passes(slots: tuple[Slot, Slot]) -> None:
    assert words(run(slots, "def f(x, g): return g(x) + g(x)", FOUR)) == {"test_f": ("passed", "")}


IDIOMS = """
import math
import numpy as np
import pytest

X = np.array([1.0, 2.0, 3.0])

def each(found):
    for a, b in zip(found, X):
        assert a == b

IDIOMS = {
    "approx": lambda s: s.f(2.0) == pytest.approx(4.0),
    "turned": lambda s: pytest.approx(s.f(2.0)) == 4.0,
    "allclose": lambda s: np.allclose(s.f(2.0), 4.0),
    "assert_allclose": lambda s: np.testing.assert_allclose(s.f(2.0), 4.0) is None,
    "almost_equal": lambda s: np.testing.assert_almost_equal(s.f(2.0), 4.0) is None,
    "arrays": lambda s: np.testing.assert_array_equal(s.f(X), X) is None,
    "less": lambda s: abs(s.f(2.0) - 4.0) < 1e-9,
    "largest": lambda s: np.max(np.abs(s.f(X) - X)) < 1e-9,
    "norm": lambda s: np.linalg.norm(s.f(X)) < 20,
    "between": lambda s: 3.9 <= s.f(2.0) <= 4.1,
    "isclose": lambda s: math.isclose(s.f(2.0), 4.0),
    "float": lambda s: abs(float(s.f(2.0)) - 4.0) < 1e-9,
    "array": lambda s: np.all(np.array([s.f(2.0)]) == 4.0),
    "asarray": lambda s: (np.asarray(s.f(X)) == X).all(),
    "truth": lambda s: s.f(2.0),
    "not": lambda s: not s.f(2.0),
    "all": lambda s: all(x > 0 for x in s.f(X)),
    "zip": lambda s: each(s.f(X)) is None,
    "shape": lambda s: np.shape(s.f(X)) == (3,) or np.ndim(s.f(X)) == 1,
    "raised": lambda s: pytest.raises(BaseException, lambda: float(s.f(2.0))),
    "swallowed": lambda s: pytest.raises(Exception, lambda: float(s.f(2.0))),
}

@pytest.mark.parametrize("name", IDIOMS)
def test_f(student, name):
    assert IDIOMS[name](student)
"""

LIAR = """
class Liar:
    shape = property(lambda self: (3,))
    ndim = 1
    def __len__(self): return LENGTH
    def __getitem__(self, k): return Liar()
    def __le__(self, other): return True
    __ge__ = __lt__ = __gt__ = __eq__ = __bool__ = __le__
    def __sub__(self, *_): return RESULT
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __abs__ = __truediv__ = __neg__ = __sub__
    def __float__(self): return 4.0
    def __array__(self, *_, **__): return np.array(4.0)
def f(x): return Liar()
"""


@pytest.mark.parametrize(
    "source",
    [
        "def f(x): return []",
        LIAR.replace("LENGTH", "0").replace("RESULT", "self"),
        LIAR.replace("LENGTH", "3").replace("RESULT", "0.0"),
        "def f(x): return [{}, lambda: 4.0]",
        "",
    ],
)
def test_nothing_but_numbers_passes_for_numbers(slots: tuple[Slot, Slot], source: str) -> None:
    done = run(slots, "import numpy as np\n" + source, IDIOMS)
    assert {outcome.case: outcome.text for outcome in done.outcomes if outcome.credit or outcome.word == "passed"} == {}
    assert len(done.outcomes) == 21


CALLED_FROM_WITHIN = """
def test_nested(student):
    depth = []
    def again(x):
        depth.append(x)
        return student.f(x + 1.0, again)
    student.f(0.0, again)

def test_kept_apart(student):
    def fails(x):
        raise KeyError("mine")
    student.f(0.0, fails)
"""


def test_calls_within_calls_have_an_end(slots: tuple[Slot, Slot]) -> None:
    done = run(slots, "def f(x, g): return g(x)", CALLED_FROM_WITHIN)
    nested, apart = done.outcomes
    assert (nested.word, nested.text) == (
        "raised", "RecursionError: calls of the functions given to you are nested more than 16 deep",
    )  # fmt: skip
    assert (apart.word, apart.text) == ("error", "KeyError: 'mine' (test_own.py line 11)")
    assert isinstance(apart, Outcome)
    assert apart.run is not None
    assert (apart.run.ending, apart.run.calls) == (Ending.FINISHED, ())


def test_a_slot_that_breaks_is_replaced_and_the_tests_are_run_again(slots: tuple[Slot, Slot]) -> None:
    first = run(slots, "def f(x, g): return g(x) + g(x)", FOUR)
    process = slots[0].warm().process
    if process is None:
        pytest.skip("the zygote is in a container")
    process.kill()
    assert words(run(slots, "def f(x, g): return g(x) + g(x)", FOUR)) == words(first)
