"""A task about two constraints with a right solution, in which tests replace single functions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.bundles import Bundles
from grader.domain.report import CheckReport
from grader.grading import Grader
from grader.sandbox.slot import Slot
from grader.specs.load import load
from tests.conftest import submission_of

HEAD = "format: 1\nid: lagrangians\ntitle: Lagrangians\nfile: solution.py\ntasks:\n"

NEAREST = """\
  - id: nearest
    kind: lagrangian
    points: 22
    convention: f {sign} lam*g
    unknowns: {{x: "vector[4]"}}
    let: {{t: "[1, 2, 3, 4]"}}
    f: sum((x - t)**2)
    constraints:
      - {{name: plane, zero: "x[0] - 2"}}
      - {{name: circle, zero: "x[2]**2 + x[3]**2 - 2"}}
    ask:
      lagrangian: {{implement: "value(x, lam)", points: 2}}
      system: {{implement: "system(x, lam)", points: 3}}
      multipliers: {{implement: "multipliers(x)", points: 3}}
      solve: {{implement: "solve()", points: 4, accept: minimum}}
      stationary: {{implement: "points()", points: 3}}
      classify: {{implement: "kind(x, lam)", points: 3}}
      sensitivity: {{implement: "sensitivity(x, lam)", points: 2}}
      tangent: {{implement: "tangent(x)", points: 2}}
"""

SOLUTION = """
import numpy as np
t = np.array([1.0, 2, 3, 4])
SIGN = {factor}.0
def g(x): return np.array([x[0] - 2, x[2]**2 + x[3]**2 - 2])
def J(x): return np.array([[1.0, 0, 0, 0], [0, 0, 2*x[2], 2*x[3]]])
def f(x): return np.sum((x - t)**2)
def df(x): return 2*(x - t)
def value(x, lam): return f(x) + SIGN * lam @ g(x)
def system(x, lam): return np.concatenate([df(x) + SIGN * lam @ J(x), g(x)])
def best(x): return np.linalg.lstsq(J(x).T, -SIGN * df(x), rcond=None)[0]
def multipliers(x): return best(x)
def point(s):
    x = np.array([2, 2, s*3*np.sqrt(2)/5, s*4*np.sqrt(2)/5])
    return x, best(x)
def solve(): return point(1)
def points(): return [point(1), point(-1)]
def H(lam): return 2*np.eye(4) + SIGN * np.diag([0, 0, 2*lam[1], 2*lam[1]])
def by_signs(e):
    if np.all(e > 1e-9): return "minimum"
    if np.all(e < -1e-9): return "maximum"
    return "inconclusive" if np.any(abs(e) < 1e-9) else "saddle"
def kind(x, lam):
    Z = np.linalg.svd(J(x))[2][2:].T
    return by_signs(np.linalg.eigvalsh(Z.T @ H(lam) @ Z))
def sensitivity(x, lam): return -SIGN * lam
def tangent(x):
    ok = np.all(abs(g(x)) < 1e-9)
    return bool(ok and np.all(abs(df(x) + SIGN * best(x) @ J(x)) < 1e-9))
"""


@dataclass(frozen=True)
class Course:
    """Grades submissions to one assignment, task by task."""

    grader: Grader

    def checks(self, task: str, source: str, seed: str = "a seed") -> dict[str, CheckReport]:
        """The checks of one task, by id."""
        report = self.grader.grade(submission_of(source), seed, only=task)
        assert report.tasks, report.message
        return {check.id: check for check in report.tasks[0].checks}


def course(folder: Path, tasks: str, slot: Slot, bundles: Bundles) -> Course:
    """An assignment of these tasks, ready to grade."""
    made = folder / "lagrangians"
    for part in ("starter", "solution"):
        (made / part).mkdir(parents=True)
        (made / part / "solution.py").write_text("pass\n")
    (made / "assignment.yaml").write_text(HEAD + tasks)
    return Course(Grader(load(made), slot, bundles))


def solution(sign: str = "-", **replaced: str) -> str:
    """A right submission to NEAREST, with some functions replaced by `def` statements or expressions."""
    source = SOLUTION.format(factor=1 if sign == "+" else -1)
    heads = {
        "value": "x, lam", "system": "x, lam", "multipliers": "x", "solve": "", "points": "", "kind": "x, lam",
        "sensitivity": "x, lam", "tangent": "x",
    }  # fmt: skip
    # What others call keeps its right form.
    kept = "\nright = dict(globals())\n"
    for name, body in replaced.items():
        statements = body if "return " in body or "raise " in body or "while" in body else f"return {body}"
        kept += f"def {name}({heads[name]}):\n    {statements}\n"
    return source + kept
