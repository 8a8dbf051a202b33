# Files that are removed while they are mapped: no folder and no descriptor leads to them any more, and they are there.
# walls: a file system with a size; else Landlock, which lets no file lose its name
# expect: raises OSError: No space left
# expect[uid]: raises PermissionError
# limits: wall 12, cpu 2
import ctypes, os
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
def f():
    for _ in range(8):
        file = os.open("x", os.O_RDWR | os.O_CREAT, 0o600)
        for _ in range(60): os.write(file, bytes(1 << 20))
        libc.mmap(None, ctypes.c_size_t(4096), 1, 2, file, ctypes.c_long(0))
        os.unlink("x")
        os.close(file)
    return 1.0
