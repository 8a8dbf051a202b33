"""`credit:` of a task: which notes there are, which a kind can give, and between which bounds a part lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.diagnosis.catalogue import CONDITIONS, HINTS, OF_KIND
from grader.specs.load import KINDS, load
from tests.specs.writing import changed, require_problem, write


def with_credit(text: str) -> str:
    return changed(("    requires: square\n", f"    requires: square\n    credit: {text}\n"))


def test_parts_by_note(tmp_path: Path) -> None:
    assignment = load(write(tmp_path, with_credit("{transposed: 50%, sign: 12.5%, inner: 99%, float32: 1%}")))
    square, residual = assignment.tasks
    assert residual.credit == {"transposed": 0.5, "sign": 0.125, "inner": 0.99, "float32": 0.01}
    assert square.credit == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{¤transposd: 50%}", "unknown note `transposd`; did you mean `transposed`?"),
        ("{¤iner: 50%}", "unknown note `iner`; did you mean `inner`?"),
        ("{sign: 10%, ¤qqqq: 50%}", "unknown note `qqqq`; reports name the notes"),
        ("{¤lambda.sign: 50%}", "`lambda.sign` is never found in a task of `kind: derivative`"),
        ("{¤not-topological: 50%}", "`not-topological` is never found in a task of `kind: derivative`"),
        ("{¤finite-difference: 50%}", "`finite-difference` is the note of a method in disguise, not of a mistake about derivatives; it earns nothing"),
        ("{¤complex-step: 50%}", "`complex-step` is the note of a method in disguise"),
        ("{¤imported-autograd: 50%}", "`imported-autograd` is the note of a method in disguise"),
        ("{sign: ¤0%}", "`0%` is not a part: more than `0%` and less than `100%` of a check's points"),
        ("{sign: ¤100%}", "`100%` is not a part"),
        ("{sign: ¤0.5}", "`0.5` is not a share such as `40%`"),
    ],
)  # fmt: skip
def test_what_cannot_be_given_credit(tmp_path: Path, text: str, words: str) -> None:
    require_problem(tmp_path, with_credit(text), words)


OPERATOR = """\
format: 1
id: demo
title: Demo
file: solution.py
tasks:
  - id: slope
    kind: autodiff
    operator: derivative
    points: 1
    implement: derivative(f, x)
    credit: {seeds-kept: 20%, ¤tape-kept: 20%}
    programs: {p: {args: {x: scalar}, f: "x*x"}}
"""


def test_what_a_form_of_a_kind_cannot_give(tmp_path: Path) -> None:
    require_problem(tmp_path, OPERATOR, "`tape-kept` is never found in a task of `kind: autodiff` with `operator`")


def test_notes_of_kinds_are_notes_of_the_catalogue_and_all_of_them() -> None:
    assert set().union(*OF_KIND.values()) == {*HINTS, *CONDITIONS}
    assert set(OF_KIND) <= set(KINDS)
