# Writes to the pages of a library that all processes share, by a private mapping.
# walls: private mappings are copied
# expect: returns 1.0
import mmap, os
def f():
    path = os.open(os.__file__, os.O_RDONLY)
    shared = mmap.mmap(path, 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
    before = os.pread(path, 16, 0)
    shared[:16] = b"x" * 16
    return float(os.pread(path, 16, 0) == before)
