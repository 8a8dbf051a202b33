# Renames the machine.
# walls: seccomp
# expect: returns [1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for number in (170, 171):
        libc.syscall(number, b"mine", 4)
        errors.append(ctypes.get_errno())
    return errors
