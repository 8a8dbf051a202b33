# The first thread ends, so that the process looks like a zombie, while another one computes on.
# walls: CPU time of the whole process
# expect: cpu
# limits: wall 12, cpu 0.3
import ctypes, threading
libc = ctypes.CDLL(None)
def spin():
    while True: pass
def f():
    threading.Thread(target=spin).start()
    libc.syscall(60, 0)
