# Loads machine code of its own from a file in the scratch folder.
# walls: scratch folder is mounted noexec
# expect: raises OSError: failed to map
# expect[owned]: raises PermissionError
import ctypes, shutil
def f():
    library = next(line.split()[-1] for line in open("/proc/self/maps") if "_multiarray_umath" in line)
    with open(library, "rb") as source, open("own.so", "wb") as target:
        target.write(source.read())
    ctypes.CDLL("./own.so")
