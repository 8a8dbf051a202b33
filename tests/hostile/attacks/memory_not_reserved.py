# Maps memory that is said not to be accounted for.
# walls: RLIMIT_DATA
# expect: returns -1
import ctypes
def f():
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_long
    return libc.mmap(None, ctypes.c_size_t(4 << 30), 3, 0x4022, -1, 0)
