# Leaves 64-bit mode by a far return to the segment of 32-bit programs, and calls the kernel from there.
# walls: seccomp looks at the architecture first
# expect: died
import ctypes
def f():
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    page = libc.mmap(None, 4096, 7, 0x62, -1, 0)  # below 4 GiB
    inner = b"\xb8\x14\x00\x00\x00\xcd\x80\xf4"
    outer = b"\x6a\x23\x68" + (page + 64).to_bytes(4, "little") + b"\x48\xcb"  # push 0x23; push inner; retfq
    ctypes.memmove(page, outer, len(outer))
    ctypes.memmove(page + 64, inner, len(inner))
    return ctypes.CFUNCTYPE(ctypes.c_int)(page)()
