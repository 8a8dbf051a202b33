# Answers the second question before the first.
# walls: answers are numbered
# expect: violated
# calls: 3
import os
def f():
    from grader.sandbox import wire
    os.write(4, wire.frame(wire.Kind.REPLY, [1, ["replies", []]]))
    while True: pass
