# Takes hold of a process by a descriptor, and of its descriptors by that.
# walls: seccomp
# expect: returns [-1, 1, -1, 1, -1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    found = []
    for call in ((434, 1, 0), (424, 0, 9, 0, 0), (438, 0, 0, 0)):
        found += [libc.syscall(*call), ctypes.get_errno()]
    return found
