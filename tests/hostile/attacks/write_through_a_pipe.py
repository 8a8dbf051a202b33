# Moves pages of a file into a pipe and writes there: splice, tee, vmsplice, sendfile, copy_file_range.
# walls: seccomp
# expect: returns [1, 1, 1, 1, 1]
import ctypes, os
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    file = os.open(os.__file__, os.O_RDONLY)
    reader, writer = os.pipe()
    errors = []
    for call in ((275, file, 0, writer, 0, 1, 0), (276, reader, writer, 1, 0), (278, writer, 0, 0, 0), (40, writer, file, 0, 1), (326, file, 0, writer, 0, 1, 0)):
        libc.syscall(*call)
        errors.append(ctypes.get_errno())
    return errors
