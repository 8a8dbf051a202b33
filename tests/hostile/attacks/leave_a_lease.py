# Leases a file and asks to be told of changes in a folder: others wait or are watched.
# walls: seccomp on the commands of fcntl
# expect: returns [1, 1]
# expect[uid]: raises FileNotFoundError
import ctypes, os
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    file, folder = os.open("x", os.O_CREAT), os.open("/nabla", os.O_RDONLY)
    errors = []
    for call in ((72, file, 1024, 0), (72, folder, 1026, 31)):
        libc.syscall(*call)
        errors.append(ctypes.get_errno())
    return errors
