# A pipe into which the kernel writes what happens to keys and mounts.
# walls: the filter knows which kinds of pipes there are
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    made = libc.syscall(293, (ctypes.c_int * 2)(), 0o200)
    return [made, ctypes.get_errno()]
