"""What the inside half says about values, without a sandbox around it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from grader.inside.claims import claim, operand
from grader.inside.machine import is_equal

ONES = np.ones((2, 2))


@pytest.mark.parametrize(
    ("held", "received"),
    [
        (ONES.copy(), ONES),
        (ONES + 1e-16, ONES),
        (ONES * 2, ONES),
        (ONES.ravel(), ONES),
        (ONES.astype(int), ONES),
        (np.array(1.0), np.array(1.0)),
        (np.zeros(0), np.zeros(0)),
        (np.array([1, np.nan]), np.array([1, np.nan])),
        (-np.zeros(2), np.zeros(2)),
        (np.ma.masked_array([1.0, 2.0], [True, False]), np.array([3.0, 2.0])),
        (2.0, 2.0),
        (None, ONES),
    ],
)
def test_a_constant_is_compared_as_numpy_does(held: Any, received: Any) -> None:
    assert is_equal(held, received) is np.array_equal(held, received)


@pytest.mark.parametrize(
    ("value", "form", "description"),
    [
        (ONES, "array", "ndarray of dtype float64 and shape (2, 2)"),
        (np.float32(1), "array", "float32 of dtype float32 and shape ()"),
        (np.ones(1, ">i4"), "array", "ndarray of dtype >i4 and shape (1,)"),
        (True, "number", "bool of dtype bool and shape ()"),
        ([1, 2j], "list", "list of dtype complex128 and shape (2,)"),
        (np.array(["a"]), "object", "ndarray of dtype <U1 and shape (1,)"),
        (np.zeros(1, np.longdouble), "object", "ndarray of dtype float128 and shape (1,)"),
        (np.zeros((1,) * 9), "object", "ndarray of dtype float64 and shape (1, 1, 1, 1, 1, 1, 1, 1, 1)"),
        (np.zeros(2 << 20), "too-large", "ndarray of dtype float64 and shape (2097152,)"),
        (10**400, "object", "int of dtype object and shape ()"),
        ("text", "object", "str"),
        (None, "none", "NoneType"),
    ],
)
def test_a_value_is_described(value: Any, form: str, description: str) -> None:
    answer: Any = claim(value)
    said, array, words = answer
    assert (said, words) == (form, description)
    assert (array is not None) == (form in ("array", "number", "list"))


class Pair(NamedTuple):
    value: float
    derivative: float


class Marked(float):
    pass


def test_numbers_of_ones_own_are_no_plain_ones() -> None:
    """In a list they would make an array of plain numbers."""
    forms: Any = [operand(value) for value in (Pair(1.0, 2.0), [Pair(1.0, 2.0), 3.0], (Marked(1), 2.0), [1.0, 2.0])]
    assert [said[0] for said in forms] == ["object", "elements", "elements", "list"]
    assert [item[0] for item in forms[1][1]] == ["object", "number"]
    assert forms[2][1][0][2] == "Marked of dtype float64 and shape ()"
