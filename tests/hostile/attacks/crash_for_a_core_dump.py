# Aborts, for the core file that the machine would write somewhere.
# walls: RLIMIT_CORE, not dumpable
# expect: died
import os
def f():
    os.abort()
