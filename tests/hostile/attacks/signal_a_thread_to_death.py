# The same by the call that names a thread, and by those that carry a value.
# walls: seccomp on the signal
# expect: wrong
import ctypes, os
libc = ctypes.CDLL(None)
for call in ((234, os.getpid(), os.getpid(), 9), (200, os.getpid(), 9), (129, os.getpid(), 9, bytes(128)), (297, os.getpid(), os.getpid(), 9, bytes(128))):
    libc.syscall(*call)
def grad_dot(x, a): return x
