# Mounts, unmounts what hides something, and changes the root.
# walls: seccomp
# expect: returns [1, 1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for call in ((165, b"none", b"/tmp", b"tmpfs", 0, 0), (166, b"/proc", 2), (155, b".", b"."), (161, b"/tmp")):
        libc.syscall(*call)
        errors.append(ctypes.get_errno())
    return errors
