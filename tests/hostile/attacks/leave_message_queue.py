# A queue of messages with a name.
# walls: seccomp
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    return [libc.syscall(240, b"left", 0o102, 0o666, 0), ctypes.get_errno()]
