# Sets a limit by an address whose lower half is zero, for a filter that compares that half only.
# walls: seccomp compares both halves
# expect: returns [-1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_long
    place = libc.mmap(ctypes.c_void_p(5 << 32), 4096, 3, 0x100022, -1, 0)
    assert place == 5 << 32
    ctypes.memset(place, 255, 16)
    return [libc.syscall(302, 0, 7, ctypes.c_void_p(place), 0), ctypes.get_errno()]
