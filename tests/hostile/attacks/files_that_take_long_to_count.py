# So many folders, so deep in others, that whoever counts them looks away for long, and meanwhile as much memory as there is.
# walls: a count goes on a piece at a time and to a bounded depth
# expect: memory
# expect[uid]: files
# limits: wall 12, cpu 5
import ctypes, os, time
def f():
    for _ in range(1950):
        os.mkdir("a")
        os.chdir("a")
    for k in range(2000): os.mkdir(str(k))
    time.sleep(0.3)
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    for _ in range(30):
        block = libc.mmap(None, ctypes.c_size_t(32 << 20), 3, 0x22, -1, ctypes.c_long(0))
        ctypes.memset(block, 1, 32 << 20)
        libc.mprotect(ctypes.c_void_p(block), ctypes.c_size_t(32 << 20), 1)
    time.sleep(60)
