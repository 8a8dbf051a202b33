# Leaves a key in a ring of the kernel, which belongs to a user and outlives a process.
# walls: seccomp
# expect: returns [1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for call in ((248, b"user", b"left", b"x", 1, -4), (249, b"user", b"left", 0, -4), (250, 0, -4, 1)):
        libc.syscall(*call)
        errors.append(ctypes.get_errno())
    return errors
