"""The wire protocol: what goes in comes out, and nothing that an enemy sends does more than be refused."""

from __future__ import annotations

import contextlib
import itertools
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.sandbox import answers, wire
from grader.sandbox.run import Claim, Missing, Place, Raised, Replies


def same(left: Any, right: Any) -> bool:
    if isinstance(left, np.ndarray):
        return isinstance(right, np.ndarray) and left.dtype == right.dtype and np.array_equal(left, right)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and left == right


@pytest.mark.parametrize("dtype", wire.DTYPES)
@pytest.mark.parametrize("shape", [(), (3,), (2, 0), (2, 3, 4)])
def test_arrays_arrive_as_they_were(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    assert same(wire.decode(wire.encode(array)), array)


@pytest.mark.parametrize("array", [np.arange(6.0).reshape(2, 3).T, np.arange(9.0)[::2], np.arange(3, dtype=">f8")])
def test_layout_and_byte_order_do_not_matter(array: np.ndarray[Any, Any]) -> None:
    assert np.array_equal(np.asarray(wire.decode(wire.encode(array))), array)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_values_arrive_as_they_were(value: Any) -> None:
    assert same(wire.decode(wire.encode(value)), value)


@pytest.mark.parametrize(
    "value", [object(), {"a": 1}, (1,), b"x", np.array(["a"]), np.array([None]), np.zeros((1,) * 9)]
)
def test_only_data_is_sent(value: Any) -> None:
    with pytest.raises(TypeError, match="be sent over the wire"):
        wire.encode(value)


def array_bytes(code: int, dims: list[int], content: bytes = b"") -> bytes:
    return b"a" + bytes([code, len(dims)]) + struct.pack(f"<{len(dims)}Q", *dims) + content


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        pytest.param(b"", "1 bytes announced, 0 received", id="nothing"),
        pytest.param(b"Z", "no value starts with b'Z'", id="unknown tag"),
        pytest.param(b"TT", "1 bytes follow the end", id="more than one value"),
        pytest.param(b"i123", "8 bytes announced, 3 received", id="cut short"),
        pytest.param(b"s\xff\xff\xff\xffab", "4294967295 bytes announced", id="text longer than the frame"),
        pytest.param(b"l\xff\xff\xff\xff", "a list of 4294967295 items", id="list longer than the frame"),
        pytest.param(b"l\x01\x00\x00\x00" * 10 + b"N", "nested too deeply", id="nested"),
        pytest.param(b"l\xa0\x86\x01\x00" * 3 + b"N" * 400_000, "more than 200000 values", id="a million of nothing"),
        pytest.param(array_bytes(99, []), "dtype code 99", id="dtype that does not exist"),
        pytest.param(array_bytes(0, [0, *[50_000] * 7]) + b"", "an array of shape", id="empty, beyond numpy"),
        pytest.param(b"a\x00\x09" + b"\0" * 72, "9 dimensions", id="too many dimensions"),
        pytest.param(array_bytes(0, [2**32, 2**32]), "bytes announced", id="product that wraps in 64 bits"),
        pytest.param(array_bytes(0, [2**61]), "bytes announced", id="bytes that wrap in 64 bits"),
        pytest.param(array_bytes(0, [0, 2**62]), "an array of shape", id="empty but huge"),
    ],
)
def test_lies_are_refused(payload: bytes, message: str) -> None:
    with pytest.raises(wire.Violation, match=message):
        wire.decode(payload)


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_decode_or_be_refused(payload: bytes) -> None:
    with contextlib.suppress(wire.Violation):
        wire.decode(payload)


@given(st.binary(max_size=64), st.lists(st.integers(0, 64), max_size=4))
def test_frames_are_cut_the_same_however_they_arrive(text: bytes, cuts: list[int]) -> None:
    stream = wire.frame(wire.Kind.READY) + wire.frame(wire.Kind.REPLY, text.hex())
    reader = wire.FrameReader()
    ends = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[start:end] for start, end in itertools.pairwise(ends)]
    frames = [frame for piece in pieces for frame in reader.feed(piece)]
    assert frames == [(wire.Kind.READY, None), (wire.Kind.REPLY, text.hex())]


@pytest.mark.parametrize(
    "header",
    [b"XX\x01\x11", b"NB\x02\x11", b"NB\x01\x00", b"NB\x01\x63"],
    ids=["magic", "version", "kind zero", "kind unknown"],
)
def test_foreign_frames_are_refused(header: bytes) -> None:
    with pytest.raises(wire.Violation, match="not a frame"):
        list(wire.FrameReader().feed(header + struct.pack("<I", 1) + b"N"))


def test_frames_before_the_garbage_are_given_out() -> None:
    stream = wire.FrameReader().feed(wire.frame(wire.Kind.READY) + b"garbage!")
    assert next(stream) == (wire.Kind.READY, None)
    with pytest.raises(wire.Violation, match="not a frame"):
        next(stream)


def test_a_long_frame_is_refused_at_its_header() -> None:
    with pytest.raises(wire.Violation, match="101 bytes"):
        list(wire.FrameReader(limit=100).feed(b"NB\x01\x11" + struct.pack("<I", 101)))
    with pytest.raises(ValueError, match="is over the limit of"):
        wire.frame(wire.Kind.REPLY, "x" * (wire.MAX_PAYLOAD + 1))


CLAIM: list[Any] = ["array", np.ones(2), "ndarray"]


def test_replies_become_responses() -> None:
    replies = answers.read_reply([3, ["replies", [CLAIM]]], 3)
    assert isinstance(replies, Replies)
    assert replies.claims[0].form == "array"
    assert answers.read_reply([0, ["missing", "f"]], 0) == Missing("f")
    assert answers.read_reply([0, ["exception", "E", "m\x1b", [["a", 1]], "(x)"]], 0) == Raised(
        "E", "m?", (Place("a", 1),), "(x)"
    )
    assert isinstance(replies.claims[0], Claim)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param([1, ["missing", "f"]], "the response to probe 0 expected, to 1", id="another probe"),
        pytest.param([True, ["missing", "f"]], "int expected, bool", id="a truth value as number"),
        pytest.param([np.zeros(2), ["missing", "f"]], "int expected, ndarray", id="an array as number"),
        pytest.param([0, [np.array(["x"]) == "x"]], "str expected, ndarray", id="an array as word"),
        pytest.param([0, []], "str expected, NoneType", id="empty"),
        pytest.param([0, ["score", 100.0]], "unknown word 'score'", id="a score"),
        pytest.param([0, ["replies", [["gold", None, ""]]]], "unknown word 'gold'", id="unknown form"),
        pytest.param([0, ["replies", [["array", "text", ""]]]], "array expected, str", id="text as array"),
        pytest.param([0, ["replies", [CLAIM], 1]], "1 fields expected, 2", id="a field too many"),
        pytest.param([0, ["exception", "E", "m", [["a"]], ""]], "2 fields expected, 1", id="half a place"),
    ],
)
def test_answers_of_another_shape_are_refused(value: Any, message: str) -> None:
    with pytest.raises(wire.Violation, match=message):
        answers.read_reply(value, 0)


def test_reports_about_other_units_are_refused() -> None:
    unit: list[Any] = ["other.py", "ok", "", "", [], []]
    with pytest.raises(wire.Violation, match="other units than were sent"):
        answers.read_loaded([[unit], []], ["solution.py"])


ARRAYS = st.sampled_from([np.zeros(0), np.zeros(3), np.ones((2, 2)), np.array(1, dtype=np.int64)])
WORDS = st.sampled_from(["replies", "exception", "missing", "array", "ok", "f"])
HOSTILE = st.recursive(VALUES | ARRAYS | WORDS, lambda inner: st.lists(inner, max_size=5), max_leaves=30)


@settings(max_examples=300)
@given(HOSTILE)
def test_no_value_does_anything_but_be_read_or_refused(value: Any) -> None:
    for read in (lambda: answers.read_reply(value, 0), lambda: answers.read_loaded(value, ["solution.py"])):
        with contextlib.suppress(wire.Violation):
            read()
