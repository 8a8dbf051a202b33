# Answers with points.
# walls: there is no word for points
# expect: violated
import os
def f():
    from grader.sandbox import wire
    os.write(4, wire.frame(wire.Kind.REPLY, [0, ["score", 100.0]]))
