# Opens the pipe on which its orders come for writing, and orders one more answer than was asked for.
# walls: the pipe belongs to the worker's user; an answer too many is refused
# expect: raises PermissionError
# expect[ordinary]: returns 1.0 or raises PermissionError
import os
def f():
    from grader.sandbox import wire
    end = os.open("/proc/self/fd/3", os.O_WRONLY)
    os.write(end, wire.frame(wire.Kind.PROBES, [[["name", "f"]]]))
    return 1.0
