# Says that it is ready a second time, for a clock that starts anew.
# walls: one frame of a kind when it is due
# expect: violated
import os
def f():
    from grader.sandbox import wire
    os.write(4, wire.frame(wire.Kind.READY))
