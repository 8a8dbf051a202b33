# Asks for more of the processor and of the disk than others get.
# walls: seccomp
# expect: returns [1, 1, 1, 1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for number in (141, 142, 144, 203, 251, 314):
        libc.syscall(number, 0, 0, bytes(64))
        errors.append(ctypes.get_errno())
    return errors
