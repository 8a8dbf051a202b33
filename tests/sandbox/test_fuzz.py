"""Whatever bytes come out of a child: they are taken in or refused, in bounded memory and time. Nothing else happens."""

from __future__ import annotations

import contextlib
import random
import time
import tracemalloc
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.domain.limits import Limits
from grader.domain.text import printable
from grader.sandbox import numbers, wire
from grader.sandbox.choice import from_settings
from grader.sandbox.probes import Writer
from grader.sandbox.run import Answer, Call, Claim, Ending, Probe, Program
from grader.sandbox.slot import Slot
from grader.sandbox.transcript import Transcript
from grader.sandbox.wire import Kind, Violation
from tests.sandbox.running import boot_of, returned, run

MAX_CALLS = 50


def answer(call: Call) -> Answer:
    """A number, or steps on objects, whose oracle is another one."""
    if not call.arguments or call.arguments[0].array is not None:
        return 1.0
    p = Writer(len(call.captured) + len(call.arguments))
    p.oracle(lambda inner: np.ones(2), p.operands[0])
    return p.steps(p.operands[0])


def probe() -> Probe:
    p = Writer()
    f = p.name("f")
    p.reply(p.call(f, p.oracle(answer), 1.0))
    p.elements(p.call(f, p.oracle(answer, f), np.ones(3)), depth=2)
    return p.probe


PROGRAM = Program(
    "solution", (("solution.py", b"def f(g, x): return g(x)"),), [probe(), probe()], Limits(), max_calls=MAX_CALLS
)

ONES: list[Any] = ["array", np.ones((2, 3)), "ndarray of dtype float64 and shape (2, 3)"]
NUMBER: list[Any] = ["number", np.array(1.5), "float of dtype float64 and shape ()"]
DUAL: list[Any] = ["object", None, "Dual"]
PAIRS: list[Any] = ["elements", [["elements", [NUMBER, ONES], "tuple of 2"], DUAL], "list of 2"]


def plain(ticket: int, oracle: int, *values: Any) -> bytes:
    payload = numbers.pack(ticket, oracle, values)
    assert payload is not None
    return wire.framed(Kind.CALL_NUMBERS, payload)


FRAMES = [
    wire.frame(Kind.READY),
    wire.frame(Kind.LOADED, [[["solution.py", "ok", "", "", [], []]], ["f"]]),
    plain(0, 0, 1.5, np.ones((2, 3))),
    wire.frame(Kind.CALL, [1, 0, [], [DUAL, PAIRS[1][0]]]),
    wire.frame(Kind.CALL, [2, 0, [DUAL], [NUMBER]]),
    wire.frame(Kind.REPLY, [0, ["replies", [ONES, PAIRS]]]),
    plain(3, 0, np.zeros(0)),
    wire.frame(Kind.REPLY, [1, ["exception", "E", "wrong \n π", [["solution.py", 1]], "(g, x)", 3]]),
]  # fmt: skip
FORGED = [
    *FRAMES,
    plain(7, 1, 2.0),
    plain(2**32 - 1, 2**32 - 1),
    wire.frame(Kind.CALL, [5, 0, [], []]),
    wire.frame(Kind.CALL, [5, -1, [], [PAIRS]]),
    wire.frame(Kind.REPLY, [1, ["missing", "f"]]),
    wire.frame(Kind.ANSWER, [5, "value", 1.0]),
    wire.frame(Kind.PROBES, [[["name", "f"]]]),
    wire.framed(Kind.CALL, b""),
    wire.framed(Kind.CALL_NUMBERS, bytes(12)),
]


def heard(pieces: Iterable[bytes]) -> tuple[Transcript, str]:
    """What becomes of a stream: all that was understood, and why the rest was not."""
    transcript = Transcript(PROGRAM)
    transcript.opening()
    try:
        for piece in pieces:
            for answered in transcript.read(piece):
                assert len(answered) < 2000
                if transcript.is_complete:
                    return transcript, ""
    except Violation as refusal:
        return transcript, str(refusal)
    return transcript, ""


def assert_sound(claim: Claim) -> None:
    assert printable(claim.description) == claim.description
    assert len(claim.description) <= 1000
    assert claim.array is None or claim.array.dtype.kind in "biufc"
    for element in claim.elements:
        assert_sound(element)


def assert_nothing_else(pieces: Iterable[bytes]) -> None:
    transcript, _ = heard(pieces)
    assert len(transcript.responses) <= len(PROGRAM.probes)
    assert sum(map(len, transcript.calls)) <= MAX_CALLS
    for call in (call for calls in transcript.calls for call in calls):
        for claim in (*call.arguments, *call.captured):
            assert_sound(claim)


def test_an_honest_stream_is_understood() -> None:
    transcript, refusal = heard(FRAMES)
    assert not refusal
    assert transcript.is_complete
    assert [len(calls) for calls in transcript.calls] == [3, 1]


def test_more_calls_than_are_kept_are_answered_and_forgotten() -> None:
    transcript, refusal = heard([*FRAMES[:2], *FRAMES[2:3] * 1000, *FRAMES[5:]])
    assert (refusal, transcript.is_complete, len(transcript.calls[0])) == ("", True, MAX_CALLS)


bounded = settings(max_examples=1000, derandomize=True, deadline=None)


@bounded
@given(st.lists(st.binary(max_size=300), max_size=4))
def test_noise(pieces: list[bytes]) -> None:
    assert_nothing_else(pieces)
    # behind a sound beginning, and where a header promises more
    assert_nothing_else([*FRAMES[:2], *pieces])
    assert_nothing_else([*FRAMES[:2], b"NB\x03\x15\x00\x01\x00\x00", *pieces])
    assert_nothing_else([*FRAMES[:2], *(wire.framed(kind, piece) for piece in pieces for kind in Kind)])


@bounded
@given(st.lists(st.sampled_from(FORGED), max_size=12))
def test_frames_in_any_order(frames: list[bytes]) -> None:
    assert_nothing_else(frames)
    assert_nothing_else([*FRAMES[:2], *frames, *FRAMES[2:]])


@bounded
@given(st.randoms(use_true_random=False), st.integers(1, 6))
def test_damaged_streams(rng: random.Random, times: int) -> None:
    stream = bytearray(b"".join(FRAMES))
    for _ in range(times):
        damage(stream, rng)
    cuts = sorted(rng.randrange(len(stream) + 1) for _ in range(3))
    assert_nothing_else(bytes(stream[start:end]) for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True))


def damage(stream: bytearray, rng: random.Random) -> None:
    """A flipped bit, a part lost, doubled, moved or replaced, or a forged frame put in."""
    at = rng.randrange(len(stream) + 1)
    end = min(len(stream), at + rng.choice([1, 8, 60, 400]))
    match rng.randrange(6):
        case 0 if at < len(stream):
            stream[at] ^= 1 << rng.randrange(8)
        case 1:
            del stream[at:end]
        case 2:
            stream[at:at] = stream[at:end]
        case 3:
            part = stream[at:end]
            del stream[at:end]
            to = rng.randrange(len(stream) + 1)
            stream[to:to] = part
        case 4:
            stream[at:end] = rng.randbytes(end - at)
        case _:
            stream[at:at] = rng.choice(FORGED)


CLAIMED = b'["none",null,""]'


def payload(text: bytes, layouts: bytes = b"") -> bytes:
    head = len(layouts).to_bytes(4, "little") + len(text).to_bytes(4, "little") + layouts + text
    return head + bytes(-len(head) % 8)


LARGE = 8_000_000
BOMBS = {
    "brackets": wire.framed(Kind.CALL, payload(b"[" * LARGE)),
    "values": wire.framed(Kind.CALL, payload(b"[0,0,[]," + b"1," * (LARGE // 2) + b"1]")),
    "a long text": wire.frame(Kind.CALL, [0, 0, [], [["object", None, "x" * LARGE]]]),
    "layouts": wire.framed(Kind.CALL, payload(b"{}", b"," * LARGE)),
    "layouts of numbers": wire.framed(Kind.CALL_NUMBERS, bytes(8) + LARGE.to_bytes(4, "little") + b"," * LARGE),
    "an array": plain(0, 0, np.zeros(1_000_000)),
    "a huge array": wire.framed(Kind.CALL_NUMBERS, bytes(8) + b"\x10\0\0\0" + b"<f8 1" + b"0" * 10 + b"," + bytes(LARGE)),
    "claims": wire.framed(Kind.CALL, payload(b"[0,0,[],[" + CLAIMED + (b"," + CLAIMED) * 99 + b"]]")) * 800,
    "calls": FRAMES[2] * 20_000,
    "small calls": plain(0, 0) * 60_000,
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_costs_little(bomb: bytes) -> None:
    program = Program("solution", PROGRAM.units, PROGRAM.probes, Limits(), max_recorded=4 << 20)
    transcript = Transcript(program)
    transcript.opening()
    tracemalloc.start()
    started = time.monotonic()
    with contextlib.suppress(Violation):
        for start in range(0, len(bomb), 1 << 16):
            for _ in transcript.read((b"".join(FRAMES[:2]) if not start else b"") + bomb[start : start + (1 << 16)]):
                pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * len(bomb[:LARGE]) + 24_000_000
    assert time.monotonic() - started < 20


def test_a_record_does_not_keep_what_came_with_a_call() -> None:
    call = wire.frame(Kind.CALL, [0, 0, [], [["number", np.array(1.5), "x" * 1_000_000]]])
    tracemalloc.start()
    transcript, _ = heard([*FRAMES[:2], *[call] * 40])
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(transcript.calls[0]) == 40
    assert held < 4_000_000


def test_a_stream_that_is_longer_than_any_tasks_is_refused() -> None:
    frame = plain(0, 0, np.zeros(1 << 20))
    _, refusal = heard([*FRAMES[:2], *[frame] * 9])
    assert refusal == "more answers than any task needs"


HOSTILE = """
import os, random
from tests_frames import FRAMES
def f(g, x):
    rng = random.Random({seed})
    stream = bytearray(b"".join(rng.choices(FRAMES, k=rng.randrange(1, 6))))
    for _ in range(rng.randrange(4)):
        at = rng.randrange(len(stream))
        if rng.random() < 0.5: stream[at] ^= 1 << rng.randrange(8)
        else: stream[at:at + rng.randrange(40)] = rng.randbytes(rng.randrange(40))
    if rng.random() < 0.2: stream = rng.randbytes(200)
    os.write(4, stream)
    return g(x)
"""


@pytest.mark.sandbox
def test_students_who_write_anything_meet_an_end() -> None:
    """In the real sandbox: the run ends in time, the slot lives on, and the next run is right."""
    # One of its own: after 500 children, which those of other tests count among, a slot is replaced.
    with Slot(from_settings(), "numpy") as slot:
        _write_anything(slot)


def _write_anything(slot: Slot) -> None:
    endings: dict[Ending, int] = {}
    frames = ("tests_frames.py", f"FRAMES = {FORGED!r}".encode())
    zygote = boot_of(slot)
    for seed in range(240):
        units = (("solution.py", HOSTILE.format(seed=seed).encode()),)
        done = slot.run(Program("solution", units, PROGRAM.probes, Limits(wall=0.05, cpu=1.0), (frames,)))
        assert done.usage.wall < 1.0
        endings[done.ending] = endings.get(done.ending, 0) + 1
    assert {Ending.FINISHED, Ending.TIME, Ending.VIOLATED} <= set(endings)
    assert boot_of(slot) == zygote
    assert returned(run(slot, "def f(): return 4.0")) == 4.0
