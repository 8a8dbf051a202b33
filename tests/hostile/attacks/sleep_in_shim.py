# Reads the pipe on which its own orders come, for ever.
# walls: wall clock of the worker
# expect: time
# limits: wall 0.4
import os
def f():
    while True:
        os.read(3, 1 << 20)
