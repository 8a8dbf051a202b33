"""The worker's side of a run, with this test in the place of the zygote and of the child."""

from __future__ import annotations

import os
import socket

from grader.domain.limits import Limits
from grader.sandbox import numbers, wire
from grader.sandbox.conversation import Child, Conversation
from grader.sandbox.probes import Writer
from grader.sandbox.run import Call, Ending, Program

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
