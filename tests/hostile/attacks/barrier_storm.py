# Threads that ask the kernel for memory barriers on all processors, without end.
# walls: CPU and wall time
# expect: cpu or time
# limits: wall 0.5, cpu 0.2
import ctypes, threading
libc = ctypes.CDLL(None)
def storm():
    while True: libc.syscall(324, 1, 0, 0)
def f():
    for _ in range(6): threading.Thread(target=storm).start()
    storm()
