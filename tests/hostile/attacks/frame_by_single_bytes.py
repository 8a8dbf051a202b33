# A right answer that arrives byte by byte and never in time.
# walls: wall clock of the worker, which no byte that arrives sets back
# expect: time
# limits: wall 0.4
import os, time
def f():
    from grader.sandbox import wire
    for byte in wire.frame(wire.Kind.REPLY, [0, ["replies", [["none", None, "x" * 500]]]]):
        os.write(4, bytes([byte]))
        time.sleep(0.005)
