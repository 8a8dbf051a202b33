# Timers of the newer kind, which may name a thread to signal.
# walls: seccomp
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.syscall(222, 1, 0, ctypes.byref(ctypes.c_int())), ctypes.get_errno()]
