# Stops itself, so that it can be neither waited for nor woken.
# walls: SIGSTOP means nothing to the first process of a namespace; wall clock of the worker
# expect: returns 1.0
# expect[owned]: time
# limits: wall 1
import os, signal
def f():
    os.kill(os.getpid(), signal.SIGSTOP)
    return 1.0
