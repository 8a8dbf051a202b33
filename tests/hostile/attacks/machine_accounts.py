# Swap files, process accounting, disk quotas and old ways to file systems.
# walls: seccomp
# expect: returns [1, 1, 1, 1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for number in (167, 168, 163, 179, 443, 212):
        libc.syscall(number, b"x", 0, 0, 0)
        errors.append(ctypes.get_errno())
    return errors
