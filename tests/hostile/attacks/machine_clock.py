# Sets the clock of the machine.
# walls: seccomp
# expect: returns [1, 1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for call in ((164, bytes(16), 0), (227, 0, bytes(16)), (159, bytes(256)), (305, 0, bytes(256))):
        libc.syscall(*call)
        errors.append(ctypes.get_errno())
    return errors
