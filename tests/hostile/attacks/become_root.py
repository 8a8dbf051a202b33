# Takes another identity.
# walls: seccomp, no capabilities
# expect: returns [1, 1, 1, 1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for call in ((105, 0), (106, 0), (117, 0, 0, 0), (119, 0, 0, 0), (116, 1, bytes(4)), (122, 0)):
        libc.syscall(*call)
        errors.append(ctypes.get_errno())
    return errors
