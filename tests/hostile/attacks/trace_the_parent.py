# Attaches to another process as a debugger.
# walls: seccomp
# expect: returns [-1, 1, -1, 1, -1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    found = []
    for request in (0, 16, 0x4206):
        found += [libc.syscall(101, request, 1, 0, 0), ctypes.get_errno()]
    return found
