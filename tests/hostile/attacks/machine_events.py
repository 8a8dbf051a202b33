# Descriptors for events: of files that others change, of signals, of time, of counters.
# walls: seccomp
# expect: returns [1, 1, 1, 1, 1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for number in (253, 294, 300, 282, 283, 290, 291):
        libc.syscall(number, 0, 0, 0, 0)
        errors.append(ctypes.get_errno())
    return errors
