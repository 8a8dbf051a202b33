# Modes, owners, times and attributes of its own files, for whoever takes them over.
# walls: seccomp
# expect: returns [1, 1, 1, 1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    open("x", "w").close()
    errors = []
    for call in ((90, b"x", 0o4777), (92, b"x", 0, 0), (132, b"x", 0), (188, b"x", b"user.a", b"b", 1, 0), (268, -100, b"x", 0o6777), (280, -100, b"x", 0, 0)):
        libc.syscall(*call)
        errors.append(ctypes.get_errno())
    return errors
