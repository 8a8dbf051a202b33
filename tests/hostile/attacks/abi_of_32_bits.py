# Machine code for the interrupt by which 32-bit programs call the kernel, where numbers mean other calls.
# walls: seccomp looks at the architecture first
# expect: died
import ctypes
CODE = b"\xb8\x14\x00\x00\x00\xcd\x80\xc3"  # mov eax, 20; int 0x80; ret
def f():
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    page = libc.mmap(None, 4096, 7, 0x22, -1, 0)
    ctypes.memmove(page, CODE, len(CODE))
    return ctypes.CFUNCTYPE(ctypes.c_int)(page)()
