# Sends the worker what the worker sends: orders to fork and to kill.
# walls: a child's pipe has three kinds of frames
# expect: violated
import os
def f():
    from grader.sandbox import wire
    os.write(4, wire.frame(wire.Kind.KILL, [1]))
