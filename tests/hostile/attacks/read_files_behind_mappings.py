# Reopens mapped files by the addresses of their mappings.
# walls: not dumpable
# expect: raises PermissionError
import os
def f():
    address = open("/proc/self/maps").readline().split()[0]
    return os.open("/proc/self/map_files/" + address, os.O_RDWR)
