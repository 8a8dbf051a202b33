"""Numerical differentiation: right answers in many forms pass in every draw, every mistake fails where and as it should."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from grader.bundles import Bundles
from grader.domain.report import Outcome, TaskReport, Verdict
from grader.errors import AuthorFault
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.conftest import ROOT, submission_of
from tests.specs.writing import write

pytestmark = pytest.mark.sandbox

FOLDER = ROOT / "assignments" / "numerical-differentiation"
SEEDS = [f"seed {k}" for k in range(20)]
HEAD = """
import numpy as np
def entries(quotient, x):
    return quotient(1.0) if np.ndim(x) == 0 else np.array([quotient(unit) for unit in np.eye(x.size)])
"""

FORWARD = "forward_difference(f, x, h)"
CENTRAL = "central_difference(f, x, h)"
COMPLEX = "complex_step(f, x, h)"
OWN = "derivative(f, x)"
FAR = "extrapolated(f, x)"
TASKS = {FORWARD: "forward-difference", CENTRAL: "central-difference", COMPLEX: "complex-step", OWN: "own-step", FAR: "extrapolation"}  # fmt: skip

LOOP = """
if np.ndim(x) == 0:
    return {scalar}
g = np.zeros(x.size)
for i in range(x.size):
    {body}
return g
"""

RIGHT = {
    FORWARD: (
        "here = f(x); return entries(lambda e: (f(x + h * e) - here) / h, x)",
        LOOP.format(scalar="(f(x + h) - f(x)) / h", body="y = x.copy(); y[i] += h; g[i] = (f(y) - f(x)) / h")
        .replace("g = np", "v = f(x); g = np")
        .replace("- f(x)) / h\nreturn g", "- v) / h\nreturn g"),
        "here = f(x); return entries(lambda e: f(x + h * e) / h - here / h, x)",
        "here = f(x)\nif np.ndim(x) == 0: return (f(x + h) - here) / ((x + h) - x)\n"
        "return np.array([(f(y) - here) / (y - x)[i] for i, y in enumerate(x + h * np.eye(x.size))])",
    ),
    CENTRAL: (
        "return entries(lambda e: (f(x + h * e) - f(x - h * e)) / (2 * h), x)",
        LOOP.format(
            scalar="(f(x + h) - f(x - h)) / h / 2",
            body="y = x.copy(); y[i] += h; z = x.copy(); z[i] -= h; g[i] = (f(y) - f(z)) / (h + h)",
        ),
        "return entries(lambda e: -(f(x - h * e) - f(x + h * e)) * 0.5 / h, x)",
        "x0 = np.array(x)\nreturn entries(lambda e: (f(x0 + h * e if x0.ndim else x + h) - f(x0 - h * e if x0.ndim else x - h)) / (2 * h), x)",
    ),
    COMPLEX: (
        "return entries(lambda e: f(x + 1j * h * e).imag / h, x)",
        "return entries(lambda e: np.imag(f(x + complex(0, h) * e)) / h, x)",
        "return entries(lambda e: -np.imag(f(np.conj(x + 1j * h * e))) / h if False else f(x + h * 1j * e).imag * (1 / h), x)",
    ),
    OWN: (
        "h = 1e-8 * np.max(np.abs(x)); return entries(lambda e: (f(x + h * e) - f(x)) / h, x)",
        "h = 2**-26 * max(1, np.max(np.abs(x))); v = f(x); return entries(lambda e: (f(x + h * e) - v) / h, x)",
        "h = 1e-7 * np.max(np.abs(x)); v = f(x); return entries(lambda e: (f(x + h * e) - v) / h, x)",
        "v = f(x); h = 1e-8 * np.abs(np.atleast_1d(x)); g = [(f(x + t * e if np.ndim(x) else x + t) - v) / t for t, e in zip(h, np.eye(len(h)))]; return np.array(g) if np.ndim(x) else g[0]",
    ),
    FAR: (
        "h = 0.02 * np.max(np.abs(x))\n"
        "d = lambda e, s: (f(x + s * e) - f(x - s * e)) / (2 * s)\n"
        "r = lambda e, s: (4 * d(e, s / 2) - d(e, s)) / 3\n"
        "q = lambda e, s: (16 * r(e, s / 2) - r(e, s)) / 15\n"
        "return entries(lambda e: (64 * q(e, h / 2) - q(e, h)) / 63, x)",
        "h = 0.01 * np.max(np.abs(x))\n"
        "w = {1: 8, 2: -1}\n"
        "s = h / 4\n"
        "five = lambda e, s: sum(c * (f(x + k * s * e) - f(x - k * s * e)) for k, c in w.items()) / (12 * s)\n"
        "return entries(lambda e: (16 * five(e, s) - five(e, 2 * s)) / 15, x)",
        "h = 0.1 * np.max(np.abs(x))\n"
        "def one(e):\n"
        "    t = [(f(x + h / 2**k * e) - f(x - h / 2**k * e)) / (2 * h / 2**k) for k in range(6)]\n"
        "    for p in range(1, 6): t = [(4**p * b - a) / (4**p - 1) for a, b in zip(t, t[1:])]\n"
        "    return t[0]\n"
        "return entries(one, x)",
    ),
}


@dataclass(frozen=True)
class Wrong:
    """A mistake: a body, the checks that it loses with their notes, and words of one of their messages."""

    signature: str
    body: str
    lost: dict[str, str | None]
    words: str
    verdicts: set[Verdict] = field(default_factory=lambda: {Verdict.FAILED})


VALUES = ("cubic", "waves")


def values(note: str | None) -> dict[str, str | None]:
    return dict.fromkeys(VALUES, note)


EVERY: dict[str, str | None] = {"cubic": None, "waves": None, "scheme": None, "order": None, "evaluations": None}
GOOD_FORWARD = "here = f(x); g = entries(lambda e: (f(x + h * e) - here) / h, x)\n"
GOOD_CENTRAL = "g = entries(lambda e: (f(x + h * e) - f(x - h * e)) / (2 * h), x)\n"

WRONG = {
    "forward for central": Wrong(
        CENTRAL, RIGHT[FORWARD][0],
        {**values(None), "scheme": "forward-for-central", "order": "order.lower"}, "as for forward differences",
    ),
    "backward for forward": Wrong(
        FORWARD, "here = f(x); return entries(lambda e: (here - f(x - h * e)) / h, x)",
        {**values(None), "scheme": "scheme.other"}, "as for backward differences",
    ),
    "central for forward": Wrong(
        FORWARD, RIGHT[CENTRAL][0],
        {**values(None), "scheme": "scheme.other", "order": None, "evaluations": "evaluations"}, "this is another scheme",
    ),
    "central divided by h": Wrong(
        CENTRAL, "return entries(lambda e: (f(x + h * e) - f(x - h * e)) / h, x)", values("step.distance"), "the value is wrong",
    ),
    "half the step on each side": Wrong(
        CENTRAL, "return entries(lambda e: (f(x + h / 2 * e) - f(x - h / 2 * e)) / h, x)",
        {**values(None), "scheme": "step.ignored"}, "as for central with half the step",
    ),
    "a step of its own": Wrong(
        CENTRAL, "h = 1e-3; return entries(lambda e: (f(x + h * e) - f(x - h * e)) / (2 * h), x)",
        {**values(None), "scheme": "step.ignored", "order": None}, "Does it use the h that it is given?",
    ),
    "the sign": Wrong(CENTRAL, GOOD_CENTRAL + "return -g", values("sign"), "the value is wrong"),
    "half of it": Wrong(CENTRAL, GOOD_CENTRAL + "return g / 2", values("scale.half"), "the value is wrong"),
    "0.1 % off": Wrong(CENTRAL, GOOD_CENTRAL + "return 1.001 * g", values(None), "off by 0.1 %"),
    "reversed": Wrong(CENTRAL, GOOD_CENTRAL + "return g[::-1] if np.ndim(g) else g", {"waves": "layout.reversed"}, "the value is wrong"),
    "not a number": Wrong(CENTRAL, GOOD_CENTRAL + "return g * np.nan", dict(EVERY), "NaN", {Verdict.INVALID_OUTPUT}),
    "a column": Wrong(
        CENTRAL, GOOD_CENTRAL + "return g[:, None] if np.ndim(g) else g",
        {"waves": None, "scheme": None, "order": None, "evaluations": None}, "Expected shape", {Verdict.INVALID_OUTPUT},
    ),
    "float32": Wrong(CENTRAL, GOOD_CENTRAL + "return np.float32(g)", {**dict.fromkeys(EVERY, "float32")}, "float64"),
    "constant": Wrong(
        CENTRAL, "return np.ones(np.shape(x)) if np.ndim(x) else 1.0", {**EVERY}, "never called f",
    ),
    "never restored": Wrong(
        FORWARD,
        LOOP.format(scalar="(f(x + h) - f(x)) / h", body="y[i] += h; g[i] = (f(y) - v) / h").replace("g = np", "y = x.copy(); v = f(x); g = np"),
        {"waves": None, "scheme": "perturbation.kept"}, "Several entries of x were moved at once",
    ),
    "in place": Wrong(
        FORWARD,
        LOOP.format(scalar="(f(x + h) - f(x)) / h", body="x[i] += h; g[i] = (f(x) - v) / h").replace("g = np", "v = f(x); g = np"),
        {"waves": "mutates-input", "scheme": "mutates-input", "order": "mutates-input", "evaluations": "mutates-input"}, "changed its argument x",
    ),
    "lost in whole numbers": Wrong(
        FORWARD,
        LOOP.format(scalar="(f(x + h) - f(x)) / h", body="y = x.astype(int); y[i] += 0.5 > 1; g[i] = 0 * f(x)").replace("g = np", "v = f(x); g = np"),
        {"waves": "zero", "scheme": "step.lost", "order": None}, "what was added to x was lost",
    ),
    "f at x again and again": Wrong(
        FORWARD, "return entries(lambda e: (f(x + h * e) - f(x)) / h, x)", {"evaluations": "evaluations"}, "calls are enough",
    ),
    "keeps state": Wrong(
        FORWARD, "global seen\nseen = globals().get('seen', 0) + 1\n" + GOOD_FORWARD + "return g * (1 + 1e-9 * (seen > 5))",
        {"cubic": "nondeterministic", "waves": None}, "two different answers",
    ),
    "real step for complex": Wrong(
        COMPLEX, RIGHT[CENTRAL][0],
        {**values(None), "scheme": "scheme.other", "evaluations": "evaluations"}, "as for central",
    ),
    "real part": Wrong(COMPLEX, "return entries(lambda e: f(x + 1j * h * e).real / h, x)", dict(EVERY), "the value is wrong"),
    "forgot to divide": Wrong(COMPLEX, "return entries(lambda e: f(x + 1j * h * e).imag, x)",
        {**values("step.undivided"), "scheme": None, "order": "order.lower", "evaluations": None}, "the value is wrong"),
    "step far too small": Wrong(
        OWN, "h = 1e-13 * np.max(np.abs(x)); return entries(lambda e: (f(x + h * e) - f(x)) / h, x)",
        {"near": "step.too-small", "far": "step.too-small"}, "where it moved x by",
    ),
    "step far too large": Wrong(
        OWN, "h = 1e-2 * np.max(np.abs(x)); return entries(lambda e: (f(x + h * e) - f(x)) / h, x)",
        {"near": "step.too-large", "far": "step.too-large"}, "where it moved x by",
    ),
    "step for x near 1": Wrong(
        OWN, "h = 1e-11; return entries(lambda e: (f(x + h * e) - f(x)) / h, x)",
        {"near": "step.too-small", "far": "step.too-small"}, "A relative error of at most 1e-06 was asked for",
    ),
    "own step, other scheme": Wrong(
        OWN, "h = 1e-5 * np.max(np.abs(x)); return entries(lambda e: (f(x + h * e) - f(x - h * e)) / (2 * h), x)",
        {"scheme": "scheme.other"}, "as for central",
    ),
    "twice as large": Wrong(
        OWN, "h = 1e-8 * np.max(np.abs(x)); return entries(lambda e: 2 * (f(x + h * e) - f(x)) / h, x)",
        {"near": None, "far": None}, "yours is 1 at the worst",
    ),
    "one extrapolation": Wrong(
        FAR, "h = 0.05 * np.max(np.abs(x))\nd = lambda e, s: (f(x + s * e) - f(x - s * e)) / (2 * s)\n"
        "return entries(lambda e: (4 * d(e, h / 2) - d(e, h)) / 3, x)",
        {"near": "step.too-large", "curved": "step.too-large"}, "A relative error of at most 1e-12",
    ),
    "extrapolated the wrong way": Wrong(
        FAR, "h = 0.01 * np.max(np.abs(x))\nd = lambda e, s: (f(x + s * e) - f(x - s * e)) / (2 * s)\n"
        "return entries(lambda e: (4 * d(e, h) - d(e, h / 2)) / 3, x)",
        {"near": "step.too-large", "curved": "step.too-large"}, "A relative error of at most 1e-12",
    ),
    "hundreds of evaluations": Wrong(
        FAR, RIGHT[FAR][0].replace("return", "[f(x) for _ in range(200)]\nreturn"), {"evaluations": "evaluations"}, "calls are enough",
    ),
    "looks and does nothing with it": Wrong(
        CENTRAL, GOOD_CENTRAL + "return 0 * g + 1e3 * h**2", {**EVERY}, "is no derivative of it, so the method earns nothing",
    ),
    "looks once and returns nothing": Wrong(FAR, "return 0 * x + 0 * f(x)", {"near": None, "curved": None, "evaluations": None}, "no derivative"),
    "no extrapolation at all": Wrong(
        FAR, "h = 1e-5; return entries(lambda e: (f(x + h * e) - f(x - h * e)) / (2 * h), x)",
        {"near": None, "curved": None}, "A relative error of at most 1e-12",
    ),
    "values from elsewhere": Wrong(
        FORWARD, "F = (lambda t: 3 * t**3 - 5 * t**2) if np.ndim(x) == 0 else lambda t: t @ t + np.sum(np.sin(3 * t))\n"
        "return entries(lambda e: (F(x + h * e) - F(x)) / h, x)", {**EVERY}, "never called f",
    ),
    "looks that come late": Wrong(
        OWN, "[f(x) for _ in range(300)]\nh = 1e-8 * np.max(np.abs(x)); g = entries(lambda e: (f(x + h * e) - f(x)) / h, x)\n"
        "f(x - 1e-3); return g", {"scheme": "perturbation.kept"}, "",
    ),
    "a tiny complex step of its own": Wrong(
        COMPLEX, "h = 1e-30; return entries(lambda e: f(x + 1j * h * e).imag / h, x)",
        {**values(None), "scheme": "step.ignored", "order": None}, "your function moved x by 1e-30",
    ),
    "counts its own calls": Wrong(
        FAR, RIGHT[FAR][0].replace("return", "global seen\nseen = globals().get('seen', 0) + 1\n[f(x) for _ in range(200 if seen < 9 else 0)]\nreturn"),
        {"evaluations": "evaluations"}, "calls are enough",
    ),
    "thousands of places": Wrong(
        OWN, "h = 1e-8 * np.max(np.abs(x))\n[(f(x), f(x + k * h)) for k in range(60)]\nv = f(x); return entries(lambda e: (f(x + h * e) - v) / h, x)",
        {"scheme": "perturbation.kept"}, "",
    ),
    "far away": Wrong(CENTRAL, "f(1.7e308 * np.ones(np.shape(x)) if np.ndim(x) else 1.7e308)\n" + RIGHT[CENTRAL][0], {"scheme": None, "evaluations": "evaluations"}, ""),
    "nowhere": Wrong(CENTRAL, "return f(x * np.inf)", {**EVERY}, "argument 1 of this function must be finite", {Verdict.CRASHED}),
    "calls f as it cannot be": Wrong(
        CENTRAL, "return f(x, h)", {**EVERY}, "this function takes one argument", {Verdict.CRASHED},
    ),
    "hands over text": Wrong(CENTRAL, "return f('x')", {**EVERY}, "must be", {Verdict.CRASHED}),
}  # fmt: skip


@pytest.fixture(scope="module")
def numerical(slot: Slot, bundles: Bundles) -> Grader:
    return Grader(load(FOLDER), slot, bundles)


def graded(grader: Grader, signature: str, body: str, seed: str) -> TaskReport:
    lines = "".join(f"    {line}\n" for line in body.strip().split("\n"))
    report = grader.grade(submission_of(f"{HEAD}\ndef {signature}:\n{lines}"), seed, TASKS[signature])
    assert report.outcome is Outcome.GRADED
    return report.tasks[0]


@pytest.mark.parametrize(("signature", "number"), [(s, k) for s, bodies in RIGHT.items() for k in range(len(bodies))])
def test_right_answers_pass_in_every_draw(numerical: Grader, signature: str, number: int) -> None:
    for seed in SEEDS:
        task = graded(numerical, signature, RIGHT[signature][number], seed)
        lost = {check.id: check.message for check in task.checks if check.verdict is not Verdict.PASSED}
        assert not lost, seed


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_fail_as_they_should(numerical: Grader, name: str) -> None:
    wrong = WRONG[name]
    for seed in SEEDS[:3]:
        task = graded(numerical, wrong.signature, wrong.body, seed)
        lost = {check.id: check.note for check in task.checks if check.verdict is not Verdict.PASSED}
        assert lost == wrong.lost, [check.message for check in task.checks]
        failed = [check for check in task.checks if check.id in lost]
        assert {check.verdict for check in failed} <= wrong.verdicts
        assert all(check.score == 0 for check in failed)
        assert any(wrong.words in check.message for check in failed)
        assert {check.note for check in failed if check.hint} == {check.note for check in failed if check.note}


ANY_SCHEME = """\
format: 1
id: demo
title: Demo
file: solution.py
tasks:
  - id: any
    kind: numerical
    points: 4
    implement: slope(f, x, h)
    order: {order}
    programs:
      waves: {{args: {{x: "scalar real[1,2]"}}, f: "{f}"}}
"""


def with_any_scheme(
    tmp_path: Path, slot: Slot, bundles: Bundles, scheme: str, order: int = 2, f: str = "sin(3*x)"
) -> Grader:
    text = ANY_SCHEME.format(order=order, f=f).replace("    order", f"    scheme: {scheme}\n    order")
    return Grader(load(write(tmp_path, text)), slot, bundles)


@pytest.mark.parametrize(
    ("body", "lost"),
    [
        ("return (f(x + h) - f(x - h)) / (2 * h)", {}),
        ("return (f(x + h / 2) - f(x - h / 2)) / h", {}),
        ("return (4 * f(x + h) - f(x + 2 * h) - 3 * f(x)) / (2 * h)", {}),
        ("return f(x + 1j * h).imag / h", {}),
        ("return (f(x + h) - f(x)) / h", {"order": "order.lower"}),
        ("return (f(x + h) - f(x - h)) / h", {"waves": None}),
        ("return 3 * np.cos(3 * x)", {"waves": None, "order": None}),
    ],
)
def test_any_scheme_of_the_order_is_right(
    tmp_path: Path, slot: Slot, bundles: Bundles, body: str, lost: dict[str, str | None]
) -> None:
    grader = with_any_scheme(tmp_path, slot, bundles, "any")
    (task,) = grader.grade(submission_of(f"import numpy as np\ndef slope(f, x, h):\n    {body}\n")).tasks
    assert {check.id: check.note for check in task.checks if check.verdict is not Verdict.PASSED} == lost


def test_an_order_that_nothing_shows_is_the_authors_fault(tmp_path: Path, slot: Slot, bundles: Bundles) -> None:
    grader = with_any_scheme(tmp_path, slot, bundles, "central", f="x**2")
    with pytest.raises(
        AuthorFault, match=r"task `any`: at no point of its programs .* the order 2; is it the order of"
    ):
        grader.grade(submission_of("pass"))


def test_a_function_that_has_no_value_there_says_so(tmp_path: Path, slot: Slot, bundles: Bundles) -> None:
    f = "inv(stack([[x, 0], [0, x]]))[0, 0]"
    grader = with_any_scheme(tmp_path, slot, bundles, "any", f=f)
    (task,) = grader.grade(submission_of("def slope(f, x, h):\n    return f(0.0)\n")).tasks
    assert task.checks[0].verdict is Verdict.CRASHED
    assert "f has no value there" in task.checks[0].message


@pytest.mark.parametrize("law", ["1/(n-1)", "exp(1000*n)", "n - 100", "0/(n-1)"])
def test_a_law_that_gives_no_number_of_calls_is_the_authors_fault(
    tmp_path: Path, slot: Slot, bundles: Bundles, law: str
) -> None:
    text = ANY_SCHEME.format(order=f"2\n    evaluations: {law}", f="sin(3*x)")
    grader = Grader(load(write(tmp_path, text)), slot, bundles)
    with pytest.raises(
        AuthorFault, match=r"the law `.*` gives .* for one of the sizes; a number of calls is 1 or more"
    ):
        grader.grade(submission_of("def slope(f, x, h): return (f(x + h) - f(x - h)) / (2 * h)\n"))
