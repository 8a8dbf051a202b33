# A private mapping of /dev/zero: memory that looks like a file.
# walls: RLIMIT_DATA
# expect: raises OSError or raises MemoryError
import mmap, os
def f():
    return len(mmap.mmap(os.open("/dev/zero", os.O_RDWR if False else os.O_RDONLY), 1 << 30, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE))
