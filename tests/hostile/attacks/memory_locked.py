# Keeps its pages in memory where the machine could use it for others: mlock, mlockall and a locked mapping.
# walls: seccomp, RLIMIT_MEMLOCK
# expect: returns [-1, 1, -1, 1, -1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_long
    page = ctypes.create_string_buffer(8192)
    found = []
    for attempt in (lambda: libc.mlock(page, 4096), lambda: libc.mlockall(3), lambda: libc.mmap(None, 8192, 3, 0x2022, -1, 0)):
        found += [attempt(), ctypes.get_errno()]
    return found
