# Waits and uses nothing.
# walls: wall clock of the worker
# expect: time
# limits: wall 0.4
import time
def f():
    time.sleep(60)
