# The system calls below fork(): fork, vfork and clone without a thread.
# walls: seccomp
# expect: returns [-1, 1, -1, 1, -1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    found = []
    for call in ((57,), (58,), (56, 17, 0, 0, 0, 0)):
        found += [libc.syscall(*call), ctypes.get_errno()]
    return found
