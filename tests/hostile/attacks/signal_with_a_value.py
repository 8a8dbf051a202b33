# Sends signals that carry values, which can pretend to come from the kernel.
# walls: seccomp
# expect: returns [-1, 1, -1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    found = [libc.syscall(129, 1, 10, bytes(128)), ctypes.get_errno()]
    return found + [libc.syscall(297, 1, 1, 10, bytes(128)), ctypes.get_errno()]
