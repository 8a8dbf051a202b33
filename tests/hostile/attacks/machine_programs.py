# Programs that run in the kernel, and counters of the whole machine.
# walls: seccomp
# expect: returns [1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for number in (321, 298):
        libc.syscall(number, 5, bytes(128), 128, -1, 0)
        errors.append(ctypes.get_errno())
    return errors
