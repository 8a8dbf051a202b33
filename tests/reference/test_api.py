"""Bundles: reproducible, whole or refused, and an author's faults are told with their place."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from reference.api import build_bundle
from reference.bundle import BundleDamaged, from_bytes, key, to_bytes
from reference.language import parse
from reference.problem import Group, Misconception, Problem, ProblemFault
from tests.conftest import ROOT
from tests.reference.problems import GENERIC, gradient, problem

VECTOR = {"x": "vector[n]"}
QUADRATIC = {"x": "vector[n]", "A": "matrix[n, n] nonsymmetric"}


def quadratic(**changes: object) -> Problem:
    right = problem("x @ A @ x", "x", QUADRATIC, solution="(A + A.T) @ x", wrong={"symmetric-only": "2 * A @ x"})
    return replace(right, **changes)  # type: ignore[arg-type]


def test_a_bundle_is_the_same_for_a_seed_and_another_for_another() -> None:
    assert to_bytes(build_bundle(quadratic(), 1)) == to_bytes(build_bundle(quadratic(), 1))
    assert to_bytes(build_bundle(quadratic(), 1)) != to_bytes(build_bundle(quadratic(), 2))


def test_a_bundle_survives_its_bytes() -> None:
    bundle = build_bundle(quadratic())
    again = from_bytes(to_bytes(bundle))
    for before, after in zip(bundle.groups["generic"], again.groups["generic"], strict=True):
        assert np.array_equal(before.expected, after.expected)
        assert np.array_equal(before.unit, after.unit)
        assert all(np.array_equal(before.inputs[name], after.inputs[name]) for name in QUADRATIC)
        assert np.array_equal(before.wrong["symmetric-only"], after.wrong["symmetric-only"])


def test_damaged_bytes_are_no_bundle() -> None:
    whole = to_bytes(build_bundle(quadratic()))
    for damaged in (
        b"",
        b"PK\x03\x04",
        whole[:-1],
        whole[:200],
        whole + b"x",
        whole.replace(b"generic", b"genexic", 1),
    ):
        with pytest.raises(BundleDamaged, match="not a whole bundle"):
            from_bytes(damaged)


def test_a_bundle_holds_more_points_than_a_grading_uses_and_draws_different_ones() -> None:
    bundle = build_bundle(quadratic())
    drawn = [bundle.draw("generic", GENERIC.points, np.random.default_rng(seed)) for seed in range(4)]
    assert sum(len(block.expected) for block in bundle.groups["generic"]) >= 3 * GENERIC.points
    assert all(len(points) == GENERIC.points for points in drawn)
    assert len({points[0].expected.tobytes() for points in drawn}) > 1


@pytest.mark.parametrize(
    "changed",
    [
        {"f": parse("x @ A.T @ x")},
        {"wrt": "A"},
        {"ask": "jacobian"},
        {"dims": (("n", (3, 6)),)},
        {"solution": None},
        {"groups": (Group("generic", 5, 100.0),)},
        {"misconceptions": (Misconception("other", parse("2 * A @ x"), "Why?"),)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_the_key_follows_the_mathematics(changed: dict[str, object]) -> None:
    assert key(quadratic(**changed)) != key(quadratic())


def test_the_key_does_not_follow_the_wording() -> None:
    spoken = Misconception("symmetric-only", parse("2 * A @ x"), "Another sentence.")
    assert key(quadratic(misconceptions=(spoken,))) == key(quadratic())


@pytest.mark.parametrize(
    ("asked", "where", "message"),
    [
        pytest.param(quadratic(solution=parse("A @ x")), "solution", "`solution` disagrees", id="wrong solution"),
        pytest.param(
            quadratic(solution=parse("x @ x")), "solution", r"has shape \(\), the reference has \(", id="shape"
        ),
        pytest.param(
            problem("x @ A @ x", "x", {"x": "vector[n]", "A": "matrix[n, n] symmetric"}, wrong={"s": "2 * A @ x"}),
            "misconceptions.0.when",
            "the misconception `s` cannot be told apart",
            id="a misconception that is right",
        ),
        pytest.param(
            problem("sum(log(x - 9))", "x", VECTOR), "groups.generic", "is not finite; narrow", id="no real value"
        ),
        pytest.param(problem("sum(x - x)", "x", VECTOR), "groups.generic", "is zero within rounding", id="zero"),
    ],
)
def test_the_authors_faults(asked: Problem, where: str, message: str) -> None:
    with pytest.raises(ProblemFault, match=message) as fault:
        build_bundle(asked)
    assert fault.value.where == where


def test_a_wrong_solution_is_shown_with_entry_values_and_ratio() -> None:
    with pytest.raises(ProblemFault, match=r"at point \d: entry \[\d\] is .*, expected .* \(ratio 0\.5\)"):
        build_bundle(problem("x @ x", "x", VECTOR, solution="x"))


@pytest.mark.parametrize(("word", "value"), [("zero", 0.0), ("ones", 1.0)])
def test_special_points_that_set_an_argument(word: str, value: float) -> None:
    special = Group("special", 4, 100.0, ((word, ("a",)),))
    asked = problem("x @ x + a @ x", "x", {"x": "vector[n]", "a": "vector[n]"}, groups=(special,))
    for block in build_bundle(asked).groups["special"]:
        assert np.all(block.inputs["a"] == value)
        assert np.any(block.inputs["x"] != value)


@pytest.mark.parametrize(("word", "low", "high"), [("tiny", 0, 1e-145), ("huge", 1e145, np.inf)])
def test_special_points_that_scale_an_argument(word: str, low: float, high: float) -> None:
    asked = replace(gradient("norm"), groups=(Group("special", 4, 100.0, ((word, ("x",)),)),))
    for block in build_bundle(asked).groups["special"]:
        sizes = np.abs(block.inputs["x"]).max(axis=1)
        assert np.all((low < sizes) & (sizes < high))
        assert np.allclose(np.linalg.norm(block.expected, axis=1), 1)


def test_reading_a_bundle_needs_no_torch() -> None:
    script = "import sys, reference.bundle, reference.numeric, reference.tolerance\nprint('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
