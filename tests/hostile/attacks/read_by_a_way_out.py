# Leaves its folder by every way upwards: dots, the root of its process, its folder, a descriptor of the root.
# walls: root directory
# expect: returns 0
# expect[owned]: raises PermissionError
import os
def f():
    root = os.open("/", os.O_RDONLY)
    ways = ["/tmp/../../../../", "/proc/self/root/", "/proc/self/cwd/../", "/proc/1/root/../", "/proc/thread-self/root/"]
    found = sum(os.path.exists(way + "etc/passwd") for way in ways)
    for name in ("../../../etc/passwd", "boot", "srv"):
        try:
            os.open(name, os.O_RDONLY, dir_fd=root)
            found += 1
        except OSError:
            pass
    return found
