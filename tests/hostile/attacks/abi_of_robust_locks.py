# A list of locks that the kernel walks when a thread ends, which leads in a circle and into the kernel.
# walls: the kernel bounds the walk
# expect: returns 1.0
import ctypes, threading
libc = ctypes.CDLL(None)
areas = []
def end():
    area = (ctypes.c_uint64 * 8)()
    areas.append(area)
    start = ctypes.addressof(area)
    area[0], area[1], area[2], area[3] = start + 24, 0xFFFFFFFF80000000, 0xFFFFFFFF81000000, start + 24
    libc.syscall(273, ctypes.c_void_p(start), 24)
    libc.syscall(60, 0)
def f():
    threads = [threading.Thread(target=end, daemon=True) for _ in range(8)]
    for thread in threads: thread.start()
    while len(areas) < 8: pass
    return 1.0
