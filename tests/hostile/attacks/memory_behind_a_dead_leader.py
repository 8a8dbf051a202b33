# The first thread ends, so that the process has no resident size in /proc/PID/stat; another one fills memory that it
# makes read-only, which no limit on data counts.
# walls: resident size of every thread seen by the zygote
# expect: memory
# limits: wall 12, cpu 4
import ctypes, threading, time
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_long
def fill():
    time.sleep(0.05)
    for _ in range(150):
        block = libc.mmap(None, 4 << 20, 3, 0x22, -1, 0)
        ctypes.memset(block, 1, 4 << 20)
        libc.mprotect(ctypes.c_void_p(block), 4 << 20, 1)
    time.sleep(60)
def f():
    threading.Thread(target=fill).start()
    libc.syscall(60, 0)
