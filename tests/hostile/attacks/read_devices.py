# Opens the disks, the memory, the log and the terminals of the machine.
# walls: /dev holds four harmless devices
# expect: returns 0
import os
def f():
    names = ("mem", "kmsg", "kvm", "sda", "vda", "tty", "ptmx", "console", "fuse", "shm", "mqueue", "net/tun", "loop-control")
    told = 0
    for name in names:
        try: told += os.read(os.open("/dev/" + name, os.O_RDONLY | os.O_NONBLOCK), 1) != b""
        except OSError: continue
    return told
