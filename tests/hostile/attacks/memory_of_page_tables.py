# Maps half a terabyte to read: not data, but its page tables would be memory.
# walls: RLIMIT_AS
# expect: returns -1
import ctypes
def f():
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_long
    return libc.mmap(None, ctypes.c_size_t(1 << 39), 1, 0x4022, -1, 0)
