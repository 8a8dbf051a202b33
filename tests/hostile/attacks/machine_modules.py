# Loads code into the kernel, starts another one, or ends it.
# walls: seccomp
# expect: returns [1, 1, 1, 1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for number in (175, 313, 176, 246, 320, 169):
        libc.syscall(number, 0, 0, 0, 0, 0)
        errors.append(ctypes.get_errno())
    return errors
