# Fills memory and makes it read-only: it is no data any more, and the limit on data has room again.
# walls: resident size seen by the zygote
# expect: memory
# limits: wall 12, cpu 4
import ctypes
def f():
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_long
    for _ in range(200):
        block = libc.mmap(None, 4 << 20, 3, 0x22, -1, 0)
        ctypes.memset(block, 1, 4 << 20)
        libc.mprotect(ctypes.c_void_p(block), 4 << 20, 1)
    return 0
