# Lets a small mapping grow to a gigabyte.
# walls: RLIMIT_DATA
# expect: returns -1
import ctypes
def f():
    libc = ctypes.CDLL(None)
    libc.mmap.restype = libc.mremap.restype = ctypes.c_long
    small = libc.mmap(None, 4096, 3, 0x22, -1, 0)
    return libc.mremap(ctypes.c_void_p(small), 4096, ctypes.c_size_t(1 << 30), 1)
