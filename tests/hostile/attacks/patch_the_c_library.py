# Rewrites the C library's code in memory, as the next child would find it if it were shared.
# walls: a fork's pages are copied
# expect: returns 1.0
import ctypes
def f():
    libc = ctypes.CDLL(None)
    start = ctypes.cast(libc.sendmsg, ctypes.c_void_p).value & ~4095
    libc.mprotect(ctypes.c_void_p(start), 8192, 7)
    ctypes.memset(ctypes.cast(libc.sendmsg, ctypes.c_void_p).value, 0xCC, 16)
    return 1.0
