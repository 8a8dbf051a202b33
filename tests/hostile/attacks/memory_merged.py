# Lets the kernel merge its pages with equal ones of other processes, and tell by the time which are.
# walls: seccomp on the advice of madvise
# expect: returns [-1, 22]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_long
    block = ctypes.c_void_p(libc.mmap(None, 1 << 20, 3, 0x22, -1, 0))
    return [libc.madvise(block, 1 << 20, 12), ctypes.get_errno()]
