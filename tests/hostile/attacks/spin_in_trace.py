# Traces every line of the code that reports for it, each for ever.
# walls: CPU time seen by the zygote
# expect: cpu
# limits: wall 12, cpu 0.2
import sys
def trace(*_):
    while True: pass
def f():
    frame = sys._getframe()
    while frame:
        frame.f_trace = trace
        frame = frame.f_back
    sys.settrace(trace)
    return 1.0
