"""The wire protocol: what goes in comes out, and nothing that an enemy sends does more than be refused."""

from __future__ import annotations

import contextlib
import itertools
import math
import struct
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.sandbox import answers, numbers, wire
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


def arrays(dtype: str, shape: list[int]) -> np.ndarray[Any, Any]:
    return np.arange(math.prod(shape)).reshape(shape).astype(dtype)


ARRAYS_OF_ALL_KINDS = st.builds(arrays, st.sampled_from(wire.DTYPES), st.lists(st.integers(0, 3), max_size=3))
COMPLEX = st.complex_numbers(allow_nan=False)
MIXED = st.recursive(VALUES | ARRAYS_OF_ALL_KINDS | COMPLEX, lambda inner: st.lists(inner, max_size=4), max_leaves=12)


def decoded(value: Any) -> Any:
    return wire.decode(wire.encode(value))


@given(MIXED)
def test_values_arrive_as_they_were(value: Any) -> None:
    assert same(decoded(value), value)


@pytest.mark.parametrize(
    "value", [object(), {"a": 1}, (1,), b"x", np.array(["a"]), np.array([None]), np.zeros((1,) * 9)]
)
def test_only_data_is_sent(value: Any) -> None:
    with pytest.raises(TypeError, match="be sent over the wire"):
        wire.encode(value)


def test_what_json_would_take_for_something_else_is_not_sent() -> None:
    endless: list[Any] = []
    endless.append(endless)
    values: list[Any] = [2**63, -(2**63) - 1, endless, [(1, 2)], [{}], {"array": "<f8"}, np.int64(1), {1, 2}]
    for value in values:
        with pytest.raises(TypeError, match="be sent over the wire"):
            wire.encode(value)


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, 0.0, -0.0, 5e-324, 0.1, 1e16, -1.7976931348623157e308]
)
def test_floats_arrive_to_the_bit(value: float) -> None:
    assert struct.pack("<d", decoded(value)) == struct.pack("<d", value)
    assert isinstance(decoded(value), float)
    number = decoded([complex(value, -0.0), 1])[0]
    assert isinstance(number, complex)
    assert struct.pack("<dd", number.real, number.imag) == struct.pack("<dd", value, -0.0)


def test_text_arrives_and_smuggles_nothing() -> None:
    quotes: list[Any] = ['"', "\\", '\\"', '[{}]","', '{"array":"<f8"}', "\\ud800", "\\\\u0022,"]
    texts: list[Any] = ["", "{}", *quotes, "\0\x1f\n\x7f", "∂🎓", ",:[" * 50]
    assert decoded([*texts, np.ones(2), *texts])[:12] == texts
    assert [decoded(text) for text in texts] == texts
    assert decoded("half \ud800 a pair \udc00") == "half ? a pair ?"


def test_arrays_are_aligned_views_that_nobody_can_write_to() -> None:
    arrays: list[Any] = [np.array(True), np.ones(3), np.zeros(3, np.int8), np.zeros((2, 0)), np.arange(2) * 1j]
    received = decoded(arrays)
    assert all(map(same, arrays, received))
    assert all(array.flags.aligned and not array.flags.writeable and not array.flags.owndata for array in received)


def test_lists_may_be_nested_so_deep_and_no_deeper() -> None:
    deep: Any = [np.ones(1), "]", 1]
    for _ in range(wire.MAX_DEPTH - 1):
        deep = [deep, deep[-1], "["]
    assert decoded(deep)[2] == "["
    with pytest.raises(TypeError, match="in one another cannot be sent"):
        wire.encode([deep])


def test_an_empty_array_may_be_long_in_one_direction() -> None:
    assert same(decoded(np.zeros((0, 1000))), np.zeros((0, 1000)))


def payload(text: bytes, layouts: bytes = b"", content: bytes = b"") -> bytes:
    head = struct.pack("<II", len(layouts), len(text)) + layouts + text
    return head + bytes(-len(head) % 8) + content


EIGHT = bytes(8)


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        pytest.param(b"", "8 bytes announced, 0 received", id="nothing"),
        pytest.param(b"1234567", "8 bytes announced, 7 received", id="half a head"),
        pytest.param(payload(b""), "not a value", id="no text"),
        pytest.param(payload(b"Z"), "not a value", id="no JSON"),
        pytest.param(payload(b"true true"), "5 characters follow", id="more than one value"),
        pytest.param(payload(b"null "), "1 characters follow", id="a space"),
        pytest.param(payload(b"null") + EIGHT, "8 the last array", id="more than the value"),
        pytest.param(payload(b"nullnull")[:-1], "16 bytes announced, 15 received", id="cut short"),
        pytest.param(payload(b"null")[:-1], "-1 the last array", id="padding cut short"),
        pytest.param(struct.pack("<II", 0, 2**32 - 1) + EIGHT, "4294967303 bytes announced", id="text too long"),
        pytest.param(struct.pack("<II", 2**32 - 1, 4) + b"null", "4294967307 bytes announced", id="layouts too long"),
        pytest.param(payload(b'"abc'), "not a value", id="text without end"),
        pytest.param(payload(b'"abc\\'), "not a value", id="escape without end"),
        pytest.param(payload(b'"\n"'), "not a value", id="bare control character"),
        pytest.param(payload(b'"\xff"'), "not a value", id="not UTF-8"),
        pytest.param(payload(b'"\xed\xa0\x80"'), "not a value", id="half a pair in UTF-8"),
        pytest.param(payload(b'"\\ud800"'), "no need", id="half a pair"),
        pytest.param(payload(b'"\\\\\\uDC00"'), "no need", id="half a pair behind a backslash"),
        pytest.param(payload(b'["\\""],"]'), "not a value|characters follow", id="quotes out of step"),
        pytest.param(payload(b"[" * 9 + b"1" + b"]" * 9), "nested too deeply", id="nested"),
        pytest.param(payload(b"[1," * 9 + b"1" + b"]" * 9), "nested too deeply", id="nested beside values"),
        pytest.param(payload(b"[" * 100_000), "nested too deeply", id="bomb of brackets"),
        pytest.param(payload(b'{"":' * 50_000), "nested too deeply", id="bomb of objects"),
        pytest.param(payload(b"[" * 1_000_000), "more than 200000 values", id="larger bomb of brackets"),
        pytest.param(payload(b"[" + b"1," * 1_000_000 + b"1]"), "more than 200000 values", id="a million values"),
        pytest.param(payload(b"[" + b"[]," * 70_000 + b"1]"), "more than 200000 values", id="many lists"),
        pytest.param(payload(b'"' * 1_000_000), "more than 200000 values", id="a million quotes"),
        pytest.param(payload(b"9223372036854775808"), "more than 64 bits", id="integer"),
        pytest.param(payload(b"-9223372036854775809"), "more than 64 bits", id="negative integer"),
        pytest.param(payload(b"9" * 5_000_000), "more than 64 bits", id="huge integer"),
        pytest.param(payload(b"nan"), "not a value", id="nan is NaN"),
        pytest.param(payload(b"{}"), "1 arrays in the text, 0 layouts", id="array without layout"),
        pytest.param(payload(b"1", b"<f8,", EIGHT), "0 arrays in the text, 1 layouts", id="layout without array"),
        pytest.param(payload(b'"{}"', b"<f8,", EIGHT), "0 arrays in the text", id="an array in a string"),
        pytest.param(payload(b'{"a":1}', b"<f8,", EIGHT), "an object has fields", id="field"),
        pytest.param(payload(b'{"a":{}}', b"<f8,<f8,", EIGHT * 2), "an object has fields", id="field of an object"),
        pytest.param(payload(b"{[]}", b"<f8,", EIGHT), "nested too deeply", id="list in an object"),
        pytest.param(payload(b"{}{}", b"<f8,<f8,", EIGHT * 2), "2 characters follow", id="two arrays"),
        pytest.param(payload(b"[{]}", b"<f8,", EIGHT), "nested too deeply", id="crossed"),
        pytest.param(payload(b"{}", b"<f8,"), "an array of 8 bytes, 0 received", id="array without bytes"),
        pytest.param(payload(b"{}", b"<f8,", EIGHT[1:]), "an array of 8 bytes, 7 received", id="array cut short"),
        pytest.param(payload(b"{}", b"|b1,", b"1"), "an array of 8 bytes, 1 received", id="array without padding"),
        pytest.param(payload(b"{}", b"<f8,", EIGHT * 2), "8 the last array", id="bytes left over"),
        pytest.param(payload(b"{}", b"<f8,<f8", EIGHT), "3 bytes follow the last layout", id="half a layout"),
        pytest.param(payload(b"{}", b",", EIGHT), "an array of layout ''", id="empty layout"),
        pytest.param(payload(b"{}", b"<f9,", EIGHT), "an array of layout '<f9'", id="dtype that does not exist"),
        pytest.param(payload(b"{}", b"|O,", EIGHT), "an array of layout", id="objects"),
        pytest.param(payload(b"{}", b"<f8 -1,", EIGHT), "an array of layout", id="negative size"),
        pytest.param(payload(b"{}", b"<f8 1.0,", EIGHT), "an array of layout", id="half a size"),
        pytest.param(payload(b"{}", b"<f8 \xb2,", EIGHT), "an array of layout", id="digit that is none"),
        pytest.param(payload(b"{}", b"<f8  1,", EIGHT), "an array of layout", id="empty size"),
        pytest.param(payload(b"{}", b"<f8 " + b"0" * 500 + b"1,", EIGHT), "an array of layout", id="long layout"),
        pytest.param(payload(b"{}", b"complex 1,", EIGHT * 2), "an array of layout", id="complex array"),
        pytest.param(payload(b"{}", b"complex,", EIGHT), "an array of 16 bytes", id="half a complex number"),
        pytest.param(payload(b"{}", b"<f8" + b" 1" * 9 + b",", EIGHT), "an array of layout", id="too many dimensions"),
        pytest.param(payload(b"{}", b"<f8 4294967296 4294967296,"), "0 received", id="product that wraps in 64 bits"),
        pytest.param(payload(b"{}", b"<f8 2305843009213693952,"), "0 received", id="bytes that wrap in 64 bits"),
        pytest.param(payload(b"{}", b"<f8 0" + b" 50000" * 7 + b","), "an empty array", id="empty, beyond numpy"),
        pytest.param(payload(b"{}", b"<f8 0 4611686018427387904,"), "an empty array", id="empty but huge"),
    ],
)
def test_lies_are_refused(payload: bytes, message: str) -> None:
    with pytest.raises(wire.Violation, match=message):
        wire.decode(payload)


def test_a_lie_costs_little_memory() -> None:
    bombs = [b"[" * 8_000_000, b'"' * 8_000_000, b'ab"' * 2_666_666, b"[" + b'"",' * 2_666_666, b"1" * 8_000_000]
    for bomb in [*map(payload, bombs), payload(b"{}", b"," * 8_000_000), payload(b"{}", b"<f8" + b" 1" * 4_000_000)]:
        tracemalloc.start()
        with pytest.raises(wire.Violation):
            wire.decode(bomb)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4 * len(bomb) + 24_000_000


def test_the_values_of_all_frames_are_counted() -> None:
    reader = wire.FrameReader()
    piece = wire.frame(wire.Kind.REPLY, [0] * 66_000)
    assert len(list(reader.feed(piece * 3))) == 3
    with pytest.raises(wire.Violation, match="more than 1994 values"):
        list(reader.feed(piece))


def test_the_values_of_a_call_are_counted_for_themselves() -> None:
    reader = wire.FrameReader()
    piece = wire.frame(wire.Kind.CALL, [0] * 9_000)
    assert len(list(reader.feed(piece * 30))) == 30
    with pytest.raises(wire.Violation, match="more than 10000 values"):
        list(reader.feed(wire.frame(wire.Kind.CALL, [0] * 10_000)))
    assert len(list(reader.feed(wire.frame(wire.Kind.REPLY, [0] * 190_000)))) == 1


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_decode_or_be_refused(payload: bytes) -> None:
    with contextlib.suppress(wire.Violation):
        wire.decode(payload)


TOKENS = [
    *'[]{},:"',
    "[[[[",
    "]]]]",
    "{}",
    '"x"',
    '\\"',
    "\\\\",
    "\\u0041",
    "\\ud800",
    "\\",
    "-",
    "0",
    "1.5",
    "1e9",
    "NaN",
    "null",
    " ",
    "é",
    "9" * 19,
]
LAYOUTS = ["<f8,", "|b1 2,", "<i2 0 9,", "complex,", "<f4 3 1", ",", " ", "x", "9" * 19]


def refused_or_sound(payload: bytes) -> None:
    """Bytes are refused, or else what they mean is data within the limits, which could be sent back."""
    with contextlib.suppress(wire.Violation):
        value: Any = wire.decode(payload)
        # repr tells NaN, the sign of zero, and dtypes
        assert repr(decoded(value)) == repr(value)


@given(
    st.lists(st.sampled_from(TOKENS), max_size=30),
    st.lists(st.sampled_from(LAYOUTS), max_size=3),
    st.binary(max_size=24),
)
@settings(max_examples=1000)
def test_nothing_like_a_payload_does_anything_but_decode_or_be_refused(
    text: list[str], layouts: list[str], rest: bytes
) -> None:
    refused_or_sound(payload("".join(text).encode(), "".join(layouts).encode(), rest))
    refused_or_sound(payload(f'["{"".join(text)}"]'.encode(), "".join(layouts).encode(), rest))


@given(MIXED, st.data())
@settings(max_examples=300)
def test_a_payload_with_a_wrong_byte_does_nothing_else(value: Any, data: st.DataObject) -> None:
    wrong = bytearray(wire.encode(value))
    for _ in range(data.draw(st.integers(1, 3))):
        wrong[data.draw(st.integers(0, len(wrong) - 1))] = data.draw(st.integers(0, 255))
    refused_or_sound(bytes(wrong))


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
    [b"XX\x04\x11", b"NB\x03\x11", b"NB\x04\x00", b"NB\x04\x63"],
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
        list(wire.FrameReader(limit=100).feed(b"NB\x03\x11" + struct.pack("<I", 101)))
    with pytest.raises(ValueError, match="is over the limit of"):
        wire.frame(wire.Kind.REPLY, "x" * (wire.MAX_PAYLOAD + 1))


CLAIM: list[Any] = ["array", np.ones(2), "ndarray"]
PROBE: list[Any] = [["name", "f"], ["call", 0], ["reply", 1]]


def in_lists(claims: list[Any], depth: int) -> list[Any]:
    return [["elements", in_lists(claims, depth - 1), "list"]] if depth else claims


def test_replies_become_responses() -> None:
    replies = answers.read_reply([3, ["replies", [CLAIM]]], 3, PROBE)
    assert isinstance(replies, Replies)
    assert replies.claims[0].form == "array"
    assert answers.read_reply([0, ["missing", "f"]], 0, PROBE) == Missing("f")
    assert answers.read_reply([0, ["exception", "E", "m\x1b", [["a", 1]], "(x)", 1]], 0, PROBE) == Raised(
        "E", "m?", (Place("a", 1),), "(x)", 1
    )
    pair: list[Any] = ["elements", [CLAIM, ["elements", [CLAIM], "tuple"]], "list"]
    nested = answers.read_reply([0, ["replies", [pair]]], 0, PROBE)
    assert isinstance(nested, Replies)
    assert [claim.form for claim in nested.claims[0].elements] == ["array", "elements"]
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
        pytest.param([0, ["exception", "E", "m", [["a"]], "", 0]], "2 fields expected, 1", id="half a place"),
        pytest.param([0, ["exception", "E", "m", [], ""]], "5 fields expected, 4", id="no instruction"),
        pytest.param([0, ["exception", "E", "m", [], "", 3]], "instruction 3 of 3", id="an instruction too far"),
        pytest.param([0, ["exception", "E", "m", [], "", -1]], "instruction -1 of 3", id="an instruction before all"),
        pytest.param([0, ["replies", []]], "1 replies were asked for, 0 received", id="no reply"),
        pytest.param([0, ["replies", [CLAIM] * 2]], "1 replies were asked for, 2 received", id="a reply too many"),
        pytest.param(
            [0, ["replies", in_lists([CLAIM] * 101, 1)]], "at most 100 items expected, 101 received", id="a long list"
        ),
        pytest.param([0, ["replies", in_lists([CLAIM], 3)]], "elements of elements of elements", id="nested lists"),
        pytest.param([0, ["replies", [["elements", None, ""]]]], "list expected, NoneType", id="no elements"),
        pytest.param([0, ["replies", [["array", [CLAIM], ""]]]], "array expected, list", id="elements of an array"),
    ],
)
def test_answers_of_another_shape_are_refused(value: Any, message: str) -> None:
    with pytest.raises(wire.Violation, match=message):
        answers.read_reply(value, 0, PROBE)


def test_a_call_is_read() -> None:
    claim = Claim("object", None, "Dual")
    assert answers.read_call([7, 1, [], [["object", None, "Dual"]]]) == (7, 1, (), (claim,))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param([0, 0, []], "4 fields expected, 3", id="no arguments"),
        pytest.param([-1, 0, [], []], "a call with the ticket -1", id="negative ticket"),
        pytest.param([1 << 32, 0, [], []], "a call with the ticket 4294967296", id="huge ticket"),
        pytest.param([0, 1.0, [], []], "int expected, float", id="oracle without number"),
        pytest.param([0, 0, [], [["object", None]]], "3 fields expected, 2", id="half a claim"),
        pytest.param([0, 0, [], in_lists([CLAIM], 2)], "elements of elements", id="nested lists"),
    ],
)
def test_calls_of_another_shape_are_refused(value: Any, message: str) -> None:
    with pytest.raises(wire.Violation, match=message):
        answers.read_call(value)


NUMBERS = st.lists(
    st.floats() | st.builds(lambda shape: np.ones(shape), st.lists(st.integers(0, 3), max_size=3)), max_size=16
)


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), NUMBERS)
def test_numbers_arrive_as_they_were(ticket: int, oracle: int, values: list[Any]) -> None:
    payload = numbers.pack(ticket, oracle, values)
    assert payload is not None
    assert repr(numbers.unpack(payload)) == repr((ticket, oracle, values))
    # arrays are aligned views, and no bit of a number is lost
    again = numbers.unpack(payload)[2]
    assert numbers.pack(ticket, oracle, again) == payload
    assert all(value.flags.aligned and not value.flags.writeable for value in again if isinstance(value, np.ndarray))


@pytest.mark.parametrize(
    "values",
    [
        [1],
        [True],
        [1j],
        ["1"],
        [None],
        [np.float64(1)],
        [np.ones(2, np.float32)],
        [np.ones(2, ">f8")],
        [np.ma.masked_array([1.0])],
        [np.zeros((1,) * 9)],
        [np.zeros((1 << 20) + 1)],
        [np.zeros(1 << 19)] * 4,
        [1.0] * 17,
    ],
    ids=repr,
)
def test_what_is_not_plain_is_not_packed(values: list[Any]) -> None:
    assert numbers.pack(0, 0, values) is None


def numbers_payload(layouts: bytes, content: bytes = b"") -> bytes:
    head = struct.pack("<III", 0, 0, len(layouts)) + layouts
    return head + bytes(-len(head) % 8) + content


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        pytest.param(b"", "a call of 0 bytes", id="nothing"),
        pytest.param(bytes(11), "a call of 11 bytes", id="half a head"),
        pytest.param(bytes(12), "the layouts of a call", id="no padding"),
        pytest.param(struct.pack("<III", 0, 0, 2**32 - 1), "the layouts of a call", id="layouts too long"),
        pytest.param(numbers_payload(b"float", EIGHT), "the layouts of a call", id="half a layout"),
        pytest.param(numbers_payload(b"float," * 17, EIGHT * 17), "the layouts of a call", id="too many"),
        pytest.param(numbers_payload(b"," * 100_000), "the layouts of a call", id="far too many"),
        pytest.param(numbers_payload(b",", EIGHT), "an array of layout ''", id="empty layout"),
        pytest.param(numbers_payload(b"float,"), "0 bytes received", id="no number"),
        pytest.param(numbers_payload(b"float,", EIGHT[1:]), "7 bytes received", id="half a number"),
        pytest.param(numbers_payload(b"float,", EIGHT * 2), "8 bytes follow", id="a number too many"),
        pytest.param(numbers_payload(b"<f8 2,", EIGHT), "8 bytes received", id="half an array"),
        pytest.param(numbers_payload(b"<f4 2,", EIGHT), "numbers of layout b'<f4 2'", id="single precision"),
        pytest.param(numbers_payload(b"complex,", EIGHT * 2), "numbers of layout b'complex'", id="complex"),
        pytest.param(numbers_payload(b"|O,", EIGHT), "an array of layout", id="objects"),
        pytest.param(numbers_payload(b"<f8 4294967296 4294967296,"), "0 bytes received", id="product that wraps"),
        pytest.param(numbers_payload(b"<f8 0 4611686018427387904,"), "an empty array", id="empty but huge"),
    ],
)
def test_lies_about_numbers_are_refused(payload: bytes, message: str) -> None:
    with pytest.raises(wire.Violation, match=message):
        numbers.unpack(payload)


@given(st.lists(st.sampled_from([*LAYOUTS, "float,", "<f8,", "<f8 2,"]), max_size=4), st.binary(max_size=40))
@settings(max_examples=500)
def test_nothing_like_numbers_does_anything_but_decode_or_be_refused(layouts: list[str], rest: bytes) -> None:
    for payload in (rest, numbers_payload("".join(layouts).encode(), rest)):
        with contextlib.suppress(wire.Violation):
            ticket, oracle, values = numbers.unpack(payload)
            assert numbers.pack(ticket, oracle, values) is not None


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
    for read in (lambda: answers.read_reply(value, 0, PROBE), lambda: answers.read_loaded(value, ["solution.py"])):
        with contextlib.suppress(wire.Violation):
            read()
