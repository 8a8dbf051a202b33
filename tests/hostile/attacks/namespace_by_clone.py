# Makes a child in a user namespace of its own.
# walls: seccomp on the flags of clone
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.syscall(56, 0x10000000 | 0x20000 | 17, 0, 0, 0, 0), ctypes.get_errno()]
