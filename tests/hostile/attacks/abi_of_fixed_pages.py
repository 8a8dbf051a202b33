# Calls the kernel through the page that old programs find at a fixed address, for a call that is not allowed.
# walls: seccomp
# expect: died or returns 0 or returns -1
import ctypes
def f():
    ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)(0xFFFFFFFFFF600000)(None, None)
    return 0
