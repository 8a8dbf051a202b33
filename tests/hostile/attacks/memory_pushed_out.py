# Asks the kernel to write its pages to swap: they are not resident then, and of no limit.
# walls: seccomp on the advice of madvise
# expect: returns [-1, 22, -1, 22]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_long
    block = ctypes.c_void_p(libc.mmap(None, 1 << 20, 3, 0x22, -1, 0))
    return [x for advice in (20, 21) for x in (libc.madvise(block, 1 << 20, advice), ctypes.get_errno())]
