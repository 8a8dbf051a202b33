# Files in memory, which descriptors carry on.
# walls: seccomp
# expect: returns [1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for call in ((319, b"left", 0), (447, 0)):
        libc.syscall(*call)
        errors.append(ctypes.get_errno())
    return errors
