# Fills memory while threads without the interpreter's lock keep all processors from whoever measures it.
# walls: clocks, and resident size seen by the zygote, which has slept and so is let in before those who spin
# expect: memory or cpu or time
# limits: wall 6, cpu 5, memory 128
import ctypes, threading, time
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
threading.stack_size(65536)
def spin():
    page = libc.mmap(None, ctypes.c_size_t(4096), 7, 0x22, -1, ctypes.c_long(0))
    ctypes.memmove(page, b"\xeb\xfe", 2)
    ctypes.CFUNCTYPE(None)(page)()
def f():
    for _ in range(55): threading.Thread(target=spin, daemon=True).start()
    time.sleep(0.2)
    for _ in range(64):
        block = libc.mmap(None, ctypes.c_size_t(32 << 20), 3, 0x22, -1, ctypes.c_long(0))
        ctypes.memset(block, 1, 32 << 20)
        libc.mprotect(ctypes.c_void_p(block), ctypes.c_size_t(32 << 20), 1)
    return 0
