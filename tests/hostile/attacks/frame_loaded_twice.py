# Reports on its file a second time.
# walls: one frame of a kind when it is due
# expect: violated
import os
def f():
    from grader.sandbox import wire
    os.write(4, wire.frame(wire.Kind.LOADED, [[["solution.py", "ok", "", "", [], []]], ["f"]]))
