# Families of sockets that namespaces do not know or that speak to the kernel: netlink, packets, virtual machines,
# cryptography, raw.
# walls: seccomp
# expect: returns [1, 1, 1, 1, 1]
import ctypes
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    errors = []
    for family, kind, protocol in ((16, 3, 0), (17, 3, 0x300), (40, 1, 0), (38, 5, 0), (2, 3, 1)):
        libc.syscall(41, family, kind, protocol)
        errors.append(ctypes.get_errno())
    return errors
