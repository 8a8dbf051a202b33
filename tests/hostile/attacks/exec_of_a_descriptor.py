# Executes a file by its descriptor, for which no path is looked up.
# walls: seccomp
# expect: returns [-1, 1]
# expect[uid]: raises FileNotFoundError
import ctypes, os
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.setenv(b"x", b"y", 1)
    where = os.open("/nabla", os.O_RDONLY)
    return [libc.syscall(322, where, b"", 0, 0, 0x1000), ctypes.get_errno()]
