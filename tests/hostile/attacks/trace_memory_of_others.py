# Reads, writes, moves and advises the memory of other processes.
# walls: seccomp
# expect: returns [1, 1, 1, 1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for number in (310, 311, 440, 256, 279, 312):
        libc.syscall(number, 1, 0, 0, 0, 0, 0)
        errors.append(ctypes.get_errno())
    return errors
