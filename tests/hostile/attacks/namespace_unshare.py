# Makes a user namespace, in which it would have all rights.
# walls: seccomp
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.syscall(272, 0x10000000), ctypes.get_errno()]
