# Adds filters and rules of its own, which see the arguments of every call: seccomp and Landlock.
# walls: seccomp
# expect: returns [1, 1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for call in ((317, 1, 0, 0), (444, 0, 0, 1), (445, 0, 0, 0, 0), (446, 0, 0)):
        libc.syscall(*call)
        errors.append(ctypes.get_errno())
    return errors
