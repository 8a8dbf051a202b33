# Types into a terminal, the request with high bits included, and copies its screen.
# walls: seccomp on the request of ioctl
# expect: returns [25, 25, 25, 25]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for request in (0x5412, 0x100005412, 0x541C, 0x540E):
        libc.syscall(16, 0, ctypes.c_ulong(request), b"x")
        errors.append(ctypes.get_errno())
    return errors
