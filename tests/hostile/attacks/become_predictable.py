# Asks for addresses without chance, and for a layout that other attacks find easier.
# walls: seccomp
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.syscall(135, 0x0040000), ctypes.get_errno()]
