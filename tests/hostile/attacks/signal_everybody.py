# Kills all that it may.
# walls: pid namespace, Landlock
# expect: returns 1.0 or raises ProcessLookupError or raises PermissionError
import os, signal
def f():
    os.kill(-1, signal.SIGTERM)
    return 1.0
