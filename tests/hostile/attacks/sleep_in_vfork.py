# A thread that suspends its parent until it ends, which it never does.
# walls: seccomp on the flags of clone
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.syscall(56, 0x3d0f00 | 0x4000, 0, 0, 0, 0), ctypes.get_errno()]
