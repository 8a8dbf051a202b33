# Mounts by the newer calls: open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, mount_setattr, statmount.
# walls: seccomp
# expect: returns [1, 1, 1, 1, 1, 1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for number in (428, 429, 430, 431, 432, 433, 442, 457):
        libc.syscall(number, -100, b"/", 0, 0, 0)
        errors.append(ctypes.get_errno())
    return errors
