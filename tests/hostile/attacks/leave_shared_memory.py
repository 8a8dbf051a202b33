# Objects of System V, which outlive whoever made them.
# walls: seccomp
# expect: returns [1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for call in ((29, 0x1234, 4096, 0o1666), (68, 0x1234, 0o1666), (64, 0x1234, 1, 0o1666)):
        libc.syscall(*call)
        errors.append(ctypes.get_errno())
    return errors
