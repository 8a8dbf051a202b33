# The call whose flags no filter can see.
# walls: seccomp says there is no such call
# expect: returns [-1, 38]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = (ctypes.c_uint64 * 11)(0, 0, 0, 0, 17)
    return [libc.syscall(435, ctypes.byref(arguments), 88), ctypes.get_errno()]
