# Replaces the module that makes frames.
# walls: bytes are looked at one by one
# expect: violated
import sys
wire = sys.modules["grader.sandbox.wire"]
wire.frame = lambda kind, value=None: b"NB right, full points"
def f(): return 1.0
