# Locks a file that all children can read, so that whoever locks it next waits for ever.
# walls: seccomp
# expect: raises PermissionError
import fcntl, os
def f():
    fcntl.flock(open(os.__file__), fcntl.LOCK_EX)
