# Kills its parent, by number and by group.
# walls: pid namespace
# expect: returns 1.0 or raises PermissionError or raises ProcessLookupError
import os, signal
def f():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.kill(os.getppid(), signal.SIGTERM)
    os.killpg(os.getpgrp(), signal.SIGTERM)
    return 1.0
