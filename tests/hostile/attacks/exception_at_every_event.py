# An audit hook that refuses everything, the child's own work included.
# walls: control never returns to the zygote
# expect: died
import sys
def refuse(*_):
    raise MemoryError
def f():
    sys.addaudithook(refuse)
    import os
    sys.unraisablehook = None
    sys.modules["grader.sandbox.wire"].json = None
    sys.modules["grader.sandbox.wire"]._ENCODER = None
    return 1.0
