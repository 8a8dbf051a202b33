# A shared mapping by the newer number of the flag, of a file in the scratch folder.
# walls: seccomp on the flags of mmap
# expect: returns [-1, 1]
import ctypes, os
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_long
    file = os.open("x", os.O_RDWR | os.O_CREAT)
    os.write(file, bytes(4096))
    return [libc.mmap(None, 4096, 3, 3, file, 0), ctypes.get_errno()]
