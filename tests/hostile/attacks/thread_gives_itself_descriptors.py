# Unshares the table of descriptors by the call that closes many of them.
# walls: seccomp on the flags of close_range
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.syscall(436, 200, 201, 2), ctypes.get_errno()]
