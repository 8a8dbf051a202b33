# Opens files by handles, which need no path and leave any root.
# walls: seccomp
# expect: returns [-1, 1, -1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    handle = (ctypes.c_uint32 * 40)(128, 0)
    mount = ctypes.c_int()
    found = [libc.syscall(303, -100, b"/", handle, ctypes.byref(mount), 0), ctypes.get_errno()]
    return found + [libc.syscall(304, -100, handle, 0), ctypes.get_errno()]
