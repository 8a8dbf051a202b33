# Registers a restartable sequence whose description lies in the kernel.
# walls: the kernel ends the process
# expect: returns -1 or died
import ctypes
def f():
    area = ctypes.create_string_buffer(1024)
    start = (ctypes.addressof(area) + 255) & ~255
    ctypes.memset(start + 8, 0xFF, 8)
    return ctypes.CDLL(None).syscall(334, ctypes.c_void_p(start), 32, 0, 0x53053053)
