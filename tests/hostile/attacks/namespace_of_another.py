# Enters a namespace that a file of /proc stands for.
# walls: seccomp, not dumpable
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.syscall(308, 0, 0), ctypes.get_errno()]
