# Calls what the kernel's own probes put at the end of functions, which since Linux 6.14 no filter is shown.
# walls: the kernel ends a process in which there is no such probe; older ones show it to the filter
# expect: died SIGILL or returns -1
import ctypes
def f():
    return ctypes.CDLL(None).syscall(335)
