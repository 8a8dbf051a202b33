"""Bundles: bit for bit what was stored, or refused; and keys that follow the mathematics."""

from __future__ import annotations

import hashlib
import io
import pickle
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reference import domains
from reference.bundle import Block, Bundle, BundleDamaged, Point, from_bytes, key, to_bytes
from reference.language import parse
from reference.points import Array
from reference.problem import Group, Misconception, Problem
from tests.conftest import ROOT
from tests.reference.problems import DIMS, problem

RNG = np.random.default_rng(5)
ODD = np.array([-0.0, np.inf, -np.inf, 5e-324, np.nextafter(1.0, 2.0), -1.7976931348623157e308])
QUIET_NAN = np.array([0x7FF8_0000_0000_BEEF], np.uint64).view(np.float64)


def block(count: int, n: int) -> Block:
    """Points with a vector, a matrix and a scalar, and two wrong answers of their own shapes."""
    inputs = {"x": RNG.standard_normal((count, n)), "A": RNG.standard_normal((count, 2, n)), "t": RNG.random(count)}
    wrong = {"sign": RNG.random((count, n)), "a/b": RNG.random((count, n, 1))}
    bars = RNG.random((count, n)), RNG.random((count, n)), RNG.random(count)
    return Block(inputs, RNG.standard_normal((count, n)), *bars, wrong)


def whole() -> Bundle:
    ones = np.ones((2, 1))
    special = Block({"x": np.stack([ODD, ODD])}, np.stack([QUIET_NAN, QUIET_NAN]), ones, ones, np.ones(2), {})
    bars = np.array([1e-16, 2e-16])
    scalars = Block({"t": np.array([1.5, 2.5])}, np.array([5.25, 7.0]), bars, bars, np.array([np.inf, 2.0**30]), {})
    return Bundle({"generic": (block(8, 3), block(5, 4)), "odd": (special,), "größe": (scalars,)})


def arrays(held: Block) -> dict[str, Array]:
    own = {name: getattr(held, name) for name in ("expected", "base", "error", "separation")}
    return {**held.inputs, **own, **{"!" + k: v for k, v in held.wrong.items()}}


def test_a_bundle_survives_its_bytes_bit_for_bit() -> None:
    bundle = whole()
    again = from_bytes(to_bytes(bundle))
    assert list(again.groups) == ["generic", "odd", "größe"]
    for group, blocks in bundle.groups.items():
        for before, after in zip(blocks, again.groups[group], strict=True):
            assert list(arrays(before)) == list(arrays(after))
            for name, values in arrays(before).items():
                assert arrays(after)[name].shape == values.shape
                assert arrays(after)[name].dtype == np.float64
                assert arrays(after)[name].tobytes() == values.tobytes()
    assert to_bytes(again) == to_bytes(bundle)


def test_layout_in_memory_does_not_matter() -> None:
    matrices = RNG.standard_normal((4, 3, 2))
    turned = Bundle(
        {"g": (Block({"A": matrices.transpose(0, 2, 1)}, matrices[:, ::-1], matrices, matrices, np.ones(4), {}),)}
    )
    (again,) = from_bytes(to_bytes(turned)).groups["g"]
    assert np.array_equal(again.inputs["A"], matrices.transpose(0, 2, 1))
    assert np.array_equal(again.expected, matrices[:, ::-1])


def test_bytes_cut_short_anywhere_are_refused() -> None:
    content = to_bytes(whole())
    for length in range(0, len(content), 7):
        with pytest.raises(BundleDamaged, match="^not a whole bundle$"):
            from_bytes(content[:length])


def test_a_bit_changed_anywhere_is_noticed() -> None:
    content = to_bytes(whole())
    for place in range(0, len(content), 11):
        changed = bytearray(content)
        changed[place] ^= 1
        with pytest.raises(BundleDamaged, match="^not a whole bundle$"):
            from_bytes(bytes(changed))


class Trap:
    """Unpickling this raises, which would be seen."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (sys.exit, ("unpickled",))


def numpy_file() -> bytes:
    file = io.BytesIO()
    np.savez(file, expected=np.ones(3))
    return file.getvalue()


def sealed(body: bytes) -> bytes:
    """Any body with the digest that belongs to it."""
    return to_bytes(whole())[:13] + hashlib.sha256(body).digest() + body


def with_table(table: bytes, rest: bytes = b"") -> bytes:
    return sealed(len(table).to_bytes(8, "little") + table + rest)


FOREIGN = {
    "nothing": b"",
    "a zip": b"PK\x03\x04",
    "numpy's own format": numpy_file(),
    "a pickle": pickle.dumps(Trap()),
    "more behind it": to_bytes(whole()) + b"x",
    "an empty body": sealed(b""),
    "a pickle with a digest": sealed(pickle.dumps(Trap())),
    "no table": with_table(b"no table"),
    "another table": with_table(b'{"generic": []}'),
    "a table of more than there is": with_table(b'[["g", 0, "expected", [9]]]', bytes(8)),
    "a table of more than can be counted": with_table(b'[["g", 0, "expected", [1' + b"0" * 30 + b"]]]"),
    "a table without an end": with_table(b"[" * 100_000),
    "a block without units": with_table(b'[["g", 0, "expected", [1]]]', bytes(8)),
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_foreign_bytes_are_refused_and_never_run(content: bytes) -> None:
    with pytest.raises(BundleDamaged, match="^not a (whole bundle$|bundle of this version: )"):
        from_bytes(content)


def test_a_block_hands_out_its_points_in_order() -> None:
    held = block(3, 4)
    points = list(held.points())
    assert len(points) == 3
    assert isinstance(points[2], Point)
    assert points[2].inputs["A"].tobytes() == held.inputs["A"][2].tobytes()
    assert points[2].inputs["t"] == held.inputs["t"][2]
    assert points[2].expected.tobytes() == held.expected[2].tobytes()
    assert points[2].unit.tobytes() == (held.base[2] + held.error[2]).tobytes()
    assert points[2].separation == held.separation[2]
    assert points[2].wrong["a/b"].tobytes() == held.wrong["a/b"][2].tobytes()


def test_a_grading_draws_different_points_over_all_sizes() -> None:
    bundle = whole()
    drawn = bundle.draw("generic", 10, np.random.default_rng(1))
    assert len({point.expected.tobytes() for point in drawn}) == 10
    assert {point.expected.shape for point in drawn} == {(3,), (4,)}
    same, other = (bundle.draw("generic", 10, np.random.default_rng(seed)) for seed in (1, 2))
    assert [p.expected.tobytes() for p in same] == [p.expected.tobytes() for p in drawn]
    assert [p.expected.tobytes() for p in other] != [p.expected.tobytes() for p in drawn]


GIVEN = {"x": "vector[n]", "A": "matrix[n, n] real[0,1] nonsymmetric"}


def asked(f: str = "r @ x", wrong: str = "2 * r", solution: str = "r + x @ A", **given: str) -> Problem:
    return problem(f, "x", {**GIVEN, **given}, lets={"r": "A @ x"}, solution=solution, wrong={"symmetric-only": wrong})


def declared(matrix: str, vector: str = "vector[n]") -> tuple[tuple[str, domains.Domain], ...]:
    return (("x", domains.parse(vector, DIMS)), ("A", domains.parse(matrix, DIMS)))


GROUP = Group("generic", 4, 100.0)
CHANGES: dict[str, dict[str, Any]] = {
    "f": {"f": parse("x @ r + 1")},
    "let": {"lets": (("r", parse("A.T @ x")),)},
    "wrt": {"wrt": "A"},
    "ask": {"ask": "jacobian"},
    "layout": {"layout": "denominator"},
    "no solution": {"solution": None},
    "solution": {"solution": parse("x @ A + r")},
    "sizes": {"dims": (("n", (3, 5)), ("m", (2, 7)))},
    "range": {"given": declared("matrix[n, n] real[0,2] nonsymmetric")},
    "word": {"given": declared("matrix[n, n] positive nonsymmetric")},
    "structure": {"given": declared("matrix[n, n] real[0,1] symmetric")},
    "no structure": {"given": declared("matrix[n, n] real[0,1]")},
    "shape": {"given": declared(GIVEN["A"], "vector[m]")},
    "order": {"given": declared(GIVEN["A"])[::-1]},
    "points": {"groups": (replace(GROUP, points=5),)},
    "group": {"groups": (replace(GROUP, id="other"),)},
    "along": {"along": "A"},
    "special": {"groups": (replace(GROUP, special=(("huge", ("x",)),)),)},
    "more groups": {"groups": (GROUP, replace(GROUP, id="more"))},
    "note": {"misconceptions": (Misconception("other", parse("2 * r"), "Why?"),)},
    "when": {"misconceptions": (Misconception("symmetric-only", parse("3 * r"), "Why?"),)},
    "no misconception": {"misconceptions": ()},
}


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_the_key_follows_the_mathematics(changed: dict[str, Any]) -> None:
    assert key(replace(asked(), **changed)) != key(asked())


@pytest.mark.parametrize(
    "changed",
    [
        {"misconceptions": (Misconception("symmetric-only", parse("2 * r"), "Another sentence."),)},
        {"groups": (replace(GROUP, weight=60.0),)},
    ],
    ids=["say", "weight"],
)
def test_the_key_does_not_follow_wording_and_weights(changed: dict[str, Any]) -> None:
    assert key(replace(asked(), **changed)) == key(asked())
    assert len(key(asked())) == 64


def test_bundles_are_read_without_torch() -> None:
    names = "reference.bundle, reference.language, reference.shapes, reference.domains, reference.numeric"
    code = f"import sys, {names}, reference.tolerance; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
