# More values in one answer than any question has.
# walls: bound on the values of an answer
# expect: violated
import os
def f():
    from grader.sandbox import wire
    os.write(4, wire.frame(wire.Kind.REPLY, [0, ["replies", [["none", None, ""]] * 101]]))
