# Makes the page of the kernel's own code, which all processes share, writable and changes it.
# walls: private mappings are copied
# expect: returns 1.0 or died or raises StopIteration
# expect[owned]: raises PermissionError
import ctypes, time
def f():
    libc = ctypes.CDLL(None)
    span = next(line.split()[0] for line in open("/proc/self/maps") if "[vdso]" in line)
    start, end = (int(x, 16) for x in span.split("-"))
    if libc.mprotect(ctypes.c_void_p(start), end - start, 7) == 0:
        ctypes.memset(start + 0x800, 0xCC, 16)
    return 1.0
