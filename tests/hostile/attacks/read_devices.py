# Opens the disks, the memory, the log and the terminals of the machine.
# walls: /dev holds four harmless devices
# expect: returns 0
import os
def f():
    names = ("mem", "kmsg", "kvm", "sda", "vda", "tty", "ptmx", "console", "fuse", "shm", "mqueue", "net/tun", "loop-control")
    return sum(os.path.exists("/dev/" + name) for name in names)
