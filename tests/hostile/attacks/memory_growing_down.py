# Memory that grows like a stack is outside of the limit on data.
# walls: seccomp on the flags of mmap
# expect: returns -1
import ctypes
def f():
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_long
    return libc.mmap(None, ctypes.c_size_t(1 << 30), 3, 0x122, -1, 0)
