"""Operators on functions through the sandbox: right ones of several kinds pass, wrong ones are refused and named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.bundles import Bundles
from grader.diagnosis.catalogue import operators as catalogue
from grader.domain.report import CheckReport, Verdict
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.checks.operator_submissions import NUMBERS, RIGHT, TAGGED, YAML, changed, submission
from tests.conftest import submission_of

pytestmark = pytest.mark.sandbox

SEEDS = [f"seed {number}" for number in range(20)]


@pytest.fixture(scope="module")
def operators(tmp_path_factory: pytest.TempPathFactory, slot: Slot, bundles: Bundles) -> Grader:
    folder = tmp_path_factory.mktemp("operators") / "operators"
    for part in ("starter", "solution"):
        (folder / part).mkdir(parents=True)
        (folder / part / "solution.py").write_text("pass\n")
    (folder / "assignment.yaml").write_text(YAML)
    return Grader(load(folder), slot, bundles)


def checks(operators: Grader, task: str, source: str, seed: str = "a seed") -> dict[str, CheckReport]:
    (found,) = operators.grade(submission_of(source), seed, only=task).tasks
    return {check.id: check for check in found.checks}


def lost(operators: Grader, source: str, seed: str) -> set[str]:
    """`task.check` of everything that was not passed."""
    report = operators.grade(submission_of(source), seed)
    return {
        f"{task.id}.{check.id}: {check.message}"
        for task in report.tasks
        for check in task.checks
        if check.verdict is not Verdict.PASSED
    }


VECTOR_MODE = """
def columns(f, x):
    return np.stack([[dual(y).derivative for y in f([Dual(t, float(k == j)) for k, t in enumerate(x)])]
                     for j in range(len(x))], axis=1)

def vjp(f, x, u):
    leaves = [Value(t) for t in x]
    total = sum(weight * y for weight, y in zip(u, f(leaves)))
    total.backward()
    return [t.gradient for t in leaves]

def rows(f, x):
    leaves = np.array([Value(t) for t in x], dtype=object)
    outputs = f(leaves)
    J = np.zeros((len(x), len(outputs)))
    for i, y in enumerate(outputs):
        before = [t.gradient for t in leaves]
        y.backward(1.0)
        J[:, i] = [t.gradient - old for t, old in zip(leaves, before)]
    return J

def hvp(f, x, v):
    def slopes(k):
        ahead = [Dual(Dual(a, b), Dual(float(j == k))) for j, (a, b) in enumerate(zip(x, v))]
        return dual(dual(f(ahead)).derivative).derivative
    return np.array([slopes(k) for k in range(len(x))])

def gradient(f, x):
    return np.array([f([Dual(t, float(k == j)) for k, t in enumerate(x)]).derivative for j in range(len(x))])
"""
_CONFUSED = ("derivative.confusion", "twice.confusion")


@pytest.fixture(scope="module")
def forward(operators: Grader, slot: Slot, bundles: Bundles) -> Grader:
    """The tasks that forward mode can do."""
    tasks = tuple(task for task in operators._assignment.tasks if task.id not in ("vjp", "rows"))
    return Grader(replace(operators._assignment, tasks=tasks), slot, bundles)


@pytest.mark.parametrize("seed", SEEDS)
def test_right_operators_of_three_kinds_pass(operators: Grader, forward: Grader, seed: str) -> None:
    """Numbers without markers are confused by nested derivatives, and by nothing else."""
    for source in (submission(), submission() + VECTOR_MODE):
        assert not [item for item in lost(operators, source, seed) if not item.startswith(_CONFUSED)]
    assert not lost(forward, TAGGED, seed)


def test_markers_tell_nested_derivatives_apart(operators: Grader) -> None:
    assert checks(operators, "derivative", TAGGED)["confusion"].verdict is Verdict.PASSED
    assert checks(operators, "twice", TAGGED)["confusion"].verdict is Verdict.PASSED
    for task in ("derivative", "twice"):
        found = checks(operators, task, submission())["confusion"]
        assert (found.verdict, found.note) == (Verdict.FAILED, "perturbation-confusion")
        assert "One derivative was taken inside of another" in found.message


def test_an_inner_derivative_that_is_made_plain_is_told(operators: Grader) -> None:
    """It is a number of its own, so the outer derivative sees nothing of it."""
    source = TAGGED.replace(
        "return parts(f(Tagged(x, 1.0, marker)), marker)[1]",
        "return plain(parts(f(Tagged(x, 1.0, marker)), marker)[1])",
    )
    found = checks(operators, "derivative", source)
    assert found["confusion"].note == "nested-constant"
    assert found["cubic"].verdict is Verdict.PASSED


WRONG: list[tuple[str, str, str, str | None]] = [
    # differences, with plain numbers and in disguise
    ("derivative", "def derivative(f, x): return (f(x + 1e-6) - f(x - 1e-6)) / 2e-6", "cubic", "finite-difference"),
    ("derivative", "def derivative(f, x): return (f(x + 1e-8) - f(x)) / 1e-8", "kinks", "finite-difference"),
    ("derivative", "def derivative(f, x): return f(x + 1e-30j).imag / 1e-30", "mixed", "complex-step"),
    ("derivative", "def derivative(f, x): return (f(Dual(x + 1e-6)).value - f(Dual(x - 1e-6)).value) / 2e-6", "cubic", "finite-difference"),
    ("derivative", "def derivative(f, x):\n    d = lambda h: (f(x + h) - f(x - h)) / (2 * h)\n    return (4 * d(5e-4) - d(1e-3)) / 3", "cubic", "finite-difference"),
    ("twice", "def twice(f, x): return (f(Dual(x + 1e-4)).value - 2 * f(Dual(x)).value + f(Dual(x - 1e-4)).value) / 1e-8", "wave", "finite-difference"),
    ("twice", "def twice(f, x):\n    g = lambda t: f(Dual(t, 1.0)).derivative\n    return (g(x + 1e-6) - g(x - 1e-6)) / 2e-6", "wave", "finite-difference"),
    ("jvp", "def jvp(f, x, v): return (np.array(f(x + 1e-7 * v)) - f(x - 1e-7 * v)) / 2e-7", "residual", "finite-difference"),
    ("columns", "def columns(f, x): return np.stack([f(x + 1e-30j * e).imag / 1e-30 for e in np.eye(len(x))], axis=1)", "square", "complex-step"),
    ("hvp", "def hvp(f, x, v):\n    def g(x):\n        t = [Value(a) for a in x]\n        f(t).backward()\n        return np.array([a.gradient for a in t])\n    return (g(x + 1e-6 * v) - g(x - 1e-6 * v)) / 2e-6", "form", "finite-difference"),
    # f is not evaluated, or not on numbers of one's own
    ("derivative", "def derivative(f, x): return 3.0", "cubic", "f-not-called"),
    ("derivative", "def derivative(f, x): return f(x)", "cubic", "plain-numbers"),
    ("jvp", "def jvp(f, x, v): return np.array(f(x)) * 0", "square", "plain-numbers"),
    # one product for the other, vectors that are forgotten
    ("vjp", "def vjp(f, x, u): return np.array([dual(y).derivative for y in f([Dual(a, b) for a, b in zip(x, u)])])", "square", "jvp-for-vjp"),
    ("jvp", "def jvp(f, x, v):\n    t = [Value(a) for a in x]\n    for y, w in zip(f(t), v): y.backward(w)\n    return np.array([a.gradient for a in t])", "square", "vjp-for-jvp"),
    ("vjp", RIGHT["vjp"].replace("backward(weight)", "backward()"), "residual", "cotangent.ones"),
    ("vjp", RIGHT["vjp"].replace("backward(weight)", "backward(sum(u))"), "residual", "cotangent.spread"),
    ("vjp", RIGHT["vjp"].replace("backward(weight)\n", "backward(weight)\n        break\n"), "residual", "cotangent.first"),
    ("jvp", RIGHT["jvp"].replace("Dual(a, b)", "Dual(a, 1.0)"), "residual", "direction.ones"),
    ("hvp", RIGHT["hvp"].replace("Dual(a, b)", "Dual(a, 1.0)"), "form", "direction.ones"),
    ("hvp", RIGHT["gradient"].replace("gradient(f, x)", "hvp(f, x, v)"), "form", "gradient-for-hvp"),
    ("hvp", RIGHT["gradient"].replace("gradient(f, x)", "hvp(f, x, v)").replace("for t in leaves])", "for t in leaves]) * v"), "form", "gradient-times-direction"),
    ("hvp", "def hvp(f, x, v):\n    return np.array([hv(f, x, e)[k] for k, e in enumerate(np.eye(len(x)))]) * v\n" + RIGHT["hvp"].replace("def hvp", "def hv"), "form", "hvp.diagonal"),
    ("twice", "def twice(f, x): return dual(f(Dual(x, 1.0))).derivative", "wave", "first-derivative"),
    ("twice", "def twice(f, x): return dual(f(Dual(x, 1.0))).derivative ** 2", "wave", "slope-squared"),
    ("jvp", "def jvp(f, x, v): return np.stack([[dual(y).derivative for y in f([Dual(a, b) for a, b in zip(x, e)])] for e in np.eye(len(x))], axis=1)", "square", "jacobian-for-jvp"),
    # sums that go on
    ("rows", RIGHT["rows"].replace("t.gradient = 0.0", "pass"), "residual", "rows-accumulated"),
    ("columns", "def columns(f, x):\n    t = [Dual(a) for a in x]\n    J = []\n    for d in t:\n        d.derivative = 1.0\n        J.append([y.derivative for y in f(t)])\n    return np.array(J).T", "residual", "seeds-kept"),
    ("gradient", "def gradient(f, x):\n    t = [Dual(a) for a in x]\n    J = []\n    for d in t:\n        d.derivative = 1.0\n        J.append(f(t).derivative)\n    return np.array(J)", "form", "seeds-kept"),
    ("vjp", "kept = []\n" + RIGHT["vjp"].replace("    return np.array([t.gradient for t in leaves])", "    kept.append(leaves)\n    return np.array([sum(old[0].gradient for old in kept)] + [t.gradient for t in leaves[1:]])"), "residual", "nondeterministic"),
    # layouts and factors
    ("rows", RIGHT["rows"].replace("np.array(found).T", "np.array(found)"), "square", "transposed"),
    ("columns", RIGHT["columns"].replace("axis=1", "axis=0"), "residual", "transposed"),
    ("columns", RIGHT["columns"].replace("axis=1)", "axis=1) * 2"), "residual", "scale.double"),
    ("vjp", RIGHT["vjp"].replace("for t in leaves])", "for t in leaves]) / 2"), "residual", "scale.half"),
    ("derivative", "def derivative(f, x): return -f(Dual(x, 1.0)).derivative", "mixed", "sign"),
    ("gradient", RIGHT["gradient"].replace("for t in leaves])", "for t in leaves])[None]"), "form", "layout.row"),
    ("gradient", RIGHT["gradient"].replace("t.gradient for", "np.float32(t.gradient) for"), "form", "float32"),
    ("gradient", "def gradient(f, x):\n    x *= 1.5\n    return np.zeros(len(x)) if not f([Dual(a) for a in x]) else np.zeros(len(x))", "form", "finite-difference"),
    ("gradient", RIGHT["gradient"].replace("    return", "    x += 1.0\n    return"), "form", "mutates-input"),
    # no numbers, wrong numbers that nobody names
    ("derivative", "def derivative(f, x): return f(Dual(x, 1.0))", "cubic", None),
    ("derivative", "def derivative(f, x): return 1.001 * f(Dual(x, 1.0)).derivative", "cubic", None),
    ("derivative", "def derivative(f, x): return f(Dual(x, 1.0)).derivative * float('nan')", "cubic", None),
    ("columns", RIGHT["columns"].replace("axis=1)", "axis=1) + 1e-3"), "residual", None),
    ("hvp", "def hvp(f, x, v):\n    f([Dual(a) for a in x])\n    return np.ones(len(x))", "form", None),
    ("jvp", RIGHT["jvp"].replace("np.array([", "np.array([0.0] + ["), "residual", None),
    ("jvp", "def jvp(f, x, v):\n    s = sum(v * v) ** 0.5\n    return np.array([y.derivative for y in f([Dual(a, b / s) for a, b in zip(x, v)])]) ", "residual", None),
]  # fmt: skip


@pytest.mark.parametrize(("task", "body", "check", "note"), WRONG)
def test_wrong_operators_are_refused_and_named(
    operators: Grader, task: str, body: str, check: str, note: str | None
) -> None:
    found = checks(operators, task, submission(**{task: body + "\n"}))
    assert sum(item.score for item in found.values()) == 0, {
        item.id: item.message for item in found.values() if item.score
    }
    assert (found[check].note, found[check].score) == (note, 0), found[check].message
    hints = [item.hint for item in found.values() if item.note == note and item.hint]
    assert len(hints) == bool(note)  # said once, however many checks have the note


RULES = [
    # mistakes in the numbers, seen through an operator
    ("jvp", "self.derivative * other.value + self.value * other.derivative", "self.derivative * other.derivative", "residual", "zero"),
    ("jvp", "self.derivative * other.value + self.value * other.derivative", "self.derivative * other.value", "square", "product.first"),
    ("derivative", "return _apply(x, math.sin, cos)", "return _apply(x, math.sin, sin)", "mixed", "function.undifferentiated"),
    ("derivative", "exponent * self.value ** (exponent - 1) * self.derivative", "self.value ** (exponent - 1) * self.derivative", "cubic", "power.coefficient"),
    ("gradient", "passed[id(parent)] = passed[id(parent)] + passed", "passed[id(parent)] = passed", "reuse", "not-accumulated"),
    ("derivative", "    __rmul__ = __mul__\n\n\ndef dual", "\n\ndef dual", "cubic", "constants-not-lifted"),
    ("derivative", "        other = dual(other)\n        return Dual(self.value + other", "        return Dual(self.value + other", "mixed", "constants-not-lifted"),
]  # fmt: skip


@pytest.mark.parametrize(("task", "old", "new", "check", "note"), RULES)
def test_wrong_rules_show_through_operators(
    operators: Grader, task: str, old: str, new: str, check: str, note: str | None
) -> None:
    found = checks(operators, task, submission(changed(old, new)))[check]
    assert found.score == 0
    assert found.note == note, found.message


COUNTS = [
    ("columns", "def columns(f, x):\n    found = []\n    for pair in np.array_split(np.eye(len(x)), (len(x) + 1) // 2):\n        found += [*np.array([dual(y).derivative for y in f([Dual(a, pair[:, k]) for k, a in enumerate(x)])]).T]\n    return np.array(found).T", "calls.fewer"),
    ("derivative", "def derivative(f, x):\n    f(Dual(x))\n    return f(Dual(x, 1.0)).derivative", "calls.extra"),
    ("jvp", "def jvp(f, x, v):\n    m = len(f(x))\n    return np.array([dual(y).derivative for y in f([Dual(a, b) for a, b in zip(x, v)])])", "calls.extra"),
    ("jvp", "def jvp(f, x, v): return sum(v[k] * np.array([dual(y).derivative for y in f([Dual(a, b) for a, b in zip(x, e)])]) for k, e in enumerate(np.eye(len(x))))", "calls.columns"),
    ("columns", RIGHT["rows"].replace("rows(", "columns(").replace("found).T", "found)"), "calls.one"),
    ("columns", "def columns(f, x):\n    J = []\n    while True:\n        t = [Value(a) for a in x]\n        ys = f(t)\n        ys[len(J)].backward()\n        J.append([a.gradient for a in t])\n        if len(J) == len(ys): return np.array(J)", "calls.swapped"),
    ("columns", "def columns(f, x):\n    f(x)\n    return np.stack([jvp(f, x, e) for e in np.eye(len(x))], axis=1)", "calls.extra"),
    ("rows", "def rows(f, x):\n    J = []\n    while True:\n        t = [Value(a) for a in x]\n        ys = f(t)\n        ys[len(J)].backward()\n        J.append([a.gradient for a in t])\n        if len(J) == len(ys): return np.array(J).T", "calls.rebuilt"),
    ("rows", "def rows(f, x): return np.array([jvp(f, x, e) for e in np.eye(len(x))])", "calls.columns"),
    ("columns", "def columns(f, x): return np.stack([(jvp(f, x, e) + jvp(f, x, e)) / 2 for e in np.eye(len(x))], axis=1)", "calls.twice"),
    ("jvp", "def jvp(f, x, v):\n    for _ in x: f([Dual(a) for a in x])\n" + RIGHT["jvp"].partition(":\n")[2], "calls.differences"),
    ("jvp", "def jvp(f, x, v):\n    for _ in range(2 * len(x) - 1): f([Dual(a) for a in x])\n" + RIGHT["jvp"].partition(":\n")[2], "calls.both-sides"),
    ("rows", "def rows(f, x):\n    leaves = [Value(a) for a in x]\n    m = len(f(leaves))\n    for _ in range(m * len(x) - 2): f(leaves)\n" + RIGHT["rows"].partition(":\n")[2], "calls.entries"),
    ("hvp", "def hvp(f, x, v):\n    for _ in range(3 * len(x)): f([Dual(a) for a in x])\n" + RIGHT["hvp"].partition(":\n")[2], "calls.more"),
]  # fmt: skip


@pytest.mark.parametrize(("task", "body", "note"), COUNTS)
def test_calls_are_counted(operators: Grader, task: str, body: str, note: str) -> None:
    found = checks(operators, task, submission(**{task: body + "\n"}))
    assert (found["cost"].verdict, found["cost"].note) == (Verdict.FAILED, note), found["cost"].message
    assert all(item.verdict is Verdict.PASSED for item in found.values() if item.id not in ("cost", "confusion"))
    assert "f was called" in found["cost"].message


def test_a_law_says_what_it_allows_and_what_came(operators: Grader) -> None:
    body = "def jvp(f, x, v):\n    f(x)\n    return np.array([dual(y).derivative for y in f([Dual(a, b) for a, b in zip(x, v)])])\n"
    message = checks(operators, "jvp", submission(jvp=body))["cost"].message
    assert "With n = 3 entries in x and m = 3 in f(x), f was called twice. The task asks for 1 call" in message


@pytest.mark.parametrize(
    ("task", "body", "check", "words"),
    [
        ("jvp", RIGHT["jvp"].replace("    return", "    if not any(v): return np.ones(len(f([Dual(a) for a in x])))\n    return"), "linearity", "zero vector"),
        ("jvp", RIGHT["jvp"].replace("    return", "    v = np.where(v == 0, 1.0, v) if any(v) else v\n    return"), "linearity", "is linear in the vector"),
        ("vjp", RIGHT["jvp"].replace("Dual(a, b)", "Dual(a, 2 * b)") + RIGHT["vjp"], "adjoint", "the one with `jvp` is wrong"),
        ("derivative", RIGHT["derivative"] + "def relu(x):\n    return x if x.value > -1e-3 else x * 0\n", "kinks", "beside a kink"),
    ],
)  # fmt: skip
def test_laws_find_what_values_do_not_show(operators: Grader, task: str, body: str, check: str, words: str) -> None:
    found = checks(operators, task, submission(**{task: body}))
    assert found[check].verdict is Verdict.FAILED
    assert words in found[check].message
    assert found[check].note
    others = [item for item in found.values() if item.id not in (check, "confusion")]
    assert all(item.verdict is Verdict.PASSED for item in others), [item.message for item in others]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("def jvp(f, x, v): return f(*[Dual(a, b) for a, b in zip(x, v)])", "f takes one argument, 3 given: a list or an array of its 3 numbers"),
        ("def jvp(f, x, v): return f([Dual(x[0], v[0])])", "f takes a list or an array of 3 numbers, not list of 1"),
        ("def jvp(f, x, v): return f([[Dual(a)] for a in x])", "f takes a list or an array of 3 numbers"),
        ("def jvp(f, x, v): return f(x[:1])", "f takes a list or an array of 3 numbers, not ndarray of dtype float64 and shape (1,)"),
        ("def jvp(f, x): return 1", "It is called with 3 arguments, by position: f, x, v. Yours takes (f, x)."),
        ("def jv(f, x, v): return 1", "There is no function `jvp` in your submission."),
        ("def jvp(f, x, v): return [dual(y) for y in f([Dual(a, b) for a, b in zip(x, v)])]", "Take the derivative out of your number"),
        ("def jvp(f, x, v): return f([Dual(a, b) for a, b in zip(x, v)]).derivative", "AttributeError: 'list' object has no attribute 'derivative'"),
        ("def jvp(f, x, v): return [[dual(y).derivative] for y in f([Dual(a, b) for a, b in zip(x, v)])]", "Expected shape (3,) for n = 3 entries in x and m = 3 in f(x), your function returned shape (3, 1)."),
    ],
)  # fmt: skip
def test_calls_that_make_no_sense_are_told(operators: Grader, body: str, words: str) -> None:
    found = checks(operators, "jvp", submission(jvp=body + "\n"))["square"]
    assert found.verdict is not Verdict.PASSED
    assert words in found.message


def test_a_function_of_the_students_that_is_missing_is_named(operators: Grader) -> None:
    found = checks(
        operators,
        "jvp",
        submission(NUMBERS.replace("def exp(x)", "def exponential(x)").replace(", exp)", ", exponential)")),
    )["square"]
    assert found.verdict is Verdict.MISSING
    assert "There is no function `exp`" in found.message


def test_scalar_sentences(operators: Grader) -> None:
    found = checks(
        operators, "derivative", submission(derivative="def derivative(f, x): return f([Dual(x, 1.0)]).derivative\n")
    )
    assert "f takes one number, not list of 1" in found["cubic"].message


HEAD = YAML.partition("  - id: derivative")[0]


def grader_of(folder: Path, tasks: str, slot: Slot, bundles: Bundles) -> Grader:
    for part in ("starter", "solution"):
        (folder / "operators" / part).mkdir(parents=True)
        (folder / "operators" / part / "solution.py").write_text("pass\n")
    (folder / "operators" / "assignment.yaml").write_text(HEAD + tasks)
    return Grader(load(folder / "operators"), slot, bundles)


METHODS = """
  - id: jvp
    kind: autodiff
    operator: jvp
    points: 1
    implement: jvp(f, x, v)
    interface: {value: plain(), functions: {exp: .exp}}
    programs: {p: {args: {c: scalar, x: "vector[3] real[0.2,2]"}, let: {y: "c * x"}, f: "[exp(y[0]) * y[1], mean(x) * prod(y) + tr(outer(x, x))]"}}
"""
VECTOR = """
def own_exp(self):
    return exp(self)
Dual.exp = own_exp
Dual.plain = lambda self: self.value
class Vector:
    def __init__(self, entries):
        self.entries = entries
    def __getitem__(self, k):
        return self.entries[k]
def jvp(f, x, v):
    return [y.derivative for y in f(Vector([Dual(a, b) for a, b in zip(x, v)]))]
"""


def test_methods_and_vectors_of_the_students_own(tmp_path: Path, slot: Slot, bundles: Bundles) -> None:
    """Functions may be methods, and x may be one object that knows its entries."""
    grader = grader_of(tmp_path, METHODS, slot, bundles)
    report = grader.grade(submission_of(NUMBERS + VECTOR), "a seed")
    assert report.score == 1, report.tasks[0].checks
    shifted = "def jvp(f, x, v): return [(p.value - q.value) / 2e-6 for p, q in zip(*(f([Dual(a + h * b) for a, b in zip(x, v)]) for h in (1e-6, -1e-6)))]"
    assert checks(grader, "jvp", NUMBERS + VECTOR + shifted)["p"].note == "finite-difference"


RECORDS = """
from typing import NamedTuple
import math

class Dual(NamedTuple):
    value: float
    derivative: float

    def __add__(self, other):
        other = lift(other)
        return Dual(self.value + other.value, self.derivative + other.derivative)

    def __mul__(self, other):
        other = lift(other)
        return Dual(self.value * other.value, self.derivative * other.value + self.value * other.derivative)

    def __pow__(self, n):
        return Dual(self.value**n, n * self.value ** (n - 1) * self.derivative)

    __radd__, __rmul__ = __add__, __mul__
    def __neg__(self): return self * -1
    def __sub__(self, other): return self + -1 * lift(other)
    def __rsub__(self, other): return -1 * self + other

def lift(x): return x if isinstance(x, Dual) else Dual(float(x), 0.0)
def exp(x): return Dual(math.exp(x.value), math.exp(x.value) * x.derivative)
def sin(x): return Dual(math.sin(x.value), math.cos(x.value) * x.derivative)
def relu(x): return x if x.value > 0 else Dual(0.0, 0.0)
def jvp(f, x, v):
    return [lift(y).derivative for y in f([Dual(float(a), float(b)) for a, b in zip(x, v)])]
"""


def test_numbers_that_are_tuples_are_the_students_own(operators: Grader) -> None:
    found = checks(operators, "jvp", RECORDS)
    assert {name: check.message for name, check in found.items() if check.verdict.value != "passed"} == {}


CURRIED = """
  - id: grad
    kind: autodiff
    operator: derivative
    points: 10
    implement: grad(f)
    interface: {value: value, functions: {sin: sin}}
    cost: {calls: "1"}
    nested: [second, confusion]
    programs: {p: {args: {x: "scalar real[0.2,2]"}, f: "x**3"}, q: {args: {x: scalar}, f: "x * sin(x)"}}
"""


def test_an_operator_may_return_a_function(tmp_path: Path, slot: Slot, bundles: Bundles) -> None:
    """`grad(grad(f))`: what it is given then is of the student's own making."""
    grader = grader_of(tmp_path, CURRIED, slot, bundles)
    markers = TAGGED + "\ndef grad(f):\n    return lambda x: derivative(f, x)\n"
    assert lost(grader, markers, "a seed") == set()
    plain = checks(grader, "grad", NUMBERS + "def grad(f):\n    return lambda x: dual(f(Dual(x, 1.0))).derivative\n")
    assert {item.id for item in plain.values() if item.verdict is not Verdict.PASSED} == {"confusion"}
    once = "def grad(f):\n    return lambda x: f(Dual(float(getattr(x, 'value', x)), 1.0)).derivative\n"
    second = checks(grader, "grad", NUMBERS + once)["second"]
    assert (second.verdict, second.note) == (Verdict.CRASHED, "constants-not-lifted")
    not_a_function = checks(grader, "grad", NUMBERS + "def grad(f):\n    return 1.0\n")["p"]
    assert "'float' object is not callable" in not_a_function.message


@pytest.mark.parametrize("task", ["jvp", "vjp", "columns", "derivative"])
@pytest.mark.parametrize("factor", ["1e308", "np.uint8(200)", "True"])
def test_numbers_that_overflow_are_wrong_numbers(operators: Grader, task: str, factor: str) -> None:
    body = (
        RIGHT[task].replace(f"def {task}", "def right")
        + f"\ndef {task}(*given): return np.sign(right(*given)) * {factor} + 0 * right(*given)\n"
    )
    assert sum(check.score for check in checks(operators, task, submission(**{task: body})).values()) == 0


@pytest.mark.parametrize(
    "places",
    [
        "x * 1e308",
        "x * float('nan')",
        "x * np.inf",
        "(x > 0)",
        "x.astype(int)",
        "x.astype(np.float32) + 1",
        "x[None]",
        "[True] * len(x)",
        "[None] * len(x)",
        "'abc'",
        "{}",
        "[[1.0]] * len(x)",
        "range(len(x))",
    ],
)
def test_f_may_be_called_with_anything(operators: Grader, places: str) -> None:
    body = f"def jvp(f, x, v):\n    try:\n        f({places})\n    except Exception:\n        pass\n    return np.zeros(len(f([Dual(a) for a in x])))\n"
    found = checks(operators, "jvp", submission(jvp=body))
    assert sum(check.score for check in found.values()) == 0
    assert all(check.verdict is Verdict.FAILED for check in found.values()), [check.message for check in found.values()]


IN_DISGUISE = """
class Sides:
    \"\"\"f at both sides of x in one call: as many calls as asked, all of them at x.\"\"\"
    def __init__(self, value, sides):
        self.value, self.sides = value, sides
    def __add__(self, other):
        return both(self, other, lambda a, b: a + b)
    def __sub__(self, other):
        return both(self, other, lambda a, b: a - b)
    def __rsub__(self, other):
        return both(self, other, lambda a, b: b - a)
    def __mul__(self, other):
        return both(self, other, lambda a, b: a * b)
    def __truediv__(self, other):
        return both(self, other, lambda a, b: a / b)
    def __rtruediv__(self, other):
        return both(self, other, lambda a, b: b / a)
    def __pow__(self, k):
        return both(self, k, lambda a, b: a ** b)
    __radd__ = __add__
    __rmul__ = __mul__
def both(a, b, work):
    b = b if isinstance(b, Sides) else Sides(b, [b, b])
    return Sides(work(a.value, b.value), [work(p, q) for p, q in zip(a.sides, b.sides)])
def derivative(f, x, h=6e-6):
    plus, minus = f(Sides(x, [x + h, x - h])).sides
    return (plus - minus) / (2 * h)
def sin(x):
    return Sides(math.sin(x.value), [math.sin(t) for t in x.sides])
def relu(x):
    return Sides(max(x.value, 0.0), [max(t, 0.0) for t in x.sides])
"""


def test_differences_within_one_call_have_too_few_digits(operators: Grader) -> None:
    found = checks(operators, "derivative", NUMBERS + IN_DISGUISE)
    assert sum(item.score for item in found.values()) == 0, {name: item.message for name, item in found.items()}
    assert found["cubic"].note == found["mixed"].note == "finite-difference"
    assert "this is an approximation of the derivative" in found["mixed"].message


def test_every_note_has_a_hint_and_a_test() -> None:
    assert all(hint.endswith(("?", ".")) for hint in {**catalogue.FROM_NUMBERS, **catalogue.HINTS}.values())
    tested = {row[-1] for row in (*WRONG, *RULES, *COUNTS)}
    elsewhere = {
        "direction.zero",
        "direction.nonlinear",
        "adjoint",
        "kink",
        "perturbation-confusion",
        "nested-constant",
    }
    assert {*catalogue.FROM_NUMBERS, *catalogue.HINTS} <= tested | elsewhere
