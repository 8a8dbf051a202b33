# Kills itself before its file is loaded, which looks as if the machine had ended it: no fault of its own, and no
# attempt used.
# walls: seccomp on the signal
# expect: wrong
import os, signal
os.kill(os.getpid(), signal.SIGKILL)
def grad_dot(x, a): return x
