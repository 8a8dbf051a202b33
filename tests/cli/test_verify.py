"""`nabla verify` on an assignment that is sound, and on ones with one fault each."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.cli.matrix import Tally
from grader.cli.verify import _lines
from grader.gates import Mistakes
from reference.audit import GroupAudit
from tests.conftest import ROOT

pytestmark = pytest.mark.sandbox

YAML = """
format: 1
id: small
title: Small
file: solution.py
tasks:
  - id: square
    kind: derivative
    title: A square
    points: 2
    prompt: The slope of s**2.
    implement: slope(s)
    given: {s: scalar nonzero}
    f: s**2
    wrt: s
    ask: gradient
    solution: 2 * s
"""
RIGHT = "def slope(s):\n    return 2 * s\n"
STUB = "def slope(s):\n    raise NotImplementedError\n"


def assignment(folder: Path, yaml: str = YAML, solution: str = RIGHT, starter: str = STUB) -> Path:
    made = folder / "small"
    for part, text in (("solution", solution), ("starter", starter)):
        (made / part).mkdir(parents=True)
        (made / part / "solution.py").write_text(text)
    (made / "assignment.yaml").write_text(yaml)
    return made


@pytest.fixture
def verify(cache: Path) -> Any:
    def run(*folders: Path | str, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "grader.cli", "verify", *map(str, folders)]
        environment = {**os.environ, "NABLA_CACHE": str(cache), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done

    return run


def test_every_assignment_of_this_repository_passes(verify: Any) -> None:
    folders = sorted(path for path in (ROOT / "assignments").iterdir() if path.is_dir())
    text = verify(*folders).stdout
    assert text.count("every gate holds") == len(folders)
    assert "solution/solution.py: 40 of 40 points, 20 draws of points" in text
    assert "starter/solution.py: 0 of 40 points" in text
    assert "differences say nothing" not in text
    assert "23 of 23 typical mistakes refused" in text  # of the quadratic form
    assert "6 stationary points (2 minimum, 2 saddle, 2 maximum), residuals up to" in text  # of the variance
    assert "the search found no others" in text
    assert "perhaps not all: the equations are singular at (1, 0, 0, 0)" in text


def test_what_is_said_of_a_group(verify: Any, tmp_path: Path) -> None:
    text = verify(assignment(tmp_path)).stdout
    assert "small/assignment.yaml: 1 tasks, 2 points" in text
    assert "square   closed form agrees" in text
    assert "generic: 72 of 72 points; a library errs by" in text
    assert "differences agree, an error of" in text


CONSTRAINED = """
format: 1
id: small
title: Small
file: solution.py
tasks:
  - id: circle
    kind: lagrangian
    points: 2
    unknowns: {x: "vector[2]"}
    f: %s
    constraints:
      - {name: circle, zero: "x @ x - 2"}
    ask:
      multipliers: {implement: "multipliers(x)", points: 1}
      solve: {implement: "solve()", points: 1, accept: global}
"""
CIRCLE = """
import numpy as np
def multipliers(x): return x[:1] / 2
def solve(): return -np.ones(2), -0.5
"""


def test_what_is_said_of_a_constrained_problem(verify: Any, tmp_path: Path) -> None:
    text = verify(assignment(tmp_path, CONSTRAINED % "x[0] + x[1]", CIRCLE, "pass\n")).stdout
    assert "2 stationary points (1 minimum, 1 maximum), residuals up to 0 units; the search found no others" in text
    assert "multipliers: 2 of 2 typical mistakes refused, the nearest" in text


def test_a_constrained_problem_whose_signs_do_not_show(verify: Any, tmp_path: Path) -> None:
    text = verify(assignment(tmp_path, CONSTRAINED % "(x[0] - 1)**2 + (x[1] - 1)**2", CIRCLE), code=2).stderr
    assert "assignment.yaml:16:56: lambda is 0 at the solution: the sign of the multiplier is not tested" in text


@pytest.mark.parametrize(
    ("resolution", "said"),
    [
        (2.4e-13, "differences agree, an error of 2e-13 would show"),
        (math.inf, "differences say nothing: f overflows or loses all digits nearby"),
    ],
)
def test_differences_that_say_nothing_are_not_called_an_agreement(resolution: float, said: str) -> None:
    measured = GroupAudit(8, 8, 1.5, "", 0.1, resolution, {}, ())
    assert said in _lines("far", measured, Mistakes({}, ()), 1e9)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"solution": "def slope(s):\n    return 2.002 * s\n"}, "solution/: task `square`, check `generic` ended with"),
        (
            {"solution": "def slope(s):\n    return 2 * s + (abs(s) > 1.9)\n"},
            "of 20 draws of points)",  # right at most points, and at all of many draws
        ),
        ({"solution": " "}, "solution/: solution.py is empty"),
        ({"starter": RIGHT}, "starter/: task `square`, check `generic` earns 2 of 2 points before anything is written"),
        ({"starter": "def ("}, "starter/: solution.py line 1: this is not Python"),
        (
            {"yaml": YAML.replace("tasks:", "runtime: pytorch\ntasks:")},
            "assignment.yaml:6:10: there is no runtime `pytorch`",
        ),
        ({"yaml": YAML.replace("2 * s", "s")}, "assignment.yaml:17:15: `solution` disagrees with the reference"),
        ({"yaml": YAML.replace("s**2\n    wrt", "s**2 + q\n    wrt")}, "assignment.yaml:14:15: unknown name `q`"),
    ],
)
def test_a_gate_that_does_not_hold_is_told(verify: Any, tmp_path: Path, changes: dict[str, str], said: str) -> None:
    done = verify(assignment(tmp_path, **changes), code=2)
    assert said in done.stderr
    assert "small: 1 gate did not hold" in done.stdout


def test_one_bad_assignment_hides_no_other(verify: Any, tmp_path: Path) -> None:
    done = verify(tmp_path / "nothing", assignment(tmp_path), code=2)
    assert "there is no assignment here" in done.stderr
    assert "small: every gate holds" in done.stdout


def test_the_matrix_of_typical_wrong_answers(verify: Any, tmp_path: Path) -> None:
    rows = verify("--matrix", assignment(tmp_path)).stdout.splitlines()
    assert "        sign                           caught    told `sign`" in rows
    assert "        power.integral:pow             caught    told `power.integral`" in rows
    assert re.fullmatch(
        r"(\d+) of \1 typical wrong answers caught, \1 \(100 %\) told by a note: \d+ by their own, \d+ by that of another "
        r"mistake with the same numbers",
        rows[-1],
    )


def test_the_matrix_tells_what_is_accepted_or_has_no_note() -> None:
    tally = Tally()
    told = {"mine": "mine", "sign": "sign", "scale.mean:axis0": "scale.half", "product.first": None}
    rows = [" ".join(row.split()) for row in tally.rows(["mine"], Mistakes(told, ("value",)))]
    assert rows == [
        "mine caught told `mine`", "sign caught told `sign`", "scale.mean:axis0 caught told `scale.half`",
        "product.first caught no note", "value ACCEPTED",
    ]  # fmt: skip
    assert tally.line() == (
        "4 of 5 typical wrong answers caught, 3 (60 %) told by a note: 2 by their own, 1 by that of another mistake with "
        "the same numbers"
    )
