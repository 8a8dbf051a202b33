# Sets limits by the call that prlimit replaced.
# walls: seccomp
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.syscall(160, 4, (ctypes.c_uint64 * 2)(0, 0)), ctypes.get_errno()]
