# An exception that went through fifty thousand lines.
# walls: no more lines than an honest child would send
# expect: violated
import os
def f():
    from grader.sandbox import wire
    lines = [["solution.py", 1]] * 40_000
    rest = memoryview(wire.frame(wire.Kind.REPLY, [0, ["exception", "E", "", lines, ""]]))
    while rest: rest = rest[os.write(4, rest):]
    while True: pass
