# Pages of two megabytes come from a pool of the machine and are in nobody's resident size.
# walls: seccomp on the flags of mmap
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_long
    return [libc.mmap(None, ctypes.c_size_t(1 << 21), 3, 0x40022, -1, 0), ctypes.get_errno()]
