# Puts an object in the place of standard output that is never flushed to its end, before each answer.
# walls: CPU time seen by the zygote
# expect: cpu
# limits: wall 12, cpu 0.2
import sys
class Out:
    def write(self, text): pass
    def flush(self):
        while True: pass
def f():
    sys.stdout = Out()
    return 1.0
