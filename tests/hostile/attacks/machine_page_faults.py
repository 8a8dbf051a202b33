# Handles its own page faults, which stops the kernel wherever one wants.
# walls: seccomp
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.syscall(323, 1), ctypes.get_errno()]
