"""Each entry of the catalogue of wrong answers is told by the note that the table names."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.judgement import Comparison
from grader.diagnosis.catalogue import CONDITIONS, HINTS
from grader.diagnosis.match import recognise
from reference.bundle import Block
from reference.engine import Engine
from reference.measure import Measurement
from reference.mutants import wrong_answers
from reference.special import draw_block
from tests.conftest import ROOT
from tests.diagnosis.entries import ENTRIES, Entry, In, Numbers, Test
from tests.matrix.cases import sources
from tests.reference.problems import GENERIC, at, problem

SIZES = 2
"""blocks of points, each of sizes of its own"""


def named(kind: type) -> list[object]:
    return [
        pytest.param(entry, id=f"{entry.number} {entry.what}") for entry in ENTRIES if isinstance(entry.proof, kind)
    ]


def test_all_are_there_in_their_order() -> None:
    numbers = [entry.number for entry in ENTRIES]
    assert sorted(set(numbers)) == [*range(1, 75)]
    assert numbers == sorted(numbers)


def test_what_is_not_recognised_says_why_and_everything_else_has_a_hint() -> None:
    assert {entry.number for entry in ENTRIES if not entry.note} == {16, 34}
    for entry in ENTRIES:
        assert (entry.note == "") == isinstance(entry.proof, str)
        assert not entry.note or entry.note in {**HINTS, **CONDITIONS}


@pytest.mark.parametrize("entry", named(Numbers))
def test_numbers(entry: Entry) -> None:
    proof = entry.proof
    assert isinstance(proof, Numbers)
    asked = problem(proof.f, proof.wrt, proof.given)
    rng, engine = np.random.default_rng(3), Engine()
    comparisons = []
    for _ in range(SIZES):
        inputs = draw_block(asked, GENERIC, rng)
        measured = Measurement(asked, engine, rng).at(inputs)
        wrong = wrong_answers(engine, asked, inputs)
        apart = np.full(len(measured.truth), np.inf)
        block = Block(inputs, measured.truth, measured.base, measured.error, apart, wrong)
        answers = [np.asarray(proof.wrong(at(inputs, k))) for k in range(len(apart))]
        comparisons += [Comparison(point, answer) for point, answer in zip(block.points(), answers, strict=True)]
    # Where a mistake does not show, as at a maximum of what varies, a bundle holds no point.
    found = recognise([item for item in comparisons if not np.allclose(item.answer, item.point.expected)], ())
    assert found is not None, [*comparisons[0].point.wrong]
    assert found.note == entry.note


@pytest.mark.parametrize("entry", named(In))
def test_wrong_answers_that_the_tests_of_a_kind_grade(entry: Entry) -> None:
    proof = entry.proof
    assert isinstance(proof, In)
    cases = next(source.cases for source in sources() if source.title == proof.source)
    expected = {note for case in cases if case.name == proof.name for note in case.expected.values()}
    assert entry.note in expected


@pytest.mark.parametrize("entry", named(Test))
def test_tests_that_assert_a_note(entry: Entry) -> None:
    proof = entry.proof
    assert isinstance(proof, Test)
    text = (ROOT / proof.path).read_text(encoding="utf-8")
    assert entry.note in text
    assert proof.name in text
