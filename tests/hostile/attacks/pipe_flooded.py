# Answers of fifteen megabytes each, one for every question.
# walls: bytes counted by the worker
# expect: violated
# calls: 8
# limits: wall 12, cpu 4, memory 200
import os, sys
from grader.sandbox import wire
def f():
    for k in range(8):
        rest = memoryview(wire.frame(wire.Kind.REPLY, [k, ["missing", "x" * 15_000_000]]))
        while rest: rest = rest[os.write(4, rest):]
