# Numbers its answer with False, which equals zero.
# walls: exact types
# expect: violated
# calls: 2
import os
def f():
    from grader.sandbox import wire
    os.write(4, wire.frame(wire.Kind.REPLY, [False, ["replies", []]]))
    while True: pass
