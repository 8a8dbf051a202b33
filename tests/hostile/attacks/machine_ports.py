# Reaches for the hardware: ports, descriptor tables, segments, virtual 8086 mode.
# walls: seccomp
# expect: returns [1, 1, 1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for call in ((172, 3), (173, 0, 1, 1), (154, 1, bytes(16), 16), (158, 0x1002, 0), (134,)):
        libc.syscall(*call)
        errors.append(ctypes.get_errno())
    return errors
