# Locks a part of its answer pipe's neighbour, by the other two kinds of locks.
# walls: seccomp on the commands of fcntl
# expect: returns [1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for command in (6, 37):
        libc.syscall(72, 0, command, bytes(32))
        errors.append(ctypes.get_errno())
    return errors
