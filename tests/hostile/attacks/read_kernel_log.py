# Reads the log of the kernel.
# walls: seccomp
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.syscall(103, 3, ctypes.create_string_buffer(4096), 4096), ctypes.get_errno()]
