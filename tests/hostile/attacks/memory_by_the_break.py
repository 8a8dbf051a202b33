# The oldest way to get memory: the end of the data segment.
# walls: RLIMIT_DATA
# expect: returns 0
import ctypes
def f():
    libc = ctypes.CDLL(None)
    libc.sbrk.restype = ctypes.c_long
    return int(libc.sbrk(ctypes.c_long(1 << 30)) != -1)
