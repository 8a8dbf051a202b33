# A ring of requests to the kernel, which pass by every filter.
# walls: seccomp
# expect: returns [1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for number in (425, 426, 427):
        libc.syscall(number, 8, bytes(128), 0, 0, 0, 0)
        errors.append(ctypes.get_errno())
    return errors
