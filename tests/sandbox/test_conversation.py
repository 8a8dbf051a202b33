"""The worker's side of a run, with this test in the place of the zygote and of the child."""

from __future__ import annotations

import os
import signal
import socket

import pytest

from grader.domain.limits import MIB, Limits
from grader.errors import SlotBroken
from grader.sandbox import numbers, wire
from grader.sandbox.conversation import Child, Conversation
from grader.sandbox.probes import Writer
from grader.sandbox.run import Call, Ending, Program, Run

LOADED: wire.Value = [[["solution.py", "ok", "", "", [], []]], []]


def test_what_was_announced_may_be_gone() -> None:
    """As where a child of the worker's own user opens its pipe of output anew and takes something out."""

    def steal(call: Call) -> float:
        again = os.open(f"/proc/self/fd/{output}", os.O_RDONLY | os.O_NONBLOCK)
        stolen.append(os.read(again, 9))
        os.close(again)
        theirs.send(wire.frame(wire.Kind.ENDED, [1, -9, "", 0.0, 0, True]))
        return 1.0

    stolen = list[bytes]()
    writer = Writer()
    writer.oracle(steal)
    program = Program("solution", (("solution.py", b""),), [writer.probe], Limits(wall=20))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        child = Child(ours, 1, program.limits)
        _, (programs, answers, output), _, _ = socket.recv_fds(theirs, 1 << 16, 3)
        called = wire.framed(wire.Kind.CALL_NUMBERS, numbers.pack(0, 0, ()) or b"")
        # All of it lies ready when the worker looks for the first time, so it is told of both pipes at once.
        os.write(answers, wire.frame(wire.Kind.READY) + wire.frame(wire.Kind.LOADED, LOADED) + called)
        os.write(output, b"something")
        conversation = Conversation(ours, child, program)
        conversation.start()
        run, _ = conversation.hold()
        child.close()
        for descriptor in (programs, answers, output):
            os.close(descriptor)
    assert stolen == [b"something"]
    assert (run.ending, run.output) == (Ending.DIED, "")


def killed(memory: int) -> Run:
    """What is made of a child that the kernel killed before it said anything, and that held so much."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    program = Program("solution", (("solution.py", b""),), [], Limits(memory=100 * MIB))
    with ours, theirs:
        child = Child(ours, 1, program.limits)
        _, (programs, answers, output), _, _ = socket.recv_fds(theirs, 1 << 16, 3)
        os.write(answers, wire.frame(wire.Kind.READY))
        for descriptor in (programs, answers, output):
            os.close(descriptor)
        theirs.send(wire.frame(wire.Kind.ENDED, [1, -signal.SIGKILL, "", 0.0, memory, True]))
        try:
            return Conversation(ours, child, program).hold()[0]
        finally:
            child.close()


def test_a_child_that_was_killed_for_what_it_holds_has_used_too_much() -> None:
    assert killed(51 * MIB).ending is Ending.MEMORY


def test_a_child_that_was_killed_for_what_others_hold_is_nobodys_fault() -> None:
    with pytest.raises(SlotBroken, match="killed before it said anything"):
        killed(50 * MIB)
