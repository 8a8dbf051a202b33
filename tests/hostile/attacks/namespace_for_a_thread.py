# A thread, which is allowed, with the flags of new namespaces, which are not.
# walls: seccomp on the flags of clone
# expect: returns [-1, 1, -1, 1, -1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    found = []
    for new in (0x10000000, 0x40000000, 0x20000):
        found += [libc.syscall(56, 0x3d0f00 & ~0x200 | new, 0, 0, 0, 0), ctypes.get_errno()]
    return found
